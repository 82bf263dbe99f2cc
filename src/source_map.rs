//! `.platgen/sourcemap.json`: which lines of the spec made every resource and data source.
//!
//! It holds paths of the spec, not lines of a file: the same spec gives the same bytes, however it is
//! laid out. `platgen explain` finds the lines, and those of every argument.
use platgen_terraform::{Document, pretty};
use serde_json::{Map, Value as Json, json};

/// Where it stands in an output folder.
pub const PATH: &str = ".platgen/sourcemap.json";

/// The bytes of the source map of a document.
pub fn source_map(document: &Document) -> Vec<u8> {
    let mut resources = Map::new();
    for (module, content) in &document.modules {
        for (address, resource) in &content.resources {
            let mut causes: Vec<String> = resource.causes.iter().map(ToString::to_string).collect();
            causes.sort();
            let file = format!("modules/{module}/{}.tf.json", resource.file);
            let entry = json!({ "because": causes, "file": file });
            resources.insert(format!("module.{module}.{address}"), entry);
        }
    }
    let map = json!({ "version": 1, "resources": Json::Object(resources) });
    pretty(&map)
}

#[cfg(test)]
mod tests {
    use super::*;
    use platgen_source::diagnostics::SpecPath;
    use platgen_terraform::block;
    use pretty_assertions::assert_eq;

    #[test]
    fn every_address_names_its_lines() {
        let mut document = Document::default();
        let mut file = document.module("network").file("network");
        let cause = SpecPath::of(["network", "cidr"]);
        file.resource("aws_vpc", "main", block! {}).cause(&cause).add();
        let map: Json = serde_json::from_slice(&source_map(&document)).unwrap();
        let expected = json!({
            "version": 1,
            "resources": {
                "module.network.aws_vpc.main": {
                    "because": ["network.cidr"],
                    "file": "modules/network/network.tf.json",
                },
            },
        });
        assert_eq!(map, expected);
    }
}
