//! Tests of what an edge to a table gives.
use crate::connect::Reach;
use crate::testing::{found, platform};
use pretty_assertions::assert_eq;

const TABLE: &str = "[table.orders]\npartition_key = \"id\"\n";

fn user(verbs: &str) -> String {
    format!("[service.web]\nimage = \"nginx\"\nuses.table.orders = {verbs}\n")
}

#[test]
fn each_verb_gives_its_actions_on_the_table_its_indexes_and_its_stream() {
    let table = format!("{TABLE}stream = \"both\"\nindex.by-day = {{ partition_key = \"day\" }}\n");
    for (verbs, expected) in [
        ("\"scan\"", "dynamodb:Scan on table, dynamodb:Scan on index"),
        ("\"write\"", "dynamodb:PutItem dynamodb:UpdateItem on table"),
        ("\"delete\"", "dynamodb:DeleteItem on table"),
        (
            "[\"write\", \"delete\"]",
            "dynamodb:PutItem dynamodb:UpdateItem on table, dynamodb:DeleteItem on table, \
             dynamodb:BatchWriteItem on table",
        ),
        (
            "\"stream\"",
            "dynamodb:DescribeStream dynamodb:GetRecords dynamodb:GetShardIterator on stream, \
             dynamodb:ListStreams on *",
        ),
    ] {
        let platform = platform("dev", &format!("{table}{}", user(verbs)));
        let id = crate::kind::Thing::id(platform.things.table.values().next().unwrap()).clone();
        let grant = platform.connections.to(&id).next().unwrap();
        let (key, rights) = grant.task.split_last().unwrap();
        let shown: Vec<String> = rights
            .iter()
            .map(|statement| {
                let on = statement.resources[0].kind.trim_start_matches("dynamodb:");
                format!("{} on {on}", statement.actions.join(" "))
            })
            .collect();
        assert_eq!(shown.join(", "), expected, "{verbs}");
        assert_eq!(key.actions, ["kms:Decrypt"], "{verbs}");
        crate::testing::verified(crate::lower(&platform));
    }
}

#[test]
fn a_stream_is_no_way_to_the_table() {
    let table = format!("{TABLE}stream = \"keys\"\n");
    for (verbs, ways) in [
        ("\"read\"", vec![Reach::Gateway("dynamodb")]),
        ("\"stream\"", vec![Reach::Interface("dynamodb-streams")]),
        ("{ as = \"X\" }", vec![]),
    ] {
        let platform = platform("dev", &format!("{table}{}", user(verbs)));
        let grants = platform.connections.all().iter();
        let grant = grants
            .into_iter()
            .find(|grant| grant.target.as_ref().is_some_and(|id| id.kind == "table"));
        assert_eq!(grant.unwrap().reach.iter().copied().collect::<Vec<_>>(), ways, "{verbs}");
    }
}

#[test]
fn a_table_without_a_stream_has_none_to_read() {
    let found = found(&format!("{TABLE}{}", user("[\"read\", \"stream\"]")));
    assert_eq!(found, [("PG0108", "service.web.uses.table.orders.stream".to_owned())]);
}
