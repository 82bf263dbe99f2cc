//! What an edge to a user pool gives: the names that tokens are checked by, and rights on users.
use super::UserPool;
use crate::compute::task::Task;
use crate::connect::matrix::On;
use crate::connect::{Delivery, Edge, Grant, NoNarrowing};
use crate::data::key;
use crate::kind::{Target, Thing, ThingId};
use crate::names::variable_prefix;
use crate::platform::Platform;
use crate::text::{Piece, VariableName};
use platgen_source::diagnostics::SpecPath;
use platgen_source::{Name, Read};

/// What others may do with a user pool.
#[derive(Clone, Debug, Default, Read)]
#[spec(verbs)]
pub struct UserPoolVerbs {
    /// The beginning of the variables' names.
    pub r#as: Option<VariableName>,
    /// Check tokens: no rights, only the names of the pool and its clients. The public keys are on the
    /// internet, so what stands in the VPC needs `internet = "https"` as well.
    pub verify: Option<NoNarrowing>,
    /// Read users and groups.
    pub read: Option<NoNarrowing>,
    /// Sign users in and out in their name, with the secrets of clients.
    pub authenticate: Option<NoNarrowing>,
    /// Make and change users, and put them into groups.
    pub manage: Option<NoNarrowing>,
    /// Delete users.
    pub delete: Option<NoNarrowing>,
}

impl Target for UserPool {
    type Verbs = UserPoolVerbs;

    fn grant(&self, verbs: &UserPoolVerbs, edge: &Edge<'_>) -> Grant {
        let mut grant = edge.grant_of(verbs, |_, _| self.handle().get("arn").into());
        // A placeholder of a secret asks for it, whatever the verbs are.
        if verbs.authenticate.is_some() || edge.delivery == Delivery::Inject {
            self.give_secrets(edge, &mut grant);
        }
        self.give_names(verbs, edge, &mut grant);
        grant
    }
}

impl UserPool {
    fn give_names(&self, verbs: &UserPoolVerbs, edge: &Edge<'_>, grant: &mut Grant) {
        grant.variables.push((edge.variable("USER_POOL_ID"), self.handle().get("id")));
        if verbs.verify.is_some() {
            grant.variables.push((edge.variable("ISSUER"), self.issuer()));
        }
        if verbs.verify.is_none() && verbs.authenticate.is_none() {
            return;
        }
        let only = if self.clients.len() == 1 { self.clients.keys().next() } else { None };
        if let Some(client) = only {
            grant.variables.push((edge.variable("CLIENT_ID"), self.client(client).get("id")));
        }
        for client in self.clients.keys() {
            let suffix = format!("{}_CLIENT_ID", variable_prefix(client.as_str()));
            grant.variables.push((edge.variable(&suffix), self.client(client).get("id")));
        }
    }

    /// The secrets of clients: those that a task has injected, for what starts it; else all, for the
    /// code, which reads them itself.
    fn give_secrets(&self, edge: &Edge<'_>, grant: &mut Grant) {
        let injects = edge.delivery == Delivery::Inject;
        let spoken_of = self.secrets_spoken_of(edge.consumer, edge.platform);
        let wanted = |name: &Name| !injects || spoken_of.iter().any(|(client, _)| client == name);
        let secrets = self.clients.iter().filter(|(name, client)| client.secret && wanted(name));
        for (client, _) in secrets {
            let secret = self.client_secret(client).get("arn");
            edge.give("client secret", grant, |kind| match kind {
                "secretsmanager:Secret" => secret.clone().into(),
                "kms:key" => key::arn().into(),
                _ => On::nothing(),
            });
            if !injects {
                let name = format!("{}_CLIENT_SECRET_ARN", variable_prefix(client.as_str()));
                grant.variables.push((edge.variable(&name), secret));
            }
        }
    }

    /// The clients whose secrets the variables of a task speak of, and where.
    pub(super) fn secrets_spoken_of(
        &self,
        consumer: &ThingId,
        platform: &Platform,
    ) -> Vec<(Name, SpecPath)> {
        let task = platform.thing(consumer).and_then(Thing::task);
        let containers = task.into_iter().flat_map(Task::containers);
        let settings = containers.flat_map(|container| container.settings.values());
        let spoken_of = settings.flat_map(|setting| {
            let clients = setting.pieces.iter().filter_map(|piece| self.secret_in(piece));
            clients.map(|client| (client, setting.place.clone()))
        });
        spoken_of.collect()
    }

    /// The client whose secret a piece of a text gives.
    fn secret_in(&self, piece: &Piece) -> Option<Name> {
        match piece {
            Piece::Output { kind, name, output } => match output.as_slice() {
                [_, client, word] if word == "secret" => {
                    let is_own = kind == self.id.kind && name == self.id.name.as_str();
                    Name::new(client).filter(|_| is_own)
                }
                _ => None,
            },
            _ => None,
        }
    }
}
