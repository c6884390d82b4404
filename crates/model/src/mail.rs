//! The outbox.

use rules::ids::{EventId, MailId, PersonId};
use rules::letters::{Happening, Letter, letters};
use rules::time::Instant;

use crate::{Result, Tx, args};

/// What [`Tx::notify`] says when a mail was queued.
pub const QUEUED: &str = "mail";

/// Queues the letters that this happening asks for (rule M2): one for each person, due now.
///
/// # Errors
/// Only those of the store.
pub fn queue_letters(tx: &mut Tx, event: EventId, happening: &Happening) -> Result<()> {
    let now = tx.now();
    for (person, letter) in letters(happening) {
        queue(tx, event, person, letter, now)?;
    }
    Ok(())
}

/// Queues one letter about an event, unless it is queued already (rule M3).
///
/// # Errors
/// Only those of the store.
pub fn queue(tx: &mut Tx, event: EventId, to: PersonId, letter: Letter, due_at: Instant) -> Result<()> {
    let id: MailId = tx.new_id();
    tx.exec(
        "INSERT INTO mail (id, event_id, person_id, letter, state, due_at, retry_machine, attempts)
         VALUES ($1, $2, $3, $4, 'queued', $5, 0, 0) ON CONFLICT (event_id, person_id, letter) DO NOTHING",
        args![id, event, to, letter.code(), due_at],
    )?;
    tx.notify(QUEUED, id.raw());
    Ok(())
}
