//! Sessions a week or two apart, booked together (rule B6). Every date is judged before anything is booked; what is
//! then chosen is booked whole or not at all. Afterwards each session lives on its own.

use jiff::SignedDuration;
use rules::ids::{OfferingId, SeriesId, SessionId};
use rules::letters::Happening;
use rules::refusal::{Problem, Refusal};
use rules::series::{Count, Every, starts};
use rules::session::SessionKind;
use rules::slots::nearest;
use rules::time::{Instant, Span};
use serde_json::json;

use super::{Booking, Deal, Wish, bookable, calendar_of, check_answers, no_overlap, take};
use crate::event::{self, Actor, Subject};
use crate::offering;
use crate::session::kind;
use crate::{Result, Tx, args, mail};

/// The most alternatives for one date.
const ALTERNATIVES: usize = 4;
/// Alternatives are looked for in the week around a date.
const AROUND: SignedDuration = SignedDuration::from_hours(84);

/// One date of a series that somebody thinks of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    /// When it would begin.
    pub starts_at: Instant,
    /// Why it cannot be had; nothing if it is free.
    pub refused: Option<Refusal>,
    /// What is free close to it, if it is not.
    pub alternatives: Vec<Instant>,
}

/// Lists the dates of a series, each as free or as taken with alternatives. The wall time is that of the coach's zone.
///
/// # Errors
/// [`Refusal::NotOffered`] for what cannot be booked, and [`Refusal::Invalid`] for an intro, of which there is one.
pub fn plan_series(
    tx: &mut Tx,
    offering: OfferingId,
    first: Instant,
    every: Every,
    count: Count,
) -> Result<Vec<Planned>> {
    let offering = offering::get(tx, offering)?;
    bookable(tx, &offering)?;
    not_an_intro(offering.kind)?;
    let now = tx.now();
    let weeks = i64::from(every.weeks()) * i64::from(count.get());
    let all =
        Span { from: first - AROUND, until: first + SignedDuration::from_hours(24 * 7 * weeks) + AROUND };
    let calendar = calendar_of(tx, &offering, all)?;
    let rules = calendar.as_rules();
    let dates = starts(&calendar.hours.zone, first, every, count);
    let planned = dates.into_iter().map(|starts_at| {
        let refused = rules.check(offering.id, &offering.policy, now, starts_at).err();
        let alternatives = if refused.is_some() {
            let around = Span { from: starts_at - AROUND, until: starts_at + AROUND };
            nearest(&rules.slots(offering.id, &offering.policy, now, around), starts_at, ALTERNATIVES)
        } else {
            Vec::new()
        };
        Planned { starts_at, refused, alternatives }
    });
    Ok(planned.collect())
}

/// Books all of these starts for whoever is signed in, or none: `wish` says the first of them and what holds for all.
/// Both sides get one letter about all of it.
///
/// # Errors
/// As [`super::book`]; [`Refusal::Taken`] and its kin name the start that cannot be had. [`Refusal::Invalid`] for fewer
/// starts than a series has or for more.
pub fn book_series(
    tx: &mut Tx,
    by: &Actor,
    wish: &Wish,
    every: Every,
    starts: &[Instant],
) -> Result<Vec<SessionId>> {
    let client = by.person().ok_or(Refusal::NotSignedIn)?;
    by.still_stands(tx)?;
    let mut starts: Vec<Instant> = starts.iter().copied().chain([wish.starts_at]).collect();
    starts.sort_unstable();
    starts.dedup();
    let (least, most) = (i64::from(Count::LEAST), i64::from(Count::MOST));
    if !(least..=most).contains(&(starts.len() as i64)) {
        return Err(Refusal::invalid("starts", Problem::OutOfRange { least, most }).into());
    }
    let offering = offering::get(tx, wish.offering)?;
    bookable(tx, &offering)?;
    not_an_intro(offering.kind)?;
    let deal = Deal::now(tx, &offering, &wish.answers)?;
    deal.is_as_shown(&offering, &wish.expects)?;
    check_answers(&offering, &wish.answers)?;
    if !wish.overlap_known {
        for start in &starts {
            no_overlap(tx, client, *start, offering.policy.minutes)?;
        }
    }
    let booking = Booking { offering: &offering, client, note: wish.note.as_str(), deal: &deal };
    booking.may_be(tx)?;
    booking.not_too_many(tx, starts.len())?;
    booking.agreed(tx, by, wish.accepts)?;
    let series: SeriesId = tx.new_id();
    let now = tx.now();
    tx.exec(
        "INSERT INTO series (id, coach_id, every_weeks, made_at) VALUES ($1, $2, $3, $4)",
        args![series, offering.coach, every.weeks(), now],
    )?;
    let mut sessions = Vec::with_capacity(starts.len());
    let mut places = Vec::with_capacity(starts.len());
    for start in &starts {
        let session = take(tx, &offering, *start, None, Some(series))?;
        places.push(booking.seat(tx, by, session)?);
        sessions.push(session);
    }
    let facts = booking.facts(json!({
        "sessions": sessions.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "starts": starts.iter().map(ToString::to_string).collect::<Vec<_>>(),
    }));
    let event = event::record_asked(tx, by, None, kind::SERIES_BOOKED, &Subject::of(series), &facts)?;
    for place in places {
        booking.charge(tx, by, place, event, deal.price)?;
    }
    mail::queue_letters(tx, event, &Happening::SeriesBooked { client, coach: offering.coach })?;
    Ok(sessions)
}

/// There is one intro, so that there are no series of them.
fn not_an_intro(kind: SessionKind) -> Result<()> {
    if kind == SessionKind::Intro {
        return Err(Refusal::invalid("offering", Problem::NotAChoice).into());
    }
    Ok(())
}
