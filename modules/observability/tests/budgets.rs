//! Budgets.
use crate::testing::{document, found, resource};
use platgen_source::json::{Value as Json, json};
use pretty_assertions::assert_eq;

#[test]
fn a_budget_tells_shares_and_the_forecast() {
    let text = "[budget.monthly]\nlimit_usd = 800\nnotify = [\"b@example.com\", \"a@example.com\"]";
    let document = document(text);
    let budget = resource(&document, "observability", "aws_budgets_budget.monthly");
    for (key, expected) in [
        ("name", json!("dev-shop-monthly")),
        ("limit_amount", json!("800")),
        ("time_unit", json!("MONTHLY")),
        ("cost_filter", json!([{ "name": "TagKeyValue", "values": ["user:Project$shop"] }])),
        ("depends_on", json!(["aws_sns_topic_policy.ops"])),
    ] {
        assert_eq!(budget[key], expected, "{key}");
    }
    let row = |notification: &Json| {
        let emails = &notification["subscriber_email_addresses"];
        assert_eq!(*emails, json!(["a@example.com", "b@example.com"]));
        (notification["notification_type"].clone(), notification["threshold"].clone())
    };
    let rows: Vec<_> = budget["notification"].as_array().unwrap().iter().map(row).collect();
    let expected = [("ACTUAL", 50), ("ACTUAL", 80), ("ACTUAL", 100), ("FORECASTED", 100)];
    assert_eq!(rows, expected.map(|(kind, share)| (json!(kind), json!(share))));
    let policy = "data.aws_iam_policy_document.topic__ops";
    let policy = resource(&document, "observability", policy).to_string();
    assert!(policy.contains("budgets.amazonaws.com"), "{policy}");
    assert!(!policy.contains("events.amazonaws.com"), "{policy}");
}

#[test]
fn days_have_no_forecast() {
    let text = "[budget.daily]\nlimit_usd = 5\nperiod = \"day\"\nat = [100, 100]";
    let budget = resource(&document(text), "observability", "aws_budgets_budget.daily");
    let notifications = budget["notification"].to_string();
    assert_eq!(budget["time_unit"], "DAILY");
    assert!(!notifications.contains("FORECASTED"), "{notifications}");
    assert!(!notifications.contains("subscriber_email_addresses"), "{notifications}");
}

#[test]
fn faults_are_found_where_they_stand() {
    let many: Vec<String> = (0..11).map(|number| format!("\"a{number}@example.com\"")).collect();
    for (more, code, path) in [
        ("limit_usd = 0".to_owned(), "PG0104", "budget.b.limit_usd"),
        ("limit_usd = 1\nperiod = \"week\"".to_owned(), "PG0105", "budget.b.period"),
        (
            "limit_usd = 1\nperiod = \"day\"\nforecast = 90".to_owned(),
            "PG0108",
            "budget.b.forecast",
        ),
        ("limit_usd = 1\nat = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]".to_owned(), "PG0405", "budget.b.at"),
        (format!("limit_usd = 1\nnotify = [{}]", many.join(", ")), "PG0405", "budget.b.notify"),
        ("limit_usd = 1\nnotify = \"me\"".to_owned(), "PG0106", "budget.b.notify[0]"),
        ("limit_usd = 1\naws_name = \"a:b\"".to_owned(), "PG0106", "budget.b.aws_name"),
    ] {
        let found = found(&format!("[budget.b]\n{more}\n"));
        assert_eq!(found, [(code, path.to_owned())], "{more}");
    }
}
