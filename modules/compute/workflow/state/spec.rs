//! What a spec may say of a state, whatever it does.
use super::tasks::{
    DeleteSpec, EmailTaskSpec, EventSpec, GetSpec, InvokeSpec, PublishSpec, PutSpec, RunSpec,
    SendSpec, StartSpec, UpdateSpec,
};
use crate::compute::workflow::names::{ErrorName, StateName};
use crate::compute::workflow::path::ReferencePath;
use crate::compute::workflow::template::Template;
use platgen_source::diagnostics::code;
use platgen_source::{Count, Duration, Name, Node, OneOrMore, Read, Reader, Schemas, json};
use std::collections::BTreeMap;

/// A state: exactly one thing to do, and what follows.
///
/// Its result stands at `$.results.<State>` for all states after it.
#[derive(Clone, Debug, Read)]
pub struct StateSpec {
    /// What it is for.
    pub comment: Option<String>,
    /// Calls a function: `"charge"`, or `{ function = "charge", payload = { id = "$.order.id" } }`. The
    /// result is what the function gives.
    pub invoke: Option<InvokeSpec>,
    /// Sends a mail made of a template.
    pub email: Option<EmailTaskSpec>,
    /// Publishes a message on a topic.
    pub publish: Option<PublishSpec>,
    /// Sends a message to a queue.
    pub send: Option<SendSpec>,
    /// Puts an event on a bus.
    pub event: Option<EventSpec>,
    /// Runs a job, and waits for its end.
    pub run: Option<RunSpec>,
    /// Starts an execution of another workflow, and waits for its end.
    pub start: Option<StartSpec>,
    /// Reads an item of a table.
    pub get: Option<GetSpec>,
    /// Puts an item into a table.
    pub put: Option<PutSpec>,
    /// Changes an item of a table.
    pub update: Option<UpdateSpec>,
    /// Deletes an item of a table.
    pub delete: Option<DeleteSpec>,
    /// Goes on with the state of the first condition that holds; with `default` if none does.
    pub choice: Option<OneOrMore<RuleSpec>>,
    /// Waits: `"1h"`, or `{ until = "$.due" }`.
    pub wait: Option<WaitSpec>,
    /// Goes several ways at once, and goes on when all have ended.
    pub parallel: Option<ParallelSpec>,
    /// Does the same for every item of a list.
    pub map: Option<MapSpec>,
    /// Puts a value into the data, without doing anything.
    pub pass: Option<Template>,
    /// The state after a choice of which no condition holds.
    pub default: Option<StateName>,
    /// The state that follows.
    pub next: Option<StateName>,
    /// Ends here.
    pub end: Option<End>,
    /// The name of the error that a failure ends with. By default the name of the state.
    pub error: Option<ErrorName>,
    /// Why a failure ended so, for people; a path is possible.
    pub cause: Option<Template>,
    /// How long it may take. By default as long as the execution.
    pub timeout: Option<Duration>,
    /// How often what it waits for must give a sign of life.
    pub heartbeat: Option<Duration>,
    /// When it is tried again: `"standard"`, rules of your own, or both in a list.
    pub retry: Option<OneOrMore<RetrySpec>>,
    /// The states after errors, by the names of the errors; `States.ALL` is every error. They find the
    /// error and its cause at `$.error`.
    pub catch: BTreeMap<ErrorName, StateName>,
    /// What of the result is kept: a table of paths into it. By default all of it.
    pub select: Option<Template>,
    /// What of the data is handed on. By default all of it.
    pub output: Option<ReferencePath>,
}

/// How an execution ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Read)]
pub enum End {
    /// Well.
    Succeed,
    /// As a failure.
    Fail,
}

/// A way out of a choice.
#[derive(Clone, Debug, Read)]
pub struct RuleSpec {
    /// The condition: `"$.results.Bids.count >= 1 and not $.closed == true"`. It compares what stands at a
    /// path by `==`, `!=`, `<`, `<=`, `>` and `>=` with a text in single quotes, a number, `true`,
    /// `false`, `null`, a time such as `2030-01-31T12:00:00Z`, or another path; `matches 'log-*'` knows
    /// stars; `is` and `is not` go with `present`, `null`, `string`, `number`, `boolean` and `timestamp`;
    /// `and`, `or`, `not` and parentheses join. A test of what is missing is false.
    pub r#if: String,
    /// The state that follows.
    pub next: StateName,
}

/// How long, or until when, is waited.
#[derive(Clone, Debug, Read)]
#[spec(short = "for")]
pub struct WaitSpec {
    /// So long.
    pub r#for: Option<Duration>,
    /// Until a point in time: a path to one, or one such as `"2030-01-31T12:00:00Z"`.
    pub until: Option<String>,
    /// As many seconds as stand at a path.
    pub seconds: Option<ReferencePath>,
}

/// Several ways at once. The result of each stands at `$.results.<State>.<branch>`: all of its data, or
/// what the `output` of its last state hands on.
#[derive(Clone, Debug, Read)]
pub struct ParallelSpec {
    /// The ways, by names of your own. Each begins with all of the data.
    pub branches: BTreeMap<Name, BranchSpec>,
}

/// States of their own, with their own beginning and ends.
#[derive(Clone, Debug, Read)]
pub struct BranchSpec {
    /// The first state.
    pub start: StateName,
    /// The states.
    pub state: BTreeMap<StateName, StateSpec>,
}

/// The same states for every item of a list. They find the item at `$.item` and its place, from zero, at
/// `$.index`. The result is a list of what each ended with.
#[derive(Clone, Debug, Read)]
pub struct MapSpec {
    /// The path to the list.
    pub over: ReferencePath,
    /// How many items at one time, at most 40. By default as many as Step Functions likes.
    // https://docs.aws.amazon.com/step-functions/latest/dg/state-map-inline.html
    pub concurrency: Option<Count<1, 40>>,
    /// What the states find beside item and index, by names of your own.
    pub with: BTreeMap<String, Template>,
    /// The first state.
    pub start: StateName,
    /// The states.
    pub state: BTreeMap<StateName, StateSpec>,
}

/// When, and how often, a state is tried again.
#[derive(Clone, Debug, Read)]
#[spec(short = "like")]
pub struct RetrySpec {
    /// Where what is not said comes from.
    pub like: Option<RetryKind>,
    /// The errors. By default those of `standard`.
    pub on: Option<OneOrMore<ErrorName>>,
    /// How often at most. By default 3, of `standard` 6 for functions.
    // https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
    pub attempts: Option<Count<0, 99_999_999>>,
    /// How long before the first try. By default 2 seconds.
    pub interval: Option<Duration>,
    /// By what each later wait is longer. By default 2.
    pub backoff: Option<Backoff>,
    /// The longest wait.
    pub max_delay: Option<Duration>,
    /// Whether the waits are spread at random, so that many executions do not come back at once. By
    /// default they are.
    pub jitter: Option<bool>,
}

/// Retries that are known by a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Read)]
pub enum RetryKind {
    /// Of a function what AWS recommends: its service is busy or broken, six times
    /// (<https://docs.aws.amazon.com/step-functions/latest/dg/sfn-best-practices.html>). Of anything else
    /// every failure of the task, three times.
    Standard,
}

/// A factor of at least one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Backoff(pub f64);

impl Read for Backoff {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        let factor = f64::read(node, reader)?;
        if factor < 1.0 {
            reader.fault(&code::OUT_OF_RANGE, format!("{factor} is less than 1"));
            return None;
        }
        Some(Self(factor))
    }

    fn schema(_: &mut Schemas) -> json::Value {
        json::json!({ "type": "number", "minimum": 1 })
    }
}
