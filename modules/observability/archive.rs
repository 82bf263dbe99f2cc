//! `log_archive`: every log group of the platform is copied into an encrypted bucket, by a stream of
//! Data Firehose.
use super::metric::MetricPlace;
use super::spec::ArchiveSpec;
use super::{MODULE, section, topic};
use crate::aws;
use crate::connect::iam::{self, Arn, PolicyPlace, Role, Statement};
use crate::data::bucket::{StoreSettings, private_store, shared_name};
use crate::data::log_bucket::{self, LogWriter};
use crate::data::upkeep::days::Days;
use crate::kind::Resolving;
use crate::names::{fit, identifier};
use crate::network::Retention;
use crate::network::logs::{LogGroup, log_group};
use crate::platform::Platform;
use platgen_source::diagnostics::{SpecPath, code};
use platgen_terraform::{Document, Expr, Handle, Mode, ResourceBuilder, Value, block, template};

/// The file of it all.
const FILE: &str = "log_archive";
/// The name of its resources. No name of a thing gives it, so no declared bucket writes below it.
const NAME: &str = "log_archive";
/// The words behind the prefix in its names at AWS.
const WORDS: &str = "log-archive";
/// The stream of what goes wrong with the delivery.
const ERRORS: &str = "errors";
/// Days that copies are kept, in production and in development.
const KEPT_DAYS: [i64; 2] = [365, 30];
/// Days after which copies move to Glacier, and the days that Glacier charges at least
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html>).
const GLACIER_AFTER: i64 = 90;
const GLACIER_LEAST: i64 = 90;
/// Days after its beginning at which an unfinished upload is dropped.
const ABORT_DAYS: i64 = 7;
/// The longest name of a stream
/// (<https://docs.aws.amazon.com/firehose/latest/APIReference/API_CreateDeliveryStream.html>).
const LONGEST_NAME: usize = 64;
/// What is gathered before it is written: megabytes, and seconds.
const BUFFER: (i64, i64) = (64, 300);
/// Where copies stand, and what could not be copied: with these fields of Firehose
/// (<https://docs.aws.amazon.com/firehose/latest/dev/s3-prefixes.html>).
const PREFIX: &str = "logs/!{timestamp:yyyy/MM/dd/HH}/";
const ERROR_PREFIX: &str = "errors/!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd}/";

/// The copies of all logs, decided. Lengths of time in days.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Archive {
    kept: i64,
    glacier_after: Option<i64>,
    /// Whether each request to the copies is recorded.
    access_logs: bool,
}

/// A log group of the document.
struct Group {
    handle: Handle,
    /// The name of its filter.
    name: String,
    /// Whether it is one of several instances.
    is_several: bool,
    causes: Vec<SpecPath>,
}

impl Archive {
    /// Decides what the spec leaves open; none where there are no copies.
    pub(super) fn resolve(
        spec: Option<&ArchiveSpec>,
        resolving: &mut Resolving<'_>,
    ) -> Option<Self> {
        let spec = spec.filter(|spec| spec.enabled.unwrap_or(true))?;
        let [production, development] = KEPT_DAYS;
        let usual = resolving.head.by_profile(production, development);
        let kept = spec.retention.map_or(usual, Days::get);
        let glacier_after = match spec.glacier_after.map(Days::get) {
            Some(after) if after >= kept => {
                let message = format!("they move after {after} days, and are kept for {kept}");
                let path = section().key("log_archive").key("glacier_after");
                resolving.find(&code::IMPOSSIBLE, &path, message);
                None
            }
            Some(after) => Some(after),
            None => (kept >= GLACIER_AFTER + GLACIER_LEAST).then_some(GLACIER_AFTER),
        };
        Some(Self { kept, glacier_after, access_logs: resolving.head.is_production() })
    }

    /// Who writes of the requests to the copies.
    pub(super) fn request_logs(&self) -> Option<LogWriter> {
        self.access_logs.then_some(LogWriter::Buckets)
    }
}

/// Puts the archive into a document, with a filter on every log group that the document has by then.
/// The log group of the stream itself comes later, and is not copied: it would copy itself. Gives
/// whether there is anything to copy.
pub(super) fn lower(platform: &Platform, out: &mut Document) -> bool {
    let Some(archive) = &platform.observability.archive else { return false };
    let groups = groups(out);
    if groups.is_empty() {
        return false;
    }
    let bucket = lower_bucket(archive, platform, out);
    let stream = lower_stream(&bucket, platform, out);
    let (role, policy) = lower_logs_role(&stream, platform, out);
    for group in &groups {
        group.lower(&stream, (&role, policy.as_ref()), platform, out);
    }
    let description = "The bucket that holds copies of all logs";
    out.output(&identifier(&["observability", WORDS]), bucket.get("bucket"), description);
    true
}

/// Every log group in the region of the platform, by module and name. Groups for rare access take no
/// filter (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CloudWatch_Logs_Log_Classes.html>).
fn groups(out: &Document) -> Vec<Group> {
    let mut groups = Vec::new();
    for (module, content) in &out.modules {
        for (address, resource) in &content.resources {
            let is_group =
                address.kind == "aws_cloudwatch_log_group" && address.mode == Mode::Managed;
            let class = resource.arguments.get("log_group_class");
            let is_rare = class == Some(&Value::from("INFREQUENT_ACCESS"));
            if is_group && !is_rare && resource.meta.provider.is_none() {
                groups.push(Group {
                    handle: Handle::new(module, address.clone()),
                    name: format!("{module}__{}", address.name),
                    is_several: resource.meta.for_each.is_some(),
                    causes: resource.causes.clone(),
                });
            }
        }
    }
    groups
}

fn cause() -> SpecPath {
    section().key("log_archive")
}

fn lower_bucket(archive: &Archive, platform: &Platform, out: &mut Document) -> Handle {
    let cause = cause();
    let settings = StoreSettings {
        module: MODULE,
        file: FILE,
        name: NAME,
        cause: &cause,
        aws_name: shared_name(platform, out, MODULE, WORDS),
        versioning: true,
        force_destroy: !platform.head.is_production(),
        key: Some(topic::key(MetricPlace::Regional).get("arn")),
        statements: Vec::new(),
    };
    let bucket = private_store(out, settings);
    let to_glacier = |days| block! { days: days, storage_class: "GLACIER" };
    let rule = block! {
        id: "archive",
        status: "Enabled",
        filter: block! { prefix: "" },
        transition: archive.glacier_after.map(to_glacier),
        expiration: block! { days: archive.kept },
        noncurrent_version_expiration: block! { noncurrent_days: 1 },
        abort_incomplete_multipart_upload: block! { days_after_initiation: ABORT_DAYS },
    };
    let arguments = block! { bucket: bucket.get("id"), rule: rule };
    let mut file = out.module(MODULE).file(FILE);
    file.resource("aws_s3_bucket_lifecycle_configuration", NAME, arguments).cause(&cause).add();
    if archive.access_logs {
        let arguments = log_bucket::requests_of(bucket.get("id"), NAME);
        file.resource("aws_s3_bucket_logging", NAME, arguments).cause(&cause).add();
    }
    bucket
}

/// The stream. Log groups send compressed records; they are unpacked, put one to a line, and packed
/// again as a whole. What a record says of its group and stream is kept
/// (<https://docs.aws.amazon.com/firehose/latest/dev/writing-with-cloudwatch-logs-decompression.html>).
fn lower_stream(bucket: &Handle, platform: &Platform, out: &mut Document) -> Handle {
    let cause = cause();
    let name = fit(&platform.head.prefix.full(&[WORDS]), LONGEST_NAME);
    let group = lower_error_log(&name, platform, out);
    let errors = block! { name: ERRORS, log_group_name: group.get("name") };
    let mut file = out.module(MODULE).file(FILE);
    let errors = file.resource("aws_cloudwatch_log_stream", NAME, errors).cause(&cause).add();
    let (role, policy) = lower_stream_role(bucket, &group, platform, out);
    let key = topic::key(MetricPlace::Regional);
    let unpack = block! {
        type: "Decompression",
        parameters: block! { parameter_name: "CompressionFormat", parameter_value: "GZIP" },
    };
    let (megabytes, seconds) = BUFFER;
    let arguments = block! {
        name: name,
        destination: "extended_s3",
        server_side_encryption: block! {
            enabled: true,
            key_type: "CUSTOMER_MANAGED_CMK",
            key_arn: key.get("arn"),
        },
        extended_s3_configuration: block! {
            role_arn: role.get("arn"),
            bucket_arn: bucket.get("arn"),
            prefix: PREFIX,
            error_output_prefix: ERROR_PREFIX,
            buffering_size: megabytes,
            buffering_interval: seconds,
            compression_format: "GZIP",
            kms_key_arn: key.get("arn"),
            cloudwatch_logging_options: block! {
                enabled: true,
                log_group_name: group.get("name"),
                log_stream_name: errors.get("name"),
            },
            processing_configuration: block! {
                enabled: true,
                processors: vec![unpack, block! { type: "AppendDelimiterToRecord" }],
            },
        },
    };
    let mut file = out.module(MODULE).file(FILE);
    let stream =
        file.resource("aws_kinesis_firehose_delivery_stream", NAME, arguments).cause(&cause);
    policy.iter().fold(stream, ResourceBuilder::depends_on).add()
}

fn lower_error_log(stream: &str, platform: &Platform, out: &mut Document) -> Handle {
    let group = LogGroup {
        module: MODULE,
        file: FILE,
        name: NAME,
        aws_name: format!("/aws/kinesisfirehose/{stream}"),
        retention: Retention::default_of(&platform.head),
        cause: &cause(),
    };
    log_group(out, &group)
}

/// What the stream may do: write into the bucket, under its key, and say what went wrong
/// (<https://docs.aws.amazon.com/firehose/latest/dev/controlling-access.html>).
fn lower_stream_role(
    bucket: &Handle,
    group: &Handle,
    platform: &Platform,
    out: &mut Document,
) -> (Handle, Option<Handle>) {
    let region = &platform.head.region;
    let in_bucket = ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"];
    let of_objects = ["s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"];
    let objects = template![bucket.get("arn"), "/*"];
    let key = Arn::new("kms:key", topic::key(MetricPlace::Regional).get("arn"));
    let streams = Arn::new("logs:log-stream", template![group.get("arn"), ":*"]);
    let statements = [
        Statement::allow(&in_bucket, vec![Arn::new("s3:bucket", bucket.get("arn"))]),
        Statement::allow(&of_objects, vec![Arn::new("s3:object", objects)]),
        Statement::allow(&["kms:Decrypt", "kms:GenerateDataKey"], vec![key]).via("s3", region),
        Statement::allow(&["logs:PutLogEvents"], vec![streams]),
    ];
    let source = aws::arn(out, MODULE, "firehose", region, "deliverystream/*");
    let service = ("firehose.amazonaws.com", "stream", source);
    lower_role(service, &statements, platform, out)
}

/// What log groups may do: send to the stream
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html>).
fn lower_logs_role(
    stream: &Handle,
    platform: &Platform,
    out: &mut Document,
) -> (Handle, Option<Handle>) {
    let stream = Arn::new("firehose:deliverystream", stream.get("arn"));
    let send = ["firehose:PutRecord", "firehose:PutRecordBatch"];
    let statements = [Statement::allow(&send, vec![stream])];
    let source = aws::arn(out, MODULE, "logs", &platform.head.region, "*");
    lower_role(("logs.amazonaws.com", "logs", source), &statements, platform, out)
}

/// A role of the archive: which service takes it on, what it is called, and for what sources.
fn lower_role(
    (service, word, source): (&str, &str, Value),
    statements: &[Statement],
    platform: &Platform,
    out: &mut Document,
) -> (Handle, Option<Handle>) {
    let cause = cause();
    let name = identifier(&[NAME, word]);
    let place = PolicyPlace { module: MODULE, file: FILE, name: &name, cause: &cause };
    let role = Role {
        place: PolicyPlace { ..place },
        aws_name: platform.head.prefix.full(&[WORDS, word]),
        service,
        source: Some(source),
    };
    let role = iam::role(out, &role);
    let policy = iam::attach(out, &role, &place, statements);
    (role, policy)
}

impl Group {
    /// Sends everything of the group to the stream. A filter that is made before its role has its
    /// rights is refused.
    fn lower(
        &self,
        stream: &Handle,
        (role, policy): (&Handle, Option<&Handle>),
        platform: &Platform,
        out: &mut Document,
    ) {
        let name = if self.is_several {
            Value::from(Expr::EachValue(vec!["name"]))
        } else {
            self.handle.get("name")
        };
        let arguments = block! {
            name: platform.head.prefix.full(&[WORDS]),
            log_group_name: name,
            filter_pattern: "",
            destination_arn: stream.get("arn"),
            role_arn: role.get("arn"),
            distribution: "ByLogStream",
        };
        let mut file = out.module(MODULE).file(FILE);
        let mut filter = file
            .resource("aws_cloudwatch_log_subscription_filter", &self.name, arguments)
            .cause(&cause())
            .causes(&self.causes);
        if self.is_several {
            filter = filter.for_each(self.handle.whole());
        }
        policy.into_iter().fold(filter, ResourceBuilder::depends_on).add();
    }
}
