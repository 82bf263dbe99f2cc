//! `[workflow.<name>]`: a state machine of Step Functions.
//!
//! Either the spec has the states ([`state`]), or a file has the whole definition ([`definition`]). Both
//! become one value in which other things are references ([`asl`]), never text that was put together.
pub mod asl;
pub mod call;
pub mod condition;
pub mod definition;
pub mod grant;
pub mod key;
pub mod names;
pub mod path;
pub mod rights;
pub mod spec;
pub mod state;
pub mod state_machine;
pub mod template;
#[cfg(test)]
mod tests;
mod written;

pub use spec::{WorkflowSpec, WorkflowVerbs};

use crate::aws_name;
use crate::compute::{MODULE, roles};
use crate::connect::Grant;
use crate::connect::matrix::{self, On};
use crate::connect::receiver::{Receiver, ReceiverTarget};
use crate::connect::trigger::{Feed, Trigger, triggers};
use crate::kind::{Kind, Output, Outputs, Resolving, Thing, ThingId};
use crate::kinds::{TargetName, Uses};
use crate::messaging::event_bus::EventBusFeed;
use crate::network::Retention;
use crate::observability::metric::Metric;
use crate::platform::{Head, Platform};
use crate::schedule::{self, Owner, Schedules};
use definition::{FileDefinition, LARGEST};
use names::MachineName;
use platgen_source::Things;
use platgen_source::diagnostics::{Diagnostic, SpecPath, code};
use platgen_terraform::{Address, Document, Handle, Value};
use spec::{LogLevel, MachineType};
use state::resolve::Source;
use state::task::Scope;
use state::{Machine, graph};
use state_machine::{LONGEST_NAME, Logs, StateMachine};
use std::collections::BTreeMap;

/// A workflow with every detail decided.
#[derive(Debug)]
pub struct Workflow {
    id: ThingId,
    aws_name: String,
    /// Standard or express.
    pub machine_type: MachineType,
    comment: Option<String>,
    timeout: Option<i64>,
    definition: Definition,
    logs: Logs,
    tracing: bool,
    uses: Uses,
    schedules: Schedules,
    events: BTreeMap<TargetName, EventBusFeed>,
}

/// What a workflow does.
#[derive(Debug)]
enum Definition {
    /// The states of the spec.
    States(Machine),
    /// What a file says.
    File(FileDefinition),
}

impl Kind for WorkflowSpec {
    const KIND: &'static str = "workflow";
    const OUTPUTS: Outputs = Outputs::Named(&["arn", "name"]);
    const METRICS: &'static [&'static str] = &grant::METRICS;
    type Thing = Workflow;

    fn resolve(&self, id: ThingId, resolving: &mut Resolving<'_>) -> Workflow {
        let names = resolving.spec.workflow.iter();
        let names =
            names.map(|(name, spec)| (name, spec.aws_name.as_ref().map(MachineName::to_string)));
        let aws_name = aws_name::resolve(&id, LONGEST_NAME, names, resolving);
        let none = Things::default();
        let schedules = self.on.as_ref().map_or(&none, |on| &on.schedule);
        let scope = Scope { machine_type: self.machine_type(), is_bounded: self.timeout.is_some() };
        let timeout = id.path().key("timeout");
        Workflow {
            machine_type: scope.machine_type,
            comment: self.comment.clone(),
            timeout: crate::compute::task::resolve::seconds(
                self.timeout,
                1..=scope.longest(),
                &timeout,
                resolving,
            ),
            definition: self.definition(&id, scope, resolving),
            logs: self.logs(resolving.head),
            tracing: self.tracing.unwrap_or(true),
            uses: self.uses.clone(),
            schedules: schedule::resolve(&id, schedules, resolving),
            events: self.on.as_ref().map(|on| on.event_bus.clone()).unwrap_or_default(),
            aws_name,
            id,
        }
    }
}

impl WorkflowSpec {
    fn definition(&self, id: &ThingId, scope: Scope, resolving: &mut Resolving<'_>) -> Definition {
        let empty = || Machine { start: String::new(), states: BTreeMap::new() };
        self.check_definition(id, resolving);
        if let Some(file) = &self.definition {
            let definition = FileDefinition::resolve(self, file, id, resolving);
            return definition.map_or_else(|| Definition::States(empty()), Definition::File);
        }
        let Some(start) = &self.start else { return Definition::States(empty()) };
        let source = Source { start, states: &self.state, place: id.path() };
        resolving.findings.extend(graph::check(&source.graph()));
        Definition::States(source.resolve(scope, resolving))
    }

    /// Either states, or a file.
    fn check_definition(&self, id: &ThingId, resolving: &mut Resolving<'_>) {
        let place = id.path();
        let given: &[(&str, bool)] = match &self.definition {
            Some(_) => &[
                ("start", self.start.is_some()),
                ("state", !self.state.is_empty()),
                ("comment", self.comment.is_some()),
                ("timeout", self.timeout.is_some()),
            ],
            None => &[("targets", !self.targets.is_empty())],
        };
        for (key, _) in given.iter().filter(|(_, given)| *given) {
            let message = match &self.definition {
                Some(_) => format!("the file of `definition` says everything, `{key}` among it"),
                None => format!("`{key}` belongs to a `definition` in a file"),
            };
            resolving.find(&code::CONFLICT, &place.key(key), message);
        }
        if self.definition.is_none() && self.start.is_none() {
            let message = "the workflow does nothing";
            let help = "name the first state in `start`, or a file in `definition`";
            resolving.find_with(&code::MISSING_KEY, &place, message, help);
        }
    }

    /// The history of a standard workflow can be read without logs; that of an express one cannot.
    fn logs(&self, head: &Head) -> Logs {
        let said = self.logs.as_ref();
        let is_express = self.machine_type() == MachineType::Express;
        let level = if is_express { LogLevel::All } else { LogLevel::Error };
        Logs {
            retention: said.and_then(|logs| logs.retention).unwrap_or(Retention::default_of(head)),
            level: said
                .and_then(|logs| logs.level)
                .unwrap_or(head.by_profile(level, LogLevel::All)),
            data: said.and_then(|logs| logs.data).unwrap_or(!head.is_production()),
        }
    }
}

impl Workflow {
    /// Its resource.
    pub fn handle(&self) -> Handle {
        Handle::new(MODULE, Address::managed("aws_sfn_state_machine", &self.id.identifier()))
    }

    /// Its ARN, which what it uses itself can name as well.
    pub fn arn(&self, region: &str) -> Value {
        state_machine::arn(&self.id.identifier(), &self.aws_name, region)
    }

    /// The ARNs of its executions.
    fn executions(&self, region: &str) -> Value {
        state_machine::executions(&self.id.identifier(), &self.aws_name, region)
    }

    /// Whether `EventBridge` is told how its executions end
    /// (<https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html>).
    pub fn tells_its_end(&self) -> bool {
        !self.is_express()
    }

    fn is_express(&self) -> bool {
        self.machine_type == MachineType::Express
    }

    /// The states, if they are the spec's.
    fn machine(&self) -> Option<&Machine> {
        match &self.definition {
            Definition::States(machine) => Some(machine),
            Definition::File(_) => None,
        }
    }

    /// The jobs that a definition in a file runs, and where they are said.
    fn jobs_of_definition(&self) -> Vec<(ThingId, SpecPath)> {
        let Definition::File(file) = &self.definition else { return Vec::new() };
        let place = self.id.path().key("targets");
        file.jobs().map(|(word, job)| (job.clone(), place.key(word))).collect()
    }

    fn lower_definition(&self, platform: &Platform, out: &mut Document) -> Value {
        let machine = match &self.definition {
            Definition::File(file) => return file.lower(&self.id, platform, out),
            Definition::States(machine) => machine,
        };
        let (id, aws_name) = (&self.id, self.aws_name.as_str());
        let mut lowering = call::Lowering { id, aws_name, platform, out };
        let mut fields = asl::machine(machine, &mut lowering);
        fields.insert("Comment".to_owned(), Value::from(self.comment.clone()));
        fields.insert("TimeoutSeconds".to_owned(), Value::from(self.timeout));
        Value::Map(fields)
    }

    /// A job that is tried again has a state machine as well.
    fn check_name(&self, platform: &Platform) -> Option<Diagnostic> {
        let mut jobs = platform.things.job.values();
        let job = jobs.find(|job| job.machine_name().as_ref() == Some(&self.aws_name))?;
        let message =
            format!("the state machine of `{}` is called `{}` as well", job.id(), self.aws_name);
        let help = "set `aws_name` on one of the two";
        Some(Diagnostic::at(&code::NAME_CLASH, &self.id.path(), message).help(help))
    }
}

impl Thing for Workflow {
    fn id(&self) -> &ThingId {
        &self.id
    }

    fn output(&self, words: &[String], _consumer: &ThingId, platform: &Platform) -> Output {
        Output::Plain(match words {
            [word] if word == "arn" => self.arn(&platform.head.region),
            _ => Value::from(self.aws_name.as_str()),
        })
    }

    fn uses(&self) -> Option<&Uses> {
        Some(&self.uses)
    }

    fn implied(&self, platform: &Platform) -> Vec<Grant> {
        rights::implied(self, platform)
    }

    fn triggers(&self) -> Vec<Trigger> {
        triggers(&self.id, "event_bus", &self.events, Feed::EventBus)
    }

    fn receiver(
        &self,
        platform: &Platform,
        _out: &mut Document,
        _module: &'static str,
    ) -> Option<Receiver> {
        let machine = self.handle().get("arn");
        let rights =
            matrix::rights(self.id.kind, "start", &platform.head.region, |kind| match kind {
                "states:statemachine" => machine.clone().into(),
                "kms:key" => key::arn().into(),
                _ => On::nothing(),
            });
        Some(Receiver { target: ReceiverTarget::Arn(machine), rights })
    }

    fn check(&self, platform: &Platform) -> Vec<Diagnostic> {
        let mut findings: Vec<Diagnostic> =
            roles::check_size(&self.id, &[|grant| &grant.task], platform).into_iter().collect();
        findings.extend(self.check_name(platform));
        findings.extend(self.check_written(platform));
        findings
    }

    fn delivers_logs(&self) -> bool {
        true
    }

    fn keeps_logs(&self) -> bool {
        true
    }

    fn log_group(&self) -> Option<Handle> {
        Some(state_machine::logs_of(&self.id.identifier()))
    }

    fn metrics(&self, _platform: &Platform) -> Vec<Metric> {
        self.own_metrics()
    }

    fn lower(&self, platform: &Platform, out: &mut Document) {
        let cause = self.id.path();
        let machine = StateMachine {
            file: self.id.file(),
            identifier: self.id.identifier(),
            local: self.id.identifier(),
            aws_name: &self.aws_name,
            role_name: format!("{}-workflow", self.aws_name),
            machine_type: self.machine_type,
            definition: self.lower_definition(platform, out),
            logs: self.logs,
            tracing: self.tracing,
            encryption: Some(key::encryption()),
            rights: rights::by_edge(self, platform, out),
            cause: &cause,
        };
        let handle = machine.lower(platform, out);
        let owner = Owner {
            id: &self.id,
            module: MODULE,
            aws_name: &self.aws_name,
            identifier: self.id.identifier(),
        };
        if let Some(receiver) = self.receiver(platform, out, MODULE) {
            schedule::lower(&owner, &self.schedules, &receiver, out);
        }
        let outputs =
            [("arn", "The ARN of the state machine"), ("name", "The name of the state machine")];
        for (word, description) in outputs {
            out.output(&self.id.part(&[word]), handle.get(word), description);
        }
    }
}
