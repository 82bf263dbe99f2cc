//! `[cache.<name>]`: Valkey or Redis on ElastiCache.
//!
//! - `spec`: what a spec may say of it,
//! - `engine`: what the two engines differ in,
//! - `resolve`: defaults, and what is wrong beyond the types,
//! - `grant`: what an edge to it gives,
//! - `lower`: what it becomes.
pub mod engine;
pub mod grant;
pub mod spec;

mod lower;
mod metrics;
mod resolve;
#[cfg(test)]
mod tests;

pub use grant::CacheVerbs;
pub use spec::CacheSpec;

use super::MODULE;
use super::upkeep::windows::Windows;
use crate::kind::{Output, Thing, ThingId};
use crate::network::{Retention, Tier};
use crate::observability::metric::Metric;
use crate::platform::Platform;
use engine::{Engine, Release};
use platgen_terraform::{Address, Document, Handle, Value, template};
use spec::{Auth, LogExport};
use std::collections::BTreeMap;

/// What placeholders can name of a cache.
const OUTPUTS: &[&str] = &["host", "reader_host", "port", "url"];

/// The port that clients of both engines expect.
const PORT: u16 = 6379;

/// A cache with every detail decided.
#[derive(Debug)]
pub struct Cache {
    id: ThingId,
    aws_name: String,
    engine: Engine,
    release: Release,
    node: String,
    nodes: Nodes,
    failover: bool,
    tls: bool,
    auth: Auth,
    snapshot_days: i64,
    windows: Windows,
    parameters: BTreeMap<String, String>,
    logs: Vec<LogExport>,
    log_retention: Retention,
    minor_upgrades: bool,
}

/// How many nodes there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Nodes {
    /// One primary and its replicas.
    Primary {
        /// Beside the primary.
        replicas: i64,
    },
    /// Shards, each a primary and its replicas; clients speak the cluster protocol.
    Sharded {
        /// How many shards.
        shards: i64,
        /// Beside the primary of each shard.
        replicas: i64,
    },
}

impl Cache {
    /// The replication group.
    pub fn group(&self) -> Handle {
        let kind = "aws_elasticache_replication_group";
        Handle::new(MODULE, Address::managed(kind, &self.id.local(&[])))
    }

    /// The user that clients log in as with IAM, if they have to.
    fn user(&self) -> Handle {
        Handle::new(MODULE, Address::managed("aws_elasticache_user", &self.id.local(&[])))
    }

    /// The endpoint that takes writes; of shards the one that knows them all.
    fn host(&self) -> Value {
        match self.nodes {
            Nodes::Primary { .. } => self.group().get("primary_endpoint_address"),
            Nodes::Sharded { .. } => self.group().get("configuration_endpoint_address"),
        }
    }

    /// The endpoint that takes reads. Clients of shards find the replicas themselves.
    fn reader_host(&self) -> Value {
        match self.nodes {
            Nodes::Primary { .. } => self.group().get("reader_endpoint_address"),
            Nodes::Sharded { .. } => self.host(),
        }
    }

    /// The address as clients take it; the scheme says whether they have to speak TLS
    /// (<https://www.iana.org/assignments/uri-schemes/prov/rediss>).
    fn url(&self) -> Value {
        let scheme = if self.tls { "rediss" } else { "redis" };
        template![scheme, "://", self.host(), ":", PORT]
    }
}

impl Thing for Cache {
    fn id(&self) -> &ThingId {
        &self.id
    }

    fn output(&self, words: &[String], _consumer: &ThingId, _platform: &Platform) -> Output {
        Output::Plain(match words.first().map(String::as_str) {
            Some("reader_host") => self.reader_host(),
            Some("port") => Value::from(PORT),
            Some("url") => self.url(),
            _ => self.host(),
        })
    }

    fn in_network(&self) -> bool {
        true
    }

    fn tier(&self) -> Option<Tier> {
        Some(Tier::Database)
    }

    fn delivers_logs(&self) -> bool {
        !self.logs.is_empty()
    }

    fn keeps_data(&self) -> bool {
        true
    }

    fn log_groups(&self) -> Vec<(&'static str, Handle)> {
        let group = |log: &LogExport| {
            let name = self.id.part(&["log", log.word()]);
            (log.word(), Handle::new(MODULE, Address::managed("aws_cloudwatch_log_group", &name)))
        };
        self.logs.iter().map(group).collect()
    }

    fn metrics(&self, _platform: &Platform) -> Vec<Metric> {
        self.list_metrics()
    }

    fn most(&self, metric: &str) -> Option<f64> {
        Self::most_of(metric)
    }

    fn lower(&self, platform: &Platform, out: &mut Document) {
        lower::lower(self, platform, out);
    }
}
