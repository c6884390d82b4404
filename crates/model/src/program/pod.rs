//! Pods: small groups that share the session of one step.

use rules::ids::{CohortId, ParticipantId, PersonId, PodId, SessionId, StepId};
use rules::permission::Action;
use rules::refusal::{Problem, Refusal};
use serde_json::json;

use super::participant::place_in_cohort;
use super::pathway::pod_step;
use super::{kind, may_in, must_exist, record, unless_taken};
use crate::event::Actor;
use crate::session::{self, Plan};
use crate::{Result, Tx, args};

/// The most members that a pod has: as many as fit into one call (rule V3).
pub const POD_MEMBERS_MAX: u32 = 15;

/// A pod to be made.
#[derive(Clone, Debug)]
pub struct NewPod {
    /// Of which cohort.
    pub cohort: CohortId,
    /// For which step.
    pub step: StepId,
    /// What it is called.
    pub name: String,
    /// Who leads it.
    pub facilitator: PersonId,
    /// Below so many members the lead is warned.
    pub min_members: u32,
    /// It holds no more than these, and never more than [`POD_MEMBERS_MAX`].
    pub max_members: u32,
    /// Whether participants choose it themselves (rule G5).
    pub joining: Joining,
}

/// Who says who is in a pod.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Joining {
    /// Whoever makes it names its members.
    Closed,
    /// Participants choose it.
    Open,
}

/// Makes a pod with its one session, which has no time yet.
pub fn add_pod(tx: &mut Tx, by: &Actor, new: &NewPod) -> Result<PodId> {
    may_in(tx, by, Action::ManagePods, new.cohort)?;
    if new.min_members < 1 || new.max_members < new.min_members || new.max_members > POD_MEMBERS_MAX {
        let problem =
            Problem::OutOfRange { least: new.min_members.max(1).into(), most: POD_MEMBERS_MAX.into() };
        return Err(Refusal::invalid("max_members", problem).into());
    }
    let step = pod_step(tx, new.cohort, new.step)?;
    must_exist(tx, "SELECT 1 FROM coach WHERE person_id = $1", new.facilitator)?;
    let id: PodId = tx.new_id();
    let now = tx.now();
    let joining = match new.joining {
        Joining::Closed => "closed",
        Joining::Open => "open",
    };
    let made = tx.exec(
        "INSERT INTO pod (id, cohort_id, step_id, name, facilitator_id, joining, min_members, max_members, made_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING",
        args![
            id,
            new.cohort,
            new.step,
            &new.name,
            new.facilitator,
            joining,
            new.min_members,
            new.max_members,
            now
        ],
    )?;
    unless_taken(made, "name")?;
    session::plan(tx, &Plan { pod: Some(id), ..step.plan(Some(new.facilitator)) })?;
    let facts = json!({ "cohort": new.cohort.to_string(), "step": new.step.to_string() });
    record(tx, by, kind::POD_ADDED, id, &facts)?;
    Ok(id)
}

/// Makes a participant a member of a pod. If their journey runs already, its step shares the pod's session now.
///
/// # Errors
/// [`Refusal::PodFull`], under parallel joins as well (rule A7); [`Refusal::InAnotherPod`].
pub fn join_pod(tx: &mut Tx, by: &Actor, pod: PodId, participant: ParticipantId) -> Result<()> {
    let found =
        tx.opt("SELECT cohort_id, step_id, max_members FROM pod WHERE id = $1", args![pod], |row| {
            Ok((row.get::<CohortId>(0)?, row.get::<StepId>(1)?, row.get::<u32>(2)?))
        })?;
    let (cohort, step, most) = found.ok_or(Refusal::NotFound)?;
    may_in(tx, by, Action::ManagePods, cohort)?;
    if place_in_cohort(tx, participant)?.cohort != cohort {
        return Err(Refusal::NotFound.into());
    }
    let pods_of_step = tx.all(
        "SELECT m.pod_id FROM pod_member m JOIN pod p ON p.id = m.pod_id
         WHERE m.participant_id = $1 AND p.step_id = $2",
        args![participant, step],
        |row| row.get::<PodId>(0),
    )?;
    if pods_of_step.contains(&pod) {
        return Ok(());
    }
    if !pods_of_step.is_empty() {
        return Err(Refusal::InAnotherPod.into());
    }
    let members: u32 =
        tx.one("SELECT COUNT(*) FROM pod_member WHERE pod_id = $1", args![pod], |row| row.get(0))?;
    if members >= most {
        return Err(Refusal::PodFull { most }.into());
    }
    let now = tx.now();
    tx.exec(
        "INSERT INTO pod_member (pod_id, participant_id, joined_at) VALUES ($1, $2, $3)",
        args![pod, participant, now],
    )?;
    share_session(tx, pod, participant, step)?;
    record(tx, by, kind::POD_JOINED, pod, &json!({ "participant": participant.to_string() }))
}

/// Moves the place that a running journey keeps for the step into the pod's session.
fn share_session(tx: &mut Tx, pod: PodId, participant: ParticipantId, step: StepId) -> Result<()> {
    let kept = tx.opt(
        "SELECT a.session_id FROM attendance a JOIN journey j ON j.id = a.journey_id
         WHERE j.participant_id = $1 AND a.step_id = $2",
        args![participant, step],
        |row| row.get::<SessionId>(0),
    )?;
    let Some(kept) = kept else { return Ok(()) };
    tx.exec(
        "UPDATE attendance SET session_id = (SELECT id FROM session WHERE pod_id = $2) WHERE session_id = $1",
        args![kept, pod],
    )?;
    // It was made for this one place and never had a time.
    tx.exec("DELETE FROM session_coach WHERE session_id = $1", args![kept])?;
    tx.exec("DELETE FROM session WHERE id = $1", args![kept])?;
    Ok(())
}

/// The session that a participant shares at a step because they are in a pod for it.
pub(super) fn pod_session(
    tx: &mut Tx,
    participant: ParticipantId,
    step: StepId,
) -> Result<Option<SessionId>> {
    tx.opt(
        "SELECT s.id FROM pod_member m JOIN pod p ON p.id = m.pod_id JOIN session s ON s.pod_id = p.id
         WHERE m.participant_id = $1 AND p.step_id = $2",
        args![participant, step],
        |row| row.get(0),
    )
}
