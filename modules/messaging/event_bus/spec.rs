//! What a spec may say of an event bus, and of what it feeds.
use crate::messaging::dead_letter::DeadLetterSpec;
use crate::pattern::Pattern;
use crate::text::VariableName;
use platgen_source::{Count, Duration, Name, Read, is_plain, text_type};
use std::collections::BTreeMap;

text_type! {
    /// The name of an event bus at AWS. `default` is the one that every account has; two hyphens stand
    /// in the names of its rules
    /// (<https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_CreateEventBus.html>).
    BusName,
    "^(?!default$)(?!.*--)[A-Za-z0-9_.-]{1,256}$",
    "1 to 256 letters, digits, dots, underscores and single hyphens, and not `default`",
    |text| is_plain(text, 1..=256, b"_.-") && text != "default" && !text.contains("--")
}

text_type! {
    /// A value that IAM compares with that of an event, without wildcards: `orders.checkout`.
    EventWord,
    "^[A-Za-z0-9 ._:/@#-]{1,128}$",
    "1 to 128 letters, digits, spaces and . _ : / @ # -",
    |text| is_plain(text, 1..=128, b" ._:/@#-")
}

text_type! {
    /// The name of a value that an input takes from an event
    /// (<https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html>).
    InputName,
    "^(?!AWS)[A-Za-z0-9_-]{1,256}$",
    "1 to 256 letters, digits, - and _, not beginning with AWS",
    |text| is_plain(text, 1..=256, b"_-") && !text.starts_with("AWS")
}

/// An event bus: encrypted, with a dead-letter queue. `default` is the one that every account has: AWS
/// services tell it what happens. It needs no section of its own.
#[derive(Debug, Default, Read)]
pub struct EventBusSpec {
    /// Environments that have it; by default all.
    pub only_in: Vec<Name>,
    /// How long every event can be sent again, in whole days. `EventBridge` encrypts what it keeps for
    /// that with a key of its own. By default nothing is kept.
    pub archive: Option<Duration>,
    /// What becomes of events that could not be delivered: by default a queue of the bus keeps them.
    pub dead_letter: Option<DeadLetterSpec>,
    /// The name at AWS. By default `{environment}-{platform}-{name}`.
    pub aws_name: Option<BusName>,
}

/// What is said of a bus that feeds something.
#[derive(Clone, Debug, Read)]
pub struct EventBusFeed {
    /// Which events (<https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html>).
    pub pattern: Pattern,
    /// What the receiver gets of an event. By default the whole event.
    pub input: Option<InputSpec>,
    /// What of an event decides the shard that it goes to, `"$.detail.user"`: events that are alike in it
    /// stay in order. Of streams only, and by default events are spread over all shards.
    // https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_KinesisParameters.html
    pub partition_key: Option<String>,
    /// How often a delivery is tried again. By default 185 times.
    pub retries: Option<Count<0, 185>>,
    /// How old an event may be that is tried again, from one minute to 24 hours, which is the default.
    pub max_age: Option<Duration>,
}

/// What a receiver gets of an event
/// (<https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html>).
#[derive(Clone, Debug, PartialEq, Eq, Read)]
#[spec(short = "template")]
pub struct InputSpec {
    /// The text that it gets, with `<name>` for each of the values: `'{"order": <order>}'`.
    pub template: String,
    /// Values of the event by their names: `order = "$.detail.id"`.
    pub values: BTreeMap<InputName, String>,
}

/// Which events are put on a bus.
#[derive(Clone, Debug, Default, PartialEq, Eq, Read)]
#[spec(default)]
pub struct EventPublish {
    /// The sources that the events may name. By default any.
    pub source: Vec<EventWord>,
    /// The detail types that the events may have. By default any.
    pub detail_type: Vec<EventWord>,
}

/// What others may do with a bus.
#[derive(Clone, Debug, Default, Read)]
#[spec(verbs)]
pub struct EventBusVerbs {
    /// The beginning of the variables' names.
    pub r#as: Option<VariableName>,
    /// Put events on the bus.
    pub publish: Option<EventPublish>,
}
