//! Links that open one booking to one person, from their letters (rule B2). They sign nobody in and lead to nothing but
//! that session: neither to messages nor to files, nor to other sessions.

use jiff::SignedDuration;
use rules::ids::{PersonId, SessionId};
use rules::refusal::Refusal;
use rules::time::Instant;

use crate::secret::{self, Token};
use crate::session::{self, Session};
use crate::{Result, Tx, args};

/// So long after the session's end a link still opens it.
pub const AFTER_THE_END: SignedDuration = SignedDuration::from_hours(24);
/// So long after the end that a link was made for it is known: whoever comes late is told that it has ended. Whoever
/// moves a session moves that along: links in earlier letters work on.
const KEPT_FOR: SignedDuration = SignedDuration::from_hours(48);

/// Makes a link for one of a session's people. Called where it leaves the program, by the mail that carries it; links
/// in earlier letters work on.
///
/// # Errors
/// Only those of the store.
pub fn make(tx: &mut Tx, session: SessionId, person: PersonId) -> Result<Token> {
    let token = Token::new(tx);
    let now = tx.now();
    tx.exec(
        "INSERT INTO manage_link (token_hash, session_id, person_id, made_at, kept_until)
         SELECT $1, s.id, $3, $4, COALESCE(s.starts_at + s.minutes * 60000, $4) + $5 FROM session s WHERE s.id = $2",
        args![token.hash(), session, person, now, KEPT_FOR.as_millis() as i64],
    )?;
    Ok(token)
}

/// A session has another end: links in its letters work on until after that.
///
/// # Errors
/// Only those of the store.
pub(crate) fn follow(tx: &mut Tx, session: SessionId, ends_at: Instant) -> Result<()> {
    let until = ends_at + KEPT_FOR;
    tx.exec("UPDATE manage_link SET kept_until = $2 WHERE session_id = $1", args![session, until])?;
    Ok(())
}

/// Opens a link: the session, and whose link it is.
///
/// # Errors
/// [`Refusal::LinkUnknown`] for one that never was, [`Refusal::LinkExpired`] once the session has been over for a day,
/// or if the person has nothing to do with it any more.
pub fn open(tx: &mut Tx, token: &str) -> Result<(Session, PersonId)> {
    let (id, person) = tx
        .opt(
            "SELECT session_id, person_id FROM manage_link WHERE token_hash = $1",
            args![secret::hash(token)],
            |row| Ok((row.get::<SessionId>(0)?, row.get::<PersonId>(1)?)),
        )?
        .ok_or(Refusal::LinkUnknown)?;
    let session = session::get(tx, id)?;
    let is_theirs = tx.exists(
        "SELECT 1 FROM person p WHERE p.id = $2 AND p.closed_at IS NULL AND (
             EXISTS (SELECT 1 FROM attendance a
                 WHERE a.session_id = $1 AND a.client_id = $2 AND a.left_at IS NULL AND a.greyed_out_at IS NULL)
             OR EXISTS (SELECT 1 FROM session_coach c WHERE c.session_id = $1 AND c.coach_id = $2))",
        args![id, person],
    )?;
    let now = tx.now();
    // Not when it was ended early: what was promised in the letter is the time that it was to take.
    let until =
        session.facts.time.map(|time| time.starts_at + session.facts.minutes.duration() + AFTER_THE_END);
    if is_theirs && until.is_some_and(|until| now < until) {
        Ok((session, person))
    } else {
        Err(Refusal::LinkExpired.into())
    }
}

/// Forgets links to sessions that have been over for long, at most `limit` of them; says how many went.
///
/// # Errors
/// Only those of the store.
pub fn sweep(tx: &mut Tx, limit: u32) -> Result<u64> {
    let now = tx.now();
    tx.exec(
        "DELETE FROM manage_link WHERE token_hash IN
             (SELECT token_hash FROM manage_link WHERE kept_until <= $1 ORDER BY kept_until LIMIT $2)",
        args![now, i64::from(limit)],
    )
}
