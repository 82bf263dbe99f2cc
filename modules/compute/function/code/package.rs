//! A package: the archive that Lambda unpacks, made of a folder or a file beside the spec, or taken
//! as it is.
use super::exclude::Exclude;
use super::zip::{MOST_FILES, archive};
use crate::files::{FileFault, Files, Package};
use crate::kind::Resolving;
use platgen_source::diagnostics::{SpecPath, code};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// The most bytes of the files of a package, unpacked, and of a package that is uploaded directly
/// (<https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>).
const MOST_UNPACKED: usize = 250 * 1024 * 1024;
const MOST_PACKED: usize = 50 * 1024 * 1024;

/// What every zip archive begins with, a Java archive as well.
const ARCHIVE_START: &[u8] = b"PK\x03\x04";

/// What stands at the path of a source.
enum Source {
    /// A file, and its content.
    File(Vec<u8>),
    /// A folder, and the paths of all files in it.
    Folder(Vec<String>),
}

impl Package {
    /// Packs what stands at a path beside the spec; what cannot be packed is a finding.
    pub fn of(
        path: &str,
        exclude: &[Exclude],
        place: &SpecPath,
        resolving: &mut Resolving<'_>,
    ) -> Option<Self> {
        let files = resolving.files;
        let package = match files.archives() {
            Some(archives) => {
                let excluded: Vec<&str> = exclude.iter().map(Exclude::as_str).collect();
                // No path and no pattern has a line break in it.
                let key = format!("{path}\n{}", excluded.join("\n"));
                archives.get(key, || make(path, exclude, files))
            }
            None => make(path, exclude, files),
        };
        package
            .map_err(|fault| match fault.help {
                Some(help) => resolving.find_with(fault.code, place, fault.message, help),
                None => resolving.find(fault.code, place, fault.message),
            })
            .ok()
    }

    fn new(bytes: Vec<u8>, files: Option<Vec<String>>) -> Self {
        let digest = base64(&Sha256::digest(&bytes));
        Self { bytes: bytes.into(), digest, files }
    }
}

/// Why something cannot be packed.
struct Unpackable {
    code: &'static platgen_source::diagnostics::Code,
    message: String,
    help: Option<&'static str>,
}

/// Reads what stands at a path, and packs it.
fn make(path: &str, exclude: &[Exclude], files: &dyn Files) -> Result<Package, Unpackable> {
    match look(path, files) {
        Ok(Source::File(content)) if is_archive_name(path) => taken(content, path),
        Ok(Source::File(content)) => {
            let name = path.rsplit('/').next().unwrap_or(path);
            packed(BTreeMap::from([(name.to_owned(), content)]))
        }
        Ok(Source::Folder(names)) => {
            let kept = names.into_iter().filter(|name| !exclude.iter().any(|e| e.covers(name)));
            read_all(path, kept.collect(), files).and_then(packed)
        }
        Err(fault) => Err(unusable(path, &fault)),
    }
}

/// Which of the two faults tells what is wrong: that of reading a file, or that of listing a folder.
fn look(path: &str, files: &dyn Files) -> Result<Source, FileFault> {
    match files.read_up_to(MOST_UNPACKED, path) {
        Ok(content) => Ok(Source::File(content)),
        Err(as_file) => match (files.list(path), as_file) {
            (Ok(names), _) => Ok(Source::Folder(names)),
            (Err(as_folder), FileFault::Unreadable(_)) => Err(as_folder),
            (Err(_), as_file) => Err(as_file),
        },
    }
}

fn unusable(path: &str, fault: &FileFault) -> Unpackable {
    let is_special = matches!(fault, FileFault::Unreadable(reason) if reason.contains("neither"));
    let help = "a package holds no links; npm makes none with --no-bin-links";
    Unpackable {
        code: &code::BAD_FILE,
        message: format!("`{path}` cannot be packed: {fault}"),
        help: is_special.then_some(help),
    }
}

fn is_archive_name(path: &str) -> bool {
    let ending = path.rsplit('.').next().unwrap_or_default();
    ["zip", "jar"].iter().any(|known| ending.eq_ignore_ascii_case(known))
}

fn taken(bytes: Vec<u8>, path: &str) -> Result<Package, Unpackable> {
    if !bytes.starts_with(ARCHIVE_START) {
        let message = format!("`{path}` is no zip archive");
        return Err(Unpackable { code: &code::BAD_FILE, message, help: None });
    }
    fitting(Package::new(bytes, None))
}

fn read_all(
    folder: &str,
    names: Vec<String>,
    files: &dyn Files,
) -> Result<BTreeMap<String, Vec<u8>>, Unpackable> {
    let mut contents = BTreeMap::new();
    let mut left = MOST_UNPACKED;
    for name in names {
        let path = format!("{folder}/{name}");
        let content = files.read_up_to(left, &path).map_err(|fault| match fault {
            FileFault::TooLarge(_) => too_much_code(folder),
            fault => unusable(&path, &fault),
        })?;
        left -= content.len();
        contents.insert(name, content);
    }
    if contents.is_empty() {
        let message = format!("`{folder}` holds no file that could be packed");
        return Err(Unpackable { code: &code::BAD_FILE, message, help: None });
    }
    Ok(contents)
}

fn packed(contents: BTreeMap<String, Vec<u8>>) -> Result<Package, Unpackable> {
    if contents.len() > MOST_FILES {
        let message = format!("{} files; an archive holds {MOST_FILES}", contents.len());
        return Err(Unpackable { code: &code::LIMIT, message, help: Some(BUNDLE) });
    }
    let bytes = archive(&contents);
    fitting(Package::new(bytes, Some(contents.into_keys().collect())))
}

/// What makes a package smaller.
const BUNDLE: &str = "bundle the code, name what it does not need in `exclude`, or run an `image`";

fn too_much_code(folder: &str) -> Unpackable {
    let message = format!("`{folder}` has more than {MOST_UNPACKED} bytes, the most of a function");
    Unpackable { code: &code::LIMIT, message, help: Some(BUNDLE) }
}

fn fitting(package: Package) -> Result<Package, Unpackable> {
    let size = package.bytes.len();
    if size <= MOST_PACKED {
        return Ok(package);
    }
    let message = format!("the package has {size} bytes; Lambda takes {MOST_PACKED} directly");
    let help = "put it into a bucket and name it in `code`, bundle it, or run an `image`";
    Err(Unpackable { code: &code::LIMIT, message, help: Some(help) })
}

/// The alphabet of base64 (<https://www.rfc-editor.org/rfc/rfc4648#section-4>).
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn base64(bytes: &[u8]) -> String {
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let bits = (0..3)
            .fold(0, |bits, place| bits << 8 | usize::from(group.get(place).copied().unwrap_or(0)));
        for place in 0..4 {
            let letter = ALPHABET[bits >> (18 - 6 * place) & 63];
            text.push(if place > group.len() { '=' } else { char::from(letter) });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;

    /// <https://www.rfc-editor.org/rfc/rfc4648#section-10>.
    #[test]
    fn base64_is_that_of_the_standard() {
        for (bytes, text) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(base64(bytes.as_bytes()), text);
        }
    }

    #[test]
    fn large_packages_are_refused() {
        let sized = |size| fitting(Package::new(vec![0; size], None));
        assert!(sized(MOST_PACKED).is_ok());
        let fault = sized(MOST_PACKED + 1).unwrap_err();
        assert_eq!(fault.code.id, "PG0405");
        let many = (0..=MOST_FILES).map(|number| (number.to_string(), Vec::new()));
        assert_eq!(packed(many.collect()).unwrap_err().code.id, "PG0405");
    }
}
