//! What an HTTP API becomes: authorizers, integrations, routes, and a stage that deploys itself.
use super::authorizer::{Auth, Authorizer, Decider, client_ids, invoke_arn, output_of};
use super::destination::balancer_of;
use super::domain::ADDRESS_TYPE;
use super::pattern::{METHODS, Pattern};
use super::route::{Destination, Group, QueueCall, Route};
use super::spec::{ApiType, Method, RequestValue};
use super::{Api, logs};
use crate::compute::MODULE;
use crate::network::{self, Tier};
use crate::platform::Platform;
use platgen_source::Name;
use platgen_source::diagnostics::SpecPath;
use platgen_source::json::json;
use platgen_terraform::{Address, Document, Expr, Handle, ResourceBuilder, Value, block, template};
use std::collections::BTreeMap;

/// The body of a request.
const BODY: &str = "$request.body";

/// Puts an HTTP API into a document.
pub(super) fn lower(api: &Api, platform: &Platform, out: &mut Document) {
    let arguments = block! {
        name: &api.aws_name,
        protocol_type: "HTTP",
        ip_address_type: ADDRESS_TYPE,
        disable_execute_api_endpoint: api.domain.is_some(),
        cors_configuration: api.cors.as_ref().map(super::Cors::block),
    };
    let cause = api.id.path();
    api.put(out, "aws_apigatewayv2_api", &[], arguments, &cause);
    logs::lower(api, out);
    api.lower_role(platform, out);
    for authorizer in &api.authorizers {
        lower_authorizer(api, authorizer, platform, out);
    }
    if api.has_vpc_link() {
        lower_vpc_link(api, platform, out);
    }
    let routes = api.routes.iter().map(|route| lower_route(api, route, platform, out));
    let routes: Vec<Handle> = routes.collect();
    lower_stage(api, &routes, out);
}

impl Api {
    /// Puts a resource of the API into its file.
    pub(super) fn put(
        &self,
        out: &mut Document,
        kind: &'static str,
        parts: &[&str],
        arguments: Value,
        cause: &SpecPath,
    ) -> Handle {
        let mut file = out.module(MODULE).file(&self.id.file());
        file.resource(kind, &self.id.local(parts), arguments).cause(cause).add()
    }

    /// The keys of a route of an HTTP API.
    ///
    /// A browser asks with `OPTIONS` whether it may call, and shows no credentials then. The API
    /// answers that by itself, but where a route for every method takes it and refuses it. So such a
    /// route is one for each other method
    /// (<https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html>).
    pub(super) fn route_keys(&self, route: &Route) -> Vec<String> {
        let asked = self.cors.is_some() && route.auth != Auth::None;
        let taken = |pattern: &Pattern| {
            let mut patterns = self.routes.iter().flat_map(|route| &route.patterns);
            patterns.any(|other| other.shape() == pattern.shape())
        };
        let keys = |pattern: &Pattern| match pattern {
            Pattern::Path(Method::Any, path) if asked => METHODS
                .into_iter()
                .filter(|method| !matches!(method, Method::Any | Method::Options))
                .map(|method| Pattern::Path(method, path.clone()))
                .filter(|one| !taken(one))
                .map(|one| one.to_string())
                .collect(),
            Pattern::Path(..) | Pattern::Default => vec![pattern.to_string()],
        };
        route.patterns.iter().flat_map(keys).collect()
    }

    fn vpc_link(&self) -> Handle {
        Handle::new(MODULE, Address::managed("aws_apigatewayv2_vpc_link", &self.id.local(&[])))
    }
}

fn lower_authorizer(api: &Api, authorizer: &Authorizer, platform: &Platform, out: &mut Document) {
    let token = |issuer: Value, audience: Value| {
        let configuration = block! { issuer: issuer, audience: audience };
        let mut arguments = BTreeMap::from([
            ("authorizer_type".to_owned(), Value::from("JWT")),
            ("jwt_configuration".to_owned(), configuration),
        ]);
        let header = Value::from(vec!["$request.header.Authorization"]);
        arguments.insert("identity_sources".to_owned(), header);
        arguments
    };
    let mut arguments = match &authorizer.by {
        Decider::UserPool { pool, clients } => {
            let user_pool = platform.things.user_pool.get(pool);
            let ids = client_ids(pool, clients, &api.id, platform);
            token(output_of(user_pool, &["issuer"], &api.id, platform), ids)
        }
        Decider::Issuer { url, audience } => token(Value::from(url), audience.iter().collect()),
        Decider::Function { function, identity, cache } => asked(function, identity, *cache),
    };
    arguments.insert("api_id".to_owned(), api.handle().get("id"));
    arguments.insert("name".to_owned(), Value::from(authorizer.name.as_str()));
    let (kind, parts) = ("aws_apigatewayv2_authorizer", [authorizer.name.as_str()]);
    api.put(out, kind, &parts, Value::Map(arguments), &authorizer.path);
}

/// The arguments of an authorizer that asks a function. Its answer is `{ isAuthorized = true }`
/// (<https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html>).
fn asked(function: &Name, identity: &[RequestValue], cache: i64) -> BTreeMap<String, Value> {
    let sources: Value = identity.iter().map(|value| format!("${}", in_request(value))).collect();
    BTreeMap::from([
        ("authorizer_type".to_owned(), Value::from("REQUEST")),
        ("authorizer_uri".to_owned(), invoke_arn(function)),
        ("authorizer_payload_format_version".to_owned(), Value::from("2.0")),
        ("enable_simple_responses".to_owned(), Value::from(true)),
        ("identity_sources".to_owned(), sources),
        ("authorizer_result_ttl_in_seconds".to_owned(), Value::from(cache)),
    ])
}

fn lower_vpc_link(api: &Api, platform: &Platform, out: &mut Document) {
    let arguments = block! {
        name: &api.aws_name,
        subnet_ids: platform.network.subnets(Tier::Private),
        security_group_ids: vec![network::security_group(&api.id).get("id")],
    };
    api.put(out, "aws_apigatewayv2_vpc_link", &[], arguments, &api.id.path());
}

/// Puts a route and what answers it into a document. Each of its requests is an instance, so that one
/// more changes no other one.
fn lower_route(api: &Api, route: &Route, platform: &Platform, out: &mut Document) -> Handle {
    let parts = [route.name.as_str()];
    let mut arguments = integration(api, route, platform);
    arguments.insert("api_id".to_owned(), api.handle().get("id"));
    arguments.insert("timeout_milliseconds".to_owned(), Value::from(route.timeout));
    let kind = "aws_apigatewayv2_integration";
    let integration = api.put(out, kind, &parts, Value::Map(arguments), &route.path);
    let authorizer = match &route.auth {
        Auth::Authorizer(name) => api.authorizers.iter().find(|one| one.name == *name),
        Auth::None | Auth::Iam => None,
    };
    let by_authorizer = match authorizer.map(|authorizer| &authorizer.by) {
        Some(Decider::Function { .. }) => "CUSTOM",
        _ => "JWT",
    };
    let scopes = &route.scopes;
    let arguments = block! {
        api_id: api.handle().get("id"),
        route_key: Expr::EachValue(vec![]),
        target: template!["integrations/", integration.get("id")],
        authorization_type: route.auth.plain_word().unwrap_or(by_authorizer),
        authorizer_id: authorizer.map(|one| api.authorizer_handle(&one.name).get("id")),
        authorization_scopes: (!scopes.is_empty()).then(|| scopes.clone()),
    };
    let keys: BTreeMap<String, String> =
        api.route_keys(route).into_iter().map(|key| (key.clone(), key)).collect();
    let mut file = out.module(MODULE).file(&api.id.file());
    file.resource("aws_apigatewayv2_route", &api.id.local(&parts), arguments)
        .for_each(keys)
        .cause(&route.path)
        .add()
}

/// The arguments of an integration that say what answers.
fn integration(api: &Api, route: &Route, platform: &Platform) -> BTreeMap<String, Value> {
    let things = &platform.things;
    match &route.to {
        Destination::Function(function) => BTreeMap::from([
            ("integration_type".to_owned(), Value::from("AWS_PROXY")),
            ("integration_uri".to_owned(), invoke_arn(function)),
            ("payload_format_version".to_owned(), Value::from("2.0")),
        ]),
        Destination::Queue(call) => {
            let url = output_of(things.queue.get(&call.queue), &["url"], &api.id, platform);
            service_call(api, "SQS-SendMessage", message(call, url))
        }
        Destination::EventBus { bus, source, detail_type } => {
            let name = output_of(things.event_bus.get(bus), &["name"], &api.id, platform);
            let parameters = block! {
                Detail: BODY,
                DetailType: detail_type,
                EventBusName: name,
                Source: source,
            };
            service_call(api, "EventBridge-PutEvents", parameters)
        }
        Destination::Workflow(workflow) => {
            let arn = output_of(things.workflow.get(workflow), &["arn"], &api.id, platform);
            let parameters = block! { Input: BODY, StateMachineArn: arn };
            service_call(api, "StepFunctions-StartExecution", parameters)
        }
        Destination::LoadBalancer(_) | Destination::Service(_) => {
            private_call(api, &route.to, platform)
        }
    }
}

/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-aws-services-reference.html>.
fn service_call(api: &Api, subtype: &str, parameters: Value) -> BTreeMap<String, Value> {
    BTreeMap::from([
        ("credentials_arn".to_owned(), api.role().get("arn")),
        ("integration_subtype".to_owned(), Value::from(subtype)),
        ("integration_type".to_owned(), Value::from("AWS_PROXY")),
        ("payload_format_version".to_owned(), Value::from("1.0")),
        ("request_parameters".to_owned(), parameters),
    ])
}

/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-private.html>.
fn private_call(api: &Api, to: &Destination, platform: &Platform) -> BTreeMap<String, Value> {
    let balancer = balancer_of(to, platform);
    let certified = balancer.and_then(|balancer| balancer.entrance()?.certified);
    let listener = balancer.map(|balancer| balancer.listener().get("arn"));
    let tls = certified.map(|host| block! { server_name_to_verify: host });
    BTreeMap::from([
        ("connection_id".to_owned(), api.vpc_link().get("id")),
        ("connection_type".to_owned(), Value::from("VPC_LINK")),
        ("integration_method".to_owned(), Value::from("ANY")),
        ("integration_type".to_owned(), Value::from("HTTP_PROXY")),
        ("integration_uri".to_owned(), Value::from(listener)),
        ("payload_format_version".to_owned(), Value::from("1.0")),
        ("tls_config".to_owned(), Value::from(tls)),
    ])
}

/// The parameters by which a request becomes a message.
fn message(call: &QueueCall, url: Value) -> Value {
    let attribute = |(name, value): (&String, &RequestValue)| {
        let text = format!("${{{}}}", in_request(value));
        (name.clone(), json!({ "DataType": "String", "StringValue": text }))
    };
    let attributes: BTreeMap<String, _> = call.attributes.iter().map(attribute).collect();
    let group = call.group.as_ref().map(|group| match group {
        Group::Text(text) => text.clone(),
        Group::Value(value) => format!("${}", in_request(value)),
    });
    block! {
        MessageAttributes: (!attributes.is_empty()).then(|| json!(attributes).to_string()),
        MessageBody: BODY,
        MessageDeduplicationId: call.deduplicate.as_ref().map(|v| format!("${}", in_request(v))),
        MessageGroupId: group,
        QueueUrl: url,
    }
}

/// How an HTTP API names a value of a request
/// (<https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-parameter-mapping.html>).
fn in_request(value: &RequestValue) -> String {
    match value.parts() {
        ("query", name) => format!("request.querystring.{name}"),
        (place, name) => format!("request.{place}.{name}"),
    }
}

fn lower_stage(api: &Api, routes: &[Handle], out: &mut Document) {
    let own = route_settings(api);
    let has_own = !own.is_empty();
    let arguments = block! {
        api_id: api.handle().get("id"),
        name: api.stage_name(),
        auto_deploy: true,
        access_log_settings: block! {
            destination_arn: logs::group(&api.id).get("arn"),
            format: logs::format(ApiType::Http),
        },
        default_route_settings: block! {
            throttling_rate_limit: api.throttle.rate,
            throttling_burst_limit: api.throttle.burst,
        },
        route_settings: has_own.then_some(own),
    };
    let mut file = out.module(MODULE).file(&api.id.file());
    let stage = file.resource("aws_apigatewayv2_stage", &api.id.local(&[]), arguments);
    let stage = stage.cause(&api.id.path());
    // The settings of a route are refused before the route is there.
    let routes = if has_own { routes } else { &[] };
    routes.iter().fold(stage, ResourceBuilder::depends_on).add();
}

/// The settings of the routes that have limits of their own.
fn route_settings(api: &Api) -> Vec<Value> {
    let mut settings = Vec::new();
    for route in &api.routes {
        let Some(throttle) = route.throttle else { continue };
        settings.extend(api.route_keys(route).into_iter().map(|key| {
            block! {
                route_key: key,
                throttling_rate_limit: throttle.rate,
                throttling_burst_limit: throttle.burst,
            }
        }));
    }
    settings
}
