//! The guard: a file that makes every engine refuse an output folder that is half written.
//!
//! `OpenTofu` 1.12 ignores `required_version` in files that end in `.tf.json`, so a property that no
//! engine knows stands at the root as well: unlike an argument, no override file can replace it.
//! Terraform 1.11 and `OpenTofu` 1.12 then stop in `init`, `validate`, `plan`, `apply`, `destroy`,
//! `refresh`, `import`, `test`, `console` and `graph`, and print the line, which says what to do.

use std::path::Path;

use super::error::DiskError;
use super::inspect::{self, Kind};
use super::layout::{STAGED_GUARD, STAGING, place};
use super::writer::Writer;

/// The name of the guard in the output folder.
pub const FILE: &str = "platgen-interrupted.tf.json";

/// The content of the guard.
// `terraform init` reports the version before anything else, and quotes that one line: hence the
// second comment.
pub const TEXT: &str = r#"{
  "platgen was interrupted while it wrote this folder: run platgen render again to finish it": {},
  "terraform": { "//": "platgen was interrupted: run platgen render again", "required_version": "< 0.0.1" }
}
"#;

/// Whether the guard stands in the output folder.
pub(super) fn is_present(root: &Path) -> Result<bool, DiskError> {
    Ok(inspect::kind(&place(root, FILE))? != Kind::Nothing)
}

/// Writes the guard to the staging folder.
pub(super) fn stage(root: &Path, writer: &mut Writer<'_>) -> Result<(), DiskError> {
    writer.write_file(&place(root, STAGED_GUARD), TEXT.as_bytes())
}

/// Moves the staged guard into place, so that it is there in whole or not at all.
pub(super) fn install(root: &Path, writer: &mut Writer<'_>) -> Result<(), DiskError> {
    writer.rename(&place(root, STAGED_GUARD), &place(root, FILE))?;
    writer.sync_folder(root)
}

/// Puts the guard back where someone removed it from a folder that is half written.
pub(super) fn restore(root: &Path, writer: &mut Writer<'_>) -> Result<(), DiskError> {
    if is_present(root)? {
        return Ok(());
    }
    writer.remove_file(&place(root, STAGED_GUARD))?;
    writer.create_folder(&place(root, STAGING))?;
    stage(root, writer)?;
    install(root, writer)
}

/// Removes the guard, if it is there.
pub(super) fn remove(root: &Path, writer: &mut Writer<'_>) -> Result<(), DiskError> {
    if is_present(root)? {
        writer.remove_file(&place(root, FILE))?;
        writer.sync_folder(root)?;
    }
    Ok(())
}
