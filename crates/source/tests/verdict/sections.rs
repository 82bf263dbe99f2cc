//! The sections that the verdicts are about: every shape that a spec can have, declared once.
#![expect(dead_code, reason = "what was read is judged, not used")]
use platgen_source::{
    Count, Duration, Layers, Merged, Name, Node, OneOrMore, Percent, Read, Things, text_type,
};
use std::collections::{BTreeMap, BTreeSet};

text_type! {
    /// An address range.
    Cidr,
    "^([0-9]{1,3}\\.){3}[0-9]{1,3}/[0-9]{1,2}$",
    "an address range such as 10.0.0.0/16",
    |text| {
        let digits = |word: &str, most: usize| {
            (1..=most).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_digit())
        };
        let (address, prefix) = text.split_once('/').unwrap_or_default();
        address.split('.').count() == 4
            && address.split('.').all(|part| digits(part, 3))
            && digits(prefix, 2)
    }
}

text_type! {
    /// A path of requests.
    PathPattern,
    "^/[a-z0-9/*-]*$",
    "a path that begins with /, in lower-case letters, digits and / * -",
    |text| {
        text.starts_with('/')
            && text.bytes().all(|byte| {
                byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"/*-".contains(&byte)
            })
    }
}

#[derive(Debug, Read)]
pub(crate) struct Root {
    spec: Count<1, 1>,
    platform: PlatformSpec,
    environment: BTreeMap<Name, EnvironmentSpec>,
    network: Option<NetworkSpec>,
    service: Things<ServiceSpec>,
    user_pool: Things<UserPoolSpec>,
    observability: Option<ObservabilitySpec>,
}

#[derive(Debug, Read)]
struct PlatformSpec {
    name: Name,
    region: Option<String>,
    tags: BTreeMap<String, String>,
}

#[derive(Debug, Read)]
struct EnvironmentSpec {
    like: Option<Name>,
    unset: Vec<String>,
}

#[derive(Debug, Read)]
struct NetworkSpec {
    cidr: Option<Cidr>,
    zones: Option<Count<2, 3>>,
    nat: Option<Nat>,
    flow_logs: Option<FlowLogsSpec>,
    endpoints: Option<OneOrMore<Endpoint>>,
}

#[derive(Clone, Copy, Debug, Read)]
enum Nat {
    Single,
    PerZone,
    None,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Read)]
enum Endpoint {
    All,
    S3,
}

#[derive(Debug, Read)]
struct FlowLogsSpec {
    retention_days: Count<1, 365>,
}

#[derive(Debug, Read)]
struct ServiceSpec {
    only_in: Vec<Name>,
    image: String,
    port: Option<Count<1, 65_535>>,
    #[spec(flatten)]
    task: TaskSpec,
    public: Option<PublicSpec>,
    scale: Option<ScaleSpec>,
    uses: UsesSpec,
}

#[derive(Debug, Read)]
struct TaskSpec {
    cpu: Option<Count<256, 16_384>>,
    ratio: Option<f64>,
    protected: Option<bool>,
    env: BTreeMap<String, String>,
    r#type: Option<Platform>,
}

#[derive(Clone, Copy, Debug, Read)]
#[spec(upper)]
enum Platform {
    Linux,
    #[spec(word = "windows-2022")]
    Windows,
}

#[derive(Debug, Read)]
#[spec(short = "path")]
struct PublicSpec {
    path: OneOrMore<PathPattern>,
    sticky: Option<Duration>,
    methods: BTreeSet<String>,
}

#[derive(Debug, Read)]
struct ScaleSpec {
    min: Count<0, 1000>,
    max: Count<1, 1000>,
    cpu: Option<Percent>,
}

#[derive(Debug, Default, Read)]
#[spec(default)]
struct UsesSpec {
    internet: Option<InternetVerbs>,
    bucket: BTreeMap<Name, BucketVerbs>,
    database: BTreeMap<Name, DatabaseVerbs>,
}

#[derive(Debug, Read)]
#[spec(verbs)]
struct InternetVerbs {
    https: Option<NoNarrowing>,
    smtp: Option<NoNarrowing>,
}

#[derive(Debug, Read)]
#[spec(verbs)]
struct BucketVerbs {
    r#as: Option<Name>,
    read: Option<Narrowing>,
    write: Option<Narrowing>,
}

#[derive(Debug, Read)]
#[spec(verbs)]
struct DatabaseVerbs {
    r#as: Option<Name>,
    connect: Option<NoNarrowing>,
}

#[derive(Debug, Read)]
struct NoNarrowing {}

#[derive(Debug, Read)]
#[spec(short = "prefix")]
struct Narrowing {
    prefix: Option<OneOrMore<String>>,
}

#[derive(Debug, Read)]
struct UserPoolSpec {
    password: Option<PasswordSpec>,
    attributes: BTreeMap<String, AttributeSpec>,
    groups: Vec<GroupSpec>,
}

#[derive(Debug, Read)]
struct PasswordSpec {
    length: Count<6, 99>,
}

#[derive(Debug, Read)]
#[spec(short = "type")]
struct AttributeSpec {
    r#type: AttributeType,
    min: Option<i64>,
}

#[derive(Clone, Copy, Debug, Read)]
enum AttributeType {
    String,
    Number,
}

#[derive(Debug, Read)]
#[spec(short = "name")]
struct GroupSpec {
    name: Name,
    precedence: Option<i64>,
}

#[derive(Debug, Read)]
struct ObservabilitySpec {
    metric: Things<MetricSpec>,
}

#[derive(Debug, Read)]
struct MetricSpec {
    logs: Name,
    filter: String,
    unit: Option<Unit>,
}

#[derive(Clone, Copy, Debug, Read)]
enum Unit {
    Count,
    Percent,
}

/// The tree of a spec as one environment of it.
pub(crate) fn merged(tree: Node) -> Merged {
    let layers = Layers::split(tree, Root::expand);
    let environment = layers.environments().next().unwrap_or_default().to_owned();
    layers.merge(&environment, &["service"]).expect("the name is one of the layers'")
}
