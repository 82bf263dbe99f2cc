//! Capacities and versions that follow from each other.
use crate::data::database::spec::CapacityUnits;
use crate::testing::platform;
use platgen_source::Name;
use platgen_terraform::Value;
use pretty_assertions::assert_eq;
use proptest::prelude::*;

/// Least, most and pause of a serverless database in an environment.
fn capacity(environment: &str, keys: &str) -> (Value, Value, Option<i64>) {
    let head = "[database.main]\nengine = \"aurora-postgresql\"\ninstance = \"db.serverless\"\n";
    let platform = platform(environment, &format!("{head}{keys}\n"));
    let database = &platform.things.database[&Name::new("main").unwrap()];
    let capacity = database.capacity.as_ref().unwrap();
    (capacity.min.value(), capacity.max.value(), capacity.pause_seconds)
}

#[test]
fn capacities_follow_the_profile_and_each_other() {
    for (environment, keys, expected) in [
        ("prod", "", (2, 16, None)),
        ("dev", "", (0, 4, Some(300))),
        ("dev", "capacity.pause = \"1h\"", (0, 4, Some(3600))),
        ("dev", "version = \"16.1\"\ncapacity.min = 1", (1, 4, None)),
        ("prod", "capacity.max = 1", (1, 1, None)),
        ("prod", "capacity.min = 64", (64, 64, None)),
    ] {
        let (min, max, pause) = expected;
        let expected = (Value::from(min), Value::from(max), pause);
        assert_eq!(capacity(environment, keys), expected, "{environment} {keys}");
    }
    let old = capacity("dev", "version = \"16.1\"");
    assert_eq!(old, (Value::from(0.5), Value::from(4), None));
}

proptest! {
    #[test]
    fn halves_of_units_are_written_exactly(halves in 0i64..=512) {
        let expected = match halves % 2 {
            0 => Value::from(halves / 2),
            _ => Value::from(f64::from(i32::try_from(halves).unwrap()) / 2.0),
        };
        prop_assert_eq!(CapacityUnits::halves(halves).value(), expected);
    }
}
