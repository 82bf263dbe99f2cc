//! What databases and caches have in common: windows, days that backups are kept, and parameters.
pub mod days;
pub mod parameters;
pub mod windows;

#[cfg(test)]
mod tests;
