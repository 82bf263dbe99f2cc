//! Reader and JSON Schema give one verdict on every text, in its short form and in its long one, and
//! the reader says where and why.
#[path = "verdict/properties.rs"]
mod properties;
#[path = "verdict/sections.rs"]
mod sections;
mod support;

use platgen_source::diagnostics::{Diagnostic, Place};
use platgen_source::{Merged, Node, Read, Reader, parse, unite};
use pretty_assertions::assert_eq;
use sections::{Root, merged};
use std::collections::BTreeSet;
use support::{Faults, judge, validator};

/// Texts, each behind a line that begins with `## ` and says what it is about.
const CASES: &str = include_str!("verdict/cases.toml");

/// One text with a fault in nearly every line.
const PLANTED: &str = include_str!("verdict/planted.toml");

/// What a spec must hold, for texts that do not say it themselves.
const HEAD: &str = "spec = 1\nplatform = { name = 'shop' }";

/// The line, the code, and the path of a fault; the path is empty where a fault names a text only.
type Found = BTreeSet<(usize, String, String)>;

/// The faults that a text says of itself, in comments `# CODE path CODE path`. The root is `.`.
fn announced(text: &str) -> Found {
    let mut announced = Found::new();
    for (line, content) in text.lines().enumerate() {
        let Some((_, comment)) = content.split_once("# PG") else { continue };
        let words: Vec<String> =
            format!("PG{comment}").split_whitespace().map(str::to_owned).collect();
        for pair in words.chunks(2) {
            let path = pair.get(1).filter(|path| *path != ".").cloned().unwrap_or_default();
            // What is missing from the spec as a whole is missing from its beginning.
            let at_start = pair.get(1).is_some_and(|path| path == ".");
            let line = if at_start { 1 } else { line + 1 };
            announced.insert((line, pair[0].clone(), path));
        }
    }
    announced
}

fn found(text: &str, merged: &Merged, faults: &[Diagnostic]) -> Found {
    let found = |fault: &Diagnostic| {
        let span = merged.locate(&fault.place).expect("every fault has a place");
        let line = text[..span.range().start].matches('\n').count() + 1;
        let path = fault.path().map(ToString::to_string).unwrap_or_default();
        (line, fault.code.id.to_owned(), path)
    };
    faults.iter().map(found).collect()
}

/// The spec of a text, with what every spec must hold; what the text says itself stays. A text that
/// says `platform = {}` is about exactly that, and gets nothing.
fn whole(text: &str) -> Node {
    let mut tree = parse(0, text).unwrap_or_else(|faults| panic!("{text}\n{faults:?}"));
    let platform = tree.at(&["platform"]).and_then(Node::table);
    if platform.is_none_or(|platform| !platform.is_empty()) {
        unite(&mut tree, parse(0, HEAD).expect("the head is TOML"));
    }
    tree
}

#[test]
fn reader_and_schema_give_one_verdict() {
    let schema = validator::<Root>();
    let (mut valid, mut planted) = (0, 0);
    for case in CASES.split("## ").skip(1) {
        let (title, text) = case.split_once('\n').unwrap();
        let tree = whole(text);
        let (value, faults): (_, Faults) = judge::<Root>(tree.clone(), &schema);
        assert_eq!(value.is_none() || !faults.is_empty(), text.contains("# PG"), "{title}");
        let merged = merged(tree);
        let mut reader = Reader::default();
        Root::read(&merged.tree, &mut reader);
        assert_eq!(found(text, &merged, &reader.faults), announced(text), "{title}");
        valid += usize::from(faults.is_empty());
        planted += faults.len();
    }
    assert!(valid >= 7 && planted >= 40, "{valid} valid texts, {planted} faults");
}

#[test]
fn every_planted_fault_of_one_text_is_found_in_one_pass() {
    let expected = announced(PLANTED);
    assert_eq!(expected.len(), 35);
    let merged = merged(parse(0, PLANTED).unwrap());
    let mut reader = Reader::default();
    Root::read(&merged.tree, &mut reader);
    let faults = [merged.faults.as_slice(), &reader.faults].concat();
    assert_eq!(found(PLANTED, &merged, &faults), expected);
    assert_eq!(faults.len(), expected.len(), "no fault is found twice");
    let layers = merged.faults.iter().filter(|fault| matches!(fault.place, Place::Text(_)));
    assert_eq!(layers.count(), 1, "only `only_in` is judged by the layers");
}
