//! What edges to a sender say that can never be.
use super::grant::EmailSend;
use super::{Email, address};
use crate::dns::is_in_zone;
use crate::kinds::TargetName;
use crate::platform::{Head, Platform};
use platgen_source::Name;
use platgen_source::diagnostics::{Diagnostic, SpecPath, code, suggestion};

impl Email {
    /// Everything that is wrong.
    pub(super) fn findings(&self, platform: &Platform) -> Vec<Diagnostic> {
        let name = TargetName(self.id.name.clone());
        let mut findings = Vec::new();
        for thing in platform.things.all() {
            let verbs = thing.uses().and_then(|uses| uses.email.get(&name));
            let Some(send) = verbs.and_then(|verbs| verbs.send.as_ref()) else { continue };
            let path = thing.id().path().key("uses").key(self.id.kind).key(self.id.name.as_str());
            findings.extend(self.check_send(send, &path.key("send"), &platform.head));
        }
        findings
    }

    fn check_send(&self, send: &EmailSend, path: &SpecPath, head: &Head) -> Vec<Diagnostic> {
        let from = send
            .said_from(head)
            .into_iter()
            .enumerate()
            .filter_map(|(place, from)| self.check_from(&from, &path.key("from").index(place)));
        let templates = send.said_templates().enumerate().filter_map(|(place, name)| {
            self.check_template(name, &path.key("template").index(place))
        });
        from.chain(templates).collect()
    }

    fn check_from(&self, from: &str, path: &SpecPath) -> Option<Diagnostic> {
        let is_own = address::is_pattern(from) && is_in_zone(address::domain(from), &self.domain);
        (!is_own).then(|| {
            let message = format!("`{}` is no address of `{}`", from.escape_debug(), self.domain);
            let help = format!("write an address, or *@{} for all", self.domain);
            Diagnostic::at(&code::IMPOSSIBLE, path, message).help(help)
        })
    }

    fn check_template(&self, name: &Name, path: &SpecPath) -> Option<Diagnostic> {
        (!self.templates.contains_key(name)).then(|| {
            let message = format!("`{}` has no template `{name}`", self.id);
            let help = suggestion(name.as_str(), self.templates.keys().map(Name::as_str));
            Diagnostic::at(&code::UNKNOWN_TARGET, path, message).help(help)
        })
    }
}
