//! What a bucket tells of its objects, and whom: functions, queues, and the account's event bus.
//!
//! S3 keeps one list of all who are told, so one resource holds everything
//! (<https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/resources/s3_bucket_notification>).
use super::spec::{BucketEvent, BucketFeed, KeyPrefix};
use super::{Audience, Bucket};
use crate::connect::trigger::{Callee, Feed, Trigger};
use crate::data::MODULE;
use crate::kind::Thing;
use crate::platform::Platform;
use platgen_source::diagnostics::{Diagnostic, SpecPath, code};
use platgen_terraform::{Document, Value, block};

/// The service, as it calls others.
pub(super) const SERVICE: &str = "s3.amazonaws.com";

impl Audience {
    /// Who hears of everything, as a spec says it.
    pub(super) fn of(event_bus: Option<bool>) -> Self {
        if event_bus == Some(true) { Self::EventBus } else { Self::Nobody }
    }
}

impl BucketFeed {
    /// What it is told of: by default of objects that come.
    fn events(&self) -> Vec<BucketEvent> {
        if self.events.is_empty() { vec![BucketEvent::Created] } else { self.events.clone() }
    }

    fn prefix(&self) -> &str {
        self.prefix.as_ref().map_or("", KeyPrefix::as_str)
    }

    fn suffix(&self) -> &str {
        self.suffix.as_ref().map_or("", KeyPrefix::as_str)
    }

    /// Whether one object could be told to both, which S3 refuses
    /// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-filtering.html>).
    fn overlaps(&self, other: &Self) -> bool {
        let events = other.events();
        let (prefixes, suffixes) =
            ([self.prefix(), other.prefix()], [self.suffix(), other.suffix()]);
        self.events().iter().any(|event| events.contains(event))
            && (prefixes[0].starts_with(prefixes[1]) || prefixes[1].starts_with(prefixes[0]))
            && (suffixes[0].ends_with(suffixes[1]) || suffixes[1].ends_with(suffixes[0]))
    }
}

impl BucketEvent {
    /// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-event-types-and-destinations.html>.
    fn aws_word(self) -> &'static str {
        match self {
            Self::Created => "s3:ObjectCreated:*",
            Self::Removed => "s3:ObjectRemoved:*",
        }
    }
}

/// Finds what S3 refuses of all that the bucket feeds.
pub(super) fn check(bucket: &Bucket, platform: &Platform) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    let mut earlier: Vec<(&Trigger, &BucketFeed)> = Vec::new();
    for trigger in platform.connections.fed_by(&bucket.id) {
        let Feed::Bucket(feed) = &trigger.feed else { continue };
        findings.extend(fifo(trigger, platform));
        if let Some((other, _)) = earlier.iter().find(|(_, other)| feed.overlaps(other)) {
            let message =
                format!("S3 tells of one event once, and `{}` is told of it", other.receiver);
            let help = "give both a `prefix` or a `suffix` that no object has in common, or let a \
                        topic or an event bus tell both";
            findings.push(Diagnostic::at(&code::CONFLICT, &trigger.cause, message).help(help));
        }
        earlier.push((trigger, feed));
    }
    findings
}

/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-event-types-and-destinations.html>.
fn fifo(trigger: &Trigger, platform: &Platform) -> Option<Diagnostic> {
    let queue = platform.things.queue.get(&trigger.receiver.name)?;
    (*queue.id() == trigger.receiver && queue.is_fifo()).then(|| {
        let message = "S3 keeps no order, and puts nothing into FIFO queues";
        let help = "let an event bus feed the queue: set `event_bus = true` on the bucket";
        Diagnostic::at(&code::IMPOSSIBLE, &trigger.cause, message).help(help)
    })
}

/// Puts the list of all who are told into a document. It refers to them by values that are held back
/// until they let S3 in: S3 tries when the list is made.
pub(super) fn lower(bucket: &Bucket, platform: &Platform, out: &mut Document) {
    let (mut functions, mut queues) = (Vec::new(), Vec::new());
    let mut causes: Vec<SpecPath> = Vec::new();
    for trigger in platform.connections.fed_by(&bucket.id) {
        let Feed::Bucket(feed) = &trigger.feed else { continue };
        let Some((callee, arn)) = trigger.endpoint(platform, out, MODULE) else { continue };
        causes.push(trigger.cause.clone());
        let (list, key) = match callee {
            Callee::Function => (&mut functions, "lambda_function_arn"),
            Callee::Queue => (&mut queues, "queue_arn"),
        };
        list.push(block! {
            id: trigger.receiver.identifier(),
            (key): arn,
            events: feed.events().into_iter().map(BucketEvent::aws_word).collect::<Value>(),
            filter_prefix: feed.prefix.as_ref().map(KeyPrefix::as_str),
            filter_suffix: feed.suffix.as_ref().map(KeyPrefix::as_str),
        });
    }
    let tells_bus = bucket.tells == Audience::EventBus;
    if tells_bus {
        causes.push(bucket.id.path().key("event_bus"));
    }
    if causes.is_empty() {
        return;
    }
    // AWS Backup switches the event bus on to hear of changes, and the list must not switch it off:
    // https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSBackupServiceRolePolicyForS3Backup.html
    let is_heard = tells_bus || platform.backup.copies(bucket);
    let arguments = block! {
        bucket: bucket.handle().get("id"),
        eventbridge: is_heard.then_some(true),
        lambda_function: (!functions.is_empty()).then_some(functions),
        queue: (!queues.is_empty()).then_some(queues),
    };
    let mut file = out.module(MODULE).file(&bucket.id.file());
    file.resource("aws_s3_bucket_notification", &bucket.id.local(&[]), arguments)
        .causes(&causes)
        .add();
}

#[cfg(test)]
mod tests;
