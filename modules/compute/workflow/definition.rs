//! A definition in a file, in the Amazon States Language: checked like states of a spec, and its
//! `${words}` replaced by what they stand for.
use super::spec::WorkflowSpec;
use super::state::graph::{Graph, Node};
use crate::compute::job::KIND as JOB;
use crate::compute::task::spec::FilePath;
use crate::connect::receiver::ReceiverTarget;
use crate::kind::{Output, Outputs, Resolving, ThingId};
use crate::kinds::{TARGETS, outputs};
use crate::platform::Platform;
use platgen_source::diagnostics::{SpecPath, code, listed, suggestion};
use platgen_source::{json, shown};
use platgen_terraform::{Document, Expr, Value};
use std::collections::{BTreeMap, BTreeSet};

/// The largest definition, in bytes
/// (<https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html>).
pub const LARGEST: usize = 1_048_576;

/// A definition of a file, and what its words stand for.
#[derive(Debug)]
pub struct FileDefinition {
    /// The definition.
    pub content: json::Value,
    /// The things by the words.
    pub targets: BTreeMap<String, ThingId>,
}

/// A piece of a text in the definition.
#[derive(Debug, PartialEq, Eq)]
enum Piece<'a> {
    Literal(&'a str),
    /// What stands between `${` and `}`.
    Word(&'a str),
}

impl FileDefinition {
    /// Reads the file, and finds what is wrong with it and with the targets.
    pub fn resolve(
        spec: &WorkflowSpec,
        file: &FilePath,
        id: &ThingId,
        resolving: &mut Resolving<'_>,
    ) -> Option<Self> {
        let place = id.path().key("definition");
        let content = read(file, &place, resolving)?;
        let targets = spec.targets.iter().map(|(word, thing)| (word.to_string(), thing.0.clone()));
        let definition = Self { content, targets: targets.collect() };
        definition.check_words(&place, resolving);
        definition.check_targets(spec, id, resolving);
        if let Some(graph) = machine(&definition.content, &place, "the definition", resolving) {
            resolving.findings.extend(super::state::graph::check(&graph));
        }
        Some(definition)
    }

    /// The definition with everything in its place.
    pub fn lower(&self, consumer: &ThingId, platform: &Platform, out: &mut Document) -> Value {
        let words = Words { definition: self, consumer, platform };
        words.value(&self.content, out)
    }

    /// The jobs among the targets: `uses` has no edges to jobs, so the definition brings them.
    pub fn jobs(&self) -> impl Iterator<Item = (&String, &ThingId)> {
        self.targets.iter().filter(|(_, thing)| thing.kind == JOB)
    }

    fn check_words(&self, place: &SpecPath, resolving: &mut Resolving<'_>) {
        let mut used = BTreeSet::new();
        for text in texts(&self.content) {
            for piece in pieces(text) {
                let Piece::Word(word) = piece else { continue };
                let (name, output) = word.split_once('.').unwrap_or((word, ""));
                used.insert(name);
                let Some(thing) = self.targets.get(name) else {
                    let message = format!("`${{{}}}` in the file stands for nothing", shown(word));
                    let help = suggestion(name, self.targets.keys().map(String::as_str));
                    resolving.find_with(&code::BAD_FILE, place, message, help);
                    continue;
                };
                let known = words_of(thing);
                if !known.contains(&output) {
                    let message = format!("`{thing}` has no output `{}`", shown(output));
                    let help =
                        suggestion(output, known.into_iter().filter(|word| !word.is_empty()));
                    resolving.find_with(&code::BAD_FILE, place, message, help);
                }
            }
        }
        let targets = place.parent().key("targets");
        for word in self.targets.keys().filter(|word| !used.contains(word.as_str())) {
            let message = format!("nothing in the file speaks of `${{{word}}}`");
            resolving.find(&code::CONFLICT, &targets.key(word), message);
        }
    }

    /// What the definition names, the role must be allowed to use.
    fn check_targets(&self, spec: &WorkflowSpec, id: &ThingId, resolving: &mut Resolving<'_>) {
        let used = spec.uses.targets();
        for (word, thing) in &self.targets {
            let has_edge =
                used.iter().any(|(kind, name)| *kind == thing.kind && **name == thing.name);
            if TARGETS.contains(&thing.kind) && !has_edge && thing != id {
                let message = format!("`{id}` has no edge to `{thing}`");
                let help = format!("add it: [{id}.uses] {thing} = …");
                let place = id.path().key("targets").key(word);
                resolving.find_with(&code::MISSING_EDGE, &place, message, help);
            }
        }
    }
}

fn read(file: &FilePath, place: &SpecPath, resolving: &mut Resolving<'_>) -> Option<json::Value> {
    let bytes = match resolving.files.read(file.as_str()) {
        Ok(bytes) => bytes,
        Err(fault) => {
            resolving.find(&code::BAD_FILE, place, format!("`{file}`: {fault}"));
            return None;
        }
    };
    if bytes.len() > LARGEST {
        let message = format!("`{file}` has {} bytes; Step Functions takes {LARGEST}", bytes.len());
        resolving.find(&code::LIMIT, place, message);
    }
    match json::from_slice(&bytes) {
        Ok(content) => Some(content),
        Err(fault) => {
            resolving.find(&code::BAD_FILE, place, format!("`{file}` is no JSON: {fault}"));
            None
        }
    }
}

/// Every text of a definition.
fn texts(content: &json::Value) -> Vec<&str> {
    match content {
        json::Value::String(text) => vec![text],
        json::Value::Array(items) => items.iter().flat_map(texts).collect(),
        json::Value::Object(entries) => entries.values().flat_map(texts).collect(),
        _ => Vec::new(),
    }
}

fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        let Some((word, after)) = after.split_once('}') else { break };
        pieces.extend([Piece::Literal(before), Piece::Word(word)]);
        rest = after;
    }
    pieces.push(Piece::Literal(rest));
    pieces.retain(|piece| *piece != Piece::Literal(""));
    pieces
}

/// The words that the outputs of a job are named by.
const JOB_WORDS: [&str; 4] = ["", "cluster", "security_group", "subnets"];

/// What can be named of a thing; the empty word is what tasks name it by.
fn words_of(thing: &ThingId) -> Vec<&'static str> {
    if thing.kind == JOB {
        return JOB_WORDS.to_vec();
    }
    let named = match outputs(thing.kind) {
        Some(Outputs::Named(words)) => words,
        Some(Outputs::WithParts(outputs)) => outputs.own,
        Some(Outputs::JsonKey) | None => &[],
    };
    usual_word(thing.kind).map(|_| "").into_iter().chain(named.iter().copied()).collect()
}

/// The output that tasks name a thing of a kind by.
fn usual_word(kind: &str) -> Option<&'static str> {
    match kind {
        "function" | "topic" | "workflow" => Some("arn"),
        "queue" => Some("url"),
        "table" | "bucket" | "event_bus" => Some("name"),
        _ => None,
    }
}

/// What the words of a definition stand for.
struct Words<'a> {
    definition: &'a FileDefinition,
    consumer: &'a ThingId,
    platform: &'a Platform,
}

impl Words<'_> {
    fn value(&self, content: &json::Value, out: &mut Document) -> Value {
        match content {
            // A key without a value would be left out, and `ResultPath` without one means something.
            json::Value::Null => Value::Expr(Expr::Call("jsondecode", vec![Value::from("null")])),
            json::Value::Bool(value) => Value::from(*value),
            json::Value::Number(number) => match number.as_i64() {
                Some(number) => Value::from(number),
                None => Value::from(number.as_f64().unwrap_or_default()),
            },
            json::Value::String(text) => self.text(text, out),
            json::Value::Array(items) => items.iter().map(|item| self.value(item, out)).collect(),
            json::Value::Object(entries) => {
                let entries =
                    entries.iter().map(|(key, value)| (key.clone(), self.value(value, out)));
                Value::Map(entries.collect())
            }
        }
    }

    fn text(&self, text: &str, out: &mut Document) -> Value {
        let pieces = pieces(text);
        if let [Piece::Word(word)] = pieces.as_slice() {
            return self.word(word, out);
        }
        let pieces = pieces.into_iter().map(|piece| match piece {
            Piece::Literal(text) => Value::from(text),
            Piece::Word(word) => self.word(word, out),
        });
        Value::join(pieces)
    }

    fn word(&self, word: &str, out: &mut Document) -> Value {
        let (name, output) = word.split_once('.').unwrap_or((word, ""));
        let Some(id) = self.definition.targets.get(name) else { return Value::from(word) };
        if id.kind == JOB {
            return self.job(id, output, out);
        }
        let output = if output.is_empty() { usual_word(id.kind).unwrap_or("arn") } else { output };
        let thing = self.platform.thing(id);
        let output =
            thing.map(|thing| thing.output(&[output.to_owned()], self.consumer, self.platform));
        match output {
            Some(Output::Plain(value)) => value,
            Some(Output::Secret(_)) | None => Value::from(word),
        }
    }

    fn job(&self, id: &ThingId, output: &str, out: &mut Document) -> Value {
        let thing = self.platform.thing(id);
        match thing.and_then(|job| job.receiver(self.platform, out, crate::compute::MODULE)) {
            Some(receiver) => match (&receiver.target, output) {
                (ReceiverTarget::Task(task), "security_group") => task.security_group.clone(),
                (ReceiverTarget::Task(task), "subnets") => task.subnets.clone(),
                (ReceiverTarget::Task(task), "") => task.task_definition.clone(),
                _ => receiver.arn().clone(),
            },
            None => Value::from(id.to_string()),
        }
    }
}

/// The types of states, and what each must have: one of each of these lists.
const STATE_TYPES: [(&str, &[&[&str]]); 8] = [
    ("Task", &[&["Resource"]]),
    ("Pass", &[]),
    ("Choice", &[&["Choices"]]),
    ("Wait", &[&["Seconds", "SecondsPath", "Timestamp", "TimestampPath"]]),
    ("Succeed", &[]),
    ("Fail", &[]),
    ("Parallel", &[&["Branches"]]),
    ("Map", &[&["ItemProcessor", "Iterator"]]),
];

/// Where the states of a machine lead to, if it has the shape of one.
fn machine(
    content: &json::Value,
    place: &SpecPath,
    name: &str,
    resolving: &mut Resolving<'_>,
) -> Option<Graph> {
    let (start, states) = (content["StartAt"].as_str(), content["States"].as_object());
    let (Some(start), Some(states)) = (start, states) else {
        let message = format!("{name} has no `StartAt` and `States`");
        resolving.find(&code::BAD_FILE, place, message);
        return None;
    };
    let nodes = states.iter().map(|(name, state)| {
        check_state(name, state, place, resolving);
        (name.clone(), node(name, state, place, resolving))
    });
    Some(Graph { start: (start.to_owned(), place.clone()), nodes: nodes.collect() })
}

/// <https://states-language.net/spec.html#state-types>.
fn check_state(name: &str, state: &json::Value, place: &SpecPath, resolving: &mut Resolving<'_>) {
    let name = shown(name);
    let mut bad = |message: String| resolving.find(&code::BAD_FILE, place, message);
    if name.chars().count() > 80 {
        bad(format!("the name of the state `{name}` has more than 80 letters"));
    }
    let state_type = state["Type"].as_str().unwrap_or_default();
    let Some((_, required)) = STATE_TYPES.iter().find(|(known, _)| *known == state_type) else {
        let known = listed(STATE_TYPES.iter().map(|(known, _)| *known));
        return bad(format!("the `Type` of the state `{name}` is not one of {known}"));
    };
    for fields in *required {
        let has = fields.iter().filter(|field| !state[**field].is_null()).count();
        if has != 1 {
            let fields = listed(fields.iter().copied());
            bad(format!("the state `{name}` needs exactly one {fields}"));
        }
    }
    let follows = !state["Next"].is_null();
    let ends = state["End"] == json::Value::Bool(true);
    match state_type {
        "Choice" | "Succeed" | "Fail" if follows || ends => {
            bad(format!("the state `{name}` takes neither `Next` nor `End`"));
        }
        "Choice" | "Succeed" | "Fail" => {}
        _ if follows == ends => bad(format!("the state `{name}` needs either `Next` or `End`")),
        _ => {}
    }
}

fn node(name: &str, state: &json::Value, place: &SpecPath, resolving: &mut Resolving<'_>) -> Node {
    let list = |key: &str| state[key].as_array().map(Vec::as_slice).unwrap_or_default();
    let rules = list("Choices").iter().chain(list("Catch")).map(|rule| &rule["Next"]);
    let next = [&state["Next"], &state["Default"]].into_iter().chain(rules);
    let next = next.filter_map(json::Value::as_str).map(|next| (next.to_owned(), place.clone()));
    let inner = [&state["ItemProcessor"], &state["Iterator"]];
    let inner = inner.into_iter().filter(|inner| !inner.is_null()).chain(list("Branches"));
    let label = format!("what stands inside of the state `{}`", shown(name));
    let inside = inner.filter_map(|inner| machine(inner, place, &label, resolving)).collect();
    let next: Vec<_> = next.collect();
    let says_end = state["End"] == json::Value::Bool(true);
    let ends = says_end || ["Succeed", "Fail"].iter().any(|end| state["Type"] == **end);
    let is_open = !ends && next.is_empty();
    Node { place: place.clone(), next, ends, is_open, inside }
}
