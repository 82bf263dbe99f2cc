//! What is wrong with a volume, and with the edges to it.
use super::mounted;
use crate::testing::{findings_in, found, found_in};
use pretty_assertions::assert_eq;

const VOLUME: &str = "[volume.files]\n";

/// Demands one finding: its code and its key in `volume.files`.
fn check(environment: &str, keys: &str, code: &'static str, key: &str) {
    let found = found_in(environment, &format!("{VOLUME}{keys}\n"));
    assert_eq!(found, [(code, format!("volume.files.{key}"))], "{keys}");
}

#[test]
fn defaults_are_without_fault() {
    for environment in ["dev", "prod"] {
        assert_eq!(findings_in(environment, VOLUME), []);
    }
}

#[test]
fn what_efs_does_not_take_is_told() {
    for (keys, code, key) in [
        ("owner = 0", "PG0104", "owner.user"),
        ("owner = 4294967296", "PG0104", "owner.user"),
        ("owner = { user = 1, group = 0 }", "PG0104", "owner.group"),
        ("throughput = \"fast\"", "PG0105", "throughput.mode"),
        ("throughput.provisioned = 3415", "PG0104", "throughput.provisioned"),
        ("throughput = { mode = \"elastic\", provisioned = 8 }", "PG0108", "throughput.mode"),
        ("infrequent_after = \"31d\"", "PG0105", "infrequent_after"),
        ("archive_after = \"30d\"", "PG0401", "archive_after"),
        ("infrequent_after = \"never\"\narchive_after = \"365d\"", "PG0401", "archive_after"),
        ("throughput = \"bursting\"\narchive_after = \"90d\"", "PG0401", "archive_after"),
        ("size = 8", "PG0102", "size"),
    ] {
        check("dev", keys, code, key);
    }
}

#[test]
fn what_weakens_production_is_a_warning_there_only() {
    for (keys, key) in [("protected = false", "protected"), ("backup = false", "backup")] {
        check("prod", keys, "PG0502", key);
        assert_eq!(found(&format!("{VOLUME}{keys}\n")), [], "{keys}");
    }
}

#[test]
fn mounts_that_a_task_cannot_have_are_told_in_their_place() {
    const TWICE: &str = "uses.volume.files = { read = { at = \"/a\" }, write = { at = \"/b\" } }";
    const SIDE_TWICE: &str = "uses.volume.files.read = { at = \"/a\", container = \"side\" }\n\
        uses.volume.files.write = { at = \"/b\", container = [\"web\", \"side\"] }";
    const ONE_PLACE: &str =
        "uses.volume.files.read.at = \"/a\"\nuses.volume.other.write.at = \"/a\"";
    for (keys, code, path) in [
        ("uses.volume.files = \"read\"", "PG0101", "files.read"),
        ("uses.volume.files.read.at = \"a\"", "PG0106", "files.read.at"),
        ("uses.volume.files.read.at = \"/\"", "PG0106", "files.read.at"),
        ("uses.volume.files.read.at = \"/a/../b\"", "PG0106", "files.read.at"),
        ("uses.volume.files.read.at = \"/a/\"", "PG0106", "files.read.at"),
        ("uses.volume.files.mount.at = \"/a\"", "PG0202", "files.mount"),
        (
            "uses.volume.files.read = { at = \"/a\", container = [\"web\", \"sid\"] }",
            "PG0201",
            "files.read.container[1]",
        ),
        (TWICE, "PG0108", "files.write"),
        (SIDE_TWICE, "PG0108", "files.write"),
        (ONE_PLACE, "PG0108", "other.write.at"),
    ] {
        let expected = [(code, format!("service.web.uses.volume.{path}"))];
        assert_eq!(found(&mounted(keys, "")), expected, "{keys}");
    }
}

#[test]
fn mounts_in_different_containers_or_places_stand_together() {
    for keys in [
        "uses.volume.files = { read = { at = \"/a\", container = \"side\" }, write.at = \"/a\" }",
        "uses.volume.files.write.at = \"/a\"\nuses.volume.other.write.at = \"/a/b\"",
        "uses.volume.files.write = { at = \"/a\", container = [\"web\", \"side\"] }\nreadonly = true",
    ] {
        assert_eq!(found(&mounted(keys, "")), [], "{keys}");
    }
}

#[test]
fn mounts_that_a_function_cannot_have_are_told_in_their_place() {
    const TWICE: &str =
        "uses.volume.files = { read = { at = \"/mnt/a\" }, write = { at = \"/mnt/a\" } }";
    const TWO: &str =
        "uses.volume.files.read.at = \"/mnt/a\"\nuses.volume.other.read.at = \"/mnt/b\"";
    let long = format!("uses.volume.files.read.at = \"/mnt/{}\"", "a".repeat(156));
    for (keys, code, path) in [
        ("uses.volume.files.read.at = \"/a\"", "PG0106", "uses.volume.files.read.at"),
        ("uses.volume.files.read.at = \"/mnt\"", "PG0106", "uses.volume.files.read.at"),
        ("uses.volume.files.read.at = \"/mnt/a/b\"", "PG0106", "uses.volume.files.read.at"),
        (long.as_str(), "PG0106", "uses.volume.files.read.at"),
        (
            "uses.volume.files.read = { at = \"/mnt/a\", container = \"f\" }",
            "PG0108",
            "uses.volume.files.read.container",
        ),
        ("uses.volume.files.read.at = \"/mnt/a\"\nnetwork = false", "PG0108", "network"),
        (TWICE, "PG0108", "uses.volume.files.write"),
        (TWO, "PG0405", "uses.volume.other.read"),
    ] {
        assert_eq!(found(&mounted("", keys)), [(code, format!("function.f.{path}"))], "{keys}");
    }
}

#[test]
fn a_workflow_has_nothing_to_mount_a_volume_in() {
    let text = format!(
        "{VOLUME}[workflow.w]\nstart = \"End\"\nstate.End.end = \"succeed\"\n\
         uses.volume.files.read.at = \"/mnt/a\"\n"
    );
    assert_eq!(found(&text), [("PG0108", "workflow.w.uses.volume.files".to_owned())]);
}
