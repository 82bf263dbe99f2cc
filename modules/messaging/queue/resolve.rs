//! Decides what a spec leaves open of a queue.
use super::{Order, QUEUE_LIFE, Queue, QueueSpec, Redrive, Scope, Triggers, count};
use crate::aws_name;
use crate::compute::task::resolve::seconds;
use crate::kind::{Kind, Outputs, Resolving, ThingId};
use crate::messaging::dead_letter::{self, DeadLetter, FIFO_END, LONGEST_NAME};
use crate::schedule;
use platgen_source::diagnostics::code;
use platgen_source::{Duration, Things};

/// How long messages are kept where nothing is said, in seconds: four days, the default of SQS
/// (<https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html>).
const DEFAULT_LIFE: i64 = 345_600;
/// The longest time that a message can be hidden, in seconds
/// (<https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html>).
const LONGEST_HIDDEN: i64 = 43_200;
/// The longest delay, in seconds
/// (<https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-delay-queues.html>).
const LONGEST_DELAY: i64 = 900;
/// The longest wait of a call for messages, in seconds
/// (<https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-short-and-long-polling.html>).
const LONGEST_WAIT: i64 = 20;
/// The largest message, in bytes, as far as the provider takes it
/// (<https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/resources/sqs_queue>).
const LARGEST_MESSAGE: i64 = 262_144;
/// How often a message is handed out before nobody can handle it.
const DEFAULT_TRIES: i64 = 5;

impl Kind for QueueSpec {
    const KIND: &'static str = "queue";
    const OUTPUTS: Outputs = Outputs::Named(&["arn", "name", "url"]);
    const METRICS: &'static [&'static str] =
        &["age", "received", "sent", "waiting", dead_letter::METRIC];
    type Thing = Queue;

    fn resolve(&self, id: ThingId, resolving: &mut Resolving<'_>) -> Queue {
        self.check_order(&id, resolving);
        let mut length = |key: &str, said: Option<Duration>, range| {
            seconds(said, range, &id.path().key(key), resolving)
        };
        let retention = length("retention", self.retention, QUEUE_LIFE).unwrap_or(DEFAULT_LIFE);
        let visibility = length("visibility", self.visibility, 0..=LONGEST_HIDDEN);
        let delay = length("delay", self.delay, 0..=LONGEST_DELAY).unwrap_or(0);
        let wait = length("wait", self.wait, 0..=LONGEST_WAIT).unwrap_or(LONGEST_WAIT);
        let queues = resolving.spec.queue.iter();
        let said =
            queues.map(|(name, spec)| (name, spec.aws_name.as_ref().map(ToString::to_string)));
        let longest = LONGEST_NAME - FIFO_END.len();
        Queue {
            aws_name: aws_name::resolve(&id, longest, said, resolving),
            on: self.triggers(&id, resolving),
            order: self.order(),
            retention,
            visibility,
            delay,
            wait,
            max_size: count(self.max_size, LARGEST_MESSAGE),
            redrive: self.redrive(retention, &id, resolving),
            id,
        }
    }
}

impl QueueSpec {
    fn check_order(&self, id: &ThingId, resolving: &mut Resolving<'_>) {
        let keys = [("deduplicate", self.deduplicate), ("high_throughput", self.high_throughput)];
        let said = keys.into_iter().filter(|(_, said)| said.is_some());
        for (key, _) in said.filter(|_| self.fifo != Some(true)) {
            let help = "set `fifo = true`, or remove this";
            let message = "this is about FIFO queues only";
            resolving.find_with(&code::CONFLICT, &id.path().key(key), message, help);
        }
    }

    fn order(&self) -> Order {
        match self.fifo {
            Some(true) => Order::Fifo {
                deduplicate: self.deduplicate.unwrap_or(true),
                scope: if self.high_throughput == Some(true) { Scope::Group } else { Scope::Queue },
            },
            _ => Order::Standard,
        }
    }

    fn triggers(&self, id: &ThingId, resolving: &mut Resolving<'_>) -> Triggers {
        let none = Things::default();
        let on = self.on.as_ref();
        Triggers {
            bucket: on.map(|on| on.bucket.clone()).unwrap_or_default(),
            event_bus: on.map(|on| on.event_bus.clone()).unwrap_or_default(),
            schedules: schedule::resolve(id, on.map_or(&none, |on| &on.schedule), resolving),
            topic: on.map(|on| on.topic.clone()).unwrap_or_default(),
        }
    }

    /// A dead letter keeps the time at which it was sent, so its queue must keep it for longer
    /// (<https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html>).
    fn redrive(
        &self,
        retention: i64,
        id: &ThingId,
        resolving: &mut Resolving<'_>,
    ) -> Option<Redrive> {
        let said = self.dead_letter.as_ref();
        let enabled = said.and_then(|said| said.enabled);
        let kept = said.and_then(|said| said.retention);
        let dead_letter = DeadLetter::resolve(enabled, kept, id, resolving)?;
        if kept.is_some() && dead_letter.retention < retention {
            let place = id.path().key("dead_letter").key("retention");
            let message = "the time counts from when a message was sent, so that some would be lost \
                           on their way: the queue itself keeps messages for longer";
            let help = format!("write at least \"{}\"", Duration::seconds(retention));
            resolving.find_with(&code::CONFLICT, &place, message, help);
        }
        let after = count(said.and_then(|said| said.after), DEFAULT_TRIES);
        Some(Redrive { after, dead_letter })
    }
}
