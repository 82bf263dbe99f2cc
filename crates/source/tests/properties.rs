//! What holds for every text and every tree: nothing panics, every place is in the text, and layers
//! and files meet by their laws.
use platgen_source::diagnostics::{Place, Span, SpecPath, Step};
use platgen_source::{Layer, Layers, Merged, Node, Origin, Value, parse, unite};
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use std::collections::BTreeMap;

/// Whether a span can be cut out of the text.
fn in_text(text: &str, span: &Span) -> Result<(), TestCaseError> {
    prop_assert!(text.get(span.range()).is_some(), "{span:?} in {text:?}");
    Ok(())
}

/// The paths of a node and of everything below it.
fn paths(node: &Node, path: &SpecPath, all: &mut Vec<SpecPath>) {
    all.push(path.clone());
    match &node.value {
        Value::Table(table) => {
            for (key, below) in table {
                paths(below, &path.key(key), all);
            }
        }
        Value::Array(items) => {
            for (index, below) in items.iter().enumerate() {
                paths(below, &path.index(index), all);
            }
        }
        _ => {}
    }
}

/// Parses, takes apart and merges a text; every place that comes of it is in the text.
fn everything_is_in_the_text(text: &str) -> Result<(), TestCaseError> {
    let tree = match parse(0, text) {
        Ok(tree) => tree,
        Err(faults) => {
            prop_assert!(!faults.is_empty());
            for fault in faults {
                let Place::Text(span) = fault.place else { panic!("{:?}", fault.place) };
                in_text(text, &span)?;
            }
            return Ok(());
        }
    };
    let layers = Layers::split(tree, |_| {});
    for environment in layers.environments() {
        let merged = layers.merge(environment, &["a", "service"]).expect("a name of its own");
        let mut all = Vec::new();
        paths(&merged.tree, &SpecPath::root(), &mut all);
        let places = all.iter().flat_map(|path| {
            let below = path.key("no such key").index(3);
            [Place::Key(path.clone()), Place::Value(path.clone()), Place::Key(below)]
        });
        for place in places.chain(merged.faults.iter().map(|fault| fault.place.clone())) {
            in_text(text, &merged.locate(&place).expect("every path has a place"))?;
        }
    }
    Ok(())
}

/// Lines that TOML could have, and some that it could not.
fn toml_like() -> impl Strategy<Value = String> {
    let key = "([ab]|é|\"x y\"|'\\.'|\"\\\\u0000\"|service|environment|only_in|like|unset)";
    let value = "(1|0x1f|1e400|-inf|99999999999999999999|true|1979-05-27|\"a\\\\n\"|'''é\n'''|\\[1, \\[\"a\"\\]\\]|\\{ b = 1 \\}|\\[|\\{|\"|=)";
    let line = format!(
        "({key}(\\.{key}){{0,3}} = {value}|\\[{key}(\\.{key}){{0,2}}\\]|\\[\\[{key}\\]\\]|# é|)(\r?\n)"
    );
    let line = prop::string::string_regex(&line).expect("a regular expression");
    prop::collection::vec(line, 0..8).prop_map(|lines| lines.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn any_text_is_read_or_refused(text in any::<String>()) {
        everything_is_in_the_text(&text)?;
    }

    #[test]
    fn any_text_of_toml_signs_is_read_or_refused(text in "[ab01eé.,=#\"'\\[\\]{}\\\\\r\n \t\u{feff}\u{0}-]{0,60}") {
        everything_is_in_the_text(&text)?;
    }

    #[test]
    fn any_text_of_toml_lines_is_read_or_refused(text in toml_like(), bom in "\u{feff}?") {
        everything_is_in_the_text(&format!("{bom}{text}"))?;
    }
}

fn node(value: Value) -> Node {
    let span = Span::new(0, &(0..0));
    Node { value, origin: Origin { layer: Layer::Base, key: span.clone(), value: span } }
}

fn tree() -> impl Strategy<Value = Node> {
    let scalar =
        prop_oneof![any::<i64>().prop_map(Value::Integer), ".{0,3}".prop_map(Value::String)];
    let below = scalar.prop_map(node).prop_recursive(4, 24, 4, |below| {
        prop_oneof![
            3 => table(below.clone()),
            1 => prop::collection::vec(below, 0..3).prop_map(|items| node(Value::Array(items))),
        ]
    });
    table(below)
}

fn table(below: impl Strategy<Value = Node>) -> impl Strategy<Value = Node> {
    let keys = prop::sample::select(&["a", "b", "c", "a b"][..]).prop_map(str::to_owned);
    prop::collection::btree_map(keys, below, 0..4).prop_map(|table| node(Value::Table(table)))
}

fn merged(mut base: Node, over: &Node) -> Node {
    base.merge(over.clone());
    base
}

/// Everything that is no table, by its path, and the tables that are empty: what a layer says.
fn leaves(node: &Node) -> BTreeMap<SpecPath, Value> {
    let mut all = Vec::new();
    paths(node, &SpecPath::root(), &mut all);
    let leaf = |path: SpecPath| {
        let value = &node.get(&path).expect("a path of this tree").value;
        let in_list = path.steps().iter().any(|step| matches!(step, Step::Index(_)));
        let table = matches!(value, Value::Table(table) if !table.is_empty());
        (!in_list && !table).then(|| (path, value.clone()))
    };
    all.into_iter().filter_map(leaf).collect()
}

/// Whether a layer says anything at a path, above it or below it.
fn speaks_of(layer: &BTreeMap<SpecPath, Value>, path: &SpecPath) -> bool {
    layer.keys().any(|key| key.is_within(path) || path.is_within(key))
}

/// Layers are laid with their names on them; a plain merge knows of none.
fn forget_layers(node: &mut Node) {
    node.origin.layer = Layer::Base;
    match &mut node.value {
        Value::Table(table) => table.values_mut().for_each(forget_layers),
        Value::Array(items) => items.iter_mut().for_each(forget_layers),
        _ => {}
    }
}

fn only_environment(tree: Node) -> Merged {
    let layers = Layers::split(tree, |_| {});
    layers
        .merge(platgen_source::ONLY_ENVIRONMENT, &[])
        .expect("the environment that is always there")
}

proptest! {
    #[test]
    fn the_upper_layer_has_the_last_word(base in tree(), over in tree()) {
        let result = merged(base.clone(), &over);
        let (said, below, found) = (leaves(&over), leaves(&base), leaves(&result));
        for (path, value) in &said {
            // An empty table says nothing of what stands in the table below.
            if *value != Value::Table(BTreeMap::new()) {
                prop_assert_eq!(found.get(path), Some(value), "{}", path);
            }
            prop_assert!(result.get(path).is_some(), "{}", path);
        }
        for (path, value) in below.iter().filter(|(path, _)| !speaks_of(&said, path)) {
            prop_assert_eq!(found.get(path), Some(value), "{}", path);
        }
    }

    #[test]
    fn a_layer_laid_twice_is_laid_once(base in tree(), over in tree()) {
        let once = merged(base.clone(), &over);
        prop_assert_eq!(merged(once.clone(), &over), once);
        prop_assert_eq!(merged(base.clone(), &base), base.clone());
        prop_assert_eq!(merged(base.clone(), &node(Value::Table(BTreeMap::new()))), base);
    }

    #[test]
    fn files_with_nothing_in_common_meet_in_any_order(one in tree(), two in tree()) {
        let under = |key: &str, tree: &Node| node(Value::Table(BTreeMap::from([(key.to_owned(), tree.clone())])));
        let (mut forth, mut back) = (under("x", &one), under("y", &two));
        prop_assert_eq!(unite(&mut forth, under("y", &two)), vec![]);
        prop_assert_eq!(unite(&mut back, under("x", &one)), vec![]);
        prop_assert_eq!(forth, back);
    }

    #[test]
    fn a_file_twice_sets_every_leaf_twice(file in tree()) {
        let mut united = file.clone();
        let faults = unite(&mut united, file.clone());
        let set = leaves(&file).into_values().filter(|value| !matches!(value, Value::Table(_)));
        prop_assert_eq!(faults.len(), set.count());
        prop_assert_eq!(united, file);
    }

    #[test]
    fn what_two_files_do_not_both_set_is_what_a_layer_would_give(one in tree(), two in tree()) {
        let mut united = one.clone();
        if unite(&mut united, two.clone()).is_empty() {
            prop_assert_eq!(united, merged(one, &two));
        }
    }

    #[test]
    fn the_order_of_keys_means_nothing(
        lines in prop::collection::btree_map("[a-d](\\.[a-d]){0,2}", 0..9_i64, 0..6)
            .prop_flat_map(|lines| {
                let lines: Vec<String> = lines.iter().map(|(key, value)| format!("{key} = {value}\n")).collect();
                (Just(lines.clone()), Just(lines).prop_shuffle())
            }),
    ) {
        let values = |lines: &[String]| parse(0, &lines.concat()).ok().map(|tree| leaves(&tree));
        prop_assert_eq!(values(&lines.0), values(&lines.1));
    }

    #[test]
    fn a_spec_without_environments_is_its_only_one(tree in tree()) {
        let mut merged = only_environment(tree.clone());
        prop_assert_eq!(&merged.faults, &vec![]);
        let own = merged.tree.table_mut().unwrap().remove("environment").unwrap();
        prop_assert!(own.at(&[platgen_source::ONLY_ENVIRONMENT]).is_some());
        prop_assert_eq!(merged.tree, tree);
    }

    #[test]
    fn an_environment_is_its_layer_over_the_base(base in tree(), over in tree()) {
        let mut spec = base.clone();
        let environments = BTreeMap::from([("dev".to_owned(), over.clone())]);
        let environments = node(Value::Table(environments));
        spec.table_mut().unwrap().insert("environment".to_owned(), environments);
        let mut result = Layers::split(spec, |_| {}).merge("dev", &[]).unwrap();
        result.tree.table_mut().unwrap().remove("environment");
        forget_layers(&mut result.tree);
        prop_assert_eq!(result.tree, merged(base, &over));
    }
}
