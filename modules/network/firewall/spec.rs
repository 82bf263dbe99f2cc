//! What a spec may say of a firewall.
use super::addresses::AddressRange;
use crate::network::logs::Retention;
use platgen_source::{Count, Name, OneOrMore, Read, is_plain, text_type};
use std::collections::BTreeSet;

/// A web ACL of AWS WAF. What stands behind it says so with `firewall`.
#[derive(Debug, Read)]
pub struct FirewallSpec {
    /// Environments that have it; by default all.
    pub only_in: Vec<Name>,
    /// The groups of rules that AWS keeps. By default `common`, `ip-reputation` and
    /// `known-bad-inputs`.
    pub rules: Option<BTreeSet<RuleGroup>>,
    /// What is only counted, and never blocked: groups, and single rules of groups by the names that
    /// AWS gives them: `["linux", "common.SizeRestrictions_BODY"]`. That rule blocks every body over
    /// 8 KB, and so most uploads.
    pub count: Vec<Counted>,
    /// The requests of one address in five minutes, over which it is blocked. By default 2000.
    pub rate_limit: Option<Count<10, 2_000_000_000>>,
    /// Addresses that are let through before any rule is asked. By default none.
    pub allow: Vec<AddressRange>,
    /// Addresses that are blocked. By default none.
    pub block: Vec<AddressRange>,
    /// Countries that may call, or may not. By default all may.
    pub geo: Option<GeoSpec>,
    /// What is written down of requests, without their cookies and credentials.
    pub logs: Option<LogsSpec>,
}

/// A group of rules that AWS keeps
/// (<https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html>).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Read)]
pub enum RuleGroup {
    /// What any application wants: OWASP's most common attacks.
    Common,
    /// Requests that are known to exploit software, and no others.
    KnownBadInputs,
    /// SQL inside of requests.
    SqlInjection,
    /// Addresses that attacks come from.
    IpReputation,
    /// Proxies, VPNs and Tor.
    AnonymousIp,
    /// Pages of administrators.
    Admin,
    /// Attacks on Linux.
    Linux,
    /// Attacks on POSIX systems.
    Posix,
    /// Attacks on Windows.
    Windows,
    /// Attacks on PHP.
    Php,
    /// Attacks on `WordPress`.
    Wordpress,
    /// Bots. Paid for by request.
    BotControl,
}

text_type! {
    /// A group of rules, or one of its rules: `common`, `common.SizeRestrictions_BODY`.
    Counted,
    "^[a-z][a-z-]{0,39}(\\.[A-Za-z0-9_-]{1,128})?$",
    "a group of rules such as common, or a rule of one such as common.SizeRestrictions_BODY",
    |text| {
        let (group, rule) = text.split_once('.').map_or((text, None), |(g, r)| (g, Some(r)));
        group.starts_with(|first: char| first.is_ascii_lowercase())
            && group.len() <= 40
            && group.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')
            && rule.is_none_or(|rule| is_plain(rule, 1..=128, b"_-"))
    }
}

text_type! {
    /// A country, by the two letters of ISO 3166
    /// (<https://docs.aws.amazon.com/waf/latest/APIReference/API_GeoMatchStatement.html>).
    Country,
    "^[A-Z]{2}$",
    "the two capital letters of a country, such as DE",
    |text| text.len() == 2 && text.bytes().all(|b| b.is_ascii_uppercase())
}

/// Countries that may call, or may not: one of the two.
#[derive(Debug, Read)]
pub struct GeoSpec {
    /// The only countries that may call.
    pub allow: Option<OneOrMore<Country>>,
    /// Countries that may not call.
    pub block: Option<OneOrMore<Country>>,
}

/// What is written down of requests.
#[derive(Debug, Read)]
#[spec(short = "requests")]
pub struct LogsSpec {
    /// Which requests. By default `blocked`: those that a rule blocked or counted.
    pub requests: Option<LogChoice>,
    /// How long they are kept. By default `90d`, in development `7d`.
    pub retention: Option<Retention>,
}

/// Which requests are written down.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Read)]
pub enum LogChoice {
    /// All of them.
    All,
    /// Those that a rule blocked or counted.
    #[default]
    Blocked,
    /// None.
    None,
}

impl Counted {
    /// The word of the group, and the rule of it if one is named.
    pub fn parts(&self) -> (&str, Option<&str>) {
        match self.as_str().split_once('.') {
            Some((group, rule)) => (group, Some(rule)),
            None => (self.as_str(), None),
        }
    }
}
