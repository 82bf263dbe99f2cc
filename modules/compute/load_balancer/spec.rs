//! What a spec may say of a load balancer.
use crate::kind::Kind;
use crate::network::cidr::Ipv4Range;
use crate::network::existing::SecurityGroupId;
use crate::network::firewall::FirewallSpec;
use crate::reference::NameOf;
use crate::text::PlainText;
use platgen_source::{
    Count, Duration, Name, Node, OneOrMore, Read, Reader, Schemas, is_plain, json, text_type,
};

text_type! {
    /// The name of a load balancer at AWS
    /// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html>).
    AwsName,
    "^(?!internal-)[A-Za-z0-9]([A-Za-z0-9-]{0,30}[A-Za-z0-9])?$",
    "1 to 32 letters, digits and hyphens, with a letter or digit at both ends, not beginning with \
     internal-",
    |text| {
        is_plain(text, 1..=32, b"-")
            && !text.starts_with('-')
            && !text.ends_with('-')
            && !text.starts_with("internal-")
    }
}

text_type! {
    /// The ARN of an application load balancer
    /// (<https://docs.aws.amazon.com/service-authorization/latest/reference/list_awselasticloadbalancingv2.html>).
    BalancerArn,
    "^arn:aws(-cn|-us-gov)?:elasticloadbalancing:[a-z0-9-]{1,32}:[0-9]{12}:loadbalancer/app/[A-Za-z0-9-]{1,32}/[0-9a-f]{16}$",
    "the ARN of an application load balancer: arn:aws:elasticloadbalancing:…:loadbalancer/app/…",
    is_balancer_arn
}

/// The load balancer that routes go through when they name none.
pub const PUBLIC: &str = "public";

/// A load balancer: where requests from outside of the services come in. `public` exists by itself
/// as soon as a route wants it.
#[derive(Debug, Default, Read)]
pub struct LoadBalancerSpec {
    /// Environments that have it; by default all.
    pub only_in: Vec<Name>,
    /// What it looks into: requests (`application`) or nothing (`network`). By default `application`.
    pub r#type: Option<BalancerType>,
    /// Whether it is reached from within the network only. By default not.
    pub internal: Option<bool>,
    /// The name that it is reached at. With one it speaks HTTPS. By default the domain of the
    /// platform; an internal load balancer, a network one, and one that is made elsewhere have none.
    pub domain: Option<PlainText>,
    /// Address ranges that may call. By default every one, of an internal one that of the network.
    pub from: Option<OneOrMore<Ipv4Range>>,
    /// How long a connection may be silent: 1 to 4000 seconds, of a network load balancer 60 to 6000.
    /// By default 60 seconds, of a network load balancer 350.
    pub idle_timeout: Option<Duration>,
    /// Refuses to be deleted. By default in production.
    pub protected: Option<bool>,
    /// Writes every request into the log bucket of the platform. By default in production, and never
    /// by a network load balancer.
    pub access_logs: Option<bool>,
    /// The firewall before it. By default none.
    pub firewall: Option<NameOf<FirewallSpec>>,
    /// An application load balancer that is made elsewhere: its ARN, or more.
    pub existing: Option<ExistingSpec>,
    /// The name at AWS, by hand. By default `{environment}-{platform}-{name}`, cut to 32
    /// characters.
    pub aws_name: Option<AwsName>,
}

/// What a load balancer looks into.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Read)]
pub enum BalancerType {
    /// Requests: HTTP and HTTPS.
    #[default]
    Application,
    /// Nothing: it carries TCP and UDP.
    Network,
}

/// A load balancer that is made elsewhere. Its certificates are the business of whoever made it.
#[derive(Debug, Read)]
#[spec(short = "arn")]
pub struct ExistingSpec {
    /// Its ARN.
    pub arn: BalancerArn,
    /// The port of the listener that routes are added to. By default 443.
    pub port: Option<Count<1, 65_535>>,
    /// The security group that it calls from, which must let it call. By default its first one.
    pub security_group: Option<SecurityGroupId>,
}

/// The name of a load balancer, where something speaks of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BalancerName(Name);

impl BalancerName {
    /// The load balancer of a route: the one that it names, or else `public`.
    pub fn of(via: Option<&Self>) -> Option<Name> {
        via.map_or_else(|| Name::new(PUBLIC), |via| Some(via.0.clone()))
    }
}

impl Read for BalancerName {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        let name = Name::read(node, reader)?;
        reader.mention(LoadBalancerSpec::KIND, name.as_str(), &[]);
        Some(Self(name))
    }

    fn schema(schemas: &mut Schemas) -> json::Value {
        Name::schema(schemas)
    }
}

fn is_balancer_arn(text: &str) -> bool {
    let parts: Vec<&str> = text.split(':').collect();
    let ["arn", partition, "elasticloadbalancing", region, account, resource] = parts.as_slice()
    else {
        return false;
    };
    let word = |text: &str, letters: fn(u8) -> bool| text.bytes().all(letters);
    let region_letter = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    let name_letter = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
    let hexadecimal = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    let resource: Vec<&str> = resource.split('/').collect();
    let ["loadbalancer", "app", name, id] = resource.as_slice() else { return false };
    matches!(*partition, "aws" | "aws-cn" | "aws-us-gov")
        && (1..=32).contains(&region.len())
        && word(region, region_letter)
        && account.len() == 12
        && word(account, |b| b.is_ascii_digit())
        && (1..=32).contains(&name.len())
        && word(name, name_letter)
        && id.len() == 16
        && word(id, hexadecimal)
}
