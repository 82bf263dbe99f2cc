//! The access log of an API: one line of JSON for each request.
use super::Api;
use super::spec::ApiType;
use crate::compute::MODULE;
use crate::kind::ThingId;
use crate::network::logs::{LogGroup, log_group};
use platgen_source::json;
use platgen_terraform::{Address, Document, Handle};
use std::collections::BTreeMap;

/// What a line holds of every request
/// (<https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html>).
const FIELDS: [(&str, &str); 12] = [
    ("authorizer_error", "$context.authorizer.error"),
    ("integration_error", "$context.integrationErrorMessage"),
    ("integration_latency", "$context.integrationLatency"),
    ("integration_status", "$context.integrationStatus"),
    ("ip", "$context.identity.sourceIp"),
    ("latency", "$context.responseLatency"),
    ("length", "$context.responseLength"),
    ("method", "$context.httpMethod"),
    ("path", "$context.path"),
    ("request_id", "$context.requestId"),
    ("status", "$context.status"),
    ("time", "$context.requestTime"),
];

/// The route, as each type calls it, and what a REST API says of a request that it refused
/// (<https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html>).
const HTTP_FIELDS: [(&str, &str); 1] = [("route", "$context.routeKey")];
const REST_FIELDS: [(&str, &str); 2] =
    [("error", "$context.error.message"), ("route", "$context.resourcePath")];

/// The log group of the access log.
pub(super) fn group(id: &ThingId) -> Handle {
    Handle::new(MODULE, Address::managed("aws_cloudwatch_log_group", &id.identifier()))
}

/// Makes the log group. Elsewhere the groups would fill the policy by which deliveries are allowed
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-and-resource-policy.html>).
pub(super) fn lower(api: &Api, out: &mut Document) {
    let group = LogGroup {
        module: MODULE,
        file: &api.id.file(),
        name: &api.id.identifier(),
        aws_name: format!("/aws/vendedlogs/apigateway/{}", api.aws_name),
        retention: api.retention,
        cause: &api.id.path(),
    };
    log_group(out, &group);
}

/// The form of a line, as API Gateway takes it: JSON without line breaks.
pub(super) fn format(api_type: ApiType) -> String {
    let own: &[(&str, &str)] = match api_type {
        ApiType::Http => &HTTP_FIELDS,
        ApiType::Rest => &REST_FIELDS,
    };
    let fields: BTreeMap<&str, &str> = FIELDS.iter().chain(own).copied().collect();
    json::json!(fields).to_string()
}
