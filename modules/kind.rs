//! What a kind is: the traits that every room of this package fills.
use crate::compute::task::Task;
use crate::connect::receiver::Receiver;
use crate::connect::trigger::Trigger;
use crate::connect::{Edge, Grant};
use crate::data::backup::Copied;
use crate::data::log_bucket::LogWriter;
use crate::files::Files;
use crate::kinds::{Spec, Uses};
use crate::names::identifier;
use crate::network::firewall::Shielded;
use crate::network::{self, OpenPort, Tier};
use crate::observability::metric::Metric;
use crate::platform::{Head, Platform};
use platgen_source::diagnostics::{Code, Diagnostic, SpecPath};
use platgen_source::{Mention, Name, Read};
use platgen_terraform::{Document, Handle, Value};
use std::fmt;

/// The identity of a declared thing: `service.web`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ThingId {
    /// The kind, as the spec writes it.
    pub kind: &'static str,
    /// The name.
    pub name: Name,
}

/// What a spec may say of one kind of thing.
pub trait Kind: Read {
    /// The section, `database`.
    const KIND: &'static str;
    /// What placeholders can name of such a thing.
    const OUTPUTS: Outputs;
    /// Names that exist without being declared, as soon as something speaks of them.
    const IMPLIED: &'static [&'static str] = &[];
    /// What alarms can name of such a thing: the keys of [`Thing::metrics`].
    const METRICS: &'static [&'static str] = &[];
    /// Whether an edge can begin at such a thing: it uses others, feeds or starts them, or stands
    /// before them.
    const ACTS: bool = true;
    /// Whether an edge can lead to such a thing, or the internet come to it.
    const IS_REACHED: bool = true;
    /// What it becomes: every default applied, every name decided.
    type Thing: Thing;

    /// Declares the things of [`Kind::IMPLIED`] that something speaks of.
    fn imply(_spec: &mut Spec, _mentions: &[Mention]) {}

    /// Decides what the spec leaves open, and finds what is wrong beyond the types.
    fn resolve(&self, id: ThingId, resolving: &mut Resolving<'_>) -> Self::Thing;
}

/// A declared thing with every detail decided.
pub trait Thing {
    /// Which thing.
    fn id(&self) -> &ThingId;

    /// What a placeholder of a consumer gives: the words after the name. Only asked for words in
    /// [`Kind::OUTPUTS`]. One thing can be found at different places by different consumers.
    fn output(&self, words: &[String], consumer: &ThingId, platform: &Platform) -> Output;

    /// The containers that run, if it runs any.
    fn task(&self) -> Option<&Task> {
        None
    }

    /// The edges it declares.
    fn uses(&self) -> Option<&Uses> {
        self.task().map(|task| &task.uses)
    }

    /// The edges that follow from what it is, without being declared.
    fn implied(&self, _platform: &Platform) -> Vec<Grant> {
        Vec::new()
    }

    /// What starts or feeds it: its `on`, without the schedules.
    fn triggers(&self) -> Vec<Trigger> {
        Vec::new()
    }

    /// What a trigger that names this thing as its source gives: the receiver the rights to read
    /// from it, or this thing a way to call the receiver.
    fn feeds(&self, _trigger: &Trigger, _platform: &Platform) -> Vec<Grant> {
        Vec::new()
    }

    /// How a schedule, an event or a workflow starts it, if they can. The rights are written for a
    /// policy in `module`.
    fn receiver(
        &self,
        _platform: &Platform,
        _out: &mut Document,
        _module: &'static str,
    ) -> Option<Receiver> {
        None
    }

    /// What is wrong with it that only shows once every thing and every edge is decided.
    fn check(&self, _platform: &Platform) -> Vec<Diagnostic> {
        Vec::new()
    }

    /// Whether it stands in the VPC. The network room makes a security group for it then, and
    /// derives its rules from the edges.
    fn in_network(&self) -> bool {
        false
    }

    /// The tier of the VPC that it stands in, if it does.
    fn tier(&self) -> Option<Tier> {
        self.in_network().then_some(Tier::Private)
    }

    /// The id of the security group that rules of others name: its own, if it stands in the VPC. A
    /// thing that platgen did not make gives the group that it has.
    fn security_group(&self) -> Option<Value> {
        self.in_network().then(|| network::security_group(self.id()).get("id"))
    }

    /// What stands before it in the network, if callers do not reach it themselves: the word of the
    /// spec that asks for it, `proxy`. It has a security group of its own, which is all that callers
    /// reach; an edge from the thing to itself is the way from there to the thing.
    fn front(&self) -> Option<&'static str> {
        None
    }

    /// Its ports that addresses reach, where no other thing of the platform is the caller.
    fn open_ports(&self, _platform: &Platform) -> Vec<OpenPort> {
        Vec::new()
    }

    /// The lines of the spec by which everybody on the internet gets to it.
    fn doors(&self, platform: &Platform) -> Vec<SpecPath> {
        let open = self.open_ports(platform).into_iter().filter(OpenPort::is_public);
        open.map(|port| port.cause).collect()
    }

    /// The record at Route 53 that gives a host its address, if this thing makes it.
    fn address_record(&self, _host: &str, _platform: &Platform) -> Option<Handle> {
        None
    }

    /// Whether it keeps log groups, which the logs key encrypts.
    fn keeps_logs(&self) -> bool {
        self.in_network()
    }

    /// Whether the log deliveries of `CloudWatch` write its logs, and so use the logs key.
    fn delivers_logs(&self) -> bool {
        false
    }

    /// Whether it keeps data, which the data key encrypts.
    fn keeps_data(&self) -> bool {
        false
    }

    /// Whether it keeps messages, which the messages key encrypts.
    fn keeps_messages(&self) -> bool {
        false
    }

    /// The log group of its code, or of what it does.
    fn log_group(&self) -> Option<Handle> {
        None
    }

    /// Its log groups, where it has several, by the words that name them behind its name: `error` in
    /// `database.main.error`.
    fn log_groups(&self) -> Vec<(&'static str, Handle)> {
        Vec::new()
    }

    /// What can be measured of it, and from which value on somebody must look.
    fn metrics(&self, _platform: &Platform) -> Vec<Metric> {
        Vec::new()
    }

    /// The most that a metric of it can be, where that is known.
    fn most(&self, _metric: &str) -> Option<f64> {
        None
    }

    /// What AWS Backup copies, if it keeps what cannot be made again.
    fn backed_up(&self) -> Option<Copied> {
        None
    }

    /// The firewall before it, if it has one.
    fn shielded(&self) -> Option<Shielded> {
        None
    }

    /// As what it writes its requests into the platform's log bucket, if it does.
    fn request_logs(&self) -> Option<LogWriter> {
        None
    }

    /// What it becomes in Terraform.
    fn lower(&self, platform: &Platform, out: &mut Document);
}

/// A thing that others can use.
pub trait Target: Thing {
    /// The type of the edge to it.
    type Verbs;

    /// Everything that an edge with these verbs gives its consumer.
    fn grant(&self, verbs: &Self::Verbs, edge: &Edge<'_>) -> Grant;

    /// Those of the verbs that things of this kind have and this one has not.
    fn refused(&self, _verbs: &Self::Verbs) -> Vec<Refusal> {
        Vec::new()
    }
}

/// A verb that a thing of the right kind cannot give.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The verb.
    pub verb: &'static str,
    /// Why not.
    pub reason: String,
    /// What would mend it.
    pub remedy: String,
}

/// The words that placeholders can name of a kind.
#[derive(Clone, Copy, Debug)]
pub enum Outputs {
    /// Exactly one of these.
    Named(&'static [&'static str]),
    /// Exactly one of these, or one of a part that has a name: `client.web.id`.
    WithParts(PartOutputs),
    /// Nothing, for the whole, or one key of the JSON inside.
    JsonKey,
}

/// The words of a kind whose things have named parts that can be spoken of.
#[derive(Clone, Copy, Debug)]
pub struct PartOutputs {
    /// The words of the thing itself.
    pub own: &'static [&'static str],
    /// The key that the parts stand at: `client`.
    pub part: &'static str,
    /// The words of each part.
    pub of_part: &'static [&'static str],
}

/// What a placeholder gives.
#[derive(Clone, Debug, PartialEq)]
pub enum Output {
    /// A value that may be seen.
    Plain(Value),
    /// Where the value of a secret stands, as ECS takes it in `valueFrom`
    /// (<https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html>).
    Secret(Value),
}

/// What resolving a thing can see, and where it leaves its findings.
pub struct Resolving<'a> {
    /// The platform and its environment.
    pub head: &'a Head,
    /// What the spec says of everything.
    pub spec: &'a Spec,
    /// The files beside the spec.
    pub files: &'a dyn Files,
    /// What was found.
    pub findings: Vec<Diagnostic>,
}

impl ThingId {
    /// The thing of a kind and a name.
    pub fn new(kind: &'static str, name: &Name) -> Self {
        Self { kind, name: name.clone() }
    }

    /// Where the spec declares it.
    pub fn path(&self) -> SpecPath {
        SpecPath::of([self.kind, self.name.as_str()])
    }

    /// The file of its resources, without ending: `service.web`.
    pub fn file(&self) -> String {
        self.to_string()
    }

    /// Its Terraform identifier where things of several kinds stand together: `service__web`.
    pub fn identifier(&self) -> String {
        self.part(&[])
    }

    /// [`Self::identifier`] with more parts behind: `service__web__task`.
    pub fn part(&self, parts: &[&str]) -> String {
        identifier(&[&[self.kind, self.name.as_str()], parts].concat())
    }

    /// Its Terraform identifier among things of its kind, with more parts behind: `web__main`.
    pub fn local(&self, parts: &[&str]) -> String {
        identifier(&[&[self.name.as_str()], parts].concat())
    }
}

impl fmt::Display for ThingId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}.{}", self.kind, self.name)
    }
}

impl Resolving<'_> {
    /// Notes a finding about the value at a path.
    pub fn find(&mut self, code: &'static Code, path: &SpecPath, message: impl Into<String>) {
        self.findings.push(Diagnostic::at(code, path, message));
    }

    /// Notes a finding and its remedy.
    pub fn find_with(
        &mut self,
        code: &'static Code,
        path: &SpecPath,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.findings.push(Diagnostic::at(code, path, message).help(help));
    }
}
