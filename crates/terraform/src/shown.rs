//! How values look in messages: like Terraform writes them, but with whole addresses, so that a reader
//! sees what a reference means without the wiring between modules.
use crate::expr::{Expr, IndexKey};
use crate::value::{Part, Value};
use std::fmt;

impl fmt::Display for Value {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => out.write_str("null"),
            Self::Bool(flag) => flag.fmt(out),
            Self::Integer(number) => number.fmt(out),
            Self::Decimal(number) => number.fmt(out),
            Self::Text(text) => out.write_str(text),
            Self::Expr(expr) => write!(out, "${{{expr}}}"),
            Self::Template(parts) => parts.iter().try_for_each(|part| part.fmt(out)),
            Self::List(items) => {
                out.write_str("[")?;
                listed(items, out)?;
                out.write_str("]")
            }
            Self::Map(entries) => {
                out.write_str("{")?;
                for (place, (key, value)) in entries.iter().enumerate() {
                    write!(out, "{}{key} = {value}", if place == 0 { "" } else { ", " })?;
                }
                out.write_str("}")
            }
        }
    }
}

impl fmt::Display for Part {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => out.write_str(text),
            Self::Expr(expr) => write!(out, "${{{expr}}}"),
        }
    }
}

impl fmt::Display for Expr {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ref(reference) => reference.fmt(out),
            Self::Call(name, arguments) => {
                let arguments: Vec<String> = arguments.iter().map(inside).collect();
                write!(out, "{name}({})", arguments.join(", "))
            }
            Self::Index(base, IndexKey::Position(place)) => write!(out, "{base}[{place}]"),
            Self::Index(base, IndexKey::Key(key)) => write!(out, "{base}[{key:?}]"),
            Self::Index(base, IndexKey::Computed(key)) => write!(out, "{base}[{key}]"),
            Self::Attribute(base, name) => write!(out, "{base}.{name}"),
            Self::Local(local) => write!(out, "module.{}.local.{}", local.module, local.name),
            Self::Variable(name) => write!(out, "var.{name}"),
            Self::ModulePath => out.write_str("path.module"),
            Self::EachKey => out.write_str("each.key"),
            Self::EachValue(path) => write!(out, "each.value{}", dotted(path)),
            Self::For(comprehension) => {
                let collection = inside(&comprehension.collection);
                let value = inside(&comprehension.value);
                match &comprehension.key {
                    Some(key) => {
                        write!(out, "{{for item in {collection} : {} => {value}}}", inside(key))
                    }
                    None => write!(out, "[for item in {collection} : {value}]"),
                }
            }
            Self::Item(path) => write!(out, "item{}", dotted(path)),
        }
    }
}

/// A value as part of an expression: texts have quotes there, and expressions no braces.
fn inside(value: &Value) -> String {
    match value {
        Value::Expr(expr) => expr.to_string(),
        Value::Text(text) => format!("{text:?}"),
        Value::Template(_) => format!("\"{value}\""),
        _ => value.to_string(),
    }
}

fn listed(values: &[Value], out: &mut fmt::Formatter<'_>) -> fmt::Result {
    values.iter().enumerate().try_for_each(|(place, value)| {
        let before = if place == 0 { "" } else { ", " };
        write!(out, "{before}{value}")
    })
}

fn dotted(path: &[&str]) -> String {
    path.iter().flat_map(|step| [".", step]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expr::{Address, Handle};
    use crate::{block, json, template};
    use pretty_assertions::assert_eq;

    #[test]
    fn values_look_like_terraform() {
        let vpc = Handle::new("network", Address::managed("aws_vpc", "main"));
        let list = Expr::list_of(vpc.whole(), Value::Expr(Expr::Item(vec!["id"])));
        for (value, expected) in [
            (Value::from("a"), "a"),
            (Value::Null, "null"),
            (Value::Decimal(0.5), "0.5"),
            (vpc.get("tags[0].id"), "${module.network.aws_vpc.main.tags[0].id}"),
            (template![vpc.get("arn"), "/*"], "${module.network.aws_vpc.main.arn}/*"),
            (block! { a: vec![1, 2], b: true }, "{a = [1, 2], b = true}"),
            (json(Value::from("x")), "${jsonencode(\"x\")}"),
            (Value::Expr(list), "${[for item in module.network.aws_vpc.main : item.id]}"),
            (Value::Expr(Expr::Variable("image".to_owned())), "${var.image}"),
            (Value::Expr(Expr::ModulePath), "${path.module}"),
            (Value::Expr(Expr::EachValue(vec!["name"])), "${each.value.name}"),
        ] {
            assert_eq!(value.to_string(), expected);
        }
    }
}
