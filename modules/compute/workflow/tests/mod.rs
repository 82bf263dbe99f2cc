//! Workflows: what they become, and what is refused. The helpers that these tests share stand here.
mod asl;
mod definition;
mod findings;
mod rights;

use crate::compute::service::tests::local;
use crate::files::MemoryFiles;
use crate::lower;
use crate::platform::Platform;
use crate::testing::{compiled, verified};
use platgen_source::json::{self, Value as Json};
use platgen_terraform::{Document, Part, Value};

/// Things for workflows to use.
pub(super) const OTHERS: &str = r#"
[function.charge]
image = "123456789012.dkr.ecr.us-east-2.amazonaws.com/charge:1"
[topic.bids]
[queue.work]
[event_bus.main]
[table.orders]
partition_key = "id"
sort_key = { name = "at", type = "number" }
[job.report]
image = "alpine:3.20"
[job.again]
image = "alpine:3.20"
retries = 2
[workflow.sub]
start = "End"
state.End = { end = "succeed" }
[workflow.quick]
type = "express"
start = "End"
state.End = { end = "succeed" }
"#;

/// A sender of mail. Its domain has no zone, of which it warns.
pub(super) const MAIL: &str = r#"
[email.mail]
domain = "shop.example.com"
template.sold-out = { subject = "Sold out", text = "sold-out.txt" }
"#;

/// A workflow `order` whose first state is `A`, with these keys, followed by `Z`, which ends.
pub(super) fn one_state(keys: &str) -> String {
    format!(
        "[workflow.order]\nstart = \"A\"\n[workflow.order.state.A]\n{keys}\n\
         [workflow.order.state.Z]\nend = \"succeed\"\n{OTHERS}"
    )
}

/// The platform of a text without errors, in development.
fn platform(toml: &str) -> Platform {
    let files = MemoryFiles([("sold-out.txt".to_owned(), b"Sorry, {{name}}".to_vec())].into());
    let compiled = compiled("dev", toml, &files);
    match compiled.platform {
        Some(platform) => platform,
        None => panic!("{:#?}\nin{toml}", compiled.findings),
    }
}

/// The document of a text without errors, in development. It keeps the schema of the provider.
fn document(toml: &str) -> Document {
    verified(lower(&platform(toml)))
}

/// The definition that a workflow `order` becomes.
fn written(toml: &str) -> Json {
    local(&document(toml), "workflow__order")
}

/// What a first state with these keys, followed by `Z`, becomes.
pub(super) fn state(keys: &str) -> Json {
    let toml = one_state(&format!("{keys}\nnext = \"Z\""));
    written(&format!("{toml}{MAIL}"))["States"]["A"].clone()
}

/// A value without references as JSON.
pub(super) fn json_of(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bool(value) => (*value).into(),
        Value::Integer(number) => (*number).into(),
        Value::Decimal(number) => (*number).into(),
        Value::Text(text) => text.as_str().into(),
        Value::List(items) => items.iter().map(json_of).collect(),
        Value::Map(entries) => {
            let entries = entries.iter().map(|(key, value)| (key.clone(), json_of(value)));
            Json::Object(entries.collect::<json::Map<_, _>>())
        }
        Value::Template(parts) => parts
            .iter()
            .map(|part| match part {
                Part::Text(text) => text.as_str(),
                Part::Expr(_) => "…",
            })
            .collect::<String>()
            .into(),
        Value::Expr(_) => "…".into(),
    }
}
