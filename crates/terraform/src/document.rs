//! One environment root, in memory: its modules, variables, outputs, provider and backend.
//!
//! Nothing fails while a document is built. What cannot be right is recorded as a [`Misuse`],
//! and verification reports it with everything else.
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use platgen_diagnostics::SpecPath;

use crate::expr::{Address, ModuleAddress};
use crate::value::Value;

mod build;

pub(crate) use build::RESERVED_VARIABLES;
pub use build::{FileBuilder, ModuleBuilder, ResourceBuilder};

/// One environment root: a root module and the child modules it calls.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Document {
    /// The child modules, by name.
    pub modules: BTreeMap<&'static str, Module>,
    /// The variables of the root, by name.
    pub variables: BTreeMap<String, Variable>,
    /// The outputs of the root, by name.
    pub outputs: BTreeMap<String, Output>,
    /// How the AWS provider is configured in the root.
    pub provider: Provider,
    /// The arguments of the S3 backend; none leaves the state where the engine puts it.
    ///
    /// Terraform takes these texts as they are and `OpenTofu` as templates, so they must hold no
    /// `${` and no `%{` (<https://opentofu.org/docs/language/settings/backends/configuration/>).
    pub backend: Option<BTreeMap<String, serde_json::Value>>,
    /// The versions the root and every module ask for.
    pub versions: Versions,
    /// What went wrong while the document was built.
    pub misuses: Vec<Misuse>,
}

/// A child module: its resources and locals, each in a file of its own choice, and its assets.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Module {
    /// Resources and data sources.
    pub resources: BTreeMap<Address, Resource>,
    /// Locals, by name.
    pub locals: BTreeMap<String, Local>,
    /// Files that resources name and Terraform does not read as configuration: their paths below
    /// the folder of the module, with `/`, and their bytes.
    pub assets: BTreeMap<String, Arc<[u8]>>,
}

/// A resource or data source.
#[derive(Clone, Debug, PartialEq)]
pub struct Resource {
    /// Its address in the module.
    pub address: Address,
    /// The file it stands in, without `.tf.json`: `service.web`.
    pub file: String,
    /// The provider's arguments and nested blocks. Which of the two a name is, the provider's
    /// schema decides.
    pub arguments: BTreeMap<String, Value>,
    /// The arguments that Terraform itself reads.
    pub meta: Meta,
    /// The places in the spec that made it.
    pub causes: Vec<SpecPath>,
}

/// The meta-arguments of a resource
/// (<https://developer.hashicorp.com/terraform/language/meta-arguments>).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Meta {
    /// What must exist before, beyond what the references say. It must stand in this module.
    pub depends_on: Vec<ModuleAddress>,
    /// What must exist before other modules get a value of this resource: the policy without which
    /// they could not use it. It must stand in this module.
    pub ready_after: Vec<ModuleAddress>,
    /// The provider configuration; none is the default one.
    pub provider: Option<ProviderAlias>,
    /// One instance per entry: a map whose keys are known before anything is applied, or an
    /// expression that gives a map or a set of texts.
    pub for_each: Option<Value>,
    /// Whether a replacement is made before the old one is destroyed.
    pub create_before_destroy: bool,
    /// Whether Terraform refuses to destroy it.
    pub prevent_destroy: bool,
    /// Arguments whose change elsewhere is left alone, as Terraform writes references to them.
    pub ignore_changes: Vec<String>,
}

/// A provider configuration beside the default one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ProviderAlias {
    /// `us-east-1`, where certificates and web ACLs of a CDN must stand
    /// (<https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html>).
    UsEast1,
}

/// A local value of a module.
#[derive(Clone, Debug, PartialEq)]
pub struct Local {
    /// The file it stands in, without `.tf.json`.
    pub file: String,
    /// What it holds.
    pub value: Value,
}

/// A variable of the root.
#[derive(Clone, Debug, PartialEq)]
pub struct Variable {
    /// The type of its value.
    pub kind: VariableType,
    /// The value where none is given; `null` makes the variable optional. Literal: text in it
    /// is never a template.
    pub default: Option<serde_json::Value>,
    /// What to put in, for the one who runs the engine.
    pub description: String,
}

/// The type of a [`Variable`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VariableType {
    /// A text.
    String,
    /// A number.
    Number,
    /// True or false.
    Bool,
    /// A list of texts.
    ListOfString,
    /// A map of texts.
    MapOfString,
}

/// An output of the root. Whether it is sensitive follows from the schema.
#[derive(Clone, Debug, PartialEq)]
pub struct Output {
    /// What it gives.
    pub value: Value,
    /// What it is for, for the one who reads it.
    pub description: String,
}

/// The settings of both configurations of the AWS provider, the default one and the one of
/// us-east-1 (<https://registry.terraform.io/providers/hashicorp/aws/latest/docs>).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Provider {
    /// The region of the default configuration; none leaves it to the engine's environment.
    pub region: Option<String>,
    /// Tags of everything that takes tags.
    pub default_tags: BTreeMap<String, String>,
    /// The only accounts that may be changed; none allows any.
    pub allowed_account_ids: Vec<String>,
}

/// Which versions the root and every module take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Versions {
    /// Of Terraform or `OpenTofu`: a constraint, as it writes them
    /// (<https://developer.hashicorp.com/terraform/language/expressions/version-constraints>).
    pub engine: String,
    /// The oldest one of the AWS provider.
    pub oldest_provider: ProviderVersion,
}

/// A version of the AWS provider: `6.19.0` is major, minor and patch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ProviderVersion(pub u16, pub u16, pub u16);

/// Something a document cannot hold, met while it was built.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Misuse {
    /// What it is about: `module.network.aws_vpc.main`, `output.url`.
    pub address: String,
    /// What is wrong, as a clause: "declared twice".
    pub message: String,
    /// The places in the spec that asked for it, as far as they are known.
    pub causes: Vec<SpecPath>,
}

/// Whether a name made by platgen is one that Terraform takes: `[a-z][a-z0-9_]*`.
pub fn is_identifier(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

/// The path of a file of a module in an output folder.
pub fn file_path(module: &str, file: &str) -> String {
    format!("modules/{module}/{file}.tf.json")
}

/// Whether a variable may have a name: some words are Terraform's own.
pub fn is_variable_name(name: &str) -> bool {
    is_identifier(name) && !RESERVED_VARIABLES.contains(&name)
}

impl Module {
    /// Whether a resource of the module uses a provider configuration beside the default one.
    pub fn uses(&self, alias: ProviderAlias) -> bool {
        self.resources.values().any(|resource| resource.meta.provider == Some(alias))
    }
}

impl ProviderAlias {
    /// The name of the configuration: `us_east_1`.
    pub fn name(self) -> &'static str {
        match self {
            Self::UsEast1 => "us_east_1",
        }
    }

    /// The region it stands for: `us-east-1`.
    pub fn region(self) -> &'static str {
        match self {
            Self::UsEast1 => "us-east-1",
        }
    }

    /// How Terraform refers to it: `aws.us_east_1`.
    pub fn reference(self) -> String {
        format!("aws.{}", self.name())
    }
}

impl Versions {
    /// The constraint of the provider: from the oldest one to the last before the next major one.
    pub(crate) fn provider(&self) -> String {
        format!(">= {}, < 7.0.0", self.oldest_provider)
    }
}

/// Terraform 1.11 brought write-only arguments and the lock file of the S3 backend
/// (<https://developer.hashicorp.com/terraform/language/upgrade-guides>); the provider's range is
/// the one whose two ends verification knows.
impl Default for Versions {
    fn default() -> Self {
        Self { engine: ">= 1.11".to_owned(), oldest_provider: ProviderVersion(5, 100, 0) }
    }
}

impl fmt::Display for ProviderVersion {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}.{}.{}", self.0, self.1, self.2)
    }
}

/// As Terraform writes types
/// (<https://developer.hashicorp.com/terraform/language/expressions/type-constraints>).
impl fmt::Display for VariableType {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::String => "string",
            Self::Number => "number",
            Self::Bool => "bool",
            Self::ListOfString => "list(string)",
            Self::MapOfString => "map(string)",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_lower_case_and_start_with_a_letter() {
        for good in ["a", "web_2", "a__b"] {
            assert!(is_identifier(good), "{good}");
        }
        for bad in ["", "A", "2a", "_a", "a-b", "a.b", "ä", "a b"] {
            assert!(!is_identifier(bad), "{bad}");
        }
    }

    #[test]
    fn types_print_as_terraform_writes_them() {
        let types = [
            (VariableType::String, "string"),
            (VariableType::Number, "number"),
            (VariableType::Bool, "bool"),
            (VariableType::ListOfString, "list(string)"),
            (VariableType::MapOfString, "map(string)"),
        ];
        for (kind, text) in types {
            assert_eq!(kind.to_string(), text);
        }
    }
}
