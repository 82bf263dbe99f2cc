//! The texts of databases and caches: what the reader takes is what the schema says.
use super::parameters::ParameterName;
use super::windows::{DailyWindow, WeeklyWindow};
use crate::data::cache::spec::{EngineVersion as CacheVersion, GroupName, NodeType};
use crate::data::database::grant::DatabaseUser;
use crate::data::database::spec::{ClusterName, EngineVersion, InstanceClass, SchemaName};
use platgen_source::{Key, json};
use proptest::prelude::*;

/// Demands one verdict of the reader and of the schema.
fn check<T: Key>(text: &str) {
    let schema = json::json!({ "pattern": T::PATTERN.unwrap() });
    let validator = jsonschema::validator_for(&schema).unwrap();
    let by_schema = validator.is_valid(&json::Value::from(text));
    assert_eq!(T::from_key(text).is_ok(), by_schema, "{text:?}");
}

fn check_all(text: &str) {
    check::<CacheVersion>(text);
    check::<ClusterName>(text);
    check::<DailyWindow>(text);
    check::<DatabaseUser>(text);
    check::<EngineVersion>(text);
    check::<GroupName>(text);
    check::<InstanceClass>(text);
    check::<NodeType>(text);
    check::<ParameterName>(text);
    check::<SchemaName>(text);
    check::<WeeklyWindow>(text);
}

#[test]
fn edges_of_the_grammars_have_one_verdict() {
    let letters = |count: usize| "a".repeat(count);
    for length in [0, 1, 32, 33, 40, 41, 63, 64, 255, 256] {
        check_all(&letters(length));
    }
    for text in
        ["db.serverless", "db.serverless.", "cache.t4g.micro", "a--b", "a-", "1.2.3.4.5.6.7"]
    {
        check_all(text);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn texts_near_the_grammars_have_one_verdict(
        text in "(db\\.|cache\\.)?[a-zA-Z0-9_.é-]{0,14}(\\.[a-z0-9]{2,14})?",
        window in "((mon|sun|day):)?[0-2][0-9]:[0-6][0-9]-((tue|wed|x):)?[0-2][0-9]:[0-6][0-9]",
        version in "[0-9]{1,3}(\\.[0-9a-z_]{1,3}){0,6}",
    ) {
        for text in [text, window, version] {
            check_all(&text);
        }
    }
}
