//! Tests of what stands outside, and of the edges to it.
use crate::connect::graph::{Graph, INTERNET};
use crate::connect::{Grant, Reach};
use crate::schema::schema;
use crate::testing::{addresses, document, found, found_in, platform, resource};
use platgen_source::json::{self, json};
use pretty_assertions::assert_eq;

const GROUP: &str = "security_group = \"sg-0123456789abcdef0\"";
/// Lambda runs images of private repositories only.
const IMAGE: &str = "123456789012.dkr.ecr.us-east-2.amazonaws.com/shop/sync:1";
const EGRESS: &str = "aws_vpc_security_group_egress_rule";

/// A broker of these keys, and a service and a function that connect to it.
fn broker(lines: &str) -> String {
    format!(
        "[external.broker]\nhost = \"mq.example.com\"\n{lines}\n[service.web]\nimage = \"nginx\"\n\
         uses.external.broker = \"connect\"\n[function.sync]\nimage = \"{IMAGE}\"\n\
         uses.external.broker = \"connect\"\n"
    )
}

fn grant(spec: &str, consumer: &str) -> Grant {
    let platform = platform("dev", spec);
    let mut grants = platform.connections.all().iter().filter(|grant| {
        let to_broker = grant.target.as_ref().is_some_and(|id| id.kind == "external");
        to_broker && grant.consumer.to_string() == consumer
    });
    let grant = grants.next().unwrap().clone();
    assert_eq!(grants.count(), 0);
    grant
}

fn variables(grant: &Grant) -> Vec<&str> {
    grant.variables.iter().map(|(name, _)| name.as_str()).collect()
}

/// The rules out of the service beside the one to AWS, each with peer, protocol and port.
fn ways(spec: &str) -> Vec<(String, json::Value)> {
    let document = document(spec);
    let names = addresses(&document, "network").into_iter();
    let own = names.filter(|address| {
        address.starts_with(&format!("{EGRESS}.service__web__to__"))
            && !address.ends_with("__internet__443")
    });
    own.map(|address| {
        let rule = resource(&document, "network", &address);
        let peer = match &rule["referenced_security_group_id"] {
            json::Value::Null => &rule["cidr_ipv4"],
            group => group,
        };
        let way = json!([peer, rule["ip_protocol"], rule["from_port"], rule["to_port"]]);
        (address.replace(&format!("{EGRESS}.service__web__to__"), ""), way)
    })
    .collect()
}

#[test]
fn the_way_leads_to_the_place() {
    for (lines, expected) in [
        (
            format!("port = 5671\n{GROUP}"),
            vec![("external__broker__main", json!(["sg-0123456789abcdef0", "tcp", 5671, 5671]))],
        ),
        (
            format!("port = {{ amqp = 5671, trace = \"514/udp\" }}\n{GROUP}"),
            vec![
                ("external__broker__amqp", json!(["sg-0123456789abcdef0", "tcp", 5671, 5671])),
                ("external__broker__trace", json!(["sg-0123456789abcdef0", "udp", 514, 514])),
            ],
        ),
        (
            "port = 5671\nsecurity_group = { variable = \"broker_group\" }".to_owned(),
            vec![("external__broker__main", json!(["${var.broker_group}", "tcp", 5671, 5671]))],
        ),
        (
            "port = \"53/udp\"\ncidr = [\"10.9.1.0/16\", \"192.0.2.7/32\"]".to_owned(),
            vec![
                ("10_9_0_0_16__53_udp", json!(["10.9.0.0/16", "udp", 53, 53])),
                ("192_0_2_7_32__53_udp", json!(["192.0.2.7/32", "udp", 53, 53])),
            ],
        ),
        (
            "port = { amqp = 5671, trace = \"514/udp\" }".to_owned(),
            vec![
                ("internet__514_udp", json!(["0.0.0.0/0", "udp", 514, 514])),
                ("internet__5671", json!(["0.0.0.0/0", "tcp", 5671, 5671])),
            ],
        ),
    ] {
        let expected: Vec<_> =
            expected.into_iter().map(|(name, way)| (name.to_owned(), way)).collect();
        assert_eq!(ways(&broker(&lines)), expected, "{lines}");
    }
}

#[test]
fn one_port_of_one_range_has_one_rule() {
    let other = "[external.other]\nhost = \"b.example.com\"\nport = 5671\ncidr = \"10.9.0.0/16\"\n";
    let spec = broker("port = 5671\ncidr = \"10.9.0.0/16\"");
    let spec = spec.replace("[function", "uses.external.other = \"connect\"\n[function") + other;
    let names: Vec<String> = ways(&spec).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["10_9_0_0_16__5671_tcp"]);
}

#[test]
fn nothing_of_the_other_side_is_changed() {
    let document = document(&broker(&format!("port = 5671\n{GROUP}")));
    let made = addresses(&document, "network");
    let ingress = made.iter().filter(|address| address.contains("ingress_rule"));
    assert_eq!(ingress.filter(|address| address.contains("broker")).count(), 0);
    assert!(!made.contains(&"aws_security_group.external__broker".to_owned()), "{made:?}");
}

#[test]
fn a_function_stands_where_it_gets_to_the_place() {
    for (lines, in_network) in [
        (GROUP, true),
        ("cidr = \"10.9.0.0/16\"", true),
        ("cidr = \"192.0.2.0/24\"", true),
        ("", false),
    ] {
        let platform = platform("dev", &broker(&format!("port = 5671\n{lines}")));
        let function = platform.things.get("function", "sync").unwrap();
        assert_eq!(function.in_network(), in_network, "{lines}");
    }
    let spec = broker(&format!("port = 5671\n{GROUP}")) + "network = false\n";
    assert_eq!(found(&spec), [("PG0108", "function.sync.network".to_owned())]);
}

/// Whether an edge leads out is the same to the graph, to `never` and to the check of the network.
#[test]
fn addresses_of_the_internet_are_the_internet() {
    for (lines, leaves) in [
        (GROUP, false),
        ("cidr = \"10.9.0.0/16\"", false),
        ("cidr = [\"10.9.0.0/16\", \"192.0.2.0/24\"]", true),
        ("", true),
    ] {
        let spec = broker(&format!("port = 5671\n{lines}"));
        let platform = platform("dev", &spec);
        let line = "service.web.uses.external.broker";
        let graph = Graph::of(&platform);
        let mut links = graph.links().iter().filter(|link| link.cause.to_string() == line);
        assert_eq!(links.any(|link| link.to.to_string() == INTERNET), leaves, "{lines}");
        let closed = "[network]\nnat = \"none\"\nendpoints = \"all\"\n";
        let findings = found_in("dev", &format!("{closed}{spec}"));
        assert_eq!(findings.iter().any(|(_, path)| path == line), leaves, "{findings:?}");
        let never = "[never]\nway = \"service.web => external.broker\"\n";
        assert!(
            found(&format!("{spec}{never}")).iter().any(|(_, path)| path.starts_with("never.way"))
        );
    }
}

#[test]
fn a_consumer_finds_host_and_ports() {
    let with = |lines: &str| broker(&format!("{lines}\n{GROUP}"));
    for (lines, expected) in [
        ("port = 5671", vec!["BROKER_HOST", "BROKER_PORT"]),
        ("port.amqp = 5671", vec!["BROKER_HOST", "BROKER_PORT"]),
        (
            "port = { amqp-tls = 5671, console = 15671 }",
            vec!["BROKER_HOST", "BROKER_PORT", "BROKER_AMQP_TLS_PORT", "BROKER_CONSOLE_PORT"],
        ),
    ] {
        let grant = grant(&with(lines), "service.web");
        assert_eq!(variables(&grant), expected, "{lines}");
        assert_eq!(grant.variables[0].1, "mq.example.com".into());
        assert_eq!(grant.variables[1].1, "5671".into());
        assert!(grant.task.is_empty() && grant.execution.is_empty());
    }
    let nothing = with("port = 5671").replace("= \"connect\"", "= []");
    assert_eq!(variables(&grant(&nothing, "service.web")), Vec::<&str>::new());
}

#[test]
fn a_host_may_be_a_variable_that_several_share() {
    let spec = "[external.a]\nhost = { variable = \"mq\" }\nport = 1\n[external.b]\n\
                host = { variable = \"mq\" }\nport = 2\n";
    let document = document(spec);
    assert_eq!(document.variables["mq"].description, "The host of external.a");
    assert_eq!(document.variables["mq"].default, None);
    assert_eq!(document.outputs.len(), 4);
}

#[test]
fn the_secret_is_read_by_one_of_two_edges() {
    let secret = "secret = \"login\"\n";
    for (own, reads) in [
        ("", true),
        ("uses.secret.login = \"write\"\n", true),
        ("uses.secret.login = \"read\"\n", false),
        ("uses.secret.login = \"read\"\nenv.KEY = \"{secret.login}\"\n", false),
    ] {
        let spec = broker(&format!("port = 5671\n{secret}"));
        let spec = spec.replace("[function", &format!("{own}[function")) + "[secret.login]\n";
        let grant = grant(&spec, "service.web");
        let actions: Vec<&str> =
            grant.task.iter().flat_map(|right| right.actions.clone()).collect();
        let rights =
            ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue", "kms:Decrypt"];
        let expected: &[&str] = if reads { &rights } else { &[] };
        assert_eq!(actions, expected, "{own}");
        assert_eq!(variables(&grant).contains(&"BROKER_SECRET_ARN"), reads, "{own}");
        assert_eq!(grant.reach.contains(&Reach::Interface("secretsmanager")), reads, "{own}");
        document(&spec);
        let never = "[never]\nsecret = \"service.web -> secret.login\"\n";
        assert!(
            found(&format!("{never}{spec}"))
                .iter()
                .any(|(_, path)| path.starts_with("never.secret"))
        );
    }
}

#[test]
fn faults_of_what_a_spec_says() {
    let broker = "external.broker";
    for (lines, expected) in [
        (format!("port = 1\n{GROUP}\ncidr = \"10.9.0.0/16\""), ("PG0108", "cidr")),
        ("port = 1\ncidr = []".to_owned(), ("PG0104", "cidr")),
        ("port = 1\ncidr = [\"10.0.0.0/8\", \"0.0.0.0/0\"]".to_owned(), ("PG0402", "cidr")),
        ("port = 1\ncidr = \"fd00::/8\"".to_owned(), ("PG0106", "cidr[0]")),
        ("port = 0".to_owned(), ("PG0106", "port.main")),
        ("port = {}".to_owned(), ("PG0104", "port")),
        ("port = 1\nsecurity_group = \"broker\"".to_owned(), ("PG0106", "security_group")),
        ("port = 1\nsecret = \"login\"".to_owned(), ("PG0201", "secret")),
    ] {
        let spec = format!("[external.broker]\nhost = \"mq.example.com\"\n{lines}\n");
        let (code, key) = expected;
        assert_eq!(found(&spec), [(code, format!("{broker}.{key}"))], "{lines}");
    }
    for host in ["https://mq.example.com", "mq.example.com:5671", "MQ.example.com", "mq", ""] {
        let spec = format!("[external.broker]\nhost = \"{host}\"\nport = 1\n");
        assert_eq!(found(&spec), [("PG0106", "external.broker.host".to_owned())], "{host}");
        let validator = jsonschema::validator_for(&schema()).unwrap();
        let spec = json!({
            "spec": 1,
            "platform": { "name": "shop", "region": "us-east-2" },
            "external": { "broker": { "host": host, "port": 1 } },
        });
        assert!(!validator.is_valid(&spec), "{host}");
    }
}

#[test]
fn outputs_need_an_edge() {
    let spec = broker(&format!("port = {{ amqp = 5671, console = 15671 }}\n{GROUP}"));
    let env = "env.URL = \"amqps://{external.broker.host}:{external.broker.port}\"\n";
    let with_env = spec.replace("[function", &format!("{env}[function"));
    assert_eq!(found(&with_env), []);
    let without = with_env.replacen("uses.external.broker = \"connect\"\n", "", 1);
    let missing = ("PG0204", "service.web.env.URL".to_owned());
    assert_eq!(found(&without), [missing.clone(), missing]);
    let unknown = spec.replacen("uses.external.broker", "uses.external.brokr", 1);
    assert_eq!(found(&unknown), [("PG0201", "service.web.uses.external.brokr".to_owned())]);
}
