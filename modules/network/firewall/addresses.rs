//! Ranges of addresses of both versions of IP, as callers on the internet have them.
use crate::kind::Resolving;
use ipnet::IpNet;
use platgen_source::diagnostics::{SpecPath, code};
use platgen_source::text_type;
use std::collections::BTreeSet;

text_type! {
    /// A range of IPv4 or IPv6 addresses in CIDR notation: `203.0.113.0/24`, `2001:db8::/32`. What the
    /// form does not tell is checked by [`resolve`].
    AddressRange,
    "^[0-9A-Fa-f.:]{2,45}/[0-9]{1,3}$",
    "a range of addresses such as 203.0.113.0/24 or 2001:db8::/32",
    |text| {
        text.split_once('/').is_some_and(|(address, prefix)| {
            (2..=45).contains(&address.len())
                && address.bytes().all(|b| b.is_ascii_hexdigit() || b".:".contains(&b))
                && (1..=3).contains(&prefix.len())
                && prefix.bytes().all(|b| b.is_ascii_digit())
        })
    }
}

/// Ranges of addresses, sorted, each written from its first address.
pub type Addresses = BTreeSet<IpNet>;

/// The ranges of a list of the spec. A range that is none is a finding, and so is one that holds every
/// address, which WAF refuses
/// (<https://docs.aws.amazon.com/waf/latest/APIReference/API_IPSet.html>).
pub fn resolve(
    ranges: &[AddressRange],
    path: &SpecPath,
    resolving: &mut Resolving<'_>,
) -> Addresses {
    let mut addresses = Addresses::new();
    for (index, range) in ranges.iter().enumerate() {
        let parsed = range.as_str().parse::<IpNet>().ok().filter(|net| net.prefix_len() > 0);
        if parsed.is_none() {
            let message = format!("`{range}` is no range of addresses, or holds every address");
            let help = "write a range such as 203.0.113.0/24, 198.51.100.7/32 or 2001:db8::/32";
            resolving.find_with(&code::MALFORMED, &path.index(index), message, help);
        }
        addresses.extend(parsed.map(|net| net.trunc()));
    }
    addresses
}
