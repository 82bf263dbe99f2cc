//! Conditions as the rules of a Choice state
//! (<https://docs.aws.amazon.com/step-functions/latest/dg/state-choice.html>).
use super::{Comparison, Condition, Operand, Quality, Test};
use platgen_terraform::{Value, block};

impl Condition {
    /// The rule, without the state that follows.
    pub fn rule(&self) -> Value {
        let rules = |conditions: &[Self]| conditions.iter().map(Self::rule).collect::<Value>();
        match self {
            Self::All(conditions) => block! { And: rules(conditions) },
            Self::Any(conditions) => block! { Or: rules(conditions) },
            Self::Not(condition) => block! { Not: condition.rule() },
            Self::Test(path, test) => test.rule(path),
        }
    }
}

impl Test {
    fn rule(&self, path: &str) -> Value {
        match self {
            Self::Is(Quality::Present) => is_present(path, true),
            Self::IsNot(Quality::Present) => is_present(path, false),
            Self::Is(quality) => guarded(path, quality.rule(path, true)),
            Self::IsNot(quality) => guarded(path, quality.rule(path, false)),
            Self::Matches(pattern) => {
                guarded(path, block! { Variable: path, StringMatches: pattern })
            }
            Self::Compare(Comparison::Different, operand) => {
                let equal = compared(path, Comparison::Equal, operand);
                guarded_pair(path, operand, block! { Not: equal })
            }
            Self::Compare(comparison, operand) => {
                guarded_pair(path, operand, compared(path, *comparison, operand))
            }
        }
    }
}

impl Quality {
    fn rule(self, path: &str, holds: bool) -> Value {
        match self {
            Self::Present => is_present(path, holds),
            Self::Null => block! { Variable: path, IsNull: holds },
            Self::Text => block! { Variable: path, IsString: holds },
            Self::Number => block! { Variable: path, IsNumeric: holds },
            Self::Boolean => block! { Variable: path, IsBoolean: holds },
            Self::Timestamp => block! { Variable: path, IsTimestamp: holds },
        }
    }
}

fn is_present(path: &str, holds: bool) -> Value {
    block! { Variable: path, IsPresent: holds }
}

/// A rule that only holds if something stands at the path.
fn guarded(path: &str, rule: Value) -> Value {
    block! { And: [is_present(path, true), rule] }
}

/// [`guarded`], by both paths where the operand is one.
fn guarded_pair(path: &str, operand: &Operand, rule: Value) -> Value {
    match operand {
        Operand::Path(other) => {
            block! { And: [is_present(path, true), is_present(other, true), rule] }
        }
        _ => guarded(path, rule),
    }
}

/// The rule of a comparison other than `!=`.
fn compared(path: &str, comparison: Comparison, operand: &Operand) -> Value {
    let (kind, value) = match operand {
        Operand::Text(text) => ("String", Value::from(text)),
        Operand::Integer(number) => ("Numeric", Value::from(*number)),
        Operand::Decimal(number) => ("Numeric", Value::from(*number)),
        Operand::Boolean(value) => ("Boolean", Value::from(*value)),
        Operand::Timestamp(time) => ("Timestamp", Value::from(time)),
        Operand::Null => return Quality::Null.rule(path, true),
        Operand::Path(other) => return compared_paths(path, comparison, other),
    };
    block! { Variable: path, (format!("{kind}{}", comparison.word())): value }
}

/// Two values of the data: both are numbers, or both are texts, or, if it is about equality, both are
/// true or false. Points in time are texts, and those of one zone and precision compare as such.
fn compared_paths(path: &str, comparison: Comparison, other: &str) -> Value {
    let kinds = [("Numeric", Quality::Number), ("String", Quality::Text)];
    let boolean = ("Boolean", Quality::Boolean);
    let kinds = kinds.into_iter().chain((comparison == Comparison::Equal).then_some(boolean));
    let rules = kinds.map(|(kind, quality)| {
        let operator = format!("{kind}{}Path", comparison.word());
        let rule = block! { Variable: path, (operator): other };
        block! { And: [quality.rule(path, true), quality.rule(other, true), rule] }
    });
    block! { Or: rules.collect::<Value>() }
}

impl Comparison {
    /// What operators of a Choice state end in.
    fn word(self) -> &'static str {
        match self {
            Self::Equal | Self::Different => "Equals",
            Self::Less => "LessThan",
            Self::AtMost => "LessThanEquals",
            Self::Greater => "GreaterThan",
            Self::AtLeast => "GreaterThanEquals",
        }
    }
}
