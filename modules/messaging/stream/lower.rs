//! What a stream becomes: the stream, and the schedules that put records in.
use super::Stream;
use crate::kind::Thing;
use crate::messaging::dead_letter::JOINT;
use crate::messaging::{MODULE, key};
use crate::platform::Platform;
use crate::schedule::{self, Owner};
use platgen_terraform::{Document, block};

impl Stream {
    /// Puts everything of the stream into a document.
    pub(super) fn lower_stream(&self, platform: &Platform, out: &mut Document) {
        let mode = if self.shards.is_some() { "PROVISIONED" } else { "ON_DEMAND" };
        let arguments = block! {
            name: &self.aws_name,
            stream_mode_details: block! { stream_mode: mode },
            shard_count: self.shards,
            retention_period: self.retention,
            encryption_type: "KMS",
            kms_key_id: key::arn(),
            enforce_consumer_deletion: self.leaves_readers,
        };
        let mut file = out.module(MODULE).file(&self.id().file());
        file.resource("aws_kinesis_stream", &self.id().local(&[]), arguments)
            .cause(&self.id().path())
            .add();
        self.lower_schedules(platform, out);
    }

    fn lower_schedules(&self, platform: &Platform, out: &mut Document) {
        let Some(receiver) = self.receiver(platform, out, MODULE) else { return };
        let owner = Owner {
            id: self.id(),
            module: MODULE,
            // A queue or a function of the same name has schedules as well, and a role for them.
            aws_name: &format!("{}{JOINT}stream", self.aws_name),
            identifier: self.id().identifier(),
        };
        schedule::lower(&owner, &self.schedules, &receiver, out);
    }
}
