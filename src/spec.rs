//! Reads a spec and the files beside it: the only code that reads files of the user.
use platgen_modules::files::{Archives, FileFault, Files};
use platgen_source::diagnostics::{Diagnostic, FileId, Place, Report, Sources, Span, code};
use platgen_source::{LARGEST, Layers, Node, parse, unite};
use std::fs::File;
use std::io::{ErrorKind, Read as _};
use std::path::{Component, Path, PathBuf};

/// A spec that was read, or what kept it from being read.
#[derive(Debug)]
pub struct Spec {
    /// What was found, and the texts that it was found in.
    pub report: Report,
    /// The layers, if every file could be read.
    pub layers: Option<Layers>,
    /// The files beside the spec.
    pub files: Folder,
}

/// Reads a spec: one TOML file, or every `*.toml` directly in a folder, sorted by name.
pub fn load(path: &Path) -> Spec {
    let mut sources = Sources::default();
    let mut faults = Vec::new();
    let mut tree: Option<Node> = None;
    for file in spec_files(path, &mut faults) {
        let Some(node) = read(&file, &mut sources, &mut faults) else { continue };
        match &mut tree {
            None => tree = Some(node),
            Some(tree) => faults.extend(unite(tree, node)),
        }
    }
    let layers = tree.filter(|_| faults.is_empty()).map(platgen_modules::layers);
    let mut report = Report::new(sources);
    report.add(None, faults, |place| match place {
        Place::Text(span) => Some(span.clone()),
        _ => None,
    });
    let folder = if path.is_dir() { Some(path) } else { path.parent() };
    Spec { report, layers, files: Folder::new(folder.unwrap_or(Path::new(""))) }
}

fn unreadable(path: &Path, reason: &str) -> Diagnostic {
    let message = format!("{}: {reason}", path.display());
    Diagnostic::new(&code::UNREADABLE, Place::Spec, message)
}

/// The reason without the number that the operating system gives it.
fn reason(error: &std::io::Error) -> String {
    match error.kind() {
        ErrorKind::NotFound => "there is no such file".to_owned(),
        ErrorKind::PermissionDenied => "reading it is not permitted".to_owned(),
        ErrorKind::IsADirectory => "it is a folder".to_owned(),
        _ => error.to_string(),
    }
}

fn spec_files(path: &Path, faults: &mut Vec<Diagnostic>) -> Vec<PathBuf> {
    if !path.is_dir() {
        return vec![path.to_path_buf()];
    }
    let entries = match std::fs::read_dir(path) {
        Ok(entries) => entries,
        Err(error) => {
            faults.push(unreadable(path, &reason(&error)));
            return Vec::new();
        }
    };
    let is_spec = |file: &PathBuf| file.extension().is_some_and(|ending| ending == "toml");
    let mut files: Vec<PathBuf> =
        entries.filter_map(Result::ok).map(|entry| entry.path()).filter(is_spec).collect();
    files.sort();
    if files.is_empty() {
        faults.push(unreadable(path, "the folder holds no file that ends in .toml"));
    }
    files
}

fn read(path: &Path, sources: &mut Sources, faults: &mut Vec<Diagnostic>) -> Option<Node> {
    let bytes = match read_bounded(path, LARGEST) {
        Ok(bytes) => bytes,
        Err(error) => {
            let fault = unreadable(path, &reason(&error));
            faults.push(fault.help("name the spec: platgen render path/to/platform.toml"));
            return None;
        }
    };
    let name = path.display().to_string();
    if bytes.len() > LARGEST {
        let place = Place::Text(Span::new(sources.add(&name, String::new()), &(0..0)));
        let message =
            format!("the file has more than {LARGEST} bytes, the most that platgen reads");
        faults.push(Diagnostic::new(&code::TOO_LARGE, place, message));
        return None;
    }
    let parsed = decode(&name, bytes, sources)
        .and_then(|file| parse(file, sources.get(file).map_or("", |source| source.text.as_str())));
    parsed.map_err(|found| faults.extend(found)).ok()
}

/// Takes a text in; one that is no UTF-8 as far as it is.
fn decode(name: &str, bytes: Vec<u8>, sources: &mut Sources) -> Result<FileId, Vec<Diagnostic>> {
    String::from_utf8(bytes).map(|text| sources.add(name, text)).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let good = String::from_utf8_lossy(&error.as_bytes()[..at]).into_owned();
        let place = Place::Text(Span::new(sources.add(name, good), &(at..at)));
        let fault = Diagnostic::new(&code::NOT_UTF8, place, format!("byte {at} is not UTF-8"));
        vec![fault.help("save the file with the encoding UTF-8")]
    })
}

/// The bytes of a file, or just as many as show that there are more than `most`.
fn read_bounded(path: &Path, most: usize) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let most = u64::try_from(most).unwrap_or(u64::MAX);
    File::open(path)?.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The folder of a spec. Files are read below it, never above it and never through a link out of it.
#[derive(Debug, Default)]
pub struct Folder {
    root: PathBuf,
    archives: Archives,
}

impl Files for Folder {
    fn read_up_to(&self, most: usize, path: &str) -> Result<Vec<u8>, FileFault> {
        let real = self.real(path)?;
        let bytes = read_bounded(&real, most).map_err(|error| fault(&error))?;
        if bytes.len() > most { Err(FileFault::TooLarge(most)) } else { Ok(bytes) }
    }

    fn list(&self, folder: &str) -> Result<Vec<String>, FileFault> {
        let root = self.real(folder)?;
        let mut files = Vec::new();
        collect(&root, "", &mut files)?;
        files.sort();
        Ok(files)
    }

    fn archives(&self) -> Option<&Archives> {
        Some(&self.archives)
    }
}

impl Folder {
    /// The folder at a path; nothing was packed of it yet.
    pub fn new(root: &Path) -> Self {
        Self { root: root.to_path_buf(), archives: Archives::default() }
    }

    /// The real path of a relative one that stays in the folder.
    fn real(&self, path: &str) -> Result<PathBuf, FileFault> {
        let relative = Path::new(path);
        let stays = |part| matches!(part, Component::CurDir | Component::Normal(_));
        if !relative.components().all(stays) {
            return Err(FileFault::Outside);
        }
        let here = if self.root.as_os_str().is_empty() { Path::new(".") } else { &self.root };
        let root = here.canonicalize().map_err(|error| fault(&error))?;
        let real = here.join(relative).canonicalize().map_err(|error| fault(&error))?;
        if real.starts_with(&root) { Ok(real) } else { Err(FileFault::Outside) }
    }
}

fn fault(error: &std::io::Error) -> FileFault {
    match error.kind() {
        ErrorKind::NotFound => FileFault::Missing,
        _ => FileFault::Unreadable(reason(error)),
    }
}

/// Adds the files of a folder and of those below it. `start` is the path so far.
fn collect(folder: &Path, start: &str, files: &mut Vec<String>) -> Result<(), FileFault> {
    for entry in std::fs::read_dir(folder).map_err(|error| fault(&error))? {
        let entry = entry.map_err(|error| fault(&error))?;
        let name = entry.file_name();
        let Some(name) = name.to_str() else {
            let name = name.to_string_lossy();
            return Err(FileFault::Unreadable(format!("the name of `{start}{name}` is not UTF-8")));
        };
        let kind = entry.file_type().map_err(|error| fault(&error))?;
        match (kind.is_dir(), kind.is_file()) {
            (true, _) => collect(&entry.path(), &format!("{start}{name}/"), files)?,
            (_, true) => files.push(format!("{start}{name}")),
            _ => {
                let message = format!("`{start}{name}` is neither a file nor a folder");
                return Err(FileFault::Unreadable(message));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests lay out their own folders")]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;
    use std::fs;

    fn ids(path: &Path) -> Vec<&'static str> {
        let spec = load(path);
        spec.report.findings().map(|found| found.diagnostic.code.id).collect()
    }

    #[test]
    fn a_spec_is_a_file_or_a_folder() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        assert_eq!(ids(&at("missing.toml")), ["PG0001"]);
        assert_eq!(ids(folder.path()), ["PG0001"]);
        fs::write(at("a.toml"), "spec = 1\n[platform]\nname = \"a\"\n").unwrap();
        fs::write(at("b.toml"), "[platform]\nregion = \"us-east-2\"\n").unwrap();
        assert_eq!(ids(folder.path()), Vec::<&str>::new());
        fs::write(at("c.toml"), "[platform]\nname = \"b\"\n").unwrap();
        assert_eq!(ids(folder.path()), ["PG0006"]);
        fs::write(at("d.toml"), b"a = \"\xff\"").unwrap();
        assert_eq!(ids(&at("d.toml")), ["PG0003"]);
        fs::write(at("e.toml"), "a = ").unwrap();
        assert_eq!(ids(&at("e.toml")), ["PG0002"]);
    }

    #[test]
    fn files_are_read_below_the_folder_only() {
        let folder = tempfile::tempdir().unwrap();
        let spec = folder.path().join("spec");
        fs::create_dir(&spec).unwrap();
        fs::write(folder.path().join("outside"), "x").unwrap();
        fs::write(spec.join("inside"), "y").unwrap();
        std::os::unix::fs::symlink(folder.path().join("outside"), spec.join("link")).unwrap();
        let files = Folder::new(&spec);
        for (path, expected) in [
            ("inside", Ok(b"y".to_vec())),
            ("./inside", Ok(b"y".to_vec())),
            (".", Err(FileFault::Unreadable("it is a folder".to_owned()))),
            ("link", Err(FileFault::Outside)),
            ("../outside", Err(FileFault::Outside)),
            ("/etc/hostname", Err(FileFault::Outside)),
            ("missing", Err(FileFault::Missing)),
        ] {
            assert_eq!(files.read(path), expected, "{path}");
        }
        assert_eq!(files.read_up_to(1, "inside"), Ok(b"y".to_vec()));
        assert_eq!(files.read_up_to(0, "inside"), Err(FileFault::TooLarge(0)));
    }
}
