//! Tests of what the stream of a table feeds.
use super::*;
use crate::connect::records::RecordsFeed;
use crate::kind::{Thing, ThingId};
use crate::pattern::Pattern;
use crate::testing::platform;
use platgen_source::diagnostics::SpecPath;
use platgen_source::{Duration, Name, json};
use platgen_terraform::Value;
use pretty_assertions::assert_eq;

const STREAMING: &str = "[table.orders]\npartition_key = \"id\"\nstream = \"both\"\n";

fn trigger(feed: RecordsFeed) -> Trigger {
    let id = |kind, name| ThingId::new(kind, &Name::new(name).unwrap());
    Trigger {
        source: id("table", "orders"),
        receiver: id("function", "index"),
        cause: SpecPath::of(["function", "index", "on", "table", "orders"]),
        feed: Feed::Table(feed),
    }
}

fn table(platform: &Platform) -> &Table {
    platform.things.table.values().next().unwrap()
}

#[test]
fn a_function_may_read_the_stream_and_its_key() {
    let platform = platform("dev", STREAMING);
    let grants = table(&platform).feeds(&trigger(RecordsFeed::default()), &platform);
    let [grant] = grants.as_slice() else { panic!("{grants:#?}") };
    assert_eq!(grant.consumer.to_string(), "function.index");
    assert_eq!(grant.target.as_ref().map(ToString::to_string).as_deref(), Some("table.orders"));
    let rights: Vec<(Vec<&str>, &str)> = grant
        .task
        .iter()
        .map(|statement| (statement.actions.clone(), statement.resources[0].kind))
        .collect();
    assert_eq!(
        rights,
        [
            (
                vec!["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"],
                "dynamodb:stream"
            ),
            (vec!["dynamodb:ListStreams"], "*"),
            (vec!["kms:Decrypt"], "kms:key"),
        ]
    );
    let via = &grant.task[2].conditions[0].values;
    assert_eq!(*via, [Value::from("dynamodb.us-east-2.amazonaws.com")]);
}

#[test]
fn a_stream_that_is_not_there_or_waited_for_too_long_is_told() {
    let feed = RecordsFeed {
        window: Some(Duration::seconds(301)),
        filter: Some(Pattern(json::json!({ "eventName": "INSERT" }))),
        ..RecordsFeed::default()
    };
    let place = "function.index.on.table.orders";
    let without = STREAMING.replace("stream = \"both\"\n", "");
    for (text, feed, expected) in [
        (STREAMING, RecordsFeed::default(), vec![]),
        (&without, RecordsFeed::default(), vec![("PG0108", place.to_owned())]),
        (
            STREAMING,
            feed,
            vec![
                ("PG0104", format!("{place}.window")),
                ("PG0106", format!("{place}.filter.eventName")),
            ],
        ),
    ] {
        let platform = platform("dev", text);
        let found: Vec<(&str, String)> = check(table(&platform), std::iter::once(&trigger(feed)))
            .iter()
            .map(|finding| (finding.code.id, finding.path().unwrap().to_string()))
            .collect();
        assert_eq!(found, expected, "{text}");
    }
}
