//! Where the sign-in pages of pools are.
use super::{document_in, found, get, read};
use crate::files::MemoryFiles;
use crate::lower;
use crate::testing::{WITH_DOMAIN, addresses, compiled, only, resource};
use platgen_source::json::json;
use pretty_assertions::assert_eq;

const ADDRESS: &str = "aws_cognito_user_pool_domain.users";

#[test]
fn a_name_at_aws_is_derived_or_chosen() {
    let account = "${data.aws_caller_identity.current.account_id}";
    for (keys, expected) in [
        ("", format!("dev-shop-users-{account}")),
        ("domain = \"Shop-Login\"", "shop-login".to_owned()),
        ("domain = \"{environment}-login\"", "dev-login".to_owned()),
    ] {
        let domain = get(&format!("[user_pool.users]\n{keys}\n"), ADDRESS);
        assert_eq!(domain["domain"], expected, "{keys}");
        assert_eq!(domain["managed_login_version"], 1, "{keys}");
    }
}

#[test]
fn words_that_aws_keeps_give_way_to_a_hash() {
    for name in ["lawson", "cognitive", "amazonas"] {
        let text = WITH_DOMAIN.replace("\"shop\"", &format!("\"{name}\""));
        let reserved = name != "cognitive";
        let compiled =
            compiled("dev", &format!("{text}[user_pool.users]\n"), &MemoryFiles::default());
        let codes: Vec<_> = compiled.findings.iter().map(|finding| finding.code.id).collect();
        assert_eq!(codes, if reserved { vec!["PG0501"] } else { vec![] }, "{name}");
        let domain =
            resource(&lower(&compiled.platform.unwrap()), "auth", ADDRESS)["domain"].take();
        let domain = domain.as_str().unwrap();
        assert_eq!(domain.starts_with("login-"), reserved, "{domain}");
    }
}

#[test]
fn a_long_name_is_cut_and_told() {
    let long = "a-name-of-exactly-forty-letters-in-total-";
    let text = format!("[user_pool.{}]\n", long.trim_end_matches('-'));
    let found: Vec<_> = found(&text).into_iter().map(|(code, _, _)| code).collect();
    assert_eq!(found, [] as [&str; 0], "49 letters and the account fit");
    let header = WITH_DOMAIN.replace("\"shop\"", "\"shop-of-things\"");
    let compiled = compiled("dev", &format!("{header}{text}"), &MemoryFiles::default());
    let codes: Vec<_> = compiled.findings.iter().map(|finding| finding.code.id).collect();
    assert_eq!(codes, ["PG0501"]);
}

#[test]
fn a_name_of_ones_own_has_a_certificate_and_a_record() {
    let text = "[user_pool.users]\ndomain = \"auth.{platform.domain}\"\n\
                [service.web]\nimage = \"x/y:1\"\nport = 80\nroute.main = \"/*\"\n";
    let document = document_in("dev", text);
    let made: Vec<_> = addresses(&document, "auth")
        .into_iter()
        .filter(|a| a.contains("acm") || a.contains("route53"))
        .collect();
    assert_eq!(
        made,
        [
            "aws_acm_certificate.users",
            "aws_acm_certificate_validation.users",
            "aws_route53_record.users__domain",
            "aws_route53_record.users__validation",
            "data.aws_route53_zone.main",
        ]
    );
    let domain = resource(&document, "auth", ADDRESS);
    assert_eq!(
        domain["certificate_arn"],
        "${aws_acm_certificate_validation.users.certificate_arn}"
    );
    // It waits for the address of its parent.
    assert_eq!(domain["domain"], "auth.${var.route53_record_public__hosts_shop_example_com_fqdn}");
    for address in ["aws_acm_certificate.users", "aws_acm_certificate_validation.users"] {
        assert_eq!(resource(&document, "auth", address)["provider"], "aws.us_east_1", "{address}");
    }
    let alias = only(&resource(&document, "auth", "aws_route53_record.users__domain")["alias"]);
    assert_eq!(
        alias,
        json!({
            "name": "${aws_cognito_user_pool_domain.users.cloudfront_distribution}",
            "zone_id": "${aws_cognito_user_pool_domain.users.cloudfront_distribution_zone_id}",
            "evaluate_target_health": false,
        })
    );
}

#[test]
fn the_parent_may_be_an_api_or_a_distribution() {
    let domain = "[user_pool.users]\ndomain = \"auth.{platform.domain}\"\n";
    for (parent, record) in [
        (
            "[queue.work]\n[api.open]\ndomain = \"{platform.domain}\"\n\
             route.all = { match = \"POST /\", to = { queue = \"work\" }, auth = \"none\" }\n",
            "${var.route53_record_api__open__hosts_a_fqdn}",
        ),
        (
            "[bucket.files]\n[cdn.files]\ndomain = \"{platform.domain}\"\n\
             route.main = { path = \"/*\", to = { bucket = \"files\" } }\n",
            "${var.route53_record_cdn__files__ipv4_shop_example_com_fqdn}",
        ),
    ] {
        let text = format!("{domain}{parent}");
        assert_eq!(found(&text), [], "{parent}");
        assert_eq!(get(&text, ADDRESS)["domain"], format!("auth.{record}"));
    }
}

#[test]
fn a_parent_without_an_address_is_told() {
    let text = "[user_pool.users]\ndomain = \"auth.{platform.domain}\"\n";
    let found: Vec<_> = found(text).into_iter().map(|(code, path, _)| (code, path)).collect();
    assert_eq!(found, [("PG0507", "user_pool.users.domain".to_owned())]);
    assert_eq!(get(text, ADDRESS)["domain"], "auth.shop.example.com");
    assert!(read("dev", text).platform.is_some(), "it is a warning");
}

#[test]
fn names_that_cannot_be_are_told() {
    for (domain, code) in [
        ("-login", "PG0106"),
        ("log_in", "PG0106"),
        ("aws-login", "PG0401"),
        ("auth.example.org", "PG0401"),
        ("auth..example.com", "PG0106"),
        ("shop.example.com", "PG0404"),
    ] {
        let text = format!("[user_pool.users]\ndomain = \"{domain}\"\n");
        let found: Vec<_> = found(&text).into_iter().map(|(code, path, _)| (code, path)).collect();
        assert_eq!(found, [(code, "user_pool.users.domain".to_owned())], "{domain}");
    }
}

#[test]
fn a_name_leads_to_one_thing() {
    let service = "[service.web]\nimage = \"x/y:1\"\nport = 80\n";
    let domain = "domain = \"auth.{platform.domain}\"\n";
    for (others, expected) in [
        (
            "route.main = { path = \"/*\", host = \"auth.shop.example.com\" }\n",
            "load_balancer.public",
        ),
        (&format!("route.main = \"/*\"\n[user_pool.a]\n{domain}"), "user_pool.a"),
    ] {
        let text = format!("{service}{others}[user_pool.users]\n{domain}");
        let found: Vec<_> =
            found(&text).into_iter().map(|(code, _, message)| (code, message)).collect();
        let message = format!("`auth.shop.example.com` leads to `{expected}` already");
        assert_eq!(found, [("PG0404", message)]);
    }
}
