//! What a spec may say of a workflow.
use super::names::{MachineName, StateName, TargetWord, ThingReference};
use super::state::spec::StateSpec;
use crate::compute::task::spec::FilePath;
use crate::connect::NoNarrowing;
use crate::kinds::{TargetName, Uses};
use crate::messaging::event_bus::EventBusFeed;
use crate::network::Retention;
use crate::schedule::ScheduleSpec;
use crate::text::VariableName;
use platgen_source::{Duration, Name, Read, Things};
use std::collections::BTreeMap;

/// A state machine of Step Functions: either states, or a definition in a file.
#[derive(Debug, Read)]
pub struct WorkflowSpec {
    /// Environments that have it; by default all.
    pub only_in: Vec<Name>,
    /// What it is for.
    pub comment: Option<String>,
    /// How executions are kept. By default `standard`; another type makes another state machine.
    pub r#type: Option<MachineType>,
    /// The first state.
    pub start: Option<StateName>,
    /// The states by their names.
    pub state: BTreeMap<StateName, StateSpec>,
    /// A file beside the spec with the whole definition in the Amazon States Language, in place of
    /// states. In its texts `${word}` stands for something of the `targets`. Its rights come from `uses`.
    pub definition: Option<FilePath>,
    /// What the words in the definition stand for: `charge = "function.charge"`. Of a function and a job
    /// that is the ARN, of a topic, a queue, a bus, a table and a workflow what tasks name them by; after
    /// a dot any output: `${orders.arn}`.
    pub targets: BTreeMap<TargetWord, ThingReference>,
    /// How long an execution may take. By default a year, of an express one five minutes.
    pub timeout: Option<Duration>,
    /// What is written down of executions: how long it is kept, or more.
    pub logs: Option<LogsSpec>,
    /// Whether X-Ray follows executions. By default it does.
    pub tracing: Option<bool>,
    /// What it uses beside what its states name.
    pub uses: Uses,
    /// What starts it.
    pub on: Option<WorkflowOn>,
    /// The name at AWS. By default `{environment}-{platform}-{name}`.
    pub aws_name: Option<MachineName>,
}

/// How executions are kept
/// (<https://docs.aws.amazon.com/step-functions/latest/dg/choosing-workflow-type.html>).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Read)]
pub enum MachineType {
    /// Each step runs once; up to a year; the history can be read.
    Standard,
    /// Steps can run more than once; up to five minutes; logs are all that is left.
    Express,
}

/// What is written down of executions.
#[derive(Clone, Debug, Read)]
#[spec(short = "retention")]
pub struct LogsSpec {
    /// How long it is kept, `"30d"`. By default 90 days, in development 7.
    pub retention: Option<Retention>,
    /// Which events. By default errors; in development, and of express workflows, all.
    pub level: Option<LogLevel>,
    /// Whether the data of executions is written down as well. By default in development only.
    pub data: Option<bool>,
}

/// Which events are written down
/// (<https://docs.aws.amazon.com/step-functions/latest/dg/cloudwatch-log-level.html>).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Read)]
pub enum LogLevel {
    /// Every event.
    All,
    /// Every error.
    Error,
    /// Errors that end an execution.
    Fatal,
}

/// What starts a workflow.
#[derive(Debug, Default, Read)]
pub struct WorkflowOn {
    /// Events on a bus: the event is the input.
    pub event_bus: BTreeMap<TargetName, EventBusFeed>,
    /// Points in time, by names of your own.
    pub schedule: Things<ScheduleSpec>,
}

/// What others may do with it.
#[derive(Clone, Debug, Default, Read)]
#[spec(verbs)]
pub struct WorkflowVerbs {
    /// The beginning of the variables' names.
    pub r#as: Option<VariableName>,
    /// Start executions; of an express workflow also wait for the result.
    pub start: Option<NoNarrowing>,
    /// Answer states that wait for a callback: the token of a message is what says which.
    pub resume: Option<NoNarrowing>,
    /// Read executions and their history.
    pub read: Option<NoNarrowing>,
    /// Stop executions.
    pub stop: Option<NoNarrowing>,
}

impl WorkflowSpec {
    /// How executions are kept.
    pub fn machine_type(&self) -> MachineType {
        self.r#type.unwrap_or(MachineType::Standard)
    }
}

impl LogLevel {
    /// As Step Functions writes it.
    pub fn aws_word(self) -> &'static str {
        match self {
            Self::All => "ALL",
            Self::Error => "ERROR",
            Self::Fatal => "FATAL",
        }
    }
}

impl MachineType {
    /// As Step Functions writes it.
    pub fn aws_word(self) -> &'static str {
        match self {
            Self::Standard => "STANDARD",
            Self::Express => "EXPRESS",
        }
    }
}
