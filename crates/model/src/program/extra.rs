//! Sessions that are added to one journey beside its steps (rule G11): extra ones, and such as make up for a step. Whoever
//! adds one says whether it is in the denominator. From then on each is a session like any other.

use rules::attendance::{JourneyPart, Status};
use rules::ids::{JourneyId, ParticipantId, PersonId, SessionId, StepId};
use rules::inactivity::may_begin;
use rules::permission::Action;
use rules::refusal::{Problem, Refusal};
use rules::session::{Minutes, Place, SessionKind};
use rules::text::Line;
use serde_json::json;

use super::board::{self, Cell, Cohort, Column};
use super::{NAME_MAX_CHARS, kind, may_in, record};
use crate::event::Actor;
use crate::session::life::{load_for, look_at};
use crate::session::{self, Plan, STATUS_SQL};
use crate::{Error, Result, Tx, args};

/// No journey has more of them.
pub const EXTRAS_MAX: u32 = 20;

/// A session to be added to a journey.
#[derive(Clone, Debug)]
pub struct NewExtra {
    /// What it is called.
    pub name: Line<NAME_MAX_CHARS>,
    /// How long it is.
    pub minutes: Minutes,
    /// Where it happens.
    pub place: Place,
    /// Whether it is in the denominator.
    pub counts: bool,
    /// The step that it makes up for; none for one that is simply more.
    pub makes_up_for: Option<StepId>,
}

/// What somebody who adds a session to a journey is shown before.
#[derive(Clone, Debug)]
pub struct Outlook {
    /// Whose place it belongs to.
    pub participant: ParticipantId,
    /// Who.
    pub person: PersonId,
    /// As they wish to be called.
    pub name: String,
    /// Who coaches them, and so would coach it.
    pub coach: Option<(PersonId, String)>,
    /// In which cohort.
    pub cohort: Cohort,
    /// What the pathway is called.
    pub pathway: String,
    /// Whether one can be added, or why not.
    pub possible: Result<(), Refusal>,
    /// The steps that it could make up for, in their order.
    pub steps: Vec<Wanting>,
}

/// A step of a journey that can be made up for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanting {
    /// Which.
    pub step: StepId,
    /// Its number, from 1.
    pub number: u32,
    /// What it is called.
    pub name: String,
    /// How it stands.
    pub status: Status,
}

/// What adding a session to this journey begins with.
///
/// # Errors
/// [`Refusal::NotFound`] for a journey of a cohort that is not theirs to see, as for one that is not there (rule P4);
/// [`Refusal::MayNot`].
pub fn outlook(tx: &mut Tx, by: &Actor, journey: JourneyId) -> Result<Outlook> {
    let (participant, pathway, is_complete) = tx
        .opt(
            "SELECT j.participant_id, w.name, j.completed_at IS NOT NULL FROM journey j
             JOIN pathway w ON w.id = j.pathway_id WHERE j.id = $1",
            args![journey],
            |row| Ok((row.get::<ParticipantId>(0)?, row.get::<String>(1)?, row.get::<bool>(2)?)),
        )?
        .ok_or(Refusal::NotFound)?;
    let mut board = board::of_one(tx, participant)?;
    may_in(tx, by, Action::ManageParticipants, board.cohort.id)?;
    let member = board.members.pop().ok_or_else(|| Error::database("a participant is on no board"))?;
    let found = member.journeys.iter().find(|one| one.id == journey);
    let cells = found.map_or(&[][..], |found| found.cells.as_slice());
    let extras = cells.iter().filter(|cell| cell.extra.is_some()).count();
    let possible = match may_begin(member.archived_at, board.cohort.archived_at) {
        Err(refusal) => Err(refusal),
        Ok(()) if is_complete => Err(Refusal::JourneyComplete),
        Ok(()) if extras >= EXTRAS_MAX as usize => {
            Err(Refusal::invalid("name", Problem::TooMany { most: EXTRAS_MAX }))
        }
        Ok(()) => Ok(()),
    };
    let steps = cells.iter().filter_map(|cell| wanting(cell, cells, &board.columns)).collect();
    Ok(Outlook {
        participant,
        person: member.person,
        name: member.name,
        coach: member.coach,
        cohort: board.cohort,
        pathway,
        possible,
        steps,
    })
}

/// A step can be made up for if it was missed, and a pod's, which its client cannot give a time, as long as it has none
/// (rule G5); by one session at a time.
fn wanting(cell: &Cell, cells: &[Cell], columns: &[Column]) -> Option<Wanting> {
    let column = columns.iter().find(|column| Some(column.step) == cell.step)?;
    let wants = match cell.status {
        Status::Missed => true,
        Status::Unbooked => column.kind == SessionKind::Pod,
        Status::Booked | Status::Completed | Status::GreyedOut | Status::Cancelled => false,
    };
    let makes_up = |other: &Cell| {
        other.extra.as_ref().is_some_and(|extra| extra.makes_up_for == cell.step)
            && matches!(other.status, Status::Unbooked | Status::Booked | Status::Completed)
    };
    let is_wanting = wants && !cells.iter().any(makes_up);
    is_wanting.then(|| Wanting {
        step: column.step,
        number: column.number,
        name: column.name.clone(),
        status: cell.status,
    })
}

/// Adds a session to one journey. It waits for a time, with the participant's coach, as every step does.
///
/// # Errors
/// As [`outlook`]; [`Refusal::JourneyComplete`]; [`Refusal::PutAway`] for whoever is;
/// [`Refusal::Invalid`] for a step that cannot be made up for, and above [`EXTRAS_MAX`].
pub fn add(tx: &mut Tx, by: &Actor, journey: JourneyId, new: &NewExtra) -> Result<SessionId> {
    by.still_stands(tx)?;
    let found = outlook(tx, by, journey)?;
    found.possible?;
    if let Some(step) = new.makes_up_for
        && !found.steps.iter().any(|wanting| wanting.step == step)
    {
        return Err(Refusal::invalid("makes_up_for", Problem::NotAChoice).into());
    }
    let plan = Plan {
        kind: SessionKind::OneToOne,
        minutes: new.minutes,
        place: new.place.clone(),
        pod: None,
        coaches: found.coach.map(|(coach, _)| coach).into_iter().collect(),
    };
    let session = session::plan(tx, &plan)?;
    let part = JourneyPart { journey, step: None, counts: new.counts };
    session::attend(tx, session, found.person, Some(part))?;
    tx.exec(
        "INSERT INTO extra (session_id, name, makes_up_for) VALUES ($1, $2, $3)",
        args![session, new.name.as_str(), new.makes_up_for],
    )?;
    // What it is called may speak of the client, and stands where it can be forgotten.
    let facts = json!({ "session": session.to_string(), "minutes": new.minutes.get(), "counts": new.counts,
        "makes_up_for": new.makes_up_for.map(|step| step.to_string()) });
    record(tx, by, kind::EXTRA_ADDED, journey, &facts)?;
    Ok(session)
}

/// Takes a session away again that was added to a journey and never had a time.
///
/// # Errors
/// [`Refusal::NotFound`] for a session that is not theirs to see, [`Refusal::MayNot`]; [`Refusal::WrongStatus`] for what
/// was not added, or is not Unbooked; [`Refusal::HadATime`].
pub fn remove(tx: &mut Tx, by: &Actor, session: SessionId) -> Result<ParticipantId> {
    let (loaded, standing) = load_for(tx, by, session)?;
    by.may(Action::ManageParticipants, &standing.what())?;
    let Some(added) = added(tx, session)? else {
        let status = loaded.meeting.seats().first().map(|seat| loaded.meeting.status(seat));
        let (action, status) = (Action::ManageParticipants, status.unwrap_or(Status::Unbooked));
        return Err(Refusal::WrongStatus { action, status }.into());
    };
    added.may_go(tx, session)?;
    tx.exec("UPDATE message SET session_id = NULL WHERE session_id = $1", args![session])?;
    for sql in [
        "DELETE FROM manage_link WHERE session_id = $1",
        "DELETE FROM attendance WHERE session_id = $1",
        "DELETE FROM session_coach WHERE session_id = $1",
        "DELETE FROM extra WHERE session_id = $1",
        "DELETE FROM session WHERE id = $1",
    ] {
        tx.exec(sql, args![session])?;
    }
    record(tx, by, kind::EXTRA_REMOVED, added.journey, &json!({ "session": session.to_string() }))?;
    Ok(added.participant)
}

/// Whether somebody may take it away, and whether that is possible now; none if they never may, and for what is a step.
///
/// # Errors
/// [`Refusal::NotFound`] for a session that is not theirs to see.
pub fn may_remove(tx: &mut Tx, by: &Actor, session: SessionId) -> Result<Option<Result<(), Refusal>>> {
    let (_, standing) = look_at(tx, by, session)?;
    if by.may(Action::ManageParticipants, &standing.what()).is_err() {
        return Ok(None);
    }
    let Some(added) = added(tx, session)? else { return Ok(None) };
    match added.may_go(tx, session) {
        Ok(()) => Ok(Some(Ok(()))),
        Err(Error::Refused(refusal)) => Ok(Some(Err(refusal))),
        Err(error) => Err(error),
    }
}

/// A session that was added.
struct Added {
    journey: JourneyId,
    participant: ParticipantId,
    status: Status,
}

fn added(tx: &mut Tx, session: SessionId) -> Result<Option<Added>> {
    let sql = format!(
        "SELECT j.id, j.participant_id, {STATUS_SQL} FROM extra x JOIN session s ON s.id = x.session_id
         JOIN attendance a ON a.session_id = s.id JOIN journey j ON j.id = a.journey_id WHERE x.session_id = $1"
    );
    tx.opt(&sql, args![session], |row| {
        Ok(Added { journey: row.get(0)?, participant: row.get(1)?, status: row.parse(2)? })
    })
}

impl Added {
    /// Whatever people were told of stays in the journey.
    fn may_go(&self, tx: &mut Tx, session: SessionId) -> Result<()> {
        if self.status != Status::Unbooked {
            let (action, status) = (Action::ManageParticipants, self.status);
            return Err(Refusal::WrongStatus { action, status }.into());
        }
        let had_a_time = "SELECT 1 FROM event WHERE subject_kind = 'ses' AND subject_id = $1 AND kind = $2";
        if tx.exists(had_a_time, args![session, session::kind::BOOKED.0])? {
            return Err(Refusal::HadATime.into());
        }
        Ok(())
    }
}
