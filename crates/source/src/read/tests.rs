//! Sections, words and verbs: what the derive macro makes of a declaration, and what the reader says
//! of a spec that does not follow it.
#![expect(dead_code, reason = "what was read is compared as `Debug` prints it")]
use super::*;
use crate::parse::parse;
use crate::scalars::{Count, Name, Things};
use crate::support::json_of;
use crate::testing::check;
use crate::values::{Key, OneOrMore};
use platgen_source_derive::Read;
use pretty_assertions::assert_eq;
use std::collections::BTreeMap;

/// A section whose fields are called like the locals of generated code.
#[derive(Debug, Read)]
struct Plain {
    /// How many.
    table: Count<1, 9>,
    reader: Option<Speed>,
    node: Vec<String>,
    fields: Option<bool>,
    /// A word of Rust.
    r#type: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Read)]
enum Speed {
    Slow,
    VeryFast,
    #[spec(word = "x86_64")]
    Other,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Read)]
#[spec(upper)]
enum Method {
    Get,
    Post,
}

#[derive(Debug, Read)]
struct Outer {
    own: Option<bool>,
    #[spec(flatten)]
    inner: Inner,
}

#[derive(Debug, Read)]
struct Inner {
    needed: bool,
    route: Option<Route>,
}

#[derive(Debug, Read)]
#[spec(short = "path")]
struct Route {
    path: OneOrMore<Name>,
    weight: Option<i64>,
}

/// Short for a section that is itself short.
#[derive(Debug, Read)]
#[spec(short = "route")]
struct Twice {
    route: Route,
}

#[derive(Debug, Read)]
#[spec(verbs)]
struct Verbs {
    r#as: Option<Name>,
    read: Option<Narrowing>,
    write: Option<Narrowing>,
}

#[derive(Debug, Read)]
#[spec(short = "prefix")]
struct Narrowing {
    prefix: Option<String>,
}

#[test]
fn a_section_has_its_keys_and_no_others() {
    let all = "{ table = 1, reader = 'slow', node = ['x'], fields = true, type = 'y' }";
    check::<Plain>(&[
        (
            all,
            Ok("Plain { table: Count(1), reader: Some(Slow), node: [\"x\"], fields: Some(true), \
                type: Some(\"y\") }"),
        ),
        (
            "{ table = 1 }",
            Ok("Plain { table: Count(1), reader: None, node: [], fields: None, type: None }"),
        ),
        ("{}", Err(&[("PG0101", "")])),
        ("{ table = 10 }", Err(&[("PG0104", "table")])),
        ("{ table = 1, tabel = 1 }", Err(&[("PG0102", "tabel")])),
        ("{ table = 1, \"r#type\" = 'x' }", Err(&[("PG0102", "\"r#type\"")])),
        (
            "{ a = 1, reader = 'fast', node = [1], fields = 'x' }",
            Err(&[
                ("PG0102", "a"),
                ("PG0101", ""),
                ("PG0105", "reader"),
                ("PG0103", "node[0]"),
                ("PG0103", "fields"),
            ]),
        ),
        ("5", Err(&[("PG0103", "")])),
        ("[]", Err(&[("PG0103", "")])),
    ]);
}

#[test]
fn words_are_the_names_of_variants() {
    check::<Speed>(&[
        ("'slow'", Ok("Slow")),
        ("'very-fast'", Ok("VeryFast")),
        ("'x86_64'", Ok("Other")),
        ("'Slow'", Err(&[("PG0105", "")])),
        ("'other'", Err(&[("PG0105", "")])),
        ("''", Err(&[("PG0105", "")])),
        ("1", Err(&[("PG0103", "")])),
    ]);
    check::<Method>(&[("'GET'", Ok("Get")), ("'get'", Err(&[("PG0105", "")]))]);
    assert_eq!((Speed::VeryFast.word(), Method::Post.word()), ("very-fast", "POST"));
}

#[test]
fn flattened_keys_stand_among_the_outer_ones() {
    check::<Outer>(&[
        (
            "{ own = true, needed = false, route = 'a' }",
            Ok("Outer { own: Some(true), inner: Inner { needed: false, \
                route: Some(Route { path: OneOrMore([Name(\"a\")]), weight: None }) } }"),
        ),
        ("{ own = true }", Err(&[("PG0101", "")])),
        ("{ inner = { needed = true } }", Err(&[("PG0102", "inner"), ("PG0101", "")])),
    ]);
}

#[test]
fn a_short_form_stands_for_a_table_with_one_key() {
    let one = "Route { path: OneOrMore([Name(\"a\")]), weight: None }";
    check::<Route>(&[
        ("'a'", Ok(one)),
        ("['a']", Ok(one)),
        ("{ path = 'a' }", Ok(one)),
        ("{ path = ['a'] }", Ok(one)),
        ("'A'", Err(&[("PG0106", "path[0]")])),
        ("['a', 5]", Err(&[("PG0103", "path[1]")])),
        ("[]", Err(&[("PG0104", "path")])),
        ("5", Err(&[("PG0103", "path[0]")])),
        ("{}", Err(&[("PG0101", "")])),
        ("{ weight = 1 }", Err(&[("PG0101", "")])),
    ]);
    check::<Twice>(&[
        ("'a'", Ok("Twice { route: Route { path: OneOrMore([Name(\"a\")]), weight: None } }")),
        (
            "{ route = 'a' }",
            Ok("Twice { route: Route { path: OneOrMore([Name(\"a\")]), weight: None } }"),
        ),
        // A table is the outer one, never the one that the short form would stand for.
        ("{ path = 'a' }", Err(&[("PG0102", "path"), ("PG0101", "")])),
    ]);
}

#[test]
fn a_verb_or_a_list_of_verbs_stands_for_a_table() {
    let read = "Verbs { as: None, read: Some(Narrowing { prefix: None }), \
                write: None }";
    check::<Verbs>(&[
        ("'read'", Ok(read)),
        ("['read']", Ok(read)),
        ("['read', 'read']", Ok(read)),
        ("{ read = {} }", Ok(read)),
        (
            "['write', 'read']",
            Ok("Verbs { as: None, read: Some(Narrowing { prefix: None }), \
                write: Some(Narrowing { prefix: None }) }"),
        ),
        (
            "{ as = 'raw', write = 'in/' }",
            Ok("Verbs { as: Some(Name(\"raw\")), read: None, \
                write: Some(Narrowing { prefix: Some(\"in/\") }) }"),
        ),
        ("[]", Ok("Verbs { as: None, read: None, write: None }")),
        ("'raed'", Err(&[("PG0202", "raed")])),
        ("'as'", Err(&[("PG0103", "as")])),
        ("['read', 'wrte', 'x']", Err(&[("PG0202", "wrte"), ("PG0202", "x")])),
        ("{ read = { prefx = '' } }", Err(&[("PG0102", "read.prefx")])),
        ("{ read = true }", Err(&[("PG0103", "read.prefix")])),
        ("['read', 5]", Err(&[("PG0103", "")])),
        ("5", Err(&[("PG0103", "")])),
    ]);
}

#[test]
fn long_forms() {
    fn long<T: Read>(text: &str) -> String {
        let mut node = parse(0, text).unwrap();
        BTreeMap::<String, T>::expand(&mut node);
        json_of(&node).to_string()
    }
    assert_eq!(
        long::<Route>("a = 'x'\nb = ['y']\nc = { path = 'z' }\nd = {}"),
        r#"{"a":{"path":["x"]},"b":{"path":["y"]},"c":{"path":["z"]},"d":{}}"#
    );
    assert_eq!(
        long::<Verbs>("a = 'read'\nb = ['write']\nc = { read = 'p' }\nd = [1]"),
        r#"{"a":{"read":{}},"b":{"write":{}},"c":{"read":{"prefix":"p"}},"d":[1]}"#
    );
    assert_eq!(
        long::<Outer>("a = { route = 'x' }\nb = 5"),
        r#"{"a":{"route":{"path":["x"]}},"b":5}"#
    );
    assert_eq!(long::<Vec<Route>>("a = ['x']"), r#"{"a":[{"path":["x"]}]}"#);
}

/// What a single value is refused with: the message, and the remedies.
fn refusal<T: Read>(text: &str) -> (String, Vec<String>) {
    let mut node = parse(0, &format!("value = {text}")).unwrap();
    BTreeMap::<String, T>::expand(&mut node);
    let mut reader = Reader::default();
    reader
        .at(Step::Key("value".to_owned()), |reader| T::read(node.at(&["value"]).unwrap(), reader));
    let fault = reader.faults.remove(0);
    (fault.message, fault.help)
}

#[test]
fn what_has_the_wrong_type_is_shown_in_the_right_one() {
    for ((message, help), expected, remedy) in [
        (
            refusal::<i64>("'7'"),
            "expected a whole number, found a text",
            Some("it stands without quotes: 7"),
        ),
        (
            refusal::<String>("8080"),
            "expected a text, found a whole number",
            Some("a text stands in quotes: \"8080\""),
        ),
        (
            refusal::<String>("true"),
            "expected a text, found `true` or `false`",
            Some("a text stands in quotes: \"true\""),
        ),
        (refusal::<bool>("'yes'"), "expected `true` or `false`, found a text", None),
        (
            refusal::<Vec<String>>("'token'"),
            "expected a list, found a text",
            Some("a list stands in brackets: [\"token\"]"),
        ),
    ] {
        assert_eq!((message.as_str(), help.first().map(String::as_str)), (expected, remedy));
    }
}

#[test]
fn faults_name_what_is_wrong_and_the_remedy() {
    let plain = refusal::<Plain>;
    for ((message, help), expected, remedy) in [
        (
            plain("{ table = 1, nod = [] }"),
            "there is no key `nod` here",
            Some("did you mean `node`?"),
        ),
        (
            plain("{ table = 1, zzzzzzzzz = 1 }"),
            "there is no key `zzzzzzzzz` here",
            Some("known here: `table`, `reader`, `node`, `fields` or `type`"),
        ),
        (
            plain("{ table = 1, \"\\u001b[2J\" = 1 }"),
            "there is no key `\\u{1b}[2J` here",
            Some("known here: `table`, `reader`, `node`, `fields` or `type`"),
        ),
        (plain("{}"), "the key `table` is missing", None),
        (plain("{ table = 12 }"), "12 is not between 1 and 9", None),
        (plain("{ table = 'x' }"), "expected a whole number, found a text", None),
    ] {
        assert_eq!(message, expected);
        assert_eq!(help, remedy.map(str::to_owned).into_iter().collect::<Vec<_>>(), "{expected}");
    }
}

#[test]
fn words_and_verbs_name_those_that_there_are() {
    for ((message, help), expected, remedy) in [
        (
            refusal::<Speed>("'slwo'"),
            "`slwo` is not one of `slow`, `very-fast` or `x86_64`",
            Some("did you mean `slow`?"),
        ),
        (refusal::<Speed>("\"\\n\""), "`\\n` is not one of `slow`, `very-fast` or `x86_64`", None),
        (
            refusal::<Speed>("5"),
            "expected `slow`, `very-fast` or `x86_64`, found a whole number",
            None,
        ),
        (refusal::<Verbs>("'raed'"), "`raed` is not offered here", Some("did you mean `read`?")),
        (
            refusal::<Verbs>("inf"),
            "expected a verb, a list of verbs, or a table of verbs, found `inf`, `nan` or too large a number",
            None,
        ),
    ] {
        assert_eq!(message, expected);
        assert_eq!(help, remedy.map(str::to_owned).into_iter().collect::<Vec<_>>(), "{expected}");
    }
}

/// A text of ten million letters where a word is expected costs no more than a short one: comparing
/// it with every word letter by letter would take gigabytes.
#[test]
fn a_word_of_ten_million_letters_is_refused_shortly() {
    let word = "a".repeat(10_000_000);
    for (message, help) in [
        refusal::<Speed>(&format!("'{word}'")),
        refusal::<Plain>(&format!("{{ table = 1, {word} = 1 }}")),
        refusal::<Verbs>(&format!("'{word}'")),
        refusal::<Name>(&format!("'{word}'")),
        refusal::<Things<bool>>(&format!("{{ {word} = true }}")),
    ] {
        assert!(message.len() < 300, "{} bytes", message.len());
        assert!(help.iter().all(|help| help.len() < 300));
    }
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Target(String);

impl Key for Target {
    const PATTERN: Option<&'static str> = None;

    fn from_key(text: &str) -> Result<Self, &'static str> {
        if text.is_empty() { Err("a name is not empty") } else { Ok(Self(text.to_owned())) }
    }

    fn mention(&self, reader: &mut Reader) {
        reader.mention_in_key("database", &self.0);
    }
}

#[test]
fn keys_can_mention_things_even_if_their_value_is_at_fault() {
    let tree = parse(0, "main = 5\n\"\" = true").unwrap();
    let mut reader = Reader::default();
    let read = BTreeMap::<Target, bool>::read(&tree, &mut reader).unwrap();
    assert_eq!(read, BTreeMap::new());
    let faults: Vec<_> = reader.faults.iter().map(|fault| fault.code.id).collect();
    assert_eq!(faults, ["PG0107", "PG0103"]);
    let expected = Mention {
        path: SpecPath::of(["main"]),
        in_key: true,
        kind: "database".to_owned(),
        name: "main".to_owned(),
        output: Vec::new(),
    };
    assert_eq!(reader.mentions, [expected]);
}
