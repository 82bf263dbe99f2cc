//! What can be measured of a table:
//! <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html>.
use super::Table;
use crate::observability::metric::{Metric, Series, Threshold};
use platgen_terraform::Value;

/// The keys of all metrics.
pub(super) const KEYS: &[&str] = &["errors", "latency", "read-units", "throttles", "write-units"];

/// Requests in five minutes that are turned away because there are too many, at which somebody must
/// look.
const MOST_THROTTLES: f64 = 5.0;
/// Milliseconds that 99 of 100 requests take at which somebody must look.
const SLOW_MILLISECONDS: f64 = 100.0;
/// Indexes beyond which an alarm could not look at the throttles of each: it takes ten series, two of
/// the table and two of each index
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-limits.html>).
const MOST_INDEXES: usize = 4;
/// The operations that the platform lets anybody do, beside those of transactions.
const OPERATIONS: [&str; 8] = [
    "BatchGetItem",
    "BatchWriteItem",
    "DeleteItem",
    "GetItem",
    "PutItem",
    "Query",
    "Scan",
    "UpdateItem",
];
/// The operations whose time does not grow with what is asked for.
const SHORT_OPERATIONS: [&str; 4] = ["GetItem", "PutItem", "Query", "UpdateItem"];

impl Table {
    /// What can be measured of it.
    pub(super) fn list_metrics(&self) -> Vec<Metric> {
        let of_operations = |operations: &[&'static str], name, statistic| -> Vec<Series> {
            let series = |operation: &&'static str| {
                self.series(name, statistic, Some(("Operation", Value::from(*operation))))
            };
            operations.iter().map(series).collect()
        };
        let latency = of_operations(&SHORT_OPERATIONS, "SuccessfulRequestLatency", "p99");
        let errors = of_operations(&OPERATIONS, "SystemErrors", "Sum");
        let throttles = if self.indexes.len() > MOST_INDEXES {
            // A request counts here if it, or what it writes to an index, is turned away.
            of_operations(&OPERATIONS, "ThrottledRequests", "Sum")
        } else {
            self.throttles()
        };
        let read = self.series("ConsumedReadCapacityUnits", "Sum", None);
        let written = self.series("ConsumedWriteCapacityUnits", "Sum", None);
        vec![
            Metric::of("read-units", "Read units", read),
            Metric::of("write-units", "Write units", written),
            Metric::combined("throttles", "Throttled requests", "SUM", throttles)
                .with_alarm(Threshold::at_least(MOST_THROTTLES, 300, 1)),
            Metric::combined("errors", "Errors of DynamoDB", "SUM", errors)
                .with_alarm(Threshold::at_least(1.0, 300, 2)),
            Metric::combined("latency", "Latency (milliseconds)", "MAX", latency)
                .with_alarm(Threshold::at_least(SLOW_MILLISECONDS, 300, 3)),
        ]
    }

    /// What is turned away of the table and of each index.
    fn throttles(&self) -> Vec<Series> {
        let indexes = self.indexes.keys();
        let index = |name| Some(("GlobalSecondaryIndexName", Value::from(name)));
        let parts: Vec<Option<(&'static str, Value)>> =
            std::iter::once(None).chain(indexes.map(index)).collect();
        let of_part = |part: &Option<(&'static str, Value)>| {
            ["ReadThrottleEvents", "WriteThrottleEvents"]
                .map(|name| self.series(name, "Sum", part.clone()))
        };
        parts.iter().flat_map(of_part).collect()
    }

    fn series(
        &self,
        name: &'static str,
        statistic: &'static str,
        part: Option<(&'static str, Value)>,
    ) -> Series {
        let table = ("TableName", self.handle().get("name"));
        let dimensions = std::iter::once(table).chain(part).collect();
        Series::regional("AWS/DynamoDB", name, statistic, dimensions)
    }
}
