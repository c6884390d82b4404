//! When a journey may be said to be complete, and what is in the way (rule G7). Knows nothing of who says so, nor of what
//! goes out afterwards.

use jiff::SignedDuration;

use crate::attendance::Status;
use crate::refusal::{Problem, Refusal};
use crate::time::Instant;

/// The survey goes out so long after a journey was completed; one that is reopened before sends none (rules G7, S10).
pub const SURVEY_AFTER: SignedDuration = SignedDuration::from_mins(15);

/// One session of a journey.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// How it stands.
    pub status: Status,
    /// Whether it is in the denominator (rule G11).
    pub counts: bool,
    /// When it ends or ended, if it has a time.
    pub ends_at: Option<Instant>,
}

/// What has to be settled of one session before it no longer stands in the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Hindrance {
    /// It is booked and still to come.
    Ahead,
    /// It is over, and nobody has said how it went.
    Unmarked,
    /// It has no time.
    Unbooked,
}

impl Part {
    /// Whether it counts at all: what an admin disabled does not, nor what stands outside of the denominator.
    pub fn is_counted(&self) -> bool {
        self.counts && self.status != Status::GreyedOut
    }

    /// What is in the way of completing. A booking ahead and an unmarked session are named also where they do not count:
    /// somebody expects them to be settled.
    pub fn hindrance(&self, now: Instant) -> Option<Hindrance> {
        match self.status {
            Status::Booked if self.ends_at.is_some_and(|end| end <= now) => Some(Hindrance::Unmarked),
            Status::Booked => Some(Hindrance::Ahead),
            Status::Unbooked | Status::Cancelled if self.is_counted() => Some(Hindrance::Unbooked),
            _ => None,
        }
    }
}

/// Whether a journey may be completed as it is, or only with a reason.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Readiness {
    /// How many that count were attended.
    pub completed: u32,
    /// How many that count are neither Completed nor Missed.
    pub open: u32,
}

impl Readiness {
    /// Of a journey with these sessions.
    pub fn of<'a>(parts: impl IntoIterator<Item = &'a Part>) -> Readiness {
        let mut found = Readiness::default();
        for part in parts.into_iter().filter(|part| part.is_counted()) {
            match part.status {
                Status::Completed => found.completed += 1,
                Status::Missed => {}
                _ => found.open += 1,
            }
        }
        found
    }

    /// Every session that counts is Completed or Missed, and at least one is Completed.
    pub const fn is_ready(self) -> bool {
        self.open == 0 && self.completed > 0
    }

    /// # Errors
    /// [`Refusal::Invalid`] on `reason` where one is needed and none is given.
    pub fn may_complete(self, reason: &str) -> Result<(), Refusal> {
        if self.is_ready() || !reason.is_empty() {
            Ok(())
        } else {
            Err(Refusal::invalid("reason", Problem::Missing))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Instant = Instant::from_millis(1_790_000_000_000);
    const MILLI: SignedDuration = SignedDuration::from_millis(1);

    fn parts(text: &str) -> Vec<Part> {
        let one = |text: &str| {
            let (status, extra) = text.split_once(' ').unwrap_or((text, ""));
            let status = Status::from_code(status).expect("a status");
            Part { status, counts: extra.is_empty(), ends_at: None }
        };
        text.split(", ").map(one).collect()
    }

    // Rule G7
    #[test]
    fn a_journey_is_complete_when_all_that_counts_was_held_or_missed_else_with_a_reason() {
        fn check(text: &str, is_ready: bool) {
            let readiness = Readiness::of(&parts(text));
            assert_eq!(readiness.is_ready(), is_ready, "{text}");
            let without = if is_ready { Ok(()) } else { Err(Refusal::invalid("reason", Problem::Missing)) };
            assert_eq!(readiness.may_complete(""), without, "{text}");
            assert_eq!(readiness.may_complete("She has left the company."), Ok(()), "{text}");
        }
        check("completed", true);
        check("completed, missed, completed", true);
        check("missed, missed", false);
        check("completed, unbooked", false);
        check("completed, booked", false);
        check("completed, greyed_out", true);
        check("greyed_out", false);
        check("completed, unbooked extra, booked extra", true);
        check("missed, completed extra", false);
    }

    // Rule G7
    #[test]
    fn bookings_ahead_and_unmarked_sessions_are_in_the_way() {
        let part = |status, counts, ends_at| Part { status, counts, ends_at };
        let check = |part: Part, expect| assert_eq!(part.hindrance(NOW), expect, "{part:?}");
        check(part(Status::Booked, true, Some(NOW + MILLI)), Some(Hindrance::Ahead));
        check(part(Status::Booked, true, Some(NOW)), Some(Hindrance::Unmarked));
        check(part(Status::Booked, false, Some(NOW + MILLI)), Some(Hindrance::Ahead));
        check(part(Status::Unbooked, true, None), Some(Hindrance::Unbooked));
        check(part(Status::Unbooked, false, None), None);
        check(part(Status::GreyedOut, true, None), None);
        check(part(Status::Completed, true, Some(NOW)), None);
        check(part(Status::Missed, true, Some(NOW)), None);
        assert!(Hindrance::Ahead < Hindrance::Unmarked && Hindrance::Unmarked < Hindrance::Unbooked);
    }
}
