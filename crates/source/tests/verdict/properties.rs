//! One verdict on trees that nobody thought of: put together from the keys and values that the
//! sections know, so that many of them are nearly right.
use super::sections::Root;
use super::support::{judge, validator};
use platgen_source::diagnostics::Span;
use platgen_source::{Layer, Node, Origin, Value};
use proptest::prelude::*;
use std::sync::LazyLock;

const KEYS: [&str; 36] = [
    "spec",
    "platform",
    "network",
    "service",
    "user_pool",
    "observability",
    "name",
    "region",
    "tags",
    "cidr",
    "zones",
    "nat",
    "flow_logs",
    "endpoints",
    "retention_days",
    "only_in",
    "image",
    "port",
    "cpu",
    "env",
    "type",
    "public",
    "scale",
    "uses",
    "path",
    "sticky",
    "min",
    "max",
    "bucket",
    "database",
    "internet",
    "read",
    "connect",
    "as",
    "prefix",
    "Odd Key",
];

const TEXTS: [&str; 15] = [
    "web",
    "Web",
    "",
    "10.0.0.0/16",
    "single",
    "per-zone",
    "all",
    "/",
    "/a/*",
    "1d",
    "0s",
    "LINUX",
    "read",
    "connect",
    "https",
];

static SCHEMA: LazyLock<jsonschema::Validator> = LazyLock::new(validator::<Root>);

fn node(value: Value) -> Node {
    let span = Span::new(0, &(0..0));
    Node { value, origin: Origin { layer: Layer::Base, key: span.clone(), value: span } }
}

fn scalar() -> impl Strategy<Value = Node> {
    let value = prop_oneof![
        4 => prop::sample::select(&TEXTS[..]).prop_map(|text| Value::String(text.to_owned())),
        2 => prop_oneof![Just(0), Just(1), Just(2), Just(300), any::<i64>()].prop_map(Value::Integer),
        1 => prop_oneof![Just(0.5), Just(2.0), Just(1e300), Just(f64::NAN)].prop_map(Value::Float),
        1 => any::<bool>().prop_map(Value::Boolean),
        1 => Just(Value::Datetime("1979-05-27".to_owned())),
    ];
    value.prop_map(node)
}

fn tree() -> impl Strategy<Value = Node> {
    scalar().prop_recursive(5, 48, 6, |below| {
        let key = prop::sample::select(&KEYS[..]).prop_map(str::to_owned);
        prop_oneof![
            4 => prop::collection::btree_map(key, below.clone(), 0..5)
                .prop_map(|table| node(Value::Table(table))),
            1 => prop::collection::vec(below, 0..3).prop_map(|items| node(Value::Array(items))),
        ]
    })
}

/// A valid spec in which any tree may be laid over any node.
const VALID: &str = "
spec = 1
[platform]
name = 'shop'
tags = { a = 'b' }
[network]
cidr = '10.0.0.0/16'
zones = 2
nat = 'single'
endpoints = 's3'
flow_logs.retention_days = 7
[service.web]
image = 'x'
port = 80
public = { path = '/', sticky = '1d' }
scale = { min = 1, max = 2 }
uses = { internet = 'https', bucket.a = { read = 'p', as = 'b' }, database.c = ['connect'] }
[user_pool.a]
attributes = { b = 'string', c = { type = 'number', min = 1 } }
groups = ['a', { name = 'b' }]
";

fn count(node: &Node) -> usize {
    1 + match &node.value {
        Value::Table(table) => table.values().map(count).sum(),
        Value::Array(items) => items.iter().map(count).sum(),
        _ => 0,
    }
}

/// Replaces the node at this place, counted from the root downwards.
fn replace(node: &mut Node, place: &mut usize, by: &Node) {
    if *place == 0 {
        *node = by.clone();
    }
    let Some(left) = place.checked_sub(1) else {
        *place = usize::MAX;
        return;
    };
    *place = left;
    match &mut node.value {
        Value::Table(table) => table.values_mut().for_each(|below| replace(below, place, by)),
        Value::Array(items) => items.iter_mut().for_each(|below| replace(below, place, by)),
        _ => {}
    }
}

fn nearly_valid() -> impl Strategy<Value = Node> {
    let valid = platgen_source::parse(0, VALID).expect("the text is TOML");
    (0..count(&valid), tree()).prop_map(move |(mut place, by)| {
        let mut spec = valid.clone();
        replace(&mut spec, &mut place, &by);
        spec
    })
}

#[test]
fn what_is_replaced_is_in_a_valid_spec() {
    let (value, faults) = judge::<Root>(platgen_source::parse(0, VALID).unwrap(), &SCHEMA);
    assert!(value.is_some(), "{faults:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn any_tree_gets_one_verdict(tree in tree()) {
        judge::<Root>(tree, &SCHEMA);
    }

    #[test]
    fn a_spec_with_one_odd_node_gets_one_verdict(tree in nearly_valid()) {
        judge::<Root>(tree, &SCHEMA);
    }
}
