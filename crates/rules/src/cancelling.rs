//! What it means to call a session off: what becomes of it, and what it costs (rules R7, R9, R10, F3, S6, S11). The
//! quote that is shown before and the act itself are one function, so that they cannot differ (rule R11).

use jiff::SignedDuration;

use crate::attendance::{ContestEnd, Left, Marked, Outcome, Status};
use crate::ids::PersonId;
use crate::meeting::{Meeting, Seat, Side};
use crate::money::Money;
use crate::moving::CHANGES_MAX;
use crate::permission::Action;
use crate::refusal::Refusal;
use crate::session::{Cancelled, Cause, SessionKind};
use crate::terms::{Band, Terms};
use crate::time::Instant;
use crate::words::words;

/// So long after booking a cancellation is never late (rule R9).
pub const SECOND_THOUGHTS: SignedDuration = SignedDuration::from_mins(15);

words! {
    /// What becomes of a seat when it is given up.
    Ending {
        /// A practice session is cancelled.
        Cancelled "cancelled"
        /// A program's session waits for another time.
        Unbooked "unbooked"
        /// Too late: it counts as missed.
        Missed "missed"
        /// A member leaves, and the pod keeps its time.
        Left "left"
    }
}

words! {
    /// Why it costs what it costs.
    Grounds {
        /// Notice at or above the upper bound.
        Early "early"
        /// Notice between the bounds.
        Between "between"
        /// Notice below the lower bound.
        Late "late"
        /// The notice counts from a request that nobody agreed to (rule R7).
        Asked "asked"
        /// It was moved without the client's asking (rule R1).
        MovedByCoach "moved_by_coach"
        /// It was booked only just now (rule R9).
        JustBooked "just_booked"
        /// An intro costs nothing (rule C3).
        Intro "intro"
        /// It is not the client's doing (rule S6).
        NotTheirs "not_theirs"
    }
}

/// What giving up a seat at this moment means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quote {
    /// What becomes of it.
    pub ending: Ending,
    /// What is kept of the price; none for what has no price.
    pub kept: Option<Money>,
    /// Why.
    pub grounds: Grounds,
}

/// Somebody calls a session off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Calling {
    /// Who.
    pub by: PersonId,
    /// In which part.
    pub side: Side,
    /// On whose side the reason lies.
    pub cause: Cause,
}

impl Meeting {
    /// What it would mean for this client's seat to be given up now.
    ///
    /// # Errors
    /// [`Refusal::WrongStatus`] for what is not booked; [`Refusal::AlreadyStarted`] unless a coach or an admin says that
    /// the coach or the technology failed; [`Refusal::MayNot`] for a client who speaks for the house;
    /// [`Refusal::TooManyChanges`] for a client who gave it back to their program too often.
    pub fn quote(&self, client: PersonId, calling: &Calling, now: Instant) -> Result<Quote, Refusal> {
        let action = if self.is_pod() { Action::DeletePodBooking } else { Action::DeleteBooking };
        self.must_be_booked(client, action)?;
        let seat = self.seat(client)?;
        let start = self.time(action)?.starts_at;
        if calling.cause != Cause::Client {
            return self.quote_for_the_house(seat, calling, start, now);
        }
        if now >= start {
            return Err(Refusal::AlreadyStarted { start });
        }
        if self.session.kind == SessionKind::Intro {
            return Ok(Quote { ending: self.freed(seat), kept: seat.nothing(), grounds: Grounds::Intro });
        }
        let quote = self.quote_by_notice(seat, start, now);
        let counts = seat.counts_as_change(&quote);
        if counts && calling.side == Side::Client && seat.facts.changes >= CHANGES_MAX {
            return Err(Refusal::TooManyChanges { most: CHANGES_MAX });
        }
        Ok(quote)
    }

    fn quote_for_the_house(
        &self,
        seat: &Seat,
        calling: &Calling,
        start: Instant,
        now: Instant,
    ) -> Result<Quote, Refusal> {
        let action = if self.is_pod() { Action::DeletePodBooking } else { Action::DeleteBooking };
        if calling.side == Side::Client {
            return Err(Refusal::MayNot { action });
        }
        self.must_be_unmarked(action)?;
        let did_not_happen = matches!(calling.cause, Cause::Coach | Cause::Technical);
        let was_there = matches!(calling.side, Side::Coach | Side::Admin);
        if now >= start && !(did_not_happen && was_there) {
            return Err(Refusal::AlreadyStarted { start });
        }
        let ending = if seat.is_of_program() { Ending::Unbooked } else { Ending::Cancelled };
        Ok(Quote { ending, kept: seat.nothing(), grounds: Grounds::NotTheirs })
    }

    fn quote_by_notice(&self, seat: &Seat, start: Instant, now: Instant) -> Quote {
        if self.is_window_open(now) {
            return Quote { ending: self.freed(seat), kept: seat.nothing(), grounds: Grounds::MovedByCoach };
        }
        let notice = start.since(now);
        let own = seat.bands.for_cancelling(notice);
        let fair =
            self.fair_notice_from(now).map(|asked_at| seat.bands.for_cancelling(start.since(asked_at)));
        // Never Missed, whatever the notice was when it was asked.
        let fair = fair.map(|band| if band == Band::Late { Band::Between } else { band });
        let is_new = self.session.time.is_some_and(|time| now <= time.booked_at + SECOND_THOUGHTS);
        let (band, grounds) = match (own, fair) {
            (Band::Early, _) => (Band::Early, Grounds::Early),
            (own, Some(fair)) if own != fair => (fair, Grounds::Asked),
            (Band::Late, _) if is_new => (Band::Between, Grounds::JustBooked),
            (Band::Between, _) => (Band::Between, Grounds::Between),
            (Band::Late, _) => (Band::Late, Grounds::Late),
        };
        let ending = if band == Band::Late { Ending::Missed } else { self.freed(seat) };
        Quote { ending, kept: seat.kept(band), grounds }
    }

    /// What becomes of a seat that is given up in time.
    fn freed(&self, seat: &Seat) -> Ending {
        match (self.is_pod(), seat.is_of_program()) {
            (true, _) => Ending::Left,
            (false, true) => Ending::Unbooked,
            (false, false) => Ending::Cancelled,
        }
    }

    /// Calls it off: for one client's part, if they asked for it, else for all (rules R9, R10, S9, S13).
    ///
    /// # Errors
    /// As [`Meeting::quote`].
    pub fn called_off(
        mut self,
        client: PersonId,
        calling: &Calling,
        now: Instant,
    ) -> Result<(Meeting, Quote), Refusal> {
        let quote = self.quote(client, calling, now)?;
        let Some(time) = self.session.time else { return Err(self.wrong(Action::DeleteBooking)) };
        let is_for_all = calling.cause != Cause::Client || !self.is_pod();
        if is_for_all {
            self.supersede(now);
        }
        match quote.ending {
            Ending::Cancelled => {
                self.session.cancelled =
                    Some(Cancelled { at: now, by: Some(calling.by), cause: calling.cause });
            }
            Ending::Unbooked => {
                let seat = self.seat_mut(client)?;
                seat.facts.changes +=
                    u32::from(calling.cause == Cause::Client && seat.counts_as_change(&quote));
                self.reverse_late_cancellations();
                self.empty();
            }
            Ending::Left => {
                let seat = self.seat_mut(client)?;
                seat.facts.left = Some(Left { at: now, notice: time.starts_at.since(now) });
                seat.facts.changes += u32::from(seat.counts_as_change(&quote));
            }
            Ending::Missed => {
                let is_pod = self.is_pod();
                let seat = self.seat_mut(client)?;
                let outcome = Outcome::LateCancellation;
                seat.facts.outcome = Some(Marked { outcome, by: calling.by, at: now });
                seat.facts.told = Some(outcome);
                if is_pod {
                    seat.facts.left = Some(Left { at: now, notice: time.starts_at.since(now) });
                }
            }
        }
        if matches!(quote.ending, Ending::Cancelled | Ending::Unbooked) {
            // The letter of this says how it ends: no correction of an undone mark, and no money of it, comes after.
            for seat in &mut self.seats {
                (seat.facts.told, seat.facts.tell_at) = (None, None);
            }
        }
        Ok((self, quote))
    }

    /// Takes a Missed back: the own coach or an admin, with a reason (rule S2). What it cost is waived.
    ///
    /// # Errors
    /// [`Refusal::WrongStatus`] for what is not missed.
    pub fn forgiven(mut self, client: PersonId, by: PersonId, now: Instant) -> Result<Meeting, Refusal> {
        let status = self.status(self.seat(client)?);
        if status != Status::Missed {
            return Err(Refusal::WrongStatus { action: Action::Forgive, status });
        }
        let time = self.time(Action::Forgive)?;
        let (is_pod, is_of_program) = (self.is_pod(), self.seat(client)?.is_of_program());
        let seat = self.seat_mut(client)?;
        let missed = seat.facts.outcome;
        let at = missed.map_or(now, |marked| marked.at);
        // It was called off when its client did that, and not when that was forgiven.
        let off = missed.filter(|marked| marked.outcome == Outcome::LateCancellation);
        let (off_at, off_by) = off.map_or((now, by), |marked| (marked.at, marked.by));
        (seat.facts.outcome, seat.facts.told, seat.facts.tell_at) = (None, None, None);
        seat.settle(ContestEnd::Settled { by, at: now });
        if is_pod {
            let notice = time.starts_at.since(at);
            seat.facts.left = Some(seat.facts.left.unwrap_or(Left { at, notice }));
        } else if is_of_program {
            self.supersede(now);
            self.empty();
        } else {
            self.supersede(now);
            self.session.cancelled = Some(Cancelled { at: off_at, by: Some(off_by), cause: Cause::Client });
        }
        Ok(self)
    }
}

impl Seat {
    /// Whether giving it up like this is one of the changes that a client makes by themselves: it went back to their
    /// program, and not because the house had moved it (rules R1, R8).
    fn counts_as_change(&self, quote: &Quote) -> bool {
        let goes_back = matches!(quote.ending, Ending::Unbooked | Ending::Left) && self.is_of_program();
        goes_back && quote.grounds != Grounds::MovedByCoach
    }

    fn nothing(&self) -> Option<Money> {
        self.price.map(|(price, _)| Money::zero(price.currency))
    }

    /// What is kept of the price in this band.
    fn kept(&self, band: Band) -> Option<Money> {
        let (price, kept) = self.price?;
        Some(Terms { bands: self.bands, kept }.kept_in(price, band))
    }

    /// A contest is over: what was contested has changed, or was upheld. One that was over before stays as it was.
    pub(crate) fn settle(&mut self, end: ContestEnd) {
        if let Some(contested) = &mut self.facts.contested {
            contested.end = contested.end.or(Some(end));
        }
    }
}
