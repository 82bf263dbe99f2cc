//! Looks at what stands on the disk, without following a link and without changing anything.

use std::fmt;
use std::fs::{self, FileType};
use std::io::ErrorKind;
use std::path::Path;

use super::error::{DiskError, Refusal};
use super::guard;
use super::layout::{JOURNAL, LOCK, MANIFEST, OWN_FOLDER, STAGING, parents, place};

/// What stands where platgen needs a plain file or a plain folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Obstacle {
    /// A symbolic link, wherever it leads.
    Link,
    /// A folder, where a file should be.
    Folder,
    /// A file, where a folder should be.
    File,
    /// A pipe, socket or device.
    Special,
}

impl fmt::Display for Obstacle {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Obstacle::Link => "a link",
            Obstacle::Folder => "a folder",
            Obstacle::File => "a file",
            Obstacle::Special => "a pipe, socket or device",
        })
    }
}

/// What stands at a path where a file is expected.
pub(super) enum Found {
    Nothing,
    /// A plain file with this content.
    File(Vec<u8>),
    /// Something at the path, or on the way to it, that must not be touched or followed.
    Blocked {
        at: String,
        obstacle: Obstacle,
    },
}

/// What stands at one place, links not followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Nothing,
    File,
    Folder,
    Link,
    Special,
}

/// Looks for a plain file, going down from the output folder part by part.
pub(super) fn look(root: &Path, path: &str) -> Result<Found, DiskError> {
    for folder in parents(path) {
        match obstacle_to_folder(kind(&place(root, folder))?) {
            Ok(Kind::Nothing) => return Ok(Found::Nothing),
            Ok(_) => {}
            Err(obstacle) => return Ok(Found::Blocked { at: folder.to_string(), obstacle }),
        }
    }
    let place = place(root, path);
    match obstacle_to_file(kind(&place)?) {
        Ok(Kind::Nothing) => Ok(Found::Nothing),
        Ok(_) => fs::read(&place).map(Found::File).map_err(DiskError::access("read", &place)),
        Err(obstacle) => Ok(Found::Blocked { at: path.to_string(), obstacle }),
    }
}

/// The content of one of platgen's own files; anything but a plain file is an error.
pub(super) fn read_own(root: &Path, path: &str) -> Result<Option<Vec<u8>>, DiskError> {
    match look(root, path)? {
        Found::Nothing => Ok(None),
        Found::File(bytes) => Ok(Some(bytes)),
        Found::Blocked { at, obstacle } => Err(DiskError::Refused {
            root: root.to_path_buf(),
            refusals: vec![Refusal::obstacle(&at, obstacle)],
        }),
    }
}

/// What stands at a place. Its parents must have been looked at.
pub(super) fn kind(place: &Path) -> Result<Kind, DiskError> {
    match fs::symlink_metadata(place) {
        Ok(metadata) => Ok(kind_of(metadata.file_type())),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Kind::Nothing),
        Err(error) => Err(DiskError::access("look at", place)(error)),
    }
}

/// Fails when the output folder exists and is not a folder. It may be a link to one.
pub(super) fn check_root(root: &Path) -> Result<(), DiskError> {
    let obstacle = match fs::metadata(root) {
        Ok(metadata) if metadata.is_dir() => return Ok(()),
        Ok(metadata) if metadata.is_file() => Obstacle::File,
        Ok(_) => Obstacle::Special,
        Err(error) if error.kind() == ErrorKind::NotFound => match kind(root)? {
            Kind::Link => Obstacle::Link,
            Kind::Nothing | Kind::File | Kind::Folder | Kind::Special => return Ok(()),
        },
        Err(error) => return Err(DiskError::access("look at", root)(error)),
    };
    Err(DiskError::RootNotFolder { root: root.to_path_buf(), found: obstacle })
}

/// Fails when something else stands where platgen keeps its own files and folders.
pub(super) fn check_own_places(root: &Path) -> Result<(), DiskError> {
    let mut refusals = obstacles(root, &[OWN_FOLDER], obstacle_to_folder)?;
    if refusals.is_empty() {
        // Looking below the folder is safe only now.
        refusals.extend(obstacles(root, &[STAGING], obstacle_to_folder)?);
        refusals.extend(obstacles(root, &[MANIFEST, JOURNAL, LOCK], obstacle_to_file)?);
    }
    refusals.extend(obstacles(root, &[guard::FILE], obstacle_to_file)?);
    DiskError::refused_unless_empty(root, refusals)
}

fn obstacles(
    root: &Path,
    paths: &[&str],
    obstacle_to: fn(Kind) -> Result<Kind, Obstacle>,
) -> Result<Vec<Refusal>, DiskError> {
    let mut refusals = Vec::new();
    for path in paths {
        if let Err(obstacle) = obstacle_to(kind(&place(root, path))?) {
            refusals.push(Refusal::obstacle(path, obstacle));
        }
    }
    Ok(refusals)
}

fn obstacle_to_folder(kind: Kind) -> Result<Kind, Obstacle> {
    match kind {
        Kind::Nothing | Kind::Folder => Ok(kind),
        Kind::File => Err(Obstacle::File),
        Kind::Link => Err(Obstacle::Link),
        Kind::Special => Err(Obstacle::Special),
    }
}

fn obstacle_to_file(kind: Kind) -> Result<Kind, Obstacle> {
    match kind {
        Kind::Nothing | Kind::File => Ok(kind),
        Kind::Folder => Err(Obstacle::Folder),
        Kind::Link => Err(Obstacle::Link),
        Kind::Special => Err(Obstacle::Special),
    }
}

fn kind_of(file_type: FileType) -> Kind {
    if file_type.is_symlink() {
        Kind::Link
    } else if file_type.is_dir() {
        Kind::Folder
    } else if file_type.is_file() {
        Kind::File
    } else {
        Kind::Special
    }
}
