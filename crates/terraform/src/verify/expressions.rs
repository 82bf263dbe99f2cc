//! Expressions: whether what they name exists, and the types they give.
use super::checker::{Checker, Place, Scope, did_you_mean};
use super::{removal_root, values};
use crate::document::{Resource, VariableType};
use crate::expr::{Expr, For, IndexKey, LocalRef, PathStep, Ref};
use crate::schema::{NEWEST_PROVIDER_VERSION, PathFaultKind, Removal, Type};
use crate::value::Value;

/// The type of an expression, as far as it is known; what is wrong with it is reported.
pub(super) fn infer(checker: &mut Checker, expr: &Expr, place: Place, scope: Scope) -> Type {
    match expr {
        Expr::Ref(reference) => reference_type(checker, reference, place),
        Expr::Call(name, arguments) => call_type(checker, name, arguments, place, scope),
        Expr::Index(base, key) => {
            let base = infer(checker, base, place, scope);
            index_type(checker, &base, key, place, scope)
        }
        Expr::Attribute(base, name) => {
            let base = infer(checker, base, place, scope);
            attribute_type(checker, &base, name, place)
        }
        Expr::Local(local) => {
            check_local(checker, local, place);
            Type::Dynamic
        }
        Expr::Variable(name) => variable_type(checker, name, place),
        Expr::ModulePath => Type::String,
        Expr::EachKey => {
            if scope.for_each.is_none() {
                checker.fault(place, "each.key stands only in a body with for_each");
            }
            Type::String
        }
        Expr::EachValue(path) => each_value_type(checker, path, place, scope),
        Expr::For(comprehension) => for_type(checker, comprehension, place, scope),
        Expr::Item(path) => item_type(checker, path, place, scope),
    }
}

fn reference_type(checker: &mut Checker, reference: &Ref, place: Place) -> Type {
    let module = checker.document.modules.get(reference.module);
    let Some(resource) = module.and_then(|module| module.resources.get(&reference.address)) else {
        checker.fault(place, format!("{} is not declared", reference.target()));
        return Type::Dynamic;
    };
    let Some(path) = path_in_instance(checker, resource, reference, place) else {
        return Type::Dynamic;
    };
    let Some(block) = checker.schema.of_address(&reference.address) else {
        return Type::Dynamic;
    };
    check_removal(checker, reference, path, place);
    match block.type_at(path) {
        Ok(found) => found.ty,
        Err(fault) => {
            let meant = match &fault.kind {
                PathFaultKind::UnknownAttribute { name, known } => {
                    did_you_mean(name, known.iter().copied())
                }
                PathFaultKind::CannotEnter(_) | PathFaultKind::WriteOnly(_) => String::new(),
            };
            checker.fault(place, format!("{reference}: {}{meant}", fault.kind));
            Type::Dynamic
        }
    }
}

/// The path behind the instance that a reference names. Nothing, when it names none or all.
fn path_in_instance<'r>(
    checker: &mut Checker,
    resource: &Resource,
    reference: &'r Ref,
    place: Place,
) -> Option<&'r [PathStep]> {
    let Some(entries) = &resource.meta.for_each else {
        if matches!(reference.path.first(), Some(PathStep::Key(_) | PathStep::Index(_))) {
            checker
                .fault(place, format!("{reference}: only a resource with for_each has instances"));
            return None;
        }
        return Some(&reference.path);
    };
    match reference.path.as_slice() {
        [] => None,
        [PathStep::Key(key), path @ ..] => {
            if matches!(entries, Value::Map(entries) if !entries.contains_key(key)) {
                checker.fault(place, format!("{reference}: there is no instance {key:?}"));
            }
            Some(path)
        }
        _ => {
            let target = reference.target();
            checker.fault(place, format!("{target} has for_each, so an instance must be named"));
            None
        }
    }
}

/// A value that only the older versions of the provider have cannot be referred to.
fn check_removal(checker: &mut Checker, reference: &Ref, path: &[PathStep], place: Place) {
    let mut names = removal_root(&reference.address);
    if !checker.schema.has_removals(&names) {
        return;
    }
    for step in path {
        let PathStep::Attribute(name) = step else { continue };
        names = format!("{names}.{name}");
        if checker.schema.removal(&names) == Some(Removal::Gone) {
            let message = format!("{reference}: gone in provider {NEWEST_PROVIDER_VERSION}");
            checker.fault(place, message);
        }
    }
}

fn call_type(
    checker: &mut Checker,
    name: &str,
    arguments: &[Value],
    place: Place,
    scope: Scope,
) -> Type {
    let Some(function) = checker.schema.function(name) else {
        checker.fault(place, format!("there is no function `{name}` with a stable value"));
        for argument in arguments {
            values::type_of(checker, argument, place, scope);
        }
        return Type::Dynamic;
    };
    if !function.takes(arguments.len()) {
        let more = if function.repeated.is_some() { " or more" } else { "" };
        let (takes, found) = (function.parameters.len(), arguments.len());
        checker.fault(place, format!("found {found} arguments, {name} takes {takes}{more}"));
    }
    for (index, argument) in arguments.iter().enumerate() {
        let expected = function.parameter(index).unwrap_or(&Type::Dynamic);
        values::check(checker, argument, expected, place, scope);
    }
    function.result
}

fn index_type(
    checker: &mut Checker,
    base: &Type,
    key: &IndexKey,
    place: Place,
    scope: Scope,
) -> Type {
    let key_type = match key {
        IndexKey::Position(_) => Type::Number,
        IndexKey::Key(_) => Type::String,
        IndexKey::Computed(key) => infer(checker, key, place, scope),
    };
    let (item, wanted) = match base {
        Type::Dynamic => return Type::Dynamic,
        Type::List(item) => (item.as_ref().clone(), Type::Number),
        Type::Map(item) => (item.as_ref().clone(), Type::String),
        Type::Object(_) => match key {
            IndexKey::Key(key) => return attribute_type(checker, base, key, place),
            IndexKey::Position(_) | IndexKey::Computed(_) => (Type::Dynamic, Type::String),
        },
        Type::Set(_) | Type::String | Type::Number | Type::Bool => {
            checker.fault(place, format!("{base} has no elements to pick from"));
            return Type::Dynamic;
        }
    };
    if key_type != Type::Dynamic && key_type != wanted {
        checker.fault(place, format!("an element of {base} is picked by {wanted}"));
    }
    item
}

/// The type of an attribute of a value.
fn attribute_type(checker: &mut Checker, base: &Type, name: &str, place: Place) -> Type {
    match base {
        Type::Dynamic => Type::Dynamic,
        Type::Map(item) => item.as_ref().clone(),
        Type::Object(fields) => fields.get(name).cloned().unwrap_or_else(|| {
            let meant = did_you_mean(name, fields.keys().copied());
            checker.fault(place, format!("{base} has no `{name}`{meant}"));
            Type::Dynamic
        }),
        Type::List(_) | Type::Set(_) | Type::String | Type::Number | Type::Bool => {
            checker.fault(place, format!("{base} has no `{name}`"));
            Type::Dynamic
        }
    }
}

fn check_local(checker: &mut Checker, local: &LocalRef, place: Place) {
    let address = format!("module.{}.local.{}", local.module, local.name);
    let module = checker.document.modules.get(local.module);
    if !module.is_some_and(|module| module.locals.contains_key(&local.name)) {
        checker.fault(place, format!("{address} is not declared"));
    } else if checker.module != Some(local.module) {
        checker.fault(place, format!("{address} is not visible outside its module"));
    }
}

fn variable_type(checker: &mut Checker, name: &str, place: Place) -> Type {
    let Some(variable) = checker.document.variables.get(name) else {
        checker.fault(place, format!("var.{name} is not declared"));
        return Type::Dynamic;
    };
    match variable.kind {
        VariableType::String => Type::String,
        VariableType::Number => Type::Number,
        VariableType::Bool => Type::Bool,
        VariableType::ListOfString => Type::List(Box::new(Type::String)),
        VariableType::MapOfString => Type::Map(Box::new(Type::String)),
    }
}

/// The entries of a `for_each` may differ in type, so only the presence of the path is checked.
fn each_value_type(
    checker: &mut Checker,
    path: &[&'static str],
    place: Place,
    scope: Scope,
) -> Type {
    match scope.for_each {
        None => checker.fault(place, "each.value stands only in a body with for_each"),
        Some(Value::Map(entries)) => {
            for (key, _) in entries.iter().filter(|(_, entry)| !has_path(entry, path)) {
                let path = path.join(".");
                checker.fault(place, format!("each.value.{path} is not in the entry {key:?}"));
            }
        }
        Some(_) => {}
    }
    Type::Dynamic
}

/// Whether a path may stand in a value; inside an expression anything may.
fn has_path(value: &Value, path: &[&'static str]) -> bool {
    match (value, path) {
        (_, []) | (Value::Expr(_), _) => true,
        (Value::Map(entries), [name, rest @ ..]) => {
            entries.get(*name).is_some_and(|entry| has_path(entry, rest))
        }
        _ => false,
    }
}

fn for_type(checker: &mut Checker, comprehension: &For, place: Place, scope: Scope) -> Type {
    let collection = values::type_of(checker, &comprehension.collection, place, scope);
    let item = match collection {
        Type::List(item) | Type::Set(item) | Type::Map(item) => *item,
        Type::Dynamic | Type::Object(_) => Type::Dynamic,
        Type::String | Type::Number | Type::Bool => {
            checker.fault(place, format!("{collection} has no elements to walk"));
            Type::Dynamic
        }
    };
    let scope = Scope { item: Some(&item), ..scope };
    let value = Box::new(values::type_of(checker, &comprehension.value, place, scope));
    let Some(key) = &comprehension.key else {
        return Type::List(value);
    };
    values::check(checker, key, &Type::String, place, scope);
    Type::Map(value)
}

fn item_type(checker: &mut Checker, path: &[&'static str], place: Place, scope: Scope) -> Type {
    let Some(item) = scope.item else {
        checker.fault(place, "the element at hand stands only in a comprehension");
        return Type::Dynamic;
    };
    path.iter().fold(item.clone(), |ty, name| attribute_type(checker, &ty, name, place))
}
