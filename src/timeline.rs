//! The phases of a resource's life: what its status is, was and will be follows from dated facts.
//!
//! A timeline is computed from a record each time somebody asks; no status is ever stored.
//! INVARIANT: phases are sorted by `since`, and nothing follows a terminal phase.

use jiff::Timestamp;

/// A stretch of a resource's life in which its status does not change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phase {
    /// When it begins.
    pub since: Timestamp,
    /// The status that Describe and List show.
    pub status: &'static str,
    /// The finer status that some kinds have, with its message.
    pub secondary: Option<Secondary>,
    /// No phase follows unless something new is asked of the resource.
    pub settled: bool,
}

/// A training job's secondary status and the message beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Secondary {
    /// Such as `Downloading`.
    pub status: &'static str,
    /// Such as `Downloading input data`.
    pub message: &'static str,
}

/// The phases of one resource in order; a resource whose last phase has been deleted is gone.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Timeline {
    phases: Vec<Phase>,
    gone_since: Option<Timestamp>,
}

impl Timeline {
    /// A timeline that begins with this phase.
    pub fn starting(phase: Phase) -> Timeline {
        Timeline { phases: vec![phase], gone_since: None }
    }

    /// Appends a phase; one that would begin before its predecessor begins with it.
    pub fn then(&mut self, mut phase: Phase) {
        if let Some(last) = self.phases.last() {
            phase.since = phase.since.max(last.since);
        }
        self.phases.push(phase);
    }

    /// Drops every phase that begins after the instant: what was planned no longer happens.
    pub fn cut_after(&mut self, instant: Timestamp) {
        self.phases.retain(|phase| phase.since <= instant);
        self.gone_since = self.gone_since.filter(|gone| *gone <= instant);
    }

    /// From this instant on the resource does not exist.
    pub fn gone(&mut self, since: Timestamp) {
        self.gone_since = Some(since);
    }

    /// The phase at an instant; `None` before the first and once the resource is gone.
    pub fn at(&self, now: Timestamp) -> Option<&Phase> {
        if self.gone_since.is_some_and(|gone| gone <= now) {
            return None;
        }
        self.phases.iter().rev().find(|phase| phase.since <= now)
    }

    /// The phases that have begun by an instant, first to last.
    pub fn until(&self, now: Timestamp) -> impl Iterator<Item = &Phase> {
        self.phases.iter().take_while(move |phase| phase.since <= now)
    }

    /// Every phase, begun or not.
    pub fn phases(&self) -> &[Phase] {
        &self.phases
    }

    /// When the resource ceases to exist, where that is known.
    pub fn ends(&self) -> Option<Timestamp> {
        self.gone_since
    }

    /// When the next phase after an instant begins, or the resource is gone.
    pub fn next_change(&self, now: Timestamp) -> Option<Timestamp> {
        let next = self.phases.iter().map(|phase| phase.since).find(|since| *since > now);
        next.into_iter().chain(self.gone_since.filter(|gone| *gone > now)).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn phase(second: i64, status: &'static str) -> Phase {
        Phase { since: at(second), status, secondary: None, settled: false }
    }

    #[test]
    fn a_status_follows_from_the_instant() {
        let mut timeline = Timeline::starting(phase(10, "Pending"));
        timeline.then(phase(20, "InService"));
        assert_eq!(timeline.at(at(9)), None);
        assert_eq!(timeline.at(at(10)).unwrap().status, "Pending");
        assert_eq!(timeline.at(at(99)).unwrap().status, "InService");
        assert_eq!(timeline.next_change(at(10)), Some(at(20)));
        timeline.cut_after(at(15));
        timeline.then(phase(12, "Deleting"));
        timeline.gone(at(30));
        assert_eq!(timeline.at(at(29)).unwrap().status, "Deleting");
        assert_eq!(timeline.at(at(30)), None);
    }
}
