//! Decides what a spec leaves open of a volume, and finds what is wrong beyond the types.
use super::spec::{Age, ThroughputMode, VolumeSpec};
use super::{KIND, OUTPUTS, Owner, Throughput, Volume, metrics};
use crate::data::backup::{self, CopyMethod};
use crate::kind::{Kind, Outputs, Resolving, ThingId};
use platgen_source::Count;
use platgen_source::diagnostics::{SpecPath, code};

/// The longest token by which a file system is made once only
/// (<https://docs.aws.amazon.com/efs/latest/ug/API_CreateFileSystem.html>).
const LONGEST_NAME: usize = 64;
/// The user and the group that most images give the first one that is not root.
const FIRST_USER: i64 = 1000;

impl Kind for VolumeSpec {
    const KIND: &'static str = KIND;
    const OUTPUTS: Outputs = Outputs::Named(OUTPUTS);
    const METRICS: &'static [&'static str] = metrics::KEYS;
    const ACTS: bool = false;
    type Thing = Volume;

    fn resolve(&self, id: ThingId, resolving: &mut Resolving<'_>) -> Volume {
        let path = id.path();
        let throughput = self.resolve_throughput(&path.key("throughput"), resolving);
        let infrequent_after = self.infrequent_after.unwrap_or(Age::Month);
        let archive_after = self.archive_after.unwrap_or(Age::Never);
        check_archive(throughput, infrequent_after, archive_after, &path, resolving);
        if self.protected == Some(false) && resolving.head.is_production() {
            let message = "the volume can be destroyed, with every file in it";
            resolving.find(&code::WEAKENED, &path.key("protected"), message);
        }
        let (method, place) = (CopyMethod::Snapshots, path.key("backup"));
        let copied = backup::resolve_choice(self.backup, method, &place, resolving);
        let head = resolving.head;
        Volume {
            aws_name: head.prefix.name(LONGEST_NAME, &[id.name.as_str()]),
            owner: self.resolve_owner(),
            throughput,
            infrequent_after,
            archive_after,
            protected: self.protected.unwrap_or(head.is_production()),
            copied,
            id,
        }
    }
}

impl VolumeSpec {
    fn resolve_owner(&self) -> Owner {
        let owner = self.owner.as_ref();
        let user = owner.and_then(|owner| owner.user).map_or(FIRST_USER, Count::get);
        let group = owner.and_then(|owner| owner.group).map_or(user, Count::get);
        Owner { user, group }
    }

    fn resolve_throughput(&self, path: &SpecPath, resolving: &mut Resolving<'_>) -> Throughput {
        let said = self.throughput.as_ref();
        let provisioned = said.and_then(|said| said.provisioned).map(Count::get);
        match (said.and_then(|said| said.mode), provisioned) {
            (mode, Some(mibps)) => {
                if let Some(mode) = mode {
                    let message = format!("`{}` has no fixed throughput", mode.word());
                    let help = "say either `mode` or `provisioned`";
                    resolving.find_with(&code::CONFLICT, &path.key("mode"), message, help);
                }
                Throughput::Provisioned(mibps)
            }
            (Some(ThroughputMode::Bursting), None) => Throughput::Bursting,
            (Some(ThroughputMode::Elastic) | None, None) => Throughput::Elastic,
        }
    }
}

/// Files go to the cheapest storage by way of the cheaper one, and only with elastic throughput
/// (<https://docs.aws.amazon.com/efs/latest/ug/API_PutLifecycleConfiguration.html>).
fn check_archive(
    throughput: Throughput,
    infrequent_after: Age,
    archive_after: Age,
    path: &SpecPath,
    resolving: &mut Resolving<'_>,
) {
    if archive_after == Age::Never {
        return;
    }
    let path = path.key("archive_after");
    if throughput != Throughput::Elastic {
        let message = "the cheapest storage is there with elastic throughput only";
        resolving.find_with(&code::IMPOSSIBLE, &path, message, "remove it, or `throughput`");
    }
    if archive_after <= infrequent_after {
        let message = format!(
            "files come to the cheapest storage after {}, which is no later than to the cheaper one \
             after {}",
            archive_after.word(),
            infrequent_after.word()
        );
        let help = "take a longer time, or a shorter `infrequent_after`";
        resolving.find_with(&code::IMPOSSIBLE, &path, message, help);
    }
}
