//! A real `passrole serve` process for a test: started, waited for, stopped or killed.
//!
//! Knows nothing of requests. INVARIANT: the process is gone when its `Endpoint` is.

#![allow(dead_code, unreachable_pub, reason = "each test that shares this file uses its own part of it")]
#![allow(clippy::disallowed_methods, reason = "a test waits in real time")]

use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader, Read as _};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

const READY: &str = "passrole ready on http://";
const PATIENCE: Duration = Duration::from_secs(20);

/// A running endpoint.
pub struct Endpoint {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
}

impl Endpoint {
    /// Starts `passrole serve` on a free port with these further arguments and waits for its ready line.
    ///
    /// # Errors
    /// What the process wrote on stderr, where it ended before it was ready.
    pub fn start(binary: &Path, arguments: &[impl AsRef<OsStr>]) -> Result<Endpoint, String> {
        let mut child = Command::new(binary)
            .args(["serve", "--listen", "127.0.0.1:0"])
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| format!("`{}` does not start: {error}", binary.display()))?;
        let log = drain(&mut child);
        match ready_line(&mut child) {
            Some(address) => Ok(Endpoint { child, address }),
            None => {
                let _ = child.kill();
                let _ = child.wait();
                Err(log.recv_timeout(PATIENCE).unwrap_or_default())
            }
        }
    }

    /// Ends the process at once, as a power cut would; nothing is flushed.
    pub fn kill(mut self) {
        self.child.kill().expect("the process is ours to kill");
        self.child.wait().expect("a killed process ends");
    }

    /// Asks the process to end as an operator would, and waits for it.
    pub fn stop(mut self) -> ExitStatus {
        let asked = Command::new("kill").arg(self.child.id().to_string()).status();
        assert!(asked.is_ok_and(|status| status.success()), "SIGTERM was not sent");
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().expect("a child can be waited for") {
                return status;
            }
            assert!(Instant::now() < deadline, "the process does not end on SIGTERM");
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Endpoint {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Reads stderr to its end beside the test, so that the process never blocks on a full pipe.
fn drain(child: &mut Child) -> mpsc::Receiver<String> {
    let mut stderr = child.stderr.take().expect("stderr is piped");
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let mut text = String::new();
        let _ = stderr.read_to_string(&mut text);
        let _ = sender.send(text);
    });
    receiver
}

fn ready_line(child: &mut Child) -> Option<SocketAddr> {
    let stdout = child.stdout.take().expect("stdout is piped");
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let mut line = String::new();
        let _ = BufReader::new(stdout).read_line(&mut line);
        let _ = sender.send(line);
    });
    let line = receiver.recv_timeout(PATIENCE).ok()?;
    line.trim_end().strip_prefix(READY)?.parse().ok()
}
