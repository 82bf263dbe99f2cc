//! Pages of `docs/` that tests make and compare.
use pretty_assertions::assert_eq;
use std::fs;

/// Holds a page against what stands in the repository; with `UPDATE_GOLDEN=1` it is rewritten first.
pub(crate) fn check(path: &str, text: &str) {
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::create_dir_all("docs").unwrap();
        fs::write(path, text).unwrap();
    }
    assert_eq!(text, fs::read_to_string(path).unwrap_or_default(), "{path}");
}
