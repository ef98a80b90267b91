//! The `passrole` command.

use std::process::ExitCode;

/// A third of a request's time went into the system's allocator; see `benches/README.md`.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    passrole::cli::run()
}
