//! What can be measured of a volume: <https://docs.aws.amazon.com/efs/latest/ug/efs-metrics.html>.
use super::{Throughput, Volume};
use crate::observability::metric::{Metric, Series, Threshold};
use platgen_terraform::Value;

/// The keys of all metrics.
pub(super) const KEYS: &[&str] = &["burst-credits", "bytes", "clients", "io-limit", "storage"];

/// The share of what the file system can do at one time, in percent, at which somebody must look.
const MOST_LOAD: f64 = 95.0;
/// Credits in bytes at which somebody must look: half an hour at 100 MiB a second, the burst of a small
/// file system (<https://docs.aws.amazon.com/efs/latest/ug/performance.html#bursting>).
const LEAST_CREDITS: f64 = 188_743_680_000.0;

impl Volume {
    /// What can be measured of it.
    pub(super) fn list_metrics(&self) -> Vec<Metric> {
        let storage = self.series("StorageBytes", "Average", Some(("StorageClass", "Total")));
        let mut metrics = vec![
            Metric::of("storage", "Storage (bytes)", storage),
            Metric::of("bytes", "Bytes in and out", self.series("MeteredIOBytes", "Sum", None)),
            Metric::of("clients", "Connections", self.series("ClientConnections", "Sum", None)),
            Metric::of(
                "io-limit",
                "Load (percent)",
                self.series("PercentIOLimit", "Average", None),
            )
            .with_alarm(Threshold::at_least(MOST_LOAD, 300, 3)),
        ];
        if self.throughput == Throughput::Bursting {
            let credits = self.series("BurstCreditBalance", "Minimum", None);
            let credits = Metric::of("burst-credits", "Credits to burst (bytes)", credits);
            metrics.push(credits.with_alarm(Threshold::below(LEAST_CREDITS, 300, 3)));
        }
        metrics
    }

    fn series(
        &self,
        name: &'static str,
        statistic: &'static str,
        part: Option<(&'static str, &'static str)>,
    ) -> Series {
        let id = ("FileSystemId", self.file_system().get("id"));
        let part = part.map(|(name, word)| (name, Value::from(word)));
        let dimensions = std::iter::once(id).chain(part).collect();
        Series::regional("AWS/EFS", name, statistic, dimensions)
    }
}
