//! `[budget.<name>]`: a limit of what the platform may cost.
use super::MODULE;

use crate::kind::{Kind, Output, Outputs, Resolving, Thing, ThingId};
use crate::platform::Platform;

use platgen_source::{Name, Read};
use platgen_terraform::{Address, Document, Handle};

/// What a spec says of it.
#[derive(Debug, Read)]
pub struct BudgetSpec {
    /// Environments that have it; by default all.
    pub only_in: Vec<Name>,
}

/// It, with every detail decided.
#[derive(Debug)]
pub struct Budget {
    id: ThingId,
}

impl Kind for BudgetSpec {
    const KIND: &'static str = "budget";
    const OUTPUTS: Outputs = Outputs::Named(&["name"]);
    const ACTS: bool = false;
    const IS_REACHED: bool = false;
    type Thing = Budget;

    fn resolve(&self, id: ThingId, _resolving: &mut Resolving<'_>) -> Budget {
        Budget { id }
    }
}

impl Budget {
    /// Its resource.
    pub fn handle(&self) -> Handle {
        Handle::new(MODULE, Address::managed("aws_budgets_budget", &self.id.local(&[])))
    }
}

impl Thing for Budget {
    fn id(&self) -> &ThingId {
        &self.id
    }

    fn output(&self, _words: &[String], _consumer: &ThingId, _platform: &Platform) -> Output {
        Output::Plain(self.handle().get("arn"))
    }

    fn lower(&self, _platform: &Platform, _out: &mut Document) {}
}
