//! What a volume becomes.
use super::mounted;
use crate::data::database::tests::assert_arguments;
use crate::testing::{addresses, document_in, resource};
use platgen_source::json::{self, Value as Json, json};
use platgen_terraform::schema::Schema;
use platgen_terraform::{Document, render};
use pretty_assertions::assert_eq;

fn volume(environment: &str, keys: &str) -> Document {
    document_in(environment, &format!("[volume.files]\n{keys}\n"))
}

fn file_system(document: &Document) -> Json {
    resource(document, "data", "aws_efs_file_system.files")
}

#[test]
fn a_file_system_is_encrypted_elastic_and_moves_what_nobody_opens() {
    assert_arguments(
        &file_system(&volume("dev", "")),
        &json!({
            "creation_token": "dev-shop-files",
            "encrypted": true,
            "kms_key_id": "${aws_kms_key.data.arn}",
            "performance_mode": "generalPurpose",
            "throughput_mode": "elastic",
            "lifecycle_policy": [
                { "transition_to_ia": "AFTER_30_DAYS" },
                { "transition_to_primary_storage_class": "AFTER_1_ACCESS" },
            ],
        }),
    );
}

#[test]
fn every_setting_reaches_the_file_system() {
    for (keys, expected) in [
        ("throughput = \"bursting\"", json!({ "throughput_mode": "bursting" })),
        (
            "throughput.provisioned = 64",
            json!({ "throughput_mode": "provisioned", "provisioned_throughput_in_mibps": 64 }),
        ),
        ("protected = true", json!({ "lifecycle": { "prevent_destroy": true } })),
        (
            "infrequent_after = \"1d\"\narchive_after = \"365d\"",
            json!({ "lifecycle_policy": [
                { "transition_to_ia": "AFTER_1_DAY" },
                { "transition_to_archive": "AFTER_365_DAYS" },
                { "transition_to_primary_storage_class": "AFTER_1_ACCESS" },
            ] }),
        ),
    ] {
        assert_arguments(&file_system(&volume("dev", keys)), &expected);
    }
    let still = file_system(&volume("dev", "infrequent_after = \"never\""));
    assert_eq!(still["lifecycle_policy"], json!([]));
    assert_eq!(still["lifecycle"], Json::Null);
}

#[test]
fn production_refuses_to_destroy_it_and_copies_it() {
    let document = volume("prod", "");
    assert_eq!(file_system(&document)["lifecycle"], json!({ "prevent_destroy": true }));
    let selection = resource(&document, "data", "aws_backup_selection.main");
    assert_eq!(selection["resources"], json!(["${aws_efs_file_system.files.arn}"]));
}

#[test]
fn everybody_comes_as_the_owner_to_one_folder() {
    for (keys, user, group) in
        [("", 1000, 1000), ("owner = 33", 33, 33), ("owner = { user = 33, group = 7 }", 33, 7)]
    {
        let point = resource(&volume("dev", keys), "data", "aws_efs_access_point.files");
        let folder = json!([{
            "path": "/data",
            "creation_info": [
                { "owner_uid": user, "owner_gid": group, "permissions": "0755" }
            ],
        }]);
        let expected =
            json!({ "posix_user": [{ "uid": user, "gid": group }], "root_directory": folder });
        assert_arguments(&point, &expected);
    }
}

#[test]
fn the_policy_allows_nothing_and_denies_what_comes_without_tls() {
    let document = volume("dev", "");
    let address = "data.aws_iam_policy_document.volume__files";
    let policy = resource(&document, "data", address);
    let [statement] = policy["statement"].as_array().unwrap().as_slice() else {
        panic!("{policy:#}")
    };
    assert_eq!(statement["effect"], "Deny");
    let condition = json!([
        { "test": "Bool", "variable": "aws:SecureTransport", "values": ["false"] }
    ]);
    assert_eq!(statement["condition"], condition);
    let put = resource(&document, "data", "aws_efs_file_system_policy.files");
    assert_eq!(put["policy"], "${data.aws_iam_policy_document.volume__files.json}");
}

/// The addresses of the mount targets.
fn targets(document: &Document) -> Vec<String> {
    let mut found = addresses(document, "data");
    found.retain(|address| address.starts_with("aws_efs_mount_target."));
    found
}

#[test]
fn every_zone_has_a_way_to_it() {
    for (environment, zones) in [("dev", "ab"), ("prod", "abc")] {
        let zones = zones.chars().map(|zone| format!("aws_efs_mount_target.files__{zone}"));
        assert_eq!(targets(&volume(environment, "")), zones.collect::<Vec<_>>());
    }
}

#[test]
fn in_an_existing_vpc_ways_are_called_as_the_spec_calls_the_subnets() {
    let document = volume(
        "dev",
        "[network.existing]\nvpc = \"vpc-0123456789abcdef0\"\n\
         private = [\"subnet-0123456789abcdef0\", \"subnet-0123456789abcdef1\"]\n\
         database = [\"subnet-0123456789abcdef2\", { variable = \"subnet_b\" }]",
    );
    let expected = ["files__subnet_0123456789abcdef2", "files__subnet_b"];
    assert_eq!(targets(&document), expected.map(|name| format!("aws_efs_mount_target.{name}")));
    let literal = resource(&document, "data", &targets(&document)[0]);
    assert_eq!(literal["subnet_id"], "subnet-0123456789abcdef2");
}

#[test]
fn nothing_mounts_it_before_it_can_be_mounted() {
    let text = mounted("uses.volume.files.read.at = \"/a\"", "");
    let files = render(&document_in("dev", &text), Schema::embedded());
    let outputs = files.iter().find(|(path, _)| path.as_str() == "modules/data/outputs.tf.json");
    let outputs: Json = json::from_slice(outputs.unwrap().1).unwrap();
    let expected = json!([
        "aws_efs_mount_target.files__a",
        "aws_efs_mount_target.files__b",
        "aws_efs_file_system_policy.files",
    ]);
    assert_eq!(outputs["output"]["efs_access_point_files_id"]["depends_on"], expected);
}

#[test]
fn credits_are_watched_where_there_are_some() {
    for (keys, is_watched) in [("", false), ("throughput = \"bursting\"", true)] {
        let found = addresses(&volume("prod", keys), "observability").join(" ");
        assert_eq!(found.contains("burst_credits"), is_watched, "{found}");
        assert!(found.contains("io_limit"), "{found}");
    }
}
