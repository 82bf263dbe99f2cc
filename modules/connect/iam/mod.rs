//! IAM statements: built typed, checked against the actions that AWS knows, written as
//! `aws_iam_policy_document` data sources.
pub mod actions;
pub mod boundary;
pub mod size;

pub use actions::check::PolicyKind;

use crate::aws;
use crate::names::fit;
use actions::check::{StatementFacts, check_required_types, check_statement};
use platgen_source::diagnostics::SpecPath;
use platgen_terraform::{Document, Handle, Misuse, Value, block};

/// One statement of a policy.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    /// Whether it allows or denies.
    pub effect: Effect,
    /// Who; empty in the policy of a role.
    pub principals: Vec<Principal>,
    /// What: `s3:GetObject`.
    pub actions: Vec<&'static str>,
    /// On what.
    pub resources: Vec<Arn>,
    /// When.
    pub conditions: Vec<Condition>,
}

/// Whether a statement allows or denies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// `Allow`.
    Allow,
    /// `Deny`.
    Deny,
}

/// Who a statement of a resource policy speaks of.
#[derive(Clone, Debug, PartialEq)]
pub enum Principal {
    /// An AWS service, `logs.us-east-2.amazonaws.com`.
    Service(Value),
    /// An account or a role.
    Aws(Value),
    /// Everybody; only sensible in a `Deny`.
    Everyone,
}

/// A resource and its IAM type.
#[derive(Clone, Debug, PartialEq)]
pub struct Arn {
    /// `service:type` as the Service Authorization Reference names it, `dynamodb:table`; `*` for all.
    pub kind: &'static str,
    /// The ARN.
    pub value: Value,
}

/// A condition of a statement.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    /// The operator, `StringEquals`.
    pub test: &'static str,
    /// The key, `kms:ViaService`.
    pub key: &'static str,
    /// Any of these values.
    pub values: Vec<Value>,
}

impl Arn {
    /// A resource of a type.
    pub fn new(kind: &'static str, value: Value) -> Self {
        Self { kind, value }
    }

    /// Everything, for actions that take no resource.
    pub fn any() -> Self {
        Self::new("*", Value::from("*"))
    }
}

impl Statement {
    /// Allows actions on resources.
    pub fn allow(actions: &[&'static str], resources: Vec<Arn>) -> Self {
        Self {
            effect: Effect::Allow,
            principals: Vec::new(),
            actions: actions.to_vec(),
            resources,
            conditions: Vec::new(),
        }
    }

    /// Denies actions on resources.
    pub fn deny(actions: &[&'static str], resources: Vec<Arn>) -> Self {
        Self { effect: Effect::Deny, ..Self::allow(actions, resources) }
    }

    /// Adds a principal.
    #[must_use]
    pub fn to(mut self, principal: Principal) -> Self {
        self.principals.push(principal);
        self
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

    /// Limits the use of a key to calls that a service makes for the caller
    /// (<https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service>).
    #[must_use]
    pub fn via(self, service: &str, region: &str) -> Self {
        let service = format!("{service}.{region}.amazonaws.com");
        self.when("StringEquals", "kms:ViaService", [Value::from(service)])
    }

    /// Whether it speaks of keys alone.
    pub fn is_on_keys(&self) -> bool {
        self.resources.iter().all(|arn| arn.kind == "kms:key")
    }

    /// Whether it differs from another one in nothing but the actions.
    fn is_about_the_same(&self, other: &Self) -> bool {
        self.effect == other.effect
            && self.principals == other.principals
            && self.resources == other.resources
            && self.conditions == other.conditions
    }

    fn block(&self) -> Value {
        let conditions: Vec<Value> = self.conditions.iter().map(Condition::block).collect();
        let principals: Vec<Value> = self.principals.iter().map(Principal::block).collect();
        let resources: Vec<Value> = self.resources.iter().map(|arn| arn.value.clone()).collect();
        let mut actions = self.actions.clone();
        actions.sort_unstable();
        actions.dedup();
        block! {
            effect: match self.effect { Effect::Allow => "Allow", Effect::Deny => "Deny" },
            actions: actions,
            resources: (!resources.is_empty()).then_some(resources),
            principals: (!principals.is_empty()).then_some(principals),
            condition: (!conditions.is_empty()).then_some(conditions),
        }
    }

    /// The types of its resources.
    fn resource_types(&self, kind: PolicyKind) -> Vec<&'static str> {
        if self.resources.is_empty() && kind == PolicyKind::Resource {
            // The trust policy of a role takes no resource: it speaks of the role.
            return vec!["*"];
        }
        self.resources.iter().map(|arn| arn.kind).collect()
    }

    fn condition_keys(&self) -> Vec<&'static str> {
        self.conditions.iter().map(|condition| condition.key).collect()
    }
}

/// What AWS would refuse of a policy, or what would not do what it says. The statements of a role's
/// policy are one edge, which must work by itself.
fn faults(kind: PolicyKind, statements: &[Statement]) -> Vec<String> {
    let lists: Vec<_> = statements
        .iter()
        .map(|statement| (statement, statement.resource_types(kind), statement.condition_keys()))
        .collect();
    let facts = lists.iter().map(|(statement, resource_types, condition_keys)| StatementFacts {
        actions: &statement.actions,
        resource_types,
        condition_keys,
        kind,
    });
    let facts: Vec<StatementFacts<'_>> = facts.collect();
    let mut faults: Vec<String> = facts.iter().flat_map(check_statement).collect();
    faults.extend(check_required_types(&facts));
    faults
}

impl Condition {
    /// That a key has one of some values.
    pub fn new(
        test: &'static str,
        key: &'static str,
        values: impl IntoIterator<Item = Value>,
    ) -> Self {
        Self { test, key, values: values.into_iter().collect() }
    }

    fn block(&self) -> Value {
        block! { test: self.test, variable: self.key, values: self.values.clone() }
    }
}

impl Principal {
    fn block(&self) -> Value {
        let (kind, identifier) = match self {
            Self::Service(name) => ("Service", name.clone()),
            Self::Aws(arn) => ("AWS", arn.clone()),
            Self::Everyone => ("*", Value::from("*")),
        };
        block! { type: kind, identifiers: vec![identifier] }
    }
}

/// Where a policy document is put.
pub struct PolicyPlace<'a> {
    /// The module.
    pub module: &'static str,
    /// The file, without ending.
    pub file: &'a str,
    /// The name of the data source.
    pub name: &'a str,
    /// The line of the spec that causes it.
    pub cause: &'a SpecPath,
}

/// Puts statements into a document and gives its JSON. A statement that AWS would refuse, or that
/// would not do what it says, is a fault of platgen and is left in the document as a misuse.
pub fn policy(
    out: &mut Document,
    place: &PolicyPlace<'_>,
    kind: PolicyKind,
    statements: &[Statement],
) -> Value {
    for fault in faults(kind, statements) {
        out.misuses.push(Misuse {
            address: format!("module.{}.data.aws_iam_policy_document.{}", place.module, place.name),
            message: fault,
            causes: vec![place.cause.clone()],
        });
    }
    let blocks: Vec<Value> = merged(statements).iter().map(Statement::block).collect();
    out.module(place.module)
        .file(place.file)
        .data("aws_iam_policy_document", place.name, block! { statement: blocks })
        .cause(place.cause)
        .add()
        .get("json")
}

/// The statements, with one of those that are about the same: what two verbs give on one table stands
/// in one place, and a role can hold more of it.
fn merged(statements: &[Statement]) -> Vec<Statement> {
    let mut merged: Vec<Statement> = Vec::new();
    for statement in statements {
        match merged.iter_mut().find(|other| other.is_about_the_same(statement)) {
            Some(other) => other.actions.extend(&statement.actions),
            None => merged.push(statement.clone()),
        }
    }
    merged
}

/// The longest name of a role, in letters
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>).
const LONGEST_ROLE_NAME: usize = 64;

/// A role that an AWS service takes on.
pub struct Role<'a> {
    /// Where it is put; its name is also the name of the role's resource.
    pub place: PolicyPlace<'a>,
    /// The name at AWS; a long one is cut.
    pub aws_name: String,
    /// The service, `ecs-tasks.amazonaws.com`.
    pub service: &'a str,
    /// What the service may take it on for: a pattern of source ARNs.
    pub source: Option<Value>,
}

/// Makes a role: its trust speaks of one service, this account, and the source if the service
/// documents that it sends one.
pub fn role(out: &mut Document, role: &Role<'_>) -> Handle {
    let trust = trust(role);
    let Some(source) = &role.source else { return make_role(out, role, trust) };
    let account = aws::account(out, role.place.module);
    let trust = trust.when("StringEquals", "aws:SourceAccount", [account]).when(
        "ArnLike",
        "aws:SourceArn",
        [source.clone()],
    );
    make_role(out, role, trust)
}

/// Makes a role whose trust speaks of one service and this account: that of a service which says in
/// whose name it acts, and does not document that it says for which resource.
pub fn role_of_account(out: &mut Document, role: &Role<'_>) -> Handle {
    let account = aws::account(out, role.place.module);
    let trust = trust(role).when("StringEquals", "aws:SourceAccount", [account]);
    make_role(out, role, trust)
}

fn trust(role: &Role<'_>) -> Statement {
    Statement::allow(&["sts:AssumeRole"], Vec::new())
        .to(Principal::Service(Value::from(role.service)))
}

fn make_role(out: &mut Document, role: &Role<'_>, trust: Statement) -> Handle {
    let place = &role.place;
    let trust_name = format!("{}__trust", place.name);
    let trust_place = PolicyPlace { name: &trust_name, ..*place };
    let json = policy(out, &trust_place, PolicyKind::Resource, &[trust]);
    let aws_name = fit(&role.aws_name, LONGEST_ROLE_NAME);
    let arguments = block! { name: aws_name, assume_role_policy: json };
    let mut file = out.module(place.module).file(place.file);
    file.resource("aws_iam_role", place.name, arguments).cause(place.cause).add()
}

/// Gives a role the rights of one edge, as a policy of its own: a reviewer sees what the edge gives.
pub fn attach(
    out: &mut Document,
    role: &Handle,
    place: &PolicyPlace<'_>,
    statements: &[Statement],
) -> Option<Handle> {
    if statements.is_empty() {
        return None;
    }
    let json = policy(out, place, PolicyKind::Role, statements);
    let policy = out
        .module(place.module)
        .file(place.file)
        .resource(
            "aws_iam_role_policy",
            place.name,
            block! {
                name: place.name.replace('_', "-"),
                role: role.get("id"),
                policy: json,
            },
        )
        .cause(place.cause)
        .add();
    Some(policy)
}
