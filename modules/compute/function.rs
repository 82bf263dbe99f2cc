//! `[function.<name>]`: a Lambda function.
use super::MODULE;
use crate::connect::{Edge, Grant, NoNarrowing};
use crate::kind::{Kind, Output, Outputs, Resolving, Target, Thing, ThingId};
use crate::platform::Platform;

use platgen_source::{Name, Read};
use platgen_terraform::{Address, Document, Handle};

/// What a spec says of it.
#[derive(Debug, Read)]
pub struct FunctionSpec {
    /// Environments that have it; by default all.
    pub only_in: Vec<Name>,
}

/// What others may do with it.
#[derive(Clone, Debug, Default, Read)]
#[spec(verbs)]
pub struct FunctionVerbs {
    /// The beginning of the variables' names.
    pub r#as: Option<crate::text::VariableName>,
    /// Call it.
    pub invoke: Option<NoNarrowing>,
}

/// It, with every detail decided.
#[derive(Debug)]
pub struct Function {
    id: ThingId,
}

impl Kind for FunctionSpec {
    const KIND: &'static str = "function";
    const OUTPUTS: Outputs = Outputs::Named(&["arn", "name"]);
    type Thing = Function;

    fn resolve(&self, id: ThingId, _resolving: &mut Resolving<'_>) -> Function {
        Function { id }
    }
}

impl Function {
    /// Its resource.
    pub fn handle(&self) -> Handle {
        Handle::new(MODULE, Address::managed("aws_lambda_function", &self.id.local(&[])))
    }
}

impl Target for Function {
    type Verbs = FunctionVerbs;

    fn grant(&self, _verbs: &FunctionVerbs, edge: &Edge<'_>) -> Grant {
        edge.grant()
    }
}

impl Thing for Function {
    fn id(&self) -> &ThingId {
        &self.id
    }

    fn output(&self, _words: &[String], _consumer: &ThingId, _platform: &Platform) -> Output {
        Output::Plain(self.handle().get("arn"))
    }

    fn lower(&self, _platform: &Platform, _out: &mut Document) {}
}
