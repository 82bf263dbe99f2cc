//! HTTP APIs: stages, routes, and what answers.
use super::{ORDERS, document, document_in, http, platform};
use crate::compute::api::ApiSpec;
use crate::kind::{Kind, Output, Thing, ThingId};
use crate::testing::{addresses, only, resource};
use platgen_source::Name;
use platgen_source::json::{self, Value, json};
use pretty_assertions::assert_eq;

/// A platform with a domain.
const WITH_DOMAIN: &str = r#"
spec = 1
[platform]
name = "shop"
region = "us-east-2"
domain = "shop.example.com"
zone = "example.com"
[environment.dev]
profile = "development"
"#;

#[test]
fn a_stage_deploys_itself_limits_and_writes_every_request() {
    for (environment, rate, days) in [("dev", 100, 7), ("prod", 1000, 90)] {
        let document = document_in(environment, &http(ORDERS));
        let api = resource(&document, "compute", "aws_apigatewayv2_api.shop");
        assert_eq!(
            (&api["protocol_type"], &api["cors_configuration"]),
            (&json!("HTTP"), &Value::Null)
        );
        assert_eq!(api["disable_execute_api_endpoint"], false);
        let stage = resource(&document, "compute", "aws_apigatewayv2_stage.shop");
        assert_eq!((&stage["name"], &stage["auto_deploy"]), (&json!("$default"), &json!(true)));
        assert_eq!(stage["depends_on"], Value::Null);
        let limits = only(&stage["default_route_settings"]);
        assert_eq!(limits["throttling_rate_limit"], rate);
        assert_eq!(limits["throttling_burst_limit"], 2 * rate);
        let logs = only(&stage["access_log_settings"]);
        assert_eq!(logs["destination_arn"], "${aws_cloudwatch_log_group.api__shop.arn}");
        let line: Value = json::from_str(logs["format"].as_str().unwrap()).unwrap();
        assert_eq!(line["route"], "$context.routeKey");
        let group = resource(&document, "compute", "aws_cloudwatch_log_group.api__shop");
        assert_eq!(group["retention_in_days"], days);
        assert!(group["kms_key_id"].to_string().contains("logs"), "{group}");
        for output in ["api__shop__url", "api__shop__id"] {
            assert!(document.outputs.contains_key(output), "{output}");
        }
    }
}

#[test]
fn a_function_answers_by_its_alias_and_lets_in_exactly_these_requests() {
    let toml = http(
        "route.orders = { match = [\"POST /orders\", \"PUT /orders/{id}\"], timeout = \"10s\", \
         to = { function = \"orders\" } }",
    );
    let document = document(&toml);
    let address = "aws_apigatewayv2_integration.shop__orders";
    let integration = resource(&document, "compute", address);
    assert_eq!(integration["integration_type"], "AWS_PROXY");
    assert_eq!(integration["integration_uri"], "${aws_lambda_alias.orders.invoke_arn}");
    assert_eq!(integration["payload_format_version"], "2.0");
    assert_eq!(integration["timeout_milliseconds"], 10_000);
    let route = resource(&document, "compute", "aws_apigatewayv2_route.shop__orders");
    assert_eq!(
        route["for_each"],
        json!({ "POST /orders": "POST /orders", "PUT /orders/{id}": "PUT /orders/{id}" })
    );
    assert_eq!(route["authorization_type"], "NONE");
    let platform = platform("dev", &toml);
    let function = ThingId::new("function", &Name::new("orders").unwrap());
    let senders: Vec<String> = platform
        .connections
        .to(&function)
        .map(|grant| format!("{} {:?}", grant.cause, grant.sender.as_ref().unwrap()))
        .collect();
    assert_eq!(senders.len(), 2);
    for (sender, end) in senders.iter().zip(["/*/POST/orders", "/*/PUT/orders/*"]) {
        for part in ["api.shop.route.orders ", "apigateway.amazonaws.com", end] {
            assert!(sender.contains(part), "{part} is not in {sender}");
        }
    }
}

#[test]
fn a_queue_takes_the_body_and_chosen_headers() {
    let document = document(&http(
        "route.payments = { match = \"POST /hooks/{shop}\", to = { queue = \"payments\", \
         attributes = { signature = \"header.X-Signature\", page = \"query.page\" }, \
         group = \"path.shop\", deduplicate = \"header.X-Id\" } }\n[queue.payments]\nfifo = true",
    ));
    let address = "aws_apigatewayv2_integration.shop__payments";
    let integration = resource(&document, "compute", address);
    assert_eq!(integration["integration_subtype"], "SQS-SendMessage");
    assert_eq!(integration["credentials_arn"], "${aws_iam_role.api__shop.arn}");
    let parameters = &integration["request_parameters"];
    assert_eq!(parameters["MessageBody"], "$request.body");
    assert_eq!(parameters["MessageGroupId"], "$request.path.shop");
    assert_eq!(parameters["MessageDeduplicationId"], "$request.header.X-Id");
    assert!(parameters["QueueUrl"].to_string().contains("sqs_queue_payments"), "{parameters}");
    // Terraform takes `$${` for the letters `${`, which API Gateway then reads.
    let attributes = parameters["MessageAttributes"].as_str().unwrap().replace("$${", "${");
    let attribute = |text: &str| json!({ "DataType": "String", "StringValue": text });
    assert_eq!(
        json::from_str::<Value>(&attributes).unwrap(),
        json!({
            "page": attribute("${request.querystring.page}"),
            "signature": attribute("${request.header.X-Signature}"),
        })
    );
    let trust = resource(&document, "compute", "data.aws_iam_policy_document.api__shop__trust");
    let principals = only(&only(&trust["statement"])["principals"]);
    assert_eq!(principals["identifiers"], json!(["apigateway.amazonaws.com"]));
}

#[test]
fn buses_and_state_machines_are_called_with_the_role() {
    let document = document(&http(
        "route.events = { match = \"POST /events\", to = { event_bus = \"main\" } }\n\
         route.named = { match = \"POST /named\", to = { event_bus = \"main\", \
         source = \"shop.web\", detail_type = \"Order placed\" } }\n\
         route.order = { match = \"POST /orders\", to = { workflow = \"order\" } }\n\
         route.group = { match = \"POST /group\", to = { queue = \"q\", group = \"all\" } }",
    ));
    let parameters = |route: &str| {
        let address = format!("aws_apigatewayv2_integration.shop__{route}");
        let integration = resource(&document, "compute", &address);
        (integration["integration_subtype"].clone(), integration["request_parameters"].clone())
    };
    let (subtype, event) = parameters("events");
    assert_eq!(subtype, "EventBridge-PutEvents");
    assert_eq!((&event["Source"], &event["DetailType"]), (&json!("shop.shop"), &json!("events")));
    let (_, event) = parameters("named");
    assert_eq!(
        (&event["Source"], &event["DetailType"]),
        (&json!("shop.web"), &json!("Order placed"))
    );
    let (subtype, start) = parameters("order");
    assert_eq!(
        (subtype, &start["Input"]),
        (json!("StepFunctions-StartExecution"), &json!("$request.body"))
    );
    assert_eq!(parameters("group").1["MessageGroupId"], "all");
}

/// A service behind an internal load balancer.
const INSIDE: &str = "[load_balancer.inside]\ninternal = true\n[service.web]\n\
                      image = \"public.ecr.aws/nginx/nginx:1.29\"\nport = 8080\n\
                      route.main = { path = \"/*\", via = \"inside\" }\n";

#[test]
fn a_service_is_reached_through_a_vpc_link_and_its_internal_load_balancer() {
    for to in ["service = \"web\"", "load_balancer = \"inside\""] {
        let route = format!("route.web = {{ match = \"/{{path+}}\", to = {{ {to} }} }}\n");
        let document = document(&format!("{}{INSIDE}", http(&route)));
        let integration = resource(&document, "compute", "aws_apigatewayv2_integration.shop__web");
        assert_eq!(integration["integration_type"], "HTTP_PROXY");
        assert_eq!(integration["connection_id"], "${aws_apigatewayv2_vpc_link.shop.id}");
        let listener = "${aws_lb_listener.load_balancer__inside__http.arn}";
        assert_eq!(integration["integration_uri"], listener);
        assert_eq!(integration["tls_config"], Value::Null);
        let network = addresses(&document, "network");
        for address in [
            "aws_security_group.api__shop",
            "aws_vpc_security_group_egress_rule.api__shop__to__load_balancer__inside__http",
            "aws_vpc_security_group_ingress_rule.api__shop__to__load_balancer__inside__http",
        ] {
            assert!(network.contains(&address.to_owned()), "{address} is not in {network:#?}");
        }
        let compute = addresses(&document, "compute");
        assert!(!compute.contains(&"aws_iam_role.api__shop".to_owned()));
    }
}

#[test]
fn a_certificate_of_the_load_balancer_is_looked_at() {
    let inside = INSIDE.replace("internal = true", "internal = true\ndomain = \"in.example.com\"");
    let route = "route.web = { match = \"$default\", to = { service = \"web\" } }\n";
    let document = document(&format!("{WITH_DOMAIN}{}{inside}", http(route)));
    let integration = resource(&document, "compute", "aws_apigatewayv2_integration.shop__web");
    assert_eq!(only(&integration["tls_config"])["server_name_to_verify"], "in.example.com");
    let rule = "aws_vpc_security_group_egress_rule.api__shop__to__load_balancer__inside__https";
    assert_eq!(resource(&document, "network", rule)["from_port"], 443);
}

#[test]
fn a_domain_brings_a_certificate_and_records_and_closes_the_other_way_in() {
    let toml = format!(
        "{WITH_DOMAIN}{}",
        http(&format!("domain = \"api.{{platform.domain}}\"\n{ORDERS}"))
    );
    let document = document(&toml);
    let api = resource(&document, "compute", "aws_apigatewayv2_api.shop");
    assert_eq!(api["disable_execute_api_endpoint"], true);
    let domain = resource(&document, "compute", "aws_apigatewayv2_domain_name.shop");
    let configuration = only(&domain["domain_name_configuration"]);
    assert_eq!(configuration["security_policy"], "TLS_1_2");
    assert_eq!(
        configuration["certificate_arn"],
        "${aws_acm_certificate_validation.api__shop.certificate_arn}"
    );
    let mapping = resource(&document, "compute", "aws_apigatewayv2_api_mapping.shop");
    assert_eq!(mapping["stage"], "${aws_apigatewayv2_stage.shop.name}");
    let records = resource(&document, "compute", "aws_route53_record.api__shop__hosts");
    assert_eq!(records["for_each"], json!({ "A": "A", "AAAA": "AAAA" }));
    assert_eq!(records["name"], "api.shop.example.com");
    assert_eq!(
        format!("{:?}", document.outputs["api__shop__url"].value),
        "Text(\"https://api.shop.example.com\")"
    );
}

#[test]
fn browsers_get_an_answer_before_they_show_credentials() {
    let keys = |cors: &str, auth: &str| {
        let document = document(&http(&format!(
            "{cors}route.all = {{ match = \"ANY /a/{{rest+}}\", auth = \"{auth}\", throttle = 5, \
             to = {{ function = \"f\" }} }}\n\
             route.get = {{ match = \"GET /a/{{x+}}\", auth = \"none\", to = {{ function = \"f\" }} }}"
        )));
        let route = resource(&document, "compute", "aws_apigatewayv2_route.shop__all");
        let keys: Vec<String> = route["for_each"].as_object().unwrap().keys().cloned().collect();
        let stage = resource(&document, "compute", "aws_apigatewayv2_stage.shop");
        let limited = stage["route_settings"].as_array().unwrap().len();
        assert_eq!(limited, keys.len());
        keys
    };
    let cors = "cors = \"https://shop.example.com\"\n";
    for (cors, auth) in [("", "iam"), (cors, "none"), ("", "none")] {
        assert_eq!(keys(cors, auth), ["ANY /a/{rest+}"], "{cors}{auth}");
    }
    let methods = ["DELETE", "HEAD", "PATCH", "POST", "PUT"];
    assert_eq!(keys(cors, "iam"), methods.map(|method| format!("{method} /a/{{rest+}}")));
}

#[test]
fn pages_call_where_they_may() {
    let cors = |keys: &str| {
        let document = document(&http(&format!("{keys}\n{ORDERS}")));
        let api = resource(&document, "compute", "aws_apigatewayv2_api.shop");
        only(&api["cors_configuration"])
    };
    let short = cors("cors = \"https://shop.example.com\"");
    assert_eq!(short["allow_origins"], json!(["https://shop.example.com"]));
    assert_eq!(short["allow_methods"], json!(["POST"]));
    assert_eq!(short["allow_headers"], json!(["authorization", "content-type"]));
    assert_eq!((&short["max_age"], &short["allow_credentials"]), (&json!(3600), &json!(false)));
    let long = cors(
        "cors = { origins = [\"http://localhost:3000\", \"https://a.example.com\"], \
         methods = \"ANY\", headers = [\"X-A\"], expose = [\"X-B\"], credentials = true, \
         max_age = \"2h\" }",
    );
    assert_eq!(long["allow_methods"].as_array().unwrap().len(), 7);
    assert_eq!(
        (&long["allow_headers"], &long["expose_headers"]),
        (&json!(["x-a"]), &json!(["x-b"]))
    );
    assert_eq!((&long["max_age"], &long["allow_credentials"]), (&json!(7200), &json!(true)));
}

#[test]
fn a_route_has_limits_of_its_own_once_it_is_there() {
    let document = document(&http(&format!(
        "throttle = 20\n{ORDERS}route.slow = {{ match = \"GET /slow\", throttle = {{ rate = 1, \
         burst = 5 }}, to = {{ function = \"slow\" }} }}"
    )));
    let stage = resource(&document, "compute", "aws_apigatewayv2_stage.shop");
    assert_eq!(only(&stage["default_route_settings"])["throttling_burst_limit"], 40);
    let own = only(&stage["route_settings"]);
    assert_eq!(own["route_key"], "GET /slow");
    assert_eq!(
        (&own["throttling_rate_limit"], &own["throttling_burst_limit"]),
        (&json!(1), &json!(5))
    );
    assert_eq!(stage["depends_on"].as_array().unwrap().len(), 2);
}

#[test]
fn callers_get_its_address_and_rights_to_what_iam_decides() {
    let caller = "[service.web]\nimage = \"public.ecr.aws/nginx/nginx:1.29\"\n\
                  uses.api.shop = \"call\"\nenv = { ID = \"{api.shop.id}\" }\n";
    let keys = format!(
        "{ORDERS}route.admin = {{ match = \"GET /admin/{{id}}\", auth = \"iam\", to = {{ function = \"a\" }} }}"
    );
    let document = document(&format!("{caller}{}", http(&keys)));
    let address = "data.aws_iam_policy_document.service__web__task__api__shop";
    let statement = only(&resource(&document, "compute", address)["statement"]);
    assert_eq!(statement["actions"], json!(["execute-api:Invoke"]));
    let arn = "${aws_apigatewayv2_api.shop.execution_arn}/*/GET/admin/*";
    assert_eq!(statement["resources"], json!([arn]));
    let definition = resource(&document, "compute", "aws_ecs_task_definition.service__web");
    let text = definition.to_string() + &format!("{document:?}");
    assert!(text.contains("SHOP_URL") && text.contains("api_endpoint"));
    let open = super::document(&format!("{caller}{}", http(ORDERS)));
    assert_eq!(resource(&open, "compute", address), Value::Null);
}

#[test]
fn an_api_says_what_it_gives_and_how_it_is_measured() {
    let platform = platform("dev", &http(ORDERS));
    let api = &platform.things.api[&Name::new("shop").unwrap()];
    let output = |word: &str| match api.output(&[word.to_owned()], api.id(), &platform) {
        Output::Plain(value) | Output::Secret(value) => format!("{value:?}"),
    };
    assert!(output("url").contains("api_endpoint"));
    assert!(output("id").contains("aws_apigatewayv2_api"));
    let metrics = api.metrics(&platform);
    let keys: Vec<&str> = metrics.iter().map(|metric| metric.key).collect();
    assert_eq!(keys, ApiSpec::METRICS);
    assert!(metrics.iter().filter(|metric| metric.alarm.is_some()).count() == 3);
    assert!(api.keeps_logs() && !api.in_network());
    let doors: Vec<String> = api.doors(&platform).iter().map(ToString::to_string).collect();
    assert_eq!(doors, ["api.shop.route.orders"]);
    assert!(api.log_group().is_some() && api.shielded().is_none());
}
