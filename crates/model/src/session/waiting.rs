//! What waits for somebody to decide: requests to move, and outcomes that are contested. Only reads; deciding is in
//! `moves` and `marks`.

use rules::ids::{PersonId, SessionId};
use rules::meeting::MoveRequest;
use rules::permission::Action;
use rules::time::Instant;

use super::seen::{Named, among, named, reached};
use crate::db::build::Query;
use crate::event::Actor;
use crate::{Result, Row, Tx, args, reach};

/// The most that one list holds.
const WAITING_MAX: u32 = 100;

/// A request to move that is open, as one of those sees it who have to do with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asking {
    /// Of which session.
    pub session: SessionId,
    /// What is asked, and until when it can be decided.
    pub request: MoveRequest,
    /// The client's reason; may be empty.
    pub reason: String,
    /// Who asks.
    pub client: Named,
    /// Who is asked.
    pub coach: Option<Named>,
    /// Whether the coach is away or busy elsewhere at the time that is asked for (rule R5).
    pub is_busy: bool,
    /// Whether the reader may decide it.
    pub decides: bool,
}

/// The open requests among the sessions that somebody sees, soonest to expire first (rule R6).
///
/// # Errors
/// [`rules::refusal::Refusal::MayNot`] for whoever sees no sessions.
pub fn asking(tx: &mut Tx, by: &Actor) -> Result<Vec<Asking>> {
    reach::somewhere(by, Action::SeeSession)?;
    asked(tx, by, None)
}

/// The open request of one session, if there is one and the reader sees the session.
///
/// # Errors
/// Only those of the store.
pub fn asking_in(tx: &mut Tx, by: &Actor, session: SessionId) -> Result<Option<Asking>> {
    Ok(asked(tx, by, Some(session))?.pop())
}

fn asked(tx: &mut Tx, by: &Actor, session: Option<SessionId>) -> Result<Vec<Asking>> {
    let reach = reach::of(by, Action::SeeSession);
    let decides = !reach::of(by, Action::DecideRequest).is_none();
    let (now, me) = (tx.now(), by.person());
    let mut query = Query::new(
        "SELECT m.session_id, m.id, m.asked_by, m.from_at, m.to_at, m.asked_at, m.expires_at,
             COALESCE((SELECT t.text FROM event_text t WHERE t.event_id = m.event_id AND t.field = 'reason'), ''),
             p.id, p.name, p.zone, q.id, q.name, q.zone,
             EXISTS (SELECT 1 FROM busy b WHERE b.coach_id = c.coach_id AND b.starts_at < m.to_at + s.minutes * 60000
                 AND b.ends_at > m.to_at),
             EXISTS (SELECT 1 FROM session_coach k WHERE k.session_id = s.id AND k.coach_id = $1)
         FROM move_request m JOIN session s ON s.id = m.session_id JOIN person p ON p.id = m.asked_by
         LEFT JOIN session_coach c ON c.session_id = s.id AND c.marking LEFT JOIN person q ON q.id = c.coach_id",
        args![me],
    );
    query.and("m.decided IS NULL AND m.expires_at > $1", args![now]).and_some("m.session_id = $1", session);
    reached(&mut query, by, reach);
    query.push("ORDER BY m.expires_at, m.id LIMIT $1", args![WAITING_MAX]);
    tx.all(query.sql(), query.args(), |row| {
        let request = MoveRequest {
            id: Some(row.get(1)?),
            by: row.get(2)?,
            from: row.get(3)?,
            to: row.get(4)?,
            asked_at: row.get(5)?,
            expires_at: row.get(6)?,
            decided: None,
        };
        // Reasons are for the two ends and the admins, as in the session's history: whoever leads a program decides without.
        let reads_reason = reach.is_all() || Some(request.by) == me || row.get(15)?;
        Ok(Asking {
            session: row.get(0)?,
            reason: if reads_reason { row.get(7)? } else { String::new() },
            client: named(row, 8)?,
            coach: coach(row, 11)?,
            is_busy: row.get(14)?,
            decides: decides && Some(request.by) != me,
            request,
        })
    })
}

fn coach(row: &Row<'_>, from: usize) -> Result<Option<Named>> {
    let is_there = row.get::<Option<i64>>(from)?.is_some();
    is_there.then(|| named(row, from)).transpose()
}

/// A Missed that its client contests (rule S14).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contest {
    /// Of which session.
    pub session: SessionId,
    /// When that was; none if its time was given back.
    pub starts_at: Option<Instant>,
    /// Who contests.
    pub client: Named,
    /// Since when.
    pub at: Instant,
    /// Who marked it, and does not settle it as long as anybody else may.
    pub marked_by: PersonId,
}

/// Which places of these sessions are contested and not settled: by session and client. Of what the reader has been shown
/// of each, this is a word more.
///
/// # Errors
/// Only those of the store.
pub fn contested_of(tx: &mut Tx, sessions: &[SessionId]) -> Result<Vec<(SessionId, PersonId)>> {
    if sessions.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = Query::new(
        "SELECT a.session_id, a.client_id FROM attendance a
         WHERE a.contested_at IS NOT NULL AND a.settled_at IS NULL AND a.session_id",
        args![],
    );
    among(&mut query, sessions);
    tx.all(query.sql(), query.args(), |row| Ok((row.get(0)?, row.get(1)?)))
}

/// What somebody could settle, the oldest first: of their own sessions for a coach, all for an admin.
///
/// # Errors
/// [`rules::refusal::Refusal::MayNot`] for whoever settles none.
pub fn contests(tx: &mut Tx, by: &Actor) -> Result<Vec<Contest>> {
    let reach = reach::somewhere(by, Action::SettleContest)?;
    let mut query = Query::new(
        "SELECT s.id, s.starts_at, p.id, p.name, p.zone, a.contested_at, a.outcome_by FROM attendance a
         JOIN session s ON s.id = a.session_id JOIN person p ON p.id = a.client_id",
        args![],
    );
    // Nobody settles what they contest themselves (rule P8).
    query
        .and("a.contested_at IS NOT NULL AND a.settled_at IS NULL AND a.outcome IS NOT NULL", args![])
        .and("(a.client_id <> $1 OR $1 IS NULL)", args![by.person()]);
    reached(&mut query, by, reach);
    query.push("ORDER BY a.contested_at, a.id LIMIT $1", args![WAITING_MAX]);
    tx.all(query.sql(), query.args(), |row| {
        Ok(Contest {
            session: row.get(0)?,
            starts_at: row.get(1)?,
            client: named(row, 2)?,
            at: row.get(5)?,
            marked_by: row.get(6)?,
        })
    })
}
