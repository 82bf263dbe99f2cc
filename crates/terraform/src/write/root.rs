//! The files of the root module: versions, providers, backend, module calls, variables, outputs.
use serde_json::{Map, Value as Json, json};

use super::Files;
use super::expression::Scope;
use super::module::versions;
use crate::document::{Document, Module, Output, Provider, ProviderAlias, Variable};
use crate::expr::Expr;
use crate::link::{Links, Sensitivity};
use crate::schema::Schema;
use crate::value::Value;

/// Writes the files of the root.
pub(super) fn write(files: &mut Files, document: &Document, schema: &Schema, links: &Links) {
    let scope = Scope { module: None, links };
    let sensitivity = Sensitivity { document, schema };
    let mut insert = |file: &str, labels: &[&str], content| {
        files.insert(format!("{file}.tf.json"), labels, content);
    };
    insert("versions", &["terraform"], versions(&document.versions));
    insert("providers", &["provider", "aws"], providers(&scope, &document.provider));
    if let Some(backend) = &document.backend {
        let arguments: Map<_, _> = backend.clone().into_iter().collect();
        insert("backend", &["terraform", "backend", "s3"], Json::Object(arguments));
    }
    for (name, module) in &document.modules {
        insert("main", &["module", name], call(&scope, name, module));
    }
    for (name, content) in &document.variables {
        insert("variables", &["variable", name], variable(content));
    }
    for (name, content) in &document.outputs {
        let mut body = output(&scope, content);
        if sensitivity.of_value(&content.value) {
            body["sensitive"] = json!(true);
        }
        insert("outputs", &["output", name], body);
    }
}

/// The default configuration and the one of us-east-1, in this order.
fn providers(scope: &Scope<'_>, provider: &Provider) -> Json {
    let alias = ProviderAlias::UsEast1;
    let mut default = provider_settings(scope, provider);
    let mut us_east_1 = default.clone();
    if let Some(region) = &provider.region {
        default.insert("region".to_owned(), scope.value(&Value::from(region)));
    }
    us_east_1.insert("alias".to_owned(), json!(alias.name()));
    us_east_1.insert("region".to_owned(), json!(alias.region()));
    json!([default, us_east_1])
}

/// What both configurations have in common.
fn provider_settings(scope: &Scope<'_>, provider: &Provider) -> Map<String, Json> {
    let mut settings = Map::new();
    if !provider.default_tags.is_empty() {
        let tags = scope.value(&Value::from(provider.default_tags.clone()));
        settings.insert("default_tags".to_owned(), json!([{ "tags": tags }]));
    }
    if !provider.allowed_account_ids.is_empty() {
        let accounts = scope.value(&Value::from(provider.allowed_account_ids.clone()));
        settings.insert("allowed_account_ids".to_owned(), accounts);
    }
    settings
}

/// The call of a module: where it stands, its provider configurations, and its variables.
fn call(scope: &Scope<'_>, name: &str, module: &Module) -> Json {
    let mut call = Map::new();
    call.insert("source".to_owned(), json!(format!("./modules/{name}")));
    if module.uses(ProviderAlias::UsEast1) {
        let alias = ProviderAlias::UsEast1.reference();
        let mut providers = Map::new();
        providers.insert("aws".to_owned(), json!("aws"));
        providers.insert(alias.clone(), json!(alias));
        call.insert("providers".to_owned(), Json::Object(providers));
    }
    let Some(passages) = scope.links.passages(name) else { return Json::Object(call) };
    for reference in &passages.imports {
        let Some(port) = scope.links.port(reference) else { continue };
        let value = scope.value(&Value::Expr(Expr::Ref(reference.clone())));
        call.insert(port.name.clone(), value);
    }
    for variable in &passages.variables {
        let value = scope.value(&Value::Expr(Expr::Variable(variable.clone())));
        call.insert(variable.clone(), value);
    }
    Json::Object(call)
}

/// Only a variable whose default is null may be null: it is the optional one.
fn variable(variable: &Variable) -> Json {
    let kind = variable.kind.to_string();
    let mut body = json!({ "description": variable.description, "type": kind });
    if let Some(default) = &variable.default {
        body["default"] = default.clone();
    }
    if variable.default != Some(Json::Null) {
        body["nullable"] = json!(false);
    }
    body
}

fn output(scope: &Scope<'_>, output: &Output) -> Json {
    json!({ "description": output.description, "value": scope.value(&output.value) })
}
