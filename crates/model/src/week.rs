//! A coach's own calendar over a span: what is booked, what is kept back, when they are away and when they work. Only
//! reads; whether a start can be had is asked of [`crate::booking`].

use jiff::SignedDuration;
use rules::ids::SessionId;
use rules::refusal::Refusal;
use rules::session::Minutes;
use rules::time::{Instant, Span, Zone};

use crate::agenda::{self, Meeting};
use crate::event::Actor;
use crate::{Result, Tx, args, availability};

/// The most that one kind of thing has in a calendar.
const THINGS_MAX: i64 = 200;

/// What there is in a span of a coach's calendar.
#[derive(Clone, Debug)]
pub struct Calendar {
    /// The zone of the coach's hours.
    pub zone: Zone,
    /// Their meetings, soonest first; what was called off is not among them.
    pub meetings: Vec<Meeting>,
    /// Times that clients ask to move to (rule R3), soonest first.
    pub asked: Vec<Asked>,
    /// Times kept back until a booking is confirmed (rule B7), soonest first.
    pub held: Vec<Held>,
    /// When they are away, or busy elsewhere.
    pub away: Vec<Away>,
    /// When they work.
    pub open: Vec<Span>,
}

/// A time that a client asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Of which session.
    pub session: SessionId,
    /// Which time.
    pub span: Span,
    /// Who asks.
    pub client: String,
}

/// A time that is kept back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// Which time.
    pub span: Span,
    /// What is to be booked, by name.
    pub offering: Option<String>,
    /// Until when it is kept.
    pub until: Instant,
}

/// Time in which a coach cannot be booked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Away {
    /// From when until when.
    pub span: Span,
    /// What the coach calls it; none if another calendar says so.
    pub name: Option<String>,
}

/// One's own calendar from `within.from` until before `within.until`.
///
/// # Errors
/// [`Refusal::MayNot`] for whoever is no coach.
pub fn of_coach(tx: &mut Tx, by: &Actor, within: Span) -> Result<Calendar> {
    // A session that began before and runs into it would be cut: so far back none is missed, and what is over is left out.
    let mut meetings = agenda::of_coach(tx, by, within.from - LONGEST, within.until)?;
    meetings.retain(|meeting| {
        meeting.ends_at > within.from && meeting.status != rules::attendance::Status::Cancelled
    });
    let coach = by.person().ok_or(Refusal::NotSignedIn)?;
    let now = tx.now();
    let asked = tx.all(
        "SELECT m.session_id, m.to_at, s.minutes, p.name FROM move_request m JOIN session s ON s.id = m.session_id
         JOIN session_coach c ON c.session_id = s.id AND c.coach_id = $1 JOIN person p ON p.id = m.asked_by
         WHERE m.decided IS NULL AND m.expires_at > $2 AND m.to_at < $4 AND m.to_at + s.minutes * 60000 > $3
         ORDER BY m.to_at, m.id LIMIT $5",
        args![coach, now, within.from, within.until, THINGS_MAX],
        |row| Ok(Asked { session: row.get(0)?, span: span(row.get(1)?, row.get(2)?), client: row.get(3)? }),
    )?;
    let held = tx.all(
        "SELECT s.starts_at, s.minutes, o.name, s.held_until FROM session s
         JOIN session_coach c ON c.session_id = s.id AND c.coach_id = $1
         LEFT JOIN offering o ON o.id = s.offering_id
         WHERE s.held_until > $2 AND s.starts_at < $4 AND s.starts_at + s.minutes * 60000 > $3
         ORDER BY s.starts_at, s.id LIMIT $5",
        args![coach, now, within.from, within.until, THINGS_MAX],
        |row| Ok(Held { span: span(row.get(0)?, row.get(1)?), offering: row.get(2)?, until: row.get(3)? }),
    )?;
    let away = tx.all(
        "SELECT starts_at, ends_at, name FROM busy WHERE coach_id = $1 AND ends_at > $2 AND starts_at < $3
         ORDER BY starts_at, id LIMIT $4",
        args![coach, within.from, within.until, THINGS_MAX],
        |row| Ok(Away { span: Span { from: row.get(0)?, until: row.get(1)? }, name: row.get(2)? }),
    )?;
    let hours = availability::hours(tx, coach, None)?;
    let open = hours.open(within.from, within.until);
    Ok(Calendar { zone: hours.zone, meetings, asked, held, away, open })
}

/// No session takes longer.
const LONGEST: SignedDuration = SignedDuration::from_mins(Minutes::MOST as i64);

fn span(start: Instant, minutes: i64) -> Span {
    Span::of(start, SignedDuration::from_mins(minutes))
}
