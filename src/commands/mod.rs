//! The command line: what can be asked, and how the answer is told.
//!
//! Data goes to standard output, words go to standard error. Exit codes: 0 fine, 1 the spec is at
//! fault, 2 the call or the output folder is, 3 `--check` found a difference, 101 a bug in platgen.
mod check;
mod explain;
mod graph;
mod render;
mod schema;
mod tell;

use crate::source_map::Detail;
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;
use std::process::ExitCode;

/// Turn one TOML spec of a platform on AWS into Terraform and OpenTofu modules.
#[derive(Debug, Parser)]
#[command(name = "platgen", version, about, disable_help_subcommand = true)]
pub struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Render a spec into an output folder
    Render(RenderOptions),
    /// Find everything that is wrong with a spec
    Check(SpecOptions),
    /// Say what causes something, or what something causes
    Explain(ExplainOptions),
    /// Say who can do what on a thing, directly or through others
    Who(WhoOptions),
    /// Draw the things of a platform and the edges between them
    Graph(GraphOptions),
    /// Print the JSON Schema of a spec, for editors
    Schema,
}

#[derive(Debug, Args)]
struct SpecOptions {
    /// The spec: a TOML file, or a folder of them
    #[arg(default_value = "platform.toml")]
    spec: PathBuf,
    /// Take only this environment; repeat for more [default: all]
    #[arg(long = "environment", short = 'e', value_name = "NAME")]
    environments: Vec<String>,
    /// How the answer is told
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Debug, Args)]
struct RenderOptions {
    #[command(flatten)]
    spec: SpecOptions,
    /// The output folder; files stand in DIR/<platform>/<environment>
    #[arg(long, default_value = "generated", value_name = "DIR")]
    out: PathBuf,
    /// Write nothing; print what differs from the output folder and exit with 3 if anything does
    #[arg(long, conflicts_with = "dry_run")]
    check: bool,
    /// Write nothing; list the files that would change
    #[arg(long)]
    dry_run: bool,
    /// How much .platgen/sourcemap.json tells; a comparison needs what the folder was written with
    #[arg(long, value_enum, default_value_t = Detail::Resources, value_name = "DETAIL")]
    source_map: Detail,
    /// Synchronise with the disk at every step, to survive a loss of power
    #[arg(long)]
    durable: bool,
}

#[derive(Debug, Args)]
struct ExplainOptions {
    /// An edge ("service.web -> database.main"), a thing, an address, an IAM action, a port, a key or
    /// line of the spec (platform.toml:12), or the code of a finding [default: every argument of the
    /// output]
    subject: Option<String>,
    #[command(flatten)]
    asked: AskOptions,
}

/// What is asked about: the environments of a spec, or one of them.
#[derive(Debug, Args)]
struct AskOptions {
    /// The spec: a TOML file, or a folder of them
    #[arg(long, default_value = "platform.toml", value_name = "PATH")]
    spec: PathBuf,
    /// The environment [default: all; what is the same in all is told once]
    #[arg(long, short = 'e', value_name = "NAME")]
    environment: Option<String>,
    /// How the answer is told
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Debug, Args)]
struct WhoOptions {
    /// The thing, such as database.main
    thing: String,
    #[command(flatten)]
    asked: AskOptions,
}

#[derive(Debug, Args)]
struct GraphOptions {
    /// The spec: a TOML file, or a folder of them
    #[arg(default_value = "platform.toml")]
    spec: PathBuf,
    /// The environment [default: the first one with the profile production]
    #[arg(long, short = 'e', value_name = "NAME")]
    environment: Option<String>,
    /// The language of the drawing
    #[arg(long, value_enum, default_value_t = Drawing::Mermaid)]
    format: Drawing,
}

/// The language of a drawing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Drawing {
    /// For Markdown
    Mermaid,
    /// For Graphviz
    Dot,
    /// For browsers
    Svg,
    /// For programs: every thing, and every edge with what the spec says of it and what it gives
    Json,
}

/// How an answer is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// For programs: one JSON document on standard output
    Json,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ending {
    Fine,
    SpecAtFault,
    CallAtFault,
    Differs,
    Bug,
}

impl From<Ending> for ExitCode {
    fn from(ending: Ending) -> Self {
        Self::from(match ending {
            Ending::Fine => 0,
            Ending::SpecAtFault => 1,
            Ending::CallAtFault => 2,
            Ending::Differs => 3,
            Ending::Bug => 101,
        })
    }
}

/// Does what was asked.
pub fn run(line: &CommandLine) -> ExitCode {
    let ending = match &line.command {
        Command::Render(options) => render::run(options),
        Command::Check(options) => check::run(options),
        Command::Explain(options) => explain::run(options),
        Command::Who(options) => explain::run_who(options),
        Command::Graph(options) => graph::run(options),
        Command::Schema => schema::run(),
    };
    ending.into()
}
