//! Tests of the key that messages share.
use super::*;
use crate::connect::{Connections, Declared, Grant, Sender};
use crate::kind::ThingId;
use crate::testing::{addresses, document, platform, resource, verified};
use platgen_source::Name;
use platgen_source::json::{self, json};
use pretty_assertions::assert_eq;

const RULE: &str = "{ pattern = { source = [\"shop.orders\"] } }";

/// Who may use the key, and the keys of the conditions under which.
fn admitted(document: &Document) -> Vec<(String, Vec<String>)> {
    let policy = resource(document, MODULE, "data.aws_iam_policy_document.key");
    let text = |value: &json::Value| value.as_str().unwrap().to_owned();
    let statements = policy["statement"].as_array().unwrap();
    let conditions = |statement: &json::Value| -> Vec<String> {
        let conditions = statement["condition"].as_array();
        conditions.into_iter().flatten().map(|condition| text(&condition["variable"])).collect()
    };
    let row = |statement: &json::Value| {
        (text(&statement["principals"][0]["identifiers"][0]), conditions(statement))
    };
    statements[1..].iter().map(row).collect()
}

fn row(service: &str, conditions: &[&str]) -> (String, Vec<String>) {
    (service.to_owned(), conditions.iter().map(|key| (*key).to_owned()).collect())
}

#[test]
fn the_key_is_made_only_if_something_is_encrypted_under_it() {
    for (text, expected) in [
        ("[secret.own]", false),
        ("[queue.mail]", true),
        ("[topic.orders]", true),
        ("[event_bus.main]", true),
        ("[queue.mail.on]\nevent_bus.default = { pattern = { source = [\"aws.s3\"] } }", true),
    ] {
        let document = document(text);
        let found = addresses(&document, MODULE).contains(&"aws_kms_key.messages".to_owned());
        assert_eq!(found, expected, "{text}");
    }
}

#[test]
fn services_that_bring_messages_may_use_the_key_for_this_account() {
    let source = row("sns.amazonaws.com", &["aws:SourceArn"]);
    let events = row("events.amazonaws.com", &["aws:SourceArn"]);
    let s3 = row("s3.amazonaws.com", &["aws:SourceAccount"]);
    let kept = row(
        "events.amazonaws.com",
        &["aws:SourceAccount", "aws:SourceArn", "kms:EncryptionContext:aws:events:event-bus:arn"],
    );
    let described = row("events.amazonaws.com", &["aws:SourceAccount"]);
    let bus = format!("[event_bus.main]\n[queue.mail.on]\nevent_bus.main = {RULE}\n");
    for (text, expected) in [
        ("[queue.mail]", vec![]),
        ("[topic.orders]", vec![]),
        ("[topic.orders.notify]\nhttps = [\"https://example.com\"]", vec![source.clone()]),
        ("[topic.orders]\n[queue.mail.on]\ntopic.orders = {}", vec![source]),
        ("[bucket.files]\n[queue.mail.on]\nbucket.files = {}", vec![s3]),
        (&bus, vec![events, kept.clone(), described.clone()]),
        ("[event_bus.main]\ndead_letter = false", vec![kept, described]),
    ] {
        assert_eq!(admitted(&document(text)), expected, "{text}");
    }
}

/// A document of a platform in which a service brings messages to `topic.orders`.
fn notified(service: &'static str) -> Document {
    let mut platform = platform("dev", "[topic.orders]");
    let id = |kind, name| ThingId::new(kind, &Name::new(name).unwrap());
    let cause = SpecPath::of(["topic", "orders"]);
    let (consumer, target) = (id("bucket", "files"), id("topic", "orders"));
    let mut grant = Grant::new(&consumer, Some(target), cause, Declared::Implied);
    grant.sender = Some(Sender { service, source: "arn:aws:x:::files".into() });
    platform.connections = Connections::from(vec![grant]);
    verified(crate::lower(&platform))
}

#[test]
fn a_rule_that_publishes_names_no_source_to_the_key_but_to_the_topic() {
    for (service, on_key, on_topic) in [
        ("events.amazonaws.com", vec![], vec!["aws:SourceArn"]),
        (
            "ses.amazonaws.com",
            vec!["aws:SourceAccount"],
            vec!["aws:SourceArn", "aws:SourceAccount"],
        ),
    ] {
        let document = notified(service);
        assert_eq!(admitted(&document), [row(service, &on_key)]);
        let policy = resource(&document, MODULE, "data.aws_iam_policy_document.topic__orders");
        let allowed = &policy["statement"][1];
        assert_eq!(allowed["principals"][0]["identifiers"], json!([service]));
        let conditions = allowed["condition"].as_array().unwrap();
        let keys: Vec<&str> =
            conditions.iter().map(|condition| condition["variable"].as_str().unwrap()).collect();
        assert_eq!(keys, on_topic, "{service}");
    }
}
