//! The provider's schema: what each resource type, data source and the provider block takes.
//!
//! It takes the texts that `tools/provider-schema` writes, and gives blocks, attributes, types and
//! the signatures of the language's functions.
//! - *Lazy*: only an index is made at first use; a block is parsed when it is first met.
//! - *Never panics*: a malformed line is like one that is missing. A test parses every line of the
//!   embedded text, so none is malformed.
//! - Knows no defaults, value lists or conflicts: a provider's schema does not carry them.
mod block;
mod function;
mod text;
mod types;
mod walk;

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, OnceLock};

pub use block::{Attribute, AttributeMode, Block, NestedBlock, Nesting};
pub use function::Function;
pub use types::Type;
pub use walk::{AttributeType, PathFault, PathFaultKind};

use crate::expr::{Address, Mode};

/// The oldest provider version that rendered modules support, and whose schema is embedded.
pub const PROVIDER_VERSION: &str = "5.100.0";

/// The newest provider version whose removals are known.
pub const NEWEST_PROVIDER_VERSION: &str = "6.66.0";

/// The schema of one version of the provider.
#[derive(Debug)]
pub struct Schema {
    /// The text of each block, by the block's number.
    lines: Vec<&'static str>,
    /// The parsed blocks, by number; `None` in a cell stands for a malformed line.
    blocks: Vec<OnceLock<Option<Arc<Block>>>>,
    resources: BTreeMap<&'static str, usize>,
    data_sources: BTreeMap<&'static str, usize>,
    provider: Option<usize>,
    removals: BTreeMap<&'static str, Removal>,
    /// The text of each function's signature, by its name.
    functions: BTreeMap<&'static str, &'static str>,
    /// Lines, other than those of blocks, that could not be read.
    malformed: Vec<&'static str>,
}

/// What became of a path in [`NEWEST_PROVIDER_VERSION`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Removal {
    /// It can be neither set nor read.
    Gone,
    /// It can only be read.
    ReadOnly,
}

impl Schema {
    /// The schema of the AWS provider, [`PROVIDER_VERSION`], that is part of the program.
    pub fn embedded() -> &'static Self {
        static EMBEDDED: LazyLock<Schema> = LazyLock::new(|| {
            Schema::from_text(
                include_str!("../../schema/aws-5.100.0.txt"),
                include_str!("../../schema/removed-in-6.66.0.txt"),
                include_str!("../../schema/functions-1.11.txt"),
            )
        });
        &EMBEDDED
    }

    /// A schema from the text forms that `tools/provider-schema` describes: the blocks, what newer
    /// versions no longer have, and the functions.
    pub fn from_text(
        blocks: &'static str,
        removals: &'static str,
        functions: &'static str,
    ) -> Self {
        let mut schema = Self {
            lines: Vec::new(),
            blocks: Vec::new(),
            resources: BTreeMap::new(),
            data_sources: BTreeMap::new(),
            provider: None,
            removals: BTreeMap::new(),
            functions: BTreeMap::new(),
            malformed: Vec::new(),
        };
        schema.read(blocks, Self::read_line);
        schema.read(removals, Self::read_removal);
        schema.read(functions, Self::read_function);
        schema.blocks = schema.lines.iter().map(|_| OnceLock::new()).collect();
        schema
    }

    /// The block of a resource type such as `aws_vpc`.
    pub fn resource(&self, kind: &str) -> Option<&Block> {
        self.resources.get(kind).and_then(|number| self.numbered(*number)).map(Arc::as_ref)
    }

    /// The block of a data source such as `aws_iam_policy_document`.
    pub fn data_source(&self, kind: &str) -> Option<&Block> {
        self.data_sources.get(kind).and_then(|number| self.numbered(*number)).map(Arc::as_ref)
    }

    /// The block of the provider's own settings.
    pub fn provider(&self) -> Option<&Block> {
        self.provider.and_then(|number| self.numbered(number)).map(Arc::as_ref)
    }

    /// The block of the type that an address names.
    pub fn of_address(&self, address: &Address) -> Option<&Block> {
        match address.mode {
            Mode::Managed => self.resource(address.kind),
            Mode::Data => self.data_source(address.kind),
        }
    }

    /// The names of all resource types, sorted.
    pub fn resource_types(&self) -> impl Iterator<Item = &'static str> {
        self.resources.keys().copied()
    }

    /// The names of all data sources, sorted.
    pub fn data_source_types(&self) -> impl Iterator<Item = &'static str> {
        self.data_sources.keys().copied()
    }

    /// What became of a path in [`NEWEST_PROVIDER_VERSION`]; nothing, when it is still there. A path
    /// is `aws_x`, `data.aws_x` or `provider`, then the names of nested blocks and of the attribute,
    /// joined by dots: `aws_eip.vpc`.
    pub fn removal(&self, path: &str) -> Option<Removal> {
        self.removals.get(path).copied()
    }

    /// Whether anything below or at a path was removed.
    pub fn has_removals(&self, path: &str) -> bool {
        let next = self.removals.range(path..).next();
        next.is_some_and(|(removed, _)| {
            removed.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        })
    }

    /// The signature of a function of the language, such as `jsonencode`. Functions that give
    /// another value in every run, such as `timestamp`, are not known.
    pub fn function(&self, name: &str) -> Option<Function> {
        self.functions.get(name).and_then(|line| function::function(line))
    }

    /// Parses everything and gives the lines that cannot be read: none, unless the text is broken.
    pub fn malformed_lines(&self) -> Vec<&'static str> {
        let blocks = self.lines.iter().enumerate();
        let blocks = blocks.filter(|(number, _)| self.numbered(*number).is_none());
        let functions = self.functions.values().filter(|line| function::function(line).is_none());
        let lines = blocks.map(|(_, line)| line).chain(functions);
        self.malformed.iter().chain(lines).copied().collect()
    }

    /// Reads every line of a text but the comments.
    fn read(&mut self, text: &'static str, line: impl Fn(&mut Self, &'static str) -> Option<()>) {
        for text in text.lines().filter(|text| !text.starts_with('#')) {
            if line(self, text).is_none() {
                self.malformed.push(text);
            }
        }
    }

    fn read_removal(&mut self, line: &'static str) -> Option<()> {
        let (path, removal) = line.split_once(' ')?;
        let removal = match removal {
            "gone" => Removal::Gone,
            "read-only" => Removal::ReadOnly,
            _ => return None,
        };
        self.removals.insert(path, removal);
        Some(())
    }

    fn read_function(&mut self, line: &'static str) -> Option<()> {
        let (name, signature) = line.split_once('=')?;
        self.functions.insert(name, signature);
        Some(())
    }

    /// Puts one line of the text into the index; `None` when it cannot be read.
    fn read_line(&mut self, line: &'static str) -> Option<()> {
        let (letter, rest) = line.split_once(' ').unwrap_or((line, ""));
        match letter {
            "b" => self.lines.push(rest),
            "p" => self.provider = Some(self.root(rest)?),
            "r" | "d" => {
                let (kind, number) = rest.split_once(' ')?;
                let number = self.root(number)?;
                let types =
                    if letter == "r" { &mut self.resources } else { &mut self.data_sources };
                types.insert(kind, number);
            }
            _ => return None,
        }
        Some(())
    }

    /// The number of a block that stands before the line that names it.
    fn root(&self, number: &str) -> Option<usize> {
        number.parse().ok().filter(|number| *number < self.lines.len())
    }

    fn numbered(&self, number: usize) -> Option<&Arc<Block>> {
        let cell = self.blocks.get(number)?;
        let parse = || {
            // A block may hold only blocks of smaller numbers, so this always comes to an end.
            let inner =
                |inner| if inner < number { self.numbered(inner).map(Arc::clone) } else { None };
            text::block(self.lines[number], &inner).map(Arc::new)
        };
        cell.get_or_init(parse).as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;

    #[test]
    fn every_line_of_the_embedded_schema_can_be_read() {
        let schema = Schema::embedded();
        assert_eq!(schema.malformed_lines(), Vec::<&str>::new());
        assert_eq!(schema.resource_types().count(), 1526);
        assert_eq!(schema.data_source_types().count(), 608);
    }

    #[test]
    fn the_files_are_of_the_versions_they_are_taken_for() {
        let blocks = include_str!("../../schema/aws-5.100.0.txt");
        assert!(blocks.starts_with(&format!("# hashicorp/aws {PROVIDER_VERSION}: ")));
        let removals = include_str!("../../schema/removed-in-6.66.0.txt").lines().next().unwrap();
        assert!(removals.contains(PROVIDER_VERSION), "{removals}");
        assert!(removals.contains(NEWEST_PROVIDER_VERSION), "{removals}");
    }

    #[test]
    fn every_attribute_and_block_is_found_by_its_name() {
        let schema = Schema::embedded();
        let resources = schema.resource_types().filter_map(|kind| schema.resource(kind));
        let data_sources = schema.data_source_types().filter_map(|kind| schema.data_source(kind));
        let mut found = (0, 0);
        for block in resources.chain(data_sources).chain(schema.provider()) {
            for attribute in block.attributes() {
                assert_eq!(block.attribute(attribute.name), Some(attribute));
                found.0 += 1;
            }
            for nested in block.blocks() {
                assert_eq!(block.block(nested.name).map(|block| block.name), Some(nested.name));
                found.1 += 1;
            }
        }
        assert_eq!(found, (19_019, 2_307), "counted in the engine's own output");
    }

    #[test]
    fn blocks_carry_what_the_provider_says() {
        let schema = Schema::embedded();
        let vpc = schema.resource("aws_vpc").unwrap();
        let cidr = vpc.attribute("cidr_block").unwrap();
        assert_eq!(cidr.mode, AttributeMode::OptionalComputed);
        assert_eq!(vpc.attribute("arn").unwrap().mode, AttributeMode::Computed);

        let database = schema.resource("aws_rds_cluster").unwrap();
        let password = database.attribute("master_password").unwrap();
        assert!(password.sensitive && !password.write_only && password.is_settable());
        let write_only = database.attribute("master_password_wo").unwrap();
        assert!(write_only.write_only);

        let function = schema.resource("aws_lambda_function").unwrap();
        let config = function.block("vpc_config").unwrap();
        assert_eq!(
            (config.nesting, config.min_items, config.max_items),
            (Nesting::List, 0, Some(1))
        );
        let timeouts = function.block("timeouts").unwrap();
        assert_eq!(timeouts.nesting, Nesting::Single);
        assert_eq!(config.block.attribute("subnet_ids").unwrap().mode, AttributeMode::Required);
    }

    #[test]
    fn removals_in_the_newest_version_are_known() {
        let schema = Schema::embedded();
        for (path, removal) in [
            ("aws_eip.vpc", Some(Removal::Gone)),
            ("aws_cloudfront_response_headers_policy.etag", Some(Removal::ReadOnly)),
            ("aws_simpledb_domain", Some(Removal::Gone)),
            ("aws_eip.domain", None),
            ("aws_eip", None),
        ] {
            assert_eq!(schema.removal(path), removal, "{path}");
        }
    }

    #[test]
    fn malformed_text_is_reported_and_never_panics() {
        for (text, malformed) in [
            ("b a=s\nr x 0", vec![]),
            ("b a=", vec!["a="]),
            ("b a=z", vec!["a=z"]),
            ("b a=s$", vec!["a=s$"]),
            ("b a={x:s", vec!["a={x:s"]),
            ("b a={x}", vec!["a={x}"]),
            ("b a", vec!["a"]),
            ("b a@", vec!["a@"]),
            ("b a@0l", vec!["a@0l"]),
            ("b\nb a@0z", vec!["a@0z"]),
            ("b\nb a@0lx", vec!["a@0lx"]),
            ("b\nb a@0l:x", vec!["a@0l:x"]),
            ("b b=s a=s", vec!["b=s a=s"]),
            ("r x 0", vec!["r x 0"]),
            ("p", vec!["p"]),
            ("r x", vec!["r x"]),
            ("q 1", vec!["q 1"]),
        ] {
            let schema = Schema::from_text(text, "", "");
            assert_eq!(schema.malformed_lines(), malformed, "{text}");
            assert!(schema.provider().is_none() && schema.data_source("x").is_none());
        }
    }
    #[test]
    fn malformed_removals_and_functions_are_reported() {
        let removals = "# comment\na.b gone\na.c\na.d moved";
        let schema = Schema::from_text("", removals, "f=s s\ng\nh=s z\ni=s ...s s");
        assert_eq!(schema.malformed_lines(), ["a.c", "a.d moved", "g", "s z", "s ...s s"]);
        assert!(schema.function("f").is_some() && schema.function("h").is_none());
    }

    #[test]
    fn stable_functions_of_the_language_are_known() {
        let schema = Schema::embedded();
        let text = Type::String;
        let subnet = schema.function("cidrsubnet").unwrap();
        assert_eq!(subnet.parameters, [Type::String, Type::Number, Type::Number]);
        assert_eq!((subnet.repeated, subnet.result), (None, text.clone()));
        let join = schema.function("join").unwrap();
        assert_eq!(join.repeated, Some(Type::List(Box::new(text))));
        assert!(schema.function("timestamp").is_none());
    }
}
