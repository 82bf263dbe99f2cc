//! Security groups and their rules, all derived from the edges.
//!
//! Every thing that stands in the network has a group of its own without any rule; a rule is there
//! for an edge, on both sides: out of the consumer, into the target, which owns the port. Rules are
//! resources of their own, so that groups that name each other can be destroyed
//! (<https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/resources/vpc_security_group_ingress_rule>).
use super::ways_out::WaysOut;
use super::{MODULE, endpoints, open_ports};
use crate::connect::Protocol;
use crate::kind::{Thing, ThingId};
use crate::names::identifier;
use crate::platform::Platform;
use platgen_source::diagnostics::SpecPath;
use platgen_terraform::{Address, Document, Handle, Value, block};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// The security group of a thing that stands in the network.
pub fn group(id: &ThingId) -> Handle {
    Handle::new(MODULE, Address::managed("aws_security_group", &id.identifier()))
}

/// The security group of what stands before a thing in the network.
pub fn front_group(id: &ThingId, word: &str) -> Handle {
    Handle::new(MODULE, Address::managed("aws_security_group", &id.part(&[word])))
}

/// A security group to be made.
pub(super) struct Group {
    /// The name of the resource.
    pub(super) identifier: String,
    /// The file, without ending.
    pub(super) file: String,
    /// The words of its AWS name.
    pub(super) words: Vec<String>,
    /// What it is for. It can never be changed.
    pub(super) description: String,
}

/// A rule of a group, before it is written.
#[derive(Clone, Debug)]
pub(super) struct Rule {
    /// Which side of the group it is on.
    pub(super) direction: Direction,
    /// The group that it belongs to.
    pub(super) owner: Owner,
    /// The name of the resource.
    pub(super) name: String,
    /// The file, without ending: that of the consumer.
    pub(super) file: String,
    /// The other end.
    pub(super) peer: Peer,
    /// The port; none is every port and protocol.
    pub(super) port: Option<(u16, Protocol)>,
    /// What it is for, at most 255 letters.
    pub(super) description: String,
    /// The lines of the spec that ask for it.
    pub(super) causes: BTreeSet<SpecPath>,
}

/// Whose a security group is that platgen makes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Owner {
    /// That of the endpoints.
    Endpoints,
    /// That of a thing.
    Thing(ThingId),
    /// That of what stands before a thing.
    Front(ThingId, &'static str),
}

/// Which side of a group a rule is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Direction {
    /// What may come in.
    Ingress,
    /// What may go out.
    Egress,
}

/// The other end of a rule.
#[derive(Clone, Debug)]
pub(super) enum Peer {
    /// A security group.
    Group(Value),
    /// A list of address ranges that AWS keeps.
    PrefixList(Value),
    /// A range of addresses.
    Range(Value),
}

/// Puts the groups and rules of everything in the network into a document.
pub(super) fn lower(platform: &Platform, out: &mut Document) {
    for thing in platform.things.all().filter(|thing| thing.in_network()) {
        let id = thing.id();
        let group = Group {
            identifier: id.identifier(),
            file: id.file(),
            words: vec![id.kind.replace('_', "-"), id.name.to_string()],
            description: format!("{id} of {}", platform.head.prefix.as_str()),
        };
        make_group(&group, [&id.path()], platform, out);
        if let Some(word) = thing.front() {
            make_front_group(id, word, platform, out);
        }
    }
    for rule in rules(platform) {
        rule.lower(out);
    }
}

fn make_front_group(id: &ThingId, word: &str, platform: &Platform, out: &mut Document) {
    let group = Group {
        identifier: id.part(&[word]),
        file: id.file(),
        words: vec![id.kind.replace('_', "-"), id.name.to_string(), word.to_owned()],
        description: format!("{word} of {id} of {}", platform.head.prefix.as_str()),
    };
    make_group(&group, [&id.path().key(word)], platform, out);
}

/// Makes a group without any rule. A name with a random end lets a replacement stand beside the old
/// group until nothing uses that any more.
pub(super) fn make_group<'p>(
    group: &Group,
    causes: impl IntoIterator<Item = &'p SpecPath>,
    platform: &Platform,
    out: &mut Document,
) {
    let words: Vec<&str> = group.words.iter().map(String::as_str).collect();
    let name = group_name(platform, &words);
    let arguments = block! {
        name_prefix: format!("{name}-"),
        description: &group.description,
        vpc_id: platform.network.vpc_id(),
        revoke_rules_on_delete: true,
        tags: block! { Name: name },
    };
    out.module(MODULE)
        .file(&group.file)
        .resource("aws_security_group", &group.identifier, arguments)
        .create_before_destroy()
        .causes(causes)
        .add();
}

/// AWS takes 255 letters, and the provider adds 26 to a prefix and its hyphen; the name must not begin
/// like an id, `sg-`, as an environment in Singapore may
/// (<https://docs.aws.amazon.com/vpc/latest/userguide/creating-security-groups.html>).
fn group_name(platform: &Platform, words: &[&str]) -> String {
    let name = platform.head.prefix.name(200, words);
    if name.starts_with("sg-") { format!("env-{name}") } else { name }
}

/// Every rule of every group.
pub(super) fn rules(platform: &Platform) -> Vec<Rule> {
    let endpoints: BTreeSet<&'static str> = endpoints::of(platform).into_keys().collect();
    let mut rules = Vec::new();
    for thing in platform.things.all() {
        rules.extend(rules_between(thing, platform));
        if thing.in_network() {
            rules.extend(open_ports::rules(thing, platform));
            rules.extend(WaysOut::of(thing.id(), &endpoints, platform).rules(thing.id()));
        }
    }
    rules
}

/// The rules of the edges from a consumer to other things. A port that several edges open has one
/// rule, because AWS refuses a second one that is equal.
fn rules_between(consumer: &dyn Thing, platform: &Platform) -> Vec<Rule> {
    let id = consumer.id();
    let mut ways: BTreeMap<(&ThingId, u16, Protocol), (&str, BTreeSet<SpecPath>)> = BTreeMap::new();
    for grant in platform.connections.of(id) {
        for port in &grant.ports {
            let Some(target) = &grant.target else { continue };
            let way = ways.entry((target, port.port, port.protocol));
            let (_, causes) = way.or_insert_with(|| (&port.name, BTreeSet::new()));
            causes.insert(grant.cause.clone());
        }
    }
    let mut rules = Vec::new();
    for ((target, port, protocol), (port_name, causes)) in ways {
        let Some(target) = platform.thing(target) else { continue };
        let (leaves, enters) = ends(consumer, target);
        let groups = leaves.group(consumer).zip(enters.group(target));
        let Some((from, to)) = groups else { continue };
        let name = identifier(&[&id.identifier(), "to", &target.id().identifier(), port_name]);
        let draft = |direction, owner: &Owner, peer| Rule {
            direction,
            owner: owner.clone(),
            name: name.clone(),
            file: id.file(),
            peer: Peer::Group(peer),
            port: Some((port, protocol)),
            description: format!("{leaves} to {enters}: {port_name}"),
            causes: causes.clone(),
        };
        // The group of a thing that platgen did not make is only named, never changed.
        if consumer.in_network() {
            rules.push(draft(Direction::Egress, &leaves, to));
        }
        if target.in_network() {
            rules.push(draft(Direction::Ingress, &enters, from));
        }
    }
    rules
}

/// The ends of a way: a thing with a front is reached there, and its way to itself leads from the front
/// to it.
fn ends(consumer: &dyn Thing, target: &dyn Thing) -> (Owner, Owner) {
    let (own, other) = (consumer.id().clone(), target.id().clone());
    match target.front() {
        Some(word) if own == other => (Owner::Front(own, word), Owner::Thing(other)),
        Some(word) => (Owner::Thing(own), Owner::Front(other, word)),
        None => (Owner::Thing(own), Owner::Thing(other)),
    }
}

impl Owner {
    /// The group, where platgen makes it.
    fn handle(&self) -> Handle {
        match self {
            Self::Endpoints => endpoints::group(),
            Self::Thing(id) => group(id),
            Self::Front(id, word) => front_group(id, word),
        }
    }

    /// The id of the group that rules name, of an end that is this thing or its front.
    fn group(&self, thing: &dyn Thing) -> Option<Value> {
        match self {
            Self::Thing(_) => thing.security_group(),
            Self::Endpoints | Self::Front(..) => Some(self.handle().get("id")),
        }
    }

    /// The thing that it is about.
    pub(super) fn thing(&self) -> Option<&ThingId> {
        match self {
            Self::Endpoints => None,
            Self::Thing(id) | Self::Front(id, _) => Some(id),
        }
    }
}

impl fmt::Display for Owner {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Endpoints => out.write_str("the endpoints of AWS services"),
            Self::Thing(id) => id.fmt(out),
            Self::Front(id, word) => write!(out, "{word} of {id}"),
        }
    }
}

impl Rule {
    /// Puts the rule into a document.
    pub(super) fn lower(&self, out: &mut Document) {
        let kind = match self.direction {
            Direction::Ingress => "aws_vpc_security_group_ingress_rule",
            Direction::Egress => "aws_vpc_security_group_egress_rule",
        };
        let (range, prefix_list, peer_group) = match &self.peer {
            Peer::Range(range) => (Some(range), None, None),
            Peer::PrefixList(list) => (None, Some(list), None),
            Peer::Group(group) => (None, None, Some(group)),
        };
        let arguments = block! {
            security_group_id: self.owner.handle().get("id"),
            description: &self.description,
            cidr_ipv4: range,
            prefix_list_id: prefix_list,
            referenced_security_group_id: peer_group,
            // The word for every protocol; it takes no ports.
            ip_protocol: self.port.map_or("-1", |(_, protocol)| protocol.word()),
            from_port: self.port.map(|(port, _)| port),
            to_port: self.port.map(|(port, _)| port),
        };
        let mut file = out.module(MODULE).file(&self.file);
        file.resource(kind, &self.name, arguments).causes(&self.causes).add();
    }
}
