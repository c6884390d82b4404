//! The dates of sessions that are booked together, a week or two apart (rule B6). Which of them are free is asked of
//! [`crate::slots`].

use std::fmt;

use crate::time::{Instant, Quantum, Zone};
use crate::wall::{DAY_MILLIS, Wall};
use crate::words::words;

words! {
    /// How far apart the sessions of a series are.
    Every {
        /// On the same weekday of each week.
        Week "week"
        /// On the same weekday of every second week.
        TwoWeeks "two_weeks"
    }
}

impl Every {
    /// The number of weeks.
    pub const fn weeks(self) -> u8 {
        match self {
            Every::Week => 1,
            Every::TwoWeeks => 2,
        }
    }

    /// The one of so many weeks.
    pub fn from_weeks(weeks: i64) -> Option<Every> {
        Every::ALL.iter().copied().find(|every| i64::from(every.weeks()) == weeks)
    }
}

/// How many sessions a series has: 2 to 12.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Count(u8);

impl Count {
    /// Fewer would be no series.
    pub const LEAST: u8 = 2;
    /// The longest series.
    pub const MOST: u8 = 12;

    /// So many, if a series can be that long.
    pub const fn new(count: i64) -> Option<Count> {
        if count >= Self::LEAST as i64 && count <= Self::MOST as i64 {
            Some(Count(count as u8))
        } else {
            None
        }
    }

    /// The number.
    pub const fn get(self) -> u8 {
        self.0
    }
}

impl fmt::Debug for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// The starts of a series, the first included: the same wall time of the coach's zone on each date. Where that wall
/// time never comes it is the instant after the gap, where it comes twice the earlier one (rule T3).
pub fn starts(zone: &Zone, first: Instant, every: Every, count: Count) -> Vec<Instant> {
    let apart = i64::from(every.weeks()) * 7 * DAY_MILLIS;
    let last = Instant::from_millis(first.millis() + apart * i64::from(count.get()));
    let wall = Wall::over(zone, first, last);
    let shows = wall.shows(first);
    let later = (1..i64::from(count.get())).map(|n| on_five_minutes(wall.instant(shows + n * apart)));
    std::iter::once(first).chain(later).collect()
}

/// Itself, or the next instant at which something can start: only clocks of long ago were changed by odd seconds.
fn on_five_minutes(at: Instant) -> Instant {
    Quantum::of(Instant::from_millis(at.millis() + Quantum::MILLIS - 1)).start()
}

#[cfg(test)]
mod tests {
    use super::*;

    // Rules B6, T3
    #[test]
    fn a_series_keeps_the_wall_time_of_the_coachs_zone() {
        fn check(zone: &str, first: &str, every: Every, expect: &[&str]) {
            let zone = Zone::parse(zone).expect(zone);
            let count = Count::new(expect.len() as i64).expect("a series");
            let got = starts(&zone, first.parse().expect(first), every, count);
            let got: Vec<String> = got.iter().map(Instant::to_string).collect();
            assert_eq!(got, expect, "{first} in {zone}");
        }
        use Every::{TwoWeeks, Week};
        // 10:00 before and after the clocks go forward, and back.
        check(
            "Europe/Berlin",
            "2026-03-22T09:00:00Z",
            Week,
            &["2026-03-22T09:00:00Z", "2026-03-29T08:00:00Z"],
        );
        check(
            "Europe/Berlin",
            "2026-10-13T08:00:00Z",
            TwoWeeks,
            &["2026-10-13T08:00:00Z", "2026-10-27T09:00:00Z"],
        );
        // 02:30 never comes on the 29th: the instant after the gap; a week later it is 02:30 again.
        check(
            "Europe/Berlin",
            "2026-03-22T01:30:00Z",
            Week,
            &["2026-03-22T01:30:00Z", "2026-03-29T01:00:00Z", "2026-04-05T00:30:00Z"],
        );
        // 02:30 comes twice on the 25th: the earlier one.
        check(
            "Europe/Berlin",
            "2026-10-18T00:30:00Z",
            Week,
            &["2026-10-18T00:30:00Z", "2026-10-25T00:30:00Z"],
        );
        // The first one stays where it is, even if it is the later of two.
        check(
            "Europe/Berlin",
            "2026-10-25T01:30:00Z",
            Week,
            &["2026-10-25T01:30:00Z", "2026-11-01T01:30:00Z"],
        );
        // The 30th never was.
        check(
            "Pacific/Apia",
            "2011-12-23T20:00:00Z",
            Week,
            &["2011-12-23T20:00:00Z", "2011-12-30T10:00:00Z"],
        );
    }

    // Rule B6
    #[test]
    fn a_series_has_two_to_twelve_sessions_a_week_or_two_apart() {
        fn check(count: i64, expect: Option<u8>) {
            assert_eq!(Count::new(count).map(Count::get), expect, "{count}");
        }
        check(-1, None);
        check(1, None);
        check(2, Some(2));
        check(12, Some(12));
        check(13, None);
        check(258, None);
        assert_eq!(
            [0, 1, 2, 3].map(Every::from_weeks),
            [None, Some(Every::Week), Some(Every::TwoWeeks), None]
        );
    }
}
