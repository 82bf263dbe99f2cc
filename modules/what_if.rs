//! What a line of the spec causes, found by compiling the spec without it.
//!
//! An argument can come from several lines, through defaults, sizes and edges. Rather than a note at
//! every place that a value goes through, the compiler itself answers: one line is changed, and what
//! differs in the document comes from that line.
use crate::files::Files;
use crate::{compile, lower};
use platgen_source::diagnostics::{SpecPath, Step};
use platgen_source::{Merged, Node, Value as Said};
use platgen_terraform::{Document, ModuleAddress, Resource};
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
}

/// What differs when one value of the spec is gone, or another one. Nothing, if no other value that
/// platgen tries makes a sound spec.
pub fn without(
    merged: &Merged,
    path: &SpecPath,
    files: &dyn Files,
    document: &Document,
) -> Option<Difference> {
    let values = others(merged.tree.get(path)?).into_iter();
    let trees = std::iter::once(removed(merged, path)).chain(values.map(|value| {
        let mut tree = merged.tree.clone();
        tree.get_mut(path)?.value = value;
        Some(tree)
    }));
    let mut nothing = None;
    for tree in trees.flatten() {
        let Some(other) = document_of(merged, tree, files) else { continue };
        let difference = difference(document, &other);
        if difference != Difference::default() {
            return Some(difference);
        }
        nothing = Some(difference);
    }
    nothing
}

fn document_of(merged: &Merged, tree: Node, files: &dyn Files) -> Option<Document> {
    let other = Merged { tree, ..merged.clone() };
    compile(&other, files).platform.as_ref().map(lower)
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

/// Other values that may be sound where this one is.
fn others(node: &Node) -> Vec<Said> {
    match &node.value {
        Said::Boolean(value) => vec![Said::Boolean(!value)],
        Said::Integer(number) => {
            [number.saturating_add(1), number.saturating_sub(1), number.saturating_mul(2)]
                .map(Said::Integer)
                .into()
        }
        Said::Float(number) => vec![Said::Float(number / 2.0)],
        Said::String(text) => {
            vec![Said::String(format!("{text}x")), Said::String(format!("x{text}"))]
        }
        Said::Datetime(_) => Vec::new(),
        Said::Array(items) => {
            let other = |place: usize, value: Said| {
                let mut items = items.clone();
                items[place].value = value;
                Said::Array(items)
            };
            let places = items.iter().enumerate();
            places
                .flat_map(|(place, item)| others(item).into_iter().map(move |v| other(place, v)))
                .collect()
        }
        Said::Table(table) => {
            let other = |key: &String, value: Said| {
                let mut table = table.clone();
                table.entry(key.clone()).and_modify(|node| node.value = value);
                Said::Table(table)
            };
            let entries = table.iter();
            entries
                .flat_map(|(key, node)| others(node).into_iter().map(move |v| other(key, v)))
                .collect()
        }
    }
}

/// What differs between two documents: resources and data sources, and their arguments.
pub fn difference(one: &Document, other: &Document) -> Difference {
    let (before, after) = (resources(one), resources(other));
    let mut difference = Difference::default();
    for (address, resource) in &before {
        match after.get(address) {
            None => _ = difference.removed.insert(address.clone()),
            Some(now) => {
                let arguments = changed_arguments(resource, now);
                if !arguments.is_empty() {
                    difference.changed.insert(address.clone(), arguments);
                }
            }
        }
    }
    let added = after.keys().filter(|address| !before.contains_key(*address));
    difference.added = added.cloned().collect();
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

fn changed_arguments(one: &Resource, other: &Resource) -> BTreeSet<String> {
    let names = one.arguments.keys().chain(other.arguments.keys());
    let differs = |name: &&String| one.arguments.get(*name) != other.arguments.get(*name);
    names.filter(differs).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::MemoryFiles;
    use crate::{layers, merge, testing::HEADER};
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
