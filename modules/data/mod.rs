//! The module `data`: databases, tables, buckets, caches, volumes, secrets and keys, and the key that those
//! share which keep something.
pub mod app_key;
pub mod backup;
pub mod bucket;
pub mod cache;
pub mod cdn;
pub mod database;
pub mod key;
pub mod log_bucket;
pub mod secret;
pub mod table;
pub mod upkeep;
pub mod volume;

use crate::platform::Platform;
use platgen_terraform::Document;

/// The name of the module in the output.
pub const MODULE: &str = "data";

/// Puts what the things of this module share into a document.
pub fn lower(platform: &Platform, out: &mut Document) {
    key::lower(platform, out);
    log_bucket::lower(platform, out);
    backup::lower(platform, out);
}
