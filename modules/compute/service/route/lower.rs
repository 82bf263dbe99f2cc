//! What a route becomes: a target group, and the rule or the listener that leads to it.
use super::{Conditions, Entry, Route};
use crate::compute::MODULE;
use crate::compute::load_balancer::LoadBalancer;
use crate::compute::task::ports::PortProtocol;
use crate::connect::Protocol;
use crate::names::short_hash;
use crate::platform::Platform;
use platgen_terraform::{Address, Document, Handle, Value, block};

/// What a service needs to put a route into its `load_balancer` blocks.
#[derive(Debug)]
pub struct RouteAttachment {
    /// The target group.
    pub target_group: Handle,
    /// The container that listens.
    pub container: String,
    /// The port that it listens at.
    pub port: u16,
    /// What must exist before the service, in the same module: ECS refuses a target group that no
    /// listener knows.
    pub after: Vec<Handle>,
}

/// The longest name of a target group
/// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html>).
const LONGEST_NAME: usize = 32;

/// Time that a task has to end its requests, in seconds, before it is stopped.
const DEREGISTRATION_DELAY: &str = "30";

impl Route {
    /// Puts the route into a document, and gives what its service needs of it.
    pub fn lower(&self, platform: &Platform, out: &mut Document) -> RouteAttachment {
        let target_group = self.lower_target_group(platform, out);
        let balancer = platform.things.load_balancer.get(&self.balancer.name);
        let entry = balancer.map(|balancer| match &self.entry {
            Entry::Rule { conditions, .. } => self.lower_rule(conditions, balancer, platform, out),
            Entry::Listener { port, protocol, .. } => {
                self.lower_listener(*port, *protocol, balancer, out)
            }
        });
        RouteAttachment {
            target_group,
            container: self.port.container.clone(),
            port: self.port.port.number,
            after: entry.into_iter().collect(),
        }
    }

    /// The target group, for metrics and scaling policies.
    pub fn target_group(&self) -> Handle {
        Handle::new(MODULE, Address::managed("aws_lb_target_group", &self.local()))
    }

    /// The name of its resources: `web__main`.
    fn local(&self) -> String {
        self.service.local(&[self.name.as_str()])
    }

    fn protocol(&self) -> &'static str {
        match &self.entry {
            Entry::Rule { .. } => "HTTP",
            Entry::Listener { protocol: Protocol::Tcp, .. } => "TCP",
            Entry::Listener { protocol: Protocol::Udp, .. } => "UDP",
        }
    }

    /// The version of HTTP, which only target groups of application load balancers have.
    fn protocol_version(&self) -> Option<&'static str> {
        match (&self.entry, self.port.port.speaks) {
            (Entry::Listener { .. }, _) => None,
            (Entry::Rule { .. }, PortProtocol::Grpc) => Some("GRPC"),
            (Entry::Rule { .. }, PortProtocol::Http2) => Some("HTTP2"),
            (Entry::Rule { .. }, _) => Some("HTTP1"),
        }
    }

    /// A name that changes with everything that AWS cannot change in place, so that the new target
    /// group can stand beside the old one until the listener has moved over.
    fn target_group_name(&self, platform: &Platform) -> String {
        let (number, version) = (self.port.port.number, self.protocol_version());
        let parts = [self.service.name.as_str(), self.name.as_str()];
        let full = format!("{}-{}", platform.head.prefix.as_str(), parts.join("-"));
        let hash = short_hash(&format!("{full} {number} {} {version:?}", self.protocol()));
        let head: String = full.chars().take(LONGEST_NAME - 1 - hash.len()).collect();
        format!("{}-{hash}", head.trim_end_matches('-'))
    }

    fn lower_target_group(&self, platform: &Platform, out: &mut Document) -> Handle {
        let sticky = match &self.entry {
            Entry::Rule { sticky, .. } => *sticky,
            Entry::Listener { .. } => None,
        };
        let shares_by_load = matches!(self.entry, Entry::Rule { .. });
        let arguments = block! {
            name: self.target_group_name(platform),
            target_type: "ip",
            port: self.port.port.number,
            protocol: self.protocol(),
            protocol_version: self.protocol_version(),
            vpc_id: platform.network.vpc_id(),
            deregistration_delay: DEREGISTRATION_DELAY,
            load_balancing_algorithm_type: shares_by_load.then_some("least_outstanding_requests"),
            stickiness: sticky.map(|seconds| {
                block! { type: "lb_cookie", enabled: true, cookie_duration: seconds }
            }),
            health_check: self.health.block(),
        };
        let mut file = out.module(MODULE).file(&self.service.file());
        file.resource("aws_lb_target_group", &self.local(), arguments)
            .cause(&self.path())
            .create_before_destroy()
            .add()
    }

    fn lower_rule(
        &self,
        conditions: &Conditions,
        balancer: &LoadBalancer,
        platform: &Platform,
        out: &mut Document,
    ) -> Handle {
        let arguments = block! {
            listener_arn: balancer.listener().get("arn"),
            priority: balancer.priority_of(self, platform),
            action: self.forward(),
            condition: conditions.blocks(),
        };
        let mut file = out.module(MODULE).file(&self.service.file());
        file.resource("aws_lb_listener_rule", &self.local(), arguments).cause(&self.path()).add()
    }

    fn lower_listener(
        &self,
        port: u16,
        protocol: Protocol,
        balancer: &LoadBalancer,
        out: &mut Document,
    ) -> Handle {
        let idle = balancer.idle_timeout().filter(|_| protocol == Protocol::Tcp);
        let arguments = block! {
            load_balancer_arn: balancer.handle().get("arn"),
            port: port,
            protocol: self.protocol(),
            tcp_idle_timeout_seconds: idle,
            default_action: self.forward(),
        };
        let name = self.service.part(&[self.name.as_str()]);
        let mut file = out.module(MODULE).file(&self.service.file());
        file.resource("aws_lb_listener", &name, arguments).cause(&self.path()).add()
    }

    fn forward(&self) -> Value {
        block! { type: "forward", target_group_arn: self.target_group().get("arn") }
    }
}
