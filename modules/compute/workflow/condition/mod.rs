//! Conditions of choices: `$.results.Bids.count >= 1 and not $.client.blocked == true`.
//!
//! ```text
//! condition  = all { "or" all }
//! all        = single { "and" single }
//! single     = "not" single | "(" condition ")" | test
//! test       = path "is" [ "not" ] ( "present" | "null" | "string" | "number" | "boolean" | "timestamp" )
//!            | path ( "==" | "!=" | "<" | "<=" | ">" | ">=" ) operand
//!            | path "matches" text
//! operand    = text | number | "true" | "false" | "null" | timestamp | path
//! text       = "'" letters "'"            with \' and \\ for a quote and a backslash
//! timestamp  = 2026-01-31T12:00:00Z       without quotes
//! ```
//!
//! A test of something that is missing, or that is of another type than what it is compared with, is
//! false; without that guard Step Functions would fail the whole execution
//! (<https://docs.aws.amazon.com/step-functions/latest/dg/state-choice.html>). In the text of `matches`,
//! `*` stands for any letters, and `\*` for a star.
mod lexer;
mod parser;
mod rule;
#[cfg(test)]
mod tests;

pub use lexer::is_timestamp;

/// A condition, taken apart.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// All of these hold.
    All(Vec<Condition>),
    /// At least one of these holds.
    Any(Vec<Condition>),
    /// This does not hold.
    Not(Box<Condition>),
    /// What stands at a path passes a test.
    Test(String, Test),
}

/// A test of what stands at a path.
#[derive(Clone, Debug, PartialEq)]
pub enum Test {
    /// It compares so with an operand.
    Compare(Comparison, Operand),
    /// It is a text that fits a pattern with stars.
    Matches(String),
    /// It is of a kind.
    Is(Quality),
    /// It is not of a kind.
    IsNot(Quality),
}

/// How two values compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `==`
    Equal,
    /// `!=`
    Different,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    Greater,
    /// `>=`
    AtLeast,
}

/// What something is compared with.
#[derive(Clone, Debug, PartialEq)]
pub enum Operand {
    /// A text.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// A number with a fraction.
    Decimal(f64),
    /// True or false.
    Boolean(bool),
    /// A point in time, as RFC 3339 writes it.
    Timestamp(String),
    /// Nothing: `null`.
    Null,
    /// What stands at another path.
    Path(String),
}

/// What something can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quality {
    /// It is there at all.
    Present,
    /// It is `null`.
    Null,
    /// It is a text.
    Text,
    /// It is a number.
    Number,
    /// It is true or false.
    Boolean,
    /// It is a text that is a point in time.
    Timestamp,
}

/// What is wrong in the text of a condition, and at which character, counted from one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConditionFault {
    /// The character.
    pub column: usize,
    /// What is wrong there.
    pub message: String,
}

impl Condition {
    /// Takes a text apart.
    ///
    /// # Errors
    ///
    /// The first place at which the text is no condition.
    pub fn parse(text: &str) -> Result<Self, ConditionFault> {
        parser::parse(text)
    }

    /// Every path that it reads.
    pub fn paths(&self) -> Vec<&str> {
        match self {
            Self::All(conditions) | Self::Any(conditions) => {
                conditions.iter().flat_map(Self::paths).collect()
            }
            Self::Not(condition) => condition.paths(),
            Self::Test(path, Test::Compare(_, Operand::Path(other))) => vec![path, other],
            Self::Test(path, _) => vec![path],
        }
    }
}
