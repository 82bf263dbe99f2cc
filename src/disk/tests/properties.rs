//! What must hold for any trees and any stop.

use pretty_assertions::assert_eq;
use proptest::collection::btree_map;
use proptest::prelude::*;

use super::*;
use crate::disk::changes;

/// Trees over few names and contents, so that they overlap. Folders and files have different names,
/// because the names of a tree must not be both.
fn any_tree() -> impl Strategy<Value = Tree> {
    let path =
        prop_oneof!["[abc]", "m/[abc]", "m/n/[abc]", "[mo]/p/[abc]", "[.]platgen/ledger[.]json"];
    btree_map(path, prop::collection::vec(0..3_u8, 0..3), 0..6)
}

/// The files of the tree as they stand on the disk, without the manifest and the user's file.
fn found(root: &Path) -> Tree {
    let mut files = BTreeMap::new();
    walk(root, "", &mut |path, file| {
        let is_other = [LOCK, super::super::layout::MANIFEST, "m/mine"].contains(&path);
        if !is_other && file.is_file() {
            files.insert(path.to_string(), fs::read(file).unwrap());
        }
    });
    files
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_folder_holds_the_last_tree_and_the_files_of_others(trees in prop::collection::vec(any_tree(), 1..5)) {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        put(root, "m/mine", "mine");
        for files in &trees {
            let foreseen = changes(root, files).unwrap();
            let before = found(root);
            let done = write(root, files).unwrap();
            assert_eq!(&foreseen, &done);
            assert_eq!(&found(root), files);
            for path in done.changed.iter().chain(&done.deleted) {
                assert_eq!(done.previous.get(path), before.get(path));
            }
            assert_eq!(done.unchanged + done.changed.len() + done.created.len(), files.len());

            let still = everything(root);
            assert!(write(root, files).unwrap().is_empty());
            assert_eq!(everything(root), still, "nothing to do, nothing written");
        }
        assert_eq!(fs::read(root.join("m/mine")).unwrap(), b"mine");
    }

    #[test]
    fn any_run_mends_what_a_stopped_one_left(
        trees in (any_tree(), any_tree(), any_tree()),
        number in 0..30_usize,
    ) {
        let (first, second, third) = trees;
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), &first).unwrap();
        let _ = write_until(folder.path(), &second, Durability::Fast, number, Stop::Torn);
        write(folder.path(), &third).unwrap();
        assert_eq!(found(folder.path()), third);
        assert!(!is_guarded(folder.path()));
    }
}
