//! The only code of platgen that changes the disk: it takes a tree of files in memory and makes an
//! output folder hold exactly that tree, beside whatever else its user keeps there.
//!
//! A write goes through these steps, each in its own file:
//!
//! 1. `path`: every path of the tree is checked, before the disk is looked at.
//! 2. `lock`: one writer at a time.
//! 3. `recovery`: a run that was killed after its commit is finished first.
//! 4. `plan`: tree, manifest and disk are compared. Either every file may change, or none does.
//! 5. `journal`: changed files are staged in `.platgen/next/`, the guard is put in place, and the
//!    journal is renamed into place, which commits the run.
//! 6. `journal`: the files are renamed into place, then the manifest; guard and journal go.
//!
//! # Invariants
//!
//! - A file that the manifest does not list, or that was edited by hand, is never changed or
//!   deleted. A refusal names every such file and changes nothing.
//! - Nothing is read, written or deleted through a link at or below the output folder. The output
//!   folder itself may be reached through a link. Each path is looked at before it is used, so
//!   this does not hold against someone who swaps a folder for a link in the same moment.
//! - However a run is killed, it leaves the old tree, the new tree, or one that holds the
//!   [`guard`], which Terraform and `OpenTofu` refuse to load, until the next run finishes it.
//!   After a loss of power this holds with [`Durability::Synced`] only; without it the next run
//!   still detects a staged file that was lost, and says so.
//! - When nothing changes, nothing is written, so that no modification time moves.

mod digest;
mod error;
pub mod guard;
mod inspect;
mod journal;
mod layout;
mod lock;
mod manifest;
mod path;
mod plan;
mod recovery;
#[cfg(test)]
mod tests;
mod writer;

use std::collections::BTreeMap;
use std::path::Path;

pub use error::{DiskError, Mismatch, MismatchReason, Refusal, RefusalReason};
pub use inspect::Obstacle;
pub use path::{BadPath, PathFault};

use plan::Plan;
use writer::Writer;

/// The files of an output folder: path to content. Paths use `/` and are relative to the folder.
pub type Tree = BTreeMap<String, Vec<u8>>;

/// How hard a write tries to survive a loss of power.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// The operating system decides when bytes reach the disk. A killed process loses nothing.
    Fast,
    /// Files and folders are synchronised with the disk before each step that relies on them.
    Synced,
}

/// What a write did, or would do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// Paths that did not exist, sorted.
    pub created: Vec<String>,
    /// Paths that existed with other content, sorted.
    pub changed: Vec<String>,
    /// Paths that an earlier run wrote and that are no longer in the tree, sorted.
    pub deleted: Vec<String>,
    /// How many files already hold what they should.
    pub unchanged: usize,
    /// The old content of each changed and each deleted file, for printing a difference.
    pub previous: BTreeMap<String, Vec<u8>>,
    /// Whether the list of owned files changes. This can happen without any other change, when
    /// files that already hold the right bytes are adopted.
    pub manifest_changed: bool,
    /// Whether an interrupted run was finished first. Always false for [`changes`].
    pub finished_earlier_run: bool,
}

impl Changes {
    /// Whether the folder already was as it should be.
    pub fn is_empty(&self) -> bool {
        self.created.is_empty()
            && self.changed.is_empty()
            && self.deleted.is_empty()
            && !self.manifest_changed
    }
}

/// What [`write`](fn@write) would do. Nothing on disk is changed, and the folder need not exist.
///
/// Fails as [`write`](fn@write) does, and with [`DiskError::Interrupted`] where a write would first finish
/// an earlier run.
pub fn changes(root: &Path, files: &Tree) -> Result<Changes, DiskError> {
    let files = path::checked(files)?;
    inspect::check_root(root)?;
    inspect::check_own_places(root)?;
    if recovery::is_interrupted(root)? {
        return Err(DiskError::Interrupted { root: root.to_path_buf() });
    }
    Ok(plan::plan(root, &files)?.changes)
}

/// Makes the folder hold exactly these files, beside the files of others.
///
/// The folder and its parents are created where they are missing. Files that an earlier run wrote
/// and that are not in the tree any more are deleted, and folders that this empties are removed.
pub fn write(root: &Path, files: &Tree, durability: Durability) -> Result<Changes, DiskError> {
    write_through(root, files, &mut Writer::new(durability, &mut |_| Ok(())))
}

/// [`write`](fn@write) with the writer given, so that tests can stop it before any change of the disk.
fn write_through(root: &Path, files: &Tree, writer: &mut Writer<'_>) -> Result<Changes, DiskError> {
    let files = path::checked(files)?;
    inspect::check_root(root)?;
    inspect::check_own_places(root)?;
    if !lock::exists(root) && !recovery::is_interrupted(root)? {
        // Taking the lock would create it, and a run that is refused or has nothing to do must
        // leave the folder as it is.
        match plan::plan(root, &files) {
            Ok(plan) if plan.changes.is_empty() => return Ok(plan.changes),
            // What was seen may be the half-done work of another first run: the lock decides.
            Err(_) if lock::exists(root) => {}
            Err(error) => return Err(error),
            Ok(_) => {}
        }
    }
    let _lock = lock::acquire(root, writer)?;
    let finished = recovery::finish(root, writer)?;
    let Plan { mut changes, journal, staged } = plan::plan(root, &files)?;
    if changes.is_empty() {
        guard::remove(root, writer)?;
    } else {
        journal.carry_out(root, &staged, writer)?;
    }
    changes.finished_earlier_run = finished;
    Ok(changes)
}
