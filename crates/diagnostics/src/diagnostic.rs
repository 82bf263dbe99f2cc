//! One finding about a spec, and the place that it speaks of.
use crate::{Code, Severity, SpecPath};
use std::collections::BTreeSet;
use std::ops::Range;

/// The number of a file in [`Sources`](crate::Sources).
pub type FileId = u16;

/// A piece of a source file, in bytes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// Which file.
    pub file: FileId,
    /// First byte.
    pub start: u32,
    /// The byte after the last one.
    pub end: u32,
}

impl Span {
    /// The span of a byte range. Ranges beyond 4 GiB cannot occur: files of that size are refused.
    pub fn new(file: FileId, range: &Range<usize>) -> Self {
        let clamp = |byte: usize| u32::try_from(byte).unwrap_or(u32::MAX);
        Self { file, start: clamp(range.start), end: clamp(range.end) }
    }

    /// The byte range, for slicing.
    pub fn range(&self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// What a diagnostic speaks of, before anybody looked up where that stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// The key at the end of a path.
    Key(SpecPath),
    /// The value at a path.
    Value(SpecPath),
    /// A piece of text that did not become a tree.
    Text(Span),
    /// The spec as a whole.
    Spec,
}

/// One finding: what is wrong, where, why, and how to mend it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Which kind of finding.
    pub code: &'static Code,
    /// What it speaks of.
    pub place: Place,
    /// What is wrong and why, without a full stop.
    pub message: String,
    /// How to mend it: one remedy a line.
    pub help: Vec<String>,
}

impl Diagnostic {
    /// A finding about the value at `path`.
    pub fn at(code: &'static Code, path: &SpecPath, message: impl Into<String>) -> Self {
        Self::new(code, Place::Value(path.clone()), message)
    }

    /// A finding about the key at the end of `path`.
    pub fn at_key(code: &'static Code, path: &SpecPath, message: impl Into<String>) -> Self {
        Self::new(code, Place::Key(path.clone()), message)
    }

    /// A finding about any place.
    pub fn new(code: &'static Code, place: Place, message: impl Into<String>) -> Self {
        Self { code, place, message: message.into(), help: Vec::new() }
    }

    /// Adds a remedy.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }

    /// Adds a remedy if there is one.
    #[must_use]
    pub fn maybe_help(mut self, help: Option<String>) -> Self {
        self.help.extend(help);
        self
    }

    /// Whether it stops the rendering.
    pub fn is_error(&self) -> bool {
        self.code.severity == Severity::Error
    }

    /// The path that it speaks of, if it is about a path.
    pub fn path(&self) -> Option<&SpecPath> {
        match &self.place {
            Place::Key(path) | Place::Value(path) => Some(path),
            Place::Text(_) | Place::Spec => None,
        }
    }
}

/// How many words may be equally near before none of them can be told to be meant: `8d` is as near
/// to `1d` as to every other number of days.
const MOST_EQUALLY_NEAR: usize = 2;

/// The fewest letters by which a part of a word is known again: `arm` in `arm64`.
const FEWEST_LETTERS_OF_A_PART: usize = 3;

/// The known word that was probably meant: at most a third of its letters differ, whatever their
/// case, or else one of the two is a part of the other.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let candidates: Vec<&str> = known.into_iter().collect();
    let word = word.to_lowercase();
    let misspelt = candidates.iter().filter_map(|known| Some((misspelling(&word, known)?, *known)));
    let mut misspelt: Vec<(usize, &str)> = misspelt.collect();
    misspelt.sort_unstable();
    if let Some(&(least, first)) = misspelt.first() {
        let as_near = misspelt.iter().take_while(|(distance, _)| *distance == least).count();
        return (as_near <= MOST_EQUALLY_NEAR).then_some(first);
    }
    let mut parts = candidates.into_iter().filter(|known| is_part(&word, known));
    parts.next().filter(|_| parts.next().is_none())
}

/// Words longer than this are no slips of anything, and costly to compare.
const LONGEST_COMPARED: usize = 100;

/// How many letters differ, if they are few enough for a slip.
fn misspelling(word: &str, known: &str) -> Option<usize> {
    let longest = known.len().max(word.len());
    let allowed = (longest / 3).max(1);
    if longest > LONGEST_COMPARED || known.len().abs_diff(word.len()) > allowed {
        return None;
    }
    let distance = strsim::damerau_levenshtein(word, &known.to_lowercase());
    // Where every letter differs, nothing is known again.
    (distance <= allowed && distance < longest).then_some(distance)
}

fn is_part(word: &str, known: &str) -> bool {
    let (shorter, known) = (word.len().min(known.len()), known.to_lowercase());
    shorter >= FEWEST_LETTERS_OF_A_PART && (word.contains(&known) || known.contains(word))
}

/// Words as they are listed in a message, each once: `` `a`, `b` or `c` ``.
pub fn listed<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let mut seen = BTreeSet::new();
    let words = words.into_iter().filter(|word| seen.insert(*word));
    let quoted: Vec<String> = words.map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        None => "nothing".to_owned(),
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
    }
}

/// The remedy for an unknown word: the nearest known one, else all of them.
pub fn suggestion<'a>(word: &str, known: impl IntoIterator<Item = &'a str> + Clone) -> String {
    match nearest(word, known.clone()) {
        Some(found) => format!("did you mean `{found}`?"),
        None => format!("known here: {}", listed(known)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;

    #[test]
    fn the_nearest_word_is_found_and_far_ones_are_not() {
        let known = ["connect", "read", "write"];
        for (word, expected) in [
            ("conect", Some("connect")),
            ("raed", Some("read")),
            ("READ", Some("read")),
            ("write-all", Some("write")),
            ("con", Some("connect")),
            ("co", None),
            ("publish", None),
            ("", None),
        ] {
            assert_eq!(nearest(word, known), expected, "{word}");
        }
        assert_eq!(nearest("8d", ["1d", "3d", "5d"]), None, "nobody knows which one is meant");
        assert_eq!(nearest("mysql", ["aurora-mysql", "aurora-postgresql"]), Some("aurora-mysql"));
        assert_eq!(nearest("berlin", ["Europe/Berlin", "Europe/Rome"]), Some("Europe/Berlin"));
        assert_eq!(nearest("a", ["b"]), None, "no letter of one is in the other");
        assert_eq!(listed(["a", "b", "a"]), "`a` or `b`");
        assert_eq!(nearest("aurora", ["aurora-mysql", "aurora-postgresql"]), None);
        assert_eq!(suggestion("publish", known), "known here: `connect`, `read` or `write`");
        assert_eq!(listed([]), "nothing");
    }
}
