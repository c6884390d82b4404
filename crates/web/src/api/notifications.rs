//! What a person is told inside the program, and saying that it was read.

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use model::notification::{self, Notification as Told};
use rules::ids::NotificationId;
use rules::time::Instant;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::openapi::Operation;
use super::wire::{CodeOf, IdOf, LetterCode, List, NotificationRef, SessionRef, ThreadRef, Time};
use super::{Answer, Nothing, cursor, id, key, limit, once, shown, zone_of};
use crate::app::{App, Reading};
use crate::forms::{Checks, JsonWrite};
use crate::pages::notifications::say;
use crate::visitor::Visitor;

/// Something that happened for you.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Notification {
    id: NotificationRef,
    /// What it tells: the letter about the same is called so.
    kind: LetterCode,
    at: Time,
    is_read: bool,
    /// The same in a sentence, in your language and on your clock.
    text: String,
    /// The session that it is about.
    #[schema(required)]
    session: Option<SessionRef>,
    /// The thread that it is about.
    #[schema(required)]
    thread: Option<ThreadRef>,
}

impl Notification {
    fn of(told: &Told, visitor: &Visitor, now: Instant) -> Notification {
        Notification {
            id: IdOf(told.id),
            kind: CodeOf(told.letter),
            at: Time::of(told.at, &zone_of(visitor)),
            is_read: told.is_read,
            text: say(told, &visitor.clockface(), now, visitor.texts()),
            session: told.session.map(IdOf),
            thread: told.thread.map(IdOf),
        }
    }
}

/// The query of the list.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Wanted {
    cursor: String,
    limit: String,
}

/// The lines of the document.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/notifications", "What happened for you, the newest first")
            .about("Reading them here does not mark them as read.")
            .paged()
            .answers::<List<Notification>>(),
        Operation::put("/notifications/{notification}/read", "Say that you have read one").answers_nothing(),
        Operation::post("/notifications/read", "Say that you have read all that there are now")
            .answers_nothing(),
    ]
}

/// `GET /api/v1/notifications`
pub async fn index(State(app): State<Reading>, visitor: Visitor, Query(wanted): Query<Wanted>) -> Answer {
    let mut checks = Checks::default();
    let before = key(&mut checks, &wanted.cursor);
    let limit = limit(&mut checks, &wanted.limit);
    checks.done()?;
    let by = visitor.actor();
    let all = app.read(move |tx| notification::list(tx, &by, before, limit + 1)).await?;
    let (now, cursor_of) = (app.now(), |last: &Told| cursor([last.id.to_string()]));
    shown(List::of(all, limit, cursor_of, |told| Notification::of(told, &visitor, now)))
}

/// `PUT /api/v1/notifications/{notification}/read`
pub async fn read(
    State(app): State<App>,
    visitor: Visitor,
    Path(notification): Path<String>,
    write: JsonWrite<Nothing>,
) -> Answer {
    let (by, told): (_, NotificationId) = (visitor.actor(), id(&notification)?);
    once(&app, write.key, StatusCode::NO_CONTENT, move |tx| {
        notification::mark_read(tx, &by, told).map(|_| ())
    })
    .await
}

/// `POST /api/v1/notifications/read`
pub async fn read_all(State(app): State<App>, visitor: Visitor, write: JsonWrite<Nothing>) -> Answer {
    let by = visitor.actor();
    once(&app, write.key, StatusCode::NO_CONTENT, move |tx| notification::mark_all_read(tx, &by)).await
}
