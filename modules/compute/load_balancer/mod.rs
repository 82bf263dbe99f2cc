//! `[load_balancer.<name>]`: where requests from outside of the services come in.
//!
//! An application load balancer has one listener that all routes share: HTTPS if it has a domain,
//! with the certificate and the records of every host that its routes name, else HTTP. A network
//! load balancer has a listener for each route. The rules and listeners of routes stand in the files
//! of their services.
mod check;
mod listener;
mod names;
mod priority;
mod spec;
#[cfg(test)]
mod tests;

pub use spec::{
    AwsName, BalancerArn, BalancerName, BalancerType, ExistingSpec, LoadBalancerSpec, PUBLIC,
    SecurityGroupId,
};

use crate::compute::MODULE;
use crate::compute::service::Service;
use crate::compute::service::route::{Entry, Route};
use crate::connect::{Declared, Grant, PortRule};
use crate::data::log_bucket;
use crate::kind::{Kind, Output, Outputs, Resolving, Thing, ThingId};
use crate::kinds::Spec;
use crate::names::identifier;
use crate::network::{self, OpenPort, Source, Tier};
use crate::platform::Platform;
use platgen_source::Duration;
use platgen_source::diagnostics::{Diagnostic, SpecPath};
use platgen_terraform::{Address, Document, Expr, Handle, IndexKey, Value, block, template};
use std::collections::{BTreeMap, BTreeSet};

/// A load balancer with every detail decided.
#[derive(Debug)]
pub struct LoadBalancer {
    id: ThingId,
    aws_name: String,
    balancer_type: BalancerType,
    internal: bool,
    domain: Option<String>,
    from: BTreeSet<Source>,
    idle_timeout: i64,
    protected: bool,
    access_logs: bool,
    existing: Option<Existing>,
}

/// A load balancer that is made elsewhere.
#[derive(Debug)]
struct Existing {
    arn: String,
    port: u16,
    security_group: Option<String>,
}

/// The port of HTTPS and the port of HTTP.
const HTTPS: u16 = 443;
const HTTP: u16 = 80;

/// The longest name (<https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html>).
const LONGEST_NAME: usize = 32;

impl Kind for LoadBalancerSpec {
    const KIND: &'static str = "load_balancer";
    const OUTPUTS: Outputs = Outputs::Named(&["arn", "dns", "url", "zone_id"]);
    const IMPLIED: &'static [&'static str] = &[PUBLIC];
    type Thing = LoadBalancer;

    fn resolve(&self, id: ThingId, resolving: &mut Resolving<'_>) -> LoadBalancer {
        check::spec(self, &id, resolving);
        let head = resolving.head;
        let balancer_type = self.r#type.unwrap_or_default();
        let internal = self.internal.unwrap_or(false);
        let is_application = balancer_type == BalancerType::Application;
        let has_domain = is_application && !internal && self.existing.is_none();
        let domain = self.domain.as_ref().map(|domain| head.plain(domain).to_ascii_lowercase());
        let aws_name = self.aws_name.as_ref().map(ToString::to_string);
        LoadBalancer {
            aws_name: aws_name
                .unwrap_or_else(|| head.prefix.name(LONGEST_NAME, &[id.name.as_str()])),
            balancer_type,
            internal,
            domain: domain.or_else(|| head.domain.clone().filter(|_| has_domain)),
            from: self.sources(),
            idle_timeout: self
                .idle_timeout
                .map_or(if is_application { 60 } else { 350 }, Duration::as_seconds),
            protected: self.protected.unwrap_or(head.is_production()),
            access_logs: self.access_logs.unwrap_or(head.is_production())
                && is_application
                && self.existing.is_none(),
            existing: self.existing.as_ref().map(Existing::of),
            id,
        }
    }
}

impl LoadBalancerSpec {
    fn sources(&self) -> BTreeSet<Source> {
        match &self.from {
            Some(ranges) => ranges.0.iter().map(|range| Source::Range(*range)).collect(),
            None if self.internal.unwrap_or(false) => BTreeSet::from([Source::Network]),
            None => BTreeSet::from([Source::Range(network::cidr::Ipv4Range::everywhere())]),
        }
    }
}

impl Existing {
    fn of(spec: &ExistingSpec) -> Self {
        Self {
            arn: spec.arn.to_string(),
            port: spec.port.and_then(|port| u16::try_from(port.get()).ok()).unwrap_or(HTTPS),
            security_group: spec.security_group.as_ref().map(ToString::to_string),
        }
    }
}

/// Declares the load balancer `public` where a route wants it.
pub fn imply(spec: &mut Spec) {
    let routes = spec.service.values().flat_map(|service| service.route.values());
    let names = routes.filter_map(|route| BalancerName::of(route.via.as_ref()));
    if let Some(public) = names.into_iter().find(|name| name.as_str() == PUBLIC) {
        spec.load_balancer.entry(public).or_default();
    }
}

impl LoadBalancer {
    /// Whether requests are logged to the platform's log bucket.
    pub fn has_access_logs(&self) -> bool {
        self.access_logs
    }

    /// Whether it looks into requests.
    pub fn is_application(&self) -> bool {
        self.balancer_type == BalancerType::Application
    }

    /// The load balancer. One that is made elsewhere is asked for in the network module, which
    /// needs to know its security group.
    pub fn handle(&self) -> Handle {
        let name = self.id.local(&[]);
        match &self.existing {
            None => Handle::new(MODULE, Address::managed("aws_lb", &name)),
            Some(_) => Handle::new(network::MODULE, Address::data("aws_lb", &name)),
        }
    }

    /// The listener that the routes of an application load balancer share.
    pub fn listener(&self) -> Handle {
        let address = if self.existing.is_some() {
            Address::data("aws_lb_listener", &self.listener_name("shared"))
        } else {
            let word = if self.speaks_https() { "https" } else { "http" };
            Address::managed("aws_lb_listener", &self.listener_name(word))
        };
        Handle::new(MODULE, address)
    }

    /// Listeners of network load balancers stand under the names of services.
    fn listener_name(&self, word: &str) -> String {
        identifier(&[&self.id.identifier(), word])
    }

    /// How long a connection may be silent, in seconds.
    pub fn idle_timeout(&self) -> i64 {
        self.idle_timeout
    }

    /// Whether callers speak HTTPS with it.
    pub fn speaks_https(&self) -> bool {
        self.is_application()
            && match &self.existing {
                Some(existing) => existing.port == HTTPS,
                None => self.domain.is_some(),
            }
    }

    /// The place of a route among the rules of the listener.
    pub fn priority_of(&self, route: &Route, platform: &Platform) -> Option<i64> {
        let priority = self.priorities(platform).remove(&route.path()).flatten();
        priority.and_then(|priority| i64::try_from(priority).ok())
    }

    /// Every route that goes through it, in the order of services and names.
    pub fn routes<'a>(&'a self, platform: &'a Platform) -> impl Iterator<Item = &'a Route> {
        let routes = platform.things.service.values().flat_map(Service::routes);
        routes.filter(|route| *route.balancer() == self.id)
    }

    /// The priority of every route; `None` where too many are equally exact.
    fn priorities(&self, platform: &Platform) -> BTreeMap<SpecPath, Option<usize>> {
        let mut by_hand = BTreeMap::new();
        let mut by_conditions = Vec::new();
        for route in self.routes(platform) {
            match route.entry() {
                Entry::Rule { priority: Some(priority), .. } => {
                    by_hand.insert(route.path(), Some(*priority));
                }
                Entry::Rule { conditions, .. } => by_conditions.push((route.path(), conditions)),
                Entry::Listener { .. } => {}
            }
        }
        let taken = by_hand.values().flatten().copied().collect();
        let assigned = priority::assign(by_conditions.iter().map(|(_, c)| *c), &taken);
        by_hand.extend(by_conditions.into_iter().map(|(path, c)| {
            let priority = assigned.get(c).copied().flatten();
            (path, priority)
        }));
        by_hand
    }

    /// The places of the spec that cause it: its own, and every route, because routes alone make
    /// `public`.
    fn causes(&self, platform: &Platform) -> Vec<SpecPath> {
        let own = [self.id.path()];
        own.into_iter().chain(self.routes(platform).map(Route::path)).collect()
    }

    /// The beginning of every URL that leads to it.
    fn url(&self) -> Value {
        let scheme = match (self.is_application(), self.speaks_https()) {
            (true, true) => "https",
            (true, false) => "http",
            (false, _) => "tcp",
        };
        let usual = if self.speaks_https() { HTTPS } else { HTTP };
        let port = self.existing.as_ref().map(|existing| existing.port);
        let port = port.filter(|port| *port != usual).map(|port| format!(":{port}"));
        let host = match &self.domain {
            Some(domain) => Value::from(domain),
            None => self.handle().get("dns_name"),
        };
        template![scheme, "://", host, port.unwrap_or_default()]
    }
}

impl Thing for LoadBalancer {
    fn id(&self) -> &ThingId {
        &self.id
    }

    fn output(&self, words: &[String], _consumer: &ThingId, _platform: &Platform) -> Output {
        Output::Plain(match words {
            [word] if word == "arn" => self.handle().get("arn"),
            [word] if word == "dns" => self.handle().get("dns_name"),
            [word] if word == "zone_id" => self.handle().get("zone_id"),
            _ => self.url(),
        })
    }

    /// It calls the ports of the services that its routes lead to, for requests and health checks.
    fn implied(&self, platform: &Platform) -> Vec<Grant> {
        let grant = |route: &Route| {
            let target = Some(route.service().clone());
            let mut grant = Grant::new(&self.id, target, route.path(), Declared::Implied);
            grant.ports.extend(route.ports().map(|port| PortRule {
                name: port.name.to_string(),
                port: port.port.number,
                protocol: port.port.transport(),
            }));
            grant
        };
        self.routes(platform).map(grant).collect()
    }

    fn check(&self, platform: &Platform) -> Vec<Diagnostic> {
        check::routes(self, platform)
    }

    fn in_network(&self) -> bool {
        self.existing.is_none()
    }

    fn security_group(&self) -> Option<Value> {
        match &self.existing {
            None => Some(network::security_group(&self.id).get("id")),
            Some(Existing { security_group: Some(group), .. }) => Some(Value::from(group)),
            Some(_) => {
                let groups = self.handle().get("security_groups");
                let list = Expr::Call("tolist", vec![groups]);
                Some(Value::Expr(Expr::Index(Box::new(list), IndexKey::Position(0))))
            }
        }
    }

    fn open_ports(&self, platform: &Platform) -> Vec<OpenPort> {
        listener::open_ports(self, platform)
    }

    fn keeps_logs(&self) -> bool {
        false
    }

    fn lower(&self, platform: &Platform, out: &mut Document) {
        match &self.existing {
            Some(existing) => self.lower_existing(existing, platform, out),
            None => self.lower_own(platform, out),
        }
        if self.is_application() {
            listener::lower(self, platform, out);
        }
        names::lower_records(self, platform, out);
        let output = |what: &str| identifier(&["load-balancer", self.id.name.as_str(), what]);
        out.output(&output("dns"), self.handle().get("dns_name"), "The load balancer's own name");
        out.output(&output("url"), self.url(), "Where the load balancer is reached");
    }
}

impl LoadBalancer {
    fn lower_existing(&self, existing: &Existing, platform: &Platform, out: &mut Document) {
        let arguments = block! { arn: &existing.arn };
        let mut file = out.module(network::MODULE).file(&self.id.file());
        file.data("aws_lb", &self.id.local(&[]), arguments).causes(&self.causes(platform)).add();
    }

    fn lower_own(&self, platform: &Platform, out: &mut Document) {
        let tier = if self.internal { Tier::Private } else { Tier::Public };
        let if_application = self.is_application().then_some(());
        let log_prefix = format!("{}/{}", log_bucket::LOAD_BALANCER_PREFIX, self.id.name);
        let arguments = block! {
            name: &self.aws_name,
            load_balancer_type: self.balancer_type.word(),
            internal: self.internal,
            security_groups: vec![network::security_group(&self.id).get("id")],
            subnets: platform.network.subnets(tier),
            enable_deletion_protection: self.protected,
            idle_timeout: if_application.map(|()| self.idle_timeout),
            drop_invalid_header_fields: if_application.map(|()| true),
            desync_mitigation_mode: if_application.map(|()| "defensive"),
            access_logs: self.access_logs.then(|| {
                block! { bucket: log_bucket::ready(), prefix: log_prefix, enabled: true }
            }),
        };
        let mut file = out.module(MODULE).file(&self.id.file());
        file.resource("aws_lb", &self.id.local(&[]), arguments)
            .causes(&self.causes(platform))
            .add();
    }
}
