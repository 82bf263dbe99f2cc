//! The ways out of the network: to endpoints of AWS services, and to any address.
use super::cidr::Ipv4Range;
use super::endpoints;
use super::security::{Direction, Owner, Peer, Rule, group};
use crate::connect::{Protocol, Reach};
use crate::kind::ThingId;
use crate::names::identifier;
use crate::platform::Platform;
use platgen_source::diagnostics::SpecPath;
use platgen_terraform::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The port of HTTPS, which every AWS API is reached at.
pub(super) const HTTPS: u16 = 443;

/// The longest description of a rule
/// (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SecurityGroupRuleDescription.html>).
const LONGEST_DESCRIPTION: usize = 255;

/// The ways that one consumer has out of the network, each with what asks for it.
#[derive(Default)]
pub(super) struct WaysOut {
    /// Gateway endpoints.
    gateways: BTreeMap<&'static str, BTreeSet<SpecPath>>,
    /// Interface endpoints, which share a group.
    interfaces: BTreeSet<SpecPath>,
    /// AWS services without an endpoint.
    services: BTreeMap<&'static str, BTreeSet<SpecPath>>,
    /// Ports of ranges of addresses.
    ranges: BTreeMap<(Ipv4Range, u16, Protocol), BTreeSet<SpecPath>>,
    /// Ports of any address; none is every port.
    internet: BTreeMap<Option<u16>, BTreeSet<SpecPath>>,
}

impl WaysOut {
    /// Where everything that a consumer is given leads.
    pub(super) fn of(
        consumer: &ThingId,
        endpoints: &BTreeSet<&'static str>,
        platform: &Platform,
    ) -> Self {
        let mut ways = Self::default();
        for grant in platform.connections.of(consumer) {
            for reach in &grant.reach {
                ways.causes_of(*reach, endpoints).insert(grant.cause.clone());
            }
        }
        ways
    }

    /// What asks for the way that leads to an end.
    fn causes_of(
        &mut self,
        reach: Reach,
        endpoints: &BTreeSet<&'static str>,
    ) -> &mut BTreeSet<SpecPath> {
        let has_endpoint = endpoints::carry(endpoints, reach);
        match reach {
            Reach::Internet(port) => self.internet.entry(port).or_default(),
            Reach::Range(range, port, protocol) => {
                self.ranges.entry((range, port, protocol)).or_default()
            }
            Reach::Gateway(service) if has_endpoint => self.gateways.entry(service).or_default(),
            Reach::Interface(_) if has_endpoint => &mut self.interfaces,
            Reach::Gateway(service) | Reach::Interface(service) => {
                self.services.entry(service).or_default()
            }
        }
    }

    /// The rules of all these ways.
    pub(super) fn rules(self, consumer: &ThingId) -> Vec<Rule> {
        let mut rules = Vec::new();
        for (service, causes) in self.gateways {
            let peer = Peer::PrefixList(endpoints::handle(service).get("prefix_list_id"));
            let description = format!("{consumer} to {service}");
            rules.push(way_out(consumer, service, peer, Some(HTTPS), description, causes));
        }
        if !self.interfaces.is_empty() {
            rules.extend(rules_of_interfaces(consumer, self.interfaces));
        }
        let ranges = self.ranges.into_iter();
        rules.extend(ranges.map(|(range, causes)| rule_of_range(consumer, range, causes)));
        rules.extend(rules_of_internet(consumer, self.internet, &self.services));
        rules
    }
}

/// The way to the interface endpoints: out of the consumer, and into their group.
fn rules_of_interfaces(consumer: &ThingId, causes: BTreeSet<SpecPath>) -> [Rule; 2] {
    let description = format!("{consumer} to the endpoints of AWS services");
    let peer = Peer::Group(endpoints::group().get("id"));
    let egress = way_out(consumer, "endpoints", peer, Some(HTTPS), description, causes);
    let ingress = Rule {
        direction: Direction::Ingress,
        owner: Owner::Endpoints,
        peer: Peer::Group(group(consumer).get("id")),
        ..egress.clone()
    };
    [egress, ingress]
}

/// The way to a port of a range of addresses.
fn rule_of_range(
    consumer: &ThingId,
    (range, port, protocol): (Ipv4Range, u16, Protocol),
    causes: BTreeSet<SpecPath>,
) -> Rule {
    let word = identifier(&[&range.word(), &format!("{port}_{}", protocol.word())]);
    let peer = Peer::Range(Value::from(range.to_string()));
    let description = format!("{consumer} to {range}");
    let rule = way_out(consumer, &word, peer, None, description, causes);
    Rule { port: Some((port, protocol)), ..rule }
}

/// The ways to any address. AWS services without an endpoint are reached like the internet; a rule
/// for every port makes those for single ones superfluous.
fn rules_of_internet(
    consumer: &ThingId,
    mut internet: BTreeMap<Option<u16>, BTreeSet<SpecPath>>,
    services: &BTreeMap<&'static str, BTreeSet<SpecPath>>,
) -> Vec<Rule> {
    if let Some(mut every) = internet.remove(&None) {
        every.extend(internet.into_values().flatten());
        internet = BTreeMap::from([(None, every)]);
    }
    let asked_for: BTreeSet<Option<u16>> = internet.keys().copied().collect();
    let port_of_services = if asked_for.contains(&None) { None } else { Some(HTTPS) };
    if !services.is_empty() {
        let causes = services.values().flatten().cloned();
        internet.entry(port_of_services).or_default().extend(causes);
    }
    let rule = |(port, causes): (Option<u16>, BTreeSet<SpecPath>)| {
        let mut ends = Vec::new();
        if asked_for.contains(&port) {
            ends.push("the internet".to_owned());
        }
        if port == port_of_services && !services.is_empty() {
            let names: Vec<&str> = services.keys().copied().collect();
            ends.push(format!("AWS services without endpoint: {}", names.join(", ")));
        }
        let number = port.map_or_else(|| "any".to_owned(), |port| port.to_string());
        let word = identifier(&["internet", &number]);
        let peer = Peer::Range(Value::from(Ipv4Range::everywhere().to_string()));
        way_out(consumer, &word, peer, port, describe(consumer, &ends), causes)
    };
    internet.into_iter().map(rule).collect()
}

/// Says where a rule leads, in full as long as that fits.
fn describe(consumer: &ThingId, ends: &[String]) -> String {
    let full = format!("{consumer} to {}", ends.join(", and to "));
    let short = format!("{consumer} to AWS services without endpoint");
    if full.len() <= LONGEST_DESCRIPTION { full } else { short }
}

/// A rule that lets a consumer out by TCP, or at every port by every protocol.
fn way_out(
    consumer: &ThingId,
    word: &str,
    peer: Peer,
    port: Option<u16>,
    description: String,
    causes: BTreeSet<SpecPath>,
) -> Rule {
    Rule {
        direction: Direction::Egress,
        owner: Owner::Thing(consumer.clone()),
        name: identifier(&[&consumer.identifier(), "to", word]),
        file: consumer.file(),
        peer,
        port: port.map(|port| (port, Protocol::Tcp)),
        description,
        causes,
    }
}
