//! What an edge to a database gives its consumer.
use super::spec::is_word;
use super::{DATA_API, Database};
use crate::connect::iam::{Arn, Statement};
use crate::connect::{Delivery, Edge, Grant, NoNarrowing, PortRule, Protocol, Reach};
use crate::data::key;
use crate::kind::Target;
use crate::text::VariableName;
use platgen_source::{Read, text_type};
use platgen_terraform::{Expr, IndexKey, Value, template};

text_type! {
    /// A user inside a database, who logs in with a token of IAM. 32 characters is the limit of `MySQL`
    /// (<https://dev.mysql.com/doc/refman/8.0/en/user-names.html>).
    DatabaseUser,
    "^[A-Za-z][A-Za-z0-9_]{0,31}$",
    "letters, digits and _, beginning with a letter, at most 32",
    |text| text.len() <= 32 && is_word(text)
}

/// What others may do with a database.
#[derive(Clone, Debug, Default, Read)]
#[spec(verbs)]
pub struct DatabaseVerbs {
    /// The beginning of the variables' names.
    pub r#as: Option<VariableName>,
    /// Connect to its port, and read the secret of its administrator.
    pub connect: Option<ConnectVerb>,
    /// Send statements through the RDS Data API, without a connection.
    pub query: Option<NoNarrowing>,
}

/// A connection to a database.
#[derive(Clone, Debug, Default, Read)]
pub struct ConnectVerb {
    /// The user to log in as with a token of IAM, instead of the administrator with the secret. The
    /// user must exist inside the database and be allowed to log in so
    /// (<https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/UsingWithRDS.IAMDBAuth.DBAccounts.html>).
    pub user: Option<DatabaseUser>,
}

/// The rights of the Data API
/// (<https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/data-api.access.html>).
const QUERY_ACTIONS: [&str; 5] = [
    "rds-data:BatchExecuteStatement",
    "rds-data:BeginTransaction",
    "rds-data:CommitTransaction",
    "rds-data:ExecuteStatement",
    "rds-data:RollbackTransaction",
];

impl Target for Database {
    type Verbs = DatabaseVerbs;

    fn grant(&self, verbs: &DatabaseVerbs, edge: &Edge<'_>) -> Grant {
        let mut grant = edge.grant();
        if let Some(connect) = &verbs.connect {
            self.grant_connection(connect, edge, &mut grant);
        }
        if verbs.query.is_some() {
            self.grant_queries(edge, &mut grant);
        }
        grant
    }
}

impl Database {
    fn grant_connection(&self, connect: &ConnectVerb, edge: &Edge<'_>, grant: &mut Grant) {
        let protocol = Protocol::Tcp;
        let port = self.client_port();
        grant.ports.push(PortRule { name: "sql".to_owned(), port, protocol });
        for (suffix, value) in [
            ("HOST", self.host()),
            ("READER_HOST", self.reader_host()),
            ("PORT", Value::from(port.to_string())),
            ("NAME", Value::from(&self.schema)),
        ] {
            set_variable(grant, edge, suffix, value);
        }
        let region = &edge.platform.head.region;
        match (edge.delivery, &connect.user) {
            (Delivery::Inject, user) => {
                let read = ["secretsmanager:GetSecretValue"];
                grant.execution.extend(self.secret_rights(&read, region));
                grant.reach.insert(Reach::Interface("secretsmanager"));
                self.grant_login(user.as_ref(), edge, grant);
            }
            (Delivery::Read, None) => {
                let read = ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"];
                grant.task.extend(self.secret_rights(&read, region));
                grant.reach.insert(Reach::Interface("secretsmanager"));
                set_variable(grant, edge, "SECRET_ARN", self.secret_arn());
            }
            (Delivery::Read, user) => self.grant_login(user.as_ref(), edge, grant),
        }
    }

    /// Logging in with a token of IAM: no secret is involved.
    fn grant_login(&self, user: Option<&DatabaseUser>, edge: &Edge<'_>, grant: &mut Grant) {
        let Some(user) = user else { return };
        let user_arn = Arn::new("rds-db:db-user", self.user_arn(user, edge));
        grant.task.push(Statement::allow(&["rds-db:connect"], vec![user_arn]));
        set_variable(grant, edge, "USER", Value::from(user.as_str()));
    }

    /// The Data API reads the secret in the name of the caller, so the caller needs no way to it.
    fn grant_queries(&self, edge: &Edge<'_>, grant: &mut Grant) {
        let region = &edge.platform.head.region;
        let cluster = Arn::new("rds-data:cluster", self.cluster().get("arn"));
        grant.task.push(Statement::allow(&QUERY_ACTIONS, vec![cluster]));
        grant.task.extend(self.secret_rights(&["secretsmanager:GetSecretValue"], region));
        grant.reach.insert(Reach::Interface(DATA_API));
        set_variable(grant, edge, "CLUSTER_ARN", self.cluster().get("arn"));
        set_variable(grant, edge, "NAME", Value::from(&self.schema));
        set_variable(grant, edge, "SECRET_ARN", self.secret_arn());
    }

    /// Reading the administrator's secret.
    pub(super) fn secret_rights(&self, actions: &[&'static str], region: &str) -> [Statement; 2] {
        let secret = Arn::new("secretsmanager:Secret", self.secret_arn());
        [
            Statement::allow(actions, vec![secret]),
            key::right(&["kms:Decrypt"], "secretsmanager", region),
        ]
    }

    /// `arn:{partition}:rds-db:{region}:{account}:dbuser:{cluster}/{user}`, or the proxy for the cluster, with partition and account
    /// of the cluster's own ARN
    /// (<https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/UsingWithRDS.IAMDBAuth.IAMPolicy.html>).
    fn user_arn(&self, user: &DatabaseUser, edge: &Edge<'_>) -> Value {
        let arn = self.cluster().get("arn");
        let part = |place| {
            let parts = Expr::Call("split", vec![Value::from(":"), arn.clone()]);
            Expr::Index(Box::new(parts), IndexKey::Position(place))
        };
        template![
            "arn:",
            part(1),
            format!(":rds-db:{}:", edge.platform.head.region),
            part(4),
            ":dbuser:",
            self.login_id(),
            "/",
            user.as_str()
        ]
    }
}

/// Adds a derived variable, unless another verb of the edge has added it.
fn set_variable(grant: &mut Grant, edge: &Edge<'_>, suffix: &str, value: Value) {
    let name = edge.variable(suffix);
    if grant.variables.iter().all(|(known, _)| *known != name) {
        grant.variables.push((name, value));
    }
}
