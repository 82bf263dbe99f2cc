//! The task definition: what ECS runs.
use super::environment::Environment;
use super::roles::{execution_role, log_group, task_role};
use super::{Container, ContainerHealth, ContainerPort, Task};
use crate::compute::MODULE;
use crate::connect::Protocol;
use crate::kind::ThingId;
use crate::platform::Platform;
use platgen_terraform::{Address, Document, Handle, Value, block, json};
use std::collections::BTreeMap;

/// How much of the log a container keeps in memory while CloudWatch is slow; more is dropped, so
/// that the container does not stand still
/// (<https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html>).
const LOG_BUFFER: &str = "25m";

/// The task definition of a thing.
pub fn handle(id: &ThingId) -> Handle {
    Handle::new(MODULE, Address::managed("aws_ecs_task_definition", &id.identifier()))
}

/// Puts the task definition into a document. Everything that ECS would fill in is written out, so
/// that a plan shows no change where there is none.
pub fn lower(task: &Task, id: &ThingId, platform: &Platform, out: &mut Document) -> Handle {
    let containers = task.containers();
    let definitions: Vec<Value> = containers
        .iter()
        .map(|container| container_definition(container, task, id, platform))
        .collect();
    let mut file = out.module(MODULE).file(&id.file());
    let local = file.local(&id.part(&["containers"]), definitions);
    let arguments = block! {
        family: &task.aws_name,
        requires_compatibilities: vec!["FARGATE"],
        network_mode: "awsvpc",
        cpu: task.size.cpu.to_string(),
        memory: task.size.memory.to_string(),
        runtime_platform: block! {
            operating_system_family: "LINUX",
            cpu_architecture: task.architecture.aws_word(),
        },
        volume: task.volume_blocks(platform),
        ephemeral_storage: task.disk.map(|size| block! { size_in_gib: size }),
        execution_role_arn: execution_role(id).get("arn"),
        task_role_arn: task_role(id).get("arn"),
        container_definitions: json(local),
    };
    file.resource("aws_ecs_task_definition", &id.identifier(), arguments).cause(&id.path()).add()
}

/// How containers log: without waiting, into the log group of their thing.
pub fn log_configuration(
    id: &ThingId,
    stream: &str,
    platform: &Platform,
) -> BTreeMap<String, Value> {
    BTreeMap::from([
        ("awslogs-group".to_owned(), log_group(id).get("name")),
        ("awslogs-region".to_owned(), Value::from(platform.head.region.as_str())),
        ("awslogs-stream-prefix".to_owned(), Value::from(stream)),
        ("max-buffer-size".to_owned(), Value::from(LOG_BUFFER)),
        ("mode".to_owned(), Value::from("non-blocking")),
    ])
}

/// The fields are those of
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html>.
fn container_definition(
    container: &Container,
    task: &Task,
    id: &ThingId,
    platform: &Platform,
) -> Value {
    let derived = if container.name == task.main.name {
        Environment::derived(id, platform)
    } else {
        Environment::default()
    };
    let environment = Environment::of(derived, &container.settings, id, platform);
    let empty = Vec::<Value>::new;
    block! {
        name: &container.name,
        image: container.image.value(),
        essential: container.essential,
        command: container.command.clone(),
        entryPoint: container.entrypoint.clone(),
        cpu: container.cpu.unwrap_or(0),
        memory: container.memory,
        user: container.user.clone(),
        portMappings: container.ports.iter().map(port_mapping).collect::<Value>(),
        environment: named(environment.plain, "value"),
        secrets: named(environment.secrets, "valueFrom"),
        healthCheck: container.health.as_ref().map(health_check),
        dependsOn: dependencies(container),
        readonlyRootFilesystem: container.readonly,
        linuxParameters: block! { initProcessEnabled: true },
        stopTimeout: container.stop_timeout,
        logConfiguration: block! {
            logDriver: "awslogs",
            options: log_configuration(id, &container.name, platform),
        },
        mountPoints: task.mount_points(container),
        systemControls: empty(),
        volumesFrom: empty(),
    }
}

fn named(entries: BTreeMap<String, Value>, value: &str) -> Value {
    let entry = |(name, given): (String, Value)| block! { name: name, (value): given };
    entries.into_iter().map(entry).collect()
}

fn port_mapping(port: &ContainerPort) -> Value {
    let protocol = match port.port.transport() {
        Protocol::Tcp => "tcp",
        Protocol::Udp => "udp",
    };
    block! {
        name: port.name.as_str(),
        containerPort: port.port.number,
        hostPort: port.port.number,
        protocol: protocol,
        appProtocol: port.port.speaks.app_protocol(),
    }
}

fn health_check(health: &ContainerHealth) -> Value {
    block! {
        command: health.command.clone(),
        interval: health.interval,
        timeout: health.timeout,
        retries: health.retries,
        startPeriod: health.start,
    }
}

fn dependencies(container: &Container) -> Option<Value> {
    let dependency = |(name, (milestone, _)): (&String, &(super::Milestone, _))| {
        block! { containerName: name, condition: milestone.aws_word() }
    };
    (!container.after.is_empty()).then(|| container.after.iter().map(dependency).collect())
}
