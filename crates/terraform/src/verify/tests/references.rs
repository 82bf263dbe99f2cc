//! References, functions, comprehensions and cycles.
use super::{check, check_file};
use crate::block;
use crate::document::{Document, VariableType};
use crate::expr::{Address, Expr, Handle, IndexKey, LocalRef};
use crate::schema::Schema;
use crate::value::Value;

/// Checks the faults of a local in a module that has a few resources, without its address.
fn check_value(value: impl Into<Value>, expected: &[&str]) {
    let expected: Vec<_> =
        expected.iter().map(|fault| format!("module.m.local.x: {fault}")).collect();
    let expected: Vec<_> = expected.iter().map(String::as_str).collect();
    let mut document = Document::default();
    document.variable("names", VariableType::ListOfString, None, "");
    let mut file = document.module("m").file("file");
    file.resource("aws_vpc", "main", block! {}).add();
    file.resource("aws_eip", "each", block! {}).for_each(block! { a: block! {} }).add();
    file.local("x", value);
    check(&document, &expected);
}

fn vpc() -> Handle {
    Handle::new("m", Address::managed("aws_vpc", "main"))
}

fn each() -> Handle {
    Handle::new("m", Address::managed("aws_eip", "each"))
}

fn call(name: &'static str, arguments: impl IntoIterator<Item = Value>) -> Expr {
    Expr::Call(name, arguments.into_iter().collect())
}

#[test]
fn references_must_resolve() {
    let other = Handle::new("n", Address::managed("aws_vpc", "main"));
    let cases: [(Value, &[&str]); 8] = [
        (vpc().get("id"), &[]),
        (vpc().whole().into(), &[]),
        (other.get("id"), &["module.n.aws_vpc.main is not declared"]),
        (vpc().get("idd"), &["module.m.aws_vpc.main.idd: no attribute `idd` (did you mean `id`?)"]),
        (
            vpc().get("id.x"),
            &["module.m.aws_vpc.main.id.x: nothing stands inside a string by that step"],
        ),
        (
            vpc().instance("a").get("id"),
            &["module.m.aws_vpc.main[\"a\"].id: only a resource with for_each has instances"],
        ),
        (each().get("id"), &["module.m.aws_eip.each has for_each, so an instance must be named"]),
        (
            each().instance("b").get("id"),
            &["module.m.aws_eip.each[\"b\"].id: there is no instance \"b\""],
        ),
    ];
    for (value, expected) in cases {
        check_value(value, expected);
    }
    check_value(each().instance("a").get("id"), &[]);
    check_value(each().whole(), &[]);
}

#[test]
fn what_is_gone_in_newer_versions_cannot_be_read() {
    check_value(
        each().instance("a").get("vpc"),
        &["module.m.aws_eip.each[\"a\"].vpc: gone in provider 6.66.0"],
    );
}

#[test]
fn what_is_only_written_cannot_be_read() {
    check_file(
        |file| {
            let arguments = block! { engine: "aurora-mysql" };
            let cluster = file.resource("aws_rds_cluster", "c", arguments).add();
            file.local("x", cluster.get("master_password_wo"));
        },
        &[
            "module.m.local.x: module.m.aws_rds_cluster.c.master_password_wo: `master_password_wo` is write-only: nothing can refer to it",
        ],
    );
}

#[test]
fn locals_and_variables_must_be_declared_and_visible() {
    let local = |module, name: &str| Expr::Local(LocalRef { module, name: name.to_owned() });
    check_value(Expr::Variable("names".to_owned()), &[]);
    check_value(Expr::Variable("name".to_owned()), &["var.name is not declared"]);
    check_value(local("m", "y"), &["module.m.local.y is not declared"]);
    check_value(local("n", "x"), &["module.n.local.x is not declared"]);
    let mut document = Document::default();
    let value = document.module("a").file("f").local("v", 1);
    document.module("b").file("f").local("w", value);
    check(&document, &["module.b.local.w: module.a.local.v is not visible outside its module"]);
}

#[test]
fn functions_must_exist_and_take_the_arguments() {
    let text = || Value::from("x");
    check_value(call("format", [text(), text(), Value::from(1)]), &[]);
    for (value, fault) in [
        (
            call("jsonencod", [vpc().get("idd")]),
            vec![
                "module.m.aws_vpc.main.idd: no attribute `idd` (did you mean `id`?)",
                "there is no function `jsonencod` with a stable value",
            ],
        ),
        (call("timestamp", []), vec!["there is no function `timestamp` with a stable value"]),
        (call("jsonencode", []), vec!["found 0 arguments, jsonencode takes 1"]),
        (call("format", []), vec!["found 0 arguments, format takes 1 or more"]),
        (
            call("join", [text(), vpc().get("id")]),
            vec!["expected list(string), found string of module.m.aws_vpc.main.id"],
        ),
        (
            call("cidrsubnet", [text(), text(), Value::from(1)]),
            vec!["expected number, found the text \"x\""],
        ),
    ] {
        check_value(value, &fault);
    }
}

#[test]
fn elements_are_picked_by_what_the_type_takes() {
    let index = |base: Expr, key| Expr::Index(Box::new(base), key);
    let variable = || Expr::Variable("names".to_owned());
    let id = || match vpc().get("id") {
        Value::Expr(expr) => expr,
        other => unreachable!("a handle gives an expression, not {other:?}"),
    };
    let key = |key: &str| IndexKey::Key(key.to_owned());
    let computed = |expr: Expr| IndexKey::Computed(Box::new(expr));
    let keys = call("keys", [block! { a: 1 }]);
    for (expr, faults) in [
        (index(variable(), IndexKey::Position(0)), vec![]),
        (index(vpc().whole(), key("id")), vec![]),
        (index(each().whole(), key("a")), vec![]),
        (index(keys, computed(call("length", [Value::from(vec![1])]))), vec![]),
        (index(variable(), key("a")), vec!["an element of list(string) is picked by number"]),
        (index(call("one", [vpc().get("tags")]), IndexKey::Position(0)), vec![]),
        (
            index(vpc().whole(), IndexKey::Position(0)),
            vec!["an element of VPC is picked by string"],
        ),
        (index(vpc().whole(), key("idd")), vec!["VPC has no `idd` (did you mean `id`?)"]),
        (index(id(), IndexKey::Position(0)), vec!["string has no elements to pick from"]),
        (Expr::Attribute(Box::new(id()), "x"), vec!["string has no `x`"]),
        (Expr::Attribute(Box::new(variable()), "x"), vec!["list(string) has no `x`"]),
        (Expr::Attribute(Box::new(call("tomap", [block! { a: "b" }])), "x"), vec![]),
    ] {
        let vpc = Schema::embedded().resource("aws_vpc").unwrap().object_type().to_string();
        let faults: Vec<_> = faults.iter().map(|fault| fault.replace("VPC", &vpc)).collect();
        check_value(expr, &faults.iter().map(String::as_str).collect::<Vec<_>>());
    }
}

#[test]
fn comprehensions_know_the_element_at_hand() {
    let names = || Expr::Variable("names".to_owned());
    let item = |path: &[&'static str]| Expr::Item(path.to_vec());
    check_value(Expr::list_of(names(), item(&[])), &[]);
    check_value(Expr::map_of(names(), item(&[]), item(&[])), &[]);
    check_value(Expr::list_of(each().whole(), item(&["id"])), &[]);
    for (expr, fault) in [
        (item(&[]), "the element at hand stands only in a comprehension"),
        (Expr::list_of(names(), item(&["id"])), "string has no `id`"),
        (Expr::list_of(vpc().get("id"), item(&[])), "string has no elements to walk"),
        (Expr::map_of(names(), vec!["k"], item(&[])), "expected string, found a list"),
    ] {
        check_value(expr, &[fault]);
    }
}

#[test]
fn lists_cannot_stand_in_a_text() {
    let names = Expr::Variable("names".to_owned());
    check_value(crate::template!["a", names], &["list(string) cannot stand in a text"]);
    check_value(crate::template!["a", vpc().get("id")], &[]);
}

#[test]
fn cycles_are_reported_with_their_way() {
    let group = |module, name| Handle::new(module, Address::managed("aws_sns_topic", name));
    let name = |handle: &Handle| block! { name: handle.get("name") };
    let mut document = Document::default();
    let mut file = document.module("a").file("f");
    file.resource("aws_sns_topic", "one", name(&group("b", "two"))).add();
    file.resource("aws_sns_topic", "own", name(&group("a", "own"))).add();
    file.resource("aws_sns_topic", "waiting", name(&group("a", "one"))).add();
    file.local("l", group("a", "three").get("id"));
    let local = Expr::Local(LocalRef { module: "a", name: "l".to_owned() });
    file.resource("aws_sns_topic", "three", block! { name: local }).add();
    let mut file = document.module("b").file("f");
    file.resource("aws_sns_topic", "two", block! {})
        .for_each(Expr::Call("tomap", vec![block! { k: group("a", "one").get("id") }]))
        .add();
    file.resource("aws_sns_topic", "free", name(&group("a", "waiting"))).add();
    check(
        &document,
        &[
            "module.a.aws_sns_topic.one: waits for itself: module.a.aws_sns_topic.one -> module.b.aws_sns_topic.two -> module.a.aws_sns_topic.one",
            "module.a.aws_sns_topic.one: `name`: module.b.aws_sns_topic.two has for_each, so an instance must be named",
            "module.a.aws_sns_topic.own: waits for itself: module.a.aws_sns_topic.own -> module.a.aws_sns_topic.own",
            "module.a.aws_sns_topic.three: waits for itself: module.a.aws_sns_topic.three -> module.a.local.l -> module.a.aws_sns_topic.three",
        ],
    );
}

#[test]
fn depends_on_can_close_a_cycle() {
    check_file(
        |file| {
            let two = Handle::new("m", Address::managed("aws_vpc", "two"));
            let one = file.resource("aws_vpc", "one", block! {}).depends_on(&two).add();
            file.resource("aws_vpc", "two", block! {}).depends_on(&one).add();
        },
        &[
            "module.m.aws_vpc.one: waits for itself: module.m.aws_vpc.one -> module.m.aws_vpc.two -> module.m.aws_vpc.one",
        ],
    );
}
