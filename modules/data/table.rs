//! `[table.<name>]`: a DynamoDB table.
mod grant;
mod metrics;
mod stream;

use super::backup::{self, Copied, CopyMethod};
use super::{MODULE, key};
use crate::connect::trigger::Trigger;
use crate::connect::{Grant, NoNarrowing};
use crate::kind::{Kind, Output, Outputs, Resolving, Thing, ThingId};
use crate::observability::metric::Metric;
use crate::platform::Platform;
use platgen_source::diagnostics::{Diagnostic, SpecPath, code};
use platgen_source::{Count, Name, Read, is_plain, text_type};
use platgen_terraform::{Address, Document, Handle, Value, block};
use std::collections::BTreeMap;

text_type! {
    /// The name of an attribute, in the grammar of DynamoDB
    /// (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html>).
    AttributeName,
    "^[A-Za-z0-9_.:#-]{1,255}$",
    "1 to 255 letters, digits and _ - . : #",
    |text| is_plain(text, 1..=255, b"_-.:#")
}

text_type! {
    /// The name of an index, in the grammar of DynamoDB; often hard-coded in an image.
    IndexName,
    "^[A-Za-z0-9_.-]{3,255}$",
    "3 to 255 letters, digits and _ - .",
    |text| is_plain(text, 3..=255, b"_-.")
}

/// The longest name of a table
/// (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html>).
const LONGEST_NAME: usize = 255;

/// The most global secondary indexes of a table
/// (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html>).
const MOST_INDEXES: usize = 20;

/// A DynamoDB table, paid by request.
#[derive(Debug, Read)]
pub struct TableSpec {
    /// Environments that have it; by default all.
    pub only_in: Vec<Name>,
    /// The partition key: `"id"`, or `{ name = "id", type = "number" }`.
    pub partition_key: AttributeSpec,
    /// The sort key.
    pub sort_key: Option<AttributeSpec>,
    /// Global secondary indexes by their names.
    pub index: BTreeMap<IndexName, IndexSpec>,
    /// Days that any point in time can be restored from. By default 35, in development 1.
    // https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PointInTimeRecoverySpecification.html
    pub recovery_days: Option<Count<1, 35>>,
    /// The attribute that holds the time an item expires, in seconds since 1970.
    pub ttl: Option<AttributeName>,
    /// Keeps a stream of the changes.
    pub stream: Option<StreamView>,
    /// Refuses to be deleted. By default in production.
    pub protected: Option<bool>,
    /// Whether `[backup]` copies it. By default yes.
    pub backup: Option<bool>,
}

/// An attribute that is a key.
#[derive(Clone, Debug, PartialEq, Eq, Read)]
#[spec(short = "name")]
pub struct AttributeSpec {
    /// The name.
    pub name: AttributeName,
    /// The type. By default a text.
    pub r#type: Option<AttributeType>,
}

/// The type of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Read)]
pub enum AttributeType {
    /// A text.
    String,
    /// A number.
    Number,
    /// Bytes.
    Binary,
}

/// A global secondary index.
#[derive(Debug, Read)]
pub struct IndexSpec {
    /// The partition key.
    pub partition_key: AttributeSpec,
    /// The sort key.
    pub sort_key: Option<AttributeSpec>,
    /// The other attributes that the index holds. By default all.
    pub attributes: Option<Vec<AttributeName>>,
}

/// What a stream holds of each change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Read)]
pub enum StreamView {
    /// The item after the change.
    New,
    /// The item before the change.
    Old,
    /// Both.
    Both,
    /// The key only.
    Keys,
}

/// What others may do with a table.
#[derive(Clone, Debug, Default, Read)]
#[spec(verbs)]
pub struct TableVerbs {
    /// The beginning of the variables' names.
    pub r#as: Option<crate::text::VariableName>,
    /// Get and query items, in the table and its indexes.
    pub read: Option<NoNarrowing>,
    /// Read the whole table.
    pub scan: Option<NoNarrowing>,
    /// Put and change items.
    pub write: Option<NoNarrowing>,
    /// Delete items.
    pub delete: Option<NoNarrowing>,
    /// Read the stream of its changes by oneself; `on.table` feeds a function with them. The table
    /// needs a `stream`.
    pub stream: Option<NoNarrowing>,
}

/// A table with every detail decided.
#[derive(Debug)]
pub struct Table {
    id: ThingId,
    aws_name: String,
    keys: Keys,
    attributes: BTreeMap<String, AttributeType>,
    indexes: BTreeMap<String, Index>,
    recovery_days: i64,
    ttl: Option<String>,
    stream: Option<StreamView>,
    protected: bool,
    copied: Option<CopyMethod>,
}

#[derive(Debug)]
struct Keys {
    partition: String,
    sort: Option<String>,
}

#[derive(Debug)]
struct Index {
    keys: Keys,
    attributes: Option<Vec<String>>,
}

impl Keys {
    fn of(partition: &AttributeSpec, sort: Option<&AttributeSpec>) -> Self {
        let name = |attribute: &AttributeSpec| attribute.name.to_string();
        Self { partition: name(partition), sort: sort.map(name) }
    }
}

impl Kind for TableSpec {
    const KIND: &'static str = "table";
    const OUTPUTS: Outputs = Outputs::Named(&["name", "arn", "stream_arn"]);
    const METRICS: &'static [&'static str] = metrics::KEYS;
    type Thing = Table;

    fn resolve(&self, id: ThingId, resolving: &mut Resolving<'_>) -> Table {
        if self.index.len() > MOST_INDEXES {
            let message = format!("{} indexes; DynamoDB takes {MOST_INDEXES}", self.index.len());
            resolving.find(&code::LIMIT, &id.path().key("index"), message);
        }
        self.check_keys(&id, resolving);
        self.check_protection(&id, resolving);
        let attributes = self.key_attributes(&id, resolving);
        self.check_ttl(&attributes, &id, resolving);
        let (method, path) = (CopyMethod::Snapshots, id.path().key("backup"));
        let copied = backup::resolve_choice(self.backup, method, &path, resolving);
        let head = resolving.head;
        let index = |(name, spec): (&IndexName, &IndexSpec)| {
            let keys = Keys::of(&spec.partition_key, spec.sort_key.as_ref());
            let names =
                |names: &Vec<AttributeName>| names.iter().map(ToString::to_string).collect();
            let attributes = spec.attributes.as_ref().map(names);
            (name.to_string(), Index { keys, attributes })
        };
        Table {
            aws_name: head.prefix.name(LONGEST_NAME, &[id.name.as_str()]),
            keys: Keys::of(&self.partition_key, self.sort_key.as_ref()),
            attributes,
            indexes: self.index.iter().map(index).collect(),
            recovery_days: self.recovery_days.map_or(head.by_profile(35, 1), Count::get),
            ttl: self.ttl.as_ref().map(ToString::to_string),
            stream: self.stream,
            protected: self.protected.unwrap_or(head.is_production()),
            copied,
            id,
        }
    }
}

impl TableSpec {
    fn check_keys(&self, id: &ThingId, resolving: &mut Resolving<'_>) {
        check_pair(&id.path(), &self.partition_key, self.sort_key.as_ref(), resolving);
        for (name, index) in &self.index {
            let path = id.path().key("index").key(name.as_str());
            check_pair(&path, &index.partition_key, index.sort_key.as_ref(), resolving);
            self.check_attributes(index, &path.key("attributes"), resolving);
        }
    }

    /// An index holds its keys and those of the table anyway, and DynamoDB refuses to be told so
    /// (<https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Projection.html>).
    fn check_attributes(&self, index: &IndexSpec, path: &SpecPath, resolving: &mut Resolving<'_>) {
        let keys = [Some(&self.partition_key), self.sort_key.as_ref()];
        let own_keys = [Some(&index.partition_key), index.sort_key.as_ref()];
        let keys: Vec<&AttributeName> =
            keys.into_iter().chain(own_keys).flatten().map(|key| &key.name).collect();
        for (place, attribute) in index.attributes.iter().flatten().enumerate() {
            if keys.contains(&attribute) {
                let message = format!("`{attribute}` is a key, and every index holds those");
                let help = "remove it from the list";
                resolving.find_with(&code::CONFLICT, &path.index(place), message, help);
            }
        }
    }

    /// What expires is told by a number
    /// (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-before-you-start.html>).
    fn check_ttl(
        &self,
        types: &BTreeMap<String, AttributeType>,
        id: &ThingId,
        resolving: &mut Resolving<'_>,
    ) {
        let Some(ttl) = &self.ttl else { return };
        if types.get(ttl.as_str()).is_some_and(|own| *own != AttributeType::Number) {
            let message = format!("`{ttl}` is a key and no number, so nothing would ever expire");
            let help = "name another attribute, or make it a key of the type `number`";
            resolving.find_with(&code::CONFLICT, &id.path().key("ttl"), message, help);
        }
    }

    fn check_protection(&self, id: &ThingId, resolving: &mut Resolving<'_>) {
        if self.protected == Some(false) && resolving.head.is_production() {
            let message = "the table can be deleted, with everything in it";
            resolving.find(&code::WEAKENED, &id.path().key("protected"), message);
        }
    }

    /// The type of every attribute that is a key: DynamoDB declares those, once, and no others.
    fn key_attributes(
        &self,
        id: &ThingId,
        resolving: &mut Resolving<'_>,
    ) -> BTreeMap<String, AttributeType> {
        let own = [Some(&self.partition_key), self.sort_key.as_ref()];
        let own = own.into_iter().flatten().map(|attribute| (id.path(), attribute));
        let indexed = self.index.iter().flat_map(|(name, index)| {
            let path = id.path().key("index").key(name.as_str());
            let keys = [Some(&index.partition_key), index.sort_key.as_ref()];
            keys.into_iter().flatten().map(move |attribute| (path.clone(), attribute))
        });
        let mut types = BTreeMap::new();
        for (path, attribute) in own.chain(indexed) {
            let name = attribute.name.as_str();
            let own_type = attribute.r#type.unwrap_or(AttributeType::String);
            let known = *types.entry(name.to_owned()).or_insert(own_type);
            if known != own_type {
                let message = format!(
                    "`{name}` is a {} here and a {} elsewhere in the table",
                    own_type.word(),
                    known.word()
                );
                resolving.find(&code::CONFLICT, &path, message);
            }
        }
        types
    }
}

/// The two keys of a table or an index are two attributes.
fn check_pair(
    path: &SpecPath,
    partition: &AttributeSpec,
    sort: Option<&AttributeSpec>,
    resolving: &mut Resolving<'_>,
) {
    if sort.is_some_and(|sort| sort.name == partition.name) {
        let message = format!("`{}` is the partition key already", partition.name);
        resolving.find(&code::CONFLICT, &path.key("sort_key"), message);
    }
}

impl Table {
    fn handle(&self) -> Handle {
        Handle::new(MODULE, Address::managed("aws_dynamodb_table", &self.id.local(&[])))
    }
}

impl Thing for Table {
    fn id(&self) -> &ThingId {
        &self.id
    }

    fn output(&self, words: &[String], _consumer: &ThingId, _platform: &Platform) -> Output {
        Output::Plain(match words {
            [word] if word == "arn" => self.handle().get("arn"),
            [word] if word == "stream_arn" => self.handle().get("stream_arn"),
            _ => self.handle().get("name"),
        })
    }

    fn feeds(&self, trigger: &Trigger, platform: &Platform) -> Vec<Grant> {
        stream::feeds(self, trigger, platform)
    }

    fn check(&self, platform: &Platform) -> Vec<Diagnostic> {
        stream::check(self, platform.connections.fed_by(&self.id))
    }

    fn keeps_data(&self) -> bool {
        true
    }

    fn backed_up(&self) -> Option<Copied> {
        let arn = self.handle().get("arn");
        self.copied.map(|method| Copied { arn, method })
    }

    fn metrics(&self, _platform: &Platform) -> Vec<Metric> {
        self.list_metrics()
    }

    fn lower(&self, _platform: &Platform, out: &mut Document) {
        let attributes = self.attributes.iter().map(|(name, attribute_type)| {
            block! { name: name, type: attribute_type.letter() }
        });
        let arguments = block! {
            name: &self.aws_name,
            billing_mode: "PAY_PER_REQUEST",
            hash_key: &self.keys.partition,
            range_key: self.keys.sort.clone(),
            attribute: attributes.collect::<Value>(),
            global_secondary_index: self.index_blocks(),
            point_in_time_recovery: block! {
                enabled: true,
                recovery_period_in_days: self.recovery_days,
            },
            server_side_encryption: block! { enabled: true, kms_key_arn: key::arn() },
            ttl: self.ttl.as_ref().map(|name| block! { enabled: true, attribute_name: name }),
            stream_enabled: self.stream.is_some().then_some(true),
            stream_view_type: self.stream.map(StreamView::aws_word),
            deletion_protection_enabled: self.protected,
        };
        let mut file = out.module(MODULE).file(&self.id.file());
        file.resource("aws_dynamodb_table", &self.id.local(&[]), arguments)
            .cause(&self.id.path())
            .add();
        self.tell(out);
    }
}

impl Table {
    /// What the root tells of it.
    fn tell(&self, out: &mut Document) {
        let stream = self.stream.map(|_| ("stream_arn", "The ARN of the stream of changes"));
        let outputs = [("arn", "The ARN of the table"), ("name", "The name of the table")];
        for (word, description) in outputs.into_iter().chain(stream) {
            out.output(&self.id.part(&[word]), self.handle().get(word), description);
        }
    }

    fn index_blocks(&self) -> Value {
        let blocks = self.indexes.iter().map(|(name, index)| {
            block! {
                name: name,
                hash_key: &index.keys.partition,
                range_key: index.keys.sort.clone(),
                projection_type: if index.attributes.is_some() { "INCLUDE" } else { "ALL" },
                non_key_attributes: index.attributes.clone(),
            }
        });
        blocks.collect()
    }
}

impl AttributeType {
    /// As DynamoDB writes it.
    fn letter(self) -> &'static str {
        match self {
            Self::String => "S",
            Self::Number => "N",
            Self::Binary => "B",
        }
    }
}

impl StreamView {
    fn aws_word(self) -> &'static str {
        match self {
            Self::New => "NEW_IMAGE",
            Self::Old => "OLD_IMAGE",
            Self::Both => "NEW_AND_OLD_IMAGES",
            Self::Keys => "KEYS_ONLY",
        }
    }
}
