//! Where code comes from, and what is packed.
use super::{FUNCTION, compile, files};
use crate::compute::function::code::{Archive, Code};
use crate::files::{FileFault, Files, Package};
use crate::testing::HEADER;
use crate::{compile as compile_environment, layers, merge};
use platgen_source::{Name, parse};
use pretty_assertions::assert_eq;

/// The package of the function in a text without errors.
fn package(toml: &str) -> Package {
    let compiled = compile("dev", toml);
    let platform = compiled.platform.unwrap_or_else(|| panic!("{:#?}", compiled.findings));
    match &platform.things.function[&Name::new("web").unwrap()].code {
        Some(Code::Archive { archive: Archive::Package(package), .. }) => package.clone(),
        code => panic!("{code:?}"),
    }
}

/// The messages about a function with another source.
fn messages(source: &str) -> Vec<String> {
    let text = FUNCTION.replace("\"src\"", source);
    compile("dev", &text).findings.iter().map(|finding| finding.message.clone()).collect()
}

#[test]
fn a_folder_is_packed_with_everything_that_is_not_excluded() {
    let names = |more: &str| package(&format!("{FUNCTION}{more}")).files.unwrap().join(" ");
    assert_eq!(names(""), "index.js lib/util.js lib/util.js.map");
    assert_eq!(names("exclude = [\"**/*.map\"]"), "index.js lib/util.js");
    assert_eq!(names("exclude = [\"lib\"]"), "index.js");
}

#[test]
fn a_file_is_packed_alone_and_an_archive_is_taken_as_it_is() {
    let python = FUNCTION
        .replace("\"src\"", "\"one/main.py\"")
        .replace("nodejs22.x", "python3.13")
        .replace("index.handler", "main.main");
    assert_eq!(package(&python).files.unwrap(), ["main.py"]);
    let java = FUNCTION.replace("\"src\"", "\"app.jar\"").replace("nodejs22.x", "java21");
    assert_eq!(package(&java).bytes[..], *b"PK\x03\x04");
    assert_eq!(package(&java).files, None);
}

#[test]
fn what_cannot_be_packed_is_told_with_its_reason() {
    for (source, expected) in [
        ("\"missing\"", "`missing` cannot be packed: there is no such file"),
        ("\"text.zip\"", "`text.zip` is no zip archive"),
        ("\"src\"\nexclude = [\"**\"]", "`src` holds no file that could be packed"),
        ("\"native\"", "the package has no `index.js` or `index.mjs` or `index.cjs`"),
    ] {
        assert_eq!(messages(source), [expected]);
    }
    let with_layer = format!(
        "{}layers = [\"arn:aws:lambda:us-east-2:123456789012:layer:tools:3\"]\n",
        FUNCTION.replace("\"src\"", "\"native\"")
    );
    assert!(compile("dev", &with_layer).findings.is_empty());
}

/// Files on a disk that answer as one with links, with large files, or out of reach does.
struct Faulty(FileFault);

impl Files for Faulty {
    fn read_up_to(&self, _: usize, path: &str) -> Result<Vec<u8>, FileFault> {
        match path {
            "src" => Err(FileFault::Unreadable("it is a folder".to_owned())),
            _ => Err(self.0.clone()),
        }
    }

    fn list(&self, _: &str) -> Result<Vec<String>, FileFault> {
        match &self.0 {
            FileFault::TooLarge(_) | FileFault::Missing => Ok(vec!["index.js".to_owned()]),
            fault => Err(fault.clone()),
        }
    }
}

#[test]
fn faults_of_the_disk_are_handed_on() {
    let link = "`node_modules/.bin/tsc` is neither a file nor a folder";
    for (fault, id, message, has_help) in [
        (
            FileFault::Unreadable(link.to_owned()),
            "PG0406",
            format!("`src` cannot be packed: {link}"),
            true,
        ),
        (
            FileFault::Outside,
            "PG0406",
            "`src` cannot be packed: the path leads out of the folder of the spec".to_owned(),
            false,
        ),
        (
            FileFault::TooLarge(1),
            "PG0405",
            "`src` has more than 262144000 bytes, the most of a function".to_owned(),
            true,
        ),
        (
            FileFault::Missing,
            "PG0406",
            "`src/index.js` cannot be packed: there is no such file".to_owned(),
            false,
        ),
    ] {
        let tree = parse(0, &format!("{HEADER}{FUNCTION}")).unwrap();
        let merged = merge(&layers(tree), "dev").unwrap();
        let findings = compile_environment(&merged, &Faulty(fault)).findings;
        let rows: Vec<_> =
            findings.iter().map(|f| (f.code.id, f.message.clone(), !f.help.is_empty())).collect();
        assert_eq!(rows, [(id, message, has_help)]);
    }
}

#[test]
fn a_package_says_little_of_itself() {
    let package = package(FUNCTION);
    let text = format!("{package:?}");
    assert!(text.contains(&package.digest) && text.len() < 100, "{text}");
    assert!(files().read_up_to(1, "src/index.js") == Err(FileFault::TooLarge(1)));
}
