//! One environment, all of its layers in one tree.
use crate::node::{Layer, Node, Value};
use crate::words::shown;
use platgen_diagnostics::{Diagnostic, Place, Span, code, listed, nearest};
use std::collections::BTreeSet;

/// One environment, merged. Faults are found in the tree that they speak of.
#[derive(Clone, Debug)]
pub struct Merged {
    /// The environment's name.
    pub environment: String,
    /// All layers in one tree; of `environment`, only this one's own keys are left.
    pub tree: Node,
    /// What is wrong with the layers.
    pub faults: Vec<Diagnostic>,
    /// The things that only other environments have: section and name.
    pub elsewhere: BTreeSet<(String, String)>,
}

impl Merged {
    /// Where a place of the merged tree stands in the text: the node itself, else the nearest one
    /// above it.
    pub fn locate(&self, place: &Place) -> Option<Span> {
        let (path, of_key) = match place {
            Place::Text(span) => return Some(span.clone()),
            Place::Spec => return None,
            Place::Key(path) => (path, true),
            Place::Value(path) => (path, false),
        };
        if let Some(node) = self.tree.get(path) {
            let origin = &node.origin;
            return Some(if of_key { origin.key.clone() } else { origin.value.clone() });
        }
        let mut above = path.parent();
        while self.tree.get(&above).is_none() {
            above = above.parent();
        }
        self.tree.get(&above).map(|node| node.origin.key.clone())
    }

    /// Lays one environment over what is there. Its `unset` comes first, so that a path which it sets
    /// again survives.
    pub(crate) fn lay(&mut self, own: &Node, sections: &Node, layer: Layer) {
        self.unset(own);
        let mut sections = sections.clone();
        sections.put_into(layer);
        self.tree.merge(sections);
    }

    fn unset(&mut self, own: &Node) {
        let Some(Value::Array(items)) = own.at(&["unset"]).map(|node| &node.value) else { return };
        for item in items {
            let Some(text) = item.text() else { continue };
            let keys = keys_of(text);
            let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
            if !self.tree.remove(&keys) {
                let place = Place::Text(item.origin.value.clone());
                let message = format!("nothing stands at `{}` below this environment", shown(text));
                let fault = Diagnostic::new(&code::NOTHING_TO_UNSET, place, message);
                self.faults.push(fault.maybe_help(self.neighbours(&keys)));
            }
        }
    }

    /// What stands beside the first key that does not exist.
    fn neighbours(&self, keys: &[&str]) -> Option<String> {
        let mut node = &self.tree;
        for key in keys {
            let table = node.table()?;
            let Some(below) = table.get(*key) else {
                let known = table.keys().map(String::as_str);
                return Some(match nearest(&shown(key), known.clone()) {
                    Some(found) => format!("did you mean `{found}`?"),
                    None => format!("there is {}", listed(known)),
                });
            };
            node = below;
        }
        None
    }

    /// Puts the environment's own keys into the tree, where the reader finds them.
    pub(crate) fn put_own(&mut self, own: Node) {
        let Some(tree) = self.tree.table_mut() else { return };
        let origin = own.origin.clone();
        let all = tree.entry("environment".to_owned()).or_insert_with(|| Node::empty_table(origin));
        // What is no table stays as it is, for the reader to refuse.
        if let Some(all) = all.table_mut() {
            all.insert(self.environment.clone(), own);
        }
    }
}

/// The keys of a path as TOML writes it: joined by dots; a key in quotes may hold dots itself
/// (<https://toml.io/en/v1.0.0#keys>).
fn keys_of(path: &str) -> Vec<String> {
    let mut keys = vec![String::new()];
    let mut quote = None;
    for letter in path.chars() {
        match (quote, letter) {
            (Some(open), _) if letter == open => quote = None,
            (None, '"' | '\'') => quote = Some(letter),
            (None, '.') => keys.push(String::new()),
            _ => keys.last_mut().map_or((), |key| key.push(letter)),
        }
    }
    keys
}

#[cfg(test)]
mod tests;
