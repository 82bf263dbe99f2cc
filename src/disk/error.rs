//! Everything that can keep platgen from writing an output folder, each with its remedy.

use std::fmt::{self, Write as _};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use super::inspect::Obstacle;
use super::layout::{JOURNAL, MANIFEST};
use super::path::BadPath;

/// Why an output folder could not be compared or written.
///
/// The message says what is wrong and where, [`DiskError::help`] what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum DiskError {
    /// A path of the tree breaks a rule. This is a bug in platgen: names in a spec cannot do that.
    #[error("{0}")]
    BadPath(BadPath),

    /// Two paths of the tree would be one file, or a file and a folder, on some file systems.
    #[error(
        "{first:?} and {second:?} are one file, or a file and a folder, on a file system that \
         ignores case"
    )]
    Clash {
        /// The path that came first.
        first: String,
        /// The path that collides with it.
        second: String,
    },

    /// The output folder is something else.
    #[error("{} is {found}, not a folder", .root.display())]
    RootNotFolder {
        /// The output folder.
        root: PathBuf,
        /// What stands there. A link is one that leads nowhere.
        found: Obstacle,
    },

    /// Files of others, or files edited by hand, are in the way. Nothing was changed.
    #[error("nothing was written to {}, because{}", .root.display(), listed(.refusals))]
    Refused {
        /// The output folder.
        root: PathBuf,
        /// Every path in the way.
        refusals: Vec<Refusal>,
    },

    /// Another process holds the lock of the output folder.
    #[error("another platgen is writing to {}", .root.display())]
    Busy {
        /// The output folder.
        root: PathBuf,
    },

    /// An earlier run was stopped, and a comparison must not finish it.
    #[error("a run of platgen that wrote {} was interrupted, or is still going on", .root.display())]
    Interrupted {
        /// The output folder.
        root: PathBuf,
    },

    /// The manifest or the journal cannot be understood.
    #[error("{} cannot be read: {reason}", .path.display())]
    Unreadable {
        /// The manifest or the journal.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },

    /// An interrupted run cannot be finished, as files are not as it left them. Nothing was changed.
    #[error(
        "the interrupted run that wrote {} cannot be finished, because{}",
        .root.display(),
        listed(.mismatches)
    )]
    CannotFinish {
        /// The output folder.
        root: PathBuf,
        /// Every path that is not as the run left it.
        mismatches: Vec<Mismatch>,
    },

    /// The operating system refused something.
    #[error("could not {action} {}: {source}", .path.display())]
    Access {
        /// What was being done: a verb.
        action: &'static str,
        /// What it was done to.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
}

/// One path that keeps a run from starting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The path in the output folder.
    pub path: String,
    /// Why it must not be touched.
    pub reason: RefusalReason,
}

/// Why a path must not be touched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefusalReason {
    /// platgen wrote the file, and it was edited since.
    EditedByHand,
    /// platgen wrote the file, it is no longer wanted, and it was edited since.
    StaleButEdited,
    /// platgen did not write the file.
    NotOurs,
    /// The stale file would be the named new one on a file system that ignores case.
    DiffersInCase(String),
    /// It is not a plain file, or not a plain folder.
    Obstacle(Obstacle),
}

/// One path that keeps an interrupted run from being finished.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    /// The path in the output folder.
    pub path: String,
    /// What is wrong with it.
    pub reason: MismatchReason,
}

/// Why a file is not as an interrupted run left it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MismatchReason {
    /// The file is neither what it was before the run nor what the run makes of it.
    NeitherOldNorNew,
    /// The new content, kept in `.platgen/next/`, is missing or damaged.
    StagedContentLost,
    /// It is not a plain file, or not a plain folder.
    Obstacle(Obstacle),
}

impl DiskError {
    /// What to do about it: sentences for the user.
    pub fn help(&self) -> String {
        match self {
            DiskError::BadPath(_) | DiskError::Clash { .. } => {
                "This is a bug in platgen: please report it with the spec.".to_string()
            }
            DiskError::RootNotFolder { .. } => {
                "Name another output folder, or move what stands there out of the way.".to_string()
            }
            DiskError::Refused { refusals, .. } => help_for_refusals(refusals),
            DiskError::Busy { .. } => "Wait until it has ended, then run this again.".to_string(),
            DiskError::Interrupted { .. } => {
                "Run `platgen render` for this folder: it finishes that run first.".to_string()
            }
            DiskError::Unreadable { path, .. } => help_for_unreadable(path),
            DiskError::CannotFinish { .. } => format!(
                "Put the listed files back as they were, for example from version control, and run \
                 platgen again. Or delete `{JOURNAL}` to give that run up, and run platgen again: \
                 it then names the files that are in its way, and the engine refuses the folder \
                 until a run succeeds."
            ),
            DiskError::Access { source, .. } => help_for_access(source.kind()).to_string(),
        }
    }

    /// Makes the error for something that the operating system refused, for use with `map_err`.
    pub(super) fn access(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| DiskError::Access { action, path: path.to_path_buf(), source }
    }

    /// Fails with all refusals at once, if there are any.
    pub(super) fn refused_unless_empty(
        root: &Path,
        refusals: Vec<Refusal>,
    ) -> Result<(), DiskError> {
        if refusals.is_empty() {
            return Ok(());
        }
        Err(DiskError::Refused { root: root.to_path_buf(), refusals })
    }
}

impl Refusal {
    pub(super) fn obstacle(path: &str, obstacle: Obstacle) -> Self {
        Refusal { path: path.to_string(), reason: RefusalReason::Obstacle(obstacle) }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = &self.path;
        match &self.reason {
            RefusalReason::EditedByHand => write!(formatter, "{path} was edited by hand"),
            RefusalReason::StaleButEdited => {
                write!(formatter, "{path} is no longer generated, but was edited by hand")
            }
            RefusalReason::NotOurs => write!(formatter, "{path} was not made by platgen"),
            RefusalReason::DiffersInCase(new) => {
                write!(
                    formatter,
                    "{path} is no longer generated, but differs only in case from {new}"
                )
            }
            RefusalReason::Obstacle(obstacle) => write!(formatter, "{path} is {obstacle}"),
        }
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = &self.path;
        match &self.reason {
            MismatchReason::NeitherOldNorNew => {
                write!(formatter, "{path} is neither as before that run nor as after it")
            }
            MismatchReason::StagedContentLost => {
                write!(formatter, "the new content of {path} is missing or damaged")
            }
            MismatchReason::Obstacle(obstacle) => write!(formatter, "{path} is {obstacle}"),
        }
    }
}

fn listed(items: &[impl fmt::Display]) -> String {
    let mut text = String::new();
    for item in items {
        // Writing to a String cannot fail.
        let _ = write!(text, "\n  {item}");
    }
    text
}

fn help_for_refusals(refusals: &[Refusal]) -> String {
    let any =
        |wanted: fn(&RefusalReason) -> bool| refusals.iter().any(|refusal| wanted(&refusal.reason));
    let mut sentences = Vec::new();
    if any(|reason| matches!(reason, RefusalReason::EditedByHand | RefusalReason::StaleButEdited)) {
        sentences.push(
            "Move changes made by hand to a file whose name ends in `_override.tf.json`, which \
             platgen never touches, then delete the edited file and render again.",
        );
    }
    if any(|reason| matches!(reason, RefusalReason::NotOurs)) {
        sentences.push("Rename or delete the file that platgen did not make, then render again.");
    }
    if any(|reason| matches!(reason, RefusalReason::DiffersInCase(_))) {
        sentences.push("Delete the file that is no longer generated, then render again.");
    }
    if any(|reason| matches!(reason, RefusalReason::Obstacle(_))) {
        sentences.push(
            "platgen writes plain files in plain folders only, and follows no link: move what \
             stands there out of the way, then render again.",
        );
    }
    sentences.join(" ")
}

fn help_for_unreadable(path: &Path) -> String {
    if path.ends_with(MANIFEST) {
        format!(
            "Restore `{MANIFEST}` from version control, or use the version of platgen that wrote \
             it. Without it platgen owns no file: delete it together with the generated files, \
             and render again."
        )
    } else {
        format!(
            "Use the version of platgen that was interrupted, or restore the folder from version \
             control and delete `{JOURNAL}`."
        )
    }
}

fn help_for_access(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::PermissionDenied => {
            "Give the user who runs platgen the right to do that, then run it again: it finishes \
             what it had begun."
        }
        ErrorKind::ReadOnlyFilesystem => "Name an output folder on a file system that is writable.",
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            "Free some space, then run platgen again: it finishes what it had begun."
        }
        ErrorKind::NotADirectory | ErrorKind::AlreadyExists => {
            "A file stands where a folder is needed: move it, or name another output folder."
        }
        _ => "Mend what the message says, then run platgen again: it finishes what it had begun.",
    }
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn a_refusal_lists_every_path_and_each_remedy_once() {
        let refusal = |path: &str, reason| Refusal { path: path.to_string(), reason };
        let error = DiskError::Refused {
            root: PathBuf::from("out"),
            refusals: vec![
                refusal("a.tf.json", RefusalReason::EditedByHand),
                refusal("b.tf.json", RefusalReason::StaleButEdited),
                refusal("c.tf.json", RefusalReason::NotOurs),
                refusal("D.tf.json", RefusalReason::DiffersInCase("d.tf.json".to_string())),
                refusal("modules", RefusalReason::Obstacle(Obstacle::Link)),
            ],
        };
        assert_eq!(
            error.to_string(),
            "nothing was written to out, because\
             \n  a.tf.json was edited by hand\
             \n  b.tf.json is no longer generated, but was edited by hand\
             \n  c.tf.json was not made by platgen\
             \n  D.tf.json is no longer generated, but differs only in case from d.tf.json\
             \n  modules is a link"
        );
        let help = error.help();
        assert_eq!(help.matches("_override.tf.json").count(), 1, "{help}");
        assert_eq!(help.matches("render again").count(), 4, "{help}");
    }

    #[test]
    fn a_refused_system_call_says_what_was_done_to_what() {
        let check = |kind: ErrorKind, remedy: &str| {
            let error = DiskError::access("write", Path::new("out/a"))(io::Error::from(kind));
            assert!(error.to_string().starts_with("could not write out/a: "), "{error}");
            assert!(error.help().contains(remedy), "{kind}: {}", error.help());
        };
        check(ErrorKind::PermissionDenied, "the right");
        check(ErrorKind::ReadOnlyFilesystem, "writable");
        check(ErrorKind::StorageFull, "space");
        check(ErrorKind::NotADirectory, "A file stands");
        check(ErrorKind::Other, "what the message says");
    }
}
