//! A coach's time and clients. Who owns which five minutes is decided here and nowhere else (rule A4). What coaches say of
//! themselves is in [`profile`], how they are found in [`directory`].

pub mod directory;
pub mod profile;

pub use directory::{Card, Search, directory};
pub use profile::{
    Lack, NewProfile, Profile, addressed, by_slug, change_profile, is_open, lacks, list, may_edit, may_see,
    profile_of, unlist,
};
pub(crate) use profile::{begin, raise_version, refold};

use jiff::SignedDuration;
use rules::ids::{CoachingId, PersonId, SessionId};
use rules::refusal::{Problem, Refusal};
use rules::time::{Instant, Quantum, Span};

use crate::session::STATUS_SQL;
use crate::{Result, Tx, args};

/// The most coaches of one client that are told of.
const COACHES_OF_CLIENT_MAX: u32 = 20;

/// What can happen to a practice.
pub mod kind {
    use crate::event::Kind;

    /// Somebody became a coach.
    pub const PRACTICE_BEGUN: Kind = Kind("practice_begun");
    /// What a coach says of themselves changed.
    pub const PROFILE_CHANGED: Kind = Kind("practice_changed");
    /// The directory shows a coach, or no longer.
    pub const LISTING_CHANGED: Kind = Kind("listing_changed");

    /// A coach lets a client have one more intro.
    pub const INTRO_GRANTED: Kind = Kind("intro_granted");

    /// All of them.
    pub const ALL: &[Kind] = &[PRACTICE_BEGUN, PROFILE_CHANGED, LISTING_CHANGED, INTRO_GRANTED];
}

/// Makes the session the owner of its coach's time from `from` until `until`. What it owns already counts as
/// free, so that a move may overlap itself.
///
/// One statement, whose key decides: of any number of claims to the same minute exactly one succeeds. A hold that has
/// ended and lies in the way is given up by the claim that needs its time (rule B7).
///
/// # Errors
/// [`Refusal::Taken`] if a minute of it belongs to another session; then the transaction must end.
pub fn claim(tx: &mut Tx, coach: PersonId, session: SessionId, from: Instant, until: Instant) -> Result<()> {
    let mut quanta = Quantum::covering(from, until);
    let Some(first) = quanta.next() else { return Ok(()) };
    let last = quanta.last().unwrap_or(first);
    give_up_ended(tx, coach, session, first, last)?;
    let rows = (first.raw()..=last.raw()).map(|quantum| [coach.into(), quantum.into(), session.into()]);
    let owned = tx.insert_many(
        "INSERT INTO coach_time (coach_id, quantum, session_id)",
        rows,
        "ON CONFLICT (coach_id, quantum) DO UPDATE SET session_id = excluded.session_id
             WHERE coach_time.session_id = excluded.session_id",
    )?;
    let wanted = u64::try_from(last.raw() - first.raw() + 1).expect("quanta ascend");
    if owned < wanted { Err(Refusal::Taken { start: from }.into()) } else { Ok(()) }
}

/// Makes a session the owner of exactly these spans of its coaches' time, and of nothing else: what it owned besides is
/// given back first, so that it may move into what it owned already (rules A4, R3).
///
/// # Errors
/// As [`claim`].
pub(crate) fn own(tx: &mut Tx, session: SessionId, coaches: &[PersonId], spans: &[Span]) -> Result<()> {
    let first = |span: &Span| Quantum::of(span.from).raw();
    let last = |span: &Span| Quantum::of(Instant::from_millis(span.until.millis() - 1)).raw();
    match spans {
        [] => return release(tx, session),
        [span] => release_outside(tx, session, span.from, span.until)?,
        spans => {
            let (a, b) = (&spans[0], &spans[spans.len() - 1]);
            tx.exec(
                "DELETE FROM coach_time WHERE session_id = $1 AND NOT (quantum BETWEEN $2 AND $3)
                     AND NOT (quantum BETWEEN $4 AND $5)",
                args![session, first(a), last(a), first(b), last(b)],
            )?;
        }
    }
    // In one order, so that two sessions that share coaches do not wait for each other.
    let mut coaches = coaches.to_vec();
    coaches.sort_unstable();
    for coach in coaches {
        for span in spans {
            claim(tx, coach, session, span.from, span.until)?;
        }
    }
    Ok(())
}

/// Gives back what ended holds and ended requests own of these (rules B7, R4).
fn give_up_ended(
    tx: &mut Tx,
    coach: PersonId,
    besides: SessionId,
    first: Quantum,
    last: Quantum,
) -> Result<()> {
    let is_owned =
        "SELECT 1 FROM coach_time WHERE coach_id = $1 AND quantum BETWEEN $2 AND $3 AND session_id <> $4";
    if !tx.exists(is_owned, args![coach, first, last, besides])? {
        return Ok(());
    }
    let now = tx.now();
    let ended: Vec<SessionId> = tx.all(
        "SELECT DISTINCT s.id FROM coach_time t JOIN session s ON s.id = t.session_id
         WHERE t.coach_id = $1 AND t.quantum BETWEEN $2 AND $3 AND s.held_until <= $4 AND s.id <> $5",
        args![coach, first, last, now, besides],
        |row| row.get(0),
    )?;
    for session in ended {
        release(tx, session)?;
    }
    let asked: Vec<(SessionId, Instant, i64)> = tx.all(
        "SELECT DISTINCT s.id, s.starts_at, s.minutes FROM coach_time t JOIN session s ON s.id = t.session_id
         JOIN move_request m ON m.session_id = s.id AND m.decided IS NULL AND m.expires_at <= $4
         WHERE t.coach_id = $1 AND t.quantum BETWEEN $2 AND $3 AND s.id <> $5 AND s.starts_at IS NOT NULL",
        args![coach, first, last, now, besides],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )?;
    for (session, start, minutes) in asked {
        release_outside(tx, session, start, start + SignedDuration::from_mins(minutes))?;
    }
    Ok(())
}

/// Gives back all that the session owns, of all its coaches.
pub fn release(tx: &mut Tx, session: SessionId) -> Result<()> {
    tx.exec("DELETE FROM coach_time WHERE session_id = $1", args![session])?;
    Ok(())
}

/// Gives back all that the session owns outside the time that it keeps.
pub fn release_outside(tx: &mut Tx, session: SessionId, from: Instant, until: Instant) -> Result<()> {
    let mut quanta = Quantum::covering(from, until);
    let Some(first) = quanta.next() else { return release(tx, session) };
    let last = quanta.last().unwrap_or(first);
    tx.exec(
        "DELETE FROM coach_time WHERE session_id = $1 AND (quantum < $2 OR quantum > $3)",
        args![session, first, last],
    )?;
    Ok(())
}

/// Makes a person the coach's client from now on; nothing happens if they are already (rule G10).
///
/// # Errors
/// Nobody coaches themselves, and only coaches coach.
pub fn take_on(tx: &mut Tx, coach: PersonId, client: PersonId) -> Result<()> {
    let is_coach = tx.exists("SELECT 1 FROM coach WHERE person_id = $1", args![coach])?;
    if coach == client || !is_coach {
        return Err(Refusal::invalid("coach", Problem::NotAChoice).into());
    }
    let id: CoachingId = tx.new_id();
    let now = tx.now();
    tx.exec(
        "INSERT INTO coaching (id, client_id, coach_id, from_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
        args![id, client, coach, now],
    )?;
    Ok(())
}

/// Whether somebody coaches now: they have the role, and an account that is open (rule G10).
///
/// # Errors
/// Only those of the store.
pub(crate) fn coaches_now(tx: &mut Tx, person: PersonId) -> Result<bool> {
    tx.exists(
        "SELECT 1 FROM coach k JOIN person p ON p.id = k.person_id AND p.closed_at IS NULL
         JOIN person_role r ON r.person_id = p.id AND r.role = 'coach' WHERE k.person_id = $1",
        args![person],
    )
}

/// Those who coach a client now, in a practice or in a program.
///
/// # Errors
/// Only those of the store.
pub fn of_client(tx: &mut Tx, client: PersonId) -> Result<Vec<Profile>> {
    let coaches: Vec<PersonId> = tx.all(
        "SELECT coach_id FROM coaching WHERE client_id = $1 AND to_at IS NULL
         UNION SELECT coach_id FROM participant
             WHERE person_id = $1 AND archived_at IS NULL AND coach_id IS NOT NULL
         ORDER BY 1 LIMIT $2",
        args![client, i64::from(COACHES_OF_CLIENT_MAX)],
        |row| row.get(0),
    )?;
    coaches.into_iter().map(|coach| profile_of(tx, coach)).collect()
}

/// What a coach has still to see to before they can stop: each session once, the soonest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Left {
    /// What is ahead.
    pub ahead: Vec<(SessionId, Instant)>,
    /// Of these, where a request to move waits.
    pub waiting: Vec<(SessionId, Instant)>,
    /// What is over and not marked.
    pub unmarked: Vec<(SessionId, Instant)>,
}

/// So many sessions of each sort are told of.
const LEFT_MAX: i64 = 50;

/// What this coach has still to see to (rule G10).
///
/// # Errors
/// Only those of the store.
pub fn left(tx: &mut Tx, coach: PersonId) -> Result<Left> {
    let now = tx.now();
    // A pod's date takes its coach's time although nobody is in it, yet or any more.
    let sql = format!(
        "SELECT DISTINCT s.id, s.starts_at, EXISTS (SELECT 1 FROM move_request m
             WHERE m.session_id = s.id AND m.decided IS NULL AND m.expires_at > $2), c.marking
         FROM session_coach c JOIN session s ON s.id = c.session_id LEFT JOIN attendance a ON a.session_id = s.id
         WHERE c.coach_id = $1 AND s.held_until IS NULL AND ((a.id IS NOT NULL AND {STATUS_SQL} = 'booked')
             OR (s.pod_id IS NOT NULL AND s.cancelled_at IS NULL AND s.starts_at > $2))
         ORDER BY s.starts_at, s.id LIMIT $3"
    );
    let all: Vec<((SessionId, Instant), bool, bool)> = tx.all(&sql, args![coach, now, LEFT_MAX], |row| {
        Ok(((row.get(0)?, row.get(1)?), row.get(2)?, row.get(3)?))
    })?;
    let mut left = Left::default();
    for (session, waits, marks) in all {
        if session.1 > now {
            left.ahead.push(session);
            left.waiting.extend(waits.then_some(session));
        } else if marks {
            left.unmarked.push(session);
        }
    }
    Ok(left)
}

/// Nobody stops coaching while sessions of theirs are ahead or not marked (rule G10).
///
/// # Errors
/// [`Refusal::StillCoaches`].
pub(crate) fn must_have_nothing_left(tx: &mut Tx, coach: PersonId) -> Result<()> {
    let left = left(tx, coach)?;
    if left == Left::default() {
        return Ok(());
    }
    let count = |sessions: &[(SessionId, Instant)]| sessions.len() as u32;
    let (ahead, waiting, unmarked) = (count(&left.ahead), count(&left.waiting), count(&left.unmarked));
    Err(Refusal::StillCoaches { ahead, waiting, unmarked }.into())
}

/// Name and profile in one text, as the directory searches them.
pub(crate) fn folded_text(parts: &[&str]) -> String {
    rules::person::fold(&parts.join("\n"))
}
