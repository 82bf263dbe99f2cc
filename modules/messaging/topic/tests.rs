//! Tests of topics and of who hears them.
use crate::kind::Thing;
use crate::testing::{addresses, document, findings, findings_in, found, only, platform, resource};
use platgen_source::json::{self, json};
use pretty_assertions::assert_eq;

fn topic(text: &str) -> json::Value {
    resource(&document(text), "messaging", "aws_sns_topic.orders")
}

/// The finding at a place below the topic, or the trigger of the queue `mail`.
fn at(code: &'static str, place: &str) -> Vec<(&'static str, String)> {
    vec![(code, place.to_owned())]
}

#[test]
fn a_topic_is_encrypted_signed_and_refuses_clear_text() {
    let document = document("[topic.orders]");
    assert_eq!(
        resource(&document, "messaging", "aws_sns_topic.orders"),
        json!({
            "name": "dev-shop-orders",
            "kms_master_key_id": "${aws_kms_key.messages.arn}",
            "signature_version": 2,
            "tracing_config": "PassThrough",
        })
    );
    let policy = resource(&document, "messaging", "data.aws_iam_policy_document.topic__orders");
    let statement = only(&policy["statement"]);
    assert_eq!(statement["effect"], "Deny");
    assert_eq!(statement["actions"], json!(["sns:Publish"]));
    assert_eq!(only(&statement["condition"])["variable"], "aws:SecureTransport");
    assert_eq!(
        addresses(&document, "messaging"),
        [
            "aws_kms_alias.messages",
            "aws_kms_key.messages",
            "aws_sns_topic.orders",
            "aws_sns_topic_policy.orders",
            "data.aws_caller_identity.current",
            "data.aws_iam_policy_document.key",
            "data.aws_iam_policy_document.topic__orders",
            "data.aws_partition.current",
        ]
    );
}

#[test]
fn what_a_spec_says_is_done() {
    let base = "[topic.orders]\n";
    for (line, key, expected) in [
        ("display_name = \"{platform.name}\"", "display_name", json!("shop")),
        ("aws_name = \"by-hand\"", "name", json!("by-hand")),
        ("aws_name = \"by-hand\"\nfifo = true", "name", json!("by-hand.fifo")),
        ("fifo = true", "fifo_topic", json!(true)),
        ("fifo = true", "content_based_deduplication", json!(true)),
        ("fifo = true\ndeduplicate = false", "content_based_deduplication", json!(false)),
        ("tracing = true", "tracing_config", json!("Active")),
    ] {
        assert_eq!(topic(&format!("{base}{line}\n"))[key], expected, "{line}");
    }
}

#[test]
fn retries_fill_each_other_in() {
    for (retries, expected) in [
        ("3", [3, 20, 20]),
        ("{ attempts = 9, min_delay = \"1m\" }", [9, 60, 60]),
        ("{ attempts = 9, max_delay = \"5s\" }", [9, 5, 5]),
        ("{ attempts = 9, min_delay = \"1s\", max_delay = \"1h\" }", [9, 1, 3_600]),
    ] {
        let written = topic(&format!("[topic.orders]\nretries = {retries}\n"));
        let policy = written["delivery_policy"].as_str().unwrap().to_owned();
        let [attempts, shortest, longest] = expected;
        for part in [
            format!(r#""numRetries" = {attempts}"#),
            format!(r#""minDelayTarget" = {shortest}"#),
            format!(r#""maxDelayTarget" = {longest}"#),
            r#""backoffFunction" = "linear""#.to_owned(),
        ] {
            assert!(policy.contains(&part), "{retries}: {policy}");
        }
    }
}

#[test]
fn whoever_is_notified_has_an_instance_of_its_own() {
    let document = document(
        "[topic.orders.notify]\nemail = [\"b@example.com\", \"a@example.com\"]\n\
         sms = [\"+13125550100\"]\nhttps = [\"https://example.com/x?a=${b}\"]\n",
    );
    let subscription = |way: &str| {
        resource(&document, "messaging", &format!("aws_sns_topic_subscription.orders__{way}"))
    };
    for (way, addresses) in [
        ("email", r#"${toset(["a@example.com", "b@example.com"])}"#),
        ("sms", r#"${toset(["+13125550100"])}"#),
        ("https", r#"${toset(["https://example.com/x?a=$${b}"])}"#),
    ] {
        let written = subscription(way);
        assert_eq!(written["for_each"], addresses);
        assert_eq!(written["protocol"], way);
        assert_eq!(written["endpoint"], "${each.key}");
        assert_eq!(written["redrive_policy"].is_null(), way != "https", "{way}");
    }
}

#[test]
fn a_queue_subscribes_after_it_lets_the_topic_in() {
    let document = document(
        "[topic.orders]\n[queue.mail.on]\n\
         topic.orders = { filter = { kind = [\"paid\"] }, filter_body = true, raw = false }\n",
    );
    let written =
        resource(&document, "messaging", "aws_sns_topic_subscription.orders__queue__mail");
    assert_eq!(
        written,
        json!({
            "topic_arn": "${aws_sns_topic.orders.arn}",
            "protocol": "sqs",
            "endpoint": "${aws_sqs_queue.mail.arn}",
            "raw_message_delivery": false,
            "filter_policy": "{\"kind\":[\"paid\"]}",
            "filter_policy_scope": "MessageBody",
            "redrive_policy": "${jsonencode({\"deadLetterTargetArn\" = \
                               aws_sqs_queue.topic__orders__dead_letter.arn})}",
            "depends_on": [
                "aws_sqs_queue_policy.mail",
                "aws_sqs_queue_policy.topic__orders__dead_letter",
            ],
        })
    );
    let statement = |name: &str, place: usize| {
        let address = format!("data.aws_iam_policy_document.{name}");
        resource(&document, "messaging", &address)["statement"][place].clone()
    };
    for name in ["queue__mail", "queue__topic__orders__dead_letter"] {
        let admitted = statement(name, 1);
        assert_eq!(admitted["actions"], json!(["sqs:SendMessage"]));
        assert_eq!(only(&admitted["principals"])["identifiers"], json!(["sns.amazonaws.com"]));
        let condition = only(&admitted["condition"]);
        assert_eq!(condition["variable"], "aws:SourceArn");
        assert_eq!(condition["values"], json!(["${aws_sns_topic.orders.arn}"]));
    }
}

#[test]
fn dead_letters_are_kept_in_the_order_of_the_topic_or_not_at_all() {
    let made = |text: &str| {
        let text = format!("{text}[queue.mail]\nfifo = true\non.topic.orders = {{}}\n");
        let document = document(&text);
        resource(&document, "messaging", "aws_sqs_queue.topic__orders__dead_letter")
    };
    let kept = made("[topic.orders]\nfifo = true\ndead_letter = { retention = \"3d\" }\n");
    assert_eq!(kept["name"], "dev-shop-orders--topic-dead-letter.fifo");
    assert_eq!(kept["fifo_queue"], true);
    assert_eq!(kept["message_retention_seconds"], 259_200);
    assert_eq!(made("[topic.orders]\nfifo = true\ndead_letter = false\n"), json!(null));
    let lost = findings_in("prod", "[topic.orders]\ndead_letter = false\n");
    assert_eq!(lost[0].0, "PG0502");
}

#[test]
fn one_policy_lets_all_topics_trace() {
    let document =
        document("[topic.orders]\ntracing = true\n[topic.bids]\ntracing = true\n[topic.rest]\n");
    let policy = resource(&document, "messaging", "data.aws_iam_policy_document.tracing");
    let statement = only(&policy["statement"]);
    assert_eq!(
        statement["condition"][1]["values"],
        json!(["${aws_sns_topic.bids.arn}", "${aws_sns_topic.orders.arn}"])
    );
    let written = resource(&document, "messaging", "aws_xray_resource_policy.topics");
    assert_eq!(written["policy_name"], "dev-shop-topics");
}

#[test]
fn publishing_takes_the_topic_and_its_key() {
    let platform = platform(
        "dev",
        "[topic.orders]\n[service.web]\nimage = \"nginx\"\n\
         uses.topic.orders = { publish = {}, as = \"BUS\" }\n",
    );
    let id = platform.things.topic.values().next().unwrap().id().clone();
    let grant = platform.connections.to(&id).next().unwrap();
    let actions: Vec<&str> = grant.task.iter().flat_map(|s| s.actions.iter().copied()).collect();
    assert_eq!(actions, ["sns:Publish", "kms:Decrypt", "kms:GenerateDataKey"]);
    assert_eq!(grant.variables[0].0, "BUS_TOPIC_ARN");
    assert_eq!(grant.reach.len(), 1);
}

#[test]
fn metrics_follow_what_the_topic_has() {
    let keys = |text: &str| -> Vec<&str> {
        let platform = platform("dev", text);
        let topic = platform.things.topic.values().next().unwrap();
        topic.metrics(&platform).iter().map(|metric| metric.key).collect()
    };
    assert_eq!(keys("[topic.orders]"), ["published", "delivered", "failed"]);
    let feeding = "[topic.orders]\n[queue.mail.on]\ntopic.orders = {}\n";
    assert_eq!(keys(feeding), ["published", "delivered", "failed", "dead-letters"]);
}

#[test]
fn keys_of_a_topic_fit_each_other() {
    let long = format!("display_name = \"{}\"", "x".repeat(101));
    for (lines, expected) in [
        ("deduplicate = true", at("PG0108", "topic.orders.deduplicate")),
        (&long, at("PG0104", "topic.orders.display_name")),
        ("fifo = true\nnotify.email = [\"a@example.com\"]", at("PG0401", "topic.orders.notify")),
        ("notify.email = [\"a@b\"]", at("PG0106", "topic.orders.notify.email[0]")),
        ("notify.email = [\"example.com\"]", at("PG0106", "topic.orders.notify.email[0]")),
        ("notify.sms = [\"123\"]", at("PG0106", "topic.orders.notify.sms[0]")),
        (
            "notify.https = [\"https://example.com\", \"http://example.com\"]",
            at("PG0106", "topic.orders.notify.https[1]"),
        ),
        ("notify.https = [\"https://a b.de\"]", at("PG0106", "topic.orders.notify.https[0]")),
        (
            "retries = { attempts = 1, min_delay = \"2m\", max_delay = \"1m\" }",
            at("PG0108", "topic.orders.retries.max_delay"),
        ),
        (
            "retries = { attempts = 1, max_delay = \"2h\" }",
            at("PG0104", "topic.orders.retries.max_delay"),
        ),
        (
            "dead_letter = { retention = \"15d\" }",
            at("PG0104", "topic.orders.dead_letter.retention"),
        ),
    ] {
        assert_eq!(found(&format!("[topic.orders]\n{lines}\n")), expected, "{lines}");
    }
}

#[test]
fn only_what_sns_delivers_can_be_fed() {
    let place = "queue.mail.on.topic.orders";
    for (topic, queue, expected) in [
        ("", "", vec![]),
        ("fifo = true", "", vec![]),
        ("fifo = true", "fifo = true", vec![]),
        ("", "fifo = true", at("PG0401", place)),
    ] {
        let text =
            format!("[topic.orders]\n{topic}\n[queue.mail]\n{queue}\non.topic.orders = {{}}");
        assert_eq!(found(&text), expected, "{topic} {queue}");
    }
}

#[test]
fn filters_keep_the_limits_of_sns() {
    let filter = "queue.mail.on.topic.orders.filter";
    let values = |count: usize| format!("[{}]", vec!["\"x\""; count].join(", "));
    let many = format!("filter = {{ a = {0}, b = {0}, c = [\"y\"] }}", values(13));
    let few = format!("filter = {{ a = {}, b = {} }}", values(15), values(10));
    for (feed, expected) in [
        ("filter_body = true", at("PG0108", "queue.mail.on.topic.orders.filter_body")),
        ("filter = { kind = \"paid\" }", at("PG0106", &format!("{filter}.kind"))),
        ("filter = { kind = [] }", at("PG0106", &format!("{filter}.kind"))),
        ("filter = {}", at("PG0106", filter)),
        ("filter = { a = { b = [1] } }", at("PG0108", &format!("{filter}.a"))),
        ("filter = { a = { b = [1] } }, filter_body = true", vec![]),
        ("filter = { a = [1], b = [1], c = [1], d = [1], e = [1], f = [1] }", at("PG0405", filter)),
        (&many, at("PG0405", filter)),
        (&few, vec![]),
    ] {
        let text = format!("[topic.orders]\n[queue.mail.on]\ntopic.orders = {{ {feed} }}\n");
        assert_eq!(found(&text), expected, "{feed}");
    }
}

#[test]
fn a_name_that_is_cut_can_be_set() {
    let text = format!(
        "spec = 1\n[platform]\nname = \"{0}\"\nregion = \"us-east-2\"\n[environment.dev]\n\
         [topic.{0}]\n[queue.{0}]\n",
        "a234567890123456789012345678901234567890"
    );
    let found: Vec<(&str, String)> =
        findings(&text).into_iter().map(|(code, path, _)| (code, path)).collect();
    assert_eq!(found, at("PG0501", "queue.a234567890123456789012345678901234567890"));
}
