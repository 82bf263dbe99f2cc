//! REST APIs: the tree of resources, methods, policies, deployments.
use super::{ORDERS, document, platform, rest};
use crate::kind::{Output, Thing};
use crate::testing::{addresses, only, resource};
use platgen_source::Name;
use platgen_source::json::{Value, json};
use platgen_terraform::Document;
use pretty_assertions::assert_eq;

fn part(document: &Document, kind: &str, name: &str) -> Value {
    resource(document, "compute", &format!("aws_api_gateway_{kind}.{name}"))
}

#[test]
fn paths_become_a_tree_whose_names_never_meet() {
    let document = document(&rest(
        "route.a = { match = [\"GET /\", \"GET /users/{id}\", \"PUT /users/{id}/{rest+}\", \
         \"GET /Users\", \"GET /users--x\", \"GET /a-b/c\"], to = { function = \"f\" } }",
    ));
    let parts: Vec<(Value, Value)> = addresses(&document, "compute")
        .iter()
        .filter(|address| address.starts_with("aws_api_gateway_resource."))
        .map(|address| {
            let part = resource(&document, "compute", address);
            (part["path_part"].clone(), part["parent_id"].clone())
        })
        .collect();
    let root = "${aws_api_gateway_rest_api.shop.root_resource_id}";
    for (part, parent) in [
        ("users", root),
        ("{id}", "${aws_api_gateway_resource.shop__users.id}"),
        ("Users", root),
        ("users--x", root),
        ("a-b", root),
        ("c", "${aws_api_gateway_resource.shop__a_b.id}"),
    ] {
        assert!(parts.contains(&(json!(part), json!(parent))), "{part} is not in {parts:#?}");
    }
    assert_eq!(parts.len(), 7);
    let method = part(&document, "method", "shop__a");
    let entries = method["for_each"].as_object().unwrap();
    assert_eq!(entries["GET /"], json!({ "http_method": "GET", "resource_id": root }));
    assert_eq!(entries.len(), 6);
}

#[test]
fn a_function_answers_a_method() {
    let document = document(&rest(ORDERS));
    let integration = part(&document, "integration", "shop__orders");
    assert_eq!(integration["type"], "AWS_PROXY");
    assert_eq!(integration["uri"], "${aws_lambda_alias.orders.invoke_arn}");
    assert_eq!(integration["integration_http_method"], "POST");
    assert_eq!(integration["for_each"], "${aws_api_gateway_method.shop__orders}");
    let found = addresses(&document, "compute");
    assert!(!found.iter().any(|address| address.contains("response")));
    assert!(!found.contains(&"aws_iam_role.api__shop".to_owned()));
}

#[test]
fn queues_buses_and_state_machines_answer_through_the_role() {
    let document = document(&rest(
        "route.pay = { match = \"POST /pay/{shop}\", to = { queue = \"payments\", \
         attributes = { signature = \"header.X-Signature\", page = \"query.page\" }, \
         group = \"path.shop\", deduplicate = \"header.X-Id\" } }\n\
         route.all = { match = \"POST /all\", to = { queue = \"payments\", group = \"all\" } }\n\
         route.event = { match = \"POST /event\", to = { event_bus = \"main\" } }\n\
         route.start = { match = \"POST /start\", to = { workflow = \"order\" } }\n\
         [queue.payments]\nfifo = true\n",
    ));
    let integration = |route: &str| part(&document, "integration", &format!("shop__{route}"));
    let template = |route: &str| {
        let templates = integration(route)["request_templates"].clone();
        assert_eq!(templates.as_object().unwrap().len(), 3);
        templates["application/json"].as_str().unwrap().to_owned()
    };
    let pay = integration("pay");
    assert_eq!(pay["credentials"], "${aws_iam_role.api__shop.arn}");
    assert_eq!(pay["passthrough_behavior"], "NEVER");
    let uri = pay["uri"].as_str().unwrap();
    assert!(uri.contains(":apigateway:us-east-2:sqs:path/"), "{uri}");
    let expected = [
        "Action=SendMessage&MessageBody=$util.urlEncode($input.body)",
        "&MessageAttribute.1.Name=page&MessageAttribute.1.Value.DataType=String",
        "&MessageAttribute.1.Value.StringValue=$util.urlEncode($input.params().querystring.get('page'))",
        "&MessageAttribute.2.Name=signature&MessageAttribute.2.Value.DataType=String",
        "&MessageAttribute.2.Value.StringValue=$util.urlEncode($input.params().header.get('X-Signature'))",
        "&MessageGroupId=$util.urlEncode($input.params().path.get('shop'))",
        "&MessageDeduplicationId=$util.urlEncode($input.params().header.get('X-Id'))",
    ];
    assert_eq!(template("pay"), expected.concat());
    assert!(template("all").ends_with("&MessageGroupId=all"));
    let event = template("event");
    assert!(event.starts_with("{\"Entries\":[{\"Source\":\"shop.shop\",\"DetailType\":\"event\""));
    let headers = &integration("event")["request_parameters"];
    assert_eq!(headers["integration.request.header.X-Amz-Target"], "'AWSEvents.PutEvents'");
    assert!(template("start").contains("$util.escapeJavaScript($input.body)"));
    assert_eq!(integration("start")["request_parameters"], Value::Null);
}

#[test]
fn callers_hear_whether_a_service_took_it_and_nothing_more() {
    let toml = rest("route.pay = { match = \"POST /pay\", to = { queue = \"payments\" } }");
    let document = document(&toml);
    for (word, status, pattern) in [("ok", "200", json!("2\\d{2}")), ("failed", "500", Value::Null)]
    {
        let name = format!("shop__pay__{word}");
        assert_eq!(part(&document, "method_response", &name)["status_code"], status);
        let answer = part(&document, "integration_response", &name);
        assert_eq!(
            (&answer["status_code"], &answer["selection_pattern"]),
            (&json!(status), &pattern)
        );
        assert_eq!(answer["depends_on"].as_array().unwrap().len(), 2);
    }
}

#[test]
fn what_a_bus_did_not_take_is_no_success() {
    let toml = rest("route.event = { match = \"POST /event\", to = { event_bus = \"main\" } }");
    let document = document(&toml);
    let answer = part(&document, "integration_response", "shop__event__ok");
    let template = answer["response_templates"]["application/json"].as_str().unwrap();
    for part in
        ["FailedEntryCount", "responseOverride.status = 400", "responseOverride.status = 500"]
    {
        assert!(template.contains(part), "{part} is not in {template}");
    }
    assert_eq!(template.matches("#if").count(), template.matches("#end").count());
}

#[test]
fn a_message_is_made_of_what_every_request_has() {
    let document = document(&rest(
        "route.pay = { match = \"POST /pay/{shop}\", to = { queue = \"payments\", \
         attributes = { signature = \"header.X-Signature\", page = \"query.page\" }, \
         group = \"path.shop\", deduplicate = \"header.X-Id\" }, \
         validate = { headers = [\"X-Own\"] } }\n[queue.payments]\nfifo = true\n",
    ));
    let method = part(&document, "method", "shop__pay");
    assert_eq!(
        method["request_parameters"],
        json!({
            "method.request.header.X-Id": true,
            "method.request.header.X-Own": true,
            "method.request.header.X-Signature": true,
            "method.request.querystring.page": true,
        })
    );
    assert_eq!(method["request_validator_id"], "${aws_api_gateway_request_validator.shop.id}");
}

#[test]
fn a_policy_lets_in_who_may_call_and_leaves_the_rest_to_iam() {
    let statements = |keys: &str| {
        let document = document(&rest(keys));
        let address = "data.aws_iam_policy_document.api__shop__calls";
        resource(&document, "compute", address)["statement"].as_array().unwrap().clone()
    };
    let arn = |end: &str| json!([format!("${{aws_api_gateway_rest_api.shop.execution_arn}}{end}")]);
    let open = statements(ORDERS);
    assert_eq!(open.len(), 2);
    assert_eq!((&open[0]["effect"], &open[0]["resources"]), (&json!("Allow"), &arn("/*")));
    assert_eq!(open[1]["effect"], "Deny");
    assert_eq!(only(&open[1]["condition"])["variable"], "aws:SecureTransport");
    let iam =
        "route.admin = { match = \"GET /admin\", auth = \"iam\", to = { function = \"f\" } }\n";
    let mixed = statements(&format!("allow_from = [\"203.0.113.0/24\"]\n{iam}{ORDERS}"));
    assert_eq!(mixed[0]["resources"], arn("/*/POST/orders"));
    assert_eq!(only(&mixed[2]["condition"])["values"], json!(["203.0.113.0/24"]));
    let document = document(&rest(iam));
    let address = "data.aws_iam_policy_document.api__shop__calls";
    assert_eq!(only(&resource(&document, "compute", address)["statement"])["effect"], "Deny");
}

#[test]
fn requests_are_looked_at() {
    let document = document(&rest(
        "route.new-order = { match = \"POST /orders\", to = { function = \"f\" }, \
         validate = { body = \"order.json\", headers = [\"X-Id\"], query = [\"page\"] } }",
    ));
    let method = part(&document, "method", "shop__new_order");
    assert_eq!(
        method["request_models"],
        json!({ "$default": "${aws_api_gateway_model.shop__new_order.name}" })
    );
    assert_eq!(
        method["request_parameters"],
        json!({ "method.request.header.X-Id": true, "method.request.querystring.page": true })
    );
    assert_eq!(method["request_validator_id"], "${aws_api_gateway_request_validator.shop.id}");
    let model = part(&document, "model", "shop__new_order");
    assert_eq!(
        (&model["name"], &model["schema"]),
        (&json!("newXorder"), &json!("{\"type\":\"object\"}"))
    );
    let validator = part(&document, "request_validator", "shop");
    assert_eq!(validator["validate_request_body"], true);
}

#[test]
fn every_change_deploys_anew_and_only_a_change() {
    let hash = |keys: &str| {
        let deployment = part(&document(&rest(keys)), "deployment", "shop");
        assert_eq!(deployment["lifecycle"]["create_before_destroy"], true);
        deployment["triggers"]["definition"].as_str().unwrap().to_owned()
    };
    let first = hash(ORDERS);
    assert_eq!(first, hash(&format!("throttle = 7\ntracing = false\n{ORDERS}")));
    for other in [
        ORDERS.replace("POST", "PUT"),
        ORDERS.replace("function = \"orders\"", "function = \"others\""),
        format!("allow_from = [\"203.0.113.0/24\"]\n{ORDERS}"),
        format!("auth = \"iam\"\n{ORDERS}"),
    ] {
        assert_ne!(first, hash(&other), "{other}");
    }
    let document = document(&rest(ORDERS));
    let waits = part(&document, "deployment", "shop")["depends_on"].to_string();
    for kind in ["method.shop__orders", "integration.shop__orders", "rest_api_policy.shop"] {
        assert!(waits.contains(kind), "{kind} is not in {waits}");
    }
}

#[test]
fn a_stage_is_traced_and_writes_its_logs_with_the_role_of_the_account() {
    let toml = format!("{}{}", rest(ORDERS), rest(ORDERS).replace("api.shop", "api.other"));
    let document = document(&toml);
    let stage = part(&document, "stage", "shop");
    assert_eq!(
        (&stage["stage_name"], &stage["xray_tracing_enabled"]),
        (&json!("live"), &json!(true))
    );
    let waits = stage["depends_on"].to_string();
    assert!(waits.contains("aws_api_gateway_account.main"), "{waits}");
    assert!(waits.contains("aws_cloudwatch_log_group.api__shop__execution"), "{waits}");
    let group = resource(&document, "compute", "aws_cloudwatch_log_group.api__shop__execution");
    let name = "API-Gateway-Execution-Logs_${aws_api_gateway_rest_api.shop.id}/live";
    assert_eq!((&group["name"], &group["retention_in_days"]), (&json!(name), &json!(7)));
    let account = part(&document, "account", "main");
    assert_eq!(account["cloudwatch_role_arn"], "${aws_iam_role.platform__api_logs.arn}");
}

#[test]
fn methods_have_settings_and_a_route_limits_of_its_own() {
    let document = document(&rest(&format!(
        "{ORDERS}route.slow = {{ match = [\"GET /\", \"GET /a/{{id}}\"], throttle = 5, \
         to = {{ function = \"f\" }} }}"
    )));
    let all = part(&document, "method_settings", "shop");
    assert_eq!(all["method_path"], "*/*");
    let settings = only(&all["settings"]);
    assert_eq!(
        (&settings["metrics_enabled"], &settings["logging_level"]),
        (&json!(true), &json!("ERROR"))
    );
    assert_eq!(settings["throttling_rate_limit"], 100);
    let own = part(&document, "method_settings", "shop__slow");
    assert_eq!(own["for_each"], json!({ "GET /": "~1/GET", "GET /a/{id}": "~1a~1{id}/GET" }));
    assert_eq!(only(&own["settings"])["throttling_burst_limit"], 10);
}

#[test]
fn it_stands_behind_a_firewall_and_is_reached_at_its_stage() {
    let keys = format!("firewall = \"public\"\nallow_from = [\"203.0.113.0/24\"]\n{ORDERS}");
    let toml = format!("[firewall.public]\n{}", rest(&keys));
    let document = document(&toml);
    let address = "aws_wafv2_web_acl_association.api__shop";
    let association = resource(&document, "network", address);
    assert!(association["resource_arn"].to_string().contains("api_gateway_stage_shop"));
    let platform = platform("dev", &toml);
    let api = &platform.things.api[&Name::new("shop").unwrap()];
    let Output::Plain(url) = api.output(&["url".to_owned()], api.id(), &platform) else {
        panic!("a URL is no secret")
    };
    assert!(format!("{url:?}").contains("invoke_url"));
    assert!(api.doors(&platform).is_empty());
    let metrics = format!("{:?}", api.metrics(&platform));
    assert!(metrics.contains("5XXError") && metrics.contains("ApiName"), "{metrics}");
}

#[test]
fn a_domain_serves_both_types() {
    let header = "spec = 1\n[platform]\nname = \"shop\"\nregion = \"us-east-2\"\n\
                  domain = \"example.com\"\n[environment.dev]\nprofile = \"development\"\n";
    let keys = format!("domain = \"api.example.com\"\n{ORDERS}");
    let document = document(&format!("{header}{}", rest(&keys)));
    assert_eq!(part(&document, "rest_api", "shop")["disable_execute_api_endpoint"], true);
    let mapping = resource(&document, "compute", "aws_apigatewayv2_api_mapping.shop");
    assert_eq!(mapping["stage"], "${aws_api_gateway_stage.shop.stage_name}");
    assert_eq!(mapping["api_id"], "${aws_api_gateway_rest_api.shop.id}");
}
