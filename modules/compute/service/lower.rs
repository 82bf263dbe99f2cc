//! What a service becomes: an ECS service with its roles, task definition, routes and scaling.
use super::route::RouteAttachment;
use super::{Release, Service, order};
use crate::compute::task::image::Image;
use crate::compute::task::{definition, repository, roles};
use crate::compute::{MODULE, cluster};
use crate::kind::Thing;
use crate::network::{self, Tier};
use crate::platform::Platform;
use platgen_terraform::{Document, ResourceBuilder, Value, VariableType, block};

impl Service {
    /// Puts everything of the service into a document.
    pub(super) fn lower_service(&self, platform: &Platform, out: &mut Document) {
        self.lower_image(platform, out);
        let policies = roles::lower(&self.task, self.id(), platform, out);
        definition::lower(&self.task, self.id(), platform, out);
        let attachments: Vec<RouteAttachment> =
            self.routes.iter().map(|route| route.lower(platform, out)).collect();
        let arguments = self.arguments(&attachments, platform, out);
        let mut earlier = policies;
        earlier.push(cluster::capacity_providers());
        earlier.extend(attachments.iter().flat_map(|attachment| attachment.after.clone()));
        earlier.extend(order::before(self.id(), platform).into_iter().map(Self::handle));
        earlier.sort();
        earlier.dedup();
        let mut ignored = Vec::new();
        if self.scale.changes() {
            ignored.push("desired_count");
        }
        if self.release == Release::External {
            ignored.push("task_definition");
        }
        let mut file = out.module(MODULE).file(&self.id().file());
        let service = file
            .resource("aws_ecs_service", &self.id().local(&[]), arguments)
            .cause(&self.id().path());
        let service = earlier.iter().fold(service, ResourceBuilder::depends_on);
        let service = if ignored.is_empty() { service } else { service.ignore_changes(&ignored) };
        service.add();
        self.scale.lower(self, platform, out);
    }

    fn lower_image(&self, platform: &Platform, out: &mut Document) {
        match &self.task.main.image {
            Image::Named(_) => {}
            Image::Repository { owner, variable } => {
                repository::lower(owner, variable, platform, out);
            }
            Image::Variable { variable, default } => {
                let description = format!("The image of {}", self.id());
                let default = Some(default.as_str().into());
                out.variable(variable, VariableType::String, default, &description);
            }
        }
    }

    fn arguments(
        &self,
        attachments: &[RouteAttachment],
        platform: &Platform,
        out: &mut Document,
    ) -> Value {
        let registry = self.registry_block(platform, out);
        block! {
            name: self.aws_name.as_str(),
            cluster: cluster::handle().get("arn"),
            task_definition: definition::handle(self.id()).get("arn"),
            desired_count: self.scale.min,
            capacity_provider_strategy: self.scale.capacity(),
            platform_version: "LATEST",
            network_configuration: block! {
                subnets: platform.network.subnets(Tier::Private),
                security_groups: vec![network::security_group(self.id()).get("id")],
                assign_public_ip: false,
            },
            load_balancer: load_balancer_blocks(attachments),
            health_check_grace_period_seconds: (!attachments.is_empty()).then_some(self.grace),
            service_connect_configuration: self.service_connect_block(platform),
            service_registries: registry,
            deployment_circuit_breaker: block! { enable: true, rollback: true },
            deployment_minimum_healthy_percent: 100,
            deployment_maximum_percent: 200,
            // Left out it would be off in one version of the provider and on in another.
            availability_zone_rebalancing: "ENABLED",
            enable_execute_command: self.task.exec,
            enable_ecs_managed_tags: true,
            propagate_tags: "SERVICE",
            // Without it another capacity provider would replace the service.
            force_new_deployment: true,
        }
    }
}

fn load_balancer_blocks(attachments: &[RouteAttachment]) -> Option<Value> {
    let block = |attachment: &RouteAttachment| {
        block! {
            target_group_arn: attachment.target_group.get("arn"),
            container_name: attachment.container.as_str(),
            container_port: attachment.port,
        }
    };
    (!attachments.is_empty()).then(|| attachments.iter().map(block).collect())
}
