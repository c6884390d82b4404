//! What a coach sells, as far as it decides when it can be booked (rule C2). What it costs and how it is called is
//! stored, and nothing that a slot depends on.

use std::fmt;

use jiff::SignedDuration;

use crate::session::Minutes;

/// Time that stays free before or after a session: a multiple of five minutes (rule T3), at most four hours.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Buffer(u16);

impl Buffer {
    /// Nothing.
    pub const NONE: Buffer = Buffer(0);
    /// The longest, in minutes.
    pub const MOST: u16 = 240;

    /// So many minutes, if a buffer can be that long.
    pub const fn new(minutes: i64) -> Option<Buffer> {
        if minutes >= 0 && minutes <= Self::MOST as i64 && minutes % 5 == 0 {
            Some(Buffer(minutes as u16))
        } else {
            None
        }
    }

    /// The number of minutes.
    pub const fn get(self) -> u16 {
        self.0
    }
}

impl fmt::Debug for Buffer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} min", self.0)
    }
}

/// How far apart the starts on offer are: a multiple of five minutes (rule T3), at most an hour.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Grid(u16);

impl Grid {
    /// The finest, in minutes.
    pub const LEAST: u16 = 5;
    /// The coarsest, in minutes.
    pub const MOST: u16 = 60;
    /// A quarter of an hour (rule A3).
    pub const DEFAULT: Grid = Grid(15);

    /// So many minutes, if a grid can be that wide.
    pub const fn new(minutes: i64) -> Option<Grid> {
        if minutes >= Self::LEAST as i64 && minutes <= Self::MOST as i64 && minutes % 5 == 0 {
            Some(Grid(minutes as u16))
        } else {
            None
        }
    }

    /// The number of minutes.
    pub const fn get(self) -> u16 {
        self.0
    }
}

impl fmt::Debug for Grid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} min", self.0)
    }
}

/// When an offering can be booked, given that the coach is open and free.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// How long a session is.
    pub minutes: Minutes,
    /// What stays free before it.
    pub before: Buffer,
    /// What stays free after it.
    pub after: Buffer,
    /// The least notice, elapsed.
    pub notice: SignedDuration,
    /// How many of the coach's days after today are open for booking; at most [`Policy::WINDOW_DAYS_MAX`] count.
    pub window_days: u32,
    /// The most sessions of this offering that start on one of the coach's days.
    pub daily_cap: Option<u32>,
    /// How far apart starts are.
    pub grid: Grid,
}

impl Policy {
    /// Two years: no window reaches further.
    pub const WINDOW_DAYS_MAX: u32 = 730;
    /// Longer notice than this nobody may ask for.
    pub const NOTICE_MAX: SignedDuration = SignedDuration::from_hours(90 * 24);

    /// The same for whoever moves a session for the house: minimum notice, window and caps do not bind them (rule R1).
    pub const fn for_the_house(self) -> Policy {
        Policy { notice: SignedDuration::ZERO, window_days: Self::WINDOW_DAYS_MAX, daily_cap: None, ..self }
    }

    /// What an offering of this length begins with: half a day's notice, two months ahead, every quarter of an hour.
    pub const fn usual(minutes: Minutes) -> Policy {
        Policy {
            minutes,
            before: Buffer::NONE,
            after: Buffer::NONE,
            notice: SignedDuration::from_hours(12),
            window_days: 60,
            daily_cap: None,
            grid: Grid::DEFAULT,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Rule T3
    #[test]
    fn buffers_and_grids_are_multiples_of_five_minutes() {
        fn check(minutes: i64, buffer: bool, grid: bool) {
            assert_eq!(Buffer::new(minutes).is_some(), buffer, "a buffer of {minutes}");
            assert_eq!(Grid::new(minutes).is_some(), grid, "a grid of {minutes}");
        }
        check(-5, false, false);
        check(0, true, false);
        check(4, false, false);
        check(5, true, true);
        check(7, false, false);
        check(60, true, true);
        check(65, true, false);
        check(240, true, false);
        check(245, false, false);
        check(65_541, false, false);
    }
}
