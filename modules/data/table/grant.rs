//! What an edge to a table gives its consumer.
use super::{Table, TableVerbs};
use crate::connect::matrix::On;
use crate::connect::{Edge, Grant};
use crate::data::key;
use crate::kind::{Refusal, Target};
use platgen_terraform::template;

impl Table {
    /// What a right on the table, on its indexes or on its stream is on.
    pub(super) fn resources(&self, kind: &str) -> On {
        let table = self.handle().get("arn");
        match kind {
            "dynamodb:table" => table.into(),
            "dynamodb:index" if !self.indexes.is_empty() => template![table, "/index/*"].into(),
            "dynamodb:stream" => self.handle().get("stream_arn").into(),
            "kms:key" => key::arn().into(),
            _ => On::nothing(),
        }
    }
}

impl Target for Table {
    type Verbs = TableVerbs;

    fn grant(&self, verbs: &TableVerbs, edge: &Edge<'_>) -> Grant {
        let mut grant = edge.grant_of(verbs, |_, kind| self.resources(kind));
        if verbs.write.is_some() && verbs.delete.is_some() {
            edge.give("write and delete", &mut grant, |kind| self.resources(kind));
        }
        if verbs.stream.is_some() {
            let stream = (edge.variable("STREAM_ARN"), self.handle().get("stream_arn"));
            grant.variables.push(stream);
        }
        grant.variables.push((edge.variable("TABLE"), self.handle().get("name")));
        grant
    }

    fn refused(&self, verbs: &TableVerbs) -> Vec<Refusal> {
        let asked = verbs.stream.is_some() && self.stream.is_none();
        let refusal = || Refusal {
            verb: "stream",
            reason: self.has_no_stream(),
            remedy: self.needs_a_stream(),
        };
        asked.then(refusal).into_iter().collect()
    }
}

#[cfg(test)]
mod tests;
