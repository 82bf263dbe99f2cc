//! `[firewall.<name>]`: a web ACL of AWS WAF.
//!
//! One spec makes one web ACL for each place that it is needed in: a regional one for load balancers,
//! stages of REST APIs and user pools, and one in us-east-1 for distributions. What stands behind it
//! says so itself, with `firewall = "<name>"` ([`crate::kind::Thing::shielded`]).
pub mod addresses;
mod lower;
mod rules;
pub mod spec;
#[cfg(test)]
mod tests;

pub use addresses::AddressRange;
pub(super) use lower::lower_shared;
pub use spec::FirewallSpec;

use super::MODULE;
use super::logs::Retention;
use crate::kind::{Kind, Output, Outputs, Resolving, Thing, ThingId};
use crate::names::identifier;
use crate::observability::metric::{
    Measure, Metric, MetricPlace, Series, Side, Silence, Threshold,
};
use crate::platform::Platform;
use platgen_source::Name;
use platgen_source::diagnostics::{Diagnostic, SpecPath, code};
use platgen_terraform::{Address, Document, Handle, Value};
use rules::Rules;
use spec::LogChoice;

/// A thing that stands behind a firewall.
#[derive(Clone, Debug)]
pub struct Shielded {
    /// The firewall.
    pub firewall: Name,
    /// What is shielded, and how the web ACL gets to it.
    pub by: Attachment,
    /// The line of the spec that says so.
    pub cause: SpecPath,
}

/// How a web ACL gets to what it shields.
#[derive(Clone, Debug)]
pub enum Attachment {
    /// By an association with this ARN: load balancers, stages of REST APIs, user pools.
    Association(Value),
    /// By an argument of the distribution, whose web ACL stands in us-east-1.
    Distribution,
}

/// A firewall with every detail decided.
#[derive(Debug)]
pub struct Firewall {
    id: ThingId,
    aws_name: String,
    rules: Rules,
    logs: LogChoice,
    retention: Retention,
}

/// Where a web ACL stands
/// (<https://docs.aws.amazon.com/waf/latest/developerguide/how-aws-waf-works-resources.html>).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scope {
    /// In the region of the platform.
    Regional,
    /// In us-east-1, for distributions.
    Global,
}

/// The longest name of a web ACL
/// (<https://docs.aws.amazon.com/waf/latest/APIReference/API_CreateWebACL.html>).
const LONGEST_NAME: usize = 128;

/// Blocked requests in five minutes from which on somebody must look: an attack, or a rule that turns
/// customers away.
const MANY_BLOCKED: f64 = 1000.0;

impl Kind for FirewallSpec {
    const KIND: &'static str = "firewall";
    const OUTPUTS: Outputs = Outputs::Named(&["arn"]);
    const METRICS: &'static [&'static str] = &["allowed", "blocked"];
    const ACTS: bool = false;
    const IS_REACHED: bool = false;
    type Thing = Firewall;

    fn resolve(&self, id: ThingId, resolving: &mut Resolving<'_>) -> Firewall {
        let rules = Rules::resolve(self, &id.path(), resolving);
        let logs = self.logs.as_ref().and_then(|logs| logs.requests).unwrap_or_default();
        if logs == LogChoice::None && resolving.head.is_production() {
            let message = "nothing is left of the requests that it turns away";
            resolving.find(&code::WEAKENED, &id.path().key("logs"), message);
        }
        let retention = self.logs.as_ref().and_then(|logs| logs.retention);
        let head = resolving.head;
        Firewall {
            aws_name: head.prefix.name(LONGEST_NAME, &[id.name.as_str()]),
            rules,
            logs,
            retention: retention.unwrap_or(Retention::default_of(head)),
            id,
        }
    }
}

/// The ARN of the web ACL that shields distributions, for their argument `web_acl_id`.
pub fn global_arn(firewall: &Name) -> Value {
    acl(firewall, Scope::Global).get("arn")
}

fn acl(firewall: &Name, scope: Scope) -> Handle {
    Handle::new(MODULE, Address::managed("aws_wafv2_web_acl", &local(firewall, scope, &[])))
}

/// The name of a resource of a firewall. What stands in us-east-1 has it behind all other parts.
fn local(firewall: &Name, scope: Scope, parts: &[&str]) -> String {
    let last: &[&str] = match scope {
        Scope::Regional => &[],
        Scope::Global => &["global"],
    };
    identifier(&[&[firewall.as_str()], parts, last].concat())
}

impl Firewall {
    /// The web ACL: the regional one if there is one, or else the one of distributions.
    pub fn handle(&self, platform: &Platform) -> Handle {
        acl(&self.id.name, self.main_scope(platform))
    }

    /// Everything that stands behind it, with the identity of each.
    fn shields<'a>(
        &'a self,
        platform: &'a Platform,
    ) -> impl Iterator<Item = (&'a ThingId, Shielded)> {
        let things = platform.things.all();
        let shielded = things.filter_map(|thing| Some((thing.id(), thing.shielded()?)));
        shielded.filter(|(_, shielded)| shielded.firewall == self.id.name)
    }

    /// Where it needs a web ACL. One that shields nothing is made in the region, for what is attached
    /// to it by hand.
    fn scopes(&self, platform: &Platform) -> Vec<Scope> {
        let is_global =
            |(_, shielded): &(_, Shielded)| matches!(shielded.by, Attachment::Distribution);
        let (global, regional): (Vec<_>, Vec<_>) =
            self.shields(platform).partition(|shielded| is_global(shielded));
        let mut scopes = Vec::new();
        if !regional.is_empty() || global.is_empty() {
            scopes.push(Scope::Regional);
        }
        if !global.is_empty() {
            scopes.push(Scope::Global);
        }
        scopes
    }

    fn main_scope(&self, platform: &Platform) -> Scope {
        self.scopes(platform).first().copied().unwrap_or(Scope::Regional)
    }

    /// What CloudWatch counts over all rules. The web ACL of distributions has no region there
    /// (<https://docs.aws.amazon.com/waf/latest/developerguide/waf-metrics.html>).
    fn series(&self, name: &'static str, platform: &Platform) -> Series {
        let mut dimensions =
            vec![("Rule", Value::from("ALL")), ("WebACL", Value::from(&self.aws_name))];
        let place = match self.main_scope(platform) {
            Scope::Regional => {
                dimensions.push(("Region", Value::from(&platform.head.region)));
                MetricPlace::Regional
            }
            Scope::Global => MetricPlace::UsEast1,
        };
        Series { namespace: "AWS/WAFV2", name, statistic: "Sum", dimensions, place }
    }
}

impl Thing for Firewall {
    fn id(&self) -> &ThingId {
        &self.id
    }

    fn output(&self, _words: &[String], _consumer: &ThingId, platform: &Platform) -> Output {
        Output::Plain(self.handle(platform).get("arn"))
    }

    fn check(&self, platform: &Platform) -> Vec<Diagnostic> {
        if self.shields(platform).next().is_some() {
            return Vec::new();
        }
        let message = "nothing stands behind this firewall";
        let help = format!(
            "write `firewall = \"{}\"` at what it shields: a load balancer, an API of the type \
             `rest`, a user pool, a distribution",
            self.id.name
        );
        vec![Diagnostic::at(&code::UNUSED, &self.id.path(), message).help(help)]
    }

    fn delivers_logs(&self) -> bool {
        self.keeps_logs()
    }

    fn keeps_logs(&self) -> bool {
        self.logs != LogChoice::None
    }

    fn metrics(&self, platform: &Platform) -> Vec<Metric> {
        let metric = |key, title, name, alarm| Metric {
            key,
            title,
            measure: Measure::Series(self.series(name, platform)),
            alarm,
        };
        let attack = Threshold {
            side: Side::AtLeast,
            value: MANY_BLOCKED,
            period: 300,
            periods: 1,
            silence: Silence::Good,
        };
        vec![
            metric("allowed", "Allowed requests", "AllowedRequests", None),
            metric("blocked", "Blocked requests", "BlockedRequests", Some(attack)),
        ]
    }

    fn lower(&self, platform: &Platform, out: &mut Document) {
        self.lower_firewall(platform, out);
    }
}
