//! The volume of a function: Lambda mounts one, at a place of its own choice.
use super::{Function, FunctionSpec};
use crate::connect::Grant;
use crate::data::volume;
use crate::data::volume::grant::MountVerb;
use crate::kind::{Resolving, ThingId};
use crate::platform::Platform;
use platgen_source::diagnostics::{SpecPath, code};
use platgen_source::is_plain;
use platgen_terraform::{Value, block};

/// The most letters of the path
/// (<https://docs.aws.amazon.com/lambda/latest/api/API_FileSystemConfig.html>).
const LONGEST_PATH: usize = 160;

impl FunctionSpec {
    /// Finds what Lambda does not mount. One file system is all that it takes
    /// (<https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html>).
    pub(super) fn check_file_system(&self, id: &ThingId, resolving: &mut Resolving<'_>) {
        let used = self.uses.iter().flat_map(|uses| &uses.volume);
        let mounts = used.flat_map(|(name, verbs)| {
            let place = id.path().key("uses").key(volume::KIND).key(name.0.as_str());
            verbs.mounts().map(move |(word, verb, _)| (&name.0, verb, place.key(word)))
        });
        let mut first = None;
        for (volume, verb, place) in mounts {
            check_mount(verb, &place, resolving);
            match first {
                None => first = Some(volume),
                Some(other) if other == volume => {
                    let message = "`read` mounts it already, and Lambda mounts a volume once";
                    let help = "leave `read` out: who writes may read";
                    resolving.find_with(&code::CONFLICT, &place, message, help);
                }
                Some(other) => {
                    let message =
                        format!("the function has `volume.{other}`; Lambda mounts one volume");
                    let help = "keep the files in one volume, or make two functions of it";
                    resolving.find_with(&code::LIMIT, &place, message, help);
                }
            }
        }
    }
}

fn check_mount(verb: &MountVerb, place: &SpecPath, resolving: &mut Resolving<'_>) {
    if verb.container.is_some() {
        let message = "a function has no containers";
        resolving.find_with(&code::CONFLICT, &place.key("container"), message, "remove it");
    }
    let path = verb.at.as_str();
    let name = path.strip_prefix("/mnt/");
    let fits = name.is_some_and(|name| is_plain(name, 1..=LONGEST_PATH, b"-_."));
    if !fits || path.len() > LONGEST_PATH {
        let message = format!(
            "Lambda mounts at `/mnt/` and one name of letters, digits and _ - ., at most \
             {LONGEST_PATH} letters in all"
        );
        let last = path.rsplit('/').next().unwrap_or_default();
        let help = format!("for example `/mnt/{last}`");
        resolving.find_with(&code::MALFORMED, &place.key("at"), message, help);
    }
}

impl Function {
    /// The part of the function that speaks of its volume, if it has one.
    pub(super) fn file_system_block(&self, platform: &Platform) -> Option<Value> {
        let mut used = self.uses.volume.iter();
        let (name, verb) = used
            .find_map(|(name, verbs)| verbs.mounts().next().map(|(_, verb, _)| (&name.0, verb)))?;
        let volume = platform.things.volume.get(name)?;
        Some(block! {
            arn: volume.access_point().get("arn"),
            local_mount_path: verb.at.as_str(),
        })
    }

    /// Whether an edge gives rights without which Lambda does not mount the volume.
    pub(super) fn mounts(grant: &Grant) -> bool {
        grant.target.as_ref().is_some_and(|target| target.kind == volume::KIND)
    }
}
