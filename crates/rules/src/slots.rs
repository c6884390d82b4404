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

/// All that decides when a coach can be booked. It must hold what is taken on every day that is asked about, whole
/// days of the coach, and four hours around them.
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
    pub fn slots(&self, offering: OfferingId, policy: &Policy, now: Instant, within: Span) -> Vec<Instant> {
        let Bounds { earliest, latest } = Bounds::of(&self.hours.zone, policy, now);
        let within = Span { from: within.from.max(earliest), until: within.until.min(latest) };
        if within.is_empty() {
            return Vec::new();
        }
        let wall = Wall::over(&self.hours.zone, within.from, within.until);
        let mut blocked = Blocked::default();
        self.block_collisions(policy, within, &mut blocked);
        self.block_full_days(offering, policy, &wall, within, &mut blocked);
        blocked.sort();
        let mut slots = Vec::new();
        let openings = self.hours.openings(&wall, within.from, within.until);
        each_run(&openings, &wall, policy, within, |run| run.keep(&mut blocked, &mut slots));
        slots
    }

    /// Whether an offering can be booked at this start now, and if not, why.
    pub fn check(
        &self,
        offering: OfferingId,
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
        self.block_full_days(offering, policy, &wall, within, &mut full);
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
        offering: OfferingId,
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
        let same = self.taken.iter().filter(|taken| taken.offering == Some(offering));
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
