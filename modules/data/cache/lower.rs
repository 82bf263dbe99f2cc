//! What a cache becomes: groups, logs, users, and the replication group.
use super::spec::{Auth, LogExport};
use super::{Cache, Nodes, PORT};
use crate::data::{MODULE, key};
use crate::names::fit;
use crate::network::logs::{LogGroup, log_group};
use crate::network::{Tier, security_group};
use crate::platform::Platform;
use platgen_terraform::{Document, Handle, Value, block};

/// The longest identifier of a user
/// (<https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateUser.html>).
const LONGEST_USER: usize = 40;

/// The engine of users and of their group. Both engines take groups of Redis users; the other way
/// round Redis refuses Valkey users
/// (<https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Clusters.RBAC.html>).
const USER_ENGINE: &str = "redis";

/// What the replication group is made of, beside its own settings.
struct Parts {
    subnet_group: Handle,
    parameter_group: Handle,
    logs: Vec<Value>,
    user_group: Option<Handle>,
}

/// Puts a cache into a document.
pub(super) fn lower(cache: &Cache, platform: &Platform, out: &mut Document) {
    let parts = Parts {
        subnet_group: subnet_group(cache, platform, out),
        parameter_group: parameter_group(cache, out),
        logs: cache.logs.iter().map(|export| log_delivery(cache, *export, platform, out)).collect(),
        user_group: (cache.auth == Auth::Iam).then(|| user_group(cache, out)),
    };
    let arguments = replication_group(cache, &parts, platform);
    let group = put(cache, out, "aws_elasticache_replication_group", &[], arguments);
    let name = |what| cache.id.part(&[what]);
    out.output(&name("arn"), group.get("arn"), "The ARN of the replication group");
    out.output(&name("host"), cache.host(), "The endpoint that writes");
    out.output(&name("reader-host"), cache.reader_host(), "The endpoint that reads");
    out.output(&name("port"), PORT, "The port of both endpoints");
    out.output(&name("url"), cache.url(), "The URL of the endpoint that writes");
}

fn subnet_group(cache: &Cache, platform: &Platform, out: &mut Document) -> Handle {
    let arguments = block! {
        name: &cache.aws_name,
        subnet_ids: platform.network.subnets(Tier::Database),
    };
    put(cache, out, "aws_elasticache_subnet_group", &[], arguments)
}

/// The group has its family in its name: after an upgrade to another major version the cache needs
/// the new one while it still holds the old one.
fn parameter_group(cache: &Cache, out: &mut Document) -> Handle {
    let parameters =
        cache.parameters.iter().map(|(name, value)| block! { name: name, value: value });
    let family = &cache.release.family;
    let arguments = block! {
        name: format!("{}-{}", cache.aws_name, family.replace('.', "-")),
        family: family,
        parameter: parameters.collect::<Value>(),
    };
    let mut file = out.module(MODULE).file(&cache.id.file());
    file.resource("aws_elasticache_parameter_group", &cache.id.local(&[]), arguments)
        .cause(&cache.id.path())
        .create_before_destroy()
        .add()
}

/// The names begin with `/aws/vendedlogs/`: AWS has one policy for all such groups, where it would
/// otherwise add each group to a policy that soon is full
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-and-resource-policy.html>).
fn log_delivery(
    cache: &Cache,
    export: LogExport,
    platform: &Platform,
    out: &mut Document,
) -> Value {
    let (name, word) = (cache.id.name.as_str(), export.word());
    let prefix = &platform.head.prefix;
    let group = LogGroup {
        module: MODULE,
        file: &cache.id.file(),
        name: &cache.id.part(&["log", word]),
        aws_name: prefix.path("/aws/vendedlogs/elasticache", &[name, word]),
        retention: cache.log_retention,
        cause: &cache.id.path().key("logs"),
    };
    block! {
        destination: log_group(out, &group).get("name"),
        destination_type: "cloudwatch-logs",
        log_format: "json",
        log_type: word,
    }
}

/// The user that clients log in as, and a `default` that nobody can be: without one the group is
/// refused, and AWS's own `default` lets everybody in
/// (<https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Clusters.RBAC.html>).
fn user_group(cache: &Cache, out: &mut Document) -> Handle {
    let id = |role: &str| fit(&format!("{}-{role}", cache.aws_name), LONGEST_USER);
    let user_id = id("client");
    let user = block! {
        user_id: &user_id,
        user_name: &user_id,
        engine: USER_ENGINE,
        access_string: "on ~* &* +@all",
        authentication_mode: block! { type: "iam" },
    };
    let user = put(cache, out, "aws_elasticache_user", &[], user);
    let nobody = block! {
        user_id: id("default"),
        user_name: "default",
        engine: USER_ENGINE,
        access_string: "off ~* -@all",
        authentication_mode: block! { type: "no-password-required" },
    };
    let nobody = put(cache, out, "aws_elasticache_user", &["default"], nobody);
    let group = block! {
        user_group_id: &cache.aws_name,
        engine: USER_ENGINE,
        user_ids: [user.get("user_id"), nobody.get("user_id")],
    };
    put(cache, out, "aws_elasticache_user_group", &[], group)
}

/// Two of the arguments that are true or false are texts in the provider's schema.
fn replication_group(cache: &Cache, parts: &Parts, platform: &Platform) -> Value {
    let production = platform.head.is_production();
    let (nodes, shards, replicas) = match cache.nodes {
        Nodes::Primary { replicas } => (Some(1 + replicas), None, None),
        Nodes::Sharded { shards, replicas } => (None, Some(shards), Some(replicas)),
    };
    let in_zones = cache.failover && !matches!(cache.nodes, Nodes::Sharded { replicas: 0, .. });
    let name = cache.id.name.as_str();
    block! {
        replication_group_id: &cache.aws_name,
        description: format!("{} cache {name}", platform.head.prefix.as_str()),
        engine: cache.engine.word(),
        engine_version: &cache.release.version,
        node_type: &cache.node,
        num_cache_clusters: nodes,
        num_node_groups: shards,
        replicas_per_node_group: replicas,
        automatic_failover_enabled: cache.failover,
        multi_az_enabled: in_zones,
        data_tiering_enabled: tiers_data(&cache.node).then_some(true),
        subnet_group_name: parts.subnet_group.get("name"),
        parameter_group_name: parts.parameter_group.get("name"),
        security_group_ids: [security_group(&cache.id).get("id")],
        port: PORT,
        at_rest_encryption_enabled: "true",
        kms_key_id: key::arn(),
        transit_encryption_enabled: cache.tls,
        transit_encryption_mode: cache.tls.then_some("required"),
        user_group_ids: parts.user_group.as_ref().map(|group| [group.get("user_group_id")]),
        snapshot_retention_limit: cache.snapshot_days,
        snapshot_window: &cache.windows.backup,
        maintenance_window: &cache.windows.maintenance,
        auto_minor_version_upgrade: cache.minor_upgrades.to_string(),
        apply_immediately: !production,
        log_delivery_configuration: parts.logs.clone(),
    }
}

/// Nodes with local disks are refused without data tiering
/// (<https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/data-tiering.html>).
fn tiers_data(node: &str) -> bool {
    node.split('.').nth(1).is_some_and(|family| family.ends_with("gd"))
}

/// Puts a resource that is named after the cache into its file.
fn put(
    cache: &Cache,
    out: &mut Document,
    kind: &'static str,
    parts: &[&str],
    arguments: Value,
) -> Handle {
    let mut file = out.module(MODULE).file(&cache.id.file());
    file.resource(kind, &cache.id.local(parts), arguments).cause(&cache.id.path()).add()
}
