//! What is measured of a sender. AWS looks at a sender above the two rates, and stops it at their
//! double
//! (<https://docs.aws.amazon.com/ses/latest/dg/reputationdashboard-cloudwatch-alarm.html>,
//! <https://docs.aws.amazon.com/ses/latest/dg/faqs-enforcement.html>).
use super::Email;
use super::lower::DIMENSION;
use crate::observability::metric::{
    Measure, Metric, MetricPlace, Series, Side, Silence, Threshold,
};

/// The share of messages that bounce, and that are called unwanted, from which on AWS looks.
const BOUNCE_RATE: f64 = 0.05;
const COMPLAINT_RATE: f64 = 0.001;
/// Seconds that one value of a rate covers.
const RATE_PERIOD: i64 = 3600;

impl Email {
    /// The measures, as [`crate::kind::Kind::METRICS`] names them.
    pub(super) fn measures(&self) -> Vec<Metric> {
        let rate = |key, title, name, value| Metric {
            key,
            title,
            measure: self.series(name, "Maximum"),
            alarm: Some(Threshold {
                side: Side::AtLeast,
                value,
                period: RATE_PERIOD,
                periods: 1,
                silence: Silence::Ignored,
            }),
        };
        let count = |key, title, name| Metric {
            key,
            title,
            measure: self.series(name, "Sum"),
            alarm: None,
        };
        vec![
            rate("bounce-rate", "Bounce rate", "Reputation.BounceRate", BOUNCE_RATE),
            count("bounces", "Bounces", "Bounce"),
            rate("complaint-rate", "Complaint rate", "Reputation.ComplaintRate", COMPLAINT_RATE),
            count("complaints", "Complaints", "Complaint"),
            count("deliveries", "Deliveries", "Delivery"),
            count("sends", "Sends", "Send"),
        ]
    }

    fn series(&self, name: &'static str, statistic: &'static str) -> Measure {
        let set = self.configuration_set().get("configuration_set_name");
        Measure::Series(Series {
            namespace: "AWS/SES",
            name,
            statistic,
            dimensions: vec![(DIMENSION, set)],
            place: MetricPlace::Regional,
        })
    }
}
