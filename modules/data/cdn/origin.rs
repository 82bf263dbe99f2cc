//! Where the answers of a distribution come from.
use super::spec::{CdnRouteSpec, OriginSpec};
use crate::compute::load_balancer::LoadBalancer;
use crate::data::bucket::Bucket;
use crate::kind::{Resolving, ThingId};
use crate::platform::Platform;
use platgen_source::Name;
use platgen_source::diagnostics::{SpecPath, code};
use platgen_terraform::{Expr, IndexKey, Value, block};

/// Where answers come from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Origin {
    /// An API.
    Api(Name),
    /// A bucket.
    Bucket(Name),
    /// A load balancer.
    LoadBalancer(Name),
}

/// Decides where the answers of a route come from.
pub(super) fn resolve(
    spec: &CdnRouteSpec,
    path: &SpecPath,
    resolving: &mut Resolving<'_>,
) -> Option<Origin> {
    let OriginSpec { api, bucket, load_balancer } = &spec.to;
    let candidates = [
        api.as_ref().map(|api| Origin::Api(api.name().clone())),
        bucket.as_ref().map(|bucket| Origin::Bucket(bucket.name().clone())),
        load_balancer.as_ref().map(|one| Origin::LoadBalancer(one.name().clone())),
    ];
    let mut named = candidates.into_iter().flatten();
    let (first, second) = (named.next(), named.next());
    if first.is_none() || second.is_some() {
        let (code, message) = match second {
            None => (&code::MISSING_KEY, "where the answer comes from is missing"),
            Some(_) => (&code::CONFLICT, "an answer comes from one place, not several"),
        };
        let help = "name one: to = { bucket = \"files\" }, or an `api`, or a `load_balancer`";
        resolving.find_with(code, &path.key("to"), message, help);
        return None;
    }
    first
}

impl Origin {
    /// The thing.
    pub(super) fn target(&self) -> ThingId {
        match self {
            Self::Api(name) => ThingId::new("api", name),
            Self::Bucket(name) => ThingId::new("bucket", name),
            Self::LoadBalancer(name) => ThingId::new("load_balancer", name),
        }
    }

    /// What the distribution calls it.
    pub(super) fn origin_id(&self) -> String {
        self.target().to_string()
    }

    /// The load balancer, if it is one.
    pub(super) fn load_balancer<'p>(&self, platform: &'p Platform) -> Option<&'p LoadBalancer> {
        match self {
            Self::LoadBalancer(name) => platform.things.load_balancer.get(name),
            _ => None,
        }
    }

    /// The block of the distribution. Buckets take the name of their region: the global one sends
    /// callers elsewhere until it is known everywhere
    /// (<https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistS3AndCustomOrigins.html>).
    pub(super) fn block(&self, access_control: Option<Value>, platform: &Platform) -> Value {
        let (host, path, https) = match self {
            Self::Bucket(name) => {
                let bucket = platform.things.bucket.get(name);
                (bucket.map(Bucket::regional_host), None, true)
            }
            Self::LoadBalancer(name) => {
                let balancer = platform.things.load_balancer.get(name);
                let https = balancer.is_some_and(LoadBalancer::speaks_https);
                (balancer.map(LoadBalancer::host), None, https)
            }
            Self::Api(name) => {
                let api = platform.things.api.get(name);
                (
                    api.map(|api| host_of(api.url())),
                    api.and_then(crate::compute::api::Api::path),
                    true,
                )
            }
        };
        let custom = !matches!(self, Self::Bucket(_));
        block! {
            origin_id: self.origin_id(),
            domain_name: host,
            origin_path: path,
            origin_access_control_id: access_control,
            custom_origin_config: custom.then(|| block! {
                http_port: 80,
                https_port: 443,
                origin_protocol_policy: if https { "https-only" } else { "http-only" },
                origin_ssl_protocols: vec!["TLSv1.2"],
            }),
        }
    }
}

/// The host of a URL: what stands between the second and the third `/`.
fn host_of(url: Value) -> Value {
    let parts = Expr::Call("split", vec![Value::from("/"), url]);
    Value::Expr(Expr::Index(Box::new(parts), IndexKey::Position(2)))
}
