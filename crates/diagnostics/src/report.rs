//! Findings put in their places in the source text: located, sorted, and rendered.
use crate::{Code, Diagnostic, FileId, Place, Severity, Span};
use annotate_snippets::{AnnotationKind, Element, Group, Level, Renderer, Snippet};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// How many findings are shown as text: more than this nobody reads in one go.
const SHOWN: usize = 100;

/// The texts that a spec was read from; a [`FileId`] is a place in it.
#[derive(Clone, Debug, Default)]
pub struct Sources(Vec<Source>);

/// One text.
#[derive(Clone, Debug)]
pub struct Source {
    /// The name that is shown, as the user wrote it.
    pub name: String,
    /// The text.
    pub text: String,
}

impl Sources {
    /// Takes in a text and says under which number it stands.
    pub fn add(&mut self, name: &str, text: String) -> FileId {
        self.0.push(Source { name: name.to_owned(), text });
        FileId::try_from(self.0.len() - 1).unwrap_or(FileId::MAX)
    }

    /// The text with this number.
    pub fn get(&self, file: FileId) -> Option<&Source> {
        self.0.get(usize::from(file))
    }

    /// Line and column, both counted from one; columns count characters.
    fn line_and_column(&self, span: &Span) -> (usize, usize) {
        let text = self.get(span.file).map_or("", |source| source.text.as_str());
        let head = text.get(..span.start as usize).unwrap_or(text);
        let line_start = head.rfind('\n').map_or(0, |newline| newline + 1);
        (head.matches('\n').count() + 1, head[line_start..].chars().count() + 1)
    }
}

/// A diagnostic whose place was looked up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located {
    /// The finding.
    pub diagnostic: Diagnostic,
    /// Where it stands; `None` if it is about the spec as a whole.
    pub span: Option<Span>,
    /// The environments in which it was found; empty if it does not depend on them.
    pub environments: Vec<String>,
}

/// Findings are the same if they say the same of the same place.
type Identity = (Option<Span>, &'static str, String);

/// All findings of one run, in source order, each once.
#[derive(Debug, Default)]
pub struct Report {
    /// The texts that spans point into.
    pub sources: Sources,
    findings: BTreeMap<Identity, Located>,
}

impl Report {
    /// An empty report about these texts.
    pub fn new(sources: Sources) -> Self {
        Self { sources, findings: BTreeMap::new() }
    }

    /// Takes in findings. `locate` gives the span of a place in the tree they were found in.
    pub fn add(
        &mut self,
        environment: Option<&str>,
        diagnostics: Vec<Diagnostic>,
        locate: impl Fn(&Place) -> Option<Span>,
    ) {
        for diagnostic in diagnostics {
            let span = locate(&diagnostic.place);
            let identity = (span.clone(), diagnostic.code.id, diagnostic.message.clone());
            let fresh = || Located { diagnostic, span, environments: Vec::new() };
            let located = self.findings.entry(identity).or_insert_with(fresh);
            located.environments.extend(environment.map(str::to_owned));
        }
    }

    /// The findings in source order.
    pub fn findings(&self) -> impl ExactSizeIterator<Item = &Located> {
        self.findings.values()
    }

    /// Whether anything stops the rendering.
    pub fn has_errors(&self) -> bool {
        self.findings().any(|finding| finding.diagnostic.is_error())
    }

    /// Every finding under its source line, as the terminal shows it. `all_environments` is how
    /// many there are: a finding of only some of them names them.
    pub fn text(&self, renderer: &Renderer, all_environments: usize) -> String {
        let mut out = String::new();
        for finding in self.findings().take(SHOWN) {
            out.push_str(&renderer.render(&[self.group(finding, all_environments)]));
            out.push_str("\n\n");
        }
        if let Some(more) = self.findings.len().checked_sub(SHOWN).filter(|more| *more > 0) {
            let _ = write!(out, "and {more} more\n\n");
        }
        out
    }

    fn group<'a>(&'a self, finding: &'a Located, all_environments: usize) -> Group<'a> {
        let diagnostic = &finding.diagnostic;
        let level = level(diagnostic.code);
        let title = level.primary_title(diagnostic.code.title).id(diagnostic.code.id);
        let mut elements: Vec<Element<'a>> = Vec::new();
        let source =
            finding.span.as_ref().and_then(|span| Some((span, self.sources.get(span.file)?)));
        match source {
            Some((span, source)) => {
                let range = within(&source.text, span);
                let label = AnnotationKind::Primary.span(range).label(&diagnostic.message);
                let snippet = Snippet::source(&source.text).path(&source.name);
                elements.push(snippet.annotation(label).into());
            }
            None => elements.push(Level::NOTE.message(&diagnostic.message).into()),
        }
        let some = finding.environments.len() < all_environments;
        if some && !finding.environments.is_empty() {
            let note = format!("in environment {}", finding.environments.join(", "));
            elements.push(Level::NOTE.message(note).into());
        }
        elements.extend(diagnostic.help.iter().map(|help| Level::HELP.message(help).into()));
        title.elements(elements)
    }

    /// Every finding as JSON: `[{code, severity, title, message, help, path, file, line, column,
    /// start, end, environments}]`; the place is left out where there is none.
    pub fn json(&self) -> Json {
        self.findings().map(|finding| self.finding_json(finding)).collect()
    }

    fn finding_json(&self, finding: &Located) -> Json {
        let diagnostic = &finding.diagnostic;
        let mut out = json!({
            "code": diagnostic.code.id,
            "severity": diagnostic.code.severity.word(),
            "title": diagnostic.code.title,
            "message": diagnostic.message,
            "help": diagnostic.help,
            "environments": finding.environments,
        });
        if let Some(path) = diagnostic.path() {
            out["path"] = path.to_string().into();
        }
        if let Some(span) = &finding.span {
            let (line, column) = self.sources.line_and_column(span);
            out["file"] = self.sources.get(span.file).map(|source| source.name.clone()).into();
            out["line"] = line.into();
            out["column"] = column.into();
            out["start"] = span.start.into();
            out["end"] = span.end.into();
        }
        out
    }
}

fn level(code: &Code) -> Level<'static> {
    match code.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    }
}

/// The span, cut to its first line: a whole section underlined says less than its head.
fn within(text: &str, span: &Span) -> std::ops::Range<usize> {
    let range = span.range();
    let Some(piece) = text.get(range.clone()) else { return text.len()..text.len() };
    let first = piece.find('\n').unwrap_or(piece.len());
    range.start..range.start + piece[..first].trim_end().len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{SpecPath, code};
    use pretty_assertions::assert_eq;

    fn report() -> Report {
        let mut sources = Sources::default();
        let file = sources.add("platform.toml", "é = 1\n[service.web]\ncpuu = 256\n".to_owned());
        let mut report = Report::new(sources);
        let path = SpecPath::of(["service", "web", "cpuu"]);
        let unknown = Diagnostic::at_key(&code::UNKNOWN_KEY, &path, "`service` has no key `cpuu`")
            .help("did you mean `cpu`?");
        let whole = Diagnostic::new(&code::UNREADABLE, Place::Spec, "no such file");
        let locate = |place: &Place| match place {
            Place::Key(_) => Some(Span::new(file, &(21..25))),
            _ => None,
        };
        report.add(Some("dev"), vec![unknown.clone(), whole], locate);
        report.add(Some("prod"), vec![unknown], locate);
        report
    }

    #[test]
    fn findings_stand_under_their_line_once() {
        let text = report().text(&Renderer::plain(), 2);
        let expected = "\
error[PG0001]: Unreadable file
 |
 = note: no such file
 = note: in environment dev

error[PG0102]: Unknown key
 --> platform.toml:3:1
  |
3 | cpuu = 256
  | ^^^^ `service` has no key `cpuu`
  |
  = help: did you mean `cpu`?

";
        assert_eq!(text, expected);
    }

    #[test]
    fn json_counts_lines_and_characters_from_one() {
        let json = report().json();
        assert_eq!(json[1]["line"], 3);
        assert_eq!(json[1]["column"], 1);
        assert_eq!(json[1]["path"], "service.web.cpuu");
        assert_eq!(json[1]["environments"], serde_json::json!(["dev", "prod"]));
        assert!(json[0].get("line").is_none());
        assert!(report().has_errors());
    }
}
