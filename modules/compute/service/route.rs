//! Routes: which requests of a load balancer a service answers.
//!
//! A service reads them with its own keys (`route: Things<RouteSpec>`), resolves them with
//! [`resolve_all`], keeps them (`Service::routes() -> &[Route]`), and puts what [`Route::lower`]
//! gives into its `load_balancer` blocks. The load balancer finds them through `Service::routes`.
mod conditions;
mod health;
mod lower;
#[cfg(test)]
mod tests;

pub use conditions::{Conditions, HeaderName, Method, PathPattern, ValuePattern};
pub use health::{HealthCheck, HealthCheckSpec, HealthRequest};
pub use lower::RouteAttachment;

use crate::compute::load_balancer::{BalancerName, BalancerType, LoadBalancerSpec};
use crate::compute::task::ports::{Port, PortProtocol, main_port};
use crate::connect::Protocol;
use crate::kind::{Kind, Resolving, ThingId};
use crate::network::cidr::Ipv4Range;
use crate::text::PlainText;
use platgen_source::diagnostics::{SpecPath, code, suggestion};
use platgen_source::{Count, Duration, Name, OneOrMore, Read, Things};
use std::collections::{BTreeMap, BTreeSet};

/// Which requests of a load balancer a service answers. More than one condition must all be met;
/// of several values of one condition, any.
///
/// The route that says more is asked first: exact hosts before patterns before none, then longer
/// paths before shorter ones, then more other conditions before fewer.
#[derive(Debug, Read)]
#[spec(short = "path")]
pub struct RouteSpec {
    /// The paths; `*` stands for any letters, `?` for one. By default every path. Of several, the
    /// shortest one decides when the route is asked.
    pub path: Option<OneOrMore<PathPattern>>,
    /// The hosts: `"admin.{platform.domain}"`, `"*.example.com"`. By default every host. Each gets a
    /// certificate, and a record at Route 53 unless it is a pattern.
    pub host: Option<OneOrMore<PlainText>>,
    /// The HTTP methods. By default every method.
    pub method: Option<OneOrMore<Method>>,
    /// Headers and the values that each may have.
    pub header: BTreeMap<HeaderName, OneOrMore<ValuePattern>>,
    /// Keys of the query and the values that each may have.
    pub query: BTreeMap<ValuePattern, OneOrMore<ValuePattern>>,
    /// Address ranges that may call. By default those of the load balancer.
    pub from: Option<OneOrMore<Ipv4Range>>,
    /// The name of the port, of the service or one of its other containers, that requests go to. By
    /// default `http`, or else the first one over TCP, or else the first one.
    pub port: Option<Name>,
    /// How long a caller stays with one task, by a cookie: 1 second to 7 days. By default not at all.
    pub sticky: Option<Duration>,
    /// How it is found out that a task can answer. What is not said here, the service says.
    pub health: Option<HealthCheckSpec>,
    /// The load balancer. By default `public`, which exists by itself.
    pub via: Option<BalancerName>,
    /// The port of a network load balancer: `443`, `"8080/udp"`. By default that of the service.
    pub listen: Option<Port>,
    /// When the route is asked, by hand: a lower number is asked earlier.
    pub priority: Option<Count<1, 50_000>>,
}

/// A port of a service, of any of its containers, as routes see it. Names are unique in a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoutePort {
    /// The name of the port.
    pub name: Name,
    /// The container that listens, as the task definition names it.
    pub container: String,
    /// The number, and what is spoken there.
    pub port: Port,
}

/// What a service says of itself to its routes.
#[derive(Clone, Copy, Debug)]
pub struct RoutedService<'a> {
    /// Which service.
    pub id: &'a ThingId,
    /// Its ports, the service's own before those of its other containers.
    pub ports: &'a [RoutePort],
    /// What the service says of its health (`[service.<name>.health]`).
    pub health: &'a HealthCheckSpec,
}

/// A route with every detail decided.
#[derive(Debug)]
pub struct Route {
    service: ThingId,
    name: Name,
    balancer: ThingId,
    port: RoutePort,
    health: HealthCheck,
    entry: Entry,
}

/// How requests come to a route.
#[derive(Debug)]
pub enum Entry {
    /// By a rule of the listener that all routes of an application load balancer share.
    Rule {
        /// What a request must look like.
        conditions: Conditions,
        /// The place among the rules, if the spec sets it.
        priority: Option<usize>,
        /// Seconds that a caller stays with one task.
        sticky: Option<i64>,
    },
    /// By a listener of its own, of a network load balancer.
    Listener {
        /// The port that it listens at.
        port: u16,
        /// What it listens for.
        protocol: Protocol,
        /// Who may call, if it is not the same as for the whole load balancer.
        from: BTreeSet<Ipv4Range>,
    },
}

/// Where a route leads, while it is resolved.
#[derive(Clone, Copy, Debug)]
struct Target<'a> {
    service: &'a RoutedService<'a>,
    port: &'a RoutePort,
    balancer: BalancerType,
}

/// The most target groups of one ECS service
/// (<https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html>).
const MOST_ROUTES: usize = 5;

/// The longest time that a cookie of a load balancer keeps a caller, in seconds
/// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html>).
const LONGEST_STICKY: i64 = 604_800;

/// Decides the routes of a service. One that leads nowhere is left out; the findings say why.
pub fn resolve_all(
    specs: &Things<RouteSpec>,
    service: &RoutedService<'_>,
    resolving: &mut Resolving<'_>,
) -> Vec<Route> {
    if specs.len() > MOST_ROUTES {
        let message = format!("{} routes; an ECS service takes {MOST_ROUTES}", specs.len());
        let help = "give one route several paths or hosts, or make another service";
        let path = service.id.path().key("route");
        resolving.find_with(&code::LIMIT, &path, message, help);
    }
    let route = |(name, spec)| Route::resolve(name, spec, service, resolving);
    specs.iter().filter_map(route).collect()
}

impl Route {
    /// Decides a route; `None` if the service has no port that it could lead to.
    pub fn resolve(
        name: &Name,
        spec: &RouteSpec,
        service: &RoutedService<'_>,
        resolving: &mut Resolving<'_>,
    ) -> Option<Self> {
        let path = service.id.path().key("route").key(name.as_str());
        let balancer = BalancerName::of(spec.via.as_ref())?;
        let balancer = ThingId::new(LoadBalancerSpec::KIND, &balancer);
        let declared = resolving.spec.load_balancer.get(&balancer.name);
        let balancer_type = declared.and_then(|spec| spec.r#type).unwrap_or_default();
        let port = choose_port(spec, service, &path, resolving)?;
        let target = Target { service, port, balancer: balancer_type };
        let nothing = HealthCheckSpec::default();
        let health = spec.health.as_ref().unwrap_or(&nothing);
        Some(Self {
            health: HealthCheck::resolve(health, &target, &path, resolving),
            entry: match balancer_type {
                BalancerType::Application => resolve_rule(spec, port, &path, resolving),
                BalancerType::Network => resolve_listener(spec, port, &path, resolving),
            },
            service: service.id.clone(),
            name: name.clone(),
            balancer,
            port: port.clone(),
        })
    }

    /// Where the spec declares it.
    pub fn path(&self) -> SpecPath {
        self.service.path().key("route").key(self.name.as_str())
    }

    /// The service that answers.
    pub fn service(&self) -> &ThingId {
        &self.service
    }

    /// The load balancer that it goes through.
    pub fn balancer(&self) -> &ThingId {
        &self.balancer
    }

    /// How requests come to it.
    pub fn entry(&self) -> &Entry {
        &self.entry
    }

    /// The ports of the service that the load balancer calls: for requests, and for health checks.
    pub fn ports(&self) -> impl Iterator<Item = &RoutePort> {
        [&self.port].into_iter().chain(&self.health.port)
    }

    /// Whether the listener must speak HTTPS: only there HTTP/2 is spoken
    /// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html#target-group-protocol-version>).
    pub fn needs_https(&self) -> bool {
        let speaks = self.port.port.speaks;
        matches!(self.entry, Entry::Rule { .. })
            && matches!(speaks, PortProtocol::Http2 | PortProtocol::Grpc)
    }
}

fn choose_port<'a>(
    spec: &RouteSpec,
    service: &RoutedService<'a>,
    path: &SpecPath,
    resolving: &mut Resolving<'_>,
) -> Option<&'a RoutePort> {
    let ports = service.ports;
    let Some(name) = &spec.port else {
        let main = main_port(ports.iter().map(|port| (&port.name, port.port)));
        let chosen = main.and_then(|(name, _)| ports.iter().find(|port| port.name == *name));
        if chosen.is_none() {
            let message = format!("`{}` has no port that requests could go to", service.id);
            let help = "add one to the service: `port = 8080`";
            resolving.find_with(&code::MISSING_KEY, path, message, help);
        }
        return chosen;
    };
    let chosen = ports.iter().find(|port| port.name == *name);
    if chosen.is_none() {
        let message = format!("`{}` has no port `{name}`", service.id);
        let help = suggestion(name.as_str(), ports.iter().map(|port| port.name.as_str()));
        resolving.find_with(&code::UNKNOWN_TARGET, &path.key("port"), message, help);
    }
    chosen
}

/// Says of every key that stands there that it means nothing to this type of load balancer.
fn refuse(keys: &[(&str, bool)], reason: &str, path: &SpecPath, resolving: &mut Resolving<'_>) {
    for (key, _) in keys.iter().filter(|(_, stands)| *stands) {
        let message = format!("`{key}` means nothing here: {reason}");
        let help = format!("remove `{key}`, or choose another load balancer with `via`");
        resolving.find_with(&code::CONFLICT, &path.key(key), message, help);
    }
}

fn resolve_rule(
    spec: &RouteSpec,
    port: &RoutePort,
    path: &SpecPath,
    resolving: &mut Resolving<'_>,
) -> Entry {
    let reason = "an application load balancer has one listener for all of its routes";
    refuse(&[("listen", spec.listen.is_some())], reason, path, resolving);
    if port.port.transport() == Protocol::Udp {
        let message =
            format!("port `{}` speaks UDP; an application load balancer does not", port.name);
        let help = "declare a load balancer with `type = \"network\"` and name it with `via`";
        resolving.find_with(&code::IMPOSSIBLE, path, message, help);
    }
    let sticky = spec.sticky.map(Duration::as_seconds);
    if sticky.is_some_and(|seconds| seconds > LONGEST_STICKY) {
        let message = "a cookie of a load balancer lasts at most 7 days";
        resolving.find(&code::OUT_OF_RANGE, &path.key("sticky"), message);
    }
    Entry::Rule {
        conditions: Conditions::resolve(spec, path, resolving),
        priority: spec.priority.and_then(|priority| usize::try_from(priority.get()).ok()),
        sticky,
    }
}

fn resolve_listener(
    spec: &RouteSpec,
    target: &RoutePort,
    path: &SpecPath,
    resolving: &mut Resolving<'_>,
) -> Entry {
    let unused = [
        ("path", spec.path.is_some()),
        ("host", spec.host.is_some()),
        ("method", spec.method.is_some()),
        ("header", !spec.header.is_empty()),
        ("query", !spec.query.is_empty()),
        ("sticky", spec.sticky.is_some()),
        ("priority", spec.priority.is_some()),
    ];
    let reason = "a network load balancer does not look into what it carries";
    refuse(&unused, reason, path, resolving);
    let listen = spec.listen.unwrap_or(target.port);
    if listen.transport() != target.port.transport() {
        let message = format!(
            "it listens for {}, and port `{}` takes {}",
            listen.transport().word(),
            target.name,
            target.port.transport().word()
        );
        let help = "choose another port of the service with `port`";
        resolving.find_with(&code::IMPOSSIBLE, &path.key("listen"), message, help);
    }
    let from = spec.from.iter().flat_map(|ranges| &ranges.0);
    Entry::Listener {
        port: listen.number,
        protocol: listen.transport(),
        from: from.map(|range| range.truncated()).collect(),
    }
}
