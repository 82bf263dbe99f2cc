//! What can be measured of a function
//! (<https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html>).
use super::Function;
use crate::messaging::dead_letter;
use crate::observability::metric::{
    Measure, Metric, MetricPlace, Series, Side, Silence, Threshold,
};
use platgen_terraform::Value;

/// The keys of all metrics.
pub(super) const KEYS: [&str; 7] = [
    "calls",
    "errors",
    "throttles",
    "duration",
    "concurrency",
    "iterator-age",
    dead_letter::METRIC,
];

/// From which share of the timeout on, and of reserved calls, somebody must look.
const NEAR_LIMIT: f64 = 0.8;
/// Milliseconds by which the reading of records may lag behind: ten minutes, of the 24 hours that a table
/// and at least a stream keep them
/// (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html>).
const LONGEST_LAG: f64 = 600_000.0;

impl Function {
    /// Everything that can be measured of this function.
    pub(super) fn all_metrics(&self) -> Vec<Metric> {
        let milliseconds = self.longest();
        let crowded = self.concurrency.map(|most| alarm(whole(most) * NEAR_LIMIT, 3));
        let mut metrics = vec![
            self.metric("calls", "Calls", ("Invocations", "Sum"), None),
            self.metric("errors", "Calls that failed", ("Errors", "Sum"), Some(alarm(1.0, 1))),
            self.metric("throttles", "Calls refused", ("Throttles", "Sum"), Some(alarm(1.0, 1))),
            self.metric(
                "duration",
                "Duration in milliseconds, p95",
                ("Duration", "p95"),
                Some(alarm(milliseconds * NEAR_LIMIT, 3)),
            ),
            self.metric(
                "concurrency",
                "Calls at one time",
                ("ConcurrentExecutions", "Maximum"),
                crowded,
            ),
        ];
        if self.reads_records() {
            let title = "Age of the records read, in milliseconds";
            let lag = Some(alarm(LONGEST_LAG, 1));
            metrics.push(self.metric("iterator-age", title, ("IteratorAge", "Maximum"), lag));
        }
        if self.has_dead_letters() {
            metrics.push(dead_letter::metric(self.dead_letters().get("name")));
        }
        metrics
    }

    /// The most that a metric can be.
    pub(super) fn most_of(&self, metric: &str) -> Option<f64> {
        match metric {
            "duration" => Some(self.longest()),
            "concurrency" => self.concurrency.map(whole),
            _ => None,
        }
    }

    /// The milliseconds that a call may take.
    fn longest(&self) -> f64 {
        whole(self.timeout.as_seconds()) * 1000.0
    }

    fn metric(
        &self,
        key: &'static str,
        title: &'static str,
        (name, statistic): (&'static str, &'static str),
        alarm: Option<Threshold>,
    ) -> Metric {
        let function: Value = self.handle().get("function_name");
        let series = Series {
            namespace: "AWS/Lambda",
            name,
            statistic,
            dimensions: vec![("FunctionName", function)],
            place: MetricPlace::Regional,
        };
        Metric { key, title, measure: Measure::Series(series), alarm }
    }
}

/// An alarm at a value that holds for so many times five minutes.
fn alarm(value: f64, periods: i64) -> Threshold {
    Threshold { side: Side::AtLeast, value, period: 300, periods, silence: Silence::Good }
}

/// A number of seconds, or of calls.
#[expect(clippy::cast_precision_loss, reason = "both are far below what a float holds exactly")]
fn whole(number: i64) -> f64 {
    number as f64
}
