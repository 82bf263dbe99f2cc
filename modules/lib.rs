//! What a platgen spec may declare, and what it becomes.
//!
//! One folder per emitted module, one file or folder per kind. A compilation goes through these
//! steps, and data only moves forward:
//!
//! 1. **Layers** ([`layers`]): the tree of a spec, taken apart into its environments.
//! 2. **Read** ([`kinds::Spec`]): one merged tree becomes types; [`references::check`] finds what it
//!    says of things that are not there.
//! 3. **Resolve** ([`platform::Platform::resolve`]): every default, name, address range and edge is
//!    decided.
//! 4. **Lower** ([`lower`]): each thing puts its resources into a Terraform document.
//!
//! *Invariants*: it prints nothing, reads files only through [`files::Files`], and gives the same
//! document for the same spec. A fault of the spec is a diagnostic; a fault of platgen is left in the
//! document for verification to report.
pub mod auth;
pub mod aws;
pub mod aws_name;
pub mod compute;
pub mod connect;
pub mod data;
pub mod dns;
pub mod files;
pub mod kind;
pub mod kinds;
pub mod kms;
pub mod messaging;
pub mod names;
pub mod network;
pub mod never;
pub mod observability;
pub mod pattern;
pub mod platform;
pub mod reference;
pub mod references;
pub mod scaling;
pub mod schedule;
pub mod schema;
#[cfg(test)]
pub(crate) mod testing;
pub mod text;
pub mod what_if;

use files::Files;
use kind::Resolving;
use kinds::{KINDS, Spec};
use platform::{Head, Platform};
use platgen_source::diagnostics::{Diagnostic, SpecPath, Step, code};
use platgen_source::{Layers, Merged, Name, Node, Read, Reader};
use platgen_terraform::{Document, Provider};

/// One environment of a spec, compiled.
#[derive(Debug)]
pub struct Compiled {
    /// The platform, if the spec has no errors.
    pub platform: Option<Platform>,
    /// What was found.
    pub findings: Vec<Diagnostic>,
}

impl Compiled {
    /// Whether nothing was found that must be mended.
    fn is_sound(&self) -> bool {
        !self.findings.iter().any(Diagnostic::is_error)
    }
}

/// Takes the tree of a spec apart into its layers, in their long forms.
pub fn layers(root: Node) -> Layers {
    Layers::split(root, Spec::expand)
}

/// Merges one environment; `None` if the spec does not have it.
pub fn merge(layers: &Layers, environment: &str) -> Option<Merged> {
    layers.merge(environment, KINDS)
}

/// Reads and resolves one merged environment. All faults of the spec are found in one run.
pub fn compile(merged: &Merged, files: &dyn Files) -> Compiled {
    let mut compiled = attempt(merged, files);
    if !compiled.is_sound() {
        compiled.platform = None;
    }
    compiled
}

/// As [`compile`], and gives the platform of a spec with faults as well, as far as it can be read.
fn attempt(merged: &Merged, files: &dyn Files) -> Compiled {
    let mut reader = Reader::default();
    let spec = Spec::read(&merged.tree, &mut reader);
    let mut findings = merged.faults.clone();
    let read_faults = reader.faults;
    findings.extend(references::check(merged, &reader.mentions));
    let environment = Name::new(&merged.environment);
    let mut platform = None;
    if let (Some(mut spec), Some(environment)) = (spec, environment) {
        spec.imply(&reader.mentions);
        let head = Head::resolve(&spec, &environment);
        let mut resolving = Resolving { head: &head, spec: &spec, files, findings: Vec::new() };
        platform = Some(Platform::resolve(&mut resolving));
        findings.extend(independent(resolving.findings, &read_faults));
    }
    findings.extend(read_faults);
    Compiled { platform, findings }
}

/// Findings that no fault of reading caused. Of a thing with such a fault these are the findings about
/// single values that stand below other keys: whatever follows from the fault would only hide it. And
/// warnings wait until the whole spec can be read, since they speak of defaults that a broken key may
/// have changed.
fn independent(findings: Vec<Diagnostic>, read_faults: &[Diagnostic]) -> Vec<Diagnostic> {
    let broken: Vec<SpecPath> =
        read_faults.iter().filter_map(|fault| thing_of(fault.path()?)).collect();
    let whole = |finding: &Diagnostic| match finding.path().and_then(thing_of) {
        _ if !read_faults.is_empty() && !finding.is_error() => false,
        Some(thing) if broken.contains(&thing) => speaks_of_a_value(finding, read_faults),
        Some(_) | None => true,
    };
    findings.into_iter().filter(whole).collect()
}

/// The codes of what is wrong with a value, whatever stands beside it.
const OF_VALUES: [&str; 4] =
    [code::OUT_OF_RANGE.id, code::UNKNOWN_WORD.id, code::MALFORMED.id, code::BAD_FILE.id];

/// Whether a finding is about one value, and no key above it is broken.
fn speaks_of_a_value(finding: &Diagnostic, read_faults: &[Diagnostic]) -> bool {
    /// Kind, name and the key in the section of the thing.
    const KEY: usize = 3;
    let place = |diagnostic: &Diagnostic| {
        let steps = diagnostic.path()?.steps();
        (steps.len() >= KEY).then(|| steps[..KEY].to_vec())
    };
    OF_VALUES.contains(&finding.code.id)
        && place(finding)
            .is_some_and(|own| read_faults.iter().all(|fault| place(fault).as_ref() != Some(&own)))
}

/// The thing, or the section, that a path stands in.
fn thing_of(path: &SpecPath) -> Option<SpecPath> {
    match path.steps() {
        [Step::Key(kind), Step::Key(name), ..] if KINDS.contains(&kind.as_str()) => {
            Some(SpecPath::of([kind, name]))
        }
        [Step::Key(section), ..] => Some(SpecPath::of([section])),
        _ => None,
    }
}

/// Puts a platform into a Terraform document.
pub fn lower(platform: &Platform) -> Document {
    let mut document = Document {
        provider: Provider {
            region: Some(platform.head.region.clone()),
            default_tags: platform.head.tags.clone(),
            allowed_account_ids: platform.head.account.iter().cloned().collect(),
        },
        backend: platform.head.state.clone(),
        ..Document::default()
    };
    network::lower(platform, &mut document);
    messaging::lower(platform, &mut document);
    data::lower(platform, &mut document);
    compute::lower(platform, &mut document);
    for thing in platform.things.all() {
        thing.lower(platform, &mut document);
    }
    observability::lower(platform, &mut document);
    if let Some(policy) = &platform.head.permissions_boundary {
        connect::iam::boundary::bound(&mut document, policy);
    }
    document
}
