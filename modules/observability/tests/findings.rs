//! What a spec says wrong of how it is watched.
use super::with;
use crate::testing::{findings, found};
use pretty_assertions::assert_eq;

/// What is said, the code of the finding, and where it stands below the section.
type Case = (&'static str, &'static str, &'static str);

const ALARMS: &[Case] = &[
    ("alarm.a = { metric = \"service.web.cpuu\", above = 1 }", "PG0105", "alarm.a.metric"),
    ("alarm.a = { metric = \"service.wbe.cpu\", above = 1 }", "PG0201", "alarm.a.metric"),
    ("alarm.a = { metric = \"bucket.x.size\", above = 1 }", "PG0201", "alarm.a.metric"),
    ("alarm.a = { metric = \"metric.orders\", above = 1 }", "PG0201", "alarm.a.metric"),
    ("alarm.a = { metric = \"cpu\", above = 1 }", "PG0106", "alarm.a.metric"),
    ("alarm.a = { metric = \"database.main.replica-lag\", above = 1 }", "PG0401", "alarm.a.metric"),
    ("alarm.a = { metric = \"service.web.tasks\" }", "PG0108", "alarm.a"),
    ("alarm.a = { metric = \"service.web.cpu\", above = 1, below = 2 }", "PG0108", "alarm.a.below"),
    (
        "alarm.a = { metric = \"service.web.cpu\", above = 1, within = \"90s\" }",
        "PG0104",
        "alarm.a.within",
    ),
    (
        "alarm.a = { metric = \"service.web.cpu\", above = 1, within = \"30m\", periods = 49 }",
        "PG0405",
        "alarm.a.periods",
    ),
    (
        "alarm.a = { metric = \"service.web.cpu\", above = 1, within = \"8d\" }",
        "PG0405",
        "alarm.a.within",
    ),
    ("alarm.a = { metric = \"service.web.cpu\", above = \"50%\" }", "PG0401", "alarm.a"),
    (
        "alarm.a = { metric = \"load_balancer.public.5xx\", above = 1, percentile = 99 }",
        "PG0401",
        "alarm.a.percentile",
    ),
    (
        "alarm.a = { metric = \"service.web.cpu\", above = 1, percentile = 0 }",
        "PG0104",
        "alarm.a.percentile",
    ),
    (
        "alarm.a = { metric = \"service.web.cpu\", notify = [\"nobody\"] }",
        "PG0106",
        "alarm.a.notify.email[0]",
    ),
];

const METRICS: &[Case] = &[
    ("metric.m = {}", "PG0108", "metric.m"),
    ("metric.m = { logs = \"service.web\", expression = \"{m}\" }", "PG0108", "metric.m"),
    ("metric.m = { logs = \"service.wbe\" }", "PG0201", "metric.m.logs"),
    ("metric.m = { logs = \"service\" }", "PG0106", "metric.m.logs"),
    ("metric.m = { logs = \"table.messages\" }", "PG0401", "metric.m.logs"),
    ("metric.m = { logs = \"database.main\" }", "PG0401", "metric.m.logs"),
    ("metric.m = { logs = \"database.main.eror\" }", "PG0401", "metric.m.logs"),
    ("metric.m = { logs = \"service.web.error\" }", "PG0401", "metric.m.logs"),
    ("metric.m = { logs = \"load_balancer.public\" }", "PG0401", "metric.m.logs"),
    ("metric.m = { logs = \"service.web\", filter = \"{ a\" }", "PG0106", "metric.m.filter"),
    (
        "metric.m = { logs = \"service.web\", filter = \"ERROR\", value = \"$.a\" }",
        "PG0106",
        "metric.m.value",
    ),
    (
        "metric.m = { logs = \"service.web\", filter = \"{ $.a = 1 }\", dimensions.A = \"a\" }",
        "PG0106",
        "metric.m.dimensions.A",
    ),
    (
        "metric.m = { logs = \"service.web\", filter = \"{ $.a = 1 }\", dimensions = { A = \"$.a\", \
             B = \"$.b\", C = \"$.c\", D = \"$.d\" } }",
        "PG0405",
        "metric.m.dimensions",
    ),
    (
        "metric.m = { expression = \"{service.web.cpu}\", value = \"1\" }",
        "PG0108",
        "metric.m.value",
    ),
    ("metric.m = { expression = \"1 + {service.web.cpu\" }", "PG0106", "metric.m.expression"),
    ("metric.m = { expression = \"1 + {orders}\" }", "PG0201", "metric.m.expression"),
    ("metric.m = { expression = \"{service.web.cpuu}\" }", "PG0105", "metric.m.expression"),
    ("metric.m = { expression = \"{m} * 2\" }", "PG0401", "metric.m.expression"),
    ("metric.m = { logs = \"service.web\", unit = \"Prozent\" }", "PG0105", "metric.m.unit"),
];

const OTHERS: &[Case] = &[
    (
        "query.q = { logs = [\"service.web\", \"cache.sessions\"], text = \"fields @message\" }",
        "PG0401",
        "query.q.logs[1]",
    ),
    ("notify = \"ops@example\"", "PG0106", "notify.email[0]"),
    ("notify = { https = \"http://example.com\" }", "PG0106", "notify.https[0]"),
    (
        "log_archive = { retention = \"30d\", glacier_after = \"30d\" }",
        "PG0401",
        "log_archive.glacier_after",
    ),
];

#[test]
fn faults_are_found_where_they_stand() {
    for (more, code, path) in [ALARMS, METRICS, OTHERS].into_iter().flatten() {
        let found = found(&with(&format!("[observability]\n{more}\n")));
        assert_eq!(found, [(*code, format!("observability.{path}"))], "{more}");
    }
}

#[test]
fn messages_say_what_there_is() {
    for (more, part) in [
        ("alarm.a = { metric = \"load_balancer.inside.5xx\", above = 1 }", "known here: `flows`"),
        ("metric.m = { logs = \"database.main\" }", "has several logs"),
        ("metric.m = { logs = \"table.messages\" }", "has no log group"),
    ] {
        let balancer = "[load_balancer.inside]\ntype = \"network\"\ninternal = true\n";
        let text = with(&format!("{balancer}[observability]\n{more}\n"));
        let findings = findings(&text);
        let [(_, _, message)] = findings.as_slice() else { panic!("{findings:#?}") };
        assert!(message.contains(part), "{message}");
    }
}

#[test]
fn an_alarm_takes_ten_series_and_no_unknown_ones() {
    let dimensions = "metric.m = { logs = \"service.web\", filter = \"{ $.a = 1 }\", \
                      dimensions.A = \"$.a\" }\nalarm.a = { metric = \"metric.m\", above = 1 }";
    let large = "alarm.a = { metric = \"cache.large.cpu\", above = 1 }";
    for more in [dimensions, large] {
        let cache = "[cache.large]\nshards = 4\nreplicas = 2\n";
        let found = found(&with(&format!("{cache}[observability]\n{more}\n")));
        assert_eq!(found, [("PG0401", "observability.alarm.a.metric".to_owned())], "{more}");
    }
}

#[test]
fn a_log_group_takes_a_hundred_filters() {
    let metrics = |count: usize| -> String {
        let metric = |number| format!("metric.m{number} = {{ logs = \"service.web\" }}\n");
        (0..count).map(metric).collect()
    };
    for (count, expected) in [(100, 0), (101, 1), (103, 1)] {
        let found = found(&with(&format!("[observability]\n{}", metrics(count))));
        assert_eq!(found.len(), expected, "{found:#?}");
    }
}
