//! Which requests a route of an API matches: `POST /orders/{id}/lines/{rest+}`.
//!
//! The grammar is what HTTP and REST APIs have in common
//! (<https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html>).
use super::spec::Method;
use platgen_source::{is_plain, text_type};
use std::fmt;

/// The rule of [`RouteMatch`], as JSON Schema takes it.
const PATTERN: &str = "^(?=.{1,512}$)(\\$default|((ANY|DELETE|GET|HEAD|OPTIONS|PATCH|POST|PUT) )?\
                       (/|(/([A-Za-z0-9_.~-]+|\\{[A-Za-z0-9_]+\\}))+|\
                       (/([A-Za-z0-9_.~-]+|\\{[A-Za-z0-9_]+\\}))*/\\{[A-Za-z0-9_]+\\+\\}))$";

text_type! {
    /// The requests of a route: a method, a space, and a path.
    RouteMatch,
    PATTERN,
    "a method and a path such as `POST /orders/{id}`, where only the last part can be `{rest+}`, or \
     `$default`",
    |text| (1..=512).contains(&text.len()) && Pattern::parse(text).is_some()
}

/// The word for what no other route matches.
const DEFAULT: &str = "$default";

/// Every method and the word for it.
pub(super) const METHODS: [Method; 8] = [
    Method::Any,
    Method::Delete,
    Method::Get,
    Method::Head,
    Method::Options,
    Method::Patch,
    Method::Post,
    Method::Put,
];

/// The requests of a route, taken apart.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pattern {
    /// What no other route matches.
    Default,
    /// Requests with a method and a path.
    Path(Method, Path),
}

/// A path in its parts; none is `/`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Path(pub Vec<Segment>);

/// One part of a path.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Segment {
    /// These letters.
    Literal(String),
    /// Any letters: `{id}`.
    Variable(String),
    /// Everything to the end: `{rest+}`.
    Greedy(String),
}

impl RouteMatch {
    /// The match, taken apart.
    pub fn pattern(&self) -> Pattern {
        Pattern::parse(self.as_str()).unwrap_or(Pattern::Default)
    }
}

impl Pattern {
    fn parse(text: &str) -> Option<Self> {
        if text == DEFAULT {
            return Some(Self::Default);
        }
        let (method, path) = match text.split_once(' ') {
            Some((word, path)) => (METHODS.into_iter().find(|method| method.word() == word)?, path),
            None => (Method::Any, text),
        };
        Some(Self::Path(method, Path::parse(path)?))
    }

    /// Two patterns of one shape match the same requests: the names of variables do not matter.
    pub fn shape(&self) -> String {
        match self {
            Self::Default => DEFAULT.to_owned(),
            Self::Path(method, path) => format!("{} {}", method.word(), path.with(Segment::shape)),
        }
    }

    /// Whether a variable of this name stands in the path.
    pub fn has_variable(&self, name: &str) -> bool {
        match self {
            Self::Default => false,
            Self::Path(_, path) => path.variables().any(|variable| variable == name),
        }
    }

    /// The end of the ARN by which policies speak of the requests: any stage, the method, and the
    /// path with `*` for what is open
    /// (<https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-control-access-using-iam-policies-to-invoke-api.html>).
    pub fn arn_end(&self) -> String {
        match self {
            Self::Default => format!("/*/{DEFAULT}"),
            Self::Path(method, path) => {
                let method = if *method == Method::Any { "*" } else { method.word() };
                format!("/*/{method}{}", path.with(Segment::wildcard))
            }
        }
    }
}

impl Path {
    fn parse(text: &str) -> Option<Self> {
        let rest = text.strip_prefix('/')?;
        if rest.is_empty() {
            return Some(Self::default());
        }
        let segments: Vec<Segment> = rest.split('/').map(Segment::parse).collect::<Option<_>>()?;
        let (_, before) = segments.split_last()?;
        let greedy_is_last = !before.iter().any(|segment| matches!(segment, Segment::Greedy(_)));
        greedy_is_last.then_some(Self(segments))
    }

    /// The path with every part written by a function.
    fn with(&self, write: impl Fn(&Segment) -> String) -> String {
        let parts: Vec<String> = self.0.iter().map(write).collect();
        format!("/{}", parts.join("/"))
    }

    /// The names of its variables.
    fn variables(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|segment| match segment {
            Segment::Literal(_) => None,
            Segment::Variable(name) | Segment::Greedy(name) => Some(name.as_str()),
        })
    }
}

impl Segment {
    fn parse(text: &str) -> Option<Self> {
        let is_name = |name: &str| is_plain(name, 1..=512, b"_");
        let Some(inside) = text.strip_prefix('{') else {
            return is_plain(text, 1..=512, b"_.~-").then(|| Self::Literal(text.to_owned()));
        };
        let name = inside.strip_suffix('}')?;
        match name.strip_suffix('+') {
            Some(name) => is_name(name).then(|| Self::Greedy(name.to_owned())),
            None => is_name(name).then(|| Self::Variable(name.to_owned())),
        }
    }

    fn shape(&self) -> String {
        match self {
            Self::Literal(text) => text.clone(),
            Self::Variable(_) => "{}".to_owned(),
            Self::Greedy(_) => "{+}".to_owned(),
        }
    }

    fn wildcard(&self) -> String {
        match self {
            Self::Literal(text) => text.clone(),
            Self::Variable(_) | Self::Greedy(_) => "*".to_owned(),
        }
    }
}

/// As API Gateway writes the key of a route.
impl fmt::Display for Pattern {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => out.write_str(DEFAULT),
            Self::Path(method, path) => write!(out, "{} {path}", method.word()),
        }
    }
}

impl fmt::Display for Path {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.with(ToString::to_string))
    }
}

impl fmt::Display for Segment {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Literal(text) => out.write_str(text),
            Self::Variable(name) => write!(out, "{{{name}}}"),
            Self::Greedy(name) => write!(out, "{{{name}+}}"),
        }
    }
}
