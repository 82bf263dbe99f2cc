//! What can be measured of a job:
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-metrics-ECS.html>,
//! <https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html>.
use super::Job;
use crate::compute::cluster;
use crate::observability::metric::{Metric, Series, Threshold};

/// The keys of all metrics.
pub(super) const KEYS: &[&str] = &["cpu", "failures", "memory"];

impl Job {
    /// What can be measured of it. Failures are counted by the state machine, which runs a job with
    /// `retries` or a `timeout`; those of other jobs are told by an event.
    pub(super) fn list_metrics(&self) -> Vec<Metric> {
        let used = |name| {
            let family = super::definition::handle(&self.id).get("family");
            let dimensions = vec![
                ("ClusterName", cluster::handle().get("name")),
                ("TaskDefinitionFamily", family),
            ];
            Series::regional("ECS/ContainerInsights", name, "Maximum", dimensions)
        };
        let mut metrics = vec![
            Metric::of("cpu", "CPU (units)", used("CpuUtilized")),
            Metric::of("memory", "Memory (MB)", used("MemoryUtilized")),
        ];
        if self.attempts.is_some() {
            let ended = |name| {
                let dimensions = vec![("StateMachineArn", self.machine().get("arn"))];
                Series::regional("AWS/States", name, "Sum", dimensions)
            };
            let failed = vec![ended("ExecutionsFailed"), ended("ExecutionsTimedOut")];
            let failures = Metric::combined("failures", "Failures", "SUM", failed);
            metrics.push(failures.with_alarm(Threshold::at_least(1.0, 300, 1)));
        }
        metrics
    }
}
