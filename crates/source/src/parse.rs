//! TOML text to a tree, with every syntax error in its place.
use crate::node::{Layer, Node, Origin, Table, Value};
use crate::words::shown;
use platgen_diagnostics::{Diagnostic, FileId, Place, Span, code};
use std::collections::BTreeSet;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeArray, DeInteger, DeTable, DeValue};

/// The largest text that is read, in bytes. Specs are a few kilobytes; the limit keeps spans small
/// and stops a file that was named by mistake.
pub const LARGEST: usize = 16 * 1024 * 1024;

/// Reads one text. A text with a fault gives no tree, but all of its faults.
pub fn parse(file: FileId, text: &str) -> Result<Node, Vec<Diagnostic>> {
    if text.len() > LARGEST {
        let message = format!("{} bytes; platgen reads up to {LARGEST}", text.len());
        return Err(vec![Diagnostic::new(&code::TOO_LARGE, start(file), message)]);
    }
    let (table, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        return Err(genuine(file, text, &errors));
    }
    let mut lowering = Lowering { file, faults: Vec::new() };
    let value = Value::Table(lowering.table(table.into_inner()));
    let origin = Origin::of_file(file);
    if lowering.faults.is_empty() { Ok(Node { value, origin }) } else { Err(lowering.faults) }
}

fn start(file: FileId) -> Place {
    Place::Text(Span::new(file, &(0..0)))
}

/// The errors that would be there without the ones before them: an unclosed list makes the parser
/// stumble over everything behind it. The first error of the whole text always stands. Behind it, a
/// section is parsed again by itself, and the first error of that stands if the whole text has one
/// at the same place: what looks like a section inside of a text of many lines has none there.
fn genuine(file: FileId, text: &str, errors: &[toml::de::Error]) -> Vec<Diagnostic> {
    let starts: BTreeSet<usize> = errors.iter().map(start_of).collect();
    let first = errors.iter().min_by_key(|error| start_of(error));
    let first_at = first.map_or(0, start_of);
    let later = sections(text).filter(|section| section.start > first_at).filter_map(|section| {
        let (_, errors) = DeTable::parse_recoverable(&text[section.clone()]);
        let error = errors.into_iter().min_by_key(start_of)?;
        let known = starts.contains(&(section.start + start_of(&error)));
        known.then(|| syntax_fault(file, &error, section.start))
    });
    first.map(|error| syntax_fault(file, error, 0)).into_iter().chain(later).collect()
}

fn start_of(error: &toml::de::Error) -> usize {
    error.span().map_or(0, |span| span.start)
}

/// An error of a piece of text that begins at the byte `offset`.
fn syntax_fault(file: FileId, error: &toml::de::Error, offset: usize) -> Diagnostic {
    let span = error.span().unwrap_or(0..0);
    let span = Span::new(file, &(span.start + offset..span.end + offset));
    let message = error.message().lines().collect::<Vec<_>>().join(", ");
    Diagnostic::new(&code::SYNTAX, Place::Text(span), message)
}

/// The byte ranges that begin with a `[header]` line.
fn sections(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut starts: Vec<usize> = Vec::new();
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        let head = line.split('#').next().unwrap_or(line).trim_end();
        if head.starts_with('[') && head.ends_with(']') && !head.contains(',') {
            starts.push(offset);
        }
        offset += line.len();
    }
    let ends: Vec<usize> = starts.iter().skip(1).copied().chain([text.len()]).collect();
    starts.into_iter().zip(ends).map(|(start, end)| start..end)
}

struct Lowering {
    file: FileId,
    faults: Vec<Diagnostic>,
}

impl Lowering {
    fn table(&mut self, table: DeTable<'_>) -> Table {
        let node = |(key, value): (Spanned<_>, Spanned<DeValue<'_>>)| {
            let at = key.span();
            let key: std::borrow::Cow<'_, str> = key.into_inner();
            (key.into_owned(), self.node(&at, value))
        };
        table.into_iter().map(node).collect()
    }

    fn array(&mut self, array: DeArray<'_>) -> Vec<Node> {
        let node = |value: Spanned<DeValue<'_>>| {
            let at = value.span();
            self.node(&at, value)
        };
        array.into_iter().map(node).collect()
    }

    fn node(&mut self, key: &Range<usize>, value: Spanned<DeValue<'_>>) -> Node {
        let at = Span::new(self.file, &value.span());
        let key = Span::new(self.file, key);
        let value = match value.into_inner() {
            DeValue::String(text) => Value::String(text.into_owned()),
            DeValue::Integer(number) => Value::Integer(self.integer(&number, &at)),
            DeValue::Float(number) => Value::Float(number.as_str().parse().unwrap_or(f64::NAN)),
            DeValue::Boolean(value) => Value::Boolean(value),
            DeValue::Datetime(value) => Value::Datetime(value.to_string()),
            DeValue::Array(array) => Value::Array(self.array(array)),
            DeValue::Table(table) => Value::Table(self.table(table)),
        };
        Node { value, origin: Origin { layer: Layer::Base, key, value: at } }
    }

    fn integer(&mut self, number: &DeInteger<'_>, at: &Span) -> i64 {
        i64::from_str_radix(number.as_str(), number.radix()).unwrap_or_else(|_| {
            let message = format!("{} does not fit into 64 bits", shown(number.as_str()));
            let place = Place::Text(at.clone());
            self.faults.push(Diagnostic::new(&code::UNREPRESENTABLE, place, message));
            0
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;

    fn faults(text: &str) -> Vec<(&'static str, usize)> {
        let place = |fault: &Diagnostic| match &fault.place {
            Place::Text(span) => text[..span.range().start].matches('\n').count() + 1,
            _ => 0,
        };
        let faults = parse(0, text).err().unwrap_or_default();
        faults.iter().map(|fault| (fault.code.id, place(fault))).collect()
    }

    #[test]
    fn every_syntax_error_is_found_in_its_line_and_none_is_invented() {
        for (text, expected) in [
            ("", vec![]),
            ("a = 1\n", vec![]),
            ("\u{feff}a = 1\n", vec![]),
            ("a = \n", vec![("PG0002", 1)]),
            ("a = [1,\n[b]\nc = 2\n[d]\ne = 3\n", vec![("PG0002", 2)]),
            ("a = = 1\n[b]\nc = 1\n[d]\ne = \"x\n", vec![("PG0002", 1), ("PG0002", 5)]),
            ("[a]\nx = 1\n[a]\ny = 2\n", vec![("PG0002", 3)]),
            // Each of two faults is one, wherever the first one stands.
            ("a = [1,\n[b]\nc = 2\n[d]\ne = = 3\n", vec![("PG0002", 2), ("PG0002", 5)]),
            ("[a]\nb = 2 3\n[[f]]\n= 2\n[g]\nh = 1", vec![("PG0002", 2), ("PG0002", 4)]),
            // What looks like a section stands in a text of many lines.
            ("a = = 1\nb = \"\"\"\n[x]\nit's not = toml\n\"\"\"\n", vec![("PG0002", 1)]),
            // Nobody can tell where a text without an end should have ended.
            ("a = \"\"\"x\n[b]\nc = = 2\n", vec![("PG0002", 4)]),
            ("\u{feff}a = = 1\r\n[b]\r\nc = = 2\r\n", vec![("PG0002", 1), ("PG0002", 3)]),
            (
                "a = 99999999999999999999\nb = -9223372036854775809\n",
                vec![("PG0005", 1), ("PG0005", 2)],
            ),
        ] {
            assert_eq!(faults(text), expected, "{text:?}");
        }
    }

    #[test]
    fn depth_and_size_are_bounded() {
        let deep = 100_000;
        for text in [
            format!("a = {}", "[".repeat(deep)),
            format!("a = {}{}", "[".repeat(deep), "]".repeat(deep)),
            format!("a = {}", "{ a = ".repeat(deep)),
            format!("{}b = 1", "a.".repeat(deep)),
            format!("[{}b]", "a.".repeat(deep)),
            format!("[[{}b]]", "a.".repeat(deep)),
        ] {
            assert_eq!(faults(&text), vec![("PG0002", 1)], "{:?}", &text[..20]);
        }
        assert_eq!(faults(&" ".repeat(LARGEST + 1)), vec![("PG0004", 1)]);
        assert_eq!(faults(&" ".repeat(LARGEST)), vec![]);
    }

    #[test]
    fn ten_million_bytes_are_read() {
        let ten_million = 10_000_000;
        assert_eq!(faults(&format!("a = '{}'", "x".repeat(ten_million))), vec![]);
        assert_eq!(faults(&format!("{} = 1", "x".repeat(ten_million))), vec![]);
        assert_eq!(faults(&format!("# {}", "x".repeat(ten_million))), vec![]);
        let number = parse(0, &format!("a = {}", "1".repeat(ten_million))).unwrap_err().remove(0);
        assert_eq!(number.code, &code::UNREPRESENTABLE);
        assert!(number.message.len() < 200, "{} bytes", number.message.len());
    }

    /// Fifty thousand sections, each with a fault: as many parses of a small piece, not of the rest.
    #[test]
    fn many_faults_take_time_in_proportion() {
        let text = "[[a]]\nx = = 1\n".repeat(50_000);
        assert_eq!(parse(0, &text).unwrap_err().len(), 50_000);
    }

    #[test]
    fn odd_names_and_texts_are_taken_as_they_are() {
        let text = "\u{feff}\"\\u0000\" = 1\n\"a\\u001b[2J\".\"\" = 2\n'é.é' = \"\\u0007\"\n";
        let node = parse(0, text).unwrap();
        assert_eq!(node.at(&["\0"]).unwrap().value, Value::Integer(1));
        assert_eq!(node.at(&["a\u{1b}[2J", ""]).unwrap().value, Value::Integer(2));
        let last = node.at(&["é.é"]).unwrap();
        assert_eq!(last.value, Value::String("\u{7}".to_owned()));
        assert_eq!(&text[last.origin.key.range()], "'é.é'");
        // A control character by itself is no TOML.
        assert_eq!(faults("a = \"\u{1}\""), vec![("PG0002", 1)]);
        assert_eq!(faults("a\0 = 1"), vec![("PG0002", 1)]);
    }

    #[test]
    fn values_keep_their_form() {
        let node = parse(0, "a = 0xff\nb = 1.5\nc = 1979-05-27\nd = \"\\u0000${x}\"\n").unwrap();
        let value = |key: &str| node.at(&[key]).unwrap().value.clone();
        assert_eq!(value("a"), Value::Integer(255));
        assert_eq!(value("b"), Value::Float(1.5));
        assert_eq!(value("c"), Value::Datetime("1979-05-27".to_owned()));
        assert_eq!(value("d"), Value::String("\0${x}".to_owned()));
    }
}
