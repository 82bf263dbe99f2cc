//! The root: variables, outputs and the backend.
use serde_json::Value as Json;

use super::{Checker, Fault, Place, Scope, values};
use crate::document::{Document, VariableType};
use crate::schema::{Schema, Type};

/// Finds what is wrong with the root.
pub(super) fn check(document: &Document, schema: &Schema, faults: &mut Vec<Fault>) {
    for (name, variable) in &document.variables {
        let Some(default) = &variable.default else { continue };
        if !fits(default, variable.kind) {
            let address = format!("var.{name}");
            let message = format!("expected {}, found {default}", variable.kind);
            let mut checker = Checker::new(document, schema, faults, address, &[]);
            checker.fault(Place::Key(&Place::Whole, "default"), message);
        }
    }
    for (name, output) in &document.outputs {
        let address = format!("output.{name}");
        let mut checker = Checker::new(document, schema, faults, address, &[]);
        let place = Place::Key(&Place::Whole, "value");
        values::check(&mut checker, &output.value, &Type::Dynamic, place, Scope::default());
    }
    for (name, value) in document.backend.iter().flatten() {
        let mut checker = Checker::new(document, schema, faults, "backend.s3".to_owned(), &[]);
        check_constant(&mut checker, value, Place::Key(&Place::Whole, name));
    }
}

/// Whether a default is of the variable's type; `null` is of every type.
fn fits(default: &Json, kind: VariableType) -> bool {
    match (default, kind) {
        (Json::Null, _)
        | (Json::String(_), VariableType::String)
        | (Json::Number(_), VariableType::Number)
        | (Json::Bool(_), VariableType::Bool) => true,
        (Json::Array(items), VariableType::ListOfString) => items.iter().all(Json::is_string),
        (Json::Object(entries), VariableType::MapOfString) => entries.values().all(Json::is_string),
        _ => false,
    }
}

/// Terraform takes the texts of a backend as they are and `OpenTofu` as templates, so that only
/// texts without templates mean the same in both
/// (<https://opentofu.org/docs/language/settings/backends/configuration/>).
fn check_constant(checker: &mut Checker, value: &Json, place: Place) {
    match value {
        Json::String(text) if text.contains("${") || text.contains("%{") => {
            checker.fault(place, "the text would be a template in OpenTofu, and not in Terraform");
        }
        Json::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                check_constant(checker, item, Place::Index(&place, index));
            }
        }
        Json::Object(entries) => {
            for (key, entry) in entries {
                check_constant(checker, entry, Place::Key(&place, key));
            }
        }
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
    }
}
