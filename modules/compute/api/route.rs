//! A route of an API: which requests, who may call, and what answers.
use super::authorizer::{
    Auth, Authorizer, Decider, resolve_said, resolve_unsaid, scopes_in_tokens,
};
use super::pattern::{Pattern, RouteMatch};
use super::spec::{ApiRouteSpec, ApiSpec, ApiType, DestinationSpec, EventText, RequestValue};
use super::validation::Validation;
use crate::compute::task::resolve::seconds;
use crate::kind::{Resolving, ThingId};
use platgen_source::diagnostics::{SpecPath, code};
use platgen_source::{Count, Name};
use std::collections::BTreeMap;

/// The longest that an API waits for an answer, in seconds: both types take this much
/// (<https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html>).
const LONGEST_WAIT: i64 = 29;
/// The most attributes of a message
/// (<https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html>).
const MOST_ATTRIBUTES: usize = 10;

/// A route with every detail decided.
#[derive(Debug)]
pub(super) struct Route {
    pub(super) name: Name,
    /// Where the spec has it.
    pub(super) path: SpecPath,
    pub(super) patterns: Vec<Pattern>,
    pub(super) to: Destination,
    pub(super) auth: Auth,
    pub(super) scopes: Vec<String>,
    /// How many requests are answered, if not as many as the API says.
    pub(super) throttle: Option<Throttle>,
    /// Milliseconds.
    pub(super) timeout: i64,
    pub(super) validation: Validation,
}

/// What answers.
#[derive(Debug)]
pub(super) enum Destination {
    EventBus { bus: Name, source: String, detail_type: String },
    Function(Name),
    LoadBalancer(Name),
    Queue(QueueCall),
    Service(Name),
    Workflow(Name),
}

/// How a request becomes a message.
#[derive(Debug)]
pub(super) struct QueueCall {
    pub(super) queue: Name,
    pub(super) attributes: BTreeMap<String, RequestValue>,
    pub(super) group: Option<Group>,
    pub(super) deduplicate: Option<RequestValue>,
}

/// The group of a message in a FIFO queue.
#[derive(Debug)]
pub(super) enum Group {
    /// The same for all.
    Text(String),
    /// What the request says.
    Value(RequestValue),
}

/// How many requests are answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Throttle {
    /// In a second.
    pub(super) rate: i64,
    /// At one moment.
    pub(super) burst: i64,
}

/// Every route of an API.
pub(super) fn resolve_all(
    spec: &ApiSpec,
    authorizers: &[Authorizer],
    id: &ThingId,
    resolving: &mut Resolving<'_>,
) -> Vec<Route> {
    let api_auth =
        spec.auth.as_ref().map(|said| resolve_said(said, &id.path().key("auth"), spec, resolving));
    let mut routes = Vec::new();
    for (name, route) in &spec.route {
        let path = id.path().key("route").key(name.as_str());
        let auth = match (&route.auth, &api_auth) {
            (Some(said), _) => resolve_said(said, &path.key("auth"), spec, resolving),
            (None, Some(auth)) => auth.clone(),
            (None, None) => resolve_unsaid(&path, spec, resolving),
        };
        let draft = Draft { id, name, spec: route, path: &path };
        let patterns: Vec<Pattern> = route.r#match.0.iter().map(RouteMatch::pattern).collect();
        let Some(to) = draft.destination(&patterns, resolving) else { continue };
        routes.push(Route {
            name: name.clone(),
            scopes: draft.scopes(&auth, authorizers, resolving),
            auth,
            throttle: route.throttle.map(Throttle::of),
            timeout: draft.timeout(resolving),
            validation: draft.validation(spec.r#type.unwrap_or_default(), &to, resolving),
            to,
            patterns,
            path,
        });
    }
    routes
}

/// A route of the spec, and where it stands.
struct Draft<'a> {
    id: &'a ThingId,
    name: &'a Name,
    spec: &'a ApiRouteSpec,
    path: &'a SpecPath,
}

impl Draft<'_> {
    fn destination(
        &self,
        patterns: &[Pattern],
        resolving: &mut Resolving<'_>,
    ) -> Option<Destination> {
        let to = &self.spec.to;
        let path = self.path.key("to");
        find_strays(to, &path, resolving);
        let text = |text: &Option<EventText>| text.as_ref().map(ToString::to_string);
        let candidates = [
            to.event_bus.as_ref().map(|bus| Destination::EventBus {
                bus: bus.name().clone(),
                source: text(&to.source)
                    .unwrap_or_else(|| format!("{}.{}", resolving.head.platform, self.id.name)),
                detail_type: text(&to.detail_type).unwrap_or_else(|| self.name.to_string()),
            }),
            to.function.as_ref().map(|function| Destination::Function(function.name().clone())),
            to.load_balancer.as_ref().map(|one| Destination::LoadBalancer(one.name().clone())),
            to.queue.as_ref().map(|queue| Destination::Queue(QueueCall::of(queue.name(), to))),
            to.service.as_ref().map(|service| Destination::Service(service.name().clone())),
            to.workflow.as_ref().map(|workflow| Destination::Workflow(workflow.name().clone())),
        ];
        let mut named = candidates.into_iter().flatten();
        let (first, second) = (named.next(), named.next());
        if first.is_none() || second.is_some() {
            let (code, message) = match second {
                None => (&code::MISSING_KEY, "what answers is missing"),
                Some(_) => (&code::CONFLICT, "one thing answers, not several"),
            };
            let help = "name one: to = { function = \"orders\" }, or an `event_bus`, a \
                        `load_balancer`, a `queue`, a `service`, a `workflow`";
            resolving.find_with(code, &path, message, help);
            return None;
        }
        if let Some(Destination::Queue(call)) = &first {
            call.check(patterns, &path, resolving);
        }
        first
    }

    fn scopes(
        &self,
        auth: &Auth,
        authorizers: &[Authorizer],
        resolving: &mut Resolving<'_>,
    ) -> Vec<String> {
        let place = self.path.key("scopes");
        let authorizer = match auth {
            Auth::Authorizer(name) => authorizers.iter().find(|one| one.name == *name),
            Auth::None | Auth::Iam => None,
        };
        let by_token = authorizer.filter(|one| !matches!(one.by, Decider::Function { .. }));
        match (&self.spec.scopes, by_token) {
            (Some(said), Some(one)) => scopes_in_tokens(&one.by, said, &place, resolving),
            (Some(_), None) => {
                let message = "scopes stand in tokens, and this route takes none";
                resolving.find(&code::CONFLICT, &place, message);
                Vec::new()
            }
            (None, one) => one.map(|one| one.scopes.clone()).unwrap_or_default(),
        }
    }

    fn timeout(&self, resolving: &mut Resolving<'_>) -> i64 {
        let place = self.path.key("timeout");
        let timeout = seconds(self.spec.timeout, 1..=LONGEST_WAIT, &place, resolving);
        timeout.unwrap_or(LONGEST_WAIT) * 1000
    }

    /// An HTTP API refuses by itself what a message would lack; to a REST API it has to be said.
    fn validation(
        &self,
        api: ApiType,
        to: &Destination,
        resolving: &mut Resolving<'_>,
    ) -> Validation {
        let place = self.path.key("validate");
        if api == ApiType::Http {
            if self.spec.validate.is_some() {
                let message = "an HTTP API does not look at requests";
                let help = "set type = \"rest\" of the API, or let what answers check them";
                resolving.find_with(&code::CONFLICT, &place, message, help);
            }
            return Validation::default();
        }
        let said = self.spec.validate.as_ref();
        let mut validation =
            said.map(|spec| Validation::resolve(spec, &place, resolving)).unwrap_or_default();
        if let Destination::Queue(call) = to {
            validation.require(call.values());
        }
        validation
    }
}

/// Keys that speak of another destination than the one that is named.
fn find_strays(to: &DestinationSpec, path: &SpecPath, resolving: &mut Resolving<'_>) {
    for (key, said, of, stands) in [
        ("attributes", !to.attributes.is_empty(), "queue", to.queue.is_some()),
        ("group", to.group.is_some(), "queue", to.queue.is_some()),
        ("deduplicate", to.deduplicate.is_some(), "queue", to.queue.is_some()),
        ("source", to.source.is_some(), "event_bus", to.event_bus.is_some()),
        ("detail_type", to.detail_type.is_some(), "event_bus", to.event_bus.is_some()),
    ] {
        if said && !stands {
            let message = format!("`{key}` speaks of a `{of}`, and there is none");
            resolving.find(&code::CONFLICT, &path.key(key), message);
        }
    }
}

impl QueueCall {
    fn of(queue: &Name, to: &DestinationSpec) -> Self {
        let group = to.group.as_ref().map(|group| match RequestValue::new(group.as_str()) {
            Some(value) => Group::Value(value),
            None => Group::Text(group.to_string()),
        });
        let attribute = |(name, value): (&super::spec::MessageAttribute, &RequestValue)| {
            (name.to_string(), value.clone())
        };
        Self {
            queue: queue.clone(),
            attributes: to.attributes.iter().map(attribute).collect(),
            group,
            deduplicate: to.deduplicate.clone(),
        }
    }

    /// The values of a request that make the message.
    fn values(&self) -> impl Iterator<Item = &RequestValue> {
        let group = match &self.group {
            Some(Group::Value(value)) => Some(value),
            Some(Group::Text(_)) | None => None,
        };
        self.attributes.values().chain(group).chain(&self.deduplicate)
    }

    fn check(&self, patterns: &[Pattern], path: &SpecPath, resolving: &mut Resolving<'_>) {
        if self.attributes.len() > MOST_ATTRIBUTES {
            let count = self.attributes.len();
            let message = format!("{count} attributes; a message takes {MOST_ATTRIBUTES}");
            resolving.find(&code::LIMIT, &path.key("attributes"), message);
        }
        let attributes = self.attributes.iter();
        let mut values: Vec<(SpecPath, &RequestValue)> =
            attributes.map(|(name, value)| (path.key("attributes").key(name), value)).collect();
        if let Some(Group::Value(value)) = &self.group {
            values.push((path.key("group"), value));
        }
        values.extend(self.deduplicate.iter().map(|value| (path.key("deduplicate"), value)));
        for (place, value) in values {
            let ("path", name) = value.parts() else { continue };
            if let Some(pattern) = patterns.iter().find(|pattern| !pattern.has_variable(name)) {
                let message = format!("`{pattern}` has no variable `{name}`");
                resolving.find(&code::CONFLICT, &place, message);
            }
        }
    }
}

impl Throttle {
    /// What the spec says, with the burst decided.
    pub(super) fn of(spec: super::spec::ThrottleSpec) -> Self {
        let rate = spec.rate.get();
        Self { rate, burst: spec.burst.map_or(rate * 2, Count::get) }
    }
}
