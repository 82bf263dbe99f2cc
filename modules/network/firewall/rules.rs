//! The rules of a web ACL, in the order in which a request meets them.
//!
//! Every rule has a number of its own, whatever stands beside it, so that one rule more changes no
//! other one: first who is let through, then who is not, then who asks too often, then the groups of
//! AWS, those that cost most last.
use super::addresses::{self, Addresses};
use super::spec::{Counted, Country, FirewallSpec, GeoSpec, RuleGroup};
use crate::kind::Resolving;
use ipnet::IpNet;
use platgen_source::diagnostics::{SpecPath, code, suggestion};
use platgen_source::{Count, OneOrMore};
use platgen_terraform::{Value, block};
use std::collections::{BTreeMap, BTreeSet};

/// The requests of one address in five minutes, over which it is blocked where the spec says nothing.
const DEFAULT_RATE: i64 = 2000;
/// Seconds over which requests are counted
/// (<https://docs.aws.amazon.com/waf/latest/APIReference/API_RateBasedStatement.html>).
const RATE_WINDOW: i64 = 300;

/// The groups where the spec names none.
const DEFAULT_GROUPS: [RuleGroup; 3] =
    [RuleGroup::Common, RuleGroup::IpReputation, RuleGroup::KnownBadInputs];

/// The places of the rules that are no groups.
const ALLOW_PRIORITY: i64 = 10;
const BLOCK_PRIORITY: i64 = 20;
const GEO_PRIORITY: i64 = 30;
const RATE_PRIORITY: i64 = 40;

/// Every group, in the order in which requests meet them: its place, and what AWS calls it
/// (<https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html>).
const GROUPS: [(RuleGroup, i64, &str); 12] = [
    (RuleGroup::IpReputation, 100, "AWSManagedRulesAmazonIpReputationList"),
    (RuleGroup::AnonymousIp, 110, "AWSManagedRulesAnonymousIpList"),
    (RuleGroup::Common, 120, "AWSManagedRulesCommonRuleSet"),
    (RuleGroup::KnownBadInputs, 130, "AWSManagedRulesKnownBadInputsRuleSet"),
    (RuleGroup::SqlInjection, 140, "AWSManagedRulesSQLiRuleSet"),
    (RuleGroup::Admin, 150, "AWSManagedRulesAdminProtectionRuleSet"),
    (RuleGroup::Linux, 160, "AWSManagedRulesLinuxRuleSet"),
    (RuleGroup::Posix, 170, "AWSManagedRulesUnixRuleSet"),
    (RuleGroup::Windows, 180, "AWSManagedRulesWindowsRuleSet"),
    (RuleGroup::Php, 190, "AWSManagedRulesPHPRuleSet"),
    (RuleGroup::Wordpress, 200, "AWSManagedRulesWordPressRuleSet"),
    (RuleGroup::BotControl, 300, "AWSManagedRulesBotControlRuleSet"),
];

/// The rules of a firewall with every detail decided.
#[derive(Debug)]
pub(super) struct Rules {
    groups: BTreeMap<RuleGroup, Counting>,
    rate_limit: i64,
    /// Addresses that are let through.
    pub(super) allow: Addresses,
    /// Addresses that are blocked.
    pub(super) block: Addresses,
    geo: Option<Geo>,
}

/// What of a group is only counted.
#[derive(Debug, Default)]
struct Counting {
    whole: bool,
    rules: BTreeSet<String>,
}

/// Countries that are let in, or blocked.
#[derive(Debug)]
enum Geo {
    Allow(BTreeSet<String>),
    Block(BTreeSet<String>),
}

/// The two lists of addresses, and the versions of IP that each is kept by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum List {
    Allow,
    Block,
}

/// A version of IP, of which an IP set has one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Version {
    Four,
    Six,
}

impl Rules {
    pub(super) fn resolve(
        spec: &FirewallSpec,
        path: &SpecPath,
        resolving: &mut Resolving<'_>,
    ) -> Self {
        let default = || DEFAULT_GROUPS.into_iter().collect();
        let named: BTreeSet<RuleGroup> = spec.rules.clone().unwrap_or_else(default);
        let mut groups: BTreeMap<RuleGroup, Counting> =
            named.into_iter().map(|group| (group, Counting::default())).collect();
        for (index, counted) in spec.count.iter().enumerate() {
            count(counted, &mut groups, &path.key("count").index(index), resolving);
        }
        Self {
            groups,
            rate_limit: spec.rate_limit.map_or(DEFAULT_RATE, Count::get),
            allow: addresses::resolve(&spec.allow, &path.key("allow"), resolving),
            block: addresses::resolve(&spec.block, &path.key("block"), resolving),
            geo: spec.geo.as_ref().and_then(|geo| Geo::resolve(geo, &path.key("geo"), resolving)),
        }
    }

    /// The addresses of a list.
    pub(super) fn list(&self, list: List) -> &Addresses {
        match list {
            List::Allow => &self.allow,
            List::Block => &self.block,
        }
    }

    /// The versions of IP that a list has addresses of.
    pub(super) fn versions(&self, list: List) -> Vec<Version> {
        let has = |version: &Version| self.list(list).iter().any(|net| version.is_of(net));
        [Version::Four, Version::Six].into_iter().filter(has).collect()
    }

    /// The rules as blocks of a web ACL. `ip_set` gives the ARN of the IP set of a list.
    pub(super) fn blocks(&self, ip_set: impl Fn(List, Version) -> Value) -> Vec<Value> {
        let mut blocks = Vec::new();
        for (list, priority, action) in
            [(List::Allow, ALLOW_PRIORITY, "allow"), (List::Block, BLOCK_PRIORITY, "block")]
        {
            let versions = self.versions(list).into_iter();
            let sets: Vec<Value> = versions.map(|version| ip_set(list, version)).collect();
            if let Some(statement) = any_of(&sets) {
                blocks.push(own_rule(list.word(), priority, action, statement));
            }
        }
        blocks.extend(self.geo.as_ref().map(Geo::rule));
        blocks.push(own_rule("rate-limit", RATE_PRIORITY, "block", self.rate_statement()));
        for (group, priority, aws_name) in GROUPS {
            let counting = self.groups.get(&group);
            blocks.extend(counting.map(|counting| counting.rule(group, priority, aws_name)));
        }
        blocks
    }

    fn rate_statement(&self) -> Value {
        let rate = block! {
            limit: self.rate_limit,
            aggregate_key_type: "IP",
            evaluation_window_sec: RATE_WINDOW,
        };
        block! { rate_based_statement: rate }
    }
}

/// Notes that a group, or one of its rules, is only counted.
fn count(
    counted: &Counted,
    groups: &mut BTreeMap<RuleGroup, Counting>,
    path: &SpecPath,
    resolving: &mut Resolving<'_>,
) {
    let (word, rule) = counted.parts();
    let found = groups.iter_mut().find(|(group, _)| group.word() == word);
    match (found, rule) {
        (Some((_, counting)), Some(rule)) => _ = counting.rules.insert(rule.to_owned()),
        (Some((_, counting)), None) => counting.whole = true,
        (None, _) => {
            let known: Vec<&str> = groups.keys().map(|group| group.word()).collect();
            let message = format!("`{word}` is not among the `rules` of this firewall");
            resolving.find_with(&code::CONFLICT, path, message, suggestion(word, known));
        }
    }
}

impl Geo {
    fn resolve(spec: &GeoSpec, path: &SpecPath, resolving: &mut Resolving<'_>) -> Option<Self> {
        let texts =
            |countries: &OneOrMore<Country>| countries.0.iter().map(ToString::to_string).collect();
        match (&spec.allow, &spec.block) {
            (Some(allow), None) => Some(Self::Allow(texts(allow))),
            (None, Some(block)) => Some(Self::Block(texts(block))),
            _ => {
                let message = "either `allow` names the only countries that may call, or `block` \
                               those that may not";
                resolving.find(&code::CONFLICT, path, message);
                None
            }
        }
    }

    fn rule(&self) -> Value {
        let of = |countries: &BTreeSet<String>| {
            let codes: Value = countries.iter().collect();
            block! { geo_match_statement: block! { country_codes: codes } }
        };
        let statement = match self {
            Self::Block(countries) => of(countries),
            Self::Allow(countries) => {
                block! { not_statement: block! { statement: of(countries) } }
            }
        };
        own_rule("geo", GEO_PRIORITY, "block", statement)
    }
}

impl Counting {
    fn rule(&self, group: RuleGroup, priority: i64, aws_name: &str) -> Value {
        let counted = |rule: &String| {
            block! { name: rule, action_to_use: block! { count: block! {} } }
        };
        let overrides: Vec<Value> = self.rules.iter().map(counted).collect();
        let bots = block! {
            aws_managed_rules_bot_control_rule_set: block! { inspection_level: "COMMON" },
        };
        let statement = block! {
            managed_rule_group_statement: block! {
                vendor_name: "AWS",
                name: aws_name,
                rule_action_override: (!overrides.is_empty()).then_some(overrides),
                managed_rule_group_configs: (group == RuleGroup::BotControl).then_some(bots),
            },
        };
        let action = if self.whole { "count" } else { "none" };
        block! {
            name: group.word(),
            priority: priority,
            override_action: block! { (action): block! {} },
            statement: statement,
            visibility_config: visibility(group.word()),
        }
    }
}

/// A rule that is no group of AWS's.
fn own_rule(name: &str, priority: i64, action: &str, statement: Value) -> Value {
    block! {
        name: name,
        priority: priority,
        action: block! { (action): block! {} },
        statement: statement,
        visibility_config: visibility(name),
    }
}

/// A request whose address is in one of the sets.
fn any_of(sets: &[Value]) -> Option<Value> {
    let statement = |arn: &Value| block! { ip_set_reference_statement: block! { arn: arn } };
    match sets {
        [] => None,
        [one] => Some(statement(one)),
        several => {
            let statements: Vec<Value> = several.iter().map(statement).collect();
            Some(block! { or_statement: block! { statement: statements } })
        }
    }
}

/// What CloudWatch counts, and a few requests to look at.
pub(super) fn visibility(name: &str) -> Value {
    block! {
        cloudwatch_metrics_enabled: true,
        metric_name: name,
        sampled_requests_enabled: true,
    }
}

impl List {
    /// As names and rules write it.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Block => "block",
        }
    }
}

impl Version {
    /// As names of resources write it.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Four => "v4",
            Self::Six => "v6",
        }
    }

    /// As WAF names it.
    pub(super) fn aws_word(self) -> &'static str {
        match self {
            Self::Four => "IPV4",
            Self::Six => "IPV6",
        }
    }

    /// Whether a range is of this version.
    pub(super) fn is_of(self, net: &IpNet) -> bool {
        match net {
            IpNet::V4(_) => self == Self::Four,
            IpNet::V6(_) => self == Self::Six,
        }
    }
}
