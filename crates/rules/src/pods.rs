//! What a member of a pod does by themselves beside leaving it: coming back, and changing to another date of the same
//! step (rules S9, S13), and when it is warned of too few (rule G5). Whether there is room is not asked here.

use std::ops::RangeInclusive;

use jiff::SignedDuration;

use crate::attendance::{Left, Status};
use crate::cancelling::{Ending, Grounds, Quote};
use crate::ids::PersonId;
use crate::meeting::{Meeting, Seat, Side};
use crate::moving::CHANGES_MAX;
use crate::permission::Action;
use crate::refusal::Refusal;
use crate::session::{Cause, Imposed};
use crate::terms::Band;
use crate::time::Instant;
use crate::words::words;

/// So many hours before its date a pod with too few members is warned of, unless the organisation says otherwise (rule G5).
pub const WARNING_HOURS: i64 = 24;
/// What it may say.
pub const WARNING_HOURS_WITHIN: RangeInclusive<i64> = 1..=336;

/// Whether it is time to look if enough come to a pod: the moment has come, was still ahead when the date was set, and the
/// date is ahead still (rules G5, T4).
pub fn is_warned_of(start: Instant, set_at: Instant, hours: i64, now: Instant) -> bool {
    let moment = start - SignedDuration::from_hours(hours);
    moment <= now && now < start && set_at < moment
}

impl Meeting {
    /// Gives a pod a date again that the house had called off: whoever is in may leave it without penalty, as if it had
    /// been moved (rules R1, S13). `from` is the start that it had.
    ///
    /// # Errors
    /// As [`Meeting::booked`].
    pub fn booked_again(self, start: Instant, from: Instant, now: Instant) -> Result<Meeting, Refusal> {
        let mut booked = self.booked(start, now)?;
        if let Some(time) = &mut booked.session.time {
            time.imposed = Some(Imposed { at: now, from });
        }
        Ok(booked)
    }

    /// The house calls off the date of a pod in which nobody is: nobody loses anything by it, and who had cancelled that
    /// date late did not miss it (rule S13).
    ///
    /// # Errors
    /// [`Refusal::WrongStatus`] for one that has no date, or somebody in it; [`Refusal::MayNot`] where a client asks for it;
    /// [`Refusal::AlreadyStarted`] unless its coach or the technology failed.
    pub fn called_off_for_nobody(
        mut self,
        side: Side,
        cause: Cause,
        now: Instant,
    ) -> Result<(Meeting, Quote), Refusal> {
        let action = Action::DeletePodBooking;
        if !self.is_for_nobody() {
            return Err(self.wrong(action));
        }
        if side == Side::Client || cause == Cause::Client {
            return Err(Refusal::MayNot { action });
        }
        let start = self.time(action)?.starts_at;
        let did_not_happen = matches!(cause, Cause::Coach | Cause::Technical) && side != Side::Lead;
        if now >= start && !did_not_happen {
            return Err(Refusal::AlreadyStarted { start });
        }
        self.reverse_late_cancellations();
        self.empty();
        Ok((self, Quote { ending: Ending::Unbooked, kept: None, grounds: Grounds::NotTheirs }))
    }

    /// Whoever has something to accept first is not in the date that their pod has got: their place waits for them there,
    /// as if they had left it (rules P9, S9).
    #[must_use]
    pub fn kept_for(mut self, asked: &[PersonId], now: Instant) -> Meeting {
        let Some(time) = self.session.time.filter(|_| self.is_pod()) else { return self };
        let waits = |seat: &&mut Seat| asked.contains(&seat.client) && seat.facts.outcome.is_none();
        for seat in self.seats.iter_mut().filter(waits) {
            seat.facts.left = Some(Left { at: now, notice: time.starts_at.since(now) });
        }
        self
    }

    /// A member who had left takes their place again, before the pod begins.
    ///
    /// # Errors
    /// [`Refusal::WrongStatus`] for whoever has not left, or is disabled; [`Refusal::AlreadyStarted`].
    pub fn returned(mut self, client: PersonId, now: Instant) -> Result<Meeting, Refusal> {
        let action = Action::Book;
        let seat = self.seat(client)?;
        let status = self.status(seat);
        if !self.is_pod() || status != Status::Unbooked || seat.facts.left.is_none() {
            return Err(Refusal::WrongStatus { action, status });
        }
        let start = self.time(action)?.starts_at;
        if now >= start {
            return Err(Refusal::AlreadyStarted { start });
        }
        let seat = self.seat_mut(client)?;
        (seat.facts.left, seat.facts.contested) = (None, None);
        Ok(self)
    }

    /// A member gives up this date for another one of the same step: as long as the notice is no less than the lower
    /// bound, and within the changes that they have (rules S13, R8); freely while R1's window is open. Gives too whether it
    /// counts as a change.
    ///
    /// # Errors
    /// [`Refusal::WrongStatus`], [`Refusal::AlreadyStarted`], [`Refusal::TooManyChanges`], [`Refusal::MoveTooLate`].
    pub fn given_up_for_another(
        self,
        client: PersonId,
        now: Instant,
    ) -> Result<(Meeting, Changing), Refusal> {
        let action = Action::MoveSession;
        self.must_be_booked(client, action)?;
        let (seat, start) = (self.seat(client)?, self.time(action)?.starts_at);
        let changing = if self.is_window_open(now) {
            Changing::Uncounted
        } else if seat.facts.changes >= CHANGES_MAX {
            return Err(Refusal::TooManyChanges { most: CHANGES_MAX });
        } else if now < start && seat.bands.for_moving(start.since(now)) == Band::Late {
            return Err(Refusal::MoveTooLate { start });
        } else {
            Changing::Counted
        };
        Ok((self.taken_out(client, now)?, changing))
    }

    /// The house takes a member out before the pod begins; it keeps its time for the others, and how short the notice is
    /// does not matter (rules S9, S12).
    ///
    /// # Errors
    /// [`Refusal::WrongStatus`] for whoever is not in, [`Refusal::AlreadyStarted`].
    pub fn taken_out(mut self, client: PersonId, now: Instant) -> Result<Meeting, Refusal> {
        let action = Action::ManagePods;
        self.must_be_booked(client, action)?;
        let start = self.time(action)?.starts_at;
        if now >= start {
            return Err(Refusal::AlreadyStarted { start });
        }
        self.seat_mut(client)?.facts.left = Some(Left { at: now, notice: start.since(now) });
        Ok(self)
    }
}

words! {
    /// Why nobody without a date for a pod's step could get one as things stand (rule G5).
    WithoutDate {
        /// All its dates are over or full.
        NoDateLeft "no_date_left"
        /// There is no pod for it.
        NoPodYet "no_pod_yet"
    }
}

/// A pod of one step, as it stands for somebody who waits there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Around {
    /// Its date.
    pub starts_at: Option<Instant>,
    /// Whether somebody more fits in.
    pub has_room: bool,
    /// Whether participants choose it.
    pub is_open: bool,
    /// Whether they are in it.
    pub is_own: bool,
}

/// How somebody who waits at a step could come to the date of a pod.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WayIn {
    /// They choose it.
    Chosen,
    /// It gets its date, or whoever leads it puts them in.
    Waited,
    /// Not at all.
    None,
}

impl Around {
    /// The way into it. `is_named`: whether they are in a closed one for this step, which is theirs alone.
    pub fn way_in(&self, is_named: bool, now: Instant) -> WayIn {
        let is_reached = self.is_own || (self.has_room && !is_named);
        match self.starts_at {
            Some(start) if start <= now => WayIn::None,
            Some(_) if self.is_own || (self.is_open && is_reached) => WayIn::Chosen,
            // Whoever leads it may still put them in.
            _ if is_reached => WayIn::Waited,
            _ => WayIn::None,
        }
    }

    /// Whether one of these names them, so that they choose no other.
    pub fn is_named_in(pods: &[Around]) -> bool {
        pods.iter().any(|pod| pod.is_own && !pod.is_open)
    }

    /// Whether somebody who waits could still come to a date among these, which are all pods of the step.
    pub fn without_date(pods: &[Around], now: Instant) -> Option<WithoutDate> {
        let is_named = Around::is_named_in(pods);
        let is_out = |pod: &Around| pod.way_in(is_named, now) == WayIn::None;
        match pods {
            [] => Some(WithoutDate::NoPodYet),
            pods => pods.iter().all(is_out).then_some(WithoutDate::NoDateLeft),
        }
    }
}

/// Whether a change of date is one of those that a client makes by themselves (rule R8).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Changing {
    /// It is.
    Counted,
    /// It is the answer to a move of the house's.
    Uncounted,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attendance::{AttendanceFacts, JourneyPart};
    use crate::cancelling::Calling;
    use crate::ids::{AttendanceId, JourneyId};
    use crate::meeting::Seat;
    use crate::session::{Minutes, SessionFacts, SessionKind, SessionTime};
    use crate::terms::Bands;

    const KIM: PersonId = PersonId::from_raw(1);
    const START: Instant = Instant::from_millis(1_774_774_800_000);

    fn before(minutes: i64) -> Instant {
        START - SignedDuration::from_mins(minutes)
    }

    fn pod(changes: u32) -> Meeting {
        let part = JourneyPart { journey: JourneyId::from_raw(1), step: None, counts: true };
        let facts = AttendanceFacts { part: Some(part), changes, ..AttendanceFacts::default() };
        let seat =
            Seat { id: AttendanceId::from_raw(1), client: KIM, facts, bands: Bands::DEFAULT, price: None };
        let session = SessionFacts {
            kind: SessionKind::Pod,
            minutes: Minutes::new(90).expect("a length"),
            time: Some(SessionTime::booked(START, before(10_000))),
            cancelled: None,
        };
        Meeting::new(session, vec![seat], Vec::new())
    }

    // Rule S13
    #[test]
    fn a_date_is_changed_while_the_notice_is_no_less_than_the_lower_bound() {
        fn check(meeting: Meeting, minutes: i64, expect: Result<Changing, Refusal>) {
            let got = meeting.given_up_for_another(KIM, before(minutes)).map(|(_, changing)| changing);
            assert_eq!(got, expect, "{minutes} minutes before");
        }
        check(pod(0), 24 * 60, Ok(Changing::Counted));
        check(pod(0), 24 * 60 - 1, Err(Refusal::MoveTooLate { start: START }));
        check(pod(0), 0, Err(Refusal::AlreadyStarted { start: START }));
        check(pod(2), 24 * 60, Ok(Changing::Counted));
        check(pod(3), 24 * 60, Err(Refusal::TooManyChanges { most: 3 }));
        // The house moved it an hour ago: short notice and changes do not bind.
        let moved = |changes| pod(changes).moved_by_coach(before(-60), before(120)).expect("a move");
        check(moved(0), 60, Ok(Changing::Uncounted));
        check(moved(3), 60, Ok(Changing::Uncounted));
    }

    // Rule G5
    #[test]
    fn a_step_has_no_date_left_when_all_are_over_or_full() {
        const PLAIN: Around = Around { starts_at: None, has_room: true, is_open: true, is_own: false };
        fn check(pods: &[Around], expect: Option<WithoutDate>) {
            assert_eq!(Around::without_date(pods, START), expect, "{pods:?}");
        }
        let ahead = Around { starts_at: Some(before(-1)), ..PLAIN };
        let over = Around { starts_at: Some(START), ..PLAIN };
        let full = |pod: Around| Around { has_room: false, ..pod };
        let (own, closed) =
            (|pod: Around| Around { is_own: true, ..pod }, |pod: Around| Around { is_open: false, ..pod });
        check(&[], Some(WithoutDate::NoPodYet));
        check(&[PLAIN], None);
        check(&[full(PLAIN)], Some(WithoutDate::NoDateLeft));
        check(&[full(own(PLAIN))], None);
        check(&[ahead], None);
        check(&[closed(ahead)], None);
        check(&[full(ahead), over], Some(WithoutDate::NoDateLeft));
        check(&[own(over)], Some(WithoutDate::NoDateLeft));
        check(&[own(over), ahead], None);
        // Who is named for one chooses no other.
        check(&[own(closed(over)), ahead], Some(WithoutDate::NoDateLeft));
    }

    // Rule S13
    #[test]
    fn the_date_of_a_pod_does_not_wait_for_a_member() {
        let empty =
            || Meeting::new(SessionFacts { time: None, ..pod(0).session().clone() }, Vec::new(), Vec::new());
        let dated = || empty().booked(START, before(600)).expect("a date");
        let wrong = |action, status| Err(Refusal::WrongStatus { action, status });
        assert_eq!(dated().booked(START, before(500)), wrong(Action::BookPod, Status::Booked));
        let moved = dated().moved_by_coach(before(-60), before(500)).expect("another date");
        assert_eq!(moved.session().time.map(|time| time.starts_at), Some(before(-60)));
        let off = |meeting: Meeting, side, cause, now| {
            meeting
                .called_off_for_nobody(side, cause, now)
                .map(|(after, quote)| (after.session().time, quote.ending))
        };
        assert_eq!(off(dated(), Side::Lead, Cause::Organisation, before(1)), Ok((None, Ending::Unbooked)));
        let begun = || Err(Refusal::AlreadyStarted { start: START });
        assert_eq!(off(dated(), Side::Coach, Cause::Organisation, START), begun());
        assert_eq!(off(dated(), Side::Lead, Cause::Coach, START), begun());
        assert_eq!(off(dated(), Side::Coach, Cause::Coach, START), Ok((None, Ending::Unbooked)));
        let action = Action::DeletePodBooking;
        assert_eq!(off(dated(), Side::Lead, Cause::Client, before(1)), Err(Refusal::MayNot { action }));
        assert_eq!(
            off(empty(), Side::Lead, Cause::Organisation, before(1)),
            Err(Refusal::WrongStatus { action, status: Status::Unbooked })
        );
        assert_eq!(
            off(pod(0), Side::Lead, Cause::Organisation, before(1)),
            Err(Refusal::WrongStatus { action, status: Status::Booked })
        );
    }

    // Rule S13
    #[test]
    fn a_date_that_everybody_has_left_is_moved_and_called_off() {
        let left = || pod(0).taken_out(KIM, before(60)).expect("out");
        let late = {
            let calling = Calling { by: KIM, side: Side::Client, cause: Cause::Client };
            pod(0).called_off(KIM, &calling, before(60)).expect("late").0
        };
        let disabled = left().greyed_out(KIM, PersonId::from_raw(2), before(50)).expect("disabled");
        for meeting in [left(), late.clone(), disabled] {
            let status = meeting.status(&meeting.seats()[0]);
            assert!(meeting.is_for_nobody(), "{status:?}");
            let moved = meeting.clone().moved_by_coach(before(-60), before(30)).expect("another date");
            assert_eq!(moved.session().time.map(|time| time.starts_at), Some(before(-60)), "{status:?}");
            let off = |side, cause, now| meeting.clone().called_off_for_nobody(side, cause, now);
            let (after, quote) = off(Side::Admin, Cause::Organisation, before(30)).expect("called off");
            assert_eq!((after.session().time, quote.ending), (None, Ending::Unbooked), "{status:?}");
            assert!(off(Side::Coach, Cause::Coach, START).is_ok(), "{status:?}");
            assert_eq!(
                off(Side::Client, Cause::Organisation, before(30)).map(drop),
                Err(Refusal::MayNot { action: Action::DeletePodBooking })
            );
            // It has its date, whatever became of its members.
            let wrong = Refusal::WrongStatus { action: Action::BookPod, status: Status::Booked };
            assert_eq!(meeting.booked(START, before(20)), Err(wrong));
        }
        // Called off late for a date that is not any more, nobody missed it.
        let (after, _) =
            late.called_off_for_nobody(Side::Lead, Cause::Organisation, before(30)).expect("called off");
        assert_eq!(after.status(&after.seats()[0]), Status::Unbooked);
        // Whoever is in, or was marked, is somebody.
        assert!(!pod(0).is_for_nobody());
        let marker = crate::marking::Marker { by: PersonId::from_raw(2), side: Side::Admin };
        let missed = pod(0).marked(KIM, crate::marking::Mark::NoShow, &marker, before(-30)).expect("a mark");
        assert!(!missed.is_for_nobody());
    }

    // Rule G5
    #[test]
    fn a_pod_is_looked_at_once_its_moment_has_come_and_before_it_begins() {
        let check = |set: i64, hours: i64, now: i64, expect: bool| {
            assert_eq!(is_warned_of(START, before(set), hours, before(now)), expect, "{set} {hours} {now}");
        };
        for hours in [1, 24, 48, 336] {
            let minutes = hours * 60;
            check(minutes + 1, hours, minutes + 1, false);
            check(minutes + 1, hours, minutes, true);
            check(minutes + 1, hours, 1, true);
            check(minutes + 1, hours, 0, false);
            // Its moment was past when the date was set, or was that very moment.
            check(minutes, hours, minutes, false);
            check(minutes - 1, hours, 1, false);
        }
    }

    // Rule S13
    #[test]
    fn who_left_comes_back_before_it_begins() {
        let left = pod(0).taken_out(KIM, before(30)).expect("out");
        assert_eq!(left.status(&left.seats()[0]), Status::Unbooked);
        let back = left.clone().returned(KIM, before(1)).expect("back");
        assert_eq!(back.status(&back.seats()[0]), Status::Booked);
        assert_eq!(left.returned(KIM, START), Err(Refusal::AlreadyStarted { start: START }));
        let wrong = Refusal::WrongStatus { action: Action::Book, status: Status::Booked };
        assert_eq!(back.returned(KIM, before(1)), Err(wrong));
    }

    // Rule S13
    #[test]
    fn a_pod_that_was_called_off_and_is_booked_again_may_be_left_freely() {
        let waiting = {
            let mut pod = pod(0);
            pod.session.time = None;
            pod
        };
        let again = waiting.clone().booked_again(START, before(4_000), before(600)).expect("a date");
        assert!(again.is_window_open(before(10)));
        assert!(!waiting.booked(START, before(600)).expect("a date").is_window_open(before(10)));
    }
}
