//! One verdict: what the reader takes, the published JSON Schema takes, and what one refuses, the
//! other refuses. Held together on every example and on every bad spec, in two forms: each merged
//! environment in its long form, and each file as its author wrote it.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use jsonschema::Validator;
use platgen::spec::load;
use platgen_modules::kinds::Spec as SpecType;
use platgen_modules::{layers, merge, schema};
use platgen_source::diagnostics::{Sources, code};
use platgen_source::json::{Map, Value as Json, json};
use platgen_source::{Node, Read, Reader, Value, parse};
use std::fs;
use std::path::{Path, PathBuf};

/// Every TOML file that is one whole spec.
fn specs(folder: &str) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let spec = if path.is_dir() { path.join("platform.toml") } else { path };
        if spec.extension().is_some_and(|ending| ending == "toml") && spec.exists() {
            files.push(spec);
        }
    }
    files.sort();
    files
}

/// A tree as an editor sees it. JSON has no dates and no infinite numbers; they become `null`, which
/// no schema of ours takes.
fn json_of(node: &Node) -> Json {
    match &node.value {
        Value::String(text) => json!(text),
        Value::Integer(number) => json!(number),
        Value::Float(number) if number.is_finite() => json!(number),
        Value::Float(_) | Value::Datetime(_) => Json::Null,
        Value::Boolean(value) => json!(value),
        Value::Array(items) => items.iter().map(json_of).collect(),
        Value::Table(table) => {
            let entries = table.iter().map(|(key, value)| (key.clone(), json_of(value)));
            Json::Object(entries.collect::<Map<_, _>>())
        }
    }
}

fn validator() -> Validator {
    jsonschema::validator_for(&schema::schema()).unwrap()
}

fn tree(spec: &Path) -> Option<Node> {
    let text = String::from_utf8(fs::read(spec).unwrap()).ok()?;
    let mut sources = Sources::default();
    let file = sources.add("spec", text.clone());
    parse(file, &text).ok()
}

/// What the reader says of a tree, as codes and paths. What a placeholder names is no matter of a
/// schema: it depends on what else the spec declares.
fn faults(tree: &Node) -> Vec<String> {
    let mut reader = Reader::default();
    let _ = SpecType::read(tree, &mut reader);
    let of_types = reader.faults.iter().filter(|fault| fault.code != &code::UNKNOWN_OUTPUT);
    of_types.map(|fault| format!("{} {:?}", fault.code.id, fault.place)).collect()
}

fn complaints(validator: &Validator, json: &Json) -> Vec<String> {
    validator
        .iter_errors(json)
        .map(|error| format!("{} at {}", error, error.instance_path()))
        .collect()
}

#[test]
fn reader_and_schema_agree_on_every_merged_environment() {
    let validator = validator();
    let (mut good, mut bad) = (0, 0);
    for spec in specs("examples").into_iter().chain(specs("tests/bad_specs")) {
        let Some(layers) = tree(&spec).map(layers) else { continue };
        for environment in layers.environments() {
            let merged = merge(&layers, environment).unwrap();
            let reader = faults(&merged.tree);
            let schema = complaints(&validator, &json_of(&merged.tree));
            let (name, agree) = (spec.display(), reader.is_empty() == schema.is_empty());
            assert!(agree, "{name}, {environment}\nreader: {reader:#?}\nschema: {schema:#?}");
            *if reader.is_empty() { &mut good } else { &mut bad } += 1;
        }
    }
    assert!(good > 10 && bad > 10, "{good} good and {bad} bad environments say little");
}

#[test]
fn the_schema_takes_every_example_as_it_is_written() {
    let validator = validator();
    for spec in specs("examples") {
        let complaints = complaints(&validator, &json_of(&tree(&spec).unwrap()));
        assert!(complaints.is_empty(), "{}: {complaints:#?}", spec.display());
        assert!(!load(&spec).report.has_errors());
    }
}
