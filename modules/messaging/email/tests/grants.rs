//! What edges to a sender give.
use super::{MAIL, document, read};
use crate::testing::resource;
use platgen_source::json::json;
use pretty_assertions::assert_eq;

const TEMPLATES: &str = "template.hello = { subject = \"Hi\", text = \"hello.txt\" }\n\
                         template.bye = { subject = \"Bye\", text = \"hello.txt\" }\n";

/// The statements of a service with an edge to the sender.
fn statements(mail: &str, edge: &str) -> platgen_source::json::Value {
    let text = format!("{MAIL}{mail}[service.web]\nimage = \"x/y:1\"\nuses.email.mail = {edge}\n");
    let address = "data.aws_iam_policy_document.service__web__task__email__mail";
    resource(&document(&text), "compute", address)["statement"].take()
}

const SET: &str = "${var.sesv2_configuration_set_mail_arn}";
const IDENTITY: &str = "${var.sesv2_email_identity_mail_arn}";

fn only_from(address: &str) -> platgen_source::json::Value {
    json!([{ "test": "StringLike", "variable": "ses:FromAddress", "values": [address] }])
}

#[test]
fn sending_is_from_the_senders_address_with_its_templates() {
    let own = only_from("no-reply@shop.example.com");
    let plain = json!({ "actions": ["ses:SendEmail"], "condition": own, "effect": "Allow", "resources": [SET, IDENTITY] });
    assert_eq!(statements("", "\"send\""), json!([plain]));
    let hello = "${var.ses_template_mail__hello_arn}";
    let bye = "${var.ses_template_mail__bye_arn}";
    let templated = json!({
        "actions": ["ses:SendEmail", "ses:SendTemplatedEmail"],
        "condition": own, "effect": "Allow", "resources": [SET, IDENTITY, bye, hello],
    });
    assert_eq!(statements(TEMPLATES, "\"send\""), json!([plain, templated]));
}

#[test]
fn narrowing_and_widening_are_what_the_verb_says() {
    let edge = "{ send = { from = \"*@shop.example.com\", template = \"hello\", raw = true, bulk = true } }";
    let any = only_from("*@shop.example.com");
    let hello = "${var.ses_template_mail__hello_arn}";
    let plain = json!({
        "actions": ["ses:SendEmail", "ses:SendRawEmail"],
        "condition": any, "effect": "Allow", "resources": [SET, IDENTITY],
    });
    let templated = json!({
        "actions": ["ses:SendBulkTemplatedEmail", "ses:SendEmail", "ses:SendTemplatedEmail"],
        "condition": any, "effect": "Allow", "resources": [SET, IDENTITY, hello],
    });
    let bulk = json!({
        "actions": ["ses:SendBulkEmail"], "effect": "Allow", "resources": [SET, IDENTITY, hello],
    });
    assert_eq!(statements(TEMPLATES, edge), json!([plain, templated, bulk]));
}

#[test]
fn the_names_of_everything_are_variables_and_placeholders() {
    let text = format!(
        "{MAIL}reply_to = \"help@shop.example.com\"\n{TEMPLATES}[service.web]\nimage = \"x/y:1\"\nuses.email.mail = \"send\"\n\
         [service.web.env]\nA = \"{{email.mail.domain}}\"\nB = \"{{email.mail.template.hello.name}}\"\n\
         C = \"{{email.mail.template.hello.arn}}\"\nD = \"{{email.mail.arn}}\"\nE = \"{{email.mail.configuration_set}}\"\n\
         F = \"{{email.mail.from}}\"\n"
    );
    let compiled = read(&text);
    let platform = compiled.platform.unwrap();
    let grants = platform.connections.all();
    let grant = grants.iter().find(|grant| !grant.variables.is_empty()).unwrap();
    let names: Vec<&str> = grant.variables.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        [
            "MAIL_FROM",
            "MAIL_CONFIGURATION_SET",
            "MAIL_REPLY_TO",
            "MAIL_TEMPLATE_BYE",
            "MAIL_TEMPLATE_HELLO",
        ]
    );
    document(&text);
}

#[test]
fn placeholders_of_what_is_not_there_are_told() {
    for (placeholder, message) in [
        ("{email.mail.template.helo.name}", "`email.mail` has no template `helo`"),
        ("{email.mail.template.hello.id}", "a template of `email` has no output `id`"),
        ("{email.mail.template.hello}", "`email` has no output `template.hello`"),
        ("{email.mail.id}", "`email` has no output `id`"),
        ("{email.mail}", "`email.mail` has several outputs, and none is named"),
    ] {
        let text = format!(
            "{MAIL}{TEMPLATES}[service.web]\nimage = \"x/y:1\"\nuses.email.mail = \"send\"\nenv.A = \"{placeholder}\"\n"
        );
        let found: Vec<_> = super::found(&text).into_iter().map(|(c, _, m)| (c, m)).collect();
        assert_eq!(found, [("PG0203", message.to_owned())], "{placeholder}");
    }
}
