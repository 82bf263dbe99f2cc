//! `[user_pool.<name>]`: a user pool of Cognito.
use super::MODULE;
use crate::connect::{Edge, Grant, NoNarrowing};
use crate::kind::{Kind, Output, Outputs, Resolving, Target, Thing, ThingId};
use crate::platform::Platform;

use platgen_source::{Name, Read};
use platgen_terraform::{Address, Document, Handle};

/// What a spec says of it.
#[derive(Debug, Read)]
pub struct UserPoolSpec {
    /// Environments that have it; by default all.
    pub only_in: Vec<Name>,
}

/// What others may do with it.
#[derive(Clone, Debug, Default, Read)]
#[spec(verbs)]
pub struct UserPoolVerbs {
    /// The beginning of the variables' names.
    pub r#as: Option<crate::text::VariableName>,
    /// Check tokens: no rights, only the names of the pool.
    pub verify: Option<NoNarrowing>,
    /// Read users and groups.
    pub read: Option<NoNarrowing>,
    /// Make, change and delete users.
    pub manage: Option<NoNarrowing>,
}

/// It, with every detail decided.
#[derive(Debug)]
pub struct UserPool {
    id: ThingId,
}

impl Kind for UserPoolSpec {
    const KIND: &'static str = "user_pool";
    const OUTPUTS: Outputs = Outputs::Named(&["id", "arn", "issuer", "domain"]);
    type Thing = UserPool;

    fn resolve(&self, id: ThingId, _resolving: &mut Resolving<'_>) -> UserPool {
        UserPool { id }
    }
}

impl UserPool {
    /// Its resource.
    pub fn handle(&self) -> Handle {
        Handle::new(MODULE, Address::managed("aws_cognito_user_pool", &self.id.local(&[])))
    }
}

impl Target for UserPool {
    type Verbs = UserPoolVerbs;

    fn grant(&self, _verbs: &UserPoolVerbs, edge: &Edge<'_>) -> Grant {
        edge.grant()
    }
}

impl Thing for UserPool {
    fn id(&self) -> &ThingId {
        &self.id
    }

    fn output(&self, _words: &[String], _consumer: &ThingId, _platform: &Platform) -> Output {
        Output::Plain(self.handle().get("arn"))
    }

    fn lower(&self, _platform: &Platform, _out: &mut Document) {}
}
