//! What was added to journeys of the example beside their steps: a session that makes up for one that was missed, another
//! that counts nowhere, and a second coach for one that is ahead. Whose they are says [`cast`].
//!
//! [`cast`]: super::cast

use std::collections::HashMap;

use rules::ids::{JourneyId, PersonId, SessionId};
use rules::session::{Minutes, Place, PlaceKind};
use rules::text::Line;

use super::cast;
use crate::event::Actor;
use crate::program::extra::{self, NewExtra};
use crate::session::{self, STATUS_SQL};
use crate::{Result, Tx, args};

/// Writes it all down, as whoever leads these people's program does.
pub(super) fn write(tx: &mut Tx, lea: &Actor, ids: &HashMap<&'static str, PersonId>) -> Result<()> {
    let missed = journey_of(tx, ids[cast::MADE_UP])?;
    let wanting = extra::outlook(tx, lea, missed)?.steps;
    if let Some(step) = wanting.first() {
        let again = one(&format!("{} once more", step.name), 60);
        extra::add(tx, lea, missed, &NewExtra { makes_up_for: Some(step.step), ..again })?;
    }
    let more = journey_of(tx, ids[cast::TWO_COACHES])?;
    let (name, minutes) = cast::MORE;
    let unbooked = extra::add(tx, lea, more, &NewExtra { counts: false, ..one(name, minutes) })?;
    let (session, coach) = shared(tx, lea, ids, unbooked)?;
    session::add_co_coach(tx, lea, session, coach)
}

fn one(name: &str, minutes: i64) -> NewExtra {
    NewExtra {
        name: Line::parse_some(name).expect("a name"),
        minutes: Minutes::new(minutes).expect("a length"),
        place: Place { kind: PlaceKind::Room, detail: String::new() },
        counts: true,
        makes_up_for: None,
    }
}

fn journey_of(tx: &mut Tx, person: PersonId) -> Result<JourneyId> {
    let sql = "SELECT MIN(j.id) FROM journey j JOIN participant t ON t.id = j.participant_id WHERE t.person_id = $1";
    tx.one(sql, args![person], |row| row.get(0))
}

/// Somebody's first session ahead at which another coach is free; the one without a time if there is none. Ada's day is
/// full enough.
fn shared(
    tx: &mut Tx,
    lea: &Actor,
    ids: &HashMap<&'static str, PersonId>,
    unbooked: SessionId,
) -> Result<(SessionId, PersonId)> {
    let now = tx.now();
    let sql = format!(
        "SELECT s.id FROM attendance a JOIN session s ON s.id = a.session_id
         WHERE a.client_id = $1 AND a.journey_id IS NOT NULL AND s.pod_id IS NULL AND s.starts_at > $2
             AND {STATUS_SQL} = 'booked' ORDER BY s.starts_at, s.id"
    );
    let client = ids[cast::TWO_COACHES];
    let mut all: Vec<SessionId> = tx.all(&sql, args![client, now], |row| row.get(0))?;
    all.push(unbooked);
    for session in all {
        let could = session::who_could_coach_beside(tx, lea, session)?;
        if let Some((coach, _)) = could.into_iter().find(|(coach, _)| *coach != ids["ada"]) {
            return Ok((session, coach));
        }
    }
    unreachable!("without a time everybody could")
}
