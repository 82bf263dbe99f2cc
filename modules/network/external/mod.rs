//! `[external.<name>]`: something outside the platform that no kind describes, so that others can have
//! an edge to it.
//!
//! It has no resources of its own: an edge to it makes the rules by which its consumer gets there.
mod spec;
#[cfg(test)]
mod tests;

pub use spec::{ExternalSpec, ExternalVerbs};

use super::cidr::Ipv4Range;
use crate::compute::task::ports::{Port, main_port};
use crate::connect::{Edge, Grant, PortRule, Protocol, Reach};
use crate::data::secret::Secret;
use crate::kind::{Kind, Output, Outputs, Resolving, Target, Thing, ThingId};
use crate::names::variable_prefix;
use crate::platform::Platform;
use platgen_source::diagnostics::code;
use platgen_source::{Name, OneOrMore};
use platgen_terraform::{Document, Value};
use std::collections::{BTreeMap, BTreeSet};

/// Something outside the platform with every detail decided.
#[derive(Debug)]
pub struct External {
    id: ThingId,
    host: Value,
    ports: BTreeMap<Name, Port>,
    place: Place,
    secret: Option<Name>,
    variables: BTreeMap<String, String>,
}

/// Where it stands.
#[derive(Debug)]
enum Place {
    /// In a security group.
    Group(Value),
    /// At these addresses.
    Ranges(BTreeSet<Ipv4Range>),
    /// Somewhere on the internet.
    Anywhere,
}

impl Kind for ExternalSpec {
    const KIND: &'static str = "external";
    const OUTPUTS: Outputs = Outputs::Named(&["host", "port"]);
    const ACTS: bool = false;
    type Thing = External;

    fn resolve(&self, id: ThingId, resolving: &mut Resolving<'_>) -> External {
        self.check(&id, resolving);
        let mut variables = BTreeMap::new();
        let host = self.host.value(&mut variables, &format!("The host of {id}"));
        let description = format!("The security group of {id}");
        let group =
            self.security_group.as_ref().map(|group| group.value(&mut variables, &description));
        let ranges = |OneOrMore(ranges): &OneOrMore<Ipv4Range>| {
            Place::Ranges(ranges.iter().map(|range| range.truncated()).collect())
        };
        let place = group.map(Place::Group).or_else(|| self.cidr.as_ref().map(ranges));
        External {
            host,
            ports: self.port.0.iter().map(|(name, port)| (name.clone(), *port)).collect(),
            place: place.unwrap_or(Place::Anywhere),
            secret: self.secret.as_ref().map(|secret| secret.name().clone()),
            variables,
            id,
        }
    }
}

impl ExternalSpec {
    fn check(&self, id: &ThingId, resolving: &mut Resolving<'_>) {
        if self.port.0.iter().next().is_none() {
            let help = "write its port, or several by their names";
            let message = "nothing is reached without a port";
            resolving.find_with(&code::OUT_OF_RANGE, &id.path().key("port"), message, help);
        }
        let Some(OneOrMore(ranges)) = &self.cidr else { return };
        let path = id.path().key("cidr");
        if self.security_group.is_some() {
            let message = "it is reached by its security group or at its addresses, not by both";
            let help = "leave `security_group` or `cidr` out";
            resolving.find_with(&code::CONFLICT, &path, message, help);
        }
        if ranges.iter().any(|range| range.truncated() == Ipv4Range::everywhere()) {
            let message = format!("{} is every address, and no place", Ipv4Range::everywhere());
            let help = "leave it out: what has no place stands anywhere on the internet";
            resolving.find_with(&code::ADDRESS_RANGE, &path, message, help);
        }
    }
}

impl External {
    /// The variables of the root that the spec names, and what each holds.
    pub(super) fn variables(&self) -> &BTreeMap<String, String> {
        &self.variables
    }

    /// The port that stands for all of them.
    fn main_port(&self) -> Option<Port> {
        main_port(self.ports.iter().map(|(name, port)| (name, *port))).map(|(_, port)| port)
    }

    /// Puts the way to a port into a grant.
    fn open(&self, name: &Name, port: Port, grant: &mut Grant) {
        let (number, protocol) = (port.number, port.transport());
        match &self.place {
            Place::Group(_) => {
                grant.ports.push(PortRule { name: name.to_string(), port: number, protocol });
            }
            Place::Ranges(ranges) => {
                let ways = ranges.iter().map(|range| Reach::Range(*range, number, protocol));
                grant.reach.extend(ways);
            }
            Place::Anywhere => {
                grant.reach.insert(match protocol {
                    Protocol::Tcp => Reach::Internet(Some(number)),
                    Protocol::Udp => Reach::Range(Ipv4Range::everywhere(), number, protocol),
                });
            }
        }
    }

    /// The variables of the ports: each has one where there are several.
    fn port_variables(&self, edge: &Edge<'_>) -> Vec<(String, Value)> {
        let value = |port: Port| Value::from(port.number.to_string());
        let main = self.main_port().map(|port| (edge.variable("PORT"), value(port)));
        let mut variables: Vec<_> = main.into_iter().collect();
        if self.ports.len() > 1 {
            let named = self.ports.iter().map(|(name, port)| {
                let suffix = format!("{}_PORT", variable_prefix(name.as_str()));
                (edge.variable(&suffix), value(*port))
            });
            variables.extend(named);
        }
        variables
    }

    /// The secret, as far as a consumer has it by this thing alone: who reads it by an edge of its own
    /// has it from there, injected or read.
    fn secret_for<'p>(&self, consumer: &dyn Thing, platform: &'p Platform) -> Option<&'p Secret> {
        let name = self.secret.as_ref()?;
        let own = consumer.uses()?.secret.iter().find(|(target, _)| target.0 == *name);
        let reads_itself = own.is_some_and(|(_, verbs)| verbs.read.is_some());
        platform.things.secret.get(name).filter(|_| !reads_itself)
    }

    /// The edge that a consumer of this has to the secret. The rights stand at the edge to this thing.
    fn secret_edge(&self, consumer: &dyn Thing, platform: &Platform) -> Option<Grant> {
        let mut edges = consumer.uses()?.external.iter();
        let (_, verbs) = edges.find(|(target, _)| target.0 == self.id.name)?;
        let secret = verbs.connect.as_ref().and_then(|_| self.secret_for(consumer, platform))?;
        let cause = consumer.id().path().key("uses").key(self.id.kind).key(self.id.name.as_str());
        Some(Edge::implied(consumer, secret, platform, cause).grant())
    }
}

impl Target for External {
    type Verbs = ExternalVerbs;

    fn grant(&self, verbs: &ExternalVerbs, edge: &Edge<'_>) -> Grant {
        let mut grant = edge.grant();
        if verbs.connect.is_none() {
            return grant;
        }
        for (name, port) in &self.ports {
            self.open(name, *port, &mut grant);
        }
        grant.variables.push((edge.variable("HOST"), self.host.clone()));
        grant.variables.extend(self.port_variables(edge));
        let consumer = edge.platform.thing(edge.consumer);
        if let Some(secret) = consumer.and_then(|thing| self.secret_for(thing, edge.platform)) {
            secret.let_read(edge, &mut grant);
        }
        grant
    }
}

impl Thing for External {
    fn id(&self) -> &ThingId {
        &self.id
    }

    fn output(&self, words: &[String], _consumer: &ThingId, _platform: &Platform) -> Output {
        Output::Plain(match words {
            [word] if word == "port" => Value::from(self.main_port().map(|port| port.number)),
            _ => self.host.clone(),
        })
    }

    fn implied(&self, platform: &Platform) -> Vec<Grant> {
        let things = platform.things.all();
        things.filter_map(|consumer| self.secret_edge(consumer, platform)).collect()
    }

    /// It is made elsewhere, so its group is named and never changed.
    fn security_group(&self) -> Option<Value> {
        match &self.place {
            Place::Group(group) => Some(group.clone()),
            Place::Ranges(_) | Place::Anywhere => None,
        }
    }

    fn lower(&self, _platform: &Platform, out: &mut Document) {
        let (host, port) = (self.id.part(&["host"]), self.id.part(&["port"]));
        out.output(&host, self.host.clone(), "The host");
        out.output(&port, self.main_port().map(|port| port.number), "The port");
    }
}
