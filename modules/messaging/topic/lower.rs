//! What a topic becomes: the topic, its policy, and its subscriptions.
use super::{Order, Retries, SERVICE, Topic, TopicFeed};
use crate::aws;
use crate::connect::Sender;
use crate::connect::iam::{self, Arn, PolicyKind, PolicyPlace, Principal, Statement};
use crate::connect::trigger::{Callee, Feed, Trigger};
use crate::kind::Thing;
use crate::messaging::dead_letter::{self, DeadLetterQueue};
use crate::messaging::queue::Queue;
use crate::messaging::{MODULE, key, policy};
use crate::platform::Platform;
use platgen_source::diagnostics::SpecPath;
use platgen_terraform::{Document, Expr, Handle, ResourceBuilder, Value, block, json};
use std::collections::BTreeSet;

/// The longest name of a policy at X-Ray
/// (<https://docs.aws.amazon.com/xray/latest/api/API_PutResourcePolicy.html>).
const LONGEST_POLICY_NAME: usize = 128;
/// The name of the policy that lets topics trace, and of its file.
const TRACING: &str = "tracing";

/// Lets every topic that traces write to X-Ray: one policy for all, since an account has few
/// (<https://docs.aws.amazon.com/sns/latest/dg/sns-active-tracing.html>).
pub fn lower_tracing(platform: &Platform, out: &mut Document) {
    let traced: Vec<&Topic> =
        platform.things.topic.values().filter(|topic| topic.tracing).collect();
    if traced.is_empty() {
        return;
    }
    let causes: Vec<SpecPath> =
        traced.iter().map(|topic| topic.id().path().key("tracing")).collect();
    let actions = ["xray:GetSamplingRules", "xray:GetSamplingTargets", "xray:PutTraceSegments"];
    let sources = traced.iter().map(|topic| topic.handle().get("arn"));
    let statement = Statement::allow(&actions, vec![Arn::any()])
        .to(Principal::Service(Value::from(SERVICE)))
        .when("StringEquals", "aws:SourceAccount", [aws::account(out, MODULE)])
        .when("ArnLike", "aws:SourceArn", sources);
    let place = PolicyPlace { module: MODULE, file: TRACING, name: TRACING, cause: &causes[0] };
    let document = iam::policy(out, &place, PolicyKind::Resource, &[statement]);
    let name = platform.head.prefix.name(LONGEST_POLICY_NAME, &["topics"]);
    let arguments = block! { policy_name: name, policy_document: document };
    let mut file = out.module(MODULE).file(TRACING);
    file.resource("aws_xray_resource_policy", "topics", arguments).causes(&causes).add();
}

impl Topic {
    /// Puts the topic and everything that hangs on it into a document.
    pub(super) fn lower_topic(&self, platform: &Platform, out: &mut Document) {
        let path = self.id().path();
        let arguments = block! {
            name: self.full_name(),
            display_name: self.display_name.clone(),
            fifo_topic: matches!(self.order, Order::Fifo { .. }).then_some(true),
            content_based_deduplication: match self.order {
                Order::Fifo { deduplicate } => Some(deduplicate),
                Order::Standard => None,
            },
            kms_master_key_id: key::arn(),
            signature_version: 2,
            tracing_config: if self.tracing { "Active" } else { "PassThrough" },
            delivery_policy: self.retries.as_ref().map(Retries::json),
        };
        let mut file = out.module(MODULE).file(&self.id().file());
        let topic = file
            .resource("aws_sns_topic", &self.id().local(&[]), arguments)
            .cause(&path)
            .ready_after(&self.policy_handle())
            .add();
        self.lower_policy(&topic, platform, out);
        let dead_letters = self.lower_dead_letters(platform, out);
        self.lower_notifications(dead_letters.as_ref(), out);
        for trigger in platform.connections.fed_by(self.id()) {
            self.lower_subscription(trigger, dead_letters.as_ref(), platform, out);
        }
    }

    /// The policy. A topic that has none lets in what its owner lets in; with this one the owner still
    /// is, by IAM, and nobody comes without TLS.
    fn lower_policy(&self, topic: &Handle, platform: &Platform, out: &mut Document) {
        let (path, file) = (self.id().path(), self.id().file());
        let name = format!("topic__{}", self.id().local(&[]));
        let place = PolicyPlace { module: MODULE, file: &file, name: &name, cause: &path };
        let arn = Arn::new("sns:topic", topic.get("arn"));
        let mut statements = vec![policy::tls_only(&["sns:Publish"], &arn)];
        statements.extend(policy::admit_senders(self.id(), platform, "sns:Publish", &arn, out));
        let json = iam::policy(out, &place, PolicyKind::Resource, &statements);
        let arguments = block! { arn: topic.get("arn"), policy: json };
        let mut file = out.module(MODULE).file(&file);
        file.resource("aws_sns_topic_policy", &self.id().local(&[]), arguments).cause(&path).add();
    }

    /// The queue that keeps what could not be delivered
    /// (<https://docs.aws.amazon.com/sns/latest/dg/sns-dead-letter-queues.html>).
    fn lower_dead_letters(&self, platform: &Platform, out: &mut Document) -> Option<Handle> {
        let decided = self.dead_letter.filter(|_| self.keeps_dead_letters(platform))?;
        let queue = DeadLetterQueue {
            id: self.id(),
            name: self.dead_letter_name(),
            aws_name: dead_letter::aws_name(&self.aws_name, "topic-dead-letter"),
            fifo: matches!(self.order, Order::Fifo { .. }),
            decided,
            senders: vec![Sender { service: SERVICE, source: self.handle().get("arn") }],
        };
        Some(queue.lower(out))
    }

    /// One resource for each way of notifying, with one instance for each address: a new neighbour
    /// moves none.
    fn lower_notifications(&self, dead_letters: Option<&Handle>, out: &mut Document) {
        let ways = [
            ("email", &self.notify.email, None),
            ("sms", &self.notify.sms, None),
            ("https", &self.notify.https, dead_letters),
        ];
        for (protocol, addresses, dead_letters) in ways {
            if addresses.is_empty() {
                continue;
            }
            let arguments = block! {
                topic_arn: self.handle().get("arn"),
                protocol: protocol,
                endpoint: Expr::EachKey,
                redrive_policy: dead_letters.map(redrive),
            };
            let cause = self.id().path().key("notify").key(protocol);
            let mut file = out.module(MODULE).file(&self.id().file());
            let resource = file
                .resource("aws_sns_topic_subscription", &self.id().local(&[protocol]), arguments)
                .for_each(set_of(addresses))
                .cause(&cause);
            let dead_letters = dead_letters.map(|_| self.dead_letter_policy());
            dead_letters.iter().fold(resource, ResourceBuilder::depends_on).add();
        }
    }

    /// The subscription of a function or a queue, which exists once the receiver lets SNS in.
    fn lower_subscription(
        &self,
        trigger: &Trigger,
        dead_letters: Option<&Handle>,
        platform: &Platform,
        out: &mut Document,
    ) {
        let Feed::Topic(feed) = &trigger.feed else { return };
        let Some((callee, endpoint)) = trigger.endpoint(platform, out, MODULE) else { return };
        let is_queue = callee == Callee::Queue;
        let arguments = block! {
            topic_arn: self.handle().get("arn"),
            protocol: if is_queue { "sqs" } else { "lambda" },
            endpoint: endpoint,
            raw_message_delivery: is_queue.then(|| feed.raw.unwrap_or(true)),
            filter_policy: feed.filter.as_ref().map(|pattern| pattern.0.to_string()),
            filter_policy_scope: feed.scope(),
            redrive_policy: dead_letters.map(redrive),
        };
        let receiver = &trigger.receiver;
        let name = self.id().local(&[receiver.kind, receiver.name.as_str()]);
        let queue = platform.things.queue.get(&receiver.name).filter(|_| is_queue);
        let policies = queue
            .map(Queue::policy_handle)
            .into_iter()
            .chain(dead_letters.map(|_| self.dead_letter_policy()));
        let policies: Vec<Handle> = policies.collect();
        let mut file = out.module(MODULE).file(&self.id().file());
        let resource =
            file.resource("aws_sns_topic_subscription", &name, arguments).cause(&trigger.cause);
        policies.iter().fold(resource, ResourceBuilder::depends_on).add();
    }

    fn dead_letter_policy(&self) -> Handle {
        dead_letter::policy_handle(&self.dead_letter_name())
    }
}

impl TopicFeed {
    /// What the filter looks at, as SNS writes it.
    fn scope(&self) -> Option<&'static str> {
        let body = self.filter_body.unwrap_or(false);
        self.filter.as_ref().map(|_| if body { "MessageBody" } else { "MessageAttributes" })
    }
}

impl Retries {
    /// <https://docs.aws.amazon.com/sns/latest/dg/creating-delivery-policy.html>.
    fn json(&self) -> Value {
        json(block! {
            http: block! {
                disableSubscriptionOverrides: false,
                defaultHealthyRetryPolicy: block! {
                    numRetries: self.attempts,
                    numNoDelayRetries: 0,
                    numMinDelayRetries: 0,
                    numMaxDelayRetries: 0,
                    minDelayTarget: self.min_delay,
                    maxDelayTarget: self.max_delay,
                    backoffFunction: self.backoff.word(),
                },
            },
        })
    }
}

/// Where a subscription puts what it could not deliver.
fn redrive(queue: &Handle) -> Value {
    json(block! { deadLetterTargetArn: queue.get("arn") })
}

/// A set whose members are known before anything is made.
fn set_of(texts: &BTreeSet<String>) -> Expr {
    Expr::Call("toset", vec![texts.iter().collect()])
}
