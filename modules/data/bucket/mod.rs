//! `[bucket.<name>]`: an S3 bucket, private, versioned and encrypted.
mod lower;
mod notification;
mod spec;

pub use lower::{StoreSettings, private_store};
pub use spec::{
    BucketEvent, BucketFeed, BucketName, BucketSpec, BucketVerbs, CorsSpec, KeyPrefix,
    LifecycleSpec,
};

use super::backup::{self, Copied, CopyMethod};
use super::log_bucket::LogWriter;
use super::{MODULE, key};
use crate::connect::matrix::On;
use crate::connect::trigger::Trigger;
use crate::connect::{Edge, Grant};
use crate::kind::{Kind, Output, Outputs, Resolving, Target, Thing, ThingId};
use crate::platform::Platform;
use platgen_source::diagnostics::{Diagnostic, code};
use platgen_terraform::{Address, Document, Handle, Value, template};
use spec::{Narrowing, StorageClass};
use std::collections::BTreeMap;

/// A bucket with every detail decided.
#[derive(Debug)]
pub struct Bucket {
    id: ThingId,
    versioning: bool,
    force_destroy: bool,
    access_logs: bool,
    copied: Option<CopyMethod>,
    tells: Audience,
    cors: Option<Cors>,
    lifecycle: BTreeMap<String, Lifecycle>,
}

/// Who hears of everything that happens to objects, beside those that the bucket feeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Audience {
    /// Nobody.
    Nobody,
    /// The account's default event bus.
    EventBus,
}

/// Who may call the bucket from a browser.
#[derive(Debug)]
struct Cors {
    origins: Vec<String>,
    methods: Vec<&'static str>,
    headers: Vec<String>,
    expose: Vec<String>,
    max_age: i64,
}

/// One lifecycle rule; lengths of time in days.
#[derive(Debug)]
struct Lifecycle {
    prefix: Option<String>,
    current: Option<Step>,
    noncurrent: Option<Step>,
    abort_incomplete: Option<i64>,
}

/// What happens to an object, and when.
#[derive(Clone, Copy, Debug)]
struct Step {
    after: i64,
    to: Option<StorageClass>,
}

impl Kind for BucketSpec {
    const KIND: &'static str = "bucket";
    const OUTPUTS: Outputs = Outputs::Named(&["name", "arn", "domain"]);
    type Thing = Bucket;

    fn resolve(&self, id: ThingId, resolving: &mut Resolving<'_>) -> Bucket {
        let head = resolving.head;
        let versioning = self.versioning.unwrap_or(true);
        if !versioning && head.is_production() {
            let path = id.path().key("versioning");
            let message = "without versions, what is overwritten or deleted is lost";
            resolving.find(&code::WEAKENED, &path, message);
        }
        let copied = self.resolve_backup(versioning, &id, resolving);
        let rule = |(name, rule): (&_, &LifecycleSpec)| {
            let name: &platgen_source::Name = name;
            let path = id.path().key("lifecycle").key(name.as_str());
            (name.to_string(), rule.resolve(&path, resolving))
        };
        Bucket {
            versioning,
            force_destroy: !head.is_production(),
            access_logs: self.access_logs.unwrap_or(head.is_production()),
            copied,
            tells: Audience::of(self.event_bus),
            cors: self.cors.as_ref().map(|cors| cors.resolve(head)),
            lifecycle: self.lifecycle.iter().map(rule).collect(),
            id,
        }
    }
}

impl BucketSpec {
    /// AWS Backup copies versions
    /// (<https://docs.aws.amazon.com/aws-backup/latest/devguide/s3-backups.html>).
    fn resolve_backup(
        &self,
        versioning: bool,
        id: &ThingId,
        resolving: &mut Resolving<'_>,
    ) -> Option<CopyMethod> {
        let path = id.path().key("backup");
        if self.backup == Some(true) && !versioning {
            let message = "AWS Backup copies versioned buckets only";
            let help = "leave `versioning` out";
            resolving.find_with(&code::CONFLICT, &path, message, help);
        }
        let method = CopyMethod::Objects;
        backup::resolve_choice(self.backup, method, &path, resolving).filter(|_| versioning)
    }
}

impl Bucket {
    /// The handle of a bucket of the data module.
    fn handle(&self) -> Handle {
        Handle::new(MODULE, Address::managed("aws_s3_bucket", &self.id.local(&[])))
    }

    /// The name at which the bucket's region answers for it.
    pub fn regional_host(&self) -> Value {
        self.handle().get("bucket_regional_domain_name")
    }

    /// What a verb is allowed on: the objects below its prefix, and those alone are listed.
    fn resources(&self, narrowing: &Narrowing, kind: &str) -> On {
        let bucket = self.handle().get("arn");
        match (kind, &narrowing.prefix) {
            ("s3:object", None) => template![bucket, "/*"].into(),
            ("s3:object", Some(prefix)) => template![bucket, format!("/{prefix}*")].into(),
            ("s3:bucket", None) => bucket.into(),
            ("s3:bucket", Some(prefix)) => {
                On::from(bucket).when("StringLike", "s3:prefix", [format!("{prefix}*").into()])
            }
            ("kms:key", _) => key::arn().into(),
            _ => On::nothing(),
        }
    }
}

impl Target for Bucket {
    type Verbs = BucketVerbs;

    fn grant(&self, verbs: &BucketVerbs, edge: &Edge<'_>) -> Grant {
        let mut grant = edge.grant_of(verbs, |verb, kind| {
            let narrowing = verbs.narrowing(verb);
            narrowing.map_or_else(On::nothing, |narrowing| self.resources(narrowing, kind))
        });
        grant.variables.push((edge.variable("BUCKET"), self.handle().get("bucket")));
        if let Some(prefix) = verbs.common_prefix() {
            grant.variables.push((edge.variable("PREFIX"), prefix.as_str().into()));
        }
        grant
    }
}

impl Thing for Bucket {
    fn id(&self) -> &ThingId {
        &self.id
    }

    fn output(&self, words: &[String], _consumer: &ThingId, _platform: &Platform) -> Output {
        Output::Plain(match words {
            [word] if word == "arn" => self.handle().get("arn"),
            [word] if word == "domain" => self.regional_host(),
            _ => self.handle().get("bucket"),
        })
    }

    /// S3 calls the receiver, which lets it in for this bucket.
    fn feeds(&self, trigger: &Trigger, _platform: &Platform) -> Vec<Grant> {
        vec![trigger.called_by(notification::SERVICE, self.handle().get("arn"))]
    }

    fn check(&self, platform: &Platform) -> Vec<Diagnostic> {
        notification::check(self, platform)
    }

    fn keeps_data(&self) -> bool {
        true
    }

    fn backed_up(&self) -> Option<Copied> {
        let arn = self.handle().get("arn");
        self.copied.map(|method| Copied { arn, method })
    }

    fn request_logs(&self) -> Option<LogWriter> {
        self.access_logs.then_some(LogWriter::Buckets)
    }

    fn lower(&self, platform: &Platform, out: &mut Document) {
        self.put(platform, out);
        notification::lower(self, platform, out);
        let bucket = self.handle();
        let outputs = [
            ("arn", bucket.get("arn"), "The ARN of the bucket"),
            ("domain", self.regional_host(), "The host of the bucket in its region"),
            ("name", bucket.get("bucket"), "The name of the bucket"),
        ];
        for (word, value, description) in outputs {
            out.output(&self.id.part(&[word]), value, description);
        }
    }
}

/// The longest name of a bucket
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html>).
const LONGEST_NAME: usize = 63;
/// How many digits the number of an account has.
const ACCOUNT_DIGITS: usize = 12;

/// The name of a declared bucket: `{environment}-{platform}-{name}-{account}-{region}`.
fn global_name(platform: &Platform, out: &mut Document, name: &str) -> Value {
    name_in_account(platform, out, MODULE, (&[name], ""))
}

/// The name of a bucket that the whole platform shares, `{environment}-{platform}-{account}-{region}-{word}`:
/// no declared one ends so.
pub fn shared_name(
    platform: &Platform,
    out: &mut Document,
    module: &'static str,
    word: &str,
) -> Value {
    name_in_account(platform, out, module, (&[], &format!("-{word}")))
}

/// Bucket names are shared by all of AWS, so account and region stand in them, between the parts and
/// the end.
fn name_in_account(
    platform: &Platform,
    out: &mut Document,
    module: &'static str,
    (parts, end): (&[&str], &str),
) -> Value {
    let region = &platform.head.region;
    let room = LONGEST_NAME - ACCOUNT_DIGITS - region.len() - "--".len() - end.len();
    let head = platform.head.prefix.name(room, parts);
    let account = crate::aws::account(out, module);
    template![head, "-", account, "-", region, end]
}
