//! The ports of a container: `8080`, `"50051/grpc"`, `{ http = 8080, admin = "3002/http" }`.
use crate::connect::Protocol;
use platgen_source::diagnostics::{code, listed};
use platgen_source::{Name, Node, Read, Reader, Schemas, Things, Value, expand_short, json};

/// The name of a port that stands without one.
const DEFAULT_NAME: &str = "http";

/// The ports of one container by their names. A single port is called `http`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ports(pub Things<Port>);

/// A port that a container listens on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Port {
    /// The number, from 1 to 65535.
    pub number: u16,
    /// What is spoken there.
    pub speaks: PortProtocol,
}

/// What is spoken on a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PortProtocol {
    /// HTTP/1.1.
    Http,
    /// HTTP/2.
    Http2,
    /// gRPC.
    Grpc,
    /// Anything over TCP.
    Tcp,
    /// Anything over UDP.
    Udp,
}

/// Every protocol and the word for it.
const WORDS: [(&str, PortProtocol); 5] = [
    ("http", PortProtocol::Http),
    ("http2", PortProtocol::Http2),
    ("grpc", PortProtocol::Grpc),
    ("tcp", PortProtocol::Tcp),
    ("udp", PortProtocol::Udp),
];

/// The rule of a port that is a text, as JSON Schema takes it.
const PORT_PATTERN: &str = "^(6553[0-5]|655[0-2][0-9]|65[0-4][0-9]{2}|6[0-4][0-9]{3}|[1-5][0-9]{4}|[1-9][0-9]{0,3})(/(http|http2|grpc|tcp|udp))?$";

/// The port that stands for several where none is named: `http`, or else the first one over TCP, or
/// else the first one.
pub fn main_port<'a>(
    ports: impl IntoIterator<Item = (&'a Name, Port)>,
) -> Option<(&'a Name, Port)> {
    let ports: Vec<(&Name, Port)> = ports.into_iter().collect();
    let named = ports.iter().find(|(name, _)| name.as_str() == DEFAULT_NAME);
    let over_tcp = || ports.iter().find(|(_, port)| port.transport() == Protocol::Tcp);
    named.or_else(over_tcp).or(ports.first()).copied()
}

impl Port {
    /// Takes `8080`, or `8080/grpc`.
    pub fn parse(text: &str) -> Option<Self> {
        let (number, word) = text.split_once('/').unwrap_or((text, DEFAULT_NAME));
        let plain = number.bytes().all(|byte| byte.is_ascii_digit()) && !number.starts_with('0');
        let number: u16 = plain.then(|| number.parse().ok()).flatten()?;
        let (_, speaks) = WORDS.into_iter().find(|(known, _)| *known == word)?;
        (number > 0).then_some(Self { number, speaks })
    }

    /// The protocol that carries it.
    pub fn transport(self) -> Protocol {
        match self.speaks {
            PortProtocol::Udp => Protocol::Udp,
            _ => Protocol::Tcp,
        }
    }
}

impl PortProtocol {
    /// The word for it in a spec.
    pub fn word(self) -> &'static str {
        WORDS.into_iter().find(|(_, protocol)| *protocol == self).map_or("tcp", |(word, _)| word)
    }

    /// How Service Connect names it; none for what it only passes on
    /// (<https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PortMapping.html>).
    pub fn app_protocol(self) -> Option<&'static str> {
        match self {
            Self::Http | Self::Http2 | Self::Grpc => Some(self.word()),
            Self::Tcp | Self::Udp => None,
        }
    }

    /// The beginning of a URL to such a port.
    pub fn scheme(self) -> &'static str {
        match self {
            Self::Http | Self::Http2 | Self::Grpc => "http",
            Self::Tcp => "tcp",
            Self::Udp => "udp",
        }
    }
}

impl Read for Port {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        let port = match &node.value {
            Value::Integer(_) | Value::Float(_) => {
                Self::parse(&i64::read(node, reader)?.to_string())
            }
            Value::String(text) => Self::parse(text),
            _ => return reader.wrong_type(node, "a port such as 8080 or \"50051/grpc\""),
        };
        if port.is_none() {
            let words = listed(WORDS.into_iter().map(|(word, _)| word));
            let message = "this is no port from 1 to 65535, alone or with what is spoken there";
            let help = format!("write a number, or a number, a slash and one of {words}");
            reader.fault_with(&code::MALFORMED, message, help);
        }
        port
    }

    fn schema(_: &mut Schemas) -> json::Value {
        json::json!({ "anyOf": [
            { "type": "integer", "minimum": 1, "maximum": 65535 },
            { "type": "string", "pattern": PORT_PATTERN },
        ] })
    }
}

impl Read for Ports {
    const REQUIRED: bool = false;

    fn expand(node: &mut Node) {
        expand_short(node, DEFAULT_NAME);
    }

    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        Things::read(node, reader).map(Self)
    }

    fn absent() -> Option<Self> {
        Some(Self::default())
    }

    fn schema(schemas: &mut Schemas) -> json::Value {
        let forms: [fn(&mut Schemas) -> json::Value; 2] = [Port::schema, Things::<Port>::schema];
        schemas.any_of(&forms)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;

    #[test]
    fn ports_are_a_number_and_what_is_spoken() {
        for (text, expected) in [
            ("8080", Some((8080, PortProtocol::Http))),
            ("1/http", Some((1, PortProtocol::Http))),
            ("8443/http2", Some((8443, PortProtocol::Http2))),
            ("50051/grpc", Some((50051, PortProtocol::Grpc))),
            ("18082/tcp", Some((18082, PortProtocol::Tcp))),
            ("65535/udp", Some((65535, PortProtocol::Udp))),
            ("0", None),
            ("65536", None),
            ("080", None),
            ("-1", None),
            ("", None),
            ("8080/", None),
            ("8080/sctp", None),
            ("8080/http/x", None),
        ] {
            let expected = expected.map(|(number, speaks)| Port { number, speaks });
            assert_eq!(Port::parse(text), expected, "{text}");
        }
    }

    #[test]
    fn the_main_port_is_http_or_the_first_over_tcp() {
        for (ports, main) in [
            (&[("admin", "81/http"), ("http", "80")][..], Some("http")),
            (&[("a", "53/udp"), ("b", "81/tcp")][..], Some("b")),
            (&[("dns", "53/udp")][..], Some("dns")),
            (&[][..], None),
        ] {
            let entry = |(name, port): &(&str, &str)| {
                (Name::new(name).unwrap(), Port::parse(port).unwrap())
            };
            let ports: Things<Port> = ports.iter().map(entry).collect();
            let found = main_port(ports.iter().map(|(name, port)| (name, *port)));
            assert_eq!(found.map(|(name, _)| name.as_str()), main);
        }
    }
}
