//! What APIs become, and what is refused. What answers stands in other rooms, so it is not declared
//! where it does not matter: what an API says of it is looked at, and not what it says itself.
mod authorizers;
mod findings;
mod http;
mod patterns;
mod rest;

use crate::files::MemoryFiles;
use crate::kind::Resolving;
use crate::kinds::Spec;
use crate::platform::{Head, Platform};
use crate::testing::HEADER;
use crate::{layers, lower, merge};
use platgen_source::diagnostics::Diagnostic;
use platgen_source::{Name, Read, Reader, parse};
use platgen_terraform::Document;
use platgen_terraform::schema::Schema;
use platgen_terraform::verify::verify;
use std::collections::BTreeMap;

/// An HTTP API with these keys.
fn http(keys: &str) -> String {
    format!("[api.shop]\n{keys}\n")
}

/// A REST API with these keys.
fn rest(keys: &str) -> String {
    format!("[api.shop]\ntype = \"rest\"\n{keys}\n")
}

/// A route to a function.
const ORDERS: &str =
    "route.orders = { match = \"POST /orders\", to = { function = \"orders\" } }\n";

/// The files beside every spec.
fn files() -> MemoryFiles {
    MemoryFiles(BTreeMap::from([
        ("order.json".to_owned(), b"{ \"type\": \"object\" }".to_vec()),
        ("list.json".to_owned(), b"[]".to_vec()),
        ("broken.json".to_owned(), b"{".to_vec()),
    ]))
}

/// The platform of a text and the findings, without a look at whether what it names is declared.
fn resolved(environment: &str, toml: &str) -> (Option<Platform>, Vec<Diagnostic>) {
    let whole = toml.contains("spec = 1");
    let text = if whole { toml.to_owned() } else { format!("{HEADER}{toml}") };
    let merged = merge(&layers(parse(0, &text).unwrap()), environment).unwrap();
    let mut reader = Reader::default();
    let spec = Spec::read(&merged.tree, &mut reader);
    let mut findings = reader.faults;
    let platform = spec.map(|spec| {
        let head = Head::resolve(&spec, &Name::new(environment).unwrap());
        let files = files();
        let mut resolving =
            Resolving { head: &head, spec: &spec, files: &files, findings: Vec::new() };
        let platform = Platform::resolve(&mut resolving);
        findings.extend(resolving.findings);
        platform
    });
    (platform, findings)
}

/// The code and the path of every finding about the API `shop`, without its own path.
fn found(toml: &str) -> Vec<(&'static str, String)> {
    let (_, findings) = resolved("dev", toml);
    let row = |finding: &Diagnostic| {
        let path = finding.path().map(ToString::to_string).unwrap_or_default();
        let own = path.strip_prefix("api.shop.").map(str::to_owned);
        (finding.code.id, own.unwrap_or(path))
    };
    findings.iter().map(row).collect()
}

/// The platform of a text without findings.
fn platform(environment: &str, toml: &str) -> Platform {
    let (platform, findings) = resolved(environment, toml);
    assert!(findings.iter().all(|finding| !finding.is_error()), "{findings:#?}\nin{toml}");
    platform.unwrap()
}

/// The document of a text without findings. It keeps the schema, but for what it names and is not
/// declared.
fn document(toml: &str) -> Document {
    document_in("dev", toml)
}

/// The document of an environment.
fn document_in(environment: &str, toml: &str) -> Document {
    let document = lower(&platform(environment, toml));
    let faults = verify(&document, Schema::embedded());
    let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
    let own: Vec<&String> =
        faults.iter().filter(|fault| !fault.contains("is not declared")).collect();
    assert!(own.is_empty(), "{own:#?}");
    document
}
