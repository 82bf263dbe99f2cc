//! `platgen explain` and `platgen who`: why something is there, and who can do what.
use super::tell::Teller;
use super::{AskOptions, Ending, ExplainOptions, WhoOptions};
use crate::explain::who::who;
use crate::explain::{Query, QueryFault, Subject, explain};
use crate::pipeline::Understood;
use platgen_modules::kind::ThingId;
use platgen_source::diagnostics::code;
use serde_json::{Value as Json, json};

/// Explains a code by itself, anything else by the spec.
pub(super) fn run(options: &ExplainOptions) -> Ending {
    let mut teller = Teller::new(options.asked.format);
    let ending = match code::find(&options.subject) {
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
    let understood = understand(&options.asked, teller)?;
    let subject = subject(&understood, teller)?;
    let query = Query::parse(&options.subject, subject).map_err(|fault| unknown(&fault, teller))?;
    let answer = explain(subject, &query);
    teller.text(&answer.to_string());
    teller.json(|| serde_json::to_value(&answer).unwrap_or(Json::Null));
    Ok(Ending::Fine)
}

/// Tells who can do what on a thing.
pub(super) fn run_who(options: &WhoOptions) -> Ending {
    let mut teller = Teller::new(options.asked.format);
    let ending = tell_who(options, &mut teller).unwrap_or_else(|ending| ending);
    teller.end(ending)
}

fn tell_who(options: &WhoOptions, teller: &mut Teller) -> Result<Ending, Ending> {
    let understood = understand(&options.asked, teller)?;
    let subject = subject(&understood, teller)?;
    let thing: ThingId = match Query::parse(&options.thing, subject) {
        Ok(Query::Thing(thing)) => thing,
        Ok(other) => {
            let message = format!("`{other}` is no thing");
            let help = "ask for one: platgen who database.main".to_owned();
            return Err(unknown(&QueryFault { message, help }, teller));
        }
        Err(fault) => return Err(unknown(&fault, teller)),
    };
    let answer = who(subject, &thing);
    teller.text(&answer.to_string());
    teller.json(|| serde_json::to_value(&answer).unwrap_or(Json::Null));
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

fn subject<'u>(understood: &'u Understood, teller: &mut Teller) -> Result<Subject<'u>, Ending> {
    let lowered = teller.one_of(&understood.lowered)?;
    Ok(Subject { lowered, sources: &understood.report.sources, files: &understood.files })
}

fn unknown(fault: &QueryFault, teller: &mut Teller) -> Ending {
    teller.error(&fault.message, std::slice::from_ref(&fault.help));
    Ending::CallAtFault
}
