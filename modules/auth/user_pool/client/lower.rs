//! What clients and resource servers become, and where the secrets of clients are kept.
use super::{Client, ResourceServer, Scope};
use crate::auth::MODULE;
use crate::auth::user_pool::UserPool;
use crate::data::key;
use crate::platform::Head;
use platgen_source::diagnostics::SpecPath;
use platgen_source::{Duration, Name};
use platgen_terraform::{Address, Document, Handle, Value, block, template};

/// The longest name of a secret
/// (<https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html>).
const LONGEST_SECRET_NAME: usize = 512;

impl UserPool {
    /// A client.
    pub fn client(&self, name: &Name) -> Handle {
        let local = self.id.local(&[name.as_str()]);
        Handle::new(MODULE, Address::managed("aws_cognito_user_pool_client", &local))
    }

    /// Where the secret of a client is kept.
    pub(in crate::auth::user_pool) fn client_secret(&self, name: &Name) -> Handle {
        let local = self.id.local(&[name.as_str()]);
        Handle::new(MODULE, Address::managed("aws_secretsmanager_secret", &local))
    }

    fn server(&self, name: &Name) -> Handle {
        let local = self.id.local(&[name.as_str()]);
        Handle::new(MODULE, Address::managed("aws_cognito_resource_server", &local))
    }

    /// Puts the resource servers and the clients into a document.
    pub(in crate::auth::user_pool) fn lower_clients(&self, head: &Head, out: &mut Document) {
        for (name, server) in &self.servers {
            let cause = self.id.path().key("resource_server").key(name.as_str());
            let arguments = self.server_arguments(name, server);
            let mut file = out.module(MODULE).file(&self.id.file());
            let local = self.id.local(&[name.as_str()]);
            file.resource("aws_cognito_resource_server", &local, arguments).cause(&cause).add();
        }
        for (name, client) in &self.clients {
            let cause = self.id.path().key("client").key(name.as_str());
            let arguments = self.client_arguments(name, client);
            let mut file = out.module(MODULE).file(&self.id.file());
            let local = self.id.local(&[name.as_str()]);
            file.resource("aws_cognito_user_pool_client", &local, arguments).cause(&cause).add();
            let output = self.id.part(&[name.as_str(), "client_id"]);
            out.output(&output, self.client(name).get("id"), "The id of the client");
            if client.secret {
                self.lower_secret(name, &cause, head, out);
            }
        }
    }

    fn server_arguments(&self, name: &Name, server: &ResourceServer) -> Value {
        let scopes = server.scopes.iter().map(|(scope, description)| {
            block! { scope_name: scope.as_str(), scope_description: description }
        });
        block! {
            user_pool_id: self.handle().get("id"),
            identifier: &server.identifier,
            name: name.as_str(),
            scope: scopes.collect::<Value>(),
        }
    }

    fn client_arguments(&self, name: &Name, client: &Client) -> Value {
        let scopes = client.scopes.iter().map(|scope| match scope {
            Scope::Known(scope) => Value::from(*scope),
            Scope::Of(server, scope) => {
                template![self.server(server).get("identifier"), "/", scope.as_str()]
            }
        });
        let [access, id, refresh] =
            [client.access_token, client.id_token, client.refresh_token].map(validity);
        block! {
            name: name.as_str(),
            user_pool_id: self.handle().get("id"),
            generate_secret: client.secret,
            explicit_auth_flows: client.flows.clone(),
            prevent_user_existence_errors: "ENABLED",
            enable_token_revocation: true,
            access_token_validity: access.0,
            id_token_validity: id.0,
            refresh_token_validity: refresh.0,
            token_validity_units: block! {
                access_token: access.1,
                id_token: id.1,
                refresh_token: refresh.1,
            },
            allowed_oauth_flows: client.oauth.map(|flow| vec![flow.aws_word()]),
            allowed_oauth_flows_user_pool_client: client.oauth.is_some(),
            allowed_oauth_scopes: client.oauth.map(|_| scopes.collect::<Value>()),
            callback_urls: some(&client.callbacks),
            logout_urls: some(&client.logouts),
            supported_identity_providers: vec!["COGNITO"],
            read_attributes: client.read.clone(),
            write_attributes: client.write.clone(),
        }
    }

    /// Servers read the secret where they read all others.
    fn lower_secret(&self, name: &Name, cause: &SpecPath, head: &Head, out: &mut Document) {
        let parts = [self.id.name.as_str(), name.as_str(), "client-secret"];
        let local = self.id.local(&[name.as_str()]);
        let mut file = out.module(MODULE).file(&self.id.file());
        let arguments = block! {
            name: head.prefix.name(LONGEST_SECRET_NAME, &parts),
            description: format!("The secret of the client {name} of {}", self.id),
            kms_key_id: key::arn(),
            recovery_window_in_days: head.by_profile(30, 0),
        };
        let secret =
            file.resource("aws_secretsmanager_secret", &local, arguments).cause(cause).add();
        let arguments = block! {
            secret_id: secret.get("id"),
            secret_string: self.client(name).get("client_secret"),
        };
        file.resource("aws_secretsmanager_secret_version", &local, arguments).cause(cause).add();
    }
}

/// A length of time in the largest unit that divides it, as Cognito takes it
/// (<https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_TokenValidityUnitsType.html>).
fn validity(duration: Duration) -> (i64, &'static str) {
    let seconds = duration.as_seconds();
    let units = [(86_400, "days"), (3_600, "hours"), (60, "minutes")];
    let largest = units.into_iter().find(|(unit, _)| seconds % unit == 0);
    let (unit, word) = largest.unwrap_or((1, "seconds"));
    (seconds / unit, word)
}

fn some(urls: &[String]) -> Option<Vec<String>> {
    (!urls.is_empty()).then(|| urls.to_vec())
}
