//! When people are reminded (rules M1, R6, S7). What is due follows from when a session is and since when that is known;
//! nothing is kept that could go off by itself.

use jiff::SignedDuration;

use crate::time::Instant;
use crate::words::words;

words! {
    /// Which reminder of a session it is.
    Reminder {
        /// A day before.
        Day "day"
        /// An hour before.
        Hour "hour"
    }
}

impl Reminder {
    /// So long before the start.
    pub const fn before(self) -> SignedDuration {
        match self {
            Reminder::Day => SignedDuration::from_hours(24),
            Reminder::Hour => SignedDuration::from_hours(1),
        }
    }
}

/// A request is not reminded of twice within this (rule R6).
pub const MERGED_WITHIN: SignedDuration = SignedDuration::from_mins(30);
/// The last reminder of a request, before it expires (rule R6).
pub const LAST_CALL: SignedDuration = SignedDuration::from_hours(2);
/// So long after the end a coach is asked a second time for a mark (rule S7).
pub const ASKED_AGAIN: SignedDuration = SignedDuration::from_hours(24);
/// So long after the end an unmarked session is listed for the program lead (rule S7).
pub const LISTED_AFTER: SignedDuration = SignedDuration::from_hours(72);

/// The reminder that is due now: its moment has come, was still ahead when the start was set, and the next one's
/// has not come (rule M1).
pub fn due(start: Instant, set_at: Instant, now: Instant) -> Option<Reminder> {
    let (day, hour) = (start - Reminder::Day.before(), start - Reminder::Hour.before());
    let (reminder, moment, until) =
        if now < hour { (Reminder::Day, day, hour) } else { (Reminder::Hour, hour, start) };
    (moment <= now && now < until && set_at < moment).then_some(reminder)
}

/// The next moment after `now` at which one will be due.
pub fn next(start: Instant, set_at: Instant, now: Instant) -> Option<Instant> {
    let moments = Reminder::ALL.iter().map(|reminder| start - reminder.before());
    moments.filter(|moment| now < *moment && set_at < *moment).min()
}

/// When the coach is reminded of a request: at half time and two hours before it ends, soonest first (rule R6). What was
/// past when it was asked is left out, and of two that are close to each other the later one.
pub fn of_request(asked_at: Instant, expires_at: Instant) -> Vec<Instant> {
    let half = asked_at + expires_at.since(asked_at) / 2;
    let last = expires_at - LAST_CALL;
    let (first, second) = (half.min(last), half.max(last));
    let mut moments: Vec<Instant> = [first, second].into_iter().filter(|at| *at > asked_at).collect();
    if let [first, second] = moments[..]
        && second.since(first) <= MERGED_WITHIN
    {
        moments.pop();
    }
    moments
}

/// When the coach is asked for a mark: at the end, and a day later (rule S7).
pub fn of_mark(ends_at: Instant) -> [Instant; 2] {
    [ends_at, ends_at + ASKED_AGAIN]
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Instant = Instant::from_millis(1_774_774_800_000);
    const SECOND: i64 = 1_000;
    const HOUR: i64 = 3_600 * SECOND;

    fn before(millis: i64) -> Instant {
        Instant::from_millis(START.millis() - millis)
    }

    // Rule M1
    #[test]
    fn a_reminder_is_due_from_its_moment_until_the_next_ones() {
        fn check(set: i64, now: i64, expect: Option<Reminder>) {
            assert_eq!(
                due(START, before(set), before(now)),
                expect,
                "set {set} ms before, now {now} ms before"
            );
        }
        use Reminder::{Day, Hour};
        let long = 100 * HOUR;
        check(long, 24 * HOUR + 1, None);
        check(long, 24 * HOUR, Some(Day));
        check(long, HOUR + 1, Some(Day));
        check(long, HOUR, Some(Hour));
        check(long, 1, Some(Hour));
        check(long, 0, None);
        check(long, -1, None);
        // Its moment was past when it was booked or moved, or was that very moment: then the letter of that says it all.
        check(24 * HOUR, 24 * HOUR, None);
        check(24 * HOUR + 1, 24 * HOUR, Some(Day));
        check(24 * HOUR - 1, 23 * HOUR, None);
        check(24 * HOUR - 1, HOUR, Some(Hour));
        check(HOUR - 1, HOUR / 2, None);
    }

    // Rule M1
    #[test]
    fn the_next_moment_is_one_that_is_not_skipped() {
        fn check(set: i64, now: i64, expect: Option<i64>) {
            assert_eq!(next(START, before(set), before(now)), expect.map(before), "set {set}, now {now}");
        }
        check(100 * HOUR, 100 * HOUR, Some(24 * HOUR));
        check(100 * HOUR, 24 * HOUR, Some(HOUR));
        check(100 * HOUR, HOUR, None);
        check(20 * HOUR, 20 * HOUR, Some(HOUR));
        check(HOUR / 2, HOUR / 2, None);
    }

    // Rule R6
    #[test]
    fn a_request_is_reminded_of_at_half_time_and_two_hours_before_its_end() {
        fn check(lives_minutes: i64, expect: &[i64]) {
            let after = |minutes: i64| START + SignedDuration::from_mins(minutes);
            let expect: Vec<Instant> = expect.iter().map(|minutes| after(*minutes)).collect();
            assert_eq!(of_request(START, after(lives_minutes)), expect, "{lives_minutes} minutes");
        }
        check(48 * 60, &[24 * 60, 46 * 60]);
        check(29 * 60, &[29 * 30, 27 * 60]);
        // Two hours before the end is thirty minutes after half time: one of them.
        check(5 * 60, &[150]);
        check(5 * 60 + 2, &[151, 182]);
        check(4 * 60, &[120]);
        // Two hours before its end is half an hour before half time.
        check(3 * 60, &[60]);
        check(2 * 60, &[60]);
        check(60, &[30]);
    }
}
