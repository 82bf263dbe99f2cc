//! What CloudWatch counts of an API.
use super::Api;
use super::spec::ApiType;
use crate::observability::metric::{
    Measure, Metric, MetricPlace, Series, Side, Silence, Threshold,
};
use platgen_terraform::Value;

/// Faults of callers in five minutes, and of the API, from which on somebody must look.
const MANY_CALLER_FAULTS: f64 = 100.0;
const MANY_FAULTS: f64 = 5.0;
/// Milliseconds from which on an answer is slow: callers wait.
const SLOW: f64 = 3000.0;
/// Seconds that one value covers.
const PERIOD: i64 = 300;

/// The metrics of an API
/// (<https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-metrics.html>,
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html>).
pub(super) fn of(api: &Api) -> Vec<Metric> {
    let [caller_faults, faults] = match api.r#type {
        ApiType::Http => ["4xx", "5xx"],
        ApiType::Rest => ["4XXError", "5XXError"],
    };
    let metric = |key, title, name, statistic, alarm| Metric {
        key,
        title,
        measure: Measure::Series(Series {
            namespace: "AWS/ApiGateway",
            name,
            statistic,
            dimensions: dimensions(api),
            place: MetricPlace::Regional,
        }),
        alarm,
    };
    let from = |value, periods| {
        let (side, silence) = (Side::AtLeast, Silence::Good);
        Some(Threshold { side, value, period: PERIOD, periods, silence })
    };
    vec![
        metric("4xx", "Requests refused", caller_faults, "Sum", from(MANY_CALLER_FAULTS, 3)),
        metric("5xx", "Requests failed", faults, "Sum", from(MANY_FAULTS, 1)),
        metric("latency", "Latency (p95)", "Latency", "p95", from(SLOW, 3)),
        metric("requests", "Requests", "Count", "Sum", None),
    ]
}

fn dimensions(api: &Api) -> Vec<(&'static str, Value)> {
    match api.r#type {
        ApiType::Http => vec![("ApiId", api.handle().get("id"))],
        ApiType::Rest => {
            vec![("ApiName", Value::from(&api.aws_name)), ("Stage", Value::from(api.stage_name()))]
        }
    }
}
