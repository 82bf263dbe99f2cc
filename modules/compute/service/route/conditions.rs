//! What a request must look like for a route: path, host, method, headers, query, caller.
use super::RouteSpec;
use crate::kind::Resolving;
use crate::network::cidr::Ipv4Range;
use platgen_source::diagnostics::{SpecPath, code};
use platgen_source::{OneOrMore, is_plain, text_type};
use platgen_terraform::{Value, block};
use std::collections::{BTreeMap, BTreeSet};

text_type! {
    /// A pattern of paths: `/api/*`; `*` stands for any letters, `?` for one
    /// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html#path-conditions>).
    PathPattern,
    "^[/*][A-Za-z0-9_.$/~\"'@:+&*?-]{0,127}$",
    "a path beginning with / of at most 128 letters, digits and _ - . $ / ~ \" ' @ : + & * ?",
    |text| {
        is_plain(text, 1..=128, b"_-.$/~\"'@:+&*?") && text.starts_with(['/', '*'])
    }
}

text_type! {
    /// An HTTP method, in the case that the caller uses
    /// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html#http-request-method-conditions>).
    Method,
    "^[A-Z_-]{1,40}$",
    "1 to 40 capital letters, - and _",
    |text| {
        (1..=40).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_uppercase() || b"_-".contains(&b))
    }
}

text_type! {
    /// The name of an HTTP header
    /// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html#http-header-conditions>).
    HeaderName,
    "^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,40}$",
    "1 to 40 letters, digits and ! # $ % & ' * + . ^ _ ` | ~ -",
    |text| is_plain(text, 1..=40, b"!#$%&'*+.^_`|~-")
}

text_type! {
    /// A pattern of header values or query values: `*` stands for any letters, `?` for one
    /// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html>).
    ValuePattern,
    "^[ -~]{1,128}$",
    "1 to 128 visible ASCII characters and spaces",
    |text| {
        (1..=128).contains(&text.len()) && text.bytes().all(|b| b == b' ' || b.is_ascii_graphic())
    }
}

/// The most values and the most wildcards in the conditions of one rule
/// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html>).
const MOST_VALUES: usize = 5;
const MOST_WILDCARDS: usize = 5;
/// The longest host of a condition
/// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html#host-conditions>).
const LONGEST_HOST: usize = 128;

/// What a request must look like. Empty parts match every request; sorted, so that routes that say
/// the same are equal.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Conditions {
    /// One of these hosts, in lower case.
    pub hosts: BTreeSet<String>,
    /// One of these paths; empty for all.
    pub paths: BTreeSet<String>,
    /// One of these methods.
    pub methods: BTreeSet<String>,
    /// Each of these headers, in lower case, with one of its values.
    pub headers: BTreeMap<String, BTreeSet<String>>,
    /// Each of these keys of the query with one of its values.
    pub queries: BTreeMap<String, BTreeSet<String>>,
    /// From one of these address ranges.
    pub sources: BTreeSet<String>,
}

impl Conditions {
    /// Decides the conditions of a route, and finds those that no rule of a listener can hold.
    pub fn resolve(spec: &RouteSpec, path: &SpecPath, resolving: &mut Resolving<'_>) -> Self {
        let lower = |(name, values): (&HeaderName, &OneOrMore<ValuePattern>)| {
            (name.as_str().to_ascii_lowercase(), texts(Some(values)))
        };
        let conditions = Self {
            hosts: hosts(spec, path, resolving),
            paths: every_path_is_none(texts(spec.path.as_ref())),
            methods: texts(spec.method.as_ref()),
            headers: spec.header.iter().map(lower).collect(),
            queries: texts_by_name(&spec.query),
            sources: sources(spec.from.as_ref()),
        };
        conditions.check_quotas(path, resolving);
        check_headers(spec, path, resolving);
        conditions
    }

    /// The conditions beside host and path: methods, headers, query, callers.
    pub fn extras(&self) -> usize {
        usize::from(!self.methods.is_empty())
            + self.headers.len()
            + self.queries.len()
            + usize::from(!self.sources.is_empty())
    }

    /// Whether nothing tells which of two routes gets a request that both match: they are alike but
    /// for hosts or paths, and have one of each in common.
    pub fn ties_with(&self, other: &Self) -> bool {
        let common = |one: &BTreeSet<String>, other: &BTreeSet<String>| {
            (one.is_empty() && other.is_empty()) || !one.is_disjoint(other)
        };
        common(&self.hosts, &other.hosts)
            && common(&self.paths, &other.paths)
            && self.methods == other.methods
            && self.headers == other.headers
            && self.queries == other.queries
            && self.sources == other.sources
    }

    /// The condition blocks of a listener rule, which needs at least one.
    pub fn blocks(&self) -> Value {
        let mut blocks = Vec::new();
        if !self.hosts.is_empty() {
            blocks.push(block! { host_header: block! { values: list(&self.hosts) } });
        }
        if !self.paths.is_empty() {
            blocks.push(block! { path_pattern: block! { values: list(&self.paths) } });
        }
        if !self.methods.is_empty() {
            blocks.push(block! { http_request_method: block! { values: list(&self.methods) } });
        }
        for (name, values) in &self.headers {
            let header = block! { http_header_name: name, values: list(values) };
            blocks.push(block! { http_header: header });
        }
        for (key, values) in &self.queries {
            let pair = |value: &String| block! { key: key, value: value };
            blocks.push(block! { query_string: values.iter().map(pair).collect::<Value>() });
        }
        if !self.sources.is_empty() {
            blocks.push(block! { source_ip: block! { values: list(&self.sources) } });
        }
        if blocks.is_empty() {
            blocks.push(block! { path_pattern: block! { values: vec!["/*"] } });
        }
        Value::from(blocks)
    }

    fn values(&self) -> impl Iterator<Item = &String> {
        let named = self.headers.values().chain(self.queries.values());
        let plain = [&self.hosts, &self.paths, &self.methods, &self.sources];
        plain.into_iter().chain(named).flatten()
    }

    fn check_quotas(&self, path: &SpecPath, resolving: &mut Resolving<'_>) {
        let values = self.values().count();
        if values > MOST_VALUES {
            let message = format!("{values} values of conditions; a rule takes {MOST_VALUES}");
            let help = "make two routes of it: `route` of a service holds up to five";
            resolving.find_with(&code::LIMIT, path, message, help);
        }
        let is_wildcard = |letter: &char| matches!(letter, '*' | '?');
        let wildcards = self.values().flat_map(|value| value.chars()).filter(is_wildcard).count();
        if wildcards > MOST_WILDCARDS {
            let message =
                format!("{wildcards} wildcards in conditions; a rule takes {MOST_WILDCARDS}");
            let help = "use fewer `*` and `?`, or make two routes of it";
            resolving.find_with(&code::LIMIT, path, message, help);
        }
    }
}

/// The host has a condition of its own
/// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html#http-header-conditions>).
fn check_headers(spec: &RouteSpec, path: &SpecPath, resolving: &mut Resolving<'_>) {
    for name in spec.header.keys().filter(|name| name.as_str().eq_ignore_ascii_case("host")) {
        let message = "a load balancer takes no condition on this header";
        let place = path.key("header").key(name.as_str());
        resolving.find_with(&code::CONFLICT, &place, message, "set `host` of the route");
    }
}

fn list(values: &BTreeSet<String>) -> Value {
    values.iter().collect()
}

fn texts<T: ToString>(values: Option<&OneOrMore<T>>) -> BTreeSet<String> {
    values.into_iter().flat_map(|values| &values.0).map(ToString::to_string).collect()
}

fn texts_by_name<K: ToString, T: ToString>(
    values: &BTreeMap<K, OneOrMore<T>>,
) -> BTreeMap<String, BTreeSet<String>> {
    values.iter().map(|(name, values)| (name.to_string(), texts(Some(values)))).collect()
}

/// Every path begins with `/`, so these two say nothing.
fn every_path_is_none(paths: BTreeSet<String>) -> BTreeSet<String> {
    if paths.contains("/*") || paths.contains("*") { BTreeSet::new() } else { paths }
}

/// A range that holds every address says nothing.
fn sources(from: Option<&OneOrMore<Ipv4Range>>) -> BTreeSet<String> {
    let ranges = from.into_iter().flat_map(|ranges| &ranges.0);
    let ranges: BTreeSet<String> = ranges.map(|range| range.truncated().to_string()).collect();
    if ranges.contains("0.0.0.0/0") { BTreeSet::new() } else { ranges }
}

/// Hosts may speak of the platform, so their grammar is checked when that is known.
fn hosts(spec: &RouteSpec, path: &SpecPath, resolving: &mut Resolving<'_>) -> BTreeSet<String> {
    let mut hosts = BTreeSet::new();
    for (index, text) in spec.host.iter().flat_map(|hosts| &hosts.0).enumerate() {
        let host = resolving.head.plain(text).to_ascii_lowercase();
        if is_host_pattern(&host) {
            hosts.insert(host);
            continue;
        }
        let message = format!("`{}` is no host", host.escape_debug());
        let help = "write a name such as shop.example.com; `*` stands for any letters, `?` for one. \
                    `{platform.domain}` needs `domain` in [platform]";
        resolving.find_with(&code::MALFORMED, &path.key("host").index(index), message, help);
    }
    hosts
}

/// The grammar of hosts in conditions, which ends in letters after a dot.
fn is_host_pattern(host: &str) -> bool {
    let known = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-_.*?".contains(&b);
    let Some((before, last)) = host.rsplit_once('.') else { return false };
    host.len() <= LONGEST_HOST
        && host.bytes().all(known)
        && before.split('.').all(|label| !label.is_empty())
        && !last.is_empty()
        && last.bytes().all(|b| b.is_ascii_lowercase())
}
