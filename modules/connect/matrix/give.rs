//! From the rows of the matrix to the statements of an edge.
use super::{Holder, Right, Row};
use crate::connect::iam::{Arn, Condition, Statement};
use crate::connect::{Delivery, Edge, Grant};
use platgen_source::Verbs;
use platgen_terraform::Value;

/// The resources of a thing that a right is on, and what narrows it there.
#[derive(Clone, Debug, Default)]
pub struct On {
    arns: Vec<Value>,
    conditions: Vec<Condition>,
}

impl On {
    /// No resource. A right on nothing is not given.
    pub fn nothing() -> Self {
        Self::default()
    }

    /// Adds a condition.
    #[must_use]
    pub fn when(
        mut self,
        test: &'static str,
        key: &'static str,
        values: impl IntoIterator<Item = Value>,
    ) -> Self {
        self.conditions.push(Condition::new(test, key, values));
        self
    }
}

impl From<Value> for On {
    fn from(arn: Value) -> Self {
        Self::from(vec![arn])
    }
}

impl From<Vec<Value>> for On {
    fn from(arns: Vec<Value>) -> Self {
        Self { arns, conditions: Vec::new() }
    }
}

impl Right {
    /// The statement of it on the resources of one thing.
    fn statement(
        &self,
        region: &str,
        resources: &impl Fn(&'static str) -> On,
    ) -> Option<Statement> {
        let (mut arns, mut conditions) = (Vec::new(), Vec::new());
        for kind in self.on.iter().copied() {
            if kind == "*" {
                arns.push(Arn::any());
                continue;
            }
            let on = resources(kind);
            arns.extend(on.arns.into_iter().map(|arn| Arn::new(kind, arn)));
            conditions.extend(on.conditions);
        }
        if arns.is_empty() {
            return None;
        }
        let mut statement = Statement::allow(self.actions, arns);
        statement.conditions = conditions;
        if let Some([test, key, value]) = self.when {
            statement = statement.when(test, key, [Value::from(value)]);
        }
        Some(match self.via {
            Some(service) => statement.via(service, region),
            None => statement,
        })
    }
}

/// The rights of who uses a thing in one way, where no edge carries them.
pub fn rights(
    to: &str,
    by: &str,
    region: &str,
    resources: impl Fn(&'static str) -> On,
) -> Vec<Statement> {
    let rows = Row::find(to, by).into_iter();
    rows.flat_map(|row| row.rights)
        .filter_map(|right| right.statement(region, &resources))
        .collect()
}

impl Grant {
    /// Gives what the matrix says of one way. `resources` says what each type of resource in the row is
    /// of the thing.
    pub fn give(
        &mut self,
        to: &str,
        by: &str,
        region: &str,
        resources: impl Fn(&'static str) -> On,
    ) {
        let Some(row) = Row::find(to, by) else { return };
        for right in row.rights {
            let holder = match right.holder {
                Holder::Code => &mut self.task,
                Holder::Starter => &mut self.execution,
            };
            // Several verbs need the key, or the same look at the thing.
            let new = right.statement(region, &resources);
            holder.extend(new.filter(|statement| !holder.contains(statement)));
        }
        self.reach.extend(row.ways);
    }
}

impl Edge<'_> {
    /// What the matrix says of verbs. `resources` says, for a verb, what each type of resource is of the
    /// target.
    pub fn grant_of(
        &self,
        verbs: &impl Verbs,
        resources: impl Fn(&'static str, &'static str) -> On,
    ) -> Grant {
        let mut grant = self.grant();
        for verb in verbs.said() {
            self.give(verb, &mut grant, |kind| resources(verb, kind));
        }
        grant
    }

    /// Adds what the matrix says of one way to use the target.
    pub fn give(&self, by: &str, grant: &mut Grant, resources: impl Fn(&'static str) -> On) {
        let injected = format!("{by} injected");
        let has_injected = Row::find(self.target.kind, &injected).is_some();
        let injects = self.delivery == Delivery::Inject && has_injected;
        let by = if injects { &injected } else { by };
        grant.give(self.target.kind, by, &self.platform.head.region, resources);
        // Readers look for what is used first, and for the key that it is encrypted under last.
        grant.task.sort_by_key(Statement::is_on_keys);
        grant.execution.sort_by_key(Statement::is_on_keys);
    }
}
