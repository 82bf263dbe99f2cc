//! The states of a workflow, decided: what each does, and what follows.
pub mod check;
pub mod graph;
pub mod payload;
pub mod resolve;
pub mod spec;
pub mod tables;
pub mod task;
pub mod tasks;

use super::condition::Condition;
use super::template::Template;
use platgen_source::Name;
use platgen_source::diagnostics::SpecPath;
use std::collections::BTreeMap;
use tasks::{
    Answer, Completion, DeleteSpec, EmailTaskSpec, EventSpec, GetSpec, InvokeSpec, PublishSpec,
    PutSpec, RunSpec, SendSpec, StartSpec, UpdateSpec,
};

/// States with a beginning.
#[derive(Debug)]
pub struct Machine {
    /// The name of the first state.
    pub start: String,
    /// The states by their names.
    pub states: BTreeMap<String, State>,
}

/// A state with every detail decided.
#[derive(Debug)]
pub struct State {
    /// Where the spec speaks of it.
    pub place: SpecPath,
    /// What it is for.
    pub comment: Option<String>,
    /// What it does.
    pub work: Work,
    /// The state that follows; none ends the execution, or the branch.
    pub next: Option<String>,
    /// The path to what of the data is handed on.
    pub output: Option<String>,
}

/// What a state does.
#[derive(Debug)]
pub enum Work {
    /// Something with another thing.
    Task(Box<Task>),
    /// It goes on with the state of the first condition that holds, or with the default.
    Choice(Vec<(Condition, String)>, String),
    /// It waits.
    Wait(Pause),
    /// It goes several ways at once.
    Parallel(BTreeMap<Name, Machine>, Handling),
    /// It does the same for every item of a list.
    Map(Box<Loop>),
    /// It puts a value into the data.
    Pass(Template),
    /// It ends well.
    Succeed,
    /// It ends as a failure: error and cause.
    Fail(String, Option<Template>),
}

/// Something that is done with another thing.
#[derive(Debug)]
pub struct Task {
    /// What.
    pub action: Action,
    /// What is waited for.
    pub waiting: Waiting,
    /// Seconds that it may take.
    pub timeout: Option<i64>,
    /// Seconds between two signs of life.
    pub heartbeat: Option<i64>,
    /// What happens on errors.
    pub handling: Handling,
    /// What of the result is kept.
    pub select: Option<Template>,
}

/// What is done with another thing.
#[derive(Clone, Debug)]
pub enum Action {
    /// Calls a function.
    Invoke(InvokeSpec),
    /// Sends a mail.
    Email(EmailTaskSpec),
    /// Publishes a message.
    Publish(PublishSpec),
    /// Sends a message.
    Send(SendSpec),
    /// Puts an event on a bus.
    Event(EventSpec),
    /// Runs a job.
    Run(RunSpec),
    /// Starts a workflow.
    Start(StartSpec),
    /// Reads an item, whose key has these types.
    Get(GetSpec, tables::KeyTypes),
    /// Puts an item.
    Put(PutSpec, tables::KeyTypes),
    /// Changes an item.
    Update(UpdateSpec, tables::KeyTypes),
    /// Deletes an item.
    Delete(DeleteSpec, tables::KeyTypes),
}

/// What a task waits for
/// (<https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html>).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waiting {
    /// The answer of the API.
    Response,
    /// The end of what it started.
    End,
    /// An answer with its token.
    Callback,
}

/// What happens on errors.
#[derive(Debug, Default)]
pub struct Handling {
    /// When it is tried again.
    pub retry: Vec<Retry>,
    /// The state after each error, errors that mean others last.
    pub catch: Vec<(String, String)>,
}

/// When, and how often, something is tried again.
#[derive(Debug)]
pub struct Retry {
    /// The errors.
    pub on: Vec<String>,
    /// How often.
    pub attempts: i64,
    /// Seconds before the first try.
    pub interval: i64,
    /// By what each later wait is longer.
    pub backoff: f64,
    /// The longest wait, in seconds.
    pub max_delay: Option<i64>,
    /// Whether waits are spread at random.
    pub jitter: bool,
}

/// How long a state waits.
#[derive(Debug)]
pub enum Pause {
    /// So many seconds.
    Seconds(i64),
    /// As many seconds as stand at a path.
    SecondsAt(String),
    /// Until a point in time.
    Until(String),
    /// Until the point in time at a path.
    UntilAt(String),
}

/// The same states for every item of a list.
#[derive(Debug)]
pub struct Loop {
    /// The path to the list.
    pub over: String,
    /// How many items at one time.
    pub concurrency: Option<i64>,
    /// What the states find beside item and index.
    pub with: BTreeMap<String, Template>,
    /// The states.
    pub machine: Machine,
    /// What happens on errors.
    pub handling: Handling,
}

impl Machine {
    /// Every state, those inside of others included, with its name.
    pub fn all(&self) -> Vec<(&str, &State)> {
        let mut all = Vec::new();
        for (name, state) in &self.states {
            all.push((name.as_str(), state));
            all.extend(state.machines().into_iter().flat_map(Self::all));
        }
        all
    }

    /// Every task and its state.
    pub fn tasks(&self) -> Vec<(&State, &Task)> {
        let mut tasks = Vec::new();
        for (_, state) in self.all() {
            if let Work::Task(task) = &state.work {
                tasks.push((state, task.as_ref()));
            }
        }
        tasks
    }
}

impl State {
    /// The machines inside of it.
    fn machines(&self) -> Vec<&Machine> {
        match &self.work {
            Work::Parallel(branches, _) => branches.values().collect(),
            Work::Map(each) => vec![&each.machine],
            _ => Vec::new(),
        }
    }
}

impl Action {
    /// What it waits for, as far as the spec says so; by default the answer of the API, and the end of
    /// what it starts.
    pub fn waiting(&self) -> Waiting {
        let answer = match self {
            Self::Run(RunSpec { wait, .. }) | Self::Start(StartSpec { wait, .. }) => {
                return match wait {
                    Some(Completion::None) => Waiting::Response,
                    Some(Completion::Callback) => Waiting::Callback,
                    Some(Completion::End) | None => Waiting::End,
                };
            }
            Self::Invoke(spec) => spec.wait,
            Self::Email(spec) => spec.wait,
            Self::Publish(spec) => spec.wait,
            Self::Send(spec) => spec.wait,
            Self::Event(spec) => spec.wait,
            Self::Get(..) | Self::Put(..) | Self::Update(..) | Self::Delete(..) => None,
        };
        match answer {
            Some(Answer::Callback) => Waiting::Callback,
            None => Waiting::Response,
        }
    }
}
