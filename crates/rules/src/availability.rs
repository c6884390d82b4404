//! When a coach is open: weekly hours and dates that differ, on the wall clock of the coach's zone, and the instants
//! that they mean (rules T3, A1). Knows nothing of what is booked: that is [`crate::slots`].

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Deref;
use std::str::FromStr;

use jiff::civil::{Date, Weekday};

use crate::time::{Instant, Span, Zone};
use crate::wall::{DAY_MILLIS, MINUTE_MILLIS, Wall, date_of_day, day_of_date};

/// A bound of hours: minutes from local midnight, 0 to 24:00, a multiple of five (rule T3).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Minute(u16);

impl Minute {
    /// 24:00, the end of the day.
    pub const END: Minute = Minute(1_440);

    /// So many minutes after midnight, if hours can begin or end there.
    pub const fn new(minutes: i64) -> Option<Minute> {
        if minutes >= 0 && minutes <= Self::END.0 as i64 && minutes % 5 == 0 {
            Some(Minute(minutes as u16))
        } else {
            None
        }
    }

    /// The number.
    pub const fn get(self) -> u16 {
        self.0
    }

    const fn millis(self) -> i64 {
        self.0 as i64 * MINUTE_MILLIS
    }
}

/// As a clock shows it, `09:05`; the end of the day is `24:00`.
impl fmt::Display for Minute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

impl fmt::Debug for Minute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A text that is no time of day at which hours can begin or end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAMinute;

impl fmt::Display for NotAMinute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a time of day on five minutes, like 09:05")
    }
}

impl std::error::Error for NotAMinute {}

impl FromStr for Minute {
    type Err = NotAMinute;

    /// What [`Minute`] writes; an hour may have one digit, and seconds that are zero are passed over, as some browsers
    /// send them.
    fn from_str(text: &str) -> Result<Minute, NotAMinute> {
        let text = text.strip_suffix(":00").filter(|rest| rest.contains(':')).unwrap_or(text);
        let (hour, minute) = text.split_once(':').ok_or(NotAMinute)?;
        let number = |digits: &str, most: usize, limit: i64| {
            let is_number = (1..=most).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
            digits.parse().ok().filter(|number| is_number && *number <= limit)
        };
        let (hour, minute): (Option<i64>, Option<i64>) = (number(hour, 2, 24), number(minute, 2, 59));
        hour.zip(minute).and_then(|(hour, minute)| Minute::new(hour * 60 + minute)).ok_or(NotAMinute)
    }
}

/// One stretch of a day's hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Range {
    from: Minute,
    to: Minute,
}

impl Range {
    /// From one bound to a later one.
    pub fn new(from: Minute, to: Minute) -> Option<Range> {
        (from < to).then_some(Range { from, to })
    }

    /// Where it begins.
    pub const fn from(self) -> Minute {
        self.from
    }

    /// Where it ends; that minute is outside.
    pub const fn to(self) -> Minute {
        self.to
    }
}

/// The hours of one day: ascending, none touching the next. Empty is a day off.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Ranges(Vec<Range>);

impl Ranges {
    /// More ranges than this no day has.
    pub const MOST: usize = 12;

    /// A day off.
    pub const fn off() -> Ranges {
        Ranges(Vec::new())
    }

    /// These ranges in their order, those that touch or overlap joined; none if too many are left.
    pub fn new(ranges: impl IntoIterator<Item = Range>) -> Option<Ranges> {
        let mut ranges: Vec<Range> = ranges.into_iter().collect();
        ranges.sort_unstable();
        ranges.dedup_by(|later, earlier| {
            let joins = later.from <= earlier.to;
            if joins {
                earlier.to = earlier.to.max(later.to);
            }
            joins
        });
        (ranges.len() <= Self::MOST).then_some(Ranges(ranges))
    }
}

impl From<Range> for Ranges {
    fn from(range: Range) -> Ranges {
        Ranges(vec![range])
    }
}

impl Deref for Ranges {
    type Target = [Range];
    fn deref(&self) -> &[Range] {
        &self.0
    }
}

/// The hours of each weekday.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Week(
    /// Monday first.
    pub [Ranges; 7],
);

impl Week {
    /// The same hours on all seven days.
    pub fn every_day(ranges: &Ranges) -> Week {
        Week(std::array::from_fn(|_| ranges.clone()))
    }

    /// The same hours from Monday to Friday.
    pub fn working_days(ranges: &Ranges) -> Week {
        Week(std::array::from_fn(|day| if day < 5 { ranges.clone() } else { Ranges::off() }))
    }

    /// The hours of a weekday.
    pub fn on(&self, weekday: Weekday) -> &Ranges {
        &self.0[weekday.to_monday_zero_offset().unsigned_abs() as usize]
    }
}

/// When somebody is open, on the wall clock of their zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hours {
    /// Whose wall clock.
    pub zone: Zone,
    /// The hours of a usual week.
    pub week: Week,
    /// The dates that differ, with all their hours; empty is a day off.
    pub overrides: BTreeMap<Date, Ranges>,
}

impl Hours {
    /// The hours of a date.
    pub fn on(&self, date: Date) -> &Ranges {
        self.overrides.get(&date).unwrap_or_else(|| self.week.on(date.weekday()))
    }

    /// When it is open between two instants: ascending, what touches joined, over midnight too.
    pub fn open(&self, from: Instant, until: Instant) -> Vec<Span> {
        let mut open: Vec<Span> = Vec::new();
        if until <= from {
            return open;
        }
        let wall = Wall::over(&self.zone, from, until);
        for opening in self.openings(&wall, from, until) {
            let span = Span { from: opening.from.max(from), until: opening.until.min(until) };
            match open.last_mut() {
                _ if span.is_empty() => {}
                Some(last) if last.until == span.from => last.until = span.until,
                _ => open.push(span),
            }
        }
        open
    }

    /// The ranges of all days that have to do with a span, as instants, and some of the days around it.
    pub(crate) fn openings(&self, wall: &Wall, from: Instant, until: Instant) -> Vec<Opening> {
        // A day later a session from the last start may still run, and the day after that may be one that never was.
        let (first, last) = (wall.day(from) - 1, wall.day(until) + 2);
        let mut overrides = self.overrides.range(date_of_day(first)..=date_of_day(last)).peekable();
        let mut openings = Vec::with_capacity((last - first + 1) as usize * 2);
        for day in first..=last {
            // 1970-01-01 was a Thursday.
            let mut ranges = &self.week.0[(day + 3).rem_euclid(7) as usize];
            if let Some((_, differing)) = overrides.next_if(|(date, _)| day_of_date(**date) == day) {
                ranges = differing;
            }
            for range in ranges.iter() {
                let shows_from = day * DAY_MILLIS + range.from.millis();
                let shows_until = day * DAY_MILLIS + range.to.millis();
                let (from, until) = (wall.instant(shows_from), wall.instant(shows_until));
                if from < until {
                    openings.push(Opening { from, until, shows_from, shows_until });
                }
            }
        }
        openings
    }
}

/// One range on one day.
pub(crate) struct Opening {
    pub(crate) from: Instant,
    pub(crate) until: Instant,
    /// Its bounds on the wall clock, as they were written.
    pub(crate) shows_from: i64,
    pub(crate) shows_until: i64,
}

/// The day of a zone that an instant is in: 23, 24 or 25 hours (rule T3).
pub fn day_of(zone: &Zone, at: Instant) -> Span {
    let wall = Wall::over(zone, at, at);
    let day = wall.day(at);
    Span { from: wall.day_from(day), until: wall.day_from(day + 1) }
}

/// The day of a date in a zone (rule T3); empty if that date never was there.
pub fn day_span(zone: &Zone, date: Date) -> Span {
    let day = day_of_date(date);
    let about = Instant::from_millis(day * DAY_MILLIS);
    let wall = Wall::over(zone, about, about);
    Span { from: wall.day_from(day), until: wall.day_from(day + 1) }
}
