//! The type of what a reference names, found by walking its path through a block.
use std::fmt;

use super::{Attribute, Block, NestedBlock, Nesting, Type};
use crate::expr::PathStep;

/// What stands at the end of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttributeType {
    /// The type of the value.
    pub ty: Type,
    /// Whether the value, or a part of it, is hidden in the engine's output. An output that
    /// carries it must be marked so.
    pub sensitive: bool,
}

/// Why a path leads nowhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathFault {
    /// The number of steps before the one that fails.
    pub at: usize,
    /// What is wrong with it.
    pub kind: PathFaultKind,
}

/// What is wrong with one step of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PathFaultKind {
    /// There is no attribute of this name.
    UnknownAttribute {
        /// The name.
        name: &'static str,
        /// The names that there are.
        known: Vec<&'static str>,
    },
    /// The step does not fit the type it stands behind.
    CannotEnter(Type),
    /// The attribute is kept nowhere, so that it has no value to refer to.
    WriteOnly(&'static str),
}

impl Block {
    /// The type of what stands at a path, such as `master_user_secret[0].secret_arn`, and whether
    /// it is sensitive. The empty path is the whole block, as an object.
    pub fn type_at(&self, path: &[PathStep]) -> Result<AttributeType, PathFault> {
        let mut place = Place { node: Node::Block(self), sensitive: false };
        for (at, step) in path.iter().enumerate() {
            place = place.step(step).map_err(|kind| PathFault { at, kind })?;
        }
        Ok(AttributeType { ty: place.node.ty(), sensitive: place.is_sensitive() })
    }

    /// The block as a type: an object of its attributes and nested blocks.
    pub fn object_type(&self) -> Type {
        let attributes =
            self.attributes().iter().map(|attribute| (attribute.name, attribute.ty.clone()));
        let blocks = self.blocks().iter().map(|nested| (nested.name, nested.value_type()));
        Type::Object(attributes.chain(blocks).collect())
    }

    fn holds_sensitive(&self) -> bool {
        self.attributes().iter().any(|attribute| attribute.sensitive)
            || self.blocks().iter().any(|nested| nested.block.holds_sensitive())
    }
}

impl NestedBlock {
    /// The type of all blocks of this name together, as a reference sees them.
    pub fn value_type(&self) -> Type {
        let item = self.block.object_type();
        match self.nesting {
            Nesting::List => Type::List(Box::new(item)),
            Nesting::Set => Type::Set(Box::new(item)),
            Nesting::Single => item,
        }
    }
}

impl fmt::Display for PathFaultKind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownAttribute { name, .. } => write!(out, "no attribute `{name}`"),
            Self::CannotEnter(ty @ Type::List(_)) => {
                write!(out, "a {ty} is entered by a place such as [0]")
            }
            Self::CannotEnter(ty @ Type::Set(_)) => write!(out, "a {ty} has no order to pick from"),
            Self::CannotEnter(ty) => write!(out, "nothing stands inside a {ty} by that step"),
            Self::WriteOnly(name) => {
                write!(out, "`{name}` is write-only: nothing can refer to it")
            }
        }
    }
}

/// A place on the way.
struct Place<'a> {
    node: Node<'a>,
    /// Whether an attribute on the way was sensitive.
    sensitive: bool,
}

/// What a place holds.
#[derive(Clone, Copy)]
enum Node<'a> {
    Block(&'a Block),
    /// All the nested blocks of one name, a list or a set.
    Blocks(&'a NestedBlock),
    Type(&'a Type),
}

impl<'a> Place<'a> {
    fn step(&self, step: &PathStep) -> Result<Self, PathFaultKind> {
        let place = |node| Self { node, sensitive: self.sensitive };
        match (self.node, step) {
            (Node::Block(block), PathStep::Attribute(name)) => self.enter(block, name),
            (Node::Blocks(nested), PathStep::Index(_)) if nested.nesting == Nesting::List => {
                Ok(place(Node::Block(&nested.block)))
            }
            (Node::Type(ty), _) => inside(ty, step).map(|ty| place(Node::Type(ty))),
            (node, _) => Err(PathFaultKind::CannotEnter(node.ty())),
        }
    }

    fn enter(&self, block: &'a Block, name: &'static str) -> Result<Self, PathFaultKind> {
        if let Some(attribute) = block.attribute(name) {
            return self.attribute(attribute);
        }
        let Some(nested) = block.block(name) else {
            let attributes = block.attributes().iter().map(|attribute| attribute.name);
            let known = attributes.chain(block.blocks().iter().map(|nested| nested.name)).collect();
            return Err(PathFaultKind::UnknownAttribute { name, known });
        };
        let node = match nested.nesting {
            Nesting::Single => Node::Block(&nested.block),
            Nesting::List | Nesting::Set => Node::Blocks(nested),
        };
        Ok(Self { node, sensitive: self.sensitive })
    }

    fn attribute(&self, attribute: &'a Attribute) -> Result<Self, PathFaultKind> {
        if attribute.write_only {
            return Err(PathFaultKind::WriteOnly(attribute.name));
        }
        let sensitive = self.sensitive || attribute.sensitive;
        Ok(Self { node: Node::Type(&attribute.ty), sensitive })
    }

    fn is_sensitive(&self) -> bool {
        let inner = match self.node {
            Node::Block(block) => block.holds_sensitive(),
            Node::Blocks(nested) => nested.block.holds_sensitive(),
            Node::Type(_) => false,
        };
        self.sensitive || inner
    }
}

impl Node<'_> {
    fn ty(self) -> Type {
        match self {
            Self::Block(block) => block.object_type(),
            Self::Blocks(nested) => nested.value_type(),
            Self::Type(ty) => ty.clone(),
        }
    }
}

/// The type that one step inside another type leads to.
fn inside<'a>(ty: &'a Type, step: &PathStep) -> Result<&'a Type, PathFaultKind> {
    match (ty, step) {
        (Type::Dynamic, _) => Ok(ty),
        (Type::List(item), PathStep::Index(_))
        | (Type::Map(item), PathStep::Key(_) | PathStep::Attribute(_)) => Ok(item),
        (Type::Object(fields), PathStep::Attribute(name)) => fields.get(name).ok_or_else(|| {
            PathFaultKind::UnknownAttribute { name, known: fields.keys().copied().collect() }
        }),
        _ => Err(PathFaultKind::CannotEnter(ty.clone())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expr::{Address, Handle};
    use crate::schema::Schema;
    use pretty_assertions::assert_eq;

    const TEXT: &str = "\
b name=s once=s+ secret=s~
b all=s any=*^ hosts=<s^ id=s^ ports=[n^ tags=%s users=[{name:s,uid:n}^ bag@0s one@0o part@0l
r x 1";

    /// The type and the sensitivity at a path, or the fault, as text.
    fn at(path: &'static str) -> String {
        let schema = Schema::from_text(TEXT, "", "");
        let block = schema.resource("x").unwrap();
        let path = Handle::new("m", Address::managed("x", "y")).reference(path).path;
        match block.type_at(&path) {
            Ok(found) if found.sensitive => format!("{}, sensitive", found.ty),
            Ok(found) => found.ty.to_string(),
            Err(fault) => format!("{}: {}", fault.at, fault.kind),
        }
    }

    #[test]
    fn paths_lead_to_types() {
        for (path, expected) in [
            ("id", "string"),
            ("ports", "list(number)"),
            ("ports[3]", "number"),
            ("tags[\"a b\"]", "string"),
            ("tags.a", "string"),
            ("any.thing[0][\"x\"]", "any"),
            ("users[0].uid", "number"),
            ("users", "list(object({ name = string, uid = number }))"),
            ("part[0].name", "string"),
            ("part[0].secret", "string, sensitive"),
            ("one.name", "string"),
            ("one", "object({ name = string, once = string, secret = string }), sensitive"),
            ("bag", "set(object({ name = string, once = string, secret = string })), sensitive"),
        ] {
            assert_eq!(at(path), expected, "{path}");
        }
    }

    #[test]
    fn paths_that_lead_nowhere_are_faults() {
        for (path, expected) in [
            ("idd", "0: no attribute `idd`"),
            ("users[0].gid", "2: no attribute `gid`"),
            (
                "part.name",
                "1: a list(object({ name = string, once = string, secret = string })) is entered by a place such as [0]",
            ),
            ("hosts[0]", "1: a set(string) has no order to pick from"),
            ("id.x", "1: nothing stands inside a string by that step"),
            ("one.once", "1: `once` is write-only: nothing can refer to it"),
            (
                "one[0]",
                "1: nothing stands inside a object({ name = string, once = string, secret = string }) by that step",
            ),
        ] {
            assert_eq!(at(path), expected, "{path}");
        }
    }

    #[test]
    fn the_whole_resource_is_an_object() {
        let whole = at("");
        assert!(whole.starts_with("object({ all = string, any = any, bag = set("), "{whole}");
        assert!(whole.ends_with(", sensitive"), "{whole}");
    }

    #[test]
    fn an_unknown_attribute_comes_with_the_known_ones() {
        let schema = Schema::from_text(TEXT, "", "");
        let path = [PathStep::Attribute("one"), PathStep::Attribute("nam")];
        let fault = schema.resource("x").unwrap().type_at(&path).unwrap_err();
        let known = vec!["name", "once", "secret"];
        assert_eq!(fault.kind, PathFaultKind::UnknownAttribute { name: "nam", known });
    }

    #[test]
    fn computed_blocks_of_the_provider_are_walked() {
        let secret = Handle::new("m", Address::managed("aws_rds_cluster", "x"))
            .reference("master_user_secret[0].secret_arn");
        let cluster = Schema::embedded().resource("aws_rds_cluster").unwrap();
        let expected = AttributeType { ty: Type::String, sensitive: false };
        assert_eq!(cluster.type_at(&secret.path), Ok(expected));
    }
}
