//! What can be measured of a stream
//! (<https://docs.aws.amazon.com/streams/latest/dev/monitoring-with-cloudwatch.html>).
use super::Stream;
use crate::observability::metric::{Metric, Series, Threshold};

/// The keys of all metrics.
pub(super) const KEYS: &[&str] =
    &["age", "incoming-bytes", "incoming-records", "read-throttles", "write-throttles"];

/// Milliseconds by which its slowest reader may lag behind: one hour, of the 24 that every stream keeps
/// records at least. There still is time to mend that before some are lost.
const LONGEST_LAG: f64 = 3_600_000.0;
/// Records or reads in five minutes that are turned away because there are too many, at which somebody
/// must look: a few are tried again by those who make them.
const MOST_THROTTLES: f64 = 5.0;

impl Stream {
    /// What can be measured of it.
    pub(super) fn list_metrics(&self) -> Vec<Metric> {
        let metric = |key, title, name, statistic| {
            let stream = ("StreamName", self.handle().get("name"));
            Metric::of(key, title, Series::regional("AWS/Kinesis", name, statistic, vec![stream]))
        };
        let turned_away = |key, title, name| metric(key, title, name, "Sum").with_alarm(crowded());
        let age =
            ["Age of the records read, in milliseconds", "GetRecords.IteratorAgeMilliseconds"];
        vec![
            metric("age", age[0], age[1], "Maximum").with_alarm(Threshold::at_least(
                LONGEST_LAG,
                300,
                1,
            )),
            metric("incoming-bytes", "Bytes put in", "IncomingBytes", "Sum"),
            metric("incoming-records", "Records put in", "IncomingRecords", "Sum"),
            turned_away("read-throttles", "Refused reads", "ReadProvisionedThroughputExceeded"),
            turned_away("write-throttles", "Refused records", "WriteProvisionedThroughputExceeded"),
        ]
    }
}

fn crowded() -> Threshold {
    Threshold::at_least(MOST_THROTTLES, 300, 1)
}
