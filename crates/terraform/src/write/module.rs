//! The files of one child module.
use serde_json::{Value as Json, json};

use super::expression::Scope;
use super::{Files, body};
use crate::document::{Document, Module, ProviderAlias, Variable, Versions, file_path};
use crate::expr::{Mode, Ref};
use crate::link::{Links, Port, resource_of};
use crate::schema::Schema;
use crate::value::Value;

/// Writes the files of a module into its folder.
pub(super) fn write(
    files: &mut Files,
    document: &Document,
    schema: &Schema,
    links: &Links,
    (name, module): (&'static str, &Module),
) {
    let scope = Scope { module: Some(name), links };
    let mut insert = |file: &str, labels: &[&str], content| {
        files.insert(file_path(name, file), labels, content);
    };
    insert("versions", &["terraform"], module_versions(document, module));
    for resource in module.resources.values() {
        let section = match resource.address.mode {
            Mode::Managed => "resource",
            Mode::Data => "data",
        };
        let labels = [section, resource.address.kind, &resource.address.name];
        insert(&resource.file, &labels, body::resource(&scope, schema, resource));
    }
    for (local, content) in &module.locals {
        insert(&content.file, &["locals", local], scope.value(&content.value));
    }
    let Some(passages) = links.passages(name) else { return };
    for reference in &passages.imports {
        let Some(port) = links.port(reference) else { continue };
        insert("variables", &["variable", &port.name], import(reference, port));
    }
    for variable in &passages.variables {
        let Some(content) = document.variables.get(variable) else { continue };
        insert("variables", &["variable", variable], root_variable(content));
    }
    for reference in &passages.exports {
        let Some(port) = links.port(reference) else { continue };
        let mut content = export(&scope, reference, port);
        if let Some(after) = ready_after(document, reference) {
            content["depends_on"] = after;
        }
        insert("outputs", &["output", &port.name], content);
    }
}

/// What a root or a module asks of the engine and of the provider.
pub(super) fn versions(versions: &Versions) -> Json {
    let provider = json!({ "source": "hashicorp/aws", "version": versions.provider() });
    json!({ "required_version": versions.engine, "required_providers": { "aws": provider } })
}

/// A module that makes something in another region takes both configurations of the provider.
fn module_versions(document: &Document, module: &Module) -> Json {
    let mut versions = versions(&document.versions);
    if module.uses(ProviderAlias::UsEast1) {
        let aliases = json!([ProviderAlias::UsEast1.reference()]);
        versions["required_providers"]["aws"]["configuration_aliases"] = aliases;
    }
    versions
}

/// The variable for a value of another module.
fn import(reference: &Ref, port: &Port) -> Json {
    let mut variable = json!({ "description": format!("Carries {reference}.") });
    if let Some(kind) = &port.kind {
        variable["type"] = json!(kind);
    }
    if port.sensitive {
        variable["sensitive"] = json!(true);
    }
    variable
}

/// The variable that takes a variable of the root. Its default is the root's business.
fn root_variable(variable: &Variable) -> Json {
    json!({ "description": variable.description, "type": variable.kind.to_string() })
}

/// The output for a value that others refer to.
fn export(scope: &Scope<'_>, reference: &Ref, port: &Port) -> Json {
    let value = scope.value(&Value::from(reference.clone()));
    let mut output = json!({ "description": format!("Carries {reference}."), "value": value });
    if port.sensitive {
        output["sensitive"] = json!(true);
    }
    output
}

/// What must exist before others get a value of a resource.
fn ready_after(document: &Document, reference: &Ref) -> Option<Json> {
    let after = &resource_of(document, reference)?.meta.ready_after;
    let addresses = || after.iter().map(|other| other.address.to_string()).collect();
    (!after.is_empty()).then(addresses)
}
