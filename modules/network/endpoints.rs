//! VPC endpoints: AWS services that are reached without leaving the network
//! (<https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html>).
use super::subnets::name_tag;
use super::{MODULE, MadeVpc, Tier, Vpc, routing, security};
use crate::aws;
use crate::connect::iam::{self, Arn, PolicyKind, PolicyPlace, Principal, Statement};
use crate::connect::{Grant, Reach};
use crate::kind::Resolving;
use crate::network::spec::NetworkSpec;
use crate::platform::Platform;
use platgen_source::diagnostics::{SpecPath, code};
use platgen_source::{Node, Read, Reader, Schemas, Value as NodeValue, json};
use platgen_terraform::{Address, Document, Handle, Value, block};
use std::collections::{BTreeMap, BTreeSet};

/// The file of the endpoints.
const FILE: &str = "endpoints";

/// The services with a gateway endpoint, which costs nothing
/// (<https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html>).
const GATEWAYS: [&str; 2] = ["dynamodb", "s3"];

/// The word for every service that the platform talks to.
const ALL: &str = "all";

/// The service whose endpoint would break sign-in: with private DNS, the domains of user pools are
/// not found any more
/// (<https://docs.aws.amazon.com/cognito/latest/developerguide/vpc-interface-endpoints.html>).
const NEVER: &str = "cognito-idp";

/// What a spec can list, as AWS names the services.
const WORDS: [&str; 28] = [
    ALL,
    "dynamodb",
    "dynamodb-streams",
    "ecr.api",
    "ecr.dkr",
    "ecs",
    "ecs-agent",
    "ecs-telemetry",
    "elasticfilesystem",
    "email",
    "events",
    "kinesis-firehose",
    "kinesis-streams",
    "kms",
    "lambda",
    "logs",
    "monitoring",
    "rds-data",
    "s3",
    "secretsmanager",
    "sns",
    "sqs",
    "ssm",
    "ssmmessages",
    "states",
    "sts",
    "sync-states",
    "xray",
];

/// A service in the list of endpoints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct EndpointWord(&'static str);

/// A list of services, or one of them without the list.
#[derive(Debug)]
pub struct EndpointsSpec(Vec<EndpointWord>);

/// Which endpoints a network has, as far as the network alone decides.
#[derive(Debug)]
pub(super) struct EndpointChoice {
    listed: BTreeSet<&'static str>,
    reached: Reached,
}

/// Which of the services that the platform talks to have an endpoint without being listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reached {
    /// None.
    None,
    /// Those with interface endpoints: the route tables of an existing VPC are not platgen's.
    Interfaces,
    /// All.
    All,
}

impl EndpointChoice {
    /// Decides what the spec leaves open.
    pub(super) fn resolve(spec: &NetworkSpec, vpc: &Vpc, resolving: &mut Resolving<'_>) -> Self {
        let is_made = matches!(vpc, Vpc::Made(_));
        let Some(EndpointsSpec(words)) = &spec.endpoints else {
            let free = if is_made { GATEWAYS.as_slice() } else { &[] };
            return Self { listed: free.iter().copied().collect(), reached: Reached::None };
        };
        let mut listed: BTreeSet<&'static str> = words.iter().map(|word| word.0).collect();
        let reached = match (listed.remove(ALL), is_made) {
            (false, _) => Reached::None,
            (true, true) => Reached::All,
            (true, false) => Reached::Interfaces,
        };
        if reached == Reached::All {
            listed.extend(GATEWAYS);
        }
        if !is_made {
            refuse_gateways(words, resolving);
        }
        Self { listed, reached }
    }

    /// Whether a way to an AWS API gets an endpoint for being there.
    fn includes(&self, reach: Reach) -> bool {
        match (self.reached, reach) {
            (Reached::None, _) | (_, Reach::Internet(_) | Reach::Range(..)) => false,
            (Reached::All | Reached::Interfaces, Reach::Interface(service)) => service != NEVER,
            (reached, Reach::Gateway(_)) => reached == Reached::All,
        }
    }
}

/// A gateway endpoint is an entry of route tables, and those of an existing VPC are not platgen's.
fn refuse_gateways(words: &[EndpointWord], resolving: &mut Resolving<'_>) {
    for (place, word) in words.iter().enumerate().filter(|(_, word)| GATEWAYS.contains(&word.0)) {
        let message = format!(
            "the endpoint of {} is an entry of route tables, which platgen does not change in a VPC \
             that is there already",
            word.0
        );
        let path = super::section().key("endpoints").index(place);
        resolving.find(&code::IMPOSSIBLE, &path, message);
    }
}

/// The endpoints of a network: services, and what asks for each.
pub(super) fn of(platform: &Platform) -> BTreeMap<&'static str, BTreeSet<SpecPath>> {
    let choice = &platform.network.endpoints;
    let causes = BTreeSet::from([super::section().key("endpoints")]);
    let listed = choice.listed.iter().map(|service| (*service, causes.clone()));
    let mut endpoints: BTreeMap<_, _> = listed.collect();
    for grant in grants_of_the_network(platform) {
        for reach in grant.reach.iter().filter(|reach| choice.includes(**reach)) {
            if let Reach::Gateway(service) | Reach::Interface(service) = reach {
                endpoints.entry(service).or_default().insert(grant.cause.clone());
            }
        }
    }
    endpoints
}

/// What is given to things that stand in the network.
fn grants_of_the_network(platform: &Platform) -> impl Iterator<Item = &Grant> {
    let stands_inside = |grant: &&Grant| {
        platform.thing(&grant.consumer).is_some_and(crate::kind::Thing::in_network)
    };
    platform.connections.all().iter().filter(stands_inside)
}

/// These services as a spec lists them, if all of them can have an endpoint: `"ecr.api", "s3"`.
pub(super) fn listing(services: &BTreeSet<&str>) -> Option<String> {
    let quoted = |service: &&str| WORDS.contains(service).then(|| format!("{service:?}"));
    services.iter().map(quoted).collect::<Option<Vec<_>>>().map(|words| words.join(", "))
}

/// Whether a service has a gateway endpoint rather than an interface.
pub(super) fn is_gateway(service: &str) -> bool {
    GATEWAYS.contains(&service)
}

/// Whether one of these endpoints carries a way to an AWS API. S3 and `DynamoDB` have both kinds, and
/// platgen makes their gateways.
pub(super) fn carry(endpoints: &BTreeSet<&'static str>, reach: Reach) -> bool {
    match reach {
        Reach::Gateway(service) => endpoints.contains(service),
        Reach::Interface(service) => endpoints.contains(service) && !is_gateway(service),
        Reach::Internet(_) | Reach::Range(..) => false,
    }
}

/// The endpoint of a service.
pub(super) fn handle(service: &str) -> Handle {
    Handle::new(MODULE, Address::managed("aws_vpc_endpoint", &identifier(service)))
}

/// `ecr.api` gives `ecr_api`.
fn identifier(service: &str) -> String {
    service.replace(['.', '-'], "_")
}

/// The security group that interface endpoints share.
pub(super) fn group() -> Handle {
    Handle::new(MODULE, Address::managed("aws_security_group", FILE))
}

/// Puts the endpoints into a document.
pub(super) fn lower(platform: &Platform, out: &mut Document) {
    let endpoints = of(platform);
    let interfaces = endpoints.iter().filter(|(service, _)| !is_gateway(service));
    let causes: BTreeSet<&SpecPath> = interfaces.flat_map(|(_, causes)| causes).collect();
    if !causes.is_empty() {
        let description = "Interface endpoints of AWS services".to_owned();
        let words = vec![FILE.to_owned()];
        let group = security::Group {
            identifier: FILE.to_owned(),
            file: FILE.to_owned(),
            words,
            description,
        };
        security::make_group(&group, causes, platform, out);
    }
    for (service, causes) in &endpoints {
        match &platform.network.vpc {
            Vpc::Made(made) if is_gateway(service) => gateway(service, made, causes, platform, out),
            _ => interface(service, causes, platform, out),
        }
    }
}

fn gateway(
    service: &str,
    made: &MadeVpc,
    causes: &BTreeSet<SpecPath>,
    platform: &Platform,
    out: &mut Document,
) {
    let tables = routing::tables_of_endpoints(made);
    let tables: Value = tables.iter().map(|table| table.get("id")).collect();
    let arguments = block! {
        vpc_id: platform.network.vpc_id(),
        vpc_endpoint_type: "Gateway",
        service_name: service_name(service, platform),
        route_table_ids: tables,
        policy: gateway_policy(service, out),
        tags: name_tag(platform, &[service]),
    };
    add(service, arguments, causes, out);
}

fn interface(service: &str, causes: &BTreeSet<SpecPath>, platform: &Platform, out: &mut Document) {
    let arguments = block! {
        vpc_id: platform.network.vpc_id(),
        vpc_endpoint_type: "Interface",
        service_name: service_name(service, platform),
        subnet_ids: platform.network.subnets(Tier::Private),
        security_group_ids: vec![group().get("id")],
        private_dns_enabled: true,
        tags: name_tag(platform, &[service]),
    };
    add(service, arguments, causes, out);
}

fn add(service: &str, arguments: Value, causes: &BTreeSet<SpecPath>, out: &mut Document) {
    out.module(MODULE)
        .file(FILE)
        .resource("aws_vpc_endpoint", &identifier(service), arguments)
        .causes(causes)
        .add();
}

fn service_name(service: &str, platform: &Platform) -> String {
    format!("com.amazonaws.{}.{service}", platform.head.region)
}

/// Who may go through a gateway: only roles of this account, so that no foreign key carries data
/// away. The endpoint of S3 stays open, because image layers come out of buckets of AWS
/// (<https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html#ecr-minimum-s3-perms>).
fn gateway_policy(service: &str, out: &mut Document) -> Option<Value> {
    if service != "dynamodb" {
        return None;
    }
    let account = aws::account(out, MODULE);
    let statement = Statement::allow(&["dynamodb:*"], vec![Arn::any()])
        .to(Principal::Everyone)
        .when("StringEquals", "aws:PrincipalAccount", [account]);
    let cause = super::section().key("endpoints");
    let place = PolicyPlace { module: MODULE, file: FILE, name: service, cause: &cause };
    Some(iam::policy(out, &place, PolicyKind::Resource, &[statement]))
}

impl Read for EndpointWord {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        if node.text() == Some(NEVER) {
            let message = format!(
                "an endpoint of {NEVER} hides the domains of user pools from the whole network"
            );
            let help = "leave it out: user pools are reached over the internet";
            reader.fault_with(&code::IMPOSSIBLE, message, help.to_owned());
            return None;
        }
        reader.word(node, &WORDS).map(|place| Self(WORDS[place]))
    }

    fn schema(_: &mut Schemas) -> json::Value {
        json::json!({ "type": "string", "enum": WORDS })
    }
}

impl Read for EndpointsSpec {
    fn expand(node: &mut Node) {
        if matches!(node.value, NodeValue::String(_)) {
            node.value = NodeValue::Array(vec![node.clone()]);
        }
    }

    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        Vec::read(node, reader).map(Self)
    }

    fn schema(schemas: &mut Schemas) -> json::Value {
        schemas.any_of(&[EndpointWord::schema, Vec::<EndpointWord>::schema])
    }
}
