//! Decides what the spec of a task leaves open, and finds what is wrong beyond the types.
use super::image::Image;
use super::places::Places;
use super::ports::Ports;
use super::size::{Size, smallest_cpu, smallest_memory};
use super::spec::{Architecture, ContainerHealthSpec, ContainerSpec, Milestone, TaskSpec};
use super::{Container, ContainerHealth, ContainerPort, Task, check, environment, mounts};
use crate::kind::{Resolving, ThingId};
use crate::network::Retention;
use crate::platform::Head;
use platgen_source::diagnostics::{SpecPath, code};
use platgen_source::{Count, Duration, Name};
use std::collections::BTreeMap;

/// What a service or a job says of its task.
pub struct TaskInput<'a> {
    /// Whose task.
    pub id: &'a ThingId,
    /// The keys, inherited ones among them.
    pub spec: &'a TaskSpec,
    /// Where they stand.
    pub places: Places,
    /// The ports of the main container.
    pub ports: &'a Ports,
    /// The command that tells whether the main container is healthy, and where it stands.
    pub health: Option<(ContainerHealthSpec, SpecPath)>,
    /// The image of the main container.
    pub image: Image,
    /// The name at AWS.
    pub aws_name: String,
    /// The name of the log group.
    pub log_group: String,
}

impl Task {
    /// Decides a task. What is wrong in the section that a task is like is found there.
    pub fn resolve(input: TaskInput<'_>, resolving: &mut Resolving<'_>) -> Self {
        let known = resolving.findings.len();
        let spec = input.spec;
        let size = size(spec, &input.places, resolving);
        let main = main_container(&input, resolving);
        let sidecar = |(name, container): (&Name, &ContainerSpec)| {
            sidecar(name, container, &input.places, resolving)
        };
        let sidecars: Vec<Container> = spec.container.iter().map(sidecar).collect();
        let containers: Vec<&Container> = std::iter::once(&main).chain(&sidecars).collect();
        check::containers(&containers, size, &input.places, resolving);
        if let Some(uses) = &spec.uses {
            mounts::check(uses, &containers, &input.places, resolving);
        }
        exec(spec, &input.places, resolving);
        used_ports(&input, resolving);
        let found = resolving.findings.split_off(known);
        let elsewhere = |path: &SpecPath| input.places.is_inherited(path);
        let own = found.into_iter().filter(|finding| !finding.path().is_some_and(elsewhere));
        resolving.findings.extend(own);
        Self {
            aws_name: input.aws_name,
            log_group: input.log_group,
            places: input.places,
            main,
            sidecars,
            size,
            architecture: spec.architecture.unwrap_or(Architecture::X86),
            disk: spec.disk.map(Count::get),
            uses: spec.uses.clone().unwrap_or_default(),
            exec: spec.exec.unwrap_or(false),
            retention: retention(spec, resolving.head),
        }
    }
}

/// A length of time within a range, in seconds; what is outside is a finding.
pub fn seconds(
    duration: Option<Duration>,
    range: std::ops::RangeInclusive<i64>,
    place: &SpecPath,
    resolving: &mut Resolving<'_>,
) -> Option<i64> {
    let seconds = duration?.as_seconds();
    if !range.contains(&seconds) {
        let (from, to) = (Duration::seconds(*range.start()), Duration::seconds(*range.end()));
        let message = match *range.start() {
            0 => format!("this is longer than {to}"),
            _ => format!("this is not between {from} and {to}"),
        };
        resolving.find(&code::OUT_OF_RANGE, place, message);
    }
    Some(seconds)
}

/// One of CPU and memory alone brings the smallest of the other that goes with it.
fn size(spec: &TaskSpec, places: &Places, resolving: &mut Resolving<'_>) -> Size {
    let (cpu, memory) = (spec.cpu.map(Count::get), spec.memory.map(Count::get));
    let default =
        resolving.head.by_profile(Size { cpu: 512, memory: 1024 }, Size { cpu: 256, memory: 512 });
    let size = match (cpu, memory) {
        (None, None) => default,
        (Some(cpu), None) => Size { cpu, memory: default.memory.max(smallest_memory(cpu)) },
        (None, Some(memory)) => Size { cpu: default.cpu.max(smallest_cpu(memory)), memory },
        (Some(cpu), Some(memory)) => Size { cpu, memory },
    };
    let fitting = match (cpu, memory) {
        (Some(cpu), None) => fit_memory(size, cpu),
        (None, Some(memory)) => fit_cpu(size, memory),
        _ => size,
    };
    if !fitting.is_offered() {
        let Size { cpu, memory } = fitting;
        let message = format!("Fargate does not offer {cpu} CPU units with {memory} MiB");
        let keys = [("memory", spec.memory.is_some()), ("cpu", spec.cpu.is_some())];
        let said = keys.into_iter().filter(|(_, is_said)| *is_said);
        let said: Vec<SpecPath> = said.map(|(key, _)| places.at(&[key])).collect();
        let place = places.first_own(&said);
        resolving.find_with(&code::IMPOSSIBLE, &place, message, fitting.remedy());
    }
    fitting
}

/// The default memory, if it goes with the CPU, and else the smallest that does.
fn fit_memory(size: Size, cpu: i64) -> Size {
    if size.is_offered() { size } else { Size { cpu, memory: smallest_memory(cpu) } }
}

/// The default CPU, if it goes with the memory, and else the smallest that does.
fn fit_cpu(size: Size, memory: i64) -> Size {
    if size.is_offered() { size } else { Size { cpu: smallest_cpu(memory), memory } }
}

fn retention(spec: &TaskSpec, head: &Head) -> Retention {
    let said = spec.logs.as_ref().and_then(|logs| logs.retention);
    said.unwrap_or(Retention::default_of(head))
}

fn main_container(input: &TaskInput<'_>, resolving: &mut Resolving<'_>) -> Container {
    let (spec, places) = (input.spec, &input.places);
    let mut settings = match &spec.env_file {
        Some(file) => environment::read_file(file.as_str(), &places.at(&["env_file"]), resolving),
        None => BTreeMap::new(),
    };
    settings.extend(environment::settings(&spec.env, |name| places.at(&["env", name])));
    let stop_timeout = places.at(&["stop_timeout"]);
    Container {
        name: input.id.name.to_string(),
        place: input.id.path(),
        image: input.image.clone(),
        command: spec.command.clone(),
        entrypoint: spec.entrypoint.clone(),
        settings,
        ports: ports(input.ports, &input.id.path().key("port")),
        health: input.health.as_ref().map(|(spec, place)| health(spec, place, resolving)),
        essential: true,
        cpu: None,
        memory: None,
        user: spec.user.as_ref().map(ToString::to_string),
        after: after(&spec.after, |name| places.at(&["after", name])),
        readonly: spec.readonly.unwrap_or(false),
        // https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
        stop_timeout: seconds(spec.stop_timeout, 2..=120, &stop_timeout, resolving),
    }
}

fn sidecar(
    name: &Name,
    spec: &ContainerSpec,
    places: &Places,
    resolving: &mut Resolving<'_>,
) -> Container {
    let place = places.at(&["container", name.as_str()]);
    let at = |key: &str| place.key(key);
    Container {
        name: name.to_string(),
        image: Image::Named(spec.image.clone()),
        command: spec.command.clone(),
        entrypoint: spec.entrypoint.clone(),
        settings: environment::settings(&spec.env, |name| at("env").key(name)),
        ports: ports(&spec.port, &at("port")),
        health: spec.health.as_ref().map(|spec| health(spec, &at("health"), resolving)),
        essential: spec.essential.unwrap_or(true),
        cpu: spec.cpu.map(Count::get),
        memory: spec.memory.map(Count::get),
        user: spec.user.as_ref().map(ToString::to_string),
        after: after(&spec.after, |name| at("after").key(name)),
        readonly: spec.readonly.unwrap_or(false),
        stop_timeout: None,
        place,
    }
}

fn ports(ports: &Ports, place: &SpecPath) -> Vec<ContainerPort> {
    let port = |(name, port): (&Name, &super::ports::Port)| ContainerPort {
        name: name.clone(),
        port: *port,
        place: place.key(name.as_str()),
    };
    ports.0.iter().map(port).collect()
}

/// The ranges are those of
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html>.
fn health(
    spec: &ContainerHealthSpec,
    place: &SpecPath,
    resolving: &mut Resolving<'_>,
) -> ContainerHealth {
    let interval = seconds(spec.interval, 5..=300, &place.key("interval"), resolving);
    let timeout = seconds(spec.timeout, 2..=60, &place.key("timeout"), resolving);
    ContainerHealth {
        command: spec.command.words(),
        interval: interval.unwrap_or(30),
        timeout: timeout.unwrap_or(5),
        retries: spec.unhealthy.map_or(3, Count::get),
        start: seconds(spec.start, 0..=300, &place.key("start"), resolving),
    }
}

fn after(
    spec: &BTreeMap<Name, Milestone>,
    place: impl Fn(&str) -> SpecPath,
) -> BTreeMap<String, (Milestone, SpecPath)> {
    let entry = |(name, milestone): (&Name, &Milestone)| {
        (name.to_string(), (*milestone, place(name.as_str())))
    };
    spec.iter().map(entry).collect()
}

/// The agent that opens the shell writes into the containers
/// (<https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html>).
fn exec(spec: &TaskSpec, places: &Places, resolving: &mut Resolving<'_>) {
    if spec.exec != Some(true) {
        return;
    }
    let main = (spec.readonly == Some(true)).then(|| places.at(&["readonly"]));
    let sidecars = spec.container.iter().filter(|(_, sidecar)| sidecar.readonly == Some(true));
    let sidecars = sidecars.map(|(name, _)| places.at(&["container", name.as_str(), "readonly"]));
    for place in main.into_iter().chain(sidecars) {
        let message = "`exec` has to write to the file system of every container of the task";
        let place = places.first_own(&[place, places.at(&["exec"])]);
        resolving.find(&code::CONFLICT, &place, message);
    }
}

/// The ports that edges to services name must be there. A service that could not be read, or that
/// is not there, is a finding of its own.
fn used_ports(input: &TaskInput<'_>, resolving: &mut Resolving<'_>) {
    let spec = resolving.spec;
    for (target, verbs) in input.spec.uses.iter().flat_map(|uses| &uses.service) {
        let Some(service) = spec.service.get(&target.0) else { continue };
        let known = service.port_names();
        let place = input.places.at(&["uses", "service", target.0.as_str()]).key("connect");
        let Some(connect) = &verbs.connect else { continue };
        if known.is_empty() {
            let message = format!("`service.{}` listens on no port", target.0);
            let help = format!("add it: [service.{}] port = 8080", target.0);
            resolving.find_with(&code::CONFLICT, &place, message, help);
        }
        let named = connect.port.iter().flat_map(|ports| &ports.0);
        for name in named.filter(|name| !known.is_empty() && !known.contains(&name.as_str())) {
            let message = format!("`service.{}` has no port `{name}`", target.0);
            let help = platgen_source::diagnostics::suggestion(name.as_str(), known.clone());
            resolving.find_with(&code::UNKNOWN_TARGET, &place.key("port"), message, help);
        }
    }
}
