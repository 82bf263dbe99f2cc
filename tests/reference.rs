//! The pages of `docs/` that are made from the types: the JSON Schema, and a reference of all keys.
//!
//! `UPDATE_GOLDEN=1 cargo test --test reference` rewrites them.
#![expect(clippy::disallowed_methods, reason = "tests rewrite their own golden files")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use pretty_assertions::assert_eq;
use serde_json::Value as Json;
use std::fmt::Write as _;
use std::fs;

fn check(path: &str, text: &str) {
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::create_dir_all("docs").unwrap();
        fs::write(path, text).unwrap();
    }
    assert_eq!(text, fs::read_to_string(path).unwrap_or_default(), "{path}");
}

#[test]
fn the_schema_is_up_to_date() {
    check("docs/spec.schema.json", &format!("{:#}\n", platgen_modules::schema::schema()));
}

#[test]
fn the_reference_is_up_to_date() {
    check("docs/reference.md", &reference(&platgen_modules::schema::schema()));
}

fn reference(schema: &Json) -> String {
    let mut page = "# Reference of the spec\n\nMade from the types; do not edit. \
                    A type that is written `a` or `{…}` has a short form.\n"
        .to_owned();
    let root = schema["$ref"].as_str().unwrap().rsplit('/').next().unwrap();
    let definitions = schema["$defs"].as_object().unwrap();
    section(&mut page, root, &definitions[root]);
    for (name, definition) in definitions.iter().filter(|(name, _)| *name != root) {
        section(&mut page, name, definition);
    }
    page
}

fn section(page: &mut String, name: &str, definition: &Json) {
    let _ = write!(page, "\n## {name}\n\n{}\n", definition["description"].as_str().unwrap_or(""));
    let keys = definition["properties"].as_object().unwrap();
    if keys.is_empty() {
        return;
    }
    page.push_str("\n| key | type | |\n|---|---|---|\n");
    let required = |key: &str| {
        definition["required"].as_array().is_some_and(|all| all.iter().any(|name| name == key))
    };
    for (key, schema) in keys {
        let mark = if required(key) { " (required)" } else { "" };
        let doc = schema["description"].as_str().unwrap_or("").replace('\n', " ");
        let _ =
            writeln!(page, "| `{key}`{mark} | {} | {doc} |", type_of(schema).replace('|', "\\|"));
    }
}

/// A schema in a few words.
fn type_of(schema: &Json) -> String {
    if let Some(reference) = schema["$ref"].as_str() {
        let name = reference.rsplit('/').next().unwrap();
        return format!("[{name}](#{})", name.to_lowercase().replace(['.', ' '], ""));
    }
    if let Some(forms) = schema["anyOf"].as_array() {
        return forms.iter().map(type_of).collect::<Vec<_>>().join(" or ");
    }
    if let Some(words) = schema["enum"].as_array() {
        let words = words.iter().map(|word| format!("`{}`", word.as_str().unwrap_or_default()));
        return words.collect::<Vec<_>>().join(", ");
    }
    match schema["type"].as_str() {
        Some("array") => format!("list of {}", type_of(&schema["items"])),
        Some("object") => {
            let values =
                schema["patternProperties"].as_object().and_then(|map| map.values().next());
            let values = values.unwrap_or(&schema["additionalProperties"]);
            format!("table of {}", type_of(values))
        }
        Some("integer") => match (schema["minimum"].as_i64(), schema["maximum"].as_i64()) {
            (Some(low), Some(high)) => format!("{low} to {high}"),
            _ => "whole number".to_owned(),
        },
        Some("string") => "text".to_owned(),
        Some(other) => other.to_owned(),
        None => schema.get("const").map_or_else(|| "any".to_owned(), Json::to_string),
    }
}
