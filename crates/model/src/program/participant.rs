//! Participants: a person's place in a cohort, with who coaches them there.

use rules::ids::{CohortId, ParticipantId, PathwayId, PersonId};
use rules::permission::Action;
use rules::refusal::Refusal;
use serde_json::json;

use super::{kind, may_in, must_exist, record, unless_taken};
use crate::event::Actor;
use crate::{Result, Tx, args, coach};

/// Gives a person a place in a cohort, with a coach who from now on is theirs.
pub fn add_participant(
    tx: &mut Tx,
    by: &Actor,
    cohort: CohortId,
    person: PersonId,
    coach: PersonId,
) -> Result<ParticipantId> {
    may_in(tx, by, Action::ManageParticipants, cohort)?;
    must_exist(tx, "SELECT 1 FROM person WHERE id = $1", person)?;
    coach::take_on(tx, coach, person)?;
    let id: ParticipantId = tx.new_id();
    let now = tx.now();
    let made = tx.exec(
        "INSERT INTO participant (id, person_id, cohort_id, company_id, coach_id, tags, test, joined_at)
         SELECT CAST($1 AS BIGINT), CAST($2 AS BIGINT), c.id, p.company_id, CAST($4 AS BIGINT), '', $5,
             CAST($6 AS BIGINT)
         FROM cohort c JOIN project p ON p.id = c.project_id WHERE c.id = $3
         ON CONFLICT DO NOTHING",
        args![id, person, cohort, coach, false, now],
    )?;
    unless_taken(made, "person")?;
    let facts =
        json!({ "person": person.to_string(), "cohort": cohort.to_string(), "coach": coach.to_string() });
    record(tx, by, kind::PARTICIPANT_ADDED, id, &facts)?;
    Ok(id)
}

/// Where a participant belongs, and who coaches them.
pub(super) struct PlaceInCohort {
    pub(super) person: PersonId,
    pub(super) cohort: CohortId,
    pub(super) pathway: PathwayId,
    pub(super) coach: Option<PersonId>,
}

pub(super) fn place_in_cohort(tx: &mut Tx, participant: ParticipantId) -> Result<PlaceInCohort> {
    let place = tx.opt(
        "SELECT t.person_id, t.cohort_id, c.pathway_id, t.coach_id
         FROM participant t JOIN cohort c ON c.id = t.cohort_id WHERE t.id = $1",
        args![participant],
        |row| {
            Ok(PlaceInCohort {
                person: row.get(0)?,
                cohort: row.get(1)?,
                pathway: row.get(2)?,
                coach: row.get(3)?,
            })
        },
    )?;
    Ok(place.ok_or(Refusal::NotFound)?)
}
