//! What a line of the spec causes, found by compiling the spec without it.
//!
//! An argument can come from several lines, through defaults, sizes and edges. Rather than a note at
//! every place that a value goes through, the compiler itself answers: one line is changed, and what
//! differs in the document comes from that line.
mod other_values;

use crate::files::Files;
use crate::{attempt, lower};
use platgen_source::diagnostics::{SpecPath, Step};
use platgen_source::{Merged, Node};
use platgen_terraform::{Document, Expr, LocalRef, ModuleAddress, Resource, Value};
use std::collections::{BTreeMap, BTreeSet};

/// What differs between two documents.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// Resources that only the first has.
    pub removed: BTreeSet<ModuleAddress>,
    /// Resources that only the second has.
    pub added: BTreeSet<ModuleAddress>,
    /// Arguments of resources that both have, and that differ.
    pub changed: BTreeMap<ModuleAddress, BTreeSet<String>>,
    /// Parts of the root, beside the modules, that differ.
    pub root: BTreeSet<RootPart>,
}

/// A part of a root that is no resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RootPart {
    /// Where the state is kept.
    Backend,
    /// How the provider is configured: its region, and the tags of everything.
    Provider,
    /// What the one who runs the engine puts in.
    Variables,
    /// Which versions are asked for.
    Versions,
}

/// What differs when one value of the spec is gone, or another one. A spec that is sound without it
/// says most; where none is, as with the name of another thing, one with a fault says what hangs on
/// the value all the same. `None` if no other value can be read at all.
pub fn without(
    merged: &Merged,
    path: &SpecPath,
    files: &dyn Files,
    document: &Document,
) -> Option<Difference> {
    let values = other_values::of(merged.tree.get(path)?, path).into_iter();
    let trees = std::iter::once(removed(merged, path)).chain(values.map(|value| {
        let mut tree = merged.tree.clone();
        tree.get_mut(path)?.value = value;
        Some(tree)
    }));
    let (mut nothing, mut with_fault) = (None, None);
    for tree in trees.flatten() {
        let compiled = attempt(&Merged { tree, ..merged.clone() }, files);
        let Some(platform) = &compiled.platform else { continue };
        let difference = difference(document, &lower(platform));
        match (difference == Difference::default(), compiled.is_sound()) {
            (true, _) => nothing = Some(difference),
            (false, true) => return Some(difference),
            (false, false) => with_fault = with_fault.or(Some(difference)),
        }
    }
    with_fault.or(nothing)
}

/// The tree without what stands at a path. A table that is left empty goes as well, as if its
/// section had never been written.
fn removed(merged: &Merged, path: &SpecPath) -> Option<Node> {
    let mut tree = merged.tree.clone();
    let keys: Option<Vec<&str>> = path.steps().iter().map(key_of).collect();
    let keys = keys?;
    if !tree.remove(&keys) {
        return None;
    }
    for end in (2..keys.len()).rev() {
        let is_empty = |node: &Node| node.table().is_some_and(BTreeMap::is_empty);
        if end > 2 && tree.at(&keys[..end]).is_some_and(is_empty) {
            tree.remove(&keys[..end]);
        }
    }
    Some(tree)
}

fn key_of(step: &Step) -> Option<&str> {
    match step {
        Step::Key(key) => Some(key),
        Step::Index(_) => None,
    }
}

/// What differs between two documents: resources and data sources, and their arguments. An argument
/// that names a local differs if the local does.
pub fn difference(one: &Document, other: &Document) -> Difference {
    let (before, after) = (resources(one), resources(other));
    let mut difference = Difference::default();
    let locals = differing_locals(one, other);
    for (address, resource) in &before {
        match after.get(address) {
            None => _ = difference.removed.insert(address.clone()),
            Some(now) => {
                let arguments = changed_arguments(resource, now, &locals);
                if !arguments.is_empty() {
                    difference.changed.insert(address.clone(), arguments);
                }
            }
        }
    }
    let added = after.keys().filter(|address| !before.contains_key(*address));
    difference.added = added.cloned().collect();
    let parts = [
        (RootPart::Backend, one.backend == other.backend),
        (RootPart::Provider, one.provider == other.provider),
        (RootPart::Variables, one.variables == other.variables),
        (RootPart::Versions, one.versions == other.versions),
    ];
    let differing = parts.into_iter().filter(|(_, same)| !same).map(|(part, _)| part);
    difference.root = differing.collect();
    difference
}

fn resources(document: &Document) -> BTreeMap<ModuleAddress, &Resource> {
    let mut all = BTreeMap::new();
    for (module, content) in &document.modules {
        for (address, resource) in &content.resources {
            all.insert(ModuleAddress { module, address: address.clone() }, resource);
        }
    }
    all
}

/// The locals of a document that differ in another one, by themselves or by locals that they name.
fn differing_locals(one: &Document, other: &Document) -> BTreeSet<LocalRef> {
    let (before, after) = (locals(one), locals(other));
    let differs = |(local, value): &(&LocalRef, &&Value)| after.get(*local) != Some(*value);
    let mut differing: BTreeSet<LocalRef> =
        before.iter().filter(differs).map(|(local, _)| local.clone()).collect();
    loop {
        let by_name = |(local, value): &(&LocalRef, &&Value)| {
            !differing.contains(*local) && names_one_of(value, &differing)
        };
        let more: Vec<LocalRef> =
            before.iter().filter(by_name).map(|(local, _)| local.clone()).collect();
        if more.is_empty() {
            return differing;
        }
        differing.extend(more);
    }
}

fn locals(document: &Document) -> BTreeMap<LocalRef, &Value> {
    let mut all = BTreeMap::new();
    for (module, content) in &document.modules {
        for (name, local) in &content.locals {
            all.insert(LocalRef { module, name: name.clone() }, &local.value);
        }
    }
    all
}

fn names_one_of(value: &Value, locals: &BTreeSet<LocalRef>) -> bool {
    let mut found = false;
    value.visit(&mut |expr| found |= matches!(expr, Expr::Local(local) if locals.contains(local)));
    found
}

fn changed_arguments(
    one: &Resource,
    other: &Resource,
    locals: &BTreeSet<LocalRef>,
) -> BTreeSet<String> {
    let names = one.arguments.keys().chain(other.arguments.keys());
    let differs = |name: &&String| {
        let (before, after) = (one.arguments.get(*name), other.arguments.get(*name));
        before != after || before.is_some_and(|value| names_one_of(value, locals))
    };
    names.filter(differs).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::MemoryFiles;
    use crate::{compile, layers, merge, testing::HEADER};
    use platgen_source::parse;
    use pretty_assertions::assert_eq;

    fn differences(toml: &str, keys: &[&str]) -> Vec<String> {
        let tree = parse(0, &format!("{HEADER}{toml}")).unwrap();
        let merged = merge(&layers(tree), "dev").unwrap();
        let files = MemoryFiles::default();
        let compiled = compile(&merged, &files);
        let document =
            lower(&compiled.platform.unwrap_or_else(|| panic!("{:?}", compiled.findings)));
        let path = keys.iter().fold(SpecPath::root(), |path, key| path.key(key));
        let found = without(&merged, &path, &files, &document).unwrap();
        let mut rows: Vec<String> = found.removed.iter().map(|gone| format!("-{gone}")).collect();
        rows.extend(found.added.iter().map(|new| format!("+{new}")));
        for (address, arguments) in &found.changed {
            rows.extend(arguments.iter().map(|argument| format!("{address} {argument}")));
        }
        rows
    }

    #[test]
    fn a_local_is_a_part_of_the_argument_that_names_it() {
        const SERVICE: &str = "[service.web]\nimage = \"nginx\"\nenv.LEVEL = \"info\"\n";
        assert_eq!(
            differences(SERVICE, &["service", "web", "env", "LEVEL"]),
            ["module.compute.aws_ecs_task_definition.service__web container_definitions"]
        );
    }

    #[test]
    fn what_no_sound_spec_is_without_shows_by_one_with_a_fault() {
        const FED: &str = "[queue.jobs]\non.topic.news = {}\n[topic.news]\n\
                           [observability.alarm.late]\nmetric = \"queue.jobs.age\"\nabove = 9\n";
        let found = differences(FED, &["observability", "alarm", "late", "metric"]);
        assert!(found.iter().any(|row| row.contains("aws_cloudwatch_metric_alarm")), "{found:?}");
    }

    #[test]
    fn a_line_causes_what_differs_without_it() {
        const TABLE: &str =
            "[table.orders]\npartition_key = \"id\"\nrecovery_days = 3\nttl = \"until\"\n";
        const ORDERS: &str = "module.data.aws_dynamodb_table.orders";
        for (keys, expected) in [
            (vec!["table", "orders", "recovery_days"], vec!["point_in_time_recovery"]),
            (vec!["table", "orders", "ttl"], vec!["ttl"]),
            // Removing it makes no sound spec, so another text is tried.
            (vec!["table", "orders", "partition_key"], vec!["attribute", "hash_key"]),
        ] {
            let expected: Vec<String> =
                expected.iter().map(|argument| format!("{ORDERS} {argument}")).collect();
            assert_eq!(differences(TABLE, &keys), expected, "{keys:?}");
        }
    }
}
