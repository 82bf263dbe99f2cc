//! The variables of a function: what Lambda takes no values for, and what cannot stand in one.
use super::{Function, KIND};
use crate::compute::task::environment::{Environment, Setting, Settings, clashes};
use crate::compute::task::places::Places;
use crate::kind::{Output, Resolving};
use crate::names::variable_prefix;
use crate::platform::Platform;
use crate::text::Piece;
use platgen_source::diagnostics::{Diagnostic, SpecPath, code};
use platgen_source::{Name, is_plain};
use platgen_terraform::{Part, Value};
use std::collections::{BTreeMap, BTreeSet};

/// The variables that Lambda sets itself and that nobody else can set
/// (<https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime>).
const RESERVED: [&str; 18] = [
    "AWS_ACCESS_KEY",
    "AWS_ACCESS_KEY_ID",
    "AWS_DEFAULT_REGION",
    "AWS_EXECUTION_ENV",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_INITIALIZATION_TYPE",
    "AWS_LAMBDA_LOG_GROUP_NAME",
    "AWS_LAMBDA_LOG_STREAM_NAME",
    "AWS_LAMBDA_RUNTIME_API",
    "AWS_REGION",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "LAMBDA_RUNTIME_DIR",
    "LAMBDA_TASK_ROOT",
    "_HANDLER",
    "_X_AMZN_TRACE_ID",
];

/// The most bytes of all variables together
/// (<https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>).
const MOST_BYTES: usize = 4096;

/// Finds names that Lambda refuses.
pub(super) fn check_names(settings: &Settings, resolving: &mut Resolving<'_>) {
    for (name, setting) in settings {
        if RESERVED.contains(&name.as_str()) {
            let message = format!("Lambda sets `{name}` itself, and takes no other value for it");
            resolving.find(&code::IMPOSSIBLE, &setting.place, message);
        } else if !is_plain(name, 2..=usize::MAX, b"_") || name.starts_with('_') {
            // https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
            let message = "Lambda wants two letters or more, of which the first is no `_`";
            resolving.find(&code::MALFORMED, &setting.place, message);
        }
    }
}

/// A function that must be made before another, whose variables speak of it.
struct Needed<'a> {
    /// Its name.
    function: &'a str,
    /// What of it stands in a variable.
    what: &'static str,
    /// What does without.
    remedy: &'static str,
    /// The line of the spec that needs it.
    place: SpecPath,
}

impl Function {
    /// The variables, by their names.
    pub(super) fn variables(&self, platform: &Platform) -> BTreeMap<String, Value> {
        let derived = Environment::derived(&self.id, platform);
        Environment::of(derived, &self.settings, &self.id, platform).plain
    }

    /// Finds what is wrong with the variables once every edge is known.
    pub(super) fn check_environment(&self, platform: &Platform) -> Vec<Diagnostic> {
        let places = Places::own(&self.id.path());
        let mut findings: Vec<Diagnostic> =
            self.settings.values().filter_map(|setting| self.shown(setting, platform)).collect();
        findings.extend(clashes(&self.settings, &self.id, &places, platform));
        findings.extend(self.circle(platform));
        findings.extend(self.crowded(platform));
        findings
    }

    /// A secret in a variable. ECS injects secrets when a task starts; Lambda has nothing like it.
    fn shown(&self, setting: &Setting, platform: &Platform) -> Option<Diagnostic> {
        let is_secret =
            |piece: &&Piece| matches!(platform.output(piece, &self.id), Output::Secret(_));
        let Piece::Output { kind, name, .. } = setting.pieces.iter().find(is_secret)? else {
            return None;
        };
        let message = "Lambda shows the values of variables, so no secret can stand in one";
        let help = format!(
            "leave the variable out, and read the secret when the code runs: the edge to \
             `{kind}.{name}` gives its place in `{}_SECRET_ARN`",
            variable_prefix(name)
        );
        Some(Diagnostic::at(&code::EXPOSED_SECRET, &setting.place, message).help(help))
    }

    /// The variable by which the function needs itself, by way of other functions or not: ARN and URL
    /// are known once a function is made, with its variables.
    fn circle(&self, platform: &Platform) -> Option<Diagnostic> {
        let closes = |needed: &Needed<'_>| {
            let mut seen = BTreeSet::new();
            leads_to(needed.function, self.id.name.as_str(), platform, &mut seen)
        };
        let needed = self.needed().find(closes)?;
        let Needed { what, remedy, place, .. } = needed;
        let message = format!("the {what} of the function itself is in the end needed to make it");
        Some(Diagnostic::at(&code::IMPOSSIBLE, &place, message).help(remedy))
    }

    /// The functions that must be made before this one.
    fn needed(&self) -> impl Iterator<Item = Needed<'_>> {
        self.named_arns().chain(self.called_by_url())
    }

    fn called_by_url(&self) -> impl Iterator<Item = Needed<'_>> {
        let called = self.uses.function.iter().filter(|(_, verbs)| verbs.url.is_some());
        let edges = self.id.path().key("uses").key(KIND);
        called.map(move |(name, _)| Needed {
            function: name.0.as_str(),
            what: "URL",
            remedy: "let one of them call the other by `invoke`",
            place: edges.key(name.0.as_str()).key("url"),
        })
    }

    /// The functions whose ARN stands in a variable, and where.
    fn named_arns(&self) -> impl Iterator<Item = Needed<'_>> {
        self.settings.values().flat_map(|setting| {
            setting.pieces.iter().filter_map(move |piece| match piece {
                Piece::Output { kind, name, output } if kind == KIND && output == &["arn"] => {
                    let remedy = "let the code ask Lambda, or write `{function.<name>.name}`";
                    let place = setting.place.clone();
                    Some(Needed { function: name.as_str(), what: "ARN", remedy, place })
                }
                _ => None,
            })
        })
    }

    /// Whether the variables are too long, as far as they are known before anything is made.
    fn crowded(&self, platform: &Platform) -> Option<Diagnostic> {
        let variables = self.variables(platform);
        let bytes = variables.iter().map(|(name, value)| name.len() + least_bytes(value));
        let bytes: usize = bytes.sum();
        (bytes > MOST_BYTES).then(|| {
            let message = format!(
                "the variables take {bytes} bytes or more with those of edges; Lambda takes \
                 {MOST_BYTES}"
            );
            let help = "put long values into a file of the source";
            Diagnostic::at(&code::LIMIT, &self.id.path().key("env"), message).help(help)
        })
    }
}

/// Whether the variables of a function need another one, or one whose variables do.
fn leads_to<'p>(
    from: &'p str,
    to: &str,
    platform: &'p Platform,
    seen: &mut BTreeSet<&'p str>,
) -> bool {
    if from == to {
        return true;
    }
    let function = Name::new(from).and_then(|name| platform.things.function.get(&name));
    let Some(function) = function.filter(|_| seen.insert(from)) else { return false };
    function.needed().any(|next| leads_to(next.function, to, platform, seen))
}

/// How many bytes of a value are known: those that are no reference.
fn least_bytes(value: &Value) -> usize {
    match value {
        Value::Text(text) => text.len(),
        Value::Template(parts) => parts
            .iter()
            .map(|part| match part {
                Part::Text(text) => text.len(),
                Part::Expr(_) => 0,
            })
            .sum(),
        _ => 0,
    }
}
