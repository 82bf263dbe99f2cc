//! Alarms: those that everything has by its kind, and `[observability.alarm.<name>]`.
use super::metric::{MetricPlace, Side, Silence, Threshold};
use super::notify::Contacts;
use super::own::{is_declared, is_sound};
use super::reading::{Reading, number};
use super::reference::MetricReference;
use super::spec::{AlarmSpec, Bound};
use super::{MODULE, section, topic};
use crate::kind::{Resolving, Thing};
use crate::names::identifier;
use crate::platform::Platform;
use platgen_source::diagnostics::{Diagnostic, SpecPath, code};
use platgen_source::{Count, Duration, Name};
use platgen_terraform::{Address, Document, Handle, Value, block};

/// The file of the alarms.
pub(super) const FILE: &str = "alarms";
/// The most series that an alarm looks at
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-limits.html>).
const MOST_SERIES: usize = 10;
/// The time that one value covers where nothing says otherwise, in seconds.
const USUAL_PERIOD: i64 = 300;
/// The longest time that an alarm looks back, in seconds: a day, or seven days where one value covers
/// an hour at least
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html>).
const LONGEST: [i64; 2] = [86_400, 604_800];
const HOUR: i64 = 3_600;
const MINUTE: i64 = 60;

/// An alarm of the spec's own, decided as far as the spec alone tells.
#[derive(Debug)]
pub(super) struct OwnAlarm {
    name: Name,
    /// What it watches.
    pub metric: MetricReference,
    enabled: bool,
    bound: Option<(Side, Bound)>,
    period: Option<i64>,
    periods: Option<i64>,
    percentile: Option<f64>,
    silence: Option<Silence>,
    /// Who is told beside those of the section.
    pub contacts: Contacts,
}

/// An alarm with every detail decided.
#[derive(Debug)]
pub(super) struct Alarm {
    /// The name of its resource.
    pub local: String,
    /// The name at AWS.
    pub aws_name: String,
    /// What it watches.
    pub metric: MetricReference,
    /// The same, as series.
    pub reading: Reading,
    /// When it rings.
    pub threshold: Threshold,
    /// Who is told beside those of the section.
    pub contacts: Contacts,
    /// The line of the spec that causes it.
    pub cause: SpecPath,
}

/// Where the spec declares an alarm.
fn path(name: &Name) -> SpecPath {
    section().key("alarm").key(name.as_str())
}

impl AlarmSpec {
    /// Decides what the spec alone tells.
    pub(super) fn resolve(&self, name: &Name, resolving: &mut Resolving<'_>) -> OwnAlarm {
        let path = path(name);
        let period = self.within.map(Duration::as_seconds);
        if let Some(seconds) = period.filter(|seconds| seconds % MINUTE != 0) {
            let message = format!(
                "{seconds} seconds are no whole minutes, and metrics have one value a minute"
            );
            resolving.find(&code::OUT_OF_RANGE, &path.key("within"), message);
        }
        let contacts = Contacts::resolve(self.notify.as_ref(), &path.key("notify"), resolving);
        OwnAlarm {
            name: name.clone(),
            metric: self.metric.clone(),
            enabled: self.enabled.unwrap_or(true),
            bound: self.bound(&path, resolving),
            period,
            periods: self.periods.map(Count::get).or(period.map(|_| 1)),
            percentile: self.percentile.map(|percentile| percentile.0),
            silence: self.silence,
            contacts,
        }
    }

    fn bound(&self, path: &SpecPath, resolving: &mut Resolving<'_>) -> Option<(Side, Bound)> {
        let said = [
            ("at_least", Side::AtLeast, self.at_least),
            ("above", Side::Above, self.above),
            ("at_most", Side::AtMost, self.at_most),
            ("below", Side::Below, self.below),
        ];
        let mut bounds =
            said.into_iter().filter_map(|(key, side, bound)| Some((key, side, bound?)));
        let (first, side, bound) = bounds.next()?;
        for (key, ..) in bounds {
            let message = format!("an alarm has one bound, and `{first}` is one already");
            let help = "make two alarms of it";
            resolving.find_with(&code::CONFLICT, &path.key(key), message, help);
        }
        Some((side, bound))
    }
}

impl OwnAlarm {
    /// Decides the alarm, or finds why there is none. `None` where it is not wanted.
    fn decide(&self, platform: &Platform) -> Result<Option<Alarm>, Diagnostic> {
        let path = path(&self.name);
        let fault =
            |key: &str, message: String| Diagnostic::at(&code::IMPOSSIBLE, &path.key(key), message);
        let mut reading = platform
            .observability
            .reading(&self.metric, platform)
            .map_err(|message| fault("metric", message))?;
        if !self.enabled {
            return Ok(None);
        }
        check_series(&self.metric, &reading).map_err(|message| fault("metric", message))?;
        if let Some(percentile) = self.percentile {
            let (None, [line]) = (&reading.expression, reading.lines.as_mut_slice()) else {
                let message = "a percentile is of one series, and this metric is computed";
                return Err(fault("percentile", message.to_owned()));
            };
            line.statistic = format!("p{percentile}");
        }
        let threshold = self.threshold(platform)?;
        Ok(Some(Alarm {
            local: identifier(&["alarm", self.name.as_str()]),
            aws_name: platform.head.prefix.full(&[self.name.as_str()]),
            metric: self.metric.clone(),
            reading,
            threshold,
            contacts: self.contacts.clone(),
            cause: path,
        }))
    }

    /// What the alarm does not say, the default alarm of its metric says.
    fn threshold(&self, platform: &Platform) -> Result<Threshold, Diagnostic> {
        let path = path(&self.name);
        let usual = default_threshold(&self.metric, platform);
        let (side, value) = match (self.bound, usual) {
            (Some((side, Bound::Plain(value))), _) => (side, value),
            (Some((side, Bound::Share(share))), _) => (side, self.share(share, platform)?),
            (None, Some(usual)) => (usual.side, usual.value),
            (None, None) => {
                let message =
                    format!("`{}` has no default alarm to take a bound from", self.metric);
                let help = "set one of `at_least`, `above`, `at_most` and `below`";
                return Err(Diagnostic::at(&code::CONFLICT, &path, message).help(help));
            }
        };
        let period = self.period.or(usual.map(|usual| usual.period)).unwrap_or(USUAL_PERIOD);
        let periods = self.periods.or(usual.map(|usual| usual.periods)).unwrap_or(1);
        let longest = LONGEST[usize::from(period >= HOUR)];
        if period.saturating_mul(periods) > longest {
            let message = format!(
                "{periods} values of {} are longer than the {} that an alarm looks back",
                Duration::seconds(period),
                Duration::seconds(longest)
            );
            let key = path.key(if periods > 1 { "periods" } else { "within" });
            return Err(Diagnostic::at(&code::LIMIT, &key, message));
        }
        let silence = self.silence.or(usual.map(|usual| usual.silence)).unwrap_or(Silence::Good);
        Ok(Threshold { side, value, period, periods, silence })
    }

    fn share(&self, share: i64, platform: &Platform) -> Result<f64, Diagnostic> {
        let most = match &self.metric {
            MetricReference::Thing { kind, name, key } => {
                let thing = platform.things.get(kind, name.as_str());
                thing.and_then(|thing| thing.most(key))
            }
            MetricReference::Own(_) => None,
        };
        #[expect(clippy::cast_precision_loss, reason = "a share is at most 100")]
        let value = most.map(|most| (most * share as f64 / 100.0).floor());
        value.ok_or_else(|| {
            let message = format!("the most that `{}` can be is not known", self.metric);
            Diagnostic::at(&code::IMPOSSIBLE, &path(&self.name), message)
                .help("write the value itself, without `%`")
        })
    }
}

/// Why an alarm cannot watch a metric.
fn check_series(metric: &MetricReference, reading: &Reading) -> Result<(), String> {
    match reading.lines.len() {
        0 => Err(format!("`{metric}` has dimensions whose values nobody knows before")),
        1..=MOST_SERIES => Ok(()),
        many => Err(format!("`{metric}` is made of {many} series; an alarm takes {MOST_SERIES}")),
    }
}

fn default_threshold(metric: &MetricReference, platform: &Platform) -> Option<Threshold> {
    let MetricReference::Thing { kind, name, key } = metric else { return None };
    let metrics = platform.things.get(kind, name.as_str())?.metrics(platform);
    metrics.into_iter().find(|metric| metric.key == key)?.alarm
}

/// Finds what is wrong with the alarms of the spec's own once every thing is decided. What is not
/// declared at all was found before.
pub(super) fn check(platform: &Platform) -> Vec<Diagnostic> {
    let alarms = platform.observability.alarms.iter();
    let sound = alarms
        .filter(|alarm| is_declared(&alarm.metric, platform) && is_sound(&alarm.metric, platform));
    sound.filter_map(|alarm| alarm.decide(platform).err()).collect()
}

/// Every alarm, those of things first, in the order of kinds and names.
pub(super) fn all(platform: &Platform) -> Vec<Alarm> {
    let observability = &platform.observability;
    let mut alarms = Vec::new();
    if observability.default_alarms {
        for thing in platform.things.all() {
            alarms.extend(of_thing(thing, platform));
        }
    }
    alarms.extend(observability.alarms.iter().filter_map(|alarm| alarm.decide(platform).ok()?));
    alarms
}

/// The alarms that a thing has by its kind, without those that the spec replaces.
fn of_thing(thing: &dyn Thing, platform: &Platform) -> Vec<Alarm> {
    let id = thing.id();
    let alarm = |metric: super::metric::Metric| {
        let reference = MetricReference::Thing {
            kind: id.kind,
            name: id.name.clone(),
            key: metric.key.to_owned(),
        };
        let threshold = metric.alarm?;
        let replaced = platform.observability.alarms.iter().any(|alarm| alarm.metric == reference);
        let reading = Reading::of(&metric, &platform.head);
        let takes = check_series(&reference, &reading).is_ok();
        (takes && !replaced).then(|| Alarm {
            local: id.part(&[metric.key]),
            // Names of the spec have no dots, so no alarm of its own is called so.
            aws_name: platform.head.prefix.full(&[&reference.to_string()]),
            metric: reference,
            reading,
            threshold,
            contacts: Contacts::default(),
            cause: id.path(),
        })
    };
    thing.metrics(platform).into_iter().filter_map(alarm).collect()
}

impl Alarm {
    /// Its resource.
    pub(super) fn handle(&self) -> Handle {
        Handle::new(MODULE, Address::managed("aws_cloudwatch_metric_alarm", &self.local))
    }

    /// In words: `service.web.cpu: CPU (percent) at least 90 in 3 times 5m`.
    pub(super) fn description(&self) -> String {
        let Threshold { side, value, period, periods, .. } = self.threshold;
        let times = if periods == 1 { String::new() } else { format!("{periods} times ") };
        format!(
            "{}: {} {} {value} in {times}{}",
            self.metric,
            self.reading.caption(),
            side.words(),
            Duration::seconds(period)
        )
    }

    /// Puts the alarm into a document. It is deleted only after the alarm above it was changed, which
    /// AWS asks for; its name changes whenever it is replaced.
    pub(super) fn lower(&self, platform: &Platform, out: &mut Document) {
        let actions: Vec<Value> = topic::of_alarm(self).map(|topic| topic.get("arn")).collect();
        let Threshold { side, value, periods, silence, .. } = self.threshold;
        let mut arguments = block! {
            alarm_name: &self.aws_name,
            alarm_description: self.description(),
            comparison_operator: side.aws_word(),
            threshold: number(value),
            evaluation_periods: periods,
            datapoints_to_alarm: periods,
            treat_missing_data: silence.aws_word(),
            actions_enabled: platform.observability.paging,
            alarm_actions: actions.clone(),
            ok_actions: actions,
        };
        if let (Value::Map(arguments), Value::Map(watched)) = (&mut arguments, self.watched()) {
            arguments.extend(watched);
        }
        let elsewhere = topic::provider(self.reading.place);
        let mut file = out.module(MODULE).file(FILE);
        file.resource("aws_cloudwatch_metric_alarm", &self.local, arguments)
            .cause(&self.cause)
            .provider(elsewhere)
            .create_before_destroy()
            .add();
    }

    /// The arguments that say what it watches: a series, or an expression over several.
    fn watched(&self) -> Value {
        let period = self.threshold.period;
        match (&self.reading.expression, self.reading.lines.as_slice()) {
            (None, [line]) => {
                let is_percentile = line.is_percentile();
                block! {
                    namespace: &line.namespace,
                    metric_name: &line.name,
                    dimensions: line.dimensions_map(),
                    period: period,
                    statistic: (!is_percentile).then_some(&line.statistic),
                    extended_statistic: is_percentile.then_some(&line.statistic),
                    // A percentile of a handful of values says nothing.
                    evaluate_low_sample_count_percentiles: is_percentile.then_some("ignore"),
                }
            }
            (expression, _) => {
                let expression = expression.as_deref().unwrap_or_default();
                block! { metric_query: self.reading.queries(expression, period) }
            }
        }
    }
}

/// Whether an alarm can stand below one that takes others together: those in other regions cannot.
pub(super) fn is_here(alarm: &Alarm) -> bool {
    alarm.reading.place == MetricPlace::Regional
}
