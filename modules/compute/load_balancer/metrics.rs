//! What can be measured of a load balancer:
//! <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html>,
//! <https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-cloudwatch-metrics.html>.
use super::LoadBalancer;
use crate::observability::metric::{Metric, Series, Threshold};
use crate::platform::Platform;

/// The keys of all metrics.
pub(super) const KEYS: &[&str] =
    &["4xx", "5xx", "flows", "latency", "rejected-connections", "requests", "unhealthy-hosts"];

/// Answers with an error in two minutes at which somebody must look.
const MOST_ERRORS: f64 = 10.0;
/// Seconds that 95 of 100 answers take at which somebody must look.
const SLOW_SECONDS: f64 = 2.0;

impl LoadBalancer {
    /// What can be measured of it. Hosts that are not healthy ring at their service.
    pub(super) fn list_metrics(&self, platform: &Platform) -> Vec<Metric> {
        let mut metrics = if self.is_application() { self.of_requests() } else { self.of_flows() };
        let namespace = self.namespace();
        let groups = self.routes(platform).map(|route| {
            let dimensions = vec![
                ("TargetGroup", route.target_group().get("arn_suffix")),
                ("LoadBalancer", self.handle().get("arn_suffix")),
            ];
            Series::regional(namespace, "UnHealthyHostCount", "Maximum", dimensions)
        });
        let groups: Vec<Series> = groups.collect();
        if !groups.is_empty() {
            metrics.push(Metric::combined("unhealthy-hosts", "Unhealthy hosts", "SUM", groups));
        }
        metrics
    }

    /// Where `CloudWatch` keeps its metrics.
    pub fn namespace(&self) -> &'static str {
        if self.is_application() { "AWS/ApplicationELB" } else { "AWS/NetworkELB" }
    }

    fn series(&self, name: &'static str, statistic: &'static str) -> Series {
        let dimensions = vec![("LoadBalancer", self.handle().get("arn_suffix"))];
        Series::regional(self.namespace(), name, statistic, dimensions)
    }

    fn of_requests(&self) -> Vec<Metric> {
        let answers = |own: &'static str, of_targets: &'static str| {
            vec![self.series(own, "Sum"), self.series(of_targets, "Sum")]
        };
        let client = answers("HTTPCode_ELB_4XX_Count", "HTTPCode_Target_4XX_Count");
        let server = answers("HTTPCode_ELB_5XX_Count", "HTTPCode_Target_5XX_Count");
        let rejected = self.series("RejectedConnectionCount", "Sum");
        let latency = self.series("TargetResponseTime", "p95");
        vec![
            Metric::of("requests", "Requests", self.series("RequestCount", "Sum")),
            Metric::combined("5xx", "Answers with 5xx", "SUM", server)
                .with_alarm(Threshold::at_least(MOST_ERRORS, 120, 1)),
            Metric::combined("4xx", "Answers with 4xx", "SUM", client),
            Metric::of("latency", "Latency (seconds)", latency).with_alarm(Threshold::at_least(
                SLOW_SECONDS,
                300,
                3,
            )),
            Metric::of("rejected-connections", "Rejected connections", rejected)
                .with_alarm(Threshold::at_least(1.0, 300, 1)),
        ]
    }

    fn of_flows(&self) -> Vec<Metric> {
        let rejected = self.series("RejectedFlowCount", "Sum");
        vec![
            Metric::of("flows", "New flows", self.series("NewFlowCount", "Sum")),
            Metric::of("rejected-connections", "Rejected flows", rejected)
                .with_alarm(Threshold::at_least(1.0, 300, 1)),
        ]
    }
}
