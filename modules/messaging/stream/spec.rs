//! What a spec may say of a stream.
use crate::connect::NoNarrowing;
use crate::kinds::TargetName;
use crate::messaging::event_bus::EventBusFeed;
use crate::schedule::ScheduleSpec;
use crate::text::VariableName;
use platgen_source::{Count, Duration, Name, Read, Things, is_plain, text_type};
use std::collections::BTreeMap;

text_type! {
    /// The name of a stream at AWS. Two hyphens stand in the names of what belongs to it
    /// (<https://docs.aws.amazon.com/kinesis/latest/APIReference/API_CreateStream.html>).
    StreamName,
    "^(?!.*--)[A-Za-z0-9_.-]{1,128}$",
    "1 to 128 letters, digits, dots, underscores and single hyphens",
    |text| is_plain(text, 1..=128, b"_.-") && !text.contains("--")
}

/// A data stream of Kinesis: encrypted, and kept for every reader until its time has come.
#[derive(Debug, Read)]
pub struct StreamSpec {
    /// Environments that have it; by default all.
    pub only_in: Vec<Name>,
    /// What puts records into it, beside those that use it.
    pub on: Option<StreamOn>,
    /// A fixed number of shards, each of which takes 1 MB or 1000 records a second and is paid by the
    /// hour. By default the stream grows with what comes, and what comes is paid.
    // https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateShardCount.html
    pub shards: Option<Count<1, 10_000>>,
    /// How long records are kept, from 24 hours to 365 days, in whole hours. By default 24 hours; what
    /// is longer costs extra.
    pub retention: Option<Duration>,
    /// The name at AWS. By default `{environment}-{platform}-{name}`.
    pub aws_name: Option<StreamName>,
}

/// What puts records into a stream.
#[derive(Debug, Default, Read)]
pub struct StreamOn {
    /// Events on a bus.
    pub event_bus: BTreeMap<TargetName, EventBusFeed>,
    /// Points in time, by names of your own.
    pub schedule: Things<ScheduleSpec>,
}

/// What others may do with a stream.
#[derive(Clone, Debug, Default, Read)]
#[spec(verbs)]
pub struct StreamVerbs {
    /// The beginning of the variable's name.
    pub r#as: Option<VariableName>,
    /// Read records, shard by shard. A function is fed by `on.stream` instead.
    pub read: Option<NoNarrowing>,
    /// Put records in.
    pub write: Option<NoNarrowing>,
}
