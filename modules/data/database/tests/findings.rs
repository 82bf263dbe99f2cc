//! What is wrong with a database in a spec.
use super::{MYSQL, POSTGRESQL};
use crate::testing::findings_in;
use pretty_assertions::assert_eq;

/// Demands one finding: its code, its path behind `database.main`, and a part of its message.
fn check(environment: &str, toml: &str, expected: (&str, &str, &str)) {
    let found = findings_in(environment, toml);
    let [(code, path, message)] = found.as_slice() else { panic!("{found:#?}\nin{toml}") };
    assert_eq!((*code, path.as_str()), (expected.0, expected.1), "{toml}");
    assert!(message.contains(expected.2), "{message}\nin{toml}");
}

#[test]
fn defaults_are_without_fault() {
    for environment in ["dev", "prod"] {
        for toml in [MYSQL, POSTGRESQL] {
            assert_eq!(findings_in(environment, toml), []);
        }
    }
}

#[test]
fn texts_outside_their_grammar_are_refused() {
    for (keys, code, key) in [
        ("instance = \"r7g.large\"", "PG0106", "instance"),
        ("instance = \"db.r7g\"", "PG0106", "instance"),
        ("version = \"newest\"", "PG0106", "version"),
        ("schema = \"my-shop\"", "PG0106", "schema"),
        ("aws_name = \"main--db\"", "PG0106", "aws_name"),
        ("backup = \"36d\"", "PG0104", "backup.retention"),
        ("backup = \"0d\"", "PG0104", "backup.retention"),
        ("backup = \"5h\"", "PG0106", "backup.retention"),
        ("backup.window = \"2:00-3:00\"", "PG0106", "backup.window"),
        ("maintenance = \"Sun:04:00-Sun:05:00\"", "PG0106", "maintenance"),
        ("readers = 16", "PG0104", "readers"),
        ("port = 80", "PG0104", "port"),
        ("monitoring = \"20s\"", "PG0105", "monitoring"),
        ("parameters.max_connections = true", "PG0103", "parameters.max_connections.value"),
        ("parameters.max_connections = \"\"", "PG0106", "parameters.max_connections.value"),
        ("parameters.\"Max\" = 1", "PG0107", "parameters.Max"),
        ("capacity.min = 0.3", "PG0104", "capacity.min"),
        ("capacity.max = 257", "PG0104", "capacity.max"),
    ] {
        check("dev", &format!("{MYSQL}{keys}\n"), (code, &format!("database.main.{key}"), ""));
    }
}

#[test]
fn what_aws_would_refuse_is_found() {
    let serverless = "instance = \"db.serverless\"\n";
    for (keys, code, key, part) in [
        ("version = \"17.7\"", "PG0401", "version", "look like 8.0.mysql_aurora"),
        ("version = \"5.7.mysql_aurora.2.12.0\"", "PG0401", "version", "standard support"),
        ("schema = \"mysql\"", "PG0401", "schema", "has a database `mysql` already"),
        ("instance = \"db.t4g.micro\"", "PG0401", "instance", "does not run on db.t4g.micro"),
        ("instance = \"db.m6g.large\"", "PG0401", "instance", "does not run on db.m6g.large"),
        ("instance = \"db.t3.medium\"\ninsights = \"standard\"", "PG0401", "insights", "db.t3"),
        ("capacity.max = 4", "PG0108", "capacity", "only for"),
        ("logs = [\"error\", \"postgresql\"]", "PG0401", "logs.exports[1]", "no log `postgresql`"),
        ("backup.window = \"02:00-02:20\"", "PG0401", "backup.window", "lasts 20 minutes"),
        ("maintenance = \"sun:04:00-sun:04:10\"", "PG0401", "maintenance", "lasts 10 minutes"),
        ("maintenance = \"fri:02:30-fri:03:30\"", "PG0401", "maintenance", "overlap"),
        ("backup.window = \"04:30-05:30\"", "PG0401", "backup.window", "overlap"),
        (
            "parameters.require_secure_transport = \"OFF\"",
            "PG0108",
            "parameters.require_secure_transport",
            "follows from `require_tls`",
        ),
        ("readers = 3\nscale.max = 2", "PG0401", "scale.max", "at most 2 readers, but 3"),
        ("readers = 0\nscale = { min = 0, max = 2 }", "PG0401", "scale.min", "no load"),
    ] {
        let path = format!("database.main.{key}");
        check("dev", &format!("{MYSQL}{keys}\n"), (code, &path, part));
    }
    for (keys, code, key, part) in [
        ("capacity = { min = 4, max = 2 }", "PG0401", "capacity.max", "at least"),
        ("capacity = { max = 0.5 }", "PG0401", "capacity.max", "at least 1"),
        (
            "capacity = { min = 1, pause = \"5m\" }",
            "PG0108",
            "capacity.pause",
            "least capacity is 0",
        ),
        ("capacity = { pause = \"1m\" }", "PG0104", "capacity.pause", "between 5m and 1d"),
        (
            "version = \"8.0.mysql_aurora.3.04.2\"\ncapacity.min = 0",
            "PG0401",
            "capacity.min",
            "cannot shrink to 0",
        ),
    ] {
        let path = format!("database.main.{key}");
        check("dev", &format!("{MYSQL}{serverless}{keys}\n"), (code, &path, part));
    }
}

#[test]
fn what_weakens_production_is_a_warning_there_only() {
    for (keys, key) in [
        ("protected = false", "protected"),
        ("require_tls = false", "require_tls"),
        ("backup = \"3d\"", "backup.retention"),
    ] {
        let toml = format!("{POSTGRESQL}{keys}\n");
        check("prod", &toml, ("PG0502", &format!("database.main.{key}"), ""));
        assert_eq!(findings_in("dev", &toml), [], "{keys}");
    }
}

#[test]
fn names_are_cut_with_a_warning_and_never_given_twice() {
    let long = "a-name-of-forty-letters-is-the-longest-1";
    let header = "spec = 1\nplatform = { name = \"a-platform-with-a-long-name\", region = \"us-east-2\" }\n\
                  environment.dev.profile = \"development\"\n";
    let toml = format!("{header}[database.{long}]\nengine = \"aurora-mysql\"\n");
    check("dev", &toml, ("PG0501", &format!("database.{long}"), "is cut to `dev-a-platform"));
    assert_eq!(findings_in("dev", &format!("{toml}aws_name = \"main\"\n")), []);
    let twice = format!(
        "{MYSQL}aws_name = \"dev-shop-other\"\n[database.other]\nengine = \"aurora-mysql\"\n"
    );
    check("dev", &twice, ("PG0404", "database.other.aws_name", "`database.main` is called"));
}
