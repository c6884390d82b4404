//! Who moves a session, when, and how: at once, by asking, or not (rules R1 to R8). Whether the new time is free is
//! asked elsewhere.

use jiff::SignedDuration;

use crate::attendance::Outcome;
use crate::ids::PersonId;
use crate::meeting::{Decision, Meeting, MoveRequest};
use crate::permission::Action;
use crate::refusal::Refusal;
use crate::session::{Imposed, SessionKind, SessionTime};
use crate::terms::Band;
use crate::time::Instant;

/// So often a client changes one session by themselves (rule R8).
pub const CHANGES_MAX: u32 = 3;
/// So many requests one session has for one start (rule R3).
pub const REQUESTS_MAX: usize = 2;
/// So many requests of one client wait for one coach (rule R3).
pub const PENDING_MAX: u32 = 2;
/// A request lives no longer (rule R4).
pub const REQUEST_LIVES: SignedDuration = SignedDuration::from_hours(48);
/// A request ends so long before either start (rule R4).
pub const REQUEST_ENDS_BEFORE: SignedDuration = SignedDuration::from_hours(1);
/// No start is asked for that is nearer (rule R4).
pub const ASKED_AHEAD: SignedDuration = SignedDuration::from_hours(2);
/// So long after a request was rejected or expired its client may still cancel by its notice (rule R7).
pub const FAIR_AFTER: SignedDuration = SignedDuration::from_hours(2);

/// How a client's move would go at this moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// It moves, and the coach is told.
    AtOnce(Freely),
    /// The coach decides; the time stays the client's until then.
    ByAsking,
}

/// Why a client moves at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freely {
    /// There is notice enough (rule R2).
    Early,
    /// It is an intro (rule C3).
    Intro,
    /// It was moved without their asking, and this is their answer (rule R1); it does not count.
    Answer,
}

/// What came of a client's wish.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wished {
    /// The session has the new start.
    Moved(Meeting),
    /// The coach is asked; until then the moment at which that ends.
    Asked(Meeting, Instant),
}

impl Meeting {
    /// Moves it for its coach, or for somebody else of the house, at once (rule R1). What clients cancelled late for
    /// the old date is as if it had not been (rule S13).
    ///
    /// # Errors
    /// [`Refusal::WrongStatus`] for one that has no time or is marked, [`Refusal::NoChange`] for the start that it has,
    /// [`Refusal::Past`] for one that is not ahead.
    pub fn moved_by_coach(mut self, to: Instant, now: Instant) -> Result<Meeting, Refusal> {
        let action = if self.is_pod() { Action::MovePod } else { Action::MoveSession };
        self.must_be_unmarked(action)?;
        let time = self.time(action)?;
        if to == time.starts_at {
            return Err(Refusal::NoChange);
        }
        if to <= now {
            return Err(Refusal::Past { start: to });
        }
        self.supersede(now);
        let imposed = Some(Imposed { at: now, from: time.starts_at });
        self.session.time =
            Some(SessionTime { starts_at: to, set_at: now, imposed, ended_early_at: None, ..time });
        self.reverse_late_cancellations();
        self.begin_anew();
        Ok(self)
    }

    /// Those who cancelled late for a date that is not any more did not miss it, and have nothing to contest; they have
    /// left all the same.
    pub(crate) fn reverse_late_cancellations(&mut self) {
        for seat in &mut self.seats {
            let is_late = |outcome| outcome == Outcome::LateCancellation;
            if seat.facts.left.is_some() && seat.facts.outcome.is_some_and(|marked| is_late(marked.outcome)) {
                (seat.facts.outcome, seat.facts.told, seat.facts.tell_at) = (None, None, None);
                seat.facts.contested = None;
            }
        }
    }

    /// How a move by this client would go now, whatever the new time (rules R1, R2, R8). `pending` is how many other
    /// requests of theirs wait for the same coach.
    ///
    /// # Errors
    /// [`Refusal::WrongStatus`], [`Refusal::AlreadyStarted`], [`Refusal::MoveTooLate`], [`Refusal::TooManyChanges`],
    /// [`Refusal::RequestPending`], [`Refusal::TooManyRequests`], and [`Refusal::MayNot`] for a member of a pod.
    pub fn way_to_move(&self, client: PersonId, pending: u32, now: Instant) -> Result<Way, Refusal> {
        let action = Action::MoveSession;
        let seat = self.seat(client)?;
        self.must_be_booked(client, action)?;
        if self.is_pod() {
            return Err(Refusal::MayNot { action: Action::MovePod });
        }
        let start = self.time(action)?.starts_at;
        if now >= start {
            return Err(Refusal::AlreadyStarted { start });
        }
        if self.is_window_open(now) {
            return Ok(Way::AtOnce(Freely::Answer));
        }
        if seat.facts.changes >= CHANGES_MAX {
            return Err(Refusal::TooManyChanges { most: CHANGES_MAX });
        }
        if self.session.kind == SessionKind::Intro {
            return Ok(Way::AtOnce(Freely::Intro));
        }
        match seat.bands.for_moving(start.since(now)) {
            Band::Early => Ok(Way::AtOnce(Freely::Early)),
            Band::Late => Err(Refusal::MoveTooLate { start }),
            Band::Between => self.may_ask(start, pending, now).map(|()| Way::ByAsking),
        }
    }

    fn may_ask(&self, start: Instant, pending: u32, now: Instant) -> Result<(), Refusal> {
        if let Some(request) = self.open_request(now) {
            return Err(Refusal::RequestPending { until: request.expires_at });
        }
        let asked = self.requests.iter().filter(|request| request.from == start).count();
        if asked >= REQUESTS_MAX {
            return Err(Refusal::TooManyRequests { most: REQUESTS_MAX as u32 });
        }
        if pending >= PENDING_MAX {
            return Err(Refusal::TooManyPending { most: PENDING_MAX });
        }
        Ok(())
    }

    /// Until when the coach could decide, were this start asked for now (rule R4).
    ///
    /// # Errors
    /// [`Refusal::ProposedTooSoon`] for a start that is too near, [`Refusal::MoveTooLate`] if the session's own is, so
    /// that nobody could decide any more.
    pub fn request_ends(&self, to: Instant, now: Instant) -> Result<Instant, Refusal> {
        let start = self.time(Action::MoveSession)?.starts_at;
        if start - REQUEST_ENDS_BEFORE <= now {
            return Err(Refusal::MoveTooLate { start });
        }
        if to.since(now) < ASKED_AHEAD {
            return Err(Refusal::ProposedTooSoon { earliest: now + ASKED_AHEAD });
        }
        Ok((now + REQUEST_LIVES).min(start - REQUEST_ENDS_BEFORE).min(to - REQUEST_ENDS_BEFORE))
    }

    /// A client wants another start (rules R2, R3, R4, R8).
    ///
    /// # Errors
    /// As [`Meeting::way_to_move`] and [`Meeting::request_ends`]; [`Refusal::NoChange`] for the start that it has.
    pub fn moved_by_client(
        mut self,
        client: PersonId,
        to: Instant,
        pending: u32,
        now: Instant,
    ) -> Result<Wished, Refusal> {
        let way = self.way_to_move(client, pending, now)?;
        let time = self.time(Action::MoveSession)?;
        if to == time.starts_at {
            return Err(Refusal::NoChange);
        }
        match way {
            Way::AtOnce(freely) => {
                if to <= now {
                    return Err(Refusal::Past { start: to });
                }
                self.supersede(now);
                self.move_as_wished(to, now)?;
                if freely != Freely::Answer {
                    self.seat_mut(client)?.facts.changes += 1;
                }
                Ok(Wished::Moved(self))
            }
            Way::ByAsking => {
                let expires_at = self.request_ends(to, now)?;
                self.supersede(now);
                self.requests.push(MoveRequest {
                    id: None,
                    by: client,
                    from: time.starts_at,
                    to,
                    asked_at: now,
                    expires_at,
                    decided: None,
                });
                Ok(Wished::Asked(self, expires_at))
            }
        }
    }

    /// Gives it the start that the client wished for.
    fn move_as_wished(&mut self, to: Instant, now: Instant) -> Result<(), Refusal> {
        let time = self.time(Action::MoveSession)?;
        self.session.time =
            Some(SessionTime { starts_at: to, set_at: now, imposed: None, ended_early_at: None, ..time });
        self.begin_anew();
        Ok(())
    }

    /// The coach agrees, and it moves at once (rule R5); it counts as a change of the client's (rule R8).
    ///
    /// # Errors
    /// [`Refusal::MoveExpired`] from the moment on at which it expired, even if nobody has written that down yet (rule
    /// R4), [`Refusal::RequestClosed`] if it was decided otherwise, [`Refusal::NoRequest`] if there was none.
    pub fn approved(mut self, now: Instant) -> Result<Meeting, Refusal> {
        let request = self.to_decide(now)?;
        self.close(Decision::Approved, now);
        self.move_as_wished(request.to, now)?;
        self.seat_mut(request.by)?.facts.changes += 1;
        Ok(self)
    }

    /// The coach does not agree (rule R5).
    ///
    /// # Errors
    /// As [`Meeting::approved`].
    pub fn rejected(mut self, now: Instant) -> Result<Meeting, Refusal> {
        self.to_decide(now)?;
        self.close(Decision::Rejected, now);
        Ok(self)
    }

    /// The client takes the request back (rule R5).
    ///
    /// # Errors
    /// As [`Meeting::approved`].
    pub fn withdrawn(mut self, now: Instant) -> Result<Meeting, Refusal> {
        self.to_decide(now)?;
        self.close(Decision::Withdrawn, now);
        Ok(self)
    }

    /// Writes down that a request has expired; nothing happens to one whose time is not over (rule R4).
    pub fn expired(mut self, now: Instant) -> Meeting {
        if let Some(request) = self.undecided().filter(|request| !request.is_open(now)) {
            let at = request.expires_at;
            self.close(Decision::Expired, at);
        }
        self
    }

    /// The request to be decided.
    fn to_decide(&self, now: Instant) -> Result<MoveRequest, Refusal> {
        if let Some(request) = self.undecided() {
            let is_open = request.is_open(now);
            return if is_open { Ok(*request) } else { Err(Refusal::MoveExpired { at: request.expires_at }) };
        }
        match self.requests.iter().filter_map(|request| request.decided).max_by_key(|(_, at)| *at) {
            Some((Decision::Expired, at)) => Err(Refusal::MoveExpired { at }),
            Some((decision, at)) => Err(Refusal::RequestClosed { decision, at }),
            None => Err(Refusal::NoRequest),
        }
    }

    /// The last request for a move from the start now in force that was rejected or has expired, as long as it counts for a
    /// cancellation, and until when it does (rule R7). One that was withdrawn since hides nothing; none is told of while
    /// another is open, nor of before the session got the start that it has.
    pub fn declined(&self, now: Instant) -> Option<(&MoveRequest, Instant)> {
        let time = self.session.time?;
        if self.open_request(now).is_some() {
            return None;
        }
        let ended_at = |request: &MoveRequest| match request.decided {
            None => Some(request.expires_at),
            Some((Decision::Rejected | Decision::Expired, at)) => Some(at),
            Some((Decision::Approved | Decision::Withdrawn | Decision::Superseded, _)) => None,
        };
        let is_of_now =
            |request: &&MoveRequest| request.from == time.starts_at && request.asked_at >= time.set_at;
        let of_now = self.requests.iter().filter(is_of_now);
        let declined = of_now.filter_map(|request| Some((request, ended_at(request)?)));
        let (last, ended_at) = declined.max_by_key(|(request, _)| request.asked_at)?;
        let until = (ended_at + FAIR_AFTER).min(time.starts_at);
        (now < until).then_some((last, until))
    }

    /// From when on a client's notice counts, if a request gives them that: while it is open, and for two hours after
    /// the coach rejected it or it expired, but never after the start (rule R7). A withdrawn one gives nothing.
    pub fn fair_notice_from(&self, now: Instant) -> Option<Instant> {
        let start = self.session.time?.starts_at;
        let fair = self.requests.iter().filter(|request| request.from == start && now < start);
        fair.filter(|request| match request.decided {
            None => now < request.expires_at + FAIR_AFTER,
            Some((Decision::Rejected | Decision::Expired, at)) => now < at + FAIR_AFTER,
            Some(_) => false,
        })
        .map(|request| request.asked_at)
        .min()
    }
}
