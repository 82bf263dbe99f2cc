//! The graph of a platform: who can call, read, write or feed whom.
//!
//! Its links come from the edges alone, so what it says is what the output allows.
use crate::connect::{Declared, Grant};
use crate::kind::{Thing, ThingId};
use crate::platform::Platform;
use platgen_source::diagnostics::SpecPath;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt;

/// The word for everybody outside.
pub const INTERNET: &str = "internet";

/// One end of a link.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Node {
    /// Everybody who is not of the platform.
    Internet,
    /// A thing of the platform.
    Thing(ThingId),
}

/// One way from one node to another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Link {
    /// Who acts.
    pub from: Node,
    /// On whom.
    pub to: Node,
    /// The line of the spec that makes it.
    pub cause: SpecPath,
    /// Where it comes from.
    pub origin: LinkOrigin,
}

/// Where a link comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LinkOrigin {
    /// An edge that the spec declares in `uses`.
    Declared,
    /// An edge that follows from what a thing is.
    Implied,
    /// A trigger: what comes out of the one starts the other.
    Feeds,
    /// A door to the internet, in or out.
    Open,
}

/// Every link of a platform, sorted.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    links: Vec<Link>,
}

impl Graph {
    /// The graph of a platform whose edges are derived.
    pub fn of(platform: &Platform) -> Self {
        let mut links: BTreeSet<Link> = BTreeSet::new();
        for thing in platform.things.all() {
            links.extend(doors(thing, platform));
        }
        for grant in platform.connections.all() {
            links.extend(link_between(grant));
            links.extend(link_out(grant));
        }
        for trigger in platform.connections.triggers() {
            links.insert(Link {
                from: Node::Thing(trigger.source.clone()),
                to: Node::Thing(trigger.receiver.clone()),
                cause: trigger.cause.clone(),
                origin: LinkOrigin::Feeds,
            });
        }
        Self { links: links.into_iter().collect() }
    }

    /// Every link.
    pub fn links(&self) -> &[Link] {
        &self.links
    }

    /// The links that begin at a node.
    pub fn from<'a>(&'a self, node: &'a Node) -> impl Iterator<Item = &'a Link> {
        self.links.iter().filter(move |link| link.from == *node)
    }

    /// A shortest way from one node to another; none if there is none. Of several the first in
    /// order. A way has at least one link, so a node reaches itself only through others.
    pub fn way(&self, from: &Node, to: &Node) -> Option<Vec<&Link>> {
        let mut reached: BTreeMap<&Node, &Link> = BTreeMap::new();
        let mut waiting = VecDeque::from([from]);
        while let Some(node) = waiting.pop_front() {
            for link in self.links.iter().filter(|link| link.from == *node) {
                if link.to == *to {
                    return Some(way_back(&reached, from, link));
                }
                if link.to != *from && !reached.contains_key(&link.to) {
                    reached.insert(&link.to, link);
                    waiting.push_back(&link.to);
                }
            }
        }
        None
    }
}

/// The way that ends in a link, from its beginning.
fn way_back<'g>(reached: &BTreeMap<&Node, &'g Link>, from: &Node, last: &'g Link) -> Vec<&'g Link> {
    let mut way = vec![last];
    let mut node = &last.from;
    while node != from {
        let Some(link) = reached.get(node) else { break };
        way.push(link);
        node = &link.from;
    }
    way.reverse();
    way
}

/// The doors by which the internet comes to a thing.
fn doors(thing: &dyn Thing, platform: &Platform) -> Vec<Link> {
    let link = |cause| Link {
        from: Node::Internet,
        to: Node::Thing(thing.id().clone()),
        cause,
        origin: LinkOrigin::Open,
    };
    thing.doors(platform).into_iter().map(link).collect()
}

fn link_between(grant: &Grant) -> Option<Link> {
    let target = grant.target.clone().filter(|target| *target != grant.consumer)?;
    let origin = match grant.declared {
        Declared::InUses => LinkOrigin::Declared,
        Declared::Implied => LinkOrigin::Implied,
    };
    Some(Link {
        from: Node::Thing(grant.consumer.clone()),
        to: Node::Thing(target),
        cause: grant.cause.clone(),
        origin,
    })
}

fn link_out(grant: &Grant) -> Option<Link> {
    let leaves = grant.reach.iter().any(|reach| reach.is_public());
    leaves.then(|| Link {
        from: Node::Thing(grant.consumer.clone()),
        to: Node::Internet,
        cause: grant.cause.clone(),
        origin: LinkOrigin::Open,
    })
}

impl Node {
    /// The thing, if it is one.
    pub fn thing(&self) -> Option<&ThingId> {
        match self {
            Self::Internet => None,
            Self::Thing(id) => Some(id),
        }
    }
}

impl LinkOrigin {
    /// As it is told.
    pub fn word(self) -> &'static str {
        match self {
            Self::Declared => "declared",
            Self::Implied => "implied",
            Self::Feeds => "feeds",
            Self::Open => "open",
        }
    }
}

impl fmt::Display for Node {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Internet => out.write_str(INTERNET),
            Self::Thing(id) => id.fmt(out),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::platform;
    use pretty_assertions::assert_eq;

    const SHOP: &str = r#"
[service.web]
image = "nginx"
port = 8080
route.main = "/"
uses.database.main = "connect"
uses.service.mail = "connect"
uses.internet = "https"
[service.mail]
image = "mail"
port = 25
uses.table.sent = "write"
[database.main]
engine = "aurora-mysql"
[table.sent]
partition_key = "id"
"#;

    fn node(text: &str, platform: &Platform) -> Node {
        let thing = text.split_once('.').and_then(|(kind, name)| platform.things.get(kind, name));
        thing.map_or(Node::Internet, |thing| Node::Thing(thing.id().clone()))
    }

    #[test]
    fn ways_go_along_the_edges() {
        let platform = platform("dev", SHOP);
        let graph = Graph::of(&platform);
        for (from, to, expected) in [
            ("service.web", "database.main", Some("service.web database.main")),
            ("database.main", "service.web", None),
            (
                "internet",
                "table.sent",
                Some("internet load_balancer.public service.web service.mail table.sent"),
            ),
            ("service.web", "internet", Some("service.web internet")),
            (
                "service.web",
                "service.web",
                Some("service.web internet load_balancer.public service.web"),
            ),
            ("table.sent", "internet", None),
        ] {
            let way = graph.way(&node(from, &platform), &node(to, &platform));
            let words = way.map(|way| {
                let ends = way.iter().map(|link| link.to.to_string());
                std::iter::once(way[0].from.to_string()).chain(ends).collect::<Vec<_>>().join(" ")
            });
            assert_eq!(words.as_deref(), expected, "{from} to {to}");
        }
    }

    /// Functions may call each other in a circle; whoever looks at ways comes to an end all the same.
    #[test]
    fn a_circle_of_calls_is_taken_and_seen() {
        let function = |name: &str, called: &str| {
            format!(
                "[function.{name}]\nruntime = \"nodejs22.x\"\nhandler = \"index.handler\"\n\
                 code = {{ bucket = \"code-of-others\", key = \"{name}.zip\" }}\n\
                 uses.function.{called} = \"invoke\"\n"
            )
        };
        let text = [function("one", "two"), function("two", "three"), function("three", "one")];
        let platform = platform("dev", &text.concat());
        let graph = Graph::of(&platform);
        for (from, to, links) in [("one", "two", 1), ("two", "one", 2), ("one", "one", 3)] {
            let [from, to] = [from, to].map(|name| node(&format!("function.{name}"), &platform));
            assert_eq!(graph.way(&from, &to).map(|way| way.len()), Some(links), "{from} to {to}");
        }
    }
}
