//! A run is stopped at each of its changes of the disk, and so is each run that finishes it.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use pretty_assertions::assert_eq;

use super::*;
use crate::disk::recovery;

/// Tells a child process what to write: the folder, the number of the change, and how to stop.
const CHILD_FOLDER: &str = "PLATGEN_DISK_TEST_FOLDER";
const CHILD_NUMBER: &str = "PLATGEN_DISK_TEST_NUMBER";

/// The two states that a folder may be in while it has no guard.
struct Expected {
    old: BTreeMap<String, Vec<u8>>,
    new: BTreeMap<String, Vec<u8>>,
}

impl Expected {
    /// From a folder that holds the old state.
    fn of(old: &Path) -> Self {
        let folder = copied(old);
        write(folder.path(), &new_tree()).unwrap();
        Expected { old: contents(old), new: contents(folder.path()) }
    }

    fn assert_whole_or_guarded(&self, root: &Path) {
        if !is_guarded(root) {
            self.assert_whole(root);
        }
    }

    fn assert_whole(&self, root: &Path) {
        let found = contents(root);
        if found != self.old {
            assert_eq!(found, self.new, "neither old nor new");
        }
    }

    /// Whatever happened before, a run that is not stopped makes the folder what it should be.
    fn assert_mends(&self, root: &Path) {
        let copy = copied(root);
        let mut proceed = |_: Change<'_>| Ok(());
        recovery::finish(copy.path(), &mut Writer::new(Durability::Fast, &mut proceed)).unwrap();
        self.assert_whole(copy.path());

        write(copy.path(), &new_tree()).unwrap();
        assert_eq!(contents(copy.path()), self.new);
        assert_no_trace(copy.path());
    }

    /// The same for a run that goes back to the old tree.
    fn assert_goes_back(&self, root: &Path) {
        let back = copied(root);
        write(back.path(), &old_tree()).unwrap();
        assert_eq!(contents(back.path()), self.old);
        assert_no_trace(back.path());
    }
}

fn assert_no_trace(root: &Path) {
    assert!(!is_guarded(root));
    assert!(!place(root, JOURNAL).exists());
    assert!(!place(root, STAGING).exists());
}

/// Stops a run at every change, and for each of these every run that follows, through `run`, which
/// says whether the run came to its end. Returns how many states were tried.
fn stop_everywhere(old: &Path, run: impl Fn(&Path, usize) -> bool) -> usize {
    let expected = Expected::of(old);
    let mut states = 0;
    for first in 0.. {
        let stopped = copied(old);
        if run(stopped.path(), first) {
            assert_eq!(contents(stopped.path()), expected.new);
            break;
        }
        expected.assert_whole_or_guarded(stopped.path());
        expected.assert_mends(stopped.path());
        for second in 0.. {
            let again = copied(stopped.path());
            states += 1;
            if run(again.path(), second) {
                assert_eq!(contents(again.path()), expected.new);
                break;
            }
            expected.assert_whole_or_guarded(again.path());
            expected.assert_mends(again.path());
        }
    }
    states
}

#[test]
fn a_failure_at_any_change_leaves_old_new_or_guarded() {
    let old = old_folder();
    let states = stop_everywhere(old.path(), |root, number| {
        match write_until(root, &new_tree(), Durability::Fast, number, Stop::Clean) {
            Ok(_) => true,
            Err(DiskError::Access { source, .. }) => {
                assert_eq!(source.to_string(), "stopped by the test");
                false
            }
            Err(error) => panic!("{error}"),
        }
    });
    assert!(states > 300, "only {states} states: was anything stopped?");
}

#[test]
fn a_failure_at_any_change_of_a_synchronised_run_leaves_old_new_or_guarded() {
    let old = old_folder();
    let expected = Expected::of(old.path());
    for number in 0.. {
        let folder = copied(old.path());
        let stopped =
            write_until(folder.path(), &new_tree(), Durability::Synced, number, Stop::Clean);
        if stopped.is_ok() {
            assert!(number > 40, "{number}");
            return;
        }
        expected.assert_whole_or_guarded(folder.path());
        expected.assert_mends(folder.path());
    }
}

/// Each step that others rely on is on the disk before they are begun: staged files before the
/// guard, the guard before the journal, the journal before the files, the files before the
/// manifest, and so on back.
#[test]
#[cfg(unix)]
fn a_synchronised_run_waits_for_the_disk_in_the_right_places() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &tree(&[("a", "old"), ("m/gone", "old")])).unwrap();
    let mut trace = Vec::new();
    let mut before_each = |change: Change<'_>| {
        trace.push(described(folder.path(), change));
        Ok(())
    };
    let mut writer = Writer::new(Durability::Synced, &mut before_each);
    write_through(folder.path(), &tree(&[("a", "new"), ("n/b", "new")]), &mut writer).unwrap();
    let expected = [
        "create .platgen/next",
        "write .platgen/next/0",
        "sync .platgen/next/0",
        "write .platgen/next/2",
        "sync .platgen/next/2",
        "write .platgen/next/manifest.json",
        "sync .platgen/next/manifest.json",
        "write .platgen/next/journal.json",
        "sync .platgen/next/journal.json",
        "write .platgen/next/guard.json",
        "sync .platgen/next/guard.json",
        "sync .platgen/next",
        "sync .platgen",
        "rename to platgen-interrupted.tf.json",
        "sync ",
        "rename to .platgen/journal.json",
        "sync .platgen",
        "rename to a",
        "create n",
        "rename to n/b",
        "delete m/gone",
        "remove m",
        "sync n",
        "sync ",
        "rename to .platgen/manifest.json",
        "sync .platgen",
        "delete platgen-interrupted.tf.json",
        "sync ",
        "delete .platgen/journal.json",
        "sync .platgen",
        "remove .platgen/next",
    ];
    assert_eq!(trace, expected);
}

#[cfg(unix)]
fn described(root: &Path, change: Change<'_>) -> String {
    let below = |place: &Path| place.strip_prefix(root).unwrap().to_str().unwrap().to_string();
    match change {
        Change::CreateFolder(folder) => format!("create {}", below(folder)),
        Change::WriteFile(file, _) => format!("write {}", below(file)),
        Change::Rename(_, to) => format!("rename to {}", below(to)),
        Change::RemoveFile(file) => format!("delete {}", below(file)),
        Change::RemoveFolder(folder) => format!("remove {}", below(folder)),
        Change::Sync(place) => format!("sync {}", below(place)),
    }
}

#[test]
fn a_first_run_that_fails_leaves_nothing_or_guarded_or_all() {
    let empty = tempfile::tempdir().unwrap();
    let states = stop_everywhere(empty.path(), |root, number| {
        write_until(root, &new_tree(), Durability::Fast, number, Stop::Torn).is_ok()
    });
    assert!(states > 300, "{states}");
}

#[test]
fn after_a_stop_at_any_change_a_run_can_go_back() {
    let old = old_folder();
    let expected = Expected::of(old.path());
    for number in 0.. {
        let stopped = copied(old.path());
        if write_until(stopped.path(), &new_tree(), Durability::Fast, number, Stop::Torn).is_ok() {
            assert!(number > 20, "{number}");
            return;
        }
        expected.assert_goes_back(stopped.path());
    }
}

#[test]
fn a_killed_process_leaves_old_new_or_guarded() {
    let old = old_folder();
    let states = stop_everywhere(old.path(), run_child);
    assert!(states > 300, "{states}");
}

/// What the child processes execute. On its own, it checks that a child can write at all.
#[test]
fn a_child_process_writes_the_new_tree() {
    let Ok(folder) = std::env::var(CHILD_FOLDER) else {
        let old = old_folder();
        assert!(run_child(old.path(), usize::MAX));
        assert_eq!(contents(old.path())["main.tf.json"], b"new main");
        return;
    };
    let number = std::env::var(CHILD_NUMBER).unwrap().parse().unwrap();
    write_until(Path::new(&folder), &new_tree(), Durability::Fast, number, Stop::Abort).unwrap();
}

/// Runs this test program again for one write. Says whether it ended by itself.
fn run_child(root: &Path, number: usize) -> bool {
    let (_, module) = module_path!().split_once("::").unwrap();
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.arg("--exact").arg(format!("{module}::a_child_process_writes_the_new_tree"));
    command.env(CHILD_FOLDER, root).env(CHILD_NUMBER, number.to_string());
    let output = command.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(!text.contains("panicked"), "{text}");
    assert!(text.contains("running 1 test"), "{text}");
    output.status.success()
}
