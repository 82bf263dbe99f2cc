//! Environments: the layers of a spec laid over each other into one tree.
use crate::merged::Merged;
use crate::node::{Layer, Node, Table, Value};
use crate::words::shown;
use platgen_diagnostics::{Diagnostic, Place, SpecPath, code, suggestion};
use std::collections::{BTreeMap, BTreeSet};

/// The keys of `[environment.<name>]` that speak of the environment itself. Environments do not nest:
/// `environment` stays here so that the reader of an environment's own keys refuses it.
const OWN_KEYS: [&str; 4] = ["environment", "like", "profile", "unset"];

/// The environment of a spec that declares none.
pub const ONLY_ENVIRONMENT: &str = "prod";

/// A spec in layers: what all environments share, and what each lays over it.
#[derive(Clone, Debug)]
pub struct Layers {
    base: Node,
    overlays: BTreeMap<String, Overlay>,
}

#[derive(Clone, Debug)]
struct Overlay {
    own: Node,
    sections: Node,
}

impl Layers {
    /// Takes `[environment.*]` out of the tree. `expand` gives a tree its long form.
    pub fn split(mut root: Node, expand: impl Fn(&mut Node)) -> Self {
        let environments = root.table_mut().and_then(|table| table.get_mut("environment"));
        // What is no table cannot be taken apart; it stays, and the reader says so.
        let environments = environments.and_then(Node::table_mut).map(std::mem::take);
        let overlay = |(name, node)| (name, Overlay::new(node, &expand));
        let mut overlays: BTreeMap<String, Overlay> =
            environments.unwrap_or_default().into_iter().map(overlay).collect();
        expand(&mut root);
        if overlays.is_empty() {
            let nothing = Node::empty_table(root.origin.clone());
            overlays.insert(ONLY_ENVIRONMENT.to_owned(), Overlay::new(nothing, &expand));
        }
        Self { base: root, overlays }
    }

    /// The names of all environments, sorted.
    pub fn environments(&self) -> impl Iterator<Item = &str> + Clone {
        self.overlays.keys().map(String::as_str)
    }

    /// Lays the layers of one environment over each other: base, the one it is like, its own.
    /// `things` are the sections whose entries have names; `None` if there is no such environment.
    pub fn merge(&self, environment: &str, things: &[&str]) -> Option<Merged> {
        let overlay = self.overlays.get(environment)?;
        let mut merged = Merged {
            environment: environment.to_owned(),
            tree: self.base.clone(),
            faults: Vec::new(),
            elsewhere: BTreeSet::new(),
        };
        let mut own = overlay.own.clone();
        own.put_into(Layer::Environment);
        if let Some(like) = self.like(overlay, environment, &mut merged.faults) {
            merged.lay(&like.own, &like.sections, Layer::Like);
            own = inherited(&like.own, own);
        }
        merged.lay(&overlay.own, &overlay.sections, Layer::Environment);
        self.keep_own_things(things, &mut merged);
        merged.elsewhere = self.elsewhere(things, &merged.tree);
        merged.put_own(own);
        Some(merged)
    }

    /// The things that some layer declares and this tree does not have.
    fn elsewhere(&self, things: &[&str], tree: &Node) -> BTreeSet<(String, String)> {
        let layers = self.overlays.values().map(|overlay| &overlay.sections).chain([&self.base]);
        let mut elsewhere = BTreeSet::new();
        for (layer, section) in layers.flat_map(|layer| things.iter().map(move |s| (layer, *s))) {
            let names =
                layer.at(&[section]).and_then(Node::table).into_iter().flat_map(Table::keys);
            let absent = names.filter(|name| tree.at(&[section, name]).is_none());
            elsewhere.extend(absent.map(|name| (section.to_owned(), name.clone())));
        }
        elsewhere
    }

    fn like(
        &self,
        overlay: &Overlay,
        environment: &str,
        faults: &mut Vec<Diagnostic>,
    ) -> Option<&Overlay> {
        let name = overlay.own.at(&["like"])?.text()?;
        let path = SpecPath::of(["environment", environment, "like"]);
        let Some(like) = self.overlays.get(name) else {
            let name = shown(name);
            let others: Vec<&str> =
                self.environments().filter(|other| *other != environment).collect();
            let help = suggestion(&name, others);
            let message = format!("there is no environment `{name}`");
            faults.push(Diagnostic::at(&code::UNKNOWN_ENVIRONMENT, &path, message).help(help));
            return None;
        };
        if let Some(next) = like.own.at(&["like"]).and_then(Node::text) {
            let message = format!(
                "`{}` is itself like `{}`; one level is all there is",
                shown(name),
                shown(next)
            );
            faults.push(Diagnostic::at(&code::LIKE_CHAIN, &path, message));
            return None;
        }
        Some(like)
    }

    /// Drops things that are kept to other environments by `only_in`.
    fn keep_own_things(&self, things: &[&str], merged: &mut Merged) {
        for section in things {
            let names = merged.tree.at(&[section]).and_then(Node::table);
            let names: Vec<String> = names.map(|t| t.keys().cloned().collect()).unwrap_or_default();
            for name in names {
                self.keep_own_thing(section, &name, merged);
            }
        }
    }

    /// A thing whose `only_in` is at fault stays, so that the rest of it is still checked: nothing is
    /// rendered then anyway.
    fn keep_own_thing(&self, section: &str, name: &str, merged: &mut Merged) {
        let only_in = merged.tree.at(&[section, name, "only_in"]).map(|node| &node.value);
        let Some(Value::Array(items)) = only_in else { return };
        let Some(names) = items.iter().map(Node::text).collect::<Option<Vec<&str>>>() else {
            return;
        };
        let kept = names.contains(&merged.environment.as_str());
        let mut faults: Vec<Diagnostic> =
            items.iter().filter_map(|item| self.unknown(item)).collect();
        if items.is_empty() {
            faults.extend(merged.tree.at(&[section, name, "only_in"]).map(nowhere));
        }
        if faults.is_empty() && !kept {
            merged.tree.remove(&[section, name]);
        } else if !faults.is_empty() {
            // The reader would say of the same words that they are no names.
            merged.tree.remove(&[section, name, "only_in"]);
        }
        merged.faults.extend(faults);
    }

    /// The fault of an item that should name an environment. It names its place in the text, for it
    /// does not stay in the tree.
    fn unknown(&self, item: &Node) -> Option<Diagnostic> {
        let name = item.text().filter(|name| !self.overlays.contains_key(*name))?;
        let name = shown(name);
        let place = Place::Text(item.origin.value.clone());
        let message = format!("there is no environment `{name}`");
        let fault = Diagnostic::new(&code::UNKNOWN_ENVIRONMENT, place, message);
        Some(fault.help(suggestion(&name, self.environments())))
    }
}

/// The fault of a list that names no environment: the thing would be nowhere.
fn nowhere(only_in: &Node) -> Diagnostic {
    let place = Place::Text(only_in.origin.value.clone());
    let message = "no environment is named, so the thing would be in none";
    let fault = Diagnostic::new(&code::MALFORMED, place, message);
    fault.help("name environments, or remove the key, or the thing")
}

/// An environment's own keys, and below them those of the environment that it is like. What that one
/// removed is not removed twice.
fn inherited(like: &Node, own: Node) -> Node {
    let mut inherited = like.clone();
    inherited.put_into(Layer::Like);
    if let Some(table) = inherited.table_mut() {
        table.remove("unset");
    }
    inherited.merge(own);
    inherited
}

impl Overlay {
    fn new(mut node: Node, expand: &impl Fn(&mut Node)) -> Self {
        let mut own = Node::empty_table(node.origin.clone());
        match (node.table_mut(), own.table_mut()) {
            (Some(sections), Some(own)) => own.extend(take(sections, &OWN_KEYS)),
            // What is no table cannot be an environment; the reader of `environment` says so.
            _ => return Self { sections: Node::empty_table(node.origin.clone()), own: node },
        }
        expand(&mut node);
        Self { own, sections: node }
    }
}

fn take(table: &mut Table, keys: &[&str]) -> Vec<(String, Node)> {
    keys.iter().filter_map(|key| table.remove_entry(*key)).collect()
}

#[cfg(test)]
mod tests;
