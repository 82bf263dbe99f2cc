//! Topics, who may publish to them, and the events that are told.
use super::with;
use crate::observability::alarm::Alarm;
use crate::observability::metric::{Measure, Metric, MetricPlace, Series, Threshold};
use crate::observability::notify::Contacts;
use crate::observability::reading::Reading;
use crate::observability::reference::MetricReference;
use crate::observability::topic;
use crate::platform::Platform;
use crate::testing::{addresses, document, platform, resource, verified};
use platgen_source::diagnostics::SpecPath;
use platgen_source::json::{Value as Json, json};
use platgen_terraform::Document;
use pretty_assertions::assert_eq;
use std::collections::BTreeSet;

const TELLERS: [&str; 4] = [
    "budgets.amazonaws.com",
    "cloudwatch.amazonaws.com",
    "events.amazonaws.com",
    "events.rds.amazonaws.com",
];

/// The statements of a policy by the services that they let in, with the keys of their conditions.
fn services(document: &Document, policy: &str) -> Vec<(String, Vec<String>)> {
    let address = format!("data.aws_iam_policy_document.{policy}");
    let policy = resource(document, "observability", &address);
    let mut found = Vec::new();
    for statement in policy["statement"].as_array().unwrap() {
        let principal = &statement["principals"][0];
        if principal["type"] == "Service" {
            let conditions = statement["condition"].as_array().cloned().unwrap_or_default();
            let keys = conditions.iter().map(|one| one["variable"].as_str().unwrap().to_owned());
            let service = principal["identifiers"][0].as_str().unwrap().to_owned();
            found.push((service, keys.collect()));
        }
    }
    found
}

#[test]
fn only_those_who_tell_something_are_let_in_and_only_for_this_account() {
    let budget = "[budget.b]\nlimit_usd = 1\n";
    for (text, expected) in [
        (with(budget), TELLERS.to_vec()),
        (with(""), vec![TELLERS[1], TELLERS[2], TELLERS[3]]),
        (with("[observability]\nevents = false"), vec![TELLERS[1]]),
        ("[table.t]\npartition_key = \"id\"".to_owned(), vec![TELLERS[1]]),
        (budget.to_owned(), vec![TELLERS[0]]),
    ] {
        let document = document(&text);
        for policy in ["topic__ops", "key__observability"] {
            let mut found = services(&document, policy);
            found.sort();
            let names: Vec<&str> = found.iter().map(|(service, _)| service.as_str()).collect();
            assert_eq!(names, expected, "{text}");
            for (service, keys) in found {
                let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
                let conditions: &[&str] = match (service.as_str(), policy) {
                    // EventBridge is refused by a key with any condition on the source.
                    ("events.amazonaws.com", "key__observability") => &[],
                    ("events.amazonaws.com", _) => &["aws:SourceArn"],
                    _ => &["aws:SourceArn", "aws:SourceAccount"],
                };
                assert_eq!(keys, conditions, "{service}");
            }
        }
    }
}

#[test]
fn whoever_is_named_is_subscribed_by_name() {
    let text = with(
        "[observability]\nnotify = { email = [\"ops@example.com\", \"b@example.com\"], https = \
         \"https://events.example.com/x\" }\n",
    );
    let document = document(&text);
    for (name, protocol, expected) in [
        (
            "ops__email",
            "email",
            json!({ "b@example.com": "b@example.com", "ops@example.com": "ops@example.com" }),
        ),
        (
            "ops__https",
            "https",
            json!({ "https://events.example.com/x": "https://events.example.com/x" }),
        ),
    ] {
        let address = format!("aws_sns_topic_subscription.{name}");
        let subscription = resource(&document, "observability", &address);
        assert_eq!(subscription["protocol"], protocol);
        assert_eq!(subscription["for_each"], expected);
        assert_eq!(subscription["topic_arn"], "${aws_sns_topic.ops.arn}");
    }
    let topic = resource(&document, "observability", "aws_sns_topic.ops");
    assert_eq!(topic["name"], "dev-shop_ops");
    assert_eq!(topic["kms_master_key_id"], "${aws_kms_key.observability.arn}");
    let policy = resource(&document, "observability", "data.aws_iam_policy_document.topic__ops");
    let tls = &policy["statement"][0];
    assert_eq!(tls["effect"], "Deny");
    assert_eq!(tls["condition"][0]["variable"], "aws:SecureTransport");
    assert!(document.outputs.contains_key("observability__topic_arn"));
}

#[test]
fn addresses_may_speak_of_the_platform() {
    let text = r#"
spec = 1
[platform]
name = "shop"
region = "us-east-2"
domain = "shop.example.com"
[environment.dev]
profile = "development"
[table.t]
partition_key = "id"
[observability]
notify = "ops@{platform.domain}"
"#;
    let address = "aws_sns_topic_subscription.ops__email";
    let subscription = resource(&document(text), "observability", address);
    let expected = json!({ "ops@shop.example.com": "ops@shop.example.com" });
    assert_eq!(subscription["for_each"], expected);
}

#[test]
fn failures_of_what_there_is_are_told() {
    let rules = |text: &str| -> Vec<String> {
        let found = addresses(&document(text), "observability").into_iter();
        let name = |one: String| one.strip_prefix("aws_cloudwatch_event_rule.").map(str::to_owned);
        found.filter_map(name).collect()
    };
    let all = [
        "deployment_failed",
        "health",
        "service_impaired",
        "task_failed",
        "workflow_failed__nightly",
    ];
    assert_eq!(rules(&with("")), all);
    let job = "[job.once]\nimage = \"alpine:3\"\n";
    assert_eq!(rules(job), ["health", "task_failed"]);
    let express = "[workflow.quick]\ntype = \"express\"\nstart = \"Wait\"\n\
                   state.Wait = { wait = \"5s\", end = \"succeed\" }\n";
    assert_eq!(rules(express), Vec::<String>::new());
    assert_eq!(rules("[table.t]\npartition_key = \"id\""), Vec::<String>::new());
    assert_eq!(rules(&with("[observability]\nevents = false")), Vec::<String>::new());
}

#[test]
fn an_event_is_told_in_words() {
    let document = document(&with(""));
    let address = "aws_cloudwatch_event_target.workflow_failed__nightly";
    let target = resource(&document, "observability", address);
    let transformer = &target["input_transformer"][0];
    let template: Json =
        platgen_source::json::from_str(transformer["input_template"].as_str().unwrap()).unwrap();
    let template = template.as_str().unwrap();
    for name in transformer["input_paths"].as_object().unwrap().keys() {
        assert!(template.contains(&format!("<{name}>")), "{name} is not in {template}");
    }
    assert_eq!(
        template.matches('<').count(),
        transformer["input_paths"].as_object().unwrap().len()
    );
    let subscription = resource(&document, "observability", "aws_db_event_subscription.clusters");
    assert_eq!(subscription["depends_on"], json!(["aws_sns_topic_policy.ops"]));
    assert_eq!(subscription["source_type"], "db-cluster");
}

/// An alarm on a metric that AWS keeps in us-east-1, which others are told of as well.
fn alarm_elsewhere(platform: &Platform) -> Alarm {
    let dimensions = vec![("Region", "Global".into())];
    let series = Series {
        place: MetricPlace::UsEast1,
        ..Series::regional("AWS/CloudFront", "5xxErrorRate", "Average", dimensions)
    };
    let metric = Metric {
        key: "5xx",
        title: "Errors (percent)",
        measure: Measure::Series(series),
        alarm: Some(Threshold::at_least(5.0, 300, 1)),
    };
    let contacts = platform.observability.contacts.clone();
    assert_ne!(contacts, Contacts::default());
    Alarm {
        local: "alarm__errors".to_owned(),
        aws_name: "dev-shop-errors".to_owned(),
        metric: MetricReference::parse("cdn.site.5xx").unwrap(),
        reading: Reading::of(&metric, &platform.head),
        threshold: metric.alarm.unwrap(),
        contacts,
        cause: SpecPath::of(["cdn", "site"]),
    }
}

#[test]
fn alarms_of_us_east_1_tell_topics_of_us_east_1() {
    let platform = platform("dev", "[observability]\nnotify = \"ops@example.com\"");
    let alarms = [alarm_elsewhere(&platform)];
    let mut document = crate::lower(&platform);
    alarms[0].lower(&platform, &mut document);
    topic::lower(&BTreeSet::new(), &alarms, &platform, &mut document);
    let document = verified(document);
    for address in [
        "aws_cloudwatch_metric_alarm.alarm__errors",
        "aws_kms_alias.observability__us_east_1",
        "aws_kms_key.observability__us_east_1",
        "aws_sns_topic.alarm__errors",
        "aws_sns_topic.ops__us_east_1",
        "aws_sns_topic_policy.ops__us_east_1",
        "aws_sns_topic_subscription.ops__us_east_1__email",
    ] {
        let found = resource(&document, "observability", address);
        assert_eq!(found["provider"], "aws.us_east_1", "{address}");
    }
    let alarm = resource(&document, "observability", "aws_cloudwatch_metric_alarm.alarm__errors");
    let topics =
        json!(["${aws_sns_topic.ops__us_east_1.arn}", "${aws_sns_topic.alarm__errors.arn}"]);
    assert_eq!(alarm["alarm_actions"], topics);
    let policy = "data.aws_iam_policy_document.topic__ops__us_east_1";
    let policy = resource(&document, "observability", policy).to_string();
    assert!(policy.contains(":cloudwatch:us-east-1:"), "{policy}");
    assert!(!addresses(&document, "observability").contains(&"aws_sns_topic.ops".to_owned()));
}

#[test]
fn in_us_east_1_nothing_is_elsewhere() {
    let text = r#"
spec = 1
[platform]
name = "shop"
region = "us-east-1"
[environment.dev]
profile = "development"
[observability]
notify = "ops@example.com"
"#;
    let alarm = alarm_elsewhere(&platform("dev", text));
    assert_eq!(alarm.reading.place, MetricPlace::Regional);
}
