//! The dashboard: the state of every alarm, the spec's own metrics, and a group of charts for every
//! thing, in the order of kinds and names.
use super::alarm::Alarm;
use super::own::path;
use super::reading::{Reading, number};
use super::reference::MetricReference;
use super::{MODULE, section, topic};
use crate::kind::Thing;
use crate::names::identifier;
use crate::platform::Platform;
use platgen_source::diagnostics::SpecPath;
use platgen_terraform::{Document, Value, block, json};

/// The file of the dashboard.
const FILE: &str = "dashboard";
/// The name of its resources.
const NAME: &str = "platform";
/// The most widgets of a dashboard, and the most series of all of them
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html>).
const MOST_WIDGETS: usize = 500;
const MOST_SERIES: usize = 2500;
/// The most series of one widget, its expression among them.
const MOST_SERIES_OF_WIDGET: usize = 500;
/// The most alarms of one widget
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html>).
const MOST_ALARMS: usize = 100;
/// How wide a dashboard is.
const COLUMNS: i64 = 24;
/// How wide and how high a chart is, and how high a heading.
const CHART: (i64, i64) = (6, 6);
const HEADING: i64 = 1;
/// Seconds that one value of a chart covers.
const PERIOD: i64 = 300;
/// The longest name
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutDashboard.html>).
const LONGEST_NAME: usize = 255;

/// Charts with a heading.
struct Group {
    heading: String,
    charts: Vec<Chart>,
    cause: SpecPath,
}

/// A widget without its place.
struct Chart {
    kind: &'static str,
    properties: Value,
    width: i64,
    series: usize,
}

/// Puts the dashboard into a document, if there is something to see; as many as it takes.
pub(super) fn lower(alarms: &[Alarm], platform: &Platform, out: &mut Document) {
    if !platform.observability.dashboard {
        return;
    }
    let mut groups = own_metrics(alarms, platform);
    groups.extend(platform.things.all().filter_map(|thing| of_thing(thing, alarms, platform)));
    if groups.is_empty() {
        return;
    }
    if !alarms.is_empty() {
        groups.insert(0, states(alarms));
    }
    for (place, page) in pages(&groups).into_iter().enumerate() {
        lower_page(place, &page, platform, out);
    }
}

fn lower_page(place: usize, groups: &[&Group], platform: &Platform, out: &mut Document) {
    let number = (place + 1).to_string();
    let parts: &[&str] = if place == 0 { &[] } else { &[&number] };
    let local = identifier(&[&["dashboard"], parts].concat());
    let name = platform.head.prefix.name(LONGEST_NAME, parts);
    let mut file = out.module(MODULE).file(FILE);
    let widgets = file.local(&local, layout(groups));
    let arguments =
        block! { dashboard_name: &name, dashboard_body: json(block! { widgets: widgets }) };
    let mut causes: Vec<SpecPath> = groups.iter().map(|group| group.cause.clone()).collect();
    causes.dedup();
    let resource = identifier(&[&[NAME], parts].concat());
    file.resource("aws_cloudwatch_dashboard", &resource, arguments).causes(&causes).add();
    let region = &platform.head.region;
    let url = format!(
        "https://{region}.console.aws.amazon.com/cloudwatch/home?region={region}#dashboards:name={name}"
    );
    let output = identifier(&[&["observability", "dashboard"], parts].concat());
    out.output(&output, url, "Where the dashboard is seen");
}

/// The state of every alarm.
fn states(alarms: &[Alarm]) -> Group {
    let charts = alarms.chunks(MOST_ALARMS).map(|alarms| {
        let arns: Value = alarms.iter().map(|alarm| alarm.handle().get("arn")).collect();
        let properties = block! { title: "Alarms", alarms: arns };
        Chart { kind: "alarm", properties, width: COLUMNS, series: 0 }
    });
    Group { heading: "Alarms".to_owned(), charts: charts.collect(), cause: section() }
}

/// The spec's own metrics.
fn own_metrics(alarms: &[Alarm], platform: &Platform) -> Vec<Group> {
    let names = platform.observability.metrics.keys();
    let chart = |name| {
        let reference = MetricReference::Own(name);
        let reading = platform.observability.reading(&reference, platform).ok()?;
        chart(&reference, &reading, alarms, platform)
    };
    let charts: Vec<Chart> = names.clone().cloned().filter_map(chart).collect();
    let heading = platform.head.platform.to_string();
    let cause = names.min().map_or_else(section, |name| path(name).parent());
    if charts.is_empty() { Vec::new() } else { vec![Group { heading, charts, cause }] }
}

/// The metrics of a thing, if it has any.
fn of_thing(thing: &dyn Thing, alarms: &[Alarm], platform: &Platform) -> Option<Group> {
    let id = thing.id();
    let charts: Vec<Chart> = thing
        .metrics(platform)
        .iter()
        .filter_map(|metric| {
            let (name, key) = (id.name.clone(), metric.key.to_owned());
            let reference = MetricReference::Thing { kind: id.kind, name, key };
            chart(&reference, &Reading::of(metric, &platform.head), alarms, platform)
        })
        .collect();
    (!charts.is_empty()).then(|| Group { heading: id.to_string(), charts, cause: id.path() })
}

/// The chart of a metric, with a line where an alarm rings; none if it has more series than a widget
/// takes.
fn chart(
    reference: &MetricReference,
    reading: &Reading,
    alarms: &[Alarm],
    platform: &Platform,
) -> Option<Chart> {
    let rows = reading.chart();
    if rows.len() > MOST_SERIES_OF_WIDGET {
        return None;
    }
    let here = platform.head.region.as_str();
    let region = topic::provider(reading.place).map_or(here, |alias| alias.region());
    let watching = alarms.iter().filter(|alarm| alarm.metric == *reference);
    let bounds: Vec<Value> = watching
        .map(|alarm| block! { label: &alarm.aws_name, value: number(alarm.threshold.value) })
        .collect();
    let annotations = (!bounds.is_empty()).then(|| block! { horizontal: bounds });
    let properties = block! {
        title: reading.caption(),
        region: region,
        view: "timeSeries",
        period: PERIOD,
        stacked: false,
        annotations: annotations,
        yAxis: reading.axis(),
        metrics: rows,
    };
    let series = reading.lines.len().max(1);
    Some(Chart { kind: "metric", properties, width: CHART.0, series })
}

/// The groups in pages that a dashboard can hold each. A group stays together.
fn pages(groups: &[Group]) -> Vec<Vec<&Group>> {
    let mut pages: Vec<Vec<&Group>> = Vec::new();
    let (mut widgets, mut series) = (0, 0);
    for group in groups {
        let more_widgets = group.charts.len() + 1;
        let more_series: usize = group.charts.iter().map(|chart| chart.series).sum();
        let fits = widgets + more_widgets <= MOST_WIDGETS && series + more_series <= MOST_SERIES;
        match pages.last_mut() {
            Some(page) if fits => {
                page.push(group);
                widgets += more_widgets;
                series += more_series;
            }
            _ => {
                pages.push(vec![group]);
                (widgets, series) = (more_widgets, more_series);
            }
        }
    }
    pages
}

/// The widgets of groups, each below the one before: a heading, and charts in rows.
fn layout(groups: &[&Group]) -> Value {
    let mut widgets = Vec::new();
    let mut y = 0;
    for group in groups {
        let heading = block! { markdown: format!("## {}", group.heading) };
        widgets.push(widget("text", (0, y), (COLUMNS, HEADING), heading));
        y += HEADING;
        let mut x = 0;
        for chart in &group.charts {
            if x + chart.width > COLUMNS {
                (x, y) = (0, y + CHART.1);
            }
            let size = (chart.width, CHART.1);
            widgets.push(widget(chart.kind, (x, y), size, chart.properties.clone()));
            x += chart.width;
        }
        y += CHART.1;
    }
    widgets.into()
}

fn widget(kind: &str, (x, y): (i64, i64), (width, height): (i64, i64), properties: Value) -> Value {
    block! { type: kind, x: x, y: y, width: width, height: height, properties: properties }
}
