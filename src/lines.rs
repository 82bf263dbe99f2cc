//! Which lines of the spec every argument of the output comes from.
use crate::pipeline::Lowered;
use crate::spec::Folder;
use crate::threads;
use platgen_modules::what_if::{self, Difference};
use platgen_source::diagnostics::SpecPath;
use platgen_terraform::ModuleAddress;
use std::collections::{BTreeMap, BTreeSet};

/// The lines by the names of arguments. An argument that is not in it is a default.
pub(crate) type Lines = BTreeMap<String, BTreeSet<SpecPath>>;

/// The lines that each argument of some resources comes from: those without which it is another one,
/// or gone with its resource. The spec is compiled without each line, on all processors.
pub(crate) fn of_arguments(
    lowered: &Lowered,
    files: &Folder,
    asked: impl Fn(&ModuleAddress) -> bool + Sync,
) -> BTreeMap<ModuleAddress, Lines> {
    let Lowered { merged, document, .. } = lowered;
    let differing = |leaf: &SpecPath| {
        let difference = what_if::without(merged, leaf, files, document);
        let Difference { mut changed, removed, .. } = difference.unwrap_or_default();
        changed.extend(removed.into_iter().map(|address| {
            let arguments = lowered.resource(&address).map(|gone| gone.arguments.keys().cloned());
            (address, arguments.into_iter().flatten().collect())
        }));
        changed.retain(|address, _| asked(address));
        changed
    };
    let leaves = merged.tree.leaves();
    let mut lines: BTreeMap<ModuleAddress, Lines> = BTreeMap::new();
    for (leaf, changed) in leaves.iter().zip(threads::on_all_processors(&leaves, differing)) {
        for (address, arguments) in changed {
            let lines = lines.entry(address).or_default();
            for argument in arguments {
                lines.entry(argument).or_default().insert(leaf.clone());
            }
        }
    }
    lines
}
