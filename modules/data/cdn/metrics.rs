//! What can be measured of a distribution
//! (<https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/programming-cloudwatch-metrics.html>).
use super::Cdn;
use crate::observability::metric::{
    Measure, Metric, MetricPlace, Series, Side, Silence, Threshold,
};

/// What alarms can name.
pub(super) const KEYS: &[&str] = &["4xx-rate", "5xx-rate", "bytes", "requests"];

/// Percent of requests that fail, from which on somebody must look.
const MANY_FAILURES: f64 = 5.0;

/// Every metric of a distribution.
pub(super) fn of(cdn: &Cdn) -> Vec<Metric> {
    let alarm = Threshold {
        side: Side::AtLeast,
        value: MANY_FAILURES,
        period: 300,
        periods: 3,
        silence: Silence::Good,
    };
    let rows = [
        ("4xx-rate", "Requests refused, percent", "4xxErrorRate", "Average", None),
        ("5xx-rate", "Requests failed, percent", "5xxErrorRate", "Average", Some(alarm)),
        ("bytes", "Bytes sent", "BytesDownloaded", "Sum", None),
        ("requests", "Requests", "Requests", "Sum", None),
    ];
    let metric = |(key, title, name, statistic, alarm)| Metric {
        key,
        title,
        measure: Measure::Series(Series {
            namespace: "AWS/CloudFront",
            name,
            statistic,
            dimensions: vec![
                ("DistributionId", cdn.handle().get("id")),
                ("Region", "Global".into()),
            ],
            place: MetricPlace::UsEast1,
        }),
        alarm,
    };
    rows.into_iter().map(metric).collect()
}
