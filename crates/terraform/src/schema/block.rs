//! Blocks of a schema: attributes, nested blocks and their limits.
use std::sync::Arc;

use super::Type;

/// What the body of a resource, of a data source or of a nested block may hold.
#[derive(Debug, PartialEq, Eq)]
pub struct Block {
    /// Whether the provider advises against the whole block.
    pub deprecated: bool,
    pub(super) attributes: Vec<Attribute>,
    pub(super) blocks: Vec<NestedBlock>,
}

/// One argument, or one thing that a resource exports.
#[derive(Debug, PartialEq, Eq)]
pub struct Attribute {
    /// The name, such as `cidr_block`.
    pub name: &'static str,
    /// The type of its value.
    pub ty: Type,
    /// Whether a configuration sets it, the provider, or both.
    pub mode: AttributeMode,
    /// Whether the engine hides the value in its output.
    pub sensitive: bool,
    /// Whether the value is sent to the provider and kept nowhere, so that it cannot be referred to.
    pub write_only: bool,
    /// Whether the provider advises against it.
    pub deprecated: bool,
}

/// Who gives an attribute its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttributeMode {
    /// The configuration must.
    Required,
    /// The configuration may; otherwise the attribute is null.
    Optional,
    /// The configuration may; otherwise the provider does.
    OptionalComputed,
    /// Only the provider does.
    Computed,
}

/// A block inside another one.
#[derive(Debug, PartialEq, Eq)]
pub struct NestedBlock {
    /// The name, such as `vpc_config`.
    pub name: &'static str,
    /// How the blocks of this name make up one value.
    pub nesting: Nesting,
    /// The least number of blocks.
    pub min_items: usize,
    /// The greatest number of blocks. Newer resources keep their limit elsewhere, so that `None`
    /// does not prove that several are taken.
    pub max_items: Option<usize>,
    /// What each of them holds.
    pub block: Arc<Block>,
}

/// How nested blocks of one name make up one value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nesting {
    /// A list, in the order of the configuration.
    List,
    /// A set, without an order.
    Set,
    /// At most one block, whose value is an object rather than a list of one.
    Single,
}

impl Block {
    /// The attribute of this name.
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        let found = self.attributes.binary_search_by(|attribute| attribute.name.cmp(name));
        found.ok().map(|place| &self.attributes[place])
    }

    /// The nested block of this name.
    pub fn block(&self, name: &str) -> Option<&NestedBlock> {
        let found = self.blocks.binary_search_by(|block| block.name.cmp(name));
        found.ok().map(|place| &self.blocks[place])
    }

    /// All attributes, sorted by name.
    pub fn attributes(&self) -> &[Attribute] {
        &self.attributes
    }

    /// All nested blocks, sorted by name.
    pub fn blocks(&self) -> &[NestedBlock] {
        &self.blocks
    }

    /// The names of everything that a configuration may write in the block, attributes first.
    pub fn argument_names(&self) -> impl Iterator<Item = &'static str> {
        let settable = self.attributes.iter().filter(|attribute| attribute.is_settable());
        settable.map(|attribute| attribute.name).chain(self.blocks.iter().map(|block| block.name))
    }
}

impl Attribute {
    /// Whether a configuration must give it a value.
    pub fn is_required(&self) -> bool {
        self.mode == AttributeMode::Required
    }

    /// Whether a configuration may give it a value.
    pub fn is_settable(&self) -> bool {
        self.mode != AttributeMode::Computed
    }
}
