//! What a person is told inside the program (rule M6): written where letters are queued, for the same events. Knows no
//! words, and not whether a mail went out as well.

use std::collections::BTreeSet;

use rules::cancelling::Ending;
use rules::ids::{EventId, NotificationId, ParticipantId, PersonId, SessionId, ThreadId};
use rules::letters::Letter;
use rules::notices::notice;
use rules::refusal::Refusal;
use rules::time::Instant;
use serde_json::Value as Json;

use crate::db::build::Query;
use crate::event::Actor;
use crate::{Result, Row, Tx, args};

/// So many make a page.
pub const PAGE_ITEMS: u32 = 30;
/// More than so many unread ones are not counted.
pub const UNREAD_MAX: u32 = 100;

/// One thing that somebody is told.
#[derive(Clone, Debug, PartialEq)]
pub struct Notification {
    /// Its id.
    pub id: NotificationId,
    /// What it tells, as the letter about the same does.
    pub letter: Letter,
    /// Since when it is there.
    pub at: Instant,
    /// Whether they have read it.
    pub is_read: bool,
    /// Who did it, by name; none for the program, the operator or a visitor.
    pub by: Option<String>,
    /// Who is at the other end: the client whose place it is about, to everybody else; the coach for a client, the client
    /// for a coach, whoever wrote, the participant whom it is about.
    pub other: Option<String>,
    /// Whether its session is a pod's.
    pub is_of_pod: bool,
    /// The session that it is about; of a series, the first.
    pub session: Option<SessionId>,
    /// When that began or was to begin, as the event has it: what happened later does not change what was told.
    pub starts_at: Option<Instant>,
    /// The thread that it is about.
    pub thread: Option<ThreadId>,
    /// The participant whom it is about, if that is somebody else.
    pub participant: Option<ParticipantId>,
    /// The event's small values.
    pub facts: Json,
}

impl Notification {
    /// Whether one member is out of a pod that keeps its time for the others (rule S9).
    pub fn is_of_leaving(&self) -> bool {
        let ending = self.facts["ending"].as_str().and_then(Ending::from_code);
        self.is_of_pod && matches!(ending, Some(Ending::Left | Ending::Missed))
    }
}

/// Tells people of events, from this moment on: each whose letter is shown inside, and who did not do it themselves.
pub(crate) fn tell(tx: &mut Tx, of: &[(EventId, PersonId, Letter)], at: Instant) -> Result<()> {
    let shown: Vec<_> = of.iter().filter(|(_, _, letter)| notice(*letter).is_shown).collect();
    if shown.is_empty() {
        return Ok(());
    }
    let events: BTreeSet<EventId> = shown.iter().map(|(event, _, _)| *event).collect();
    let mut query = Query::new("SELECT id, by_id FROM event", args![]);
    query.among("id", events).and("by_id IS NOT NULL", args![]);
    let done: BTreeSet<(EventId, PersonId)> =
        tx.all(query.sql(), query.args(), |row| Ok((row.get(0)?, row.get(1)?)))?.into_iter().collect();
    let mut rows = Vec::with_capacity(shown.len());
    for (event, to, letter) in shown {
        if !done.contains(&(*event, *to)) {
            let id: NotificationId = tx.new_id();
            rows.push([id.into(), (*event).into(), (*to).into(), letter.code().into(), at.into()]);
        }
    }
    let head = "INSERT INTO notification (id, event_id, person_id, kind, at)";
    tx.insert_many(head, rows, "ON CONFLICT DO NOTHING").map(drop)
}

/// A session is named by its event: by itself, by a place in it, or as the first of a series. What is about one place is
/// about whose it is, whoever else coaches or looks after the session.
const NOTIFICATION: &str =
    "SELECT n.id, n.kind, n.at, n.read_at, b.name, e.facts, s.id, s.starts_at, g.thread_id, q.id,
        COALESCE(w.name,
            (SELECT p.name FROM attendance a JOIN person p ON p.id = a.client_id
                 WHERE e.subject_kind = 'att' AND a.id = e.subject_id AND a.client_id <> n.person_id),
            (SELECT p.name FROM session_coach c JOIN person p ON p.id = c.coach_id
                 WHERE c.session_id = s.id AND c.marking AND c.coach_id <> n.person_id),
            (SELECT p.name FROM attendance a JOIN person p ON p.id = a.client_id
                 WHERE a.session_id = s.id AND a.client_id <> n.person_id AND s.pod_id IS NULL ORDER BY a.id LIMIT 1),
            (SELECT d.name FROM pod d WHERE d.id = s.pod_id)), s.pod_id IS NOT NULL
    FROM notification n
    JOIN event e ON e.id = n.event_id
    LEFT JOIN person b ON b.id = e.by_id
    LEFT JOIN session s ON s.id = CASE e.subject_kind
        WHEN 'ses' THEN e.subject_id
        WHEN 'att' THEN (SELECT a.session_id FROM attendance a WHERE a.id = e.subject_id)
        WHEN 'ser' THEN (SELECT MIN(f.id) FROM session f WHERE f.series_id = e.subject_id)
    END
    LEFT JOIN message g ON e.subject_kind = 'msg' AND g.id = e.subject_id
    LEFT JOIN participant q ON e.subject_kind = 'par' AND q.id = e.subject_id AND q.person_id <> n.person_id
    LEFT JOIN person w ON w.id = COALESCE(g.by_id, q.person_id)
    LEFT JOIN mail m ON m.event_id = n.event_id AND m.person_id = n.person_id AND m.letter = n.kind";

/// What a letter was not sent for, because it did not hold any more, is not told here either.
const HOLDS: &str = "n.at <= $1 AND (n.read_at IS NOT NULL OR m.state IS NULL OR m.state <> 'dropped')";

/// The start that an event speaks of: the one that a move led to, else the one that the session had; of a series, the
/// first.
fn start_in(facts: &Json) -> Option<Instant> {
    let instant = |value: &Json| value.as_str()?.parse::<Instant>().ok();
    // Of a status, `to` names no moment.
    instant(&facts["to"]).or_else(|| instant(&facts["start"])).or_else(|| instant(&facts["starts"][0]))
}

fn from_row(row: &Row<'_>) -> Result<Notification> {
    let facts: Json = serde_json::from_str(&row.get::<String>(5)?).unwrap_or(Json::Null);
    let starts_at = start_in(&facts);
    Ok(Notification {
        id: row.get(0)?,
        letter: row.parse(1)?,
        at: row.get(2)?,
        is_read: row.get::<Option<Instant>>(3)?.is_some(),
        by: row.get(4)?,
        facts,
        session: row.get(6)?,
        starts_at: match starts_at {
            Some(start) => Some(start),
            None => row.get(7)?,
        },
        thread: row.get(8)?,
        participant: row.get(9)?,
        other: row.get(10)?,
        is_of_pod: row.get(11)?,
    })
}

/// One's own notifications, the newest first, at most `limit`; those before this one.
///
/// # Errors
/// [`Refusal::NotSignedIn`] for whoever is nobody.
pub fn list(
    tx: &mut Tx,
    by: &Actor,
    before: Option<NotificationId>,
    limit: u32,
) -> Result<Vec<Notification>> {
    let me = by.person().ok_or(Refusal::NotSignedIn)?;
    let now = tx.now();
    let mut query = Query::new(NOTIFICATION, args![]);
    query
        .and("n.person_id = $1", args![me])
        .and(HOLDS, args![now])
        .and_some("n.id < $1", before)
        .push("ORDER BY n.id DESC LIMIT $1", args![limit]);
    tx.all(query.sql(), query.args(), from_row)
}

/// How many a person has not read, up to [`UNREAD_MAX`].
///
/// # Errors
/// Only those of the store.
pub fn unread(tx: &mut Tx, person: PersonId) -> Result<u32> {
    let now = tx.now();
    tx.one(
        "SELECT COUNT(*) FROM (SELECT n.id FROM notification n
             LEFT JOIN mail m ON m.event_id = n.event_id AND m.person_id = n.person_id AND m.letter = n.kind
             WHERE n.person_id = $1 AND n.read_at IS NULL AND n.at <= $2 AND (m.state IS NULL OR m.state <> 'dropped')
             LIMIT $3) AS counted",
        args![person, now, UNREAD_MAX],
        |row| row.get(0),
    )
}

/// One has read this, and is given it to look at what it tells of.
///
/// # Errors
/// [`Refusal::NotFound`] for one that is not theirs, as for one that is not there (rule P4).
pub fn mark_read(tx: &mut Tx, by: &Actor, id: NotificationId) -> Result<Notification> {
    let me = by.person().ok_or(Refusal::NotSignedIn)?;
    by.still_stands(tx)?;
    let now = tx.now();
    let mut query = Query::new(NOTIFICATION, args![]);
    query.and("n.person_id = $1", args![me]).and("n.id = $1", args![id]).and(HOLDS, args![now]);
    let found = tx.opt(query.sql(), query.args(), from_row)?.ok_or(Refusal::NotFound)?;
    tx.exec("UPDATE notification SET read_at = $1 WHERE id = $2 AND read_at IS NULL", args![now, id])?;
    Ok(Notification { is_read: true, ..found })
}

/// One has read all that is there now.
///
/// # Errors
/// [`Refusal::NotSignedIn`] for whoever is nobody.
pub fn mark_all_read(tx: &mut Tx, by: &Actor) -> Result<()> {
    let me = by.person().ok_or(Refusal::NotSignedIn)?;
    by.still_stands(tx)?;
    let now = tx.now();
    tx.exec(
        "UPDATE notification SET read_at = $1 WHERE person_id = $2 AND read_at IS NULL AND at <= $1",
        args![now, me],
    )?;
    Ok(())
}

/// Whoever has read a thread has read that something was written there.
pub(crate) fn read_of_thread(tx: &mut Tx, person: PersonId, thread: ThreadId) -> Result<()> {
    let now = tx.now();
    tx.exec(
        "UPDATE notification SET read_at = $1 WHERE person_id = $2 AND read_at IS NULL AND event_id IN
             (SELECT e.id FROM event e JOIN message g ON g.id = e.subject_id
              WHERE e.subject_kind = 'msg' AND g.thread_id = $3 AND e.id = notification.event_id)",
        args![now, person, thread],
    )?;
    Ok(())
}
