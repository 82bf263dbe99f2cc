//! Templates of messages: read from files beside the spec, and checked for their grammar.
use super::spec::{EmailSpec, TemplateSpec};
use super::{LONGEST_NAME, handlebars};
use crate::kind::{Resolving, ThingId};
use platgen_source::Name;
use platgen_source::diagnostics::{SpecPath, code};
use std::collections::BTreeMap;

/// A template with every detail decided.
#[derive(Debug)]
pub(super) struct Template {
    pub(super) aws_name: String,
    pub(super) subject: String,
    pub(super) html: Option<String>,
    pub(super) text: Option<String>,
}

/// The most bytes of a template, all parts together
/// (<https://docs.aws.amazon.com/ses/latest/dg/send-personalized-email-api.html>).
const LARGEST: usize = 500 * 1024;

/// Decides the templates of a sender.
pub(super) fn resolve(
    spec: &EmailSpec,
    id: &ThingId,
    resolving: &mut Resolving<'_>,
) -> BTreeMap<Name, Template> {
    let mut templates = BTreeMap::new();
    for (name, template) in &spec.template {
        let path = id.path().key("template").key(name.as_str());
        let resolved = template.resolve(&path, [&id.name, name], resolving);
        templates.insert(name.clone(), resolved);
    }
    templates
}

impl TemplateSpec {
    fn resolve(
        &self,
        path: &SpecPath,
        names: [&Name; 2],
        resolving: &mut Resolving<'_>,
    ) -> Template {
        if self.html.is_none() && self.text.is_none() {
            let message = "a message has an HTML part, or a text part, or both";
            let help = "add text = \"<file>\", or html = \"<file>\"";
            resolving.find_with(&code::MISSING_KEY, path, message, help);
        }
        if self.subject.trim().is_empty() || self.subject.contains(['\r', '\n']) {
            let message = "a subject is one line that is not empty";
            resolving.find(&code::MALFORMED, &path.key("subject"), message);
        }
        check_grammar("subject", None, &self.subject, path, resolving);
        let template = Template {
            aws_name: self.resolve_name(path, names, resolving),
            subject: self.subject.clone(),
            html: part("html", self.html.as_deref(), path, resolving),
            text: part("text", self.text.as_deref(), path, resolving),
        };
        let size = |part: &Option<String>| part.as_ref().map_or(0, String::len);
        let size = template.subject.len() + size(&template.html) + size(&template.text);
        if size > LARGEST {
            let message = format!("{size} bytes; SES takes {LARGEST}");
            resolving.find(&code::LIMIT, path, message);
        }
        template
    }

    fn resolve_name(
        &self,
        path: &SpecPath,
        names: [&Name; 2],
        resolving: &mut Resolving<'_>,
    ) -> String {
        if let Some(name) = &self.aws_name {
            return name.to_string();
        }
        let names = names.map(Name::as_str);
        let prefix = &resolving.head.prefix;
        let name = prefix.name(LONGEST_NAME, &names);
        if prefix.overflows(LONGEST_NAME, &names) {
            let message = format!("the name at AWS is cut to `{name}`");
            let help = "set `aws_name` to choose another";
            resolving.find_with(&code::NAME_SHORTENED, path, message, help);
        }
        name
    }
}

/// The text of a file, if the spec names one that can be used.
fn part(
    key: &str,
    file: Option<&str>,
    path: &SpecPath,
    resolving: &mut Resolving<'_>,
) -> Option<String> {
    let file = file?;
    let place = path.key(key);
    let bytes = match resolving.files.read(file) {
        Ok(bytes) => bytes,
        Err(fault) => {
            let message = format!("`{}` cannot be used: {fault}", file.escape_debug());
            resolving.find(&code::BAD_FILE, &place, message);
            return None;
        }
    };
    let Ok(text) = String::from_utf8(bytes) else {
        let message = format!("`{}` is no UTF-8 text", file.escape_debug());
        resolving.find(&code::BAD_FILE, &place, message);
        return None;
    };
    check_grammar(key, Some(file), &text, path, resolving);
    Some(text)
}

fn check_grammar(
    key: &str,
    file: Option<&str>,
    text: &str,
    path: &SpecPath,
    resolving: &mut Resolving<'_>,
) {
    let Some((line, fault)) = handlebars::fault(text) else { return };
    let (code, message) = match file {
        Some(file) => (&code::BAD_FILE, format!("`{}`, line {line}: {fault}", file.escape_debug())),
        None => (&code::MALFORMED, fault),
    };
    let help = "SES fills in {{name}}, {{#if name}}…{{/if}} and {{#each names}}…{{/each}}";
    resolving.find_with(code, &path.key(key), message, help);
}

/// Names at AWS that two templates of the platform would share. Found at the later one.
pub(super) fn check_names(id: &ThingId, resolving: &mut Resolving<'_>) {
    let prefix = &resolving.head.prefix;
    let mut earlier: BTreeMap<String, String> = BTreeMap::new();
    let mut clashes = Vec::new();
    for (email, spec) in &resolving.spec.email {
        for (name, template) in &spec.template {
            let derived = || prefix.name(LONGEST_NAME, &[email.as_str(), name.as_str()]);
            let aws_name = template.aws_name.as_ref().map_or_else(derived, ToString::to_string);
            let own = format!("email.{email}.template.{name}");
            if let Some(other) = earlier.get(&aws_name).filter(|_| *email == id.name) {
                let message = format!("`{other}` is called `{aws_name}` at AWS as well");
                clashes.push((id.path().key("template").key(name.as_str()), message));
            }
            earlier.entry(aws_name).or_insert(own);
        }
    }
    for (path, message) in clashes {
        let help = "set `aws_name` to choose another name";
        resolving.find_with(&code::NAME_CLASH, &path.key("aws_name"), message, help);
    }
}
