//! Bringing people or pods in from a file: it is kept, looked at and brought in by a job, whose progress these pages show; all or
//! nothing (rule G2).

use axum::extract::multipart::MultipartError;
use axum::extract::{Multipart, Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::IntoResponse;
use model::event::Actor;
use model::program::import::{self, Fate, Shift};
use model::program::intake::{self, About, Import, Stage, Then};
use model::program::sheet::{self, FILE_MAX_BYTES, RowProblem, Why};
use model::{Tx, idempotency};
use rules::ids::ImportId;
use rules::inactivity::Away;
use rules::refusal::{Problem, Refusal};
use rules::time::Instant;

use super::{Answer, page, page_refused, shell};
use crate::app::{App, Reading};
use crate::error::Failure;
use crate::forms::{Form, KEY_FIELD, key_of_parts, lead_to, led};
use crate::shell::{FormErrors, Place};
use crate::texts::Texts;
use crate::views::board::Crumb;
use crate::views::programs::{ImportLine, ImportPage, ImportProblem, ImportRow, ImportStage, NewImportPage};
use crate::visitor::Visitor;
use crate::words::Clockface;

/// After so many seconds a page that shows progress is asked for again, also without scripts.
const AGAIN_SECONDS: &str = "2";

/// `GET /imports`
pub async fn index(State(app): State<Reading>, visitor: Visitor) -> Answer {
    page(&fill(&app, &visitor, FormErrors::default()).await?)
}

async fn fill(app: &Reading, visitor: &Visitor, errors: FormErrors) -> Result<NewImportPage, Failure> {
    let by = visitor.actor();
    let recent = app.read(move |tx| intake::recent(tx, &by)).await?;
    let (t, clockface, now) = (visitor.texts(), visitor.clockface(), app.now());
    let line = |one: &Import| ImportLine {
        label: match one.name.as_str() {
            "" => (t.enrolment.import_of)(&clockface.near(one.made_at, now)),
            name => format!("{name}, {}", clockface.near(one.made_at, now)),
        },
        line: match one.stage {
            Stage::Checking | Stage::Cancelled => (t.enrolment.lines)(one.checked, one.lines),
            Stage::Checked if !one.preview.problems.is_empty() => {
                (t.enrolment.wrong_lines)(one.preview.problems.len())
            }
            Stage::Checked | Stage::Committing | Stage::Done => {
                (t.programs.counts_of)(one.preview.new, one.preview.changed, one.preview.unchanged)
            }
        },
        href: format!("/imports/{}", one.id),
        stage: match one.stage {
            Stage::Checking => t.enrolment.state_checking,
            Stage::Checked => t.enrolment.state_checked,
            Stage::Committing => t.enrolment.state_committing,
            Stage::Done => t.enrolment.state_done,
            Stage::Cancelled => t.enrolment.state_cancelled,
        },
    };
    Ok(NewImportPage {
        shell: shell::of(visitor, app.mode(), now, t.programs.import, Place::Programs),
        recent: recent.iter().map(line).collect(),
        errors,
    })
}

/// `GET /imports/template.csv`
pub async fn template() -> Answer {
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"people.csv\""),
    ];
    Ok((headers, sheet::TEMPLATE).into_response())
}

/// `GET /imports/pods.csv`
pub async fn pods_template() -> Answer {
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"pods.csv\""),
    ];
    Ok((headers, sheet::POD_TEMPLATE).into_response())
}

/// `POST /imports`: takes a file, to be looked at.
pub async fn create(State(app): State<App>, visitor: Visitor, parts: Multipart) -> Answer {
    let sent = Sent::read(parts).await?;
    if sent.rows.is_empty() {
        let refusal = Refusal::invalid("file", Problem::Missing);
        let errors = FormErrors::of_refusal(&refusal, visitor.texts());
        return page_refused(&refusal, &fill(&app.reading(), &visitor, errors).await?);
    }
    let lines = sheet::read(sent.rows.as_bytes()).rows.len();
    let by = visitor.actor();
    let key = key_of_parts(&visitor, "POST /imports", &sent.key, sent.rows.as_bytes())?;
    let answer = app
        .write(move |tx| {
            idempotency::once(tx, key.as_ref(), |tx| {
                let id = intake::begin(tx, &by, &sent.name, &sent.rows, lines, Then::Ask)?;
                Ok(lead_to(&format!("/imports/{id}"), ""))
            })
        })
        .await?;
    Ok(led(&app, &answer))
}

/// What the form holds: a file, or the rows themselves. In which of them nothing stands is as one that is not there.
struct Sent {
    rows: String,
    /// What the file is called.
    name: String,
    key: String,
}

impl Sent {
    async fn read(mut parts: Multipart) -> Result<Sent, Failure> {
        let mut sent = Sent { rows: String::new(), name: String::new(), key: String::new() };
        while let Some(part) = parts.next_field().await.map_err(broken)? {
            match part.name() {
                Some("file" | "rows") => {
                    let name = part.file_name().unwrap_or_default().to_owned();
                    let bytes = part.bytes().await.map_err(broken)?;
                    if bytes.len() > FILE_MAX_BYTES {
                        return Err(Refusal::TooLarge { most_bytes: FILE_MAX_BYTES as u64 }.into());
                    }
                    let rows = match String::from_utf8(bytes.to_vec()) {
                        // What no text has in it no store keeps as one; it is said as a problem of the first line.
                        Ok(rows) if !rows.contains('\0') => rows,
                        _ => "\u{fffd}".to_owned(),
                    };
                    if !sheet::is_blank(&rows) {
                        (sent.name, sent.rows) = (name, rows);
                    }
                }
                Some(KEY_FIELD) => sent.key = part.text().await.map_err(broken)?,
                _ => {}
            }
        }
        Ok(sent)
    }
}

fn broken(error: MultipartError) -> Failure {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return Refusal::TooLarge { most_bytes: FILE_MAX_BYTES as u64 }.into();
    }
    Refusal::Unreadable.into()
}

fn id_of(text: &str) -> Result<ImportId, Refusal> {
    text.parse().map_err(|_| Refusal::NotFound)
}

/// `GET /imports/{import}`
pub async fn show(State(app): State<Reading>, visitor: Visitor, Path(id): Path<String>) -> Answer {
    let (by, id) = (visitor.actor(), id_of(&id)?);
    let found = app.read(move |tx| intake::import(tx, &by, id)).await?;
    let t = visitor.texts();
    let e = &t.enrolment;
    let title = match found.stage {
        Stage::Checking => e.checking_heading,
        Stage::Checked if found.preview.problems.is_empty() => e.checked_heading,
        Stage::Checked => t.programs.problems_heading,
        Stage::Committing => e.committing_heading,
        Stage::Done => e.done_heading,
        Stage::Cancelled => e.cancelled_heading,
    };
    let is_working = matches!(found.stage, Stage::Checking | Stage::Committing);
    let mut answer = page(&ImportPage {
        shell: shell::of(&visitor, app.mode(), app.now(), title, Place::Programs),
        base: format!("/imports/{id}"),
        about: match found.preview.about {
            About::People => t.programs.import,
            About::Pods => e.import_pods,
        },
        title,
        stage: staged(&found, app.importing(id), &visitor, app.now()),
    })?;
    if is_working {
        answer.headers_mut().insert(header::REFRESH, HeaderValue::from_static(AGAIN_SECONDS));
    }
    Ok(answer)
}

fn staged(found: &Import, brought_in: Option<u64>, visitor: &Visitor, now: Instant) -> ImportStage {
    let (t, face) = (visitor.texts(), &visitor.clockface());
    let (e, preview) = (&t.enrolment, &found.preview);
    let is_of_pods = preview.about == About::Pods;
    let progress = |label, done: u64| ImportStage::Working {
        label,
        words: (e.lines)(done, found.lines),
        done,
        all: found.lines.max(1),
        can_cancel: found.stage == Stage::Checking,
    };
    match found.stage {
        Stage::Checking => progress(if is_of_pods { e.checking_pods } else { e.checking }, found.checked),
        Stage::Committing => {
            let label = if is_of_pods { e.committing_pods } else { e.committing };
            progress(label, brought_in.unwrap_or(0))
        }
        Stage::Done => ImportStage::Done {
            counts: (e.done)(preview.new, preview.changed, preview.unchanged),
            way: if is_of_pods { e.to_pods } else { e.to_cohort },
            cohorts: preview
                .cohorts
                .iter()
                .map(|(id, name)| {
                    let pods = if is_of_pods { "/pods" } else { "" };
                    Crumb { label: name.clone(), href: Some(format!("/cohorts/{id}{pods}")) }
                })
                .collect(),
        },
        Stage::Cancelled => ImportStage::Cancelled,
        Stage::Checked if preview.problems.is_empty() => {
            let all = u64::from(preview.new) + u64::from(preview.changed) + u64::from(preview.unchanged);
            let hidden = usize::try_from(all).unwrap_or(usize::MAX).saturating_sub(preview.rows.len());
            ImportStage::Waiting {
                counts: (t.programs.counts_of)(preview.new, preview.changed, preview.unchanged),
                does: preview.new + preview.changed > 0,
                anew: if preview.is_anew { e.anew } else { "" },
                sum: match preview.mails {
                    0 => String::new(),
                    mails if is_of_pods => (e.sum_of_pods)(mails),
                    mails => (e.sum)(preview.falls, mails),
                },
                note: if is_of_pods { e.all_or_nothing_of_pods } else { t.programs.all_or_nothing },
                rows: preview.rows.iter().map(|row| row_of(row, face, now, t)).collect(),
                more: if hidden > 0 { (t.programs.more_rows)(hidden) } else { String::new() },
            }
        }
        Stage::Checked => {
            let problem = |problem: &RowProblem| ImportProblem {
                line: problem.line,
                who: problem.who.clone(),
                value: problem.value.clone(),
                column: problem.column.clone(),
                why: said(problem, visitor),
            };
            ImportStage::Wrong(preview.problems.iter().map(problem).collect())
        }
    }
}

/// What changes in a row, and what becomes of each booking (rule G6).
fn details_of(row: &import::Planned, face: &Clockface, now: Instant, t: &Texts) -> Vec<String> {
    let e = &t.enrolment;
    let shift = |one: &Shift| {
        let from = if one.from.is_empty() { e.nothing } else { one.from.as_str() };
        (e.shift)(one.column, from, &one.to)
    };
    let booked = row.booked.iter().map(|one| {
        let word = if one.stays { t.handover.stays } else { t.handover.falls };
        format!("{}: {word}", face.short(one.starts_at, now))
    });
    let name = row.keeps_name.iter().map(|name| (e.keeps_name)(name));
    let away = row.is_away.then(|| e.stays_away.to_owned());
    row.changes.iter().map(shift).chain(booked).chain(name).chain(away).collect()
}

fn row_of(row: &import::Planned, face: &Clockface, now: Instant, t: &Texts) -> ImportRow {
    ImportRow {
        details: details_of(row, face, now, t),
        line: row.line,
        name: row.name.clone(),
        mail: if row.step.is_empty() { row.mail.clone() } else { row.step.clone() },
        cohort: row.cohort.clone(),
        key: match row.fate {
            Fate::New => "completed",
            Fate::Changed(_) => "booked",
            Fate::Unchanged => "unbooked",
        },
        fate: match &row.fate {
            Fate::New => t.programs.new.to_owned(),
            Fate::Changed(columns) => (t.programs.changed_in)(&columns.join(", ")),
            Fate::Unchanged => t.programs.unchanged.to_owned(),
        },
    }
}

/// `POST /imports/{import}/commit`
pub async fn commit(State(app): State<App>, visitor: Visitor, Path(id): Path<String>, form: Form) -> Answer {
    act(&app, &visitor, &id, form, "", intake::commit).await
}

/// `POST /imports/{import}/cancellation`
pub async fn cancel(State(app): State<App>, visitor: Visitor, Path(id): Path<String>, form: Form) -> Answer {
    act(&app, &visitor, &id, form, "import_cancelled", intake::cancel).await
}

async fn act(
    app: &App,
    visitor: &Visitor,
    id: &str,
    form: Form,
    toast: &'static str,
    verb: fn(&mut Tx, &Actor, ImportId) -> model::Result<()>,
) -> Answer {
    let (by, id) = (visitor.actor(), id_of(id)?);
    let answer = app
        .write(move |tx| {
            idempotency::once(tx, form.key.as_ref(), |tx| {
                verb(tx, &by, id)?;
                Ok(lead_to(&format!("/imports/{id}"), toast))
            })
        })
        .await?;
    Ok(led(app, &answer))
}

/// What is wrong with a row, in words.
pub(crate) fn said(problem: &RowProblem, visitor: &Visitor) -> String {
    let t = visitor.texts();
    let p = &t.programs;
    match (&problem.why, problem.column.as_str()) {
        (Why::Twice { line }, _) => (p.twice)(*line),
        (Why::Unreadable, _) => p.unreadable.to_owned(),
        (Why::OwnCoach, _) => t.enrolment.own_coach.to_owned(),
        (Why::PutAway, "cohort") => visitor.say(&Refusal::PutAway { what: Away::Cohort }),
        (Why::PutAway, _) => visitor.say(&Refusal::PutAway { what: Away::Participant }),
        (Why::Differs { line }, _) => (t.enrolment.differs)(*line),
        (Why::Refused(refusal), _) => visitor.say(refusal),
        (Why::Problem(Problem::NotAChoice), "members") => t.enrolment.unknown_member.to_owned(),
        (Why::Problem(Problem::NotAChoice), "step") => t.enrolment.unknown_step.to_owned(),
        (Why::Problem(Problem::Unknown), _) => p.unknown_column.to_owned(),
        (Why::Problem(Problem::Missing), _) if problem.line == 1 => p.missing_column.to_owned(),
        (Why::Problem(Problem::NotAChoice), "coach") => p.unknown_coach.to_owned(),
        (Why::Problem(Problem::NotAChoice), "company" | "project" | "cohort") => p.unknown_cohort.to_owned(),
        (Why::Problem(Problem::NotAChoice), "pathway") => p.unknown_pathway.to_owned(),
        (Why::Problem(problem), _) => t.problems.say(problem),
    }
}
