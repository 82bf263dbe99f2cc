//! What can be wrong with a network only once every edge is known.
use super::security::{Direction, Owner, Rule, rules};
use super::ways_out::HTTPS;
use super::{Nat, Vpc, endpoints};
use crate::connect::{Declared, Grant, Reach};
use crate::kind::ThingId;
use crate::platform::Platform;
use platgen_source::diagnostics::{Diagnostic, SpecPath, code};
use std::collections::{BTreeMap, BTreeSet};

/// The rules that a security group takes in each direction, unless AWS raised the quota
/// (<https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html#vpc-limits-security-groups>).
const MOST_RULES: usize = 60;

/// Finds what the network does not give to the things that stand in it.
pub fn check(platform: &Platform) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    if let Vpc::Made(made) = &platform.network.vpc
        && made.nat == Nat::None
    {
        for thing in platform.things.all().filter(|thing| thing.in_network()) {
            findings.extend(dead_ends(thing.id(), platform));
        }
    }
    findings.extend(crowded_groups(&rules(platform)));
    findings
}

/// Whether a thing in the network reaches any address by HTTPS: because it says so, or because it
/// talks to an AWS service without an endpoint, whose addresses nobody knows.
pub fn reaches_internet(consumer: &ThingId, platform: &Platform) -> bool {
    if matches!(&platform.network.vpc, Vpc::Made(made) if made.nat == Nat::None) {
        return false;
    }
    let endpoints = endpoints::of(platform).into_keys().collect();
    let mut grants = platform.connections.of(consumer);
    grants.any(|grant| {
        grant.reach.iter().any(|reach| match reach {
            Reach::Internet(port) => matches!(port, None | Some(HTTPS)),
            Reach::Range(..) => false,
            reach => !endpoints::carry(&endpoints, *reach),
        })
    })
}

/// The ways of a consumer that lead nowhere in a network without NAT.
fn dead_ends(consumer: &ThingId, platform: &Platform) -> Vec<Diagnostic> {
    let endpoints = endpoints::of(platform).into_keys().collect();
    let mut services: BTreeMap<&SpecPath, BTreeSet<&str>> = BTreeMap::new();
    let mut findings = Vec::new();
    for grant in platform.connections.of(consumer) {
        for reach in &grant.reach {
            match reach {
                reach if reach.is_public() => findings.push(no_internet(consumer, grant)),
                reach if endpoints::carry(&endpoints, *reach) => {}
                Reach::Internet(_) | Reach::Range(..) => {}
                Reach::Gateway(service) | Reach::Interface(service) => {
                    services.entry(&grant.cause).or_default().insert(service);
                }
            }
        }
    }
    findings.dedup();
    findings.extend(services.iter().map(|(cause, names)| no_service(consumer, cause, names)));
    findings
}

fn no_internet(consumer: &ThingId, grant: &Grant) -> Diagnostic {
    let (what, help) = match grant.declared {
        Declared::Implied => (
            "pulls an image from the internet",
            "set network.nat = \"single\", or take the image from a repository at ECR",
        ),
        Declared::InUses => ("goes to the internet", "set network.nat = \"single\""),
    };
    let message = format!("`{consumer}` {what}, but network.nat is \"none\"");
    Diagnostic::at(&code::IMPOSSIBLE, &grant.cause, message).help(help)
}

fn no_service(consumer: &ThingId, cause: &SpecPath, names: &BTreeSet<&str>) -> Diagnostic {
    let list: Vec<&str> = names.iter().copied().collect();
    let message = format!(
        "`{consumer}` talks to AWS services ({}) that the network has no way to: network.nat is \
         \"none\", and they have no endpoints",
        list.join(", ")
    );
    let help = match endpoints::listing(names) {
        Some(listing) => {
            format!("add {listing} to network.endpoints, or set network.nat = \"single\"")
        }
        None => "set network.nat = \"single\"".to_owned(),
    };
    Diagnostic::at(&code::IMPOSSIBLE, cause, message).help(help)
}

fn crowded_groups(rules: &[Rule]) -> Vec<Diagnostic> {
    let mut counts: BTreeMap<(&Owner, Direction), usize> = BTreeMap::new();
    for rule in rules {
        *counts.entry((&rule.owner, rule.direction)).or_default() += 1;
    }
    let crowded = counts.into_iter().filter(|(_, count)| *count > MOST_RULES);
    let finding = |((owner, direction), count): ((&Owner, Direction), usize)| {
        let thing = owner.thing()?;
        let side = match direction {
            Direction::Ingress => "lets in",
            Direction::Egress => "lets out",
        };
        let message = format!(
            "the security group of `{owner}` {side} by {count} rules; AWS takes {MOST_RULES}"
        );
        let help = "join ranges of addresses, or ports, into fewer";
        Some(Diagnostic::at(&code::LIMIT, &thing.path(), message).help(help))
    };
    crowded.filter_map(finding).collect()
}
