//! `passrole serve`: opens the store, listens, says so, and stops when it is told to.

use std::io::Write;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use tracing_subscriber::EnvFilter;

use crate::config::in_force;
use crate::gateway::Emulator;
use crate::model;
use crate::server::{self, Limits};
use crate::settings::Settings;
use crate::state::State;

pub(super) fn run(settings: Settings) -> anyhow::Result<()> {
    log_to_standard_error("info");
    // Said once nothing can fail any more: a start that fails says why and nothing else.
    let in_force = in_force(&settings);
    while_serving(settings, move |address| {
        tracing::info!("{in_force}");
        ready(&format!("passrole ready on http://{address}"));
        Ok(Next::Serve)
    })
}

/// What comes after the endpoint has become ready.
pub(super) enum Next {
    /// It serves until it is told to stop.
    Serve,
    /// It stops.
    Stop,
}

/// Serves, and once connections are accepted does what it is given on a thread of its own.
pub(super) fn while_serving(
    settings: Settings,
    once_ready: impl FnOnce(SocketAddr) -> anyhow::Result<Next> + Send + 'static,
) -> anyhow::Result<()> {
    let listener = TcpListener::bind(settings.listen).with_context(|| format!("`--listen {}`", settings.listen))?;
    let address = listener.local_addr().context("`--listen`")?;
    listener.set_nonblocking(true).context("`--listen`")?;
    let emulator = Arc::new(Emulator::new(State::open(settings)?, address));
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_io()
        .enable_time()
        .build()
        .context("the threads that serve connections could not be started")?;
    let outcome = runtime.block_on(async {
        let listener = tokio::net::TcpListener::from_std(listener).context("`--listen`")?;
        let told = told_to_stop()?;
        let (done, finished) = tokio::sync::oneshot::channel();
        std::thread::spawn(move || done.send(once_ready(address)));
        // Loading the models takes longer than starting; the first request finds them loaded.
        std::thread::spawn(|| model::SERVICES.iter().for_each(|name| _ = model::service(name)));
        let mut outcome = Ok(());
        let stop = async {
            match finished.await {
                Ok(Ok(Next::Serve)) => told.await,
                Ok(Ok(Next::Stop)) | Err(_) => {}
                Ok(Err(error)) => outcome = Err(error),
            }
        };
        server::run(listener, Arc::clone(&emulator), Limits::default(), stop).await;
        outcome
    });
    runtime.shutdown_timeout(Duration::from_millis(200));
    emulator.state.close().context("the store could not be flushed")?;
    tracing::info!("stopped; the store is flushed");
    outcome
}

/// The one line on standard output. A reader that has gone away does not stop the endpoint.
fn ready(line: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

/// Completes at the first SIGTERM or SIGINT; both are listened for from the call on.
#[cfg(unix)]
fn told_to_stop() -> anyhow::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate()).context("SIGTERM cannot be listened for")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("SIGINT cannot be listened for")?;
    Ok(async move {
        let name = tokio::select! {
            _ = terminate.recv() => "SIGTERM",
            _ = interrupt.recv() => "SIGINT",
        };
        tracing::info!("{name}: requests in flight are finished, then the endpoint stops");
    })
}

/// Completes when the user asks to stop.
#[cfg(not(unix))]
fn told_to_stop() -> anyhow::Result<impl Future<Output = ()>> {
    Ok(async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}

/// Logs go to standard error, as `PASSROLE_LOG` filters them, or down to this level where it says nothing.
pub(super) fn log_to_standard_error(level: &str) {
    let filter = EnvFilter::try_from_env("PASSROLE_LOG").unwrap_or_else(|_| EnvFilter::new(level));
    let colours = std::io::IsTerminal::is_terminal(&std::io::stderr());
    // A second subscriber is refused; the first keeps logging.
    let _ =
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(colours).try_init();
}
