//! Whose file is it: what may be replaced or deleted, what is adopted, what refuses the run.

use pretty_assertions::assert_eq;

use super::*;
use crate::disk::layout::MANIFEST;
use crate::disk::{RefusalReason, changes};

/// Writes the new tree over the old one after `prepare`, and expects these refusals and no change.
fn check_refused(prepare: impl Fn(&Path), expected: &[(&str, RefusalReason)]) {
    let folder = old_folder();
    prepare(folder.path());
    let before = everything(folder.path());
    for result in [changes(folder.path(), &new_tree()), write(folder.path(), &new_tree())] {
        let error = result.unwrap_err();
        assert!(!error.help().is_empty());
        let DiskError::Refused { refusals, .. } = error else { panic!("{error}") };
        let found: Vec<_> =
            refusals.iter().map(|refusal| (refusal.path.as_str(), &refusal.reason)).collect();
        let expected: Vec<_> = expected.iter().map(|(path, reason)| (*path, reason)).collect();
        assert_eq!(found, expected);
    }
    assert_eq!(everything(folder.path()), before, "nothing may change");
}

/// Writes the new tree over the old one after `prepare`, and expects it to end as usual.
fn check_written(prepare: impl Fn(&Path), summary: &str) {
    let folder = old_folder();
    prepare(folder.path());
    let foreseen = changes(folder.path(), &new_tree()).unwrap();
    let done = write(folder.path(), &new_tree()).unwrap();
    assert_eq!(foreseen, done);
    let Changes { created, changed, deleted, unchanged, .. } = &done;
    let found = format!(
        "+{} ~{} -{} ={unchanged}",
        created.join(" "),
        changed.join(" "),
        deleted.join(" ")
    );
    assert_eq!(found, summary);
    let found = contents(folder.path());
    for (path, bytes) in new_tree() {
        assert_eq!(found[&path], bytes, "{path}");
    }
    for path in USERS_FILES {
        assert_eq!(found[path], b"mine", "{path}");
    }
    assert!(write(folder.path(), &new_tree()).unwrap().is_empty());
}

#[test]
fn files_as_we_left_them_are_replaced_and_deleted() {
    check_written(
        |_| {},
        "+.platgen/sourcemap.json modules/network/inner/vpc.tf.json \
         ~.platgen/ledger.json main.tf.json modules/data/queue.a.tf.json \
         -modules/auth/users/pool.tf.json modules/data/queue.b.tf.json =1",
    );
}

#[test]
fn files_that_already_hold_the_right_bytes_are_adopted() {
    check_written(
        |root| {
            for (path, bytes) in new_tree() {
                put(root, &path, std::str::from_utf8(&bytes).unwrap());
            }
        },
        "+ ~ -modules/auth/users/pool.tf.json modules/data/queue.b.tf.json =6",
    );
}

#[test]
fn files_deleted_by_hand_are_no_obstacle() {
    check_written(
        |root| {
            fs::remove_file(place(root, "main.tf.json")).unwrap();
            fs::remove_dir_all(place(root, "modules/auth")).unwrap();
        },
        "+.platgen/sourcemap.json main.tf.json modules/network/inner/vpc.tf.json \
         ~.platgen/ledger.json modules/data/queue.a.tf.json -modules/data/queue.b.tf.json =1",
    );
}

#[test]
fn every_file_edited_by_hand_is_named() {
    check_refused(
        |root| {
            put(root, "main.tf.json", "edited");
            put(root, "versions.tf.json", "edited");
            put(root, "modules/data/queue.b.tf.json", "edited");
            put(root, "modules/network/inner/vpc.tf.json", "foreign");
        },
        &[
            ("main.tf.json", RefusalReason::EditedByHand),
            ("modules/data/queue.b.tf.json", RefusalReason::StaleButEdited),
            ("modules/network/inner/vpc.tf.json", RefusalReason::NotOurs),
            ("versions.tf.json", RefusalReason::EditedByHand),
        ],
    );
}

#[test]
fn without_a_manifest_no_file_is_ours() {
    check_refused(
        |root| fs::remove_file(place(root, MANIFEST)).unwrap(),
        &[
            (".platgen/ledger.json", RefusalReason::NotOurs),
            ("main.tf.json", RefusalReason::NotOurs),
            ("modules/data/queue.a.tf.json", RefusalReason::NotOurs),
        ],
    );
}

#[test]
fn a_stale_file_that_differs_only_in_case_from_a_new_one_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &tree(&[("Main.tf.json", "old")])).unwrap();
    let error = write(folder.path(), &tree(&[("main.tf.json", "new")])).unwrap_err();
    assert!(error.to_string().contains("Main.tf.json is no longer generated, but differs"));
    assert_eq!(contents(folder.path())["Main.tf.json"], b"old");

    fs::remove_file(place(folder.path(), "Main.tf.json")).unwrap();
    write(folder.path(), &tree(&[("main.tf.json", "new")])).unwrap();
    assert_eq!(contents(folder.path())["main.tf.json"], b"new");
}

#[test]
fn a_refused_first_run_leaves_no_trace() {
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), "main.tf.json", "foreign");
    let before = everything(folder.path());
    write(folder.path(), &new_tree()).unwrap_err();
    assert_eq!(everything(folder.path()), before);
}

#[test]
fn folders_go_when_our_deletions_empty_them_and_no_others_do() {
    let folder = old_folder();
    fs::create_dir_all(place(folder.path(), "modules/empty")).unwrap();
    put(folder.path(), "modules/data/sub/mine.tf", "mine");
    write(folder.path(), &tree(&[("main.tf.json", "old main")])).unwrap();
    let left: Vec<String> = contents(folder.path()).into_keys().collect();
    assert_eq!(
        left,
        [
            ".platgen/manifest.json",
            "main.tf.json",
            "mine.tf",
            "modules",
            "modules/data",
            "modules/data/mine_override.tf.json",
            "modules/data/sub",
            "modules/data/sub/mine.tf",
            "modules/empty",
            "terraform.tfstate",
        ]
    );
}

#[test]
fn an_empty_tree_deletes_all_that_is_ours() {
    let folder = tempfile::tempdir().unwrap();
    assert!(write(folder.path(), &Tree::new()).unwrap().is_empty());
    assert!(everything(folder.path()).is_empty());
    write(folder.path(), &old_tree()).unwrap();
    let outcome = write(folder.path(), &Tree::new()).unwrap();
    assert_eq!(outcome.deleted, old_tree().into_keys().collect::<Vec<_>>());
    assert_eq!(outcome.previous, old_tree());
    assert_eq!(contents(folder.path()).into_keys().collect::<Vec<_>>(), [MANIFEST]);
}

#[test]
fn a_path_that_breaks_a_rule_is_refused_before_the_disk_is_looked_at() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing");
    for files in [&[("../a", "")][..], &[("a", ""), ("A", "")], &[(".platgen/lock", "")]] {
        let error = write(&missing, &tree(files)).unwrap_err();
        assert!(error.help().contains("bug in platgen"), "{error}");
    }
    assert!(!missing.exists());
}
