//! The stream of a table's changes, and the functions that it feeds.
use super::Table;
use crate::connect::Grant;
use crate::connect::trigger::{Feed, Trigger};
use crate::platform::Platform;
use platgen_source::diagnostics::{Diagnostic, code};

/// Lambda reads the stream in the name of the function, so the function gets the rights
/// (<https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-eventsourcemapping.html>).
pub(super) fn feeds(table: &Table, trigger: &Trigger, platform: &Platform) -> Vec<Grant> {
    let mut grant = trigger.reading();
    grant.give(table.id.kind, "on", &platform.head.region, |kind| table.resources(kind));
    vec![grant]
}

impl Table {
    /// Why nobody can read the stream of a table without one.
    pub(super) fn has_no_stream(&self) -> String {
        format!("`{}` keeps no stream of its changes", self.id)
    }

    /// What would mend it.
    pub(super) fn needs_a_stream(&self) -> String {
        format!("set `stream = \"both\"` in [{}]", self.id)
    }
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
            let finding = Diagnostic::at(&code::CONFLICT, cause, table.has_no_stream());
            findings.push(finding.help(table.needs_a_stream()));
        }
        findings.extend(feed.check(cause));
    }
    findings
}

#[cfg(test)]
mod tests;
