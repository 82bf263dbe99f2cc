//! Every example renders to exactly what stands in `generated/`: the set of files and their bytes,
//! and the list of addresses, which is a contract of its own.
//!
//! `UPDATE_GOLDEN=1 cargo test --test golden` rewrites both.
#![expect(clippy::disallowed_methods, reason = "tests rewrite their own golden files")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use platgen::disk::{self, Durability};
use platgen::pipeline::{Compiled, Root, compile};
use platgen::source_map::Detail;
use platgen::spec::load;
use pretty_assertions::assert_eq;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// What the writer keeps beside the tree.
const WRITERS_OWN: [&str; 2] = [".platgen/lock", ".platgen/manifest.json"];

fn examples() -> Vec<PathBuf> {
    let folders = fs::read_dir("examples").unwrap().map(|entry| entry.unwrap().path());
    let mut specs: Vec<PathBuf> =
        folders.map(|folder| folder.join("platform.toml")).filter(|spec| spec.exists()).collect();
    specs.sort();
    specs
}

fn compiled(spec: &Path) -> Compiled {
    let compiled = compile(load(spec), &[], Detail::Resources).unwrap();
    let found = compiled.report.json();
    assert!(!compiled.report.has_errors(), "{}: {found:#}", spec.display());
    compiled
}

fn roots() -> Vec<Root> {
    examples().iter().flat_map(|spec| compiled(spec).roots).collect()
}

fn folder_of(root: &Root) -> PathBuf {
    Path::new("generated").join(&root.platform).join(&root.environment)
}

fn addresses_of(root: &Root) -> PathBuf {
    let file = format!("{}.txt", root.environment);
    Path::new("tests/golden/addresses").join(&root.platform).join(file)
}

/// Every file below a folder, by its path from there.
fn files_below(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(&next).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
                files.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    files
}

/// A text to compare, so that a difference can be read; of what is none, its bytes.
fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap_or_else(|_| format!("{bytes:?}"))
}

fn updating() -> bool {
    std::env::var_os("UPDATE_GOLDEN").is_some()
}

fn update(root: &Root) {
    let addresses = addresses_of(root);
    fs::create_dir_all(addresses.parent().unwrap()).unwrap();
    fs::write(addresses, root.addresses.join("\n") + "\n").unwrap();
    disk::write(&folder_of(root), &root.files, Durability::Fast).unwrap();
}

#[test]
fn examples_render_to_the_golden_files() {
    assert!(examples().len() >= 2, "the examples are not where they should be");
    for root in roots() {
        if updating() {
            update(&root);
        }
        let folder = folder_of(&root);
        let mut golden = files_below(&folder);
        golden.retain(|path, _| !WRITERS_OWN.contains(&path.as_str()));
        let names = |files: &BTreeMap<String, Vec<u8>>| files.keys().cloned().collect::<Vec<_>>();
        assert_eq!(names(&root.files), names(&golden), "files of {}", folder.display());
        for (path, content) in &root.files {
            assert_eq!(text(content), text(&golden[path]), "{}/{path}", folder.display());
        }
        let golden = fs::read_to_string(addresses_of(&root)).unwrap_or_default();
        let golden: Vec<&str> = golden.lines().collect();
        assert_eq!(root.addresses, golden, "addresses of {}", folder.display());
    }
    assert_nothing_else_is_golden();
}

/// What no example renders to any more is deleted by hand, with a look at what it was.
fn assert_nothing_else_is_golden() {
    let expected: BTreeSet<PathBuf> = roots().iter().map(folder_of).collect();
    let folders = |path: &Path| -> Vec<PathBuf> {
        let entries = fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path());
        entries.filter(|path| path.is_dir()).collect()
    };
    let platforms = folders(Path::new("generated"));
    let found: BTreeSet<PathBuf> = platforms.iter().flat_map(|path| folders(path)).collect();
    assert_eq!(found, expected);
}

#[test]
fn the_same_spec_gives_the_same_bytes_from_any_folder() {
    let spec = Path::new("examples/minimal/platform.toml");
    let elsewhere = tempfile::tempdir().unwrap();
    let copy = elsewhere.path().join("renamed.toml");
    fs::copy(spec, &copy).unwrap();
    let (here, there) = (compiled(spec).roots, compiled(&copy).roots);
    assert_eq!(here.len(), there.len());
    for (here, there) in here.iter().zip(&there) {
        assert_eq!(here.files, there.files);
    }
}
