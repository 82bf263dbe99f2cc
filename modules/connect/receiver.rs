//! What can be started from outside: by a schedule, by an event, by a workflow.
use crate::connect::iam::Statement;
use platgen_terraform::{Handle, Value, block};

/// A thing as those see it that start it.
#[derive(Clone, Debug)]
pub struct Receiver {
    /// What is started.
    pub target: ReceiverTarget,
    /// The rights of a role that starts it.
    pub rights: Vec<Statement>,
}

/// What is started.
#[derive(Clone, Debug)]
pub enum ReceiverTarget {
    /// Something that takes a message or an input: a function, a queue, a state machine, a topic.
    Arn(Value),
    /// A task of ECS, in private subnets.
    Task(Box<TaskTarget>),
}

/// A task that can be started.
#[derive(Clone, Debug)]
pub struct TaskTarget {
    /// The ARN of the cluster.
    pub cluster: Value,
    /// The ARN of the task definition, with its revision.
    pub task_definition: Value,
    /// The id of the security group of the task.
    pub security_group: Value,
    /// The ids of the subnets.
    pub subnets: Value,
}

impl Receiver {
    /// The target of an `aws_scheduler_schedule`
    /// (<https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-templated.html>).
    pub fn scheduler_target(&self, role: &Handle) -> Value {
        match &self.target {
            ReceiverTarget::Arn(arn) => block! { arn: arn, role_arn: role.get("arn") },
            ReceiverTarget::Task(task) => block! {
                arn: &task.cluster,
                role_arn: role.get("arn"),
                ecs_parameters: block! {
                    task_definition_arn: &task.task_definition,
                    launch_type: "FARGATE",
                    task_count: 1,
                    enable_ecs_managed_tags: true,
                    propagate_tags: "TASK_DEFINITION",
                    network_configuration: block! {
                        assign_public_ip: false,
                        security_groups: vec![task.security_group.clone()],
                        subnets: &task.subnets,
                    },
                },
            },
        }
    }
}
