//! `[database.<name>]`: an Aurora cluster, compatible with `MySQL` or `PostgreSQL`.
//!
//! - `spec`: what a spec may say of it,
//! - `engine`: what the two engines differ in,
//! - `resolve`: defaults, and what is wrong beyond the types, with `load` for what grows and shrinks,
//! - `grant`: what an edge to it gives,
//! - `lower`: what it becomes, with `instances` for its instances and their scaling,
//! - `proxy`: what may stand before it.
pub mod engine;
pub mod grant;
pub mod spec;

mod instances;
mod load;
mod lower;
mod metrics;
mod proxy;
mod resolve;
#[cfg(test)]
pub(crate) mod tests;
mod words;

pub use grant::DatabaseVerbs;
pub use proxy::ProxySpec;
pub use spec::DatabaseSpec;

use super::MODULE;
use super::backup::{Copied, CopyMethod};
use super::upkeep::windows::Windows;
use crate::connect::{Grant, Reach};
use crate::kind::{Output, Thing, ThingId};
use crate::network::{Retention, Tier};
use crate::observability::metric::Metric;
use crate::platform::Platform;
use engine::{Engine, Release};
use load::{Capacity, Scale};
use platgen_source::diagnostics::{Diagnostic, code};
use platgen_terraform::{Address, Document, Handle, Value, template};
use proxy::Proxy;
use spec::{Apply, Insights, LogExport, Storage};
use std::collections::BTreeMap;

/// What placeholders can name of a database.
const OUTPUTS: &[&str] =
    &["host", "reader_host", "port", "schema", "username", "password", "secret_arn", "arn"];

/// The class of instances whose size follows the load.
const SERVERLESS: &str = "db.serverless";

/// The word for the instance that writes.
const WRITER: &str = "writer";

/// The service name of the Data API in endpoints
/// (<https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/data-api.html>).
const DATA_API: &str = "rds-data";

/// A database with every detail decided.
#[derive(Debug)]
pub struct Database {
    id: ThingId,
    aws_name: String,
    engine: Engine,
    release: Release,
    schema: String,
    instance: String,
    capacity: Option<Capacity>,
    readers: i64,
    scale: Option<Scale>,
    port: u16,
    backup_days: i64,
    windows: Windows,
    parameters: BTreeMap<String, Parameter>,
    logs: Vec<LogExport>,
    log_retention: Retention,
    monitoring_seconds: i64,
    insights: Insights,
    storage: Storage,
    minor_upgrades: bool,
    protected: bool,
    proxy: Option<Proxy>,
    rotation_days: Option<i64>,
    copied: Option<CopyMethod>,
}

/// A parameter of the cluster.
#[derive(Debug, PartialEq, Eq)]
struct Parameter {
    value: String,
    apply: Apply,
}

impl Database {
    /// The cluster.
    pub fn cluster(&self) -> Handle {
        Handle::new(MODULE, Address::managed("aws_rds_cluster", &self.id.local(&[])))
    }

    /// The instance that writes.
    fn writer(&self) -> Handle {
        let name = self.id.local(&[WRITER]);
        Handle::new(MODULE, Address::managed("aws_rds_cluster_instance", &name))
    }

    /// The ARN of the secret in which RDS keeps user name and password of the administrator
    /// (<https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/rds-secrets-manager.html>).
    fn secret_arn(&self) -> Value {
        self.cluster().get("master_user_secret[0].secret_arn")
    }

    /// One key of the JSON in that secret, as ECS takes it in `valueFrom`.
    fn secret_key(&self, key: &str) -> Value {
        template![self.secret_arn(), format!(":{key}::")]
    }

    /// Whether anybody uses the Data API.
    fn is_queried(&self, platform: &Platform) -> bool {
        let mut grants = platform.connections.to(&self.id);
        grants.any(|grant| grant.reach.contains(&Reach::Interface(DATA_API)))
    }
}

impl Thing for Database {
    fn id(&self) -> &ThingId {
        &self.id
    }

    fn output(&self, words: &[String], _consumer: &ThingId, _platform: &Platform) -> Output {
        let word = words.first().map_or("", String::as_str);
        Output::Plain(match word {
            "username" | "password" => return Output::Secret(self.secret_key(word)),
            "reader_host" => self.reader_host(),
            "port" => Value::from(self.client_port()),
            "schema" => Value::from(&self.schema),
            "secret_arn" => self.secret_arn(),
            "arn" => self.cluster().get("arn"),
            _ => self.host(),
        })
    }

    fn in_network(&self) -> bool {
        true
    }

    fn tier(&self) -> Option<Tier> {
        Some(Tier::Database)
    }

    fn front(&self) -> Option<&'static str> {
        self.proxy.as_ref().map(|_| proxy::WORD)
    }

    fn implied(&self, platform: &Platform) -> Vec<Grant> {
        self.proxy_edges(platform)
    }

    fn keeps_data(&self) -> bool {
        true
    }

    fn backed_up(&self) -> Option<Copied> {
        let arn = self.cluster().get("arn");
        self.copied.map(|method| Copied { arn, method })
    }

    fn log_groups(&self) -> Vec<(&'static str, Handle)> {
        let group = |log: &LogExport| {
            let name = self.id.part(&["log", log.word()]);
            (log.word(), Handle::new(MODULE, Address::managed("aws_cloudwatch_log_group", &name)))
        };
        self.logs.iter().map(group).collect()
    }

    fn metrics(&self, _platform: &Platform) -> Vec<Metric> {
        self.list_metrics()
    }

    fn most(&self, metric: &str) -> Option<f64> {
        self.most_of(metric)
    }

    /// The Data API does not work with burstable instances
    /// (<https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/data-api.limitations.html>).
    fn check(&self, platform: &Platform) -> Vec<Diagnostic> {
        let burstable = self.instance.starts_with("db.t");
        let queries = platform
            .connections
            .to(&self.id)
            .filter(|grant| burstable && grant.reach.contains(&Reach::Interface(DATA_API)));
        let fault = |cause| {
            let message = format!(
                "`query` needs the Data API, which {} of `{}` does not have",
                self.instance, self.id
            );
            let help = "take a class such as db.r7g.large or db.serverless, or `connect`";
            Diagnostic::at(&code::IMPOSSIBLE, cause, message).help(help)
        };
        let mut findings = self.check_proxy_users(platform);
        findings.extend(queries.map(|grant| fault(&grant.cause)));
        findings
    }

    fn lower(&self, platform: &Platform, out: &mut Document) {
        lower::lower(self, platform, out);
    }
}
