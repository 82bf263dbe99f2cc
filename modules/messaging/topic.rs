//! `[topic.<name>]`: an SNS topic.
use super::MODULE;
use crate::connect::{Edge, Grant, NoNarrowing};
use crate::kind::{Kind, Output, Outputs, Resolving, Target, Thing, ThingId};
use crate::platform::Platform;

use platgen_source::{Name, Read};
use platgen_terraform::{Address, Document, Handle};

/// What a spec says of it.
#[derive(Debug, Read)]
pub struct TopicSpec {
    /// Environments that have it; by default all.
    pub only_in: Vec<Name>,
}

/// What is said of a topic that feeds something.
#[derive(Clone, Debug, Default, Read)]
#[spec(default)]
pub struct TopicFeed {
    /// Which messages, as a filter policy of SNS. By default all.
    pub filter: Option<crate::pattern::Pattern>,
    /// Whether the filter looks at the body instead of the attributes.
    pub filter_body: Option<bool>,
    /// Whether a queue gets the bare message, without the envelope of SNS. By default it does.
    pub raw: Option<bool>,
}

/// What others may do with it.
#[derive(Clone, Debug, Default, Read)]
#[spec(verbs)]
pub struct TopicVerbs {
    /// The beginning of the variables' names.
    pub r#as: Option<crate::text::VariableName>,
    /// Publish messages.
    pub publish: Option<NoNarrowing>,
}

/// It, with every detail decided.
#[derive(Debug)]
pub struct Topic {
    id: ThingId,
}

impl Kind for TopicSpec {
    const KIND: &'static str = "topic";
    const OUTPUTS: Outputs = Outputs::Named(&["arn", "name"]);
    type Thing = Topic;

    fn resolve(&self, id: ThingId, _resolving: &mut Resolving<'_>) -> Topic {
        Topic { id }
    }
}

impl Topic {
    /// Its resource.
    pub fn handle(&self) -> Handle {
        Handle::new(MODULE, Address::managed("aws_sns_topic", &self.id.local(&[])))
    }
}

impl Target for Topic {
    type Verbs = TopicVerbs;

    fn grant(&self, _verbs: &TopicVerbs, edge: &Edge<'_>) -> Grant {
        edge.grant()
    }
}

impl Thing for Topic {
    fn id(&self) -> &ThingId {
        &self.id
    }

    fn output(&self, _words: &[String], _consumer: &ThingId, _platform: &Platform) -> Output {
        Output::Plain(self.handle().get("arn"))
    }

    fn lower(&self, _platform: &Platform, _out: &mut Document) {}
}
