//! platgen: one TOML file describes a platform on AWS; Terraform and OpenTofu JSON comes out.
//!
//! A run goes through these steps:
//!
//! 1. [`spec::load`]: the files of a spec become one tree, and its layers.
//! 2. [`pipeline::compile`]: each environment is merged, read, resolved, lowered and verified.
//! 3. [`disk`]: the trees are compared with the output folders, or written into them.
//! 4. [`commands`]: the command line puts these together, and tells the user.
//!
//! *Invariants*: only `commands` prints, only `disk` changes the disk, only `spec` reads files of the
//! user. Nothing comes from the environment but whether colours are wanted (`NO_COLOR`,
//! `CLICOLOR_FORCE`).
pub mod commands;
pub mod disk;
pub mod explain;
mod lines;
pub mod picture;
pub mod pipeline;
pub mod source_map;
pub mod spec;
pub mod templates;
mod threads;
