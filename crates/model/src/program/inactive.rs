//! Who has gone quiet in a cohort (rule G8): the list, and that it is told once a week. Putting them away is
//! [`super::archive`]'s.

use std::collections::HashMap;

use rules::ids::{CohortId, ParticipantId, PersonId};
use rules::inactivity::{Ending, Quiet, at_least, next_list, proposed, week_of};
use rules::letters::Happening;
use rules::permission::Action;
use rules::time::Instant;
use serde_json::json;

use super::{kind, may_in};
use crate::db::build::Query;
use crate::event::{self, Actor, Subject};
use crate::organisation::{self, Organisation};
use crate::{Result, Row, Tx, args, mail, reach, session};

/// The most people that one list holds, the longest quiet first.
pub const LISTED_MAX: usize = 500;
/// The most that are looked through for it.
const CANDIDATES_MAX: usize = 5_000;

/// Somebody who has gone quiet.
#[derive(Clone, Debug, PartialEq)]
pub struct Listed {
    /// Their place in the cohort.
    pub participant: ParticipantId,
    /// Who.
    pub person: PersonId,
    /// As they wish to be called.
    pub name: String,
    /// In which cohort.
    pub cohort: CohortId,
    /// What that is called.
    pub cohort_name: String,
    /// What it rests on.
    pub quiet: Quiet,
    /// What they would be put away as.
    pub proposed: Ending,
}

/// What is known of participants `t` of cohorts `c` of projects `j`: everything but what was booked.
const FACTS: &str = "SELECT t.id, p.id, p.name, c.id, c.name, c.starts_at, t.joined_at, t.restored_at,
         (SELECT MAX(COALESCE(s.ended_early_at, s.starts_at + s.minutes * 60000)) FROM journey w
             JOIN attendance a ON a.journey_id = w.id JOIN session s ON s.id = a.session_id
             WHERE w.participant_id = t.id AND a.outcome = 'completed' AND a.greyed_out_at IS NULL),
         (SELECT COUNT(*) FROM journey w WHERE w.participant_id = t.id AND w.completed_at IS NOT NULL),
         (SELECT COUNT(*) FROM journey w WHERE w.participant_id = t.id AND w.completed_at IS NULL)
     FROM participant t JOIN person p ON p.id = t.person_id JOIN cohort c ON c.id = t.cohort_id
     JOIN project j ON j.id = c.project_id";

/// Who can be listed at all: neither put away nor a test, with an open account, in a cohort that is not put away, for long
/// enough, with nothing ahead. `$1` is now, `$2` the moment before which it all has to be.
const CANDIDATE: &str =
    "t.archived_at IS NULL AND NOT t.test AND p.closed_at IS NULL AND c.archived_at IS NULL
     AND t.joined_at <= $2 AND c.starts_at <= $2 AND (t.restored_at IS NULL OR t.restored_at <= $2)
     AND NOT EXISTS (SELECT 1 FROM journey w JOIN attendance a ON a.journey_id = w.id
         JOIN session s ON s.id = a.session_id
         WHERE w.participant_id = t.id AND s.starts_at > $1 AND s.cancelled_at IS NULL AND a.left_at IS NULL
             AND a.outcome IS NULL AND a.greyed_out_at IS NULL)";

fn listed(row: &Row<'_>) -> Result<Listed> {
    let completed: Option<Instant> = row.get(8)?;
    let (complete, running): (i64, i64) = (row.get(9)?, row.get(10)?);
    Ok(Listed {
        participant: row.get(0)?,
        person: row.get(1)?,
        name: row.get(2)?,
        cohort: row.get(3)?,
        cohort_name: row.get(4)?,
        quiet: Quiet {
            cohort_starts: row.get(5)?,
            joined: row.get(6)?,
            restored: row.get(7)?,
            booked: None,
            completed,
            has_ahead: false,
        },
        proposed: proposed(complete > 0 && running == 0, completed.is_some()),
    })
}

/// When a booking was last made for somebody, whatever became of it: their own, or the date of a pod of theirs.
pub(super) fn last_booked(tx: &mut Tx, participant: ParticipantId) -> Result<Option<Instant>> {
    tx.one(
        "SELECT MAX(e.at) FROM journey w JOIN attendance a ON a.journey_id = w.id
         JOIN event e ON e.subject_kind = 'ses' AND e.subject_id = a.session_id AND e.kind IN ($2, $3)
         WHERE w.participant_id = $1",
        args![participant, session::kind::BOOKED.0, session::kind::JOINED.0],
        |row| row.get(0),
    )
}

/// Those of the candidates who are quiet for long enough.
fn judged(tx: &mut Tx, candidates: Vec<Listed>, house: &Organisation) -> Result<Vec<Listed>> {
    let (now, months, zone) = (tx.now(), house.inactive_months, &house.zone);
    let mut found = Vec::new();
    for mut one in candidates {
        // What was booked is asked only of those who would be listed without it.
        if !one.quiet.is_inactive(months, zone, now) {
            continue;
        }
        one.quiet.booked = last_booked(tx, one.participant)?;
        if one.quiet.is_inactive(months, zone, now) {
            found.push(one);
        }
    }
    Ok(found)
}

/// Who has gone quiet among those whom somebody may put away, the longest first; in one cohort if it is named.
///
/// # Errors
/// [`rules::refusal::Refusal::NotFound`] for a cohort that is not theirs to see;
/// [`rules::refusal::Refusal::MayNot`] for whoever puts nobody away.
pub fn list(tx: &mut Tx, by: &Actor, cohort: Option<CohortId>) -> Result<Vec<Listed>> {
    if let Some(cohort) = cohort {
        may_in(tx, by, Action::ArchiveParticipant, cohort)?;
    }
    let reach = reach::somewhere(by, Action::ArchiveParticipant)?;
    let (now, house) = (tx.now(), organisation::get(tx)?);
    let mut query = Query::new(FACTS, args![]);
    query.and(CANDIDATE, args![now, now - at_least(house.inactive_months)]);
    query.and_some("c.id = $1", cohort);
    reach::cohorts(&mut query, by, reach);
    query.push("ORDER BY t.id LIMIT $1", args![CANDIDATES_MAX as i64]);
    let candidates = tx.all(query.sql(), query.args(), listed)?;
    let mut found = judged(tx, candidates, &house)?;
    found.sort_by_key(|one| (one.quiet.since(), one.participant));
    found.truncate(LISTED_MAX);
    Ok(found)
}

/// These participants, with what is known of them, whether they are quiet or not.
pub(super) fn facts_of(
    tx: &mut Tx,
    participants: &[ParticipantId],
) -> Result<HashMap<ParticipantId, Listed>> {
    let mut all = HashMap::new();
    for participant in participants {
        let mut query = Query::new(FACTS, args![]);
        query.and("t.id = $1", args![*participant]);
        if let Some(one) = tx.opt(query.sql(), query.args(), listed)? {
            all.insert(*participant, one);
        }
    }
    Ok(all)
}

/// The next moment at which a list is made.
///
/// # Errors
/// Only those of the store.
pub fn next_week(tx: &mut Tx) -> Result<Option<Instant>> {
    if !tx.exists("SELECT 1 FROM participant", args![])? {
        return Ok(None);
    }
    let (now, zone) = (tx.now(), organisation::get(tx)?.zone);
    Ok(Some(next_list(now, &zone)))
}

/// Makes the list of the week, `limit` participants at a time, and tells of it: each person once for the time in which
/// nothing happened, each lead once a week. A week that nobody saw is not made up for.
///
/// # Errors
/// Only those of the store.
pub fn list_week(tx: &mut Tx, limit: u32) -> Result<u64> {
    if !tx.exists("SELECT 1 FROM participant", args![])? {
        return Ok(0);
    }
    let (now, house) = (tx.now(), organisation::get(tx)?);
    let week = week_of(now, &house.zone).0.to_string();
    let state =
        tx.opt("SELECT reached, finished_at FROM inactive_week WHERE week = $1", args![&week], |row| {
            Ok((row.get::<ParticipantId>(0)?, row.get::<Option<Instant>>(1)?))
        })?;
    let reached = match state {
        Some((_, Some(_))) => return Ok(0),
        Some((reached, None)) => reached,
        None => {
            tx.exec("INSERT INTO inactive_week (week, reached) VALUES ($1, 0)", args![&week])?;
            ParticipantId::from_raw(0)
        }
    };
    let mut query = Query::new(FACTS, args![]);
    query.and(CANDIDATE, args![now, now - at_least(house.inactive_months)]).and("t.id > $1", args![reached]);
    query.push("ORDER BY t.id LIMIT $1", args![i64::from(limit)]);
    let candidates = tx.all(query.sql(), query.args(), listed)?;
    let (looked, last) = (candidates.len() as u64, candidates.last().map(|one| one.participant));
    for one in judged(tx, candidates, &house)? {
        put_down(tx, &one, &week)?;
    }
    if looked == u64::from(limit) {
        tx.exec("UPDATE inactive_week SET reached = $2 WHERE week = $1", args![&week, last])?;
        return Ok(looked);
    }
    tell_leads(tx, &week)?;
    tx.exec("UPDATE inactive_week SET finished_at = $2 WHERE week = $1", args![&week, now])?;
    Ok(looked.max(1))
}

/// Puts somebody on the list of the week, and tells them if they were not on one since they were last active. Whoever is
/// done with all of it has nothing to come back for.
fn put_down(tx: &mut Tx, one: &Listed, week: &str) -> Result<()> {
    let since = one.quiet.since();
    let is_new = tx.exec(
        "INSERT INTO inactive_listed (participant_id, since_at, week) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        args![one.participant, since, week],
    )?;
    if is_new == 0 {
        tx.exec(
            "UPDATE inactive_listed SET week = $3 WHERE participant_id = $1 AND since_at = $2",
            args![one.participant, since, week],
        )?;
        return Ok(());
    }
    let facts = json!({ "since": since.to_string(), "week": week });
    let subject = Subject::of(one.participant);
    let event =
        event::record_asked(tx, &Actor::Program, Some(one.person), kind::GONE_QUIET, &subject, &facts)?;
    if one.proposed == Ending::Completed {
        return Ok(());
    }
    mail::queue_letters(tx, event, &Happening::GoneQuiet { client: one.person })
}

fn tell_leads(tx: &mut Tx, week: &str) -> Result<()> {
    let leads: Vec<PersonId> = tx.all(
        "SELECT DISTINCT l.person_id FROM inactive_listed i JOIN participant t ON t.id = i.participant_id
         JOIN cohort c ON c.id = t.cohort_id JOIN project j ON j.id = c.project_id
         JOIN lead l ON l.cohort_id = c.id OR l.project_id = j.id OR l.company_id = j.company_id
         JOIN person p ON p.id = l.person_id AND p.closed_at IS NULL
         WHERE i.week = $1 ORDER BY l.person_id",
        args![week],
        |row| row.get(0),
    )?;
    for lead in leads {
        let is_first = tx.exec(
            "INSERT INTO inactive_told (week, person_id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
            args![week, lead],
        )?;
        if is_first == 0 {
            continue;
        }
        let (subject, facts) = (Subject::of(lead), json!({ "week": week }));
        let event =
            event::record_asked(tx, &Actor::Program, Some(lead), kind::INACTIVE_LISTED, &subject, &facts)?;
        mail::queue_letters(tx, event, &Happening::InactiveListed { lead })?;
    }
    Ok(())
}

/// How many people stand on the list that somebody sees now: as many as [`list`] shows.
///
/// # Errors
/// Only those of the store.
pub fn count(tx: &mut Tx, by: &Actor) -> Result<u32> {
    if reach::of(by, Action::ArchiveParticipant).is_none() {
        return Ok(0);
    }
    Ok(list(tx, by, None)?.len() as u32)
}

/// How many people stand on the list of this reader now, and in which cohorts: for the letter that tells of it.
///
/// # Errors
/// Only those of the store.
pub fn told(tx: &mut Tx, lead: PersonId, week: &str) -> Result<Vec<(String, u32)>> {
    tx.all(
        "SELECT c.name, COUNT(DISTINCT t.id) FROM inactive_listed i JOIN participant t ON t.id = i.participant_id
         JOIN cohort c ON c.id = t.cohort_id JOIN project j ON j.id = c.project_id
         JOIN person p ON p.id = t.person_id AND p.closed_at IS NULL
         WHERE i.week = $1 AND t.archived_at IS NULL AND NOT t.test AND c.archived_at IS NULL
             AND EXISTS (SELECT 1 FROM lead l WHERE l.person_id = $2
             AND (l.cohort_id = c.id OR l.project_id = j.id OR l.company_id = j.company_id))
         GROUP BY c.id, c.name ORDER BY c.name LIMIT 50",
        args![week, lead],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// What a letter tells somebody who has gone quiet: the cohort, and what they could book; none if they are active again or
/// put away.
///
/// # Errors
/// Only those of the store.
pub fn still_quiet(tx: &mut Tx, participant: ParticipantId, person: PersonId) -> Result<Option<Listed>> {
    let (now, house) = (tx.now(), organisation::get(tx)?);
    let mut query = Query::new(FACTS, args![]);
    query
        .and(CANDIDATE, args![now, now - at_least(house.inactive_months)])
        .and("t.id = $1", args![participant]);
    query.and("p.id = $1", args![person]);
    let found = tx.opt(query.sql(), query.args(), listed)?;
    Ok(judged(tx, found.into_iter().collect(), &house)?.pop())
}
