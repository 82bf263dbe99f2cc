//! Decides what a spec leaves open of a user pool, and finds what Cognito would refuse.
use super::attributes::{self, Attribute, StandardAttribute};
use super::client;
use super::domain;
use super::spec::{
    MessageSpec, Mfa, Plan, Recovery, RememberDevices, SignIn, SignUp, ThreatProtection,
    UserPoolSpec, VerificationSpec, Verified, VerifiedBy,
};
use super::trigger::TOKENS;
use super::{Message, Password, UserPool, Verification};
use crate::kind::{Kind, Outputs, PartOutputs, Resolving, ThingId};
use platgen_source::diagnostics::{SpecPath, code};
use platgen_source::{Count, Duration, OneOrMore};
use std::collections::BTreeSet;

/// The longest name of a pool
/// (<https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserPool.html>).
/// The names of platform, environment and pool together are never longer.
const LONGEST_NAME: usize = 128;
/// The longest subject and the longest text of a message
/// (<https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_VerificationMessageTemplateType.html>).
const LONGEST_SUBJECT: usize = 140;
const LONGEST_TEXT: usize = 20_000;
/// The most groups
/// (<https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html>).
const MOST_GROUPS: usize = 10_000;

impl Kind for UserPoolSpec {
    const KIND: &'static str = "user_pool";
    const OUTPUTS: Outputs = Outputs::WithParts(PartOutputs {
        own: &["id", "arn", "issuer", "domain"],
        part: "client",
        of_part: &["id", "secret"],
    });
    type Thing = UserPool;

    fn resolve(&self, id: ThingId, resolving: &mut Resolving<'_>) -> UserPool {
        let head = resolving.head;
        let path = id.path();
        let verifies = self.verify.as_ref().is_none_or(|verify| verify.contains(&Verified::Email));
        let threat_protection = self.resolve_threats(&path, resolving);
        let plan = self.resolve_plan(threat_protection, &path, resolving);
        self.check_plan(plan, &path, resolving);
        self.check_protections(&path, resolving);
        let mut attributes = self.required(verifies);
        attributes.extend(attributes::resolve(
            &self.attributes,
            &path.key("attributes"),
            resolving,
        ));
        UserPool {
            aws_name: head.prefix.name(LONGEST_NAME, &[id.name.as_str()]),
            sign_in: self.resolve_sign_in(&path, resolving),
            self_sign_up: self.sign_up != Some(SignUp::Admin),
            verifies,
            verification: self.verification(&path, resolving),
            invitation: self.invitation(&path, resolving),
            recovery: self.resolve_recovery(verifies, &path, resolving),
            mfa: self.mfa.unwrap_or(Mfa::Optional),
            password: self.resolve_password(&path, resolving),
            remember_devices: self.remember_devices.unwrap_or(RememberDevices::Never),
            attributes,
            clients: client::resolve(self, &id, resolving),
            servers: client::resolve_servers(self, &id, resolving),
            groups: self.resolve_groups(&path, resolving),
            domain: domain::resolve(self, &id, resolving),
            functions: self.trigger.functions(),
            mail: self.mail.as_ref().map(|mail| mail.name().clone()),
            firewall: self.firewall.as_ref().map(|firewall| firewall.name().clone()),
            plan,
            threat_protection,
            protected: self.protected.unwrap_or(head.is_production()),
            id,
        }
    }
}

impl UserPoolSpec {
    fn resolve_sign_in(&self, path: &SpecPath, resolving: &mut Resolving<'_>) -> BTreeSet<SignIn> {
        let Some(OneOrMore(names)) = &self.sign_in else { return BTreeSet::from([SignIn::Email]) };
        let names: BTreeSet<SignIn> = names.iter().copied().collect();
        if names.contains(&SignIn::PreferredUsername) && !names.contains(&SignIn::Username) {
            let message = "`preferred-username` stands beside a name that never changes";
            let help = "add `username`";
            resolving.find_with(&code::CONFLICT, &path.key("sign_in"), message, help);
        }
        names
    }

    /// What every user must have: AWS knows no other moment to ask for it.
    fn required(&self, verifies: bool) -> Vec<Attribute> {
        let by_default = || verifies.then_some(StandardAttribute::Email).into_iter().collect();
        let required: BTreeSet<StandardAttribute> =
            self.required.as_ref().map_or_else(by_default, |said| said.iter().copied().collect());
        required.into_iter().map(Attribute::required).collect()
    }

    fn resolve_recovery(
        &self,
        verifies: bool,
        path: &SpecPath,
        resolving: &mut Resolving<'_>,
    ) -> Recovery {
        if self.recovery == Some(Recovery::Email) && !verifies {
            let message = "a code is sent to a verified address, and the pool verifies none";
            let help = "set verify = [\"email\"], or recovery = \"admin\"";
            resolving.find_with(&code::CONFLICT, &path.key("recovery"), message, help);
        }
        let usual = if verifies { Recovery::Email } else { Recovery::Admin };
        self.recovery.unwrap_or(usual)
    }

    fn resolve_password(&self, path: &SpecPath, resolving: &mut Resolving<'_>) -> Password {
        let spec = &self.password;
        let temporary = spec.temporary.unwrap_or(Duration::days(3));
        let days = temporary.as_days().filter(|days| (1..=365).contains(days));
        if days.is_none() {
            let message = format!("{temporary} is not 1 to 365 whole days");
            resolving.find(&code::OUT_OF_RANGE, &path.key("password").key("temporary"), message);
        }
        let needs = [
            ("lowercase", spec.lowercase),
            ("numbers", spec.numbers),
            ("symbols", spec.symbols),
            ("uppercase", spec.uppercase),
        ];
        Password {
            length: spec.length.map_or(12, Count::get),
            needs: needs
                .map(|(kind, said)| (format!("require_{kind}"), said.unwrap_or(true)))
                .into(),
            history: spec.history.map(Count::get),
            temporary_days: days.unwrap_or_default(),
        }
    }

    fn resolve_groups(
        &self,
        path: &SpecPath,
        resolving: &mut Resolving<'_>,
    ) -> platgen_source::Things<super::spec::GroupSpec> {
        if self.group.len() > MOST_GROUPS {
            let message = format!("{} groups; Cognito takes {MOST_GROUPS}", self.group.len());
            resolving.find(&code::LIMIT, &path.key("group"), message);
        }
        for (name, group) in &self.group {
            let description = group.description.as_deref().unwrap_or_default();
            if description.chars().count() > 2048 {
                let message = "the description is longer than 2048 letters";
                let path = path.key("group").key(name.as_str()).key("description");
                resolving.find(&code::LIMIT, &path, message);
            }
        }
        self.group.clone()
    }

    fn resolve_threats(&self, path: &SpecPath, resolving: &mut Resolving<'_>) -> ThreatProtection {
        let head = resolving.head;
        let usual = head.by_profile(ThreatProtection::Enforced, ThreatProtection::Off);
        let below_plus = self.plan.is_some_and(|plan| plan < Plan::Plus);
        let usual = if below_plus { ThreatProtection::Off } else { usual };
        let protection = self.threat_protection.unwrap_or(usual);
        if below_plus && protection != ThreatProtection::Off {
            let message = "threat protection needs the plan `plus`";
            let help = "remove `plan`, or set threat_protection = \"off\"";
            resolving.find_with(&code::CONFLICT, &path.key("threat_protection"), message, help);
        } else if protection != ThreatProtection::Enforced && head.is_production() {
            let key = if self.threat_protection.is_some() { "threat_protection" } else { "plan" };
            let message = "nothing is done about leaked passwords and sign-ins at risk";
            resolving.find(&code::WEAKENED, &path.key(key), message);
        }
        protection
    }

    fn resolve_plan(
        &self,
        threats: ThreatProtection,
        path: &SpecPath,
        resolving: &mut Resolving<'_>,
    ) -> Plan {
        let plus = threats != ThreatProtection::Off;
        let plan = self.plan.unwrap_or(if plus { Plan::Plus } else { Plan::Essentials });
        let history = self.password.history.is_some();
        if plan == Plan::Lite && history {
            let message = "a history of passwords needs the plan `essentials`";
            resolving.find(&code::CONFLICT, &path.key("password").key("history"), message);
        }
        plan
    }

    /// A function gets the events that change access tokens as well, which the cheapest plan lacks.
    fn check_plan(&self, plan: Plan, path: &SpecPath, resolving: &mut Resolving<'_>) {
        if plan == Plan::Lite && self.trigger.pre_token_generation.is_some() {
            let message = "changing access tokens needs the plan `essentials`";
            resolving.find(&code::CONFLICT, &path.key("trigger").key(TOKENS), message);
        }
    }

    /// What a production environment gives up.
    fn check_protections(&self, path: &SpecPath, resolving: &mut Resolving<'_>) {
        let given_up = [
            ("protected", self.protected == Some(false), "the pool can be deleted, with its users"),
            ("mfa", self.mfa == Some(Mfa::Off), "a password alone lets a user in"),
        ];
        for (key, _, consequence) in given_up.into_iter().filter(|(_, given_up, _)| *given_up) {
            if resolving.head.is_production() {
                resolving.find(&code::WEAKENED, &path.key(key), consequence);
            }
        }
    }

    fn verification(&self, path: &SpecPath, resolving: &mut Resolving<'_>) -> Option<Verification> {
        let spec: &VerificationSpec = self.verification.as_ref()?;
        let path = path.key("verification");
        let by = spec.by.unwrap_or(VerifiedBy::Code);
        let head = resolving.head;
        let text = spec.text.as_ref().map(|text| head.plain(text));
        let subject = spec.subject.as_ref().map(|subject| head.plain(subject));
        let (mark, has_mark) = match (by, text.as_deref().unwrap_or_default()) {
            (VerifiedBy::Code, text) => ("{####}", text.contains("{####}")),
            (VerifiedBy::Link, text) => ("{##words of the link##}", has_link(text)),
        };
        if text.is_some() && !has_mark {
            let message = format!("the text does not hold `{mark}`");
            resolving.find(&code::MALFORMED, &path.key("text"), message);
        }
        check_length(&path.key("subject"), subject.as_deref(), LONGEST_SUBJECT, resolving);
        check_length(&path.key("text"), text.as_deref(), LONGEST_TEXT, resolving);
        Some(Verification { by, subject, text })
    }

    fn invitation(&self, path: &SpecPath, resolving: &mut Resolving<'_>) -> Option<Message> {
        let spec: &MessageSpec = self.invitation.as_ref()?;
        let path = path.key("invitation");
        let (subject, text) =
            (resolving.head.plain(&spec.subject), resolving.head.plain(&spec.text));
        for mark in ["{username}", "{####}"].into_iter().filter(|mark| !text.contains(mark)) {
            let message = format!("the text does not hold `{mark}`");
            resolving.find(&code::MALFORMED, &path.key("text"), message);
        }
        check_length(&path.key("subject"), Some(&subject), LONGEST_SUBJECT, resolving);
        check_length(&path.key("text"), Some(&text), LONGEST_TEXT, resolving);
        Some(Message { subject, text })
    }
}

/// Whether a text holds the words of a link between `{##` and `##}`.
fn has_link(text: &str) -> bool {
    let words = text.split_once("{##").and_then(|(_, rest)| rest.split_once("##}"));
    words.is_some_and(|(words, _)| !words.is_empty())
}

fn check_length(
    path: &SpecPath,
    text: Option<&str>,
    longest: usize,
    resolving: &mut Resolving<'_>,
) {
    let letters = text.unwrap_or_default().chars().count();
    if letters > longest {
        let message = format!("{letters} letters; Cognito takes {longest}");
        resolving.find(&code::LIMIT, path, message);
    }
}
