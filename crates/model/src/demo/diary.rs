//! When the invented coaches work, and which of it is taken: finds a time for a meeting. Knows no rows.

use std::collections::HashMap;

use jiff::civil::{Date, Time};
use jiff::{SignedDuration, ToSpan};
use rules::ids::PersonId;
use rules::time::{Instant, Zone};

use super::chance::Chance;

/// What lies between two meetings of one person.
const GAP: SignedDuration = SignedDuration::from_mins(15);
/// Nobody is coached at night: from this hour of their own clock,
const FIRST_HOUR: i8 = 7;
/// until this one.
const LAST_HOUR: i8 = 20;
/// So often chance may choose before the first free time is taken.
const TRIES: u32 = 60;
/// So far from where it was wanted a meeting may end up.
const STRAY_DAYS: i64 = 90;

/// Part of a day, in minutes from local midnight.
pub(super) type Range = (i64, i64);

/// A coach's working time.
pub(super) struct Week {
    /// Whose wall clock it is on (rule T1).
    pub(super) zone: Zone,
    /// Weekday, Monday is 1, and part of the day.
    pub(super) usual: Vec<(i64, Range)>,
    /// Dates that differ, with all their ranges.
    pub(super) different: Vec<(Date, Vec<Range>)>,
}

impl Week {
    /// The hours of a date.
    pub(super) fn on(&self, date: Date) -> Vec<Range> {
        let different = self.different.iter().find(|(day, _)| *day == date);
        different.map_or_else(|| self.usually_on(date), |(_, ranges)| ranges.clone())
    }

    fn usually_on(&self, date: Date) -> Vec<Range> {
        let weekday = i64::from(date.weekday().to_monday_one_offset());
        self.usual.iter().filter(|(day, _)| *day == weekday).map(|(_, range)| *range).collect()
    }

    /// Makes sure that all from `from` until `until` is working time.
    pub(super) fn open(&mut self, from: Instant, until: Instant) {
        let (from, until) = (from.to_zoned(self.zone.tz()), until.to_zoned(self.zone.tz()));
        let minute = |time: Time| i64::from(time.hour()) * 60 + i64::from(time.minute());
        let mut date = from.date();
        while date <= until.date() {
            let start = if date == from.date() { minute(from.time()) } else { 0 };
            let end = if date == until.date() { minute(until.time()) } else { 24 * 60 };
            if start < end {
                let usual = self.usually_on(date);
                let ranges = merged(usual.iter().copied().chain([(start, end)]).collect());
                if ranges != usual {
                    self.different.push((date, ranges));
                }
            }
            date = date.tomorrow().expect("the example does not end with the calendar");
        }
    }
}

fn merged(mut ranges: Vec<Range>) -> Vec<Range> {
    ranges.sort_unstable();
    let mut merged: Vec<Range> = Vec::with_capacity(ranges.len());
    for (from, to) in ranges {
        match merged.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(to),
            _ => merged.push((from, to)),
        }
    }
    merged
}

/// What is wanted of a meeting's time.
pub(super) struct Wish<'a> {
    /// Who coaches, and when they work.
    pub(super) coach: (PersonId, &'a Week),
    /// Who comes, and what their clock says.
    pub(super) clients: &'a [(PersonId, Zone)],
    /// How long.
    pub(super) minutes: i64,
    /// It begins no sooner.
    pub(super) from: Instant,
    /// It ends no later.
    pub(super) until: Instant,
    /// Where to look if there is nothing in between: earlier or later.
    pub(super) stray: Stray,
}

/// Which way a meeting may stray from its wish.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Stray {
    /// Into the past: it has happened.
    Earlier,
    /// Into the future: it is still to come.
    Later,
}

/// Everybody's meetings so far.
#[derive(Default)]
pub(super) struct Diary {
    taken: HashMap<PersonId, Vec<(Instant, Instant)>>,
}

impl Diary {
    /// Finds a time and takes it.
    ///
    /// # Panics
    /// If a coach has no free hour in months, which the invented ones have.
    pub(super) fn find(&mut self, wish: &Wish<'_>, chance: &mut Chance) -> Instant {
        let tz = wish.coach.1.zone.tz();
        let (first, last) = (wish.from.to_zoned(tz).date(), wish.until.to_zoned(tz).date());
        let days = i64::from((last - first).get_days());
        let by_chance = (0..TRIES).find_map(|_| {
            let date = first + chance.between(0, days).days();
            let starts = starts(wish.coach.1, date, wish.minutes);
            let start = match starts.len() {
                0 => return None,
                many => starts[usize::try_from(chance.between(0, many as i64 - 1)).expect("not negative")],
            };
            self.suits(wish, start, wish.from, wish.until).then_some(start)
        });
        let start = by_chance.unwrap_or_else(|| self.first(wish, first, last));
        let people = wish.clients.iter().map(|(client, _)| *client).chain([wish.coach.0]);
        self.take(people, start, start + SignedDuration::from_mins(wish.minutes));
        start
    }

    fn first(&self, wish: &Wish<'_>, first: Date, last: Date) -> Instant {
        let stray = SignedDuration::from_hours(24 * STRAY_DAYS);
        let (day, step, from, until) = match wish.stray {
            Stray::Earlier => (last, -1, wish.from - stray, wish.until),
            Stray::Later => (first, 1, wish.from, wish.until + stray),
        };
        let dates = (0..STRAY_DAYS).map(|n| day + (n * step).days());
        dates
            .flat_map(|date| starts(wish.coach.1, date, wish.minutes))
            .find(|start| self.suits(wish, *start, from, until))
            .expect("an invented coach has a free hour in three months")
    }

    fn suits(&self, wish: &Wish<'_>, start: Instant, from: Instant, until: Instant) -> bool {
        let end = start + SignedDuration::from_mins(wish.minutes);
        let awake = |zone: &Zone| (FIRST_HOUR..=LAST_HOUR).contains(&start.to_zoned(zone.tz()).hour());
        // A group from all over the world is nowhere awake at once: only few are asked.
        let few = wish.clients.len() <= 2;
        start >= from
            && end <= until
            && self.is_free(wish.coach.0, start, end)
            && wish
                .clients
                .iter()
                .all(|(client, zone)| self.is_free(*client, start, end) && (!few || awake(zone)))
    }

    fn is_free(&self, person: PersonId, from: Instant, until: Instant) -> bool {
        let taken = self.taken.get(&person).map_or(&[][..], Vec::as_slice);
        taken.iter().all(|(start, end)| until + GAP <= *start || *end + GAP <= from)
    }

    /// Takes a time that was not looked for.
    pub(super) fn take(&mut self, people: impl IntoIterator<Item = PersonId>, from: Instant, until: Instant) {
        for person in people {
            self.taken.entry(person).or_default().push((from, until));
        }
    }
}

/// All starts of a day at which so many minutes fit, on the half hour; short ones on the quarter.
fn starts(week: &Week, date: Date, minutes: i64) -> Vec<Instant> {
    let grid = if minutes < 30 { 15 } else { 30 };
    let ranges = week.on(date);
    let minutes = ranges.iter().flat_map(|(from, to)| {
        let first = (from + grid - 1) / grid * grid;
        (first..=to - minutes).step_by(usize::try_from(grid).expect("a grid is positive"))
    });
    minutes.filter_map(|minute| at(week, date, minute)).collect()
}

fn at(week: &Week, date: Date, minute: i64) -> Option<Instant> {
    let (hour, minute) = (i8::try_from(minute / 60).ok()?, i8::try_from(minute % 60).ok()?);
    let zoned = date.at(hour, minute, 0, 0).to_zoned(week.zone.tz().clone()).ok()?;
    Some(Instant::from_timestamp(zoned.timestamp()))
}
