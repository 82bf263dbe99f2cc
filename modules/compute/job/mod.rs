//! `[job.<name>]`: a task that runs once when it is told to, or on a schedule.
pub mod lower;
mod metrics;
#[cfg(test)]
mod tests;
pub mod workflow;

use super::service::{self, EcsName, ServiceSpec};
use super::task::image::Image;
use super::task::places::Places;
use super::task::ports::Ports;
use super::task::resolve::{TaskInput, seconds};
use super::task::spec::TaskSpec;
use super::task::{self, Task, check, definition, environment, roles};
use crate::connect::Grant;
use crate::connect::receiver::Receiver;
use crate::connect::trigger::{Feed, Trigger, triggers};
use crate::kind::{Kind, Output, Outputs, Resolving, Thing, ThingId};
use crate::kinds::TargetName;
use crate::messaging::event_bus::EventBusFeed;
use crate::observability::metric::Metric;
use crate::platform::{Head, Platform};
use crate::schedule::{self, ScheduleSpec, Schedules};
use platgen_source::diagnostics::{Diagnostic, code};
use platgen_source::{Count, Duration, Name, Node, Read, Reader, Schemas, Things, json};
use platgen_terraform::{Document, Handle, Value};
use std::collections::BTreeMap;
use workflow::Attempts;

/// The section.
pub const KIND: &str = "job";

/// A task that runs once when it is told to, or on a schedule.
#[derive(Debug, Read)]
pub struct JobSpec {
    /// Environments that have it; by default all.
    pub only_in: Vec<Name>,
    /// A service whose task it takes what is not said here from: `"service.web"`.
    pub like: Option<ServiceReference>,
    /// What runs.
    #[spec(flatten)]
    pub task: TaskSpec,
    /// What starts it. By default nobody but the one who runs the command in the outputs.
    pub on: Option<TriggerSpec>,
    /// How often it is tried again when it fails. By default not.
    pub retries: Option<Count<0, 10>>,
    /// How long one try may take, at most 365 days. By default as long as it wants.
    pub timeout: Option<Duration>,
    /// The name at AWS. By default `{environment}-{platform}-{name}-job`.
    pub aws_name: Option<EcsName>,
}

/// What starts a job.
#[derive(Debug, Default, Read)]
pub struct TriggerSpec {
    /// Events on a bus.
    pub event_bus: BTreeMap<TargetName, EventBusFeed>,
    /// Points in time, by names of your own.
    pub schedule: Things<ScheduleSpec>,
}

/// A service that something speaks of: `service.web`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceReference(pub Name);

/// The words of a reference before its name.
const REFERENCE_START: &str = "service.";

impl ServiceReference {
    fn parse(text: &str) -> Option<Self> {
        text.strip_prefix(REFERENCE_START).and_then(Name::new).map(Self)
    }
}

impl Read for ServiceReference {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        let text = String::read(node, reader)?;
        let Some(reference) = Self::parse(&text) else {
            let message = format!("`{}` is no service", text.escape_debug());
            let help = "write the name of a service of this spec: \"service.web\"";
            reader.fault_with(&code::MALFORMED, message, help.to_owned());
            return None;
        };
        reader.mention(service::KIND, reference.0.as_str(), &[]);
        Some(reference)
    }

    fn schema(_: &mut Schemas) -> json::Value {
        json::json!({ "type": "string", "pattern": "^service\\.(?=.{1,40}$)[a-z][a-z0-9]*(-[a-z0-9]+)*$" })
    }
}

/// A job with every detail decided.
#[derive(Debug)]
pub struct Job {
    id: ThingId,
    aws_name: String,
    /// What runs.
    pub task: Task,
    schedules: Schedules,
    events: BTreeMap<TargetName, EventBusFeed>,
    /// What happens when it fails or hangs, if it is not left alone.
    attempts: Option<Attempts>,
}

impl Kind for JobSpec {
    const KIND: &'static str = KIND;
    const OUTPUTS: Outputs = Outputs::Named(&["name"]);
    const METRICS: &'static [&'static str] = metrics::KEYS;
    type Thing = Job;

    fn resolve(&self, id: ThingId, resolving: &mut Resolving<'_>) -> Job {
        let (task, places) = self.task(&id, resolving);
        let aws_name = self.aws_name(&id, resolving.head);
        let input = TaskInput {
            id: &id,
            spec: &task,
            places,
            ports: &Ports::default(),
            health: None,
            image: self.image(&id, resolving),
            aws_name: aws_name.clone(),
            log_group: resolving.head.prefix.path("/ecs", &[KIND, id.name.as_str()]),
        };
        let task = Task::resolve(input, resolving);
        let none = Things::default();
        let specs = self.on.as_ref().map_or(&none, |on| &on.schedule);
        Job {
            schedules: schedule::resolve(&id, specs, resolving),
            events: self.on.as_ref().map(|on| on.event_bus.clone()).unwrap_or_default(),
            attempts: self.attempts(&id, resolving),
            task,
            aws_name,
            id,
        }
    }
}

impl JobSpec {
    /// The keys of the task with those of the service that it is like, and where they stand.
    fn task(&self, id: &ThingId, resolving: &Resolving<'_>) -> (TaskSpec, Places) {
        let mut task = self.task.clone();
        match self.like(resolving) {
            Some((service, spec)) => {
                let places = Places::like(&id.path(), task.keys(), &service.path());
                task.inherit(&spec.task);
                rename_main(&mut task, &service.name, &id.name);
                (task, places)
            }
            None => (task, Places::own(&id.path())),
        }
    }

    fn like<'a>(&self, resolving: &Resolving<'a>) -> Option<(ThingId, &'a ServiceSpec)> {
        let name = &self.like.as_ref()?.0;
        let spec = resolving.spec.service.get(name)?;
        Some((ThingId::new(service::KIND, name), spec))
    }

    /// Its own image, or the one that the service runs, wherever that comes from.
    fn image(&self, id: &ThingId, resolving: &Resolving<'_>) -> Image {
        match (self.like(resolving), &self.task.image) {
            (Some((service, spec)), None) => spec.image(&service),
            (_, named) => service::image(named.as_ref(), None, id),
        }
    }

    fn aws_name(&self, id: &ThingId, head: &Head) -> String {
        match &self.aws_name {
            Some(name) => name.to_string(),
            None => task::aws_name(head, &[id.name.as_str(), KIND]),
        }
    }

    /// The longest timeout is the life of an execution
    /// (<https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html>).
    fn attempts(&self, id: &ThingId, resolving: &mut Resolving<'_>) -> Option<Attempts> {
        let retries = self.retries.map_or(0, Count::get);
        let place = id.path().key("timeout");
        let timeout = seconds(self.timeout, 1..=31_536_000, &place, resolving);
        let attempts = (retries > 0 || timeout.is_some()).then_some(Attempts { retries, timeout });
        let head = resolving.head;
        let cut = workflow::is_name_cut(&self.aws_name(id, head));
        if attempts.is_some() && cut {
            let message = "the name of its state machine is cut, and ends in a hash";
            let help = "set a shorter `aws_name`";
            resolving.find_with(&code::NAME_SHORTENED, &id.path(), message, help);
        }
        attempts
    }
}

/// What waits for the main container of the service waits for that of the job, and what is mounted
/// there is mounted here.
fn rename_main(task: &mut TaskSpec, service: &Name, job: &Name) {
    if let Some(uses) = &mut task.uses {
        uses.volume.values_mut().for_each(|verbs| verbs.rename_container(service, job));
    }
    for container in task.container.values_mut() {
        if let Some(milestone) = container.after.remove(service) {
            container.after.insert(job.clone(), milestone);
        }
    }
}

impl Thing for Job {
    fn id(&self) -> &ThingId {
        &self.id
    }

    fn output(&self, _words: &[String], _consumer: &ThingId, _platform: &Platform) -> Output {
        Output::Plain(Value::from(self.aws_name.as_str()))
    }

    fn task(&self) -> Option<&Task> {
        Some(&self.task)
    }

    fn delivers_logs(&self) -> bool {
        self.attempts.is_some()
    }

    fn implied(&self, platform: &Platform) -> Vec<Grant> {
        roles::implied(&self.task, &self.id, platform)
    }

    fn check(&self, platform: &Platform) -> Vec<Diagnostic> {
        let mut findings = environment::check(&self.task, &self.id, platform);
        findings.extend(check::name(&self.task, &self.id, platform));
        findings.extend(roles::check(&self.id, platform));
        findings
    }

    fn in_network(&self) -> bool {
        true
    }

    fn log_group(&self) -> Option<Handle> {
        Some(roles::log_group(&self.id))
    }

    fn metrics(&self, _platform: &Platform) -> Vec<Metric> {
        self.list_metrics()
    }

    fn triggers(&self) -> Vec<Trigger> {
        triggers(&self.id, "event_bus", &self.events, Feed::EventBus)
    }

    fn receiver(
        &self,
        platform: &Platform,
        out: &mut Document,
        module: &'static str,
    ) -> Option<Receiver> {
        Some(self.as_receiver(platform, out, module))
    }

    fn lower(&self, platform: &Platform, out: &mut Document) {
        self.lower_job(platform, out);
    }
}
