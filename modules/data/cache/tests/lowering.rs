//! What a cache becomes.
use crate::data::database::tests::assert_arguments;
use crate::testing::{addresses, document_in, resource};
use platgen_source::json::{self, json};
use platgen_terraform::Document;
use pretty_assertions::assert_eq;

fn cache(environment: &str, keys: &str) -> Document {
    document_in(environment, &format!("[cache.sessions]\n{keys}\n"))
}

fn group(document: &Document) -> json::Value {
    resource(document, "data", "aws_elasticache_replication_group.sessions")
}

#[test]
fn development_is_one_small_node() {
    let group = group(&cache("dev", ""));
    assert_arguments(
        &group,
        &json!({
            "replication_group_id": "dev-shop-sessions",
            "description": "dev-shop cache sessions",
            "engine": "valkey",
            "engine_version": "8.2",
            "node_type": "cache.t4g.micro",
            "num_cache_clusters": 1,
            "automatic_failover_enabled": false,
            "multi_az_enabled": false,
            "port": 6379,
            "at_rest_encryption_enabled": "true",
            "kms_key_id": "${aws_kms_key.data.arn}",
            "transit_encryption_enabled": true,
            "transit_encryption_mode": "required",
            "snapshot_retention_limit": 0,
            "auto_minor_version_upgrade": "true",
            "apply_immediately": true,
        }),
    );
    for absent in ["num_node_groups", "user_group_ids", "auth_token", "data_tiering_enabled"] {
        assert_eq!(group[absent], json::Value::Null, "{absent}");
    }
}

#[test]
fn production_fails_over_and_keeps_snapshots() {
    assert_arguments(
        &group(&cache("prod", "")),
        &json!({
            "node_type": "cache.r7g.large",
            "num_cache_clusters": 2,
            "automatic_failover_enabled": true,
            "multi_az_enabled": true,
            "snapshot_retention_limit": 7,
            "snapshot_window": "02:00-03:00",
            "maintenance_window": "sun:04:00-sun:05:00",
            "apply_immediately": false,
        }),
    );
}

#[test]
fn shards_need_their_parameter() {
    let document = cache("dev", "shards = 3\nreplicas = 1");
    let group = group(&document);
    assert_arguments(
        &group,
        &json!({
            "num_node_groups": 3,
            "replicas_per_node_group": 1,
            "automatic_failover_enabled": true,
            "multi_az_enabled": true,
        }),
    );
    assert_eq!(group["num_cache_clusters"], json::Value::Null);
    let parameters = resource(&document, "data", "aws_elasticache_parameter_group.sessions");
    let text = parameters["parameter"].to_string();
    assert!(text.contains("\"cluster-enabled\"") && text.contains("\"yes\""), "{text}");
    let alone = self::group(&cache("dev", "shards = 3"));
    let expected = json!({ "automatic_failover_enabled": true, "multi_az_enabled": false });
    assert_arguments(&alone, &expected);
}

#[test]
fn users_of_iam_stand_beside_a_default_that_is_off() {
    let document = cache("dev", "auth = \"iam\"");
    let user = resource(&document, "data", "aws_elasticache_user.sessions");
    assert_arguments(
        &user,
        &json!({
            "user_id": "dev-shop-sessions-client",
            "user_name": "dev-shop-sessions-client",
            "engine": "redis",
            "authentication_mode": [{ "type": "iam" }],
        }),
    );
    let nobody = resource(&document, "data", "aws_elasticache_user.sessions__default");
    assert_arguments(
        &nobody,
        &json!({ "user_name": "default", "access_string": "off ~* -@all", "engine": "redis" }),
    );
    let ids = group(&document)["user_group_ids"].clone();
    assert_eq!(ids, json!(["${aws_elasticache_user_group.sessions.user_group_id}"]));
}

#[test]
fn logs_go_to_groups_that_end() {
    let document = cache("prod", "logs = { exports = [\"slow-log\"], retention = \"30d\" }");
    let name = "aws_cloudwatch_log_group.cache__sessions__log__slow_log";
    assert_arguments(
        &resource(&document, "data", name),
        &json!({
            "name": "/aws/vendedlogs/elasticache/prod-shop/sessions/slow-log",
            "retention_in_days": 30,
        }),
    );
    let addresses = addresses(&document, "data");
    assert!(!addresses.iter().any(|address| address.contains("engine_log")), "{addresses:#?}");
    let text = group(&document)["log_delivery_configuration"].to_string();
    assert!(text.contains("cloudwatch-logs") && text.contains("slow-log"), "{text}");
}

#[test]
fn every_setting_reaches_the_group() {
    let keys = r#"
engine = "redis"
version = "7.0"
node = "cache.r6gd.xlarge"
replicas = 2
failover = false
tls = false
minor_upgrades = false
aws_name = "sessions"
snapshots = { retention = "3d", window = "10:00-11:00" }
maintenance = "tue:12:00-tue:13:00"
parameters.maxmemory-policy = "allkeys-lru"
"#;
    let document = cache("dev", keys);
    let group = group(&document);
    assert_arguments(
        &group,
        &json!({
            "replication_group_id": "sessions",
            "engine": "redis",
            "engine_version": "7.0",
            "num_cache_clusters": 3,
            "automatic_failover_enabled": false,
            "multi_az_enabled": false,
            "data_tiering_enabled": true,
            "transit_encryption_enabled": false,
            "auto_minor_version_upgrade": "false",
            "snapshot_retention_limit": 3,
            "snapshot_window": "10:00-11:00",
            "maintenance_window": "tue:12:00-tue:13:00",
        }),
    );
    assert_eq!(group["transit_encryption_mode"], json::Value::Null);
    let parameters = resource(&document, "data", "aws_elasticache_parameter_group.sessions");
    assert_arguments(
        &parameters,
        &json!({
            "name": "sessions-redis7",
            "family": "redis7",
            "lifecycle": { "create_before_destroy": true },
        }),
    );
    assert!(parameters["parameter"].to_string().contains("allkeys-lru"), "{parameters:#}");
}

#[test]
fn a_database_and_a_cache_of_one_name_stand_together() {
    let document = document_in(
        "prod",
        "[cache.main]\nauth = \"iam\"\n[database.main]\nengine = \"aurora-mysql\"\n",
    );
    for what in ["cache__main__host", "database__main__host"] {
        assert!(document.outputs.contains_key(what), "{what}");
    }
}
