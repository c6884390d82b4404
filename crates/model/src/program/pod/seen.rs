//! Pods as they are seen: the dates of a step, one pod with its members, and what a new one is made of. Only reads.

use rules::attendance::Status;
use rules::ids::{CohortId, JourneyId, ParticipantId, PersonId, PodId, SessionId, StepId};
use rules::permission::{Action, Reach, What};
use rules::time::Instant;

use super::{Joining, can_choose, get};
use crate::event::Actor;
use crate::program::may_in;
use crate::session::{STATUS_SQL, TOPIC_COLUMNS, TOPIC_TABLES, Topic, topic};
use crate::{Result, Tx, args, reach};

/// The most pods of one step that are looked through.
const PODS_MAX: i64 = 200;
/// A date of a pod that a participant could choose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PodDate {
    /// Which pod.
    pub pod: PodId,
    /// What it is called.
    pub name: String,
    /// Who leads it.
    pub facilitator: String,
    /// When it meets.
    pub starts_at: Instant,
    /// How many are in it.
    pub members: u32,
    /// How many it holds.
    pub most: u32,
}

/// The dates of a step, for one journey.
#[derive(Clone, Debug)]
pub(crate) struct Dates {
    /// Those that could be chosen now, soonest first.
    pub(crate) open: Vec<PodDate>,
    /// Whether there may be another one: a pod without a date, or none at all yet.
    pub(crate) more_may_come: bool,
}

/// Which dates the participant of a journey could choose for a step at which they wait (rule G5).
///
/// # Errors
/// Only those of the store.
pub(crate) fn dates_of_step(tx: &mut Tx, journey: JourneyId, step: StepId) -> Result<Dates> {
    let now = tx.now();
    let pods = tx.all(
        "SELECT p.id, p.name, f.name, s.starts_at, p.max_members, p.joining,
             (SELECT COUNT(*) FROM pod_member m WHERE m.pod_id = p.id),
             EXISTS (SELECT 1 FROM pod_member m WHERE m.pod_id = p.id AND m.participant_id = t.id)
         FROM journey j JOIN participant t ON t.id = j.participant_id
         JOIN pod p ON p.cohort_id = t.cohort_id AND p.step_id = $2
         JOIN session s ON s.pod_id = p.id JOIN person f ON f.id = p.facilitator_id
         WHERE j.id = $1 ORDER BY p.id LIMIT $3",
        args![journey, step, PODS_MAX],
        |row| {
            let date = (row.get(0)?, row.get(1)?, row.get(2)?, row.get::<Option<Instant>>(3)?, row.get(4)?);
            let is_open = row.get::<String>(5)? == Joining::Open.code();
            Ok((date, is_open, row.get::<u32>(6)?, row.get::<bool>(7)?))
        },
    )?;
    let is_named = pods.iter().any(|(_, is_open, _, is_own)| *is_own && !is_open);
    let mut dates = Dates { open: Vec::new(), more_may_come: pods.is_empty() };
    for ((pod, name, facilitator, starts_at, most), is_open, members, is_own) in pods {
        let has_room = is_own || members < most;
        let is_reached = has_room && (is_own || !is_named);
        match starts_at {
            None => dates.more_may_come |= is_reached,
            Some(start) if start <= now => {}
            Some(start) if is_own || (is_open && is_reached) => {
                dates.open.push(PodDate { pod, name, facilitator, starts_at: start, members, most });
            }
            // Whoever leads it may still put them in.
            Some(_) => dates.more_may_come |= is_reached,
        }
    }
    dates.open.sort_by_key(|date| date.starts_at);
    Ok(dates)
}

/// A pod, as somebody sees it who has to do with it.
#[derive(Clone, Debug)]
pub struct PodView {
    /// Its id.
    pub id: PodId,
    /// Of which cohort, and what that is called.
    pub cohort: (CohortId, String),
    /// What it meets for.
    pub topic: Topic,
    /// What it is called.
    pub name: String,
    /// Who leads it.
    pub facilitator: (PersonId, String),
    /// Who says who is in it.
    pub joining: Joining,
    /// Below so many the lead is warned.
    pub min_members: u32,
    /// It holds no more.
    pub max_members: u32,
    /// Its session.
    pub session: SessionId,
    /// When it meets.
    pub starts_at: Option<Instant>,
    /// How long.
    pub minutes: u16,
    /// How many are in it.
    pub count: u32,
    /// Who is in it: by name alone, for members too; nobody to whoever only may choose it.
    pub members: Vec<Member>,
    /// What the reader has to do with it.
    pub ties: Reach,
    /// Whether the reader makes and fills pods here.
    pub manages: bool,
}

/// Somebody in a pod.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// As a participant.
    pub participant: ParticipantId,
    /// As a person.
    pub person: PersonId,
    /// As they wish to be called.
    pub name: String,
    /// How it stands for them: to another member nothing is said of that, nor before their journey begins.
    pub status: Option<Status>,
}

/// One pod, as its lead, its facilitator, an admin or a member sees it. Members see each other's names and nothing more.
///
/// # Errors
/// [`Refusal::NotFound`] for everybody else, as for one that is not there (rule P4).
pub fn view(tx: &mut Tx, by: &Actor, id: PodId) -> Result<PodView> {
    let pod = get(tx, id)?;
    let me = by.person();
    let sql = format!(
        "SELECT h.name, f.name, s.minutes, {TOPIC_COLUMNS} FROM pod p JOIN cohort h ON h.id = p.cohort_id
         JOIN person f ON f.id = p.facilitator_id JOIN session s ON s.pod_id = p.id {TOPIC_TABLES} WHERE p.id = $1"
    );
    let (cohort, facilitator, minutes, topic) =
        tx.one(&sql, args![id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, topic(row, 3)?)))?;
    let sql = format!(
        "SELECT t.id, p.id, p.name, CASE WHEN a.id IS NULL THEN NULL ELSE {STATUS_SQL} END FROM pod_member m
         JOIN participant t ON t.id = m.participant_id JOIN person p ON p.id = t.person_id
         JOIN session s ON s.pod_id = m.pod_id
         LEFT JOIN attendance a ON a.session_id = s.id AND a.client_id = t.person_id
         WHERE m.pod_id = $1 ORDER BY p.folded_name, p.id"
    );
    let mut members: Vec<Member> = tx.all(&sql, args![id], |row| {
        Ok(Member {
            participant: row.get(0)?,
            person: row.get(1)?,
            name: row.get(2)?,
            status: row.parse_opt(3)?,
        })
    })?;
    let is_disabled = |member: &Member| member.status == Some(Status::GreyedOut);
    let is_member = members.iter().any(|member| Some(member.person) == me && !is_disabled(member));
    let mut ties = reach::ties_to_cohort(tx, by, pod.cohort)?;
    if me == Some(pod.facilitator) {
        ties = ties | Reach::SESSIONS;
    }
    let chooses = !is_member && can_choose(tx, by, id)?;
    if is_member || chooses {
        ties = ties | Reach::OWN;
    }
    let what = What::private(Action::SeeSession, ties);
    by.may(Action::SeeSession, &what)?;
    let manages = by.may(Action::ManagePods, &What::private(Action::SeeCohort, ties)).is_ok();
    let looks_after = reach::of(by, Action::SeeSession).is_all()
        || reach::of(by, Action::SeeSession).covers(ties & (Reach::PROGRAMS | Reach::SESSIONS));
    let count = members.len() as u32;
    if !looks_after && chooses {
        // Who is not in yet reads how many are, and not who.
        members.clear();
    }
    if !looks_after {
        members.retain(|member| !is_disabled(member));
        for member in members.iter_mut().filter(|member| Some(member.person) != me) {
            member.status = None;
        }
    }
    Ok(PodView {
        id,
        cohort: (pod.cohort, cohort),
        topic,
        name: pod.name,
        facilitator: (pod.facilitator, facilitator),
        joining: pod.joining,
        min_members: pod.min,
        max_members: pod.most,
        session: pod.session,
        starts_at: pod.starts_at,
        minutes,
        count,
        members,
        ties,
        manages,
    })
}

/// The participants of a pod's cohort who could be put into it, by name: those who are in no pod for its step.
///
/// # Errors
/// [`Refusal::NotFound`], [`Refusal::MayNot`] for whoever does not fill it.
pub fn candidates(tx: &mut Tx, by: &Actor, id: PodId) -> Result<Vec<(ParticipantId, String)>> {
    let pod = get(tx, id)?;
    may_in(tx, by, Action::ManagePods, pod.cohort)?;
    tx.all(
        "SELECT t.id, p.name FROM participant t JOIN person p ON p.id = t.person_id
         WHERE t.cohort_id = $1 AND t.archived_at IS NULL AND NOT EXISTS (SELECT 1 FROM pod_member m
             JOIN pod o ON o.id = m.pod_id WHERE m.participant_id = t.id AND o.step_id = $2)
         ORDER BY p.folded_name, t.id LIMIT $3",
        args![pod.cohort, pod.step, CANDIDATES_MAX],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// The most participants that are offered for a pod.
const CANDIDATES_MAX: i64 = 500;

/// What a new pod of a cohort is made of: the cohort's name, its pod steps, and who could lead one.
#[derive(Clone, Debug)]
pub struct Ingredients {
    /// What the cohort is called.
    pub cohort: String,
    /// Its pod steps: which, its number, its name.
    pub steps: Vec<(StepId, u32, String)>,
    /// The coaches, by name.
    pub coaches: Vec<(PersonId, String)>,
}

/// What a new pod can be made of.
///
/// # Errors
/// [`Refusal::NotFound`], [`Refusal::MayNot`] for whoever makes none there.
pub fn ingredients(tx: &mut Tx, by: &Actor, cohort: CohortId) -> Result<Ingredients> {
    may_in(tx, by, Action::ManagePods, cohort)?;
    Ok(Ingredients {
        cohort: tx.one("SELECT name FROM cohort WHERE id = $1", args![cohort], |row| row.get(0))?,
        steps: tx.all(
            "SELECT t.id, t.no, t.name FROM step t JOIN cohort c ON c.pathway_id = t.pathway_id
             WHERE c.id = $1 AND t.kind = 'pod' ORDER BY t.no",
            args![cohort],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )?,
        coaches: facilitators(tx)?,
    })
}

/// Who could lead a pod, by name.
fn facilitators(tx: &mut Tx) -> Result<Vec<(PersonId, String)>> {
    tx.all(
        "SELECT p.id, p.name FROM coach c JOIN person p ON p.id = c.person_id
         JOIN person_role r ON r.person_id = p.id AND r.role = 'coach'
         WHERE p.closed_at IS NULL ORDER BY p.folded_name, p.id LIMIT $1",
        args![CANDIDATES_MAX],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}
