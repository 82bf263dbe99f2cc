//! What a queue becomes: the queue, its policy, its dead-letter queue, and the schedules that put
//! messages in.
use super::{KEY_REUSE, Order, Queue, Redrive, Scope};
use crate::connect::iam::{Arn, PolicyPlace};
use crate::kind::Thing;
use crate::messaging::dead_letter::{self, DeadLetterQueue, JOINT};
use crate::messaging::{MODULE, key, policy};
use crate::platform::Platform;
use crate::schedule::{self, Owner};
use platgen_terraform::{Document, Handle, block, json};

impl Queue {
    /// Puts everything of the queue into a document.
    pub(super) fn lower_queue(&self, platform: &Platform, out: &mut Document) {
        let dead_letters = self.redrive.map(|redrive| (redrive, self.dead_letters(redrive, out)));
        let queue = self.put(dead_letters.as_ref(), platform, out);
        let (path, file, name) = (self.id().path(), self.id().file(), self.id().local(&[]));
        let place = PolicyPlace { module: MODULE, file: &file, name: &name, cause: &path };
        let admitted = |arn: &Arn, out: &mut Document| {
            policy::admit_senders(self.id(), platform, "sqs:SendMessage", arn, out)
        };
        dead_letter::put_policy(&queue, &place, admitted, out);
        self.lower_schedules(platform, out);
    }

    fn put(
        &self,
        dead_letters: Option<&(Redrive, Handle)>,
        platform: &Platform,
        out: &mut Document,
    ) -> Handle {
        let (deduplicate, scope) = match self.order {
            Order::Standard => (None, None),
            Order::Fifo { deduplicate, scope } => (Some(deduplicate), Some(scope)),
        };
        let redrive = dead_letters.map(|(redrive, queue)| {
            json(block! {
                deadLetterTargetArn: queue.get("arn"),
                maxReceiveCount: redrive.after,
            })
        });
        let arguments = block! {
            name: self.full_name(),
            fifo_queue: scope.map(|_| true),
            content_based_deduplication: deduplicate,
            deduplication_scope: scope.map(Scope::deduplication),
            fifo_throughput_limit: scope.map(Scope::throughput),
            visibility_timeout_seconds: self.visibility(self.fed(platform)),
            message_retention_seconds: self.retention,
            delay_seconds: self.delay,
            receive_wait_time_seconds: self.wait,
            max_message_size: self.max_size,
            kms_master_key_id: key::arn(),
            kms_data_key_reuse_period_seconds: KEY_REUSE,
            redrive_policy: redrive,
        };
        let mut file = out.module(MODULE).file(&self.id().file());
        file.resource("aws_sqs_queue", &self.id().local(&[]), arguments)
            .cause(&self.id().path())
            .ready_after(&self.policy_handle())
            .add()
    }

    /// The dead-letter queue, which serves this queue alone
    /// (<https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html>).
    fn dead_letters(&self, redrive: Redrive, out: &mut Document) -> Handle {
        let queue = DeadLetterQueue {
            id: self.id(),
            name: self.dead_letter_name(),
            aws_name: dead_letter::aws_name(&self.aws_name, "dead-letter"),
            fifo: self.is_fifo(),
            decided: redrive.dead_letter,
            senders: Vec::new(),
        };
        let handle = queue.lower(out);
        let sources = block! {
            redrivePermission: "byQueue",
            sourceQueueArns: vec![self.handle().get("arn")],
        };
        let arguments =
            block! { queue_url: handle.get("url"), redrive_allow_policy: json(sources) };
        let mut file = out.module(MODULE).file(&self.id().file());
        file.resource("aws_sqs_queue_redrive_allow_policy", &queue.name, arguments)
            .cause(&self.id().path().key("dead_letter"))
            .add();
        handle
    }

    fn lower_schedules(&self, platform: &Platform, out: &mut Document) {
        let Some(receiver) = self.receiver(platform, out, MODULE) else { return };
        let owner = Owner {
            id: self.id(),
            module: MODULE,
            // A function of the same name has schedules as well, and a role for them.
            aws_name: &format!("{}{JOINT}queue", self.aws_name),
            identifier: self.id().identifier(),
        };
        schedule::lower(&owner, &self.on.schedules, &receiver, out);
    }
}

/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/high-throughput-fifo.html>.
impl Scope {
    fn deduplication(self) -> &'static str {
        match self {
            Self::Queue => "queue",
            Self::Group => "messageGroup",
        }
    }

    fn throughput(self) -> &'static str {
        match self {
            Self::Queue => "perQueue",
            Self::Group => "perMessageGroupId",
        }
    }
}
