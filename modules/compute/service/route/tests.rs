//! Tests of routes: what is found, and what they become.
use super::health::{HealthPath, HealthStatus};
use super::{HeaderName, Method, PathPattern, ValuePattern};
use crate::testing::{addresses, document, findings, only, resource};
use platgen_source::Key;
use platgen_source::json::{Value, json};
use pretty_assertions::assert_eq;
use proptest::prelude::*;

/// A service with these lines of its own.
fn service(name: &str, lines: &str) -> String {
    format!("\n[service.{name}]\nimage = \"public.ecr.aws/nginx/nginx:1.29\"\n{lines}\n")
}

/// The findings of one service with a port and these lines: codes, paths below the service.
fn found(lines: &str) -> Vec<(&'static str, String)> {
    let toml = format!(
        "[load_balancer.edge]\ntype = \"network\"\n{}",
        service("web", &format!("port = {{ http = 8080, dns = \"53/udp\" }}\n{lines}"))
    );
    let below = |path: String| path.trim_start_matches("service.web.").to_owned();
    findings(&toml).into_iter().map(|(code, path, _)| (code, below(path))).collect()
}

#[test]
fn a_path_is_enough() {
    let document = document(&service("web", "port = 8080\nroute.main = \"/*\""));
    let group = resource(&document, "compute", "aws_lb_target_group.web__main");
    for (argument, expected) in [
        ("target_type", json!("ip")),
        ("port", json!(8080)),
        ("protocol", json!("HTTP")),
        ("protocol_version", json!("HTTP1")),
        ("deregistration_delay", json!("30")),
        ("load_balancing_algorithm_type", json!("least_outstanding_requests")),
        ("stickiness", Value::Null),
    ] {
        assert_eq!(group[argument], expected, "{argument}");
    }
    assert_eq!(only(&group["lifecycle"])["create_before_destroy"], true);
    assert_eq!(
        only(&group["health_check"]),
        json!({
            "enabled": true, "protocol": "HTTP", "port": "traffic-port", "path": "/",
            "matcher": "200-299", "interval": 30, "timeout": 5, "healthy_threshold": 2,
            "unhealthy_threshold": 3,
        })
    );
    let rule = resource(&document, "compute", "aws_lb_listener_rule.web__main");
    let condition = only(&rule["condition"]);
    assert_eq!(only(&condition["path_pattern"])["values"], json!(["/*"]));
    let action = only(&rule["action"]);
    assert_eq!(action["type"], "forward");
    assert_eq!(action["target_group_arn"], "${aws_lb_target_group.web__main.arn}");
    let service = resource(&document, "compute", "aws_ecs_service.web");
    let block = only(&service["load_balancer"]);
    assert_eq!((&block["container_name"], &block["container_port"]), (&json!("web"), &json!(8080)));
    assert!(service["depends_on"].to_string().contains("aws_lb_listener_rule.web__main"));
}

#[test]
fn every_condition_has_its_block() {
    let route = r#"
port = 8080
[service.web.route.main]
host   = "Admin.example.com"
path   = "/a/*"
method = ["POST", "PUT"]
from   = "198.51.100.7/24"
[service.web.route.other]
path   = "/*"
header = { X-Tier = "gold" }
query  = { version = ["1", "2"] }
sticky = "1d"
"#;
    let document = document(&service("web", route));
    let conditions = |route: &str| {
        let rule = resource(&document, "compute", &format!("aws_lb_listener_rule.web__{route}"));
        rule["condition"].clone()
    };
    let text = conditions("main").to_string();
    for values in [
        r#"{"host_header":[{"values":["admin.example.com"]}]}"#,
        r#"{"path_pattern":[{"values":["/a/*"]}]}"#,
        r#"{"http_request_method":[{"values":["POST","PUT"]}]}"#,
        r#"{"source_ip":[{"values":["198.51.100.0/24"]}]}"#,
    ] {
        assert!(text.contains(values), "{values} is not in {text}");
    }
    let text = conditions("other").to_string();
    for values in [
        r#"{"http_header":[{"http_header_name":"x-tier","values":["gold"]}]}"#,
        r#"{"query_string":[{"key":"version","value":"1"},{"key":"version","value":"2"}]}"#,
    ] {
        assert!(text.contains(values), "{values} is not in {text}");
    }
    assert!(!text.contains("path_pattern"), "{text}");
    let group = resource(&document, "compute", "aws_lb_target_group.web__other");
    assert_eq!(
        only(&group["stickiness"]),
        json!({ "type": "lb_cookie", "enabled": true, "cookie_duration": 86400 })
    );
}

#[test]
fn a_sidecar_can_answer_and_health_can_be_asked_elsewhere() {
    let lines = r#"
port = { http = 8080, admin = 9000 }
health = { path = "/up", interval = "10s", status = "200,204" }
[service.web.container.nginx]
image = "public.ecr.aws/nginx/nginx:1.29"
port.proxy = "80/http"
[service.web.route]
main  = { path = "/*", port = "proxy", health = { port = "admin", healthy = 5 } }
other = { path = "/other", health = "/other/up" }
"#;
    let document = document(&service("web", lines));
    let main = resource(&document, "compute", "aws_lb_target_group.web__main");
    assert_eq!(main["port"], 80);
    let check = only(&main["health_check"]);
    assert_eq!((&check["port"], &check["path"]), (&json!("9000"), &json!("/up")));
    assert_eq!((&check["healthy_threshold"], &check["interval"]), (&json!(5), &json!(10)));
    assert_eq!(check["matcher"], "200,204");
    let other =
        only(&resource(&document, "compute", "aws_lb_target_group.web__other")["health_check"]);
    assert_eq!(other["path"], "/other/up");
    let service = resource(&document, "compute", "aws_ecs_service.web");
    let blocks = service["load_balancer"].to_string();
    assert!(blocks.contains(r#""container_name":"nginx","container_port":80"#), "{blocks}");
    let rules = addresses(&document, "network");
    for port in ["admin", "http", "proxy"] {
        let rule = "aws_vpc_security_group_ingress_rule.load_balancer__public__to__service__web";
        assert!(rules.contains(&format!("{rule}__{port}")), "{port} is not in {rules:#?}");
    }
}

#[test]
fn grpc_and_http2_need_https() {
    let lines = "port = { rpc = \"50051/grpc\", two = \"8443/http2\" }\n\
                 route.rpc = { path = \"/pkg.Service/*\", port = \"rpc\" }\n\
                 route.ask = { path = \"/ask/*\", port = \"rpc\", health = \"/grpc.health.v1.Health/Check\" }\n\
                 route.two = { path = \"/*\", port = \"two\" }";
    let toml = service("web", lines);
    let codes: Vec<_> = findings(&toml).into_iter().map(|(code, path, _)| (code, path)).collect();
    let expected =
        ["ask", "rpc", "two"].map(|route| ("PG0401", format!("service.web.route.{route}")));
    assert_eq!(codes, expected);
    let head = "spec = 1\n[platform]\nname = \"shop\"\nregion = \"us-east-2\"\n\
                domain = \"shop.example.com\"\n[environment.dev]\nprofile = \"development\"\n";
    let document = document(&format!("{head}{toml}"));
    for (route, version, path, matcher) in [
        ("rpc", "GRPC", "/AWS.ALB/healthcheck", "12"),
        ("ask", "GRPC", "/grpc.health.v1.Health/Check", "0"),
        ("two", "HTTP2", "/", "200-299"),
    ] {
        let group = resource(&document, "compute", &format!("aws_lb_target_group.web__{route}"));
        let check = only(&group["health_check"]);
        assert_eq!(group["protocol_version"], version);
        assert_eq!((&check["path"], &check["matcher"]), (&json!(path), &json!(matcher)));
    }
}

#[test]
fn the_name_of_a_target_group_fits_and_changes_with_what_cannot_change() {
    let name = |port: &str, long: &str| {
        let toml = service(&format!("web{long}"), &format!("port = {port}\nroute.main = \"/*\""));
        let document = document(&toml);
        let address = format!("aws_lb_target_group.web{}__main", long.replace('-', "_"));
        resource(&document, "compute", &address)["name"].as_str().unwrap().to_owned()
    };
    let names = [name("8080", ""), name("8081", ""), name("8080", "-of-many-many-words-at-once")];
    for name in &names {
        assert!(name.len() <= 32 && !name.contains("--"), "{name}");
        assert!(name.starts_with("dev-shop-web"), "{name}");
    }
    assert_ne!(names[0], names[1]);
}

#[test]
fn what_is_wrong_with_a_route_is_found_where_it_stands() {
    let long = format!("route.main = \"/{}\"", "a".repeat(128));
    for (lines, expected) in [
        ("route.main = \"/*\"", &[][..]),
        ("route.main = \"api\"", &[("PG0106", "route.main.path[0]")]),
        (&long, &[("PG0106", "route.main.path[0]")]),
        ("route.main = { method = \"get\" }", &[("PG0106", "route.main.method[0]")]),
        ("route.main = { host = \"localhost\" }", &[("PG0106", "route.main.host[0]")]),
        ("route.main = { host = [\"a.b\", \"a..b\"] }", &[("PG0106", "route.main.host[1]")]),
        ("route.main = { host = \"x.{platform.domain}\" }", &[("PG0106", "route.main.host[0]")]),
        ("route.main = { port = \"htpp\" }", &[("PG0201", "route.main.port")]),
        ("route.main = { port = \"dns\" }", &[("PG0401", "route.main")]),
        ("route.main = { via = \"other\" }", &[("PG0201", "route.main.via")]),
        ("route.main = { listen = 80 }", &[("PG0108", "route.main.listen")]),
        ("route.main = { sticky = \"8d\" }", &[("PG0104", "route.main.sticky")]),
        ("route.main = { priority = 50001 }", &[("PG0104", "route.main.priority")]),
        (
            "route.main = { path = [\"/1\", \"/2\", \"/3\", \"/4\", \"/5\", \"/6\"] }",
            &[("PG0405", "route.main")],
        ),
        ("route.main = { path = \"/*/*/*/*/*/*\" }", &[("PG0405", "route.main")]),
        (
            "route.main = { health = { interval = \"1s\" } }",
            &[("PG0104", "route.main.health.interval"), ("PG0401", "route.main.health")],
        ),
        ("health = { timeout = \"60s\" }\nroute.main = \"/*\"", &[("PG0401", "health")]),
        ("route.main = { health = { port = \"dns\" } }", &[("PG0401", "route.main.health")]),
        ("route.main = { health = \"up\" }", &[("PG0106", "route.main.health.path")]),
        (
            "route.main = { health = { status = \"ok\" } }",
            &[("PG0106", "route.main.health.status")],
        ),
        (
            "route.main = { via = \"edge\", path = \"/*\", sticky = \"1d\" }",
            &[("PG0108", "route.main.path"), ("PG0108", "route.main.sticky")],
        ),
        (
            "route.main = { via = \"edge\", listen = \"80/udp\" }",
            &[("PG0401", "route.main.listen")],
        ),
        (
            "route.a = \"/1\"\nroute.b = \"/2\"\nroute.c = \"/3\"\nroute.d = \"/4\"\nroute.e = \"/5\"\nroute.f = \"/6\"",
            &[("PG0405", "route")],
        ),
        ("route.a = \"/*\"\nroute.b = \"*\"", &[("PG0403", "route.b")]),
        ("route.a = [\"/a\", \"/b\"]\nroute.b = [\"/b\", \"/c\"]", &[("PG0403", "route.b")]),
        ("route.a = [\"/a\", \"/b\"]\nroute.b = { path = [\"/b\", \"/c\"], priority = 7 }", &[]),
        (
            "route.a = { path = \"/a\", priority = 7 }\nroute.b = { path = \"/b\", priority = 7 }",
            &[("PG0403", "route.b")],
        ),
        ("route.a = { path = \"/a\", method = \"GET\" }\nroute.b = \"/a\"", &[]),
        (
            "route.a = { via = \"edge\" }\nroute.b = { via = \"edge\", port = \"dns\", listen = \"8080/udp\" }",
            &[("PG0403", "route.b")],
        ),
    ] {
        let expected: Vec<_> =
            expected.iter().map(|(code, path)| (*code, (*path).to_owned())).collect();
        assert_eq!(found(lines), expected, "{lines}");
    }
}

#[test]
fn a_service_without_a_port_has_no_route() {
    let toml = service("web", "route.main = \"/*\"");
    let found = findings(&toml);
    assert_eq!((found[0].0, found[0].1.as_str()), ("PG0101", "service.web.route.main"));
    assert_eq!(found.len(), 1);
    let toml = service("web", "port = \"53/udp\"\nroute.main = { via = \"edge\" }");
    let found = findings(&format!("[load_balancer.edge]\ntype = \"network\"\n{toml}"));
    assert_eq!((found[0].0, found[0].1.as_str()), ("PG0401", "service.web.route.main.health"));
    assert_eq!(found.len(), 1);
}

#[test]
fn hosts_need_the_zone_and_a_certificate() {
    let head = "spec = 1\n[platform]\nname = \"shop\"\nregion = \"us-east-2\"\n\
                domain = \"example.com\"\n[environment.dev]\nprofile = \"development\"\n";
    let many: Vec<String> = (1..=5).map(|number| format!("\"h{number}.example.com\"")).collect();
    let more: Vec<String> = (1..=5).map(|number| format!("\"m{number}.example.com\"")).collect();
    let many = format!(
        "route.a = {{ host = [{}] }}\nroute.b = {{ host = [{}] }}",
        many.join(","),
        more.join(",")
    );
    for (lines, expected) in [
        ("route.a = { host = [\"example.com\", \"*.example.com\", \"api-*.example.com\"] }", None),
        ("route.a = { host = \"shop.example.org\" }", Some(("PG0401", "service.web.route.a.host"))),
        ("route.a = { host = \"a.*.example.com\" }", Some(("PG0401", "service.web.route.a.host"))),
        (&many, Some(("PG0405", "load_balancer.public"))),
    ] {
        let found =
            findings(&format!("{head}{}", service("web", &format!("port = 8080\n{lines}"))));
        let found: Vec<_> = found.iter().map(|(code, path, _)| (*code, path.as_str())).collect();
        assert_eq!(found, expected.into_iter().collect::<Vec<_>>(), "{lines}");
    }
}

#[test]
fn a_tie_between_services_names_both() {
    let web = service("web", "port = 8080\nroute.main = \"/*\"");
    let admin = service("admin", "port = 8080\nroute.main = \"/*\"");
    let found = findings(&format!("{web}{admin}"));
    assert_eq!(found.len(), 1);
    let (code, path, message) = &found[0];
    assert_eq!((*code, path.as_str()), ("PG0403", "service.web.route.main"));
    assert!(message.contains("service.admin.route.main"), "{message}");
}

/// Whether JSON Schema takes a text for a type.
fn fits<T: Key>(text: &str) -> bool {
    jsonschema::is_valid(&json!({ "pattern": T::PATTERN.unwrap() }), &json!(text))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn patterns_and_checks_of_texts_agree(
        text in "[/*]?[ -~é]{0,6}",
        long in "/a{126,129}|A{39,42}",
        status in "[0-9]{0,4}([,-][0-9]{0,4}){0,3}|(200,){8,11}200",
    ) {
        for text in [&text, &long] {
            prop_assert_eq!(PathPattern::new(text).is_some(), fits::<PathPattern>(text), "{}", text);
            prop_assert_eq!(Method::new(text).is_some(), fits::<Method>(text), "{}", text);
            prop_assert_eq!(HeaderName::new(text).is_some(), fits::<HeaderName>(text), "{}", text);
            prop_assert_eq!(ValuePattern::new(text).is_some(), fits::<ValuePattern>(text), "{}", text);
            prop_assert_eq!(HealthPath::new(text).is_some(), fits::<HealthPath>(text), "{}", text);
        }
        prop_assert_eq!(HealthStatus::new(&status).is_some(), fits::<HealthStatus>(&status), "{}", status);
    }
}
