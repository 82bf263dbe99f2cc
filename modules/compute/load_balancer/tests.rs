//! Tests of load balancers: what is found, and what they become.
use super::{AwsName, BalancerArn};
use crate::network::existing::SecurityGroupId;
use crate::testing::{
    WITH_DOMAIN, addresses, document, document_in, findings_in, found, only, resource,
};
use platgen_source::Key;
use platgen_source::json::{Value, json};
use pretty_assertions::assert_eq;
use proptest::prelude::*;

/// A service with routes.
fn service(name: &str, more: &str) -> String {
    format!(
        "\n[service.{name}]\nimage = \"public.ecr.aws/nginx/nginx:1.29\"\nport = 8080\n{more}\n"
    )
}

#[test]
fn a_route_makes_the_public_load_balancer() {
    let document = document(&service("web", "route.main = \"/*\""));
    let balancer = resource(&document, "compute", "aws_lb.public");
    assert_eq!(balancer["name"], "dev-shop-public");
    assert_eq!(balancer["load_balancer_type"], "application");
    assert_eq!(balancer["internal"], false);
    assert_eq!(balancer["enable_deletion_protection"], false);
    assert_eq!(balancer["drop_invalid_header_fields"], true);
    assert_eq!(balancer["idle_timeout"], 60);
    assert_eq!(balancer["access_logs"], Value::Null);
    let listener = resource(&document, "compute", "aws_lb_listener.load_balancer__public__http");
    assert_eq!(listener["port"], 80);
    let action = only(&listener["default_action"]);
    assert_eq!(action["type"], "fixed-response");
    assert_eq!(only(&action["fixed_response"])["status_code"], "404");
    let compute = addresses(&document, "compute");
    assert!(!compute.iter().any(|address| address.contains("acm") || address.contains("route53")));
    let network = addresses(&document, "network");
    for rule in [
        "aws_security_group.load_balancer__public",
        "aws_vpc_security_group_ingress_rule.load_balancer__public__from__internet__http",
        "aws_vpc_security_group_egress_rule.load_balancer__public__to__service__web__http",
        "aws_vpc_security_group_ingress_rule.load_balancer__public__to__service__web__http",
    ] {
        assert!(network.contains(&rule.to_owned()), "{rule} is not among {network:#?}");
    }
}

#[test]
fn production_protects_it_and_logs_its_requests() {
    let document =
        document_in("prod", &format!("{WITH_DOMAIN}{}", service("web", "route.main = \"/*\"")));
    let balancer = resource(&document, "compute", "aws_lb.public");
    assert_eq!(balancer["enable_deletion_protection"], true);
    let logs = only(&balancer["access_logs"]);
    assert_eq!((&logs["prefix"], &logs["enabled"]), (&json!("lb/public"), &json!(true)));
}

#[test]
fn a_domain_brings_https_a_certificate_and_records() {
    let routes = r#"
route.main = "/*"
route.admin = { host = "admin.{platform.domain}" }
route.shops = { host = ["*.shops.example.com", "a.shops.example.com"] }
"#;
    let document = document(&format!("{WITH_DOMAIN}{}", service("web", routes)));
    let https = resource(&document, "compute", "aws_lb_listener.load_balancer__public__https");
    assert_eq!(https["port"], 443);
    assert_eq!(https["ssl_policy"], "ELBSecurityPolicy-TLS13-1-2-Res-2021-06");
    assert_eq!(
        https["certificate_arn"],
        "${aws_acm_certificate_validation.public.certificate_arn}"
    );
    let http = resource(&document, "compute", "aws_lb_listener.load_balancer__public__http");
    let redirect = only(&only(&http["default_action"])["redirect"]);
    assert_eq!((&redirect["port"], &redirect["protocol"]), (&json!("443"), &json!("HTTPS")));
    let certificate = resource(&document, "compute", "aws_acm_certificate.public");
    assert_eq!(certificate["domain_name"], "shop.example.com");
    assert_eq!(
        certificate["subject_alternative_names"],
        json!(["*.shops.example.com", "admin.shop.example.com"])
    );
    let zone = resource(&document, "compute", "data.aws_route53_zone.main");
    assert_eq!(zone["name"], "example.com");
    let records = resource(&document, "compute", "aws_route53_record.public__hosts");
    let hosts: Vec<&String> = records["for_each"].as_object().unwrap().keys().collect();
    assert_eq!(hosts, ["a.shops.example.com", "admin.shop.example.com", "shop.example.com"]);
    let validation = resource(&document, "compute", "aws_route53_record.public__validation");
    assert_eq!(validation["allow_overwrite"], true);
    let rule = resource(&document, "compute", "aws_lb_listener_rule.web__main");
    assert_eq!(rule["listener_arn"], "${aws_lb_listener.load_balancer__public__https.arn}");
}

#[test]
fn an_internal_one_stands_in_private_subnets_and_speaks_https_only_with_a_domain() {
    let toml = |more: &str| {
        let route = "route.main = { path = \"/*\", via = \"inside\" }";
        format!(
            "{WITH_DOMAIN}[load_balancer.inside]\ninternal = true\n{more}{}",
            service("web", route)
        )
    };
    let document = document(&toml(""));
    let balancer = resource(&document, "compute", "aws_lb.inside");
    assert_eq!(balancer["internal"], true);
    assert!(balancer["subnets"].to_string().contains("private"), "{balancer}");
    let compute = addresses(&document, "compute");
    assert!(compute.contains(&"aws_lb_listener.load_balancer__inside__http".to_owned()));
    assert!(
        !compute.iter().any(|address| address.contains("acm") || address.contains("aws_lb.public"))
    );
    let rule = "aws_vpc_security_group_ingress_rule.load_balancer__inside__from__network__http";
    assert!(addresses(&document, "network").contains(&rule.to_owned()));
    let with_domain = self::document(&toml("domain = \"inside.example.com\"\n"));
    let compute = addresses(&with_domain, "compute");
    assert!(compute.contains(&"aws_lb_listener.load_balancer__inside__https".to_owned()));
    let records = resource(&with_domain, "compute", "aws_route53_record.inside__hosts");
    assert_eq!(records["for_each"], json!({ "inside.example.com": "inside.example.com" }));
}

#[test]
fn one_that_is_made_elsewhere_is_asked_for() {
    let arn = "arn:aws:elasticloadbalancing:us-east-2:123456789012:loadbalancer/app/demo/5ea280ee3a7eff37";
    let web = service("web", "route.main = \"/*\"");
    let document = document(&format!("[load_balancer.public]\nexisting = \"{arn}\"\n{web}"));
    let balancer = resource(&document, "network", "data.aws_lb.public");
    assert_eq!(balancer["arn"], arn);
    let address = "data.aws_lb_listener.load_balancer__public__shared";
    let listener = resource(&document, "compute", address);
    assert_eq!((&listener["load_balancer_arn"], &listener["port"]), (&json!(arn), &json!(443)));
    assert!(!addresses(&document, "compute").iter().any(|address| address.starts_with("aws_lb.")));
    let rule = "aws_vpc_security_group_ingress_rule.load_balancer__public__to__service__web__http";
    let rule = resource(&document, "network", rule);
    assert_eq!(
        rule["referenced_security_group_id"],
        "${tolist(data.aws_lb.public.security_groups)[0]}"
    );

    let group = "sg-0123456789abcdef0";
    let existing =
        format!("existing = {{ arn = \"{arn}\", port = 8443, security_group = \"{group}\" }}");
    let document = self::document(&format!("[load_balancer.public]\n{existing}\n{web}"));
    assert_eq!(resource(&document, "compute", address)["port"], 8443);
    let rule = "aws_vpc_security_group_ingress_rule.load_balancer__public__to__service__web__http";
    assert_eq!(resource(&document, "network", rule)["referenced_security_group_id"], group);
    let url = platgen_terraform::render(&document, platgen_terraform::schema::Schema::embedded());
    let outputs = String::from_utf8(url["outputs.tf.json"].clone()).unwrap();
    assert!(outputs.contains(":8443"), "{outputs}");
}

#[test]
fn a_network_load_balancer_has_a_listener_for_each_route() {
    let toml = r#"
[load_balancer.edge]
type = "network"
[service.game]
image = "public.ecr.aws/nginx/nginx:1.29"
port = { play = "8080/udp", rpc = "9000/tcp", http = 80 }
route.datagrams = { via = "edge", listen = "7777/udp", port = "play" }
route.calls = { via = "edge", port = "rpc", from = "198.51.100.0/24" }
route.asked = { via = "edge", port = "http", health = "/healthz" }
"#;
    let document = document(toml);
    let balancer = resource(&document, "compute", "aws_lb.edge");
    assert_eq!(balancer["load_balancer_type"], "network");
    assert_eq!(balancer["idle_timeout"], Value::Null);
    let datagrams = resource(&document, "compute", "aws_lb_listener.service__game__datagrams");
    assert_eq!((&datagrams["port"], &datagrams["protocol"]), (&json!(7777), &json!("UDP")));
    let calls = resource(&document, "compute", "aws_lb_listener.service__game__calls");
    assert_eq!((&calls["port"], &calls["protocol"]), (&json!(9000), &json!("TCP")));
    assert_eq!(calls["tcp_idle_timeout_seconds"], 350);
    for (route, protocol, port) in [
        ("datagrams", "TCP", "80"),
        ("calls", "TCP", "traffic-port"),
        ("asked", "HTTP", "traffic-port"),
    ] {
        let address = format!("aws_lb_target_group.game__{route}");
        let check = only(&resource(&document, "compute", &address)["health_check"]);
        assert_eq!(
            (&check["protocol"], &check["port"]),
            (&json!(protocol), &json!(port)),
            "{route}"
        );
    }
    let network = addresses(&document, "network");
    for rule in [
        "load_balancer__edge__from__internet__udp_7777",
        "load_balancer__edge__from__198_51_100_0_24__tcp_9000",
        "load_balancer__edge__to__service__game__play",
        "load_balancer__edge__to__service__game__http",
    ] {
        let address = format!("aws_vpc_security_group_ingress_rule.{rule}");
        assert!(network.contains(&address), "{address} is not among {network:#?}");
    }
}

#[test]
fn what_is_wrong_with_a_load_balancer_is_found() {
    let arn = "arn:aws:elasticloadbalancing:us-west-2:123456789012:loadbalancer/app/demo/5ea280ee3a7eff37";
    let elsewhere = format!("existing = \"{arn}\"\ninternal = true\naws_name = \"x\"");
    for (keys, expected) in [
        ("", &[][..]),
        ("idle_timeout = \"2h\"", &[("PG0104", "idle_timeout")]),
        ("type = \"network\"\nidle_timeout = \"30s\"", &[("PG0104", "idle_timeout")]),
        ("type = \"network\"\naccess_logs = true", &[("PG0108", "access_logs")]),
        ("domain = \"a.example.com\"", &[("PG0108", "domain")]),
        ("aws_name = \"internal-x\"", &[("PG0106", "aws_name")]),
        ("aws_name = \"two\"", &[("PG0404", "aws_name")]),
        ("existing = \"arn:aws:s3:::x\"", &[("PG0106", "existing.arn")]),
        (
            &elsewhere,
            &[
                ("PG0108", "internal"),
                ("PG0108", "aws_name"),
                ("PG0401", "existing.arn"),
                ("PG0508", "existing"),
            ],
        ),
    ] {
        let toml = format!("[load_balancer.a]\naws_name = \"two\"\n[load_balancer.edge]\n{keys}\n");
        let expected: Vec<_> = expected
            .iter()
            .map(|(code, key)| (*code, format!("load_balancer.edge.{key}")))
            .collect();
        assert_eq!(found(&toml), expected, "{keys}");
    }
}

#[test]
fn a_domain_must_be_a_name_in_the_zone() {
    for (domain, expected) in [
        ("api.{platform.domain}", &[][..]),
        ("example.com", &[]),
        ("api.example.org", &[("PG0401", "load_balancer.b.domain".to_owned())][..]),
        ("notexample.com", &[("PG0401", "load_balancer.b.domain".to_owned())]),
        ("a b", &[("PG0106", "load_balancer.b.domain".to_owned())]),
        ("{platform.domain}", &[("PG0404", "load_balancer.b".to_owned())]),
    ] {
        let toml =
            format!("{WITH_DOMAIN}[load_balancer.a]\n[load_balancer.b]\ndomain = \"{domain}\"\n");
        assert_eq!(found(&toml), expected, "{domain}");
    }
}

#[test]
fn names_that_are_too_long_are_cut_and_said() {
    let long = "[load_balancer.a-rather-long-name-for-a-thing]\n";
    let path = "load_balancer.a-rather-long-name-for-a-thing".to_owned();
    assert_eq!(found(long), [("PG0501", path)]);
    assert_eq!(found(&format!("{long}aws_name = \"short\"\n")), []);
    let document = document(long);
    let name =
        resource(&document, "compute", "aws_lb.a_rather_long_name_for_a_thing")["name"].clone();
    assert_eq!(name.as_str().unwrap().len(), 32);
}

#[test]
fn names_that_aws_keeps_for_itself_are_found() {
    let toml = "spec = 1\n[platform]\nname = \"shop\"\nregion = \"us-east-2\"\n[environment.internal]\n\
                profile = \"development\"\n[load_balancer.a]\n";
    let found = findings_in("internal", toml);
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].0, found[0].1.as_str()), ("PG0401", "load_balancer.a"));
}

#[test]
fn production_is_told_what_it_gives_up() {
    let web = service("web", "route.main = \"/*\"\nscale = { min = 2, max = 4 }");
    let keys = "[load_balancer.public]\nprotected = false\naccess_logs = false\n";
    let codes = |toml: &str| {
        let found = findings_in("prod", toml).into_iter();
        found.map(|(code, path, _)| (code, path)).collect::<Vec<_>>()
    };
    assert_eq!(
        codes(&format!("{keys}{web}")),
        [
            ("PG0502", "load_balancer.public.protected".to_owned()),
            ("PG0502", "load_balancer.public.access_logs".to_owned()),
            ("PG0503", "platform".to_owned()),
        ]
    );
    assert_eq!(codes(&format!("{WITH_DOMAIN}{web}")), []);
}

#[test]
fn an_existing_network_must_have_subnets_for_it() {
    let subnet = |digit: &str| format!("\"subnet-{}\"", digit.repeat(17));
    let existing = |public: &str| {
        let (vpc, private) = ("1".repeat(17), [subnet("a"), subnet("b")].join(", "));
        format!("[network]\nexisting = {{ vpc = \"vpc-{vpc}\", private = [{private}]{public} }}\n")
    };
    let balancers = "[load_balancer.a]\n[load_balancer.b]\ntype = \"network\"\n";
    let fault = ("PG0401", "network.existing.public".to_owned());
    let one = format!(", public = [{}]", subnet("c"));
    let two = format!(", public = [{}, {}]", subnet("c"), subnet("d"));
    for (public, expected) in [("", 2), (&one, 1), (&two, 0)] {
        let found = found(&format!("{}{balancers}", existing(public)));
        let faults = found.iter().filter(|finding| **finding == fault).count();
        assert_eq!(faults, expected, "{public}");
    }
}

#[test]
fn outputs_name_it_in_the_environment_of_others() {
    let env = "env = { A = \"{load_balancer.public.url}/x\", B = \"{load_balancer.public.dns}\", \
               C = \"{load_balancer.public.arn}\", D = \"{load_balancer.public.zone_id}\" }";
    let web = service("web", &format!("route.main = \"/*\"\n{env}"));
    let document = document(&format!("{WITH_DOMAIN}{web}"));
    let schema = platgen_terraform::schema::Schema::embedded();
    let tree = platgen_terraform::render(&document, schema);
    let file = String::from_utf8(tree["modules/compute/service.web.tf.json"].clone()).unwrap();
    for text in [
        "https://shop.example.com/x",
        "aws_lb.public.dns_name",
        "aws_lb.public.arn",
        "aws_lb.public.zone_id",
    ] {
        assert!(file.contains(text), "{text} is not in {file}");
    }
}

/// Whether JSON Schema takes a text for a type.
fn fits<T: Key>(text: &str) -> bool {
    jsonschema::is_valid(&json!({ "pattern": T::PATTERN.unwrap() }), &json!(text))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn patterns_and_checks_of_texts_agree(
        name in "(internal)?[aZ0-]{0,33}",
        group in "(sg-)?[0-9a-g]{7,9}|sg-[0-9a-f]{16,18}",
        arn in "arn:aws(-cn|-x)?:elasticloadbalancing:[a-z-]{0,3}:[0-9]{11,12}:loadbalancer/(app|net)/[a-z_]{0,3}/[0-9a-f]{15,16}(/[0-9])?",
    ) {
        prop_assert_eq!(AwsName::new(&name).is_some(), fits::<AwsName>(&name), "{}", name);
        prop_assert_eq!(SecurityGroupId::new(&group).is_some(), fits::<SecurityGroupId>(&group));
        prop_assert_eq!(BalancerArn::new(&arn).is_some(), fits::<BalancerArn>(&arn), "{}", arn);
    }
}
