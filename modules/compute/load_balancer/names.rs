//! The names that a load balancer is reached at: its certificate, and its records at Route 53.
use super::LoadBalancer;
use crate::compute::MODULE;
use crate::compute::service::route::Entry;
use crate::platform::{Platform, is_domain};
use platgen_source::diagnostics::SpecPath;
use platgen_terraform::{Address, Document, Expr, Handle, Value, block};
use std::collections::{BTreeMap, BTreeSet};

/// Seconds that resolvers keep the record by which a certificate is validated.
const VALIDATION_TTL: i64 = 60;

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

/// Whether a host, or a pattern of hosts, lies in a hosted zone.
pub(super) fn is_in_zone(host: &str, zone: &str) -> bool {
    host == zone || host.strip_suffix(zone).is_some_and(|before| before.ends_with('.'))
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
    let zone = zone(platform, out);
    let mut names = certificate_names(balancer, platform);
    let first = balancer.domain.clone().filter(|domain| names.remove(domain));
    let first = first.or_else(|| names.pop_first());
    let name = balancer.id.local(&[]);
    let causes = balancer.causes(platform);
    let mut file = out.module(MODULE).file(&balancer.id.file());
    let arguments = block! {
        domain_name: first,
        subject_alternative_names: (!names.is_empty()).then(|| names.iter().collect::<Value>()),
        validation_method: "DNS",
    };
    let certificate = file
        .resource("aws_acm_certificate", &name, arguments)
        .causes(&causes)
        .create_before_destroy()
        .add();
    let records = lower_validation_records(balancer, &certificate, &zone, &causes, out);
    let arguments = block! {
        certificate_arn: certificate.get("arn"),
        validation_record_fqdns: Expr::list_of(records.whole(), Expr::Item(vec!["fqdn"])),
    };
    let mut file = out.module(MODULE).file(&balancer.id.file());
    let validation = file.resource("aws_acm_certificate_validation", &name, arguments);
    validation.causes(&causes).add().get("certificate_arn")
}

/// The records that prove who owns the names, one for each. A wildcard and its parent are validated
/// by the same record, so each may find it there.
fn lower_validation_records(
    balancer: &LoadBalancer,
    certificate: &Handle,
    zone: &Handle,
    causes: &[SpecPath],
    out: &mut Document,
) -> Handle {
    let arguments = block! {
        zone_id: zone.get("zone_id"),
        name: Expr::EachValue(vec!["resource_record_name"]),
        type: Expr::EachValue(vec!["resource_record_type"]),
        records: vec![Expr::EachValue(vec!["resource_record_value"])],
        ttl: VALIDATION_TTL,
        allow_overwrite: true,
    };
    let options = certificate.get("domain_validation_options");
    let by_domain = Expr::map_of(options, Expr::Item(vec!["domain_name"]), Expr::Item(vec![]));
    let mut file = out.module(MODULE).file(&balancer.id.file());
    file.resource("aws_route53_record", &balancer.id.local(&["validation"]), arguments)
        .for_each(by_domain)
        .causes(causes)
        .add()
}

/// Puts a record for every host into a document, each an instance with the host as its key, so that
/// a host more changes no other one.
pub(super) fn lower_records(balancer: &LoadBalancer, platform: &Platform, out: &mut Document) {
    let hosts = record_hosts(balancer, platform);
    if hosts.is_empty() {
        return;
    }
    let zone = zone(platform, out);
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

/// The platform's hosted zone, asked for the first time that it is needed in the module.
fn zone(platform: &Platform, out: &mut Document) -> Handle {
    let address = Address::data("aws_route53_zone", "main");
    let known = out.modules.get(MODULE).is_some_and(|m| m.resources.contains_key(&address));
    if !known {
        let arguments = block! { name: platform.head.zone.clone(), private_zone: false };
        let cause = SpecPath::of(["platform", "domain"]);
        let mut file = out.module(MODULE).file("zone");
        file.data("aws_route53_zone", "main", arguments).cause(&cause).add();
    }
    Handle::new(MODULE, address)
}
