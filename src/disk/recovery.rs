//! Finishes what an interrupted run began, after making sure that nobody changed it meanwhile.

use std::path::Path;

use super::digest::Digest;
use super::error::{DiskError, Mismatch, MismatchReason};
use super::guard;
use super::inspect::{self, Found, Kind};
use super::journal::{self, Entry, Journal, Pending};
use super::layout::{JOURNAL, MANIFEST, STAGED_MANIFEST, place, staged_file};
use super::writer::Writer;

/// Whether a run was stopped after it put the guard or the journal in place.
pub(super) fn is_interrupted(root: &Path) -> Result<bool, DiskError> {
    Ok(guard::is_present(root)? || inspect::kind(&place(root, JOURNAL))? != Kind::Nothing)
}

/// Finishes a run that was stopped after its commit, and sweeps up after one that was stopped
/// before. Says whether there was a run to finish.
///
/// A guard without a journal stays: the run was not committed, but only a comparison that finds
/// nothing in its way proves that the tree is as it was.
pub(super) fn finish(root: &Path, writer: &mut Writer<'_>) -> Result<bool, DiskError> {
    let Some(journal) = Journal::load(root)? else {
        journal::clear_staging(root, writer)?;
        return Ok(false);
    };
    if is_applied(root, &journal)? {
        // The folder may have been edited since, as no guard kept anybody away.
        journal::forget(root, writer)?;
        return Ok(true);
    }
    let pending = verified(root, &journal)?;
    guard::restore(root, writer)?;
    journal.apply(root, &pending, writer)?;
    Ok(true)
}

/// Whether only the journal is left of the run. The guard goes after the manifest, and the
/// manifest comes after everything else.
fn is_applied(root: &Path, journal: &Journal) -> Result<bool, DiskError> {
    let digest = inspect::read_own(root, MANIFEST)?.map(|bytes| Digest::of(&bytes));
    Ok(digest == journal.manifest.after && !guard::is_present(root)?)
}

/// How far the change of one file has come.
enum State {
    Done,
    Pending,
    Mismatch(Mismatch),
}

/// What is still to be done. Fails with every file that is not as the run left it.
fn verified<'a>(root: &Path, journal: &'a Journal) -> Result<Pending<'a>, DiskError> {
    let mut pending = Pending { writes: Vec::new(), deletes: Vec::new(), manifest: false };
    let mut mismatches = Vec::new();
    for (number, (path, entry)) in journal.files.iter().enumerate() {
        match state(root, path.as_str(), entry, &staged_file(number))? {
            State::Done => {}
            State::Pending if entry.after.is_none() => pending.deletes.push(path),
            State::Pending => pending.writes.push((number, path)),
            State::Mismatch(mismatch) => mismatches.push(mismatch),
        }
    }
    match state(root, MANIFEST, &journal.manifest, STAGED_MANIFEST)? {
        State::Done => {}
        State::Pending => pending.manifest = true,
        State::Mismatch(mismatch) => mismatches.push(mismatch),
    }
    if mismatches.is_empty() {
        return Ok(pending);
    }
    Err(DiskError::CannotFinish { root: root.to_path_buf(), mismatches })
}

fn state(root: &Path, path: &str, entry: &Entry, staged: &str) -> Result<State, DiskError> {
    let mismatch = |reason| Ok(State::Mismatch(Mismatch { path: path.to_string(), reason }));
    let current = match digest_at(root, path)? {
        Ok(digest) => digest,
        Err(mismatch) => return Ok(State::Mismatch(mismatch)),
    };
    if current == entry.after {
        return Ok(State::Done);
    }
    if current != entry.before {
        return mismatch(MismatchReason::NeitherOldNorNew);
    }
    if entry.after.is_none() {
        return Ok(State::Pending);
    }
    match digest_at(root, staged)? {
        Ok(digest) if digest == entry.after => Ok(State::Pending),
        Ok(_) => mismatch(MismatchReason::StagedContentLost),
        Err(mismatch) => Ok(State::Mismatch(mismatch)),
    }
}

/// The digest of a file, None where there is none, or what is in the way.
fn digest_at(root: &Path, path: &str) -> Result<Result<Option<Digest>, Mismatch>, DiskError> {
    Ok(match inspect::look(root, path)? {
        Found::Nothing => Ok(None),
        Found::File(bytes) => Ok(Some(Digest::of(&bytes))),
        Found::Blocked { at, obstacle } => {
            Err(Mismatch { path: at, reason: MismatchReason::Obstacle(obstacle) })
        }
    })
}
