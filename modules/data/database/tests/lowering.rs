//! What a database becomes.
use super::{MYSQL, POSTGRESQL, assert_arguments};
use crate::testing::{addresses, document_in, resource};
use platgen_source::json::{self, json};
use platgen_terraform::Document;
use pretty_assertions::assert_eq;

fn cluster(document: &Document) -> json::Value {
    resource(document, "data", "aws_rds_cluster.main")
}

/// The parameters of the cluster's group: name, value and when they take effect.
fn parameters(document: &Document) -> Vec<(String, String, String)> {
    let group = resource(document, "data", "aws_rds_cluster_parameter_group.main");
    let text = |parameter: &json::Value, key: &str| parameter[key].as_str().unwrap().to_owned();
    let row = |p: &json::Value| (text(p, "name"), text(p, "value"), text(p, "apply_method"));
    group["parameter"].as_array().unwrap().iter().map(row).collect()
}

#[test]
fn development_is_small_and_can_go() {
    let document = document_in("dev", MYSQL);
    let cluster = cluster(&document);
    assert_arguments(
        &cluster,
        &json!({
            "cluster_identifier": "dev-shop-main",
            "engine": "aurora-mysql",
            "engine_version": "8.0.mysql_aurora.3.10.6",
            "database_name": "main",
            "master_username": "admin",
            "manage_master_user_password": true,
            "master_user_secret_kms_key_id": "${aws_kms_key.data.arn}",
            "kms_key_id": "${aws_kms_key.data.arn}",
            "storage_encrypted": true,
            "iam_database_authentication_enabled": true,
            "port": 3306,
            "backup_retention_period": 1,
            "preferred_backup_window": "02:00-03:00",
            "preferred_maintenance_window": "sun:04:00-sun:05:00",
            "copy_tags_to_snapshot": true,
            "deletion_protection": false,
            "skip_final_snapshot": true,
            "apply_immediately": true,
            "enable_http_endpoint": false,
            "performance_insights_retention_period": 7,
            "database_insights_mode": "standard",
            "depends_on": [
                "aws_cloudwatch_log_group.database__main__log__audit",
                "aws_cloudwatch_log_group.database__main__log__error",
                "aws_cloudwatch_log_group.database__main__log__slowquery",
            ],
        }),
    );
    for absent in ["availability_zones", "final_snapshot_identifier", "storage_type", "lifecycle"] {
        assert_eq!(cluster[absent], json::Value::Null, "{absent}");
    }
    let writer = resource(&document, "data", "aws_rds_cluster_instance.main__writer");
    assert_arguments(
        &writer,
        &json!({
            "identifier": "dev-shop-main-writer",
            "instance_class": "db.t4g.medium",
            "promotion_tier": 0,
            "publicly_accessible": false,
            "auto_minor_version_upgrade": false,
            "monitoring_interval": 0,
        }),
    );
    for absent in ["engine_version", "performance_insights_enabled", "monitoring_role_arn"] {
        assert_eq!(writer[absent], json::Value::Null, "{absent}");
    }
    let addresses = addresses(&document, "data");
    assert!(!addresses.iter().any(|address| address.contains("reader")), "{addresses:#?}");
}

#[test]
fn production_is_protected_monitored_and_has_a_reader() {
    let document = document_in("prod", POSTGRESQL);
    assert_arguments(
        &cluster(&document),
        &json!({
            "engine_version": "17.7",
            "master_username": "postgres",
            "port": 5432,
            "backup_retention_period": 35,
            "deletion_protection": true,
            "skip_final_snapshot": false,
            "final_snapshot_identifier": "prod-shop-main-final",
            "apply_immediately": false,
            "enabled_cloudwatch_logs_exports": ["postgresql"],
        }),
    );
    let reader = resource(&document, "data", "aws_rds_cluster_instance.main__reader_1");
    assert_arguments(
        &reader,
        &json!({
            "identifier": "prod-shop-main-reader-1",
            "instance_class": "db.r7g.large",
            "promotion_tier": 1,
            "monitoring_interval": 60,
            "monitoring_role_arn": "${aws_iam_role.database__main__monitoring.arn}",
            "depends_on": [
                "aws_rds_cluster_instance.main__writer",
                "aws_iam_role_policy_attachment.database__main__monitoring",
            ],
        }),
    );
    let logs = "aws_cloudwatch_log_group.database__main__log__postgresql";
    assert_arguments(
        &resource(&document, "data", logs),
        &json!({
            "name": "/aws/rds/cluster/prod-shop-main/postgresql",
            "retention_in_days": 90,
        }),
    );
}

#[test]
fn parameters_lie_over_those_of_platgen() {
    let row = |name: &str, value: &str, apply: &str| {
        (name.to_owned(), value.to_owned(), apply.to_owned())
    };
    let keys = "[database.main.parameters]\nslow_query_log = 0\nlong_query_time = 0.5\n\
                max_connections = { value = 500, apply = \"immediate\" }\nbinlog_format = \"ROW\"\n";
    let found = parameters(&document_in("dev", &format!("{MYSQL}{keys}")));
    for expected in [
        row("slow_query_log", "0", "immediate"),
        row("long_query_time", "0.5", "immediate"),
        row("max_connections", "500", "immediate"),
        row("binlog_format", "ROW", "pending-reboot"),
        row("require_secure_transport", "ON", "immediate"),
        row("server_audit_logging", "1", "immediate"),
    ] {
        assert!(found.contains(&expected), "{expected:?} in {found:#?}");
    }
    let open = format!("{POSTGRESQL}require_tls = false\n");
    let found = parameters(&document_in("dev", &open));
    assert!(found.contains(&row("rds.force_ssl", "0", "immediate")), "{found:#?}");
}

#[test]
fn parameter_groups_of_two_families_can_stand_together() {
    let document = document_in("dev", MYSQL);
    let group = resource(&document, "data", "aws_rds_cluster_parameter_group.main");
    assert_arguments(
        &group,
        &json!({
            "name": "dev-shop-main-aurora-mysql8-0",
            "family": "aurora-mysql8.0",
            "lifecycle": { "create_before_destroy": true },
        }),
    );
}

#[test]
fn readers_follow_the_load() {
    let keys = "readers = 2\nscale = { max = 5, connections = 300 }\n";
    let document = document_in("prod", &format!("{MYSQL}{keys}"));
    let target = resource(&document, "data", "aws_appautoscaling_target.main__readers");
    assert_arguments(
        &target,
        &json!({
            "min_capacity": 2,
            "max_capacity": 5,
            "resource_id": "cluster:${aws_rds_cluster.main.id}",
            "depends_on": ["aws_rds_cluster_instance.main__writer"],
        }),
    );
    let policies: Vec<String> = addresses(&document, "data")
        .into_iter()
        .filter(|address| address.starts_with("aws_appautoscaling_policy."))
        .collect();
    assert_eq!(policies, ["aws_appautoscaling_policy.main__readers__connections"]);
    let document = document_in("prod", &format!("{MYSQL}scale.max = 3\n"));
    let policy = resource(&document, "data", "aws_appautoscaling_policy.main__readers__cpu");
    let tracking = &policy["target_tracking_scaling_policy_configuration"][0];
    assert_eq!(tracking["target_value"], json!(70), "{policy:#}");
}

#[test]
fn every_setting_reaches_the_cluster() {
    let keys = r#"
instance = "db.serverless"
capacity = { min = 0.5, max = 8 }
schema = "orders"
port = 3307
storage = "io-optimized"
insights = "advanced"
minor_upgrades = true
protected = true
aws_name = "orders"
logs = { exports = ["iam-db-auth-error"], retention = "30d" }
monitoring = "15s"
backup = { retention = "14d", window = "10:00-11:00" }
maintenance = "tue:12:00-tue:13:00"
"#;
    let document = document_in("dev", &format!("{MYSQL}{keys}"));
    assert_arguments(
        &cluster(&document),
        &json!({
            "cluster_identifier": "orders",
            "database_name": "orders",
            "port": 3307,
            "storage_type": "aurora-iopt1",
            "serverlessv2_scaling_configuration": [{ "min_capacity": 0.5, "max_capacity": 8 }],
            "database_insights_mode": "advanced",
            "performance_insights_retention_period": 465,
            "deletion_protection": true,
            "backup_retention_period": 14,
            "preferred_backup_window": "10:00-11:00",
            "preferred_maintenance_window": "tue:12:00-tue:13:00",
            "enabled_cloudwatch_logs_exports": ["iam-db-auth-error"],
            "lifecycle": { "ignore_changes": ["engine_version"] },
        }),
    );
    let writer = resource(&document, "data", "aws_rds_cluster_instance.main__writer");
    let expected = json!({ "monitoring_interval": 15, "auto_minor_version_upgrade": true });
    assert_arguments(&writer, &expected);
    let off = document_in("dev", &format!("{MYSQL}insights = \"off\"\n"));
    assert_eq!(cluster(&off)["performance_insights_enabled"], json!(false));
    assert_eq!(cluster(&off)["database_insights_mode"], json::Value::Null);
}

#[test]
fn every_measuring_interval_is_one_of_rds() {
    for (word, seconds) in [("1s", 1), ("5s", 5), ("10s", 10), ("30s", 30), ("60s", 60)] {
        let document = document_in("dev", &format!("{MYSQL}monitoring = \"{word}\"\n"));
        let writer = resource(&document, "data", "aws_rds_cluster_instance.main__writer");
        assert_eq!(writer["monitoring_interval"], json!(seconds), "{word}");
    }
    let off = document_in("prod", &format!("{MYSQL}monitoring = \"off\"\n"));
    assert!(!addresses(&off, "data").iter().any(|address| address.contains("monitoring")));
}

#[test]
fn the_root_tells_where_the_database_is() {
    let document = document_in("dev", MYSQL);
    for what in ["host", "port", "reader_host", "secret_arn"] {
        let name = format!("database__main__{what}");
        assert!(document.outputs.contains_key(&name), "{name}");
    }
}
