//! What the role of a workflow may do, and what others may do with a workflow.
use super::{MAIL, OTHERS, document, one_state, platform};
use crate::testing::{addresses, resource};
use platgen_source::json::Value as Json;
use pretty_assertions::assert_eq;

/// The statements of a policy of the workflow `order`.
fn policy(toml: &str, edge: &str) -> Json {
    let document = document(toml);
    let address = format!("data.aws_iam_policy_document.workflow__order__{edge}");
    resource(&document, "compute", &address)["statement"].clone()
}

fn actions(statement: &Json) -> Vec<&str> {
    statement["actions"].as_array().unwrap().iter().map(|action| action.as_str().unwrap()).collect()
}

#[test]
fn a_task_brings_exactly_the_actions_of_its_integration() {
    let key = "key = { id = \"x\", at = 1 }";
    for (keys, edge, expected) in [
        (format!("get = {{ table = \"orders\", {key} }}"), "table__orders", "dynamodb:GetItem"),
        (
            format!("delete = {{ table = \"orders\", {key} }}"),
            "table__orders",
            "dynamodb:DeleteItem",
        ),
        (
            format!("update = {{ table = \"orders\", {key}, remove = [\"a\"] }}"),
            "table__orders",
            "dynamodb:UpdateItem",
        ),
        (
            "start = { workflow = \"sub\", wait = \"none\" }".to_owned(),
            "workflow__sub",
            "states:StartExecution",
        ),
        ("start = \"quick\"".to_owned(), "workflow__quick", "states:StartSyncExecution"),
        ("invoke = \"charge\"".to_owned(), "function__charge", "lambda:InvokeFunction"),
        ("publish = \"bids\"".to_owned(), "topic__bids", "sns:Publish"),
        ("send = \"work\"".to_owned(), "queue__work", "sqs:SendMessage"),
        (
            "event = { bus = \"main\", detail_type = \"paid\" }".to_owned(),
            "event_bus__main",
            "events:PutEvents",
        ),
    ] {
        let found = policy(&one_state(&format!("{keys}\nnext = \"Z\"")), edge);
        assert_eq!(actions(&found[0]), [expected], "{found}");
        let others = found.as_array().unwrap()[1..].iter();
        assert!(others.flat_map(actions).all(|action| action.starts_with("kms:")), "{found}");
    }
}

#[test]
fn waiting_for_an_end_needs_to_hear_of_it() {
    let found = policy(&one_state("start = \"sub\"\nnext = \"Z\""), "workflow__sub").to_string();
    for part in [
        "states:DescribeExecution",
        "states:StopExecution",
        "execution:dev-shop-sub:*",
        "rule/StepFunctionsGetEventsForStepFunctionsExecutionRule",
    ] {
        assert!(found.contains(part), "{part}: {found}");
    }
    let run = |job: &str, wait: &str| {
        let keys = format!(
            "run = {{ job = \"{job}\", wait = \"{wait}\" }}\ntimeout = \"1h\"\nnext = \"Z\""
        );
        policy(&one_state(&keys), &format!("job__{job}")).to_string()
    };
    for (text, part, expected) in [
        (run("report", "end"), "ecs:StopTask", true),
        (run("report", "end"), "StepFunctionsGetEventsForECSTaskRule", true),
        (run("report", "none"), "ecs:StopTask", false),
        (run("report", "callback"), "ecs:RunTask", true),
        (run("report", "callback"), "events:PutRule", false),
        (run("again", "end"), "states:StopExecution", true),
        (run("again", "none"), "states:StopExecution", false),
    ] {
        assert_eq!(text.contains(part), expected, "{part}: {text}");
    }
}

#[test]
fn states_and_uses_of_one_thing_are_one_policy() {
    let toml = one_state(
        "get = { table = \"orders\", key = { id = \"x\", at = 1 } }\nnext = \"B\"\n\
         [workflow.order.state.B]\nput = { table = \"orders\", item = { id = \"x\", at = 1 } }\nnext = \"Z\"",
    );
    let toml = toml.replacen("start = \"A\"", "start = \"A\"\nuses.table.orders = \"delete\"", 1);
    let found = policy(&toml, "table__orders");
    assert_eq!(actions(&found[0]), ["dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem"]);
}

#[test]
fn others_start_answer_and_read_exactly_this_workflow() {
    let web = |verbs: &str| {
        let toml = format!(
            "[service.web]\nimage = \"a:1\"\nuses.workflow.order = {verbs}\n[workflow.order]\nstart = \"A\"\nstate.A = {{ end = \"succeed\" }}"
        );
        let document = document(&toml);
        resource(
            &document,
            "compute",
            "data.aws_iam_policy_document.service__web__task__workflow__order",
        )["statement"]
            .clone()
    };
    let arn = "arn:${split(\":\", aws_cloudwatch_log_group.workflow__order.arn)[1]}:states:us-east-2:\
               ${split(\":\", aws_cloudwatch_log_group.workflow__order.arn)[4]}:";
    for (verb, expected, resource) in [
        ("start", vec!["states:StartExecution"], format!("{arn}stateMachine:dev-shop-order")),
        (
            "resume",
            vec!["states:SendTaskFailure", "states:SendTaskHeartbeat", "states:SendTaskSuccess"],
            "*".to_owned(),
        ),
        (
            "read",
            vec!["states:DescribeExecution", "states:GetExecutionHistory"],
            format!("{arn}execution:dev-shop-order:*"),
        ),
        ("stop", vec!["states:StopExecution"], format!("{arn}execution:dev-shop-order:*")),
    ] {
        let found = web(&format!("\"{verb}\""));
        assert_eq!(actions(&found[0]), expected);
        assert_eq!(found[0]["resources"][0], resource);
        let key = found.as_array().unwrap().last().unwrap();
        assert_eq!(key["condition"][0]["values"][0], "states.us-east-2.amazonaws.com", "{verb}");
    }
    assert_eq!(actions(&web("\"read\"")[1]), ["states:ListExecutions"]);
}

#[test]
fn callers_and_called_do_not_refer_to_each_other_in_a_circle() {
    let toml = r#"
[workflow.order]
start = "A"
state.A = { run = { job = "report", wait = "callback" }, timeout = "1h", next = "B" }
state.B = { start = "order", end = "succeed" }
[job.report]
image = "a:1"
env.MACHINE = "{workflow.order.arn} {workflow.order.name}"
uses.workflow.order = ["start", "resume"]
[workflow.other]
start = "A"
state.A = { start = "order", end = "succeed" }
"#;
    let document = document(toml);
    let variables = crate::compute::service::tests::environment(&document, "job__report");
    let arn = variables["ORDER_STATE_MACHINE_ARN"].as_str().unwrap();
    assert!(arn.ends_with(":stateMachine:dev-shop-order"), "{arn}");
    assert!(variables["MACHINE"].as_str().unwrap().ends_with(" dev-shop-order"));
}

#[test]
fn the_role_writes_logs_traces_and_uses_the_key_for_its_own_machine() {
    let ends = "[workflow.order]\nstart = \"A\"\nstate.A = { end = \"succeed\" }\n";
    let document = document(&format!("{ends}on.schedule.daily = \"rate(1 day)\""));
    let found = addresses(&document, "compute");
    for edge in ["encryption", "logs", "tracing"] {
        assert!(
            found.contains(&format!("aws_iam_role_policy.workflow__order__{edge}")),
            "{found:?}"
        );
    }
    let key =
        resource(&document, "compute", "data.aws_iam_policy_document.workflow__order__encryption")
            .to_string();
    assert!(key.contains("kms:EncryptionContext:aws:states:stateMachineArn"), "{key}");
    let start = resource(
        &document,
        "compute",
        "data.aws_iam_policy_document.workflow__order__schedule__start",
    )
    .to_string();
    assert!(
        start.contains("${aws_sfn_state_machine.workflow__order.arn}")
            && start.contains("kms:ViaService"),
        "{start}"
    );
    let machine =
        resource(&document, "compute", "aws_sfn_state_machine.workflow__order").to_string();
    assert!(machine.contains("aws_iam_role_policy.workflow__order__logs"), "{machine}");
    let policy =
        resource(&document, "compute", "data.aws_iam_policy_document.workflows_key").to_string();
    assert!(policy.contains("delivery.logs.amazonaws.com"), "{policy}");
    assert!(
        !addresses(&super::document("[table.a]\npartition_key = \"id\""), "compute")
            .contains(&"aws_kms_key.workflows".to_owned())
    );
}

#[test]
fn events_on_a_bus_trigger_and_what_goes_wrong_is_measured() {
    let feed = "on.event_bus.main = { pattern = { source = [\"shop\"] } }";
    let toml = format!(
        "[workflow.order]\nstart = \"A\"\nstate.A = {{ end = \"succeed\" }}\n{feed}\n{OTHERS}"
    );
    let platform = platform(&toml);
    let order = platform.things.get("workflow", "order").unwrap();
    let triggers = order.triggers();
    assert_eq!(triggers[0].source.to_string(), "event_bus.main");
    assert_eq!(triggers[0].cause.to_string(), "workflow.order.on.event_bus.main");
    let metrics = order.metrics(&platform);
    let alarms: Vec<&str> = metrics.iter().filter(|m| m.alarm.is_some()).map(|m| m.key).collect();
    assert_eq!(alarms, ["aborted", "failed", "throttled", "timed-out"]);
    let keys: Vec<&str> = metrics.iter().map(|metric| metric.key).collect();
    assert_eq!(keys, crate::compute::workflow::grant::METRICS);
    let group = order.log_group().unwrap().target().to_string();
    assert_eq!(group, "module.compute.aws_cloudwatch_log_group.workflow__order");
}

#[test]
fn mails_and_events_are_narrowed_to_what_is_sent() {
    let keys = "email = { from = \"mail\", template = \"sold-out\", to = \"$.to\" }\nnext = \"Z\"";
    let found = policy(&format!("{}{MAIL}", one_state(keys)), "email__mail").to_string();
    for part in ["ses:SendTemplatedEmail", "ses:FromAddress", "ses_template_mail__sold_out_arn"] {
        assert!(found.contains(part), "{part}: {found}");
    }
    let keys = "event = { bus = \"main\", detail_type = \"paid\" }\nnext = \"Z\"";
    let conditions = policy(&one_state(keys), "event_bus__main")[0]["condition"].to_string();
    for part in ["events:source", "dev-shop-order", "events:detail-type", "paid"] {
        assert!(conditions.contains(part), "{part}: {conditions}");
    }
}
