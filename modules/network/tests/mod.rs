//! The network as a spec sees it: faults of the section, the resources of a VPC, and rules.
mod rules;
mod section;
mod vpc;

use crate::connect::{Connections, Declared, Grant, PortRule, Protocol, Reach};
use crate::kind::ThingId;
use crate::platform::Platform;
use crate::testing::{platform, resource, verified};
use platgen_source::Name;
use platgen_source::diagnostics::SpecPath;
use platgen_source::json::Value as Json;
use platgen_terraform::Document;

/// Two services and a table, without any edge between them.
const THINGS: &str = r#"
[service.web]
image = "public.ecr.aws/nginx/nginx:1.27"
port = 8080
[service.orders]
image = "public.ecr.aws/nginx/nginx:1.27"
port = 8080
[table.carts]
partition_key = "id"
"#;

/// The name of a service.
fn service(name: &str) -> ThingId {
    ThingId::new("service", &Name::new(name).unwrap())
}

/// What `service.web` is given for a target, by the line `cause` of its `uses`.
fn grant(target: Option<ThingId>, cause: &str) -> Grant {
    let consumer = service("web");
    let cause = consumer.path().key("uses").key(cause);
    Grant::new(&consumer, target, cause, Declared::InUses)
}

/// A grant of `service.web` for ways out of the network.
fn reaching(cause: &str, reach: &[Reach]) -> Grant {
    let mut grant = grant(None, cause);
    grant.reach.extend(reach);
    grant
}

/// A grant of `service.web` for ports of another thing.
fn calling(target: &ThingId, cause: &str, ports: &[(&str, u16)]) -> Grant {
    let mut grant = grant(Some(target.clone()), cause);
    let ports = ports.iter();
    grant.ports.extend(ports.map(|(name, port)| PortRule {
        name: (*name).to_owned(),
        port: *port,
        protocol: Protocol::Tcp,
    }));
    grant
}

/// [`THINGS`] in a network, with exactly these edges.
fn with_edges(network: &str, grants: Vec<Grant>) -> Platform {
    let mut platform = platform("dev", &format!("{network}{THINGS}"));
    platform.connections = Connections::from(grants);
    platform
}

/// The network of a platform as a document, which keeps the schema of the provider.
fn lowered(platform: &Platform) -> Document {
    let mut document = Document::default();
    super::lower(platform, &mut document);
    verified(document)
}

/// A path of the spec, as `{kind}.{name}.…` of bare keys.
fn path(text: &str) -> SpecPath {
    text.split('.').fold(SpecPath::root(), |path, key| path.key(key))
}

/// Demands that resources of the network have exactly these arguments.
fn check_arguments(document: &Document, rows: &[(&str, Json)]) {
    for (address, expected) in rows {
        pretty_assertions::assert_eq!(
            &resource(document, "network", address),
            expected,
            "{address}"
        );
    }
}
