//! How a value speaks of another thing of the spec: `mail = "email.mail"` names kind and thing,
//! `firewall = "public"` the thing alone, because the key says the kind.
use crate::kind::{Kind, ThingId};
use platgen_source::diagnostics::code;
use platgen_source::{Key, Name, Node, Read, Reader, Schemas, json, shown};
use std::fmt;
use std::marker::PhantomData;

/// A thing of one kind, by kind and name: `"function.claims"`.
pub struct Reference<K> {
    name: Name,
    kind: PhantomData<fn() -> K>,
}

/// A thing of one kind, by its name: `"public"`.
pub struct NameOf<K>(Reference<K>);

impl<K: Kind> Reference<K> {
    fn new(name: Name) -> Self {
        Self { name, kind: PhantomData }
    }

    /// The name of the thing.
    pub fn name(&self) -> &Name {
        &self.name
    }

    /// The thing.
    pub fn id(&self) -> ThingId {
        ThingId::new(K::KIND, &self.name)
    }

    fn parse(text: &str) -> Option<Self> {
        let (kind, name) = text.split_once('.')?;
        Name::new(name).filter(|_| kind == K::KIND).map(Self::new)
    }
}

impl<K: Kind> NameOf<K> {
    /// The name of the thing.
    pub fn name(&self) -> &Name {
        self.0.name()
    }

    /// The thing.
    pub fn id(&self) -> ThingId {
        self.0.id()
    }
}

impl<K> Clone for Reference<K> {
    fn clone(&self) -> Self {
        Self { name: self.name.clone(), kind: PhantomData }
    }
}

impl<K> Clone for NameOf<K> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<K: Kind> fmt::Debug for Reference<K> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}.{}", K::KIND, self.name)
    }
}

impl<K: Kind> fmt::Debug for NameOf<K> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(out)
    }
}

impl<K: Kind> Read for Reference<K> {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        let text = String::read(node, reader)?;
        let Some(reference) = Self::parse(&text) else {
            let message = format!("`{}` names no {}", shown(&text), K::KIND);
            let help = format!("write kind and name: \"{}.…\"", K::KIND);
            reader.fault_with(&code::MALFORMED, message, help);
            return None;
        };
        reader.mention(K::KIND, reference.name.as_str(), &[]);
        Some(reference)
    }

    fn schema(_: &mut Schemas) -> json::Value {
        let name = <Name as Key>::PATTERN.unwrap_or("^").trim_start_matches('^');
        json::json!({ "type": "string", "pattern": format!("^{}\\.{name}", K::KIND) })
    }
}

impl<K: Kind> Read for NameOf<K> {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        if let Some(reference) = node.text().and_then(Reference::<K>::parse) {
            let message = format!("the key says already that this is a {}", K::KIND);
            reader.fault_with(&code::MALFORMED, message, format!("write \"{}\"", reference.name));
            return None;
        }
        let name = Name::read(node, reader)?;
        reader.mention(K::KIND, name.as_str(), &[]);
        Some(Self(Reference::new(name)))
    }

    fn schema(schemas: &mut Schemas) -> json::Value {
        Name::schema(schemas)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::table::TableSpec;
    use pretty_assertions::assert_eq;

    #[test]
    fn a_reference_names_its_kind_and_a_thing() {
        for (text, expected) in [
            ("table.orders", Some("orders")),
            ("table.", None),
            ("orders", None),
            ("bucket.orders", None),
            ("table.orders.name", None),
            ("table.Orders", None),
        ] {
            let reference = Reference::<TableSpec>::parse(text);
            let found = reference.as_ref().map(|reference| reference.name().as_str());
            assert_eq!(found, expected, "{text}");
        }
        let orders = Reference::<TableSpec>::parse("table.orders").unwrap();
        assert_eq!(orders.id().to_string(), "table.orders");
        assert_eq!(format!("{:?}", NameOf(orders.clone()).clone()), format!("{orders:?}"));
    }

    #[test]
    fn the_schema_takes_the_same_texts() {
        let schema = platgen_source::schema_of::<Reference<TableSpec>>(|_| {});
        let name = <Name as Key>::PATTERN.unwrap();
        assert_eq!(schema["pattern"], format!("^table\\.{}", &name[1..]));
    }
}
