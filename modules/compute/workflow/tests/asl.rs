//! What states become in the Amazon States Language.
use super::{document, one_state, state, written};
use crate::compute::service::tests::local;
use crate::testing::{only, resource};
use platgen_source::json::{Value as Json, json};
use pretty_assertions::assert_eq;

/// The parameters of a state, each text with its references shortened to what they end in.
fn parameters(keys: &str) -> Json {
    state(keys)["Parameters"].clone()
}

/// The end of the resource of a state, behind `:::`.
fn integration(keys: &str) -> String {
    let resource = state(keys)["Resource"].as_str().unwrap().to_owned();
    resource.rsplit_once(":::").map(|(_, end)| end.to_owned()).unwrap_or(resource)
}

#[test]
fn a_function_is_called_by_its_alias_and_its_answer_is_the_result() {
    for (keys, input, parameters) in [
        ("invoke = \"charge\"", Json::Null, Json::Null),
        ("invoke = { function = \"charge\", payload = \"$.order\" }", json!("$.order"), Json::Null),
        (
            "invoke = { function = \"charge\", payload = { kind = \"x\", id = \"$.order.id\", n = [1, \"$.a\"] } }",
            Json::Null,
            json!({ "kind": "x", "id.$": "$.order.id", "n.$": "States.Array(1, $.a)" }),
        ),
    ] {
        let state = state(keys);
        assert_eq!(state["Resource"], "${aws_lambda_alias.charge.arn}", "{keys}");
        assert_eq!((&state["InputPath"], &state["Parameters"]), (&input, &parameters), "{keys}");
        assert_eq!(state["ResultPath"], "$.results.A");
        assert_eq!((&state["Type"], &state["Next"]), (&json!("Task"), &json!("Z")));
    }
    let keys = "invoke = { function = \"charge\", wait = \"callback\" }\ntimeout = \"1d\"";
    assert_eq!(integration(keys), "lambda:invoke.waitForTaskToken");
    assert_eq!(parameters(keys)["FunctionName"], "${aws_lambda_alias.charge.arn}");
    assert_eq!(parameters(keys)["Payload"], envelope(&json!({ "data.$": "$" })));
    assert_eq!(state(keys)["TimeoutSeconds"], 86_400);
}

/// What is sent where an answer is waited for.
fn envelope(data: &Json) -> Json {
    let mut envelope = json!({
        "token.$": "$$.Task.Token",
        "state.$": "$$.State.Name",
        "execution.$": "$$.Execution.Id",
    });
    for (key, value) in data.as_object().unwrap() {
        envelope[key] = value.clone();
    }
    envelope
}

#[test]
fn messages_hold_all_data_or_what_is_said_and_the_token_if_they_can_be_answered() {
    for (work, body, ending) in [
        ("publish = { topic = \"bids\"", "Message", "sns:publish"),
        ("send = { queue = \"work\"", "MessageBody", "sqs:sendMessage"),
    ] {
        let plain = parameters(&format!("{work} }}"));
        assert_eq!(plain[format!("{body}.$")], "$", "{work}");
        let text = parameters(&format!("{work}, message = \"in {{environment}}\" }}"));
        assert_eq!(text[body], "in dev");
        let keys = format!(
            "{work}, message = {{ a = \"$.b\" }}, wait = \"callback\" }}\nheartbeat = \"5m\""
        );
        assert_eq!(parameters(&keys)[body], envelope(&json!({ "data": { "a.$": "$.b" } })));
        assert_eq!(integration(&keys), format!("{ending}.waitForTaskToken"));
        let keys = format!(
            "{work}, group = \"$.g\", deduplication = \"once\", attributes = {{ n = 1, t = \"x\", p = \"$.p\", l = [1] }} }}"
        );
        let sent = parameters(&keys);
        assert_eq!(
            (&sent["MessageGroupId.$"], &sent["MessageDeduplicationId"]),
            (&json!("$.g"), &json!("once"))
        );
        let attributes = json!({
            "n": { "DataType": "Number", "StringValue": "1" },
            "t": { "DataType": "String", "StringValue": "x" },
            "p": { "DataType": "String", "StringValue.$": "States.Format('{}', $.p)" },
            "l": { "DataType": "String", "StringValue": "[1]" },
        });
        assert_eq!(sent["MessageAttributes"], attributes);
    }
    assert_eq!(parameters("publish = { topic = \"bids\", subject = \"Hi\" }")["Subject"], "Hi");
    assert_eq!(integration("publish = \"bids\""), "sns:publish");
    assert_eq!(integration("send = \"work\""), "sqs:sendMessage");
}

#[test]
fn an_event_says_who_sends_it() {
    let event = parameters(
        "event = { bus = \"main\", detail_type = \"paid\", detail = { id = \"$.id\" } }",
    );
    let entry = &event["Entries"][0];
    assert_eq!(
        (&entry["DetailType"], &entry["Source"]),
        (&json!("paid"), &json!("dev-shop-order"))
    );
    assert_eq!(entry["Detail"], json!({ "id.$": "$.id" }));
    let keys =
        "event = { bus = \"main\", detail_type = \"x\", source = \"{platform.name}.orders\" }";
    assert_eq!(parameters(keys)["Entries"][0]["Source"], "shop.orders");
    assert_eq!(parameters(keys)["Entries"][0]["Detail.$"], "$");
    assert_eq!(integration(keys), "events:putEvents");
}

#[test]
fn the_data_of_a_mail_is_json_in_a_text() {
    let mail = |more: &str| {
        format!(
            "email = {{ from = \"mail\", template = \"sold-out\", to = \"$.client.email\"{more} }}"
        )
    };
    assert_eq!(integration(&mail("")), "aws-sdk:sesv2:sendEmail");
    let sent = parameters(&mail(""));
    assert_eq!(sent["Destination"], json!({ "ToAddresses.$": "States.Array($.client.email)" }));
    let template = &sent["Content"]["Template"];
    assert_eq!(template["TemplateData.$"], "States.JsonToString($)");
    for (data, key, expected) in [
        (
            "{ a = \"it's {x}\", n = [1, 0.5, true] }",
            "TemplateData",
            r#"{"a":"it's {x}","n":[1,0.5,true]}"#,
        ),
        (
            "{ a = \"it's {x} \\\\\", b = { c = \"$.c\" }, d = [\"$.d\", 2] }",
            "TemplateData.$",
            r#"States.Format('\{"a":"it\'s \{x\} \\\\","b":\{"c":{}\},"d":[{},2]\}', States.JsonToString($.c), States.JsonToString($.d))"#,
        ),
        ("\"$.all\"", "TemplateData.$", "States.JsonToString($.all)"),
    ] {
        let sent = parameters(&mail(&format!(", data = {data}")));
        assert_eq!(sent["Content"]["Template"][key], expected, "{data}");
    }
    let keys = "email = { from = \"mail\", template = \"sold-out\", to = [\"a@b.c\", \"d@e.f\"], wait = \"callback\" }\ntimeout = \"1d\"";
    let sent = parameters(keys);
    assert_eq!(sent["Destination"]["ToAddresses"], json!(["a@b.c", "d@e.f"]));
    let data = sent["Content"]["Template"]["TemplateData.$"].as_str().unwrap();
    assert!(
        data.contains(r#""token":{}"#) && data.ends_with("States.JsonToString($$.Task.Token))"),
        "{data}"
    );
}

#[test]
fn a_job_runs_as_a_task_or_in_its_own_state_machine() {
    assert_eq!(integration("run = \"report\""), "ecs:runTask.sync");
    let task = parameters("run = \"report\"");
    assert_eq!(task["TaskDefinition"], "${aws_ecs_task_definition.job__report.arn}");
    assert_eq!(task["NetworkConfiguration"]["AwsvpcConfiguration"]["AssignPublicIp"], "DISABLED");
    assert_eq!(task["Overrides"], Json::Null);
    assert_eq!(integration("run = { job = \"report\", wait = \"none\" }"), "ecs:runTask");
    let keys = "run = { job = \"report\", env = { N = 3, P = \"$.p\" }, command = [\"go\", \"$.x\"], wait = \"callback\" }\ntimeout = \"1h\"";
    assert_eq!(integration(keys), "ecs:runTask.waitForTaskToken");
    let overrides = &parameters(keys)["Overrides"]["ContainerOverrides"][0];
    assert_eq!(overrides["Name"], "report");
    assert_eq!(overrides["Command.$"], "States.Array('go', $.x)");
    let environment = json!([
        { "Name": "N", "Value": "3" },
        { "Name": "P", "Value.$": "States.Format('{}', $.p)" },
        { "Name": "TASK_TOKEN", "Value.$": "States.Format('{}', $$.Task.Token)" },
    ]);
    assert_eq!(overrides["Environment"], environment);
    assert_eq!(integration("run = \"again\""), "states:startExecution.sync:2");
    assert_eq!(
        parameters("run = \"again\"")["StateMachineArn"],
        "${aws_sfn_state_machine.again.arn}"
    );
}

#[test]
fn a_workflow_is_started_and_waited_for_as_its_type_allows() {
    assert_eq!(integration("start = \"sub\""), "states:startExecution.sync:2");
    assert_eq!(parameters("start = \"sub\"")["Input.$"], "$");
    assert_eq!(
        integration("start = { workflow = \"sub\", wait = \"none\" }"),
        "states:startExecution"
    );
    let keys =
        "start = { workflow = \"sub\", input = { a = 1 }, wait = \"callback\" }\ntimeout = \"1h\"";
    assert_eq!(integration(keys), "states:startExecution.waitForTaskToken");
    let by = json!({ "AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID.$": "$$.Execution.Id", "data": { "a": 1 } });
    assert_eq!(parameters(keys)["Input"], envelope(&by));
    assert_eq!(integration("start = \"quick\""), "aws-sdk:sfn:startSyncExecution");
    assert_eq!(parameters("start = \"quick\"")["Input.$"], "States.JsonToString($)");
    let arn = parameters("start = \"order\"")["StateMachineArn"].as_str().unwrap().to_owned();
    assert!(arn.contains("aws_cloudwatch_log_group.workflow__order.arn"), "no circle: {arn}");
    assert!(arn.ends_with(":stateMachine:dev-shop-order"), "{arn}");
}

#[test]
fn items_have_types() {
    let get = parameters(
        "get = { table = \"orders\", key = { id = \"$.id\", at = \"$.at\" }, consistent = true }",
    );
    let key = json!({ "id": { "S.$": "$.id" }, "at": { "N.$": "States.Format('{}', $.at)" } });
    assert_eq!((&get["Key"], &get["ConsistentRead"]), (&key, &json!(true)));
    assert_eq!(
        parameters("delete = { table = \"orders\", key = { id = \"$.id\", at = \"$.at\" } }")["Key"],
        key
    );
    let put = parameters(
        "put = { table = \"orders\", item = { id = \"x\", at = 1, f = 0.5, b = false, l = [1, \"$.x\", []], m = { k = \"v\" }, \
         n = { N = \"$.n\" }, s = { SS = [\"a\"] }, z = { NULL = true }, t = { N = \"7\" } } }",
    );
    let item = json!({
        "id": { "S": "x" },
        "at": { "N": "1" },
        "f": { "N": "0.5" },
        "b": { "BOOL": false },
        "l": { "L": [{ "N": "1" }, { "S.$": "$.x" }, { "L": [] }] },
        "m": { "M": { "k": { "S": "v" } } },
        "n": { "N.$": "States.Format('{}', $.n)" },
        "s": { "SS": ["a"] },
        "z": { "NULL": true },
        "t": { "N": "7" },
    });
    assert_eq!(put["Item"], item);
    let keys = "update = { table = \"orders\", key = { id = \"a\", at = 2 }, set = { status = \"$.s\", size = 1 }, add = { tries = \"$.n\" }, remove = [\"old\"] }";
    let update = parameters(keys);
    assert_eq!(update["UpdateExpression"], "SET #a0 = :a0, #a1 = :a1 ADD #a2 :a2 REMOVE #a3");
    let names = json!({ "#a0": "size", "#a1": "status", "#a2": "tries", "#a3": "old" });
    assert_eq!(update["ExpressionAttributeNames"], names);
    let values = json!({ ":a0": { "N": "1" }, ":a1": { "S.$": "$.s" }, ":a2": { "N.$": "States.Format('{}', $.n)" } });
    assert_eq!(update["ExpressionAttributeValues"], values);
    let keys = "update = { table = \"orders\", key = { id = \"a\", at = 2 }, remove = [\"old\"] }";
    assert_eq!(parameters(keys)["ExpressionAttributeValues"], Json::Null);
    assert_eq!(integration(keys), "dynamodb:updateItem");
}

#[test]
fn states_without_others() {
    for (keys, expected) in [
        ("wait = \"1h\"", json!({ "Type": "Wait", "Seconds": 3600 })),
        ("wait = { seconds = \"$.s\" }", json!({ "Type": "Wait", "SecondsPath": "$.s" })),
        ("wait = { until = \"$.due\" }", json!({ "Type": "Wait", "TimestampPath": "$.due" })),
        (
            "wait = { until = \"2030-01-31T12:00:00Z\" }",
            json!({ "Type": "Wait", "Timestamp": "2030-01-31T12:00:00Z" }),
        ),
        (
            "pass = { a = 1, b = 2030-01-01 }",
            json!({ "Type": "Pass", "Result": { "a": 1, "b": "2030-01-01" }, "ResultPath": "$.results.A" }),
        ),
        ("pass = \"x\"", json!({ "Type": "Pass", "Result": "x", "ResultPath": "$.results.A" })),
        (
            "pass = \"$.x\"",
            json!({ "Type": "Pass", "InputPath": "$.x", "ResultPath": "$.results.A" }),
        ),
        (
            "pass = { a = \"States.UUID()\" }\noutput = \"$.results\"\ncomment = \"why\"",
            json!({
                "Type": "Pass",
                "Parameters": { "a.$": "States.UUID()" },
                "ResultPath": "$.results.A",
                "OutputPath": "$.results",
                "Comment": "why",
            }),
        ),
    ] {
        let mut expected = expected;
        expected["Next"] = "Z".into();
        assert_eq!(state(keys), expected, "{keys}");
    }
}

#[test]
fn a_choice_goes_one_of_its_ways() {
    let keys = "choice = [{ if = \"$.a is present\", next = \"Z\" }, { if = \"$.b == 1\", next = \"A\" }]\ndefault = \"Z\"";
    let choice = written(&one_state(keys))["States"]["A"].clone();
    assert_eq!(choice["Choices"][0], json!({ "Variable": "$.a", "IsPresent": true, "Next": "Z" }));
    assert_eq!(choice["Choices"][1]["Next"], "A");
    assert_eq!((&choice["Default"], &choice["Next"]), (&json!("Z"), &Json::Null));
}

#[test]
fn executions_end_well_or_as_failures() {
    for (keys, expected) in [
        ("end = \"succeed\"\noutput = \"$.x\"", json!({ "Type": "Succeed", "OutputPath": "$.x" })),
        ("end = \"fail\"", json!({ "Type": "Fail", "Error": "B" })),
        (
            "end = \"fail\"\nerror = \"Shop.Closed\"\ncause = \"too late\"",
            json!({ "Type": "Fail", "Error": "Shop.Closed", "Cause": "too late" }),
        ),
        (
            "end = \"fail\"\ncause = \"States.Format('{}', $.error.Cause)\"",
            json!({ "Type": "Fail", "Error": "B", "CausePath": "States.Format('{}', $.error.Cause)" }),
        ),
    ] {
        let text = format!("pass = 1\nnext = \"B\"\n[workflow.order.state.B]\n{keys}");
        let text = one_state(&text).replace("[workflow.order.state.Z]\nend = \"succeed\"", "");
        assert_eq!(written(&text)["States"]["B"], expected, "{keys}");
    }
    let task = written(
        &one_state("publish = \"bids\"\nend = \"succeed\"")
            .replace("[workflow.order.state.Z]\nend = \"succeed\"", ""),
    );
    assert_eq!(task["States"]["A"]["End"], true);
}

#[test]
fn branches_keep_their_names_and_items_their_place() {
    let keys = r#"
parallel.branches.mail = { start = "B", state.B = { pass = 1, end = "succeed" } }
parallel.branches.bill = { start = "C", state.C = { pass = 2, end = "succeed", output = "$.results.C" } }
retry = "standard"
"#;
    let both = state(keys);
    assert_eq!(both["ResultSelector"], json!({ "bill.$": "$[0]", "mail.$": "$[1]" }));
    assert_eq!(both["Branches"][0]["StartAt"], "C");
    assert_eq!(both["Retry"][0]["ErrorEquals"], json!(["States.ALL"]));
    let keys = r#"
map = { over = "$.lines", concurrency = 3, with = { order = "$.id", kind = "x" }, start = "B", state.B = { pass = "$.item", end = "succeed" } }
catch = { "States.ALL" = "Z" }
"#;
    let each = state(keys);
    let selector = json!({
        "item.$": "$$.Map.Item.Value",
        "index.$": "$$.Map.Item.Index",
        "order.$": "$.id",
        "kind": "x",
    });
    assert_eq!((&each["ItemSelector"], &each["MaxConcurrency"]), (&selector, &json!(3)));
    assert_eq!(each["ItemProcessor"]["ProcessorConfig"], json!({ "Mode": "INLINE" }));
    assert_eq!(each["ItemProcessor"]["States"]["B"]["End"], true);
    assert_eq!(each["Catch"][0]["ResultPath"], "$.error");
}

#[test]
fn errors_are_tried_again_and_caught_narrow_ones_first() {
    let keys = r#"
invoke = "charge"
retry = ["standard", { on = "Busy", attempts = 9, interval = "5s", backoff = 1, max_delay = "1m", jitter = false }]
catch = { "States.ALL" = "Z", "Zebra" = "Z", "States.TaskFailed" = "Z" }
select = { id = "$.id" }
"#;
    let state = state(keys);
    let lambda = [
        "Lambda.AWSLambdaException",
        "Lambda.SdkClientException",
        "Lambda.ServiceException",
        "Lambda.TooManyRequestsException",
    ];
    let standard = json!({
        "ErrorEquals": lambda,
        "IntervalSeconds": 2,
        "MaxAttempts": 6,
        "BackoffRate": 2.0,
        "JitterStrategy": "FULL",
    });
    let own = json!({
        "ErrorEquals": ["Busy"],
        "IntervalSeconds": 5,
        "MaxAttempts": 9,
        "BackoffRate": 1.0,
        "JitterStrategy": "NONE",
        "MaxDelaySeconds": 60,
    });
    assert_eq!(state["Retry"], json!([standard, own]));
    let caught: Vec<&Json> =
        state["Catch"].as_array().unwrap().iter().map(|c| &c["ErrorEquals"][0]).collect();
    assert_eq!(caught, ["Zebra", "States.TaskFailed", "States.ALL"]);
    assert_eq!(state["ResultSelector"], json!({ "id.$": "$.id" }));
    let other = super::state("publish = \"bids\"\nretry = \"standard\"");
    assert_eq!(other["Retry"][0]["ErrorEquals"], json!(["States.TaskFailed"]));
    assert_eq!(other["Retry"][0]["MaxAttempts"], 3);
}

#[test]
fn a_whole_workflow_keeps_the_schema() {
    let toml = r#"
[workflow.order]
comment = "Orders"
start = "Read it"
timeout = "7d"
aws_name = "orders"
logs = { level = "fatal", data = false, retention = "14d" }
tracing = false
[workflow.order.state."Read it"]
get = { table = "orders", key.id = "$.id" }
next = "Go"
[workflow.order.state.Go]
run = "report"
end = "succeed"
[table.orders]
partition_key = "id"
[job.report]
image = "alpine:3.20"
"#;
    let document = document(toml);
    let definition = local(&document, "workflow__order");
    assert_eq!(
        (&definition["Comment"], &definition["TimeoutSeconds"]),
        (&json!("Orders"), &json!(604_800))
    );
    assert_eq!(definition["States"]["Read it"]["ResultPath"], "$.results['Read it']");
    let machine = resource(&document, "compute", "aws_sfn_state_machine.workflow__order");
    assert_eq!((&machine["name"], &machine["type"]), (&json!("orders"), &json!("STANDARD")));
    let logging = only(&machine["logging_configuration"]);
    assert_eq!(
        (&logging["level"], &logging["include_execution_data"]),
        (&json!("FATAL"), &json!(false))
    );
    assert_eq!(machine["tracing_configuration"], Json::Null);
    let encryption = only(&machine["encryption_configuration"]);
    assert_eq!(encryption["kms_key_id"], "${aws_kms_key.workflows.arn}");
    let group = resource(&document, "compute", "aws_cloudwatch_log_group.workflow__order");
    assert_eq!(
        (&group["name"], &group["retention_in_days"]),
        (&json!("/aws/vendedlogs/states/orders"), &json!(14))
    );
    assert!(document.outputs.contains_key("workflow__order__arn"));
}
