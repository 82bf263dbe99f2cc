//! Tests of the database room: what is found in a spec, what an edge gives, what comes out.
mod findings;
mod grants;
mod lowering;
mod proxy;
mod resolving;

use platgen_source::json;
use pretty_assertions::assert_eq;

/// A database of each engine with every default.
pub(crate) const MYSQL: &str = "[database.main]\nengine = \"aurora-mysql\"\n";
pub(crate) const POSTGRESQL: &str = "[database.main]\nengine = \"aurora-postgresql\"\n";

/// Demands arguments of a resource; those that are not named may be anything.
pub(crate) fn assert_arguments(resource: &json::Value, expected: &json::Value) {
    for (name, value) in expected.as_object().unwrap() {
        assert_eq!(&resource[name], value, "{name}");
    }
}
