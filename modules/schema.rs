//! The JSON Schema of a spec, for editors.
use crate::kinds::Spec;
use platgen_source::{Key, Name, json, schema_of};

/// The key that an overlay cannot hold: an environment has no environments.
const NOT_IN_OVERLAYS: &str = "environment";

/// The schema of a whole spec (draft 2020-12). An environment takes its own keys and a part of every
/// section.
pub fn schema() -> json::Value {
    let mut schema = schema_of::<Spec>(|schemas| {
        schemas.overlay::<Spec>();
    });
    let overlay = schema["$defs"]["kinds.Spec.overlay"]["properties"].take();
    if let Some(definitions) = schema["$defs"].as_object_mut() {
        definitions.remove("kinds.Spec.overlay");
        // The overlay of the environments themselves is never referred to.
        definitions.remove("platform.EnvironmentSpec.overlay");
    }
    let own = &mut schema["$defs"]["platform.EnvironmentSpec"]["properties"];
    if let (Some(own), json::Value::Object(overlay)) = (own.as_object_mut(), overlay) {
        let sections = overlay.into_iter();
        own.extend(sections.filter(|(key, _)| key != NOT_IN_OVERLAYS));
    }
    schema["title"] = "platgen spec".into();
    schema["$comment"] = format!("names match {}", <Name as Key>::PATTERN.unwrap_or("")).into();
    schema
}
