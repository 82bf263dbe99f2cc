//! What an edge to a cache gives its consumer.
use super::spec::Auth;
use super::{Cache, PORT};
use crate::connect::matrix::On;
use crate::connect::{Edge, Grant, NoNarrowing, PortRule, Protocol};
use crate::kind::Target;
use crate::text::VariableName;
use platgen_source::Read;
use platgen_terraform::Value;

/// What others may do with a cache.
#[derive(Clone, Debug, Default, Read)]
#[spec(verbs)]
pub struct CacheVerbs {
    /// The beginning of the variables' names.
    pub r#as: Option<VariableName>,
    /// Connect to its port.
    pub connect: Option<NoNarrowing>,
}

impl Target for Cache {
    type Verbs = CacheVerbs;

    /// The right of IAM is on the cache and on the user
    /// (<https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/auth-iam.html>).
    fn grant(&self, verbs: &CacheVerbs, edge: &Edge<'_>) -> Grant {
        let by_iam = self.auth == Auth::Iam;
        let mut grant = edge.grant_of(verbs, |_, kind| match kind {
            "elasticache:replicationgroup" if by_iam => self.group().get("arn").into(),
            "elasticache:user" if by_iam => self.user().get("arn").into(),
            _ => On::nothing(),
        });
        if verbs.connect.is_none() {
            return grant;
        }
        let protocol = Protocol::Tcp;
        grant.ports.push(PortRule { name: "cache".to_owned(), port: PORT, protocol });
        grant.variables.extend([
            (edge.variable("HOST"), self.host()),
            (edge.variable("READER_HOST"), self.reader_host()),
            (edge.variable("PORT"), Value::from(PORT.to_string())),
            (edge.variable("URL"), self.url()),
        ]);
        if by_iam {
            grant.variables.extend([
                (edge.variable("CACHE"), self.group().get("replication_group_id")),
                (edge.variable("USER"), self.user().get("user_name")),
            ]);
        }
        grant
    }
}
