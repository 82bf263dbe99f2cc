//! What services and jobs share: a task, that is containers that run together.
//!
//! A spec type takes the keys in with `#[spec(flatten)]` ([`spec::TaskSpec`]); resolving gives a
//! [`Task`]; lowering gives roles ([`roles`]) and a task definition ([`definition`]).
pub mod check;
pub mod definition;
pub mod environment;
pub mod image;
pub mod mounts;
pub mod places;
pub mod ports;
pub mod repository;
pub mod resolve;
pub mod roles;
pub mod size;
pub mod spec;
#[cfg(test)]
mod tests;

use crate::connect::Delivery;
use crate::kind::{Output, Thing, ThingId};
use crate::kinds::Uses;
use crate::network::Retention;
use crate::platform::{Head, Platform};
use crate::text::Piece;
use environment::Settings;
use image::Image;
use places::Places;
use platgen_source::Name;
use platgen_source::diagnostics::SpecPath;
use ports::Port;
use size::Size;
use spec::{Architecture, Milestone};
use std::collections::BTreeMap;

/// A task with every detail decided.
#[derive(Debug)]
pub struct Task {
    /// The name at AWS of the task definition, and the beginning of the roles' names.
    pub aws_name: String,
    /// The name of the log group.
    pub log_group: String,
    /// Where its keys stand.
    pub places: Places,
    /// The container that it is about.
    pub main: Container,
    /// The other containers, by name.
    pub sidecars: Vec<Container>,
    /// CPU and memory of the whole.
    pub size: Size,
    /// The processor.
    pub architecture: Architecture,
    /// GiB of disk, if it is more than what comes with every task.
    pub disk: Option<i64>,
    /// What it uses.
    pub uses: Uses,
    /// Whether a shell can be opened in it.
    pub exec: bool,
    /// How long its logs are kept.
    pub retention: Retention,
}

/// A container with every detail decided.
#[derive(Debug)]
pub struct Container {
    /// The name in the task.
    pub name: String,
    /// Where the spec speaks of it.
    pub place: SpecPath,
    /// The image.
    pub image: Image,
    /// The command; none is the image's.
    pub command: Option<Vec<String>>,
    /// The program that takes the command; none is the image's.
    pub entrypoint: Option<Vec<String>>,
    /// The variables that the spec sets.
    pub settings: Settings,
    /// The ports, by name.
    pub ports: Vec<ContainerPort>,
    /// The command that tells whether it is healthy.
    pub health: Option<ContainerHealth>,
    /// Whether the task ends when it ends.
    pub essential: bool,
    /// CPU units that are kept for it.
    pub cpu: Option<i64>,
    /// MiB that it may not exceed.
    pub memory: Option<i64>,
    /// The user; none is the image's.
    pub user: Option<String>,
    /// What others must have reached before, by their names, and where the spec says so.
    pub after: BTreeMap<String, (Milestone, SpecPath)>,
    /// Whether its file system refuses writing.
    pub readonly: bool,
    /// Seconds from the order to stop to the end; none is what ECS does.
    pub stop_timeout: Option<i64>,
}

/// A port of a container.
#[derive(Clone, Debug)]
pub struct ContainerPort {
    /// The name; no two ports of a task share one.
    pub name: Name,
    /// The number and what is spoken there.
    pub port: Port,
    /// Where the spec says so.
    pub place: SpecPath,
}

/// A command that tells whether a container is healthy.
#[derive(Debug)]
pub struct ContainerHealth {
    /// As ECS takes it.
    pub command: Vec<String>,
    /// Seconds between two checks.
    pub interval: i64,
    /// Seconds that a check may take.
    pub timeout: i64,
    /// How many checks must fail in a row.
    pub retries: i64,
    /// Seconds after the start in which failed checks do not count.
    pub start: Option<i64>,
}

impl Task {
    /// The containers, the main one first.
    pub fn containers(&self) -> Vec<&Container> {
        std::iter::once(&self.main).chain(&self.sidecars).collect()
    }

    /// Every port and its container, those of the main container first.
    pub fn ports(&self) -> Vec<(&Container, &ContainerPort)> {
        let mut ports = Vec::new();
        for container in self.containers() {
            ports.extend(container.ports.iter().map(|port| (container, port)));
        }
        ports
    }

    /// Whether a variable of a container speaks of a secret of the target.
    fn injects(&self, consumer: &ThingId, target: &dyn Thing, platform: &Platform) -> bool {
        let speaks_of_secret = |piece: &Piece| match piece {
            Piece::Output { kind, name, output } => {
                (kind.as_str(), name.as_str()) == (target.id().kind, target.id().name.as_str())
                    && matches!(target.output(output, consumer, platform), Output::Secret(_))
            }
            _ => false,
        };
        let containers = self.containers();
        let mut settings = containers.iter().flat_map(|container| container.settings.values());
        settings.any(|setting| setting.pieces.iter().any(speaks_of_secret))
    }
}

/// How the secret of a target gets to a consumer: ECS injects it where a variable of the consumer
/// speaks of it; else the code reads it. Never both for one edge.
pub fn delivery(consumer: &dyn Thing, target: &dyn Thing, platform: &Platform) -> Delivery {
    let injects = |task: &Task| task.injects(consumer.id(), target, platform);
    if consumer.task().is_some_and(injects) { Delivery::Inject } else { Delivery::Read }
}

/// The name of a thing at AWS, where the spec sets none: `{environment}-{platform}-{name}`, at most
/// 255 letters (<https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html>).
pub fn aws_name(head: &Head, parts: &[&str]) -> String {
    head.prefix.name(255, parts)
}
