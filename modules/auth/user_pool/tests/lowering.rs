//! What pools become.
use super::{FUNCTION, document_in, get, get_in, read};
use crate::kind::Thing;
use crate::network::firewall::Attachment;
use crate::testing::{WITH_DOMAIN, addresses, only, resource};
use platgen_source::json::{Value, json};
use pretty_assertions::assert_eq;

/// The pool of a text.
fn pool_in(environment: &str, keys: &str) -> Value {
    let text = format!("[user_pool.users]\n{keys}\n");
    get_in(environment, &text, "aws_cognito_user_pool.users")
}

#[test]
fn a_pool_says_everything_and_differs_by_profile() {
    for (environment, plan, protection, threats) in
        [("dev", "ESSENTIALS", "INACTIVE", "OFF"), ("prod", "PLUS", "ACTIVE", "ENFORCED")]
    {
        let pool = pool_in(environment, "");
        for (key, expected) in [
            ("name", json!(format!("{environment}-shop-users"))),
            ("user_pool_tier", json!(plan)),
            ("deletion_protection", json!(protection)),
            ("user_pool_add_ons", json!({ "advanced_security_mode": threats })),
            ("username_attributes", json!(["email"])),
            ("username_configuration", json!({ "case_sensitive": false })),
            ("auto_verified_attributes", json!(["email"])),
            ("mfa_configuration", json!("OPTIONAL")),
            ("software_token_mfa_configuration", json!({ "enabled": true })),
            ("admin_create_user_config", json!({ "allow_admin_create_user_only": false })),
            ("device_configuration", Value::Null),
            ("lambda_config", Value::Null),
            ("email_configuration", Value::Null),
            (
                "password_policy",
                json!({
                    "minimum_length": 12,
                    "require_lowercase": true,
                    "require_uppercase": true,
                    "require_numbers": true,
                    "require_symbols": true,
                    "temporary_password_validity_days": 3,
                }),
            ),
        ] {
            let found = if pool[key].is_array() && !expected.is_array() {
                only(&pool[key])
            } else {
                pool[key].clone()
            };
            assert_eq!(found, expected, "{environment} {key}");
        }
    }
}

/// Keys of a pool, an argument, and the JSON that stands there.
const ARGUMENTS: &[(&str, &str, &str)] = &[
    ("mfa = \"off\"", "/mfa_configuration", r#""OFF""#),
    ("mfa = \"off\"", "/software_token_mfa_configuration", "null"),
    ("mfa = \"required\"", "/mfa_configuration", r#""ON""#),
    ("password = { length = 20, symbols = false }", "/password_policy/0/minimum_length", "20"),
    ("password = { symbols = false }", "/password_policy/0/require_symbols", "false"),
    ("password.history = 5", "/password_policy/0/password_history_size", "5"),
    ("password.temporary = \"1d\"", "/password_policy/0/temporary_password_validity_days", "1"),
    ("sign_up = \"admin\"", "/admin_create_user_config/0/allow_admin_create_user_only", "true"),
    ("verify = []", "/auto_verified_attributes", "null"),
    ("verify = []", "/schema", "[]"),
    ("verify = []", "/account_recovery_setting/0/recovery_mechanism/0/name", r#""admin_only""#),
    ("", "/account_recovery_setting/0/recovery_mechanism/0/name", r#""verified_email""#),
    (
        "recovery = \"admin\"",
        "/account_recovery_setting/0/recovery_mechanism/0/name",
        r#""admin_only""#,
    ),
    ("sign_in = \"username\"", "/username_attributes", "null"),
    ("sign_in = \"username\"", "/alias_attributes", "null"),
    (
        "sign_in = [\"username\", \"email\", \"preferred-username\"]",
        "/alias_attributes",
        r#"["email","preferred_username"]"#,
    ),
    (
        "remember_devices = \"ask\"",
        "/device_configuration/0/device_only_remembered_on_user_prompt",
        "true",
    ),
    (
        "remember_devices = \"always\"",
        "/device_configuration/0/device_only_remembered_on_user_prompt",
        "false",
    ),
    ("plan = \"lite\"", "/user_pool_tier", r#""LITE""#),
    ("threat_protection = \"audit\"", "/user_pool_add_ons/0/advanced_security_mode", r#""AUDIT""#),
    ("threat_protection = \"audit\"", "/user_pool_tier", r#""PLUS""#),
    (
        "verification = { subject = \"Hi\", text = \"{####}\" }",
        "/verification_message_template/0/email_message",
        r#""{####}""#,
    ),
    (
        "verification = { by = \"link\", text = \"{##here##}\" }",
        "/verification_message_template/0/email_message_by_link",
        r#""{##here##}""#,
    ),
    (
        "verification = { by = \"link\" }",
        "/verification_message_template/0/default_email_option",
        r#""CONFIRM_WITH_LINK""#,
    ),
    (
        "invitation = { subject = \"Hi\", text = \"{username} {####}\" }",
        "/admin_create_user_config/0/invite_message_template/0/email_subject",
        r#""Hi""#,
    ),
];

#[test]
fn each_key_becomes_its_argument() {
    for (keys, pointer, expected) in ARGUMENTS {
        let pool = pool_in("dev", keys);
        let found = pool.pointer(pointer).cloned().unwrap_or_default();
        assert_eq!(found.to_string(), *expected, "{keys}: {pointer}");
    }
}

#[test]
fn attributes_are_declared_whole() {
    let keys = "required = [\"given_name\", \"birthdate\"]\nattributes.skills = \"string\"\n\
                attributes.rate = { type = \"number\", min = 0, mutable = false }\nattributes.since = \"datetime\"\nattributes.vip = \"boolean\"";
    let schema = pool_in("dev", keys)["schema"].take();
    let attribute = |name: &str, word: &str| {
        json!({
            "name": name, "attribute_data_type": word, "developer_only_attribute": false, "mutable": true, "required": false,
        })
    };
    let with = |mut attribute: Value, more: Value| {
        attribute.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        attribute
    };
    let text = |min: &str, max: &str| json!([{ "min_length": min, "max_length": max }]);
    assert_eq!(
        schema,
        json!([
            with(
                attribute("birthdate", "String"),
                json!({ "required": true, "string_attribute_constraints": text("10", "10") })
            ),
            with(
                attribute("given_name", "String"),
                json!({ "required": true, "string_attribute_constraints": text("0", "2048") })
            ),
            with(
                attribute("rate", "Number"),
                json!({ "mutable": false, "number_attribute_constraints": [{ "min_value": "0", "max_value": "2147483647" }] })
            ),
            attribute("since", "DateTime"),
            with(
                attribute("skills", "String"),
                json!({ "string_attribute_constraints": text("0", "2048") })
            ),
            attribute("vip", "Boolean"),
        ])
    );
}

#[test]
fn pools_share_nothing() {
    let text = "[user_pool.a]\nclient.web = {}\ngroup.admin = \"All\"\n[user_pool.b]\nclient.web = {}\ngroup.admin = {}\n";
    let document = document_in("dev", text);
    assert_eq!(
        addresses(&document, "auth"),
        [
            "aws_cognito_user_group.a__admin",
            "aws_cognito_user_group.b__admin",
            "aws_cognito_user_pool.a",
            "aws_cognito_user_pool.b",
            "aws_cognito_user_pool_client.a__web",
            "aws_cognito_user_pool_client.b__web",
            "aws_cognito_user_pool_domain.a",
            "aws_cognito_user_pool_domain.b",
            "data.aws_caller_identity.current",
        ]
    );
    for address in [
        "aws_cognito_user_pool_client.a__web",
        "aws_cognito_user_group.a__admin",
        "aws_cognito_user_pool_domain.a",
    ] {
        let pool = resource(&document, "auth", address)["user_pool_id"].take();
        assert_eq!(pool, "${aws_cognito_user_pool.a.id}", "{address}");
    }
}

#[test]
fn a_group_has_what_is_said_of_it() {
    let text = "[user_pool.users]\ngroup.admin = { description = \"All\", precedence = 1 }\n";
    assert_eq!(
        get(text, "aws_cognito_user_group.users__admin"),
        json!({
            "name": "admin", "description": "All", "precedence": 1,
            "user_pool_id": "${aws_cognito_user_pool.users.id}",
        })
    );
}

#[test]
fn risks_are_met_where_protection_is_enforced() {
    let address = "aws_cognito_risk_configuration.users";
    assert_eq!(get("[user_pool.users]\n", address), Value::Null);
    let plain = get_in("prod", "[user_pool.users]\n", address);
    assert_eq!(
        plain.pointer("/compromised_credentials_risk_configuration/0/actions/0/event_action"),
        Some(&json!("BLOCK"))
    );
    assert_eq!(plain["account_takeover_risk_configuration"], Value::Null);
    let mail =
        "[email.mail]\ndomain = \"{platform.domain}\"\n[user_pool.users]\nmail = \"email.mail\"\n";
    let with_mail = get_in("prod", mail, address);
    let high = "/account_takeover_risk_configuration/0/actions/0/high_action/0/event_action";
    assert_eq!(with_mail.pointer(high), Some(&json!("MFA_REQUIRED")));
}

#[test]
fn mail_goes_through_a_sender_once_it_is_verified() {
    let text = "[email.mail]\ndomain = \"{platform.domain}\"\nreply_to = \"help@shop.example.com\"\n\
                [user_pool.users]\nmail = \"email.mail\"\n";
    let document = document_in("dev", text);
    let pool = resource(&document, "auth", "aws_cognito_user_pool.users");
    assert_eq!(
        only(&pool["email_configuration"]),
        json!({
            "email_sending_account": "DEVELOPER",
            "from_email_address": "no-reply@shop.example.com",
            "reply_to_email_address": "help@shop.example.com",
            "configuration_set": "${var.sesv2_configuration_set_mail_configuration_set_name}",
            "source_arn": "${var.ses_domain_identity_verification_mail_arn}",
        })
    );
    let verification =
        resource(&document, "messaging", "aws_ses_domain_identity_verification.mail");
    assert_eq!(verification["depends_on"], json!(["aws_route53_record.mail__dkim"]));
    let alone = document_in("dev", "[email.mail]\ndomain = \"{platform.domain}\"\n");
    let address = "aws_ses_domain_identity_verification.mail";
    assert_eq!(resource(&alone, "messaging", address), Value::Null, "nothing waits");
}

#[test]
fn without_a_zone_the_sender_must_be_verified_before() {
    let text = "[email.mail]\ndomain = \"example.org\"\n[user_pool.users]\nmail = \"email.mail\"\n";
    let found = super::found(text);
    assert_eq!(
        found.iter().map(|(code, path, _)| (*code, path.as_str())).collect::<Vec<_>>(),
        [("PG0507", "user_pool.users.mail")]
    );
    let pool = get(text, "aws_cognito_user_pool.users");
    let source = pool.pointer("/email_configuration/0/source_arn");
    assert_eq!(source, Some(&json!("${var.sesv2_email_identity_mail_arn}")));
}

#[test]
fn functions_are_called_at_their_moments_and_let_in_once() {
    let text = format!(
        "{FUNCTION}uses.user_pool.users = [\"verify\", \"manage\"]\n{}[user_pool.users]\n\
         trigger.pre_token_generation = \"function.f\"\ntrigger.custom_message = \"function.f\"\n\
         trigger.post_confirmation = \"function.hello\"\n",
        FUNCTION.replace("function.f", "function.hello"),
    );
    // It is no circle that a function uses the pool that calls it.
    let document = document_in("dev", &text);
    let pool = resource(&document, "auth", "aws_cognito_user_pool.users");
    let arn = |name: &str| {
        format!(
            "arn:${{data.aws_partition.current.partition}}:lambda:us-east-2:\
             ${{data.aws_caller_identity.current.account_id}}:function:dev-shop-{name}:live"
        )
    };
    let tokens = json!([{ "lambda_arn": arn("f"), "lambda_version": "V2_0" }]);
    assert_eq!(
        only(&pool["lambda_config"]),
        json!({
            "custom_message": arn("f"),
            "post_confirmation": arn("hello"),
            "pre_token_generation_config": tokens,
        })
    );
    let permissions: Vec<_> = addresses(&document, "compute")
        .into_iter()
        .filter(|address| address.starts_with("aws_lambda_permission"))
        .collect();
    let name = "aws_lambda_permission.function";
    assert_eq!(
        permissions,
        [
            format!("{name}__f__from__user_pool__users__trigger__custom_message"),
            format!("{name}__hello__from__user_pool__users__trigger__post_confirmation"),
        ]
    );
    for permission in permissions {
        let permission = resource(&document, "compute", &permission);
        assert_eq!(permission["principal"], "cognito-idp.amazonaws.com");
        assert_eq!(permission["source_arn"], "${var.cognito_user_pool_users_arn}");
    }
}

#[test]
fn a_firewall_gets_to_the_pool_by_its_arn() {
    let text = "[firewall.public]\n[user_pool.users]\nfirewall = \"public\"\n[user_pool.open]\n";
    let platform = read("dev", text).platform.unwrap();
    let pools = &platform.things.user_pool;
    let shielded: Vec<_> = pools.values().filter_map(Thing::shielded).collect();
    let [shielded] = shielded.as_slice() else { panic!("{shielded:?}") };
    assert_eq!(
        (shielded.firewall.as_str(), shielded.cause.to_string().as_str()),
        ("public", "user_pool.users.firewall")
    );
    assert!(matches!(shielded.by, Attachment::Association(_)));
}

#[test]
fn everybody_gets_to_a_pool_and_to_what_it_calls() {
    let text = format!(
        "{FUNCTION}[user_pool.users]\ntrigger.pre_sign_up = \"function.f\"\n\
         [never]\nsecret = [\"internet => function.f\"]\n"
    );
    let found: Vec<_> =
        super::found(&text).into_iter().map(|(code, path, _)| (code, path)).collect();
    assert_eq!(found, [("PG0208", "never.secret[0]".to_owned())]);
}

#[test]
fn one_environment_may_have_a_pool_that_others_do_not() {
    let text = format!("{WITH_DOMAIN}[user_pool.users]\nonly_in = [\"prod\"]\n");
    let compiled = crate::testing::compiled("dev", &text, &crate::files::MemoryFiles::default());
    assert!(compiled.platform.unwrap().things.user_pool.is_empty());
}
