//! What watches a platform, and what is refused.
mod alarms;
mod archive;
mod budgets;
mod dashboards;
mod findings;
mod measures;
mod messages;
mod others;

/// A platform with something of every kind that is measured.
const THINGS: &str = r#"
[service.web]
image = "nginx:1.29"
port = 8080
route.main = "/*"
[job.nightly]
image = "alpine:3"
retries = 2
[database.main]
engine = "aurora-mysql"
[table.messages]
partition_key = "id"
index.by-day.partition_key = "day"
[cache.sessions]
"#;

/// [`THINGS`], and more.
fn with(more: &str) -> String {
    format!("{THINGS}\n{more}")
}
