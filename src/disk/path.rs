//! Which paths may name a file of the output. The same rules hold for trees made by platgen and
//! for manifests and journals found on disk, which someone else may have written.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::error::DiskError;
use super::layout::{OWN_FOLDER, TREE_FILES_IN_OWN_FOLDER};
use super::{Tree, guard};

/// A path that passed every rule: relative, inside the output folder, and not one of the files
/// that this module keeps for itself.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(super) struct TreePath(String);

/// A tree whose paths passed every rule, alone and together.
pub(super) type CheckedTree<'a> = BTreeMap<TreePath, &'a [u8]>;

/// A path that cannot be part of an output folder.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the path {path:?} {fault}")]
pub struct BadPath {
    /// The path as it was given.
    pub path: String,
    /// The first rule that it breaks.
    pub fault: PathFault,
}

/// The rule that a path breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PathFault {
    /// It is empty, absolute, ends with `/`, or has `//` inside.
    EmptyPart,
    /// It has a part `.` or `..`, and could leave the output folder.
    DotPart,
    /// It has a part that is longer than file systems allow.
    LongPart,
    /// It has a character that is not printable ASCII, or that some system takes for a separator.
    Character(char),
    /// It has a part that belongs to platgen, to the engine or to git.
    Reserved(&'static str),
}

impl fmt::Display for PathFault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PathFault::EmptyPart => formatter.write_str("is absolute or has an empty part"),
            PathFault::DotPart => formatter.write_str("has a part `.` or `..`"),
            PathFault::LongPart => write!(formatter, "has a part over {LONGEST_PART} bytes"),
            PathFault::Character(character) => {
                write!(formatter, "has the character {character:?}, which is not allowed")
            }
            PathFault::Reserved(name) => {
                write!(formatter, "has a part that is reserved for `{name}`")
            }
        }
    }
}

/// The longest name of a file or folder, in bytes: 255 on ext4, XFS, APFS and NTFS.
/// <https://en.wikipedia.org/wiki/Comparison_of_file_systems#Limits>
const LONGEST_PART: usize = 255;

/// Folders in which no file of the output may stand, at any depth. Whoever can write there decides
/// what git or the engine executes.
const FOREIGN_FOLDERS: [&str; 2] = [".git", ".terraform"];

impl TreePath {
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// The path as a file system that ignores case sees it.
    pub(super) fn folded(&self) -> String {
        self.0.to_ascii_lowercase()
    }
}

impl TryFrom<String> for TreePath {
    type Error = BadPath;

    fn try_from(path: String) -> Result<Self, BadPath> {
        match fault(&path) {
            Some(fault) => Err(BadPath { path, fault }),
            None => Ok(TreePath(path)),
        }
    }
}

impl From<TreePath> for String {
    fn from(path: TreePath) -> String {
        path.0
    }
}

/// Checks every path of a tree, and that no two of them are one file, or a file and a folder, on a
/// file system that ignores case.
pub(super) fn checked(files: &Tree) -> Result<CheckedTree<'_>, DiskError> {
    let mut checked = CheckedTree::new();
    let mut spellings = Spellings::new();
    for (path, bytes) in files {
        let path = TreePath::try_from(path.clone()).map_err(DiskError::BadPath)?;
        for folder in super::layout::parents(path.as_str()) {
            claim(&mut spellings, folder, Role::Folder)?;
        }
        claim(&mut spellings, path.as_str(), Role::File)?;
        checked.insert(path, bytes);
    }
    Ok(checked)
}

/// What a name stands for in a tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    File,
    Folder,
}

/// Lower-cased path to its first spelling and what it stands for.
type Spellings = BTreeMap<String, (String, Role)>;

fn claim(spellings: &mut Spellings, path: &str, role: Role) -> Result<(), DiskError> {
    let claimed = (path.to_string(), role);
    let first = spellings.entry(path.to_ascii_lowercase()).or_insert_with(|| claimed.clone());
    if *first == claimed {
        return Ok(());
    }
    Err(DiskError::Clash { first: first.0.clone(), second: path.to_string() })
}

fn fault(path: &str) -> Option<PathFault> {
    // Names outside ASCII would need the normalisation of each file system to be compared.
    let is_allowed = |character: &char| {
        (character.is_ascii_graphic() || *character == ' ') && !matches!(character, '\\' | ':')
    };
    if let Some(character) = path.chars().find(|character| !is_allowed(character)) {
        return Some(PathFault::Character(character));
    }
    path.split('/').find_map(part_fault).or_else(|| reserved(path))
}

fn part_fault(part: &str) -> Option<PathFault> {
    let folded = part.to_ascii_lowercase();
    match folded.as_str() {
        "" => Some(PathFault::EmptyPart),
        "." | ".." => Some(PathFault::DotPart),
        _ if part.len() > LONGEST_PART => Some(PathFault::LongPart),
        _ => {
            FOREIGN_FOLDERS.into_iter().find(|foreign| *foreign == folded).map(PathFault::Reserved)
        }
    }
}

fn reserved(path: &str) -> Option<PathFault> {
    let folded = path.to_ascii_lowercase();
    let first = folded.split('/').next().unwrap_or_default();
    if first == guard::FILE {
        return Some(PathFault::Reserved(guard::FILE));
    }
    let is_own = first == OWN_FOLDER && !TREE_FILES_IN_OWN_FOLDER.contains(&path);
    is_own.then_some(PathFault::Reserved(OWN_FOLDER))
}

#[cfg(test)]
mod tests {
    use std::path::{Component, Path};

    use pretty_assertions::assert_eq;
    use proptest::prelude::*;

    use super::*;
    use crate::disk::layout::place;

    fn check(path: &str, expected: Option<&PathFault>) {
        assert_eq!(fault(path).as_ref(), expected, "{path:?}");
    }

    #[test]
    fn usual_paths_are_accepted() {
        let long = "a".repeat(255);
        for path in ["main.tf.json", "modules/data/queue.a-b_c.tf.json", "a b/..c/d..", &long] {
            check(path, None);
        }
        for path in TREE_FILES_IN_OWN_FOLDER {
            check(path, None);
        }
    }

    #[test]
    fn paths_that_leave_the_folder_are_refused() {
        for path in ["", "/", "/etc/passwd", "a//b", "a/", "//a"] {
            check(path, Some(&PathFault::EmptyPart));
        }
        for path in [".", "..", "../a", "a/../b", "a/..", "./a", "a/."] {
            check(path, Some(&PathFault::DotPart));
        }
    }

    #[test]
    fn characters_that_some_system_reads_otherwise_are_refused() {
        for (path, character) in [
            ("a\\b", '\\'),
            ("C:a", ':'),
            ("a\0b", '\0'),
            ("a\nb", '\n'),
            ("a\u{7f}", '\u{7f}'),
            ("\u{e9}", '\u{e9}'),
            ("a\u{200d}", '\u{200d}'),
        ] {
            check(path, Some(&PathFault::Character(character)));
        }
        check(&"a".repeat(256), Some(&PathFault::LongPart));
    }

    #[test]
    fn places_of_others_are_refused_in_any_case() {
        check(".git/config", Some(&PathFault::Reserved(".git")));
        check("modules/.GIT/config", Some(&PathFault::Reserved(".git")));
        check(".terraform/providers/x", Some(&PathFault::Reserved(".terraform")));
        check(".platgen/manifest.json", Some(&PathFault::Reserved(".platgen")));
        check(".platgen", Some(&PathFault::Reserved(".platgen")));
        check(".Platgen/ledger.json", Some(&PathFault::Reserved(".platgen")));
        check(".platgen/next/0", Some(&PathFault::Reserved(".platgen")));
        check("Platgen-Interrupted.tf.json", Some(&PathFault::Reserved(guard::FILE)));
    }

    #[test]
    fn names_that_differ_only_in_case_clash() {
        let clash = |paths: &[&str]| {
            let files = paths.iter().map(|path| ((*path).to_string(), Vec::new())).collect();
            checked(&files).err().map(|error| error.to_string())
        };
        let message = |first, second| {
            Some(format!(
                "{first:?} and {second:?} are one file, or a file and a folder, on a file system that ignores case"
            ))
        };
        assert_eq!(clash(&["a", "b", "c/a", "c/b"]), None);
        assert_eq!(clash(&["A", "a"]), message("A", "a"));
        assert_eq!(clash(&["a", "a/b"]), message("a", "a"));
        assert_eq!(clash(&["A/b", "a/c"]), message("A", "a"));
        assert_eq!(clash(&["A", "a/c"]), message("A", "a"));
    }

    proptest! {
        #[test]
        fn a_path_is_refused_or_stays_inside_the_folder(path in r"[./ab]{0,9}|\PC{0,9}") {
            if let Ok(path) = TreePath::try_from(path) {
                let place = place(Path::new("/output"), path.as_str());
                let below = place.strip_prefix("/output").unwrap();
                prop_assert!(below.components().next().is_some());
                prop_assert!(below.components().all(|part| matches!(part, Component::Normal(_))));
            }
        }
    }
}
