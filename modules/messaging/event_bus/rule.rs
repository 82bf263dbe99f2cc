//! One rule for each thing that a bus feeds, and its target.
use super::{EventBus, EventBusFeed, InputSpec, SERVICE};
use crate::connect::iam::{self, PolicyPlace, Role};
use crate::connect::receiver::Receiver;
use crate::connect::trigger::{Feed, Trigger};
use crate::kind::{Thing, ThingId};
use crate::messaging::MODULE;
use crate::messaging::dead_letter::JOINT;
use crate::names::fit;
use crate::platform::Platform;
use platgen_source::{Count, Duration};
use platgen_terraform::{Address, Document, Handle, ResourceBuilder, Value, block};
use std::collections::BTreeMap;

/// The longest name of a rule, and of a target
/// (<https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html>).
const LONGEST_NAME: usize = 64;
/// How often and for how long a delivery is tried again, where nothing is said: the most there is
/// (<https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_RetryPolicy.html>).
const RETRIES: i64 = 185;
const LONGEST_AGE: i64 = 86_400;

/// The rule that picks the events of a trigger.
pub(super) fn handle(bus: &ThingId, trigger: &Trigger) -> Handle {
    Handle::new(MODULE, Address::managed("aws_cloudwatch_event_rule", &name(bus, trigger)))
}

/// The name of its resources: the bus, and what is fed.
fn name(bus: &ThingId, trigger: &Trigger) -> String {
    bus.local(&[trigger.receiver.kind, trigger.receiver.name.as_str()])
}

/// Puts the rule of a trigger and its target into a document.
pub(super) fn lower(
    bus: &EventBus,
    trigger: &Trigger,
    dead_letters: Option<&Handle>,
    platform: &Platform,
    out: &mut Document,
) {
    let Feed::EventBus(feed) = &trigger.feed else { return };
    let receiver = platform.thing(&trigger.receiver);
    let Some(receiver) = receiver.and_then(|thing| thing.receiver(platform, out, MODULE)) else {
        return;
    };
    let name = name(bus.id(), trigger);
    let fed = &trigger.receiver;
    let aws_name = format!("{}{JOINT}{}-{}", bus.name_of_parts(), fed.kind, fed.name);
    let arguments = block! {
        name: fit(&aws_name, LONGEST_NAME),
        event_bus_name: bus.handle().get("name"),
        event_pattern: feed.pattern.0.to_string(),
    };
    let mut file = out.module(MODULE).file(&bus.id().file());
    let rule =
        file.resource("aws_cloudwatch_event_rule", &name, arguments).cause(&trigger.cause).add();
    let role = match trigger.callee() {
        Some(_) => None,
        None => Some(lower_role(bus, trigger, &aws_name, &rule, &receiver, out)),
    };
    let mut arguments: BTreeMap<String, Value> = BTreeMap::from([
        ("rule".to_owned(), rule.get("name")),
        ("event_bus_name".to_owned(), bus.handle().get("name")),
        ("target_id".to_owned(), fit(&trigger.receiver.identifier(), LONGEST_NAME).into()),
        ("retry_policy".to_owned(), feed.retry_policy()),
        ("input_transformer".to_owned(), feed.input.as_ref().map(InputSpec::block).into()),
        (
            "dead_letter_config".to_owned(),
            dead_letters.map(|queue| block! { arn: queue.get("arn") }).into(),
        ),
    ]);
    let started = receiver.event_target(role.as_ref().map(|role| &role.handle));
    arguments.extend(started.map(|(key, value)| (key.to_owned(), value)));
    let mut after: Vec<Handle> = role.and_then(|role| role.policy).into_iter().collect();
    after.extend(dead_letters.map(|_| bus.dead_letter_policy()));
    after.extend(queue_policy(trigger, platform));
    let mut file = out.module(MODULE).file(&bus.id().file());
    let target = file
        .resource("aws_cloudwatch_event_target", &name, Value::Map(arguments))
        .cause(&trigger.cause);
    after.iter().fold(target, ResourceBuilder::depends_on).add();
}

/// Who starts what lets no service in by itself.
struct StartingRole {
    handle: Handle,
    policy: Option<Handle>,
}

/// <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-iam-roles.html>.
fn lower_role(
    bus: &EventBus,
    trigger: &Trigger,
    aws_name: &str,
    rule: &Handle,
    receiver: &Receiver,
    out: &mut Document,
) -> StartingRole {
    let (id, fed) = (bus.id(), &trigger.receiver);
    let (file, name) = (id.file(), id.part(&[fed.kind, fed.name.as_str()]));
    let place = PolicyPlace { module: MODULE, file: &file, name: &name, cause: &trigger.cause };
    let role = Role {
        place,
        aws_name: format!("{aws_name}-events"),
        service: SERVICE,
        source: Some(rule.get("arn")),
    };
    let handle = iam::role(out, &role);
    let name = format!("{name}__start");
    let place = PolicyPlace { module: MODULE, file: &file, name: &name, cause: &trigger.cause };
    let policy = iam::attach(out, &handle, &place, &receiver.rights);
    StartingRole { handle, policy }
}

/// The policy of the queue that is fed, if a queue is.
fn queue_policy(trigger: &Trigger, platform: &Platform) -> Option<Handle> {
    let queue = platform.things.queue.get(&trigger.receiver.name)?;
    (*queue.id() == trigger.receiver).then(|| queue.policy_handle())
}

impl EventBusFeed {
    fn retry_policy(&self) -> Value {
        block! {
            maximum_retry_attempts: self.retries.map_or(RETRIES, Count::get),
            maximum_event_age_in_seconds: self.max_age.map_or(LONGEST_AGE, Duration::as_seconds),
        }
    }
}

impl InputSpec {
    fn block(&self) -> Value {
        let values = self.values.iter().map(|(name, path)| (name.to_string(), path.clone()));
        let values: BTreeMap<String, String> = values.collect();
        block! {
            input_template: &self.template,
            input_paths: (!values.is_empty()).then_some(values),
        }
    }
}
