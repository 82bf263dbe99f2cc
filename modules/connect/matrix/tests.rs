//! The rows against what AWS knows of actions and resources, and against the verbs of the spec language.
use super::{AWS, MATRIX, Right, Row};
use crate::connect::iam::PolicyKind;
use crate::connect::iam::actions::check::{StatementFacts, check_statement};
use crate::kinds::{KINDS, VERBS};
use pretty_assertions::assert_eq;
use std::collections::BTreeSet;

/// A right of a row, as AWS judges it.
fn faults(right: &Right) -> Vec<String> {
    let via = right.via.map(|_| "kms:ViaService");
    let condition_keys: Vec<&str> =
        via.into_iter().chain(right.when.map(|[_, key, _]| key)).collect();
    let facts = StatementFacts {
        actions: right.actions,
        resource_types: right.on,
        condition_keys: &condition_keys,
        kind: PolicyKind::Role,
    };
    check_statement(&facts)
}

#[test]
fn every_action_exists_and_takes_its_resources() {
    for row in MATRIX {
        for right in row.rights {
            assert_eq!(faults(right), Vec::<String>::new(), "{} {}", row.to, row.by);
        }
    }
}

#[test]
fn a_right_that_aws_would_not_take_is_found() {
    let bucket = MATRIX.iter().find(|row| (row.to, row.by) == ("bucket", "delete")).unwrap();
    let right = &bucket.rights[0];
    let wrong: [(&'static [&'static str], &'static [&'static str]); 3] = [
        (&["s3:DeleteObjects"], &["s3:object"]),
        (&["s3:DeleteObject"], &["s3:bucket"]),
        (&["s3:*"], &["s3:object"]),
    ];
    for (actions, on) in wrong {
        let right = Right { actions, on, ..*right };
        assert!(!faults(&right).is_empty(), "{actions:?} on {on:?}");
    }
}

#[test]
fn rows_stand_once_and_in_order() {
    let ways: Vec<_> = MATRIX.iter().map(|row| (row.to, row.by)).collect();
    let once: BTreeSet<_> = ways.iter().collect();
    assert_eq!(once.len(), ways.len());
    let mut kinds: Vec<&str> = ways.iter().map(|(kind, _)| *kind).collect();
    kinds.dedup();
    assert!(kinds.is_sorted(), "{kinds:?}");
    let unknown = kinds.into_iter().filter(|kind| *kind != AWS && !KINDS.contains(kind));
    assert_eq!(unknown.collect::<Vec<_>>(), Vec::<&str>::new());
}

/// A verb without a row gives no right at all.
#[test]
fn every_verb_has_a_row() {
    let all = VERBS.iter().flat_map(|(kind, verbs)| verbs.iter().map(move |verb| (*kind, *verb)));
    let without: Vec<_> = all.filter(|(kind, verb)| Row::find(kind, verb).is_none()).collect();
    assert_eq!(without, Vec::new());
}
