//! What only the written definition shows: its size, and results that no state gives.
use super::path::state_read;
use super::state::Machine;
use super::{LARGEST, Workflow};
use crate::platform::Platform;
use platgen_source::diagnostics::{Diagnostic, SpecPath, code, nearest};
use platgen_source::shown;
use platgen_terraform::{Document, Part, Value};
use std::collections::{BTreeMap, BTreeSet};

impl Workflow {
    /// Finds a definition that is too large, and paths to results of states that are not there.
    pub(super) fn check_written(&self, platform: &Platform) -> Vec<Diagnostic> {
        let Some(machine) = self.machine() else { return Vec::new() };
        let written = self.lower_definition(platform, &mut Document::default());
        let mut findings = unknown_results(machine, &written);
        let letters = letters(&written);
        if letters > LARGEST {
            let message =
                format!("the definition has {letters} bytes; Step Functions takes {LARGEST}");
            let help = "make two workflows of it, of which one starts the other";
            findings.push(Diagnostic::at(&code::LIMIT, &self.id.path(), message).help(help));
        }
        findings
    }
}

/// A path to the result of a state that is nearly called so is a slip: what is missing would only show
/// when an execution gets there, or never where a condition reads it. Other unknown results may be part
/// of the input.
fn unknown_results(machine: &Machine, written: &Value) -> Vec<Diagnostic> {
    let places: BTreeMap<&str, &SpecPath> =
        machine.all().into_iter().map(|(name, state)| (name, &state.place)).collect();
    let mut findings = Vec::new();
    for (name, fields) in states_of(written) {
        let mut read = BTreeSet::new();
        collect_results(fields, &mut read);
        for unknown in read.into_iter().filter(|read| !places.contains_key(read)) {
            let meant = nearest(&shown(unknown), places.keys().copied());
            let (Some(meant), Some(place)) = (meant, places.get(name)) else { continue };
            let message = format!("there is no state `{}` that gives a result", shown(unknown));
            let finding = Diagnostic::at(&code::UNKNOWN_TARGET, place, message);
            findings.push(finding.help(format!("did you mean `{meant}`?")));
        }
    }
    findings
}

/// The name and the fields of every state, wherever it stands.
fn states_of(written: &Value) -> Vec<(&str, &Value)> {
    match written {
        Value::Map(entries) => {
            let own = entries.get("States").and_then(|states| match states {
                Value::Map(states) => {
                    Some(states.iter().map(|(name, fields)| (name.as_str(), fields)))
                }
                _ => None,
            });
            own.into_iter().flatten().chain(entries.values().flat_map(states_of)).collect()
        }
        Value::List(items) => items.iter().flat_map(states_of).collect(),
        _ => Vec::new(),
    }
}

/// The states whose results a value reads; those of states inside of it are theirs.
fn collect_results<'a>(value: &'a Value, read: &mut BTreeSet<&'a str>) {
    match value {
        Value::Text(text) => {
            let starts = text.match_indices("$.results").map(|(place, _)| &text[place..]);
            read.extend(starts.filter_map(state_read));
        }
        Value::List(items) => items.iter().for_each(|item| collect_results(item, read)),
        Value::Map(entries) => {
            let entries =
                entries.iter().filter(|(key, _)| *key != "States").map(|(_, entry)| entry);
            entries.for_each(|entry| collect_results(entry, read));
        }
        _ => {}
    }
}

/// About the bytes of a value as JSON. References count as the shortest of what they can be.
fn letters(value: &Value) -> usize {
    match value {
        Value::Text(text) => text.len() + 2,
        Value::Template(parts) => {
            let literal = parts.iter().map(|part| match part {
                Part::Text(text) => text.len(),
                Part::Expr(_) => 0,
            });
            literal.sum::<usize>() + 2
        }
        Value::List(items) => items.iter().map(|item| letters(item) + 1).sum::<usize>() + 2,
        Value::Map(entries) => {
            entries.iter().map(|(key, value)| key.len() + 4 + letters(value)).sum::<usize>() + 2
        }
        Value::Integer(number) => number.to_string().len(),
        _ => 4,
    }
}
