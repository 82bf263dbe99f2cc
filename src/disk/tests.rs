//! Tests that need to look inside: they stop the writer before any of its changes of the disk.

mod interruption;
mod obstacles;
mod ownership;
mod properties;
mod resumption;

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;
use std::time::SystemTime;

use tempfile::TempDir;

use super::layout::{JOURNAL, LOCK, OWN_FOLDER, STAGING, place};
use super::writer::{Change, Writer};
use super::{Changes, DiskError, Durability, Tree, guard, write_through};

/// Files that belong to the user of the folder, beside platgen's.
const USERS_FILES: [&str; 3] =
    ["terraform.tfstate", "mine.tf", "modules/data/mine_override.tf.json"];

/// What a test makes the writer do instead of a change of the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stop {
    /// Fail before the change.
    Clean,
    /// Fail in the middle of the change: half of a file is written.
    Torn,
    /// End the process in the middle of the change.
    Abort,
}

fn tree(files: &[(&str, &str)]) -> Tree {
    files.iter().map(|(path, text)| ((*path).to_string(), text.as_bytes().to_vec())).collect()
}

/// The state before the runs that are stopped.
fn old_tree() -> Tree {
    tree(&[
        (".platgen/ledger.json", "old ledger"),
        ("main.tf.json", "old main"),
        ("modules/auth/users/pool.tf.json", "old pool"),
        ("modules/data/queue.a.tf.json", "old a"),
        ("modules/data/queue.b.tf.json", "old b"),
        ("versions.tf.json", "same"),
    ])
}

/// The state after them: files are changed, created and deleted, and folders come and go.
fn new_tree() -> Tree {
    tree(&[
        (".platgen/ledger.json", "new ledger"),
        (".platgen/sourcemap.json", "new source map"),
        ("main.tf.json", "new main"),
        ("modules/data/queue.a.tf.json", "new a"),
        ("modules/network/inner/vpc.tf.json", "new vpc"),
        ("versions.tf.json", "same"),
    ])
}

fn write(root: &Path, files: &Tree) -> Result<Changes, DiskError> {
    super::write(root, files, Durability::Fast)
}

/// A folder that holds the old tree beside the user's files.
fn old_folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &old_tree()).unwrap();
    for path in USERS_FILES {
        put(folder.path(), path, "mine");
    }
    folder
}

/// Writes as a user would, past platgen.
fn put(root: &Path, path: &str, text: &str) {
    let file = place(root, path);
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    options.open(file).unwrap().write_all(text.as_bytes()).unwrap();
}

/// Writes, but stops at the change with this number, counted from 0.
fn write_until(
    root: &Path,
    files: &Tree,
    durability: Durability,
    number: usize,
    stop: Stop,
) -> Result<Changes, DiskError> {
    let mut made = 0;
    let mut before_each = |change: Change<'_>| {
        made += 1;
        if made <= number {
            return Ok(());
        }
        if stop != Stop::Clean {
            tear(change)?;
        }
        if stop == Stop::Abort {
            std::process::abort();
        }
        Err(io::Error::other("stopped by the test"))
    };
    write_through(root, files, &mut Writer::new(durability, &mut before_each))
}

/// Only the writing of a file has a middle: all else is one call of the operating system.
fn tear(change: Change<'_>) -> io::Result<()> {
    if let Change::WriteFile(path, bytes) = change {
        let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
        file.write_all(&bytes[..bytes.len() / 2])?;
    }
    Ok(())
}

fn is_guarded(root: &Path) -> bool {
    place(root, guard::FILE).exists()
}

/// What the engine and the next run go by: every file with its content and every folder, without
/// the guard and what platgen keeps of an unfinished run.
fn contents(root: &Path) -> BTreeMap<String, Vec<u8>> {
    let transient = [OWN_FOLDER, LOCK, JOURNAL, STAGING, guard::FILE];
    let mut contents = BTreeMap::new();
    walk(root, "", &mut |path, file| {
        let is_staged = path.starts_with(STAGING);
        if !is_staged && !transient.contains(&path) {
            let bytes = if file.is_dir() { Vec::new() } else { fs::read(file).unwrap() };
            contents.insert(path.to_string(), bytes);
        }
    });
    contents
}

/// Everything there is, links not followed, with the times of the last change.
fn everything(root: &Path) -> BTreeMap<String, (String, SystemTime)> {
    let mut all = BTreeMap::new();
    walk(root, "", &mut |path, file| {
        let metadata = fs::symlink_metadata(file).unwrap();
        let bytes = metadata.is_file().then(|| fs::read(file).unwrap());
        let description = format!("{:?} {bytes:?}", metadata.file_type());
        all.insert(path.to_string(), (description, metadata.modified().unwrap()));
    });
    all
}

fn walk(root: &Path, folder: &str, visit: &mut dyn FnMut(&str, &Path)) {
    let here = if folder.is_empty() { root.to_path_buf() } else { place(root, folder) };
    if !here.exists() {
        return;
    }
    for entry in fs::read_dir(here).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        let path = if folder.is_empty() { name } else { format!("{folder}/{name}") };
        visit(&path, &entry.path());
        if entry.file_type().unwrap().is_dir() {
            walk(root, &path, visit);
        }
    }
}

/// A copy of a folder of plain files, to try several continuations of one state.
fn copied(root: &Path) -> TempDir {
    let copy = tempfile::tempdir().unwrap();
    walk(root, "", &mut |path, file| {
        let target = place(copy.path(), path);
        if file.is_dir() {
            fs::create_dir(target).unwrap();
        } else {
            fs::copy(file, target).unwrap();
        }
    });
    copy
}
