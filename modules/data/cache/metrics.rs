//! What can be measured of a cache:
//! <https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/CacheMetrics.html>.
//!
//! `CloudWatch` keeps the metrics of nodes; of several the one that is worst off counts.
use super::{Cache, Nodes};
use crate::observability::metric::{Measure, Metric, Series, Threshold};
use platgen_terraform::{Value, template};

/// The keys of all metrics.
pub(super) const KEYS: &[&str] =
    &["connections", "cpu", "engine-cpu", "evictions", "hit-ratio", "memory", "replication-lag"];

/// The share of CPU or memory, in percent, at which somebody must look.
const MOST_LOAD: f64 = 90.0;
/// The most clients of a node
/// (<https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/quota-limits.html>).
const MOST_CONNECTIONS: f64 = 65_000.0;
/// The share of all connections at which somebody must look.
const MANY_CONNECTIONS: f64 = 52_000.0;
/// Keys that are driven out in five minutes at which somebody must look.
const MOST_EVICTIONS: f64 = 100.0;
/// Reads of a hundred that must find their key.
const LEAST_HITS: f64 = 80.0;
/// Seconds by which a replica may be behind.
const MOST_LAG: f64 = 10.0;

impl Cache {
    /// What can be measured of it.
    pub(super) fn list_metrics(&self) -> Vec<Metric> {
        let nodes = self.node_ids();
        let each = |name, statistic| -> Vec<Series> {
            nodes.iter().map(|node| series(name, statistic, node)).collect()
        };
        let worst = |key, title, name, statistic| {
            Metric::combined(key, title, "MAX", each(name, statistic))
        };
        let mut metrics = vec![
            worst("cpu", "CPU (percent)", "CPUUtilization", "Average")
                .with_alarm(Threshold::at_least(MOST_LOAD, 300, 3)),
            worst("engine-cpu", "CPU of the engine (percent)", "EngineCPUUtilization", "Average")
                .with_alarm(Threshold::at_least(MOST_LOAD, 300, 3)),
            worst("memory", "Memory (percent)", "DatabaseMemoryUsagePercentage", "Maximum")
                .with_alarm(Threshold::at_least(MOST_LOAD, 300, 3)),
            Metric::combined("evictions", "Evicted keys", "SUM", each("Evictions", "Sum"))
                .with_alarm(Threshold::at_least(MOST_EVICTIONS, 300, 3)),
            worst("connections", "Connections", "CurrConnections", "Maximum")
                .with_alarm(Threshold::at_least(MANY_CONNECTIONS, 300, 2)),
            hit_ratio(&nodes).with_alarm(Threshold::below(LEAST_HITS, 900, 4)),
        ];
        let (Nodes::Primary { replicas } | Nodes::Sharded { replicas, .. }) = self.nodes;
        if replicas > 0 {
            let lag =
                worst("replication-lag", "Replication lag (seconds)", "ReplicationLag", "Maximum");
            metrics.push(lag.with_alarm(Threshold::at_least(MOST_LAG, 60, 5)));
        }
        metrics
    }

    /// The most that a metric can be.
    pub(super) fn most_of(metric: &str) -> Option<f64> {
        (metric == "connections").then_some(MOST_CONNECTIONS)
    }

    /// The ids of all nodes: `{group}-001`, and in shards `{group}-0001-001`
    /// (<https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Replication.Endpoints.html>).
    fn node_ids(&self) -> Vec<Value> {
        let group = self.group().get("id");
        let node = |end: String| template![&group, end];
        match self.nodes {
            Nodes::Primary { replicas } => {
                (1..=1 + replicas).map(|number| node(format!("-{number:03}"))).collect()
            }
            Nodes::Sharded { shards, replicas } => {
                let of_shard = |shard| {
                    (1..=1 + replicas).map(move |number| format!("-{shard:04}-{number:03}"))
                };
                (1..=shards).flat_map(of_shard).map(node).collect()
            }
        }
    }
}

/// Hits among all reads, in percent, of all nodes together: the first half of the series are hits, and
/// the ids of the second half go on from there.
fn hit_ratio(nodes: &[Value]) -> Metric {
    let each = |name| nodes.iter().map(move |node| series(name, "Sum", node));
    let ids = |first: usize| {
        let ids: Vec<String> = (first..first + nodes.len()).map(|id| format!("m{id}")).collect();
        format!("SUM([{}])", ids.join(", "))
    };
    let (hits, misses) = (ids(1), ids(1 + nodes.len()));
    let expression = format!("100 * {hits} / ({hits} + {misses})");
    let series = each("CacheHits").chain(each("CacheMisses")).collect();
    let measure = Measure::Combined { expression, series };
    Metric { key: "hit-ratio", title: "Hit ratio (percent)", measure, alarm: None }
}

fn series(name: &'static str, statistic: &'static str, node: &Value) -> Series {
    Series::regional("AWS/ElastiCache", name, statistic, vec![("CacheClusterId", node.clone())])
}
