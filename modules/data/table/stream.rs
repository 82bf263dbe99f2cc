//! The stream of a table's changes, and the functions that it feeds.
use super::Table;
use crate::connect::Grant;
use crate::connect::iam::{Arn, Statement};
use crate::connect::trigger::{Feed, Trigger};
use crate::data::key;
use crate::platform::Platform;
use platgen_source::diagnostics::{Diagnostic, code};

/// Lambda reads the stream in the name of the function, so the function gets the rights
/// (<https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-eventsourcemapping.html>).
pub(super) fn feeds(table: &Table, trigger: &Trigger, platform: &Platform) -> Vec<Grant> {
    let stream = Arn::new("dynamodb:stream", table.handle().get("stream_arn"));
    let read = ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"];
    let mut grant = trigger.reading();
    grant.task.extend([
        Statement::allow(&read, vec![stream]),
        Statement::allow(&["dynamodb:ListStreams"], vec![Arn::any()]),
        key::right(&["kms:Decrypt"], "dynamodb", &platform.head.region),
    ]);
    vec![grant]
}

/// Finds what is wrong with the functions that the stream feeds.
pub(super) fn check<'a>(
    table: &Table,
    triggers: impl Iterator<Item = &'a Trigger>,
) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for trigger in triggers {
        let Feed::Table(feed) = &trigger.feed else { continue };
        let cause = &trigger.cause;
        if table.stream.is_none() {
            let message = format!("`{}` keeps no stream of its changes", table.id);
            let help = format!("set `stream = \"both\"` in [{}]", table.id);
            findings.push(Diagnostic::at(&code::CONFLICT, cause, message).help(help));
        }
        findings.extend(feed.check(cause));
    }
    findings
}

#[cfg(test)]
mod tests;
