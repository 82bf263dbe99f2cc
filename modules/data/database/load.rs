//! What follows the load of a database: the capacity of its instances, and the number of its readers.
use super::engine::Release;
use super::spec::{CapacitySpec, CapacityUnits, ScaleSpec};
use crate::kind::Resolving;
use platgen_source::diagnostics::{SpecPath, code};
use platgen_source::{Count, Duration};

/// Seconds without a connection after which serverless instances may pause
/// (<https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2-auto-pause.html>).
const PAUSES: std::ops::RangeInclusive<i64> = 300..=86_400;

/// The processor load of readers to keep, in per cent, if the spec says nothing.
const DEFAULT_CPU: i64 = 70;

/// What serverless instances grow to and shrink to.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Capacity {
    /// The least; 0 lets them pause.
    pub min: CapacityUnits,
    /// The most.
    pub max: CapacityUnits,
    /// Seconds without a connection before they pause, if they can.
    pub pause_seconds: Option<i64>,
}

/// A number of readers that follows the load. At least one of the targets is set.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Scale {
    /// The least.
    pub min: i64,
    /// The most.
    pub max: i64,
    /// The processor load to keep, in per cent.
    pub cpu: Option<i64>,
    /// The connections of each reader to keep.
    pub connections: Option<i64>,
}

impl Capacity {
    /// Decides what the spec leaves open.
    pub(super) fn resolve(
        spec: &CapacitySpec,
        release: &Release,
        path: &SpecPath,
        resolving: &mut Resolving<'_>,
    ) -> Self {
        let head = resolving.head;
        let nothing = CapacityUnits::halves(0);
        let smallest = if release.pauses { nothing } else { CapacityUnits::halves(1) };
        let min = spec.min.unwrap_or_else(|| {
            let default = head.by_profile(CapacityUnits::halves(4), smallest);
            spec.max.map_or(default, |max| default.min(max))
        });
        let default_max = head.by_profile(CapacityUnits::halves(32), CapacityUnits::halves(8));
        let max = spec.max.unwrap_or(default_max.max(min));
        if max < min || max < CapacityUnits::halves(2) {
            let message = "the most is at least 1, and at least the least";
            resolving.find(&code::IMPOSSIBLE, &path.key("max"), message);
        }
        if min == nothing && !release.pauses {
            let message = format!("version {} cannot shrink to 0", release.version);
            let help = "take 0.5, or a newer version";
            resolving.find_with(&code::IMPOSSIBLE, &path.key("min"), message, help);
        }
        let pauses = min == nothing;
        check_pause(spec.pause, pauses, &path.key("pause"), resolving);
        let seconds = spec.pause.map_or(*PAUSES.start(), Duration::as_seconds);
        Self { min, max, pause_seconds: pauses.then_some(seconds) }
    }
}

impl Scale {
    /// Decides what the spec leaves open, beside a fixed number of readers.
    pub(super) fn resolve(
        spec: &ScaleSpec,
        readers: i64,
        path: &SpecPath,
        resolving: &mut Resolving<'_>,
    ) -> Self {
        let min = spec.min.map_or(readers.max(1), Count::get);
        let max = spec.max.get();
        if max < min.max(readers) {
            let message = format!("at most {max} readers, but {} to begin with", min.max(readers));
            resolving.find(&code::IMPOSSIBLE, &path.key("max"), message);
        }
        if min == 0 && readers == 0 {
            let message = "without any reader there is no load to follow";
            let help = "keep one reader at least";
            resolving.find_with(&code::IMPOSSIBLE, &path.key("min"), message, help);
        }
        let connections = spec.connections.map(Count::get);
        let default_cpu = connections.is_none().then_some(DEFAULT_CPU);
        Self { min, max, cpu: spec.cpu.map(Count::get).or(default_cpu), connections }
    }
}

fn check_pause(
    pause: Option<Duration>,
    pauses: bool,
    path: &SpecPath,
    resolving: &mut Resolving<'_>,
) {
    let Some(pause) = pause else { return };
    if !pauses {
        let message = "instances pause only where the least capacity is 0";
        resolving.find_with(&code::CONFLICT, path, message, "set `min = 0`");
    }
    if !PAUSES.contains(&pause.as_seconds()) {
        let message = format!("{pause} is not between 5m and 1d");
        resolving.find(&code::OUT_OF_RANGE, path, message);
    }
}
