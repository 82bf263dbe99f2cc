//! `[volume.<name>]`: a file system on EFS that tasks and functions share.
//!
//! - `spec`: what a spec may say of it,
//! - `resolve`: defaults, and what is wrong beyond the types,
//! - `grant`: what an edge to it gives, and where it is mounted,
//! - `lower`: what it becomes.
pub mod grant;
pub mod spec;

mod lower;
mod metrics;
mod resolve;
#[cfg(test)]
mod tests;

pub use grant::VolumeVerbs;
pub use spec::VolumeSpec;

use super::MODULE;
use super::backup::{Copied, CopyMethod};
use crate::compute::function;
use crate::kind::{Output, Thing, ThingId};
use crate::network::Tier;
use crate::observability::metric::Metric;
use crate::platform::Platform;
use platgen_source::diagnostics::{Diagnostic, code};
use platgen_terraform::{Address, Document, Handle};
use spec::Age;

/// The section.
pub const KIND: &str = "volume";

/// What placeholders can name of a volume.
const OUTPUTS: &[&str] = &["arn", "id"];

/// The port of NFS (<https://docs.aws.amazon.com/efs/latest/ug/network-access.html>).
const PORT: u16 = 2049;

/// A volume with every detail decided.
#[derive(Debug)]
pub struct Volume {
    id: ThingId,
    aws_name: String,
    owner: Owner,
    throughput: Throughput,
    /// When files move to cheaper storage.
    infrequent_after: Age,
    /// When files move to the cheapest storage.
    archive_after: Age,
    protected: bool,
    copied: Option<CopyMethod>,
}

/// Who all files belong to, whoever writes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Owner {
    user: i64,
    group: i64,
}

/// How much can be read and written at one time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Throughput {
    /// As much as is needed, paid by what is transferred.
    Elastic,
    /// As much as the size of the files allows, and more for a while.
    Bursting,
    /// So many MiB a second, paid whether they are used or not.
    Provisioned(i64),
}

impl Volume {
    /// The file system.
    pub fn file_system(&self) -> Handle {
        Handle::new(MODULE, Address::managed("aws_efs_file_system", &self.id.local(&[])))
    }

    /// The way by which everybody comes to the files. Its values leave the module only once the file
    /// system can be mounted.
    pub fn access_point(&self) -> Handle {
        Handle::new(MODULE, Address::managed("aws_efs_access_point", &self.id.local(&[])))
    }

    /// Finds consumers that have nothing to mount it in.
    fn check_consumers(&self, platform: &Platform) -> Vec<Diagnostic> {
        let can_mount = |id: &ThingId| {
            id.kind == function::KIND || platform.thing(id).and_then(Thing::task).is_some()
        };
        let mut callers: Vec<_> = platform.connections.to(&self.id).collect();
        callers.retain(|grant| !can_mount(&grant.consumer));
        let finding = |grant: &&crate::connect::Grant| {
            let message = format!("a {} has no file system to mount it in", grant.consumer.kind);
            let help = "let a job or a function that it starts use the volume";
            Diagnostic::at(&code::CONFLICT, &grant.cause, message).help(help)
        };
        callers.iter().map(finding).collect()
    }
}

impl Thing for Volume {
    fn id(&self) -> &ThingId {
        &self.id
    }

    fn output(&self, words: &[String], _consumer: &ThingId, _platform: &Platform) -> Output {
        Output::Plain(match words {
            [word] if word == "arn" => self.file_system().get("arn"),
            _ => self.file_system().get("id"),
        })
    }

    fn check(&self, platform: &Platform) -> Vec<Diagnostic> {
        self.check_consumers(platform)
    }

    fn in_network(&self) -> bool {
        true
    }

    fn tier(&self) -> Option<Tier> {
        Some(Tier::Database)
    }

    fn keeps_logs(&self) -> bool {
        false
    }

    fn keeps_data(&self) -> bool {
        true
    }

    fn backed_up(&self) -> Option<Copied> {
        let arn = self.file_system().get("arn");
        self.copied.map(|method| Copied { arn, method })
    }

    fn metrics(&self, _platform: &Platform) -> Vec<Metric> {
        self.list_metrics()
    }

    fn lower(&self, platform: &Platform, out: &mut Document) {
        lower::lower(self, platform, out);
    }
}
