//! `platgen explain` and `platgen who`: why something is there, and who can do what.
use super::tell::Teller;
use super::{AskOptions, Ending, ExplainOptions, WhoOptions};
use crate::explain::who::who;
use crate::explain::{Joined, Query, QueryFault, Subject, ask, explain};
use crate::pipeline::Understood;
use platgen_source::diagnostics::code;
use serde::Serialize;
use serde_json::{Value as Json, json};
use std::fmt::Display;

/// Explains a code by itself, anything else by the spec.
pub(super) fn run(options: &ExplainOptions) -> Ending {
    let mut teller = Teller::new(options.asked.format);
    let ending = match options.subject.as_deref().and_then(code::find) {
        Some(code) => {
            let (id, word) = (code.id, code.severity.word());
            teller.text(&format!("{id}, {word}: {}\n\n{}\n", code.title, code.meaning));
            teller.json(|| json!({ "code": id, "severity": word, "title": code.title, "meaning": code.meaning }));
            Ending::Fine
        }
        None => tell_of(options, &mut teller).unwrap_or_else(|ending| ending),
    };
    teller.end(ending)
}

fn tell_of(options: &ExplainOptions, teller: &mut Teller) -> Result<Ending, Ending> {
    tell(&options.asked, teller, |subject| {
        let query = match &options.subject {
            Some(text) => Query::parse(text, subject)?,
            None => Query::Everything,
        };
        Ok(explain(subject, &query))
    })
}

/// Tells who can do what on a thing.
pub(super) fn run_who(options: &WhoOptions) -> Ending {
    let mut teller = Teller::new(options.asked.format);
    let ending = tell_who(options, &mut teller).unwrap_or_else(|ending| ending);
    teller.end(ending)
}

fn tell_who(options: &WhoOptions, teller: &mut Teller) -> Result<Ending, Ending> {
    tell(&options.asked, teller, |subject| match Query::parse(&options.thing, subject)? {
        Query::Thing(thing) => Ok(who(subject, &thing)),
        other => {
            let message = format!("`{other}` is no thing");
            let help = "ask for one: platgen who database.main".to_owned();
            Err(QueryFault { message, help })
        }
    })
}

/// Asks the environment that was named, or all of them.
fn tell<A: Joined + Display + Serialize>(
    options: &AskOptions,
    teller: &mut Teller,
    question: impl Fn(Subject<'_>) -> Result<A, QueryFault>,
) -> Result<Ending, Ending> {
    let understood = understand(options, teller)?;
    let Understood { report, lowered, files, .. } = &understood;
    let subject = |lowered| Subject { lowered, sources: &report.sources, files };
    let subjects: Vec<Subject<'_>> = lowered.iter().map(subject).collect();
    if subjects.is_empty() {
        teller.error("the spec has no environment", &[]);
        return Err(Ending::CallAtFault);
    }
    let told = ask(&subjects, question).map_err(|fault| unknown(&fault, teller))?;
    teller.text(&told.to_string());
    teller.json(|| serde_json::to_value(&told).unwrap_or(Json::Null));
    Ok(Ending::Fine)
}

fn understand(options: &AskOptions, teller: &mut Teller) -> Result<Understood, Ending> {
    let environments: Vec<String> = options.environment.iter().cloned().collect();
    let understood = teller.understand(&options.spec, &environments)?;
    if understood.report.has_errors() {
        teller.json(|| json!({ "diagnostics": understood.report.json() }));
        return Err(Ending::SpecAtFault);
    }
    Ok(understood)
}

fn unknown(fault: &QueryFault, teller: &mut Teller) -> Ending {
    teller.error(&fault.message, std::slice::from_ref(&fault.help));
    Ending::CallAtFault
}
