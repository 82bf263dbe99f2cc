//! The environment of a container: the spec's variables over those of a file over those that edges
//! give.
use super::Task;
use super::places::Places;
use crate::connect::Grant;
use crate::files::FileFault;
use crate::kind::{Output, Resolving, ThingId};
use crate::platform::Platform;
use crate::text::{Piece, Text, VariableName};
use platgen_source::diagnostics::{Diagnostic, SpecPath, code};
use platgen_terraform::schema::{Schema, Type};
use platgen_terraform::{Expr, PathStep, Ref, Value};
use std::collections::BTreeMap;

/// The value of a variable, as the spec gives it.
#[derive(Clone, Debug)]
pub struct Setting {
    /// The pieces of the value.
    pub pieces: Vec<Piece>,
    /// Where it is said.
    pub place: SpecPath,
}

/// Variables by their names.
pub type Settings = BTreeMap<String, Setting>;

/// The variables of a container as ECS takes them, sorted.
#[derive(Debug, Default)]
pub struct Environment {
    /// Values that may be seen.
    pub plain: BTreeMap<String, Value>,
    /// Where the values of secrets stand.
    pub secrets: BTreeMap<String, Value>,
}

impl Environment {
    /// The variables of a container: what the edges give, and the spec's own over it.
    pub fn of(derived: Self, settings: &Settings, id: &ThingId, platform: &Platform) -> Self {
        let mut environment = derived;
        for (name, setting) in settings {
            environment.plain.remove(name);
            environment.secrets.remove(name);
            match value_of(setting, id, platform) {
                Output::Plain(value) => environment.plain.insert(name.clone(), as_text(value)),
                Output::Secret(from) => environment.secrets.insert(name.clone(), from),
            };
        }
        environment
    }

    /// What the edges of a thing give. Of two that give one name the first stays; the check finds
    /// the other.
    pub fn derived(id: &ThingId, platform: &Platform) -> Self {
        let mut environment = Self::default();
        for grant in platform.connections.of(id) {
            for (name, value) in &grant.variables {
                environment.plain.entry(name.clone()).or_insert_with(|| as_text(value.clone()));
            }
            for (name, from) in &grant.secrets {
                environment.secrets.entry(name.clone()).or_insert_with(|| from.clone());
            }
        }
        environment
    }
}

/// The settings of a table of the spec.
pub fn settings(env: &BTreeMap<VariableName, Text>, place: impl Fn(&str) -> SpecPath) -> Settings {
    let setting = |(name, text): (&VariableName, &Text)| {
        let pieces = text.pieces().to_vec();
        (name.to_string(), Setting { pieces, place: place(name.as_str()) })
    };
    env.iter().map(setting).collect()
}

/// Reads the variables in a file: one `NAME=value` a line, `#` before a comment, and no quotes, as
/// ECS reads such files
/// (<https://docs.aws.amazon.com/AmazonECS/latest/developerguide/use-environment-file.html>).
pub fn read_file(file: &str, place: &SpecPath, resolving: &mut Resolving<'_>) -> Settings {
    let bytes = match resolving.files.read(file) {
        Ok(bytes) => bytes,
        Err(fault) => {
            resolving.find(&code::BAD_FILE, place, unusable(file, &fault));
            return Settings::new();
        }
    };
    let Ok(text) = String::from_utf8(bytes) else {
        resolving.find(&code::BAD_FILE, place, format!("`{file}` is no UTF-8 text"));
        return Settings::new();
    };
    let mut settings = Settings::new();
    for (number, line) in (1..).zip(text.lines()) {
        if let Err(fault) = read_line(line, place, &mut settings) {
            let message = format!("`{file}`, line {number}: {fault}");
            let help = "write NAME=value, or begin the line with # if it is a comment";
            resolving.find_with(&code::BAD_FILE, place, message, help);
        }
    }
    settings
}

fn unusable(file: &str, fault: &FileFault) -> String {
    format!("`{file}` cannot be used: {fault}")
}

fn read_line(line: &str, place: &SpecPath, settings: &mut Settings) -> Result<(), String> {
    if line.trim().is_empty() || line.trim_start().starts_with('#') {
        return Ok(());
    }
    let (name, value) = line.split_once('=').ok_or("there is no `=`")?;
    let name = VariableName::new(name)
        .ok_or_else(|| format!("`{}` is no name of a variable", name.escape_debug()))?;
    let pieces = vec![Piece::Literal(value.to_owned())];
    let setting = Setting { pieces, place: place.clone() };
    match settings.insert(name.to_string(), setting) {
        Some(_) => Err(format!("`{name}` is set a second time")),
        None => Ok(()),
    }
}

/// Finds variables that two edges give, and secrets inside of texts.
pub fn check(task: &Task, id: &ThingId, platform: &Platform) -> Vec<Diagnostic> {
    let containers = task.containers();
    let settings = containers.iter().flat_map(|container| container.settings.values());
    let exposed = settings.filter_map(|setting| exposed_secret(setting, id, platform));
    let mut findings: Vec<Diagnostic> = exposed.collect();
    findings.extend(clashes(&task.main.settings, id, &task.places, platform));
    findings.retain(|finding| !finding.path().is_some_and(|path| task.places.is_inherited(path)));
    findings
}

fn exposed_secret(setting: &Setting, id: &ThingId, platform: &Platform) -> Option<Diagnostic> {
    let is_secret = |piece: &Piece| matches!(platform.output(piece, id), Output::Secret(_));
    let is_joined = setting.pieces.len() > 1 && setting.pieces.iter().any(is_secret);
    is_joined.then(|| {
        let message = "a secret must be the whole value: joined with other text it would be \
                       printed, and could not be injected";
        let help = "give the parts in variables of their own, and join them in the code";
        Diagnostic::at(&code::EXPOSED_SECRET, &setting.place, message).help(help)
    })
}

/// One finding for each edge that gives a name which an edge before it gave. A name that the spec
/// sets itself is no matter of edges.
pub fn clashes(
    own: &Settings,
    id: &ThingId,
    places: &Places,
    platform: &Platform,
) -> Vec<Diagnostic> {
    let mut given: BTreeMap<&str, &Grant> = BTreeMap::new();
    let mut findings = Vec::new();
    for grant in platform.connections.of(id) {
        let plain = grant.variables.iter().map(|(name, _)| name.as_str());
        let secrets = grant.secrets.iter().map(|(name, _)| name.as_str());
        let names: Vec<&str> = plain.chain(secrets).collect();
        let mut taken = names.iter().filter(|name| !own.contains_key(**name));
        let clash = taken.find_map(|name| given.get(name).map(|first| (name, first)));
        findings.extend(clash.map(|(name, first)| clash_of(name, grant, first, places)));
        for name in names {
            given.entry(name).or_insert(grant);
        }
    }
    findings
}

fn clash_of(name: &str, grant: &Grant, first: &Grant, places: &Places) -> Diagnostic {
    let target =
        |grant: &Grant| grant.target.as_ref().map_or_else(String::new, ToString::to_string);
    let message = format!("`{}` gives `{name}` already", target(first));
    let help = format!("give this edge a name: as = \"{}\"", another_prefix(&target(grant)));
    let place = [places.place_of(&grant.cause), places.place_of(&first.cause)];
    Diagnostic::at(&code::VARIABLE_CLASH, &places.first_own(&place), message).help(help)
}

/// `cache.main` gives `MAIN_CACHE`.
fn another_prefix(thing: &str) -> String {
    let (kind, name) = thing.split_once('.').unwrap_or(("", thing));
    crate::names::variable_prefix(&format!("{name}-{kind}"))
}

/// What a setting gives: joined text, or the place of a secret that is the whole of it.
fn value_of(setting: &Setting, id: &ThingId, platform: &Platform) -> Output {
    if let [piece] = setting.pieces.as_slice() {
        return platform.output(piece, id);
    }
    let values = setting.pieces.iter().map(|piece| match platform.output(piece, id) {
        Output::Plain(value) | Output::Secret(value) => value,
    });
    Output::Plain(Value::join(values))
}

/// A value as text: ECS takes nothing else in variables, and `jsonencode` keeps types.
pub(super) fn as_text(value: Value) -> Value {
    match value {
        Value::Expr(Expr::Ref(reference)) if !is_text(&reference) => {
            Value::from(Expr::Call("tostring", vec![Value::from(reference)]))
        }
        Value::Integer(_) | Value::Decimal(_) | Value::Bool(_) => Value::join([value]),
        value => value,
    }
}

fn is_text(reference: &Ref) -> bool {
    let is_instance = |step: &&PathStep| matches!(step, PathStep::Key(_));
    let path: Vec<PathStep> = reference.path.iter().skip_while(is_instance).cloned().collect();
    let block = Schema::embedded().of_address(&reference.address);
    let found = block.and_then(|block| block.type_at(&path).ok());
    found.is_none_or(|found| !matches!(found.ty, Type::Number | Type::Bool))
}
