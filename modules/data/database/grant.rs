//! What an edge to a database gives its consumer.
use super::Database;
use super::spec::is_word;
use crate::connect::matrix::On;
use crate::connect::{Delivery, Edge, Grant, NoNarrowing, PortRule, Protocol};
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
        if connect.user.is_none() || edge.delivery == Delivery::Inject {
            edge.give("connect", grant, |kind| self.resources(kind));
        }
        match &connect.user {
            Some(user) => {
                let user_arn = self.user_arn(user, edge);
                edge.give("connect by user", grant, |_| user_arn.clone().into());
                set_variable(grant, edge, "USER", Value::from(user.as_str()));
            }
            None if edge.delivery == Delivery::Read => {
                set_variable(grant, edge, "SECRET_ARN", self.secret_arn());
            }
            None => {}
        }
    }

    fn grant_queries(&self, edge: &Edge<'_>, grant: &mut Grant) {
        edge.give("query", grant, |kind| self.resources(kind));
        set_variable(grant, edge, "CLUSTER_ARN", self.cluster().get("arn"));
        set_variable(grant, edge, "NAME", Value::from(&self.schema));
        set_variable(grant, edge, "SECRET_ARN", self.secret_arn());
    }

    /// What a right on the cluster, or on its administrator's secret, is on.
    pub(super) fn resources(&self, kind: &str) -> On {
        match kind {
            "rds-data:cluster" => self.cluster().get("arn").into(),
            "secretsmanager:Secret" => self.secret_arn().into(),
            "kms:key" => key::arn().into(),
            _ => On::nothing(),
        }
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
