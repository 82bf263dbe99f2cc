//! Expressions and values, as they stand in template position of one module or of the root.
use serde_json::{Map, Number, Value as Json};

use super::escape::{quote_into, quoted, split_marker_run, template_text};
use crate::expr::{Expr, For, IndexKey, PathStep, Ref};
use crate::link::Links;
use crate::schema::Type;
use crate::value::{Part, Value};

/// Where an expression stands, which decides how it reaches what it refers to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scope<'a> {
    /// The module; none is the root.
    pub(super) module: Option<&'static str>,
    /// What passes between modules.
    pub(super) links: &'a Links,
}

/// One piece of a written template.
enum Piece {
    /// Literal text, with its template markers escaped.
    Literal(String),
    /// An interpolation, `${ }` included. It is code: no further quoting may touch it.
    Interpolation(String),
}

impl Scope<'_> {
    /// A value in template position. Entries of maps that are null are left out.
    pub(super) fn value(&self, value: &Value) -> Json {
        match value {
            Value::Null => Json::Null,
            Value::Bool(flag) => Json::Bool(*flag),
            Value::Integer(number) => Json::from(*number),
            // What is not finite has no JSON; verification reports it.
            Value::Decimal(number) => Number::from_f64(*number).map_or(Json::Null, Json::Number),
            Value::Text(text) => Json::String(template_text(text)),
            Value::Expr(expr) => Json::String(interpolation(&self.expression(expr))),
            Value::Template(parts) => Json::String(self.template(parts)),
            Value::List(items) => items.iter().map(|item| self.value(item)).collect(),
            Value::Map(entries) => {
                let set = entries.iter().filter(|(_, value)| **value != Value::Null);
                let entries = set.map(|(key, value)| (template_text(key), self.value(value)));
                Json::Object(entries.collect())
            }
        }
    }

    /// A value in template position, in the shape that its type asks for: an object of an
    /// attribute has every key, and null where nothing is set
    /// (<https://developer.hashicorp.com/terraform/language/attr-as-blocks>).
    pub(super) fn typed_value(&self, value: &Value, ty: &Type) -> Json {
        match (value, ty) {
            (Value::Map(entries), Type::Object(fields)) => {
                let missing = fields.keys().map(|name| ((*name).to_owned(), Json::Null));
                let mut object: Map<String, Json> = missing.collect();
                for (key, value) in entries {
                    let json = match fields.get(key.as_str()) {
                        Some(field) => self.typed_value(value, field),
                        None => self.value(value),
                    };
                    object.insert(template_text(key), json);
                }
                Json::Object(object)
            }
            (Value::List(items), Type::List(ty) | Type::Set(ty)) => {
                items.iter().map(|item| self.typed_value(item, ty)).collect()
            }
            (Value::Map(entries), Type::Map(ty)) => {
                let set = entries.iter().filter(|(_, value)| **value != Value::Null);
                let entry = |(key, value): (&String, &Value)| {
                    (template_text(key), self.typed_value(value, ty))
                };
                Json::Object(set.map(entry).collect())
            }
            _ => self.value(value),
        }
    }

    /// The text of an expression, without the `${ }` around it.
    pub(super) fn expression(&self, expr: &Expr) -> String {
        match expr {
            Expr::Ref(reference) => self.reference(reference),
            Expr::Call(function, arguments) => {
                format!("{function}({})", self.operands(arguments))
            }
            Expr::Index(base, key) => {
                format!("{}[{}]", self.expression(base), self.index_key(key))
            }
            Expr::Attribute(base, name) => format!("{}.{name}", self.expression(base)),
            Expr::Local(local) => format!("local.{}", local.name),
            Expr::Variable(name) => format!("var.{name}"),
            Expr::ModulePath => "path.module".to_owned(),
            Expr::EachKey => "each.key".to_owned(),
            Expr::EachValue(path) => dotted("each.value", path),
            Expr::For(comprehension) => self.comprehension(comprehension),
            Expr::Item(path) => dotted("item", path),
        }
    }

    /// A reference inside the module stays one; one to another module goes through a variable,
    /// and one from the root through an output.
    fn reference(&self, reference: &Ref) -> String {
        let port = match self.module {
            Some(module) if module == reference.module => None,
            _ => self.links.port(reference),
        };
        match (port, self.module) {
            (Some(port), Some(_)) => format!("var.{}", port.name),
            (Some(port), None) => format!("module.{}.{}", reference.module, port.name),
            (None, _) => {
                let steps = reference.path.iter().map(path_step);
                format!("{}{}", reference.address, steps.collect::<String>())
            }
        }
    }

    fn index_key(&self, key: &IndexKey) -> String {
        match key {
            IndexKey::Position(place) => place.to_string(),
            IndexKey::Key(key) => quoted(key),
            IndexKey::Computed(expr) => self.expression(expr),
        }
    }

    fn comprehension(&self, comprehension: &For) -> String {
        let collection = self.operand(&comprehension.collection);
        let value = self.operand(&comprehension.value);
        match &comprehension.key {
            None => format!("[for item in {collection} : {value}]"),
            Some(key) => {
                let key = self.operand(key);
                format!("{{for item in {collection} : {key} => {value}}}")
            }
        }
    }

    /// A value inside an expression. Entries of maps that are null are left out.
    fn operand(&self, value: &Value) -> String {
        match value {
            Value::Null => "null".to_owned(),
            Value::Bool(flag) => flag.to_string(),
            Value::Integer(number) => number.to_string(),
            Value::Decimal(number) if !number.is_finite() => "null".to_owned(),
            Value::Decimal(number) => number.to_string(),
            Value::Text(text) => quoted(text),
            Value::Expr(expr) => self.expression(expr),
            Value::Template(parts) => self.quoted_template(parts),
            Value::List(items) => format!("[{}]", self.operands(items)),
            Value::Map(entries) => {
                let set = entries.iter().filter(|(_, value)| **value != Value::Null);
                let entries =
                    set.map(|(key, value)| format!("{} = {}", quoted(key), self.operand(value)));
                format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
            }
        }
    }

    fn operands(&self, values: &[Value]) -> String {
        values.iter().map(|value| self.operand(value)).collect::<Vec<_>>().join(", ")
    }

    fn template(&self, parts: &[Part]) -> String {
        let mut out = String::new();
        self.walk_template(parts, &mut |piece| match piece {
            Piece::Literal(text) => out.push_str(&text),
            Piece::Interpolation(code) => out.push_str(&code),
        });
        out
    }

    /// A template as a quoted text inside an expression. What stands in its interpolations is
    /// code already and is not quoted again.
    fn quoted_template(&self, parts: &[Part]) -> String {
        let mut out = String::from("\"");
        self.walk_template(parts, &mut |piece| match piece {
            Piece::Literal(text) => quote_into(&mut out, &text),
            Piece::Interpolation(code) => out.push_str(&code),
        });
        out.push('"');
        out
    }

    /// Hands over the pieces of a template in order. Texts that meet are joined before they are
    /// escaped, so that no marker comes about between two of them.
    fn walk_template(&self, parts: &[Part], take: &mut dyn FnMut(Piece)) {
        let mut text = String::new();
        for part in parts {
            match part {
                Part::Text(more) => text.push_str(more),
                Part::Expr(expr) => {
                    let (head, run) = split_marker_run(&text);
                    take(Piece::Literal(template_text(head)));
                    if !run.is_empty() {
                        take(Piece::Interpolation(interpolation(&quoted(run))));
                    }
                    take(Piece::Interpolation(interpolation(&self.expression(expr))));
                    text.clear();
                }
            }
        }
        take(Piece::Literal(template_text(&text)));
    }
}

fn interpolation(code: &str) -> String {
    format!("${{{code}}}")
}

fn dotted(base: &str, path: &[&str]) -> String {
    path.iter().fold(base.to_owned(), |text, name| format!("{text}.{name}"))
}

fn path_step(step: &PathStep) -> String {
    match step {
        PathStep::Attribute(name) => format!(".{name}"),
        PathStep::Index(place) => format!("[{place}]"),
        PathStep::Key(key) => format!("[{}]", quoted(key)),
    }
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;
    use crate::expr::{Address, Handle, LocalRef};
    use crate::{block, json, template};

    /// The value as it stands in module `m`, where nothing passes in or out.
    fn written(value: impl Into<Value>) -> Json {
        Scope { module: Some("m"), links: &Links::default() }.value(&value.into())
    }

    fn vpc() -> Handle {
        Handle::new("m", Address::managed("aws_vpc", "main"))
    }

    #[test]
    fn every_form_of_expression_is_written() {
        let local = Expr::Local(LocalRef { module: "m", name: "policy".to_owned() });
        let indexed = |key| Expr::Index(Box::new(vpc().whole()), key);
        let table: [(Expr, &str); 14] = [
            (vpc().whole(), "${aws_vpc.main}"),
            (Expr::Ref(vpc().reference("a[0].b")), "${aws_vpc.main.a[0].b}"),
            (Expr::Ref(vpc().instance("x\"${").reference("id")), r#"${aws_vpc.main["x\"$${"].id}"#),
            (Expr::Call("f", vec![]), "${f()}"),
            (
                Expr::Call("f", vec![Value::from(vec![1, -2]), 1.5.into(), true.into()]),
                "${f([1, -2], 1.5, true)}",
            ),
            (indexed(IndexKey::Position(3)), "${aws_vpc.main[3]}"),
            (indexed(IndexKey::Key("k".to_owned())), r#"${aws_vpc.main["k"]}"#),
            (indexed(IndexKey::Computed(Box::new(Expr::EachKey))), "${aws_vpc.main[each.key]}"),
            (Expr::Attribute(Box::new(local), "id"), "${local.policy.id}"),
            (Expr::Variable("image".to_owned()), "${var.image}"),
            (Expr::EachValue(vec!["a", "b"]), "${each.value.a.b}"),
            (Expr::Item(vec![]), "${item}"),
            (
                Expr::list_of(vpc().whole(), Expr::Item(vec!["id"])),
                "${[for item in aws_vpc.main : item.id]}",
            ),
            (
                Expr::map_of(vpc().whole(), Expr::Item(vec!["id"]), Value::Null),
                "${{for item in aws_vpc.main : item.id => null}}",
            ),
        ];
        for (expr, expected) in table {
            assert_eq!(written(expr), Json::from(expected));
        }
    }

    #[test]
    fn texts_inside_an_expression_are_quoted() {
        let document = block! {
            "a\"b": "${x}\n",
            list: vec![template!["arn:", vpc().get("arn"), "/\"$", vpc().get("id")]],
            none: Value::Null,
            not_finite: f64::NAN,
        };
        let expected = concat!(
            r#"${jsonencode({"a\"b" = "$${x}\n", "#,
            r#""list" = ["arn:${aws_vpc.main.arn}/\"${"$"}${aws_vpc.main.id}"], "#,
            r#""not_finite" = null})}"#,
        );
        assert_eq!(written(json(document)), Json::from(expected));
    }

    #[test]
    fn templates_keep_markers_from_meeting() {
        let text = |text: &str| Part::Text(text.to_owned());
        let expr = || Part::Expr(Expr::EachKey);
        let table = [
            (vec![text("cost $"), expr()], r#"cost ${"$"}${each.key}"#),
            (vec![text("%$$"), expr(), text("$")], r#"${"%$$"}${each.key}$"#),
            (vec![text("$"), text("{x}")], "$${x}"),
            (vec![text("100%"), text("{"), expr()], "100%%{${each.key}"),
            (vec![expr(), text("{")], "${each.key}{"),
            (vec![expr()], "${each.key}"),
        ];
        for (parts, expected) in table {
            assert_eq!(written(Value::Template(parts)), Json::from(expected));
        }
    }

    #[test]
    fn literals_keep_their_types_and_keys_are_escaped() {
        let value =
            block! { "${k}": vec![Value::from(1), 0.5.into(), true.into()], b: Value::Null };
        assert_eq!(written(value), serde_json::json!({ "$${k}": [1, 0.5, true] }));
        assert_eq!(written(f64::INFINITY), Json::Null);
        assert_eq!(written(i64::MAX), Json::from(9_223_372_036_854_775_807_i64));
    }

    #[test]
    fn objects_of_a_type_get_every_key() {
        let object = Type::Object(std::collections::BTreeMap::from([
            ("from", Type::Number),
            ("hosts", Type::List(Box::new(Type::String))),
        ]));
        let rules = Type::Set(Box::new(object.clone()));
        let typed = |value: Value, ty: &Type| {
            Scope { module: Some("m"), links: &Links::default() }.typed_value(&value, ty)
        };
        let full = serde_json::json!({ "from": 1, "hosts": null });
        assert_eq!(typed(block! { from: 1 }, &object), full);
        assert_eq!(typed(vec![block! { from: 1 }].into(), &rules), serde_json::json!([full]));
        let map = Type::Map(Box::new(object));
        let value = block! { "${k}": block! { from: 1, other: "x" }, none: Value::Null };
        let other = serde_json::json!({ "$${k}": { "from": 1, "hosts": null, "other": "x" } });
        assert_eq!(typed(value, &map), other);
        assert_eq!(typed(Expr::EachKey.into(), &rules), Json::from("${each.key}"));
    }
}
