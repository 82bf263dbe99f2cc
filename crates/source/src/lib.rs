//! From TOML text to typed sections.
//!
//! Takes texts, gives one merged tree per environment whose nodes carry their origin, and reads
//! typed sections from it:
//!
//! 1. [`parse()`]: text to tree, every syntax error in its place. [`unite`] puts the trees of several
//!    files together.
//! 2. [`Layers::split`]: short forms become long ones, environments are taken apart.
//! 3. [`Layers::merge`]: the layers of one environment are laid over each other.
//! 4. [`Read::read`]: the tree becomes types; all faults in one pass.
//!
//! *Invariants*: it knows no section by name but `environment`, whose layers it lays; it reads no file
//! and prints nothing. A type is declared
//! once: reader and JSON Schema come from the same declaration.

// The derive macro and `text_type` name this package by its own name, inside of it too.
extern crate self as platgen_source;

mod layers;
mod merged;
mod node;
mod parse;
mod read;
mod scalars;
mod schema;
mod values;
mod words;

pub use layers::{Layers, ONLY_ENVIRONMENT};
pub use merged::Merged;
pub use node::{Layer, Node, Origin, Table, Value, unite};
pub use parse::{LARGEST, parse};
pub use platgen_diagnostics as diagnostics;
pub use platgen_source_derive::Read;
pub use read::{Mention, Read, Reader, Section, Verbs, expand_field, expand_short, expand_verbs};
pub use scalars::{Count, Duration, Name, Percent, Things};
pub use schema::{Extent, Field, Schemas, schema_of};
pub use serde_json as json;
pub use values::{Key, OneOrMore};
pub use words::{is_hyphenated, is_plain, shown};

#[cfg(test)]
#[path = "../tests/support/mod.rs"]
mod support;
#[cfg(test)]
mod testing;
