//! `[observability.metric.<name>]`: metrics counted in logs, and formulas of other metrics.
use super::filter::{self, Form};
use super::formula::{Formula, Piece};
use super::metric::MetricPlace;
use super::reading::{Line, Reading, line_id};
use super::reference::{LogReference, MetricReference, OWN};
use super::spec::{MetricSpec, Statistic, Unit};
use super::{Observability, logs, section};
use crate::kind::Resolving;
use crate::kinds::{is_implied, metrics};
use crate::names::identifier;
use crate::platform::{Head, Platform};
use platgen_source::Name;
use platgen_source::diagnostics::{Diagnostic, SpecPath, code, suggestion};
use platgen_terraform::{Document, Value, block};
use std::collections::BTreeMap;

/// The file of the filters.
const FILE: &str = "metrics";
/// The most dimensions of a metric that a filter makes
/// (<https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_MetricTransformation.html>).
const MOST_DIMENSIONS: usize = 3;
/// The most metrics that one log group can be filtered into
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html>).
const MOST_FILTERS: usize = 100;

/// The longest expression of metric math, in letters
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDataQuery.html>).
const LONGEST_EXPRESSION: usize = 2048;

/// A metric of the spec's own, decided.
#[derive(Debug)]
pub(super) enum OwnMetric {
    /// It is counted in a log.
    Logged(LogMetric),
    /// It is computed of other metrics.
    Computed(ComputedMetric),
}

/// A metric that is computed of other metrics.
#[derive(Debug)]
pub(super) struct ComputedMetric {
    formula: Formula,
    unit: Option<Unit>,
}

/// A metric that is counted in a log.
#[derive(Debug)]
pub(super) struct LogMetric {
    logs: LogReference,
    filter: String,
    value: Option<String>,
    dimensions: BTreeMap<String, String>,
    statistic: &'static str,
    unit: Option<Unit>,
}

/// Where the spec declares a metric.
pub(super) fn path(name: &Name) -> SpecPath {
    section().key(OWN).key(name.as_str())
}

impl MetricSpec {
    /// Decides what the spec leaves open.
    pub(super) fn resolve(&self, name: &Name, resolving: &mut Resolving<'_>) -> Option<OwnMetric> {
        let path = path(name);
        match (&self.logs, &self.expression) {
            (Some(logs), None) => Some(OwnMetric::Logged(self.logged(logs, &path, resolving))),
            (None, Some(formula)) => {
                self.check_formula(formula, &path, resolving);
                let formula = formula.clone();
                Some(OwnMetric::Computed(ComputedMetric { formula, unit: self.unit }))
            }
            (found, _) => {
                let both = found.is_some();
                let message = if both {
                    "a metric is counted in `logs` or computed by `expression`, not both"
                } else {
                    "it has neither `logs` to be counted in nor an `expression`"
                };
                resolving.find(&code::CONFLICT, &path, message);
                None
            }
        }
    }

    fn logged(
        &self,
        logs: &LogReference,
        path: &SpecPath,
        resolving: &mut Resolving<'_>,
    ) -> LogMetric {
        let filter = self.filter.as_ref().map_or_else(String::new, ToString::to_string);
        match filter::form(&filter) {
            Ok(form) => self.check_values(&form, path, resolving),
            Err(fault) => resolving.find(&code::MALFORMED, &path.key("filter"), fault),
        }
        if self.dimensions.len() > MOST_DIMENSIONS {
            let message =
                format!("{} dimensions; CloudWatch takes {MOST_DIMENSIONS}", self.dimensions.len());
            resolving.find(&code::LIMIT, &path.key("dimensions"), message);
        }
        let usual = if self.value.is_some() { Statistic::Average } else { Statistic::Sum };
        let dimensions = self.dimensions.iter();
        LogMetric {
            logs: logs.clone(),
            filter,
            value: self.value.clone(),
            dimensions: dimensions.map(|(name, of)| (name.to_string(), of.clone())).collect(),
            statistic: self.statistic.unwrap_or(usual).aws_word(),
            unit: self.unit,
        }
    }

    fn check_values(&self, form: &Form, path: &SpecPath, resolving: &mut Resolving<'_>) {
        let fault = self.value.as_ref().and_then(|value| filter::value_fault(form, value));
        if let Some(fault) = fault {
            resolving.find(&code::MALFORMED, &path.key("value"), fault);
        }
        for (name, of) in &self.dimensions {
            let is_selector = of.starts_with('$') && filter::value_fault(form, of).is_none();
            if !is_selector {
                let message = format!("`{}` is no part of an event", platgen_source::shown(of));
                let help = "name a property of JSON, `$.path`, or a field of the filter, `$path`";
                let path = path.key("dimensions").key(name.as_str());
                resolving.find_with(&code::MALFORMED, &path, message, help);
            }
        }
    }

    fn check_formula(&self, formula: &Formula, path: &SpecPath, resolving: &mut Resolving<'_>) {
        if let Some(fault) = formula.fault() {
            resolving.find(&code::MALFORMED, &path.key("expression"), fault.to_owned());
        }
        let of_logs = [
            ("filter", self.filter.is_some()),
            ("value", self.value.is_some()),
            ("dimensions", !self.dimensions.is_empty()),
            ("statistic", self.statistic.is_some()),
        ];
        for (key, _) in of_logs.into_iter().filter(|(_, said)| *said) {
            let message = format!("`{key}` speaks of a log, and an expression has none");
            resolving.find(&code::CONFLICT, &path.key(key), message);
        }
    }
}

impl Observability {
    /// The reading of a metric that something speaks of, or why there is none.
    pub fn reading(
        &self,
        reference: &MetricReference,
        platform: &Platform,
    ) -> Result<Reading, String> {
        match reference {
            MetricReference::Thing { kind, name, key } => {
                let metrics = platform.things.get(kind, name.as_str());
                let metrics = metrics.map(|thing| thing.metrics(platform)).unwrap_or_default();
                let found = metrics.iter().find(|metric| metric.key == key);
                let known = metrics.iter().map(|metric| metric.key);
                found.map(|metric| Reading::of(metric, &platform.head)).ok_or_else(|| {
                    let help = suggestion(key, known);
                    format!("`{key}` of this `{kind}.{name}` is not measured; {help}")
                })
            }
            MetricReference::Own(name) => match self.metrics.get(name) {
                Some(OwnMetric::Logged(metric)) => Ok(metric.reading(name, &platform.head)),
                Some(OwnMetric::Computed(metric)) => self.computed(name, metric, platform),
                None => Err(format!("`{reference}` cannot be measured")),
            },
        }
    }

    /// A formula as metric math: the series of every metric get ids in the order in which the metrics are
    /// named.
    fn computed(
        &self,
        name: &Name,
        ComputedMetric { formula, unit }: &ComputedMetric,
        platform: &Platform,
    ) -> Result<Reading, String> {
        let metrics = formula.metrics();
        let (mut lines, mut places, mut parts) = (Vec::new(), Vec::new(), Vec::new());
        for metric in &metrics {
            let is_formula = matches!(metric, MetricReference::Own(name)
                if matches!(self.metrics.get(name), Some(OwnMetric::Computed(_))));
            if is_formula {
                return Err(format!("`{metric}` is itself computed; write out what it computes"));
            }
            let reading = self.reading(metric, platform)?;
            let Some((part, series)) = reading.part(lines.len()) else {
                return Err(format!("`{metric}` has dimensions whose values nobody knows before"));
            };
            places.push(reading.place);
            parts.push(part);
            lines.extend(series);
        }
        let place = places.first().copied().unwrap_or(MetricPlace::Regional);
        if places.iter().any(|other| *other != place) {
            return Err("its metrics are kept in two regions".to_owned());
        }
        let part = |reference: &MetricReference| {
            let place = metrics.iter().position(|metric| *metric == reference);
            place.and_then(|place| parts.get(place)).map_or("", String::as_str)
        };
        let texts = formula.pieces().iter().map(|piece| match piece {
            Piece::Text(text) => text.as_str(),
            Piece::Metric(reference) => part(reference),
        });
        let expression = texts.collect::<Vec<_>>().join(" ");
        if expression.len() > LONGEST_EXPRESSION {
            return Err(format!(
                "its metrics are made of {} series, which is too many",
                lines.len()
            ));
        }
        let (title, unit) = (name.to_string(), *unit);
        Ok(Reading { title, expression: Some(expression), lines, place, unit })
    }
}

impl LogMetric {
    /// A metric with dimensions exists only together with their values, which nobody knows before: it is
    /// searched for.
    fn reading(&self, name: &Name, head: &Head) -> Reading {
        let namespace = namespace(head);
        if self.dimensions.is_empty() {
            let line = Line {
                id: line_id(0),
                namespace,
                name: name.to_string(),
                statistic: self.statistic.to_owned(),
                dimensions: Vec::new(),
            };
            return Reading {
                title: name.to_string(),
                expression: None,
                lines: vec![line],
                place: MetricPlace::Regional,
                unit: None,
            };
        }
        let names: Vec<String> = self.dimensions.keys().cloned().collect();
        let schema = format!("{{\"{namespace}\",{}}}", names.join(","));
        let search = format!("SEARCH('{schema} MetricName=\"{name}\"', '{}')", self.statistic);
        Reading {
            title: name.to_string(),
            expression: Some(search),
            lines: Vec::new(),
            place: MetricPlace::Regional,
            unit: None,
        }
    }
}

/// The namespace of the spec's own metrics: `{platform}/{environment}`.
fn namespace(head: &Head) -> String {
    format!("{}/{}", head.platform, head.environment)
}

/// Whether the spec declares what a reference speaks of, the kind has such a metric, and it could be
/// decided. Otherwise it was found before.
pub(super) fn is_declared(reference: &MetricReference, platform: &Platform) -> bool {
    match reference {
        MetricReference::Thing { kind, name, key } => {
            let is_key = metrics(kind).is_some_and(|known| known.contains(&key.as_str()));
            let thing = platform.things.get(kind, name.as_str());
            is_key && (thing.is_some() || is_implied(kind, name.as_str()))
        }
        MetricReference::Own(name) => platform.observability.metrics.contains_key(name),
    }
}

/// Whether a reference can be read, or why not was found before, where the metric is declared.
pub(super) fn is_sound(reference: &MetricReference, platform: &Platform) -> bool {
    let observability = &platform.observability;
    let MetricReference::Own(name) = reference else { return true };
    match observability.metrics.get(name) {
        Some(OwnMetric::Computed(metric)) => {
            let is_sound = metric.formula.fault().is_none();
            is_sound && observability.computed(name, metric, platform).is_ok()
        }
        Some(OwnMetric::Logged(_)) | None => true,
    }
}

/// Finds what is wrong with the metrics once every thing is decided.
pub(super) fn check(platform: &Platform) -> Vec<Diagnostic> {
    let observability = &platform.observability;
    let mut findings = Vec::new();
    let mut filters: BTreeMap<String, usize> = BTreeMap::new();
    for (name, metric) in &observability.metrics {
        match metric {
            OwnMetric::Logged(metric) => {
                let path = path(name).key("logs");
                findings.extend(logs::check(&metric.logs, &path, platform));
                let count = filters.entry(format!("{:?}", metric.logs)).or_default();
                *count += 1;
                if *count == MOST_FILTERS + 1 {
                    let message = format!(
                        "more than {MOST_FILTERS} metrics of one log; CloudWatch takes no more"
                    );
                    findings.push(Diagnostic::at(&code::LIMIT, &path, message));
                }
            }
            OwnMetric::Computed(metric) => {
                let names = metric.formula.metrics();
                let is_sound = metric.formula.fault().is_none()
                    && names.into_iter().all(|metric| is_declared(metric, platform));
                let fault = observability.computed(name, metric, platform).err();
                findings.extend(fault.filter(|_| is_sound).map(|fault| {
                    Diagnostic::at(&code::IMPOSSIBLE, &path(name).key("expression"), fault)
                }));
            }
        }
    }
    findings
}

/// Puts the filters that count into a document.
pub(super) fn lower(platform: &Platform, out: &mut Document) {
    for (name, metric) in &platform.observability.metrics {
        let OwnMetric::Logged(metric) = metric else { continue };
        let Some(group) = logs::group(&metric.logs, platform) else { continue };
        let dimensions = metric.dimensions.iter().map(|(name, of)| (name.clone(), Value::from(of)));
        let has_dimensions = !metric.dimensions.is_empty();
        // A minute with events of which none counts is zero. That would be a lie of what is measured
        // in the events, and CloudWatch refuses it together with dimensions.
        let zero = metric.value.is_none() && !has_dimensions;
        let arguments = block! {
            name: platform.head.prefix.full(&[name.as_str()]),
            log_group_name: group.get("name"),
            pattern: &metric.filter,
            metric_transformation: block! {
                name: name.as_str(),
                namespace: namespace(&platform.head),
                value: metric.value.as_deref().unwrap_or("1"),
                default_value: zero.then_some("0"),
                unit: metric.unit.map(|unit| unit.0),
                dimensions: has_dimensions.then(|| Value::Map(dimensions.collect())),
            },
        };
        let mut file = out.module(super::MODULE).file(FILE);
        let local = identifier(&[name.as_str()]);
        file.resource("aws_cloudwatch_log_metric_filter", &local, arguments)
            .cause(&path(name))
            .add();
    }
}
