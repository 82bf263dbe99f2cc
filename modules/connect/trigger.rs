//! Triggers: what starts or feeds a thing, declared in its `on`.
//!
//! A trigger mirrors an edge: it stands on what is triggered, and the thing that it names answers for
//! what it gives (`Thing::feeds`), as a target answers for an edge.
use crate::data::bucket::BucketFeed;
use crate::data::table::TableFeed;
use crate::kind::ThingId;
use crate::kinds::TargetName;
use crate::messaging::event_bus::EventBusFeed;
use crate::messaging::queue::QueueFeed;
use crate::messaging::topic::TopicFeed;
use platgen_source::diagnostics::SpecPath;
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
    /// Changes in a table.
    Table(TableFeed),
    /// Messages on a topic.
    Topic(TopicFeed),
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
