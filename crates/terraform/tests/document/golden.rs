//! Two whole trees, byte for byte. `UPDATE_GOLDEN=1` writes them anew.
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use platgen_terraform::schema::Schema;
use platgen_terraform::verify::verify;
use platgen_terraform::{Document, Tree};
use pretty_assertions::assert_eq;

use crate::sample::{large, rendered, small};

fn check(name: &str, document: &Document) {
    assert_eq!(verify(document, Schema::embedded()), []);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/document/golden").join(name);
    let actual = rendered(document);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        update(&folder, &actual);
    }
    let text = |tree: Tree| -> BTreeMap<String, String> {
        tree.into_iter().map(|(path, bytes)| (path, String::from_utf8(bytes).unwrap())).collect()
    };
    assert_eq!(text(actual), text(read(&folder)));
}

fn read(folder: &Path) -> Tree {
    let mut tree = Tree::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path: PathBuf = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_str().unwrap().replace('\\', "/");
                tree.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    tree
}

#[expect(clippy::disallowed_methods, reason = "this is how golden files are made")]
fn update(folder: &Path, tree: &Tree) {
    let _ = fs::remove_dir_all(folder);
    for (path, content) in tree {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
}

#[test]
fn the_small_tree() {
    check("small", &small());
}

#[test]
fn the_large_tree() {
    check("large", &large());
}
