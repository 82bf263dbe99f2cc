//! `[load_balancer.<name>]`: where requests from outside of the services come in.
//!
//! An application load balancer has one listener that all routes share: HTTPS if it has a domain,
//! with the certificate and the records of every host that its routes name, else HTTP. A network
//! load balancer has a listener for each route. The rules and listeners of routes stand in the files
//! of their services.
mod check;
mod listener;
mod lower;
mod metrics;
mod names;
mod priority;
mod spec;
#[cfg(test)]
mod tests;

pub use listener::Entrance;
pub use spec::{
    AwsName, BalancerArn, BalancerName, BalancerType, ExistingSpec, LoadBalancerSpec, PUBLIC,
};

use crate::compute::MODULE;
use crate::compute::service::Service;
use crate::compute::service::route::{Entry, Route};
use crate::connect::{Declared, Grant, PortRule};
use crate::data::log_bucket::LogWriter;
use crate::kind::{Kind, Output, Outputs, Resolving, Thing, ThingId};
use crate::kinds::Spec;
use crate::network::firewall::{Attachment, FirewallSpec, Shielded};
use crate::network::{self, OpenPort, Source, Tier};
use crate::observability::metric::Metric;
use crate::platform::Platform;
use crate::reference::NameOf;
use platgen_source::diagnostics::{Diagnostic, SpecPath};
use platgen_source::{Duration, Mention};
use platgen_terraform::{Address, Document, Expr, Handle, IndexKey, Value, template};
use std::collections::{BTreeMap, BTreeSet};

/// A load balancer with every detail decided.
#[derive(Debug)]
pub struct LoadBalancer {
    id: ThingId,
    domain: Option<String>,
    firewall: Option<NameOf<FirewallSpec>>,
    origin: Origin,
}

/// Where a load balancer comes from.
#[derive(Debug)]
enum Origin {
    /// It is made.
    Made(Made),
    /// It is there already.
    Existing(Existing),
}

/// A load balancer that is made.
#[derive(Debug)]
struct Made {
    aws_name: String,
    balancer_type: BalancerType,
    internal: bool,
    from: BTreeSet<Source>,
    /// Seconds.
    idle_timeout: i64,
    protected: bool,
    access_logs: bool,
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
    const METRICS: &'static [&'static str] = metrics::KEYS;
    type Thing = LoadBalancer;

    /// `public` exists where a route wants it.
    fn imply(spec: &mut Spec, _mentions: &[Mention]) {
        let routes = spec.service.values().flat_map(|service| service.route.values());
        let mut names = routes.filter_map(|route| BalancerName::of(route.via.as_ref()));
        if let Some(public) = names.find(|name| name.as_str() == PUBLIC) {
            spec.load_balancer.entry(public).or_default();
        }
    }

    fn resolve(&self, id: ThingId, resolving: &mut Resolving<'_>) -> LoadBalancer {
        check::spec(self, &id, resolving);
        let head = resolving.head;
        let origin = match &self.existing {
            Some(existing) => Origin::Existing(Existing::of(existing)),
            None => Origin::Made(self.made(&id, resolving)),
        };
        let has_domain = matches!(&origin, Origin::Made(made) if made.has_domain());
        let domain = self.domain.as_ref().map(|domain| head.plain(domain).to_ascii_lowercase());
        let domain = domain.or_else(|| head.domain.clone().filter(|_| has_domain));
        LoadBalancer { id, domain, firewall: self.firewall.clone(), origin }
    }
}

impl LoadBalancerSpec {
    fn made(&self, id: &ThingId, resolving: &mut Resolving<'_>) -> Made {
        let production = resolving.head.is_production();
        let balancer_type = self.r#type.unwrap_or_default();
        let (default_timeout, can_log) = match balancer_type {
            BalancerType::Application => (60, true),
            BalancerType::Network => (350, false),
        };
        Made {
            aws_name: check::resolve_name(id, resolving),
            balancer_type,
            internal: self.internal.unwrap_or(false),
            from: self.sources(),
            idle_timeout: self.idle_timeout.map_or(default_timeout, Duration::as_seconds),
            protected: self.protected.unwrap_or(production),
            access_logs: self.access_logs.unwrap_or(production) && can_log,
        }
    }

    fn sources(&self) -> BTreeSet<Source> {
        match &self.from {
            Some(ranges) => ranges.0.iter().map(|range| Source::Range(*range)).collect(),
            None if self.internal.unwrap_or(false) => BTreeSet::from([Source::Network]),
            None => BTreeSet::from([Source::Range(network::cidr::Ipv4Range::everywhere())]),
        }
    }
}

impl Made {
    /// Whether it is reached at the platform's domain where the spec names none.
    fn has_domain(&self) -> bool {
        self.balancer_type == BalancerType::Application && !self.internal
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

impl LoadBalancer {
    /// Whether it looks into requests. One that is made elsewhere does.
    pub fn is_application(&self) -> bool {
        match &self.origin {
            Origin::Made(made) => made.balancer_type == BalancerType::Application,
            Origin::Existing(_) => true,
        }
    }

    /// The load balancer. One that is made elsewhere is asked for in the network module, which
    /// needs to know its security group.
    pub fn handle(&self) -> Handle {
        let name = self.id.local(&[]);
        match &self.origin {
            Origin::Made(_) => Handle::new(MODULE, Address::managed("aws_lb", &name)),
            Origin::Existing(_) => Handle::new(network::MODULE, Address::data("aws_lb", &name)),
        }
    }

    /// The listener that the routes of an application load balancer share.
    pub fn listener(&self) -> Handle {
        let made = |word| Address::managed("aws_lb_listener", &self.listener_name(word));
        let address = match &self.origin {
            Origin::Existing(_) => Address::data("aws_lb_listener", &self.listener_name("shared")),
            Origin::Made(_) if self.speaks_https() => made("https"),
            Origin::Made(_) => made("http"),
        };
        Handle::new(MODULE, address)
    }

    /// Listeners of network load balancers stand under the names of services.
    fn listener_name(&self, word: &str) -> String {
        self.id.part(&[word])
    }

    /// How long a connection may be silent, in seconds; of one that is made elsewhere it is not known.
    pub fn idle_timeout(&self) -> Option<i64> {
        match &self.origin {
            Origin::Made(made) => Some(made.idle_timeout),
            Origin::Existing(_) => None,
        }
    }

    /// Where it is called from within the network, if only the network reaches it.
    pub fn entrance(&self) -> Option<Entrance> {
        listener::entrance(self)
    }

    /// Whether callers speak HTTPS with it.
    pub fn speaks_https(&self) -> bool {
        self.is_application()
            && match &self.origin {
                Origin::Existing(existing) => existing.port == HTTPS,
                Origin::Made(_) => self.domain.is_some(),
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
        let port = match &self.origin {
            Origin::Existing(existing) if existing.port != usual => format!(":{}", existing.port),
            _ => String::new(),
        };
        template![scheme, "://", self.host(), port]
    }

    /// The name that callers know it by: its domain, or the one that AWS gives it.
    pub fn host(&self) -> Value {
        match &self.domain {
            Some(domain) => Value::from(domain),
            None => self.handle().get("dns_name"),
        }
    }

    /// Whether the internet reaches it, as far as platgen knows.
    pub fn is_public(&self) -> bool {
        !matches!(&self.origin, Origin::Made(made) if made.internal)
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
        matches!(self.origin, Origin::Made(_))
    }

    fn tier(&self) -> Option<Tier> {
        match &self.origin {
            Origin::Made(made) if made.internal => Some(Tier::Private),
            Origin::Made(_) => Some(Tier::Public),
            Origin::Existing(_) => None,
        }
    }

    fn security_group(&self) -> Option<Value> {
        match &self.origin {
            Origin::Made(_) => Some(network::security_group(&self.id).get("id")),
            Origin::Existing(Existing { security_group: Some(group), .. }) => {
                Some(Value::from(group))
            }
            Origin::Existing(_) => {
                let groups = self.handle().get("security_groups");
                let list = Expr::Call("tolist", vec![groups]);
                Some(Value::Expr(Expr::Index(Box::new(list), IndexKey::Position(0))))
            }
        }
    }

    fn open_ports(&self, platform: &Platform) -> Vec<OpenPort> {
        match &self.origin {
            Origin::Made(made) => listener::open_ports(self, made, platform),
            Origin::Existing(_) => Vec::new(),
        }
    }

    fn address_record(&self, host: &str, platform: &Platform) -> Option<Handle> {
        names::record(self, host, platform)
    }

    fn keeps_logs(&self) -> bool {
        false
    }

    fn shielded(&self) -> Option<Shielded> {
        Some(Shielded {
            firewall: self.firewall.as_ref()?.name().clone(),
            by: Attachment::Association(self.handle().get("arn")),
            cause: self.id.path().key("firewall"),
        })
    }

    fn metrics(&self, platform: &Platform) -> Vec<Metric> {
        self.list_metrics(platform)
    }

    fn request_logs(&self) -> Option<LogWriter> {
        let writes = matches!(&self.origin, Origin::Made(made) if made.access_logs);
        writes.then_some(LogWriter::LoadBalancers)
    }

    fn lower(&self, platform: &Platform, out: &mut Document) {
        match &self.origin {
            Origin::Made(made) => self.lower_made(made, platform, out),
            Origin::Existing(existing) => self.lower_existing(existing, platform, out),
        }
        if self.is_application() {
            listener::lower(self, platform, out);
        }
        names::lower_records(self, platform, out);
        let load_balancer = self.handle();
        let outputs = [
            ("arn", load_balancer.get("arn"), "The ARN of the load balancer"),
            ("dns", load_balancer.get("dns_name"), "The load balancer's own name"),
            ("url", self.url(), "Where the load balancer is reached"),
            (
                "zone_id",
                load_balancer.get("zone_id"),
                "The zone of that name, for records of yours",
            ),
        ];
        for (word, value, description) in outputs {
            out.output(&self.id.part(&[word]), value, description);
        }
    }
}
