//! One client's place in one session: its facts, and the status that follows from them and the session's.
//! The status is derived here and stored nowhere; the database's expression of it is tested against this one.

use jiff::SignedDuration;

use crate::ids::{JourneyId, PersonId, StepId};
use crate::session::SessionFacts;
use crate::time::Instant;
use crate::words::words;

words! {
    /// The status of an attendance (section 6 of the rules), in the order of their table.
    Status {
        /// Planned, no time yet.
        Unbooked "unbooked"
        /// Has a time, outcome not marked.
        Booked "booked"
        /// The client attended.
        Completed "completed"
        /// No-show, or cancelled by the client late.
        Missed "missed"
        /// Disabled by an admin.
        GreyedOut "greyed_out"
        /// A practice session called off in time.
        Cancelled "cancelled"
    }
}

words! {
    /// How it went, as a mark or a late cancellation says (rule S6: Missed carries its cause).
    Outcome {
        /// The client attended.
        Completed "completed"
        /// Missed: the client did not come.
        NoShow "no_show"
        /// Missed: the client cancelled below the late band.
        LateCancellation "late_cancellation"
    }
}

/// What is true of one client's part in a session.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AttendanceFacts {
    /// It belongs to a journey; otherwise to a practice.
    pub part: Option<JourneyPart>,
    /// How it went.
    pub outcome: Option<Marked>,
    /// The client left a pod that keeps its time (rule S9).
    pub left: Option<Left>,
    /// An admin disabled it (rules S5, S12).
    pub greyed_out: Option<GreyedOut>,
    /// The client says that the Missed is wrong (rule S14).
    pub contested: Option<Contested>,
    /// When it was marked for the first time, whatever became of that mark (rule S4).
    pub first_marked_at: Option<Instant>,
    /// What the client was told of its mark, or has answered, and money has followed (rules S10, S14).
    pub told: Option<Outcome>,
    /// When what is marked now will be told, if that is not what was told.
    pub tell_at: Option<Instant>,
    /// How often its client moved it, or gave its time back to a program (rule R8).
    pub changes: u32,
}

/// Where in a journey an attendance stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JourneyPart {
    /// Whose journey.
    pub journey: JourneyId,
    /// Which step; none for an extra session (rule G11).
    pub step: Option<StepId>,
    /// Is it in the denominator?
    pub counts: bool,
}

/// An outcome, with who said so and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Marked {
    /// How it went.
    pub outcome: Outcome,
    /// Who marked or cancelled.
    pub by: PersonId,
    /// When.
    pub at: Instant,
}

/// A member left a pod.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Left {
    /// When.
    pub at: Instant,
    /// The notice that was left, elapsed and never rounded.
    pub notice: SignedDuration,
}

/// An attendance was disabled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GreyedOut {
    /// When.
    pub at: Instant,
    /// By which admin.
    pub by: PersonId,
}

/// A Missed was contested, once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Contested {
    /// When.
    pub at: Instant,
    /// What became of it; until then everything says "contested".
    pub end: Option<ContestEnd>,
}

impl Contested {
    /// Whether it waits to be settled.
    pub fn is_open(&self) -> bool {
        self.end.is_none()
    }
}

/// How a contest ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContestEnd {
    /// Whoever marked it took the mark back. Nothing is decided by that: the same said again is contested again.
    TakenBack {
        /// When.
        at: Instant,
    },
    /// Somebody settled it, for good: it stands, or it does not.
    Settled {
        /// Who.
        by: PersonId,
        /// When.
        at: Instant,
    },
}

impl ContestEnd {
    /// When that was.
    pub const fn at(self) -> Instant {
        match self {
            ContestEnd::TakenBack { at } | ContestEnd::Settled { at, .. } => at,
        }
    }
}

/// What the facts come to. The first that holds: greyed out, an outcome, cancelled, a time to go to, nothing yet.
pub fn status(session: &SessionFacts, attendance: &AttendanceFacts) -> Status {
    if attendance.greyed_out.is_some() {
        return Status::GreyedOut;
    }
    match attendance.outcome.map(|marked| marked.outcome) {
        Some(Outcome::Completed) => return Status::Completed,
        Some(Outcome::NoShow | Outcome::LateCancellation) => return Status::Missed,
        None => {}
    }
    if session.cancelled.is_some() {
        return Status::Cancelled;
    }
    if session.time.is_some() && attendance.left.is_none() {
        return Status::Booked;
    }
    Status::Unbooked
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::{Cancelled, Cause, Minutes, SessionKind, SessionTime};

    const AT: Instant = Instant::from_millis(1_774_774_800_000);

    fn session(facts: &str) -> SessionFacts {
        SessionFacts {
            kind: SessionKind::OneToOne,
            minutes: Minutes::new(60).expect("a length"),
            time: facts.contains("time").then_some(SessionTime::booked(AT, AT)),
            cancelled: facts.contains("cancelled").then_some(Cancelled {
                at: AT,
                by: None,
                cause: Cause::Coach,
            }),
        }
    }

    fn attendance(facts: &str) -> AttendanceFacts {
        let by = PersonId::from_raw(1);
        let outcome = Outcome::ALL.iter().copied().find(|outcome| facts.contains(outcome.code()));
        AttendanceFacts {
            part: None,
            outcome: outcome.map(|outcome| Marked { outcome, by, at: AT }),
            left: facts.contains("left").then_some(Left { at: AT, notice: SignedDuration::from_hours(30) }),
            greyed_out: facts.contains("greyed").then_some(GreyedOut { at: AT, by }),
            contested: facts.contains("contested").then_some(Contested { at: AT, end: None }),
            ..AttendanceFacts::default()
        }
    }

    // Rules S2, S6, S9, S12
    #[test]
    fn the_status_follows_from_the_facts_in_this_order() {
        fn check(of_session: &str, of_attendance: &str, expect: Status) {
            let got = status(&session(of_session), &attendance(of_attendance));
            assert_eq!(got, expect, "session [{of_session}], attendance [{of_attendance}]");
        }
        check("", "", Status::Unbooked);
        check("time", "", Status::Booked);
        check("time", "completed", Status::Completed);
        check("time", "no_show", Status::Missed);
        check("time", "late_cancellation", Status::Missed);
        check("time", "no_show contested", Status::Missed);
        check("time cancelled", "", Status::Cancelled);
        check("", "greyed", Status::GreyedOut);
        // A member leaves, the pod keeps its time; the others stay booked.
        check("time", "left", Status::Unbooked);
        check("time", "left late_cancellation", Status::Missed);
        // Greyed out goes before everything, an outcome before the session's own fate.
        check("time", "completed greyed", Status::GreyedOut);
        check("time cancelled", "greyed", Status::GreyedOut);
        check("time cancelled", "late_cancellation", Status::Missed);
        check("time cancelled", "left", Status::Cancelled);
    }

    #[test]
    fn every_status_has_one_code() {
        let codes: Vec<&str> = Status::ALL.iter().map(|status| status.code()).collect();
        assert_eq!(codes, ["unbooked", "booked", "completed", "missed", "greyed_out", "cancelled"]);
        assert!(Status::ALL.iter().all(|status| Status::from_code(status.code()) == Some(*status)));
    }
}
