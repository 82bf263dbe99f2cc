//! The platform's log bucket: what load balancers and buckets write about their requests.
//!
//! Load balancers can write only to a bucket that S3 encrypts with its own keys
//! (<https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html>),
//! and so does S3 itself
//! (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html>).
use super::MODULE;
use super::bucket::{Bucket, StoreSettings, private_store};
use crate::aws;
use crate::compute::load_balancer::LoadBalancer;
use crate::connect::iam::{Arn, Principal, Statement};
use crate::platform::Platform;
use platgen_source::diagnostics::SpecPath;
use platgen_terraform::{Address, Document, Handle, Value, block, template};

/// The file and the name of its resources.
const NAME: &str = "logs";
/// Where load balancers write: `lb/<name>/AWSLogs/…`.
pub const LOAD_BALANCER_PREFIX: &str = "lb";
/// Where buckets write: `s3/<name>/…`.
const BUCKET_PREFIX: &str = "s3";
/// How long request logs are kept, in days.
const KEPT_DAYS: (i64, i64) = (90, 7);

fn bucket() -> Handle {
    Handle::new(MODULE, Address::managed("aws_s3_bucket", NAME))
}

/// The bucket, as soon as its policy lets others write: they try when they are told to.
pub fn ready() -> Value {
    Handle::new(MODULE, Address::managed("aws_s3_bucket_policy", NAME)).get("bucket")
}

/// Puts the bucket into a document, if anything writes to it.
pub fn lower(platform: &Platform, out: &mut Document) {
    let things = &platform.things;
    let buckets = things.bucket.values().any(Bucket::has_access_logs);
    let balancers = things.load_balancer.values().any(LoadBalancer::has_access_logs);
    if !buckets && !balancers {
        return;
    }
    let mut statements = Vec::new();
    if buckets {
        statements.push(from_buckets(out));
    }
    if balancers {
        statements.push(from_load_balancers(platform, out));
    }
    let cause = SpecPath::of(["platform"]);
    let settings = StoreSettings {
        file: NAME,
        name: NAME,
        cause: &cause,
        aws_name: NAME,
        versioning: true,
        force_destroy: platform.head.by_profile(false, true),
        key: None,
        statements,
    };
    private_store(platform, out, settings);
    let days = platform.head.by_profile(KEPT_DAYS.0, KEPT_DAYS.1);
    let rule = block! {
        id: "expire",
        status: "Enabled",
        filter: block! { prefix: "" },
        expiration: block! { days: days },
        noncurrent_version_expiration: block! { noncurrent_days: days },
        abort_incomplete_multipart_upload: block! { days_after_initiation: 7 },
    };
    let arguments = block! { bucket: bucket().get("id"), rule: rule };
    let mut file = out.module(MODULE).file(NAME);
    file.resource("aws_s3_bucket_lifecycle_configuration", NAME, arguments).cause(&cause).add();
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

fn from_load_balancers(platform: &Platform, out: &mut Document) -> Statement {
    let region = &platform.head.region;
    let source = aws::arn(out, MODULE, "elasticloadbalancing", region, "loadbalancer/*");
    let objects = vec![Arn::new("s3:object", objects(LOAD_BALANCER_PREFIX))];
    Statement::allow(&["s3:PutObject"], objects)
        .to(Principal::Service("logdelivery.elasticloadbalancing.amazonaws.com".into()))
        .when("ArnLike", "aws:SourceArn", [source])
}
