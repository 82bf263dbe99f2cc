//! The form of an answer, for people and for programs.
use serde::Serialize;

/// What belongs to the subject of a query, in one environment.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Answer {
    /// The environment.
    pub environment: String,
    /// What was asked for.
    pub subject: String,
    /// The lines of the spec that declare it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub because: Vec<Because>,
    /// The edges that belong to it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub edges: Vec<EdgeAnswer>,
    /// The resources that belong to it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub resources: Vec<ResourceAnswer>,
}

/// Every thing of an environment, and every edge with what it gives.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Whole {
    /// The platform.
    pub platform: String,
    /// The environment.
    pub environment: String,
    /// The things, kind by kind.
    pub things: Vec<ThingAnswer>,
    /// The edges: those that the spec declares or that things imply, then triggers and doors.
    pub edges: Vec<EdgeAnswer>,
}

/// A thing, and where it stands.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ThingAnswer {
    /// `service.web`
    pub name: String,
    /// The module that it is emitted into.
    pub module: &'static str,
    /// The tier of the network that it stands in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tier: Option<&'static str>,
    /// Its security group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub security_group: Option<String>,
    /// The security group of what stands before it, which is all that others reach.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub front: Option<String>,
}

/// A line of the spec.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Because {
    /// The path, `service.web.uses.database.main`.
    pub path: String,
    /// The file that it stands in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The line, counted from one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// What stands there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// An edge and everything that it gives.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EdgeAnswer {
    /// Who gets it.
    pub from: String,
    /// Whose it is.
    pub to: String,
    /// `declared`, `implied`, `feeds` or `open`.
    pub origin: &'static str,
    /// The line that makes it.
    pub because: Because,
    /// What the spec says there, in its long form: the verbs, and what narrows each.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub said: Option<serde_json::Value>,
    /// Ports of the target that it opens.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ports: Vec<String>,
    /// AWS APIs and addresses that it leads to.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reach: Vec<String>,
    /// What IAM allows.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rights: Vec<RightAnswer>,
    /// The AWS service that calls the target in the consumer's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sender: Option<String>,
    /// Variables of the consumer.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub variables: Vec<String>,
    /// Variables of the consumer that hold secrets.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub secrets: Vec<String>,
    /// What stands in the output for this line alone, or for it among others.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub resources: Vec<String>,
}

/// A statement of IAM.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RightAnswer {
    /// `task`: the code that runs; `execution`: what starts it.
    pub role: &'static str,
    /// The actions.
    pub actions: Vec<String>,
    /// On what.
    pub resources: Vec<String>,
    /// When.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<String>,
}

/// A resource, and the lines that it comes from.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ResourceAnswer {
    /// `module.compute.aws_ecs_service.web`.
    pub address: String,
    /// The file that it stands in.
    pub file: String,
    /// What the line in question does to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change: Option<&'static str>,
    /// The lines that made it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub because: Vec<Because>,
    /// Its arguments.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub arguments: Vec<ArgumentAnswer>,
}

/// An argument, and the lines that its value comes from.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ArgumentAnswer {
    /// The name.
    pub name: String,
    /// The value, with whole addresses.
    pub value: String,
    /// The lines; none where it is a default.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub because: Vec<Because>,
}

impl Answer {
    /// An answer that says nothing yet.
    pub fn new(environment: &str, subject: String) -> Self {
        Self {
            environment: environment.to_owned(),
            subject,
            because: Vec::new(),
            edges: Vec::new(),
            resources: Vec::new(),
        }
    }

    /// Whether nothing belongs to the subject.
    pub fn is_empty(&self) -> bool {
        self.because.is_empty() && self.edges.is_empty() && self.resources.is_empty()
    }
}
