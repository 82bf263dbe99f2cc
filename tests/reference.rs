//! The pages of `docs/` that are made from the types: the JSON Schema, and a reference of all keys.
//!
//! `UPDATE_GOLDEN=1 cargo test --test reference` rewrites them.
#![expect(clippy::disallowed_methods, reason = "tests rewrite their own golden files")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod pages;

use pages::check;
use serde_json::Value as Json;
use std::fmt::Write as _;

#[test]
fn the_schema_is_up_to_date() {
    check("docs/spec.schema.json", &format!("{:#}\n", platgen_modules::schema::schema()));
}

#[test]
fn the_reference_is_up_to_date() {
    check("docs/reference.md", &reference(&platgen_modules::schema::schema()));
}

/// The whole page: one section for each table that a spec can hold, headed by where it stands.
fn reference(schema: &Json) -> String {
    let definitions = schema["$defs"].as_object().unwrap();
    let places = places(schema["$ref"].as_str().unwrap(), definitions);
    let mut page = "# Reference of the spec\n\nMade from the types; do not edit. `<name>` is a name of yours. \
                    [spec.md](spec.md) has the rules.\n"
        .to_owned();
    for (definition, all) in &places.in_order {
        section(&mut page, &all[0], &definitions[definition], &places);
        if all.len() > 1 {
            let _ = write!(page, "\nAlso at {}.\n", listed(&all[1..]));
        }
    }
    page
}

/// Where each definition stands in a spec, in the order that a reader meets them.
struct Places {
    in_order: Vec<(String, Vec<String>)>,
}

impl Places {
    fn heading(&self, definition: &str) -> &str {
        let found = self.in_order.iter().find(|(name, _)| name == definition);
        found.map_or("", |(_, places)| places[0].as_str())
    }

    /// Notes a place, and says whether the definition is new.
    fn note(&mut self, definition: &str, place: &str) -> bool {
        if let Some((_, places)) = self.in_order.iter_mut().find(|(name, _)| name == definition) {
            places.push(place.to_owned());
            return false;
        }
        self.in_order.push((definition.to_owned(), vec![place.to_owned()]));
        true
    }
}

fn places(root: &str, definitions: &serde_json::Map<String, Json>) -> Places {
    let mut places = Places { in_order: Vec::new() };
    let mut open = std::collections::VecDeque::from([(name_of(root), String::new())]);
    while let Some((definition, place)) = open.pop_front() {
        // An environment may hold a part of every section; those are described where they stand.
        if definition.ends_with(".overlay") || !places.note(&definition, &place) {
            continue;
        }
        for (key, schema) in definitions[&definition]["properties"].as_object().unwrap() {
            let below = if place.is_empty() { key.clone() } else { format!("{place}.{key}") };
            open.extend(references(schema, &below));
        }
    }
    // The shortest place is the heading, and what stands below a thing follows the thing.
    places.in_order.sort_by(|(_, one), (_, other)| one[0].cmp(&other[0]));
    places
}

/// The definitions that a schema refers to, and where they stand below a place.
fn references(schema: &Json, place: &str) -> Vec<(String, String)> {
    if let Some(reference) = schema["$ref"].as_str() {
        return vec![(name_of(reference), place.to_owned())];
    }
    let forms = schema["anyOf"].as_array().into_iter().flatten();
    let mut found: Vec<_> = forms.flat_map(|form| references(form, place)).collect();
    found.extend(
        values_of(schema).into_iter().flat_map(|v| references(v, &format!("{place}.<name>"))),
    );
    found.extend(schema.get("items").into_iter().flat_map(|items| references(items, place)));
    found
}

/// The schema of the values of a table whose keys are the user's.
fn values_of(schema: &Json) -> Option<&Json> {
    let by_pattern = schema["patternProperties"].as_object().and_then(|map| map.values().next());
    by_pattern.or_else(|| {
        schema["additionalProperties"].as_object().map(|_| &schema["additionalProperties"])
    })
}

fn name_of(reference: &str) -> String {
    reference.rsplit('/').next().unwrap().to_owned()
}

fn listed(places: &[String]) -> String {
    const MOST: usize = 6;
    let shown: Vec<String> = places.iter().take(MOST).map(|place| format!("`{place}`")).collect();
    let more = places.len().saturating_sub(MOST);
    let rest = if more > 0 { format!(" and {more} more places") } else { String::new() };
    format!("{}{rest}", shown.join(", "))
}

fn section(page: &mut String, place: &str, definition: &Json, places: &Places) {
    let heading = if place.is_empty() { "The spec".to_owned() } else { format!("`{place}`") };
    let level = if place.matches('.').count() <= 1 { "##" } else { "###" };
    let description = definition["description"].as_str().unwrap_or("");
    let _ = write!(page, "\n{level} {heading}\n\n{description}\n");
    let keys = definition["properties"].as_object().unwrap();
    if keys.is_empty() {
        return;
    }
    page.push_str("\n| key | type | |\n|---|---|---|\n");
    let required = |key: &str| {
        definition["required"].as_array().is_some_and(|all| all.iter().any(|name| name == key))
    };
    for (key, schema) in keys.iter().filter(|(_, schema)| !is_overlay(schema)) {
        let mark = if required(key) { " (required)" } else { "" };
        let doc = schema["description"].as_str().unwrap_or("").replace('\n', " ");
        let of = type_of(schema, places).replace('|', "\\|");
        let _ = writeln!(page, "| `{key}`{mark} | {of} | {doc} |");
    }
    if keys.values().any(is_overlay) {
        page.push_str("\nBeside these, any part of the spec, which is laid over the rest.\n");
    }
}

fn is_overlay(schema: &Json) -> bool {
    references(schema, "").iter().any(|(definition, _)| definition.ends_with(".overlay"))
}

/// The words of a choice; of a long row, the ends.
fn listed_words(words: &[Json]) -> String {
    const MOST: usize = 12;
    let quoted = |word: &Json| format!("`{}`", word.as_str().unwrap_or_default());
    match words {
        [first, second, .., last] if words.len() > MOST => {
            format!("{}, {} … {}", quoted(first), quoted(second), quoted(last))
        }
        _ => words.iter().map(quoted).collect::<Vec<_>>().join(", "),
    }
}

/// A schema in a few words.
fn type_of(schema: &Json, places: &Places) -> String {
    if let Some(reference) = schema["$ref"].as_str() {
        let heading = places.heading(&name_of(reference));
        let anchor: String = heading.to_lowercase().replace(['.', '<', '>'], "");
        return format!("[table](#{anchor})");
    }
    if let Some(forms) = schema["anyOf"].as_array() {
        return forms.iter().map(|form| type_of(form, places)).collect::<Vec<_>>().join(" or ");
    }
    if let Some(words) = schema["enum"].as_array() {
        return listed_words(words);
    }
    match schema["type"].as_str() {
        Some("array") => format!("list of {}", type_of(&schema["items"], places)),
        Some("object") => match values_of(schema) {
            Some(values) => format!("by name: {}", type_of(values, places)),
            None => "table".to_owned(),
        },
        Some("integer") => match (schema["minimum"].as_i64(), schema["maximum"].as_i64()) {
            (Some(low), Some(high)) if low > i64::MIN => format!("{low} to {high}"),
            _ => "whole number".to_owned(),
        },
        Some("string") => "text".to_owned(),
        Some(other) => other.to_owned(),
        None => schema.get("const").map_or_else(|| "any".to_owned(), Json::to_string),
    }
}
