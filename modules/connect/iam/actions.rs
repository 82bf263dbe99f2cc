//! The IAM actions of AWS, embedded: what each does, which resources it takes, which condition keys
//! it knows.
//!
//! Takes nothing from outside: `actions/actions.txt` is part of the binary and says where it comes
//! from. Gives lookups here and the check of a statement in [`check`]. A service is read when
//! something first asks for it, so a run pays only for the services its platform touches. Knows no
//! kind, no edge and no Terraform.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, OnceLock};

pub mod check;
pub mod exceptions;
mod reading;

static TEXT: &str = include_str!("actions/actions.txt");

static EMBEDDED: LazyLock<Actions> = LazyLock::new(|| Actions::from_text(TEXT));

/// Every service with its actions, as the AWS Service Authorization Reference lists them.
/// Source: <https://docs.aws.amazon.com/service-authorization/latest/reference/>.
pub struct Actions {
    services: BTreeMap<&'static str, LazyService>,
}

/// One service: what stands under its prefix in the reference.
#[derive(Default)]
pub struct Service {
    actions: BTreeMap<&'static str, Action>,
    resource_types: BTreeMap<&'static str, &'static str>,
    condition_keys: BTreeMap<&'static str, ConditionKeyType>,
    keys_of_any_action: Vec<&'static str>,
}

/// One action, for example `sqs:SendMessage`.
#[derive(Debug, PartialEq, Eq)]
pub struct Action {
    /// The prefix before the colon, for example `sqs`.
    pub service: &'static str,
    /// The name after the colon, for example `SendMessage`.
    pub name: &'static str,
    /// What a holder of the action can do.
    pub access_level: AccessLevel,
    /// The types of resource that a statement may name for it; empty if it takes only `*`.
    pub resource_types: Vec<SupportedType>,
    condition_keys: Arc<[&'static str]>,
}

/// A type of resource that an action takes.
#[derive(Debug, PartialEq, Eq)]
pub struct SupportedType {
    /// The name of the type within the service of the action, for example `queue`.
    pub name: &'static str,
    /// True if no call succeeds without a grant on a resource of this type.
    pub required: bool,
}

/// The access level of an action, in the terms of the reference:
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_understand-policy-summary-access-level-summaries.html>.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccessLevel {
    /// Sees that resources exist, not what they hold.
    List,
    /// Sees what resources hold.
    Read,
    /// Creates, changes or deletes resources.
    Write,
    /// Changes tags, on which other permissions may depend.
    Tagging,
    /// Grants or changes permissions.
    PermissionsManagement,
}

/// The type of the values of a condition key, which decides the operators that fit it:
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConditionKeyType {
    /// One ARN.
    Arn,
    /// Several ARNs: the operator needs a set qualifier such as `ForAllValues:`.
    ArrayOfArn,
    /// Several switches: the operator needs a set qualifier.
    ArrayOfBool,
    /// Several texts: the operator needs a set qualifier.
    ArrayOfString,
    /// `true` or `false`.
    Bool,
    /// A date, or seconds since the epoch.
    Date,
    /// A number.
    Numeric,
    /// A text.
    String,
}

struct LazyService {
    prefix: &'static str,
    text: &'static str,
    read: OnceLock<Service>,
}

impl Actions {
    /// The embedded reference. The first call finds where each service starts, a few microseconds
    /// of work.
    pub fn embedded() -> &'static Actions {
        &EMBEDDED
    }

    /// The service with a prefix such as `sqs`.
    ///
    /// # Panics
    /// If the embedded text is malformed, which the tests beside it rule out.
    pub fn service(&self, prefix: &str) -> Option<&Service> {
        self.services.get(prefix).map(LazyService::get)
    }

    /// The action of that full name, for example `sqs:SendMessage`. Case counts, as in the
    /// reference.
    pub fn action(&self, full_name: &str) -> Option<&Action> {
        let (prefix, name) = full_name.split_once(':')?;
        self.service(prefix)?.actions.get(name)
    }

    /// The actions a name stands for, in order: the one of that name, or all that fit a name with
    /// `*`, such as `kms:GenerateDataKey*`. Empty if the reference has none. The prefix takes no
    /// `*`.
    pub fn expand(&self, written: &str) -> Vec<&Action> {
        let Some((prefix, pattern)) = written.split_once(':') else { return Vec::new() };
        let Some(service) = self.service(prefix) else { return Vec::new() };
        if !pattern.contains('*') {
            return service.actions.get(pattern).into_iter().collect();
        }
        service.actions.values().filter(|action| fits_wildcard(pattern, action.name)).collect()
    }

    /// The pattern of the ARNs of a resource type such as `sqs:queue`, with variable parts written
    /// `${Name}`.
    pub fn resource_type(&self, full_name: &str) -> Option<&'static str> {
        let (prefix, name) = full_name.split_once(':')?;
        self.service(prefix)?.resource_types.get(name).copied()
    }

    fn from_text(text: &'static str) -> Actions {
        let chunks = text.split("\nservice\t").skip(1);
        let services = chunks.map(LazyService::from_chunk).map(|service| (service.prefix, service));
        Actions { services: services.collect() }
    }
}

impl Service {
    /// The type of a condition key that the reference lists for the service, whichever actions know
    /// it.
    pub fn condition_key_type(&self, key: &str) -> Option<ConditionKeyType> {
        // Most keys are listed as they stand; the others hold a variable part, for example the key
        // of a tag.
        self.condition_keys.get(key).copied().or_else(|| {
            let mut listed = self.condition_keys.iter();
            listed.find(|(pattern, _)| fits_condition_key(pattern, key)).map(|(_, kind)| *kind)
        })
    }

    /// True if the reference lists the key for the service without tying it to single actions, as
    /// it does for keys that belong to a resource.
    pub fn knows_everywhere(&self, key: &str) -> bool {
        self.keys_of_any_action.iter().any(|pattern| fits_condition_key(pattern, key))
    }
}

impl Action {
    /// The name as a policy writes it, for example `sqs:SendMessage`.
    pub fn full_name(&self) -> String {
        format!("{}:{}", self.service, self.name)
    }

    /// True if a statement may name a resource of that type, for example `sqs:queue`.
    pub fn supports(&self, resource_type: &str) -> bool {
        let Some((service, name)) = resource_type.split_once(':') else { return false };
        service == self.service
            && self.resource_types.iter().any(|supported| supported.name == name)
    }

    /// True if the reference lists the condition key for this very action.
    pub fn knows_condition_key(&self, key: &str) -> bool {
        self.condition_keys.iter().any(|pattern| fits_condition_key(pattern, key))
    }
}

impl LazyService {
    fn from_chunk(chunk: &'static str) -> LazyService {
        let (prefix, text) = chunk.split_once('\n').unwrap_or((chunk, ""));
        LazyService { prefix, text, read: OnceLock::new() }
    }

    fn get(&self) -> &Service {
        self.read.get_or_init(|| reading::read_service(self.prefix, self.text))
    }
}

/// True if the text fits a pattern in which `*` stands for any characters, or none.
fn fits_wildcard(pattern: &str, text: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut left) = text.strip_prefix(start) else { return false };
    let (middle, end) = rest.rsplit_once('*').unwrap_or(("", rest));
    // Taking each part at its first place leaves the most text for the parts after it.
    for part in middle.split('*') {
        let Some(place) = left.find(part) else { return false };
        left = &left[place + part.len()..];
    }
    left.ends_with(end)
}

/// True if a key is the listed one, or fills the variable part at its end:
/// `aws:RequestTag/${TagKey}`, or `s3:ExistingObjectTag/<key>`.
fn fits_condition_key(listed: &str, key: &str) -> bool {
    let fixed = match listed.as_bytes().last() {
        Some(b'}') => listed.find("${"),
        Some(b'>') => listed.find('<'),
        _ => None,
    };
    match fixed {
        Some(length) => key.len() > length && key.starts_with(&listed[..length]),
        None => listed == key,
    }
}

#[cfg(test)]
mod tests;
