//! What can be measured of a thing, as its room says it; dashboard and alarms come from it.
use platgen_terraform::Value;

/// One measure of a thing, and from which value on somebody must look.
#[derive(Clone, Debug)]
pub struct Metric {
    /// What a spec calls it: `5xx` in `load_balancer.public.5xx`.
    pub key: &'static str,
    /// What a chart calls it.
    pub title: &'static str,
    /// Where its values come from.
    pub measure: Measure,
    /// The alarm that every such thing has, unless the spec says otherwise.
    pub alarm: Option<Threshold>,
}

/// Where the values of a metric come from.
#[derive(Clone, Debug)]
pub enum Measure {
    /// CloudWatch keeps them.
    Series(Series),
    /// They are computed of what CloudWatch keeps: an expression over the ids of the series
    /// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html>).
    Computed {
        /// The expression, `100 * hits / (hits + misses)`.
        expression: &'static str,
        /// The series by their ids in it.
        series: Vec<(&'static str, Series)>,
    },
}

/// Values that CloudWatch keeps.
#[derive(Clone, Debug)]
pub struct Series {
    /// The namespace, `AWS/ApplicationELB`.
    pub namespace: &'static str,
    /// The name, `HTTPCode_Target_5XX_Count`.
    pub name: &'static str,
    /// The statistic: `Sum`, `Average`, `Maximum`, `p95`.
    pub statistic: &'static str,
    /// Of what.
    pub dimensions: Vec<(&'static str, Value)>,
    /// Where it is kept.
    pub place: MetricPlace,
}

/// The region that keeps a metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MetricPlace {
    /// The region of the platform.
    Regional,
    /// `us-east-1`, whatever the region of the platform: CloudFront.
    UsEast1,
}

/// When an alarm rings.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Threshold {
    /// On which side of the value.
    pub side: Side,
    /// The value.
    pub value: f64,
    /// Seconds that one value covers: 10, 20, 30 or a multiple of 60
    /// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html>).
    pub period: i64,
    /// How many values in a row.
    pub periods: i64,
    /// What no value means.
    pub silence: Silence,
}

/// On which side of its value an alarm rings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// At the value and above it.
    AtLeast,
    /// Below the value.
    Below,
}

/// What it means for an alarm that there is no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Silence {
    /// All is well: a count of faults that is not there is zero.
    Good,
    /// Something is wrong: what should always speak does not.
    Bad,
    /// Nothing.
    Ignored,
}
