//! How the section speaks of what is measured and of what logs: `service.web.cpu`,
//! `metric.orders`, `service.web`, `database.main.error`.
use crate::kinds::KINDS;
use platgen_source::diagnostics::{code, nearest};
use platgen_source::{Name, Node, Read, Reader, Schemas, is_hyphenated, json, shown};
use std::fmt;

/// The first word of a metric of the spec's own: `metric.orders`.
pub const OWN: &str = "metric";

/// The rule of a name as a part of a longer text; the lookahead bounds its length.
const NAME: &str = "(?=[a-z0-9-]{1,40}(\\.|$))[a-z][a-z0-9]*(-[a-z0-9]+)*";
/// The rule of a key of a metric, or of the word of a log.
const KEY: &str = "[a-z0-9]+(-[a-z0-9]+)*";
/// The longest key.
const LONGEST_KEY: usize = 40;

/// A metric that something speaks of.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MetricReference {
    /// A metric of a thing: `service.web.cpu`.
    Thing {
        /// The kind.
        kind: &'static str,
        /// The name.
        name: Name,
        /// What of it.
        key: String,
    },
    /// A metric of the spec's own: `metric.orders`.
    Own(Name),
}

/// A log group that something speaks of: that of a thing, or one of its several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogReference {
    /// The kind.
    pub kind: &'static str,
    /// The name.
    pub name: Name,
    /// Which log, where a thing has several: `error` in `database.main.error`.
    pub log: Option<String>,
}

impl MetricReference {
    /// Takes a text apart; `None` if it has another form.
    pub fn parse(text: &str) -> Option<Self> {
        match text.split('.').collect::<Vec<_>>().as_slice() {
            [OWN, name] => Name::new(name).map(Self::Own),
            [kind, name, key] if is_key(key) => Some(Self::Thing {
                kind: known(kind)?,
                name: Name::new(name)?,
                key: (*key).to_owned(),
            }),
            _ => None,
        }
    }

    /// Tells the reader what is spoken of.
    pub fn mention(&self, reader: &mut Reader) {
        match self {
            Self::Thing { kind, name, key } => reader.mention(kind, name.as_str(), &[key]),
            Self::Own(name) => reader.mention(OWN, name.as_str(), &[]),
        }
    }
}

impl LogReference {
    fn parse(text: &str) -> Option<Self> {
        let words: Vec<&str> = text.split('.').collect();
        let (kind, name, log) = match words.as_slice() {
            [kind, name] => (kind, name, None),
            [kind, name, log] if is_key(log) => (kind, name, Some((*log).to_owned())),
            _ => return None,
        };
        Some(Self { kind: known(kind)?, name: Name::new(name)?, log })
    }
}

impl fmt::Display for MetricReference {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Thing { kind, name, key } => write!(out, "{kind}.{name}.{key}"),
            Self::Own(name) => write!(out, "{OWN}.{name}"),
        }
    }
}

/// The kind of a word, if it is one.
fn known(word: &str) -> Option<&'static str> {
    KINDS.iter().copied().find(|kind| *kind == word)
}

fn is_key(word: &str) -> bool {
    // A key may begin with a digit: `5xx`.
    let begun = format!("a{word}");
    !word.is_empty() && !word.starts_with('-') && is_hyphenated(&begun, LONGEST_KEY + 1)
}

/// What is meant where the first word is no kind.
fn kind_help(text: &str, example: &str) -> String {
    let kind = text.split('.').next().unwrap_or_default();
    match nearest(kind, KINDS.iter().copied()) {
        Some(found) if found != kind => format!("did you mean the kind `{found}`?"),
        _ => format!("write kind, name and what of it: {example}"),
    }
}

impl Read for MetricReference {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        let text = String::read(node, reader)?;
        let Some(reference) = Self::parse(&text) else {
            let message = format!("`{}` names no metric", shown(&text));
            let help = kind_help(&text, "\"service.web.cpu\", or \"metric.orders\"");
            reader.fault_with(&code::MALFORMED, message, help);
            return None;
        };
        reference.mention(reader);
        Some(reference)
    }

    fn schema(_: &mut Schemas) -> json::Value {
        let kinds = KINDS.join("|");
        let key = format!("(?=[a-z0-9-]{{1,{LONGEST_KEY}}}$){KEY}");
        let pattern = format!("^({OWN}\\.{NAME}|({kinds})\\.{NAME}\\.{key})$");
        json::json!({ "type": "string", "pattern": pattern })
    }
}

impl Read for LogReference {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        let text = String::read(node, reader)?;
        let Some(reference) = Self::parse(&text) else {
            let message = format!("`{}` names nothing that logs", shown(&text));
            let help = kind_help(&text, "\"service.web\", or \"database.main.error\"");
            reader.fault_with(&code::MALFORMED, message, help);
            return None;
        };
        reader.mention(reference.kind, reference.name.as_str(), &[]);
        Some(reference)
    }

    fn schema(_: &mut Schemas) -> json::Value {
        let kinds = KINDS.join("|");
        let key = format!("(?=[a-z0-9-]{{1,{LONGEST_KEY}}}$){KEY}");
        let pattern = format!("^({kinds})\\.{NAME}(\\.{key})?$");
        json::json!({ "type": "string", "pattern": pattern })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;

    #[test]
    fn references_are_taken_apart() {
        for (text, metric, log) in [
            ("service.web.cpu", true, true),
            ("load_balancer.public.5xx", true, true),
            ("metric.orders", true, false),
            ("service.web", false, true),
            ("metric.orders.sum", false, false),
            ("servcie.web.cpu", false, false),
            ("service.web.cpu.max", false, false),
            ("service.Web.cpu", false, false),
            ("service.web.", false, false),
            ("service.web.-a", false, false),
            ("service..cpu", false, false),
            ("", false, false),
        ] {
            let found = MetricReference::parse(text);
            assert_eq!(found.is_some(), metric, "{text}");
            assert_eq!(LogReference::parse(text).is_some(), log, "{text}");
            assert_eq!(found.map_or_else(|| text.to_owned(), |found| found.to_string()), text);
        }
    }
}
