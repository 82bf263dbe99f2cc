//! A VPC that is there already: `existing = { vpc = "vpc-…", private = ["subnet-…", …] }`.
//!
//! platgen puts security groups into it, and endpoints that are asked for; it changes nothing that
//! is there.
use super::spec::NetworkSpec;
use super::{FILE, MODULE, Tier};
use crate::kind::Resolving;
use platgen_source::diagnostics::{SpecPath, code};
use platgen_source::{Node, Read, Reader, Schemas, Value as NodeValue, json, text_type};
use platgen_terraform::{Address, Document, Expr, Handle, Value, block};
use std::collections::BTreeMap;
use std::fmt;

text_type! {
    /// The id of a VPC
    /// (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Vpc.html>).
    VpcId,
    "^vpc-([0-9a-f]{8}|[0-9a-f]{17})$",
    "the id of a VPC such as vpc-0123456789abcdef0",
    |text| text.strip_prefix("vpc-").is_some_and(is_resource_number)
}

text_type! {
    /// The id of a subnet
    /// (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Subnet.html>).
    SubnetId,
    "^subnet-([0-9a-f]{8}|[0-9a-f]{17})$",
    "the id of a subnet such as subnet-0123456789abcdef0",
    |text| text.strip_prefix("subnet-").is_some_and(is_resource_number)
}

text_type! {
    /// The id of a security group
    /// (<https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/resource-ids.html>).
    SecurityGroupId,
    "^sg-([0-9a-f]{8}|[0-9a-f]{17})$",
    "the id of a security group: sg- and 17 hexadecimal digits",
    |text| text.strip_prefix("sg-").is_some_and(is_resource_number)
}

text_type! {
    /// The name of a variable of the root module, which the one who applies the output sets
    /// (<https://developer.hashicorp.com/terraform/language/values/variables>). Some words are Terraform's,
    /// and the ends are those of the variables that images have.
    RootVariable,
    "^(?!(source|version|providers?|count|for_each|lifecycle|depends_on|locals)$)(?!.*_(image|tag)$)[a-z][a-z0-9_]{0,62}$",
    "lower-case letters, digits and _, beginning with a letter, at most 63; no word that Terraform \
     keeps for itself, and not ending in _image or _tag like the variables of images",
    |text| {
        (1..=63).contains(&text.len())
            && platgen_terraform::is_variable_name(text)
            && !text.ends_with("_image")
            && !text.ends_with("_tag")
    }
}

/// Resource ids have 8 hexadecimal digits, since 2018 17
/// (<https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/resource-ids.html>).
fn is_resource_number(text: &str) -> bool {
    [8, 17].contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

/// A value that stands in the spec, or that is set when the output is applied:
/// `{ variable = "vpc_id" }`.
///
/// The two have no common long form: an environment's variable must replace the value of the layer
/// below, where two keys of a table would meet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OrVariable<T> {
    /// The value.
    Value(T),
    /// The variable of the root that holds it.
    Variable(RootVariable),
}

/// The long form of [`OrVariable::Variable`].
#[derive(Debug, Read)]
struct VariableSpec {
    /// The name of the variable.
    variable: RootVariable,
}

/// A VPC that is there already.
#[derive(Debug, Read)]
pub struct ExistingSpec {
    /// The id of the VPC.
    pub vpc: OrVariable<VpcId>,
    /// The public subnets, for load balancers; in two zones or more. Without them nothing is reached
    /// from the internet.
    pub public: Vec<OrVariable<SubnetId>>,
    /// The private subnets, for tasks; in two zones or more. They need a way to the internet or to
    /// the AWS APIs that the platform calls.
    pub private: Vec<OrVariable<SubnetId>>,
    /// The subnets of databases, caches and volumes, in two zones or more. By default the private ones.
    pub database: Option<Vec<OrVariable<SubnetId>>>,
}

/// A VPC that is there already, with every detail decided.
#[derive(Debug)]
pub struct ExistingVpc {
    vpc: Value,
    /// The ids of the subnets, each with what the spec calls it: its id, or the variable that holds it.
    subnets: BTreeMap<Tier, Vec<(String, Value)>>,
    /// The variables that the spec names, and what each holds.
    variables: BTreeMap<String, String>,
}

impl ExistingVpc {
    /// Decides what the spec leaves open.
    pub fn resolve(
        spec: &ExistingSpec,
        network: &NetworkSpec,
        resolving: &mut Resolving<'_>,
    ) -> Self {
        let path = super::section().key("existing");
        find_useless_keys(network, resolving);
        let database = spec.database.as_ref().unwrap_or(&spec.private);
        let mut variables = BTreeMap::new();
        let vpc = spec.vpc.value(&mut variables, "The id of the VPC");
        let tiers = [
            (Tier::Public, &spec.public, !spec.public.is_empty(), "A public subnet"),
            (Tier::Private, &spec.private, true, "A private subnet"),
            (Tier::Database, database, spec.database.is_some(), "A subnet for databases"),
        ];
        let mut subnets = BTreeMap::new();
        for (tier, ids, is_needed, description) in tiers {
            if is_needed {
                check_subnets(ids, &path.key(tier.word()), resolving);
            }
            let subnet =
                |id: &OrVariable<SubnetId>| (id.to_string(), id.value(&mut variables, description));
            let values = ids.iter().map(subnet).collect();
            subnets.insert(tier, values);
        }
        Self { vpc, subnets, variables }
    }

    /// The id of the VPC.
    pub fn vpc_id(&self) -> Value {
        self.vpc.clone()
    }

    /// The ids of the subnets of a tier, each with what the spec calls it.
    pub fn subnets(&self, tier: Tier) -> Vec<(String, Value)> {
        self.subnets.get(&tier).cloned().unwrap_or_default()
    }

    /// The variables of the root that the spec names, and what each holds.
    pub(super) fn variables(&self) -> &BTreeMap<String, String> {
        &self.variables
    }

    /// Asks AWS about the VPC.
    pub(super) fn lower(&self, out: &mut Document) {
        let cause = super::section().key("existing").key("vpc");
        out.module(MODULE)
            .file(FILE)
            .data("aws_vpc", "existing", block! { id: self.vpc.clone() })
            .cause(&cause)
            .add();
    }
}

/// What AWS says of the VPC.
pub(super) fn data_source() -> Handle {
    Handle::new(MODULE, Address::data("aws_vpc", "existing"))
}

/// What speaks of a VPC that is made says nothing about one that is there.
fn find_useless_keys(network: &NetworkSpec, resolving: &mut Resolving<'_>) {
    let keys = [
        ("cidr", network.cidr.is_some()),
        ("zones", network.zones.is_some()),
        ("nat", network.nat.is_some()),
        ("flow_logs", network.flow_logs.is_some()),
    ];
    for (key, is_set) in keys {
        if is_set {
            let message = format!("the VPC is there already: `{key}` would change it");
            let help = format!("remove it, in an environment by unset = [\"network.{key}\"]");
            resolving.find_with(&code::CONFLICT, &super::section().key(key), message, help);
        }
    }
}

fn check_subnets(subnets: &[OrVariable<SubnetId>], path: &SpecPath, resolving: &mut Resolving<'_>) {
    for (place, subnet) in subnets.iter().enumerate() {
        if subnets[..place].contains(subnet) {
            let message = "the same subnet stands here twice";
            resolving.find(&code::CONFLICT, &path.index(place), message);
        }
    }
    if subnets.len() < 2 {
        let message = "at least two subnets, in different zones, are needed: load balancers and \
                       database clusters take no single zone";
        resolving.find(&code::OUT_OF_RANGE, path, message);
    }
}

impl<T: ToString> OrVariable<T> {
    /// The value, or a reference to the variable, which is noted together with what it holds.
    pub(super) fn value(
        &self,
        variables: &mut BTreeMap<String, String>,
        description: &str,
    ) -> Value {
        match self {
            Self::Value(value) => Value::from(value.to_string()),
            Self::Variable(name) => {
                variables.insert(name.to_string(), description.to_owned());
                Value::Expr(Expr::Variable(name.to_string()))
            }
        }
    }
}

impl<T: fmt::Display> fmt::Display for OrVariable<T> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Value(value) => value.fmt(out),
            Self::Variable(name) => name.fmt(out),
        }
    }
}

impl<T: Read> Read for OrVariable<T> {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        match node.value {
            NodeValue::Table(_) => {
                VariableSpec::read(node, reader).map(|spec| Self::Variable(spec.variable))
            }
            _ => T::read(node, reader).map(Self::Value),
        }
    }

    fn schema(schemas: &mut Schemas) -> json::Value {
        schemas.any_of(&[T::schema, VariableSpec::schema])
    }
}
