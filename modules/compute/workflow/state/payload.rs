//! Everything in a state that can speak of data, and what is wrong with it.
use super::spec::StateSpec;
use crate::compute::workflow::path::{is_intrinsic, is_path};
use crate::compute::workflow::template::{COMPUTED_END, Template};
use crate::kind::Resolving;
use platgen_source::diagnostics::{SpecPath, code};
use platgen_source::{OneOrMore, shown};
use std::collections::BTreeMap;
use std::fmt::Display;

/// A payload of a state.
pub struct Payload<'a> {
    /// Where it stands.
    pub place: SpecPath,
    /// What it is.
    pub template: &'a Template,
    /// How it is written.
    pub form: Form,
}

/// How a payload is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// As JSON, in which only keys can be computed.
    Json,
    /// As attributes of an item, in which every value stands at the key of its type.
    Item,
}

/// The payloads of a state, collected with their places.
struct Payloads<'a> {
    place: SpecPath,
    found: Vec<Payload<'a>>,
}

/// Every payload of a state.
pub fn payloads<'a>(spec: &'a StateSpec, place: &SpecPath) -> Vec<Payload<'a>> {
    let mut payloads = Payloads { place: place.clone(), found: Vec::new() };
    payloads.of_messages(spec);
    payloads.of_tables(spec);
    if let Some(run) = &spec.run {
        payloads.table(Form::Json, &["run", "env"], &run.env);
        payloads.list(&["run", "command"], run.command.iter().flatten());
    }
    if let Some(map) = &spec.map {
        payloads.table(Form::Json, &["map", "with"], &map.with);
    }
    payloads.one(&["start", "input"], spec.start.as_ref().and_then(|start| start.input.as_ref()));
    payloads.one(&["pass"], spec.pass.as_ref());
    payloads.one(&["cause"], spec.cause.as_ref());
    payloads.one(&["select"], spec.select.as_ref());
    payloads.found
}

impl<'a> Payloads<'a> {
    fn of_messages(&mut self, spec: &'a StateSpec) {
        if let Some(invoke) = &spec.invoke {
            self.one(&["invoke", "payload"], invoke.payload.as_ref());
        }
        if let Some(event) = &spec.event {
            self.one(&["event", "detail"], event.detail.as_ref());
        }
        if let Some(email) = &spec.email {
            let OneOrMore(to) = &email.to;
            self.list(&["email", "to"], to.iter());
            self.one(&["email", "data"], email.data.as_ref());
        }
        if let Some(publish) = &spec.publish {
            self.one(&["publish", "message"], publish.message.as_ref());
            self.one(&["publish", "subject"], publish.subject.as_ref());
            self.one(&["publish", "group"], publish.group.as_ref());
            self.one(&["publish", "deduplication"], publish.deduplication.as_ref());
            self.table(Form::Json, &["publish", "attributes"], &publish.attributes);
        }
        if let Some(send) = &spec.send {
            self.one(&["send", "message"], send.message.as_ref());
            self.one(&["send", "group"], send.group.as_ref());
            self.one(&["send", "deduplication"], send.deduplication.as_ref());
            self.table(Form::Json, &["send", "attributes"], &send.attributes);
        }
    }

    fn of_tables(&mut self, spec: &'a StateSpec) {
        if let Some(get) = &spec.get {
            self.table(Form::Item, &["get", "key"], &get.key);
        }
        if let Some(put) = &spec.put {
            self.table(Form::Item, &["put", "item"], &put.item);
        }
        if let Some(update) = &spec.update {
            self.table(Form::Item, &["update", "key"], &update.key);
            self.table(Form::Item, &["update", "set"], &update.set);
            self.table(Form::Item, &["update", "add"], &update.add);
        }
        if let Some(delete) = &spec.delete {
            self.table(Form::Item, &["delete", "key"], &delete.key);
        }
    }

    fn one(&mut self, keys: &[&str], template: Option<&'a Template>) {
        if let Some(template) = template {
            self.add(self.at(keys), template, Form::Json);
        }
    }

    fn list(&mut self, keys: &[&str], templates: impl Iterator<Item = &'a Template>) {
        let place = self.at(keys);
        for (index, template) in templates.enumerate() {
            self.add(place.index(index), template, Form::Json);
        }
    }

    fn table<K: Display>(
        &mut self,
        form: Form,
        keys: &[&str],
        templates: &'a BTreeMap<K, Template>,
    ) {
        let place = self.at(keys);
        for (key, template) in templates {
            self.add(place.key(&key.to_string()), template, form);
        }
    }

    fn add(&mut self, place: SpecPath, template: &'a Template, form: Form) {
        self.found.push(Payload { place, template, form });
    }

    fn at(&self, keys: &[&str]) -> SpecPath {
        keys.iter().fold(self.place.clone(), |place, key| place.key(key))
    }
}

impl Payload<'_> {
    /// Finds texts that look like paths or calls and are none, keys that are marked by hand, and lists
    /// that no call can make.
    pub fn check(&self, resolving: &mut Resolving<'_>) {
        let inside = |place, template| Payload { place, template, form: self.form };
        match self.template {
            Template::Computed(text) if !is_path(text) && !is_intrinsic(text) => {
                let message =
                    format!("`{}` is neither a path into the data nor a call", shown(text));
                let help =
                    "write a path such as \"$.client.email\", or a call such as \"States.UUID()\"";
                resolving.find_with(&code::MALFORMED, &self.place, message, help);
            }
            Template::List(items) => {
                self.check_list(items, resolving);
                for (index, item) in items.iter().enumerate() {
                    inside(self.place.index(index), item).check(resolving);
                }
            }
            Template::Table(table) => {
                for (key, value) in table {
                    check_key(key, &self.place.key(key), resolving);
                    inside(self.place.key(key), value).check(resolving);
                }
            }
            _ => {}
        }
    }

    fn check_list(&self, items: &[Template], resolving: &mut Resolving<'_>) {
        let is_nested = |item: &Template| matches!(item, Template::List(_) | Template::Table(_));
        let is_mixed = items.iter().any(Template::is_computed) && items.iter().any(is_nested);
        if is_mixed && self.form == Form::Json {
            let message = "a list holds either paths into the data, or lists and tables";
            let help = "put each path into a table of its own: { value = \"$.path\" }";
            resolving.find_with(&code::CONFLICT, &self.place, message, help);
        }
    }
}

/// platgen marks computed keys itself.
fn check_key(key: &str, place: &SpecPath, resolving: &mut Resolving<'_>) {
    if let Some(plain) = key.strip_suffix(COMPUTED_END) {
        let message = format!("`{}` ends in `.$`, which marks what is computed", shown(key));
        let help = format!("write `{}`: the mark comes by itself", shown(plain));
        resolving.find_with(&code::BAD_NAME, place, message, help);
    }
}
