//! How platgen speaks: words to standard error, data to standard output.
use super::{Ending, Format, SpecOptions};
use crate::disk::DiskError;
use crate::pipeline::{Compiled, Lowered, PipelineError, Understood, compile, understand};
use crate::source_map::Detail;
use crate::spec;
use anstyle::{AnsiColor, Style};
use platgen_source::diagnostics::{Renderer, Report};
use serde_json::{Value as Json, json};
use std::io::{ErrorKind, Write as _};
use std::path::Path;

/// Speaks in the form that was asked for. Words go out at once, data when the run is over.
#[derive(Debug)]
pub(super) struct Teller {
    format: Format,
    data: String,
}

impl Teller {
    pub(super) fn new(format: Format) -> Self {
        Self { format, data: String::new() }
    }

    /// Tells people something.
    pub(super) fn words(&self, text: &str) {
        if self.format == Format::Text {
            let _ = writeln!(anstream::stderr(), "{text}");
        }
    }

    /// Tells people data that programs get in another form.
    pub(super) fn text(&mut self, text: &str) {
        if self.format == Format::Text {
            self.data.push_str(text);
        }
    }

    /// Tells programs the whole answer.
    pub(super) fn json(&mut self, answer: impl FnOnce() -> Json) {
        if self.format == Format::Json {
            self.data = format!("{:#}\n", answer());
        }
    }

    /// Gives out the data and ends the run. Whoever closed the other end does not want the rest; any
    /// other failure means that the answer did not arrive.
    pub(super) fn end(self, ending: Ending) -> Ending {
        let mut out = anstream::stdout();
        match write!(out, "{}", self.data).and_then(|()| out.flush()) {
            Err(error) if error.kind() != ErrorKind::BrokenPipe => {
                self.words(&format!("error: standard output cannot be written: {error}"));
                Ending::CallAtFault
            }
            _ => ending,
        }
    }

    /// Compiles a spec and tells people what was found in it.
    pub(super) fn compile(
        &mut self,
        options: &SpecOptions,
        detail: Detail,
    ) -> Result<Compiled, Ending> {
        match compile(spec::load(&options.spec), &options.environments, detail) {
            Ok(compiled) => {
                self.report(&compiled.report, compiled.environments);
                Ok(compiled)
            }
            Err(error) => Err(self.pipeline_error(&error)),
        }
    }

    /// Compiles a spec as far as platgen has to understand it, and tells people what was found.
    pub(super) fn understand(
        &mut self,
        spec: &Path,
        environments: &[String],
    ) -> Result<Understood, Ending> {
        match understand(spec::load(spec), environments) {
            Ok(understood) => {
                self.report(&understood.report, understood.environments);
                Ok(understood)
            }
            Err(error) => Err(self.pipeline_error(&error)),
        }
    }

    /// The environment that is spoken of where one is needed: the first that is protected, else the
    /// first.
    pub(super) fn one_of<'l>(&mut self, lowered: &'l [Lowered]) -> Result<&'l Lowered, Ending> {
        let production = |lowered: &&Lowered| lowered.platform.head.is_production();
        let one = lowered.iter().find(production).or(lowered.first());
        one.ok_or_else(|| {
            self.error("the spec has no environment", &[]);
            Ending::CallAtFault
        })
    }

    fn report(&self, report: &Report, environments: usize) {
        if self.format == Format::Json {
            return;
        }
        let text = report.text(&Renderer::styled(), environments);
        if !text.is_empty() {
            self.words(text.trim_end());
        }
        let errors = report.findings().filter(|found| found.diagnostic.is_error()).count();
        let warnings = report.findings().len() - errors;
        if errors + warnings > 0 {
            self.words(&format!("{}, {}", counted(errors, "error"), counted(warnings, "warning")));
        }
    }

    fn pipeline_error(&mut self, error: &PipelineError) -> Ending {
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
    pub(super) fn disk_error(&mut self, error: &DiskError) -> Ending {
        self.error(&error.to_string(), &[error.help()]);
        match error {
            DiskError::BadPath(_) | DiskError::Clash { .. } => Ending::Bug,
            _ => Ending::CallAtFault,
        }
    }

    pub(super) fn error(&mut self, message: &str, details: &[String]) {
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
