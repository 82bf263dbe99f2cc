//! The resources of a REST API: one for each part of each path, below the part before it.
use super::rest_api_id;
use crate::compute::MODULE;
use crate::compute::api::Api;
use crate::compute::api::pattern::{Path, Pattern, Segment};
use crate::names::short_hash;
use platgen_source::diagnostics::SpecPath;
use platgen_source::is_hyphenated;
use platgen_terraform::{Address, Document, Handle, Value, block};
use std::collections::BTreeMap;

const KIND: &str = "aws_api_gateway_resource";

/// The longest part of a path that stands in the name of its resource as it is.
const LONGEST_WORD: usize = 64;

/// Every part of every path, with the routes that go there or further. The root is none of them: it
/// is made with the API.
pub(in crate::compute::api) fn paths(api: &Api) -> BTreeMap<&[Segment], Vec<&SpecPath>> {
    let mut paths: BTreeMap<&[Segment], Vec<&SpecPath>> = BTreeMap::new();
    for route in &api.routes {
        for pattern in &route.patterns {
            let Pattern::Path(_, path) = pattern else { continue };
            for length in 1..=path.0.len() {
                let routes = paths.entry(&path.0[..length]).or_default();
                if routes.last() != Some(&&route.path) {
                    routes.push(&route.path);
                }
            }
        }
    }
    paths
}

/// Puts the resources into a document.
pub(super) fn lower(api: &Api, out: &mut Document) {
    for (path, routes) in paths(api) {
        let Some((last, before)) = path.split_last() else { continue };
        let arguments = block! {
            rest_api_id: rest_api_id(api),
            parent_id: resource_id(api, before),
            path_part: last.to_string(),
        };
        let mut file = out.module(MODULE).file(&api.id.file());
        file.resource(KIND, &name(api, path), arguments).causes(routes).add();
    }
}

/// The id of the resource at a path.
pub(super) fn path_id(api: &Api, path: &Path) -> Value {
    resource_id(api, &path.0)
}

fn resource_id(api: &Api, path: &[Segment]) -> Value {
    match path {
        [] => api.handle().get("root_resource_id"),
        _ => Handle::new(MODULE, Address::managed(KIND, &name(api, path))).get("id"),
    }
}

fn name(api: &Api, path: &[Segment]) -> String {
    let words: Vec<String> = path.iter().map(word).collect();
    format!("{}__{}", api.id.local(&[]), words.join("__"))
}

/// A part of a path as names of resources write it. Words with single hyphens stand as they are;
/// others, and variables, have three `_` inside, which no such word has.
fn word(segment: &Segment) -> String {
    let plain = |text: &str| text.replace('-', "_");
    match segment {
        Segment::Literal(text) if is_hyphenated(text, LONGEST_WORD) => plain(text),
        Segment::Literal(text) => hashed("part", text),
        Segment::Variable(name) => hashed("any", name),
        Segment::Greedy(name) => hashed("rest", name),
    }
}

fn hashed(word: &str, text: &str) -> String {
    format!("{word}___{}", short_hash(text))
}
