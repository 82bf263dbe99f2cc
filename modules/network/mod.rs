//! The module `network`: the VPC that everything stands in, the ways between things, and the key of
//! all logs.
//!
//! Other rooms ask it for the VPC, subnets, security groups and the logs key by the functions here;
//! they declare no rules of their own, because rules follow from the edges ([`security`]).
pub mod cidr;
pub mod endpoints;
pub mod existing;
pub mod external;
pub mod firewall;
pub mod flow_logs;
pub mod logs;
pub mod open_ports;
pub mod security;
pub mod spec;
pub mod zones;

mod check;
mod routing;
mod subnets;
#[cfg(test)]
mod tests;
mod ways_out;

pub use check::{check, reaches_internet};
pub use logs::{Retention, key as logs_key};
pub use open_ports::{OpenPort, Source};
pub use security::{front_group, group as security_group};
pub use spec::{Nat, NetworkSpec};

use crate::kind::{Resolving, Thing};
use crate::names::identifier;
use crate::platform::Platform;
use cidr::VpcRange;
use endpoints::EndpointChoice;
use existing::ExistingVpc;
use flow_logs::FlowLogs;
use platgen_source::diagnostics::SpecPath;
use platgen_terraform::{Address, Document, Handle, Value, VariableType};
use std::collections::{BTreeMap, BTreeSet};
use zones::Zone;

/// The name of the module in the output.
pub const MODULE: &str = "network";

/// The file of the VPC and its parts.
const FILE: &str = "network";

/// The network with every detail decided.
#[derive(Debug)]
pub struct Network {
    /// Where the VPC comes from.
    pub vpc: Vpc,
    /// Which AWS APIs are reached without leaving the network.
    endpoints: EndpointChoice,
    /// Whether the spec has the section. Without it there is a VPC only if something stands in it.
    declared: bool,
}

/// Where the VPC comes from.
#[derive(Debug)]
pub enum Vpc {
    /// It is made.
    Made(MadeVpc),
    /// It is there already, and platgen changes nothing about it.
    Existing(ExistingVpc),
}

/// A VPC that is made.
#[derive(Debug)]
pub struct MadeVpc {
    /// The addresses of the VPC.
    pub cidr: VpcRange,
    /// The zones, by their letters.
    pub zones: BTreeSet<Zone>,
    /// How the private subnets get out.
    pub nat: Nat,
    /// What is written down of its traffic.
    pub flow_logs: FlowLogs,
}

/// A tier of subnets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tier {
    /// Reached from the internet: load balancers, NAT gateways.
    Public,
    /// Reaches out through NAT: tasks.
    Private,
    /// Neither: databases, caches and volumes.
    Database,
}

impl Tier {
    /// Every tier.
    pub const ALL: [Self; 3] = [Self::Public, Self::Private, Self::Database];

    /// As the spec and Terraform names write it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Private => "private",
            Self::Database => "database",
        }
    }
}

impl Network {
    /// Decides the network of a spec, declared or not.
    pub fn resolve(spec: Option<&NetworkSpec>, resolving: &mut Resolving<'_>) -> Self {
        let undeclared = NetworkSpec::default();
        let declared = spec.is_some();
        let spec = spec.unwrap_or(&undeclared);
        let vpc = match &spec.existing {
            Some(existing) => Vpc::Existing(ExistingVpc::resolve(existing, spec, resolving)),
            None => Vpc::Made(MadeVpc::resolve(spec, resolving)),
        };
        let endpoints = EndpointChoice::resolve(spec, &vpc, resolving);
        Self { vpc, endpoints, declared }
    }

    /// The id of the VPC.
    pub fn vpc_id(&self) -> Value {
        match &self.vpc {
            Vpc::Made(_) => made_vpc().get("id"),
            Vpc::Existing(existing) => existing.vpc_id(),
        }
    }

    /// The addresses of the VPC, as CIDR text.
    pub fn cidr_block(&self) -> Value {
        match &self.vpc {
            Vpc::Made(made) => Value::from(made.cidr.to_string()),
            Vpc::Existing(_) => existing::data_source().get("cidr_block"),
        }
    }

    /// The ids of the subnets of a tier, zone by zone: known once the way out of each is there. An
    /// existing VPC without subnets for databases gives its private ones.
    pub fn subnets(&self, tier: Tier) -> Vec<Value> {
        self.subnets_by_name(tier).into_iter().map(|(_, subnet)| subnet).collect()
    }

    /// [`Self::subnets`], each with the word by which a resource in it is told from those in the others:
    /// the letter of its zone, of an existing VPC what the spec calls the subnet.
    pub fn subnets_by_name(&self, tier: Tier) -> Vec<(String, Value)> {
        match &self.vpc {
            Vpc::Made(made) => {
                let subnet =
                    |zone: &Zone| (zone.letter().to_string(), routing::subnet_id(tier, *zone));
                made.zones.iter().map(subnet).collect()
            }
            Vpc::Existing(existing) => existing.subnets(tier),
        }
    }

    /// Whether there is a network at all: where it is declared, or where something stands in it.
    pub fn is_needed(&self, platform: &Platform) -> bool {
        self.declared || platform.things.all().any(Thing::in_network)
    }
}

impl MadeVpc {
    fn resolve(spec: &NetworkSpec, resolving: &mut Resolving<'_>) -> Self {
        let head = resolving.head;
        Self {
            cidr: cidr::resolve(spec.cidr.as_ref(), resolving),
            zones: zones::resolve(spec.zones.as_ref(), head, resolving),
            nat: spec::resolve_nat(spec.nat, head, resolving),
            flow_logs: FlowLogs::resolve(spec.flow_logs.as_ref(), head),
        }
    }
}

/// The VPC that is made.
fn made_vpc() -> Handle {
    Handle::new(MODULE, Address::managed("aws_vpc", "main"))
}

/// The path of the section, which causes everything that has no more exact cause.
fn section() -> SpecPath {
    SpecPath::of(["network"])
}

/// Declares the variables of the root that the spec names. One can stand at several places: it is the same
/// value there, told of by the first.
fn lower_variables(platform: &Platform, network: bool, out: &mut Document) {
    let mut variables = BTreeMap::new();
    for external in platform.things.external.values().rev() {
        variables.extend(external.variables());
    }
    if let (true, Vpc::Existing(existing)) = (network, &platform.network.vpc) {
        variables.extend(existing.variables());
    }
    for (name, description) in variables {
        out.variable(name, VariableType::String, None, description);
    }
}

/// Puts the network into a document.
pub fn lower(platform: &Platform, out: &mut Document) {
    let needed = platform.network.is_needed(platform);
    if needed || platform.things.all().any(Thing::keeps_logs) {
        logs::lower(platform, out);
    }
    firewall::lower_shared(platform, out);
    lower_variables(platform, needed, out);
    if !needed {
        return;
    }
    match &platform.network.vpc {
        Vpc::Made(made) => {
            subnets::lower(made, platform, out);
            routing::lower(made, platform, out);
            flow_logs::lower(&made.flow_logs, platform, out);
        }
        Vpc::Existing(existing) => existing.lower(out),
    }
    endpoints::lower(platform, out);
    security::lower(platform, out);
    let vpc = platform.network.vpc_id();
    out.output(&identifier(&["network", "vpc-id"]), vpc, "The id of the VPC");
    for tier in Tier::ALL {
        let subnets = platform.network.subnets(tier);
        if !subnets.is_empty() {
            let name = identifier(&["network", &format!("{}-subnet-ids", tier.word())]);
            let description = format!("The ids of the {} subnets, zone by zone", tier.word());
            out.output(&name, Value::from(subnets), &description);
        }
    }
}
