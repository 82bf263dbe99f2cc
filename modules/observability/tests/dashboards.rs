//! The dashboard, and the metrics and queries of a spec's own.
use super::with;
use crate::testing::{addresses, document, resource};
use platgen_source::json::{self, Value as Json, json};
use platgen_terraform::{Document, render, schema::Schema};
use pretty_assertions::assert_eq;

const OWN: &str = r#"
[observability.metric]
orders  = { logs = "service.web", filter = '{ $.event = "order" }' }
paid    = { logs = "service.web", filter = '{ $.event = "paid" }', unit = "Count" }
open    = { logs = "service.web", filter = '{ $.event = "open" }', value = "$.count" }
by-path = { logs = "service.web", filter = '{ $.event = "hit" }', dimensions.Path = "$.path" }
slow    = { logs = "database.main.slowquery", statistic = "maximum" }
share   = { expression = "100 * {paid} / ({orders} + {paid})" }
load    = { expression = "{load_balancer.public.requests} / {service.web.tasks}" }
[observability.query]
errors = { logs = ["service.web", "database.main.error"], text = "filter level = 'ERROR'" }
"#;

/// The widgets of a dashboard, as they are written.
fn widgets(document: &Document, local: &str) -> Vec<Json> {
    let file = "modules/observability/dashboard.tf.json";
    let content: Json = json::from_slice(&render(document, Schema::embedded())[file]).unwrap();
    content["locals"][local].as_array().cloned().unwrap_or_default()
}

fn titled<'a>(widgets: &'a [Json], title: &str) -> &'a Json {
    let found = widgets.iter().find(|widget| widget["properties"]["title"] == title);
    &found.unwrap_or_else(|| panic!("no {title} in {widgets:#?}"))["properties"]
}

#[test]
fn things_have_groups_of_charts_in_order() {
    let document = document(&with(OWN));
    let widgets = widgets(&document, "dashboard");
    let headings = widgets.iter().filter(|widget| widget["type"] == "text");
    let headings: Vec<&Json> = headings.map(|widget| &widget["properties"]["markdown"]).collect();
    assert_eq!(
        headings,
        [
            "## Alarms",
            "## shop",
            "## cache.sessions",
            "## database.main",
            "## job.nightly",
            "## load_balancer.public",
            "## service.web",
            "## table.messages",
        ]
    );
    let errors = titled(&widgets, "Answers with 5xx");
    assert_eq!(errors["region"], "us-east-2");
    assert_eq!(
        errors["metrics"],
        json!([
            [{ "expression": "SUM(METRICS())", "id": "result", "label": "Answers with 5xx" }],
            [
                "AWS/ApplicationELB", "HTTPCode_ELB_5XX_Count",
                "LoadBalancer", "${var.lb_public_arn_suffix}",
                { "id": "m1", "stat": "Sum", "visible": false },
            ],
            [
                "AWS/ApplicationELB", "HTTPCode_Target_5XX_Count",
                "LoadBalancer", "${var.lb_public_arn_suffix}",
                { "id": "m2", "stat": "Sum", "visible": false },
            ],
        ])
    );
    let line = json!([{ "label": "dev-shop-load_balancer.public.5xx", "value": 10 }]);
    assert_eq!(errors["annotations"]["horizontal"], line);
    let states = widgets.iter().find(|widget| widget["type"] == "alarm").unwrap();
    assert!(states["properties"]["alarms"].as_array().unwrap().len() > 10, "{states}");
}

#[test]
fn widgets_lie_beside_and_below_each_other() {
    let document = document(&with(OWN));
    let widgets = widgets(&document, "dashboard");
    let mut taken = std::collections::BTreeSet::new();
    for widget in &widgets {
        let number = |key: &str| widget[key].as_i64().unwrap();
        assert!(number("x") + number("width") <= 24, "{widget}");
        for x in number("x")..number("x") + number("width") {
            for y in number("y")..number("y") + number("height") {
                assert!(taken.insert((x, y)), "{widget} lies on another");
            }
        }
    }
}

#[test]
fn own_metrics_are_drawn_by_what_they_are() {
    let document = document(&with(OWN));
    let widgets = widgets(&document, "dashboard");
    for (title, expected) in [
        (
            "orders",
            json!([["shop/dev", "orders", { "id": "m1", "label": "orders", "stat": "Sum" }]]),
        ),
        ("open", json!([["shop/dev", "open", { "id": "m1", "label": "open", "stat": "Average" }]])),
        ("slow", json!([["shop/dev", "slow", { "id": "m1", "label": "slow", "stat": "Maximum" }]])),
        (
            "by-path",
            json!([[{
                "expression":
                    "SEARCH('{\"shop/dev\",Path} MetricName=\"by-path\"', 'Sum')",
                "id": "result",
                "label": "by-path",
            }]]),
        ),
        (
            "share",
            json!([
                [{ "expression": "100 * m1 / ( m2 + m1 )", "id": "result", "label": "share" }],
                ["shop/dev", "paid", { "id": "m1", "stat": "Sum", "visible": false }],
                ["shop/dev", "orders", { "id": "m2", "stat": "Sum", "visible": false }],
            ]),
        ),
    ] {
        assert_eq!(titled(&widgets, title)["metrics"], expected, "{title}");
    }
    let load = titled(&widgets, "load");
    assert_eq!(load["metrics"][0][0]["expression"], "m1 / m2");
}

#[test]
fn filters_count_in_the_log_that_is_named() {
    let document = document(&with(OWN));
    for (name, group, pattern, value, default, unit) in [
        ("orders", "service__web", "{ $.event = \"order\" }", "1", json!("0"), Json::Null),
        ("paid", "service__web", "{ $.event = \"paid\" }", "1", json!("0"), json!("Count")),
        ("open", "service__web", "{ $.event = \"open\" }", "$.count", Json::Null, Json::Null),
        ("by_path", "service__web", "{ $.event = \"hit\" }", "1", Json::Null, Json::Null),
        ("slow", "database__main__log__slowquery", "", "1", json!("0"), Json::Null),
    ] {
        let address = format!("aws_cloudwatch_log_metric_filter.{name}");
        let filter = resource(&document, "observability", &address);
        let group = format!("${{var.cloudwatch_log_group_{group}_name}}");
        assert_eq!(filter["log_group_name"], group.as_str(), "{name}");
        assert_eq!(filter["pattern"], pattern, "{name}");
        let metric = &filter["metric_transformation"][0];
        assert_eq!(metric["namespace"], "shop/dev", "{name}");
        assert_eq!(metric["value"], value, "{name}");
        assert_eq!(metric["default_value"], default, "{name}");
        assert_eq!(metric["unit"], unit, "{name}");
    }
    let query = "aws_cloudwatch_query_definition.errors";
    let query = resource(&document, "observability", query);
    assert_eq!(query["name"], "dev-shop/errors");
    assert_eq!(query["log_group_names"].as_array().unwrap().len(), 2);
}

#[test]
fn a_full_dashboard_goes_on_in_another() {
    let table = |number| format!("[table.t{number:03}]\npartition_key = \"id\"\n");
    let text: String = (0..90).map(table).collect();
    let document = document(&format!("{text}[observability]\nalarms = false\n"));
    let found = addresses(&document, "observability");
    let pages = found.iter().filter(|one| one.starts_with("aws_cloudwatch_dashboard"));
    let names = ["aws_cloudwatch_dashboard.platform", "aws_cloudwatch_dashboard.platform__2"];
    assert_eq!(pages.collect::<Vec<_>>(), names);
    let second = resource(&document, "observability", names[1]);
    assert_eq!(second["dashboard_name"], "dev-shop-2");
    for local in ["dashboard", "dashboard__2"] {
        let count = widgets(&document, local).len();
        assert!((1..=500).contains(&count), "{count}");
    }
}

#[test]
fn there_is_none_where_it_is_not_wanted() {
    let document = document(&with("[observability]\ndashboard = false"));
    let found = addresses(&document, "observability");
    assert!(!found.iter().any(|one| one.starts_with("aws_cloudwatch_dashboard")), "{found:#?}");
}
