//! What is refused of APIs and their routes.
use super::{ORDERS, found, http, rest};
use pretty_assertions::assert_eq;

/// The findings of the text, and those that are expected.
fn check(toml: &str, expected: &[(&'static str, &str)]) {
    let expected: Vec<_> =
        expected.iter().map(|(code, path)| (*code, (*path).to_owned())).collect();
    assert_eq!(found(toml), expected, "{toml}");
}

/// A route with keys of its destination.
fn to(destination: &str) -> String {
    format!("route.a = {{ match = \"POST /a/{{id}}\", to = {{ {destination} }} }}\n")
}

#[test]
fn an_api_says_what_its_type_can_do() {
    check(&http(ORDERS), &[]);
    check(&http(""), &[("PG0101", "api.shop")]);
    check(
        &http(&format!(
            "allow_from = [\"203.0.113.0/24\"]\nfirewall = \"f\"\ntracing = true\n{ORDERS}"
        )),
        &[("PG0108", "allow_from"), ("PG0108", "firewall"), ("PG0108", "tracing")],
    );
    check(&rest(&format!("cors = \"*\"\n{ORDERS}")), &[("PG0108", "cors")]);
    let rest_of = |auth: &str| {
        format!(
            "route.a = {{ match = \"$default\", auth = \"{auth}\", to = {{ function = \"f\" }} }}"
        )
    };
    check(&http(&format!("cors = \"*\"\n{}", rest_of("none"))), &[]);
    check(&http(&rest_of("iam")), &[]);
    check(&http(&format!("cors = \"*\"\n{}", rest_of("iam"))), &[("PG0108", "route.a.match")]);
    check(&rest(&format!("allow_from = [\"::/0\"]\n{ORDERS}")), &[("PG0106", "allow_from[0]")]);
    check(&http(&format!("domain = \"api.example.com\"\n{ORDERS}")), &[("PG0108", "domain")]);
    let validate =
        "route.a = { match = \"POST /a\", validate = \"order.json\", to = { function = \"f\" } }";
    check(&http(validate), &[("PG0108", "route.a.validate")]);
}

#[test]
fn one_thing_answers() {
    check(&http(&to("")), &[("PG0101", "route.a.to")]);
    check(&http(&to("queue = \"q\", function = \"f\"")), &[("PG0108", "route.a.to")]);
    check(
        &http(&to("function = \"f\", attributes = { a = \"path.id\" }, group = \"g\", \
                   deduplicate = \"path.id\", source = \"s\", detail_type = \"t\"")),
        &[
            ("PG0108", "route.a.to.attributes"),
            ("PG0108", "route.a.to.group"),
            ("PG0108", "route.a.to.deduplicate"),
            ("PG0108", "route.a.to.source"),
            ("PG0108", "route.a.to.detail_type"),
        ],
    );
    check(
        &http(&to(
            "queue = \"q\", attributes = { a = \"path.x\" }, group = \"path.y\", deduplicate = \"path.id\"",
        )),
        &[("PG0108", "route.a.to.attributes.a"), ("PG0108", "route.a.to.group")],
    );
    let many: Vec<String> = (0..11).map(|number| format!("a{number} = \"path.id\"")).collect();
    let many = format!("queue = \"q\", attributes = {{ {} }}", many.join(", "));
    check(&http(&to(&many)), &[("PG0405", "route.a.to.attributes")]);
}

#[test]
fn a_queue_says_what_messages_must_have() {
    let queue = |keys: &str, queue: &str| format!("{}[queue.q]\n{queue}", http(&to(keys)));
    check(&queue("queue = \"q\"", ""), &[]);
    check(&queue("queue = \"q\", group = \"path.id\"", ""), &[]);
    check(&queue("queue = \"q\", group = \"all\"", "fifo = true"), &[]);
    check(&queue("queue = \"q\"", "fifo = true"), &[("PG0101", "route.a.to")]);
    check(
        &queue("queue = \"q\", deduplicate = \"path.id\"", ""),
        &[("PG0108", "route.a.to.deduplicate")],
    );
}

#[test]
fn two_routes_never_match_the_same_requests() {
    let routes = |one: &str, other: &str| {
        format!(
            "route.a = {{ match = {one}, to = {{ function = \"f\" }} }}\n\
             route.b = {{ match = {other}, to = {{ function = \"f\" }} }}\n"
        )
    };
    for (one, other, expected) in [
        ("\"GET /a\"", "\"POST /a\"", &[][..]),
        ("\"GET /a\"", "\"ANY /a\"", &[]),
        ("\"GET /a/{x}\"", "\"GET /a/{x+}\"", &[]),
        ("\"GET /a\"", "\"GET /a\"", &[("PG0403", "route.b.match[0]")]),
        ("\"/a\"", "\"ANY /a\"", &[("PG0403", "route.b.match[0]")]),
        ("\"GET /a/{x}\"", "\"GET /a/{y}\"", &[("PG0403", "route.b.match[0]")]),
        ("[\"GET /a\", \"GET /a\"]", "\"GET /b\"", &[("PG0403", "route.a.match[1]")]),
        ("\"$default\"", "[\"GET /a\", \"$default\"]", &[("PG0403", "route.b.match[1]")]),
    ] {
        check(&http(&routes(one, other)), expected);
    }
    check(
        &rest(&routes("\"GET /a/{x}/b\"", "\"GET /a/{y}/c\"")),
        &[("PG0401", "route.b.match[0]")],
    );
    check(&rest(&routes("\"GET /{x}\"", "\"GET /{x+}\"")), &[("PG0401", "route.b.match[0]")]);
    check(&rest(&routes("\"GET /{x}\"", "\"GET /{x}/b\"")), &[]);
    check(&rest(&routes("\"GET /a\"", "\"$default\"")), &[("PG0401", "route.b.match[0]")]);
}

#[test]
fn a_service_needs_an_internal_load_balancer() {
    let web = |via: &str| {
        format!(
            "[load_balancer.inside]\ninternal = true\n[load_balancer.outside]\n[service.web]\n\
             image = \"public.ecr.aws/nginx/nginx:1.29\"\nport = 8080\n\
             route.main = {{ path = \"/*\", via = \"{via}\" }}\n"
        )
    };
    let route = |destination: &str| {
        http(&format!("route.a = {{ match = \"/{{p+}}\", to = {{ {destination} }} }}"))
    };
    let service = route("service = \"web\"");
    check(&format!("{service}{}", web("inside")), &[]);
    check(&format!("{service}{}", web("outside")), &[("PG0401", "route.a.to.service")]);
    let balancer = route("load_balancer = \"outside\"");
    check(&format!("{balancer}{}", web("inside")), &[("PG0401", "route.a.to.load_balancer")]);
    let rest = service.replace("[api.shop]", "[api.shop]\ntype = \"rest\"");
    check(&format!("{rest}{}", web("inside")), &[("PG0401", "route.a.to.service")]);
}

#[test]
fn numbers_keep_their_ranges() {
    let route = |keys: &str| {
        format!("route.a = {{ match = \"ANY /a\", {keys}to = {{ function = \"f\" }} }}\n")
    };
    check(&http(&route("timeout = \"30s\", ")), &[("PG0104", "route.a.timeout")]);
    check(&http(&route("throttle = 0, ")), &[("PG0104", "route.a.throttle.rate")]);
    check(&http(&route("throttle = 5, ")), &[]);
    check(&rest(&route("throttle = 5, ")), &[("PG0401", "route.a.throttle")]);
    check(
        &http(&format!("cors = {{ origins = \"*\", max_age = \"2d\" }}\n{ORDERS}")),
        &[("PG0104", "cors.max_age")],
    );
    let many: Vec<String> = (0..301).map(|number| format!("\"GET /a{number}\"")).collect();
    let many = format!("route.a = {{ match = [{}], to = {{ function = \"f\" }} }}", many.join(","));
    check(&http(&many), &[("PG0405", "api.shop")]);
    check(&rest(&many), &[("PG0405", "api.shop")]);
}

#[test]
fn origins_are_origins() {
    for (origin, good) in [
        ("https://shop.example.com", true),
        ("http://localhost:3000", true),
        ("*", true),
        ("shop.example.com", false),
        ("https://shop.example.com/", false),
        ("https://", false),
    ] {
        let expected: &[(&str, &str)] = if good { &[] } else { &[("PG0106", "cors.origins[0]")] };
        check(&http(&format!("cors = \"{origin}\"\n{ORDERS}")), expected);
    }
    check(
        &http(&format!("cors = {{ origins = \"*\", credentials = true }}\n{ORDERS}")),
        &[("PG0108", "cors.credentials")],
    );
}

#[test]
fn a_name_leads_to_one_thing() {
    let header = "spec = 1\n[platform]\nname = \"shop\"\nregion = \"us-east-2\"\n\
                  domain = \"shop.example.com\"\nzone = \"example.com\"\n[environment.dev]\n\
                  profile = \"development\"\n";
    let api = |name: &str, domain: &str| format!("[api.{name}]\ndomain = \"{domain}\"\n{ORDERS}");
    let own = |domain: &str| api("shop", domain);
    check(&format!("{header}{}", own("api.{platform.domain}")), &[]);
    check(&format!("{header}{}", own("api.example.org")), &[("PG0401", "domain")]);
    check(&format!("{header}{}", own("a b")), &[("PG0106", "domain")]);
    check(
        &format!("{header}{}{}", api("first", "a.example.com"), own("a.example.com")),
        &[("PG0404", "domain")],
    );
    check(
        &format!("{header}[load_balancer.b]\n{}", own("shop.example.com")),
        &[("PG0404", "domain")],
    );
}

#[test]
fn files_of_schemas_are_json_objects() {
    for (keys, expected) in [
        ("\"order.json\"", &[][..]),
        ("{ headers = [\"X-Id\"], query = [\"page\"] }", &[]),
        ("{}", &[("PG0101", "route.a.validate")]),
        ("\"none.json\"", &[("PG0406", "route.a.validate.body")]),
        ("\"list.json\"", &[("PG0406", "route.a.validate.body")]),
        ("\"broken.json\"", &[("PG0406", "route.a.validate.body")]),
    ] {
        let route = format!(
            "route.a = {{ match = \"POST /a\", validate = {keys}, to = {{ function = \"f\" }} }}"
        );
        check(&rest(&route), expected);
    }
}
