//! `[api.<name>]`: an API of API Gateway.
use super::MODULE;
use crate::connect::{Edge, Grant, NoNarrowing};
use crate::kind::{Kind, Output, Outputs, Resolving, Target, Thing, ThingId};
use crate::platform::Platform;

use platgen_source::{Name, Read};
use platgen_terraform::{Address, Document, Handle};

/// What a spec says of it.
#[derive(Debug, Read)]
pub struct ApiSpec {
    /// Environments that have it; by default all.
    pub only_in: Vec<Name>,
}

/// What others may do with it.
#[derive(Clone, Debug, Default, Read)]
#[spec(verbs)]
pub struct ApiVerbs {
    /// The beginning of the variables' names.
    pub r#as: Option<crate::text::VariableName>,
    /// Call it.
    pub call: Option<NoNarrowing>,
}

/// It, with every detail decided.
#[derive(Debug)]
pub struct Api {
    id: ThingId,
}

impl Kind for ApiSpec {
    const KIND: &'static str = "api";
    const OUTPUTS: Outputs = Outputs::Named(&["url", "id"]);
    type Thing = Api;

    fn resolve(&self, id: ThingId, _resolving: &mut Resolving<'_>) -> Api {
        Api { id }
    }
}

impl Api {
    /// Its resource.
    pub fn handle(&self) -> Handle {
        Handle::new(MODULE, Address::managed("aws_apigatewayv2_api", &self.id.local(&[])))
    }
}

impl Target for Api {
    type Verbs = ApiVerbs;

    fn grant(&self, _verbs: &ApiVerbs, edge: &Edge<'_>) -> Grant {
        edge.grant()
    }
}

impl Thing for Api {
    fn id(&self) -> &ThingId {
        &self.id
    }

    fn output(&self, _words: &[String], _consumer: &ThingId, _platform: &Platform) -> Output {
        Output::Plain(self.handle().get("arn"))
    }

    fn lower(&self, _platform: &Platform, _out: &mut Document) {}
}
