//! What can be measured of a service:
//! <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/available-metrics.html>,
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-metrics-ECS.html>.
use super::Service;
use crate::compute::cluster;
use crate::observability::metric::{Measure, Metric, Series, Silence, Threshold};
use crate::platform::Platform;

/// The keys of all metrics.
pub(super) const KEYS: &[&str] = &["cpu", "memory", "missing-tasks", "tasks", "unhealthy-hosts"];

/// The share of CPU or memory, in percent, at which somebody must look: scaling has not helped.
const MOST_LOAD: f64 = 90.0;

impl Service {
    /// What can be measured of it.
    pub(super) fn list_metrics(&self, platform: &Platform) -> Vec<Metric> {
        let load = |name| self.series("AWS/ECS", name, "Average");
        let tasks = |name| self.series("ECS/ContainerInsights", name, "Average");
        let missing = Measure::Computed {
            expression: "desired - running",
            series: vec![
                ("desired", tasks("DesiredTaskCount")),
                ("running", tasks("RunningTaskCount")),
            ],
        };
        // A service that may have no task at all says nothing while it has none.
        let silence = if self.scale.min > 0 { Silence::Bad } else { Silence::Good };
        let mut metrics = vec![
            Metric::of("cpu", "CPU (percent)", load("CPUUtilization"))
                .with_alarm(Threshold::at_least(MOST_LOAD, 300, 3)),
            Metric::of("memory", "Memory (percent)", load("MemoryUtilization"))
                .with_alarm(Threshold::at_least(MOST_LOAD, 300, 3)),
            Metric::of("tasks", "Tasks that run", tasks("RunningTaskCount")),
            Metric {
                key: "missing-tasks",
                title: "Tasks that should run and do not",
                measure: missing,
                alarm: Some(Threshold::at_least(1.0, 60, 10).when_silent(silence)),
            },
        ];
        let groups = self.target_groups(platform);
        if !groups.is_empty() {
            let alarm = Threshold::at_least(1.0, 60, 5);
            let hosts = Metric::combined("unhealthy-hosts", "Unhealthy hosts", "SUM", groups);
            metrics.push(hosts.with_alarm(alarm));
        }
        metrics
    }

    fn series(
        &self,
        namespace: &'static str,
        name: &'static str,
        statistic: &'static str,
    ) -> Series {
        let dimensions = vec![
            ("ClusterName", cluster::handle().get("name")),
            ("ServiceName", self.handle().get("name")),
        ];
        Series::regional(namespace, name, statistic, dimensions)
    }

    /// The hosts behind each of its routes that are not healthy.
    fn target_groups(&self, platform: &Platform) -> Vec<Series> {
        let series = |route: &super::Route| {
            let balancer = platform.things.load_balancer.get(&route.balancer().name)?;
            let dimensions = vec![
                ("TargetGroup", route.target_group().get("arn_suffix")),
                ("LoadBalancer", balancer.handle().get("arn_suffix")),
            ];
            let name = "UnHealthyHostCount";
            Some(Series::regional(balancer.namespace(), name, "Maximum", dimensions))
        };
        self.routes().iter().filter_map(series).collect()
    }
}
