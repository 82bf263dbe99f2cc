//! Metrics in the one shape that dashboards and alarms take: series, and maybe an expression over them.
use super::metric::{Measure, Metric, MetricPlace, Series};
use crate::platform::Head;
use platgen_terraform::{ProviderAlias, Value, block};

/// The id of the expression among the ids of the series.
const RESULT: &str = "result";

/// A metric as dashboards and alarms take it.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// What it is called.
    pub title: String,
    /// What is computed of the series; none where there is a single one that is looked at itself.
    pub expression: Option<String>,
    /// The series.
    pub lines: Vec<Line>,
    /// Where the series are kept.
    pub place: MetricPlace,
}

/// A series and its id.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// The id in the expression.
    pub id: String,
    /// The namespace.
    pub namespace: String,
    /// The name.
    pub name: String,
    /// The statistic.
    pub statistic: String,
    /// Of what.
    pub dimensions: Vec<(String, Value)>,
}

impl Reading {
    /// The reading of a thing's metric.
    pub fn of(metric: &Metric, head: &Head) -> Self {
        let (expression, series): (Option<String>, Vec<(String, &Series)>) = match &metric.measure {
            Measure::Series(series) => (None, vec![(line_id(0), series)]),
            Measure::Computed { expression, series } => {
                let named = series.iter().map(|(id, series)| ((*id).to_owned(), series));
                (Some((*expression).to_owned()), named.collect())
            }
            Measure::Combined { expression, series } => {
                let numbered = series.iter().enumerate();
                let named = numbered.map(|(place, series)| (line_id(place), series));
                (Some(expression.clone()), named.collect())
            }
        };
        let elsewhere = series.iter().any(|(_, series)| series.place == MetricPlace::UsEast1);
        let here = head.region == ProviderAlias::UsEast1.region();
        Self {
            title: metric.title.to_owned(),
            expression,
            place: if elsewhere && !here { MetricPlace::UsEast1 } else { MetricPlace::Regional },
            lines: series.into_iter().map(|(id, series)| Line::of(id, series)).collect(),
        }
    }

    /// What it is called, with the percentile that is looked at, if it is one.
    pub fn caption(&self) -> String {
        match self.lines.as_slice() {
            [line] if line.is_percentile() => format!("{}, {}", self.title, line.statistic),
            _ => self.title.clone(),
        }
    }

    /// The `metric_query` blocks of an alarm on an expression
    /// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDataQuery.html>).
    pub fn queries(&self, expression: &str, period: i64) -> Vec<Value> {
        let result = block! {
            id: RESULT,
            expression: expression,
            label: &self.title,
            return_data: true,
        };
        let line = |line: &Line| {
            let metric = block! {
                namespace: &line.namespace,
                metric_name: &line.name,
                period: period,
                stat: &line.statistic,
                dimensions: line.dimensions_map(),
            };
            block! { id: &line.id, metric: metric }
        };
        std::iter::once(result).chain(self.lines.iter().map(line)).collect()
    }

    /// The `metrics` of a widget
    /// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html>).
    pub fn chart(&self) -> Vec<Value> {
        let expression = self.expression.as_ref().map(|expression| {
            let shown = block! { id: RESULT, expression: expression, label: &self.title };
            Value::from(vec![shown])
        });
        let alone = expression.is_none();
        let line = |line: &Line| {
            let mut row = vec![Value::from(&line.namespace), Value::from(&line.name)];
            for (name, value) in &line.dimensions {
                row.extend([Value::from(name), value.clone()]);
            }
            row.push(block! {
                id: &line.id,
                stat: &line.statistic,
                label: alone.then(|| self.caption()),
                visible: (!alone).then_some(false),
            });
            Value::from(row)
        };
        expression.into_iter().chain(self.lines.iter().map(line)).collect()
    }
}

impl Line {
    fn of(id: String, series: &Series) -> Self {
        let dimensions = series.dimensions.iter();
        Self {
            id,
            namespace: series.namespace.to_owned(),
            name: series.name.to_owned(),
            statistic: series.statistic.to_owned(),
            dimensions: dimensions.map(|(name, of)| ((*name).to_owned(), of.clone())).collect(),
        }
    }

    /// Whether it looks at a percentile, `p95`.
    pub fn is_percentile(&self) -> bool {
        self.statistic.starts_with('p')
    }

    /// The dimensions as Terraform takes them; a series without any has no such argument.
    pub fn dimensions_map(&self) -> Option<Value> {
        let entries = self.dimensions.iter().cloned().collect();
        (!self.dimensions.is_empty()).then_some(Value::Map(entries))
    }
}

/// The id of the series at a place: `m1`, `m2`.
pub fn line_id(place: usize) -> String {
    format!("m{}", place + 1)
}

/// A number of a threshold, whole where it is.
pub fn number(value: f64) -> Value {
    /// Above this, not every whole number is a `f64`.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if value.fract() == 0.0 && value.abs() < EXACT {
        #[expect(clippy::cast_possible_truncation, reason = "the number is whole and fits")]
        return Value::from(value as i64);
    }
    Value::from(value)
}
