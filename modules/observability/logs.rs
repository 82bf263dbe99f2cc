//! Which log group a text speaks of, and `[observability.query.<name>]`.
use super::reference::LogReference;
use super::{MODULE, section};
use crate::kind::Thing;
use crate::kinds::is_implied;
use crate::names::identifier;
use crate::platform::Platform;
use platgen_source::Name;
use platgen_source::diagnostics::{Diagnostic, SpecPath, code, listed, suggestion};
use platgen_terraform::{Document, Handle, Value, block};

/// The file of the queries.
const FILE: &str = "queries";
/// The most log groups of a query
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html>).
const MOST_GROUPS: usize = 50;

/// A query that is kept in the console, decided.
#[derive(Debug)]
pub(super) struct Query {
    /// Which logs.
    pub logs: Vec<LogReference>,
    /// The query.
    pub text: String,
}

/// The log group of a reference, if there is one.
pub(super) fn group(reference: &LogReference, platform: &Platform) -> Option<Handle> {
    let thing = platform.things.get(reference.kind, reference.name.as_str())?;
    match &reference.log {
        None => thing.log_group(),
        Some(log) => {
            let mut groups = thing.log_groups().into_iter();
            groups.find(|(word, _)| word == log).map(|(_, group)| group)
        }
    }
}

/// Finds a reference to what does not log. What is not declared at all was found before.
pub(super) fn check(
    reference: &LogReference,
    path: &SpecPath,
    platform: &Platform,
) -> Option<Diagnostic> {
    if group(reference, platform).is_some() {
        return None;
    }
    let (kind, name) = (reference.kind, &reference.name);
    let Some(thing) = platform.things.get(kind, name.as_str()) else {
        let message = format!("`{kind}.{name}` has no log group");
        return is_implied(kind, name.as_str())
            .then(|| Diagnostic::at(&code::IMPOSSIBLE, path, message).help(logging(platform)));
    };
    let groups = thing.log_groups();
    let words = groups.iter().map(|(word, _)| *word);
    let (message, help) = match (&reference.log, thing.log_group()) {
        (Some(log), Some(_)) => {
            let message = format!("`{kind}.{name}` has one log, and no `{log}`");
            (message, format!("write \"{kind}.{name}\""))
        }
        (Some(log), None) if !groups.is_empty() => {
            (format!("`{kind}.{name}` has no log `{log}`"), suggestion(log, words))
        }
        (None, None) if !groups.is_empty() => {
            let message = format!("`{kind}.{name}` has several logs");
            (message, format!("name one of {} behind it", listed(words)))
        }
        _ => (format!("`{kind}.{name}` has no log group"), logging(platform)),
    };
    Some(Diagnostic::at(&code::IMPOSSIBLE, path, message).help(help))
}

/// What logs in this platform.
fn logging(platform: &Platform) -> String {
    let logs = |thing: &&dyn Thing| thing.log_group().is_some() || !thing.log_groups().is_empty();
    let things: Vec<String> =
        platform.things.all().filter(logs).map(|thing| thing.id().to_string()).collect();
    match things.as_slice() {
        [] => "nothing that is declared here has one".to_owned(),
        things => format!("these have: {}", listed(things.iter().map(String::as_str))),
    }
}

fn path(name: &Name) -> SpecPath {
    section().key("query").key(name.as_str())
}

/// Finds what is wrong with the queries.
pub(super) fn check_queries(platform: &Platform) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for (name, query) in &platform.observability.queries {
        let path = path(name).key("logs");
        for (place, logs) in query.logs.iter().enumerate() {
            findings.extend(check(logs, &path.index(place), platform));
        }
        if query.logs.len() > MOST_GROUPS {
            let message = format!("{} logs; a query takes {MOST_GROUPS}", query.logs.len());
            findings.push(Diagnostic::at(&code::LIMIT, &path, message));
        }
    }
    findings
}

/// Puts the queries into a document. A `/` in the name makes a folder in the console
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_Insights-Saving-Queries.html>).
pub(super) fn lower(platform: &Platform, out: &mut Document) {
    for (name, query) in &platform.observability.queries {
        let groups = query.logs.iter().filter_map(|logs| group(logs, platform));
        let arguments = block! {
            name: format!("{}/{name}", platform.head.prefix.as_str()),
            log_group_names: groups.map(|group| group.get("name")).collect::<Value>(),
            query_string: &query.text,
        };
        let mut file = out.module(MODULE).file(FILE);
        file.resource("aws_cloudwatch_query_definition", &identifier(&[name.as_str()]), arguments)
            .cause(&path(name))
            .add();
    }
}
