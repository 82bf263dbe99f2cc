//! The module `observability`: dashboard, alarms, log archive and budgets.
pub mod budget;
pub mod metric;

/// The name of the module in the output.
pub const MODULE: &str = "observability";
