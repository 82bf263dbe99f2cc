//! `platgen check`: everything that is wrong with a spec, and nothing written.
use super::tell::Teller;
use super::{Ending, SpecOptions};
use crate::source_map::Detail;
use serde_json::json;

pub(super) fn run(options: &SpecOptions) -> Ending {
    let mut teller = Teller::new(options.format);
    let ending = check(options, &mut teller).unwrap_or_else(|ending| ending);
    teller.end(ending)
}

fn check(options: &SpecOptions, teller: &mut Teller) -> Result<Ending, Ending> {
    let compiled = teller.compile(options, Detail::Resources)?;
    for root in &compiled.roots {
        let resources = root.addresses.len();
        teller.words(&format!("{}/{}: {resources} resources", root.platform, root.environment));
    }
    teller.json(|| json!({ "diagnostics": compiled.report.json() }));
    Ok(if compiled.report.has_errors() { Ending::SpecAtFault } else { Ending::Fine })
}
