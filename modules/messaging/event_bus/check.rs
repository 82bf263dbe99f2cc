//! What is wrong with an event bus, or with what it feeds, beyond the types.
use super::spec::InputName;
use super::{DEFAULT, EventBusFeed, EventBusSpec, InputSpec, days};
use crate::connect::trigger::{Feed, Trigger};
use crate::kind::{Kind, Resolving, ThingId};
use crate::messaging::stream::StreamSpec;
use crate::pattern;
use platgen_source::diagnostics::{Diagnostic, SpecPath, code, suggestion};
use platgen_source::{Duration, is_plain, json, shown};

/// What an event has, and a pattern can therefore look at
/// (<https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html>). Events that an
/// archive sends again name it.
const FIELDS: [&str; 11] = [
    "$or",
    "account",
    "detail",
    "detail-type",
    "id",
    "region",
    "replay-name",
    "resources",
    "source",
    "time",
    "version",
];
/// How old an event may be that is tried again, in seconds
/// (<https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_RetryPolicy.html>).
const SHORTEST_AGE: i64 = 60;
const LONGEST_AGE: i64 = 86_400;
/// The most values that an input takes from an event, and the longest text
/// (<https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_InputTransformer.html>).
const MOST_VALUES: usize = 100;
const LONGEST_TEMPLATE: usize = 8_192;

/// The longest path to a partition key
/// (<https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_KinesisParameters.html>).
const LONGEST_PARTITION_KEY: usize = 256;

/// What every template can speak of beside its values
/// (<https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html>).
const GIVEN: [&str; 5] = [
    "aws.events.event",
    "aws.events.event.ingestion-time",
    "aws.events.event.json",
    "aws.events.rule-arn",
    "aws.events.rule-name",
];

/// Finds what is wrong with the keys of a bus, and gives the days of its archive.
pub(super) fn spec(
    spec: &EventBusSpec,
    id: &ThingId,
    resolving: &mut Resolving<'_>,
) -> Option<i64> {
    if spec.aws_name.is_some() && id.name.as_str() == DEFAULT {
        let message = "every account has this bus under the name `default`";
        let help = "remove the name, or call the bus something else";
        resolving.find_with(&code::CONFLICT, &id.path().key("aws_name"), message, help);
    }
    if spec.archive.is_some() && days(spec.archive).is_none() {
        let message = "EventBridge counts in whole days";
        resolving.find(&code::MALFORMED, &id.path().key("archive"), message);
    }
    days(spec.archive)
}

/// Finds what is wrong with one trigger of a bus.
pub(super) fn trigger(trigger: &Trigger) -> Vec<Diagnostic> {
    let Feed::EventBus(feed) = &trigger.feed else { return Vec::new() };
    let cause = &trigger.cause;
    let place = cause.key("pattern");
    let mut findings: Vec<Diagnostic> = pattern::check(&feed.pattern, &place).into_iter().collect();
    findings.extend(fields(&feed.pattern.0, &place));
    findings.extend(partition_key(trigger, feed));
    findings.extend(age(feed, cause));
    if let Some(input) = &feed.input {
        findings.extend(self::input(input, &cause.key("input")));
    }
    findings
}

/// A pattern that looks at what no event has would never fit.
fn fields(pattern: &json::Value, place: &SpecPath) -> Vec<Diagnostic> {
    let keys = pattern.as_object().into_iter().flat_map(json::Map::keys);
    let unknown = keys.filter(|key| !FIELDS.contains(&key.as_str()));
    let finding = |key: &String| {
        let message = format!("no event has a field `{}`", shown(key));
        let help = suggestion(&shown(key), FIELDS);
        Diagnostic::at_key(&code::UNKNOWN_KEY, &place.key(key), message).help(help)
    };
    unknown.map(finding).collect()
}

/// The shards of a stream are chosen by a value of the event; nothing else has any.
fn partition_key(trigger: &Trigger, feed: &EventBusFeed) -> Option<Diagnostic> {
    let (key, place) = (feed.partition_key.as_ref()?, trigger.cause.key("partition_key"));
    if trigger.receiver.kind != StreamSpec::KIND {
        let message = format!("`{}` has no shards: this is about streams only", trigger.receiver);
        return Some(Diagnostic::at(&code::CONFLICT, &place, message).help("remove it"));
    }
    if key.len() > LONGEST_PARTITION_KEY {
        let message = format!("{} letters; EventBridge takes {LONGEST_PARTITION_KEY}", key.len());
        return Some(Diagnostic::at(&code::OUT_OF_RANGE, &place, message));
    }
    path(key, &place)
}

fn path(path: &str, place: &SpecPath) -> Option<Diagnostic> {
    let is_path = path == "$" || path.starts_with("$.") || path.starts_with("$[");
    let message = format!("`{}` is no path into an event", shown(path));
    let help = "write a path such as \"$.detail.id\"";
    (!is_path).then(|| Diagnostic::at(&code::MALFORMED, place, message).help(help))
}

fn age(feed: &EventBusFeed, cause: &SpecPath) -> Option<Diagnostic> {
    let age = feed.max_age?.as_seconds();
    let (from, to) = (Duration::seconds(SHORTEST_AGE), Duration::seconds(LONGEST_AGE));
    let message = format!("this is not between {from} and {to}");
    (!(SHORTEST_AGE..=LONGEST_AGE).contains(&age))
        .then(|| Diagnostic::at(&code::OUT_OF_RANGE, &cause.key("max_age"), message))
}

/// Every value is a path into the event.
fn input(input: &InputSpec, place: &SpecPath) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for (name, path) in &input.values {
        findings.extend(self::path(path, &place.key("values").key(name.as_str())));
    }
    if input.values.len() > MOST_VALUES {
        let message = format!("{} values; EventBridge takes {MOST_VALUES}", input.values.len());
        findings.push(Diagnostic::at(&code::LIMIT, &place.key("values"), message));
    }
    let letters = input.template.len();
    if !(1..=LONGEST_TEMPLATE).contains(&letters) {
        let message = format!("{letters} letters; EventBridge takes 1 to {LONGEST_TEMPLATE}");
        findings.push(Diagnostic::at(&code::OUT_OF_RANGE, &place.key("template"), message));
    }
    let known: Vec<&str> = input.values.keys().map(InputName::as_str).chain(GIVEN).collect();
    let unknown = spoken_of(&input.template).into_iter().find(|name| !known.contains(name));
    findings.extend(unknown.map(|name| {
        let message = format!("`<{}>` stands for nothing", shown(name));
        let help = format!(
            "declare it in `values`, or write \\< for the sign itself; {}",
            suggestion(&shown(name), known.iter().copied())
        );
        Diagnostic::at(&code::UNKNOWN_WORD, &place.key("template"), message).help(help)
    }));
    findings
}

/// The names in angle brackets of a template. A backslash makes a bracket a sign like others.
fn spoken_of(template: &str) -> Vec<&str> {
    let mut names = Vec::new();
    for (at, _) in template.match_indices('<') {
        let is_sign = template[..at].ends_with('\\');
        let name = template[at + 1..].split_once('>').map(|(name, _)| name);
        names.extend(name.filter(|name| !is_sign && is_plain(name, 1..=256, b"_.-")));
    }
    names
}
