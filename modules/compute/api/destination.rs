//! What the routes of an API give it: rights to call what answers, and ways to it.
use super::Api;
use super::authorizer::Decider;
use super::route::{Destination, Route};
use crate::compute::MODULE;
use crate::compute::load_balancer::LoadBalancer;
use crate::compute::service::route::Route as ServiceRoute;
use crate::compute::workflow::WorkflowVerbs;
use crate::connect::iam::{self, PolicyPlace, Role, Statement};
use crate::connect::{Declared, Edge, Grant, NoNarrowing, PortRule, Protocol, Sender};
use crate::kind::{Target, Thing, ThingId};
use crate::messaging::event_bus::{EventBusVerbs, EventPublish, EventWord};
use crate::messaging::queue::QueueVerbs;
use crate::platform::Platform;
use platgen_source::Name;
use platgen_source::diagnostics::SpecPath;
use platgen_terraform::{Address, Document, Handle, Value};
use std::collections::BTreeMap;

/// The service that takes on roles of APIs, and calls functions.
const SERVICE: &str = "apigateway.amazonaws.com";

impl Api {
    /// What follows from the routes and authorizers.
    pub(super) fn grants(&self, platform: &Platform) -> Vec<Grant> {
        let mut grants = Vec::new();
        for route in &self.routes {
            let cause = route.path.clone();
            match &route.to {
                Destination::Function(function) => {
                    grants.extend(self.function_grants(function, route));
                }
                Destination::EventBus { bus, source, detail_type } => {
                    let things = &platform.things.event_bus;
                    let publish =
                        EventPublish { source: word(source), detail_type: word(detail_type) };
                    let verbs = EventBusVerbs { publish: Some(publish), ..Default::default() };
                    grants.extend(self.call(things.get(bus), &verbs, platform, cause));
                }
                Destination::Queue(call) => {
                    let things = &platform.things.queue;
                    let verbs = QueueVerbs { send: Some(NoNarrowing {}), ..Default::default() };
                    grants.extend(self.call(things.get(&call.queue), &verbs, platform, cause));
                }
                Destination::Workflow(workflow) => {
                    let things = &platform.things.workflow;
                    let start = Some(NoNarrowing {});
                    let verbs = WorkflowVerbs { start, ..Default::default() };
                    grants.extend(self.call(things.get(workflow), &verbs, platform, cause));
                }
                Destination::LoadBalancer(_) | Destination::Service(_) => {
                    grants.extend(self.balancer_grant(route, platform));
                }
            }
        }
        grants.extend(self.authorizer_grants());
        grants
    }

    /// What the target of a route gives for it.
    fn call<T: Target>(
        &self,
        target: Option<&T>,
        verbs: &T::Verbs,
        platform: &Platform,
        cause: SpecPath,
    ) -> Option<Grant> {
        let target = target?;
        Some(target.grant(verbs, &Edge::implied(self, target, platform, cause)))
    }

    /// The function lets in exactly the requests of the route: a grant for each of its patterns.
    fn function_grants(&self, function: &Name, route: &Route) -> Vec<Grant> {
        let sources = route.patterns.iter().map(|pattern| self.execution_arn(&pattern.arn_end()));
        sources.map(|source| self.sent(function, route.path.clone(), source)).collect()
    }

    /// <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html>.
    fn authorizer_grants(&self) -> Vec<Grant> {
        let mut grants = Vec::new();
        for authorizer in &self.authorizers {
            if let Decider::Function { function, .. } = &authorizer.by {
                let id = self.authorizer_handle(&authorizer.name).get("id");
                let source = platgen_terraform::template![self.execution_arn("/authorizers/"), id];
                grants.push(self.sent(function, authorizer.path.clone(), source));
            }
        }
        grants
    }

    fn sent(&self, function: &Name, cause: SpecPath, source: Value) -> Grant {
        let target = ThingId::new("function", function);
        let mut grant = Grant::new(&self.id, Some(target), cause, Declared::Implied);
        grant.sender = Some(Sender { service: SERVICE, source });
        grant
    }

    fn balancer_grant(&self, route: &Route, platform: &Platform) -> Option<Grant> {
        let balancer = balancer_of(&route.to, platform)?;
        let entrance = balancer.entrance()?;
        let target = Some(balancer.id().clone());
        let mut grant = Grant::new(&self.id, target, route.path.clone(), Declared::Implied);
        grant.ports.push(PortRule {
            name: if entrance.certified.is_some() { "https" } else { "http" }.to_owned(),
            port: entrance.port,
            protocol: Protocol::Tcp,
        });
        Some(grant)
    }

    /// The role that sends to queues and buses and starts state machines.
    pub(super) fn role(&self) -> Handle {
        Handle::new(MODULE, Address::managed("aws_iam_role", &self.id.identifier()))
    }

    /// Makes the role, with one policy for each thing that is called, if a route needs it. API
    /// Gateway documents no source that it would name when it takes on a role.
    pub(super) fn lower_role(&self, platform: &Platform, out: &mut Document) {
        if !self.routes.iter().any(|route| route.to.needs_role()) {
            return;
        }
        let (file, cause, name) = (self.id.file(), self.id.path(), self.id.identifier());
        let role = Role {
            place: PolicyPlace { module: MODULE, file: &file, name: &name, cause: &cause },
            aws_name: format!("{}-api", self.aws_name),
            service: SERVICE,
            source: None,
        };
        let role = iam::role(out, &role);
        for (target, (cause, statements)) in self.rights(platform) {
            let name = self.id.part(&[&target]);
            let place = PolicyPlace { module: MODULE, file: &file, name: &name, cause: &cause };
            iam::attach(out, &role, &place, &statements);
        }
    }

    /// The rights of the role by the name of what is called, of all routes that lead there.
    fn rights(&self, platform: &Platform) -> BTreeMap<String, (SpecPath, Vec<Statement>)> {
        let mut rights: BTreeMap<String, (SpecPath, Vec<Statement>)> = BTreeMap::new();
        for grant in platform.connections.of(&self.id).filter(|grant| !grant.task.is_empty()) {
            let entry = rights.entry(grant.name());
            let (_, statements) = entry.or_insert_with(|| (grant.cause.clone(), Vec::new()));
            statements.extend(grant.task.clone());
        }
        rights
    }
}

/// What an event of a route says, as a right is narrowed to it.
fn word(text: &str) -> Vec<EventWord> {
    EventWord::new(text).into_iter().collect()
}

impl Destination {
    /// Whether API Gateway calls it with a role.
    fn needs_role(&self) -> bool {
        match self {
            Self::EventBus { .. } | Self::Queue(_) | Self::Workflow(_) => true,
            Self::Function(_) | Self::LoadBalancer(_) | Self::Service(_) => false,
        }
    }
}

/// The internal load balancer that a destination in the network is reached by.
pub(super) fn balancer_of<'a>(
    to: &Destination,
    platform: &'a Platform,
) -> Option<&'a LoadBalancer> {
    let balancer = |name: &Name| platform.things.load_balancer.get(name);
    match to {
        Destination::LoadBalancer(name) => balancer(name),
        Destination::Service(name) => {
            let service = platform.things.service.get(name)?;
            let balancers = service.routes().iter().map(ServiceRoute::balancer);
            let mut balancers = balancers.filter_map(|id| balancer(&id.name));
            balancers.find(|balancer| balancer.entrance().is_some())
        }
        _ => None,
    }
}
