//! Who may call a route: nobody is asked, IAM decides, or an authorizer does.
use super::spec::{ApiSpec, ApiType, AuthorizerSpec, OAuthScope, RequestValue};
use crate::compute;
use crate::kind::{Kind, Output, Resolving, Thing, ThingId};
use crate::platform::Platform;
use platgen_source::diagnostics::{Diagnostic, SpecPath, code, suggestion};
use platgen_source::{Duration, Name};
use platgen_terraform::{Address, Handle, Value};

/// The words that stand for no authorizer.
const NONE: &str = "none";
const IAM: &str = "iam";

/// How long the answer of a function is remembered, in seconds: the longest, and where the spec says
/// nothing
/// (<https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-authorizers.html>).
const LONGEST_CACHE: i64 = 3600;
const DEFAULT_CACHE: i64 = 300;

/// Who may call a route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Auth {
    /// Everybody.
    None,
    /// Whoever IAM lets.
    Iam,
    /// Whoever this authorizer lets.
    Authorizer(Name),
}

/// Who tells callers apart, with every detail decided.
#[derive(Debug)]
pub(super) struct Authorizer {
    pub(super) name: Name,
    pub(super) path: SpecPath,
    pub(super) by: Decider,
    pub(super) scopes: Vec<String>,
}

/// Who decides.
#[derive(Debug)]
pub(super) enum Decider {
    /// Tokens of these clients of a user pool.
    UserPool { pool: Name, clients: Vec<Name> },
    /// Tokens of another issuer.
    Issuer { url: String, audience: Vec<String> },
    /// A function, asked again after so many seconds.
    Function { function: Name, identity: Vec<RequestValue>, cache: i64 },
}

/// Every authorizer of an API.
pub(super) fn resolve_all(
    spec: &ApiSpec,
    id: &ThingId,
    resolving: &mut Resolving<'_>,
) -> Vec<Authorizer> {
    let path = id.path().key("authorizer");
    let mut authorizers = Vec::new();
    for (name, authorizer) in &spec.authorizer {
        let path = path.key(name.as_str());
        if matches!(name.as_str(), NONE | IAM) {
            let message = format!("`auth = \"{name}\"` means something else");
            resolving.find_with(&code::BAD_NAME, &path, message, "choose another name");
        }
        let draft = Draft { spec: authorizer, path: &path, api: spec.r#type.unwrap_or_default() };
        authorizers.extend(draft.resolve(name, resolving));
    }
    authorizers
}

/// An authorizer of the spec, where it stands, and the API that it is for.
struct Draft<'a> {
    spec: &'a AuthorizerSpec,
    path: &'a SpecPath,
    api: ApiType,
}

impl Draft<'_> {
    fn resolve(&self, name: &Name, resolving: &mut Resolving<'_>) -> Option<Authorizer> {
        let spec = self.spec;
        self.find_strays(resolving);
        let by = match (&spec.user_pool, &spec.issuer, &spec.function) {
            (Some(pool), None, None) => self.user_pool(pool.name(), resolving),
            (None, Some(url), None) => self.issuer(url.as_str(), resolving),
            (None, None, Some(function)) => self.function(function.name(), resolving),
            (None, None, None) => {
                let message = "one of `user_pool`, `issuer` and `function` is missing";
                resolving.find(&code::MISSING_KEY, self.path, message);
                return None;
            }
            _ => {
                let message = "one of `user_pool`, `issuer` and `function` decides, not several";
                resolving.find(&code::CONFLICT, self.path, message);
                return None;
            }
        };
        let scopes = scopes_in_tokens(&by, &spec.scopes, &self.path.key("scopes"), resolving);
        Some(Authorizer { name: name.clone(), path: self.path.clone(), by, scopes })
    }

    /// Keys that speak of another one which is not there.
    fn find_strays(&self, resolving: &mut Resolving<'_>) {
        let spec = self.spec;
        let (user_pool, issuer) = (spec.user_pool.is_some(), spec.issuer.is_some());
        let function = spec.function.is_some();
        for (key, said, of, stands) in [
            ("clients", !spec.clients.is_empty(), "user_pool", user_pool),
            ("audience", !spec.audience.is_empty(), "issuer", issuer),
            ("identity", spec.identity.is_some(), "function", function),
            ("cache", spec.cache.is_some(), "function", function),
            ("scopes", !spec.scopes.is_empty(), "user_pool` or an `issuer", user_pool || issuer),
        ] {
            if said && !stands {
                let message = format!("`{key}` speaks of a `{of}`, and there is none");
                resolving.find(&code::CONFLICT, &self.path.key(key), message);
            }
        }
    }

    fn user_pool(&self, pool: &Name, resolving: &mut Resolving<'_>) -> Decider {
        let clients = self.spec.clients.clone();
        match self.api {
            ApiType::Http if clients.is_empty() => {
                let message = "the clients whose tokens are taken are missing";
                let help = "name them: clients = [\"web\"]";
                resolving.find_with(&code::MISSING_KEY, self.path, message, help);
            }
            ApiType::Rest if !clients.is_empty() => {
                let message = "a REST API takes the tokens of every client of the user pool";
                let help = "remove `clients`; the type `http` looks at them";
                resolving.find_with(&code::CONFLICT, &self.path.key("clients"), message, help);
            }
            ApiType::Http | ApiType::Rest => {}
        }
        Decider::UserPool { pool: pool.clone(), clients }
    }

    fn issuer(&self, url: &str, resolving: &mut Resolving<'_>) -> Decider {
        if self.api == ApiType::Rest {
            let message = "a REST API takes tokens of user pools only";
            let help = "use the type `http`, or an authorizer with a `function`";
            resolving.find_with(&code::IMPOSSIBLE, &self.path.key("issuer"), message, help);
        }
        if self.spec.audience.is_empty() {
            let message = "whom the tokens must be for is missing";
            resolving.find_with(&code::MISSING_KEY, self.path, message, "set `audience`");
        }
        Decider::Issuer { url: url.to_owned(), audience: self.spec.audience.clone() }
    }

    fn function(&self, function: &Name, resolving: &mut Resolving<'_>) -> Decider {
        let identity = match &self.spec.identity {
            Some(identity) => identity.0.clone(),
            None => RequestValue::new("header.Authorization").into_iter().collect(),
        };
        for (index, value) in identity.iter().enumerate().filter(|(_, v)| v.parts().0 == "path") {
            let message = format!("`{value}` is no header and no key of the query");
            let path = self.path.key("identity").index(index);
            resolving.find(&code::MALFORMED, &path, message);
        }
        let cache = self.spec.cache.map_or(DEFAULT_CACHE, Duration::as_seconds);
        if cache > LONGEST_CACHE {
            let message = "an answer is remembered for an hour at most";
            resolving.find(&code::OUT_OF_RANGE, &self.path.key("cache"), message);
        }
        Decider::Function { function: function.clone(), identity, cache }
    }
}

/// Who may call a route that says so, or an API that does: `place` is where it is said.
pub(super) fn resolve_said(
    said: &Name,
    place: &SpecPath,
    spec: &ApiSpec,
    resolving: &mut Resolving<'_>,
) -> Auth {
    match said.as_str() {
        NONE => Auth::None,
        IAM => Auth::Iam,
        _ if spec.authorizer.contains_key(said) => Auth::Authorizer(said.clone()),
        name => {
            let known = spec.authorizer.keys().map(Name::as_str).chain([NONE, IAM]);
            let message = format!("this API has no authorizer `{name}`");
            resolving.find_with(&code::UNKNOWN_WORD, place, message, suggestion(name, known));
            Auth::Iam
        }
    }
}

/// Who may call a route of an API that says nothing either.
pub(super) fn resolve_unsaid(
    route: &SpecPath,
    spec: &ApiSpec,
    resolving: &mut Resolving<'_>,
) -> Auth {
    let mut names = spec.authorizer.keys();
    match (names.next(), names.next()) {
        (None, _) => Auth::None,
        (Some(only), None) => Auth::Authorizer(only.clone()),
        (Some(one), Some(other)) => {
            let message = "nothing says which of the authorizers decides";
            let help = format!(
                "set `auth` of the route or of the API: \"{one}\", \"{other}\", \"iam\" or \"none\""
            );
            resolving.find_with(&code::MISSING_KEY, route, message, help);
            Auth::Iam
        }
    }
}

/// Scopes as they stand in tokens. Those of a user pool are said as its clients say them.
pub(super) fn scopes_in_tokens(
    by: &Decider,
    said: &[OAuthScope],
    place: &SpecPath,
    resolving: &mut Resolving<'_>,
) -> Vec<String> {
    let pool = match by {
        Decider::UserPool { pool, .. } => resolving.spec.user_pool.get(pool),
        Decider::Issuer { .. } | Decider::Function { .. } => None,
    };
    let Some(pool) = pool else { return said.iter().map(ToString::to_string).collect() };
    let mut scopes = Vec::new();
    for (index, text) in said.iter().enumerate() {
        if let Some(scope) = pool.scope_in_tokens(text.as_str(), resolving.head) {
            scopes.push(scope);
            continue;
        }
        let message = format!("no token of the user pool has the scope `{text}`");
        let known = pool.known_scopes();
        let help = suggestion(text.as_str(), known.iter().map(String::as_str));
        resolving.find_with(&code::UNKNOWN_WORD, &place.index(index), message, help);
    }
    scopes
}

/// What a thing gives for the words of a placeholder of an API; nothing if there is no such thing.
pub(super) fn output_of<T: Thing>(
    thing: Option<&T>,
    words: &[&str],
    api: &ThingId,
    platform: &Platform,
) -> Value {
    let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
    match thing.map(|thing| thing.output(&words, api, platform)) {
        Some(Output::Plain(value) | Output::Secret(value)) => value,
        None => Value::Null,
    }
}

/// The ids of the clients of a user pool whose tokens are taken.
pub(super) fn client_ids(
    pool: &Name,
    clients: &[Name],
    api: &ThingId,
    platform: &Platform,
) -> Value {
    let pool = platform.things.user_pool.get(pool);
    let id = |client: &Name| output_of(pool, &["client", client.as_str(), "id"], api, platform);
    clients.iter().map(id).collect()
}

/// Clients that their user pools do not have.
pub(super) fn check(authorizers: &[Authorizer], platform: &Platform) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for authorizer in authorizers {
        let Decider::UserPool { pool: name, clients } = &authorizer.by else { continue };
        let Some(pool) = platform.things.user_pool.get(name) else { continue };
        let known: Vec<&Name> = pool.clients().collect();
        let unknown = clients.iter().enumerate().filter(|(_, client)| !known.contains(client));
        found.extend(unknown.map(|(index, client)| {
            let place = authorizer.path.key("clients").index(index);
            let message = format!("`user_pool.{name}` has no client `{client}`");
            let help = suggestion(client.as_str(), known.iter().map(|known| known.as_str()));
            Diagnostic::at(&code::UNKNOWN_TARGET, &place, message).help(help)
        }));
    }
    found
}

/// What API Gateway calls to run the alias of a function that answers.
pub(super) fn invoke_arn(function: &Name) -> Value {
    let id = ThingId::new(compute::function::FunctionSpec::KIND, function);
    let alias = Address::managed("aws_lambda_alias", &id.local(&[]));
    Handle::new(compute::MODULE, alias).get("invoke_arn")
}

impl Auth {
    /// As API Gateway names it: the types of HTTP and of REST APIs share these two.
    pub(super) fn plain_word(&self) -> Option<&'static str> {
        match self {
            Self::None => Some("NONE"),
            Self::Iam => Some("AWS_IAM"),
            Self::Authorizer(_) => None,
        }
    }
}
