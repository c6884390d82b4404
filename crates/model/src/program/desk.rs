//! What somebody who runs programs finds at home: the cohorts that they lead, and what waits for somebody in them, or in all
//! of the house (rules G4, G5, S7). Only reads. A first page is seen often: what a lead reads begins at their cohorts, what an
//! admin reads at what is lacking.

use std::collections::BTreeSet;

use rules::ids::{CohortId, JourneyId, ParticipantId, SessionId, StepId};
use rules::permission::{Action, Reach};
use rules::reminding::LISTED_AFTER;
use rules::time::Instant;

use super::pod::{self, AllPods};
use super::pool::WAITS_FOR_COACH;
use crate::db::build::Query;
use crate::event::Actor;
use crate::session::{self, STATUS_SQL, open_steps};
use crate::{Result, Tx, args, reach};

/// The most cohorts that a home shows, those that begin last first.
const COHORTS_MAX: i64 = 20;
/// The most cohorts in which something is counted.
const LACKING_MAX: i64 = 500;
/// Sessions without an outcome are counted up to this.
const UNMARKED_MAX: i64 = 1_000;
/// The most pods that are looked through, of those that were warned of.
const WARNED_MAX: i64 = 200;
/// So many of the latest warnings are looked through for an admin; each of them is of the coming two weeks at most.
const WARNINGS_MAX: i64 = 1_000;
/// In so many cohorts it is looked for an admin who waits at a step that nobody can book, those that began last.
const LOOKED_THROUGH_MAX: i64 = 500;
/// The most pods without a date that are looked through for an admin.
const DATELESS_MAX: i64 = 2_000;
/// The most waiting steps that are looked through for an admin.
const WAITING_MAX: i64 = 2_000;

/// A cohort that somebody leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Led {
    /// Which.
    pub cohort: CohortId,
    /// What it is called.
    pub name: String,
    /// The company that pays.
    pub company: String,
    /// How many participants are on their way.
    pub people: usize,
}

/// A cohort that lacks something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lack {
    /// Which.
    pub cohort: CohortId,
    /// What it is called.
    pub name: String,
    /// How much of it.
    pub count: usize,
}

/// What cohorts in use lack, those that lack most first. Tests are in no number (rule G12).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lacks {
    /// Steps of people that nobody can book any more (rule G5).
    pub stuck: Vec<Lack>,
    /// Participants who wait for a coach: nobody coaches them, and a 1:1 of theirs has no time.
    pub coachless: Vec<Lack>,
    /// Pods without a date, of steps that their pathway still has.
    pub dateless: Vec<Lack>,
}

/// A pod with fewer members than it should have, of which its lead was warned, or an admin where nobody leads it (rule G5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Small {
    /// Its session.
    pub session: SessionId,
    /// What it is called.
    pub name: String,
    /// When it meets.
    pub starts_at: Instant,
    /// How many come.
    pub members: i64,
    /// How many it should have at least.
    pub least: i64,
}

/// The cohorts that somebody leads; an admin, who leads all, finds them under the programs.
///
/// # Errors
/// Only those of the store.
pub fn led(tx: &mut Tx, by: &Actor) -> Result<Vec<Led>> {
    if !leads(by) {
        return Ok(Vec::new());
    }
    let mut query = Query::new(
        "SELECT u.id, u.name, m.name,
             (SELECT COUNT(*) FROM participant t JOIN person p ON p.id = t.person_id AND p.closed_at IS NULL
              WHERE t.cohort_id = u.id AND t.archived_at IS NULL AND NOT t.test)
         FROM (SELECT c.id, c.name, c.project_id, c.starts_at",
        args![],
    );
    from_theirs(&mut query, by)
        .push("WHERE c.archived_at IS NULL ORDER BY c.starts_at DESC, c.id LIMIT $1) u", args![COHORTS_MAX])
        .push("JOIN project j ON j.id = u.project_id JOIN company m ON m.id = j.company_id", args![])
        .push("ORDER BY u.starts_at DESC, u.id", args![]);
    tx.all(query.sql(), query.args(), |row| {
        Ok(Led { cohort: row.get(0)?, name: row.get(1)?, company: row.get(2)?, people: row.get(3)? })
    })
}

/// How many participants are on their way in the cohorts that somebody leads, as the list of programs counts them: who is
/// put away, or in a cohort that is, is not among them, nor is a test.
///
/// # Errors
/// Only those of the store.
pub fn people(tx: &mut Tx, by: &Actor) -> Result<i64> {
    if !leads(by) {
        return Ok(0);
    }
    let mut query = Query::new("SELECT COUNT(*)", args![]);
    from_theirs(&mut query, by).push(
        "CROSS JOIN participant t CROSS JOIN person p
         WHERE c.archived_at IS NULL AND t.cohort_id = c.id AND t.archived_at IS NULL AND NOT t.test
             AND p.id = t.person_id AND p.closed_at IS NULL",
        args![],
    );
    tx.one(query.sql(), query.args(), |row| row.get(0))
}

/// What is lacking in the cohorts that somebody leads, or in any for an admin.
///
/// # Errors
/// Only those of the store.
pub fn lacks(tx: &mut Tx, by: &Actor) -> Result<Lacks> {
    let reach = reach::of(by, Action::ManagePods);
    let mut lacks = if reach.is_all() {
        Lacks {
            stuck: stuck_anywhere(tx)?,
            coachless: coachless_anywhere(tx)?,
            dateless: dateless_anywhere(tx)?,
        }
    } else if leads(by) {
        let stuck = pod::stuck(tx, by)?.into_iter();
        let stuck = stuck.map(|one| Lack { cohort: one.cohort, name: one.name, count: one.steps }).collect();
        Lacks { stuck, coachless: coachless_of(tx, by)?, dateless: dateless_of(tx, by)? }
    } else {
        Lacks::default()
    };
    for all in [&mut lacks.stuck, &mut lacks.coachless, &mut lacks.dateless] {
        all.sort_by(|one, other| other.count.cmp(&one.count).then_with(|| one.name.cmp(&other.name)));
    }
    Ok(lacks)
}

/// How many sessions of the programs that somebody leads have been over for [`LISTED_AFTER`] without an outcome, beside
/// those that they mark themselves (rule S7); an admin has the list.
///
/// # Errors
/// Only those of the store.
pub fn unmarked(tx: &mut Tx, by: &Actor) -> Result<usize> {
    if !leads(by) {
        return Ok(0);
    }
    let until = tx.now() - LISTED_AFTER;
    let mut query = Query::new("SELECT DISTINCT s.id", args![]);
    from_theirs(&mut query, by).push(
        "CROSS JOIN participant t CROSS JOIN journey n CROSS JOIN attendance a CROSS JOIN session s
         WHERE t.cohort_id = c.id AND NOT t.test AND n.participant_id = t.id AND a.journey_id = n.id
             AND a.outcome IS NULL AND a.left_at IS NULL AND a.greyed_out_at IS NULL
             AND s.id = a.session_id AND s.starts_at <= $2 AND s.cancelled_at IS NULL AND s.held_until IS NULL
             AND COALESCE(s.ended_early_at, s.starts_at + s.minutes * 60000) <= $2
             AND NOT EXISTS (SELECT 1 FROM session_coach k
                 WHERE k.session_id = s.id AND k.coach_id = $1 AND k.marking)
         LIMIT $3",
        args![by.person(), until, UNMARKED_MAX],
    );
    Ok(tx.all(query.sql(), query.args(), |row| row.get::<SessionId>(0))?.len())
}

/// The pods of the programs that somebody leads that still have fewer members than they should, once the warning of that
/// went out, soonest first. An admin finds those that nobody leads: whoever the warning went to (rule G5).
///
/// # Errors
/// Only those of the store.
pub fn small(tx: &mut Tx, by: &Actor) -> Result<Vec<Small>> {
    let is_admins = reach::of(by, Action::ManagePods).is_all();
    if !is_admins && !leads(by) {
        return Ok(Vec::new());
    }
    let now = tx.now();
    let mut query = Query::new(
        "SELECT s.id, o.name, s.starts_at, o.min_members, (SELECT COUNT(*) FROM attendance a WHERE a.session_id = s.id
             AND a.left_at IS NULL AND a.outcome IS NULL AND a.greyed_out_at IS NULL)",
        args![],
    );
    let warning = session::kind::POD_TOO_SMALL.0;
    if is_admins {
        // Warnings are few: nothing else of the house is looked at.
        query.push(
            "FROM (SELECT subject_id, at FROM event WHERE kind = $1 AND subject_kind = 'ses' ORDER BY id DESC LIMIT $2) e
             CROSS JOIN session s CROSS JOIN pod o CROSS JOIN cohort c CROSS JOIN project j
             WHERE s.id = e.subject_id AND e.at >= s.set_at AND o.id = s.pod_id AND c.id = o.cohort_id
                 AND j.id = c.project_id AND NOT EXISTS (SELECT 1 FROM lead l
                     WHERE l.cohort_id = c.id OR l.project_id = j.id OR l.company_id = j.company_id)",
            args![warning, WARNINGS_MAX],
        );
    } else {
        from_theirs(&mut query, by).push(
            "CROSS JOIN pod o CROSS JOIN session s
             WHERE o.cohort_id = c.id AND s.pod_id = o.id
                 AND EXISTS (SELECT 1 FROM event e WHERE e.subject_kind = 'ses' AND e.subject_id = s.id AND e.kind = $1
                     AND e.at >= s.set_at)",
            args![warning],
        );
    }
    query.push(
        "AND c.archived_at IS NULL AND s.starts_at > $1 AND s.cancelled_at IS NULL AND s.pod_looked_at IS NOT NULL
         ORDER BY s.starts_at, s.id LIMIT $2",
        args![now, WARNED_MAX],
    );
    let mut found = tx.all(query.sql(), query.args(), |row| {
        Ok(Small {
            session: row.get(0)?,
            name: row.get(1)?,
            starts_at: row.get(2)?,
            least: row.get(3)?,
            members: row.get(4)?,
        })
    })?;
    found.retain(|one| one.members < one.least);
    Ok(found)
}

/// Whether somebody runs programs that they lead, and not all of them.
fn leads(by: &Actor) -> bool {
    let reach = reach::of(by, Action::SeeCohort);
    !reach.is_all() && reach.contains(Reach::PROGRAMS)
}

/// The cohorts that somebody leads, in whole or through project or company, as `c`: the query goes on from them.
fn from_theirs<'q>(query: &'q mut Query, by: &Actor) -> &'q mut Query {
    query
        .push("FROM (SELECT h.id, h.name, h.project_id, h.starts_at, h.archived_at FROM cohort h WHERE h.id IN (", args![])
        .push(reach::LED, args![by.person()])
        .push(")) c", args![])
}

const WAITING: &str = "t.person_id = p.id AND p.closed_at IS NULL AND NOT t.test AND";

fn coachless_of(tx: &mut Tx, by: &Actor) -> Result<Vec<Lack>> {
    let mut query = Query::new("SELECT c.id, c.name, COUNT(*)", args![]);
    from_theirs(&mut query, by)
        .push("CROSS JOIN participant t CROSS JOIN person p", args![])
        .push("WHERE c.archived_at IS NULL AND t.cohort_id = c.id AND", args![]);
    query.push(WAITING, args![]).push(WAITS_FOR_COACH, args![]);
    counted(tx, &mut query)
}

fn coachless_anywhere(tx: &mut Tx) -> Result<Vec<Lack>> {
    let mut query = Query::new(
        "SELECT c.id, c.name, COUNT(*) FROM participant t CROSS JOIN cohort c CROSS JOIN person p
         WHERE c.id = t.cohort_id AND c.archived_at IS NULL AND",
        args![],
    );
    query.push(WAITING, args![]).push(WAITS_FOR_COACH, args![]);
    counted(tx, &mut query)
}

/// Whether a pod `o` of a cohort in use `c` waits for its date, at a step `e` that its pathway still has.
const WAITS_FOR_DATE: &str = "c.archived_at IS NULL AND s.starts_at IS NULL AND s.cancelled_at IS NULL
     AND e.id = o.step_id AND e.removed_at IS NULL";

fn dateless_of(tx: &mut Tx, by: &Actor) -> Result<Vec<Lack>> {
    let mut query = Query::new("SELECT c.id, c.name, COUNT(*)", args![]);
    from_theirs(&mut query, by)
        .push("CROSS JOIN pod o CROSS JOIN session s CROSS JOIN step e", args![])
        .push("WHERE o.cohort_id = c.id AND s.pod_id = o.id AND", args![])
        .push(WAITS_FOR_DATE, args![]);
    counted(tx, &mut query)
}

/// What has no date was not looked at before it: that leads to the index of such sessions.
fn dateless_anywhere(tx: &mut Tx) -> Result<Vec<Lack>> {
    let mut query = Query::new(
        "SELECT c.id, c.name, COUNT(*)
         FROM (SELECT pod_id, starts_at, cancelled_at FROM session
               WHERE pod_id IS NOT NULL AND pod_looked_at IS NULL AND starts_at IS NULL LIMIT $1) s
         CROSS JOIN pod o CROSS JOIN cohort c CROSS JOIN step e
         WHERE o.id = s.pod_id AND c.id = o.cohort_id AND",
        args![DATELESS_MAX],
    );
    query.push(WAITS_FOR_DATE, args![]);
    counted(tx, &mut query)
}

fn counted(tx: &mut Tx, query: &mut Query) -> Result<Vec<Lack>> {
    query.push("GROUP BY c.id, c.name ORDER BY COUNT(*) DESC, c.id LIMIT $1", args![LACKING_MAX]);
    tx.all(query.sql(), query.args(), |row| {
        Ok(Lack { cohort: row.get(0)?, name: row.get(1)?, count: row.get(2)? })
    })
}

/// Somebody who waits at a pod's step.
struct Waiting {
    cohort: CohortId,
    name: String,
    participant: ParticipantId,
    journey: JourneyId,
    step: StepId,
}

/// Steps of all cohorts that nobody can book any more. It is looked only where no pod of the step is ahead, or without a date,
/// and has room: of these few the people are asked for.
fn stuck_anywhere(tx: &mut Tx) -> Result<Vec<Lack>> {
    let now = tx.now();
    let mut query = Query::new(
        "SELECT c.id, c.name, t.id, n.id, a.step_id
         FROM (SELECT id, name, pathway_id FROM cohort WHERE archived_at IS NULL
               ORDER BY starts_at DESC, id LIMIT $2) c
         CROSS JOIN step e CROSS JOIN participant t CROSS JOIN person p CROSS JOIN journey n CROSS JOIN attendance a
         CROSS JOIN session s
         WHERE e.pathway_id = c.pathway_id AND e.kind = 'pod' AND NOT EXISTS (
                 SELECT 1 FROM pod o JOIN session m ON m.pod_id = o.id
                 WHERE o.cohort_id = c.id AND o.step_id = e.id AND (m.starts_at IS NULL OR m.starts_at > $1)
                     AND o.max_members > (SELECT COUNT(*) FROM pod_member k WHERE k.pod_id = o.id))
             AND t.cohort_id = c.id AND t.archived_at IS NULL AND NOT t.test
             AND p.id = t.person_id AND p.closed_at IS NULL
             AND n.participant_id = t.id AND n.completed_at IS NULL
             AND a.step_id = e.id AND a.journey_id = n.id AND s.id = a.session_id AND",
        args![now, LOOKED_THROUGH_MAX],
    );
    query.push(STATUS_SQL, args![]).push("= 'unbooked' LIMIT $1", args![WAITING_MAX]);
    let mut waiting = tx.all(query.sql(), query.args(), |row| {
        Ok(Waiting {
            cohort: row.get(0)?,
            name: row.get(1)?,
            participant: row.get(2)?,
            journey: row.get(3)?,
            step: row.get(4)?,
        })
    })?;
    waiting.sort_by_key(|one| one.cohort);
    let journeys: BTreeSet<JourneyId> = waiting.iter().map(|one| one.journey).collect();
    let open = open_steps(tx, &journeys)?;
    waiting.retain(|one| open.contains(&(one.journey, one.step)));
    let (mut found, mut pods): (Vec<Lack>, Option<(CohortId, AllPods)>) = (Vec::new(), None);
    for one in waiting {
        let of_it = match pods.take().filter(|(of, _)| *of == one.cohort) {
            Some((_, of_it)) => of_it,
            None => AllPods::of(tx, one.cohort)?,
        };
        let is_out = of_it.without_date(Some(one.participant), one.step, now).is_some();
        pods = Some((one.cohort, of_it));
        match found.last_mut() {
            _ if !is_out => {}
            Some(last) if last.cohort == one.cohort => last.count += 1,
            _ => found.push(Lack { cohort: one.cohort, name: one.name, count: 1 }),
        }
    }
    Ok(found)
}
