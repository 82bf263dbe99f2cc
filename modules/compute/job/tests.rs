//! What jobs become, and what is refused.
use crate::compute::service::tests::{environment, local};
use crate::testing::{addresses, document, document_in, found, resource};
use platgen_source::json::json;
use pretty_assertions::assert_eq;

/// A job with more keys behind.
fn job(keys: &str) -> String {
    format!("[job.report]\nimage = \"alpine:3.20\"\n{keys}\n")
}

#[test]
fn a_job_without_a_schedule_is_started_by_a_command() {
    let document = document(&job(""));
    let command = format!("{:?}", document.outputs["job__report__command"].value);
    for part in ["aws ecs run-task --region us-east-2", "dev-shop-report-job", "assignPublicIp"] {
        assert!(command.contains(part), "{command}");
    }
    let found = addresses(&document, "compute");
    assert!(!found.iter().any(|address| address.contains("schedule") || address.contains("sfn")));
    let group = resource(&document, "compute", "aws_cloudwatch_log_group.job__report");
    assert_eq!(group["name"], "/ecs/dev-shop/job/report");
}

#[test]
fn a_schedule_runs_the_task() {
    let document = document(&job(r#"
[job.report.on.schedule]
noon-monday = "cron(0 12 ? * MON *)"
nightly = { at = "cron(0 2 * * ? *)", timezone = "Europe/Berlin", enabled = false }
"#));
    let nightly = resource(&document, "compute", "aws_scheduler_schedule.report__nightly");
    assert_eq!(nightly["schedule_expression"], "cron(0 2 * * ? *)");
    assert_eq!(nightly["schedule_expression_timezone"], "Europe/Berlin");
    assert_eq!(nightly["state"], "DISABLED");
    let text = nightly["target"].to_string();
    assert!(text.contains("${aws_ecs_task_definition.job__report.arn}"), "{text}");
    let monday = resource(&document, "compute", "aws_scheduler_schedule.report__noon_monday");
    assert_eq!(
        (&monday["schedule_expression_timezone"], &monday["state"]),
        (&json!("UTC"), &json!("ENABLED"))
    );
    let policy = "data.aws_iam_policy_document.job__report__schedule__start";
    let text = resource(&document, "compute", policy).to_string();
    for part in [
        "${aws_ecs_task_definition.job__report.arn_without_revision}:*",
        "iam:PassedToService",
        "${aws_iam_role.job__report__execution.arn}",
        "${aws_iam_role.job__report__task.arn}",
    ] {
        assert!(text.contains(part), "{text}");
    }
    let trust = "data.aws_iam_policy_document.job__report__schedule__trust";
    let text = resource(&document, "compute", trust).to_string();
    assert!(text.contains("${aws_scheduler_schedule_group.report.arn}"), "{text}");
}

#[test]
fn retries_and_a_timeout_bring_a_state_machine() {
    let text = job("retries = 3\ntimeout = \"1h\"\non.schedule.hourly = \"rate(1 hour)\"");
    let document = document_in("prod", &text);
    let definition = local(&document, "job__report__workflow");
    let run = &definition["States"]["Run"];
    assert_eq!(definition["StartAt"], "Run");
    assert_eq!((&run["Type"], &run["End"]), (&json!("Task"), &json!(true)));
    assert_eq!(run["TimeoutSeconds"], json!(3600));
    assert_eq!(run["Retry"][0]["MaxAttempts"], json!(3));
    assert!(run["Resource"].as_str().unwrap().ends_with(":states:::ecs:runTask.sync"));
    let machine = resource(&document, "compute", "aws_sfn_state_machine.report");
    let text = machine.to_string();
    assert!(text.contains("\"level\":\"ERROR\""), "{text}");
    assert!(text.contains("${aws_cloudwatch_log_group.job__report__workflow.arn}:*"), "{text}");
    assert!(text.contains("aws_iam_role_policy.job__report__workflow__logs"), "{text}");
    let schedule = resource(&document, "compute", "aws_scheduler_schedule.report__hourly");
    assert!(schedule["target"].to_string().contains("${aws_sfn_state_machine.report.arn}"));
    let policy = "data.aws_iam_policy_document.job__report__schedule__start";
    let text = resource(&document, "compute", policy).to_string();
    assert!(text.contains("states:StartExecution") && !text.contains("ecs:RunTask"), "{text}");
    let run = "data.aws_iam_policy_document.job__report__workflow__run";
    let text = resource(&document, "compute", run).to_string();
    assert!(text.contains("StepFunctionsGetEventsForECSTaskRule"), "{text}");
    let command = format!("{:?}", document.outputs["job__report__command"].value);
    assert!(command.contains("aws stepfunctions start-execution"), "{command}");
}

#[test]
fn a_timeout_alone_is_not_tried_again() {
    let document = document(&job("timeout = \"10m\""));
    let run = &local(&document, "job__report__workflow")["States"]["Run"];
    assert!(run["Retry"].is_null());
    assert_eq!(run["TimeoutSeconds"], json!(600));
}

/// A service, a table and another service for jobs to be like and to use.
const OTHERS: &str = r#"
[service.web]
image = "web:1"
port = 8080
cpu = 512
memory = 1024
env = { A = "service", B = "service" }
uses.table.orders = "read"
uses.service.stock = "connect"
[service.stock]
image = "stock:1"
port = 9000
[table.orders]
partition_key = "id"
"#;

#[test]
fn a_job_like_a_service_takes_what_it_does_not_say() {
    let text = "[job.migrate]\nlike = \"service.web\"\ncommand = [\"migrate\"]\nenv.B = \"job\"\nenv.URL = \"{service.stock.url}\"";
    let document = document(&format!("{text}{OTHERS}"));
    let container = &local(&document, "job__migrate__containers")[0];
    assert_eq!((&container["image"], &container["name"]), (&json!("web:1"), &json!("migrate")));
    assert_eq!(container["command"], json!(["migrate"]));
    assert_eq!(container["portMappings"], json!([]));
    let variables = environment(&document, "job__migrate");
    for (name, value) in [
        ("A", "service"),
        ("B", "job"),
        ("STOCK_HOST", "stock.dev-shop.internal"),
        ("URL", "http://stock.dev-shop.internal:9000"),
    ] {
        assert_eq!(variables[name], value, "{name}");
    }
    let definition = resource(&document, "compute", "aws_ecs_task_definition.job__migrate");
    assert_eq!((&definition["cpu"], &definition["memory"]), (&json!("512"), &json!("1024")));
    let policy = "data.aws_iam_policy_document.job__migrate__task__table__orders";
    assert!(resource(&document, "compute", policy).to_string().contains("dynamodb:GetItem"));
    let stock = resource(&document, "compute", "aws_ecs_service.stock");
    assert!(!stock["service_registries"].is_null());
    assert!(!stock["service_connect_configuration"].is_null());
    assert_eq!(environment(&document, "service__web")["STOCK_HOST"], "stock");
}

#[test]
fn a_job_like_a_service_runs_the_images_that_the_service_runs() {
    let text = "[job.migrate]\nlike = \"service.web\"\n[service.web]\nport = 80";
    let own = document(text);
    let image = &local(&own, "job__migrate__containers")[0]["image"];
    assert_eq!(*image, local(&own, "service__web__containers")[0]["image"]);
    let repositories = addresses(&own, "compute");
    let count = repositories.iter().filter(|a| a.starts_with("aws_ecr_repository.")).count();
    assert_eq!(count, 1);
    let alone = document("[job.migrate]\ncommand = [\"x\"]");
    assert!(alone.variables.contains_key("job__migrate_tag"));
}

#[test]
fn faults_of_the_service_are_told_once() {
    let web = "[service.web]\nimage = \"a:1\"\ncpu = 512\nmemory = 8192\nenv_file = \"none\"";
    let text = format!("[job.migrate]\nlike = \"service.web\"\n{web}");
    assert_eq!(
        found(&text),
        [
            ("PG0401", "service.web.memory".to_owned()),
            ("PG0406", "service.web.env_file".to_owned())
        ]
    );
    let text = "[job.migrate]\nlike = \"service.web\"\ncpu = 4096\n[service.web]\nimage = \"a:1\"\nmemory = 512";
    assert_eq!(found(text), [("PG0401", "job.migrate.cpu".to_owned())]);
}

#[test]
fn faults_that_job_and_service_make_together_are_told_at_the_job() {
    let web = "[service.web]\nimage = \"a:1\"\ncpu = 256\nmemory = 512";
    let like = "like = \"service.web\"";
    for (job, keys, web, fault) in [
        ("run", "exec = true", "readonly = true", ("PG0108", "job.run.exec")),
        ("side", "", "container.side.image = \"a:1\"", ("PG0404", "job.side")),
        (
            "run",
            "container.side.image = \"b:1\"",
            "after.side = \"healthy\"\ncontainer.side = { image = \"a:1\", health = \"x\" }",
            ("PG0108", "job.run.container.side"),
        ),
        (
            "run",
            "after.side = \"started\"",
            "container.side = { image = \"a:1\", after.web = \"started\" }",
            ("PG0401", "job.run.after.side"),
        ),
        (
            "run",
            "cpu = 256\nmemory = 1024",
            "container.side = { image = \"a:1\", cpu = 300 }\ncpu = 1024\nmemory = 2048",
            ("PG0401", "job.run.cpu"),
        ),
    ]
    .map(|(job, keys, more, fault)| {
        let web = if more.contains("\ncpu") { "[service.web]\nimage = \"a:1\"" } else { web };
        (job, keys, format!("{web}\n{more}"), fault)
    }) {
        let found = found(&format!("[job.{job}]\n{like}\n{keys}\n{web}"));
        let found: Vec<_> = found.iter().map(|(code, path)| (*code, path.as_str())).collect();
        let first = found.first().copied();
        assert_eq!(first, Some(fault), "{keys}\n{web}\n{found:#?}");
        assert!(found.iter().all(|found| *found == fault), "{found:#?}");
    }
}

#[test]
fn a_clash_between_an_own_and_an_inherited_edge_is_told_at_the_own_one() {
    let text = "[job.run]\nlike = \"service.web\"\nuses.service.other = { connect = {}, as = \"STOCK\" }\n\
                [service.other]\nimage = \"a:1\"\nport = 80";
    let expected = ("PG0207", "job.run.uses.service.other".to_owned());
    assert_eq!(found(&format!("{text}{OTHERS}")), [expected]);
}

#[test]
fn what_cannot_be_is_told_in_its_place() {
    for (keys, code, path) in [
        ("like = \"service.none\"", "PG0201", "like"),
        ("like = \"job.other\"", "PG0106", "like"),
        ("on.schedule.a = \"cron(0 2 * * *)\"", "PG0106", "on.schedule.a.at"),
        ("on.schedule.a = \"daily\"", "PG0106", "on.schedule.a.at"),
        (
            "on.schedule.a = { at = \"rate(1 day)\", timezone = \"/\" }",
            "PG0106",
            "on.schedule.a.timezone",
        ),
        ("retries = 11", "PG0104", "retries"),
        ("timeout = \"400d\"", "PG0104", "timeout"),
        ("port = 80", "PG0102", "port"),
    ] {
        assert_eq!(found(&job(keys)), [(code, format!("job.report.{path}"))], "{keys}");
    }
}

#[test]
fn names_at_aws_are_given_once() {
    let text = format!("{}[service.report-job]\nimage = \"a:1\"", job(""));
    assert_eq!(found(&text), [("PG0404", "service.report-job".to_owned())]);
    let named = |name| format!("[service.{name}]\nimage = \"a:1\"\naws_name = \"Web_1\"\n");
    let text = format!("{}{}", named("one"), named("two"));
    assert_eq!(found(&text), [("PG0404", "service.two".to_owned())]);
    let long = "a-job-with-quite-a-long-name-x".to_owned();
    let text =
        format!("[job.{long}]\nimage = \"a:1\"\nretries = 1\naws_name = \"{}\"", "x".repeat(81));
    assert_eq!(found(&text), [("PG0501", format!("job.{long}"))]);
}
