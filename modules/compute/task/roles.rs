//! The two roles of a task, what they may do, and its log group.
//!
//! The execution role pulls the image, writes logs and injects secrets; the task role is what the
//! code acts as (<https://docs.aws.amazon.com/AmazonECS/latest/developerguide/security-ecs-iam-role-overview.html>).
use super::Task;
use super::image::Registry;
use crate::aws;
use crate::compute::roles::{RightsOf, attach_edges, check_size};
use crate::compute::{MODULE, cluster};
use crate::connect::iam::{self, PolicyPlace, Role};
use crate::connect::matrix::{AWS, On};
use crate::connect::{Declared, Grant};
use crate::kind::ThingId;
use crate::network;
use crate::network::logs::{LogGroup, log_group as make_log_group};
use crate::platform::Platform;
use platgen_source::diagnostics::Diagnostic;
use platgen_terraform::{Address, Document, Handle, template};

/// The two roles, and what each holds.
const ROLES: [(&str, RightsOf); 2] =
    [("task", |grant| &grant.task), ("execution", |grant| &grant.execution)];

/// The role that the code acts as.
pub fn task_role(id: &ThingId) -> Handle {
    Handle::new(MODULE, Address::managed("aws_iam_role", &id.part(&["task"])))
}

/// The role that starts the code.
pub fn execution_role(id: &ThingId) -> Handle {
    Handle::new(MODULE, Address::managed("aws_iam_role", &id.part(&["execution"])))
}

/// The log group of all containers.
pub fn log_group(id: &ThingId) -> Handle {
    Handle::new(MODULE, Address::managed("aws_cloudwatch_log_group", &id.identifier()))
}

/// The edges that every task has, and those that ECS Exec brings.
pub fn implied(task: &Task, id: &ThingId, platform: &Platform) -> Vec<Grant> {
    let mut grants = vec![base(task, id, platform)];
    if task.exec {
        grants.push(exec(task, id, platform));
    }
    grants
}

/// Pulling the images and writing the logs.
fn base(task: &Task, id: &ThingId, platform: &Platform) -> Grant {
    let region = &platform.head.region;
    let mut grant = Grant::new(id, None, id.path(), Declared::Implied);
    let mut repositories = Vec::new();
    for container in task.containers() {
        match container.image.registry() {
            Registry::Private(arn) => repositories.push(arn),
            Registry::Public => grant.give(AWS, "public image", region, |_| On::nothing()),
        }
    }
    if !repositories.is_empty() {
        repositories.sort_by_key(|arn| format!("{arn:?}"));
        repositories.dedup();
        grant.give(AWS, "image", region, |_| On::from(repositories.clone()));
    }
    grant.give(AWS, "task logs", region, |_| streams_of(&log_group(id)));
    grant
}

/// The channels of the shell, and the log of what is typed.
fn exec(task: &Task, id: &ThingId, platform: &Platform) -> Grant {
    let cause = task.places.at(&["exec"]);
    let cause = if task.places.is_inherited(&cause) { id.path().key("exec") } else { cause };
    let mut grant = Grant::new(id, None, cause, Declared::Implied);
    grant.give(AWS, "exec", &platform.head.region, |kind| match kind {
        "kms:key" => network::logs_key().get("arn").into(),
        "logs:log-group" | "logs:log-stream" => streams_of(&cluster::exec_log_group()),
        _ => On::nothing(),
    });
    grant
}

/// The streams of a log group, which exists already.
pub fn streams_of(group: &Handle) -> On {
    On::from(template![group.get("arn"), ":*"])
}

/// Finds a role whose policies are longer than AWS takes.
pub fn check(id: &ThingId, platform: &Platform) -> Option<Diagnostic> {
    check_size(id, &ROLES.map(|(_, rights)| rights), platform)
}

/// Makes the log group and both roles with one policy for each edge. Gives the policies: what runs
/// must come after them.
pub fn lower(task: &Task, id: &ThingId, platform: &Platform, out: &mut Document) -> Vec<Handle> {
    let (file, cause) = (id.file(), id.path());
    let group = LogGroup {
        module: MODULE,
        file: &file,
        name: &id.identifier(),
        aws_name: task.log_group.clone(),
        retention: task.retention,
        cause: &cause,
    };
    make_log_group(out, &group);
    let source = aws::arn(out, MODULE, "ecs", &platform.head.region, "*");
    let mut policies = Vec::new();
    for (word, rights) in ROLES {
        let name = id.part(&[word]);
        let role = Role {
            place: PolicyPlace { module: MODULE, file: &file, name: &name, cause: &cause },
            aws_name: format!("{}-{word}", task.aws_name),
            service: "ecs-tasks.amazonaws.com",
            source: Some(source.clone()),
        };
        let role = iam::role(out, &role);
        let attached = attach_edges(&role, id, rights, platform, out);
        policies.extend(attached.into_iter().map(|(_, policy)| policy));
    }
    policies
}
