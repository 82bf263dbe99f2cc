//! `[email.<name>]`: a sender of mail at SES.
mod address;
mod check;
mod grant;
mod handlebars;
mod lower;
mod metrics;
mod records;
mod resolve;
mod spec;
mod template;
#[cfg(test)]
mod tests;

pub use grant::{EmailSend, EmailVerbs};
pub use spec::EmailSpec;

use super::MODULE;
use crate::connect::Grant;
use crate::dns::is_in_zone;
use crate::kind::{Output, Thing, ThingId};
use crate::observability::metric::Metric;
use crate::platform::Platform;
use platgen_source::Name;
use platgen_source::diagnostics::Diagnostic;
use platgen_terraform::{Address, Document, Handle, Value};
use spec::{DmarcPolicy, MailEvent};
use std::collections::{BTreeMap, BTreeSet};
use template::Template;

/// The longest name of a configuration set and of a template
/// (<https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_CreateConfigurationSet.html>).
const LONGEST_NAME: usize = 64;

/// A sender of mail with every detail decided.
#[derive(Debug)]
pub struct Email {
    id: ThingId,
    aws_name: String,
    domain: String,
    from: String,
    reply_to: Option<String>,
    mail_from: String,
    dmarc: Dmarc,
    track: BTreeSet<MailEvent>,
    topics: BTreeSet<Name>,
    templates: BTreeMap<Name, Template>,
}

/// What others shall do with mail that only claims to be of the domain.
#[derive(Debug)]
struct Dmarc {
    policy: DmarcPolicy,
    reports: Option<String>,
}

impl Email {
    /// Its resource: the identity.
    pub fn handle(&self) -> Handle {
        self.managed("aws_sesv2_email_identity", &[])
    }

    /// What every message is sent with.
    pub fn configuration_set(&self) -> Handle {
        self.managed("aws_sesv2_configuration_set", &[])
    }

    /// A template; none if it does not have it.
    pub fn template(&self, name: &Name) -> Option<Handle> {
        let known = self.templates.contains_key(name);
        known.then(|| self.managed("aws_ses_template", &[name.as_str()]))
    }

    /// The names of its templates.
    pub fn templates(&self) -> impl Iterator<Item = &Name> {
        self.templates.keys()
    }

    /// The domain.
    pub fn domain(&self) -> &str {
        &self.domain
    }

    /// What stands in `From`: an address, maybe with a name before it.
    pub fn from(&self) -> &str {
        &self.from
    }

    /// The address that answers go to, if it is not that in `From`.
    pub fn reply_to(&self) -> Option<&str> {
        self.reply_to.as_deref()
    }

    /// Whether its records are made in the platform's zone.
    pub fn has_zone(&self, platform: &Platform) -> bool {
        platform.head.zone.as_ref().is_some_and(|zone| is_in_zone(&self.domain, zone))
    }

    /// The ARN of the identity, as soon as it is verified where its records are in the platform's
    /// zone, for those that take no other.
    pub fn verified_arn(&self, platform: &Platform) -> Value {
        if self.has_zone(platform) {
            self.verification().get("arn")
        } else {
            self.handle().get("arn")
        }
    }

    fn managed(&self, kind: &'static str, parts: &[&str]) -> Handle {
        Handle::new(MODULE, Address::managed(kind, &self.id.local(parts)))
    }

    fn verification(&self) -> Handle {
        self.managed("aws_ses_domain_identity_verification", &[])
    }

    fn template_output(&self, name: &str, word: &str) -> Option<Value> {
        let template = self.template(&Name::new(name)?)?;
        Some(template.get(if word == "arn" { "arn" } else { "name" }))
    }
}

impl Thing for Email {
    fn id(&self) -> &ThingId {
        &self.id
    }

    fn output(&self, words: &[String], _consumer: &ThingId, _platform: &Platform) -> Output {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        Output::Plain(match words.as_slice() {
            [_, template, word] => {
                self.template_output(template, word).unwrap_or_else(|| Value::from(""))
            }
            ["arn"] => self.handle().get("arn"),
            ["configuration_set"] => self.configuration_set().get("configuration_set_name"),
            ["domain"] => Value::from(self.domain()),
            _ => Value::from(self.from()),
        })
    }

    fn implied(&self, _platform: &Platform) -> Vec<Grant> {
        self.publishes()
    }

    fn check(&self, platform: &Platform) -> Vec<Diagnostic> {
        self.findings(platform)
    }

    fn metrics(&self, _platform: &Platform) -> Vec<Metric> {
        self.measures()
    }

    fn lower(&self, platform: &Platform, out: &mut Document) {
        self.put(platform, out);
    }
}
