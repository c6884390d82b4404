//! Pathways: templates of steps, from which journeys are made. Which step opens when is `rules::pathway`'s.

use rules::ids::{CohortId, PathwayId, PersonId, StepId};
use rules::pathway::Order;
use rules::permission::{Action, What};
use rules::refusal::{Problem, Refusal};
use rules::session::{Minutes, Place, PlaceKind, SessionKind};
use serde_json::json;

use super::{kind, record, unless_taken};
use crate::event::Actor;
use crate::session::Plan;
use crate::{Error, Result, Row, Tx, args};

/// The most steps that a pathway has.
pub const STEPS_MAX: usize = 50;

/// One step of a pathway to be written.
#[derive(Clone, Debug)]
pub struct NewStep {
    /// What it is called.
    pub name: String,
    /// A 1:1 or a pod.
    pub kind: SessionKind,
    /// How long its session is.
    pub minutes: Minutes,
    /// The first and last of the weeks that are suggested for it; the journey's first week is 1.
    pub weeks: Option<(u16, u16)>,
    /// How many days ahead it can be booked.
    pub window_days: u16,
    /// Where its session happens.
    pub place: Place,
}

/// Writes a pathway. `ordered`: a step opens when the one before is Booked, Completed or Missed (rule G1).
pub fn add_pathway(
    tx: &mut Tx,
    by: &Actor,
    name: &str,
    order: Order,
    steps: &[NewStep],
) -> Result<PathwayId> {
    by.may(Action::ManageTemplates, &What::of_the_organisation())?;
    if steps.is_empty() || steps.len() > STEPS_MAX {
        let problem = Problem::OutOfRange { least: 1, most: STEPS_MAX as i64 };
        return Err(Refusal::invalid("steps", problem).into());
    }
    let id: PathwayId = tx.new_id();
    let now = tx.now();
    let made = tx.exec(
        "INSERT INTO pathway (id, name, ordered, made_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
        args![id, name, order == Order::Ordered, now],
    )?;
    unless_taken(made, "name")?;
    let ids: Vec<StepId> = steps.iter().map(|_| tx.new_id()).collect();
    let rows = steps.iter().zip(ids).zip(1_i64..).map(|((step, step_id), no)| {
        [
            step_id.into(),
            id.into(),
            no.into(),
            (&step.name).into(),
            step.kind.code().into(),
            step.minutes.get().into(),
            step.weeks.map(|(first, _)| first).into(),
            step.weeks.map(|(_, last)| last).into(),
            step.window_days.into(),
            step.place.kind.code().into(),
            (&step.place.detail).into(),
        ]
    });
    let head =
        "INSERT INTO step (id, pathway_id, no, name, kind, minutes, from_week, to_week, window_days, place,
        place_detail)";
    tx.insert_many(head, rows, "")?;
    record(tx, by, kind::PATHWAY_ADDED, id, &json!({ "steps": steps.len() }))?;
    Ok(id)
}

/// A step as journeys and pods are made from it.
pub(super) struct Step {
    pub(super) id: StepId,
    kind: SessionKind,
    minutes: Minutes,
    place: Place,
}

impl Step {
    pub(super) fn plan(&self, coach: Option<PersonId>) -> Plan {
        Plan {
            kind: self.kind,
            minutes: self.minutes,
            place: self.place.clone(),
            pod: None,
            coaches: coach.into_iter().collect(),
        }
    }
}

const STEP_COLUMNS: &str = "t.id, t.kind, t.minutes, t.place, t.place_detail";

fn step_from_row(row: &Row<'_>) -> Result<Step> {
    Ok(Step {
        id: row.get(0)?,
        kind: row.parse::<SessionKind>(1)?,
        minutes: Minutes::new(row.get(2)?).ok_or_else(|| Error::database("step.minutes is no length"))?,
        place: Place { kind: row.parse::<PlaceKind>(3)?, detail: row.get(4)? },
    })
}

/// The steps of a pathway, in their order.
pub(super) fn steps(tx: &mut Tx, pathway: PathwayId) -> Result<Vec<Step>> {
    let sql = format!("SELECT {STEP_COLUMNS} FROM step t WHERE t.pathway_id = $1 ORDER BY t.no");
    tx.all(&sql, args![pathway], step_from_row)
}

/// A pod step of the pathway that a cohort follows.
pub(super) fn pod_step(tx: &mut Tx, cohort: CohortId, step: StepId) -> Result<Step> {
    let sql = format!(
        "SELECT {STEP_COLUMNS} FROM step t JOIN cohort c ON c.pathway_id = t.pathway_id
         WHERE c.id = $1 AND t.id = $2 AND t.kind = 'pod'"
    );
    Ok(tx.opt(&sql, args![cohort, step], step_from_row)?.ok_or(Refusal::NotFound)?)
}
