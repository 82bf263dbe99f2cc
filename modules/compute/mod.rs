//! The module `compute`: load balancers, services and jobs, and the cluster that they run in.
pub mod api;
pub mod cluster;
pub mod function;
pub mod job;
pub mod load_balancer;
pub mod roles;
pub mod service;
pub mod task;
pub mod workflow;

use crate::platform::Platform;
use platgen_terraform::Document;

/// The name of the module in the output.
pub const MODULE: &str = "compute";

/// Puts what the things of this module share into a document.
pub fn lower(platform: &Platform, out: &mut Document) {
    cluster::lower(platform, out);
    service::connect::lower_namespaces(platform, out);
    workflow::key::lower(platform, out);
}
