//! What else can stand in the way: links, pipes, folders for files and files for folders, other
//! writers.
//!
//! A folder without write permission is not tried: tests often run as root, whom permissions do
//! not stop. A file in place of a folder stands for it, as the operating system refuses both.

use pretty_assertions::assert_eq;

use super::*;
use crate::disk::{Obstacle, RefusalReason, changes};

#[test]
fn the_parents_of_the_folder_are_created() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("generated/freelancer/dev");
    assert_eq!(changes(&root, &new_tree()).unwrap().created.len(), 6);
    assert!(!folder.path().join("generated").exists());
    write(&root, &new_tree()).unwrap();
    assert_eq!(contents(&root)["main.tf.json"], b"new main");
}

#[test]
fn a_root_that_is_no_folder_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), "file", "mine");
    let root = folder.path().join("file");
    let error = write(&root, &new_tree()).unwrap_err();
    assert!(error.to_string().ends_with("file is a file, not a folder"), "{error}");
    assert!(error.help().contains("another output folder"));

    let error = write(&root.join("below"), &new_tree()).unwrap_err();
    assert!(error.to_string().contains("file/below: "), "{error}");
    assert!(error.help().contains("A file stands where a folder is needed"), "{}", error.help());
    assert_eq!(fs::read(root).unwrap(), b"mine");
}

#[test]
fn a_second_writer_is_turned_away_and_a_comparison_is_not() {
    let folder = old_folder();
    let lock = fs::File::open(place(folder.path(), LOCK)).unwrap();
    lock.lock().unwrap();
    let error = write(folder.path(), &new_tree()).unwrap_err();
    assert!(error.to_string().starts_with("another platgen is writing to "), "{error}");
    assert!(error.help().contains("Wait"));
    assert_eq!(contents(folder.path())["main.tf.json"], b"old main");
    assert_eq!(changes(folder.path(), &new_tree()).unwrap().changed.len(), 3);
    drop(lock);
    write(folder.path(), &new_tree()).unwrap();
}

#[test]
fn of_many_writers_at_once_each_writes_or_is_turned_away() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("out");
    std::thread::scope(|scope| {
        let writers: Vec<_> = (0..8).map(|_| scope.spawn(|| write(&root, &new_tree()))).collect();
        let results: Vec<_> = writers.into_iter().map(|writer| writer.join().unwrap()).collect();
        assert!(results.iter().any(Result::is_ok));
        for error in results.into_iter().filter_map(Result::err) {
            assert!(matches!(error, DiskError::Busy { .. }), "{error}");
        }
    });
    assert_eq!(contents(&root)["main.tf.json"], b"new main");
    assert!(write(&root, &new_tree()).unwrap().is_empty());
}

#[test]
fn a_folder_in_place_of_a_file_and_a_file_in_place_of_a_folder_are_refused() {
    let folder = old_folder();
    put(folder.path(), "modules/network", "a file");
    fs::remove_file(place(folder.path(), "main.tf.json")).unwrap();
    fs::create_dir(place(folder.path(), "main.tf.json")).unwrap();
    check_refused(
        folder.path(),
        &[("main.tf.json", Obstacle::Folder), ("modules/network", Obstacle::File)],
    );
}

#[test]
fn obstacles_at_our_own_places_are_refused() {
    for (path, make, obstacle) in [
        (".platgen/manifest.json", folder_at as fn(&Path), Obstacle::Folder),
        (".platgen/journal.json", folder_at, Obstacle::Folder),
        (".platgen/lock", folder_at, Obstacle::Folder),
        (".platgen/next", file_at, Obstacle::File),
        (guard::FILE, folder_at, Obstacle::Folder),
        (".platgen", file_at, Obstacle::File),
    ] {
        let folder = old_folder();
        remove(&place(folder.path(), path));
        make(&place(folder.path(), path));
        check_refused(folder.path(), &[(path, obstacle)]);
    }
}

#[test]
fn a_folder_among_the_staged_files_is_left_alone() {
    let folder = old_folder();
    put(folder.path(), ".platgen/next/mine/file", "mine");
    let error = write(folder.path(), &new_tree()).unwrap_err();
    assert!(error.to_string().starts_with("could not delete "), "{error}");
    assert_eq!(fs::read(place(folder.path(), ".platgen/next/mine/file")).unwrap(), b"mine");
}

/// Expects these refusals from comparing and from writing, and no change.
fn check_refused(root: &Path, expected: &[(&str, Obstacle)]) {
    let before = everything(root);
    for result in [changes(root, &new_tree()), write(root, &new_tree())] {
        let error = result.unwrap_err();
        assert!(error.help().contains("follows no link"), "{error}: {}", error.help());
        let DiskError::Refused { refusals, .. } = error else { panic!("{error}") };
        let found: Vec<_> =
            refusals.into_iter().map(|refusal| (refusal.path, refusal.reason)).collect();
        let expected: Vec<_> = expected
            .iter()
            .map(|(path, obstacle)| ((*path).to_string(), RefusalReason::Obstacle(*obstacle)))
            .collect();
        assert_eq!(found, expected);
    }
    assert_eq!(everything(root), before, "nothing may change");
}

fn folder_at(place: &Path) {
    fs::create_dir(place).unwrap();
}

fn file_at(place: &Path) {
    drop(fs::File::create(place).unwrap());
}

fn remove(place: &Path) {
    if place.is_dir() {
        fs::remove_dir_all(place).unwrap();
    } else if place.exists() {
        fs::remove_file(place).unwrap();
    }
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::symlink;
    use std::os::unix::net::UnixListener;
    use std::process::Command;

    use pretty_assertions::assert_eq;

    use super::*;

    /// Puts a link to each of two targets outside in place of a path: to a copy of what stood
    /// there, so that only the link itself can be what is refused, and to nothing.
    fn check_link(path: &str) {
        for leads_somewhere in [true, false] {
            let folder = old_folder();
            let outside = tempfile::tempdir().unwrap();
            let target = outside.path().join("target");
            let here = place(folder.path(), path);
            if leads_somewhere && here.exists() {
                fs::rename(&here, &target).unwrap();
            } else {
                remove(&here);
            }
            symlink(&target, &here).unwrap();
            let before = everything(outside.path());
            check_refused(folder.path(), &[(path, Obstacle::Link)]);
            assert_eq!(everything(outside.path()), before, "{path}");
        }
    }

    #[test]
    fn no_link_is_followed() {
        for path in [
            "main.tf.json",
            "versions.tf.json",
            "modules",
            "modules/data",
            "modules/data/queue.b.tf.json",
            "modules/auth",
            "modules/network",
            ".platgen",
            ".platgen/ledger.json",
            ".platgen/manifest.json",
            ".platgen/journal.json",
            ".platgen/lock",
            ".platgen/next",
            guard::FILE,
        ] {
            check_link(path);
        }
    }

    #[test]
    fn pipes_and_sockets_are_neither_opened_nor_replaced() {
        for path in ["main.tf.json", "modules/network", ".platgen/lock", ".platgen/manifest.json"] {
            let folder = old_folder();
            let here = place(folder.path(), path);
            remove(&here);
            assert!(Command::new("mkfifo").arg(&here).status().unwrap().success());
            check_refused(folder.path(), &[(path, Obstacle::Special)]);

            remove(&here);
            let _socket = UnixListener::bind(&here).unwrap();
            check_refused(folder.path(), &[(path, Obstacle::Special)]);
        }
    }

    #[test]
    fn the_root_may_be_a_link_to_a_folder_and_to_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("link");
        symlink(folder.path().join("real"), &root).unwrap();
        let error = write(&root, &new_tree()).unwrap_err();
        assert!(error.to_string().ends_with("link is a link, not a folder"), "{error}");

        fs::create_dir(folder.path().join("real")).unwrap();
        write(&root, &new_tree()).unwrap();
        assert_eq!(contents(&folder.path().join("real"))["main.tf.json"], b"new main");

        let socket = folder.path().join("socket");
        let _listener = UnixListener::bind(&socket).unwrap();
        let error = write(&socket, &new_tree()).unwrap_err();
        assert!(error.to_string().contains("a pipe, socket or device"), "{error}");
    }

    #[test]
    fn a_staged_link_is_removed_and_its_target_is_not() {
        let folder = old_folder();
        let outside = tempfile::tempdir().unwrap();
        put(outside.path(), "target", "mine");
        fs::create_dir(place(folder.path(), STAGING)).unwrap();
        symlink(outside.path().join("target"), place(folder.path(), ".platgen/next/0")).unwrap();
        write(folder.path(), &new_tree()).unwrap();
        assert_eq!(fs::read(outside.path().join("target")).unwrap(), b"mine");
    }

    #[test]
    fn a_hard_link_is_replaced_and_its_other_name_keeps_the_old_bytes() {
        let folder = old_folder();
        let other = folder.path().join("other-name");
        fs::hard_link(place(folder.path(), "main.tf.json"), &other).unwrap();
        write(folder.path(), &new_tree()).unwrap();
        assert_eq!(fs::read(other).unwrap(), b"old main");
    }
}
