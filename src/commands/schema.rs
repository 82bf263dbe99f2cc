//! `platgen schema`: the JSON Schema of a spec.
use super::{Ending, tell};

pub(super) fn run() -> Ending {
    tell::data(&format!("{:#}\n", platgen_modules::schema::schema()));
    Ending::Fine
}
