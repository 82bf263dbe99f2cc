//! `[never]`: what must not be, whoever adds an edge later.
//!
//! `a -> b` forbids one hop, `a => b` any way. The rules look at the derived graph: edges in `uses`,
//! those that follow from what things are, triggers, and the doors to the internet.
use crate::connect::graph::{Graph, INTERNET, Link, Node};
use crate::kind::{Thing, ThingId};
use crate::kinds::{KINDS, acts, is_reached};
use crate::platform::Platform;
use platgen_source::diagnostics::{Diagnostic, SpecPath, code, suggestion};
use platgen_source::{Name, Node as Tree, OneOrMore, Read, Reader, Schemas, json};
use std::collections::BTreeMap;

/// The section.
pub const SECTION: &str = "never";
/// The form of a rule, as JSON Schema takes it.
const FORM: &str = "^(internet|[a-z_]+\\.(\\*|[a-z][a-z0-9-]*)) *(->|=>) *(internet|[a-z_]+\\.(\\*|[a-z][a-z0-9-]*))$";

/// Lists of rules, by names that say what they protect.
pub type NeverSpec = BTreeMap<Name, OneOrMore<NeverRule>>;

/// One rule: `"internet -> database.main"`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NeverRule {
    from: Ends,
    to: Ends,
    hops: Hops,
}

/// How far a rule looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hops {
    /// `->`
    One,
    /// `=>`
    Any,
}

/// What stands at one end of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Ends {
    /// `internet`
    Internet,
    /// `table.orders`
    Thing(&'static str, Name),
    /// `table.*`
    Every(&'static str),
}

impl Read for NeverRule {
    fn read(node: &Tree, reader: &mut Reader) -> Option<Self> {
        let text = String::read(node, reader)?;
        let words: Vec<&str> = text.split_whitespace().collect();
        let [from, arrow @ ("->" | "=>"), to] = words.as_slice() else {
            let message = "a rule is two things and an arrow between them";
            let help = "write \"internet -> database.main\" for one hop, with => for any way";
            reader.fault_with(&code::MALFORMED, message, help.to_owned());
            return None;
        };
        let (from, to) = (Ends::read(from, reader), Ends::read(to, reader));
        let hops = if *arrow == "->" { Hops::One } else { Hops::Any };
        Some(Self { from: from?, to: to?, hops })
    }

    fn schema(_: &mut Schemas) -> json::Value {
        json::json!({ "type": "string", "pattern": FORM })
    }
}

impl Ends {
    fn read(text: &str, reader: &mut Reader) -> Option<Self> {
        if text == INTERNET {
            return Some(Self::Internet);
        }
        let Some((kind, name)) = text.split_once('.') else {
            let message = format!("`{}` is no thing", text.escape_debug());
            let help =
                "write internet, a thing such as database.main, or database.* for all of them";
            reader.fault_with(&code::MALFORMED, message, help.to_owned());
            return None;
        };
        let Some(kind) = KINDS.iter().find(|known| **known == kind) else {
            let message = format!("there is no kind `{}`", kind.escape_debug());
            let help = suggestion(kind, KINDS.iter().copied());
            reader.fault_with(&code::UNKNOWN_WORD, message, help);
            return None;
        };
        if name == "*" {
            return Some(Self::Every(kind));
        }
        let Some(parsed) = Name::new(name) else {
            let message = format!("`{}` is no name", name.escape_debug());
            reader.fault(&code::BAD_NAME, message);
            return None;
        };
        reader.mention(kind, name, &[]);
        Some(Self::Thing(kind, parsed))
    }

    /// The nodes that it speaks of.
    fn nodes(&self, platform: &Platform) -> Vec<Node> {
        match self {
            Self::Internet => vec![Node::Internet],
            Self::Thing(kind, name) => vec![Node::Thing(ThingId::new(kind, name))],
            Self::Every(kind) => {
                let ids = platform.things.all().map(Thing::id);
                ids.filter(|id| id.kind == *kind).cloned().map(Node::Thing).collect()
            }
        }
    }

    /// Whether no link of any platform begins here.
    fn never_acts(&self) -> bool {
        match self {
            Self::Internet => false,
            Self::Thing(kind, _) | Self::Every(kind) => !acts(kind),
        }
    }

    /// Whether no link of any platform ends here.
    fn is_never_reached(&self) -> bool {
        match self {
            Self::Internet => false,
            Self::Thing(kind, _) | Self::Every(kind) => !is_reached(kind),
        }
    }

    fn word(&self) -> String {
        match self {
            Self::Internet => INTERNET.to_owned(),
            Self::Thing(kind, name) => format!("{kind}.{name}"),
            Self::Every(kind) => format!("{kind}.*"),
        }
    }
}

/// Finds the rules that the platform breaks, and those that no platform could break.
pub fn check(spec: &NeverSpec, platform: &Platform) -> Vec<Diagnostic> {
    let graph = Graph::of(platform);
    let mut findings = Vec::new();
    for (name, rules) in spec {
        for (place, rule) in rules.0.iter().enumerate() {
            let path = SpecPath::of([SECTION, name.as_str()]).index(place);
            match rule.idle_because() {
                Some(reason) => findings.push(
                    Diagnostic::at(
                        &code::IDLE_RULE,
                        &path,
                        format!("the rule guards nothing: {reason}"),
                    )
                    .help("remove it, or name what it was meant for"),
                ),
                None => findings.extend(rule.violations(&graph, platform, &path)),
            }
        }
    }
    findings
}

impl NeverRule {
    /// Why no edge could ever break the rule.
    fn idle_because(&self) -> Option<String> {
        let (from, to) = (&self.from, &self.to);
        if from.never_acts() {
            return Some(format!("no edge begins at `{}`", from.word()));
        }
        if to.is_never_reached() {
            return Some(format!("no edge leads to `{}`", to.word()));
        }
        if from == to && *from == Ends::Internet {
            return Some("both ends are the internet".to_owned());
        }
        if from == to && matches!(from, Ends::Thing(..)) && self.hops == Hops::One {
            return Some(format!("`{}` has no edge to itself, only a way (=>)", from.word()));
        }
        None
    }

    fn violations(&self, graph: &Graph, platform: &Platform, path: &SpecPath) -> Vec<Diagnostic> {
        let mut findings = Vec::new();
        for from in self.from.nodes(platform) {
            for to in self.to.nodes(platform) {
                if let Some(way) = self.way(graph, &from, &to) {
                    findings.push(violation(path, &from, &to, &way));
                }
            }
        }
        findings
    }

    fn way<'g>(&self, graph: &'g Graph, from: &'g Node, to: &Node) -> Option<Vec<&'g Link>> {
        match self.hops {
            Hops::Any => graph.way(from, to),
            Hops::One => graph.from(from).find(|link| link.to == *to).map(|link| vec![link]),
        }
    }
}

/// Names the whole way, and the lines that make it.
fn violation(path: &SpecPath, from: &Node, to: &Node, way: &[&Link]) -> Diagnostic {
    let hops: Vec<String> = way.iter().map(|link| link.to.to_string()).collect();
    let mut lines: Vec<String> = way.iter().map(|link| link.cause.to_string()).collect();
    // One line can make several hops.
    lines.dedup();
    let message =
        format!("`{from}` gets to `{to}`, which must never be: {from} -> {}", hops.join(" -> "));
    let help = format!("one of these lines has to go: {}", lines.join(", "));
    Diagnostic::at(&code::FORBIDDEN_WAY, path, message).help(help)
}

#[cfg(test)]
mod tests {
    use crate::testing::findings_in;
    use pretty_assertions::assert_eq;

    const SHOP: &str = r#"
[service.web]
image = "nginx"
port = 8080
route.main = "/"
uses.service.mail = "connect"
[service.mail]
image = "mail"
port = 25
uses.table.sent = "write"
[database.main]
engine = "aurora-mysql"
[table.sent]
partition_key = "id"
[table.staged]
partition_key = "id"
only_in = ["prod"]
[firewall.public]
[cache.sessions]
"#;

    /// Holds each rule, as the only one, against what is found of it.
    fn check(rules: &[(&str, Option<(&str, &str)>)]) {
        for (rule, expected) in rules {
            let found = findings_in("dev", &format!("{SHOP}[never]\nown = '{rule}'"));
            let found: Vec<(&str, &str)> = found
                .iter()
                .filter(|(_, path, _)| path.starts_with("never"))
                .map(|(code, _, message)| (*code, message.as_str()))
                .collect();
            assert_eq!(found, Vec::from_iter(*expected), "{rule}");
        }
    }

    #[test]
    fn rules_are_held_against_the_graph() {
        check(&[
            ("internet -> database.main", None),
            ("internet => database.main", None),
            ("service.web -> table.sent", None),
            ("internet -> table.*", None),
            ("service.web -> table.staged", None),
            (
                "service.web => table.sent",
                Some((
                    "PG0208",
                    "`service.web` gets to `table.sent`, which must never be: service.web -> service.mail -> table.sent",
                )),
            ),
            (
                "internet => table.*",
                Some((
                    "PG0208",
                    "`internet` gets to `table.sent`, which must never be: internet -> load_balancer.public -> service.web -> service.mail -> table.sent",
                )),
            ),
            (
                "cache.sessions -> internet",
                Some(("PG0504", "the rule guards nothing: no edge begins at `cache.sessions`")),
            ),
            (
                "service.web -> firewall.public",
                Some(("PG0504", "the rule guards nothing: no edge leads to `firewall.public`")),
            ),
            (
                "internet => internet",
                Some(("PG0504", "the rule guards nothing: both ends are the internet")),
            ),
            (
                "service.web -> service.web",
                Some((
                    "PG0504",
                    "the rule guards nothing: `service.web` has no edge to itself, only a way (=>)",
                )),
            ),
            (
                "service.web => service.web",
                Some((
                    "PG0208",
                    "`service.web` gets to `service.web`, which must never be: service.web -> internet -> load_balancer.public -> service.web",
                )),
            ),
        ]);
    }

    #[test]
    fn rules_that_are_none_say_why() {
        check(&[
            (
                "internet->service.web",
                Some(("PG0106", "a rule is two things and an arrow between them")),
            ),
            ("web -> table.sent", Some(("PG0106", "`web` is no thing"))),
            ("*.web -> table.sent", Some(("PG0105", "there is no kind `*`"))),
            ("service.we* -> table.sent", Some(("PG0107", "`we*` is no name"))),
            (
                "service.web -> -> table.sent",
                Some(("PG0106", "a rule is two things and an arrow between them")),
            ),
            ("services.web -> table.sent", Some(("PG0105", "there is no kind `services`"))),
            ("service.Web -> table.sent", Some(("PG0107", "`Web` is no name"))),
            ("service.wep -> table.sent", Some(("PG0201", "the spec declares no `service.wep`"))),
        ]);
    }
}
