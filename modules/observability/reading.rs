//! Metrics in the one shape that dashboards and alarms take: series, and maybe an expression over them.
use super::metric::{Measure, Metric, MetricPlace, Series};
use super::spec::Unit;
use crate::platform::Head;
use platgen_terraform::{ProviderAlias, Value, block};

/// What stands for all series in an expression
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html>).
pub const EVERY_SERIES: &str = "METRICS()";
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
    /// What a computed value is counted in; series have units of their own.
    pub unit: Option<Unit>,
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
            unit: None,
        }
    }

    /// What it is called, with the percentile that is looked at, if it is one.
    pub fn caption(&self) -> String {
        match self.lines.as_slice() {
            [line] if line.is_percentile() && !self.title.contains(&line.statistic) => {
                format!("{}, {}", self.title, line.statistic)
            }
            _ => self.title.clone(),
        }
    }

    /// The metric as a part of a formula in which its series have the ids from a place on: what stands in
    /// the formula, and the series. Nothing if its series are known only when it is looked at.
    pub fn part(&self, first: usize) -> Option<(String, Vec<Line>)> {
        let number =
            |(place, line): (usize, &Line)| Line { id: line_id(first + place), ..line.clone() };
        let lines: Vec<Line> = self.lines.iter().enumerate().map(number).collect();
        let text = match (&self.expression, lines.as_slice()) {
            (_, []) => return None,
            (None, [line, ..]) => line.id.clone(),
            (Some(expression), lines) => {
                let ids: Vec<&str> = lines.iter().map(|line| line.id.as_str()).collect();
                let word = |word: &str| {
                    let place = self.lines.iter().position(|line| line.id == word);
                    place.map_or(word, |place| ids[place]).to_owned()
                };
                // In a longer formula, all series would be those of its other parts as well.
                let own = format!("[{}]", ids.join(", "));
                format!("({})", in_words(expression, word).replace(EVERY_SERIES, &own))
            }
        };
        Some((text, lines))
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

    /// The `yAxis` of a widget
    /// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html>).
    pub fn axis(&self) -> Option<Value> {
        let label = |unit: Unit| block! { left: block! { label: unit.0, showUnits: false } };
        self.unit.map(label)
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

/// A text whose words, of letters, digits and `_`, are replaced one by one.
fn in_words(text: &str, replace: impl Fn(&str) -> String) -> String {
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let mut result = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let end = rest.find(|letter| is_part(letter) != is_part(first)).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        result.push_str(&if is_part(first) { replace(word) } else { word.to_owned() });
        rest = after;
    }
    result
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
