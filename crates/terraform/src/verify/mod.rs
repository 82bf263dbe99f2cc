//! What the engine and the provider would reject in a document, found offline.
//!
//! It takes a document and the provider's schema, and gives a list of faults; it changes nothing
//! and stops at none. Each part looks at one thing:
//! - `names`: identifiers, files, and what the builders recorded,
//! - `body`: the arguments and nested blocks of a resource,
//! - `values`: literals against types,
//! - `expressions`: references, functions and the types they give,
//! - `meta`: `for_each`, `depends_on`, `ignore_changes`,
//! - `root`: variables, outputs and the backend,
//! - `cycles`: things that wait for each other.
//!
//! It knows no value lists, conflicts or limits of AWS: the schema does not carry them.
mod body;
mod checker;
mod cycles;
mod expressions;
mod meta;
mod names;
mod root;
#[cfg(test)]
mod tests;
mod values;

use std::fmt;

use platgen_diagnostics::SpecPath;

use crate::document::Document;
use crate::expr::{Address, Mode};
use crate::schema::{Schema, Type};
use checker::{Checker, Place, Scope};

/// One thing that the engine or the provider would reject.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// What it is about: `module.network.aws_vpc.main`, `output.url`.
    pub address: String,
    /// The path of the argument in the body, such as `ingress[0].from_port`; empty for the whole.
    pub argument: String,
    /// What is wrong, as a clause without a full stop.
    pub message: String,
    /// The places in the spec that caused it, as far as they are known.
    pub causes: Vec<SpecPath>,
}

/// Everything that is wrong with a document, sorted by address and argument.
pub fn verify(document: &Document, schema: &Schema) -> Vec<Fault> {
    let mut faults = Vec::new();
    names::check(document, &mut faults);
    root::check(document, schema, &mut faults);
    for (module, content) in &document.modules {
        for resource in content.resources.values() {
            let address = format!("module.{module}.{}", resource.address);
            let mut checker =
                Checker::new(document, schema, &mut faults, address, &resource.causes);
            checker.module = Some(module);
            meta::check(&mut checker, resource);
            body::check(&mut checker, resource);
        }
        for (name, local) in &content.locals {
            let address = format!("module.{module}.local.{name}");
            let mut checker = Checker::new(document, schema, &mut faults, address, &[]);
            checker.module = Some(module);
            values::check(
                &mut checker,
                &local.value,
                &Type::Dynamic,
                Place::Whole,
                Scope::default(),
            );
        }
    }
    cycles::check(document, &mut faults);
    faults.sort();
    faults.dedup();
    faults
}

/// The path of a type in the list of what newer versions of the provider no longer have.
fn removal_root(address: &Address) -> String {
    match address.mode {
        Mode::Managed => address.kind.to_owned(),
        Mode::Data => format!("data.{}", address.kind),
    }
}

/// `module.network.aws_vpc.main: `cidr`: no such argument`.
impl fmt::Display for Fault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.argument.as_str() {
            "" => write!(out, "{}: {}", self.address, self.message),
            argument => write!(out, "{}: `{argument}`: {}", self.address, self.message),
        }
    }
}
