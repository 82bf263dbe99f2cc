//! How services are found by others: Service Connect for services, Cloud Map's DNS for the rest.
//!
//! Inside Service Connect a service is `http://orders:8080`, its bare name and the port of its
//! container. Tasks that run once are not part of it
//! (<https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-connect.html>): they get the
//! full name `orders.{environment}-{platform}.internal`, which DNS gives out in the VPC.
use super::{KIND, Service};
use crate::compute::task::definition::log_configuration;
use crate::compute::task::ports::{Port, main_port};
use crate::compute::{MODULE, cluster};
use crate::connect::{Declared, Edge, Grant, PortRule, Protocol};
use crate::kind::{Output, Target, Thing, ThingId};
use crate::names::fit;
use crate::platform::{Head, Platform};
use crate::text::VariableName;
use platgen_source::diagnostics::SpecPath;
use platgen_source::{Name, OneOrMore, Read};
use platgen_terraform::{Address, Document, Handle, Value, block};
use std::collections::BTreeSet;

/// The name of the namespaces among the resources of the module.
const NAMESPACE: &str = "services";
/// Seconds that an answer of DNS may be kept. Tasks come and go.
const DNS_TTL: i64 = 10;
/// The longest label of a name in DNS (<https://www.rfc-editor.org/rfc/rfc1035#section-2.3.4>).
const LONGEST_LABEL: usize = 63;
/// The longest name of a service in Service Connect
/// (<https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceConnectService.html>).
const LONGEST_DISCOVERY_NAME: usize = 64;

/// What others may do with a service.
#[derive(Clone, Debug, Default, Read)]
#[spec(verbs)]
pub struct ServiceVerbs {
    /// The beginning of the variables' names.
    pub r#as: Option<VariableName>,
    /// Call it.
    pub connect: Option<ConnectVerb>,
}

/// Calling a service.
#[derive(Clone, Debug, Default, Read)]
pub struct ConnectVerb {
    /// The ports, by their names. By default all.
    pub port: Option<OneOrMore<Name>>,
}

/// How a consumer finds a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// It is the service itself: its containers share one network.
    Itself,
    /// By its bare name.
    ServiceConnect,
    /// By its full name.
    Dns,
}

impl Service {
    /// The ports that an edge speaks of.
    fn ports_of(&self, verbs: Option<&ServiceVerbs>) -> Vec<(&Name, Port)> {
        let named = verbs.and_then(|verbs| verbs.connect.as_ref()?.port.as_ref());
        let mut ports = self.ports();
        ports.retain(|(name, _)| named.is_none_or(|named| named.0.contains(name)));
        ports
    }

    fn way(&self, consumer: &ThingId, ports: &[(&Name, Port)]) -> Way {
        if *consumer == self.id {
            Way::Itself
        } else if consumer.kind == KIND && carried_by_service_connect(ports) {
            Way::ServiceConnect
        } else {
            Way::Dns
        }
    }

    fn host(&self, way: Way, head: &Head) -> String {
        match way {
            Way::Itself => "localhost".to_owned(),
            Way::ServiceConnect => self.id.name.to_string(),
            Way::Dns => format!("{}.{}", self.id.name, dns_domain(head)),
        }
    }

    /// What a placeholder of a consumer gives.
    pub(super) fn address_output(
        &self,
        words: &[String],
        consumer: &ThingId,
        platform: &Platform,
    ) -> Output {
        let uses = platform.thing(consumer).and_then(Thing::uses);
        let verbs = uses.and_then(|uses| {
            uses.service.iter().find(|(target, _)| target.0 == self.id.name).map(|(_, verbs)| verbs)
        });
        let ports = self.ports_of(verbs);
        let host = self.host(self.way(consumer, &ports), &platform.head);
        let main = main_port(ports);
        let port = main.map(|(_, port)| port);
        Output::Plain(Value::from(match words.first().map(String::as_str) {
            Some("host") => host,
            Some("port") => port.map_or_else(String::new, |port| port.number.to_string()),
            Some("url") => port.map_or_else(|| host.clone(), |port| url(&host, port)),
            _ => self.aws_name.clone(),
        }))
    }

    /// The edges of services that call it in Service Connect.
    fn called_in_service_connect<'p>(
        &'p self,
        platform: &'p Platform,
    ) -> impl Iterator<Item = &'p SpecPath> {
        let callers = platform.connections.to(&self.id);
        let calls = callers.filter(|call| is_service_connect(call) && call.consumer != self.id);
        calls.map(|grant| &grant.cause)
    }

    /// The edges of those that find it by its full name.
    fn found_by_dns<'p>(&'p self, platform: &'p Platform) -> impl Iterator<Item = &'p SpecPath> {
        let callers = platform.connections.to(&self.id);
        let found = callers.filter(|grant| {
            is_declared(grant) && !grant.ports.is_empty() && !is_service_connect(grant)
        });
        found.map(|grant| &grant.cause)
    }

    /// The part of the ECS service that speaks of Service Connect, if it calls or is called.
    pub(super) fn service_connect_block(&self, platform: &Platform) -> Option<Value> {
        let is_called = self.called_in_service_connect(platform).next().is_some();
        let calls = platform.connections.of(&self.id).any(is_service_connect);
        (is_called || calls).then(|| {
            block! {
                enabled: true,
                namespace: http_namespace().get("arn"),
                service: is_called.then(|| self.service_blocks()),
                log_configuration: block! {
                    log_driver: "awslogs",
                    options: log_configuration(&self.id, "service-connect", platform),
                },
            }
        })
    }

    /// One block for each port that others may call. The name in the namespace holds the port's
    /// name even where there is one port, so that a second one changes nothing about the first.
    fn service_blocks(&self) -> Vec<Value> {
        let ports = self.ports().into_iter();
        let carried = ports.filter(|(_, port)| port.transport() == Protocol::Tcp);
        let block = |(name, port): (&Name, Port)| {
            let discovery = format!("{}__{name}", self.id.name);
            block! {
                port_name: name.as_str(),
                discovery_name: fit(&discovery, LONGEST_DISCOVERY_NAME),
                client_alias: block! { dns_name: self.id.name.as_str(), port: port.number },
            }
        };
        carried.map(block).collect()
    }

    /// The part of the ECS service that speaks of DNS, if something finds it there.
    pub(super) fn registry_block(&self, platform: &Platform, out: &mut Document) -> Option<Value> {
        let callers: Vec<&SpecPath> = self.found_by_dns(platform).collect();
        if callers.is_empty() {
            return None;
        }
        let arguments = block! {
            name: self.id.name.as_str(),
            dns_config: block! {
                namespace_id: dns_namespace().get("id"),
                routing_policy: "MULTIVALUE",
                dns_records: block! { ttl: DNS_TTL, type: "A" },
            },
            // ECS reports here whether a task works.
            health_check_custom_config: block! { failure_threshold: 1 },
        };
        let mut file = out.module(MODULE).file(&self.id.file());
        let registry = file
            .resource("aws_service_discovery_service", &self.id.local(&[]), arguments)
            .causes(callers)
            .add();
        Some(block! { registry_arn: registry.get("arn") })
    }
}

impl Target for Service {
    type Verbs = ServiceVerbs;

    fn grant(&self, verbs: &ServiceVerbs, edge: &Edge<'_>) -> Grant {
        let mut grant = edge.grant();
        if verbs.connect.is_none() {
            return grant;
        }
        let ports = self.ports_of(Some(verbs));
        let rule = |(name, port): &(&Name, Port)| PortRule {
            name: name.to_string(),
            port: port.number,
            protocol: port.transport(),
        };
        grant.ports = ports.iter().map(rule).collect();
        let host = self.host(self.way(edge.consumer, &ports), &edge.platform.head);
        if let Some((_, port)) = main_port(ports) {
            let url = url(&host, port);
            grant.variables.push((edge.variable("HOST"), Value::from(host)));
            let number = port.number.to_string();
            grant.variables.push((edge.variable("PORT"), Value::from(number)));
            grant.variables.push((edge.variable("URL"), Value::from(url)));
        }
        grant
    }
}

/// Puts the namespaces into a document that something is found in.
pub fn lower_namespaces(platform: &Platform, out: &mut Document) {
    let prefix = &platform.head.prefix;
    let services = || platform.things.service.values();
    let calls: BTreeSet<&SpecPath> =
        services().flat_map(|service| service.called_in_service_connect(platform)).collect();
    if !calls.is_empty() {
        let arguments = block! {
            name: prefix.as_str(),
            description: "Where services find each other by Service Connect",
        };
        let mut file = out.module(MODULE).file(cluster::FILE);
        file.resource("aws_service_discovery_http_namespace", NAMESPACE, arguments)
            .causes(calls)
            .add();
    }
    let finds: BTreeSet<&SpecPath> =
        services().flat_map(|service| service.found_by_dns(platform)).collect();
    if !finds.is_empty() {
        let arguments = block! {
            name: dns_domain(&platform.head),
            description: "Where services are found by DNS",
            vpc: platform.network.vpc_id(),
        };
        let mut file = out.module(MODULE).file(cluster::FILE);
        file.resource("aws_service_discovery_private_dns_namespace", NAMESPACE, arguments)
            .causes(finds)
            .add();
    }
}

fn http_namespace() -> Handle {
    Handle::new(MODULE, Address::managed("aws_service_discovery_http_namespace", NAMESPACE))
}

fn dns_namespace() -> Handle {
    let kind = "aws_service_discovery_private_dns_namespace";
    Handle::new(MODULE, Address::managed(kind, NAMESPACE))
}

fn dns_domain(head: &Head) -> String {
    format!("{}.internal", fit(head.prefix.as_str(), LONGEST_LABEL))
}

fn url(host: &str, port: Port) -> String {
    format!("{}://{host}:{}", port.speaks.scheme(), port.number)
}

/// Service Connect carries TCP only.
fn carried_by_service_connect(ports: &[(&Name, Port)]) -> bool {
    ports.iter().any(|(_, port)| port.transport() == Protocol::Tcp)
}

fn is_declared(grant: &Grant) -> bool {
    grant.declared == Declared::InUses
}

/// Whether an edge is one between services that Service Connect carries.
fn is_service_connect(grant: &Grant) -> bool {
    let to_service = grant.target.as_ref().is_some_and(|target| target.kind == KIND);
    grant.consumer.kind == KIND
        && to_service
        && grant.ports.iter().any(|rule| rule.protocol == Protocol::Tcp)
}
