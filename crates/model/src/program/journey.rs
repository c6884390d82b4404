//! Journeys: a participant's own copy of a pathway. What becomes of its sessions is no matter of this file.

use rules::attendance::JourneyPart;
use rules::ids::{JourneyId, ParticipantId, PathwayId};
use rules::permission::Action;
use rules::time::Instant;
use serde_json::json;

use super::participant::place_in_cohort;
use super::pathway::steps;
use super::pod::pod_session;
use super::{kind, may_in, record, unless_taken};
use crate::event::Actor;
use crate::{Result, Tx, args, session};

/// Gives a participant their own copy of the cohort's pathway from now on: one attendance per step, all Unbooked. A pod
/// step shares the session of the pod that they are in; until they are in one it has a session of its own.
pub fn start_journey(tx: &mut Tx, by: &Actor, participant: ParticipantId) -> Result<JourneyId> {
    let pathway = place_in_cohort(tx, participant)?.pathway;
    let now = tx.now();
    start_journey_at(tx, by, participant, pathway, now)
}

/// The same of any pathway and from any moment on: the weeks of its steps count from there. A participant may have
/// several journeys, one for each pathway.
pub fn start_journey_at(
    tx: &mut Tx,
    by: &Actor,
    participant: ParticipantId,
    pathway: PathwayId,
    starts_at: Instant,
) -> Result<JourneyId> {
    let place = place_in_cohort(tx, participant)?;
    may_in(tx, by, Action::ManageParticipants, place.cohort)?;
    let id: JourneyId = tx.new_id();
    let made = tx.exec(
        "INSERT INTO journey (id, participant_id, pathway_id, starts_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT DO NOTHING",
        args![id, participant, pathway, starts_at],
    )?;
    unless_taken(made, "participant")?;
    for step in steps(tx, pathway)? {
        let session = match pod_session(tx, participant, step.id)? {
            Some(session) => session,
            None => session::plan(tx, &step.plan(place.coach))?,
        };
        let part = JourneyPart { journey: id, step: Some(step.id), counts: true };
        session::attend(tx, session, place.person, Some(part))?;
    }
    let facts = json!({ "participant": participant.to_string(), "pathway": pathway.to_string() });
    record(tx, by, kind::JOURNEY_STARTED, id, &facts)?;
    Ok(id)
}
