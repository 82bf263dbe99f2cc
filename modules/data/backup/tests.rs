//! What backups become, and what is copied.
use crate::testing::{addresses, document, document_in, findings_in, only, resource};
use platgen_source::json::{Value as Json, json};
use platgen_terraform::Document;
use pretty_assertions::assert_eq;

/// A thing of every kind that is copied, and two that are not.
const THINGS: &str = "[database.main]\nengine = \"aurora-mysql\"\n[table.orders]\n\
                      partition_key = \"id\"\n[bucket.files]\n[cache.sessions]\n[secret.token]\n";

/// The addresses that backups make.
fn made(document: &Document) -> Vec<String> {
    let mut made = addresses(document, "data");
    made.retain(|address| {
        let of_role = address.contains("platform__backup") || address.contains("platform__restore");
        address.starts_with("aws_backup_") || of_role
    });
    made
}

/// What a plan copies.
fn resources(document: &Document, plan: &str) -> Json {
    resource(document, "data", &format!("aws_backup_selection.{plan}"))["resources"].clone()
}

/// The rule of a plan.
fn rule(document: &Document, plan: &str) -> Json {
    only(&resource(document, "data", &format!("aws_backup_plan.{plan}"))["rule"])
}

#[test]
fn production_copies_everything_and_development_nothing() {
    assert_eq!(made(&document(THINGS)), Vec::<String>::new());
    let document = document_in("prod", THINGS);
    let everything = [
        "${aws_s3_bucket.files.arn}",
        "${aws_rds_cluster.main.arn}",
        "${aws_dynamodb_table.orders.arn}",
    ];
    assert_eq!(resources(&document, "main"), json!(everything));
    assert_eq!(
        rule(&document, "main"),
        json!({
            "rule_name": "scheduled",
            "target_vault_name": "${aws_backup_vault.main.name}",
            "schedule": "cron(0 5 * * ? *)",
            "enable_continuous_backup": false,
            "lifecycle": [{ "delete_after": 35 }],
        })
    );
    let vault = json!({
        "name": "prod-shop-backup",
        "kms_key_arn": "${aws_kms_key.data.arn}",
        "force_destroy": false,
    });
    assert_eq!(resource(&document, "data", "aws_backup_vault.main"), vault);
    for output in ["backup__vault", "backup__restore_role_arn"] {
        assert!(document.outputs.contains_key(output), "{output}");
    }
}

#[test]
fn what_keeps_nothing_has_no_vault() {
    for things in [
        "",
        "[cache.sessions]\n",
        "[bucket.files]\nbackup = false\n[table.orders]\npartition_key = \"id\"\nbackup = false\n",
        "[bucket.files]\nversioning = false\n",
        "[database.main]\nengine = \"aurora-mysql\"\nbackup = { vault = false }\n",
        "[backup]\nenabled = false\n[bucket.files]\n",
    ] {
        assert_eq!(made(&document_in("prod", things)), Vec::<String>::new(), "{things}");
    }
}

#[test]
fn the_section_switches_copies_on() {
    let keys = "[backup]\nenabled = true\nat = \"cron(30 2 ? * SUN *)\"\nretention = \"120d\"\n\
                cold_after = \"30d\"\naws_name = \"archive\"\n";
    let document = document(&format!("{keys}{THINGS}"));
    let vault = resource(&document, "data", "aws_backup_vault.main");
    assert_eq!((&vault["name"], &vault["force_destroy"]), (&json!("archive"), &json!(true)));
    let rule = rule(&document, "main");
    assert_eq!(rule["schedule"], "cron(30 2 ? * SUN *)");
    assert_eq!(rule["lifecycle"], json!([{ "delete_after": 120, "cold_storage_after": 30 }]));
}

#[test]
fn continuous_copies_of_buckets_have_a_plan_of_their_own() {
    let keys = "[backup]\ncontinuous = true\nretention = \"90d\"\n";
    let document = document_in("prod", &format!("{keys}{THINGS}"));
    assert_eq!(resources(&document, "continuous"), json!(["${aws_s3_bucket.files.arn}"]));
    let others = json!(["${aws_rds_cluster.main.arn}", "${aws_dynamodb_table.orders.arn}"]);
    assert_eq!(resources(&document, "main"), others);
    let continuous = rule(&document, "continuous");
    assert_eq!(continuous["enable_continuous_backup"], true);
    assert_eq!(continuous["lifecycle"], json!([{ "delete_after": 35 }]));
    let plan = resource(&document, "data", "aws_backup_plan.continuous");
    assert_eq!(plan["name"], "prod-shop-backup-continuous");
    let buckets = document_in("prod", &format!("{keys}[bucket.files]\n"));
    assert_eq!(resources(&buckets, "main"), Json::Null);
}

#[test]
fn roles_have_the_rights_of_what_is_copied_and_no_others() {
    let policies = |things: &str| {
        let document = document_in("prod", things);
        let attachments: Vec<String> = made(&document)
            .into_iter()
            .filter_map(|address| {
                address.strip_prefix("aws_iam_role_policy_attachment.").map(str::to_owned)
            })
            .collect();
        let arn = |name: &String| {
            let address = format!("aws_iam_role_policy_attachment.{name}");
            let arn = resource(&document, "data", &address)["policy_arn"].clone();
            arn.as_str().unwrap().rsplit('/').next().unwrap().to_owned()
        };
        attachments.iter().map(arn).collect::<Vec<_>>()
    };
    let table = "[table.orders]\npartition_key = \"id\"\n";
    let of_tables =
        ["AWSBackupServiceRolePolicyForBackup", "AWSBackupServiceRolePolicyForRestores"];
    let of_buckets =
        ["AWSBackupServiceRolePolicyForS3Backup", "AWSBackupServiceRolePolicyForS3Restore"];
    assert_eq!(policies(table), of_tables);
    assert_eq!(policies("[bucket.files]\n"), of_buckets);
    assert_eq!(policies(&format!("{table}[bucket.files]\n")).len(), 4);
    let document = document_in("prod", table);
    let key = "data.aws_iam_policy_document.platform__backup__key";
    let statement = only(&resource(&document, "data", key)["statement"]);
    assert_eq!(statement["resources"], json!(["${aws_kms_key.data.arn}"]));
    assert_eq!(only(&statement["condition"])["variable"], "kms:ViaService");
    let selection = resource(&document, "data", "aws_backup_selection.main");
    let waits = json!([
        "aws_iam_role_policy_attachment.platform__backup__snapshots",
        "aws_iam_role_policy.platform__backup__key",
    ]);
    assert_eq!(selection["depends_on"], waits);
}

#[test]
fn a_lock_is_made_only_if_it_is_asked_for() {
    let lock = |keys: &str| {
        let document = document_in("prod", &format!("[backup]\n{keys}{THINGS}"));
        resource(&document, "data", "aws_backup_vault_lock_configuration.main")
    };
    let name = "${aws_backup_vault.main.name}";
    assert_eq!(lock(""), Json::Null);
    assert_eq!(lock("lock = false\n"), Json::Null);
    let open = json!({ "backup_vault_name": name, "min_retention_days": 35 });
    assert_eq!(lock("lock = true\n"), open);
    let closed = "retention = \"60d\"\ncontinuous = true\nlock = { final_after = \"14d\" }\n";
    assert_eq!(
        lock(closed),
        json!({ "backup_vault_name": name, "min_retention_days": 35, "changeable_for_days": 14 })
    );
}

#[test]
fn a_long_name_is_cut_and_told_where_there_is_a_vault() {
    let spec = |things: &str| {
        format!(
            "spec = 1\n[platform]\nname = \"{}\"\nregion = \"us-east-2\"\n[environment.prod]\n{things}",
            "a".repeat(39)
        )
    };
    let codes = |things: &str| -> Vec<(&str, String)> {
        let findings = findings_in("prod", &spec(things));
        findings.into_iter().map(|(code, path, _)| (code, path)).collect()
    };
    let table = "[table.orders]\npartition_key = \"id\"\n";
    assert_eq!(codes(""), []);
    assert_eq!(codes(table), [("PG0501", "backup".to_owned())]);
    assert_eq!(codes(&format!("[backup]\naws_name = \"vault\"\n{table}")), []);
    let document = document_in("prod", &spec(table));
    let name = resource(&document, "data", "aws_backup_vault.main")["name"].clone();
    assert_eq!(name.as_str().unwrap().len(), 50);
}

#[test]
fn a_bucket_that_is_copied_keeps_telling_the_event_bus_that_backup_listens_to() {
    let spec = "[bucket.files]\n[function.look]\ncode = { bucket = \"builds\", key = \"look.zip\" }\n\
                runtime = \"nodejs22.x\"\nhandler = \"index.handler\"\non.bucket.files = {}\n";
    for (environment, told) in [("prod", json!(true)), ("dev", Json::Null)] {
        let document = document_in(environment, spec);
        let list = resource(&document, "data", "aws_s3_bucket_notification.files");
        assert_eq!(list["eventbridge"], told, "{environment}");
    }
}
