//! The role that a function acts as, and the queue for what failed.
use super::Function;
use crate::aws;
use crate::compute::MODULE;
use crate::compute::roles::attach_edges;
use crate::compute::task::roles::{log_group, streams_of};
use crate::connect::iam::{self, Arn, PolicyKind, PolicyPlace, Role, Statement};
use crate::connect::matrix::{AWS, On};
use crate::connect::{Declared, Grant};
use crate::kind::Thing;
use crate::messaging::queue::KEY_REUSE;
use crate::messaging::{key, policy};
use crate::names::fit;
use crate::network::logs::{LogGroup, log_group as make_log_group};
use crate::platform::Platform;
use platgen_terraform::{Address, Document, Handle, block};

/// Making the interfaces by which a function stands in the network: what the managed policy
/// `AWSLambdaVPCAccessExecutionRole` holds of EC2
/// (<https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions>).
const INTERFACES: [&str; 6] = [
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:UnassignPrivateIpAddresses",
];

/// The longest name of a queue
/// (<https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html>).
const LONGEST_QUEUE_NAME: usize = 80;
/// Seconds that a queue keeps what failed: 14 days, the longest that there is
/// (<https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html>).
const KEPT: i64 = 1_209_600;

/// The policies of a function's role.
pub(super) struct Policies {
    /// Those without which Lambda does not make the function.
    pub(super) needed: Vec<Handle>,
    /// All of them.
    pub(super) all: Vec<Handle>,
}

impl Function {
    /// The role that the code acts as.
    pub(super) fn role(&self) -> Handle {
        Handle::new(MODULE, Address::managed("aws_iam_role", &self.id.identifier()))
    }

    /// The queue of what failed for good.
    pub(super) fn dead_letters(&self) -> Handle {
        let name = self.id.part(&["dead_letter"]);
        Handle::new(MODULE, Address::managed("aws_sqs_queue", &name))
    }

    /// What every function needs: writing its logs and traces, and keeping what failed. Lambda does
    /// all of that itself, whatever ways the function's network has.
    pub(super) fn base(&self, platform: &Platform) -> Grant {
        let mut grant = Grant::new(&self.id, None, self.id.path(), Declared::Implied);
        let region = &platform.head.region;
        grant.give(AWS, "function logs", region, |_| streams_of(&log_group(&self.id)));
        if self.tracing {
            grant.give(AWS, "function tracing", region, |_| On::nothing());
        }
        if self.has_dead_letters() {
            grant.give(AWS, "function failures", region, |kind| match kind {
                "sqs:queue" => self.dead_letters().get("arn").into(),
                "kms:key" => key::arn().into(),
                _ => On::nothing(),
            });
        }
        grant
    }

    /// Makes the log group.
    pub(super) fn lower_logs(&self, out: &mut Document) -> Handle {
        let group = LogGroup {
            module: MODULE,
            file: &self.id.file(),
            name: &self.id.identifier(),
            aws_name: format!("/aws/lambda/{}", self.aws_name),
            retention: self.retention,
            cause: &self.id.path(),
        };
        make_log_group(out, &group)
    }

    /// Makes the role with one policy for each edge.
    pub(super) fn lower_role(&self, platform: &Platform, out: &mut Document) -> Policies {
        let (file, name, cause) = (self.id.file(), self.id.identifier(), self.id.path());
        let role = Role {
            place: PolicyPlace { module: MODULE, file: &file, name: &name, cause: &cause },
            aws_name: format!("{}-function", self.aws_name),
            service: "lambda.amazonaws.com",
            source: None,
        };
        let role = iam::role_of_account(out, &role);
        let mut policies = Policies { needed: Vec::new(), all: Vec::new() };
        for (grant, policy) in attach_edges(&role, &self.id, |grant| &grant.task, platform, out) {
            if grant.target.is_none() || Self::mounts(grant) {
                policies.needed.push(policy.clone());
            }
            policies.all.push(policy);
        }
        let interfaces = self.in_network().then(|| self.attach_interfaces(&role, platform, out));
        policies.needed.extend(interfaces.iter().flatten().cloned());
        policies.all.extend(interfaces.into_iter().flatten());
        policies
    }

    /// Lambda makes the interfaces with the function's role; the code itself must not.
    /// The ARN is put together, because the function waits for this policy
    /// (<https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-best-practice>).
    fn attach_interfaces(
        &self,
        role: &Handle,
        platform: &Platform,
        out: &mut Document,
    ) -> Option<Handle> {
        let region = &platform.head.region;
        let arn = aws::arn(out, MODULE, "lambda", region, format!("function:{}", self.aws_name));
        let statements = [
            Statement::allow(&INTERFACES, vec![Arn::any()]),
            Statement::deny(&INTERFACES, vec![Arn::any()]).when(
                "ArnEquals",
                "lambda:SourceFunctionArn",
                [arn],
            ),
        ];
        let (file, name) = (self.id.file(), self.id.part(&["network"]));
        let cause = self.id.path();
        let place = PolicyPlace { module: MODULE, file: &file, name: &name, cause: &cause };
        iam::attach(out, role, &place, &statements)
    }

    /// Makes the queue of what failed for good: encrypted, and reached over TLS only.
    pub(super) fn lower_dead_letters(&self, out: &mut Document) -> Option<Handle> {
        if !self.has_dead_letters() {
            return None;
        }
        let (file, cause) = (self.id.file(), self.id.path().key("on"));
        let name = self.id.part(&["dead_letter"]);
        let arguments = block! {
            name: fit(&format!("{}-dead-letter", self.aws_name), LONGEST_QUEUE_NAME),
            message_retention_seconds: KEPT,
            kms_master_key_id: key::arn(),
            kms_data_key_reuse_period_seconds: KEY_REUSE,
        };
        let mut place = out.module(MODULE).file(&file);
        let queue = place.resource("aws_sqs_queue", &name, arguments).cause(&cause).add();
        let place = PolicyPlace { module: MODULE, file: &file, name: &name, cause: &cause };
        let arn = Arn::new("sqs:queue", queue.get("arn"));
        let tls_only = policy::tls_only(&["sqs:*"], &arn);
        let policy = iam::policy(out, &place, PolicyKind::Resource, &[tls_only]);
        let arguments = block! { queue_url: queue.get("url"), policy: policy };
        out.module(MODULE)
            .file(&file)
            .resource("aws_sqs_queue_policy", &name, arguments)
            .cause(&cause)
            .add();
        Some(queue)
    }
}
