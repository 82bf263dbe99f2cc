//! What an edge to a table gives its consumer.
use super::{Table, TableVerbs};
use crate::connect::iam::{Arn, Statement};
use crate::connect::{Edge, Grant, Reach};
use crate::data::key;
use crate::kind::{Refusal, Target};
use platgen_terraform::template;

impl Table {
    fn index_arns(&self) -> Arn {
        Arn::new("dynamodb:index", template![self.handle().get("arn"), "/index/*"])
    }

    /// Statements on the table, and on its indexes where the actions work on those.
    fn allow(&self, actions: &[&'static str], on_indexes: &[&'static str]) -> Vec<Statement> {
        let mut statements = vec![Statement::allow(actions, vec![self.arn()])];
        if !self.indexes.is_empty() && !on_indexes.is_empty() {
            statements.push(Statement::allow(on_indexes, vec![self.index_arns()]));
        }
        statements
    }
}

impl Target for Table {
    type Verbs = TableVerbs;

    /// The actions of each verb:
    /// <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html>.
    fn grant(&self, verbs: &TableVerbs, edge: &Edge<'_>) -> Grant {
        let mut grant = edge.grant();
        if verbs.read.is_some() {
            let read = [
                "dynamodb:BatchGetItem",
                "dynamodb:ConditionCheckItem",
                "dynamodb:DescribeTable",
                "dynamodb:GetItem",
                "dynamodb:Query",
            ];
            grant.task.extend(self.allow(&read, &["dynamodb:Query"]));
        }
        if verbs.scan.is_some() {
            grant.task.extend(self.allow(&["dynamodb:Scan"], &["dynamodb:Scan"]));
        }
        if verbs.write.is_some() {
            grant.task.extend(self.allow(&["dynamodb:PutItem", "dynamodb:UpdateItem"], &[]));
        }
        if verbs.delete.is_some() {
            grant.task.extend(self.allow(&["dynamodb:DeleteItem"], &[]));
        }
        if verbs.write.is_some() && verbs.delete.is_some() {
            // A batch may hold puts and deletes alike, so it needs both verbs.
            grant.task.extend(self.allow(&["dynamodb:BatchWriteItem"], &[]));
        }
        let on_table = !grant.task.is_empty();
        if verbs.stream.is_some() {
            grant.task.extend(self.stream_rights());
            grant.reach.insert(Reach::Interface("dynamodb-streams"));
            let stream = (edge.variable("STREAM_ARN"), self.handle().get("stream_arn"));
            grant.variables.push(stream);
        }
        if !grant.task.is_empty() {
            // The table's key is used in the name of the caller, for reads and writes alike.
            let region = &edge.platform.head.region;
            grant.task.push(key::right(&["kms:Decrypt"], "dynamodb", region));
        }
        if on_table {
            grant.reach.insert(Reach::Gateway("dynamodb"));
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
