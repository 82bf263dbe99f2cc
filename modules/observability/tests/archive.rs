//! The copies of all logs.
use super::with;
use crate::testing::{addresses, document, document_in, only, resource};
use platgen_source::json::{Value as Json, json};
use pretty_assertions::assert_eq;

const ARCHIVED: &str = "[observability]\nlog_archive = true";

#[test]
fn every_log_group_but_that_of_the_stream_is_copied() {
    let document = document(&with(ARCHIVED));
    let found = addresses(&document, "observability");
    let filters = found.iter().filter_map(|one| {
        one.strip_prefix("aws_cloudwatch_log_subscription_filter.").map(str::to_owned)
    });
    let mut groups = Vec::new();
    for module in document.modules.keys() {
        let of_module = addresses(&document, module).into_iter().filter_map(|one| {
            let name = one.strip_prefix("aws_cloudwatch_log_group.")?;
            Some(format!("{module}__{name}"))
        });
        groups.extend(of_module);
    }
    groups.retain(|group| group != "observability__log_archive");
    groups.sort();
    assert!(groups.len() > 5, "{groups:#?}");
    assert_eq!(filters.collect::<Vec<_>>(), groups);
    let address = "aws_cloudwatch_log_subscription_filter.compute__service__web";
    let filter = resource(&document, "observability", address);
    assert_eq!(filter["filter_pattern"], "");
    assert_eq!(filter["depends_on"], json!(["aws_iam_role_policy.log_archive__logs"]));
}

#[test]
fn copies_are_encrypted_compressed_and_told_apart() {
    let document = document(&with(ARCHIVED));
    let stream = "aws_kinesis_firehose_delivery_stream.log_archive";
    let stream = resource(&document, "observability", stream);
    assert_eq!(stream["depends_on"], json!(["aws_iam_role_policy.log_archive__stream"]));
    let encryption = only(&stream["server_side_encryption"]);
    assert_eq!(encryption["key_type"], "CUSTOMER_MANAGED_CMK");
    let target = only(&stream["extended_s3_configuration"]);
    assert_eq!(target["compression_format"], "GZIP");
    assert_eq!(target["kms_key_arn"], "${aws_kms_key.observability.arn}");
    assert_eq!(target["prefix"], "logs/!{timestamp:yyyy/MM/dd/HH}/");
    let processors = &only(&target["processing_configuration"])["processors"];
    let kinds: Vec<&Json> =
        processors.as_array().unwrap().iter().map(|processor| &processor["type"]).collect();
    assert_eq!(kinds, ["Decompression", "AppendDelimiterToRecord"]);
    let encryption = "aws_s3_bucket_server_side_encryption_configuration.log_archive";
    let encryption = resource(&document, "observability", encryption).to_string();
    assert!(encryption.contains("aws:kms"), "{encryption}");
}

#[test]
fn copies_move_and_end_as_the_spec_says() {
    for (environment, said, kept, glacier) in [
        ("prod", "true", 365, json!(90)),
        ("dev", "true", 30, Json::Null),
        ("prod", "{ retention = \"179d\" }", 179, Json::Null),
        ("prod", "{ retention = \"180d\" }", 180, json!(90)),
        ("dev", "{ retention = \"100d\", glacier_after = \"10d\" }", 100, json!(10)),
    ] {
        let text = with(&format!("[observability]\nlog_archive = {said}\n"));
        let document = document_in(environment, &text);
        let address = "aws_s3_bucket_lifecycle_configuration.log_archive";
        let rule = only(&resource(&document, "observability", address)["rule"]);
        assert_eq!(only(&rule["expiration"])["days"], kept, "{said}");
        assert_eq!(only(&rule["transition"])["days"], glacier, "{said}");
        let bucket = resource(&document, "observability", "aws_s3_bucket.log_archive");
        assert_eq!(bucket["force_destroy"], environment == "dev");
    }
}

#[test]
fn in_production_each_request_to_the_copies_is_recorded() {
    let text = with(ARCHIVED);
    let address = "aws_s3_bucket_logging.log_archive";
    let production = document_in("prod", &text);
    let logging = resource(&production, "observability", address);
    assert_eq!(logging["target_bucket"], "${var.s3_bucket_policy_platform__logs_bucket}");
    assert_eq!(logging["target_prefix"], "s3/log_archive/");
    let found = addresses(&document_in("dev", &text), "observability");
    assert!(!found.contains(&address.to_owned()), "{found:#?}");
}

#[test]
fn there_is_no_archive_without_logs_or_without_the_wish() {
    for text in [
        with("[observability]\nlog_archive = false"),
        with("[observability]\nlog_archive = { enabled = false, retention = \"30d\" }"),
        with(""),
        format!("[bucket.files]\n{ARCHIVED}"),
    ] {
        let found = addresses(&document(&text), "observability");
        assert!(!found.iter().any(|one| one.contains("firehose")), "{text}\n{found:#?}");
    }
}
