//! Tests of queues and of what feeds them.
use super::{Fed, QueueFeed, check};
use crate::connect::trigger::{Feed, Trigger};
use crate::kind::{Thing, ThingId};
use crate::pattern::Pattern;
use crate::testing::{addresses, document, found, found_in, only, platform, resource};
use platgen_source::diagnostics::SpecPath;
use platgen_source::json::{self, json};
use platgen_source::{Count, Duration, Name};
use pretty_assertions::assert_eq;

fn queue(lines: &str) -> json::Value {
    resource(&document(&format!("[queue.mail]\n{lines}\n")), "messaging", "aws_sqs_queue.mail")
}

fn at(code: &'static str, place: &str) -> Vec<(&'static str, String)> {
    vec![(code, place.to_owned())]
}

#[test]
fn a_queue_is_encrypted_and_keeps_dead_letters() {
    let document = document("[queue.mail]");
    assert_eq!(
        resource(&document, "messaging", "aws_sqs_queue.mail"),
        json!({
            "name": "dev-shop-mail",
            "visibility_timeout_seconds": 30,
            "message_retention_seconds": 345_600,
            "delay_seconds": 0,
            "receive_wait_time_seconds": 20,
            "max_message_size": 262_144,
            "kms_master_key_id": "${aws_kms_key.messages.arn}",
            "kms_data_key_reuse_period_seconds": 300,
            "redrive_policy": "${jsonencode({\"deadLetterTargetArn\" = \
                               aws_sqs_queue.mail__dead_letter.arn, \"maxReceiveCount\" = 5})}",
        })
    );
    assert_eq!(
        resource(&document, "messaging", "aws_sqs_queue.mail__dead_letter"),
        json!({
            "name": "dev-shop-mail--dead-letter",
            "message_retention_seconds": 1_209_600,
            "kms_master_key_id": "${aws_kms_key.messages.arn}",
            "kms_data_key_reuse_period_seconds": 300,
        })
    );
    let address = "aws_sqs_queue_redrive_allow_policy.mail__dead_letter";
    let allowed = resource(&document, "messaging", address)["redrive_allow_policy"].clone();
    assert_eq!(
        allowed,
        "${jsonencode({\"redrivePermission\" = \"byQueue\", \"sourceQueueArns\" = \
         [aws_sqs_queue.mail.arn]})}"
    );
    for name in ["queue__mail", "queue__mail__dead_letter"] {
        let address = format!("data.aws_iam_policy_document.{name}");
        let statement = only(&resource(&document, "messaging", &address)["statement"]);
        assert_eq!(statement["effect"], "Deny", "{name}");
        assert_eq!(only(&statement["condition"])["variable"], "aws:SecureTransport");
    }
}

#[test]
fn what_a_spec_says_is_done() {
    for (lines, key, expected) in [
        ("retention = \"1h\"", "message_retention_seconds", json!(3_600)),
        ("visibility = \"5m\"", "visibility_timeout_seconds", json!(300)),
        ("delay = \"15m\"", "delay_seconds", json!(900)),
        ("wait = \"1s\"", "receive_wait_time_seconds", json!(1)),
        ("max_size = 1024", "max_message_size", json!(1_024)),
        ("aws_name = \"by-hand\"", "name", json!("by-hand")),
        ("fifo = true", "name", json!("dev-shop-mail.fifo")),
        ("fifo = true", "fifo_queue", json!(true)),
        ("fifo = true", "content_based_deduplication", json!(true)),
        ("fifo = true\ndeduplicate = false", "content_based_deduplication", json!(false)),
        ("fifo = true", "deduplication_scope", json!("queue")),
        ("fifo = true", "fifo_throughput_limit", json!("perQueue")),
        ("fifo = true\nhigh_throughput = true", "deduplication_scope", json!("messageGroup")),
        (
            "fifo = true\nhigh_throughput = true",
            "fifo_throughput_limit",
            json!("perMessageGroupId"),
        ),
        ("dead_letter = false", "redrive_policy", json!(null)),
    ] {
        assert_eq!(queue(lines)[key], expected, "{lines}");
    }
    let redrive = queue("dead_letter = { after = 2 }")["redrive_policy"].to_string();
    assert!(redrive.contains("maxReceiveCount\\\" = 2"), "{redrive}");
}

#[test]
fn a_queue_without_dead_letters_has_no_second_one() {
    let document = document("[queue.mail]\ndead_letter = false\n");
    let queues = addresses(&document, "messaging");
    let queues = queues.iter().filter(|address| address.starts_with("aws_sqs_queue"));
    assert_eq!(queues.collect::<Vec<_>>(), ["aws_sqs_queue.mail", "aws_sqs_queue_policy.mail"]);
}

#[test]
fn a_schedule_puts_a_message_in_by_a_role() {
    for (lines, group) in [("", json!(null)), ("fifo = true\n", json!("mail"))] {
        let text = format!("[queue.mail]\n{lines}on.schedule.nightly = \"rate(1 hour)\"\n");
        let document = document(&text);
        let schedule =
            resource(&document, "messaging", "aws_scheduler_schedule.queue__mail__nightly");
        let target = only(&schedule["target"]);
        assert_eq!(target["arn"], "${aws_sqs_queue.mail.arn}");
        assert_eq!(only(&target["sqs_parameters"])["message_group_id"], group);
        let address = "data.aws_iam_policy_document.queue__mail__schedule__start";
        let rights = resource(&document, "messaging", address);
        assert_eq!(rights["statement"][0]["actions"], json!(["sqs:SendMessage"]));
        let on_key = json!(["kms:Decrypt", "kms:GenerateDataKey"]);
        assert_eq!(rights["statement"][1]["actions"], on_key);
        let role = resource(&document, "messaging", "aws_iam_role.queue__mail__schedule");
        assert_eq!(role["name"], "dev-shop-mail--queue-schedule");
    }
}

#[test]
fn each_verb_gives_its_actions() {
    for (verbs, expected) in [
        (
            "\"send\"",
            vec!["sqs:GetQueueUrl", "sqs:SendMessage", "kms:Decrypt", "kms:GenerateDataKey"],
        ),
        (
            "\"receive\"",
            vec![
                "sqs:GetQueueUrl",
                "sqs:ChangeMessageVisibility",
                "sqs:DeleteMessage",
                "sqs:GetQueueAttributes",
                "sqs:ReceiveMessage",
                "kms:Decrypt",
            ],
        ),
        ("\"purge\"", vec!["sqs:GetQueueUrl", "sqs:PurgeQueue"]),
        (
            "\"redrive\"",
            vec![
                "sqs:SendMessage",
                "sqs:CancelMessageMoveTask",
                "sqs:DeleteMessage",
                "sqs:GetQueueAttributes",
                "sqs:ListMessageMoveTasks",
                "sqs:ReceiveMessage",
                "sqs:StartMessageMoveTask",
                "kms:Decrypt",
                "kms:GenerateDataKey",
            ],
        ),
        ("{ as = \"X\" }", vec![]),
    ] {
        let text = format!(
            "[queue.mail]\n[service.web]\nimage = \"nginx\"\nuses.queue.mail = {verbs}\n\
             env.URL = \"{{queue.mail.url}} {{queue.mail.arn}} {{queue.mail.name}}\"\n"
        );
        let platform = platform("dev", &text);
        let id = platform.things.queue.values().next().unwrap().id().clone();
        let grant = platform.connections.to(&id).next().unwrap();
        let actions: Vec<&str> =
            grant.task.iter().flat_map(|statement| statement.actions.iter().copied()).collect();
        assert_eq!(actions, expected, "{verbs}");
        assert_eq!(grant.reach.is_empty(), expected.is_empty(), "{verbs}");
        assert!(grant.variables[0].0.ends_with("_QUEUE_URL"));
        crate::testing::verified(crate::lower(&platform));
    }
}

#[test]
fn dead_letters_are_moved_from_their_queue_into_the_queue() {
    let user = "[service.web]\nimage = \"nginx\"\nuses.queue.mail = \"redrive\"\n";
    let platform = platform("dev", &format!("[queue.mail]\n{user}"));
    let document = crate::lower(&platform);
    let name = "data.aws_iam_policy_document.service__web__task__queue__mail";
    let statements = resource(&document, "compute", name)["statement"].clone();
    let resources: Vec<_> =
        statements.as_array().unwrap().iter().map(|it| only(&it["resources"]).clone()).collect();
    assert_eq!(
        resources[..2],
        ["${var.sqs_queue_mail_arn}", "${var.sqs_queue_mail__dead_letter_arn}"]
            .map(|text| json!(text))
    );
    let variables: Vec<_> = platform
        .connections
        .to(platform.things.queue.values().next().unwrap().id())
        .flat_map(|grant| grant.variables.clone())
        .map(|(name, _)| name)
        .collect();
    assert_eq!(variables, ["MAIL_QUEUE_URL", "MAIL_DEAD_LETTER_QUEUE_ARN"]);
    let without = format!("[queue.mail]\ndead_letter = false\n{user}");
    assert_eq!(found(&without), at("PG0108", "service.web.uses.queue.mail.redrive"));
}

#[test]
fn keys_of_a_queue_fit_each_other() {
    for (lines, expected) in [
        ("deduplicate = true", at("PG0108", "queue.mail.deduplicate")),
        ("high_throughput = true", at("PG0108", "queue.mail.high_throughput")),
        ("retention = \"15d\"", at("PG0104", "queue.mail.retention")),
        ("visibility = \"13h\"", at("PG0104", "queue.mail.visibility")),
        ("delay = \"16m\"", at("PG0104", "queue.mail.delay")),
        ("wait = \"21s\"", at("PG0104", "queue.mail.wait")),
        ("dead_letter = { after = 0 }", at("PG0104", "queue.mail.dead_letter.after")),
        ("dead_letter = { retention = \"1h\" }", at("PG0108", "queue.mail.dead_letter.retention")),
        ("aws_name = \"a--b\"", at("PG0106", "queue.mail.aws_name")),
    ] {
        assert_eq!(found(&format!("[queue.mail]\n{lines}\n")), expected, "{lines}");
    }
    let lost = found_in("prod", "[queue.mail]\ndead_letter = false\n");
    assert_eq!(lost, at("PG0502", "queue.mail.dead_letter"));
}

/// The trigger of a function.
fn trigger(feed: QueueFeed) -> Trigger {
    let id = |kind, name| ThingId::new(kind, &Name::new(name).unwrap());
    Trigger {
        source: id("queue", "mail"),
        receiver: id("function", "send"),
        cause: SpecPath::of(["function", "send", "on", "queue", "mail"]),
        feed: Feed::Queue(feed),
    }
}

/// A function that may run for 30 seconds.
fn fed<'a>(trigger: &'a Trigger, feed: &'a QueueFeed) -> Fed<'a> {
    Fed { trigger, feed, run: 30 }
}

#[test]
fn a_function_may_take_messages_out() {
    let platform = platform("dev", "[queue.mail]");
    let queue = platform.things.queue.values().next().unwrap();
    let grants = queue.feeds(&trigger(QueueFeed::default()), &platform);
    assert_eq!(grants.len(), 1);
    assert_eq!(grants[0].consumer.to_string(), "function.send");
    let actions: Vec<&str> =
        grants[0].task.iter().flat_map(|statement| statement.actions.iter().copied()).collect();
    assert_eq!(
        actions,
        [
            "sqs:ChangeMessageVisibility",
            "sqs:DeleteMessage",
            "sqs:GetQueueAttributes",
            "sqs:ReceiveMessage",
            "kms:Decrypt",
        ]
    );
}

#[test]
fn messages_are_hidden_while_a_function_works_on_them() {
    let window = QueueFeed { window: Some(Duration::seconds(7)), ..QueueFeed::default() };
    for (lines, feeds, expected) in [
        ("", vec![], 30),
        ("", vec![QueueFeed::default()], 180),
        ("", vec![QueueFeed::default(), window], 187),
        ("visibility = \"31s\"", vec![QueueFeed::default()], 31),
    ] {
        let platform = platform("dev", &format!("[queue.mail]\n{lines}\n"));
        let queue = platform.things.queue.values().next().unwrap();
        let trigger = trigger(QueueFeed::default());
        let hidden = queue.visibility(feeds.iter().map(|feed| fed(&trigger, feed)));
        assert_eq!(hidden, expected, "{lines}");
    }
}

#[test]
fn functions_are_fed_as_lambda_can() {
    let place = "function.send.on.queue.mail";
    let batch = |batch| QueueFeed { batch: Count::new(batch), ..QueueFeed::default() };
    let seconds = |seconds| Some(Duration::seconds(seconds));
    let pattern = Some(Pattern(json!({ "body": { "kind": "paid" } })));
    for (lines, feed, expected) in [
        ("", batch(10), vec![]),
        ("", batch(11), at("PG0108", &format!("{place}.batch"))),
        ("", QueueFeed { window: seconds(1), ..batch(11) }, vec![]),
        ("fifo = true", batch(10), vec![]),
        ("fifo = true", batch(11), at("PG0401", &format!("{place}.batch"))),
        (
            "fifo = true",
            QueueFeed { window: seconds(1), ..batch(10) },
            at("PG0401", &format!("{place}.window")),
        ),
        (
            "",
            QueueFeed { window: seconds(301), ..batch(10) },
            at("PG0104", &format!("{place}.window")),
        ),
        (
            "",
            QueueFeed { filter: pattern, ..batch(10) },
            at("PG0106", &format!("{place}.filter.body.kind")),
        ),
        ("visibility = \"30s\"", batch(1), vec![]),
        ("visibility = \"29s\"", batch(1), at("PG0401", "queue.mail.visibility")),
    ] {
        let platform = platform("dev", &format!("[queue.mail]\n{lines}\n"));
        let queue = platform.things.queue.values().next().unwrap();
        let trigger = trigger(feed.clone());
        let found: Vec<(&str, String)> = check::fed(queue, &fed(&trigger, &feed))
            .iter()
            .map(|finding| (finding.code.id, finding.path().unwrap().to_string()))
            .collect();
        assert_eq!(found, expected, "{lines}");
    }
}

#[test]
fn metrics_follow_what_the_queue_has() {
    let metrics = |lines: &str| {
        let platform = platform("dev", &format!("[queue.mail]\n{lines}\n"));
        let queue = platform.things.queue.values().next().unwrap();
        let metrics = queue.metrics(&platform);
        let alarm = |metric: &crate::observability::metric::Metric| {
            (metric.key, metric.alarm.map(|alarm| alarm.value))
        };
        metrics.iter().map(alarm).collect::<Vec<_>>()
    };
    let own = vec![("age", Some(900.0)), ("received", None), ("sent", None), ("waiting", None)];
    assert_eq!(metrics("retention = \"1h\"\ndead_letter = false"), own);
    let both: Vec<_> = own.into_iter().chain([("dead-letters", Some(1.0))]).collect();
    assert_eq!(metrics("retention = \"1h\""), both);
}
