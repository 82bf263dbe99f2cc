//! What tasks become, and what is refused, whatever they are part of.
use super::environment;
use super::image::ImageName;
use super::ports::Port;
use super::spec::{FilePath, UserName};
use crate::compute::service::EcsName;
use crate::compute::service::tests::{environment as variables, local};
use crate::files::MemoryFiles;
use crate::schedule::{ScheduleExpression, TimeZone};
use crate::testing::{compiled, document, found, resource, verified};
use platgen_source::Key;
use platgen_source::json::{Value as Json, json};
use platgen_terraform::Document;
use pretty_assertions::assert_eq;
use proptest::prelude::*;
use std::sync::LazyLock;

/// A service with more keys behind.
fn service(keys: &str) -> String {
    format!("[service.web]\nimage = \"web:1\"\nport = 8080\n{keys}\n")
}

fn with_file(keys: &str, file: &[u8]) -> crate::Compiled {
    let files = MemoryFiles([("web.env".to_owned(), file.to_vec())].into());
    compiled("dev", &service(keys), &files)
}

#[test]
fn what_cannot_be_is_told_in_its_place() {
    for (keys, code, path) in [
        ("cpu = 512\nmemory = 8192", "PG0401", "memory"),
        ("cpu = 300", "PG0401", "cpu"),
        ("memory = 700", "PG0401", "memory"),
        ("disk = 20", "PG0104", "disk"),
        ("stop_timeout = \"5m\"", "PG0104", "stop_timeout"),
        ("stop_timeout = \"1s\"", "PG0104", "stop_timeout"),
        ("logs = \"8d\"", "PG0105", "logs.retention"),
        ("exec = true\nreadonly = true", "PG0108", "readonly"),
        (
            "exec = true\ncontainer.side = { image = \"a:1\", readonly = true }",
            "PG0108",
            "container.side.readonly",
        ),
        ("user = \"a b\"", "PG0106", "user"),
        ("env.A-B = \"x\"", "PG0107", "env.A-B"),
        ("env_file = \"none.env\"", "PG0406", "env_file"),
        ("env_file = \"../x.env\"", "PG0406", "env_file"),
        ("after.side = \"started\"", "PG0201", "after.side"),
        ("after.web = \"started\"", "PG0401", "after.web"),
        ("health = { command = \"x\", interval = \"1s\" }", "PG0104", "health.interval"),
        ("health = { command = \"x\", timeout = \"90s\" }", "PG0104", "health.timeout"),
        ("health = { command = \"x\", start = \"10m\" }", "PG0104", "health.start"),
        ("container.web.image = \"a:1\"", "PG0404", "container.web"),
        ("container.side = { image = \"a:1\", port = 9000 }", "PG0404", "container.side.port.http"),
        ("container.side = { image = \"a:1\", port.b = 8080 }", "PG0401", "container.side.port.b"),
        ("container.side = { image = \"a:1\", cpu = 300 }", "PG0401", "container.side"),
        ("container.side = { image = \"a:1\", memory = 600 }", "PG0401", "container.side"),
        ("after.side = \"healthy\"\ncontainer.side.image = \"a:1\"", "PG0108", "after.side"),
        ("after.side = \"complete\"\ncontainer.side.image = \"a:1\"", "PG0108", "after.side"),
    ] {
        assert_eq!(found(&service(keys)), [(code, format!("service.web.{path}"))], "{keys}");
    }
}

#[test]
fn a_udp_port_may_have_the_number_of_a_tcp_port() {
    let keys = "container.side = { image = \"a:1\", port.dns = \"8080/udp\" }";
    assert_eq!(found(&service(keys)), []);
}

#[test]
fn containers_that_wait_for_each_other_are_told() {
    let keys = r#"
after.one = "started"
container.one = { image = "a:1", after.two = "started" }
container.two = { image = "a:1", after.one = "started" }
"#;
    let expected = ["container.one.after.two", "container.two.after.one"];
    let expected = expected.map(|path| ("PG0401", format!("service.web.{path}")));
    assert_eq!(found(&service(keys)), expected);
}

#[test]
fn ten_containers_are_enough() {
    let sidecar = |number| format!("container.side-{number}.image = \"a:1\"\n");
    let keys: String = (0..10).map(sidecar).collect();
    assert_eq!(found(&service(&keys)), [("PG0405", "service.web.container.side-9".to_owned())]);
}

#[test]
fn cpu_and_memory_bring_each_other() {
    for (keys, cpu, memory) in [
        ("", "256", "512"),
        ("cpu = 1024", "1024", "2048"),
        ("memory = 8192", "1024", "8192"),
        ("cpu = 512\nmemory = 2048", "512", "2048"),
    ] {
        let definition = definition(&document(&service(keys)));
        assert_eq!((&definition["cpu"], &definition["memory"]), (&json!(cpu), &json!(memory)));
    }
}

fn definition(document: &Document) -> Json {
    resource(document, "compute", "aws_ecs_task_definition.service__web")
}

#[test]
fn the_task_has_a_processor_and_a_disk() {
    let text = definition(&document(&service("architecture = \"arm64\"\ndisk = 30"))).to_string();
    assert!(text.contains("\"cpu_architecture\":\"ARM64\""), "{text}");
    assert!(text.contains("\"size_in_gib\":30"), "{text}");
}

#[test]
fn commands_of_health_checks_may_have_the_form_of_ecs() {
    for (command, expected) in [
        (r#""curl -f localhost""#, json!(["CMD-SHELL", "curl -f localhost"])),
        (r#"["check", "me"]"#, json!(["CMD", "check", "me"])),
        (r#"["CMD", "check"]"#, json!(["CMD", "check"])),
        (r#"["CMD-SHELL", "check || exit 1"]"#, json!(["CMD-SHELL", "check || exit 1"])),
    ] {
        let document = document(&service(&format!("health.command = {command}")));
        let containers = local(&document, "service__web__containers");
        assert_eq!(containers[0]["healthCheck"]["command"], expected, "{command}");
    }
}

#[test]
fn sidecars_stand_beside_the_main_container() {
    let document = document(&service(
        r#"
command = ["serve", "--port", "${PORT}"]
entrypoint = ["/bin/tini"]
user = "1000:1000"
readonly = true
stop_timeout = "1m"
after.proxy = "healthy"
after.seed = "success"
health = { command = ["check", "me"], interval = "10s", unhealthy = 5, start = "1m" }
env.OWN = "x"
[service.web.container.proxy]
image = "nginx:1"
port.proxy = 80
env.UPSTREAM = "{service.web.url}"
health = { command = "curl -f http://localhost", timeout = "3s" }
memory = 128
[service.web.container.seed]
image = "alpine:3.20"
essential = false
"#,
    ));
    let containers = local(&document, "service__web__containers");
    let names: Vec<_> = containers.as_array().unwrap().iter().map(|c| &c["name"]).collect();
    assert_eq!(names, ["web", "proxy", "seed"]);
    let (main, proxy, seed) = (&containers[0], &containers[1], &containers[2]);
    assert_eq!(main["command"], json!(["serve", "--port", "$${PORT}"]));
    assert_eq!(main["entryPoint"], json!(["/bin/tini"]));
    assert_eq!(main["stopTimeout"], json!(60));
    assert_eq!(main["readonlyRootFilesystem"], json!(true));
    assert_eq!(
        main["dependsOn"],
        json!([
            { "containerName": "proxy", "condition": "HEALTHY" },
            { "containerName": "seed", "condition": "SUCCESS" },
        ])
    );
    assert_eq!(
        main["healthCheck"],
        json!({
            "command": ["CMD", "check", "me"],
            "interval": 10,
            "timeout": 5,
            "retries": 5,
            "startPeriod": 60,
        })
    );
    assert_eq!(proxy["healthCheck"]["command"], json!(["CMD-SHELL", "curl -f http://localhost"]));
    let upstream = json!([{ "name": "UPSTREAM", "value": "http://localhost:8080" }]);
    assert_eq!(proxy["environment"], upstream);
    assert_eq!((&proxy["memory"], &seed["essential"]), (&json!(128), &json!(false)));
    assert!(seed["dependsOn"].is_null() && seed["healthCheck"].is_null());
}

#[test]
fn the_spec_goes_over_the_file_and_the_file_over_the_edges() {
    let keys = r#"
uses.table.orders = "read"
env_file = "web.env"
env.B = "spec"
[table.orders]
partition_key = "id"
"#;
    let file = b"# comment\n\nA={service.web.url}\nB=file\nORDERS_TABLE=file\nEMPTY=\n";
    let compiled = with_file(keys, file);
    let document = verified(crate::lower(&compiled.platform.unwrap()));
    let expected =
        json!({ "A": "{service.web.url}", "B": "spec", "EMPTY": "", "ORDERS_TABLE": "file" });
    assert_eq!(variables(&document, "service__web"), expected);
}

#[test]
fn lines_of_a_file_that_set_nothing_are_told() {
    let compiled = with_file("env_file = \"web.env\"", b"A=1\nB\n1C=2\nA=3\n");
    let messages: Vec<&str> = compiled.findings.iter().map(|f| f.message.as_str()).collect();
    assert_eq!(
        messages,
        [
            "`web.env`, line 2: there is no `=`",
            "`web.env`, line 3: `1C` is no name of a variable",
            "`web.env`, line 4: `A` is set a second time",
        ]
    );
    let compiled = with_file("env_file = \"web.env\"", &[0xff, 0xfe]);
    assert_eq!(compiled.findings[0].message, "`web.env` is no UTF-8 text");
}

/// A service with a secret, and its variables.
fn with_secret(keys: &str) -> String {
    service(&format!("uses.secret.github = \"read\"\n{keys}\n[secret.github]"))
}

#[test]
fn a_secret_that_a_variable_speaks_of_is_injected() {
    let document = document(&with_secret("env.TOKEN = \"{secret.github.token}\""));
    let secrets = &local(&document, "service__web__containers")[0]["secrets"];
    assert_eq!(secrets[0]["name"], "TOKEN");
    assert!(secrets[0]["valueFrom"].as_str().unwrap().ends_with(":token::"), "{secrets}");
    let policy = |role: &str| {
        let name = format!("data.aws_iam_policy_document.service__web__{role}__secret__github");
        resource(&document, "compute", &name).to_string()
    };
    assert!(policy("execution").contains("secretsmanager:GetSecretValue"));
    assert_eq!(policy("task"), "null");
}

#[test]
fn a_secret_that_no_variable_speaks_of_is_read_by_the_code() {
    let document = document(&with_secret(""));
    let name = "data.aws_iam_policy_document.service__web__task__secret__github";
    let policy = resource(&document, "compute", name).to_string();
    assert!(policy.contains("secretsmanager:GetSecretValue"), "{policy}");
    assert!(!variables(&document, "service__web")["GITHUB_SECRET_ARN"].is_null());
}

#[test]
fn a_secret_inside_a_text_is_told() {
    let text = with_secret("env.URL = \"https://{secret.github.token}@example.com\"");
    assert_eq!(found(&text), [("PG0205", "service.web.env.URL".to_owned())]);
}

#[test]
fn two_edges_that_give_one_variable_are_told_at_the_second() {
    let others = "[table.main]\npartition_key = \"id\"\n[service.main]\nimage = \"a:1\"\nport = 80";
    let edges = "uses.service.main = \"connect\"\nuses.service.other = { connect = {}, as = \"MAIN\" }\nuses.table.main = \"read\"";
    let other = "[service.other]\nimage = \"a:1\"\nport = 80";
    let text = format!("{}{others}\n{other}", service(edges));
    assert_eq!(found(&text), [("PG0207", "service.web.uses.service.other".to_owned())]);
    let own = "env = { MAIN_HOST = \"x\", MAIN_PORT = \"1\", MAIN_URL = \"y\" }";
    let text = format!("{}{others}\n{other}", service(&format!("{edges}\n{own}")));
    assert_eq!(found(&text), []);
}

#[test]
fn a_second_edge_gets_another_beginning() {
    let finding = &compiled(
        "dev",
        &format!(
            "{}[service.a]\nimage=\"a:1\"\nport=80\n[service.b]\nimage=\"a:1\"\nport=80",
            service("uses.service.a = \"connect\"\nuses.service.b = { connect = {}, as = \"A\" }")
        ),
        &MemoryFiles::default(),
    )
    .findings[0];
    assert_eq!(finding.help, ["give this edge a name: as = \"B_SERVICE\""]);
}

#[test]
fn numbers_become_texts() {
    use platgen_terraform::{Address, Handle, Value};
    let cluster = Handle::new("data", Address::managed("aws_rds_cluster", "main"));
    let text = |value: Value| format!("{:?}", environment::as_text(value));
    assert!(text(cluster.get("port")).contains("tostring"));
    assert!(!text(cluster.get("endpoint")).contains("tostring"));
    assert_eq!(environment::as_text(Value::from(80)), Value::from("80"));
}

/// Whether the schema of a whole spec takes a service with these keys.
fn schema_takes(keys: &Json) -> bool {
    static VALIDATOR: LazyLock<jsonschema::Validator> =
        LazyLock::new(|| jsonschema::validator_for(&crate::schema::schema()).unwrap());
    let platform = json!({ "name": "shop", "region": "us-east-2" });
    let spec = json!({ "spec": 1, "platform": platform, "service": { "web": keys } });
    VALIDATOR.is_valid(&spec)
}

#[test]
fn editors_see_the_same_keys_as_the_reader() {
    for keys in [
        json!({ "port": 8080 }),
        json!({ "port": "50051/grpc" }),
        json!({ "port": { "http": 80, "dns": "53/udp" }, "logs": "7d" }),
        json!({ "health": { "path": "/", "command": ["a", "b"] }, "user": "1:2" }),
        json!({ "container": { "side": { "image": "a", "health": "true" } } }),
        json!({ "after": { "side": "healthy" }, "architecture": "x86_64" }),
    ] {
        assert!(schema_takes(&keys), "{keys}");
    }
    for keys in [
        json!({ "port": 0 }),
        json!({ "port": "80/sctp" }),
        json!({ "port": { "A": 80 } }),
        json!({ "cpu": 100 }),
        json!({ "disk": 20 }),
        json!({ "health": { "command": 5 } }),
        json!({ "container": { "side": {} } }),
        json!({ "after": { "side": "later" } }),
    ] {
        assert!(!schema_takes(&keys), "{keys}");
    }
}

#[test]
fn images_have_the_names_that_registries_know() {
    let digest = "0123456789abcdef".repeat(4);
    for (text, expected) in [
        ("nginx", true),
        ("nginx:1.29", true),
        ("localhost:5000/web", true),
        ("public.ecr.aws/docker/library/alpine:3.20", true),
        (&format!("ghcr.io/shop/web:1@sha256:{digest}"), true),
        ("nginx:", false),
        ("Nginx", false),
        ("https://ghcr.io/shop/web", false),
        ("nginx:1:2", false),
        ("ghcr.io/Shop/web", false),
        ("shop/web@sha256:0a", false),
        ("-nginx", false),
        ("/nginx", false),
        ("", false),
    ] {
        assert_eq!(
            (ImageName::new(text).is_some(), fits::<ImageName>(text)),
            (expected, expected),
            "{text}"
        );
    }
}

/// Whether the pattern of a type, as JSON Schema takes it, fits a text.
fn fits<T: Key>(text: &str) -> bool {
    jsonschema::is_valid(&json!({ "pattern": T::PATTERN.unwrap() }), &json!(text))
}

proptest! {
    #[test]
    fn patterns_and_checks_agree(
        text in "[a-zA-Z0-9_./:@+ -]{0,12}|(cron|rate)\\([A-Z0-9*?/ !]{0,9}\\)|[a-z]{60,70}|[A-Z]/[a-z/]{20,40}",
    ) {
        prop_assert_eq!(fits::<UserName>(&text), UserName::new(&text).is_some());
        prop_assert_eq!(fits::<FilePath>(&text), FilePath::new(&text).is_some());
        prop_assert_eq!(fits::<EcsName>(&text), EcsName::new(&text).is_some());
        prop_assert_eq!(fits::<TimeZone>(&text), TimeZone::new(&text).is_some());
        let expression = ScheduleExpression::new(&text).is_some();
        prop_assert_eq!(fits::<ScheduleExpression>(&text), expression);
    }

    #[test]
    fn the_pattern_of_images_fits_what_is_read(
        text in "([A-Za-z.:0-9-]{0,9}/)?[a-zA-Z0-9./_-]{0,9}(:[a-zA-Z0-9._/-]{0,4})?(@(sha256|):[0-9a-f]{30,34})?",
    ) {
        prop_assert_eq!(fits::<ImageName>(&text), ImageName::new(&text).is_some(), "{}", text);
    }

    #[test]
    fn the_pattern_of_ports_fits_what_is_read(number in 0u32..70_000, word in "(/(http2?|grpc|tcp|udp|x|))?") {
        let text = format!("{number}{word}");
        let keys = json!({ "port": text });
        prop_assert_eq!(schema_takes(&keys), Port::parse(&text).is_some());
    }
}
