//! `[service.<name>]`: containers that run all the time, at ECS on Fargate.
pub mod connect;
pub mod lower;
mod metrics;
pub mod order;
pub mod route;
pub mod scale;
#[cfg(test)]
pub(crate) mod tests;

use super::MODULE;
use super::task::image::{Image, ImageName};
use super::task::places::Places;
use super::task::ports::{Port, Ports};
use super::task::resolve::{TaskInput, seconds};
use super::task::spec::{Command, ContainerHealthSpec, TaskSpec};
use super::task::{self, Task, check, environment, roles};
use crate::connect::Grant;
use crate::kind::{Kind, Output, Outputs, Resolving, Thing, ThingId};
use crate::observability::metric::Metric;
use crate::platform::Platform;
use platgen_source::diagnostics::{Diagnostic, SpecPath, code};
use platgen_source::{Count, Duration, Name, Read, Things, is_plain, text_type};
use platgen_terraform::{Address, Document, Handle};
use route::{HealthCheckSpec, Route, RoutePort, RouteSpec, RoutedService};
use scale::{Scale, ScaleSpec};

pub use connect::ServiceVerbs;

/// The section.
pub const KIND: &str = "service";

text_type! {
    /// The name of a service or a task definition, in the grammar of ECS
    /// (<https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html>). Roles
    /// are named after it.
    EcsName,
    "^[A-Za-z0-9_-]{1,255}$",
    "1 to 255 letters, digits, _ and -",
    |text| is_plain(text, 1..=255, b"_-")
}

/// Containers that run all the time.
#[derive(Debug, Read)]
pub struct ServiceSpec {
    /// Environments that have it; by default all.
    pub only_in: Vec<Name>,
    /// What runs.
    #[spec(flatten)]
    pub task: TaskSpec,
    /// The ports that the main container listens on: `8080`, or `{ http = 8080, rpc = "50051/grpc" }`.
    pub port: Ports,
    /// How it is known that a task works.
    pub health: Option<HealthSpec>,
    /// Which requests of a load balancer it answers.
    pub route: Things<RouteSpec>,
    /// How many tasks run. By default one in development; in production two to four.
    pub scale: Option<ScaleSpec>,
    /// Who says which image runs. By default the spec.
    pub release: Option<Release>,
    /// The name at AWS. By default `{environment}-{platform}-{name}`.
    pub aws_name: Option<EcsName>,
}

/// How it is known that a task works: to the load balancer by requests, to ECS by a command.
#[derive(Clone, Debug, Default, Read)]
pub struct HealthSpec {
    /// What the load balancer asks. Interval, timeout and number of failures count for the command
    /// as well.
    #[spec(flatten)]
    pub check: HealthCheckSpec,
    /// A command in the main container: a text for its shell, or a list of program and arguments.
    pub command: Option<Command>,
    /// How long failures of the command do not count after the start, at most 300 seconds. By
    /// default they always count.
    pub start: Option<Duration>,
    /// How long failures at the load balancer do not count after the start. By default 60 seconds.
    pub grace: Option<Duration>,
}

/// Who says which image runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Read)]
pub enum Release {
    /// The spec.
    Spec,
    /// The root variable `<name>_image`, whose default is the image of the spec.
    Variable,
    /// A pipeline that registers task definitions itself. Terraform makes the first one, and leaves
    /// the later ones alone.
    External,
}

/// A service with every detail decided.
#[derive(Debug)]
pub struct Service {
    id: ThingId,
    aws_name: String,
    /// What runs.
    pub task: Task,
    release: Release,
    routes: Vec<Route>,
    /// Seconds after the start in which failures at the load balancer do not count.
    grace: i64,
    scale: Scale,
}

impl Kind for ServiceSpec {
    const KIND: &'static str = KIND;
    const OUTPUTS: Outputs = Outputs::Named(&["host", "port", "url", "name"]);
    const METRICS: &'static [&'static str] = metrics::KEYS;
    type Thing = Service;

    fn resolve(&self, id: ThingId, resolving: &mut Resolving<'_>) -> Service {
        let aws_name = match &self.aws_name {
            Some(name) => name.to_string(),
            None => task::aws_name(resolving.head, &[id.name.as_str()]),
        };
        let input = TaskInput {
            id: &id,
            spec: &self.task,
            places: Places::own(&id.path()),
            ports: &self.port,
            health: self.health_command(&id.path(), resolving),
            image: self.image(&id),
            aws_name: aws_name.clone(),
            log_group: resolving.head.prefix.path("/ecs", &[id.name.as_str()]),
        };
        let task = Task::resolve(input, resolving);
        Service {
            routes: self.routes(&id, &task, resolving),
            grace: self.grace(&id.path(), resolving),
            scale: Scale::resolve(self.scale.as_ref(), &id.path(), resolving),
            release: self.release.unwrap_or(Release::Spec),
            aws_name,
            task,
            id,
        }
    }
}

impl ServiceSpec {
    /// The names of all ports, of the main container and the others.
    pub fn port_names(&self) -> Vec<&str> {
        let others = self.task.container.values().map(|container| &container.port);
        let names = std::iter::once(&self.port).chain(others).flat_map(|ports| ports.0.keys());
        names.map(Name::as_str).collect()
    }

    /// The image of the main container of the service with this identity.
    pub fn image(&self, id: &ThingId) -> Image {
        let by_variable = self.release == Some(Release::Variable);
        image(self.task.image.as_ref(), by_variable.then(|| variable(id, "image")), id)
    }

    fn health_command(
        &self,
        place: &SpecPath,
        resolving: &mut Resolving<'_>,
    ) -> Option<(ContainerHealthSpec, SpecPath)> {
        let health = self.health.as_ref()?;
        let place = place.key("health");
        if health.command.is_none() && health.start.is_some() {
            let message = "`start` speaks of the command, and there is none";
            let help = "add `command`, or write `grace` for the checks of the load balancer";
            resolving.find_with(&code::CONFLICT, &place.key("start"), message, help);
        }
        let spec = ContainerHealthSpec {
            command: health.command.clone()?,
            interval: health.check.interval,
            timeout: health.check.timeout,
            unhealthy: health.check.unhealthy.and_then(|count| Count::new(count.get())),
            start: health.start,
        };
        Some((spec, place))
    }

    fn routes(&self, id: &ThingId, task: &Task, resolving: &mut Resolving<'_>) -> Vec<Route> {
        let port = |(container, port): (&task::Container, &task::ContainerPort)| RoutePort {
            name: port.name.clone(),
            container: container.name.clone(),
            port: port.port,
        };
        let ports: Vec<RoutePort> = task.ports().into_iter().map(port).collect();
        let nothing = HealthCheckSpec::default();
        let health = self.health.as_ref().map_or(&nothing, |health| &health.check);
        route::resolve_all(&self.route, &RoutedService { id, ports: &ports, health }, resolving)
    }

    /// The range is that of the API
    /// (<https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html>).
    fn grace(&self, place: &SpecPath, resolving: &mut Resolving<'_>) -> i64 {
        let grace = self.health.as_ref().and_then(|health| health.grace);
        let place = place.key("health").key("grace");
        if grace.is_some() && self.route.is_empty() {
            let message = "`grace` speaks of the load balancer, and no route leads here";
            resolving.find(&code::CONFLICT, &place, message);
        }
        seconds(grace, 0..=2_147_483_647, &place, resolving).unwrap_or(60)
    }
}

/// The image of a thing's main container: the one of the spec, by a variable or not, or else one of
/// a repository of its own.
pub fn image(named: Option<&ImageName>, variable_name: Option<String>, id: &ThingId) -> Image {
    match (named.cloned(), variable_name) {
        (Some(default), Some(variable)) => Image::Variable { variable, default },
        (Some(name), None) => Image::Named(name),
        (None, _) => Image::Repository { owner: id.clone(), variable: variable(id, "tag") },
    }
}

/// The name of a root variable of a thing: `web_image`; of a job `job__web_image`.
fn variable(id: &ThingId, word: &str) -> String {
    let name = match id.kind {
        KIND => id.local(&[]),
        _ => id.identifier(),
    };
    format!("{name}_{word}")
}

impl Service {
    /// The routes that lead to it.
    pub fn routes(&self) -> &[Route] {
        &self.routes
    }

    /// The ECS service.
    pub fn handle(&self) -> Handle {
        Handle::new(MODULE, Address::managed("aws_ecs_service", &self.id.local(&[])))
    }

    /// Every port by its name, those of the main container first.
    fn ports(&self) -> Vec<(&Name, Port)> {
        self.task.ports().into_iter().map(|(_, port)| (&port.name, port.port)).collect()
    }
}

impl Thing for Service {
    fn id(&self) -> &ThingId {
        &self.id
    }

    fn output(&self, words: &[String], consumer: &ThingId, platform: &Platform) -> Output {
        self.address_output(words, consumer, platform)
    }

    fn task(&self) -> Option<&Task> {
        Some(&self.task)
    }

    fn implied(&self, platform: &Platform) -> Vec<Grant> {
        roles::implied(&self.task, &self.id, platform)
    }

    fn check(&self, platform: &Platform) -> Vec<Diagnostic> {
        let mut findings = environment::check(&self.task, &self.id, platform);
        findings.extend(self.scale.check(self));
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

    fn metrics(&self, platform: &Platform) -> Vec<Metric> {
        self.list_metrics(platform)
    }

    fn lower(&self, platform: &Platform, out: &mut Document) {
        self.lower_service(platform, out);
        let outputs = [
            ("arn", "id", "The ARN of the ECS service"),
            ("name", "name", "The name of the ECS service"),
        ];
        for (word, attribute, description) in outputs {
            out.output(&self.id.part(&[word]), self.handle().get(attribute), description);
        }
    }
}
