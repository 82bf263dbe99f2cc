//! `[cdn.<name>]`: a distribution of CloudFront, before buckets, APIs and load balancers.
mod key;
mod logs;
mod lower;
mod metrics;
mod origin;
mod route;
pub mod spec;
#[cfg(test)]
mod tests;

pub use spec::CdnSpec;

use super::MODULE;
use super::log_bucket::LogWriter;
use crate::connect::{Declared, Grant, Sender};
use crate::dns::is_in_zone;
use crate::kind::{Kind, Output, Outputs, Resolving, Thing, ThingId};
use crate::network::firewall::{Attachment, Shielded};
use crate::observability::metric::Metric;
use crate::platform::{Platform, is_domain};
use key::PublicKey;
use origin::Origin;
use platgen_source::Name;
use platgen_source::diagnostics::{Diagnostic, SpecPath, code};
use platgen_terraform::{Address, Document, Handle, Value, template};
use route::Route;
use spec::CdnEdges;
use std::collections::BTreeMap;

/// The longest name of what a distribution is made of
/// (<https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_OriginAccessControlConfig.html>).
const LONGEST_NAME: usize = 64;

/// A distribution with every detail decided.
#[derive(Debug)]
pub struct Cdn {
    id: ThingId,
    /// The beginning of the names at AWS.
    aws_name: String,
    domains: Vec<String>,
    /// The longest path first.
    routes: Vec<Route>,
    keys: BTreeMap<Name, PublicKey>,
    geo: Option<Geo>,
    firewall: Option<Name>,
    root: Option<String>,
    fallback: Option<String>,
    edges: CdnEdges,
    content_security_policy: Option<String>,
    access_logs: bool,
}

/// Countries that may call, or may not.
#[derive(Debug)]
struct Geo {
    /// As CloudFront calls it: `whitelist`, `blacklist`.
    restriction: &'static str,
    countries: Vec<String>,
}

impl Kind for CdnSpec {
    const KIND: &'static str = "cdn";
    const OUTPUTS: Outputs = Outputs::Named(&["arn", "domain", "id", "url"]);
    const METRICS: &'static [&'static str] = metrics::KEYS;
    type Thing = Cdn;

    fn resolve(&self, id: ThingId, resolving: &mut Resolving<'_>) -> Cdn {
        let head = resolving.head;
        let aws_name = head.prefix.name(LONGEST_NAME, &[id.name.as_str()]);
        if head.prefix.overflows(LONGEST_NAME, &[id.name.as_str()]) {
            let message = "the name of its parts at AWS is cut, and ends in a hash";
            resolving.find_with(
                &code::NAME_SHORTENED,
                &id.path(),
                message,
                "choose a shorter name",
            );
        }
        Cdn {
            aws_name,
            domains: self.domains(&id, resolving),
            routes: route::resolve_all(self, &id, resolving),
            keys: key::resolve_all(self, &id, resolving),
            geo: self.geo(&id, resolving),
            firewall: self.firewall.as_ref().map(|firewall| firewall.name().clone()),
            root: self.root.as_ref().map(ToString::to_string),
            fallback: self.fallback.as_ref().map(|object| format!("/{object}")),
            edges: self.edges.unwrap_or(head.by_profile(CdnEdges::Everywhere, CdnEdges::Cheapest)),
            content_security_policy: self.content_security_policy.as_ref().map(ToString::to_string),
            access_logs: self.access_logs.unwrap_or(head.is_production()),
            id,
        }
    }
}

impl CdnSpec {
    /// The names that it is reached at. A certificate needs records, and records need a zone.
    fn domains(&self, id: &ThingId, resolving: &mut Resolving<'_>) -> Vec<String> {
        let path = id.path().key("domain");
        let mut domains: Vec<String> = Vec::new();
        for text in self.domain.iter().flat_map(|domain| &domain.0) {
            let domain = resolving.head.plain(text).to_ascii_lowercase();
            let zone = resolving.head.zone.as_deref();
            if !is_domain(&domain) {
                let message = format!("`{}` is no domain name", domain.escape_debug());
                resolving.find(&code::MALFORMED, &path, message);
            } else if !zone.is_some_and(|zone| is_in_zone(&domain, zone)) {
                let message = format!("`{domain}` does not lie in the zone of the platform");
                let help =
                    "set `domain` and `zone` in [platform]; its certificate is validated there";
                resolving.find_with(&code::CONFLICT, &path, message, help);
            } else if domains.contains(&domain) {
                let message = format!("`{domain}` stands here twice");
                resolving.find(&code::CONFLICT, &path, message);
            }
            domains.push(domain);
        }
        domains
    }

    fn geo(&self, id: &ThingId, resolving: &mut Resolving<'_>) -> Option<Geo> {
        let geo = self.geo.as_ref()?;
        let (restriction, countries) = match (&geo.allow, &geo.block) {
            (Some(countries), None) => ("whitelist", countries),
            (None, Some(countries)) => ("blacklist", countries),
            _ => {
                let message = "either some countries may call, or some may not";
                let help = "write geo = { allow = [\"DE\"] }, or geo = { block = [\"DE\"] }";
                resolving.find_with(&code::CONFLICT, &id.path().key("geo"), message, help);
                return None;
            }
        };
        let countries = countries.0.iter().map(ToString::to_string).collect();
        Some(Geo { restriction, countries })
    }
}

impl Cdn {
    /// The distribution.
    pub fn handle(&self) -> Handle {
        Handle::new(MODULE, Address::managed("aws_cloudfront_distribution", &self.id.local(&[])))
    }

    /// The name that it is reached at: the first of its own, or CloudFront's.
    fn domain(&self) -> Value {
        match self.domains.first() {
            Some(domain) => Value::from(domain),
            None => self.handle().get("domain_name"),
        }
    }
}

impl Thing for Cdn {
    fn id(&self) -> &ThingId {
        &self.id
    }

    fn output(&self, words: &[String], _consumer: &ThingId, _platform: &Platform) -> Output {
        Output::Plain(match words.first().map(String::as_str) {
            Some("arn") => self.handle().get("arn"),
            Some("id") => self.handle().get("id"),
            Some("url") => template!["https://", self.domain()],
            _ => self.domain(),
        })
    }

    /// It reads its buckets in its own name, which their policies must allow; APIs and load balancers
    /// it calls as everybody on the internet does.
    fn implied(&self, _platform: &Platform) -> Vec<Grant> {
        let grant = |route: &Route| {
            let target = Some(route.to.target());
            let mut grant =
                Grant::new(&self.id, target, route.path_in_spec.clone(), Declared::Implied);
            let source = self.handle().get("arn");
            let is_bucket = matches!(route.to, Origin::Bucket(_));
            grant.sender =
                is_bucket.then_some(Sender { service: "cloudfront.amazonaws.com", source });
            grant
        };
        self.routes.iter().map(grant).collect()
    }

    fn check(&self, platform: &Platform) -> Vec<Diagnostic> {
        self.routes.iter().filter_map(|route| route.check(platform)).collect()
    }

    fn doors(&self, _platform: &Platform) -> Vec<SpecPath> {
        vec![self.id.path()]
    }

    fn address_record(&self, host: &str, _platform: &Platform) -> Option<Handle> {
        let address = Address::managed("aws_route53_record", &self.id.part(&["ipv4"]));
        let is_own = self.domains.iter().any(|domain| domain == host);
        is_own.then(|| Handle::new(MODULE, address).instance(host))
    }

    fn shielded(&self) -> Option<Shielded> {
        let firewall = self.firewall.clone()?;
        let cause = self.id.path().key("firewall");
        Some(Shielded { firewall, by: Attachment::Distribution, cause })
    }

    fn request_logs(&self) -> Option<LogWriter> {
        self.access_logs.then_some(LogWriter::Distributions)
    }

    fn metrics(&self, _platform: &Platform) -> Vec<Metric> {
        metrics::of(self)
    }

    fn lower(&self, platform: &Platform, out: &mut Document) {
        self.lower_all(platform, out);
    }
}
