//! What a database becomes: groups, logs and the cluster; its instances stand in `instances`.
use super::spec::{Insights, Storage};
use super::{Capacity, Database, instances};
use crate::data::{MODULE, key};
use crate::names::fit;
use crate::network::logs::{LogGroup, log_group};
use crate::network::{Tier, security_group};
use crate::platform::Platform;
use platgen_terraform::{Document, Handle, Value, block};
use std::collections::BTreeMap;

/// The longest identifier of a snapshot
/// (<https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBClusterSnapshot.html>).
const LONGEST_SNAPSHOT: usize = 255;

/// Days that insights are kept: the term without a price, and the only one of the advanced mode
/// (<https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_PerfInsights.Overview.cost.html>).
const INSIGHTS_DAYS: [i64; 2] = [7, 465];

/// What the cluster is made of, beside its own settings.
struct Parts {
    subnet_group: Handle,
    parameter_group: Handle,
    log_groups: Vec<Handle>,
}

/// Puts a database into a document.
pub(super) fn lower(database: &Database, platform: &Platform, out: &mut Document) {
    let parts = Parts {
        subnet_group: subnet_group(database, platform, out),
        parameter_group: parameter_group(database, out),
        log_groups: log_groups(database, out),
    };
    cluster(database, &parts, platform, out);
    instances::lower(database, &parts.subnet_group, platform, out);
    rotation(database, out);
    database.lower_proxy(platform, out);
    outputs(database, out);
}

fn subnet_group(database: &Database, platform: &Platform, out: &mut Document) -> Handle {
    let arguments = block! {
        name: &database.aws_name,
        subnet_ids: platform.network.subnets(Tier::Database),
    };
    put(database, out, "aws_db_subnet_group", arguments)
}

/// The group has its family in its name: after an upgrade to another major version the cluster needs
/// the new one while it still holds the old one.
fn parameter_group(database: &Database, out: &mut Document) -> Handle {
    let parameters = database.parameters.iter().map(|(name, parameter)| {
        let apply_method = parameter.apply.aws_word();
        block! { name: name, value: &parameter.value, apply_method: apply_method }
    });
    let family = &database.release.family;
    let arguments = block! {
        name: format!("{}-{}", database.aws_name, family.replace('.', "-")),
        family: family,
        parameter: parameters.collect::<Value>(),
    };
    let mut file = out.module(MODULE).file(&database.id.file());
    file.resource("aws_rds_cluster_parameter_group", &database.id.local(&[]), arguments)
        .cause(&database.id.path())
        .create_before_destroy()
        .add()
}

/// RDS makes log groups that are missing, without an end to what they keep.
fn log_groups(database: &Database, out: &mut Document) -> Vec<Handle> {
    let (file, cause) = (database.id.file(), database.id.path().key("logs"));
    let make = |export: &super::LogExport| {
        let word = export.word();
        let group = LogGroup {
            module: MODULE,
            file: &file,
            name: &database.id.part(&["log", word]),
            aws_name: format!("/aws/rds/cluster/{}/{word}", database.aws_name),
            retention: database.log_retention,
            cause: &cause,
        };
        log_group(out, &group)
    };
    database.logs.iter().map(make).collect()
}

fn cluster(database: &Database, parts: &Parts, platform: &Platform, out: &mut Document) {
    let arguments = together([
        identity(database),
        placement(database, parts),
        operation(database, platform),
        insights(database.insights),
    ]);
    let mut file = out.module(MODULE).file(&database.id.file());
    let mut cluster = file
        .resource("aws_rds_cluster", &database.id.local(&[]), arguments)
        .cause(&database.id.path());
    for group in &parts.log_groups {
        cluster = cluster.depends_on(group);
    }
    if database.minor_upgrades {
        cluster = cluster.ignore_changes(&["engine_version"]);
    }
    cluster.add();
}

fn identity(database: &Database) -> Value {
    block! {
        cluster_identifier: &database.aws_name,
        engine: database.engine.word(),
        engine_mode: "provisioned",
        engine_version: &database.release.version,
        engine_lifecycle_support: "open-source-rds-extended-support-disabled",
        database_name: &database.schema,
        master_username: database.engine.administrator(),
        manage_master_user_password: true,
        master_user_secret_kms_key_id: key::arn(),
        iam_database_authentication_enabled: true,
    }
}

/// `availability_zones` is left out: RDS spreads the storage over three zones by itself, and would be
/// replaced by every plan if fewer were set.
fn placement(database: &Database, parts: &Parts) -> Value {
    let storage_type = match database.storage {
        Storage::Standard => None,
        Storage::IoOptimized => Some("aurora-iopt1"),
    };
    block! {
        db_subnet_group_name: parts.subnet_group.get("name"),
        db_cluster_parameter_group_name: parts.parameter_group.get("name"),
        vpc_security_group_ids: [security_group(&database.id).get("id")],
        port: database.port,
        storage_encrypted: true,
        kms_key_id: key::arn(),
        storage_type: storage_type,
        serverlessv2_scaling_configuration: database.capacity.as_ref().map(capacity),
    }
}

fn capacity(capacity: &Capacity) -> Value {
    block! {
        min_capacity: capacity.min.value(),
        max_capacity: capacity.max.value(),
        seconds_until_auto_pause: capacity.pause_seconds,
    }
}

fn operation(database: &Database, platform: &Platform) -> Value {
    let production = platform.head.is_production();
    let final_snapshot =
        production.then(|| fit(&format!("{}-final", database.aws_name), LONGEST_SNAPSHOT));
    let exports = database.logs.iter().map(|export| export.word());
    block! {
        backup_retention_period: database.backup_days,
        preferred_backup_window: &database.windows.backup,
        preferred_maintenance_window: &database.windows.maintenance,
        copy_tags_to_snapshot: true,
        deletion_protection: database.protected,
        skip_final_snapshot: !production,
        final_snapshot_identifier: final_snapshot,
        apply_immediately: !production,
        enable_http_endpoint: database.is_queried(platform),
        enabled_cloudwatch_logs_exports: exports.collect::<Value>(),
    }
}

/// Insights are set on the cluster only: instances that say otherwise are refused.
fn insights(insights: Insights) -> Value {
    let [standard, advanced] = INSIGHTS_DAYS;
    let (mode, days) = match insights {
        Insights::Off => return block! { performance_insights_enabled: false },
        Insights::Standard => ("standard", standard),
        Insights::Advanced => ("advanced", advanced),
    };
    block! {
        database_insights_mode: mode,
        performance_insights_enabled: true,
        performance_insights_kms_key_id: key::arn(),
        performance_insights_retention_period: days,
    }
}

/// RDS changes the administrator's password every seven days by itself, without a function. Only
/// another interval needs to be said, and is, once RDS can change the password
/// (<https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_managed.html>).
fn rotation(database: &Database, out: &mut Document) {
    let Some(days) = database.rotation_days else { return };
    let arguments = block! {
        secret_id: database.secret_arn(),
        rotate_immediately: false,
        rotation_rules: block! { automatically_after_days: days },
    };
    let mut file = out.module(MODULE).file(&database.id.file());
    file.resource("aws_secretsmanager_secret_rotation", &database.id.part(&[]), arguments)
        .cause(&database.id.path().key("rotation"))
        .depends_on(&database.writer())
        .add();
}

fn outputs(database: &Database, out: &mut Document) {
    let cluster = database.cluster();
    let name = |what| database.id.part(&[what]);
    out.output(&name("arn"), cluster.get("arn"), "The ARN of the cluster");
    out.output(&name("host"), cluster.get("endpoint"), "The endpoint that writes");
    out.output(&name("reader-host"), cluster.get("reader_endpoint"), "The endpoint that reads");
    out.output(&name("port"), cluster.get("port"), "The port of both endpoints");
    out.output(&name("schema"), cluster.get("database_name"), "The name of the first schema");
    let secret = "The ARN of the secret with the administrator's user name and password";
    out.output(&name("secret-arn"), database.secret_arn(), secret);
}

/// Puts a resource with the name of the database into its file.
fn put(database: &Database, out: &mut Document, kind: &'static str, arguments: Value) -> Handle {
    let mut file = out.module(MODULE).file(&database.id.file());
    file.resource(kind, &database.id.local(&[]), arguments).cause(&database.id.path()).add()
}

/// One block of all the arguments.
fn together<const N: usize>(blocks: [Value; N]) -> Value {
    let mut all = BTreeMap::new();
    for block in blocks {
        if let Value::Map(arguments) = block {
            all.extend(arguments);
        }
    }
    Value::Map(all)
}
