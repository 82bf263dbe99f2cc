//! Clients and resource servers: what they become, and what is found to be wrong with them.
use super::{document_in, found, get, get_in};
use crate::testing::{only, resource};
use platgen_source::json::{Value, json};
use pretty_assertions::assert_eq;

/// A client of a pool with attributes and a resource server.
fn client(keys: &str) -> Value {
    let text = format!("{POOL}client.web = {keys}\n");
    get(&text, "aws_cognito_user_pool_client.users__web")
}

const POOL: &str = "[user_pool.users]\nattributes.skills = \"string\"\nattributes.role = \"string\"\n\
                    resource_server.orders = { identifier = \"https://{platform.domain}/orders\", scope.read = \"Read\" }\n";

#[test]
fn a_client_is_safe_without_being_told() {
    let client = client(
        "{ callbacks = [\"https://{platform.domain}/callback\"], logouts = [\"https://{platform.domain}\"] }",
    );
    for (key, expected) in [
        ("name", json!("web")),
        ("generate_secret", json!(false)),
        ("explicit_auth_flows", json!(["ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH"])),
        ("prevent_user_existence_errors", json!("ENABLED")),
        ("enable_token_revocation", json!(true)),
        ("allowed_oauth_flows", json!(["code"])),
        ("allowed_oauth_flows_user_pool_client", json!(true)),
        ("allowed_oauth_scopes", json!(["openid", "email", "profile"])),
        ("callback_urls", json!(["https://shop.example.com/callback"])),
        ("logout_urls", json!(["https://shop.example.com"])),
        ("supported_identity_providers", json!(["COGNITO"])),
        ("access_token_validity", json!(1)),
        ("refresh_token_validity", json!(30)),
    ] {
        assert_eq!(client[key], expected, "{key}");
    }
    let units = json!({ "access_token": "hours", "id_token": "hours", "refresh_token": "days" });
    assert_eq!(only(&client["token_validity_units"]), units);
}

#[test]
fn users_write_no_attribute_that_the_spec_does_not_name() {
    let listed = |client: &Value, key: &str, name: &str| {
        client[key].as_array().unwrap().contains(&json!(name))
    };
    let usual = client("{}");
    assert!(listed(&usual, "read_attributes", "custom:role"));
    assert!(listed(&usual, "read_attributes", "email_verified"));
    assert!(!listed(&usual, "write_attributes", "custom:role"));
    assert!(!listed(&usual, "write_attributes", "email_verified"));
    assert!(listed(&usual, "write_attributes", "email"));
    let named = client("{ read = [\"skills\"], write = [\"skills\"] }");
    assert!(listed(&named, "write_attributes", "custom:skills"));
    assert!(!listed(&named, "write_attributes", "custom:role"));
    assert!(!listed(&named, "read_attributes", "custom:role"));
}

#[test]
fn each_key_becomes_its_argument() {
    for (keys, key, expected) in [
        ("{}", "allowed_oauth_flows", Value::Null),
        ("{}", "allowed_oauth_flows_user_pool_client", json!(false)),
        (
            "{ flows = [\"admin\", \"password\"] }",
            "explicit_auth_flows",
            json!([
                "ALLOW_ADMIN_USER_PASSWORD_AUTH",
                "ALLOW_REFRESH_TOKEN_AUTH",
                "ALLOW_USER_PASSWORD_AUTH"
            ]),
        ),
        ("{ access_token = \"90s\", id_token = \"5m\" }", "access_token_validity", Value::Null),
        ("{ access_token = \"301s\" }", "access_token_validity", json!(301)),
        ("{ access_token = \"90m\" }", "access_token_validity", json!(90)),
        ("{ refresh_token = \"1d\" }", "refresh_token_validity", json!(1)),
        (
            "{ machine = true, scopes = [\"orders/read\"] }",
            "allowed_oauth_flows",
            json!(["client_credentials"]),
        ),
        ("{ machine = true, scopes = [\"orders/read\"] }", "generate_secret", json!(true)),
        (
            "{ machine = true, scopes = [\"orders/read\"] }",
            "explicit_auth_flows",
            json!(["ALLOW_REFRESH_TOKEN_AUTH"]),
        ),
        (
            "{ machine = true, scopes = [\"orders/read\"] }",
            "allowed_oauth_scopes",
            json!(["${aws_cognito_resource_server.users__orders.identifier}/read"]),
        ),
    ] {
        if expected.is_null() && keys.contains("90s") {
            let found = found(&format!("{POOL}client.web = {keys}\n"));
            assert_eq!(found[0].0, "PG0104", "{keys}");
            continue;
        }
        assert_eq!(client(keys)[key], expected, "{keys}: {key}");
    }
}

#[test]
fn a_resource_server_has_its_scopes() {
    let server = get(POOL, "aws_cognito_resource_server.users__orders");
    assert_eq!(
        server,
        json!({
            "identifier": "https://shop.example.com/orders",
            "name": "orders",
            "scope": [{ "scope_name": "read", "scope_description": "Read" }],
            "user_pool_id": "${aws_cognito_user_pool.users.id}",
        })
    );
}

#[test]
fn the_secret_of_a_client_is_kept_under_the_data_key() {
    let text = "[user_pool.users]\nclient.server = { secret = true }\n";
    let address = "aws_secretsmanager_secret.users__server";
    for (environment, days) in [("dev", 0), ("prod", 30)] {
        let secret = get_in(environment, text, address);
        assert_eq!(secret["name"], format!("{environment}-shop-users-server-client-secret"));
        assert_eq!(secret["recovery_window_in_days"], days);
        assert_eq!(secret["kms_key_id"], "${var.kms_key_data_arn}");
    }
    let version = get(text, "aws_secretsmanager_secret_version.users__server");
    assert_eq!(
        version["secret_string"],
        "${aws_cognito_user_pool_client.users__server.client_secret}"
    );
    let document = document_in("dev", text);
    assert_ne!(resource(&document, "data", "aws_kms_key.data"), Value::Null);
}

#[test]
fn what_cognito_would_refuse_is_told() {
    for (keys, code, place) in [
        ("{ callbacks = [\"http://shop.example.com\"] }", "PG0106", "callbacks[0]"),
        ("{ logouts = [\"https://a.com\", \"x\"] }", "PG0106", "logouts[1]"),
        ("{ scopes = [\"openid\"] }", "PG0108", "scopes"),
        ("{ callbacks = [\"https://a.com\"], scopes = [\"opened\"] }", "PG0105", "scopes[0]"),
        ("{ callbacks = [\"https://a.com\"], scopes = [\"orders/write\"] }", "PG0105", "scopes[0]"),
        (
            "{ callbacks = [\"https://a.com\"], scopes = [\"invoices/read\"] }",
            "PG0105",
            "scopes[0]",
        ),
        ("{ machine = true, scopes = [\"orders/read\", \"email\"] }", "PG0108", "scopes[1]"),
        ("{ machine = true, scopes = [\"orders/read\"], secret = false }", "PG0108", "secret"),
        (
            "{ machine = true, scopes = [\"orders/read\"], callbacks = [\"https://a.com\"] }",
            "PG0108",
            "callbacks",
        ),
        ("{ machine = true, scopes = [\"orders/read\"], write = [\"skills\"] }", "PG0108", "write"),
        ("{ machine = true }", "PG0101", ""),
        ("{ flows = [\"custom\"] }", "PG0401", "flows"),
        ("{ id_token = \"2d\" }", "PG0104", "id_token"),
        ("{ refresh_token = \"30m\" }", "PG0104", "refresh_token"),
        ("{ refresh_token = \"3651d\" }", "PG0104", "refresh_token"),
        ("{ access_token = \"5h\", refresh_token = \"2h\" }", "PG0401", "refresh_token"),
        ("{ read = [\"skill\"] }", "PG0105", "read[0]"),
        ("{ write = [\"skills\", \"email\"] }", "PG0105", "write[1]"),
    ] {
        let place = format!("user_pool.users.client.web.{place}");
        let found: Vec<_> = found(&format!("{POOL}client.web = {keys}\n"))
            .into_iter()
            .map(|(code, path, _)| (code, path))
            .collect();
        assert_eq!(found, [(code, place.trim_end_matches('.').to_owned())], "{keys}");
    }
}

#[test]
fn too_many_places_are_told() {
    let places: Vec<String> = (0..101).map(|place| format!("\"https://a.com/{place}\"")).collect();
    let text = format!("[user_pool.users]\nclient.web.callbacks = [{}]\n", places.join(", "));
    let found: Vec<_> =
        found(&text).into_iter().map(|(code, _, message)| (code, message)).collect();
    assert_eq!(found, [("PG0405", "101 places; Cognito takes 100".to_owned())]);
}

#[test]
fn resource_servers_have_scopes_and_names_of_their_own() {
    let text = "[user_pool.users]\nresource_server.a = { identifier = \"x\", scope.read = \"Read\" }\n\
                resource_server.b = { identifier = \"x\" }\n";
    let found: Vec<_> = found(text).into_iter().map(|(code, path, _)| (code, path)).collect();
    let place = "user_pool.users.resource_server.b".to_owned();
    assert_eq!(found, [("PG0404", place.clone()), ("PG0101", place)]);
}
