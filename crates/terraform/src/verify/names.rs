//! Names that platgen makes: identifiers and files. And what the builders recorded.
use platgen_diagnostics::SpecPath;

use super::Fault;
use crate::document::{Document, Module, is_identifier};

/// The files of a module that the writer fills itself.
const OWN_FILES: [&str; 3] = ["outputs", "variables", "versions"];

/// Finds names that Terraform would not take, and hands on what the builders recorded.
pub(super) fn check(document: &Document, faults: &mut Vec<Fault>) {
    for misuse in &document.misuses {
        faults.push(fault(&misuse.address, misuse.message.clone(), &misuse.causes));
    }
    let mut identifier = |address: String, name: &str, causes: &[SpecPath]| {
        if !is_identifier(name) {
            let message = format!("`{name}` is no identifier: [a-z][a-z0-9_]*");
            faults.push(fault(&address, message, causes));
        }
    };
    for name in document.variables.keys() {
        identifier(format!("var.{name}"), name, &[]);
    }
    for name in document.outputs.keys() {
        identifier(format!("output.{name}"), name, &[]);
    }
    for (module, content) in &document.modules {
        identifier(format!("module.{module}"), module, &[]);
        for resource in content.resources.values() {
            let address = format!("module.{module}.{}", resource.address);
            identifier(address, &resource.address.name, &resource.causes);
        }
        for name in content.locals.keys() {
            identifier(format!("module.{module}.local.{name}"), name, &[]);
        }
    }
    for (module, content) in &document.modules {
        check_files(module, content, faults);
        for path in content.assets.keys() {
            let message = asset_fault(path);
            let address = format!("module.{module}.asset.{path}");
            faults.extend(message.map(|message| fault(&address, message, &[])));
        }
    }
}

fn check_files(module: &str, content: &Module, faults: &mut Vec<Fault>) {
    for resource in content.resources.values() {
        if let Some(message) = file_fault(&resource.file) {
            let address = format!("module.{module}.{}", resource.address);
            faults.push(fault(&address, message, &resource.causes));
        }
    }
    for (name, local) in &content.locals {
        if let Some(message) = file_fault(&local.file) {
            faults.push(fault(&format!("module.{module}.local.{name}"), message, &[]));
        }
    }
}

/// What is wrong with a file's name, without `.tf.json`.
fn file_fault(file: &str) -> Option<String> {
    let plain =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-".contains(&byte);
    if file.is_empty() || file.starts_with('.') || !file.bytes().all(plain) {
        return Some(format!(
            "the file name `{file}` has other characters than a-z, 0-9, `.`, `_`, `-`"
        ));
    }
    // https://developer.hashicorp.com/terraform/language/files/override
    if file == "override" || file.ends_with("_override") {
        return Some(format!("the file name `{file}` makes Terraform merge the file into others"));
    }
    OWN_FILES.contains(&file).then(|| format!("the file `{file}` is filled by the writer alone"))
}

/// What is wrong with the path of an asset below the folder of its module. It stands in a folder, so
/// that no asset can be taken for configuration, and none for a file that the writer makes.
fn asset_fault(path: &str) -> Option<String> {
    let plain =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-".contains(&byte);
    let is_part =
        |part: &str| !part.is_empty() && !part.starts_with('.') && part.bytes().all(plain);
    let stands_in_a_folder = path.contains('/');
    (!stands_in_a_folder || !path.split('/').all(is_part)).then(|| {
        "the path of an asset is a folder and a file, in a-z, 0-9, `.`, `_`, `-`".to_owned()
    })
}

fn fault(address: &str, message: String, causes: &[SpecPath]) -> Fault {
    Fault { address: address.to_owned(), argument: String::new(), message, causes: causes.to_vec() }
}
