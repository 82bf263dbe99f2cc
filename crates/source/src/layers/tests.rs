//! Layers lie over each other, and what is wrong with them is found.
use super::*;
use crate::parse::parse;
use pretty_assertions::assert_eq;

fn merged(text: &str, environment: &str) -> Merged {
    let layers = Layers::split(parse(0, text).unwrap(), |_| {});
    layers.merge(environment, &["service"]).unwrap()
}

fn value(merged: &Merged, keys: &[&str]) -> Option<Value> {
    merged.tree.at(keys).map(|node| node.value.clone())
}

const LAYERED: &str = r#"
[service.web]
cpu = 256
tags = ["a", "b"]
cdn = { domain = "x", geo = 1 }
[service.ai]
only_in = ["prod"]
cpu = 1
[environment.prod]
profile = "production"
service.web.cpu = 512
[environment.eu]
like = "prod"
unset = ["service.web.cdn.domain"]
service.web.cdn.geo = 2
service.web.tags = ["c"]
"#;

#[test]
fn layers_lie_over_each_other_in_order() {
    let eu = merged(LAYERED, "eu");
    assert_eq!(value(&eu, &["service", "web", "cpu"]), Some(Value::Integer(512)));
    assert_eq!(value(&eu, &["service", "web", "cdn", "geo"]), Some(Value::Integer(2)));
    assert_eq!(value(&eu, &["service", "web", "cdn", "domain"]), None);
    assert_eq!(value(&eu, &["service", "ai"]), None);
    let tags = eu.tree.at(&["service", "web", "tags"]).unwrap();
    assert!(matches!(&tags.value, Value::Array(items) if items.len() == 1));
    assert_eq!(tags.origin.layer, Layer::Environment);
    let profile = eu.tree.at(&["environment", "eu", "profile"]).unwrap();
    assert_eq!(profile.text(), Some("production"));
    assert_eq!(eu.faults, vec![]);
    let cpu = eu.tree.at(&["service", "web", "cpu"]).unwrap();
    assert_eq!(cpu.origin.layer, Layer::Like);
    assert!(value(&merged(LAYERED, "prod"), &["service", "ai"]).is_some());
}

#[test]
fn a_spec_without_environments_has_one() {
    let layers = Layers::split(parse(0, "a = 1").unwrap(), |_| {});
    assert_eq!(layers.environments().collect::<Vec<_>>(), [ONLY_ENVIRONMENT]);
    assert!(layers.merge("dev", &[]).is_none());
    let odd = Layers::split(parse(0, "environment = 5").unwrap(), |_| {});
    let odd = odd.merge(ONLY_ENVIRONMENT, &[]).unwrap();
    assert_eq!(value(&odd, &["environment"]), Some(Value::Integer(5)));
}

#[test]
fn faults_of_layers_name_the_remedy() {
    for (text, code, line, help) in [
        ("[environment.a]\nunset = [\"x.yy\"]\n[x]\nyyy = 1", "PG0302", 2, "did you mean `yyy`?"),
        ("[environment.a]\nunset = [\"xy\"]\n[x]", "PG0302", 2, "did you mean `x`?"),
        ("[environment.a]\nlike = \"aa\"\n[environment.aab]", "PG0301", 2, "did you mean `aab`?"),
        (
            "[environment.a]\nlike = \"prd\"\n[environment.prod]",
            "PG0301",
            2,
            "did you mean `prod`?",
        ),
        ("[environment.a]\n[service.b]\nonly_in = [\"aa\"]", "PG0301", 3, "did you mean `a`?"),
    ] {
        let merged = merged(text, "a");
        let fault = &merged.faults[0];
        let at = merged.locate(&fault.place).unwrap().range().start;
        assert_eq!((fault.code.id, text[..at].matches('\n').count() + 1), (code, line), "{text}");
        assert_eq!(fault.help, [help], "{text}");
    }
    let chain = "[environment.a]\nlike = \"b\"\n[environment.b]\nlike = \"c\"\n[environment.c]";
    assert_eq!(merged(chain, "a").faults[0].code.id, "PG0303");
}

/// The codes and lines of what is wrong with an environment's layers.
fn faults(text: &str, environment: &str) -> Vec<(&'static str, usize)> {
    let merged = merged(text, environment);
    let line = |fault: &Diagnostic| {
        let at = merged.locate(&fault.place).unwrap().range().start;
        text[..at].matches('\n').count() + 1
    };
    merged.faults.iter().map(|fault| (fault.code.id, line(fault))).collect()
}

#[test]
fn only_in_keeps_a_thing_out_of_the_other_environments() {
    let spec = |only_in: &str| {
        format!(
            "[environment.dev]\n[environment.prod]\n[service.web]\nonly_in = {only_in}\ncpu = 1"
        )
    };
    let unknown = &[("PG0301", 4)][..];
    for (only_in, in_dev, in_prod, found) in [
        ("['dev']", true, false, &[][..]),
        ("['dev', 'prod']", true, true, &[]),
        ("[]", true, true, &[("PG0106", 4)]),
        // A thing with a fault here stays everywhere, so that the rest of it is checked as well.
        ("['dve']", true, true, unknown),
        ("['dev', 'x']", true, true, unknown),
        ("['x', 'y']", true, true, &[("PG0301", 4), ("PG0301", 4)]),
        ("['Dev']", true, true, unknown),
        // These are the reader's to refuse.
        ("[5]", true, true, &[]),
        ("['dev', 5]", true, true, &[]),
        ("'dev'", true, true, &[]),
    ] {
        let text = spec(only_in);
        for (environment, kept) in [("dev", in_dev), ("prod", in_prod)] {
            let merged = merged(&text, environment);
            assert_eq!(merged.tree.at(&["service", "web", "cpu"]).is_some(), kept, "{only_in}");
            assert_eq!(faults(&text, environment), found, "{only_in}");
            // What was judged here is not judged by the reader again.
            let left = merged.tree.at(&["service", "web", "only_in"]).is_some();
            assert_eq!(left, kept && found.is_empty(), "{only_in}");
        }
    }
    let dotted = "[environment.prod]\n[other.web]\nonly_in = ['dev']";
    assert!(merged(dotted, "prod").tree.at(&["other", "web"]).is_some(), "no section of things");
}

#[test]
fn unset_acts_before_the_layer_and_on_what_is_below_it() {
    let text = "
[service.web]
a = 1
b = { x = 1, y = 2 }
[environment.dev]
unset = ['service.web.a', 'service.web.b']
service.web.b.z = 3
[environment.test]
like = 'dev'
unset = ['service.web.b.z']
";
    let web = |environment: &str| {
        let merged = merged(text, environment);
        assert_eq!(merged.faults, vec![], "{environment}");
        crate::support::json_of(merged.tree.at(&["service", "web"]).unwrap()).to_string()
    };
    assert_eq!(web("dev"), r#"{"b":{"z":3}}"#);
    assert_eq!(web("test"), r#"{"b":{}}"#);
    let twice =
        "[service.web]\na = 1\n[environment.dev]\nunset = ['service.web.a', 'service.web.a']";
    assert_eq!(faults(twice, "dev"), [("PG0302", 4)]);
    let own = "[environment.dev]\nunset = ['service.web']\nservice.web.a = 1";
    assert_eq!(faults(own, "dev"), [("PG0302", 2)], "its own things are laid over afterwards");
}

#[test]
fn like_is_one_level() {
    let text = "
[environment.a]
like = 'b'
[environment.b]
like = 'a'
[environment.c]
like = 'c'
[environment.d]
like = 5
[environment.e]
like = 'f'
[environment]
f = 7
";
    for (environment, found) in [
        ("a", &[("PG0303", 3)][..]),
        ("b", &[("PG0303", 5)]),
        ("c", &[("PG0303", 7)]),
        ("d", &[]),
        ("e", &[]),
        ("f", &[]),
    ] {
        assert_eq!(faults(text, environment), found, "{environment}");
    }
    assert_eq!(value(&merged(text, "f"), &["environment", "f"]), Some(Value::Integer(7)));
    let own = merged(text, "e");
    assert_eq!(own.tree.at(&["environment", "e", "like"]).and_then(Node::text), Some("f"));
}

#[test]
fn own_keys_say_which_layer_they_are_of() {
    let text = "[environment.a]\nprofile = 'x'\nunset = []\n[environment.b]\nlike = 'a'";
    let merged = merged(text, "b");
    let layer = |key| merged.tree.at(&["environment", "b", key]).map(|node| node.origin.layer);
    assert_eq!(layer("profile"), Some(Layer::Like));
    assert_eq!(layer("like"), Some(Layer::Environment));
    assert_eq!(layer("unset"), None, "what the other one removed is gone already");
}

#[test]
fn environments_do_not_nest() {
    let text = "[environment.a.environment.b]\nprofile = 'x'\n";
    let merged = merged(text, "a");
    assert_eq!(value(&merged, &["environment", "b"]), None);
    assert!(value(&merged, &["environment", "a", "environment", "b"]).is_some());
}

#[test]
fn every_layer_is_expanded_before_they_meet() {
    let expand = |tree: &mut Node| {
        if let Some(web) = tree.table_mut().and_then(|tree| tree.get_mut("web")) {
            crate::expand_short(web, "path");
        }
    };
    let text = "web = '/'\n[environment.a]\nweb.port = 80\n[environment.b]\nweb = '/b'";
    let layers = Layers::split(parse(0, text).unwrap(), expand);
    let web = |environment: &str| {
        let merged = layers.merge(environment, &[]).unwrap();
        crate::support::json_of(merged.tree.at(&["web"]).unwrap()).to_string()
    };
    assert_eq!(web("a"), r#"{"path":"/","port":80}"#);
    assert_eq!(web("b"), r#"{"path":"/b"}"#);
}

#[test]
fn a_name_that_is_no_name_is_shown_without_its_control_characters() {
    let text = "[environment.a]\nlike = \"\\u001b[2J\"\n";
    let merged = merged(text, "a");
    assert_eq!(merged.faults[0].message, "there is no environment `\\u{1b}[2J`");
}
