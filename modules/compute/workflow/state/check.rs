//! Which keys a state may have, after what it does.
use super::spec::{End, StateSpec};
use crate::kind::Resolving;
use platgen_source::diagnostics::{SpecPath, code, listed};

/// The sort of a state: those of one sort have the same keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// It does something with another thing.
    Task,
    /// It chooses.
    Choice,
    /// It waits.
    Wait,
    /// It goes several ways.
    Parallel,
    /// It walks a list.
    Map,
    /// It puts a value into the data.
    Pass,
    /// It only ends well.
    Succeed,
    /// It only ends as a failure.
    Fail,
}

impl Sort {
    /// The keys of such a state, beside what it does and its comment.
    fn keys(self) -> &'static [&'static str] {
        match self {
            Self::Task => {
                &["next", "end", "timeout", "heartbeat", "retry", "catch", "select", "output"]
            }
            Self::Choice => &["default"],
            Self::Wait | Self::Pass => &["next", "end", "output"],
            Self::Parallel | Self::Map => &["next", "end", "retry", "catch", "output"],
            Self::Succeed => &["end", "output"],
            Self::Fail => &["end", "error", "cause"],
        }
    }

    /// What such a state is, in words.
    fn words(self) -> &'static str {
        match self {
            Self::Task => "a state that does something",
            Self::Choice => "a choice",
            Self::Wait => "a state that waits",
            Self::Parallel => "a state that goes several ways",
            Self::Map => "a state that walks a list",
            Self::Pass => "a state that passes a value",
            Self::Succeed => "a state that only ends well",
            Self::Fail => "a state that only ends as a failure",
        }
    }
}

/// The sort of a state, if it does exactly one thing, with the keys of that.
pub fn sort(spec: &StateSpec, place: &SpecPath, resolving: &mut Resolving<'_>) -> Option<Sort> {
    let works = works(spec);
    let sort = match (works.as_slice(), spec.end) {
        ([], Some(End::Succeed)) => Sort::Succeed,
        ([], Some(End::Fail)) => Sort::Fail,
        ([], None) => {
            let message = "the state does nothing";
            let help = format!("give it one of {}, or `end`", listed(WORKS.map(|(key, _)| key)));
            resolving.find_with(&code::MISSING_KEY, place, message, help);
            return None;
        }
        ([(_, sort)], _) => *sort,
        ([(first, _), others @ ..], _) => {
            for (other, _) in others {
                let message =
                    format!("a state does one thing, and this one does `{first}` already");
                let help = "make two states of it, and let one be the `next` of the other";
                resolving.find_with(&code::CONFLICT, &place.key(other), message, help);
            }
            return None;
        }
    };
    check_keys(spec, sort, place, resolving);
    check_end(spec, sort, place, resolving);
    Some(sort)
}

/// What states can do, and the sort that they are of then.
const WORKS: [(&str, Sort); 16] = [
    ("invoke", Sort::Task),
    ("email", Sort::Task),
    ("publish", Sort::Task),
    ("send", Sort::Task),
    ("event", Sort::Task),
    ("run", Sort::Task),
    ("start", Sort::Task),
    ("get", Sort::Task),
    ("put", Sort::Task),
    ("update", Sort::Task),
    ("delete", Sort::Task),
    ("choice", Sort::Choice),
    ("wait", Sort::Wait),
    ("parallel", Sort::Parallel),
    ("map", Sort::Map),
    ("pass", Sort::Pass),
];

/// What a state does, by the keys that it has.
fn works(spec: &StateSpec) -> Vec<(&'static str, Sort)> {
    let has = [
        spec.invoke.is_some(),
        spec.email.is_some(),
        spec.publish.is_some(),
        spec.send.is_some(),
        spec.event.is_some(),
        spec.run.is_some(),
        spec.start.is_some(),
        spec.get.is_some(),
        spec.put.is_some(),
        spec.update.is_some(),
        spec.delete.is_some(),
        spec.choice.is_some(),
        spec.wait.is_some(),
        spec.parallel.is_some(),
        spec.map.is_some(),
        spec.pass.is_some(),
    ];
    WORKS.into_iter().zip(has).filter(|(_, has)| *has).map(|(work, _)| work).collect()
}

fn check_keys(spec: &StateSpec, sort: Sort, place: &SpecPath, resolving: &mut Resolving<'_>) {
    let given = [
        ("default", spec.default.is_some()),
        ("next", spec.next.is_some()),
        ("end", spec.end.is_some()),
        ("error", spec.error.is_some()),
        ("cause", spec.cause.is_some()),
        ("timeout", spec.timeout.is_some()),
        ("heartbeat", spec.heartbeat.is_some()),
        ("retry", spec.retry.is_some()),
        ("catch", !spec.catch.is_empty()),
        ("select", spec.select.is_some()),
        ("output", spec.output.is_some()),
    ];
    for (key, _) in given.into_iter().filter(|(key, given)| *given && !sort.keys().contains(key)) {
        let message = format!("{} has no `{key}`", sort.words());
        let help = format!("it takes {}", listed(sort.keys().iter().copied()));
        resolving.find_with(&code::CONFLICT, &place.key(key), message, help);
    }
}

/// What follows a state is said once.
fn check_end(spec: &StateSpec, sort: Sort, place: &SpecPath, resolving: &mut Resolving<'_>) {
    if sort == Sort::Choice {
        if spec.default.is_none() {
            let message = "an execution fails here if no condition holds";
            let help = "name the state that follows then in `default`";
            resolving.find_with(&code::MISSING_KEY, place, message, help);
        }
        return;
    }
    match (&spec.next, spec.end) {
        (None, None) => {
            let help = "name the state that follows in `next`, or write `end = \"succeed\"`";
            resolving.find_with(&code::MISSING_KEY, place, "nothing follows the state", help);
        }
        (Some(next), Some(_)) => {
            let message = format!("the state ends, and `{next}` is next");
            resolving.find_with(
                &code::CONFLICT,
                &place.key("end"),
                message,
                "remove one of the two",
            );
        }
        (None, Some(End::Fail)) if sort != Sort::Fail => {
            let message = "only a state that does nothing else ends as a failure";
            let help = "let a state of its own with `end = \"fail\"` be the `next`";
            resolving.find_with(&code::CONFLICT, &place.key("end"), message, help);
        }
        _ => {}
    }
}
