//! The module `messaging`: topics, queues, mail and event buses, and the key that they share.
pub mod email;
pub mod event_bus;
pub mod queue;
pub mod topic;

/// The name of the module in the output.
pub const MODULE: &str = "messaging";
