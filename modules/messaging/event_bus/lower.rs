//! What an event bus becomes: the bus, its archive, its dead-letter queue, and its rules.
use super::{EventBus, Origin, SERVICE, rule};
use crate::connect::Sender;
use crate::kind::Thing;
use crate::messaging::dead_letter::{self, DeadLetterQueue};
use crate::messaging::{MODULE, key};
use crate::names::fit;
use crate::platform::Platform;
use platgen_terraform::{Document, Handle, block};

/// The longest name of an archive
/// (<https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_CreateArchive.html>).
const LONGEST_ARCHIVE_NAME: usize = 48;

impl EventBus {
    /// Puts everything of the bus into a document.
    pub(super) fn lower_bus(&self, platform: &Platform, out: &mut Document) {
        let dead_letters = self.lower_dead_letters(platform, out);
        self.put(dead_letters.as_ref(), out);
        self.lower_archive(out);
        for trigger in platform.connections.fed_by(self.id()) {
            rule::lower(self, trigger, dead_letters.as_ref(), platform, out);
        }
    }

    fn put(&self, dead_letters: Option<&Handle>, out: &mut Document) {
        let (kind, name, path) =
            ("aws_cloudwatch_event_bus", self.id().local(&[]), self.id().path());
        let mut file = out.module(MODULE).file(&self.id().file());
        match &self.origin {
            Origin::Made { aws_name } => {
                let arguments = block! {
                    name: aws_name,
                    kms_key_identifier: key::arn(),
                    dead_letter_config: dead_letters.map(|queue| block! { arn: queue.get("arn") }),
                };
                file.resource(kind, &name, arguments).cause(&path).add();
            }
            Origin::Account { .. } => {
                file.data(kind, &name, block! { name: super::DEFAULT }).cause(&path).add();
            }
        }
    }

    fn lower_archive(&self, out: &mut Document) {
        let Some(days) = self.archive else { return };
        let arguments = block! {
            name: fit(self.name_of_parts(), LONGEST_ARCHIVE_NAME),
            event_source_arn: self.handle().get("arn"),
            retention_days: days,
        };
        let mut file = out.module(MODULE).file(&self.id().file());
        file.resource("aws_cloudwatch_event_archive", &self.id().local(&[]), arguments)
            .cause(&self.id().path().key("archive"))
            .add();
    }

    /// The queue that keeps what no target took, and what the bus itself could not keep
    /// (<https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html>,
    /// <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-encryption-event-bus-dlq.html>).
    fn lower_dead_letters(&self, platform: &Platform, out: &mut Document) -> Option<Handle> {
        let decided = self.dead_letter.filter(|_| self.keeps_dead_letters(platform))?;
        let rules = platform.connections.fed_by(self.id());
        let rules = rules.map(|trigger| rule::handle(self.id(), trigger));
        let bus = self.own_name().map(|_| self.handle());
        let senders = bus.into_iter().chain(rules);
        let senders =
            senders.map(|source| Sender { service: SERVICE, source: source.get("arn") }).collect();
        let queue = DeadLetterQueue {
            id: self.id(),
            name: self.dead_letter_name(),
            aws_name: dead_letter::aws_name(self.name_of_parts(), "bus-dead-letter"),
            fifo: false,
            decided,
            senders,
        };
        Some(queue.lower(out))
    }

    /// The policy of its dead-letter queue.
    pub(super) fn dead_letter_policy(&self) -> Handle {
        dead_letter::policy_handle(&self.dead_letter_name())
    }
}
