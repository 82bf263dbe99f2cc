//! The requirements of a platform, line by line: what the spec says to each, what it becomes, and what shows that it holds.
//!
//! `tests/requirements/<example>/*.toml` has the lines as data; this test holds every cell of them against the spec, the
//! rendered output and the tests that are named, and makes `docs/requirements.md` of them. It knows no platform.
//!
//! `UPDATE_GOLDEN=1 cargo test --test requirements` rewrites the page.
#![expect(clippy::disallowed_methods, reason = "tests rewrite their own golden files")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod data;
mod page;
#[path = "../pages/mod.rs"]
mod pages;
mod proof;
mod rendered;

use data::Platform;
use proof::Example;

#[test]
fn every_line_has_its_keys_its_addresses_and_its_proof() {
    let platforms = Platform::all();
    assert!(!platforms.is_empty(), "no requirements are where they should be");
    for platform in &platforms {
        let example = Example::of(platform);
        let rows = platform.chapters.iter().flat_map(|chapter| &chapter.rows);
        let faults: Vec<String> = rows.flat_map(|row| example.faults(row)).collect();
        assert!(faults.is_empty(), "{}:\n{}", platform.name, faults.join("\n"));
    }
}

#[test]
fn the_page_is_up_to_date() {
    pages::check("docs/requirements.md", &page::page(&Platform::all()));
}
