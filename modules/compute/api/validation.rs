//! What a request to a REST API must hold before anything answers it.
use super::spec::{RequestValue, ValidateSpec};
use crate::kind::Resolving;
use platgen_source::diagnostics::{SpecPath, code};
use platgen_source::json;
use std::collections::BTreeSet;

/// What a request must hold; empty if it is not looked at.
#[derive(Debug, Default)]
pub(super) struct Validation {
    /// The JSON Schema of the body, as it stands in the file but for white space.
    pub(super) body: Option<String>,
    /// What must be there: `method.request.header.X-Id`.
    pub(super) parameters: BTreeSet<String>,
}

impl Validation {
    pub(super) fn resolve(
        spec: &ValidateSpec,
        place: &SpecPath,
        resolving: &mut Resolving<'_>,
    ) -> Self {
        let headers = spec.headers.iter().map(|name| parameter("header", name.as_str()));
        let keys = spec.query.iter().map(|key| parameter("query", key.as_str()));
        let validation = Self {
            body: spec
                .body
                .as_deref()
                .and_then(|file| read_schema(file, &place.key("body"), resolving)),
            parameters: headers.chain(keys).collect(),
        };
        if spec.body.is_none() && validation.parameters.is_empty() {
            let message = "nothing says what a request must hold";
            let help = "set `body`, `headers` or `query`";
            resolving.find_with(&code::MISSING_KEY, place, message, help);
        }
        validation
    }

    /// Demands values of a request. The variables of its path are always there.
    pub(super) fn require<'a>(&mut self, values: impl Iterator<Item = &'a RequestValue>) {
        let open = values.map(RequestValue::parts).filter(|(place, _)| *place != "path");
        self.parameters.extend(open.map(|(place, name)| parameter(place, name)));
    }

    /// Whether requests are looked at.
    pub(super) fn is_there(&self) -> bool {
        self.body.is_some() || !self.parameters.is_empty()
    }
}

/// How a REST API names a header or a key of the query.
fn parameter(place: &str, name: &str) -> String {
    let place = if place == "query" { "querystring" } else { place };
    format!("method.request.{place}.{name}")
}

/// Reads a file that holds a JSON Schema. One JSON text gives one result, however it is laid out.
fn read_schema(file: &str, place: &SpecPath, resolving: &mut Resolving<'_>) -> Option<String> {
    let fault = match resolving.files.read(file) {
        Err(fault) => format!("`{}`: {fault}", file.escape_debug()),
        Ok(bytes) => match json::from_slice::<json::Value>(&bytes) {
            Ok(schema) if schema.is_object() => return Some(schema.to_string()),
            Ok(_) => format!("`{}` holds JSON that is no object", file.escape_debug()),
            Err(fault) => format!("`{}` is no JSON: {fault}", file.escape_debug()),
        },
    };
    resolving.find(&code::BAD_FILE, place, fault);
    None
}
