//! Patterns that pick events and messages: any TOML table, handed to AWS as JSON
//! (<https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html>).
use platgen_source::diagnostics::{Diagnostic, SpecPath, code, suggestion};
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
/// The words that a table among values begins with, which say how a value fits (same page).
const OPERATORS: [&str; 8] = [
    "anything-but",
    "cidr",
    "equals-ignore-case",
    "exists",
    "numeric",
    "prefix",
    "suffix",
    "wildcard",
];
/// How numbers compare.
const COMPARISONS: [&str; 5] = ["<", "<=", "=", ">", ">="];

/// Finds what AWS would refuse of the pattern at a path, whichever service takes it.
pub fn check(pattern: &Pattern, place: &SpecPath) -> Option<Diagnostic> {
    if let Some((at, message, help)) = fault(&pattern.0, place) {
        let usual = "give every key a list of the values that fit: `source = [\"orders\"]`";
        let help = help.unwrap_or_else(|| usual.to_owned());
        return Some(Diagnostic::at(&code::MALFORMED, &at, message).help(help));
    }
    let letters = pattern.0.to_string().len();
    (letters > LONGEST_PATTERN).then(|| {
        let message = format!("the pattern has {letters} letters; AWS takes {LONGEST_PATTERN}");
        Diagnostic::at(&code::LIMIT, place, message)
    })
}

/// What AWS would refuse of a pattern, and where.
type Fault = (SpecPath, String, Option<String>);

/// A pattern is a table of lists, or of such tables; none of them is empty.
fn fault(pattern: &json::Value, place: &SpecPath) -> Option<Fault> {
    let json::Value::Object(keys) = pattern else {
        return Some((place.clone(), "a pattern is a table".to_owned(), None));
    };
    if keys.is_empty() {
        return Some((place.clone(), "the pattern is empty".to_owned(), None));
    }
    keys.iter().find_map(|(key, value)| fault_at(key, value, &place.key(key)))
}

fn fault_at(key: &str, value: &json::Value, place: &SpecPath) -> Option<Fault> {
    match value {
        json::Value::Object(_) => fault(value, place),
        json::Value::Array(values) if values.is_empty() => {
            Some((place.clone(), format!("`{}` has no value that could fit", shown(key)), None))
        }
        json::Value::Array(patterns) if key == ANY_OF => {
            patterns.iter().enumerate().find_map(|(at, pattern)| fault(pattern, &place.index(at)))
        }
        json::Value::Array(values) => values
            .iter()
            .enumerate()
            .find_map(|(at, value)| fault_of_value(value, &place.index(at))),
        _ => Some((place.clone(), format!("`{}` is no list of values", shown(key)), None)),
    }
}

/// A value stands for itself, or is a table that says by one word how values fit.
fn fault_of_value(value: &json::Value, place: &SpecPath) -> Option<Fault> {
    let words = match value {
        json::Value::Object(words) => words,
        json::Value::Array(_) => {
            return Some((place.clone(), "a list stands among the values".to_owned(), None));
        }
        _ => return None,
    };
    let [(word, operand)] = words.iter().collect::<Vec<_>>()[..] else {
        let message =
            format!("a table among values has one word, and this one has {}", words.len());
        let help = "write a table for each: [{ prefix = \"a\" }, { prefix = \"b\" }]";
        return Some((place.clone(), message, Some(help.to_owned())));
    };
    if !OPERATORS.contains(&word.as_str()) {
        let message = format!("`{}` is no word by which values fit", shown(word));
        return Some((place.key(word), message, Some(suggestion(&shown(word), OPERATORS))));
    }
    let example = match word.as_str() {
        "numeric" if !is_range(operand) => "numeric = [\">\", 0, \"<=\", 5]",
        "exists" if !operand.is_boolean() => "exists = true",
        "cidr" if !operand.is_string() => "cidr = \"10.0.0.0/24\"",
        "equals-ignore-case" if !operand.is_string() => "equals-ignore-case = \"alice\"",
        _ => return None,
    };
    let message = format!("`{word}` is said otherwise");
    Some((place.key(word), message, Some(format!("write it so: {{ {example} }}"))))
}

/// One comparison with a number, or two.
fn is_range(operand: &json::Value) -> bool {
    let json::Value::Array(items) = operand else { return false };
    let is_bound = |pair: &[json::Value]| match pair {
        [json::Value::String(word), json::Value::Number(_)] => COMPARISONS.contains(&word.as_str()),
        _ => false,
    };
    matches!(items.len(), 2 | 4) && items.chunks(2).all(is_bound)
}
