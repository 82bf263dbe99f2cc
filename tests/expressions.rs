//! Every text of the golden trees is a template that a parser which is not ours understands.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use hcl_edit::template::Template;
use serde_json::Value as Json;
use std::fs;
use std::path::{Path, PathBuf};

fn json_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            json_files(&path, found);
        } else if path.to_str().unwrap().ends_with(".tf.json") {
            found.push(path);
        }
    }
}

/// Every text below a value, keys included: keys of maps are templates too.
fn texts<'a>(value: &'a Json, found: &mut Vec<&'a str>) {
    match value {
        Json::String(text) => found.push(text),
        Json::Array(items) => items.iter().for_each(|item| texts(item, found)),
        Json::Object(entries) => {
            for (key, value) in entries {
                found.push(key);
                texts(value, found);
            }
        }
        Json::Null | Json::Bool(_) | Json::Number(_) => {}
    }
}

#[test]
fn every_text_of_the_golden_trees_parses_as_a_template() {
    let mut files = Vec::new();
    json_files(Path::new("generated"), &mut files);
    let mut interpolated = 0;
    for file in &files {
        let content: Json = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
        let mut found = Vec::new();
        texts(&content, &mut found);
        for text in found {
            let template = text.parse::<Template>();
            assert!(template.is_ok(), "{}: {text:?}: {template:?}", file.display());
            interpolated += usize::from(text.contains("${"));
        }
    }
    assert!(files.len() > 100 && interpolated > 1_000, "{} files say little", files.len());
}
