//! One participant, for admins, for the leads of their cohort, and for whoever coaches them there: the same reading as the
//! board's, of one row, and what happened. Never notes, messages or money (rules G3, W2, P4).

use rules::ids::ParticipantId;
use rules::permission::{Action, Reach, What};
use rules::refusal::Refusal;

use super::board::{self, Cohort, Column, Member};
use super::participant::fields_of;
use crate::event::{self, Actor, Recorded};
use crate::{Error, Result, Tx, ledger, reach};

/// What a coach's or an admin's own reading of a session is; a lead is not told why (as on a session's own page).
const READS_REASONS: Reach = Reach::CLIENTS;

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
    Ok(Profile { fields, cohort: board.cohort, columns: board.columns, member, ties })
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
        if !reads_reasons {
            event.reason = None;
        }
        if let Some(facts) = event.facts.as_object_mut() {
            facts.retain(|name, _| {
                !matches!(name.as_str(), "kept_minor" | "minor" | "currency" | "reference")
            });
        }
        !ledger::kind::ALL.iter().any(|kind| kind.0 == event.kind)
    });
    Ok(events)
}

fn must_see(tx: &mut Tx, by: &Actor, participant: ParticipantId) -> Result<Reach> {
    let ties = reach::ties_to_participant(tx, by, participant)?;
    let is_there = tx.exists("SELECT 1 FROM participant WHERE id = $1", crate::args![participant])?;
    if !is_there {
        return Err(Refusal::NotFound.into());
    }
    by.may(Action::SeePeople, &What::private(Action::SeePeople, ties))?;
    Ok(ties)
}
