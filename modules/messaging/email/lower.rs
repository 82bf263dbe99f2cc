//! What a sender of mail becomes.
use super::Email;
use super::spec::MailEvent;
use crate::connect::{Declared, Grant, Sender};
use crate::kind::{Kind, Thing, ThingId};
use crate::messaging::MODULE;
use crate::messaging::topic::TopicSpec;
use crate::platform::Platform;
use platgen_source::Name;
use platgen_source::diagnostics::SpecPath;
use platgen_terraform::{Address, Document, Handle, ResourceBuilder, Value, block};
use std::collections::BTreeSet;

/// The service that publishes what happens to messages.
const SERVICE: &str = "ses.amazonaws.com";
/// The tag that SES puts on every message
/// (<https://docs.aws.amazon.com/ses/latest/dg/event-publishing-add-event-destination-cloudwatch.html>).
pub(super) const DIMENSION: &str = "ses:configuration-set";

/// Where events of messages go.
struct Destination<'a> {
    /// The last part of the resource's name, and the name at AWS.
    part: String,
    /// Which events.
    events: &'a BTreeSet<MailEvent>,
    /// The block that says where.
    argument: &'static str,
    value: Value,
    cause: SpecPath,
    /// What must exist before.
    after: Option<Handle>,
}

impl Email {
    /// SES's way to every topic that gets the events
    /// (<https://docs.aws.amazon.com/ses/latest/dg/configure-sns-notifications.html>).
    pub(super) fn publishes(&self) -> Vec<Grant> {
        let grant = |topic: &Name| {
            let target = Some(ThingId::new(TopicSpec::KIND, topic));
            let mut grant = Grant::new(&self.id, target, self.events_path(), Declared::Implied);
            let source = self.configuration_set().get("arn");
            grant.sender = Some(Sender { service: SERVICE, source });
            grant
        };
        self.topics.iter().map(grant).collect()
    }

    fn events_path(&self) -> SpecPath {
        self.id.path().key("events")
    }

    /// Puts the sender into a document.
    pub(super) fn put(&self, platform: &Platform, out: &mut Document) {
        let set = self.lower_configuration_set(out);
        self.lower_identity(&set, out);
        self.lower_records(platform, out);
        self.lower_events(&set, platform, out);
        self.lower_templates(out);
        if self.is_awaited(platform) {
            self.lower_verification(out);
        }
        let set = set.get("configuration_set_name");
        let outputs = [
            ("arn", self.handle().get("arn"), "The ARN of the identity that mail is sent by"),
            ("configuration_set", set, "What every message is sent with"),
            ("domain", Value::from(self.domain()), "The domain that mail is sent from"),
            ("from", Value::from(self.from()), "The address that mail is sent from"),
        ];
        for (word, value, description) in outputs {
            out.output(&self.id.part(&[word]), value, description);
        }
    }

    fn add(
        &self,
        kind: &'static str,
        parts: &[&str],
        arguments: Value,
        cause: &SpecPath,
        out: &mut Document,
    ) -> Handle {
        let mut file = out.module(MODULE).file(&self.id.file());
        file.resource(kind, &self.id.local(parts), arguments).cause(cause).add()
    }

    /// Messages go out over TLS alone, and not again to where they bounced.
    fn lower_configuration_set(&self, out: &mut Document) -> Handle {
        let arguments = block! {
            configuration_set_name: &self.aws_name,
            delivery_options: block! { tls_policy: "REQUIRE" },
            reputation_options: block! { reputation_metrics_enabled: true },
            sending_options: block! { sending_enabled: true },
            suppression_options: block! { suppressed_reasons: vec!["BOUNCE", "COMPLAINT"] },
        };
        self.add("aws_sesv2_configuration_set", &[], arguments, &self.id.path(), out)
    }

    fn lower_identity(&self, set: &Handle, out: &mut Document) {
        let arguments = block! {
            email_identity: &self.domain,
            configuration_set_name: set.get("configuration_set_name"),
            dkim_signing_attributes: block! { next_signing_key_length: "RSA_2048_BIT" },
        };
        let path = self.id.path();
        let identity = self.add("aws_sesv2_email_identity", &[], arguments, &path, out);
        let domain = identity.get("email_identity");
        let arguments = block! {
            email_identity: &domain,
            mail_from_domain: &self.mail_from,
            behavior_on_mx_failure: "USE_DEFAULT_VALUE",
        };
        let kind = "aws_sesv2_email_identity_mail_from_attributes";
        self.add(kind, &[], arguments, &path, out);
        let reported = [MailEvent::Bounce, MailEvent::Complaint];
        if !self.topics.is_empty() && reported.iter().all(|event| self.track.contains(event)) {
            let arguments = block! { email_identity: domain, email_forwarding_enabled: false };
            let kind = "aws_sesv2_email_identity_feedback_attributes";
            self.add(kind, &[], arguments, &self.events_path(), out);
        }
    }

    fn lower_events(&self, set: &Handle, platform: &Platform, out: &mut Document) {
        let dimension = block! {
            dimension_name: DIMENSION,
            dimension_value_source: "MESSAGE_TAG",
            default_dimension_value: &self.aws_name,
        };
        let metrics = Destination {
            part: "metrics".to_owned(),
            events: &self.counted(),
            argument: "cloud_watch_destination",
            value: block! { dimension_configuration: dimension },
            cause: self.id.path(),
            after: None,
        };
        self.lower_destination(set, metrics, out);
        for topic in self.topics.iter().filter_map(|name| platform.things.topic.get(name)) {
            let destination = Destination {
                part: format!("topic-{}", topic.id().name),
                events: &self.track,
                argument: "sns_destination",
                value: block! { topic_arn: topic.handle().get("arn") },
                cause: self.events_path(),
                after: Some(topic_policy(topic.id())),
            };
            self.lower_destination(set, destination, out);
        }
    }

    fn lower_destination(&self, set: &Handle, destination: Destination<'_>, out: &mut Document) {
        let words: Vec<&str> = destination.events.iter().map(|event| event.aws_word()).collect();
        let arguments = block! {
            configuration_set_name: set.get("configuration_set_name"),
            event_destination_name: &destination.part,
            event_destination: block! {
                enabled: true,
                matching_event_types: words,
                (destination.argument): destination.value,
            },
        };
        let kind = "aws_sesv2_configuration_set_event_destination";
        let mut file = out.module(MODULE).file(&self.id.file());
        let resource = file.resource(kind, &self.id.local(&[&destination.part]), arguments);
        let after = destination.after.iter();
        after.fold(resource, ResourceBuilder::depends_on).cause(&destination.cause).add();
    }

    fn lower_templates(&self, out: &mut Document) {
        for (name, template) in &self.templates {
            let arguments = block! {
                name: &template.aws_name,
                subject: &template.subject,
                html: template.html.clone(),
                text: template.text.clone(),
            };
            let cause = self.id.path().key("template").key(name.as_str());
            self.add("aws_ses_template", &[name.as_str()], arguments, &cause, out);
        }
    }

    /// Whether something takes it only when it is verified, and its records are here to wait for.
    fn is_awaited(&self, platform: &Platform) -> bool {
        let mut pools = platform.things.user_pool.values();
        self.has_zone(platform) && pools.any(|pool| pool.mail() == Some(&self.id.name))
    }

    /// Waits until SES has seen the records.
    fn lower_verification(&self, out: &mut Document) {
        let records = Address::managed("aws_route53_record", &self.id.local(&["dkim"]));
        let arguments = block! { domain: self.handle().get("email_identity") };
        let mut file = out.module(MODULE).file(&self.id.file());
        file.resource("aws_ses_domain_identity_verification", &self.id.local(&[]), arguments)
            .depends_on(&Handle::new(MODULE, records))
            .cause(&self.id.path())
            .add();
    }
}

/// The policy of a topic. SES publishes to a topic when it is told of it, and must be let in by then.
fn topic_policy(topic: &ThingId) -> Handle {
    Handle::new(MODULE, Address::managed("aws_sns_topic_policy", &topic.local(&[])))
}
