//! Tests of the lookups, and of the embedded text as a whole.

use pretty_assertions::assert_eq;
use proptest::prelude::*;

use super::*;

/// Full name, access level, resource types (`*` marks a required one).
const KNOWN_ACTIONS: &[(&str, AccessLevel, &[&str])] = &[
    ("cloudwatch:PutMetricData", AccessLevel::Write, &[]),
    ("cognito-idp:AdminGetUser", AccessLevel::Read, &["userpool*"]),
    ("dynamodb:GetItem", AccessLevel::Read, &["table*"]),
    ("dynamodb:Query", AccessLevel::Read, &["index", "table*"]),
    ("ec2:DescribeInstances", AccessLevel::List, &[]),
    ("ecr:BatchGetImage", AccessLevel::Read, &["repository*"]),
    ("ecr:GetAuthorizationToken", AccessLevel::Read, &[]),
    ("ecs:RunTask", AccessLevel::Write, &["task-definition*"]),
    ("elasticache:Connect", AccessLevel::Write, &["replicationgroup", "serverlesscache", "user*"]),
    ("events:PutEvents", AccessLevel::Write, &["event-bus*"]),
    ("iam:PassRole", AccessLevel::PermissionsManagement, &["role*"]),
    ("kinesis:PutRecord", AccessLevel::Write, &["stream*"]),
    ("kms:Decrypt", AccessLevel::Write, &["key*"]),
    ("lambda:InvokeFunction", AccessLevel::Write, &["function*"]),
    ("logs:PutLogEvents", AccessLevel::Write, &["log-stream*"]),
    ("rds-db:connect", AccessLevel::PermissionsManagement, &["db-user*"]),
    ("s3:GetObject", AccessLevel::Read, &["accesspointobject", "object"]),
    ("s3:PutObjectTagging", AccessLevel::Tagging, &["accesspointobject", "object"]),
    ("secretsmanager:GetSecretValue", AccessLevel::Read, &["Secret*"]),
    ("ses:SendEmail", AccessLevel::Write, &["configuration-set", "identity*", "template"]),
    ("sns:Publish", AccessLevel::Write, &["topic*"]),
    ("sqs:SendMessage", AccessLevel::Write, &["queue*"]),
    ("states:StartExecution", AccessLevel::Write, &["statemachine*"]),
];

#[test]
fn knows_the_actions_platforms_use() {
    for (full_name, access_level, types) in KNOWN_ACTIONS {
        let action = Actions::embedded().action(full_name).expect(full_name);
        let mark = |supported: &SupportedType| {
            format!("{}{}", supported.name, if supported.required { "*" } else { "" })
        };
        let found: Vec<String> = action.resource_types.iter().map(mark).collect();
        assert_eq!(action.full_name(), *full_name);
        assert_eq!(action.access_level, *access_level, "{full_name}");
        assert_eq!(found, *types, "{full_name}");
    }
}

#[test]
fn finds_nothing_under_other_names() {
    for name in ["", "sqs", "sqs:", "sqs:sendMessage", "SQS:SendMessage", "sq:SendMessage", ":"] {
        assert_eq!(Actions::embedded().action(name), None, "{name}");
        assert!(Actions::embedded().expand(name).is_empty(), "{name}");
    }
    assert!(Actions::embedded().service("sq").is_none());
    assert_eq!(Actions::embedded().resource_type("sqs:kueue"), None);
    assert_eq!(Actions::embedded().resource_type("queue"), None);
}

#[test]
fn expands_wildcards() {
    let cases: &[(&str, &[&str])] = &[
        ("kms:ReEncrypt*", &["ReEncryptFrom", "ReEncryptTo"]),
        (
            "kms:GenerateDataKey*",
            &[
                "GenerateDataKey",
                "GenerateDataKeyPair",
                "GenerateDataKeyPairWithoutPlaintext",
                "GenerateDataKeyWithoutPlaintext",
            ],
        ),
        ("kms:*DataKey", &["GenerateDataKey"]),
        ("kms:Gen*Pair*Plain*", &["GenerateDataKeyPairWithoutPlaintext"]),
        ("sqs:SendMessage", &["SendMessage"]),
        ("sqs:Fold*", &[]),
        ("*:SendMessage", &[]),
    ];
    for (written, expected) in cases {
        let found = Actions::embedded().expand(written);
        let names: Vec<&str> = found.iter().map(|action| action.name).collect();
        assert_eq!(names, *expected, "{written}");
    }
}

#[test]
fn every_line_is_read() {
    let actions = Actions::embedded();
    let lines =
        |word: &str| TEXT.lines().filter(|line| line.split('\t').next() == Some(word)).count();
    let read = |count: fn(&Service) -> usize| -> usize {
        actions.services.values().map(|service| count(service.get())).sum()
    };
    let levels = ["list", "permissions", "read", "tagging", "write"];
    assert_eq!(actions.services.len(), lines("service"));
    assert_eq!(read(|service| service.actions.len()), levels.into_iter().map(lines).sum::<usize>());
    assert_eq!(read(|service| service.resource_types.len()), lines("type"));
    assert_eq!(read(|service| service.condition_keys.len()), lines("key") + lines("service-key"));
    assert_eq!(read(|service| service.keys_of_any_action.len()), lines("service-key"));
}

#[test]
fn the_head_states_what_the_text_holds() {
    let services = Actions::embedded().services.values().map(LazyService::get);
    let counts: Vec<usize> = services.map(|service| service.actions.len()).collect();
    let expected = format!(
        "# The actions of {} AWS services, {} in all,",
        counts.len(),
        counts.iter().sum::<usize>()
    );
    assert!(TEXT.starts_with(&expected), "{}", TEXT.lines().next().unwrap());
}

#[test]
fn every_pattern_of_an_arn_is_one() {
    for (prefix, service) in &Actions::embedded().services {
        for (name, arn) in &service.get().resource_types {
            let parts = arn.splitn(6, ':').count();
            assert!(arn.starts_with("arn:") && parts == 6, "{prefix}:{name}: {arn}");
        }
    }
    assert_eq!(
        Actions::embedded().resource_type("sqs:queue"),
        Some("arn:${Partition}:sqs:${Region}:${Account}:${QueueName}")
    );
}

#[test]
fn every_type_an_action_takes_is_one_of_its_service() {
    for service in Actions::embedded().services.values().map(LazyService::get) {
        for action in service.actions.values() {
            for supported in &action.resource_types {
                let known = service.resource_types.contains_key(supported.name);
                assert!(known, "{}: {}", action.full_name(), supported.name);
            }
        }
    }
}

#[test]
fn tells_condition_keys_apart() {
    let kms = Actions::embedded().action("kms:Decrypt").unwrap();
    assert!(kms.knows_condition_key("kms:ViaService"));
    assert!(kms.knows_condition_key("kms:EncryptionContext:aws:logs:arn"));
    assert!(!kms.knows_condition_key("kms:EncryptionContext:"));
    let s3 = Actions::embedded().service("s3").unwrap();
    assert_eq!(s3.condition_key_type("s3:ExistingObjectTag/kind"), Some(ConditionKeyType::String));
    assert_eq!(s3.condition_key_type("s3:ExistingObjectTag"), None);
    let dynamodb = Actions::embedded().service("dynamodb").unwrap();
    assert_eq!(
        dynamodb.condition_key_type("dynamodb:LeadingKeys"),
        Some(ConditionKeyType::ArrayOfString)
    );
    let sqs = Actions::embedded().service("sqs").unwrap();
    assert!(sqs.knows_everywhere("aws:ResourceTag/team"));
    assert!(!sqs.knows_everywhere("aws:RequestTag/team"));
}

/// The full names of all actions of one service, small enough to draw from.
fn names_of(prefix: &str) -> Vec<&'static str> {
    let service = Actions::embedded().service(prefix).unwrap();
    service.actions.keys().copied().collect()
}

proptest! {
    #[test]
    fn any_part_of_a_name_may_be_a_star(
        name in prop::sample::select(names_of("s3")),
        cuts in prop::collection::vec(0_usize..40, 1..4),
    ) {
        let mut pattern = name.to_owned();
        for cut in cuts {
            let start = cut % (pattern.len() + 1);
            let end = (start + cut % 5).min(pattern.len());
            pattern.replace_range(start..end, "*");
        }
        prop_assert!(fits_wildcard(&pattern, name), "{} should fit {}", name, pattern);
    }

    #[test]
    fn a_fitting_text_holds_the_parts_in_order(pattern in "[ab*]{0,6}", text in "[ab]{0,8}") {
        let expression = format!("a{pattern}b");
        let fits = fits_wildcard(&expression, &text);
        prop_assert_eq!(fits, fits_slowly(expression.as_bytes(), text.as_bytes()));
    }
}

/// The same question answered by trying every place: slow and plain.
fn fits_slowly(pattern: &[u8], text: &[u8]) -> bool {
    match pattern.split_first() {
        None => text.is_empty(),
        Some((b'*', rest)) => (0..=text.len()).any(|skip| fits_slowly(rest, &text[skip..])),
        Some((first, rest)) => text
            .split_first()
            .is_some_and(|(found, left)| found == first && fits_slowly(rest, left)),
    }
}
