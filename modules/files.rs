//! Access to the files beside a spec, as the one thing that a compilation takes from outside.
use platgen_source::LARGEST;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

/// Reads files by their path relative to the folder of the spec. Environments are compiled side by
/// side.
pub trait Files: Sync {
    /// The bytes of a file, if there are at most so many. Paths that lead out of the folder are
    /// refused.
    fn read_up_to(&self, most: usize, path: &str) -> Result<Vec<u8>, FileFault>;

    /// The bytes of a file that is no larger than a spec may be.
    fn read(&self, path: &str) -> Result<Vec<u8>, FileFault> {
        self.read_up_to(LARGEST, path)
    }

    /// The paths of all files in a folder and below it, relative to that folder, with `/`, sorted.
    /// Links and what is neither file nor folder are refused.
    fn list(&self, folder: &str) -> Result<Vec<String>, FileFault>;

    /// What was packed of these files already, if anyone keeps it.
    fn archives(&self) -> Option<&Archives> {
        None
    }
}

/// Archives that were made of files: packing takes longer than all the rest of a compilation, and
/// one run compiles several environments, and for `explain` each of them many times.
#[derive(Debug, Default)]
pub struct Archives(Mutex<BTreeMap<String, Package>>);

/// An archive, and what is in it. Whoever has it shares the bytes with all others.
#[derive(Clone, PartialEq, Eq)]
pub struct Package {
    /// Its bytes.
    pub bytes: Arc<[u8]>,
    /// Their SHA-256 in base64, as Lambda gives it
    /// (<https://docs.aws.amazon.com/lambda/latest/api/API_FunctionConfiguration.html>).
    pub digest: String,
    /// The paths of the files in it; none if it was taken as it is.
    pub files: Option<Vec<String>>,
}

impl Archives {
    /// The archive of a key: the one that is there, or the one that is made now. What cannot be made
    /// is not kept. Nobody else packs in the meantime, so nothing is packed twice.
    pub fn get<E>(
        &self,
        key: String,
        make: impl FnOnce() -> Result<Package, E>,
    ) -> Result<Package, E> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(package) = kept.get(&key) {
            return Ok(package.clone());
        }
        let package = make()?;
        kept.insert(key, package.clone());
        Ok(package)
    }
}

/// Code can be long, and says nothing to a reader of messages.
impl fmt::Debug for Package {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Package").field("digest", &self.digest).finish_non_exhaustive()
    }
}

/// Why a file cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileFault {
    /// There is no such file.
    Missing,
    /// The path leads out of the folder of the spec.
    Outside,
    /// The file has more bytes than this.
    TooLarge(usize),
    /// The file cannot be read; the reason of the operating system.
    Unreadable(String),
}

impl fmt::Display for FileFault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => out.write_str("there is no such file"),
            Self::Outside => out.write_str("the path leads out of the folder of the spec"),
            Self::TooLarge(most) => write!(out, "it has more than {most} bytes"),
            Self::Unreadable(reason) => out.write_str(reason),
        }
    }
}

/// A folder in memory, for tests and for specs without files.
#[derive(Clone, Debug, Default)]
pub struct MemoryFiles(pub BTreeMap<String, Vec<u8>>);

impl Files for MemoryFiles {
    fn read_up_to(&self, most: usize, path: &str) -> Result<Vec<u8>, FileFault> {
        let bytes = self.0.get(path).ok_or(FileFault::Missing)?;
        if bytes.len() > most { Err(FileFault::TooLarge(most)) } else { Ok(bytes.clone()) }
    }

    fn list(&self, folder: &str) -> Result<Vec<String>, FileFault> {
        let start = format!("{}/", folder.trim_end_matches('/'));
        let below = self.0.keys().filter_map(|path| path.strip_prefix(&start));
        let files: Vec<String> = below.map(str::to_owned).collect();
        if files.is_empty() { Err(FileFault::Missing) } else { Ok(files) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_archive_is_made_once_and_a_failure_is_not_kept() {
        let archives = Archives::default();
        let packed =
            |byte: u8| Package { bytes: [byte].into(), digest: String::new(), files: None };
        assert_eq!(archives.get("a".to_owned(), || Err("no")), Err("no"));
        let made: Result<_, &str> = archives.get("a".to_owned(), || Ok(packed(1)));
        let again: Result<_, &str> = archives.get("a".to_owned(), || Ok(packed(2)));
        assert_eq!((made.clone(), again), (Ok(packed(1)), made));
        let other: Result<_, &str> = archives.get("b".to_owned(), || Ok(packed(2)));
        assert_eq!(other, Ok(packed(2)));
    }
}
