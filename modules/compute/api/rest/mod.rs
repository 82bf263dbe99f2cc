//! What a REST API becomes: a tree of resources, methods on them, and a stage that a deployment of all
//! of them stands behind.
pub(super) mod tree;

mod method;
mod policy;
mod stage;

use super::authorizer::{Authorizer, Decider, invoke_arn, output_of};
use super::domain::ADDRESS_TYPE;
use super::spec::RequestValue;
use super::{Api, logs};
use crate::platform::Platform;
use platgen_terraform::{Document, Value, block};

/// Puts a REST API into a document.
pub(super) fn lower(api: &Api, platform: &Platform, out: &mut Document) {
    let arguments = block! {
        name: &api.aws_name,
        disable_execute_api_endpoint: api.domain.is_some(),
        endpoint_configuration: block! {
            types: vec!["REGIONAL"],
            ip_address_type: ADDRESS_TYPE,
        },
    };
    api.put(out, "aws_api_gateway_rest_api", &[], arguments, &api.id.path());
    logs::lower(api, out);
    api.lower_role(platform, out);
    for authorizer in &api.authorizers {
        lower_authorizer(api, authorizer, platform, out);
    }
    policy::lower(api, out);
    tree::lower(api, out);
    method::lower(api, platform, out);
    let deployment = stage::lower_deployment(api, out);
    stage::lower(api, &deployment, platform, out);
}

fn lower_authorizer(api: &Api, authorizer: &Authorizer, platform: &Platform, out: &mut Document) {
    let decided = match &authorizer.by {
        Decider::UserPool { pool, .. } => {
            let arn = output_of(platform.things.user_pool.get(pool), &["arn"], &api.id, platform);
            Some(("COGNITO_USER_POOLS", Some(vec![arn]), None))
        }
        Decider::Function { function, identity, cache } => {
            Some(("REQUEST", None, Some((invoke_arn(function), identity, *cache))))
        }
        Decider::Issuer { .. } => None,
    };
    let Some((kind, pools, function)) = decided else { return };
    let source = match &function {
        Some((_, identity, _)) => identity.iter().map(in_method).collect::<Vec<_>>().join(","),
        None => "method.request.header.Authorization".to_owned(),
    };
    let arguments = block! {
        rest_api_id: api.handle().get("id"),
        name: authorizer.name.as_str(),
        type: kind,
        provider_arns: pools,
        identity_source: source,
        authorizer_uri: function.as_ref().map(|(uri, _, _)| uri.clone()),
        authorizer_result_ttl_in_seconds: function.as_ref().map(|(_, _, cache)| *cache),
    };
    let parts = [authorizer.name.as_str()];
    api.put(out, "aws_api_gateway_authorizer", &parts, arguments, &authorizer.path);
}

/// How a REST API names a value of a request
/// (<https://docs.aws.amazon.com/apigateway/latest/developerguide/request-response-data-mappings.html>).
fn in_method(value: &RequestValue) -> String {
    match value.parts() {
        ("query", name) => format!("method.request.querystring.{name}"),
        (place, name) => format!("method.request.{place}.{name}"),
    }
}

/// The id of the API, as the arguments of all of its parts take it.
fn rest_api_id(api: &Api) -> Value {
    api.handle().get("id")
}
