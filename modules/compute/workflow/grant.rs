//! What others get of a workflow: rights, and what can be measured of it.
use super::spec::WorkflowVerbs;
use super::{Workflow, key};
use crate::connect::matrix::On;
use crate::connect::{Edge, Grant};
use crate::kind::{Refusal, Target};
use crate::observability::metric::{
    Measure, Metric, MetricPlace, Series, Side, Silence, Threshold,
};

/// What can be measured of a workflow.
pub const METRICS: [&str; 6] =
    ["aborted", "duration", "failed", "started", "throttled", "timed-out"];

/// The key of a measure, its name at CloudWatch, what a chart calls it, its statistic, and whether a
/// single one is an alarm (<https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html>).
const MEASURES: [(&str, &str, &str, &str, Alarm); 6] = [
    ("aborted", "ExecutionsAborted", "Aborted executions", "Sum", Alarm::AtOne),
    ("duration", "ExecutionTime", "Duration (p95)", "p95", Alarm::None),
    ("failed", "ExecutionsFailed", "Failed executions", "Sum", Alarm::AtOne),
    ("started", "ExecutionsStarted", "Started executions", "Sum", Alarm::None),
    ("throttled", "ExecutionThrottled", "Throttled events", "Sum", Alarm::AtOne),
    ("timed-out", "ExecutionsTimedOut", "Executions that timed out", "Sum", Alarm::AtOne),
];

/// Whether somebody must look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Alarm {
    /// Never.
    None,
    /// From one in five minutes on.
    AtOne,
}

impl Alarm {
    fn threshold(self) -> Option<Threshold> {
        (self == Self::AtOne).then_some(Threshold {
            side: Side::AtLeast,
            value: 1.0,
            period: 300,
            periods: 1,
            silence: Silence::Good,
        })
    }
}

impl Workflow {
    /// What can be measured of it.
    pub(super) fn own_metrics(&self) -> Vec<Metric> {
        let metric = |(key, name, title, statistic, alarm): (_, _, _, _, Alarm)| Metric {
            key,
            title,
            measure: Measure::Series(Series {
                namespace: "AWS/States",
                name,
                statistic,
                dimensions: vec![("StateMachineArn", self.handle().get("arn"))],
                place: MetricPlace::Regional,
            }),
            alarm: alarm.threshold(),
        };
        MEASURES.into_iter().map(metric).collect()
    }
}

impl Target for Workflow {
    type Verbs = WorkflowVerbs;

    fn grant(&self, verbs: &WorkflowVerbs, edge: &Edge<'_>) -> Grant {
        let region = &edge.platform.head.region;
        let resources = |kind: &str| match kind {
            "states:statemachine" => self.arn(region).into(),
            "states:execution" => self.executions(region).into(),
            "kms:key" => key::arn().into(),
            _ => On::nothing(),
        };
        let mut grant = edge.grant_of(verbs, |_, kind| resources(kind));
        if verbs.start.is_some() && self.is_express() {
            edge.give("start express", &mut grant, resources);
        }
        grant.variables.push((edge.variable("STATE_MACHINE_ARN"), self.arn(region)));
        grant
    }

    fn refused(&self, verbs: &WorkflowVerbs) -> Vec<Refusal> {
        let only_standard = [
            ("resume", verbs.resume.is_some()),
            ("read", verbs.read.is_some()),
            ("stop", verbs.stop.is_some()),
        ];
        let refusal = |(verb, _)| Refusal {
            verb,
            reason: format!("`{}` is express, and has no `{verb}`", self.id),
            remedy: "make it standard, or remove the verb".to_owned(),
        };
        let asked = only_standard.into_iter().filter(|(_, asked)| self.is_express() && *asked);
        asked.map(refusal).collect()
    }
}
