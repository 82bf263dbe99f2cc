//! Tests of streams, of what feeds them, and of what they feed.
use crate::kind::Thing;
use crate::testing::{document, document_in, found, only, platform, resource};
use platgen_source::json::{self, json};
use pretty_assertions::assert_eq;

/// A function that reads the stream, whose trigger ends the text.
const READER: &str = "[stream.clicks]\n[function.count]\nruntime = \"nodejs22.x\"\n\
                      handler = \"index.handler\"\n\
                      code = { bucket = \"code-of-others\", key = \"count.zip\" }\n\
                      on.stream.clicks = ";

fn stream(environment: &str, lines: &str) -> json::Value {
    let document = document_in(environment, &format!("[stream.clicks]\n{lines}\n"));
    resource(&document, "messaging", "aws_kinesis_stream.clicks")
}

#[test]
fn a_stream_is_encrypted_and_grows_with_what_comes() {
    for (environment, leaves_readers) in [("dev", true), ("prod", false)] {
        assert_eq!(
            stream(environment, ""),
            json!({
                "name": format!("{environment}-shop-clicks"),
                "stream_mode_details": [{ "stream_mode": "ON_DEMAND" }],
                "retention_period": 24,
                "encryption_type": "KMS",
                "kms_key_id": "${aws_kms_key.messages.arn}",
                "enforce_consumer_deletion": leaves_readers,
            })
        );
    }
}

#[test]
fn what_a_spec_says_is_done() {
    for (lines, key, expected) in [
        ("shards = 4", "shard_count", json!(4)),
        ("shards = 4", "stream_mode_details", json!([{ "stream_mode": "PROVISIONED" }])),
        ("retention = \"36h\"", "retention_period", json!(36)),
        ("retention = \"365d\"", "retention_period", json!(8_760)),
        ("aws_name = \"by.hand_1\"", "name", json!("by.hand_1")),
    ] {
        assert_eq!(stream("dev", lines)[key], expected, "{lines}");
    }
}

#[test]
fn keys_of_a_stream_keep_their_ranges() {
    for (lines, code, key) in [
        ("shards = 0", "PG0104", "shards"),
        ("shards = 10001", "PG0104", "shards"),
        ("retention = \"23h\"", "PG0104", "retention"),
        ("retention = \"366d\"", "PG0104", "retention"),
        ("retention = \"1501m\"", "PG0106", "retention"),
        ("aws_name = \"a--b\"", "PG0106", "aws_name"),
        ("aws_name = \"a b\"", "PG0106", "aws_name"),
    ] {
        let found = found(&format!("[stream.clicks]\n{lines}\n"));
        assert_eq!(found, [(code, format!("stream.clicks.{key}"))], "{lines}");
    }
}

#[test]
fn each_verb_gives_its_actions() {
    let read = [
        "kinesis:DescribeStream",
        "kinesis:DescribeStreamSummary",
        "kinesis:GetRecords",
        "kinesis:GetShardIterator",
        "kinesis:ListShards",
        "kms:Decrypt",
    ];
    let write = [
        "kinesis:DescribeStreamSummary",
        "kinesis:ListShards",
        "kinesis:PutRecord",
        "kinesis:PutRecords",
        "kms:GenerateDataKey",
    ];
    for (verbs, expected) in [
        ("\"read\"", read.to_vec()),
        ("\"write\"", write.to_vec()),
        // What both need of the key comes last.
        ("[\"read\", \"write\"]", [&read[..5], &write[..4], &read[5..], &write[4..]].concat()),
        ("{ as = \"X\" }", vec![]),
    ] {
        let text = format!(
            "[stream.clicks]\n[service.web]\nimage = \"nginx\"\nuses.stream.clicks = {verbs}\n\
             env.WHERE = \"{{stream.clicks.name}} {{stream.clicks.arn}}\"\n"
        );
        let platform = platform("dev", &text);
        let id = platform.things.stream.values().next().unwrap().id().clone();
        let grant = platform.connections.to(&id).next().unwrap();
        let actions: Vec<&str> =
            grant.task.iter().flat_map(|statement| statement.actions.iter().copied()).collect();
        assert_eq!(actions, expected, "{verbs}");
        assert_eq!(grant.reach.is_empty(), expected.is_empty(), "{verbs}");
        assert!(grant.variables[0].0.ends_with("_STREAM"));
        crate::testing::verified(crate::lower(&platform));
    }
}

#[test]
fn lambda_reads_a_stream_for_a_function() {
    let document = document(&format!(
        "{READER}{{ batch = 500, window = \"5s\", from = \"newest\", retries = 3, max_age = \"1h\", \
         parallel = 2, filter = {{ data = {{ kind = [\"click\"] }} }} }}"
    ));
    let address = "aws_lambda_event_source_mapping.count__from__stream__clicks";
    let mapping = resource(&document, "compute", address);
    for (key, expected) in [
        ("event_source_arn", json!("${var.kinesis_stream_clicks_arn}")),
        ("batch_size", json!(500)),
        ("maximum_batching_window_in_seconds", json!(5)),
        ("starting_position", json!("LATEST")),
        ("maximum_retry_attempts", json!(3)),
        ("maximum_record_age_in_seconds", json!(3_600)),
        ("parallelization_factor", json!(2)),
        ("bisect_batch_on_function_error", json!(true)),
        ("function_response_types", json!(["ReportBatchItemFailures"])),
    ] {
        assert_eq!(mapping[key], expected, "{key}");
    }
    let failed = only(&only(&mapping["destination_config"])["on_failure"]);
    assert_eq!(failed["destination_arn"], "${aws_sqs_queue.function__count__dead_letter.arn}");
    let address = "data.aws_iam_policy_document.function__count__from__stream__clicks";
    let rights = resource(&document, "compute", address);
    let actions: Vec<&json::Value> = rights["statement"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|statement| statement["actions"].as_array().unwrap())
        .collect();
    assert!(actions.iter().any(|action| *action == "kinesis:GetRecords"), "{actions:?}");
    assert!(!actions.iter().any(|action| *action == "kinesis:PutRecord"), "{actions:?}");
    let lag = "aws_cloudwatch_metric_alarm.function__count__iterator_age";
    assert_eq!(resource(&document, "observability", lag)["threshold"], 600_000);
}

#[test]
fn schedules_and_rules_put_records_in_by_a_role() {
    let document = document(
        "[event_bus.main]\n[stream.clicks.on]\nschedule.tick = \"rate(1 hour)\"\n\
         event_bus.main = { pattern = { source = [\"shop\"] }, partition_key = \"$.detail.user\" }\n",
    );
    let schedule = "aws_scheduler_schedule.stream__clicks__tick";
    let target = only(&resource(&document, "messaging", schedule)["target"]);
    assert_eq!(target["arn"], "${aws_kinesis_stream.clicks.arn}");
    assert_eq!(only(&target["kinesis_parameters"])["partition_key"], "clicks");
    let target = "aws_cloudwatch_event_target.main__stream__clicks";
    let target = resource(&document, "messaging", target);
    assert_eq!(target["arn"], "${aws_kinesis_stream.clicks.arn}");
    assert_eq!(target["role_arn"], "${aws_iam_role.event_bus__main__stream__clicks.arn}");
    assert_eq!(only(&target["kinesis_target"])["partition_key_path"], "$.detail.user");
    for name in ["stream__clicks__schedule__start", "event_bus__main__stream__clicks__start"] {
        let address = format!("data.aws_iam_policy_document.{name}");
        let rights = resource(&document, "messaging", &address);
        assert_eq!(rights["statement"][0]["actions"], json!(["kinesis:PutRecord"]), "{name}");
        let on_key = &rights["statement"][1];
        assert_eq!(on_key["actions"], json!(["kms:GenerateDataKey"]), "{name}");
        let via = json!(["kinesis.us-east-2.amazonaws.com"]);
        assert_eq!(only(&on_key["condition"])["values"], via, "{name}");
    }
}

#[test]
fn a_partition_key_is_a_path_and_for_streams_alone() {
    for (receiver, path, code) in [
        ("stream", "$.id", None),
        ("stream", "detail.user", Some("PG0106")),
        ("queue", "$.id", Some("PG0108")),
    ] {
        let text = format!(
            "[event_bus.main]\n[{receiver}.all.on.event_bus.main]\n\
             pattern = {{ source = [\"shop\"] }}\npartition_key = \"{path}\"\n"
        );
        let place = format!("{receiver}.all.on.event_bus.main.partition_key");
        let expected: Vec<_> = code.map(|code| (code, place)).into_iter().collect();
        assert_eq!(found(&text), expected, "{receiver} {path}");
    }
    let long = format!("$.{}", "x".repeat(255));
    let text = format!(
        "[event_bus.main]\n[stream.all.on.event_bus.main]\npattern = {{ source = [\"shop\"] }}\n\
         partition_key = \"{long}\"\n"
    );
    assert_eq!(found(&text)[0].0, "PG0104");
}

#[test]
fn somebody_is_told_of_late_readers_and_refused_records() {
    let platform = platform("dev", "[stream.clicks]");
    let stream = platform.things.stream.values().next().unwrap();
    let metrics: Vec<_> = stream
        .metrics(&platform)
        .iter()
        .map(|metric| (metric.key, metric.alarm.map(|alarm| alarm.value)))
        .collect();
    assert_eq!(
        metrics,
        [
            ("age", Some(3_600_000.0)),
            ("incoming-bytes", None),
            ("incoming-records", None),
            ("read-throttles", Some(5.0)),
            ("write-throttles", Some(5.0)),
        ]
    );
}
