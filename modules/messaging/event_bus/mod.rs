//! `[event_bus.<name>]`: an event bus, the rules that pick events from it, and what they start.
//!
//! `event_bus.default` is the bus that every account has. It is there as soon as something speaks of
//! it, and stays when the platform goes.
mod check;
mod lower;
mod rule;
mod spec;
#[cfg(test)]
mod tests;

pub use spec::{
    BusName, EventBusFeed, EventBusSpec, EventBusVerbs, EventPublish, EventWord, InputSpec,
};

use super::MODULE;
use super::dead_letter::{self, DeadLetter};
use crate::aws_name;
use crate::connect::matrix::On;
use crate::connect::trigger::Trigger;
use crate::connect::{Edge, Grant};
use crate::kind::{Kind, Output, Outputs, Resolving, Target, Thing, ThingId};
use crate::kinds::Spec;
use crate::observability::metric::{
    Measure, Metric, MetricPlace, Series, Side, Silence, Threshold,
};
use crate::platform::Platform;
use platgen_source::diagnostics::Diagnostic;
use platgen_source::{Duration, Mention, Name};
use platgen_terraform::{Address, Document, Handle, Value};

/// The service, as it calls others.
pub const SERVICE: &str = "events.amazonaws.com";
/// The bus that every account has.
const DEFAULT: &str = "default";
/// The longest name
/// (<https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_CreateEventBus.html>).
const LONGEST_NAME: usize = 256;
/// What an expression calls the rules of a bus: as many as one alarm takes
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Create-alarm-on-metric-math-expression.html>).
const RULES_OF_AN_ALARM: [&str; 10] = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];

/// An event bus with every detail decided.
#[derive(Debug)]
pub struct EventBus {
    id: ThingId,
    origin: Origin,
    archive: Option<i64>,
    dead_letter: Option<DeadLetter>,
}

/// Where a bus comes from.
#[derive(Debug)]
enum Origin {
    /// It is made.
    Made {
        /// Its name at AWS.
        aws_name: String,
    },
    /// The account has it.
    Account {
        /// What stands for the name of the bus in those of others.
        aws_name: String,
    },
}

impl Kind for EventBusSpec {
    const KIND: &'static str = "event_bus";
    const OUTPUTS: Outputs = Outputs::Named(&["arn", "name"]);
    const IMPLIED: &'static [&'static str] = &[DEFAULT];
    const METRICS: &'static [&'static str] = &["failed", dead_letter::METRIC];
    type Thing = EventBus;

    fn imply(spec: &mut Spec, mentions: &[Mention]) {
        let is_meant = |mention: &Mention| mention.kind == Self::KIND && mention.name == DEFAULT;
        if let Some(name) = Name::new(DEFAULT).filter(|_| mentions.iter().any(is_meant)) {
            spec.event_bus.entry(name).or_default();
        }
    }

    fn resolve(&self, id: ThingId, resolving: &mut Resolving<'_>) -> EventBus {
        let archive = check::spec(self, &id, resolving);
        let buses = resolving.spec.event_bus.iter();
        let said =
            buses.map(|(name, spec)| (name, spec.aws_name.as_ref().map(ToString::to_string)));
        let aws_name = aws_name::resolve(&id, LONGEST_NAME, said, resolving);
        let is_default = id.name.as_str() == DEFAULT;
        let dead_letter = self.dead_letter.as_ref();
        EventBus {
            origin: if is_default {
                Origin::Account { aws_name }
            } else {
                Origin::Made { aws_name }
            },
            archive,
            dead_letter: DeadLetter::resolve(
                dead_letter.and_then(|spec| spec.enabled),
                dead_letter.and_then(|spec| spec.retention),
                &id,
                resolving,
            ),
            id,
        }
    }
}

impl EventBus {
    /// Its resource. The bus of the account is only looked up.
    pub fn handle(&self) -> Handle {
        let (kind, name) = ("aws_cloudwatch_event_bus", self.id.local(&[]));
        let address = match self.origin {
            Origin::Made { .. } => Address::managed(kind, &name),
            Origin::Account { .. } => Address::data(kind, &name),
        };
        Handle::new(MODULE, address)
    }

    /// Its name at AWS, if it is made.
    pub fn own_name(&self) -> Option<&str> {
        match &self.origin {
            Origin::Made { aws_name } => Some(aws_name),
            Origin::Account { .. } => None,
        }
    }

    /// Whether it keeps what it could not deliver: the bus of the account, where it delivers at all.
    pub fn keeps_dead_letters(&self, platform: &Platform) -> bool {
        let delivers = platform.connections.fed_by(&self.id).next().is_some();
        self.dead_letter.is_some() && (delivers || self.own_name().is_some())
    }

    /// What the names of its parts at AWS begin with.
    fn name_of_parts(&self) -> &str {
        let (Origin::Made { aws_name } | Origin::Account { aws_name }) = &self.origin;
        aws_name
    }

    /// The name of the resources of its dead-letter queue.
    fn dead_letter_name(&self) -> String {
        self.id.part(&["dead_letter"])
    }
}

impl EventBus {
    /// The bus, for the events that a publisher may put on it.
    fn published(&self, publish: Option<&EventPublish>) -> On {
        let Some(publish) = publish else { return On::nothing() };
        let mut bus = On::from(self.handle().get("arn"));
        let narrowings =
            [("events:source", &publish.source), ("events:detail-type", &publish.detail_type)];
        for (key, words) in narrowings {
            if !words.is_empty() {
                let words = words.iter().map(|word| Value::from(word.as_str()));
                bus = bus.when("ForAllValues:StringEquals", key, words);
                bus = bus.when("Null", key, ["false".into()]);
            }
        }
        bus
    }
}

impl Target for EventBus {
    type Verbs = EventBusVerbs;

    /// Events are a list, each with its source and type: `ForAllValues` looks at all of them, and `Null`
    /// refuses a call that names none
    /// (<https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-conditions.html>).
    fn grant(&self, verbs: &EventBusVerbs, edge: &Edge<'_>) -> Grant {
        let mut grant = edge.grant_of(verbs, |_, _| self.published(verbs.publish.as_ref()));
        grant.variables.push((edge.variable("EVENT_BUS"), self.handle().get("name")));
        grant
    }
}

impl Thing for EventBus {
    fn id(&self) -> &ThingId {
        &self.id
    }

    fn output(&self, words: &[String], _consumer: &ThingId, _platform: &Platform) -> Output {
        Output::Plain(match words {
            [word] if word == "name" => self.handle().get("name"),
            _ => self.handle().get("arn"),
        })
    }

    /// A rule calls functions and queues, which let it in; a role starts everything else.
    fn feeds(&self, trigger: &Trigger, _platform: &Platform) -> Vec<Grant> {
        vec![match trigger.callee() {
            Some(_) => trigger.called_by(SERVICE, rule::handle(&self.id, trigger).get("arn")),
            None => trigger.edge(),
        }]
    }

    fn check(&self, platform: &Platform) -> Vec<Diagnostic> {
        platform.connections.fed_by(&self.id).flat_map(check::trigger).collect()
    }

    /// The bus of the account is not encrypted under the platform's key, but its dead letters are.
    fn keeps_messages(&self) -> bool {
        self.own_name().is_some() || self.dead_letter.is_some()
    }

    /// <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html>.
    fn metrics(&self, platform: &Platform) -> Vec<Metric> {
        let mut metrics: Vec<Metric> = self.failures(platform).into_iter().collect();
        if self.keeps_dead_letters(platform) {
            let queue = dead_letter::handle(&self.dead_letter_name());
            metrics.push(dead_letter::metric(queue.get("name")));
        }
        metrics
    }

    fn lower(&self, platform: &Platform, out: &mut Document) {
        self.lower_bus(platform, out);
        let outputs = [("arn", "The ARN of the event bus"), ("name", "The name of the event bus")];
        for (word, description) in outputs {
            out.output(&self.id.part(&[word]), self.handle().get(word), description);
        }
    }
}

impl EventBus {
    /// Deliveries that failed for good, over all rules. CloudWatch counts them by rule, and an alarm
    /// takes a number of rules: beyond that the dead letters alone speak.
    fn failures(&self, platform: &Platform) -> Option<Metric> {
        let rules: Vec<Handle> = platform
            .connections
            .fed_by(&self.id)
            .map(|trigger| rule::handle(&self.id, trigger))
            .collect();
        if rules.is_empty() || rules.len() > RULES_OF_AN_ALARM.len() {
            return None;
        }
        let series = |rule: &Handle| {
            let mut dimensions = vec![("RuleName", rule.get("name"))];
            if self.own_name().is_some() {
                dimensions.insert(0, ("EventBusName", self.handle().get("name")));
            }
            Series {
                namespace: "AWS/Events",
                name: "FailedInvocations",
                statistic: "Sum",
                dimensions,
                place: MetricPlace::Regional,
            }
        };
        let series = RULES_OF_AN_ALARM.into_iter().zip(rules.iter().map(series)).collect();
        Some(Metric {
            key: "failed",
            title: "Failed deliveries",
            measure: Measure::Computed { expression: "SUM(METRICS())", series },
            alarm: Some(Threshold {
                side: Side::AtLeast,
                value: 1.0,
                period: 300,
                periods: 1,
                silence: Silence::Good,
            }),
        })
    }
}

/// Whole days of a length of time.
fn days(said: Option<Duration>) -> Option<i64> {
    said.and_then(Duration::as_days)
}
