//! The `passrole` command: one verb, one file.
//!
//! Says what went wrong in one line on standard error and tells it by the exit status: 0 done, 1 failed, 2 misused.

mod demo;
mod endpoint;
mod health;
mod operations;
mod serve;

use std::io::Write;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::config::ServeFlags;

/// A local Amazon SageMaker control plane that enforces IAM.
#[derive(Debug, Parser)]
#[command(name = "passrole", version, about, max_term_width = 100)]
struct CommandLine {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Start the endpoint
    Serve(ServeFlags),
    /// Play the main story over a built-in world, with real signed requests
    Demo(demo::Flags),
    /// Ask a running endpoint whether it is ready; exit status 0 if so
    Health(health::Flags),
    /// List every operation of AWS's models and how much of it is built
    Operations(operations::Flags),
}

/// Reads the command line and does what it says.
pub fn run() -> ExitCode {
    let done = match CommandLine::parse().verb {
        Verb::Serve(flags) => flags.settings().map_err(anyhow::Error::from).and_then(serve::run),
        Verb::Demo(flags) => demo::run(&flags),
        Verb::Health(flags) => health::run(&flags),
        Verb::Operations(flags) => operations::run(&flags),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nothing can be done where standard error is gone, too.
            let _ = writeln!(std::io::stderr(), "passrole: {error:#}");
            ExitCode::FAILURE
        }
    }
}
