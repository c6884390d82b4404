//! The queue of mails: envelope, kind and state of each, never what it says (rule M7).

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use model::mail::{self, Filter, Line, State as MailState};
use rules::ids::{MailId, PersonId};
use rules::refusal::Problem;
use rules::time::Zone;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::openapi::Operation;
use super::wire::{CodeOf, IdOf, LetterCode, List, MailRef, MailStateCode, PersonRef, Time};
use super::{Answer, Nothing, cursor, filter, id, key, limit, once, shown, zone_of};
use crate::app::{App, Reading};
use crate::forms::{Checks, JsonWrite};
use crate::visitor::Visitor;

/// One mail to one person, seen from outside.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Mail {
    id: MailRef,
    /// Whom it is for, if they have an account.
    #[schema(required)]
    person: Option<PersonRef>,
    /// By name.
    name: String,
    /// The address on the envelope.
    recipient: String,
    letter: LetterCode,
    state: MailStateCode,
    /// When it may leave at the earliest.
    due_at: Time,
    /// When a server accepted it.
    #[schema(required)]
    sent_at: Option<Time>,
    /// How often it was refused.
    attempts: u32,
    /// Why, the last time.
    #[schema(required)]
    last_error: Option<String>,
}

impl Mail {
    fn of(line: &Line, zone: &Zone) -> Mail {
        Mail {
            id: IdOf(line.id),
            person: line.person.map(IdOf),
            name: line.name.clone(),
            recipient: line.recipient.clone(),
            letter: CodeOf(line.letter),
            state: CodeOf(line.state),
            due_at: Time::of(line.due_at, zone),
            sent_at: line.sent_at.map(|at| Time::of(at, zone)),
            attempts: line.attempts,
            last_error: line.last_error.clone(),
        }
    }
}

/// The query of the queue.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Wanted {
    state: String,
    person: String,
    cursor: String,
    limit: String,
}

/// The lines of the document.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/mail", "The queue of mails, the newest first")
            .query_word::<MailState>("state", "Only mails in this state.")
            .query_id::<PersonId>("person", "Only mails to this person.")
            .paged()
            .answers::<List<Mail>>(),
        Operation::post("/mail/{mail}/retry", "Send a mail again that was given up")
            .answers_nothing()
            .conflicts("It was not given up."),
    ]
}

/// `GET /api/v1/mail`
pub async fn index(State(app): State<Reading>, visitor: Visitor, Query(wanted): Query<Wanted>) -> Answer {
    let mut checks = Checks::default();
    let state = filter(&mut checks, "state", &wanted.state, Problem::NotAChoice);
    let person = filter(&mut checks, "person", &wanted.person, Problem::NotAnId);
    let before = key(&mut checks, &wanted.cursor);
    let limit = limit(&mut checks, &wanted.limit);
    checks.done()?;
    let (by, zone) = (visitor.actor(), zone_of(&visitor));
    let filter = Filter { state, person, before };
    let lines = app.read(move |tx| mail::list(tx, &by, &filter, limit + 1)).await?;
    let cursor_of = |last: &Line| cursor([last.id.to_string()]);
    shown(List::of(lines, limit, cursor_of, |line| Mail::of(line, &zone)))
}

/// `POST /api/v1/mail/{mail}/retry`
pub async fn retry(
    State(app): State<App>,
    visitor: Visitor,
    Path(mail): Path<String>,
    write: JsonWrite<Nothing>,
) -> Answer {
    let (by, mail): (_, MailId) = (visitor.actor(), id(&mail)?);
    once(&app, write.key, StatusCode::NO_CONTENT, move |tx| mail::retry(tx, &by, mail)).await
}
