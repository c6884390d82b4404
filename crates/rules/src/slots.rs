//! Which starts of an offering can be booked: the coach's hours, less what is taken and busy, within notice, window
//! and daily cap (rules A3, T3). One engine makes the list and judges a single start. It decides, and claims nothing:
//! that no two sessions share a minute is the database's own doing (rule A4).
//!
//! It works with starts alone. Whatever stands in the way of a start (a session with its buffers, busy time, a day
//! that is full) is a span of starts that cannot be; those are sorted once and walked along with the grid.

use jiff::civil::Date;

use crate::availability::{Hours, Opening};
use crate::ids::OfferingId;
use crate::offering::{Buffer, Policy};
use crate::refusal::Refusal;
use crate::time::{Instant, Quantum, Span, Zone};
use crate::wall::{DAY_MILLIS, MINUTE_MILLIS, Wall, date_of_day};

/// A session or a live hold: time that is a client's already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    /// What was booked, for its daily cap; sessions of programs have none.
    pub offering: Option<OfferingId>,
    /// From its start to its end.
    pub span: Span,
    /// What stays free before it.
    pub before: Buffer,
    /// What stays free after it.
    pub after: Buffer,
}

/// All that decides when a coach can be booked. It must hold what there is on every day of the coach that is asked
/// about, and twelve hours around them: the longest session and the longest buffer.
#[derive(Clone, Copy, Debug)]
pub struct Calendar<'a> {
    /// When the coach is open.
    pub hours: &'a Hours,
    /// Sessions and live holds, in any order.
    pub taken: &'a [Taken],
    /// Time off and what outside calendars say, in any order; no buffers are kept from it.
    pub busy: &'a [Span],
}

impl Calendar<'_> {
    /// The starts in a span at which an offering can be booked now, ascending.
    pub fn slots(
        &self,
        offering: impl Into<Option<OfferingId>>,
        policy: &Policy,
        now: Instant,
        within: Span,
    ) -> Vec<Instant> {
        let Bounds { earliest, latest } = Bounds::of(&self.hours.zone, policy, now);
        let within = Span { from: within.from.max(earliest), until: within.until.min(latest) };
        if within.is_empty() {
            return Vec::new();
        }
        let wall = Wall::over(&self.hours.zone, within.from, within.until);
        let mut blocked = Blocked::default();
        self.block_collisions(policy, within, &mut blocked);
        self.block_full_days(offering.into(), policy, &wall, within, &mut blocked);
        blocked.sort();
        let mut slots = Vec::new();
        let openings = self.hours.openings(&wall, within.from, within.until);
        each_run(&openings, &wall, policy, within, |run| run.keep(&mut blocked, &mut slots));
        slots
    }

    /// Whether an offering can be booked at this start now, and if not, why.
    pub fn check(
        &self,
        offering: impl Into<Option<OfferingId>>,
        policy: &Policy,
        now: Instant,
        start: Instant,
    ) -> Result<(), Refusal> {
        let Bounds { earliest, latest } = Bounds::of(&self.hours.zone, policy, now);
        if start < earliest {
            return Err(Refusal::TooSoon { earliest });
        }
        if start >= latest {
            return Err(Refusal::BeyondWindow { until: latest });
        }
        let within = Span { from: start, until: Instant::from_millis(start.millis() + 1) };
        let wall = Wall::over(&self.hours.zone, within.from, within.until);
        let openings = self.hours.openings(&wall, within.from, within.until);
        let session = Span::of(start, policy.minutes.duration());
        if !is_open(&openings, session) {
            return Err(Refusal::OutsideHours { start });
        }
        let mut is_on_grid = false;
        each_run(&openings, &wall, policy, within, |run| is_on_grid |= run.from < run.until);
        if !is_on_grid {
            return Err(Refusal::OffGrid { start });
        }
        let mut collisions = Blocked::default();
        self.block_collisions(policy, within, &mut collisions);
        if collisions.is_any() {
            return Err(Refusal::Taken { start });
        }
        let mut full = Blocked::default();
        self.block_full_days(offering.into(), policy, &wall, within, &mut full);
        if full.is_any() {
            return Err(Refusal::DayFull { start });
        }
        Ok(())
    }

    /// Starts from which a session would meet another one, come too close to it, or meet busy time.
    fn block_collisions(&self, policy: &Policy, within: Span, blocked: &mut Blocked) {
        let length = i64::from(policy.minutes.get()) * MINUTE_MILLIS;
        for taken in self.taken {
            let before = millis(taken.before.max(policy.after));
            let after = millis(taken.after.max(policy.before));
            let from = taken.span.from.millis() - before - length + 1;
            blocked.add(from, taken.span.until.millis() + after, within);
        }
        for busy in self.busy {
            blocked.add(busy.from.millis() - length + 1, busy.until.millis(), within);
        }
    }

    /// The days on which as many sessions of the offering start as may.
    fn block_full_days(
        &self,
        offering: Option<OfferingId>,
        policy: &Policy,
        wall: &Wall,
        within: Span,
        blocked: &mut Blocked,
    ) {
        let Some(cap) = policy.daily_cap else { return };
        let (first, last) = (wall.day(within.from), wall.day(within.until));
        let (from, until) = (wall.day_from(first), wall.day_from(last + 1));
        if cap == 0 {
            blocked.add(from.millis(), until.millis(), within);
        }
        let all = Span { from, until };
        let same = self.taken.iter().filter(|taken| offering.is_some() && taken.offering == offering);
        let mut days: Vec<i64> = same
            .map(|taken| taken.span.from)
            .filter(|start| all.contains(*start))
            .map(|s| wall.day(s))
            .collect();
        days.sort_unstable();
        for day in days.chunk_by(|a, b| a == b).filter(|day| day.len() >= cap as usize) {
            blocked.add(wall.day_from(day[0]).millis(), wall.day_from(day[0] + 1).millis(), within);
        }
    }
}

/// Between which instants an offering is open for booking now.
struct Bounds {
    earliest: Instant,
    latest: Instant,
}

impl Bounds {
    fn of(zone: &Zone, policy: &Policy, now: Instant) -> Bounds {
        let days = i64::from(policy.window_days.min(Policy::WINDOW_DAYS_MAX));
        let today = Wall::over(zone, now, now).day(now);
        let about = Instant::from_millis((today + days + 1) * DAY_MILLIS);
        let latest = Wall::over(zone, about, about).day_from(today + days + 1);
        // Even without notice a start lies ahead.
        let earliest = (now + policy.notice).max(Instant::from_millis(now.millis() + 1));
        Bounds { earliest, latest }
    }
}

/// Starts at which nothing can begin.
#[derive(Default)]
struct Blocked {
    spans: Vec<(i64, i64)>,
    passed: usize,
    reach: i64,
}

impl Blocked {
    fn add(&mut self, from: i64, until: i64, within: Span) {
        if from < until && from < within.until.millis() && within.from.millis() < until {
            self.spans.push((from, until));
        }
    }

    fn is_any(&self) -> bool {
        !self.spans.is_empty()
    }

    fn sort(&mut self) {
        self.spans.sort();
        self.reach = i64::MIN;
    }

    /// Until when nothing can begin, seen from a start that is not before the last one asked about.
    fn until(&mut self, start: i64) -> i64 {
        while let Some((_, until)) = self.spans.get(self.passed).filter(|(from, _)| *from <= start) {
            self.reach = self.reach.max(*until);
            self.passed += 1;
        }
        self.reach
    }
}

/// Starts on the grid, evenly apart, from one up to another that is left out.
struct Run {
    from: i64,
    until: i64,
    step: i64,
}

impl Run {
    fn keep(&self, blocked: &mut Blocked, slots: &mut Vec<Instant>) {
        let mut start = self.from;
        while start < self.until {
            let free = blocked.until(start);
            if start < free {
                start = up_to(free, start, self.step);
            } else {
                slots.push(Instant::from_millis(start));
                start += self.step;
            }
        }
    }
}

/// Walks the grid through the openings. It counts on the wall clock, from where each range begins; wall times that
/// never come are not on it, and one that comes twice is on it once (rule T3).
fn each_run(openings: &[Opening], wall: &Wall, policy: &Policy, within: Span, mut each: impl FnMut(Run)) {
    let length = i64::from(policy.minutes.get()) * MINUTE_MILLIS;
    let step = i64::from(policy.grid.get()) * MINUTE_MILLIS;
    let mut end = 0;
    for (n, opening) in openings.iter().enumerate() {
        // A session may run on into what touches.
        while end <= n || openings.get(end).is_some_and(|next| openings[end - 1].until == next.from) {
            end += 1;
        }
        let last = openings[end - 1].until.millis() - length;
        let mut shows = opening.shows_from;
        while shows < opening.shows_until {
            let stretch = wall.stretch(shows);
            shows = up_to(stretch.shows_from(), shows, step);
            let until = opening.shows_until.min(stretch.shows_until());
            let from = up_to(within.from.millis(), shows - stretch.offset(), step);
            let run_until = (until - stretch.offset()).min(last + 1).min(within.until.millis());
            if from < run_until && from.rem_euclid(Quantum::MILLIS) == 0 {
                each(Run { from, until: run_until, step });
            }
            shows = up_to(stretch.shows_until(), shows, step);
        }
    }
}

/// The first of `from`, `from + step`, … that is not before `least`.
fn up_to(least: i64, from: i64, step: i64) -> i64 {
    if least <= from { from } else { from + (least - from + step - 1) / step * step }
}

fn is_open(openings: &[Opening], session: Span) -> bool {
    let mut open_until = None;
    for opening in openings {
        let holds_start = opening.from <= session.from && session.from < opening.until;
        if holds_start || open_until == Some(opening.from) {
            open_until = Some(opening.until);
        }
    }
    open_until.is_some_and(|until| session.until <= until)
}

fn millis(buffer: Buffer) -> i64 {
    i64::from(buffer.get()) * MINUTE_MILLIS
}

/// Those of the slots that are nearest to a wanted start, ascending; of two equally near, the earlier one first.
pub fn nearest(slots: &[Instant], wanted: Instant, most: usize) -> Vec<Instant> {
    let mut until = slots.partition_point(|slot| *slot < wanted);
    let mut from = until;
    while until - from < most {
        let before = from.checked_sub(1).map(|n| wanted.since(slots[n]));
        let after = slots.get(until).map(|slot| slot.since(wanted));
        match (before, after) {
            (Some(before), Some(after)) if before <= after => from -= 1,
            (Some(_), None) => from -= 1,
            (_, Some(_)) => until += 1,
            (None, None) => break,
        }
    }
    slots[from..until].to_vec()
}

/// The slots of one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day<'a> {
    /// Its date.
    pub date: Date,
    /// The starts on it, ascending; at least one.
    pub starts: &'a [Instant],
}

/// Ascending slots by the days of a reader's zone (rule T2).
pub fn by_day<'a>(slots: &'a [Instant], zone: &Zone) -> Vec<Day<'a>> {
    let (Some(first), Some(last)) = (slots.first(), slots.last()) else { return Vec::new() };
    let wall = Wall::over(zone, *first, *last);
    let mut days = Vec::new();
    let mut rest = slots;
    while let Some(next) = rest.first() {
        let day = wall.day(*next);
        let until = wall.day_from(day + 1);
        let (starts, later) = rest.split_at(rest.partition_point(|slot| *slot < until));
        days.push(Day { date: date_of_day(day), starts });
        rest = later;
    }
    days
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;
    use crate::availability::{Minute, Range, Ranges, Week};
    use crate::offering::Grid;
    use crate::session::Minutes;
    use crate::testing::{Case, Chance, Zones};

    const INTRO: OfferingId = OfferingId::from_raw(1);
    const HOUR: OfferingId = OfferingId::from_raw(2);

    fn at(text: &str) -> Instant {
        text.parse().expect(text)
    }

    /// `09:00-12:00 13:00-17:00`.
    fn ranges(text: &str) -> Ranges {
        let bound = |text: &str| text.parse::<Minute>().expect(text);
        let range = |text: &str| text.split_once('-').and_then(|(a, b)| Range::new(bound(a), bound(b)));
        Ranges::new(text.split_whitespace().map(|text| range(text).expect(text))).expect("few ranges")
    }

    fn every_day(zone: &str, text: &str) -> Hours {
        let zone = Zone::parse(zone).expect(zone);
        Hours { zone, week: Week::every_day(&ranges(text)), overrides: [].into() }
    }

    /// An hour, on the hour, whenever.
    fn hourly() -> Policy {
        let minutes = Minutes::new(60).expect("an hour");
        let grid = Grid::new(60).expect("an hour");
        Policy { notice: SignedDuration::ZERO, window_days: 730, grid, ..Policy::usual(minutes) }
    }

    /// `2026-06-01T08:00Z-09:00Z`.
    fn span(text: &str) -> Span {
        let (from, until) = (at(&text.replace('Z', ":00Z")[..20]), &text[18..]);
        Span { from, until: at(&format!("{}{}:00Z", &text[..11], &until[..5])) }
    }

    /// A session of an hour's offering, with buffers before and after.
    fn session(text: &str, before: i64, after: i64) -> Taken {
        let [before, after] = [before, after].map(|minutes| Buffer::new(minutes).expect("a buffer"));
        Taken { offering: Some(HOUR), span: span(text), before, after }
    }

    fn minutes(minutes: i64) -> Minutes {
        Minutes::new(minutes).expect("a length")
    }

    /// What is offered on some days of a zone, a week ahead of them, as its wall clock shows it. Each start is judged
    /// alone as well, and so are the ones that are not on the list.
    fn offered(calendar: &Calendar<'_>, policy: &Policy, dates: &str) -> String {
        let zone = &calendar.hours.zone;
        let bounds =
            dates.split("..").map(|date| crate::availability::day_span(zone, date.parse().expect(date)));
        let days: Vec<Span> = bounds.collect();
        let within = Span { from: days[0].from, until: days[days.len() - 1].until };
        let now = within.from - SignedDuration::from_hours(168);
        let slots = calendar.slots(HOUR, policy, now, within);
        for start in Quantum::covering(within.from, within.until).map(Quantum::start) {
            let judged = calendar.check(HOUR, policy, now, start);
            assert_eq!(judged.is_ok(), slots.contains(&start), "{start}: {judged:?}");
        }
        let shown = slots.iter().map(|start| start.to_zoned(zone.tz()).strftime("%H:%M").to_string());
        shown.collect::<Vec<_>>().join(" ")
    }

    // Rules A3, T1, T3
    #[test]
    fn wall_clock_hours_hold_through_every_kind_of_change() {
        fn check(zone: &str, date: &str, text: &str, expect: &str) {
            let hours = every_day(zone, text);
            let policy = Policy { grid: Grid::DEFAULT, minutes: minutes(30), ..hourly() };
            let calendar = Calendar { hours: &hours, taken: &[], busy: &[] };
            assert_eq!(offered(&calendar, &policy, date), expect, "{text} on {date} in {zone}");
        }
        // Days of 23 and of 25 hours; half an hour must fit as it elapses.
        check("America/New_York", "2026-03-08", "01:15-03:30", "01:15 01:30 01:45 03:00");
        check("America/New_York", "2026-11-01", "00:45-02:15", "00:45 01:00 01:15 01:30 01:45");
        check(
            "Europe/Berlin",
            "2026-03-28",
            "01:15-03:30",
            "01:15 01:30 01:45 02:00 02:15 02:30 02:45 03:00",
        );
        check("Europe/Berlin", "2026-03-29", "01:15-03:30", "01:15 01:30 01:45 03:00");
        check("Europe/Berlin", "2026-03-29", "01:15-02:30", "01:15 01:30");
        check("Europe/Berlin", "2026-03-29", "02:00-03:30", "03:00");
        check("Europe/Berlin", "2026-03-29", "02:00-03:00", "");
        check("Europe/Berlin", "2026-10-25", "01:30-03:30", "01:30 01:45 02:00 02:15 02:30 02:45 03:00");
        check("Europe/Berlin", "2026-10-25", "01:30-02:30", "01:30 01:45 02:00");
        check("Europe/Berlin", "2026-10-25", "02:45-03:15", "02:45");
        check("Australia/Sydney", "2026-10-04", "01:30-04:00", "01:30 01:45 03:00 03:15 03:30");
        check("Australia/Sydney", "2026-04-05", "02:30-03:30", "02:30 02:45 03:00");
        // Half an hour forward and back.
        check("Australia/Lord_Howe", "2026-10-04", "01:30-03:15", "01:30 01:45 02:30 02:45");
        check("Australia/Lord_Howe", "2026-04-05", "01:15-02:30", "01:15 01:30 01:45 02:00");
        // Ramadan begins and ends.
        check("Africa/Casablanca", "2026-02-15", "01:45-03:30", "01:45 02:00 02:15 02:30 02:45 03:00");
        check("Africa/Casablanca", "2026-03-22", "01:15-03:45", "01:15 01:30 01:45 03:00 03:15");
        // A day that never was: over it one goes from Thursday to Saturday.
        check("Pacific/Apia", "2011-12-30", "00:00-24:00", "");
        check(
            "Pacific/Apia",
            "2011-12-29..2011-12-31",
            "00:00-00:45 23:15-24:00",
            "00:00 00:15 23:15 23:30 23:45 00:00 00:15 23:15 23:30 23:45",
        );
        check("Asia/Gaza", "2026-03-28", "01:30-03:45", "01:30 01:45 03:00 03:15");
        check("Asia/Gaza", "2026-10-24", "00:45-02:15", "00:45 01:00 01:15 01:30 01:45");
        // Quarters of an hour.
        check("Asia/Kathmandu", "1986-01-01", "00:00-01:00", "00:15 00:30");
        check("Asia/Kathmandu", "2026-01-01", "09:00-10:00", "09:00 09:15 09:30");
        check("Pacific/Chatham", "2026-09-27", "02:15-04:30", "02:15 02:30 03:45 04:00");
        check("Pacific/Chatham", "2026-04-05", "02:30-04:00", "02:30 02:45 03:00 03:15 03:30");
        // A clock that is set back over midnight, one that keeps odd seconds.
        check(
            "America/St_Johns",
            "2010-11-06..2010-11-07",
            "00:00-00:30 23:00-24:00",
            "00:00 23:00 23:15 23:30 23:45 00:00 23:00 23:15 23:30 23:45",
        );
        check("Africa/Monrovia", "1971-06-01", "09:00-12:00", "");
    }

    // Rules A3, T3
    #[test]
    fn a_slot_fits_its_elapsed_minutes() {
        fn check(text: &str, length: i64, dates: &str, expect: &str) {
            let hours = every_day("Europe/Berlin", text);
            let policy = Policy { minutes: minutes(length), ..hourly() };
            let calendar = Calendar { hours: &hours, taken: &[], busy: &[] };
            assert_eq!(offered(&calendar, &policy, dates), expect, "{length} min in {text} on {dates}");
        }
        check("09:00-10:00", 60, "2026-06-01", "09:00");
        check("09:00-10:00", 65, "2026-06-01", "");
        check("09:00-10:05", 65, "2026-06-01", "09:00");
        // 1:00 to 4:00 is two hours on one day of the year, and four on another.
        check("01:00-04:00", 120, "2026-03-29", "01:00");
        check("01:00-04:00", 180, "2026-03-29", "");
        check("01:00-04:00", 240, "2026-10-25", "01:00");
        check("01:00-04:00", 240, "2026-10-24", "");
        // Over midnight it goes on if both days are open there.
        check("00:00-01:00 23:00-24:00", 120, "2026-06-01", "23:00");
        check("00:00-01:00 23:00-24:00", 125, "2026-06-01", "");
        check("00:05-01:00 23:00-24:00", 120, "2026-06-01", "");
        check(
            "00:00-24:00",
            480,
            "2026-06-01..2026-06-02",
            &(0..48).map(|h| format!("{:02}:00", h % 24)).collect::<Vec<_>>().join(" "),
        );
    }

    // Rules A3, T3
    #[test]
    fn the_grid_counts_on_the_wall_clock_from_where_a_range_begins() {
        fn check(text: &str, grid: i64, date: &str, expect: &str) {
            let hours = every_day("Europe/Berlin", text);
            let policy = Policy { minutes: minutes(30), grid: Grid::new(grid).expect("a grid"), ..hourly() };
            let calendar =
                Calendar { hours: &hours, taken: &[session("2026-06-01T10:00Z-10:20Z", 0, 0)], busy: &[] };
            assert_eq!(offered(&calendar, &policy, date), expect, "every {grid} min in {text} on {date}");
        }
        check("09:00-11:00", 15, "2026-06-02", "09:00 09:15 09:30 09:45 10:00 10:15 10:30");
        check("09:10-11:00", 30, "2026-06-02", "09:10 09:40 10:10");
        check("09:10-11:00", 25, "2026-06-02", "09:10 09:35 10:00 10:25");
        check("09:00-10:00 10:20-11:30", 40, "2026-06-02", "09:00 10:20 11:00");
        check("09:00-10:00 10:00-11:00", 50, "2026-06-02", "09:00 09:50");
        // A session moves nothing: what is left stands where it stood.
        check("12:00-13:30", 15, "2026-06-01", "12:30 12:45 13:00");
        check("11:05-13:35", 60, "2026-06-01", "11:05 13:05");
        // Neither does a change of the clock, in the middle or at the beginning.
        check("01:10-04:00", 60, "2026-03-29", "01:10 03:10");
        check("02:10-05:00", 60, "2026-03-29", "03:10 04:10");
        check("01:10-04:00", 60, "2026-10-25", "01:10 02:10 03:10");
    }

    // Rule A3
    #[test]
    fn between_two_sessions_lies_the_greater_of_the_two_buffers() {
        // An hour is taken from 12:00 to 13:00; how close does another hour come, before and after it?
        fn check(theirs: (i64, i64), ours: (i64, i64), last_before: &str, first_after: &str) {
            let hours = every_day("Europe/Berlin", "06:00-22:00");
            let taken = [session("2026-06-01T10:00Z-11:00Z", theirs.0, theirs.1)];
            let [before, after] = [ours.0, ours.1].map(|minutes| Buffer::new(minutes).expect("a buffer"));
            let policy = Policy { before, after, grid: Grid::new(5).expect("a grid"), ..hourly() };
            let slots = offered(&Calendar { hours: &hours, taken: &taken, busy: &[] }, &policy, "2026-06-01");
            let slots: Vec<&str> = slots.split(' ').collect();
            let gap = slots.iter().position(|slot| *slot > "11:00").expect("a slot in the afternoon");
            assert_eq!((slots[gap - 1], slots[gap]), (last_before, first_after), "{theirs:?} and {ours:?}");
        }
        check((0, 0), (0, 0), "11:00", "13:00");
        check((15, 0), (0, 0), "10:45", "13:00");
        check((0, 15), (0, 0), "11:00", "13:15");
        check((0, 0), (15, 0), "11:00", "13:15");
        check((0, 0), (0, 15), "10:45", "13:00");
        check((10, 15), (5, 20), "10:40", "13:15");
        check((20, 5), (15, 10), "10:40", "13:15");
        check((240, 0), (0, 0), "07:00", "13:00");
    }

    // Rule A3
    #[test]
    fn busy_time_blocks_without_buffers() {
        fn check(busy: &[&str], expect: &str) {
            let hours = every_day("Europe/Berlin", "09:00-13:00");
            let spans: Vec<Span> = busy.iter().map(|text| span(text)).collect();
            let buffer = Buffer::new(60).expect("a buffer");
            let policy = Policy { before: buffer, after: buffer, ..hourly() };
            let calendar = Calendar { hours: &hours, taken: &[], busy: &spans };
            assert_eq!(offered(&calendar, &policy, "2026-06-01"), expect, "{busy:?}");
        }
        check(&[], "09:00 10:00 11:00 12:00");
        check(&["2026-06-01T08:00Z-09:00Z"], "09:00 11:00 12:00");
        check(&["2026-06-01T08:59Z-09:01Z"], "09:00 12:00");
        check(&["2026-06-01T05:00Z-07:00Z", "2026-06-01T11:00Z-12:00Z"], "09:00 10:00 11:00 12:00");
        check(
            &["2026-06-01T09:10Z-09:20Z", "2026-06-01T08:00Z-10:00Z", "2026-06-01T08:30Z-08:40Z"],
            "09:00 12:00",
        );
        check(&["2026-06-01T00:00Z-23:00Z"], "");
        check(&["2026-06-01T08:00Z-08:00Z"], "09:00 10:00 11:00 12:00");
    }

    // Rule A3
    #[test]
    fn notice_is_elapsed_to_the_millisecond() {
        fn check(notice: SignedDuration, now: &str, expect: bool) {
            let hours = every_day("Europe/Berlin", "04:00-05:00");
            let calendar = Calendar { hours: &hours, taken: &[], busy: &[] };
            let policy = Policy { notice, ..hourly() };
            // 4:00 on the day that the clock goes forward.
            let start = at("2026-03-29T02:00:00Z");
            let within = Span::of(start, SignedDuration::from_mins(5));
            assert_eq!(calendar.slots(HOUR, &policy, at(now), within).len(), usize::from(expect), "{now}");
            assert_eq!(calendar.check(HOUR, &policy, at(now), start).is_ok(), expect, "{now}");
        }
        let hours = SignedDuration::from_hours;
        check(hours(24), "2026-03-28T02:00:00Z", true);
        check(hours(24), "2026-03-28T02:00:00.001Z", false);
        check(hours(24), "2026-03-28T01:59:59.999Z", true);
        check(hours(0), "2026-03-29T01:59:59.999Z", true);
        check(hours(0), "2026-03-29T02:00:00Z", false);
        check(hours(-5), "2026-03-29T02:00:00.001Z", false);
    }

    // Rules A3, T3
    #[test]
    fn the_window_ends_with_a_day_of_the_coach() {
        fn check(days: u32, now: &str, expect: &str) {
            let hours = every_day("Pacific/Apia", "00:00-01:00 23:00-24:00");
            let calendar = Calendar { hours: &hours, taken: &[], busy: &[] };
            let policy = Policy { window_days: days, ..hourly() };
            let within = Span { from: at(now), until: at("2040-01-01T00:00:00Z") };
            let last = calendar.slots(HOUR, &policy, at(now), within).last().copied();
            assert_eq!(last, Some(at(expect)), "{days} days from {now}");
            assert_eq!(calendar.check(HOUR, &policy, at(now), at(expect)), Ok(()));
        }
        // Apia is 13 hours ahead of UTC in 2026; in 2011 it was 10 behind, up to the day that never was.
        check(0, "2026-01-10T09:59:59.999Z", "2026-01-10T10:00:00Z");
        check(1, "2026-01-10T10:59:59.999Z", "2026-01-11T10:00:00Z");
        check(1, "2026-01-10T11:00:00Z", "2026-01-12T10:00:00Z");
        check(1, "2011-12-29T12:00:00Z", "2011-12-30T09:00:00Z");
        check(2, "2011-12-29T12:00:00Z", "2011-12-31T09:00:00Z");
        check(u32::MAX, "2026-01-10T11:00:00Z", "2028-01-11T10:00:00Z");
    }

    // Rules A3, T3
    #[test]
    fn the_cap_counts_an_offerings_sessions_on_the_coachs_day() {
        let sessions = [
            // The first and the last hour of the 25 on 2026-10-25.
            session("2026-10-24T22:00Z-23:00Z", 0, 0),
            session("2026-10-25T22:00Z-23:00Z", 0, 0),
            // The day before and the day after.
            session("2026-10-24T21:00Z-22:00Z", 0, 0),
            session("2026-10-25T23:00Z-23:30Z", 0, 0),
            // Of another offering, and of none.
            Taken { offering: Some(INTRO), ..session("2026-10-25T12:00Z-12:15Z", 0, 0) },
            Taken { offering: None, ..session("2026-10-25T12:15Z-12:30Z", 0, 0) },
        ];
        let check = |daily_cap: Option<u32>, date: &str, expect: &str| {
            let hours = every_day("Europe/Berlin", "09:00-11:00");
            let policy = Policy { daily_cap, ..hourly() };
            let calendar = Calendar { hours: &hours, taken: &sessions, busy: &[] };
            assert_eq!(offered(&calendar, &policy, date), expect, "{daily_cap:?} on {date}");
        };
        check(None, "2026-10-25", "09:00 10:00");
        check(Some(3), "2026-10-25", "09:00 10:00");
        check(Some(2), "2026-10-25", "");
        check(Some(1), "2026-10-25", "");
        check(Some(2), "2026-10-24", "09:00 10:00");
        check(Some(1), "2026-10-24", "");
        check(Some(2), "2026-10-26", "09:00 10:00");
        check(Some(1), "2026-10-26", "");
        check(Some(1), "2026-10-27", "09:00 10:00");
        check(Some(0), "2026-10-27", "");
        check(Some(1), "2026-10-23..2026-10-27", "09:00 10:00 09:00 10:00");
    }

    #[test]
    fn the_nearest_slots_stand_on_both_sides_of_a_wish() {
        fn check(wanted: i64, most: usize, expect: &[i64]) {
            let slots: Vec<Instant> = [10, 20, 30, 60, 70].map(Instant::from_millis).into();
            let got = nearest(&slots, Instant::from_millis(wanted), most);
            assert_eq!(got, expect.iter().copied().map(Instant::from_millis).collect::<Vec<_>>(), "{wanted}");
        }
        check(30, 1, &[30]);
        check(31, 3, &[10, 20, 30]);
        check(41, 3, &[20, 30, 60]);
        check(45, 2, &[30, 60]);
        check(46, 1, &[60]);
        check(45, 1, &[30]);
        check(0, 3, &[10, 20, 30]);
        check(99, 3, &[30, 60, 70]);
        check(30, 9, &[10, 20, 30, 60, 70]);
        check(30, 0, &[]);
        assert_eq!(nearest(&[], Instant::from_millis(5), 3), []);
    }

    // Rule T2
    #[test]
    fn slots_are_told_by_the_days_of_their_reader() {
        let slots = [
            "2026-10-31T22:00:00Z",
            "2026-11-01T03:55:00Z",
            "2026-11-01T04:00:00Z",
            "2026-11-02T04:55:00Z",
            "2026-11-02T05:00:00Z",
        ]
        .map(at);
        let new_york = Zone::parse("America/New_York").expect("a zone");
        let days: Vec<(String, usize)> =
            by_day(&slots, &new_york).iter().map(|day| (day.date.to_string(), day.starts.len())).collect();
        assert_eq!(days, [("2026-10-31".into(), 2), ("2026-11-01".into(), 2), ("2026-11-02".into(), 1)]);
        assert_eq!(by_day(&[], &new_york), []);
    }

    // Rules A3, T3
    #[test]
    fn one_start_is_judged_as_the_list_says() {
        let hours = every_day("Europe/Berlin", "09:00-12:00");
        let session = Span { from: at("2026-06-02T08:00:00Z"), until: at("2026-06-02T09:00:00Z") };
        let taken =
            [Taken { offering: Some(HOUR), span: session, before: Buffer::NONE, after: Buffer::NONE }];
        let calendar = Calendar { hours: &hours, taken: &taken, busy: &[] };
        let policy = Policy { notice: SignedDuration::from_hours(2), window_days: 2, ..hourly() };
        let now = at("2026-06-01T06:00:00.001Z");
        let day = Span { from: at("2026-06-01T00:00:00Z"), until: at("2026-06-09T00:00:00Z") };
        let list = calendar.slots(HOUR, &policy, now, day);
        let expect =
            ["2026-06-01T09:00:00Z", "2026-06-02T07:00:00Z", "2026-06-02T09:00:00Z", "2026-06-03T07:00:00Z"];
        assert_eq!(list[..4], expect.map(at));
        assert_eq!(list.len(), 6);
        let check = |start: &str, expect: Result<(), Refusal>| {
            let got = calendar.check(HOUR, &policy, now, at(start));
            assert_eq!(got, expect, "{start}");
            assert_eq!(got.is_ok(), list.contains(&at(start)), "{start}");
        };
        check("2026-06-01T09:00:00Z", Ok(()));
        check("2026-06-01T08:00:00Z", Err(Refusal::TooSoon { earliest: at("2026-06-01T08:00:00.001Z") }));
        check("2026-06-02T06:00:00Z", Err(Refusal::OutsideHours { start: at("2026-06-02T06:00:00Z") }));
        check("2026-06-02T09:15:00Z", Err(Refusal::OutsideHours { start: at("2026-06-02T09:15:00Z") }));
        check("2026-06-02T08:00:00Z", Err(Refusal::Taken { start: at("2026-06-02T08:00:00Z") }));
        check("2026-06-03T07:05:00Z", Err(Refusal::OffGrid { start: at("2026-06-03T07:05:00Z") }));
        check("2026-06-04T07:00:00Z", Err(Refusal::BeyondWindow { until: at("2026-06-03T22:00:00Z") }));
        let capped = Policy { daily_cap: Some(1), ..policy.clone() };
        let start = at("2026-06-02T07:00:00Z");
        assert_eq!(calendar.check(HOUR, &capped, now, start), Err(Refusal::DayFull { start }));
        assert_eq!(calendar.check(INTRO, &capped, now, start), Ok(()));
    }

    // Rules A3, T3
    #[test]
    fn slots_equal_a_naive_oracle() {
        const CASES: usize = 3_000;
        let (mut chance, zones) = (Chance::new(2_026), Zones::all());
        let (mut near, mut starts) = (0, 0);
        for number in 0..CASES {
            let case = Case::random(&mut chance, &zones);
            let slots = case.slots();
            assert_eq!(slots, case.naive(), "case {number}: {case:?}");
            for start in case.some_starts(&mut chance, &slots) {
                assert_eq!(case.takes(start), slots.contains(&start), "case {number}, {start}: {case:?}");
            }
            near += usize::from(case.is_near_a_change());
            starts += slots.len();
        }
        assert!(near * 10 >= CASES * 3, "only {near} of {CASES} are near a change of the clock");
        assert!(starts >= CASES, "{starts} starts say little about {CASES} cases");
    }
}
