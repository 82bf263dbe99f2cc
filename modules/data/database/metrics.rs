//! What can be measured of a database:
//! <https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.AuroraMonitoring.Metrics.html>.
//!
//! Measured is the cluster; of several instances the one that is worst off counts.
use super::engine::Engine;
use super::{Database, SERVERLESS};
use crate::observability::metric::{Metric, Series, Threshold};

/// The keys of all metrics.
pub(super) const KEYS: &[&str] =
    &["capacity", "connections", "cpu", "deadlocks", "free-memory", "free-storage", "replica-lag"];

/// The metric that counts connections.
const CONNECTIONS: &str = "connections";
/// The share of CPU or of the capacity units, in percent, at which somebody must look.
const MOST_LOAD: f64 = 90.0;
/// The share of all connections at which somebody must look.
const MOST_CONNECTIONS: f64 = 0.8;
/// The share of the memory that must be free.
const LEAST_MEMORY: f64 = 0.05;
/// The bytes that must be free on the local disk of an instance, which holds temporary tables and logs.
const LEAST_STORAGE: f64 = 2_147_483_648.0;
/// Milliseconds by which a reader may be behind. Usual are less than 100
/// (<https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.Replication.html>).
const MOST_LAG: f64 = 2_000.0;
/// Deadlocks a second: thirty in five minutes.
const MOST_DEADLOCKS: f64 = 0.1;
/// Bytes of a gibibyte.
const GIBIBYTE: f64 = 1_073_741_824.0;

impl Database {
    /// What can be measured of it.
    pub(super) fn list_metrics(&self) -> Vec<Metric> {
        let series = |name, statistic| {
            let dimensions = vec![("DBClusterIdentifier", self.cluster().get("id"))];
            Series::regional("AWS/RDS", name, statistic, dimensions)
        };
        let most = self.most_connections();
        let connections = series("DatabaseConnections", "Maximum");
        let connections = Metric::of(CONNECTIONS, "Connections", connections);
        let mut metrics = vec![
            Metric::of("cpu", "CPU (percent)", series("CPUUtilization", "Maximum"))
                .with_alarm(Threshold::at_least(MOST_LOAD, 300, 3)),
            match most {
                None => connections,
                Some(most) => {
                    let bound = (most * MOST_CONNECTIONS).floor();
                    connections.with_alarm(Threshold::at_least(bound, 300, 2))
                }
            },
        ];
        metrics.push(self.memory_metric(series("FreeableMemory", "Minimum")));
        if self.instance == SERVERLESS {
            let capacity = series("ACUUtilization", "Maximum");
            let capacity = Metric::of("capacity", "Capacity (percent)", capacity);
            metrics.push(capacity.with_alarm(Threshold::at_least(MOST_LOAD, 300, 3)));
        }
        let storage = series("FreeLocalStorage", "Minimum");
        let storage = Metric::of("free-storage", "Free local storage (bytes)", storage);
        metrics.push(storage.with_alarm(Threshold::below(LEAST_STORAGE, 300, 3)));
        if self.readers > 0 || self.scale.is_some() {
            let lag = series("AuroraReplicaLagMaximum", "Maximum");
            let lag = Metric::of("replica-lag", "Replica lag (milliseconds)", lag);
            metrics.push(lag.with_alarm(Threshold::at_least(MOST_LAG, 60, 5)));
        }
        let deadlocks = series("Deadlocks", "Average");
        let deadlocks = Metric::of("deadlocks", "Deadlocks a second", deadlocks);
        metrics.push(deadlocks.with_alarm(Threshold::at_least(MOST_DEADLOCKS, 300, 1)));
        metrics
    }

    /// The most that a metric can be.
    pub(super) fn most_of(&self, metric: &str) -> Option<f64> {
        if metric == CONNECTIONS { self.most_connections() } else { None }
    }

    /// Instances whose size follows the load keep little memory free by themselves.
    fn memory_metric(&self, series: Series) -> Metric {
        let metric = Metric::of("free-memory", "Free memory (bytes)", series);
        match gibibytes_of(&self.instance) {
            None => metric,
            Some(gibibytes) => {
                let bound = (gibibytes * GIBIBYTE * LEAST_MEMORY).floor();
                metric.with_alarm(Threshold::below(bound, 300, 3))
            }
        }
    }

    /// How many connections an instance takes: what the parameter says, or what the engine makes of the
    /// memory, if the class is known.
    fn most_connections(&self) -> Option<f64> {
        if let Some(parameter) = self.parameters.get("max_connections") {
            return parameter.value.parse().ok();
        }
        let grown = self.capacity.as_ref().map(|capacity| capacity.max.gibibytes());
        let gibibytes = grown.or_else(|| gibibytes_of(&self.instance))?;
        let most = self.engine.most_connections(gibibytes);
        let shrinks =
            self.capacity.as_ref().is_some_and(|capacity| capacity.min.gibibytes() <= 1.0);
        let held_down = shrinks && self.engine == Engine::AuroraPostgresql;
        Some(if held_down { most.min(MOST_OF_SMALL_SERVERLESS) } else { most })
    }
}

/// The most connections of serverless `PostgreSQL` that may shrink to half a unit or less
/// (<https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.setting-capacity.html>).
const MOST_OF_SMALL_SERVERLESS: f64 = 2_000.0;

impl Engine {
    /// How many connections an instance takes if no parameter says otherwise
    /// (<https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraMySQL.Managing.Performance.html>,
    /// <https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraPostgreSQL.Managing.html>).
    ///
    /// The engines compute with the memory that is left to them. These numbers are those of the tables
    /// on the pages.
    fn most_connections(self, gibibytes: f64) -> f64 {
        match self {
            Self::AuroraMysql => {
                let of_small = 45.0 * (gibibytes / 0.75).log2().floor().max(1.0);
                let of_large = 1_000.0 * (gibibytes / 8.0).log2().round();
                of_small.max(of_large)
            }
            Self::AuroraPostgresql => (gibibytes * 1e9 / 9_531_392.0).floor().min(5_000.0),
        }
    }
}

/// The memory of an instance class, if it is one of those that follow the rule of their family
/// (<https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Concepts.DBInstanceClass.Summary.html>).
fn gibibytes_of(class: &str) -> Option<f64> {
    let [_, family, size] = class.split('.').collect::<Vec<_>>().try_into().ok()?;
    if family.starts_with('t') {
        return [("small", 2.0), ("medium", 4.0), ("large", 8.0)]
            .into_iter()
            .find(|(known, _)| *known == size)
            .map(|(_, gibibytes)| gibibytes);
    }
    let of_large = match family {
        "x2g" => 32.0,
        _ if family.starts_with('r') => 16.0,
        _ => return None,
    };
    let times = match size.strip_suffix("xlarge") {
        Some("") => 2.0,
        Some(number) => 2.0 * number.parse::<f64>().ok().filter(|number| *number >= 2.0)?,
        None if size == "large" => 1.0,
        None => return None,
    };
    Some(of_large * times)
}

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;

    #[test]
    fn the_memory_of_a_class_follows_from_its_name() {
        for (class, gibibytes) in [
            ("db.t4g.medium", Some(4.0)),
            ("db.t3.small", Some(2.0)),
            ("db.r7g.large", Some(16.0)),
            ("db.r6i.xlarge", Some(32.0)),
            ("db.r7g.16xlarge", Some(512.0)),
            ("db.x2g.2xlarge", Some(128.0)),
            ("db.x2iedn.xlarge", None),
            ("db.r7g.huge", None),
            ("db.r7g.axlarge", None),
            ("db.serverless", None),
        ] {
            assert_eq!(gibibytes_of(class), gibibytes, "{class}");
        }
    }

    #[test]
    fn connections_are_those_of_the_tables_of_aws() {
        for (gibibytes, mysql, postgresql) in [
            (2.0, "45", "209"),
            (4.0, "90", "419"),
            (8.0, "135", "839"),
            (16.0, "1000", "1678"),
            (32.0, "2000", "3357"),
            (256.0, "5000", "5000"),
            (384.0, "6000", "5000"),
            (512.0, "6000", "5000"),
            (768.0, "7000", "5000"),
        ] {
            let most = |engine: Engine| engine.most_connections(gibibytes).to_string();
            assert_eq!(most(Engine::AuroraMysql), mysql, "{gibibytes}");
            assert_eq!(most(Engine::AuroraPostgresql), postgresql, "{gibibytes}");
        }
    }
}
