//! Decides what a spec leaves open of a cache, and finds what is wrong beyond the types.
use super::engine::{Engine, Release};
use super::spec::{Auth, CacheSpec, LogExport};
use super::{Cache, Nodes, OUTPUTS, metrics};
use crate::aws_name;
use crate::data::upkeep::days::Days;
use crate::data::upkeep::windows::{Windows, WindowsSpec};
use crate::kind::{Kind, Outputs, Resolving, ThingId};
use crate::network::Retention;
use platgen_source::Count;
use platgen_source::diagnostics::{SpecPath, code};
use std::collections::BTreeMap;

/// The longest identifier of a replication group
/// (<https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateReplicationGroup.html>).
const LONGEST_NAME: usize = 40;
/// The shortest window, in minutes
/// (<https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateReplicationGroup.html>).
const SHORTEST_WINDOW: i64 = 60;
/// The most nodes of a sharded cache
/// (<https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/quota-limits.html>).
const MOST_NODES: i64 = 500;

/// The parameter that makes shards of a cache.
const SHARDED: &str = "cluster-enabled";

impl Kind for CacheSpec {
    const KIND: &'static str = "cache";
    const OUTPUTS: Outputs = Outputs::Named(OUTPUTS);
    const METRICS: &'static [&'static str] = metrics::KEYS;
    const ACTS: bool = false;
    type Thing = Cache;

    fn resolve(&self, id: ThingId, resolving: &mut Resolving<'_>) -> Cache {
        let path = id.path();
        let head = resolving.head;
        let engine = self.engine.unwrap_or(Engine::Valkey);
        let release = self.resolve_release(engine, &path, resolving);
        let tls = self.resolve_tls(&path, resolving);
        let nodes = self.resolve_nodes(&path, resolving);
        let node = self.node.as_ref().map(ToString::to_string);
        let logs = self.logs.as_ref();
        Cache {
            aws_name: resolve_name(&id, resolving),
            failover: self.resolve_failover(nodes, &path, resolving),
            auth: self.resolve_auth(&release, tls, &path, resolving),
            snapshot_days: self.resolve_snapshot_days(&path, resolving),
            windows: self.resolve_windows(&path, resolving),
            parameters: self.resolve_parameters(nodes, &path, resolving),
            engine,
            release,
            node: node.unwrap_or_else(|| {
                head.by_profile("cache.r7g.large", "cache.t4g.micro").to_owned()
            }),
            nodes,
            tls,
            logs: logs
                .and_then(|logs| logs.exports.clone())
                .unwrap_or_else(|| vec![LogExport::SlowLog, LogExport::EngineLog]),
            log_retention: logs
                .and_then(|logs| logs.retention)
                .unwrap_or_else(|| Retention::default_of(head)),
            minor_upgrades: self.minor_upgrades.unwrap_or(true),
            id,
        }
    }
}

/// The identifier at AWS.
fn resolve_name(id: &ThingId, resolving: &mut Resolving<'_>) -> String {
    let things = resolving.spec.cache.iter();
    let said = things.map(|(name, spec)| (name, spec.aws_name.as_ref().map(ToString::to_string)));
    aws_name::resolve(id, LONGEST_NAME, said, resolving)
}

impl CacheSpec {
    fn resolve_release(
        &self,
        engine: Engine,
        path: &SpecPath,
        resolving: &mut Resolving<'_>,
    ) -> Release {
        engine.release(self.version.as_ref()).unwrap_or_else(|reason| {
            resolving.find(&code::IMPOSSIBLE, &path.key("version"), reason);
            Release { version: String::new(), family: String::new(), has_iam: true }
        })
    }

    fn resolve_nodes(&self, path: &SpecPath, resolving: &mut Resolving<'_>) -> Nodes {
        let replicas = self.replicas.map_or(resolving.head.by_profile(1, 0), Count::get);
        let Some(shards) = self.shards.map(Count::get) else {
            return Nodes::Primary { replicas };
        };
        let nodes = shards * (1 + replicas);
        if nodes > MOST_NODES {
            let message = format!("{nodes} nodes in all; ElastiCache takes {MOST_NODES}");
            resolving.find(&code::LIMIT, &path.key("shards"), message);
        }
        Nodes::Sharded { shards, replicas }
    }

    /// Whether a replica takes over. Shards cannot do without
    /// (<https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateReplicationGroup.html>).
    fn resolve_failover(
        &self,
        nodes: Nodes,
        path: &SpecPath,
        resolving: &mut Resolving<'_>,
    ) -> bool {
        let path = path.key("failover");
        match (self.failover, nodes) {
            (Some(true), Nodes::Primary { replicas: 0 }) => {
                let message = "there is no replica that could take over";
                let help = "set `replicas` to 1 at least";
                resolving.find_with(&code::IMPOSSIBLE, &path, message, help);
            }
            (Some(false), Nodes::Sharded { .. }) => {
                let message = "a cache in shards always fails over";
                resolving.find(&code::CONFLICT, &path, message);
            }
            (Some(false), Nodes::Primary { replicas: 1.. }) if resolving.head.is_production() => {
                let message = "the replicas do not take over when the primary fails";
                resolving.find(&code::WEAKENED, &path, message);
            }
            _ => {}
        }
        let default = !matches!(nodes, Nodes::Primary { replicas: 0 });
        self.failover.unwrap_or(default)
    }

    fn resolve_tls(&self, path: &SpecPath, resolving: &mut Resolving<'_>) -> bool {
        if self.tls == Some(false) && resolving.head.is_production() {
            let message = "keys and values travel without TLS";
            resolving.find(&code::WEAKENED, &path.key("tls"), message);
        }
        self.tls.unwrap_or(true)
    }

    fn resolve_auth(
        &self,
        release: &Release,
        tls: bool,
        path: &SpecPath,
        resolving: &mut Resolving<'_>,
    ) -> Auth {
        let auth = self.auth.unwrap_or(Auth::None);
        let path = path.key("auth");
        if auth == Auth::Iam && !tls {
            let message = "tokens of IAM are only taken over TLS";
            resolving.find_with(&code::CONFLICT, &path, message, "remove `tls = false`");
        }
        if auth == Auth::Iam && !release.has_iam {
            let message = format!("version {} knows no tokens of IAM", release.version);
            resolving.find_with(&code::IMPOSSIBLE, &path, message, "take a newer version");
        }
        auth
    }

    fn resolve_snapshot_days(&self, path: &SpecPath, resolving: &mut Resolving<'_>) -> i64 {
        let head = resolving.head;
        let chosen = self.snapshots.as_ref().and_then(|snapshots| snapshots.retention);
        if chosen.map(Days::get) == Some(0) && head.is_production() {
            let path = path.key("snapshots").key("retention");
            resolving.find(&code::WEAKENED, &path, "there are no snapshots to start again from");
        }
        chosen.map_or(head.by_profile(7, 0), Days::get)
    }

    fn resolve_windows(&self, path: &SpecPath, resolving: &mut Resolving<'_>) -> Windows {
        let spec = WindowsSpec {
            backup: self.snapshots.as_ref().and_then(|snapshots| snapshots.window.as_ref()),
            backup_path: path.key("snapshots").key("window"),
            maintenance: self.maintenance.as_ref(),
            maintenance_path: path.key("maintenance"),
            shortest: SHORTEST_WINDOW,
        };
        Windows::resolve(&spec, resolving)
    }

    fn resolve_parameters(
        &self,
        nodes: Nodes,
        path: &SpecPath,
        resolving: &mut Resolving<'_>,
    ) -> BTreeMap<String, String> {
        if self.parameters.keys().any(|name| name.as_str() == SHARDED) {
            let path = path.key("parameters").key(SHARDED);
            let message = format!("`{SHARDED}` follows from `shards`");
            resolving.find_with(&code::CONFLICT, &path, message, "set `shards` instead");
        }
        let own = self.parameters.iter().map(|(name, value)| (name.to_string(), value.to_string()));
        let mut parameters: BTreeMap<String, String> = own.collect();
        if matches!(nodes, Nodes::Sharded { .. }) {
            parameters.insert(SHARDED.to_owned(), "yes".to_owned());
        }
        parameters
    }
}
