//! `[workflow.<name>]`: a state machine of Step Functions.
use super::MODULE;
use crate::connect::{Edge, Grant, NoNarrowing};
use crate::kind::{Kind, Output, Outputs, Resolving, Target, Thing, ThingId};
use crate::platform::Platform;

use platgen_source::{Name, Read};
use platgen_terraform::{Address, Document, Handle};

/// What a spec says of it.
#[derive(Debug, Read)]
pub struct WorkflowSpec {
    /// Environments that have it; by default all.
    pub only_in: Vec<Name>,
}

/// What others may do with it.
#[derive(Clone, Debug, Default, Read)]
#[spec(verbs)]
pub struct WorkflowVerbs {
    /// The beginning of the variables' names.
    pub r#as: Option<crate::text::VariableName>,
    /// Start executions.
    pub start: Option<NoNarrowing>,
    /// Answer states that wait for a callback.
    pub resume: Option<NoNarrowing>,
    /// Read executions and their history.
    pub read: Option<NoNarrowing>,
}

/// It, with every detail decided.
#[derive(Debug)]
pub struct Workflow {
    id: ThingId,
}

impl Kind for WorkflowSpec {
    const KIND: &'static str = "workflow";
    const OUTPUTS: Outputs = Outputs::Named(&["arn", "name"]);
    type Thing = Workflow;

    fn resolve(&self, id: ThingId, _resolving: &mut Resolving<'_>) -> Workflow {
        Workflow { id }
    }
}

impl Workflow {
    /// Its resource.
    pub fn handle(&self) -> Handle {
        Handle::new(MODULE, Address::managed("aws_sfn_state_machine", &self.id.identifier()))
    }
}

impl Target for Workflow {
    type Verbs = WorkflowVerbs;

    fn grant(&self, _verbs: &WorkflowVerbs, edge: &Edge<'_>) -> Grant {
        edge.grant()
    }
}

impl Thing for Workflow {
    fn id(&self) -> &ThingId {
        &self.id
    }

    fn output(&self, _words: &[String], _consumer: &ThingId, _platform: &Platform) -> Output {
        Output::Plain(self.handle().get("arn"))
    }

    fn lower(&self, _platform: &Platform, _out: &mut Document) {}
}
