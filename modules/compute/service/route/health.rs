//! Health checks: when a load balancer sends requests to a task.
use super::{RoutePort, Target};
use crate::compute::load_balancer::BalancerType;
use crate::compute::task::ports::PortProtocol;
use crate::connect::Protocol;
use crate::kind::Resolving;
use platgen_source::diagnostics::{SpecPath, code};
use platgen_source::{Count, Duration, Name, Read, text_type};
use platgen_terraform::{Value, block};
use std::ops::RangeInclusive;

text_type! {
    /// The path of a health check
    /// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html>).
    HealthPath,
    "^/[!-~]{0,1023}$",
    "a path beginning with / of at most 1024 visible ASCII characters",
    |text| {
        (1..=1024).contains(&text.len())
            && text.starts_with('/')
            && text.bytes().all(|byte| byte.is_ascii_graphic())
    }
}

text_type! {
    /// The statuses of a healthy answer: `200`, `200-299`, `200,204`
    /// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_Matcher.html>).
    HealthStatus,
    "^[0-9]{1,3}([,-][0-9]{1,3}){0,9}$",
    "statuses such as 200, 200-299 or 200,204",
    |text| {
        let numbers: Vec<&str> = text.split([',', '-']).collect();
        let is_number = |number: &&str| {
            (1..=3).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit())
        };
        (1..=10).contains(&numbers.len()) && numbers.iter().all(is_number)
    }
}

/// What a spec may say of the check of a load balancer. What a route leaves open, its service says;
/// what both leave open has a default.
#[derive(Clone, Debug, Default, Read)]
#[spec(short = "path")]
pub struct HealthCheckSpec {
    /// The path that is asked for. By default `/`, for gRPC `/AWS.ALB/healthcheck`, and on a network
    /// load balancer none: a connection is enough.
    pub path: Option<HealthPath>,
    /// The port, by its name, that is asked. By default the one that requests go to; for UDP the
    /// first other one of the service.
    pub port: Option<Name>,
    /// Time between two checks, 5 to 300 seconds. By default 30 seconds.
    pub interval: Option<Duration>,
    /// Time until an answer counts as missing, 2 to 120 seconds. By default 5 seconds.
    pub timeout: Option<Duration>,
    /// Good answers that make a task healthy. By default 2.
    pub healthy: Option<Count<2, 10>>,
    /// Bad answers that make a task unhealthy. By default 3.
    pub unhealthy: Option<Count<2, 10>>,
    /// The statuses of a good answer. By default `200-299`; for gRPC `12` at the default path, `0` at
    /// another.
    pub status: Option<HealthStatus>,
}

/// A health check with every detail decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HealthCheck {
    /// What is asked for.
    pub request: HealthRequest,
    /// The port that is asked, if it is not the one that requests go to.
    pub port: Option<RoutePort>,
    /// Seconds between two checks.
    pub interval: i64,
    /// Seconds until an answer counts as missing.
    pub timeout: i64,
    /// Good answers that make a task healthy.
    pub healthy: i64,
    /// Bad answers that make a task unhealthy.
    pub unhealthy: i64,
}

/// What a health check asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HealthRequest {
    /// A connection.
    Tcp,
    /// An answer over HTTP.
    Http {
        /// The path.
        path: String,
        /// The statuses of a good answer.
        status: String,
    },
}

/// The path that a gRPC server need not know: it answers 12, "unimplemented"
/// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html>).
const GRPC_PATH: &str = "/AWS.ALB/healthcheck";
const GRPC_UNIMPLEMENTED: &str = "12";

/// The lengths of time that AWS takes, in seconds
/// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html>).
const INTERVALS: RangeInclusive<i64> = 5..=300;
const TIMEOUTS: RangeInclusive<i64> = 2..=120;

impl HealthCheckSpec {
    /// What stands here, and below it what another one says.
    fn over(&self, below: &Self) -> Self {
        Self {
            path: self.path.clone().or_else(|| below.path.clone()),
            port: self.port.clone().or_else(|| below.port.clone()),
            interval: self.interval.or(below.interval),
            timeout: self.timeout.or(below.timeout),
            healthy: self.healthy.or(below.healthy),
            unhealthy: self.unhealthy.or(below.unhealthy),
            status: self.status.clone().or_else(|| below.status.clone()),
        }
    }
}

impl HealthCheck {
    /// Decides the check of a route, and finds what AWS refuses. `path` is the route's.
    pub(super) fn resolve(
        own: &HealthCheckSpec,
        target: &Target<'_>,
        path: &SpecPath,
        resolving: &mut Resolving<'_>,
    ) -> Self {
        let spec = own.over(target.service.health);
        let check = Self {
            request: HealthRequest::of(&spec, target),
            port: health_port(&spec, target, &path.key("health"), resolving),
            interval: spec.interval.map_or(30, Duration::as_seconds),
            timeout: spec.timeout.map_or(5, Duration::as_seconds),
            healthy: spec.healthy.map_or(2, Count::get),
            unhealthy: spec.unhealthy.map_or(3, Count::get),
        };
        let place = |route_says_so: bool| {
            let thing = if route_says_so { path.clone() } else { target.service.id.path() };
            thing.key("health")
        };
        let (interval, timeout) = (place(own.interval.is_some()), place(own.timeout.is_some()));
        out_of_range(check.interval, &INTERVALS, &interval.key("interval"), resolving);
        out_of_range(check.timeout, &TIMEOUTS, &timeout.key("timeout"), resolving);
        if check.timeout >= check.interval {
            let message = format!(
                "an answer may take {} seconds, and checks come every {} seconds",
                check.timeout, check.interval
            );
            let help = "make `interval` longer than `timeout`";
            let place = place(own.interval.is_some() || own.timeout.is_some());
            resolving.find_with(&code::IMPOSSIBLE, &place, message, help);
        }
        check
    }

    /// The block of a target group.
    pub fn block(&self) -> Value {
        let port = match &self.port {
            Some(port) => port.port.number.to_string(),
            None => "traffic-port".to_owned(),
        };
        let (protocol, path, matcher) = match &self.request {
            HealthRequest::Tcp => ("TCP", None, None),
            HealthRequest::Http { path, status } => ("HTTP", Some(path), Some(status)),
        };
        block! {
            enabled: true,
            protocol: protocol,
            port: port,
            path: path,
            matcher: matcher,
            interval: self.interval,
            timeout: self.timeout,
            healthy_threshold: self.healthy,
            unhealthy_threshold: self.unhealthy,
        }
    }
}

fn out_of_range(
    seconds: i64,
    range: &RangeInclusive<i64>,
    path: &SpecPath,
    resolving: &mut Resolving<'_>,
) {
    if !range.contains(&seconds) {
        let message =
            format!("{seconds} seconds are not between {} and {}", range.start(), range.end());
        resolving.find(&code::OUT_OF_RANGE, path, message);
    }
}

impl HealthRequest {
    /// An application load balancer asks over HTTP; a network load balancer only if there is a path.
    fn of(spec: &HealthCheckSpec, target: &Target<'_>) -> Self {
        let is_grpc = target.port.port.speaks == PortProtocol::Grpc;
        let path = spec.path.as_ref().map(ToString::to_string);
        let (default_path, default_status) = match (target.balancer, is_grpc, &path) {
            (BalancerType::Network, _, None) => return Self::Tcp,
            (BalancerType::Application, true, None) => (GRPC_PATH, GRPC_UNIMPLEMENTED),
            (BalancerType::Application, true, Some(_)) => (GRPC_PATH, "0"),
            _ => ("/", "200-299"),
        };
        let status = spec.status.as_ref().map(ToString::to_string);
        Self::Http {
            path: path.unwrap_or_else(|| default_path.to_owned()),
            status: status.unwrap_or_else(|| default_status.to_owned()),
        }
    }
}

/// The port that is asked, where it is not the one of the requests. Nothing can be asked over UDP
/// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-health-checks.html>).
fn health_port(
    spec: &HealthCheckSpec,
    target: &Target<'_>,
    path: &SpecPath,
    resolving: &mut Resolving<'_>,
) -> Option<RoutePort> {
    let over_tcp = |port: &&RoutePort| port.port.transport() == Protocol::Tcp;
    let found = match &spec.port {
        Some(name) => target.service.ports.iter().find(|port| port.name == *name),
        None if over_tcp(&target.port) => return None,
        None => target.service.ports.iter().find(over_tcp),
    };
    if !found.as_ref().is_some_and(over_tcp) {
        let message = "no port of the service can be asked whether it is healthy";
        let help = "give the service a port for HTTP or TCP, and name it here: `port = \"…\"`";
        resolving.find_with(&code::IMPOSSIBLE, path, message, help);
    }
    found.filter(|port| *port != target.port).cloned()
}
