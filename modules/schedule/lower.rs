//! What schedules become: a group of EventBridge Scheduler, a role, and the schedules.
use super::{Schedules, section};
use crate::connect::iam::{self, PolicyPlace, Role};
use crate::connect::receiver::Receiver;
use crate::kind::ThingId;
use crate::names::fit;
use platgen_source::diagnostics::SpecPath;
use platgen_terraform::{Document, Handle, ResourceBuilder, block};

/// The longest name of a schedule, and of a group of schedules
/// (<https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html>).
const LONGEST_NAME: usize = 64;

/// The thing that schedules start, and how what starts it is called.
pub struct Owner<'a> {
    /// The thing.
    pub id: &'a ThingId,
    /// The module that it stands in.
    pub module: &'static str,
    /// Its name at AWS.
    pub aws_name: &'a str,
    /// The Terraform identifier of the group, and the beginning of those of the schedules.
    pub identifier: String,
}

/// Puts the schedules of a thing, their group and their role into a document.
pub fn lower(owner: &Owner<'_>, schedules: &Schedules, receiver: &Receiver, out: &mut Document) {
    if schedules.is_empty() {
        return;
    }
    let (id, cause) = (owner.id, section(owner.id));
    let arguments = block! { name: fit(owner.aws_name, LONGEST_NAME) };
    let mut file = out.module(owner.module).file(&id.file());
    let group = file
        .resource("aws_scheduler_schedule_group", &owner.identifier, arguments)
        .cause(&cause)
        .add();
    let (role, policy) = lower_role(owner, &group, receiver, &cause, out);
    for schedule in schedules.values() {
        let arguments = block! {
            name: schedule.name.as_str(),
            group_name: group.get("name"),
            schedule_expression: schedule.at.as_str(),
            schedule_expression_timezone: schedule.timezone.as_str(),
            state: if schedule.enabled { "ENABLED" } else { "DISABLED" },
            flexible_time_window: block! { mode: "OFF" },
            target: receiver.scheduler_target(&role),
        };
        let name = format!("{}__{}", owner.identifier, schedule.name.as_str().replace('-', "_"));
        let mut file = out.module(owner.module).file(&id.file());
        let resource =
            file.resource("aws_scheduler_schedule", &name, arguments).cause(&schedule.place);
        // A schedule that is due before the rights are there fails.
        policy.iter().fold(resource, ResourceBuilder::depends_on).add();
    }
}

/// The role that starts the thing, and its rights.
fn lower_role(
    owner: &Owner<'_>,
    group: &Handle,
    receiver: &Receiver,
    cause: &SpecPath,
    out: &mut Document,
) -> (Handle, Option<Handle>) {
    let (id, module) = (owner.id, owner.module);
    let (file, name) = (id.file(), id.part(&["schedule"]));
    let role = Role {
        place: PolicyPlace { module, file: &file, name: &name, cause },
        aws_name: format!("{}-schedule", owner.aws_name),
        service: "scheduler.amazonaws.com",
        // The trust speaks of the group, as Scheduler asks for it:
        // https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
        source: Some(group.get("arn")),
    };
    let role = iam::role(out, &role);
    let name = format!("{name}__start");
    let place = PolicyPlace { module, file: &file, name: &name, cause };
    let policy = iam::attach(out, &role, &place, &receiver.rights);
    (role, policy)
}
