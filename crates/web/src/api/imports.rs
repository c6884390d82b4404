//! People and pods from a file: sending it, how far it is, bringing it in, calling it off.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use model::Tx;
use model::event::Actor;
use model::program::import::{self, Fate};
use model::program::intake::{self, Import as Sent, Stage, Then};
use model::program::sheet::{self, FILE_MAX_BYTES, Why};
use rules::ids::ImportId;
use rules::refusal::{Problem, Refusal};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::openapi::Operation;
use super::wire::{CodeOf, CohortRef, IdOf, ImportRef, List, StageCode, Time};
use super::{Answer, Nothing, id, once, shown, zone_of};
use crate::app::{App, Reading};
use crate::forms::JsonWrite;
use crate::pages::imports::said;
use crate::visitor::Visitor;

/// People or pods to bring in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewImport {
    /// The whole file, its first line with the names of the columns; at most 10,000 lines after it, and 4 MB. A file
    /// with a column `pod` is one of pods, every other one of people.
    #[serde(default)]
    #[schema(required)]
    csv: String,
    /// Whether it is brought in as soon as its lines were looked at and none is wrong, also where bookings lose their
    /// time by it; else it waits for `commit`.
    #[serde(default)]
    commit: bool,
}

/// A file and how far it is.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Import {
    id: ImportRef,
    /// What the file was called; empty for one that was sent here.
    name: String,
    /// `people` or `pods`.
    #[schema(pattern = "^(people|pods)$")]
    about: &'static str,
    made_at: Time,
    stage: StageCode,
    /// How many people and cohorts it names, or how many pods.
    lines: u64,
    /// How many of them were looked at; while it is `committing`, how many are done, as far as that is known here.
    done: u64,
    new: u32,
    changed: u32,
    unchanged: u32,
    /// How many booked sessions lose their time, because another coach is not free then.
    falls: u32,
    /// How many mails tell of other coaches, or of the dates of pods.
    mails: u32,
    /// Whether bringing it in came to another number of bookings that lose their time than was shown before: nothing
    /// happened, and it waits to be looked at once more.
    anew: bool,
    /// The cohorts that it is about, the first five.
    cohorts: Vec<CohortOfImport>,
    /// Line by line what happens, at most 200, what is new or changes first; empty where there are problems, and once
    /// it is over.
    rows: Vec<ImportRow>,
    /// What is wrong, at most 200 of them. A file with problems is never brought in.
    problems: Vec<ImportProblem>,
}

/// A cohort that a file is about.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CohortOfImport {
    id: CohortRef,
    name: String,
}

/// A row and what becomes of it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ImportRow {
    /// Its line in the file, from 1.
    line: u64,
    /// As the file has it.
    name: String,
    /// The same; empty for a pod.
    mail: String,
    /// For which step a pod is; empty for a person.
    step: String,
    /// The cohort's name, as the file has it.
    cohort: String,
    /// `new`, `changed` or `unchanged`.
    #[schema(pattern = "^(new|changed|unchanged)$")]
    fate: &'static str,
    /// Which columns change.
    columns: Vec<&'static str>,
    /// From what to what.
    changes: Vec<ImportChange>,
    /// What becomes of what is booked, because another coach takes over.
    bookings: Vec<ImportBooking>,
    /// The name of an account that stays although the file has another; null where it has no other.
    #[schema(required)]
    keeps_name: Option<String>,
    /// Whether the place is put away, and stays so.
    put_away: bool,
}

/// A column that changes.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ImportChange {
    column: &'static str,
    /// What is noted now; empty is nothing.
    from: String,
    to: String,
}

/// A session that is booked with a coach who changes.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ImportBooking {
    starts_at: Time,
    /// Whether it keeps its time; else it waits for another.
    stays: bool,
}

/// What is wrong with a row.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ImportProblem {
    /// Its line in the file, from 1.
    line: u64,
    /// The column; empty if it is the line as a whole.
    column: String,
    /// What stands there; empty is nothing.
    value: String,
    /// Whose line it is, as far as it can be read; empty is nobody's.
    who: String,
    /// For programs: stable, in snake_case.
    #[schema(pattern = "^[a-z_]+$", examples("not_a_choice"))]
    code: &'static str,
    /// For people: a sentence in the language of whoever asks.
    detail: String,
}

impl Import {
    fn of(sent: &Sent, brought_in: Option<u64>, visitor: &Visitor) -> Import {
        let row = |row: &import::Planned| {
            let (fate, columns) = match &row.fate {
                Fate::New => ("new", Vec::new()),
                Fate::Changed(columns) => ("changed", columns.clone()),
                Fate::Unchanged => ("unchanged", Vec::new()),
            };
            let change = |one: &import::Shift| ImportChange {
                column: one.column,
                from: one.from.clone(),
                to: one.to.clone(),
            };
            let booking = |one: &import::Kept| ImportBooking {
                starts_at: Time::of(one.starts_at, &zone_of(visitor)),
                stays: one.stays,
            };
            ImportRow {
                line: row.line,
                name: row.name.clone(),
                mail: row.mail.clone(),
                step: row.step.clone(),
                cohort: row.cohort.clone(),
                fate,
                columns,
                changes: row.changes.iter().map(change).collect(),
                bookings: row.booked.iter().map(booking).collect(),
                keeps_name: row.keeps_name.clone(),
                put_away: row.is_away,
            }
        };
        let problem = |problem: &sheet::RowProblem| ImportProblem {
            line: problem.line,
            column: problem.column.clone(),
            value: problem.value.clone(),
            who: problem.who.clone(),
            code: match &problem.why {
                Why::Problem(problem) => problem.code(),
                Why::Twice { .. } => "twice",
                Why::Unreadable => "unreadable",
                Why::OwnCoach => "own_coach",
                Why::PutAway => "put_away",
                Why::Differs { .. } => "differs",
                Why::Refused(refusal) => refusal.code(),
            },
            detail: said(problem, visitor),
        };
        let preview = &sent.preview;
        Import {
            id: IdOf(sent.id),
            name: sent.name.clone(),
            about: preview.about.code(),
            made_at: Time::of(sent.made_at, &zone_of(visitor)),
            stage: CodeOf(sent.stage),
            lines: sent.lines,
            done: match sent.stage {
                Stage::Committing => brought_in.unwrap_or(0),
                _ => sent.checked,
            },
            new: preview.new,
            changed: preview.changed,
            unchanged: preview.unchanged,
            falls: preview.falls,
            mails: preview.mails,
            anew: sent.stage == Stage::Checked && preview.is_anew,
            cohorts: preview
                .cohorts
                .iter()
                .map(|(id, name)| CohortOfImport { id: IdOf(*id), name: name.clone() })
                .collect(),
            rows: preview.rows.iter().map(row).collect(),
            problems: preview.problems.iter().map(problem).collect(),
        }
    }
}

/// The lines of the document.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/imports", "One's own files, the latest first").answers::<List<Import>>(),
        Operation::post("/imports", "Send a file of people or pods")
            .takes::<NewImport>()
            .made::<Import>()
            .about(
                "The answer comes at once; ask for the import to see how far it is. Its lines are looked at first, and \
                 it is brought in all or nothing. The same file again changes nothing. If by then more or fewer bookings \
                 would lose their time than was shown, nothing happens: it is `checked` again, and `anew`.",
            ),
        Operation::get("/imports/{import}", "How far a file is").answers::<Import>(),
        Operation::post("/imports/{import}/commit", "Bring a file in that was looked at")
            .answers::<Import>()
            .conflicts("It is still looked at, was called off, or has problems."),
        Operation::delete("/imports/{import}", "Call a file off")
            .answers::<Import>()
            .conflicts("It is brought in already."),
    ]
}

/// `GET /api/v1/imports`
pub async fn index(State(app): State<Reading>, visitor: Visitor) -> Answer {
    let by = visitor.actor();
    let found = app.read(move |tx| intake::recent(tx, &by)).await?;
    shown(List::whole(found.iter().map(|one| Import::of(one, app.importing(one.id), &visitor)).collect()))
}

/// `POST /api/v1/imports`
pub async fn create(State(app): State<App>, visitor: Visitor, write: JsonWrite<NewImport>) -> Answer {
    let by = visitor.actor();
    let NewImport { csv, commit } = write.body;
    if csv.len() > FILE_MAX_BYTES {
        return Err(Refusal::TooLarge { most_bytes: FILE_MAX_BYTES as u64 }.into());
    }
    if csv.contains('\0') {
        return Err(Refusal::invalid("csv", Problem::HiddenCharacters).into());
    }
    if sheet::is_blank(&csv) {
        return Err(Refusal::invalid("csv", Problem::Missing).into());
    }
    let lines = sheet::read(csv.as_bytes()).rows.len();
    let then = if commit { Then::BringIn } else { Then::Ask };
    once(&app, write.key, StatusCode::CREATED, move |tx| {
        let id = intake::begin(tx, &by, "", &csv, lines, then)?;
        Ok(Import::of(&intake::import(tx, &by, id)?, None, &visitor))
    })
    .await
}

/// `GET /api/v1/imports/{import}`
pub async fn show(State(app): State<Reading>, visitor: Visitor, Path(import): Path<String>) -> Answer {
    let (by, id) = (visitor.actor(), id::<ImportId>(&import)?);
    let found = app.read(move |tx| intake::import(tx, &by, id)).await?;
    shown(Import::of(&found, app.importing(id), &visitor))
}

/// `POST /api/v1/imports/{import}/commit`
pub async fn commit(
    State(app): State<App>,
    visitor: Visitor,
    Path(import): Path<String>,
    write: JsonWrite<Nothing>,
) -> Answer {
    act(&app, visitor, &import, write, intake::commit).await
}

/// `DELETE /api/v1/imports/{import}`
pub async fn destroy(
    State(app): State<App>,
    visitor: Visitor,
    Path(import): Path<String>,
    write: JsonWrite<Nothing>,
) -> Answer {
    act(&app, visitor, &import, write, intake::cancel).await
}

async fn act(
    app: &App,
    visitor: Visitor,
    import: &str,
    write: JsonWrite<Nothing>,
    verb: fn(&mut Tx, &Actor, ImportId) -> model::Result<()>,
) -> Answer {
    let (by, id) = (visitor.actor(), id::<ImportId>(import)?);
    once(app, write.key, StatusCode::OK, move |tx| {
        verb(tx, &by, id)?;
        Ok(Import::of(&intake::import(tx, &by, id)?, None, &visitor))
    })
    .await
}
