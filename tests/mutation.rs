//! Every edge of every example, taken away: exactly what it gave goes with it, and nothing else.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use platgen::spec;
use platgen_modules::connect::Grant;
use platgen_modules::platform::Platform;
use platgen_modules::what_if::{Difference, difference};
use platgen_modules::{compile, lower, merge};
use platgen_source::diagnostics::{SpecPath, Step};
use platgen_source::{Merged, Node};
use platgen_terraform::{Document, ModuleAddress, Resource};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The arguments of a resource that stays which may differ when an edge of its thing is gone: the
/// variables of a container or a function, what a policy or a security-group rule speaks of, the
/// names by which services find each other, whom a bucket tells, how long a message is hidden from
/// others than the function that it feeds, the volumes of a task or a function, and under what a
/// function keeps its variables and where it puts what failed, if it has any of those.
const MAY_DIFFER: [&str; 18] = [
    "alarm_rule",
    "condition",
    "container_definitions",
    "dashboard_body",
    "dead_letter_config",
    "definition",
    "description",
    "environment",
    "file_system_config",
    "kms_key_arn",
    "lambda_function",
    "queue",
    "service_connect_configuration",
    "service_registries",
    "statement",
    "visibility_timeout_seconds",
    "volume",
    "vpc_config",
];

fn examples() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut specs: Vec<PathBuf> =
        entries.map(|folder| folder.join("platform.toml")).filter(|spec| spec.exists()).collect();
    specs.sort();
    specs
}

/// The paths of all edges and triggers that things of a tree declare.
fn edges(tree: &Node) -> Vec<SpecPath> {
    let mut edges = Vec::new();
    for (kind, things) in tree.table().into_iter().flatten() {
        for (name, thing) in things.table().into_iter().flatten() {
            for section in ["uses", "on"] {
                let kinds = thing.at(&[section]).and_then(Node::table).into_iter().flatten();
                for (target_kind, targets) in kinds {
                    let path = SpecPath::of([kind, name, section, target_kind]);
                    match (target_kind.as_str(), targets.table()) {
                        ("internet", _) => edges.push(path),
                        (_, Some(targets)) => edges.extend(targets.keys().map(|t| path.key(t))),
                        _ => {}
                    }
                }
            }
        }
    }
    edges
}

/// The tree without texts of `env` that speak of a thing: they need the edge to it.
fn without_placeholders(mut merged: Merged, edge: &SpecPath) -> Merged {
    let [.., Step::Key(kind), Step::Key(name)] = edge.steps() else { return merged };
    let word = format!("{{{kind}.{name}");
    for leaf in merged.tree.leaves() {
        let speaks = merged.tree.get(&leaf).and_then(Node::text).is_some_and(|t| t.contains(&word));
        let is_env = leaf.steps().iter().any(|step| *step == Step::Key("env".to_owned()));
        if speaks && is_env {
            remove(&mut merged.tree, &leaf);
        }
    }
    merged
}

fn remove(tree: &mut Node, path: &SpecPath) {
    let keys: Vec<&str> = path
        .steps()
        .iter()
        .map(|step| match step {
            Step::Key(key) => key.as_str(),
            Step::Index(_) => "",
        })
        .collect();
    assert!(tree.remove(&keys), "{path}");
}

fn understood(merged: &Merged, spec: &spec::Spec) -> (Platform, Document) {
    let compiled = compile(merged, &spec.files);
    let findings = compiled.findings;
    let platform = compiled.platform.unwrap_or_else(|| panic!("{findings:#?}"));
    let document = lower(&platform);
    (platform, document)
}

fn causes(platform: &Platform) -> BTreeSet<SpecPath> {
    platform.connections.all().iter().map(|grant: &Grant| grant.cause.clone()).collect()
}

fn resource<'d>(document: &'d Document, address: &ModuleAddress) -> &'d Resource {
    &document.modules[address.module].resources[&address.address]
}

/// The things at both ends of an edge.
fn ends(edge: &SpecPath) -> Vec<SpecPath> {
    match edge.steps() {
        [Step::Key(kind), Step::Key(name), _, Step::Key(other), Step::Key(target)] => {
            vec![SpecPath::of([kind, name]), SpecPath::of([other, target])]
        }
        [Step::Key(kind), Step::Key(name), ..] => vec![SpecPath::of([kind, name])],
        _ => Vec::new(),
    }
}

/// What is wrong with the difference that one vanished edge makes. Beside what the edge itself made,
/// only the two things at its ends can lose something: what they have just for having edges, a place
/// in the network, or a queue for what a subscription could not deliver.
fn faults(
    edge: &SpecPath,
    gone: &BTreeSet<SpecPath>,
    before: &Document,
    found: &Difference,
) -> Vec<String> {
    let ends = ends(edge);
    let of_an_end = |cause: &SpecPath| ends.iter().any(|end| cause.is_within(end));
    let of_the_edge = |resource: &Resource| {
        !resource.causes.is_empty()
            && resource.causes.iter().all(|cause| gone.iter().any(|edge| cause.is_within(edge)))
    };
    let mut expected = BTreeSet::new();
    for (module, content) in &before.modules {
        for (address, resource) in &content.resources {
            if of_the_edge(resource) {
                expected.insert(ModuleAddress { module, address: address.clone() });
            }
        }
    }
    let mut faults = Vec::new();
    faults.extend(expected.difference(&found.removed).map(|left| format!("{left} stays")));
    for lost in found.removed.difference(&expected) {
        let causes = &resource(before, lost).causes;
        if causes.iter().all(|cause| of_an_end(cause) || gone.contains(cause)) {
            continue;
        }
        faults.push(format!("{lost} goes, though it is there for {causes:?}"));
    }
    faults.extend(found.added.iter().map(|new| format!("{new} comes")));
    for (address, arguments) in &found.changed {
        let strange = arguments.iter().filter(|name| !MAY_DIFFER.contains(&name.as_str()));
        faults.extend(strange.map(|name| format!("{address} has another {name}")));
    }
    faults
}

#[test]
fn an_edge_gives_what_goes_with_it_and_nothing_else() {
    let (mut tried, mut wrong) = (0, Vec::new());
    for path in examples() {
        let spec = spec::load(&path);
        let layers = spec.layers.as_ref().unwrap();
        for environment in layers.environments() {
            let whole = merge(layers, environment).unwrap();
            for edge in edges(&whole.tree) {
                let merged = without_placeholders(whole.clone(), &edge);
                let mut less = merged.clone();
                remove(&mut less.tree, &edge);
                let ((one, before), (other, after)) =
                    (understood(&merged, &spec), understood(&less, &spec));
                let mut gone = &causes(&one) - &causes(&other);
                gone.insert(edge.clone());
                let is_last = less.tree.get(&edge.parent()).and_then(Node::table);
                gone.extend(is_last.filter(|rest| rest.is_empty()).map(|_| edge.parent()));
                let found = difference(&before, &after);
                tried += 1;
                for fault in faults(&edge, &gone, &before, &found) {
                    wrong.push(format!("{}/{environment} without {edge}: {fault}", path.display()));
                }
            }
        }
    }
    assert!(tried > 50, "{tried} edges are too few to show anything");
    assert!(wrong.is_empty(), "{} of {tried}:\n{}", wrong.len(), wrong.join("\n"));
}
