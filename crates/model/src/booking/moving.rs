//! The times to which a session can be moved: what could be booked, its own time counting as free; for the house without
//! notice, window and cap (rules R1, R2).

use std::collections::HashMap;

use jiff::SignedDuration;
use rules::ids::{OfferingId, PersonId, SessionId};
use rules::meeting::Side;
use rules::offering::Policy;
use rules::session::Minutes;
use rules::slots::nearest;
use rules::time::{Instant, Span};

use super::calendar::{self, ALTERNATIVES_MAX};
use crate::offering;
use crate::session::Loaded;
use crate::{Result, Tx, args};

/// As far as this from the time that was wanted alternatives are looked for.
const NEAR: SignedDuration = SignedDuration::from_hours(14 * 24);

/// Sessions that give back what they own of these coaches' time in the same act, so that it counts as free.
pub(crate) type Freed = HashMap<PersonId, Vec<SessionId>>;

/// What binds a move of this session.
struct Binding {
    offering: Option<OfferingId>,
    policy: Policy,
}

fn binding(tx: &mut Tx, loaded: &Loaded, side: Side) -> Result<Binding> {
    let minutes = loaded.meeting.session().minutes;
    let policy = match loaded.offering {
        // It is as long as it was booked, whatever the offering is now.
        Some(offering) => Policy { minutes, ..offering::get(tx, offering)?.policy },
        None => Policy { window_days: step_window(tx, loaded)?, ..Policy::usual(minutes) },
    };
    let policy = if side == Side::Client { policy } else { policy.for_the_house() };
    Ok(Binding { offering: loaded.offering, policy })
}

/// How far ahead a step of a program can be booked; that of a pod, whether or not anybody is in it yet.
fn step_window(tx: &mut Tx, loaded: &Loaded) -> Result<u32> {
    let days = tx.one(
        "SELECT COALESCE(
             (SELECT MAX(t.window_days) FROM attendance a JOIN step t ON t.id = a.step_id WHERE a.session_id = $1),
             (SELECT t.window_days FROM session s JOIN pod d ON d.id = s.pod_id JOIN step t ON t.id = d.step_id
              WHERE s.id = $1))",
        args![loaded.id],
        |row| row.get::<Option<u32>>(0),
    )?;
    Ok(days.unwrap_or(Policy::usual(loaded.meeting.session().minutes).window_days))
}

/// Those starts within a span at which every coach of it is open and free.
pub(crate) fn slots(tx: &mut Tx, loaded: &Loaded, side: Side, within: Span) -> Result<Vec<Instant>> {
    let binding = binding(tx, loaded, side)?;
    let now = tx.now();
    let farthest = now + SignedDuration::from_hours(24 * (i64::from(binding.policy.window_days) + 2));
    let within = Span { from: within.from.max(now), until: within.until.min(farthest) };
    if within.is_empty() {
        return Ok(Vec::new());
    }
    let mut common: Option<Vec<Instant>> = None;
    for coach in &loaded.coaches {
        let calendar = calendar::of_coach(tx, *coach, binding.offering, &[loaded.id], within)?;
        let free = calendar.as_rules().slots(binding.offering, &binding.policy, now, within);
        common = Some(match common {
            Some(common) => common.into_iter().filter(|start| free.binary_search(start).is_ok()).collect(),
            None => free,
        });
    }
    let mut common = common.unwrap_or_default();
    let own = loaded.meeting.session().time.map(|time| time.starts_at);
    common.retain(|start| Some(*start) != own);
    Ok(common)
}

/// Judges one start inside the write that takes it.
///
/// # Errors
/// The engine's refusals.
pub(crate) fn check(tx: &mut Tx, loaded: &Loaded, side: Side, start: Instant) -> Result<()> {
    check_after(tx, loaded, side, start, &Freed::new())
}

/// The same as if others had given their time back already.
///
/// # Errors
/// The engine's refusals.
pub(crate) fn check_after(
    tx: &mut Tx,
    loaded: &Loaded,
    side: Side,
    start: Instant,
    freed: &Freed,
) -> Result<()> {
    let binding = binding(tx, loaded, side)?;
    let now = tx.now();
    for coach in &loaded.coaches {
        let mut besides = freed.get(coach).cloned().unwrap_or_default();
        besides.push(loaded.id);
        let calendar = calendar::of_coach_at(tx, *coach, binding.offering, &binding.policy, &besides, start)?;
        calendar.as_rules().check(binding.offering, &binding.policy, now, start)?;
    }
    Ok(())
}

/// The same for the first time of a step's session that is yet to be made.
///
/// # Errors
/// The engine's refusals.
pub(crate) fn check_new(
    tx: &mut Tx,
    coach: PersonId,
    (minutes, window_days): (Minutes, u32),
    start: Instant,
    freed: &Freed,
) -> Result<()> {
    let policy = Policy { window_days, ..Policy::usual(minutes) };
    let besides = freed.get(&coach).map(Vec::as_slice).unwrap_or_default();
    let (calendar, now) = (calendar::of_coach_at(tx, coach, None, &policy, besides, start)?, tx.now());
    Ok(calendar.as_rules().check(None, &policy, now, start)?)
}

/// The free starts nearest to one that cannot be had.
pub(crate) fn alternatives(
    tx: &mut Tx,
    loaded: &Loaded,
    side: Side,
    wanted: Instant,
    most: usize,
) -> Result<Vec<Instant>> {
    let near = slots(tx, loaded, side, Span { from: wanted - NEAR, until: wanted + NEAR })?;
    Ok(nearest(&near, wanted, most.min(ALTERNATIVES_MAX)))
}

/// The same for whoever has another session at the time that was wanted: none of its clients has one at any of these
/// (rule A6).
pub(crate) fn alternatives_beside(
    tx: &mut Tx,
    loaded: &Loaded,
    side: Side,
    wanted: Instant,
    most: usize,
) -> Result<Vec<Instant>> {
    let near = slots(tx, loaded, side, Span { from: wanted - NEAR, until: wanted + NEAR })?;
    let clients: Vec<PersonId> = loaded.meeting.seats().iter().map(|seat| seat.client).collect();
    let near = calendar::clear_of(tx, &clients, loaded.meeting.session().minutes, near)?;
    Ok(nearest(&near, wanted, most.min(ALTERNATIVES_MAX)))
}

/// Whether a coach of it is away or busy elsewhere at a time (rules A1, A2, R5).
pub(crate) fn is_busy(tx: &mut Tx, loaded: &Loaded, start: Instant) -> Result<bool> {
    let end = start + loaded.meeting.session().minutes.duration();
    for coach in &loaded.coaches {
        if busy_at(tx, *coach, start, end)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn busy_at(tx: &mut Tx, coach: PersonId, start: Instant, end: Instant) -> Result<bool> {
    let sql = "SELECT 1 FROM busy WHERE coach_id = $1 AND starts_at < $3 AND ends_at > $2";
    tx.exists(sql, args![coach, start, end])
}
