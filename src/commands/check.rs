//! `platgen check`: everything that is wrong with a spec, and nothing written.
use super::tell::Teller;
use super::{Ending, SpecOptions};
use serde_json::json;

pub(super) fn run(options: &SpecOptions) -> Ending {
    let teller = Teller::new(options.format);
    let compiled = match teller.compile(options) {
        Ok(compiled) => compiled,
        Err(ending) => return ending,
    };
    for root in &compiled.roots {
        let resources = root.addresses.len();
        teller.words(&format!("{}/{}: {resources} resources", root.platform, root.environment));
    }
    teller.json(|| json!({ "diagnostics": compiled.report.json() }));
    if compiled.report.has_errors() { Ending::SpecAtFault } else { Ending::Fine }
}
