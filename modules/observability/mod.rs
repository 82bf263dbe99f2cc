//! The module `observability`: dashboard, alarms, messages, log archive and budgets.
//!
//! - `metric`: what a room says of what can be measured of its things,
//! - `spec`, `reference`, `formula`, `filter`, `notify`: what a spec may say, and how it is read,
//! - `reading`: metrics in the one shape that the rest takes,
//! - `own`, `alarm`, `logs`: metrics, alarms and queries of the spec, and the alarms by default,
//! - `composite`, `dashboard`, `events`, `traces`, `archive`, `topic`: what it all becomes.
//!
//! It is lowered last: events, traces and the archive look at what the document holds, so that nothing
//! is forgotten.
pub mod budget;
pub mod filter;
pub mod formula;
pub mod metric;
pub mod notify;
pub mod reading;
pub mod reference;
pub mod spec;
pub mod topic;

mod alarm;
mod archive;
mod composite;
mod dashboard;
mod events;
mod logs;
mod own;
#[cfg(test)]
mod tests;
mod traces;

pub use spec::ObservabilitySpec;

use crate::data::log_bucket::LogWriter;
use crate::kind::Resolving;
use crate::platform::Platform;
use alarm::OwnAlarm;
use archive::Archive;
use logs::Query;
use metric::MetricPlace;
use notify::Contacts;
use own::OwnMetric;
use platgen_source::diagnostics::{Diagnostic, SpecPath};
use platgen_source::{Count, Name};
use platgen_terraform::Document;
use std::collections::{BTreeMap, BTreeSet};
use topic::Teller;

/// The name of the module in the output.
pub const MODULE: &str = "observability";

/// The share of requests that is traced, in percent, in production and in development: what X-Ray
/// takes if nothing is said, and all of them
/// (<https://docs.aws.amazon.com/xray/latest/devguide/xray-console-sampling.html>).
const SAMPLING: [i64; 2] = [5, 100];

/// How the platform is watched, with every detail decided.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the spec by itself")]
pub struct Observability {
    contacts: Contacts,
    paging: bool,
    default_alarms: bool,
    dashboard: bool,
    events: bool,
    archive: Option<Archive>,
    sampling: i64,
    metrics: BTreeMap<Name, OwnMetric>,
    alarms: Vec<OwnAlarm>,
    queries: BTreeMap<Name, Query>,
}

/// Where the section stands, which causes everything that has no more exact cause.
fn section() -> SpecPath {
    SpecPath::of(["observability"])
}

impl Observability {
    /// Decides how the platform of a spec is watched, declared or not.
    pub fn resolve(spec: Option<&ObservabilitySpec>, resolving: &mut Resolving<'_>) -> Self {
        let undeclared = ObservabilitySpec::default();
        let spec = spec.unwrap_or(&undeclared);
        let head = resolving.head;
        let metric = |(name, metric): (&Name, &spec::MetricSpec)| {
            Some((name.clone(), metric.resolve(name, resolving)?))
        };
        let metrics = spec.metric.iter().filter_map(metric).collect();
        let alarms = spec.alarm.iter().map(|(name, alarm)| alarm.resolve(name, resolving));
        let alarms = alarms.collect();
        let query = |(name, query): (&Name, &spec::QuerySpec)| {
            (name.clone(), Query { logs: query.logs.0.clone(), text: query.text.to_string() })
        };
        let [production, development] = SAMPLING;
        let usual = head.by_profile(production, development);
        Self {
            contacts: Contacts::resolve(spec.notify.as_ref(), &section().key("notify"), resolving),
            paging: spec.paging.unwrap_or(head.is_production()),
            default_alarms: spec.alarms.unwrap_or(true),
            dashboard: spec.dashboard.unwrap_or(true),
            events: spec.events.unwrap_or(true),
            archive: Archive::resolve(spec.log_archive.as_ref(), resolving),
            sampling: spec.sampling.map_or(usual, Count::get),
            metrics,
            alarms,
            queries: spec.query.iter().map(query).collect(),
        }
    }

    /// Who writes request logs for it.
    pub fn request_logs(&self) -> Option<LogWriter> {
        self.archive.as_ref().and_then(Archive::request_logs)
    }
}

/// Finds what is wrong with how the platform is watched, once every thing is decided.
pub fn check(platform: &Platform) -> Vec<Diagnostic> {
    let mut findings = own::check(platform);
    findings.extend(alarm::check(platform));
    findings.extend(logs::check_queries(platform));
    findings
}

/// Puts everything that watches the platform into a document, after everything that is watched.
pub fn lower(platform: &Platform, out: &mut Document) {
    let mut tellers = BTreeSet::new();
    own::lower(platform, out);
    logs::lower(platform, out);
    let alarms = alarm::all(platform);
    for alarm in &alarms {
        alarm.lower(platform, out);
    }
    if alarms.iter().any(alarm::is_here) {
        tellers.insert(Teller::Alarms);
    }
    if !platform.things.budget.is_empty() {
        tellers.insert(Teller::Budgets);
    }
    composite::lower(&alarms, platform, out);
    tellers.extend(events::lower(platform, out));
    traces::lower(platform, out);
    let needs_key = archive::lower(platform, out);
    dashboard::lower(&alarms, platform, out);
    topic::lower(&tellers, &alarms, platform, out);
    if needs_key || !tellers.is_empty() {
        topic::lower_key(MetricPlace::Regional, &tellers, platform, out);
    }
}
