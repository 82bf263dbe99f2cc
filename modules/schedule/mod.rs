//! Schedules that start things: `on.schedule.nightly = "cron(0 2 * * ? *)"`.
pub mod expression;
mod lower;

pub use lower::{Owner, lower};

use crate::kind::{Resolving, ThingId};
use platgen_source::diagnostics::{SpecPath, code, nearest};
use platgen_source::{Name, Read, Things, is_plain, text_type};
use std::collections::BTreeMap;

text_type! {
    /// When a schedule starts something: `rate(5 minutes)`, `cron(0 2 * * ? *)`.
    ScheduleExpression,
    expression::FORM,
    "rate(…) or cron(…), as EventBridge Scheduler takes them",
    expression::has_form
}

text_type! {
    /// A time zone by its name in the database of IANA (<https://www.iana.org/time-zones>).
    TimeZone,
    "^[A-Za-z][A-Za-z0-9_+-]{0,29}(/[A-Za-z0-9_+-]{1,30}){0,2}$",
    "a name such as UTC or Europe/Berlin",
    |text| {
        let words: Vec<&str> = text.split('/').collect();
        let is_word = |word: &&str| is_plain(word, 1..=30, b"_+-");
        (1..=3).contains(&words.len())
            && words.iter().all(is_word)
            && text.starts_with(|first: char| first.is_ascii_alphabetic())
    }
}

/// The names in the database of IANA, release 2025b, one a line, those of old included
/// (<https://data.iana.org/time-zones/releases/tzdata2025b.tar.gz>, zones and links).
const TIME_ZONES: &str = include_str!("time_zones.txt");

/// Points in time.
#[derive(Debug, Read)]
#[spec(short = "at")]
pub struct ScheduleSpec {
    /// When: `"cron(0 2 * * ? *)"` or `"rate(1 hour)"`.
    pub at: ScheduleExpression,
    /// The time zone that a cron expression speaks of. By default `UTC`.
    pub timezone: Option<TimeZone>,
    /// Whether it starts anything. By default it does.
    pub enabled: Option<bool>,
}

/// Points in time, decided.
#[derive(Debug)]
pub struct Schedule {
    place: SpecPath,
    name: Name,
    at: String,
    timezone: String,
    enabled: bool,
}

/// The schedules of a thing, decided.
pub type Schedules = BTreeMap<Name, Schedule>;

/// Decides the schedules of a thing, which stand in its `on.schedule`.
pub fn resolve(
    id: &ThingId,
    specs: &Things<ScheduleSpec>,
    resolving: &mut Resolving<'_>,
) -> Schedules {
    let place = section(id);
    let schedule = |(name, spec): (&Name, &ScheduleSpec)| {
        (name.clone(), Schedule::resolve(name, spec, &place.key(name.as_str()), resolving))
    };
    specs.iter().map(schedule).collect()
}

/// Where the schedules of a thing stand in the spec.
fn section(id: &ThingId) -> SpecPath {
    id.path().key("on").key("schedule")
}

/// Scheduler takes the names of the database, and no others
/// (<https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#time-zone>).
fn check_time_zone(spec: &ScheduleSpec, place: &SpecPath, resolving: &mut Resolving<'_>) {
    let Some(zone) = spec.timezone.as_ref().map(TimeZone::as_str) else { return };
    if TIME_ZONES.lines().any(|known| known == zone) {
        return;
    }
    let message = format!("the database of time zones has no `{zone}`");
    let help = match nearest(zone, TIME_ZONES.lines()) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => "write a name such as UTC or Europe/Berlin".to_owned(),
    };
    resolving.find_with(&code::UNKNOWN_WORD, &place.key("timezone"), message, help);
}

impl Schedule {
    /// Decides a schedule.
    fn resolve(
        name: &Name,
        spec: &ScheduleSpec,
        place: &SpecPath,
        resolving: &mut Resolving<'_>,
    ) -> Self {
        let at = spec.at.to_string();
        if let Some(fault) = expression::fault(&at) {
            resolving.find(&code::MALFORMED, &place.key("at"), fault);
        }
        check_time_zone(spec, place, resolving);
        Self {
            place: place.clone(),
            name: name.clone(),
            at,
            timezone: spec.timezone.as_ref().map_or_else(|| "UTC".to_owned(), ToString::to_string),
            enabled: spec.enabled.unwrap_or(true),
        }
    }
}
