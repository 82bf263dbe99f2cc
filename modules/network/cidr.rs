//! Address ranges, and which subnet gets which part of the VPC's.
//!
//! The plan depends on nothing but the VPC's range, the tier and the letter of the zone, so that a
//! zone or a tier more changes no subnet that is there:
//!
//! | part of the VPC | tier | with a /16 |
//! |---|---|---|
//! | upper half | private, where the tasks are | /20 a zone |
//! | lowest quarter | public | /21 a zone |
//! | second quarter | database | /21 a zone |
use super::Tier;
use super::zones::Zone;
use crate::kind::Resolving;
use ipnet::Ipv4Net;
use platgen_source::diagnostics::code;
use platgen_source::{Node, Read, Reader, Schemas, Value, json};
use std::fmt;
use std::net::Ipv4Addr;

/// The regular expression of [`Ipv4Range`], as JSON Schema takes it.
const RANGE_PATTERN: &str = "^((25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])\\.){3}\
    (25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])/(3[0-2]|[12]?[0-9])$";

/// A range of IPv4 addresses in CIDR notation, `10.0.0.0/16`
/// (<https://www.rfc-editor.org/rfc/rfc4632#section-3.1>).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ipv4Range(Ipv4Net);

/// The addresses of a VPC: a whole range that the subnets fit into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VpcRange(Ipv4Net);

/// Why a range cannot be that of a VPC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RangeFault {
    /// The address lies inside the range rather than at its start.
    HostBits,
    /// AWS takes at most 65,536 addresses.
    TooLarge,
    /// The smallest subnets would have fewer than 16 addresses.
    TooSmall,
}

/// The widest VPC that AWS makes
/// (<https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html>).
const WIDEST: u8 = 16;

/// The longest prefix of a subnet
/// (<https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html>).
const NARROWEST_SUBNET: u8 = 28;

/// Every tier is cut into eight: regions have at most six zones.
const ZONE_BITS: u8 = 3;

/// A quarter of the VPC is the smallest tier.
const QUARTER_BITS: u8 = 2;

/// The narrowest VPC whose subnets AWS still takes: /23.
const NARROWEST: u8 = NARROWEST_SUBNET - ZONE_BITS - QUARTER_BITS;

/// The ranges whose addresses no network routes.
const PRIVATE_RANGES: [Ipv4Net; 4] = [
    Ipv4Net::new_assert(Ipv4Addr::new(10, 0, 0, 0), 8),
    Ipv4Net::new_assert(Ipv4Addr::new(172, 16, 0, 0), 12),
    Ipv4Net::new_assert(Ipv4Addr::new(192, 168, 0, 0), 16),
    Ipv4Net::new_assert(Ipv4Addr::new(100, 64, 0, 0), 10),
];

/// The range of a VPC where the spec names none.
const DEFAULT: VpcRange = VpcRange(Ipv4Net::new_assert(Ipv4Addr::new(10, 0, 0, 0), WIDEST));

impl Ipv4Range {
    /// Takes a text such as `10.0.0.0/16`.
    pub fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = text.split_once('/')?;
        let plain = prefix == "0" || !prefix.starts_with('0');
        let digits = prefix.bytes().all(|byte| byte.is_ascii_digit());
        let length = (plain && digits).then(|| prefix.parse().ok()).flatten()?;
        Ipv4Net::new(address.parse().ok()?, length).ok().map(Self)
    }

    /// Every address.
    pub fn everywhere() -> Self {
        Self(Ipv4Net::default())
    }

    /// Whether every address of it is one of those that no network routes
    /// (<https://www.rfc-editor.org/rfc/rfc1918>, <https://www.rfc-editor.org/rfc/rfc6598>).
    pub fn is_private(self) -> bool {
        PRIVATE_RANGES.iter().any(|range| range.contains(&self.0))
    }

    /// As names of rules write it: `internet`, `10_0_0_0_8`.
    pub fn word(self) -> String {
        if self == Self::everywhere() {
            return "internet".to_owned();
        }
        self.to_string().replace(['.', '/'], "_")
    }

    /// The range itself.
    pub fn net(self) -> Ipv4Net {
        self.0
    }

    /// The same addresses, written from the first of them, as security groups keep them.
    #[must_use]
    pub fn truncated(self) -> Self {
        Self(self.0.trunc())
    }
}

impl VpcRange {
    /// Takes a range that AWS takes, and that the subnets fit into.
    pub fn new(range: Ipv4Range) -> Result<Self, RangeFault> {
        let net = range.0;
        match net.prefix_len() {
            length if length < WIDEST => Err(RangeFault::TooLarge),
            length if length > NARROWEST => Err(RangeFault::TooSmall),
            _ if net.addr() != net.network() => Err(RangeFault::HostBits),
            _ => Ok(Self(net)),
        }
    }

    /// The range itself.
    pub fn net(self) -> Ipv4Net {
        self.0
    }

    /// The addresses of a tier.
    pub fn tier(self, tier: Tier) -> Ipv4Net {
        match tier {
            Tier::Private => part(self.0, 1, 1),
            Tier::Public => part(self.0, QUARTER_BITS, 0),
            Tier::Database => part(self.0, QUARTER_BITS, 1),
        }
    }

    /// The addresses of a tier's subnet in a zone.
    pub fn subnet(self, tier: Tier, zone: Zone) -> Ipv4Net {
        part(self.tier(tier), ZONE_BITS, zone.place())
    }
}

/// The range of a VPC: the one of the spec, or the default where there is none, or a faulty one.
pub fn resolve(range: Option<&Ipv4Range>, resolving: &mut Resolving<'_>) -> VpcRange {
    let Some(range) = range else { return DEFAULT };
    let path = super::section().key("cidr");
    if !range.is_private() {
        let message = format!(
            "`{range}` is not private: from the VPC, nobody reaches those whose addresses these are"
        );
        let help = "choose a range in 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 or 100.64.0.0/10";
        resolving.find_with(&code::UNREACHABLE, &path, message, help);
    }
    VpcRange::new(*range).unwrap_or_else(|fault| {
        let (message, help) = explain(*range, fault);
        resolving.find_with(&code::ADDRESS_RANGE, &path, message, help);
        DEFAULT
    })
}

fn explain(range: Ipv4Range, fault: RangeFault) -> (String, String) {
    let wider = |length: u8| Ipv4Net::new(range.0.addr(), length).unwrap_or_default().trunc();
    match fault {
        RangeFault::HostBits => {
            let message = format!("`{range}` does not begin at the first address of its range");
            (message, format!("write {}", range.truncated()))
        }
        RangeFault::TooLarge => {
            let message = format!("`{range}` is larger than a VPC can be, which is a /{WIDEST}");
            (message, format!("write {}", wider(WIDEST)))
        }
        RangeFault::TooSmall => {
            let message = format!(
                "`{range}` is too small: cut into tiers and zones, its subnets would be smaller \
                 than /{NARROWEST_SUBNET}"
            );
            (message, format!("write {} or wider, up to /{WIDEST}", wider(NARROWEST)))
        }
    }
}

/// One of the `2^bits` equal parts of a range.
fn part(range: Ipv4Net, bits: u8, place: u8) -> Ipv4Net {
    let length = range.prefix_len() + bits;
    let first = u32::from(range.network()) + (u32::from(place) << (32 - length));
    Ipv4Net::new_assert(Ipv4Addr::from(first), length)
}

impl fmt::Display for Ipv4Range {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(out)
    }
}

impl fmt::Display for VpcRange {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(out)
    }
}

impl Read for Ipv4Range {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        let Value::String(text) = &node.value else {
            return reader.wrong_type(node, "a range of IPv4 addresses such as \"10.0.0.0/16\"");
        };
        let range = Self::parse(text);
        if range.is_none() {
            let shown = text.escape_debug();
            let message = format!("`{shown}` is no range of IPv4 addresses such as 10.0.0.0/16");
            reader.fault(&code::MALFORMED, message);
        }
        range
    }

    fn schema(_: &mut Schemas) -> json::Value {
        json::json!({ "type": "string", "pattern": RANGE_PATTERN })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;
    use proptest::prelude::*;

    fn range(text: &str) -> Ipv4Range {
        Ipv4Range::parse(text).unwrap()
    }

    fn all_zones() -> impl Iterator<Item = Zone> {
        ('a'..='h').filter_map(Zone::new)
    }

    #[test]
    fn only_plain_ranges_are_read() {
        for good in ["0.0.0.0/0", "10.1.2.3/8", "255.255.255.255/32"] {
            assert_eq!(range(good).to_string(), good);
        }
        for bad in
            ["", "10.0.0.0", "10.0.0.0/", "10.0.0.0/08", "10.0.0.0/33", "10.0.0/8", "010.0.0.0/8"]
        {
            assert_eq!(Ipv4Range::parse(bad), None, "{bad}");
        }
        for bad in ["::/0", "10.0.0.0/+8", "10.0.0.256/32", "10.0.0.0/8 "] {
            assert_eq!(Ipv4Range::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_vpc_has_a_size_and_a_start() {
        for (text, fault) in [
            ("10.0.0.0/15", RangeFault::TooLarge),
            ("10.0.0.0/24", RangeFault::TooSmall),
            ("10.0.1.0/16", RangeFault::HostBits),
        ] {
            assert_eq!(VpcRange::new(range(text)), Err(fault), "{text}");
        }
        assert_eq!(VpcRange::new(range("10.0.0.0/16")), Ok(DEFAULT));
    }

    #[test]
    fn the_plan_of_a_large_and_of_the_smallest_vpc() {
        let zone = |letter| Zone::new(letter).unwrap();
        for (vpc, tier, letter, subnet) in [
            ("10.36.0.0/16", Tier::Public, 'a', "10.36.0.0/21"),
            ("10.36.0.0/16", Tier::Public, 'b', "10.36.8.0/21"),
            ("10.36.0.0/16", Tier::Database, 'a', "10.36.64.0/21"),
            ("10.36.0.0/16", Tier::Private, 'a', "10.36.128.0/20"),
            ("10.36.0.0/16", Tier::Private, 'h', "10.36.240.0/20"),
            ("10.0.2.0/23", Tier::Public, 'a', "10.0.2.0/28"),
            ("10.0.2.0/23", Tier::Database, 'd', "10.0.2.176/28"),
            ("10.0.2.0/23", Tier::Private, 'c', "10.0.3.64/27"),
        ] {
            let vpc = VpcRange::new(range(vpc)).unwrap();
            assert_eq!(vpc.subnet(tier, zone(letter)).to_string(), subnet);
        }
    }

    proptest! {
        #[test]
        fn subnets_lie_inside_the_vpc_and_apart(address: u32, length in WIDEST..=NARROWEST) {
            let net = Ipv4Net::new(Ipv4Addr::from(address), length).unwrap().trunc();
            let vpc = VpcRange::new(Ipv4Range(net)).unwrap();
            let subnets: Vec<Ipv4Net> = Tier::ALL
                .into_iter()
                .flat_map(|tier| all_zones().map(move |zone| vpc.subnet(tier, zone)))
                .collect();
            for (place, one) in subnets.iter().enumerate() {
                prop_assert!(net.contains(one) && one.prefix_len() <= NARROWEST_SUBNET);
                for other in &subnets[..place] {
                    prop_assert!(!one.contains(other) && !other.contains(one));
                }
            }
        }

        #[test]
        fn pattern_and_parser_agree(text in "[0-9]{1,3}(\\.[0-9]{1,3}){2,4}/[0-9]{0,3}|[0-9./]{0,18}") {
            let schema = json::json!({ "pattern": RANGE_PATTERN });
            let fits = jsonschema::is_valid(&schema, &json::json!(text));
            prop_assert_eq!(fits, Ipv4Range::parse(&text).is_some(), "{}", text);
        }

        #[test]
        fn what_is_read_prints_the_same(address: u32, length in 0u8..=32) {
            let text = format!("{}/{length}", Ipv4Addr::from(address));
            prop_assert_eq!(range(&text).to_string(), text);
        }
    }
}
