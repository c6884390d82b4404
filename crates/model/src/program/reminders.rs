//! Asking participants to book what is open: who would be asked, who is left out and why, and the asking (rules G4, M3,
//! M4). One mail for each person and act; nobody is asked twice a day.

use rules::attendance::Status;
use rules::engagement::{Askable, LeftOut, is_due, may_be_asked};
use rules::ids::{CohortId, ParticipantId, PersonId, StepId};
use rules::inactivity::may_begin;
use rules::letters::Happening;
use rules::permission::{Action, What};
use rules::refusal::Refusal;
use rules::session::SessionKind;
use rules::time::Instant;
use serde_json::json;

use super::board::{self, Board, Cell, Cohort, Column, Member};
use super::{kind, must_be_here, must_be_in_use};
use crate::event::{self, Actor, Subject};
use crate::{Error, Result, Tx, args, mail, mail_choice, reach};

/// Who would be asked, and who would not.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The cohort.
    pub cohort: Cohort,
    /// Its steps.
    pub columns: Vec<Column>,
    /// Who would be asked, by name.
    pub asked: Vec<Asked>,
    /// Who would not, and why.
    pub left_out: Vec<(Member, LeftOut)>,
}

/// Somebody who would be asked.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Who.
    pub member: Member,
    /// For what: sessions without a time.
    pub cells: Vec<Cell>,
    /// Whether they get no such mails and are told inside the program alone (rules M4, M6).
    pub refuses_mail: bool,
}

impl Plan {
    /// What a cell is of.
    pub fn column(&self, cell: &Cell) -> Option<&Column> {
        cell.step.and_then(|step| self.columns.iter().find(|column| column.step == step))
    }
}

/// Who of a cohort would be asked now; of these participants, or of all if none is named.
///
/// # Errors
/// [`Refusal::NotFound`] for a cohort that is not theirs to see; [`Refusal::MayNot`].
pub fn plan(tx: &mut Tx, by: &Actor, cohort: CohortId, only: &[ParticipantId]) -> Result<Plan> {
    let board = board::everybody(tx, cohort)?;
    let ties = reach::ties_to_cohort(tx, by, cohort)?;
    by.may(Action::SendReminders, &What::private(Action::SeeCohort, ties))?;
    sorted(tx, board, only)
}

/// Whether this one would be asked now: for whoever coaches them, too.
///
/// # Errors
/// As [`plan`].
pub fn plan_one(tx: &mut Tx, by: &Actor, participant: ParticipantId) -> Result<Plan> {
    let board = board::of_one(tx, participant)?;
    let ties = reach::ties_to_participant(tx, by, participant)?;
    by.may(Action::SendReminders, &What::private(Action::SeePeople, ties))?;
    sorted(tx, board, &[])
}

fn sorted(tx: &mut Tx, board: Board, only: &[ParticipantId]) -> Result<Plan> {
    let now = tx.now();
    let (mut asked, mut left_out) = (Vec::new(), Vec::new());
    for member in board.members.into_iter().filter(|member| only.is_empty() || only.contains(&member.id)) {
        match may_be_asked(&askable(&member, &board.cohort, &board.columns), now) {
            Ok(()) => {
                let refuses_mail = mail_choice::is_refused(tx, member.person, CATEGORY)?;
                asked.push(Asked { cells: due(&member, now), member, refuses_mail });
            }
            Err(reason) => left_out.push((member, reason)),
        }
    }
    left_out.sort_by_key(|(_, reason)| *reason);
    Ok(Plan { cohort: board.cohort, columns: board.columns, asked, left_out })
}

const CATEGORY: rules::notices::Category =
    rules::notices::notice(rules::letters::Letter::BookingWanted).category;

fn askable(member: &Member, cohort: &Cohort, columns: &[Column]) -> Askable {
    let has = |status| member.cells().any(|cell| cell.status == status);
    let is_pod =
        |step: StepId| columns.iter().any(|column| column.step == step && column.kind == SessionKind::Pod);
    let waits = |cell: &Cell| cell.status == Status::Unbooked && !cell.step.is_some_and(is_pod);
    let mut running = member.journeys.iter().filter(|journey| journey.completed_at.is_none());
    Askable {
        is_test: member.is_test,
        is_archived: may_begin(member.archived_at, cohort.archived_at).is_err(),
        is_closed: member.is_closed,
        has_greyed_out: has(Status::GreyedOut),
        has_unbooked: has(Status::Unbooked),
        waits_for_coach: member.coach.is_none() && running.any(|journey| journey.cells.iter().any(waits)),
        open: member.open().map(|cell| cell.suggested.map(|weeks| weeks.from)).collect(),
        asked_at: member.reminded_at,
    }
}

fn due(member: &Member, now: Instant) -> Vec<Cell> {
    let is_due = |cell: &&Cell| is_due(cell.suggested.map(|weeks| weeks.from), now);
    member.open().filter(is_due).cloned().collect()
}

/// Asks those of a cohort who may be asked now; of these participants, or of all if none is named. Gives what was done.
///
/// # Errors
/// As [`plan`]; [`Refusal::PutAway`] for a cohort that is.
pub fn send(tx: &mut Tx, by: &Actor, cohort: CohortId, only: &[ParticipantId]) -> Result<Plan> {
    by.still_stands(tx)?;
    let plan = plan(tx, by, cohort, only)?;
    must_be_in_use(tx, cohort)?;
    ask_all(tx, by, &plan)?;
    Ok(plan)
}

/// Asks this one.
///
/// # Errors
/// As [`plan`]; [`Refusal::PutAway`] for whoever is.
pub fn send_one(tx: &mut Tx, by: &Actor, participant: ParticipantId) -> Result<Plan> {
    by.still_stands(tx)?;
    let plan = plan_one(tx, by, participant)?;
    must_be_here(tx, participant)?;
    ask_all(tx, by, &plan)?;
    Ok(plan)
}

fn ask_all(tx: &mut Tx, by: &Actor, plan: &Plan) -> Result<()> {
    let now = tx.now();
    for Asked { member, cells, .. } in &plan.asked {
        let sessions: Vec<String> = cells.iter().map(|cell| cell.session.to_string()).collect();
        let facts = json!({ "cohort": plan.cohort.id.to_string(), "sessions": sessions });
        let event = event::record(tx, by, kind::PARTICIPANT_REMINDED, &Subject::of(member.id), &facts)?;
        mail::queue_letters(tx, event, &Happening::BookingWanted { client: member.person })?;
        tx.exec("UPDATE participant SET reminded_at = $1 WHERE id = $2", args![now, member.id])?;
    }
    Ok(())
}

/// What a letter asks its reader to book.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// In which cohort.
    pub cohort: Cohort,
    /// Whose journeys.
    pub member: Member,
    /// The steps.
    pub columns: Vec<Column>,
    /// What is open and due, the first one first.
    pub cells: Vec<Cell>,
    /// Where an answer goes: to the coach.
    pub coach_mail: Option<String>,
}

/// What this person could book as this participant, if it is theirs and there is still something.
///
/// # Errors
/// Only those of the store.
pub fn wanted(tx: &mut Tx, participant: ParticipantId, person: PersonId) -> Result<Option<Wanted>> {
    let board = match board::of_one(tx, participant) {
        Err(Error::Refused(Refusal::NotFound)) => return Ok(None),
        board => board?,
    };
    let Some(member) = board.members.into_iter().next().filter(|member| member.person == person) else {
        return Ok(None);
    };
    let cells = due(&member, tx.now());
    let is_asked = !member.is_test && member.archived_at.is_none() && !member.is_closed && !cells.is_empty();
    if !is_asked {
        return Ok(None);
    }
    let coach = member.coach.as_ref().map(|(coach, _)| *coach);
    let coach_mail = tx.opt("SELECT mail FROM person WHERE id = $1", args![coach], |row| row.get(0))?;
    Ok(Some(Wanted { cohort: board.cohort, member, columns: board.columns, cells, coach_mail }))
}
