//! Pathways: templates of steps, from which journeys are made. Which step opens when is `rules::pathway`'s.
//!
//! A template in use is never broken (rule G1). A change either reaches the running journeys, in what they have Unbooked
//! and nowhere else; or they stay as they are, and then the template makes room for a new one that takes its name.

use rules::attendance::JourneyPart;
use rules::ids::{AttendanceId, CohortId, JourneyId, ParticipantId, PathwayId, PersonId, SessionId, StepId};
use rules::pathway::Order;
use rules::permission::{Action, What};
use rules::refusal::{Problem, Refusal};
use rules::session::{Minutes, Place, PlaceKind, SessionKind};
use rules::time::Instant;
use serde_json::json;

use super::pod::pod_session;
use super::{kind, record, unless_taken};
use crate::db::build::Query;
use crate::event::Actor;
use crate::session::{self, Plan};
use crate::{Error, Result, Row, Tx, Value, args, reach};

/// The most steps that a pathway has.
pub const STEPS_MAX: usize = 50;
/// The most pathways that a list shows.
pub const PATHWAYS_MAX: u32 = 200;
/// Above every number of a step, so that steps can change places.
const ASIDE: i64 = 1_000_000;

/// One step of a pathway to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
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

/// A pathway, without its steps.
#[derive(Clone, Debug)]
pub struct Pathway {
    /// Its id.
    pub id: PathwayId,
    /// Its name.
    pub name: String,
    /// In which order its steps open.
    pub order: Order,
    /// Since when there is this pathway.
    pub made_at: Instant,
    /// What took its place, and when.
    pub replaced: Option<(PathwayId, Instant)>,
    /// Since when it is put away: no cohort is given it any more.
    pub archived_at: Option<Instant>,
    /// How many steps it has.
    pub steps: u32,
    /// How many cohorts follow it, of those that the reader runs.
    pub cohorts: u32,
    /// How many journeys run on it, of those cohorts.
    pub running: u32,
}

/// Which pathways a list shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shelf {
    /// Those that cohorts can be given.
    #[default]
    InUse,
    /// Those that were put away, or that another took the place of.
    PutAway,
}

/// A step as it stands in a pathway.
#[derive(Clone, Debug)]
pub struct StepOf {
    /// Its id.
    pub id: StepId,
    /// What it is.
    pub step: NewStep,
    /// Whether a journey or a pod is made from it: then it stays what kind it is.
    pub used: bool,
}

/// What a pathway is to be.
#[derive(Clone, Debug)]
pub struct PathwayChange {
    /// Its name.
    pub name: String,
    /// In which order its steps open.
    pub order: Order,
    /// Its steps, in their order; with an id those that it has already.
    pub steps: Vec<(Option<StepId>, NewStep)>,
}

/// Whether running journeys follow a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Running {
    /// In what they have Unbooked.
    Follow,
    /// They keep the pathway as it was.
    Stay,
}

/// What a change would do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outlook {
    /// How many journeys run on the pathway.
    pub running: u32,
    /// How many of them it would touch, should they follow.
    pub touched: u32,
    /// Names of steps that are new.
    pub added: Vec<String>,
    /// Names of steps that are other than they were.
    pub changed: Vec<String>,
    /// Names of steps that are taken out.
    pub removed: Vec<String>,
    /// Whether the steps that stay have changed places, or open in another order.
    pub reordered: bool,
    /// Whether it has another name.
    pub renamed: bool,
}

impl Outlook {
    /// Whether anything would change.
    pub fn is_nothing(&self) -> bool {
        !self.renamed && self.is_name_only()
    }

    /// Whether no journey could feel it.
    pub fn is_name_only(&self) -> bool {
        !self.reordered && self.added.is_empty() && self.changed.is_empty() && self.removed.is_empty()
    }
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
    check_count(steps.len())?;
    let id = insert(tx, name, order)?;
    for (step, no) in steps.iter().zip(1..) {
        insert_step(tx, id, no, step)?;
    }
    record(tx, by, kind::PATHWAY_ADDED, id, &json!({ "steps": steps.len() }))?;
    Ok(id)
}

/// All pathways that cohorts can be given, by name. A lead sees those that their own cohorts follow or have journeys on.
///
/// # Errors
/// [`Refusal::MayNot`] for whoever runs nothing.
pub fn pathways(tx: &mut Tx, by: &Actor) -> Result<Vec<Pathway>> {
    on_shelf(tx, by, Shelf::InUse)
}

/// The pathways of a shelf, by name; what was put away last comes first.
///
/// # Errors
/// As [`pathways`].
pub fn on_shelf(tx: &mut Tx, by: &Actor, shelf: Shelf) -> Result<Vec<Pathway>> {
    let mut query = seen_by(by)?;
    match shelf {
        Shelf::InUse => query
            .and("w.replaced_by IS NULL AND w.archived_at IS NULL", args![])
            .push("ORDER BY w.name, w.id LIMIT $1", args![i64::from(PATHWAYS_MAX)]),
        Shelf::PutAway => {
            query.and("(w.replaced_by IS NOT NULL OR w.archived_at IS NOT NULL)", args![]).push(
                "ORDER BY COALESCE(w.replaced_at, w.archived_at) DESC, w.name, w.id LIMIT $1",
                args![i64::from(PATHWAYS_MAX)],
            )
        }
    };
    tx.all(query.sql(), query.args(), pathway_from_row)
}

/// One pathway with its steps.
///
/// # Errors
/// As [`pathways`]; [`Refusal::NotFound`] if there is none, or none that they may know of (rule P4).
pub fn pathway(tx: &mut Tx, by: &Actor, id: PathwayId) -> Result<(Pathway, Vec<StepOf>)> {
    let mut query = seen_by(by)?;
    query.and("w.id = $1", args![id]);
    let found = tx.opt(query.sql(), query.args(), pathway_from_row)?.ok_or(Refusal::NotFound)?;
    Ok((found, steps_of(tx, id)?))
}

/// What it was before it was changed without its running journeys, the latest first.
///
/// # Errors
/// As [`pathways`].
pub fn earlier(tx: &mut Tx, by: &Actor, id: PathwayId) -> Result<Vec<Pathway>> {
    let mut query = seen_by(by)?;
    query
        .and("w.replaced_by = $1", args![id])
        .push("ORDER BY w.replaced_at DESC, w.id DESC LIMIT $1", args![i64::from(PATHWAYS_MAX)]);
    tx.all(query.sql(), query.args(), pathway_from_row)
}

/// Puts a pathway away: no cohort is given it any more. Those that follow it and journeys that run on it go on.
///
/// # Errors
/// [`Refusal::ChangedMeanwhile`] for one that another took the place of.
pub fn archive_pathway(tx: &mut Tx, by: &Actor, id: PathwayId) -> Result<()> {
    by.may(Action::ManageTemplates, &What::of_the_organisation())?;
    let (found, _) = pathway(tx, by, id)?;
    if found.replaced.is_some() {
        return Err(Refusal::ChangedMeanwhile.into());
    }
    by.still_stands(tx)?;
    let now = tx.now();
    let sql = "UPDATE pathway SET archived_at = $1 WHERE id = $2 AND archived_at IS NULL";
    if tx.exec(sql, args![now, id])? > 0 {
        record(tx, by, kind::PATHWAY_ARCHIVED, id, &json!({}))?;
    }
    Ok(())
}

/// Brings a pathway back that was put away.
///
/// # Errors
/// As [`pathway`].
pub fn restore_pathway(tx: &mut Tx, by: &Actor, id: PathwayId) -> Result<()> {
    by.may(Action::ManageTemplates, &What::of_the_organisation())?;
    pathway(tx, by, id)?;
    by.still_stands(tx)?;
    let sql = "UPDATE pathway SET archived_at = NULL WHERE id = $1 AND archived_at IS NOT NULL";
    if tx.exec(sql, args![id])? > 0 {
        record(tx, by, kind::PATHWAY_RESTORED, id, &json!({}))?;
    }
    Ok(())
}

/// What a change would do, and to how many journeys. Nothing is changed.
///
/// # Errors
/// As [`change`].
pub fn foresee(tx: &mut Tx, by: &Actor, id: PathwayId, new: &PathwayChange) -> Result<Outlook> {
    by.may(Action::ManageTemplates, &What::of_the_organisation())?;
    let (old, steps) = pathway(tx, by, id)?;
    check(tx, &old, &steps, new)?;
    let kept = |step: &StepOf| new.steps.iter().find(|(id, _)| *id == Some(step.id));
    let changed: Vec<&StepOf> =
        steps.iter().filter(|step| kept(step).is_some_and(|(_, new)| *new != step.step)).collect();
    let removed: Vec<&StepOf> = steps.iter().filter(|step| kept(step).is_none()).collect();
    let order_now: Vec<StepId> = new.steps.iter().filter_map(|(id, _)| *id).collect();
    let order_then: Vec<StepId> =
        steps.iter().map(|step| step.id).filter(|id| order_now.contains(id)).collect();
    let named = |steps: &[&StepOf]| steps.iter().map(|step| step.step.name.clone()).collect();
    let mut outlook = Outlook {
        running: old.running,
        touched: 0,
        added: new.steps.iter().filter(|(id, _)| id.is_none()).map(|(_, step)| step.name.clone()).collect(),
        changed: named(&changed),
        removed: named(&removed),
        reordered: order_now != order_then || old.order != new.order,
        renamed: old.name != new.name,
    };
    outlook.touched = if !outlook.added.is_empty() || outlook.reordered {
        outlook.running
    } else {
        let mut journeys = std::collections::BTreeSet::new();
        for step in changed.iter().chain(&removed) {
            journeys.extend(unbooked(tx, step.id)?.into_iter().map(|place| place.journey));
        }
        u32::try_from(journeys.len()).unwrap_or(u32::MAX)
    };
    Ok(outlook)
}

/// Changes a pathway, and gives what it is then: the same one, or where running journeys stay, the one that took its
/// place.
///
/// # Errors
/// A step that is in use stays what kind it is; a pathway that was replaced is not changed any more.
pub fn change(
    tx: &mut Tx,
    by: &Actor,
    id: PathwayId,
    new: &PathwayChange,
    running: Running,
) -> Result<PathwayId> {
    let outlook = foresee(tx, by, id, new)?;
    if outlook.is_nothing() {
        by.still_stands(tx)?;
        return Ok(id);
    }
    if running == Running::Stay && outlook.running > 0 && !outlook.is_name_only() {
        return replace(tx, by, id, new);
    }
    tx.exec(
        "UPDATE pathway SET name = $1, ordered = $2 WHERE id = $3",
        args![&new.name, new.order == Order::Ordered, id],
    )?;
    follow(tx, id, new)?;
    let facts = json!({
        "added": outlook.added.len(), "changed": outlook.changed.len(), "removed": outlook.removed.len(),
        "journeys": outlook.touched,
    });
    record(tx, by, kind::PATHWAY_CHANGED, id, &facts)?;
    Ok(id)
}

/// Leaves the pathway to the journeys that run on it, and writes a new one in its name. Cohorts in which nothing has begun
/// go with the new one.
fn replace(tx: &mut Tx, by: &Actor, id: PathwayId, new: &PathwayChange) -> Result<PathwayId> {
    let now = tx.now();
    // The name is free only once the old one is replaced, and that by something that is there.
    let successor = insert(tx, &format!("{} {id}", new.name), new.order)?;
    tx.exec(
        "UPDATE pathway SET replaced_by = $1, replaced_at = $2 WHERE id = $3",
        args![successor, now, id],
    )?;
    tx.exec("UPDATE pathway SET name = $1 WHERE id = $2", args![&new.name, successor])?;
    for ((_, step), no) in new.steps.iter().zip(1..) {
        insert_step(tx, successor, no, step)?;
    }
    super::survey::copy(tx, id, successor)?;
    tx.exec(
        "UPDATE cohort SET pathway_id = $1 WHERE pathway_id = $2
             AND NOT EXISTS (SELECT 1 FROM participant t JOIN journey j ON j.participant_id = t.id
                 WHERE t.cohort_id = cohort.id)
             AND NOT EXISTS (SELECT 1 FROM pod d WHERE d.cohort_id = cohort.id)",
        args![successor, id],
    )?;
    let facts = json!({ "replaced_by": successor.to_string() });
    record(tx, by, kind::PATHWAY_CHANGED, id, &facts)?;
    record(tx, by, kind::PATHWAY_ADDED, successor, &json!({ "steps": new.steps.len() }))?;
    Ok(successor)
}

/// Makes the steps what they are to be, in the template and in what running journeys have Unbooked.
fn follow(tx: &mut Tx, id: PathwayId, new: &PathwayChange) -> Result<()> {
    let old = steps_of(tx, id)?;
    tx.exec("UPDATE step SET no = no + $1 WHERE pathway_id = $2", args![ASIDE, id])?;
    for step in &old {
        if !new.steps.iter().any(|(id, _)| *id == Some(step.id)) {
            remove_step(tx, step.id)?;
        }
    }
    for ((known, step), no) in new.steps.iter().zip(1_i64..) {
        match known {
            Some(known) => change_step(tx, *known, no, step)?,
            None => {
                let added = insert_step(tx, id, no, step)?;
                give_to_running(tx, id, added)?;
            }
        }
    }
    // What is only kept by journeys stands behind what the template has.
    let kept = tx.all(
        "SELECT id FROM step WHERE pathway_id = $1 AND no >= $2 ORDER BY no",
        args![id, ASIDE],
        |row| row.get::<StepId>(0),
    )?;
    for (step, no) in kept.into_iter().zip(new.steps.len() as i64 + 1..) {
        tx.exec("UPDATE step SET no = $1 WHERE id = $2", args![no, step])?;
    }
    Ok(())
}

fn change_step(tx: &mut Tx, id: StepId, no: i64, step: &NewStep) -> Result<()> {
    tx.exec(
        "UPDATE step SET no = $2, name = $3, kind = $4, minutes = $5, from_week = $6, to_week = $7, window_days = $8,
             place = $9, place_detail = $10 WHERE id = $1",
        &values(id, no, step),
    )?;
    for place in unbooked(tx, id)? {
        become_like(tx, place.session, step)?;
    }
    let pods = "SELECT s.id FROM pod d JOIN session s ON s.pod_id = d.id
        WHERE d.step_id = $1 AND s.starts_at IS NULL AND s.cancelled_at IS NULL";
    for session in tx.all(pods, args![id], |row| row.get::<SessionId>(0))? {
        become_like(tx, session, step)?;
    }
    Ok(())
}

/// Makes a session without a time as long as its step, and where its step is.
fn become_like(tx: &mut Tx, session: SessionId, step: &NewStep) -> Result<()> {
    tx.exec(
        "UPDATE session SET minutes = $1, place = $2, place_detail = $3 WHERE id = $4",
        args![step.minutes.get(), step.place.kind.code(), &step.place.detail, session],
    )?;
    Ok(())
}

/// Gives every running journey a place for a step that is new.
fn give_to_running(tx: &mut Tx, pathway: PathwayId, id: StepId) -> Result<()> {
    let sql = format!("SELECT {STEP_COLUMNS} FROM step t WHERE t.id = $1");
    let step = tx.one(&sql, args![id], step_from_row)?;
    let running =
        tx.all(&format!("SELECT j.id, t.id, t.person_id, t.coach_id {RUNNING}"), args![pathway], |row| {
            Ok((
                row.get::<JourneyId>(0)?,
                row.get::<ParticipantId>(1)?,
                row.get::<PersonId>(2)?,
                row.get::<Option<PersonId>>(3)?,
            ))
        })?;
    for (journey, participant, person, coach) in running {
        let session = match pod_session(tx, participant, id)? {
            Some(session) => session,
            None => session::plan(tx, &step.plan(coach))?,
        };
        session::attend(tx, session, person, Some(JourneyPart { journey, step: Some(id), counts: true }))?;
    }
    Ok(())
}

/// Takes a step out of the template, and out of running journeys where it is Unbooked and never was anything else.
fn remove_step(tx: &mut Tx, id: StepId) -> Result<()> {
    for place in unbooked(tx, id)? {
        tx.exec("DELETE FROM attendance WHERE id = $1", args![place.attendance])?;
        let is_empty = !tx.exists(
            "SELECT 1 FROM attendance WHERE session_id = $1
             UNION ALL SELECT 1 FROM session WHERE id = $1 AND pod_id IS NOT NULL",
            args![place.session],
        )?;
        if is_empty {
            tx.exec("DELETE FROM session_coach WHERE session_id = $1", args![place.session])?;
            tx.exec("DELETE FROM session WHERE id = $1", args![place.session])?;
        }
    }
    let is_used = tx.exists(
        "SELECT 1 FROM attendance WHERE step_id = $1 UNION ALL SELECT 1 FROM pod WHERE step_id = $1
         UNION ALL SELECT 1 FROM extra WHERE makes_up_for = $1",
        args![id],
    )?;
    if is_used {
        let now = tx.now();
        tx.exec("UPDATE step SET removed_at = $1 WHERE id = $2", args![now, id])?;
    } else {
        tx.exec("DELETE FROM step WHERE id = $1", args![id])?;
    }
    Ok(())
}

/// A place that a running journey has Unbooked.
struct Unbooked {
    attendance: AttendanceId,
    session: SessionId,
    journey: JourneyId,
}

/// The places of running journeys for a step that have no time, no outcome, are not disabled, and have no history that
/// somebody was told of.
fn unbooked(tx: &mut Tx, step: StepId) -> Result<Vec<Unbooked>> {
    let mut places = Vec::new();
    tx.each(
        "SELECT a.id, a.session_id, a.journey_id FROM attendance a JOIN session s ON s.id = a.session_id
         JOIN journey j ON j.id = a.journey_id JOIN participant t ON t.id = j.participant_id
         WHERE a.step_id = $1 AND j.completed_at IS NULL AND t.archived_at IS NULL
             AND s.starts_at IS NULL AND s.cancelled_at IS NULL AND a.outcome IS NULL AND a.greyed_out_at IS NULL
             AND NOT EXISTS (SELECT 1 FROM move_request r WHERE r.session_id = s.id)
             AND NOT EXISTS (SELECT 1 FROM reminder r WHERE r.session_id = s.id)
             AND NOT EXISTS (SELECT 1 FROM manage_link k WHERE k.session_id = s.id)
             AND NOT EXISTS (SELECT 1 FROM answer w WHERE w.attendance_id = a.id)
             AND NOT EXISTS (SELECT 1 FROM ledger g WHERE g.attendance_id = a.id)",
        args![step],
        |row| {
            places.push(Unbooked { attendance: row.get(0)?, session: row.get(1)?, journey: row.get(2)? });
            Ok(())
        },
    )?;
    Ok(places)
}

fn check_count(count: usize) -> Result<()> {
    if (1..=STEPS_MAX).contains(&count) {
        return Ok(());
    }
    let problem = Problem::OutOfRange { least: 1, most: STEPS_MAX as i64 };
    Err(Refusal::invalid("steps", problem).into())
}

fn check(tx: &mut Tx, old: &Pathway, steps: &[StepOf], new: &PathwayChange) -> Result<()> {
    if old.replaced.is_some() {
        return Err(Refusal::ChangedMeanwhile.into());
    }
    check_count(new.steps.len())?;
    for (place, (id, step)) in new.steps.iter().enumerate() {
        let Some(id) = id else { continue };
        let known = steps.iter().find(|known| known.id == *id);
        let twice = new.steps[..place].iter().any(|(other, _)| *other == Some(*id));
        // Somebody else took it out while this was written.
        let Some(known) = known.filter(|_| !twice) else { return Err(Refusal::ChangedMeanwhile.into()) };
        if known.used && known.step.kind != step.kind {
            return Err(Refusal::invalid("kind", Problem::NotAChoice).into());
        }
    }
    let taken = "SELECT 1 FROM pathway WHERE name = $1 AND id <> $2 AND replaced_by IS NULL";
    if tx.exists(taken, args![&new.name, old.id])? {
        return Err(Refusal::invalid("name", Problem::Taken).into());
    }
    Ok(())
}

fn insert(tx: &mut Tx, name: &str, order: Order) -> Result<PathwayId> {
    let id: PathwayId = tx.new_id();
    let now = tx.now();
    let made = tx.exec(
        "INSERT INTO pathway (id, name, ordered, made_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
        args![id, name, order == Order::Ordered, now],
    )?;
    unless_taken(made, "name")?;
    Ok(id)
}

fn insert_step(tx: &mut Tx, pathway: PathwayId, no: i64, step: &NewStep) -> Result<StepId> {
    let id: StepId = tx.new_id();
    let mut row = values(id, no, step).to_vec();
    row.push(pathway.into());
    tx.exec(
        "INSERT INTO step (id, no, name, kind, minutes, from_week, to_week, window_days, place, place_detail,
             pathway_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        &row,
    )?;
    Ok(id)
}

/// A step as it is stored, from its id to its place.
fn values(id: StepId, no: i64, step: &NewStep) -> [Value; 10] {
    [
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
}

/// Journeys that run on the pathway `$1`.
const RUNNING: &str = "FROM journey j JOIN participant t ON t.id = j.participant_id
     WHERE j.pathway_id = $1 AND j.completed_at IS NULL AND t.archived_at IS NULL";

/// The columns of [`pathway_from_row`], of all that there is.
const PATHWAYS: &str =
    "SELECT w.id, w.name, w.ordered, w.made_at, w.replaced_by, w.replaced_at, w.archived_at,
         (SELECT COUNT(*) FROM step t WHERE t.pathway_id = w.id AND t.removed_at IS NULL),
         (SELECT COUNT(*) FROM cohort c WHERE c.pathway_id = w.id AND c.archived_at IS NULL),
         (SELECT COUNT(*) FROM journey j JOIN participant t ON t.id = j.participant_id
             WHERE j.pathway_id = w.id AND j.completed_at IS NULL AND t.archived_at IS NULL)
     FROM pathway w";

/// The same of what `$1` leads: a count over other people's cohorts would tell of them.
const PATHWAYS_OF_A_LEAD: &str =
    "SELECT w.id, w.name, w.ordered, w.made_at, w.replaced_by, w.replaced_at, w.archived_at,
         (SELECT COUNT(*) FROM step t WHERE t.pathway_id = w.id AND t.removed_at IS NULL),
         (SELECT COUNT(*) FROM cohort c JOIN project j ON j.id = c.project_id
             WHERE c.pathway_id = w.id AND c.archived_at IS NULL
                 AND EXISTS (SELECT 1 FROM lead l WHERE l.person_id = $1
                     AND (l.cohort_id = c.id OR l.project_id = j.id OR l.company_id = j.company_id))),
         (SELECT COUNT(*) FROM journey n JOIN participant t ON t.id = n.participant_id
             JOIN cohort c ON c.id = t.cohort_id JOIN project j ON j.id = c.project_id
             WHERE n.pathway_id = w.id AND n.completed_at IS NULL AND t.archived_at IS NULL
                 AND EXISTS (SELECT 1 FROM lead l WHERE l.person_id = $1
                     AND (l.cohort_id = c.id OR l.project_id = j.id OR l.company_id = j.company_id)))
     FROM pathway w";

/// All pathways that somebody may see: whoever keeps templates all, a lead those of their own programs (section 15).
fn seen_by(by: &Actor) -> Result<Query> {
    if reach::of(by, Action::ManageTemplates).is_all() {
        return Ok(Query::new(PATHWAYS, args![]));
    }
    let reach = reach::somewhere(by, Action::SeeCohort)?;
    let mut query = Query::new(PATHWAYS_OF_A_LEAD, args![by.person()]);
    reach::pathways(&mut query, by, reach);
    Ok(query)
}

fn pathway_from_row(row: &Row<'_>) -> Result<Pathway> {
    Ok(Pathway {
        id: row.get(0)?,
        name: row.get(1)?,
        order: if row.get(2)? { Order::Ordered } else { Order::Free },
        made_at: row.get(3)?,
        replaced: row.get::<Option<PathwayId>>(4)?.zip(row.get::<Option<Instant>>(5)?),
        archived_at: row.get(6)?,
        steps: row.get(7)?,
        cohorts: row.get(8)?,
        running: row.get(9)?,
    })
}

fn steps_of(tx: &mut Tx, id: PathwayId) -> Result<Vec<StepOf>> {
    tx.all(
        "SELECT t.id, t.name, t.kind, t.minutes, t.from_week, t.to_week, t.window_days, t.place, t.place_detail,
             CASE WHEN EXISTS (SELECT 1 FROM attendance a WHERE a.step_id = t.id)
                 OR EXISTS (SELECT 1 FROM pod d WHERE d.step_id = t.id) THEN 1 ELSE 0 END
         FROM step t WHERE t.pathway_id = $1 AND t.removed_at IS NULL ORDER BY t.no",
        args![id],
        |row| {
            let step = NewStep {
                name: row.get(1)?,
                kind: row.parse(2)?,
                minutes: minutes(row, 3)?,
                weeks: row.get::<Option<u16>>(4)?.zip(row.get::<Option<u16>>(5)?),
                window_days: row.get(6)?,
                place: Place { kind: row.parse(7)?, detail: row.get(8)? },
            };
            Ok(StepOf { id: row.get(0)?, step, used: row.get::<i64>(9)? == 1 })
        },
    )
}

fn minutes(row: &Row<'_>, column: usize) -> Result<Minutes> {
    Minutes::new(row.get(column)?).ok_or_else(|| Error::database("step.minutes is no length"))
}

/// A step as journeys and pods are made from it.
pub(super) struct Step {
    pub(super) id: StepId,
    kind: SessionKind,
    minutes: Minutes,
    place: Place,
}

impl Step {
    pub(super) fn is_pod(&self) -> bool {
        self.kind == SessionKind::Pod
    }

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
        minutes: minutes(row, 2)?,
        place: Place { kind: row.parse::<PlaceKind>(3)?, detail: row.get(4)? },
    })
}

/// The steps of a pathway, in their order.
pub(super) fn steps(tx: &mut Tx, pathway: PathwayId) -> Result<Vec<Step>> {
    let sql = format!(
        "SELECT {STEP_COLUMNS} FROM step t WHERE t.pathway_id = $1 AND t.removed_at IS NULL ORDER BY t.no"
    );
    tx.all(&sql, args![pathway], step_from_row)
}

/// A step of a pod, as a file names it.
pub(super) struct PodStep {
    pub(super) id: StepId,
    pub(super) number: u32,
    pub(super) name: String,
    pub(super) minutes: Minutes,
    pub(super) window_days: u32,
}

/// The steps of a pathway that are pods', in their order.
pub(super) fn pod_steps(tx: &mut Tx, pathway: PathwayId) -> Result<Vec<PodStep>> {
    tx.all(
        "SELECT t.id, t.no, t.name, t.minutes, t.window_days FROM step t
         WHERE t.pathway_id = $1 AND t.kind = 'pod' AND t.removed_at IS NULL ORDER BY t.no",
        args![pathway],
        |row| {
            Ok(PodStep {
                id: row.get(0)?,
                number: row.get(1)?,
                name: row.get(2)?,
                minutes: minutes(row, 3)?,
                window_days: row.get(4)?,
            })
        },
    )
}

/// A pod step of the pathway that a cohort follows.
pub(super) fn pod_step(tx: &mut Tx, cohort: CohortId, step: StepId) -> Result<Step> {
    let sql = format!(
        "SELECT {STEP_COLUMNS} FROM step t JOIN cohort c ON c.pathway_id = t.pathway_id
         WHERE c.id = $1 AND t.id = $2 AND t.kind = 'pod' AND t.removed_at IS NULL"
    );
    Ok(tx.opt(&sql, args![cohort, step], step_from_row)?.ok_or(Refusal::NotFound)?)
}
