//! What cannot be in a task beyond the types: sizes, ports and the order of containers.
use super::places::Places;
use super::size::Size;
use super::spec::Milestone;
use super::{Container, Task};
use crate::connect::Protocol;
use crate::kind::{Resolving, ThingId};
use crate::platform::Platform;
use platgen_source::diagnostics::{Diagnostic, SpecPath, code, suggestion};
use std::collections::{BTreeMap, BTreeSet};

/// The most containers of a task
/// (<https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html>).
const MOST_CONTAINERS: usize = 10;

/// Finds what cannot be among the containers of a task. The first one is the main one.
pub fn containers(
    containers: &[&Container],
    size: Size,
    places: &Places,
    resolving: &mut Resolving<'_>,
) {
    if let Some(over) = containers.get(MOST_CONTAINERS) {
        let message = format!(
            "{} containers with the main one; ECS takes {MOST_CONTAINERS}",
            containers.len()
        );
        resolving.find(&code::LIMIT, &over.place, message);
    }
    names(containers, places, resolving);
    ports(containers, resolving);
    shares(containers, size, places, resolving);
    for container in containers {
        order(container, containers, places, resolving);
    }
    cycles(containers, places, resolving);
}

/// Finds a name at AWS that another task has already: task definitions and roles are named alike,
/// whatever kind of thing they belong to. Of two with one name the later one is told.
pub fn name(task: &Task, id: &ThingId, platform: &Platform) -> Option<Diagnostic> {
    let tasks = platform.things.all().filter_map(|thing| Some((thing.id(), thing.task()?)));
    let mut earlier = tasks.take_while(|(other, _)| *other != id);
    let (other, _) = earlier.find(|(_, other)| other.aws_name == task.aws_name)?;
    let message = format!("`{other}` is called `{}` at AWS already", task.aws_name);
    Some(Diagnostic::at(&code::NAME_CLASH, &id.path(), message).help("set another `aws_name`"))
}

fn names(containers: &[&Container], places: &Places, resolving: &mut Resolving<'_>) {
    let [main, others @ ..] = containers else { return };
    for other in others.iter().filter(|other| other.name == main.name) {
        let message = "the main container has this name already: it is called like its thing";
        let place = places.first_own(&[other.place.clone(), main.place.clone()]);
        resolving.find(&code::NAME_CLASH, &place, message);
    }
}

/// The containers of a task share one network, and Service Connect and routes know its ports by
/// their names.
fn ports(containers: &[&Container], resolving: &mut Resolving<'_>) {
    let mut names: BTreeMap<&str, &SpecPath> = BTreeMap::new();
    let mut numbers: BTreeMap<(Protocol, u16), &SpecPath> = BTreeMap::new();
    for container in containers {
        for port in &container.ports {
            if let Some(first) = names.insert(port.name.as_str(), &port.place) {
                let message = format!("`{first}` has this name already in the same task");
                resolving.find(&code::NAME_CLASH, &port.place, message);
            }
            let number = (port.port.transport(), port.port.number);
            if let Some(first) = numbers.insert(number, &port.place) {
                let message = format!(
                    "`{first}` is this port already: containers of one task share their network"
                );
                resolving.find(&code::IMPOSSIBLE, &port.place, message);
            }
        }
    }
}

fn shares(containers: &[&Container], size: Size, places: &Places, resolving: &mut Resolving<'_>) {
    let mut left = size;
    for container in containers {
        left.cpu -= container.cpu.unwrap_or(0);
        left.memory -= container.memory.unwrap_or(0);
    }
    let Some(last) = containers.iter().rev().find(|c| c.cpu.is_some() || c.memory.is_some()) else {
        return;
    };
    if left.cpu < 0 || left.memory < 0 {
        let Size { cpu, memory } = size;
        let message = format!(
            "the containers together take more than the task has: {cpu} CPU units and {memory} MiB"
        );
        let of_task = ["cpu", "memory"].map(|key| places.at(&[key]));
        let place = places.first_own(&[&[last.place.clone()][..], &of_task].concat());
        resolving.find(&code::IMPOSSIBLE, &place, message);
    }
}

fn order(
    container: &Container,
    containers: &[&Container],
    places: &Places,
    resolving: &mut Resolving<'_>,
) {
    for (name, (milestone, place)) in &container.after {
        let Some(before) = containers.iter().find(|other| other.name == *name) else {
            let message = format!("the task has no container `{name}`");
            let names = containers.iter().map(|container| container.name.as_str());
            resolving.find_with(&code::UNKNOWN_TARGET, place, message, suggestion(name, names));
            continue;
        };
        let place = places.first_own(&[place.clone(), before.place.clone()]);
        match milestone {
            Milestone::Healthy if before.health.is_none() => {
                let message = format!("`{name}` has no command that tells whether it is healthy");
                let help = "give it `health.command`, or wait for `started`";
                resolving.find_with(&code::CONFLICT, &place, message, help);
            }
            Milestone::Complete | Milestone::Success if before.essential => {
                let message = format!("the task ends when `{name}` ends, so nothing starts after");
                let help = "set `essential = false` there";
                resolving.find_with(&code::CONFLICT, &place, message, help);
            }
            _ => {}
        }
    }
}

/// Each container that waits for itself, by way of others or not, is a finding.
fn cycles(containers: &[&Container], places: &Places, resolving: &mut Resolving<'_>) {
    for container in containers {
        if !waits_for(container, &container.name, containers) {
            continue;
        }
        let own = container.after.values().map(|(_, place)| place.clone());
        let all = containers.iter().flat_map(|container| container.after.values());
        let places_of_all = own.chain(all.map(|(_, place)| place.clone()));
        let place = places.first_own(&places_of_all.collect::<Vec<_>>());
        resolving.find(&code::IMPOSSIBLE, &place, format!("`{}` waits for itself", container.name));
    }
}

fn waits_for(container: &Container, name: &str, containers: &[&Container]) -> bool {
    let mut seen = BTreeSet::new();
    let mut next: Vec<&str> = container.after.keys().map(String::as_str).collect();
    while let Some(before) = next.pop() {
        if before == name {
            return true;
        }
        if seen.insert(before) {
            let found = containers.iter().find(|other| other.name == before);
            next.extend(found.iter().flat_map(|other| other.after.keys()).map(String::as_str));
        }
    }
    false
}
