//! The guard against real engines: a folder that holds it is refused by every command that reads
//! the configuration, even beside an override file that asks for any version.
//!
//! The test needs `terraform` or `tofu` in `PATH` and tries each that is there. No provider and no
//! network is used.

use std::io::{ErrorKind, Write as _};
use std::path::Path;
use std::process::{Command, Output};

use platgen::disk::guard;

const ENGINES: [&str; 2] = ["terraform", "tofu"];

const COMMANDS: [&[&str]; 8] = [
    &["init", "-input=false"],
    &["get"],
    &["validate"],
    &["plan", "-input=false"],
    &["apply", "-input=false", "-auto-approve"],
    &["destroy", "-input=false", "-auto-approve"],
    &["refresh", "-input=false"],
    &["test"],
];

/// A configuration that every engine accepts: `terraform_data` is built in.
const CONFIGURATION: &str = r#"{ "resource": { "terraform_data": { "one": { "input": "1" } } } }"#;

/// What a user's override file could say about the version.
const OVERRIDE: &str = r#"{ "terraform": { "required_version": ">= 1.0" } }"#;

#[test]
fn every_engine_refuses_a_guarded_folder_in_every_command() {
    let engines: Vec<&str> = ENGINES.into_iter().filter(|engine| is_installed(engine)).collect();
    assert!(!engines.is_empty(), "this test needs one of {ENGINES:?} in PATH");
    for engine in engines {
        for command in COMMANDS {
            assert_only_the_guard_is_refused(engine, command);
        }
    }
}

fn assert_only_the_guard_is_refused(engine: &str, command: &[&str]) {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    put(folder.path(), "main.tf.json", CONFIGURATION);
    put(folder.path(), "version_override.tf.json", OVERRIDE);
    // Most commands want a folder that `init` has been through.
    assert_success(&run(engine, folder.path(), &["init", "-input=false"]), true);
    assert_success(&run(engine, folder.path(), command), true);

    put(folder.path(), guard::FILE, guard::TEXT);
    let refused = run(engine, folder.path(), command);
    assert_success(&refused, false);
    let text = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(text.contains("run platgen render again"), "{engine} {command:?}: {text}");
}

fn assert_success(output: &Output, expected: bool) {
    let text = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.success(), expected, "{text}\n{errors}");
}

fn run(engine: &str, folder: &Path, command: &[&str]) -> Output {
    // The user's own configuration of the engine must play no part.
    Command::new(engine)
        .args(command)
        .arg("-no-color")
        .current_dir(folder)
        .env("TF_CLI_CONFIG_FILE", folder.join("no-such-file"))
        .env_remove("TF_CLI_ARGS")
        .output()
        .expect("the engine was found before")
}

fn is_installed(engine: &str) -> bool {
    match Command::new(engine).arg("version").output() {
        Ok(output) => output.status.success(),
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::NotFound, "{engine}");
            false
        }
    }
}

fn put(folder: &Path, name: &str, text: &str) {
    std::fs::File::create(folder.join(name))
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .expect("a temporary folder can be written");
}
