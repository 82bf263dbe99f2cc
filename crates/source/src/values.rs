//! How the plain types are read: texts, numbers, lists, maps, and what may be absent.
use crate::node::{Node, Value};
use crate::read::{Read, Reader};
use crate::schema::Schemas;
use crate::words::shown;
use platgen_diagnostics::{Diagnostic, Step, code};
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use std::str::FromStr;

impl Read for String {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        match &node.value {
            Value::String(text) => Some(text.clone()),
            value => reader.written_wrong(node, "a text", in_quotes(value)),
        }
    }

    fn schema(_: &mut Schemas) -> Json {
        json!({ "type": "string" })
    }
}

impl Read for bool {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        match node.value {
            Value::Boolean(value) => Some(value),
            _ => reader.written_wrong(node, "`true` or `false`", without_quotes::<Self>(node)),
        }
    }

    fn schema(_: &mut Schemas) -> Json {
        json!({ "type": "boolean" })
    }
}

impl Read for i64 {
    /// `8080.0` counts as whole, as it does in JSON Schema.
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        match node.value {
            Value::Integer(number) => Some(number),
            Value::Float(number) => {
                whole(number).or_else(|| reader.wrong_type(node, "a whole number"))
            }
            _ => reader.written_wrong(node, "a whole number", without_quotes::<Self>(node)),
        }
    }

    /// The bounds are those of 64 bits: JSON has larger numbers, TOML has not.
    fn schema(_: &mut Schemas) -> Json {
        json!({ "type": "integer", "minimum": Self::MIN, "maximum": Self::MAX })
    }
}

/// How a number or a choice is written as a text.
fn in_quotes(value: &Value) -> Option<String> {
    let written = match value {
        Value::Integer(number) => number.to_string(),
        Value::Float(number) if number.is_finite() => number.to_string(),
        Value::Boolean(choice) => choice.to_string(),
        _ => return None,
    };
    Some(format!("a text stands in quotes: \"{written}\""))
}

/// How a number or a choice is written that stands in quotes.
fn without_quotes<T: FromStr + Display>(node: &Node) -> Option<String> {
    let value: T = node.text()?.parse().ok()?;
    Some(format!("it stands without quotes: {value}"))
}

/// How a single value is written as a list.
fn in_brackets(value: &Value) -> Option<String> {
    let written = match value {
        Value::String(text) => format!("\"{}\"", shown(text)),
        Value::Integer(number) => number.to_string(),
        _ => return None,
    };
    Some(format!("a list stands in brackets: [{written}]"))
}

/// The first whole number that does not fit into an `i64`: 2^63.
const BEYOND_64_BITS: f64 = 9_223_372_036_854_775_808.0;

fn whole(number: f64) -> Option<i64> {
    let fits = (-BEYOND_64_BITS..BEYOND_64_BITS).contains(&number);
    #[expect(clippy::cast_possible_truncation, reason = "the number is whole and fits")]
    (fits && number.fract() == 0.0).then_some(number as i64)
}

impl Read for f64 {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        match node.value {
            Value::Float(number) if number.is_finite() => Some(number),
            #[expect(clippy::cast_precision_loss, reason = "ratios of a spec are small numbers")]
            Value::Integer(number) => Some(number as Self),
            _ => reader.written_wrong(node, "a number", without_quotes::<Self>(node)),
        }
    }

    fn schema(_: &mut Schemas) -> Json {
        json!({ "type": "number" })
    }
}

/// What may be left out.
impl<T: Read> Read for Option<T> {
    const REQUIRED: bool = false;

    fn expand(node: &mut Node) {
        T::expand(node);
    }

    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        T::read(node, reader).map(Some)
    }

    fn absent() -> Option<Self> {
        Some(None)
    }

    fn schema(schemas: &mut Schemas) -> Json {
        T::schema(schemas)
    }
}

/// A list that may be empty or left out.
impl<T: Read> Read for Vec<T> {
    const REQUIRED: bool = false;

    fn expand(node: &mut Node) {
        if let Value::Array(items) = &mut node.value {
            items.iter_mut().for_each(T::expand);
        }
    }

    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        let Value::Array(items) = &node.value else {
            return reader.written_wrong(node, "a list", in_brackets(&node.value));
        };
        let read = |(index, item)| reader.at(Step::Index(index), |reader| T::read(item, reader));
        let all: Vec<Option<T>> = items.iter().enumerate().map(read).collect();
        all.into_iter().collect()
    }

    fn absent() -> Option<Self> {
        Some(Self::new())
    }

    fn schema(schemas: &mut Schemas) -> Json {
        json!({ "type": "array", "items": schemas.item::<T>() })
    }
}

/// At least one value; a single one may stand without the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OneOrMore<T>(pub Vec<T>);

impl<T: Read> Read for OneOrMore<T> {
    fn expand(node: &mut Node) {
        if !matches!(node.value, Value::Array(_)) {
            node.value = Value::Array(vec![node.clone()]);
        }
        Vec::<T>::expand(node);
    }

    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        let items = Vec::<T>::read(node, reader)?;
        if items.is_empty() {
            reader.fault(&code::OUT_OF_RANGE, "at least one value is needed");
            return None;
        }
        Some(Self(items))
    }

    fn schema(schemas: &mut Schemas) -> Json {
        let item = schemas.item::<T>();
        json!({ "anyOf": [item, { "type": "array", "items": item, "minItems": 1 }] })
    }
}

/// What can be a key of a table whose keys are the user's.
pub trait Key: Ord + Sized {
    /// The regular expression of the keys, as JSON Schema takes it; `None` for any text.
    const PATTERN: Option<&'static str>;

    /// Takes the key, or says what a key may be.
    fn from_key(text: &str) -> Result<Self, &'static str>;

    /// Notes what the key speaks of.
    fn mention(&self, _reader: &mut Reader) {}
}

impl Key for String {
    const PATTERN: Option<&'static str> = None;

    fn from_key(text: &str) -> Result<Self, &'static str> {
        Ok(text.to_owned())
    }
}

/// A table whose keys are the user's; it may be left out.
impl<K: Key, T: Read> Read for BTreeMap<K, T> {
    const REQUIRED: bool = false;

    fn expand(node: &mut Node) {
        if let Some(table) = node.table_mut() {
            table.values_mut().for_each(T::expand);
        }
    }

    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        let Some(table) = node.table() else { return reader.wrong_type(node, "a table") };
        let mut entries = Self::new();
        for (text, value) in table {
            let entry = reader.at(Step::Key(text.clone()), |reader| {
                let key = read_key::<K>(text, reader);
                let value = T::read(value, reader);
                key.zip(value)
            });
            entries.extend(entry);
        }
        Some(entries)
    }

    fn absent() -> Option<Self> {
        Some(Self::new())
    }

    fn schema(schemas: &mut Schemas) -> Json {
        let value = T::schema(schemas);
        match K::PATTERN {
            None => json!({ "type": "object", "additionalProperties": value }),
            Some(pattern) => json!({
                "type": "object",
                "patternProperties": { pattern: value },
                "additionalProperties": false,
            }),
        }
    }
}

fn read_key<K: Key>(text: &str, reader: &mut Reader) -> Option<K> {
    match K::from_key(text) {
        Ok(key) => {
            key.mention(reader);
            Some(key)
        }
        Err(rule) => {
            let path = reader.path().clone();
            let message = format!("`{}` is not a name: {rule}", shown(text));
            reader.faults.push(Diagnostic::at_key(&code::BAD_NAME, &path, message));
            None
        }
    }
}

/// A list of words of which none counts twice.
impl<T: Read + Ord> Read for BTreeSet<T> {
    const REQUIRED: bool = false;

    fn expand(node: &mut Node) {
        Vec::<T>::expand(node);
    }

    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        Some(Vec::<T>::read(node, reader)?.into_iter().collect())
    }

    fn absent() -> Option<Self> {
        Some(Self::new())
    }

    fn schema(schemas: &mut Schemas) -> Json {
        Vec::<T>::schema(schemas)
    }
}

#[cfg(test)]
mod tests;
