//! Tests of user pools. Their specs have a domain in a zone.
mod clients;
mod domains;
mod findings;
mod grants;
mod lowering;

use crate::files::MemoryFiles;
use crate::testing::{WITH_DOMAIN, compiled, resource, verified};
use crate::{Compiled, lower};
use platgen_source::diagnostics::Diagnostic;
use platgen_source::json::Value;
use platgen_terraform::Document;

/// A service whose variables and edges a test adds.
const SERVICE: &str = "[service.web]\nimage = \"x/y:1\"\nuses.internet = \"https\"\n";

/// A function with nothing but an image.
const FUNCTION: &str =
    "[function.f]\nimage = \"123456789012.dkr.ecr.us-east-2.amazonaws.com/f:1\"\n";

fn read(environment: &str, toml: &str) -> Compiled {
    compiled(environment, &format!("{WITH_DOMAIN}{toml}"), &MemoryFiles::default())
}

/// Code, path and message of what is found in `dev`.
fn found(toml: &str) -> Vec<(&'static str, String, String)> {
    found_in("dev", toml)
}

fn found_in(environment: &str, toml: &str) -> Vec<(&'static str, String, String)> {
    let row = |finding: &Diagnostic| {
        let path = finding.path().map(ToString::to_string).unwrap_or_default();
        (finding.code.id, path, finding.message.clone())
    };
    read(environment, toml).findings.iter().map(row).collect()
}

/// The document of a text without errors.
fn document_in(environment: &str, toml: &str) -> Document {
    let compiled = read(environment, toml);
    match &compiled.platform {
        Some(platform) => verified(lower(platform)),
        None => panic!("{:#?}\nin{toml}", compiled.findings),
    }
}

/// A resource of the module, in an environment.
fn get_in(environment: &str, toml: &str, address: &str) -> Value {
    resource(&document_in(environment, toml), "auth", address)
}

/// A resource of the module, in `dev`.
fn get(toml: &str, address: &str) -> Value {
    get_in("dev", toml, address)
}
