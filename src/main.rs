//! The `platgen` program: arguments in, exit code out.
use clap::Parser as _;
use platgen::commands::{CommandLine, run};
use std::process::ExitCode;

fn main() -> ExitCode {
    run(&CommandLine::parse())
}
