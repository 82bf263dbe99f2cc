//! Definitions in files.
use super::OTHERS;
use crate::compute::service::tests::local;
use crate::files::MemoryFiles;
use crate::testing::{compiled, resource, verified};
use crate::{Compiled, lower};
use platgen_source::json::json;
use pretty_assertions::assert_eq;

/// Compiles a workflow with a definition in a file, and these keys.
fn with_file(content: &str, keys: &str) -> Compiled {
    let files = MemoryFiles([("order.asl.json".to_owned(), content.as_bytes().to_vec())].into());
    let text = format!("[workflow.order]\ndefinition = \"order.asl.json\"\n{keys}\n{OTHERS}");
    compiled("dev", &text, &files)
}

/// The code, the place behind the workflow, and the message of every finding.
fn found(content: &str, keys: &str) -> Vec<(String, String)> {
    let findings = with_file(content, keys).findings;
    let row = |finding: &platgen_source::diagnostics::Diagnostic| {
        let path = finding.path().unwrap().to_string();
        (
            format!("{} {}", finding.code.id, path.trim_start_matches("workflow.order.")),
            finding.message.clone(),
        )
    };
    findings.iter().map(row).collect()
}

const GOOD: &str = r#"{
  "StartAt": "Charge",
  "States": {
    "Charge": { "Type": "Task", "Resource": "${charge}", "ResultPath": null, "Next": "All" },
    "All": {
      "Type": "Map",
      "ItemProcessor": { "StartAt": "Run", "States": { "Run": {
        "Type": "Task",
        "Resource": "arn:aws:states:::ecs:runTask.sync",
        "Parameters": { "TaskDefinition": "${report}", "Subnets": "${report.subnets}", "Cluster": "${report.cluster}" },
        "TimeoutSeconds": 2.5,
        "End": true
      } } },
      "Next": "Send"
    },
    "Send": {
      "Type": "Task",
      "Resource": "arn:aws:states:::sqs:sendMessage",
      "Parameters": { "QueueUrl": "${work}", "MessageBody": "to ${work.arn}: $.x ${" },
      "Catch": [{ "ErrorEquals": ["States.ALL"], "Next": "Done" }],
      "Next": "Done"
    },
    "Done": { "Type": "Succeed" }
  }
}"#;

const KEYS: &str = r#"
targets = { charge = "function.charge", report = "job.report", work = "queue.work" }
uses.function.charge = "invoke"
uses.queue.work = "send"
"#;

#[test]
fn words_become_what_they_stand_for() {
    let compiled = with_file(GOOD, KEYS);
    let platform = compiled.platform.unwrap_or_else(|| panic!("{:#?}", compiled.findings));
    let document = verified(lower(&platform));
    let definition = local(&document, "workflow__order");
    let states = &definition["States"];
    assert_eq!(states["Charge"]["Resource"], "${aws_lambda_alias.charge.arn}");
    assert_eq!(states["Charge"]["ResultPath"], "${jsondecode(\"null\")}");
    let run = &states["All"]["ItemProcessor"]["States"]["Run"];
    assert_eq!(run["Parameters"]["TaskDefinition"], "${aws_ecs_task_definition.job__report.arn}");
    assert_eq!(run["Parameters"]["Cluster"], "${aws_ecs_cluster.main.arn}");
    assert!(run["Parameters"]["Subnets"] != json!("${report.subnets}"), "{run}");
    assert_eq!((&run["TimeoutSeconds"], &run["End"]), (&json!(2.5), &json!(true)));
    let body = states["Send"]["Parameters"]["MessageBody"].as_str().unwrap();
    assert!(body.starts_with("to ${") && body.ends_with(": $.x $${"), "{body}");
    let policy = "data.aws_iam_policy_document.workflow__order__job__report";
    let rights = resource(&document, "compute", policy).to_string();
    for action in ["ecs:RunTask", "iam:PassRole", "ecs:StopTask", "events:PutRule"] {
        assert!(rights.contains(action), "{action}: {rights}");
    }
}

#[test]
fn what_is_wrong_with_a_file_is_told_at_the_file() {
    let state =
        |fields: &str| format!("{{ \"StartAt\": \"A\", \"States\": {{ \"A\": {{ {fields} }} }} }}");
    let long = format!(
        "{{ \"StartAt\": \"{0}\", \"States\": {{ \"{0}\": {{ \"Type\": \"Succeed\" }} }} }}",
        "x".repeat(81)
    );
    for (content, expected) in [
        ("{", vec!["PG0406"]),
        ("[]", vec!["PG0406"]),
        ("{ \"StartAt\": \"A\", \"States\": {} }", vec!["PG0201"]),
        (&long, vec!["PG0406"]),
        (&state("\"Type\": \"Tsk\""), vec!["PG0406"]),
        (&state("\"Type\": \"Task\", \"End\": true"), vec!["PG0406"]),
        (
            &state("\"Type\": \"Wait\", \"Seconds\": 1, \"SecondsPath\": \"$.s\", \"End\": true"),
            vec!["PG0406"],
        ),
        (&state("\"Type\": \"Pass\""), vec!["PG0406"]),
        (&state("\"Type\": \"Pass\", \"Next\": \"A\", \"End\": true"), vec!["PG0406"]),
        (&state("\"Type\": \"Succeed\", \"End\": true"), vec!["PG0406"]),
        (&state("\"Type\": \"Pass\", \"Next\": \"B\""), vec!["PG0201"]),
        (&state("\"Type\": \"Pass\", \"Next\": \"A\""), vec!["PG0401"]),
        (&state("\"Type\": \"Parallel\", \"Branches\": [{}], \"End\": true"), vec!["PG0406"]),
        (
            &state("\"Type\": \"Choice\", \"Choices\": [{ \"Next\": \"C\" }], \"Default\": \"A\""),
            vec!["PG0201"],
        ),
    ] {
        let found = found(content, "");
        let codes: Vec<String> = found.iter().map(|(found, _)| found.clone()).collect();
        let expected: Vec<String> =
            expected.into_iter().map(|code| format!("{code} definition")).collect();
        assert_eq!(codes, expected, "{content}\n{found:?}");
    }
    let large = format!("{}{}", GOOD, " ".repeat(1 << 20));
    assert_eq!(found(&large, KEYS)[0].0, "PG0405 definition");
}

#[test]
fn words_and_targets_belong_together() {
    let word = |word: &str| {
        format!(
            "{{ \"StartAt\": \"A\", \"States\": {{ \"A\": {{ \"Type\": \"Task\", \"Resource\": \"{word}\", \"End\": true }} }} }}"
        )
    };
    let target = "targets.pay = \"function.charge\"\nuses.function.charge = \"invoke\"";
    for (content, keys, expected) in [
        (word("${pay}"), target, vec![]),
        (word("${pay.name}"), target, vec![]),
        (word("${pya}"), target, vec!["PG0406 definition", "PG0108 targets.pay"]),
        (word("${pay.nothing}"), target, vec!["PG0406 definition"]),
        (word("x"), target, vec!["PG0108 targets.pay"]),
        (word("${pay}"), "targets.pay = \"function.charge\"", vec!["PG0204 targets.pay"]),
        (
            word("${pay}"),
            "targets.pay = \"function.none\"",
            vec!["PG0201 targets.pay", "PG0204 targets.pay"],
        ),
        (word("${me}"), "targets.me = \"workflow.order\"", vec![]),
        (
            word("${store.nothing}"),
            "targets.store = \"bucket.files\"\nuses.bucket.files = \"read\"\n[bucket.files]",
            vec!["PG0406 definition"],
        ),
        (
            word("${store}"),
            "targets.store = \"bucket.files\"\nuses.bucket.files = \"read\"\n[bucket.files]",
            vec![],
        ),
    ] {
        let mut found: Vec<String> =
            found(&content, keys).into_iter().map(|(found, _)| found).collect();
        found.sort_by_key(|found| !found.contains("PG0406"));
        assert_eq!(found, expected, "{content} {keys}");
    }
}
