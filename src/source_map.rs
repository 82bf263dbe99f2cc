//! `.platgen/sourcemap.json`: which lines of the spec made every resource and data source and, where it
//! is asked for, every argument.
//!
//! It holds paths of the spec, not lines of a file: the same spec gives the same bytes, however it is
//! laid out. `platgen explain` finds the lines.
use crate::lines::{self, Lines};
use crate::pipeline::Lowered;
use crate::spec::Folder;
use platgen_source::diagnostics::SpecPath;
use platgen_terraform::{ModuleAddress, Resource, Value, file_path, pretty};
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeMap;

/// Where it stands in an output folder.
pub const PATH: &str = ".platgen/sourcemap.json";

/// How much a source map tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Detail {
    /// The lines that made each resource
    Resources,
    /// Also the lines that each argument comes from; takes seconds, for the spec is compiled without each
    Arguments,
}

/// The bytes of the source map of an environment.
pub fn source_map(lowered: &Lowered, files: &Folder, detail: Detail) -> Vec<u8> {
    let lines = match detail {
        Detail::Resources => None,
        Detail::Arguments => Some(lines::of_arguments(lowered, files, |_| true)),
    };
    let mut resources = Map::new();
    for (module, content) in &lowered.document.modules {
        for (address, resource) in &content.resources {
            let address = ModuleAddress { module, address: address.clone() };
            resources.insert(address.to_string(), entry(&address, resource, lines.as_ref()));
        }
    }
    let map = json!({ "version": 1, "resources": Json::Object(resources) });
    pretty(&map)
}

fn entry(
    address: &ModuleAddress,
    resource: &Resource,
    lines: Option<&BTreeMap<ModuleAddress, Lines>>,
) -> Json {
    let file = file_path(address.module, &resource.file);
    let mut entry = json!({ "because": paths(&resource.causes), "file": file });
    if let Some(lines) = lines {
        let none = Lines::new();
        entry["arguments"] = arguments(resource, lines.get(address).unwrap_or(&none));
    }
    entry
}

/// The paths of every argument that is set; none where it is a default.
fn arguments(resource: &Resource, lines: &Lines) -> Json {
    let set = resource.arguments.iter().filter(|(_, value)| **value != Value::Null);
    let of_one = |name: &String| paths(lines.get(name).into_iter().flatten());
    Json::Object(set.map(|(name, _)| (name.clone(), of_one(name))).collect())
}

fn paths<'p>(paths: impl IntoIterator<Item = &'p SpecPath>) -> Json {
    let mut texts: Vec<String> = paths.into_iter().map(ToString::to_string).collect();
    texts.sort();
    json!(texts)
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests lay out their own folders")]
mod tests {
    use super::*;
    use crate::pipeline::understand;
    use crate::spec::load;
    use pretty_assertions::assert_eq;

    const TABLE: &str = "spec = 1\n[platform]\nname = \"shop\"\nregion = \"eu-central-1\"\n\
                         [environment.dev]\nprofile = \"development\"\n\
                         [table.orders]\npartition_key = \"id\"\nttl = \"until\"\n";

    fn entry_of_table(detail: Detail) -> Json {
        let folder = tempfile::tempdir().unwrap();
        let spec = folder.path().join("platform.toml");
        std::fs::write(&spec, TABLE).unwrap();
        let understood = understand(load(&spec), &[]).unwrap();
        let map = source_map(&understood.lowered[0], &understood.files, detail);
        let map: Json = serde_json::from_slice(&map).unwrap();
        assert_eq!(map["version"], 1);
        map["resources"]["module.data.aws_dynamodb_table.orders"].clone()
    }

    #[test]
    fn every_address_names_its_lines() {
        let file = "modules/data/table.orders.tf.json";
        let expected = json!({ "because": ["table.orders"], "file": file });
        assert_eq!(entry_of_table(Detail::Resources), expected);
    }

    #[test]
    fn every_argument_names_its_lines_if_that_is_asked_for() {
        let arguments = entry_of_table(Detail::Arguments)["arguments"].clone();
        assert_eq!(arguments["hash_key"], json!(["table.orders.partition_key.name"]));
        assert_eq!(arguments["ttl"], json!(["table.orders.ttl"]));
        assert_eq!(arguments["deletion_protection_enabled"], json!(["environment.dev.profile"]));
        assert_eq!(arguments["billing_mode"], json!([]), "a default comes from no line");
    }
}
