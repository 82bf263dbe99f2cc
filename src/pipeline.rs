//! From the layers of a spec to the files of every environment, in memory.
use crate::spec::Spec;
use crate::templates::{self, TemplateError};
use platgen_modules::{compile as compile_environment, lower, merge};
use platgen_source::diagnostics::Report;
use platgen_terraform::schema::Schema;
use platgen_terraform::verify::{Fault, verify};
use platgen_terraform::{Document, Mode, Tree, render};

/// The files of one environment.
#[derive(Debug)]
pub struct Root {
    /// The platform's name.
    pub platform: String,
    /// The environment's name.
    pub environment: String,
    /// Path to content.
    pub files: Tree,
    /// Every resource that Terraform would make, `module.network.aws_vpc.main`, sorted.
    pub addresses: Vec<String>,
}

/// What compiling a spec gave.
#[derive(Debug)]
pub struct Compiled {
    /// What was found in the spec.
    pub report: Report,
    /// How many environments were compiled.
    pub environments: usize,
    /// The environments, if the spec has no errors.
    pub roots: Vec<Root>,
}

/// Why a spec without errors cannot be rendered.
#[derive(Debug, thiserror::Error)]
pub enum PipelineError {
    /// An environment that the spec does not have was asked for.
    #[error("the spec has no environment `{name}`; it has {known}")]
    UnknownEnvironment {
        /// What was asked for.
        name: String,
        /// What there is.
        known: String,
    },
    /// The document breaks the rules of the provider. A spec cannot cause that.
    #[error("this is a bug in platgen: what it made of the spec breaks the provider's rules")]
    Invalid(Vec<Fault>),
    /// A template cannot be filled.
    #[error("this is a bug in platgen: {0}")]
    Template(#[from] TemplateError),
}

/// Compiles the environments of a spec: all of them, or those that are named.
pub fn compile(spec: Spec, only: &[String]) -> Result<Compiled, PipelineError> {
    let Spec { mut report, layers, files } = spec;
    let Some(layers) = layers else {
        return Ok(Compiled { report, environments: 0, roots: Vec::new() });
    };
    let names: Vec<String> = if only.is_empty() {
        layers.environments().map(str::to_owned).collect()
    } else {
        only.to_vec()
    };
    let mut documents = Vec::new();
    for name in &names {
        let merged = merge(&layers, name).ok_or_else(|| PipelineError::UnknownEnvironment {
            name: name.clone(),
            known: platgen_source::diagnostics::listed(layers.environments()),
        })?;
        let compiled = compile_environment(&merged, &files);
        report.add(Some(name), compiled.findings, |place| merged.locate(place));
        documents.extend(compiled.platform.map(|platform| {
            let document = lower(&platform);
            (platform.head.platform.to_string(), name.clone(), document)
        }));
    }
    let environments = names.len();
    if report.has_errors() {
        return Ok(Compiled { report, environments, roots: Vec::new() });
    }
    let roots = documents
        .into_iter()
        .map(|(platform, environment, document)| root(platform, environment, &document));
    Ok(Compiled { report, environments, roots: roots.collect::<Result<_, _>>()? })
}

/// Verifies a document and renders it.
fn root(platform: String, environment: String, document: &Document) -> Result<Root, PipelineError> {
    let schema = Schema::embedded();
    let faults = verify(document, schema);
    if !faults.is_empty() {
        return Err(PipelineError::Invalid(faults));
    }
    let mut files = render(document, schema);
    let readme = templates::readme(&platform, &environment, document)?;
    files.insert("README.md".to_owned(), readme.into_bytes());
    Ok(Root { platform, environment, files, addresses: addresses(document) })
}

fn addresses(document: &Document) -> Vec<String> {
    let mut addresses: Vec<String> = Vec::new();
    for (module, content) in &document.modules {
        let managed = content.resources.keys().filter(|address| address.mode == Mode::Managed);
        addresses.extend(managed.map(|address| format!("module.{module}.{address}")));
    }
    addresses.sort();
    addresses
}
