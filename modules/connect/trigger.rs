//! Triggers: what starts or feeds a thing, declared in its `on`.
//!
//! A trigger mirrors an edge: it stands on what is triggered, and the thing that it names answers for
//! what it gives (`Thing::feeds`), as a target answers for an edge.
use super::records::RecordsFeed;
use super::{Declared, Grant, Sender};
use crate::compute::function::FunctionSpec;
use crate::data::bucket::BucketFeed;
use crate::kind::{Kind, ThingId};
use crate::kinds::TargetName;
use crate::messaging::event_bus::EventBusFeed;
use crate::messaging::queue::{QueueFeed, QueueSpec};
use crate::messaging::topic::TopicFeed;
use crate::platform::Platform;
use platgen_source::diagnostics::SpecPath;
use platgen_terraform::{Document, Value};
use std::collections::BTreeMap;

/// One entry of `on`: `on.queue.orders = { batch = 10 }`.
#[derive(Clone, Debug)]
pub struct Trigger {
    /// What feeds: `queue.orders`.
    pub source: ThingId,
    /// What is fed: the thing whose `on` this is.
    pub receiver: ThingId,
    /// The line of the spec.
    pub cause: SpecPath,
    /// What is said of it.
    pub feed: Feed,
}

/// What is said of a trigger; the kind of the source owns the type.
#[derive(Clone, Debug)]
pub enum Feed {
    /// Objects that come and go in a bucket.
    Bucket(BucketFeed),
    /// Events on a bus.
    EventBus(EventBusFeed),
    /// Messages in a queue.
    Queue(QueueFeed),
    /// Records of a stream.
    Stream(RecordsFeed),
    /// Changes in a table.
    Table(RecordsFeed),
    /// Messages on a topic.
    Topic(TopicFeed),
}

impl Feed {
    /// What is said of records that are read in order, if it is such a feed.
    pub fn records(&self) -> Option<&RecordsFeed> {
        match self {
            Self::Stream(feed) | Self::Table(feed) => Some(feed),
            Self::Bucket(_) | Self::EventBus(_) | Self::Queue(_) | Self::Topic(_) => None,
        }
    }
}

/// What AWS services call without a role, since its own policy lets them in. Everything else is started
/// by a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Callee {
    /// A function of Lambda.
    Function,
    /// A queue of SQS.
    Queue,
}

impl Trigger {
    /// As what AWS services call the receiver, if they do it without a role.
    pub fn callee(&self) -> Option<Callee> {
        match self.receiver.kind {
            FunctionSpec::KIND => Some(Callee::Function),
            QueueSpec::KIND => Some(Callee::Queue),
            _ => None,
        }
    }

    /// The edge by which a service calls the receiver in the name of the source. `source` is the ARN
    /// that the service gives.
    pub fn called_by(&self, service: &'static str, source: Value) -> Grant {
        let mut grant = self.edge();
        grant.sender = Some(Sender { service, source });
        grant
    }

    /// The edge from the source to the receiver, which gives nothing yet.
    pub fn edge(&self) -> Grant {
        let receiver = Some(self.receiver.clone());
        Grant::new(&self.source, receiver, self.cause.clone(), Declared::Implied)
    }

    /// The edge by which the receiver reads from the source, which gives nothing yet.
    pub fn reading(&self) -> Grant {
        let source = Some(self.source.clone());
        Grant::new(&self.receiver, source, self.cause.clone(), Declared::Implied)
    }

    /// Where a service calls the receiver, in the eyes of `module`; none if it needs a role for that.
    pub fn endpoint(
        &self,
        platform: &Platform,
        out: &mut Document,
        module: &'static str,
    ) -> Option<(Callee, Value)> {
        let callee = self.callee()?;
        let receiver = platform.thing(&self.receiver)?.receiver(platform, out, module)?;
        Some((callee, receiver.arn().clone()))
    }
}

/// The triggers of a receiver that one kind of source feeds.
pub fn triggers<F: Clone>(
    receiver: &ThingId,
    kind: &'static str,
    feeds: &BTreeMap<TargetName, F>,
    feed: fn(F) -> Feed,
) -> Vec<Trigger> {
    let trigger = |(name, said): (&TargetName, &F)| Trigger {
        source: ThingId::new(kind, &name.0),
        receiver: receiver.clone(),
        cause: receiver.path().key("on").key(kind).key(name.0.as_str()),
        feed: feed(said.clone()),
    };
    feeds.iter().map(trigger).collect()
}
