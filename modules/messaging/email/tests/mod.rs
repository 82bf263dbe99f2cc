//! Tests of senders of mail. Their specs have a domain in a zone, and templates beside them.
mod findings;
mod grants;
mod lowering;

use crate::files::MemoryFiles;
use crate::testing::{WITH_DOMAIN, compiled, verified};
use crate::{Compiled, lower};
use platgen_source::diagnostics::Diagnostic;
use platgen_terraform::Document;

/// A sender with nothing but a domain.
const MAIL: &str = "[email.mail]\ndomain = \"{platform.domain}\"\n";

/// Compiles a text behind [`WITH_DOMAIN`], with files beside it.
fn read(toml: &str) -> Compiled {
    let files = [
        ("hello.html", "<p>Hello {{name}}</p>".as_bytes()),
        ("hello.txt", b"Hello {{name}}"),
        ("open.html", b"<p>\n{{#if name}}</p>"),
        ("latin.txt", b"gr\xfc\xdfe"),
    ];
    let files = files.map(|(path, bytes)| (path.to_owned(), bytes.to_vec()));
    compiled("dev", &format!("{WITH_DOMAIN}{toml}"), &MemoryFiles(files.into()))
}

/// Code, path and message of what is found.
fn found(toml: &str) -> Vec<(&'static str, String, String)> {
    let row = |finding: &Diagnostic| {
        let path = finding.path().map(ToString::to_string).unwrap_or_default();
        (finding.code.id, path, finding.message.clone())
    };
    read(toml).findings.iter().map(row).collect()
}

/// The document of a text without errors.
fn document(toml: &str) -> Document {
    let compiled = read(toml);
    match &compiled.platform {
        Some(platform) => verified(lower(platform)),
        None => panic!("{:#?}\nin{toml}", compiled.findings),
    }
}
