//! What a spec may say of a function.
use super::code::exclude::Exclude;
use super::runtime::Runtime;
use crate::compute::task::image::ImageName;
use crate::compute::task::spec::{Architecture, FilePath, LogsSpec};
use crate::connect::NoNarrowing;
use crate::connect::records::RecordsFeed;
use crate::data::bucket::{BucketFeed, BucketName, KeyPrefix};
use crate::kinds::{TargetName, Uses};
use crate::messaging::event_bus::EventBusFeed;
use crate::messaging::queue::QueueFeed;
use crate::messaging::topic::TopicFeed;
use crate::schedule::ScheduleSpec;
use crate::text::{Text, VariableName};
use platgen_source::{Count, Duration, Name, Read, Things, is_plain, text_type};
use std::collections::BTreeMap;

text_type! {
    /// The name of a function, in the grammar of Lambda
    /// (<https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html>).
    FunctionName,
    "^[A-Za-z0-9_-]{1,64}$",
    "1 to 64 letters, digits, _ and -",
    |text| is_plain(text, 1..=64, b"_-")
}

text_type! {
    /// What of the code is called, in the words of its runtime: `index.handler`
    /// (<https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html>).
    Handler,
    "^[!-~]{1,128}$",
    "1 to 128 letters, digits and signs without spaces",
    |text| (1..=128).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

text_type! {
    /// A version of a layer, by its ARN
    /// (<https://docs.aws.amazon.com/lambda/latest/api/API_Layer.html>).
    LayerArn,
    "^arn:aws:lambda:[a-z0-9-]{1,30}:[0-9]{12}:layer:[A-Za-z0-9_-]{1,140}:[0-9]{1,9}$",
    "the ARN of a version of a layer: arn:aws:lambda:<region>:<account>:layer:<name>:<version>",
    is_layer
}

impl LayerArn {
    /// The region that the layer is in.
    pub fn region(&self) -> &str {
        self.as_str().split(':').nth(3).unwrap_or_default()
    }
}

fn is_layer(text: &str) -> bool {
    let number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let is_region = |text: &str| {
        let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        (1..=30).contains(&text.len()) && text.bytes().all(fits)
    };
    let parts: Vec<&str> = text.split(':').collect();
    let ["arn", "aws", "lambda", region, account, "layer", name, version] = parts.as_slice() else {
        return false;
    };
    is_region(region)
        && account.len() == 12
        && number(account)
        && is_plain(name, 1..=140, b"_-")
        && (1..=9).contains(&version.len())
        && number(version)
}

text_type! {
    /// A version of an object, as S3 numbers them
    /// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/versioning-workflows.html>).
    ObjectVersion,
    "^[A-Za-z0-9._-]{1,1024}$",
    "1 to 1024 letters, digits and . _ -",
    |text| is_plain(text, 1..=1024, b"._-")
}

/// The time that a call may take where the spec says nothing.
const DEFAULT_TIMEOUT: Duration = Duration::seconds(30);

/// A Lambda function. Callers reach it by its alias `live`, which is the version last applied.
#[derive(Debug, Read)]
pub struct FunctionSpec {
    /// Environments that have it; by default all.
    pub only_in: Vec<Name>,
    /// The code: a folder beside the spec, or a file. It is packed into an archive, with everything
    /// in it, whose bytes are the same on every machine. A `.zip` or `.jar` is taken as it is. This,
    /// or `image`, or `code`.
    pub source: Option<FilePath>,
    /// What of the source folder is not packed: `["test", "**/*.map"]`. By default nothing.
    pub exclude: Vec<Exclude>,
    /// The code as a container image in a private repository of ECR, of the platform's region.
    pub image: Option<ImageName>,
    /// The code as an archive in a bucket, put there by another tool.
    pub code: Option<CodeSpec>,
    /// What runs the code; an image has its own.
    pub runtime: Option<Runtime>,
    /// What of the code is called: `index.handler`. A program of `provided.al2023` needs none, and an
    /// image has its own.
    pub handler: Option<Handler>,
    /// The command, in place of the image's.
    pub command: Option<Vec<String>>,
    /// The program that takes the command, in place of the image's.
    pub entrypoint: Option<Vec<String>>,
    /// MiB of memory; the processor's share grows with it. By default 512.
    pub memory: Option<Count<128, 10_240>>,
    /// How long a call may take, at most 15 minutes. By default 30 seconds.
    pub timeout: Option<Duration>,
    /// The processor. By default `arm64`, which costs less for the same work.
    pub architecture: Option<Architecture>,
    /// MiB of the folder `/tmp`. By default 512, which costs nothing extra.
    pub disk: Option<Count<512, 10_240>>,
    /// Versions of layers, by their ARNs. By default none.
    pub layers: Vec<LayerArn>,
    /// Variables. They may speak of what the function uses, but not of secrets: Lambda shows
    /// variables to whoever may look at the function.
    pub env: BTreeMap<VariableName, Text>,
    /// What the function uses. An edge to a database, a cache, a service or a volume puts it into the
    /// network.
    pub uses: Option<Uses>,
    /// Puts it into the network, so that nothing else leaves it than what `uses` names. By default
    /// only where an edge leads there.
    pub network: Option<bool>,
    /// What calls it. By default nothing but what has an edge to it.
    pub on: Option<FunctionOn>,
    /// How often Lambda tries an asynchronous call again that failed: those of topics, buckets, event
    /// buses and schedules. By default twice. What still fails goes to a queue of its own.
    // https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionEventInvokeConfig.html
    pub retries: Option<Count<0, 2>>,
    /// How long an asynchronous call may wait, 1 minute to 6 hours. By default 6 hours.
    pub max_age: Option<Duration>,
    /// The most calls at one time. They are kept free for it, and taken from what the account's other
    /// functions share. By default it shares.
    pub concurrency: Option<Count<1, 100_000>>,
    /// How many calls find it started already. By default none, which costs nothing.
    pub provisioned: Option<Count<1, 100_000>>,
    /// Writes traces of calls to X-Ray. By default it does.
    pub tracing: Option<bool>,
    /// What becomes of the logs, which are JSON.
    pub logs: Option<LogsSpec>,
    /// The name at AWS. By default `{environment}-{platform}-{name}`.
    pub aws_name: Option<FunctionName>,
}

/// An archive in a bucket that is there already, in the platform's region.
#[derive(Clone, Debug, Read)]
pub struct CodeSpec {
    /// The bucket.
    pub bucket: BucketName,
    /// The key of the object.
    pub key: KeyPrefix,
    /// The version of the object. Without one a new object is only taken when the key changes.
    pub version: Option<ObjectVersion>,
}

/// What calls a function.
#[derive(Debug, Default, Read)]
pub struct FunctionOn {
    /// Objects that come and go in a bucket.
    pub bucket: BTreeMap<TargetName, BucketFeed>,
    /// Events on a bus.
    pub event_bus: BTreeMap<TargetName, EventBusFeed>,
    /// Messages in a queue.
    pub queue: BTreeMap<TargetName, QueueFeed>,
    /// Points in time, by names of your own.
    pub schedule: Things<ScheduleSpec>,
    /// Records of a stream.
    pub stream: BTreeMap<TargetName, RecordsFeed>,
    /// Changes in a table, which needs a `stream`.
    pub table: BTreeMap<TargetName, RecordsFeed>,
    /// Messages on a topic.
    pub topic: BTreeMap<TargetName, TopicFeed>,
}

/// What others may do with a function.
#[derive(Clone, Debug, Default, Read)]
#[spec(verbs)]
pub struct FunctionVerbs {
    /// The beginning of the variable's name.
    pub r#as: Option<VariableName>,
    /// Call it.
    pub invoke: Option<NoNarrowing>,
    /// Call it by HTTPS, with signed requests, at a URL that is made for that.
    pub url: Option<NoNarrowing>,
}

impl FunctionSpec {
    /// How long a call may take.
    pub fn timeout(&self) -> Duration {
        self.timeout.unwrap_or(DEFAULT_TIMEOUT)
    }
}

impl FunctionOn {
    /// Whether Lambda itself takes what calls it, and tries again what failed.
    pub(super) fn is_asynchronous(&self) -> bool {
        !(self.bucket.is_empty()
            && self.event_bus.is_empty()
            && self.schedule.is_empty()
            && self.topic.is_empty())
    }
}
