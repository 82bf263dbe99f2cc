//! Gateways and route tables: how each tier gets out.
//!
//! There is a private route table for every zone even where one NAT gateway serves them all, so that
//! going from one gateway to one for each zone changes routes, but no table and no association.
use super::subnets::{self, name, name_tag};
use super::zones::Zone;
use super::{MODULE, MadeVpc, Nat, Tier, made_vpc};
use crate::platform::Platform;
use platgen_terraform::{Address, Document, Handle, Value, block};

/// The file of gateways and routes.
const FILE: &str = "routing";

/// Every address, as a route's destination.
const EVERYWHERE: &str = "0.0.0.0/0";

/// Puts gateways and route tables into a document.
pub(super) fn lower(made: &MadeVpc, platform: &Platform, out: &mut Document) {
    let gateway = internet_gateway(platform, out);
    let public = route_table("public", &["public"], platform, out);
    let to_internet = block! {
        route_table_id: public.get("id"),
        destination_cidr_block: EVERYWHERE,
        gateway_id: gateway.get("id"),
    };
    let public = route("public_internet", to_internet, out);
    let database = route_table("database", &["database"], platform, out).get("id");
    for zone in &made.zones {
        associate(Tier::Public, *zone, public.clone(), out);
        associate(Tier::Database, *zone, database.clone(), out);
        private_routes(*zone, made, platform, out);
    }
    let gateways = nat_zones(made);
    for zone in &gateways {
        nat_gateway(*zone, &gateway, platform, out);
    }
    if !gateways.is_empty() {
        let address = |zone: &Zone| eip_handle(*zone).get("public_ip");
        let addresses: Value = gateways.iter().map(address).collect();
        let output = crate::names::identifier(&["network", "nat-addresses"]);
        out.output(&output, addresses, "The addresses that tasks are seen with on the internet");
    }
}

/// The private route table of a zone, and the way out if there is one.
fn private_routes(zone: Zone, made: &MadeVpc, platform: &Platform, out: &mut Document) {
    let letter = zone.letter().to_string();
    let table = route_table(&name(Tier::Private, zone), &["private", &letter], platform, out);
    let mut table = table.get("id");
    if let Some(nat) = nat_of(zone, made) {
        let to_internet = block! {
            route_table_id: table,
            destination_cidr_block: EVERYWHERE,
            nat_gateway_id: nat_handle(nat).get("id"),
        };
        table = route(&format!("private_{letter}_internet"), to_internet, out);
    }
    associate(Tier::Private, zone, table, out);
}

/// The id of a subnet, from its route table's association: whoever refers to it comes after the
/// way out of the subnet, and goes before it. A task that starts without that way cannot pull its
/// image, and a load balancer on the internet needs the gateway of the VPC
/// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/application/create-application-load-balancer.html>).
pub(super) fn subnet_id(tier: Tier, zone: Zone) -> Value {
    let address = Address::managed("aws_route_table_association", &name(tier, zone));
    Handle::new(MODULE, address).get("subnet_id")
}

/// The route tables whose subnets reach AWS services through gateway endpoints.
pub(super) fn tables_of_endpoints(made: &MadeVpc) -> Vec<Handle> {
    let private = made.zones.iter().map(|zone| name(Tier::Private, *zone));
    let names = private.chain([Tier::Database.word().to_owned()]);
    names.map(|name| Handle::new(MODULE, Address::managed("aws_route_table", &name))).collect()
}

/// The zones that have a NAT gateway.
fn nat_zones(made: &MadeVpc) -> Vec<Zone> {
    let zones = made.zones.iter().copied();
    match made.nat {
        Nat::None => Vec::new(),
        Nat::Single => zones.take(1).collect(),
        Nat::PerZone => zones.collect(),
    }
}

/// The zone whose NAT gateway a zone uses.
fn nat_of(zone: Zone, made: &MadeVpc) -> Option<Zone> {
    let gateways = nat_zones(made);
    gateways.iter().copied().find(|gateway| *gateway == zone).or(gateways.first().copied())
}

fn internet_gateway(platform: &Platform, out: &mut Document) -> Handle {
    let arguments = block! { vpc_id: made_vpc().get("id"), tags: name_tag(platform, &[]) };
    let mut file = out.module(MODULE).file(FILE);
    file.resource("aws_internet_gateway", "main", arguments).cause(&super::section()).add()
}

fn nat_identifier(zone: Zone) -> String {
    format!("nat_{}", zone.letter())
}

fn nat_handle(zone: Zone) -> Handle {
    Handle::new(MODULE, Address::managed("aws_nat_gateway", &nat_identifier(zone)))
}

fn eip_handle(zone: Zone) -> Handle {
    Handle::new(MODULE, Address::managed("aws_eip", &nat_identifier(zone)))
}

/// Address and gateway both need the way to the internet first
/// (<https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/resources/nat_gateway>).
fn nat_gateway(zone: Zone, gateway: &Handle, platform: &Platform, out: &mut Document) {
    let cause = super::section().key("nat");
    let letter = zone.letter().to_string();
    let tags = name_tag(platform, &["nat", &letter]);
    let mut file = out.module(MODULE).file(FILE);
    let identifier = nat_identifier(zone);
    let address = file
        .resource("aws_eip", &identifier, block! { domain: "vpc", tags: tags.clone() })
        .depends_on(gateway)
        .cause(&cause)
        .add();
    let arguments = block! {
        allocation_id: address.get("id"),
        subnet_id: subnets::handle(Tier::Public, zone).get("id"),
        tags: tags,
    };
    file.resource("aws_nat_gateway", &identifier, arguments)
        .depends_on(gateway)
        .cause(&cause)
        .add();
}

fn route_table(
    identifier: &str,
    parts: &[&str],
    platform: &Platform,
    out: &mut Document,
) -> Handle {
    let arguments = block! { vpc_id: made_vpc().get("id"), tags: name_tag(platform, parts) };
    out.module(MODULE)
        .file(FILE)
        .resource("aws_route_table", identifier, arguments)
        .cause(&super::section())
        .add()
}

/// Puts a route into a document. Gives the id of its table: what refers to that comes after the
/// route.
fn route(identifier: &str, arguments: Value, out: &mut Document) -> Value {
    out.module(MODULE)
        .file(FILE)
        .resource("aws_route", identifier, arguments)
        .cause(&super::section().key("nat"))
        .add()
        .get("route_table_id")
}

fn associate(tier: Tier, zone: Zone, table: Value, out: &mut Document) {
    let arguments = block! {
        subnet_id: subnets::handle(tier, zone).get("id"),
        route_table_id: table,
    };
    out.module(MODULE)
        .file(FILE)
        .resource("aws_route_table_association", &name(tier, zone), arguments)
        .cause(&super::section().key("zones"))
        .add();
}
