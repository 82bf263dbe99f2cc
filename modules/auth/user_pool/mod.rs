//! `[user_pool.<name>]`: a user pool of Cognito, with its clients, groups and sign-in pages.
mod attributes;
mod check;
mod client;
mod domain;
mod grant;
mod lower;
mod resolve;
mod spec;
#[cfg(test)]
mod tests;
mod trigger;

pub use client::{ClientSpec, ResourceServerSpec};
pub use grant::UserPoolVerbs;
pub use spec::UserPoolSpec;

use super::MODULE;
use crate::connect::Grant;
use crate::kind::{Output, Thing, ThingId};
use crate::network::firewall::{Attachment, Shielded};
use crate::platform::Platform;
use attributes::Attribute;
use client::{Client, ResourceServer};
use domain::Domain;
use platgen_source::diagnostics::{Diagnostic, SpecPath};
use platgen_source::{Name, Things};
use platgen_terraform::{Address, Document, Handle, Value, template};
use spec::{GroupSpec, Mfa, Plan, Recovery, RememberDevices, SignIn, ThreatProtection, VerifiedBy};
use std::collections::{BTreeMap, BTreeSet};

/// A user pool with every detail decided.
#[derive(Debug)]
pub struct UserPool {
    id: ThingId,
    aws_name: String,
    sign_in: BTreeSet<SignIn>,
    self_sign_up: bool,
    /// Whether users prove to own their address.
    verifies: bool,
    verification: Option<Verification>,
    invitation: Option<Message>,
    recovery: Recovery,
    mfa: Mfa,
    password: Password,
    remember_devices: RememberDevices,
    attributes: Vec<Attribute>,
    clients: BTreeMap<Name, Client>,
    servers: BTreeMap<Name, ResourceServer>,
    groups: Things<GroupSpec>,
    domain: Domain,
    /// The functions that Cognito calls, by the moment.
    functions: BTreeMap<&'static str, ThingId>,
    mail: Option<Name>,
    firewall: Option<Name>,
    plan: Plan,
    threat_protection: ThreatProtection,
    protected: bool,
}

/// What passwords must be.
#[derive(Debug)]
struct Password {
    length: i64,
    /// Whether each kind of letters is needed, by its argument.
    needs: BTreeMap<String, bool>,
    history: Option<i64>,
    temporary_days: i64,
}

/// The message with which an address is verified.
#[derive(Debug)]
struct Verification {
    by: VerifiedBy,
    subject: Option<String>,
    text: Option<String>,
}

/// A message.
#[derive(Debug)]
struct Message {
    subject: String,
    text: String,
}

impl UserPool {
    /// Its resource.
    pub fn handle(&self) -> Handle {
        Handle::new(MODULE, Address::managed("aws_cognito_user_pool", &self.id.local(&[])))
    }

    /// The names of its clients.
    pub fn clients(&self) -> impl Iterator<Item = &Name> {
        self.clients.keys()
    }

    /// The issuer of its tokens, which tells them from those of every other pool.
    pub fn issuer(&self) -> Value {
        template!["https://", self.handle().get("endpoint")]
    }

    /// The sender of its mail.
    pub fn mail(&self) -> Option<&Name> {
        self.mail.as_ref()
    }

    /// An output of a client. A secret that it does not have is nothing, which the check finds.
    fn client_output(&self, name: &str, word: &str) -> Option<Output> {
        let (name, client) = self.clients.iter().find(|(known, _)| known.as_str() == name)?;
        match word {
            "secret" if client.secret => Some(Output::Secret(self.client_secret(name).get("arn"))),
            "secret" => None,
            _ => Some(Output::Plain(self.client(name).get("id"))),
        }
    }
}

impl Thing for UserPool {
    fn id(&self) -> &ThingId {
        &self.id
    }

    fn output(&self, words: &[String], _consumer: &ThingId, platform: &Platform) -> Output {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        match words.as_slice() {
            [_, client, word] => {
                self.client_output(client, word).unwrap_or(Output::Plain(Value::from("")))
            }
            ["arn"] => Output::Plain(self.handle().get("arn")),
            ["domain"] => Output::Plain(self.domain_host(platform)),
            ["issuer"] => Output::Plain(self.issuer()),
            _ => Output::Plain(self.handle().get("id")),
        }
    }

    fn implied(&self, _platform: &Platform) -> Vec<Grant> {
        self.calls()
    }

    /// Everybody reaches the sign-in pages and the public API of a pool
    /// (<https://docs.aws.amazon.com/cognito/latest/developerguide/authentication-flows-public-server-side.html>).
    fn doors(&self, _platform: &Platform) -> Vec<SpecPath> {
        vec![self.id.path()]
    }

    fn check(&self, platform: &Platform) -> Vec<Diagnostic> {
        self.findings(platform)
    }

    fn address_record(&self, host: &str, _platform: &Platform) -> Option<Handle> {
        self.record(host)
    }

    /// The secrets of clients are kept.
    fn keeps_data(&self) -> bool {
        self.clients.values().any(|client| client.secret)
    }

    fn shielded(&self) -> Option<Shielded> {
        let firewall = self.firewall.clone()?;
        let by = Attachment::Association(self.handle().get("arn"));
        Some(Shielded { firewall, by, cause: self.id.path().key("firewall") })
    }

    fn lower(&self, platform: &Platform, out: &mut Document) {
        self.put(platform, out);
    }
}
