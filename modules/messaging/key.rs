//! The customer key of messages: topics, queues, streams and event buses are encrypted under it.
//!
//! Who publishes, sends or receives gets its right by IAM. A service that brings messages without a
//! role is let in by the policy of the key: without that it brings nothing, and tells nobody.
use super::{MODULE, event_bus, queue, topic};
use crate::aws;
use crate::connect::iam::{Arn, PolicyPlace, Principal, Statement};
use crate::kind::{Kind, Thing};
use crate::kms::customer_key;
use crate::platform::Platform;
use platgen_source::diagnostics::SpecPath;
use platgen_terraform::{Address, Document, Handle, Value};
use std::collections::BTreeMap;

/// The file of the key.
const FILE: &str = "key";
/// The name of its resources.
const NAME: &str = "messages";
/// What a service does with the key to put something in, and to look into it.
const USE: [&str; 2] = ["kms:Decrypt", "kms:GenerateDataKey"];

/// The handle of the key.
pub fn handle() -> Handle {
    Handle::new(MODULE, Address::managed("aws_kms_key", NAME))
}

/// The ARN of the key.
pub fn arn() -> Value {
    handle().get("arn")
}

/// Puts the key into a document, if anything is encrypted under it.
pub fn lower(platform: &Platform, out: &mut Document) {
    if platform.things.all().any(Thing::keeps_messages) {
        let cause = SpecPath::of(["platform"]);
        let mut statements = of_senders(platform, out);
        statements.extend(of_buses(platform, out));
        let place = PolicyPlace { module: MODULE, file: FILE, name: "key", cause: &cause };
        customer_key(platform, out, &place, NAME, statements);
    }
}

/// How a service is told from the same service working for a stranger.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Claim {
    /// By the ARN of the source.
    Source,
    /// By the account only.
    Account,
    /// Not at all.
    None,
}

/// What lets in the services that bring messages. The sources cannot be named one by one: most are
/// encrypted under the key, and would have to be there before it. The policy of each topic and queue
/// names them.
fn of_senders(platform: &Platform, out: &mut Document) -> Vec<Statement> {
    senders(platform)
        .into_iter()
        .map(|(service, claim)| admit(service, claim, platform, out))
        .collect()
}

/// The services, each with the least that it must claim.
fn senders(platform: &Platform) -> BTreeMap<&'static str, Claim> {
    let mut senders: BTreeMap<&'static str, Claim> = BTreeMap::new();
    let mut add = |service: &'static str, claim: Claim| {
        let known = senders.entry(service).or_insert(claim);
        *known = (*known).max(claim);
    };
    for grant in platform.connections.all() {
        let target = grant.target.as_ref().and_then(|target| platform.thing(target));
        let (Some(sender), Some(target)) = (&grant.sender, target) else { continue };
        let to_topic = target.id().kind == topic::TopicSpec::KIND;
        // A function keeps its own dead letters under the key, and who calls it brings none.
        if to_topic || target.id().kind == queue::QueueSpec::KIND {
            add(sender.service, claim(sender.service, to_topic));
        }
    }
    if platform.things.topic.values().any(|topic| topic.keeps_dead_letters(platform)) {
        add(topic::SERVICE, claim(topic::SERVICE, false));
    }
    if platform.things.event_bus.values().any(|bus| bus.keeps_dead_letters(platform)) {
        add(event_bus::SERVICE, claim(event_bus::SERVICE, false));
    }
    senders
}

/// `EventBridge` gives no source when it uses the key of a topic: with a condition every event would be
/// lost, and nobody told
/// (<https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services>).
fn claim(service: &str, to_topic: bool) -> Claim {
    match service {
        event_bus::SERVICE if to_topic => Claim::None,
        event_bus::SERVICE | topic::SERVICE => Claim::Source,
        _ => Claim::Account,
    }
}

fn admit(
    service: &'static str,
    claim: Claim,
    platform: &Platform,
    out: &mut Document,
) -> Statement {
    let statement =
        Statement::allow(&USE, vec![Arn::any()]).to(Principal::Service(Value::from(service)));
    match claim {
        Claim::None => statement,
        Claim::Account => {
            statement.when("StringEquals", "aws:SourceAccount", [aws::account(out, MODULE)])
        }
        Claim::Source => {
            let name = service.split('.').next().unwrap_or_default();
            let source = aws::arn(out, MODULE, name, &platform.head.region, "*");
            statement.when("ArnLike", "aws:SourceArn", [source])
        }
    }
}

/// What lets `EventBridge` keep events on the buses. A bus must find the right when it is made, so its
/// ARN is written out
/// (<https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-encryption-key-policy.html>).
fn of_buses(platform: &Platform, out: &mut Document) -> Vec<Statement> {
    let buses = platform.things.event_bus.values();
    let names: Vec<&str> = buses.filter_map(event_bus::EventBus::own_name).collect();
    if names.is_empty() {
        return Vec::new();
    }
    let region = &platform.head.region;
    let arn = |name: &&str| aws::arn(out, MODULE, "events", region, format!("event-bus/{name}"));
    let arns: Vec<Value> = names.iter().map(arn).collect();
    let account = aws::account(out, MODULE);
    let allow = |actions: &[&'static str]| {
        Statement::allow(actions, vec![Arn::any()])
            .to(Principal::Service(Value::from(event_bus::SERVICE)))
            .when("StringEquals", "aws:SourceAccount", [account.clone()])
    };
    let keep = allow(&USE).when("StringEquals", "aws:SourceArn", arns.clone()).when(
        "StringEquals",
        "kms:EncryptionContext:aws:events:event-bus:arn",
        arns,
    );
    vec![keep, allow(&["kms:DescribeKey"])]
}

#[cfg(test)]
mod tests;
