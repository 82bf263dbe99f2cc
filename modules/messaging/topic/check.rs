//! What is wrong with a topic, or with what it feeds, beyond the types.
use super::{Order, Topic, TopicFeed, TopicSpec};
use crate::connect::trigger::{Callee, Feed, Trigger};
use crate::kind::{Resolving, ThingId};
use crate::pattern;
use crate::platform::{Platform, is_domain};
use crate::text::PlainText;
use platgen_source::diagnostics::{Diagnostic, SpecPath, code};
use platgen_source::{is_plain, json, shown};

/// The longest display name, in letters
/// (<https://docs.aws.amazon.com/sns/latest/api/API_SetTopicAttributes.html>).
const LONGEST_DISPLAY_NAME: usize = 100;
/// The most keys of a filter policy, and the most combinations of its values
/// (<https://docs.aws.amazon.com/sns/latest/dg/subscription-filter-policy-constraints.html>).
const MOST_KEYS: usize = 5;
const MOST_COMBINATIONS: usize = 150;

/// Finds what the keys of a topic say together that cannot be.
pub(super) fn spec(spec: &TopicSpec, id: &ThingId, resolving: &mut Resolving<'_>) {
    let path = id.path();
    let is_fifo = spec.fifo == Some(true);
    if !is_fifo && spec.deduplicate.is_some() {
        let message = "only a FIFO topic knows a message again";
        let help = "set `fifo = true`, or remove this";
        resolving.find_with(&code::CONFLICT, &path.key("deduplicate"), message, help);
    }
    if let Some(name) = &spec.display_name {
        let name = resolving.head.plain(name);
        if name.chars().count() > LONGEST_DISPLAY_NAME {
            let message = format!("SNS shows {LONGEST_DISPLAY_NAME} letters");
            resolving.find(&code::OUT_OF_RANGE, &path.key("display_name"), message);
        }
    }
    let notify = &spec.notify;
    addresses(&notify.email, &path.key("notify").key("email"), is_email, resolving);
    addresses(&notify.https, &path.key("notify").key("https"), is_https, resolving);
    let is_noticed = !(notify.email.is_empty() && notify.sms.is_empty() && notify.https.is_empty());
    if is_fifo && is_noticed {
        // https://docs.aws.amazon.com/sns/latest/dg/fifo-message-delivery.html
        let message = "a FIFO topic delivers to queues only: neither mail, text messages nor HTTPS \
                       keep an order";
        let help = "remove `notify`, or let a second topic notify";
        resolving.find_with(&code::IMPOSSIBLE, &path.key("notify"), message, help);
    }
}

/// Finds addresses that are none, once the platform's values are in them.
fn addresses(
    texts: &[PlainText],
    path: &SpecPath,
    is_address: fn(&str) -> bool,
    resolving: &mut Resolving<'_>,
) {
    for (place, text) in texts.iter().enumerate() {
        let address = resolving.head.plain(text);
        if !is_address(&address) {
            let message = format!("`{}` is no address that SNS could deliver to", shown(&address));
            resolving.find(&code::MALFORMED, &path.index(place), message);
        }
    }
}

/// A mail address in the plain form: letters, digits and usual signs, `@`, and a domain
/// (<https://www.rfc-editor.org/rfc/rfc5322#section-3.4.1>).
fn is_email(text: &str) -> bool {
    let Some((mailbox, domain)) = text.rsplit_once('@') else { return false };
    is_plain(mailbox, 1..=64, b".!#$%&'*+/=?^_`{|}~-") && is_domain(&domain.to_ascii_lowercase())
}

/// An address that begins with `https://` and a host.
fn is_https(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("https://") else { return false };
    let host = rest.split(['/', '?', '#', ':']).next().unwrap_or_default();
    is_domain(&host.to_ascii_lowercase()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// Finds what is wrong with one trigger of a topic.
pub(super) fn trigger(topic: &Topic, trigger: &Trigger, platform: &Platform) -> Vec<Diagnostic> {
    let Feed::Topic(feed) = &trigger.feed else { return Vec::new() };
    let mut findings: Vec<Diagnostic> = delivery(topic, trigger, platform).into_iter().collect();
    findings.extend(filter(feed, &trigger.cause));
    if feed.raw.is_some() && trigger.callee() != Some(Callee::Queue) {
        // https://docs.aws.amazon.com/sns/latest/dg/sns-large-payload-raw-message-delivery.html
        let message = "only queues get bare messages; a function gets the envelope of SNS";
        findings.push(Diagnostic::at(&code::CONFLICT, &trigger.cause.key("raw"), message));
    }
    findings
}

/// <https://docs.aws.amazon.com/sns/latest/dg/fifo-message-delivery.html>,
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues-subscribe-topic.html>.
fn delivery(topic: &Topic, trigger: &Trigger, platform: &Platform) -> Option<Diagnostic> {
    let queue = platform.things.queue.get(&trigger.receiver.name);
    let queue = queue.filter(|_| trigger.callee() == Some(Callee::Queue));
    let (message, help) = match (topic.order, queue) {
        (Order::Fifo { .. }, None) => (
            "a FIFO topic delivers to queues only",
            "put a FIFO queue between: it feeds the function",
        ),
        (Order::Standard, Some(queue)) if queue.is_fifo() => {
            ("a FIFO queue takes messages of FIFO topics only", "make both `fifo = true`, or none")
        }
        _ => return None,
    };
    Some(Diagnostic::at(&code::IMPOSSIBLE, &trigger.cause, message).help(help))
}

fn filter(feed: &TopicFeed, cause: &SpecPath) -> Vec<Diagnostic> {
    let looks_at_body = feed.filter_body == Some(true);
    let Some(pattern) = &feed.filter else {
        let message = "there is no filter that could look at the body";
        let place = cause.key("filter_body");
        return looks_at_body
            .then(|| Diagnostic::at(&code::CONFLICT, &place, message))
            .into_iter()
            .collect();
    };
    let place = cause.key("filter");
    let mut findings: Vec<Diagnostic> = pattern::check(pattern, &place).into_iter().collect();
    let json::Value::Object(keys) = &pattern.0 else { return findings };
    let nested = keys.iter().find(|(_, value)| value.is_object());
    if let Some((key, _)) = nested.filter(|_| !looks_at_body) {
        let message = format!("attributes of a message are not nested, and `{}` is", shown(key));
        let help = "set `filter_body = true` if the body is meant";
        findings.push(Diagnostic::at(&code::CONFLICT, &place.key(key), message).help(help));
    }
    let message = if keys.len() > MOST_KEYS {
        format!("{} keys; SNS takes {MOST_KEYS} in one filter", keys.len())
    } else if combinations(&pattern.0) > MOST_COMBINATIONS {
        format!("the values combine in more than {MOST_COMBINATIONS} ways, which SNS does not take")
    } else {
        return findings;
    };
    findings.push(Diagnostic::at(&code::LIMIT, &place, message));
    findings
}

/// In how many ways the values of all lists combine.
fn combinations(value: &json::Value) -> usize {
    match value {
        json::Value::Object(keys) => keys.values().map(combinations).fold(1, usize::saturating_mul),
        json::Value::Array(values) => values.len().max(1),
        _ => 1,
    }
}
