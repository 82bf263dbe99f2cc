//! Whether a name becomes an object or an array, by the provider's schema.
use platgen_terraform::{Document, Expr, Value, block};
use pretty_assertions::assert_eq;
use serde_json::{Value as Json, json};

use crate::sample::{file, rendered};

/// The body of one resource as it is written.
fn body(kind: &'static str, arguments: Value) -> Json {
    let mut document = Document::default();
    document.module("m").file("f").resource(kind, "x", arguments).add();
    file(&rendered(&document), "modules/m/f.tf.json")["resource"][kind]["x"].take()
}

#[test]
fn blocks_are_arrays_and_single_blocks_are_objects() {
    let config = block! { subnet_ids: vec!["s"], security_group_ids: Vec::<&str>::new() };
    let config_json = json!([{ "subnet_ids": ["s"], "security_group_ids": [] }]);
    for (arguments, expected) in [
        (block! { vpc_config: config.clone() }, json!({ "vpc_config": config_json })),
        (block! { vpc_config: vec![config] }, json!({ "vpc_config": config_json })),
        (block! { timeouts: block! { create: "1h" } }, json!({ "timeouts": { "create": "1h" } })),
        (
            block! { timeouts: vec![block! { create: "1h" }] },
            json!({ "timeouts": [{ "create": "1h" }] }),
        ),
        (block! { vpc_config: Value::Null, timeouts: Value::Null }, json!({})),
        (block! { vpc_config: Vec::<Value>::new() }, json!({ "vpc_config": [] })),
    ] {
        assert_eq!(body("aws_lambda_function", arguments), expected);
    }
}

#[test]
fn blocks_inside_blocks_follow_the_schema_too() {
    let filter = block! { prefix: "logs/", tag: None::<Value> };
    let rule =
        block! { id: "r", status: "Enabled", filter: filter, expiration: block! { days: 3 } };
    let written = body("aws_s3_bucket_lifecycle_configuration", block! { bucket: "b", rule: rule });
    let rule = json!([{
        "id": "r", "status": "Enabled", "filter": [{ "prefix": "logs/" }],
        "expiration": [{ "days": 3 }],
    }]);
    assert_eq!(written, json!({ "bucket": "b", "rule": rule }));
}

#[test]
fn assets_are_written_as_they_are_beside_what_names_them() {
    let mut document = Document::default();
    let content = vec![0, 0xff, b'$', b'{'];
    let filename = document.module("m").asset("functions/web.zip", content.clone());
    let arguments = block! { filename: filename };
    document.module("m").file("f").resource("aws_lambda_function", "x", arguments).add();
    let tree = rendered(&document);
    assert_eq!(tree["modules/m/functions/web.zip"], content);
    let function = &file(&tree, "modules/m/f.tf.json")["resource"]["aws_lambda_function"]["x"];
    assert_eq!(function["filename"], "${path.module}/functions/web.zip");
}

#[test]
fn objects_of_an_attribute_have_every_key() {
    let rule = block! { from_port: 443, to_port: 443, protocol: "tcp" };
    let full = json!({
        "from_port": 443, "to_port": 443, "protocol": "tcp", "cidr_blocks": null,
        "description": null, "ipv6_cidr_blocks": null, "prefix_list_ids": null,
        "security_groups": null, "self": null,
    });
    for (ingress, expected) in [
        (Value::from(vec![rule.clone()]), json!([full])),
        (vec![rule.clone(), rule].into(), json!([full, full])),
        (Vec::<Value>::new().into(), json!([])),
        (Expr::EachKey.into(), json!("${each.key}")),
    ] {
        let written = body("aws_security_group", block! { ingress: ingress });
        assert_eq!(written, json!({ "ingress": expected }));
    }
}

#[test]
fn keys_of_maps_are_templates_and_names_of_arguments_are_not() {
    let tags = block! { "${a}": "%{b}" };
    assert_eq!(body("aws_vpc", block! { tags: tags }), json!({ "tags": { "$${a}": "%%{b}" } }));
    let unknown = block! { "${no_such}": 1 };
    assert_eq!(body("aws_no_such_type", unknown), json!({ "${no_such}": 1 }));
}

#[test]
fn arguments_named_like_meta_arguments_stand_apart() {
    let written = body("aws_no_such_type", block! { count: 1, connection: "c", name: "n" });
    assert_eq!(written, json!({ "_": { "connection": "c", "count": 1 }, "name": "n" }));
}

#[test]
fn a_block_that_cannot_be_one_is_written_as_it_stands() {
    let written = body("aws_lambda_function", block! { vpc_config: "x", timeouts: vec!["y"] });
    assert_eq!(written, json!({ "vpc_config": "x", "timeouts": ["y"] }));
}

#[test]
fn meta_arguments_are_references_and_literals() {
    let mut document = Document::default();
    let mut file_builder = document.module("m").file("f");
    let region = file_builder.data("aws_region", "here", block! {}).add();
    file_builder
        .resource("aws_vpc", "x", block! {})
        .depends_on(&region)
        .for_each(block! { "${k}": Value::from(Expr::EachKey) })
        .create_before_destroy()
        .prevent_destroy()
        .ignore_changes(&["tags[\"x\"]"])
        .us_east_1()
        .add();
    let written = file(&rendered(&document), "modules/m/f.tf.json");
    let expected = json!({
        "depends_on": ["data.aws_region.here"],
        "for_each": { "$${k}": "${each.key}" },
        "lifecycle": {
            "create_before_destroy": true, "prevent_destroy": true, "ignore_changes": ["tags[\"x\"]"],
        },
        "provider": "aws.us_east_1",
    });
    assert_eq!(written["resource"]["aws_vpc"]["x"], expected);
    assert_eq!(written["data"]["aws_region"]["here"], json!({}));
}
