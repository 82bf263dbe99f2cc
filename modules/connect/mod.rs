//! Edges: what one declared `uses` gives, and the graph of all of them.
//!
//! An edge derives a [`Grant`]: statements for the consumer's roles, ports, ways to AWS APIs, and
//! variables. Nothing else in this package gives a thing any right.
pub mod graph;
pub mod iam;
pub mod matrix;
pub mod receiver;
pub mod records;
pub mod trigger;

use crate::compute;
use crate::kind::{Refusal, Thing, ThingId};
use crate::names::{identifier, variable_prefix};
use crate::network::cidr::Ipv4Range;
use crate::platform::Platform;
use iam::Statement;
use platgen_source::Read;
use platgen_source::diagnostics::{Diagnostic, SpecPath, Step, code};
use platgen_terraform::Value;
use std::collections::BTreeSet;
use trigger::Trigger;

/// What one edge gives its consumer.
#[derive(Clone, Debug)]
pub struct Grant {
    /// Who gets it.
    pub consumer: ThingId,
    /// Whose it is; `None` for AWS itself and the internet.
    pub target: Option<ThingId>,
    /// The line of the spec that gives it.
    pub cause: SpecPath,
    /// Where it comes from.
    pub declared: Declared,
    /// Rights of the code that runs.
    pub task: Vec<Statement>,
    /// Rights of what starts the code: pulling the image, injecting secrets.
    pub execution: Vec<Statement>,
    /// Ways to other things of the network.
    pub ports: Vec<PortRule>,
    /// Ways to AWS APIs, and out.
    pub reach: BTreeSet<Reach>,
    /// Variables that the code finds in its environment.
    pub variables: Vec<(String, Value)>,
    /// Variables whose value is a secret: where it stands, as ECS takes it in `valueFrom`.
    pub secrets: Vec<(String, Value)>,
    /// The AWS service that calls the target in the name of the consumer, where no role does: the
    /// policies of the target and of its key let it in.
    pub sender: Option<Sender>,
}

/// An AWS service that calls a thing in the name of another.
#[derive(Clone, Debug, PartialEq)]
pub struct Sender {
    /// The service, `sns.amazonaws.com`.
    pub service: &'static str,
    /// In whose name: the ARN that the service gives in `aws:SourceArn`.
    pub source: Value,
}

/// Where an edge comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Declared {
    /// The spec has it in `uses`.
    InUses,
    /// It follows from what a thing is.
    Implied,
}

/// A way from the consumer to a port of the target. The target owns the port.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PortRule {
    /// What the port is called: tells the rules of one edge apart, and does not change with the number.
    pub name: String,
    /// The number.
    pub port: u16,
    /// TCP or UDP.
    pub protocol: Protocol,
}

/// A transport protocol, as security groups name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Protocol {
    /// TCP.
    Tcp,
    /// UDP.
    Udp,
}

/// A way out of the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// A service with a gateway endpoint: `s3`, `dynamodb`.
    Gateway(&'static str),
    /// A service with an interface endpoint: `secretsmanager`.
    Interface(&'static str),
    /// Any address, at this TCP port; none is every port.
    Internet(Option<u16>),
    /// A range of addresses, at this port.
    Range(Ipv4Range, u16, Protocol),
}

/// How a secret gets to the code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// ECS puts the value into a variable when the task starts.
    Inject,
    /// The code reads it when it runs.
    Read,
}

/// One edge while its target derives what it gives.
pub struct Edge<'a> {
    /// The consumer.
    pub consumer: &'a ThingId,
    /// The line of the spec.
    pub cause: SpecPath,
    /// The beginning of the variables' names: `MAIN`.
    pub prefix: String,
    /// How the target's secret gets to the consumer.
    pub delivery: Delivery,
    /// The whole platform.
    pub platform: &'a Platform,
    target: ThingId,
    declared: Declared,
}

/// What is reached on the internet.
#[derive(Clone, Debug, Default, Read)]
#[spec(verbs)]
pub struct InternetVerbs {
    /// HTTPS, port 443.
    pub https: Option<NoNarrowing>,
    /// Plain HTTP, port 80.
    pub http: Option<NoNarrowing>,
    /// Sending mail, port 587.
    pub smtp: Option<NoNarrowing>,
    /// Every port.
    pub any: Option<NoNarrowing>,
}

/// A verb that cannot be narrowed.
#[derive(Clone, Debug, Default, Read)]
pub struct NoNarrowing {}

/// Every edge of a platform.
#[derive(Debug, Default)]
pub struct Connections {
    grants: Vec<Grant>,
    triggers: Vec<Trigger>,
}

/// The connections that exactly these grants make.
impl From<Vec<Grant>> for Connections {
    fn from(grants: Vec<Grant>) -> Self {
        Self { grants, triggers: Vec::new() }
    }
}

impl Connections {
    /// Derives all edges, in the order of their causes.
    pub fn derive(platform: &Platform) -> Self {
        let mut grants = Vec::new();
        for thing in platform.things.all() {
            if let Some(uses) = thing.uses() {
                grants.extend(uses.grants(thing, platform));
            }
            grants.extend(thing.implied(platform));
        }
        let triggers: Vec<Trigger> = platform.things.all().flat_map(Thing::triggers).collect();
        for trigger in &triggers {
            if let Some(source) = platform.thing(&trigger.source) {
                grants.extend(source.feeds(trigger, platform));
            }
        }
        Self { grants, triggers }
    }

    /// Every grant.
    pub fn all(&self) -> &[Grant] {
        &self.grants
    }

    /// What a thing gets.
    pub fn of<'a>(&'a self, consumer: &'a ThingId) -> impl Iterator<Item = &'a Grant> {
        self.grants.iter().filter(move |grant| grant.consumer == *consumer)
    }

    /// Every trigger.
    pub fn triggers(&self) -> &[Trigger] {
        &self.triggers
    }

    /// The triggers that a thing feeds.
    pub fn fed_by<'a>(&'a self, source: &'a ThingId) -> impl Iterator<Item = &'a Trigger> {
        self.triggers.iter().filter(move |trigger| trigger.source == *source)
    }

    /// What others get of a thing.
    pub fn to<'a>(&'a self, target: &'a ThingId) -> impl Iterator<Item = &'a Grant> {
        self.grants.iter().filter(move |grant| grant.target.as_ref() == Some(target))
    }
}

impl<'a> Edge<'a> {
    /// The edge from a consumer to a target. `name` is the beginning of its variables' names, if the
    /// spec sets one.
    pub fn new(
        consumer: &'a dyn Thing,
        target: &dyn Thing,
        platform: &'a Platform,
        name: Option<&str>,
    ) -> Self {
        let id = target.id();
        let cause = consumer.id().path().key("uses").key(id.kind).key(id.name.as_str());
        Self {
            consumer: consumer.id(),
            cause,
            prefix: name.map_or_else(|| variable_prefix(id.name.as_str()), str::to_owned),
            delivery: compute::task::delivery(consumer, target, platform),
            platform,
            target: id.clone(),
            declared: Declared::InUses,
        }
    }

    /// An edge that follows from another line of the spec than a `uses`: the state of a workflow, the
    /// route of an API.
    pub fn implied(
        consumer: &'a dyn Thing,
        target: &dyn Thing,
        platform: &'a Platform,
        cause: SpecPath,
    ) -> Self {
        Self { cause, declared: Declared::Implied, ..Self::new(consumer, target, platform, None) }
    }

    /// A grant of this edge that gives nothing yet.
    pub fn grant(&self) -> Grant {
        let target = Some(self.target.clone());
        Grant::new(self.consumer, target, self.cause.clone(), self.declared)
    }

    /// The finding that its target has no such verb.
    pub fn refuse(&self, refusal: &Refusal) -> Diagnostic {
        Diagnostic::at(&code::CONFLICT, &self.cause.key(refusal.verb), refusal.reason.as_str())
            .help(refusal.remedy.as_str())
    }

    /// The name of a derived variable: `MAIN_HOST`.
    pub fn variable(&self, suffix: &str) -> String {
        format!("{}_{suffix}", self.prefix)
    }
}

impl Grant {
    /// A grant that gives nothing yet.
    pub fn new(
        consumer: &ThingId,
        target: Option<ThingId>,
        cause: SpecPath,
        declared: Declared,
    ) -> Self {
        Self {
            consumer: consumer.clone(),
            target,
            cause,
            declared,
            task: Vec::new(),
            execution: Vec::new(),
            ports: Vec::new(),
            reach: BTreeSet::new(),
            variables: Vec::new(),
            secrets: Vec::new(),
            sender: None,
        }
    }

    /// What the edge is called among the edges of its consumer: `database__main`, of what triggers it
    /// `from__queue__orders`, and of what another thing asks it to do there `for__secret__token`. Without a target it is called like the key that gives it, `exec`; what
    /// a thing needs to run at all is `base`.
    pub fn name(&self) -> String {
        let triggers = self.consumer.path().key("on");
        match (&self.target, self.cause.steps().last()) {
            (Some(target), _) if self.cause.is_within(&triggers) => {
                identifier(&["from", &target.identifier()])
            }
            (Some(target), _) if self.is_asked_by(target) => {
                identifier(&["for", &target.identifier()])
            }
            (Some(target), _) => target.identifier(),
            (None, Some(Step::Key(key))) if self.cause != self.consumer.path() => key.clone(),
            (None, _) => "base".to_owned(),
        }
    }

    /// Whether a line of the target gives it to the consumer.
    fn is_asked_by(&self, target: &ThingId) -> bool {
        *target != self.consumer && self.cause.is_within(&target.path())
    }
}

/// What `uses.internet` gives.
pub fn internet(consumer: &ThingId, verbs: &InternetVerbs) -> Grant {
    let cause = consumer.path().key("uses").key("internet");
    let mut grant = Grant::new(consumer, None, cause, Declared::InUses);
    let ports = [(&verbs.https, Some(443)), (&verbs.http, Some(80)), (&verbs.smtp, Some(587))];
    let every_port = [(&verbs.any, None)];
    for (verb, port) in ports.into_iter().chain(every_port) {
        if verb.is_some() {
            grant.reach.insert(Reach::Internet(port));
        }
    }
    grant
}

impl Reach {
    /// Whether it leads to addresses of the internet: some of them, if not all.
    pub fn is_public(self) -> bool {
        match self {
            Self::Internet(_) => true,
            Self::Range(range, ..) => !range.is_private(),
            Self::Gateway(_) | Self::Interface(_) => false,
        }
    }
}

impl Protocol {
    /// As security groups write it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Tcp => "tcp",
            Self::Udp => "udp",
        }
    }
}
