//! The arguments and nested blocks of a resource, against the schema of its type.
use std::collections::BTreeMap;

use super::checker::{Checker, Place, Scope, did_you_mean};
use super::{removal_root, values};
use crate::document::Resource;
use crate::expr::Mode;
use crate::schema::{
    Attribute, Block, NEWEST_PROVIDER_VERSION, NestedBlock, Nesting, PROVIDER_VERSION, Removal,
};
use crate::value::Value;

/// One body: that of a resource, or of a block inside it.
#[derive(Clone, Copy)]
struct Body<'b> {
    block: &'b Block,
    arguments: &'b BTreeMap<String, Value>,
    place: Place<'b>,
    scope: Scope<'b>,
    /// The path of the block for the list of removals; none, when that has nothing of the type.
    removals: Option<&'b str>,
}

/// Finds what is wrong with the body of a resource.
pub(super) fn check(checker: &mut Checker, resource: &Resource) {
    let root = removal_root(&resource.address);
    let scope = Scope { for_each: resource.meta.for_each.as_ref(), item: None };
    let Some(block) = checker.schema.of_address(&resource.address) else {
        check_unknown_type(checker, resource, scope);
        return;
    };
    if block.deprecated {
        checker.fault(Place::Whole, format!("the type {root} is deprecated"));
    }
    if let Some(removal) = checker.schema.removal(&root) {
        checker.fault(Place::Whole, removed(removal));
    }
    let removals = checker.schema.has_removals(&root).then_some(root.as_str());
    let body = Body { block, arguments: &resource.arguments, place: Place::Whole, scope, removals };
    check_body(checker, body);
}

fn check_unknown_type(checker: &mut Checker, resource: &Resource, scope: Scope) {
    let kind = resource.address.kind;
    let (what, meant) = match resource.address.mode {
        Mode::Managed => ("resource type", did_you_mean(kind, checker.schema.resource_types())),
        Mode::Data => ("data source", did_you_mean(kind, checker.schema.data_source_types())),
    };
    let message = format!("provider {PROVIDER_VERSION} has no {what} `{kind}`{meant}");
    checker.fault(Place::Whole, message);
    for (name, value) in &resource.arguments {
        values::type_of(checker, value, Place::Key(&Place::Whole, name), scope);
    }
}

fn check_body(checker: &mut Checker, body: Body) {
    for (name, value) in body.arguments {
        check_argument(checker, body, name, value);
    }
    let is_missing = |name: &str| matches!(body.arguments.get(name), None | Some(Value::Null));
    for attribute in body.block.attributes() {
        if attribute.is_required() && is_missing(attribute.name) {
            checker.fault(Place::Key(&body.place, attribute.name), "the argument is missing");
        }
    }
    for nested in body.block.blocks() {
        if nested.min_items > 0 && is_missing(nested.name) {
            checker.fault(Place::Key(&body.place, nested.name), "the block is missing");
        }
    }
}

fn check_argument(checker: &mut Checker, body: Body, name: &str, value: &Value) {
    let place = Place::Key(&body.place, name);
    if let Some(attribute) = body.block.attribute(name) {
        check_attribute(checker, body, attribute, value);
    } else if let Some(nested) = body.block.block(name) {
        check_nested(checker, body, nested, value);
    } else {
        let meant = did_you_mean(name, body.block.argument_names());
        checker.fault(place, format!("no such argument{meant}"));
        values::type_of(checker, value, place, body.scope);
    }
}

fn check_attribute(checker: &mut Checker, body: Body, attribute: &Attribute, value: &Value) {
    if *value == Value::Null {
        return;
    }
    let place = Place::Key(&body.place, attribute.name);
    if !attribute.is_settable() {
        checker.fault(place, "only the provider gives this a value");
    }
    if attribute.deprecated {
        checker.fault(place, "the argument is deprecated");
    }
    check_removal(checker, body, attribute.name);
    values::check(checker, value, &attribute.ty, place, body.scope);
}

fn check_nested(checker: &mut Checker, body: Body, nested: &NestedBlock, value: &Value) {
    let place = Place::Key(&body.place, nested.name);
    let items = match value {
        Value::Null => return,
        Value::Map(_) => vec![(place, value)],
        Value::List(items) if nested.nesting != Nesting::Single => {
            let places = items.iter().enumerate();
            places.map(|(index, item)| (Place::Index(&place, index), item)).collect()
        }
        Value::List(_) => {
            checker.fault(place, "a block that stands once takes a map, found a list");
            return;
        }
        _ => {
            checker.fault(place, "a block takes a map or a list of maps");
            return;
        }
    };
    if nested.block.deprecated {
        checker.fault(place, "the block is deprecated");
    }
    check_removal(checker, body, nested.name);
    check_count(checker, place, nested, items.len());
    let removals = body.removals.map(|path| format!("{path}.{}", nested.name));
    for (place, item) in items {
        let Value::Map(arguments) = item else {
            checker.fault(place, "a block takes a map");
            continue;
        };
        let (block, scope) = (nested.block.as_ref(), body.scope);
        let removals = removals.as_deref();
        check_body(checker, Body { block, arguments, place, scope, removals });
    }
}

fn check_count(checker: &mut Checker, place: Place, nested: &NestedBlock, count: usize) {
    if count < nested.min_items {
        let least = nested.min_items;
        checker.fault(place, format!("found {count} blocks, at least {least} must stand here"));
    }
    if let Some(most) = nested.max_items.filter(|most| count > *most) {
        checker.fault(place, format!("found {count} blocks, at most {most} may stand here"));
    }
}

fn check_removal(checker: &mut Checker, body: Body, name: &str) {
    let Some(path) = body.removals else { return };
    if let Some(removal) = checker.schema.removal(&format!("{path}.{name}")) {
        checker.fault(Place::Key(&body.place, name), removed(removal));
    }
}

fn removed(removal: Removal) -> String {
    match removal {
        Removal::Gone => format!("gone in provider {NEWEST_PROVIDER_VERSION}"),
        Removal::ReadOnly => format!("read-only in provider {NEWEST_PROVIDER_VERSION}"),
    }
}
