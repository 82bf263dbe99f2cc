//! What is wrong with a task that only shows beside the rest of the spec.
use super::resolve::YEAR;
use super::tables::{check_changes, check_item, check_key};
use super::{Action, Waiting};
use crate::compute::job::JobSpec;
use crate::compute::workflow::path::ReferencePath;
use crate::compute::workflow::spec::MachineType;
use crate::compute::workflow::state::tasks::{EmailTaskSpec, RunSpec, StartSpec};
use crate::compute::workflow::template::Template;
use crate::kind::Resolving;
use crate::text::PlainText;
use platgen_source::Name;
use platgen_source::diagnostics::{SpecPath, code, suggestion};

/// What the states of a workflow must know of it.
#[derive(Clone, Copy, Debug)]
pub struct Scope {
    /// Standard or express.
    pub machine_type: MachineType,
    /// Whether the whole execution has a timeout.
    pub is_bounded: bool,
}

/// Seconds that an express execution may take
/// (<https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html>).
const EXPRESS_LONGEST: i64 = 300;

impl Scope {
    /// The longest time that a state can take, in seconds.
    pub fn longest(self) -> i64 {
        match self.machine_type {
            MachineType::Standard => YEAR,
            MachineType::Express => EXPRESS_LONGEST,
        }
    }
}

/// Finds what is wrong with what a state does with another thing. `place` is the key that says it.
pub fn check(action: &Action, place: &SpecPath, scope: Scope, resolving: &mut Resolving<'_>) {
    check_waiting(action, place, scope, resolving);
    match action {
        Action::Invoke(spec) => check_object(spec.payload.as_ref(), place, "payload", resolving),
        Action::Event(spec) => {
            check_object(spec.detail.as_ref(), place, "detail", resolving);
            check_source(spec.source.as_ref(), place, resolving);
        }
        Action::Email(spec) => {
            check_object(spec.data.as_ref(), place, "data", resolving);
            check_template(spec, place, resolving);
        }
        Action::Start(spec) => check_object(spec.input.as_ref(), place, "input", resolving),
        Action::Run(spec) => check_run(spec, place, resolving),
        Action::Get(spec, types) => check_key(&spec.key, types, &place.key("key"), resolving),
        Action::Delete(spec, types) => check_key(&spec.key, types, &place.key("key"), resolving),
        Action::Put(spec, types) => check_item(&spec.item, types, &place.key("item"), resolving),
        Action::Update(spec, types) => {
            check_key(&spec.key, types, &place.key("key"), resolving);
            let changed = spec.set.keys().chain(spec.add.keys()).chain(&spec.remove);
            check_changes(&changed.collect::<Vec<_>>(), types, place, resolving);
        }
        Action::Publish(spec) => {
            let topic = resolving.spec.topic.get(spec.topic.name());
            let is_fifo = topic.is_some_and(|topic| topic.fifo == Some(true));
            check_group(is_fifo && spec.group.is_none(), place, resolving);
        }
        Action::Send(spec) => {
            let queue = resolving.spec.queue.get(spec.queue.name());
            let is_fifo = queue.is_some_and(|queue| queue.fifo == Some(true));
            check_group(is_fifo && spec.group.is_none(), place, resolving);
        }
    }
}

/// Express executions wait for nothing but the answer of an API
/// (<https://docs.aws.amazon.com/step-functions/latest/dg/choosing-workflow-type.html>).
fn check_waiting(action: &Action, place: &SpecPath, scope: Scope, resolving: &mut Resolving<'_>) {
    let is_express = scope.machine_type == MachineType::Express;
    let started = match action {
        Action::Start(StartSpec { workflow, .. }) => resolving.spec.workflow.get(workflow.name()),
        _ => None,
    };
    let starts_express = started.is_some_and(|spec| spec.machine_type() == MachineType::Express);
    let message = match action.waiting() {
        Waiting::Callback if starts_express => "an express execution cannot be answered for",
        // The API that starts an express execution gives its result.
        Waiting::End if starts_express => return,
        Waiting::End | Waiting::Callback if is_express => {
            "an express execution cannot wait for others"
        }
        _ => return,
    };
    let help = "make the workflow standard, or do not wait: leave `wait` out, or `wait = \"none\"`";
    resolving.find_with(&code::IMPOSSIBLE, &place.key("wait"), message, help);
}

/// What must be an object is a table, or a path to one.
fn check_object(
    template: Option<&Template>,
    place: &SpecPath,
    key: &str,
    resolving: &mut Resolving<'_>,
) {
    let is_object =
        |template: &Template| matches!(template, Template::Table(_)) || template.is_path();
    if template.is_some_and(|template| !is_object(template)) {
        let message = format!("the {key} is a table, or a path to one");
        resolving.find(&code::WRONG_TYPE, &place.key(key), message);
    }
}

/// The sender has the template.
fn check_template(spec: &EmailTaskSpec, place: &SpecPath, resolving: &mut Resolving<'_>) {
    let Some(sender) = resolving.spec.email.get(spec.from.name()) else { return };
    if !sender.template.contains_key(&spec.template) {
        let message = format!("`email.{}` has no template `{}`", spec.from.name(), spec.template);
        let known = sender.template.keys().map(Name::as_str);
        let help = suggestion(spec.template.as_str(), known);
        resolving.find_with(&code::UNKNOWN_TARGET, &place.key("template"), message, help);
    }
}

/// First in, first out holds within a group, which every message names
/// (<https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/using-messagegroupid-property.html>).
fn check_group(is_missing: bool, place: &SpecPath, resolving: &mut Resolving<'_>) {
    if is_missing {
        let message = "every message names its group where the first in is the first out";
        let help = "set `group`, to a path such as \"$.order.id\"";
        resolving.find_with(&code::MISSING_KEY, place, message, help);
    }
}

/// AWS keeps the beginning for its own events
/// (<https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsRequestEntry.html>).
fn check_source(source: Option<&PlainText>, place: &SpecPath, resolving: &mut Resolving<'_>) {
    if source.is_some_and(|source| resolving.head.plain(source).starts_with("aws.")) {
        let message = "only services of AWS send events from `aws.…`";
        resolving.find(&code::MALFORMED, &place.key("source"), message);
    }
}

/// A job that tries again or has a timeout runs in a state machine of its own, which takes no input.
fn check_run(spec: &RunSpec, place: &SpecPath, resolving: &mut Resolving<'_>) {
    let has_machine =
        |job: &JobSpec| job.retries.is_some_and(|r| r.get() > 0) || job.timeout.is_some();
    if !resolving.spec.job.get(spec.job.name()).is_some_and(has_machine) {
        return;
    }
    let waits = Action::Run(spec.clone()).waiting() == Waiting::Callback;
    let given =
        [("env", !spec.env.is_empty()), ("command", spec.command.is_some()), ("wait", waits)];
    for (key, _) in given.into_iter().filter(|(_, given)| *given) {
        let message = format!(
            "`job.{}` has `retries` or a `timeout`, and takes nothing for one run",
            spec.job.name()
        );
        let help = "say `retry` and `timeout` here, and remove them from the job";
        resolving.find_with(&code::CONFLICT, &place.key(key), message, help);
    }
}

/// What is kept of a result is a table.
pub fn check_select(select: Option<&Template>, place: &SpecPath, resolving: &mut Resolving<'_>) {
    if select.is_some_and(|select| !matches!(select, Template::Table(_))) {
        let message = "what is kept of a result is a table of paths into it";
        let help = "write { id = \"$.MessageId\" }";
        resolving.find_with(&code::WRONG_TYPE, place, message, help);
    }
}

/// Why something failed is a text.
pub fn check_cause(cause: Option<&Template>, place: &SpecPath, resolving: &mut Resolving<'_>) {
    let is_text = |cause: &Template| match cause {
        Template::Text(_) => true,
        Template::Computed(text) => !text.starts_with('$') || ReferencePath::new(text).is_some(),
        _ => false,
    };
    if cause.is_some_and(|cause| !is_text(cause)) {
        resolving.find(&code::WRONG_TYPE, place, "the cause is a text, or a path to one");
    }
}

/// What is passed is a value, a table with paths in it, or a path. What calls compute needs a key to stand
/// at.
pub fn check_pass(value: &Template, place: &SpecPath, resolving: &mut Resolving<'_>) {
    let needs_key = match value {
        Template::Computed(_) => !value.is_path(),
        Template::List(items) => items.iter().any(Template::is_computed),
        _ => false,
    };
    if needs_key {
        let message = "what is computed needs a key to stand at";
        let help = "put it into a table: { value = … }";
        resolving.find_with(&code::WRONG_TYPE, place, message, help);
    }
}
