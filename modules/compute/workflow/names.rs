//! What a workflow calls things: states, errors, machines, and other things of the spec.
use crate::kind::ThingId;
use crate::kinds::KINDS;
use platgen_source::diagnostics::code;
use platgen_source::{Name, Node, Read, Reader, Schemas, is_plain, json, shown, text_type};

text_type! {
    /// The name of a state. Step Functions takes 80 characters of any kind
    /// (<https://docs.aws.amazon.com/step-functions/latest/dg/statemachine-structure.html>); these are
    /// the ones that a path can name in quotes without escapes.
    StateName,
    "^[A-Za-z0-9][A-Za-z0-9 _.:/()#?!&+-]{0,79}$",
    "1 to 80 letters, digits, spaces and _ . : / ( ) # ? ! & + -, beginning with a letter or digit",
    |text| {
        is_plain(text, 1..=80, b" _.:/()#?!&+-")
            && text.starts_with(|first: char| first.is_ascii_alphanumeric())
    }
}

text_type! {
    /// The name of an error: `States.Timeout`, `Lambda.ServiceException`, or one that code raises
    /// (<https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html>).
    ErrorName,
    "^[A-Za-z0-9_.:/$-]{1,256}$",
    "1 to 256 letters, digits and _ . : / $ -",
    |text| is_plain(text, 1..=256, b"_.:/$-")
}

text_type! {
    /// The name of a state machine, of at most 80 letters
    /// (<https://docs.aws.amazon.com/step-functions/latest/apireference/API_CreateStateMachine.html>).
    MachineName,
    "^[A-Za-z0-9_-]{1,80}$",
    "1 to 80 letters, digits and _ -",
    |text| is_plain(text, 1..=80, b"_-")
}

text_type! {
    /// A word that a definition in a file has between `${` and `}`.
    TargetWord,
    "^[A-Za-z_][A-Za-z0-9_-]{0,79}$",
    "1 to 80 letters, digits and _ -, beginning with a letter or _",
    |text| {
        is_plain(text, 1..=80, b"_-")
            && text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
    }
}

/// A thing of any kind, with its kind: `function.charge`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThingReference(pub ThingId);

impl ThingReference {
    fn parse(text: &str) -> Option<Self> {
        let (kind, name) = text.split_once('.')?;
        let kind = KINDS.iter().find(|known| **known == kind)?;
        Some(Self(ThingId::new(kind, &Name::new(name)?)))
    }
}

impl Read for ThingReference {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        let text = String::read(node, reader)?;
        let Some(reference) = Self::parse(&text) else {
            let message = format!("`{}` names no thing", shown(&text));
            let help = "write the kind and the name: \"function.charge\"";
            reader.fault_with(&code::MALFORMED, message, help.to_owned());
            return None;
        };
        reader.mention(reference.0.kind, reference.0.name.as_str(), &[]);
        Some(reference)
    }

    fn schema(_: &mut Schemas) -> json::Value {
        let kinds = KINDS.join("|");
        let pattern = format!("^({kinds})\\.(?=.{{1,40}}$)[a-z][a-z0-9]*(-[a-z0-9]+)*$");
        json::json!({ "type": "string", "pattern": pattern })
    }
}
