//! People and pods brought in from a file, all or none, in one transaction (rules G2, G5). What the preview says is what the
//! import does: both come from one plan. It reveals nobody outside the importer's programs: who is unknown to them is new
//! to them. What is done about pods is in the file below.

mod pods;

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::ops::Range;
use std::sync::Arc;

use jiff::tz::TimeZone;
use rules::ids::{CohortId, ParticipantId, PathwayId, PersonId, StepId};
use rules::importing::About;
use rules::letters::{Happening, letters};
use rules::permission::Action;
use rules::person::{MailAddress, PersonName, fold};
use rules::refusal::{Problem, Refusal};
use rules::text::Line;
use rules::time::{Instant, Span, Zone};
use serde_json::json;

use super::company::{self, Cohort, Cohorts};
use super::handover::{self, Whose};
use super::participant::{self, NewParticipant, Notes};
use super::sheet::{PROBLEMS_MAX, Row, RowProblem, Rows, Sheet, Why};
use super::{journey, kind, pathway};
use crate::booking::moving::Freed;
use crate::event::{self, Actor, Subject};
use crate::{Error, Result, Tx, args, organisation, reach};

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
    /// As the file has it; empty for a pod.
    pub mail: String,
    /// For which step a pod is; empty for a person.
    pub step: String,
    /// The cohort's name.
    pub cohort: String,
    /// What becomes of it.
    pub fate: Fate,
    /// What changes of a place that there is.
    pub changes: Vec<Shift>,
    /// What becomes of what is booked, because another coach takes over, soonest first.
    pub booked: Vec<Kept>,
    /// The name of an account that stays although the file has another; none where they are the same.
    pub keeps_name: Option<String>,
    /// Whether the place is put away, and stays so (rule G8).
    pub is_away: bool,
}

/// One column of a place that changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shift {
    /// Which.
    pub column: &'static str,
    /// What is noted now; empty is nothing.
    pub from: String,
    /// What is noted then.
    pub to: String,
}

/// A session that is booked with a coach who changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kept {
    /// When.
    pub starts_at: Instant,
    /// Whether the other coach is free then, so that it keeps its time.
    pub stays: bool,
}

/// What a file does, or has done.
#[derive(Clone, Debug)]
pub struct Preview {
    /// What it is about.
    pub about: About,
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
    /// How many booked sessions lose their time, because another coach is not free then.
    pub falls: u32,
    /// How many mails tell of other coaches.
    pub mails: u32,
    /// The cohorts that it is about, by id and name, the first [`COHORTS_SHOWN`].
    pub cohorts: Vec<(CohortId, String)>,
    /// It came to something else than was shown before, and waits to be looked at once more.
    pub is_anew: bool,
}

impl Preview {
    /// Nothing yet of a file about this.
    pub fn of(about: About) -> Preview {
        Preview {
            about,
            rows: Vec::new(),
            problems: Vec::new(),
            new: 0,
            changed: 0,
            unchanged: 0,
            falls: 0,
            mails: 0,
            cohorts: Vec::new(),
            is_anew: false,
        }
    }
}

/// So many cohorts of a file are named.
pub const COHORTS_SHOWN: usize = 5;

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
    bring_in_as(tx, by, sheet, None, progress)
}

/// The same, if as many bookings lose their time as was shown before; else nothing happens, and the preview says that it
/// is another one (rules S10, R11).
///
/// # Errors
/// As [`preview`].
pub fn bring_in_as(
    tx: &mut Tx,
    by: &Actor,
    sheet: &Sheet,
    falls: Option<u32>,
    progress: impl Fn(usize),
) -> Result<Preview> {
    let by = &by.by_file();
    by.still_stands(tx)?;
    let (mut preview, acts, freed) = plan(tx, by, sheet)?;
    if !preview.problems.is_empty() {
        return Ok(preview);
    }
    if falls.is_some_and(|falls| falls != preview.falls) {
        preview.is_anew = true;
        return Ok(preview);
    }
    // What the file gives back is free for all of it, whichever row comes first.
    for (coach, sessions) in freed.iter() {
        for session in sessions {
            let sql = "DELETE FROM coach_time WHERE coach_id = $1 AND session_id = $2";
            tx.exec(sql, args![*coach, *session])?;
        }
    }
    for (done, act) in acts.into_iter().enumerate() {
        match act {
            Act::Enroll(new, pathway) => {
                participant::enroll_on(tx, by, &new, pathway)?;
            }
            Act::Change(change) => carry_out(tx, by, change)?,
            Act::Pod(act) => pods::carry_out(tx, by, *act)?,
            Act::Nothing => {}
        }
        progress(done + 1);
    }
    if preview.new + preview.changed > 0 {
        let facts = json!({ "new": preview.new, "changed": preview.changed, "unchanged": preview.unchanged });
        let kind = match preview.about {
            About::People => kind::PEOPLE_IMPORTED,
            About::Pods => kind::PODS_IMPORTED,
        };
        event::record(tx, by, kind, &Subject::organisation(), &facts)?;
    }
    Ok(preview)
}

/// What is done about one row.
enum Act {
    Enroll(Box<NewParticipant>, PathwayId),
    Change(Change),
    Pod(Box<pods::Act>),
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

/// What some of the rows of a file would do, after what those before them have come to; they add theirs. What is wrong with
/// the file in itself is not among its problems.
pub(super) fn preview_some(
    tx: &mut Tx,
    by: &Actor,
    sheet: &Sheet,
    rows: Range<usize>,
    along: &mut Along,
) -> Result<Preview> {
    reach::somewhere(by, Action::ImportPeople)?;
    Ok(plan_rows(tx, by, sheet, rows, along)?.0)
}

fn plan(tx: &mut Tx, by: &Actor, sheet: &Sheet) -> Result<(Preview, Vec<Act>, Arc<Freed>)> {
    reach::somewhere(by, Action::ImportPeople)?;
    let mut along = Along::default();
    let (mut preview, mut acts) = plan_rows(tx, by, sheet, 0..sheet.rows.len(), &mut along)?;
    // What is wrong with a row in itself stands before what was looked up of it.
    preview.problems.splice(0..0, sheet.problems.iter().cloned());
    preview.problems.sort_by_key(|problem| problem.line);
    preview.problems.truncate(PROBLEMS_MAX);
    if !preview.problems.is_empty() {
        preview.rows.clear();
        acts.clear();
    }
    Ok((preview, acts, along.freed()))
}

fn plan_rows(
    tx: &mut Tx,
    by: &Actor,
    sheet: &Sheet,
    rows: Range<usize>,
    along: &mut Along,
) -> Result<(Preview, Vec<Act>)> {
    let known = Known::read(tx, by)?;
    if along.freed.is_none() {
        along.freed = Some(Arc::new(match &sheet.rows {
            Rows::People(all) => freed_by_people(tx, &known, all)?,
            Rows::Pods(all) => pods::freed(tx, &known, all)?,
        }));
    }
    let mut preview = Preview::of(sheet.rows.about());
    let mut acts = Vec::with_capacity(rows.len());
    match &sheet.rows {
        Rows::People(all) => {
            for row in &all[rows] {
                let decided = known.act(tx, by, row, along)?.map_err(|wrong| {
                    let told = |(column, why)| {
                        RowProblem::because(row.line, column, why).of(row.who(), row.cell(column))
                    };
                    wrong.into_iter().map(told).collect()
                });
                note(&mut preview, &mut acts, decided);
            }
        }
        Rows::Pods(all) => {
            for row in &all[rows] {
                note(&mut preview, &mut acts, pods::act(tx, by, &known, row, along)?);
            }
        }
    }
    Ok((preview, acts))
}

/// Adds what becomes of one row, or what is wrong with it.
fn note(preview: &mut Preview, acts: &mut Vec<Act>, decided: std::result::Result<Decided, Vec<RowProblem>>) {
    let decided = match decided {
        Ok(decided) => decided,
        Err(problems) => {
            preview.problems.extend(problems);
            preview.problems.truncate(PROBLEMS_MAX);
            return;
        }
    };
    match &decided.planned.fate {
        Fate::New => preview.new += 1,
        Fate::Changed(_) => preview.changed += 1,
        Fate::Unchanged => preview.unchanged += 1,
    }
    preview.falls += decided.planned.booked.iter().filter(|one| !one.stays).count() as u32;
    preview.mails += decided.mails;
    note_cohort(&mut preview.cohorts, decided.cohort);
    preview.rows.push(decided.planned);
    acts.push(decided.act);
}

/// The hours that this file takes from coaches whose participants it gives to others.
fn freed_by_people(tx: &mut Tx, known: &Known, rows: &[Row]) -> Result<Freed> {
    let mut freed = Freed::new();
    let mut booked: HashMap<CohortId, handover::BookedIn> = HashMap::new();
    for row in rows {
        let (Ok(cohort), Ok(Some(to))) = (known.cohort_of(row), known.coach(&row.coach)) else { continue };
        if let Entry::Vacant(vacant) = booked.entry(cohort.id) {
            vacant.insert(handover::booked_in(tx, cohort.id)?);
        }
        let Some(mail) = &row.mail else { continue };
        let theirs = booked.get(&cohort.id).and_then(|all| all.get(mail.folded().as_str()));
        for (from, session) in theirs.into_iter().flatten().filter(|(from, _)| *from != to) {
            freed.entry(*from).or_default().push(*session);
        }
    }
    Ok(freed)
}

/// Names a cohort once, as long as there are few.
pub(super) fn note_cohort(cohorts: &mut Vec<(CohortId, String)>, one: (CohortId, String)) {
    if cohorts.len() < COHORTS_SHOWN && !cohorts.contains(&one) {
        cohorts.push(one);
    }
}

/// What the rows of a file have come to so far, in how many goes ever it is looked at.
#[derive(Clone, Debug, Default)]
pub(super) struct Along {
    /// The times that the file as a whole gives back; none until that was looked for.
    freed: Option<Arc<Freed>>,
    /// The times of coaches that earlier rows take.
    taken: HashMap<PersonId, Vec<Span>>,
    /// Whom earlier rows put into a pod of a step, with the line.
    seated: HashMap<(ParticipantId, StepId), u64>,
}

impl Along {
    fn is_taken(&self, coach: PersonId, span: &Span) -> bool {
        self.taken.get(&coach).is_some_and(|spans| spans.iter().any(|other| other.overlaps(span)))
    }

    fn take(&mut self, coach: PersonId, span: Span) {
        self.taken.entry(coach).or_default().push(span);
    }

    fn freed(&self) -> Arc<Freed> {
        self.freed.clone().unwrap_or_default()
    }
}

/// What is done about a row, and what follows from it.
struct Decided {
    act: Act,
    planned: Planned,
    mails: u32,
    cohort: (CohortId, String),
}

/// What a file may speak of, looked up once.
struct Known {
    /// By company, project and name, as folded: those only that the importer runs, also what is put away.
    cohorts: HashMap<(String, String, String), Cohort>,
    /// By mail address and by name, as folded; none where two are called alike.
    coaches: HashMap<String, Option<PersonId>>,
    /// What they are called.
    names: HashMap<PersonId, String>,
    /// By name, as folded.
    pathways: HashMap<String, PathwayId>,
    /// Days of a file are days of the organisation.
    zone: Zone,
}

type Wrong = (&'static str, Why);

/// What was found; what is wrong is noted instead.
fn taken<T>(wrong: &mut Vec<Wrong>, found: std::result::Result<T, Wrong>) -> Option<T> {
    found.map_err(|one| wrong.push(one)).ok()
}

/// What a row says of a place, as far as it is understood.
struct Wanted {
    coach: Option<PersonId>,
    pathway: Option<PathwayId>,
    starts_at: Option<Instant>,
}

impl Known {
    fn read(tx: &mut Tx, by: &Actor) -> Result<Known> {
        const COHORTS_MAX: u32 = 10_000;
        let mut cohorts = company::cohorts(tx, by, &Cohorts::default(), COHORTS_MAX)?;
        // One in use is meant before one of the same name that was put away.
        cohorts.sort_by_key(|cohort| cohort.archived_at.is_none());
        let cohorts = cohorts.into_iter().map(|cohort| {
            ((fold(&cohort.company_name), fold(&cohort.project_name), fold(&cohort.name)), cohort)
        });
        let mut coaches: HashMap<String, Option<PersonId>> = HashMap::new();
        let rows = tx.all(
            "SELECT p.id, p.folded_mail, p.folded_name, p.name FROM coach k JOIN person p ON p.id = k.person_id
             JOIN person_role r ON r.person_id = p.id AND r.role = 'coach' WHERE p.closed_at IS NULL",
            args![],
            |row| Ok((row.get::<PersonId>(0)?, row.get::<String>(1)?, row.get::<String>(2)?, row.get(3)?)),
        )?;
        let mut names: HashMap<PersonId, String> = HashMap::new();
        for (id, mail, folded, name) in rows {
            names.insert(id, name);
            coaches.insert(mail, Some(id));
            coaches.entry(folded).and_modify(|one| *one = None).or_insert(Some(id));
        }
        // A name that they cannot see is as one that is not there (rule P4).
        let pathways = pathway::pathways(tx, by)?;
        Ok(Known {
            cohorts: cohorts.collect(),
            coaches,
            names,
            pathways: pathways.into_iter().map(|one| (fold(&one.name), one.id)).collect(),
            zone: organisation::get(tx)?.zone,
        })
    }

    /// What is done about a row, or all that is wrong with it as far as that can be known.
    fn act(
        &self,
        tx: &mut Tx,
        by: &Actor,
        row: &Row,
        along: &mut Along,
    ) -> Result<std::result::Result<Decided, Vec<Wrong>>> {
        let mut wrong: Vec<Wrong> = Vec::new();
        // What is not there, or not to be read, is told already.
        let names_it = ![&row.company, &row.project, &row.cohort].iter().any(|word| word.is_empty());
        let cohort = if names_it { taken(&mut wrong, self.cohort_of(row)) } else { None };
        let coach = taken(&mut wrong, self.coach(&row.coach)).flatten();
        let pathway = taken(&mut wrong, self.pathway(row, cohort)).flatten();
        let starts_at = match row.start.map(|day| day.to_zoned(tz(&self.zone))) {
            None => None,
            Some(Ok(day)) => Some(Instant::from_timestamp(day.timestamp())),
            Some(Err(_)) => {
                wrong.push(("start", Why::Problem(Problem::NotADate)));
                None
            }
        };
        let place = cohort.zip(row.mail.as_ref());
        let found = match place {
            Some((cohort, mail)) => existing(tx, cohort.id, mail)?,
            None => None,
        };
        if let Some((cohort, id)) = cohort.zip(row.external_id.as_ref()) {
            let by_another =
                "SELECT 1 FROM participant WHERE company_id = $1 AND external_id = $2 AND id <> $3";
            let besides = found.unwrap_or(ParticipantId::from_raw(0));
            if tx.exists(by_another, args![cohort.company, id.as_str(), besides])? {
                wrong.push(("external id", Why::Problem(Problem::Taken)));
            }
        }
        let own = match &row.mail {
            Some(mail) => person_at(tx, mail)?,
            None => None,
        };
        if coach.is_some() && coach == own {
            wrong.push(("coach", Why::OwnCoach));
        }
        let wanted = Wanted { coach: coach.filter(|_| coach != own), pathway, starts_at };
        let change = match cohort.zip(found) {
            Some((cohort, id)) => {
                Some(self.change(tx, by, row, (cohort, id), &wanted, (&mut wrong, along))?)
            }
            None => None,
        };
        let (Some((cohort, mail)), Some(name), Some(pathway)) = (place, &row.name, pathway) else {
            return Ok(Err(wrong));
        };
        if !wrong.is_empty() || !row.is_well {
            return Ok(Err(wrong));
        }
        if let Some(change) = change {
            return Ok(Ok(change));
        }
        let notes = Notes { coach, external_id: row.external_id.clone(), ..Notes::default() };
        let new = NewParticipant {
            cohort: cohort.id,
            name: name.clone(),
            mail: mail.clone(),
            zone: row.zone.clone(),
            starts_at,
            notes,
        };
        let act = Act::Enroll(Box::new(new), pathway);
        Ok(Ok(Decided { act, planned: planned(row, Fate::New), mails: 0, cohort: named(cohort) }))
    }

    /// What changes of a place that there is; what cannot is added to what is wrong.
    fn change(
        &self,
        tx: &mut Tx,
        by: &Actor,
        row: &Row,
        (cohort, id): (&Cohort, ParticipantId),
        wanted: &Wanted,
        (wrong, along): (&mut Vec<Wrong>, &mut Along),
    ) -> Result<Decided> {
        let now = tx.now();
        let mut changes = Vec::new();
        let shift = |column, from: Option<String>, to: Option<String>| Shift {
            column,
            from: from.unwrap_or_default(),
            to: to.unwrap_or_default(),
        };
        let place = participant::participant(tx, by, id)?;
        let mut notes = place.notes();
        let (mut booked, mut mails) = (Vec::new(), 0);
        let is_away = place.archived_at.is_some();
        if let Some(to) = wanted.coach.filter(|_| wanted.coach != notes.coach) {
            let from = place.coach.as_ref().map(|(_, name)| name.clone());
            changes.push(shift("coach", from, self.names.get(&to).cloned()));
            notes.coach = Some(to);
            // Nothing begins for whoever is put away (rule G8).
            let over = if is_away {
                Err(("coach", Why::PutAway))
            } else {
                taken_over(tx, by, cohort.id, id, to, along)?
            };
            (booked, mails) = taken(wrong, over).unwrap_or_default();
        }
        let name = row.name.as_ref().map_or("", PersonName::as_str);
        let keeps_name = (place.name != name).then(|| place.name.clone());
        let external_id = |id: &Option<Line<100>>| id.as_ref().map(|id| id.as_str().to_owned());
        if row.external_id.is_some() && external_id(&row.external_id) != external_id(&notes.external_id) {
            let (from, to) = (external_id(&notes.external_id), external_id(&row.external_id));
            changes.push(shift("external id", from, to));
            notes.external_id.clone_from(&row.external_id);
        }
        let notes = (!changes.is_empty()).then_some(notes);
        let (mut begins, mut starts) = (None, None);
        if let Some(pathway) = wanted.pathway {
            let runs = tx.opt(
                "SELECT starts_at FROM journey WHERE participant_id = $1 AND pathway_id = $2",
                args![id, pathway],
                |column| column.get::<Instant>(0),
            )?;
            match runs {
                None if is_away => wrong.push(("e-mail", Why::PutAway)),
                None => {
                    let name = if row.pathway.is_empty() { &cohort.pathway_name } else { &row.pathway };
                    changes.push(shift("pathway", None, Some(name.clone())));
                    begins = Some((pathway, wanted.starts_at.unwrap_or_else(|| cohort.starts_at.max(now))));
                }
                Some(then) if wanted.starts_at.is_some_and(|at| at != then) => {
                    let to = row.start.map(|day| day.to_string());
                    changes.push(shift("start", Some(self.day(then)), to));
                    starts = wanted.starts_at.map(|at| (pathway, at));
                }
                Some(_) => {}
            }
        }
        let (fate, act) = if changes.is_empty() {
            (Fate::Unchanged, Act::Nothing)
        } else {
            let columns = changes.iter().map(|one| one.column).collect();
            (Fate::Changed(columns), Act::Change(Change { participant: id, notes, begins, starts }))
        };
        let planned = Planned { changes, booked, keeps_name, is_away, ..planned(row, fate) };
        Ok(Decided { act, planned, mails, cohort: named(cohort) })
    }

    /// The pathway that a row names, or its cohort's; of a cohort that is not known none.
    fn pathway(&self, row: &Row, cohort: Option<&Cohort>) -> std::result::Result<Option<PathwayId>, Wrong> {
        let Some(name) = Some(fold(&row.pathway)).filter(|name| !name.is_empty()) else {
            return Ok(cohort.map(|cohort| cohort.pathway));
        };
        let is_own = |cohort: &&Cohort| fold(&cohort.pathway_name) == name;
        if let Some(cohort) = cohort.filter(is_own) {
            return Ok(Some(cohort.pathway));
        }
        match self.pathways.get(&name) {
            Some(id) => Ok(Some(*id)),
            None if cohort.is_none() && self.cohorts.values().any(|one| is_own(&one)) => Ok(None),
            None => Err(("pathway", Why::Problem(Problem::NotAChoice))),
        }
    }

    /// The day of a moment, as a file has it.
    fn day(&self, at: Instant) -> String {
        self.zone.local(at).date().to_string()
    }

    fn cohort_of(&self, row: &Row) -> std::result::Result<&Cohort, Wrong> {
        self.cohort(&row.company, &row.project, &row.cohort)
    }

    /// The cohort that a row names. One outside the importer's programs is as one that is not there (rule P4).
    fn cohort(&self, company: &str, project: &str, cohort: &str) -> std::result::Result<&Cohort, Wrong> {
        let (company, project, cohort) = (fold(company), fold(project), fold(cohort));
        let key = (company, project, cohort);
        match self.cohorts.get(&key) {
            Some(cohort) if cohort.archived_at.is_some() => return Err(("cohort", Why::PutAway)),
            Some(cohort) => return Ok(cohort),
            None => {}
        }
        let (company, project, _) = &key;
        let column = if !self.cohorts.keys().any(|(one, ..)| one == company) {
            "company"
        } else if !self.cohorts.keys().any(|(one, other, _)| one == company && other == project) {
            "project"
        } else {
            "cohort"
        };
        Err((column, Why::Problem(Problem::NotAChoice)))
    }

    /// The coach whom a row names by address or name; none if it names nobody.
    fn coach(&self, typed: &str) -> std::result::Result<Option<PersonId>, Wrong> {
        if typed.is_empty() {
            return Ok(None);
        }
        match self.coaches.get(&fold(typed)) {
            Some(Some(id)) => Ok(Some(*id)),
            _ => Err(("coach", Why::Problem(Problem::NotAChoice))),
        }
    }
}

/// A row of people, with what becomes of it.
fn planned(row: &Row, fate: Fate) -> Planned {
    Planned {
        line: row.line,
        name: row.name.as_ref().map(|name| name.as_str().to_owned()).unwrap_or_default(),
        mail: row.cell("e-mail").to_owned(),
        step: String::new(),
        cohort: row.cohort.clone(),
        fate,
        changes: Vec::new(),
        booked: Vec::new(),
        keeps_name: None,
        is_away: false,
    }
}

fn named(cohort: &Cohort) -> (CohortId, String) {
    (cohort.id, cohort.name.clone())
}

/// What another coach takes over of somebody's bookings, and how many mails tell of it. What an earlier row gave that coach
/// takes its time too; what the file takes from that coach in any row is free.
fn taken_over(
    tx: &mut Tx,
    by: &Actor,
    cohort: CohortId,
    participant: ParticipantId,
    to: PersonId,
    along: &mut Along,
) -> Result<std::result::Result<(Vec<Kept>, u32), Wrong>> {
    let whose = Whose::These(vec![participant]);
    let plan = match handover::plan_after(tx, by, cohort, &whose, to, &along.freed()) {
        // It is this row that cannot be, for the reason that the change of coach gives.
        Err(Error::Refused(Refusal::Invalid { fields })) => {
            let problem = fields.into_iter().next().map_or(Problem::NotAChoice, |field| field.problem);
            return Ok(Err(("coach", Why::Problem(problem))));
        }
        plan => plan?,
    };
    let (mut kept, mut mails) = (Vec::new(), 0);
    for one in &plan.changes {
        for booked in &one.booked {
            let span = Span { from: booked.starts_at, until: booked.ends_at };
            let stays = booked.stays && !along.is_taken(to, &span);
            if stays {
                along.take(to, span);
            }
            kept.push(Kept { starts_at: booked.starts_at, stays });
        }
        let old = one.from.iter().map(|(from, _)| *from).collect();
        mails += letters(&Happening::CoachChanged { clients: vec![one.person], old, new: to }).len() as u32;
    }
    Ok(Ok((kept, mails)))
}

fn tz(zone: &Zone) -> TimeZone {
    zone.tz().clone()
}

fn existing(tx: &mut Tx, cohort: CohortId, mail: &MailAddress) -> Result<Option<ParticipantId>> {
    tx.opt(
        "SELECT t.id FROM participant t JOIN person p ON p.id = t.person_id
         WHERE t.cohort_id = $1 AND p.folded_mail = $2",
        args![cohort, mail.folded()],
        |column| column.get(0),
    )
}

fn person_at(tx: &mut Tx, mail: &MailAddress) -> Result<Option<PersonId>> {
    let sql = "SELECT id FROM person WHERE folded_mail = $1";
    tx.opt(sql, args![mail.folded()], |column| column.get(0))
}
