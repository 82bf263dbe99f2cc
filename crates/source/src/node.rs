//! The tree that a spec becomes: TOML values whose nodes carry where they came from.
use crate::words::shown;
use platgen_diagnostics::{Diagnostic, FileId, Place, Span, SpecPath, Step, code};
use std::collections::{BTreeMap, btree_map::Entry};

/// The layers of a spec, weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Layer {
    /// What all environments share.
    Base,
    /// The environment that another one is `like`.
    Like,
    /// The environment itself.
    Environment,
}

/// Where a node stands in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The layer that had the last word.
    pub layer: Layer,
    /// The key, or the value itself where there is no key.
    pub key: Span,
    /// The value.
    pub value: Span,
}

/// A value and its origin.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// The value.
    pub value: Value,
    /// Where it came from.
    pub origin: Origin,
}

/// A TOML value.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A text.
    String(String),
    /// A whole number.
    Integer(i64),
    /// A decimal number; may be infinite or not a number, as TOML allows.
    Float(f64),
    /// `true` or `false`.
    Boolean(bool),
    /// A date, a time, or both, as written.
    Datetime(String),
    /// A list.
    Array(Vec<Node>),
    /// A table.
    Table(Table),
}

/// The keys of a table, sorted.
pub type Table = BTreeMap<String, Node>;

impl Value {
    /// What it is, in words.
    pub fn describe(&self) -> &'static str {
        match self {
            Self::String(_) => "a text",
            Self::Integer(_) => "a whole number",
            Self::Float(number) if !number.is_finite() => "`inf`, `nan` or too large a number",
            Self::Float(_) => "a decimal number",
            Self::Boolean(_) => "`true` or `false`",
            Self::Datetime(_) => "a date",
            Self::Array(_) => "a list",
            Self::Table(_) => "a table",
        }
    }
}

impl Node {
    /// An empty table at this origin.
    pub fn empty_table(origin: Origin) -> Self {
        Self { value: Value::Table(Table::new()), origin }
    }

    /// A table with one key at this origin.
    pub fn table_of(key: &str, value: Self) -> Self {
        let origin = value.origin.clone();
        Self { value: Value::Table(Table::from([(key.to_owned(), value)])), origin }
    }

    /// The keys, if it is a table.
    pub fn table(&self) -> Option<&Table> {
        match &self.value {
            Value::Table(table) => Some(table),
            _ => None,
        }
    }

    /// The keys, if it is a table.
    pub fn table_mut(&mut self) -> Option<&mut Table> {
        match &mut self.value {
            Value::Table(table) => Some(table),
            _ => None,
        }
    }

    /// The text, if it is one.
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// The value as JSON. A date is a text, and so is a number that JSON does not have.
    pub fn json(&self) -> serde_json::Value {
        match &self.value {
            Value::String(text) | Value::Datetime(text) => text.as_str().into(),
            Value::Integer(number) => (*number).into(),
            Value::Float(number) if !number.is_finite() => number.to_string().into(),
            Value::Float(number) => (*number).into(),
            Value::Boolean(truth) => (*truth).into(),
            Value::Array(items) => items.iter().map(Self::json).collect(),
            Value::Table(table) => {
                let entry = |(key, below): (&String, &Self)| (key.clone(), below.json());
                serde_json::Value::Object(table.iter().map(entry).collect())
            }
        }
    }

    /// The node at this path below this one.
    pub fn get(&self, path: &SpecPath) -> Option<&Self> {
        path.steps().iter().try_fold(self, |node, step| match (step, &node.value) {
            (Step::Key(key), Value::Table(table)) => table.get(key),
            (Step::Index(index), Value::Array(items)) => items.get(*index),
            _ => None,
        })
    }

    /// The node at this path below this one, to be changed.
    pub fn get_mut(&mut self, path: &SpecPath) -> Option<&mut Self> {
        path.steps().iter().try_fold(self, |node, step| match (step, &mut node.value) {
            (Step::Key(key), Value::Table(table)) => table.get_mut(key),
            (Step::Index(index), Value::Array(items)) => items.get_mut(*index),
            _ => None,
        })
    }

    /// The paths of everything below this node that has nothing below it, in order: values, and empty
    /// tables, such as a verb that nothing narrows.
    pub fn leaves(&self) -> Vec<SpecPath> {
        let mut leaves = Vec::new();
        self.add_leaves(&mut SpecPath::root(), &mut leaves);
        leaves
    }

    fn add_leaves(&self, path: &mut SpecPath, leaves: &mut Vec<SpecPath>) {
        let Value::Table(table) = &self.value else {
            leaves.push(path.clone());
            return;
        };
        if table.is_empty() {
            leaves.push(path.clone());
        }
        for (key, node) in table {
            path.push(Step::Key(key.clone()));
            node.add_leaves(path, leaves);
            path.pop();
        }
    }

    /// The node at these keys below this one.
    pub fn at(&self, keys: &[&str]) -> Option<&Self> {
        keys.iter().try_fold(self, |node, key| node.table()?.get(*key))
    }

    /// Lays `over` on this node: tables merge key by key, everything else replaces.
    pub fn merge(&mut self, over: Self) {
        match (&mut self.value, over.value) {
            (Value::Table(base), Value::Table(over)) => {
                for (key, value) in over {
                    match base.get_mut(&key) {
                        Some(below) => below.merge(value),
                        None => drop(base.insert(key, value)),
                    }
                }
            }
            (slot, value) => {
                *slot = value;
                self.origin = over.origin;
            }
        }
    }

    /// Removes what stands at these keys, and says whether anything did.
    pub fn remove(&mut self, keys: &[&str]) -> bool {
        let Some((last, above)) = keys.split_last() else { return false };
        let mut node = self;
        for key in above {
            match node.table_mut().and_then(|table| table.get_mut(*key)) {
                Some(below) => node = below,
                None => return false,
            }
        }
        node.table_mut().and_then(|table| table.remove(*last)).is_some()
    }

    /// Marks this node and all below it as part of a layer.
    pub(crate) fn put_into(&mut self, layer: Layer) {
        self.origin.layer = layer;
        match &mut self.value {
            Value::Array(items) => items.iter_mut().for_each(|item| item.put_into(layer)),
            Value::Table(table) => table.values_mut().for_each(|value| value.put_into(layer)),
            _ => {}
        }
    }
}

impl Origin {
    /// The origin of a file as a whole.
    pub(crate) fn of_file(file: FileId) -> Self {
        let start = Span::new(file, &(0..0));
        Self { layer: Layer::Base, key: start.clone(), value: start }
    }
}

/// Puts the tree of another file of the same spec into this one: tables meet key by key. Of a key
/// that both files set, the first value stays, and the second one is a fault where it stands.
pub fn unite(base: &mut Node, other: Node) -> Vec<Diagnostic> {
    let mut faults = Vec::new();
    unite_below(&mut SpecPath::root(), base, other, &mut faults);
    faults
}

fn unite_below(path: &mut SpecPath, base: &mut Node, other: Node, faults: &mut Vec<Diagnostic>) {
    let (Value::Table(base), Value::Table(table)) = (&mut base.value, other.value) else {
        let message = format!("`{}` is set in another file already", shown(&path.to_string()));
        let fault = Diagnostic::new(&code::SET_TWICE, Place::Text(other.origin.key), message);
        faults.push(fault.help("keep one of the two: the files of a spec only add to each other"));
        return;
    };
    for (key, node) in table {
        path.push(Step::Key(key.clone()));
        match base.entry(key) {
            Entry::Occupied(mut below) => unite_below(path, below.get_mut(), node, faults),
            Entry::Vacant(free) => drop(free.insert(node)),
        }
        path.pop();
    }
}

#[cfg(test)]
mod tests;
