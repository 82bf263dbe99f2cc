//! Tests of the check: a table of statements with the faults they have, and the lists against the
//! reference.

use pretty_assertions::assert_eq;

use super::*;

/// Statements, each followed by its faults. The head of the file describes the columns.
const STATEMENTS: &str = include_str!("statements.txt");

#[test]
fn finds_the_stated_faults_and_no_others() {
    let statements = STATEMENTS.lines().filter(|line| !line.starts_with("    "));
    let found: Vec<String> = statements.flat_map(with_faults).collect();
    assert_eq!(STATEMENTS, found.join("\n") + "\n");
}

/// The line, and below it the faults found if it is a statement.
fn with_faults(line: &str) -> Vec<String> {
    let mut lines = vec![line.to_owned()];
    if !line.is_empty() && !line.starts_with('#') {
        lines.extend(faults_of(line).into_iter().map(|fault| format!("    {fault}")));
    }
    lines
}

fn faults_of(line: &str) -> Vec<String> {
    let columns: Vec<Vec<&str>> = line.split(" | ").map(entries).collect();
    let [kind, actions, resource_types, condition_keys] = columns.as_slice() else {
        panic!("four columns: {line}");
    };
    let kind = match kind.as_slice() {
        ["role"] => PolicyKind::Role,
        ["policy"] => PolicyKind::Resource,
        _ => panic!("role or policy: {line}"),
    };
    check_statement(&StatementFacts { actions, resource_types, condition_keys, kind })
}

fn entries(column: &str) -> Vec<&str> {
    if column == "-" { Vec::new() } else { column.split(", ").collect() }
}

fn role<'a>(actions: &'a [&'a str], resource_types: &'a [&'a str]) -> StatementFacts<'a> {
    StatementFacts { actions, resource_types, condition_keys: &[], kind: PolicyKind::Role }
}

#[test]
fn required_types_may_stand_in_several_statements() {
    let connect = ["elasticache:Connect"];
    let group = role(&connect, &["elasticache:replicationgroup"]);
    let user = role(&connect, &["elasticache:user"]);
    let missing = "`elasticache:Connect` also needs a resource of the type `elasticache:user`, \
                   which no statement names.";
    assert_eq!(check_required_types(&[group, user]), Vec::<String>::new());
    assert_eq!(check_required_types(&[group]), [missing]);
}

#[test]
fn one_of_several_required_types_is_enough_where_listed() {
    let standard = role(&["states:DescribeExecution"], &["states:execution"]);
    assert_eq!(check_required_types(&[standard]), Vec::<String>::new());
    let neither = role(&["states:DescribeExecution"], &["states:statemachine"]);
    assert_eq!(check_required_types(&[neither]).len(), 2);
}

#[test]
fn a_star_grants_every_required_type() {
    let interfaces = role(&["ec2:CreateNetworkInterface"], &["*"]);
    assert_eq!(check_required_types(&[interfaces]), Vec::<String>::new());
}

#[test]
fn required_types_of_resource_policies_are_not_judged() {
    let policy =
        StatementFacts { kind: PolicyKind::Resource, ..role(&["sqs:SendMessage"], &["x:y"]) };
    assert_eq!(check_required_types(&[policy]), Vec::<String>::new());
}

#[test]
fn the_lists_name_actions_of_the_reference_in_order() {
    for list in [EITHER, NEVER, SENSITIVE, STAR] {
        assert!(list.is_sorted_by(|(left, _), (right, _)| left < right));
        for (full_name, reason) in list {
            assert!(Actions::embedded().action(full_name).is_some(), "{full_name}");
            assert!(reason.ends_with('.'), "{full_name}: {reason}");
        }
    }
    assert!(GLOBAL_CONDITION_KEYS.is_sorted_by(|left, right| left < right));
}

#[test]
fn every_exception_is_needed() {
    let action = |full_name: &str| Actions::embedded().action(full_name).unwrap();
    for (full_name, _) in STAR {
        assert!(
            !action(full_name).resource_types.is_empty(),
            "{full_name} takes no resource anyway"
        );
    }
    for (full_name, _) in SENSITIVE {
        assert!(sensitive_level(action(full_name)).is_some(), "{full_name} is not sensitive");
        assert!(listed(NEVER, action(full_name)).is_none(), "{full_name} is never granted");
    }
    for (full_name, _) in EITHER {
        let required =
            action(full_name).resource_types.iter().filter(|supported| supported.required);
        assert!(required.count() > 1, "{full_name} requires one type at most");
    }
}
