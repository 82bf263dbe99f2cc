//! What Lambda reads for a function: messages of queues, records of streams, changes of tables.
use super::Function;
use crate::compute::MODULE;
use crate::connect::records::RecordsFeed;
use crate::connect::trigger::{Feed, Trigger};
use crate::kind::Output;
use crate::messaging::queue::QueueFeed;
use crate::pattern::Pattern;
use crate::platform::Platform;
use platgen_source::diagnostics::{Diagnostic, code};
use platgen_source::{Count, Duration};
use platgen_terraform::{Document, Handle, ResourceBuilder, Value, block};

/// How often a batch of records that failed is tried again, where nothing is said
/// (<https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-errors.html>,
/// <https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html>).
const RETRIES: i64 = 10;

impl Function {
    /// Has Lambda read queues, streams and tables, once the role holds all its rights: what is read calls
    /// the code at once.
    pub(super) fn lower_streams(
        &self,
        policies: &[Handle],
        platform: &Platform,
        out: &mut Document,
    ) {
        for trigger in &self.triggers {
            let source_of = |word| self.source_of(trigger, word, platform);
            let arguments = match &trigger.feed {
                Feed::Queue(feed) => of_queue(feed, source_of("arn")),
                Feed::Stream(feed) => self.of_records(feed, source_of("arn")),
                Feed::Table(feed) => self.of_records(feed, source_of("stream_arn")),
                Feed::Bucket(_) | Feed::EventBus(_) | Feed::Topic(_) => continue,
            };
            let mut all = arguments;
            all.push(("function_name", self.alias().get("arn")));
            let all = all.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
            let source = &trigger.source;
            let name = self.id.local(&["from", source.kind, source.name.as_str()]);
            let mut place = out.module(MODULE).file(&self.id.file());
            let mapping = place
                .resource("aws_lambda_event_source_mapping", &name, Value::Map(all))
                .cause(&trigger.cause);
            policies.iter().fold(mapping, ResourceBuilder::depends_on).add();
        }
    }

    /// Calls that read count among those that are kept free for the function. Messages whose calls are
    /// refused come again and again, until they count as dead, and shards fall behind
    /// (<https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html>).
    pub(super) fn check_readers(&self) -> Option<Diagnostic> {
        let kept = self.concurrency?;
        let wanted = |trigger: &Trigger| match &trigger.feed {
            Feed::Queue(feed) => feed.concurrency.map(Count::get),
            Feed::Stream(feed) | Feed::Table(feed) => feed.parallel.map(Count::get),
            Feed::Bucket(_) | Feed::EventBus(_) | Feed::Topic(_) => None,
        };
        let most: i64 = self.triggers.iter().filter_map(wanted).sum();
        (most > kept).then(|| {
            let message =
                format!("{most} calls may read at one time, and the function takes {kept}");
            let help = "raise it, or lower `concurrency` in `on.queue`, or `parallel` of records";
            Diagnostic::at(&code::CONFLICT, &self.id.path().key("concurrency"), message).help(help)
        })
    }

    /// What is read, by the word that its kind gives it.
    fn source_of(&self, trigger: &Trigger, word: &str, platform: &Platform) -> Value {
        let source = platform.thing(&trigger.source);
        match source.map(|source| source.output(&[word.to_owned()], &self.id, platform)) {
            Some(Output::Plain(value) | Output::Secret(value)) => value,
            None => Value::Null,
        }
    }

    /// A batch that fails is halved, so that one bad record keeps no others waiting for long.
    fn of_records(&self, feed: &RecordsFeed, stream: Value) -> Vec<(&'static str, Value)> {
        let failed = block! { destination_arn: self.dead_letters().get("arn") };
        let mut arguments = common(stream, feed.batch, 100, feed.window, feed.filter.as_ref());
        arguments.extend([
            ("starting_position", Value::from(feed.from.unwrap_or_default().aws_word())),
            ("bisect_batch_on_function_error", Value::from(true)),
            ("maximum_retry_attempts", Value::from(feed.retries.map_or(RETRIES, Count::get))),
            ("maximum_record_age_in_seconds", feed.max_age.map(Duration::as_seconds).into()),
            ("parallelization_factor", feed.parallel.map(Count::get).into()),
            ("destination_config", block! { on_failure: failed }),
        ]);
        arguments
    }
}

fn of_queue(feed: &QueueFeed, queue: Value) -> Vec<(&'static str, Value)> {
    let most = feed.concurrency.map(|most| block! { maximum_concurrency: most.get() });
    let mut arguments = common(queue, feed.batch, 10, feed.window, feed.filter.as_ref());
    arguments.push(("scaling_config", Value::from(most)));
    arguments
}

/// What queues, streams and tables have in common. The function says which messages of a batch failed, and
/// only those come again
/// (<https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html>).
fn common(
    source: Value,
    batch: Option<Count<1, 10_000>>,
    default_batch: i64,
    window: Option<Duration>,
    filter: Option<&Pattern>,
) -> Vec<(&'static str, Value)> {
    let filter = filter.map(|pattern| {
        block! { filter: block! { pattern: pattern.0.to_string() } }
    });
    vec![
        ("event_source_arn", source),
        ("batch_size", Value::from(batch.map_or(default_batch, Count::get))),
        ("maximum_batching_window_in_seconds", window.map(Duration::as_seconds).into()),
        ("function_response_types", Value::from(vec!["ReportBatchItemFailures"])),
        ("filter_criteria", Value::from(filter)),
    ]
}
