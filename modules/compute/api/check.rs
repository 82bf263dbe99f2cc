//! What API Gateway would refuse of an API, or what would not do what it says.
use super::authorizer::Auth;
use super::destination::balancer_of;
use super::pattern::{Pattern, Segment};
use super::route::{Destination, Route};
use super::spec::{ApiSpec, ApiType, Method};
use super::{Api, authorizer};
use crate::compute::load_balancer::LoadBalancer;
use crate::dns;
use crate::kind::{Resolving, ThingId};
use crate::platform::Platform;
use platgen_source::diagnostics::{Diagnostic, SpecPath, code};
use std::collections::BTreeMap;

/// The most routes of an HTTP API, and the most resources of a REST API, unless AWS was asked for more
/// (<https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html>).
const MOST_ROUTES: usize = 300;

/// Finds what is wrong with what the spec says of an API alone.
pub(super) fn spec(spec: &ApiSpec, id: &ThingId, resolving: &mut Resolving<'_>) {
    if spec.route.is_empty() {
        let message = "an API without routes answers nothing";
        let help =
            "add one: route.main = { match = \"POST /orders\", to = { function = \"orders\" } }";
        resolving.find_with(&code::MISSING_KEY, &id.path(), message, help);
    }
    match spec.r#type.unwrap_or_default() {
        ApiType::Http => {
            for (key, said, what) in [
                ("allow_from", !spec.allow_from.is_empty(), "has no policy of its own"),
                ("firewall", spec.firewall.is_some(), "cannot stand behind a firewall"),
                ("tracing", spec.tracing == Some(true), "is not followed by X-Ray"),
            ] {
                if said {
                    let message = format!("an HTTP API {what}");
                    let help = "set type = \"rest\", or put a distribution (`cdn`) before it";
                    resolving.find_with(&code::CONFLICT, &id.path().key(key), message, help);
                }
            }
        }
        ApiType::Rest if spec.cors.is_some() => {
            let message = "a REST API leaves the answers to browsers to what answers";
            let help = "set type = \"http\", or let the function answer `OPTIONS`";
            resolving.find_with(&code::CONFLICT, &id.path().key("cors"), message, help);
        }
        ApiType::Rest => {}
    }
}

/// Finds what is wrong with an API and what stands beside it.
pub(super) fn routes(api: &Api, platform: &Platform) -> Vec<Diagnostic> {
    let mut found = ties(api);
    found.extend(authorizer::check(&api.authorizers, platform));
    for route in &api.routes {
        found.extend(no_entrance(api, route, platform));
        found.extend(order_of_messages(route, platform));
    }
    if api.r#type == ApiType::Http {
        found.extend(unanswered_browsers(api));
    } else {
        found.extend(rest_patterns(api));
        found.extend(unnamed_methods(api));
        found.extend(variable_siblings(api));
    }
    found.extend(quota(api));
    found.extend(shared_domain(api, platform));
    found
}

/// Every pattern and where it stands.
fn patterns(api: &Api) -> impl Iterator<Item = (SpecPath, &Pattern)> {
    api.routes.iter().flat_map(|route| {
        let place = |index| route.path.key("match").index(index);
        route.patterns.iter().enumerate().map(move |(index, pattern)| (place(index), pattern))
    })
}

/// Patterns of which nothing tells who gets a request. Found at the later one, naming the earlier.
fn ties(api: &Api) -> Vec<Diagnostic> {
    let mut taken: BTreeMap<String, SpecPath> = BTreeMap::new();
    let mut found = Vec::new();
    for (place, pattern) in patterns(api) {
        match taken.get(&pattern.shape()) {
            None => _ = taken.insert(pattern.shape(), place),
            Some(first) => {
                let message = format!("`{first}` matches the same requests");
                let help = "give one of them another method or path, or remove it";
                found.push(Diagnostic::at(&code::ROUTE_TIE, &place, message).help(help));
            }
        }
    }
    found
}

/// A route into the network that no internal load balancer carries.
fn no_entrance(api: &Api, route: &Route, platform: &Platform) -> Option<Diagnostic> {
    let (key, name) = match &route.to {
        Destination::LoadBalancer(name) => ("load_balancer", name),
        Destination::Service(name) => ("service", name),
        _ => return None,
    };
    let place = route.path.key("to").key(key);
    if api.r#type == ApiType::Rest {
        let message = "a REST API reaches nothing in the network that an HTTP API would";
        let help = "set type = \"http\" of the API";
        return Some(Diagnostic::at(&code::IMPOSSIBLE, &place, message).help(help));
    }
    let entrance = balancer_of(&route.to, platform).and_then(LoadBalancer::entrance);
    if entrance.is_some() {
        return None;
    }
    let (message, help) = match &route.to {
        Destination::Service(_) => (
            format!("no route of `service.{name}` goes through an internal load balancer"),
            "an API reaches a service through one: declare [load_balancer.inside] with `internal = \
             true`, and route.api = { path = \"/*\", via = \"inside\" } of the service",
        ),
        _ => (
            format!("`load_balancer.{name}` is no internal application load balancer"),
            "set `internal = true` of the load balancer, or name another one",
        ),
    };
    Some(Diagnostic::at(&code::IMPOSSIBLE, &place, message).help(help))
}

/// What a queue asks of every message, or makes nothing of
/// (<https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html>).
fn order_of_messages(route: &Route, platform: &Platform) -> Option<Diagnostic> {
    let Destination::Queue(call) = &route.to else { return None };
    let queue = platform.things.queue.get(&call.queue)?;
    let name = &call.queue;
    let path = route.path.key("to");
    if queue.is_fifo() && call.group.is_none() {
        let message = format!("`queue.{name}` keeps the order of messages within a group");
        let help = "name the group: group = \"path.customer\", or one word for all messages";
        return Some(Diagnostic::at(&code::MISSING_KEY, &path, message).help(help));
    }
    (!queue.is_fifo() && call.deduplicate.is_some()).then(|| {
        let message = format!("`queue.{name}` tells no messages apart: it is no FIFO queue");
        let help = "set `fifo = true` of the queue, or remove `deduplicate`";
        Diagnostic::at(&code::CONFLICT, &path.key("deduplicate"), message).help(help)
    })
}

/// Browsers that may call, and are refused when they ask whether they may: what no other route matches
/// takes that question as well.
fn unanswered_browsers(api: &Api) -> Vec<Diagnostic> {
    let refusing = api.routes.iter().filter(|route| api.cors.is_some() && route.auth != Auth::None);
    let defaults = refusing.filter(|route| route.patterns.contains(&Pattern::Default));
    defaults
        .map(|route| {
            let message = "a browser asks without credentials whether it may call, and `$default` \
                           refuses it";
            let help = "match \"ANY /\" and \"ANY /{rest+}\" instead, or set auth = \"none\"";
            Diagnostic::at(&code::CONFLICT, &route.path.key("match"), message).help(help)
        })
        .collect()
}

fn rest_patterns(api: &Api) -> Vec<Diagnostic> {
    let defaults = patterns(api).filter(|(_, pattern)| **pattern == Pattern::Default);
    defaults
        .map(|(place, _)| {
            let message = "a REST API has no route for what no other one matches";
            let help = "match \"/\" and \"/{rest+}\" instead";
            Diagnostic::at(&code::IMPOSSIBLE, &place, message).help(help)
        })
        .collect()
}

/// The settings of a REST API name each method by itself.
fn unnamed_methods(api: &Api) -> Vec<Diagnostic> {
    let throttled = api.routes.iter().filter(|route| route.throttle.is_some());
    let of_every = |pattern: &Pattern| matches!(pattern, Pattern::Path(Method::Any, _));
    let unnamed = throttled.filter(|route| route.patterns.iter().any(of_every));
    unnamed
        .map(|route| {
            let message = "a REST API limits single methods only, and this route has every one";
            let help = "name the methods: match = [\"GET /orders\", \"POST /orders\"]";
            Diagnostic::at(&code::IMPOSSIBLE, &route.path.key("throttle"), message).help(help)
        })
        .collect()
}

/// A REST API has one variable below each part of a path
/// (<https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-method-settings-method-request.html>).
fn variable_siblings(api: &Api) -> Vec<Diagnostic> {
    let mut taken: BTreeMap<&[Segment], &Segment> = BTreeMap::new();
    let mut found = Vec::new();
    for (place, pattern) in patterns(api) {
        let Pattern::Path(_, path) = pattern else { continue };
        for (index, segment) in path.0.iter().enumerate() {
            if matches!(segment, Segment::Literal(_)) {
                continue;
            }
            let first = taken.entry(&path.0[..index]).or_insert(segment);
            if *first != segment {
                let message = format!("`{segment}` and `{first}` stand at one place of a path");
                let help = "a REST API has one variable there: give them one name, and one form";
                found.push(Diagnostic::at(&code::IMPOSSIBLE, &place, message).help(help));
            }
        }
    }
    found
}

fn quota(api: &Api) -> Option<Diagnostic> {
    let (count, what) = match api.r#type {
        ApiType::Http => {
            let keys = api.routes.iter().map(|route| api.route_keys(route).len());
            (keys.sum(), "routes")
        }
        ApiType::Rest => (super::rest::tree::paths(api).len(), "parts of paths"),
    };
    (count > MOST_ROUTES).then(|| {
        let message = format!("{count} {what}; an API takes {MOST_ROUTES}");
        let help = "join routes with `{rest+}`, or make two APIs of it";
        Diagnostic::at(&code::LIMIT, &api.id.path(), message).help(help)
    })
}

/// One name cannot lead to two things.
fn shared_domain(api: &Api, platform: &Platform) -> Option<Diagnostic> {
    let domain = api.domain.as_deref()?;
    let other = dns::taken_by(domain, &api.id, platform)?;
    let message = format!("`{domain}` leads to `{other}` already");
    let help = "choose another `domain`";
    Some(Diagnostic::at(&code::NAME_CLASH, &api.id.path().key("domain"), message).help(help))
}
