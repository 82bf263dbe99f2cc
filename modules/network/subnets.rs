//! The VPC that is made, and its subnets: one for each tier and zone.
use super::zones::Zone;
use super::{FILE, MODULE, MadeVpc, Tier, made_vpc};
use crate::platform::Platform;
use platgen_terraform::{Address, Document, Handle, Value, block};

/// The subnet of a tier in a zone: `aws_subnet.private_a`.
pub(super) fn handle(tier: Tier, zone: Zone) -> Handle {
    Handle::new(MODULE, Address::managed("aws_subnet", &name(tier, zone)))
}

/// The identifier of what a tier has in each zone: `private_a`.
pub(super) fn name(tier: Tier, zone: Zone) -> String {
    format!("{}_{}", tier.word(), zone.letter())
}

/// The longest value of a tag, in letters
/// (<https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html#tag-restrictions>).
const LONGEST_TAG: usize = 256;

/// Tags that give a part of the network its name in the console.
pub(super) fn name_tag(platform: &Platform, parts: &[&str]) -> Value {
    block! { Name: platform.head.prefix.name(LONGEST_TAG, parts) }
}

/// Puts VPC and subnets into a document.
pub(super) fn lower(made: &MadeVpc, platform: &Platform, out: &mut Document) {
    let section = super::section();
    let mut file = out.module(MODULE).file(FILE);
    let arguments = block! {
        cidr_block: made.cidr.to_string(),
        // Private names of endpoints and of services are answered only with both.
        enable_dns_support: true,
        enable_dns_hostnames: true,
        tags: name_tag(platform, &["vpc"]),
    };
    file.resource("aws_vpc", "main", arguments).cause(&section.key("cidr")).add();
    // The group that every VPC comes with lets its members talk to each other; nothing uses it.
    let locked = block! {
        vpc_id: made_vpc().get("id"),
        ingress: Vec::<Value>::new(),
        egress: Vec::<Value>::new(),
        tags: name_tag(platform, &["default", "locked"]),
    };
    file.resource("aws_default_security_group", "main", locked).cause(&section).add();
    for tier in Tier::ALL {
        for zone in &made.zones {
            subnet(tier, *zone, made, platform, out);
        }
    }
}

fn subnet(tier: Tier, zone: Zone, made: &MadeVpc, platform: &Platform, out: &mut Document) {
    let letter = zone.letter().to_string();
    let arguments = block! {
        vpc_id: made_vpc().get("id"),
        cidr_block: made.cidr.subnet(tier, zone).to_string(),
        availability_zone: zone.name(&platform.head.region),
        map_public_ip_on_launch: false,
        tags: name_tag(platform, &[tier.word(), &letter]),
    };
    out.module(MODULE)
        .file(FILE)
        .resource("aws_subnet", &name(tier, zone), arguments)
        .cause(&super::section().key("zones"))
        .add();
}
