//! `[firewall.<name>]`: a web ACL of AWS WAF.
use super::MODULE;

use crate::kind::{Kind, Output, Outputs, Resolving, Thing, ThingId};
use crate::platform::Platform;
use platgen_source::diagnostics::SpecPath;
use platgen_source::{Name, Read};
use platgen_terraform::{Address, Document, Handle, Value};

/// What a spec says of it.
#[derive(Debug, Read)]
pub struct FirewallSpec {
    /// Environments that have it; by default all.
    pub only_in: Vec<Name>,
}

/// A thing that stands behind a firewall.
#[derive(Clone, Debug)]
pub struct Shielded {
    /// The firewall.
    pub firewall: Name,
    /// What is shielded, and how the web ACL gets to it.
    pub by: Attachment,
    /// The line of the spec that says so.
    pub cause: SpecPath,
}

/// How a web ACL gets to what it shields.
#[derive(Clone, Debug)]
pub enum Attachment {
    /// By an association with this ARN: load balancers, stages of REST APIs, user pools.
    Association(Value),
    /// By an argument of the distribution, whose web ACL stands in us-east-1.
    Distribution,
}

/// It, with every detail decided.
#[derive(Debug)]
pub struct Firewall {
    id: ThingId,
}

impl Kind for FirewallSpec {
    const KIND: &'static str = "firewall";
    const OUTPUTS: Outputs = Outputs::Named(&["arn"]);
    const ACTS: bool = false;
    const IS_REACHED: bool = false;
    type Thing = Firewall;

    fn resolve(&self, id: ThingId, _resolving: &mut Resolving<'_>) -> Firewall {
        Firewall { id }
    }
}

impl Firewall {
    /// Its resource.
    pub fn handle(&self) -> Handle {
        Handle::new(MODULE, Address::managed("aws_wafv2_web_acl", &self.id.local(&[])))
    }
}

impl Thing for Firewall {
    fn id(&self) -> &ThingId {
        &self.id
    }

    fn output(&self, _words: &[String], _consumer: &ThingId, _platform: &Platform) -> Output {
        Output::Plain(self.handle().get("arn"))
    }

    fn lower(&self, _platform: &Platform, _out: &mut Document) {}
}
