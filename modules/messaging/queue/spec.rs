//! What a spec may say of a queue, and of what it feeds.
use crate::connect::NoNarrowing;
use crate::data::bucket::BucketFeed;
use crate::kinds::TargetName;
use crate::messaging::event_bus::EventBusFeed;
use crate::messaging::topic::TopicFeed;
use crate::pattern::Pattern;
use crate::schedule::ScheduleSpec;
use crate::text::VariableName;
use platgen_source::{Count, Duration, Name, Read, Things, is_plain, text_type};
use std::collections::BTreeMap;

text_type! {
    /// The name of a queue at AWS; a FIFO queue gets `.fifo` behind it, and a dead-letter queue two
    /// hyphens and what it is, which is why two cannot stand here
    /// (<https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-queues.html>).
    QueueName,
    "^(?!.*--)[A-Za-z0-9_-]{1,75}$",
    "1 to 75 letters, digits, underscores and single hyphens",
    |text| is_plain(text, 1..=75, b"_-") && !text.contains("--")
}

/// An SQS queue: encrypted, reached over TLS only, with a dead-letter queue.
#[derive(Debug, Read)]
pub struct QueueSpec {
    /// Environments that have it; by default all.
    pub only_in: Vec<Name>,
    /// What puts messages into it, beside those that use it.
    pub on: Option<QueueOn>,
    /// Keeps the order of messages within a group, and hands each out once. By default not.
    pub fifo: Option<bool>,
    /// Drops a message whose content came within the last five minutes, unless the sender gives ids of
    /// its own. Of FIFO queues only, and there by default.
    pub deduplicate: Option<bool>,
    /// Counts throughput and equal messages by group instead of by queue, which allows many more. Of
    /// FIFO queues only. By default not.
    // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/high-throughput-fifo.html
    pub high_throughput: Option<bool>,
    /// How long messages are kept, from one minute to 14 days. By default 4 days.
    pub retention: Option<Duration>,
    /// How long a message is hidden from others while one works on it, at most 12 hours. By default six
    /// times as long as the slowest function that the queue feeds may run, and its window; or 30
    /// seconds where it feeds none.
    // https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
    pub visibility: Option<Duration>,
    /// How long a new message waits before anyone sees it, at most 15 minutes. By default not.
    pub delay: Option<Duration>,
    /// How long a call that asks for messages waits for one, at most 20 seconds, which is the default:
    /// less wait makes more calls.
    pub wait: Option<Duration>,
    /// The largest message, in bytes. By default 262144, the most there is.
    pub max_size: Option<Count<1024, 262_144>>,
    /// Where messages go that nobody could handle. By default a queue keeps them.
    pub dead_letter: Option<QueueDeadLetterSpec>,
    /// The name at AWS, without the `.fifo` of a FIFO queue. By default
    /// `{environment}-{platform}-{name}`.
    pub aws_name: Option<QueueName>,
}

/// Where messages go that nobody could handle.
#[derive(Debug, Read)]
#[spec(short = "enabled")]
pub struct QueueDeadLetterSpec {
    /// Whether they are kept at all. By default they are.
    pub enabled: Option<bool>,
    /// How often a message is handed out before it counts as such. By default 5 times.
    pub after: Option<Count<1, 1000>>,
    /// How long they are kept, from one minute to 14 days. By default 14 days. The time counts from
    /// when the message was sent.
    pub retention: Option<Duration>,
}

/// What puts messages into a queue.
#[derive(Debug, Default, Read)]
pub struct QueueOn {
    /// Objects that come and go in a bucket.
    pub bucket: BTreeMap<TargetName, BucketFeed>,
    /// Events on a bus.
    pub event_bus: BTreeMap<TargetName, EventBusFeed>,
    /// Points in time, by names of your own.
    pub schedule: Things<ScheduleSpec>,
    /// Messages on a topic.
    pub topic: BTreeMap<TargetName, TopicFeed>,
}

/// What is said of a queue that feeds a function.
#[derive(Clone, Debug, Default, Read)]
#[spec(default)]
pub struct QueueFeed {
    /// The most messages in one call. By default 10.
    pub batch: Option<Count<1, 10000>>,
    /// How long a batch may be waited for, at most 300 seconds. By default not.
    pub window: Option<Duration>,
    /// The most calls at one time.
    pub concurrency: Option<Count<2, 1000>>,
    /// Which messages, as patterns of `EventBridge`. By default all. Those that do not fit are deleted.
    pub filter: Option<Pattern>,
}

/// What others may do with a queue.
#[derive(Clone, Debug, Default, Read)]
#[spec(verbs)]
pub struct QueueVerbs {
    /// The beginning of the variables' names.
    pub r#as: Option<VariableName>,
    /// Send messages.
    pub send: Option<NoNarrowing>,
    /// Receive, delete and put back messages.
    pub receive: Option<NoNarrowing>,
    /// Delete every message.
    pub purge: Option<NoNarrowing>,
    /// Move the messages that nobody could handle back into the queue.
    pub redrive: Option<NoNarrowing>,
}
