//! What a network becomes: VPC, subnets, gateways, routes, flow logs, endpoints, the logs key.
use super::super::{Tier, Vpc};
use super::{THINGS, check_arguments, lowered, reaching, with_edges};
use crate::connect::Reach;
use crate::testing::{addresses, document, document_in, platform, resource};
use platgen_source::json::json;
use pretty_assertions::assert_eq;

/// The addresses of a network that begin with one of these.
fn of_types(network: &str, types: &[&str]) -> Vec<String> {
    let document = document(&format!("[network]\n{network}"));
    let mut all = addresses(&document, "network");
    all.retain(|address| types.iter().any(|start| address.starts_with(&format!("{start}."))));
    all
}

#[test]
fn every_part_has_an_address_that_comes_from_its_zone() {
    let expected = [
        "aws_default_security_group.main",
        "aws_eip.nat_a",
        "aws_internet_gateway.main",
        "aws_nat_gateway.nat_a",
        "aws_route.private_a_internet",
        "aws_route.private_b_internet",
        "aws_route.public_internet",
        "aws_route_table.database",
        "aws_route_table.private_a",
        "aws_route_table.private_b",
        "aws_route_table.public",
        "aws_route_table_association.database_a",
        "aws_route_table_association.database_b",
        "aws_route_table_association.private_a",
        "aws_route_table_association.private_b",
        "aws_route_table_association.public_a",
        "aws_route_table_association.public_b",
        "aws_subnet.database_a",
        "aws_subnet.database_b",
        "aws_subnet.private_a",
        "aws_subnet.private_b",
        "aws_subnet.public_a",
        "aws_subnet.public_b",
        "aws_vpc.main",
        "aws_vpc_endpoint.dynamodb",
        "aws_vpc_endpoint.s3",
        "aws_flow_log.main",
        "aws_cloudwatch_log_group.flow_logs",
        "aws_iam_role.flow_logs",
        "aws_iam_role_policy.flow_logs",
        "aws_kms_key.logs",
        "aws_kms_alias.logs",
    ];
    let mut expected: Vec<String> = expected.map(str::to_owned).to_vec();
    expected.sort();
    let mut found = addresses(&document("[network]"), "network");
    found.retain(|address| !address.starts_with("data."));
    found.sort();
    assert_eq!(found, expected);
}

#[test]
fn more_zones_and_more_gateways_change_no_address_that_is_there() {
    let small = addresses(&document("[network]"), "network");
    for larger in ["zones = 3", "nat = \"per-zone\"", "zones = 3\nnat = \"per-zone\""] {
        let large = addresses(&document(&format!("[network]\n{larger}")), "network");
        assert!(small.iter().all(|address| large.contains(address)), "{larger}");
    }
}

#[test]
fn nat_gateways_follow_the_choice() {
    let gateways = ["aws_nat_gateway", "aws_eip"];
    for (choice, expected) in [
        ("nat = \"none\"", vec![]),
        ("nat = \"single\"", vec!["aws_eip.nat_a", "aws_nat_gateway.nat_a"]),
        (
            "nat = \"per-zone\"\nzones = [\"us-east-2c\", \"us-east-2b\"]",
            vec![
                "aws_eip.nat_b",
                "aws_eip.nat_c",
                "aws_nat_gateway.nat_b",
                "aws_nat_gateway.nat_c",
            ],
        ),
    ] {
        assert_eq!(of_types(choice, &gateways), expected, "{choice}");
    }
    let without = of_types("nat = \"none\"", &["aws_route"]);
    assert_eq!(without, ["aws_route.public_internet"]);
}

#[test]
fn who_stands_in_a_subnet_comes_after_its_way_out() {
    let table = |nat: &str, subnet: &str| {
        let document = document(&format!("[network]\nnat = \"{nat}\""));
        let address = format!("aws_route_table_association.{subnet}");
        resource(&document, "network", &address)["route_table_id"].clone()
    };
    let internet = "${aws_route.public_internet.route_table_id}";
    assert_eq!(table("single", "public_b"), json!(internet));
    assert_eq!(table("none", "public_b"), json!(internet));
    let by_nat = "${aws_route.private_b_internet.route_table_id}";
    assert_eq!(table("single", "private_b"), json!(by_nat));
    assert_eq!(table("none", "private_b"), json!("${aws_route_table.private_b.id}"));
    assert_eq!(table("single", "database_b"), json!("${aws_route_table.database.id}"));
    let service = "[service.web]\nimage = \"nginx\"";
    let web = resource(&document(service), "compute", "aws_ecs_service.web");
    let subnets = &web["network_configuration"][0]["subnets"];
    assert_eq!(subnets[0], json!("${var.route_table_association_private_a_subnet_id}"));
}

#[test]
fn regions_have_their_own_letters() {
    for (region, environment, letters) in [
        ("us-east-2", "dev", "ab"),
        ("us-east-2", "prod", "abc"),
        ("ap-northeast-1", "prod", "acd"),
        ("ca-central-1", "dev", "ab"),
        ("us-west-1", "prod", "ab"),
    ] {
        let header = crate::testing::HEADER.replace("us-east-2", region);
        let platform = platform(environment, &format!("{header}[network]"));
        let Vpc::Made(made) = &platform.network.vpc else { panic!("the VPC is made") };
        let found: String = made.zones.iter().map(|zone| zone.letter()).collect();
        assert_eq!(found, letters, "{region} {environment}");
    }
}

#[test]
fn the_arguments_of_a_vpc() {
    let document = document("[network]\ncidr = \"10.36.0.0/16\"");
    check_arguments(
        &document,
        &[
            (
                "aws_vpc.main",
                json!({
                    "cidr_block": "10.36.0.0/16",
                    "enable_dns_hostnames": true,
                    "enable_dns_support": true,
                    "tags": { "Name": "dev-shop-vpc" },
                }),
            ),
            (
                "aws_subnet.private_b",
                json!({
                    "availability_zone": "us-east-2b",
                    "cidr_block": "10.36.144.0/20",
                    "map_public_ip_on_launch": false,
                    "tags": { "Name": "dev-shop-private-b" },
                    "vpc_id": "${aws_vpc.main.id}",
                }),
            ),
            (
                "aws_default_security_group.main",
                json!({
                    "egress": [],
                    "ingress": [],
                    "tags": { "Name": "dev-shop-default-locked" },
                    "vpc_id": "${aws_vpc.main.id}",
                }),
            ),
        ],
    );
}

#[test]
fn the_arguments_of_gateways_and_routes() {
    let document = document("[network]");
    check_arguments(
        &document,
        &[
            (
                "aws_nat_gateway.nat_a",
                json!({
                    "allocation_id": "${aws_eip.nat_a.id}",
                    "depends_on": ["aws_internet_gateway.main"],
                    "subnet_id": "${aws_subnet.public_a.id}",
                    "tags": { "Name": "dev-shop-nat-a" },
                }),
            ),
            (
                "aws_route.private_b_internet",
                json!({
                    "destination_cidr_block": "0.0.0.0/0",
                    "nat_gateway_id": "${aws_nat_gateway.nat_a.id}",
                    "route_table_id": "${aws_route_table.private_b.id}",
                }),
            ),
            (
                "aws_route_table_association.database_a",
                json!({
                    "route_table_id": "${aws_route_table.database.id}",
                    "subnet_id": "${aws_subnet.database_a.id}",
                }),
            ),
            (
                "aws_vpc_endpoint.s3",
                json!({
                    "route_table_ids": [
                        "${aws_route_table.private_a.id}",
                        "${aws_route_table.private_b.id}",
                        "${aws_route_table.database.id}",
                    ],
                    "service_name": "com.amazonaws.us-east-2.s3",
                    "tags": { "Name": "dev-shop-s3" },
                    "vpc_endpoint_type": "Gateway",
                    "vpc_id": "${aws_vpc.main.id}",
                }),
            ),
        ],
    );
}

#[test]
fn the_arguments_of_flow_logs() {
    let document = document("[network]\nflow_logs = \"30d\"");
    check_arguments(
        &document,
        &[
            (
                "aws_cloudwatch_log_group.flow_logs",
                json!({
                    "kms_key_id": "${aws_kms_key.logs.arn}",
                    "name": "/aws/vpc/dev-shop-flow-logs",
                    "retention_in_days": 30,
                }),
            ),
            (
                "aws_flow_log.main",
                json!({
                    "depends_on": ["aws_iam_role_policy.flow_logs"],
                    "iam_role_arn": "${aws_iam_role.flow_logs.arn}",
                    "log_destination": "${aws_cloudwatch_log_group.flow_logs.arn}",
                    "log_destination_type": "cloud-watch-logs",
                    "max_aggregation_interval": 60,
                    "tags": { "Name": "dev-shop-flow-logs" },
                    "traffic_type": "ALL",
                    "vpc_id": "${aws_vpc.main.id}",
                }),
            ),
        ],
    );
}

#[test]
fn the_logs_key_serves_the_log_groups_of_this_account_only() {
    let document = document("[network]");
    let policy = resource(&document, "network", "data.aws_iam_policy_document.logs_key");
    let statement = &policy["statement"][1];
    assert_eq!(statement["principals"][0]["identifiers"], json!(["logs.us-east-2.amazonaws.com"]));
    assert_eq!(
        statement["condition"],
        json!([{
            "test": "ArnLike",
            "variable": "kms:EncryptionContext:aws:logs:arn",
            "values": ["arn:${data.aws_partition.current.partition}:logs:us-east-2:\
                        ${data.aws_caller_identity.current.account_id}:log-group:*"],
        }])
    );
    let key = resource(&document, "network", "aws_kms_key.logs");
    assert_eq!(key["enable_key_rotation"], json!(true));
    assert_eq!(key["policy"], json!("${data.aws_iam_policy_document.logs_key.json}"));
}

#[test]
fn retention_follows_the_profile() {
    for (environment, network, days) in [
        ("dev", "[network]", 7),
        ("prod", "[network]", 90),
        ("prod", "[network]\nflow_logs = \"1d\"", 1),
    ] {
        let document = document_in(environment, network);
        let group = resource(&document, "network", "aws_cloudwatch_log_group.flow_logs");
        assert_eq!(group["retention_in_days"], json!(days), "{environment} {network}");
    }
    for (word, traffic) in [("accept", "ACCEPT"), ("reject", "REJECT"), ("all", "ALL")] {
        let document = document(&format!("[network]\nflow_logs.traffic = \"{word}\""));
        let log = resource(&document, "network", "aws_flow_log.main");
        assert_eq!(log["traffic_type"], json!(traffic));
    }
}

#[test]
fn a_platform_that_needs_no_network_gets_none() {
    let table = "[table.carts]\npartition_key = \"id\"";
    let network = |text: &str| addresses(&lowered(&platform("dev", text)), "network");
    assert_eq!(network(table), Vec::<String>::new());
    let declared = network(&format!("[network]\n{table}"));
    assert!(declared.contains(&"aws_vpc.main".to_owned()));
}

#[test]
fn endpoints_are_those_that_are_listed_or_talked_to() {
    let reach = [
        Reach::Interface("sqs"),
        Reach::Interface("ecr.api"),
        Reach::Interface("cognito-idp"),
        Reach::Gateway("s3"),
        Reach::Internet(Some(443)),
    ];
    for (network, expected) in [
        ("", "dynamodb s3"),
        ("[network]\nendpoints = []\n", ""),
        ("[network]\nendpoints = \"kms\"\n", "kms"),
        ("[network]\nendpoints = \"all\"\n", "dynamodb ecr_api s3 sqs"),
        ("[network]\nendpoints = [\"all\", \"sts\"]\n", "dynamodb ecr_api s3 sqs sts"),
        (
            "[network]\nendpoints = \"all\"\nexisting.vpc = \"vpc-01234567\"\n\
             existing.private = [\"subnet-01234567\", \"subnet-01234568\"]\n",
            "ecr_api sqs",
        ),
    ] {
        let document = lowered(&with_edges(network, vec![reaching("queue", &reach)]));
        let found: Vec<String> = addresses(&document, "network")
            .iter()
            .filter_map(|address| address.strip_prefix("aws_vpc_endpoint."))
            .map(str::to_owned)
            .collect();
        assert_eq!(found.join(" "), expected, "{network}");
    }
}

#[test]
fn the_arguments_of_endpoints() {
    let document = document("[network]\nendpoints = [\"dynamodb\", \"ecr.dkr\"]");
    assert_eq!(
        resource(&document, "network", "aws_vpc_endpoint.ecr_dkr"),
        json!({
            "private_dns_enabled": true,
            "security_group_ids": ["${aws_security_group.endpoints.id}"],
            "service_name": "com.amazonaws.us-east-2.ecr.dkr",
            "subnet_ids": [
                "${aws_route_table_association.private_a.subnet_id}",
                "${aws_route_table_association.private_b.subnet_id}",
            ],
            "tags": { "Name": "dev-shop-ecr.dkr" },
            "vpc_endpoint_type": "Interface",
            "vpc_id": "${aws_vpc.main.id}",
        })
    );
    let policy = resource(&document, "network", "data.aws_iam_policy_document.dynamodb");
    assert_eq!(policy["statement"][0]["condition"][0]["variable"], json!("aws:PrincipalAccount"));
}

#[test]
fn a_vpc_that_is_there_is_only_referred_to() {
    let network = r#"
        [network.existing]
        vpc = { variable = "vpc_id" }
        public = ["subnet-01234567", "subnet-01234568"]
        private = [{ variable = "private_a" }, { variable = "private_b" }]
    "#;
    let platform = platform("dev", &format!("{network}{THINGS}"));
    assert_eq!(platform.network.subnets(Tier::Database), platform.network.subnets(Tier::Private));
    assert_eq!(platform.network.subnets(Tier::Public).len(), 2);
    let document = lowered(&platform);
    let variables: Vec<_> = document.variables.keys().map(String::as_str).collect();
    assert_eq!(variables, ["private_a", "private_b", "vpc_id"]);
    let found = addresses(&document, "network");
    for kind in ["aws_vpc.", "aws_subnet.", "aws_route", "aws_flow_log.", "aws_nat_gateway."] {
        assert!(found.iter().all(|address| !address.starts_with(kind)), "{kind}");
    }
    let group = resource(&document, "network", "aws_security_group.service__web");
    assert_eq!(group["vpc_id"], json!("${var.vpc_id}"));
}
