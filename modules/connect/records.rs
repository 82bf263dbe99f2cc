//! What is said of records that Lambda reads for a function, shard by shard and in order: changes of
//! tables, and what producers put into streams.
use crate::messaging::queue::check_window;
use crate::pattern::{self, Pattern};
use platgen_source::diagnostics::{Diagnostic, SpecPath, code};
use platgen_source::{Count, Duration, Read};
use std::ops::RangeInclusive;

/// Seconds that a record may be old and still be handed on
/// (<https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html>).
const AGES: RangeInclusive<i64> = 60..=604_800;

/// What is said of records that feed a function.
// The ranges: https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html
#[derive(Clone, Debug, Default, Read)]
#[spec(default)]
pub struct RecordsFeed {
    /// The most records in one call. By default 100.
    pub batch: Option<Count<1, 10000>>,
    /// How long a batch may be waited for, at most 300 seconds. By default not.
    pub window: Option<Duration>,
    /// Where reading begins. By default with the oldest record, so that none is missed.
    pub from: Option<Start>,
    /// How often a batch that failed is tried again. Each time it is halved first, until the record
    /// alone is left that makes it fail; as long as it is tried, no later one of its shard is read. By
    /// default 10 times. What still fails goes to a queue of the function's own.
    pub retries: Option<Count<0, 10000>>,
    /// How old a record may be that the function gets, from one minute to 7 days. By default as old as
    /// its source keeps it. What is older goes where failures go.
    pub max_age: Option<Duration>,
    /// How many batches of one shard are worked on at one time. Those of one partition key stay in
    /// order. By default 1.
    pub parallel: Option<Count<1, 10>>,
    /// Which records, as patterns of `EventBridge`. By default all.
    pub filter: Option<Pattern>,
}

/// Where the reading of records begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Read)]
pub enum Start {
    /// With the oldest record that is kept.
    #[default]
    Oldest,
    /// With the first record that comes after the function was told to read.
    Newest,
}

impl RecordsFeed {
    /// Finds what Lambda would refuse of a trigger whose line is `cause`.
    pub fn check(&self, cause: &SpecPath) -> Vec<Diagnostic> {
        let filter = self.filter.as_ref();
        let filter = filter.and_then(|filter| pattern::check(filter, &cause.key("filter")));
        let findings = [check_window(self.window, cause), self.check_age(cause), filter];
        findings.into_iter().flatten().collect()
    }

    fn check_age(&self, cause: &SpecPath) -> Option<Diagnostic> {
        let age = self.max_age.filter(|age| !AGES.contains(&age.as_seconds()))?;
        let [from, to] = [AGES.start(), AGES.end()].map(|seconds| Duration::seconds(*seconds));
        let message = format!("{age} is not between {from} and {to}");
        let help = "leave it out, and records come for as long as their source keeps them";
        Some(Diagnostic::at(&code::OUT_OF_RANGE, &cause.key("max_age"), message).help(help))
    }
}

impl Start {
    /// As Lambda names it
    /// (<https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html>).
    pub fn aws_word(self) -> &'static str {
        match self {
            Self::Oldest => "TRIM_HORIZON",
            Self::Newest => "LATEST",
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::found;
    use pretty_assertions::assert_eq;

    #[test]
    fn records_are_read_as_lambda_can() {
        let sources = [
            ("table", "[table.source]\npartition_key = \"id\"\nstream = \"both\"\n"),
            ("stream", "[stream.source]\n"),
        ];
        for (kind, source) in sources {
            for (key, code) in [
                ("batch = 10000", None),
                ("batch = 10001", Some("PG0104")),
                ("window = \"300s\"", None),
                ("window = \"301s\"", Some("PG0104")),
                ("from = \"newest\"", None),
                ("from = \"yesterday\"", Some("PG0105")),
                ("retries = 0", None),
                ("retries = 10001", Some("PG0104")),
                ("max_age = \"1m\"", None),
                ("max_age = \"59s\"", Some("PG0104")),
                ("max_age = \"7d\"", None),
                ("max_age = \"169h\"", Some("PG0104")),
                ("parallel = 10", None),
                ("parallel = 11", Some("PG0104")),
                ("filter = { data = { kind = [\"click\"] } }", None),
            ] {
                let text = format!(
                    "{source}[function.index]\nruntime = \"nodejs22.x\"\nhandler = \"index.handler\"\n\
                     code = {{ bucket = \"code-of-others\", key = \"index.zip\" }}\n\
                     [function.index.on.{kind}.source]\n{key}\n"
                );
                let name = key.split(' ').next().unwrap();
                let place = format!("function.index.on.{kind}.source.{name}");
                let expected: Vec<_> = code.map(|code| (code, place)).into_iter().collect();
                assert_eq!(found(&text), expected, "{kind}: {key}");
            }
        }
    }
}
