//! Pods as they are seen: the dates of a step, one pod with its members, and what a new one is made of. Only reads.

use std::collections::{BTreeSet, HashMap, HashSet};

use rules::attendance::Status;
use rules::ids::{CohortId, JourneyId, ParticipantId, PersonId, PodId, SessionId, StepId};
use rules::permission::{Action, Reach, What};
use rules::pods::{Around, WayIn, WithoutDate};
use rules::session::SessionKind;
use rules::time::Instant;

use super::{Joining, can_choose, get};
use crate::db::build::Query;
use crate::event::Actor;
use crate::program::may_in;
use crate::session::{STATUS_SQL, TOPIC_COLUMNS, TOPIC_TABLES, Topic, open_steps, topic};
use crate::{Error, Result, Tx, args, reach};

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
            let (members, most): (u32, u32) = (row.get(6)?, row.get(4)?);
            let around = Around {
                starts_at: row.get(3)?,
                has_room: members < most,
                is_open: row.get::<String>(5)? == Joining::Open.code(),
                is_own: row.get(7)?,
            };
            let about: (PodId, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
            Ok((about, members, most, around))
        },
    )?;
    let all: Vec<Around> = pods.iter().map(|(.., around)| *around).collect();
    let is_named = Around::is_named_in(&all);
    let mut dates = Dates { open: Vec::new(), more_may_come: pods.is_empty() };
    for ((pod, name, facilitator), members, most, around) in pods {
        match (around.way_in(is_named, now), around.starts_at) {
            (WayIn::Chosen, Some(starts_at)) => {
                dates.open.push(PodDate { pod, name, facilitator, starts_at, members, most });
            }
            (WayIn::Waited, _) => dates.more_may_come = true,
            _ => {}
        }
    }
    dates.open.sort_by_key(|date| date.starts_at);
    Ok(dates)
}

/// The most pods of one cohort that are looked through.
const PODS_OF_COHORT_MAX: i64 = 2_000;

/// All pods of a cohort and who is in them, for the question who waits at a step without a date (rule G5).
#[derive(Debug, Default)]
pub(crate) struct AllPods {
    by_step: HashMap<StepId, Vec<(PodId, Around)>>,
    members: HashSet<(PodId, ParticipantId)>,
}

impl AllPods {
    /// Those of this cohort.
    ///
    /// # Errors
    /// Only those of the store.
    pub(crate) fn of(tx: &mut Tx, cohort: CohortId) -> Result<AllPods> {
        let mut all = AllPods::default();
        let pods: Vec<(StepId, PodId, Around)> = tx.all(
            "SELECT p.step_id, p.id, s.starts_at, p.joining, p.max_members,
                 (SELECT COUNT(*) FROM pod_member m WHERE m.pod_id = p.id)
             FROM pod p JOIN session s ON s.pod_id = p.id WHERE p.cohort_id = $1 ORDER BY p.id LIMIT $2",
            args![cohort, PODS_OF_COHORT_MAX],
            |row| {
                let around = Around {
                    starts_at: row.get(2)?,
                    has_room: row.get::<u32>(5)? < row.get::<u32>(4)?,
                    is_open: row.get::<String>(3)? == Joining::Open.code(),
                    is_own: false,
                };
                Ok((row.get(0)?, row.get(1)?, around))
            },
        )?;
        for (step, pod, around) in pods {
            all.by_step.entry(step).or_default().push((pod, around));
        }
        let sql = "SELECT m.pod_id, m.participant_id FROM pod p JOIN pod_member m ON m.pod_id = p.id WHERE p.cohort_id = $1";
        tx.each(sql, args![cohort], |row| {
            all.members.insert((row.get(0)?, row.get(1)?));
            Ok(())
        })?;
        Ok(all)
    }

    /// Why this participant, who waits at the step of a pod, could not come to a date; none if they could.
    pub(crate) fn without_date(
        &self,
        participant: Option<ParticipantId>,
        step: StepId,
        now: Instant,
    ) -> Option<WithoutDate> {
        Around::without_date(&self.around(participant, step), now)
    }

    /// Whether this participant, who waits at the step of a pod, could choose a date of it now: of an open one, or of one
    /// in which they have a place.
    pub(crate) fn has_choice(&self, participant: ParticipantId, step: StepId, now: Instant) -> bool {
        let pods = self.around(Some(participant), step);
        let is_named = Around::is_named_in(&pods);
        pods.iter().any(|pod| pod.way_in(is_named, now) == WayIn::Chosen)
    }

    /// The pods of a step, as they stand for this participant.
    fn around(&self, participant: Option<ParticipantId>, step: StepId) -> Vec<Around> {
        let is_own = |pod: PodId| participant.is_some_and(|one| self.members.contains(&(pod, one)));
        let pods = self.by_step.get(&step).map(Vec::as_slice).unwrap_or_default();
        pods.iter().map(|(pod, around)| Around { is_own: is_own(*pod), ..*around }).collect()
    }
}

/// A cohort in which somebody waits at a pod's step without a date that could be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stuck {
    /// Which.
    pub cohort: CohortId,
    /// What it is called.
    pub name: String,
    /// How many steps of how many people, each once.
    pub steps: usize,
}

/// The most waiting steps that are looked through for one lead.
const WAITING_MAX: i64 = 2_000;

/// Where steps of the programs that somebody leads cannot be booked any more, for their home (rule G5); an admin finds
/// them on the boards. Tests are in no number (rule G12).
///
/// # Errors
/// Only those of the store.
pub fn stuck(tx: &mut Tx, by: &Actor) -> Result<Vec<Stuck>> {
    let reach = reach::of(by, Action::ManagePods);
    if reach.is_all() || reach.is_none() {
        return Ok(Vec::new());
    }
    // From the cohorts inwards: SQLite keeps the order of what is joined by CROSS JOIN, and begins with all attendances else.
    let mut query = Query::new(
        "SELECT c.id, c.name, t.id, n.id, a.step_id FROM cohort c JOIN project j ON j.id = c.project_id
         CROSS JOIN participant t CROSS JOIN journey n CROSS JOIN step z CROSS JOIN attendance a
         CROSS JOIN session s JOIN person p ON p.id = t.person_id",
        args![],
    );
    query.and(
        "t.cohort_id = c.id AND t.archived_at IS NULL AND NOT t.test AND p.closed_at IS NULL AND n.participant_id = t.id
           AND n.completed_at IS NULL AND z.pathway_id = n.pathway_id AND z.kind = 'pod' AND a.step_id = z.id
           AND a.journey_id = n.id AND s.id = a.session_id AND c.archived_at IS NULL",
        args![],
    );
    reach::cohorts(&mut query, by, reach);
    query.push("AND", args![]).push(STATUS_SQL, args![]).push("= 'unbooked'", args![]);
    query.push("ORDER BY c.name, c.id, a.id LIMIT $1", args![WAITING_MAX]);
    let waiting = tx.all(query.sql(), query.args(), |row| {
        Ok(Waiting {
            cohort: row.get(0)?,
            name: row.get(1)?,
            participant: row.get(2)?,
            journey: row.get(3)?,
            step: row.get(4)?,
        })
    })?;
    let out = without_any_date(tx, waiting)?;
    let journeys: BTreeSet<JourneyId> = out.iter().map(|one| one.journey).collect();
    let open = open_steps(tx, &journeys)?;
    let mut found: Vec<Stuck> = Vec::new();
    for one in out.into_iter().filter(|one| open.contains(&(one.journey, one.step))) {
        match found.last_mut() {
            Some(last) if last.cohort == one.cohort => last.steps += 1,
            _ => found.push(Stuck { cohort: one.cohort, name: one.name, steps: 1 }),
        }
    }
    Ok(found)
}

/// Somebody who waits at a pod's step.
struct Waiting {
    cohort: CohortId,
    name: String,
    participant: ParticipantId,
    journey: JourneyId,
    step: StepId,
}

/// Those for whom there is no date that could be had; who is in one cohort stands together.
fn without_any_date(tx: &mut Tx, waiting: Vec<Waiting>) -> Result<Vec<Waiting>> {
    let now = tx.now();
    let mut out = Vec::new();
    let mut pods: Option<(CohortId, AllPods)> = None;
    for one in waiting {
        let of_it = match pods.take().filter(|(of, _)| *of == one.cohort) {
            Some((_, of_it)) => of_it,
            None => AllPods::of(tx, one.cohort)?,
        };
        let is_out = of_it.without_date(Some(one.participant), one.step, now).is_some();
        pods = Some((one.cohort, of_it));
        if is_out {
            out.push(one);
        }
    }
    Ok(out)
}

/// A pod of a cohort, as whoever runs that finds it.
#[derive(Clone, Debug)]
pub struct PodLine {
    /// Its id.
    pub id: PodId,
    /// For which step.
    pub step: StepId,
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
    /// How many are in it.
    pub count: u32,
    /// Its session.
    pub session: SessionId,
    /// When it meets.
    pub starts_at: Option<Instant>,
}

impl PodLine {
    /// Whether it has begun.
    pub fn has_met(&self, now: Instant) -> bool {
        self.starts_at.is_some_and(|start| start <= now)
    }

    /// Whether it is still to come and has fewer members than it should have.
    pub fn is_too_small(&self, now: Instant) -> bool {
        self.count < self.min_members && !self.has_met(now)
    }
}

/// A step of a cohort that is a pod's, and the pods for it.
#[derive(Clone, Debug)]
pub struct StepPods {
    /// Which.
    pub step: StepId,
    /// Its number, from 1.
    pub number: u32,
    /// What it is called.
    pub name: String,
    /// Why whoever is in none of its pods could get no date; none if they could.
    pub without_date: Option<WithoutDate>,
    /// What is still to come first, soonest first.
    pub pods: Vec<PodLine>,
}

/// The pods of a cohort, step by step; a step that has none is told too, and one that was taken out is not.
///
/// # Errors
/// [`rules::refusal::Refusal::NotFound`] for a cohort that is not theirs to see.
pub fn of_cohort(tx: &mut Tx, by: &Actor, cohort: CohortId) -> Result<Vec<StepPods>> {
    may_in(tx, by, Action::SeeCohort, cohort)?;
    let now = tx.now();
    let all = AllPods::of(tx, cohort)?;
    let steps: Vec<(StepId, u32, String)> = tx.all(
        "SELECT t.id, t.no, t.name FROM step t JOIN cohort c ON c.id = $1
         WHERE t.kind = $2 AND t.removed_at IS NULL
             AND (t.pathway_id = c.pathway_id OR t.id IN (SELECT p.step_id FROM pod p WHERE p.cohort_id = $1))
         ORDER BY CASE WHEN t.pathway_id = c.pathway_id THEN 0 ELSE 1 END, t.pathway_id, t.no",
        args![cohort, SessionKind::Pod.code()],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )?;
    let mut pods: Vec<PodLine> = tx.all(
        "SELECT p.id, p.step_id, p.name, f.id, f.name, p.joining, p.min_members, p.max_members,
             (SELECT COUNT(*) FROM pod_member m WHERE m.pod_id = p.id), s.id, s.starts_at
         FROM pod p JOIN session s ON s.pod_id = p.id JOIN person f ON f.id = p.facilitator_id
         WHERE p.cohort_id = $1 ORDER BY p.name, p.id LIMIT $2",
        args![cohort, PODS_OF_COHORT_MAX],
        |row| {
            let joining = Joining::from_code(&row.get::<String>(5)?);
            Ok(PodLine {
                id: row.get(0)?,
                step: row.get(1)?,
                name: row.get(2)?,
                facilitator: (row.get(3)?, row.get(4)?),
                joining: joining.ok_or_else(|| Error::database("pod.joining is no word"))?,
                min_members: row.get(6)?,
                max_members: row.get(7)?,
                count: row.get(8)?,
                session: row.get(9)?,
                starts_at: row.get(10)?,
            })
        },
    )?;
    // What has no date needs one before the others; what is over is looked for last.
    pods.sort_by_key(|pod| (pod.has_met(now), pod.starts_at));
    let of_step = |(step, number, name): (StepId, u32, String)| StepPods {
        step,
        number,
        name,
        without_date: all.without_date(None, step, now),
        pods: pods.iter().filter(|pod| pod.step == step).cloned().collect(),
    };
    Ok(steps.into_iter().map(of_step).collect())
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
    /// How many are in it; to a member without whoever is disabled.
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
    let all = members.len() as u32;
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
    // Who may choose it reads how many places are taken; a member counts those who are named to them (rule S11).
    let count = if looks_after || chooses { all } else { members.len() as u32 };
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

/// The participants of a pod's cohort who could be put into it, by name: those who wait at its step and are in no pod for
/// it, and those whose journey begins yet.
///
/// # Errors
/// [`Refusal::NotFound`], [`Refusal::MayNot`] for whoever does not fill it.
pub fn candidates(tx: &mut Tx, by: &Actor, id: PodId) -> Result<Vec<(ParticipantId, String)>> {
    let pod = get(tx, id)?;
    may_in(tx, by, Action::ManagePods, pod.cohort)?;
    let sql = format!(
        "SELECT t.id, p.name FROM participant t JOIN person p ON p.id = t.person_id
         WHERE t.cohort_id = $1 AND t.archived_at IS NULL AND NOT EXISTS (SELECT 1 FROM pod_member m
             JOIN pod o ON o.id = m.pod_id WHERE m.participant_id = t.id AND o.step_id = $2)
             AND (NOT EXISTS (SELECT 1 FROM journey n WHERE n.participant_id = t.id)
                 OR EXISTS (SELECT 1 FROM journey n JOIN attendance a ON a.journey_id = n.id AND a.step_id = $2
                     JOIN session s ON s.id = a.session_id
                     WHERE n.participant_id = t.id AND n.completed_at IS NULL AND {STATUS_SQL} = 'unbooked'))
         ORDER BY p.folded_name, t.id LIMIT $3"
    );
    tx.all(&sql, args![pod.cohort, pod.step, CANDIDATES_MAX], |row| Ok((row.get(0)?, row.get(1)?)))
}

/// The most participants that are offered for a pod.
const CANDIDATES_MAX: i64 = 500;

/// What a new pod of a cohort is made of: the cohort's name, its pod steps, and who could lead one.
#[derive(Clone, Debug)]
pub struct Ingredients {
    /// What the cohort is called.
    pub cohort: String,
    /// When that was put away.
    pub archived_at: Option<Instant>,
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
    let sql = "SELECT name, archived_at FROM cohort WHERE id = $1";
    let (name, archived_at) = tx.one(sql, args![cohort], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(Ingredients {
        cohort: name,
        archived_at,
        steps: tx.all(
            "SELECT t.id, t.no, t.name FROM step t JOIN cohort c ON c.pathway_id = t.pathway_id
             WHERE c.id = $1 AND t.kind = 'pod' AND t.removed_at IS NULL ORDER BY t.no",
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
