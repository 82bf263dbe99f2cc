//! What a spec may say of a database.
use super::engine::Engine;
use super::proxy::ProxySpec;
use crate::data::upkeep::days::Days;
use crate::data::upkeep::parameters::{ParameterName, ParameterValue};
use crate::data::upkeep::windows::{DailyWindow, WeeklyWindow};
use crate::network::Retention;
use platgen_source::diagnostics::code;
use platgen_source::{
    Count, Duration, Name, Node, Percent, Read, Reader, Schemas, is_hyphenated, json, text_type,
};
use platgen_terraform::Value;
use std::collections::BTreeMap;

text_type! {
    /// A version of an engine, `17.7` or `8.0.mysql_aurora.3.10.6`
    /// (<https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBCluster.html>).
    EngineVersion,
    "^[0-9]{1,2}(\\.[a-z0-9_]{1,20}){0,5}$",
    "a version such as 17.7 or 8.0.mysql_aurora.3.10.6",
    |text| {
        let mut parts = text.split('.');
        let major = parts.next().unwrap_or_default();
        let plain = |part: &str| {
            (1..=20).contains(&part.len())
                && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
        };
        (1..=2).contains(&major.len())
            && major.bytes().all(|byte| byte.is_ascii_digit())
            && parts.clone().count() <= 5
            && parts.all(plain)
    }
}

text_type! {
    /// The name of a database inside a cluster, as both engines take it
    /// (<https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBCluster.html>).
    SchemaName,
    "^[A-Za-z][A-Za-z0-9_]{0,62}$",
    "letters, digits and _, beginning with a letter, at most 63",
    |text| text.len() <= 63 && is_word(text)
}

text_type! {
    /// An instance class, `db.r7g.large`, or `db.serverless`
    /// (<https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Concepts.DBInstanceClass.html>).
    InstanceClass,
    "^db\\.(serverless|[a-z0-9]{2,12}\\.[a-z0-9]{4,12})$",
    "an instance class such as db.r7g.large, or db.serverless",
    |text| {
        let plain = |word: &str, least: usize| {
            (least..=12).contains(&word.len())
                && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        };
        match text.strip_prefix("db.") {
            Some("serverless") => true,
            Some(class) => class.split_once('.').is_some_and(|(family, size)| {
                plain(family, 2) && plain(size, 4)
            }),
            None => false,
        }
    }
}

text_type! {
    /// The identifier of a cluster at AWS
    /// (<https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBCluster.html>).
    ClusterName,
    "^(?=.{1,63}$)[a-z][a-z0-9]*(-[a-z0-9]+)*$",
    "lower-case letters, digits and single hyphens, beginning with a letter, at most 63",
    |text| is_hyphenated(text, 63)
}

/// Whether a text is letters, digits and `_`, beginning with a letter.
pub(super) fn is_word(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// An Aurora cluster: one writer, and readers that take over if it fails.
#[derive(Debug, Read)]
pub struct DatabaseSpec {
    /// Environments that have it; by default all.
    pub only_in: Vec<Name>,
    /// The engine.
    pub engine: Engine,
    /// The version. By default the newest with long-term support: `8.0.mysql_aurora.3.10.6`, `17.7`.
    pub version: Option<EngineVersion>,
    /// The database that is made inside. By default the name, with `_` for `-`.
    pub schema: Option<SchemaName>,
    /// The instance class of all instances. By default `db.r7g.large`, in development
    /// `db.t4g.medium`.
    pub instance: Option<InstanceClass>,
    /// What `db.serverless` may grow to, in capacity units of about 2 GiB of memory.
    pub capacity: Option<CapacitySpec>,
    /// Readers beside the writer. By default 1, in development 0.
    // The most: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.Replication.html
    pub readers: Option<Count<0, 15>>,
    /// Adds and removes readers with the load. By default their number is fixed.
    pub scale: Option<ScaleSpec>,
    /// The port. By default 3306 for `MySQL` and 5432 for `PostgreSQL`.
    // The range: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBCluster.html
    pub port: Option<Count<1150, 65535>>,
    /// Backups, from which any second of the time that they are kept can be restored.
    pub backup: Option<BackupSpec>,
    /// A proxy that shares its connections among many clients: `true`, or more. By default none.
    pub proxy: Option<ProxySpec>,
    /// Time between two changes of the administrator's password, which RDS makes by itself: 1 to 1000
    /// days. By default seven days.
    // The range: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RotationRulesType.html
    pub rotation: Option<Duration>,
    /// When AWS maintains it, in UTC. By default `sun:04:00-sun:05:00`.
    pub maintenance: Option<WeeklyWindow>,
    /// Parameters of the cluster, over those that platgen sets: TLS, UTC, logs of slow queries and of
    /// changes to the schema.
    pub parameters: BTreeMap<ParameterName, ParameterSpec>,
    /// Refuses connections without TLS. By default yes.
    pub require_tls: Option<bool>,
    /// Logs that are sent to CloudWatch: a list, or more.
    pub logs: Option<LogsSpec>,
    /// How often the operating system is measured. By default `60s`, in development `off`.
    pub monitoring: Option<Monitoring>,
    /// Database Insights. By default `standard`, or `off` where the instance class has none.
    pub insights: Option<Insights>,
    /// How storage is paid. By default `standard`.
    pub storage: Option<Storage>,
    /// Takes minor versions by itself, in the maintenance window. By default no, because versions with
    /// long-term support would be left by it.
    pub minor_upgrades: Option<bool>,
    /// Refuses to be deleted. By default in production.
    pub protected: Option<bool>,
    /// The identifier at AWS. By default `{environment}-{platform}-{name}`, cut to 63 characters.
    pub aws_name: Option<ClusterName>,
}

/// What `db.serverless` may grow to and shrink to.
#[derive(Debug, Read)]
pub struct CapacitySpec {
    /// The least, in steps of 0.5; 0 lets it pause. By default 2; in development 0, or 0.5 where the
    /// version cannot pause. Never more than `max`.
    pub min: Option<CapacityUnits>,
    /// The most. By default 16, in development 4, and never less than `min`.
    pub max: Option<CapacityUnits>,
    /// How long nobody is connected before it pauses, `5m` to `1d`. By default `5m`.
    pub pause: Option<Duration>,
}

/// Capacity units of `db.serverless`, kept in halves: AWS takes steps of 0.5 up to 256
/// (<https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.setting-capacity.html>).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CapacityUnits(i64);

/// The most that one instance can have, in capacity units.
const MOST_UNITS: f64 = 256.0;

/// A number of readers that follows the load.
#[derive(Debug, Read)]
pub struct ScaleSpec {
    /// The least. By default the number of readers, but one at least.
    pub min: Option<Count<0, 15>>,
    /// The most.
    pub max: Count<1, 15>,
    /// The processor load of the readers to keep, in per cent. By default 70, if `connections` is not
    /// given.
    pub cpu: Option<Percent>,
    /// The connections of each reader to keep. 262143 is the limit of `PostgreSQL` at RDS
    /// (<https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraPostgreSQL.Managing.html>).
    pub connections: Option<Count<1, 262_143>>,
}

/// Backups of a database: how long they are kept, or more.
#[derive(Debug, Read)]
#[spec(short = "retention")]
pub struct BackupSpec {
    /// Days that they are kept. By default `35d`, in development `1d`.
    pub retention: Option<Days<1, 35>>,
    /// When they are made, in UTC. By default `02:00-03:00`.
    pub window: Option<DailyWindow>,
    /// Whether `[backup]` copies it into its vault as well. By default yes.
    pub vault: Option<bool>,
}

/// A parameter: its value, or more.
#[derive(Debug, Read)]
#[spec(short = "value")]
pub struct ParameterSpec {
    /// The value.
    pub value: ParameterValue,
    /// When it takes effect. By default at the next reboot, which every parameter allows; parameters
    /// that platgen sets by itself take effect at once.
    pub apply: Option<Apply>,
}

/// When a changed parameter takes effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Read)]
pub enum Apply {
    /// At once; AWS refuses this for static parameters.
    Immediate,
    /// When the instances are rebooted.
    Reboot,
}

/// Logs of a database.
#[derive(Debug, Read)]
#[spec(short = "exports")]
pub struct LogsSpec {
    /// Which logs. By default `audit`, `error` and `slowquery` for `MySQL`, `postgresql` for
    /// `PostgreSQL`.
    pub exports: Option<Vec<LogExport>>,
    /// How long they are kept. By default `90d`, in development `7d`.
    pub retention: Option<Retention>,
}

/// A log that Aurora sends to CloudWatch
/// (<https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_LogAccess.Procedural.UploadtoCloudWatch.html>).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Read)]
pub enum LogExport {
    /// `MySQL`: who connected, and what was changed.
    Audit,
    /// `MySQL`: errors.
    Error,
    /// `MySQL`: every statement.
    General,
    /// Events of the instances.
    Instance,
    /// Why logins with a token of IAM fail.
    IamDbAuthError,
    /// `PostgreSQL`: the log.
    Postgresql,
    /// `MySQL`: slow statements.
    Slowquery,
}

/// How often the operating system is measured
/// (<https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_Monitoring.OS.html>).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Read)]
pub enum Monitoring {
    /// Never.
    Off,
    /// Every second.
    #[spec(word = "1s")]
    Second,
    /// Every five seconds.
    #[spec(word = "5s")]
    FiveSeconds,
    /// Every ten seconds.
    #[spec(word = "10s")]
    TenSeconds,
    /// Every fifteen seconds.
    #[spec(word = "15s")]
    FifteenSeconds,
    /// Every thirty seconds.
    #[spec(word = "30s")]
    ThirtySeconds,
    /// Every minute.
    #[spec(word = "60s")]
    Minute,
}

/// Database Insights
/// (<https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_DatabaseInsights.html>).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Read)]
pub enum Insights {
    /// None.
    Off,
    /// Seven days of load and top statements, without a price.
    Standard,
    /// Fifteen months, with plans and locks, for a price.
    Advanced,
}

/// How storage is paid
/// (<https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.Overview.StorageReliability.html>).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Read)]
pub enum Storage {
    /// By size and requests.
    Standard,
    /// By size only, at a higher price.
    IoOptimized,
}

impl CapacityUnits {
    /// So many halves of a unit.
    pub const fn halves(halves: i64) -> Self {
        Self(halves)
    }

    /// The memory that comes with so many units
    /// (<https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.how-it-works.html>).
    pub fn gibibytes(self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "there are at most 512 halves")]
        let gibibytes = self.0 as f64;
        gibibytes
    }

    /// As Terraform takes it.
    pub fn value(self) -> Value {
        if self.0 % 2 == 0 {
            return Value::from(self.0 / 2);
        }
        #[expect(clippy::cast_precision_loss, reason = "there are at most 512 halves")]
        let halves = self.0 as f64;
        Value::from(halves / 2.0)
    }
}

impl Read for CapacityUnits {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        let units = f64::read(node, reader)?;
        let halves = units * 2.0;
        if halves.fract() != 0.0 || !(0.0..=MOST_UNITS).contains(&units) {
            let message = format!("{units} is not between 0 and {MOST_UNITS} in steps of 0.5");
            reader.fault(&code::OUT_OF_RANGE, message);
            return None;
        }
        #[expect(clippy::cast_possible_truncation, reason = "whole, and at most 512")]
        let halves = halves as i64;
        Some(Self(halves))
    }

    fn schema(_: &mut Schemas) -> json::Value {
        json::json!({ "type": "number", "minimum": 0, "maximum": MOST_UNITS, "multipleOf": 0.5 })
    }
}

impl Monitoring {
    /// The seconds between two measurements; 0 is never.
    pub fn seconds(self) -> i64 {
        match self {
            Self::Off => 0,
            Self::Second => 1,
            Self::FiveSeconds => 5,
            Self::TenSeconds => 10,
            Self::FifteenSeconds => 15,
            Self::ThirtySeconds => 30,
            Self::Minute => 60,
        }
    }
}

impl Apply {
    /// As RDS writes it.
    pub fn aws_word(self) -> &'static str {
        match self {
            Self::Immediate => "immediate",
            Self::Reboot => "pending-reboot",
        }
    }
}
