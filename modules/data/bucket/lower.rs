//! What a bucket becomes: the bucket, and a resource for each of its settings.
use super::{Bucket, Cors, Lifecycle, Step, global_name};
use crate::connect::iam::{self, Arn, PolicyKind, PolicyPlace, Principal, Statement};
use crate::data::{MODULE, key, log_bucket};
use crate::kind::Thing;
use crate::platform::Platform;
use platgen_source::diagnostics::SpecPath;
use platgen_terraform::{Document, Handle, Value, block, template};

/// The settings that every bucket has.
pub struct StoreSettings<'a> {
    /// The module that it is put into.
    pub module: &'static str,
    /// The file of its resources.
    pub file: &'a str,
    /// The name of its resources.
    pub name: &'a str,
    /// The line of the spec that causes it.
    pub cause: &'a SpecPath,
    /// The bucket's name at AWS.
    pub aws_name: Value,
    /// Whether old versions are kept.
    pub versioning: bool,
    /// Whether it can be destroyed with objects in it.
    pub force_destroy: bool,
    /// The key that encrypts it; none is S3's own.
    pub key: Option<Value>,
    /// What others may do with it, beside the refusal of unencrypted requests.
    pub statements: Vec<Statement>,
}

/// Makes a private bucket: versions, encryption, owner, no public access, TLS only.
pub fn private_store(out: &mut Document, settings: StoreSettings<'_>) -> Handle {
    let arguments = block! { bucket: &settings.aws_name, force_destroy: settings.force_destroy };
    let bucket = put(out, &settings, "aws_s3_bucket", arguments);
    let id = bucket.get("id");
    let status = if settings.versioning { "Enabled" } else { "Suspended" };
    let versioning = block! { bucket: &id, versioning_configuration: block! { status: status } };
    put(out, &settings, "aws_s3_bucket_versioning", versioning);
    let encryption = block! { bucket: &id, rule: encryption_rule(settings.key.as_ref()) };
    put(out, &settings, "aws_s3_bucket_server_side_encryption_configuration", encryption);
    let ownership =
        block! { bucket: &id, rule: block! { object_ownership: "BucketOwnerEnforced" } };
    put(out, &settings, "aws_s3_bucket_ownership_controls", ownership);
    let closed = block! {
        bucket: &id,
        block_public_acls: true,
        block_public_policy: true,
        ignore_public_acls: true,
        restrict_public_buckets: true,
    };
    put(out, &settings, "aws_s3_bucket_public_access_block", closed);
    put_policy(out, settings, &bucket);
    bucket
}

fn put(
    out: &mut Document,
    settings: &StoreSettings<'_>,
    kind: &'static str,
    arguments: Value,
) -> Handle {
    let mut file = out.module(settings.module).file(settings.file);
    file.resource(kind, settings.name, arguments).cause(settings.cause).add()
}

fn encryption_rule(key: Option<&Value>) -> Value {
    block! {
        bucket_key_enabled: key.is_some().then_some(true),
        apply_server_side_encryption_by_default: block! {
            sse_algorithm: if key.is_some() { "aws:kms" } else { "AES256" },
            kms_master_key_id: key.cloned(),
        },
    }
}

fn put_policy(out: &mut Document, settings: StoreSettings<'_>, bucket: &Handle) {
    let arn = bucket.get("arn");
    let everything =
        vec![Arn::new("s3:bucket", arn.clone()), Arn::new("s3:object", template![arn, "/*"])];
    let tls_only = Statement::deny(&["s3:*"], everything).to(Principal::Everyone).when(
        "Bool",
        "aws:SecureTransport",
        ["false".into()],
    );
    let mut statements = vec![tls_only];
    statements.extend(settings.statements);
    let name = format!("bucket__{}", settings.name);
    let StoreSettings { module, file, cause, .. } = settings;
    let place = PolicyPlace { module, file, name: &name, cause };
    let json = iam::policy(out, &place, PolicyKind::Resource, &statements);
    let mut file = out.module(module).file(file);
    let arguments = block! { bucket: bucket.get("id"), policy: json };
    file.resource("aws_s3_bucket_policy", settings.name, arguments).cause(cause).add();
}

impl Bucket {
    /// What lets in the services that read objects in the name of others: a distribution, by Origin
    /// Access Control
    /// (<https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html>).
    fn statements_of_senders(&self, platform: &Platform) -> Vec<Statement> {
        let mut statements: Vec<Statement> = Vec::new();
        for sender in platform.connections.to(self.id()).filter_map(|grant| grant.sender.as_ref()) {
            let objects = template![self.handle().get("arn"), "/*"];
            let statement =
                Statement::allow(&["s3:GetObject"], vec![Arn::new("s3:object", objects)])
                    .to(Principal::Service(sender.service.into()))
                    .when("StringEquals", "aws:SourceArn", [sender.source.clone()]);
            if !statements.contains(&statement) {
                statements.push(statement);
            }
        }
        statements
    }

    /// Puts the bucket and all of its settings into a document.
    pub(super) fn put(&self, platform: &Platform, out: &mut Document) {
        let (file, name, path) = (self.id().file(), self.id().local(&[]), self.id().path());
        let settings = StoreSettings {
            module: MODULE,
            file: &file,
            name: &name,
            cause: &path,
            aws_name: global_name(platform, out, self.id().name.as_str()),
            versioning: self.versioning,
            force_destroy: self.force_destroy,
            key: Some(key::arn()),
            statements: self.statements_of_senders(platform),
        };
        let id = private_store(out, settings).get("id");
        let mut put = |kind: &'static str, cause: SpecPath, arguments: Value| {
            out.module(MODULE).file(&file).resource(kind, &name, arguments).cause(&cause).add();
        };
        if let Some(cors) = &self.cors {
            let arguments = block! { bucket: &id, cors_rule: cors.block() };
            put("aws_s3_bucket_cors_configuration", path.key("cors"), arguments);
        }
        if !self.lifecycle.is_empty() {
            let rules = self.lifecycle.iter().map(|(name, rule)| rule.block(name));
            let arguments = block! { bucket: &id, rule: rules.collect::<Value>() };
            put("aws_s3_bucket_lifecycle_configuration", path.key("lifecycle"), arguments);
        }
        if self.access_logs {
            let arguments = log_bucket::requests_of(id, self.id().name.as_str());
            put("aws_s3_bucket_logging", path.key("access_logs"), arguments);
        }
    }
}

impl Cors {
    fn block(&self) -> Value {
        block! {
            allowed_origins: self.origins.clone(),
            allowed_methods: self.methods.clone(),
            allowed_headers: self.headers.clone(),
            expose_headers: self.expose.clone(),
            max_age_seconds: self.max_age,
        }
    }
}

impl Lifecycle {
    /// A rule without a prefix has an empty filter, which is every object
    /// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-filters.html>).
    fn block(&self, name: &str) -> Value {
        let (transition, expiration) = split(self.current);
        let (old_transition, old_expiration) = split(self.noncurrent);
        block! {
            id: name,
            status: "Enabled",
            filter: block! { prefix: self.prefix.clone().unwrap_or_default() },
            transition: transition.map(|(days, class)| block! { days: days, storage_class: class }),
            expiration: expiration.map(|days| block! { days: days }),
            noncurrent_version_transition: old_transition
                .map(|(days, class)| block! { noncurrent_days: days, storage_class: class }),
            noncurrent_version_expiration: old_expiration
                .map(|days| block! { noncurrent_days: days }),
            abort_incomplete_multipart_upload: self
                .abort_incomplete
                .map(|days| block! { days_after_initiation: days }),
        }
    }
}

/// A step is either a move or the end.
fn split(step: Option<Step>) -> (Option<(i64, &'static str)>, Option<i64>) {
    match step {
        None => (None, None),
        Some(Step { after, to: Some(class) }) => (Some((after, class.aws_word())), None),
        Some(Step { after, to: None }) => (None, Some(after)),
    }
}
