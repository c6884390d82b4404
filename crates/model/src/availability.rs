//! When a coach works: weekly hours, dates that differ, time off (rule A1). A change never touches what is booked; it
//! says what now lies outside. What is left of it for booking is worked out by [`rules::slots`].

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::SignedDuration;
use jiff::civil::Date;
use rules::availability::{Hours, Minute, Range, Ranges, Week, day_span};
use rules::ids::{BusyId, DayOverrideId, HoursId, MoveRequestId, OfferingId, PersonId, SessionId};
use rules::refusal::{Problem, Refusal};
use rules::text::Line;
use rules::time::{Instant, Quantum, Span, Zone};
use serde_json::json;

use crate::coach::{self, may_edit};
use crate::event::{self, Actor, Kind, Subject};
use crate::session::{TOPIC_COLUMNS, TOPIC_TABLES, Topic, topic};
use crate::{Error, Result, Row, Tx, args, offering};

/// The most dates to come that differ, of one coach.
pub const OVERRIDES_MAX: usize = 400;
/// How far ahead a date may differ and time off may lie, in days: further than any booking window.
pub const AHEAD_DAYS_MAX: i64 = 800;
/// The most times off to come, of one coach.
pub const TIMES_OFF_MAX: usize = 100;
/// The most sessions that a change is said to leave outside.
pub const OUTSIDE_MAX: usize = 200;

/// What a coach calls time off, for their own eyes.
pub type TimeOffName = Line<80>;

/// What can happen to a coach's hours.
pub mod kind {
    use crate::event::Kind;

    /// The usual week is another.
    pub const HOURS_CHANGED: Kind = Kind("hours_changed");
    /// One date has hours of its own, or no longer.
    pub const DAY_CHANGED: Kind = Kind("day_hours_changed");
    /// A coach is away.
    pub const TIME_OFF_ADDED: Kind = Kind("time_off_added");
    /// A coach is not away after all.
    pub const TIME_OFF_DROPPED: Kind = Kind("time_off_dropped");

    /// All of them.
    pub const ALL: &[Kind] = &[HOURS_CHANGED, DAY_CHANGED, TIME_OFF_ADDED, TIME_OFF_DROPPED];
}

/// A date that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Override {
    /// The offering that it is for; none for all that have no other of their own.
    pub offering: Option<OfferingId>,
    /// The date, in the coach's zone.
    pub date: Date,
    /// All its hours; empty is a day off.
    pub ranges: Ranges,
}

/// When a coach is away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeOff {
    /// Its id.
    pub id: BusyId,
    /// What the coach calls it; nobody else reads it.
    pub name: String,
    /// From when to when, as the coach said it.
    pub when: When,
    /// The same as instants.
    pub span: Span,
}

/// How long somebody is away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// Whole days of the coach's zone, the last one included.
    Days {
        /// The first.
        first: Date,
        /// The last.
        last: Date,
    },
    /// From one instant to another.
    Span(Span),
}

/// A session, or the wish to move one, that lies where its coach does not work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outside {
    /// The session.
    pub session: SessionId,
    /// The wish to move it to this time; none for the time that it has.
    pub request: Option<MoveRequestId>,
    /// What the session is.
    pub topic: Topic,
    /// What was booked, if it was an offering.
    pub offering: Option<OfferingId>,
    /// The time that lies outside.
    pub span: Span,
    /// The names of those who come.
    pub clients: Vec<String>,
}

/// The hours that hold for an offering, or for the coach's sessions that are no offering: of a date's and a week's
/// hours its own come before the coach's, and a date's before a week's. Dates before yesterday are left out.
///
/// # Errors
/// [`Refusal::NotFound`] for whoever never coached.
pub fn hours(tx: &mut Tx, coach: PersonId, offering: Option<OfferingId>) -> Result<Hours> {
    let zone = zone_of(tx, coach)?;
    let week = week_for(tx, coach, offering)?;
    let mut dates = BTreeMap::new();
    // The offering's own come last, and so win.
    for differing in overrides(tx, coach)? {
        if differing.offering.is_none() || differing.offering == offering {
            dates.insert(differing.date, differing.ranges);
        }
    }
    Ok(Hours { zone, week, overrides: dates })
}

fn zone_of(tx: &mut Tx, coach: PersonId) -> Result<Zone> {
    let sql = "SELECT p.zone FROM coach c JOIN person p ON p.id = c.person_id WHERE c.person_id = $1";
    tx.opt(sql, args![coach], |row| row.get(0))?.ok_or_else(|| Refusal::NotFound.into())
}

/// The week that holds for an offering: its own, else the coach's.
fn week_for(tx: &mut Tx, coach: PersonId, offering: Option<OfferingId>) -> Result<Week> {
    let rows = tx.all(
        "SELECT weekday, from_minute, to_minute, offering_id IS NOT NULL FROM hours
         WHERE coach_id = $1 AND (offering_id IS NULL OR offering_id = $2)",
        args![coach, offering],
        |row| Ok((row.get::<bool>(3)?, (row.get(0)?, range(row, 1)?))),
    )?;
    let has_own = rows.iter().any(|(own, _)| *own);
    whole_week(rows.into_iter().filter(|(own, _)| *own == has_own).map(|(_, row)| row))
}

fn whole_week(rows: impl Iterator<Item = (usize, Range)>) -> Result<Week> {
    let mut days: [Vec<Range>; 7] = Default::default();
    for (weekday, range) in rows {
        days[weekday - 1].push(range);
    }
    let mut week = Week::default();
    for (day, ranges) in week.0.iter_mut().zip(days) {
        *day = Ranges::new(ranges).ok_or_else(|| Error::database("a weekday with too many hours"))?;
    }
    Ok(week)
}

/// The usual week as it was set for all offerings or for one; none if there is none of its own.
///
/// # Errors
/// Only those of the store.
pub fn week(tx: &mut Tx, coach: PersonId, offering: Option<OfferingId>) -> Result<Option<Week>> {
    let rows = tx.all(
        "SELECT weekday, from_minute, to_minute FROM hours
         WHERE coach_id = $1 AND (offering_id = $2 OR (offering_id IS NULL AND CAST($2 AS BIGINT) IS NULL))",
        args![coach, offering],
        |row| Ok((row.get::<usize>(0)?, range(row, 1)?)),
    )?;
    if rows.is_empty() { Ok(None) } else { whole_week(rows.into_iter()).map(Some) }
}

pub(crate) fn range(row: &Row<'_>, index: usize) -> Result<Range> {
    let (from, to) = (Minute::new(row.get(index)?), Minute::new(row.get(index + 1)?));
    let range = from.zip(to).and_then(|(from, to)| Range::new(from, to));
    range.ok_or_else(|| Error::database("hours that are none"))
}

/// The dates that differ, from yesterday on: those for all offerings first, then those for one, each by date.
///
/// # Errors
/// Only those of the store.
pub fn overrides(tx: &mut Tx, coach: PersonId) -> Result<Vec<Override>> {
    let yesterday =
        (tx.now() - SignedDuration::from_hours(48)).timestamp().to_zoned(jiff::tz::TimeZone::UTC).date();
    let rows = tx.all(
        "SELECT offering_id, date, from_minute, to_minute FROM day_override
         WHERE coach_id = $1 AND date >= $2 ORDER BY offering_id NULLS FIRST, date, from_minute",
        args![coach, yesterday.to_string()],
        |row| {
            let range = row.get::<Option<i64>>(2)?.map(|_| range(row, 2)).transpose()?;
            Ok((row.get::<Option<OfferingId>>(0)?, row.parse::<Date>(1)?, range))
        },
    )?;
    let mut found: Vec<(Option<OfferingId>, Date, Vec<Range>)> = Vec::new();
    for (offering, date, range) in rows {
        match found.last_mut() {
            Some(last) if (last.0, last.1) == (offering, date) => last.2.extend(range),
            _ => found.push((offering, date, range.into_iter().collect())),
        }
    }
    let whole = |(offering, date, ranges)| {
        let ranges = Ranges::new(ranges).ok_or_else(|| Error::database("a date with too many hours"))?;
        Ok(Override { offering, date, ranges })
    };
    found.into_iter().map(whole).collect()
}

/// When the coach is away, what is over left out, soonest first.
///
/// # Errors
/// Only those of the store.
pub fn times_off(tx: &mut Tx, coach: PersonId) -> Result<Vec<TimeOff>> {
    let now = tx.now();
    tx.all(
        "SELECT id, name, first_date, last_date, starts_at, ends_at FROM busy
         WHERE coach_id = $1 AND source = 'time_off' AND ends_at > $2 ORDER BY starts_at, id",
        args![coach, now],
        |row| {
            let span = Span { from: row.get(4)?, until: row.get(5)? };
            let days = row.parse_opt(2)?.zip(row.parse_opt(3)?);
            let when = days.map_or(When::Span(span), |(first, last)| When::Days { first, last });
            Ok(TimeOff { id: row.get(0)?, name: row.get(1)?, when, span })
        },
    )
}

/// Sets the usual week, for all offerings or for one of its own. An offering that is given an empty week has the
/// coach's again.
///
/// # Errors
/// Whoever is not the coach is refused.
pub fn set_week(
    tx: &mut Tx,
    by: &Actor,
    coach: PersonId,
    offering: Option<OfferingId>,
    new: &Week,
) -> Result<Vec<Outside>> {
    may_change(tx, by, coach, offering)?;
    let old = week(tx, coach, offering)?.unwrap_or_default();
    if old == *new {
        return Ok(Vec::new());
    }
    let before = outside(tx, coach)?;
    write_week(tx, coach, offering, new)?;
    let facts = json!({
        "coach": coach.to_string(),
        "offering": offering.map(|id| id.to_string()),
        "from": week_in_words(&old),
        "to": week_in_words(new),
    });
    changed(tx, by, coach, kind::HOURS_CHANGED, &facts)?;
    newly_outside(tx, coach, &before)
}

fn write_week(tx: &mut Tx, coach: PersonId, offering: Option<OfferingId>, week: &Week) -> Result<()> {
    tx.exec(
        "DELETE FROM hours
         WHERE coach_id = $1 AND (offering_id = $2 OR (offering_id IS NULL AND CAST($2 AS BIGINT) IS NULL))",
        args![coach, offering],
    )?;
    let mut rows = Vec::new();
    for (ranges, weekday) in week.0.iter().zip(1_i64..) {
        for range in ranges.iter() {
            let id: HoursId = tx.new_id();
            let (from, to) = (range.from().get().into(), range.to().get().into());
            rows.push([id.into(), coach.into(), offering.into(), weekday.into(), from, to]);
        }
    }
    tx.insert_many(
        "INSERT INTO hours (id, coach_id, offering_id, weekday, from_minute, to_minute)",
        rows,
        "",
    )?;
    Ok(())
}

/// What a practice begins with: Monday to Friday, 9 to 17 on the coach's clock.
pub(crate) fn write_usual(tx: &mut Tx, coach: PersonId) -> Result<()> {
    let hour = |hour: i64| Minute::new(hour * 60).expect("a whole hour");
    let day = Ranges::from(Range::new(hour(9), hour(17)).expect("nine is before five"));
    write_week(tx, coach, None, &Week::working_days(&day))
}

/// Gives a date hours of its own, in place of all that it had; empty ranges are a day off.
///
/// # Errors
/// Whoever is not the coach is refused; so are a date that is past or too far, and one date too many.
pub fn set_override(
    tx: &mut Tx,
    by: &Actor,
    coach: PersonId,
    offering: Option<OfferingId>,
    date: Date,
    ranges: &Ranges,
) -> Result<Vec<Outside>> {
    may_change(tx, by, coach, offering)?;
    let zone = zone_of(tx, coach)?;
    let span = day_span(&zone, date);
    if span.is_empty() {
        // The zone's calendar never had it.
        return Err(Refusal::invalid("date", Problem::NotADate).into());
    }
    in_reach(tx, "date", span)?;
    let known = overrides(tx, coach)?;
    let old = known.iter().find(|known| (known.offering, known.date) == (offering, date));
    if old.is_none() && known.len() >= OVERRIDES_MAX {
        return Err(Refusal::invalid("date", Problem::TooMany { most: OVERRIDES_MAX as u32 }).into());
    }
    if old.is_some_and(|old| old.ranges == *ranges) {
        return Ok(Vec::new());
    }
    let before = outside(tx, coach)?;
    delete_override(tx, coach, offering, date)?;
    let mut rows = Vec::new();
    let mut push = |tx: &mut Tx, from: Option<u16>, to: Option<u16>| {
        let id: DayOverrideId = tx.new_id();
        let date = date.to_string().into();
        rows.push([id.into(), coach.into(), offering.into(), date, from.into(), to.into()]);
    };
    if ranges.is_empty() {
        push(tx, None, None);
    }
    for range in ranges.iter() {
        push(tx, Some(range.from().get()), Some(range.to().get()));
    }
    tx.insert_many(
        "INSERT INTO day_override (id, coach_id, offering_id, date, from_minute, to_minute)",
        rows,
        "",
    )?;
    let from = old.map(|old| ranges_in_words(&old.ranges));
    record_day(tx, by, coach, offering, date, from, Some(ranges_in_words(ranges)))?;
    newly_outside(tx, coach, &before)
}

/// Lets a date have its usual hours again.
///
/// # Errors
/// Whoever is not the coach is refused.
pub fn drop_override(
    tx: &mut Tx,
    by: &Actor,
    coach: PersonId,
    offering: Option<OfferingId>,
    date: Date,
) -> Result<Vec<Outside>> {
    may_change(tx, by, coach, offering)?;
    let known = overrides(tx, coach)?;
    let old = known.iter().find(|known| (known.offering, known.date) == (offering, date));
    let Some(old) = old else { return Ok(Vec::new()) };
    let before = outside(tx, coach)?;
    delete_override(tx, coach, offering, date)?;
    record_day(tx, by, coach, offering, date, Some(ranges_in_words(&old.ranges)), None)?;
    newly_outside(tx, coach, &before)
}

fn delete_override(tx: &mut Tx, coach: PersonId, offering: Option<OfferingId>, date: Date) -> Result<()> {
    tx.exec(
        "DELETE FROM day_override WHERE coach_id = $1 AND date = $3
             AND (offering_id = $2 OR (offering_id IS NULL AND CAST($2 AS BIGINT) IS NULL))",
        args![coach, offering, date.to_string()],
    )?;
    Ok(())
}

fn record_day(
    tx: &mut Tx,
    by: &Actor,
    coach: PersonId,
    offering: Option<OfferingId>,
    date: Date,
    from: Option<String>,
    to: Option<String>,
) -> Result<()> {
    let facts = json!({
        "coach": coach.to_string(),
        "offering": offering.map(|id| id.to_string()),
        "date": date.to_string(),
        "from": from,
        "to": to,
    });
    changed(tx, by, coach, kind::DAY_CHANGED, &facts)
}

/// Takes time off, whole days or a span.
///
/// # Errors
/// Whoever is not the coach is refused; so are an end before its beginning, what is past or too far, and one too many.
pub fn add_time_off(
    tx: &mut Tx,
    by: &Actor,
    coach: PersonId,
    name: &TimeOffName,
    when: When,
) -> Result<(BusyId, Vec<Outside>)> {
    may_change(tx, by, coach, None)?;
    let zone = zone_of(tx, coach)?;
    let span = span_of(&zone, when);
    if span.is_empty() {
        return Err(Refusal::invalid("until", Problem::EndsBeforeItBegins).into());
    }
    in_reach(tx, "until", span)?;
    if times_off(tx, coach)?.len() >= TIMES_OFF_MAX {
        return Err(Refusal::invalid("from", Problem::TooMany { most: TIMES_OFF_MAX as u32 }).into());
    }
    let before = outside(tx, coach)?;
    let id: BusyId = tx.new_id();
    let days = match when {
        When::Days { first, last } => Some((first.to_string(), last.to_string())),
        When::Span(_) => None,
    };
    let (first, last) = days.unzip();
    tx.exec(
        "INSERT INTO busy (id, coach_id, source, starts_at, ends_at, name, first_date, last_date)
         VALUES ($1, $2, 'time_off', $3, $4, $5, $6, $7)",
        args![id, coach, span.from, span.until, name.as_str(), first, last],
    )?;
    let facts =
        json!({ "coach": coach.to_string(), "from": span.from.to_string(), "to": span.until.to_string() });
    changed(tx, by, coach, kind::TIME_OFF_ADDED, &facts)?;
    Ok((id, newly_outside(tx, coach, &before)?))
}

/// Is not away after all. What is not there is not there afterwards either.
///
/// # Errors
/// Whoever is not the coach is refused.
pub fn drop_time_off(tx: &mut Tx, by: &Actor, coach: PersonId, id: BusyId) -> Result<()> {
    may_change(tx, by, coach, None)?;
    let dropped = tx.opt(
        "DELETE FROM busy WHERE id = $1 AND coach_id = $2 AND source = 'time_off' RETURNING starts_at, ends_at",
        args![id, coach],
        |row| Ok((row.get::<Instant>(0)?, row.get::<Instant>(1)?)),
    )?;
    let Some((from, to)) = dropped else { return Ok(()) };
    let facts = json!({ "coach": coach.to_string(), "from": from.to_string(), "to": to.to_string() });
    changed(tx, by, coach, kind::TIME_OFF_DROPPED, &facts)
}

/// Whether somebody may change these hours, and whether there is such an offering of this coach.
fn may_change(tx: &mut Tx, by: &Actor, coach: PersonId, offering: Option<OfferingId>) -> Result<()> {
    may_edit(by, coach)?;
    if let Some(id) = offering {
        let offering = offering::get(tx, id)?;
        if offering.coach != coach || offering.retired_at.is_some() {
            return Err(Refusal::NotFound.into());
        }
    }
    Ok(())
}

/// Refuses what is over already and what is further ahead than anybody books.
fn in_reach(tx: &Tx, field: &'static str, span: Span) -> Result<(), Refusal> {
    let far = tx.now() + SignedDuration::from_hours(24 * AHEAD_DAYS_MAX);
    if span.until <= tx.now() {
        return Err(Refusal::invalid(field, Problem::Over));
    }
    if span.until > far {
        return Err(Refusal::invalid(field, Problem::TooFarAhead { most_days: AHEAD_DAYS_MAX }));
    }
    Ok(())
}

fn span_of(zone: &Zone, when: When) -> Span {
    match when {
        When::Span(span) => span,
        When::Days { first, last } => {
            Span { from: day_span(zone, first).from, until: day_span(zone, last).until }
        }
    }
}

fn changed(tx: &mut Tx, by: &Actor, coach: PersonId, kind: Kind, facts: &serde_json::Value) -> Result<()> {
    event::record(tx, by, kind, &Subject::of(coach), facts)?;
    coach::raise_version(tx, coach)
}

/// Monday is 1: `1 09:00-12:00 13:00-17:00; 2 09:00-12:00`.
fn week_in_words(week: &Week) -> String {
    let days = week.0.iter().zip(1..).filter(|(ranges, _)| !ranges.is_empty());
    let days: Vec<String> = days.map(|(ranges, day)| format!("{day} {}", ranges_in_words(ranges))).collect();
    days.join("; ")
}

fn ranges_in_words(ranges: &Ranges) -> String {
    let ranges: Vec<String> = ranges.iter().map(|range| format!("{}-{}", range.from(), range.to())).collect();
    if ranges.is_empty() { "off".to_owned() } else { ranges.join(" ") }
}

/// Moves what is said in days with the coach's zone.
pub(crate) fn zone_changed(tx: &mut Tx, coach: PersonId) -> Result<()> {
    if !tx.exists("SELECT 1 FROM coach WHERE person_id = $1", args![coach])? {
        return Ok(());
    }
    let zone = zone_of(tx, coach)?;
    for away in times_off(tx, coach)? {
        let span = span_of(&zone, away.when);
        if span != away.span && !span.is_empty() {
            tx.exec(
                "UPDATE busy SET starts_at = $2, ends_at = $3 WHERE id = $1",
                args![away.id, span.from, span.until],
            )?;
        }
    }
    coach::raise_version(tx, coach)
}

/// The sessions to come, and the open wishes to move one, that lie where their coach does not work: at most
/// [`OUTSIDE_MAX`], soonest first. It may be that they were booked there on purpose.
///
/// # Errors
/// [`Refusal::NotFound`] for whoever never coached.
pub fn outside(tx: &mut Tx, coach: PersonId) -> Result<Vec<Outside>> {
    let coming = coming(tx, coach)?;
    let (Some(first), Some(until)) =
        (coming.first().map(|it| it.span.from), coming.iter().map(|it| it.span.until).max())
    else {
        return Ok(Vec::new());
    };
    let away: Vec<Span> = times_off(tx, coach)?.into_iter().map(|away| away.span).collect();
    let mut open: HashMap<Option<OfferingId>, Vec<Span>> = HashMap::new();
    let mut outside = Vec::new();
    for it in coming {
        let open = match open.entry(it.offering) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => new.insert(hours(tx, coach, it.offering)?.open(first, until)),
        };
        let inside = open.iter().any(|open| open.from <= it.span.from && it.span.until <= open.until)
            && !away.iter().any(|away| away.overlaps(&it.span));
        if !inside {
            outside.push(it);
        }
    }
    outside.truncate(OUTSIDE_MAX);
    Ok(outside)
}

fn newly_outside(tx: &mut Tx, coach: PersonId, before: &[Outside]) -> Result<Vec<Outside>> {
    let known: HashSet<_> = before.iter().map(|it| (it.session, it.request)).collect();
    let mut now = outside(tx, coach)?;
    now.retain(|it| !known.contains(&(it.session, it.request)));
    Ok(now)
}

/// What a coach has ahead: sessions that are booked and times that were asked for, soonest first. Both own their time, so
/// that is where they are found. A hold is nobody's session yet.
fn coming(tx: &mut Tx, coach: PersonId) -> Result<Vec<Outside>> {
    const CLIENTS: &str = "COALESCE((SELECT STRING_AGG(p.name, '\n' ORDER BY p.folded_name, p.id)
        FROM attendance a JOIN person p ON p.id = a.client_id
        WHERE a.session_id = s.id AND a.left_at IS NULL AND a.greyed_out_at IS NULL), '')";
    const OWNED: &str =
        "s.id IN (SELECT t.session_id FROM coach_time t WHERE t.coach_id = $1 AND t.quantum >= $3)
        AND s.cancelled_at IS NULL AND s.held_until IS NULL";
    let now = tx.now();
    let sql = format!(
        "SELECT s.id, CAST(NULL AS BIGINT), s.offering_id, s.starts_at, s.minutes, {CLIENTS}, {TOPIC_COLUMNS}
         FROM session s {TOPIC_TABLES} WHERE {OWNED} AND s.starts_at > $2
         UNION ALL
         SELECT s.id, m.id, s.offering_id, m.to_at, s.minutes, {CLIENTS}, {TOPIC_COLUMNS}
         FROM session s JOIN move_request m ON m.session_id = s.id {TOPIC_TABLES}
         WHERE {OWNED} AND m.decided IS NULL AND m.expires_at > $2 AND m.to_at > $2
         ORDER BY 4, 1"
    );
    tx.all(&sql, args![coach, now, Quantum::of(now)], |row| {
        let (from, minutes): (Instant, i64) = (row.get(3)?, row.get(4)?);
        Ok(Outside {
            session: row.get(0)?,
            request: row.get(1)?,
            topic: topic(row, 6)?,
            offering: row.get(2)?,
            span: Span::of(from, SignedDuration::from_mins(minutes)),
            clients: row.get::<String>(5)?.lines().map(str::to_owned).collect(),
        })
    })
}
