//! One thread that flushes for everybody: writers that arrive while a flush runs share the next one.
//!
//! INVARIANT: `flushed` never passes a number whose change was not applied before that flush began.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use tokio::sync::watch;

use super::watermark::Watermark;
use super::{Error, Ticket, panic_text};

/// The numbering of changes and the thread that makes them durable.
#[derive(Debug)]
pub(super) struct Flusher {
    shared: Arc<Shared>,
    progress: watch::Receiver<Progress>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    work: Mutex<Work>,
    arrived: Condvar,
    finished: Condvar,
}

#[derive(Debug)]
struct Work {
    applied: u64,
    progress: Progress,
    closing: bool,
}

#[derive(Debug, Clone, Default)]
struct Progress {
    flushed: u64,
    failure: Option<Arc<str>>,
}

impl Progress {
    /// `None` while the number is still to be flushed.
    fn outcome(&self, number: u64) -> Option<Result<(), Error>> {
        if self.flushed >= number {
            return Some(Ok(()));
        }
        self.failure.as_ref().map(|reason| Err(Error::Failed(Arc::clone(reason))))
    }
}

impl Flusher {
    /// Starts the thread; `sequence` is the number of the last change that the store holds, `flush` makes durable what
    /// was applied before it was called.
    pub(super) fn start(
        flush: impl Fn() -> Result<(), String> + Send + 'static,
        watermark: Option<Watermark>,
        sequence: u64,
    ) -> Result<Flusher, std::io::Error> {
        let progress = Progress { flushed: sequence, failure: None };
        let (sender, receiver) = watch::channel(progress.clone());
        let shared = Arc::new(Shared {
            work: Mutex::new(Work { applied: sequence, progress, closing: false }),
            arrived: Condvar::new(),
            finished: Condvar::new(),
        });
        let of_thread = Arc::clone(&shared);
        let thread = std::thread::Builder::new()
            .name("store-flusher".to_owned())
            .stack_size(512 * 1024)
            .spawn(move || of_thread.run(&flush, watermark, &sender))?;
        Ok(Flusher { shared, progress: receiver, thread: Some(thread) })
    }

    /// Applies a change under the next number, one at a time, and wakes the thread.
    pub(super) fn numbered(&self, apply: impl FnOnce(u64) -> Result<(), Error>) -> Result<Ticket, Error> {
        let mut work = self.shared.lock();
        if let Some(reason) = &work.progress.failure {
            return Err(Error::Failed(Arc::clone(reason)));
        }
        let number = work.applied + 1;
        apply(number)?;
        work.applied = number;
        drop(work);
        self.shared.arrived.notify_one();
        Ok(Ticket(number))
    }

    pub(super) fn wait(&self, number: u64) -> Result<(), Error> {
        let mut work = self.shared.lock();
        loop {
            if let Some(outcome) = work.progress.outcome(number) {
                return outcome;
            }
            work = self.shared.finished.wait(work).unwrap_or_else(PoisonError::into_inner);
        }
    }

    pub(super) fn flushed(&self, number: u64) -> impl Future<Output = Result<(), Error>> + Send + use<> {
        let mut progress = self.progress.clone();
        async move {
            let reached = progress.wait_for(|progress| progress.outcome(number).is_some()).await;
            let outcome = reached.ok().and_then(|progress| progress.outcome(number));
            outcome.unwrap_or_else(|| Err(Error::Failed(Arc::from("the store was closed"))))
        }
    }
}

impl Drop for Flusher {
    /// What was applied is flushed before the thread ends.
    fn drop(&mut self) {
        self.shared.lock().closing = true;
        self.shared.arrived.notify_one();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Work> {
        self.work.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Flushes until the store is closed; what was applied before that is flushed first.
    fn run(
        &self,
        flush: &dyn Fn() -> Result<(), String>,
        mut watermark: Option<Watermark>,
        sender: &watch::Sender<Progress>,
    ) {
        while let Some(target) = self.next_target() {
            let flushed = catch_unwind(AssertUnwindSafe(flush)).unwrap_or_else(|panic| Err(panic_text(panic.as_ref())));
            let outcome = flushed.and_then(|()| match &mut watermark {
                Some(watermark) => watermark.raise(target).map_err(|error| error.to_string()),
                None => Ok(()),
            });
            let mut work = self.lock();
            match outcome {
                Ok(()) => work.progress.flushed = target,
                Err(reason) => {
                    tracing::error!(%reason, "a flush of the store failed; no further write is accepted");
                    work.progress.failure = Some(Arc::from(reason));
                }
            }
            sender.send_replace(work.progress.clone());
            self.finished.notify_all();
        }
    }

    /// Waits for changes that no flush has covered; `None` once there is nothing more to do.
    fn next_target(&self) -> Option<u64> {
        let mut work = self.lock();
        loop {
            if work.progress.failure.is_some() {
                return None;
            }
            if work.applied > work.progress.flushed {
                return Some(work.applied);
            }
            if work.closing {
                return None;
            }
            work = self.arrived.wait(work).unwrap_or_else(PoisonError::into_inner);
        }
    }
}
