//! People brought in from a file, all or none, in one transaction (rule G2). What the preview says is what the import does:
//! both come from one plan. It reveals nobody outside the importer's programs: who is unknown to them is new to them.

use std::collections::HashMap;
use std::ops::Range;

use jiff::tz::TimeZone;
use rules::ids::{CohortId, ParticipantId, PathwayId, PersonId};
use rules::permission::Action;
use rules::person::fold;
use rules::refusal::Problem;
use rules::text::Line;
use rules::time::{Instant, Zone};
use serde_json::json;

use super::company::{self, Cohort, Cohorts};
use super::participant::{self, NewParticipant, Notes};
use super::sheet::{PROBLEMS_MAX, Row, RowProblem, Sheet};
use super::{journey, kind, pathway};
use crate::event::{self, Actor, Subject};
use crate::{Result, Tx, args, organisation, reach};

/// What becomes of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// A place is made.
    New,
    /// A place there is changes in these columns.
    Changed(Vec<&'static str>),
    /// All of it is so already.
    Unchanged,
}

/// A row and what becomes of it.
#[derive(Clone, Debug)]
pub struct Planned {
    /// Its line in the file.
    pub line: u64,
    /// As the file has it.
    pub name: String,
    /// As the file has it.
    pub mail: String,
    /// The cohort's name.
    pub cohort: String,
    /// What becomes of it.
    pub fate: Fate,
}

/// What a file does, or has done.
#[derive(Clone, Debug, Default)]
pub struct Preview {
    /// Row by row; empty if there are problems.
    pub rows: Vec<Planned>,
    /// Why nothing can be done, at most as many as are told.
    pub problems: Vec<RowProblem>,
    /// How many places are made.
    pub new: u32,
    /// How many change.
    pub changed: u32,
    /// How many are as they were.
    pub unchanged: u32,
}

/// What a file would do. Nothing is changed.
///
/// # Errors
/// [`rules::refusal::Refusal::MayNot`] for whoever may bring in nobody.
pub fn preview(tx: &mut Tx, by: &Actor, sheet: &Sheet) -> Result<Preview> {
    Ok(plan(tx, by, sheet)?.0)
}

/// Does what [`preview`] says, or nothing at all. `progress` is told how many rows are done.
///
/// # Errors
/// As [`preview`].
pub fn bring_in(tx: &mut Tx, by: &Actor, sheet: &Sheet, progress: impl Fn(usize)) -> Result<Preview> {
    by.still_stands(tx)?;
    let (preview, acts) = plan(tx, by, sheet)?;
    if !preview.problems.is_empty() {
        return Ok(preview);
    }
    for (done, act) in acts.into_iter().enumerate() {
        match act {
            Act::Enroll(new, pathway) => {
                participant::enroll_on(tx, by, &new, pathway)?;
            }
            Act::Change(change) => carry_out(tx, by, change)?,
            Act::Nothing => {}
        }
        progress(done + 1);
    }
    if preview.new + preview.changed > 0 {
        let facts = json!({ "new": preview.new, "changed": preview.changed, "unchanged": preview.unchanged });
        event::record(tx, by, kind::PEOPLE_IMPORTED, &Subject::organisation(), &facts)?;
    }
    Ok(preview)
}

/// What is done about one row.
enum Act {
    Enroll(Box<NewParticipant>, PathwayId),
    Change(Change),
    Nothing,
}

/// What changes of a place that there is.
struct Change {
    participant: ParticipantId,
    notes: Option<Notes>,
    /// A pathway to begin, and from when on.
    begins: Option<(PathwayId, Instant)>,
    /// A journey that runs already, and from when on its weeks count now.
    starts: Option<(PathwayId, Instant)>,
}

fn carry_out(tx: &mut Tx, by: &Actor, change: Change) -> Result<()> {
    if let Some(notes) = &change.notes {
        participant::change_participant(tx, by, change.participant, notes)?;
    }
    if let Some((pathway, starts_at)) = change.begins {
        journey::start_journey_at(tx, by, change.participant, pathway, starts_at)?;
    }
    if let Some((pathway, starts_at)) = change.starts {
        tx.exec(
            "UPDATE journey SET starts_at = $1 WHERE participant_id = $2 AND pathway_id = $3",
            args![starts_at, change.participant, pathway],
        )?;
    }
    Ok(())
}

/// What some of the rows of a file would do. What is wrong with the file in itself is not among its problems.
pub(super) fn preview_some(tx: &mut Tx, by: &Actor, sheet: &Sheet, rows: Range<usize>) -> Result<Preview> {
    reach::somewhere(by, Action::ImportPeople)?;
    Ok(plan_rows(tx, by, &sheet.rows[rows])?.0)
}

fn plan(tx: &mut Tx, by: &Actor, sheet: &Sheet) -> Result<(Preview, Vec<Act>)> {
    reach::somewhere(by, Action::ImportPeople)?;
    let (mut preview, mut acts) = plan_rows(tx, by, &sheet.rows)?;
    preview.problems.extend(sheet.problems.iter().cloned());
    preview.problems.sort_by_key(|problem| problem.line);
    preview.problems.truncate(PROBLEMS_MAX);
    if !preview.problems.is_empty() {
        preview.rows.clear();
        acts.clear();
    }
    Ok((preview, acts))
}

fn plan_rows(tx: &mut Tx, by: &Actor, rows: &[Row]) -> Result<(Preview, Vec<Act>)> {
    let known = Known::read(tx, by)?;
    let mut preview = Preview::default();
    let mut acts = Vec::with_capacity(rows.len());
    for row in rows {
        match known.act(tx, by, row)? {
            Ok((act, fate)) => {
                match &fate {
                    Fate::New => preview.new += 1,
                    Fate::Changed(_) => preview.changed += 1,
                    Fate::Unchanged => preview.unchanged += 1,
                }
                preview.rows.push(Planned {
                    line: row.line,
                    name: row.name.as_str().to_owned(),
                    mail: row.mail.as_str().to_owned(),
                    cohort: row.cohort.clone(),
                    fate,
                });
                acts.push(act);
            }
            Err((column, problem)) if preview.problems.len() < PROBLEMS_MAX => {
                preview.problems.push(RowProblem::new(row.line, column, problem));
            }
            Err(_) => {}
        }
    }
    Ok((preview, acts))
}

/// What a file may speak of, looked up once.
struct Known {
    /// By company, project and name, as folded: those only that the importer runs.
    cohorts: HashMap<(String, String, String), Cohort>,
    /// By mail address and by name, as folded; none where two are called alike.
    coaches: HashMap<String, Option<PersonId>>,
    /// By name, as folded.
    pathways: HashMap<String, PathwayId>,
    /// Days of a file are days of the organisation.
    zone: Zone,
}

type Wrong = (&'static str, Problem);

impl Known {
    fn read(tx: &mut Tx, by: &Actor) -> Result<Known> {
        const COHORTS_MAX: u32 = 10_000;
        let cohorts = company::cohorts(tx, by, &Cohorts::default(), COHORTS_MAX)?;
        let cohorts = cohorts.into_iter().filter(|cohort| cohort.archived_at.is_none()).map(|cohort| {
            ((fold(&cohort.company_name), fold(&cohort.project_name), fold(&cohort.name)), cohort)
        });
        let mut coaches: HashMap<String, Option<PersonId>> = HashMap::new();
        let rows = tx.all(
            "SELECT p.id, p.folded_mail, p.folded_name FROM coach k JOIN person p ON p.id = k.person_id
             WHERE p.closed_at IS NULL",
            args![],
            |row| Ok((row.get::<PersonId>(0)?, row.get::<String>(1)?, row.get::<String>(2)?)),
        )?;
        for (id, mail, name) in rows {
            coaches.insert(mail, Some(id));
            coaches.entry(name).and_modify(|one| *one = None).or_insert(Some(id));
        }
        // A name that they cannot see is as one that is not there (rule P4).
        let pathways = pathway::pathways(tx, by)?;
        Ok(Known {
            cohorts: cohorts.collect(),
            coaches,
            pathways: pathways.into_iter().map(|one| (fold(&one.name), one.id)).collect(),
            zone: organisation::get(tx)?.zone,
        })
    }

    /// What is done about a row, or what is wrong with it.
    fn act(&self, tx: &mut Tx, by: &Actor, row: &Row) -> Result<std::result::Result<(Act, Fate), Wrong>> {
        let cohort = match self.cohort(row) {
            Ok(cohort) => cohort,
            Err(wrong) => return Ok(Err(wrong)),
        };
        let coach = match self.coach(row) {
            Ok(coach) => coach,
            Err(wrong) => return Ok(Err(wrong)),
        };
        let pathway = match row.pathway.as_str() {
            "" => cohort.pathway,
            name if fold(name) == fold(&cohort.pathway_name) => cohort.pathway,
            name => match self.pathways.get(&fold(name)) {
                Some(id) => *id,
                None => return Ok(Err(("pathway", Problem::NotAChoice))),
            },
        };
        let starts_at = match row.start.map(|day| day.to_zoned(tz(&self.zone))) {
            None => None,
            Some(Ok(day)) => Some(Instant::from_timestamp(day.timestamp())),
            Some(Err(_)) => return Ok(Err(("start", Problem::NotADate))),
        };
        let found = existing(tx, cohort.id, row)?;
        if let Some(id) = &row.external_id {
            let taken = "SELECT 1 FROM participant WHERE company_id = $1 AND external_id = $2 AND id <> $3";
            let besides = found.unwrap_or(ParticipantId::from_raw(0));
            if tx.exists(taken, args![cohort.company, id.as_str(), besides])? {
                return Ok(Err(("external id", Problem::Taken)));
            }
        }
        if coach.is_some() && coach == person_at(tx, row)? {
            return Ok(Err(("coach", Problem::NotAChoice)));
        }
        let Some(id) = found else {
            let notes = Notes { coach, external_id: row.external_id.clone(), ..Notes::default() };
            let new = NewParticipant {
                cohort: cohort.id,
                name: row.name.clone(),
                mail: row.mail.clone(),
                zone: row.zone.clone(),
                starts_at,
                notes,
            };
            return Ok(Ok((Act::Enroll(Box::new(new), pathway), Fate::New)));
        };
        let now = tx.now();
        let mut changed = Vec::new();
        let mut notes = participant::participant(tx, by, id)?.notes();
        if coach.is_some() && coach != notes.coach {
            changed.push("coach");
            notes.coach = coach;
        }
        let external_id = |id: &Option<Line<100>>| id.as_ref().map(|id| id.as_str().to_owned());
        if row.external_id.is_some() && external_id(&row.external_id) != external_id(&notes.external_id) {
            changed.push("external id");
            notes.external_id.clone_from(&row.external_id);
        }
        let notes = (!changed.is_empty()).then_some(notes);
        let runs = tx.opt(
            "SELECT starts_at FROM journey WHERE participant_id = $1 AND pathway_id = $2",
            args![id, pathway],
            |column| column.get::<Instant>(0),
        )?;
        let (mut begins, mut starts) = (None, None);
        match runs {
            None => {
                changed.push("pathway");
                begins = Some((pathway, starts_at.unwrap_or_else(|| cohort.starts_at.max(now))));
            }
            Some(then) if starts_at.is_some_and(|at| at != then) => {
                changed.push("start");
                starts = starts_at.map(|at| (pathway, at));
            }
            Some(_) => {}
        }
        if changed.is_empty() {
            return Ok(Ok((Act::Nothing, Fate::Unchanged)));
        }
        let change = Change { participant: id, notes, begins, starts };
        Ok(Ok((Act::Change(change), Fate::Changed(changed))))
    }

    /// The cohort that a row names. One outside the importer's programs is as one that is not there (rule P4).
    fn cohort(&self, row: &Row) -> std::result::Result<&Cohort, Wrong> {
        let (company, project, cohort) = (fold(&row.company), fold(&row.project), fold(&row.cohort));
        let key = (company, project, cohort);
        if let Some(cohort) = self.cohorts.get(&key) {
            return Ok(cohort);
        }
        let (company, project, _) = &key;
        let column = if !self.cohorts.keys().any(|(one, ..)| one == company) {
            "company"
        } else if !self.cohorts.keys().any(|(one, other, _)| one == company && other == project) {
            "project"
        } else {
            "cohort"
        };
        Err((column, Problem::NotAChoice))
    }

    fn coach(&self, row: &Row) -> std::result::Result<Option<PersonId>, Wrong> {
        if row.coach.is_empty() {
            return Ok(None);
        }
        match self.coaches.get(&fold(&row.coach)) {
            Some(Some(id)) => Ok(Some(*id)),
            _ => Err(("coach", Problem::NotAChoice)),
        }
    }
}

fn tz(zone: &Zone) -> TimeZone {
    zone.tz().clone()
}

fn existing(tx: &mut Tx, cohort: CohortId, row: &Row) -> Result<Option<ParticipantId>> {
    tx.opt(
        "SELECT t.id FROM participant t JOIN person p ON p.id = t.person_id
         WHERE t.cohort_id = $1 AND p.folded_mail = $2",
        args![cohort, row.mail.folded()],
        |column| column.get(0),
    )
}

fn person_at(tx: &mut Tx, row: &Row) -> Result<Option<PersonId>> {
    let sql = "SELECT id FROM person WHERE folded_mail = $1";
    tx.opt(sql, args![row.mail.folded()], |column| column.get(0))
}
