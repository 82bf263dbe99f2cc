//! The proxy before a database: what it becomes, and what it changes for those who connect.
use super::{MYSQL, POSTGRESQL, assert_arguments};
use crate::kind::Thing;
use crate::testing::{addresses, document, document_in, findings, only, platform, resource};
use platgen_source::Name;
use platgen_source::json::{Value as Json, json};
use platgen_terraform::Document;
use pretty_assertions::assert_eq;

/// A database with a proxy, a user of it, and two services that connect.
const SPEC: &str = r#"
[database.main]
engine = "aurora-mysql"
port = 3310
readers = 1
proxy = { users = { web = "secret.web-login" } }
[secret.web-login]
[service.web]
image = "public.ecr.aws/nginx/nginx:1.27"
env.SQL = "mysql://{database.main.host}:{database.main.port}"
uses.database.main = { connect = { user = "web" } }
[service.admin]
image = "public.ecr.aws/nginx/nginx:1.27"
uses.database.main = "connect"
"#;

fn group(name: &str) -> Json {
    json!(format!("${{aws_security_group.{name}.id}}"))
}

/// Every rule: the group that it belongs to, the other group, and the port.
fn rules(document: &Document, direction: &str) -> Vec<(Json, Json, Json)> {
    let prefix = format!("aws_vpc_security_group_{direction}_rule.");
    let all = addresses(document, "network");
    let sql = all.iter().filter(|rule| rule.starts_with(&prefix) && rule.ends_with("__sql"));
    let row = |rule: &String| {
        let rule = resource(document, "network", rule);
        let [own, other] = ["security_group_id", "referenced_security_group_id"];
        (rule[own].clone(), rule[other].clone(), rule["to_port"].clone())
    };
    sql.map(row).collect()
}

#[test]
fn callers_reach_the_proxy_and_only_the_proxy_reaches_the_database() {
    let document = document(SPEC);
    let (proxy, database) = (group("database__main__proxy"), group("database__main"));
    let (admin, web) = (group("service__admin"), group("service__web"));
    let out = [
        (proxy.clone(), database.clone(), json!(3310)),
        (admin.clone(), proxy.clone(), json!(3306)),
        (web.clone(), proxy.clone(), json!(3306)),
    ];
    assert_eq!(rules(&document, "egress"), out);
    let into = out.map(|(from, to, port)| (to, from, port));
    assert_eq!(rules(&document, "ingress"), into);
}

#[test]
fn a_proxy_changes_no_address_of_what_was_there() {
    let without = SPEC.replace("proxy = { users = { web = \"secret.web-login\" } }\n", "");
    for module in ["network", "data", "compute"] {
        let before = addresses(&document(&without), module);
        let after = addresses(&document(SPEC), module);
        let gone: Vec<_> = before.iter().filter(|address| !after.contains(address)).collect();
        assert_eq!(gone, Vec::<&String>::new(), "{module}");
    }
}

#[test]
fn the_proxy_logs_in_with_secrets_and_leads_to_the_cluster() {
    let document = document(SPEC);
    let login = |iam: &str, secret: &str| json!({ "auth_scheme": "SECRETS", "iam_auth": iam, "secret_arn": secret });
    let administrator = "${aws_rds_cluster.main.master_user_secret[0].secret_arn}";
    assert_arguments(
        &resource(&document, "data", "aws_db_proxy.main"),
        &json!({
            "name": "dev-shop-main-proxy",
            "engine_family": "MYSQL",
            "require_tls": true,
            "idle_client_timeout": 1800,
            "auth": [
                login("DISABLED", administrator),
                login("REQUIRED", "${aws_secretsmanager_secret.web_login.arn}"),
            ],
            "depends_on": [
                "aws_iam_role_policy.database__main__proxy__database__main",
                "aws_iam_role_policy.database__main__proxy__secret__web_login",
                "aws_cloudwatch_log_group.database__main__log__proxy",
            ],
        }),
    );
    assert_arguments(
        &resource(&document, "data", "aws_db_proxy_target.main"),
        &json!({
            "db_cluster_identifier": "${aws_rds_cluster.main.id}",
            "target_group_name": "${aws_db_proxy_default_target_group.main.name}",
            "depends_on": ["aws_rds_cluster_instance.main__writer"],
        }),
    );
    let logs = resource(&document, "data", "aws_cloudwatch_log_group.database__main__log__proxy");
    assert_eq!(logs["name"], "/aws/rds/proxy/dev-shop-main-proxy");
    let rights = "data.aws_iam_policy_document.database__main__proxy__database__main";
    let statements = resource(&document, "data", rights)["statement"].clone();
    assert_eq!(statements[0]["actions"], json!(["secretsmanager:GetSecretValue"]));
    assert_eq!(statements[0]["resources"], json!([administrator]));
    let trust = "data.aws_iam_policy_document.database__main__proxy__trust";
    let trust = only(&resource(&document, "data", trust)["statement"]);
    assert_eq!(only(&trust["principals"])["identifiers"], json!(["rds.amazonaws.com"]));
}

#[test]
fn every_setting_reaches_the_pool() {
    let keys = "proxy = { idle_timeout = \"1h\", max_connections = 30, borrow_timeout = \"10s\" }\n\
                require_tls = false\n";
    let document = document(&format!("{POSTGRESQL}{keys}"));
    let proxy = resource(&document, "data", "aws_db_proxy.main");
    let expected = json!({
        "engine_family": "POSTGRESQL", "idle_client_timeout": 3600, "require_tls": false
    });
    assert_arguments(&proxy, &expected);
    let pool = resource(&document, "data", "aws_db_proxy_default_target_group.main");
    assert_eq!(
        only(&pool["connection_pool_config"]),
        json!({
            "max_connections_percent": 30,
            "max_idle_connections_percent": 30,
            "connection_borrow_timeout": 10,
        })
    );
}

#[test]
fn readers_have_an_endpoint_where_there_are_readers() {
    let reader = |keys: &str| {
        let document = document(&format!("{MYSQL}proxy = true\n{keys}"));
        let endpoint = resource(&document, "data", "aws_db_proxy_endpoint.main__reader");
        let told = document.outputs.contains_key("database__main__proxy_reader_host");
        assert_eq!(told, endpoint != Json::Null, "{keys}");
        endpoint["target_role"].clone()
    };
    assert_eq!(reader(""), Json::Null);
    assert_eq!(reader("readers = 1\n"), "READ_ONLY");
    assert_eq!(reader("scale = { max = 3 }\n"), "READ_ONLY");
    let off = document_in("prod", &format!("{MYSQL}proxy = false\n"));
    assert!(!addresses(&off, "data").iter().any(|address| address.contains("proxy")));
}

#[test]
fn clients_are_told_of_the_proxy() {
    let values = |spec: &str| {
        let platform = platform("dev", spec);
        let database = &platform.things.database[&Name::new("main").unwrap()];
        let [host, reader, port] = ["host", "reader_host", "port"].map(|word| {
            format!("{:?}", database.output(&[word.to_owned()], database.id(), &platform))
        });
        (host.contains("aws_db_proxy\""), reader.contains("aws_db_proxy_endpoint"), port)
    };
    let (host, reader, port) = values(SPEC);
    assert!(host && reader && port.contains("3306"), "{host} {reader} {port}");
    let without = SPEC.replace("proxy = { users = { web = \"secret.web-login\" } }\n", "");
    let (host, reader, port) = values(&without);
    assert!(!host && !reader && port.contains("3310"), "{host} {reader} {port}");
}

#[test]
fn a_user_of_iam_logs_in_to_the_proxy() {
    let document = document(SPEC);
    let rights = "data.aws_iam_policy_document.service__web__task__database__main";
    let statement = only(&resource(&document, "compute", rights)["statement"]);
    let user = statement["resources"][0].as_str().unwrap();
    assert!(user.ends_with(":dbuser:${split(\":\", var.db_proxy_main_arn)[6]}/web"), "{user}");
}

#[test]
fn a_user_without_a_secret_is_told_at_its_edge() {
    let spec = SPEC.replace("users = { web =", "users = { api =");
    let found = findings(&spec);
    let [(code, path, message)] = found.as_slice() else { panic!("{found:#?}") };
    assert_eq!((*code, path.as_str()), ("PG0401", "service.web.uses.database.main"));
    assert!(message.contains("no secret of the user `web`"), "{message}");
}

#[test]
fn another_rotation_of_the_password_is_said_to_secrets_manager() {
    let rotation = |keys: &str| {
        let address = "aws_secretsmanager_secret_rotation.database__main";
        resource(&document(&format!("{MYSQL}{keys}")), "data", address)
    };
    assert_eq!(rotation(""), Json::Null);
    assert_eq!(
        rotation("rotation = \"30d\"\n"),
        json!({
            "secret_id": "${aws_rds_cluster.main.master_user_secret[0].secret_arn}",
            "rotate_immediately": false,
            "rotation_rules": [{ "automatically_after_days": 30 }],
            "depends_on": ["aws_rds_cluster_instance.main__writer"],
        })
    );
}
