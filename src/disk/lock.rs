//! One writer at a time: the lock on an output folder. The operating system drops it when the
//! process ends, however it ends.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::ErrorKind;
use std::path::Path;

use super::error::DiskError;
use super::inspect::{self, Kind};
use super::layout::{LOCK, OWN_FOLDER, place};
use super::writer::Writer;

/// The held lock. Dropping it lets the next writer in.
pub(super) struct Lock(File);

impl Drop for Lock {
    fn drop(&mut self) {
        // Closing the file is not enough: a child process that another thread has just started can
        // hold a copy of it for a moment. An error leaves the lock to that closing.
        let _ = self.0.unlock();
    }
}

/// Whether the file to lock is there, so that taking the lock changes nothing on the disk.
pub(super) fn exists(root: &Path) -> bool {
    matches!(inspect::kind(&place(root, LOCK)), Ok(Kind::File))
}

/// Takes the lock, creating the output folder where it is missing.
pub(super) fn acquire(root: &Path, writer: &mut Writer<'_>) -> Result<Lock, DiskError> {
    let lock = place(root, LOCK);
    if !exists(root) {
        create_with_parents(root, writer)?;
        writer.create_folder(&place(root, OWN_FOLDER))?;
        create_lock(&lock, writer)?;
    }
    // An exclusive lock on NFS needs a file that is open for writing.
    // https://man7.org/linux/man-pages/man2/flock.2.html
    let file =
        OpenOptions::new().write(true).open(&lock).map_err(DiskError::access("open", &lock))?;
    match file.try_lock() {
        Ok(()) => Ok(Lock(file)),
        Err(TryLockError::WouldBlock) => Err(DiskError::Busy { root: root.to_path_buf() }),
        Err(TryLockError::Error(error)) => Err(DiskError::access("lock", &lock)(error)),
    }
}

fn create_lock(lock: &Path, writer: &mut Writer<'_>) -> Result<(), DiskError> {
    match writer.write_file(lock, b"") {
        // Another first run was quicker; which of the two goes on is decided by the lock itself.
        Err(DiskError::Access { source, .. }) if source.kind() == ErrorKind::AlreadyExists => {
            Ok(())
        }
        result => result,
    }
}

fn create_with_parents(folder: &Path, writer: &mut Writer<'_>) -> Result<(), DiskError> {
    if folder.is_dir() {
        return Ok(());
    }
    if let Some(parent) = folder.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        create_with_parents(parent, writer)?;
    }
    writer.create_folder(folder)
}
