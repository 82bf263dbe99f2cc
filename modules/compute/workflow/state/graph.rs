//! Where states lead to: what is wrong with that is found alike in states of a spec and in a definition
//! in a file.
use platgen_source::diagnostics::{Diagnostic, SpecPath, code, suggestion};
use platgen_source::shown;
use std::collections::{BTreeMap, BTreeSet};

/// States and where they lead to.
#[derive(Debug)]
pub struct Graph {
    /// The name of the first state, and where that is said.
    pub start: (String, SpecPath),
    /// The states by their names.
    pub nodes: BTreeMap<String, Node>,
}

/// A state and where it leads to.
#[derive(Debug)]
pub struct Node {
    /// Where the spec speaks of it.
    pub place: SpecPath,
    /// The names of the states that can follow, and where that is said.
    pub next: Vec<(String, SpecPath)>,
    /// Whether it can be the last.
    pub ends: bool,
    /// Whether nothing is said of what follows. That is told elsewhere, and what it hides is not.
    pub is_open: bool,
    /// States inside of it.
    pub inside: Vec<Graph>,
}

/// Finds transitions to nowhere, states that nothing leads to, states that lead to no end, and names
/// that two states have.
pub fn check(graph: &Graph) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    check_names(graph, &mut BTreeSet::new(), &mut findings);
    check_machine(graph, &mut findings);
    findings
}

/// Names are unique in the whole machine
/// (<https://docs.aws.amazon.com/step-functions/latest/dg/statemachine-structure.html>).
fn check_names<'a>(graph: &'a Graph, seen: &mut BTreeSet<&'a str>, findings: &mut Vec<Diagnostic>) {
    for (name, node) in &graph.nodes {
        if !seen.insert(name) {
            let message = format!("the workflow has another state `{}`", shown(name));
            let help = "states inside of others share the names with all others";
            findings.push(Diagnostic::at_key(&code::NAME_CLASH, &node.place, message).help(help));
        }
    }
    for inner in graph.nodes.values().flat_map(|node| &node.inside) {
        check_names(inner, seen, findings);
    }
}

fn check_machine(graph: &Graph, findings: &mut Vec<Diagnostic>) {
    let unknown = unknown_targets(graph);
    let is_open = graph.nodes.values().any(|node| node.is_open);
    if unknown.is_empty() && !is_open {
        findings.extend(unreachable(graph));
        findings.extend(endless(graph));
    }
    findings.extend(unknown);
    for inner in graph.nodes.values().flat_map(|node| &node.inside) {
        check_machine(inner, findings);
    }
}

fn unknown_targets(graph: &Graph) -> Vec<Diagnostic> {
    let targets = graph.nodes.values().flat_map(|node| &node.next);
    let targets = std::iter::once(&graph.start).chain(targets);
    let unknown = targets.filter(|(name, _)| !graph.nodes.contains_key(name));
    let fault = |(name, place): &(String, SpecPath)| {
        let message = format!("there is no state `{}` here", shown(name));
        let known = graph.nodes.keys().map(String::as_str);
        Diagnostic::at(&code::UNKNOWN_TARGET, place, message).help(suggestion(&shown(name), known))
    };
    unknown.map(fault).collect()
}

/// Step Functions refuses states that nothing leads to.
fn unreachable(graph: &Graph) -> impl Iterator<Item = Diagnostic> + '_ {
    let mut reached = BTreeSet::new();
    let mut open = vec![graph.start.0.as_str()];
    while let Some(name) = open.pop() {
        if reached.insert(name) {
            let next = graph.nodes.get(name).into_iter().flat_map(|node| &node.next);
            open.extend(next.map(|(name, _)| name.as_str()));
        }
    }
    let lost = graph.nodes.iter().filter(move |(name, _)| !reached.contains(name.as_str()));
    lost.map(|(name, node)| {
        let message = format!("nothing leads to the state `{}`", shown(name));
        let help = "name it in the `next`, `default` or `catch` of another state, or remove it";
        Diagnostic::at_key(&code::IMPOSSIBLE, &node.place, message).help(help)
    })
}

/// An execution that cannot end fails after a year, or after 25,000 events
/// (<https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html>).
fn endless(graph: &Graph) -> Vec<Diagnostic> {
    let mut before: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (name, node) in &graph.nodes {
        for (next, _) in &node.next {
            before.entry(next).or_default().push(name);
        }
    }
    let ends = graph.nodes.iter().filter(|(_, node)| node.ends);
    let mut open: Vec<&str> = ends.map(|(name, _)| name.as_str()).collect();
    let mut ending = BTreeSet::new();
    while let Some(name) = open.pop() {
        if ending.insert(name) {
            open.extend(before.get(name).into_iter().flatten());
        }
    }
    let endless = graph.nodes.iter().filter(|(name, _)| !ending.contains(name.as_str()));
    let fault = |(name, node): (&String, &Node)| {
        let message = format!("from the state `{}` no way leads to an end", shown(name));
        let help = "let a state after it have `end`, or a choice with a way out";
        Diagnostic::at_key(&code::IMPOSSIBLE, &node.place, message).help(help)
    };
    endless.map(fault).collect()
}
