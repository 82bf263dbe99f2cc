//! The one helper that the unit tests of types share.
use crate::parse::parse;
use crate::read::Read;
use crate::support::{judge, validator};
use pretty_assertions::assert_eq;
use std::fmt::Debug;

/// A TOML value, and what it becomes as `Debug` prints it, or the codes and paths of its faults.
pub(crate) type Case =
    (&'static str, Result<&'static str, &'static [(&'static str, &'static str)]>);

/// Judges a TOML value, and compares what it becomes, or what is wrong with it.
#[track_caller]
pub(crate) fn check<T: Read + Debug>(cases: &[Case]) {
    let schema = validator::<T>();
    for (value, expected) in cases {
        let mut tree = parse(0, &format!("value = {value}")).unwrap();
        let node = tree.table_mut().unwrap().remove("value").unwrap();
        let (read, faults) = judge::<T>(node, &schema);
        let expected_faults = expected.err().unwrap_or_default();
        let faults: Vec<_> = faults.iter().map(|(code, path)| (*code, path.as_str())).collect();
        assert_eq!(faults, expected_faults, "{value}");
        if let Ok(expected) = expected {
            assert_eq!(format!("{:?}", read.unwrap()), *expected, "{value}");
        }
    }
}
