//! People from a file: what it would do, and doing it.

use axum::extract::State;
use axum::http::StatusCode;
use model::program::import::{self, Fate, Preview};
use model::program::sheet::{self, Why};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::openapi::Operation;
use super::{Answer, once, shown};
use crate::app::App;
use crate::forms::JsonWrite;
use crate::pages::imports::said;
use crate::visitor::Visitor;

/// People to bring in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewImport {
    /// The whole file, its first line with the names of the columns; at most 10,000 lines after it.
    #[serde(default)]
    #[schema(required)]
    csv: String,
    /// Whether it is done; else it is only looked at.
    #[serde(default)]
    commit: bool,
}

/// What a file does, or would do.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Import {
    /// Whether it was done. A file with problems never is.
    committed: bool,
    new: u32,
    changed: u32,
    unchanged: u32,
    /// Row by row; empty where there are problems.
    rows: Vec<ImportRow>,
    /// What is wrong, at most 200 of them.
    problems: Vec<ImportProblem>,
}

/// A row and what becomes of it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ImportRow {
    /// Its line in the file, from 1.
    line: u64,
    mail: String,
    /// `new`, `changed` or `unchanged`.
    #[schema(pattern = "^(new|changed|unchanged)$")]
    fate: &'static str,
    /// Which columns change.
    columns: Vec<&'static str>,
}

/// What is wrong with a row.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ImportProblem {
    /// Its line in the file, from 1.
    line: u64,
    /// The column; empty if it is the line as a whole.
    column: String,
    /// For programs: stable, in snake_case.
    #[schema(pattern = "^[a-z_]+$", examples("not_a_choice"))]
    code: &'static str,
    /// For people: a sentence in the language of whoever asks.
    detail: String,
}

impl Import {
    fn of(preview: &Preview, committed: bool, t: &crate::texts::Texts) -> Import {
        let row = |row: &import::Planned| {
            let (fate, columns) = match &row.fate {
                Fate::New => ("new", Vec::new()),
                Fate::Changed(columns) => ("changed", columns.clone()),
                Fate::Unchanged => ("unchanged", Vec::new()),
            };
            ImportRow { line: row.line, mail: row.mail.clone(), fate, columns }
        };
        let problem = |problem: &sheet::RowProblem| ImportProblem {
            line: problem.line,
            column: problem.column.clone(),
            code: match &problem.why {
                Why::Problem(problem) => problem.code(),
                Why::Twice { .. } => "twice",
                Why::Unreadable => "unreadable",
            },
            detail: said(problem, t),
        };
        Import {
            committed: committed && preview.problems.is_empty(),
            new: preview.new,
            changed: preview.changed,
            unchanged: preview.unchanged,
            rows: preview.rows.iter().map(row).collect(),
            problems: preview.problems.iter().map(problem).collect(),
        }
    }
}

/// The lines of the document.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::post("/imports", "Bring people in from a file, or look at what it would do")
            .takes::<NewImport>()
            .answers::<Import>()
            .about(
                "All or nothing: with `commit` the rows are brought in together, and none of them if one cannot be. \
                 The same file again changes nothing.",
            ),
    ]
}

/// `POST /api/v1/imports`
pub async fn create(State(app): State<App>, visitor: Visitor, write: JsonWrite<NewImport>) -> Answer {
    let (by, t) = (visitor.actor(), visitor.texts());
    let NewImport { csv, commit } = write.body;
    let sheet = sheet::read(csv.as_bytes());
    if !commit {
        let preview = app.read(move |tx| import::preview(tx, &by, &sheet)).await?;
        return shown(Import::of(&preview, false, t));
    }
    once(&app, write.key, StatusCode::OK, move |tx| {
        Ok(Import::of(&import::bring_in(tx, &by, &sheet, |_| {})?, true, t))
    })
    .await
}
