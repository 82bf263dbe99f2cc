//! What all log groups share: the key that encrypts them, and how long they are kept.
//!
//! One key for all of them: its policy lets CloudWatch Logs use it for the log groups of this account
//! and region, and for nothing else
//! (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html>).
use super::MODULE;
use crate::aws;
use crate::connect::iam::{Arn, PolicyPlace, Principal, Statement};
use crate::kind::Thing;
use crate::kms::customer_key;
use crate::platform::{Head, Platform};
use platgen_source::diagnostics::SpecPath;
use platgen_source::{Node, Read, Reader, Schemas, json};
use platgen_terraform::{Address, Document, Handle, block};

/// The name of the key, and of its file.
const NAME: &str = "logs";

/// How long log events are kept: one of the terms that CloudWatch Logs offers
/// (<https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html>).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Retention(i64);

/// The terms, as a spec writes them, and their days.
const TERMS: [(&str, i64); 22] = [
    ("1d", 1),
    ("3d", 3),
    ("5d", 5),
    ("7d", 7),
    ("14d", 14),
    ("30d", 30),
    ("60d", 60),
    ("90d", 90),
    ("120d", 120),
    ("150d", 150),
    ("180d", 180),
    ("365d", 365),
    ("400d", 400),
    ("545d", 545),
    ("731d", 731),
    ("1096d", 1096),
    ("1827d", 1827),
    ("2192d", 2192),
    ("2557d", 2557),
    ("2922d", 2922),
    ("3288d", 3288),
    ("3653d", 3653),
];

/// A log group, and where it is put.
pub struct LogGroup<'a> {
    /// The module.
    pub module: &'static str,
    /// The file, without ending.
    pub file: &'a str,
    /// The name of the resource.
    pub name: &'a str,
    /// The name at AWS, at most 512 letters
    /// (<https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html>).
    pub aws_name: String,
    /// How long events are kept.
    pub retention: Retention,
    /// The line of the spec that causes it.
    pub cause: &'a SpecPath,
}

impl Retention {
    /// What is kept where the spec says nothing: 90 days, in development 7.
    pub fn default_of(head: &Head) -> Self {
        head.by_profile(Self(90), Self(7))
    }

    /// The term in days.
    pub fn days(self) -> i64 {
        self.0
    }
}

/// The key that encrypts all logs.
pub fn key() -> Handle {
    Handle::new(MODULE, Address::managed("aws_kms_key", NAME))
}

/// Makes a log group, encrypted under the logs key.
pub fn log_group(out: &mut Document, group: &LogGroup<'_>) -> Handle {
    let arguments = block! {
        name: &group.aws_name,
        retention_in_days: group.retention.days(),
        kms_key_id: key().get("arn"),
    };
    out.module(group.module)
        .file(group.file)
        .resource("aws_cloudwatch_log_group", group.name, arguments)
        .cause(group.cause)
        .add()
}

/// Puts the key into a document.
pub(super) fn lower(platform: &Platform, out: &mut Document) {
    let region = &platform.head.region;
    let groups = aws::arn(out, MODULE, "logs", region, "log-group:*");
    let uses = ["kms:Decrypt*", "kms:Encrypt*", "kms:GenerateDataKey*", "kms:ReEncrypt*"];
    let service = |name: String| Principal::Service(name.into());
    let of_log_groups = Statement::allow(&uses, vec![Arn::any()])
        .to(service(format!("logs.{region}.amazonaws.com")))
        .when("ArnLike", "kms:EncryptionContext:aws:logs:arn", [groups]);
    let mut statements = vec![of_log_groups];
    // Some hand their logs to this service, which writes them.
    if platform.things.all().any(Thing::delivers_logs) {
        let deliveries =
            Statement::allow(&["kms:Decrypt", "kms:GenerateDataKey*"], vec![Arn::any()])
                .to(service("delivery.logs.amazonaws.com".to_owned()))
                .when("StringEquals", "aws:SourceAccount", [aws::account(out, MODULE)]);
        statements.push(deliveries);
    }
    let cause = super::section();
    let place = PolicyPlace { module: MODULE, file: NAME, name: "logs_key", cause: &cause };
    customer_key(platform, out, &place, NAME, statements);
}

impl Read for Retention {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        let words = TERMS.map(|(word, _)| word);
        reader.word(node, &words).map(|place| Self(TERMS[place].1))
    }

    fn schema(_: &mut Schemas) -> json::Value {
        json::json!({ "type": "string", "enum": TERMS.map(|(word, _)| word) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_term_says_its_days() {
        for (word, days) in TERMS {
            assert_eq!(word, format!("{days}d"));
        }
    }
}
