//! Every change of the disk, one at a time, through one function. Tests stop it at each of them.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::path::Path;

use super::Durability;
use super::error::DiskError;

/// One change of the disk.
#[derive(Debug, Clone, Copy)]
pub(super) enum Change<'a> {
    /// Makes one folder. One that is already there is left as it is.
    CreateFolder(&'a Path),
    /// Makes a file that must not exist yet, so that no link can be followed.
    WriteFile(&'a Path, &'a [u8]),
    /// Renames the first file to the second, replacing what stands there.
    Rename(&'a Path, &'a Path),
    /// Removes a file. One that is already gone is fine.
    RemoveFile(&'a Path),
    /// Removes a folder if it is empty.
    RemoveFolder(&'a Path),
    /// Synchronises a file or a folder with the disk.
    Sync(&'a Path),
}

/// What is asked before each change; an error keeps the change from being made.
pub(super) type BeforeEach<'a> = &'a mut dyn FnMut(Change<'_>) -> io::Result<()>;

/// The way to the disk.
pub(super) struct Writer<'a> {
    durability: Durability,
    before_each: BeforeEach<'a>,
}

impl<'a> Writer<'a> {
    pub(super) fn new(durability: Durability, before_each: BeforeEach<'a>) -> Self {
        Writer { durability, before_each }
    }

    pub(super) fn create_folder(&mut self, folder: &Path) -> Result<(), DiskError> {
        self.make(Change::CreateFolder(folder))
    }

    pub(super) fn write_file(&mut self, file: &Path, bytes: &[u8]) -> Result<(), DiskError> {
        self.make(Change::WriteFile(file, bytes))?;
        self.sync(file)
    }

    pub(super) fn rename(&mut self, from: &Path, to: &Path) -> Result<(), DiskError> {
        self.make(Change::Rename(from, to))
    }

    pub(super) fn remove_file(&mut self, file: &Path) -> Result<(), DiskError> {
        self.make(Change::RemoveFile(file))
    }

    pub(super) fn remove_folder_if_empty(&mut self, folder: &Path) -> Result<(), DiskError> {
        self.make(Change::RemoveFolder(folder))
    }

    /// Makes the names in a folder survive a loss of power, if that was asked for.
    pub(super) fn sync_folder(&mut self, folder: &Path) -> Result<(), DiskError> {
        // Only Unix lets a folder be opened for this; elsewhere the file system journals names.
        if cfg!(unix) { self.sync(folder) } else { Ok(()) }
    }

    fn sync(&mut self, place: &Path) -> Result<(), DiskError> {
        match self.durability {
            Durability::Fast => Ok(()),
            Durability::Synced => self.make(Change::Sync(place)),
        }
    }

    fn make(&mut self, change: Change<'_>) -> Result<(), DiskError> {
        let (action, place) = described(change);
        (self.before_each)(change)
            .and_then(|()| carry_out(change))
            .map_err(DiskError::access(action, place))
    }
}

fn described(change: Change<'_>) -> (&'static str, &Path) {
    match change {
        Change::CreateFolder(folder) => ("create the folder", folder),
        Change::WriteFile(file, _) => ("write", file),
        Change::Rename(_, to) => ("move a staged file to", to),
        Change::RemoveFile(file) => ("delete", file),
        Change::RemoveFolder(folder) => ("remove the empty folder", folder),
        Change::Sync(place) => ("synchronise with the disk", place),
    }
}

fn carry_out(change: Change<'_>) -> io::Result<()> {
    match change {
        Change::CreateFolder(folder) => match fs::create_dir(folder) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists && folder.is_dir() => Ok(()),
            result => result,
        },
        Change::WriteFile(file, bytes) => {
            OpenOptions::new().write(true).create_new(true).open(file)?.write_all(bytes)
        }
        Change::Rename(from, to) => fs::rename(from, to),
        Change::RemoveFile(file) => fine_if(fs::remove_file(file), &[ErrorKind::NotFound]),
        Change::RemoveFolder(folder) => {
            // Systems name a folder that is not empty in either way.
            // https://pubs.opengroup.org/onlinepubs/9799919799/functions/rmdir.html
            let others_inside = [ErrorKind::DirectoryNotEmpty, ErrorKind::AlreadyExists];
            fine_if(fine_if(fs::remove_dir(folder), &others_inside), &[ErrorKind::NotFound])
        }
        Change::Sync(place) => File::open(place)?.sync_all(),
    }
}

fn fine_if(result: io::Result<()>, kinds: &[ErrorKind]) -> io::Result<()> {
    match result {
        Err(error) if kinds.contains(&error.kind()) => Ok(()),
        result => result,
    }
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn a_file_that_exists_is_never_written_through() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        let mut proceed = |_: Change<'_>| Ok(());
        let mut writer = Writer::new(Durability::Fast, &mut proceed);
        writer.write_file(&file, b"first").unwrap();
        let error = writer.write_file(&file, b"second").unwrap_err();
        assert!(error.to_string().starts_with("could not write "), "{error}");
        assert_eq!(fs::read(&file).unwrap(), b"first");
    }

    #[test]
    fn what_is_already_gone_or_in_use_by_others_is_fine() {
        let folder = tempfile::tempdir().unwrap();
        let mut proceed = |_: Change<'_>| Ok(());
        let mut writer = Writer::new(Durability::Fast, &mut proceed);
        writer.remove_file(&folder.path().join("missing")).unwrap();
        writer.remove_folder_if_empty(&folder.path().join("missing")).unwrap();
        writer.write_file(&folder.path().join("file"), b"").unwrap();
        writer.remove_folder_if_empty(folder.path()).unwrap();
        assert!(folder.path().join("file").exists());
        writer.create_folder(&folder.path().join("file")).unwrap_err();
    }
}
