//! The programs that sign users in, and the scopes that their tokens can have.
mod lower;
mod resolve;

pub(super) use resolve::{resolve, resolve_servers};

use super::attributes::AttributeName;
use crate::text::PlainText;
use platgen_source::{Duration, Name, Read, is_plain, text_type};
use std::collections::BTreeMap;

text_type! {
    /// The name of a scope of a resource server
    /// (<https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ResourceServerScopeType.html>).
    ScopeName,
    "^[A-Za-z0-9_.:-]{1,256}$",
    "1 to 256 letters, digits and _ . : -",
    |text| is_plain(text, 1..=256, b"_.:-")
}

/// A program that signs users in
/// (<https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-client-apps.html>).
/// What runs in browsers and on telephones keeps no secret; what runs on servers does.
#[derive(Debug, Read)]
pub struct ClientSpec {
    /// Where the sign-in pages lead back to: `https`, `http://localhost`, or the scheme of an app.
    /// Without one the client does not use the pages.
    pub callbacks: Vec<PlainText>,
    /// Where signing out leads to.
    pub logouts: Vec<PlainText>,
    /// Whether the client proves itself by a secret, which is put into Secrets Manager. By default no,
    /// and yes for a machine.
    pub secret: Option<bool>,
    /// Whether it is a program that signs in as itself, without a user. By default no.
    // https://docs.aws.amazon.com/cognito/latest/developerguide/federation-endpoint-oauth-grants.html
    pub machine: Option<bool>,
    /// How users can sign in beside the pages. By default `srp`, and a machine not at all.
    pub flows: Option<Vec<AuthFlow>>,
    /// What tokens are good for: `openid`, `email`, `phone`, `profile`,
    /// `aws.cognito.signin.user.admin`, or `<resource server>/<scope>`. By default `openid`, `email`
    /// and `profile`.
    pub scopes: Option<Vec<String>>,
    /// How long an access token is good: 5 minutes to a day. By default an hour.
    pub access_token: Option<Duration>,
    /// How long an ID token is good: 5 minutes to a day. By default an hour.
    pub id_token: Option<Duration>,
    /// How long the two can be renewed: an hour to 3650 days. By default 30 days.
    pub refresh_token: Option<Duration>,
    /// The attributes of your own that it sees. By default all.
    pub read: Option<Vec<AttributeName>>,
    /// The attributes of your own that users can write through it. By default none: what carries a
    /// role or a tenant must not be among them.
    pub write: Vec<AttributeName>,
}

/// How users can sign in beside the pages
/// (<https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-authentication-flow-methods.html>).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Read)]
pub enum AuthFlow {
    /// A server hands the password on, with rights of its own: the verb `authenticate`.
    Admin,
    /// Functions of the platform put questions.
    Custom,
    /// The password is sent to Cognito.
    Password,
    /// The password is proved, and never sent.
    Srp,
}

/// An API whose scopes tokens can have
/// (<https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-define-resource-servers.html>).
#[derive(Debug, Read)]
pub struct ResourceServerSpec {
    /// What stands before its scopes in tokens, `https://api.example.com`. By default its name.
    pub identifier: Option<PlainText>,
    /// What each scope allows, by its name.
    pub scope: BTreeMap<ScopeName, String>,
}

/// A client with every detail decided.
#[derive(Debug)]
pub(super) struct Client {
    callbacks: Vec<String>,
    logouts: Vec<String>,
    pub(super) secret: bool,
    oauth: Option<OAuthFlow>,
    flows: Vec<&'static str>,
    scopes: Vec<Scope>,
    access_token: Duration,
    id_token: Duration,
    refresh_token: Duration,
    read: Vec<String>,
    write: Vec<String>,
}

/// How a client gets tokens from the domain of the pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum OAuthFlow {
    /// By a code that a user brings back from the pages, with PKCE where there is no secret.
    Code,
    /// As itself.
    ClientCredentials,
}

/// A scope of a client.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Scope {
    /// One that Cognito knows.
    Known(&'static str),
    /// One of a resource server.
    Of(Name, ScopeName),
}

/// A resource server with every detail decided.
#[derive(Debug)]
pub(super) struct ResourceServer {
    identifier: String,
    scopes: BTreeMap<ScopeName, String>,
}

impl AuthFlow {
    fn aws_word(self) -> &'static str {
        match self {
            Self::Admin => "ALLOW_ADMIN_USER_PASSWORD_AUTH",
            Self::Custom => "ALLOW_CUSTOM_AUTH",
            Self::Password => "ALLOW_USER_PASSWORD_AUTH",
            Self::Srp => "ALLOW_USER_SRP_AUTH",
        }
    }
}

impl OAuthFlow {
    fn aws_word(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::ClientCredentials => "client_credentials",
        }
    }
}
