//! Arguments, blocks and literals against the schema.
use super::{check_file, check_resource};
use crate::block;
use crate::expr::{Address, Expr, Handle};
use crate::value::Value;

#[test]
fn arguments_must_exist_and_be_settable() {
    check_resource("aws_vpc", block! { cidr_block: "10.0.0.0/16" }, &[]);
    for (arguments, fault) in [
        (block! { cidr: 1 }, "`cidr`: no such argument"),
        (
            block! { enable_dns_hostname: true },
            "`enable_dns_hostname`: no such argument (did you mean `enable_dns_hostnames`?)",
        ),
        (block! { arn: "x" }, "`arn`: only the provider gives this a value"),
        (block! { count: 1 }, "`count`: no such argument"),
    ] {
        check_resource("aws_vpc", arguments, &[fault]);
    }
}

#[test]
fn what_is_required_must_stand_at_every_depth() {
    check_resource(
        "aws_lambda_function",
        block! { function_name: None::<&str>, vpc_config: block! { subnet_ids: ["subnet-1"] } },
        &[
            "`function_name`: the argument is missing",
            "`role`: the argument is missing",
            "`vpc_config.security_group_ids`: the argument is missing",
        ],
    );
    check_resource("aws_cloudwatch_log_delivery_destination", block! { name: "x" }, &[]);
    let missing = [
        "`default_cache_behavior`: the block is missing",
        "`enabled`: the argument is missing",
        "`origin`: the block is missing",
        "`restrictions`: the block is missing",
        "`viewer_certificate`: the block is missing",
    ];
    check_resource("aws_cloudfront_distribution", block! {}, &missing);
}

#[test]
fn literals_must_be_of_the_type() {
    for (arguments, fault) in [
        (block! { cidr_block: 10 }, "`cidr_block`: expected string, found the literal 10"),
        (block! { cidr_block: 0.5 }, "`cidr_block`: expected string, found the literal 0.5"),
        (block! { cidr_block: vec!["x"] }, "`cidr_block`: expected string, found a list"),
        (block! { cidr_block: block! {} }, "`cidr_block`: expected string, found a map"),
        (
            block! { enable_dns_support: "yes" },
            "`enable_dns_support`: expected bool, found the text \"yes\"",
        ),
        (
            block! { ipv4_netmask_length: true },
            "`ipv4_netmask_length`: expected number, found the literal true",
        ),
        (
            block! { ipv4_netmask_length: f64::NAN },
            "`ipv4_netmask_length`: NaN cannot be written as a number",
        ),
        (block! { tags: vec!["x"] }, "`tags`: expected map(string), found a list"),
        (
            block! { tags: block! { "a b": 1 } },
            "`tags[\"a b\"]`: expected string, found the literal 1",
        ),
    ] {
        check_resource("aws_vpc", arguments, &[fault]);
    }
    check_resource(
        "aws_db_subnet_group",
        block! { subnet_ids: vec![Value::from("a"), Value::from(1), Value::Null] },
        &[
            "`subnet_ids[1]`: expected string, found the literal 1",
            "`subnet_ids[2]`: null in a list",
        ],
    );
}

#[test]
fn expressions_must_convert_to_the_type() {
    let cases: [(&'static str, &'static str, &[&str]); 5] = [
        ("cidr_block", "id", &[]),
        ("enable_dns_support", "id", &[]),
        ("enable_dns_support", "enable_dns_hostnames", &[]),
        (
            "cidr_block",
            "tags",
            &[
                "module.m.aws_vpc.x: `cidr_block`: expected string, found map(string) of module.m.aws_vpc.other.tags",
            ],
        ),
        (
            "tags",
            "id",
            &[
                "module.m.aws_vpc.x: `tags`: expected map(string), found string of module.m.aws_vpc.other.id",
            ],
        ),
    ];
    for (argument, path, expected) in cases {
        check_file(
            |file| {
                let other = file.resource("aws_vpc", "other", block! {}).add();
                file.resource("aws_vpc", "x", block! { (argument): other.get(path) }).add();
            },
            expected,
        );
    }
    let joined = Expr::Call("length", vec![Value::from(vec!["a"])]);
    check_resource(
        "aws_vpc",
        block! { enable_dns_support: joined, tags: crate::template!["a", Expr::Call("abs", vec![Value::from(1)])] },
        &[
            "`enable_dns_support`: expected bool, found an expression of type number",
            "`tags`: expected map(string), found an expression of type string",
        ],
    );
}

#[test]
fn blocks_and_attributes_are_kept_apart() {
    let function = |extra: Value| match (block! { function_name: "f", role: "r" }, extra) {
        (Value::Map(mut arguments), Value::Map(extra)) => {
            arguments.extend(extra);
            Value::Map(arguments)
        }
        other => unreachable!("block! makes a map, not {other:?}"),
    };
    let one = || block! { subnet_ids: ["a"], security_group_ids: ["b"] };
    check_resource("aws_lambda_function", function(block! { vpc_config: one() }), &[]);
    check_resource("aws_lambda_function", function(block! { vpc_config: vec![one()] }), &[]);
    for (extra, fault) in [
        (
            block! { vpc_config: vec![one(), one()] },
            "`vpc_config`: found 2 blocks, at most 1 may stand here",
        ),
        (block! { vpc_config: "x" }, "`vpc_config`: a block takes a map or a list of maps"),
        (block! { vpc_config: vec!["x"] }, "`vpc_config[0]`: a block takes a map"),
        (
            block! { timeouts: vec![block! { create: "1m" }] },
            "`timeouts`: a block that stands once takes a map, found a list",
        ),
        (block! { layers: block! { a: "b" } }, "`layers`: expected list(string), found a map"),
    ] {
        check_resource("aws_lambda_function", function(extra), &[fault]);
    }
    check_resource(
        "aws_db_proxy_default_target_group",
        block! { db_proxy_name: "x", connection_pool_config: Value::List(vec![]) },
        &[],
    );
    check_resource(
        "aws_s3_bucket_versioning",
        block! { bucket: "b", versioning_configuration: Value::List(vec![]) },
        &["`versioning_configuration`: found 0 blocks, at least 1 must stand here"],
    );
}

#[test]
fn objects_of_a_list_must_have_every_key() {
    let rule = block! {
        cidr_blocks: ["10.0.0.0/8"], description: "d", from_port: 1, ipv6_cidr_blocks: Value::Null,
        prefix_list_ids: Value::Null, protocol: "tcp", security_groups: Value::Null,
        "self": Value::Null, to_port: 1,
    };
    check_resource("aws_security_group", block! { ingress: vec![rule.clone()], name: "x" }, &[]);
    check_resource(
        "aws_security_group",
        block! { egress: rule.clone(), name: "x" },
        &[
            "`egress`: expected set(object({ cidr_blocks = list(string), description = string, from_port = number, ipv6_cidr_blocks = list(string), prefix_list_ids = list(string), protocol = string, security_groups = set(string), self = bool, to_port = number })), found a map",
        ],
    );
}

#[test]
fn unknown_and_missing_keys_of_objects_are_faults() {
    check_resource(
        "aws_route_table",
        block! { vpc_id: "v", route: vec![block! {
            carrier_gateway_id: "", cidr_block: "0.0.0.0/0", core_network_arn: "",
            destination_prefix_list_id: "", egress_only_gateway_id: "", gateway: "g",
            ipv6_cidr_block: "", local_gateway_id: "", nat_gateway_id: "",
            network_interface_id: "", transit_gateway_id: "", vpc_endpoint_id: "",
        }] },
        &[
            "`route[0].gateway`: no such key (did you mean `gateway_id`?)",
            "`route[0].gateway_id`: every key must stand, null where it is not set",
            "`route[0].vpc_peering_connection_id`: every key must stand, null where it is not set",
        ],
    );
}

#[test]
fn types_must_exist() {
    check_resource(
        "aws_vpcs",
        block! { id: Handle::new("m", Address::managed("aws_vpc", "y")).get("id") },
        &[
            "provider 5.100.0 has no resource type `aws_vpcs` (did you mean `aws_vpc`?)",
            "`id`: module.m.aws_vpc.y is not declared",
        ],
    );
    check_file(
        |file| _ = file.data("aws_regionn", "x", block! {}).add(),
        &[
            "module.m.data.aws_regionn.x: provider 5.100.0 has no data source `aws_regionn` (did you mean `aws_region`?)",
        ],
    );
}

#[test]
fn what_is_deprecated_or_gone_later_is_a_fault() {
    check_resource("aws_eip", block! { domain: "vpc" }, &[]);
    check_resource(
        "aws_eip",
        block! { vpc: true },
        &["`vpc`: gone in provider 6.66.0", "`vpc`: the argument is deprecated"],
    );
    check_resource("aws_eip", block! { vpc: Value::Null }, &[]);
    check_resource(
        "aws_ecs_task_definition",
        block! { container_definitions: "[]", family: "f",
        inference_accelerator: block! { device_name: "d", device_type: "t" } },
        &["`inference_accelerator`: gone in provider 6.66.0"],
    );
    check_resource(
        "aws_cloudfront_response_headers_policy",
        block! { name: "x", etag: "e" },
        &["`etag`: read-only in provider 6.66.0"],
    );
    check_resource(
        "aws_simpledb_domain",
        block! { name: "x" },
        &["gone in provider 6.66.0", "the type aws_simpledb_domain is deprecated"],
    );
}

#[test]
fn nested_blocks_may_be_deprecated_or_gone_later_too() {
    check_resource(
        "aws_iam_role",
        block! { assume_role_policy: "{}", inline_policy: block! { name: "x" } },
        &["`inline_policy`: the block is deprecated"],
    );
    let accelerators = block! { inference_accelerator_overrides: block! { device_name: "d" } };
    check_file(
        |file| {
            let task = block! { cluster: "c", task_definition: "t", overrides: accelerators };
            file.data("aws_ecs_task_execution", "x", task).add();
        },
        &[
            "module.m.data.aws_ecs_task_execution.x: `overrides.inference_accelerator_overrides`: gone in provider 6.66.0",
            "module.m.data.aws_ecs_task_execution.x: `overrides.inference_accelerator_overrides`: the block is deprecated",
        ],
    );
}

#[test]
fn a_text_that_looks_like_a_reference_is_a_fault() {
    for text in [
        "aws_vpc.main.id",
        "data.aws_region.here.name",
        "local.a",
        "module.m.x",
        "aws_vpc.a[\"k\"].id",
    ] {
        let fault = format!(
            "module.m.aws_vpc.x: `cidr_block`: the text {text:?} looks like a reference, and is none"
        );
        check_file(
            |file| {
                file.local("a", 1);
                file.resource("aws_vpc", "x", block! { cidr_block: text }).add();
            },
            &[&fault],
        );
    }
    let others =
        ["data.example.com", "local.other", "module", "var.x", "see aws_vpc.main for more"];
    for text in others {
        check_resource("aws_vpc", block! { cidr_block: text }, &[]);
    }
}
