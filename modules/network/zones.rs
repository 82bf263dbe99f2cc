//! Availability zones: which ones a network stands in.
use crate::kind::Resolving;
use crate::platform::Head;
use platgen_source::diagnostics::code;
use platgen_source::{Count, Node, Read, Reader, Schemas, Value, json, text_type};
use std::collections::BTreeSet;

text_type! {
    /// The name of an availability zone, `us-east-2a`
    /// (<https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-availability-zones.html>).
    ZoneName,
    "^[a-z]{2}(-[a-z]{2,12}){1,3}-[1-9][a-h]$",
    "an availability zone such as us-east-2a",
    |text| {
        let mut letters = text.chars();
        let zone = letters.next_back().and_then(Zone::new);
        zone.is_some() && crate::platform::Region::new(letters.as_str()).is_some()
    }
}

/// The fewest zones: load balancers and clusters of databases take no single one
/// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html>,
/// <https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_VPC.WorkingWithRDSInstanceinaVPC.html>).
const FEWEST: i64 = 2;

/// The most zones of any region
/// (<https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-availability-zones.html>).
const MOST: i64 = 6;

/// How many zones, or which: `2`, or `["us-east-2a", "us-east-2c"]`.
///
/// A number has no long form: an environment's list must replace the number of the layer below, and
/// the other way round, where two keys of a table would meet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ZonesSpec {
    /// So many, the first ones of the region.
    First(Count<FEWEST, MOST>),
    /// Exactly these.
    Named(Vec<ZoneName>),
}

/// A zone of the platform's region, by its letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Zone(u8);

/// The zones of regions that differ from `a`, `b`, `c`. In us-west-1 an account has two, and AWS
/// decides which; such an account names its own. As the emulator moto 5.2.5 lists them
/// (<https://github.com/getmoto/moto/blob/5.2.5/moto/ec2/models/availability_zones_and_regions.py>).
const EXCEPTIONS: [(&str, &str); 7] = [
    ("ap-northeast-1", "acd"),
    ("ap-northeast-2", "abcd"),
    ("ca-central-1", "abd"),
    ("cn-north-1", "ab"),
    ("us-east-1", "abcdef"),
    ("us-west-1", "ab"),
    ("us-west-2", "abcd"),
];

impl Zone {
    /// The zone of a letter from `a` to `h`; no region has more.
    pub fn new(letter: char) -> Option<Self> {
        let byte = u8::try_from(letter).ok()?;
        (b'a'..=b'h').contains(&byte).then_some(Self(byte))
    }

    /// The letter.
    pub fn letter(self) -> char {
        char::from(self.0)
    }

    /// The place of the letter in the alphabet, from zero.
    pub fn place(self) -> u8 {
        self.0 - b'a'
    }

    /// As AWS calls it: `us-east-2a`.
    pub fn name(self, region: &str) -> String {
        format!("{region}{}", self.letter())
    }
}

/// Decides the zones of a network.
pub fn resolve(
    spec: Option<&ZonesSpec>,
    head: &Head,
    resolving: &mut Resolving<'_>,
) -> BTreeSet<Zone> {
    let offered = offered(&head.region);
    match spec {
        None => offered.into_iter().take(head.by_profile(3, 2)).collect(),
        Some(ZonesSpec::First(count)) => first(*count, &offered, head, resolving),
        Some(ZonesSpec::Named(names)) => named(names, head, resolving),
    }
}

/// The zones of a region, in the order in which they are taken.
fn offered(region: &str) -> Vec<Zone> {
    let exception = EXCEPTIONS.iter().find(|(name, _)| *name == region);
    let letters = exception.map_or("abc", |(_, letters)| letters);
    letters.chars().filter_map(Zone::new).collect()
}

fn first(
    count: Count<FEWEST, MOST>,
    offered: &[Zone],
    head: &Head,
    resolving: &mut Resolving<'_>,
) -> BTreeSet<Zone> {
    let wanted = usize::try_from(count.get()).unwrap_or(offered.len());
    if wanted > offered.len() {
        let (region, known) = (&head.region, offered.len());
        let message = format!("{wanted} zones; platgen knows {known} in {region}");
        let help = format!("name them, if your account has more: zones = [\"{region}a\", …]");
        resolving.find_with(&code::LIMIT, &super::section().key("zones"), message, help);
    }
    offered.iter().copied().take(wanted).collect()
}

fn named(names: &[ZoneName], head: &Head, resolving: &mut Resolving<'_>) -> BTreeSet<Zone> {
    let path = super::section().key("zones");
    let mut zones = BTreeSet::new();
    for (place, name) in names.iter().enumerate() {
        let letter = name.as_str().strip_prefix(head.region.as_str());
        let mut letters = letter.into_iter().flat_map(str::chars);
        let zone = letters.next().and_then(Zone::new).filter(|_| letters.next().is_none());
        let message = match zone {
            None => format!("`{name}` is no zone of the platform's region {}", head.region),
            Some(zone) if !zones.insert(zone) => format!("`{name}` stands here twice"),
            Some(_) => continue,
        };
        resolving.find(&code::CONFLICT, &path.index(place), message);
    }
    if names.len() < 2 {
        let message = "at least two zones are needed: load balancers and database clusters take no \
                       single one";
        resolving.find(&code::OUT_OF_RANGE, &path, message);
    }
    zones
}

impl Read for ZonesSpec {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        match node.value {
            Value::Integer(_) | Value::Float(_) => Count::read(node, reader).map(Self::First),
            Value::Array(_) => Vec::read(node, reader).map(Self::Named),
            _ => reader.wrong_type(node, "a number of zones, or a list of their names"),
        }
    }

    fn schema(schemas: &mut Schemas) -> json::Value {
        schemas.any_of(&[Count::<FEWEST, MOST>::schema, Vec::<ZoneName>::schema])
    }
}
