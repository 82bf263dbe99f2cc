//! States of a spec become states with every detail decided.
use super::check::{Sort, sort};
use super::graph::{Graph, Node};
use super::payload::payloads;
use super::spec::{BranchSpec, MapSpec, RetrySpec, StateSpec, WaitSpec};
use super::task::{self, Scope};
use super::{Action, Handling, Loop, Machine, Pause, Retry, State, Task, Waiting, Work, tables};
use crate::compute::task::resolve::seconds;
use crate::compute::workflow::condition::{Condition, ConditionFault, is_timestamp};
use crate::compute::workflow::names::{ErrorName, StateName};
use crate::compute::workflow::path::ReferencePath;
use crate::data::table::TableSpec;
use crate::kind::Resolving;
use crate::reference::NameOf;
use platgen_source::diagnostics::{SpecPath, code};
use platgen_source::{Count, OneOrMore};
use std::collections::BTreeMap;

/// Seconds in a year, which no execution outlives
/// (<https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html>).
pub const YEAR: i64 = 31_536_000;

/// States of a spec, and where they stand.
pub struct Source<'a> {
    /// The name of the first state.
    pub start: &'a StateName,
    /// The states.
    pub states: &'a BTreeMap<StateName, StateSpec>,
    /// The section that has `start` and `state`.
    pub place: SpecPath,
}

impl Source<'_> {
    /// Decides the states, and finds what is wrong with each.
    pub fn resolve(&self, scope: Scope, resolving: &mut Resolving<'_>) -> Machine {
        let mut states = BTreeMap::new();
        for (name, spec) in self.states {
            let state = resolve_state(name, spec, &self.place_of(name), scope, resolving);
            states.extend(state.map(|state| (name.to_string(), state)));
        }
        Machine { start: self.start.to_string(), states }
    }

    /// Where the states lead to.
    pub fn graph(&self) -> Graph {
        let node = |(name, spec): (&StateName, &StateSpec)| {
            (name.to_string(), node(spec, self.place_of(name)))
        };
        Graph {
            start: (self.start.to_string(), self.place.key("start")),
            nodes: self.states.iter().map(node).collect(),
        }
    }

    fn place_of(&self, name: &StateName) -> SpecPath {
        self.place.key("state").key(name.as_str())
    }
}

impl BranchSpec {
    fn source(&self, place: SpecPath) -> Source<'_> {
        Source { start: &self.start, states: &self.state, place }
    }
}

impl MapSpec {
    fn source(&self, place: &SpecPath) -> Source<'_> {
        Source { start: &self.start, states: &self.state, place: place.key("map") }
    }
}

/// The branches of a state that goes several ways.
fn branches<'a>(
    spec: &'a StateSpec,
    place: &SpecPath,
) -> impl Iterator<Item = (&'a platgen_source::Name, Source<'a>)> {
    let place = place.key("parallel").key("branches");
    let branches = spec.parallel.iter().flat_map(|parallel| &parallel.branches);
    branches.map(move |(name, branch)| (name, branch.source(place.key(name.as_str()))))
}

fn node(spec: &StateSpec, place: SpecPath) -> Node {
    let mut next = Vec::new();
    let mut lead = |name: &StateName, place: SpecPath| next.push((name.to_string(), place));
    for (index, rule) in spec.choice.iter().flat_map(|rules| &rules.0).enumerate() {
        lead(&rule.next, place.key("choice").index(index).key("next"));
    }
    for (key, name) in [("default", &spec.default), ("next", &spec.next)] {
        if let Some(name) = name {
            lead(name, place.key(key));
        }
    }
    for (error, name) in &spec.catch {
        lead(name, place.key("catch").key(error.as_str()));
    }
    let mut inside: Vec<Graph> = branches(spec, &place).map(|(_, source)| source.graph()).collect();
    inside.extend(spec.map.iter().map(|map| map.source(&place).graph()));
    let is_open = spec.end.is_none() && spec.next.is_none() && spec.choice.is_none();
    Node { place, next, ends: spec.end.is_some(), is_open, inside }
}

fn resolve_state(
    name: &StateName,
    spec: &StateSpec,
    place: &SpecPath,
    scope: Scope,
    resolving: &mut Resolving<'_>,
) -> Option<State> {
    for payload in payloads(spec, place) {
        payload.check(resolving);
    }
    let work = match sort(spec, place, resolving)? {
        Sort::Task => Work::Task(Box::new(resolve_task(spec, place, scope, resolving)?)),
        Sort::Choice => {
            let rules = rules(spec, place, resolving);
            Work::Choice(rules?, spec.default.as_ref()?.to_string())
        }
        Sort::Wait => Work::Wait(pause(spec.wait.as_ref()?, &place.key("wait"), scope, resolving)?),
        Sort::Parallel => {
            check_branches(spec, place, resolving);
            let branches = branches(spec, place);
            let branches =
                branches.map(|(name, source)| (name.clone(), source.resolve(scope, resolving)));
            let branches = branches.collect();
            Work::Parallel(branches, handling(spec, None, place, resolving))
        }
        Sort::Map => {
            let map = spec.map.as_ref()?;
            check_with(map, place, resolving);
            Work::Map(Box::new(Loop {
                over: map.over.to_string(),
                concurrency: map.concurrency.map(Count::get),
                with: map.with.clone(),
                machine: map.source(place).resolve(scope, resolving),
                handling: handling(spec, None, place, resolving),
            }))
        }
        Sort::Pass => {
            let value = spec.pass.clone()?;
            task::check_pass(&value, &place.key("pass"), resolving);
            Work::Pass(value)
        }
        Sort::Succeed => Work::Succeed,
        Sort::Fail => {
            let error = spec.error.as_ref().map_or(name.as_str(), ErrorName::as_str);
            task::check_cause(spec.cause.as_ref(), &place.key("cause"), resolving);
            Work::Fail(error.to_owned(), spec.cause.clone())
        }
    };
    Some(State {
        place: place.clone(),
        comment: spec.comment.clone(),
        work,
        next: spec.next.as_ref().map(ToString::to_string),
        output: spec.output.as_ref().map(ToString::to_string),
    })
}

/// The ways out of a choice; none if a condition is not one.
fn rules(
    spec: &StateSpec,
    place: &SpecPath,
    resolving: &mut Resolving<'_>,
) -> Option<Vec<(Condition, String)>> {
    let mut rules = Vec::new();
    for (index, rule) in spec.choice.iter().flat_map(|rules| &rules.0).enumerate() {
        match Condition::parse(&rule.r#if) {
            Ok(condition) => rules.push(Some((condition, rule.next.to_string()))),
            Err(ConditionFault { column, message }) => {
                let message = format!("character {column}: {message}");
                let help = "write a path, an operator and a value: \"$.results.Bids.count >= 1\"";
                let place = place.key("choice").index(index).key("if");
                resolving.find_with(&code::MALFORMED, &place, message, help);
                rules.push(None);
            }
        }
    }
    rules.into_iter().collect()
}

fn check_branches(spec: &StateSpec, place: &SpecPath, resolving: &mut Resolving<'_>) {
    if spec.parallel.as_ref().is_some_and(|parallel| parallel.branches.is_empty()) {
        let place = place.key("parallel");
        resolving.find(&code::MISSING_KEY, &place, "there are no branches to go");
    }
}

/// Item and index have their names already.
fn check_with(map: &MapSpec, place: &SpecPath, resolving: &mut Resolving<'_>) {
    for name in ["item", "index"].into_iter().filter(|name| map.with.contains_key(*name)) {
        let place = place.key("map").key("with").key(name);
        let message = format!("the states find the {name} of the list at `$.{name}`");
        resolving.find_with(&code::NAME_CLASH, &place, message, "choose another name");
    }
}

fn resolve_task(
    spec: &StateSpec,
    place: &SpecPath,
    scope: Scope,
    resolving: &mut Resolving<'_>,
) -> Option<Task> {
    let (key, action) = action(spec, resolving)?;
    task::check(&action, &place.key(key), scope, resolving);
    let waiting = action.waiting();
    let longest = scope.longest();
    let timeout = seconds(spec.timeout, 1..=longest, &place.key("timeout"), resolving);
    let heartbeat = seconds(spec.heartbeat, 1..=longest, &place.key("heartbeat"), resolving);
    if let (Some(heartbeat), Some(timeout)) = (heartbeat, timeout)
        && heartbeat >= timeout
    {
        let message = "the time between two signs of life is not shorter than the whole time";
        let help = "make `heartbeat` shorter than `timeout`, or remove it";
        resolving.find_with(&code::CONFLICT, &place.key("heartbeat"), message, help);
    }
    if waiting == Waiting::Callback && !scope.is_bounded && timeout.or(heartbeat).is_none() {
        let message = "if nobody answers, the execution waits for a year";
        let help = "set `timeout`, and say in `catch` what follows \"States.Timeout\"";
        resolving.find_with(&code::UNBOUNDED_WAIT, place, message, help);
    }
    let handling = handling(spec, Some(&action), place, resolving);
    task::check_select(spec.select.as_ref(), &place.key("select"), resolving);
    Some(Task { action, waiting, timeout, heartbeat, handling, select: spec.select.clone() })
}

/// What a state does with another thing, and the key that says so.
fn action(spec: &StateSpec, resolving: &Resolving<'_>) -> Option<(&'static str, Action)> {
    let spec = spec.clone();
    let key_types = |table: &NameOf<TableSpec>| tables::key_types(table.name(), resolving);
    let mut actions = [
        spec.invoke.map(|spec| ("invoke", Action::Invoke(spec))),
        spec.email.map(|spec| ("email", Action::Email(spec))),
        spec.publish.map(|spec| ("publish", Action::Publish(spec))),
        spec.send.map(|spec| ("send", Action::Send(spec))),
        spec.event.map(|spec| ("event", Action::Event(spec))),
        spec.run.map(|spec| ("run", Action::Run(spec))),
        spec.start.map(|spec| ("start", Action::Start(spec))),
        spec.get
            .map(|spec| (key_types(&spec.table), spec))
            .map(|(t, s)| ("get", Action::Get(s, t))),
        spec.put
            .map(|spec| (key_types(&spec.table), spec))
            .map(|(t, s)| ("put", Action::Put(s, t))),
        spec.update
            .map(|spec| (key_types(&spec.table), spec))
            .map(|(t, s)| ("update", Action::Update(s, t))),
        spec.delete
            .map(|spec| (key_types(&spec.table), spec))
            .map(|(t, s)| ("delete", Action::Delete(s, t))),
    ];
    actions.iter_mut().find_map(Option::take)
}

fn pause(
    spec: &WaitSpec,
    place: &SpecPath,
    scope: Scope,
    resolving: &mut Resolving<'_>,
) -> Option<Pause> {
    match (spec.r#for, &spec.until, &spec.seconds) {
        (Some(_), None, None) => {
            let place = place.key("for");
            seconds(spec.r#for, 1..=scope.longest(), &place, resolving).map(Pause::Seconds)
        }
        (None, Some(until), None) if is_timestamp(until) => Some(Pause::Until(until.clone())),
        (None, Some(until), None) => {
            let path = ReferencePath::new(until);
            if path.is_none() {
                let message = "this is neither a path nor a point in time";
                let help = "write \"$.due\", or a time with its zone: \"2030-01-31T12:00:00Z\"";
                resolving.find_with(&code::MALFORMED, &place.key("until"), message, help);
            }
            path.map(|path| Pause::UntilAt(path.to_string()))
        }
        (None, None, Some(path)) => Some(Pause::SecondsAt(path.to_string())),
        _ => {
            let message = "a state waits either `for` a time, or `until` one, or for `seconds`";
            resolving.find(&code::CONFLICT, place, message);
            None
        }
    }
}

fn handling(
    spec: &StateSpec,
    action: Option<&Action>,
    place: &SpecPath,
    resolving: &mut Resolving<'_>,
) -> Handling {
    let rules = spec.retry.iter().flat_map(|OneOrMore(rules)| rules);
    let retry: Vec<Retry> = rules.map(|rule| rule.resolve(action)).collect();
    check_retry(&retry, &place.key("retry"), resolving);
    let catch = spec.catch.iter().map(|(error, next)| (error.to_string(), next.to_string()));
    let mut catch: Vec<(String, String)> = catch.collect();
    catch.sort_by_key(|(error, _)| breadth(error));
    Handling { retry, catch }
}

/// How many other errors a name means: the first name that fits counts, so broad ones come last.
fn breadth(error: &str) -> u8 {
    match error {
        EVERY_ERROR => 2,
        "States.TaskFailed" => 1,
        _ => 0,
    }
}

/// The name that means every error.
const EVERY_ERROR: &str = "States.ALL";

/// The errors of functions that pass by themselves
/// (<https://docs.aws.amazon.com/step-functions/latest/dg/sfn-best-practices.html>).
const PASSING_ERRORS: [&str; 4] = [
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.ServiceException",
    "Lambda.TooManyRequestsException",
];

impl RetrySpec {
    fn resolve(&self, action: Option<&Action>) -> Retry {
        let (errors, most): (&[&str], i64) = match action {
            Some(Action::Invoke(_)) => (&PASSING_ERRORS, 6),
            Some(_) => (&["States.TaskFailed"], 3),
            None => (&[EVERY_ERROR], 3),
        };
        let attempts = if self.like.is_some() || self.on.is_none() { most } else { 3 };
        let on = self.on.as_ref().map(|OneOrMore(on)| on.iter().map(ToString::to_string).collect());
        Retry {
            on: on.unwrap_or_else(|| errors.iter().map(ToString::to_string).collect()),
            attempts: self.attempts.map_or(attempts, Count::get),
            interval: self.interval.map_or(2, platgen_source::Duration::as_seconds),
            backoff: self.backoff.map_or(2.0, |backoff| backoff.0),
            max_delay: self.max_delay.map(platgen_source::Duration::as_seconds),
            jitter: self.jitter.unwrap_or(true),
        }
    }
}

/// The rules of Step Functions for retries
/// (<https://states-language.net/spec.html#retrying-after-error>).
fn check_retry(rules: &[Retry], place: &SpecPath, resolving: &mut Resolving<'_>) {
    for (index, rule) in rules.iter().enumerate() {
        let place = place.index(index);
        let is_every = rule.on.iter().any(|error| error == EVERY_ERROR);
        if is_every && (rule.on.len() > 1 || index + 1 < rules.len()) {
            let message = format!("`{EVERY_ERROR}` means all errors that are left");
            let help = "let it stand alone, in the last rule";
            resolving.find_with(&code::CONFLICT, &place, message, help);
        }
        if rule.max_delay.is_some_and(|most| most <= rule.interval) {
            let message = "the longest wait is not longer than the first one";
            resolving.find(&code::CONFLICT, &place.key("max_delay"), message);
        }
        for (key, seconds) in [("interval", Some(rule.interval)), ("max_delay", rule.max_delay)] {
            if seconds.is_some_and(|seconds| seconds > YEAR) {
                resolving.find(&code::OUT_OF_RANGE, &place.key(key), "this is longer than a year");
            }
        }
    }
}
