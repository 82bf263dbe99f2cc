//! Tests of buses, their rules and what they let in.
use crate::kind::Thing;
use crate::observability::metric::Measure;
use crate::testing::{addresses, document, found, only, platform, resource};
use platgen_source::json::{self, json};
use pretty_assertions::assert_eq;

const RULE: &str = "{ pattern = { source = [\"shop.orders\"] } }";

fn at(code: &'static str, place: &str) -> Vec<(&'static str, String)> {
    vec![(code, place.to_owned())]
}

fn fed(lines: &str, bus: &str) -> String {
    format!("{lines}[queue.mail.on]\nevent_bus.{bus} = {RULE}\n")
}

#[test]
fn a_bus_is_encrypted_and_keeps_dead_letters() {
    let document = document("[event_bus.main]\narchive = \"30d\"\n");
    assert_eq!(
        resource(&document, "messaging", "aws_cloudwatch_event_bus.main"),
        json!({
            "name": "dev-shop-main",
            "kms_key_identifier": "${aws_kms_key.messages.arn}",
            "dead_letter_config": [{ "arn": "${aws_sqs_queue.event_bus__main__dead_letter.arn}" }],
        })
    );
    assert_eq!(
        resource(&document, "messaging", "aws_cloudwatch_event_archive.main"),
        json!({
            "name": "dev-shop-main",
            "event_source_arn": "${aws_cloudwatch_event_bus.main.arn}",
            "retention_days": 30,
        })
    );
}

#[test]
fn a_bus_without_dead_letters_keeps_none() {
    let document = document(&fed("[event_bus.main]\ndead_letter = false\n", "main"));
    let bus = resource(&document, "messaging", "aws_cloudwatch_event_bus.main");
    assert_eq!(bus["dead_letter_config"], json!(null));
    let target = resource(&document, "messaging", "aws_cloudwatch_event_target.main__queue__mail");
    assert_eq!(target["dead_letter_config"], json!(null));
    assert_eq!(target["depends_on"], json!(["aws_sqs_queue_policy.mail"]));
}

#[test]
fn a_rule_calls_a_queue_that_lets_it_in() {
    let document = document(
        "[event_bus.main]\n[queue.mail.on.event_bus.main]\nretries = 3\nmax_age = \"1h\"\n\
         pattern = { source = [\"shop.orders\"], detail-type = [{ prefix = \"Order\" }] }\n\
         input = { template = '{\"id\": <id>, \"cost\": \"${x}\"}', values = { id = \"$.id\" } }\n",
    );
    let rule = resource(&document, "messaging", "aws_cloudwatch_event_rule.main__queue__mail");
    assert_eq!(
        rule,
        json!({
            "name": "dev-shop-main--queue-mail",
            "event_bus_name": "${aws_cloudwatch_event_bus.main.name}",
            "event_pattern":
                "{\"detail-type\":[{\"prefix\":\"Order\"}],\"source\":[\"shop.orders\"]}",
        })
    );
    let target = resource(&document, "messaging", "aws_cloudwatch_event_target.main__queue__mail");
    assert_eq!(
        target,
        json!({
            "rule": "${aws_cloudwatch_event_rule.main__queue__mail.name}",
            "event_bus_name": "${aws_cloudwatch_event_bus.main.name}",
            "target_id": "queue__mail",
            "arn": "${aws_sqs_queue.mail.arn}",
            "retry_policy": [{ "maximum_retry_attempts": 3, "maximum_event_age_in_seconds": 3_600 }],
            "input_transformer": [{
                "input_paths": { "id": "$.id" },
                "input_template": "{\"id\": <id>, \"cost\": \"$${x}\"}",
            }],
            "dead_letter_config": [{ "arn": "${aws_sqs_queue.event_bus__main__dead_letter.arn}" }],
            "depends_on": [
                "aws_sqs_queue_policy.event_bus__main__dead_letter",
                "aws_sqs_queue_policy.mail",
            ],
        })
    );
    let rules = json!(["${aws_cloudwatch_event_rule.main__queue__mail.arn}"]);
    let bus_and_rules = json!([
        "${aws_cloudwatch_event_bus.main.arn}",
        "${aws_cloudwatch_event_rule.main__queue__mail.arn}"
    ]);
    for (name, sources) in
        [("queue__mail", rules), ("queue__event_bus__main__dead_letter", bus_and_rules)]
    {
        let address = format!("data.aws_iam_policy_document.{name}");
        let admitted = resource(&document, "messaging", &address)["statement"][1].clone();
        assert_eq!(only(&admitted["principals"])["identifiers"], json!(["events.amazonaws.com"]));
        assert_eq!(only(&admitted["condition"])["values"], sources, "{name}");
    }
}

#[test]
fn a_fifo_queue_gets_events_in_one_group() {
    let text = format!("[event_bus.main]\n[queue.mail]\nfifo = true\non.event_bus.main = {RULE}\n");
    let address = "aws_cloudwatch_event_target.main__queue__mail";
    let target = resource(&document(&text), "messaging", address);
    assert_eq!(only(&target["sqs_target"])["message_group_id"], "mail");
}

#[test]
fn a_role_of_the_rule_starts_a_job() {
    let document = document(&format!(
        "[event_bus.main]\n[job.report]\nimage = \"nginx\"\non.event_bus.main = {RULE}\n"
    ));
    let target = resource(&document, "messaging", "aws_cloudwatch_event_target.main__job__report");
    assert_eq!(target["role_arn"], "${aws_iam_role.event_bus__main__job__report.arn}");
    assert_eq!(target["arn"], "${var.ecs_cluster_main_arn}");
    let task = only(&target["ecs_target"]);
    assert_eq!(task["launch_type"], "FARGATE");
    assert_eq!(only(&task["network_configuration"])["assign_public_ip"], false);
    assert_eq!(
        target["depends_on"],
        json!([
            "aws_iam_role_policy.event_bus__main__job__report__start",
            "aws_sqs_queue_policy.event_bus__main__dead_letter",
        ])
    );
    let address = "data.aws_iam_policy_document.event_bus__main__job__report__trust";
    let trust = only(&resource(&document, "messaging", address)["statement"]);
    assert_eq!(
        trust["condition"][1]["values"],
        json!(["${aws_cloudwatch_event_rule.main__job__report.arn}"])
    );
}

#[test]
fn the_bus_of_the_account_is_only_looked_up() {
    let document = document(&fed("", "default"));
    let made = addresses(&document, "messaging");
    let buses: Vec<&String> =
        made.iter().filter(|address| address.contains("event_bus.")).collect();
    assert_eq!(buses, ["data.aws_cloudwatch_event_bus.default"]);
    let rule = resource(&document, "messaging", "aws_cloudwatch_event_rule.default__queue__mail");
    assert_eq!(rule["event_bus_name"], "${data.aws_cloudwatch_event_bus.default.name}");
    assert_eq!(rule["name"], "dev-shop-default--queue-mail");
    let silent = platform("dev", "[queue.mail]");
    assert!(silent.things.event_bus.is_empty());
}

#[test]
fn using_the_bus_of_the_account_keeps_nothing() {
    let document =
        document("[service.web]\nimage = \"nginx\"\nuses.event_bus.default = \"publish\"\n");
    let made = addresses(&document, "messaging");
    assert!(!made.iter().any(|address| address.starts_with("aws_sqs_queue")), "{made:#?}");
}

#[test]
fn publishing_can_be_narrowed() {
    let conditions = |verbs: &str| -> json::Value {
        let document = document(&format!(
            "[event_bus.main]\n[service.web]\nimage = \"nginx\"\nuses.event_bus.main = {verbs}\n"
        ));
        let address = "data.aws_iam_policy_document.service__web__task__event_bus__main";
        let statement = only(&resource(&document, "compute", address)["statement"]);
        assert_eq!(statement["actions"], json!(["events:PutEvents"]));
        statement["condition"].clone()
    };
    assert_eq!(conditions("\"publish\""), json!(null));
    let condition = |test: &str, key: &str, value: &str| json!({ "test": test, "variable": key, "values": [value] });
    assert_eq!(
        conditions("{ publish = { source = [\"orders\"], detail_type = [\"Order placed\"] } }"),
        json!([
            condition("ForAllValues:StringEquals", "events:source", "orders"),
            condition("Null", "events:source", "false"),
            condition("ForAllValues:StringEquals", "events:detail-type", "Order placed"),
            condition("Null", "events:detail-type", "false"),
        ])
    );
}

/// The path of the rule that [`rule_findings`] makes.
const RULE_PATH: &str = "queue.mail.on.event_bus.main";

/// What is found in a rule that feeds a queue, written as an inline table without its braces.
fn rule_findings(feed: &str) -> Vec<(&'static str, String)> {
    found(&format!("[event_bus.main]\n[queue.mail.on]\nevent_bus.main = {{ {feed} }}\n"))
}

#[test]
fn what_a_pattern_could_not_match_is_told() {
    let rule = RULE_PATH;
    let long = format!("pattern = {{ source = [\"{}\"] }}", "x".repeat(4_096));
    for (feed, expected) in [
        ("pattern = { source = \"a\" }", at("PG0106", &format!("{rule}.pattern.source"))),
        ("pattern = {}", at("PG0106", &format!("{rule}.pattern"))),
        (
            "pattern = { detail_type = [\"a\"] }",
            at("PG0102", &format!("{rule}.pattern.detail_type")),
        ),
        (&long, at("PG0405", &format!("{rule}.pattern"))),
        (
            "pattern = { \"$or\" = [{ source = [\"a\"] }, { region = \"b\" }] }",
            at("PG0106", &format!("{rule}.pattern.\"$or\"[1].region")),
        ),
        ("pattern = { \"$or\" = [{ source = [\"a\"] }, { region = [\"b\"] }] }", vec![]),
        (
            "pattern = { source = [{ prefx = \"a\" }] }",
            at("PG0106", &format!("{rule}.pattern.source[0].prefx")),
        ),
        (
            "pattern = { source = [\"a\", { prefix = \"a\", suffix = \"b\" }] }",
            at("PG0106", &format!("{rule}.pattern.source[1]")),
        ),
        ("pattern = { source = [[\"a\"]] }", at("PG0106", &format!("{rule}.pattern.source[0]"))),
        (
            "pattern = { detail = { n = [{ numeric = [\">\", \"5\"] }] } }",
            at("PG0106", &format!("{rule}.pattern.detail.n[0].numeric")),
        ),
        (
            "pattern = { detail = { n = [{ exists = \"yes\" }] } }",
            at("PG0106", &format!("{rule}.pattern.detail.n[0].exists")),
        ),
        (
            "pattern = { source = [{ prefix = \"a\" }, { anything-but = [\"b\"] }, \
             { suffix = { equals-ignore-case = \".PNG\" } }], detail = { n = [1, true, \
             { numeric = [\">\", 0, \"<=\", 5] }, { exists = false }, { wildcard = \"a*\" }], \
             ip = [{ cidr = \"10.0.0.0/24\" }, { equals-ignore-case = \"x\" }] } }",
            vec![],
        ),
    ] {
        assert_eq!(rule_findings(feed), expected, "{feed}");
    }
}

#[test]
fn what_a_rule_could_not_do_is_told() {
    let rule = RULE_PATH;
    for (feed, expected) in [
        (
            "pattern = { source = [\"a\"] }, max_age = \"59s\"",
            at("PG0104", &format!("{rule}.max_age")),
        ),
        (
            "pattern = { source = [\"a\"] }, input = { template = \"<x>\", values = { x = \"detail\" } }",
            at("PG0106", &format!("{rule}.input.values.x")),
        ),
        (
            "pattern = { source = [\"a\"] }, input = { template = \"<x> <y>\", values = { x = \"$.x\" } }",
            at("PG0105", &format!("{rule}.input.template")),
        ),
        (
            r#"pattern = { source = ["a"] }, input = { template = '\<b> <aws.events.rule-name> < 2' }"#,
            vec![],
        ),
        (
            "pattern = { source = [\"a\"] }, input = \"\"",
            at("PG0104", &format!("{rule}.input.template")),
        ),
    ] {
        assert_eq!(rule_findings(feed), expected, "{feed}");
    }
    let values: Vec<String> = (0..101).map(|number| format!("v{number} = \"$.x\"")).collect();
    let values = values.join("\n");
    let text = format!(
        "[event_bus.main]\n[queue.mail.on.event_bus.main]\npattern = {{ source = [\"a\"] }}\n\
         input.template = \"x\"\n[queue.mail.on.event_bus.main.input.values]\n{values}"
    );
    assert_eq!(found(&text), at("PG0405", &format!("{rule}.input.values")));
}

#[test]
fn what_a_bus_could_not_do_is_told() {
    for (lines, expected) in [
        ("[event_bus.main]\narchive = \"36h\"\n", at("PG0106", "event_bus.main.archive")),
        ("[event_bus.default]\naws_name = \"x\"\n", at("PG0108", "event_bus.default.aws_name")),
        ("[event_bus.main]\naws_name = \"default\"\n", at("PG0106", "event_bus.main.aws_name")),
    ] {
        assert_eq!(found(lines), expected, "{lines}");
    }
}

#[test]
fn failures_are_counted_over_the_rules_of_a_bus() {
    let metrics = |queues: usize, bus: &str| {
        let queue = |number| format!("[queue.q{number}.on]\nevent_bus.{bus} = {RULE}\n");
        let queues: Vec<String> = (0..queues).map(queue).collect();
        let queues = queues.concat();
        let declared = if bus == "main" { "[event_bus.main]\n" } else { "" };
        let platform = platform("dev", &format!("{declared}{queues}"));
        let bus = platform.things.event_bus.values().next().unwrap();
        bus.metrics(&platform)
    };
    let keys = |queues| metrics(queues, "main").iter().map(|m| m.key).collect::<Vec<_>>();
    assert_eq!(keys(0), ["dead-letters"]);
    assert_eq!(keys(10), ["failed", "dead-letters"]);
    assert_eq!(keys(11), ["dead-letters"]);
    for (bus, dimensions) in
        [("main", vec!["EventBusName", "RuleName"]), ("default", vec!["RuleName"])]
    {
        let failed = metrics(2, bus).remove(0);
        let Measure::Computed { expression, series } = failed.measure else { panic!("{bus}") };
        assert_eq!(expression, "SUM(METRICS())");
        let ids: Vec<&str> = series.iter().map(|(id, _)| *id).collect();
        assert_eq!(ids, ["a", "b"]);
        let found: Vec<&str> = series[0].1.dimensions.iter().map(|(key, _)| *key).collect();
        assert_eq!(found, dimensions);
    }
}
