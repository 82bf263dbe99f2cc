//! What a spec may say of a cache.
use super::engine::Engine;
use crate::data::upkeep::days::Days;
use crate::data::upkeep::parameters::{ParameterName, ParameterValue};
use crate::data::upkeep::windows::{DailyWindow, WeeklyWindow};
use crate::network::Retention;
use platgen_source::{Count, Name, Read, is_hyphenated, text_type};
use std::collections::BTreeMap;

text_type! {
    /// A version of an engine, `8.2`
    /// (<https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/engine-versions.html>).
    EngineVersion,
    "^[0-9]{1,2}\\.[0-9]{1,2}$",
    "a version such as 8.2",
    |text| {
        let number = |part: &str| {
            (1..=2).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
        };
        text.split_once('.').is_some_and(|(major, minor)| number(major) && number(minor))
    }
}

text_type! {
    /// The type of a node, `cache.r7g.large`
    /// (<https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/CacheNodes.SupportedTypes.html>).
    NodeType,
    "^cache\\.[a-z0-9]{2,12}\\.[a-z0-9]{4,12}$",
    "a node type such as cache.r7g.large",
    |text| {
        let plain = |word: &str, least: usize| {
            (least..=12).contains(&word.len())
                && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        };
        let class = text.strip_prefix("cache.").and_then(|class| class.split_once('.'));
        class.is_some_and(|(family, size)| plain(family, 2) && plain(size, 4))
    }
}

text_type! {
    /// The identifier of a replication group at AWS
    /// (<https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateReplicationGroup.html>).
    GroupName,
    "^(?=.{1,40}$)[a-z][a-z0-9]*(-[a-z0-9]+)*$",
    "lower-case letters, digits and single hyphens, beginning with a letter, at most 40",
    |text| is_hyphenated(text, 40)
}

/// A cache: Valkey or Redis, with replicas, and in shards if it is large.
///
/// It is reached from the security groups of those who use it, and from nowhere else. There is no
/// password, so that any client works: a password would have to stand in Terraform's state, because
/// provider 5.x has no write-only argument for it. `auth = "iam"` asks every client for a token of IAM.
#[derive(Debug, Read)]
pub struct CacheSpec {
    /// Environments that have it; by default all.
    pub only_in: Vec<Name>,
    /// The engine. By default Valkey.
    pub engine: Option<Engine>,
    /// The version. By default `8.2` of Valkey, `7.1` of Redis.
    pub version: Option<EngineVersion>,
    /// The type of all nodes. By default `cache.r7g.large`, in development `cache.t4g.micro`.
    pub node: Option<NodeType>,
    /// Replicas beside each primary. By default 1, in development 0.
    // The most: https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateReplicationGroup.html
    pub replicas: Option<Count<0, 5>>,
    /// Spreads the keys over shards; clients must speak the cluster protocol then. By default there is
    /// one primary that holds all keys.
    pub shards: Option<Count<1, 500>>,
    /// Lets a replica in another zone take over when a primary fails. By default wherever there are
    /// replicas or shards.
    pub failover: Option<bool>,
    /// Speaks TLS, and nothing else. By default yes.
    pub tls: Option<bool>,
    /// Who may log in. By default `none`: whoever the network lets in.
    pub auth: Option<Auth>,
    /// Copies of all the keys, to start a new cache from.
    pub snapshots: Option<SnapshotsSpec>,
    /// When AWS maintains it, in UTC. By default `sun:04:00-sun:05:00`.
    pub maintenance: Option<WeeklyWindow>,
    /// Parameters of the engine, over its own.
    pub parameters: BTreeMap<ParameterName, ParameterValue>,
    /// Logs that are sent to CloudWatch: a list, or more.
    pub logs: Option<LogsSpec>,
    /// Takes minor versions by itself, in the maintenance window. By default yes.
    pub minor_upgrades: Option<bool>,
    /// The identifier at AWS. By default `{environment}-{platform}-{name}`, cut to 40 characters.
    pub aws_name: Option<GroupName>,
}

/// Who may log in to a cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Read)]
pub enum Auth {
    /// Whoever the network lets in.
    None,
    /// Who has a token of IAM, as the user of the cache
    /// (<https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/auth-iam.html>).
    Iam,
}

/// Snapshots of a cache: how long they are kept, or more.
#[derive(Debug, Read)]
#[spec(short = "retention")]
pub struct SnapshotsSpec {
    /// Days that they are kept; `0d` makes none. By default `7d`, in development `0d`.
    pub retention: Option<Days<0, 35>>,
    /// When they are made, in UTC. By default `02:00-03:00`.
    pub window: Option<DailyWindow>,
}

/// Logs of a cache.
#[derive(Debug, Read)]
#[spec(short = "exports")]
pub struct LogsSpec {
    /// Which logs. By default both.
    pub exports: Option<Vec<LogExport>>,
    /// How long they are kept. By default `90d`, in development `7d`.
    pub retention: Option<Retention>,
}

/// A log that ElastiCache sends to CloudWatch
/// (<https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Log_Delivery.html>).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Read)]
pub enum LogExport {
    /// Slow commands.
    SlowLog,
    /// What the engine reports.
    EngineLog,
}
