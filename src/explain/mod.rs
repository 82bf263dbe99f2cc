//! What a line of the spec causes, and which line caused a resource, a right or a rule.
//!
//! A [`Query`] names an edge, a thing, an address, an IAM action, a port or a line of the spec; an
//! [`Answer`] says what belongs to it, each part with the lines that it comes from. Edges and rights
//! come from the derived connections, arguments from `platgen_modules::what_if`.
mod across;
pub mod answer;
mod edges;
mod page;
mod query;
mod resources;
pub mod who;

pub use across::{Joined, Told, ask};
pub use answer::Answer;
pub use query::{Query, QueryFault};

use crate::pipeline::Lowered;
use crate::spec::Folder;
use answer::{Because, ResourceAnswer, ThingAnswer, Whole};
use platgen_modules::connect::Grant;
use platgen_modules::kind::{Thing, ThingId};
use platgen_modules::kinds::{KINDS, module_of};
use platgen_modules::network::{self, Tier};
use platgen_modules::what_if;
use platgen_source::diagnostics::{Place, Sources, SpecPath, Step};

/// What answers are made from: one environment, and the text that it was read from.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// The environment.
    pub lowered: &'a Lowered,
    /// The text of the spec.
    pub sources: &'a Sources,
    /// The files beside the spec.
    pub files: &'a Folder,
}

/// Answers a query about one environment.
pub fn explain(subject: Subject<'_>, query: &Query) -> Answer {
    let mut answer = Answer::new(vec![subject.environment().to_owned()], query.to_string());
    match query {
        Query::Edge(from, to) => answer.edges = edges::between(subject, from, to),
        Query::Action(action) => answer.edges = edges::with_action(subject, action),
        Query::Port(port) => answer.edges = edges::with_port(subject, *port),
        Query::Thing(id) => about_thing(subject, id, &mut answer),
        Query::Address(address) => {
            answer.resources = vec![resources::in_full(subject, address)];
        }
        Query::Everything => answer.resources = resources::all_in_full(subject),
        Query::Line(paths) => {
            for path in paths {
                about_path(subject, path, &mut answer);
            }
        }
    }
    answer
}

/// Everything about one environment.
pub fn whole(subject: Subject<'_>) -> Whole {
    let platform = &subject.lowered.platform;
    let thing = |thing: &dyn Thing| ThingAnswer {
        name: thing.id().to_string(),
        module: module_of(thing.id().kind).unwrap_or_default(),
        tier: thing.tier().map(Tier::word),
        security_group: thing.security_group().map(|group| group.to_string()),
        front: thing
            .front()
            .map(|word| network::front_group(thing.id(), word).get("id").to_string()),
    };
    Whole {
        platform: platform.head.platform.to_string(),
        environment: subject.environment().to_owned(),
        things: platform.things.all().map(thing).collect(),
        edges: edges::all(subject),
    }
}

/// A thing: where it is declared, every edge at either end of it, and what it becomes.
fn about_thing(subject: Subject<'_>, id: &ThingId, answer: &mut Answer) {
    answer.because.push(subject.because(&id.path()));
    let touches = |grant: &&Grant| grant.consumer == *id || grant.target.as_ref() == Some(id);
    answer.edges = edges::of_grants(subject, touches);
    answer.resources.extend(resources::caused_within(subject, &id.path()));
}

/// A line of the spec: the edges that it declares, and what is different without it.
fn about_path(subject: Subject<'_>, path: &SpecPath, answer: &mut Answer) {
    if let [Step::Key(kind), Step::Key(_)] = path.steps()
        && KINDS.contains(&kind.as_str())
        && let Some(id) = query::thing(subject, &path.to_string())
    {
        return about_thing(subject, &id, answer);
    }
    answer.because.push(subject.because(path));
    answer.edges.extend(edges::of_grants(subject, |grant| grant.cause.is_within(path)));
    let Lowered { merged, document, .. } = subject.lowered;
    match what_if::without(merged, path, subject.files, document) {
        Some(difference) => {
            answer.resources.extend(resources::of_difference(subject, &difference));
        }
        None => answer.resources.extend(resources::caused_within(subject, path)),
    }
}

impl Subject<'_> {
    /// The environment's name.
    fn environment(&self) -> &str {
        &self.lowered.merged.environment
    }

    /// A path of the spec, and where it stands in the text: the line itself, or of what was
    /// inherited from elsewhere the section that inherits it.
    pub fn because(&self, path: &SpecPath) -> Because {
        let merged = &self.lowered.merged;
        // What nobody wrote, such as an implied load balancer, stands nowhere.
        let section = path.steps().first();
        let is_written =
            matches!(section, Some(Step::Key(key)) if merged.tree.at(&[key]).is_some());
        let span = is_written.then(|| merged.locate(&Place::Key(path.clone()))).flatten();
        let line = span.and_then(|span| self.sources.line_of(&span));
        Because {
            path: path.to_string(),
            file: line.map(|line| line.file.to_owned()),
            line: line.map(|line| line.line),
            text: line.map(|line| without_comment(line.text).to_owned()),
        }
    }

    fn because_all<'p>(&self, paths: impl IntoIterator<Item = &'p SpecPath>) -> Vec<Because> {
        paths.into_iter().map(|path| self.because(path)).collect()
    }
}

/// A line of TOML without the comment behind it (<https://toml.io/en/v1.0.0#comment>).
fn without_comment(line: &str) -> &str {
    let mut quote = None;
    for (place, letter) in line.char_indices() {
        match (quote, letter) {
            (None, '#') => return line[..place].trim_end(),
            (None, '"' | '\'') => quote = Some(letter),
            (Some(open), _) if letter == open => quote = None,
            _ => {}
        }
    }
    line
}

/// The empty answer about a resource.
fn resource_answer(address: String, file: String) -> ResourceAnswer {
    ResourceAnswer { address, file, change: None, because: Vec::new(), arguments: Vec::new() }
}
