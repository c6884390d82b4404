//! The free call with which a client and a coach get to know each other: one for each pair (rule C3). Its row in `intro`
//! stands as long as the call is to come or has been; who cancels it takes the row away.

use rules::ids::{PersonId, SessionId};
use rules::refusal::Refusal;
use serde_json::json;

use crate::event::{self, Actor, Subject};
use crate::{Result, Tx, args, coach};

/// Whether this client can have one with this coach now.
pub(super) fn is_open(tx: &mut Tx, coach: PersonId, client: PersonId) -> Result<bool> {
    let now = tx.now();
    let is_ahead = tx.opt(
        "SELECT COALESCE(s.ended_early_at, s.starts_at + s.minutes * 60000) > $3 FROM intro i JOIN session s ON s.id = i.session_id
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
    let used = "DELETE FROM intro_grant WHERE client_id = $1 AND coach_id = $2";
    let granted = tx.exec(used, args![client, coach])? == 1;
    if granted {
        tx.exec("DELETE FROM intro WHERE client_id = $1 AND coach_id = $2", args![client, coach])?;
    }
    let claimed = tx.exec(
        "INSERT INTO intro (client_id, coach_id, session_id, granted) VALUES ($1, $2, $3, $4)
         ON CONFLICT DO NOTHING",
        args![client, coach, session, granted],
    )?;
    if claimed == 1 { Ok(()) } else { Err(Refusal::IntroUsed.into()) }
}

/// It was cancelled, which uses nothing up: what the coach had granted is granted again (rule C3).
pub(crate) fn give_back(tx: &mut Tx, session: SessionId) -> Result<()> {
    let now = tx.now();
    tx.exec(
        "INSERT INTO intro_grant (client_id, coach_id, granted_at)
         SELECT client_id, coach_id, CAST($2 AS BIGINT) FROM intro WHERE session_id = $1 AND granted
         ON CONFLICT DO NOTHING",
        args![session, now],
    )?;
    tx.exec("DELETE FROM intro WHERE session_id = $1", args![session])?;
    Ok(())
}

/// Lets a client have one more intro with this coach, whatever was before (rule C3). It is used up by the next one.
///
/// # Errors
/// Whoever is not the coach is refused; [`Refusal::NotFound`] for somebody who never was their client.
pub fn grant_intro(tx: &mut Tx, by: &Actor, coach: PersonId, client: PersonId) -> Result<()> {
    coach::may_edit(by, coach)?;
    let is_known =
        tx.exists("SELECT 1 FROM coaching WHERE client_id = $1 AND coach_id = $2", args![client, coach])?;
    if !is_known {
        return Err(Refusal::NotFound.into());
    }
    let now = tx.now();
    let granted = tx.exec(
        "INSERT INTO intro_grant (client_id, coach_id, granted_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        args![client, coach, now],
    )?;
    if granted == 1 {
        let facts = json!({ "coach": coach.to_string() });
        event::record(tx, by, coach::kind::INTRO_GRANTED, &Subject::of(client), &facts)?;
    }
    Ok(())
}

/// Whether this client can have an intro with this coach now (rule C3): none is to come, and none was used up, unless
/// the coach granted another.
///
/// # Errors
/// Only those of the store.
pub fn may_have_intro(tx: &mut Tx, coach: PersonId, client: PersonId) -> Result<bool> {
    is_open(tx, coach, client)
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
