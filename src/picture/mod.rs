//! A picture of a platform: its things grouped by module, and every edge between them.
//!
//! [`Picture::of`] decides what is to be seen; `mermaid`, `dot` and `svg` draw it.
mod dot;
mod layout;
mod mermaid;
mod svg;

pub use dot::dot;
pub use mermaid::mermaid;
pub use svg::svg;

use crate::pipeline::Lowered;
use platgen_modules::connect::graph::{Graph, Link, LinkOrigin, Node as End};
use platgen_modules::kinds::module_of;
use platgen_source::Node;
use std::collections::{BTreeMap, BTreeSet};

/// What there is to be seen of a platform.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// Platform and environment.
    pub title: String,
    /// The modules that have things, in the order in which data flows through them.
    pub groups: Vec<Group>,
    /// The edges, sorted.
    pub arrows: Vec<Arrow>,
}

/// A module and its things.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// The module.
    pub module: String,
    /// The things, sorted.
    pub boxes: Vec<Tile>,
}

/// A thing.
#[derive(Clone, Debug, PartialEq)]
pub struct Tile {
    /// An identifier that drawings can use: `service__web`.
    pub id: String,
    /// `service.web`
    pub name: String,
    /// The tier of the network that it stands in.
    pub tier: Option<&'static str>,
}

/// An edge, or several between the same two ends.
#[derive(Clone, Debug, PartialEq)]
pub struct Arrow {
    /// The identifier of its beginning.
    pub from: String,
    /// The identifier of its end.
    pub to: String,
    /// What it allows.
    pub label: String,
    /// Whether the spec declares it, rather than that it follows from what things are.
    pub declared: bool,
}

/// The identifier of the internet. No thing has it: those have a kind before their name.
pub const INTERNET: &str = "internet";

/// The modules in the order in which requests and data go through them. One that is not among them
/// comes last.
const ORDER: [&str; 6] = ["network", "auth", "compute", "messaging", "data", "observability"];

impl Picture {
    /// The picture of an environment.
    pub fn of(lowered: &Lowered) -> Self {
        let platform = &lowered.platform;
        let arrows = arrows(&Graph::of(platform), lowered);
        let mut groups: BTreeMap<(usize, &str), Vec<Tile>> = BTreeMap::new();
        for thing in platform.things.all() {
            let id = thing.id();
            let module = module_of(id.kind).unwrap_or_default();
            let place = ORDER.iter().position(|known| *known == module).unwrap_or(ORDER.len());
            let tile = Tile {
                id: id.identifier(),
                name: id.to_string(),
                tier: thing.tier().map(platgen_modules::network::Tier::word),
            };
            groups.entry((place, module)).or_default().push(tile);
        }
        let group =
            |((_, module), boxes): ((usize, &str), _)| Group { module: module.to_owned(), boxes };
        Self {
            title: format!("{}, {}", platform.head.platform, platform.head.environment),
            groups: groups.into_iter().map(group).collect(),
            arrows,
        }
    }

    /// Whether anything is reached from the internet.
    fn comes_in(&self) -> bool {
        self.arrows.iter().any(|arrow| arrow.from == INTERNET)
    }

    /// Whether anything goes to the internet.
    fn goes_out(&self) -> bool {
        self.arrows.iter().any(|arrow| arrow.to == INTERNET)
    }
}

/// One arrow for all links between the same two ends.
fn arrows(graph: &Graph, lowered: &Lowered) -> Vec<Arrow> {
    let mut joined: BTreeMap<(String, String), (BTreeSet<String>, bool)> = BTreeMap::new();
    for link in graph.links() {
        let (labels, declared) = joined.entry((id(&link.from), id(&link.to))).or_default();
        labels.extend(words(link, lowered));
        *declared |= is_declared(link);
    }
    let arrow = |((from, to), (labels, declared)): ((String, String), (BTreeSet<String>, bool))| {
        let labels: Vec<String> = labels.into_iter().collect();
        Arrow { from, to, label: labels.join(", "), declared }
    };
    joined.into_iter().map(arrow).collect()
}

fn id(node: &End) -> String {
    node.thing().map_or_else(|| INTERNET.to_owned(), platgen_modules::kind::ThingId::identifier)
}

fn is_declared(link: &Link) -> bool {
    match link.origin {
        LinkOrigin::Declared | LinkOrigin::Feeds => true,
        LinkOrigin::Implied => false,
        LinkOrigin::Open => link.from != End::Internet,
    }
}

/// The verbs that the spec says of an edge, or what kind of link it is.
fn words(link: &Link, lowered: &Lowered) -> Vec<String> {
    let verbs = lowered.said(&link.cause).and_then(Node::table);
    match (link.origin, verbs) {
        (LinkOrigin::Declared, Some(verbs)) => {
            verbs.keys().filter(|verb| *verb != "as").cloned().collect()
        }
        (LinkOrigin::Open, Some(verbs)) if link.to == End::Internet => {
            verbs.keys().cloned().collect()
        }
        (LinkOrigin::Feeds, _) => vec!["feeds".to_owned()],
        _ => Vec::new(),
    }
}
