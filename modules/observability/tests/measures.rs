//! What can be measured of the things that stood before their metrics.
use crate::kind::Thing;
use crate::kinds::metrics;
use crate::observability::metric::{Measure, Metric};
use crate::testing::platform;
use pretty_assertions::assert_eq;

/// The metrics of a thing.
fn measured(environment: &str, toml: &str, kind: &str, name: &str) -> Vec<Metric> {
    let platform = platform(environment, toml);
    platform.things.get(kind, name).unwrap().metrics(&platform)
}

fn keys(metrics: &[Metric]) -> Vec<&'static str> {
    let mut keys: Vec<&'static str> = metrics.iter().map(|metric| metric.key).collect();
    keys.sort_unstable();
    keys
}

fn find<'a>(metrics: &'a [Metric], key: &str) -> &'a Metric {
    metrics.iter().find(|metric| metric.key == key).unwrap()
}

fn series_of(metric: &Metric) -> usize {
    match &metric.measure {
        Measure::Series(_) => 1,
        Measure::Computed { series, .. } => series.len(),
        Measure::Combined { series, .. } => series.len(),
    }
}

#[test]
fn every_key_is_known_to_the_kind_and_there_once() {
    for environment in ["dev", "prod"] {
        let platform = platform(environment, &super::with("[load_balancer.n]\ntype = \"network\""));
        for thing in platform.things.all() {
            let found = keys(&thing.metrics(&platform));
            let known = metrics(thing.id().kind).unwrap();
            let once: std::collections::BTreeSet<_> = found.iter().collect();
            assert_eq!(once.len(), found.len(), "{}", thing.id());
            for key in found {
                assert!(known.contains(&key), "{}: {key}", thing.id());
            }
        }
    }
}

#[test]
fn a_network_load_balancer_counts_flows() {
    let text = "[load_balancer.n]\ntype = \"network\"";
    let found = measured("dev", text, "load_balancer", "n");
    assert_eq!(keys(&found), ["flows", "rejected-connections"]);
}

#[test]
fn jobs_without_a_state_machine_count_no_failures() {
    for (more, expected) in
        [("", vec!["cpu", "memory"]), ("timeout = \"1h\"", vec!["cpu", "failures", "memory"])]
    {
        let text = format!("[job.nightly]\nimage = \"alpine:3\"\n{more}\n");
        assert_eq!(keys(&measured("dev", &text, "job", "nightly")), expected, "{more}");
    }
}

#[test]
fn a_database_rings_by_its_size() {
    for (environment, engine, more, connections, memory) in [
        ("dev", "mysql", "", Some(72.0), true),
        ("prod", "mysql", "", Some(800.0), true),
        ("prod", "postgresql", "", Some(1342.0), true),
        ("prod", "mysql", "parameters.max_connections = 500", Some(400.0), true),
        ("prod", "mysql", "instance = \"db.x2iedn.xlarge\"", None, false),
        ("prod", "mysql", "instance = \"db.serverless\"", Some(1600.0), false),
        (
            "prod",
            "postgresql",
            "instance = \"db.serverless\"\ncapacity = { min = 0.5, max = 64 }",
            Some(1600.0),
            false,
        ),
    ] {
        let text = format!("[database.main]\nengine = \"aurora-{engine}\"\n{more}\n");
        let found = measured(environment, &text, "database", "main");
        let alarm = find(&found, "connections").alarm;
        assert_eq!(alarm.map(|alarm| alarm.value), connections, "{text}");
        assert_eq!(find(&found, "free-memory").alarm.is_some(), memory, "{text}");
        let serverless = more.contains("serverless");
        assert_eq!(keys(&found).contains(&"capacity"), serverless, "{text}");
        assert_eq!(keys(&found).contains(&"replica-lag"), environment == "prod", "{text}");
    }
}

#[test]
fn every_node_of_a_cache_counts() {
    for (more, nodes, lag) in [
        ("", 1, false),
        ("replicas = 2", 3, true),
        ("shards = 3\nreplicas = 1", 6, true),
        ("shards = 2\nreplicas = 0", 2, false),
    ] {
        let text = format!("[cache.c]\n{more}\n");
        let found = measured("dev", &text, "cache", "c");
        assert_eq!(series_of(find(&found, "cpu")), nodes, "{more}");
        assert_eq!(series_of(find(&found, "hit-ratio")), 2 * nodes, "{more}");
        assert_eq!(keys(&found).contains(&"replication-lag"), lag, "{more}");
    }
    let found = measured("dev", "[cache.c]\nreplicas = 1", "cache", "c");
    let Measure::Combined { expression, .. } = &find(&found, "hit-ratio").measure else {
        panic!("{found:#?}")
    };
    assert_eq!(expression, "100 * SUM([m1, m2]) / (SUM([m1, m2]) + SUM([m3, m4]))");
}

#[test]
fn throttles_of_indexes_count_and_an_alarm_can_look_at_them_all() {
    for (indexes, series) in [(0, 2), (1, 4), (4, 10), (5, 8), (20, 8)] {
        let index = |number| format!("index.i-{number:03}.partition_key = \"day\"\n");
        let indexes: String = (0..indexes).map(index).collect();
        let text = format!("[table.t]\npartition_key = \"id\"\n{indexes}");
        let found = measured("dev", &text, "table", "t");
        assert_eq!(series_of(find(&found, "throttles")), series, "{text}");
    }
}

#[test]
fn logs_have_names() {
    let platform = platform("dev", &super::with(""));
    let words = |kind, name: &str| -> Vec<&'static str> {
        let thing: &dyn Thing = platform.things.get(kind, name).unwrap();
        thing.log_groups().into_iter().map(|(word, _)| word).collect()
    };
    assert_eq!(words("database", "main"), ["audit", "error", "slowquery"]);
    assert_eq!(words("cache", "sessions"), ["slow-log", "engine-log"]);
    assert_eq!(words("service", "web"), Vec::<&str>::new());
}
