//! Variables, outputs and the backend.
use serde_json::json;

use super::check;
use crate::block;
use crate::document::{Document, VariableType};
use crate::expr::{Address, Handle};

#[test]
fn defaults_are_of_the_type_of_the_variable() {
    let cases = [
        (VariableType::String, json!("x"), None),
        (VariableType::String, json!(null), None),
        (VariableType::Number, json!(1.5), None),
        (VariableType::Bool, json!(true), None),
        (VariableType::ListOfString, json!(["a"]), None),
        (VariableType::MapOfString, json!({ "a": "b" }), None),
        (VariableType::String, json!(1), Some("expected string, found 1")),
        (VariableType::Number, json!("1"), Some("expected number, found \"1\"")),
        (VariableType::Bool, json!("true"), Some("expected bool, found \"true\"")),
        (VariableType::ListOfString, json!([1]), Some("expected list(string), found [1]")),
        (VariableType::MapOfString, json!({"a": 1}), Some("expected map(string), found {\"a\":1}")),
    ];
    for (kind, default, fault) in cases {
        let mut document = Document::default();
        document.variable("x", kind, Some(default), "");
        let fault = fault.map(|fault| format!("var.x: `default`: {fault}"));
        check(&document, &fault.iter().map(String::as_str).collect::<Vec<_>>());
    }
}

#[test]
fn outputs_refer_to_what_is_there() {
    let mut document = Document::default();
    let mut file = document.module("m").file("f");
    let vpc = file.resource("aws_vpc", "x", block! {}).add();
    let local = file.local("l", 1);
    document.output("id", vpc.get("id"), "");
    document.output("idd", vpc.get("idd"), "");
    document.output("local", local, "");
    document.output("none", Handle::new("m", Address::managed("aws_vpc", "y")).get("id"), "");
    check(
        &document,
        &[
            "output.idd: `value`: module.m.aws_vpc.x.idd: no attribute `idd` (did you mean `id`?)",
            "output.local: `value`: module.m.local.l is not visible outside its module",
            "output.none: `value`: module.m.aws_vpc.y is not declared",
        ],
    );
}

#[test]
fn the_backend_holds_plain_texts() {
    let arguments = json!({
        "bucket": "state", "encrypt": true, "key": "${var.x}",
        "assume_role": { "tags": ["a", "%{b"] },
    });
    let backend = arguments.as_object().map(|arguments| {
        arguments.iter().map(|(name, value)| (name.clone(), value.clone())).collect()
    });
    let document = Document { backend, ..Document::default() };
    let message = "the text would be a template in OpenTofu, and not in Terraform";
    check(
        &document,
        &[
            &format!("backend.s3: `assume_role.tags[1]`: {message}"),
            &format!("backend.s3: `key`: {message}"),
        ],
    );
}
