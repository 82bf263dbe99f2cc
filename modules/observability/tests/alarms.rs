//! Which alarms there are, and what they watch.
use super::with;
use crate::testing::{addresses, document, document_in, only, resource};
use platgen_source::json::{Value as Json, json};
use platgen_terraform::Document;
use pretty_assertions::assert_eq;

fn alarm(document: &Document, name: &str) -> Json {
    resource(document, "observability", &format!("aws_cloudwatch_metric_alarm.{name}"))
}

/// The expression of an alarm, and the names of its series.
fn watched(alarm: &Json) -> (Json, Vec<Json>) {
    let queries = alarm["metric_query"].as_array().unwrap();
    let series = queries[1..].iter().map(|query| only(&query["metric"])["metric_name"].clone());
    (queries[0]["expression"].clone(), series.collect())
}

#[test]
fn everything_is_watched_without_a_word() {
    let document = document(&with(""));
    for name in [
        "cache__sessions__hit_ratio",
        "cache__sessions__memory",
        "database__main__connections",
        "database__main__free_storage",
        "job__nightly__failures",
        "load_balancer__public__5xx",
        "load_balancer__public__latency",
        "service__web__cpu",
        "service__web__missing_tasks",
        "service__web__unhealthy_hosts",
        "table__messages__throttles",
    ] {
        assert_ne!(alarm(&document, name), Json::Null, "{name}");
    }
    let cpu = alarm(&document, "service__web__cpu");
    for (key, expected) in [
        ("alarm_name", json!("dev-shop-service.web.cpu")),
        ("alarm_description", json!("service.web.cpu: CPU (percent) at least 90 in 3 times 5m")),
        ("namespace", json!("AWS/ECS")),
        ("statistic", json!("Average")),
        ("extended_statistic", Json::Null),
        ("threshold", json!(90)),
        ("comparison_operator", json!("GreaterThanOrEqualToThreshold")),
        ("evaluation_periods", json!(3)),
        ("treat_missing_data", json!("notBreaching")),
        ("alarm_actions", json!(["${aws_sns_topic.ops.arn}"])),
        ("ok_actions", json!(["${aws_sns_topic.ops.arn}"])),
        ("actions_enabled", json!(false)),
    ] {
        assert_eq!(cpu[key], expected, "{key}");
    }
    let latency = alarm(&document, "load_balancer__public__latency");
    assert_eq!(latency["extended_statistic"], "p95");
    assert_eq!(latency["evaluate_low_sample_count_percentiles"], "ignore");
    assert_eq!(latency["statistic"], Json::Null);
}

#[test]
fn errors_of_the_balancer_and_of_its_targets_count_together() {
    let document = document(&with(""));
    let errors = alarm(&document, "load_balancer__public__5xx");
    let names = vec![json!("HTTPCode_ELB_5XX_Count"), json!("HTTPCode_Target_5XX_Count")];
    assert_eq!(watched(&errors), (json!("SUM(METRICS())"), names));
    assert_eq!((&errors["threshold"], &errors["period"]), (&json!(10), &Json::Null));
    let series = only(&errors["metric_query"][1]["metric"]);
    assert_eq!((&series["period"], &series["stat"]), (&json!(120), &json!("Sum")));
}

#[test]
fn a_formula_takes_metrics_of_several_series() {
    let document = document(&with(
        r#"
[observability.metric]
failing = { expression = "100 * {load_balancer.public.5xx} / {service.web.cpu} - {service.web.missing-tasks}" }
[observability.alarm]
failing = { metric = "metric.failing", above = 5 }
"#,
    ));
    let (expression, series) = watched(&alarm(&document, "alarm__failing"));
    assert_eq!(expression, "100 * (SUM([m1, m2])) / m3 - (m4 - m5)");
    let names = [
        "HTTPCode_ELB_5XX_Count",
        "HTTPCode_Target_5XX_Count",
        "CPUUtilization",
        "DesiredTaskCount",
        "RunningTaskCount",
    ];
    assert_eq!(series, names.map(|name| json!(name)));
}

#[test]
fn an_alarm_of_the_spec_takes_the_place_of_the_default_one() {
    let text = with(
        r#"
[observability.alarm]
many  = { metric = "load_balancer.public.5xx", at_least = 20.5, within = "5m" }
most  = { metric = "database.main.connections", at_least = "50%" }
quiet = { metric = "service.web.cpu", enabled = false }
told  = { metric = "service.web.memory", notify = ["a@example.com", "b@example.com"] }
slow  = { metric = "load_balancer.public.latency", percentile = 99.9, above = 1, silence = "bad" }
more  = { metric = "load_balancer.public.latency", at_most = 0, periods = 2 }
"#,
    );
    let document = document(&text);
    for replaced in [
        "load_balancer__public__5xx",
        "database__main__connections",
        "service__web__cpu",
        "service__web__memory",
        "load_balancer__public__latency",
        "alarm__quiet",
    ] {
        assert_eq!(alarm(&document, replaced), Json::Null, "{replaced}");
    }
    let many = alarm(&document, "alarm__many");
    assert_eq!((&many["alarm_name"], &many["threshold"]), (&json!("dev-shop-many"), &json!(20.5)));
    assert_eq!(only(&many["metric_query"][1]["metric"])["period"], 300);
    assert_eq!(alarm(&document, "alarm__most")["threshold"], 45, "a half of 90");
    let told = alarm(&document, "alarm__told");
    assert_eq!((&told["threshold"], &told["evaluation_periods"]), (&json!(90), &json!(3)));
    let topics = json!(["${aws_sns_topic.ops.arn}", "${aws_sns_topic.alarm__told.arn}"]);
    assert_eq!(told["alarm_actions"], topics);
    let slow = alarm(&document, "alarm__slow");
    assert_eq!(slow["extended_statistic"], "p99.9");
    assert_eq!(slow["comparison_operator"], "GreaterThanThreshold");
    assert_eq!(slow["treat_missing_data"], "breaching");
    assert!(
        slow["alarm_description"].as_str().unwrap().contains("Latency (seconds), p99.9 above 1")
    );
    let more = alarm(&document, "alarm__more");
    assert_eq!(more["comparison_operator"], "LessThanOrEqualToThreshold");
    assert_eq!((&more["period"], &more["evaluation_periods"]), (&json!(300), &json!(2)));
}

#[test]
fn without_default_alarms_only_those_of_the_spec_are_left() {
    let own = "alarm.a = { metric = \"service.web.cpu\" }";
    for (more, expected) in [("", 0), (own, 1)] {
        let document = document(&with(&format!("[observability]\nalarms = false\n{more}\n")));
        let found = addresses(&document, "observability");
        let alarms = found.iter().filter(|one| one.starts_with("aws_cloudwatch_metric_alarm"));
        assert_eq!(alarms.count(), expected, "{more}");
        let composite = "aws_cloudwatch_composite_alarm.platform".to_owned();
        assert_eq!(found.contains(&composite), expected > 0);
    }
}

#[test]
fn production_sends_messages_and_can_be_told_not_to() {
    for (environment, more, paging) in [
        ("prod", "", true),
        ("dev", "", false),
        ("prod", "[observability]\npaging = false", false),
        ("dev", "[observability]\npaging = true", true),
    ] {
        let document = document_in(environment, &with(more));
        let rule = resource(&document, "observability", "aws_cloudwatch_event_rule.task_failed");
        assert_eq!(alarm(&document, "service__web__cpu")["actions_enabled"], paging);
        assert_eq!(rule["state"], if paging { "ENABLED" } else { "DISABLED" });
    }
}

#[test]
fn many_alarms_stand_below_one() {
    let table = |number| format!("[table.t{number}]\npartition_key = \"id\"\n");
    let few: String = (0..10).map(table).collect();
    let many: String = (0..60).map(table).collect();
    for (text, between) in [(few, 0), (many, 2)] {
        let document = document(&text);
        let found = addresses(&document, "observability");
        let above = found.iter().filter(|one| one.starts_with("aws_cloudwatch_composite_alarm"));
        assert_eq!(above.count(), between + 1);
        let all = resource(&document, "observability", "aws_cloudwatch_composite_alarm.platform");
        let rule = all["alarm_rule"].as_str().unwrap();
        let below = if between == 0 { "metric_alarm.table__t0__errors" } else { "composite_alarm" };
        assert!(rule.starts_with("ALARM(\"${aws_cloudwatch_"), "{rule}");
        assert!(rule.contains(below), "{rule}");
        assert_eq!(all["actions_enabled"], false);
    }
}

#[test]
fn nothing_is_watched_where_nothing_is_measured() {
    for text in ["", "[secret.token]", "[observability]\nnotify = [\"ops@example.com\"]"] {
        assert_eq!(addresses(&document(text), "observability"), Vec::<String>::new(), "{text}");
    }
}
