//! Paths of `unset`, places in the text, and an environment's own keys.
use super::*;
use crate::parse::parse;
use platgen_diagnostics::SpecPath;
use pretty_assertions::assert_eq;

fn merged(text: &str) -> Merged {
    let tree = parse(0, text).unwrap();
    let elsewhere = std::collections::BTreeSet::new();
    Merged { environment: "prod".to_owned(), tree, faults: Vec::new(), elsewhere }
}

#[test]
fn the_keys_of_a_path_are_those_that_toml_sees() {
    for (path, keys) in [
        ("a", &["a"][..]),
        ("service.web.cpu", &["service", "web", "cpu"]),
        ("index.\"a.b\".x", &["index", "a.b", "x"]),
        ("index.'a.\"b'.x", &["index", "a.\"b", "x"]),
        ("", &[""]),
        (".", &["", ""]),
        ("a..b", &["a", "", "b"]),
        ("a.\"b", &["a", "b"]),
    ] {
        assert_eq!(keys_of(path), keys, "{path}");
    }
}

#[test]
fn what_stands_at_a_path_is_removed_or_its_neighbours_are_named() {
    let text = "a.b = 1\nc.\"x.y\" = 2\nl = [1]\nlonger.one = 1\n";
    for (unset, expected) in [
        ("a.b", None),
        ("a", None),
        ("c.\"x.y\"", None),
        ("l", None),
        ("a.bb", Some("did you mean `b`?")),
        ("lnger.one", Some("did you mean `longer`?")),
        ("a.zzzzzz", Some("there is `b`")),
        ("c.x.y", Some("there is `x.y`")),
        ("zzzzzzz", Some("there is `a`, `c`, `l` or `longer`")),
        // Neither a list nor a number has keys.
        ("l.0", Some("")),
        ("a.b.c", Some("")),
    ] {
        let mut merged = merged(text);
        let own = parse(0, &format!("unset = ['''{unset}''']")).unwrap();
        merged.unset(&own);
        let help: Vec<_> = merged.faults.iter().map(|fault| fault.help.join("\n")).collect();
        assert_eq!(help, expected.into_iter().collect::<Vec<_>>(), "{unset}");
        if let Some(fault) = merged.faults.first() {
            assert_eq!(fault.code, &code::NOTHING_TO_UNSET);
            assert_eq!(
                fault.message,
                format!("nothing stands at `{unset}` below this environment")
            );
        }
    }
}

#[test]
fn what_the_reader_refuses_in_unset_is_left_to_it() {
    for own in ["unset = 'a'", "unset = [5]", "unset = {}", ""] {
        let mut merged = merged("a = 1");
        merged.unset(&parse(0, own).unwrap());
        assert_eq!(merged.faults, vec![], "{own}");
        assert!(merged.tree.at(&["a"]).is_some());
    }
}

#[test]
fn a_place_is_found_in_the_text_or_the_one_above_it() {
    let text = "top = 1\n[service.web]\ncpu = 256\nlist = [{ x = 1 }]\n";
    let merged = merged(text);
    let web = SpecPath::of(["service", "web"]);
    for (place, expected) in [
        (Place::Key(web.key("cpu")), Some("cpu")),
        (Place::Value(web.key("cpu")), Some("256")),
        (Place::Value(web.clone()), Some("[service.web]")),
        (Place::Key(web.clone()), Some("web")),
        (Place::Value(web.key("list").index(0).key("x")), Some("1")),
        // What is not there: the key of the nearest thing above.
        (Place::Value(web.key("list").index(0).key("y")), Some("{ x = 1 }")),
        (Place::Value(web.key("list").index(7).key("y")), Some("list")),
        (Place::Key(web.key("memory")), Some("web")),
        (Place::Value(web.key("a").key("b").key("c")), Some("web")),
        (Place::Value(SpecPath::of(["gone"])), Some("")),
        (Place::Value(SpecPath::root()), Some("")),
        (Place::Text(Span::new(0, &(0..3))), Some("top")),
        (Place::Spec, None),
    ] {
        let span = merged.locate(&place);
        assert_eq!(span.map(|span| &text[span.range()]), expected, "{place:?}");
    }
}

#[test]
fn own_keys_are_put_where_the_reader_finds_them() {
    let own = parse(0, "profile = 'x'").unwrap();
    for (text, expected) in [
        ("", Some(Some("x"))),
        ("[environment.dev]", Some(Some("x"))),
        // What is no table stays, and the reader refuses it.
        ("environment = 5", None),
    ] {
        let mut merged = merged(text);
        merged.put_own(own.clone());
        let profile = merged.tree.at(&["environment", "prod"]);
        let profile = profile.map(|own| own.at(&["profile"]).and_then(Node::text));
        assert_eq!(profile, expected, "{text}");
    }
    let mut odd = merged("");
    odd.tree = parse(0, "a = 1").unwrap().at(&["a"]).unwrap().clone();
    odd.put_own(own);
    assert_eq!(odd.tree.value, Value::Integer(1));
}
