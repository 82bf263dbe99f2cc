//! How lowering fills a [`Document`]:
//!
//! ```
//! use platgen_terraform::{Document, block};
//!
//! let mut document = Document::default();
//! let mut file = document.module("network").file("network");
//! let vpc = file.resource("aws_vpc", "main", block! { cidr_block: "10.0.0.0/16" }).add();
//! file.resource("aws_subnet", "a", block! { vpc_id: vpc.get("id") }).depends_on(&vpc).add();
//! ```
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::Arc;

use platgen_diagnostics::SpecPath;

use super::{
    Document, Local, Meta, Misuse, Module, Output, ProviderAlias, ProviderVersion, Resource,
    Variable, VariableType,
};
use crate::expr::{Address, Expr, Handle, LocalRef, ModuleAddress};
use crate::value::Value;

/// Names that no variable may have, because they are arguments of module calls
/// (<https://developer.hashicorp.com/terraform/language/values/variables#declaring-an-input-variable>).
pub(crate) const RESERVED_VARIABLES: [&str; 9] = [
    "source",
    "version",
    "providers",
    "count",
    "for_each",
    "lifecycle",
    "depends_on",
    "locals",
    "provider",
];

/// A module that is being filled.
#[derive(Debug)]
pub struct ModuleBuilder<'a> {
    document: &'a mut Document,
    module: &'static str,
}

/// A file of a module that is being filled.
#[derive(Debug)]
pub struct FileBuilder<'a> {
    document: &'a mut Document,
    module: &'static str,
    file: String,
}

/// A resource that is being described; [`Self::add`] puts it into its file.
#[derive(Debug)]
#[must_use = "a resource exists only once it was added"]
pub struct ResourceBuilder<'a> {
    document: &'a mut Document,
    module: &'static str,
    resource: Resource,
    misuse: Option<&'static str>,
}

impl Document {
    /// The module of a name, to be filled. It exists from its first resource or local on.
    pub fn module(&mut self, module: &'static str) -> ModuleBuilder<'_> {
        ModuleBuilder { document: self, module }
    }

    /// Declares a variable of the root and gives the reference to it, for use in any module.
    pub fn variable(
        &mut self,
        name: &str,
        kind: VariableType,
        default: Option<serde_json::Value>,
        description: &str,
    ) -> Value {
        let variable = Variable { kind, default, description: description.to_owned() };
        if RESERVED_VARIABLES.contains(&name) {
            self.misuse(format!("var.{name}"), "the name is reserved by Terraform", &[]);
        }
        if self.variables.insert(name.to_owned(), variable).is_some() {
            self.misuse(format!("var.{name}"), "declared twice", &[]);
        }
        Value::Expr(Expr::Variable(name.to_owned()))
    }

    /// Declares an output of the root.
    pub fn output(&mut self, name: &str, value: impl Into<Value>, description: &str) {
        let output = Output { value: value.into(), description: description.to_owned() };
        if self.outputs.insert(name.to_owned(), output).is_some() {
            self.misuse(format!("output.{name}"), "declared twice", &[]);
        }
    }

    /// Raises the oldest version of the provider that the document is for: some value in it is not
    /// known to older ones. Of several the newest counts.
    pub fn needs_provider(&mut self, oldest: ProviderVersion) {
        self.versions.oldest_provider = self.versions.oldest_provider.max(oldest);
    }

    fn misuse(&mut self, address: String, message: &str, causes: &[SpecPath]) {
        let message = message.to_owned();
        self.misuses.push(Misuse { address, message, causes: causes.to_vec() });
    }
}

impl<'a> ModuleBuilder<'a> {
    /// Puts a file beside the configuration of the module, and gives the text by which resources
    /// name it: `${path.module}/functions/web.zip`. Its path stands below the folder of the module.
    pub fn asset(self, path: &str, content: impl Into<Arc<[u8]>>) -> Value {
        let module = self.document.modules.entry(self.module).or_default();
        if module.assets.insert(path.to_owned(), content.into()).is_some() {
            let address = format!("module.{}.asset.{path}", self.module);
            self.document.misuse(address, "declared twice", &[]);
        }
        Value::join([Value::Expr(Expr::ModulePath), Value::Text(format!("/{path}"))])
    }

    /// The file of a name, without `.tf.json`, to be filled: `service.web`.
    pub fn file(self, file: &str) -> FileBuilder<'a> {
        FileBuilder { document: self.document, module: self.module, file: file.to_owned() }
    }
}

impl FileBuilder<'_> {
    /// Describes a resource that Terraform manages. `arguments` is made by `block!`.
    pub fn resource(
        &mut self,
        kind: &'static str,
        name: &str,
        arguments: Value,
    ) -> ResourceBuilder<'_> {
        self.describe(Address::managed(kind, name), arguments)
    }

    /// Describes a data source. `arguments` is made by `block!`.
    pub fn data(
        &mut self,
        kind: &'static str,
        name: &str,
        arguments: Value,
    ) -> ResourceBuilder<'_> {
        self.describe(Address::data(kind, name), arguments)
    }

    /// Declares a local of the module and gives the reference to it.
    pub fn local(&mut self, name: &str, value: impl Into<Value>) -> Value {
        let local = Local { file: self.file.clone(), value: value.into() };
        let module: &mut Module = self.document.modules.entry(self.module).or_default();
        if module.locals.insert(name.to_owned(), local).is_some() {
            let address = format!("module.{}.local.{name}", self.module);
            self.document.misuse(address, "declared twice", &[]);
        }
        Value::Expr(Expr::Local(LocalRef { module: self.module, name: name.to_owned() }))
    }

    fn describe(&mut self, address: Address, arguments: Value) -> ResourceBuilder<'_> {
        let (arguments, misuse) = match arguments {
            Value::Map(arguments) => (arguments, None),
            _ => (BTreeMap::new(), Some("its body is not a map of arguments")),
        };
        let resource = Resource {
            address,
            file: self.file.clone(),
            arguments,
            meta: Meta::default(),
            causes: Vec::new(),
        };
        ResourceBuilder { document: self.document, module: self.module, resource, misuse }
    }
}

impl ResourceBuilder<'_> {
    /// Names a place in the spec that made the resource.
    pub fn cause(mut self, path: &SpecPath) -> Self {
        self.resource.causes.push(path.clone());
        self
    }

    /// Names several places in the spec that made the resource.
    pub fn causes<'p>(mut self, paths: impl IntoIterator<Item = &'p SpecPath>) -> Self {
        self.resource.causes.extend(paths.into_iter().cloned());
        self
    }

    /// Orders the resource after another of the same module.
    pub fn depends_on(mut self, other: &Handle) -> Self {
        self.resource.meta.depends_on.push(other.target().clone());
        self
    }

    /// Holds the values of this resource back from other modules until `other` exists, which stands
    /// in the same module and may be described later.
    pub fn ready_after(mut self, other: &Handle) -> Self {
        self.resource.meta.ready_after.push(other.target().clone());
        self
    }

    /// Makes a replacement before the old one is destroyed.
    pub fn create_before_destroy(mut self) -> Self {
        self.resource.meta.create_before_destroy = true;
        self
    }

    /// Makes Terraform refuse to destroy the resource.
    pub fn prevent_destroy(mut self) -> Self {
        self.resource.meta.prevent_destroy = true;
        self
    }

    /// Leaves changes of these arguments alone, made by someone else: `desired_count`.
    pub fn ignore_changes(mut self, arguments: &[&str]) -> Self {
        let arguments = arguments.iter().map(|argument| (*argument).to_owned());
        self.resource.meta.ignore_changes.extend(arguments);
        self
    }

    /// Makes one instance per entry.
    pub fn for_each(mut self, entries: impl Into<Value>) -> Self {
        self.resource.meta.for_each = Some(entries.into());
        self
    }

    /// Makes the resource in us-east-1.
    pub fn us_east_1(mut self) -> Self {
        self.resource.meta.provider = Some(ProviderAlias::UsEast1);
        self
    }

    /// Makes the resource with a provider configuration beside the default one, if one is named.
    pub fn provider(mut self, alias: Option<ProviderAlias>) -> Self {
        self.resource.meta.provider = alias;
        self
    }

    /// Puts the resource into its file and gives the handle to refer to it.
    ///
    /// Of two with the same address the first stays, and the second is recorded as a misuse.
    pub fn add(self) -> Handle {
        let Self { document, module, resource, misuse } = self;
        let address = resource.address.clone();
        let full = ModuleAddress { module, address: address.clone() }.to_string();
        let causes = resource.causes.clone();
        let mut messages: Vec<&str> = misuse.into_iter().collect();
        match document.modules.entry(module).or_default().resources.entry(address.clone()) {
            Entry::Vacant(place) => _ = place.insert(resource),
            Entry::Occupied(_) => messages.push("declared twice"),
        }
        for message in messages {
            document.misuse(full.clone(), message, &causes);
        }
        Handle::new(module, address)
    }
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;
    use crate::block;
    use crate::value::Part;

    #[test]
    fn what_is_declared_twice_is_recorded() {
        let mut document = Document::default();
        let cause = SpecPath::of(["network"]);
        for _ in 0..2 {
            document.variable("image", VariableType::String, None, "The image.");
            document.output("url", "x", "The address.");
            let mut file = document.module("network").file("network");
            file.local("cidrs", vec!["10.0.0.0/8"]);
            file.resource("aws_vpc", "main", block! {}).causes([&cause]).add();
        }
        let addresses: Vec<_> = document.misuses.iter().map(|m| m.address.as_str()).collect();
        assert_eq!(
            addresses,
            [
                "var.image",
                "output.url",
                "module.network.local.cidrs",
                "module.network.aws_vpc.main"
            ]
        );
        assert!(document.misuses.iter().all(|misuse| misuse.message == "declared twice"));
        assert_eq!(document.misuses[3].causes, [cause]);
    }

    #[test]
    fn an_asset_is_named_below_the_folder_of_its_module() {
        let mut document = Document::default();
        for content in [b"a", b"b"] {
            let value = document.module("m").asset("code/web.zip", content.to_vec());
            let path = Part::Text("/code/web.zip".to_owned());
            assert_eq!(value, Value::Template(vec![Part::Expr(Expr::ModulePath), path]));
        }
        let address = "module.m.asset.code/web.zip".to_owned();
        let message = "declared twice".to_owned();
        assert_eq!(document.misuses, [Misuse { address, message, causes: Vec::new() }]);
    }

    #[test]
    fn the_newest_version_of_the_provider_that_is_needed_counts() {
        let mut document = Document::default();
        for version in
            [ProviderVersion(6, 9, 0), ProviderVersion(6, 19, 0), ProviderVersion(5, 0, 0)]
        {
            document.needs_provider(version);
        }
        assert_eq!(document.versions.provider(), ">= 6.19.0, < 7.0.0");
    }

    #[test]
    fn bodies_that_are_no_map_and_reserved_names_are_recorded() {
        let mut document = Document::default();
        document.variable("version", VariableType::Number, None, "");
        document.module("a").file("a").data("aws_region", "here", Value::Null).add();
        let messages: Vec<_> = document.misuses.iter().map(|m| m.message.as_str()).collect();
        assert_eq!(
            messages,
            ["the name is reserved by Terraform", "its body is not a map of arguments"]
        );
    }

    #[test]
    fn setters_fill_the_meta_arguments() {
        let mut document = Document::default();
        let mut file = document.module("a").file("a");
        let first = file.data("aws_region", "here", block! {}).add();
        let second = file
            .resource("aws_vpc", "main", block! {})
            .cause(&SpecPath::of(["network"]))
            .depends_on(&first)
            .ready_after(&first)
            .create_before_destroy()
            .prevent_destroy()
            .ignore_changes(&["tags"])
            .for_each(block! { a: 1 })
            .provider(None)
            .us_east_1()
            .add();
        let module = &document.modules["a"];
        assert!(module.uses(ProviderAlias::UsEast1));
        let expected = Meta {
            depends_on: vec![first.target().clone()],
            ready_after: vec![first.target().clone()],
            provider: Some(ProviderAlias::UsEast1),
            for_each: Some(block! { a: 1 }),
            create_before_destroy: true,
            prevent_destroy: true,
            ignore_changes: vec!["tags".to_owned()],
        };
        assert_eq!(module.resources[&second.target().address].meta, expected);
    }
}
