//! What an edge to a sender gives: sending from some addresses, with some templates.
use super::{Email, address};
use crate::connect::matrix::On;
use crate::connect::{Edge, Grant};
use crate::kind::Target;
use crate::names::variable_prefix;
use crate::platform::Head;
use crate::text::{PlainText, VariableName};
use platgen_source::{Name, OneOrMore, Read};
use platgen_terraform::Value;

/// What is said of sending.
#[derive(Clone, Debug, Default, Read)]
#[spec(default)]
pub struct EmailSend {
    /// The addresses that may stand in `From`; `*` before the `@` is any. By default that of the
    /// sender.
    pub from: Option<OneOrMore<PlainText>>,
    /// The templates. By default all of the sender.
    pub template: Option<OneOrMore<Name>>,
    /// Also messages that the code puts together itself, as attachments need it. By default not.
    pub raw: Option<bool>,
    /// Also many messages of a template in one call, whose `From` AWS does not check. By default not.
    pub bulk: Option<bool>,
}

/// What others may do with a sender.
#[derive(Clone, Debug, Default, Read)]
#[spec(verbs)]
pub struct EmailVerbs {
    /// The beginning of the variables' names.
    pub r#as: Option<VariableName>,
    /// Send mail.
    pub send: Option<EmailSend>,
}

impl EmailSend {
    /// The addresses that may stand in `From`, as far as the spec says.
    pub(super) fn said_from(&self, head: &Head) -> Vec<String> {
        let said = self.from.iter().flat_map(|OneOrMore(texts)| texts);
        said.map(|text| head.plain(text)).collect()
    }

    /// The templates that the spec names.
    pub(super) fn said_templates(&self) -> impl Iterator<Item = &Name> {
        self.template.iter().flat_map(|OneOrMore(names)| names)
    }
}

impl Target for Email {
    type Verbs = EmailVerbs;

    fn grant(&self, verbs: &EmailVerbs, edge: &Edge<'_>) -> Grant {
        let mut grant = edge.grant();
        let Some(send) = &verbs.send else { return grant };
        self.give_rights(send, edge, &mut grant);
        self.give_names(send, edge, &mut grant);
        grant
    }
}

impl Email {
    fn give_rights(&self, send: &EmailSend, edge: &Edge<'_>, grant: &mut Grant) {
        let from = self.allowed_from(send, &edge.platform.head);
        let checked = |kind: &str| {
            let from = from.iter().map(|address| Value::from(address.as_str()));
            let on = self.resources(send, kind);
            // The sender stands in every message, so one condition is enough.
            if kind == "ses:identity" { on.when("StringLike", "ses:FromAddress", from) } else { on }
        };
        edge.give("send", grant, checked);
        if send.raw == Some(true) {
            edge.give("send raw", grant, checked);
        }
        if self.allowed_templates(send).is_empty() {
            return;
        }
        edge.give("send template", grant, checked);
        if send.bulk == Some(true) {
            edge.give("send bulk", grant, checked);
            edge.give("send bulk unchecked", grant, |kind| self.resources(send, kind));
        }
    }

    /// What a right to send is on: every ARN that a message touches.
    fn resources(&self, send: &EmailSend, kind: &str) -> On {
        match kind {
            "ses:configuration-set" => self.configuration_set().get("arn").into(),
            "ses:identity" => self.handle().get("arn").into(),
            "ses:template" => self.allowed_templates(send).into(),
            _ => On::nothing(),
        }
    }

    fn allowed_from(&self, send: &EmailSend, head: &Head) -> Vec<String> {
        let said = send.said_from(head);
        if said.is_empty() {
            let own = address::bare(&self.from).unwrap_or_default();
            return vec![own.to_owned()];
        }
        said
    }

    fn allowed<'a>(&'a self, send: &'a EmailSend) -> Vec<&'a Name> {
        match &send.template {
            Some(OneOrMore(names)) => names.iter().collect(),
            None => self.templates.keys().collect(),
        }
    }

    fn allowed_templates(&self, send: &EmailSend) -> Vec<Value> {
        let templates = self.allowed(send).into_iter().filter_map(|name| self.template(name));
        templates.map(|template| template.get("arn")).collect()
    }

    fn give_names(&self, send: &EmailSend, edge: &Edge<'_>, grant: &mut Grant) {
        let set = self.configuration_set().get("configuration_set_name");
        grant.variables.push((edge.variable("FROM"), Value::from(self.from())));
        grant.variables.push((edge.variable("CONFIGURATION_SET"), set));
        if let Some(reply_to) = self.reply_to() {
            grant.variables.push((edge.variable("REPLY_TO"), Value::from(reply_to)));
        }
        for name in self.allowed(send) {
            if let Some(template) = self.template(name) {
                let suffix = format!("TEMPLATE_{}", variable_prefix(name.as_str()));
                grant.variables.push((edge.variable(&suffix), template.get("name")));
            }
        }
    }
}
