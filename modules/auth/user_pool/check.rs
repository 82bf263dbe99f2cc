//! What is wrong with a pool that only shows once every thing and every edge is decided.
use super::UserPool;
use crate::kind::Thing;
use crate::kinds::TargetName;
use crate::network;
use crate::platform::Platform;
use platgen_source::Name;
use platgen_source::diagnostics::{Diagnostic, SpecPath, code};
use std::collections::BTreeSet;

impl UserPool {
    /// Everything that is wrong.
    pub(super) fn findings(&self, platform: &Platform) -> Vec<Diagnostic> {
        let mut findings: Vec<Diagnostic> = self.out_of_reach(platform).collect();
        findings.extend(self.check_parent(platform));
        findings.extend(self.check_shared(platform));
        findings.extend(self.check_mail(platform));
        findings.extend(self.missing_secrets(platform));
        findings
    }

    /// Those that check tokens and cannot fetch the keys: these are on the internet, and no endpoint
    /// leads there
    /// (<https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-tokens-verifying-a-jwt.html>).
    fn out_of_reach<'a>(&'a self, platform: &'a Platform) -> impl Iterator<Item = Diagnostic> + 'a {
        let name = TargetName(self.id.name.clone());
        let verifies = move |thing: &&dyn Thing| {
            let verbs = thing.uses().and_then(|uses| uses.user_pool.get(&name));
            verbs.is_some_and(|verbs| verbs.verify.is_some())
        };
        let enclosed = move |thing: &&dyn Thing| {
            thing.in_network() && !network::reaches_internet(thing.id(), platform)
        };
        platform.things.all().filter(verifies).filter(enclosed).map(|thing| {
            let consumer = thing.id();
            let message = format!(
                "`{consumer}` checks tokens of `{}`, whose public keys are on the internet, and has no way there",
                self.id
            );
            let help = format!("add it: [{consumer}.uses] internet = \"https\"");
            let path = consumer.path().key("uses").key(self.id.kind).key(self.id.name.as_str());
            Diagnostic::at(&code::UNREACHABLE, &path, message).help(help)
        })
    }

    /// Cognito takes only senders that are verified, and without a zone nobody but the user can verify.
    fn check_mail(&self, platform: &Platform) -> Option<Diagnostic> {
        let mail = platform.things.email.get(self.mail.as_ref()?)?;
        if mail.has_zone(platform) {
            return None;
        }
        let domain = mail.domain();
        let message = format!(
            "Cognito takes `{}` as a sender once `{domain}` is verified, and its records are not in the platform's zone",
            mail.id()
        );
        let help =
            format!("apply `{}` first, and make the records that its outputs list", mail.id());
        let path = self.id.path().key("mail");
        Some(Diagnostic::at(&code::PREREQUISITE, &path, message).help(help))
    }

    /// Placeholders of secrets that their clients do not have. A job may have them of a service.
    fn missing_secrets(&self, platform: &Platform) -> Vec<Diagnostic> {
        let things = platform.things.all();
        let spoken_of = things.flat_map(|thing| self.secrets_spoken_of(thing.id(), platform));
        let has_secret = |name: &Name| self.clients.get(name).is_some_and(|client| client.secret);
        let missing: BTreeSet<(SpecPath, Name)> = spoken_of
            .filter(|(client, _)| !has_secret(client))
            .map(|(client, place)| (place, client))
            .collect();
        let finding = |(place, client): (SpecPath, Name)| {
            let message = format!("the client `{client}` of `{}` has no secret", self.id);
            let help = format!("set secret = true in [{}.client.{client}]", self.id);
            Diagnostic::at(&code::UNKNOWN_OUTPUT, &place, message).help(help)
        };
        missing.into_iter().map(finding).collect()
    }
}
