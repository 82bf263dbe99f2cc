//! What a job becomes: roles, a task definition, and what starts it.
use super::Job;
use super::schedule::{Scheduler, Start};
use crate::aws;
use crate::compute::task::image::Image;
use crate::compute::task::roles::{execution_role, task_role};
use crate::compute::task::{definition, repository, roles};
use crate::compute::{MODULE, cluster};
use crate::connect::iam::{Arn, Statement};
use crate::kind::{Thing, ThingId};
use crate::network::{self, Tier};
use crate::platform::Platform;
use platgen_terraform::{Document, Expr, Handle, Value, block, template};

impl Job {
    /// Puts everything of the job into a document.
    pub(super) fn lower_job(&self, platform: &Platform, out: &mut Document) {
        if let Image::Repository { owner, variable } = &self.task.main.image
            && owner == self.id()
        {
            repository::lower(owner, variable, platform, out);
        }
        roles::lower(&self.task, self.id(), platform, out);
        definition::lower(&self.task, self.id(), platform, out);
        let machine = self.attempts.map(|attempts| self.lower_workflow(attempts, platform, out));
        if let Some(scheduler) = self.lower_scheduler(out) {
            let start = match &machine {
                Some(machine) => start_machine(machine, &scheduler),
                None => self.start_task(&scheduler, platform, out),
            };
            self.lower_schedules(&scheduler, &start, out);
        }
        let command = match &machine {
            Some(machine) => {
                let command = "aws stepfunctions start-execution --state-machine-arn ";
                template![command, machine.get("arn")]
            }
            None => self.run_command(platform),
        };
        out.output(&self.id().part(&["command"]), command, "The command that starts the job once");
    }

    /// <https://docs.aws.amazon.com/cli/latest/reference/ecs/run-task.html>.
    fn run_command(&self, platform: &Platform) -> Value {
        let subnets = Value::from(platform.network.subnets(Tier::Private));
        let subnets = Expr::Call("join", vec![Value::from(","), subnets]);
        template![
            "aws ecs run-task --region ",
            platform.head.region.as_str(),
            " --cluster ",
            cluster::handle().get("name"),
            " --task-definition ",
            self.task.aws_name.as_str(),
            " --launch-type FARGATE --enable-ecs-managed-tags --propagate-tags TASK_DEFINITION",
            " --network-configuration 'awsvpcConfiguration={subnets=[",
            subnets,
            "],securityGroups=[",
            network::security_group(self.id()).get("id"),
            "],assignPublicIp=DISABLED}'",
        ]
    }

    /// <https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-templated.html>.
    fn start_task(&self, scheduler: &Scheduler, platform: &Platform, out: &mut Document) -> Start {
        let target = block! {
            arn: cluster::handle().get("arn"),
            role_arn: scheduler.role.get("arn"),
            ecs_parameters: block! {
                task_definition_arn: definition::handle(self.id()).get("arn"),
                launch_type: "FARGATE",
                task_count: 1,
                enable_ecs_managed_tags: true,
                propagate_tags: "TASK_DEFINITION",
                network_configuration: block! {
                    assign_public_ip: false,
                    security_groups: vec![network::security_group(self.id()).get("id")],
                    subnets: platform.network.subnets(Tier::Private),
                },
            },
        };
        Start { target, statements: run_rights(self.id(), platform, out) }
    }
}

/// Starting the state machine that runs the job.
fn start_machine(machine: &Handle, scheduler: &Scheduler) -> Start {
    let resource = Arn::new("states:statemachine", machine.get("arn"));
    Start {
        target: block! { arn: machine.get("arn"), role_arn: scheduler.role.get("arn") },
        statements: vec![Statement::allow(&["states:StartExecution"], vec![resource])],
    }
}

/// Starting the task of a job in the cluster, handing its roles to it, and tagging it
/// (<https://docs.aws.amazon.com/AmazonECS/latest/developerguide/CWE_IAM_role.html>).
pub fn run_rights(id: &ThingId, platform: &Platform, out: &mut Document) -> Vec<Statement> {
    let cluster = cluster::handle();
    let family = template![definition::handle(id).get("arn_without_revision"), ":*"];
    let role = |handle: Handle| Arn::new("iam:role", handle.get("arn"));
    let tasks = template!["task/", cluster.get("name"), "/*"];
    let tasks = aws::arn(out, MODULE, "ecs", &platform.head.region, tasks);
    let text = |text: &str| [Value::from(text)];
    vec![
        Statement::allow(&["ecs:RunTask"], vec![Arn::new("ecs:task-definition", family)]).when(
            "ArnEquals",
            "ecs:cluster",
            [cluster.get("arn")],
        ),
        Statement::allow(&["iam:PassRole"], vec![role(execution_role(id)), role(task_role(id))])
            .when("StringEquals", "iam:PassedToService", text("ecs-tasks.amazonaws.com")),
        Statement::allow(&["ecs:TagResource"], vec![Arn::new("ecs:task", tasks)]).when(
            "StringEquals",
            "ecs:CreateAction",
            text("RunTask"),
        ),
    ]
}
