//! For tests and measurements alone: chance that can be repeated, random calendars, and an oracle of slots that is too
//! simple to be wrong. The oracle walks the minutes of UTC, asks the calendar library what the wall shows at each, and
//! reads rules A3 and T3 as they are written; it shares no arithmetic with [`crate::slots`].

use jiff::civil::{Date, DateTime};
use jiff::{SignedDuration, Timestamp};

use crate::availability::{Hours, Minute, Range, Ranges, Week};
use crate::ids::OfferingId;
use crate::offering::{Buffer, Grid, Policy};
use crate::session::Minutes;
use crate::slots::{Calendar, Taken};
use crate::time::{Instant, Span, Zone};

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const FIVE: i64 = 5 * MINUTE;
/// What is taken lies at most so far from what is asked: more than any day, and than any session.
const AROUND: i64 = 30 * HOUR;
/// Within this of a change of the clock is near.
const NEAR: i64 = 48 * HOUR;

/// The zones that go wrong first: half an hour, Ramadan, a day that never was, changes at midnight and over it.
const HARD: &[&str] = &[
    "America/New_York",
    "Europe/Berlin",
    "Australia/Sydney",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
    "Pacific/Apia",
    "Asia/Gaza",
    "Asia/Kathmandu",
    "Pacific/Chatham",
    "America/St_Johns",
    "America/Havana",
    "America/Asuncion",
    "Antarctica/Troll",
    "Antarctica/Casey",
    "Asia/Tehran",
    "Asia/Beirut",
    "Pacific/Kwajalein",
    "America/Godthab",
];

/// Numbers that look random and come again from the same seed (SplitMix64).
#[derive(Clone, Debug)]
pub struct Chance(u64);

impl Chance {
    /// The numbers of a seed.
    pub fn new(seed: u64) -> Chance {
        Chance(seed)
    }

    /// The next number.
    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 up to a limit that is left out.
    pub fn below(&mut self, limit: i64) -> i64 {
        (self.number() % limit.unsigned_abs()).cast_signed()
    }

    /// A number between two, both of them possible.
    pub fn between(&mut self, least: i64, most: i64) -> i64 {
        least + self.below(most - least + 1)
    }

    /// One of a few.
    pub fn one_of<'a, T>(&mut self, things: &'a [T]) -> &'a T {
        &things[self.below(things.len() as i64) as usize]
    }
}

/// The zones to choose from, looked up once.
#[derive(Clone, Debug)]
pub struct Zones {
    hard: Vec<Zone>,
    all: Vec<Zone>,
}

impl Zones {
    /// All that there are.
    pub fn all() -> Zones {
        let parse = |name: &str| Zone::parse(name).expect("a known zone");
        let all = Zone::names();
        Zones { hard: HARD.iter().copied().map(parse).collect(), all: all.iter().map(|n| parse(n)).collect() }
    }

    /// One of them, every other time one of those that go wrong first.
    pub fn any(&self, chance: &mut Chance) -> Zone {
        let zones = if chance.below(2) == 0 { &self.hard } else { &self.all };
        chance.one_of(zones).clone()
    }

    /// A moment from 1975, when no clock kept odd seconds any more, to 2060; more often than not within six hours of a
    /// change of the clock, if the zone has one.
    pub fn about_a_change(chance: &mut Chance, zone: &Zone) -> Instant {
        let years = |years: i64| years * 8_766 * HOUR;
        let anywhere = years(5) + chance.below(years(85));
        if chance.below(5) < 2 {
            return at(anywhere);
        }
        let tz = zone.tz();
        let next = tz.following(at(anywhere).timestamp()).next().map(|change| change.timestamp());
        let last = || tz.preceding(at(anywhere).timestamp()).next().map(|change| change.timestamp());
        let change = next.or_else(last).map_or(anywhere, |change| change.as_millisecond());
        if (years(5)..years(90)).contains(&change) {
            at(change + chance.between(-6 * HOUR, 6 * HOUR))
        } else {
            at(anywhere)
        }
    }
}

/// A calendar, an offering, and what is asked of them.
#[derive(Clone, Debug)]
pub struct Case {
    hours: Hours,
    taken: Vec<Taken>,
    busy: Vec<Span>,
    offering: OfferingId,
    policy: Policy,
    now: Instant,
    within: Span,
}

impl Case {
    /// A random one, more often than not about the time of a change of the clock.
    pub fn random(chance: &mut Chance, zones: &Zones) -> Case {
        let zone = &zones.any(chance);
        let centre = Zones::about_a_change(chance, zone).millis();
        let step = *chance.one_of(&[1, MINUTE, FIVE, HOUR]);
        let from = (centre - chance.below(30 * HOUR)).div_euclid(step) * step;
        let within = Span { from: at(from), until: at(from + chance.below(40 * HOUR)) };
        let now = at(from - chance.between(-4 * HOUR, 24 * HOUR));
        let around =
            |chance: &mut Chance| from + chance.between(-AROUND, within.until.millis() - from + AROUND);
        let mut taken = Vec::new();
        for _ in 0..chance.below(7) {
            let start = around(chance).div_euclid(FIVE) * FIVE;
            let offering = *chance.one_of(&[None, Some(1), Some(1), Some(2)]);
            taken.push(Taken {
                offering: offering.map(OfferingId::from_raw),
                span: Span { from: at(start), until: at(start + FIVE * chance.between(1, 30)) },
                before: buffer(chance),
                after: buffer(chance),
            });
        }
        let mut busy = Vec::new();
        for _ in 0..chance.below(5) {
            let start = around(chance);
            let length = *chance.one_of(&[1, MINUTE, 30 * MINUTE, 5 * HOUR]);
            busy.push(Span { from: at(start), until: at(start + 1 + chance.below(length)) });
        }
        Case {
            hours: hours(chance, zone, centre),
            taken,
            busy,
            offering: OfferingId::from_raw(1),
            policy: policy(chance),
            now,
            within,
        }
    }

    /// What the engine says.
    pub fn slots(&self) -> Vec<Instant> {
        self.calendar().slots(self.offering, &self.policy, self.now, self.within)
    }

    /// Whether the engine takes a start of its own.
    pub fn takes(&self, start: Instant) -> bool {
        self.calendar().check(self.offering, &self.policy, self.now, start).is_ok()
    }

    /// Some starts to be judged one by one: what the list has, and what lies beside it.
    pub fn some_starts(&self, chance: &mut Chance, slots: &[Instant]) -> Vec<Instant> {
        let length = self.within.until.millis() - self.within.from.millis();
        let mut starts = Vec::new();
        if length > 0 {
            let start = self.within.from.millis() + chance.below(length);
            starts.extend([start, start / FIVE * FIVE, start / HOUR * HOUR]);
        }
        if !slots.is_empty() {
            let slot = chance.one_of(slots).millis();
            starts.extend([slot, slot + FIVE, slot + 1]);
        }
        starts.into_iter().map(at).filter(|start| self.within.contains(*start)).collect()
    }

    /// Whether the clock changes within 48 hours of what is asked.
    pub fn is_near_a_change(&self) -> bool {
        let tz = self.hours.zone.tz();
        let from = Instant::from_millis(self.within.from.millis() - NEAR).timestamp();
        let until = Instant::from_millis(self.within.until.millis() + NEAR).timestamp();
        let mut offset = tz.to_offset(from);
        for change in tz.following(from).take_while(|change| change.timestamp() <= until) {
            if change.offset() != offset {
                return true;
            }
            offset = change.offset();
        }
        false
    }

    /// What the oracle says.
    pub fn naive(&self) -> Vec<Instant> {
        let begin = (self.now.min(self.within.from).millis() - AROUND - HOUR).div_euclid(MINUTE);
        let end = (self.now.max(self.within.until).millis() + AROUND + HOUR).div_euclid(MINUTE);
        let mut minutes: Vec<Shown> = Vec::with_capacity((end - begin) as usize);
        for minute in begin..end {
            let second = Timestamp::from_second(minute * 60).expect("an instant of our time");
            let wall = self.hours.zone.tz().to_datetime(second);
            let latest = minutes.last().map_or(DateTime::MIN, |before| before.latest);
            minutes.push(Shown { wall, is_new: wall > latest, latest: wall.max(latest) });
        }
        let shown = |minute: i64| &minutes[(minute - begin) as usize];
        let day_of = |at: Instant| shown(at.millis().div_euclid(MINUTE)).latest.date();
        let last_date = (0..self.policy.window_days.min(Policy::WINDOW_DAYS_MAX))
            .fold(day_of(self.now), |date, _| date.tomorrow().expect("a date of our time"));
        let starts =
            self.within.from.millis().div_euclid(MINUTE)..=self.within.until.millis().div_euclid(MINUTE);
        let can_start = |minute: &i64| {
            let start = at(minute * MINUTE);
            self.within.contains(start)
                && minute % 5 == 0
                && start > self.now
                && start.since(self.now) >= self.policy.notice
                && shown(*minute).is_new
                && self.is_on_grid(shown(*minute).wall)
                && shown(*minute).latest.date() <= last_date
                && (*minute..minute + self.length()).all(|minute| self.is_open(shown(minute).latest))
                && self.is_clear(start)
                && !self.is_full(day_of(start), day_of)
        };
        starts.filter(can_start).map(|minute| at(minute * MINUTE)).collect()
    }

    fn calendar(&self) -> Calendar<'_> {
        Calendar { hours: &self.hours, taken: &self.taken, busy: &self.busy }
    }

    fn length(&self) -> i64 {
        i64::from(self.policy.minutes.get())
    }

    /// A bound has passed as soon as the wall has shown it or more: in a fold that is its first time, in a gap the
    /// instant after it.
    fn is_open(&self, latest: DateTime) -> bool {
        self.range(latest).is_some()
    }

    fn is_on_grid(&self, wall: DateTime) -> bool {
        let grid = self.policy.grid.get();
        self.range(wall).is_some_and(|range| (minute_of(wall) - range.from().get()).is_multiple_of(grid))
    }

    fn range(&self, wall: DateTime) -> Option<&Range> {
        let minute = minute_of(wall);
        self.hours.on(wall.date()).iter().find(|r| r.from().get() <= minute && minute < r.to().get())
    }

    fn is_clear(&self, start: Instant) -> bool {
        let end = start + SignedDuration::from_mins(self.length());
        let minutes = |buffer: Buffer| SignedDuration::from_mins(i64::from(buffer.get()));
        let keeps_distance = |taken: &Taken| {
            let gap_before = minutes(taken.after).max(minutes(self.policy.before));
            let gap_after = minutes(self.policy.after).max(minutes(taken.before));
            (taken.span.until <= start && start.since(taken.span.until) >= gap_before)
                || (end <= taken.span.from && taken.span.from.since(end) >= gap_after)
        };
        let is_elsewhere = |busy: &Span| busy.until <= start || end <= busy.from;
        self.taken.iter().all(keeps_distance) && self.busy.iter().all(is_elsewhere)
    }

    fn is_full(&self, date: Date, day_of: impl Fn(Instant) -> Date) -> bool {
        let start = |taken: &Taken| taken.span.from;
        let same = self.taken.iter().filter(|taken| taken.offering == Some(self.offering));
        let that_day = same.map(start).filter(|start| day_of(*start) == date);
        self.policy.daily_cap.is_some_and(|cap| that_day.count() >= cap as usize)
    }
}

/// What the wall shows in one minute of UTC.
struct Shown {
    wall: DateTime,
    /// It was never shown before.
    is_new: bool,
    /// The latest that was shown up to now.
    latest: DateTime,
}

fn at(millis: i64) -> Instant {
    Instant::from_millis(millis)
}

fn minute_of(wall: DateTime) -> u16 {
    u16::from(wall.hour().unsigned_abs()) * 60 + u16::from(wall.minute().unsigned_abs())
}

fn buffer(chance: &mut Chance) -> Buffer {
    Buffer::new(*chance.one_of(&[0, 0, 5, 10, 15, 60, 240])).expect("a buffer")
}

fn policy(chance: &mut Chance) -> Policy {
    let minutes = [5, 15, 30, 45, 60, 60, 90, 240, chance.between(1, 96) * 5];
    Policy {
        minutes: Minutes::new(*chance.one_of(&minutes)).expect("a length"),
        before: buffer(chance),
        after: buffer(chance),
        notice: match chance.below(3) {
            0 => SignedDuration::ZERO,
            1 => SignedDuration::from_millis(chance.below(30 * HOUR)),
            _ => SignedDuration::from_hours(chance.below(12)),
        },
        window_days: *chance.one_of(&[0, 1, 2, 3, 60, 730, u32::MAX]),
        daily_cap: *chance.one_of(&[None, None, Some(0), Some(1), Some(2), Some(3)]),
        grid: Grid::new(*chance.one_of(&[5, 10, 15, 15, 30, 60, 25, 35])).expect("a grid"),
    }
}

fn hours(chance: &mut Chance, zone: &Zone, centre: i64) -> Hours {
    let week = Week(std::array::from_fn(|_| ranges(chance)));
    let date = at(centre).to_zoned(zone.tz()).date();
    let days = (0..chance.below(4)).map(|_| chance.between(-2, 2));
    let dates: Vec<Date> = days
        .map(|days| date.checked_add(jiff::Span::new().days(days)).expect("a date of our time"))
        .collect();
    let overrides = dates.into_iter().map(|date| (date, ranges(chance))).collect();
    Hours { zone: zone.clone(), week, overrides }
}

fn ranges(chance: &mut Chance) -> Ranges {
    let minute = |minute: i64| Minute::new(minute).expect("a bound");
    let range = |from: i64, to: i64| Range::new(minute(from), minute(to)).expect("a range");
    match chance.below(10) {
        0 => Ranges::off(),
        1 => Ranges::from(range(0, 1_440)),
        2 => Ranges::new([range(0, 5 * chance.between(1, 60)), range(1_200, 1_440)]).expect("two ranges"),
        3 => Ranges::from(range(540, 1_020)),
        _ => {
            // Clocks change at night.
            let latest = *chance.one_of(&[60, 287, 287]);
            let some = (0..chance.between(1, 4)).map(|_| {
                let (from, length) = (chance.below(latest), chance.between(1, 40));
                range(5 * from, 5 * (from + length).min(288))
            });
            Ranges::new(some).expect("a few ranges")
        }
    }
}
