//! Messages between a client and a coach: one thread for each pair, read by its two ends and by nobody else (rule W6).
//! Knows no pages, and not what a mail about a message says.

use jiff::SignedDuration;
use rules::ids::{EventId, MessageId, PersonId, SessionId, ThreadId};
use rules::letters::{Happening, Letter};
use rules::permission::{Action, Reach, What, Who, reach};
use rules::refusal::{Problem, Refusal};
use rules::session::PlaceKind;
use rules::text::Prose;
use rules::time::Instant;
use serde_json::json;

use crate::attempt::{self, Limit, Verdict};
use crate::db::build::Query;
use crate::event::{self, Actor, Subject};
use crate::{Result, Tx, args, mail, notification, session};

/// The longest message, in characters.
pub const TEXT_MAX_CHARS: u32 = 4_000;
/// So many messages make a page of a thread, and so many threads a page of their list.
pub const PAGE_ITEMS: u32 = 50;
/// How many messages one person sends.
pub const SENDS: Limit = Limit { tries: 120, window_s: 3600 };
/// Whoever was told of a message is told of no further one of that thread for so long, unless they have read it.
pub const TOLD_AGAIN_AFTER: SignedDuration = SignedDuration::from_mins(15);

/// What can happen here.
pub mod kind {
    use crate::event::Kind;

    /// Somebody wrote to somebody. It is their business alone: the audit log does not tell of it.
    pub const SENT: Kind = Kind("message_sent");
}

/// What somebody writes: never nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text(Prose<TEXT_MAX_CHARS>);

impl Text {
    /// A text as it was typed.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Text, Problem> {
        Prose::parse_some(text).map(Text)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

/// A message that was sent, and where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sent {
    /// The thread.
    pub thread: ThreadId,
    /// The message in it.
    pub message: MessageId,
}

/// Who is at the other end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Other {
    /// Who.
    pub person: PersonId,
    /// As they wish to be called.
    pub name: String,
    /// Whether their account is closed: they read nothing any more.
    pub is_closed: bool,
}

/// A thread in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The thread.
    pub thread: ThreadId,
    /// With whom.
    pub other: Other,
    /// Whether the reader is its coach.
    pub as_coach: bool,
    /// Its newest message.
    pub last: Message,
    /// How many messages the reader has not read.
    pub unread: u32,
}

/// One message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Its id.
    pub id: MessageId,
    /// Who wrote it.
    pub by: PersonId,
    /// What it says.
    pub text: String,
    /// When it was sent.
    pub sent_at: Instant,
    /// The session that it was written about, and when that begins.
    pub session: Option<(SessionId, Option<Instant>)>,
}

/// A part of a thread, as one of its two sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// The thread.
    pub thread: ThreadId,
    /// With whom.
    pub other: Other,
    /// Whether the reader is its coach.
    pub as_coach: bool,
    /// The newest that were asked for, oldest first.
    pub messages: Vec<Message>,
    /// Whether there are older ones.
    pub has_older: bool,
    /// How many messages the reader has not read.
    pub unread: u32,
    /// Up to which message the other has read, and since when.
    pub read: Option<(MessageId, Instant)>,
}

/// One person's end of a thread.
#[derive(Clone, Copy, Debug)]
struct End {
    thread: ThreadId,
    client: PersonId,
    coach: PersonId,
    me: PersonId,
}

impl End {
    fn as_coach(&self) -> bool {
        self.me == self.coach
    }

    fn other(&self) -> PersonId {
        if self.as_coach() { self.client } else { self.coach }
    }
}

/// Writes to a client or to a coach of one's own, of now or of before; from a session, if it is about one.
///
/// # Errors
/// [`Refusal::NotFound`] for whoever has nothing to do with the other, as for somebody who is not there (rule P4);
/// [`Refusal::ReaderGone`], [`Refusal::RateLimited`], and [`Refusal::Invalid`] for a session that is not theirs both.
pub fn send(tx: &mut Tx, by: &Actor, to: PersonId, session: Option<SessionId>, text: &Text) -> Result<Sent> {
    let me = by.person().ok_or(Refusal::NotFound)?;
    let mut pairs = pairs(tx, by, to)?;
    if let (Some(session), [_, _]) = (session, pairs.as_slice()) {
        // They coach each other: the session says in which of the two threads this belongs.
        let mut about = Vec::new();
        for (client, coach) in pairs.drain(..) {
            if is_between(tx, session, client, coach)? {
                about.push((client, coach));
            }
        }
        pairs = about;
    }
    let (client, coach) = *pairs.first().ok_or(Refusal::invalid("session", Problem::NotAChoice))?;
    let message: MessageId = tx.new_id();
    let thread = open(tx, client, coach, message)?;
    post(tx, by, End { thread, client, coach, me }, message, session, text)
}

/// Writes into a thread of one's own.
///
/// # Errors
/// [`Refusal::NotFound`] for a thread that is not theirs, else as [`send`].
pub fn reply(
    tx: &mut Tx,
    by: &Actor,
    thread: ThreadId,
    session: Option<SessionId>,
    text: &Text,
) -> Result<Sent> {
    let end = end_of(tx, by, thread)?;
    let message: MessageId = tx.new_id();
    post(tx, by, end, message, session, text)
}

fn post(
    tx: &mut Tx,
    by: &Actor,
    end: End,
    message: MessageId,
    session: Option<SessionId>,
    text: &Text,
) -> Result<Sent> {
    if other(tx, end.other())?.is_closed {
        return Err(Refusal::ReaderGone.into());
    }
    if let Some(session) = session
        && !is_between(tx, session, end.client, end.coach)?
    {
        return Err(Refusal::invalid("session", Problem::NotAChoice).into());
    }
    // A refusal undoes the count with the rest: the bucket stays as full as it was.
    if let Verdict::Over { retry_after_s } = attempt::count(tx, &format!("messages/by/{}", end.me), SENDS)? {
        return Err(Refusal::RateLimited { retry_after_seconds: retry_after_s }.into());
    }
    let now = tx.now();
    tx.exec(
        "INSERT INTO message (id, thread_id, by_id, session_id, text, sent_at) VALUES ($1, $2, $3, $4, $5, $6)",
        args![message, end.thread, end.me, session, text.as_str(), now],
    )?;
    tx.exec("UPDATE thread SET last_id = $1 WHERE id = $2", args![message, end.thread])?;
    tx.exec(
        "UPDATE thread_side SET unread = unread + 1 WHERE thread_id = $1 AND person_id = $2",
        args![end.thread, end.other()],
    )?;
    let event = event::record(tx, by, kind::SENT, &Subject::of(message), &json!({}))?;
    match session {
        Some(_) => tell_of_session(tx, &end, event)?,
        None => tell(tx, &end, event)?,
    }
    Ok(Sent { thread: end.thread, message })
}

/// Tells the other of a message, unless they were told of one just now and have not read it, or a letter waits.
fn tell(tx: &mut Tx, end: &End, event: EventId) -> Result<()> {
    let told_since = tx.now() - TOLD_AGAIN_AFTER;
    let is_told = tx.exists(
        "SELECT 1 FROM thread_side s JOIN event e ON e.id = s.told_id
         LEFT JOIN mail m ON m.event_id = e.id AND m.person_id = s.person_id AND m.letter = $1
         WHERE s.thread_id = $2 AND s.person_id = $3
             AND (m.state = 'queued' OR (e.at > $4 AND (s.read_at IS NULL OR s.read_at < e.at)))",
        args![Letter::MessageReceived.code(), end.thread, end.other(), told_since],
    )?;
    if is_told {
        return Ok(());
    }
    tx.exec(
        "UPDATE thread_side SET told_id = $1 WHERE thread_id = $2 AND person_id = $3",
        args![event, end.thread, end.other()],
    )?;
    mail::queue_letters(tx, event, &Happening::MessageSent { to: end.other() })
}

/// What is written about a session concerns a booking: it is told of each time, whatever was told before (rule M4).
fn tell_of_session(tx: &mut Tx, end: &End, event: EventId) -> Result<()> {
    mail::queue_letters(tx, event, &Happening::SessionMessageSent { to: end.other() })
}

/// Somebody to whom one may write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    /// Who is at the other end.
    pub other: Other,
    /// Whether one is their coach.
    pub as_coach: bool,
    /// The thread, if there is one already.
    pub thread: Option<ThreadId>,
}

/// With whom one writes.
///
/// # Errors
/// [`Refusal::NotFound`] for whoever has nothing to do with the other, as for somebody who is not there (rule P4).
pub fn with(tx: &mut Tx, by: &Actor, to: PersonId) -> Result<Pair> {
    let mut thread = None;
    let pairs = pairs(tx, by, to)?;
    for (client, coach) in &pairs {
        if thread.is_none() {
            thread = thread_of(tx, *client, *coach)?;
        }
    }
    let as_coach = pairs.first().is_some_and(|(_, coach)| Some(*coach) == by.person());
    Ok(Pair { other: other(tx, to)?, as_coach, thread })
}

/// A session that one may write about to this person, and when it begins; nothing if it is not theirs both.
///
/// # Errors
/// As [`with`].
pub fn about(
    tx: &mut Tx,
    by: &Actor,
    to: PersonId,
    session: SessionId,
) -> Result<Option<(SessionId, Option<Instant>)>> {
    for (client, coach) in pairs(tx, by, to)? {
        if is_between(tx, session, client, coach)? {
            let start =
                tx.one("SELECT starts_at FROM session WHERE id = $1", args![session], |row| row.get(0))?;
            return Ok(Some((session, start)));
        }
    }
    Ok(None)
}

/// As client and coach of whom they may write to each other: seldom both ways round, then the writer as coach first.
fn pairs(tx: &mut Tx, by: &Actor, to: PersonId) -> Result<Vec<(PersonId, PersonId)>> {
    let me = by.person().ok_or(Refusal::NotFound)?;
    let (mut ties, mut pairs) = (Reach::NONE, Vec::new());
    for (client, coach, tie) in [(to, me, Reach::CLIENTS), (me, to, Reach::OWN)] {
        let know_each_other = tx.exists(
            "SELECT 1 FROM coaching WHERE client_id = $1 AND coach_id = $2
             UNION ALL SELECT 1 FROM participant WHERE person_id = $1 AND coach_id = $2
             UNION ALL SELECT 1 FROM thread WHERE client_id = $1 AND coach_id = $2",
            args![client, coach],
        )?;
        if know_each_other {
            ties = ties | tie;
            pairs.push((client, coach, tie));
        }
    }
    by.may(Action::Messages, &What::private(Action::Messages, ties))?;
    let reach = crate::reach::of(by, Action::Messages);
    Ok(pairs.into_iter().filter(|(.., tie)| reach.covers(*tie)).map(|(a, b, _)| (a, b)).collect())
}

fn is_between(tx: &mut Tx, session: SessionId, client: PersonId, coach: PersonId) -> Result<bool> {
    tx.exists(
        "SELECT 1 FROM session_coach c JOIN attendance a ON a.session_id = c.session_id
         WHERE c.session_id = $1 AND c.coach_id = $2 AND a.client_id = $3",
        args![session, coach, client],
    )
}

fn thread_of(tx: &mut Tx, client: PersonId, coach: PersonId) -> Result<Option<ThreadId>> {
    tx.opt("SELECT id FROM thread WHERE client_id = $1 AND coach_id = $2", args![client, coach], |row| {
        row.get(0)
    })
}

/// The thread of a pair, with both its ends.
fn open(tx: &mut Tx, client: PersonId, coach: PersonId, first: MessageId) -> Result<ThreadId> {
    if let Some(thread) = thread_of(tx, client, coach)? {
        return Ok(thread);
    }
    let thread: ThreadId = tx.new_id();
    let now = tx.now();
    tx.exec(
        "INSERT INTO thread (id, client_id, coach_id, last_id, made_at) VALUES ($1, $2, $3, $4, $5)",
        args![thread, client, coach, first, now],
    )?;
    for person in [client, coach] {
        tx.exec(
            "INSERT INTO thread_side (thread_id, person_id, unread) VALUES ($1, $2, 0)",
            args![thread, person],
        )?;
    }
    Ok(thread)
}

/// One's own end of a thread.
fn end_of(tx: &mut Tx, by: &Actor, thread: ThreadId) -> Result<End> {
    let me = by.person().ok_or(Refusal::NotFound)?;
    let pair = tx.opt("SELECT client_id, coach_id FROM thread WHERE id = $1", args![thread], |row| {
        Ok((row.get::<PersonId>(0)?, row.get::<PersonId>(1)?))
    })?;
    let ties = match pair {
        Some((_, coach)) if coach == me => Reach::CLIENTS,
        Some((client, _)) if client == me => Reach::OWN,
        _ => Reach::NONE,
    };
    by.may(Action::Messages, &What::private(Action::Messages, ties))?;
    let (client, coach) = pair.ok_or(Refusal::NotFound)?;
    Ok(End { thread, client, coach, me })
}

fn other(tx: &mut Tx, person: PersonId) -> Result<Other> {
    let found = tx.opt("SELECT name, closed_at FROM person WHERE id = $1", args![person], |row| {
        Ok(Other { person, name: row.get(0)?, is_closed: row.get::<Option<Instant>>(1)?.is_some() })
    })?;
    Ok(found.ok_or(Refusal::NotFound)?)
}

/// One's own threads, the one with the newest message first; at most `limit`, those before the thread of this last
/// message.
///
/// # Errors
/// [`Refusal::MayNot`] for whoever writes to nobody.
pub fn threads(tx: &mut Tx, by: &Actor, before: Option<MessageId>, limit: u32) -> Result<Vec<Line>> {
    let reach = crate::reach::somewhere(by, Action::Messages)?;
    let me = by.person().ok_or(Refusal::NotFound)?;
    let mut query = Query::new(
        "SELECT t.id, t.coach_id, o.id, o.name, o.closed_at, s.unread, m.id, m.by_id, m.text, m.sent_at,
             m.session_id, x.starts_at
         FROM thread t
         JOIN thread_side s ON s.thread_id = t.id AND s.person_id = $1
         JOIN person o ON o.id = CASE WHEN t.coach_id = $1 THEN t.client_id ELSE t.coach_id END
         JOIN message m ON m.id = t.last_id
         LEFT JOIN session x ON x.id = m.session_id",
        args![me],
    );
    query
        .and(
            "(($2 AND t.coach_id = $1) OR ($3 AND t.client_id = $1))",
            args![me, reach.covers(Reach::CLIENTS), reach.covers(Reach::OWN)],
        )
        .and_some("t.last_id < $1", before)
        .push("ORDER BY t.last_id DESC LIMIT $1", args![limit]);
    tx.all(query.sql(), query.args(), |row| {
        Ok(Line {
            thread: row.get(0)?,
            as_coach: row.get::<PersonId>(1)? == me,
            other: Other {
                person: row.get(2)?,
                name: row.get(3)?,
                is_closed: row.get::<Option<Instant>>(4)?.is_some(),
            },
            unread: row.get(5)?,
            last: message_from_row(row, 6)?,
        })
    })
}

fn message_from_row(row: &crate::Row<'_>, at: usize) -> Result<Message> {
    Ok(Message {
        id: row.get(at)?,
        by: row.get(at + 1)?,
        text: row.get(at + 2)?,
        sent_at: row.get(at + 3)?,
        session: match row.get::<Option<SessionId>>(at + 4)? {
            Some(session) => Some((session, row.get(at + 5)?)),
            None => None,
        },
    })
}

/// A thread, from its newest message or from the one before `before` backwards; at most `limit` messages.
///
/// # Errors
/// [`Refusal::NotFound`] for a thread that is not theirs, as for one that is not there (rule P4).
pub fn view(
    tx: &mut Tx,
    by: &Actor,
    thread: ThreadId,
    before: Option<MessageId>,
    limit: u32,
) -> Result<View> {
    let end = end_of(tx, by, thread)?;
    let mut query = Query::new(
        "SELECT m.id, m.by_id, m.text, m.sent_at, m.session_id, x.starts_at
         FROM message m LEFT JOIN session x ON x.id = m.session_id",
        args![],
    );
    query
        .and("m.thread_id = $1", args![thread])
        .and_some("m.id < $1", before)
        .push("ORDER BY m.id DESC LIMIT $1", args![limit + 1]);
    let mut messages = tx.all(query.sql(), query.args(), |row| message_from_row(row, 0))?;
    let has_older = messages.len() > limit as usize;
    messages.truncate(limit as usize);
    messages.reverse();
    let unread = tx.one(
        "SELECT unread FROM thread_side WHERE thread_id = $1 AND person_id = $2",
        args![thread, end.me],
        |row| row.get(0),
    )?;
    let read = tx.one(
        "SELECT read_id, read_at FROM thread_side WHERE thread_id = $1 AND person_id = $2",
        args![thread, end.other()],
        |row| Ok(row.get::<Option<MessageId>>(0)?.zip(row.get::<Option<Instant>>(1)?)),
    )?;
    let other = other(tx, end.other())?;
    Ok(View { thread, other, as_coach: end.as_coach(), messages, has_older, unread, read })
}

/// A message that one has just sent.
///
/// # Errors
/// As [`view`].
pub fn sent(tx: &mut Tx, by: &Actor, sent: Sent) -> Result<Message> {
    end_of(tx, by, sent.thread)?;
    tx.one(
        "SELECT m.id, m.by_id, m.text, m.sent_at, m.session_id, x.starts_at
         FROM message m LEFT JOIN session x ON x.id = m.session_id WHERE m.id = $1 AND m.thread_id = $2",
        args![sent.message, sent.thread],
        |row| message_from_row(row, 0),
    )
}

/// One has read a thread up to this message. It never becomes unread again, and what came later stays unread.
///
/// # Errors
/// As [`view`].
pub fn mark_read(tx: &mut Tx, by: &Actor, thread: ThreadId, up_to: MessageId) -> Result<()> {
    let end = end_of(tx, by, thread)?;
    by.still_stands(tx)?;
    let shown: Option<MessageId> = tx.one(
        "SELECT MAX(id) FROM message WHERE thread_id = $1 AND id <= $2",
        args![thread, up_to],
        |row| row.get(0),
    )?;
    let Some(shown) = shown else { return Ok(()) };
    let now = tx.now();
    tx.exec(
        "UPDATE thread_side SET read_id = $1, read_at = $2, unread =
             (SELECT COUNT(*) FROM message m WHERE m.thread_id = $3 AND m.id > $1 AND m.by_id <> $4)
         WHERE thread_id = $3 AND person_id = $4 AND (read_id IS NULL OR read_id < $1)",
        args![shown, now, thread, end.me],
    )?;
    notification::read_of_thread(tx, end.me, thread)
}

/// How many messages a person has not read, in all threads that they may see.
///
/// # Errors
/// Only those of the store.
pub fn unread(tx: &mut Tx, who: &Who) -> Result<u32> {
    let reach = reach(who.roles, Action::Messages);
    if reach.is_none() {
        return Ok(0);
    }
    tx.one(
        "SELECT CAST(COALESCE(SUM(s.unread), 0) AS BIGINT) FROM thread_side s JOIN thread t ON t.id = s.thread_id
         WHERE s.person_id = $1 AND s.unread > 0 AND (($2 AND t.coach_id = $1) OR ($3 AND t.client_id = $1))",
        args![who.person, reach.covers(Reach::CLIENTS), reach.covers(Reach::OWN)],
        |row| row.get(0),
    )
}

/// What a mail about a message may tell: never what it says (rule M7).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Where it is read.
    pub thread: ThreadId,
    /// Who wrote.
    pub from: PersonId,
    /// By name.
    pub name: String,
    /// Where an answer by mail reaches them, if they are the coach (rule M8).
    pub reply_to: Option<String>,
    /// How many messages wait.
    pub unread: u32,
    /// When the first of them was written.
    pub since: Instant,
    /// When the session begins that the message is about.
    pub about: Option<Instant>,
    /// Whether the message was read meanwhile.
    pub is_read: bool,
    /// If it asks where its reader is, in the program's own words: at which session.
    pub check_in: Option<CheckIn>,
}

/// A message that nobody wrote: the program asks for a coach where a client is (rule S3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CheckIn {
    /// At which session.
    pub session: SessionId,
    /// Where that is.
    pub place: PlaceKind,
}

/// What waits in the thread of a message for one of its two; nothing for whoever wrote it.
///
/// # Errors
/// Only those of the store.
pub fn waiting(tx: &mut Tx, message: MessageId, reader: PersonId) -> Result<Option<Waiting>> {
    tx.opt(
        "SELECT m.thread_id, o.id, o.name, CASE WHEN t.coach_id = o.id THEN o.mail END, s.unread,
             COALESCE((SELECT MIN(w.sent_at) FROM message w
                  WHERE w.thread_id = t.id AND w.by_id <> $2 AND (s.read_id IS NULL OR w.id > s.read_id)), m.sent_at),
             (SELECT x.starts_at FROM session x WHERE x.id = m.session_id),
             CASE WHEN s.unread > 0 AND (s.read_id IS NULL OR s.read_id < m.id) THEN 0 ELSE 1 END, m.session_id,
             (SELECT MIN(x.place) FROM session x JOIN attendance a ON a.session_id = x.id AND a.client_id = $2
                  JOIN event e ON e.subject_kind = 'att' AND e.subject_id = a.id
                  WHERE x.id = m.session_id AND e.kind = $3 AND e.at = m.sent_at)
         FROM message m JOIN thread t ON t.id = m.thread_id
         JOIN thread_side s ON s.thread_id = t.id AND s.person_id = $2
         JOIN person o ON o.id = m.by_id
         WHERE m.id = $1 AND m.by_id <> $2",
        args![message, reader, session::kind::CHECKED_IN.0],
        |row| {
            Ok(Waiting {
                thread: row.get(0)?,
                from: row.get(1)?,
                name: row.get(2)?,
                reply_to: row.get(3)?,
                unread: row.get(4)?,
                since: row.get(5)?,
                about: row.get(6)?,
                is_read: row.get::<i64>(7)? == 1,
                check_in: match (row.get(8)?, row.parse_opt(9)?) {
                    (Some(session), Some(place)) => Some(CheckIn { session, place }),
                    _ => None,
                },
            })
        },
    )
}
