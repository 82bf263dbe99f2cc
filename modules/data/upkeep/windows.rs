//! Windows in which AWS backs up and maintains, in UTC.
use crate::kind::Resolving;
use platgen_source::diagnostics::{SpecPath, code};
use platgen_source::text_type;

/// Minutes of a day.
const DAY: i64 = 24 * 60;
/// Minutes of a week.
const WEEK: i64 = 7 * DAY;
/// The days of the week, as windows write them.
const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

text_type! {
    /// A window of every day, `02:00-03:00`, in UTC
    /// (<https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBCluster.html>).
    DailyWindow,
    "^([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]$",
    "two times in UTC such as 02:00-03:00",
    |text| parse_daily(text).is_some()
}

text_type! {
    /// A window of every week, `sun:04:00-sun:05:00`, in UTC
    /// (<https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBCluster.html>).
    WeeklyWindow,
    "^(mon|tue|wed|thu|fri|sat|sun):([01][0-9]|2[0-3]):[0-5][0-9]-(mon|tue|wed|thu|fri|sat|sun):([01][0-9]|2[0-3]):[0-5][0-9]$",
    "two days and times in UTC such as sun:04:00-sun:05:00",
    |text| parse_weekly(text).is_some()
}

/// Where backups are made if the spec says nothing: at night in most of Europe and America.
pub const DEFAULT_DAILY: &str = "02:00-03:00";
/// Where maintenance is done if the spec says nothing: clear of [`DEFAULT_DAILY`].
pub const DEFAULT_WEEKLY: &str = "sun:04:00-sun:05:00";

/// Both windows of a thing, decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Windows {
    /// Every day, for backups.
    pub backup: String,
    /// Every week, for maintenance.
    pub maintenance: String,
}

/// What the spec says of both windows, and where.
pub struct WindowsSpec<'a> {
    /// The window for backups.
    pub backup: Option<&'a DailyWindow>,
    /// Where it stands.
    pub backup_path: SpecPath,
    /// The window for maintenance.
    pub maintenance: Option<&'a WeeklyWindow>,
    /// Where it stands.
    pub maintenance_path: SpecPath,
    /// The shortest window that the service takes, in minutes.
    pub shortest: i64,
}

/// A stretch of the week: where it begins, and how long it lasts, in minutes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stretch {
    begin: i64,
    length: i64,
}

impl Windows {
    /// Decides both windows. Too short ones and such that meet are found.
    pub fn resolve(spec: &WindowsSpec<'_>, resolving: &mut Resolving<'_>) -> Self {
        let backup = spec.backup.map_or(DEFAULT_DAILY, DailyWindow::as_str);
        let maintenance = spec.maintenance.map_or(DEFAULT_WEEKLY, WeeklyWindow::as_str);
        let daily = parse_daily(backup);
        let weekly = parse_weekly(maintenance);
        for (stretch, path) in [(daily, &spec.backup_path), (weekly, &spec.maintenance_path)] {
            if let Some(stretch) = stretch.filter(|stretch| stretch.length < spec.shortest) {
                let (length, shortest) = (stretch.length, spec.shortest);
                let message = format!("the window lasts {length} minutes; at least {shortest}");
                resolving.find(&code::IMPOSSIBLE, path, message);
            }
        }
        if daily.zip(weekly).is_some_and(|(daily, weekly)| meet(daily, weekly)) {
            let path = match spec.maintenance {
                Some(_) => &spec.maintenance_path,
                None => &spec.backup_path,
            };
            let message = format!(
                "backups at {backup} and maintenance at {maintenance} (UTC) overlap; AWS refuses that"
            );
            resolving.find_with(&code::IMPOSSIBLE, path, message, "set both windows apart");
        }
        Self { backup: backup.to_owned(), maintenance: maintenance.to_owned() }
    }
}

/// Whether a window of every day and one of the week have a minute in common.
fn meet(daily: Stretch, weekly: Stretch) -> bool {
    (0..7).any(|day| {
        let begin = day * DAY + daily.begin;
        let weekly_after = (weekly.begin - begin).rem_euclid(WEEK);
        let daily_after = (begin - weekly.begin).rem_euclid(WEEK);
        weekly_after < daily.length || daily_after < weekly.length
    })
}

fn parse_daily(text: &str) -> Option<Stretch> {
    let (begin, end) = text.split_once('-')?;
    let (begin, end) = (parse_time(begin)?, parse_time(end)?);
    Some(Stretch { begin, length: (end - begin).rem_euclid(DAY) })
}

fn parse_weekly(text: &str) -> Option<Stretch> {
    let (begin, end) = text.split_once('-')?;
    let (begin, end) = (parse_day_and_time(begin)?, parse_day_and_time(end)?);
    Some(Stretch { begin, length: (end - begin).rem_euclid(WEEK) })
}

fn parse_day_and_time(text: &str) -> Option<i64> {
    let (day, time) = text.split_once(':')?;
    let day = (0..).zip(WEEKDAYS).find_map(|(place, word)| (word == day).then_some(place))?;
    Some(day * DAY + parse_time(time)?)
}

/// `hh:mm`, in minutes since midnight.
fn parse_time(text: &str) -> Option<i64> {
    let (hours, minutes) = text.split_once(':')?;
    let number = |digits: &str| {
        let plain = digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit());
        plain.then(|| digits.parse::<i64>().ok()).flatten()
    };
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    (hours < 24 && minutes < 60).then_some(hours * 60 + minutes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;
    use proptest::prelude::*;

    #[test]
    fn windows_are_taken_apart() {
        let stretch = |begin, length| Some(Stretch { begin, length });
        assert_eq!(parse_daily("02:00-03:00"), stretch(120, 60));
        assert_eq!(parse_daily("23:30-00:30"), stretch(23 * 60 + 30, 60));
        assert_eq!(parse_weekly("sun:23:30-mon:00:30"), stretch(6 * DAY + 23 * 60 + 30, 60));
        for text in ["", "2:00-3:00", "24:00-01:00", "02:60-03:00", "02:00", "+2:00-03:00"] {
            assert_eq!(parse_daily(text), None, "{text}");
        }
        for text in ["", "Sun:04:00-Sun:05:00", "sun-mon", "sun:04:00", "day:04:00-sun:05:00"] {
            assert_eq!(parse_weekly(text), None, "{text}");
        }
    }

    #[test]
    fn windows_meet_on_every_day_and_across_the_end_of_the_week() {
        for (daily, weekly, expected) in [
            (DEFAULT_DAILY, DEFAULT_WEEKLY, false),
            ("04:30-05:30", "wed:04:00-wed:05:00", true),
            ("05:00-06:00", "wed:04:00-wed:05:00", false),
            ("23:30-00:30", "mon:00:00-mon:01:00", true),
            ("00:00-01:00", "sun:23:30-mon:00:30", true),
            ("12:00-13:00", "tue:00:00-thu:00:00", true),
        ] {
            let met = meet(parse_daily(daily).unwrap(), parse_weekly(weekly).unwrap());
            assert_eq!(met, expected, "{daily} {weekly}");
        }
    }

    proptest! {
        #[test]
        fn every_time_is_taken_and_nothing_else(hours in 0i64..100, minutes in 0i64..100) {
            let text = format!("{hours:02}:{minutes:02}");
            let fits = hours < 24 && minutes < 60;
            prop_assert_eq!(parse_time(&text), fits.then_some(hours * 60 + minutes));
            prop_assert_eq!(DailyWindow::new(&format!("{text}-00:00")).is_some(), fits);
            prop_assert_eq!(WeeklyWindow::new(&format!("mon:{text}-tue:00:00")).is_some(), fits);
        }

        #[test]
        fn meeting_agrees_with_counting_minutes(
            begin in 0i64..DAY, length in 1i64..DAY, weekly_begin in 0i64..WEEK, weekly_length in 1i64..DAY,
        ) {
            let daily = Stretch { begin, length };
            let weekly = Stretch { begin: weekly_begin, length: weekly_length };
            let in_daily = |minute: i64| (minute - begin).rem_euclid(DAY) < length;
            let counted = (weekly_begin..weekly_begin + weekly_length).any(in_daily);
            prop_assert_eq!(meet(daily, weekly), counted);
        }
    }
}
