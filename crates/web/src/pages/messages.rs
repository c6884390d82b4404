//! Messages between a client and a coach: the list of threads, one of them, and writing.

use axum::extract::{Path, Query, State};
use axum::response::Response;
use model::message::{self, Line, Message, Other, PAGE_ITEMS, Text, View};
use model::program::participant;
use model::{coach, idempotency};
use rules::ids::{MessageId, PersonId, SessionId, ThreadId};
use rules::permission::Role;
use rules::refusal::Refusal;
use rules::time::Instant;
use serde::Deserialize;

use super::{Answer, page, page_refused, shell};
use crate::app::{App, Reading};
use crate::error::Failure;
use crate::forms::{Fields, Form, lead_to, led, with_toast};
use crate::shell::{Face, FormErrors, Paging, Place};
use crate::texts::Texts;
use crate::views::messages::{MessageDay, Subject, ThreadPage, ThreadRow, ThreadsPage, Unread};
use crate::views::parts;
use crate::visitor::Visitor;
use crate::words::{Clockface, first_name};

/// So much of a thread's newest message stands in the list, in characters.
const LINE_CHARS: usize = 140;

/// The query of both pages.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    /// The last message of the page before.
    #[serde(default)]
    before: String,
    /// The session that is written about.
    #[serde(default)]
    session: String,
}

/// `GET /messages`
pub async fn index(State(app): State<Reading>, visitor: Visitor, Query(asked): Query<Asked>) -> Answer {
    let me = visitor.person()?;
    let (id, is_client) = (me.id, me.roles.contains(Role::Client));
    let before: Option<MessageId> = asked.before.parse().ok();
    let by = visitor.actor();
    let (mut lines, coaches, takes_part) = app
        .read(move |tx| {
            let lines = message::threads(tx, &by, before, PAGE_ITEMS + 1)?;
            let mut coaches = Vec::new();
            for profile in if is_client { coach::of_client(tx, id)? } else { Vec::new() } {
                let pair = message::with(tx, &by, profile.person)?;
                if pair.thread.is_none() && !pair.other.is_closed {
                    coaches.push(pair.other);
                }
            }
            Ok((lines, coaches, participant::takes_part(tx, &by)?))
        })
        .await?;
    let is_more = lines.len() > PAGE_ITEMS as usize;
    lines.truncate(PAGE_ITEMS as usize);
    let t = visitor.texts();
    let (clockface, now) = (visitor.clockface(), app.now());
    page(&ThreadsPage {
        shell: shell::of(&visitor, app.mode(), now, t.messages.title, Place::Messages),
        paging: Paging {
            newer: before.map(|_| "/messages".to_owned()),
            older: lines.last().filter(|_| is_more).map(|last| format!("/messages?before={}", last.last.id)),
        },
        threads: lines.iter().map(|line| row(line, id, &clockface, now, t)).collect(),
        ways: coaches
            .iter()
            .map(|coach| ((t.messages.write_to)(&coach.name), format!("/people/{}/messages", coach.person)))
            .collect(),
        is_client,
        takes_part,
    })
}

fn row(line: &Line, me: PersonId, clockface: &Clockface, now: Instant, t: &'static Texts) -> ThreadRow {
    let words = line.last.text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut beginning: String = words.chars().take(LINE_CHARS).collect();
    if beginning.len() < words.len() {
        beginning.push('…');
    }
    ThreadRow {
        href: format!("/messages/{}#write", line.thread),
        face: Face::new(line.other.name.clone(), None),
        role: role(line.as_coach, t),
        line: if line.last.by == me { format!("{}: {beginning}", t.messages.you) } else { beginning },
        when: clockface.near(line.last.sent_at, now),
        unread: if line.unread == 0 { String::new() } else { (t.messages.unread)(line.unread) },
    }
}

/// What the other is to the reader.
fn role(as_coach: bool, t: &Texts) -> &'static str {
    if as_coach { t.messages.with_client } else { t.messages.with_coach }
}

/// `GET /messages/{thread}`
pub async fn show(
    State(app): State<Reading>,
    visitor: Visitor,
    Path(thread): Path<String>,
    Query(asked): Query<Asked>,
) -> Answer {
    page(&fill(&app, &visitor, id_of(&thread)?, &asked, "", FormErrors::NONE).await?)
}

fn id_of(path: &str) -> Result<ThreadId, Refusal> {
    path.parse().map_err(|_| Refusal::NotFound)
}

async fn fill(
    app: &Reading,
    visitor: &Visitor,
    thread: ThreadId,
    asked: &Asked,
    typed: &str,
    errors: FormErrors,
) -> Result<ThreadPage, Failure> {
    let before: Option<MessageId> = asked.before.parse().ok();
    let (by, about) = (visitor.actor(), asked.session.parse::<SessionId>().ok());
    let (view, about) = app
        .read(move |tx| {
            let view = message::view(tx, &by, thread, before, PAGE_ITEMS)?;
            let about = match about {
                Some(session) => message::about(tx, &by, view.other.person, session)?,
                None => None,
            };
            Ok((view, about))
        })
        .await?;
    let base = format!("/messages/{thread}");
    let mut filled = blank(app, visitor, &view.other, view.as_coach, &base);
    let (t, clockface, now) = (visitor.texts(), visitor.clockface(), app.now());
    filled.about = about.map(|about| subject(about, &base, &clockface, now, t));
    filled.text = typed.to_owned();
    filled.errors = errors;
    filled.paging = Paging {
        newer: before.map(|_| format!("{base}#write")),
        older: view
            .messages
            .first()
            .filter(|_| view.has_older)
            .map(|first| format!("{base}?before={}", first.id)),
    };
    // What stands on an older page may have been read long ago: only the newest page says what was read.
    if before.is_none() {
        filled.shown = view.messages.last().map(|last| last.id.to_string()).unwrap_or_default();
        filled.unread =
            (view.unread > 0).then(|| Unread { action: format!("{base}/read"), count: view.unread });
    }
    filled.days = days(&view, visitor, &clockface, now, t)?;
    Ok(filled)
}

/// The page with nothing on it yet.
fn blank(app: &Reading, visitor: &Visitor, other: &Other, as_coach: bool, action: &str) -> ThreadPage {
    let t = visitor.texts();
    let title = (t.messages.with)(&other.name);
    ThreadPage {
        shell: shell::of(visitor, app.mode(), app.now(), &title, Place::Messages),
        face: Face::new(other.name.clone(), None),
        role: role(as_coach, t),
        person: as_coach.then(|| format!("/people/{}", other.person)),
        days: Vec::new(),
        paging: Paging::default(),
        action: action.to_owned(),
        unread: None,
        shown: String::new(),
        text: String::new(),
        about: None,
        closed: if other.is_closed { t.messages.gone } else { "" },
        errors: FormErrors::NONE,
    }
}

fn subject(
    (session, start): (SessionId, Option<Instant>),
    base: &str,
    clockface: &Clockface,
    now: Instant,
    t: &Texts,
) -> Subject {
    Subject {
        id: session.to_string(),
        href: format!("/sessions/{session}"),
        label: label(start, clockface, now, t),
        without: base.to_owned(),
    }
}

fn label(start: Option<Instant>, clockface: &Clockface, now: Instant, t: &Texts) -> String {
    (t.messages.about)(&start.map(|start| clockface.near(start, now)).unwrap_or_default())
}

fn days(
    view: &View,
    visitor: &Visitor,
    clockface: &Clockface,
    now: Instant,
    t: &Texts,
) -> Result<Vec<MessageDay>, Failure> {
    let me = visitor.person()?.id;
    // One receipt, under the last of one's own messages that the other has read.
    let receipt = view.read.and_then(|(read, at)| {
        let own = view.messages.iter().rev().find(|message| message.by == me && message.id <= read)?;
        Some((own.id, at))
    });
    let mut days: Vec<MessageDay> = Vec::new();
    for message in &view.messages {
        let day = clockface.relative_day(message.sent_at, now);
        let bubble = bubble(message, me, &view.other, receipt, clockface, now, t);
        match days.last_mut() {
            Some(last) if last.label == day => last.messages.push(bubble),
            _ => days.push(MessageDay { label: day, messages: vec![bubble] }),
        }
    }
    Ok(days)
}

fn bubble(
    message: &Message,
    me: PersonId,
    other: &Other,
    receipt: Option<(MessageId, Instant)>,
    clockface: &Clockface,
    now: Instant,
    t: &Texts,
) -> parts::Message {
    let mine = message.by == me;
    let name = if mine { t.messages.you } else { first_name(&other.name) };
    let line = (t.messages.by)(name, &clockface.time(message.sent_at));
    let line = match receipt.filter(|(id, _)| *id == message.id) {
        Some((_, at)) if clockface.day(at) == clockface.day(message.sent_at) => {
            (t.messages.read)(&line, &clockface.time(at))
        }
        Some((_, at)) => (t.messages.read)(&line, &clockface.near(at, now)),
        None => line,
    };
    let about = message.session.map(|(session, start)| parts::About {
        label: label(start, clockface, now, t),
        href: format!("/sessions/{session}"),
    });
    parts::Message { text: message.text.clone(), line, mine, about }
}

/// What was sent, checked.
struct Typed {
    text: Text,
    session: Option<SessionId>,
    read: Option<MessageId>,
}

impl Typed {
    fn of(fields: &Fields) -> Result<Typed, Refusal> {
        let text = Text::parse(fields.raw("text")).map_err(|problem| Refusal::invalid("text", problem))?;
        // Hidden fields are ours: what is none of our ids is nothing.
        let (session, read) = (fields.get("session").parse().ok(), fields.get("read").parse().ok());
        Ok(Typed { text, session, read })
    }
}

/// `POST /messages/{thread}`: writes, and has read what it answers.
pub async fn create(
    State(app): State<App>,
    visitor: Visitor,
    Path(thread): Path<String>,
    form: Form,
) -> Answer {
    let thread = id_of(&thread)?;
    match reply(&app, &visitor, thread, &form).await {
        Ok(response) => Ok(response),
        Err(failure) => {
            let refusal = told(failure)?;
            let asked = Asked { session: form.fields.get("session").to_owned(), ..Asked::default() };
            let errors = errors(&refusal, &visitor);
            let typed = form.fields.raw("text");
            let again = fill(&app.reading(), &visitor, thread, &asked, typed, errors).await?;
            page_refused(&refusal, &again)
        }
    }
}

async fn reply(app: &App, visitor: &Visitor, thread: ThreadId, form: &Form) -> Result<Response, Failure> {
    let typed = Typed::of(&form.fields)?;
    let (by, key) = (visitor.actor(), form.key.clone());
    let answer = app
        .write(move |tx| {
            idempotency::once(tx, key.as_ref(), |tx| {
                if let Some(read) = typed.read {
                    message::mark_read(tx, &by, thread, read)?;
                }
                message::reply(tx, &by, thread, typed.session, &typed.text)?;
                Ok(lead_to(&format!("/messages/{thread}#write"), ""))
            })
        })
        .await?;
    Ok(led(app, &answer))
}

/// What the form itself can be told of; all else is a failure.
fn told(failure: Failure) -> Result<Refusal, Failure> {
    match failure {
        Failure::Refused(
            refusal @ (Refusal::Invalid { .. } | Refusal::RateLimited { .. } | Refusal::ReaderGone),
        ) => Ok(refusal),
        failure => Err(failure),
    }
}

fn errors(refusal: &Refusal, visitor: &Visitor) -> FormErrors {
    let errors = FormErrors::of_refusal(refusal, visitor.texts());
    if errors.of("text").is_empty() {
        return FormErrors::from_iter([("text", visitor.say(refusal))]);
    }
    errors
}

/// `POST /messages/{thread}/read`
pub async fn read(
    State(app): State<App>,
    visitor: Visitor,
    Path(thread): Path<String>,
    form: Form,
) -> Answer {
    let thread = id_of(&thread)?;
    let by = visitor.actor();
    let up_to: Option<MessageId> = form.fields.get("up_to").parse().ok();
    app.write(move |tx| message::mark_read(tx, &by, thread, up_to.unwrap_or(MessageId::from_raw(0)))).await?;
    Ok(with_toast(&app, &format!("/messages/{thread}#write"), ""))
}

/// `GET /people/{person}/messages`: their thread, or the first word of one.
pub async fn with(
    State(app): State<Reading>,
    visitor: Visitor,
    Path(person): Path<String>,
    Query(asked): Query<Asked>,
) -> Answer {
    let person: PersonId = person.parse().map_err(|_| Refusal::NotFound)?;
    page(&first(&app, &visitor, person, &asked, "", FormErrors::NONE).await?)
}

async fn first(
    app: &Reading,
    visitor: &Visitor,
    person: PersonId,
    asked: &Asked,
    typed: &str,
    errors: FormErrors,
) -> Result<ThreadPage, Failure> {
    let (by, about) = (visitor.actor(), asked.session.parse::<SessionId>().ok());
    let (pair, about) = app
        .read(move |tx| {
            let about = match about {
                Some(session) => message::about(tx, &by, person, session)?,
                None => None,
            };
            Ok((message::with(tx, &by, person)?, about))
        })
        .await?;
    if let Some(thread) = pair.thread {
        return fill(app, visitor, thread, asked, typed, errors).await;
    }
    let base = format!("/people/{person}/messages");
    let mut filled = blank(app, visitor, &pair.other, pair.as_coach, &base);
    let (t, clockface, now) = (visitor.texts(), visitor.clockface(), app.now());
    filled.about = about.map(|about| subject(about, &base, &clockface, now, t));
    filled.text = typed.to_owned();
    filled.errors = errors;
    Ok(filled)
}

/// `POST /people/{person}/messages`: writes to them, from a session if it is about one.
pub async fn send(
    State(app): State<App>,
    visitor: Visitor,
    Path(person): Path<String>,
    form: Form,
) -> Answer {
    let person: PersonId = person.parse().map_err(|_| Refusal::NotFound)?;
    match write(&app, &visitor, person, &form).await {
        Ok(response) => Ok(response),
        Err(failure) => {
            let refusal = told(failure)?;
            let asked = Asked { session: form.fields.get("session").to_owned(), ..Asked::default() };
            let errors = errors(&refusal, &visitor);
            let typed = form.fields.raw("text");
            let again = first(&app.reading(), &visitor, person, &asked, typed, errors).await?;
            page_refused(&refusal, &again)
        }
    }
}

async fn write(app: &App, visitor: &Visitor, person: PersonId, form: &Form) -> Result<Response, Failure> {
    let typed = Typed::of(&form.fields)?;
    let (by, key) = (visitor.actor(), form.key.clone());
    let answer = app
        .write(move |tx| {
            idempotency::once(tx, key.as_ref(), |tx| {
                let sent = message::send(tx, &by, person, typed.session, &typed.text)?;
                Ok(lead_to(&format!("/messages/{}#write", sent.thread), ""))
            })
        })
        .await?;
    Ok(led(app, &answer))
}
