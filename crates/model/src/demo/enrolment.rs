//! Who takes part and how, in the example: coaches to choose from, somebody who has not chosen yet, and what is noted of
//! some.

use std::collections::HashMap;

use rules::ids::{CohortId, ParticipantId, PersonId};
use rules::text::Line;

use super::cast;
use crate::event::Actor;
use crate::program::lead::Led;
use crate::program::{participant, pool};
use crate::{Result, Tx, args};

/// Puts coaches into the pool of the cohort that is not complete, takes the coach from the one who has nothing booked
/// there, and notes something of a few people.
pub(super) fn write(tx: &mut Tx, otto: &Actor, ids: &HashMap<&'static str, PersonId>) -> Result<()> {
    let (cohort, place) = place_of(tx, ids[cast::UNDECIDED])?;
    for (coach, places) in cast::POOL {
        pool::put(tx, otto, Led::Cohort(cohort), ids[coach], places)?;
    }
    let own = "(SELECT a.session_id FROM attendance a JOIN journey j ON j.id = a.journey_id
        WHERE j.participant_id = $1)";
    tx.exec(&format!("DELETE FROM session_coach WHERE session_id IN {own}"), args![place])?;
    tx.exec("DELETE FROM coaching WHERE client_id = $1", args![ids[cast::UNDECIDED]])?;
    tx.exec("UPDATE participant SET coach_id = NULL WHERE id = $1", args![place])?;
    for (slug, tags, fields) in cast::NOTED {
        let (_, place) = place_of(tx, ids[slug])?;
        let mut notes = participant::participant(tx, otto, place)?.notes();
        notes.tags = tags.iter().map(|tag| Line::parse(tag).expect("a tag")).collect();
        notes.fields = fields
            .iter()
            .map(|(name, value)| (Line::parse(name).expect("a name"), Line::parse(value).expect("a value")))
            .collect();
        participant::change_participant(tx, otto, place, &notes)?;
    }
    Ok(())
}

fn place_of(tx: &mut Tx, person: PersonId) -> Result<(CohortId, ParticipantId)> {
    let sql = "SELECT cohort_id, id FROM participant WHERE person_id = $1";
    tx.one(sql, args![person], |row| Ok((row.get(0)?, row.get(1)?)))
}
