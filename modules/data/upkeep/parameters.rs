//! Parameters of an engine: a name and a value that AWS hands through.
use platgen_source::diagnostics::code;
use platgen_source::{Node, Read, Reader, Schemas, json, text_type};
use std::fmt;

text_type! {
    /// The name of a parameter: `slow_query_log`, `rds.force_ssl`, `maxmemory-policy`
    /// (<https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_WorkingWithParamGroups.html>).
    ParameterName,
    "^[a-z][a-z0-9_.-]{0,254}$",
    "lower-case letters, digits and _ . -, beginning with a letter",
    |text| {
        (1..=255).contains(&text.len())
            && text.starts_with(|first: char| first.is_ascii_lowercase())
            && text.bytes().all(|b| {
                b.is_ascii_lowercase() || b.is_ascii_digit() || b"_.-".contains(&b)
            })
    }
}

/// The value of a parameter: a text, or a number, which AWS takes as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParameterValue(String);

impl Read for ParameterValue {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        use platgen_source::Value::{Float, Integer, String};
        match &node.value {
            String(text) if text.is_empty() => {
                reader.fault(&code::MALFORMED, "a parameter needs a value");
                None
            }
            String(text) => Some(Self(text.clone())),
            Integer(number) => Some(Self(number.to_string())),
            Float(number) if number.is_finite() => Some(Self(number.to_string())),
            _ => reader.wrong_type(node, "a text or a number"),
        }
    }

    fn schema(_: &mut Schemas) -> json::Value {
        json::json!({ "type": ["string", "number"], "minLength": 1 })
    }
}

impl fmt::Display for ParameterValue {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}
