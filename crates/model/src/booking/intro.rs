//! The free call with which a client and a coach get to know each other: one for each pair (rule C3). Its row in `intro`
//! stands as long as the call is to come or has been; who cancels it takes the row away.

use rules::ids::{PersonId, SessionId};
use rules::refusal::Refusal;

use crate::{Result, Tx, args};

/// Whether this client can have one with this coach now.
pub(super) fn is_open(tx: &mut Tx, coach: PersonId, client: PersonId) -> Result<bool> {
    let now = tx.now();
    let is_ahead = tx.opt(
        "SELECT s.starts_at + s.minutes * 60000 > $3 FROM intro i JOIN session s ON s.id = i.session_id
         WHERE i.client_id = $1 AND i.coach_id = $2",
        args![client, coach, now],
        |row| row.get::<bool>(0),
    )?;
    match is_ahead {
        Some(true) => Ok(false),
        Some(false) => is_granted(tx, coach, client),
        None => Ok(!has_completed_another(tx, coach, client)? || is_granted(tx, coach, client)?),
    }
}

/// Makes this session the one intro of the two; a further one that the coach granted is used up by it.
///
/// # Errors
/// [`Refusal::IntroUsed`] if there is one.
pub(super) fn claim(tx: &mut Tx, coach: PersonId, client: PersonId, session: SessionId) -> Result<()> {
    let granted = "DELETE FROM intro_grant WHERE client_id = $1 AND coach_id = $2";
    if tx.exec(granted, args![client, coach])? == 1 {
        tx.exec("DELETE FROM intro WHERE client_id = $1 AND coach_id = $2", args![client, coach])?;
    }
    let claimed = tx.exec(
        "INSERT INTO intro (client_id, coach_id, session_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        args![client, coach, session],
    )?;
    if claimed == 1 { Ok(()) } else { Err(Refusal::IntroUsed.into()) }
}

fn is_granted(tx: &mut Tx, coach: PersonId, client: PersonId) -> Result<bool> {
    tx.exists("SELECT 1 FROM intro_grant WHERE client_id = $1 AND coach_id = $2", args![client, coach])
}

/// Whether a paid or program session of the two was completed.
fn has_completed_another(tx: &mut Tx, coach: PersonId, client: PersonId) -> Result<bool> {
    tx.exists(
        "SELECT 1 FROM attendance a JOIN session s ON s.id = a.session_id
         JOIN session_coach c ON c.session_id = s.id AND c.coach_id = $2
         WHERE a.client_id = $1 AND a.outcome = 'completed' AND s.kind <> 'intro'
             AND (a.price > 0 OR a.journey_id IS NOT NULL)",
        args![client, coach],
    )
}
