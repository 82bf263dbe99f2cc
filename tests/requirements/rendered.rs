//! The rendered output of one environment, by address and path.
use platgen::pipeline::Root;
use serde_json::{Map, Value as Json};
use std::collections::BTreeMap;

/// Every body of an environment: `module.data.aws_s3_bucket.files`, `module.data.data.aws_partition.current`,
/// `module.data.local.rules`, `output.bucket__files__name`, `provider`, `terraform`.
pub(crate) struct Rendered {
    /// The environment.
    pub(crate) environment: String,
    bodies: BTreeMap<String, Json>,
}

impl Rendered {
    /// Reads the files of an environment.
    pub(crate) fn of(root: &Root) -> Self {
        let mut bodies = BTreeMap::new();
        let files = root.files.iter().filter(|(path, _)| path.ends_with(".tf.json"));
        for (path, bytes) in files {
            let module = path.strip_prefix("modules/").and_then(|path| path.split('/').next());
            let prefix = module.map_or(String::new(), |module| format!("module.{module}."));
            let content: Map<String, Json> = serde_json::from_slice(bytes).unwrap();
            for (block, content) in content {
                // What a module gives is wiring; what the root gives is for those who run it.
                let depth = match (block.as_str(), module) {
                    ("resource" | "data", _) => 2,
                    ("locals", _) | ("output", None) => 1,
                    ("provider" | "terraform", None) => 0,
                    _ => continue,
                };
                let head = match block.as_str() {
                    "resource" => prefix.trim_end_matches('.').to_owned(),
                    "locals" => format!("{prefix}local"),
                    _ => format!("{prefix}{block}"),
                };
                collect(&head, content, depth, &mut bodies);
            }
        }
        Self { environment: root.environment.clone(), bodies }
    }

    /// The bodies whose addresses fit a pattern, in which `*` stands for any letters.
    pub(crate) fn matching(&self, pattern: &str) -> Vec<(&str, &Json)> {
        let fitting = self.bodies.iter().filter(|(address, _)| fits(address, pattern));
        fitting.map(|(address, body)| (address.as_str(), body)).collect()
    }
}

fn collect(head: &str, content: Json, depth: usize, bodies: &mut BTreeMap<String, Json>) {
    match content {
        Json::Object(below) if depth > 0 => {
            for (name, content) in below {
                collect(&format!("{head}.{name}"), content, depth - 1, bodies);
            }
        }
        body => {
            bodies.insert(head.to_owned(), body);
        }
    }
}

fn fits(text: &str, pattern: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else { return text == pattern };
    let Some(text) = text.strip_prefix(start) else { return false };
    (0..=text.len()).any(|place| text.is_char_boundary(place) && fits(&text[place..], rest))
}

/// The values at a path: `rule[0].id`; `[*]` stands for every item of a list, or every value of a table.
pub(crate) fn values<'a>(body: &'a Json, path: &str) -> Vec<&'a Json> {
    let steps = path.split('.').flat_map(|step| {
        let (key, places) = step.split_once('[').unwrap_or((step, ""));
        let places = places.split('[').filter(|place| !place.is_empty());
        std::iter::once(key).chain(places.map(|place| place.trim_end_matches(']')))
    });
    let steps = steps.filter(|step| !step.is_empty());
    steps
        .fold(vec![body], |found, step| found.into_iter().flat_map(|json| at(json, step)).collect())
}

fn at<'a>(json: &'a Json, step: &str) -> Vec<&'a Json> {
    match (json, step) {
        (Json::Array(items), "*") => items.iter().collect(),
        (Json::Object(table), "*") => table.values().collect(),
        (Json::Array(items), place) => {
            place.parse().ok().and_then(|place: usize| items.get(place)).into_iter().collect()
        }
        (Json::Object(table), key) => table.get(key).into_iter().collect(),
        _ => Vec::new(),
    }
}

/// Whether a value is what is expected, or holds it: a text a part, a list an item, a table some of its keys.
pub(crate) fn contains(found: &Json, expected: &Json) -> bool {
    match (found, expected) {
        (Json::String(found), Json::String(expected)) => found.contains(expected.as_str()),
        (Json::Array(found), Json::Array(expected)) => {
            expected.iter().all(|wanted| found.iter().any(|item| contains(item, wanted)))
        }
        (Json::Array(found), expected) => found.iter().any(|item| contains(item, expected)),
        (Json::Object(found), Json::Object(expected)) => expected
            .iter()
            .all(|(key, wanted)| found.get(key).is_some_and(|value| contains(value, wanted))),
        _ => found == expected,
    }
}
