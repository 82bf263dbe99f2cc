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
    /// A queue that keeps the order of messages within a group.
    Fifo {
        /// The ARN of the queue.
        queue: Value,
        /// The group that the messages belong to.
        group: String,
    },
    /// A stream.
    Stream {
        /// The ARN of the stream.
        stream: Value,
        /// What decides the shard of a record that says nothing itself.
        partition_key: String,
    },
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
    /// The ARN that AWS calls the target: for a task that of its cluster.
    pub fn arn(&self) -> &Value {
        match &self.target {
            ReceiverTarget::Arn(arn)
            | ReceiverTarget::Fifo { queue: arn, .. }
            | ReceiverTarget::Stream { stream: arn, .. } => arn,
            ReceiverTarget::Task(task) => &task.cluster,
        }
    }

    /// The target of an `aws_scheduler_schedule`
    /// (<https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-templated.html>).
    pub fn scheduler_target(&self, role: &Handle) -> Value {
        block! {
            arn: self.arn(),
            role_arn: role.get("arn"),
            sqs_parameters: self.group(),
            kinesis_parameters: self.shard(),
            ecs_parameters: self.task(),
        }
    }

    /// How a task is run, if it is one: `ecs_parameters` of a schedule, `ecs_target` of an
    /// `aws_cloudwatch_event_target`
    /// (<https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-targets.html>).
    pub fn task(&self) -> Option<Value> {
        match &self.target {
            ReceiverTarget::Task(task) => Some(task.block()),
            _ => None,
        }
    }

    /// The group of a message, if it is in one: `sqs_parameters` of a schedule, `sqs_target` of an
    /// `aws_cloudwatch_event_target`.
    pub fn group(&self) -> Option<Value> {
        match &self.target {
            ReceiverTarget::Fifo { group, .. } => Some(block! { message_group_id: group }),
            _ => None,
        }
    }

    /// What decides the shard of a record, if it goes to a stream: `kinesis_parameters` of a schedule. A
    /// rule spreads events by their ids, unless it is told what of them to take
    /// (<https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_KinesisParameters.html>).
    fn shard(&self) -> Option<Value> {
        match &self.target {
            ReceiverTarget::Stream { partition_key, .. } => {
                Some(block! { partition_key: partition_key })
            }
            _ => None,
        }
    }
}

impl TaskTarget {
    /// How a task is run, in the words that schedules and rules share.
    fn block(&self) -> Value {
        block! {
            task_definition_arn: &self.task_definition,
            launch_type: "FARGATE",
            task_count: 1,
            enable_ecs_managed_tags: true,
            propagate_tags: "TASK_DEFINITION",
            network_configuration: block! {
                assign_public_ip: false,
                security_groups: vec![self.security_group.clone()],
                subnets: &self.subnets,
            },
        }
    }
}
