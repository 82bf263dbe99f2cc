//! What a spec may say of a sender of mail.
use crate::messaging::topic::TopicSpec;
use crate::reference::Reference;
use crate::text::PlainText;
use platgen_source::{Name, OneOrMore, Read, Things, is_hyphenated, is_plain, text_type};

text_type! {
    /// The name of a configuration set or of a template at SES
    /// (<https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_CreateConfigurationSet.html>).
    SesName,
    "^[A-Za-z0-9_-]{1,64}$",
    "1 to 64 letters, digits, _ and -",
    |text| is_plain(text, 1..=64, b"_-")
}

text_type! {
    /// The first word of a domain name.
    Label,
    "^(?=.{1,63}$)[a-z][a-z0-9]*(-[a-z0-9]+)*$",
    "lower-case words joined by single hyphens, at most 63 letters",
    |text| is_hyphenated(text, 63)
}

/// A sender of mail at SES: a domain that proves every message to be its own. Records are made where
/// the domain lies in the platform's zone, and listed in the outputs where it does not.
#[derive(Debug, Read)]
pub struct EmailSpec {
    /// Environments that have it; by default all.
    pub only_in: Vec<Name>,
    /// The domain: `"{platform.domain}"`.
    pub domain: PlainText,
    /// The address in `From`. By default `no-reply@` the domain.
    pub from: Option<PlainText>,
    /// The address that answers go to. By default that in `From`.
    pub reply_to: Option<PlainText>,
    /// What is counted, beside sends, deliveries, bounces and complaints, and what the topics of
    /// `events` get. By default these four, and what could not be sent.
    pub track: Option<Vec<MailEvent>>,
    /// The topics that get a message of each event: `"topic.feedback"`. Bounces and complaints are then
    /// no longer sent to the sender by mail.
    pub events: Option<OneOrMore<Reference<TopicSpec>>>,
    /// The word before the domain that bounces go to. By default `mail`.
    // https://docs.aws.amazon.com/ses/latest/dg/mail-from.html
    pub mail_from: Option<Label>,
    /// What others shall do with mail that only claims to be of the domain. By default `quarantine`.
    pub dmarc: Option<DmarcSpec>,
    /// Messages that are filled in when they are sent.
    pub template: Things<TemplateSpec>,
    /// The name of the configuration set at AWS. By default `{environment}-{platform}-{name}`.
    pub aws_name: Option<SesName>,
}

/// What happens to a message
/// (<https://docs.aws.amazon.com/ses/latest/dg/monitor-sending-activity.html>).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Read)]
pub enum MailEvent {
    /// It did not arrive, and never will.
    Bounce,
    /// A link in it was followed. Links then lead over SES.
    Click,
    /// Somebody called it unwanted.
    Complaint,
    /// It arrived.
    Delivery,
    /// It has not arrived yet.
    DeliveryDelay,
    /// It was looked at. A picture then leads over SES.
    Open,
    /// It held a virus, and was not sent.
    Reject,
    /// Its template could not be filled in.
    RenderingFailure,
    /// It was given to SES.
    Send,
    /// Somebody unsubscribed.
    Subscription,
}

/// What others shall do with mail that only claims to be of the domain
/// (<https://www.rfc-editor.org/rfc/rfc7489#section-6.3>).
#[derive(Clone, Debug, Read)]
#[spec(short = "policy")]
pub struct DmarcSpec {
    /// What they shall do.
    pub policy: DmarcPolicy,
    /// The address that gets reports. By default nobody.
    pub reports: Option<PlainText>,
}

/// What others shall do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Read)]
pub enum DmarcPolicy {
    /// There is a record already, or another tool makes it.
    Unmanaged,
    /// Take it.
    None,
    /// Put it aside.
    Quarantine,
    /// Refuse it.
    Reject,
}

/// A message that is filled in when it is sent: `{{name}}`, `{{#if}}` and the like stand in all three
/// parts
/// (<https://docs.aws.amazon.com/ses/latest/dg/send-personalized-email-advanced.html>).
#[derive(Debug, Read)]
pub struct TemplateSpec {
    /// The subject.
    pub subject: String,
    /// The file of the HTML part, beside the spec.
    pub html: Option<String>,
    /// The file of the text part, beside the spec.
    pub text: Option<String>,
    /// The name at AWS. By default `{environment}-{platform}-{email}-{name}`.
    pub aws_name: Option<SesName>,
}

impl MailEvent {
    /// As SES writes it.
    pub(super) fn aws_word(self) -> &'static str {
        match self {
            Self::Bounce => "BOUNCE",
            Self::Click => "CLICK",
            Self::Complaint => "COMPLAINT",
            Self::Delivery => "DELIVERY",
            Self::DeliveryDelay => "DELIVERY_DELAY",
            Self::Open => "OPEN",
            Self::Reject => "REJECT",
            Self::RenderingFailure => "RENDERING_FAILURE",
            Self::Send => "SEND",
            Self::Subscription => "SUBSCRIPTION",
        }
    }
}
