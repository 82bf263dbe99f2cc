//! What AWS would refuse of a load balancer and its routes, found before anything is made.
use super::names::{certificate_name, certificate_names, hosts, record_hosts};
use super::{BalancerType, LONGEST_NAME, LoadBalancer, LoadBalancerSpec, Made, Origin};
use crate::aws_name;
use crate::compute::service::route::{Conditions, Entry, Route};
use crate::dns::is_in_zone;
use crate::kind::{Resolving, ThingId};
use crate::network::{Tier, Vpc};
use crate::platform::{Platform, is_domain};
use platgen_source::Duration;
use platgen_source::diagnostics::{Diagnostic, SpecPath, code};
use std::collections::BTreeMap;

/// The most target groups behind an application load balancer
/// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html>).
const MOST_RULES: usize = 100;
/// The most listeners of a network load balancer
/// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-limits.html>).
const MOST_LISTENERS: usize = 50;
/// The most names on a certificate, unless AWS was asked for more
/// (<https://docs.aws.amazon.com/acm/latest/userguide/acm-limits.html>).
const MOST_CERTIFICATE_NAMES: usize = 10;
/// An application load balancer stands in this many zones at least
/// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html#subnets-load-balancer>).
const FEWEST_ZONES: usize = 2;

/// Finds what is wrong with what the spec says of a load balancer alone.
pub(super) fn spec(spec: &LoadBalancerSpec, id: &ThingId, resolving: &mut Resolving<'_>) {
    keys_of_existing(spec, id, resolving);
    domain(spec, id, resolving);
    idle_timeout(spec, id, resolving);
    let is_network = spec.r#type == Some(BalancerType::Network);
    if is_network && spec.access_logs == Some(true) {
        let message = "a network load balancer logs TLS only, which it does not end here";
        resolving.find(&code::CONFLICT, &id.path().key("access_logs"), message);
    }
    if is_network && spec.firewall.is_some() {
        let message = "a firewall looks into requests, and a network load balancer does not";
        let help = "remove `firewall`, or `type`";
        resolving.find_with(&code::CONFLICT, &id.path().key("firewall"), message, help);
    }
    let given_up = [
        ("protected", spec.protected, "nothing keeps it from being deleted"),
        ("access_logs", spec.access_logs, "nothing is left of its requests"),
    ];
    for (key, value, consequence) in given_up {
        if value == Some(false) && resolving.head.is_production() && !is_network {
            resolving.find(&code::WEAKENED, &id.path().key(key), consequence);
        }
    }
}

fn keys_of_existing(spec: &LoadBalancerSpec, id: &ThingId, resolving: &mut Resolving<'_>) {
    let Some(existing) = &spec.existing else { return };
    let path = id.path();
    let decided_elsewhere = [
        ("type", spec.r#type == Some(BalancerType::Network)),
        ("internal", spec.internal.is_some()),
        ("from", spec.from.is_some()),
        ("idle_timeout", spec.idle_timeout.is_some()),
        ("protected", spec.protected.is_some()),
        ("access_logs", spec.access_logs.is_some()),
        ("firewall", spec.firewall.is_some()),
        ("aws_name", spec.aws_name.is_some()),
    ];
    for (key, _) in decided_elsewhere.into_iter().filter(|(_, stands)| *stands) {
        let message = format!("`{key}` of a load balancer that is made elsewhere is decided there");
        let help = format!("remove `{key}`, or `existing`");
        resolving.find_with(&code::CONFLICT, &path.key(key), message, help);
    }
    let region = existing.arn.as_str().split(':').nth(3).unwrap_or_default();
    if region != resolving.head.region {
        let message =
            format!("it stands in {region}, and the platform in {}", resolving.head.region);
        resolving.find(&code::IMPOSSIBLE, &path.key("existing").key("arn"), message);
    }
}

/// The name at AWS of a load balancer that is made.
pub(super) fn resolve_name(id: &ThingId, resolving: &mut Resolving<'_>) -> String {
    let made = resolving.spec.load_balancer.iter().filter(|(_, spec)| spec.existing.is_none());
    let said = made.map(|(name, spec)| (name, spec.aws_name.as_ref().map(ToString::to_string)));
    let aws_name = aws_name::resolve(id, LONGEST_NAME, said, resolving);
    if aws_name.starts_with("internal-") {
        let message = format!("`{aws_name}` begins with `internal-`, which AWS keeps for itself");
        let help = "set the name by hand: `aws_name`";
        resolving.find_with(&code::IMPOSSIBLE, &id.path(), message, help);
    }
    aws_name
}

fn domain(spec: &LoadBalancerSpec, id: &ThingId, resolving: &mut Resolving<'_>) {
    let Some(text) = &spec.domain else { return };
    let path = id.path().key("domain");
    let domain = resolving.head.plain(text).to_ascii_lowercase();
    let Some(zone) = resolving.head.zone.clone() else {
        let message = "there is no hosted zone for its records";
        let help = "set `domain`, and `zone` if it is another one, in [platform]";
        return resolving.find_with(&code::CONFLICT, &path, message, help);
    };
    if !is_domain(&domain) {
        let message = format!("`{}` is no domain name", domain.escape_debug());
        resolving.find(&code::MALFORMED, &path, message);
    } else if !is_in_zone(&domain, &zone) {
        resolving.find_with(&code::IMPOSSIBLE, &path, outside(&domain, &zone), OUTSIDE_HELP);
    }
}

fn outside(host: &str, zone: &str) -> String {
    format!("`{host}` is not in the hosted zone `{zone}`, so it gets no record and no certificate")
}

const OUTSIDE_HELP: &str = "name a host in the zone, or another `zone` in [platform]";

/// The ranges: <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html>,
/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/network/update-idle-timeout.html>.
fn idle_timeout(spec: &LoadBalancerSpec, id: &ThingId, resolving: &mut Resolving<'_>) {
    let range = match spec.r#type.unwrap_or_default() {
        BalancerType::Application => 1..=4000,
        BalancerType::Network => 60..=6000,
    };
    let seconds = spec.idle_timeout.map(Duration::as_seconds);
    if let Some(seconds) = seconds.filter(|seconds| !range.contains(seconds)) {
        let (first, last) = (range.start(), range.end());
        let message = format!("{seconds} seconds are not between {first} and {last}");
        resolving.find(&code::OUT_OF_RANGE, &id.path().key("idle_timeout"), message);
    }
}

/// Finds what is wrong with a load balancer and its routes together.
pub(super) fn routes(balancer: &LoadBalancer, platform: &Platform) -> Vec<Diagnostic> {
    let mut found = ties(balancer, platform);
    found.extend(priorities(balancer, platform));
    found.extend(quota(balancer, platform));
    found.extend(protocols(balancer, platform));
    if let Origin::Existing(_) = &balancer.origin {
        found.extend(elsewhere(balancer, platform));
    }
    if let Origin::Made(made) = &balancer.origin {
        found.extend(zones(balancer, made, platform));
        found.extend(clear_text(balancer, made, platform));
        found.extend(hosts_outside(balancer, platform));
        found.extend(certificate(balancer, platform));
    }
    found.extend(shared_hosts(balancer, platform));
    found
}

/// Routes of which nothing tells who gets a request. Found at the later one, naming the earlier.
fn ties(balancer: &LoadBalancer, platform: &Platform) -> Vec<Diagnostic> {
    let routes: Vec<&Route> = balancer.routes(platform).collect();
    let mut found = Vec::new();
    for (place, route) in routes.iter().enumerate() {
        let earlier = routes.iter().take(place);
        found.extend(earlier.filter_map(|other| tie(route, other)));
    }
    found
}

fn tie(route: &Route, other: &Route) -> Option<Diagnostic> {
    let first = other.path();
    let (message, help) = match (route.entry(), other.entry()) {
        (
            Entry::Rule { conditions, priority, .. },
            Entry::Rule { conditions: others, priority: others_priority, .. },
        ) => tie_of_rules((conditions, *priority), (others, *others_priority), &first)?,
        (Entry::Listener { port, .. }, Entry::Listener { port: others_port, .. })
            if port == others_port =>
        {
            let message = format!("`{first}` listens at port {port} of the load balancer too");
            (message, "choose another port with `listen`")
        }
        _ => return None,
    };
    Some(Diagnostic::at(&code::ROUTE_TIE, &route.path(), message).help(help))
}

/// Priorities by hand break a tie, unless they are equal, or one route never gets a request.
fn tie_of_rules(
    (conditions, priority): (&Conditions, Option<usize>),
    (others, others_priority): (&Conditions, Option<usize>),
    first: &SpecPath,
) -> Option<(String, &'static str)> {
    if let (Some(one), Some(other)) = (priority, others_priority)
        && one == other
    {
        let message = format!("`{first}` has the priority {one} too");
        return Some((message, "choose another `priority`"));
    }
    if conditions == others {
        let message = format!("`{first}` answers the same requests");
        return Some((message, "give one of them another `path`, `host` or `method`"));
    }
    let by_hand = priority.is_some() || others_priority.is_some();
    (!by_hand && conditions.ties_with(others)).then(|| {
        let message = format!("`{first}` answers some of the same requests, and says no less");
        (message, "take out what both name, or set `priority`: a lower number is asked earlier")
    })
}

fn priorities(balancer: &LoadBalancer, platform: &Platform) -> Vec<Diagnostic> {
    let full = balancer.priorities(platform).into_iter().filter(|(_, priority)| priority.is_none());
    let message = "too many routes say just as much, so no place among them is left";
    full.map(|(path, _)| {
        Diagnostic::at(&code::LIMIT, &path, message).help("set `priority` of this route by hand")
    })
    .collect()
}

fn quota(balancer: &LoadBalancer, platform: &Platform) -> Option<Diagnostic> {
    let most = if balancer.is_application() { MOST_RULES } else { MOST_LISTENERS };
    let count = balancer.routes(platform).count();
    (count > most).then(|| {
        let message = format!("{count} routes; a load balancer takes {most}");
        let help = "declare another load balancer and name it with `via`";
        Diagnostic::at(&code::LIMIT, &balancer.id.path(), message).help(help)
    })
}

fn protocols(balancer: &LoadBalancer, platform: &Platform) -> Vec<Diagnostic> {
    if balancer.speaks_https() {
        return Vec::new();
    }
    let routes = balancer.routes(platform).filter(|route| route.needs_https());
    routes
        .map(|route| {
            let message =
                format!("gRPC and HTTP/2 need HTTPS, and `{}` has no domain", balancer.id);
            let help = "set `domain` of the load balancer";
            Diagnostic::at(&code::IMPOSSIBLE, &route.path(), message).help(help)
        })
        .collect()
}

/// A load balancer that exists stands in a VPC that exists, and finds its targets there.
fn elsewhere(balancer: &LoadBalancer, platform: &Platform) -> Option<Diagnostic> {
    matches!(platform.network.vpc, Vpc::Made(_)).then(|| {
        let message = "it stands in another VPC than the one that is made for the platform, and \
                       reaches no service there until somebody connects both";
        let help = "name the VPC of the load balancer in [network]: `existing`";
        Diagnostic::at(&code::UNREACHABLE, &balancer.id.path().key("existing"), message).help(help)
    })
}

fn zones(balancer: &LoadBalancer, made: &Made, platform: &Platform) -> Option<Diagnostic> {
    let tier = if made.internal { Tier::Private } else { Tier::Public };
    let fewest = if balancer.is_application() { FEWEST_ZONES } else { 1 };
    let subnets = platform.network.subnets(tier).len();
    (subnets < fewest).then(|| {
        let tier = tier.word();
        let message = format!(
            "`{}` stands in {fewest} subnets at least, and the network has {subnets} that are {tier}",
            balancer.id
        );
        let help = format!("name more subnets in `existing.{tier}` of [network]");
        let path = SpecPath::of(["network", "existing", tier]);
        Diagnostic::at(&code::IMPOSSIBLE, &path, message).help(help)
    })
}

fn clear_text(balancer: &LoadBalancer, made: &Made, platform: &Platform) -> Option<Diagnostic> {
    let open = balancer.is_application() && !made.internal && !balancer.speaks_https();
    (open && platform.head.is_production()).then(|| {
        let message = format!("`{}` speaks HTTP only: whoever is between reads along", balancer.id);
        let help = "set `domain` in [platform]: the load balancer gets a certificate for it";
        Diagnostic::at(&code::CLEAR_TEXT, &SpecPath::of(["platform"]), message).help(help)
    })
}

/// The hosts that routes name and that are outside of the zone. Without a zone the names are the
/// business of whoever wrote the spec.
fn hosts_outside(balancer: &LoadBalancer, platform: &Platform) -> Vec<Diagnostic> {
    let Some(zone) = platform.head.zone.as_deref() else { return Vec::new() };
    let mut found = Vec::new();
    for (route, host) in named_hosts(balancer, platform) {
        let path = route.path().key("host");
        if !is_in_zone(host, zone) {
            let fault = Diagnostic::at(&code::IMPOSSIBLE, &path, outside(host, zone));
            found.push(fault.help(OUTSIDE_HELP));
        } else if balancer.speaks_https() && certificate_name(host).is_none() {
            let message =
                format!("no certificate covers `{host}`: a wildcard stands for one label");
            let help = "write the wildcard into the first label: `*.example.com`";
            found.push(Diagnostic::at(&code::IMPOSSIBLE, &path, message).help(help));
        }
    }
    found
}

fn named_hosts<'a>(
    balancer: &'a LoadBalancer,
    platform: &'a Platform,
) -> impl Iterator<Item = (&'a Route, &'a String)> {
    balancer.routes(platform).flat_map(|route| {
        let hosts = match route.entry() {
            Entry::Rule { conditions, .. } => Some(&conditions.hosts),
            Entry::Listener { .. } => None,
        };
        hosts.into_iter().flatten().map(move |host| (route, host))
    })
}

fn certificate(balancer: &LoadBalancer, platform: &Platform) -> Option<Diagnostic> {
    let names = certificate_names(balancer, platform).len();
    (balancer.speaks_https() && names > MOST_CERTIFICATE_NAMES).then(|| {
        let message = format!(
            "{names} names on one certificate; it takes {MOST_CERTIFICATE_NAMES}, its domain and \
             the hosts of its routes"
        );
        let help = "a host with a wildcard covers its neighbours: `*.example.com`; or declare \
                    another load balancer with a `domain` of its own";
        Diagnostic::at(&code::LIMIT, &balancer.id.path(), message).help(help)
    })
}

/// Two load balancers cannot both be what one name leads to.
fn shared_hosts(balancer: &LoadBalancer, platform: &Platform) -> Vec<Diagnostic> {
    let balancers = platform.things.load_balancer.values();
    let mut taken: BTreeMap<String, &ThingId> = BTreeMap::new();
    for other in balancers.take_while(|other| other.id != balancer.id) {
        taken.extend(record_hosts(other, platform).into_keys().map(|host| (host, &other.id)));
    }
    let hosts = hosts(balancer, platform).into_iter();
    let clashes = hosts.filter_map(|(host, causes)| {
        let message = format!("`{host}` leads to `{}` already", taken.get(&host)?);
        let help = "give one of the load balancers another `domain`, and its routes other hosts";
        Some(Diagnostic::at(&code::NAME_CLASH, causes.first()?, message).help(help))
    });
    clashes.collect()
}
