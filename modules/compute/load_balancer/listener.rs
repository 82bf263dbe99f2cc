//! The listeners of an application load balancer, and the ports that stand open for callers.
use super::{HTTP, HTTPS, LoadBalancer, Made, Origin, names};
use crate::compute::MODULE;
use crate::compute::service::route::Entry;
use crate::connect::Protocol;
use crate::network::{OpenPort, Source};
use crate::platform::Platform;
use platgen_terraform::{Document, Value, block};
use std::collections::BTreeSet;

/// TLS 1.3, and 1.2 with forward secrecy only
/// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html>).
const TLS_POLICY: &str = "ELBSecurityPolicy-TLS13-1-2-Res-2021-06";

/// The ports that callers reach.
pub(super) fn open_ports(
    balancer: &LoadBalancer,
    made: &Made,
    platform: &Platform,
) -> Vec<OpenPort> {
    let mut open = Vec::new();
    if balancer.is_application() {
        let https = balancer.speaks_https().then_some(("https", HTTPS));
        for (name, port) in [("http", HTTP)].into_iter().chain(https) {
            open.extend(made.from.iter().map(|from| OpenPort {
                name: name.to_owned(),
                port,
                protocol: Protocol::Tcp,
                from: *from,
                cause: balancer.id.path(),
            }));
        }
    }
    for route in balancer.routes(platform) {
        let Entry::Listener { port, protocol, from } = route.entry() else { continue };
        let own: BTreeSet<Source> = from.iter().map(|range| Source::Range(*range)).collect();
        let sources = if own.is_empty() { &made.from } else { &own };
        open.extend(sources.iter().map(|from| OpenPort {
            name: format!("{}-{port}", protocol.word()),
            port: *port,
            protocol: *protocol,
            from: *from,
            cause: route.path(),
        }));
    }
    open
}

/// Where things of the network call a load balancer that only they reach.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entrance {
    /// The port.
    pub port: u16,
    /// The name on its certificate, if it speaks HTTPS.
    pub certified: Option<String>,
}

/// Where it is called from within the network; none of one that is not made here, is no application
/// load balancer, or that the internet reaches.
pub(super) fn entrance(balancer: &LoadBalancer) -> Option<Entrance> {
    let Origin::Made(made) = &balancer.origin else { return None };
    let port = if balancer.speaks_https() { HTTPS } else { HTTP };
    (made.internal && balancer.is_application())
        .then(|| Entrance { port, certified: balancer.domain.clone() })
}

/// Puts the listeners of an application load balancer into a document.
pub(super) fn lower(balancer: &LoadBalancer, platform: &Platform, out: &mut Document) {
    if let Origin::Existing(existing) = &balancer.origin {
        let arguments = block! { load_balancer_arn: &existing.arn, port: existing.port };
        let mut file = out.module(MODULE).file(&balancer.id.file());
        file.data("aws_lb_listener", &balancer.listener_name("shared"), arguments)
            .causes(&balancer.causes(platform))
            .add();
    } else if balancer.speaks_https() {
        let certificate = names::lower_certificate(balancer, platform, out);
        add(balancer, platform, out, Listener::https(certificate));
        add(balancer, platform, out, Listener::redirect());
    } else {
        add(balancer, platform, out, Listener::http());
    }
}

/// A listener of an application load balancer.
struct Listener {
    /// The end of the name of its resource.
    word: &'static str,
    port: u16,
    protocol: &'static str,
    certificate: Option<Value>,
    /// What happens to a request that no route wants.
    default_action: Value,
}

impl Listener {
    fn https(certificate: Value) -> Self {
        Self {
            word: "https",
            port: HTTPS,
            protocol: "HTTPS",
            certificate: Some(certificate),
            default_action: not_found(),
        }
    }

    fn http() -> Self {
        Self {
            word: "http",
            port: HTTP,
            protocol: "HTTP",
            certificate: None,
            default_action: not_found(),
        }
    }

    fn redirect() -> Self {
        let redirect =
            block! { protocol: "HTTPS", port: HTTPS.to_string(), status_code: "HTTP_301" };
        Self { default_action: block! { type: "redirect", redirect: redirect }, ..Self::http() }
    }
}

fn add(balancer: &LoadBalancer, platform: &Platform, out: &mut Document, listener: Listener) {
    let arguments = block! {
        load_balancer_arn: balancer.handle().get("arn"),
        port: listener.port,
        protocol: listener.protocol,
        ssl_policy: listener.certificate.is_some().then_some(TLS_POLICY),
        certificate_arn: listener.certificate,
        default_action: listener.default_action,
    };
    let mut file = out.module(MODULE).file(&balancer.id.file());
    file.resource("aws_lb_listener", &balancer.listener_name(listener.word), arguments)
        .causes(&balancer.causes(platform))
        .add();
}

/// Nothing of the platform is shown to whoever asks for what it does not have.
fn not_found() -> Value {
    block! {
        type: "fixed-response",
        fixed_response: block! {
            content_type: "text/plain",
            message_body: "Not found",
            status_code: "404",
        },
    }
}
