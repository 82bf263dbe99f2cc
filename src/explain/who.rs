//! Who can do what on a thing: everyone with a way to it, directly or through others.
use super::answer::{Because, EdgeAnswer};
use super::{Subject, edges};
use platgen_modules::connect::graph::{Graph, Node};
use platgen_modules::kind::ThingId;
use serde::Serialize;
use std::fmt;

/// Everyone who can do something on a thing.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Who {
    /// The environments.
    pub environments: Vec<String>,
    /// The thing.
    #[serde(skip)]
    pub target: String,
    /// Those who can, nearest first.
    pub rows: Vec<Row>,
}

/// Someone who can do something on the thing.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Row {
    /// Who: a thing, or the internet.
    pub who: String,
    /// The way, from the one who acts to the thing.
    pub way: Vec<String>,
    /// The lines that make the way.
    pub because: Vec<Because>,
    /// What the last hop gives: ports, actions, secrets. What comes through others is no more than that.
    pub can: Vec<EdgeAnswer>,
}

/// Finds everyone with a way to a thing.
pub fn who(subject: Subject<'_>, target: &ThingId) -> Who {
    let graph = Graph::of(&subject.lowered.platform);
    let end = Node::Thing(target.clone());
    let things = subject.lowered.platform.things.all();
    let mut nodes: Vec<Node> = things.map(|thing| Node::Thing(thing.id().clone())).collect();
    nodes.push(Node::Internet);
    let mut rows: Vec<Row> =
        nodes.iter().filter_map(|node| row(subject, &graph, node, &end)).collect();
    rows.sort_by_key(|row| row.way.len());
    let environments = vec![subject.environment().to_owned()];
    Who { environments, target: target.to_string(), rows }
}

fn row(subject: Subject<'_>, graph: &Graph, node: &Node, end: &Node) -> Option<Row> {
    if node == end {
        return None;
    }
    let way = graph.way(node, end)?;
    let last = way.last()?;
    let hops = way.iter().map(|link| link.to.to_string());
    Some(Row {
        who: node.to_string(),
        way: std::iter::once(node.to_string()).chain(hops).collect(),
        because: subject.because_all(way.iter().map(|link| &link.cause)),
        can: edges::between(subject, &last.from, end),
    })
}

impl Row {
    /// What someone can do, or whom someone gets to that can.
    fn told(&self) -> String {
        let gains = self.gains().join(" ");
        match self.way.as_slice() {
            [_, between @ .., _] if !between.is_empty() => {
                format!("gets to {}, which has {gains}", between.join(" -> "))
            }
            _ => format!("has {gains}"),
        }
    }

    /// What the last hop gives, in few words.
    fn gains(&self) -> Vec<String> {
        let mut gains = Vec::new();
        for edge in &self.can {
            gains.extend(edge.ports.iter().map(|port| format!("port {port}")));
            let actions = edge.rights.iter().flat_map(|right| &right.actions);
            gains.extend(actions.cloned());
            gains.extend(edge.secrets.iter().filter_map(|secret| {
                secret.split_once(" = ").map(|(name, _)| format!("secret {name}"))
            }));
            gains.extend(edge.sender.iter().map(|sender| format!("call by {sender}")));
        }
        if gains.is_empty() {
            gains.extend(self.can.iter().map(|edge| edge.origin.to_owned()));
        }
        gains.sort();
        gains.dedup();
        gains
    }
}

impl fmt::Display for Who {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let environments = super::page::environments(&self.environments);
        writeln!(out, "who can reach {}, {environments}", self.target)?;
        if self.rows.is_empty() {
            writeln!(out, "  nobody")?;
        }
        let width = self.rows.iter().map(|row| row.who.len()).max().unwrap_or_default();
        for row in &self.rows {
            writeln!(out, "\n  {:<width$}  {}", row.who, row.told())?;
            for because in &row.because {
                writeln!(out, "  {:<width$}  because {because}", "")?;
            }
        }
        Ok(())
    }
}
