//! What passes between modules. A reference from one module to another needs an output there, a
//! variable here and an argument of the call in the root: the linker finds out which, and names
//! them. Nobody writes them by hand.
use std::collections::{BTreeMap, BTreeSet};

use crate::document::{Document, Module, RESERVED_VARIABLES, Resource};
use crate::expr::{Expr, PathStep, Ref};
use crate::schema::Schema;

mod sensitive;

pub(crate) use sensitive::Sensitivity;

/// Everything that passes between the modules of a document.
#[derive(Debug, Default)]
pub(crate) struct Links {
    /// The values that leave their module, under one name everywhere.
    ports: BTreeMap<Ref, Port>,
    passages: BTreeMap<&'static str, Passages>,
}

/// A value that leaves its module: an output there, and a variable wherever it is used.
#[derive(Debug)]
pub(crate) struct Port {
    /// The name of the output and of the variables; no other port and no root variable has it.
    pub(crate) name: String,
    /// The type of the variables, as Terraform writes it; none where the schema cannot tell.
    pub(crate) kind: Option<String>,
    /// Whether Terraform must not show the value.
    pub(crate) sensitive: bool,
}

/// What passes the border of one module.
#[derive(Debug, Default)]
pub(crate) struct Passages {
    /// The module's own values that others or the root refer to.
    pub(crate) exports: BTreeSet<Ref>,
    /// The values of other modules that this one refers to.
    pub(crate) imports: BTreeSet<Ref>,
    /// The root variables that this module refers to.
    pub(crate) variables: BTreeSet<String>,
}

impl Links {
    /// Finds and names what passes between the modules of a document.
    pub(crate) fn new(document: &Document, schema: &Schema) -> Self {
        let mut links = Self::default();
        for (name, module) in &document.modules {
            visit_module(module, &mut |expr| links.meet(Some(*name), expr));
        }
        for output in document.outputs.values() {
            output.value.visit(&mut |expr| links.meet(None, expr));
        }
        links.name_ports(document, schema);
        links
    }

    /// The port of a value that leaves its module.
    pub(crate) fn port(&self, reference: &Ref) -> Option<&Port> {
        self.ports.get(reference)
    }

    /// What passes the border of a module; none where nothing does.
    pub(crate) fn passages(&self, module: &str) -> Option<&Passages> {
        self.passages.get(module)
    }

    /// Notes an expression that stands in a module, or in the root.
    fn meet(&mut self, module: Option<&'static str>, expr: &Expr) {
        match (expr, module) {
            (Expr::Ref(reference), _) if module != Some(reference.module) => {
                self.passage(reference.module).exports.insert(reference.clone());
                if let Some(module) = module {
                    self.passage(module).imports.insert(reference.clone());
                }
            }
            (Expr::Variable(name), Some(module)) => {
                self.passage(module).variables.insert(name.clone());
            }
            _ => {}
        }
    }

    fn passage(&mut self, module: &'static str) -> &mut Passages {
        self.passages.entry(module).or_default()
    }

    /// Gives every export a name of its own. The order of references decides which of two equal
    /// names gets a number, so the same document always gives the same names.
    fn name_ports(&mut self, document: &Document, schema: &Schema) {
        let sensitivity = Sensitivity { document, schema };
        let reserved = RESERVED_VARIABLES.into_iter().map(str::to_owned);
        let mut taken: BTreeSet<String> =
            document.variables.keys().cloned().chain(reserved).collect();
        let exports = self.passages.values().flat_map(|passages| &passages.exports);
        for reference in exports.collect::<BTreeSet<_>>() {
            let name = free_name(&port_name(reference), &taken);
            taken.insert(name.clone());
            let kind = port_type(document, schema, reference);
            let sensitive = sensitivity.of_reference(reference);
            self.ports.insert(reference.clone(), Port { name, kind, sensitive });
        }
    }
}

/// The resource that a reference names, if the document has it.
pub(crate) fn resource_of<'d>(document: &'d Document, reference: &Ref) -> Option<&'d Resource> {
    document.modules.get(reference.module)?.resources.get(&reference.address)
}

/// The path inside one instance: without the key of the instance, where there are several.
pub(crate) fn path_in_instance<'r>(resource: &Resource, reference: &'r Ref) -> &'r [PathStep] {
    match reference.path.as_slice() {
        [PathStep::Key(_), path @ ..] if resource.meta.for_each.is_some() => path,
        path => path,
    }
}

/// Calls `visit` for every expression that stands in a module.
fn visit_module(module: &Module, visit: &mut dyn FnMut(&Expr)) {
    for resource in module.resources.values() {
        resource.arguments.values().chain(&resource.meta.for_each).for_each(|v| v.visit(visit));
    }
    module.locals.values().for_each(|local| local.value.visit(visit));
}

/// The type of a value, from the schema. A whole resource gets none, since its type is long and
/// changes from version to version of the provider.
fn port_type(document: &Document, schema: &Schema, reference: &Ref) -> Option<String> {
    let path = path_in_instance(resource_of(document, reference)?, reference);
    if path.is_empty() {
        return None;
    }
    let found = schema.of_address(&reference.address)?.type_at(path).ok()?;
    Some(found.ty.to_string())
}

/// The name a port has where no other one wants it: `rds_cluster_main_endpoint`.
fn port_name(reference: &Ref) -> String {
    let kind = reference.address.kind;
    let kind = kind.strip_prefix("aws_").unwrap_or(kind);
    let mut name = format!("{kind}_{}", reference.address.name);
    for step in &reference.path {
        name.push('_');
        match step {
            PathStep::Attribute(attribute) => name.push_str(attribute),
            PathStep::Index(place) => name.push_str(&place.to_string()),
            PathStep::Key(key) => name.extend(key.chars().map(identifier_character)),
        }
    }
    name
}

fn identifier_character(character: char) -> char {
    if character.is_ascii_alphanumeric() { character.to_ascii_lowercase() } else { '_' }
}

/// The name, with a number behind it if it is taken.
fn free_name(wanted: &str, taken: &BTreeSet<String>) -> String {
    let numbered = (2_u32..).map(|number| format!("{wanted}_{number}"));
    std::iter::once(wanted.to_owned())
        .chain(numbered)
        .find(|name| !taken.contains(name))
        .unwrap_or_else(|| wanted.to_owned())
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;
    use crate::expr::{Address, Handle};
    use crate::{VariableType, block};

    fn linked(document: &Document) -> Links {
        Links::new(document, Schema::embedded())
    }

    /// The name and the type of the port of a reference.
    fn port<'l>(links: &'l Links, reference: &Ref) -> (&'l str, Option<&'l str>) {
        let port = links.port(reference).unwrap();
        (&port.name, port.kind.as_deref())
    }

    #[test]
    fn a_reference_across_modules_is_exported_and_imported() {
        let mut document = Document::default();
        let vpc = document
            .module("network")
            .file("network")
            .resource("aws_vpc", "main", block! { cidr_block: "10.0.0.0/16" })
            .add();
        let arguments = block! { vpc_id: vpc.get("id") };
        document.module("data").file("data").resource("aws_security_group", "db", arguments).add();
        let links = linked(&document);
        let reference = vpc.reference("id");
        assert_eq!(port(&links, &reference), ("vpc_main_id", Some("string")));
        assert!(links.passages("network").unwrap().exports.contains(&reference));
        assert!(links.passages("data").unwrap().imports.contains(&reference));
        assert!(links.passages("data").unwrap().exports.is_empty());
    }

    #[test]
    fn names_that_would_be_equal_are_numbered() {
        let mut document = Document::default();
        document.variable("vpc_a_b_id", VariableType::String, None, "");
        let handles = [("one", "a_b"), ("two", "a_b")].map(|(module, name)| {
            let mut file = document.module(module).file("main");
            file.resource("aws_vpc", name, block! {}).add()
        });
        for handle in &handles {
            document.output(&format!("from_{}", handle.target().module), handle.get("id"), "");
        }
        let links = linked(&document);
        let names = handles.map(|handle| links.port(&handle.reference("id")).unwrap().name.clone());
        assert_eq!(names, ["vpc_a_b_id_2", "vpc_a_b_id_3"]);
    }

    #[test]
    fn the_key_of_an_instance_is_no_part_of_the_type() {
        let mut document = Document::default();
        let subnet = document
            .module("network")
            .file("network")
            .resource("aws_subnet", "app", block! {})
            .for_each(block! { "eu-west-1a": 1 })
            .add();
        document.output("one", subnet.instance("eu-west-1a").get("id"), "");
        document.output("all", subnet.whole(), "");
        document.output("lost", Handle::new("x", Address::managed("aws_vpc", "y")).get("id"), "");
        let links = linked(&document);
        let one = subnet.instance("eu-west-1a").reference("id");
        assert_eq!(port(&links, &one), ("subnet_app_eu_west_1a_id", Some("string")));
        assert_eq!(port(&links, &subnet.reference("")), ("subnet_app", None));
        assert_eq!(links.passages("x").map(|passages| passages.exports.len()), Some(1));
    }

    #[test]
    fn indexes_and_types_of_lists_are_kept() {
        let mut document = Document::default();
        let cluster = document
            .module("data")
            .file("database.main")
            .resource("aws_rds_cluster", "main", block! {})
            .add();
        document.output("secret", cluster.get("master_user_secret[0].secret_arn"), "");
        document.output("zones", cluster.get("availability_zones"), "");
        let links = linked(&document);
        let secret = cluster.reference("master_user_secret[0].secret_arn");
        let name = "rds_cluster_main_master_user_secret_0_secret_arn";
        assert_eq!(port(&links, &secret), (name, Some("string")));
        let zones = cluster.reference("availability_zones");
        assert_eq!(port(&links, &zones).1, Some("set(string)"));
    }
}
