//! Which requests a distribution answers from where.
use super::origin::{self, Origin};
use super::spec::{CacheWord, CdnRouteSpec, CdnSpec};
use crate::kind::{Resolving, ThingId};
use crate::platform::Platform;
use platgen_source::Name;
use platgen_source::diagnostics::{Diagnostic, SpecPath, code, suggestion};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// The path that every request has.
pub(super) const EVERY_PATH: &str = "/*";
/// The most routes beside the one for every path
/// (<https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html>).
const MOST_ROUTES: usize = 75;

/// A route with every detail decided.
#[derive(Debug)]
pub(super) struct Route {
    /// Where the spec has it.
    pub(super) path_in_spec: SpecPath,
    pub(super) pattern: String,
    pub(super) to: Origin,
    pub(super) cache: CacheWord,
    pub(super) signed_by: Option<Name>,
}

/// Decides the routes, the longest path first: the order in which a request is held against them.
pub(super) fn resolve_all(
    spec: &CdnSpec,
    id: &ThingId,
    resolving: &mut Resolving<'_>,
) -> Vec<Route> {
    let section = id.path().key("route");
    let mut patterns: BTreeMap<&str, &Name> = BTreeMap::new();
    let mut routes = Vec::new();
    for (name, route) in &spec.route {
        let path = section.key(name.as_str());
        if let Some(other) = patterns.insert(route.path.as_str(), name) {
            let message = format!("the route `{other}` has the same path");
            resolving.find(&code::ROUTE_TIE, &path.key("path"), message);
        }
        routes.extend(resolve(route, spec, &path, resolving));
    }
    if !patterns.contains_key(EVERY_PATH) {
        let message = "no route answers every path";
        let help = "add one: route.main = { path = \"/*\", to = { bucket = \"files\" } }";
        resolving.find_with(&code::MISSING_KEY, &section, message, help);
    }
    if routes.len() > MOST_ROUTES + 1 {
        let message = format!("{} routes; CloudFront takes {}", routes.len(), MOST_ROUTES + 1);
        resolving.find(&code::LIMIT, &section, message);
    }
    routes.sort_by_key(|route| (Reverse(weight(&route.pattern)), route.pattern.clone()));
    routes
}

/// How much a pattern says: the letters that are no wildcards.
fn weight(pattern: &str) -> usize {
    pattern.bytes().filter(|letter| !b"*?".contains(letter)).count()
}

fn resolve(
    route: &CdnRouteSpec,
    spec: &CdnSpec,
    path: &SpecPath,
    resolving: &mut Resolving<'_>,
) -> Option<Route> {
    if let Some(key) = &route.signed_by
        && !spec.key.contains_key(key)
    {
        let message = format!("the distribution has no key `{key}`");
        let help = if spec.key.is_empty() {
            format!("add it: key.{key} = \"keys/{key}.pem\"")
        } else {
            suggestion(key.as_str(), spec.key.keys().map(Name::as_str))
        };
        resolving.find_with(&code::UNKNOWN_TARGET, &path.key("signed_by"), message, help);
    }
    let to = origin::resolve(route, path, resolving)?;
    let is_bucket = matches!(to, Origin::Bucket(_));
    let usual = if is_bucket { CacheWord::Optimized } else { CacheWord::None };
    Some(Route {
        path_in_spec: path.clone(),
        pattern: route.path.to_string(),
        cache: route.cache.unwrap_or(usual),
        signed_by: route.signed_by.clone(),
        to,
    })
}

impl Route {
    /// CloudFront reaches only what the internet reaches.
    pub(super) fn check(&self, platform: &Platform) -> Option<Diagnostic> {
        let balancer = self.to.load_balancer(platform)?;
        (!balancer.is_public()).then(|| {
            let message = "CloudFront cannot reach an internal load balancer";
            let help = "name one that is reached from the internet";
            Diagnostic::at(&code::IMPOSSIBLE, &self.path_in_spec.key("to"), message).help(help)
        })
    }
}
