//! Checks what a spec says of its own things: targets exist, outputs exist, edges are there.
//!
//! It works on the tree, not on the types, so that a fault elsewhere hides none of these.
use crate::kind::{Outputs, PartOutputs};
use crate::kinds::{TARGETS, is_implied, metrics, outputs};
use crate::never::SECTION as NEVER;
use crate::observability::reference::OWN;
use crate::text::PLATFORM;
use platgen_source::diagnostics::{Diagnostic, SpecPath, Step, code, nearest, suggestion};
use platgen_source::{Mention, Merged, Node, Value};

/// The section that speaks of metrics.
const OBSERVABILITY: &str = "observability";

/// Finds what is wrong with the mentions of an environment.
pub fn check(merged: &Merged, mentions: &[Mention]) -> Vec<Diagnostic> {
    mentions.iter().filter_map(|mention| fault(merged, mention)).collect()
}

fn fault(merged: &Merged, mention: &Mention) -> Option<Diagnostic> {
    let tree = &merged.tree;
    if is_elsewhere(merged, mention) {
        return only_elsewhere(mention);
    }
    if mention.kind == PLATFORM {
        return unset_platform_key(tree, mention);
    }
    unknown_target(tree, mention)
        .or_else(|| self_edge(mention))
        .or_else(|| unknown_output(tree, mention))
        .or_else(|| unknown_metric(mention))
        .or_else(|| missing_edge(tree, mention))
}

fn at(
    code: &'static platgen_source::diagnostics::Code,
    mention: &Mention,
    text: String,
) -> Diagnostic {
    if mention.in_key {
        Diagnostic::at_key(code, &mention.path, text)
    } else {
        Diagnostic::at(code, &mention.path, text)
    }
}

fn is_elsewhere(merged: &Merged, mention: &Mention) -> bool {
    merged.elsewhere.contains(&(mention.kind.clone(), mention.name.clone()))
}

/// What only other environments have cannot be used in this one. That it never is used is no fault.
fn only_elsewhere(mention: &Mention) -> Option<Diagnostic> {
    let is_rule = matches!(mention.path.steps(), [Step::Key(section), ..] if section == NEVER);
    (!is_rule).then(|| {
        let (kind, name) = (&mention.kind, &mention.name);
        let message = format!("only other environments have `{kind}.{name}`");
        let help = "keep what speaks of it to those environments as well, by `only_in` or `unset`";
        at(&code::UNKNOWN_TARGET, mention, message).help(help)
    })
}

/// A placeholder of the platform that has no value. The zone follows from the domain. Hosts and
/// domains of load balancers are checked once they are known, and say the same there.
fn unset_platform_key(tree: &Node, mention: &Mention) -> Option<Diagnostic> {
    let key = mention.name.as_str();
    let needs_domain = matches!(key, "domain" | "zone");
    let is_set = tree.at(&[PLATFORM, "domain"]).is_some();
    let is_name = |step: &Step| matches!(step, Step::Key(key) if key == "host" || key == "domain");
    let is_checked_later = mention.path.steps().iter().any(is_name);
    if !needs_domain || is_set || is_checked_later {
        return None;
    }
    let message = format!("`{{platform.{key}}}` has no value: the platform has no domain");
    Some(at(&code::UNKNOWN_OUTPUT, mention, message).help("set `domain` in [platform]"))
}

fn unknown_target(tree: &Node, mention: &Mention) -> Option<Diagnostic> {
    let (kind, name) = (mention.kind.as_str(), mention.name.as_str());
    let names = tree.at(&section(kind)).and_then(Node::table);
    if names.is_some_and(|names| names.contains_key(name)) || is_implied(kind, name) {
        return None;
    }
    let message = format!("the spec declares no `{kind}.{name}`");
    let known = names.into_iter().flat_map(|names| names.keys().map(String::as_str));
    let help = match nearest(name, known) {
        Some(found) => format!("did you mean `{found}`?"),
        None => format!("declare it: [{}.{name}]", section(kind).join(".")),
    };
    Some(at(&code::UNKNOWN_TARGET, mention, message).help(help))
}

/// Where the things of a kind stand. Metrics of the spec's own are no kind, and stand in a section.
fn section(kind: &str) -> Vec<&str> {
    if kind == OWN { vec![OBSERVABILITY, OWN] } else { vec![kind] }
}

/// Only in `uses`: a placeholder may well speak of the thing that it stands in.
fn self_edge(mention: &Mention) -> Option<Diagnostic> {
    let consumer = consumer(&mention.path)?;
    let itself = consumer == (mention.kind.as_str(), mention.name.as_str());
    (mention.in_key && itself).then(|| {
        let message = format!("`{}.{}` uses itself", mention.kind, mention.name);
        at(&code::SELF_EDGE, mention, message).help("a thing reaches itself without an edge")
    })
}

fn unknown_output(tree: &Node, mention: &Mention) -> Option<Diagnostic> {
    if mention.in_key || !is_placeholder(mention) {
        return None;
    }
    let kind = &mention.kind;
    let words = mention.output.join(".");
    match outputs(kind)? {
        Outputs::JsonKey if mention.output.len() <= 1 => unknown_json_key(tree, mention),
        Outputs::JsonKey => {
            let message = format!("`{words}` is more than one key of the JSON in `{kind}`");
            let first = mention.output.first().map_or("", String::as_str);
            let help = format!("name one key: {{{kind}.{}.{first}}}", mention.name);
            Some(at(&code::UNKNOWN_OUTPUT, mention, message).help(help))
        }
        Outputs::Named(known) => unknown_word(mention, &words, known),
        Outputs::WithParts(outputs) => match mention.output.as_slice() {
            [part, name, word] if part == outputs.part => {
                unknown_part(tree, mention, &outputs, [name.as_str(), word.as_str()])
            }
            _ => unknown_word(mention, &words, outputs.own),
        },
    }
}

fn unknown_word(mention: &Mention, words: &str, known: &[&str]) -> Option<Diagnostic> {
    if known.contains(&words) {
        return None;
    }
    let kind = &mention.kind;
    let message = if words.is_empty() {
        format!("`{kind}.{}` has several outputs, and none is named", mention.name)
    } else {
        format!("`{kind}` has no output `{words}`")
    };
    let help = suggestion(words, known.iter().copied());
    Some(at(&code::UNKNOWN_OUTPUT, mention, message).help(help))
}

/// A part that the thing does not have, or a word that its parts do not have.
fn unknown_part(
    tree: &Node,
    mention: &Mention,
    outputs: &PartOutputs,
    [name, word]: [&str; 2],
) -> Option<Diagnostic> {
    let (kind, part) = (&mention.kind, outputs.part);
    let parts = tree.at(&[kind, &mention.name, part]).and_then(Node::table);
    let known: Vec<&str> =
        parts.into_iter().flat_map(|parts| parts.keys().map(String::as_str)).collect();
    let (message, help) = if !known.contains(&name) {
        let message = format!("`{kind}.{}` has no {part} `{name}`", mention.name);
        (message, suggestion(name, known))
    } else if !outputs.of_part.contains(&word) {
        let message = format!("a {part} of `{kind}` has no output `{word}`");
        (message, suggestion(word, outputs.of_part.iter().copied()))
    } else {
        return None;
    };
    Some(at(&code::UNKNOWN_OUTPUT, mention, message).help(help))
}

/// What an alarm watches, or a formula names, of a thing.
fn unknown_metric(mention: &Mention) -> Option<Diagnostic> {
    let watches = match mention.path.steps() {
        [Step::Key(section), _, _, Step::Key(key), ..] => {
            section == OBSERVABILITY && ["expression", "metric"].contains(&key.as_str())
        }
        _ => false,
    };
    let (known, key) = (metrics(&mention.kind)?, mention.output.first()?);
    if !watches || known.contains(&key.as_str()) {
        return None;
    }
    let message = format!("`{}` has no metric `{key}`", mention.kind);
    let help = suggestion(key, known.iter().copied());
    Some(at(&code::UNKNOWN_WORD, mention, message).help(help))
}

/// A secret that lists its keys has no others.
fn unknown_json_key(tree: &Node, mention: &Mention) -> Option<Diagnostic> {
    let key = mention.output.first()?;
    let listed = tree.at(&[&mention.kind, &mention.name, "keys"])?;
    let Value::Array(items) = &listed.value else { return None };
    let known: Vec<&str> = items.iter().filter_map(Node::text).collect();
    if known.contains(&key.as_str()) {
        return None;
    }
    let message = format!("`{}.{}` does not list the key `{key}`", mention.kind, mention.name);
    Some(at(&code::UNKNOWN_OUTPUT, mention, message).help(suggestion(key, known)))
}

/// Placeholders stand in `env`, of a thing or of one of its containers.
fn is_placeholder(mention: &Mention) -> bool {
    let is_env = |step: &Step| matches!(step, Step::Key(key) if key == "env");
    match mention.path.steps() {
        [_, _, Step::Key(key), _, step, ..] if key == "container" => is_env(step),
        [_, _, step, ..] => is_env(step),
        _ => false,
    }
}

fn missing_edge(tree: &Node, mention: &Mention) -> Option<Diagnostic> {
    let (kind, name) = (mention.kind.as_str(), mention.name.as_str());
    let needs_edge = is_placeholder(mention) && TARGETS.contains(&kind);
    let (consumer_kind, consumer_name) = consumer(&mention.path)?;
    let itself = (consumer_kind, consumer_name) == (kind, name);
    if mention.in_key || !needs_edge || itself {
        return None;
    }
    let uses = |kind_: &str, name_: &str| tree.at(&[kind_, name_, "uses", kind, name]).is_some();
    let inherited = || {
        let like = tree.at(&[consumer_kind, consumer_name, "like"])?.text()?;
        let (like_kind, like_name) = like.split_once('.')?;
        uses(like_kind, like_name).then_some(())
    };
    if uses(consumer_kind, consumer_name) || inherited().is_some() {
        return None;
    }
    let message = format!("`{consumer_kind}.{consumer_name}` has no edge to `{kind}.{name}`");
    let help = format!("add it: [{consumer_kind}.{consumer_name}.uses] {kind}.{name} = …");
    Some(at(&code::MISSING_EDGE, mention, message).help(help))
}

/// The thing that a path stands in.
fn consumer(path: &SpecPath) -> Option<(&str, &str)> {
    match path.steps() {
        [Step::Key(kind), Step::Key(name), ..] => Some((kind, name)),
        _ => None,
    }
}
