//! Finishing an interrupted run after somebody touched the folder, and other hands on the journal.

use pretty_assertions::assert_eq;

use super::*;
use crate::disk::layout::{MANIFEST, STAGED_MANIFEST};
use crate::disk::{MismatchReason, Obstacle, RefusalReason, changes, recovery};

/// A folder in which a run was stopped between its commit and its end, at the first change for
/// which `is_right` holds.
fn stopped_folder(is_right: fn(&Path) -> bool) -> TempDir {
    for number in 0.. {
        let folder = old_folder();
        let root = folder.path();
        write_until(root, &new_tree(), Durability::Fast, number, Stop::Clean).unwrap_err();
        if place(root, JOURNAL).exists() && is_right(root) {
            return folder;
        }
    }
    unreachable!("a run ends")
}

/// The first file is in place and the others are not.
fn half_applied() -> TempDir {
    stopped_folder(|root| contents(root)[".platgen/ledger.json"] == b"new ledger")
}

/// Everything is done but the removal of the journal.
fn applied() -> TempDir {
    stopped_folder(|root| !is_guarded(root))
}

/// Tries to finish a half applied run after `meddle`.
fn check(meddle: impl Fn(&Path), expected: &[(&str, MismatchReason)]) {
    let folder = half_applied();
    meddle(folder.path());
    let before = everything(folder.path());
    let error = write(folder.path(), &new_tree()).unwrap_err();
    assert!(error.help().contains(JOURNAL), "{}", error.help());
    let DiskError::CannotFinish { mismatches, .. } = error else { panic!("{error}") };
    let found: Vec<_> = mismatches.into_iter().map(|found| (found.path, found.reason)).collect();
    let expected: Vec<_> =
        expected.iter().map(|(path, reason)| ((*path).to_string(), reason.clone())).collect();
    assert_eq!(found, expected);
    assert_eq!(everything(folder.path()), before, "nothing may change");
    assert!(is_guarded(folder.path()));
}

fn damage_all_staged(root: &Path, damage: fn(&Path)) {
    for entry in fs::read_dir(place(root, STAGING)).unwrap() {
        damage(&entry.unwrap().path());
    }
}

#[test]
fn files_edited_since_the_interruption_are_all_named() {
    check(
        |root| {
            put(root, ".platgen/ledger.json", "edited");
            put(root, "main.tf.json", "edited");
            put(root, "modules/data/queue.b.tf.json", "edited");
            put(root, "modules/network/inner/vpc.tf.json", "edited");
            put(root, MANIFEST, "edited");
        },
        &[
            (".platgen/ledger.json", MismatchReason::NeitherOldNorNew),
            ("main.tf.json", MismatchReason::NeitherOldNorNew),
            ("modules/data/queue.b.tf.json", MismatchReason::NeitherOldNorNew),
            ("modules/network/inner/vpc.tf.json", MismatchReason::NeitherOldNorNew),
            (".platgen/manifest.json", MismatchReason::NeitherOldNorNew),
        ],
    );
}

#[test]
fn lost_and_damaged_staged_files_are_all_named() {
    let lost = [
        (".platgen/sourcemap.json", MismatchReason::StagedContentLost),
        ("main.tf.json", MismatchReason::StagedContentLost),
        ("modules/data/queue.a.tf.json", MismatchReason::StagedContentLost),
        ("modules/network/inner/vpc.tf.json", MismatchReason::StagedContentLost),
        (".platgen/manifest.json", MismatchReason::StagedContentLost),
    ];
    check(|root| damage_all_staged(root, |file| fs::remove_file(file).unwrap()), &lost);
    check(|root| damage_all_staged(root, |file| drop(fs::File::create(file).unwrap())), &lost);
}

#[test]
#[cfg(unix)]
fn links_put_in_place_since_the_interruption_are_not_followed() {
    use std::os::unix::fs::symlink;

    let outside = tempfile::tempdir().unwrap();
    put(outside.path(), "main.tf.json", "old main");
    check(
        |root| {
            fs::remove_file(place(root, "main.tf.json")).unwrap();
            symlink(outside.path().join("main.tf.json"), place(root, "main.tf.json")).unwrap();
            symlink(outside.path(), place(root, "modules/network")).unwrap();
            fs::remove_file(place(root, STAGED_MANIFEST)).unwrap();
            symlink(outside.path(), place(root, STAGED_MANIFEST)).unwrap();
        },
        &[
            ("main.tf.json", MismatchReason::Obstacle(Obstacle::Link)),
            ("modules/network", MismatchReason::Obstacle(Obstacle::Link)),
            (".platgen/next/manifest.json", MismatchReason::Obstacle(Obstacle::Link)),
        ],
    );
    assert_eq!(fs::read(outside.path().join("main.tf.json")).unwrap(), b"old main");
    assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 1);
}

#[test]
fn giving_an_interrupted_run_up_keeps_the_guard_until_a_run_succeeds() {
    let folder = half_applied();
    let root = folder.path();
    put(root, "main.tf.json", "edited");
    fs::remove_file(place(root, JOURNAL)).unwrap();

    let error = write(root, &new_tree()).unwrap_err();
    let DiskError::Refused { refusals, .. } = error else { panic!("{error}") };
    assert_eq!(refusals.len(), 1);
    assert_eq!(refusals[0].path, "main.tf.json");
    assert_eq!(refusals[0].reason, RefusalReason::EditedByHand);
    assert!(is_guarded(root));

    fs::remove_file(place(root, "main.tf.json")).unwrap();
    write(root, &new_tree()).unwrap();
    assert!(!is_guarded(root));
    assert_eq!(contents(root)["main.tf.json"], b"new main");
}

#[test]
fn a_guard_that_was_deleted_by_hand_is_put_back_first() {
    let folder = half_applied();
    let root = folder.path();
    fs::remove_file(place(root, guard::FILE)).unwrap();
    let mut was_guarded = Vec::new();
    let mut before_each = |change: Change<'_>| {
        if let Change::Rename(_, to) = change
            && !to.ends_with(guard::FILE)
        {
            was_guarded.push(is_guarded(root));
        }
        Ok(())
    };
    let mut writer = Writer::new(Durability::Fast, &mut before_each);
    assert!(recovery::finish(root, &mut writer).unwrap());
    assert_eq!(was_guarded, [true; 5]);
    assert!(!is_guarded(root));
}

#[test]
fn an_edit_after_the_guard_went_does_not_count_against_the_finished_run() {
    let folder = applied();
    put(folder.path(), "main.tf.json", "edited");
    let error = write(folder.path(), &new_tree()).unwrap_err();
    let DiskError::Refused { refusals, .. } = error else { panic!("{error}") };
    assert_eq!(refusals[0].path, "main.tf.json");
    assert!(!place(folder.path(), JOURNAL).exists());
}

#[test]
fn a_run_says_that_it_finished_another() {
    let folder = half_applied();
    let outcome = write(folder.path(), &new_tree()).unwrap();
    assert!(outcome.finished_earlier_run);
    assert!(outcome.is_empty());
    assert!(!write(folder.path(), &new_tree()).unwrap().finished_earlier_run);
}

#[test]
fn a_comparison_does_not_finish_anything() {
    for folder in [half_applied(), applied()] {
        let before = everything(folder.path());
        let error = changes(folder.path(), &new_tree()).unwrap_err();
        assert!(matches!(error, DiskError::Interrupted { .. }), "{error}");
        assert!(error.help().contains("platgen render"));
        assert_eq!(everything(folder.path()), before);
    }
}

#[test]
fn a_journal_from_elsewhere_is_not_obeyed() {
    let digest = "0".repeat(64);
    let refused = |journal: String, expected: &str| {
        let folder = old_folder();
        put(folder.path(), JOURNAL, &journal);
        let before = everything(folder.path());
        let error = write(folder.path(), &new_tree()).unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
        assert!(!error.help().is_empty());
        assert_eq!(everything(folder.path()), before);
    };
    let journal = |path: &str, before: &str| {
        format!(
            r#"{{"format": 1, "manifest": {{"before": null, "after": "{digest}"}},
                "files": {{"{path}": {{"before": {before}, "after": "{digest}"}}}}}}"#
        )
    };
    refused("{".to_string(), "journal.json cannot be read");
    refused(r#"{"format": 7}"#.to_string(), "its format is 7");
    refused(journal("../outside", "null"), "has a part `.` or `..`");
    refused(journal("/etc/passwd", "null"), "is absolute or has an empty part");
    refused(journal(".git/config", "null"), "reserved for `.git`");
    refused(journal("mine.tf", "null"), "mine.tf is neither as before");
    refused(journal("fresh.tf", "null"), "the new content of fresh.tf is missing");
}
