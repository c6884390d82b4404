//! Files on their way in: kept, looked at line by line, and then brought in by one transaction (rule G2). Whoever
//! sent one sees how far it is and may call it off until it is brought in (of pods, rule G5). What a line means is [`super::import`]'s.

use jiff::SignedDuration;
use rules::attendance::Status;
use rules::ids::{ImportId, PersonId};
pub use rules::importing::{About, Stage};
use rules::permission::{Action, Who};
use rules::refusal::{Problem, Refusal};
use rules::time::Instant;
use serde_json::{Value as Json, json};

use super::import::{self, Along, Fate, Kept, Planned, Preview, Shift};
use super::sheet::{self, PROBLEMS_MAX, RowProblem, Sheet, Why, column_named};
use crate::event::{Actor, Via};
use crate::{Error, Result, Row, Tx, args, person, reach};

/// The topic of a file that waits for the job.
pub const QUEUED: &str = "import";
/// The most files of one person that wait or are worked on at a time.
pub const WAITING_MAX: i64 = 3;
/// So many lines are looked at in one go.
pub const GO_ROWS: usize = 500;
/// The most lines that are kept to be shown, what is new or changes first.
pub const SHOWN_ROWS: usize = 200;
/// So much is kept of a file's name, in characters.
const NAME_MAX_CHARS: usize = 80;
/// The most files that a list shows.
const RECENT_MAX: u32 = 10;
/// A file that nobody brings in is forgotten after this, and so is what became of one.
const KEPT_FOR: SignedDuration = SignedDuration::from_hours(24 * 7);

/// A file and how far it is.
#[derive(Clone, Debug)]
pub struct Import {
    /// Its id.
    pub id: ImportId,
    /// What the file was called; empty for rows that were typed.
    pub name: String,
    /// When it was sent.
    pub made_at: Instant,
    /// How far it is.
    pub stage: Stage,
    /// How many lines it has.
    pub lines: u64,
    /// How many of them were looked at.
    pub checked: u64,
    /// What it would do or has done; of its lines the first [`SHOWN_ROWS`].
    pub preview: Preview,
}

/// What is done when all lines were looked at and none is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// It waits for whoever sent it.
    Ask,
    /// It is brought in at once.
    BringIn,
}

/// Takes a file of this name, to be looked at.
///
/// # Errors
/// [`Refusal::MayNot`] for whoever may bring in nobody; [`Refusal::RateLimited`] while [`WAITING_MAX`] of theirs wait.
pub fn begin(tx: &mut Tx, by: &Actor, name: &str, file: &str, lines: usize, then: Then) -> Result<ImportId> {
    reach::somewhere(by, Action::ImportPeople)?;
    by.still_stands(tx)?;
    let me = by.person().ok_or(Refusal::NotSignedIn)?;
    let waiting: i64 = tx.one(
        "SELECT COUNT(*) FROM import WHERE person_id = $1 AND stage IN ('checking', 'committing')",
        args![me],
        |row| row.get(0),
    )?;
    if waiting >= WAITING_MAX {
        return Err(Refusal::RateLimited { retry_after_seconds: 30 }.into());
    }
    let id: ImportId = tx.new_id();
    let now = tx.now();
    tx.exec(
        "INSERT INTO import (id, person_id, file, stage, at_once, lines, checked, report, made_at, name)
         VALUES ($1, $2, $3, 'checking', $4, $5, 0, $6, $7, $8)",
        args![
            id,
            me,
            file,
            then == Then::BringIn,
            lines as i64,
            written(&Preview::of(sheet::about(file))),
            now,
            named(name)
        ],
    )?;
    tx.notify(QUEUED, id.raw());
    Ok(id)
}

/// What is kept of a file's name.
fn named(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(NAME_MAX_CHARS).collect::<String>().trim().to_owned()
}

/// One's own file; an admin sees those of all.
///
/// # Errors
/// [`Refusal::NotFound`] for one that somebody else sent, as for one that is not there (rule P4).
pub fn import(tx: &mut Tx, by: &Actor, id: ImportId) -> Result<Import> {
    let all = reach::somewhere(by, Action::ImportPeople)?.is_all();
    let sql = format!("SELECT {COLUMNS} FROM import WHERE id = $1 AND ($3 OR person_id = $2)");
    Ok(tx.opt(&sql, args![id, by.person(), all], from_row)?.ok_or(Refusal::NotFound)?)
}

/// One's own files, the latest first.
///
/// # Errors
/// [`Refusal::MayNot`] for whoever may bring in nobody.
pub fn recent(tx: &mut Tx, by: &Actor) -> Result<Vec<Import>> {
    reach::somewhere(by, Action::ImportPeople)?;
    let sql =
        format!("SELECT {COLUMNS} FROM import WHERE person_id = $1 ORDER BY made_at DESC, id DESC LIMIT $2");
    tx.all(&sql, args![by.person(), RECENT_MAX], from_row)
}

/// Has a file brought in that was looked at. One that is brought in already, or is in, stays so.
///
/// # Errors
/// [`Refusal::ChangedMeanwhile`] for one that is not ready: still looked at, called off, or with lines that are wrong.
pub fn commit(tx: &mut Tx, by: &Actor, id: ImportId) -> Result<()> {
    let found = import(tx, by, id)?;
    by.still_stands(tx)?;
    match found.stage {
        Stage::Committing | Stage::Done => return Ok(()),
        Stage::Checked if found.preview.problems.is_empty() => {}
        _ => return Err(Refusal::ChangedMeanwhile.into()),
    }
    tx.exec("UPDATE import SET stage = 'committing' WHERE id = $1", args![id])?;
    tx.notify(QUEUED, id.raw());
    Ok(())
}

/// Calls a file off: nothing of it is brought in.
///
/// # Errors
/// [`Refusal::ChangedMeanwhile`] once it is brought in.
pub fn cancel(tx: &mut Tx, by: &Actor, id: ImportId) -> Result<()> {
    let found = import(tx, by, id)?;
    by.still_stands(tx)?;
    match found.stage {
        Stage::Cancelled => Ok(()),
        Stage::Checking | Stage::Checked => end(tx, id, Stage::Cancelled, &found.preview),
        Stage::Committing | Stage::Done => Err(Refusal::ChangedMeanwhile.into()),
    }
}

/// A file that the job works on.
#[derive(Clone, Debug)]
pub struct Work {
    /// Its id.
    pub id: ImportId,
    /// Whoever sent it, with the roles that they have now.
    pub by: Actor,
    /// What it says.
    pub file: String,
    /// Whether it is brought in; else it is looked at.
    pub is_commit: bool,
}

/// The file that waits longest for the job.
///
/// # Errors
/// Only those of the store.
pub fn next(tx: &mut Tx) -> Result<Option<Work>> {
    let found = tx.opt(
        "SELECT id, person_id, file, stage FROM import WHERE stage IN ('checking', 'committing')
         ORDER BY made_at, id LIMIT 1",
        args![],
        |row| Ok((row.get(0)?, row.get::<PersonId>(1)?, row.get::<String>(2)?, row.parse::<Stage>(3)?)),
    )?;
    let Some((id, sender, file, stage)) = found else { return Ok(None) };
    let sender = person::get(tx, sender)?;
    let who = Who { person: sender.id, roles: sender.roles };
    let by = Actor::Person { who, via: Via::File, proof: None };
    Ok(Some(Work { id, by, file, is_commit: stage == Stage::Committing }))
}

/// What was found so far in a file that is looked at [`GO_ROWS`] lines at a time.
#[derive(Clone, Debug)]
pub struct Found {
    /// What these lines would do, as far as it is kept.
    pub preview: Preview,
    /// What they take and give: for the lines after them that is not free, or is.
    along: Along,
}

impl Found {
    /// Nothing but what is wrong with the file in itself.
    pub fn before(sheet: &Sheet) -> Found {
        let preview = Preview { problems: sheet.problems.clone(), ..Preview::of(sheet.rows.about()) };
        Found { preview, along: Along::default() }
    }

    /// What all lines would do, once all were looked at: nothing if any of them is wrong.
    pub fn whole(self) -> Preview {
        let mut preview = self.preview;
        preview.problems.sort_by_key(|problem| problem.line);
        if !preview.problems.is_empty() {
            preview.rows.clear();
        }
        preview
    }
}

/// Looks at [`GO_ROWS`] lines from this one on, after those that were looked at before, and gives what is found by then.
/// Nothing is changed.
///
/// # Errors
/// Those of [`import::preview`].
pub fn look(tx: &mut Tx, work: &Work, sheet: &Sheet, from: usize, before: &Found) -> Result<Found> {
    let mut found = before.clone();
    let rows = from..sheet.rows.len().min(from + GO_ROWS);
    let more = import::preview_some(tx, &work.by, sheet, rows, &mut found.along)?;
    add(&mut found.preview, more);
    Ok(found)
}

/// Keeps how many lines were looked at; false if it was called off meanwhile.
///
/// # Errors
/// Only those of the store.
pub fn looked(tx: &mut Tx, id: ImportId, checked: usize) -> Result<bool> {
    let sql = "UPDATE import SET checked = $1 WHERE id = $2 AND stage = 'checking'";
    Ok(tx.exec(sql, args![checked as i64, id])? > 0)
}

/// Keeps what all lines would do; then it waits, or is brought in where that was asked and none is wrong.
///
/// # Errors
/// Only those of the store.
pub fn all_looked(tx: &mut Tx, id: ImportId, preview: &Preview) -> Result<()> {
    let fine = preview.problems.is_empty();
    tx.exec(
        "UPDATE import SET checked = lines, report = $1,
             stage = CASE WHEN at_once AND $2 THEN 'committing' ELSE 'checked' END
         WHERE id = $3 AND stage = 'checking'",
        args![written(preview), fine, id],
    )?;
    tx.notify(QUEUED, id.raw());
    Ok(())
}

/// Brings a file in: all of it becomes true with this transaction, or nothing. What has become wrong since it was looked
/// at brings it back to whoever sent it.
///
/// # Errors
/// Those of [`import::bring_in`].
pub fn bring_in(tx: &mut Tx, work: &Work, sheet: &Sheet, progress: impl Fn(usize)) -> Result<()> {
    let waits = "SELECT report FROM import WHERE id = $1 AND stage = 'committing'";
    let Some(report) = tx.opt(waits, args![work.id], |row| row.get::<String>(0))? else { return Ok(()) };
    let shown = read(&report).ok_or_else(|| Error::database("import.report cannot be read"))?;
    let mut done = import::bring_in_as(tx, &work.by, sheet, Some(shown.falls), progress)?;
    shorten(&mut done);
    if done.problems.is_empty() && !done.is_anew {
        return end(tx, work.id, Stage::Done, &done);
    }
    tx.exec(
        "UPDATE import SET stage = 'checked', report = $1 WHERE id = $2",
        args![written(&done), work.id],
    )?;
    Ok(())
}

/// Ends what whoever sent it may no longer do, or cannot.
///
/// # Errors
/// Only those of the store.
pub fn give_up(tx: &mut Tx, work: &Work) -> Result<()> {
    end(tx, work.id, Stage::Cancelled, &Preview::of(sheet::about(&work.file)))
}

/// Forgets files that are over, or that nobody came back for, after a week.
///
/// # Errors
/// Only those of the store.
pub fn sweep(tx: &mut Tx, limit: u32) -> Result<u64> {
    let before = tx.now() - KEPT_FOR;
    tx.exec(
        "DELETE FROM import WHERE id IN (SELECT id FROM import
             WHERE made_at < $1 AND stage IN ('checked', 'done', 'cancelled') ORDER BY id LIMIT $2)",
        args![before, limit],
    )
}

/// It is over: what the file said is forgotten, people's names with it.
fn end(tx: &mut Tx, id: ImportId, stage: Stage, preview: &Preview) -> Result<()> {
    let counts = Preview { rows: Vec::new(), problems: Vec::new(), ..preview.clone() };
    tx.exec(
        "UPDATE import SET stage = $1, file = '', report = $2 WHERE id = $3",
        args![stage.code(), written(&counts), id],
    )?;
    Ok(())
}

/// Adds what more lines would do, as far as it is kept.
fn add(to: &mut Preview, more: Preview) {
    to.new += more.new;
    to.changed += more.changed;
    to.unchanged += more.unchanged;
    to.falls += more.falls;
    to.mails += more.mails;
    for cohort in more.cohorts {
        import::note_cohort(&mut to.cohorts, cohort);
    }
    to.problems.extend(more.problems);
    // What is wrong with a row in itself stands before what was looked up of it.
    to.problems.sort_by_key(|problem| problem.line);
    to.problems.truncate(PROBLEMS_MAX);
    to.rows.extend(more.rows);
    shorten(to);
}

fn shorten(preview: &mut Preview) {
    preview.rows.sort_by_key(|row| (row.fate == Fate::Unchanged, row.line));
    preview.rows.truncate(SHOWN_ROWS);
}

const COLUMNS: &str = "id, made_at, stage, lines, checked, report, name";

fn from_row(row: &Row<'_>) -> Result<Import> {
    let report: String = row.get(5)?;
    let preview = read(&report).ok_or_else(|| Error::database("import.report cannot be read"))?;
    Ok(Import {
        id: row.get(0)?,
        name: row.get(6)?,
        made_at: row.get(1)?,
        stage: row.parse(2)?,
        lines: row.get(3)?,
        checked: row.get(4)?,
        preview,
    })
}

/// What is kept of a preview, as text.
fn written(preview: &Preview) -> String {
    let row = |row: &Planned| {
        let (fate, columns) = match &row.fate {
            Fate::New => ("new", Vec::new()),
            Fate::Changed(columns) => ("changed", columns.clone()),
            Fate::Unchanged => ("unchanged", Vec::new()),
        };
        let changes: Vec<Json> =
            row.changes.iter().map(|one| json!([one.column, one.from, one.to])).collect();
        let booked: Vec<Json> =
            row.booked.iter().map(|one| json!([one.starts_at.millis(), one.stays])).collect();
        json!([
            row.line,
            row.name,
            row.mail,
            row.cohort,
            fate,
            columns,
            changes,
            booked,
            row.keeps_name,
            row.step,
            row.is_away
        ])
    };
    let problem = |problem: &RowProblem| {
        let (code, number) = match &problem.why {
            Why::Twice { line } => ("twice", *line),
            Why::Unreadable => ("not_a_table", 0),
            Why::OwnCoach => ("own_coach", 0),
            Why::PutAway => ("put_away", 0),
            Why::Differs { line } => ("differs", *line),
            Why::Refused(refusal) => {
                return json!([
                    problem.line,
                    problem.column,
                    "refused",
                    0,
                    problem.who,
                    problem.value,
                    refusal.code(),
                    moment_of(refusal)
                ]);
            }
            Why::Problem(problem) => (problem.code(), limit_of(problem)),
        };
        json!([problem.line, problem.column, code, number, problem.who, problem.value])
    };
    json!({
        "about": preview.about.code(), "new": preview.new, "changed": preview.changed, "unchanged": preview.unchanged,
        "falls": preview.falls, "mails": preview.mails, "anew": preview.is_anew,
        "cohorts": preview.cohorts.iter().map(|(id, name)| json!([id.to_string(), name])).collect::<Vec<_>>(),
        "rows": preview.rows.iter().map(row).collect::<Vec<_>>(),
        "problems": preview.problems.iter().map(problem).collect::<Vec<_>>(),
    })
    .to_string()
}

fn read(text: &str) -> Option<Preview> {
    let report: Json = serde_json::from_str(text).ok()?;
    let count = |name: &str| u32::try_from(report[name].as_u64()?).ok();
    let said = |value: &Json| value.as_str().map(str::to_owned);
    let row = |row: &Json| {
        let columns = row[5].as_array()?.iter().map(|column| column_named(column.as_str()?));
        let fate = match row[4].as_str()? {
            "new" => Fate::New,
            "changed" => Fate::Changed(columns.collect::<Option<_>>()?),
            _ => Fate::Unchanged,
        };
        let (line, name, mail, cohort) = (row[0].as_u64()?, said(&row[1])?, said(&row[2])?, said(&row[3])?);
        let change = |one: &Json| {
            Some(Shift { column: column_named(one[0].as_str()?)?, from: said(&one[1])?, to: said(&one[2])? })
        };
        let kept = |one: &Json| {
            Some(Kept { starts_at: Instant::from_millis(one[0].as_i64()?), stays: one[1].as_bool()? })
        };
        Some(Planned {
            line,
            name,
            mail,
            cohort,
            fate,
            changes: some_of(&row[6]).map(change).collect::<Option<_>>()?,
            booked: some_of(&row[7]).map(kept).collect::<Option<_>>()?,
            keeps_name: said(&row[8]),
            step: said(&row[9]).unwrap_or_default(),
            is_away: row[10] == true,
        })
    };
    let problem = |problem: &Json| {
        let number = problem[3].as_u64()?;
        let why = match problem[2].as_str()? {
            "twice" => Why::Twice { line: number },
            "not_a_table" => Why::Unreadable,
            "own_coach" => Why::OwnCoach,
            "put_away" => Why::PutAway,
            "differs" => Why::Differs { line: number },
            "refused" => Why::Refused(refusal_of(problem[6].as_str()?, problem[7].as_i64())?),
            code => Why::Problem(problem_of(code, number)?),
        };
        let told = RowProblem::because(problem[0].as_u64()?, problem[1].as_str()?, why);
        Some(told.of(problem[4].as_str().unwrap_or_default(), problem[5].as_str().unwrap_or_default()))
    };
    Some(Preview {
        about: report["about"].as_str().and_then(About::from_code).unwrap_or(About::People),
        new: count("new")?,
        changed: count("changed")?,
        unchanged: count("unchanged")?,
        falls: count("falls").unwrap_or_default(),
        mails: count("mails").unwrap_or_default(),
        is_anew: report["anew"] == true,
        cohorts: some_of(&report["cohorts"])
            .filter_map(|one| Some((one[0].as_str()?.parse().ok()?, said(&one[1])?)))
            .collect(),
        rows: report["rows"].as_array()?.iter().map(row).collect::<Option<_>>()?,
        problems: report["problems"].as_array()?.iter().map(problem).collect::<Option<_>>()?,
    })
}

/// What stands in a list; nothing where there is none.
fn some_of(list: &Json) -> impl Iterator<Item = &Json> {
    list.as_array().into_iter().flatten()
}

/// The moment that a refusal names, or its number.
fn moment_of(refusal: &Refusal) -> Option<i64> {
    match refusal {
        Refusal::Taken { start }
        | Refusal::Past { start }
        | Refusal::OutsideHours { start }
        | Refusal::OffGrid { start }
        | Refusal::DayFull { start }
        | Refusal::AlreadyStarted { start }
        | Refusal::BookedNow { start } => Some(start.millis()),
        Refusal::TooSoon { earliest } => Some(earliest.millis()),
        Refusal::BeyondWindow { until } => Some(until.millis()),
        Refusal::PodFull { most } => Some((*most).into()),
        Refusal::WrongStatus { status, .. } => {
            Status::ALL.iter().position(|one| one == status).and_then(|place| i64::try_from(place).ok())
        }
        _ => None,
    }
}

/// The refusal with this code and this moment; of others the code alone stays.
fn refusal_of(code: &str, moment: Option<i64>) -> Option<Refusal> {
    let sample = Refusal::samples().into_iter().find(|refusal| refusal.code() == code)?;
    let Some(moment) = moment else { return Some(sample) };
    let start = Instant::from_millis(moment);
    Some(match sample {
        Refusal::Taken { .. } => Refusal::Taken { start },
        Refusal::Past { .. } => Refusal::Past { start },
        Refusal::OutsideHours { .. } => Refusal::OutsideHours { start },
        Refusal::OffGrid { .. } => Refusal::OffGrid { start },
        Refusal::DayFull { .. } => Refusal::DayFull { start },
        Refusal::AlreadyStarted { .. } => Refusal::AlreadyStarted { start },
        Refusal::BookedNow { .. } => Refusal::BookedNow { start },
        Refusal::TooSoon { .. } => Refusal::TooSoon { earliest: start },
        Refusal::BeyondWindow { .. } => Refusal::BeyondWindow { until: start },
        Refusal::WrongStatus { .. } => {
            let status = *Status::ALL.get(usize::try_from(moment).ok()?)?;
            Refusal::WrongStatus { action: Action::BookPod, status }
        }
        Refusal::PodFull { .. } => Refusal::PodFull { most: u32::try_from(moment).ok()? },
        other => other,
    })
}

/// The limit that a problem names; 0 if it names none.
fn limit_of(problem: &Problem) -> u64 {
    match problem {
        Problem::OutOfRange { least, most } => (*least as u64) << 32 | *most as u64,
        Problem::TooLong { most } | Problem::TooMany { most } => u64::from(*most),
        _ => 0,
    }
}

/// The problem with this code and this limit.
fn problem_of(code: &str, limit: u64) -> Option<Problem> {
    if let Some(Problem::OutOfRange { .. }) = Problem::samples().into_iter().find(|one| one.code() == code) {
        let (least, most) = ((limit >> 32) as i64, i64::from(limit as u32));
        return Some(Problem::OutOfRange { least, most });
    }
    let most = u32::try_from(limit).ok()?;
    match Problem::samples().into_iter().find(|problem| problem.code() == code)? {
        Problem::TooLong { .. } => Some(Problem::TooLong { most }),
        Problem::TooMany { .. } => Some(Problem::TooMany { most }),
        problem => Some(problem),
    }
}

#[cfg(test)]
mod tests {
    use rules::ids::CohortId;

    use super::*;

    #[test]
    fn what_is_kept_of_a_preview_is_read_back() {
        let row = |line, fate| Planned {
            line,
            name: "Kim \"K\" Berg".to_owned(),
            mail: "kim@n.example".to_owned(),
            cohort: "Spring".to_owned(),
            fate,
            changes: vec![Shift { column: "coach", from: String::new(), to: "Ada".to_owned() }],
            booked: vec![Kept { starts_at: Instant::from_millis(1), stays: false }],
            keeps_name: Some("Kim".to_owned()),
            is_away: true,
            step: "Among peers".to_owned(),
        };
        let problem = |column: &str, why| RowProblem::because(3, column, why).of("Kim", "x");
        let preview = Preview {
            about: About::Pods,
            rows: vec![
                row(2, Fate::New),
                row(3, Fate::Changed(vec!["coach", "external id"])),
                row(4, Fate::Unchanged),
            ],
            problems: vec![
                problem("zone", Why::Problem(Problem::UnknownZone)),
                problem("name", Why::Problem(Problem::TooLong { most: 60 })),
                problem("e-mail", Why::Twice { line: 2 }),
                problem("", Why::Unreadable),
                problem("coach", Why::OwnCoach),
                problem("coach", Why::PutAway),
                problem("coach", Why::Differs { line: 2 }),
                problem("minimum", Why::Problem(Problem::OutOfRange { least: 3, most: 15 })),
                problem("start", Why::Refused(Refusal::Taken { start: Instant::from_millis(5) })),
                problem("members", Why::Refused(Refusal::InAnotherPod)),
                problem("members", Why::Refused(Refusal::PodFull { most: 4 })),
                problem(
                    "members",
                    Why::Refused(Refusal::WrongStatus { action: Action::BookPod, status: Status::GreyedOut }),
                ),
            ],
            new: 1,
            changed: 1,
            unchanged: 1,
            falls: 2,
            mails: 3,
            cohorts: vec![(CohortId::from_raw(1), "Spring".to_owned())],
            is_anew: true,
        };
        let back = read(&written(&preview)).expect("what was written");
        assert_eq!((back.new, back.changed, back.unchanged), (1, 1, 1));
        assert_eq!(back.problems, preview.problems);
        let fates = |preview: &Preview| preview.rows.iter().map(|row| row.fate.clone()).collect::<Vec<_>>();
        assert_eq!(fates(&back), fates(&preview));
        assert_eq!(back.rows[0].name, "Kim \"K\" Berg");
        assert_eq!((back.falls, back.mails, back.is_anew), (2, 3, true));
        assert_eq!(back.cohorts, preview.cohorts);
        let parts = |preview: &Preview| {
            let row = &preview.rows[0];
            (
                preview.about,
                row.changes.clone(),
                row.booked.clone(),
                row.keeps_name.clone(),
                row.step.clone(),
                row.is_away,
            )
        };
        assert_eq!(parts(&back), parts(&preview));
    }
}
