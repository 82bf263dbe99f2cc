//! The arguments that Terraform itself reads
//! (<https://developer.hashicorp.com/terraform/language/meta-arguments>).
use super::checker::{Checker, Place, Scope, did_you_mean};
use super::{expressions, values};
use crate::document::Resource;
use crate::expr::{Mode, ModuleAddress};
use crate::schema::{Attribute, Type};
use crate::value::Value;

/// Finds what is wrong with the meta-arguments of a resource.
pub(super) fn check(checker: &mut Checker, resource: &Resource) {
    if let Some(entries) = &resource.meta.for_each {
        check_for_each(checker, entries);
    }
    check_order(checker, "depends_on", &resource.meta.depends_on);
    check_order(checker, "ready_after", &resource.meta.ready_after);
    check_lifecycle(checker, resource);
    check_ignore_changes(checker, resource);
}

/// A list is refused by the engine: its places would be the names of instances
/// (<https://developer.hashicorp.com/terraform/language/meta-arguments/for_each>).
fn check_for_each(checker: &mut Checker, entries: &Value) {
    let place = Place::Key(&Place::Whole, "for_each");
    let scope = Scope::default();
    let found = match entries {
        Value::Map(_) => {
            values::check(checker, entries, &Type::Dynamic, place, scope);
            return;
        }
        Value::Expr(expr) => expressions::infer(checker, expr, place, scope),
        _ => values::type_of(checker, entries, place, scope),
    };
    let fits = match &found {
        Type::Dynamic | Type::Map(_) | Type::Object(_) => true,
        Type::Set(item) => matches!(**item, Type::String | Type::Dynamic),
        Type::List(_) | Type::String | Type::Number | Type::Bool => false,
    };
    if !fits {
        checker.fault(place, format!("takes a map or a set of texts, found {found}"));
    }
}

fn check_order(checker: &mut Checker, key: &str, targets: &[ModuleAddress]) {
    for (index, target) in targets.iter().enumerate() {
        let list = Place::Key(&Place::Whole, key);
        let place = Place::Index(&list, index);
        if Some(target.module) != checker.module {
            checker.fault(place, format!("{target} stands in another module"));
            continue;
        }
        let module = checker.document.modules.get(target.module);
        if !module.is_some_and(|module| module.resources.contains_key(&target.address)) {
            checker.fault(place, format!("{target} is not declared"));
        }
    }
}

/// A data source takes none of these
/// (<https://developer.hashicorp.com/terraform/language/meta-arguments/lifecycle>).
fn check_lifecycle(checker: &mut Checker, resource: &Resource) {
    if resource.address.mode == Mode::Managed {
        return;
    }
    for (name, is_set) in [
        ("create_before_destroy", resource.meta.create_before_destroy),
        ("prevent_destroy", resource.meta.prevent_destroy),
        ("ignore_changes", !resource.meta.ignore_changes.is_empty()),
    ] {
        if is_set {
            checker.fault(Place::Key(&Place::Whole, name), "a data source has no lifecycle to set");
        }
    }
}

/// Only the first name is looked at: the engine takes any path below an argument. Naming what is
/// only computed has no effect, and the engine warns about it.
fn check_ignore_changes(checker: &mut Checker, resource: &Resource) {
    let Some(block) = checker.schema.of_address(&resource.address) else { return };
    for (index, path) in resource.meta.ignore_changes.iter().enumerate() {
        let name = path.split(['.', '[']).next().unwrap_or_default();
        let settable = block.attribute(name).is_some_and(Attribute::is_settable);
        if !settable && block.block(name).is_none() {
            let meant = did_you_mean(name, block.argument_names());
            let list = Place::Key(&Place::Whole, "ignore_changes");
            checker.fault(Place::Index(&list, index), format!("no argument `{name}`{meant}"));
        }
    }
}
