//! From the layers of a spec to the files of every environment, in memory.
use crate::picture::{Picture, mermaid};
use crate::source_map::{self, Detail};
use crate::spec::{Folder, Spec};
use crate::templates::{self, TemplateError};
use crate::threads::side_by_side;
use platgen_modules::platform::Platform;
use platgen_modules::{compile as compile_environment, lower, merge};
use platgen_source::diagnostics::{Report, SpecPath, Step};
use platgen_source::{Merged, Node};
use platgen_terraform::schema::Schema;
use platgen_terraform::verify::{Fault, verify};
use platgen_terraform::{Document, Mode, ModuleAddress, Resource, Tree, render};

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

/// An environment of a spec, compiled but not yet written as text.
#[derive(Debug)]
pub struct Lowered {
    /// What the spec says, with the origin of every value.
    pub merged: Merged,
    /// Every thing and every edge, decided.
    pub platform: Platform,
    /// What they become.
    pub document: Document,
}

impl Lowered {
    /// The resource or data source at an address.
    pub fn resource(&self, address: &ModuleAddress) -> Option<&Resource> {
        self.document.modules.get(address.module)?.resources.get(&address.address)
    }

    /// What the spec says at a path, or in the thing that this one is like.
    pub fn said(&self, path: &SpecPath) -> Option<&Node> {
        let tree = &self.merged.tree;
        tree.get(path).or_else(|| {
            let [Step::Key(kind), Step::Key(name), rest @ ..] = path.steps() else { return None };
            let like = tree.at(&[kind, name, "like"])?.text()?;
            let (kind, name) = like.split_once('.')?;
            let mut path = SpecPath::of([kind, name]);
            for step in rest {
                path.push(step.clone());
            }
            tree.get(&path)
        })
    }
}

/// The environments of a spec, compiled but not yet written as text.
#[derive(Debug)]
pub struct Understood {
    /// What was found in the spec.
    pub report: Report,
    /// How many environments were compiled.
    pub environments: usize,
    /// The environments, if the spec has no errors.
    pub lowered: Vec<Lowered>,
    /// The files beside the spec.
    pub files: Folder,
}

/// Compiles the environments of a spec: all of them, or those that are named. `detail` is how much the
/// source map of each tells.
pub fn compile(spec: Spec, only: &[String], detail: Detail) -> Result<Compiled, PipelineError> {
    let Understood { report, environments, lowered, files } = understand(spec, only)?;
    let roots = side_by_side(lowered, |lowered| root(&lowered, &files, detail));
    let roots = roots.into_iter().collect::<Result<_, _>>()?;
    Ok(Compiled { report, environments, roots })
}

/// Compiles the environments of a spec as far as platgen has to understand them.
pub fn understand(spec: Spec, only: &[String]) -> Result<Understood, PipelineError> {
    let Spec { mut report, layers, files } = spec;
    let Some(layers) = layers else {
        return Ok(Understood { report, environments: 0, lowered: Vec::new(), files });
    };
    let names: Vec<String> = if only.is_empty() {
        layers.environments().map(str::to_owned).collect()
    } else {
        only.to_vec()
    };
    let merge = |name: &String| {
        merge(&layers, name).ok_or_else(|| PipelineError::UnknownEnvironment {
            name: name.clone(),
            known: platgen_source::diagnostics::listed(layers.environments()),
        })
    };
    let merged = names.iter().map(merge).collect::<Result<Vec<Merged>, _>>()?;
    let compiled = side_by_side(merged, |merged| {
        let compiled = compile_environment(&merged, &files);
        let document = compiled.platform.as_ref().map(lower);
        (merged, compiled, document)
    });
    let mut lowered = Vec::new();
    for (merged, compiled, document) in compiled {
        report.add(Some(&merged.environment), compiled.findings, |place| merged.locate(place));
        if let Some((platform, document)) = compiled.platform.zip(document) {
            lowered.push(Lowered { merged, platform, document });
        }
    }
    if report.has_errors() {
        lowered.clear();
    }
    Ok(Understood { report, environments: names.len(), lowered, files })
}

/// Verifies a document and renders it.
fn root(lowered: &Lowered, folder: &Folder, detail: Detail) -> Result<Root, PipelineError> {
    let Lowered { platform, document, .. } = lowered;
    let schema = Schema::embedded();
    let faults = verify(document, schema);
    if !faults.is_empty() {
        return Err(PipelineError::Invalid(faults));
    }
    let mut files = render(document, schema);
    let (name, environment) = (platform.head.platform.as_str(), platform.head.environment.as_str());
    let readme = templates::readme(name, environment, document, &mermaid(&Picture::of(lowered)))?;
    files.insert("README.md".to_owned(), readme.into_bytes());
    let map = source_map::source_map(lowered, folder, detail);
    files.insert(source_map::PATH.to_owned(), map);
    Ok(Root {
        platform: name.to_owned(),
        environment: environment.to_owned(),
        files,
        addresses: addresses(document),
    })
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
