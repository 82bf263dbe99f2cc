//! Other values that may be sound where one stands: what differs with them comes from that place.
use crate::schema::schema;
use platgen_source::diagnostics::{SpecPath, Step};
use platgen_source::{Node, Value as Said, json};
use std::sync::LazyLock;

/// What the spec language takes at every place.
static SCHEMA: LazyLock<json::Value> = LazyLock::new(schema);

/// Other values for the place that a path leads to.
pub(super) fn of(node: &Node, path: &SpecPath) -> Vec<Said> {
    match &node.value {
        Said::Boolean(value) => vec![Said::Boolean(!value)],
        Said::Integer(number) => {
            [number.saturating_add(1), number.saturating_sub(1), number.saturating_mul(2)]
                .map(Said::Integer)
                .into()
        }
        Said::Float(number) => vec![Said::Float(number / 2.0)],
        Said::String(text) => other_texts(text, path).into_iter().map(Said::String).collect(),
        Said::Datetime(_) => Vec::new(),
        Said::Array(items) => {
            let other = |place: usize, value: Said| {
                let mut items = items.clone();
                items[place].value = value;
                Said::Array(items)
            };
            let others_at = |(place, item): (usize, &Node)| {
                let values = of(item, &path.index(place));
                values.into_iter().map(|value| other(place, value)).collect::<Vec<_>>()
            };
            let others = items.iter().enumerate().flat_map(others_at);
            others.chain([Said::Array(Vec::new())]).collect()
        }
        Said::Table(table) => {
            let other = |key: &String, value: Said| {
                let mut table = table.clone();
                table.entry(key.clone()).and_modify(|node| node.value = value);
                Said::Table(table)
            };
            let entries = table.iter();
            entries
                .flat_map(|(key, node)| {
                    of(node, &path.key(key)).into_iter().map(move |value| other(key, value))
                })
                .collect()
        }
    }
}

/// Another word where the language has a list of them; then another number within the text, as in
/// `"30s"` and `"eu-central-1"`; then a longer text.
fn other_texts(text: &str, path: &SpecPath) -> Vec<String> {
    let mut texts: Vec<String> =
        words_at(path).into_iter().filter(|word| *word != text).map(str::to_owned).collect();
    if texts.is_empty() {
        let digit = |letter: char| letter.is_ascii_digit();
        let places = [text.rfind(digit), text.find(digit)];
        texts.extend(places.into_iter().flatten().map(|place| with_next_digit(text, place)));
        texts.extend([format!("{text}x"), format!("x{text}")]);
    }
    texts
}

/// The text with the digit at a place made one greater, 9 made 1.
fn with_next_digit(text: &str, place: usize) -> String {
    let digit = text.as_bytes()[place] - b'0';
    let next = digit % 9 + 1;
    format!("{}{next}{}", &text[..place], &text[place + 1..])
}

/// The words of which the language wants one at a place; none where it takes other texts.
fn words_at(path: &SpecPath) -> Vec<&'static str> {
    let whole: &'static json::Value = &SCHEMA;
    let mut forms = forms_of(whole, whole);
    for step in path.steps() {
        let below = forms.iter().filter_map(|form| match step {
            Step::Key(key) => value_of(form, key),
            Step::Index(_) => form.get("items"),
        });
        forms = below.flat_map(|schema| forms_of(schema, whole)).collect();
    }
    let lists = forms.iter().filter_map(|form| form.get("enum")?.as_array());
    lists.flatten().filter_map(json::Value::as_str).collect()
}

/// The forms that a value may have: a schema, what it refers to, and its alternatives.
fn forms_of(
    schema: &'static json::Value,
    whole: &'static json::Value,
) -> Vec<&'static json::Value> {
    let referred = schema.get("$ref").and_then(json::Value::as_str);
    let referred = referred.and_then(|place| whole.pointer(place.trim_start_matches('#')));
    let alternatives = schema.get("anyOf").and_then(json::Value::as_array);
    let others = referred.into_iter().chain(alternatives.into_iter().flatten());
    std::iter::once(schema).chain(others.flat_map(|other| forms_of(other, whole))).collect()
}

/// The schema of the value at a key: of a key that the language knows, or of any name.
fn value_of(form: &'static json::Value, key: &str) -> Option<&'static json::Value> {
    let named = || form.get("patternProperties")?.as_object()?.values().next();
    form.pointer("/properties")
        .and_then(|properties| properties.get(key))
        .or_else(named)
        .or_else(|| form.get("additionalProperties").filter(|schema| schema.is_object()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;

    #[test]
    fn words_are_those_of_the_place() {
        for (path, expected) in [
            (vec!["database", "main", "engine"], vec!["aurora-mysql", "aurora-postgresql"]),
            (vec!["environment", "dev", "profile"], vec!["production", "development"]),
            (
                vec!["environment", "dev", "table", "orders", "stream"],
                vec!["new", "old", "both", "keys"],
            ),
            (vec!["service", "web", "image"], vec![]),
            (vec!["nothing", "of", "this"], vec![]),
        ] {
            let place = path.iter().fold(SpecPath::root(), |place, key| place.key(key));
            let mut words = words_at(&place);
            let mut expected = expected;
            words.sort_unstable();
            expected.sort_unstable();
            assert_eq!(words, expected, "{path:?}");
        }
    }

    #[test]
    fn other_texts_are_likely_to_be_sound() {
        let place = SpecPath::of(["platform", "region"]);
        for (text, expected) in [
            (
                "eu-central-1",
                vec!["eu-central-2", "eu-central-2", "eu-central-1x", "xeu-central-1"],
            ),
            (
                "rate(9 hours)",
                vec!["rate(1 hours)", "rate(1 hours)", "rate(9 hours)x", "xrate(9 hours)"],
            ),
            ("10.0.0.0/16", vec!["10.0.0.0/17", "20.0.0.0/16", "10.0.0.0/16x", "x10.0.0.0/16"]),
            ("web", vec!["webx", "xweb"]),
        ] {
            assert_eq!(other_texts(text, &place), expected, "{text}");
        }
    }
}
