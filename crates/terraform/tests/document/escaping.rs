//! Any text comes back as it went in: checked with a hand-written inverse of the rules, and with
//! an independent parser of HCL.
use hcl_edit::expr::Expression;
use hcl_edit::template::{Element, Template};
use platgen_terraform::{Document, Expr, Value, block, json, template};
use pretty_assertions::assert_eq;
use proptest::prelude::*;
use serde_json::Value as Json;

use crate::sample::{file, large, rendered};

/// Stands for `each.key` in what was parsed.
const MARK: &str = "\u{1}KEY\u{1}";

/// Texts that have broken generators of Terraform JSON.
const NASTY: [&str; 24] = [
    "",
    "$",
    "%",
    "$$",
    "${",
    "%{",
    "$${",
    "%%{",
    "$$${a}",
    "$%{a}",
    "%${a}",
    "${aws:username}",
    "%{ if true }x%{ endif }",
    "100% {x} $5",
    "a\"b\\c\\\"d",
    "\\${x}",
    "line\nline\r\n\ttab",
    "\u{0}\u{1}\u{1b}\u{7f}\u{85}",
    "<<EOT\nx\nEOT",
    "// # /* */",
    "var.x",
    "é ü 日本 🙂",
    "\u{2028}\u{feff}",
    "}",
];

/// The local `x` of a document that holds one value, as it is written.
fn written(value: impl Into<Value>) -> Json {
    let mut document = Document::default();
    document.module("m").file("f").local("x", value);
    file(&rendered(&document), "modules/m/f.tf.json")["locals"]["x"].take()
}

/// The literal that a template stands for; none if it holds an interpolation or a directive.
fn literal(template: &str) -> Option<String> {
    let mut text = String::new();
    let mut rest = template;
    while let Some(found) = rest.find(['$', '%']) {
        let marker = &rest[found..=found];
        let run = rest[found..].len() - rest[found..].trim_start_matches(marker).len();
        let after = &rest[found + run..];
        let kept = match (after.starts_with('{'), run) {
            (true, 1) => return None,
            (true, run) => run - 1,
            (false, run) => run,
        };
        text.push_str(&rest[..found]);
        text.push_str(&marker.repeat(kept));
        rest = after;
    }
    Some(text + rest)
}

/// The text of an interpolation `${ … }` that calls `jsonencode` of one text.
fn parsed_argument(written: &Json) -> Expression {
    let template: Template = written.as_str().unwrap().parse().unwrap();
    let Some(Element::Interpolation(interpolation)) = template.into_iter().next() else {
        panic!("no interpolation in {written}");
    };
    let Expression::FuncCall(call) = interpolation.expr else { panic!("no call in {written}") };
    call.args.into_iter().next().unwrap()
}

fn text_of(expression: &Expression) -> String {
    match expression {
        Expression::String(text) => text.as_str().to_owned(),
        Expression::StringTemplate(template) => template
            .iter()
            .map(|element| match element {
                Element::Literal(text) => text.as_str().to_owned(),
                other => panic!("not a literal: {other:?}"),
            })
            .collect(),
        other => panic!("not a text: {other:?}"),
    }
}

fn check_everywhere(text: &str) {
    assert_eq!(literal(written(text).as_str().unwrap()).as_deref(), Some(text), "value");
    let map = written(block! { (text): 1 });
    let key = map.as_object().unwrap().keys().next().unwrap();
    assert_eq!(literal(key).as_deref(), Some(text), "key");
    assert_eq!(text_of(&parsed_argument(&written(json(text)))), text, "quoted value");
    let Expression::Object(object) = parsed_argument(&written(json(block! { (text): 1 }))) else {
        panic!("no object");
    };
    let (key, _) = object.iter().next().unwrap();
    assert_eq!(text_of(key.as_expr().unwrap()), text, "quoted key");
}

#[test]
fn nasty_texts_come_back_from_every_position() {
    for text in NASTY {
        check_everywhere(text);
    }
}

#[test]
fn the_inverse_knows_an_interpolation() {
    for template in ["${x}", "a%{if}", "$$$5${x}"] {
        assert_eq!(literal(template), None, "{template}");
    }
}

/// The text of a parsed template, where `each.key` stands as a mark and an interpolated literal
/// as its text.
fn pieces<'e>(elements: impl Iterator<Item = &'e Element>) -> String {
    let piece = |element: &Element| match element {
        Element::Literal(text) => text.as_str().to_owned(),
        Element::Interpolation(inner) => match &inner.expr {
            Expression::String(text) => text.as_str().to_owned(),
            _ => MARK.to_owned(),
        },
        Element::Directive(_) => panic!("a directive"),
    };
    elements.map(piece).collect()
}

/// The same for a template that stands by itself in JSON.
fn pieces_of(written: &Json) -> String {
    let template: Template = written.as_str().unwrap().parse().unwrap();
    pieces(template.iter())
}

#[test]
fn literals_before_an_interpolation_stay_literals() {
    for text in NASTY {
        let written = written(template![text, Expr::EachKey, text]);
        let expected = format!("{text}{MARK}{text}");
        assert_eq!(pieces_of(&written), expected, "{written}");
    }
}

/// Every text in template position of a rendered file.
fn templates(json: &Json, found: &mut Vec<String>) {
    match json {
        Json::String(text) => found.push(text.clone()),
        Json::Array(items) => items.iter().for_each(|item| templates(item, found)),
        Json::Object(entries) => {
            for (key, value) in entries {
                found.push(key.clone());
                templates(value, found);
            }
        }
        _ => {}
    }
}

#[test]
fn every_rendered_template_can_be_parsed() {
    let mut found = Vec::new();
    for (path, content) in rendered(&large()) {
        let json = serde_json::from_slice(&content).unwrap_or_else(|e| panic!("{path}: {e}"));
        templates(&json, &mut found);
    }
    let interpolations = found.iter().filter(|text| text.contains("${")).count();
    assert!(interpolations > 20, "{interpolations}");
    for text in found {
        text.parse::<Template>().unwrap_or_else(|error| panic!("{text}: {error}"));
    }
}

proptest! {
    /// Texts made mostly of what escaping is about.
    #[test]
    fn texts_of_markers_come_back(text in "([$%{}\"\\\\~a\n]|\u{0}|é){0,12}") {
        check_everywhere(&text);
    }

    #[test]
    fn any_text_comes_back(text in any::<String>()) {
        check_everywhere(&text);
    }

    #[test]
    fn any_text_around_an_interpolation_comes_back(before in "[$%{}a\"]{0,8}", after in "[$%{}a\"]{0,8}") {
        let written = written(template![&before, Expr::EachKey, &after]);
        let expected = format!("{before}{MARK}{after}");
        prop_assert_eq!(pieces_of(&written), expected);
        let quoted = written_quoted(&before, &after);
        prop_assert_eq!(quoted, format!("{before}{MARK}{after}"));
    }
}

/// The same template as an argument of a call, so quoted.
fn written_quoted(before: &str, after: &str) -> String {
    match parsed_argument(&written(json(template![before, Expr::EachKey, after]))) {
        Expression::StringTemplate(template) => pieces(template.iter()),
        _ => MARK.to_owned(),
    }
}
