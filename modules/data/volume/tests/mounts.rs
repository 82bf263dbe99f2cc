//! Where volumes are mounted, and what an edge to one gives.
use super::mounted;
use crate::compute::service::tests::{environment, local};
use crate::connect::{Grant, PortRule, Protocol};
use crate::data::volume::KIND;
use crate::platform::Platform;
use crate::testing::{document, only, platform, resource};
use platgen_source::json::{Value as Json, json};
use platgen_terraform::Document;
use pretty_assertions::assert_eq;

/// The mount points of each container of a task, by the names of the containers.
fn mount_points(document: &Document, task: &str) -> Json {
    let containers = local(document, &format!("{task}__containers"));
    let points = containers.as_array().unwrap().iter().map(|container| {
        (container["name"].as_str().unwrap().to_owned(), container["mountPoints"].clone())
    });
    points.collect()
}

fn point(volume: &str, path: &str, is_read_only: bool) -> Json {
    json!({ "sourceVolume": volume, "containerPath": path, "readOnly": is_read_only })
}

#[test]
fn the_main_container_has_the_mount_unless_others_are_named() {
    for (keys, web, side) in [
        ("write.at = \"/a\"", json!([point("files", "/a", false)]), json!([])),
        ("read = \"/a\"", json!([point("files", "/a", true)]), json!([])),
        (
            "read = { at = \"/a\", container = \"side\" }",
            json!([]),
            json!([point("files", "/a", true)]),
        ),
        (
            "write = { at = \"/a\", container = [\"web\", \"side\"] }",
            json!([point("files", "/a", false)]),
            json!([point("files", "/a", false)]),
        ),
        (
            "read = { at = \"/b\", container = \"side\" }\nuses.volume.files.write.at = \"/a\"",
            json!([point("files", "/a", false)]),
            json!([point("files", "/b", true)]),
        ),
    ] {
        let document = document(&mounted(&format!("uses.volume.files.{keys}"), ""));
        let expected = json!({ "web": web, "side": side });
        assert_eq!(mount_points(&document, "service__web"), expected, "{keys}");
    }
}

#[test]
fn a_task_mounts_by_the_access_point_over_tls_and_as_its_role() {
    let document = document(&mounted("uses.volume.files.read.at = \"/a\"", ""));
    let definition = resource(&document, "compute", "aws_ecs_task_definition.service__web");
    let volume = only(&definition["volume"]);
    assert_eq!(volume["name"], "files");
    let expected = json!({
        "file_system_id": "${var.efs_file_system_files_id}",
        "transit_encryption": "ENABLED",
        "authorization_config": [
            { "access_point_id": "${var.efs_access_point_files_id}", "iam": "ENABLED" }
        ],
    });
    assert_eq!(only(&volume["efs_volume_configuration"]), expected);
    assert_eq!(environment(&document, "service__web"), json!({ "FILES_PATH": "/a" }));
}

#[test]
fn a_function_comes_into_the_network_and_mounts_one_volume() {
    let document = document(&mounted("", "uses.volume.files.read.at = \"/mnt/a\""));
    let function = resource(&document, "compute", "aws_lambda_function.f");
    let expected = json!({
        "arn": "${var.efs_access_point_files_arn}",
        "local_mount_path": "/mnt/a",
    });
    assert_eq!(only(&function["file_system_config"]), expected);
    assert!(function["vpc_config"].is_array(), "{function:#}");
    let variables = only(&function["environment"])["variables"].clone();
    assert_eq!(variables, json!({ "FILES_PATH": "/mnt/a" }));
    let first = function["depends_on"].to_string();
    assert!(first.contains("aws_iam_role_policy.function__f__volume__files"), "{first}");
}

#[test]
fn without_volumes_tasks_and_functions_have_none() {
    let document = document(&mounted("", ""));
    let definition = resource(&document, "compute", "aws_ecs_task_definition.service__web");
    assert_eq!(definition["volume"], Json::Null);
    let function = resource(&document, "compute", "aws_lambda_function.f");
    assert_eq!(function["file_system_config"], Json::Null);
}

#[test]
fn a_job_like_a_service_has_the_mounts_of_its_containers() {
    let keys = "uses.volume.files.write = { at = \"/a\", container = [\"web\", \"side\"] }";
    let document = document(&format!("{}[job.tidy]\nlike = \"service.web\"\n", mounted(keys, "")));
    let expected = json!([point("files", "/a", false)]);
    let points = mount_points(&document, "job__tidy");
    assert_eq!(points, json!({ "tidy": &expected, "side": &expected }));
}

/// The edge from the service to the volume.
fn grant(platform: &Platform) -> &Grant {
    let mut grants = platform.connections.all().iter();
    let leads_to_volume =
        |grant: &&Grant| grant.target.as_ref().is_some_and(|target| target.kind == KIND);
    grants.find(leads_to_volume).unwrap()
}

#[test]
fn who_reads_has_no_right_to_write_and_who_mounts_elsewhere_no_variable() {
    const READ: &str = "elasticfilesystem:ClientMount";
    const WRITE: &str = "elasticfilesystem:ClientWrite";
    for (keys, actions, variables) in [
        ("read.at = \"/a\"", &[READ][..], &["FILES_PATH"][..]),
        ("write.at = \"/a\"", &[READ, WRITE], &["FILES_PATH"]),
        ("write = { at = \"/a\", container = \"side\" }", &[READ, WRITE], &[]),
        ("as = \"WWW\"\nuses.volume.files.read.at = \"/a\"", &[READ], &["WWW_PATH"]),
    ] {
        let platform = platform("dev", &mounted(&format!("uses.volume.files.{keys}"), ""));
        let grant = grant(&platform);
        let found: Vec<&str> =
            grant.task.iter().flat_map(|statement| statement.actions.iter().copied()).collect();
        assert_eq!(found, actions, "{keys}");
        let conditions = grant.task.iter().map(|statement| statement.conditions[0].key);
        assert!(conditions.clone().all(|key| key == "elasticfilesystem:AccessPointArn"), "{keys}");
        let names: Vec<&str> = grant.variables.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, variables, "{keys}");
        let port = PortRule { name: "nfs".to_owned(), port: 2049, protocol: Protocol::Tcp };
        assert_eq!(grant.ports, [port]);
        assert!(grant.reach.is_empty() && grant.execution.is_empty());
    }
}

#[test]
fn an_edge_without_verbs_gives_nothing() {
    let text = mounted("uses.volume.files = {}", "");
    let platform = platform("dev", &text);
    let grant = grant(&platform);
    assert!(grant.ports.is_empty() && grant.task.is_empty() && grant.variables.is_empty());
    let definition = resource(&document(&text), "compute", "aws_ecs_task_definition.service__web");
    assert_eq!(definition["volume"], Json::Null);
}
