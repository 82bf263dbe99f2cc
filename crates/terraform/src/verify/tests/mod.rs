//! Each fault is proven to fire: a table of small documents and what is found in them.
mod bodies;
mod clean;
mod meta;
mod references;
mod root;

use pretty_assertions::assert_eq;

use super::verify;
use crate::document::{Document, FileBuilder};
use crate::schema::Schema;
use crate::value::Value;

/// Checks that a document has exactly these faults.
fn check(document: &Document, expected: &[&str]) {
    let faults = verify(document, Schema::embedded());
    let faults: Vec<_> = faults.iter().map(ToString::to_string).collect();
    assert_eq!(faults, expected);
}

/// Checks the faults of a document with one module `m`, whose file is filled by `fill`.
fn check_file(fill: impl FnOnce(&mut FileBuilder), expected: &[&str]) {
    let mut document = Document::default();
    fill(&mut document.module("m").file("file"));
    check(&document, expected);
}

/// Checks the faults of one resource, without the address before each.
fn check_resource(kind: &'static str, arguments: Value, expected: &[&str]) {
    let address = format!("module.m.{kind}.x: ");
    let expected: Vec<_> = expected.iter().map(|fault| format!("{address}{fault}")).collect();
    let expected: Vec<_> = expected.iter().map(String::as_str).collect();
    check_file(|file| _ = file.resource(kind, "x", arguments).add(), &expected);
}
