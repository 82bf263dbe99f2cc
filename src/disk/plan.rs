//! Compares tree, manifest and disk, and decides about every file before one is touched.
//!
//! A file that should be replaced or deleted is one of three: ours and as we left it, which may
//! change; ours but edited by hand, or not ours, which refuse the whole run. A file that already
//! holds the right bytes is fine whoever made it, and is ours from then on.

use std::collections::BTreeMap;
use std::path::Path;

use super::Changes;
use super::digest::Digest;
use super::error::{DiskError, Refusal, RefusalReason};
use super::inspect::{self, Found};
use super::journal::{Entry, Journal, Staged};
use super::manifest::{self, Manifest};
use super::path::{CheckedTree, TreePath};

/// Everything a run will do.
pub(super) struct Plan<'a> {
    pub(super) changes: Changes,
    pub(super) journal: Journal,
    pub(super) staged: Staged<'a>,
}

/// Compares. Fails with every path that must not be touched.
pub(super) fn plan<'a>(root: &Path, files: &CheckedTree<'a>) -> Result<Plan<'a>, DiskError> {
    let (owned, manifest_before) = Manifest::load(root)?;
    let wanted = Manifest::of(files);
    let mut comparison = Comparison::default();
    for (path, bytes) in files {
        comparison.compare(root, path, bytes, owned.files.get(path), &wanted.files[path])?;
    }
    let spellings: BTreeMap<String, &TreePath> =
        files.keys().map(|path| (path.folded(), path)).collect();
    for (path, digest) in owned.files.iter().filter(|(path, _)| !files.contains_key(path)) {
        comparison.compare_stale(root, path, digest, spellings.get(&path.folded()))?;
    }
    comparison.into_plan(root, files, &wanted, manifest_before)
}

#[derive(Default)]
struct Comparison {
    changes: Changes,
    entries: BTreeMap<TreePath, Entry>,
    refusals: Vec<Refusal>,
}

impl Comparison {
    /// Decides about a file of the tree.
    fn compare(
        &mut self,
        root: &Path,
        path: &TreePath,
        bytes: &[u8],
        owned: Option<&Digest>,
        wanted: &Digest,
    ) -> Result<(), DiskError> {
        let old = match inspect::look(root, path.as_str())? {
            Found::Nothing => {
                self.changes.created.push(path.as_str().to_string());
                self.change(path, None, Some(wanted));
                return Ok(());
            }
            Found::Blocked { at, obstacle } => {
                self.refuse_once(Refusal::obstacle(&at, obstacle));
                return Ok(());
            }
            Found::File(old) => old,
        };
        let before = Digest::of(&old);
        if old == bytes {
            self.changes.unchanged += 1;
        } else if owned == Some(&before) {
            self.changes.changed.push(path.as_str().to_string());
            self.changes.previous.insert(path.as_str().to_string(), old);
            self.change(path, Some(before), Some(wanted));
        } else if owned.is_some() {
            self.refuse(path, RefusalReason::EditedByHand);
        } else {
            self.refuse(path, RefusalReason::NotOurs);
        }
        Ok(())
    }

    /// Decides about a file that an earlier run wrote and that is not in the tree any more.
    fn compare_stale(
        &mut self,
        root: &Path,
        path: &TreePath,
        owned: &Digest,
        differs_in_case: Option<&&TreePath>,
    ) -> Result<(), DiskError> {
        let old = match inspect::look(root, path.as_str())? {
            Found::Nothing => return Ok(()),
            Found::Blocked { at, obstacle } => {
                self.refuse_once(Refusal::obstacle(&at, obstacle));
                return Ok(());
            }
            Found::File(old) => old,
        };
        let before = Digest::of(&old);
        if let Some(new) = differs_in_case {
            self.refuse(path, RefusalReason::DiffersInCase(new.as_str().to_string()));
        } else if *owned == before {
            self.changes.deleted.push(path.as_str().to_string());
            self.changes.previous.insert(path.as_str().to_string(), old);
            self.change(path, Some(before), None);
        } else {
            self.refuse(path, RefusalReason::StaleButEdited);
        }
        Ok(())
    }

    fn change(&mut self, path: &TreePath, before: Option<Digest>, after: Option<&Digest>) {
        self.entries.insert(path.clone(), Entry { before, after: after.cloned() });
    }

    fn refuse(&mut self, path: &TreePath, reason: RefusalReason) {
        self.refusals.push(Refusal { path: path.as_str().to_string(), reason });
    }

    /// One folder can be in the way of many files.
    fn refuse_once(&mut self, refusal: Refusal) {
        if !self.refusals.contains(&refusal) {
            self.refusals.push(refusal);
        }
    }

    fn into_plan<'a>(
        mut self,
        root: &Path,
        files: &CheckedTree<'a>,
        wanted: &Manifest,
        manifest_before: Option<Digest>,
    ) -> Result<Plan<'a>, DiskError> {
        self.refusals.sort_by(|left, right| left.path.cmp(&right.path));
        DiskError::refused_unless_empty(root, self.refusals)?;
        let manifest = manifest::to_json(wanted);
        let manifest_after = Digest::of(&manifest);
        // A folder that holds nothing of platgen's needs no manifest to say so.
        let needs_manifest = manifest_before.is_some() || !files.is_empty();
        self.changes.manifest_changed =
            needs_manifest && manifest_before.as_ref() != Some(&manifest_after);
        let contents = self.entries.keys().map(|path| files.get(path).copied()).collect();
        Ok(Plan {
            changes: self.changes,
            journal: Journal::new(manifest_before, manifest_after, self.entries),
            staged: Staged { manifest, contents },
        })
    }
}
