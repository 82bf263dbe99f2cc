//! Trees merge, unite and lose keys as files and layers need it.
use super::*;
use crate::parse::parse;
use pretty_assertions::assert_eq;

fn tree(text: &str) -> Node {
    parse(0, text).unwrap()
}

/// The values of a tree without their places, as JSON: what two texts have in common.
fn values(node: &Node) -> serde_json::Value {
    crate::support::json_of(node)
}

#[test]
fn tables_merge_and_everything_else_replaces() {
    for (base, over, expected) in [
        ("", "", ""),
        ("a = 1", "", "a = 1"),
        ("", "a.b = 1", "a.b = 1"),
        ("a = 1\nb = 2", "b = 3", "a = 1\nb = 3"),
        ("a = { x = 1, y = 2 }", "a = { y = 3 }", "a = { x = 1, y = 3 }"),
        ("a = [1, 2]", "a = [3]", "a = [3]"),
        ("a = { x = 1 }", "a = 5", "a = 5"),
        ("a = 5", "a = { x = 1 }", "a = { x = 1 }"),
        ("a = { x = 1 }", "a = {}", "a = { x = 1 }"),
    ] {
        let mut merged = tree(base);
        merged.merge(tree(over));
        assert_eq!(values(&merged), values(&tree(expected)), "{base:?} under {over:?}");
    }
}

#[test]
fn files_add_to_each_other_and_a_key_set_twice_is_found_at_the_second() {
    for (first, second, expected, found) in [
        ("a = 1", "b = 2", "a = 1\nb = 2", &[][..]),
        ("[s.web]\ncpu = 1", "[s.web]\nmemory = 2", "s.web = { cpu = 1, memory = 2 }", &[]),
        ("[s.web]", "[s.web]", "s.web = {}", &[]),
        ("a = 1", "b = 3\na = 1", "a = 1\nb = 3", &[("`a`", "a")]),
        ("[s.web]\ncpu = 1", "[s.web]\ncpu = 2", "s.web.cpu = 1", &[("`s.web.cpu`", "cpu")]),
        ("a.b = 1", "a = 2", "a.b = 1", &[("`a`", "a")]),
        ("a = 2", "[a]\nb = 1", "a = 2", &[("`a`", "a")]),
        ("a = [1]", "a = [2]", "a = [1]", &[("`a`", "a")]),
        (
            "x.p = 1\nx.q = 2",
            "x.q = 1\nx.p = 2",
            "x.p = 1\nx.q = 2",
            &[("`x.p`", "p"), ("`x.q`", "q")],
        ),
        ("\"a b\" = 1", "\"a b\" = 1", "\"a b\" = 1", &[("`\"a b\"`", "\"a b\"")]),
    ] {
        let mut united = tree(first);
        let faults = unite(&mut united, parse(1, second).unwrap());
        assert_eq!(values(&united), values(&tree(expected)), "{first:?} and {second:?}");
        let named = |fault: &Diagnostic| {
            assert_eq!(fault.code, &code::SET_TWICE);
            let Place::Text(span) = &fault.place else { panic!("{fault:?} names no text") };
            assert_eq!(span.file, 1, "the fault stands in the second file");
            (fault.message.clone(), second[span.range()].to_owned())
        };
        let expected: Vec<_> = found
            .iter()
            .map(|(path, key)| {
                (format!("{path} is set in another file already"), (*key).to_owned())
            })
            .collect();
        assert_eq!(faults.iter().map(named).collect::<Vec<_>>(), expected, "{second:?}");
    }
}

#[test]
fn what_a_file_adds_keeps_its_own_place() {
    let mut united = tree("[s.web]\ncpu = 1");
    unite(&mut united, parse(3, "[s.web]\nmemory = 2").unwrap());
    let file = |keys: &[&str]| united.at(keys).unwrap().origin.value.file;
    assert_eq!((file(&["s", "web", "cpu"]), file(&["s", "web", "memory"])), (0, 3));
}

#[test]
fn nodes_are_found_and_removed_by_their_keys() {
    let mut node = tree("a.b.c = 1\nl = [{ x = 1 }, 2]");
    let found = |path: SpecPath| node.get(&path).map(|found| values(found).to_string());
    assert_eq!(found(SpecPath::of(["a", "b", "c"])), Some("1".to_owned()));
    assert_eq!(found(SpecPath::of(["l"]).index(0).key("x")), Some("1".to_owned()));
    assert_eq!(found(SpecPath::of(["l"]).index(2)), None);
    assert_eq!(found(SpecPath::of(["l"]).key("x")), None);
    assert_eq!(found(SpecPath::of(["a"]).index(0)), None);
    assert_eq!(found(SpecPath::root()), Some(values(&node).to_string()));
    for (keys, removed) in [
        (&[][..], false),
        (&["a", "x", "c"], false),
        (&["a", "b", "c", "d"], false),
        (&["l", "0"], false),
        (&["a", "b", "c"], true),
        (&["a", "b", "c"], false),
        (&["a"], true),
    ] {
        assert_eq!(node.remove(keys), removed, "{keys:?}");
    }
    assert_eq!(values(&node), values(&tree("l = [{ x = 1 }, 2]")));
}

#[test]
fn every_type_of_value_has_words_of_its_own() {
    let text =
        "a = 'x'\nb = 1\nc = 1.5\nd = inf\ne = nan\nf = true\ng = 1979-05-27\nh = []\ni = {}";
    let described: Vec<&str> =
        tree(text).table().unwrap().values().map(|node| node.value.describe()).collect();
    let no_number = "`inf`, `nan` or too large a number";
    assert_eq!(
        described,
        [
            "a text",
            "a whole number",
            "a decimal number",
            no_number,
            no_number,
            "`true` or `false`",
            "a date",
            "a list",
            "a table",
        ]
    );
}

#[test]
fn a_layer_marks_everything_below() {
    let mut node = tree("a = { b = [1, { c = 2 }] }");
    node.put_into(Layer::Like);
    let inner = node.get(&SpecPath::of(["a", "b"]).index(1).key("c")).unwrap();
    assert_eq!(inner.origin.layer, Layer::Like);
    assert_eq!(node.origin.layer, Layer::Like);
}
