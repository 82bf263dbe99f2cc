//! Conditions: what they mean, and where they are wrong.
use super::{Condition, ConditionFault};
use crate::compute::workflow::tests::json_of;
use platgen_source::json::{Value as Json, json};
use pretty_assertions::assert_eq;
use proptest::prelude::*;

fn rule(text: &str) -> Json {
    match Condition::parse(text) {
        Ok(condition) => json_of(&condition.rule()),
        Err(fault) => panic!("{fault:?} in {text}"),
    }
}

/// The rule of a single test, which has to be there.
fn present(path: &str, test: &Json) -> Json {
    json!({ "And": [{ "Variable": path, "IsPresent": true }, test] })
}

#[test]
fn comparisons_are_false_of_what_is_missing() {
    for (text, test) in [
        ("$.a == 'x'", json!({ "Variable": "$.a", "StringEquals": "x" })),
        (r"$.a == 'it\'s \\ \x'", json!({ "Variable": "$.a", "StringEquals": r"it's \ \x" })),
        ("$.a >= 1", json!({ "Variable": "$.a", "NumericGreaterThanEquals": 1 })),
        ("$.a<-2.5", json!({ "Variable": "$.a", "NumericLessThan": -2.5 })),
        ("$.a > 1e3", json!({ "Variable": "$.a", "NumericGreaterThan": 1000.0 })),
        ("$.a <= 'b'", json!({ "Variable": "$.a", "StringLessThanEquals": "b" })),
        ("$.a == true", json!({ "Variable": "$.a", "BooleanEquals": true })),
        ("$.a == null", json!({ "Variable": "$.a", "IsNull": true })),
        ("$.a != false", json!({ "Not": { "Variable": "$.a", "BooleanEquals": false } })),
        ("$.a is null", json!({ "Variable": "$.a", "IsNull": true })),
        ("$.a is not null", json!({ "Variable": "$.a", "IsNull": false })),
        ("$.a is string", json!({ "Variable": "$.a", "IsString": true })),
        ("$.a is not number", json!({ "Variable": "$.a", "IsNumeric": false })),
        ("$.a is boolean", json!({ "Variable": "$.a", "IsBoolean": true })),
        ("$.a is timestamp", json!({ "Variable": "$.a", "IsTimestamp": true })),
        ("$.a matches 'l-*.txt'", json!({ "Variable": "$.a", "StringMatches": "l-*.txt" })),
        (
            "$.a > 2030-02-28T23:59:59.5+01:00",
            json!({ "Variable": "$.a", "TimestampGreaterThan": "2030-02-28T23:59:59.5+01:00" }),
        ),
    ] {
        assert_eq!(rule(text), present("$.a", &test), "{text}");
    }
    assert_eq!(rule("$['a b'] is present"), json!({ "Variable": "$['a b']", "IsPresent": true }));
    assert_eq!(rule("$.a is not present"), json!({ "Variable": "$.a", "IsPresent": false }));
}

#[test]
fn two_paths_compare_only_if_they_are_of_one_kind() {
    let rule = rule("$.a < $.b");
    let tests = rule["And"].as_array().unwrap();
    assert_eq!(
        tests[..2],
        [
            json!({ "Variable": "$.a", "IsPresent": true }),
            json!({ "Variable": "$.b", "IsPresent": true }),
        ]
    );
    let kinds = tests[2]["Or"].as_array().unwrap();
    let of = |kind: usize| kinds[kind]["And"][2].clone();
    assert_eq!(of(0), json!({ "Variable": "$.a", "NumericLessThanPath": "$.b" }));
    assert_eq!(of(1), json!({ "Variable": "$.a", "StringLessThanPath": "$.b" }));
    assert_eq!(kinds.len(), 2, "true is not less than false");
    let equal = Condition::parse("$.a == $$.b").unwrap();
    assert_eq!(json_of(&equal.rule())["And"][2]["Or"].as_array().unwrap().len(), 3);
    assert_eq!(equal.paths(), ["$.a", "$$.b"]);
}

#[test]
fn and_binds_closer_than_or_and_not_closest() {
    let a = || rule("$.a == 1");
    for (text, expected) in [
        ("$.a == 1 or $.a == 1 and $.a == 1", json!({ "Or": [a(), { "And": [a(), a()] }] })),
        ("($.a == 1 or $.a == 1) and $.a == 1", json!({ "And": [{ "Or": [a(), a()] }, a()] })),
        ("not $.a == 1 and $.a == 1", json!({ "And": [{ "Not": a() }, a()] })),
        ("not ($.a == 1 and not $.a == 1)", json!({ "Not": { "And": [a(), { "Not": a() }] } })),
        ("( ( $.a == 1 ) )", a()),
    ] {
        assert_eq!(rule(text), expected, "{text}");
    }
    let paths = Condition::parse("$.a == 1 or not ($.b is null and $.c matches '*')").unwrap();
    assert_eq!(paths.paths(), ["$.a", "$.b", "$.c"]);
}

#[test]
fn faults_name_the_character() {
    let deep = format!("{}$.a == 1", "not ".repeat(40));
    for (text, column, part) in [
        ("", 1, "expected a path"),
        ("count >= 1", 1, "expected a path"),
        ("$.a", 4, "expected `==`"),
        ("$.a = 1", 5, "equality is `==`"),
        ("$.a == ", 8, "expected a value"),
        ("$.a == \"x\"", 8, "single quotes"),
        ("$.a == x", 8, "single quotes: 'x'"),
        ("$.a == 'x", 8, "no closing quote"),
        (r"$.a == 'x\", 8, "no closing quote"),
        ("$.a < true", 7, "neither less nor greater"),
        ("$.a <= null", 8, "neither less nor greater"),
        ("$.a is there", 8, "known here"),
        ("$.a is presnt", 8, "did you mean `present`?"),
        ("$.a is 'x'", 8, "no kind of value"),
        ("$.a matches 5", 13, "with `*`"),
        ("$.a == 1 $.b == 2", 10, "`and`, `or` or the end"),
        ("($.a == 1", 10, "expected `)`"),
        ("$.é == §", 8, "begins nothing"),
        ("$.a == 12x", 8, "neither a number nor"),
        ("$.a > 2030-02-29T00:00:00Z", 7, "neither a number nor"),
        ("$.a > 2030-13-01T00:00:00Z", 7, "neither a number nor"),
        ("$.a > 2030-12-01T24:00:00Z", 7, "neither a number nor"),
        ("$.a > 2030-12-01T00:00:00", 7, "neither a number nor"),
        ("$.a > 2030-12-01", 7, "neither a number nor"),
        ("$.a == 1 and", 13, "expected a path"),
        (&deep, 133, "too deep"),
    ] {
        let ConditionFault { column: found, message } = Condition::parse(text).unwrap_err();
        assert_eq!(found, column, "{text}: {message}");
        assert!(message.contains(part), "{text}: {message}");
    }
}

proptest! {
    #[test]
    fn every_text_is_a_condition_or_has_a_place_that_is_wrong(
        text in r"([$a-c. '\[\]()=<>!0-9é]|and |or |not |is |matches |null|present|T|Z|:|-|\\){0,24}"
    ) {
        if let Err(fault) = Condition::parse(&text) {
            prop_assert!((1..=text.chars().count() + 1).contains(&fault.column), "{fault:?}");
        }
    }
}
