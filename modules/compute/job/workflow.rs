//! Retries and a timeout: a state machine that runs the job and waits for it.
use super::Job;
use super::lower::run_rights;
use crate::aws;
use crate::compute::task::definition;
use crate::compute::workflow::spec::{LogLevel, MachineType};
use crate::compute::workflow::state_machine::{
    LONGEST_NAME, Logs, StateMachine, log_rights, task_rights,
};
use crate::compute::{MODULE, cluster};
use crate::kind::Thing;
use crate::names::fit;
use crate::network::{self, Tier};
use crate::platform::Platform;
use platgen_terraform::{Document, Handle, Value, block, template};

/// Seconds before the first retry; each later one waits twice as long.
const FIRST_WAIT: i64 = 10;

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
    /// The name at AWS of its state machine, if it has one.
    pub fn machine_name(&self) -> Option<String> {
        self.attempts.map(|_| fit(&self.aws_name, LONGEST_NAME))
    }

    /// Puts the state machine into a document.
    pub(super) fn lower_workflow(
        &self,
        attempts: Attempts,
        platform: &Platform,
        out: &mut Document,
    ) -> Handle {
        let (id, cause) = (self.id(), self.id().path());
        let mut run = run_rights(id, platform, out, MODULE);
        run.extend(task_rights(platform, out));
        let rights = [("run", run), ("logs", log_rights(&platform.head.region))];
        let rights = rights.map(|(word, rights)| (word.to_owned(), cause.clone(), rights));
        let machine = StateMachine {
            file: id.file(),
            identifier: id.part(&["workflow"]),
            local: id.local(&[]),
            aws_name: &fit(&self.aws_name, LONGEST_NAME),
            role_name: format!("{}-workflow", self.aws_name),
            machine_type: MachineType::Standard,
            definition: self.definition(attempts, platform, out),
            logs: Logs {
                retention: self.task.retention,
                level: platform.head.by_profile(LogLevel::Error, LogLevel::All),
                data: !platform.head.is_production(),
            },
            tracing: false,
            // The definition holds no data, and executions have no input.
            encryption: None,
            rights: rights.into(),
            cause: &cause,
        };
        machine.lower(platform, out)
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
