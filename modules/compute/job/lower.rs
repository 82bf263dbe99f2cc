//! What a job becomes: roles, a task definition, and what starts it.
use super::Job;
use crate::aws;
use crate::compute::task::image::Image;
use crate::compute::task::roles::{execution_role, task_role};
use crate::compute::task::{definition, repository, roles};
use crate::compute::{MODULE, cluster};
use crate::connect::iam::Statement;
use crate::connect::matrix::{self, On};
use crate::connect::receiver::{Receiver, ReceiverTarget, TaskTarget};
use crate::kind::{Thing, ThingId};
use crate::network::{self, Tier};
use crate::platform::Platform;
use crate::schedule::{self, Owner};
use platgen_terraform::{Address, Document, Expr, Handle, Value, template};

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
        let owner = Owner {
            id: self.id(),
            module: MODULE,
            aws_name: &self.aws_name,
            identifier: self.id().local(&[]),
        };
        let receiver = self.as_receiver(platform, out, MODULE);
        schedule::lower(&owner, &self.schedules, &receiver, out);
        let command = match &machine {
            Some(machine) => {
                let command = "aws stepfunctions start-execution --state-machine-arn ";
                template![command, machine.get("arn")]
            }
            None => self.run_command(platform),
        };
        out.output(&self.id().part(&["command"]), command, "The command that starts the job once");
        let name = Value::from(self.aws_name.as_str());
        out.output(&self.id().part(&["name"]), name, "The family of its task definitions");
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

    /// The job as those see it that start it: the state machine that runs it, or its task.
    pub(super) fn as_receiver(
        &self,
        platform: &Platform,
        out: &mut Document,
        module: &'static str,
    ) -> Receiver {
        if self.attempts.is_some() {
            let machine = self.machine().get("arn");
            let (kind, region) = (self.id().kind, &platform.head.region);
            let rights =
                matrix::rights(kind, "start with retries", region, |_| machine.clone().into());
            return Receiver { target: ReceiverTarget::Arn(machine), rights };
        }
        let target = ReceiverTarget::Task(Box::new(TaskTarget {
            cluster: cluster::handle().get("arn"),
            task_definition: definition::handle(self.id()).get("arn"),
            security_group: network::security_group(self.id()).get("id"),
            subnets: platform.network.subnets(Tier::Private).into(),
        }));
        Receiver { target, rights: run_rights(self.id(), platform, out, module) }
    }

    /// The state machine that runs the job, where it is not left alone.
    pub(super) fn machine(&self) -> Handle {
        Handle::new(MODULE, Address::managed("aws_sfn_state_machine", &self.id().local(&[])))
    }
}

/// Starting the task of a job in the cluster, handing its roles to it, and tagging it.
pub fn run_rights(
    id: &ThingId,
    platform: &Platform,
    out: &mut Document,
    module: &'static str,
) -> Vec<Statement> {
    let (cluster, region) = (cluster::handle(), &platform.head.region);
    let tasks = template!["task/", cluster.get("name"), "/*"];
    let tasks = aws::arn(out, module, "ecs", region, tasks);
    matrix::rights(id.kind, "start", region, |kind| match kind {
        "ecs:task-definition" => {
            let family = template![definition::handle(id).get("arn_without_revision"), ":*"];
            On::from(family).when("ArnEquals", "ecs:cluster", [cluster.get("arn")])
        }
        "iam:role" => vec![execution_role(id).get("arn"), task_role(id).get("arn")].into(),
        "ecs:task" => tasks.clone().into(),
        _ => On::nothing(),
    })
}
