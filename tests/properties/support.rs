//! What the properties share: specs from texts, trees back to texts, and texts out of rendered files.
use hcl_edit::expr::{Expression, FuncCall};
use hcl_edit::template::{Element, Template};
use hcl_edit::visit::{Visit, visit_expr, visit_func_call};
use platgen::pipeline::{Compiled, PipelineError, compile};
use platgen::source_map::Detail;
use platgen::spec::{Folder, Spec};
use platgen_source::diagnostics::{Place, Report, Sources};
use platgen_source::{Node, Value, parse};
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::str::FromStr as _;

/// The specs of all examples, each with its folder.
pub(crate) fn examples() -> Vec<(PathBuf, String)> {
    let folders = fs::read_dir("examples").unwrap().map(|entry| entry.unwrap().path());
    let spec = |folder: PathBuf| {
        let text = fs::read_to_string(folder.join("platform.toml")).ok()?;
        Some((folder, text))
    };
    let mut examples: Vec<(PathBuf, String)> = folders.filter_map(spec).collect();
    examples.sort();
    examples
}

/// Compiles a text as if it were a file in a folder.
pub(crate) fn compile_text(folder: &Path, text: &str) -> Result<Compiled, PipelineError> {
    let mut sources = Sources::default();
    let file = sources.add("platform.toml", text.to_owned());
    let (layers, faults) = match parse(file, text) {
        Ok(tree) => (Some(platgen_modules::layers(tree)), Vec::new()),
        Err(faults) => (None, faults),
    };
    let mut report = Report::new(sources);
    report.add(None, faults, |place| match place {
        Place::Text(span) => Some(span.clone()),
        _ => None,
    });
    compile(Spec { report, layers, files: Folder::new(folder) }, &[], Detail::Resources)
}

/// A text as TOML writes it in quotes. The escapes of JSON are among those of TOML
/// (<https://toml.io/en/v1.0.0#string>), which wants one for DEL as well.
pub(crate) fn quoted(text: &str) -> String {
    Json::from(text).to_string().replace('\u{7f}', "\\u007F")
}

/// A tree as one TOML text, with the keys of every table in an order that depends on the seed.
pub(crate) fn in_any_order(tree: &Node, seed: u64) -> String {
    let lines = entries(tree, seed).into_iter().map(|(key, node)| {
        let value = inline(node, seed.rotate_left(7));
        format!("{} = {value}\n", quoted(key))
    });
    lines.collect()
}

fn entries(node: &Node, seed: u64) -> Vec<(&String, &Node)> {
    let mut entries: Vec<(&String, &Node)> = node.table().into_iter().flatten().collect();
    entries.sort_by_key(|(key, _)| {
        let mut hasher = DefaultHasher::new();
        (seed, key).hash(&mut hasher);
        hasher.finish()
    });
    entries
}

fn inline(node: &Node, seed: u64) -> String {
    match &node.value {
        Value::String(text) => quoted(text),
        Value::Integer(number) => number.to_string(),
        Value::Float(number) => format!("{number:?}"),
        Value::Boolean(value) => value.to_string(),
        Value::Datetime(value) => value.clone(),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(|item| inline(item, seed)).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Table(_) => {
            let pairs = entries(node, seed).into_iter().map(|(key, value)| {
                format!("{} = {}", quoted(key), inline(value, seed.rotate_left(7)))
            });
            format!("{{ {} }}", pairs.collect::<Vec<_>>().join(", "))
        }
    }
}

/// Every text in every file of the compiled environments, keys and values, as JSON reads them.
pub(crate) fn texts(compiled: &Compiled) -> Vec<String> {
    let mut texts = Vec::new();
    for content in json_files(compiled).values() {
        collect(content, &mut texts);
    }
    texts
}

/// Every `.tf.json` file of the compiled environments, parsed.
pub(crate) fn json_files(compiled: &Compiled) -> BTreeMap<String, Json> {
    let mut files = BTreeMap::new();
    for root in &compiled.roots {
        let json = root
            .files
            .iter()
            .filter(|(path, _)| Path::new(path).extension().is_some_and(|ending| ending == "json"));
        for (path, bytes) in json {
            let content = serde_json::from_slice(bytes).unwrap();
            files.insert(format!("{}/{path}", root.environment), content);
        }
    }
    files
}

fn collect(value: &Json, texts: &mut Vec<String>) {
    match value {
        Json::String(text) => texts.push(text.clone()),
        Json::Array(items) => items.iter().for_each(|item| collect(item, texts)),
        Json::Object(entries) => {
            for (key, value) in entries {
                texts.push(key.clone());
                collect(value, texts);
            }
        }
        _ => {}
    }
}

/// A text with Terraform's escapes of template markers undone
/// (<https://developer.hashicorp.com/terraform/language/expressions/strings#escape-sequences>).
pub(crate) fn unescaped(text: &str) -> String {
    text.replace("$${", "${").replace("%%{", "%{")
}

/// What the code in a text speaks of: functions with `(`, and the first words of references.
#[derive(Debug, Default)]
pub(crate) struct Spoken(pub(crate) Vec<String>);

impl Spoken {
    /// Reads a text as Terraform does; the fault, if it is no template.
    pub(crate) fn of(text: &str) -> Result<Self, String> {
        let template = Template::from_str(text).map_err(|error| format!("{text:?}: {error}"))?;
        let mut spoken = Self::default();
        for element in &template {
            match element {
                Element::Literal(_) => {}
                Element::Interpolation(interpolation) => spoken.visit_expr(&interpolation.expr),
                Element::Directive(_) => spoken.0.push("a directive".to_owned()),
            }
        }
        Ok(spoken)
    }
}

impl Visit for Spoken {
    fn visit_expr(&mut self, expression: &Expression) {
        if let Expression::Variable(name) = expression {
            self.0.push(name.as_str().to_owned());
        }
        visit_expr(self, expression);
    }

    fn visit_func_call(&mut self, call: &FuncCall) {
        self.0.push(format!("{}(", call.name.name.as_str()));
        visit_func_call(self, call);
    }
}
