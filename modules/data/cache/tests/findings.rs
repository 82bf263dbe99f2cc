//! What is wrong with a cache in a spec.
use crate::testing::findings_in;
use pretty_assertions::assert_eq;

const CACHE: &str = "[cache.sessions]\n";

/// Demands one finding: its code, its key in `cache.sessions`, and a part of its message.
fn check(environment: &str, keys: &str, expected: (&str, &str, &str)) {
    let found = findings_in(environment, &format!("{CACHE}{keys}\n"));
    let [(code, path, message)] = found.as_slice() else { panic!("{found:#?}\nin{keys}") };
    let expected_path = format!("cache.sessions.{}", expected.1);
    assert_eq!((*code, path.as_str()), (expected.0, expected_path.as_str()), "{keys}");
    assert!(message.contains(expected.2), "{message}\nin{keys}");
}

#[test]
fn defaults_are_without_fault() {
    for environment in ["dev", "prod"] {
        assert_eq!(findings_in(environment, CACHE), []);
    }
}

#[test]
fn texts_outside_their_grammar_are_refused() {
    for (keys, code, key) in [
        ("engine = \"memcached\"", "PG0105", "engine"),
        ("version = \"8\"", "PG0106", "version"),
        ("node = \"t4g.micro\"", "PG0106", "node"),
        ("node = \"cache.t4g\"", "PG0106", "node"),
        ("replicas = 6", "PG0104", "replicas"),
        ("shards = 0", "PG0104", "shards"),
        ("auth = \"token\"", "PG0105", "auth"),
        ("snapshots = \"36d\"", "PG0104", "snapshots.retention"),
        ("aws_name = \"Sessions\"", "PG0106", "aws_name"),
        ("logs = [\"audit\"]", "PG0105", "logs.exports[0]"),
    ] {
        check("dev", keys, (code, key, ""));
    }
}

#[test]
fn what_aws_would_refuse_is_found() {
    for (keys, code, key, part) in [
        ("version = \"7.1\"", "PG0401", "version", "no valkey 7.1"),
        ("engine = \"redis\"\nversion = \"8.2\"", "PG0401", "version", "no redis 8.2"),
        ("failover = true", "PG0401", "failover", "no replica"),
        ("shards = 2\nfailover = false", "PG0108", "failover", "always fails over"),
        ("shards = 100\nreplicas = 5", "PG0405", "shards", "600 nodes"),
        ("auth = \"iam\"\ntls = false", "PG0108", "auth", "over TLS"),
        ("engine = \"redis\"\nversion = \"6.2\"\nauth = \"iam\"", "PG0401", "auth", "6.2"),
        ("parameters.cluster-enabled = \"yes\"", "PG0108", "parameters.cluster-enabled", "shards"),
        ("snapshots.window = \"05:00-05:45\"", "PG0401", "snapshots.window", "45 minutes"),
        ("maintenance = \"sun:02:30-sun:04:00\"", "PG0401", "maintenance", "overlap"),
    ] {
        check("dev", keys, (code, key, part));
    }
}

#[test]
fn what_weakens_production_is_a_warning_there_only() {
    for (keys, key) in [
        ("tls = false", "tls"),
        ("snapshots = \"0d\"", "snapshots.retention"),
        ("replicas = 1\nfailover = false", "failover"),
    ] {
        check("prod", keys, ("PG0502", key, ""));
        assert_eq!(findings_in("dev", &format!("{CACHE}{keys}\n")), [], "{keys}");
    }
}

#[test]
fn names_are_cut_with_a_warning_and_never_given_twice() {
    let long = "[cache.the-sessions-of-everybody-who-is-here]\n";
    let found = findings_in("dev", long);
    let codes: Vec<&str> = found.iter().map(|(code, ..)| *code).collect();
    assert_eq!(codes, ["PG0501"], "{found:#?}");
    assert_eq!(findings_in("dev", &format!("{long}aws_name = \"sessions\"\n")), []);
    let twice = "[cache.other]\n[cache.sessions]\naws_name = \"dev-shop-other\"\n";
    let found = findings_in("dev", twice);
    let [(code, path, _)] = found.as_slice() else { panic!("{found:#?}") };
    assert_eq!((*code, path.as_str()), ("PG0404", "cache.sessions.aws_name"));
}
