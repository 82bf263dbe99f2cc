//! States as the Amazon States Language writes them, with `JSONPath` as query language
//! (<https://states-language.net/spec.html>).
use super::call::{Call, Lowering};
use super::path::result_of;
use super::state::{Handling, Loop, Machine, Pause, Retry, State, Task, Work};
use super::template::Template;
use crate::platform::Head;
use platgen_source::Name;
use platgen_terraform::{Value, block};
use std::collections::BTreeMap;

/// The fields of a state.
type Fields = BTreeMap<String, Value>;

/// Where states find the error that a `catch` led them away from.
const ERROR_PATH: &str = "$.error";

/// The beginning and the states of a machine.
pub fn machine(machine: &Machine, lowering: &mut Lowering<'_>) -> Fields {
    let states = machine.states.iter().map(|(name, state)| {
        let fields = state_fields(name, state, lowering);
        (name.clone(), Value::Map(fields))
    });
    let states: Fields = states.collect();
    fields([("StartAt", Value::from(&machine.start)), ("States", Value::Map(states))])
}

fn fields<const N: usize>(entries: [(&str, Value); N]) -> Fields {
    entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

fn state_fields(name: &str, state: &State, lowering: &mut Lowering<'_>) -> Fields {
    let mut fields = match &state.work {
        Work::Task(task) => task_fields(name, task, lowering),
        Work::Choice(rules, default) => {
            let rules = rules.iter().map(|(condition, next)| {
                let Value::Map(mut rule) = condition.rule() else { return Value::Null };
                rule.insert("Next".to_owned(), Value::from(next));
                Value::Map(rule)
            });
            fields([
                ("Type", Value::from("Choice")),
                ("Choices", rules.collect()),
                ("Default", Value::from(default)),
            ])
        }
        Work::Wait(pause) => {
            let (key, value) = pause.field();
            fields([("Type", Value::from("Wait")), (key, value)])
        }
        Work::Parallel(branches, handling) => parallel(name, branches, handling, lowering),
        Work::Map(each) => map(name, each, lowering),
        Work::Pass(value) => pass(name, value, &lowering.platform.head),
        Work::Succeed => fields([("Type", Value::from("Succeed"))]),
        Work::Fail(error, cause) => fail(error, cause.as_ref(), &lowering.platform.head),
    };
    if let Some(comment) = &state.comment {
        fields.insert("Comment".to_owned(), Value::from(comment));
    }
    if let Some(output) = &state.output {
        fields.insert("OutputPath".to_owned(), Value::from(output));
    }
    fields.extend(succession(state));
    fields
}

/// What follows a state, where its fields do not say so already.
fn succession(state: &State) -> Option<(String, Value)> {
    match (&state.work, &state.next) {
        (Work::Choice(..) | Work::Succeed | Work::Fail(..), _) => None,
        (_, Some(next)) => Some(("Next".to_owned(), Value::from(next))),
        (_, None) => Some(("End".to_owned(), Value::from(true))),
    }
}

fn task_fields(name: &str, task: &Task, lowering: &mut Lowering<'_>) -> Fields {
    let Call { resource, parameters, input } = lowering.call(task);
    let head = &lowering.platform.head;
    let mut fields = fields([
        ("Type", Value::from("Task")),
        ("Resource", resource),
        ("Parameters", parameters),
        ("InputPath", Value::from(input)),
        ("ResultSelector", Value::from(task.select.as_ref().map(|select| select.literal(head)))),
        ("ResultPath", Value::from(result_of(name))),
        ("TimeoutSeconds", Value::from(task.timeout)),
        ("HeartbeatSeconds", Value::from(task.heartbeat)),
    ]);
    fields.extend(task.handling.fields());
    fields.retain(|_, value| *value != Value::Null);
    fields
}

/// The results of the branches stand in a list; this gives them their names back.
fn parallel(
    name: &str,
    branches: &BTreeMap<Name, Machine>,
    handling: &Handling,
    lowering: &mut Lowering<'_>,
) -> Fields {
    let names = branches.keys().enumerate();
    let selector =
        names.map(|(place, branch)| (format!("{branch}.$"), Value::from(format!("$[{place}]"))));
    let selector: Fields = selector.collect();
    let branches = branches.values().map(|branch| Value::Map(machine(branch, lowering)));
    let mut fields = fields([
        ("Type", Value::from("Parallel")),
        ("Branches", branches.collect()),
        ("ResultSelector", Value::Map(selector)),
        ("ResultPath", Value::from(result_of(name))),
    ]);
    fields.extend(handling.fields());
    fields
}

/// Each item stands in a table, whatever it is, so that its states have a place for their results.
fn map(name: &str, each: &Loop, lowering: &mut Lowering<'_>) -> Fields {
    let head = &lowering.platform.head;
    let mut selector: Fields =
        each.with.iter().map(|(key, value)| value.entry(key, head)).collect();
    selector.insert("item.$".to_owned(), Value::from("$$.Map.Item.Value"));
    selector.insert("index.$".to_owned(), Value::from("$$.Map.Item.Index"));
    let mut processor = machine(&each.machine, lowering);
    processor.insert("ProcessorConfig".to_owned(), block! { Mode: "INLINE" });
    let mut fields = fields([
        ("Type", Value::from("Map")),
        ("ItemsPath", Value::from(&each.over)),
        ("ItemSelector", Value::Map(selector)),
        ("ItemProcessor", Value::Map(processor)),
        ("ResultPath", Value::from(result_of(name))),
    ]);
    if let Some(concurrency) = each.concurrency {
        fields.insert("MaxConcurrency".to_owned(), Value::from(concurrency));
    }
    fields.extend(each.handling.fields());
    fields
}

fn pass(name: &str, value: &Template, head: &Head) -> Fields {
    let given = match value {
        Template::Computed(path) => ("InputPath", Value::from(path)),
        table if !table.computed().is_empty() => ("Parameters", table.literal(head)),
        literal => ("Result", literal.literal(head)),
    };
    fields([("Type", Value::from("Pass")), given, ("ResultPath", Value::from(result_of(name)))])
}

fn fail(error: &str, cause: Option<&Template>, head: &Head) -> Fields {
    let mut fields = fields([("Type", Value::from("Fail")), ("Error", Value::from(error))]);
    match cause {
        Some(Template::Computed(path)) => {
            fields.insert("CausePath".to_owned(), Value::from(path));
        }
        Some(text) => {
            fields.insert("Cause".to_owned(), text.literal(head));
        }
        None => {}
    }
    fields
}

impl Pause {
    fn field(&self) -> (&'static str, Value) {
        match self {
            Self::Seconds(seconds) => ("Seconds", Value::from(*seconds)),
            Self::SecondsAt(path) => ("SecondsPath", Value::from(path)),
            Self::Until(time) => ("Timestamp", Value::from(time)),
            Self::UntilAt(path) => ("TimestampPath", Value::from(path)),
        }
    }
}

impl Handling {
    fn fields(&self) -> Fields {
        let catch = self.catch.iter().map(|(error, next)| {
            block! { ErrorEquals: vec![error.as_str()], Next: next, ResultPath: ERROR_PATH }
        });
        let mut fields = Fields::new();
        if !self.retry.is_empty() {
            fields.insert("Retry".to_owned(), self.retry.iter().map(Retry::block).collect());
        }
        if !self.catch.is_empty() {
            fields.insert("Catch".to_owned(), catch.collect());
        }
        fields
    }
}

impl Retry {
    fn block(&self) -> Value {
        let mut fields = fields([
            ("ErrorEquals", self.on.iter().map(String::as_str).collect()),
            ("IntervalSeconds", Value::from(self.interval)),
            ("MaxAttempts", Value::from(self.attempts)),
            ("BackoffRate", Value::from(self.backoff)),
            ("JitterStrategy", Value::from(if self.jitter { "FULL" } else { "NONE" })),
        ]);
        if let Some(most) = self.max_delay {
            fields.insert("MaxDelaySeconds".to_owned(), Value::from(most));
        }
        Value::Map(fields)
    }
}
