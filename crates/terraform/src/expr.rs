//! Expressions and references. `Expr` is closed: no constructor takes expression text from
//! outside, so no spec can ever become code in the output.
use std::fmt;

use crate::value::Value;

/// A Terraform expression (<https://developer.hashicorp.com/terraform/language/expressions>).
#[derive(Clone, Debug, PartialEq)]
pub enum Expr {
    /// An attribute of a resource or data source, in any module.
    Ref(Ref),
    /// A call of a built-in function: its name and its arguments.
    Call(&'static str, Vec<Value>),
    /// One element of a list or map.
    Index(Box<Expr>, IndexKey),
    /// One attribute of an object.
    Attribute(Box<Expr>, &'static str),
    /// A local of the module that the expression stands in.
    Local(LocalRef),
    /// A variable of the root, usable in any module: the linker passes it down.
    Variable(String),
    /// The folder of the module that the expression stands in, where its assets are
    /// (<https://developer.hashicorp.com/terraform/language/expressions/references#filesystem-and-workspace-info>).
    ModulePath,
    /// The key of the instance, in a body with `for_each`.
    EachKey,
    /// The value of the instance, in a body with `for_each`, or an attribute inside it.
    EachValue(Vec<&'static str>),
    /// A list or a map made from a collection.
    For(Box<For>),
    /// The element at hand, or an attribute inside it, in the innermost [`For`].
    Item(Vec<&'static str>),
}

/// A comprehension: `[for item in collection : value]`, or with a key
/// `{for item in collection : key => value}`. Of a map the values are walked.
#[derive(Clone, Debug, PartialEq)]
pub struct For {
    /// What is walked.
    pub collection: Value,
    /// The key of each entry; none makes a list.
    pub key: Option<Value>,
    /// The value of each entry.
    pub value: Value,
}

/// The place in a list or map that an [`Expr::Index`] takes.
#[derive(Clone, Debug, PartialEq)]
pub enum IndexKey {
    /// A place, counted from zero.
    Position(usize),
    /// A literal key.
    Key(String),
    /// A computed place or key.
    Computed(Box<Expr>),
}

/// A local and the module it stands in.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LocalRef {
    /// The module that declares the local; locals are not visible in others.
    pub module: &'static str,
    /// The name of the local.
    pub name: String,
}

/// A typed reference. From another module it becomes an output, a variable and the wiring
/// between them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ref {
    /// The module that declares the resource.
    pub module: &'static str,
    /// The resource or data source.
    pub address: Address,
    /// The way from the resource to the value. Where the resource has `for_each`, the first
    /// step is the key of an instance. An empty path is the whole resource.
    pub path: Vec<PathStep>,
}

/// One step of the path of a [`Ref`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PathStep {
    /// `.name`, an attribute or a nested block.
    Attribute(&'static str),
    /// `[0]`, a place in a list.
    Index(usize),
    /// `["key"]`, a key of a map, or an instance.
    Key(String),
}

/// Whether Terraform makes the thing or only reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mode {
    /// A `resource` block.
    Managed,
    /// A `data` block.
    Data,
}

/// The address of a resource in its module: `aws_vpc.main`, `data.aws_region.current`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Address {
    /// Resource or data source.
    pub mode: Mode,
    /// The type, as the provider names it: `aws_vpc`.
    pub kind: &'static str,
    /// The name, an identifier made by platgen.
    pub name: String,
}

/// The address of a resource in the whole configuration: `module.network.aws_vpc.main`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ModuleAddress {
    /// The module that declares it.
    pub module: &'static str,
    /// Its address there.
    pub address: Address,
}

/// A declared resource or data source, to refer to it. Cheap to clone, and bound to nothing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Handle {
    target: ModuleAddress,
    instance: Option<String>,
}

impl Handle {
    /// A handle of the resource at an address.
    pub fn new(module: &'static str, address: Address) -> Self {
        Self { target: ModuleAddress { module, address }, instance: None }
    }

    /// Where the resource stands.
    pub fn target(&self) -> &ModuleAddress {
        &self.target
    }

    /// The handle of one instance, where the resource has `for_each`.
    #[must_use]
    pub fn instance(&self, key: &str) -> Self {
        Self { target: self.target.clone(), instance: Some(key.to_owned()) }
    }

    /// A reference to the attribute at a path such as `id` or
    /// `master_user_secret[0].secret_arn`. What is no path becomes an attribute of that name,
    /// which verification then reports.
    pub fn get(&self, path: &'static str) -> Value {
        Value::from(self.reference(path))
    }

    /// Like [`Self::get`], as a bare [`Ref`].
    pub fn reference(&self, path: &'static str) -> Ref {
        let instance = self.instance.clone().map(PathStep::Key);
        let ModuleAddress { module, address } = self.target.clone();
        Ref { module, address, path: instance.into_iter().chain(parse_path(path)).collect() }
    }

    /// The whole resource, or the map of its instances where it has `for_each`.
    pub fn whole(&self) -> Expr {
        let path = self.instance.clone().map(PathStep::Key).into_iter().collect();
        let ModuleAddress { module, address } = self.target.clone();
        Expr::Ref(Ref { module, address, path })
    }
}

impl Expr {
    /// A list of one value for each element of a collection.
    pub fn list_of(collection: impl Into<Value>, value: impl Into<Value>) -> Self {
        Self::For(Box::new(For { collection: collection.into(), key: None, value: value.into() }))
    }

    /// A map of one entry for each element of a collection.
    pub fn map_of(
        collection: impl Into<Value>,
        key: impl Into<Value>,
        value: impl Into<Value>,
    ) -> Self {
        let key = Some(key.into());
        Self::For(Box::new(For { collection: collection.into(), key, value: value.into() }))
    }

    /// Calls `visit` for this expression and every one inside it, outer ones first.
    pub fn visit(&self, visit: &mut dyn FnMut(&Expr)) {
        visit(self);
        match self {
            Self::Call(_, arguments) => arguments.iter().for_each(|value| value.visit(visit)),
            Self::Index(base, key) => {
                base.visit(visit);
                if let IndexKey::Computed(key) = key {
                    key.visit(visit);
                }
            }
            Self::Attribute(base, _) => base.visit(visit),
            Self::For(comprehension) => {
                comprehension.collection.visit(visit);
                comprehension.key.iter().for_each(|key| key.visit(visit));
                comprehension.value.visit(visit);
            }
            Self::Ref(_)
            | Self::Local(_)
            | Self::Variable(_)
            | Self::ModulePath
            | Self::EachKey
            | Self::EachValue(_)
            | Self::Item(_) => {}
        }
    }
}

impl Ref {
    /// Where the resource stands.
    pub fn target(&self) -> ModuleAddress {
        ModuleAddress { module: self.module, address: self.address.clone() }
    }
}

impl Address {
    /// The address of a resource that Terraform manages.
    pub fn managed(kind: &'static str, name: &str) -> Self {
        Self { mode: Mode::Managed, kind, name: name.to_owned() }
    }

    /// The address of a data source.
    pub fn data(kind: &'static str, name: &str) -> Self {
        Self { mode: Mode::Data, kind, name: name.to_owned() }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let prefix = match self.mode {
            Mode::Managed => "",
            Mode::Data => "data.",
        };
        write!(out, "{prefix}{}.{}", self.kind, self.name)
    }
}

impl fmt::Display for ModuleAddress {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "module.{}.{}", self.module, self.address)
    }
}

/// For messages; the writer quotes keys as Terraform needs them.
impl fmt::Display for PathStep {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Attribute(name) => write!(out, ".{name}"),
            Self::Index(place) => write!(out, "[{place}]"),
            Self::Key(key) => write!(out, "[{key:?}]"),
        }
    }
}

/// For messages: `module.network.aws_vpc.main.id`.
impl fmt::Display for Ref {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "module.{}.{}", self.module, self.address)?;
        self.path.iter().try_for_each(|step| step.fmt(out))
    }
}

/// The steps of a path that platgen's own text names.
fn parse_path(path: &'static str) -> Vec<PathStep> {
    let mut steps = Vec::new();
    let mut rest = path;
    while !rest.is_empty() {
        let Some((step, tail)) = split_step(rest) else {
            steps.push(PathStep::Attribute(rest));
            break;
        };
        steps.push(step);
        rest = tail;
    }
    steps
}

/// The first step of a path and what follows it, past the dot.
fn split_step(path: &'static str) -> Option<(PathStep, &'static str)> {
    let (step, rest) = if let Some(bracket) = path.strip_prefix('[') {
        let (inside, rest) = bracket.split_once(']')?;
        (parse_bracket(inside)?, rest)
    } else {
        let end = path.find(['.', '[']).unwrap_or(path.len());
        let (name, rest) = path.split_at(end);
        (!name.is_empty()).then_some((PathStep::Attribute(name), rest))?
    };
    match rest.strip_prefix('.') {
        Some("") => None,
        Some(after) => Some((step, after)),
        None if rest.is_empty() || rest.starts_with('[') => Some((step, rest)),
        None => None,
    }
}

fn parse_bracket(inside: &str) -> Option<PathStep> {
    if let Some(key) = inside.strip_prefix('"') {
        let key = key.strip_suffix('"')?;
        return Some(PathStep::Key(key.to_owned()));
    }
    inside.parse().ok().map(PathStep::Index)
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    fn handle() -> Handle {
        Handle::new("data", Address::managed("aws_rds_cluster", "main"))
    }

    #[test]
    fn paths_are_taken_apart() {
        use PathStep::{Attribute, Index, Key};
        let table: [(&'static str, Vec<PathStep>); 9] = [
            ("", vec![]),
            ("id", vec![Attribute("id")]),
            ("a[0].b", vec![Attribute("a"), Index(0), Attribute("b")]),
            ("a[\"k v\"][1]", vec![Attribute("a"), Key("k v".to_owned()), Index(1)]),
            ("a.", vec![Attribute("a.")]),
            ("a.b.", vec![Attribute("a"), Attribute("b.")]),
            ("a[x]", vec![Attribute("a"), Attribute("[x]")]),
            ("a[0", vec![Attribute("a"), Attribute("[0")]),
            (".a", vec![Attribute(".a")]),
        ];
        for (path, expected) in table {
            assert_eq!(parse_path(path), expected, "{path}");
        }
    }

    #[test]
    fn addresses_and_references_print_in_full() {
        let reference = handle().instance("a").reference("endpoint[0]");
        assert_eq!(reference.to_string(), "module.data.aws_rds_cluster.main[\"a\"].endpoint[0]");
        assert_eq!(handle().target().to_string(), "module.data.aws_rds_cluster.main");
        assert_eq!(reference.target(), *handle().target());
        assert_eq!(Address::data("aws_region", "here").to_string(), "data.aws_region.here");
    }

    #[test]
    fn every_inner_expression_is_visited() {
        let computed = IndexKey::Computed(Box::new(Expr::EachKey));
        let indexed = Expr::Index(Box::new(handle().whole()), computed);
        let value = Expr::Attribute(Box::new(indexed), "id");
        let expr = Expr::map_of(handle().get("members"), Expr::Item(vec!["name"]), value);
        let mut count = 0;
        expr.visit(&mut |_| count += 1);
        assert_eq!(count, 7, "for, members, name, attribute, index, resource, key");
        let list = Expr::list_of(handle().whole(), Expr::Item(vec![]));
        list.visit(&mut |_| count += 1);
        assert_eq!(count, 10);
    }
}
