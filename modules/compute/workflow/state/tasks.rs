//! What a state can do with other things: one section for each.
use crate::compute::function::FunctionSpec;
use crate::compute::job::JobSpec;
use crate::compute::workflow::spec::WorkflowSpec;
use crate::compute::workflow::template::Template;
use crate::data::table::{AttributeName, TableSpec};
use crate::messaging::email::EmailSpec;
use crate::messaging::event_bus::EventBusSpec;
use crate::messaging::queue::QueueSpec;
use crate::messaging::topic::TopicSpec;
use crate::platform::Head;
use crate::reference::NameOf;
use crate::text::{PlainText, VariableName};
use platgen_source::{Name, OneOrMore, Read};
use std::collections::BTreeMap;

/// How a state waits for what it told others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Read)]
pub enum Answer {
    /// Until somebody answers with the token of the message.
    Callback,
}

/// How a state waits for what it started.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Read)]
pub enum Completion {
    /// Not at all.
    None,
    /// Until it ends.
    End,
    /// Until somebody answers with the token in its input.
    Callback,
}

/// Calls a function.
#[derive(Clone, Debug, Read)]
#[spec(short = "function")]
pub struct InvokeSpec {
    /// The function.
    pub function: NameOf<FunctionSpec>,
    /// What it is given, a table or a path. By default all data of the execution.
    pub payload: Option<Template>,
    /// Waits until somebody answers with the token that stands beside the payload:
    /// `{ token, state, execution, data }`.
    pub wait: Option<Answer>,
}

/// Sends a mail made of a template.
#[derive(Clone, Debug, Read)]
pub struct EmailTaskSpec {
    /// The sender: the name of an `email`.
    pub from: NameOf<EmailSpec>,
    /// One of its templates.
    pub template: Name,
    /// The addresses.
    pub to: OneOrMore<Template>,
    /// What the template puts in. By default all data of the execution.
    pub data: Option<Template>,
    /// Waits until somebody answers with the token: the template finds it as `token`, and the data
    /// below `data`.
    pub wait: Option<Answer>,
}

/// Publishes a message on a topic.
#[derive(Clone, Debug, Read)]
#[spec(short = "topic")]
pub struct PublishSpec {
    /// The topic.
    pub topic: NameOf<TopicSpec>,
    /// The message. By default all data of the execution.
    pub message: Option<Template>,
    /// The subject of mails.
    pub subject: Option<Template>,
    /// Attributes, which filters of subscriptions look at.
    pub attributes: BTreeMap<String, Template>,
    /// The group of the message, where the topic is first in, first out.
    pub group: Option<Template>,
    /// What tells copies of the message, where the topic is first in, first out.
    pub deduplication: Option<Template>,
    /// Waits until somebody answers with the token in the message: the message becomes
    /// `{ token, state, execution, data }`.
    pub wait: Option<Answer>,
}

/// Sends a message to a queue.
#[derive(Clone, Debug, Read)]
#[spec(short = "queue")]
pub struct SendSpec {
    /// The queue.
    pub queue: NameOf<QueueSpec>,
    /// The message. By default all data of the execution.
    pub message: Option<Template>,
    /// Attributes of the message.
    pub attributes: BTreeMap<String, Template>,
    /// The group of the message, where the queue is first in, first out.
    pub group: Option<Template>,
    /// What tells copies of the message, where the queue is first in, first out.
    pub deduplication: Option<Template>,
    /// Waits until somebody answers with the token in the message: the message becomes
    /// `{ token, state, execution, data }`.
    pub wait: Option<Answer>,
}

/// Puts an event on a bus.
#[derive(Clone, Debug, Read)]
pub struct EventSpec {
    /// The bus.
    pub bus: NameOf<EventBusSpec>,
    /// What happened, as rules know it.
    pub detail_type: PlainText,
    /// Who says so. By default the name of the state machine at AWS.
    pub source: Option<PlainText>,
    /// What is said of it, a table or a path. By default all data of the execution.
    pub detail: Option<Template>,
    /// Waits until somebody answers with the token in the detail: it becomes
    /// `{ token, state, execution, data }`.
    pub wait: Option<Answer>,
}

impl EventSpec {
    /// Who says so, in the workflow of a name at AWS.
    pub fn source_text(&self, aws_name: &str, head: &Head) -> String {
        self.source.as_ref().map_or_else(|| aws_name.to_owned(), |source| head.plain(source))
    }
}

/// Runs a job.
#[derive(Clone, Debug, Read)]
#[spec(short = "job")]
pub struct RunSpec {
    /// The job.
    pub job: NameOf<JobSpec>,
    /// Variables for this run of the main container, over those of the job.
    pub env: BTreeMap<VariableName, Template>,
    /// The command for this run, over that of the job.
    pub command: Option<Vec<Template>>,
    /// What is waited for. By default the end. With `callback` the container finds the token in the
    /// variable `TASK_TOKEN`.
    pub wait: Option<Completion>,
}

/// Starts an execution of a workflow.
#[derive(Clone, Debug, Read)]
#[spec(short = "workflow")]
pub struct StartSpec {
    /// The workflow.
    pub workflow: NameOf<WorkflowSpec>,
    /// The input, a table or a path. By default all data of this execution.
    pub input: Option<Template>,
    /// What is waited for. By default the end. With `callback` the input becomes
    /// `{ token, state, execution, data }`.
    pub wait: Option<Completion>,
}

/// Reads an item of a table.
#[derive(Clone, Debug, Read)]
pub struct GetSpec {
    /// The table.
    pub table: NameOf<TableSpec>,
    /// The key: every attribute of it.
    pub key: BTreeMap<AttributeName, Template>,
    /// Whether writes that have just ended are seen for sure. By default not.
    pub consistent: Option<bool>,
}

/// Puts an item into a table, in place of one with the same key.
///
/// Data from a path is a text, unless it is a key of another type; `{ N = "$.amount" }` says otherwise, with
/// the letters that DynamoDB has for types.
#[derive(Clone, Debug, Read)]
pub struct PutSpec {
    /// The table.
    pub table: NameOf<TableSpec>,
    /// The attributes, among them the key.
    pub item: BTreeMap<AttributeName, Template>,
}

/// Changes an item of a table, or makes it. Types are those of `put`.
#[derive(Clone, Debug, Read)]
pub struct UpdateSpec {
    /// The table.
    pub table: NameOf<TableSpec>,
    /// The key: every attribute of it.
    pub key: BTreeMap<AttributeName, Template>,
    /// Attributes that get a value.
    pub set: BTreeMap<AttributeName, Template>,
    /// Numbers that grow by so much; data from a path is a number here.
    pub add: BTreeMap<AttributeName, Template>,
    /// Attributes that go.
    pub remove: Vec<AttributeName>,
}

/// Deletes an item of a table.
#[derive(Clone, Debug, Read)]
pub struct DeleteSpec {
    /// The table.
    pub table: NameOf<TableSpec>,
    /// The key: every attribute of it.
    pub key: BTreeMap<AttributeName, Template>,
}
