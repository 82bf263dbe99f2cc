//! What good functions become.
use super::{FUNCTION, document, function, platform};
use crate::kind::{Kind, Thing};
use crate::observability::metric::{Measure, Metric};
use crate::testing::{addresses, only, resource};
use platgen_source::json::{Value as Json, json};
use platgen_terraform::{Document, render, schema::Schema};
use pretty_assertions::assert_eq;

/// A resource of the module compute.
fn compute(document: &Document, address: &str) -> Json {
    resource(document, "compute", address)
}

/// The function `web` of a text.
fn lambda(more: &str) -> Json {
    compute(&document(&function(more)), "aws_lambda_function.web")
}

/// The statements of a policy.
fn statements(document: &Document, name: &str) -> Vec<Json> {
    let policy = compute(document, &format!("data.aws_iam_policy_document.{name}"));
    policy["statement"].as_array().cloned().unwrap_or_default()
}

#[test]
fn a_plain_function_has_safe_defaults() {
    let expected = json!({
        "architectures": ["arm64"],
        "depends_on": ["aws_iam_role_policy.function__web__base"],
        "filename": "${path.module}/functions/web.zip",
        "function_name": "prod-shop-web",
        "handler": "index.handler",
        "logging_config": [{
            "log_format": "JSON",
            "log_group": "${aws_cloudwatch_log_group.function__web.name}",
        }],
        "memory_size": 512,
        "package_type": "Zip",
        "publish": true,
        "role": "${aws_iam_role.function__web.arn}",
        "runtime": "nodejs22.x",
        "timeout": 30,
        "tracing_config": [{ "mode": "Active" }],
    });
    let mut function = lambda("");
    let digest = function.as_object_mut().unwrap().remove("source_code_hash").unwrap();
    assert_eq!(digest.as_str().unwrap().len(), 44);
    assert_eq!(function, expected);
    let document = document(FUNCTION);
    assert_eq!(
        compute(&document, "aws_lambda_alias.web"),
        json!({
            "description": "The version that is in use",
            "function_name": "${aws_lambda_function.web.function_name}",
            "function_version": "${aws_lambda_function.web.version}",
            "name": "live",
        })
    );
    let kinds =
        ["aws_sqs_queue.", "aws_lambda_function_event_invoke_config.", "aws_lambda_permission."];
    let has = |kind: &&str| addresses(&document, "compute").iter().any(|a| a.starts_with(*kind));
    assert!(!kinds.iter().any(has));
    assert!(addresses(&document, "data").is_empty(), "no key without variables");
}

#[test]
fn every_key_becomes_its_argument() {
    let function = lambda(
        "memory = 2048\ntimeout = \"2m\"\narchitecture = \"x86_64\"\ndisk = 1024\nconcurrency = 9\n\
         layers = [\"arn:aws:lambda:us-east-2:123456789012:layer:tools:3\"]\ntracing = false\n\
         env = { LEVEL = \"info\", NAME = \"{function.web.name}\" }",
    );
    for (key, expected) in [
        ("memory_size", json!(2048)),
        ("timeout", json!(120)),
        ("architectures", json!(["x86_64"])),
        ("ephemeral_storage", json!([{ "size": 1024 }])),
        ("reserved_concurrent_executions", json!(9)),
        ("layers", json!(["arn:aws:lambda:us-east-2:123456789012:layer:tools:3"])),
        ("tracing_config", json!([{ "mode": "PassThrough" }])),
        ("environment", json!([{ "variables": { "LEVEL": "info", "NAME": "prod-shop-web" } }])),
        ("kms_key_arn", json!("${var.kms_key_data_arn}")),
    ] {
        assert_eq!(function[key], expected, "{key}");
    }
}

#[test]
fn code_can_be_in_a_bucket_or_in_an_image() {
    let bucket = document(
        "[function.web]\ncode = { bucket = \"builds\", key = \"web.zip\", version = \"3\" }\n\
         runtime = \"python3.13\"\nhandler = \"app.main\"",
    );
    let function = compute(&bucket, "aws_lambda_function.web");
    let place = ["s3_bucket", "s3_key", "s3_object_version"].map(|key| function[key].clone());
    assert_eq!(place, ["builds", "web.zip", "3"]);
    assert_eq!(function.get("filename"), None);
    let image = "123456789012.dkr.ecr.us-east-2.amazonaws.com/web:1";
    let plain = document(&format!("[function.web]\nimage = \"{image}\""));
    let function = compute(&plain, "aws_lambda_function.web");
    assert_eq!(
        (&function["package_type"], &function["image_uri"]),
        (&json!("Image"), &json!(image))
    );
    assert_eq!(["runtime", "handler", "image_config"].map(|key| function.get(key)), [None; 3]);
    let text = format!("[function.web]\nimage = \"{image}\"\ncommand = [\"app.run\"]");
    let function = compute(&document(&text), "aws_lambda_function.web");
    assert_eq!(function["image_config"], json!([{ "command": ["app.run"] }]));
}

#[test]
fn the_package_stands_in_the_output_with_the_same_bytes() {
    let bytes = |toml: &str| {
        let tree = render(&document(toml), Schema::embedded());
        tree["modules/compute/functions/web.zip"].clone()
    };
    assert_eq!(bytes(FUNCTION), bytes(FUNCTION));
    assert_ne!(bytes(FUNCTION), bytes(&function("exclude = [\"lib\"]")));
}

#[test]
fn a_newer_runtime_raises_the_provider() {
    let version = |toml: &str| {
        let tree = render(&document(toml), Schema::embedded());
        let root: Json = platgen_source::json::from_slice(&tree["versions.tf.json"]).unwrap();
        root["terraform"]["required_providers"]["aws"]["version"].clone()
    };
    assert_eq!(version(FUNCTION), ">= 5.100.0, < 7.0.0");
    assert_eq!(version(&FUNCTION.replace("nodejs22.x", "nodejs24.x")), ">= 6.19.0, < 7.0.0");
}

#[test]
fn a_function_in_the_network_makes_its_interfaces_and_its_code_does_not() {
    let text = function("uses.cache.main = \"connect\"\n[cache.main]");
    let document = document(&text);
    let function = compute(&document, "aws_lambda_function.web");
    let groups = &only(&function["vpc_config"])["security_group_ids"];
    assert_eq!(*groups, json!(["${var.security_group_function__web_id}"]));
    assert_eq!(
        function["depends_on"],
        json!([
            "aws_iam_role_policy.function__web__base",
            "aws_iam_role_policy.function__web__network"
        ])
    );
    let statements = statements(&document, "function__web__network");
    let effects: Vec<_> = statements.iter().map(|statement| &statement["effect"]).collect();
    assert_eq!(effects, ["Allow", "Deny"]);
    assert_eq!(statements[0]["actions"], statements[1]["actions"]);
    assert_eq!(statements[0]["actions"].as_array().unwrap().len(), 6);
    let arn = "arn:${data.aws_partition.current.partition}:lambda:us-east-2:\
               ${data.aws_caller_identity.current.account_id}:function:prod-shop-web";
    assert_eq!(
        statements[1]["condition"],
        json!([{ "test": "ArnEquals", "variable": "lambda:SourceFunctionArn", "values": [arn] }])
    );
}

#[test]
fn the_role_is_lambdas_in_this_account_and_holds_one_policy_for_each_edge() {
    let text = function(
        "uses.table.orders = \"read\"\nuses.secret.payment = \"read\"\n\
         [table.orders]\npartition_key = \"id\"\n[secret.payment]",
    );
    let document = document(&text);
    let trust = &statements(&document, "function__web__trust")[0];
    assert_eq!(trust["principals"][0]["identifiers"], json!(["lambda.amazonaws.com"]));
    assert_eq!(trust["condition"][0]["variable"], "aws:SourceAccount");
    let policies: Vec<String> = addresses(&document, "compute")
        .into_iter()
        .filter_map(|a| a.strip_prefix("aws_iam_role_policy.function__web__").map(str::to_owned))
        .collect();
    assert_eq!(policies, ["base", "secret__payment", "table__orders"]);
    let base = statements(&document, "function__web__base");
    assert_eq!(base[0]["resources"], json!(["${aws_cloudwatch_log_group.function__web.arn}:*"]));
    assert_eq!(base[1]["actions"], json!(["xray:PutTelemetryRecords", "xray:PutTraceSegments"]));
    assert_eq!(base.len(), 2);
}

#[test]
fn a_queue_is_read_through_the_alias_once_all_rights_are_there() {
    let text = function(
        "on.queue.jobs = { batch = 5, window = \"10s\", concurrency = 4, filter = { body = { kind = [\"a\"] } } }\n\
         uses.table.orders = \"read\"\n[queue.jobs]\n[table.orders]\npartition_key = \"id\"",
    );
    let mapping =
        compute(&document(&text), "aws_lambda_event_source_mapping.web__from__queue__jobs");
    for (key, expected) in [
        ("function_name", json!("${aws_lambda_alias.web.arn}")),
        ("event_source_arn", json!("${var.sqs_queue_jobs_arn}")),
        ("batch_size", json!(5)),
        ("maximum_batching_window_in_seconds", json!(10)),
        ("scaling_config", json!([{ "maximum_concurrency": 4 }])),
        ("function_response_types", json!(["ReportBatchItemFailures"])),
        (
            "filter_criteria",
            json!([{ "filter": [{ "pattern": "{\"body\":{\"kind\":[\"a\"]}}" }] }]),
        ),
    ] {
        assert_eq!(mapping[key], expected, "{key}");
    }
    let waits = mapping["depends_on"].as_array().unwrap();
    for policy in ["base", "table__orders"] {
        let policy = json!(format!("aws_iam_role_policy.function__web__{policy}"));
        assert!(waits.contains(&policy), "{waits:?}");
    }
}

#[test]
fn changes_of_a_table_that_fail_for_good_are_kept() {
    let text =
        function("on.table.orders = {}\n[table.orders]\npartition_key = \"id\"\nstream = \"both\"");
    let document = document(&text);
    let mapping = compute(&document, "aws_lambda_event_source_mapping.web__from__table__orders");
    let queue = "${aws_sqs_queue.function__web__dead_letter.arn}";
    for (key, expected) in [
        ("event_source_arn", json!("${var.dynamodb_table_orders_stream_arn}")),
        ("starting_position", json!("TRIM_HORIZON")),
        ("batch_size", json!(100)),
        ("bisect_batch_on_function_error", json!(true)),
        ("destination_config", json!([{ "on_failure": [{ "destination_arn": queue }] }])),
    ] {
        assert_eq!(mapping[key], expected, "{key}");
    }
}

#[test]
fn asynchronous_calls_that_fail_for_good_are_kept() {
    let topic = "on.topic.news = {}\nretries = 1\nmax_age = \"1h\"\n[topic.news]";
    let document = document(&function(topic));
    let queue = "${aws_sqs_queue.function__web__dead_letter.arn}";
    let function = compute(&document, "aws_lambda_function.web");
    assert_eq!(function["dead_letter_config"], json!([{ "target_arn": queue }]));
    let calls = compute(&document, "aws_lambda_function_event_invoke_config.web");
    assert_eq!(calls["maximum_retry_attempts"], 1);
    assert_eq!(calls["maximum_event_age_in_seconds"], 3600);
    assert_eq!(calls["qualifier"], "${aws_lambda_alias.web.name}");
    let policy = &statements(&document, "function__web__dead_letter")[0];
    assert_eq!(policy["effect"], "Deny");
    assert_eq!(policy["condition"][0]["variable"], "aws:SecureTransport");
    let queue_made = compute(&document, "aws_sqs_queue.function__web__dead_letter");
    assert_eq!(queue_made["kms_master_key_id"], "${var.kms_key_messages_arn}");
    let key = statements(&document, "function__web__base").pop().unwrap();
    assert_eq!(key["actions"], json!(["kms:Decrypt", "kms:GenerateDataKey"]));
    let send = statements(&document, "function__web__base").remove(2);
    assert_eq!(
        (&send["actions"], &send["resources"]),
        (&json!(["sqs:SendMessage"]), &json!([queue]))
    );
}

#[test]
fn schedules_call_the_alias() {
    let document = document(&function("provisioned = 2\non.schedule.often = \"rate(1 hour)\""));
    let schedule = compute(&document, "aws_scheduler_schedule.function__web__often");
    assert_eq!(only(&schedule["target"])["arn"], "${aws_lambda_alias.web.arn}");
    let start = &statements(&document, "function__web__schedule__start")[0];
    assert_eq!(start["resources"], json!(["${aws_lambda_alias.web.arn}"]));
    let group = compute(&document, "aws_scheduler_schedule_group.function__web");
    assert_eq!(group["name"], "prod-shop-web-function");
    let provisioned = compute(&document, "aws_lambda_provisioned_concurrency_config.web");
    assert_eq!(provisioned["provisioned_concurrent_executions"], 2);
}

#[test]
fn functions_that_call_each_other_are_no_circle() {
    let other = FUNCTION.replace("web", "other");
    let text = function(&format!(
        "uses.function.other = \"invoke\"\n{other}uses.function.web = \"invoke\""
    ));
    let document = document(&text);
    let function = compute(&document, "aws_lambda_function.web");
    let variables = &only(&function["environment"])["variables"];
    assert_eq!(*variables, json!({ "OTHER_FUNCTION": "prod-shop-other:live" }));
    let call = &statements(&document, "function__web__function__other")[0];
    assert_eq!(call["actions"], json!(["lambda:InvokeFunction"]));
    assert_eq!(call["resources"], json!(["${aws_lambda_alias.other.arn}"]));
}

#[test]
fn a_url_is_made_for_who_calls_it_and_lets_nobody_else_in() {
    let caller = "[service.shop]\nimage = \"nginx\"\nuses.function.web = ";
    let document = document(&format!("{}\n{caller}\"url\"", function("")));
    let url = compute(&document, "aws_lambda_function_url.web");
    assert_eq!(
        url,
        json!({
            "function_name": "${aws_lambda_alias.web.function_name}",
            "qualifier": "${aws_lambda_alias.web.name}",
            "authorization_type": "AWS_IAM",
        })
    );
    let rights = statements(&document, "service__shop__task__function__web");
    let shown = |statement: &Json| {
        let condition = only(&statement["condition"]);
        (statement["actions"].clone(), condition["variable"].clone(), condition["values"].clone())
    };
    assert_eq!(
        rights.iter().map(shown).collect::<Vec<_>>(),
        [
            (
                json!(["lambda:InvokeFunctionUrl"]),
                json!("lambda:FunctionUrlAuthType"),
                json!(["AWS_IAM"])
            ),
            (
                json!(["lambda:InvokeFunction"]),
                json!("lambda:InvokedViaFunctionUrl"),
                json!(["true"])
            ),
        ]
    );
    let invoked = self::document(&format!("{}\n{caller}\"invoke\"", function("")));
    let made = crate::testing::addresses(&invoked, "compute");
    assert!(!made.iter().any(|address| address.contains("function_url")), "{made:?}");
}

#[test]
fn metrics_are_those_that_the_function_has() {
    let metrics = |more: &str| -> Vec<Metric> {
        let platform = platform(&function(more));
        platform.things.function.values().flat_map(|function| function.metrics(&platform)).collect()
    };
    let keys = |more: &str| metrics(more).iter().map(|metric| metric.key).collect::<Vec<_>>();
    assert_eq!(keys(""), ["calls", "errors", "throttles", "duration", "concurrency"]);
    let table = "on.table.orders = {}\n[table.orders]\npartition_key = \"id\"\nstream = \"both\"";
    assert_eq!(keys(table), super::super::FunctionSpec::METRICS);
    let alarm = |more: &str, key: &str| {
        let metrics = metrics(more);
        let metric = metrics.iter().find(|metric| metric.key == key).unwrap();
        metric.alarm.map(|alarm| alarm.value)
    };
    assert_eq!(alarm("timeout = \"10s\"", "duration"), Some(8000.0));
    assert_eq!(alarm("", "concurrency"), None);
    assert_eq!(alarm("concurrency = 10", "concurrency"), Some(8.0));
    for metric in metrics(table) {
        assert!(matches!(metric.measure, Measure::Series(_)), "{}", metric.key);
    }
}
