//! Patterns that pick events and messages: any TOML table, handed to AWS as JSON
//! (<https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html>).
use platgen_source::diagnostics::{Diagnostic, SpecPath, code};
use platgen_source::{Node, Read, Reader, Schemas, Value, json, shown};

/// A pattern, as the JSON that AWS takes.
#[derive(Clone, Debug, PartialEq)]
pub struct Pattern(pub json::Value);

impl Read for Pattern {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        if !matches!(node.value, Value::Table(_)) {
            return reader.wrong_type(node, "a table, as AWS takes the pattern in JSON");
        }
        let Some(pattern) = as_json(node) else {
            reader.fault(&code::MALFORMED, "JSON has no number that is infinite or none at all");
            return None;
        };
        Some(Self(pattern))
    }

    fn schema(_: &mut Schemas) -> json::Value {
        json::json!({ "type": "object" })
    }
}

/// The JSON of a tree; none if it holds a number that JSON cannot write. A date is a text.
pub fn as_json(node: &Node) -> Option<json::Value> {
    Some(match &node.value {
        Value::String(text) | Value::Datetime(text) => text.as_str().into(),
        Value::Integer(number) => (*number).into(),
        Value::Float(number) => json::Number::from_f64(*number)?.into(),
        Value::Boolean(value) => (*value).into(),
        Value::Array(items) => items.iter().map(as_json).collect::<Option<Vec<_>>>()?.into(),
        Value::Table(table) => {
            let entry = |(key, value): (&String, &Node)| Some((key.clone(), as_json(value)?));
            json::Value::Object(table.iter().map(entry).collect::<Option<_>>()?)
        }
    })
}

/// The longest pattern, in letters
/// (<https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html>,
/// <https://docs.aws.amazon.com/lambda/latest/api/API_Filter.html>).
const LONGEST_PATTERN: usize = 4_096;
/// The key whose list holds patterns of which one must fit
/// (<https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html>).
const ANY_OF: &str = "$or";

/// Finds what AWS would refuse of the pattern at a path, whichever service takes it.
pub fn check(pattern: &Pattern, place: &SpecPath) -> Option<Diagnostic> {
    if let Some((at, message)) = fault(&pattern.0, place) {
        let help = "give every key a list of the values that fit: `source = [\"orders\"]`";
        return Some(Diagnostic::at(&code::MALFORMED, &at, message).help(help));
    }
    let letters = pattern.0.to_string().len();
    (letters > LONGEST_PATTERN).then(|| {
        let message = format!("the pattern has {letters} letters; AWS takes {LONGEST_PATTERN}");
        Diagnostic::at(&code::LIMIT, place, message)
    })
}

/// A pattern is a table of lists, or of such tables; none of them is empty.
fn fault(pattern: &json::Value, place: &SpecPath) -> Option<(SpecPath, String)> {
    let json::Value::Object(keys) = pattern else {
        return Some((place.clone(), "a pattern is a table".to_owned()));
    };
    if keys.is_empty() {
        return Some((place.clone(), "the pattern is empty".to_owned()));
    }
    keys.iter().find_map(|(key, value)| fault_at(key, value, &place.key(key)))
}

fn fault_at(key: &str, value: &json::Value, place: &SpecPath) -> Option<(SpecPath, String)> {
    match value {
        json::Value::Object(_) => fault(value, place),
        json::Value::Array(values) if values.is_empty() => {
            Some((place.clone(), format!("`{}` has no value that could fit", shown(key))))
        }
        json::Value::Array(patterns) if key == ANY_OF => {
            patterns.iter().enumerate().find_map(|(at, pattern)| fault(pattern, &place.index(at)))
        }
        json::Value::Array(_) => None,
        _ => Some((place.clone(), format!("`{}` is no list of values", shown(key)))),
    }
}
