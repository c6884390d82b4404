//! The end of a journey (rule G7): how it stands, what is in the way, who says that it is complete, and who proposes it.
//! What is asked afterwards is [`super::survey`]'s.

use rules::completion::{Hindrance, Part, Readiness};
use rules::ids::{CohortId, JourneyId, ParticipantId, PersonId, SessionId};
use rules::inactivity::may_begin;
use rules::permission::{Action, What};
use rules::refusal::{Problem, Refusal};
use rules::time::Instant;
use serde_json::json;

use super::board::{self, Board, Cell, Cohort, Column, Journey, Member};
use super::survey::{self, Sent};
use super::{kind, may_in};
use crate::db::build::Query;
use crate::event::{self, Actor, Subject};
use crate::session::Reason;
use crate::{Error, Result, Tx, args, reach};

/// The most proposals that one list holds.
pub const PROPOSALS_MAX: u32 = 100;

/// How a journey stands before and after its end.
#[derive(Clone, Debug)]
pub struct Standing {
    /// Which.
    pub journey: JourneyId,
    /// What the pathway is called.
    pub pathway: String,
    /// Whose place it belongs to.
    pub participant: ParticipantId,
    /// Who.
    pub person: PersonId,
    /// As they wish to be called.
    pub name: String,
    /// In which cohort.
    pub cohort: Cohort,
    /// When it was completed, and by whom.
    pub completed: Option<(Instant, Option<String>)>,
    /// Who proposes that it be completed, and since when.
    pub proposed: Option<(PersonId, String, Instant)>,
    /// Whether it can be completed as it is.
    pub readiness: Readiness,
    /// What is in the way: bookings ahead first, then what is unmarked, then what has no time.
    pub open: Vec<Open>,
    /// How its survey stands.
    pub survey: Sent,
    /// Whether completing it sends one.
    pub asks: bool,
    /// Since when they are put away.
    pub archived_at: Option<Instant>,
}

impl Standing {
    /// Whether its end can be said, taken back or proposed: not where somebody is put away, who is sent no survey (rule G8).
    ///
    /// # Errors
    /// [`Refusal::PutAway`].
    pub fn may_change(&self) -> std::result::Result<(), Refusal> {
        may_begin(self.archived_at, self.cohort.archived_at)
    }
}

/// A session that is in the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Open {
    /// How.
    pub hindrance: Hindrance,
    /// Which.
    pub session: SessionId,
    /// The number and the name of its step; none for an extra session.
    pub step: Option<(u32, String)>,
    /// The name of an extra session.
    pub extra: Option<String>,
    /// When it is or was.
    pub starts_at: Option<Instant>,
}

/// How a journey stands, for whoever may complete it, and for its coach.
///
/// # Errors
/// [`Refusal::NotFound`] for a journey of somebody who is not theirs to see, as for one that is not there (rule P4).
pub fn standing(tx: &mut Tx, by: &Actor, journey: JourneyId) -> Result<Standing> {
    let (participant, person) = located(tx, journey)?;
    let what = what(tx, by, participant, person)?;
    by.may(Action::SeePeople, &what)?;
    stands(tx, journey, participant)
}

/// The same for whoever wants to do this with it.
fn standing_for(tx: &mut Tx, by: &Actor, journey: JourneyId, action: Action) -> Result<Standing> {
    by.still_stands(tx)?;
    let (participant, person) = located(tx, journey)?;
    let what = what(tx, by, participant, person)?;
    by.may(action, &what)?;
    stands(tx, journey, participant)
}

fn located(tx: &mut Tx, journey: JourneyId) -> Result<(ParticipantId, PersonId)> {
    let found = tx.opt(
        "SELECT t.id, t.person_id FROM journey j JOIN participant t ON t.id = j.participant_id WHERE j.id = $1",
        args![journey],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    Ok(found.ok_or(Refusal::NotFound)?)
}

/// To the table of rights; whoever is the client here decides nothing (rule P8).
fn what(tx: &mut Tx, by: &Actor, participant: ParticipantId, person: PersonId) -> Result<What> {
    let what = What::private(Action::SeePeople, reach::ties_to_participant(tx, by, participant)?);
    Ok(if by.person() == Some(person) { what.as_its_client() } else { what })
}

fn stands(tx: &mut Tx, journey: JourneyId, participant: ParticipantId) -> Result<Standing> {
    let Board { cohort, columns, mut members, .. } = board::of_one(tx, participant)?;
    let member = members.pop().ok_or_else(|| Error::database("a participant is on no board"))?;
    let found = member.journeys.iter().find(|found| found.id == journey).cloned();
    let found = match found {
        Some(found) => found,
        // Without any session it is on no board.
        None => empty(tx, journey)?,
    };
    of_member(tx, &cohort, &columns, &member, &found)
}

fn empty(tx: &mut Tx, journey: JourneyId) -> Result<Journey> {
    tx.one("SELECT pathway_id, starts_at, completed_at FROM journey WHERE id = $1", args![journey], |row| {
        let (pathway, starts_at, completed_at) = (row.get(0)?, row.get(1)?, row.get(2)?);
        Ok(Journey { id: journey, pathway, starts_at, completed_at, cells: Vec::new() })
    })
}

const fn part(cell: &Cell) -> Part {
    Part { status: cell.status, counts: cell.counts, ends_at: cell.ends_at }
}

fn of_member(
    tx: &mut Tx,
    cohort: &Cohort,
    columns: &[Column],
    member: &Member,
    journey: &Journey,
) -> Result<Standing> {
    let now = tx.now();
    let parts: Vec<Part> = journey.cells.iter().map(part).collect();
    let step = |cell: &Cell| {
        let column = columns.iter().find(|column| Some(column.step) == cell.step)?;
        Some((column.number, column.name.clone()))
    };
    let mut open: Vec<Open> = journey
        .cells
        .iter()
        .filter_map(|cell| {
            let hindrance = part(cell).hindrance(now)?;
            Some(Open {
                hindrance,
                session: cell.session,
                step: step(cell),
                extra: cell.extra.as_ref().map(|extra| extra.name.clone()),
                starts_at: cell.starts_at,
            })
        })
        .collect();
    open.sort_by_key(|open| (open.hindrance, open.starts_at));
    let (pathway, by, proposed) = tx.one(
        "SELECT w.name, b.name, q.id, q.name, e.proposed_at FROM journey j JOIN pathway w ON w.id = j.pathway_id
         LEFT JOIN person b ON b.id = j.completed_by LEFT JOIN journey_end e ON e.journey_id = j.id
         LEFT JOIN person q ON q.id = e.proposed_by WHERE j.id = $1",
        args![journey.id],
        |row| {
            let who: Option<(PersonId, String)> = row.get::<Option<PersonId>>(2)?.zip(row.get(3)?);
            let at: Option<Instant> = row.get(4)?;
            let proposed = who.zip(at).map(|((id, name), at)| (id, name, at));
            Ok((row.get::<String>(0)?, row.get::<Option<String>>(1)?, proposed))
        },
    )?;
    let survey = survey::sent(tx, journey.id)?;
    let asks =
        survey == Sent::Never && !member.is_test && !survey::questions(tx, journey.pathway)?.is_empty();
    Ok(Standing {
        journey: journey.id,
        pathway,
        participant: member.id,
        person: member.person,
        name: member.name.clone(),
        cohort: cohort.clone(),
        completed: journey.completed_at.map(|at| (at, by)),
        proposed,
        readiness: Readiness::of(&parts),
        open,
        survey,
        asks,
        archived_at: member.archived_at,
    })
}

/// Says that a journey is complete. Its survey goes out a while later, once ever. Gives whether it was not so already.
///
/// # Errors
/// [`Refusal::NotFound`], [`Refusal::MayNot`], [`Refusal::OwnAttendance`]; [`Refusal::PutAway`]; [`Refusal::Invalid`] on
/// `reason` where something that counts is open and none is given.
pub fn complete(tx: &mut Tx, by: &Actor, journey: JourneyId, reason: &Reason) -> Result<bool> {
    let found = standing_for(tx, by, journey, Action::CompleteJourney)?;
    finish(tx, by, &found, reason)
}

fn finish(tx: &mut Tx, by: &Actor, found: &Standing, reason: &Reason) -> Result<bool> {
    if found.completed.is_some() {
        return Ok(false);
    }
    found.may_change()?;
    found.readiness.may_complete(reason.as_str())?;
    let now = tx.now();
    let done = tx.exec(
        "UPDATE journey SET completed_at = $2, completed_by = $3 WHERE id = $1 AND completed_at IS NULL",
        args![found.journey, now, by.person()],
    )?;
    if done == 0 {
        return Ok(false);
    }
    let is_test =
        tx.one("SELECT test FROM participant WHERE id = $1", args![found.participant], |row| row.get(0))?;
    survey::wait(tx, found.journey, is_test)?;
    let facts = json!({
        "from": "running", "to": "complete", "open": found.readiness.open,
        "completed": found.readiness.completed,
        "proposed_by": found.proposed.as_ref().map(|(id, ..)| id.to_string()),
    });
    let subject = Subject::of(found.journey);
    let event = event::record_for(tx, by, Some(found.person), kind::JOURNEY_COMPLETED, &subject, &facts)?;
    event::give_reason(tx, event, reason.as_str())?;
    Ok(true)
}

/// Says that a journey is not complete after all. A survey that waits does not go out; one that went out stays the only
/// one.
///
/// # Errors
/// As [`complete`].
pub fn reopen(tx: &mut Tx, by: &Actor, journey: JourneyId) -> Result<()> {
    let found = standing_for(tx, by, journey, Action::ReopenJourney)?;
    if found.completed.is_none() {
        return Ok(());
    }
    found.may_change()?;
    tx.exec("UPDATE journey SET completed_at = NULL, completed_by = NULL WHERE id = $1", args![journey])?;
    survey::forgo(tx, journey)?;
    let facts = json!({ "from": "complete", "to": "running" });
    let subject = Subject::of(journey);
    event::record_for(tx, by, Some(found.person), kind::JOURNEY_REOPENED, &subject, &facts)?;
    Ok(())
}

/// A coach proposes that the journey of a participant of theirs be completed. Whoever leads the program decides.
///
/// # Errors
/// As [`complete`]; [`Refusal::JourneyComplete`].
pub fn propose(tx: &mut Tx, by: &Actor, journey: JourneyId) -> Result<()> {
    let found = standing_for(tx, by, journey, Action::ProposeCompletion)?;
    if found.completed.is_some() {
        return Err(Refusal::JourneyComplete.into());
    }
    found.may_change()?;
    if found.proposed.is_some() {
        return Ok(());
    }
    let now = tx.now();
    tx.exec(
        "INSERT INTO journey_end (journey_id, proposed_at, proposed_by) VALUES ($1, $2, $3)
         ON CONFLICT (journey_id) DO UPDATE SET proposed_at = excluded.proposed_at, proposed_by = excluded.proposed_by",
        args![journey, now, by.person()],
    )?;
    let facts = json!({ "open": found.readiness.open });
    let subject = Subject::of(journey);
    event::record_for(tx, by, Some(found.person), kind::COMPLETION_PROPOSED, &subject, &facts)?;
    Ok(())
}

/// A proposal is taken back by its coach, or put aside by whoever would decide it.
///
/// # Errors
/// As [`complete`].
pub fn drop_proposal(tx: &mut Tx, by: &Actor, journey: JourneyId) -> Result<()> {
    let found = match standing_for(tx, by, journey, Action::CompleteJourney) {
        Err(Error::Refused(Refusal::MayNot { .. })) => {
            standing_for(tx, by, journey, Action::ProposeCompletion)?
        }
        found => found?,
    };
    let dropped = tx.exec(
        "UPDATE journey_end SET proposed_at = NULL, proposed_by = NULL WHERE journey_id = $1 AND proposed_at IS NOT NULL",
        args![journey],
    )?;
    if dropped == 1 {
        let subject = Subject::of(journey);
        event::record_for(tx, by, Some(found.person), kind::PROPOSAL_DROPPED, &subject, &json!({}))?;
    }
    Ok(())
}

/// What completing many would come to.
#[derive(Clone, Debug)]
pub struct Plan {
    /// In which cohort.
    pub cohort: Cohort,
    /// Those that can be completed as they are, by name.
    pub ready: Vec<Standing>,
    /// Those that need a reason.
    pub open: Vec<Standing>,
    /// Those that are complete already.
    pub done: Vec<Standing>,
    /// Those of the reader's own, which somebody else completes (rule P8).
    pub own: Vec<Standing>,
}

/// What completing the journeys of a cohort would come to; of these participants, or of all if none is named.
///
/// # Errors
/// [`Refusal::NotFound`] for a cohort that is not theirs to see; [`Refusal::MayNot`].
pub fn plan(tx: &mut Tx, by: &Actor, cohort: CohortId, only: &[ParticipantId]) -> Result<Plan> {
    may_in(tx, by, Action::CompleteJourney, cohort)?;
    let board = board::everybody(tx, cohort)?;
    let mut plan =
        Plan { cohort: board.cohort.clone(), ready: vec![], open: vec![], done: vec![], own: vec![] };
    let wanted =
        |member: &&Member| member.archived_at.is_none() && (only.is_empty() || only.contains(&member.id));
    for member in board.members.iter().filter(wanted) {
        for journey in &member.journeys {
            let standing = of_member(tx, &board.cohort, &board.columns, member, journey)?;
            let place = match &standing {
                Standing { completed: Some(_), .. } => &mut plan.done,
                Standing { person, .. } if by.person() == Some(*person) => &mut plan.own,
                Standing { readiness, .. } if readiness.is_ready() => &mut plan.ready,
                _ => &mut plan.open,
            };
            place.push(standing);
        }
    }
    Ok(plan)
}

/// Completes these journeys of a cohort together: all of them, or none.
///
/// # Errors
/// As [`complete`]; a journey of another cohort is not there.
pub fn complete_all(
    tx: &mut Tx,
    by: &Actor,
    cohort: CohortId,
    journeys: &[JourneyId],
    reason: &Reason,
) -> Result<u32> {
    may_in(tx, by, Action::CompleteJourney, cohort)?;
    if journeys.is_empty() {
        return Err(Refusal::invalid("journeys", Problem::Missing).into());
    }
    let mut done = 0;
    for journey in journeys {
        let found = standing_for(tx, by, *journey, Action::CompleteJourney)?;
        if found.cohort.id != cohort {
            return Err(Refusal::NotFound.into());
        }
        done += u32::from(finish(tx, by, &found, reason)?);
    }
    Ok(done)
}

/// A journey whose coach proposes that it be completed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// Which.
    pub journey: JourneyId,
    /// Whose.
    pub name: String,
    /// In which cohort.
    pub cohort: CohortId,
    /// What that is called.
    pub cohort_name: String,
    /// Who proposes it.
    pub by: String,
    /// Since when.
    pub at: Instant,
}

/// The proposals that somebody may decide, the oldest first; of one cohort if it is named, else of those that are not put
/// away. Nobody decides about themselves (rule P8).
///
/// # Errors
/// Only those of the store.
pub fn proposals(tx: &mut Tx, by: &Actor, cohort: Option<CohortId>) -> Result<Vec<Proposal>> {
    let reach = reach::of(by, Action::CompleteJourney);
    if reach.is_none() {
        return Ok(Vec::new());
    }
    let mut query = Query::new(
        "SELECT e.journey_id, p.name, c.id, c.name, q.name, e.proposed_at FROM journey_end e
         JOIN journey w ON w.id = e.journey_id JOIN participant t ON t.id = w.participant_id
         JOIN person p ON p.id = t.person_id JOIN cohort c ON c.id = t.cohort_id JOIN project j ON j.id = c.project_id
         JOIN person q ON q.id = e.proposed_by",
        args![],
    );
    query.and("e.proposed_at IS NOT NULL AND w.completed_at IS NULL AND t.archived_at IS NULL", args![]);
    query.and("t.person_id <> COALESCE(CAST($1 AS BIGINT), 0)", args![by.person()]);
    match cohort {
        Some(cohort) => query.and("c.id = $1", args![cohort]),
        None => query.and("c.archived_at IS NULL", args![]),
    };
    reach::cohorts(&mut query, by, reach);
    query.push("ORDER BY e.proposed_at, e.journey_id LIMIT $1", args![PROPOSALS_MAX]);
    tx.all(query.sql(), query.args(), |row| {
        Ok(Proposal {
            journey: row.get(0)?,
            name: row.get(1)?,
            cohort: row.get(2)?,
            cohort_name: row.get(3)?,
            by: row.get(4)?,
            at: row.get(5)?,
        })
    })
}
