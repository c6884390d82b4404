//! A coach's time and clients. Who owns which five minutes is decided here and nowhere else (rule A4). What coaches say of
//! themselves is in [`profile`], how they are found in [`directory`].

pub mod directory;
pub mod profile;

pub use directory::{Card, Search, directory};
pub use profile::{
    Lack, NewProfile, Profile, by_slug, change_profile, is_open, lacks, list, may_edit, may_see, profile_of,
    unlist,
};
pub(crate) use profile::{begin, raise_version, refold};

use rules::ids::{CoachingId, PersonId, SessionId};
use rules::refusal::{Problem, Refusal};
use rules::time::{Instant, Quantum};

use crate::{Result, Tx, args};

/// The most coaches of one client that are told of.
const COACHES_OF_CLIENT_MAX: u32 = 20;

/// What can happen to a practice.
pub mod kind {
    use crate::event::Kind;

    /// Somebody became a coach.
    pub const PRACTICE_BEGUN: Kind = Kind("practice_begun");
    /// What a coach says of themselves changed.
    pub const PROFILE_CHANGED: Kind = Kind("practice_changed");
    /// The directory shows a coach, or no longer.
    pub const LISTING_CHANGED: Kind = Kind("listing_changed");

    /// A coach lets a client have one more intro.
    pub const INTRO_GRANTED: Kind = Kind("intro_granted");

    /// All of them.
    pub const ALL: &[Kind] = &[PRACTICE_BEGUN, PROFILE_CHANGED, LISTING_CHANGED, INTRO_GRANTED];
}

/// Makes the session the owner of its coach's time from `from` until `until`. What it owns already counts as
/// free, so that a move may overlap itself.
///
/// One statement, whose key decides: of any number of claims to the same minute exactly one succeeds. A hold that has
/// ended and lies in the way is given up by the claim that needs its time (rule B7).
///
/// # Errors
/// [`Refusal::Taken`] if a minute of it belongs to another session; then the transaction must end.
pub fn claim(tx: &mut Tx, coach: PersonId, session: SessionId, from: Instant, until: Instant) -> Result<()> {
    let mut quanta = Quantum::covering(from, until);
    let Some(first) = quanta.next() else { return Ok(()) };
    let last = quanta.last().unwrap_or(first);
    give_up_ended(tx, coach, session, first, last)?;
    let owned = tx.exec(
        "INSERT INTO coach_time (coach_id, quantum, session_id)
         WITH RECURSIVE wanted (quantum) AS (
             SELECT CAST($3 AS BIGINT)
             UNION ALL
             SELECT quantum + 1 FROM wanted WHERE quantum < CAST($4 AS BIGINT)
         )
         SELECT CAST($1 AS BIGINT), quantum, CAST($2 AS BIGINT) FROM wanted WHERE TRUE ORDER BY quantum
         ON CONFLICT (coach_id, quantum) DO UPDATE SET session_id = excluded.session_id
             WHERE coach_time.session_id = excluded.session_id",
        args![coach, session, first, last],
    )?;
    let wanted = u64::try_from(last.raw() - first.raw() + 1).expect("quanta ascend");
    if owned < wanted { Err(Refusal::Taken { start: from }.into()) } else { Ok(()) }
}

/// Gives back all that ended holds own who own any of these.
fn give_up_ended(
    tx: &mut Tx,
    coach: PersonId,
    besides: SessionId,
    first: Quantum,
    last: Quantum,
) -> Result<()> {
    let now = tx.now();
    let ended: Vec<SessionId> = tx.all(
        "SELECT DISTINCT s.id FROM coach_time t JOIN session s ON s.id = t.session_id
         WHERE t.coach_id = $1 AND t.quantum BETWEEN $2 AND $3 AND s.held_until <= $4 AND s.id <> $5",
        args![coach, first, last, now, besides],
        |row| row.get(0),
    )?;
    for session in ended {
        release(tx, session)?;
    }
    Ok(())
}

/// Gives back all that the session owns, of all its coaches.
pub fn release(tx: &mut Tx, session: SessionId) -> Result<()> {
    tx.exec("DELETE FROM coach_time WHERE session_id = $1", args![session])?;
    Ok(())
}

/// Gives back all that the session owns outside the time that it keeps.
pub fn release_outside(tx: &mut Tx, session: SessionId, from: Instant, until: Instant) -> Result<()> {
    let mut quanta = Quantum::covering(from, until);
    let Some(first) = quanta.next() else { return release(tx, session) };
    let last = quanta.last().unwrap_or(first);
    tx.exec(
        "DELETE FROM coach_time WHERE session_id = $1 AND (quantum < $2 OR quantum > $3)",
        args![session, first, last],
    )?;
    Ok(())
}

/// Makes a person the coach's client from now on; nothing happens if they are already (rule G10).
///
/// # Errors
/// Nobody coaches themselves, and only coaches coach.
pub fn take_on(tx: &mut Tx, coach: PersonId, client: PersonId) -> Result<()> {
    let is_coach = tx.exists("SELECT 1 FROM coach WHERE person_id = $1", args![coach])?;
    if coach == client || !is_coach {
        return Err(Refusal::invalid("coach", Problem::NotAChoice).into());
    }
    let id: CoachingId = tx.new_id();
    let now = tx.now();
    tx.exec(
        "INSERT INTO coaching (id, client_id, coach_id, from_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
        args![id, client, coach, now],
    )?;
    Ok(())
}

/// Those who coach a client now, in a practice or in a program.
///
/// # Errors
/// Only those of the store.
pub fn of_client(tx: &mut Tx, client: PersonId) -> Result<Vec<Profile>> {
    let coaches: Vec<PersonId> = tx.all(
        "SELECT coach_id FROM coaching WHERE client_id = $1 AND to_at IS NULL
         UNION SELECT coach_id FROM participant
             WHERE person_id = $1 AND archived_at IS NULL AND coach_id IS NOT NULL
         ORDER BY 1 LIMIT $2",
        args![client, i64::from(COACHES_OF_CLIENT_MAX)],
        |row| row.get(0),
    )?;
    coaches.into_iter().map(|coach| profile_of(tx, coach)).collect()
}

/// Name and profile in one text, as the directory searches them.
pub(crate) fn folded_text(parts: &[&str]) -> String {
    rules::person::fold(&parts.join("\n"))
}
