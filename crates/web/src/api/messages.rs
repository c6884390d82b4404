//! Messages between a client and a coach, for the two of them: to everybody else there are none.

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use model::message::{self, Line, Message as Written, Text};
use rules::ids::{MessageId, PersonId, SessionId, ThreadId};
use rules::refusal::{Problem, Refusal};
use rules::time::Zone;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::openapi::Operation;
use super::wire::{IdOf, List, MessageRef, PersonRef, SessionRef, ThreadRef, Time};
use super::{Answer, cursor, id, key, limit, once, shown, zone_of};
use crate::app::{App, Reading};
use crate::forms::{Checks, JsonWrite};
use crate::visitor::Visitor;

/// A thread: what two people write to each other.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Thread {
    id: ThreadRef,
    with: Correspondent,
    /// Whether you are the coach of the two.
    as_coach: bool,
    /// How many messages you have not read.
    unread: u32,
    /// The newest message.
    last: Message,
}

/// Who is at the other end.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Correspondent {
    id: PersonRef,
    /// As they wish to be called.
    name: String,
}

/// One message.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Message {
    id: MessageRef,
    /// In which thread.
    thread: ThreadRef,
    /// Who wrote it.
    by: PersonRef,
    text: String,
    sent_at: Time,
    /// The session that it was written about.
    #[schema(required)]
    session: Option<SessionRef>,
}

impl Message {
    fn of(thread: ThreadId, message: &Written, zone: &Zone) -> Message {
        Message {
            id: IdOf(message.id),
            thread: IdOf(thread),
            by: IdOf(message.by),
            text: message.text.clone(),
            sent_at: Time::of(message.sent_at, zone),
            session: message.session.map(|(session, _)| IdOf(session)),
        }
    }
}

impl Thread {
    fn of(line: &Line, zone: &Zone) -> Thread {
        Thread {
            id: IdOf(line.thread),
            with: Correspondent { id: IdOf(line.other.person), name: line.other.name.clone() },
            as_coach: line.as_coach,
            unread: line.unread,
            last: Message::of(line.thread, &line.last, zone),
        }
    }
}

/// A message to somebody.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewThread {
    /// A client or a coach of yours.
    with: String,
    /// At most 4000 characters.
    text: String,
    /// The session that it is about, if there is one.
    session: Option<String>,
}

/// A message in a thread.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMessage {
    /// At most 4000 characters.
    text: String,
    /// The session that it is about, if there is one.
    session: Option<String>,
}

/// Up to where a thread was read.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReadUpTo {
    /// The newest message that was shown.
    up_to: String,
}

/// The query of both lists.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Wanted {
    cursor: String,
    limit: String,
}

/// The lines of the document.
pub(super) fn operations() -> Vec<Operation> {
    const GONE: &str = "Their account is closed.";
    vec![
        Operation::get("/threads", "Your threads, the one with the newest message first")
            .paged()
            .answers::<List<Thread>>(),
        Operation::post("/threads", "Write to a client or a coach of yours")
            .about("Their thread is made with its first message; later ones go into the same.")
            .takes::<NewThread>()
            .made::<Message>()
            .conflicts(GONE),
        Operation::get("/threads/{thread}/messages", "The messages of a thread, the newest first")
            .about("Reading them here does not mark them as read.")
            .paged()
            .answers::<List<Message>>(),
        Operation::post("/threads/{thread}/messages", "Write into a thread")
            .takes::<NewMessage>()
            .made::<Message>()
            .conflicts(GONE),
        Operation::put("/threads/{thread}/read", "Say up to where you have read a thread")
            .about("The other sees it. It never goes back.")
            .takes::<ReadUpTo>()
            .answers_nothing(),
    ]
}

/// `GET /api/v1/threads`
pub async fn index(State(app): State<Reading>, visitor: Visitor, Query(wanted): Query<Wanted>) -> Answer {
    let mut checks = Checks::default();
    let before = key(&mut checks, &wanted.cursor);
    let limit = limit(&mut checks, &wanted.limit);
    checks.done()?;
    let (by, zone) = (visitor.actor(), zone_of(&visitor));
    let lines = app.read(move |tx| message::threads(tx, &by, before, limit + 1)).await?;
    let cursor_of = |last: &Line| cursor([last.last.id.to_string()]);
    shown(List::of(lines, limit, cursor_of, |line| Thread::of(line, &zone)))
}

fn checked(checks: &mut Checks, text: &str, session: Option<&str>) -> (Option<Text>, Option<SessionId>) {
    let text = checks.take("text", Text::parse(text));
    let session = checks.some("session", session, |id| id.parse().map_err(|_| Problem::NotAnId));
    (text, session)
}

/// `POST /api/v1/threads`
pub async fn open(State(app): State<App>, visitor: Visitor, write: JsonWrite<NewThread>) -> Answer {
    let mut checks = Checks::default();
    let with = checks.take("with", write.body.with.parse::<PersonId>().map_err(|_| Problem::NotAnId));
    let (text, session) = checked(&mut checks, &write.body.text, write.body.session.as_deref());
    checks.done()?;
    let (by, zone) = (visitor.actor(), zone_of(&visitor));
    let asked = with.zip(text);
    once(&app, write.key, StatusCode::CREATED, move |tx| {
        let (with, text) = asked.as_ref().expect("nothing was noted, so that nothing is missing");
        let sent = match message::send(tx, &by, *with, session, text) {
            Err(model::Error::Refused(Refusal::NotFound)) => {
                return Err(Refusal::invalid("with", Problem::NotAnId).into());
            }
            sent => sent?,
        };
        message::sent(tx, &by, sent).map(|message| Message::of(sent.thread, &message, &zone))
    })
    .await
}

/// `GET /api/v1/threads/{thread}/messages`
pub async fn show(
    State(app): State<Reading>,
    visitor: Visitor,
    Path(thread): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Answer {
    let thread: ThreadId = id(&thread)?;
    let mut checks = Checks::default();
    let before = key(&mut checks, &wanted.cursor);
    let limit = limit(&mut checks, &wanted.limit);
    checks.done()?;
    let (by, zone) = (visitor.actor(), zone_of(&visitor));
    let view = app.read(move |tx| message::view(tx, &by, thread, before, limit + 1)).await?;
    let messages: Vec<Written> = view.messages.into_iter().rev().collect();
    let cursor_of = |last: &Written| cursor([last.id.to_string()]);
    shown(List::of(messages, limit, cursor_of, |message| Message::of(thread, message, &zone)))
}

/// `POST /api/v1/threads/{thread}/messages`
pub async fn create(
    State(app): State<App>,
    visitor: Visitor,
    Path(thread): Path<String>,
    write: JsonWrite<NewMessage>,
) -> Answer {
    let thread: ThreadId = id(&thread)?;
    let mut checks = Checks::default();
    let (text, session) = checked(&mut checks, &write.body.text, write.body.session.as_deref());
    checks.done()?;
    let (by, zone) = (visitor.actor(), zone_of(&visitor));
    once(&app, write.key, StatusCode::CREATED, move |tx| {
        let text = text.as_ref().expect("nothing was noted, so that nothing is missing");
        let sent = message::reply(tx, &by, thread, session, text)?;
        message::sent(tx, &by, sent).map(|message| Message::of(thread, &message, &zone))
    })
    .await
}

/// `PUT /api/v1/threads/{thread}/read`
pub async fn read(
    State(app): State<App>,
    visitor: Visitor,
    Path(thread): Path<String>,
    write: JsonWrite<ReadUpTo>,
) -> Answer {
    let thread: ThreadId = id(&thread)?;
    let mut checks = Checks::default();
    let up_to = write.body.up_to.parse::<MessageId>().map_err(|_| Problem::NotAnId);
    let up_to = checks.take("up_to", up_to);
    checks.done()?;
    let by = visitor.actor();
    once(&app, write.key, StatusCode::NO_CONTENT, move |tx| {
        let up_to = up_to.expect("nothing was noted, so that nothing is missing");
        message::mark_read(tx, &by, thread, up_to)
    })
    .await
}
