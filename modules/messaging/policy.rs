//! What the policies of topics and queues say: TLS only, and the services that bring messages in the
//! name of another thing.
//!
//! Roles of the account stand in none of them: IAM gives those their rights, edge by edge.
use super::{MODULE, event_bus, topic};
use crate::aws;
use crate::connect::Sender;
use crate::connect::iam::{Arn, Principal, Statement};
use crate::kind::ThingId;
use crate::platform::Platform;
use platgen_terraform::{Document, Value};
use std::collections::BTreeMap;

/// Refuses what comes without TLS.
pub fn tls_only(actions: &[&'static str], arn: &Arn) -> Statement {
    Statement::deny(actions, vec![arn.clone()]).to(Principal::Everyone).when(
        "Bool",
        "aws:SecureTransport",
        ["false".into()],
    )
}

/// Lets in every service that brings messages to a thing.
pub(super) fn admit_senders(
    id: &ThingId,
    platform: &Platform,
    action: &'static str,
    arn: &Arn,
    out: &mut Document,
) -> Vec<Statement> {
    let senders = platform.connections.to(id).filter_map(|grant| grant.sender.as_ref());
    admit(senders, action, arn, out)
}

/// Lets in services, each for the sources in whose name it comes.
pub(super) fn admit<'a>(
    senders: impl Iterator<Item = &'a Sender>,
    action: &'static str,
    arn: &Arn,
    out: &mut Document,
) -> Vec<Statement> {
    let mut sources: BTreeMap<&'static str, Vec<Value>> = BTreeMap::new();
    for sender in senders {
        sources.entry(sender.service).or_default().push(sender.source.clone());
    }
    let statement = |(service, sources): (&'static str, Vec<Value>)| {
        let statement = Statement::allow(&[action], vec![arn.clone()])
            .to(Principal::Service(Value::from(service)))
            .when("ArnLike", "aws:SourceArn", sources);
        if has_account_in_source(service) {
            return statement;
        }
        statement.when("StringEquals", "aws:SourceAccount", [aws::account(out, MODULE)])
    };
    sources.into_iter().map(statement).collect()
}

/// SNS and `EventBridge` give the source alone, whose ARN has the account in it
/// (<https://docs.aws.amazon.com/sns/latest/dg/subscribe-sqs-queue-to-sns-topic.html>,
/// <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html>). The ARN of a
/// bucket has none, and others document both
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/grant-destinations-permissions-to-s3.html>).
fn has_account_in_source(service: &str) -> bool {
    [event_bus::SERVICE, topic::SERVICE].contains(&service)
}
