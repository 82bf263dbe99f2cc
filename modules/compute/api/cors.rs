//! Calls from browsers: which pages an HTTP API lets call it.
use super::pattern::Pattern;
use super::route::Route;
use super::spec::{CorsSpec, HeaderName, Method};
use crate::compute::task::resolve::seconds;
use crate::kind::{Resolving, ThingId};
use crate::text::PlainText;
use platgen_source::diagnostics::{SpecPath, code};
use platgen_terraform::{Value, block};
use std::collections::BTreeSet;

/// How long a browser remembers the permission, in seconds: the longest that browsers take, and where
/// the spec says nothing
/// (<https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Access-Control-Max-Age>).
const LONGEST_AGE: i64 = 86_400;
const DEFAULT_AGE: i64 = 3600;
/// The word for everything.
const EVERY: &str = "*";
/// The headers that a request may carry where the spec says nothing.
const DEFAULT_HEADERS: [&str; 2] = ["authorization", "content-type"];

/// Which pages may call.
#[derive(Debug)]
pub(super) struct Cors {
    origins: BTreeSet<String>,
    methods: BTreeSet<&'static str>,
    headers: BTreeSet<String>,
    expose: BTreeSet<String>,
    credentials: bool,
    max_age: i64,
}

impl Cors {
    pub(super) fn resolve(
        spec: &CorsSpec,
        routes: &[Route],
        id: &ThingId,
        resolving: &mut Resolving<'_>,
    ) -> Self {
        let path = id.path().key("cors");
        let place = path.key("max_age");
        let lower = |name: &HeaderName| name.as_str().to_ascii_lowercase();
        let default = || DEFAULT_HEADERS.map(str::to_owned).into();
        let named = |headers: &Vec<HeaderName>| headers.iter().map(lower).collect();
        let cors = Self {
            origins: origins(&spec.origins.0, &path.key("origins"), resolving),
            methods: methods(spec, routes),
            headers: spec.headers.as_ref().map_or_else(default, named),
            expose: spec.expose.iter().map(lower).collect(),
            credentials: spec.credentials.unwrap_or(false),
            max_age: seconds(spec.max_age, 1..=LONGEST_AGE, &place, resolving)
                .unwrap_or(DEFAULT_AGE),
        };
        if cors.credentials && cors.origins.contains(EVERY) {
            let message = "browsers send no cookies where every page may call";
            let help = "name the origins, or remove `credentials`";
            resolving.find_with(&code::CONFLICT, &path.key("credentials"), message, help);
        }
        cors
    }

    /// As an HTTP API takes it.
    pub(super) fn block(&self) -> Value {
        let list =
            |texts: &BTreeSet<String>| (!texts.is_empty()).then(|| texts.iter().collect::<Value>());
        block! {
            allow_origins: list(&self.origins),
            allow_methods: self.methods.iter().copied().collect::<Value>(),
            allow_headers: list(&self.headers),
            expose_headers: list(&self.expose),
            allow_credentials: self.credentials,
            max_age: self.max_age,
        }
    }
}

/// The methods that are named, or else those of the routes. Every method is named by itself: with
/// credentials, browsers take `*` for the letter.
fn methods(spec: &CorsSpec, routes: &[Route]) -> BTreeSet<&'static str> {
    let of_pattern = |pattern: &Pattern| match pattern {
        Pattern::Default => Method::Any,
        Pattern::Path(method, _) => *method,
    };
    let named: BTreeSet<Method> = match &spec.methods {
        Some(methods) => methods.0.iter().copied().collect(),
        None => routes.iter().flat_map(|route| &route.patterns).map(of_pattern).collect(),
    };
    let all = super::pattern::METHODS.into_iter().filter(|method| *method != Method::Any);
    let is_named = |method: &Method| named.contains(&Method::Any) || named.contains(method);
    all.filter(is_named).map(Method::word).collect()
}

/// An origin is scheme, host and port, and nothing behind
/// (<https://www.rfc-editor.org/rfc/rfc6454#section-6.2>).
fn origins(
    texts: &[PlainText],
    place: &SpecPath,
    resolving: &mut Resolving<'_>,
) -> BTreeSet<String> {
    let mut origins = BTreeSet::new();
    for (index, text) in texts.iter().enumerate() {
        let origin = resolving.head.plain(text);
        if !is_origin(&origin) {
            let message = format!("`{}` is no origin of a page", origin.escape_debug());
            let help = "write scheme and host: \"https://shop.example.com\", or \"*\" for all";
            resolving.find_with(&code::MALFORMED, &place.index(index), message, help);
        }
        origins.insert(origin);
    }
    origins
}

fn is_origin(text: &str) -> bool {
    let host = |rest: &str| {
        !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_alphanumeric() || b".-:*".contains(&b))
    };
    text == EVERY
        || ["https://", "http://"].iter().any(|scheme| text.strip_prefix(scheme).is_some_and(host))
}
