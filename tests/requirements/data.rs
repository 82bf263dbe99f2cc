//! The lines as they stand in the files.
use serde::Deserialize;
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

const FOLDER: &str = "tests/requirements";

/// What is wanted of the platform of one example.
pub(crate) struct Platform {
    /// The example.
    pub(crate) name: String,
    /// The files, by name.
    pub(crate) chapters: Vec<Chapter>,
}

/// One file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Chapter {
    /// What its lines are about.
    pub(crate) title: String,
    /// The lines.
    #[serde(rename = "row")]
    pub(crate) rows: Vec<Row>,
}

/// One line.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Row {
    /// The requirement, as it was written.
    pub(crate) seed: String,
    /// Where the spec answers it.
    pub(crate) keys: Cell,
    /// What that becomes in every environment.
    pub(crate) addresses: Cell,
    /// What it becomes in single environments beside that.
    #[serde(default)]
    pub(crate) only_in: BTreeMap<String, Vec<String>>,
    /// What was decided, and why: what is done instead, where the line is out of date or wrong.
    pub(crate) decision: Option<String>,
    /// What shows that it holds.
    pub(crate) proof: Vec<Proof>,
}

/// A list of places, or the reason why there are none.
#[derive(Deserialize)]
#[serde(untagged)]
pub(crate) enum Cell {
    /// Places, with `*` for any letters.
    Listed(Vec<String>),
    /// Why there are none.
    None(String),
}

/// One thing that shows that a line holds.
#[derive(Deserialize)]
#[serde(untagged)]
pub(crate) enum Proof {
    /// A value of the rendered output.
    Value(ValueProof),
    /// What the rendered output must not have.
    Absent(AbsentProof),
    /// A test, a check of behaviour, or a step of the run before a merge.
    Test(TestProof),
    /// Why it cannot be shown without AWS and users. What stands in for it, is shown beside it.
    Offline(OfflineProof),
}

/// An assertion on the rendered output.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ValueProof {
    /// The path of the argument in each body; without it the bodies themselves are counted.
    pub(crate) the: Option<String>,
    /// Whose; without it, that of every address of the line.
    pub(crate) of: Option<String>,
    /// The only environment in which it holds.
    #[serde(rename = "in")]
    pub(crate) environment: Option<String>,
    /// What each of the values is.
    pub(crate) is: Option<Json>,
    /// What one of the values is, or contains.
    pub(crate) has: Option<Json>,
    /// What none of the values is, or contains.
    pub(crate) lacks: Option<Json>,
    /// How many there are.
    pub(crate) count: Option<usize>,
}

/// Addresses that no environment has.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AbsentProof {
    /// The addresses.
    pub(crate) absent: String,
}

/// Something that is run.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TestProof {
    /// Its name.
    pub(crate) test: String,
    /// The file that it stands in.
    pub(crate) file: String,
}

/// Something that cannot be run here.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OfflineProof {
    /// Why not.
    pub(crate) offline: String,
}

impl Platform {
    /// Everything that stands in the folder, by name.
    pub(crate) fn all() -> Vec<Self> {
        let folders = below(Path::new(FOLDER)).into_iter().filter(|path| path.is_dir());
        folders.map(|folder| Self::read(&folder)).collect()
    }

    fn read(folder: &Path) -> Self {
        let files = below(folder);
        Self {
            name: folder.file_name().unwrap().to_str().unwrap().to_owned(),
            chapters: files.iter().map(|file| Chapter::read(file)).collect(),
        }
    }
}

impl Chapter {
    fn read(file: &Path) -> Self {
        let text = fs::read_to_string(file).unwrap();
        toml::from_str(&text).unwrap_or_else(|fault| panic!("{}: {fault}", file.display()))
    }
}

fn below(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut paths: Vec<PathBuf> = entries.collect();
    paths.sort();
    paths
}
