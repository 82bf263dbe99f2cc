//! `[function.<name>]`: a Lambda function, its alias `live`, and what calls it.
pub mod code;
mod environment;
mod file_system;
mod lower;
mod metrics;
mod permissions;
mod roles;
pub mod runtime;
pub mod spec;
mod streams;
#[cfg(test)]
mod tests;
mod url;

pub use spec::{FunctionSpec, FunctionVerbs};

use super::MODULE;
use super::task;
use super::task::environment::{Settings, settings};
use super::task::resolve::seconds;
use super::task::spec::Architecture;
use crate::aws_name;
use crate::connect::matrix::{self, On};
use crate::connect::receiver::{Receiver, ReceiverTarget};
use crate::connect::trigger::{Feed, Trigger, triggers};
use crate::connect::{Edge, Grant};
use crate::kind::{Kind, Output, Outputs, Resolving, Target, Thing, ThingId};
use crate::kinds::{Spec, Uses};
use crate::network::Retention;
use crate::network::external::ExternalSpec;
use crate::observability::metric::Metric;
use crate::platform::Platform;
use crate::schedule::{self, Schedules};
use code::Code;
use platgen_source::diagnostics::{Diagnostic, code as finding};
use platgen_source::{Count, Duration, Name, Things};
use platgen_terraform::{Address, Document, Handle, Value};
use spec::{FunctionOn, LayerArn};

/// The section.
pub const KIND: &str = "function";

/// The longest name of a function
/// (<https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html>).
const LONGEST_NAME: usize = 64;

/// The name of the alias that callers know.
const ALIAS: &str = "live";

/// The most layers of a function
/// (<https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>).
const MOST_LAYERS: usize = 5;

/// A function with every detail decided.
#[derive(Debug)]
pub struct Function {
    id: ThingId,
    aws_name: String,
    /// The code; none only beside a finding that says so.
    code: Option<Code>,
    memory: i64,
    /// How long a call may take.
    timeout: Duration,
    architecture: Architecture,
    disk: Option<i64>,
    layers: Vec<LayerArn>,
    settings: Settings,
    uses: Uses,
    in_network: bool,
    triggers: Vec<Trigger>,
    schedules: Schedules,
    asynchronous: Asynchronous,
    concurrency: Option<i64>,
    provisioned: Option<i64>,
    tracing: bool,
    retention: Retention,
}

/// What Lambda does with calls whose caller does not wait.
#[derive(Clone, Copy, Debug)]
struct Asynchronous {
    /// Whether anything declared calls it so.
    expected: bool,
    /// How often a call that failed is tried again, if it is said.
    retries: Option<i64>,
    /// Seconds that a call may wait, if it is said.
    max_age: Option<i64>,
}

impl Kind for FunctionSpec {
    const KIND: &'static str = KIND;
    const OUTPUTS: Outputs = Outputs::Named(&["arn", "name"]);
    const METRICS: &'static [&'static str] = &metrics::KEYS;
    type Thing = Function;

    fn resolve(&self, id: ThingId, resolving: &mut Resolving<'_>) -> Function {
        let path = id.path();
        let settings = settings(&self.env, |name| path.key("env").key(name));
        environment::check_names(&settings, resolving);
        self.check_counts(&id, resolving);
        self.check_file_system(&id, resolving);
        // The longest timeout: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
        seconds(self.timeout, 1..=900, &path.key("timeout"), resolving);
        let none = Things::default();
        let schedules = self.on.as_ref().map_or(&none, |on| &on.schedule);
        let retention = self.logs.as_ref().and_then(|logs| logs.retention);
        Function {
            aws_name: aws_name_of(&id, resolving),
            code: Code::resolve(self, &id, resolving),
            memory: self.memory.map_or(512, Count::get),
            timeout: self.timeout(),
            architecture: self.architecture.unwrap_or(Architecture::Arm),
            disk: self.disk.map(Count::get),
            layers: self.layers.clone(),
            settings,
            uses: self.uses.clone().unwrap_or_default(),
            in_network: self.in_network(&id, resolving),
            triggers: self.on.as_ref().map_or_else(Vec::new, |on| triggers_of(on, &id)),
            schedules: schedule::resolve(&id, schedules, resolving),
            asynchronous: self.asynchronous(&id, resolving),
            concurrency: self.concurrency.map(Count::get),
            provisioned: self.provisioned.map(Count::get),
            tracing: self.tracing.unwrap_or(true),
            retention: retention.unwrap_or(Retention::default_of(resolving.head)),
            id,
        }
    }
}

impl FunctionSpec {
    fn check_counts(&self, id: &ThingId, resolving: &mut Resolving<'_>) {
        if self.layers.len() > MOST_LAYERS {
            let message = format!("{} layers; a function has {MOST_LAYERS}", self.layers.len());
            resolving.find(&finding::LIMIT, &id.path().key("layers"), message);
        }
        for (index, layer) in self.layers.iter().enumerate() {
            let region = layer.region();
            if region != resolving.head.region {
                let message = format!(
                    "the layer is in {region}, and the function in {}",
                    resolving.head.region
                );
                let help = "Lambda takes layers of its own region: publish it there as well";
                let place = id.path().key("layers").index(index);
                resolving.find_with(&finding::IMPOSSIBLE, &place, message, help);
            }
        }
        if let (Some(provisioned), Some(concurrency)) = (self.provisioned, self.concurrency)
            && provisioned.get() > concurrency.get()
        {
            let message = format!(
                "more calls than the {} that `concurrency` lets run at one time",
                concurrency.get()
            );
            resolving.find(&finding::IMPOSSIBLE, &id.path().key("provisioned"), message);
        }
    }

    /// Whether it stands in the network: where an edge leads to a port there, or where the spec says
    /// so. Outside nothing holds it back from the internet, so that an edge there says nothing.
    fn in_network(&self, id: &ThingId, resolving: &mut Resolving<'_>) -> bool {
        let way_in = self.uses.as_ref().and_then(|uses| way_into_network(uses, resolving.spec));
        let uses = id.path().key("uses");
        if let (Some((kind, name)), Some(false)) = (&way_in, self.network) {
            let message = format!("`uses.{kind}.{name}` puts the function into the network");
            let help = "leave `network` out, or the edge";
            resolving.find_with(&finding::CONFLICT, &id.path().key("network"), message, help);
        }
        let in_network = self.network.unwrap_or(way_in.is_some());
        let internet = self.uses.as_ref().is_some_and(|uses| uses.internet.is_some());
        if internet && !in_network {
            let message = "a function outside the network reaches the whole internet anyway";
            let help = "leave the edge out, or set `network = true`, so that nothing else leaves";
            resolving.find_with(&finding::CONFLICT, &uses.key("internet"), message, help);
        }
        in_network
    }

    fn asynchronous(&self, id: &ThingId, resolving: &mut Resolving<'_>) -> Asynchronous {
        let place = id.path().key("max_age");
        Asynchronous {
            expected: self.on.as_ref().is_some_and(FunctionOn::is_asynchronous),
            retries: self.retries.map(Count::get),
            // https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionEventInvokeConfig.html
            max_age: seconds(self.max_age, 60..=21_600, &place, resolving),
        }
    }
}

fn aws_name_of(id: &ThingId, resolving: &mut Resolving<'_>) -> String {
    let functions = resolving.spec.function.iter();
    let said = functions.map(|(name, spec): (&Name, &FunctionSpec)| {
        (name, spec.aws_name.as_ref().map(ToString::to_string))
    });
    aws_name::resolve(id, LONGEST_NAME, said, resolving)
}

/// An edge that needs a port in the network, if there is one.
fn way_into_network(uses: &Uses, spec: &Spec) -> Option<(&'static str, String)> {
    let databases = uses.database.iter().filter(|(_, verbs)| verbs.connect.is_some());
    let caches = uses.cache.iter().filter(|(_, verbs)| verbs.connect.is_some());
    let services = uses.service.iter().filter(|(_, verbs)| verbs.connect.is_some());
    let volumes = uses.volume.iter().filter(|(_, verbs)| verbs.mounts().next().is_some());
    let databases = databases.map(|(name, _)| ("database", name));
    let caches = caches.map(|(name, _)| ("cache", name));
    let services = services.map(|(name, _)| ("service", name));
    let has_place = |name: &Name| spec.external.get(name).is_some_and(ExternalSpec::has_place);
    let externals = uses.external.iter().filter(|(_, verbs)| verbs.connect.is_some());
    let externals = externals.filter(|(name, _)| has_place(&name.0));
    let externals = externals.map(|(name, _)| ("external", name));
    let volumes = volumes.map(|(name, _)| ("volume", name));
    let mut ways = databases.chain(caches).chain(services).chain(volumes).chain(externals);
    let (kind, name) = ways.next()?;
    Some((kind, name.0.to_string()))
}

fn triggers_of(on: &FunctionOn, id: &ThingId) -> Vec<Trigger> {
    let mut all = triggers(id, "bucket", &on.bucket, Feed::Bucket);
    all.extend(triggers(id, "event_bus", &on.event_bus, Feed::EventBus));
    all.extend(triggers(id, "queue", &on.queue, Feed::Queue));
    all.extend(triggers(id, "stream", &on.stream, Feed::Stream));
    all.extend(triggers(id, "table", &on.table, Feed::Table));
    all.extend(triggers(id, "topic", &on.topic, Feed::Topic));
    all
}

impl Function {
    /// The function itself. Callers name its alias instead: [`Self::alias`].
    pub fn handle(&self) -> Handle {
        Handle::new(MODULE, Address::managed("aws_lambda_function", &self.id.local(&[])))
    }

    /// The alias `live`, by which everything calls the function. Its values leave the module only
    /// once those who call it are let in.
    pub fn alias(&self) -> Handle {
        Handle::new(MODULE, Address::managed("aws_lambda_alias", &self.id.local(&[])))
    }

    /// How long a call may take.
    pub fn timeout(&self) -> Duration {
        self.timeout
    }

    /// What is called. A policy speaks either of a function or of its alias, and callers know the alias
    /// (<https://docs.aws.amazon.com/lambda/latest/dg/configuration-aliases.html>).
    fn called(&self) -> On {
        On::from(self.alias().get("arn"))
    }

    /// Whether Lambda reads records for it, of tables or streams.
    fn reads_records(&self) -> bool {
        self.triggers.iter().any(|trigger| trigger.feed.records().is_some())
    }

    /// Whether calls and records that fail for good are kept in a queue of its own.
    fn has_dead_letters(&self) -> bool {
        self.asynchronous.expected || self.reads_records()
    }
}

impl Target for Function {
    type Verbs = FunctionVerbs;

    /// The variable holds name and alias, which Lambda takes like the ARN
    /// (<https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html>): functions that call each
    /// other could not name each other's ARN before they are made.
    fn grant(&self, verbs: &FunctionVerbs, edge: &Edge<'_>) -> Grant {
        let mut grant = edge.grant_of(verbs, |_, _| self.called());
        if verbs.invoke.is_some() {
            let name = format!("{}:{ALIAS}", self.aws_name);
            grant.variables.push((edge.variable("FUNCTION"), Value::from(name)));
        }
        if verbs.url.is_some() {
            grant.variables.push((edge.variable("URL"), self.url().get("function_url")));
        }
        grant
    }
}

impl Thing for Function {
    fn id(&self) -> &ThingId {
        &self.id
    }

    fn output(&self, words: &[String], _consumer: &ThingId, _platform: &Platform) -> Output {
        Output::Plain(match words {
            [word] if word == "arn" => self.alias().get("arn"),
            _ => Value::from(self.aws_name.as_str()),
        })
    }

    fn uses(&self) -> Option<&Uses> {
        Some(&self.uses)
    }

    fn implied(&self, platform: &Platform) -> Vec<Grant> {
        vec![self.base(platform)]
    }

    fn triggers(&self) -> Vec<Trigger> {
        self.triggers.clone()
    }

    fn receiver(
        &self,
        platform: &Platform,
        _out: &mut Document,
        _module: &'static str,
    ) -> Option<Receiver> {
        let target = ReceiverTarget::Arn(self.alias().get("arn"));
        let rights =
            matrix::rights(self.id.kind, "start", &platform.head.region, |_| self.called());
        Some(Receiver { target, rights })
    }

    fn check(&self, platform: &Platform) -> Vec<Diagnostic> {
        let mut findings = self.check_environment(platform);
        findings.extend(self.check_readers());
        findings.extend(super::roles::check_size(&self.id, &[|grant| &grant.task], platform));
        findings
    }

    fn in_network(&self) -> bool {
        self.in_network
    }

    fn keeps_logs(&self) -> bool {
        true
    }

    /// Variables are encrypted under the data key.
    fn keeps_data(&self) -> bool {
        !self.settings.is_empty() || !self.uses.targets().is_empty()
    }

    /// What failed for good is encrypted under the messages key.
    fn keeps_messages(&self) -> bool {
        self.has_dead_letters()
    }

    fn log_group(&self) -> Option<Handle> {
        Some(task::roles::log_group(&self.id))
    }

    fn most(&self, metric: &str) -> Option<f64> {
        self.most_of(metric)
    }

    fn metrics(&self, _platform: &Platform) -> Vec<Metric> {
        self.all_metrics()
    }

    fn lower(&self, platform: &Platform, out: &mut Document) {
        self.lower_function(platform, out);
    }
}
