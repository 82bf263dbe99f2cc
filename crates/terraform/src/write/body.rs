//! The body of a resource or data source. The provider's schema decides which names are nested
//! blocks and which are attributes, and so what is an object and what is an array.
use serde_json::{Map, Value as Json};

use super::expression::Scope;
use crate::document::{Meta, Resource};
use crate::schema::{Block, NestedBlock, Nesting, Schema};
use crate::value::Value;

/// Names that Terraform reads itself in the body of a resource. An argument of the provider with
/// such a name stands in the block `_`
/// (<https://developer.hashicorp.com/terraform/language/resources/syntax>).
const META_ARGUMENTS: [&str; 8] =
    ["_", "connection", "count", "depends_on", "for_each", "lifecycle", "provider", "provisioner"];

/// The whole body: the provider's arguments, the meta-arguments, and as a comment the places in
/// the spec that made the resource.
pub(super) fn resource(scope: &Scope<'_>, schema: &Schema, resource: &Resource) -> Json {
    let block = schema.of_address(&resource.address);
    let arguments = body(scope, block, resource.arguments.iter());
    let (shadowed, mut body): (Map<_, _>, Map<_, _>) =
        arguments.into_iter().partition(|(name, _)| META_ARGUMENTS.contains(&name.as_str()));
    if !shadowed.is_empty() {
        body.insert("_".to_owned(), Json::Object(shadowed));
    }
    if !resource.causes.is_empty() {
        let causes: Vec<_> = resource.causes.iter().map(ToString::to_string).collect();
        body.insert("//".to_owned(), Json::from(causes.join(", ")));
    }
    add_meta_arguments(&mut body, scope, &resource.meta);
    Json::Object(body)
}

fn add_meta_arguments(body: &mut Map<String, Json>, scope: &Scope<'_>, meta: &Meta) {
    if !meta.depends_on.is_empty() {
        let addresses = meta.depends_on.iter().map(|other| other.address.to_string());
        body.insert("depends_on".to_owned(), addresses.collect());
    }
    if let Some(entries) = &meta.for_each {
        body.insert("for_each".to_owned(), scope.value(entries));
    }
    if let Some(alias) = meta.provider {
        body.insert("provider".to_owned(), Json::from(alias.reference()));
    }
    let lifecycle = lifecycle(meta);
    if !lifecycle.is_empty() {
        body.insert("lifecycle".to_owned(), Json::Object(lifecycle));
    }
}

fn lifecycle(meta: &Meta) -> Map<String, Json> {
    let mut lifecycle = Map::new();
    if meta.create_before_destroy {
        lifecycle.insert("create_before_destroy".to_owned(), Json::Bool(true));
    }
    if meta.prevent_destroy {
        lifecycle.insert("prevent_destroy".to_owned(), Json::Bool(true));
    }
    if !meta.ignore_changes.is_empty() {
        lifecycle.insert("ignore_changes".to_owned(), Json::from(meta.ignore_changes.clone()));
    }
    lifecycle
}

/// The arguments and nested blocks of one body. What the schema does not know is written as an
/// attribute of any type.
fn body<'v>(
    scope: &Scope<'_>,
    block: Option<&Block>,
    arguments: impl Iterator<Item = (&'v String, &'v Value)>,
) -> Map<String, Json> {
    let set = arguments.filter(|(_, value)| **value != Value::Null);
    set.map(|(name, value)| (name.clone(), argument(scope, block, name, value))).collect()
}

fn argument(scope: &Scope<'_>, block: Option<&Block>, name: &str, value: &Value) -> Json {
    if let Some(attribute) = block.and_then(|block| block.attribute(name)) {
        return scope.typed_value(value, &attribute.ty);
    }
    match block.and_then(|block| block.block(name)) {
        Some(nested) => nested_blocks(scope, nested, value),
        None => scope.value(value),
    }
}

/// The blocks of one name: an array, or an object where at most one may stand.
fn nested_blocks(scope: &Scope<'_>, nested: &NestedBlock, value: &Value) -> Json {
    match (value, nested.nesting) {
        (Value::Map(_), Nesting::Single) => nested_block(scope, nested, value),
        (Value::Map(_), Nesting::List | Nesting::Set) => {
            Json::Array(vec![nested_block(scope, nested, value)])
        }
        (Value::List(blocks), _) => {
            blocks.iter().map(|block| nested_block(scope, nested, block)).collect()
        }
        _ => scope.value(value),
    }
}

fn nested_block(scope: &Scope<'_>, nested: &NestedBlock, value: &Value) -> Json {
    match value {
        Value::Map(arguments) => {
            Json::Object(body(scope, Some(nested.block.as_ref()), arguments.iter()))
        }
        other => scope.value(other),
    }
}
