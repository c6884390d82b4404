//! Pods: small groups that share the session of one step. Here they are made and changed; who is in one,
//! and how they are seen, is in the files below. What becomes of its session is [`crate::session`]'s.

mod places;
mod seen;

use rules::ids::{CohortId, PersonId, PodId, SessionId, StepId};
use rules::permission::Action;
use rules::refusal::{Problem, Refusal};
use rules::time::Instant;
use serde_json::json;

use super::pathway::pod_step;
use super::{kind, may_in, must_be_in_use, record, unless_taken};
use crate::event::Actor;
use crate::session::{self, Plan};
use crate::{Error, Result, Tx, args, coach};

pub(crate) use places::pod_session;
pub use places::{Choice, can_choose, changeable, choose_pod, join_pod, other_dates, remove_member};
pub(super) use places::{keep_for_agreement, pod_of, waits_at};
pub(crate) use seen::{AllPods, dates_of_step};
pub use seen::{
    Ingredients, Member, PodDate, PodLine, PodView, StepPods, Stuck, candidates, ingredients, of_cohort,
    stuck, view,
};

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

/// What a pod is to be from now on.
#[derive(Clone, Debug)]
pub struct PodChange {
    /// What it is called.
    pub name: String,
    /// Who leads it.
    pub facilitator: PersonId,
    /// Below so many members the lead is warned.
    pub min_members: u32,
    /// It holds no more than these.
    pub max_members: u32,
    /// Whether participants choose it themselves.
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

impl Joining {
    /// Both.
    pub const ALL: [Joining; 2] = [Joining::Closed, Joining::Open];

    /// Its name in the database, in forms and in the API.
    pub const fn code(self) -> &'static str {
        match self {
            Joining::Closed => "closed",
            Joining::Open => "open",
        }
    }

    /// The one of this name.
    pub fn from_code(code: &str) -> Option<Joining> {
        Joining::ALL.into_iter().find(|joining| joining.code() == code)
    }
}

/// Makes a pod with its one session, which has no time yet.
pub fn add_pod(tx: &mut Tx, by: &Actor, new: &NewPod) -> Result<PodId> {
    may_in(tx, by, Action::ManagePods, new.cohort)?;
    must_be_in_use(tx, new.cohort)?;
    check_size(new.min_members, new.max_members, 1)?;
    let step = pod_step(tx, new.cohort, new.step)?;
    must_coach(tx, new.facilitator)?;
    let id: PodId = tx.new_id();
    let now = tx.now();
    let made = tx.exec(
        "INSERT INTO pod (id, cohort_id, step_id, name, facilitator_id, joining, min_members, max_members, made_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING",
        args![
            id,
            new.cohort,
            new.step,
            &new.name,
            new.facilitator,
            new.joining.code(),
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

fn must_coach(tx: &mut Tx, facilitator: PersonId) -> Result<()> {
    if coach::coaches_now(tx, facilitator)? { Ok(()) } else { Err(Refusal::NotFound.into()) }
}

/// At least one, no more than fit, and at least as many as are in it.
fn check_size(min: u32, max: u32, members: u32) -> Result<()> {
    if !(1..=POD_MEMBERS_MAX).contains(&min) {
        let problem = Problem::OutOfRange { least: 1, most: POD_MEMBERS_MAX.into() };
        return Err(Refusal::invalid("min_members", problem).into());
    }
    let least = min.max(members);
    if max < least || max > POD_MEMBERS_MAX {
        let problem = Problem::OutOfRange { least: least.into(), most: POD_MEMBERS_MAX.into() };
        return Err(Refusal::invalid("max_members", problem).into());
    }
    Ok(())
}

/// The row of a pod.
pub(super) struct Pod {
    pub(super) id: PodId,
    cohort: CohortId,
    step: StepId,
    name: String,
    pub(super) facilitator: PersonId,
    pub(super) joining: Joining,
    pub(super) min: u32,
    pub(super) most: u32,
    pub(super) session: SessionId,
    pub(super) starts_at: Option<Instant>,
}

/// The pod of this name, if a cohort has one for a step.
pub(super) fn find(tx: &mut Tx, cohort: CohortId, step: StepId, name: &str) -> Result<Option<Pod>> {
    let sql = "SELECT id FROM pod WHERE cohort_id = $1 AND step_id = $2 AND name = $3";
    match tx.opt(sql, args![cohort, step, name], |row| row.get(0))? {
        Some(id) => get(tx, id).map(Some),
        None => Ok(None),
    }
}

pub(super) fn get(tx: &mut Tx, id: PodId) -> Result<Pod> {
    let found = tx.opt(
        "SELECT p.id, p.cohort_id, p.step_id, p.name, p.facilitator_id, p.joining, p.min_members, p.max_members, s.id,
             s.starts_at
         FROM pod p JOIN session s ON s.pod_id = p.id WHERE p.id = $1",
        args![id],
        |row| {
            let joining = Joining::from_code(&row.get::<String>(5)?);
            Ok(Pod {
                id: row.get(0)?,
                cohort: row.get(1)?,
                step: row.get(2)?,
                name: row.get(3)?,
                facilitator: row.get(4)?,
                joining: joining.ok_or_else(|| Error::database("pod.joining is no word"))?,
                min: row.get(6)?,
                most: row.get(7)?,
                session: row.get(8)?,
                starts_at: row.get(9)?,
            })
        },
    )?;
    Ok(found.ok_or(Refusal::NotFound)?)
}

pub(super) fn count_members(tx: &mut Tx, pod: PodId) -> Result<u32> {
    tx.one("SELECT COUNT(*) FROM pod_member WHERE pod_id = $1", args![pod], |row| row.get(0))
}

/// Changes what a pod is. Who leads it changes only as long as it has no date: nobody's calendar is rewritten silently.
///
/// # Errors
/// [`Refusal::NotFound`], [`Refusal::Invalid`], [`Refusal::BookedNow`], [`Refusal::PutAway`].
pub fn change_pod(tx: &mut Tx, by: &Actor, id: PodId, change: &PodChange) -> Result<()> {
    let pod = get(tx, id)?;
    may_in(tx, by, Action::ManagePods, pod.cohort)?;
    must_be_in_use(tx, pod.cohort)?;
    let members = count_members(tx, id)?;
    check_size(change.min_members, change.max_members, members)?;
    let sql = "SELECT 1 FROM pod WHERE cohort_id = $1 AND step_id = $2 AND name = $3 AND id <> $4";
    if tx.exists(sql, args![pod.cohort, pod.step, &change.name, id])? {
        return Err(Refusal::invalid("name", Problem::Taken).into());
    }
    if change.facilitator != pod.facilitator {
        must_coach(tx, change.facilitator)?;
        if let Some(start) = pod.starts_at {
            return Err(Refusal::BookedNow { start }.into());
        }
        tx.exec(
            "UPDATE session_coach SET coach_id = $2 WHERE session_id = $1 AND marking",
            args![pod.session, change.facilitator],
        )?;
    }
    tx.exec(
        "UPDATE pod SET name = $2, facilitator_id = $3, joining = $4, min_members = $5, max_members = $6 WHERE id = $1",
        args![
            id,
            &change.name,
            change.facilitator,
            change.joining.code(),
            change.min_members,
            change.max_members
        ],
    )?;
    let facts = json!({
        "from": { "name": pod.name, "facilitator": pod.facilitator.to_string(), "joining": pod.joining.code(),
            "min_members": pod.min, "max_members": pod.most },
        "to": { "name": change.name, "facilitator": change.facilitator.to_string(), "joining": change.joining.code(),
            "min_members": change.min_members, "max_members": change.max_members },
    });
    record(tx, by, kind::POD_CHANGED, id, &facts)
}

/// Takes a pod away in which nobody is or ever was, and that has no date.
///
/// # Errors
/// [`Refusal::NotFound`], [`Refusal::PodNotEmpty`]; [`Refusal::PodHasDate`] for one that is empty and has a date.
pub fn delete_pod(tx: &mut Tx, by: &Actor, id: PodId) -> Result<CohortId> {
    let pod = get(tx, id)?;
    may_in(tx, by, Action::ManagePods, pod.cohort)?;
    let has_seats = tx.exists("SELECT 1 FROM attendance WHERE session_id = $1", args![pod.session])?;
    if has_seats || count_members(tx, id)? > 0 {
        return Err(Refusal::PodNotEmpty.into());
    }
    if let Some(start) = pod.starts_at {
        return Err(Refusal::PodHasDate { start }.into());
    }
    // A date that it had once may have been reminded of.
    tx.exec("DELETE FROM reminder WHERE session_id = $1", args![pod.session])?;
    tx.exec("DELETE FROM session_coach WHERE session_id = $1", args![pod.session])?;
    tx.exec("DELETE FROM session WHERE id = $1", args![pod.session])?;
    tx.exec("DELETE FROM pod WHERE id = $1", args![id])?;
    record(tx, by, kind::POD_DELETED, id, &json!({ "cohort": pod.cohort.to_string(), "name": pod.name }))?;
    Ok(pod.cohort)
}
