//! The methods of a REST API, what answers them, and what their requests must hold.
use super::rest_api_id;
use super::tree::path_id;
use crate::aws;
use crate::compute::MODULE;
use crate::compute::api::Api;
use crate::compute::api::authorizer::{Auth, Decider, invoke_arn, output_of};
use crate::compute::api::pattern::Pattern;
use crate::compute::api::route::{Destination, Group, QueueCall, Route};
use crate::compute::api::spec::RequestValue;
use crate::platform::Platform;
use platgen_source::Name;
use platgen_terraform::{Address, Document, Expr, Handle, Value, block, template};
use std::collections::BTreeMap;

/// The types of bodies that are taken in where something else than a function answers.
const BODY_TYPES: [&str; 3] =
    ["application/json", "application/x-www-form-urlencoded", "text/plain"];
/// The body of a request inside of a JSON text. What `escapeJavaScript` does to `'` is no JSON
/// (<https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html>).
const BODY_IN_JSON: &str = r#"$util.escapeJavaScript($input.body).replaceAll("\\'","'")"#;
/// What a caller hears of a call to an AWS service that did what it was asked for.
const DONE: &str = "{}";
/// What a caller hears of one that did not.
const FAILED: &str = "{\"message\":\"Internal Server Error\"}";
/// `EventBridge` answers with status 200 also where it took no event, because the body is no JSON object
/// for example, and says so in its answer only
/// (<https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html>).
const TAKEN_OR_NOT: &str = "#if($input.path('$.FailedEntryCount') == 0){}\
    #elseif($input.path('$.Entries[0].ErrorCode') == 'MalformedDetail')\
    #set($context.responseOverride.status = 400){\"message\":\"The body is no JSON object\"}\
    #else#set($context.responseOverride.status = 500){\"message\":\"Internal Server Error\"}#end";

/// A call to an AWS service.
struct ServiceCall {
    /// The service and what is called: `sqs:path/…`.
    action: Value,
    /// The headers of the call.
    headers: BTreeMap<String, Value>,
    /// The body of the call, in the language of mapping templates.
    template: Value,
    /// What the caller hears where the service answers that it has done it, in the same language.
    done: &'static str,
}

/// Puts the methods into a document.
pub(super) fn lower(api: &Api, platform: &Platform, out: &mut Document) {
    if api.routes.iter().any(|route| route.validation.is_there()) {
        let arguments = block! {
            rest_api_id: rest_api_id(api),
            name: "all",
            validate_request_body: true,
            validate_request_parameters: true,
        };
        api.put(out, VALIDATOR, &[], arguments, &api.id.path());
    }
    for route in &api.routes {
        let model = lower_model(api, route, out);
        let method = lower_method(api, route, model.as_ref(), out);
        let call = service_call(api, &route.to, platform, out);
        let integration = lower_integration(api, route, &method, call.as_ref(), out);
        if let Some(call) = call {
            lower_answers(api, route, &method, (&integration, call.done), out);
        }
    }
}

const VALIDATOR: &str = "aws_api_gateway_request_validator";

fn lower_model(api: &Api, route: &Route, out: &mut Document) -> Option<Handle> {
    let schema = route.validation.body.as_ref()?;
    let arguments = block! {
        rest_api_id: rest_api_id(api),
        // Names of models have letters and digits only, and names of routes no capital ones.
        name: route.name.as_str().replace('-', "X"),
        content_type: "application/json",
        schema: schema,
    };
    let cause = route.path.key("validate");
    Some(api.put(out, "aws_api_gateway_model", &[route.name.as_str()], arguments, &cause))
}

/// Each request of the route is an instance, so that one more changes no other one.
fn lower_method(api: &Api, route: &Route, model: Option<&Handle>, out: &mut Document) -> Handle {
    let entry = |pattern: &Pattern| match pattern {
        Pattern::Path(method, path) => {
            let place = block! { resource_id: path_id(api, path), http_method: method.word() };
            Some((pattern.to_string(), place))
        }
        Pattern::Default => None,
    };
    let entries: BTreeMap<String, Value> = route.patterns.iter().filter_map(entry).collect();
    let validator = Handle::new(MODULE, Address::managed(VALIDATOR, &api.id.local(&[])));
    let parameters: BTreeMap<String, bool> =
        route.validation.parameters.iter().map(|name| (name.clone(), true)).collect();
    let authorizer = match &route.auth {
        Auth::Authorizer(name) => Some(api.authorizer_handle(name).get("id")),
        Auth::None | Auth::Iam => None,
    };
    let arguments = block! {
        rest_api_id: rest_api_id(api),
        resource_id: Expr::EachValue(vec!["resource_id"]),
        http_method: Expr::EachValue(vec!["http_method"]),
        authorization: authorization(api, &route.auth),
        authorizer_id: authorizer,
        authorization_scopes: (!route.scopes.is_empty()).then(|| route.scopes.clone()),
        request_validator_id: route.validation.is_there().then(|| validator.get("id")),
        // A body of a type without a model would not be looked at
        // (<https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-method-request-validation.html>).
        request_models: model.map(|model| block! { "$default": model.get("name") }),
        request_parameters: (!parameters.is_empty()).then_some(parameters),
    };
    let mut file = out.module(MODULE).file(&api.id.file());
    file.resource("aws_api_gateway_method", &api.id.local(&[route.name.as_str()]), arguments)
        .for_each(entries)
        .cause(&route.path)
        .add()
}

fn authorization(api: &Api, auth: &Auth) -> &'static str {
    let by_function = |name: &Name| {
        let authorizer = api.authorizers.iter().find(|one| one.name == *name);
        authorizer.is_some_and(|one| matches!(one.by, Decider::Function { .. }))
    };
    match auth {
        Auth::None | Auth::Iam => auth.plain_word().unwrap_or_default(),
        Auth::Authorizer(name) if by_function(name) => "CUSTOM",
        Auth::Authorizer(_) => "COGNITO_USER_POOLS",
    }
}

fn lower_integration(
    api: &Api,
    route: &Route,
    method: &Handle,
    call: Option<&ServiceCall>,
    out: &mut Document,
) -> Handle {
    let mut arguments = match (&route.to, call) {
        (_, Some(call)) => call.arguments(api),
        (Destination::Function(function), None) => BTreeMap::from([
            ("type".to_owned(), Value::from("AWS_PROXY")),
            ("uri".to_owned(), invoke_arn(function)),
        ]),
        _ => BTreeMap::new(),
    };
    arguments.extend([
        ("rest_api_id".to_owned(), rest_api_id(api)),
        ("resource_id".to_owned(), Expr::EachValue(vec!["resource_id"]).into()),
        ("http_method".to_owned(), Expr::EachValue(vec!["http_method"]).into()),
        ("integration_http_method".to_owned(), Value::from("POST")),
        ("timeout_milliseconds".to_owned(), Value::from(route.timeout)),
    ]);
    let name = api.id.local(&[route.name.as_str()]);
    let mut file = out.module(MODULE).file(&api.id.file());
    file.resource("aws_api_gateway_integration", &name, Value::Map(arguments))
        .for_each(method.whole())
        .cause(&route.path)
        .add()
}

/// Callers hear nothing of the service that was called, but whether it worked.
fn lower_answers(
    api: &Api,
    route: &Route,
    method: &Handle,
    (integration, done): (&Handle, &str),
    out: &mut Document,
) {
    for (word, status, pattern, body) in
        [("ok", "200", Some("2\\d{2}"), done), ("failed", "500", None, FAILED)]
    {
        let name = api.id.local(&[route.name.as_str(), word]);
        let answer = || {
            BTreeMap::from([
                ("rest_api_id".to_owned(), rest_api_id(api)),
                ("resource_id".to_owned(), Expr::EachValue(vec!["resource_id"]).into()),
                ("http_method".to_owned(), Expr::EachValue(vec!["http_method"]).into()),
                ("status_code".to_owned(), Value::from(status)),
            ])
        };
        let mut file = out.module(MODULE).file(&api.id.file());
        let kind = "aws_api_gateway_method_response";
        let told = file.resource(kind, &name, Value::Map(answer()));
        let told = told.for_each(method.whole()).cause(&route.path).add();
        let mut arguments = answer();
        let templates = block! { "application/json": body };
        arguments.insert("response_templates".to_owned(), templates);
        arguments.insert("selection_pattern".to_owned(), Value::from(pattern));
        let kind = "aws_api_gateway_integration_response";
        let answered = file.resource(kind, &name, Value::Map(arguments));
        answered
            .for_each(method.whole())
            .cause(&route.path)
            .depends_on(integration)
            .depends_on(&told)
            .add();
    }
}

/// The call that answers a route, if an AWS service does.
fn service_call(
    api: &Api,
    to: &Destination,
    platform: &Platform,
    out: &mut Document,
) -> Option<ServiceCall> {
    let things = &platform.things;
    let region = platform.head.region.as_str();
    let mut done = DONE;
    let (action, headers, template) = match to {
        Destination::Queue(call) => {
            let name = output_of(things.queue.get(&call.queue), &["name"], &api.id, platform);
            let path = template!["sqs:path/", aws::account(out, MODULE), "/", name];
            let form = "'application/x-www-form-urlencoded'";
            (path, vec![("Content-Type", form)], Value::from(message(call)))
        }
        Destination::EventBus { bus, source, detail_type } => {
            let name = output_of(things.event_bus.get(bus), &["name"], &api.id, platform);
            let head = format!("{{\"Entries\":[{{\"Source\":\"{source}\",\"DetailType\":\"");
            let before = format!("{head}{detail_type}\",\"EventBusName\":\"");
            let detail = format!("\",\"Detail\":\"{BODY_IN_JSON}\"}}]}}");
            done = TAKEN_OR_NOT;
            let headers = vec![
                ("Content-Type", "'application/x-amz-json-1.1'"),
                ("X-Amz-Target", "'AWSEvents.PutEvents'"),
            ];
            (Value::from("events:action/PutEvents"), headers, template![before, name, detail])
        }
        Destination::Workflow(workflow) => {
            let arn = output_of(things.workflow.get(workflow), &["arn"], &api.id, platform);
            let input = format!("\",\"input\":\"{BODY_IN_JSON}\"}}");
            let template = template!["{\"stateMachineArn\":\"", arn, input];
            (Value::from("states:action/StartExecution"), Vec::new(), template)
        }
        Destination::Function(_) | Destination::LoadBalancer(_) | Destination::Service(_) => {
            return None;
        }
    };
    let partition = aws::partition(out, MODULE);
    let action = template!["arn:", partition, format!(":apigateway:{region}:"), action];
    let header = |(name, value): (&str, &str)| {
        (format!("integration.request.header.{name}"), Value::from(value))
    };
    let headers = headers.into_iter().map(header).collect();
    Some(ServiceCall { action, headers, template, done })
}

impl ServiceCall {
    fn arguments(&self, api: &Api) -> BTreeMap<String, Value> {
        let template = |kind: &str| (kind.to_owned(), self.template.clone());
        let templates: BTreeMap<String, Value> = BODY_TYPES.into_iter().map(template).collect();
        let headers = (!self.headers.is_empty()).then(|| self.headers.clone());
        BTreeMap::from([
            ("type".to_owned(), Value::from("AWS")),
            ("uri".to_owned(), self.action.clone()),
            ("credentials".to_owned(), api.role().get("arn")),
            ("passthrough_behavior".to_owned(), Value::from("NEVER")),
            ("request_parameters".to_owned(), Value::from(headers)),
            ("request_templates".to_owned(), Value::from(templates)),
        ])
    }
}

/// The form that SQS takes a message in
/// (<https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html>).
fn message(call: &QueueCall) -> String {
    let mut fields = vec![
        ("Action".to_owned(), "SendMessage".to_owned()),
        ("MessageBody".to_owned(), "$util.urlEncode($input.body)".to_owned()),
    ];
    for (number, (name, value)) in (1..).zip(&call.attributes) {
        let attribute = |key: &str| format!("MessageAttribute.{number}.{key}");
        fields.push((attribute("Name"), name.clone()));
        fields.push((attribute("Value.DataType"), "String".to_owned()));
        fields.push((attribute("Value.StringValue"), encoded(value)));
    }
    let group = call.group.as_ref().map(|group| match group {
        Group::Text(text) => text.clone(),
        Group::Value(value) => encoded(value),
    });
    let deduplicate = call.deduplicate.as_ref().map(encoded);
    fields.extend(group.map(|group| ("MessageGroupId".to_owned(), group)));
    fields.extend(deduplicate.map(|text| ("MessageDeduplicationId".to_owned(), text)));
    let fields: Vec<String> = fields.iter().map(|(key, value)| format!("{key}={value}")).collect();
    fields.join("&")
}

/// A value of a request, for a form.
fn encoded(value: &RequestValue) -> String {
    let (place, name) = value.parts();
    let place = if place == "query" { "querystring" } else { place };
    format!("$util.urlEncode($input.params().{place}.get('{name}'))")
}
