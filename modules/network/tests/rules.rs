//! Security groups and their rules.
use super::super::cidr::Ipv4Range;
use super::super::open_ports::{self, OpenPort, Source};
use super::{calling, check_arguments, lowered, path, reaching, service, with_edges};
use crate::connect::{Grant, Protocol, Reach};
use crate::kind::{Output, Thing, ThingId};
use crate::platform::Platform;
use crate::testing::{HEADER, platform, resource, verified};
use platgen_source::json::{Value as Json, json};
use platgen_terraform::{Document, Value};
use pretty_assertions::assert_eq;
use proptest::prelude::*;

const EGRESS: &str = "aws_vpc_security_group_egress_rule";
const INGRESS: &str = "aws_vpc_security_group_ingress_rule";

/// The rules of a document: file and address without the type's beginning.
fn rule_names(document: &Document) -> Vec<String> {
    let resources = document.modules["network"].resources.values();
    let rules = resources.filter_map(|resource| {
        let kind = resource.address.kind.strip_prefix("aws_vpc_security_group_")?;
        Some(format!("{}: {} {}", resource.file, kind, resource.address.name))
    });
    rules.collect()
}

fn rules_of(network: &str, grants: Vec<Grant>) -> Vec<String> {
    rule_names(&lowered(&with_edges(network, grants)))
}

#[test]
fn a_group_is_made_for_everything_that_stands_in_the_network() {
    let document = lowered(&with_edges("", Vec::new()));
    assert_eq!(
        resource(&document, "network", "aws_security_group.service__web"),
        json!({
            "description": "service.web of dev-shop",
            "lifecycle": { "create_before_destroy": true },
            "name_prefix": "dev-shop-service-web-",
            "revoke_rules_on_delete": true,
            "tags": { "Name": "dev-shop-service-web" },
            "vpc_id": "${aws_vpc.main.id}",
        })
    );
    assert_eq!(resource(&document, "network", "aws_security_group.table__carts"), Json::Null);
    assert_eq!(rule_names(&document), Vec::<String>::new());
}

#[test]
fn a_group_name_never_begins_like_an_id() {
    let text = format!("{}{}", HEADER.replace("environment.dev", "environment.sg"), super::THINGS);
    let document = lowered(&platform("sg", &text));
    let group = resource(&document, "network", "aws_security_group.service__web");
    assert_eq!(group["name_prefix"], json!("env-sg-shop-service-web-"));
}

#[test]
fn an_edge_has_a_rule_on_both_sides() {
    let grants = vec![calling(&service("orders"), "orders", &[("http", 8080)])];
    let document = lowered(&with_edges("", grants));
    let name = "service__web__to__service__orders__http";
    let both = json!({
        "description": "service.web to service.orders: http",
        "from_port": 8080,
        "ip_protocol": "tcp",
        "to_port": 8080,
    });
    let [web, orders] =
        ["web", "orders"].map(|name| format!("${{aws_security_group.service__{name}.id}}"));
    for (kind, owner, peer) in [(EGRESS, &web, &orders), (INGRESS, &orders, &web)] {
        let mut expected = both.clone();
        expected["security_group_id"] = json!(owner);
        expected["referenced_security_group_id"] = json!(peer);
        assert_eq!(resource(&document, "network", &format!("{kind}.{name}")), expected);
    }
    assert_eq!(
        rule_names(&document),
        [format!("service.web: egress_rule {name}"), format!("service.web: ingress_rule {name}")]
    );
}

#[test]
fn one_port_has_one_rule_however_many_edges_open_it() {
    let orders = service("orders");
    let grants = vec![
        calling(&orders, "orders", &[("http", 8080), ("metrics", 9090)]),
        calling(&orders, "route", &[("health", 8080)]),
    ];
    let document = lowered(&with_edges("", grants));
    let rules = document.modules["network"].resources.values();
    let http = rules.filter(|rule| rule.address.name.ends_with("__http"));
    for rule in http {
        let causes = ["service.web.uses.orders", "service.web.uses.route"].map(path);
        assert_eq!(rule.causes, causes, "{}", rule.address);
    }
    let base = "service__web__to__service__orders__";
    let mut expected = Vec::new();
    for kind in ["egress_rule", "ingress_rule"] {
        for port in ["http", "metrics"] {
            expected.push(format!("service.web: {kind} {base}{port}"));
        }
    }
    assert_eq!(rule_names(&document), expected);
}

#[test]
fn ways_out_go_to_endpoints_where_there_are_any() {
    let grants = || {
        vec![
            reaching("table", &[Reach::Gateway("dynamodb")]),
            reaching("queue", &[Reach::Interface("sqs"), Reach::Interface("kms")]),
        ]
    };
    for (network, expected) in [
        (
            "",
            vec![
                "egress_rule service__web__to__dynamodb",
                "egress_rule service__web__to__internet__443",
            ],
        ),
        (
            "[network]\nendpoints = \"all\"\n",
            vec![
                "egress_rule service__web__to__dynamodb",
                "egress_rule service__web__to__endpoints",
                "ingress_rule service__web__to__endpoints",
            ],
        ),
        ("[network]\nendpoints = []\n", vec!["egress_rule service__web__to__internet__443"]),
        (
            "[network]\nendpoints = \"sqs\"\n",
            vec![
                "egress_rule service__web__to__endpoints",
                "egress_rule service__web__to__internet__443",
                "ingress_rule service__web__to__endpoints",
            ],
        ),
    ] {
        let expected: Vec<_> = expected.iter().map(|rule| format!("service.web: {rule}")).collect();
        assert_eq!(rules_of(network, grants()), expected, "{network}");
    }
}

#[test]
fn the_arguments_of_ways_out() {
    let grants = || {
        vec![
            reaching("internet", &[Reach::Internet(Some(443)), Reach::Internet(Some(587))]),
            reaching("queue", &[Reach::Interface("sqs"), Reach::Gateway("s3")]),
        ]
    };
    let arguments = |description: &str, port: u16, peer: (&str, &str)| {
        let mut arguments = json!({
            "description": description,
            "from_port": port,
            "ip_protocol": "tcp",
            "security_group_id": "${aws_security_group.service__web.id}",
            "to_port": port,
        });
        arguments[peer.0] = json!(peer.1);
        arguments
    };
    let everywhere = ("cidr_ipv4", "0.0.0.0/0");
    let description = "service.web to the internet, and to AWS services without endpoint: sqs";
    let rule = format!("{EGRESS}.service__web__to__internet__443");
    let without = lowered(&with_edges("", grants()));
    check_arguments(&without, &[(&rule, arguments(description, 443, everywhere))]);

    let with = lowered(&with_edges("[network]\nendpoints = \"all\"\n", grants()));
    let prefix_list = ("prefix_list_id", "${aws_vpc_endpoint.s3.prefix_list_id}");
    let mail = arguments("service.web to the internet", 587, everywhere);
    check_arguments(
        &with,
        &[
            (&format!("{EGRESS}.service__web__to__internet__587"), mail),
            (
                &format!("{EGRESS}.service__web__to__s3"),
                arguments("service.web to s3", 443, prefix_list),
            ),
        ],
    );
    let ingress = resource(&with, "network", &format!("{INGRESS}.service__web__to__endpoints"));
    assert_eq!(ingress["security_group_id"], json!("${aws_security_group.endpoints.id}"));
    let consumer = json!("${aws_security_group.service__web.id}");
    assert_eq!(ingress["referenced_security_group_id"], consumer);
}

#[test]
fn every_port_covers_single_ones() {
    let grants = vec![
        reaching("internet", &[Reach::Internet(None), Reach::Internet(Some(443))]),
        reaching("queue", &[Reach::Interface("sqs")]),
    ];
    let document = lowered(&with_edges("", grants));
    let name = "service__web__to__internet__any";
    assert_eq!(rule_names(&document), [format!("service.web: egress_rule {name}")]);
    assert_eq!(
        resource(&document, "network", &format!("{EGRESS}.{name}")),
        json!({
            "cidr_ipv4": "0.0.0.0/0",
            "description": "service.web to the internet, and to AWS services without endpoint: sqs",
            "ip_protocol": "-1",
            "security_group_id": "${aws_security_group.service__web.id}",
        })
    );
}

#[test]
fn a_long_list_of_services_is_left_out_of_the_description() {
    let names = ["a", "b", "c"].map(|letter| &*Box::leak(letter.repeat(90).into_boxed_str()));
    let grants = vec![reaching("queue", &names.map(Reach::Interface))];
    let document = lowered(&with_edges("", grants));
    let rule = resource(&document, "network", &format!("{EGRESS}.service__web__to__internet__443"));
    assert_eq!(rule["description"], json!("service.web to AWS services without endpoint"));
}

/// A thing with ports that addresses reach.
struct Open {
    id: ThingId,
    ports: Vec<OpenPort>,
}

impl Thing for Open {
    fn id(&self) -> &ThingId {
        &self.id
    }

    fn output(&self, _: &[String], _: &ThingId, _: &Platform) -> Output {
        Output::Plain(Value::Null)
    }

    fn open_ports(&self, _: &Platform) -> Vec<OpenPort> {
        self.ports.clone()
    }

    fn lower(&self, _: &Platform, _: &mut Document) {}
}

fn open(name: &str, port: u16, from: Source) -> OpenPort {
    let cause = path(&format!("load_balancer.public.{name}"));
    OpenPort { name: name.to_owned(), port, protocol: Protocol::Tcp, from, cause }
}

#[test]
fn open_ports_let_addresses_in() {
    let range = |text| Source::Range(Ipv4Range::parse(text).unwrap());
    let ports = vec![
        open("https", 443, range("0.0.0.0/0")),
        open("https", 443, range("10.1.2.3/8")),
        open("admin", 443, range("10.0.0.0/8")),
        open("inner", 80, Source::Network),
        open("same", 80, range("10.36.0.0/16")),
    ];
    let thing = Open { id: service("web"), ports };
    let platform = with_edges("[network]\ncidr = \"10.36.0.0/16\"\n", Vec::new());
    let mut document = Document::default();
    super::super::lower(&platform, &mut document);
    for rule in open_ports::rules(&thing, &platform) {
        rule.lower(&mut document);
    }
    let document = verified(document);
    let base = "service.web: ingress_rule service__web__from__";
    let names = ["10_0_0_0_8__https", "internet__https", "network__inner"];
    assert_eq!(rule_names(&document), names.map(|name| format!("{base}{name}")));
    assert_eq!(
        resource(&document, "network", &format!("{INGRESS}.service__web__from__network__inner")),
        json!({
            "cidr_ipv4": "10.36.0.0/16",
            "description": "the network to service.web: inner",
            "from_port": 80,
            "ip_protocol": "tcp",
            "security_group_id": "${aws_security_group.service__web.id}",
            "to_port": 80,
        })
    );
}

fn any_reach() -> impl Strategy<Value = Reach> {
    prop_oneof![
        prop::sample::select(vec!["s3", "dynamodb"]).prop_map(Reach::Gateway),
        prop::sample::select(vec!["sqs", "kms", "s3", "cognito-idp"]).prop_map(Reach::Interface),
        prop::sample::select(vec![None, Some(443), Some(80)]).prop_map(Reach::Internet),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// AWS refuses a second rule that is equal but for its description.
    #[test]
    fn no_two_rules_are_equal(
        reaches in prop::collection::vec(prop::collection::vec(any_reach(), 0..4), 0..4),
        ports in prop::collection::vec(prop::collection::vec(1u16..4, 0..4), 0..4),
        network in prop::sample::select(vec!["", "[network]\nendpoints = \"all\"\n"]),
    ) {
        let mut grants: Vec<Grant> =
            reaches.iter().map(|reaches| reaching("internet", reaches)).collect();
        for (place, ports) in ports.iter().enumerate() {
            let names: Vec<String> = ports.iter().map(|port| format!("p{place}-{port}")).collect();
            let ports: Vec<_> = names.iter().map(String::as_str).zip(ports.iter().copied()).collect();
            grants.push(calling(&service("orders"), "orders", &ports));
        }
        let document = lowered(&with_edges(network, grants));
        let mut seen = Vec::new();
        for name in rule_names(&document) {
            let address = name.split(": ").nth(1).unwrap().replace(' ', ".");
            let mut rule = resource(&document, "network", &format!("aws_vpc_security_group_{address}"));
            rule["description"] = Json::Null;
            let rule = (address.split('.').next().unwrap().to_owned(), rule);
            prop_assert!(!seen.contains(&rule), "{name}");
            seen.push(rule);
        }
    }
}
