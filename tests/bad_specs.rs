//! Bad specs state their own findings: `cpuu = 256 # error[PG0102]`. The findings of each file are
//! compared with its comments, both ways, by line, severity and code, each as often as it stands.
//!
//! Every file of `tests/bad_specs` is a spec, and every folder, but for `files`, which holds what
//! specs read beside them.
#![expect(
    clippy::disallowed_methods,
    reason = "the corpus is read from the disk, and a part of it made"
)]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use platgen::pipeline::compile;
use platgen::source_map::Detail;
use platgen::spec::load;
use platgen_source::LARGEST;
use platgen_source::diagnostics::code;
use pretty_assertions::assert_eq;
use serde_json::Value as Json;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// File, line counted from one, severity and code.
type Finding = (String, u64, String, String);

const CORPUS: &str = "tests/bad_specs";

fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    entries
}

fn corpus() -> Vec<PathBuf> {
    let mut specs = entries(Path::new(CORPUS));
    specs.retain(|spec| !spec.ends_with("files"));
    specs
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}

/// The marks of one line: every `error[PG0000]` and `warning[PG0000]` behind its last `#`.
fn marks(file: &str, line: u64, text: &str) -> Vec<Finding> {
    let comment = text.rsplit_once('#').map_or("", |(_, comment)| comment);
    let mut found = Vec::new();
    for severity in ["error", "warning"] {
        for piece in comment.split(&format!("{severity}[")).skip(1) {
            let code = piece.split(']').next().unwrap_or_default();
            found.push((file.to_owned(), line, severity.to_owned(), code.to_owned()));
        }
    }
    found
}

fn stated(spec: &Path) -> Vec<Finding> {
    let files = if spec.is_dir() { entries(spec) } else { vec![spec.to_path_buf()] };
    let mut stated = Vec::new();
    for file in files {
        let bytes = fs::read(&file).unwrap();
        for (line, text) in (1..).zip(String::from_utf8_lossy(&bytes).lines()) {
            stated.extend(marks(&name_of(&file), line, text));
        }
    }
    stated.sort();
    stated
}

fn findings(spec: &Path) -> Vec<Json> {
    let compiled = compile(load(spec), &[], Detail::Resources).unwrap();
    let has_errors = compiled.report.has_errors();
    assert_eq!(
        compiled.roots.is_empty(),
        has_errors,
        "{}: errors keep a tree back",
        spec.display()
    );
    compiled.report.json().as_array().unwrap().clone()
}

fn text(finding: &Json, key: &str) -> String {
    finding[key].as_str().unwrap_or_default().to_owned()
}

fn found(spec: &Path) -> Vec<Finding> {
    let finding = |found: &Json| {
        let file = name_of(Path::new(&text(found, "file")));
        (file, found["line"].as_u64().unwrap(), text(found, "severity"), text(found, "code"))
    };
    let mut found: Vec<Finding> = findings(spec).iter().map(finding).collect();
    found.sort();
    found
}

#[test]
fn every_bad_spec_has_exactly_the_findings_that_it_states() {
    assert!(corpus().len() >= 40, "the corpus is not where it should be");
    for spec in corpus() {
        let stated = stated(&spec);
        assert!(!stated.is_empty(), "{} states nothing", spec.display());
        assert_eq!(found(&spec), stated, "{}", spec.display());
    }
}

/// What every finding must have: a place, a reason, and remedies that are sentences of their own.
#[test]
fn findings_have_a_place_and_a_reason() {
    for spec in corpus() {
        for finding in findings(&spec) {
            let message = text(&finding, "message");
            assert!(!message.is_empty() && !message.ends_with('.'), "{message}");
            assert!(!message.contains(char::is_control), "{message:?}");
            assert!(finding["line"].is_u64(), "{finding}");
            let remedies = finding["help"].as_array().unwrap();
            assert!(remedies.iter().all(|help| help.as_str().is_some_and(|help| !help.is_empty())));
        }
    }
}

#[test]
fn forty_faults_are_found_in_one_run() {
    let found = found(&Path::new(CORPUS).join("everything_at_once.toml"));
    let codes: BTreeSet<&String> = found.iter().map(|(_, _, _, code)| code).collect();
    assert!(found.len() >= 40, "{} findings", found.len());
    assert!(codes.len() >= 20, "{} codes", codes.len());
}

/// Codes of what cannot stand in the corpus: a spec that is not there, and one that is too large.
#[test]
fn every_code_is_reached_by_a_spec() {
    let folder = tempfile::tempdir().unwrap();
    let large = folder.path().join("large.toml");
    fs::write(&large, " ".repeat(LARGEST + 1)).unwrap();
    let missing = folder.path().join("missing.toml");
    let without_specs = Path::new(CORPUS).join("files");
    for (spec, code) in [(&large, "PG0004"), (&missing, "PG0001"), (&without_specs, "PG0001")] {
        let codes: Vec<String> = findings(spec).iter().map(|found| text(found, "code")).collect();
        assert_eq!(codes, [code], "{}", spec.display());
    }
    let mut reached: BTreeSet<String> = BTreeSet::from(["PG0001".to_owned(), "PG0004".to_owned()]);
    reached.extend(corpus().iter().flat_map(|spec| found(spec)).map(|(_, _, _, code)| code));
    let all: BTreeSet<String> = code::ALL.iter().map(|code| code.id.to_owned()).collect();
    assert_eq!(reached, all);
}
