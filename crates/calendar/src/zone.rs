//! A time zone as a calendar file carries it: a VTIMEZONE with the changes around the events of that file, each
//! written out, taken from the zone data of this program. So a reader needs no zone data of its own, and whoever has
//! older ones still agrees to the second. Knows no events, only the span that they lie in.

use jiff::civil::DateTime;
use jiff::tz::{Dst, Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};
use rules::time::{Instant, Zone};

use crate::line::Lines;

/// A file speaks of at most so many changes of one zone: a series spans half a year, a zone changes four times in a
/// year at most.
const CHANGES_MAX: usize = 64;
/// How far around the events a change is still told, if none is nearer: some readers want to see both halves of a
/// year before they believe in one.
const AROUND: SignedDuration = SignedDuration::from_hours(366 * 24);

/// How an instant is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Clock {
    /// On the wall clock of the zone, by its name.
    Wall,
    /// In UTC: the zone has no other time, or its wall clock shows this one twice, which readers take differently.
    Utc,
}

/// How the events that begin and end at these instants are written in this zone.
pub(crate) fn clock(zone: &Zone, at: [Instant; 2]) -> Clock {
    let tz = zone.tz();
    let is_plain_utc = tz.to_offset(Timestamp::UNIX_EPOCH) == Offset::UTC
        && tz.preceding(Timestamp::MAX).next().is_none()
        && tz.following(Timestamp::MIN).next().is_none();
    let is_once = |at: Instant| {
        let wall = at.to_zoned(tz).datetime();
        tz.to_ambiguous_timestamp(wall).unambiguous().is_ok_and(|only| only == at.timestamp())
    };
    if is_plain_utc || !at.into_iter().all(is_once) { Clock::Utc } else { Clock::Wall }
}

/// A property with this instant: `DTSTART;TZID=Europe/Berlin:20261126T101500`.
pub(crate) fn date_time(name: &str, at: Instant, zone: &Zone, clock: Clock) -> String {
    match clock {
        Clock::Wall => format!("{name};TZID={}:{}", zone.as_str(), wall(at.to_zoned(zone.tz()).datetime())),
        Clock::Utc => format!("{name}:{}", utc(at)),
    }
}

/// `20261126T091500Z`.
pub(crate) fn utc(at: Instant) -> String {
    format!("{}Z", wall(at.to_zoned(&TimeZone::UTC).datetime()))
}

fn wall(at: DateTime) -> String {
    at.strftime("%Y%m%dT%H%M%S").to_string()
}

/// One stretch of time in which the clocks of a zone show the same distance from UTC.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Observance {
    /// When it began; none if it was never otherwise.
    since: Option<Timestamp>,
    offset: Offset,
    before: Offset,
    is_summer: bool,
    name: String,
}

impl Observance {
    fn always(offset: Offset, name: &str) -> Observance {
        Observance { since: None, offset, before: offset, is_summer: false, name: name.to_owned() }
    }
}

/// Adds the zone as it is from one instant until another.
pub(crate) fn vtimezone(lines: &mut Lines, zone: &Zone, from: Instant, until: Instant) {
    lines.raw("BEGIN:VTIMEZONE");
    lines.raw(&format!("TZID:{}", zone.as_str()));
    for observance in observances(zone.tz(), from.timestamp(), until.timestamp()) {
        let kind = if observance.is_summer { "DAYLIGHT" } else { "STANDARD" };
        // A change is written as the clock showed it that it ended.
        let onset = observance
            .since
            .map_or(DateTime::constant(1970, 1, 1, 0, 0, 0, 0), |since| observance.before.to_datetime(since));
        lines.raw(&format!("BEGIN:{kind}"));
        lines.raw(&format!("DTSTART:{}", wall(onset)));
        lines.raw(&format!("TZOFFSETFROM:{}", offset(observance.before)));
        lines.raw(&format!("TZOFFSETTO:{}", offset(observance.offset)));
        lines.text("TZNAME", &observance.name);
        lines.raw(&format!("END:{kind}"));
    }
    lines.raw("END:VTIMEZONE");
}

/// The stretches that touch the span, with one more on each side if there is one within a year.
fn observances(tz: &TimeZone, from: Timestamp, until: Timestamp) -> Vec<Observance> {
    let far_back = from.saturating_sub(AROUND).unwrap_or(Timestamp::MIN);
    let far_ahead = until.saturating_add(AROUND).unwrap_or(Timestamp::MAX);
    // What began before the span: the stretch it begins in, and the one before that.
    let mut changes: Vec<_> = tz
        .preceding(from.saturating_add(SignedDuration::from_nanos(1)).unwrap_or(from))
        .enumerate()
        .take_while(|(nth, change)| *nth == 0 || change.timestamp() >= far_back)
        .take(2)
        .map(|(_, change)| change)
        .collect();
    changes.reverse();
    let mut is_after = false;
    for change in tz.following(from).take(CHANGES_MAX) {
        if is_after || change.timestamp() > far_ahead {
            break;
        }
        is_after = change.timestamp() > until;
        changes.push(change);
    }
    let mut out: Vec<Observance> = Vec::with_capacity(changes.len() + 1);
    for change in changes {
        let before = tz.to_offset_info(change.timestamp() - SignedDuration::from_nanos(1));
        if change.timestamp() < Timestamp::UNIX_EPOCH {
            // What was before, and how odd it was, concerns no calendar.
            out = vec![Observance::always(change.offset(), change.abbreviation())];
            continue;
        }
        let is_summer = is_summer(change.dst(), before.dst(), change.offset() > before.offset());
        if out.is_empty() && change.timestamp() > from {
            // The span begins before the first change that there ever was.
            out.push(Observance::always(before.offset(), before.abbreviation()));
        }
        out.push(Observance {
            since: Some(change.timestamp()),
            offset: change.offset(),
            before: before.offset(),
            is_summer,
            name: change.abbreviation().to_owned(),
        });
    }
    if out.is_empty() {
        let now = tz.to_offset_info(from);
        out.push(Observance::always(now.offset(), now.abbreviation()));
    }
    // Some readers know no zone without standard time.
    if out.iter().all(|one| one.is_summer) {
        out.iter_mut().for_each(|one| one.is_summer = false);
    }
    out
}

/// Whether a stretch is the one with the clocks put forward. Where winter is called the exception (Ireland, Morocco)
/// the zone data mean the same the other way round, and readers do not.
fn is_summer(now: Dst, before: Dst, is_forward: bool) -> bool {
    if now == before { now.is_dst() } else { is_forward }
}

/// `+0545`, with seconds where a zone once had them.
fn offset(offset: Offset) -> String {
    let seconds = offset.seconds().unsigned_abs();
    let sign = if offset.is_negative() { '-' } else { '+' };
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let tail = if seconds == 0 { String::new() } else { format!("{seconds:02}") };
    format!("{sign}{hours:02}{minutes:02}{tail}")
}
