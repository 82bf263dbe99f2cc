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
    let Feed::EventBus(events) = &trigger.feed else { return };
    let receiver = platform.thing(&trigger.receiver);
    let Some(receiver) = receiver.and_then(|thing| thing.receiver(platform, out, MODULE)) else {
        return;
    };
    let rule = lower_rule(bus, trigger, events, out);
    let starter = trigger.callee().is_none().then(|| lower_role(bus, trigger, &receiver, out));
    let target = block! {
        rule: rule.get("name"),
        event_bus_name: bus.handle().get("name"),
        target_id: fit(&trigger.receiver.identifier(), LONGEST_NAME),
        arn: receiver.arn(),
        role_arn: starter.as_ref().map(|starter| starter.role.get("arn")),
        sqs_target: receiver.group(),
        kinesis_target: events.partition_key.as_ref().map(|path| block! { partition_key_path: path }),
        ecs_target: receiver.task(),
        retry_policy: events.retry_policy(),
        input_transformer: events.input.as_ref().map(InputSpec::block),
        dead_letter_config: dead_letters.map(|queue| block! { arn: queue.get("arn") }),
    };
    let mut after: Vec<Handle> = starter.and_then(|starter| starter.policy).into_iter().collect();
    after.extend(dead_letters.map(|_| bus.dead_letter_policy()));
    after.extend(queue_policy(trigger, platform));
    let mut file = out.module(MODULE).file(&bus.id().file());
    let target = file
        .resource("aws_cloudwatch_event_target", &name(bus.id(), trigger), target)
        .cause(&trigger.cause);
    after.iter().fold(target, ResourceBuilder::depends_on).add();
}

fn lower_rule(
    bus: &EventBus,
    trigger: &Trigger,
    events: &EventBusFeed,
    out: &mut Document,
) -> Handle {
    let arguments = block! {
        name: fit(&aws_name(bus, trigger), LONGEST_NAME),
        event_bus_name: bus.handle().get("name"),
        event_pattern: events.pattern.0.to_string(),
    };
    let mut file = out.module(MODULE).file(&bus.id().file());
    file.resource("aws_cloudwatch_event_rule", &name(bus.id(), trigger), arguments)
        .cause(&trigger.cause)
        .add()
}

/// What the rule of a trigger is called at AWS.
fn aws_name(bus: &EventBus, trigger: &Trigger) -> String {
    let receiver = &trigger.receiver;
    format!("{}{JOINT}{}-{}", bus.name_of_parts(), receiver.kind, receiver.name)
}

/// Who starts what lets no service in by itself.
struct Starter {
    role: Handle,
    policy: Option<Handle>,
}

/// <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-iam-roles.html>.
fn lower_role(
    bus: &EventBus,
    trigger: &Trigger,
    receiver: &Receiver,
    out: &mut Document,
) -> Starter {
    let (id, started) = (bus.id(), &trigger.receiver);
    let (file, name) = (id.file(), id.part(&[started.kind, started.name.as_str()]));
    let role = Role {
        place: PolicyPlace { module: MODULE, file: &file, name: &name, cause: &trigger.cause },
        aws_name: format!("{}-events", aws_name(bus, trigger)),
        service: SERVICE,
        source: Some(handle(id, trigger).get("arn")),
    };
    let role = iam::role(out, &role);
    let name = format!("{name}__start");
    let place = PolicyPlace { module: MODULE, file: &file, name: &name, cause: &trigger.cause };
    let policy = iam::attach(out, &role, &place, &receiver.rights);
    Starter { role, policy }
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
