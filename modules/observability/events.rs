//! Messages about failures that no metric shows: events of AWS, in words that a mail can hold.
//!
//! What there is to hear of is asked of the document, so that whatever made a state machine or a
//! backup, its failures are told.
use super::metric::MetricPlace;
use super::topic::{self, Teller};
use super::{MODULE, section};
use crate::aws;
use crate::compute::cluster;
use crate::compute::workflow::Workflow;
use crate::names::{fit, identifier};
use crate::platform::Platform;
use platgen_source::diagnostics::SpecPath;
use platgen_terraform::{Document, Handle, Value, block, json, template};
use std::collections::{BTreeMap, BTreeSet};

/// The file of the rules.
const FILE: &str = "events";
/// The longest name of a rule
/// (<https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html>).
const LONGEST_NAME: usize = 64;
/// The longest name of a subscription to events of RDS
/// (<https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateEventSubscription.html>).
const LONGEST_SUBSCRIPTION: usize = 255;
/// The exit code of a process that was told to stop: what is left when another container has ended.
const TOLD_TO_STOP: i64 = 143;

/// A kind of failure that is told.
struct Rule {
    /// What it is called.
    parts: Vec<String>,
    description: &'static str,
    pattern: Value,
    /// The parts of an event that the message speaks of, by their names in it.
    paths: Vec<(&'static str, &'static str)>,
    message: &'static str,
    causes: Vec<SpecPath>,
}

/// Puts the rules into a document, and gives who tells something by them.
pub(super) fn lower(platform: &Platform, out: &mut Document) -> BTreeSet<Teller> {
    let mut tellers = BTreeSet::new();
    if !platform.observability.events {
        return tellers;
    }
    let rules = rules(platform, out);
    for rule in &rules {
        rule.lower(platform, out);
    }
    if !rules.is_empty() {
        tellers.insert(Teller::Events);
    }
    let kinds = [
        ("clusters", "aws_rds_cluster", "db-cluster", &["failover", "failure", "maintenance"][..]),
        ("instances", "aws_rds_cluster_instance", "db-instance", &["failure", "low storage"]),
    ];
    for (name, kind, source_type, categories) in kinds {
        let sources = made(out, kind);
        if !sources.is_empty() {
            tellers.insert(Teller::Databases);
            let ids: Value = sources.iter().map(|source| source.handle.get("id")).collect();
            let arguments = block! {
                name: fit(&platform.head.prefix.full(&[name]), LONGEST_SUBSCRIPTION),
                sns_topic: topic::ops(MetricPlace::Regional).get("arn"),
                source_type: source_type,
                source_ids: ids,
                event_categories: categories.to_vec(),
                enabled: platform.observability.paging,
            };
            let mut file = out.module(MODULE).file(FILE);
            // RDS tries the topic when the subscription is made.
            file.resource("aws_db_event_subscription", name, arguments)
                .causes(&causes(&sources))
                .depends_on(&topic::ops_policy())
                .add();
        }
    }
    tellers
}

/// A resource of the document, and what made it.
struct Made {
    handle: Handle,
    causes: Vec<SpecPath>,
}

/// Every resource of a type in the region of the platform, by module and name.
fn made(out: &Document, kind: &str) -> Vec<Made> {
    let mut found = Vec::new();
    for (module, content) in &out.modules {
        let of_kind = content.resources.iter().filter(|(address, resource)| {
            address.kind == kind
                && address.mode == platgen_terraform::Mode::Managed
                && resource.meta.provider.is_none()
        });
        found.extend(of_kind.map(|(address, resource)| Made {
            handle: Handle::new(module, address.clone()),
            causes: resource.causes.clone(),
        }));
    }
    found
}

fn causes(made: &[Made]) -> Vec<SpecPath> {
    let all: BTreeSet<&SpecPath> = made.iter().flat_map(|made| &made.causes).collect();
    all.into_iter().cloned().collect()
}

/// Every rule that this platform needs.
fn rules(platform: &Platform, out: &mut Document) -> Vec<Rule> {
    let mut rules = Vec::new();
    let clusters = made(out, "aws_ecs_cluster");
    if !clusters.is_empty() {
        rules.push(task_failed());
    }
    let services = made(out, "aws_ecs_service");
    if !services.is_empty() {
        rules.extend(of_services(&causes(&services), platform, out));
    }
    let silent = platform.things.workflow.values().filter(|workflow| !workflow.tells_its_end());
    let silent: Vec<Handle> = silent.map(Workflow::handle).collect();
    let machines = made(out, "aws_sfn_state_machine").into_iter();
    let telling = machines.filter(|machine| !silent.contains(&machine.handle));
    rules.extend(telling.map(|machine| workflow_failed(&machine)));
    let vaults = made(out, "aws_backup_vault");
    if !vaults.is_empty() {
        rules.push(backup_failed(&vaults));
    }
    if !rules.is_empty() {
        rules.push(health());
    }
    rules
}

/// Tasks that never started, and those of which a container ended with an error
/// (<https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_task_events.html>).
fn task_failed() -> Rule {
    let failed = block! { "anything-but": [Value::from(0), Value::from(TOLD_TO_STOP)] };
    let ended = block! {
        stopCode: ["EssentialContainerExited"],
        containers: block! { exitCode: [failed] },
    };
    let not_started = block! { stopCode: ["TaskFailedToStart"] };
    let detail = block! {
        clusterArn: [cluster::handle().get("arn")],
        lastStatus: ["STOPPED"],
        "$or": [not_started, ended],
    };
    Rule {
        parts: vec!["task-failed".to_owned()],
        description: "A task did not start, or ended with an error",
        pattern: pattern("aws.ecs", "ECS Task State Change", detail),
        paths: vec![
            ("group", "$.detail.group"),
            ("reason", "$.detail.stoppedReason"),
            ("task", "$.detail.taskArn"),
        ],
        message: "A task of <group> has failed: <reason>. Task: <task>",
        causes: vec![SpecPath::of(["platform"])],
    }
}

/// Deployments that were rolled back, and services whose tasks do not start
/// (<https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_service_events.html>).
fn of_services(causes: &[SpecPath], platform: &Platform, out: &mut Document) -> [Rule; 2] {
    let cluster = cluster::handle();
    let services = template!["service/", cluster.get("name"), "/"];
    let services = aws::arn(out, MODULE, "ecs", &platform.head.region, services);
    let of = |detail_type: &str, names: &[&str]| {
        block! {
            source: ["aws.ecs"],
            "detail-type": [detail_type],
            resources: [block! { prefix: &services }],
            detail: block! { eventName: names.to_vec() },
        }
    };
    let paths = vec![
        ("event", "$.detail.eventName"),
        ("reason", "$.detail.reason"),
        ("service", "$.resources[0]"),
    ];
    let impaired = ["SERVICE_TASK_PLACEMENT_FAILURE", "SERVICE_TASK_START_IMPAIRED"];
    [
        Rule {
            parts: vec!["deployment-failed".to_owned()],
            description: "A deployment failed",
            pattern: of("ECS Deployment State Change", &["SERVICE_DEPLOYMENT_FAILED"]),
            paths: paths.clone(),
            message: "A deployment of <service> has failed: <reason>",
            causes: causes.to_vec(),
        },
        Rule {
            parts: vec!["service-impaired".to_owned()],
            description: "A service cannot start its tasks",
            pattern: of("ECS Service Action", &impaired),
            paths,
            message: "<service> cannot start its tasks: <event>, <reason>",
            causes: causes.to_vec(),
        },
    ]
}

/// Executions that did not succeed. Each state machine has a rule of its own, because a pattern holds
/// few ARNs (<https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html>).
fn workflow_failed(machine: &Made) -> Rule {
    let target = machine.handle.target();
    let detail = block! {
        stateMachineArn: [machine.handle.get("arn")],
        status: ["FAILED", "TIMED_OUT", "ABORTED"],
    };
    Rule {
        parts: vec!["workflow-failed".to_owned(), target.address.name.clone()],
        description: "An execution of a state machine did not succeed",
        pattern: pattern("aws.states", "Step Functions Execution Status Change", detail),
        paths: vec![
            ("cause", "$.detail.cause"),
            ("error", "$.detail.error"),
            ("execution", "$.detail.executionArn"),
            ("status", "$.detail.status"),
        ],
        message: "An execution is <status>: <error> <cause>. Execution: <execution>",
        causes: machine.causes.clone(),
    }
}

/// <https://docs.aws.amazon.com/aws-backup/latest/devguide/eventbridge.html>.
fn backup_failed(vaults: &[Made]) -> Rule {
    let names: Value = vaults.iter().map(|vault| vault.handle.get("name")).collect();
    let detail =
        block! { backupVaultName: names, state: ["ABORTED", "EXPIRED", "FAILED", "PARTIAL"] };
    Rule {
        parts: vec!["backup-failed".to_owned()],
        description: "A backup failed",
        pattern: pattern("aws.backup", "Backup Job State Change", detail),
        paths: vec![
            ("reason", "$.detail.statusMessage"),
            ("resource", "$.detail.resourceArn"),
            ("state", "$.detail.state"),
        ],
        message: "The backup of <resource> is <state>: <reason>",
        causes: causes(vaults),
    }
}

/// Trouble at AWS itself that touches this account
/// (<https://docs.aws.amazon.com/health/latest/ug/aws-health-events-eventbridge-schema.html>).
fn health() -> Rule {
    let detail = block! { eventTypeCategory: ["issue", "scheduledChange"] };
    Rule {
        parts: vec!["health".to_owned()],
        description: "AWS has trouble, or plans a change, that touches this account",
        pattern: pattern("aws.health", "AWS Health Event", detail),
        paths: vec![
            ("code", "$.detail.eventTypeCode"),
            ("service", "$.detail.service"),
            ("start", "$.detail.startTime"),
        ],
        message: "AWS Health speaks of <service>: <code>, since <start>",
        causes: vec![section()],
    }
}

fn pattern(source: &str, detail_type: &str, detail: Value) -> Value {
    block! { source: [source], "detail-type": [detail_type], detail: detail }
}

impl Rule {
    /// Puts the rule and its target into a document. Rules of event buses in the spec have no `_` in
    /// their names.
    fn lower(&self, platform: &Platform, out: &mut Document) {
        let parts: Vec<&str> = self.parts.iter().map(String::as_str).collect();
        let name = identifier(&parts);
        let prefix = platform.head.prefix.as_str();
        let aws_name = format!("{prefix}_{}", parts.join("_"));
        let arguments = block! {
            name: fit(&aws_name, LONGEST_NAME),
            description: self.description,
            event_pattern: json(self.pattern.clone()),
            state: if platform.observability.paging { "ENABLED" } else { "DISABLED" },
        };
        let mut file = out.module(MODULE).file(FILE);
        let rule =
            file.resource("aws_cloudwatch_event_rule", &name, arguments).causes(&self.causes).add();
        let paths = self.paths.iter().map(|(name, path)| ((*name).to_owned(), Value::from(*path)));
        let arguments = block! {
            rule: rule.get("name"),
            target_id: "ops",
            arn: topic::ops(MetricPlace::Regional).get("arn"),
            input_transformer: block! {
                input_paths: Value::Map(paths.collect::<BTreeMap<_, _>>()),
                // The template is a text in JSON.
                input_template: format!("\"{prefix}: {}\"", self.message),
            },
        };
        file.resource("aws_cloudwatch_event_target", &name, arguments).causes(&self.causes).add();
    }
}
