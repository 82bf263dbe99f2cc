//! Payloads: TOML values in which a text such as `$.client.email` stands for data of the execution
//! (<https://docs.aws.amazon.com/step-functions/latest/dg/input-output-inputpath-params.html>).
use super::path::speaks_of_data;
use crate::platform::Head;
use crate::text::PlainText;
use platgen_source::{Node, Read, Reader, Schemas, Value as Toml, json};
use platgen_terraform::Value;
use std::collections::BTreeMap;

/// A payload, or a piece of one.
#[derive(Clone, Debug, PartialEq)]
pub enum Template {
    /// A path into the data, or a call of an intrinsic function: computed by every execution.
    Computed(String),
    /// A text; `{platform.…}` and `{environment}` in it are known at once.
    Text(PlainText),
    /// A whole number.
    Integer(i64),
    /// A number with a fraction.
    Decimal(f64),
    /// True or false.
    Boolean(bool),
    /// A list.
    List(Vec<Template>),
    /// A table.
    Table(BTreeMap<String, Template>),
}

/// What marks a computed key of a payload.
pub const COMPUTED_END: &str = ".$";

impl Template {
    /// The payload as the value of a key. What is computed stands at a key that ends in `.$`.
    pub fn entry(&self, key: &str, head: &Head) -> (String, Value) {
        match self {
            Self::Computed(path) => (format!("{key}{COMPUTED_END}"), Value::from(path)),
            Self::List(items) if items.iter().any(Self::is_computed) => {
                (format!("{key}{COMPUTED_END}"), Value::from(array_call(items, head)))
            }
            other => (key.to_owned(), other.literal(head)),
        }
    }

    /// A table as payload; computed keys inside are marked. Of anything else only the value.
    pub fn literal(&self, head: &Head) -> Value {
        match self {
            Self::Computed(path) => Value::from(path),
            Self::Text(text) => Value::from(head.plain(text)),
            Self::Integer(number) => Value::from(*number),
            Self::Decimal(number) => Value::from(*number),
            Self::Boolean(value) => Value::from(*value),
            Self::List(items) => items.iter().map(|item| item.literal(head)).collect(),
            Self::Table(table) => {
                Value::Map(table.iter().map(|(key, value)| value.entry(key, head)).collect())
            }
        }
    }

    /// The payload as JSON in a text, for what takes no tables: the value at a key.
    ///
    /// Each computed piece is written by `States.JsonToString`, quotes and escapes included, so data
    /// never becomes anything but a value.
    pub fn json_entry(&self, key: &str, head: &Head) -> (String, Value) {
        if let Self::Computed(path) = self {
            let text = format!("States.JsonToString({path})");
            return (format!("{key}{COMPUTED_END}"), Value::from(text));
        }
        let mut writing = JsonText::default();
        writing.write(self, head);
        if writing.arguments.is_empty() {
            return (key.to_owned(), Value::from(writing.literal));
        }
        let arguments = writing.arguments.join(", ");
        let text = format!("States.Format('{}', {arguments})", writing.format);
        (format!("{key}{COMPUTED_END}"), Value::from(text))
    }

    /// The payload as a text, for what takes nothing else: the value at a key. Lists and tables become
    /// JSON.
    pub fn text_entry(&self, key: &str, head: &Head) -> (String, Value) {
        match self {
            Self::Computed(path) => (
                format!("{key}{COMPUTED_END}"),
                Value::from(format!("States.Format('{{}}', {path})")),
            ),
            Self::List(_) | Self::Table(_) => self.json_entry(key, head),
            plain => (key.to_owned(), Value::join([plain.literal(head)])),
        }
    }

    /// Whether it is computed by every execution.
    pub fn is_computed(&self) -> bool {
        matches!(self, Self::Computed(_))
    }

    /// Whether it is a path rather than a call.
    pub fn is_path(&self) -> bool {
        matches!(self, Self::Computed(text) if text.starts_with('$'))
    }

    /// Every path and call in it.
    pub fn computed(&self) -> Vec<&str> {
        match self {
            Self::Computed(text) => vec![text],
            Self::List(items) => items.iter().flat_map(Self::computed).collect(),
            Self::Table(table) => table.values().flat_map(Self::computed).collect(),
            _ => Vec::new(),
        }
    }
}

/// A list with computed items, which only a call can make.
fn array_call(items: &[Template], head: &Head) -> String {
    let argument = |item: &Template| match item {
        Template::Computed(path) => path.clone(),
        Template::Text(text) => format!("'{}'", escaped(&head.plain(text))),
        Template::Integer(number) => number.to_string(),
        Template::Decimal(number) => number.to_string(),
        Template::Boolean(value) => value.to_string(),
        // Lists and tables beside computed items are refused.
        Template::List(_) | Template::Table(_) => String::new(),
    };
    let arguments: Vec<String> = items.iter().map(argument).collect();
    format!("States.Array({})", arguments.join(", "))
}

/// A text for the inside of single quotes in a call
/// (<https://docs.aws.amazon.com/step-functions/latest/dg/intrinsic-functions.html>).
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for letter in text.chars() {
        if "'{}\\".contains(letter) {
            escaped.push('\\');
        }
        escaped.push(letter);
    }
    escaped
}

/// JSON while it is written: as it is where nothing is computed, and as a format where something is.
#[derive(Default)]
struct JsonText {
    literal: String,
    format: String,
    arguments: Vec<String>,
}

impl JsonText {
    fn write(&mut self, template: &Template, head: &Head) {
        match template {
            Template::Computed(path) => {
                self.format.push_str("{}");
                self.arguments.push(format!("States.JsonToString({path})"));
            }
            Template::Text(text) => self.push(&json::Value::from(head.plain(text)).to_string()),
            Template::Integer(number) => self.push(&number.to_string()),
            Template::Decimal(number) => self.push(&json::Value::from(*number).to_string()),
            Template::Boolean(value) => self.push(&value.to_string()),
            Template::List(items) => {
                self.push("[");
                for (place, item) in items.iter().enumerate() {
                    self.push(if place > 0 { "," } else { "" });
                    self.write(item, head);
                }
                self.push("]");
            }
            Template::Table(table) => {
                self.push("{");
                for (place, (key, value)) in table.iter().enumerate() {
                    self.push(if place > 0 { "," } else { "" });
                    self.push(&format!("{}:", json::Value::from(key.as_str())));
                    self.write(value, head);
                }
                self.push("}");
            }
        }
    }

    fn push(&mut self, text: &str) {
        self.literal.push_str(text);
        self.format.push_str(&escaped(text));
    }
}

impl Read for Template {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        match &node.value {
            Toml::String(text) => read_text(text, node, reader),
            Toml::Datetime(text) => {
                let text = Node { value: Toml::String(text.clone()), origin: node.origin.clone() };
                PlainText::read(&text, reader).map(Self::Text)
            }
            Toml::Integer(number) => Some(Self::Integer(*number)),
            Toml::Float(_) => f64::read(node, reader).map(Self::Decimal),
            Toml::Boolean(value) => Some(Self::Boolean(*value)),
            Toml::Array(_) => Vec::read(node, reader).map(Self::List),
            Toml::Table(_) => BTreeMap::read(node, reader).map(Self::Table),
        }
    }

    fn schema(_: &mut Schemas) -> json::Value {
        json::json!({})
    }
}

/// What looks like a path or a call is taken for one; whether it is one is checked with everything else
/// that a schema cannot say.
fn read_text(text: &str, node: &Node, reader: &mut Reader) -> Option<Template> {
    let is_call = text.starts_with("States.") && text.contains('(');
    if speaks_of_data(text) || is_call {
        return Some(Template::Computed(text.to_owned()));
    }
    PlainText::read(node, reader).map(Template::Text)
}
