//! The names that a load balancer is reached at: its certificate, and its records at Route 53.
use super::LoadBalancer;
use crate::compute::MODULE;
use crate::compute::service::route::Entry;
use crate::dns::{self, Certificate, CertificateRegion, is_in_zone};
use crate::platform::{Platform, is_domain};
use platgen_source::diagnostics::SpecPath;
use platgen_terraform::{Address, Document, Expr, Handle, Value, block};
use std::collections::{BTreeMap, BTreeSet};

/// Every name that it is reached at, patterns among them, with the places that say so: its domain
/// and the hosts of its routes.
pub(super) fn hosts(
    balancer: &LoadBalancer,
    platform: &Platform,
) -> BTreeMap<String, Vec<SpecPath>> {
    let mut hosts: BTreeMap<String, Vec<SpecPath>> = BTreeMap::new();
    if let Some(domain) = &balancer.domain {
        hosts.entry(domain.clone()).or_default().push(balancer.id.path());
    }
    for route in balancer.routes(platform) {
        if let Entry::Rule { conditions, .. } = route.entry() {
            for host in &conditions.hosts {
                hosts.entry(host.clone()).or_default().push(route.path());
            }
        }
    }
    hosts
}

/// The name on a certificate that covers a host: a wildcard stands for one whole label, the first
/// (<https://docs.aws.amazon.com/acm/latest/userguide/acm-certificate-characteristics.html>). `None`
/// if there is no such name.
pub(super) fn certificate_name(host: &str) -> Option<String> {
    let (label, parent) = host.split_once('.')?;
    let name = if label.contains(['*', '?']) { format!("*.{parent}") } else { host.to_owned() };
    is_domain(name.trim_start_matches("*.")).then_some(name)
}

/// The names on the certificate, without those that a wildcard among them covers.
pub(super) fn certificate_names(balancer: &LoadBalancer, platform: &Platform) -> BTreeSet<String> {
    let names: BTreeSet<String> =
        hosts(balancer, platform).keys().filter_map(|host| certificate_name(host)).collect();
    let covered = |name: &String| {
        let parent = name.split_once('.').map(|(_, parent)| format!("*.{parent}"));
        !name.starts_with("*.") && parent.is_some_and(|wildcard| names.contains(&wildcard))
    };
    names.iter().filter(|name| !covered(name)).cloned().collect()
}

/// The hosts that get a record: those in the platform's zone, without patterns.
pub(super) fn record_hosts(
    balancer: &LoadBalancer,
    platform: &Platform,
) -> BTreeMap<String, Vec<SpecPath>> {
    let zone = platform.head.zone.as_deref();
    let in_zone = |host: &str| zone.is_some_and(|zone| is_in_zone(host, zone));
    let mut hosts = hosts(balancer, platform);
    hosts.retain(|host, _| in_zone(host) && !host.contains(['*', '?']));
    hosts
}

/// Puts the certificate of all names into a document, validated by records of the zone. Gives its
/// ARN, as soon as it is valid.
pub(super) fn lower_certificate(
    balancer: &LoadBalancer,
    platform: &Platform,
    out: &mut Document,
) -> Value {
    let mut names = certificate_names(balancer, platform);
    let first = balancer.domain.clone().filter(|domain| names.remove(domain));
    let certificate = Certificate {
        module: MODULE,
        file: &balancer.id.file(),
        names: [&balancer.id.local(&[]), &balancer.id.local(&["validation"])],
        domain: first.or_else(|| names.pop_first()),
        alternatives: names.into_iter().collect(),
        region: CertificateRegion::Platform,
        causes: &balancer.causes(platform),
    };
    dns::certificate(&certificate, platform, out)
}

/// The record of a host, if the load balancer has one.
pub(super) fn record(balancer: &LoadBalancer, host: &str, platform: &Platform) -> Option<Handle> {
    let address = Address::managed("aws_route53_record", &balancer.id.local(&["hosts"]));
    let has_record = record_hosts(balancer, platform).contains_key(host);
    has_record.then(|| Handle::new(MODULE, address).instance(host))
}

/// Puts a record for every host into a document, each an instance with the host as its key, so that
/// a host more changes no other one.
pub(super) fn lower_records(balancer: &LoadBalancer, platform: &Platform, out: &mut Document) {
    let hosts = record_hosts(balancer, platform);
    if hosts.is_empty() {
        return;
    }
    let zone = dns::zone(platform, out, MODULE);
    let arguments = block! {
        zone_id: zone.get("zone_id"),
        name: Expr::EachKey,
        type: "A",
        alias: block! {
            name: balancer.handle().get("dns_name"),
            zone_id: balancer.handle().get("zone_id"),
            evaluate_target_health: true,
        },
    };
    let entries: BTreeMap<String, String> =
        hosts.keys().map(|host| (host.clone(), host.clone())).collect();
    let mut file = out.module(MODULE).file(&balancer.id.file());
    file.resource("aws_route53_record", &balancer.id.local(&["hosts"]), arguments)
        .for_each(entries)
        .causes(hosts.values().flatten())
        .add();
}
