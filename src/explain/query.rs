//! What can be asked for.
use super::Subject;
use platgen_modules::connect::graph::{INTERNET, Node};
use platgen_modules::kind::ThingId;
use platgen_source::Node as Tree;
use platgen_source::diagnostics::{SpecPath, Step, nearest};
use platgen_terraform::ModuleAddress;
use std::fmt;

/// What is asked for.
#[derive(Clone, Debug, PartialEq)]
pub enum Query {
    /// `service.web -> database.main`
    Edge(Node, Node),
    /// `service.web`
    Thing(ThingId),
    /// `aws_ecs_service.web`, `module.compute.aws_ecs_service.web`
    Address(ModuleAddress),
    /// `dynamodb:GetItem`
    Action(String),
    /// `3306`
    Port(u16),
    /// `service.web.cpu`, or `platform.toml:38` with everything that stands there
    Line(Vec<SpecPath>),
    /// Every resource and every argument.
    Everything,
}

/// A query that names nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct QueryFault {
    /// What is wrong.
    pub message: String,
    /// What can be asked for instead.
    pub help: String,
}

/// The forms of a query, for those who asked for something else.
const FORMS: &str = "ask for an edge (\"service.web -> database.main\"), a thing (service.web), an address \
                     (aws_ecs_service.web), an IAM action (s3:GetObject), a port (3306), a key of the spec \
                     (service.web.cpu) or a line of it (platform.toml:12)";

impl Query {
    /// Understands a query.
    pub fn parse(text: &str, subject: Subject<'_>) -> Result<Self, QueryFault> {
        let text = text.trim();
        if let Some((from, to)) = text.split_once("->") {
            return Ok(Self::Edge(end(from, subject)?, end(to, subject)?));
        }
        if let Ok(port) = text.parse() {
            return Ok(Self::Port(port));
        }
        if let Some((before, after)) = text.rsplit_once(':') {
            return match after.parse() {
                Ok(line) => line_query(before, line, subject),
                Err(_) => Ok(Self::Action(text.to_owned())),
            };
        }
        let address = || addresses(text, subject).map(Self::Address);
        let path = || path(text, &subject.lowered.merged.tree).map(|path| Self::Line(vec![path]));
        let found = thing(subject, text).map(Self::Thing).or_else(address).or_else(path);
        found.ok_or_else(|| unknown(text, subject))
    }
}

/// The thing of this name.
pub(super) fn thing(subject: Subject<'_>, text: &str) -> Option<ThingId> {
    let (kind, name) = text.split_once('.')?;
    subject.lowered.platform.things.get(kind, name).map(|thing| thing.id().clone())
}

fn end(text: &str, subject: Subject<'_>) -> Result<Node, QueryFault> {
    let text = text.trim();
    if text == INTERNET {
        return Ok(Node::Internet);
    }
    thing(subject, text).map(Node::Thing).ok_or_else(|| unknown(text, subject))
}

fn unknown(text: &str, subject: Subject<'_>) -> QueryFault {
    let things = subject.lowered.platform.things.all();
    let names: Vec<String> = things.map(|thing| thing.id().to_string()).collect();
    let help = match nearest(text, names.iter().map(String::as_str)) {
        Some(found) => format!("did you mean `{found}`?"),
        None => FORMS.to_owned(),
    };
    let environment = subject.environment();
    let message = format!("environment {environment} has no `{}`", text.escape_debug());
    QueryFault { message, help }
}

/// The resource or data source of an address; one without its module is looked for in all.
fn addresses(text: &str, subject: Subject<'_>) -> Option<ModuleAddress> {
    let modules = subject.lowered.document.modules.iter();
    let all = modules.flat_map(|(module, content)| {
        let address = |address: &platgen_terraform::Address| ModuleAddress {
            module,
            address: address.clone(),
        };
        content.resources.keys().map(address)
    });
    let mut matching =
        all.filter(|found| found.to_string() == text || found.address.to_string() == text);
    matching.next()
}

/// A path that something stands at.
fn path(text: &str, tree: &Tree) -> Option<SpecPath> {
    let mut found = SpecPath::root();
    for key in text.split('.') {
        found = found.key(key.trim_matches('"'));
    }
    tree.get(&found).map(|_| found)
}

/// Everything that begins in a line, without what stands inside of it.
fn line_query(file: &str, line: usize, subject: Subject<'_>) -> Result<Query, QueryFault> {
    let missing = |message: String| QueryFault { message, help: FORMS.to_owned() };
    let span = subject.sources.span_of_line(file, line);
    let span = span.ok_or_else(|| missing(format!("the spec has no line {line} in `{file}`")))?;
    let mut paths = Vec::new();
    let begins = |node: &Tree| {
        let key = &node.origin.key;
        key.file == span.file && span.range().contains(&key.range().start)
    };
    collect(&subject.lowered.merged.tree, &mut SpecPath::root(), &begins, &mut paths);
    if paths.is_empty() {
        let environment = subject.environment();
        let message = format!("nothing of environment {environment} begins in {file}:{line}");
        return Err(missing(message));
    }
    Ok(Query::Line(paths))
}

fn collect(
    node: &Tree,
    path: &mut SpecPath,
    begins: &impl Fn(&Tree) -> bool,
    paths: &mut Vec<SpecPath>,
) {
    for (key, below) in node.table().into_iter().flatten() {
        path.push(Step::Key(key.clone()));
        if begins(below) {
            paths.push(path.clone());
        } else {
            collect(below, path, begins, paths);
        }
        path.pop();
    }
}

impl fmt::Display for Query {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Edge(from, to) => write!(out, "{from} -> {to}"),
            Self::Thing(id) => id.fmt(out),
            Self::Address(address) => address.fmt(out),
            Self::Action(action) => action.fmt(out),
            Self::Port(port) => write!(out, "port {port}"),
            Self::Line(paths) => {
                let paths: Vec<String> = paths.iter().map(ToString::to_string).collect();
                paths.join(", ").fmt(out)
            }
            Self::Everything => out.write_str("everything"),
        }
    }
}
