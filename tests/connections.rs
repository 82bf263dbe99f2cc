//! `docs/connections.md`: the matrix of edges, made from what the compiler gives each of them.
//!
//! It is made of the platform that has every verb (`tests/e2e/iam/every-verb`), whose rights a simulator
//! of IAM proves. `UPDATE_GOLDEN=1 cargo test --test connections` rewrites it.
#![expect(clippy::disallowed_methods, reason = "tests rewrite their own golden files")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod pages;

use pages::check;
use platgen::explain::answer::{EdgeAnswer, RightAnswer};
use platgen::explain::{Subject, whole};
use platgen::pipeline::{Understood, understand};
use platgen::spec::load;
use platgen_modules::kinds::VERBS;
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

const HEAD: &str = "# Connections

Made from what the compiler gives each edge of `tests/e2e/iam/every-verb`; do not edit. What stands here is all that an \
edge gives: a simulator of IAM proves it (`tests/e2e/iam/run`). [spec.md](spec.md) has the rules of edges, \
[reference.md](reference.md) the keys that narrow a verb.

A word alone is a verb of `uses`; of other edges the key stands that makes them, as `on` or `route`. `{NAME}` is the name \
of the target as the beginning of a variable, `{region}` the platform's. Rights are those of the code that runs, if \
nothing else is said; all of them are limited by the conditions behind `if`.
";

/// One row: an edge, and what it gives.
type Row = (String, String);

#[test]
fn the_matrix_is_up_to_date() {
    let rows = rows();
    let mut page = HEAD.to_owned();
    for (target, edges) in &rows {
        let _ = write!(page, "\n## To `{target}`\n\n| edge | from | gives |\n|---|---|---|\n");
        for ((edge, gives), from) in edges {
            let from: Vec<&str> = from.iter().map(String::as_str).collect();
            let _ = writeln!(page, "| {edge} | {} | {gives} |", from.join(", "));
        }
    }
    check("docs/connections.md", &page);
}

/// A verb that the matrix lacks is one whose rights nobody proves.
#[test]
fn the_matrix_has_every_verb() {
    let rows = rows();
    let has = |kind: &str, verb: &str| {
        let named = format!("`{verb}`");
        rows.get(kind).is_some_and(|edges| edges.keys().any(|(edge, _)| edge.contains(&named)))
    };
    let all = VERBS.iter().flat_map(|(kind, verbs)| verbs.iter().map(move |verb| (*kind, *verb)));
    let missing: Vec<_> = all.filter(|(kind, verb)| !has(kind, verb)).collect();
    assert_eq!(missing, Vec::new());
}

/// The rows to each kind, with the kinds that such an edge comes from.
fn rows() -> BTreeMap<String, BTreeMap<Row, BTreeSet<String>>> {
    let spec = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/e2e/iam/every-verb/platform.toml");
    let understood = understand(load(&spec), &[]).unwrap();
    let Understood { report, lowered, files, .. } = &understood;
    let subject = Subject { lowered: &lowered[0], sources: &report.sources, files };
    let region = lowered[0].platform.head.region.as_str();
    let mut rows: BTreeMap<String, BTreeMap<Row, BTreeSet<String>>> = BTreeMap::new();
    for edge in whole(subject).edges {
        let Some(label) = label(&edge) else { continue };
        let gives = gives(&edge, region);
        let row = (label, if gives.is_empty() { "the way alone".to_owned() } else { gives });
        let to = kind(&edge.to).to_owned();
        rows.entry(to).or_default().entry(row).or_default().insert(kind(&edge.from).to_owned());
    }
    rows
}

fn kind(thing: &str) -> &str {
    thing.split_once('.').map_or(thing, |(kind, _)| kind)
}

/// What makes an edge: its only verb, or the key behind the thing that makes it. An edge of several
/// verbs gives what each gives.
fn label(edge: &EdgeAnswer) -> Option<String> {
    let said = edge.said.as_ref().and_then(Json::as_object);
    if edge.origin == "declared" {
        let verbs: Vec<&String> = said?.keys().filter(|key| *key != "as").collect();
        let [verb] = verbs.as_slice() else { return None };
        let narrowed = said?[*verb].as_object()?.keys().map(String::as_str).collect::<Vec<_>>();
        let by = if narrowed.is_empty() {
            String::new()
        } else {
            format!(" by {}", narrowed.join(", "))
        };
        return Some(format!("`{verb}`{by}"));
    }
    let keys: Vec<&str> = edge.because.path.split('.').collect();
    let target = edge.to.split_once('.').map_or("", |(_, name)| name);
    let speaks = |value: &Json| value.to_string().contains(&format!("\"{target}\""));
    match keys.as_slice() {
        [_, _, "state", ..] => {
            let verb = said?.iter().find(|(_, value)| speaks(value)).map(|(key, _)| key)?;
            Some(format!("state `{verb}`"))
        }
        [_, _, key, ..] => Some(format!("its `{key}`")),
        _ => Some("being there".to_owned()),
    }
}

/// Everything that an edge gives, in general terms.
fn gives(edge: &EdgeAnswer, region: &str) -> String {
    let mut parts: Vec<String> = edge.rights.iter().map(right).collect();
    let listed = |name: &str, items: &[String]| {
        (!items.is_empty()).then(|| format!("{name} {}", quoted(items.iter().map(String::as_str))))
    };
    let names = |assignments: &[String]| -> Vec<String> {
        let name = |text: &String| text.split(" = ").next().unwrap_or_default().to_owned();
        assignments.iter().map(name).collect()
    };
    parts.extend(listed("port", &edge.ports));
    parts.extend(listed("way to", &edge.reach));
    parts.extend(edge.sender.as_ref().map(|sender| format!("lets in `{sender}`")));
    parts.extend(listed("variables", &names(&edge.variables)));
    parts.extend(listed("injects", &names(&edge.secrets)));
    general(&parts.join("<br>"), edge, region)
}

fn right(right: &RightAnswer) -> String {
    let role = if right.role == "execution" { "execution role: " } else { "" };
    let actions = quoted(right.actions.iter().map(String::as_str));
    let on = quoted(right.resources.iter().map(String::as_str));
    let when = right.conditions.iter().map(|condition| format!(" if `{condition}`"));
    format!("{role}{actions} on {on}{}", when.collect::<String>())
}

fn quoted<'a>(words: impl Iterator<Item = &'a str>) -> String {
    words.map(|word| format!("`{word}`")).collect::<Vec<_>>().join(" ")
}

/// The text without the names of one platform.
fn general(text: &str, edge: &EdgeAnswer, region: &str) -> String {
    let mut general = replaced(text, "${", "}", general_expression);
    general = replaced(&general, "repository/", "`", |_| "{repository}`".to_owned());
    general = general.replace(region, "{region}").replace('|', "\\|");
    for thing in [&edge.to, &edge.from] {
        let Some((_, name)) = thing.split_once('.') else { continue };
        let variable = format!("{}_", name.replace('-', "_").to_ascii_uppercase());
        general = general.replace(&format!("`{variable}"), "`{NAME}_");
        general = general.replace(&format!("prod-every-verb-{name}"), "{name}");
    }
    general
}

/// `module.data.aws_s3_bucket.files.arn` becomes `{aws_s3_bucket.arn}`, and a part of an ARN what it is.
fn general_expression(expression: &str) -> String {
    let words: Vec<&str> = expression.split('.').skip(2).collect();
    match words.as_slice() {
        _ if expression.starts_with("split(") && expression.ends_with("[1]") => {
            "{partition}".into()
        }
        _ if expression.starts_with("split(") && expression.ends_with("[4]") => "{account}".into(),
        ["data", "aws_partition", ..] => "{partition}".into(),
        ["data", "aws_caller_identity", ..] => "{account}".into(),
        ["data", kind, _, path @ ..] | [kind, _, path @ ..] => {
            format!("{{{}}}", [&[*kind], path].concat().join("."))
        }
        _ => format!("{{{expression}}}"),
    }
}

/// The text with whatever stands between two marks, and the marks, written anew.
fn replaced(text: &str, before: &str, after: &str, anew: impl Fn(&str) -> String) -> String {
    let mut parts = text.split(before);
    let mut whole = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (between, rest) = part.split_once(after).unwrap_or((part, ""));
        let _ = write!(whole, "{}{rest}", anew(between));
    }
    whole
}
