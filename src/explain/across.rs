//! Answers about several environments: what is the same is told once, what differs for each.
use super::answer::{Answer, ResourceAnswer};
use super::who::{Row, Who};
use super::{QueryFault, Subject};
use serde::Serialize;
use std::fmt;

/// What several environments answer to one query. As JSON it has the same form for one and for many.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Told<A> {
    /// What was asked for.
    pub subject: String,
    /// The environments that do not have it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub absent: Vec<String>,
    /// What belongs to it in which environments: first what all have alike.
    pub answers: Vec<A>,
}

/// An answer that can be told of several environments at once.
pub trait Joined: Sized {
    /// Takes answers of different environments apart into what all say and what each says beside it.
    fn join(answers: Vec<Self>) -> Vec<Self>;

    /// What the answer speaks of.
    fn subject(&self) -> &str;
}

/// Asks every environment. A query that none of them understands is a fault.
pub fn ask<A: Joined>(
    subjects: &[Subject<'_>],
    question: impl Fn(Subject<'_>) -> Result<A, QueryFault>,
) -> Result<Told<A>, QueryFault> {
    let (mut answers, mut absent, mut first_fault) = (Vec::new(), Vec::new(), None);
    for subject in subjects {
        match question(*subject) {
            Ok(answer) => answers.push(answer),
            Err(fault) => {
                absent.push(subject.environment().to_owned());
                first_fault.get_or_insert(fault);
            }
        }
    }
    match (answers.first(), first_fault) {
        (None, Some(fault)) => Err(fault),
        (first, _) => {
            let subject = first.map(Joined::subject).unwrap_or_default().to_owned();
            Ok(Told { subject, absent, answers: A::join(answers) })
        }
    }
}

impl Joined for Answer {
    fn join(mut answers: Vec<Self>) -> Vec<Self> {
        let all: Vec<String> = answers.iter().flat_map(|one| one.environments.clone()).collect();
        let subject = answers.first().map(|one| one.subject.clone()).unwrap_or_default();
        let mut alike = Self::new(all, subject);
        alike.because = shared(&mut answers, |answer| &mut answer.because);
        alike.edges = shared(&mut answers, |answer| &mut answer.edges);
        alike.resources = shared(&mut answers, |answer| &mut answer.resources);
        alike.resources.extend(shared_arguments(&mut answers));
        told(alike, answers, Self::is_empty)
    }

    fn subject(&self) -> &str {
        &self.subject
    }
}

impl Joined for Who {
    fn join(mut answers: Vec<Self>) -> Vec<Self> {
        let environments = answers.iter().flat_map(|one| one.environments.clone()).collect();
        let target = answers.first().map(|one| one.target.clone()).unwrap_or_default();
        let rows: Vec<Row> = shared(&mut answers, |answer| &mut answer.rows);
        told(Self { environments, target, rows }, answers, |answer| answer.rows.is_empty())
    }

    fn subject(&self) -> &str {
        &self.target
    }
}

/// What all have alike, and what is left of each. An answer that says nothing is told only where no
/// other says anything of its environment.
fn told<A>(alike: A, rest: Vec<A>, is_empty: impl Fn(&A) -> bool) -> Vec<A> {
    let nothing_alike = is_empty(&alike);
    let nothing_left = rest.iter().all(&is_empty);
    let mut answers: Vec<A> =
        rest.into_iter().filter(|one| nothing_alike || !is_empty(one)).collect();
    if !nothing_alike {
        answers.insert(0, alike);
    } else if nothing_left {
        return vec![alike];
    }
    answers
}

/// Takes out of a list of every answer what the lists of all answers have.
fn shared<A, T: Clone + PartialEq>(
    answers: &mut [A],
    list: impl Fn(&mut A) -> &mut Vec<T>,
) -> Vec<T> {
    let Some((first, others)) = answers.split_first_mut() else { return Vec::new() };
    let mut common = list(first).clone();
    for other in others {
        let other = list(other);
        common.retain(|item| other.contains(item));
    }
    for answer in answers {
        list(answer).retain(|item| !common.contains(item));
    }
    common
}

/// Takes the same arguments out of resources that differ in others only.
fn shared_arguments(answers: &mut [Answer]) -> Vec<ResourceAnswer> {
    let without_arguments =
        |one: &ResourceAnswer| ResourceAnswer { arguments: Vec::new(), ..one.clone() };
    let heads: Vec<ResourceAnswer> =
        answers.first().into_iter().flat_map(|one| &one.resources).map(without_arguments).collect();
    let mut alike = Vec::new();
    for head in heads {
        let count = answers.len();
        let resources = answers.iter_mut().flat_map(|answer| &mut answer.resources);
        let mut same: Vec<&mut ResourceAnswer> =
            resources.filter(|one| without_arguments(one) == head).collect();
        if same.len() < count {
            continue;
        }
        let arguments = shared(&mut same, |one| &mut one.arguments);
        if !arguments.is_empty() {
            alike.push(ResourceAnswer { arguments, ..head });
        }
    }
    for answer in answers {
        let is_told = |one: &ResourceAnswer| {
            let head = without_arguments(one);
            one.arguments.is_empty() && alike.iter().any(|told| without_arguments(told) == head)
        };
        answer.resources.retain(|one| !is_told(one));
    }
    alike
}

impl<A: fmt::Display> fmt::Display for Told<A> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, answer) in self.answers.iter().enumerate() {
            let gap = if place == 0 { "" } else { "\n" };
            write!(out, "{gap}{answer}")?;
        }
        self.absent
            .iter()
            .try_for_each(|name| writeln!(out, "\nenvironment {name}: nothing of that"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain::answer::ArgumentAnswer;
    use pretty_assertions::assert_eq;

    fn resource(arguments: &[(&str, &str)]) -> ResourceAnswer {
        let argument = |(name, value): &(&str, &str)| ArgumentAnswer {
            name: (*name).to_owned(),
            value: (*value).to_owned(),
            because: Vec::new(),
        };
        ResourceAnswer {
            address: "a".to_owned(),
            file: "f".to_owned(),
            change: None,
            because: Vec::new(),
            arguments: arguments.iter().map(argument).collect(),
        }
    }

    fn answer(environments: &[&str], resources: Vec<ResourceAnswer>) -> Answer {
        let names = environments.iter().map(|name| (*name).to_owned()).collect();
        Answer { resources, ..Answer::new(names, "s".to_owned()) }
    }

    #[test]
    fn what_is_the_same_is_told_once() {
        let one = |arguments: &[(&str, &str)]| vec![resource(arguments)];
        for (dev, prod, expected) in [
            (vec![], vec![], vec![answer(&["dev", "prod"], vec![])]),
            (
                one(&[("x", "1")]),
                one(&[("x", "1")]),
                vec![answer(&["dev", "prod"], one(&[("x", "1")]))],
            ),
            (
                one(&[("x", "1"), ("y", "1")]),
                one(&[("x", "1"), ("y", "2")]),
                vec![
                    answer(&["dev", "prod"], one(&[("x", "1")])),
                    answer(&["dev"], one(&[("y", "1")])),
                    answer(&["prod"], one(&[("y", "2")])),
                ],
            ),
            (
                one(&[("x", "1")]),
                vec![],
                vec![answer(&["dev"], one(&[("x", "1")])), answer(&["prod"], vec![])],
            ),
            (
                one(&[("x", "1")]),
                one(&[("x", "1"), ("z", "1")]),
                vec![
                    answer(&["dev", "prod"], one(&[("x", "1")])),
                    answer(&["prod"], one(&[("z", "1")])),
                ],
            ),
        ] {
            let joined = Answer::join(vec![answer(&["dev"], dev), answer(&["prod"], prod)]);
            assert_eq!(joined, expected);
        }
    }
}
