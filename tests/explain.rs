//! `explain`, `who` and `graph`, as a user calls them.
#![expect(clippy::disallowed_methods, reason = "tests lay out their own folders")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use platgen::explain::{Query, Subject, explain};
use platgen::pipeline::{Lowered, Understood, understand};
use platgen::spec::load;
use platgen_modules::what_if::{Difference, without};
use platgen_source::diagnostics::Step;
use pretty_assertions::assert_eq;
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const SPEC: &str = r#"spec = 1
[platform]
name   = "shop"
region = "eu-central-1"
domain = "shop.example.com"
[environment.dev]
profile = "development"
[environment.prod]
service.web.cpu = 1024
[service.web]
image  = "nginx" # a comment
port   = 8080
cpu    = 512
memory = 2048
route.main = "/"
uses.table.orders  = ["read", "write"]
uses.database.main = "connect"
uses.internet      = "https"
[job.report]
like = "service.web"
on.schedule.nightly = "cron(0 2 * * ? *)"
[table.orders]
partition_key = "id"
ttl = "until#"
[database.main]
engine = "aurora-postgresql"
"#;

fn platgen(arguments: &[&str]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("platform.toml"), SPEC).unwrap();
    Command::new(env!("CARGO_BIN_EXE_platgen"))
        .current_dir(folder.path())
        .args(arguments)
        .env_remove("CLICOLOR_FORCE")
        .output()
        .unwrap()
}

/// What a call gives that ends well, or the words and the exit code of one that does not.
fn told(arguments: &[&str]) -> Result<String, (i32, String)> {
    let output = platgen(arguments);
    match output.status.code().unwrap() {
        0 => Ok(String::from_utf8(output.stdout).unwrap()),
        code => Err((code, String::from_utf8(output.stderr).unwrap())),
    }
}

fn data(arguments: &[&str]) -> Json {
    let arguments = [arguments, &["--format", "json"]].concat();
    serde_json::from_str(&told(&arguments).unwrap()).unwrap()
}

/// The values at a pointer of every item of a list.
fn each(list: &Json, pointer: &str) -> Vec<Json> {
    let items = list.as_array().unwrap_or_else(|| panic!("{list:#} is no list"));
    items.iter().map(|item| item.pointer(pointer).cloned().unwrap_or(Json::Null)).collect()
}

/// The specs of all examples, in the order of their names.
fn examples() -> Vec<PathBuf> {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let folders = fs::read_dir(examples).unwrap().map(|entry| entry.unwrap().path());
    let specs = folders.map(|folder| folder.join("platform.toml"));
    let mut specs: Vec<PathBuf> = specs.filter(|spec| spec.exists()).collect();
    specs.sort();
    specs
}

#[test]
fn every_form_of_a_query_is_answered() {
    for (query, expected) in [
        ("PG0102", "A key that the section does not have."),
        ("pg0502", "PG0502, warning: Production weakened"),
        ("service.web -> table.orders", "right    task: dynamodb:BatchGetItem"),
        ("service.web->internet", "because  service.web.uses.internet at platform.toml:18"),
        ("internet -> load_balancer.public", "(open)"),
        ("service.web", "service.web -> database.main (declared)"),
        ("table.orders", "job.report -> table.orders (declared)"),
        ("aws_ecs_task_definition.service__web", "from service.web.cpu at platform.toml:9"),
        (
            "module.data.aws_dynamodb_table.orders",
            "ttl = {attribute_name = until#, enabled = true}",
        ),
        ("DynamoDB:PutItem", "service.web -> table.orders (declared)"),
        ("iam:CreateUser", "nothing"),
        ("5432", "service.web -> database.main (declared)"),
        ("443", "internet -> load_balancer.public (open)"),
        ("service.web.cpu", "sets module.compute.aws_ecs_task_definition.service__web"),
        ("table.orders.ttl", "ttl = \"until#\""),
        ("platform.toml:11", "image  = \"nginx\"\n"),
        ("platform.toml:15", "makes module.compute.aws_lb.public"),
        ("platform.toml:10", "service.web -> database.main (declared)"),
        ("job.report.on.schedule", "makes module.compute.aws_scheduler_schedule.report__nightly"),
    ] {
        let answer = told(&["explain", query]).unwrap();
        assert!(answer.contains(expected), "{query}: {expected:?} is not in\n{answer}");
    }
}

#[test]
fn an_argument_names_the_lines_that_it_comes_from() {
    let answer = data(&["explain", "aws_dynamodb_table.orders", "-e", "dev"]);
    assert_eq!(answer["answers"][0]["environments"], json!(["dev"]));
    let resource = &answer["answers"][0]["resources"][0];
    assert_eq!(resource["file"], "modules/data/table.orders.tf.json");
    let arguments = resource["arguments"].as_array().unwrap();
    let of = |name: &str| {
        let found = arguments.iter().find(|argument| argument["name"] == name).unwrap();
        each(found.get("because").unwrap_or(&json!([])), "/path")
    };
    assert_eq!(of("hash_key"), [json!("table.orders.partition_key.name")]);
    assert_eq!(of("ttl"), [json!("table.orders.ttl")]);
    assert_eq!(of("name"), [json!("platform.name")]);
    assert_eq!(of("billing_mode"), Vec::<Json>::new(), "a default comes from no line");
}

#[test]
fn without_a_subject_every_argument_is_explained() {
    let answer = data(&["explain", "-e", "dev"]);
    assert_eq!(answer["subject"], "everything");
    let resources = answer["answers"][0]["resources"].as_array().unwrap();
    let table = data(&["explain", "aws_dynamodb_table.orders", "-e", "dev"]);
    let alone = &table["answers"][0]["resources"][0];
    assert!(resources.contains(alone), "the answer is the same as that about one address");
    for resource in resources {
        assert!(!each(&resource["because"], "/path").is_empty(), "{resource:#}");
    }
}

/// A folder written with arguments says of each what `explain` says, and is what the same call compares
/// it with.
#[test]
fn the_source_map_has_the_lines_of_every_argument() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("platform.toml"), SPEC).unwrap();
    let run = |arguments: &[&str]| {
        let mut platgen = Command::new(env!("CARGO_BIN_EXE_platgen"));
        let output = platgen.current_dir(folder.path()).args(arguments).output().unwrap();
        output.status.code().unwrap()
    };
    let render = ["render", "-e", "dev", "--source-map", "arguments"];
    assert_eq!(run(&render), 0);
    assert_eq!(run(&[&render[..], &["--check"]].concat()), 0);
    assert_eq!(run(&["render", "-e", "dev", "--check"]), 3);

    let map = fs::read(folder.path().join("generated/shop/dev/.platgen/sourcemap.json")).unwrap();
    let map: Json = serde_json::from_slice(&map).unwrap();
    let answer = data(&["explain", "-e", "dev"]);
    let resources = answer["answers"][0]["resources"].as_array().unwrap();
    assert_eq!(resources.len(), map["resources"].as_object().unwrap().len());
    for resource in resources {
        let entry = &map["resources"][resource["address"].as_str().unwrap()];
        let none = json!([]);
        let arguments =
            resource["arguments"].as_array().unwrap_or_else(|| none.as_array().unwrap());
        for argument in arguments {
            let because = argument.get("because").unwrap_or(&none);
            let mapped = entry["arguments"][argument["name"].as_str().unwrap()].clone();
            assert_eq!(mapped, json!(each(because, "/path")), "{resource:#}");
        }
    }
}

/// Lines that change nothing in the output of their environment, and why: the beginning or the end of
/// their paths.
const WITHOUT_OUTPUT: [(&str, &str); 7] = [
    ("spec", "is the version of the language"),
    ("never.", "is a rule over edges"),
    ("environment.", "says what an environment is called, and begins with"),
    (".only_in", "keeps a thing out of other environments"),
    ("secret.github.keys", "is what placeholders are checked against"),
    ("platform.zone", "says what would be taken by default"),
    ("state.ProjectCompleted.end", "is the only word that the state can have"),
];

/// Any other line that changes nothing would be one that is read and then forgotten. One environment of
/// each example shows it: the last, which has most overlays.
#[test]
fn every_line_of_every_example_explains_something() {
    let mut forgotten = Vec::new();
    for spec in examples() {
        let understood = understand(load(&spec), &[]).unwrap();
        let Understood { report, lowered, files, .. } = &understood;
        let lowered = lowered.last().unwrap();
        let subject = Subject { lowered, sources: &report.sources, files };
        let explained: BTreeSet<String> = explain(subject, &Query::Everything)
            .resources
            .iter()
            .flat_map(|resource| &resource.arguments)
            .flat_map(|argument| &argument.because)
            .map(|because| because.path.clone())
            .collect();
        let Lowered { merged, document, .. } = lowered;
        for leaf in merged.tree.leaves() {
            let path = leaf.to_string();
            let is_nothing = merged.tree.get(&leaf).is_some_and(|node| node.table().is_some())
                && leaf.steps().len() < KIND_AND_NAME;
            let difference = || without(merged, &leaf, files, document).unwrap_or_default();
            let has_reason = |(part, _): &(&str, _)| path.starts_with(part) || path.ends_with(part);
            if !is_nothing
                && !explained.contains(&path)
                && !WITHOUT_OUTPUT.iter().any(has_reason)
                && difference() == Difference::default()
            {
                forgotten.push(format!("{}: {path}", spec.display()));
            }
        }
    }
    assert_eq!(forgotten, Vec::<String>::new());
}

/// How many steps the path of a thing has. A table above that is left empty by an overlay is nothing.
const KIND_AND_NAME: usize = 2;

#[test]
fn an_overlay_is_named_where_it_has_the_last_word() {
    for (environment, line) in [("dev", 13), ("prod", 9)] {
        let answer = data(&["explain", "service.web.cpu", "-e", environment]);
        let because = &answer["answers"][0]["because"];
        assert_eq!(each(because, "/line"), [json!(line)], "{environment}");
    }
}

#[test]
fn environments_that_differ_are_told_apart_and_the_rest_once() {
    for (call, expected) in [
        (vec!["explain", "table.orders"], json!([["dev", "prod"], ["prod"]])),
        (vec!["explain", "service.web.cpu"], json!([["dev"], ["prod"]])),
        (vec!["explain", "iam:CreateUser"], json!([["dev", "prod"]])),
        (vec!["explain", "platform.toml:9"], json!([["prod"]])),
        (vec!["explain", "platform.toml:9", "-e", "prod"], json!([["prod"]])),
        (vec!["who", "table.orders"], json!([["dev", "prod"]])),
        (vec!["who", "job.report"], json!([["dev", "prod"]])),
    ] {
        let answer = data(&call);
        let told = each(&answer["answers"], "/environments");
        assert_eq!(Json::from(told), expected, "{call:?}: {answer:#}");
        let absent = call.contains(&"platform.toml:9") && !call.contains(&"-e");
        let expected = if absent { json!(["dev"]) } else { Json::Null };
        assert_eq!(answer["absent"], expected, "{call:?}");
    }
    let text = told(&["explain", "table.orders"]).unwrap();
    for line in ["table.orders, environments dev, prod\n", "table.orders, environment prod\n"] {
        assert!(text.contains(line), "{line:?} is not in\n{text}");
    }
    let text = told(&["explain", "platform.toml:9"]).unwrap();
    assert!(text.contains("environment dev: nothing of that"), "{text}");
}

/// Every resource of every example says which lines made it; what no line made comes from a section
/// that nobody wrote.
#[test]
fn every_address_of_every_example_is_explained() {
    let mut count = 0;
    for spec in examples() {
        let understood = understand(load(&spec), &[]).unwrap();
        let Understood { report, lowered, files, .. } = &understood;
        for lowered in lowered {
            let subject = Subject { lowered, sources: &report.sources, files };
            for (module, content) in &lowered.document.modules {
                for (address, resource) in &content.resources {
                    count += 1;
                    assert!(!resource.causes.is_empty(), "module.{module}.{address}");
                    for cause in &resource.causes {
                        let because = subject.because(cause);
                        let Step::Key(section) = &cause.steps()[0] else { panic!("{cause}") };
                        let is_written = lowered.merged.tree.at(&[section]).is_some();
                        assert_eq!(because.line.is_some(), is_written, "{address}: {cause}");
                    }
                }
            }
        }
    }
    assert!(count > 500, "{count} resources are too few to show anything");
}

#[test]
fn what_names_nothing_is_refused_with_a_remedy() {
    for (query, message, help) in [
        ("service.wep", "environment dev has no `service.wep`", "did you mean `service.web`?"),
        ("service.web -> tabel.orders", "has no `tabel.orders`", "did you mean `table.orders`?"),
        ("x", "has no `x`", "ask for an edge"),
        ("platform.toml:999", "the spec has no line 999", "ask for an edge"),
        ("other.toml:1", "the spec has no line 1 in `other.toml`", "ask for an edge"),
    ] {
        let (code, words) = told(&["explain", query]).unwrap_err();
        assert_eq!(code, 2, "{query}");
        assert!(words.contains(message) && words.contains(help), "{query}: {words}");
    }
    let (code, words) = told(&["explain", "platform.toml:7", "-e", "prod"]).unwrap_err();
    assert_eq!((code, words.contains("nothing of environment prod begins")), (2, true), "{words}");
    let (code, words) = told(&["who", "service.web.cpu"]).unwrap_err();
    assert_eq!((code, words.contains("is no thing")), (2, true), "{words}");
    let (code, words) = told(&["explain", "service.web", "-e", "test"]).unwrap_err();
    assert_eq!((code, words.contains("no environment `test`")), (2, true), "{words}");
}

#[test]
fn who_follows_the_edges_back_to_the_internet() {
    let answer = data(&["who", "table.orders"]);
    let ways: Vec<String> = each(&answer["answers"][0]["rows"], "/way")
        .iter()
        .map(|way| {
            let hops = way.as_array().unwrap().iter().map(|hop| hop.as_str().unwrap());
            hops.collect::<Vec<_>>().join(" ")
        })
        .collect();
    assert_eq!(
        ways,
        [
            "job.report table.orders",
            "service.web table.orders",
            "load_balancer.public service.web table.orders",
            "internet load_balancer.public service.web table.orders",
        ]
    );
    let text = told(&["who", "table.orders"]).unwrap();
    let expected = "gets to load_balancer.public -> service.web, which has dynamodb:BatchGetItem";
    assert!(text.contains(expected), "{text}");
    let nobody = told(&["who", "job.report"]).unwrap();
    assert!(nobody.contains("nobody"), "{nobody}");
}

#[test]
fn the_graph_lists_every_edge_with_what_the_spec_says_of_it() {
    let whole = data(&["graph"]);
    let edges = whole["edges"].as_array().unwrap();
    let edge = |from: &str, to: &str| {
        edges.iter().find(|edge| edge["from"] == from && edge["to"] == to).unwrap()
    };
    let connect = edge("service.web", "database.main");
    assert_eq!(connect["said"], json!({ "connect": {} }));
    assert_eq!(connect["origin"], "declared");
    assert_eq!(edge("load_balancer.public", "service.web")["origin"], "implied");
    assert_eq!(edge("internet", "load_balancer.public")["origin"], "open");
    let things = whole["things"].as_array().unwrap();
    let web = things.iter().find(|thing| thing["name"] == "service.web").unwrap();
    assert_eq!((&web["module"], &web["tier"]), (&"compute".into(), &"private".into()));
}

#[test]
fn the_picture_shows_things_edges_and_tiers() {
    for (format, lines) in [
        (
            "mermaid",
            [
                "service__web[\"service.web<br><i>private</i>\"]",
                "service__web -->|connect| database__main",
                "load_balancer__public -.-> service__web",
            ],
        ),
        (
            "dot",
            [
                "service__web [label=\"service.web\\nprivate\"];",
                "service__web -> database__main [label=\"connect\", style=solid];",
                "load_balancer__public -> service__web [label=\"\", style=dashed];",
            ],
        ),
        ("svg", [">service.web</text>", ">database subnets</text>", "class=\"arrow implied\""]),
    ] {
        let picture = told(&["graph", "--format", format]).unwrap();
        for line in lines {
            assert!(picture.contains(line), "{format}: {line:?} is not in\n{picture}");
        }
    }
}
