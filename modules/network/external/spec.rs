//! What a spec may say of something outside the platform.
use crate::compute::task::ports::Port;
use crate::connect::NoNarrowing;
use crate::data::secret::SecretSpec;
use crate::network::cidr::Ipv4Range;
use crate::network::existing::{OrVariable, SecurityGroupId};
use crate::platform::is_domain;
use crate::reference::NameOf;
use crate::text::VariableName;
use platgen_source::{
    Name, Node, OneOrMore, Read, Reader, Schemas, Things, expand_short, json, text_type,
};

text_type! {
    /// The name or IPv4 address of a host, as clients look it up
    /// (<https://www.rfc-editor.org/rfc/rfc1123#section-2.1>).
    HostName,
    "^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+$",
    "a host alone, in lower case, such as mq.example.com or 10.9.0.4, without scheme, port and path",
    is_domain
}

/// The name of a port that stands without one.
const DEFAULT_NAME: &str = "main";

/// Something outside the platform that no kind describes: a broker, the API of a partner, the database
/// of another team. Nothing is made for it but the way there.
#[derive(Debug, Read)]
pub struct ExternalSpec {
    /// Environments that have it; by default all.
    pub only_in: Vec<Name>,
    /// The host: its name or IPv4 address, or `{ variable = "…" }`, a variable of the root.
    pub host: OrVariable<HostName>,
    /// The ports: one number, or several by names of your own.
    pub port: ExternalPorts,
    /// The security group that it stands in, in the VPC or in one that is peered with it: an id, or
    /// `{ variable = "…" }`. The group must let its callers in, which is for its owner to do.
    pub security_group: Option<OrVariable<SecurityGroupId>>,
    /// The addresses that it stands at. Routes to private ones outside the VPC are not made. Without
    /// this and `security_group` it stands anywhere on the internet.
    pub cidr: Option<OneOrMore<Ipv4Range>>,
    /// The secret that opens it, `secret.<name>` of the spec. An edge lets its consumer read that,
    /// unless the consumer reads it by an edge of its own.
    pub secret: Option<NameOf<SecretSpec>>,
}

/// What others may do with something outside.
#[derive(Clone, Debug, Default, Read)]
#[spec(verbs)]
pub struct ExternalVerbs {
    /// The beginning of the variables' names.
    pub r#as: Option<VariableName>,
    /// Connect to its ports.
    pub connect: Option<NoNarrowing>,
}

/// The ports of something outside by their names. A single port is called `main`.
#[derive(Clone, Debug)]
pub struct ExternalPorts(pub Things<Port>);

impl ExternalSpec {
    /// Whether it stands at a place that the network knows, rather than anywhere on the internet.
    pub fn has_place(&self) -> bool {
        self.security_group.is_some() || self.cidr.is_some()
    }
}

impl Read for ExternalPorts {
    fn expand(node: &mut Node) {
        expand_short(node, DEFAULT_NAME);
    }

    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        Things::read(node, reader).map(Self)
    }

    fn schema(schemas: &mut Schemas) -> json::Value {
        let forms: [fn(&mut Schemas) -> json::Value; 2] = [Port::schema, Things::<Port>::schema];
        schemas.any_of(&forms)
    }
}
