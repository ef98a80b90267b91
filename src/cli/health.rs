//! `passrole health`: the question that a container's health check asks, without a shell or another program.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context, bail};

/// The flags of `passrole health`.
#[derive(Debug, clap::Args)]
pub(super) struct Flags {
    /// Address that the endpoint listens on
    #[arg(long, value_name = "ADDR", env = "PASSROLE_LISTEN", default_value = "127.0.0.1:4566")]
    listen: SocketAddr,
}

const PATIENCE: Duration = Duration::from_secs(3);
/// More than a health answer ever has.
const LONGEST_ANSWER: u64 = 64 * 1024;

pub(super) fn run(flags: &Flags) -> anyhow::Result<()> {
    let mut address = flags.listen;
    if address.ip().is_unspecified() {
        address.set_ip(Ipv4Addr::LOCALHOST.into());
    }
    let answer = ask(address).with_context(|| format!("`--listen {address}`"))?;
    let status = answer.lines().next().unwrap_or_default();
    if !status.starts_with("HTTP/1.1 200 ") {
        bail!("`--listen {address}`: not ready: `{status}`");
    }
    Ok(())
}

fn ask(address: SocketAddr) -> std::io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    write!(stream, "GET /_passrole/health HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.take(LONGEST_ANSWER).read_to_string(&mut answer)?;
    Ok(answer)
}
