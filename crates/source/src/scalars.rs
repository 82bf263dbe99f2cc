//! Types that carry a rule: names, ranges, durations. The rule is written once, for reader and schema.
use crate::node::{Node, Value};
use crate::read::{Read, Reader};
use crate::schema::Schemas;
use crate::words::{is_hyphenated, shown};
use platgen_diagnostics::code;
use serde_json::{Value as Json, json};
use std::fmt;

/// A type that is a text with a rule. Gives it [`Read`], [`Key`](crate::Key) and `Display`.
///
/// `$pattern` is the rule as JSON Schema takes it, `$check` the same rule as a function, and `$rule`
/// the rule in words; a property test holds the first two together.
#[macro_export]
macro_rules! text_type {
    ($(#[$meta:meta])* $name:ident, $pattern:expr, $rule:expr, $check:expr) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub struct $name(String);

        impl $name {
            /// Takes a text that keeps the rule.
            pub fn new(text: &str) -> Option<Self> {
                let check: fn(&str) -> bool = $check;
                check(text).then(|| Self(text.to_owned()))
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                out.write_str(&self.0)
            }
        }

        impl $crate::Read for $name {
            fn read(node: &$crate::Node, reader: &mut $crate::Reader) -> Option<Self> {
                let text = <String as $crate::Read>::read(node, reader)?;
                let value = Self::new(&text);
                if value.is_none() {
                    let message = format!("`{}` does not fit: {}", $crate::shown(&text), $rule);
                    reader.fault(&$crate::diagnostics::code::MALFORMED, message);
                }
                value
            }

            fn schema(_: &mut $crate::Schemas) -> $crate::json::Value {
                $crate::json::json!({ "type": "string", "pattern": $pattern })
            }
        }

        impl $crate::Key for $name {
            const PATTERN: Option<&'static str> = Some($pattern);

            fn from_key(text: &str) -> Result<Self, &'static str> {
                Self::new(text).ok_or($rule)
            }
        }
    };
}

/// The longest name of a thing. AWS names hold environment and platform as well, and the shortest
/// limits there are 32 characters; what does not fit is cut with a hash.
const LONGEST_NAME: usize = 40;

/// The rule of [`Name`] as JSON Schema takes it. The lookahead bounds the length.
const NAME_PATTERN: &str = "^(?=.{1,40}$)[a-z][a-z0-9]*(-[a-z0-9]+)*$";

text_type! {
    /// The name of a thing: lower-case words joined by single hyphens.
    ///
    /// Without `_`, `--` and a last `-`, names can be joined to Terraform identifiers (`-` becomes
    /// `_`, the joint is `__`) that two different things never share.
    Name,
    NAME_PATTERN,
    "lower-case letters, digits and single hyphens, beginning with a letter, at most 40",
    is_name
}

fn is_name(text: &str) -> bool {
    is_hyphenated(text, LONGEST_NAME)
}

/// A whole number from `MIN` to `MAX`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Count<const MIN: i64, const MAX: i64>(i64);

/// A share of a hundred, from 1 to 100.
pub type Percent = Count<1, 100>;

impl<const MIN: i64, const MAX: i64> Count<MIN, MAX> {
    /// Takes a number within the range.
    pub fn new(number: i64) -> Option<Self> {
        (MIN..=MAX).contains(&number).then_some(Self(number))
    }

    /// The number.
    pub fn get(self) -> i64 {
        self.0
    }
}

impl<const MIN: i64, const MAX: i64> Read for Count<MIN, MAX> {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        let number = i64::read(node, reader)?;
        let count = Self::new(number);
        if count.is_none() {
            let message = format!("{number} is not between {MIN} and {MAX}");
            reader.fault(&code::OUT_OF_RANGE, message);
        }
        count
    }

    fn schema(_: &mut Schemas) -> Json {
        json!({ "type": "integer", "minimum": MIN, "maximum": MAX })
    }
}

/// A length of time, `"30s"`, `"5m"`, `"12h"`, `"7d"`, kept in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Duration(i64);

const DURATION_PATTERN: &str = "^[1-9][0-9]{0,5}[smhd]$";

impl Duration {
    /// So many seconds.
    pub const fn seconds(seconds: i64) -> Self {
        Self(seconds)
    }

    /// So many days.
    pub const fn days(days: i64) -> Self {
        Self(days * 86_400)
    }

    /// The length in seconds.
    pub const fn as_seconds(self) -> i64 {
        self.0
    }

    /// The length in whole days, if it is one.
    pub fn as_days(self) -> Option<i64> {
        (self.0 % 86_400 == 0).then_some(self.0 / 86_400)
    }

    fn parse(text: &str) -> Option<Self> {
        let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
        let factor = match unit {
            "s" => 1,
            "m" => 60,
            "h" => 3_600,
            "d" => 86_400,
            _ => return None,
        };
        let plain = (1..=6).contains(&digits.len())
            && digits.bytes().all(|byte| byte.is_ascii_digit())
            && !digits.starts_with('0');
        plain.then(|| digits.parse::<i64>().ok()).flatten().map(|number| Self(number * factor))
    }
}

/// Written in the largest unit that divides it.
impl fmt::Display for Duration {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let units = [(86_400, 'd'), (3_600, 'h'), (60, 'm'), (1, 's')];
        let (factor, unit) =
            units.into_iter().find(|(factor, _)| self.0 % factor == 0).unwrap_or((1, 's'));
        write!(out, "{}{unit}", self.0 / factor)
    }
}

impl Read for Duration {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        let Value::String(text) = &node.value else {
            return reader.wrong_type(node, "a length of time such as \"30s\" or \"7d\"");
        };
        let duration = Self::parse(text);
        if duration.is_none() {
            let message = format!("`{}` is no length of time", shown(text));
            let help = "write a whole number and a unit: \"30s\", \"5m\", \"12h\", \"7d\"";
            reader.fault_with(&code::MALFORMED, message, help.to_owned());
        }
        duration
    }

    fn schema(_: &mut Schemas) -> Json {
        json!({ "type": "string", "pattern": DURATION_PATTERN })
    }
}

/// Things of one kind by their names. A thing that could not be read is not among them: whether a
/// spec declares a name is asked of the tree.
pub type Things<T> = std::collections::BTreeMap<Name, T>;

#[cfg(test)]
mod tests;
