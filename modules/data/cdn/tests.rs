//! What distributions become, and what is refused.
use crate::files::MemoryFiles;
use crate::lower;
use crate::testing::{compiled, document, document_in, findings, only, resource, verified};
use platgen_source::json;
use pretty_assertions::assert_eq;

const PEM: &str = "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----\n";

const FILES: &str = "
[bucket.files]
[cdn.files]
route.main = { path = \"/*\", to = { bucket = \"files\" } }
";

#[test]
fn a_distribution_reads_its_bucket_in_its_own_name() {
    let document = document(FILES);
    let made = resource(&document, "data", "aws_cloudfront_distribution.files");
    let origin = only(&made["origin"]);
    let control = "${aws_cloudfront_origin_access_control.files.id}";
    assert_eq!(origin["origin_access_control_id"], control);
    assert_eq!(origin["domain_name"], "${aws_s3_bucket.files.bucket_regional_domain_name}");
    assert_eq!(only(&made["viewer_certificate"])["cloudfront_default_certificate"], true);
    assert_eq!(made["price_class"], "PriceClass_100");
    let behaviour = only(&made["default_cache_behavior"]);
    assert_eq!(behaviour["viewer_protocol_policy"], "redirect-to-https");
    assert_eq!(behaviour.get("path_pattern"), None);
    let policy = resource(&document, "data", "data.aws_iam_policy_document.bucket__files");
    let statements = policy["statement"].as_array().unwrap();
    let of_cloudfront = statements.iter().find(|s| s["effect"] == "Allow").unwrap();
    assert_eq!(of_cloudfront["actions"], json::json!(["s3:GetObject"]));
    let source = "${aws_cloudfront_distribution.files.arn}";
    assert_eq!(only(&of_cloudfront["condition"])["values"], json::json!([source]));
    let key = resource(&document, "data", "data.aws_iam_policy_document.key").to_string();
    assert!(key.contains("cloudfront.amazonaws.com"), "{key}");
}

#[test]
fn longer_paths_are_asked_first_and_the_one_for_all_is_the_default() {
    let text = "
[bucket.files]
[cdn.files]
route.main = { path = \"/*\", to = { bucket = \"files\" } }
route.all  = { path = \"/a*\", to = { bucket = \"files\" } }
route.long = { path = \"/a/b/*\", to = { bucket = \"files\" }, cache = \"none\" }
";
    let made = resource(&document(text), "data", "aws_cloudfront_distribution.files");
    let paths: Vec<&json::Value> = made["ordered_cache_behavior"]
        .as_array()
        .unwrap()
        .iter()
        .map(|b| &b["path_pattern"])
        .collect();
    assert_eq!(paths, ["/a/b/*", "/a*"]);
    assert_eq!(made["origin"].as_array().map_or(1, Vec::len), 1, "one origin for three routes");
}

#[test]
fn everything_of_a_distribution_is_said() {
    let text = "
[platform]
name = \"shop\"
region = \"eu-central-1\"
domain = \"shop.example.com\"
zone = \"example.com\"
[environment.dev]
profile = \"development\"
[bucket.files]
[firewall.world]
[cdn.files]
domain = [\"cdn.{platform.domain}\", \"img.example.com\"]
geo = { allow = [\"DE\", \"FR\"] }
firewall = \"world\"
root = \"index.html\"
fallback = \"index.html\"
edges = \"most\"
access_logs = true
content_security_policy = \"default-src 'self'\"
key.viewers = \"viewers.pem\"
route.main = { path = \"/*\", to = { bucket = \"files\" }, signed_by = \"viewers\" }
";
    let files = MemoryFiles([("viewers.pem".to_owned(), PEM.into())].into());
    let compiled = compiled("dev", &format!("spec = 1{text}"), &files);
    let platform = compiled.platform.unwrap_or_else(|| panic!("{:#?}", compiled.findings));
    let document = verified(lower(&platform));
    let made = resource(&document, "data", "aws_cloudfront_distribution.files");
    for (pointer, expected) in [
        ("/aliases", json::json!(["cdn.shop.example.com", "img.example.com"])),
        ("/default_root_object", json::json!("index.html")),
        ("/price_class", json::json!("PriceClass_200")),
        ("/web_acl_id", json::json!("${var.wafv2_web_acl_world__global_arn}")),
    ] {
        assert_eq!(made.pointer(pointer), Some(&expected), "{pointer}");
    }
    let geo = only(&only(&made["restrictions"])["geo_restriction"]);
    assert_eq!(geo, json::json!({ "restriction_type": "whitelist", "locations": ["DE", "FR"] }));
    assert_eq!(made["custom_error_response"].as_array().map(Vec::len), Some(2));
    let groups = &only(&made["default_cache_behavior"])["trusted_key_groups"];
    assert_eq!(*groups, json::json!(["${aws_cloudfront_key_group.files__viewers.id}"]));
    let certificate = resource(&document, "data", "aws_acm_certificate.files");
    assert_eq!(certificate["provider"], "aws.us_east_1");
    for address in [
        "aws_cloudfront_public_key.files__viewers",
        "aws_route53_record.cdn__files__ipv4",
        "aws_route53_record.cdn__files__ipv6",
        "aws_cloudwatch_log_delivery.files",
    ] {
        assert!(!resource(&document, "data", address).is_null(), "{address}");
    }
}

#[test]
fn origins_can_be_load_balancers() {
    let text = "
[service.web]
image = \"nginx\"
port = 80
route.main = \"/\"
[cdn.front]
route.main = { path = \"/*\", to = { load_balancer = \"public\" } }
";
    let made = resource(&document_in("dev", text), "data", "aws_cloudfront_distribution.front");
    let custom = only(&only(&made["origin"])["custom_origin_config"]);
    assert_eq!(custom["origin_protocol_policy"], "http-only");
    assert_eq!(made.get("origin_access_control_id"), None);
}

#[test]
fn what_no_distribution_can_do_is_found() {
    const BUCKET: &str = "[bucket.files]\n[cdn.files]\n";
    const MAIN: &str = "route.main = { path = \"/*\", to = { bucket = \"files\" } }\n";
    for (text, expected) in [
        (String::new(), ("PG0101", "cdn.files.route", "no route answers every path")),
        (
            "route.main = { path = \"/*\", to = {} }".to_owned(),
            ("PG0101", "cdn.files.route.main.to", "where the answer comes from is missing"),
        ),
        (
            format!("{MAIN}route.b = {{ path = \"/*\", to = {{ bucket = \"files\" }} }}"),
            ("PG0403", "cdn.files.route.main.path", "the route `b` has the same path"),
        ),
        (
            MAIN.replace("} }", "}, signed_by = \"me\" }"),
            ("PG0201", "cdn.files.route.main.signed_by", "the distribution has no key `me`"),
        ),
        (
            format!("{MAIN}key.me = \"gone.pem\""),
            ("PG0406", "cdn.files.key.me.public_key", "`gone.pem`: there is no such file"),
        ),
        (
            format!("{MAIN}geo = {{}}"),
            ("PG0108", "cdn.files.geo", "either some countries may call, or some may not"),
        ),
        (
            format!("{MAIN}domain = \"cdn.example.com\""),
            ("PG0108", "cdn.files.domain", "`cdn.example.com` does not lie in the zone of the platform"),
        ),
        (
            format!("{MAIN}domain = \"localhost\""),
            ("PG0106", "cdn.files.domain", "`localhost` is no domain name"),
        ),
        (
            "route.main = { path = \"/*\", to = { load_balancer = \"inner\" } }\n[load_balancer.inner]\ninternal = true"
                .to_owned(),
            ("PG0401", "cdn.files.route.main.to", "CloudFront cannot reach an internal load balancer"),
        ),
    ] {
        let (code, path, message) = expected;
        let row = (code, path.to_owned(), message.to_owned());
        let found = findings(&format!("{BUCKET}{text}"));
        assert!(found.contains(&row), "{row:?} is not in {found:#?}");
    }
}
