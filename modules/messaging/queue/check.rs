//! What is wrong with a queue and the functions that it feeds.
use super::{Fed, Queue, QueueFeed};
use crate::pattern;
use platgen_source::diagnostics::{Diagnostic, SpecPath, code};
use platgen_source::{Count, Duration};

/// The most messages in one call of a function without a window, and of a FIFO queue at all
/// (<https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html>).
const MOST_AT_ONCE: i64 = 10;
/// The longest window, in seconds
/// (<https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html>).
const LONGEST_WINDOW: i64 = 300;

/// Finds what is wrong with a function that the queue feeds.
pub(super) fn fed(queue: &Queue, function: &Fed<'_>) -> Vec<Diagnostic> {
    let (feed, cause) = (function.feed, &function.trigger.cause);
    let mut findings: Vec<Diagnostic> = Vec::new();
    findings.extend(batch(queue, feed, cause));
    findings.extend(window(feed.window, cause));
    let filter = feed.filter.as_ref();
    findings.extend(filter.and_then(|filter| pattern::check(filter, &cause.key("filter"))));
    findings.extend(hidden(queue, function));
    findings
}

fn batch(queue: &Queue, feed: &QueueFeed, cause: &SpecPath) -> Option<Diagnostic> {
    if queue.is_fifo() && feed.window.is_some() {
        let message = "messages of a FIFO queue are not waited for";
        return Some(Diagnostic::at(&code::IMPOSSIBLE, &cause.key("window"), message));
    }
    let batch = feed.batch.map(Count::get).filter(|batch| *batch > MOST_AT_ONCE)?;
    let place = cause.key("batch");
    if queue.is_fifo() {
        let message = format!("{batch} messages; a FIFO queue gives {MOST_AT_ONCE} at once");
        return Some(Diagnostic::at(&code::IMPOSSIBLE, &place, message));
    }
    feed.window.is_none().then(|| {
        let message = format!("more than {MOST_AT_ONCE} messages at once must be waited for");
        Diagnostic::at(&code::CONFLICT, &place, message).help("set `window`, at least \"1s\"")
    })
}

/// Finds a window that Lambda does not wait.
pub fn window(window: Option<Duration>, cause: &SpecPath) -> Option<Diagnostic> {
    let window = window.filter(|window| window.as_seconds() > LONGEST_WINDOW)?;
    let message = format!("Lambda waits {LONGEST_WINDOW} seconds at most, not {window}");
    Some(Diagnostic::at(&code::OUT_OF_RANGE, &cause.key("window"), message))
}

/// Lambda refuses a queue whose messages come back while the function still works on them
/// (<https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html>).
fn hidden(queue: &Queue, function: &Fed<'_>) -> Option<Diagnostic> {
    queue.visibility.filter(|visibility| *visibility < function.run)?;
    let message = format!(
        "`{}` may work for {} on a message, which others see again before that",
        function.trigger.receiver,
        Duration::seconds(function.run)
    );
    let help = "remove it: by default a message is hidden for long enough";
    Some(Diagnostic::at(&code::IMPOSSIBLE, &queue.id.path().key("visibility"), message).help(help))
}
