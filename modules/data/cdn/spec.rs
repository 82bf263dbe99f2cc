//! What a spec says of a distribution.
use crate::compute::api::ApiSpec;
use crate::compute::load_balancer::LoadBalancerSpec;
use crate::data::bucket::BucketSpec;
use crate::network::firewall::FirewallSpec;
use crate::network::firewall::spec::GeoSpec;
use crate::reference::NameOf;
use crate::text::PlainText;
use platgen_source::{Name, OneOrMore, Read, Things, is_plain, text_type};

text_type! {
    /// Which paths a route answers: `/images/*`; `*` stands for any letters, `?` for one
    /// (<https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesCacheBehavior.html#DownloadDistValuesPathPattern>).
    CachePath,
    "^/[A-Za-z0-9_.*$/~\"'@:+&?-]{0,254}$",
    "a path beginning with / of at most 255 letters, digits and _ - . * $ / ~ \" ' @ : + & ?",
    |text| is_plain(text, 1..=255, b"_-.*$/~\"'@:+&?") && text.starts_with('/')
}

text_type! {
    /// The path of one object, without patterns: `index.html`, `errors/404.html`.
    ObjectPath,
    "^[A-Za-z0-9_.~-]+(/[A-Za-z0-9_.~-]+)*$",
    "a path such as index.html, without a / at its beginning",
    |text| text.split('/').all(|part| is_plain(part, 1..=255, b"_-.~"))
}

text_type! {
    /// The value of the header `Content-Security-Policy`.
    PolicyText,
    "^[ -~]{1,2048}$",
    "1 to 2048 visible ASCII characters and spaces",
    |text| (1..=2048).contains(&text.len()) && text.bytes().all(|b| b == b' ' || b.is_ascii_graphic())
}

/// A distribution of CloudFront: HTTPS only, with security headers, and with no way around it to its
/// buckets.
#[derive(Debug, Read)]
pub struct CdnSpec {
    /// Environments that have it; by default all.
    pub only_in: Vec<Name>,
    /// The names that it is reached at, `"cdn.{platform.domain}"`. Each gets a certificate, and a record
    /// in the zone of the platform. By default the name that CloudFront gives it.
    pub domain: Option<OneOrMore<PlainText>>,
    /// Which requests are answered from where. One of them must answer every path: `"/*"`.
    pub route: Things<CdnRouteSpec>,
    /// Public keys that signatures of URLs and cookies are checked with.
    pub key: Things<CdnKeySpec>,
    /// Countries that may call, or may not. By default all may.
    pub geo: Option<GeoSpec>,
    /// The web ACL before it: the name of a `firewall`.
    pub firewall: Option<NameOf<FirewallSpec>>,
    /// The object that answers the path `/`.
    pub root: Option<ObjectPath>,
    /// The object that answers, with status 200, what no origin has: for pages that route by
    /// themselves. By default nothing does.
    pub fallback: Option<ObjectPath>,
    /// Where in the world it answers from. By default `everywhere`, in development `cheapest`.
    pub edges: Option<CdnEdges>,
    /// The header `Content-Security-Policy` of every answer. By default there is none.
    pub content_security_policy: Option<PolicyText>,
    /// Whether requests are written down in the platform's log bucket. By default in production.
    pub access_logs: Option<bool>,
}

/// Where in the world answers come from
/// (<https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/PriceClass.html>).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Read)]
pub enum CdnEdges {
    /// North America and Europe.
    Cheapest,
    /// Everywhere but in South America, Australia and New Zealand.
    Most,
    /// Everywhere.
    Everywhere,
}

/// Which requests are answered from where.
#[derive(Debug, Read)]
pub struct CdnRouteSpec {
    /// The paths. A longer path is asked before a shorter one.
    pub path: CachePath,
    /// Where the answer comes from: one of these.
    pub to: OriginSpec,
    /// What is kept of answers. By default `optimized` for a bucket, and `none` for anything else.
    pub cache: Option<CacheWord>,
    /// The key that must have signed the URL, or a cookie. By default nobody has to.
    pub signed_by: Option<Name>,
}

/// Where answers come from.
#[derive(Debug, Read)]
pub struct OriginSpec {
    /// An API.
    pub api: Option<NameOf<ApiSpec>>,
    /// A bucket, which then answers nobody else without a right of its own.
    pub bucket: Option<NameOf<BucketSpec>>,
    /// A load balancer that is reached from the internet.
    pub load_balancer: Option<NameOf<LoadBalancerSpec>>,
}

/// What is kept of answers
/// (<https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html>).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Read)]
pub enum CacheWord {
    /// As long as the answer says, else a day; headers, cookies and queries make no difference.
    Optimized,
    /// Nothing.
    None,
}

/// A public key.
#[derive(Debug, Read)]
#[spec(short = "public_key")]
pub struct CdnKeySpec {
    /// The file of the key in PEM, beside the spec. The private one stays with whoever signs.
    pub public_key: String,
}
