//! The parts of a schema that a verdict on whole values does not show: docs, overlays, definitions.
#![expect(dead_code, reason = "the types are only described, never read")]
use super::*;
use crate::values::OneOrMore;
use platgen_source_derive::Read;
use pretty_assertions::assert_eq;

macro_rules! declared {
    ($(#[doc = $doc:literal])+ $name:ident) => {
        $(#[doc = $doc])+
        #[derive(Debug, Read)]
        struct $name {
            $(#[doc = $doc])+
            plain: i64,
            #[doc = concat!("What it does with `", stringify!($name), "`.")]
            joined: Option<bool>,
            undocumented: Option<bool>,
        }
    };
}

declared! {
    /// The first line,
    /// and the second one.
    Documented
}

#[test]
fn docs_become_descriptions_even_if_a_macro_puts_them_together() {
    let schema = schema_of::<Documented>(|_| {});
    let section = &schema["$defs"]["schema.tests.Documented"];
    assert_eq!(section["description"], "The first line,\nand the second one.");
    let properties = &section["properties"];
    assert_eq!(properties["plain"]["description"], "The first line,\nand the second one.");
    assert_eq!(properties["joined"]["description"], "What it does with `Documented`.");
    assert_eq!(properties["undocumented"]["description"], "");
}

#[derive(Debug, Read)]
struct Tree {
    name: String,
    children: Vec<Tree>,
    left: BTreeMap<String, Leaf>,
    right: Option<OneOrMore<Leaf>>,
}

#[derive(Debug, Read)]
#[spec(short = "weight")]
struct Leaf {
    weight: i64,
    color: String,
}

#[test]
fn a_section_of_itself_is_one_definition() {
    let schema = schema_of::<Tree>(|_| {});
    let names: Vec<&String> = schema["$defs"].as_object().unwrap().keys().collect();
    assert_eq!(names, ["schema.tests.Leaf", "schema.tests.Tree"]);
    assert_eq!(schema["$ref"], "#/$defs/schema.tests.Tree");
    let validator = jsonschema::validator_for(&schema).unwrap();
    let leafless = json!({ "name": "a", "children": [{ "name": "b", "children": [] }] });
    assert!(validator.is_valid(&leafless));
    assert!(!validator.is_valid(&json!({ "name": "a", "children": [{}] })));
}

/// Every key of an overlay may be absent, but a list replaces the one below: what stands in it is
/// whole.
#[test]
fn an_overlay_needs_no_key_but_its_lists_are_whole() {
    let mut schema = schema_of::<Tree>(|schemas| {
        schemas.overlay::<Tree>();
    });
    schema["$ref"] = "#/$defs/schema.tests.Tree.overlay".into();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for (overlay, expected) in [
        (json!({}), true),
        (json!({ "left": { "x": { "color": "red" } } }), true),
        (json!({ "left": { "x": { "colour": "red" } } }), false),
        (json!({ "left": { "x": 5 } }), true),
        (json!({ "right": [{ "weight": 1, "color": "red" }] }), true),
        (json!({ "right": [{ "weight": 1 }] }), false),
        (json!({ "right": { "weight": 1 } }), false),
        (json!({ "children": [{ "name": "x" }] }), true),
        (json!({ "children": [{}] }), false),
    ] {
        assert_eq!(validator.is_valid(&overlay), expected, "{overlay}");
    }
}

#[test]
fn forms_that_are_tables_do_not_count_as_short() {
    let mut schemas = Schemas { extent: Extent::Whole, definitions: BTreeMap::new() };
    let reference = json!({ "$ref": "#/$defs/outer" });
    let short = schemas.short(<OneOrMore<Leaf>>::schema, reference.clone());
    let item = json!({ "anyOf": [
        { "type": "integer", "minimum": i64::MIN, "maximum": i64::MAX },
        { "$ref": "#/$defs/schema.tests.Leaf" },
    ] });
    let list = json!({ "type": "array", "items": item, "minItems": 1 });
    assert_eq!(short, json!({ "anyOf": [item["anyOf"][0], list, reference] }));
    let none = schemas.short(<BTreeMap<String, bool>>::schema, reference.clone());
    assert_eq!(none, json!({ "anyOf": [reference] }));
    let forms: [fn(&mut Schemas) -> Json; 2] = [bool::schema, String::schema];
    let either = json!({ "anyOf": [{ "type": "boolean" }, { "type": "string" }] });
    assert_eq!(schemas.any_of(&forms), either);
}
