//! A reviewer finds everything of a rendered root: a thing in files with its name, what several share in files
//! named for their purpose, and what others need to know in outputs of the root.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use platgen::pipeline::{Lowered, understand};
use platgen::spec::load;
use platgen_modules::kind::{Output, Outputs, PartOutputs, Thing, ThingId};
use platgen_modules::kinds;
use platgen_source::diagnostics::SpecPath;
use platgen_terraform::Resource;
use std::path::{Path, PathBuf};

/// The files of what belongs to no single thing, and their purpose.
const SHARED: [(&str, &str); 20] = [
    ("alarms", "every alarm, because whoever is woken looks for the alarm and not for the thing"),
    ("backup", "the vault, the plan, and what is copied"),
    ("cluster", "the ECS cluster of all services and jobs"),
    ("context", "what AWS says of account and partition"),
    ("dashboard", "the dashboard"),
    ("endpoints", "ways to AWS services that do not lead over the internet"),
    ("events", "failures that AWS tells"),
    ("firewalls", "what firewalls share"),
    ("flow_logs", "the flow logs of the VPC"),
    ("key", "the key of the module"),
    ("log_archive", "copies of all logs"),
    ("logs", "the key of logs, or the bucket that they lie in"),
    ("metrics", "metrics made of logs"),
    ("network", "the VPC and its subnets"),
    ("queries", "saved queries of logs"),
    ("routing", "gateways and routes"),
    ("topics", "whom alarms and failures are told"),
    ("traces", "which requests are traced"),
    ("workflow_key", "the key of state machines"),
    ("zone", "the hosted zone"),
];

/// What placeholders name and only those inside the network can use: services find each other there.
const INSIDE: [(&str, &str); 3] = [("service", "host"), ("service", "port"), ("service", "url")];
/// What is there if the thing was asked for it.
const SOMETIMES: [(&str, &str); 1] = [("table", "stream_arn")];

/// Kinds of things that platgen makes nothing of: they are there already, and edges lead to them.
const MADE_ELSEWHERE: [&str; 1] = ["external"];

fn environments() -> Vec<Lowered> {
    let folders = std::fs::read_dir("examples").unwrap().map(|entry| entry.unwrap().path());
    let specs = folders.map(|folder| folder.join("platform.toml")).filter(|spec| spec.exists());
    let mut specs: Vec<PathBuf> = specs.collect();
    specs.sort();
    specs.iter().flat_map(|spec| understand(load(Path::new(spec)), &[]).unwrap().lowered).collect()
}

/// Every resource and data source, with its module.
fn resources(environment: &Lowered) -> impl Iterator<Item = (&'static str, &Resource)> {
    let modules = environment.document.modules.iter();
    modules.flat_map(|(name, module)| module.resources.values().map(move |body| (*name, body)))
}

/// The thing that a file belongs to.
fn owner<'a>(file: &str, environment: &'a Lowered) -> Option<&'a dyn Thing> {
    let (kind, name) = file.split_once('.')?;
    environment.platform.things.get(kind, name)
}

/// Whether a name is a thing's, alone or with parts behind it.
fn bears_name(name: &str, id: &ThingId) -> bool {
    [id.local(&[]), id.identifier()].iter().any(|own| {
        name.strip_prefix(own.as_str())
            .is_some_and(|rest| rest.is_empty() || rest.starts_with("__"))
    })
}

#[test]
fn every_thing_has_a_file_with_its_name_in_its_module() {
    for environment in environments() {
        let things = environment.platform.things.all();
        for thing in things.filter(|thing| !MADE_ELSEWHERE.contains(&thing.id().kind)) {
            let (module, file) = (kinds::module_of(thing.id().kind).unwrap(), thing.id().file());
            let found =
                resources(&environment).any(|(name, body)| name == module && body.file == file);
            assert!(found, "{module} has no file {file}.tf.json");
        }
    }
}

#[test]
fn what_stands_in_the_file_of_a_thing_bears_its_name_or_is_caused_by_it() {
    for environment in environments() {
        for (module, body) in resources(&environment) {
            let Some(thing) = owner(&body.file, &environment) else { continue };
            let (id, address) = (thing.id(), &body.address);
            let caused = |path: &SpecPath| path.is_within(&id.path());
            let is_its = bears_name(&address.name, id) || body.causes.iter().any(caused);
            assert!(is_its, "module.{module}.{address} does not belong into {}", body.file);
        }
    }
}

#[test]
fn every_other_file_is_named_for_its_purpose() {
    for environment in environments() {
        for (module, body) in resources(&environment) {
            let known = SHARED.iter().any(|(file, _)| *file == body.file);
            let is_named = known || owner(&body.file, &environment).is_some();
            assert!(is_named, "module.{module}.{} stands in {}", body.address, body.file);
        }
    }
}

#[test]
fn what_placeholders_name_is_an_output_of_the_root() {
    for environment in environments() {
        let outputs = &environment.document.outputs;
        for thing in environment.platform.things.all() {
            let id = thing.id();
            let words = match kinds::outputs(id.kind).unwrap() {
                Outputs::Named(own) | Outputs::WithParts(PartOutputs { own, .. }) => own,
                Outputs::JsonKey => &[],
            };
            for word in words {
                let given = thing.output(&[(*word).to_owned()], id, &environment.platform);
                let place = (id.kind, *word);
                let left_out = INSIDE.contains(&place) || SOMETIMES.contains(&place);
                let is_told = outputs.contains_key(&id.part(&[word]));
                let is_secret = matches!(given, Output::Secret(_));
                assert!(is_told || is_secret || left_out, "no output {}", id.part(&[word]));
            }
        }
    }
}

#[test]
fn every_output_says_what_it_is() {
    for environment in environments() {
        for (name, output) in &environment.document.outputs {
            assert!(output.description.len() > "The".len(), "{name}: {}", output.description);
        }
    }
}
