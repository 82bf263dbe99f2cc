//! What a spec may say of a bucket.
use super::{Cors, Lifecycle, Step};
use crate::kind::Resolving;
use crate::platform::Head;
use crate::text::{PlainText, VariableName};
use platgen_source::diagnostics::{SpecPath, code};
use platgen_source::{Duration, Name, OneOrMore, Read, Things, is_plain, text_type};

text_type! {
    /// The name of a bucket
    /// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html>).
    BucketName,
    "^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$",
    "3 to 63 lower-case letters, digits and hyphens, with a letter or digit at both ends",
    |text| {
        (3..=63).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && !text.starts_with('-')
            && !text.ends_with('-')
    }
}

text_type! {
    /// The beginning of object keys: `uploads/`. Characters that IAM or a path would read
    /// differently are left out
    /// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html>).
    KeyPrefix,
    "^(?!/)(?!.*\\.\\.)[A-Za-z0-9/_.=-]{1,512}$",
    "1 to 512 letters, digits and / _ . = -, not beginning with / and without `..`",
    |text| {
        is_plain(text, 1..=512, b"/_.=-") && !text.starts_with('/') && !text.contains("..")
    }
}

/// An S3 bucket: private, encrypted, reached over TLS only.
#[derive(Debug, Read)]
pub struct BucketSpec {
    /// Environments that have it; by default all.
    pub only_in: Vec<Name>,
    /// Keeps what is overwritten or deleted. By default yes.
    pub versioning: Option<bool>,
    /// Who may call it from a browser. By default nobody.
    pub cors: Option<CorsSpec>,
    /// What happens to objects over time.
    pub lifecycle: Things<LifecycleSpec>,
    /// Logs every request. By default in production.
    pub access_logs: Option<bool>,
    /// Whether `[backup]` copies it. By default yes, if it is versioned.
    pub backup: Option<bool>,
    /// Tells the account's default event bus of everything that happens to objects, for
    /// `on.event_bus.default` to pick from. By default not.
    pub event_bus: Option<bool>,
}

/// Calls from browsers
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/ManageCorsUsing.html>).
#[derive(Debug, Read)]
pub struct CorsSpec {
    /// The pages' origins: `"https://{platform.domain}"`.
    pub origins: OneOrMore<PlainText>,
    /// The methods.
    pub methods: OneOrMore<Method>,
    /// The headers that a request may carry. By default all.
    pub headers: Vec<String>,
    /// The headers of an answer that a page may read. By default `ETag`.
    pub expose: Option<Vec<String>>,
    /// How long a browser remembers the permission. By default 50 minutes.
    pub max_age: Option<Duration>,
}

/// An HTTP method that S3 answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Read)]
#[spec(upper)]
pub enum Method {
    /// Read.
    Get,
    /// Read the headers.
    Head,
    /// Write.
    Put,
    /// Write by a form.
    Post,
    /// Delete.
    Delete,
}

/// One rule over time. Without `move_to` an object is deleted
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lifecycle-mgmt.html>).
#[derive(Debug, Read)]
pub struct LifecycleSpec {
    /// Only objects whose keys begin so. By default all.
    pub prefix: Option<KeyPrefix>,
    /// The age at which an object is moved or deleted.
    pub after: Option<Duration>,
    /// How long after it was replaced an old version is moved or deleted.
    pub noncurrent_after: Option<Duration>,
    /// The storage class that objects are moved to.
    pub move_to: Option<StorageClass>,
    /// How long after its beginning an unfinished upload is dropped.
    pub abort_incomplete_after: Option<Duration>,
}

/// A storage class that objects are moved to
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-class-intro.html>).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Read)]
pub enum StorageClass {
    /// Moves objects by how often they are read.
    IntelligentTiering,
    /// Rarely read, at once.
    InfrequentAccess,
    /// Rarely read, at once, in one zone.
    OneZone,
    /// Archive, at once.
    GlacierInstant,
    /// Archive, within minutes or hours.
    Glacier,
    /// Archive, within a day.
    DeepArchive,
}

/// What others may do with a bucket.
#[derive(Clone, Debug, Default, Read)]
#[spec(verbs)]
pub struct BucketVerbs {
    /// The beginning of the variables' names.
    pub r#as: Option<VariableName>,
    /// Get and list objects.
    pub read: Option<Narrowing>,
    /// Put objects.
    pub write: Option<Narrowing>,
    /// Delete objects. In a versioned bucket the old version stays.
    pub delete: Option<Narrowing>,
}

/// A part of a bucket.
#[derive(Clone, Debug, Default, Read)]
pub struct Narrowing {
    /// Only objects whose keys begin so.
    pub prefix: Option<KeyPrefix>,
}

impl BucketVerbs {
    /// What narrows a verb, if it is said.
    pub(super) fn narrowing(&self, verb: &str) -> Option<&Narrowing> {
        match verb {
            "read" => self.read.as_ref(),
            "write" => self.write.as_ref(),
            "delete" => self.delete.as_ref(),
            _ => None,
        }
    }

    /// The prefix, if all verbs have the same.
    pub(super) fn common_prefix(&self) -> Option<&KeyPrefix> {
        let verbs = [&self.read, &self.write, &self.delete];
        let mut prefixes = verbs.into_iter().flatten().map(|verb| verb.prefix.as_ref());
        let first = prefixes.next()??;
        prefixes.all(|prefix| prefix == Some(first)).then_some(first)
    }
}

impl CorsSpec {
    pub(super) fn resolve(&self, head: &Head) -> Cors {
        let headers =
            if self.headers.is_empty() { vec!["*".to_owned()] } else { self.headers.clone() };
        Cors {
            origins: self.origins.0.iter().map(|origin| head.plain(origin)).collect(),
            methods: self.methods.0.iter().map(|method| method.word()).collect(),
            headers,
            expose: self.expose.clone().unwrap_or_else(|| vec!["ETag".to_owned()]),
            max_age: self.max_age.map_or(3_000, Duration::as_seconds),
        }
    }
}

impl LifecycleSpec {
    pub(super) fn resolve(&self, path: &SpecPath, resolving: &mut Resolving<'_>) -> Lifecycle {
        let steps = [self.after, self.noncurrent_after];
        if steps.iter().all(Option::is_none) && self.abort_incomplete_after.is_none() {
            let message = "the rule says nothing: set `after`, `noncurrent_after` or \
                           `abort_incomplete_after`";
            resolving.find(&code::CONFLICT, path, message);
        }
        if self.move_to.is_some() && steps.iter().all(Option::is_none) {
            let message = "`move_to` needs `after` or `noncurrent_after`";
            resolving.find(&code::CONFLICT, &path.key("move_to"), message);
        }
        let mut step = |key: &str, after: Option<Duration>| {
            let days = days(path, key, after, resolving)?;
            self.check_class(days, &path.key(key), resolving);
            Some(Step { after: days, to: self.move_to })
        };
        let current = step("after", self.after);
        let noncurrent = step("noncurrent_after", self.noncurrent_after);
        let abort = self.abort_incomplete_after;
        Lifecycle {
            prefix: self.prefix.as_ref().map(ToString::to_string),
            current,
            noncurrent,
            abort_incomplete: days(path, "abort_incomplete_after", abort, resolving),
        }
    }

    /// The infrequent-access classes take objects after thirty days
    /// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html>).
    fn check_class(&self, days: i64, path: &SpecPath, resolving: &mut Resolving<'_>) {
        let infrequent =
            matches!(self.move_to, Some(StorageClass::InfrequentAccess | StorageClass::OneZone));
        if infrequent && days < 30 {
            resolving.find(&code::IMPOSSIBLE, path, "this storage class takes objects after 30d");
        }
    }
}

fn days(
    path: &SpecPath,
    key: &str,
    after: Option<Duration>,
    resolving: &mut Resolving<'_>,
) -> Option<i64> {
    let days = after?.as_days();
    if days.is_none() {
        resolving.find(&code::MALFORMED, &path.key(key), "S3 counts in whole days");
    }
    days
}

impl StorageClass {
    /// As S3 writes it.
    pub(super) fn aws_word(self) -> &'static str {
        match self {
            Self::IntelligentTiering => "INTELLIGENT_TIERING",
            Self::InfrequentAccess => "STANDARD_IA",
            Self::OneZone => "ONEZONE_IA",
            Self::GlacierInstant => "GLACIER_IR",
            Self::Glacier => "GLACIER",
            Self::DeepArchive => "DEEP_ARCHIVE",
        }
    }
}

/// What is said of a bucket whose objects feed something.
#[derive(Clone, Debug, Default, Read)]
#[spec(default)]
pub struct BucketFeed {
    /// What happens to an object. By default `created`.
    pub events: Vec<BucketEvent>,
    /// Only objects whose keys begin like this.
    pub prefix: Option<KeyPrefix>,
    /// Only objects whose keys end like this.
    pub suffix: Option<KeyPrefix>,
}

/// What happens to an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Read)]
pub enum BucketEvent {
    /// It is put, copied, or completed.
    Created,
    /// It, or a version of it, is deleted.
    Removed,
}
