//! The list of files that platgen owns in an output folder, with the digest of what it wrote.

use std::collections::BTreeMap;
use std::path::Path;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::digest::Digest;
use super::error::DiskError;
use super::inspect;
use super::layout::{MANIFEST, place};
use super::path::{CheckedTree, TreePath};

/// The format of manifest and journal that this version writes, and the only one it reads.
pub(super) const FORMAT: u32 = 1;

/// What platgen owns.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Manifest {
    format: u32,
    pub(super) files: BTreeMap<TreePath, Digest>,
}

impl Manifest {
    /// The manifest of a folder that holds this tree.
    pub(super) fn of(files: &CheckedTree<'_>) -> Self {
        let digests = files.iter().map(|(path, bytes)| (path.clone(), Digest::of(bytes)));
        Manifest { format: FORMAT, files: digests.collect() }
    }

    /// Reads the manifest on disk, with the digest of its own text if it is there.
    pub(super) fn load(root: &Path) -> Result<(Self, Option<Digest>), DiskError> {
        match inspect::read_own(root, MANIFEST)? {
            None => Ok((Manifest { format: FORMAT, files: BTreeMap::new() }, None)),
            Some(bytes) => Ok((from_json(root, MANIFEST, &bytes)?, Some(Digest::of(&bytes)))),
        }
    }
}

/// One entry per line, two spaces, sorted, with a newline at the end.
pub(super) fn to_json(document: &impl Serialize) -> Vec<u8> {
    let mut text = serde_json::to_vec_pretty(document)
        .expect("maps with text keys and plain values always have a JSON form");
    text.push(b'\n');
    text
}

/// Reads one of platgen's own documents. The format is looked at first, so that a newer document
/// is called newer and not broken.
pub(super) fn from_json<T: DeserializeOwned>(
    root: &Path,
    path: &str,
    bytes: &[u8],
) -> Result<T, DiskError> {
    let unreadable = |reason| DiskError::Unreadable { path: place(root, path), reason };
    let Header { format } =
        serde_json::from_slice(bytes).map_err(|error| unreadable(error.to_string()))?;
    if format != FORMAT {
        return Err(unreadable(format!("its format is {format}, and this platgen knows {FORMAT}")));
    }
    serde_json::from_slice(bytes).map_err(|error| unreadable(error.to_string()))
}

/// What every version of a document starts with.
#[derive(Deserialize)]
struct Header {
    format: u32,
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    fn read(text: &str) -> Result<Manifest, String> {
        from_json(Path::new("out"), MANIFEST, text.as_bytes()).map_err(|error| {
            assert!(error.help().contains("version control"));
            error.to_string()
        })
    }

    #[test]
    fn the_text_is_sorted_one_file_a_line() {
        let paths = ["modules/b.tf.json", "main.tf.json", "a.tf.json"];
        let files = paths.map(|path| (TreePath::try_from(path.to_string()).unwrap(), &b"abc"[..]));
        let manifest = Manifest::of(&CheckedTree::from(files));
        let text = String::from_utf8(to_json(&manifest)).unwrap();
        let digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        let expected = format!(
            "{{\n  \"format\": 1,\n  \"files\": {{\n    \"a.tf.json\": \"{digest}\",\n    \
             \"main.tf.json\": \"{digest}\",\n    \"modules/b.tf.json\": \"{digest}\"\n  }}\n}}\n"
        );
        assert_eq!(text, expected);
        assert_eq!(read(&text), Ok(manifest));
    }

    #[test]
    fn whatever_is_not_a_manifest_is_refused() {
        let check = |text: &str, expected: &str| {
            let error = read(text).unwrap_err();
            assert!(error.contains(expected), "{text}: {error}");
        };
        check("", "EOF");
        check("[]", "invalid");
        check("{}", "missing field `format`");
        check(r#"{"format": 2, "files": [], "new": 1}"#, "its format is 2");
        check(r#"{"format": 1, "files": {}, "new": 1}"#, "unknown field `new`");
        check(r#"{"format": 1, "files": {"a": "b"}}"#, "not a SHA-256");
        let digest = "0".repeat(64);
        for path in ["../a", "/etc/passwd", ".git/config", ".platgen/lock", r"a\\b", r"a\u0000b"] {
            check(&format!(r#"{{"format": 1, "files": {{"{path}": "{digest}"}}}}"#), "the path ");
        }
    }
}
