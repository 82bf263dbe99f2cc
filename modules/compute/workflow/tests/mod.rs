//! Workflows: what they become, and what is refused. The helpers that these tests share stand here.
mod asl;
mod definition;
mod findings;
mod rights;

use crate::compute::service::tests::local;
use crate::lower;
use crate::testing::platform;
use platgen_source::json::{self, Value as Json};
use platgen_terraform::{Part, Value};

/// Things for workflows to use.
pub(super) const OTHERS: &str = r#"
[function.charge]
[topic.bids]
[queue.work]
[event_bus.main]
[email.mail]
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

/// A workflow `order` whose first state is `A`, with these keys, followed by `Z`, which ends.
pub(super) fn one_state(keys: &str) -> String {
    format!(
        "[workflow.order]\nstart = \"A\"\n[workflow.order.state.A]\n{keys}\n\
         [workflow.order.state.Z]\nend = \"succeed\"\n{OTHERS}"
    )
}

/// The definition that a workflow `order` becomes in development.
pub(super) fn written(toml: &str) -> Json {
    local(&lower(&platform("dev", toml)), "workflow__order")
}

/// What a first state with these keys, followed by `Z`, becomes.
pub(super) fn state(keys: &str) -> Json {
    written(&one_state(&format!("{keys}\nnext = \"Z\"")))["States"]["A"].clone()
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
