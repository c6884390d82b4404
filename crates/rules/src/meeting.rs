//! A meeting through its life: the session, everybody's seat in it, and the requests to move it, as one value that
//! transitions consume and give back changed, or refuse. Nothing else changes any of it.
//!
//! Here is what it consists of and how it gets its time; [`crate::moving`], [`crate::cancelling`] and
//! [`crate::marking`] hold the transitions of their rules, [`crate::menu`] what somebody is offered. It decides, and
//! knows neither whose rights suffice ([`crate::permission`]) nor whether a time is free ([`crate::slots`]).

use jiff::SignedDuration;

use crate::attendance::{AttendanceFacts, Outcome, Status, status};
use crate::ids::{AttendanceId, MoveRequestId, PersonId};
use crate::money::Money;
use crate::permission::Action;
use crate::refusal::Refusal;
use crate::session::{SessionFacts, SessionKind, SessionTime};
use crate::terms::{Bands, Shares, Terms};
use crate::time::{Instant, Span};
use crate::words::words;

words! {
    /// In which part somebody acts on a session.
    Side {
        /// As its client: the bands of notice bind them.
        Client "client"
        /// As its coach or facilitator.
        Coach "coach"
        /// As the lead of the program that it belongs to.
        Lead "lead"
        /// As an admin.
        Admin "admin"
    }
}

words! {
    /// How a request to move ended.
    Decision {
        /// The coach agreed: the session moved.
        Approved "approved"
        /// The coach did not.
        Rejected "rejected"
        /// The client took it back.
        Withdrawn "withdrawn"
        /// Nobody decided in time.
        Expired "expired"
        /// Something else changed the session first.
        Superseded "superseded"
    }
}

/// One client's seat in a meeting, with what was copied to it at booking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seat {
    /// Which.
    pub id: AttendanceId,
    /// Whose.
    pub client: PersonId,
    /// What its status follows from.
    pub facts: AttendanceFacts,
    /// The bounds of notice that were agreed.
    pub bands: Bands,
    /// What it costs, and what is kept of that; nothing for a program's session.
    pub price: Option<(Money, Shares)>,
}

impl Seat {
    /// The terms, if it has a price.
    pub fn terms(&self) -> Option<Terms> {
        self.price.map(|(_, kept)| Terms { bands: self.bands, kept })
    }

    /// Whether it belongs to a program, whose sessions go back to Unbooked instead of being cancelled.
    pub fn is_of_program(&self) -> bool {
        self.facts.part.is_some()
    }
}

/// A client's wish for another start (rule R3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MoveRequest {
    /// Which; none until it is stored.
    pub id: Option<MoveRequestId>,
    /// Who asks: the client.
    pub by: PersonId,
    /// The start that the session had then.
    pub from: Instant,
    /// The start that is wished.
    pub to: Instant,
    /// When it was asked.
    pub asked_at: Instant,
    /// From then on nobody decides it any more (rule R4).
    pub expires_at: Instant,
    /// How it ended, and when.
    pub decided: Option<(Decision, Instant)>,
}

impl MoveRequest {
    /// Whether the coach can still decide it (rule R4): neither decided nor expired by the clock.
    pub fn is_open(&self, now: Instant) -> bool {
        self.decided.is_none() && now < self.expires_at
    }
}

/// One meeting as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meeting {
    pub(crate) session: SessionFacts,
    pub(crate) seats: Vec<Seat>,
    pub(crate) requests: Vec<MoveRequest>,
}

impl Meeting {
    /// As it was stored. `requests` are those that are undecided or that asked for a move from the start now in force.
    pub fn new(session: SessionFacts, seats: Vec<Seat>, requests: Vec<MoveRequest>) -> Meeting {
        Meeting { session, seats, requests }
    }

    /// What is true of the meeting.
    pub fn session(&self) -> &SessionFacts {
        &self.session
    }

    /// Everybody's seat.
    pub fn seats(&self) -> &[Seat] {
        &self.seats
    }

    /// The seat of this client.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] for somebody who has none.
    pub fn seat(&self, client: PersonId) -> Result<&Seat, Refusal> {
        self.seats.iter().find(|seat| seat.client == client).ok_or(Refusal::NotFound)
    }

    /// The requests that it was made with, and those that were added.
    pub fn requests(&self) -> &[MoveRequest] {
        &self.requests
    }

    /// The request that nobody has decided, whether or not its time is over.
    pub fn undecided(&self) -> Option<&MoveRequest> {
        self.requests.iter().find(|request| request.decided.is_none())
    }

    /// The request that the coach can still decide.
    pub fn open_request(&self, now: Instant) -> Option<&MoveRequest> {
        self.undecided().filter(|request| request.is_open(now))
    }

    /// How it stands for this seat.
    pub fn status(&self, seat: &Seat) -> Status {
        status(&self.session, &seat.facts)
    }

    /// Whether many clients share it.
    pub fn is_pod(&self) -> bool {
        self.session.kind == SessionKind::Pod
    }

    /// Whether it is a pod in which nobody is: it has no members yet, or all of them have left its date or are disabled.
    /// That date does not wait for a member (rules G5, S13).
    pub fn is_for_nobody(&self) -> bool {
        let is_out = |seat: &Seat| seat.facts.left.is_some() || seat.facts.greyed_out.is_some();
        let has_time = self.session.time.is_some();
        self.is_pod() && (self.seats.is_empty() || (has_time && self.seats.iter().all(is_out)))
    }

    /// The clients who are in: whose seat is neither left, nor marked or missed, nor disabled.
    pub fn clients_in(&self) -> Vec<PersonId> {
        let is_in = |seat: &&Seat| {
            seat.facts.left.is_none() && seat.facts.greyed_out.is_none() && seat.facts.outcome.is_none()
        };
        self.seats.iter().filter(is_in).map(|seat| seat.client).collect()
    }

    /// Whose late cancellation for a date that is not any more was taken back on the way from `before` (rule S13).
    pub fn reversed_since(&self, before: &Meeting) -> Vec<PersonId> {
        let is_late = |seat: &Seat| {
            seat.facts.outcome.is_some_and(|marked| marked.outcome == Outcome::LateCancellation)
        };
        let seats = before.seats.iter().zip(&self.seats);
        seats.filter(|(was, is)| is_late(was) && !is_late(is)).map(|(_, is)| is.client).collect()
    }

    /// What its coaches' time belongs to it: its own, while it has one, and the one that an undecided request asks for
    /// (rule R3). Everything else is given back.
    pub fn owned(&self) -> Vec<Span> {
        let Some(time) = self.session.time.filter(|_| self.session.cancelled.is_none()) else {
            return Vec::new();
        };
        let length = self.session.minutes.duration();
        let asked = self.undecided().map(|request| Span::of(request.to, length));
        [Some(Span::of(time.starts_at, length)), asked].into_iter().flatten().collect()
    }

    /// Gives a planned meeting its time (rule S2: Unbooked to Booked).
    ///
    /// # Errors
    /// [`Refusal::WrongStatus`] if no seat waits for a time; a pod may have its date before anybody is in it.
    pub fn booked(mut self, start: Instant, now: Instant) -> Result<Meeting, Refusal> {
        let action = if self.is_pod() { Action::BookPod } else { Action::Book };
        let is_waiting = |seat: &Seat| status(&self.session, &seat.facts) == Status::Unbooked;
        let can_be_booked = self.is_for_nobody() || self.seats.iter().any(is_waiting);
        if self.session.time.is_some() || !can_be_booked {
            return Err(self.wrong(action));
        }
        self.session.time = Some(SessionTime::booked(start, now));
        for seat in &mut self.seats {
            // Who left the old date is in for the new one, and what was said of that one is said.
            seat.facts.left = None;
            seat.facts.contested = None;
        }
        self.begin_anew();
        Ok(self)
    }

    /// It has another start: the week in which marks are corrected begins with the first mark of that one (rule S4), and
    /// what was contested of the old one is over.
    pub(crate) fn begin_anew(&mut self) {
        for seat in &mut self.seats {
            if seat.facts.outcome.is_none() {
                seat.facts.first_marked_at = None;
                seat.facts.contested = None;
            }
        }
    }

    /// The time that it has.
    pub(crate) fn time(&self, action: Action) -> Result<SessionTime, Refusal> {
        self.session.time.ok_or_else(|| self.wrong(action))
    }

    /// From its status now this cannot be reached (rule S2).
    pub(crate) fn wrong(&self, action: Action) -> Refusal {
        let weight = |status: &Status| match status {
            Status::Booked => 5,
            Status::Completed => 4,
            Status::Missed => 3,
            Status::Cancelled => 2,
            Status::Unbooked => 1,
            Status::GreyedOut => 0,
        };
        let of_seats = self.seats.iter().map(|seat| self.status(seat)).max_by_key(weight);
        // Where nobody is in it, it stands as its date does.
        let status = of_seats.filter(|_| !self.is_for_nobody()).unwrap_or(match self.session.time {
            Some(_) => Status::Booked,
            None => Status::Unbooked,
        });
        Refusal::WrongStatus { action, status }
    }

    /// Refuses unless this client's seat is booked.
    pub(crate) fn must_be_booked(&self, client: PersonId, action: Action) -> Result<(), Refusal> {
        match self.status(self.seat(client)?) {
            Status::Booked => Ok(()),
            status => Err(Refusal::WrongStatus { action, status }),
        }
    }

    /// Refuses unless somebody's seat is booked and nobody's is marked: what changes it for all (rules R1, R10). The date
    /// of a pod in which nobody is can be changed as well.
    ///
    /// # Errors
    /// [`Refusal::WrongStatus`].
    pub fn must_be_unmarked(&self, action: Action) -> Result<(), Refusal> {
        if self.is_for_nobody() && self.session.time.is_some() {
            return Ok(());
        }
        let statuses = || self.seats.iter().map(|seat| (seat, self.status(seat)));
        let is_marked = |(seat, status): (&Seat, Status)| match status {
            Status::Completed => true,
            // Who cancelled late has gone; the meeting is still to come for the others.
            Status::Missed => seat.facts.left.is_none(),
            _ => false,
        };
        if !statuses().any(|(_, status)| status == Status::Booked) || statuses().any(is_marked) {
            return Err(self.wrong(action));
        }
        Ok(())
    }

    pub(crate) fn seat_mut(&mut self, client: PersonId) -> Result<&mut Seat, Refusal> {
        self.seats.iter_mut().find(|seat| seat.client == client).ok_or(Refusal::NotFound)
    }

    /// Closes the undecided request, whatever became of it.
    pub(crate) fn close(&mut self, how: Decision, at: Instant) {
        if let Some(request) = self.requests.iter_mut().find(|request| request.decided.is_none()) {
            request.decided = Some((how, at));
        }
    }

    /// Closes a request because something else changed the start or the status (rule R5). One whose time was over
    /// before had expired.
    pub(crate) fn supersede(&mut self, now: Instant) {
        match self.undecided() {
            Some(request) if request.is_open(now) => self.close(Decision::Superseded, now),
            Some(request) => {
                let at = request.expires_at;
                self.close(Decision::Expired, at);
            }
            None => {}
        }
    }

    /// Takes the time away: a session of a program goes back to Unbooked.
    pub(crate) fn empty(&mut self) {
        self.session.time = None;
    }

    /// Whether a move that the client did not ask for lets them cancel without penalty or move at once (rule R1).
    pub fn is_window_open(&self, now: Instant) -> bool {
        self.session.time.is_some_and(|time| {
            now < time.starts_at && time.imposed.is_some_and(|imposed| now < imposed.open_until())
        })
    }

    /// The notice at this moment: the start now in force less now, elapsed and never rounded.
    pub fn notice(&self, now: Instant) -> Option<SignedDuration> {
        self.session.time.map(|time| time.starts_at.since(now))
    }
}
