//! Whole days within a range: how long backups and snapshots are kept.
use crate::kind::Resolving;
use platgen_source::diagnostics::{SpecPath, code};
use platgen_source::{Duration, Node, Read, Reader, Schemas, json};
use std::ops::RangeInclusive;

/// A number of whole days from `MIN` to `MAX`, written `"7d"`. Where `MIN` is 0, `"0d"` is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Days<const MIN: i64, const MAX: i64>(i64);

impl<const MIN: i64, const MAX: i64> Days<MIN, MAX> {
    /// Takes a number of days within the range.
    pub fn new(days: i64) -> Option<Self> {
        (MIN..=MAX).contains(&days).then_some(Self(days))
    }

    /// The number of days.
    pub fn get(self) -> i64 {
        self.0
    }

    /// The words of the whole range, shortest first.
    fn words() -> Vec<String> {
        (MIN..=MAX).map(|days| format!("{days}d")).collect()
    }
}

impl<const MIN: i64, const MAX: i64> Read for Days<MIN, MAX> {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        let text = String::read(node, reader)?;
        let Some(days) = parse(&text) else {
            let message = format!("`{}` is no number of days", text.escape_debug());
            let help = format!("write a whole number and `d`: \"{}d\"", MIN.max(1));
            reader.fault_with(&code::MALFORMED, message, help);
            return None;
        };
        let kept = Self::new(days);
        if kept.is_none() {
            let message = format!("{days} days is not between {MIN} and {MAX}");
            reader.fault(&code::OUT_OF_RANGE, message);
        }
        kept
    }

    fn schema(_: &mut Schemas) -> json::Value {
        json::json!({ "type": "string", "enum": Self::words() })
    }
}

/// A length of time that AWS counts in whole days, within a range.
pub fn days_within(
    said: Option<Duration>,
    range: RangeInclusive<i64>,
    path: &SpecPath,
    resolving: &mut Resolving<'_>,
) -> Option<i64> {
    let days = said?.as_days();
    match days {
        None => resolving.find(&code::MALFORMED, path, "AWS counts in whole days"),
        Some(days) if !range.contains(&days) => {
            let message =
                format!("{days} days is not between {} and {}", range.start(), range.end());
            resolving.find(&code::OUT_OF_RANGE, path, message);
        }
        Some(_) => {}
    }
    days
}

/// At most five digits, without a zero in front, and a `d`.
fn parse(text: &str) -> Option<i64> {
    let digits = text.strip_suffix('d')?;
    let plain = (1..=5).contains(&digits.len())
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && (digits == "0" || !digits.starts_with('0'));
    plain.then(|| digits.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;

    #[test]
    fn days_are_written_with_their_unit() {
        for (text, days) in [
            ("0d", Some(0)),
            ("1d", Some(1)),
            ("35d", Some(35)),
            ("99999d", Some(99_999)),
            ("", None),
            ("d", None),
            ("01d", None),
            ("7", None),
            ("7h", None),
            ("-1d", None),
            ("100000d", None),
        ] {
            assert_eq!(parse(text), days, "{text}");
        }
    }

    #[test]
    fn the_schema_lists_the_range() {
        assert_eq!(Days::<0, 2>::words(), ["0d", "1d", "2d"]);
        assert_eq!(Days::<1, 35>::new(0), None);
        assert_eq!(Days::<1, 35>::new(35).map(Days::get), Some(35));
    }
}
