//! What every part of verification carries: where it is, and where faults go.
use std::fmt;

use platgen_diagnostics::{SpecPath, nearest};

use super::Fault;
use crate::document::{Document, is_identifier};
use crate::schema::{Schema, Type};
use crate::value::Value;

/// The verification of one thing: a resource, a local, an output.
#[derive(Debug)]
pub(super) struct Checker<'a> {
    pub(super) document: &'a Document,
    pub(super) schema: &'a Schema,
    /// The module that the thing stands in; none is the root.
    pub(super) module: Option<&'static str>,
    address: String,
    causes: &'a [SpecPath],
    faults: &'a mut Vec<Fault>,
}

/// A place inside a body, as a chain up to its root, so that a path is only made for a fault.
#[derive(Clone, Copy, Debug)]
pub(super) enum Place<'p> {
    /// The whole body.
    Whole,
    /// An argument, or a key of a map.
    Key(&'p Place<'p>, &'p str),
    /// A place in a list.
    Index(&'p Place<'p>, usize),
}

/// What an expression may use besides references.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Scope<'s> {
    /// The `for_each` of the body, for `each.key` and `each.value`.
    pub(super) for_each: Option<&'s Value>,
    /// The type of the element at hand in the innermost comprehension.
    pub(super) item: Option<&'s Type>,
}

impl<'a> Checker<'a> {
    /// A checker of a thing in the root; `module` is set for one that stands in a module.
    pub(super) fn new(
        document: &'a Document,
        schema: &'a Schema,
        faults: &'a mut Vec<Fault>,
        address: String,
        causes: &'a [SpecPath],
    ) -> Self {
        Self { document, schema, module: None, address, causes, faults }
    }

    /// Notes a fault at a place.
    pub(super) fn fault(&mut self, place: Place, message: impl Into<String>) {
        self.faults.push(Fault {
            address: self.address.clone(),
            argument: place.to_string(),
            message: message.into(),
            causes: self.causes.to_vec(),
        });
    }
}

/// The end of a message about an unknown word: the known one that was probably meant.
pub(super) fn did_you_mean<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> String {
    nearest(word, known).map(|known| format!(" (did you mean `{known}`?)")).unwrap_or_default()
}

/// `ingress[0].tags["a b"]`
impl fmt::Display for Place<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole => Ok(()),
            Self::Key(Self::Whole, key) => out.write_str(key),
            Self::Key(parent, key) if is_identifier(key) => write!(out, "{parent}.{key}"),
            Self::Key(parent, key) => write!(out, "{parent}[{key:?}]"),
            Self::Index(parent, place) => write!(out, "{parent}[{place}]"),
        }
    }
}
