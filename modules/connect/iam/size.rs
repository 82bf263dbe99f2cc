//! How long the policies of a role are: AWS limits the inline policies of a role together.
use super::{Arn, Statement};
use platgen_terraform::{Part, Value};

/// The most letters that the inline policies of one role have together, white space not counted
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>).
pub const MOST_LETTERS: usize = 10_240;

/// What stands around the statements of a policy.
const AROUND_POLICY: usize = r#"{"Version":"2012-10-17","Statement":[]}"#.len();
/// What stands around actions and resources, and between two statements.
const AROUND_STATEMENT: usize = r#"{"Effect":"Allow","Action":[],"Resource":[]},"#.len();
/// What stands around operator, key and values of a condition.
const AROUND_CONDITION: usize = r#","Condition":{"":{"":[]}}"#.len();
/// What stands around a text in a list.
const AROUND_TEXT: usize = r#""","#.len();

/// The ARN of a key, in the region with the shortest name.
const KEY_ARN: usize =
    "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab".len();
/// Any other ARN: as long as that of a bucket with short names, which is the shortest.
const LEAST_ARN: usize = "arn:aws:s3:::dev-app-data-123456789012-us-east-1".len();

/// About the least letters of a policy of these statements: what a reference will be is not known
/// before it is applied, so each counts as little as it can.
pub fn least_letters(statements: &[Statement]) -> usize {
    let statements = super::merged(statements);
    if statements.is_empty() {
        return 0;
    }
    AROUND_POLICY + statements.iter().map(of_statement).sum::<usize>()
}

fn of_statement(statement: &Statement) -> usize {
    let actions = statement.actions.iter().map(|action| action.len() + AROUND_TEXT);
    let resources = statement.resources.iter().map(|arn| of_arn(arn) + AROUND_TEXT);
    let conditions = statement.conditions.iter().map(|condition| {
        let values = condition.values.iter().map(|value| of_value(value, 0) + AROUND_TEXT);
        AROUND_CONDITION + condition.test.len() + condition.key.len() + values.sum::<usize>()
    });
    AROUND_STATEMENT + actions.sum::<usize>() + resources.sum::<usize>() + conditions.sum::<usize>()
}

fn of_arn(arn: &Arn) -> usize {
    let is_key = arn.kind == "kms:key";
    of_value(&arn.value, if is_key { KEY_ARN } else { LEAST_ARN })
}

/// The letters of a value, of which the first reference stands for so many.
fn of_value(value: &Value, reference: usize) -> usize {
    match value {
        Value::Text(text) => text.len(),
        Value::Template(parts) => {
            let literals = parts.iter().map(|part| match part {
                Part::Text(text) => text.len(),
                Part::Expr(_) => 0,
            });
            let literals = literals.sum::<usize>();
            // A template that spells the ARN out has references for parts of it only.
            let spelled =
                matches!(parts.first(), Some(Part::Text(text)) if text.starts_with("arn:"));
            literals + if spelled { 0 } else { reference }
        }
        Value::Expr(_) => reference,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::findings;
    use pretty_assertions::assert_eq;

    #[test]
    fn literals_count_as_they_are() {
        let arn = Arn::new("sqs:queue", "arn:aws:sqs:eu-west-1:123456789012:orders".into());
        let statement = Statement::allow(&["sqs:SendMessage"], vec![arn]).when(
            "StringEquals",
            "aws:PrincipalAccount",
            ["123456789012".into()],
        );
        let policy = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["sqs:SendMessage",],
            "Resource":["arn:aws:sqs:eu-west-1:123456789012:orders",],
            "Condition":{"StringEquals":{"aws:PrincipalAccount":["123456789012",]}}},]}"#;
        let expected = policy.split_whitespace().collect::<String>().len();
        assert_eq!(least_letters(&[statement]), expected);
        assert_eq!(least_letters(&[]), 0);
    }

    #[test]
    fn a_service_cannot_use_more_than_its_role_can_hold() {
        let tables = |count: usize| -> Vec<String> {
            let verbs = r#"["read", "scan", "write", "delete"]"#;
            let uses = (0..count).map(|number| format!("uses.table.t{number} = {verbs}\n"));
            let made =
                (0..count).map(|number| format!("[table.t{number}]\npartition_key = \"id\"\n"));
            let service = "[service.mono]\nimage = \"nginx\"\n".to_owned();
            let toml: String = std::iter::once(service).chain(uses).chain(made).collect();
            let found = findings(&toml);
            found.into_iter().map(|(code, path, _)| format!("{code} {path}")).collect()
        };
        assert_eq!(tables(10), Vec::<String>::new());
        assert_eq!(tables(20), ["PG0405 service.mono.uses"]);
    }
}
