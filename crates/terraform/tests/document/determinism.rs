//! The same document gives the same bytes, in whatever order it was built.
use std::collections::BTreeMap;

use platgen_terraform::{Address, Document, Handle, VariableType, block};
use pretty_assertions::assert_eq;
use proptest::prelude::*;

use crate::sample::{large, rendered};

/// Six resources of three modules, each referring to the next; `order` says when each is added.
fn built_in(order: &[usize]) -> Document {
    const MODULES: [&str; 3] = ["network", "data", "compute"];
    let topic = |place: usize| {
        let address = Address::managed("aws_sns_topic", &format!("t{place}"));
        Handle::new(MODULES[place % 3], address)
    };
    let mut document = Document::default();
    for &place in order {
        let name = format!("t{place}");
        let next = topic((place + 1) % 6);
        let variable = document.variable(&name, VariableType::String, None, "A name.");
        document.output(&name, topic(place).get("arn"), "An ARN.");
        let mut file = document.module(MODULES[place % 3]).file(&name);
        let local = file.local(&name, variable);
        let tags = block! { "next": next.get("arn"), "own": local };
        file.resource("aws_sns_topic", &name, block! { name: next.get("name"), tags: tags }).add();
    }
    document
}

proptest! {
    #[test]
    fn the_order_of_building_does_not_matter(order in Just(vec![0, 1, 2, 3, 4, 5]).prop_shuffle()) {
        prop_assert_eq!(rendered(&built_in(&order)), rendered(&built_in(&[0, 1, 2, 3, 4, 5])));
    }
}

#[test]
fn rendering_twice_gives_the_same_bytes() {
    assert_eq!(rendered(&large()), rendered(&large()));
}

/// Keys stay sorted even if another package of the build turns on `preserve_order` of
/// `serde_json`, which would change the order for everyone.
#[test]
fn maps_of_json_are_sorted() {
    let parsed: serde_json::Value = serde_json::from_str(r#"{"z":1,"a":2}"#).unwrap();
    assert_eq!(parsed.to_string(), r#"{"a":2,"z":1}"#);
}

#[test]
fn every_file_ends_with_one_newline_and_has_one_key_per_line() {
    let tree: BTreeMap<String, Vec<u8>> = rendered(&large());
    assert!(tree.len() > 12, "{}", tree.len());
    for (path, content) in tree {
        let text = String::from_utf8(content).unwrap();
        assert!(text.starts_with("{\n  \"") && text.ends_with("\n}\n"), "{path}");
        for line in text.lines() {
            assert!(line.matches("\": ").count() <= 1 || line.contains("${"), "{path}: {line}");
        }
    }
}
