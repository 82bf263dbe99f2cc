//! Where platgen keeps its own things inside an output folder. All paths are relative to it.

use std::path::{Path, PathBuf};

/// The folder of platgen's own files.
pub(super) const OWN_FOLDER: &str = ".platgen";
/// The list of owned files with their digests.
pub(super) const MANIFEST: &str = ".platgen/manifest.json";
/// The list of what a committed run changes. It exists only while such a run is unfinished.
pub(super) const JOURNAL: &str = ".platgen/journal.json";
/// The empty file that a writer locks. It stays, because removing a lock file lets two in.
pub(super) const LOCK: &str = ".platgen/lock";
/// The folder of what is about to be renamed into place.
pub(super) const STAGING: &str = ".platgen/next";
/// The manifest of the next state, before it is renamed into place.
pub(super) const STAGED_MANIFEST: &str = ".platgen/next/manifest.json";
/// The journal, before it is renamed into place.
pub(super) const STAGED_JOURNAL: &str = ".platgen/next/journal.json";
/// The guard, before it is renamed into place.
pub(super) const STAGED_GUARD: &str = ".platgen/next/guard.json";

/// The files below [`OWN_FOLDER`] that belong to the tree: what the other stages of platgen keep
/// beside the modules. Every other path there is this module's.
pub(super) const TREE_FILES_IN_OWN_FOLDER: [&str; 2] =
    [".platgen/ledger.json", ".platgen/sourcemap.json"];

/// Where the content of the journal's entry with this number is staged.
pub(super) fn staged_file(number: usize) -> String {
    format!("{STAGING}/{number}")
}

/// The place on disk of a path with `/` inside the output folder.
pub(super) fn place(root: &Path, path: &str) -> PathBuf {
    // Joined part by part, so that the place has the separators of the operating system.
    path.split('/').fold(root.to_path_buf(), |place, part| place.join(part))
}

/// The folders that lead to a path, outermost first, without the output folder itself.
pub(super) fn parents(path: &str) -> impl Iterator<Item = &str> {
    path.match_indices('/').map(|(end, _)| &path[..end])
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn parents_are_given_outermost_first() {
        let check = |path, expected: &[&str]| {
            assert_eq!(parents(path).collect::<Vec<_>>(), expected, "{path}");
        };
        check("main.tf.json", &[]);
        check("modules/main.tf.json", &["modules"]);
        check("modules/data/main.tf.json", &["modules", "modules/data"]);
    }
}
