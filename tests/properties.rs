//! What must hold for every spec: order means nothing, hostile texts stay texts, no text makes
//! platgen fail, and neighbours do not change each other.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

#[path = "properties/support.rs"]
mod support;

use platgen::pipeline::{Compiled, PipelineError};
use platgen_source::parse;
use pretty_assertions::assert_eq;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use support::{Spoken, compile_text, examples, in_any_order, json_files, quoted, texts, unescaped};

/// Places where a user's own text stands in a spec. `@` is the text, in quotes.
const TEXT_FIELDS: [&str; 20] = [
    "[service.web]\nenv.TEXT = @\n",
    "[service.web]\ncommand = [\"run\", @]\n",
    "[service.web]\nentrypoint = [@]\n",
    "[service.web]\nhealth.command = @\n",
    "[service.web]\nhealth.command = [\"test\", @]\n",
    "[service.web]\nuser = @\n",
    "[service.web.container.proxy]\nimage = \"nginx\"\nenv.TEXT = @\ncommand = [@]\n",
    "[job.nightly]\nimage = \"alpine\"\ncommand = [@]\nretries = 1\n",
    "[job.nightly]\nimage = \"alpine\"\nenv.TEXT = @\non.schedule.often = \"rate(1 hour)\"\n",
    "[secret.token]\ndescription = @\n",
    "[bucket.files]\ncors = { origins = \"*\", methods = \"GET\", headers = [@], expose = [@] }\n",
    "[bucket.files]\ncors = { origins = @, methods = \"GET\" }\n",
    "[bucket.files]\nlifecycle.old = { prefix = @, after = \"30d\" }\n",
    "[database.main]\nengine = \"aurora-mysql\"\nparameters.init_connect = @\n",
    "[cache.main]\nparameters.maxmemory-policy = @\n",
    "[service.web]\nport = 80\nroute.main = { path = \"/*\", header.X-Text = @ }\n",
    "[function.hook]\nimage = \"123456789012.dkr.ecr.eu-central-1.amazonaws.com/f:1\"\nenv.TEXT = @\ncommand = [@]\n",
    "[service.web]\n[observability.metric]\nm = { logs = \"service.web\", filter = @ }\n",
    "[service.web]\n[observability.metric]\nm = { logs = \"service.web\", filter = \"{ $.a = 1 }\", value = @ }\n",
    "[service.web]\n[observability.query]\nq = { logs = \"service.web\", text = @ }\n",
];

const HEAD: &str = "spec = 1\n[platform]\nname = \"shop\"\nregion = \"eu-central-1\"\n";

/// Things that have nothing to do with what the examples declare.
const UNRELATED: [&str; 11] = [
    "[table.@]\npartition_key = \"id\"\nindex.by-day.partition_key = \"day\"\n",
    "[bucket.@]\n",
    "[budget.@]\nlimit_usd = 100\n",
    "[secret.@]\n",
    "[database.@]\nengine = \"aurora-postgresql\"\n",
    "[cache.@]\n",
    "[load_balancer.@]\ninternal = true\n",
    "[job.@]\nimage = \"alpine\"\non.schedule.often = \"rate(1 hour)\"\n",
    "[service.@]\nimage = \"nginx\"\nport = 80\nuses.internet = \"https\"\n",
    "[service.@]\nport = 80\nroute.main = { path = \"/unrelated/@/*\", method = \"GET\" }\n",
    "[function.@]\ncode = { bucket = \"builds\", key = \"f.zip\" }\nruntime = \"java21\"\nhandler = \"a.B\"\n",
];

/// What every expression begins with: the roots of references, the name in `[for item in …]`, and the
/// functions that platgen calls.
const SPOKEN: [&str; 13] = [
    "data",
    "var",
    "module",
    "local",
    "each",
    "item",
    "path",
    "join(",
    "jsonencode(",
    "replace(",
    "split(",
    "toset(",
    "tostring(",
];

fn hostile_text() -> impl Strategy<Value = String> {
    let fragments = select(vec![
        "${",
        "%{",
        "$${",
        "%%{",
        "$",
        "%",
        "}",
        "{",
        "{{",
        "\"",
        "'",
        "\\",
        "\\u0000",
        "\n",
        "\r\n",
        "\t",
        "\0",
        "\u{1b}[31m",
        "\u{7f}",
        "\u{85}",
        "\u{feff}",
        "\u{2028}",
        "\u{202e}",
        "👩‍👩‍👧",
        "e\u{301}",
        "é",
        "漢",
        "${aws_vpc.main.id}",
        "%{ if true }",
        "<<EOT",
        "{\"a\":{}}",
        "//",
        "#",
        "/*",
        " ",
        "${aws:username}",
        "-",
        "a",
    ])
    .prop_map(str::to_owned);
    let long = Just("x".repeat(10_000));
    let any = any::<String>();
    let piece = prop_oneof![20 => fragments, 1 => long, 3 => any];
    // The middle makes the text one that nothing else in a file is equal to.
    (prop::collection::vec(piece.clone(), 0..6), prop::collection::vec(piece, 0..6))
        .prop_map(|(before, after)| format!("{}QZ{}", before.concat(), after.concat()))
}

/// Nothing that is a placeholder: those are replaced.
fn is_plain(text: &str) -> bool {
    ["platform", "environment", "service", "database", "secret", "table", "bucket", "cache", "job"]
        .iter()
        .all(|word| !text.contains(word))
}

/// One change of a text, as a slip of a hand makes it, or an attacker.
#[derive(Clone, Debug)]
enum Mutation {
    DeleteLine(Index),
    DuplicateLine(Index),
    SwapLines(Index, Index),
    CopyValue(Index, Index),
    Insert(Index, String),
    DeleteCharacters(Index, usize),
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let index = any::<Index>;
    prop_oneof![
        1 => index().prop_map(Mutation::DeleteLine),
        1 => index().prop_map(Mutation::DuplicateLine),
        1 => (index(), index()).prop_map(|(one, other)| Mutation::SwapLines(one, other)),
        6 => (index(), index()).prop_map(|(from, to)| Mutation::CopyValue(from, to)),
        1 => (index(), "[ -~\\n]{1,4}|\\PC{1,3}").prop_map(|(at, text)| Mutation::Insert(at, text)),
        1 => (index(), 1usize..12).prop_map(|(at, count)| Mutation::DeleteCharacters(at, count)),
    ]
}

impl Mutation {
    fn of(&self, text: &str) -> String {
        let mut lines: Vec<&str> = text.lines().collect();
        let count = lines.len().max(1);
        lines.resize(count, "");
        match self {
            Self::DeleteLine(at) => drop(lines.remove(at.index(count))),
            Self::DuplicateLine(at) => {
                let line = lines[at.index(count)];
                lines.insert(at.index(count), line);
            }
            Self::SwapLines(one, other) => lines.swap(one.index(count), other.index(count)),
            Self::CopyValue(from, to) => return copy_value(&lines, *from, *to),
            Self::Insert(at, more) => {
                let (before, after) = split(text, *at);
                return format!("{before}{more}{after}");
            }
            Self::DeleteCharacters(at, number) => {
                let (before, after) = split(text, *at);
                return before.chars().chain(after.chars().skip(*number)).collect();
            }
        }
        lines.join("\n")
    }
}

/// Puts the value of one line behind the key of another.
fn copy_value(lines: &[&str], from: Index, to: Index) -> String {
    let with_value = |line: &&str| line.contains(" = ");
    let values: Vec<&str> = lines.iter().copied().filter(with_value).collect();
    let places: Vec<usize> = (0..lines.len()).filter(|at| with_value(&lines[*at])).collect();
    let mut lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
    if !places.is_empty() {
        let place = places[to.index(places.len())];
        let key = lines[place].split(" = ").next().unwrap_or_default();
        let value =
            values[from.index(values.len())].split_once(" = ").map_or("", |(_, value)| value);
        lines[place] = format!("{key} = {value}");
    }
    lines.join("\n")
}

fn split(text: &str, at: Index) -> (&str, &str) {
    let mut places: Vec<usize> = text.char_indices().map(|(place, _)| place).collect();
    places.push(text.len());
    text.split_at(places[at.index(places.len())])
}

/// A report with errors in their places and no tree, or a tree that platgen verified.
fn check_outcome(text: &str, outcome: Result<Compiled, PipelineError>) -> Option<Compiled> {
    let compiled = match outcome {
        Ok(compiled) => compiled,
        Err(PipelineError::Invalid(faults)) => {
            let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
            panic!("{}\nof\n{text}", faults.join("\n"))
        }
        Err(error) => panic!("{error}\nof\n{text}"),
    };
    let located = compiled.report.findings().all(|finding| finding.span.is_some());
    assert!(located, "a finding without a place in\n{text}");
    assert_eq!(compiled.report.has_errors(), compiled.roots.is_empty(), "{text}");
    (!compiled.report.has_errors()).then_some(compiled)
}

/// The words that no expression of platgen's holds.
fn unknown_words(text: &str) -> Result<Vec<String>, String> {
    let known = |word: &String| SPOKEN.contains(&word.as_str()) || word.starts_with("aws_");
    Ok(Spoken::of(text)?.0.into_iter().filter(|word| !known(word)).collect())
}

fn addresses(compiled: &Compiled) -> BTreeSet<String> {
    let of_root = |root: &platgen::pipeline::Root| {
        let environment = root.environment.clone();
        root.addresses.clone().into_iter().map(move |address| format!("{environment}: {address}"))
    };
    compiled.roots.iter().flat_map(of_root).collect()
}

/// The priority of every rule of a listener, by file and name.
fn priorities(compiled: &Compiled) -> BTreeMap<String, Json> {
    let mut priorities = BTreeMap::new();
    for (path, content) in json_files(compiled) {
        let rules = content["resource"]["aws_lb_listener_rule"].as_object();
        for (name, rule) in rules.into_iter().flatten() {
            priorities.insert(format!("{path}: {name}"), rule["priority"].clone());
        }
    }
    priorities
}

#[test]
fn every_file_is_json_that_speaks_of_nothing_but_what_platgen_writes() {
    for (folder, text) in examples() {
        let compiled = compile_text(&folder, &text).unwrap();
        // The archives of functions are no text.
        let archive = |path: &str| Path::new(path).extension().is_some_and(|it| it == "zip");
        let files = compiled.roots.iter().flat_map(|root| &root.files);
        for (path, bytes) in files.filter(|(path, _)| !archive(path)) {
            assert!(bytes.ends_with(b"\n") && !bytes.ends_with(b"\n\n"), "{path}");
            assert!(!bytes.contains(&b'\r') && !bytes.contains(&0), "{path}");
        }
        for text in texts(&compiled) {
            assert_eq!(unknown_words(&text), Ok(Vec::new()), "{text}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_keys_means_nothing(seed: u64, example: Index) {
        let examples = examples();
        let (folder, text) = example.get(&examples);
        let shuffled = in_any_order(&parse(0, text).unwrap(), seed);
        let files = |text: &str| -> Vec<_> {
            let compiled = compile_text(folder, text).unwrap();
            let trees = compiled.roots.into_iter().map(|root| (root.environment, root.files));
            trees.collect()
        };
        prop_assert_eq!(files(&shuffled), files(text));
    }

    #[test]
    fn an_unrelated_thing_changes_no_address_and_no_priority(
        example: Index, thing in select(&UNRELATED[..]), name in "z[a-z0-9]{0,8}(-[a-z0-9]{1,4})?",
    ) {
        let examples = examples();
        let (folder, text) = example.get(&examples);
        let more = format!("{text}\n{}", thing.replace('@', &name));
        let before = compile_text(folder, text).unwrap();
        let Some(after) = check_outcome(&more, compile_text(folder, &more)) else {
            return Err(TestCaseError::fail(format!("{more}\nhas errors")));
        };
        let missing: Vec<_> = addresses(&before).difference(&addresses(&after)).cloned().collect();
        prop_assert_eq!(missing, Vec::<String>::new());
        let after = priorities(&after);
        for (rule, priority) in priorities(&before) {
            prop_assert_eq!(&after[&rule], &priority, "{}", rule);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_hostile_text_is_refused_or_stays_what_it_is(
        field in select(&TEXT_FIELDS[..]), text in hostile_text().prop_filter("placeholder", |t| is_plain(t)),
    ) {
        let spec = format!("{HEAD}{}", field.replace('@', &quoted(&text)));
        if let Some(compiled) = check_outcome(&spec, compile_text(Path::new(""), &spec)) {
            let all = texts(&compiled);
            let found = all.iter().any(|found| unescaped(found) == text);
            prop_assert!(found, "{text:?} is not in what {spec} gives");
            for found in all {
                prop_assert_eq!(unknown_words(&found), Ok(Vec::new()), "{}", found);
            }
        }
    }

    #[test]
    fn a_mutated_spec_gives_findings_or_a_verified_tree(
        example: Index, mutations in prop::collection::vec(mutation(), 1..4),
    ) {
        let examples = examples();
        let (folder, text) = example.get(&examples);
        let mutated = mutations.iter().fold(text.clone(), |text, mutation| mutation.of(&text));
        check_outcome(&mutated, compile_text(folder, &mutated));
    }
}
