//! The parser of one block's line; `tools/provider-schema/schema_text.py` describes its form.
use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Attribute, AttributeMode, Block, NestedBlock, Nesting, Type};

/// The block of a line, or nothing when the line is malformed. `inner` gives a block by its number.
pub(super) fn block(
    line: &'static str,
    inner: &impl Fn(usize) -> Option<Arc<Block>>,
) -> Option<Block> {
    let mut block = Block { deprecated: false, attributes: Vec::new(), blocks: Vec::new() };
    for word in line.split(' ').filter(|word| !word.is_empty()) {
        if word == "-" {
            block.deprecated = true;
        } else if let Some((name, rest)) = word.split_once('=') {
            block.attributes.push(attribute(name, rest)?);
        } else {
            let (name, rest) = word.split_once('@')?;
            block.blocks.push(nested(name, rest, inner)?);
        }
    }
    // The look-up by name is a binary search.
    let sorted = block.attributes.is_sorted_by_key(|attribute| attribute.name)
        && block.blocks.is_sorted_by_key(|block| block.name);
    sorted.then_some(block)
}

fn attribute(name: &'static str, text: &'static str) -> Option<Attribute> {
    let (ty, flags) = ty(text)?;
    let (mode, marks) = match flags.bytes().next() {
        Some(b'!') => (AttributeMode::Required, &flags[1..]),
        Some(b'?') => (AttributeMode::OptionalComputed, &flags[1..]),
        Some(b'^') => (AttributeMode::Computed, &flags[1..]),
        _ => (AttributeMode::Optional, flags),
    };
    if marks.contains(|mark| !"~+-".contains(mark)) {
        return None;
    }
    Some(Attribute {
        name,
        ty,
        mode,
        sensitive: marks.contains('~'),
        write_only: marks.contains('+'),
        deprecated: marks.contains('-'),
    })
}

/// The type at the start of a text, and what follows it.
pub(super) fn ty(text: &'static str) -> Option<(Type, &'static str)> {
    let rest = text.get(1..)?;
    let scalar = |ty| Some((ty, rest));
    let collection = |of: fn(Box<Type>) -> Type| {
        let (item, rest) = ty(rest)?;
        Some((of(Box::new(item)), rest))
    };
    match text.as_bytes()[0] {
        b's' => scalar(Type::String),
        b'n' => scalar(Type::Number),
        b'b' => scalar(Type::Bool),
        b'*' => scalar(Type::Dynamic),
        b'[' => collection(Type::List),
        b'<' => collection(Type::Set),
        b'%' => collection(Type::Map),
        b'{' => object(rest),
        _ => None,
    }
}

/// The fields of an object type, up to and including the closing brace.
fn object(text: &'static str) -> Option<(Type, &'static str)> {
    let mut fields = BTreeMap::new();
    let mut rest = text;
    while !rest.starts_with('}') {
        let (name, after_name) = rest.split_once(':')?;
        let (field, after_field) = ty(after_name)?;
        fields.insert(name, field);
        rest = after_field.strip_prefix(',').unwrap_or(after_field);
    }
    Some((Type::Object(fields), &rest[1..]))
}

fn nested(
    name: &'static str,
    text: &'static str,
    inner: &impl Fn(usize) -> Option<Arc<Block>>,
) -> Option<NestedBlock> {
    let letter = text.find(|digit: char| !digit.is_ascii_digit())?;
    let (number, rest) = text.split_at(letter);
    let nesting = match rest.as_bytes()[0] {
        b'l' => Nesting::List,
        b's' => Nesting::Set,
        b'o' => Nesting::Single,
        _ => return None,
    };
    let (least, most) = match rest[1..].split_once(':') {
        Some((least, most)) => (least, Some(most.parse().ok()?)),
        None => (&rest[1..], None),
    };
    let min_items = if least.is_empty() { 0 } else { least.parse().ok()? };
    let block = inner(number.parse().ok()?)?;
    Some(NestedBlock { name, nesting, min_items, max_items: most, block })
}
