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

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    fn minute(text: &str) -> Minute {
        text.parse().expect(text)
    }

    /// `09:00-12:00 13:00-17:00`.
    fn ranges(text: &str) -> Ranges {
        let range = |text: &str| text.split_once('-').and_then(|(a, b)| Range::new(minute(a), minute(b)));
        Ranges::new(text.split_whitespace().map(|text| range(text).expect(text))).expect("few ranges")
    }

    fn on_one_date(zone: &str, date: &str, text: &str) -> (Hours, Date) {
        let (zone, date) = (Zone::parse(zone).expect(zone), date.parse().expect(date));
        (Hours { zone, week: Week::default(), overrides: [(date, ranges(text))].into() }, date)
    }

    /// `2026-03-29T00:00Z-01:00Z`, the second date left out if it is the first.
    fn show(span: &Span) -> String {
        let [from, until] = [span.from, span.until].map(|at| at.to_string().replace(":00Z", "Z"));
        format!("{from}-{}", until.strip_prefix(&from[..11]).unwrap_or(&until))
    }

    fn open_around(hours: &Hours, date: Date) -> String {
        let noon = Instant::from_timestamp(date.at(12, 0, 0, 0).in_tz("UTC").expect("a date").timestamp());
        let days = SignedDuration::from_hours(72);
        hours.open(noon - days, noon + days).iter().map(show).collect::<Vec<_>>().join(" ")
    }

    // Rules T1, T3
    #[test]
    fn a_bound_in_a_gap_is_the_instant_after_it_and_in_a_fold_the_earlier_one() {
        fn check(zone: &str, date: &str, text: &str, expect: &str) {
            let (hours, date) = on_one_date(zone, date, text);
            assert_eq!(open_around(&hours, date), expect, "{text} on {date} in {zone}");
        }
        // A usual day, and a gap from 2 to 3 o'clock.
        check("Europe/Berlin", "2026-03-28", "01:00-02:30", "2026-03-28T00:00Z-01:30Z");
        check("Europe/Berlin", "2026-03-29", "01:00-02:30", "2026-03-29T00:00Z-01:00Z");
        check("Europe/Berlin", "2026-03-29", "01:00-02:00", "2026-03-29T00:00Z-01:00Z");
        check("Europe/Berlin", "2026-03-29", "01:00-03:00", "2026-03-29T00:00Z-01:00Z");
        check("Europe/Berlin", "2026-03-29", "02:15-04:00", "2026-03-29T01:00Z-02:00Z");
        check("Europe/Berlin", "2026-03-29", "02:10-02:50", "");
        check("Europe/Berlin", "2026-03-29", "01:00-02:20 02:40-04:00", "2026-03-29T00:00Z-02:00Z");
        check("Europe/Berlin", "2026-03-29", "00:00-24:00", "2026-03-28T23:00Z-2026-03-29T22:00Z");
        // A fold from 2 to 3 o'clock.
        check("Europe/Berlin", "2026-10-25", "01:00-02:30", "2026-10-24T23:00Z-2026-10-25T00:30Z");
        check("Europe/Berlin", "2026-10-25", "02:30-05:00", "2026-10-25T00:30Z-04:00Z");
        check("Europe/Berlin", "2026-10-25", "02:00-03:00", "2026-10-25T00:00Z-02:00Z");
        check(
            "Europe/Berlin",
            "2026-10-25",
            "02:00-02:20 02:40-03:00",
            "2026-10-25T00:00Z-00:20Z 2026-10-25T00:40Z-02:00Z",
        );
        check("Europe/Berlin", "2026-10-25", "00:00-24:00", "2026-10-24T22:00Z-2026-10-25T23:00Z");
        check("America/New_York", "2026-03-08", "02:30-04:00", "2026-03-08T07:00Z-08:00Z");
        check("America/New_York", "2026-11-01", "01:30-03:00", "2026-11-01T05:30Z-08:00Z");
        check("Australia/Sydney", "2026-10-04", "01:30-02:30", "2026-10-03T15:30Z-16:00Z");
        check("Australia/Sydney", "2026-04-05", "02:30-04:00", "2026-04-04T15:30Z-18:00Z");
        // Half an hour.
        check("Australia/Lord_Howe", "2026-10-04", "02:15-03:00", "2026-10-03T15:30Z-16:00Z");
        check("Australia/Lord_Howe", "2026-04-05", "01:45-03:00", "2026-04-04T14:45Z-16:30Z");
        // Back for Ramadan, and forth after it.
        check("Africa/Casablanca", "2026-02-15", "02:30-04:00", "2026-02-15T01:30Z-04:00Z");
        check("Africa/Casablanca", "2026-03-22", "02:30-04:00", "2026-03-22T02:00Z-03:00Z");
        // The day that never was: what touches on both sides of it is one.
        check("Pacific/Apia", "2011-12-30", "00:00-24:00", "");
        check("Pacific/Apia", "2011-12-29", "22:00-24:00", "2011-12-30T08:00Z-10:00Z");
        check("Pacific/Apia", "2011-12-31", "00:00-02:00", "2011-12-30T10:00Z-12:00Z");
        check("Asia/Gaza", "2026-03-28", "02:30-04:00", "2026-03-28T00:00Z-01:00Z");
        check("Asia/Gaza", "2026-10-24", "01:30-03:00", "2026-10-23T22:30Z-2026-10-24T01:00Z");
        // A quarter of an hour, once and for all.
        check("Asia/Kathmandu", "1986-01-01", "00:05-01:00", "1985-12-31T18:30Z-19:15Z");
        check("Asia/Kathmandu", "2026-01-01", "00:05-01:00", "2025-12-31T18:20Z-19:15Z");
        check("Pacific/Chatham", "2026-09-27", "03:00-04:00", "2026-09-26T14:00Z-14:15Z");
        check("Pacific/Chatham", "2026-04-05", "03:00-04:00", "2026-04-04T13:15Z-15:15Z");
    }

    // Rule T3
    #[test]
    fn a_day_runs_from_its_first_instant_to_the_next_ones() {
        fn check(zone: &str, date: &str, expect: &str, minutes: i64) {
            let (zone, date) = (Zone::parse(zone).expect(zone), date.parse().expect(date));
            let day = day_span(&zone, date);
            assert_eq!((show(&day).as_str(), day.length().as_mins()), (expect, minutes), "{date} in {zone}");
            if !day.is_empty() {
                assert_eq!(day_of(&zone, day.from), day);
                assert_eq!(day_of(&zone, day.until - SignedDuration::from_millis(1)), day);
                assert_eq!(day_of(&zone, day.until).from, day.until);
            }
        }
        check("Europe/Berlin", "2026-03-28", "2026-03-27T23:00Z-2026-03-28T23:00Z", 1_440);
        check("Europe/Berlin", "2026-03-29", "2026-03-28T23:00Z-2026-03-29T22:00Z", 1_380);
        check("Europe/Berlin", "2026-10-25", "2026-10-24T22:00Z-2026-10-25T23:00Z", 1_500);
        check("Australia/Lord_Howe", "2026-10-04", "2026-10-03T13:30Z-2026-10-04T13:00Z", 1_410);
        check("Australia/Lord_Howe", "2026-04-05", "2026-04-04T13:00Z-2026-04-05T13:30Z", 1_470);
        check("Pacific/Apia", "2011-12-29", "2011-12-29T10:00Z-2011-12-30T10:00Z", 1_440);
        check("Pacific/Apia", "2011-12-30", "2011-12-30T10:00Z-10:00Z", 0);
        check("Pacific/Apia", "2011-12-31", "2011-12-30T10:00Z-2011-12-31T10:00Z", 1_440);
        // Midnight is in a gap; the hour before it comes twice; the clock goes back over it when it has just passed.
        check("Asia/Kathmandu", "1986-01-01", "1985-12-31T18:30Z-1986-01-01T18:15Z", 1_425);
        check("Asia/Beirut", "2026-10-24", "2026-10-23T21:00Z-2026-10-24T22:00Z", 1_500);
        check("America/St_Johns", "2010-11-06", "2010-11-06T02:30Z-2010-11-07T02:30Z", 1_440);
        check("America/St_Johns", "2010-11-07", "2010-11-07T02:30Z-2010-11-08T03:30Z", 1_500);
    }

    // Rule T3
    #[test]
    fn bounds_are_multiples_of_five_minutes_and_a_day_may_end_at_24() {
        fn check(text: &str, expect: Option<&str>) {
            assert_eq!(text.parse::<Minute>().ok().map(|m| m.to_string()).as_deref(), expect, "{text}");
        }
        check("00:00", Some("00:00"));
        check("9:05", Some("09:05"));
        check("23:55", Some("23:55"));
        check("24:00", Some("24:00"));
        check("09:00:00", Some("09:00"));
        check("24:05", None);
        check("09:03", None);
        check("09:60", None);
        check("09:00:30", None);
        check("+9:00", None);
        check("9", None);
        check("12:00:00:00", None);
        check("009:00", None);
        check("", None);
        assert_eq!([-5, 1_440, 1_445, 66_976].map(|m| Minute::new(m).is_some()), [false, true, false, false]);
    }

    #[test]
    fn a_day_has_several_ranges_in_their_order() {
        fn check(text: &str, expect: &str) {
            let shown: Vec<String> =
                ranges(text).iter().map(|r| format!("{}-{}", r.from(), r.to())).collect();
            assert_eq!(shown.join(" "), expect, "{text}");
        }
        check("", "");
        check("13:00-17:00 09:00-12:00", "09:00-12:00 13:00-17:00");
        check("09:00-12:00 12:00-13:00", "09:00-13:00");
        check("09:00-12:00 10:00-11:00 11:30-14:00", "09:00-14:00");
        assert_eq!(Range::new(minute("09:00"), minute("09:00")), None);
        assert_eq!(Range::new(minute("09:00"), minute("08:55")), None);
        let apart = |count: i64| {
            (0..count).filter_map(|n| Range::new(Minute::new(60 * n)?, Minute::new(60 * n + 5)?))
        };
        assert!(Ranges::new(apart(12)).is_some_and(|ranges| ranges.len() == Ranges::MOST));
        assert_eq!(Ranges::new(apart(13)), None);
    }

    // Rules T1, T3
    #[test]
    fn a_date_that_differs_replaces_the_week_and_ranges_touch_over_midnight() {
        let date = |text: &str| text.parse::<Date>().expect(text);
        let hours = Hours {
            zone: Zone::parse("Europe/Berlin").expect("a zone"),
            week: Week::working_days(&ranges("09:00-12:00 22:00-24:00")),
            overrides: [
                (date("2026-06-02"), ranges("00:00-02:00 15:00-16:00")),
                (date("2026-06-03"), Ranges::off()),
                (date("2026-06-06"), ranges("10:00-11:00")),
            ]
            .into(),
        };
        let [from, until] = ["2026-06-01T08:00:00Z", "2026-06-06T08:30:00Z"].map(|at| at.parse().expect(at));
        let open: Vec<String> = hours.open(from, until).iter().map(show).collect();
        assert_eq!(
            open,
            [
                "2026-06-01T08:00Z-10:00Z",
                "2026-06-01T20:00Z-2026-06-02T00:00Z",
                "2026-06-02T13:00Z-14:00Z",
                "2026-06-04T07:00Z-10:00Z",
                "2026-06-04T20:00Z-22:00Z",
                "2026-06-05T07:00Z-10:00Z",
                "2026-06-05T20:00Z-22:00Z",
                "2026-06-06T08:00Z-08:30Z",
            ]
        );
        assert_eq!(hours.open(until, from), []);
        assert_eq!((hours.on(date("2026-06-03")).len(), hours.on(date("2026-06-07")).len()), (0, 0));
        assert_eq!(Week::every_day(&ranges("10:00-11:00")).on(Weekday::Sunday).len(), 1);
    }
}
