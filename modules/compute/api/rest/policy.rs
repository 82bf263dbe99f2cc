//! The policy of a REST API: who may call it, over what, and from where.
use super::rest_api_id;
use crate::compute::MODULE;
use crate::compute::api::Api;
use crate::compute::api::authorizer::Auth;
use crate::connect::iam::{self, Arn, PolicyKind, PolicyPlace, Principal, Statement};
use platgen_terraform::{Document, Value, block};
use std::collections::BTreeSet;

/// The type of calls, as IAM names it.
const CALL: &str = "execute-api:execute-api-general";
const INVOKE: [&str; 1] = ["execute-api:Invoke"];

/// Puts the policy into a document. With a policy, what it does not allow is refused, and so it allows
/// every call but those that IAM decides about: of these the caller's own rights are enough
/// (<https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-authorization-flow.html>).
pub(super) fn lower(api: &Api, out: &mut Document) {
    let everything = || vec![Arn::new(CALL, api.execution_arn("/*"))];
    let mut statements = Vec::new();
    let open = open_calls(api);
    if !open.is_empty() {
        statements.push(Statement::allow(&INVOKE, open).to(Principal::Everyone));
    }
    let deny = || Statement::deny(&INVOKE, everything()).to(Principal::Everyone);
    statements.push(deny().when("Bool", "aws:SecureTransport", ["false".into()]));
    if !api.allow_from.is_empty() {
        let ranges = api.allow_from.iter().map(|range| Value::from(range.to_string()));
        statements.push(deny().when("NotIpAddress", "aws:SourceIp", ranges));
    }
    let (file, cause, name) = (api.id.file(), api.id.path(), api.id.part(&["calls"]));
    let place = PolicyPlace { module: MODULE, file: &file, name: &name, cause: &cause };
    let json = iam::policy(out, &place, PolicyKind::Resource, &statements);
    let arguments = block! { rest_api_id: rest_api_id(api), policy: json };
    api.put(out, "aws_api_gateway_rest_api_policy", &[], arguments, &cause);
}

/// The calls that IAM does not decide about.
fn open_calls(api: &Api) -> Vec<Arn> {
    let by_iam = |auth: &Auth| *auth == Auth::Iam;
    if !api.routes.iter().any(|route| by_iam(&route.auth)) {
        return vec![Arn::new(CALL, api.execution_arn("/*"))];
    }
    let open = api.routes.iter().filter(|route| !by_iam(&route.auth));
    let ends: BTreeSet<String> = open
        .flat_map(|route| &route.patterns)
        .map(super::super::pattern::Pattern::arn_end)
        .collect();
    ends.iter().map(|end| Arn::new(CALL, api.execution_arn(end))).collect()
}
