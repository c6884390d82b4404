//! What time does to sessions: requests expire, people are reminded, coaches are asked for marks, and what was marked is
//! told (rules R4, R6, M1, S7, S10). Each is a question to the rows and the clock. It may be asked late, twice, or by two
//! programs: what was done is written in the same transaction, so that it is done once.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;
use rules::attendance::Outcome;
use rules::ids::{CohortId, EventId, MoveRequestId, PersonId, SessionId};
use rules::letters::{Happening, Turn, letters};
use rules::pods::is_warned_of;
use rules::reminding::{self, Reminder};
use rules::tidings;
use rules::time::Instant;
use serde_json::json;

use super::kind;
use super::life::{self, Change, bill, billed_now, lapse, load, save};
use super::marks::admins;
use crate::db::build::Query;
use crate::event::{self, Actor, Subject};
use crate::{Result, Row, Tx, args, mail, organisation};

/// The next moment at which a request expires.
///
/// # Errors
/// Only those of the store.
pub fn next_expiry(tx: &mut Tx) -> Result<Option<Instant>> {
    next(tx, "SELECT MIN(expires_at) FROM move_request WHERE decided IS NULL AND expires_at > $1")
}

/// The next moment at which a coach is reminded of a request.
///
/// # Errors
/// Only those of the store.
pub fn next_request_reminder(tx: &mut Tx) -> Result<Option<Instant>> {
    next(tx, "SELECT MIN(remind_at) FROM move_request WHERE remind_at > $1")
}

/// The next moment at which people are reminded of a session, or it is looked whether enough come to a pod.
///
/// # Errors
/// Only those of the store.
pub fn next_reminder(tx: &mut Tx) -> Result<Option<Instant>> {
    let reminder = next(tx, "SELECT MIN(remind_at) FROM session WHERE remind_at > $1")?;
    let before = warning(tx)?;
    let after = tx.now() + before;
    let sql = "SELECT MIN(starts_at) FROM session WHERE pod_id IS NOT NULL AND pod_looked_at IS NULL AND starts_at > $1";
    let pod: Option<Instant> = tx.one(sql, args![after], |row| row.get(0))?;
    Ok([reminder, pod.map(|start| start - before)].into_iter().flatten().min())
}

/// So long before its date a pod with too few members is warned of.
fn warning(tx: &mut Tx) -> Result<SignedDuration> {
    Ok(SignedDuration::from_hours(organisation::get(tx)?.pod_warning_hours))
}

/// The next moment at which a coach is asked for a mark.
///
/// # Errors
/// Only those of the store.
pub fn next_prompt(tx: &mut Tx) -> Result<Option<Instant>> {
    next(tx, "SELECT MIN(prompt_at) FROM session WHERE prompt_at > $1")
}

/// The next moment at which a mark is told.
///
/// # Errors
/// Only those of the store.
pub fn next_telling(tx: &mut Tx) -> Result<Option<Instant>> {
    next(tx, "SELECT MIN(tell_at) FROM attendance WHERE tell_at > $1")
}

fn next(tx: &mut Tx, sql: &str) -> Result<Option<Instant>> {
    let now = tx.now();
    tx.one(sql, args![now], |row| row.get(0))
}

/// Writes down that requests have expired, and tells both sides; at most `limit` (rule R4).
///
/// # Errors
/// Only those of the store.
pub fn expire_requests(tx: &mut Tx, limit: u32) -> Result<u64> {
    let now = tx.now();
    let due: Vec<SessionId> = tx.all(
        "SELECT session_id FROM move_request WHERE decided IS NULL AND expires_at <= $1 ORDER BY expires_at, id LIMIT $2",
        args![now, i64::from(limit)],
        |row| row.get(0),
    )?;
    for session in &due {
        let loaded = load(tx, *session)?;
        lapse(tx, loaded)?;
    }
    Ok(due.len() as u64)
}

/// Reminds coaches of requests that wait; at most `limit` (rule R6). One that is decided or over is not spoken of.
///
/// # Errors
/// Only those of the store.
pub fn remind_of_requests(tx: &mut Tx, limit: u32) -> Result<u64> {
    let now = tx.now();
    let due: Vec<(MoveRequestId, SessionId, Instant, Instant, bool, Instant, Instant)> = tx.all(
        "SELECT id, session_id, asked_at, expires_at, decided IS NOT NULL, from_at, to_at FROM move_request
         WHERE remind_at <= $1 ORDER BY remind_at, id LIMIT $2",
        args![now, i64::from(limit)],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?, row.get(6)?)),
    )?;
    for (request, session, asked_at, expires_at, is_decided, from, to) in &due {
        let moments = reminding::of_request(*asked_at, *expires_at);
        let next = moments.into_iter().find(|moment| *moment > now);
        tx.exec("UPDATE move_request SET remind_at = $2 WHERE id = $1", args![*request, next])?;
        if *is_decided || now >= *expires_at {
            continue;
        }
        let facts = json!({ "start": from.to_string(), "expires_at": expires_at.to_string(),
            "asked": to.to_string() });
        let event = happened(tx, kind::MOVE_REMINDED, *session, &facts)?;
        let coaches = coaches(tx, *session)?;
        life::tell(tx, event, Turn::MoveUndecided, Vec::new(), &coaches)?;
    }
    Ok(due.len() as u64)
}

fn happened(
    tx: &mut Tx,
    kind: event::Kind,
    session: SessionId,
    facts: &serde_json::Value,
) -> Result<EventId> {
    event::record_asked(tx, &Actor::Program, None, kind, &Subject::of(session), facts)
}

fn coaches(tx: &mut Tx, session: SessionId) -> Result<Vec<PersonId>> {
    tx.all(
        "SELECT coach_id FROM session_coach WHERE session_id = $1 ORDER BY marking DESC, coach_id",
        args![session],
        |row| row.get(0),
    )
}

/// A session whose people may have to be reminded.
struct Soon {
    id: SessionId,
    /// When it begins and since when that is known; none if it does not take place.
    known: Option<(Instant, Instant)>,
    asked: Option<Instant>,
}

impl Soon {
    fn reminder(&self, now: Instant) -> Option<(Instant, Reminder)> {
        let (start, set_at) = self.known?;
        Some((start, reminding::due(start, set_at, now)?))
    }
}

/// Reminds the people of sessions that are a day or an hour away, with as many statements for many as for one, and warns of
/// pods to which too few come; at most `limit` sessions (rules M1, G5). What is not booked any more is passed over, and so
/// is a moment that the next one has overtaken.
///
/// # Errors
/// Only those of the store.
pub fn remind(tx: &mut Tx, limit: u32) -> Result<u64> {
    let now = tx.now();
    let soon: Vec<Soon> = tx.all(
        "SELECT s.id, s.starts_at, s.set_at, s.cancelled_at IS NULL AND s.held_until IS NULL, m.to_at
         FROM session s LEFT JOIN move_request m ON m.session_id = s.id AND m.decided IS NULL AND m.expires_at > $1
         WHERE s.remind_at <= $1 ORDER BY s.remind_at, s.id LIMIT $2",
        args![now, i64::from(limit)],
        |row| {
            let known = row.get::<Option<Instant>>(1)?.zip(row.get::<Option<Instant>>(2)?);
            let is_live = row.get(3)?;
            Ok(Soon { id: row.get(0)?, known: known.filter(|_| is_live), asked: row.get(4)? })
        },
    )?;
    // Sessions that begin together are reminded of together the next time too.
    let mut next: BTreeMap<Option<Instant>, Vec<SessionId>> = BTreeMap::new();
    for one in &soon {
        let moment = one.known.and_then(|(start, set_at)| reminding::next(start, set_at, now));
        next.entry(moment).or_default().push(one.id);
    }
    for (moment, sessions) in next {
        let mut query = Query::new("UPDATE session SET remind_at = $1", args![moment]);
        query.among("id", sessions);
        tx.exec(query.sql(), query.args())?;
    }
    let due: Vec<(&Soon, Instant, Reminder)> = soon
        .iter()
        .filter_map(|one| one.reminder(now).map(|(start, reminder)| (one, start, reminder)))
        .collect();
    remind_of(tx, &due)?;
    Ok(soon.len() as u64 + look_at_pods(tx, limit)?)
}

fn remind_of(tx: &mut Tx, due: &[(&Soon, Instant, Reminder)]) -> Result<()> {
    if due.is_empty() {
        return Ok(());
    }
    let now = tx.now();
    let sessions = || due.iter().map(|(one, ..)| one.id);
    let mut query = Query::new("SELECT session_id, client_id FROM attendance", args![]);
    query
        .among("session_id", sessions())
        .and("left_at IS NULL AND outcome IS NULL AND greyed_out_at IS NULL", args![])
        .push("ORDER BY id", args![]);
    let mut clients = by_session(tx, &query)?;
    let mut query = Query::new("SELECT session_id, coach_id FROM session_coach", args![]);
    query.among("session_id", sessions()).push("ORDER BY marking DESC, coach_id", args![]);
    let mut coaches = by_session(tx, &query)?;
    let mut query = Query::new("SELECT session_id, starts_at, kind FROM reminder", args![]);
    query.among("session_id", sessions());
    let sent: BTreeSet<(SessionId, Instant, Reminder)> = tx
        .all(query.sql(), query.args(), |row| Ok((row.get(0)?, row.get(1)?, row.parse(2)?)))?
        .into_iter()
        .collect();

    let is_wanted = |(one, start, reminder): &&(&Soon, Instant, Reminder)| {
        clients.contains_key(&one.id) && !sent.contains(&(one.id, *start, *reminder))
    };
    let wanted: Vec<_> = due.iter().filter(is_wanted).collect();
    // While a request is open the reminder says so (rule M1).
    let facts = wanted.iter().map(|(one, start, reminder)| {
        let asked = one.asked.map(|to| to.to_string());
        let facts = json!({ "start": start.to_string(), "kind": reminder.code(), "asked": asked });
        (Subject::of(one.id), facts)
    });
    let events = event::record_many(tx, kind::REMINDED, facts)?;
    let rows = wanted.iter().zip(&events).map(|((one, start, reminder), event)| {
        [one.id.into(), (*start).into(), reminder.code().into(), (*event).into()]
    });
    tx.insert_many("INSERT INTO reminder (session_id, starts_at, kind, event_id)", rows, "")?;
    let mut due_letters = Vec::new();
    for ((one, ..), event) in wanted.iter().zip(&events) {
        let of = |people: &mut BTreeMap<SessionId, Vec<PersonId>>| people.remove(&one.id).unwrap_or_default();
        let (clients, coaches) = (of(&mut clients), of(&mut coaches));
        let told = letters(&Happening::Session { what: Turn::Soon, clients, coaches });
        due_letters.extend(told.into_iter().map(|(to, letter)| (*event, to, letter)));
    }
    mail::queue_all(tx, &due_letters, now)
}

/// The people that a query names, by session and in its order.
fn by_session(tx: &mut Tx, query: &Query) -> Result<BTreeMap<SessionId, Vec<PersonId>>> {
    let mut found: BTreeMap<SessionId, Vec<PersonId>> = BTreeMap::new();
    for (session, person) in tx.all(query.sql(), query.args(), |row| Ok((row.get(0)?, row.get(1)?)))? {
        found.entry(session).or_default().push(person);
    }
    Ok(found)
}

/// No pod has more people who look after it and are warned.
const LEADS_MAX: i64 = 50;

/// Looks at the pods whose date has come near enough, each once for each date; at most `limit`.
fn look_at_pods(tx: &mut Tx, limit: u32) -> Result<u64> {
    let (now, hours) = (tx.now(), organisation::get(tx)?.pod_warning_hours);
    let until = now + SignedDuration::from_hours(hours);
    let near: Vec<(SessionId, Instant, Instant)> = tx.all(
        "SELECT id, starts_at, set_at FROM session WHERE pod_id IS NOT NULL AND starts_at > $1 AND starts_at <= $2
             AND cancelled_at IS NULL AND pod_looked_at IS NULL ORDER BY starts_at, id LIMIT $3",
        args![now, until, i64::from(limit)],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )?;
    for (session, start, set_at) in &near {
        tx.exec("UPDATE session SET pod_looked_at = $2 WHERE id = $1", args![*session, now])?;
        if is_warned_of(*start, *set_at, hours, now) {
            let members = tx.one(
                "SELECT COUNT(*) FROM attendance WHERE session_id = $1 AND left_at IS NULL AND outcome IS NULL
                     AND greyed_out_at IS NULL",
                args![*session],
                |row| row.get::<usize>(0),
            )?;
            warn_of_small_pod(tx, *session, *start, members)?;
        }
    }
    Ok(near.len() as u64)
}

/// Warns who looks after a pod that it has fewer members than it should. Nothing cancels itself (rule G5).
fn warn_of_small_pod(tx: &mut Tx, session: SessionId, start: Instant, members: usize) -> Result<()> {
    let pod = tx.opt(
        "SELECT p.cohort_id, p.min_members FROM pod p JOIN session s ON s.pod_id = p.id WHERE s.id = $1",
        args![session],
        |row| Ok((row.get::<CohortId>(0)?, row.get::<i64>(1)?)),
    )?;
    let Some((cohort, least)) = pod.filter(|(_, least)| (members as i64) < *least) else { return Ok(()) };
    let mut leads: Vec<PersonId> = tx.all(
        "SELECT DISTINCT l.person_id FROM cohort c JOIN project j ON j.id = c.project_id
         JOIN lead l ON l.cohort_id = c.id OR l.project_id = j.id OR l.company_id = j.company_id
         WHERE c.id = $1 ORDER BY l.person_id LIMIT $2",
        args![cohort, LEADS_MAX],
        |row| row.get(0),
    )?;
    if leads.is_empty() {
        leads = admins(tx)?;
    }
    let facts = json!({ "start": start.to_string(), "members": members, "least": least });
    let event = happened(tx, kind::POD_TOO_SMALL, session, &facts)?;
    mail::queue_letters(tx, event, &Happening::PodTooSmall { leads })
}

/// Asks coaches how sessions went that are over and unmarked: at the end, and a day later; at most `limit` (rule S7).
///
/// # Errors
/// Only those of the store.
pub fn ask_for_marks(tx: &mut Tx, limit: u32) -> Result<u64> {
    let now = tx.now();
    let due: Vec<(SessionId, Option<Instant>)> = tx.all(
        "SELECT s.id, COALESCE(s.ended_early_at, s.starts_at + s.minutes * 60000) FROM session s
         WHERE s.prompt_at <= $1 ORDER BY s.prompt_at, s.id LIMIT $2",
        args![now, i64::from(limit)],
        |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?)),
    )?;
    for (session, end) in &due {
        let next = end.and_then(|end| reminding::of_mark(end).into_iter().find(|moment| *moment > now));
        tx.exec("UPDATE session SET prompt_at = $2 WHERE id = $1", args![*session, next])?;
        let loaded = load(tx, *session)?;
        // What is long past is not asked for any more by mail; it stands on the list.
        let is_recent = end.is_some_and(|end| now < end + reminding::ASKED_AGAIN * 2);
        if loaded.meeting.is_unmarked(now) && is_recent {
            let facts = json!({ "end": end.map(|end| end.to_string()) });
            let event = happened(tx, kind::MARK_WANTED, *session, &facts)?;
            let marking: Vec<PersonId> = loaded.coaches.first().copied().into_iter().collect();
            life::tell(tx, event, Turn::MarkWanted, Vec::new(), &marking)?;
        }
    }
    Ok(due.len() as u64)
}

/// Tells clients how they were marked, and makes money follow; at most `limit` seats (rule S10). What was undone in time
/// was never said; what was said and is not true any more is corrected once.
///
/// # Errors
/// Only those of the store.
pub fn tell_marks(tx: &mut Tx, limit: u32) -> Result<u64> {
    let now = tx.now();
    let due: Vec<(SessionId, PersonId)> = tx.all(
        "SELECT session_id, client_id FROM attendance WHERE tell_at <= $1 ORDER BY tell_at, id LIMIT $2",
        args![now, i64::from(limit)],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    for (session, client) in &due {
        let loaded = load(tx, *session)?;
        let (after, telling) = loaded.meeting.clone().told(*client, now)?;
        let facts = json!({ "session": session.to_string(),
            "was": telling.and_then(|telling| telling.was).map(Outcome::code),
            "is": telling.and_then(|telling| telling.is).map(Outcome::code) });
        let change = Change {
            by: &Actor::Program,
            principal: Some(*client),
            kind: kind::MARK_TOLD,
            seat: Some(*client),
            facts,
            reason: "",
        };
        let event = save(tx, &loaded, after.clone(), change)?;
        let Some(telling) = telling else { continue };
        let seat = after.seat(*client)?;
        bill(tx, &Actor::Program, event, seat, billed_now(seat))?;
        life::tell(tx, event, tidings::of_mark(telling), vec![*client], &[])?;
    }
    Ok(due.len() as u64)
}
