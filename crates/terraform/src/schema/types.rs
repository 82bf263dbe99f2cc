//! The types of values.
use std::collections::BTreeMap;
use std::fmt;

/// The type of a value, as Terraform knows it
/// (<https://developer.hashicorp.com/terraform/language/expressions/type-constraints>).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Type {
    /// Text.
    String,
    /// A number, whole or not.
    Number,
    /// `true` or `false`.
    Bool,
    /// Anything: the provider decides when it runs.
    Dynamic,
    /// Values of one type, in an order.
    List(Box<Type>),
    /// Different values of one type, without an order.
    Set(Box<Type>),
    /// Values of one type by text keys.
    Map(Box<Type>),
    /// A fixed set of names, each with its own type.
    Object(BTreeMap<&'static str, Type>),
}

impl Type {
    /// Whether the value is one piece of text, a number or a truth value.
    pub fn is_scalar(&self) -> bool {
        matches!(self, Self::String | Self::Number | Self::Bool)
    }

    /// Whether the engine takes a value of this type where `wanted` is expected, perhaps after
    /// converting it (<https://developer.hashicorp.com/terraform/language/expressions/types#type-conversion>).
    pub fn converts_to(&self, wanted: &Self) -> bool {
        match (self, wanted) {
            (Self::Dynamic, _) | (_, Self::Dynamic) => true,
            (Self::List(from) | Self::Set(from), Self::List(to) | Self::Set(to))
            | (Self::Map(from), Self::Map(to)) => from.converts_to(to),
            (Self::Object(from), Self::Map(to)) => from.values().all(|field| field.converts_to(to)),
            (Self::Object(from), Self::Object(to)) => {
                to.iter().all(|(name, to)| from.get(name).is_some_and(|from| from.converts_to(to)))
            }
            (Self::Map(from), Self::Object(to)) => to.values().all(|field| from.converts_to(field)),
            // Text may hold a number or a truth value, so only the two are kept apart.
            (Self::Number, Self::Bool) | (Self::Bool, Self::Number) => false,
            _ => self.is_scalar() && wanted.is_scalar(),
        }
    }
}

/// Written as the `type` of a variable: `list(object({ name = string }))`.
impl fmt::Display for Type {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::String => out.write_str("string"),
            Self::Number => out.write_str("number"),
            Self::Bool => out.write_str("bool"),
            Self::Dynamic => out.write_str("any"),
            Self::List(item) => write!(out, "list({item})"),
            Self::Set(item) => write!(out, "set({item})"),
            Self::Map(item) => write!(out, "map({item})"),
            Self::Object(fields) if fields.is_empty() => out.write_str("object({})"),
            Self::Object(fields) => {
                let fields: Vec<_> =
                    fields.iter().map(|(name, field)| format!("{name} = {field}")).collect();
                write!(out, "object({{ {} }})", fields.join(", "))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;

    fn object<const N: usize>(fields: [(&'static str, Type); N]) -> Type {
        Type::Object(BTreeMap::from(fields))
    }

    fn list(item: Type) -> Type {
        Type::List(Box::new(item))
    }

    fn map(item: Type) -> Type {
        Type::Map(Box::new(item))
    }

    #[test]
    fn a_type_prints_as_a_variable_declares_it() {
        let port = object([("from", Type::Number), ("open", Type::Bool)]);
        for (ty, text) in [
            (Type::String, "string"),
            (list(port), "list(object({ from = number, open = bool }))"),
            (map(Type::Set(Box::new(Type::Dynamic))), "map(set(any))"),
            (object([]), "object({})"),
        ] {
            assert_eq!(ty.to_string(), text);
        }
    }

    #[test]
    fn conversion_follows_the_engine() {
        let (text, number, truth) = (Type::String, Type::Number, Type::Bool);
        let named = object([("name", Type::String)]);
        for (from, to, converts) in [
            (&number, &text, true),
            (&text, &number, true),
            (&truth, &number, false),
            (&list(Type::String), &text, false),
            (&list(Type::Number), &Type::Set(Box::new(Type::String)), true),
            (&list(list(Type::String)), &list(Type::String), false),
            (&map(Type::String), &map(Type::Number), true),
            (&map(Type::String), &named, true),
            (&map(list(Type::String)), &named, false),
            (&named, &map(Type::String), true),
            (&named, &object([]), true),
            (&object([]), &named, false),
            (&text, &list(Type::String), false),
            (&Type::Dynamic, &list(Type::String), true),
            (&list(Type::String), &Type::Dynamic, true),
        ] {
            assert_eq!(from.converts_to(to), converts, "{from} to {to}");
        }
    }
}
