//! The volumes of a task: which container has which of them, and where.
use super::places::Places;
use super::{Container, Task};
use crate::data::volume::Volume;
use crate::kind::Resolving;
use crate::kinds::Uses;
use crate::platform::Platform;
use platgen_source::Name;
use platgen_source::diagnostics::{SpecPath, code, suggestion};
use platgen_terraform::{Value, block};
use std::collections::BTreeMap;

/// A volume in a container.
struct Mount<'a> {
    volume: &'a Name,
    at: &'a str,
    writable: bool,
    /// Where the spec says so.
    place: SpecPath,
}

/// The mounts of a container, in a task with these edges.
fn mounts<'a>(
    container: &Container,
    main: &str,
    uses: &'a Uses,
    places: &Places,
) -> Vec<Mount<'a>> {
    let mut mounts = Vec::new();
    for (volume, verbs) in &uses.volume {
        for (word, verb, writable) in verbs.mounts() {
            if verb.is_in(&container.name, main) {
                let place = places.at(&["uses", "volume", volume.0.as_str()]).key(word);
                let at = verb.at.as_str();
                mounts.push(Mount { volume: &volume.0, at, writable, place });
            }
        }
    }
    mounts
}

/// Finds mounts in containers that the task does not have, and those that cannot be side by side. The
/// first container is the main one.
pub fn check(
    uses: &Uses,
    containers: &[&Container],
    places: &Places,
    resolving: &mut Resolving<'_>,
) {
    unknown_containers(uses, containers, places, resolving);
    let [main, ..] = containers else { return };
    for container in containers {
        let name = &container.name;
        let mut volumes: BTreeMap<&Name, &Mount<'_>> = BTreeMap::new();
        let mut paths: BTreeMap<&str, &Mount<'_>> = BTreeMap::new();
        for mount in &mounts(container, &main.name, uses, places) {
            if volumes.insert(mount.volume, mount).is_some() {
                let message = format!("`{name}` has the volume already, to read only");
                let help = "leave `read` out: who writes may read; or name another container";
                resolving.find_with(&code::CONFLICT, &mount.place, message, help);
            } else if let Some(first) = paths.insert(mount.at, mount) {
                let message =
                    format!("`{name}` has `volume.{}` at this path already", first.volume);
                let place = places.first_own(&[mount.place.key("at"), first.place.key("at")]);
                let help = "mount one of them elsewhere";
                resolving.find_with(&code::CONFLICT, &place, message, help);
            }
        }
    }
}

fn unknown_containers(
    uses: &Uses,
    containers: &[&Container],
    places: &Places,
    resolving: &mut Resolving<'_>,
) {
    for (volume, verbs) in &uses.volume {
        for (word, verb, _) in verbs.mounts() {
            let place = places.at(&["uses", "volume", volume.0.as_str()]).key(word);
            let named = verb.container.iter().flat_map(|names| &names.0).enumerate();
            for (index, name) in named {
                if containers.iter().any(|container| container.name == name.as_str()) {
                    continue;
                }
                let message = format!("the task has no container `{name}`");
                let known = containers.iter().map(|container| container.name.as_str());
                let help = suggestion(name.as_str(), known);
                let place = place.key("container").index(index);
                resolving.find_with(&code::UNKNOWN_TARGET, &place, message, help);
            }
        }
    }
}

impl Task {
    /// The mount points of a container
    /// (<https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_MountPoint.html>).
    pub(super) fn mount_points(&self, container: &Container) -> Vec<Value> {
        let point = |mount: Mount<'_>| {
            block! {
                sourceVolume: mount.volume.as_str(),
                containerPath: mount.at,
                readOnly: !mount.writable,
            }
        };
        let mounts = mounts(container, &self.main.name, &self.uses, &self.places);
        mounts.into_iter().map(point).collect()
    }

    /// The volumes of the task: each by its access point, over TLS, and with the role of the task
    /// (<https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specify-efs-config.html>).
    pub(super) fn volume_blocks(&self, platform: &Platform) -> Option<Vec<Value>> {
        let used = self.uses.volume.iter().filter(|(_, verbs)| verbs.mounts().next().is_some());
        let volumes = used.filter_map(|(name, _)| platform.things.volume.get_key_value(&name.0));
        let block = |(name, volume): (&Name, &Volume)| {
            block! {
                name: name.as_str(),
                efs_volume_configuration: block! {
                    file_system_id: volume.file_system().get("id"),
                    transit_encryption: "ENABLED",
                    authorization_config: block! {
                        access_point_id: volume.access_point().get("id"),
                        iam: "ENABLED",
                    },
                },
            }
        };
        let blocks: Vec<Value> = volumes.map(block).collect();
        (!blocks.is_empty()).then_some(blocks)
    }
}
