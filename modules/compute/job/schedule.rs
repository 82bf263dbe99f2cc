//! Schedules that start a job: `on.schedule.nightly = "cron(0 2 * * ? *)"`.
use super::Job;
use super::expression;
use crate::compute::MODULE;
use crate::connect::iam::{self, PolicyPlace, Role, Statement};
use crate::kind::{Resolving, Thing};
use crate::names::fit;
use platgen_source::diagnostics::{SpecPath, code};
use platgen_source::{Name, Read, is_plain, text_type};
use platgen_terraform::{Document, Handle, ResourceBuilder, Value, block};

/// The longest name of a schedule, and of a group of schedules
/// (<https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html>).
const LONGEST_NAME: usize = 64;

text_type! {
    /// When a schedule starts something: `rate(5 minutes)`, `cron(0 2 * * ? *)`.
    ScheduleExpression,
    expression::FORM,
    "rate(…) or cron(…), as EventBridge Scheduler takes them",
    expression::has_form
}

text_type! {
    /// A time zone by its name in the database of IANA (<https://www.iana.org/time-zones>).
    TimeZone,
    "^[A-Za-z][A-Za-z0-9_+-]{0,29}(/[A-Za-z0-9_+-]{1,30}){0,2}$",
    "a name such as UTC or Europe/Berlin",
    |text| {
        let words: Vec<&str> = text.split('/').collect();
        let is_word = |word: &&str| is_plain(word, 1..=30, b"_+-");
        (1..=3).contains(&words.len())
            && words.iter().all(is_word)
            && text.starts_with(|first: char| first.is_ascii_alphabetic())
    }
}

/// Points in time.
#[derive(Debug, Read)]
#[spec(short = "at")]
pub struct ScheduleSpec {
    /// When: `"cron(0 2 * * ? *)"` or `"rate(1 hour)"`.
    pub at: ScheduleExpression,
    /// The time zone that a cron expression speaks of. By default `UTC`.
    pub timezone: Option<TimeZone>,
    /// Whether it starts anything. By default it does.
    pub enabled: Option<bool>,
}

/// Points in time, decided.
#[derive(Debug)]
pub struct Schedule {
    place: SpecPath,
    name: Name,
    at: String,
    timezone: String,
    enabled: bool,
}

/// What a schedule starts, and the rights that this takes.
pub struct Start {
    /// The cluster or the state machine, and more that the schedule says of it.
    pub target: Value,
    /// What the schedules' role may do.
    pub statements: Vec<Statement>,
}

/// What all schedules of a job share.
pub struct Scheduler {
    group: Handle,
    /// The role that starts the job.
    pub role: Handle,
}

impl Schedule {
    /// Decides a schedule.
    pub fn resolve(
        name: &Name,
        spec: &ScheduleSpec,
        place: &SpecPath,
        resolving: &mut Resolving<'_>,
    ) -> Self {
        let at = spec.at.to_string();
        if let Some(fault) = expression::fault(&at) {
            resolving.find(&code::MALFORMED, &place.key("at"), fault);
        }
        Self {
            place: place.clone(),
            name: name.clone(),
            at,
            timezone: spec.timezone.as_ref().map_or_else(|| "UTC".to_owned(), ToString::to_string),
            enabled: spec.enabled.unwrap_or(true),
        }
    }
}

impl Job {
    /// Puts the group of the job's schedules and their role into a document, and gives both. Before
    /// what is started, because the target of a schedule names the role.
    pub(super) fn lower_scheduler(&self, out: &mut Document) -> Option<Scheduler> {
        if self.schedules.is_empty() {
            return None;
        }
        let (id, cause) = (self.id(), self.id().path().key("on").key("schedule"));
        let arguments = block! { name: fit(&self.aws_name, LONGEST_NAME) };
        let mut file = out.module(MODULE).file(&id.file());
        let group = file
            .resource("aws_scheduler_schedule_group", &id.local(&[]), arguments)
            .cause(&cause)
            .add();
        let name = id.part(&["schedule"]);
        let role = Role {
            place: PolicyPlace { module: MODULE, file: &id.file(), name: &name, cause: &cause },
            aws_name: format!("{}-schedule", self.aws_name),
            service: "scheduler.amazonaws.com",
            // The trust speaks of the group, as Scheduler asks for it:
            // https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
            source: Some(group.get("arn")),
        };
        Some(Scheduler { group, role: iam::role(out, &role) })
    }

    /// Puts the schedules into a document.
    pub(super) fn lower_schedules(&self, scheduler: &Scheduler, start: &Start, out: &mut Document) {
        let id = self.id();
        let (file, name) = (id.file(), id.part(&["schedule"]));
        let cause = id.path().key("on").key("schedule");
        let name = format!("{name}__start");
        let place = PolicyPlace { module: MODULE, file: &file, name: &name, cause: &cause };
        let policy = iam::attach(out, &scheduler.role, &place, &start.statements);
        for schedule in self.schedules.values() {
            let arguments = block! {
                name: schedule.name.as_str(),
                group_name: scheduler.group.get("name"),
                schedule_expression: schedule.at.as_str(),
                schedule_expression_timezone: schedule.timezone.as_str(),
                state: if schedule.enabled { "ENABLED" } else { "DISABLED" },
                flexible_time_window: block! { mode: "OFF" },
                target: start.target.clone(),
            };
            let mut file = out.module(MODULE).file(&file);
            let name = id.local(&[schedule.name.as_str()]);
            let resource =
                file.resource("aws_scheduler_schedule", &name, arguments).cause(&schedule.place);
            // A schedule that is due before the rights are there fails.
            policy.iter().fold(resource, ResourceBuilder::depends_on).add();
        }
    }
}
