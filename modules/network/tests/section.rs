//! Faults of `[network]`.
use super::super::existing::{RootVariable, SubnetId, VpcId};
use super::super::zones::ZoneName;
use super::super::{Nat, Vpc, check};
use super::{calling, path, reaching, service, with_edges};
use crate::connect::Reach;
use crate::testing::{compiled, findings, findings_in};
use platgen_source::diagnostics::code;
use pretty_assertions::assert_eq;

use crate::schema::schema;
use platgen_source::{Key, json};
use proptest::prelude::*;

/// What one fragment of `[network]` should find in an environment: code, path, and a part of the
/// message.
type Row<'a> = (&'a str, &'a str, &'a [(&'a str, &'a str, &'a str)]);

fn check_rows(rows: &[Row<'_>]) {
    for (environment, fragment, expected) in rows {
        let found = findings_in(environment, &format!("[network]\n{fragment}"));
        let places: Vec<_> = found.iter().map(|(code, path, _)| (*code, path.as_str())).collect();
        let wanted: Vec<_> = expected.iter().map(|(code, path, _)| (*code, *path)).collect();
        assert_eq!(places, wanted, "{fragment}: {found:#?}");
        for ((.., message), (.., part)) in found.iter().zip(*expected) {
            assert!(message.contains(part), "{fragment}: {message}");
        }
    }
}

#[test]
fn what_a_section_may_say() {
    check_rows(&[
        ("dev", "", &[]),
        ("prod", "", &[]),
        ("dev", "cidr = \"10.36.0.0/16\"\nzones = 2\nnat = \"single\"\nendpoints = []", &[]),
        ("dev", "flow_logs = \"30d\"\nendpoints = \"all\"", &[]),
        ("dev", "flow_logs = { retention = \"365d\", traffic = \"reject\" }", &[]),
        ("prod", "zones = [\"us-east-2c\", \"us-east-2a\"]\nnat = \"none\"", &[]),
    ]);
}

#[test]
fn faults_of_addresses() {
    let path = "network.cidr";
    check_rows(&[
        ("dev", "cidr = \"10.0.0.0/8\"", &[(code::ADDRESS_RANGE.id, path, "larger than a VPC")]),
        ("dev", "cidr = \"10.0.0.0/24\"", &[(code::ADDRESS_RANGE.id, path, "too small")]),
        ("dev", "cidr = \"10.0.0.1/16\"", &[(code::ADDRESS_RANGE.id, path, "does not begin")]),
        ("dev", "cidr = \"fd00::/56\"", &[(code::MALFORMED.id, path, "no range of IPv4")]),
        ("dev", "cidr = 10", &[(code::WRONG_TYPE.id, path, "a range of IPv4")]),
    ]);
}

#[test]
fn remedies_of_addresses_are_ranges_that_work() {
    for (range, remedy) in [
        ("10.9.0.1/16", "write 10.9.0.0/16"),
        ("10.9.0.0/8", "write 10.9.0.0/16"),
        ("10.9.9.0/26", "write 10.9.8.0/23 or wider, up to /16"),
    ] {
        let text = format!("[network]\ncidr = \"{range}\"");
        let compiled = compiled("dev", &text, &crate::files::MemoryFiles::default());
        let help: Vec<_> = compiled.findings.iter().flat_map(|finding| &finding.help).collect();
        assert_eq!(help, [remedy]);
    }
}

#[test]
fn faults_of_zones() {
    let zones = "network.zones";
    let first = "network.zones[0]";
    check_rows(&[
        ("dev", "zones = 1", &[(code::OUT_OF_RANGE.id, zones, "not between 2 and 6")]),
        ("dev", "zones = 4", &[(code::LIMIT.id, zones, "knows 3 in us-east-2")]),
        ("dev", "zones = \"us-east-2a\"", &[(code::WRONG_TYPE.id, zones, "a number of zones")]),
        ("dev", "zones = [\"us-east-2a\"]", &[(code::OUT_OF_RANGE.id, zones, "at least two")]),
        (
            "dev",
            "zones = [\"us-west-2a\", \"us-east-2b\"]",
            &[(code::CONFLICT.id, first, "no zone of the platform's region us-east-2")],
        ),
        (
            "dev",
            "zones = [\"us-east-2a\", \"us-east-2b\", \"us-east-2a\"]",
            &[(code::CONFLICT.id, "network.zones[2]", "twice")],
        ),
        (
            "dev",
            "zones = [\"us-east-2-chi-1a\", \"us-east-2z\"]",
            &[
                (code::MALFORMED.id, first, "us-east-2-chi-1a"),
                (code::MALFORMED.id, "network.zones[1]", "us-east-2z"),
            ],
        ),
    ]);
}

#[test]
fn faults_of_the_other_keys() {
    check_rows(&[
        ("dev", "nat = \"per_zone\"", &[(code::UNKNOWN_WORD.id, "network.nat", "`per_zone`")]),
        ("prod", "nat = \"single\"", &[(code::WEAKENED.id, "network.nat", "all zones")]),
        (
            "dev",
            "flow_logs.retention = \"8d\"",
            &[(code::UNKNOWN_WORD.id, "network.flow_logs.retention", "`8d`")],
        ),
        (
            "dev",
            "endpoints = [\"s3\", \"cognito-idp\", \"sqss\"]",
            &[
                (code::IMPOSSIBLE.id, "network.endpoints[1]", "user pools"),
                (code::UNKNOWN_WORD.id, "network.endpoints[2]", "`sqss`"),
            ],
        ),
    ]);
}

#[test]
fn faults_of_a_vpc_that_is_there() {
    let subnets = r#"["subnet-0123456789abcdef0", "subnet-01234567"]"#;
    let vpc = r#"existing.vpc = "vpc-0123456789abcdef0""#;
    let fragments = [
        (format!("{vpc}\nexisting.private = {subnets}"), vec![]),
        (
            format!("{vpc}\nexisting.private = {subnets}\ncidr = \"10.0.0.0/16\"\nzones = 2"),
            vec![(code::CONFLICT.id, "network.cidr"), (code::CONFLICT.id, "network.zones")],
        ),
        (vpc.to_owned(), vec![(code::OUT_OF_RANGE.id, "network.existing.private")]),
        (
            format!("{vpc}\nexisting.private = [\"subnet-01234567\", \"subnet-01234567\"]"),
            vec![(code::CONFLICT.id, "network.existing.private[1]")],
        ),
        (
            format!("{vpc}\nexisting.private = {subnets}\nendpoints = [\"sqs\", \"s3\"]"),
            vec![(code::IMPOSSIBLE.id, "network.endpoints[1]")],
        ),
        (
            format!("existing.vpc = {{ variable = \"Vpc\" }}\nexisting.private = {subnets}"),
            vec![(code::MALFORMED.id, "network.existing.vpc.variable")],
        ),
        (
            format!("existing.vpc = \"vpc-xyz\"\nexisting.private = {subnets}"),
            vec![(code::MALFORMED.id, "network.existing.vpc")],
        ),
    ];
    for (fragment, expected) in fragments {
        let found = findings(&format!("[network]\n{fragment}"));
        let places: Vec<_> = found.iter().map(|(code, path, _)| (*code, path.as_str())).collect();
        assert_eq!(places, expected, "{fragment}");
    }
}

#[test]
fn an_environment_replaces_a_number_of_zones_by_a_list_and_a_value_by_a_variable() {
    let text = r#"
        [network]
        zones = 3
        endpoints = "all"
        [environment.dev.network]
        zones = ["us-east-2b", "us-east-2c"]
        endpoints = ["sqs"]
    "#;
    assert_eq!(findings(text), []);
}

#[test]
fn without_nat_every_way_needs_an_endpoint() {
    let grants = || {
        vec![
            reaching("internet", &[Reach::Internet(Some(443)), Reach::Internet(Some(80))]),
            reaching("queue", &[Reach::Interface("sqs"), Reach::Gateway("s3")]),
        ]
    };
    let found = |network: &str, nat: Nat| {
        let mut platform = with_edges(network, grants());
        let Vpc::Made(made) = &mut platform.network.vpc else { panic!("the VPC is made") };
        made.nat = nat;
        let findings = check(&platform);
        let row = |finding: &platgen_source::diagnostics::Diagnostic| {
            (finding.code.id, finding.path().cloned(), finding.message.clone())
        };
        findings.iter().map(row).collect::<Vec<_>>()
    };
    assert_eq!(found("", Nat::Single), []);
    let internet = (
        code::IMPOSSIBLE.id,
        Some(path("service.web.uses.internet")),
        "`service.web` goes to the internet, but network.nat is \"none\"".to_owned(),
    );
    let sqs = (
        code::IMPOSSIBLE.id,
        Some(path("service.web.uses.queue")),
        "`service.web` talks to AWS services (sqs) that the network has no way to: network.nat is \
         \"none\", and they have no endpoints"
            .to_owned(),
    );
    let all = "[network]\nendpoints = \"all\"\n";
    assert_eq!(found(all, Nat::None), vec![internet.clone()]);
    assert_eq!(found("", Nat::None), vec![internet, sqs]);
}

#[test]
fn a_group_takes_sixty_rules() {
    let ports = |count: u16| -> Vec<(String, u16)> {
        (1..=count).map(|port| (format!("p{port}"), port)).collect()
    };
    for (count, codes) in [(60, vec![]), (61, vec![code::LIMIT.id, code::LIMIT.id])] {
        let ports = ports(count);
        let ports: Vec<_> = ports.iter().map(|(name, port)| (name.as_str(), *port)).collect();
        let platform = with_edges("", vec![calling(&service("orders"), "orders", &ports)]);
        let found: Vec<_> = check(&platform).iter().map(|finding| finding.code.id).collect();
        assert_eq!(found, codes, "{count} rules");
    }
}

#[test]
fn editors_see_the_same_sections_as_the_reader() {
    let validator = jsonschema::validator_for(&schema()).unwrap();
    let spec = |network: json::Value| {
        let platform = json::json!({ "name": "shop", "region": "us-east-2" });
        json::json!({ "spec": 1, "platform": platform, "network": network })
    };
    for network in [
        json::json!({ "zones": 2, "endpoints": "all", "flow_logs": "7d" }),
        json::json!({ "zones": ["us-east-2a"], "endpoints": ["s3"], "cidr": "10.0.0.0/16" }),
        json::json!({ "existing": { "vpc": { "variable": "vpc_id" }, "private": ["subnet-01234567"] } }),
    ] {
        assert!(validator.is_valid(&spec(network.clone())), "{network}");
    }
    for network in [
        json::json!({ "zones": 1 }),
        json::json!({ "zones": "us-east-2a" }),
        json::json!({ "endpoints": ["cognito-idp"] }),
        json::json!({ "flow_logs": "8d" }),
        json::json!({ "cidr": "10.0.0.0/33" }),
        json::json!({ "existing": { "private": [] } }),
    ] {
        assert!(!validator.is_valid(&spec(network.clone())), "{network}");
    }
}

/// Whether the pattern of a type, as JSON Schema takes it, fits a text.
fn fits<T: Key>(text: &str) -> bool {
    let schema = json::json!({ "pattern": T::PATTERN.unwrap() });
    jsonschema::is_valid(&schema, &json::json!(text))
}

proptest! {
    #[test]
    fn patterns_and_checks_agree(
        text in "(vpc-|subnet-|us-east-2|eu-west-)?[0-9a-z_]{0,17}|[a-z_]{1,3}[a-z0-9_]{58,64}",
    ) {
        prop_assert_eq!(fits::<ZoneName>(&text), ZoneName::new(&text).is_some());
        prop_assert_eq!(fits::<VpcId>(&text), VpcId::new(&text).is_some());
        prop_assert_eq!(fits::<SubnetId>(&text), SubnetId::new(&text).is_some());
        prop_assert_eq!(fits::<RootVariable>(&text), RootVariable::new(&text).is_some());
    }
}
