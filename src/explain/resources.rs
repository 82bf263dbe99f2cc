//! Answers about resources.
use super::answer::{ArgumentAnswer, ResourceAnswer};
use super::{Subject, resource_answer};
use crate::lines::{Lines, of_arguments};
use platgen_modules::what_if::{Difference, RootPart};
use platgen_source::diagnostics::SpecPath;
use platgen_terraform::{ModuleAddress, file_path};

/// A resource with the lines that made it, and those that each argument comes from.
pub(super) fn in_full(subject: Subject<'_>, address: &ModuleAddress) -> ResourceAnswer {
    let mut lines = of_arguments(subject.lowered, subject.files, |other| other == address);
    let lines = lines.remove(address);
    with_arguments(subject, address, &lines.unwrap_or_default())
}

/// Every resource with the lines that made it, and those that each argument comes from.
pub(super) fn all_in_full(subject: Subject<'_>) -> Vec<ResourceAnswer> {
    let mut lines = of_arguments(subject.lowered, subject.files, |_| true);
    let all = caused(subject, |_| true);
    let one = |address: &ModuleAddress| {
        with_arguments(subject, address, &lines.remove(address).unwrap_or_default())
    };
    all.iter().map(one).collect()
}

fn with_arguments(subject: Subject<'_>, address: &ModuleAddress, lines: &Lines) -> ResourceAnswer {
    let mut answer = short(subject, address);
    let Some(resource) = subject.lowered.resource(address) else { return answer };
    let argument = |(name, value): (&String, &platgen_terraform::Value)| ArgumentAnswer {
        name: name.clone(),
        value: value.to_string(),
        because: subject.because_all(lines.get(name).into_iter().flatten()),
    };
    let set = resource.arguments.iter();
    let set = set.filter(|(_, value)| **value != platgen_terraform::Value::Null);
    answer.arguments = set.map(argument).collect();
    answer
}

/// What a line does to resources, told from what is different without it.
pub(super) fn of_difference(subject: Subject<'_>, difference: &Difference) -> Vec<ResourceAnswer> {
    let one = |address: &ModuleAddress, change| {
        let file = subject
            .lowered
            .resource(address)
            .map_or_else(String::new, |found| file_path(address.module, &found.file));
        ResourceAnswer { change: Some(change), ..resource_answer(address.to_string(), file) }
    };
    let mut answers: Vec<ResourceAnswer> =
        difference.removed.iter().map(|address| one(address, "makes")).collect();
    answers.extend(difference.added.iter().map(|address| one(address, "replaces")));
    answers.extend(difference.changed.iter().map(|(address, names)| {
        let resource = subject.lowered.resource(address);
        let argument = |name: &String| ArgumentAnswer {
            name: name.clone(),
            value: resource
                .and_then(|resource| resource.arguments.get(name))
                .map_or_else(String::new, ToString::to_string),
            because: Vec::new(),
        };
        ResourceAnswer { arguments: names.iter().map(argument).collect(), ..one(address, "sets") }
    }));
    answers.extend(difference.root.iter().map(|part| part_of_root(*part)));
    answers
}

fn part_of_root(part: RootPart) -> ResourceAnswer {
    let (name, file) = match part {
        RootPart::Backend => ("backend", "backend.tf.json"),
        RootPart::Provider => ("provider", "providers.tf.json"),
        RootPart::Variables => ("variables", "variables.tf.json"),
        RootPart::Versions => ("versions", "versions.tf.json"),
    };
    let answer = resource_answer(name.to_owned(), file.to_owned());
    ResourceAnswer { change: Some("sets"), ..answer }
}

/// The resources that a path, or something in it, is a cause of.
pub(super) fn caused_within(subject: Subject<'_>, path: &SpecPath) -> Vec<ResourceAnswer> {
    let addresses = caused(subject, |cause| cause.is_within(path));
    addresses.iter().map(|address| short(subject, address)).collect()
}

/// The addresses that exactly this line is a cause of.
pub(super) fn caused_by(subject: Subject<'_>, path: &SpecPath) -> Vec<String> {
    let addresses = caused(subject, |cause| cause == path);
    addresses.iter().map(ToString::to_string).collect()
}

fn caused(subject: Subject<'_>, fits: impl Fn(&SpecPath) -> bool) -> Vec<ModuleAddress> {
    let mut addresses = Vec::new();
    for (module, content) in &subject.lowered.document.modules {
        for (address, resource) in &content.resources {
            if resource.causes.iter().any(&fits) {
                addresses.push(ModuleAddress { module, address: address.clone() });
            }
        }
    }
    addresses
}

fn short(subject: Subject<'_>, address: &ModuleAddress) -> ResourceAnswer {
    let resource = subject.lowered.resource(address);
    let file = resource.map_or_else(String::new, |found| file_path(address.module, &found.file));
    let causes = resource.map(|found| subject.because_all(&found.causes)).unwrap_or_default();
    ResourceAnswer { because: causes, ..resource_answer(address.to_string(), file) }
}
