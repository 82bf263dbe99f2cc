//! `[event_bus.<name>]`: an event bus.
use super::MODULE;
use crate::connect::{Edge, Grant, NoNarrowing};
use crate::kind::{Kind, Output, Outputs, Resolving, Target, Thing, ThingId};
use crate::platform::Platform;

use platgen_source::{Name, Read};
use platgen_terraform::{Address, Document, Handle};

/// What a spec says of it.
#[derive(Debug, Read)]
pub struct EventBusSpec {
    /// Environments that have it; by default all.
    pub only_in: Vec<Name>,
}

/// What is said of a bus that feeds something.
#[derive(Clone, Debug, Read)]
#[spec(short = "pattern")]
pub struct EventBusFeed {
    /// Which events (<https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html>).
    pub pattern: crate::pattern::Pattern,
}

/// What others may do with it.
#[derive(Clone, Debug, Default, Read)]
#[spec(verbs)]
pub struct EventBusVerbs {
    /// The beginning of the variables' names.
    pub r#as: Option<crate::text::VariableName>,
    /// Put events on the bus.
    pub publish: Option<NoNarrowing>,
}

/// It, with every detail decided.
#[derive(Debug)]
pub struct EventBus {
    id: ThingId,
}

impl Kind for EventBusSpec {
    const KIND: &'static str = "event_bus";
    const OUTPUTS: Outputs = Outputs::Named(&["arn", "name"]);
    type Thing = EventBus;

    fn resolve(&self, id: ThingId, _resolving: &mut Resolving<'_>) -> EventBus {
        EventBus { id }
    }
}

impl EventBus {
    /// Its resource.
    pub fn handle(&self) -> Handle {
        Handle::new(MODULE, Address::managed("aws_cloudwatch_event_bus", &self.id.local(&[])))
    }
}

impl Target for EventBus {
    type Verbs = EventBusVerbs;

    fn grant(&self, _verbs: &EventBusVerbs, edge: &Edge<'_>) -> Grant {
        edge.grant()
    }
}

impl Thing for EventBus {
    fn id(&self) -> &ThingId {
        &self.id
    }

    fn output(&self, _words: &[String], _consumer: &ThingId, _platform: &Platform) -> Output {
        Output::Plain(self.handle().get("arn"))
    }

    fn lower(&self, _platform: &Platform, _out: &mut Document) {}
}
