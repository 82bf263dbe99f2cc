//! What senders become.
use super::{MAIL, document, read};
use crate::kind::{Kind, Thing};
use crate::lower;
use crate::messaging::email::EmailSpec;
use crate::testing::{WITH_DOMAIN, addresses, only, resource};
use platgen_source::json::{Value, json};
use pretty_assertions::assert_eq;

/// A resource of the module.
fn get(text: &str, address: &str) -> Value {
    resource(&document(text), "messaging", address)
}

#[test]
fn a_sender_in_the_zone_proves_its_mail_by_records() {
    assert_eq!(
        addresses(&document(MAIL), "messaging"),
        [
            "aws_route53_record.mail__dkim",
            "aws_route53_record.mail__dmarc",
            "aws_route53_record.mail__mx",
            "aws_route53_record.mail__spf",
            "aws_sesv2_configuration_set.mail",
            "aws_sesv2_configuration_set_event_destination.mail__metrics",
            "aws_sesv2_email_identity.mail",
            "aws_sesv2_email_identity_mail_from_attributes.mail",
            "data.aws_route53_zone.main",
        ]
    );
    let dkim = get(MAIL, "aws_route53_record.mail__dkim");
    assert_eq!(dkim["for_each"], json!({ "1": 0, "2": 1, "3": 2 }));
    let token = "${aws_sesv2_email_identity.mail.dkim_signing_attributes[0].tokens[each.value]}";
    assert_eq!(dkim["name"], format!("{token}._domainkey.shop.example.com"));
    assert_eq!(dkim["records"], json!([format!("{token}.dkim.amazonses.com")]));
    for (word, name, value) in [
        ("mx", "mail.shop.example.com", "10 feedback-smtp.us-east-2.amazonses.com"),
        ("spf", "mail.shop.example.com", "v=spf1 include:amazonses.com ~all"),
        ("dmarc", "_dmarc.shop.example.com", "v=DMARC1; p=quarantine"),
    ] {
        let record = get(MAIL, &format!("aws_route53_record.mail__{word}"));
        assert_eq!(
            (&record["name"], &record["records"]),
            (&json!(name), &json!([value])),
            "{word}"
        );
    }
}

#[test]
fn the_keys_of_some_regions_are_below_a_name_of_their_own() {
    let text = format!("{WITH_DOMAIN}{MAIL}").replace("us-east-2", "eu-south-1");
    let compiled = crate::testing::compiled("dev", &text, &crate::files::MemoryFiles::default());
    let document = lower(&compiled.platform.unwrap());
    let dkim = resource(&document, "messaging", "aws_route53_record.mail__dkim");
    let value = dkim["records"][0].as_str().unwrap();
    assert!(value.ends_with(".dkim.eu-south-1.amazonses.com"), "{value}");
}

#[test]
fn records_outside_of_the_zone_are_listed() {
    let text = "[email.mail]\ndomain = \"example.org\"\nmail_from = \"bounce\"\n\
                dmarc = { policy = \"reject\", reports = \"dmarc@example.org\" }\n";
    let document = document(text);
    let kinds = addresses(&document, "messaging");
    assert!(!kinds.iter().any(|address| address.contains("route53")), "{kinds:?}");
    let rendered =
        platgen_terraform::render(&document, platgen_terraform::schema::Schema::embedded());
    let (_, outputs) = rendered.into_iter().find(|(path, _)| path == "outputs.tf.json").unwrap();
    let outputs: Value = platgen_source::json::from_slice(&outputs).unwrap();
    let records = outputs["output"]["email__mail__records"]["value"].as_array().unwrap().clone();
    let kinds: Vec<_> = records.iter().map(|record| record["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["CNAME", "CNAME", "CNAME", "MX", "TXT", "TXT"]);
    assert_eq!(records[3]["name"], "bounce.example.org");
    assert_eq!(records[5]["value"], "v=DMARC1; p=reject; rua=mailto:dmarc@example.org");
}

#[test]
fn a_record_that_another_tool_makes_is_left_out() {
    let document = document(&format!("{MAIL}dmarc = \"unmanaged\"\n"));
    assert!(
        !addresses(&document, "messaging").contains(&"aws_route53_record.mail__dmarc".to_owned())
    );
}

#[test]
fn messages_go_out_over_tls_and_what_happens_is_counted() {
    let set = get(MAIL, "aws_sesv2_configuration_set.mail");
    assert_eq!(set["configuration_set_name"], "dev-shop-mail");
    for (block, expected) in [
        ("delivery_options", json!({ "tls_policy": "REQUIRE" })),
        ("reputation_options", json!({ "reputation_metrics_enabled": true })),
        ("sending_options", json!({ "sending_enabled": true })),
        ("suppression_options", json!({ "suppressed_reasons": ["BOUNCE", "COMPLAINT"] })),
    ] {
        assert_eq!(only(&set[block]), expected, "{block}");
    }
    for (track, expected) in [
        ("", vec!["BOUNCE", "COMPLAINT", "DELIVERY", "REJECT", "RENDERING_FAILURE", "SEND"]),
        ("track = [\"open\"]\n", vec!["BOUNCE", "COMPLAINT", "DELIVERY", "OPEN", "SEND"]),
        (
            "track = [\"click\", \"delivery-delay\", \"subscription\"]\n",
            vec![
                "BOUNCE",
                "CLICK",
                "COMPLAINT",
                "DELIVERY",
                "DELIVERY_DELAY",
                "SEND",
                "SUBSCRIPTION",
            ],
        ),
    ] {
        let address = "aws_sesv2_configuration_set_event_destination.mail__metrics";
        let destination = get(&format!("{MAIL}{track}"), address);
        let events = only(&destination["event_destination"])["matching_event_types"].take();
        assert_eq!(events, json!(expected), "{track}");
    }
}

#[test]
fn topics_get_the_events_that_are_tracked() {
    let mail = format!("{MAIL}events = [\"topic.feedback\", \"topic.audit\"]\n");
    let topics = "[topic.audit]\n[topic.feedback]\n";
    let document = document(&format!("{mail}track = [\"bounce\", \"open\"]\n{topics}"));
    let get = |address: &str| resource(&document, "messaging", address);
    for topic in ["audit", "feedback"] {
        let kind = "aws_sesv2_configuration_set_event_destination";
        let made = get(&format!("{kind}.mail__topic_{topic}"));
        assert_eq!(made["event_destination_name"], format!("topic-{topic}"));
        assert_eq!(made["depends_on"], json!([format!("aws_sns_topic_policy.{topic}")]));
        let destination = only(&made["event_destination"]);
        assert_eq!(destination["matching_event_types"], json!(["BOUNCE", "OPEN"]));
        let arn = format!("${{aws_sns_topic.{topic}.arn}}");
        assert_eq!(only(&destination["sns_destination"]), json!({ "topic_arn": arn }));
    }
    let forwarding = "aws_sesv2_email_identity_feedback_attributes.mail";
    assert_eq!(get(forwarding), Value::Null, "complaints are not tracked, so they come by mail");
    let policy = get("data.aws_iam_policy_document.topic__feedback");
    let sender = &policy["statement"][1];
    assert_eq!(only(&sender["principals"])["identifiers"], json!(["ses.amazonaws.com"]));
    let conditions = sender["condition"].to_string();
    assert!(conditions.contains("aws_sesv2_configuration_set.mail.arn"), "{conditions}");
    let whole = super::document(&format!("{mail}{topics}"));
    assert_eq!(resource(&whole, "messaging", forwarding)["email_forwarding_enabled"], false);
}

#[test]
fn a_template_is_its_files() {
    let text = format!(
        "{MAIL}template.hello = {{ subject = \"Hi {{{{name}}}}\", html = \"hello.html\", text = \"hello.txt\", aws_name = \"Hello\" }}\n"
    );
    assert_eq!(
        get(&text, "aws_ses_template.mail__hello"),
        json!({
            "name": "Hello",
            "subject": "Hi {{name}}",
            "html": "<p>Hello {{name}}</p>",
            "text": "Hello {{name}}",
        })
    );
}

#[test]
fn what_is_measured_is_what_alarms_can_name() {
    let platform = read(MAIL).platform.unwrap();
    let email = platform.things.email.values().next().unwrap();
    let metrics = email.metrics(&platform);
    let keys: Vec<&str> = metrics.iter().map(|metric| metric.key).collect();
    assert_eq!(keys, EmailSpec::METRICS);
    let alarms: Vec<_> =
        metrics.iter().filter_map(|metric| Some((metric.key, metric.alarm?.value))).collect();
    assert_eq!(alarms, [("bounce-rate", 0.05), ("complaint-rate", 0.001)]);
}
