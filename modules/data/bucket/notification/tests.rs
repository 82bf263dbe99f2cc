//! Tests of what a bucket tells its receivers.
use super::*;
use crate::testing::{document, found, only, resource};
use platgen_source::json::json;
use pretty_assertions::assert_eq;
use proptest::prelude::*;

#[test]
fn one_list_tells_everyone_once_they_let_s3_in() {
    let document = document(
        "[bucket.uploads]\nevent_bus = true\n[bucket.quiet]\n\
         [queue.images.on]\nbucket.uploads = { prefix = \"in/\", suffix = \".png\" }\n\
         [queue.gone.on]\nbucket.uploads = { events = [\"removed\"] }\n",
    );
    let list = resource(&document, "data", "aws_s3_bucket_notification.uploads");
    assert_eq!(list["eventbridge"], json!(true));
    assert_eq!(
        list["queue"],
        json!([
            {
                "id": "queue__gone",
                "queue_arn": "${var.sqs_queue_gone_arn}",
                "events": ["s3:ObjectRemoved:*"],
            },
            {
                "id": "queue__images",
                "queue_arn": "${var.sqs_queue_images_arn}",
                "events": ["s3:ObjectCreated:*"],
                "filter_prefix": "in/",
                "filter_suffix": ".png",
            },
        ])
    );
    let quiet = resource(&document, "data", "aws_s3_bucket_notification.quiet");
    assert_eq!(quiet, json!(null));
    // The ARN comes out of the other module only when the policy of the queue is there.
    let queue = &document.modules["messaging"].resources;
    let policies: Vec<String> = queue
        .iter()
        .find(|(address, _)| address.to_string() == "aws_sqs_queue.images")
        .map(|(_, queue)| queue.meta.ready_after.iter().map(ToString::to_string).collect())
        .unwrap();
    assert_eq!(policies, ["module.messaging.aws_sqs_queue_policy.images"]);
    let policy = resource(&document, "messaging", "data.aws_iam_policy_document.queue__images");
    let admitted = &policy["statement"][1];
    assert_eq!(only(&admitted["principals"])["identifiers"], json!(["s3.amazonaws.com"]));
    assert_eq!(
        admitted["condition"],
        json!([
            {
                "test": "ArnLike",
                "values": ["${var.s3_bucket_uploads_arn}"],
                "variable": "aws:SourceArn",
            },
            {
                "test": "StringEquals",
                "values": ["${data.aws_caller_identity.current.account_id}"],
                "variable": "aws:SourceAccount",
            },
        ])
    );
}

#[test]
fn the_event_bus_alone_needs_no_receiver() {
    let document = document("[bucket.uploads]\nevent_bus = true\n");
    let list = resource(&document, "data", "aws_s3_bucket_notification.uploads");
    assert_eq!(list, json!({ "bucket": "${aws_s3_bucket.uploads.id}", "eventbridge": true }));
}

#[test]
fn nobody_else_is_told_of_the_same_object() {
    let overlap = [("PG0108", "queue.b.on.bucket.uploads".to_owned())];
    for (one, other, expected) in [
        ("{}", "{}", &overlap[..]),
        ("{ prefix = \"in/\" }", "{ prefix = \"in/new/\" }", &overlap),
        ("{ prefix = \"in/\" }", "{ prefix = \"out/\" }", &[]),
        ("{ prefix = \"in/\" }", "{ suffix = \".png\" }", &overlap),
        ("{ suffix = \".png\" }", "{ suffix = \".jpg\" }", &[]),
        ("{ suffix = \"a.png\" }", "{ suffix = \".png\" }", &overlap),
        ("{ events = [\"removed\"] }", "{}", &[]),
        ("{ events = [\"removed\", \"created\"] }", "{}", &overlap),
    ] {
        let text = format!(
            "[bucket.uploads]\n[queue.a.on]\nbucket.uploads = {one}\n\
             [queue.b.on]\nbucket.uploads = {other}\n"
        );
        assert_eq!(found(&text), expected, "{one} {other}");
    }
}

#[test]
fn s3_puts_nothing_into_fifo_queues() {
    let text = "[bucket.uploads]\n[queue.a]\nfifo = true\non.bucket.uploads = {}\n";
    assert_eq!(found(text), [("PG0401", "queue.a.on.bucket.uploads".to_owned())]);
}

fn feed() -> impl Strategy<Value = BucketFeed> {
    let part = || proptest::option::of("[ab]{1,2}".prop_map(|text| KeyPrefix::new(&text).unwrap()));
    let events =
        proptest::sample::subsequence(vec![BucketEvent::Created, BucketEvent::Removed], 0..3);
    (events, part(), part()).prop_map(|(events, prefix, suffix)| BucketFeed {
        events,
        prefix,
        suffix,
    })
}

proptest! {
    /// An object that both are told of is an overlap, in whichever order they stand.
    #[test]
    fn what_both_are_told_of_is_an_overlap(one in feed(), other in feed(), key in "[ab]{0,6}") {
        let is_told = |feed: &BucketFeed| key.starts_with(feed.prefix()) && key.ends_with(feed.suffix());
        let shares_event = one.events().iter().any(|event| other.events().contains(event));
        prop_assert_eq!(one.overlaps(&other), other.overlaps(&one));
        prop_assert!(!(is_told(&one) && is_told(&other) && shares_event) || one.overlaps(&other));
    }
}
