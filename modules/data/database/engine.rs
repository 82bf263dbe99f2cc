//! What the two engines differ in: versions, ports, parameters, logs.
use super::spec::{Apply, EngineVersion, LogExport};
use super::words;
use platgen_source::Read;

/// An engine of Aurora.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Read)]
pub enum Engine {
    /// Compatible with `MySQL`.
    AuroraMysql,
    /// Compatible with `PostgreSQL`.
    AuroraPostgresql,
}

/// A version of an engine, and what follows from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Release {
    /// The version, as RDS takes it.
    pub version: String,
    /// The family of its parameters: `aurora-postgresql17`.
    pub family: String,
    /// Whether `db.serverless` can shrink to nothing
    /// (<https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2-auto-pause.html>).
    pub pauses: bool,
}

/// A parameter that platgen sets by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DefaultParameter {
    /// The name.
    pub name: &'static str,
    /// The value.
    pub value: &'static str,
}

/// The newest versions with long-term support of Aurora `MySQL`
/// (<https://docs.aws.amazon.com/AmazonRDS/latest/AuroraMySQLReleaseNotes/AuroraMySQL.Updates.LTS.html>).
const MYSQL_LONG_TERM: &str = "8.0.mysql_aurora.3.10.6";
/// The newest version with long-term support of Aurora `PostgreSQL`
/// (<https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraPostgreSQL.Updates.LTS.html>).
const POSTGRESQL_LONG_TERM: &str = "17.7";

/// The oldest major version of `PostgreSQL` in standard support; what platgen emits excludes extended
/// support and its price
/// (<https://docs.aws.amazon.com/AmazonRDS/latest/AuroraPostgreSQLReleaseNotes/aurorapostgresql-release-calendar.html>).
const OLDEST_POSTGRESQL: u32 = 14;
/// The oldest major version of `MySQL` in standard support
/// (<https://docs.aws.amazon.com/AmazonRDS/latest/AuroraMySQLReleaseNotes/AuroraMySQL.release-calendars.html>).
const OLDEST_MYSQL: u32 = 8;

/// The first version of Aurora `MySQL` whose instances pause.
const MYSQL_PAUSES: [u32; 2] = [3, 8];
/// The first minor versions of `PostgreSQL` whose instances pause, by major version. Majors behind
/// the last all do.
const POSTGRESQL_PAUSES: [(u32, u32); 3] = [(14, 12), (15, 7), (16, 3)];

impl Engine {
    /// What is known of a version, or why the engine does not have it.
    pub fn release(self, version: Option<&EngineVersion>) -> Result<Release, String> {
        match self {
            Self::AuroraMysql => {
                mysql_release(version.map_or(MYSQL_LONG_TERM, EngineVersion::as_str))
            }
            Self::AuroraPostgresql => {
                postgresql_release(version.map_or(POSTGRESQL_LONG_TERM, EngineVersion::as_str))
            }
        }
    }

    /// The port that clients expect.
    pub fn port(self) -> u16 {
        match self {
            Self::AuroraMysql => 3306,
            Self::AuroraPostgresql => 5432,
        }
    }

    /// The family, as RDS Proxy names it
    /// (<https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBProxy.html>).
    pub fn family(self) -> &'static str {
        match self {
            Self::AuroraMysql => "MYSQL",
            Self::AuroraPostgresql => "POSTGRESQL",
        }
    }

    /// The administrator. `admin` is reserved in `PostgreSQL`.
    pub fn administrator(self) -> &'static str {
        match self {
            Self::AuroraMysql => "admin",
            Self::AuroraPostgresql => "postgres",
        }
    }

    /// The parameter that refuses connections without TLS, and its values for no and yes
    /// (<https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraMySQL.Security.html>,
    /// <https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraPostgreSQL.Security.html>).
    pub fn tls_parameter(self) -> (&'static str, [&'static str; 2]) {
        match self {
            Self::AuroraMysql => ("require_secure_transport", ["OFF", "ON"]),
            Self::AuroraPostgresql => ("rds.force_ssl", ["0", "1"]),
        }
    }

    /// The other parameters that platgen sets. All of them are dynamic: they take effect at once
    /// (<https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraMySQL.Reference.ParameterGroups.html>,
    /// <https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraPostgreSQL.Reference.ParameterGroups.html>).
    pub fn default_parameters(self) -> Vec<DefaultParameter> {
        let parameters: &[(&str, &str)] = match self {
            Self::AuroraMysql => &[
                ("character_set_server", "utf8mb4"),
                ("long_query_time", "1"),
                ("server_audit_events", "CONNECT,QUERY_DCL,QUERY_DDL"),
                ("server_audit_logging", "1"),
                ("slow_query_log", "1"),
                ("time_zone", "UTC"),
            ],
            Self::AuroraPostgresql => &[
                ("log_connections", "1"),
                ("log_disconnections", "1"),
                ("log_min_duration_statement", "1000"),
                ("log_statement", "ddl"),
                ("timezone", "UTC"),
            ],
        };
        parameters.iter().map(|&(name, value)| DefaultParameter { name, value }).collect()
    }

    /// When a parameter that the spec sets takes effect, if the spec does not say.
    pub fn apply_of(self, parameter: &str) -> Apply {
        let known = self.default_parameters().iter().any(|known| known.name == parameter);
        if known { Apply::Immediate } else { Apply::Reboot }
    }

    /// The logs that are sent to CloudWatch if the spec says nothing.
    pub fn default_logs(self) -> Vec<LogExport> {
        match self {
            Self::AuroraMysql => vec![LogExport::Audit, LogExport::Error, LogExport::Slowquery],
            Self::AuroraPostgresql => vec![LogExport::Postgresql],
        }
    }

    /// The logs that the engine has.
    pub fn logs(self) -> &'static [LogExport] {
        use LogExport::{Audit, Error, General, IamDbAuthError, Instance, Postgresql, Slowquery};
        match self {
            Self::AuroraMysql => &[Audit, Error, General, IamDbAuthError, Instance, Slowquery],
            Self::AuroraPostgresql => &[IamDbAuthError, Instance, Postgresql],
        }
    }

    /// Databases that every cluster has already, so none can be made of that name.
    pub fn system_schemas(self) -> &'static [&'static str] {
        match self {
            Self::AuroraMysql => &["information_schema", "mysql", "performance_schema", "sys"],
            Self::AuroraPostgresql => &["postgres", "rdsadmin", "template0", "template1"],
        }
    }

    /// Whether a word has a meaning of its own in the engine, so that no database can have it for a
    /// name.
    pub fn reserves(self, word: &str) -> bool {
        match self {
            Self::AuroraMysql => words::is_reserved_in_mysql(word),
            Self::AuroraPostgresql => words::is_reserved_in_postgresql(word),
        }
    }

    /// Whether the engine runs on an instance class
    /// (<https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Concepts.DBInstanceClass.SupportAurora.html>).
    /// New families of memory-optimised classes are taken without being known.
    pub fn runs_on(self, class: &str) -> bool {
        match class.split('.').collect::<Vec<_>>().as_slice() {
            ["db", "serverless"] => true,
            ["db", "t3", "small"] => self == Self::AuroraMysql,
            ["db", "t3" | "t4g", size] => ["medium", "large"].contains(size),
            ["db", family, _] => family.starts_with(['r', 'x']),
            _ => false,
        }
    }

    /// Whether there are insights on an instance class
    /// (<https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_PerfInsights.Overview.Engines.html>).
    pub fn has_insights_on(self, class: &str) -> bool {
        self == Self::AuroraPostgresql || !class.starts_with("db.t3.")
    }
}

/// `8.0.mysql_aurora.3.10.6`: the version of `MySQL`, and that of Aurora.
fn mysql_release(version: &str) -> Result<Release, String> {
    let parts = version.split_once(".mysql_aurora.");
    let parts = parts.and_then(|(mysql, aurora)| numbers(mysql).zip(numbers(aurora)));
    let Some(([major, minor], aurora)) =
        parts.as_ref().and_then(|(mysql, aurora)| Some((mysql.first_chunk::<2>()?, aurora)))
    else {
        return Err(format!(
            "`{version}` is no version of Aurora MySQL; they look like {MYSQL_LONG_TERM}"
        ));
    };
    if *major < OLDEST_MYSQL {
        return Err(format!("Aurora MySQL {major}.{minor} is past its standard support"));
    }
    Ok(Release {
        version: version.to_owned(),
        family: format!("aurora-mysql{major}.{minor}"),
        pauses: aurora.as_slice() >= MYSQL_PAUSES.as_slice(),
    })
}

/// `17.7`, or `17` for the minor version that AWS chooses.
fn postgresql_release(version: &str) -> Result<Release, String> {
    let parts = numbers(version).filter(|parts| parts.len() <= 2);
    let Some((&major, minor)) = parts.as_ref().and_then(|parts| parts.split_first()) else {
        return Err(format!(
            "`{version}` is no version of Aurora PostgreSQL; they look like {POSTGRESQL_LONG_TERM}"
        ));
    };
    if major < OLDEST_POSTGRESQL {
        return Err(format!("Aurora PostgreSQL {major} is past its standard support"));
    }
    let since = POSTGRESQL_PAUSES.iter().find(|(known, _)| *known == major);
    let pauses = match (since, minor.first()) {
        (Some((_, first)), Some(minor)) => minor >= first,
        _ => true,
    };
    Ok(Release { version: version.to_owned(), family: format!("aurora-postgresql{major}"), pauses })
}

/// Numbers between dots.
fn numbers(text: &str) -> Option<Vec<u32>> {
    text.split('.').map(|part| part.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;

    fn release(engine: Engine, version: &str) -> Result<(String, bool), String> {
        let version = EngineVersion::new(version).unwrap();
        engine.release(Some(&version)).map(|release| (release.family, release.pauses))
    }

    #[test]
    fn families_follow_from_versions() {
        let ok = |family: &str, pauses| Ok((family.to_owned(), pauses));
        for (engine, version, expected) in [
            (Engine::AuroraMysql, "8.0.mysql_aurora.3.10.6", ok("aurora-mysql8.0", true)),
            (Engine::AuroraMysql, "8.0.mysql_aurora.3.08.0", ok("aurora-mysql8.0", true)),
            (Engine::AuroraMysql, "8.0.mysql_aurora.3.04.2", ok("aurora-mysql8.0", false)),
            (Engine::AuroraMysql, "8.4.mysql_aurora.8.4.7", ok("aurora-mysql8.4", true)),
            (Engine::AuroraPostgresql, "17.7", ok("aurora-postgresql17", true)),
            (Engine::AuroraPostgresql, "16", ok("aurora-postgresql16", true)),
            (Engine::AuroraPostgresql, "16.2", ok("aurora-postgresql16", false)),
            (Engine::AuroraPostgresql, "15.7", ok("aurora-postgresql15", true)),
        ] {
            assert_eq!(release(engine, version), expected, "{version}");
        }
    }

    #[test]
    fn versions_of_the_other_engine_and_old_ones_are_refused() {
        for (engine, version, part) in [
            (Engine::AuroraMysql, "17.7", "look like 8.0.mysql_aurora.3.10.6"),
            (Engine::AuroraMysql, "8.mysql_aurora.3.10.6", "look like"),
            (Engine::AuroraMysql, "5.7.mysql_aurora.2.11.5", "past its standard support"),
            (Engine::AuroraPostgresql, "8.0.mysql_aurora.3.10.6", "look like 17.7"),
            (Engine::AuroraPostgresql, "17.7.1", "look like"),
            (Engine::AuroraPostgresql, "13.20", "past its standard support"),
        ] {
            let message = release(engine, version).unwrap_err();
            assert!(message.contains(part), "{version}: {message}");
        }
    }

    #[test]
    fn the_default_versions_are_taken() {
        for engine in [Engine::AuroraMysql, Engine::AuroraPostgresql] {
            assert!(engine.release(None).is_ok_and(|release| release.pauses));
        }
    }

    #[test]
    fn classes_that_aurora_does_not_have_are_known() {
        for (class, mysql, postgresql) in [
            ("db.serverless", true, true),
            ("db.r7g.large", true, true),
            ("db.r99gd.48xlarge", true, true),
            ("db.x2g.xlarge", true, true),
            ("db.t4g.medium", true, true),
            ("db.t4g.small", false, false),
            ("db.t4g.micro", false, false),
            ("db.t3.small", true, false),
            ("db.t2.small", false, false),
            ("db.m6g.large", false, false),
        ] {
            assert_eq!(Engine::AuroraMysql.runs_on(class), mysql, "{class}");
            assert_eq!(Engine::AuroraPostgresql.runs_on(class), postgresql, "{class}");
        }
    }
}
