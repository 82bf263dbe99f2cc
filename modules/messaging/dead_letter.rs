//! Dead-letter queues: where messages end that nobody took. The queues of this module make them for
//! themselves, and topics and event buses for what they could not deliver.
use super::queue::QUEUE_LIFE;
use super::{MODULE, key, policy};
use crate::compute::task::resolve::seconds;
use crate::connect::Sender;
use crate::connect::iam::{self, Arn, PolicyKind, PolicyPlace};
use crate::kind::{Resolving, ThingId};
use crate::names::fit;
use crate::observability::metric::{
    Measure, Metric, MetricPlace, Series, Side, Silence, Threshold,
};
use platgen_source::diagnostics::{SpecPath, code};
use platgen_source::{Duration, Read};
use platgen_terraform::{Address, Document, Handle, Value, block};

/// The longest name of a queue
/// (<https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-queues.html>).
pub const LONGEST_NAME: usize = 80;
/// How the names of FIFO queues and topics end, for AWS to take them as such
/// (<https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-queue-types.html>).
pub const FIFO_END: &str = ".fifo";
/// What stands between the name of a thing at AWS and those of its parts. No derived name has two
/// hyphens, so that nothing else is called the same.
pub const JOINT: &str = "--";
/// How long dead letters are kept: as long as SQS keeps anything, since somebody must look.
const LONGEST_LIFE: i64 = 1_209_600;

/// Where messages end that could not be delivered.
#[derive(Clone, Debug, Read)]
#[spec(short = "enabled")]
pub struct DeadLetterSpec {
    /// Whether they are kept at all. By default they are.
    pub enabled: Option<bool>,
    /// How long they are kept, from one minute to 14 days. By default 14 days.
    pub retention: Option<Duration>,
}

/// A dead-letter queue with every detail decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeadLetter {
    /// Seconds that messages are kept.
    pub retention: i64,
}

/// A dead-letter queue as it is put into a document.
pub struct DeadLetterQueue<'a> {
    /// Whose it is.
    pub id: &'a ThingId,
    /// The name of its resources.
    pub name: String,
    /// Its name at AWS.
    pub aws_name: String,
    /// Whether it keeps the order of messages: it has to where its source does.
    pub fifo: bool,
    /// What was decided of it.
    pub decided: DeadLetter,
    /// Services that put messages in without a role.
    pub senders: Vec<Sender>,
}

impl DeadLetter {
    /// Decides whether a thing has a dead-letter queue, and how long it keeps messages.
    pub fn resolve(
        enabled: Option<bool>,
        retention: Option<Duration>,
        id: &ThingId,
        resolving: &mut Resolving<'_>,
    ) -> Option<Self> {
        let place = id.path().key("dead_letter");
        let retention = seconds(retention, QUEUE_LIFE, &place.key("retention"), resolving);
        let enabled = enabled.unwrap_or(true);
        if !enabled && resolving.head.is_production() {
            let message = "what cannot be delivered or handled is lost, and nobody is told";
            resolving.find(&code::WEAKENED, &place, message);
        }
        enabled.then(|| Self { retention: retention.unwrap_or(LONGEST_LIFE) })
    }
}

/// The name of a dead-letter queue at AWS: that of the thing, and what it is.
pub fn aws_name(of: &str, what: &str) -> String {
    fit(&format!("{of}{JOINT}{what}"), LONGEST_NAME - FIFO_END.len())
}

/// The dead-letter queue with a name of resources.
pub fn handle(name: &str) -> Handle {
    Handle::new(MODULE, Address::managed("aws_sqs_queue", name))
}

/// The policy of the queue with a name of resources.
pub fn policy_handle(name: &str) -> Handle {
    Handle::new(MODULE, Address::managed("aws_sqs_queue_policy", name))
}

/// The right to put messages in, and nothing without TLS: the policy of a queue.
pub fn put_policy(
    queue: &Handle,
    place: &PolicyPlace<'_>,
    admitted: impl FnOnce(&Arn, &mut Document) -> Vec<iam::Statement>,
    out: &mut Document,
) -> Handle {
    let arn = Arn::new("sqs:queue", queue.get("arn"));
    let mut statements = vec![policy::tls_only(&["sqs:*"], &arn)];
    statements.extend(admitted(&arn, out));
    let document = PolicyPlace { name: &format!("queue__{}", place.name), ..*place };
    let json = iam::policy(out, &document, PolicyKind::Resource, &statements);
    let arguments = block! { queue_url: queue.get("url"), policy: json };
    let mut file = out.module(MODULE).file(place.file);
    file.resource("aws_sqs_queue_policy", place.name, arguments).cause(place.cause).add()
}

impl DeadLetterQueue<'_> {
    /// Where the spec decides of it.
    fn cause(&self) -> SpecPath {
        self.id.path().key("dead_letter")
    }

    /// Puts the queue and its policy into a document.
    pub fn lower(&self, out: &mut Document) -> Handle {
        let (file, cause) = (self.id.file(), self.cause());
        let end = if self.fifo { FIFO_END } else { "" };
        let arguments = block! {
            name: format!("{}{end}", self.aws_name),
            fifo_queue: self.fifo.then_some(true),
            message_retention_seconds: self.decided.retention,
            kms_master_key_id: key::arn(),
            kms_data_key_reuse_period_seconds: super::queue::KEY_REUSE,
        };
        let queue = out
            .module(MODULE)
            .file(&file)
            .resource("aws_sqs_queue", &self.name, arguments)
            .cause(&cause)
            .add();
        let place = PolicyPlace { module: MODULE, file: &file, name: &self.name, cause: &cause };
        let admitted = |arn: &Arn, out: &mut Document| {
            policy::admit(self.senders.iter(), "sqs:SendMessage", arn, out)
        };
        put_policy(&queue, &place, admitted, out);
        queue
    }
}

/// What is measured of a dead-letter queue. One message in it is one that somebody must look at.
pub fn metric(queue: Value) -> Metric {
    Metric {
        key: METRIC,
        title: "Dead letters",
        measure: Measure::Series(series("ApproximateNumberOfMessagesVisible", "Maximum", queue)),
        alarm: Some(Threshold {
            side: Side::AtLeast,
            value: 1.0,
            period: 300,
            periods: 1,
            silence: Silence::Good,
        }),
    }
}

/// What a spec calls the measure of a dead-letter queue.
pub const METRIC: &str = "dead-letters";

/// A metric of a queue
/// (<https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html>).
pub fn series(name: &'static str, statistic: &'static str, queue: Value) -> Series {
    Series {
        namespace: "AWS/SQS",
        name,
        statistic,
        dimensions: vec![("QueueName", queue)],
        place: MetricPlace::Regional,
    }
}
