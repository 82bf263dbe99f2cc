//! `[queue.<name>]`: an SQS queue and its dead-letter queue.
mod check;
mod lower;
mod resolve;
mod spec;
#[cfg(test)]
mod tests;

pub use check::window as check_window;
pub use spec::{QueueDeadLetterSpec, QueueFeed, QueueName, QueueOn, QueueSpec, QueueVerbs};

use super::dead_letter::{self, DeadLetter, FIFO_END};
use super::{MODULE, key};
use crate::connect::matrix::{self, On};
use crate::connect::receiver::{Receiver, ReceiverTarget};
use crate::connect::trigger::{Feed, Trigger, triggers};
use crate::connect::{Edge, Grant};
use crate::data::bucket::BucketFeed;
use crate::kind::{Output, Refusal, Target, Thing, ThingId};
use crate::kinds::TargetName;
use crate::messaging::event_bus::EventBusFeed;
use crate::messaging::topic::TopicFeed;
use crate::observability::metric::{Measure, Metric, Side, Silence, Threshold};
use crate::platform::Platform;
use crate::schedule::Schedules;
use platgen_source::diagnostics::Diagnostic;
use platgen_source::{Count, Duration};
use platgen_terraform::{Address, Document, Handle};
use std::collections::BTreeMap;
use std::ops::RangeInclusive;

/// How long a queue keeps a message, in seconds
/// (<https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html>).
pub const QUEUE_LIFE: RangeInclusive<i64> = 60..=1_209_600;
/// Seconds that SQS uses one data key, its own default: a longer time saves calls to KMS, a shorter one
/// takes a withdrawn right back sooner
/// (<https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html>).
pub const KEY_REUSE: i64 = 300;
/// Seconds that a message is hidden, where no function is fed.
const DEFAULT_VISIBILITY: i64 = 30;
/// How many times longer than a function runs its messages are hidden
/// (<https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html>).
const RUNS_HIDDEN: i64 = 6;

/// A queue with every detail decided; lengths of time in seconds.
#[derive(Debug)]
pub struct Queue {
    id: ThingId,
    /// Without the end of a FIFO queue.
    aws_name: String,
    on: Triggers,
    order: Order,
    retention: i64,
    /// None follows what the queue feeds.
    visibility: Option<i64>,
    delay: i64,
    wait: i64,
    max_size: i64,
    redrive: Option<Redrive>,
}

/// What puts messages into it.
#[derive(Debug)]
struct Triggers {
    bucket: BTreeMap<TargetName, BucketFeed>,
    event_bus: BTreeMap<TargetName, EventBusFeed>,
    schedules: Schedules,
    topic: BTreeMap<TargetName, TopicFeed>,
}

/// Whether messages keep their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    /// They do not.
    Standard,
    /// They do, within a group, and each comes once.
    Fifo {
        /// Whether equal contents are one message.
        deduplicate: bool,
        /// Of what throughput and equal messages are counted.
        scope: Scope,
    },
}

/// Of what a FIFO queue counts throughput and equal messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scope {
    /// Of the whole queue.
    Queue,
    /// Of each group.
    Group,
}

/// When a message counts as one that nobody can handle, and where it goes then.
#[derive(Clone, Copy, Debug)]
struct Redrive {
    after: i64,
    dead_letter: DeadLetter,
}

/// A function that a queue feeds.
#[derive(Clone, Copy, Debug)]
struct Fed<'a> {
    trigger: &'a Trigger,
    feed: &'a QueueFeed,
    /// Seconds that the function may work on what it is handed.
    run: i64,
}

impl Queue {
    /// Its resource.
    pub fn handle(&self) -> Handle {
        Handle::new(MODULE, Address::managed("aws_sqs_queue", &self.id.local(&[])))
    }

    /// Its policy. What AWS refuses to make as long as the queue does not let it in, comes after it.
    pub fn policy_handle(&self) -> Handle {
        dead_letter::policy_handle(&self.id.local(&[]))
    }

    /// Its dead-letter queue, if it has one.
    pub fn dead_letter(&self) -> Option<Handle> {
        self.redrive.map(|_| dead_letter::handle(&self.dead_letter_name()))
    }

    /// Whether it keeps the order of messages.
    pub fn is_fifo(&self) -> bool {
        self.order != Order::Standard
    }

    /// The functions that it feeds.
    fn fed<'a>(&'a self, platform: &'a Platform) -> impl Iterator<Item = Fed<'a>> {
        let fed = |trigger: &'a Trigger| match &trigger.feed {
            Feed::Queue(feed) => Some(Fed { trigger, feed, run: run(trigger, platform) }),
            _ => None,
        };
        platform.connections.fed_by(&self.id).filter_map(fed)
    }

    /// Seconds that a message is hidden from others while one of those that the queue feeds works on it.
    fn visibility<'a>(&self, fed: impl Iterator<Item = Fed<'a>>) -> i64 {
        let hidden =
            |fed: Fed<'_>| RUNS_HIDDEN * fed.run + fed.feed.window.map_or(0, Duration::as_seconds);
        self.visibility.unwrap_or(fed.map(hidden).max().unwrap_or(DEFAULT_VISIBILITY))
    }

    fn dead_letter_name(&self) -> String {
        self.id.local(&["dead_letter"])
    }

    /// Its name at AWS.
    fn full_name(&self) -> String {
        let end = if self.is_fifo() { FIFO_END } else { "" };
        format!("{}{end}", self.aws_name)
    }
}

/// Seconds that the function of a trigger may work on what it is handed.
fn run(trigger: &Trigger, platform: &Platform) -> i64 {
    let function = platform.things.function.get(&trigger.receiver.name);
    function.map_or(0, |function| function.timeout().as_seconds())
}

impl Target for Queue {
    type Verbs = QueueVerbs;

    fn grant(&self, verbs: &QueueVerbs, edge: &Edge<'_>) -> Grant {
        let mut grant = edge.grant_of(verbs, |_, kind| self.resources(kind));
        grant.variables.push((edge.variable("QUEUE_URL"), self.handle().get("url")));
        if let Some(dead_letter) = self.dead_letter().filter(|_| verbs.redrive.is_some()) {
            edge.give("redrive from", &mut grant, |_| dead_letter.get("arn").into());
            // The calls name the queue that messages are moved out of by its ARN.
            let name = edge.variable("DEAD_LETTER_QUEUE_ARN");
            grant.variables.push((name, dead_letter.get("arn")));
        }
        grant
    }

    fn refused(&self, verbs: &QueueVerbs) -> Vec<Refusal> {
        let asked = verbs.redrive.is_some() && self.redrive.is_none();
        let refusal = || Refusal {
            verb: "redrive",
            reason: format!("`{}` keeps no dead letters that could be moved back", self.id),
            remedy: format!("remove the verb, or `dead_letter = false` of [{}]", self.id),
        };
        asked.then(refusal).into_iter().collect()
    }
}

impl Queue {
    /// What a right on the queue is on.
    fn resources(&self, kind: &str) -> On {
        match kind {
            "sqs:queue" => self.handle().get("arn").into(),
            "kms:key" => key::arn().into(),
            _ => On::nothing(),
        }
    }
}

impl Thing for Queue {
    fn id(&self) -> &ThingId {
        &self.id
    }

    fn output(&self, words: &[String], _consumer: &ThingId, _platform: &Platform) -> Output {
        Output::Plain(match words {
            [word] if word == "arn" => self.handle().get("arn"),
            [word] if word == "name" => self.handle().get("name"),
            _ => self.handle().get("url"),
        })
    }

    fn triggers(&self) -> Vec<Trigger> {
        let mut all = triggers(&self.id, "bucket", &self.on.bucket, Feed::Bucket);
        all.extend(triggers(&self.id, "event_bus", &self.on.event_bus, Feed::EventBus));
        all.extend(triggers(&self.id, "topic", &self.on.topic, Feed::Topic));
        all
    }

    /// Lambda takes messages out in the name of the function, so the function gets the rights.
    fn feeds(&self, trigger: &Trigger, platform: &Platform) -> Vec<Grant> {
        let mut grant = trigger.reading();
        grant.give(self.id.kind, "on", &platform.head.region, |kind| self.resources(kind));
        vec![grant]
    }

    /// Who starts things by a role puts a message in.
    fn receiver(
        &self,
        platform: &Platform,
        _out: &mut Document,
        _module: &'static str,
    ) -> Option<Receiver> {
        let queue = self.handle().get("arn");
        let target = match self.order {
            Order::Standard => ReceiverTarget::Arn(queue),
            Order::Fifo { .. } => ReceiverTarget::Fifo { queue, group: self.id.name.to_string() },
        };
        let region = &platform.head.region;
        let rights = matrix::rights(self.id.kind, "start", region, |kind| self.resources(kind));
        Some(Receiver { target, rights })
    }

    fn check(&self, platform: &Platform) -> Vec<Diagnostic> {
        self.fed(platform).flat_map(|fed| check::fed(self, &fed)).collect()
    }

    fn keeps_messages(&self) -> bool {
        true
    }

    /// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html>.
    fn metrics(&self, _platform: &Platform) -> Vec<Metric> {
        let name = self.handle().get("name");
        let metric = |key, title, name_at_aws, statistic, alarm| Metric {
            key,
            title,
            measure: Measure::Series(dead_letter::series(name_at_aws, statistic, name.clone())),
            alarm,
        };
        let waiting = ["Waiting messages", "ApproximateNumberOfMessagesVisible"];
        let age = ["Age of the oldest message", "ApproximateAgeOfOldestMessage"];
        let mut metrics = vec![
            metric("age", age[0], age[1], "Maximum", Some(self.late())),
            metric("received", "Received messages", "NumberOfMessagesReceived", "Sum", None),
            metric("sent", "Sent messages", "NumberOfMessagesSent", "Sum", None),
            metric("waiting", waiting[0], waiting[1], "Maximum", None),
        ];
        metrics.extend(self.dead_letter().map(|queue| dead_letter::metric(queue.get("name"))));
        metrics
    }

    fn lower(&self, platform: &Platform, out: &mut Document) {
        self.lower_queue(platform, out);
        let outputs = [
            ("arn", "The ARN of the queue"),
            ("name", "The name of the queue"),
            ("url", "The address of the queue"),
        ];
        for (word, description) in outputs {
            out.output(&self.id.part(&[word]), self.handle().get(word), description);
        }
    }
}

impl Queue {
    /// A message that waits for a quarter of its life is one that nobody takes: there still is time to
    /// mend that before messages are lost.
    fn late(&self) -> Threshold {
        #[expect(
            clippy::cast_precision_loss,
            reason = "a life of at most 14 days in seconds is small"
        )]
        let value = (self.retention / 4) as f64;
        Threshold { side: Side::AtLeast, value, period: 300, periods: 1, silence: Silence::Good }
    }
}

/// The number that a spec says, or the one that stands for it.
fn count<const MIN: i64, const MAX: i64>(said: Option<Count<MIN, MAX>>, default: i64) -> i64 {
    said.map_or(default, Count::get)
}
