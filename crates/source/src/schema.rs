//! JSON Schema (draft 2020-12) of the types that can stand in a spec, for editors.
use crate::read::Read;
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeMap;

/// Whether a schema speaks of a whole section or of a part that is laid over one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// Required keys are required.
    Whole,
    /// Every key may be absent: the layer below has it.
    Overlay,
}

/// Collects the definitions that schemas refer to.
#[derive(Debug)]
pub struct Schemas {
    extent: Extent,
    definitions: BTreeMap<String, Json>,
}

/// A key of a section, as the derive macro sees it.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// The key.
    pub key: &'static str,
    /// Its documentation.
    pub doc: &'static str,
    /// The schema of its type.
    pub schema: fn(&mut Schemas) -> Json,
    /// Whether the key must be there.
    pub required: bool,
}

impl Schemas {
    /// The reference to a section, which is defined when it is first met.
    ///
    /// `path` is the Rust path of its type. The name of the definition is that path without the
    /// package, so two types of one package never share a definition.
    pub fn section(&mut self, path: &str, doc: &str, fields: &[Field]) -> Json {
        let name = path.split_once("::").map_or(path, |(_, inner)| inner).replace("::", ".");
        let name = match self.extent {
            Extent::Whole => name,
            Extent::Overlay => format!("{name}.overlay"),
        };
        if !self.definitions.contains_key(&name) {
            self.definitions.insert(name.clone(), Json::Null);
            let section = self.section_body(doc, fields);
            self.definitions.insert(name.clone(), section);
        }
        json!({ "$ref": format!("#/$defs/{name}") })
    }

    fn section_body(&mut self, doc: &str, fields: &[Field]) -> Json {
        let mut properties = Map::new();
        for field in fields {
            let mut schema = (field.schema)(self);
            schema["description"] = field.doc.into();
            properties.insert(field.key.to_owned(), schema);
        }
        let mut section = json!({
            "type": "object",
            "description": doc,
            "properties": properties,
            "additionalProperties": false,
        });
        let required: Vec<_> =
            fields.iter().filter(|field| field.required).map(|f| f.key).collect();
        if self.extent == Extent::Whole && !required.is_empty() {
            section["required"] = required.into();
        }
        section
    }

    /// One of several forms.
    pub fn any_of(&mut self, forms: &[fn(&mut Self) -> Json]) -> Json {
        let forms: Vec<Json> = forms.iter().map(|form| form(self)).collect();
        json!({ "anyOf": forms })
    }

    /// A value that stands for a table with one key, or the table at `reference`. Forms of the value
    /// that are tables are left out: the reader takes every table for the long form.
    pub fn short(&mut self, value: fn(&mut Self) -> Json, reference: Json) -> Json {
        let mut forms = Vec::new();
        without_tables(value(self), &mut forms);
        forms.push(reference);
        json!({ "anyOf": forms })
    }

    /// A verb, a list of verbs, or the table of verbs at `reference`.
    pub fn verbs(&mut self, words: &[&str], reference: &Json) -> Json {
        let word = json!({ "type": "string", "enum": words });
        json!({ "anyOf": [word, { "type": "array", "items": word }, reference] })
    }

    /// The schema of a type as it may be written in an overlay.
    pub fn overlay<T: Read>(&mut self) -> Json {
        self.with_extent::<T>(Extent::Overlay)
    }

    /// The schema of a type as it stands in a list. A list of an overlay replaces the one below it,
    /// so what stands in it is never laid over anything and must be whole.
    pub fn item<T: Read>(&mut self) -> Json {
        self.with_extent::<T>(Extent::Whole)
    }

    fn with_extent<T: Read>(&mut self, extent: Extent) -> Json {
        let outer = std::mem::replace(&mut self.extent, extent);
        let schema = T::schema(self);
        self.extent = outer;
        schema
    }
}

/// Collects the forms of a schema that are no tables. References are only made to tables.
fn without_tables(mut schema: Json, forms: &mut Vec<Json>) {
    if let Some(Json::Array(inner)) = schema.get_mut("anyOf").map(Json::take) {
        for form in inner {
            without_tables(form, forms);
        }
    } else if schema.get("$ref").is_none() && schema["type"] != "object" {
        forms.push(schema);
    }
}

/// The whole schema of a root type. `finish` may change definitions before they are put together.
pub fn schema_of<T: Read>(finish: impl FnOnce(&mut Schemas)) -> Json {
    let mut schemas = Schemas { extent: Extent::Whole, definitions: BTreeMap::new() };
    let mut root = T::schema(&mut schemas);
    finish(&mut schemas);
    root["$schema"] = "https://json-schema.org/draft/2020-12/schema".into();
    root["$defs"] = json!(schemas.definitions);
    root
}

#[cfg(test)]
mod tests;
