//! Journeys: a participant's own copy of a pathway. What becomes of its sessions is no matter of this file.

use rules::ids::{JourneyId, ParticipantId, PathwayId, SessionId, StepId};
use rules::permission::Action;
use rules::refusal::{Problem, Refusal};
use rules::time::Instant;
use serde_json::json;

use super::participant::place_in_cohort;
use super::pathway::{pathways, steps};
use super::pod::{keep_for_agreement, pod_session};
use super::{kind, may_in, must_be_here, record, unless_taken};
use crate::event::Actor;
use crate::session::{self, Plan};
use crate::{Result, Tx, args};

/// Gives a participant their own copy of the cohort's pathway from now on: one attendance per step, all Unbooked. A pod
/// step shares the session of the pod that they are in; until they are in one it has a session of its own.
pub fn start_journey(tx: &mut Tx, by: &Actor, participant: ParticipantId) -> Result<JourneyId> {
    let pathway = place_in_cohort(tx, participant)?.pathway;
    let now = tx.now();
    start_journey_at(tx, by, participant, pathway, now)
}

/// Gives a participant a further journey, from now on unless it is said from when: on any pathway in use that whoever asks
/// may see.
///
/// # Errors
/// A participant has one journey on each pathway; [`Refusal::PutAway`] for whoever is.
pub fn add_journey(
    tx: &mut Tx,
    by: &Actor,
    participant: ParticipantId,
    pathway: PathwayId,
    starts_at: Option<Instant>,
) -> Result<JourneyId> {
    let place = place_in_cohort(tx, participant)?;
    may_in(tx, by, Action::ManageParticipants, place.cohort)?;
    must_be_here(tx, participant)?;
    if !pathways(tx, by)?.iter().any(|one| one.id == pathway) {
        return Err(Refusal::invalid("pathway", Problem::NotAChoice).into());
    }
    let has_one = "SELECT 1 FROM journey WHERE participant_id = $1 AND pathway_id = $2";
    if tx.exists(has_one, args![participant, pathway])? {
        return Err(Refusal::invalid("pathway", Problem::Taken).into());
    }
    let now = tx.now();
    start_journey_at(tx, by, participant, pathway, starts_at.unwrap_or(now))
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
    must_be_here(tx, participant)?;
    let id: JourneyId = tx.new_id();
    let made = tx.exec(
        "INSERT INTO journey (id, participant_id, pathway_id, starts_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT DO NOTHING",
        args![id, participant, pathway, starts_at],
    )?;
    unless_taken(made, "participant")?;
    let steps = steps(tx, pathway)?;
    let mut shared = Vec::with_capacity(steps.len());
    for step in &steps {
        shared.push(if step.is_pod() { pod_session(tx, participant, step.id)? } else { None });
    }
    let alone = steps.iter().zip(&shared).filter(|(_, shared)| shared.is_none());
    let of_pods: Vec<SessionId> = shared.iter().flatten().copied().collect();
    let plans: Vec<Plan> = alone.map(|(step, _)| step.plan(place.coach)).collect();
    let mut planned = session::plan_all(tx, &plans)?.into_iter();
    let places = steps
        .iter()
        .zip(shared)
        .filter_map(|(step, shared)| Some((shared.or_else(|| planned.next())?, step.id)));
    let places: Vec<(SessionId, StepId)> = places.collect();
    session::attend_all(tx, place.person, id, &places)?;
    keep_for_agreement(tx, place.person, &of_pods)?;
    let facts = json!({ "participant": participant.to_string(), "pathway": pathway.to_string() });
    record(tx, by, kind::JOURNEY_STARTED, id, &facts)?;
    Ok(id)
}
