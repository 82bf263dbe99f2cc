//! `[queue.<name>]`: an SQS queue and its dead-letter queue.
use super::MODULE;
use crate::connect::{Edge, Grant, NoNarrowing};
use crate::kind::{Kind, Output, Outputs, Resolving, Target, Thing, ThingId};
use crate::platform::Platform;

use platgen_source::{Name, Read};
use platgen_terraform::{Address, Document, Handle};

/// What a spec says of it.
#[derive(Debug, Read)]
pub struct QueueSpec {
    /// Environments that have it; by default all.
    pub only_in: Vec<Name>,
}

/// What is said of a queue that feeds a function.
#[derive(Clone, Debug, Default, Read)]
#[spec(default)]
pub struct QueueFeed {
    /// The most messages in one call. By default 10.
    pub batch: Option<platgen_source::Count<1, 10000>>,
    /// How long a batch may be waited for, at most 300 seconds. By default not.
    pub window: Option<platgen_source::Duration>,
    /// The most calls at one time.
    pub concurrency: Option<platgen_source::Count<2, 1000>>,
    /// Which messages, as patterns of EventBridge. By default all.
    pub filter: Option<crate::pattern::Pattern>,
}

/// What others may do with it.
#[derive(Clone, Debug, Default, Read)]
#[spec(verbs)]
pub struct QueueVerbs {
    /// The beginning of the variables' names.
    pub r#as: Option<crate::text::VariableName>,
    /// Send messages.
    pub send: Option<NoNarrowing>,
    /// Receive, delete and put back messages.
    pub receive: Option<NoNarrowing>,
    /// Delete every message.
    pub purge: Option<NoNarrowing>,
}

/// It, with every detail decided.
#[derive(Debug)]
pub struct Queue {
    id: ThingId,
}

impl Kind for QueueSpec {
    const KIND: &'static str = "queue";
    const OUTPUTS: Outputs = Outputs::Named(&["arn", "name", "url"]);
    type Thing = Queue;

    fn resolve(&self, id: ThingId, _resolving: &mut Resolving<'_>) -> Queue {
        Queue { id }
    }
}

impl Queue {
    /// Its resource.
    pub fn handle(&self) -> Handle {
        Handle::new(MODULE, Address::managed("aws_sqs_queue", &self.id.local(&[])))
    }
}

impl Target for Queue {
    type Verbs = QueueVerbs;

    fn grant(&self, _verbs: &QueueVerbs, edge: &Edge<'_>) -> Grant {
        edge.grant()
    }
}

impl Thing for Queue {
    fn id(&self) -> &ThingId {
        &self.id
    }

    fn output(&self, _words: &[String], _consumer: &ThingId, _platform: &Platform) -> Output {
        Output::Plain(self.handle().get("arn"))
    }

    fn lower(&self, _platform: &Platform, _out: &mut Document) {}
}
