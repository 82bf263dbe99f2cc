//! What a spec may say of an API.
use super::pattern::RouteMatch;
use crate::auth::user_pool::UserPoolSpec;
use crate::compute::function::FunctionSpec;
use crate::compute::load_balancer::LoadBalancerSpec;
use crate::compute::service::ServiceSpec;
use crate::compute::task::spec::LogsSpec;
use crate::compute::workflow::WorkflowSpec;
use crate::connect::NoNarrowing;
use crate::messaging::event_bus::EventBusSpec;
use crate::messaging::queue::QueueSpec;
use crate::network::firewall::{AddressRange, FirewallSpec};
use crate::reference::NameOf;
use crate::text::{PlainText, VariableName};
use platgen_source::{Count, Duration, Name, OneOrMore, Read, Things, is_plain, text_type};
use std::collections::BTreeMap;

/// An API of API Gateway: where requests come in that functions, queues, state machines, event buses
/// and services answer.
#[derive(Debug, Read)]
pub struct ApiSpec {
    /// Environments that have it; by default all.
    pub only_in: Vec<Name>,
    /// What it can do. By default `http`.
    pub r#type: Option<ApiType>,
    /// Which requests go where, by names of your own.
    pub route: Things<ApiRouteSpec>,
    /// Who tells callers apart, by names of your own.
    pub authorizer: Things<AuthorizerSpec>,
    /// Who may call a route that does not say so: the name of an authorizer, `iam`, or `none`. By
    /// default the authorizer, if there is exactly one. With several, each route must say it. Without
    /// any, everybody may call: say `auth = "none"` to show that it is meant.
    pub auth: Option<Name>,
    /// How many requests are answered in a second, by each route. By default 1000, in development 100.
    pub throttle: Option<ThrottleSpec>,
    /// Which pages may call it from a browser. By default none. An HTTP API alone has it.
    pub cors: Option<CorsSpec>,
    /// The name that it is reached at: `"api.{platform.domain}"`. With one it is reached there alone.
    /// By default a name of AWS's.
    pub domain: Option<PlainText>,
    /// What becomes of the access logs.
    pub logs: Option<LogsSpec>,
    /// The addresses that may call a REST API. By default every one.
    pub allow_from: Vec<AddressRange>,
    /// The firewall before a REST API. By default none.
    pub firewall: Option<NameOf<FirewallSpec>>,
    /// Whether X-Ray follows the requests of a REST API. By default yes.
    pub tracing: Option<bool>,
}

/// What an API can do
/// (<https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-vs-rest.html>).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Read)]
pub enum ApiType {
    /// Cheaper and faster: JWT authorizers, and services behind an internal load balancer.
    #[default]
    Http,
    /// Checks requests, and can stand behind a firewall. All REST APIs of an account and region
    /// write their logs with one role, which `platgen` sets: declare them in one platform of the
    /// account.
    Rest,
}

/// Which requests go where.
#[derive(Debug, Read)]
pub struct ApiRouteSpec {
    /// The requests: `"POST /webhooks/payments"`, `"GET /orders/{id}"`, `"ANY /shop/{path+}"`, or a
    /// list of them. Without a method it is every method. `"$default"` is what no other route of an
    /// HTTP API matches.
    pub r#match: OneOrMore<RouteMatch>,
    /// What answers.
    pub to: DestinationSpec,
    /// Who may call it: the name of an authorizer, `iam`, or `none`. By default as the API says.
    pub auth: Option<Name>,
    /// The scopes of which a token must have one. By default those of the authorizer.
    pub scopes: Option<Vec<OAuthScope>>,
    /// How many requests are answered in a second. By default as the API says.
    pub throttle: Option<ThrottleSpec>,
    /// How long an answer may take, at most 29 seconds. By default 29 seconds.
    // https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
    pub timeout: Option<Duration>,
    /// What a request to a REST API must hold. By default it is not looked at.
    pub validate: Option<ValidateSpec>,
}

/// What answers: one of these, and what else must be said of it.
#[derive(Debug, Read)]
pub struct DestinationSpec {
    /// An event bus, on which the body is put as the detail of an event. An HTTP API answers with status
    /// 200 also where the bus took none, and says so in `FailedEntryCount`.
    pub event_bus: Option<NameOf<EventBusSpec>>,
    /// A function, which answers itself.
    pub function: Option<NameOf<FunctionSpec>>,
    /// An internal load balancer, whose routes decide which service answers.
    pub load_balancer: Option<NameOf<LoadBalancerSpec>>,
    /// A queue, into which the body is put as a message.
    pub queue: Option<NameOf<QueueSpec>>,
    /// A service, by the internal load balancer that one of its routes goes through.
    pub service: Option<NameOf<ServiceSpec>>,
    /// A state machine, of which an execution is started with the body as its input.
    pub workflow: Option<NameOf<WorkflowSpec>>,
    /// Attributes of the message in a queue: `{ signature = "header.X-Signature" }`. A request without
    /// such a value is refused.
    pub attributes: BTreeMap<MessageAttribute, RequestValue>,
    /// The group of the message in a FIFO queue: `"path.customer"`, or a text that is the same for all.
    pub group: Option<GroupText>,
    /// What tells messages in a FIFO queue apart: `"header.X-Event-Id"`. By default their bodies.
    pub deduplicate: Option<RequestValue>,
    /// The source of the event on an event bus. By default `<platform>.<api>`.
    pub source: Option<EventText>,
    /// The type of the event on an event bus. By default the name of the route.
    pub detail_type: Option<EventText>,
}

/// Who tells callers apart: a user pool, another issuer of tokens, or a function.
#[derive(Debug, Read)]
pub struct AuthorizerSpec {
    /// A user pool, whose tokens are taken.
    pub user_pool: Option<NameOf<UserPoolSpec>>,
    /// The clients of the user pool whose tokens are taken. An HTTP API must name them; a REST API
    /// takes the tokens of all.
    pub clients: Vec<Name>,
    /// Another issuer of JSON Web Tokens, by its URL.
    pub issuer: Option<IssuerUrl>,
    /// Whom tokens of that issuer must be for.
    pub audience: Vec<String>,
    /// A function that decides.
    pub function: Option<NameOf<FunctionSpec>>,
    /// What of a request the function decides by, and its answer is remembered by. By default
    /// `header.Authorization`.
    pub identity: Option<OneOrMore<RequestValue>>,
    /// How long the answer of the function is remembered, at most an hour. By default five minutes.
    pub cache: Option<Duration>,
    /// The scopes of which a token must have one; those of a user pool as its clients say them. By
    /// default any token will do, and of a REST API any ID token: access tokens need a scope there.
    // https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-integrate-with-cognito.html
    pub scopes: Vec<OAuthScope>,
}

/// How many requests are answered
/// (<https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-throttling.html>).
#[derive(Clone, Copy, Debug, Read)]
#[spec(short = "rate")]
pub struct ThrottleSpec {
    /// Requests in a second.
    pub rate: Count<1, 1_000_000>,
    /// Requests at one moment. By default twice as many as in a second.
    pub burst: Option<Count<1, 1_000_000>>,
}

/// Which pages may call from a browser
/// (<https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html>).
#[derive(Debug, Read)]
#[spec(short = "origins")]
pub struct CorsSpec {
    /// The pages' origins: `"https://{platform.domain}"`, or `"*"` for all.
    pub origins: OneOrMore<PlainText>,
    /// The methods. By default those of the routes.
    pub methods: Option<OneOrMore<Method>>,
    /// The headers that a request may carry. By default `authorization` and `content-type`.
    pub headers: Option<Vec<HeaderName>>,
    /// The headers of an answer that a page may read. By default none.
    pub expose: Vec<HeaderName>,
    /// Whether a browser sends cookies along. By default not.
    pub credentials: Option<bool>,
    /// How long a browser remembers the permission, at most a day. By default an hour.
    pub max_age: Option<Duration>,
}

/// What a request to a REST API must hold.
#[derive(Debug, Read)]
#[spec(short = "body")]
pub struct ValidateSpec {
    /// A file with the JSON Schema (draft 4) of the body.
    // https://docs.aws.amazon.com/apigateway/latest/developerguide/models-mappings-models.html
    pub body: Option<String>,
    /// Headers that must be there.
    pub headers: Vec<HeaderName>,
    /// Keys of the query that must be there.
    pub query: Vec<QueryKey>,
}

/// A method of HTTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Read)]
#[spec(upper)]
pub enum Method {
    /// Every method.
    Any,
    /// Delete.
    Delete,
    /// Read.
    Get,
    /// Read the headers.
    Head,
    /// Ask what is allowed.
    Options,
    /// Change a part.
    Patch,
    /// Make.
    Post,
    /// Replace.
    Put,
}

text_type! {
    /// A value of a request: `header.X-Signature`, `path.id`, `query.page`.
    RequestValue,
    "^(header|path|query)\\.[A-Za-z0-9_-]{1,64}$",
    "header, path or query, a dot, and a name of 1 to 64 letters, digits, _ and -",
    |text| {
        let parts = text.split_once('.');
        parts.is_some_and(|(place, name)| {
            matches!(place, "header" | "path" | "query") && is_plain(name, 1..=64, b"_-")
        })
    }
}

text_type! {
    /// The group of messages, as SQS takes it, or the value of a request that is the group
    /// (<https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html>).
    GroupText,
    "^[A-Za-z0-9_.-]{1,128}$",
    "1 to 128 letters, digits and _ . -",
    |text| is_plain(text, 1..=128, b"_.-")
}

text_type! {
    /// The source or the type of an event
    /// (<https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsRequestEntry.html>).
    /// AWS keeps sources that begin with `aws.` for itself.
    EventText,
    "^(?!aws\\.)[A-Za-z0-9 _./-]{1,128}$",
    "1 to 128 letters, digits, spaces and _ . / -, where AWS keeps `aws.…` for itself",
    |text| is_plain(text, 1..=128, b" _./-") && !text.starts_with("aws.")
}

text_type! {
    /// The name of an attribute of a message
    /// (<https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html>).
    MessageAttribute,
    "^(?![Aa][Ww][Ss]|[Aa][Mm][Aa][Zz][Oo][Nn])[A-Za-z0-9_-]{1,256}$",
    "1 to 256 letters, digits, _ and -, not beginning with AWS or Amazon",
    |text| {
        let lower = text.to_ascii_lowercase();
        is_plain(text, 1..=256, b"_-") && !lower.starts_with("aws") && !lower.starts_with("amazon")
    }
}

text_type! {
    /// A scope of OAuth: `orders/read`
    /// (<https://www.rfc-editor.org/rfc/rfc6749#section-3.3>).
    OAuthScope,
    "^[A-Za-z0-9_.:/-]{1,256}$",
    "1 to 256 letters, digits and _ . : / -",
    |text| is_plain(text, 1..=256, b"_.:/-")
}

text_type! {
    /// The URL of an issuer of tokens
    /// (<https://openid.net/specs/openid-connect-core-1_0.html#IDToken>).
    IssuerUrl,
    "^https://[A-Za-z0-9][A-Za-z0-9_.:/~-]{0,247}$",
    "a URL that begins with https://, at most 256 characters",
    |text| {
        let rest = text.strip_prefix("https://");
        rest.is_some_and(|rest| {
            is_plain(rest, 1..=248, b"_.:/~-")
                && rest.starts_with(|first: char| first.is_ascii_alphanumeric())
        })
    }
}

text_type! {
    /// The name of an HTTP header that API Gateway passes on
    /// (<https://www.rfc-editor.org/rfc/rfc9110#section-5.1>).
    HeaderName,
    "^[A-Za-z0-9_-]{1,64}$",
    "1 to 64 letters, digits, _ and -",
    |text| is_plain(text, 1..=64, b"_-")
}

text_type! {
    /// A key of the query of a request.
    QueryKey,
    "^[A-Za-z0-9_.-]{1,64}$",
    "1 to 64 letters, digits and _ . -",
    |text| is_plain(text, 1..=64, b"_.-")
}

/// What others may do with an API.
#[derive(Clone, Debug, Default, Read)]
#[spec(verbs)]
pub struct ApiVerbs {
    /// The beginning of the variables' names.
    pub r#as: Option<VariableName>,
    /// Call it, also the routes with `auth = "iam"`.
    pub call: Option<NoNarrowing>,
}

impl RequestValue {
    /// The place in a request, and the name there.
    pub fn parts(&self) -> (&str, &str) {
        self.as_str().split_once('.').unwrap_or((self.as_str(), ""))
    }
}
