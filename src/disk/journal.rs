//! The journal: what a committed run changes, in a form that lets any later run finish it.
//!
//! An entry knows the digest before and after, so that a file alone tells whether its change was
//! made. The order makes every moment safe: stage, guard, journal (the commit), files, manifest,
//! guard away, journal away.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::digest::Digest;
use super::error::DiskError;
use super::inspect::{self, Kind};
use super::layout::{
    JOURNAL, MANIFEST, OWN_FOLDER, STAGED_JOURNAL, STAGED_MANIFEST, STAGING, parents, place,
    staged_file,
};
use super::path::TreePath;
use super::writer::Writer;
use super::{guard, manifest};

/// What a run changes.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Journal {
    format: u32,
    pub(super) manifest: Entry,
    /// The number of an entry, counted from 0 in the order of the paths, names its staged file.
    pub(super) files: BTreeMap<TreePath, Entry>,
}

/// The change of one file, as digests of its content.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entry {
    /// None where the file did not exist.
    pub(super) before: Option<Digest>,
    /// None where the file is deleted.
    pub(super) after: Option<Digest>,
}

/// The contents that a journal's digests stand for.
pub(super) struct Staged<'a> {
    /// The text of the new manifest.
    pub(super) manifest: Vec<u8>,
    /// The new content of each entry, in the order of the entries; None where it is deleted.
    pub(super) contents: Vec<Option<&'a [u8]>>,
}

/// What is still to be done of a journal.
pub(super) struct Pending<'a> {
    /// Files to rename into place, with the numbers of their entries.
    pub(super) writes: Vec<(usize, &'a TreePath)>,
    /// Files to delete.
    pub(super) deletes: Vec<&'a TreePath>,
    /// Whether the manifest is still to be renamed into place.
    pub(super) manifest: bool,
}

impl Journal {
    pub(super) fn new(
        manifest_before: Option<Digest>,
        manifest_after: Digest,
        files: BTreeMap<TreePath, Entry>,
    ) -> Self {
        let manifest = Entry { before: manifest_before, after: Some(manifest_after) };
        Journal { format: manifest::FORMAT, manifest, files }
    }

    /// Reads the journal of an interrupted run, if there is one.
    pub(super) fn load(root: &Path) -> Result<Option<Self>, DiskError> {
        let Some(bytes) = inspect::read_own(root, JOURNAL)? else { return Ok(None) };
        manifest::from_json(root, JOURNAL, &bytes).map(Some)
    }

    /// Stages, commits and applies the whole journal. The staging folder must be empty.
    pub(super) fn carry_out(
        &self,
        root: &Path,
        staged: &Staged<'_>,
        writer: &mut Writer<'_>,
    ) -> Result<(), DiskError> {
        self.stage(root, staged, writer)?;
        commit(root, writer)?;
        self.apply(root, &self.everything(), writer)
    }

    /// Does what is pending, and then removes every trace of the run.
    pub(super) fn apply(
        &self,
        root: &Path,
        pending: &Pending<'_>,
        writer: &mut Writer<'_>,
    ) -> Result<(), DiskError> {
        for (number, path) in &pending.writes {
            create_parents(root, path.as_str(), writer)?;
            writer.rename(&place(root, &staged_file(*number)), &place(root, path.as_str()))?;
        }
        for path in &pending.deletes {
            writer.remove_file(&place(root, path.as_str()))?;
        }
        self.remove_emptied_folders(root, writer)?;
        self.sync_folders(root, writer)?;
        if pending.manifest {
            writer.rename(&place(root, STAGED_MANIFEST), &place(root, MANIFEST))?;
            writer.sync_folder(&place(root, OWN_FOLDER))?;
        }
        guard::remove(root, writer)?;
        forget(root, writer)
    }

    fn stage(
        &self,
        root: &Path,
        staged: &Staged<'_>,
        writer: &mut Writer<'_>,
    ) -> Result<(), DiskError> {
        let folder = place(root, STAGING);
        writer.create_folder(&folder)?;
        for (number, content) in staged.contents.iter().enumerate() {
            if let Some(bytes) = content {
                writer.write_file(&place(root, &staged_file(number)), bytes)?;
            }
        }
        writer.write_file(&place(root, STAGED_MANIFEST), &staged.manifest)?;
        writer.write_file(&place(root, STAGED_JOURNAL), &manifest::to_json(self))?;
        guard::stage(root, writer)?;
        writer.sync_folder(&folder)?;
        writer.sync_folder(&place(root, OWN_FOLDER))
    }

    fn everything(&self) -> Pending<'_> {
        let numbered = self.files.iter().enumerate();
        let (writes, deletes): (Vec<_>, Vec<_>) =
            numbered.partition(|(_, (_, entry))| entry.after.is_some());
        Pending {
            writes: writes.into_iter().map(|(number, (path, _))| (number, path)).collect(),
            deletes: deletes.into_iter().map(|(_, (path, _))| path).collect(),
            manifest: true,
        }
    }

    /// Removes the folders that lead to deleted files, innermost first, where they are empty now.
    /// All deletions of the journal count, also those made before an interruption.
    fn remove_emptied_folders(
        &self,
        root: &Path,
        writer: &mut Writer<'_>,
    ) -> Result<(), DiskError> {
        let deleted = self.files.iter().filter(|(_, entry)| entry.after.is_none());
        let folders: BTreeSet<&str> =
            deleted.flat_map(|(path, _)| parents(path.as_str())).collect();
        // A folder sorts before what is in it.
        for folder in folders.into_iter().rev().filter(|folder| *folder != OWN_FOLDER) {
            writer.remove_folder_if_empty(&place(root, folder))?;
        }
        Ok(())
    }

    /// Makes all renames and deletions survive a loss of power before the manifest speaks of them.
    fn sync_folders(&self, root: &Path, writer: &mut Writer<'_>) -> Result<(), DiskError> {
        let paths = self.files.keys().map(TreePath::as_str);
        let folders: BTreeSet<&str> = paths.flat_map(parents).collect();
        for folder in folders.into_iter().rev().map(|folder| place(root, folder)) {
            if inspect::kind(&folder)? == Kind::Folder {
                writer.sync_folder(&folder)?;
            }
        }
        writer.sync_folder(root)
    }
}

/// Removes the journal and what is left of the staging folder: the run is over.
pub(super) fn forget(root: &Path, writer: &mut Writer<'_>) -> Result<(), DiskError> {
    writer.remove_file(&place(root, JOURNAL))?;
    writer.sync_folder(&place(root, OWN_FOLDER))?;
    clear_staging(root, writer)
}

/// Removes the staging folder with what a run left in it.
pub(super) fn clear_staging(root: &Path, writer: &mut Writer<'_>) -> Result<(), DiskError> {
    let folder = place(root, STAGING);
    if inspect::kind(&folder)? == Kind::Nothing {
        return Ok(());
    }
    let listing = std::fs::read_dir(&folder).map_err(DiskError::access("list", &folder))?;
    let mut leftovers = BTreeSet::new();
    for entry in listing {
        leftovers.insert(entry.map_err(DiskError::access("list", &folder))?.path());
    }
    for leftover in leftovers {
        writer.remove_file(&leftover)?;
    }
    writer.remove_folder_if_empty(&folder)
}

/// The guard comes first, so that no engine reads a mixed tree; the journal's rename is the commit.
fn commit(root: &Path, writer: &mut Writer<'_>) -> Result<(), DiskError> {
    guard::install(root, writer)?;
    writer.rename(&place(root, STAGED_JOURNAL), &place(root, JOURNAL))?;
    writer.sync_folder(&place(root, OWN_FOLDER))
}

/// Makes the folders that lead to a path. That none of them is a link was found out before the
/// run was committed or resumed.
fn create_parents(root: &Path, path: &str, writer: &mut Writer<'_>) -> Result<(), DiskError> {
    for folder in parents(path).map(|folder| place(root, folder)) {
        if inspect::kind(&folder)? == Kind::Nothing {
            writer.create_folder(&folder)?;
        }
    }
    Ok(())
}
