//! Secrets that get new values by a function.
use crate::testing::{addresses, document, findings, only, platform, resource};
use platgen_source::json::{Value as Json, json};
use pretty_assertions::assert_eq;

/// A secret and the function that rotates it, which reads it for another reason as well.
const SPEC: &str = r#"
[secret.token]
rotation = { function = "renew", every = "14d" }
[function.renew]
code = { bucket = "builds", key = "renew.zip" }
runtime = "nodejs22.x"
handler = "index.handler"
uses.secret.token = "read"
"#;

#[test]
fn a_function_rotates_the_secret() {
    let document = document(SPEC);
    let rotation = resource(&document, "data", "aws_secretsmanager_secret_rotation.secret__token");
    assert_eq!(
        rotation,
        json!({
            "secret_id": "${aws_secretsmanager_secret.token.id}",
            "rotation_lambda_arn": "${var.lambda_alias_renew_arn}",
            "rotate_immediately": false,
            "rotation_rules": [{ "automatically_after_days": 14 }],
        })
    );
    let of_month = SPEC.replace("{ function = \"renew\", every = \"14d\" }", "\"renew\"");
    let document = crate::testing::document(&of_month);
    let rotation = resource(&document, "data", "aws_secretsmanager_secret_rotation.secret__token");
    assert_eq!(only(&rotation["rotation_rules"])["automatically_after_days"], 30);
}

#[test]
fn secrets_manager_is_let_in_for_this_secret_alone() {
    let document = document(SPEC);
    let address = "aws_lambda_permission.function__renew__from__secret__token__rotation";
    let permission = resource(&document, "compute", address);
    assert_eq!(permission["principal"], "secretsmanager.amazonaws.com");
    assert_eq!(permission["source_arn"], "${var.secretsmanager_secret_token_arn}");
}

#[test]
fn the_function_may_change_this_secret_beside_what_it_uses() {
    let document = document(SPEC);
    let statements = |name: &str| -> Vec<Json> {
        let address = format!("data.aws_iam_policy_document.function__renew__{name}");
        resource(&document, "compute", &address)["statement"]
            .as_array()
            .cloned()
            .unwrap_or_default()
    };
    let rotating = statements("for__secret__token");
    let actions: Vec<&Json> = rotating.iter().map(|statement| &statement["actions"]).collect();
    let on_secret = json!([
        "secretsmanager:DescribeSecret",
        "secretsmanager:GetSecretValue",
        "secretsmanager:PutSecretValue",
        "secretsmanager:UpdateSecretVersionStage",
    ]);
    let on_key = json!(["kms:Decrypt", "kms:GenerateDataKey"]);
    let of_account = json!(["secretsmanager:GetRandomPassword"]);
    assert_eq!(actions, [&on_secret, &on_key, &of_account]);
    assert_eq!(rotating[0]["resources"], json!(["${var.secretsmanager_secret_token_arn}"]));
    assert_eq!(statements("secret__token").len(), 2);
}

#[test]
fn a_secret_without_rotation_has_none() {
    let document = document("[secret.token]\n");
    assert_eq!(addresses(&document, "data").iter().filter(|a| a.contains("rotation")).count(), 0);
    assert_eq!(platform("dev", "[secret.token]\n").connections.all().len(), 0);
}

#[test]
fn what_is_made_elsewhere_is_rotated_elsewhere() {
    let spec = SPEC.replace("[secret.token]\n", "[secret.token]\nexisting = \"team/token\"\n");
    let found = findings(&spec);
    let [(code, path, message)] = found.as_slice() else { panic!("{found:#?}") };
    assert_eq!((*code, path.as_str()), ("PG0108", "secret.token.rotation"));
    assert!(message.contains("made elsewhere"), "{message}");
}
