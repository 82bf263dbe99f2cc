//! Which requests a route matches.
use crate::compute::api::pattern::{Pattern, RouteMatch};
use crate::compute::api::spec::{
    EventText, GroupText, HeaderName, IssuerUrl, MessageAttribute, OAuthScope, QueryKey,
    RequestValue,
};
use platgen_source::Key;
use platgen_source::json::json;
use pretty_assertions::assert_eq;
use proptest::prelude::*;

fn pattern(text: &str) -> Pattern {
    RouteMatch::new(text).unwrap().pattern()
}

#[test]
fn patterns_are_written_as_api_gateway_and_policies_name_them() {
    for (text, written, shape, arn_end) in [
        ("/", "ANY /", "ANY /", "/*/*/"),
        ("GET /", "GET /", "GET /", "/*/GET/"),
        ("POST /a/b", "POST /a/b", "POST /a/b", "/*/POST/a/b"),
        ("PUT /a/{id}/c", "PUT /a/{id}/c", "PUT /a/{}/c", "/*/PUT/a/*/c"),
        ("ANY /{rest+}", "ANY /{rest+}", "ANY /{+}", "/*/*/*"),
        ("$default", "$default", "$default", "/*/$default"),
    ] {
        let pattern = pattern(text);
        assert_eq!(
            (pattern.to_string().as_str(), pattern.shape().as_str(), pattern.arn_end().as_str()),
            (written, shape, arn_end),
            "{text}"
        );
    }
}

#[test]
fn malformed_patterns_are_none() {
    for text in [
        "",
        "a",
        "GET",
        "GET a",
        "get /a",
        "FETCH /a",
        "GET  /a",
        "GET /a ",
        "GET /a/",
        "GET //a",
        "GET /{a+}/b",
        "GET /{}",
        "GET /{a-b}",
        "GET /x{a}",
        "GET /{a}x",
        "GET /{a",
        "GET /a?b",
        "GET /a*",
        "GET $default",
        "/${a}",
    ] {
        assert!(RouteMatch::new(text).is_none(), "{text}");
    }
}

#[test]
fn variables_are_known_by_their_names() {
    let pattern = pattern("GET /a/{id}/{rest+}");
    for (name, expected) in [("id", true), ("rest", true), ("a", false)] {
        assert_eq!(pattern.has_variable(name), expected, "{name}");
    }
}

/// Whether JSON Schema takes a text for a type.
fn fits<T: Key>(text: &str) -> bool {
    jsonschema::is_valid(&json!({ "pattern": T::PATTERN.unwrap() }), &json!(text))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn patterns_and_checks_of_matches_agree(
        text in "((ANY|GET|get|PUT) ?)?(/([a-c.~-]{0,2}|\\{[a-b_]{0,2}\\+?\\}?)){0,3}/?|\\$default.?",
    ) {
        prop_assert_eq!(RouteMatch::new(&text).is_some(), fits::<RouteMatch>(&text), "{}", text);
    }

    #[test]
    fn patterns_and_checks_of_texts_agree(
        value in "(header|path|query|body)?\\.?[A-Za-z_. -]{0,4}",
        name in "(aws|AMAZON|x)?[A-Za-z0-9_. /:-]{0,4}(\\.aws)?",
        url in "(https?://)?[A-Za-z_.:/~ -]{0,6}",
    ) {
        prop_assert_eq!(RequestValue::new(&value).is_some(), fits::<RequestValue>(&value), "{}", value);
        prop_assert_eq!(GroupText::new(&name).is_some(), fits::<GroupText>(&name), "{}", name);
        prop_assert_eq!(EventText::new(&name).is_some(), fits::<EventText>(&name), "{}", name);
        prop_assert_eq!(MessageAttribute::new(&name).is_some(), fits::<MessageAttribute>(&name), "{}", name);
        prop_assert_eq!(OAuthScope::new(&name).is_some(), fits::<OAuthScope>(&name), "{}", name);
        prop_assert_eq!(HeaderName::new(&name).is_some(), fits::<HeaderName>(&name), "{}", name);
        prop_assert_eq!(QueryKey::new(&name).is_some(), fits::<QueryKey>(&name), "{}", name);
        prop_assert_eq!(IssuerUrl::new(&url).is_some(), fits::<IssuerUrl>(&url), "{}", url);
    }
}
