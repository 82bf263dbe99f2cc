//! Tests of keys and of the edges to them.
use crate::kind::Thing;
use crate::testing::{addresses, document, document_in, findings, found, only, platform, resource};
use platgen_source::json::{self, json};
use pretty_assertions::assert_eq;

fn key(environment: &str, lines: &str) -> json::Value {
    let document = document_in(environment, &format!("[key.papers]\n{lines}\n"));
    let mut key = resource(&document, "data", "aws_kms_key.key__papers");
    key.as_object_mut().unwrap().remove("policy");
    key
}

#[test]
fn a_key_encrypts_and_is_rotated() {
    for (environment, deletion_days) in [("dev", 7), ("prod", 30)] {
        assert_eq!(
            key(environment, ""),
            json!({
                "description": format!("{environment}-shop-papers"),
                "enable_key_rotation": true,
                "rotation_period_in_days": 365,
                "deletion_window_in_days": deletion_days,
            })
        );
    }
}

#[test]
fn the_rights_of_the_account_decide_who_uses_a_key() {
    let document = document("[key.papers]");
    let address = "data.aws_iam_policy_document.key__papers";
    let statement = only(&resource(&document, "data", address)["statement"]);
    assert_eq!(statement["actions"], json!(["kms:*"]));
    let principal = only(&statement["principals"]);
    let root = "arn:${data.aws_partition.current.partition}:iam::\
                ${data.aws_caller_identity.current.account_id}:root";
    assert_eq!(principal["identifiers"], json!([root]));
    let alias = resource(&document, "data", "aws_kms_alias.key__papers");
    assert_eq!(alias["name"], "alias/dev-shop-papers");
    assert_eq!(alias["target_key_id"], "${aws_kms_key.key__papers.key_id}");
    let made = addresses(&document, "data");
    assert!(!made.contains(&"aws_kms_key.data".to_owned()), "{made:?}");
}

#[test]
fn what_a_spec_says_is_done() {
    for (lines, key_at_aws, expected) in [
        ("rotation_days = 90", "rotation_period_in_days", json!(90)),
        ("deletion_days = 14", "deletion_window_in_days", json!(14)),
        ("description = \"Papers of {platform.name}\"", "description", json!("Papers of shop")),
        ("use = \"sign\"", "key_usage", json!("SIGN_VERIFY")),
        ("use = \"sign\"", "customer_master_key_spec", json!("ECC_NIST_P256")),
        ("use = \"sign\"", "enable_key_rotation", json!(null)),
        ("use = \"sign\"", "rotation_period_in_days", json!(null)),
    ] {
        assert_eq!(key("dev", lines)[key_at_aws], expected, "{lines}");
    }
    for (algorithm, expected) in [
        ("ecc-p256", "ECC_NIST_P256"),
        ("ecc-p384", "ECC_NIST_P384"),
        ("ecc-p521", "ECC_NIST_P521"),
        ("ecc-secp256k1", "ECC_SECG_P256K1"),
        ("rsa-2048", "RSA_2048"),
        ("rsa-3072", "RSA_3072"),
        ("rsa-4096", "RSA_4096"),
    ] {
        let key = key("dev", &format!("use = \"sign\"\nalgorithm = \"{algorithm}\""));
        assert_eq!(key["customer_master_key_spec"], expected);
    }
}

#[test]
fn keys_of_a_key_fit_each_other() {
    for (lines, code, place) in [
        ("algorithm = \"rsa-2048\"", "PG0108", "key.papers.algorithm"),
        ("use = \"sign\"\nrotation_days = 90", "PG0108", "key.papers.rotation_days"),
        ("use = \"seal\"", "PG0105", "key.papers.use"),
        ("rotation_days = 89", "PG0104", "key.papers.rotation_days"),
        ("deletion_days = 6", "PG0104", "key.papers.deletion_days"),
        ("aws_name = \"aws/papers\"", "PG0106", "key.papers.aws_name"),
        ("aws_name = \"dev-shop-data\"", "PG0404", "key.papers.aws_name"),
        ("[key.other]\naws_name = \"dev-shop-papers\"", "PG0404", "key.papers.aws_name"),
        ("[key.messages]", "PG0404", "key.messages"),
    ] {
        assert_eq!(
            found(&format!("[key.papers]\n{lines}\n")),
            [(code, place.to_owned())],
            "{lines}"
        );
    }
}

#[test]
fn each_verb_gives_its_actions() {
    let encrypt = [
        "kms:DescribeKey",
        "kms:Encrypt",
        "kms:GenerateDataKey",
        "kms:GenerateDataKeyWithoutPlaintext",
    ];
    let decrypt = ["kms:Decrypt", "kms:DescribeKey"];
    for (purpose, verbs, expected) in [
        ("encrypt", "\"encrypt\"", encrypt.to_vec()),
        ("encrypt", "\"decrypt\"", decrypt.to_vec()),
        ("encrypt", "[\"decrypt\", \"encrypt\"]", [&encrypt[..], &decrypt[..]].concat()),
        ("sign", "\"sign\"", vec!["kms:DescribeKey", "kms:GetPublicKey", "kms:Sign"]),
        ("sign", "\"verify\"", vec!["kms:DescribeKey", "kms:GetPublicKey", "kms:Verify"]),
        ("sign", "{ as = \"X\" }", vec![]),
    ] {
        let text = format!(
            "[key.papers]\nuse = \"{purpose}\"\n[service.web]\nimage = \"nginx\"\n\
             uses.key.papers = {verbs}\n\
             env.KEY = \"{{key.papers.alias}} {{key.papers.arn}} {{key.papers.id}}\"\n"
        );
        let platform = platform("dev", &text);
        let id = platform.things.key.values().next().unwrap().id().clone();
        let grant = platform.connections.to(&id).next().unwrap();
        let actions: Vec<&str> =
            grant.task.iter().flat_map(|statement| statement.actions.iter().copied()).collect();
        assert_eq!(actions, expected, "{verbs}");
        assert!(grant.task.iter().all(|statement| statement.conditions.is_empty()), "{verbs}");
        assert_eq!(grant.reach.is_empty(), expected.is_empty(), "{verbs}");
        assert!(grant.variables[0].0.ends_with("_KEY_ARN"));
        crate::testing::verified(crate::lower(&platform));
    }
}

#[test]
fn a_verb_that_the_key_cannot_do_is_told() {
    for (purpose, verb, does) in [
        ("sign", "encrypt", "signs"),
        ("sign", "decrypt", "signs"),
        ("encrypt", "sign", "encrypts"),
        ("encrypt", "verify", "encrypts"),
    ] {
        let text = format!(
            "[key.papers]\nuse = \"{purpose}\"\n\
             [service.web]\nimage = \"nginx\"\nuses.key.papers = \"{verb}\"\n"
        );
        let message = format!("`key.papers` {does}, and has no `{verb}`");
        let place = format!("service.web.uses.key.papers.{verb}");
        assert_eq!(findings(&text), [("PG0108", place, message)]);
    }
}
