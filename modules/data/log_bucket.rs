//! The platform's log bucket: what load balancers, distributions and buckets write about their requests.
//!
//! Load balancers can write only to a bucket that S3 encrypts with its own keys
//! (<https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html>),
//! and so does S3 itself
//! (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html>).
use super::MODULE;
use super::bucket::{StoreSettings, private_store, shared_name};
use crate::aws;
use crate::connect::iam::{Arn, Principal, Statement};
use crate::kind::Thing;
use crate::platform::Platform;
use platgen_source::diagnostics::SpecPath;
use platgen_terraform::{Address, Document, Handle, Value, block, template};
use std::collections::BTreeSet;

/// The file of its resources.
const FILE: &str = "logs";
/// The name of its resources. No name of a thing gives it, so that a bucket may be called `logs`.
const NAME: &str = "platform__logs";
/// Where load balancers write: `lb/<name>/AWSLogs/…`.
pub const LOAD_BALANCER_PREFIX: &str = "lb";
/// Where buckets write: `s3/<name>/…`.
const BUCKET_PREFIX: &str = "s3";
/// Where distributions write: `cdn/<name>/…`.
pub const DISTRIBUTION_PREFIX: &str = "cdn";
/// How many days request logs are kept, in production and in development.
const KEPT_DAYS: [i64; 2] = [90, 7];
/// Days after its beginning at which an unfinished upload is dropped.
const ABORT_DAYS: i64 = 7;

/// Who writes into the log bucket: each asks for another statement in its policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LogWriter {
    /// S3, for buckets.
    Buckets,
    /// The log deliveries of CloudWatch, for distributions.
    Distributions,
    /// Elastic Load Balancing, for load balancers.
    LoadBalancers,
}

/// The bucket, as soon as its policy lets others write: they try when they are told to.
pub fn ready() -> Value {
    Handle::new(MODULE, Address::managed("aws_s3_bucket_policy", NAME)).get("bucket")
}

/// The ARN of [`ready`].
pub fn arn_when_ready() -> Value {
    template!["arn:aws:s3:::", ready()]
}

/// The arguments by which a bucket tells of its requests, below a name of its own.
pub fn requests_of(bucket: Value, name: &str) -> Value {
    let prefix = format!("{BUCKET_PREFIX}/{name}/");
    block! { bucket: bucket, target_bucket: ready(), target_prefix: prefix }
}

/// Puts the bucket into a document, if anything writes to it.
pub fn lower(platform: &Platform, out: &mut Document) {
    let of_things = platform.things.all().filter_map(Thing::request_logs);
    let writers: BTreeSet<LogWriter> =
        of_things.chain(platform.observability.request_logs()).collect();
    if writers.is_empty() {
        return;
    }
    let statements = writers.into_iter().map(|writer| writer.statement(platform, out)).collect();
    let cause = SpecPath::of(["platform"]);
    let settings = StoreSettings {
        module: MODULE,
        file: FILE,
        name: NAME,
        cause: &cause,
        aws_name: shared_name(platform, out, MODULE, "logs"),
        versioning: true,
        force_destroy: !platform.head.is_production(),
        key: None,
        statements,
    };
    let bucket = private_store(out, settings);
    let arguments = block! { bucket: bucket.get("id"), rule: expiration(platform) };
    let mut file = out.module(MODULE).file(FILE);
    file.resource("aws_s3_bucket_lifecycle_configuration", NAME, arguments).cause(&cause).add();
}

/// What becomes of request logs over time.
fn expiration(platform: &Platform) -> Value {
    let [production, development] = KEPT_DAYS;
    let days = platform.head.by_profile(production, development);
    block! {
        id: "expire",
        status: "Enabled",
        filter: block! { prefix: "" },
        expiration: block! { days: days },
        noncurrent_version_expiration: block! { noncurrent_days: days },
        abort_incomplete_multipart_upload: block! { days_after_initiation: ABORT_DAYS },
    }
}

impl LogWriter {
    /// What lets the writer in.
    fn statement(self, platform: &Platform, out: &mut Document) -> Statement {
        match self {
            Self::Buckets => from_buckets(out),
            Self::Distributions => from_distributions(out),
            Self::LoadBalancers => from_load_balancers(platform, out),
        }
    }
}

fn bucket() -> Handle {
    Handle::new(MODULE, Address::managed("aws_s3_bucket", NAME))
}

fn objects(prefix: &str) -> Value {
    template![bucket().get("arn"), format!("/{prefix}/*")]
}

/// S3 says for which account it writes, and for which bucket.
fn from_buckets(out: &mut Document) -> Statement {
    let account = aws::account(out, MODULE);
    let partition = aws::partition(out, MODULE);
    Statement::allow(&["s3:PutObject"], vec![Arn::new("s3:object", objects(BUCKET_PREFIX))])
        .to(Principal::Service("logging.s3.amazonaws.com".into()))
        .when("StringEquals", "aws:SourceAccount", [account])
        .when("ArnLike", "aws:SourceArn", [template!["arn:", partition, ":s3:::*"]])
}

/// Deliveries for CloudFront stand in us-east-1, whatever the region of the platform
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-and-resource-policy.html#AWS-logs-infrastructure-V2-S3>).
fn from_distributions(out: &mut Document) -> Statement {
    let account = aws::account(out, MODULE);
    let source = aws::arn(out, MODULE, "logs", "us-east-1", "delivery-source:*");
    let objects = vec![Arn::new("s3:object", objects(DISTRIBUTION_PREFIX))];
    Statement::allow(&["s3:PutObject"], objects)
        .to(Principal::Service("delivery.logs.amazonaws.com".into()))
        .when("StringEquals", "s3:x-amz-acl", ["bucket-owner-full-control".into()])
        .when("StringEquals", "aws:SourceAccount", [account])
        .when("ArnLike", "aws:SourceArn", [source])
}

fn from_load_balancers(platform: &Platform, out: &mut Document) -> Statement {
    let region = &platform.head.region;
    let source = aws::arn(out, MODULE, "elasticloadbalancing", region, "loadbalancer/*");
    let objects = vec![Arn::new("s3:object", objects(LOAD_BALANCER_PREFIX))];
    Statement::allow(&["s3:PutObject"], objects)
        .to(Principal::Service("logdelivery.elasticloadbalancing.amazonaws.com".into()))
        .when("ArnLike", "aws:SourceArn", [source])
}

#[cfg(test)]
mod tests {
    use crate::testing::{document_in, resource};
    use pretty_assertions::assert_eq;

    #[test]
    fn a_declared_bucket_may_be_called_logs() {
        let document = document_in("prod", "[bucket.logs]");
        for (name, expected) in [
            ("logs", "prod-shop-logs-${data.aws_caller_identity.current.account_id}-us-east-2"),
            (
                "platform__logs",
                "prod-shop-${data.aws_caller_identity.current.account_id}-us-east-2-logs",
            ),
        ] {
            let bucket = resource(&document, "data", &format!("aws_s3_bucket.{name}"));
            assert_eq!(bucket["bucket"], expected);
        }
        let logging = resource(&document, "data", "aws_s3_bucket_logging.logs");
        assert_eq!(logging["target_bucket"], "${aws_s3_bucket_policy.platform__logs.bucket}");
    }
}
