//! The module `messaging`: topics, queues, streams, mail and event buses, and the key that they share.
pub mod dead_letter;
pub mod email;
pub mod event_bus;
pub mod key;
pub mod policy;
pub mod queue;
pub mod stream;
pub mod topic;

use crate::platform::Platform;
use platgen_terraform::Document;

/// The name of the module in the output.
pub const MODULE: &str = "messaging";

/// Puts what the things of the module share into a document.
pub fn lower(platform: &Platform, out: &mut Document) {
    key::lower(platform, out);
    topic::lower_tracing(platform, out);
}
