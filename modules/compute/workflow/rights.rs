//! What the role of a workflow may do: exactly the actions of the tasks in it, and what `uses` gives.
use super::state::tasks::EventSpec;
use super::state::{Action, Machine, Task, Waiting};
use super::state_machine::{execution_rights, task_rights};
use super::{Workflow, key};
use crate::compute::MODULE;
use crate::compute::function::FunctionVerbs;
use crate::compute::workflow::spec::WorkflowVerbs;
use crate::connect::iam::Statement;
use crate::connect::matrix::AWS;
use crate::connect::receiver::ReceiverTarget;
use crate::connect::{Declared, Edge, Grant, NoNarrowing};
use crate::data::table::TableVerbs;
use crate::kind::{Target, Thing, ThingId};
use crate::messaging::email::{EmailSend, EmailVerbs};
use crate::messaging::event_bus::{EventBusVerbs, EventPublish, EventWord};
use crate::messaging::queue::QueueVerbs;
use crate::messaging::topic::TopicVerbs;
use crate::platform::{Head, Platform};
use platgen_source::diagnostics::SpecPath;
use platgen_source::{Name, OneOrMore};
use platgen_terraform::{Document, Expr, Value, template};
use std::collections::BTreeMap;

/// The edges that follow from the states, and from what is written down of executions.
pub fn implied(workflow: &Workflow, platform: &Platform) -> Vec<Grant> {
    let region = &platform.head.region;
    let own = |key: &str, by: &str| {
        let cause = workflow.id.path().key(key);
        let mut grant = Grant::new(&workflow.id, None, cause, Declared::Implied);
        grant.give(AWS, by, region, |_| key::for_executions_of(workflow.arn(region)));
        grant
    };
    let mut grants = vec![own("encryption", "workflow encryption"), own("logs", "workflow logs")];
    if workflow.tracing {
        grants.push(own("tracing", "workflow tracing"));
    }
    for (state, task) in workflow.machine().into_iter().flat_map(Machine::tasks) {
        let cause = state.place.clone();
        grants.extend(task.action.edge(workflow, platform, cause));
    }
    grants
}

/// The rights of the role by the things that they are on: one policy for each edge, whatever states and
/// `uses` it comes from.
pub fn by_edge(
    workflow: &Workflow,
    platform: &Platform,
    out: &mut Document,
) -> Vec<(String, SpecPath, Vec<Statement>)> {
    let mut edges: BTreeMap<String, (SpecPath, Vec<Statement>)> = BTreeMap::new();
    let mut add = |name: String, cause: &SpecPath, statements: Vec<Statement>| {
        let edge = edges.entry(name).or_insert_with(|| (cause.clone(), Vec::new()));
        edge.1.extend(statements);
    };
    for grant in platform.connections.of(&workflow.id) {
        add(grant.name(), &grant.cause, grant.task.clone());
    }
    for (state, task) in workflow.machine().into_iter().flat_map(Machine::tasks) {
        if let Some((target, statements)) = waiting_rights(task, platform, out) {
            add(target.identifier(), &state.place, statements);
        }
    }
    for (target, cause) in workflow.jobs_of_definition() {
        let statements = run_rights(&target.name, Waiting::End, platform, out);
        add(target.identifier(), &cause, statements);
    }
    edges.into_iter().map(|(name, (cause, statements))| (name, cause, statements)).collect()
}

/// What a task needs beyond the edge to its target: running a job, hearing of the end of something.
fn waiting_rights(
    task: &Task,
    platform: &Platform,
    out: &mut Document,
) -> Option<(ThingId, Vec<Statement>)> {
    match &task.action {
        Action::Run(spec) => {
            let rights = run_rights(spec.job.name(), task.waiting, platform, out);
            Some((spec.job.id(), rights))
        }
        Action::Start(spec) if task.waiting == Waiting::End => {
            let started = platform.things.workflow.get(spec.workflow.name())?;
            let executions = started.executions(&platform.head.region);
            // The API that starts an express execution gives its result.
            let rights = if started.is_express() {
                Vec::new()
            } else {
                execution_rights(&executions, platform, out)
            };
            Some((spec.workflow.id(), rights))
        }
        _ => None,
    }
}

/// Starting a job as its room says, and hearing of its end.
fn run_rights(
    job: &Name,
    waiting: Waiting,
    platform: &Platform,
    out: &mut Document,
) -> Vec<Statement> {
    let job = platform.things.job.get(job);
    let Some(receiver) = job.and_then(|job| job.receiver(platform, out, MODULE)) else {
        return Vec::new();
    };
    let mut statements = receiver.rights.clone();
    if waiting == Waiting::End {
        statements.extend(match &receiver.target {
            ReceiverTarget::Task(_) => task_rights(platform, out),
            _ => execution_rights(&executions_of(receiver.arn()), platform, out),
        });
    }
    statements
}

/// The executions of a state machine, by its ARN.
fn executions_of(machine: &Value) -> Value {
    let words = vec![machine.clone(), Value::from(":stateMachine:"), Value::from(":execution:")];
    template![Expr::Call("replace", words), ":*"]
}

impl Action {
    /// The thing that it is done with.
    pub fn target(&self) -> ThingId {
        match self {
            Self::Invoke(spec) => spec.function.id(),
            Self::Email(spec) => spec.from.id(),
            Self::Publish(spec) => spec.topic.id(),
            Self::Send(spec) => spec.queue.id(),
            Self::Event(spec) => spec.bus.id(),
            Self::Run(spec) => spec.job.id(),
            Self::Start(spec) => spec.workflow.id(),
            Self::Get(spec, _) => spec.table.id(),
            Self::Put(spec, _) => spec.table.id(),
            Self::Update(spec, _) => spec.table.id(),
            Self::Delete(spec, _) => spec.table.id(),
        }
    }

    /// The edge to the thing: of what its verb gives, only the actions that the task needs.
    fn edge(&self, workflow: &Workflow, platform: &Platform, cause: SpecPath) -> Option<Grant> {
        let id = self.target();
        let things = &platform.things;
        let edge = Edge::implied(workflow, platform.thing(&id)?, platform, cause);
        let yes = || Some(NoNarrowing {});
        let table = |verbs: TableVerbs| things.table.get(&id.name).map(|t| t.grant(&verbs, &edge));
        let grant = match self {
            Self::Invoke(_) => {
                let verbs = FunctionVerbs { invoke: yes(), ..FunctionVerbs::default() };
                things.function.get(&id.name).map(|function| function.grant(&verbs, &edge))
            }
            Self::Email(spec) => {
                let template = Some(OneOrMore(vec![spec.template.clone()]));
                let send = Some(EmailSend { template, ..EmailSend::default() });
                let verbs = EmailVerbs { send, ..EmailVerbs::default() };
                things.email.get(&id.name).map(|email| email.grant(&verbs, &edge))
            }
            Self::Publish(_) => {
                let verbs = TopicVerbs { publish: yes(), ..TopicVerbs::default() };
                things.topic.get(&id.name).map(|topic| topic.grant(&verbs, &edge))
            }
            Self::Send(_) => {
                let verbs = QueueVerbs { send: yes(), ..QueueVerbs::default() };
                things.queue.get(&id.name).map(|queue| queue.grant(&verbs, &edge))
            }
            Self::Event(spec) => {
                let publish = Some(publication(spec, &workflow.aws_name, &platform.head));
                let verbs = EventBusVerbs { publish, ..EventBusVerbs::default() };
                things.event_bus.get(&id.name).map(|bus| bus.grant(&verbs, &edge))
            }
            Self::Start(_) => {
                let verbs = WorkflowVerbs { start: yes(), ..WorkflowVerbs::default() };
                things.workflow.get(&id.name).map(|workflow| workflow.grant(&verbs, &edge))
            }
            Self::Get(..) => table(TableVerbs { read: yes(), ..TableVerbs::default() }),
            Self::Put(..) | Self::Update(..) => {
                table(TableVerbs { write: yes(), ..TableVerbs::default() })
            }
            Self::Delete(..) => table(TableVerbs { delete: yes(), ..TableVerbs::default() }),
            // What running a job needs depends on more than the edge: `waiting_rights`.
            Self::Run(_) => Some(edge.grant()),
        };
        grant.map(|grant| narrowed(grant, self.actions(platform)))
    }

    /// The actions that the integration needs
    /// (<https://docs.aws.amazon.com/step-functions/latest/dg/integrate-services.html>).
    fn actions(&self, platform: &Platform) -> &'static [&'static str] {
        match self {
            Self::Invoke(_) => &["lambda:InvokeFunction"],
            Self::Email(_) => &["ses:SendEmail", "ses:SendTemplatedEmail"],
            Self::Publish(_) => &["sns:Publish"],
            Self::Send(_) => &["sqs:SendMessage"],
            Self::Event(_) => &["events:PutEvents"],
            Self::Get(..) => &["dynamodb:GetItem"],
            Self::Put(..) => &["dynamodb:PutItem"],
            Self::Update(..) => &["dynamodb:UpdateItem"],
            Self::Delete(..) => &["dynamodb:DeleteItem"],
            Self::Run(_) => &[],
            Self::Start(spec) => {
                let started = platform.things.workflow.get(spec.workflow.name());
                let waits = self.waiting() == Waiting::End;
                if started.is_some_and(|started| started.is_express() && waits) {
                    &["states:StartSyncExecution"]
                } else {
                    &["states:StartExecution"]
                }
            }
        }
    }
}

/// The events that a task puts on a bus, as far as a policy can name them.
fn publication(spec: &EventSpec, aws_name: &str, head: &Head) -> EventPublish {
    let word = |text: String| EventWord::new(&text).into_iter().collect();
    EventPublish {
        source: word(spec.source_text(aws_name, head)),
        detail_type: word(head.plain(&spec.detail_type)),
    }
}

/// A grant with only some of its actions, and the use of keys that goes with them. A workflow stands in
/// no network, and has no variables.
fn narrowed(mut grant: Grant, actions: &[&str]) -> Grant {
    for statement in &mut grant.task {
        statement.actions.retain(|action| actions.contains(action) || action.starts_with("kms:"));
    }
    grant.task.retain(|statement| !statement.actions.is_empty());
    grant.reach.clear();
    grant.variables.clear();
    grant
}
