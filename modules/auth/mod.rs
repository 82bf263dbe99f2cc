//! The module `auth`: user pools, and everything in them.
pub mod user_pool;

/// The name of the module in the output.
pub const MODULE: &str = "auth";
