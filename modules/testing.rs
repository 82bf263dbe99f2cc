//! What the tests of all rooms share: a text is compiled, and its findings or resources looked at.
//!
//! A text is put behind [`HEADER`]: it gives things and sections only. There are two environments,
//! `dev` (development) and `prod` (production); where none is named, `dev` is meant.
use crate::files::MemoryFiles;
use crate::platform::Platform;
use crate::{Compiled, compile, layers, lower, merge};
use platgen_source::diagnostics::Diagnostic;
use platgen_source::{json, parse};
use platgen_terraform::schema::Schema;
use platgen_terraform::verify::verify;
use platgen_terraform::{Document, render};
use std::path::Path;

/// What stands before every text, unless the text has its own.
pub(crate) const HEADER: &str = r#"
spec = 1
[platform]
name = "shop"
region = "us-east-2"
[environment.dev]
profile = "development"
[environment.prod]
profile = "production"
"#;

/// What stands before a text that speaks of the platform's domain, in place of [`HEADER`].
pub(crate) const WITH_DOMAIN: &str = r#"
spec = 1
[platform]
name = "shop"
region = "us-east-2"
domain = "shop.example.com"
zone = "example.com"
[environment.dev]
profile = "development"
[environment.prod]
profile = "production"
"#;

/// The code, the path and the message of every finding in `dev`, in the order in which they come.
pub(crate) fn findings(toml: &str) -> Vec<(&'static str, String, String)> {
    findings_in("dev", toml)
}

/// The findings in an environment.
pub(crate) fn findings_in(environment: &str, toml: &str) -> Vec<(&'static str, String, String)> {
    let row = |finding: &Diagnostic| {
        let path = finding.path().map(ToString::to_string).unwrap_or_default();
        (finding.code.id, path, finding.message.clone())
    };
    compiled(environment, toml, &MemoryFiles::default()).findings.iter().map(row).collect()
}

/// The code and the path of every finding in `dev`.
pub(crate) fn found(toml: &str) -> Vec<(&'static str, String)> {
    found_in("dev", toml)
}

/// The code and the path of every finding in an environment.
pub(crate) fn found_in(environment: &str, toml: &str) -> Vec<(&'static str, String)> {
    findings_in(environment, toml).into_iter().map(|(code, path, _)| (code, path)).collect()
}

/// The only block of an argument that is written as a list of them.
pub(crate) fn only(blocks: &json::Value) -> json::Value {
    match blocks {
        json::Value::Array(items) if items.len() == 1 => items[0].clone(),
        block => block.clone(),
    }
}

/// The platform of a text without errors, in an environment.
pub(crate) fn platform(environment: &str, toml: &str) -> Platform {
    let compiled = compiled(environment, toml, &MemoryFiles::default());
    match compiled.platform {
        Some(platform) => platform,
        None => panic!("{:#?}\nin{toml}", compiled.findings),
    }
}

/// The document of a text without errors, in `dev`. It keeps the schema of the provider.
pub(crate) fn document(toml: &str) -> Document {
    document_in("dev", toml)
}

/// The document of a text without errors, in an environment. It keeps the schema of the provider.
pub(crate) fn document_in(environment: &str, toml: &str) -> Document {
    verified(lower(&platform(environment, toml)))
}

/// A document that keeps the schema of the provider.
pub(crate) fn verified(document: Document) -> Document {
    let faults: Vec<String> =
        verify(&document, Schema::embedded()).iter().map(ToString::to_string).collect();
    assert!(faults.is_empty(), "{faults:#?}");
    document
}

/// The arguments of a resource (`aws_vpc.main`) or data source (`data.aws_vpc.existing`) of a module,
/// as they are written, without the comment that names their causes; null if there is none.
pub(crate) fn resource(document: &Document, module: &str, address: &str) -> json::Value {
    let (section, address) = match address.strip_prefix("data.") {
        Some(rest) => ("data", rest),
        None => ("resource", address),
    };
    let (kind, name) = address.split_once('.').unwrap();
    let folder = format!("modules/{module}/");
    for (path, content) in render(document, Schema::embedded()) {
        if path.starts_with(&folder)
            && Path::new(&path).extension().is_some_and(|end| end == "json")
        {
            let content: json::Value = json::from_slice(&content).unwrap();
            if let Some(json::Value::Object(found)) = content[section][kind].get(name) {
                let mut arguments = found.clone();
                arguments.remove("//");
                return arguments.into();
            }
        }
    }
    json::Value::Null
}

/// Every address of a module, sorted.
pub(crate) fn addresses(document: &Document, module: &str) -> Vec<String> {
    let module = document.modules.get(module);
    let resources = module.into_iter().flat_map(|module| module.resources.keys());
    resources.map(ToString::to_string).collect()
}

/// Compiles a text with files beside it.
pub(crate) fn compiled(environment: &str, toml: &str, files: &MemoryFiles) -> Compiled {
    let whole = toml.contains("spec = 1");
    let text = if whole { toml.to_owned() } else { format!("{HEADER}{toml}") };
    let tree = parse(0, &text).unwrap_or_else(|faults| panic!("{faults:#?}\nin{text}"));
    let merged = merge(&layers(tree), environment).unwrap();
    compile(&merged, files)
}
