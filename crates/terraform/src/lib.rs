//! Terraform JSON: values, references, documents, linking, the provider schema, verification.
//!
//! Takes a [`Document`] that was built in memory: resources per module, with typed references
//! between them. Gives a tree of `.tf.json` files and assets as bytes ([`render`]), and the list of
//! faults that the provider would find in them ([`verify::verify`]).
//!
//! Invariants:
//! - *Knows no platform.* No type here has a word of the spec; [`Resource::causes`] is only
//!   carried through.
//! - *Touches nothing.* No file, clock, network or environment: the schema is embedded.
//! - *No text becomes code.* [`Expr`] has no constructor from text, and literals are escaped
//!   once, in `write`, by the position they stand in.
//! - *Same document, same bytes*, in whatever order it was built.
//! - *Never panics on a bad document.* What is wrong with it is data.
pub mod schema;
pub mod verify;

mod document;
mod expr;
mod link;
mod shown;
mod value;
mod write;

pub use document::{
    Document, FileBuilder, Local, Meta, Misuse, Module, ModuleBuilder, Output, Provider,
    ProviderAlias, ProviderVersion, Resource, ResourceBuilder, Variable, VariableType, Versions,
    file_path, is_identifier, is_variable_name,
};
pub use expr::{
    Address, Expr, For, Handle, IndexKey, LocalRef, Mode, ModuleAddress, PathStep, Ref,
};
pub use value::{Part, Value, json};
pub use write::{Tree, pretty, render};
