//! What `[network]` may say.
use super::cidr::Ipv4Range;
use super::endpoints::EndpointsSpec;
use super::existing::ExistingSpec;
use super::flow_logs::FlowLogsSpec;
use super::zones::ZonesSpec;
use crate::kind::Resolving;
use crate::platform::Head;
use platgen_source::Read;
use platgen_source::diagnostics::code;

/// The network that everything stands in: a VPC with public, private and database subnets in every
/// zone.
#[derive(Debug, Default, Read)]
pub struct NetworkSpec {
    /// The addresses of the VPC, from a /16 to a /23. By default `10.0.0.0/16`.
    pub cidr: Option<Ipv4Range>,
    /// How many availability zones, or a list of their names. By default 3, in development 2.
    pub zones: Option<ZonesSpec>,
    /// How private subnets reach the internet. By default `per-zone`, in development `single`.
    pub nat: Option<Nat>,
    /// What is written down of the traffic. By default all of it.
    pub flow_logs: Option<FlowLogsSpec>,
    /// AWS services that are reached without leaving the network, or `"all"`: every service that
    /// this platform talks to. By default `["s3", "dynamodb"]`, whose endpoints cost nothing; in an
    /// existing VPC none.
    pub endpoints: Option<EndpointsSpec>,
    /// A VPC that is there already, instead of one that is made.
    pub existing: Option<ExistingSpec>,
}

/// How private subnets reach the internet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Read)]
pub enum Nat {
    /// Not at all.
    None,
    /// Through one NAT gateway: when its zone fails, nothing gets out.
    Single,
    /// Through a NAT gateway in every zone.
    PerZone,
}

/// Decides how private subnets reach the internet.
pub fn resolve_nat(spec: Option<Nat>, head: &Head, resolving: &mut Resolving<'_>) -> Nat {
    if spec == Some(Nat::Single) && head.is_production() {
        let message = "one NAT gateway serves all zones: when its zone fails, nothing gets out";
        let help = "use nat = \"per-zone\", the default in production";
        resolving.find_with(&code::WEAKENED, &super::section().key("nat"), message, help);
    }
    spec.unwrap_or(head.by_profile(Nat::PerZone, Nat::Single))
}
