//! What a coach's calendar holds when a booking is judged: hours, what is taken, what is busy. The one place that reads
//! it, for lists of slots and inside the write that books alike; what follows from it says [`rules::slots`].

use jiff::SignedDuration;
use rules::availability::{Hours, day_of};
use rules::ids::{OfferingId, PersonId, SessionId};
use rules::offering::{Buffer, Policy};
use rules::session::Minutes;
use rules::slots::{self, Taken, nearest};
use rules::time::{Instant, Quantum, Span, Zone};

use crate::offering::{self, Offering};
use crate::{Error, Result, Row, Tx, args, availability};

/// The most alternatives that are offered when a time is lost.
pub const ALTERNATIVES_MAX: usize = 12;
/// As far as this from the time that was wanted alternatives are looked for first.
const NEAR: SignedDuration = SignedDuration::from_hours(14 * 24);
/// Longer than a local day with the longest session before it, so that days are counted whole.
const AROUND: SignedDuration = SignedDuration::from_hours(36);
/// The longest session.
const LONGEST: SignedDuration = SignedDuration::from_mins(Minutes::MOST as i64);
/// The longest buffer.
const FARTHEST: SignedDuration = SignedDuration::from_mins(Buffer::MOST as i64);

/// A coach's hours for one offering, and what stands in the way, as of one transaction.
#[derive(Clone, Debug)]
pub struct Calendar {
    /// When the coach is open.
    pub hours: Hours,
    /// Sessions and live holds, with their buffers.
    pub taken: Vec<Taken>,
    /// Time off, and what outside calendars say.
    pub busy: Vec<Span>,
}

impl Calendar {
    /// As the rules read it.
    pub fn as_rules(&self) -> slots::Calendar<'_> {
        slots::Calendar { hours: &self.hours, taken: &self.taken, busy: &self.busy }
    }
}

/// What decides about starts of this offering within a span.
///
/// # Errors
/// Only those of the store.
pub fn calendar_of(tx: &mut Tx, offering: &Offering, within: Span) -> Result<Calendar> {
    of_coach(tx, offering.coach, Some(offering.id), &[], within)
}

/// The same for a coach, whatever is to be booked; what some sessions own may be left out, for they are to move.
pub(super) fn of_coach(
    tx: &mut Tx,
    coach: PersonId,
    offering: Option<OfferingId>,
    besides: &[SessionId],
    within: Span,
) -> Result<Calendar> {
    let hours = availability::hours(tx, coach, offering)?;
    let wide = Span { from: within.from - AROUND, until: within.until + AROUND };
    Ok(Calendar { hours, taken: taken(tx, coach, besides, wide)?, busy: busy(tx, coach, wide)? })
}

/// What decides about one start: as little as can be, so that bookings of other times do not meet this one.
pub(super) fn of_coach_at(
    tx: &mut Tx,
    coach: PersonId,
    offering: Option<OfferingId>,
    policy: &Policy,
    besides: &[SessionId],
    start: Instant,
) -> Result<Calendar> {
    let hours = availability::hours(tx, coach, offering)?;
    let mut near = Span { from: start - FARTHEST, until: start + policy.minutes.duration() + FARTHEST };
    if policy.daily_cap.is_some() {
        let day = day_of(&hours.zone, start);
        near = Span { from: near.from.min(day.from), until: near.until.max(day.until) };
    }
    // So far back even the longest session shows its own start.
    near.from = near.from - LONGEST;
    Ok(Calendar { hours, taken: taken(tx, coach, besides, near)?, busy: busy(tx, coach, near)? })
}

/// The starts of an offering within a span that can be booked now, soonest first.
///
/// # Errors
/// [`rules::refusal::Refusal::NotFound`] for an offering that never was; one that cannot be booked has no slots.
pub fn slots(tx: &mut Tx, offering: OfferingId, within: Span) -> Result<Vec<Instant>> {
    let offering = offering::get(tx, offering)?;
    free_starts(tx, &offering, within)
}

/// The same of an offering that is at hand.
///
/// # Errors
/// Only those of the store.
pub fn free_starts(tx: &mut Tx, offering: &Offering, within: Span) -> Result<Vec<Instant>> {
    if super::bookable(tx, offering).is_err() {
        return Ok(Vec::new());
    }
    slots_of(tx, offering, within)
}

pub(crate) fn slots_of(tx: &mut Tx, offering: &Offering, within: Span) -> Result<Vec<Instant>> {
    let (now, ahead) = (tx.now(), ahead(tx, offering));
    let within = Span { from: within.from.max(ahead.from), until: within.until.min(ahead.until) };
    if within.is_empty() {
        return Ok(Vec::new());
    }
    let calendar = calendar_of(tx, offering, within)?;
    Ok(calendar.as_rules().slots(offering.id, &offering.policy, now, within))
}

/// From now until after the last day that can be booked.
fn ahead(tx: &Tx, offering: &Offering) -> Span {
    Span::of(tx.now(), SignedDuration::from_hours(24 * (i64::from(offering.policy.window_days) + 2)))
}

/// The free starts nearest to one that cannot be had, at most `most` of them, soonest first (rule A5). Each can really
/// be booked, as things stand.
///
/// # Errors
/// As [`slots`].
pub fn alternatives(tx: &mut Tx, offering: OfferingId, wanted: Instant, most: usize) -> Result<Vec<Instant>> {
    let offering = offering::get(tx, offering)?;
    near(tx, &offering, wanted, most, |_, starts| Ok(starts))
}

/// The same for a client who has another session at the time that was wanted: they have none at any of these (rule A6).
///
/// # Errors
/// As [`slots`].
pub fn alternatives_beside(
    tx: &mut Tx,
    client: PersonId,
    offering: OfferingId,
    wanted: Instant,
    most: usize,
) -> Result<Vec<Instant>> {
    let offering = offering::get(tx, offering)?;
    let minutes = offering.policy.minutes;
    near(tx, &offering, wanted, most, |tx, starts| clear_of(tx, &[client], minutes, starts))
}

/// Of those starts that pass, the ones nearest to what was wanted.
fn near(
    tx: &mut Tx,
    offering: &Offering,
    wanted: Instant,
    most: usize,
    pass: impl Fn(&mut Tx, Vec<Instant>) -> Result<Vec<Instant>>,
) -> Result<Vec<Instant>> {
    if super::bookable(tx, offering).is_err() {
        return Ok(Vec::new());
    }
    let most = most.min(ALTERNATIVES_MAX);
    let close = slots_of(tx, offering, Span { from: wanted - NEAR, until: wanted + NEAR })?;
    let close = pass(tx, close)?;
    // What lies beyond is farther away than all of these.
    if close.len() >= most {
        return Ok(nearest(&close, wanted, most));
    }
    let ahead = ahead(tx, offering);
    let all = slots_of(tx, offering, ahead)?;
    Ok(nearest(&pass(tx, all)?, wanted, most))
}

/// So many sessions of a client are looked at for what else they have.
const BESIDE_MAX: i64 = 1_000;

/// Those of these starts, soonest first, at which none of these clients has another session (rule A6).
pub(crate) fn clear_of(
    tx: &mut Tx,
    clients: &[PersonId],
    minutes: Minutes,
    mut starts: Vec<Instant>,
) -> Result<Vec<Instant>> {
    let Some((first, last)) = starts.first().copied().zip(starts.last().copied()) else { return Ok(starts) };
    for client in clients {
        let theirs: Vec<Span> = tx.all(
            "SELECT s.starts_at, s.minutes FROM attendance a JOIN session s ON s.id = a.session_id
             WHERE a.client_id = $1 AND s.starts_at > $2 AND s.starts_at < $3 AND s.cancelled_at IS NULL
                 AND a.left_at IS NULL AND a.outcome IS NULL AND a.greyed_out_at IS NULL
             ORDER BY s.starts_at LIMIT $4",
            args![*client, first - LONGEST, last + minutes.duration(), BESIDE_MAX],
            |row| Ok(Span::of(row.get(0)?, SignedDuration::from_mins(row.get(1)?))),
        )?;
        starts.retain(|start| {
            let own = Span::of(*start, minutes.duration());
            theirs.iter().all(|other| !other.overlaps(&own))
        });
    }
    Ok(starts)
}

/// What owns time of this coach within a span: sessions, the times that moves ask for, and live holds. What has ended by
/// the clock owns nothing, whether or not its rows are still there: a hold (rule B7), and the time that a request asked
/// for (rule R4).
fn taken(tx: &mut Tx, coach: PersonId, besides: &[SessionId], within: Span) -> Result<Vec<Taken>> {
    let (first, last) = (Quantum::of(within.from), Quantum::of(within.until));
    let now = tx.now();
    let mut owners: Vec<Owner> = tx.all(
        "SELECT s.id, s.offering_id, COALESCE(o.buffer_before_minutes, 0), COALESCE(o.buffer_after_minutes, 0),
             s.starts_at, s.minutes, m.id IS NOT NULL
         FROM session s LEFT JOIN offering o ON o.id = s.offering_id
         LEFT JOIN move_request m ON m.session_id = s.id AND m.decided IS NULL AND m.expires_at <= $4
         WHERE s.id IN (SELECT session_id FROM coach_time WHERE coach_id = $1 AND quantum BETWEEN $2 AND $3)
             AND (s.held_until IS NULL OR s.held_until > $4)",
        args![coach, first, last, now],
        Owner::from_row,
    )?;
    owners.retain(|owner| !besides.contains(&owner.session));
    owners.sort_unstable_by_key(|owner| owner.session);
    let mut taken: Vec<(SessionId, Taken)> = Vec::with_capacity(owners.len());
    tx.each(
        "SELECT quantum, session_id FROM coach_time WHERE coach_id = $1 AND quantum BETWEEN $2 AND $3 ORDER BY quantum",
        args![coach, first, last],
        |row| {
            let (quantum, session): (Quantum, SessionId) = (row.get(0)?, row.get(1)?);
            let span = Span { from: quantum.start(), until: Quantum::from_raw(quantum.raw() + 1).start() };
            let Ok(at) = owners.binary_search_by_key(&session, |owner| owner.session) else { return Ok(()) };
            let Owner { offering, before, after, keeps, .. } = owners[at];
            if keeps.is_some_and(|own| !own.overlaps(&span)) {
                return Ok(());
            }
            match taken.last_mut() {
                Some((owner, last)) if *owner == session && last.span.until == span.from => {
                    last.span.until = span.until;
                }
                _ => taken.push((session, Taken { offering, span, before, after })),
            }
            Ok(())
        },
    )?;
    Ok(taken.into_iter().map(|(_, taken)| taken).collect())
}

/// A session that owns time.
struct Owner {
    session: SessionId,
    offering: Option<OfferingId>,
    before: Buffer,
    after: Buffer,
    /// Only this is still its own: a request of it has ended.
    keeps: Option<Span>,
}

impl Owner {
    fn from_row(row: &Row<'_>) -> Result<Owner> {
        let buffer = |index| {
            Buffer::new(row.get(index)?).ok_or_else(|| Error::database("offering.buffer is none that can be"))
        };
        let own = row.get::<Option<Instant>>(4)?.zip(Minutes::new(row.get(5)?));
        let keeps = own.filter(|_| row.get::<bool>(6).unwrap_or(false));
        Ok(Owner {
            session: row.get(0)?,
            offering: row.get(1)?,
            before: buffer(2)?,
            after: buffer(3)?,
            keeps: keeps.map(|(start, minutes)| Span::of(start, minutes.duration())),
        })
    }
}

/// When the coach is away or busy elsewhere (rules A1, A2).
fn busy(tx: &mut Tx, coach: PersonId, within: Span) -> Result<Vec<Span>> {
    tx.all(
        "SELECT starts_at, ends_at FROM busy WHERE coach_id = $1 AND ends_at > $2 AND starts_at < $3",
        args![coach, within.from, within.until],
        |row| Ok(Span { from: row.get(0)?, until: row.get(1)? }),
    )
}

/// Judges one start inside the write that takes it (rule A3), and gives the zone in which the coach counts it.
pub(super) fn check(tx: &mut Tx, offering: &Offering, start: Instant) -> Result<Zone> {
    let now = tx.now();
    let calendar = of_coach_at(tx, offering.coach, Some(offering.id), &offering.policy, &[], start)?;
    calendar.as_rules().check(offering.id, &offering.policy, now, start)?;
    Ok(calendar.hours.zone)
}
