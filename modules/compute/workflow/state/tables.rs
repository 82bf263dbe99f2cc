//! Items of DynamoDB as tasks take them: every value says its type
//! (<https://docs.aws.amazon.com/step-functions/latest/dg/connect-ddb.html>).
use crate::compute::workflow::template::Template;
use crate::data::table::{AttributeName, AttributeType, TableSpec};
use crate::kind::Resolving;
use crate::platform::Head;
use platgen_source::Name;
use platgen_source::diagnostics::{SpecPath, code, listed};
use platgen_terraform::{Value, block};
use std::collections::BTreeMap;

/// The types of the attributes that are the key of a table.
pub type KeyTypes = BTreeMap<String, AttributeType>;

/// The letters that DynamoDB has for types
/// (<https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeValue.html>).
const TYPES: [&str; 10] = ["S", "N", "B", "BOOL", "NULL", "L", "M", "SS", "NS", "BS"];

/// The types of the key of a table.
pub fn key_types(table: &Name, resolving: &Resolving<'_>) -> KeyTypes {
    let keys = |spec: &TableSpec| -> KeyTypes {
        let keys = [Some(&spec.partition_key), spec.sort_key.as_ref()];
        let typed = keys
            .into_iter()
            .flatten()
            .map(|key| (key.name.to_string(), key.r#type.unwrap_or(AttributeType::String)));
        typed.collect()
    };
    resolving.spec.table.get(table).map(keys).unwrap_or_default()
}

/// Finds a key that is not exactly that of the table.
pub fn check_key<V>(
    given: &BTreeMap<AttributeName, V>,
    types: &KeyTypes,
    place: &SpecPath,
    resolving: &mut Resolving<'_>,
) {
    let is_given = |name: &String| given.keys().any(|key| key.as_str() == name);
    let is_whole = types.keys().all(is_given) && given.len() == types.len();
    if !types.is_empty() && !is_whole {
        let known = listed(types.keys().map(String::as_str));
        let message = format!("the key of the table is {known}, and nothing else");
        resolving.find(&code::CONFLICT, place, message);
    }
}

/// Finds an item without the key of its table.
pub fn check_item(
    item: &BTreeMap<AttributeName, Template>,
    types: &KeyTypes,
    place: &SpecPath,
    resolving: &mut Resolving<'_>,
) {
    let is_missing = |name: &&String| !item.keys().any(|key| key.as_str() == name.as_str());
    for name in types.keys().filter(is_missing) {
        let message = format!("`{name}` is missing, which is a key of the table");
        resolving.find(&code::MISSING_KEY, place, message);
    }
}

/// Finds an update of the key, and an update of nothing.
pub fn check_changes(
    changed: &[&AttributeName],
    types: &KeyTypes,
    place: &SpecPath,
    resolving: &mut Resolving<'_>,
) {
    if changed.is_empty() {
        let help = "add attributes in `set`, `add` or `remove`";
        resolving.find_with(&code::MISSING_KEY, place, "this changes nothing", help);
    }
    for (index, name) in changed.iter().enumerate() {
        if types.contains_key(name.as_str()) {
            let message = format!("`{name}` is a key of the table, which cannot be changed");
            resolving.find(&code::CONFLICT, place, message);
        } else if changed[..index].contains(name) {
            let message = format!("`{name}` is changed twice");
            resolving.find(&code::CONFLICT, place, message);
        }
    }
}

/// Attributes with their types.
pub fn item(
    attributes: &BTreeMap<AttributeName, Template>,
    types: &KeyTypes,
    head: &Head,
) -> Value {
    let entries = attributes.iter().map(|(name, value)| {
        let attribute_type = types.get(name.as_str()).copied();
        (name.to_string(), attribute(value, attribute_type, head))
    });
    Value::Map(entries.collect())
}

/// A value with its type: the one that is known of the attribute, or else that of the value.
pub fn attribute(value: &Template, known: Option<AttributeType>, head: &Head) -> Value {
    let entry = |key: &str, value: &Template| Value::Map([value.entry(key, head)].into());
    match (value, known) {
        (Template::Table(table), _) if explicit_type(table).is_some() => {
            let typed = table.iter().map(|(letter, value)| match letter.as_str() {
                "N" => number(value, head),
                letter => value.entry(letter, head),
            });
            Value::Map(typed.collect())
        }
        (Template::Computed(_), Some(AttributeType::Number))
        | (Template::Integer(_) | Template::Decimal(_), _) => {
            Value::Map([number(value, head)].into())
        }
        (Template::Computed(_) | Template::Text(_), Some(AttributeType::Binary)) => {
            entry("B", value)
        }
        (Template::Computed(_) | Template::Text(_), _) => entry("S", value),
        (Template::Boolean(value), _) => block! { BOOL: *value },
        (Template::List(items), _) => {
            block! { L: items.iter().map(|item| attribute(item, None, head)).collect::<Value>() }
        }
        (Template::Table(table), _) => {
            let inner =
                table.iter().map(|(key, value)| (key.clone(), attribute(value, None, head)));
            block! { M: Value::Map(inner.collect()) }
        }
    }
}

/// The letters of a type, where a table has nothing but that key.
fn explicit_type(table: &BTreeMap<String, Template>) -> Option<&str> {
    let mut keys = table.keys().map(String::as_str);
    keys.next().filter(|key| table.len() == 1 && TYPES.contains(key))
}

/// Numbers travel as texts.
fn number(value: &Template, head: &Head) -> (String, Value) {
    match value {
        Template::Computed(path) => {
            ("N.$".to_owned(), Value::from(format!("States.Format('{{}}', {path})")))
        }
        Template::Integer(number) => ("N".to_owned(), Value::from(number.to_string())),
        Template::Decimal(number) => ("N".to_owned(), Value::from(number.to_string())),
        other => other.entry("N", head),
    }
}
