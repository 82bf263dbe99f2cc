//! `[stream.<name>]`: a data stream of Kinesis.
mod lower;
mod metrics;
mod spec;
#[cfg(test)]
mod tests;

pub use spec::{StreamName, StreamOn, StreamSpec, StreamVerbs};

use super::{MODULE, key};
use crate::aws_name;
use crate::compute::task::resolve::seconds;
use crate::connect::matrix::{self, On};
use crate::connect::receiver::{Receiver, ReceiverTarget};
use crate::connect::trigger::{Feed, Trigger, triggers};
use crate::connect::{Edge, Grant};
use crate::kind::{Kind, Output, Outputs, Resolving, Target, Thing, ThingId};
use crate::kinds::TargetName;
use crate::messaging::event_bus::EventBusFeed;
use crate::observability::metric::Metric;
use crate::platform::Platform;
use crate::schedule::{self, Schedules};
use platgen_source::diagnostics::{Diagnostic, code};
use platgen_source::{Count, Things};
use platgen_terraform::{Address, Document, Handle};
use std::collections::BTreeMap;
use std::ops::RangeInclusive;

/// The longest name
/// (<https://docs.aws.amazon.com/kinesis/latest/APIReference/API_CreateStream.html>).
const LONGEST_NAME: usize = 128;
/// Seconds of an hour, in which Kinesis counts how long it keeps records.
const HOUR: i64 = 3_600;
/// How long a stream keeps records, in seconds, and how long where nothing is said
/// (<https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html>).
const LIFE: RangeInclusive<i64> = 24 * HOUR..=8_760 * HOUR;
const DEFAULT_LIFE: i64 = 24 * HOUR;

/// A stream with every detail decided.
#[derive(Debug)]
pub struct Stream {
    id: ThingId,
    aws_name: String,
    events: BTreeMap<TargetName, EventBusFeed>,
    schedules: Schedules,
    /// None grows with what comes.
    shards: Option<i64>,
    /// Hours.
    retention: i64,
    /// Whether it goes although others are registered as its readers.
    leaves_readers: bool,
}

impl Kind for StreamSpec {
    const KIND: &'static str = "stream";
    const OUTPUTS: Outputs = Outputs::Named(&["arn", "name"]);
    const METRICS: &'static [&'static str] = metrics::KEYS;
    type Thing = Stream;

    fn resolve(&self, id: ThingId, resolving: &mut Resolving<'_>) -> Stream {
        let streams = resolving.spec.stream.iter();
        let said =
            streams.map(|(name, spec)| (name, spec.aws_name.as_ref().map(ToString::to_string)));
        let (none, on) = (Things::default(), self.on.as_ref());
        let on_schedule = on.map_or(&none, |on| &on.schedule);
        Stream {
            aws_name: aws_name::resolve(&id, LONGEST_NAME, said, resolving),
            events: on.map(|on| on.event_bus.clone()).unwrap_or_default(),
            schedules: schedule::resolve(&id, on_schedule, resolving),
            shards: self.shards.map(Count::get),
            retention: self.hours(&id, resolving),
            leaves_readers: !resolving.head.is_production(),
            id,
        }
    }
}

impl StreamSpec {
    /// The hours that records are kept.
    fn hours(&self, id: &ThingId, resolving: &mut Resolving<'_>) -> i64 {
        let place = id.path().key("retention");
        let life = seconds(self.retention, LIFE, &place, resolving).unwrap_or(DEFAULT_LIFE);
        if life % HOUR != 0 {
            let message = "Kinesis counts in whole hours";
            let help = "write a number of hours or days: \"36h\", \"7d\"";
            resolving.find_with(&code::MALFORMED, &place, message, help);
        }
        life / HOUR
    }
}

impl Stream {
    /// Its resource.
    pub fn handle(&self) -> Handle {
        Handle::new(MODULE, Address::managed("aws_kinesis_stream", &self.id.local(&[])))
    }

    /// What a right on the stream is on.
    fn resources(&self, kind: &str) -> On {
        match kind {
            "kinesis:stream" => self.handle().get("arn").into(),
            "kms:key" => key::arn().into(),
            _ => On::nothing(),
        }
    }
}

impl Target for Stream {
    type Verbs = StreamVerbs;

    fn grant(&self, verbs: &StreamVerbs, edge: &Edge<'_>) -> Grant {
        let mut grant = edge.grant_of(verbs, |_, kind| self.resources(kind));
        grant.variables.push((edge.variable("STREAM"), self.handle().get("name")));
        grant
    }
}

impl Thing for Stream {
    fn id(&self) -> &ThingId {
        &self.id
    }

    fn output(&self, words: &[String], _consumer: &ThingId, _platform: &Platform) -> Output {
        Output::Plain(match words {
            [word] if word == "arn" => self.handle().get("arn"),
            _ => self.handle().get("name"),
        })
    }

    fn triggers(&self) -> Vec<Trigger> {
        triggers(&self.id, "event_bus", &self.events, Feed::EventBus)
    }

    /// Lambda reads in the name of the function, so the function gets the rights
    /// (<https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-create.html>).
    fn feeds(&self, trigger: &Trigger, platform: &Platform) -> Vec<Grant> {
        let mut grant = trigger.reading();
        grant.give(self.id.kind, "on", &platform.head.region, |kind| self.resources(kind));
        vec![grant]
    }

    /// Schedules and rules put a record in by a role: no policy of a stream lets them in
    /// (<https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-identity-based.html>).
    fn receiver(
        &self,
        platform: &Platform,
        _out: &mut Document,
        _module: &'static str,
    ) -> Option<Receiver> {
        let stream = self.handle().get("arn");
        let target = ReceiverTarget::Stream { stream, partition_key: self.id.name.to_string() };
        let region = &platform.head.region;
        let rights = matrix::rights(self.id.kind, "start", region, |kind| self.resources(kind));
        Some(Receiver { target, rights })
    }

    fn check(&self, platform: &Platform) -> Vec<Diagnostic> {
        let triggers = platform.connections.fed_by(&self.id);
        let feeds = triggers.filter_map(|trigger| Some((trigger.feed.records()?, &trigger.cause)));
        feeds.flat_map(|(feed, cause)| feed.check(cause)).collect()
    }

    fn keeps_messages(&self) -> bool {
        true
    }

    fn metrics(&self, _platform: &Platform) -> Vec<Metric> {
        self.list_metrics()
    }

    fn lower(&self, platform: &Platform, out: &mut Document) {
        self.lower_stream(platform, out);
        let outputs = [("arn", "The ARN of the stream"), ("name", "The name of the stream")];
        for (word, description) in outputs {
            out.output(&self.id.part(&[word]), self.handle().get(word), description);
        }
    }
}
