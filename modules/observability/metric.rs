//! What can be measured of a thing, as its room says it; dashboard and alarms come from it.
use super::reading::EVERY_SERIES;
use platgen_source::Read;
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
    /// Like [`Self::Computed`], of as many series as the thing has parts: its nodes, its indexes.
    Combined {
        /// The expression, `MAX(METRICS())`.
        expression: String,
        /// The series; the first is `m1` in the expression, the second `m2`.
        series: Vec<Series>,
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
    /// Above the value.
    Above,
    /// At the value and below it.
    AtMost,
    /// Below the value.
    Below,
}

/// What it means for an alarm that there is no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Read)]
pub enum Silence {
    /// All is well: a count of faults that is not there is zero.
    Good,
    /// Something is wrong: what should always speak does not.
    Bad,
    /// Nothing: the alarm stays as it is.
    Ignored,
}

impl Series {
    /// A series in the region of the platform.
    pub fn regional(
        namespace: &'static str,
        name: &'static str,
        statistic: &'static str,
        dimensions: Vec<(&'static str, Value)>,
    ) -> Self {
        Self { namespace, name, statistic, dimensions, place: MetricPlace::Regional }
    }
}

impl Metric {
    /// A metric that CloudWatch keeps, without an alarm.
    pub fn of(key: &'static str, title: &'static str, series: Series) -> Self {
        Self { key, title, measure: Measure::Series(series), alarm: None }
    }

    /// A metric that combines several series by one function of metric math, `SUM` or `MAX`, without
    /// an alarm. A series without a value does not count.
    pub fn combined(
        key: &'static str,
        title: &'static str,
        function: &str,
        series: Vec<Series>,
    ) -> Self {
        let expression = format!("{function}({EVERY_SERIES})");
        Self { key, title, measure: Measure::Combined { expression, series }, alarm: None }
    }

    /// The metric with an alarm.
    #[must_use]
    pub fn with_alarm(mut self, alarm: Threshold) -> Self {
        self.alarm = Some(alarm);
        self
    }
}

impl Threshold {
    /// Rings at a value and above it, for so many values in a row that each cover so many seconds. No
    /// value is good news.
    pub fn at_least(value: f64, period: i64, periods: i64) -> Self {
        Self { side: Side::AtLeast, value, period, periods, silence: Silence::Good }
    }

    /// Rings below a value, for so many values in a row that each cover so many seconds. No value is
    /// good news.
    pub fn below(value: f64, period: i64, periods: i64) -> Self {
        Self { side: Side::Below, ..Self::at_least(value, period, periods) }
    }

    /// The same, where no value means something else.
    #[must_use]
    pub fn when_silent(mut self, silence: Silence) -> Self {
        self.silence = silence;
        self
    }
}

impl Side {
    /// As CloudWatch writes it
    /// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html>).
    pub fn aws_word(self) -> &'static str {
        match self {
            Self::AtLeast => "GreaterThanOrEqualToThreshold",
            Self::Above => "GreaterThanThreshold",
            Self::AtMost => "LessThanOrEqualToThreshold",
            Self::Below => "LessThanThreshold",
        }
    }

    /// As a sentence has it.
    pub fn words(self) -> &'static str {
        match self {
            Self::AtLeast => "at least",
            Self::Above => "above",
            Self::AtMost => "at most",
            Self::Below => "below",
        }
    }
}

impl Silence {
    /// As CloudWatch writes it
    /// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html>).
    pub fn aws_word(self) -> &'static str {
        match self {
            Self::Good => "notBreaching",
            Self::Bad => "breaching",
            Self::Ignored => "ignore",
        }
    }
}
