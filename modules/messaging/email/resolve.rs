//! Decides what a spec leaves open of a sender of mail.
use super::spec::{DmarcPolicy, EmailSpec, MailEvent};
use super::{Dmarc, Email, LONGEST_NAME, address, template};
use crate::aws_name;
use crate::dns::is_in_zone;
use crate::kind::{Kind, Outputs, PartOutputs, Resolving, ThingId};
use crate::platform::is_domain;
use crate::text::PlainText;
use platgen_source::diagnostics::code;
use platgen_source::{Name, OneOrMore};
use std::collections::BTreeSet;

/// What is always counted: bounces and complaints are alarms, and mean nothing without the rest.
const ALWAYS: [MailEvent; 4] =
    [MailEvent::Bounce, MailEvent::Complaint, MailEvent::Delivery, MailEvent::Send];
/// What is tracked beside, if the spec says nothing.
const USUALLY: [MailEvent; 2] = [MailEvent::Reject, MailEvent::RenderingFailure];

impl Kind for EmailSpec {
    const KIND: &'static str = "email";
    const OUTPUTS: Outputs = Outputs::WithParts(PartOutputs {
        own: &["arn", "configuration_set", "domain", "from"],
        part: "template",
        of_part: &["arn", "name"],
    });
    const METRICS: &'static [&'static str] =
        &["bounce-rate", "bounces", "complaint-rate", "complaints", "deliveries", "sends"];
    type Thing = Email;

    fn resolve(&self, id: ThingId, resolving: &mut Resolving<'_>) -> Email {
        let domain = self.resolve_domain(&id, resolving);
        template::check_names(&id, resolving);
        Email {
            aws_name: resolve_name(&id, resolving),
            from: self.resolve_from(&id, &domain, resolving),
            reply_to: self.resolve_reply_to(&id, resolving),
            mail_from: self.mail_from(&domain),
            dmarc: self.resolve_dmarc(&id, resolving),
            track: self.tracked(),
            topics: self.topics(&id, resolving),
            templates: template::resolve(self, &id, resolving),
            domain,
            id,
        }
    }
}

fn resolve_name(id: &ThingId, resolving: &mut Resolving<'_>) -> String {
    let specs = resolving.spec.email.iter();
    let said = specs.map(|(name, spec)| (name, spec.aws_name.as_ref().map(ToString::to_string)));
    aws_name::resolve(id, LONGEST_NAME, said, resolving)
}

impl EmailSpec {
    /// A domain is an identity once, in an account and a region.
    fn resolve_domain(&self, id: &ThingId, resolving: &mut Resolving<'_>) -> String {
        let head = resolving.head;
        let lower = |text: &PlainText| head.plain(text).to_ascii_lowercase();
        let domain = lower(&self.domain);
        let path = id.path().key("domain");
        if !is_domain(&domain) {
            let message = format!("`{}` is no domain name", domain.escape_debug());
            let help = head
                .domain
                .is_none()
                .then_some("`{platform.domain}` has no value: set `domain` in [platform]");
            match help {
                Some(help) => resolving.find_with(&code::MALFORMED, &path, message, help),
                None => resolving.find(&code::MALFORMED, &path, message),
            }
            return domain;
        }
        let mut earlier = resolving.spec.email.iter().take_while(|(name, _)| **name != id.name);
        if let Some((other, _)) = earlier.find(|(_, spec)| lower(&spec.domain) == domain) {
            let message = format!("`email.{other}` sends from `{domain}` already");
            let help = "use that one: a domain is an identity once, in an account and a region";
            resolving.find_with(&code::NAME_CLASH, &path, message, help);
        }
        domain
    }

    fn resolve_from(&self, id: &ThingId, domain: &str, resolving: &mut Resolving<'_>) -> String {
        let Some(text) = &self.from else { return format!("no-reply@{domain}") };
        let from = resolving.head.plain(text);
        let path = id.path().key("from");
        match address::bare(&from) {
            None => {
                let message = format!("`{}` is no address of mail", from.escape_debug());
                let help = "write no-reply@example.com, or Shop <no-reply@example.com>";
                resolving.find_with(&code::MALFORMED, &path, message, help);
            }
            Some(bare) if !is_in_zone(address::domain(bare), domain) => {
                let message =
                    format!("`{bare}` is not an address of `{domain}`, so SES refuses it");
                resolving.find(&code::IMPOSSIBLE, &path, message);
            }
            Some(_) => {}
        }
        from
    }

    fn resolve_reply_to(&self, id: &ThingId, resolving: &mut Resolving<'_>) -> Option<String> {
        let reply_to = resolving.head.plain(self.reply_to.as_ref()?);
        if address::bare(&reply_to).is_none() {
            let message = format!("`{}` is no address of mail", reply_to.escape_debug());
            resolving.find(&code::MALFORMED, &id.path().key("reply_to"), message);
        }
        Some(reply_to)
    }

    fn mail_from(&self, domain: &str) -> String {
        let label = self.mail_from.as_ref().map_or("mail", super::spec::Label::as_str);
        format!("{label}.{domain}")
    }

    fn resolve_dmarc(&self, id: &ThingId, resolving: &mut Resolving<'_>) -> Dmarc {
        let Some(spec) = &self.dmarc else {
            return Dmarc { policy: DmarcPolicy::Quarantine, reports: None };
        };
        let reports = spec.reports.as_ref().map(|reports| resolving.head.plain(reports));
        let is_address = |text: &String| address::bare(text) == Some(text);
        if let Some(reports) = reports.as_ref().filter(|reports| !is_address(reports)) {
            let message = format!("`{}` is no bare address of mail", reports.escape_debug());
            resolving.find(&code::MALFORMED, &id.path().key("dmarc").key("reports"), message);
        }
        Dmarc { policy: spec.policy, reports }
    }

    fn tracked(&self) -> BTreeSet<MailEvent> {
        match &self.track {
            Some(events) => events.iter().copied().collect(),
            None => ALWAYS.into_iter().chain(USUALLY).collect(),
        }
    }

    /// SES publishes on standard topics only
    /// (<https://docs.aws.amazon.com/ses/latest/dg/event-publishing-add-event-destination-sns.html>).
    fn topics(&self, id: &ThingId, resolving: &mut Resolving<'_>) -> BTreeSet<Name> {
        let topics = self.events.iter().flat_map(|OneOrMore(topics)| topics);
        let mut names = BTreeSet::new();
        for (index, topic) in topics.enumerate() {
            let declared = resolving.spec.topic.get(topic.name());
            if declared.is_some_and(|topic| topic.fifo == Some(true)) {
                let message = format!("SES does not publish on a FIFO topic, as `{topic:?}` is");
                let help = "name a topic without `fifo`";
                let place = id.path().key("events").index(index);
                resolving.find_with(&code::IMPOSSIBLE, &place, message, help);
            }
            names.insert(topic.name().clone());
        }
        names
    }
}

impl Email {
    /// What CloudWatch counts.
    pub(super) fn counted(&self) -> BTreeSet<MailEvent> {
        self.track.iter().copied().chain(ALWAYS).collect()
    }
}
