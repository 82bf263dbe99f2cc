//! Types with a rule: the rule as a function and the rule as a pattern are one rule.
#![expect(unreachable_pub, reason = "the types of `text_type` are public")]
use super::*;
use crate::node::{Layer, Origin};
use crate::support::{judge, validator};
use crate::testing::check;
use platgen_diagnostics::Span;
use pretty_assertions::assert_eq;
use proptest::prelude::*;
use std::sync::LazyLock;

text_type! {
    /// A word with a separator and a length, as most rules of AWS are made.
    Word,
    "^(?=.{3,9}$)[a-z]+([._][a-z]+)*$",
    "three to nine lower-case letters, with single dots or underscores between them",
    |text| {
        (3..=9).contains(&text.len())
            && text.split(['.', '_']).all(|part| {
                !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase())
            })
    }
}

/// Whether a type takes a text. Fails where its schema does not say the same.
fn takes<T: Read>(text: &str, schema: &jsonschema::Validator) -> bool {
    let span = Span::new(0, &(0..0));
    let origin = Origin { layer: Layer::Base, key: span.clone(), value: span };
    let node = Node { value: Value::String(text.to_owned()), origin };
    judge::<T>(node, schema).1.is_empty()
}

static NAMES: LazyLock<jsonschema::Validator> = LazyLock::new(validator::<Name>);
static WORDS: LazyLock<jsonschema::Validator> = LazyLock::new(validator::<Word>);
static DURATIONS: LazyLock<jsonschema::Validator> = LazyLock::new(validator::<Duration>);

proptest! {
    #[test]
    fn names_are_what_their_pattern_says(
        near in "[a-z0-9-]{0,44}", odd in "[a-zA-Z0-9_.é\n -]{0,8}", any in any::<String>(),
    ) {
        takes::<Name>(&near, &NAMES);
        takes::<Name>(&odd, &NAMES);
        takes::<Name>(&any, &NAMES);
    }

    #[test]
    fn every_text_of_the_grammar_of_names_is_a_name(text in "[a-z][a-z0-9]{0,9}(-[a-z0-9]{1,9}){0,3}") {
        prop_assert!(takes::<Name>(&text, &NAMES));
        prop_assert_eq!(Name::new(&text).unwrap().to_string(), text);
    }

    #[test]
    fn words_are_what_their_pattern_says(near in "[a-z._]{0,11}", odd in "[a-zA._é\n]{0,6}") {
        takes::<Word>(&near, &WORDS);
        takes::<Word>(&odd, &WORDS);
    }

    #[test]
    fn durations_are_what_their_pattern_says(near in "[0-9]{0,8}[smhdw]?", odd in "[0-9smhdé+ \n-]{0,5}") {
        takes::<Duration>(&near, &DURATIONS);
        takes::<Duration>(&odd, &DURATIONS);
    }

    #[test]
    fn a_duration_prints_as_a_text_that_reads_the_same(text in "[1-9][0-9]{0,5}[smhd]") {
        let duration = Duration::parse(&text).unwrap();
        prop_assert_eq!(Duration::parse(&duration.to_string()), Some(duration));
    }

    #[test]
    fn counts_are_what_their_bounds_say(number in prop_oneof![-5_i64..15, any::<i64>()]) {
        let expected = (-1..=9).contains(&number);
        prop_assert_eq!(Count::<-1, 9>::new(number).is_some(), expected);
    }
}

#[test]
fn names() {
    check::<Name>(&[
        ("'a'", Ok("Name(\"a\")")),
        ("'web-2-b'", Ok("Name(\"web-2-b\")")),
        (
            "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'",
            Ok("Name(\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\")"),
        ),
        ("'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab'", Err(&[("PG0106", "")])),
        ("''", Err(&[("PG0106", "")])),
        ("'2a'", Err(&[("PG0106", "")])),
        ("'-a'", Err(&[("PG0106", "")])),
        ("'a-'", Err(&[("PG0106", "")])),
        ("'a--b'", Err(&[("PG0106", "")])),
        ("'a_b'", Err(&[("PG0106", "")])),
        ("'Web'", Err(&[("PG0106", "")])),
        ("'é'", Err(&[("PG0106", "")])),
        ("\"a\\n\"", Err(&[("PG0106", "")])),
        ("\"a\\u0000\"", Err(&[("PG0106", "")])),
        ("5", Err(&[("PG0103", "")])),
    ]);
    assert_eq!(NAME_PATTERN.contains(&format!("{{1,{LONGEST_NAME}}}")), true, "one limit");
}

#[test]
fn counts() {
    check::<Percent>(&[
        ("1", Ok("Count(1)")),
        ("100", Ok("Count(100)")),
        ("50.0", Ok("Count(50)")),
        ("0", Err(&[("PG0104", "")])),
        ("101", Err(&[("PG0104", "")])),
        ("-1", Err(&[("PG0104", "")])),
        ("50.5", Err(&[("PG0103", "")])),
        ("1e300", Err(&[("PG0103", "")])),
        ("'50'", Err(&[("PG0103", "")])),
    ]);
    assert_eq!(Percent::new(7).map(Count::get), Some(7));
}

#[test]
fn durations() {
    check::<Duration>(&[
        ("'30s'", Ok("Duration(30)")),
        ("'5m'", Ok("Duration(300)")),
        ("'12h'", Ok("Duration(43200)")),
        ("'7d'", Ok("Duration(604800)")),
        ("'999999d'", Ok("Duration(86399913600)")),
        ("'1000000s'", Err(&[("PG0106", "")])),
        ("'0s'", Err(&[("PG0106", "")])),
        ("'01s'", Err(&[("PG0106", "")])),
        ("'s'", Err(&[("PG0106", "")])),
        ("''", Err(&[("PG0106", "")])),
        ("'5'", Err(&[("PG0106", "")])),
        ("'5w'", Err(&[("PG0106", "")])),
        ("'5 m'", Err(&[("PG0106", "")])),
        ("'-5m'", Err(&[("PG0106", "")])),
        ("'5é'", Err(&[("PG0106", "")])),
        ("\"5m\\n\"", Err(&[("PG0106", "")])),
        ("5", Err(&[("PG0103", "")])),
        ("07:32:00", Err(&[("PG0103", "")])),
    ]);
}

#[test]
fn durations_are_printed_in_the_largest_unit_that_divides_them() {
    for (duration, text, days) in [
        (Duration::seconds(45), "45s", None),
        (Duration::seconds(90), "90s", None),
        (Duration::seconds(120), "2m", None),
        (Duration::seconds(7_200), "2h", None),
        (Duration::days(14), "14d", Some(14)),
    ] {
        assert_eq!(duration.to_string(), text);
        assert_eq!(duration.as_days(), days, "{text}");
    }
    assert_eq!(Duration::days(1).as_seconds(), 86_400);
}

#[test]
fn a_key_with_a_rule_says_the_rule() {
    assert_eq!(<Word as crate::Key>::from_key("a.b").unwrap().as_str(), "a.b");
    let rule = <Word as crate::Key>::from_key("a").unwrap_err();
    assert!(rule.starts_with("three to nine"), "{rule}");
}
