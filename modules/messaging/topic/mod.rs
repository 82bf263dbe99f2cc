//! `[topic.<name>]`: an SNS topic.
mod check;
mod lower;
mod spec;
#[cfg(test)]
mod tests;

pub use lower::lower_tracing;
pub use spec::{
    Backoff, NotifySpec, PhoneNumber, RetrySpec, TopicFeed, TopicName, TopicSpec, TopicVerbs,
};

use super::dead_letter::{self, DeadLetter, FIFO_END};
use super::{MODULE, key};
use crate::aws_name;
use crate::compute::task::resolve::seconds;
use crate::connect::matrix::On;
use crate::connect::trigger::Trigger;
use crate::connect::{Edge, Grant};
use crate::kind::{Kind, Output, Outputs, Resolving, Target, Thing, ThingId};
use crate::observability::metric::{
    Measure, Metric, MetricPlace, Series, Side, Silence, Threshold,
};
use crate::platform::Platform;
use platgen_source::Duration;
use platgen_source::diagnostics::{Diagnostic, code};
use platgen_terraform::{Address, Document, Handle};
use std::collections::BTreeSet;

/// The service, as it calls others.
pub const SERVICE: &str = "sns.amazonaws.com";
/// The longest name
/// (<https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html>).
const LONGEST_NAME: usize = 256;
/// Seconds between two tries of a delivery, where nothing is said
/// (<https://docs.aws.amazon.com/sns/latest/dg/creating-delivery-policy.html>).
const DEFAULT_DELAY: i64 = 20;

/// A topic with every detail decided.
#[derive(Debug)]
pub struct Topic {
    id: ThingId,
    /// Without the end of a FIFO topic.
    aws_name: String,
    display_name: Option<String>,
    notify: Notify,
    order: Order,
    retries: Option<Retries>,
    dead_letter: Option<DeadLetter>,
    tracing: bool,
}

/// Who outside of the platform gets messages.
#[derive(Debug)]
struct Notify {
    email: BTreeSet<String>,
    sms: BTreeSet<String>,
    https: BTreeSet<String>,
}

/// Whether messages keep their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    /// They do not.
    Standard,
    /// They do, and each comes once.
    Fifo {
        /// Whether equal contents are one message.
        deduplicate: bool,
    },
}

/// How deliveries over HTTPS are tried again; waits in seconds.
#[derive(Debug)]
struct Retries {
    attempts: i64,
    min_delay: i64,
    max_delay: i64,
    backoff: Backoff,
}

impl Kind for TopicSpec {
    const KIND: &'static str = "topic";
    const OUTPUTS: Outputs = Outputs::Named(&["arn", "name"]);
    const METRICS: &'static [&'static str] =
        &["published", "delivered", "failed", dead_letter::METRIC];
    type Thing = Topic;

    fn resolve(&self, id: ThingId, resolving: &mut Resolving<'_>) -> Topic {
        check::spec(self, &id, resolving);
        let head = resolving.head;
        let topics = resolving.spec.topic.iter();
        let said =
            topics.map(|(name, spec)| (name, spec.aws_name.as_ref().map(ToString::to_string)));
        let longest = LONGEST_NAME - FIFO_END.len();
        let aws_name = aws_name::resolve(&id, longest, said, resolving);
        let dead_letter = self.dead_letter.as_ref();
        Topic {
            aws_name,
            display_name: self.display_name.as_ref().map(|name| head.plain(name)),
            notify: Notify {
                email: self.notify.email.iter().map(|address| head.plain(address)).collect(),
                sms: self.notify.sms.iter().map(ToString::to_string).collect(),
                https: self.notify.https.iter().map(|address| head.plain(address)).collect(),
            },
            order: self.order(),
            retries: self.retries.as_ref().map(|retries| retries.resolve(&id, resolving)),
            dead_letter: DeadLetter::resolve(
                dead_letter.and_then(|spec| spec.enabled),
                dead_letter.and_then(|spec| spec.retention),
                &id,
                resolving,
            ),
            tracing: self.tracing.unwrap_or(false),
            id,
        }
    }
}

impl TopicSpec {
    fn order(&self) -> Order {
        match self.fifo {
            Some(true) => Order::Fifo { deduplicate: self.deduplicate.unwrap_or(true) },
            _ => Order::Standard,
        }
    }
}

impl RetrySpec {
    fn resolve(&self, id: &ThingId, resolving: &mut Resolving<'_>) -> Retries {
        let place = id.path().key("retries");
        let mut delay = |key: &str, said: Option<Duration>| {
            seconds(said, 1..=3_600, &place.key(key), resolving)
        };
        let min_delay = delay("min_delay", self.min_delay);
        let max_delay = delay("max_delay", self.max_delay);
        let shortest = min_delay.unwrap_or(max_delay.unwrap_or(DEFAULT_DELAY).min(DEFAULT_DELAY));
        let longest = max_delay.unwrap_or(shortest.max(DEFAULT_DELAY));
        if longest < shortest {
            let message = "the longest wait is shorter than the shortest";
            resolving.find(&code::CONFLICT, &place.key("max_delay"), message);
        }
        Retries {
            attempts: self.attempts.get(),
            min_delay: shortest,
            max_delay: longest,
            backoff: self.backoff.unwrap_or(Backoff::Linear),
        }
    }
}

impl Topic {
    /// Its resource.
    pub fn handle(&self) -> Handle {
        Handle::new(MODULE, Address::managed("aws_sns_topic", &self.id.local(&[])))
    }

    /// Its policy. What AWS refuses to make as long as the topic does not let it in, comes after it.
    pub fn policy_handle(&self) -> Handle {
        Handle::new(MODULE, Address::managed("aws_sns_topic_policy", &self.id.local(&[])))
    }

    /// Whether it keeps what it could not deliver: where it delivers to machines at all.
    pub fn keeps_dead_letters(&self, platform: &Platform) -> bool {
        let delivers = platform.connections.fed_by(&self.id).next().is_some();
        self.dead_letter.is_some() && (delivers || !self.notify.https.is_empty())
    }

    /// Its name at AWS.
    fn full_name(&self) -> String {
        match self.order {
            Order::Standard => self.aws_name.clone(),
            Order::Fifo { .. } => format!("{}{FIFO_END}", self.aws_name),
        }
    }

    /// The name of the resources of its dead-letter queue.
    fn dead_letter_name(&self) -> String {
        self.id.part(&["dead_letter"])
    }
}

impl Target for Topic {
    type Verbs = TopicVerbs;

    fn grant(&self, verbs: &TopicVerbs, edge: &Edge<'_>) -> Grant {
        let mut grant = edge.grant_of(verbs, |_, kind| match kind {
            "sns:topic" => self.handle().get("arn").into(),
            "kms:key" => key::arn().into(),
            _ => On::nothing(),
        });
        grant.variables.push((edge.variable("TOPIC_ARN"), self.handle().get("arn")));
        grant
    }
}

impl Thing for Topic {
    fn id(&self) -> &ThingId {
        &self.id
    }

    fn output(&self, words: &[String], _consumer: &ThingId, _platform: &Platform) -> Output {
        Output::Plain(match words {
            [word] if word == "name" => self.handle().get("name"),
            _ => self.handle().get("arn"),
        })
    }

    /// SNS calls the receiver, which lets it in for this topic.
    fn feeds(&self, trigger: &Trigger, _platform: &Platform) -> Vec<Grant> {
        vec![trigger.called_by(SERVICE, self.handle().get("arn"))]
    }

    fn check(&self, platform: &Platform) -> Vec<Diagnostic> {
        let triggers = platform.connections.fed_by(&self.id);
        triggers.flat_map(|trigger| check::trigger(self, trigger, platform)).collect()
    }

    fn keeps_messages(&self) -> bool {
        true
    }

    /// <https://docs.aws.amazon.com/sns/latest/dg/sns-monitoring-using-cloudwatch.html>.
    fn metrics(&self, platform: &Platform) -> Vec<Metric> {
        let name = self.handle().get("name");
        let series = |metric: &'static str| Series {
            namespace: "AWS/SNS",
            name: metric,
            statistic: "Sum",
            dimensions: vec![("TopicName", name.clone())],
            place: MetricPlace::Regional,
        };
        let metric = |key, title, name, alarm| Metric {
            key,
            title,
            measure: Measure::Series(series(name)),
            alarm,
        };
        let failure = Threshold {
            side: Side::AtLeast,
            value: 1.0,
            period: 300,
            periods: 1,
            silence: Silence::Good,
        };
        let mut metrics = vec![
            metric("published", "Published messages", "NumberOfMessagesPublished", None),
            metric("delivered", "Deliveries", "NumberOfNotificationsDelivered", None),
            metric("failed", "Failed deliveries", "NumberOfNotificationsFailed", Some(failure)),
        ];
        if self.keeps_dead_letters(platform) {
            let queue = dead_letter::handle(&self.dead_letter_name());
            metrics.push(dead_letter::metric(queue.get("name")));
        }
        metrics
    }

    fn lower(&self, platform: &Platform, out: &mut Document) {
        self.lower_topic(platform, out);
        let outputs = [("arn", "The ARN of the topic"), ("name", "The name of the topic")];
        for (word, description) in outputs {
            out.output(&self.id.part(&[word]), self.handle().get(word), description);
        }
    }
}
