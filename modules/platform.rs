//! `[platform]` and `[environment.<name>]`, and the platform that all of a spec resolves to.
use crate::connect::Connections;
use crate::data::backup::BackupPlan;
use crate::dns::is_in_zone;
use crate::kind::{Output, Resolving, Thing, ThingId};
use crate::kinds::{PlatformThings, Spec};
use crate::names::Prefix;
use crate::network::Network;
use crate::observability::{self, Observability};
use crate::text::{PLATFORM, Piece, PlainText};
use platgen_source::diagnostics::{SpecPath, code};
use platgen_source::{Key, Name, Node, Read, Reader, Schemas, is_plain, json, text_type};
use platgen_terraform::Value;
use std::collections::BTreeMap;

/// The version of the spec language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SpecVersion;

impl Read for SpecVersion {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        let version = i64::read(node, reader)?;
        if version != 1 {
            let message = format!("version {version} is not known; this platgen reads version 1");
            reader.fault(&code::OUT_OF_RANGE, message);
            return None;
        }
        Some(Self)
    }

    fn schema(_: &mut Schemas) -> json::Value {
        json::json!({ "const": 1 })
    }
}

text_type! {
    /// An AWS region of the partition `aws`, `us-east-2`. In China and `GovCloud` services, endpoints
    /// and principals have other names, which platgen does not know
    /// (<https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html>,
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html>).
    Region,
    "^(?!cn-|us-gov-|us-iso|eu-iso)[a-z]{2}(-[a-z]{2,12}){1,3}-[1-9]$",
    "a region such as us-east-2, outside of China and GovCloud",
    is_region
}

/// The beginnings of regions in other partitions.
const OTHER_PARTITIONS: [&str; 4] = ["cn-", "us-gov-", "us-iso", "eu-iso"];

fn is_region(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let lower = |part: &&str| part.bytes().all(|byte| byte.is_ascii_lowercase());
    let well_formed = match parts.as_slice() {
        [country, places @ .., number] => {
            country.len() == 2
                && lower(country)
                && (1..=3).contains(&places.len())
                && places.iter().all(|place| (2..=12).contains(&place.len()) && lower(place))
                && matches!(number.as_bytes(), [b'1'..=b'9'])
        }
        _ => false,
    };
    well_formed && !OTHER_PARTITIONS.iter().any(|other| text.starts_with(other))
}

text_type! {
    /// The number of an AWS account.
    AccountId,
    "^[0-9]{12}$",
    "twelve digits",
    |text| text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit())
}

text_type! {
    /// The ARN of a managed policy, which is what AWS takes as a boundary of a role
    /// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html>,
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>).
    PolicyArn,
    "^arn:aws:iam::([0-9]{12}|aws):policy/[A-Za-z0-9_+=,.@/-]{0,511}[A-Za-z0-9_+=,.@-]$",
    "the ARN of a managed policy such as arn:aws:iam::123456789012:policy/limits",
    is_policy_arn
}

fn is_policy_arn(text: &str) -> bool {
    let Some((account, path)) =
        text.strip_prefix("arn:aws:iam::").and_then(|rest| rest.split_once(":policy/"))
    else {
        return false;
    };
    let is_account = account == "aws" || AccountId::new(account).is_some();
    is_account && is_plain(path, 1..=512, b"_+=,.@/-") && !path.ends_with('/')
}

text_type! {
    /// A domain name in lower case, `shop.example.com`
    /// (<https://www.rfc-editor.org/rfc/rfc1035#section-2.3.1>).
    Domain,
    "^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+$",
    "a domain name in lower case such as shop.example.com",
    is_domain
}

/// Whether a text is a domain name of at least two labels.
pub fn is_domain(text: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    text.len() <= 253 && text.contains('.') && text.split('.').all(label)
}

/// The characters that tags of every service can hold, as text for messages.
const TAG_RULE: &str =
    "at most 256 letters, digits, spaces and _ . : / = + - @, not beginning with aws:";

text_type! {
    /// A tag, key or value, in the characters that all services take
    /// (<https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html>).
    Tag,
    "^(?!aws:)[A-Za-z0-9_.:/=+@ -]{1,256}$",
    TAG_RULE,
    |text| {
        is_plain(text, 1..=256, b"_.:/=+@ -") && !text.starts_with("aws:")
    }
}

/// The platform as a whole.
#[derive(Debug, Read)]
pub struct PlatformSpec {
    /// The name; every AWS name begins with `{environment}-{name}`.
    pub name: Name,
    /// The AWS region.
    pub region: Region,
    /// The only AWS account that the output may be applied to.
    pub account: Option<AccountId>,
    /// The domain that the platform is reached at. Certificates and records are made for it.
    pub domain: Option<Domain>,
    /// The hosted zone at Route 53 that holds the records of the domain. By default the domain.
    /// Without a domain it is not used.
    pub zone: Option<Domain>,
    /// The value of the tag `CostCenter`.
    pub cost_center: Option<Tag>,
    /// More tags on everything that takes tags.
    pub tags: BTreeMap<Tag, Tag>,
    /// Where the state is kept: the name of an S3 bucket, or more.
    pub state: Option<StateSpec>,
    /// The managed policy that bounds every role of the platform, by its ARN. It exists already; no
    /// role can do more than it allows, whatever its edges give.
    pub permissions_boundary: Option<PolicyArn>,
}

/// The S3 backend of Terraform (<https://developer.hashicorp.com/terraform/language/backend/s3>).
#[derive(Debug, Read)]
#[spec(short = "bucket")]
pub struct StateSpec {
    /// The bucket; it exists already.
    pub bucket: crate::data::bucket::BucketName,
    /// The key of the state. By default `{platform}/{environment}.tfstate`.
    pub key: Option<PlainText>,
    /// The region of the bucket. By default the region of the platform.
    pub region: Option<Region>,
}

/// What lies between a toy and a bank.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Read)]
pub enum Profile {
    /// Protected, highly available, retained.
    Production,
    /// Small, cheap, destroyable.
    Development,
}

/// An environment's own keys; everything else beside them is laid over the spec.
#[derive(Debug, Default, Read)]
pub struct EnvironmentSpec {
    /// The defaults: `production` if nothing is said.
    pub profile: Option<Profile>,
    /// Another environment to start from.
    pub like: Option<Name>,
    /// Paths to remove before this environment is laid over: `["bucket.uploads.cors"]`.
    pub unset: Vec<String>,
}

/// `[environment.*]`. In a merged tree one is left.
#[derive(Debug, Default)]
pub struct Environments(pub BTreeMap<Name, EnvironmentSpec>);

impl Read for Environments {
    const REQUIRED: bool = false;

    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        BTreeMap::read(node, reader).map(Self)
    }

    fn absent() -> Option<Self> {
        Some(Self::default())
    }

    /// The sections that an environment can lay over the spec are put in by [`crate::schema`],
    /// which knows the whole spec.
    fn schema(schemas: &mut Schemas) -> json::Value {
        let own = EnvironmentSpec::schema(schemas);
        let pattern = <Name as Key>::PATTERN.unwrap_or("");
        json::json!({
            "type": "object",
            "patternProperties": { pattern: own },
            "additionalProperties": false,
        })
    }
}

/// The most tags of anything
/// (<https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html>).
const MOST_TAGS: usize = 50;

/// The platform in one environment, before its things.
#[derive(Clone, Debug)]
pub struct Head {
    /// The platform's name.
    pub platform: Name,
    /// The environment's name.
    pub environment: Name,
    /// The defaults of the environment.
    pub profile: Profile,
    /// The region.
    pub region: String,
    /// The only account that may be changed.
    pub account: Option<String>,
    /// The domain.
    pub domain: Option<String>,
    /// The hosted zone of the domain, if there is a domain.
    pub zone: Option<String>,
    /// The beginning of AWS names.
    pub prefix: Prefix,
    /// Tags of everything.
    pub tags: BTreeMap<String, String>,
    /// The arguments of the S3 backend.
    pub state: Option<BTreeMap<String, json::Value>>,
    /// The ARN of the policy that bounds every role.
    pub permissions_boundary: Option<String>,
}

/// A platform with every detail decided.
#[derive(Debug)]
pub struct Platform {
    /// Platform and environment.
    pub head: Head,
    /// The network.
    pub network: Network,
    /// When copies of what it keeps are made.
    pub backup: BackupPlan,
    /// Everything that is declared.
    pub things: PlatformThings,
    /// Every edge, declared or implied.
    pub connections: Connections,
    /// How everything is watched.
    pub observability: Observability,
}

impl Head {
    /// Decides the head of an environment.
    pub fn resolve(spec: &Spec, environment: &Name) -> Self {
        let platform = &spec.platform;
        let own = spec.environment.0.get(environment);
        let domain = platform.domain.as_ref().map(ToString::to_string);
        let zone = platform.zone.as_ref().filter(|_| foreign_zone(platform).is_none());
        let zone = zone.map(ToString::to_string).or_else(|| domain.clone());
        let mut head = Self {
            platform: platform.name.clone(),
            environment: environment.clone(),
            profile: own.and_then(|own| own.profile).unwrap_or(Profile::Production),
            region: platform.region.to_string(),
            account: platform.account.as_ref().map(ToString::to_string),
            zone: domain.is_some().then_some(zone).flatten(),
            domain,
            prefix: Prefix::new(environment, &platform.name),
            tags: BTreeMap::new(),
            state: None,
            permissions_boundary: platform.permissions_boundary.as_ref().map(ToString::to_string),
        };
        head.tags = tags(platform, &head);
        head.state = platform.state.as_ref().map(|state| backend(state, &head));
        head
    }

    /// Whether the environment is protected.
    pub fn is_production(&self) -> bool {
        self.profile == Profile::Production
    }

    /// One of two defaults.
    pub fn by_profile<T>(&self, production: T, development: T) -> T {
        if self.is_production() { production } else { development }
    }

    /// The text of a piece that speaks of the platform only.
    pub fn piece(&self, piece: &Piece) -> String {
        match piece {
            Piece::Literal(text) => text.clone(),
            Piece::Environment => self.environment.to_string(),
            Piece::Platform(key) => match key.as_str() {
                "name" => self.platform.to_string(),
                "region" => self.region.clone(),
                "zone" => self.zone.clone().unwrap_or_default(),
                _ => self.domain.clone().unwrap_or_default(),
            },
            Piece::Output { .. } => String::new(),
        }
    }

    /// A plain text with the platform's values put in.
    pub fn plain(&self, text: &PlainText) -> String {
        text.resolve(|piece| self.piece(piece))
    }
}

fn tags(platform: &PlatformSpec, head: &Head) -> BTreeMap<String, String> {
    let mut tags = BTreeMap::from([
        ("Environment".to_owned(), head.environment.to_string()),
        ("ManagedBy".to_owned(), "terraform".to_owned()),
        ("Project".to_owned(), platform.name.to_string()),
    ]);
    tags.extend(platform.cost_center.iter().map(|c| ("CostCenter".to_owned(), c.to_string())));
    tags.extend(platform.tags.iter().map(|(key, value)| (key.to_string(), value.to_string())));
    tags
}

/// The domain and the zone, if the one does not lie in the other.
fn foreign_zone(platform: &PlatformSpec) -> Option<(&Domain, &Domain)> {
    let both = platform.domain.as_ref().zip(platform.zone.as_ref());
    both.filter(|(domain, zone)| !is_in_zone(domain.as_str(), zone.as_str()))
}

/// Records and the validation of certificates stand in the zone: there they must be answers for the
/// domain. From here on a zone that cannot be the domain's counts as not said.
fn check_zone(resolving: &mut Resolving<'_>) {
    if let Some((domain, zone)) = foreign_zone(&resolving.spec.platform) {
        let message = format!("`{domain}` is not in the hosted zone `{zone}`");
        let help = "name the hosted zone that holds the records of the domain";
        let path = SpecPath::of([PLATFORM, "zone"]);
        resolving.find_with(&code::CONFLICT, &path, message, help);
    }
}

/// Finds tags that AWS refuses together. IAM does not tell keys apart by case
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html>), and every tag stands on roles.
fn check_tags(resolving: &mut Resolving<'_>) {
    let (head, spec) = (resolving.head, resolving.spec);
    let path = SpecPath::of([PLATFORM, "tags"]);
    let said: Vec<&str> = spec.platform.tags.keys().map(Tag::as_str).collect();
    for (place, key) in said.iter().enumerate() {
        let own = head.tags.keys().map(String::as_str).filter(|own| !said.contains(own));
        let mut others = own.chain(said[..place].iter().copied());
        if let Some(other) = others.find(|other| other.eq_ignore_ascii_case(key)) {
            let message = format!("IAM takes `{key}` and `{other}` for one tag");
            let help = format!("write `{other}`, or choose another key");
            resolving.find_with(&code::NAME_CLASH, &path.key(key), message, help);
        }
    }
    if head.tags.len() > MOST_TAGS {
        let message =
            format!("{} tags with those of platgen; AWS takes {MOST_TAGS}", head.tags.len());
        resolving.find(&code::LIMIT, &path, message);
    }
}

/// Finds a boundary of another account: AWS takes only a policy of the role's own account, or its own.
fn check_boundary(resolving: &mut Resolving<'_>) {
    let head = resolving.head;
    let (Some(boundary), Some(account)) = (&head.permissions_boundary, &head.account) else {
        return;
    };
    let own = [format!("arn:aws:iam::{account}:"), "arn:aws:iam::aws:".to_owned()];
    if !own.iter().any(|own| boundary.starts_with(own)) {
        let path = SpecPath::of([PLATFORM, "permissions_boundary"]);
        let message = format!(
            "the policy is not of account {account}, which everything is made in; IAM refuses a role with a boundary of another account"
        );
        let help = format!("name a policy of account {account}, or set `platform.account`");
        resolving.find_with(&code::IMPOSSIBLE, &path, message, help);
    }
}

fn backend(state: &StateSpec, head: &Head) -> BTreeMap<String, json::Value> {
    let key = state.key.as_ref().map(|key| head.plain(key));
    let key = key.unwrap_or_else(|| format!("{}/{}.tfstate", head.platform, head.environment));
    let region = state.region.as_ref().map_or_else(|| head.region.clone(), ToString::to_string);
    BTreeMap::from([
        ("bucket".to_owned(), state.bucket.to_string().into()),
        ("encrypt".to_owned(), true.into()),
        ("key".to_owned(), key.into()),
        ("region".to_owned(), region.into()),
        ("use_lockfile".to_owned(), true.into()),
    ])
}

impl Platform {
    /// Resolves a spec: every name, size and edge decided. Findings stay in `resolving`.
    pub fn resolve(resolving: &mut Resolving<'_>) -> Self {
        let spec = resolving.spec;
        let head = resolving.head.clone();
        check_zone(resolving);
        check_tags(resolving);
        check_boundary(resolving);
        let network = Network::resolve(spec.network.as_ref(), resolving);
        let backup = BackupPlan::resolve(spec.backup.as_ref(), resolving);
        let things = PlatformThings::resolve(spec, resolving);
        let observability = Observability::resolve(spec.observability.as_ref(), resolving);
        let connections = Connections::default();
        let mut platform = Self { head, network, backup, things, connections, observability };
        platform.connections = Connections::derive(&platform);
        let checked = platform.things.all().flat_map(|thing| thing.check(&platform));
        resolving.findings.extend(checked);
        let refused = platform.things.all().filter_map(|thing| Some((thing, thing.uses()?)));
        let refused = refused.flat_map(|(thing, uses)| uses.refused(thing, &platform));
        resolving.findings.extend(refused);
        resolving.findings.extend(crate::network::check(&platform));
        resolving.findings.extend(crate::data::backup::check(&platform));
        resolving.findings.extend(observability::check(&platform));
        resolving.findings.extend(crate::never::check(&spec.never, &platform));
        platform
    }

    /// The thing of an identity.
    pub fn thing(&self, id: &ThingId) -> Option<&dyn Thing> {
        self.things.get(id.kind, id.name.as_str())
    }

    /// What a piece of a text gives, for a consumer whose edges were checked.
    pub fn output(&self, piece: &Piece, consumer: &ThingId) -> Output {
        match piece {
            Piece::Output { kind, name, output } => match self.things.get(kind, name) {
                Some(thing) => thing.output(output, consumer, self),
                None => Output::Plain(Value::from("")),
            },
            _ => Output::Plain(Value::from(self.head.piece(piece))),
        }
    }
}
