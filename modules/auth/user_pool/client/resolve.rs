//! Decides the clients of a pool, and finds what Cognito would refuse of them.
use super::{
    AuthFlow, Client, ClientSpec, OAuthFlow, ResourceServer, ResourceServerSpec, Scope, ScopeName,
};
use crate::auth::user_pool::attributes::{AttributeName, READ_ONLY, WRITABLE};
use crate::auth::user_pool::spec::UserPoolSpec;
use crate::auth::user_pool::trigger::CHALLENGES;
use crate::kind::{Resolving, ThingId};
use crate::platform::Head;
use crate::text::PlainText;
use platgen_source::diagnostics::{SpecPath, code, suggestion};
use platgen_source::{Duration, Name, is_plain};
use std::collections::BTreeMap;
use std::ops::RangeInclusive;

/// The scopes that Cognito knows.
const KNOWN_SCOPES: [&str; 5] =
    ["aws.cognito.signin.user.admin", "email", "openid", "phone", "profile"];
/// The most places that a client leads back to
/// (<https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html>).
const MOST_URLS: usize = 100;
/// The longest of them
/// (<https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserPoolClient.html>).
const LONGEST_URL: usize = 1024;
/// How long tokens may be good, in seconds (same page).
const TOKEN_SECONDS: RangeInclusive<i64> = 300..=86_400;
const REFRESH_SECONDS: RangeInclusive<i64> = 3_600..=315_360_000;

/// Decides the resource servers of a pool.
pub(in crate::auth::user_pool) fn resolve_servers(
    pool: &UserPoolSpec,
    id: &ThingId,
    resolving: &mut Resolving<'_>,
) -> BTreeMap<Name, ResourceServer> {
    let mut servers: BTreeMap<Name, ResourceServer> = BTreeMap::new();
    for (name, spec) in &pool.resource_server {
        let identifier = spec.identifier(name, resolving.head);
        let path = id.path().key("resource_server").key(name.as_str());
        if let Some(other) = servers.iter().find(|(_, other)| other.identifier == identifier) {
            let message = format!("`{}` is called `{identifier}` already", other.0);
            resolving.find(&code::NAME_CLASH, &path, message);
        }
        if spec.scope.is_empty() {
            let message = "a resource server without scopes gives nothing to ask for";
            resolving.find(&code::MISSING_KEY, &path, message);
        }
        servers.insert(name.clone(), ResourceServer { identifier, scopes: spec.scope.clone() });
    }
    servers
}

impl ResourceServerSpec {
    /// What stands before its scopes in tokens.
    fn identifier(&self, name: &Name, head: &Head) -> String {
        self.identifier.as_ref().map_or_else(|| name.to_string(), |said| head.plain(said))
    }
}

impl UserPoolSpec {
    /// A scope as tokens of the pool have it; nothing if they never do. It is said by the name of the
    /// resource server, or as it stands there.
    pub fn scope_in_tokens(&self, text: &str, head: &Head) -> Option<String> {
        if let Some(Scope::Known(word)) = self.scope(text) {
            return Some(word.to_owned());
        }
        self.resource_server.iter().find_map(|(name, server)| {
            let identifier = server.identifier(name, head);
            let mut scopes = server.scope.keys().map(ScopeName::as_str);
            let scope = scopes.find(|scope| {
                [name.as_str(), &identifier]
                    .iter()
                    .any(|before| text == format!("{before}/{scope}"))
            })?;
            Some(format!("{identifier}/{scope}"))
        })
    }

    /// The scopes that tokens of the pool can have, by the names of the resource servers.
    pub fn known_scopes(&self) -> Vec<String> {
        let own = self.resource_server.iter().flat_map(|(server, spec)| {
            spec.scope.keys().map(move |scope| format!("{server}/{scope}"))
        });
        KNOWN_SCOPES.into_iter().map(str::to_owned).chain(own).collect()
    }

    fn scope(&self, text: &str) -> Option<Scope> {
        if let Some(known) = KNOWN_SCOPES.into_iter().find(|known| *known == text) {
            return Some(Scope::Known(known));
        }
        let (server, scope) = text.split_once('/')?;
        let (server, scope) = (Name::new(server)?, ScopeName::new(scope)?);
        let declared = self.resource_server.get(&server)?.scope.contains_key(&scope);
        declared.then_some(Scope::Of(server, scope))
    }
}

/// Decides the clients of a pool, and finds what Cognito would refuse of them.
pub(in crate::auth::user_pool) fn resolve(
    pool: &UserPoolSpec,
    id: &ThingId,
    resolving: &mut Resolving<'_>,
) -> BTreeMap<Name, Client> {
    let mut clients = BTreeMap::new();
    for (name, spec) in &pool.client {
        let mut resolver = ClientResolver {
            path: id.path().key("client").key(name.as_str()),
            pool,
            spec,
            resolving,
        };
        clients.insert(name.clone(), resolver.resolve());
    }
    clients
}

/// One client while it is decided.
struct ClientResolver<'a, 'r> {
    path: SpecPath,
    pool: &'a UserPoolSpec,
    spec: &'a ClientSpec,
    resolving: &'a mut Resolving<'r>,
}

impl ClientResolver<'_, '_> {
    fn resolve(&mut self) -> Client {
        let spec = self.spec;
        self.check_machine();
        let oauth = self.oauth();
        let hour = Duration::seconds(3_600);
        let access_token = self.validity("access_token", spec.access_token, hour);
        let id_token = self.validity("id_token", spec.id_token, hour);
        Client {
            callbacks: self.urls("callbacks", &spec.callbacks),
            logouts: self.urls("logouts", &spec.logouts),
            secret: spec.secret.unwrap_or(self.is_machine()),
            oauth,
            flows: self.flows(),
            scopes: self.scopes(oauth),
            access_token,
            id_token,
            refresh_token: self.refresh_token(access_token.max(id_token)),
            read: self.readable(),
            write: self.writable(),
        }
    }

    fn is_machine(&self) -> bool {
        self.spec.machine == Some(true)
    }

    fn oauth(&self) -> Option<OAuthFlow> {
        match (self.is_machine(), self.spec.callbacks.is_empty()) {
            (true, _) => Some(OAuthFlow::ClientCredentials),
            (false, false) => Some(OAuthFlow::Code),
            (false, true) => None,
        }
    }

    /// What only makes sense with a user.
    fn check_machine(&mut self) {
        if !self.is_machine() {
            return;
        }
        let spec = self.spec;
        let of_users = [
            ("callbacks", !spec.callbacks.is_empty()),
            ("logouts", !spec.logouts.is_empty()),
            ("flows", spec.flows.is_some()),
            ("id_token", spec.id_token.is_some()),
            ("refresh_token", spec.refresh_token.is_some()),
            ("read", spec.read.is_some()),
            ("write", !spec.write.is_empty()),
        ];
        for (key, _) in of_users.into_iter().filter(|(_, stands)| *stands) {
            let message = format!("`{key}` is about users, and a machine signs in as itself");
            self.resolving.find(&code::CONFLICT, &self.path.key(key), message);
        }
        if spec.secret == Some(false) {
            let message = "a machine proves itself by its secret alone";
            self.resolving.find(&code::CONFLICT, &self.path.key("secret"), message);
        }
        if spec.scopes.as_ref().is_none_or(Vec::is_empty) {
            let message = "a machine needs scopes of a resource server: it has no user to speak of";
            let help = "declare one: resource_server.<name> = { scope.<scope> = \"…\" }, and name \
                        it: scopes = [\"<name>/<scope>\"]";
            self.resolving.find_with(&code::MISSING_KEY, &self.path, message, help);
        }
    }

    fn urls(&mut self, key: &str, texts: &[PlainText]) -> Vec<String> {
        let path = self.path.key(key);
        if texts.len() > MOST_URLS {
            let message = format!("{} places; Cognito takes {MOST_URLS}", texts.len());
            self.resolving.find(&code::LIMIT, &path, message);
        }
        let head = self.resolving.head;
        let urls: Vec<String> = texts.iter().map(|text| head.plain(text)).collect();
        for (place, url) in urls.iter().enumerate().filter(|(_, url)| !is_return_url(url)) {
            let message = format!("`{}` is no place to lead back to", url.escape_debug());
            let help = "write https://…, http://localhost…, or the scheme of an app, without #";
            self.resolving.find_with(&code::MALFORMED, &path.index(place), message, help);
        }
        urls
    }

    /// Every client can renew tokens. A machine has none to renew, but Cognito would add more flows if
    /// nothing was said.
    fn flows(&mut self) -> Vec<&'static str> {
        let usual = if self.is_machine() { Vec::new() } else { vec![AuthFlow::Srp] };
        let flows = self.spec.flows.clone().unwrap_or(usual);
        let functions = self.pool.trigger.functions();
        let missing = CHALLENGES.into_iter();
        let missing = missing.filter(|moment| !functions.contains_key(moment));
        let missing: Vec<&str> = missing.collect();
        if flows.contains(&AuthFlow::Custom) && !missing.is_empty() {
            let message = format!("the flow `custom` needs functions at {}", missing.join(", "));
            let help = "set them in `trigger` of the pool";
            self.resolving.find_with(&code::IMPOSSIBLE, &self.path.key("flows"), message, help);
        }
        let mut words: Vec<&str> = flows.into_iter().map(AuthFlow::aws_word).collect();
        words.push("ALLOW_REFRESH_TOKEN_AUTH");
        words.sort_unstable();
        words.dedup();
        words
    }

    fn scopes(&mut self, oauth: Option<OAuthFlow>) -> Vec<Scope> {
        let path = self.path.key("scopes");
        let Some(texts) = &self.spec.scopes else {
            let usual = ["openid", "email", "profile"].map(Scope::Known);
            let applies = oauth == Some(OAuthFlow::Code);
            return if applies { usual.to_vec() } else { Vec::new() };
        };
        if oauth.is_none() {
            let message = "scopes are of tokens from the sign-in pages, which lead nowhere";
            let help = "add `callbacks`, or remove `scopes`";
            self.resolving.find_with(&code::CONFLICT, &path, message, help);
        }
        let mut scopes = Vec::new();
        for (place, text) in texts.iter().enumerate() {
            match self.pool.scope(text) {
                Some(Scope::Known(_)) if oauth == Some(OAuthFlow::ClientCredentials) => {
                    let message = format!("`{text}` speaks of a user, and a machine has none");
                    self.resolving.find(&code::CONFLICT, &path.index(place), message);
                }
                Some(scope) => scopes.push(scope),
                None => {
                    let message = format!("there is no scope `{}`", text.escape_debug());
                    let known = self.pool.known_scopes();
                    let help = suggestion(text, known.iter().map(String::as_str));
                    let path = path.index(place);
                    self.resolving.find_with(&code::UNKNOWN_WORD, &path, message, help);
                }
            }
        }
        scopes
    }

    fn validity(&mut self, key: &str, said: Option<Duration>, usual: Duration) -> Duration {
        let duration = said.unwrap_or(usual);
        if !TOKEN_SECONDS.contains(&duration.as_seconds()) {
            let message = format!("{duration} is not between 5 minutes and a day");
            self.resolving.find(&code::OUT_OF_RANGE, &self.path.key(key), message);
        }
        duration
    }

    fn refresh_token(&mut self, longest: Duration) -> Duration {
        let duration = self.spec.refresh_token.unwrap_or(Duration::days(30));
        let path = self.path.key("refresh_token");
        if !REFRESH_SECONDS.contains(&duration.as_seconds()) {
            let message = format!("{duration} is not between an hour and 3650 days");
            self.resolving.find(&code::OUT_OF_RANGE, &path, message);
        } else if duration < longest {
            let message = format!("{duration} is shorter than the {longest} of what it renews");
            self.resolving.find(&code::IMPOSSIBLE, &path, message);
        }
        duration
    }

    fn readable(&mut self) -> Vec<String> {
        let all = || self.pool.attributes.keys().cloned().collect();
        let own: Vec<AttributeName> = self.spec.read.clone().unwrap_or_else(all);
        self.check_attributes("read", &own);
        attribute_names(WRITABLE.iter().chain(&READ_ONLY), &own)
    }

    fn writable(&mut self) -> Vec<String> {
        let own = &self.spec.write;
        self.check_attributes("write", own);
        attribute_names(WRITABLE.iter(), own)
    }

    fn check_attributes(&mut self, key: &str, names: &[AttributeName]) {
        let known = &self.pool.attributes;
        for (place, name) in names.iter().enumerate().filter(|(_, n)| !known.contains_key(n)) {
            let message = format!("the pool has no attribute `{name}` of its own");
            let help = suggestion(name.as_str(), known.keys().map(AttributeName::as_str));
            let path = self.path.key(key).index(place);
            self.resolving.find_with(&code::UNKNOWN_WORD, &path, message, help);
        }
    }
}

/// Standard attributes and one's own, as AWS names them, sorted.
fn attribute_names<'a>(
    standard: impl Iterator<Item = &'a &'static str>,
    own: &[AttributeName],
) -> Vec<String> {
    let own = own.iter().map(|name| format!("custom:{name}"));
    let mut names: Vec<String> = standard.map(|name| (*name).to_owned()).chain(own).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// Whether Cognito leads back to a place: not without encryption but on the same machine, and without
/// a fragment
/// (<https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserPoolClient.html>).
fn is_return_url(url: &str) -> bool {
    let plain = url.len() <= LONGEST_URL && url.bytes().all(|b| b.is_ascii_graphic() && b != b'#');
    let Some((scheme, rest)) = url.split_once("://").filter(|_| plain) else { return false };
    let host = rest.split(['/', '?', ':']).next().unwrap_or_default();
    match scheme {
        "https" => !host.is_empty(),
        "http" => matches!(host, "localhost" | "127.0.0.1"),
        _ => {
            scheme.starts_with(|first: char| first.is_ascii_lowercase())
                && is_plain(scheme, 1..=100, b"+-.")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::is_return_url;

    #[test]
    fn places_to_lead_back_to_are_encrypted_or_near() {
        for (url, expected) in [
            ("https://shop.example.com/callback?x=1", true),
            ("http://localhost:3000/callback", true),
            ("http://127.0.0.1", true),
            ("myapp://callback", true),
            ("com.example.app://x", true),
            ("http://shop.example.com", false),
            ("http://localhost.example.com", false),
            ("https://", false),
            ("https://shop.example.com/#x", false),
            ("https://shop.example.com/a b", false),
            ("/callback", false),
            ("1app://x", false),
        ] {
            assert_eq!(is_return_url(url), expected, "{url}");
        }
        assert!(!is_return_url(&format!("https://{}", "a".repeat(1100))));
    }
}
