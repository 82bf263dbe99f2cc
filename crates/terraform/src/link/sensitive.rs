//! Which values Terraform must not show. A root output that holds one and is not marked is an
//! error (<https://developer.hashicorp.com/terraform/language/values/outputs#sensitive-suppressing-values-in-cli-output>).
use std::collections::BTreeSet;

use super::{path_in_instance, resource_of};
use crate::document::Document;
use crate::expr::{Expr, LocalRef, PathStep, Ref};
use crate::schema::Schema;
use crate::value::Value;

/// Answers which values of a document are sensitive.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sensitivity<'a> {
    pub(crate) document: &'a Document,
    pub(crate) schema: &'a Schema,
}

/// What was looked at on the way, so that a cycle of references comes to an end.
#[derive(Debug, Default)]
struct Trail {
    references: BTreeSet<Ref>,
    locals: BTreeSet<LocalRef>,
}

impl Sensitivity<'_> {
    /// Whether a reference gives something sensitive: because the provider says so, or because
    /// the argument it names was given something sensitive.
    pub(crate) fn of_reference(&self, reference: &Ref) -> bool {
        self.reference(reference, &mut Trail::default())
    }

    /// Whether a value holds something sensitive.
    pub(crate) fn of_value(&self, value: &Value) -> bool {
        self.value(value, &mut Trail::default())
    }

    fn value(&self, value: &Value, trail: &mut Trail) -> bool {
        let mut sensitive = false;
        value.visit(&mut |expr| {
            sensitive |= match expr {
                Expr::Ref(reference) => self.reference(reference, trail),
                Expr::Local(local) => self.local(local, trail),
                _ => false,
            };
        });
        sensitive
    }

    fn local(&self, local: &LocalRef, trail: &mut Trail) -> bool {
        if !trail.locals.insert(local.clone()) {
            return false;
        }
        let module = self.document.modules.get(local.module);
        let found = module.and_then(|module| module.locals.get(&local.name));
        found.is_some_and(|found| self.value(&found.value, trail))
    }

    fn reference(&self, reference: &Ref, trail: &mut Trail) -> bool {
        let Some(resource) = resource_of(self.document, reference) else { return false };
        let path = path_in_instance(resource, reference);
        let block = self.schema.of_address(&reference.address);
        let by_schema = block.and_then(|block| block.type_at(path).ok());
        if by_schema.is_some_and(|found| found.sensitive) {
            return true;
        }
        if !trail.references.insert(reference.clone()) {
            return false;
        }
        match path.first() {
            Some(PathStep::Attribute(name)) => {
                let argument = resource.arguments.get(*name);
                argument.is_some_and(|argument| self.value(argument, trail))
            }
            _ => resource.arguments.values().any(|argument| self.value(argument, trail)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::block;
    use crate::expr::{Address, Handle};

    fn is_sensitive(document: &Document, value: &Value) -> bool {
        Sensitivity { document, schema: Schema::embedded() }.of_value(value)
    }

    #[test]
    fn the_provider_says_what_is_sensitive() {
        let mut document = Document::default();
        let mut file = document.module("data").file("database.main");
        let cluster = file.resource("aws_rds_cluster", "main", block! {}).add();
        assert!(is_sensitive(&document, &block! { a: vec![cluster.get("master_password")] }));
        assert!(is_sensitive(&document, &Value::from(cluster.whole())));
        assert!(!is_sensitive(&document, &cluster.get("endpoint")));
        assert!(!is_sensitive(&document, &cluster.get("no_such_attribute")));
    }

    #[test]
    fn what_was_given_something_sensitive_gives_it_on() {
        let mut document = Document::default();
        let mut file = document.module("data").file("database.main");
        let cluster = file.resource("aws_rds_cluster", "main", block! {}).add();
        let local = file.local("password", cluster.get("master_password"));
        let arguments = block! { name: local, description: "open" };
        let topic = file.resource("aws_sns_topic", "t", arguments).add();
        assert!(is_sensitive(&document, &topic.get("name")));
        assert!(is_sensitive(&document, &Value::from(topic.whole())));
        assert!(!is_sensitive(&document, &topic.get("arn")));
    }

    #[test]
    fn cycles_and_missing_things_come_to_an_end() {
        let mut document = Document::default();
        let lost = Handle::new("nowhere", Address::managed("aws_vpc", "x"));
        let mut file = document.module("a").file("a");
        let own = Handle::new("a", Address::managed("aws_sns_topic", "t"));
        file.resource("aws_sns_topic", "t", block! { name: own.get("name") }).add();
        let name = LocalRef { module: "a", name: "l".to_owned() };
        let local = file.local("l", Expr::Local(name));
        assert!(!is_sensitive(&document, &own.get("name")));
        assert!(!is_sensitive(&document, &local));
        assert!(!is_sensitive(&document, &lost.get("id")));
    }
}
