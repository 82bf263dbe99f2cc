//! The program as a user calls it: exit codes, what goes to which stream, and what stays on the disk.
#![expect(clippy::disallowed_methods, reason = "tests lay out their own folders")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use pretty_assertions::assert_eq;
use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

const SPEC: &str = r#"spec = 1
[platform]
name   = "shop"
region = "eu-central-1"
[environment.dev]
profile = "development"
[environment.prod]
[table.orders]
partition_key = "id"
"#;

/// A folder with a spec in it.
fn folder(spec: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("platform.toml"), spec).unwrap();
    folder
}

fn platgen(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_platgen"))
        .current_dir(folder)
        .args(arguments)
        .env_remove("CLICOLOR_FORCE")
        .output()
        .unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

#[test]
fn a_spec_is_rendered_for_every_environment_and_then_nothing_changes() {
    let folder = folder(SPEC);
    let first = platgen(folder.path(), &["render"]);
    assert_eq!(code(&first), 0, "{}", text(&first.stderr));
    assert_eq!(text(&first.stdout), "", "words go to standard error");
    for environment in ["dev", "prod"] {
        let root = folder.path().join("generated/shop").join(environment);
        assert!(root.join("main.tf.json").exists());
        assert!(root.join("modules/data/table.orders.tf.json").exists());
        assert!(root.join(".platgen/manifest.json").exists());
    }
    let again = platgen(folder.path(), &["render"]);
    assert!(text(&again.stderr).contains("0 created, 0 changed, 0 deleted"));
    assert_eq!(code(&platgen(folder.path(), &["render", "--check"])), 0);
}

#[test]
fn check_prints_a_diff_and_exits_with_three() {
    let folder = folder(SPEC);
    platgen(folder.path(), &["render", "-e", "dev"]);
    let changed = SPEC.replace("\"id\"", "\"order\"");
    fs::write(folder.path().join("platform.toml"), changed).unwrap();
    let check = platgen(folder.path(), &["render", "--check", "-e", "dev"]);
    assert_eq!(code(&check), 3);
    let diff = text(&check.stdout);
    for line in ["-        \"hash_key\": \"id\",", "+        \"hash_key\": \"order\","] {
        assert!(diff.contains(line), "{line} is not in:\n{diff}");
    }
    let table = folder.path().join("generated/shop/dev/modules/data/table.orders.tf.json");
    assert!(fs::read_to_string(&table).unwrap().contains("\"id\""), "nothing was written");
    let dry = platgen(folder.path(), &["render", "--dry-run", "-e", "dev"]);
    assert_eq!(code(&dry), 0);
    assert!(text(&dry.stdout).contains("change generated/shop/dev/modules/data/table.orders"));
}

#[test]
fn packed_code_follows_its_sources_and_nothing_else() {
    let function =
        "[function.web]\nsource = \"src\"\nruntime = \"nodejs22.x\"\nhandler = \"index.handler\"\n";
    let folder = folder(&format!("{SPEC}{function}"));
    let source = folder.path().join("src/index.js");
    let write = |content: &str| {
        fs::create_dir_all(source.parent().unwrap()).unwrap();
        fs::write(&source, content).unwrap();
    };
    write("exports.handler = async () => 1;\n");
    let rendered = platgen(folder.path(), &["render", "-e", "dev"]);
    assert_eq!(code(&rendered), 0, "{}", text(&rendered.stderr));
    let archive = folder.path().join("generated/shop/dev/modules/compute/functions/web.zip");
    let bytes = fs::read(&archive).unwrap();
    fs::remove_file(&source).unwrap();
    write("exports.handler = async () => 1;\n");
    fs::set_permissions(&source, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let check = ["render", "--check", "-e", "dev"];
    assert_eq!(code(&platgen(folder.path(), &check)), 0, "neither time nor mode counts");
    write("exports.handler = async () => 2;\n");
    let changed = platgen(folder.path(), &check);
    assert_eq!(code(&changed), 3);
    let name = "generated/shop/dev/modules/compute/functions/web.zip";
    let diff = text(&changed.stdout);
    assert!(diff.contains(&format!("Binary files {name} and {name} differ\n")), "{diff}");
    assert!(diff.contains("+        \"source_code_hash\""), "{diff}");
    assert_eq!(fs::read(&archive).unwrap(), bytes, "nothing was written");
    fs::write(&archive, "edited by hand").unwrap();
    assert_eq!(code(&platgen(folder.path(), &["render", "-e", "dev"])), 2);
    assert_eq!(fs::read(&archive).unwrap(), b"edited by hand");
}

#[test]
fn what_vanishes_from_the_spec_is_deleted_and_files_of_others_stay() {
    let folder = folder(SPEC);
    platgen(folder.path(), &["render", "-e", "dev"]);
    let root = folder.path().join("generated/shop/dev");
    fs::write(root.join("mine.tf"), "# mine\n").unwrap();
    let renamed = SPEC.replace("table.orders", "table.invoices");
    fs::write(folder.path().join("platform.toml"), renamed).unwrap();
    assert_eq!(code(&platgen(folder.path(), &["render", "-e", "dev"])), 0);
    assert!(!root.join("modules/data/table.orders.tf.json").exists());
    assert!(root.join("modules/data/table.invoices.tf.json").exists());
    assert_eq!(fs::read_to_string(root.join("mine.tf")).unwrap(), "# mine\n");
}

#[test]
fn a_hand_edited_file_is_refused_with_the_remedy() {
    let folder = folder(SPEC);
    platgen(folder.path(), &["render"]);
    let edited = folder.path().join("generated/shop/dev/main.tf.json");
    fs::write(&edited, "{}\n").unwrap();
    let changed = SPEC.replace("\"id\"", "\"order\"");
    fs::write(folder.path().join("platform.toml"), changed).unwrap();
    let refused = platgen(folder.path(), &["render"]);
    assert_eq!(code(&refused), 2);
    assert!(text(&refused.stderr).contains("main.tf.json"), "{}", text(&refused.stderr));
    assert_eq!(fs::read_to_string(&edited).unwrap(), "{}\n");
    let prod = folder.path().join("generated/shop/prod/modules/data/table.orders.tf.json");
    assert!(fs::read_to_string(prod).unwrap().contains("\"id\""), "no environment was written");
}

#[test]
fn every_way_to_fail_has_its_exit_code() {
    let good = folder(SPEC);
    let bad = folder("spec = 1\n[platform]\nname = \"shop\"\n");
    fs::write(good.path().join("file"), "").unwrap();
    for (folder, arguments, expected) in [
        (&bad, vec!["check"], 1),
        (&bad, vec!["render"], 1),
        (&good, vec!["check"], 0),
        (&good, vec!["check", "missing.toml"], 1),
        (&good, vec!["render", "-e", "stage"], 2),
        (&good, vec!["render", "--out", "file"], 2),
        (&good, vec!["render", "--check", "--dry-run"], 2),
        (&good, vec!["rendr"], 2),
        (&good, vec!["schema"], 0),
    ] {
        let output = platgen(folder.path(), &arguments);
        assert_eq!(code(&output), expected, "{arguments:?}: {}", text(&output.stderr));
    }
    assert!(!bad.path().join("generated").exists());
}

#[test]
fn json_is_one_document_on_standard_output() {
    let good = folder(SPEC);
    let bad = folder("spec = 2\n[platform]\nname = \"Shop\"\nregion = \"eu-central-1\"\n");
    for (folder, arguments) in [
        (&good, vec!["check", "--format", "json"]),
        (&good, vec!["render", "--format", "json"]),
        (&good, vec!["render", "--format", "json", "-e", "stage"]),
        (&bad, vec!["check", "--format", "json"]),
        (&bad, vec!["render", "--format", "json"]),
    ] {
        let output = platgen(folder.path(), &arguments);
        assert_eq!(text(&output.stderr), "", "{arguments:?}");
        let answer: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert!(answer.is_object(), "{arguments:?}");
    }
    let output = platgen(bad.path(), &["check", "--format", "json"]);
    let answer: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let codes: Vec<&str> = answer["diagnostics"]
        .as_array()
        .unwrap()
        .iter()
        .map(|d| d["code"].as_str().unwrap())
        .collect();
    assert_eq!(codes, ["PG0104", "PG0106"]);
}

#[test]
fn colour_is_never_written_into_a_pipe() {
    let bad = folder("spec = 2\n");
    let output = platgen(bad.path(), &["check"]);
    assert!(!text(&output.stderr).contains('\u{1b}'));
}

/// The same spec, as an editor of Windows saves it, in a folder of several files, or elsewhere.
#[test]
fn the_same_spec_gives_the_same_bytes_wherever_and_however_it_is_saved() {
    let plain = folder(SPEC);
    let windows = folder(&format!("\u{feff}{}", SPEC.replace('\n', "\r\n")));
    let parts = tempfile::tempdir().unwrap();
    fs::create_dir_all(parts.path().join("deep/er")).unwrap();
    let (first, second) = SPEC.split_at(SPEC.find("[environment.dev]").unwrap());
    fs::write(parts.path().join("deep/er/b.toml"), first).unwrap();
    fs::write(parts.path().join("deep/er/a.toml"), second).unwrap();
    let table = |folder: &TempDir, spec: &str| {
        let output = platgen(folder.path(), &["render", spec, "--out", "out"]);
        assert_eq!(code(&output), 0, "{}", text(&output.stderr));
        let file = "out/shop/prod/modules/data/table.orders.tf.json";
        fs::read_to_string(folder.path().join(file)).unwrap()
    };
    let expected = table(&plain, "platform.toml");
    assert_eq!(table(&windows, "platform.toml"), expected);
    assert_eq!(table(&parts, "deep/er"), expected);
}

#[test]
fn what_is_no_spec_is_told_at_its_place() {
    for (spec, place, reason) in [
        ("", "platform.toml:1:1", "the key `spec` is missing"),
        ("spec = [1,\n", "platform.toml:1:11", "unclosed array"),
        ("[kitchen.mails]\n", "platform.toml:1:2", "there is no key `kitchen` here"),
    ] {
        let folder = folder(spec);
        let output = platgen(folder.path(), &["check"]);
        assert_eq!(code(&output), 1);
        let words = text(&output.stderr);
        assert!(words.contains(place) && words.contains(reason), "{words}");
    }
    let nothing = tempfile::tempdir().unwrap();
    for (spec, reason) in [("platform.toml", "there is no such file"), (".", "holds no file")] {
        let output = platgen(nothing.path(), &["check", spec]);
        assert_eq!(code(&output), 1);
        assert!(text(&output.stderr).contains(reason), "{}", text(&output.stderr));
    }
}

/// What stands where platgen would write is not touched, and not followed.
#[test]
fn what_is_in_the_way_is_named_and_stays() {
    let refused = |lay_out: &dyn Fn(&Path), reason: &str| {
        let folder = folder(SPEC);
        lay_out(folder.path());
        let output = platgen(folder.path(), &["render", "-e", "dev"]);
        assert_eq!(code(&output), 2, "{reason}");
        assert!(text(&output.stderr).contains(reason), "{}", text(&output.stderr));
        folder
    };
    refused(&|at| fs::write(at.join("generated"), "mine").unwrap(), "A file stands where");
    let root = "generated/shop/dev";
    refused(
        &|at| fs::create_dir_all(at.join(root).join("main.tf.json")).unwrap(),
        "main.tf.json is a folder",
    );
    let linked = refused(
        &|at| {
            fs::create_dir_all(at.join(root)).unwrap();
            fs::write(at.join("target"), "mine").unwrap();
            std::os::unix::fs::symlink(at.join("target"), at.join(root).join("main.tf.json"))
                .unwrap();
        },
        "main.tf.json is a link",
    );
    assert_eq!(fs::read_to_string(linked.path().join("target")).unwrap(), "mine");
    assert!(!linked.path().join(root).join("versions.tf.json").exists(), "nothing was written");
}

/// `platgen schema | head -1`: whoever reads may stop.
#[test]
fn a_reader_that_stops_is_no_failure() {
    let folder = folder(&format!("{SPEC}[bucket.X]\n"));
    for arguments in [&["schema"][..], &["check", "--format", "json"]] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_platgen"))
            .current_dir(folder.path())
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert!(!text(&output.stderr).contains("panicked"), "{}", text(&output.stderr));
        assert!(matches!(output.status.code(), Some(0 | 1)), "{}", output.status);
    }
}

#[test]
fn control_characters_of_a_spec_never_reach_the_terminal() {
    let bad = folder("spec = 1\n[platform]\nname = \"a\\u001b[31m\"\n[\"\\u001b]0;x\\u0007\"]\n");
    let output = platgen(bad.path(), &["check"]);
    let words = text(&output.stderr);
    assert!(!words.contains(|letter: char| letter.is_control() && letter != '\n'), "{words:?}");
}
