//! What is true of one meeting: its kind, length, place and time, and whether it was called off.
//! What is true of one client's part in it stands in [`crate::attendance`].

use std::fmt;

use jiff::SignedDuration;

use crate::ids::PersonId;
use crate::time::Instant;
use crate::words::words;

words! {
    /// What sort of meeting it is.
    SessionKind {
        /// Free, to get to know each other (rule C3).
        Intro "intro"
        /// One client and their coach.
        OneToOne "one_to_one"
        /// A small group (rule S9).
        Pod "pod"
    }
}

words! {
    /// Why a session was called off, or a booking deleted (rule R10).
    Cause {
        /// The client asked for it, whoever clicked.
        Client "client"
        /// The coach could not.
        Coach "coach"
        /// The organisation did not want it.
        Organisation "organisation"
        /// Something did not work.
        Technical "technical"
    }
}

words! {
    /// Where a session happens (rule C5).
    PlaceKind {
        /// In the built-in room: the only place with join and recording.
        Room "room"
        /// On the phone.
        Phone "phone"
        /// At an address.
        Address "address"
        /// Behind the coach's own link.
        Link "link"
    }
}

/// Where a session happens, and what one must know to get there (rule C5).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    /// What sort of place.
    pub kind: PlaceKind,
    /// Number, address or link; empty for the room.
    pub detail: String,
}

/// How long a session is: a multiple of five minutes (rule T3), at most eight hours.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Minutes(u16);

impl Minutes {
    /// The shortest session.
    pub const LEAST: u16 = 5;
    /// The longest.
    pub const MOST: u16 = 480;

    /// So many minutes, if a session can be that long.
    pub const fn new(minutes: i64) -> Option<Minutes> {
        if minutes >= Self::LEAST as i64 && minutes <= Self::MOST as i64 && minutes % 5 == 0 {
            Some(Minutes(minutes as u16))
        } else {
            None
        }
    }

    /// The number.
    pub const fn get(self) -> u16 {
        self.0
    }

    /// The same as elapsed time.
    pub const fn duration(self) -> SignedDuration {
        SignedDuration::from_mins(self.0 as i64)
    }
}

impl fmt::Debug for Minutes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} min", self.0)
    }
}

/// What is true of one meeting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionFacts {
    /// What sort of meeting.
    pub kind: SessionKind,
    /// How long it is meant to be.
    pub minutes: Minutes,
    /// When it is; without that it is only planned.
    pub time: Option<SessionTime>,
    /// It was called off: a practice session keeps time and row.
    pub cancelled: Option<Cancelled>,
}

/// When a session is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionTime {
    /// The start now in force.
    pub starts_at: Instant,
    /// When the booking was made that gave it a time (rule R9).
    pub booked_at: Instant,
    /// When this start was set: by the booking, or by the last move (rule M1).
    pub set_at: Instant,
    /// The last move, if it was the coach's or staff's and not the client's wish (rule R1).
    pub imposed: Option<Imposed>,
    /// The coach ended it before its time (rule V7).
    pub ended_early_at: Option<Instant>,
}

impl SessionTime {
    /// As it is booked now.
    pub const fn booked(starts_at: Instant, now: Instant) -> SessionTime {
        SessionTime { starts_at, booked_at: now, set_at: now, imposed: None, ended_early_at: None }
    }
}

/// A move that the client did not ask for (rule R1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Imposed {
    /// When they were told.
    pub at: Instant,
    /// The start that it had before.
    pub from: Instant,
}

impl Imposed {
    /// Until then the client may cancel without penalty or move at once: a day after they were told or the old start,
    /// whichever is later (rule R1).
    pub fn open_until(&self) -> Instant {
        (self.at + SignedDuration::from_hours(24)).max(self.from)
    }
}

/// A session was called off: by whom, when and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cancelled {
    /// When.
    pub at: Instant,
    /// By whom; nobody if time did it, like a hold that ran out.
    pub by: Option<PersonId>,
    /// On whose side the reason lies.
    pub cause: Cause,
}

impl SessionFacts {
    /// When it ends or ended, if it has a time.
    pub fn ends_at(&self) -> Option<Instant> {
        let time = self.time?;
        Some(time.ended_early_at.unwrap_or(time.starts_at + self.minutes.duration()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Rule T3
    #[test]
    fn lengths_are_multiples_of_five_minutes() {
        fn check(minutes: i64, expect: Option<u16>) {
            assert_eq!(Minutes::new(minutes).map(Minutes::get), expect, "{minutes}");
        }
        check(0, None);
        check(5, Some(5));
        check(47, None);
        check(480, Some(480));
        check(485, None);
        check(-5, None);
        check(65_541, None);
    }

    #[test]
    fn every_word_has_one_code() {
        assert!(SessionKind::ALL.iter().all(|kind| SessionKind::from_code(kind.code()) == Some(*kind)));
        assert!(Cause::ALL.iter().all(|cause| Cause::from_code(cause.code()) == Some(*cause)));
        assert!(PlaceKind::ALL.iter().all(|place| PlaceKind::from_code(place.code()) == Some(*place)));
        assert_eq!(SessionKind::from_code("Intro"), None);
    }

    #[test]
    fn a_session_ends_after_its_minutes_or_when_the_coach_ends_it() {
        let start = Instant::from_millis(0);
        let session = |ended_early_at| SessionFacts {
            kind: SessionKind::OneToOne,
            minutes: Minutes::new(45).expect("a length"),
            time: Some(SessionTime { ended_early_at, ..SessionTime::booked(start, start) }),
            cancelled: None,
        };
        let after = |minutes| start + SignedDuration::from_mins(minutes);
        assert_eq!(session(None).ends_at(), Some(after(45)));
        assert_eq!(session(Some(after(30))).ends_at(), Some(after(30)));
        assert_eq!(SessionFacts { time: None, ..session(None) }.ends_at(), None);
    }
}
