//! `platgen render`: a spec into output folders; or, with `--check`, what differs from them.
use super::tell::{Teller, counted};
use super::{Ending, RenderOptions};
use crate::disk::{self, Changes, DiskError, Durability};
use crate::pipeline::Root;
use serde_json::{Value as Json, json};
use similar::TextDiff;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::str::Utf8Error;

pub(super) fn run(options: &RenderOptions) -> Ending {
    let mut teller = Teller::new(options.spec.format);
    let ending = render(options, &mut teller).unwrap_or_else(|ending| ending);
    teller.end(ending)
}

fn render(options: &RenderOptions, teller: &mut Teller) -> Result<Ending, Ending> {
    let compiled = teller.compile(&options.spec, options.source_map)?;
    if compiled.report.has_errors() {
        teller.json(|| json!({ "diagnostics": compiled.report.json() }));
        return Ok(Ending::SpecAtFault);
    }
    let outcomes =
        carry_out(options, &compiled.roots).map_err(|error| teller.disk_error(&error))?;
    for outcome in &outcomes {
        tell(teller, options, outcome);
    }
    teller.json(|| {
        let environments: Vec<Json> = outcomes.iter().map(Outcome::json).collect();
        json!({ "diagnostics": compiled.report.json(), "environments": environments })
    });
    let differs = outcomes.iter().any(|outcome| !outcome.changes.is_empty());
    Ok(if options.check && differs { Ending::Differs } else { Ending::Fine })
}

/// What happened, or would happen, to one output folder.
struct Outcome<'a> {
    root: &'a Root,
    folder: PathBuf,
    changes: Changes,
}

/// Compares every folder before the first is written: a refusal of one leaves all as they were.
fn carry_out<'a>(
    options: &RenderOptions,
    roots: &'a [Root],
) -> Result<Vec<Outcome<'a>>, DiskError> {
    let mut outcomes = Vec::new();
    for root in roots {
        let folder = options.out.join(&root.platform).join(&root.environment);
        let changes = match disk::changes(&folder, &root.files) {
            // A write finishes what was interrupted; only a comparison has to stop here.
            Err(DiskError::Interrupted { .. }) if !options.check && !options.dry_run => {
                Changes::default()
            }
            other => other?,
        };
        outcomes.push(Outcome { root, folder, changes });
    }
    if options.check || options.dry_run {
        return Ok(outcomes);
    }
    let durability = if options.durable { Durability::Synced } else { Durability::Fast };
    for outcome in &mut outcomes {
        outcome.changes = disk::write(&outcome.folder, &outcome.root.files, durability)?;
    }
    Ok(outcomes)
}

fn tell(teller: &mut Teller, options: &RenderOptions, outcome: &Outcome<'_>) {
    let changes = &outcome.changes;
    if options.check {
        teller.text(&outcome.unified_diff());
    } else if options.dry_run {
        teller.text(&outcome.list());
    }
    let words = format!(
        "{}: {}, {} created, {} changed, {} deleted, {} unchanged",
        outcome.folder.display(),
        counted(outcome.root.addresses.len(), "resource"),
        changes.created.len(),
        changes.changed.len(),
        changes.deleted.len(),
        changes.unchanged,
    );
    teller.words(&words);
}

impl Outcome<'_> {
    fn json(&self) -> Json {
        json!({
            "platform": self.root.platform,
            "environment": self.root.environment,
            "folder": self.folder.display().to_string(),
            "resources": self.root.addresses.len(),
            "created": self.changes.created,
            "changed": self.changes.changed,
            "deleted": self.changes.deleted,
            "unchanged": self.changes.unchanged,
        })
    }

    /// One line a file: `create`, `change` or `delete`, and the path.
    fn list(&self) -> String {
        let changes = &self.changes;
        let mut out = String::new();
        let all = [
            ("create", &changes.created),
            ("change", &changes.changed),
            ("delete", &changes.deleted),
        ];
        for (word, paths) in all {
            for path in paths {
                let _ = writeln!(out, "{word} {}", self.folder.join(path).display());
            }
        }
        out
    }

    /// The differences between the folder and the spec, as `diff -u` writes them.
    fn unified_diff(&self) -> String {
        let changes = &self.changes;
        let paths = changes.created.iter().chain(&changes.changed).chain(&changes.deleted);
        paths.map(|path| self.file_diff(path)).collect()
    }

    fn file_diff(&self, path: &str) -> String {
        let old = self.changes.previous.get(path);
        let new = self.root.files.get(path);
        let shown = self.folder.join(path);
        let name = |there: bool| if there { shown.as_path() } else { Path::new("/dev/null") };
        let (old_name, new_name) = (name(old.is_some()), name(new.is_some()));
        let (old_name, new_name) = (old_name.display().to_string(), new_name.display().to_string());
        let (Ok(old_text), Ok(new_text)) = (text(old), text(new)) else {
            return format!("Binary files {old_name} and {new_name} differ\n");
        };
        TextDiff::from_lines(old_text, new_text)
            .unified_diff()
            .header(&old_name, &new_name)
            .to_string()
    }
}

/// The text of a file, empty if there is none. The packed code of a function is no text.
fn text(bytes: Option<&Vec<u8>>) -> Result<&str, Utf8Error> {
    bytes.map_or(Ok(""), |bytes| std::str::from_utf8(bytes))
}
