//! Who is told: mail addresses and web hooks, and the subscriptions that they become.
use super::MODULE;
use platgen_source::diagnostics::SpecPath;
use platgen_source::{OneOrMore, Read, is_plain, text_type};
use platgen_terraform::{Document, Handle, ProviderAlias, Value, block};
use std::collections::{BTreeMap, BTreeSet};

text_type! {
    /// A mail address, in the characters that need no quotes
    /// (<https://www.rfc-editor.org/rfc/rfc5322#section-3.4.1>).
    MailAddress,
    "^[A-Za-z0-9._%+'-]{1,64}@[A-Za-z0-9-]{1,63}(\\.[A-Za-z0-9-]{1,63}){1,8}$",
    "a mail address such as ops@example.com",
    |text| text.split_once('@').is_some_and(|(mailbox, host)| {
        let labels: Vec<&str> = host.split('.').collect();
        is_plain(mailbox, 1..=64, b"._%+'-")
            && (2..=9).contains(&labels.len())
            && labels.iter().all(|label| is_plain(label, 1..=63, b"-"))
    })
}

text_type! {
    /// The address of a web hook, spoken to over TLS.
    HookUrl,
    "^https://[A-Za-z0-9./_~?=&%+:@-]{1,2000}$",
    "an address that begins with https://",
    |text| text.strip_prefix("https://").is_some_and(|rest| is_plain(rest, 1..=2000, b"./_~?=&%+:@-"))
}

/// Who is told: mail addresses, or more.
#[derive(Clone, Debug, Default, Read)]
#[spec(short = "email")]
pub struct NotifySpec {
    /// Mail addresses. Each gets a message that has to be confirmed once.
    pub email: Option<OneOrMore<MailAddress>>,
    /// Web hooks, of on-call services for example. Each has to confirm its subscription once.
    pub https: Option<OneOrMore<HookUrl>>,
}

/// Who is told, by the protocol that SNS speaks with them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contacts(BTreeMap<&'static str, BTreeSet<String>>);

impl Contacts {
    /// The contacts of a spec.
    pub fn of(spec: Option<&NotifySpec>) -> Self {
        let mut contacts = BTreeMap::new();
        let Some(spec) = spec else { return Self(contacts) };
        if let Some(OneOrMore(addresses)) = &spec.email {
            contacts.insert("email", addresses.iter().map(ToString::to_string).collect());
        }
        if let Some(OneOrMore(hooks)) = &spec.https {
            contacts.insert("https", hooks.iter().map(ToString::to_string).collect());
        }
        Self(contacts)
    }

    /// Whether there is nobody.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Subscribes everybody to a topic of this module. The addresses are the keys of the instances, so
    /// that one more does not move the others.
    pub fn subscribe(
        &self,
        out: &mut Document,
        topic: &Handle,
        provider: Option<ProviderAlias>,
        cause: &SpecPath,
    ) {
        let name = &topic.target().address.name;
        for (protocol, addresses) in &self.0 {
            let entries = addresses.iter().map(|one| (one.clone(), Value::from(one)));
            let arguments = block! {
                topic_arn: topic.get("arn"),
                protocol: *protocol,
                endpoint: platgen_terraform::Expr::EachValue(Vec::new()),
            };
            let mut file = out.module(MODULE).file(super::topic::FILE);
            file.resource("aws_sns_topic_subscription", &format!("{name}__{protocol}"), arguments)
                .for_each(Value::Map(entries.collect()))
                .provider(provider)
                .cause(cause)
                .add();
        }
    }
}
