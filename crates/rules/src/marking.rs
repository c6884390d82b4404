//! How it went: marks, their undoing and correction, contests, and seats that an admin disables (rules S2 to S7, S10,
//! S12, S14). Whose right it is to say so is asked elsewhere; how long a right lasts is asked here.

use jiff::SignedDuration;

use crate::attendance::{ContestEnd, Contested, GreyedOut, Left, Marked, Outcome, Status};
use crate::cancelling::Calling;
use crate::ids::PersonId;
use crate::meeting::{Meeting, Seat, Side};
use crate::permission::Action;
use crate::refusal::Refusal;
use crate::session::Cause;
use crate::time::Instant;
use crate::words::words;

/// So long after the start a no-show can be marked (rule S3).
pub const GRACE: SignedDuration = SignedDuration::from_mins(10);
/// So long after the start the page advises to wait before marking one (rule S3).
pub const WAIT_ADVISED: SignedDuration = SignedDuration::from_mins(15);
/// From so long after the start on the page offers to ask where the client is (rule S3).
pub const CHECK_IN_AFTER: SignedDuration = SignedDuration::from_mins(5);
/// So long after its first mark a coach corrects it (rule S4).
pub const CORRECTED_FOR: SignedDuration = SignedDuration::from_hours(7 * 24);
/// So long a Missed can be contested (rule S14).
pub const CONTESTED_FOR: SignedDuration = SignedDuration::from_hours(7 * 24);
/// So long what is marked waits before anybody is told and money follows (rule S10).
pub const TOLD_AFTER: SignedDuration = SignedDuration::from_mins(15);

words! {
    /// What somebody says of a client.
    Mark {
        /// They attended.
        Completed "completed"
        /// They did not come.
        NoShow "no_show"
    }
}

impl Mark {
    /// As it is stored.
    pub const fn outcome(self) -> Outcome {
        match self {
            Mark::Completed => Outcome::Completed,
            Mark::NoShow => Outcome::NoShow,
        }
    }
}

/// Somebody who marks: the coach or an admin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Marker {
    /// Who.
    pub by: PersonId,
    /// In which part.
    pub side: Side,
}

impl Meeting {
    /// From when on this mark can be given (rule S3); none without a time.
    pub fn mark_opens(&self, mark: Mark) -> Option<Instant> {
        match mark {
            Mark::Completed => self.session.ends_at(),
            Mark::NoShow => self.session.time.map(|time| time.starts_at + GRACE),
        }
    }

    /// Says how it went for one client, or corrects what was said (rules S2, S3, S4).
    ///
    /// # Errors
    /// [`Refusal::WrongStatus`] for what is neither booked nor marked otherwise, [`Refusal::MarkTooEarly`],
    /// [`Refusal::CorrectionOver`]; [`Refusal::ContestSettled`] for a no-show of which somebody else has said the last
    /// word.
    pub fn marked(
        mut self,
        client: PersonId,
        mark: Mark,
        marker: &Marker,
        now: Instant,
    ) -> Result<Meeting, Refusal> {
        let action = Action::MarkAttendance;
        let seat = self.seat(client)?;
        let status = self.status(seat);
        let marked = seat.facts.outcome.map(|marked| marked.outcome);
        match (status, marked) {
            (Status::Booked, _) => {}
            (_, Some(Outcome::Completed)) if mark == Mark::NoShow => seat.may_be_corrected(marker, now)?,
            (_, Some(Outcome::NoShow)) if mark == Mark::Completed => seat.may_be_corrected(marker, now)?,
            _ => return Err(Refusal::WrongStatus { action, status }),
        }
        if mark == Mark::NoShow || marked == Some(Outcome::NoShow) {
            seat.must_be_theirs_to_say(marker)?;
        }
        let opens = self.mark_opens(mark).ok_or(Refusal::WrongStatus { action, status })?;
        if now < opens {
            return Err(Refusal::MarkTooEarly { opens });
        }
        self.supersede(now);
        let seat = self.seat_mut(client)?;
        let end = seat.end_of_contest(marker, now);
        seat.facts.outcome = Some(Marked { outcome: mark.outcome(), by: marker.by, at: now });
        seat.facts.first_marked_at = seat.facts.first_marked_at.or(Some(now));
        seat.tell_later(now);
        match mark {
            Mark::Completed => seat.settle(end),
            // Whoever says again what was contested has settled nothing.
            Mark::NoShow => seat.contest_again(),
        }
        Ok(self)
    }

    /// Takes a mark back: booked again (rule S2).
    ///
    /// # Errors
    /// [`Refusal::WrongStatus`] for what bears no mark, [`Refusal::CorrectionOver`]; [`Refusal::ContestSettled`] for a
    /// no-show of which somebody else has said the last word.
    pub fn unmarked(mut self, client: PersonId, marker: &Marker, now: Instant) -> Result<Meeting, Refusal> {
        let seat = self.seat(client)?;
        let status = self.status(seat);
        let is_a_mark = |outcome| matches!(outcome, Outcome::Completed | Outcome::NoShow);
        let is_marked = seat.facts.outcome.is_some_and(|marked| is_a_mark(marked.outcome));
        if !is_marked || !matches!(status, Status::Completed | Status::Missed) {
            return Err(Refusal::WrongStatus { action: Action::MarkAttendance, status });
        }
        seat.may_be_corrected(marker, now)?;
        if status == Status::Missed {
            seat.must_be_theirs_to_say(marker)?;
        }
        let seat = self.seat_mut(client)?;
        let end = seat.end_of_contest(marker, now);
        seat.facts.outcome = None;
        seat.tell_later(now);
        seat.settle(end);
        Ok(self)
    }

    /// The client says that a Missed is wrong, once, with words that are kept elsewhere (rule S14). Whoever answers a mark
    /// knows it: no letter says it any more, its money follows now, and what becomes of it is a correction (rule S10).
    ///
    /// # Errors
    /// [`Refusal::WrongStatus`] for what is not missed, [`Refusal::AlreadyContested`], [`Refusal::ContestOver`].
    pub fn contested(mut self, client: PersonId, now: Instant) -> Result<Meeting, Refusal> {
        let seat = self.seat(client)?;
        let status = self.status(seat);
        let Some(marked) = seat.facts.outcome.filter(|_| status == Status::Missed) else {
            return Err(Refusal::WrongStatus { action: Action::Contest, status });
        };
        if seat.facts.contested.is_some() {
            return Err(Refusal::AlreadyContested);
        }
        if now > marked.at + CONTESTED_FOR {
            return Err(Refusal::ContestOver { since: marked.at + CONTESTED_FOR });
        }
        let facts = &mut self.seat_mut(client)?.facts;
        facts.contested = Some(Contested { at: now, end: None });
        (facts.told, facts.tell_at) = (Some(marked.outcome), None);
        Ok(self)
    }

    /// Settles a contest: the Missed stands. Whoever marked it settles only if nobody else may (rule S14).
    ///
    /// # Errors
    /// [`Refusal::NotContested`], [`Refusal::OwnMark`].
    pub fn upheld(
        mut self,
        client: PersonId,
        by: PersonId,
        others: OthersWhoSettle,
        now: Instant,
    ) -> Result<Meeting, Refusal> {
        let seat = self.seat_mut(client)?;
        if seat.facts.contested.is_none_or(|contested| !contested.is_open()) {
            return Err(Refusal::NotContested);
        }
        let is_own = seat.facts.outcome.is_some_and(|marked| marked.by == by);
        if is_own && others == OthersWhoSettle::Some {
            return Err(Refusal::OwnMark);
        }
        seat.settle(ContestEnd::Settled { by, at: now });
        Ok(self)
    }

    /// An admin disables a seat that has no time (rules S5, S12).
    ///
    /// # Errors
    /// [`Refusal::BookedNow`] as long as it is booked, [`Refusal::WrongStatus`] for all else that is not Unbooked.
    pub fn greyed_out(mut self, client: PersonId, by: PersonId, now: Instant) -> Result<Meeting, Refusal> {
        let status = self.status(self.seat(client)?);
        match (status, self.session.time) {
            (Status::Unbooked, _) => {
                self.seat_mut(client)?.facts.greyed_out = Some(GreyedOut { at: now, by });
                Ok(self)
            }
            (Status::Booked, Some(time)) => Err(Refusal::BookedNow { start: time.starts_at }),
            _ => Err(Refusal::WrongStatus { action: Action::GreyOut, status }),
        }
    }

    /// An admin takes a booked seat out and disables it, in one (rule S5). A pod keeps its time for the others, and how
    /// short the notice is does not matter: it is not the client's doing.
    ///
    /// # Errors
    /// [`Refusal::AlreadyStarted`] from the start on, [`Refusal::WrongStatus`] for what is not booked or belongs to no
    /// program.
    pub fn deleted_and_greyed_out(
        self,
        client: PersonId,
        by: PersonId,
        now: Instant,
    ) -> Result<Meeting, Refusal> {
        self.must_be_booked(client, Action::GreyOut)?;
        let start = self.time(Action::GreyOut)?.starts_at;
        if now >= start {
            return Err(Refusal::AlreadyStarted { start });
        }
        if !self.seat(client)?.is_of_program() {
            return Err(self.wrong(Action::GreyOut));
        }
        let calling = Calling { by, side: Side::Admin, cause: Cause::Organisation };
        let is_pod = self.is_pod();
        let without =
            if is_pod { self.taken_out(client, now)? } else { self.called_off(client, &calling, now)?.0 };
        without.greyed_out(client, by, now)
    }

    /// An admin brings it back (rule S5).
    ///
    /// # Errors
    /// [`Refusal::WrongStatus`] for what is not disabled.
    pub fn reactivated(mut self, client: PersonId, now: Instant) -> Result<Meeting, Refusal> {
        let status = self.status(self.seat(client)?);
        if status != Status::GreyedOut {
            return Err(Refusal::WrongStatus { action: Action::Reactivate, status });
        }
        let time = self.session.time;
        let facts = &mut self.seat_mut(client)?.facts;
        facts.greyed_out = None;
        // A pod that got its time meanwhile goes on without them: nobody is booked by being brought back (rule S2).
        if let Some(time) = time {
            facts.left = facts.left.or(Some(Left { at: now, notice: time.starts_at.since(now) }));
        }
        Ok(self)
    }

    /// The coach ends it before its time; from then on it can be marked (rules S3, V7).
    ///
    /// # Errors
    /// [`Refusal::WrongStatus`] for what is not booked, [`Refusal::SessionOver`] for what runs no more,
    /// [`Refusal::NotStarted`] before its start.
    pub fn ended_early(mut self, now: Instant) -> Result<Meeting, Refusal> {
        let action = Action::MarkAttendance;
        let wrong = self.wrong(action);
        // In a pod somebody may be marked already, as a no-show.
        if !self.seats.iter().any(|seat| self.status(seat) == Status::Booked) {
            return Err(wrong);
        }
        if let Some(since) = self.session.ends_at().filter(|end| *end <= now) {
            return Err(Refusal::SessionOver { since });
        }
        let Some(time) = self.session.time.as_mut() else { return Err(wrong) };
        if now < time.starts_at {
            return Err(Refusal::NotStarted { start: time.starts_at });
        }
        time.ended_early_at = Some(now);
        Ok(self)
    }

    /// Whether to offer a message that asks where the client is: while the session runs, and once for each start (rule S3).
    /// `asked_at` is when they were asked at this one.
    ///
    /// # Errors
    /// [`Refusal::WrongStatus`], [`Refusal::CheckInTooEarly`], [`Refusal::SessionOver`], [`Refusal::CheckInSent`].
    pub fn may_check_in(
        &self,
        client: PersonId,
        asked_at: Option<Instant>,
        now: Instant,
    ) -> Result<(), Refusal> {
        self.must_be_booked(client, Action::MarkAttendance)?;
        let opens = self.time(Action::MarkAttendance)?.starts_at + CHECK_IN_AFTER;
        let over = self.session.ends_at().filter(|end| *end <= now);
        match (over, asked_at) {
            _ if now < opens => Err(Refusal::CheckInTooEarly { opens }),
            (Some(since), _) => Err(Refusal::SessionOver { since }),
            (None, Some(at)) => Err(Refusal::CheckInSent { at }),
            (None, None) => Ok(()),
        }
    }

    /// Whether it is over and nobody has said how it went (rule S7).
    pub fn is_unmarked(&self, now: Instant) -> bool {
        self.session.ends_at().is_some_and(|end| end <= now)
            && self.seats.iter().any(|seat| self.status(seat) == Status::Booked)
    }

    /// What the client has to be told now of how it was marked, and money has to follow; nothing if that is not due,
    /// or if what is true now is what was told (rule S10).
    pub fn told(mut self, client: PersonId, now: Instant) -> Result<(Meeting, Option<Telling>), Refusal> {
        let seat = self.seat_mut(client)?;
        if seat.facts.tell_at.is_none_or(|at| now < at) {
            return Ok((self, None));
        }
        let is = seat.facts.outcome.map(|marked| marked.outcome);
        let was = seat.facts.told;
        (seat.facts.tell_at, seat.facts.told) = (None, is);
        Ok((self, (was != is).then_some(Telling { was, is })))
    }
}

/// Whether anybody but the marker may settle a contest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OthersWhoSettle {
    /// Somebody may.
    Some,
    /// Nobody else.
    None,
}

/// A mark of which the client is told: for the first time, or as the correction of what was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Telling {
    /// What they were told before.
    pub was: Option<Outcome>,
    /// What is true.
    pub is: Option<Outcome>,
}

impl Seat {
    /// A coach corrects for a week after the first mark, an admin always (rule S4).
    fn may_be_corrected(&self, marker: &Marker, now: Instant) -> Result<(), Refusal> {
        let until = self.facts.first_marked_at.map(|first| first + CORRECTED_FOR);
        match until {
            Some(since) if marker.side != Side::Admin && now > since => {
                Err(Refusal::CorrectionOver { since })
            }
            _ => Ok(()),
        }
    }

    /// What nobody has settled is contested still, although its marker took the mark back in between (rule S14).
    fn contest_again(&mut self) {
        if let Some(contested) = &mut self.facts.contested
            && let Some(ContestEnd::TakenBack { .. }) = contested.end
        {
            contested.end = None;
        }
    }

    /// What a change of the mark by this marker is to a contest of it: their own mark they take back, somebody else's
    /// they settle.
    fn end_of_contest(&self, marker: &Marker, now: Instant) -> ContestEnd {
        match self.facts.outcome {
            Some(marked) if marked.by != marker.by => ContestEnd::Settled { by: marker.by, at: now },
            _ => ContestEnd::TakenBack { at: now },
        }
    }

    /// What is settled only whoever settled it, or an admin, says otherwise (rule S14).
    fn must_be_theirs_to_say(&self, marker: &Marker) -> Result<(), Refusal> {
        match self.facts.contested.and_then(|contested| contested.end) {
            Some(ContestEnd::Settled { by, .. }) if by != marker.by && marker.side != Side::Admin => {
                Err(Refusal::ContestSettled)
            }
            _ => Ok(()),
        }
    }

    /// Undone before anybody was told, it was never said; else what is true now is told a while later.
    fn tell_later(&mut self, now: Instant) {
        let is = self.facts.outcome.map(|marked| marked.outcome);
        self.facts.tell_at = (is != self.facts.told).then(|| now + TOLD_AFTER);
    }
}
