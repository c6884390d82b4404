//! What time will make due: the moments at which the program has something to do that nobody asked for just then.

use rules::time::Instant;

use crate::program::{inactive, survey};
use crate::{Result, Tx, booking, mail, session, trigger};

/// Asks for the first moment after now at which one kind of work becomes due.
type Moment = fn(&mut Tx) -> Result<Option<Instant>>;

/// A kind of work that waits for a moment of the product clock has its line here.
const MOMENTS: &[Moment] = &[
    mail::next_due,
    booking::next_end,
    session::next_expiry,
    session::next_request_reminder,
    session::next_reminder,
    session::next_prompt,
    session::next_telling,
    trigger::next_look,
    survey::next_sending,
    inactive::next_week,
];

/// The next moment of the product clock, after now, at which anything becomes due.
pub fn next(tx: &mut Tx) -> Result<Option<Instant>> {
    let mut first: Option<Instant> = None;
    for moment in MOMENTS {
        first = [first, moment(tx)?].into_iter().flatten().min();
    }
    Ok(first)
}
