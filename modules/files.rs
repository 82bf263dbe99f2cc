//! Access to the files beside a spec, as the one thing that a compilation takes from outside.
use platgen_source::LARGEST;
use std::fmt;

/// Reads files by their path relative to the folder of the spec.
pub trait Files {
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
pub struct MemoryFiles(pub std::collections::BTreeMap<String, Vec<u8>>);

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
