//! Cycles: resources and locals that wait for each other, in one module or across several.
//!
//! Terraform orders single values, not modules, so two modules may refer to each other as long as
//! no resource waits for itself.
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use platgen_diagnostics::SpecPath;

use super::Fault;
use crate::document::Document;
use crate::expr::{Expr, LocalRef, ModuleAddress};
use crate::link::resource_of;
use crate::value::Value;

/// Something that waits for what it refers to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Node {
    Resource(ModuleAddress),
    Local(LocalRef),
}

/// Everything that can wait, and for each what it waits for, both by place in `nodes`.
struct Graph {
    /// Sorted, so that a node is found by a binary search.
    nodes: Vec<Node>,
    targets: Vec<BTreeSet<usize>>,
}

/// Finds cycles. Of several that share a resource or local, one is reported.
pub(super) fn check(document: &Document, faults: &mut Vec<Fault>) {
    let graph = graph(document);
    let mut left = (0..graph.nodes.len()).collect();
    strip(&graph, &mut left);
    while let Some(cycle) = cycle(&graph, &left) {
        let nodes: Vec<_> = cycle.iter().map(|node| &graph.nodes[*node]).collect();
        faults.push(fault(document, &nodes));
        left.retain(|node| !cycle.contains(node));
        strip(&graph, &mut left);
    }
}

fn graph(document: &Document) -> Graph {
    let mut waiting = BTreeMap::new();
    for (module, content) in &document.modules {
        for resource in content.resources.values() {
            let address = resource.address.clone();
            let values = resource.arguments.values().chain(&resource.meta.for_each);
            let mut targets = targets(document, module, values);
            targets.extend(resource.meta.depends_on.iter().cloned().map(Node::Resource));
            waiting.insert(Node::Resource(ModuleAddress { module, address }), targets);
        }
        for (name, local) in &content.locals {
            let node = Node::Local(LocalRef { module, name: name.clone() });
            waiting.insert(node, targets(document, module, [&local.value]));
        }
    }
    let (nodes, targets): (Vec<_>, Vec<_>) = waiting.into_iter().unzip();
    let places = |targets: Vec<Node>| {
        targets.iter().filter_map(|target| nodes.binary_search(target).ok()).collect()
    };
    let targets = targets.into_iter().map(places).collect();
    Graph { nodes, targets }
}

fn targets<'v>(
    document: &Document,
    module: &str,
    values: impl IntoIterator<Item = &'v Value>,
) -> Vec<Node> {
    let mut targets = Vec::new();
    for value in values {
        value.visit(&mut |expr| match expr {
            Expr::Ref(reference) => {
                targets.push(Node::Resource(reference.target()));
                let resource = resource_of(document, reference);
                let others = resource.filter(|_| reference.module != module);
                let after = others.iter().flat_map(|resource| &resource.meta.ready_after);
                targets.extend(after.cloned().map(Node::Resource));
            }
            Expr::Local(local) => targets.push(Node::Local(local.clone())),
            _ => {}
        });
    }
    targets
}

/// Takes away everything that waits for nothing that is left, again and again. What then is left
/// stands in a cycle or waits for one.
fn strip(graph: &Graph, left: &mut BTreeSet<usize>) {
    let mut waiters: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    let mut counts = BTreeMap::new();
    for node in &*left {
        let targets = graph.targets[*node].intersection(left);
        counts.insert(*node, targets.clone().count());
        for target in targets {
            waiters.entry(*target).or_default().push(*node);
        }
    }
    let free = counts.iter().filter(|(_, count)| **count == 0);
    let mut free: Vec<usize> = free.map(|(node, _)| *node).collect();
    while let Some(node) = free.pop() {
        left.remove(&node);
        for waiter in waiters.remove(&node).unwrap_or_default() {
            if let Some(count) = counts.get_mut(&waiter) {
                *count -= 1;
                if *count == 0 {
                    free.push(waiter);
                }
            }
        }
    }
}

/// One cycle of what is left after [`strip`], from its smallest node on; nothing, when nothing is.
fn cycle(graph: &Graph, left: &BTreeSet<usize>) -> Option<Vec<usize>> {
    let mut way = Vec::new();
    let mut seen = BTreeSet::new();
    let mut node = *left.first()?;
    while seen.insert(node) {
        way.push(node);
        // What is left waits for something that is left.
        node = *graph.targets[node].intersection(left).next()?;
    }
    let start = way.iter().position(|on_way| *on_way == node)?;
    let mut cycle = way.split_off(start);
    let smallest = (0..cycle.len()).min_by_key(|place| cycle[*place])?;
    cycle.rotate_left(smallest);
    Some(cycle)
}

fn fault(document: &Document, cycle: &[&Node]) -> Fault {
    let first = cycle.first().map(ToString::to_string).unwrap_or_default();
    let way: Vec<_> = cycle.iter().map(ToString::to_string).collect();
    let causes: BTreeSet<_> = cycle.iter().flat_map(|node| causes(document, node)).collect();
    Fault {
        argument: String::new(),
        message: format!("waits for itself: {} -> {first}", way.join(" -> ")),
        address: first,
        causes: causes.into_iter().collect(),
    }
}

fn causes(document: &Document, node: &Node) -> Vec<SpecPath> {
    let Node::Resource(target) = node else { return Vec::new() };
    let module = document.modules.get(target.module);
    let resource = module.and_then(|module| module.resources.get(&target.address));
    resource.map(|resource| resource.causes.clone()).unwrap_or_default()
}

impl fmt::Display for Node {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Resource(address) => address.fmt(out),
            Self::Local(local) => write!(out, "module.{}.local.{}", local.module, local.name),
        }
    }
}
