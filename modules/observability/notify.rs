//! Who is told: mail addresses and web hooks, and the subscriptions that they become.
use super::MODULE;
use crate::kind::Resolving;
use crate::platform::is_domain;
use crate::text::PlainText;
use platgen_source::diagnostics::{SpecPath, code};
use platgen_source::{OneOrMore, Read, is_plain, shown};
use platgen_terraform::{Document, Handle, ProviderAlias, Value, block};
use std::collections::{BTreeMap, BTreeSet};

/// Who is told: mail addresses, or more.
#[derive(Clone, Debug, Default, Read)]
#[spec(short = "email")]
pub struct NotifySpec {
    /// Mail addresses: `"ops@{platform.domain}"`. Each gets a message that has to be confirmed once.
    pub email: Option<OneOrMore<PlainText>>,
    /// Web hooks, of on-call services for example. Each has to confirm its subscription once.
    pub https: Option<OneOrMore<PlainText>>,
}

/// Who is told, by the protocol that SNS speaks with them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contacts(BTreeMap<&'static str, BTreeSet<String>>);

impl Contacts {
    /// Decides who is told, as the spec says it at a path.
    pub fn resolve(
        spec: Option<&NotifySpec>,
        path: &SpecPath,
        resolving: &mut Resolving<'_>,
    ) -> Self {
        let mut contacts = BTreeMap::new();
        let Some(spec) = spec else { return Self(contacts) };
        if let Some(addresses) = &spec.email {
            contacts.insert("email", mail_addresses(addresses, &path.key("email"), resolving));
        }
        if let Some(hooks) = &spec.https {
            let rule = ("an address that begins with https://", is_hook as fn(&str) -> bool);
            contacts.insert("https", texts(hooks, rule, &path.key("https"), resolving));
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

/// Decides a list of mail addresses that stands at a path.
pub fn mail_addresses(
    addresses: &OneOrMore<PlainText>,
    path: &SpecPath,
    resolving: &mut Resolving<'_>,
) -> BTreeSet<String> {
    texts(addresses, ("a mail address such as ops@example.com", is_mail_address), path, resolving)
}

/// The texts of a list with the platform's values put in. What does not keep the rule is a finding.
fn texts(
    texts: &OneOrMore<PlainText>,
    (rule, keeps_rule): (&str, fn(&str) -> bool),
    path: &SpecPath,
    resolving: &mut Resolving<'_>,
) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (place, text) in texts.0.iter().enumerate() {
        let text = resolving.head.plain(text);
        if !keeps_rule(&text) {
            let message = format!("`{}` does not fit: {rule}", shown(&text));
            resolving.find(&code::MALFORMED, &path.index(place), message);
        }
        found.insert(text);
    }
    found
}

/// Whether a text is a mail address in the characters that need no quotes
/// (<https://www.rfc-editor.org/rfc/rfc5322#section-3.4.1>).
fn is_mail_address(text: &str) -> bool {
    text.split_once('@').is_some_and(|(mailbox, host)| {
        is_plain(mailbox, 1..=64, b"._%+'-") && is_domain(&host.to_ascii_lowercase())
    })
}

/// Whether a text is the address of a web hook, spoken to over TLS.
fn is_hook(text: &str) -> bool {
    text.strip_prefix("https://").is_some_and(|rest| is_plain(rest, 1..=2000, b"./_~?=&%+:@-"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;

    #[test]
    fn addresses_are_checked() {
        for (text, mail, hook) in [
            ("ops@example.com", true, false),
            ("first.last+tag@Sub.Example.com", true, false),
            ("ops@example", false, false),
            ("ops example@example.com", false, false),
            ("@example.com", false, false),
            ("https://events.example.com/x?key=1", false, true),
            ("http://events.example.com/x", false, false),
            ("https://", false, false),
            ("https://a b", false, false),
        ] {
            assert_eq!((is_mail_address(text), is_hook(text)), (mail, hook), "{text}");
        }
    }
}
