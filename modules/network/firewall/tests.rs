//! What firewalls become, and what is refused.
use super::AddressRange;
use super::lower::lower_policy;
use super::spec::{Counted, Country};
use super::{Scope, global_arn, local};
use crate::kind::ThingId;
use crate::testing::{
    addresses, document, document_in, findings_in, found, only, platform, resource, verified,
};
use platgen_source::json::{Value, json};
use platgen_source::{Key, Name};
use platgen_terraform::{Document, Handle};
use pretty_assertions::assert_eq;
use proptest::prelude::*;

/// A load balancer behind the firewall `public`, and keys of the firewall.
fn shielding(keys: &str) -> String {
    format!("[load_balancer.a]\nfirewall = \"public\"\n[firewall.public]\n{keys}\n")
}

fn acl(document: &Document) -> Value {
    resource(document, "network", "aws_wafv2_web_acl.public")
}

/// The rules by name: the priority, what is done, and the statement.
fn rules(document: &Document) -> Vec<(String, i64, Value, Value)> {
    let acl = acl(document);
    let rule = |rule: &Value| {
        let name = rule["name"].as_str().unwrap().to_owned();
        let done = [&rule["action"], &rule["override_action"]].map(only);
        let [own, of_group] = done;
        let done = if own.is_null() { of_group } else { own };
        (name, rule["priority"].as_i64().unwrap(), done, only(&rule["statement"]))
    };
    match &acl["rule"] {
        Value::Array(rules) => rules.iter().map(rule).collect(),
        one => vec![rule(one)],
    }
}

#[test]
fn without_keys_there_are_three_groups_and_a_limit() {
    let document = document(&shielding(""));
    let acl = acl(&document);
    assert_eq!((&acl["name"], &acl["scope"]), (&json!("dev-shop-public"), &json!("REGIONAL")));
    assert_eq!(only(&only(&acl["default_action"])["allow"]), json!({}));
    let rules = rules(&document);
    let order: Vec<(&str, i64)> = rules.iter().map(|(name, at, ..)| (name.as_str(), *at)).collect();
    assert_eq!(
        order,
        [("rate-limit", 40), ("ip-reputation", 100), ("common", 120), ("known-bad-inputs", 130)]
    );
    let (_, _, action, statement) = &rules[0];
    assert_eq!(only(&action["block"]), json!({}));
    assert_eq!(only(&statement["rate_based_statement"])["limit"], 2000);
    let (_, _, action, statement) = &rules[2];
    assert_eq!(only(&action["none"]), json!({}));
    let group = only(&statement["managed_rule_group_statement"]);
    assert_eq!(group["name"], "AWSManagedRulesCommonRuleSet");
}

#[test]
fn what_only_counts_blocks_nothing() {
    let keys = "rules = [\"common\", \"linux\"]\n\
                count = [\"linux\", \"common.SizeRestrictions_BODY\", \"common.NoUserAgent_HEADER\"]";
    let rules = rules(&document(&shielding(keys)));
    let of = |name: &str| rules.iter().find(|(rule, ..)| rule == name).unwrap();
    let (_, _, action, _) = of("linux");
    assert_eq!(only(&action["count"]), json!({}));
    let (_, _, action, statement) = of("common");
    assert_eq!(only(&action["none"]), json!({}));
    let group = only(&statement["managed_rule_group_statement"]);
    let counted: Vec<&Value> = group["rule_action_override"]
        .as_array()
        .unwrap()
        .iter()
        .map(|rule| &rule["name"])
        .collect();
    assert_eq!(counted, ["NoUserAgent_HEADER", "SizeRestrictions_BODY"]);
}

#[test]
fn every_group_has_a_place_that_no_neighbour_moves() {
    let words = [
        "ip-reputation",
        "anonymous-ip",
        "common",
        "known-bad-inputs",
        "sql-injection",
        "admin",
        "linux",
        "posix",
        "windows",
        "php",
        "wordpress",
        "bot-control",
    ];
    let list = |words: &[&str]| format!("rules = {}", json!(words));
    let places = |words: &[&str]| {
        let rules = rules(&document(&shielding(&list(words))));
        rules.into_iter().map(|(name, place, ..)| (name, place)).collect::<Vec<_>>()
    };
    let all = places(&words);
    let names: Vec<&str> = all.iter().skip(1).map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, words);
    assert!(all.is_sorted_by_key(|(_, place)| *place));
    for word in words {
        let alone = places(&[word]);
        assert!(alone.iter().all(|rule| all.contains(rule)), "{alone:?}");
    }
}

#[test]
fn lists_of_addresses_are_kept_by_their_version() {
    let keys = "allow = [\"203.0.113.9/24\", \"2001:db8::1/32\"]\nblock = [\"198.51.100.7/32\"]";
    let document = document(&shielding(keys));
    for (name, version, addresses) in [
        ("allow__v4", "IPV4", json!(["203.0.113.0/24"])),
        ("allow__v6", "IPV6", json!(["2001:db8::/32"])),
        ("block__v4", "IPV4", json!(["198.51.100.7/32"])),
    ] {
        let set = resource(&document, "network", &format!("aws_wafv2_ip_set.public__{name}"));
        assert_eq!((&set["ip_address_version"], &set["addresses"]), (&json!(version), &addresses));
    }
    let rules = rules(&document);
    let (name, place, action, statement) = &rules[0];
    assert_eq!((name.as_str(), *place, only(&action["allow"])), ("allow", 10, json!({})));
    let either = only(&statement["or_statement"]);
    assert_eq!(either["statement"].as_array().unwrap().len(), 2);
    let (name, place, action, statement) = &rules[1];
    assert_eq!((name.as_str(), *place, only(&action["block"])), ("block", 20, json!({})));
    let set = only(&statement["ip_set_reference_statement"]);
    assert_eq!(set["arn"], "${aws_wafv2_ip_set.public__block__v4.arn}");
}

#[test]
fn countries_are_let_in_or_kept_out() {
    let statement = |keys: &str| {
        let rules = rules(&document(&shielding(keys)));
        let (_, place, action, statement) = rules.iter().find(|rule| rule.0 == "geo").unwrap();
        assert_eq!((*place, only(&action["block"])), (30, json!({})));
        statement.clone()
    };
    let blocked = statement("geo = { block = \"RU\" }");
    assert_eq!(only(&blocked["geo_match_statement"])["country_codes"], json!(["RU"]));
    let allowed = statement("geo = { allow = [\"US\", \"DE\"] }");
    let inside = only(&only(&allowed["not_statement"])["statement"]);
    assert_eq!(only(&inside["geo_match_statement"])["country_codes"], json!(["DE", "US"]));
}

#[test]
fn what_stands_behind_it_is_associated_with_it() {
    let toml = "[load_balancer.a]\nfirewall = \"public\"\n[load_balancer.b]\n[firewall.public]\n";
    let document = document(toml);
    let address = "aws_wafv2_web_acl_association.load_balancer__a";
    let association = resource(&document, "network", address);
    assert_eq!(association["web_acl_arn"], "${aws_wafv2_web_acl.public.arn}");
    assert_eq!(association["resource_arn"], "${var.lb_a_arn}");
    let all = addresses(&document, "network");
    assert_eq!(all.iter().filter(|one| one.contains("association.load_balancer")).count(), 1);
    assert!(document.outputs.contains_key("firewall__public__arn"));
}

#[test]
fn blocked_requests_are_written_down_without_secrets() {
    let document = document(&shielding(""));
    let group = resource(&document, "network", "aws_cloudwatch_log_group.firewall__public");
    assert_eq!(group["name"], "aws-waf-logs-dev-shop-public");
    assert_eq!(group["retention_in_days"], 7);
    assert_eq!(group["kms_key_id"], "${aws_kms_key.logs.arn}");
    let address = "aws_wafv2_web_acl_logging_configuration.public";
    let logging = resource(&document, "network", address);
    assert_eq!(logging["depends_on"], json!(["aws_cloudwatch_log_resource_policy.firewalls"]));
    let redacted: Vec<Value> = logging["redacted_fields"]
        .as_array()
        .unwrap()
        .iter()
        .map(|field| only(&field["single_header"])["name"].clone())
        .collect();
    assert_eq!(redacted, ["authorization", "cookie"]);
    assert_eq!(only(&logging["logging_filter"])["default_behavior"], "DROP");
    let address = "data.aws_iam_policy_document.firewalls";
    let statement = only(&resource(&document, "network", address)["statement"]);
    let streams = "${aws_cloudwatch_log_group.firewall__public.arn}:log-stream:*";
    assert_eq!(statement["resources"], json!([streams]));
    assert_eq!(statement["condition"].as_array().unwrap().len(), 2);
}

#[test]
fn all_requests_are_written_down_or_none() {
    let all = document(&shielding("logs = { requests = \"all\", retention = \"30d\" }"));
    let address = "aws_wafv2_web_acl_logging_configuration.public";
    assert_eq!(resource(&all, "network", address)["logging_filter"], Value::Null);
    let group = resource(&all, "network", "aws_cloudwatch_log_group.firewall__public");
    assert_eq!(group["retention_in_days"], 30);
    let none = addresses(&document(&shielding("logs = \"none\"")), "network");
    assert!(!none.iter().any(|one| one.contains("logging") || one.contains("log_resource")));
    let toml = shielding("logs = \"none\"");
    let codes: Vec<_> =
        findings_in("prod", &toml).into_iter().map(|(code, path, _)| (code, path)).collect();
    assert!(codes.contains(&("PG0502", "firewall.public.logs".to_owned())), "{codes:?}");
    let kept = document_in("prod", &shielding(""));
    let group = resource(&kept, "network", "aws_cloudwatch_log_group.firewall__public");
    assert_eq!(group["retention_in_days"], 90);
}

#[test]
fn one_that_shields_nothing_is_made_and_said() {
    let toml = "[firewall.public]\n";
    assert_eq!(found(toml), [("PG0509", "firewall.public".to_owned())]);
    assert_eq!(acl(&document(toml))["scope"], "REGIONAL");
}

#[test]
fn what_is_wrong_with_a_firewall_is_found() {
    for (keys, expected) in [
        ("", &[][..]),
        ("allow = [\"203.0.113.0/33\"]", &[("PG0106", "allow[0]")]),
        ("block = [\"0.0.0.0/0\", \"::/0\"]", &[("PG0106", "block[0]"), ("PG0106", "block[1]")]),
        ("block = [\"203.0.113.9\"]", &[("PG0106", "block[0]")]),
        ("geo = {}", &[("PG0108", "geo")]),
        ("geo = { allow = \"US\", block = \"RU\" }", &[("PG0108", "geo")]),
        ("geo = { allow = \"us\" }", &[("PG0106", "geo.allow[0]")]),
        ("count = [\"linux\"]", &[("PG0108", "count[0]")]),
        ("count = [\"Linux\"]", &[("PG0106", "count[0]")]),
        ("rules = [\"comon\"]", &[("PG0105", "rules[0]")]),
        ("rate_limit = 9", &[("PG0104", "rate_limit")]),
    ] {
        let expected: Vec<_> =
            expected.iter().map(|(code, key)| (*code, format!("firewall.public.{key}"))).collect();
        assert_eq!(found(&shielding(keys)), expected, "{keys}");
    }
}

#[test]
fn only_what_looks_into_requests_stands_behind_a_firewall() {
    let arn = "arn:aws:elasticloadbalancing:us-east-2:123456789012:loadbalancer/app/demo/5ea280ee3a7eff37";
    let existing = format!("existing = \"{arn}\"");
    for (keys, expected) in [
        ("type = \"network\"", &[("PG0108", "firewall")][..]),
        (&existing, &[("PG0108", "firewall"), ("PG0508", "existing")]),
    ] {
        let expected: Vec<_> =
            expected.iter().map(|(code, key)| (*code, format!("load_balancer.b.{key}"))).collect();
        let toml = format!("{}[load_balancer.b]\nfirewall = \"public\"\n{keys}\n", shielding(""));
        assert_eq!(found(&toml), expected, "{keys}");
    }
    let unknown = "[load_balancer.a]\nfirewall = \"publik\"\n";
    assert_eq!(found(unknown), [("PG0201", "load_balancer.a.firewall".to_owned())]);
}

#[test]
fn what_it_blocks_is_measured() {
    let platform = platform("dev", &shielding(""));
    let firewall = platform.things.get("firewall", "public").unwrap();
    let metrics = firewall.metrics(&platform);
    let keys: Vec<&str> = metrics.iter().map(|metric| metric.key).collect();
    assert_eq!(keys, <super::FirewallSpec as crate::kind::Kind>::METRICS);
    let text = format!("{:?}", metrics[1]);
    assert!(text.contains("BlockedRequests") && text.contains("us-east-2"), "{text}");
    assert!(metrics[1].alarm.is_some());
}

#[test]
fn distributions_find_theirs_in_us_east_1() {
    let name = Name::new("public").unwrap();
    assert_eq!(local(&name, Scope::Global, &["allow", "v4"]), "public__allow__v4__global");
    let expected = Handle::new(
        "network",
        platgen_terraform::Address::managed("aws_wafv2_web_acl", "public__global"),
    );
    assert_eq!(global_arn(&name), expected.get("arn"));
    assert_eq!(
        ThingId::new("firewall", &name).part(&Scope::Global.parts()),
        "firewall__public__global"
    );
}

#[test]
fn that_of_distributions_stands_in_us_east_1_with_its_logs() {
    for (region, has_key) in [("us-east-2", false), ("us-east-1", true)] {
        let header = crate::testing::HEADER.replace("us-east-2", region);
        let toml = format!("{header}{}", shielding("block = [\"198.51.100.7/32\"]"));
        let platform = platform("dev", &toml);
        let firewall = &platform.things.firewall[&Name::new("public").unwrap()];
        let mut document = crate::lower(&platform);
        firewall.lower_in(Scope::Global, &platform, &mut document);
        lower_policy(&[firewall], Scope::Global, &platform, &mut document);
        let document = verified(document);
        let of = |address: &str| resource(&document, "network", address);
        let acl = of("aws_wafv2_web_acl.public__global");
        assert_eq!(acl["scope"], "CLOUDFRONT");
        assert!(acl["rule"].to_string().contains("public__block__v4__global"), "{acl}");
        let group = of("aws_cloudwatch_log_group.firewall__public__global");
        assert_eq!(group["name"], "aws-waf-logs-dev-shop-public-global");
        assert_eq!(!group["kms_key_id"].is_null(), has_key, "{group}");
        let policy = of("aws_cloudwatch_log_resource_policy.firewalls__global");
        assert_eq!(policy["policy_name"], "dev-shop-firewalls-global");
        for part in [&acl, &group, &policy] {
            assert_eq!(part["provider"], "aws.us_east_1", "{part}");
        }
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
        range in "[0-9a-fA-F.:g]{0,5}/?[0-9x]{0,4}",
        counted in "[a-z-]{0,4}(\\.[A-Z_0-9 -]{0,3})?",
        country in "[A-Za-z]{1,3}",
    ) {
        prop_assert_eq!(AddressRange::new(&range).is_some(), fits::<AddressRange>(&range), "{}", range);
        prop_assert_eq!(Counted::new(&counted).is_some(), fits::<Counted>(&counted), "{}", counted);
        prop_assert_eq!(Country::new(&country).is_some(), fits::<Country>(&country), "{}", country);
    }
}
