//! `[api.<name>]`: an API of API Gateway, of the type HTTP or REST.
//!
//! A route leads to a function, which lets exactly these requests in; to a queue, an event bus or a
//! state machine, with a role that holds one policy for each; or to a service, through a VPC link
//! and an internal load balancer.
mod authorizer;
mod check;
mod cors;
mod destination;
mod domain;
mod http;
mod logs;
mod metrics;
mod pattern;
mod rest;
mod route;
pub mod spec;
#[cfg(test)]
mod tests;
mod validation;

pub use spec::{ApiSpec, ApiVerbs};

use super::MODULE;
use crate::connect::matrix::On;
use crate::connect::{Edge, Grant};
use crate::kind::{Kind, Output, Outputs, Resolving, Target, Thing, ThingId};
use crate::network::firewall::addresses::{self, Addresses};
use crate::network::firewall::{Attachment, FirewallSpec, Shielded};
use crate::network::logs::Retention;
use crate::observability::metric::Metric;
use crate::platform::Platform;
use crate::reference::NameOf;
use authorizer::{Auth, Authorizer};
use cors::Cors;
use platgen_source::Name;
use platgen_source::diagnostics::{Diagnostic, SpecPath};
use platgen_terraform::{Address, Document, Handle, Value, template};
use route::{Destination, Route, Throttle};
use spec::ApiType;

/// An API with every detail decided.
#[derive(Debug)]
pub struct Api {
    id: ThingId,
    aws_name: String,
    r#type: ApiType,
    routes: Vec<Route>,
    authorizers: Vec<Authorizer>,
    throttle: Throttle,
    cors: Option<Cors>,
    domain: Option<String>,
    retention: Retention,
    allow_from: Addresses,
    firewall: Option<NameOf<FirewallSpec>>,
    tracing: bool,
}

/// Requests in a second that are answered where the spec says nothing, in production and in
/// development. An account has 10,000 in a region, of all APIs together
/// (<https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html>).
const DEFAULT_RATES: [i64; 2] = [1000, 100];

impl Kind for ApiSpec {
    const KIND: &'static str = "api";
    const OUTPUTS: Outputs = Outputs::Named(&["url", "id"]);
    const METRICS: &'static [&'static str] = &["4xx", "5xx", "latency", "requests"];
    type Thing = Api;

    fn resolve(&self, id: ThingId, resolving: &mut Resolving<'_>) -> Api {
        check::spec(self, &id, resolving);
        let authorizers = authorizer::resolve_all(self, &id, resolving);
        let routes = route::resolve_all(self, &authorizers, &id, resolving);
        let cors = self.cors.as_ref().map(|cors| Cors::resolve(cors, &routes, &id, resolving));
        let allow_from = id.path().key("allow_from");
        let allow_from = addresses::resolve(&self.allow_from, &allow_from, resolving);
        let retention = self.logs.as_ref().and_then(|logs| logs.retention);
        let head = resolving.head;
        let [production, development] = DEFAULT_RATES;
        let rate = head.by_profile(production, development);
        Api {
            aws_name: head.prefix.full(&[id.name.as_str()]),
            r#type: self.r#type.unwrap_or_default(),
            throttle: self.throttle.map_or(Throttle { rate, burst: 2 * rate }, Throttle::of),
            domain: domain::resolve(self.domain.as_ref(), &id, resolving),
            retention: retention.unwrap_or(Retention::default_of(head)),
            firewall: self.firewall.clone(),
            tracing: self.tracing.unwrap_or(true),
            routes,
            authorizers,
            cors,
            allow_from,
            id,
        }
    }
}

impl Api {
    /// The API, without its stage.
    pub fn handle(&self) -> Handle {
        let kind = match self.r#type {
            ApiType::Http => "aws_apigatewayv2_api",
            ApiType::Rest => "aws_api_gateway_rest_api",
        };
        Handle::new(MODULE, Address::managed(kind, &self.id.local(&[])))
    }

    /// The stage that callers reach.
    fn stage(&self) -> Handle {
        let kind = match self.r#type {
            ApiType::Http => "aws_apigatewayv2_stage",
            ApiType::Rest => "aws_api_gateway_stage",
        };
        Handle::new(MODULE, Address::managed(kind, &self.id.local(&[])))
    }

    /// The name of the stage, known once the stage is there.
    fn stage_attribute(&self) -> Value {
        match self.r#type {
            ApiType::Http => self.stage().get("name"),
            ApiType::Rest => self.stage().get("stage_name"),
        }
    }

    /// The name of the stage: callers of an HTTP API do not see it.
    fn stage_name(&self) -> &'static str {
        match self.r#type {
            ApiType::Http => "$default",
            ApiType::Rest => "live",
        }
    }

    /// The authorizer of a name.
    fn authorizer_handle(&self, name: &Name) -> Handle {
        let kind = match self.r#type {
            ApiType::Http => "aws_apigatewayv2_authorizer",
            ApiType::Rest => "aws_api_gateway_authorizer",
        };
        Handle::new(MODULE, Address::managed(kind, &self.id.local(&[name.as_str()])))
    }

    /// The beginning of every URL that leads to it.
    pub fn url(&self) -> Value {
        match (&self.domain, self.r#type) {
            (Some(domain), _) => Value::from(format!("https://{domain}")),
            (None, ApiType::Http) => self.handle().get("api_endpoint"),
            (None, ApiType::Rest) => self.stage().get("invoke_url"),
        }
    }

    /// What stands in [`Self::url`] behind the host: the stage of a REST API without a domain.
    pub fn path(&self) -> Option<Value> {
        let has_stage = self.r#type == ApiType::Rest && self.domain.is_none();
        has_stage.then(|| template!["/", self.stage().get("stage_name")])
    }

    /// The ARN by which policies speak of calls, with the end that names some of them.
    fn execution_arn(&self, end: &str) -> Value {
        template![self.handle().get("execution_arn"), end]
    }

    /// The ARNs of the calls that IAM decides about.
    fn calls_by_iam(&self) -> Vec<Value> {
        let routes = self.routes.iter().filter(|route| route.auth == Auth::Iam);
        let patterns = routes.flat_map(|route| &route.patterns);
        let ends: std::collections::BTreeSet<String> =
            patterns.map(pattern::Pattern::arn_end).collect();
        ends.iter().map(|end| self.execution_arn(end)).collect()
    }

    /// Whether some of its routes lead into the network.
    fn has_vpc_link(&self) -> bool {
        let leads_there =
            |to: &Destination| matches!(to, Destination::LoadBalancer(_) | Destination::Service(_));
        self.routes.iter().any(|route| leads_there(&route.to))
    }
}

impl Target for Api {
    type Verbs = ApiVerbs;

    fn grant(&self, verbs: &ApiVerbs, edge: &Edge<'_>) -> Grant {
        let mut grant = edge.grant_of(verbs, |_, _| On::from(self.calls_by_iam()));
        if verbs.call.is_some() {
            grant.variables.push((edge.variable("URL"), self.url()));
        }
        grant
    }
}

impl Thing for Api {
    fn id(&self) -> &ThingId {
        &self.id
    }

    fn output(&self, words: &[String], _consumer: &ThingId, _platform: &Platform) -> Output {
        Output::Plain(match words {
            [word] if word == "id" => self.handle().get("id"),
            _ => self.url(),
        })
    }

    fn implied(&self, platform: &Platform) -> Vec<Grant> {
        self.grants(platform)
    }

    fn check(&self, platform: &Platform) -> Vec<Diagnostic> {
        check::routes(self, platform)
    }

    /// Each route, unless the API takes calls of some addresses only.
    fn doors(&self, _platform: &Platform) -> Vec<SpecPath> {
        let is_public = self.allow_from.is_empty();
        let routes = self.routes.iter().filter(|_| is_public);
        routes.map(|route| route.path.clone()).collect()
    }

    fn address_record(&self, host: &str, _platform: &Platform) -> Option<Handle> {
        domain::record(self, host)
    }

    fn in_network(&self) -> bool {
        self.has_vpc_link()
    }

    fn delivers_logs(&self) -> bool {
        true
    }

    fn keeps_logs(&self) -> bool {
        true
    }

    fn log_group(&self) -> Option<Handle> {
        Some(logs::group(&self.id))
    }

    fn metrics(&self, _platform: &Platform) -> Vec<Metric> {
        metrics::of(self)
    }

    fn shielded(&self) -> Option<Shielded> {
        Some(Shielded {
            firewall: self.firewall.as_ref()?.name().clone(),
            by: Attachment::Association(self.stage().get("arn")),
            cause: self.id.path().key("firewall"),
        })
    }

    fn lower(&self, platform: &Platform, out: &mut Document) {
        match self.r#type {
            ApiType::Http => http::lower(self, platform, out),
            ApiType::Rest => rest::lower(self, platform, out),
        }
        domain::lower(self, platform, out);
        out.output(&self.id.part(&["url"]), self.url(), "Where the API is reached");
        out.output(&self.id.part(&["id"]), self.handle().get("id"), "The id of the API");
    }
}
