//! What the tests of this package share: one value, judged by the reader and by its JSON Schema.
use platgen_source::json::{Map, Value as Json, json};
use platgen_source::{Node, Read, Reader, Value, schema_of};

/// Codes and paths of faults, in the order they were found.
pub(crate) type Faults = Vec<(&'static str, String)>;

/// A node as JSON, the way an editor sees TOML before it asks the schema.
///
/// JSON has no dates and no infinite numbers. They become `null`, which no schema of ours takes: a
/// date as a text would pass where a text may stand, and the reader refuses it there.
pub(crate) fn json_of(node: &Node) -> Json {
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

/// The validator of a type's schema. Making one takes longer than asking it.
pub(crate) fn validator<T: Read>() -> jsonschema::Validator {
    jsonschema::validator_for(&schema_of::<T>(|_| {})).expect("every type has a valid schema")
}

/// What the reader makes of a node in its long form.
pub(crate) fn read<T: Read>(node: &Node) -> (Option<T>, Faults) {
    let mut reader = Reader::default();
    let value = T::read(node, &mut reader);
    assert!(value.is_some() || !reader.faults.is_empty(), "no value, and no fault says why");
    assert!(reader.path().steps().is_empty(), "the reader stands where it began");
    let told = |fault: &platgen_source::diagnostics::Diagnostic| {
        let path = fault.path().map(ToString::to_string);
        (fault.code.id, path.expect("the faults of a reader name a path"))
    };
    (value, reader.faults.iter().map(told).collect())
}

/// Reads a node that may be in its short form, and asks the schema about both forms: reader and
/// schema must agree, and the long form of a long form is itself.
pub(crate) fn judge<T: Read>(
    mut node: Node,
    schema: &jsonschema::Validator,
) -> (Option<T>, Faults) {
    let short = json_of(&node);
    T::expand(&mut node);
    let long = json_of(&node);
    T::expand(&mut node);
    assert_eq!(json_of(&node), long, "the long form of a long form");
    let (value, faults) = read::<T>(&node);
    for (form, json) in [("short", &short), ("long", &long)] {
        let errors: Vec<String> = schema.iter_errors(json).map(|error| error.to_string()).collect();
        assert_eq!(
            faults.is_empty(),
            errors.is_empty(),
            "{form} form {json}\nreader: {faults:?}\nschema: {errors:?}"
        );
    }
    (value, faults)
}
