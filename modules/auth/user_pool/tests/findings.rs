//! What is found to be wrong with pools, and with edges to them.
use super::{FUNCTION, SERVICE, found, found_in};
use pretty_assertions::assert_eq;

/// Keys of a pool; code, place and message of what is found.
const CONFLICTS: &[(&str, &str, &str, &str)] = &[
    (
        "sign_in = [\"preferred-username\"]",
        "PG0108",
        "sign_in",
        "`preferred-username` stands beside a name that never changes",
    ),
    (
        "verify = []\nrecovery = \"email\"",
        "PG0108",
        "recovery",
        "a code is sent to a verified address, and the pool verifies none",
    ),
    (
        "password.temporary = \"12h\"",
        "PG0104",
        "password.temporary",
        "12h is not 1 to 365 whole days",
    ),
    (
        "password.temporary = \"366d\"",
        "PG0104",
        "password.temporary",
        "366d is not 1 to 365 whole days",
    ),
    (
        "plan = \"essentials\"\nthreat_protection = \"audit\"",
        "PG0108",
        "threat_protection",
        "threat protection needs the plan `plus`",
    ),
    (
        "plan = \"lite\"\npassword.history = 3",
        "PG0108",
        "password.history",
        "a history of passwords needs the plan `essentials`",
    ),
    (
        "plan = \"lite\"\ntrigger.pre_token_generation = \"function.f\"",
        "PG0108",
        "trigger.pre_token_generation",
        "changing access tokens needs the plan `essentials`",
    ),
    (
        "attributes.a = { type = \"boolean\", min = 0 }",
        "PG0108",
        "attributes.a.min",
        "a boolean has no `min`",
    ),
    (
        "attributes.a = { type = \"string\", max = 2049 }",
        "PG0104",
        "attributes.a.max",
        "2049 is not between 0 and 2048",
    ),
    (
        "attributes.a = { type = \"number\", min = 3, max = 2 }",
        "PG0401",
        "attributes.a",
        "`min` is 3 and `max` is 2: no value fits",
    ),
    (
        "verification = { text = \"Hi\" }",
        "PG0106",
        "verification.text",
        "the text does not hold `{####}`",
    ),
    (
        "verification = { by = \"link\", text = \"{####}\" }",
        "PG0106",
        "verification.text",
        "the text does not hold `{##words of the link##}`",
    ),
    (
        "invitation = { subject = \"Hi\", text = \"{####}\" }",
        "PG0106",
        "invitation.text",
        "the text does not hold `{username}`",
    ),
    ("mail = \"user_pool.users\"", "PG0106", "mail", "`user_pool.users` names no email"),
    ("mail = \"email.mail\"", "PG0201", "mail", "the spec declares no `email.mail`"),
    ("firewall = \"public\"", "PG0201", "firewall", "the spec declares no `firewall.public`"),
    (
        "trigger.pre_sign_up = \"function.g\"",
        "PG0201",
        "trigger.pre_sign_up",
        "the spec declares no `function.g`",
    ),
];

#[test]
fn keys_that_do_not_go_together_are_told() {
    for (keys, code, place, message) in CONFLICTS {
        let text = format!("{FUNCTION}[user_pool.users]\n{keys}\n");
        let expected = (*code, format!("user_pool.users.{place}"), (*message).to_owned());
        assert_eq!(found(&text), [expected], "{keys}");
    }
}

#[test]
fn long_texts_and_many_attributes_are_told() {
    let subject = "x".repeat(141);
    let description = "é".repeat(2049);
    let attributes: Vec<String> =
        (0..51).map(|number| format!("attributes.a{number} = \"string\"")).collect();
    for (keys, place) in [
        (format!("verification.subject = \"{subject}\"\n"), "verification.subject"),
        (format!("group.a = \"{description}\"\n"), "group.a.description"),
        (attributes.join("\n"), "attributes"),
    ] {
        let found: Vec<_> = found(&format!("[user_pool.users]\n{keys}"))
            .into_iter()
            .map(|(code, path, _)| (code, path))
            .collect();
        assert_eq!(found, [("PG0405", format!("user_pool.users.{place}"))]);
    }
}

#[test]
fn what_production_gives_up_is_told() {
    for (keys, place) in [
        ("protected = false", "protected"),
        ("mfa = \"off\"", "mfa"),
        ("threat_protection = \"off\"", "threat_protection"),
        ("threat_protection = \"audit\"", "threat_protection"),
        ("plan = \"essentials\"", "plan"),
    ] {
        let text = format!("[user_pool.users]\n{keys}\n");
        let told: Vec<_> =
            found_in("prod", &text).into_iter().map(|(code, path, _)| (code, path)).collect();
        assert_eq!(told, [("PG0502", format!("user_pool.users.{place}"))], "{keys}");
        assert_eq!(found(&text), [], "{keys}");
    }
}

#[test]
fn keys_that_cannot_be_fetched_are_told() {
    let image = "123456789012.dkr.ecr.us-east-2.amazonaws.com/web:1";
    let service = SERVICE.replace("uses.internet = \"https\"\n", "").replace("x/y:1", image);
    let closed = format!("[user_pool.users]\n[network]\nendpoints = \"all\"\n{service}");
    let verify = "uses.user_pool.users = \"verify\"\n";
    for (text, told) in [
        (format!("{closed}{verify}"), true),
        (format!("{closed}{verify}uses.internet = \"http\"\n"), true),
        (format!("{closed}{verify}uses.internet = \"any\"\n"), false),
        (format!("{closed}{verify}uses.internet = \"https\"\n"), false),
        (format!("{closed}uses.user_pool.users = \"read\"\n"), false),
        (format!("[user_pool.users]\n{service}{verify}"), false),
    ] {
        let place = "service.web.uses.user_pool.users".to_owned();
        let expected = if told { vec![("PG0508", place)] } else { vec![] };
        let found: Vec<_> = found(&text).into_iter().map(|(code, path, _)| (code, path)).collect();
        assert_eq!(found, expected, "{text}");
    }
}

#[test]
fn placeholders_of_what_is_not_there_are_told() {
    let pool = "[user_pool.users]\nclient.web = {}\nclient.server = { secret = true }\n";
    for (placeholder, expected) in [
        ("{user_pool.users.client.web.id}", None),
        ("{user_pool.users.client.server.secret}", None),
        ("{user_pool.users.issuer}", None),
        (
            "{user_pool.users.client.web.secret}",
            Some("the client `web` of `user_pool.users` has no secret"),
        ),
        ("{user_pool.users.client.wbe.id}", Some("`user_pool.users` has no client `wbe`")),
        ("{user_pool.users.client.web.name}", Some("a client of `user_pool` has no output `name`")),
    ] {
        let text = format!(
            "{pool}{SERVICE}uses.user_pool.users = \"verify\"\nenv.A = \"{placeholder}\"\n"
        );
        let expected: Vec<_> =
            expected.iter().map(|message| ("PG0203", message.to_string())).collect();
        let found: Vec<_> =
            found(&text).into_iter().map(|(code, _, message)| (code, message)).collect();
        assert_eq!(found, expected, "{placeholder}");
    }
}
