//! What edges to a pool give.
use super::{SERVICE, document_in, read};
use crate::kind::{Output, Thing};
use crate::testing::resource;
use platgen_source::json::{Value, json};
use pretty_assertions::assert_eq;

const POOL: &str = "[user_pool.users]\nclient.web = {}\n";
const TWO_CLIENTS: &str = "[user_pool.users]\nclient.web = {}\nclient.server = { secret = true }\n";

/// The names of the variables that a service with an edge finds.
fn variables(pool: &str, edge: &str) -> Vec<String> {
    let text = format!("{pool}{SERVICE}uses.user_pool.users = {edge}\n");
    let platform = read("dev", &text).platform.unwrap();
    let grants = platform.connections.all().iter();
    grants.flat_map(|grant| grant.variables.iter().map(|(name, _)| name.clone())).collect()
}

/// The statements of a role of a service with an edge.
fn statements(pool: &str, edge: &str, role: &str) -> Value {
    let text = format!("{pool}{SERVICE}uses.user_pool.users = {edge}\n");
    let address = format!("data.aws_iam_policy_document.service__web__{role}__user_pool__users");
    resource(&document_in("dev", &text), "compute", &address)["statement"].take()
}

#[test]
fn checking_tokens_needs_names_and_no_rights() {
    let id = "USERS_USER_POOL_ID";
    for (pool, edge, expected) in [
        (POOL, "\"verify\"", vec![id, "USERS_ISSUER", "USERS_CLIENT_ID", "USERS_WEB_CLIENT_ID"]),
        (
            TWO_CLIENTS,
            "\"verify\"",
            vec![id, "USERS_ISSUER", "USERS_SERVER_CLIENT_ID", "USERS_WEB_CLIENT_ID"],
        ),
        (POOL, "\"read\"", vec![id]),
        (POOL, "{ as = \"AUTH\", manage = {} }", vec!["AUTH_USER_POOL_ID"]),
        (POOL, "\"authenticate\"", vec![id, "USERS_CLIENT_ID", "USERS_WEB_CLIENT_ID"]),
        (
            TWO_CLIENTS,
            "\"authenticate\"",
            vec![
                "USERS_SERVER_CLIENT_SECRET_ARN",
                id,
                "USERS_SERVER_CLIENT_ID",
                "USERS_WEB_CLIENT_ID",
            ],
        ),
    ] {
        assert_eq!(variables(pool, edge), expected, "{edge}");
    }
    assert_eq!(statements(POOL, "\"verify\"", "task"), Value::Null);
}

#[test]
fn each_verb_is_its_actions_on_this_pool() {
    for (verb, first, count) in [
        ("read", "cognito-idp:AdminGetUser", 5),
        ("authenticate", "cognito-idp:AdminInitiateAuth", 3),
        ("manage", "cognito-idp:AdminAddUserToGroup", 9),
        ("delete", "cognito-idp:AdminDeleteUser", 1),
    ] {
        let statements = statements(POOL, &format!("\"{verb}\""), "task");
        let [statement] = statements.as_array().unwrap().as_slice() else { panic!("{statements}") };
        let actions = statement["actions"].as_array().unwrap();
        assert_eq!((&actions[0], actions.len()), (&json!(first), count), "{verb}");
        assert_eq!(statement["resources"], json!(["${var.cognito_user_pool_users_arn}"]), "{verb}");
    }
}

#[test]
fn a_secret_is_read_by_the_code_or_injected_into_it() {
    let secret = json!(["${var.secretsmanager_secret_users__server_arn}"]);
    let by_code = statements(TWO_CLIENTS, "\"authenticate\"", "task");
    assert_eq!(by_code[1]["resources"], secret);
    let pool = format!("{TWO_CLIENTS}client.other = {{ secret = true }}\n");
    let text = format!(
        "{pool}{SERVICE}uses.user_pool.users = \"authenticate\"\nenv.SECRET = \"{{user_pool.users.client.server.secret}}\"\n"
    );
    let document = document_in("dev", &text);
    let of = |role: &str| {
        let address =
            format!("data.aws_iam_policy_document.service__web__{role}__user_pool__users");
        resource(&document, "compute", &address)["statement"].take()
    };
    assert_eq!(of("execution")[0]["resources"], secret, "no secret of another client");
    assert_eq!(of("execution").as_array().map(Vec::len), Some(2), "the secret and its key");
    assert_eq!(of("task").as_array().map(Vec::len), Some(1), "signing in only");
}

#[test]
fn placeholders_give_the_pool_and_its_clients() {
    let platform = read("dev", TWO_CLIENTS).platform.unwrap();
    let pool = platform.things.user_pool.values().next().unwrap();
    let id = pool.id().clone();
    let output = |words: &str| {
        let words: Vec<String> = words.split('.').map(str::to_owned).collect();
        pool.output(&words, &id, &platform)
    };
    let plain = |path| Output::Plain(pool.handle().get(path));
    assert_eq!(output("id"), plain("id"));
    assert_eq!(output("arn"), plain("arn"));
    assert_eq!(output("issuer"), Output::Plain(pool.issuer()));
    let client = platgen_source::Name::new("server").unwrap();
    assert_eq!(output("client.server.id"), Output::Plain(pool.client(&client).get("id")));
    assert!(matches!(output("client.server.secret"), Output::Secret(_)));
    assert_eq!(output("client.web.secret"), Output::Plain("".into()));
    let names: Vec<&str> = pool.clients().map(platgen_source::Name::as_str).collect();
    assert_eq!(names, ["server", "web"]);
}
