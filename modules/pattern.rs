//! Patterns that pick events and messages: any TOML table, handed to AWS as JSON
//! (<https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html>).
use platgen_source::diagnostics::code;
use platgen_source::{Node, Read, Reader, Schemas, Value, json};

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
