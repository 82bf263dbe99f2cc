//! Meta-arguments and names.
use platgen_diagnostics::SpecPath;
use pretty_assertions::assert_eq;

use super::{check, check_file};
use crate::block;
use crate::document::Document;
use crate::expr::{Address, Expr, Handle};
use crate::value::Value;

#[test]
fn for_each_takes_maps_and_sets_of_texts() {
    let set = |item: Value| Expr::Call("toset", vec![Value::List(vec![item])]);
    let cases: [(Value, &[&str]); 6] = [
        (block! { a: 1 }, &[]),
        (set("a".into()).into(), &[]),
        (vec!["a"].into(), &["takes a map or a set of texts, found list(string)"]),
        ("a".into(), &["takes a map or a set of texts, found string"]),
        (
            Expr::Call("length", vec!["a".into()]).into(),
            &["takes a map or a set of texts, found number"],
        ),
        (block! { a: Expr::EachKey }, &["each.key stands only in a body with for_each"]),
    ];
    for (entries, faults) in cases {
        let at =
            if faults.first().is_some_and(|fault| fault.starts_with("each")) { ".a" } else { "" };
        let faults: Vec<_> =
            faults.iter().map(|f| format!("module.m.aws_vpc.x: `for_each{at}`: {f}")).collect();
        let faults: Vec<_> = faults.iter().map(String::as_str).collect();
        check_file(
            |file| _ = file.resource("aws_vpc", "x", block! {}).for_each(entries).add(),
            &faults,
        );
    }
}

#[test]
fn each_stands_only_with_for_each_and_in_every_entry() {
    let body =
        || block! { cidr_block: Expr::EachValue(vec!["cidr"]), tags: block! { k: Expr::EachKey } };
    let entries = block! { a: block! { cidr: "x" }, b: block! { cidr: "y" } };
    check_file(|file| _ = file.resource("aws_vpc", "x", body()).for_each(entries).add(), &[]);
    let entries = block! { a: block! { cidr: "x" }, b: block! { other: "y" }, c: 1 };
    check_file(
        |file| _ = file.resource("aws_vpc", "x", body()).for_each(entries).add(),
        &[
            "module.m.aws_vpc.x: `cidr_block`: each.value.cidr is not in the entry \"b\"",
            "module.m.aws_vpc.x: `cidr_block`: each.value.cidr is not in the entry \"c\"",
        ],
    );
    check_file(
        |file| _ = file.resource("aws_vpc", "x", body()).add(),
        &[
            "module.m.aws_vpc.x: `cidr_block`: each.value stands only in a body with for_each",
            "module.m.aws_vpc.x: `tags.k`: each.key stands only in a body with for_each",
        ],
    );
}

#[test]
fn depends_on_stays_in_the_module() {
    let mut document = Document::default();
    let other = document.module("n").file("f").resource("aws_vpc", "y", block! {}).add();
    let missing = Handle::new("m", Address::data("aws_region", "x"));
    document
        .module("m")
        .file("f")
        .resource("aws_vpc", "x", block! {})
        .depends_on(&other)
        .depends_on(&missing)
        .add();
    check(
        &document,
        &[
            "module.m.aws_vpc.x: `depends_on[0]`: module.n.aws_vpc.y stands in another module",
            "module.m.aws_vpc.x: `depends_on[1]`: module.m.data.aws_region.x is not declared",
        ],
    );
}

#[test]
fn ignored_changes_are_of_arguments() {
    check_file(
        |file| {
            let ignored = ["cidr_block", "tags[\"x\"]", "cidr_blok", "arn"];
            file.resource("aws_vpc", "x", block! {}).ignore_changes(&ignored).add();
            let ignored = ["vpc_config", "vpc_config[0].subnet_ids"];
            let arguments = block! { function_name: "f", role: "r" };
            file.resource("aws_lambda_function", "x", arguments).ignore_changes(&ignored).add();
        },
        &[
            "module.m.aws_vpc.x: `ignore_changes[2]`: no argument `cidr_blok` (did you mean `cidr_block`?)",
            "module.m.aws_vpc.x: `ignore_changes[3]`: no argument `arn`",
        ],
    );
}

#[test]
fn data_sources_have_no_lifecycle() {
    check_file(
        |file| {
            let region = file.data("aws_region", "x", block! {});
            region.create_before_destroy().prevent_destroy().ignore_changes(&["name"]).add();
        },
        &[
            "module.m.data.aws_region.x: `create_before_destroy`: a data source has no lifecycle to set",
            "module.m.data.aws_region.x: `ignore_changes`: a data source has no lifecycle to set",
            "module.m.data.aws_region.x: `prevent_destroy`: a data source has no lifecycle to set",
        ],
    );
}

#[test]
fn names_are_identifiers() {
    let mut document = Document::default();
    document.output("Url", "x", "");
    document.variable("a-b", crate::VariableType::String, None, "");
    let mut file = document.module("my module").file("f");
    file.resource("aws_vpc", "2x", block! {}).add();
    file.local("é", 1);
    check(
        &document,
        &[
            "module.my module: `my module` is no identifier: [a-z][a-z0-9_]*",
            "module.my module.aws_vpc.2x: `2x` is no identifier: [a-z][a-z0-9_]*",
            "module.my module.local.é: `é` is no identifier: [a-z][a-z0-9_]*",
            "output.Url: `Url` is no identifier: [a-z][a-z0-9_]*",
            "var.a-b: `a-b` is no identifier: [a-z][a-z0-9_]*",
        ],
    );
}

#[test]
fn assets_stand_in_folders() {
    let fault = "the path of an asset is a folder and a file, in a-z, 0-9, `.`, `_`, `-`";
    for (path, is_good) in [
        ("functions/web.zip", true),
        ("a/b/c", true),
        ("web.zip", false),
        ("main.tf.json", false),
        ("../x", false),
        ("a//b", false),
        ("a/.terraform", false),
        ("a/B", false),
    ] {
        let mut document = Document::default();
        document.module("m").asset(path, Vec::new());
        let fault = format!("module.m.asset.{path}: {fault}");
        let expected = if is_good { vec![] } else { vec![fault.as_str()] };
        check(&document, &expected);
    }
}

#[test]
fn files_have_plain_names_of_their_own() {
    let plain = "has other characters than a-z, 0-9, `.`, `_`, `-`";
    for (file, fault) in [
        ("service.web-2", None),
        ("", Some(format!("the file name `` {plain}"))),
        ("../x", Some(format!("the file name `../x` {plain}"))),
        (".x", Some(format!("the file name `.x` {plain}"))),
        ("variables", Some("the file `variables` is filled by the writer alone".to_owned())),
        (
            "a_override",
            Some(
                "the file name `a_override` makes Terraform merge the file into others".to_owned(),
            ),
        ),
    ] {
        let mut document = Document::default();
        let mut builder = document.module("m").file(file);
        builder.resource("aws_vpc", "x", block! {}).add();
        builder.local("y", 1);
        let faults: Vec<_> = ["aws_vpc.x", "local.y"]
            .iter()
            .filter_map(|address| Some(format!("module.m.{address}: {}", fault.as_ref()?)))
            .collect();
        check(&document, &faults.iter().map(String::as_str).collect::<Vec<_>>());
    }
}

#[test]
fn faults_carry_the_places_in_the_spec() {
    let mut document = Document::default();
    let causes = [SpecPath::of(["network"]), SpecPath::of(["service", "web"])];
    for _ in 0..2 {
        let mut file = document.module("m").file("f");
        file.resource("aws_vpc", "x", block! { cidr: 1 }).causes(&causes).add();
    }
    let faults = crate::verify::verify(&document, crate::schema::Schema::embedded());
    let messages: Vec<_> = faults.iter().map(|fault| fault.message.as_str()).collect();
    assert_eq!(messages, ["declared twice", "no such argument"]);
    assert!(faults.iter().all(|fault| fault.causes == causes));
}
