//! The expressions of `EventBridge` Scheduler: `rate(5 minutes)`, `cron(0 2 * * ? *)`
//! (<https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html>).
use std::ops::RangeInclusive;

/// The outer form, as JSON Schema takes it.
pub const FORM: &str = "^(rate|cron)\\([A-Za-z0-9 */?,#-]+\\)$";

/// What one field of a cron expression takes.
struct Field {
    name: &'static str,
    numbers: RangeInclusive<u32>,
    /// Words for numbers, from the lowest number on.
    words: &'static [&'static str],
    /// What else can stand there: `?`, `L`, `W`, `#`.
    special: &'static str,
}

const MONTHS: [&str; 12] =
    ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const WEEKDAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

/// The fields in order.
const FIELDS: [Field; 6] = [
    Field { name: "minute", numbers: 0..=59, words: &[], special: "" },
    Field { name: "hour", numbers: 0..=23, words: &[], special: "" },
    Field { name: "day of the month", numbers: 1..=31, words: &[], special: "?LW" },
    Field { name: "month", numbers: 1..=12, words: &MONTHS, special: "" },
    Field { name: "day of the week", numbers: 1..=7, words: &WEEKDAYS, special: "?L#" },
    Field { name: "year", numbers: 1970..=2199, words: &[], special: "" },
];

/// What is wrong with an expression, as a clause; nothing if it is sound.
pub fn fault(expression: &str) -> Option<String> {
    let (kind, rest) = expression.split_once('(')?;
    let inside = rest.strip_suffix(')')?;
    match kind {
        "rate" => rate_fault(inside),
        _ => cron_fault(inside),
    }
}

/// Whether a text has the outer form of an expression.
pub fn has_form(text: &str) -> bool {
    let inside = text.strip_prefix("rate(").or_else(|| text.strip_prefix("cron("));
    let inside = inside.and_then(|rest| rest.strip_suffix(')'));
    inside.is_some_and(|inside| {
        !inside.is_empty()
            && inside.bytes().all(|b| b.is_ascii_alphanumeric() || b" */?,#-".contains(&b))
    })
}

fn rate_fault(inside: &str) -> Option<String> {
    let rule = "a rate is a number and minutes, hours or days: rate(1 hour), rate(5 minutes)";
    let Some((number, unit)) = inside.split_once(' ') else { return Some(rule.to_owned()) };
    let Some(number) = plain_number(number).filter(|number| *number > 0) else {
        return Some(rule.to_owned());
    };
    let singular = unit.strip_suffix('s').unwrap_or(unit);
    let fits = ["minute", "hour", "day"].contains(&singular);
    let plural = if number == 1 { singular.to_owned() } else { format!("{singular}s") };
    match (fits, unit == plural) {
        (false, _) => Some(rule.to_owned()),
        (true, false) => Some(format!("write rate({number} {plural})")),
        (true, true) => None,
    }
}

fn cron_fault(inside: &str) -> Option<String> {
    let fields: Vec<&str> = inside.split(' ').collect();
    let [_, _, day, _, weekday, _] = fields.as_slice() else {
        return Some(format!(
            "a cron expression has six fields with one space between: minute, hour, day of the \
             month, month, day of the week, year; here are {}",
            fields.len()
        ));
    };
    let wrong = fields.iter().zip(&FIELDS).find(|(text, field)| !field.takes(text));
    if let Some((text, field)) = wrong {
        return Some(format!("`{text}` is no {}", field.name));
    }
    // One of both is left open: https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#cron-based
    ((*day == "?") == (*weekday == "?"))
        .then(|| "exactly one of the day of the month and the day of the week is `?`".to_owned())
}

impl Field {
    fn takes(&self, text: &str) -> bool {
        match text {
            "*" => true,
            "?" => self.has('?'),
            _ => text.split(',').all(|item| self.takes_item(item)),
        }
    }

    /// A number, a range, a step, or one of the special forms.
    fn takes_item(&self, item: &str) -> bool {
        if let Some((start, step)) = item.split_once('/') {
            let step = plain_number(step).is_some_and(|step| step > 0);
            return step && (start == "*" || self.takes_range(start));
        }
        self.takes_range(item) || self.takes_special(item)
    }

    fn takes_range(&self, text: &str) -> bool {
        match text.split_once('-') {
            Some((from, to)) => self.number(from).is_some() && self.number(to).is_some(),
            None => self.number(text).is_some(),
        }
    }

    /// `L` is the last day, `5L` the last of that weekday, `15W` the workday next to a day, and `6#3`
    /// the third of that weekday.
    fn takes_special(&self, item: &str) -> bool {
        if let Some((day, which)) = item.split_once('#') {
            let which = plain_number(which).is_some_and(|which| (1..=5).contains(&which));
            return self.has('#') && which && self.number(day).is_some();
        }
        match (item.strip_suffix('L'), item.strip_suffix('W')) {
            (Some(""), _) => self.has('L'),
            (Some(day), _) => self.has('#') && self.number(day).is_some(),
            (_, Some("L")) => self.has('W'),
            (_, Some(day)) => self.has('W') && self.number(day).is_some(),
            (None, None) => false,
        }
    }

    fn number(&self, text: &str) -> Option<u32> {
        let word = self.words.iter().position(|word| word.eq_ignore_ascii_case(text));
        let of_word =
            word.and_then(|at| u32::try_from(at).ok()).map(|at| at + self.numbers.start());
        let number = of_word.or_else(|| plain_number(text))?;
        self.numbers.contains(&number).then_some(number)
    }

    fn has(&self, letter: char) -> bool {
        self.special.contains(letter)
    }
}

fn plain_number(text: &str) -> Option<u32> {
    let plain = (1..=9).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn sound_expressions_have_no_fault() {
        for expression in [
            "rate(1 minute)",
            "rate(5 minutes)",
            "rate(12 hours)",
            "rate(1 day)",
            "cron(0 12 ? * MON *)",
            "cron(0 2 * * ? *)",
            "cron(0/15 8-18 ? JAN-MAR mon-fri 2026-2030)",
            "cron(0,30 9 1,15 * ? *)",
            "cron(0 0 L * ? *)",
            "cron(0 0 LW * ? *)",
            "cron(0 0 15W * ? *)",
            "cron(0 0 ? * 6#3 *)",
            "cron(0 0 ? * 5L *)",
            "cron(*/10 * * * ? *)",
        ] {
            assert!(has_form(expression), "{expression}");
            assert_eq!(fault(expression), None, "{expression}");
        }
    }

    #[test]
    fn faults_are_told() {
        for (expression, part) in [
            ("rate(5)", "a number and minutes"),
            ("rate(0 minutes)", "a number and minutes"),
            ("rate(5 weeks)", "a number and minutes"),
            ("rate(x minutes)", "a number and minutes"),
            ("rate(5 minute)", "write rate(5 minutes)"),
            ("rate(1 hours)", "write rate(1 hour)"),
            ("cron(0 2 * * *)", "here are 5"),
            ("cron(0  2 * * ? *)", "here are 7"),
            ("cron(60 2 * * ? *)", "`60` is no minute"),
            ("cron(0 24 * * ? *)", "`24` is no hour"),
            ("cron(0 2 32 * ? *)", "`32` is no day of the month"),
            ("cron(0 2 ? FOO MON *)", "`FOO` is no month"),
            ("cron(0 2 ? * 8 *)", "`8` is no day of the week"),
            ("cron(0 2 ? * MON 1900)", "`1900` is no year"),
            ("cron(0 2 ? * 6#7 *)", "`6#7` is no day of the week"),
            ("cron(0/0 2 ? * MON *)", "`0/0` is no minute"),
            ("cron(? 2 * * ? *)", "`?` is no minute"),
            ("cron(0 5L * * ? *)", "`5L` is no hour"),
            ("cron(0 2 * * * *)", "exactly one"),
            ("cron(0 2 ? * ? *)", "exactly one"),
        ] {
            let found = fault(expression).unwrap_or_default();
            assert!(found.contains(part), "{expression}: {found}");
        }
    }

    #[test]
    fn the_form_is_checked_first() {
        for text in
            ["", "rate()", "cron(", "every(1 day)", "at(2026-01-01T00:00:00)", "rate(1 day) "]
        {
            assert!(!has_form(text), "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_expression_breaks_the_check(text in "(cron|rate)\\([A-Z0-9 */?,#-]{1,30}\\)") {
            prop_assert!(has_form(&text));
            prop_assert!(fault(&text).is_none_or(|fault| !fault.is_empty()));
        }
    }
}
