//! Values against types.
use std::collections::BTreeMap;

use super::checker::{Checker, Place, Scope, did_you_mean};
use super::expressions;
use crate::schema::Type;
use crate::value::{Part, Value};

/// Finds what is wrong with a value where one of a type is expected.
///
/// Of a literal, the type must be the very one: what needs a conversion was not meant. Of an
/// expression, the engine must be able to convert the value. Null is a value that is not set.
pub(super) fn check(
    checker: &mut Checker,
    value: &Value,
    expected: &Type,
    place: Place,
    scope: Scope,
) {
    match (value, expected) {
        (Value::List(items), Type::List(item) | Type::Set(item)) => {
            check_items(checker, items, item, place, scope);
        }
        (Value::Map(entries), Type::Map(item)) => {
            for (key, entry) in entries {
                check(checker, entry, item, Place::Key(&place, key), scope);
            }
        }
        (Value::Map(entries), Type::Object(fields)) => {
            check_object(checker, entries, fields, place, scope);
        }
        _ => {
            let found = type_of(checker, value, place, scope);
            if !fits(value, &found, expected) {
                checker
                    .fault(place, format!("expected {expected}, found {}", named(value, &found)));
            }
        }
    }
}

/// The type of a value, with the faults of the expressions in it.
pub(super) fn type_of(checker: &mut Checker, value: &Value, place: Place, scope: Scope) -> Type {
    match value {
        Value::Null => Type::Dynamic,
        Value::Bool(_) => Type::Bool,
        Value::Integer(_) => Type::Number,
        Value::Decimal(number) => {
            if !number.is_finite() {
                checker.fault(place, format!("{number} cannot be written as a number"));
            }
            Type::Number
        }
        Value::Text(text) => {
            check_text(checker, text, place);
            Type::String
        }
        Value::Expr(expr) => expressions::infer(checker, expr, place, scope),
        Value::Template(parts) => {
            check_template(checker, parts, place, scope);
            Type::String
        }
        Value::List(items) => {
            let types = items.iter().enumerate();
            let types = types
                .map(|(index, item)| type_of(checker, item, Place::Index(&place, index), scope))
                .collect();
            Type::List(Box::new(common(types)))
        }
        Value::Map(entries) => {
            let types = entries
                .iter()
                .map(|(key, entry)| type_of(checker, entry, Place::Key(&place, key), scope))
                .collect();
            Type::Map(Box::new(common(types)))
        }
    }
}

fn check_items(checker: &mut Checker, items: &[Value], item: &Type, place: Place, scope: Scope) {
    for (index, value) in items.iter().enumerate() {
        let place = Place::Index(&place, index);
        if *value == Value::Null {
            checker.fault(place, "null in a list");
        }
        check(checker, value, item, place, scope);
    }
}

/// Terraform JSON takes an object only with every field, null where it is not set
/// (<https://developer.hashicorp.com/terraform/language/attr-as-blocks>).
fn check_object(
    checker: &mut Checker,
    entries: &BTreeMap<String, Value>,
    fields: &BTreeMap<&'static str, Type>,
    place: Place,
    scope: Scope,
) {
    for (key, entry) in entries {
        let place = Place::Key(&place, key);
        if let Some(field) = fields.get(key.as_str()) {
            check(checker, entry, field, place, scope);
        } else {
            let meant = did_you_mean(key, fields.keys().copied());
            checker.fault(place, format!("no such key{meant}"));
            type_of(checker, entry, place, scope);
        }
    }
    for field in fields.keys().filter(|field| !entries.contains_key(**field)) {
        checker.fault(Place::Key(&place, field), "every key must stand, null where it is not set");
    }
}

fn check_template(checker: &mut Checker, parts: &[Part], place: Place, scope: Scope) {
    for part in parts {
        let Part::Expr(expr) = part else { continue };
        let found = expressions::infer(checker, expr, place, scope);
        if found != Type::Dynamic && !found.is_scalar() {
            checker.fault(place, format!("{found} cannot stand in a text"));
        }
    }
}

/// Whether a value that is no list or map of its own fits.
fn fits(value: &Value, found: &Type, expected: &Type) -> bool {
    match value {
        Value::Null => true,
        Value::Expr(_) | Value::Template(_) => found.converts_to(expected),
        _ => *expected == Type::Dynamic || found == expected,
    }
}

/// The value in a message: a reference by name, another one by its type.
fn named(value: &Value, found: &Type) -> String {
    match value {
        Value::Expr(crate::expr::Expr::Ref(reference)) => format!("{found} of {reference}"),
        Value::Expr(_) | Value::Template(_) => format!("an expression of type {found}"),
        Value::Text(text) => format!("the text {text:?}"),
        Value::Bool(flag) => format!("the literal {flag}"),
        Value::Integer(number) => format!("the literal {number}"),
        Value::Decimal(number) => format!("the literal {number}"),
        Value::List(_) => "a list".to_owned(),
        Value::Map(_) => "a map".to_owned(),
        Value::Null => "null".to_owned(),
    }
}

/// The type of several values: theirs when it is the same, else any.
fn common(types: Vec<Type>) -> Type {
    let mut types = types.into_iter();
    let first = types.next().unwrap_or(Type::Dynamic);
    if types.all(|ty| ty == first) { first } else { Type::Dynamic }
}

/// A reference without `${}` is plain text to Terraform, silently. A text of a user may look like
/// one, so only what names a thing of this document or a type of the provider is reported.
fn check_text(checker: &mut Checker, text: &str, place: Place) {
    let names = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.[]\"".contains(&byte);
    if !text.bytes().all(names) {
        return;
    }
    let mut segments = text.split(['.', '[']);
    let (first, second) = (segments.next().unwrap_or_default(), segments.next());
    let Some(second) = second else { return };
    let document = checker.document;
    let module = checker.module.and_then(|module| document.modules.get(module));
    let is_reference = match first {
        "var" => document.variables.contains_key(second),
        "local" => module.is_some_and(|module| module.locals.contains_key(second)),
        "module" => document.modules.contains_key(second),
        "data" => checker.schema.data_source(second).is_some(),
        kind => checker.schema.resource(kind).is_some(),
    };
    if is_reference {
        checker.fault(place, format!("the text {text:?} looks like a reference, and is none"));
    }
}
