//! What a spec may say of a topic, and of what it feeds.
use crate::connect::NoNarrowing;
use crate::messaging::dead_letter::DeadLetterSpec;
use crate::pattern::Pattern;
use crate::text::{PlainText, VariableName};
use platgen_source::{Count, Duration, Name, Read, is_plain, text_type};

text_type! {
    /// The name of a topic at AWS; a FIFO topic gets `.fifo` behind it
    /// (<https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html>).
    TopicName,
    "^[A-Za-z0-9_-]{1,251}$",
    "1 to 251 letters, digits, hyphens and underscores",
    |text| is_plain(text, 1..=251, b"_-")
}

text_type! {
    /// A phone number in the form of E.164, `+13125550100`
    /// (<https://docs.aws.amazon.com/sns/latest/dg/sms_sending-overview.html>).
    PhoneNumber,
    "^\\+[1-9][0-9]{6,14}$",
    "a + and 7 to 15 digits, the first of them not 0",
    |text| {
        let digits = text.strip_prefix('+').unwrap_or_default();
        (7..=15).contains(&digits.len())
            && digits.bytes().all(|byte| byte.is_ascii_digit())
            && !digits.starts_with('0')
    }
}

/// An SNS topic: encrypted, reached over TLS only.
#[derive(Debug, Read)]
pub struct TopicSpec {
    /// Environments that have it; by default all.
    pub only_in: Vec<Name>,
    /// Who mail and text messages are from, for people to read: at most 100 letters. By default the
    /// name at AWS.
    pub display_name: Option<PlainText>,
    /// Who outside of the platform gets every message. By default nobody.
    pub notify: NotifySpec,
    /// Keeps the order of messages, and delivers each once; then only queues can take them. By default
    /// not.
    pub fifo: Option<bool>,
    /// Drops a message whose content came within the last five minutes, unless the publisher gives ids
    /// of its own. Of FIFO topics only, and there by default.
    pub deduplicate: Option<bool>,
    /// How deliveries over HTTPS are tried again. By default three times, 20 seconds apart.
    pub retries: Option<RetrySpec>,
    /// What becomes of messages that functions, queues and HTTPS addresses could not take: by default
    /// a queue of the topic keeps them.
    pub dead_letter: Option<DeadLetterSpec>,
    /// Lets X-Ray follow messages through the topic. By default a trace is only passed on, since an
    /// account has room for few of the policies that this takes.
    // https://docs.aws.amazon.com/xray/latest/api/API_PutResourcePolicy.html
    pub tracing: Option<bool>,
    /// The name at AWS, without the `.fifo` of a FIFO topic. By default
    /// `{environment}-{platform}-{name}`.
    pub aws_name: Option<TopicName>,
}

/// Who outside of the platform gets messages. Whoever has an address in it must confirm it before the
/// first message comes.
#[derive(Debug, Default, Read)]
#[spec(default)]
pub struct NotifySpec {
    /// Mail addresses.
    pub email: Vec<PlainText>,
    /// Phone numbers: `"+13125550100"`.
    pub sms: Vec<PhoneNumber>,
    /// Addresses that take messages as HTTPS requests.
    pub https: Vec<PlainText>,
}

/// How deliveries over HTTPS are tried again
/// (<https://docs.aws.amazon.com/sns/latest/dg/creating-delivery-policy.html>).
#[derive(Debug, Read)]
#[spec(short = "attempts")]
pub struct RetrySpec {
    /// How often.
    pub attempts: Count<0, 100>,
    /// The shortest wait between two tries, at most one hour. By default 20 seconds.
    pub min_delay: Option<Duration>,
    /// The longest wait between two tries, at most one hour. By default 20 seconds, or `min_delay` if
    /// that is longer.
    pub max_delay: Option<Duration>,
    /// How the wait grows. By default `linear`.
    pub backoff: Option<Backoff>,
}

/// How the wait between two tries grows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Read)]
pub enum Backoff {
    /// By the same amount every time.
    Linear,
    /// Slowly at first, then faster.
    Exponential,
    /// Between linear and exponential, growing by sums.
    Arithmetic,
    /// Between arithmetic and exponential, growing by factors.
    Geometric,
}

/// What is said of a topic that feeds something.
#[derive(Clone, Debug, Default, Read)]
#[spec(default)]
pub struct TopicFeed {
    /// Which messages, as a filter policy of SNS: each key of the table is an attribute of the message,
    /// with a list of what fits. By default all messages.
    pub filter: Option<Pattern>,
    /// Whether the filter looks at the body instead of the attributes.
    pub filter_body: Option<bool>,
    /// Whether a queue gets the bare message, without the envelope of SNS. By default it does.
    pub raw: Option<bool>,
}

/// What others may do with a topic.
#[derive(Clone, Debug, Default, Read)]
#[spec(verbs)]
pub struct TopicVerbs {
    /// The beginning of the variables' names.
    pub r#as: Option<VariableName>,
    /// Publish messages.
    pub publish: Option<NoNarrowing>,
}
