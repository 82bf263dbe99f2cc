//! The output folder as its users see it: what a write does, and what it says.

use std::collections::BTreeMap;
use std::path::Path;
use std::{fs, io};

use platgen::disk::{self, Changes, Durability, Tree};
use pretty_assertions::assert_eq;

fn tree(files: &[(&str, &str)]) -> Tree {
    files.iter().map(|(path, text)| ((*path).to_string(), text.as_bytes().to_vec())).collect()
}

#[test]
fn a_write_says_what_it_did_and_keeps_the_old_bytes_for_a_diff() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("freelancer/dev");
    let first = tree(&[("main.tf.json", "1"), ("outputs.tf.json", "1"), ("same.tf.json", "1")]);
    let created = disk::write(&root, &first, Durability::Synced).unwrap();
    assert_eq!(created.created, ["main.tf.json", "outputs.tf.json", "same.tf.json"]);

    let second = tree(&[("main.tf.json", "2"), ("moved.tf.json", "2"), ("same.tf.json", "1")]);
    let expected = Changes {
        created: vec!["moved.tf.json".to_string()],
        changed: vec!["main.tf.json".to_string()],
        deleted: vec!["outputs.tf.json".to_string()],
        unchanged: 1,
        previous: tree(&[("main.tf.json", "1"), ("outputs.tf.json", "1")]),
        manifest_changed: true,
        finished_earlier_run: false,
    };
    assert_eq!(disk::changes(&root, &second).unwrap(), expected);
    assert_eq!(disk::write(&root, &second, Durability::Synced).unwrap(), expected);
    assert!(disk::changes(&root, &second).unwrap().is_empty());
    assert_eq!(files_below(&root).unwrap().get("main.tf.json").unwrap(), "2");
}

#[test]
fn the_folder_holds_the_tree_the_manifest_and_the_lock() {
    let folder = tempfile::tempdir().unwrap();
    let files = tree(&[("modules/data/main.tf.json", "{}\n"), (".platgen/ledger.json", "[]\n")]);
    disk::write(folder.path(), &files, Durability::Fast).unwrap();
    let found = files_below(folder.path()).unwrap();
    let paths: Vec<&str> = found.keys().map(String::as_str).collect();
    assert_eq!(
        paths,
        [
            ".platgen/ledger.json",
            ".platgen/lock",
            ".platgen/manifest.json",
            "modules/data/main.tf.json"
        ]
    );
    // The digests are those of `printf '[]\n' | sha256sum` and `printf '{}\n' | sha256sum`.
    assert_eq!(
        found[".platgen/manifest.json"],
        r#"{
  "format": 1,
  "files": {
    ".platgen/ledger.json": "37517e5f3dc66819f61f5a7bb8ace1921282415f10551d2defa5c3eb0985b570",
    "modules/data/main.tf.json": "ca3d163bab055381827226140568f3bef7eaac187cebd76878e0b63e9e442356"
  }
}
"#
    );
}

#[test]
fn a_refusal_names_the_files_and_the_way_out() {
    let folder = tempfile::tempdir().unwrap();
    let source = tempfile::NamedTempFile::new().unwrap();
    fs::copy(source.path(), folder.path().join("main.tf.json")).unwrap();
    let error =
        disk::write(folder.path(), &tree(&[("main.tf.json", "1")]), Durability::Fast).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "nothing was written to {}, because\n  main.tf.json was not made by platgen",
            folder.path().display()
        )
    );
    assert_eq!(
        error.help(),
        "Rename or delete the file that platgen did not make, then render again."
    );
}

fn files_below(root: &Path) -> io::Result<BTreeMap<String, String>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let place = entry?.path();
            if place.is_dir() {
                folders.push(place);
            } else {
                let below = place.strip_prefix(root).map_err(io::Error::other)?;
                let path = below.to_string_lossy().replace('\\', "/");
                files.insert(path, fs::read_to_string(place)?);
            }
        }
    }
    Ok(files)
}
