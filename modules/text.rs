//! Texts with placeholders: `mysql://{database.main.host}:{database.main.port}`.
//!
//! `{kind.name.output}`, `{platform.<key>}` and `{environment}` are placeholders; anything else in
//! braces, and doubled braces, stay as they are: JSON and templates of others pass through.
use crate::kinds::KINDS;
use platgen_source::diagnostics::code;
use platgen_source::{Node, Read, Reader, Schemas, is_plain, json, text_type};

/// The first word of a placeholder that speaks of the platform.
pub const PLATFORM: &str = "platform";

/// What `{platform.…}` can name.
pub const PLATFORM_KEYS: [&str; 4] = ["name", "domain", "region", "zone"];

text_type! {
    /// The name of a variable in the environment of a process, as shells take it
    /// (<https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/V1_chap08.html>).
    VariableName,
    "^[A-Za-z_][A-Za-z0-9_]{0,254}$",
    "letters, digits and _, not beginning with a digit, at most 255",
    |text| {
        is_plain(text, 1..=255, b"_") && !text.starts_with(|first: char| first.is_ascii_digit())
    }
}

/// A text that may speak of other things.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text(Vec<Piece>);

/// A text that may speak of the platform, but of no other thing: its value is known at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlainText(Text);

/// A piece of a [`Text`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Letters that stand for themselves.
    Literal(String),
    /// A key of the platform, one of [`PLATFORM_KEYS`].
    Platform(String),
    /// The name of the environment.
    Environment,
    /// An output of a thing.
    Output {
        /// The kind, `database`.
        kind: String,
        /// The name, `main`.
        name: String,
        /// What of it, `["host"]`; empty for a secret as a whole.
        output: Vec<String>,
    },
}

impl Text {
    /// Takes a text apart. Adjoining literals are one piece.
    pub fn parse(text: &str) -> Self {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some(open) = rest.find('{') {
            let (before, from) = rest.split_at(open);
            push_literal(&mut pieces, before);
            let doubled = from.starts_with("{{");
            let inside = from[1..].split_once('}').map(|(inside, _)| inside);
            if let Some(piece) = inside.filter(|_| !doubled).and_then(placeholder) {
                pieces.push(piece);
                rest = &from[inside.map_or(0, str::len) + 2..];
            } else {
                let taken = 1 + usize::from(doubled);
                push_literal(&mut pieces, &from[..taken]);
                rest = &from[taken..];
            }
        }
        push_literal(&mut pieces, rest);
        Self(pieces)
    }

    /// The pieces in order.
    pub fn pieces(&self) -> &[Piece] {
        &self.0
    }
}

impl PlainText {
    /// The text with the platform's values put in.
    pub fn resolve(&self, value: impl Fn(&Piece) -> String) -> String {
        self.0.pieces().iter().map(value).collect()
    }
}

fn push_literal(pieces: &mut Vec<Piece>, text: &str) {
    match pieces.last_mut() {
        Some(Piece::Literal(last)) => last.push_str(text),
        _ if text.is_empty() => {}
        _ => pieces.push(Piece::Literal(text.to_owned())),
    }
}

/// The placeholder between two braces, if its first word is one that placeholders begin with.
fn placeholder(inside: &str) -> Option<Piece> {
    let words: Vec<&str> = inside.split('.').collect();
    if !words.iter().all(|word| is_plain(word, 1..=usize::MAX, b"-_")) {
        return None;
    }
    match words.as_slice() {
        ["environment"] => Some(Piece::Environment),
        [PLATFORM, key] => Some(Piece::Platform((*key).to_owned())),
        [kind, name, output @ ..] if KINDS.contains(kind) => Some(Piece::Output {
            kind: (*kind).to_owned(),
            name: (*name).to_owned(),
            output: output.iter().map(|word| (*word).to_owned()).collect(),
        }),
        _ => None,
    }
}

impl Read for Text {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        let text = Self::parse(&String::read(node, reader)?);
        for piece in text.pieces() {
            match piece {
                Piece::Platform(key) if !PLATFORM_KEYS.contains(&key.as_str()) => {
                    let help = platgen_source::diagnostics::suggestion(key, PLATFORM_KEYS);
                    let message = format!("the platform has no output `{key}`");
                    reader.fault_with(&code::UNKNOWN_OUTPUT, message, help);
                }
                Piece::Output { kind, name, output } => {
                    let output: Vec<&str> = output.iter().map(String::as_str).collect();
                    reader.mention(kind, name, &output);
                }
                Piece::Platform(key) => reader.mention(PLATFORM, key, &[]),
                Piece::Literal(_) | Piece::Environment => {}
            }
        }
        Some(text)
    }

    fn schema(_: &mut Schemas) -> json::Value {
        json::json!({ "type": "string" })
    }
}

impl Read for PlainText {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        let text = Text::parse(&String::read(node, reader)?);
        let speaks_of_a_thing = text.pieces().iter().any(|p| matches!(p, Piece::Output { .. }));
        if speaks_of_a_thing {
            let message = "only `{platform.…}` and `{environment}` can stand here: the value must be \
                           known before anything is made";
            reader.fault(&code::UNKNOWN_OUTPUT, message);
            return None;
        }
        Text::read(node, reader).map(Self)
    }

    fn schema(_: &mut Schemas) -> json::Value {
        json::json!({ "type": "string" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;
    use proptest::prelude::*;

    fn literal(text: &str) -> Piece {
        Piece::Literal(text.to_owned())
    }

    fn output(kind: &str, name: &str, output: &[&str]) -> Piece {
        let output = output.iter().map(|word| (*word).to_owned()).collect();
        Piece::Output { kind: kind.to_owned(), name: name.to_owned(), output }
    }

    #[test]
    fn placeholders_are_found_and_other_braces_stay() {
        for (text, pieces) in [
            ("", vec![]),
            ("{}", vec![literal("{}")]),
            ("{\"agent\":{}}", vec![literal("{\"agent\":{}}")]),
            ("Hi {{service.web.url}}", vec![literal("Hi {{service.web.url}}")]),
            ("${database}", vec![literal("${database}")]),
            ("{environment}", vec![Piece::Environment]),
            ("{secret.github.token}", vec![output("secret", "github", &["token"])]),
            ("{secret.mysql}", vec![output("secret", "mysql", &[])]),
            (
                "https://{platform.domain}/{x}",
                vec![literal("https://"), Piece::Platform("domain".to_owned()), literal("/{x}")],
            ),
            (
                "{database.main.host}:{database.main.port}",
                vec![
                    output("database", "main", &["host"]),
                    literal(":"),
                    output("database", "main", &["port"]),
                ],
            ),
            ("{database.main.host", vec![literal("{database.main.host")]),
        ] {
            assert_eq!(Text::parse(text).pieces(), pieces, "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_text_without_a_known_first_word_stays_as_it_is(text in "[a-r{}.$%\"\\\\ é]{0,40}") {
            let known = KINDS.iter().chain(&["environment", "platform"]).any(|k| text.contains(k));
            prop_assume!(!known);
            let joined: String = Text::parse(&text).pieces().iter().map(|piece| match piece {
                Piece::Literal(literal) => literal.clone(),
                other => format!("{other:?}"),
            }).collect();
            prop_assert_eq!(joined, text);
        }
    }
}
