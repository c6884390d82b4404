//! Another coach takes a session over (rules G6, G10): at the time that it has, or, if they are not free then, without
//! one. Whether they are free is asked elsewhere, and so is whose right it is to say so.

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
        self.reverse_late_cancellations(now);
        self.empty();
        for seat in &mut self.seats {
            (seat.facts.told, seat.facts.tell_at) = (None, None);
        }
        Ok(self)
    }

    fn must_be_ahead(&self, now: Instant) -> Result<(), Refusal> {
        self.must_be_unmarked(Action::AssignCoach)?;
        let start = self.time(Action::AssignCoach)?.starts_at;
        if now < start { Ok(()) } else { Err(Refusal::AlreadyStarted { start }) }
    }
}
