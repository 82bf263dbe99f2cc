//! Findings put in their places in the source text: located, sorted, and rendered.
use crate::{Code, Diagnostic, FileId, Place, Severity, Span};
use annotate_snippets::{AnnotationKind, Element, Group, Level, Renderer, Snippet};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::ops::Range;

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

/// A line of a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SourceLine<'s> {
    /// The name of the file.
    pub file: &'s str,
    /// Its number, counted from one.
    pub line: usize,
    /// What stands there, without the space around it.
    pub text: &'s str,
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

    /// The file and the line that a span begins in, and what stands there.
    pub fn line_of(&self, span: &Span) -> Option<SourceLine<'_>> {
        let source = self.get(span.file)?;
        let (line, _) = Cursor::default().line_and_column(span, self);
        let text = line_around(&source.text, span).0.trim();
        Some(SourceLine { file: &source.name, line, text })
    }

    /// The span of a whole line, counted from one, of the first file of this name or below which
    /// a path of this name stands.
    pub fn span_of_line(&self, file: &str, line: usize) -> Option<Span> {
        let ending = format!("/{file}");
        let named = |source: &Source| source.name == file || source.name.ends_with(&ending);
        let id = self.0.iter().position(named)?;
        let lines = self.0.get(id)?.text.split_inclusive('\n');
        let start = lines.clone().take(line.checked_sub(1)?).map(str::len).sum::<usize>();
        let length = lines.clone().nth(line - 1)?.len();
        Some(Span::new(FileId::try_from(id).ok()?, &(start..start + length)))
    }
}

/// A place in the texts, which goes forward with the findings: counting lines anew for each of many
/// would take their number times the size of the text.
#[derive(Debug, Default)]
struct Cursor {
    file: FileId,
    offset: usize,
    newlines: usize,
    characters: usize,
}

impl Cursor {
    /// Line and column of the beginning of a span, both counted from one; columns count characters.
    fn line_and_column(&mut self, span: &Span, sources: &Sources) -> (usize, usize) {
        let start = span.start as usize;
        if span.file != self.file || start < self.offset {
            *self = Self { file: span.file, ..Self::default() };
        }
        let text = sources.get(span.file).map_or("", |source| source.text.as_str());
        for character in text.get(self.offset..start).unwrap_or_default().chars() {
            if character == '\n' {
                self.newlines += 1;
                self.characters = 0;
            } else {
                self.characters += 1;
            }
        }
        self.offset = start;
        (self.newlines + 1, self.characters + 1)
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
        let mut cursor = Cursor::default();
        for finding in self.findings().take(SHOWN) {
            let line =
                finding.span.as_ref().map(|span| cursor.line_and_column(span, &self.sources).0);
            let group = self.group(finding, line.unwrap_or(1), all_environments);
            out.push_str(&renderer.render(&[group]));
            out.push_str("\n\n");
        }
        if let Some(more) = self.findings.len().checked_sub(SHOWN).filter(|more| *more > 0) {
            let _ = write!(out, "and {more} more\n\n");
        }
        out
    }

    /// The finding under its line, which is given to the renderer alone: it reads all of a text for
    /// each finding.
    fn group<'a>(
        &'a self,
        finding: &'a Located,
        line: usize,
        all_environments: usize,
    ) -> Group<'a> {
        let diagnostic = &finding.diagnostic;
        let level = level(diagnostic.code);
        let title = level.primary_title(diagnostic.code.title).id(diagnostic.code.id);
        let mut elements: Vec<Element<'a>> = Vec::new();
        let source =
            finding.span.as_ref().and_then(|span| Some((span, self.sources.get(span.file)?)));
        match source {
            Some((span, source)) => {
                let (text, range) = line_around(&source.text, span);
                let label = AnnotationKind::Primary.span(range).label(&diagnostic.message);
                let snippet = Snippet::source(text).line_start(line).path(&source.name);
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
        let mut cursor = Cursor::default();
        self.findings().map(|finding| self.finding_json(finding, &mut cursor)).collect()
    }

    fn finding_json(&self, finding: &Located, cursor: &mut Cursor) -> Json {
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
            let (line, column) = cursor.line_and_column(span, &self.sources);
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

/// The line that a span begins in, and the part of it that the span covers: a whole section
/// underlined says less than its head.
fn line_around<'a>(text: &'a str, span: &Span) -> (&'a str, Range<usize>) {
    let Range { start, end } = span.range();
    let (Some(before), Some(after)) = (text.get(..start), text.get(start..)) else {
        return ("", 0..0);
    };
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let rest = after.lines().next().unwrap_or_default();
    let covered = text.get(start..end.min(start + rest.len())).unwrap_or_default();
    let column = start - line_start;
    (&text[line_start..start + rest.len()], column..column + covered.trim_end().len())
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
    fn places_are_counted_wherever_the_next_one_is() {
        let mut sources = Sources::default();
        let first = sources.add("a.toml", "aé\r\n\u{1f600}b\n\nlast".to_owned());
        let second = sources.add("b.toml", "x\ny".to_owned());
        let mut cursor = Cursor::default();
        for (file, start, expected) in [
            (first, 0, (1, 1)),
            (first, 3, (1, 3)),
            (first, 9, (2, 2)),
            (first, 12, (4, 1)),
            (second, 2, (2, 1)),
            (first, 5, (2, 1)),
            (first, 1, (1, 2)),
            (first, 16, (4, 5)),
        ] {
            let span = Span::new(file, &(start..start));
            assert_eq!(cursor.line_and_column(&span, &sources), expected, "{file} {start}");
        }
    }

    #[test]
    fn lines_are_found_both_ways() {
        let mut sources = Sources::default();
        let file = sources.add("shop/platform.toml", "spec = 1\n\n  [service.web]\n".to_owned());
        let span = sources.span_of_line("platform.toml", 3).unwrap();
        assert_eq!(span, Span::new(file, &(10..26)));
        let line = SourceLine { file: "shop/platform.toml", line: 3, text: "[service.web]" };
        assert_eq!(sources.line_of(&span), Some(line));
        for (name, line) in [("form.toml", 1), ("platform.toml", 0), ("platform.toml", 4)] {
            assert_eq!(sources.span_of_line(name, line), None, "{name}:{line}");
        }
    }

    #[test]
    fn a_span_is_cut_to_the_line_that_it_begins_in() {
        let text = "a\n[b] \nc = 1\n[d]\r\n";
        for (range, line, covered) in [
            (0..1, "a", "a"),
            (2..13, "[b] ", "[b]"),
            (7..12, "c = 1", "c = 1"),
            (12..12, "c = 1", ""),
            (13..16, "[d]", "[d]"),
            (18..18, "", ""),
            (90..91, "", ""),
        ] {
            let (found, part) = line_around(text, &Span::new(0, &range));
            assert_eq!((found, &found[part]), (line, covered), "{range:?}");
        }
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
