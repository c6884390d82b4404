//! Bringing people in from a file: look first, then all or nothing (rule G2).

use axum::extract::multipart::MultipartError;
use axum::extract::{Multipart, State};
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use model::idempotency;
use model::program::import::{self, Fate, Preview};
use model::program::sheet::{self, FILE_MAX_BYTES, RowProblem, Why};
use rules::refusal::{Problem, Refusal};

use super::{Answer, page, page_again, shell};
use crate::app::{App, Reading};
use crate::error::Failure;
use crate::forms::{KEY_FIELD, key_of_parts, lead_to, led};
use crate::shell::Place;
use crate::texts::Texts;
use crate::views::programs::{ImportPage, ImportProblem, ImportRow, ImportSeen};
use crate::visitor::Visitor;

/// The most rows of a preview that a page shows; what is new or changes comes first.
const SHOWN_ROWS: usize = 200;

/// `GET /imports`
pub async fn show(State(app): State<Reading>, visitor: Visitor) -> Answer {
    page(&fill(&app, &visitor, None))
}

/// `GET /imports/template.csv`
pub async fn template() -> Answer {
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"people.csv\""),
    ];
    Ok((headers, sheet::TEMPLATE).into_response())
}

/// `POST /imports`: shows what a file would do; with `act=import` it is done.
pub async fn create(State(app): State<App>, visitor: Visitor, parts: Multipart) -> Answer {
    let sent = Sent::read(parts).await?;
    let read = sheet::read(sent.rows.as_bytes());
    let by = visitor.actor();
    if !sent.is_import {
        let preview = app.read(move |tx| import::preview(tx, &by, &read)).await?;
        return page(&fill(&app.reading(), &visitor, Some((&preview, sent.rows))));
    }
    let key = key_of_parts(&visitor, "POST /imports", &sent.key, sent.rows.as_bytes())?;
    let done = app
        .write(move |tx| {
            let mut wrong = None;
            let answer = idempotency::earlier(tx, key.as_ref())?;
            if let Some(answer) = answer {
                return Ok(Ok(answer));
            }
            let preview = import::bring_in(tx, &by, &read, |_| {})?;
            if !preview.problems.is_empty() {
                wrong = Some(preview);
            }
            match wrong {
                Some(preview) => Ok(Err(preview)),
                None => {
                    let answer = lead_to("/programs", "people_imported");
                    idempotency::keep(tx, key.as_ref(), &answer)?;
                    Ok(Ok(answer))
                }
            }
        })
        .await?;
    match done {
        Ok(answer) => Ok(led(&app, &answer)),
        Err(preview) => {
            let again = fill(&app.reading(), &visitor, Some((&preview, sent.rows)));
            page_again(StatusCode::UNPROCESSABLE_ENTITY, &again)
        }
    }
}

/// What the form holds: a file, or the rows themselves.
struct Sent {
    rows: String,
    is_import: bool,
    key: String,
}

impl Sent {
    async fn read(mut parts: Multipart) -> Result<Sent, Failure> {
        let mut sent = Sent { rows: String::new(), is_import: false, key: String::new() };
        while let Some(part) = parts.next_field().await.map_err(broken)? {
            match part.name() {
                Some("file" | "rows") => {
                    let bytes = part.bytes().await.map_err(broken)?;
                    if !bytes.is_empty() {
                        sent.rows = match String::from_utf8(bytes.to_vec()) {
                            Ok(rows) => rows,
                            // Said as a problem of its first line.
                            Err(_) => "\u{fffd}".to_owned(),
                        };
                    }
                }
                Some("act") => sent.is_import = part.text().await.map_err(broken)? == "import",
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

fn fill(app: &Reading, visitor: &Visitor, seen: Option<(&Preview, String)>) -> ImportPage {
    let t = visitor.texts();
    ImportPage {
        shell: shell::of(visitor, app.mode(), app.now(), t.programs.import, Place::Programs),
        seen: seen.map(|(preview, file)| shown(preview, file, t)),
    }
}

fn shown(preview: &Preview, file: String, t: &Texts) -> ImportSeen {
    let mut rows: Vec<&import::Planned> = preview.rows.iter().collect();
    rows.sort_by_key(|row| (row.fate == Fate::Unchanged, row.line));
    let hidden = rows.len().saturating_sub(SHOWN_ROWS);
    let row = |row: &&import::Planned| ImportRow {
        line: row.line,
        name: row.name.clone(),
        mail: row.mail.clone(),
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
    };
    let problem = |problem: &RowProblem| ImportProblem {
        line: problem.line,
        column: problem.column.clone(),
        why: said(problem, t),
    };
    ImportSeen {
        counts: (t.programs.counts_of)(preview.new, preview.changed, preview.unchanged),
        does: preview.new + preview.changed > 0,
        rows: rows.iter().take(SHOWN_ROWS).map(row).collect(),
        more: if hidden > 0 { (t.programs.more_rows)(hidden) } else { String::new() },
        problems: preview.problems.iter().map(problem).collect(),
        file,
    }
}

/// What is wrong with a row, in words.
pub(crate) fn said(problem: &RowProblem, t: &Texts) -> String {
    let p = &t.programs;
    match (&problem.why, problem.column.as_str()) {
        (Why::Twice { line }, _) => (p.twice)(*line),
        (Why::Unreadable, _) => p.unreadable.to_owned(),
        (Why::Problem(Problem::Unknown), _) => p.unknown_column.to_owned(),
        (Why::Problem(Problem::Missing), _) if problem.line == 1 => p.missing_column.to_owned(),
        (Why::Problem(Problem::NotAChoice), "coach") => p.unknown_coach.to_owned(),
        (Why::Problem(Problem::NotAChoice), "company" | "project" | "cohort") => p.unknown_cohort.to_owned(),
        (Why::Problem(Problem::NotAChoice), "pathway") => p.unknown_pathway.to_owned(),
        (Why::Problem(problem), _) => t.problems.say(problem),
    }
}
