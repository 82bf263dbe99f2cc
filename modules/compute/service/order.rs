//! The order in which services are made: what is called comes before what calls it.
//!
//! A client of Service Connect sees only the names that existed when it was deployed
//! (<https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-connect-concepts-deploy.html>).
use super::{KIND, Service};
use crate::kind::{Thing, ThingId};
use crate::platform::Platform;
use platgen_source::Name;
use std::collections::BTreeSet;

/// The services that come before this one: those that it calls, unless they call it, by way of
/// others or not.
pub fn before<'a>(id: &ThingId, platform: &'a Platform) -> Vec<&'a Service> {
    let called = called_by(&id.name, platform);
    let earlier = called.into_iter().filter(|name| !reaches(name, &id.name, platform));
    earlier.filter_map(|name| platform.things.service.get(&name)).collect()
}

/// The other services that a service has an edge to.
fn called_by(name: &Name, platform: &Platform) -> BTreeSet<Name> {
    let Some(service) = platform.things.service.get(name) else { return BTreeSet::new() };
    let uses = service.uses();
    let targets = uses.iter().flat_map(|uses| uses.targets());
    targets
        .filter(|(kind, target)| *kind == KIND && *target != name)
        .map(|(_, target)| target.clone())
        .collect()
}

fn reaches(from: &Name, to: &Name, platform: &Platform) -> bool {
    let mut seen = BTreeSet::new();
    let mut next = vec![from.clone()];
    while let Some(name) = next.pop() {
        if name == *to {
            return true;
        }
        if seen.insert(name.clone()) {
            next.extend(called_by(&name, platform));
        }
    }
    false
}
