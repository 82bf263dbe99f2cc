//! `platgen schema`: the JSON Schema of a spec.
use super::tell::Teller;
use super::{Ending, Format};

pub(super) fn run() -> Ending {
    let mut teller = Teller::new(Format::Json);
    teller.json(platgen_modules::schema::schema);
    teller.end(Ending::Fine)
}
