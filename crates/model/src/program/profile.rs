//! One participant, for admins, for the leads of their cohort, and for whoever coaches them there: the same reading as the
//! board's, of one row, and what happened. Never notes, messages or money (rules G3, W2, P4).

use std::collections::BTreeMap;

use rules::ids::{JourneyId, ParticipantId, PersonId, SessionId};
use rules::permission::{Action, Reach, What};
use rules::refusal::Refusal;
use rules::time::Instant;

use super::board::{self, Cohort, Column, Member};
use super::kind;
use super::participant::fields_of;
use crate::db::build::Query;
use crate::event::{self, Actor, Recorded};
use crate::{Error, Result, Tx, args, ledger, reach};

/// What a coach's or an admin's own reading of a session is; a lead is not told why (as on a session's own page).
const READS_REASONS: Reach = Reach::CLIENTS;

/// The most sessions with a stand-in that one profile names.
const STAND_INS_MAX: i64 = 200;

/// A participant as somebody sees them.
#[derive(Clone, Debug)]
pub struct Profile {
    /// The cohort that they are in, and what it belongs to.
    pub cohort: Cohort,
    /// The steps of their journeys.
    pub columns: Vec<Column>,
    /// Who, and where they stand.
    pub member: Member,
    /// Custom fields, by name (rule G12).
    pub fields: Vec<(String, String)>,
    /// Who put them away, by name, if they are put away.
    pub archived_by: Option<String>,
    /// Who coaches which of their sessions for once, by name; a session of which only they may see more (rule G10).
    pub stand_ins: BTreeMap<SessionId, String>,
    /// Whether the reader may see the sessions that somebody else coaches.
    pub sees_all: bool,
    /// What the reader has to do with them.
    pub ties: Reach,
}

impl Profile {
    /// The step that a cell is of.
    pub fn column(&self, cell: &board::Cell) -> Option<&Column> {
        cell.step.and_then(|step| self.columns.iter().find(|column| column.step == step))
    }
}

/// One participant.
///
/// # Errors
/// [`Refusal::NotFound`] for one who is not theirs to see, as for one who is not there (rule P4).
pub fn profile(tx: &mut Tx, by: &Actor, participant: ParticipantId) -> Result<Profile> {
    let ties = must_see(tx, by, participant)?;
    let mut board = board::of_one(tx, participant)?;
    let member = board.members.pop().ok_or_else(|| Error::database("a participant is on no board"))?;
    let fields = fields_of(tx, participant)?;
    let archived_by = match member.archived_at {
        Some(_) => put_away_by(tx, participant)?,
        None => None,
    };
    let stand_ins = stand_ins(tx, by, participant)?;
    let sees_all = reach::of(by, Action::SeeSession).covers(ties & Reach::PROGRAMS);
    let (cohort, columns) = (board.cohort, board.columns);
    Ok(Profile { cohort, columns, member, fields, archived_by, stand_ins, sees_all, ties })
}

/// The sessions of a participant that somebody else than the reader coaches for once.
fn stand_ins(tx: &mut Tx, by: &Actor, participant: ParticipantId) -> Result<BTreeMap<SessionId, String>> {
    let found: Vec<(SessionId, String)> = tx.all(
        "SELECT k.session_id, p.name FROM journey n JOIN attendance a ON a.journey_id = n.id
         JOIN session_coach k ON k.session_id = a.session_id AND k.stands_in_for IS NOT NULL
         JOIN person p ON p.id = k.coach_id
         WHERE n.participant_id = $1 AND k.coach_id <> COALESCE(CAST($2 AS BIGINT), 0) ORDER BY k.session_id LIMIT $3",
        args![participant, by.person(), STAND_INS_MAX],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    Ok(found.into_iter().collect())
}

/// Who put them away last.
fn put_away_by(tx: &mut Tx, participant: ParticipantId) -> Result<Option<String>> {
    tx.opt(
        "SELECT p.name FROM event e JOIN person p ON p.id = e.by_id
         WHERE e.subject_kind = 'par' AND e.subject_id = $1 AND e.kind = $2 ORDER BY e.id DESC LIMIT 1",
        args![participant, kind::PARTICIPANT_ARCHIVED.0],
        |row| row.get(0),
    )
}

/// What happened to them in this cohort, newest first, at most `limit` events, as far as the reader may know it.
///
/// # Errors
/// As [`profile`].
pub fn history(tx: &mut Tx, by: &Actor, participant: ParticipantId, limit: u32) -> Result<Vec<Recorded>> {
    let ties = must_see(tx, by, participant)?;
    let mut events = event::of_participant(tx, participant, limit)?;
    let reads_reasons = reach::of(by, Action::SeeAudit).is_all() || ties.covers(READS_REASONS);
    events.retain_mut(|event| {
        // Why somebody was put away or their journey completed was written for whoever runs the program (rules G7, G8).
        let is_of_program = kind::ALL.iter().any(|kind| kind.0 == event.kind);
        if !reads_reasons && !is_of_program {
            event.reason = None;
        }
        if let Some(facts) = event.facts.as_object_mut() {
            facts.retain(|name, _| {
                !matches!(name.as_str(), "kept_minor" | "minor" | "currency" | "reference")
            });
        }
        // When somebody answered the survey would tell whose answers are whose (rule N5).
        event.kind != kind::SURVEY_ANSWERED.0 && !ledger::kind::ALL.iter().any(|kind| kind.0 == event.kind)
    });
    Ok(events)
}

/// The most journeys that are told of in one answer.
const WAYS_MAX: i64 = 500;

/// A place of somebody in a cohort with one of their journeys, as a line that leads to their profile there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    /// Whose.
    pub person: PersonId,
    /// Their place.
    pub participant: ParticipantId,
    /// What the cohort is called.
    pub cohort: String,
    /// What the pathway is called; none before a journey begins.
    pub pathway: Option<String>,
    /// How many of its sessions that count are completed.
    pub completed: u32,
    /// How many count.
    pub counted: u32,
    /// When it was said to be complete.
    pub completed_at: Option<Instant>,
    /// Whether they were put away there.
    pub is_archived: bool,
}

/// The journeys of these people whose profile somebody sees, the latest first: all, those of cohorts that they lead, those
/// of participants whom they coach (rule G3).
///
/// # Errors
/// Only those of the store.
pub fn ways(tx: &mut Tx, by: &Actor, people: &[PersonId]) -> Result<Vec<Way>> {
    let reach = reach::of(by, Action::SeePeople);
    if people.is_empty() || reach.is_none() {
        return Ok(Vec::new());
    }
    let head = "SELECT t.person_id, t.id, c.name, w.name, n.completed_at, t.archived_at,
         SUM(CASE WHEN a.counts AND a.outcome = 'completed' AND a.greyed_out_at IS NULL THEN 1 ELSE 0 END),
         SUM(CASE WHEN a.counts AND a.greyed_out_at IS NULL THEN 1 ELSE 0 END)
         FROM participant t JOIN cohort c ON c.id = t.cohort_id JOIN project j ON j.id = c.project_id
         LEFT JOIN journey n ON n.participant_id = t.id LEFT JOIN pathway w ON w.id = n.pathway_id
         LEFT JOIN attendance a ON a.journey_id = n.id";
    let mut query = Query::new(head, args![]);
    if !reach.is_all() {
        query.and(
            "(($2 AND EXISTS (SELECT 1 FROM lead l WHERE l.person_id = $1
                  AND (l.cohort_id = c.id OR l.project_id = j.id OR l.company_id = j.company_id)))
              OR ($3 AND t.coach_id = $1))",
            args![by.person(), reach.contains(Reach::PROGRAMS), reach.contains(Reach::CLIENTS)],
        );
    }
    for (place, person) in people.iter().enumerate() {
        if place == 0 {
            query.and("t.person_id IN ($1", args![*person]);
        } else {
            query.push(", $1", args![*person]);
        }
    }
    query.push(
        ") GROUP BY t.person_id, t.id, c.name, w.name, n.id, n.starts_at, n.completed_at, t.archived_at
         ORDER BY CASE WHEN t.archived_at IS NULL THEN 0 ELSE 1 END, COALESCE(n.starts_at, 0) DESC,
             COALESCE(n.id, 0) DESC, t.id DESC LIMIT $1",
        args![WAYS_MAX],
    );
    tx.all(query.sql(), query.args(), |row| {
        Ok(Way {
            person: row.get(0)?,
            participant: row.get(1)?,
            cohort: row.get(2)?,
            pathway: row.get(3)?,
            completed: row.get(6)?,
            counted: row.get(7)?,
            completed_at: row.get(4)?,
            is_archived: row.get::<Option<Instant>>(5)?.is_some(),
        })
    })
}

/// The profile to which this journey belongs, if somebody sees it.
///
/// # Errors
/// Only those of the store.
pub fn way_of(tx: &mut Tx, by: &Actor, journey: JourneyId) -> Result<Option<ParticipantId>> {
    let sql = "SELECT participant_id FROM journey WHERE id = $1";
    let Some(participant) = tx.opt(sql, args![journey], |row| row.get(0))? else { return Ok(None) };
    match must_see(tx, by, participant) {
        Ok(_) => Ok(Some(participant)),
        Err(Error::Refused(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

fn must_see(tx: &mut Tx, by: &Actor, participant: ParticipantId) -> Result<Reach> {
    let ties = reach::ties_to_participant(tx, by, participant)?;
    let is_there = tx.exists("SELECT 1 FROM participant WHERE id = $1", args![participant])?;
    if !is_there {
        return Err(Refusal::NotFound.into());
    }
    by.may(Action::SeePeople, &What::private(Action::SeePeople, ties))?;
    Ok(ties)
}
