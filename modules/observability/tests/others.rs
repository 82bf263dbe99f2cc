//! What other rooms put into a document: things that trace, backups, log groups of other shapes.
use crate::observability::metric::MetricPlace;
use crate::observability::{Teller, archive, events, topic, traces};
use crate::testing::{addresses, platform, resource, verified};
use platgen_source::json::json;
use platgen_terraform::{Document, block};
use pretty_assertions::assert_eq;
use std::collections::BTreeSet;

/// A document with one resource of the module `compute`.
fn document_of(kind: &'static str, arguments: platgen_terraform::Value) -> Document {
    let mut document = Document::default();
    document.module("compute").file("other").resource(kind, "other", arguments).add();
    document
}

#[test]
fn what_traces_gets_a_rule_and_a_group() {
    let function = |mode: &str| {
        block! {
            function_name: "dev-shop-other",
            role: "arn:aws:iam::123456789012:role/other",
            tracing_config: block! { mode: mode },
        }
    };
    for (mode, more, rate) in [
        ("PassThrough", "", json!(null)),
        ("Active", "", json!(1)),
        ("Active", "[observability]\nsampling = 7", json!(0.07)),
    ] {
        let mut document = document_of("aws_lambda_function", function(mode));
        traces::lower(&platform("dev", more), &mut document);
        let document = verified(document);
        let rule = resource(&document, "observability", "aws_xray_sampling_rule.platform");
        assert_eq!(rule["fixed_rate"], rate, "{mode} {more}");
        if rate != json!(null) {
            assert_eq!(rule["service_name"], "dev-shop*");
            let group = resource(&document, "observability", "aws_xray_group.platform");
            let expected = "service(\"${var.lambda_function_other_function_name}\")";
            assert_eq!(group["filter_expression"], expected);
        }
    }
}

#[test]
fn failed_backups_are_told() {
    let mut document = document_of("aws_backup_vault", block! { name: "dev-shop" });
    let platform = platform("prod", "");
    let tellers = events::lower(&platform, &mut document);
    assert_eq!(tellers, BTreeSet::from([Teller::Events]));
    topic::lower(&tellers, &[], &platform, &mut document);
    topic::lower_key(MetricPlace::Regional, &tellers, &platform, &mut document);
    let document = verified(document);
    let rule = resource(&document, "observability", "aws_cloudwatch_event_rule.backup_failed");
    let pattern = rule["event_pattern"].as_str().unwrap();
    assert!(pattern.contains("var.backup_vault_other_name"), "{pattern}");
    assert_eq!(rule["state"], "ENABLED");
}

#[test]
fn groups_of_every_shape_are_copied_where_they_can_be() {
    let platform = platform("dev", "[network]\n[observability]\nlog_archive = true");
    let mut document = crate::lower(&platform);
    for module in document.modules.values_mut() {
        let ours = |address: &platgen_terraform::Address| !address.name.contains("log_archive");
        module.resources.retain(|address, _| {
            ours(address) && address.kind != "aws_cloudwatch_log_subscription_filter"
        });
    }
    document.outputs.clear();
    let mut file = document.module("compute").file("other");
    file.resource("aws_cloudwatch_log_group", "several", block! { name: "x" })
        .for_each(block! { a: "a", b: "b" })
        .add();
    let rare = block! { name: "y", log_group_class: "INFREQUENT_ACCESS" };
    file.resource("aws_cloudwatch_log_group", "rare", rare).add();
    let far = block! { name: "z" };
    file.resource("aws_cloudwatch_log_group", "far", far).us_east_1().add();
    assert!(archive::lower(&platform, &mut document));
    let document = verified(document);
    let found = addresses(&document, "observability");
    let filters: Vec<&String> =
        found.iter().filter(|one| one.contains("subscription_filter")).collect();
    assert_eq!(
        filters,
        [
            "aws_cloudwatch_log_subscription_filter.compute__several",
            "aws_cloudwatch_log_subscription_filter.network__flow_logs",
        ]
    );
    let several = resource(&document, "observability", filters[0]);
    assert_eq!(several["log_group_name"], "${each.value.name}");
    assert_eq!(several["for_each"], "${var.cloudwatch_log_group_several}");
}
