//! Another coach takes a session over (rules G6, G10), or coaches it beside its coach (rule G11): at the time that it has, or, if they are not free then, without
//! one. Whether they are free is asked elsewhere, and so is whose right it is to say so.

use crate::attendance::Status;
use crate::meeting::Meeting;
use crate::permission::Action;
use crate::refusal::Refusal;
use crate::time::Instant;

impl Meeting {
    /// Another coach is free at the time that it has, and takes it over. A request that waits closes (rule R5).
    ///
    /// # Errors
    /// [`Refusal::WrongStatus`] for what is not booked, or marked; [`Refusal::AlreadyStarted`].
    pub fn taken_over(mut self, now: Instant) -> Result<Meeting, Refusal> {
        self.must_be_ahead(now)?;
        self.supersede(now);
        Ok(self)
    }

    /// Another coach takes it over and is not free then: it waits for another time. Its client has changed nothing by that
    /// (rule R8).
    ///
    /// # Errors
    /// As [`Meeting::taken_over`], and for what belongs to no program.
    pub fn taken_over_without_time(mut self, now: Instant) -> Result<Meeting, Refusal> {
        self.must_be_ahead(now)?;
        if !self.seats.iter().all(|seat| seat.is_of_program()) {
            return Err(self.wrong(Action::AssignCoach));
        }
        self.supersede(now);
        self.reverse_late_cancellations();
        self.empty();
        for seat in &mut self.seats {
            (seat.facts.told, seat.facts.tell_at) = (None, None);
        }
        Ok(self)
    }

    /// Somebody coaches it beside its coach from now on, or no longer: as long as it waits for a time, or that is ahead. A
    /// request that waits closes (rule R5), for it was asked of others.
    ///
    /// # Errors
    /// As [`Meeting::taken_over`]; [`Refusal::WrongStatus`] for what has no time and waits for none.
    pub fn coached_beside(self, now: Instant) -> Result<Meeting, Refusal> {
        if self.session.time.is_some() {
            return self.taken_over(now);
        }
        let is_waiting = |seat| self.status(seat) == Status::Unbooked;
        if self.seats.is_empty() || self.seats.iter().any(is_waiting) {
            Ok(self)
        } else {
            Err(self.wrong(Action::NameCoCoach))
        }
    }

    fn must_be_ahead(&self, now: Instant) -> Result<(), Refusal> {
        self.must_be_unmarked(Action::AssignCoach)?;
        let start = self.time(Action::AssignCoach)?.starts_at;
        if now < start { Ok(()) } else { Err(Refusal::AlreadyStarted { start }) }
    }
}
