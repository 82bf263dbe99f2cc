//! The words of a condition, each with its place.
use super::{Comparison, ConditionFault};
use crate::compute::workflow::path::reference_length;
use platgen_source::shown;

/// A word of a condition.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    /// A path.
    Path(String),
    /// A text in quotes, without them.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// A number with a fraction.
    Decimal(f64),
    /// A point in time.
    Timestamp(String),
    /// A comparison.
    Comparison(Comparison),
    /// `(`
    Open,
    /// `)`
    Close,
    /// A word of letters: `and`, `present`.
    Word(String),
}

/// A word and the character that it begins at, counted from one.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Placed {
    /// The word.
    pub(super) token: Token,
    /// Where it begins.
    pub(super) column: usize,
}

/// The comparisons, longer ones before those that they begin with.
const COMPARISONS: [(&str, Comparison); 6] = [
    ("==", Comparison::Equal),
    ("!=", Comparison::Different),
    ("<=", Comparison::AtMost),
    (">=", Comparison::AtLeast),
    ("<", Comparison::Less),
    (">", Comparison::Greater),
];

/// Takes a text apart into words.
pub(super) fn words(text: &str) -> Result<Vec<Placed>, ConditionFault> {
    let mut words = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let column = column_of(text, rest);
        let fault = |message: String| ConditionFault { column, message };
        let (token, length) = word(rest).map_err(fault)?;
        words.push(Placed { token, column });
        rest = rest[length..].trim_start();
    }
    Ok(words)
}

/// The character of a text at which the rest of it begins, counted from one.
fn column_of(text: &str, rest: &str) -> usize {
    text[..text.len() - rest.len()].chars().count() + 1
}

/// The word at the beginning, and its length in bytes.
fn word(text: &str) -> Result<(Token, usize), String> {
    if let Some(length) = reference_length(text) {
        return Ok((Token::Path(text[..length].to_owned()), length));
    }
    for (sign, comparison) in COMPARISONS {
        if text.starts_with(sign) {
            return Ok((Token::Comparison(comparison), sign.len()));
        }
    }
    match text.chars().next() {
        Some('(') => Ok((Token::Open, 1)),
        Some(')') => Ok((Token::Close, 1)),
        Some('\'') => quoted(text),
        Some(first) if first.is_ascii_digit() || first == '-' => number_or_time(text),
        Some(first) if first.is_ascii_alphabetic() => {
            let end = text.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
            let end = end.unwrap_or(text.len());
            Ok((Token::Word(text[..end].to_owned()), end))
        }
        Some('"') => Err("a text stands in single quotes".to_owned()),
        Some('=') => Err("`=` is no comparison; equality is `==`".to_owned()),
        other => Err(format!("`{}` begins nothing here", shown(&String::from_iter(other)))),
    }
}

/// A text in single quotes. A backslash takes a quote or a backslash for itself; before anything else
/// it stays, as `matches` needs it before a star.
fn quoted(text: &str) -> Result<(Token, usize), String> {
    let mut inside = String::new();
    let mut letters = text.char_indices().skip(1);
    while let Some((place, letter)) = letters.next() {
        match letter {
            '\'' => return Ok((Token::Text(inside), place + 1)),
            '\\' => match letters.next() {
                Some((_, plain @ ('\'' | '\\'))) => inside.push(plain),
                Some((_, other)) => inside.extend(['\\', other]),
                None => break,
            },
            _ => inside.push(letter),
        }
    }
    Err("the text has no closing quote".to_owned())
}

fn number_or_time(text: &str) -> Result<(Token, usize), String> {
    let end = text.find(|letter: char| !letter.is_ascii_alphanumeric() && !"+-.:".contains(letter));
    let end = end.unwrap_or(text.len());
    let word = &text[..end];
    if let Ok(number) = word.parse::<i64>() {
        return Ok((Token::Integer(number), end));
    }
    if is_timestamp(word) {
        return Ok((Token::Timestamp(word.to_owned()), end));
    }
    let is_plain = word.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
    match word.parse::<f64>() {
        Ok(number) if is_plain && number.is_finite() => Ok((Token::Decimal(number), end)),
        _ => Err(format!("`{}` is neither a number nor a point in time", shown(word))),
    }
}

/// Whether a text is a point in time with its zone, as RFC 3339 writes it and Step Functions takes it:
/// with a capital `T`, and a capital `Z` or an offset
/// (<https://states-language.net/spec.html#timestamps>).
pub fn is_timestamp(text: &str) -> bool {
    let Some((date, time)) = text.split_once('T') else { return false };
    let (clock, is_zone_good) = match time.strip_suffix('Z') {
        Some(clock) => (clock, true),
        None => match time.rfind(['+', '-']) {
            Some(place) => (&time[..place], has_shape(&time[place + 1..], &[2, 2], ':')),
            None => return false,
        },
    };
    let (clock, is_fraction_good) = match clock.split_once('.') {
        Some((clock, fraction)) => (clock, has_shape(fraction, &[fraction.len().max(1)], '.')),
        None => (clock, true),
    };
    is_zone_good
        && is_fraction_good
        && has_shape(date, &[4, 2, 2], '-')
        && has_shape(clock, &[2, 2, 2], ':')
        && is_in_calendar(date, clock)
}

/// Whether a text is runs of so many digits with a joint between them.
fn has_shape(text: &str, digits: &[usize], joint: char) -> bool {
    let runs: Vec<&str> = text.split(joint).collect();
    let is_run = |(run, count): (&&str, &usize)| {
        run.len() == *count && run.bytes().all(|byte| byte.is_ascii_digit())
    };
    runs.len() == digits.len() && runs.iter().zip(digits).all(is_run)
}

/// Whether month, day and clock are within their ranges.
fn is_in_calendar(date: &str, clock: &str) -> bool {
    let numbers = |text: &str, joint: char| -> Vec<u32> {
        text.split(joint).filter_map(|run| run.parse().ok()).collect()
    };
    let (date, clock) = (numbers(date, '-'), numbers(clock, ':'));
    let [year, month, day] = date[..] else { return false };
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 => 28 + u32::from(is_leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    (1..=12).contains(&month)
        && (1..=days).contains(&day)
        && clock.iter().zip([24, 60, 60]).all(|(number, end)| *number < end)
}
