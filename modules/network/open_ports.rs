//! Ports that addresses reach rather than things: where a load balancer takes its requests.
use super::Vpc;
use super::cidr::Ipv4Range;
use super::security::{Direction, Owner, Peer, Rule};
use crate::connect::Protocol;
use crate::kind::Thing;
use crate::names::identifier;
use crate::platform::Platform;
use platgen_source::diagnostics::SpecPath;
use platgen_terraform::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// A port of a thing that addresses reach, where no other thing of the platform is the caller.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct OpenPort {
    /// What the port is called: tells the rules of one thing apart.
    pub name: String,
    /// The number.
    pub port: u16,
    /// TCP or UDP.
    pub protocol: Protocol,
    /// Who may call it.
    pub from: Source,
    /// The line of the spec that opens it.
    pub cause: SpecPath,
}

/// Addresses that may call a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// The addresses of the VPC.
    Network,
    /// A range of addresses.
    Range(Ipv4Range),
}

impl OpenPort {
    /// Whether addresses of the internet reach it: some of them, if not all.
    pub fn is_public(&self) -> bool {
        match self.from {
            Source::Network => false,
            Source::Range(range) => !range.is_private(),
        }
    }
}

/// The rules of the ports that addresses reach.
pub(super) fn rules(thing: &dyn Thing, platform: &Platform) -> Vec<Rule> {
    let id = thing.id();
    let mut ways: BTreeMap<(Source, u16, Protocol), (String, BTreeSet<SpecPath>)> = BTreeMap::new();
    for open in thing.open_ports(platform) {
        let way = ways.entry((open.from.canonical(platform), open.port, open.protocol));
        way.or_insert_with(|| (open.name, BTreeSet::new())).1.insert(open.cause);
    }
    let rule =
        |((from, port, protocol), (port_name, causes)): ((Source, _, _), (String, _))| Rule {
            direction: Direction::Ingress,
            owner: Owner::Thing(id.clone()),
            name: identifier(&[&id.identifier(), "from", &from.word(), &port_name]),
            file: id.file(),
            peer: Peer::Range(from.addresses(platform)),
            port: Some((port, protocol)),
            description: format!("{} to {id}: {port_name}", from.description()),
            causes,
        };
    ways.into_iter().map(rule).collect()
}

impl Source {
    /// One form for the same addresses, so that no two rules are equal.
    fn canonical(self, platform: &Platform) -> Self {
        match (self, &platform.network.vpc) {
            (Self::Range(range), Vpc::Made(made)) if range.net() == made.cidr.net() => {
                Self::Network
            }
            (Self::Range(range), _) => Self::Range(range.truncated()),
            (Self::Network, _) => Self::Network,
        }
    }

    /// As names of rules write it: `internet`, `10_0_0_0_8`.
    fn word(self) -> String {
        match self {
            Self::Network => "network".to_owned(),
            Self::Range(range) => range.word(),
        }
    }

    fn description(self) -> String {
        match self {
            Self::Network => "the network".to_owned(),
            Self::Range(range) if range == Ipv4Range::everywhere() => "the internet".to_owned(),
            Self::Range(range) => range.to_string(),
        }
    }

    fn addresses(self, platform: &Platform) -> Value {
        match self {
            Self::Network => platform.network.cidr_block(),
            Self::Range(range) => Value::from(range.to_string()),
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.description())
    }
}
