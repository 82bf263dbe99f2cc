//! What an argument may hold: literals, expressions, templates, lists and maps.
//!
//! A literal is kept as the author wrote it. The writer escapes it once, by the position it
//! stands in, so nothing outside of `write` ever doubles a `$`.
use std::collections::BTreeMap;

use crate::expr::{Expr, Ref};

/// A value in an argument, the *template* position of Terraform JSON
/// (<https://developer.hashicorp.com/terraform/language/syntax/json#expression-mapping>).
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// An argument that is not set. Only inside the objects of an attribute is it written.
    Null,
    /// A literal boolean.
    Bool(bool),
    /// A literal whole number.
    Integer(i64),
    /// A literal number with a fraction. It must be finite.
    Decimal(f64),
    /// A literal text, never an expression: the writer escapes it.
    Text(String),
    /// An expression that keeps its own type.
    Expr(Expr),
    /// A text with expressions in it.
    Template(Vec<Part>),
    /// A list, a set, or several nested blocks.
    List(Vec<Value>),
    /// A map, an object, or one nested block.
    Map(BTreeMap<String, Value>),
}

/// One piece of a [`Value::Template`].
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// A literal piece, escaped by the writer.
    Text(String),
    /// An expression whose value is put in as text.
    Expr(Expr),
}

/// Builds a [`Value::Map`]: `block! { name: "web", "a-b": 1, (key): value }`.
///
/// A name stands bare, a key that is no identifier stands quoted, and a computed key stands in
/// parentheses.
#[macro_export]
macro_rules! block {
    (@key $key:ident) => { ::std::string::String::from(stringify!($key)) };
    (@key $key:literal) => { ::std::string::String::from($key) };
    (@key ($key:expr)) => { ::std::string::String::from($key) };
    ($($key:tt : $value:expr),* $(,)?) => {
        $crate::Value::Map(::std::collections::BTreeMap::from([
            $(($crate::block!(@key $key), $crate::Value::from($value))),*
        ]))
    };
}

/// Builds one text of literals and expressions: `template!["arn:aws:s3:::", bucket, "/*"]`.
#[macro_export]
macro_rules! template {
    ($($piece:expr),* $(,)?) => { $crate::Value::join([$($crate::Value::from($piece)),*]) };
}

/// The value as JSON text, made by Terraform: `jsonencode(value)`
/// (<https://developer.hashicorp.com/terraform/language/functions/jsonencode>).
pub fn json(value: impl Into<Value>) -> Value {
    Value::Expr(Expr::Call("jsonencode", vec![value.into()]))
}

impl Value {
    /// One text of all the pieces; literals that meet are merged, templates are flattened.
    ///
    /// Booleans and numbers become their text. Null, lists and maps have no text of their own
    /// in Terraform, so they stand in it as JSON.
    pub fn join(pieces: impl IntoIterator<Item = Value>) -> Self {
        let mut parts = Vec::new();
        for piece in pieces {
            append(&mut parts, piece);
        }
        match parts.as_mut_slice() {
            [] => Self::Text(String::new()),
            [Part::Text(text)] => Self::Text(std::mem::take(text)),
            _ => Self::Template(parts),
        }
    }

    /// Calls `visit` for every expression in the value, outer ones before those inside them.
    pub fn visit(&self, visit: &mut dyn FnMut(&Expr)) {
        match self {
            Self::Expr(expr) => expr.visit(visit),
            Self::Template(parts) => {
                for part in parts {
                    if let Part::Expr(expr) = part {
                        expr.visit(visit);
                    }
                }
            }
            Self::List(items) => items.iter().for_each(|item| item.visit(visit)),
            Self::Map(entries) => entries.values().for_each(|entry| entry.visit(visit)),
            Self::Null | Self::Bool(_) | Self::Integer(_) | Self::Decimal(_) | Self::Text(_) => {}
        }
    }
}

fn append(parts: &mut Vec<Part>, piece: Value) {
    match piece {
        Value::Text(text) => append_text(parts, text),
        Value::Bool(flag) => append_text(parts, flag.to_string()),
        Value::Integer(number) => append_text(parts, number.to_string()),
        Value::Decimal(number) => append_text(parts, number.to_string()),
        Value::Expr(expr) => parts.push(Part::Expr(expr)),
        Value::Template(inner) => {
            for part in inner {
                match part {
                    Part::Text(text) => append_text(parts, text),
                    Part::Expr(expr) => parts.push(Part::Expr(expr)),
                }
            }
        }
        Value::Null | Value::List(_) | Value::Map(_) => {
            parts.push(Part::Expr(Expr::Call("jsonencode", vec![piece])));
        }
    }
}

fn append_text(parts: &mut Vec<Part>, text: String) {
    match parts.last_mut() {
        Some(Part::Text(last)) => last.push_str(&text),
        _ if text.is_empty() => {}
        _ => parts.push(Part::Text(text)),
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&String> for Value {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Self::Bool(flag)
    }
}

impl From<f64> for Value {
    fn from(number: f64) -> Self {
        Self::Decimal(number)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl From<i32> for Value {
    fn from(number: i32) -> Self {
        Self::Integer(number.into())
    }
}

impl From<u8> for Value {
    fn from(number: u8) -> Self {
        Self::Integer(number.into())
    }
}

impl From<u16> for Value {
    fn from(number: u16) -> Self {
        Self::Integer(number.into())
    }
}

impl From<u32> for Value {
    fn from(number: u32) -> Self {
        Self::Integer(number.into())
    }
}

impl From<Expr> for Value {
    fn from(expr: Expr) -> Self {
        Self::Expr(expr)
    }
}

impl From<Ref> for Value {
    fn from(reference: Ref) -> Self {
        Self::Expr(Expr::Ref(reference))
    }
}

impl From<&Value> for Value {
    fn from(value: &Value) -> Self {
        value.clone()
    }
}

/// An absent option is an argument that is not set.
impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(option: Option<T>) -> Self {
        option.map_or(Self::Null, Into::into)
    }
}

impl<T: Into<Value>> From<Vec<T>> for Value {
    fn from(items: Vec<T>) -> Self {
        items.into_iter().collect()
    }
}

impl<T: Into<Value>, const N: usize> From<[T; N]> for Value {
    fn from(items: [T; N]) -> Self {
        items.into_iter().collect()
    }
}

impl<V: Into<Value>> From<BTreeMap<String, V>> for Value {
    fn from(entries: BTreeMap<String, V>) -> Self {
        Self::Map(entries.into_iter().map(|(key, value)| (key, value.into())).collect())
    }
}

/// Collects a list.
impl<T: Into<Value>> FromIterator<T> for Value {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        Self::List(items.into_iter().map(Into::into).collect())
    }
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn literals_that_meet_are_merged() {
        let joined = template!["a", "", 1, true, 0.5, template!["b", Expr::EachKey, "c"], "d"];
        let expected = vec![
            Part::Text("a1true0.5b".to_owned()),
            Part::Expr(Expr::EachKey),
            Part::Text("cd".to_owned()),
        ];
        assert_eq!(joined, Value::Template(expected));
        assert_eq!(template![], Value::from(""));
        assert_eq!(template!["a", "b"], Value::from("ab"));
    }

    #[test]
    fn a_list_stands_in_a_text_as_json() {
        let list = Value::from(vec![1, 2]);
        let call = Expr::Call("jsonencode", vec![list.clone()]);
        assert_eq!(template![list], Value::Template(vec![Part::Expr(call.clone())]));
        assert_eq!(json(vec![1, 2]), Value::Expr(call));
    }

    #[test]
    fn keys_of_a_block_stand_bare_quoted_or_computed() {
        let computed = String::from("c");
        let expected = BTreeMap::from([
            ("a-b".to_owned(), Value::Integer(1)),
            ("c".to_owned(), Value::Null),
            ("type".to_owned(), Value::from("x")),
        ]);
        let built = block! { type: "x", "a-b": 1u8, (computed): None::<bool> };
        assert_eq!(built, Value::Map(expected));
    }

    #[test]
    fn every_expression_is_visited_outer_first() {
        let inner = Expr::Call("lower", vec![Value::Expr(Expr::EachKey)]);
        let value = block! { a: vec![template!["x", inner]], b: Expr::EachValue(vec![]), c: 1 };
        let mut seen = Vec::new();
        value.visit(&mut |expr| seen.push(expr.clone()));
        let inner = Expr::Call("lower", vec![Value::Expr(Expr::EachKey)]);
        assert_eq!(seen, [inner, Expr::EachKey, Expr::EachValue(vec![])]);
    }
}
