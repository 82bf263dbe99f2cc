//! How platgen speaks: words to standard error, data to standard output.
use super::{Ending, Format, SpecOptions};
use crate::disk::DiskError;
use crate::pipeline::{Compiled, PipelineError, compile};
use crate::spec;
use anstyle::{AnsiColor, Style};
use platgen_source::diagnostics::{Renderer, Report};
use serde_json::{Value as Json, json};
use std::io::Write as _;

/// Prints data. Whoever closed the other end does not want the rest.
pub(super) fn data(text: &str) {
    let _ = write!(anstream::stdout(), "{text}");
}

fn words(text: &str) {
    let _ = writeln!(anstream::stderr(), "{text}");
}

/// Speaks in the form that was asked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Teller(Format);

impl Teller {
    pub(super) fn new(format: Format) -> Self {
        Self(format)
    }

    /// Tells people something.
    pub(super) fn words(self, text: &str) {
        if self.0 == Format::Text {
            words(text);
        }
    }

    /// Tells people data that programs get in another form.
    pub(super) fn text(self, text: &str) {
        if self.0 == Format::Text {
            data(text);
        }
    }

    /// Tells programs the whole answer.
    pub(super) fn json(self, answer: impl FnOnce() -> Json) {
        if self.0 == Format::Json {
            data(&format!("{:#}\n", answer()));
        }
    }

    /// Compiles a spec and tells people what was found in it.
    pub(super) fn compile(self, options: &SpecOptions) -> Result<Compiled, Ending> {
        match compile(spec::load(&options.spec), &options.environments) {
            Ok(compiled) => {
                self.report(&compiled.report, compiled.environments);
                Ok(compiled)
            }
            Err(error) => Err(self.pipeline_error(&error)),
        }
    }

    fn report(self, report: &Report, environments: usize) {
        if self.0 == Format::Json {
            return;
        }
        let text = report.text(&Renderer::styled(), environments);
        if !text.is_empty() {
            words(text.trim_end());
        }
        let errors = report.findings().filter(|found| found.diagnostic.is_error()).count();
        let warnings = report.findings().len() - errors;
        if errors + warnings > 0 {
            words(&format!("{}, {}", counted(errors, "error"), counted(warnings, "warning")));
        }
    }

    fn pipeline_error(self, error: &PipelineError) -> Ending {
        let (details, ending) = match error {
            PipelineError::UnknownEnvironment { .. } => (Vec::new(), Ending::CallAtFault),
            PipelineError::Template(_) => (Vec::new(), Ending::Bug),
            PipelineError::Invalid(faults) => {
                (faults.iter().map(ToString::to_string).collect(), Ending::Bug)
            }
        };
        self.error(&error.to_string(), &details);
        ending
    }

    /// Tells that an output folder cannot be compared or written.
    pub(super) fn disk_error(self, error: &DiskError) -> Ending {
        self.error(&error.to_string(), &[error.help()]);
        Ending::CallAtFault
    }

    fn error(self, message: &str, details: &[String]) {
        let style = Style::new().bold().fg_color(Some(AnsiColor::Red.into()));
        self.words(&format!("{style}error{style:#}: {message}"));
        for detail in details {
            self.words(&format!("  {detail}"));
        }
        self.json(|| json!({ "error": message, "details": details }));
    }
}

/// `1 error`, `2 errors`.
pub(super) fn counted(number: usize, noun: &str) -> String {
    let ending = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{ending}")
}
