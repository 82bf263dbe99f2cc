//! Retries and a timeout: a state machine that runs the job and waits for it.
use super::Job;
use super::lower::run_rights;
use crate::aws;
use crate::compute::task::definition;
use crate::compute::{MODULE, cluster};
use crate::connect::iam::{self, Arn, PolicyPlace, Role, Statement};
use crate::kind::Thing;
use crate::names::fit;
use crate::network::logs::{LogGroup, log_group};
use crate::network::{self, Tier};
use crate::platform::Platform;
use platgen_terraform::{Document, Handle, ResourceBuilder, Value, block, json, template};

/// The longest name of a state machine
/// (<https://docs.aws.amazon.com/step-functions/latest/apireference/API_CreateStateMachine.html>).
const LONGEST_NAME: usize = 80;
/// Seconds before the first retry; each later one waits twice as long.
const FIRST_WAIT: i64 = 10;
/// The rule that Step Functions keeps to hear of the end of tasks
/// (<https://docs.aws.amazon.com/step-functions/latest/dg/connect-ecs.html>).
const RULE: &str = "rule/StepFunctionsGetEventsForECSTaskRule";

/// What happens when a job fails or hangs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attempts {
    /// How often it is tried again.
    pub retries: i64,
    /// Seconds that one try may take.
    pub timeout: Option<i64>,
}

/// Whether the name of a state machine after this name has to be cut.
pub fn is_name_cut(aws_name: &str) -> bool {
    aws_name.len() > LONGEST_NAME
}

impl Job {
    /// Puts the state machine into a document.
    pub(super) fn lower_workflow(
        &self,
        attempts: Attempts,
        platform: &Platform,
        out: &mut Document,
    ) -> Handle {
        let (id, cause) = (self.id(), self.id().path());
        let policy = self.lower_workflow_role(platform, out);
        let name = fit(&self.aws_name, LONGEST_NAME);
        let group = LogGroup {
            module: MODULE,
            file: &id.file(),
            name: &id.part(&["workflow"]),
            // Elsewhere the groups would fill the policy by which deliveries are allowed.
            aws_name: format!("/aws/vendedlogs/states/{name}"),
            retention: self.task.retention,
            cause: &cause,
        };
        let group = log_group(out, &group);
        let definition = self.definition(attempts, platform, out);
        let mut file = out.module(MODULE).file(&id.file());
        let definition = file.local(&id.part(&["workflow"]), definition);
        let arguments = block! {
            name: name,
            type: "STANDARD",
            role_arn: role_of(self).get("arn"),
            definition: json(definition),
            logging_configuration: block! {
                level: platform.head.by_profile("ERROR", "ALL"),
                include_execution_data: !platform.head.is_production(),
                log_destination: template![group.get("arn"), ":*"],
            },
        };
        let machine =
            file.resource("aws_sfn_state_machine", &id.local(&[]), arguments).cause(&cause);
        policy.iter().fold(machine, ResourceBuilder::depends_on).add()
    }

    /// The role holds what it needs before the state machine is made: Step Functions looks.
    fn lower_workflow_role(&self, platform: &Platform, out: &mut Document) -> Vec<Handle> {
        let (id, cause) = (self.id(), self.id().path());
        let (file, region) = (id.file(), &platform.head.region);
        let source = format!("stateMachine:{}", fit(&self.aws_name, LONGEST_NAME));
        let source = aws::arn(out, MODULE, "states", region, source);
        let name = id.part(&["workflow"]);
        let role = Role {
            place: PolicyPlace { module: MODULE, file: &file, name: &name, cause: &cause },
            aws_name: format!("{}-workflow", self.aws_name),
            service: "states.amazonaws.com",
            source: Some(source),
        };
        let role = iam::role(out, &role);
        let mut run = run_rights(self.id(), platform, out, MODULE);
        run.extend(waiting_rights(platform, out));
        let parts = [("run", run), ("logs", vec![delivery_rights()])];
        let attach = |(word, statements): (&str, Vec<Statement>)| {
            let name = format!("{name}__{word}");
            let place = PolicyPlace { module: MODULE, file: &file, name: &name, cause: &cause };
            iam::attach(out, &role, &place, &statements)
        };
        parts.into_iter().filter_map(attach).collect()
    }

    /// <https://docs.aws.amazon.com/step-functions/latest/dg/connect-ecs.html>.
    fn definition(&self, attempts: Attempts, platform: &Platform, out: &mut Document) -> Value {
        let retry = block! {
            ErrorEquals: vec!["States.ALL"],
            IntervalSeconds: FIRST_WAIT,
            MaxAttempts: attempts.retries,
            BackoffRate: 2,
        };
        let parameters = block! {
            Cluster: cluster::handle().get("arn"),
            TaskDefinition: definition::handle(self.id()).get("arn"),
            LaunchType: "FARGATE",
            EnableECSManagedTags: true,
            PropagateTags: "TASK_DEFINITION",
            NetworkConfiguration: block! {
                AwsvpcConfiguration: block! {
                    Subnets: platform.network.subnets(Tier::Private),
                    SecurityGroups: vec![network::security_group(self.id()).get("id")],
                    AssignPublicIp: "DISABLED",
                },
            },
        };
        let partition = aws::partition(out, MODULE);
        block! {
            StartAt: "Run",
            States: block! {
                Run: block! {
                    Type: "Task",
                    Resource: template!["arn:", partition, ":states:::ecs:runTask.sync"],
                    Parameters: parameters,
                    TimeoutSeconds: attempts.timeout,
                    Retry: (attempts.retries > 0).then(|| vec![retry]),
                    End: true,
                },
            },
        }
    }
}

fn role_of(job: &Job) -> Handle {
    let name = job.id().part(&["workflow"]);
    Handle::new(MODULE, platgen_terraform::Address::managed("aws_iam_role", &name))
}

/// Hearing of the end of the task, and stopping it when it takes too long.
fn waiting_rights(platform: &Platform, out: &mut Document) -> Vec<Statement> {
    let region = &platform.head.region;
    let tasks = template!["task/", cluster::handle().get("name"), "/*"];
    let tasks = Arn::new("ecs:task", aws::arn(out, MODULE, "ecs", region, tasks));
    let rule =
        Arn::new("events:rule-on-default-event-bus", aws::arn(out, MODULE, "events", region, RULE));
    let hear = ["events:DescribeRule", "events:PutRule", "events:PutTargets"];
    vec![
        Statement::allow(&["ecs:DescribeTasks", "ecs:StopTask"], vec![tasks]).when(
            "ArnEquals",
            "ecs:cluster",
            [cluster::handle().get("arn")],
        ),
        Statement::allow(&hear, vec![rule]),
    ]
}

/// Deliveries of logs have no resources of their own
/// (<https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html>).
fn delivery_rights() -> Statement {
    let actions = [
        "logs:CreateLogDelivery",
        "logs:DeleteLogDelivery",
        "logs:DescribeLogGroups",
        "logs:DescribeResourcePolicies",
        "logs:GetLogDelivery",
        "logs:ListLogDeliveries",
        "logs:PutResourcePolicy",
        "logs:UpdateLogDelivery",
    ];
    Statement::allow(&actions, vec![Arn::any()])
}
