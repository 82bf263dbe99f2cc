//! What a spec may say of how the platform is watched.
use super::filter::FilterPattern;
use super::formula::Formula;
use super::metric::Silence;
use super::notify::NotifySpec;
use super::reference::{LogReference, MetricReference};
use crate::data::upkeep::days::Days;
use platgen_source::diagnostics::code;
use platgen_source::{
    Count, Duration, Node, OneOrMore, Percent, Read, Reader, Schemas, Things, Value, is_plain,
    json, shown, text_type,
};
use std::collections::BTreeMap;

/// How the platform is watched. Alarms, a dashboard and messages about failures come by themselves for
/// everything that is declared, also without this section.
#[derive(Debug, Default, Read)]
pub struct ObservabilitySpec {
    /// Who is told of alarms and failures: `["ops@example.com"]`. By default nobody, until somebody
    /// subscribes to the topic in the outputs.
    pub notify: Option<NotifySpec>,
    /// Whether messages of alarms and failures are sent. By default yes; in development no: alarms
    /// change their state, and the dashboard shows it.
    pub paging: Option<bool>,
    /// Whether everything that is declared has the alarms of its kind. By default yes. One that would
    /// look at more than ten series, which CloudWatch does not take, is left out.
    pub alarms: Option<bool>,
    /// Whether there is a dashboard. By default yes.
    pub dashboard: Option<bool>,
    /// Whether failures of tasks, deployments, workflows, databases and backups are told. By default
    /// yes.
    pub events: Option<bool>,
    /// Copies every log group into an encrypted bucket: `true`, or more. By default not. In production
    /// each request to the copies is recorded in the log bucket.
    pub log_archive: Option<ArchiveSpec>,
    /// The share of requests that is traced, in percent, where something traces. By default 5, in
    /// development 100.
    pub sampling: Option<Percent>,
    /// Metrics of your own, made of logs or of other metrics.
    pub metric: Things<MetricSpec>,
    /// Alarms of your own. One that watches a metric takes the place of the default alarm there.
    pub alarm: Things<AlarmSpec>,
    /// Queries of logs that are kept in the console.
    pub query: Things<QuerySpec>,
}

/// Copies of every log group in an encrypted bucket: yes or no, or more.
#[derive(Debug, Read)]
#[spec(short = "enabled")]
pub struct ArchiveSpec {
    /// Whether there are copies. By default yes, if the section is there.
    pub enabled: Option<bool>,
    /// Days that they are kept. By default `365d`, in development `30d`.
    pub retention: Option<Days<1, 3653>>,
    /// Days after which they move to Glacier. By default `90d`, if they are kept for at least `90d`
    /// more, which Glacier charges anyway; else never.
    pub glacier_after: Option<Days<1, 3653>>,
}

text_type! {
    /// The name of a dimension, in the characters that need no quotes
    /// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_Dimension.html>).
    DimensionName,
    "^[A-Za-z0-9_-]{1,255}$",
    "1 to 255 letters, digits, _ and -",
    |text| is_plain(text, 1..=255, b"_-")
}

/// A metric of your own: counted in a log (`logs`), or computed of other metrics (`expression`).
#[derive(Debug, Read)]
pub struct MetricSpec {
    /// The log: `"service.web"`; where a thing has several, `"database.main.error"`.
    pub logs: Option<LogReference>,
    /// Which events count, as a filter pattern of CloudWatch: `'{ $.event = "order.placed" }'`. By
    /// default all.
    pub filter: Option<FilterPattern>,
    /// What an event counts for: a number, or a part of it such as `"$.count"`. By default 1.
    pub value: Option<String>,
    /// Parts of an event that tell its values apart: `Path = "$.path"`. At most three. Such a metric
    /// is drawn, but no alarm can watch it.
    pub dimensions: BTreeMap<DimensionName, String>,
    /// A formula of other metrics: `"100 * {orders-paid} / {orders-placed}"`,
    /// `"{load_balancer.public.5xx} / {load_balancer.public.requests}"`.
    pub expression: Option<Formula>,
    /// What one value is made of the values in its time. By default their sum; with `value`, their
    /// average.
    pub statistic: Option<Statistic>,
    /// The unit, as CloudWatch writes it: `"Percent"`, `"Seconds"`, `"Count"`. Of a formula it stands at
    /// the axis of the chart.
    pub unit: Option<Unit>,
}

/// What one value is made of the values in its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Read)]
pub enum Statistic {
    /// All of them together.
    Sum,
    /// The mean.
    Average,
    /// The least.
    Minimum,
    /// The most.
    Maximum,
}

/// A unit of CloudWatch
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html>).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unit(pub &'static str);

/// An alarm of your own. It takes the place of the default alarm on its metric; what it does not say,
/// the default alarm says.
#[derive(Debug, Read)]
pub struct AlarmSpec {
    /// What it watches: `"load_balancer.public.5xx"`, `"metric.orders"`.
    pub metric: MetricReference,
    /// Whether there is such an alarm. By default yes; `false` only takes the default one away.
    pub enabled: Option<bool>,
    /// Rings at this value and above it: `10`, or `"80%"` of the most that there can be.
    pub at_least: Option<Bound>,
    /// Rings above this value.
    pub above: Option<Bound>,
    /// Rings at this value and below it.
    pub at_most: Option<Bound>,
    /// Rings below this value.
    pub below: Option<Bound>,
    /// The time that one value covers, in whole minutes. By default that of the default alarm, or five
    /// minutes.
    pub within: Option<Duration>,
    /// How many values in a row. By default as many as of the default alarm; with `within`, one.
    pub periods: Option<Count<1, 1440>>,
    /// Looks at a percentile instead of the statistic of the metric: `99` is what 99 of 100 values
    /// stay below.
    pub percentile: Option<Percentile>,
    /// What it means that there is no value. By default `good`.
    pub silence: Option<Silence>,
    /// Who is told, beside those of the section.
    pub notify: Option<NotifySpec>,
}

/// A percentile, above 0 and at most 100.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Percentile(pub f64);

/// A value that an alarm compares with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Bound {
    /// The value itself.
    Plain(f64),
    /// A share of the most that the metric can be, in percent.
    Share(i64),
}

/// A query of logs that is kept in the console
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html>).
#[derive(Debug, Read)]
pub struct QuerySpec {
    /// The logs: one or more of `"service.web"`, `"database.main.error"`.
    pub logs: OneOrMore<LogReference>,
    /// The query, in the language of Logs Insights.
    pub text: QueryText,
}

text_type! {
    /// A query of Logs Insights, at most 10000 letters
    /// (<https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutQueryDefinition.html>).
    QueryText,
    "^[\\s\\S]{1,10000}$",
    "1 to 10000 letters",
    |text| (1..=10_000).contains(&text.chars().count())
}

/// Every unit.
const UNITS: [&str; 27] = [
    "Seconds",
    "Microseconds",
    "Milliseconds",
    "Bytes",
    "Kilobytes",
    "Megabytes",
    "Gigabytes",
    "Terabytes",
    "Bits",
    "Kilobits",
    "Megabits",
    "Gigabits",
    "Terabits",
    "Percent",
    "Count",
    "Bytes/Second",
    "Kilobytes/Second",
    "Megabytes/Second",
    "Gigabytes/Second",
    "Terabytes/Second",
    "Bits/Second",
    "Kilobits/Second",
    "Megabits/Second",
    "Gigabits/Second",
    "Terabits/Second",
    "Count/Second",
    "None",
];

impl Statistic {
    /// As CloudWatch writes it.
    pub fn aws_word(self) -> &'static str {
        match self {
            Self::Sum => "Sum",
            Self::Average => "Average",
            Self::Minimum => "Minimum",
            Self::Maximum => "Maximum",
        }
    }
}

impl Read for Unit {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        reader.word(node, &UNITS).map(|place| Self(UNITS[place]))
    }

    fn schema(_: &mut Schemas) -> json::Value {
        json::json!({ "type": "string", "enum": UNITS })
    }
}

impl Read for Percentile {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        let share = f64::read(node, reader)?;
        if share <= 0.0 || share > 100.0 {
            reader.fault(&code::OUT_OF_RANGE, format!("{share} is not above 0 and at most 100"));
            return None;
        }
        Some(Self(share))
    }

    fn schema(_: &mut Schemas) -> json::Value {
        json::json!({ "type": "number", "exclusiveMinimum": 0, "maximum": 100 })
    }
}

impl Bound {
    /// `80%`, from 1 to 100.
    fn parse_share(text: &str) -> Option<Self> {
        let digits = text.strip_suffix('%')?;
        let plain = digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0');
        let share = digits.parse::<i64>().ok().filter(|_| plain && digits.len() <= 3)?;
        (share <= 100).then_some(Self::Share(share))
    }
}

impl Read for Bound {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        if let Value::String(text) = &node.value {
            let share = Self::parse_share(text);
            if share.is_none() {
                let message = format!("`{}` is no share", shown(text));
                let help = "write a number, or a share of the most from \"1%\" to \"100%\"";
                reader.fault_with(&code::MALFORMED, message, help.to_owned());
            }
            return share;
        }
        f64::read(node, reader).map(Self::Plain)
    }

    fn schema(_: &mut Schemas) -> json::Value {
        let share = json::json!({ "type": "string", "pattern": "^([1-9][0-9]?|100)%$" });
        json::json!({ "anyOf": [{ "type": "number" }, share] })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;

    #[test]
    fn shares_are_whole_and_at_most_everything() {
        for (text, share) in
            [("80%", Some(80)), ("100%", Some(100)), ("1%", Some(1)), ("0%", None), ("101%", None)]
        {
            assert_eq!(Bound::parse_share(text), share.map(Bound::Share), "{text}");
        }
        for text in ["80", "%", "8.5%", "+8%", "080%", "99999999999999999999%"] {
            assert_eq!(Bound::parse_share(text), None, "{text}");
        }
    }
}
