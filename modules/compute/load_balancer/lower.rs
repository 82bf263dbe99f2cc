//! What a load balancer becomes, beside its listeners and names.
use super::{Existing, LoadBalancer, Made};
use crate::compute::MODULE;
use crate::data::log_bucket;
use crate::network::{self, Tier};
use crate::platform::Platform;
use platgen_terraform::{Document, block};

impl LoadBalancer {
    /// Puts a question for the load balancer into a document.
    pub(super) fn lower_existing(
        &self,
        existing: &Existing,
        platform: &Platform,
        out: &mut Document,
    ) {
        let arguments = block! { arn: &existing.arn };
        let mut file = out.module(network::MODULE).file(&self.id.file());
        file.data("aws_lb", &self.id.local(&[]), arguments).causes(&self.causes(platform)).add();
    }

    /// Puts the load balancer itself into a document.
    pub(super) fn lower_made(&self, made: &Made, platform: &Platform, out: &mut Document) {
        let tier = if made.internal { Tier::Private } else { Tier::Public };
        let if_application = self.is_application().then_some(());
        let log_prefix = format!("{}/{}", log_bucket::LOAD_BALANCER_PREFIX, self.id.name);
        let arguments = block! {
            name: &made.aws_name,
            load_balancer_type: made.balancer_type.word(),
            internal: made.internal,
            security_groups: vec![network::security_group(&self.id).get("id")],
            subnets: platform.network.subnets(tier),
            enable_deletion_protection: made.protected,
            idle_timeout: if_application.map(|()| made.idle_timeout),
            drop_invalid_header_fields: if_application.map(|()| true),
            desync_mitigation_mode: if_application.map(|()| "defensive"),
            access_logs: made.access_logs.then(|| {
                block! { bucket: log_bucket::ready(), prefix: log_prefix, enabled: true }
            }),
        };
        let mut file = out.module(MODULE).file(&self.id.file());
        file.resource("aws_lb", &self.id.local(&[]), arguments)
            .causes(&self.causes(platform))
            .add();
    }
}
