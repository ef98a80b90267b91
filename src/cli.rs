//! The `passrole` command: one verb, one file.
//!
//! Says what went wrong in one line on standard error and tells it by the exit status: 0 done, 1 failed, 2 misused.
//! `check` tells its verdict by the exit status, and misuse by another than the rest.

mod check;
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
    /// Judge one request by policy files or a world file, without an endpoint
    Check(check::Flags),
    /// Ask a running endpoint whether it is ready; exit status 0 if so
    Health(health::Flags),
    /// List every operation of AWS's models and how much of it is built
    Operations(operations::Flags),
}

/// Reads the command line and does what it says.
pub fn run() -> ExitCode {
    let line = match CommandLine::try_parse() {
        Ok(line) => line,
        Err(error) => return explain(&error),
    };
    let done = match line.verb {
        Verb::Serve(flags) => flags.settings().map_err(anyhow::Error::from).and_then(serve::run).map(done),
        Verb::Demo(flags) => demo::run(&flags).map(done),
        Verb::Check(flags) => check::run(&flags),
        Verb::Health(flags) => health::run(&flags).map(done),
        Verb::Operations(flags) => operations::run(&flags).map(done),
    };
    match done {
        Ok(status) => status,
        Err(error) => {
            // Nothing can be done where standard error is gone, too.
            let _ = writeln!(std::io::stderr(), "passrole: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn done(_: ()) -> ExitCode {
    ExitCode::SUCCESS
}

/// Prints what clap has to say of a command line: help, or what is wrong with it.
fn explain(error: &clap::Error) -> ExitCode {
    let _ = error.print();
    let check = std::env::args_os().nth(1).is_some_and(|verb| verb == "check");
    match u8::try_from(error.exit_code()) {
        Ok(0) => ExitCode::SUCCESS,
        Ok(_) if check => ExitCode::from(check::MISUSE),
        Ok(status) => ExitCode::from(status),
        Err(_) => ExitCode::FAILURE,
    }
}
