//! The page that is made of the lines.
use crate::data::{Cell, Platform, Proof, Row, TestProof, ValueProof};
use std::fmt::Write as _;

/// The whole page.
pub(crate) fn page(platforms: &[Platform]) -> String {
    let mut page = "# Requirements\n\nMade from `tests/requirements/`; do not edit. Each line of what was asked for, \
                    where the spec answers it, what that becomes,\nand what shows that it holds: \
                    a value of the rendered output, or a test. `cargo test --test requirements` holds every cell\n\
                    against the spec, the output and the tests; `*` stands for any letters.\n"
        .to_owned();
    for platform in platforms {
        let _ = write!(page, "\n## {}\n", platform.name);
        for chapter in &platform.chapters {
            let _ = write!(page, "\n### {}\n\n", chapter.title);
            page.push_str("| asked for | spec | becomes | shown by |\n|---|---|---|---|\n");
            for row in &chapter.rows {
                let _ = writeln!(page, "{}", line(row));
            }
        }
    }
    page
}

fn line(row: &Row) -> String {
    let decision = row.decision.as_ref().map(|text| format!("**Decided:** {text}."));
    let proofs = row.proof.iter().map(proof);
    let cells = [
        row.seed.clone(),
        cell(&row.keys),
        becomes(row),
        decision.into_iter().chain(proofs).collect::<Vec<_>>().join("<br>"),
    ];
    let cells = cells.map(|text| text.replace('|', "\\|").replace('\n', " "));
    format!("| {} |", cells.join(" | "))
}

fn becomes(row: &Row) -> String {
    let elsewhere = row
        .only_in
        .iter()
        .map(|(environment, addresses)| format!("{environment}: {}", listed(addresses)));
    std::iter::once(cell(&row.addresses)).chain(elsewhere).collect::<Vec<_>>().join("<br>")
}

fn cell(cell: &Cell) -> String {
    match cell {
        Cell::Listed(places) => listed(places),
        Cell::None(reason) => format!("({reason})"),
    }
}

fn listed(places: &[String]) -> String {
    places.iter().map(|place| code(place)).collect::<Vec<_>>().join("<br>")
}

fn proof(proof: &Proof) -> String {
    match proof {
        Proof::Value(proof) => value(proof),
        Proof::Absent(proof) => format!("no {}", code(&proof.absent)),
        Proof::Test(TestProof { test, file }) => format!("[{test}](../{file})"),
        Proof::Offline(proof) => format!("Not to be shown without AWS: {}.", proof.offline),
    }
}

fn value(proof: &ValueProof) -> String {
    let mut text = String::new();
    if let Some(environment) = &proof.environment {
        let _ = write!(text, "{environment}: ");
    }
    if let Some(address) = &proof.of {
        let _ = write!(text, "{} ", code(address));
    }
    if let Some(path) = &proof.the {
        let _ = write!(text, "{} ", code(path));
    }
    let expected = [("is", &proof.is), ("has", &proof.has), ("lacks", &proof.lacks)];
    let mut said: Vec<String> = expected
        .into_iter()
        .filter_map(|(word, json)| {
            json.as_ref().map(|json| format!("{word} {}", code(&json.to_string())))
        })
        .collect();
    said.extend(proof.count.map(|count| format!("{count} times")));
    text.push_str(&said.join(", "));
    text
}

fn code(text: &str) -> String {
    format!("`{text}`")
}
