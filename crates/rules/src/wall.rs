//! The wall clock of one zone over a while. It asks for the zone's changes once, when it is made; after that every
//! question is an addition. Rule T3 is here: which instant a wall time means.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;

use crate::time::{Instant, Zone};

pub(crate) const MINUTE_MILLIS: i64 = 60_000;
pub(crate) const DAY_MILLIS: i64 = 86_400_000;

/// How far beyond its span a wall clock still goes right: more than the longest gap there ever was, with the
/// days around it.
const MARGIN_MILLIS: i64 = 4 * DAY_MILLIS;

/// Wall times are milliseconds from 1970-01-01T00:00 on the wall, days are counted from that date.
pub(crate) struct Wall {
    /// Ascending and touching; never empty.
    stretches: Vec<Stretch>,
}

/// A time without a change of the clock.
#[derive(Clone, Copy)]
pub(crate) struct Stretch {
    from: i64,
    until: i64,
    offset: i64,
}

impl Stretch {
    /// What the wall shows at its first instant.
    pub(crate) fn shows_from(&self) -> i64 {
        self.from + self.offset
    }

    /// What the wall would show at its end, were it not for the change.
    pub(crate) fn shows_until(&self) -> i64 {
        self.until + self.offset
    }

    /// Wall time less elapsed time.
    pub(crate) fn offset(&self) -> i64 {
        self.offset
    }
}

impl Wall {
    /// The clock of a zone between two instants, and some days around them.
    pub(crate) fn over(zone: &Zone, from: Instant, until: Instant) -> Wall {
        let begin = Instant::from_millis(from.millis() - MARGIN_MILLIS);
        let end = Instant::from_millis(until.millis() + MARGIN_MILLIS).millis();
        let mut stretches = Vec::with_capacity(4);
        let mut stretch = Stretch {
            from: i64::MIN / 2,
            until: i64::MAX / 2,
            offset: millis(zone.tz().to_offset(begin.timestamp())),
        };
        for change in zone.tz().following(begin.timestamp()) {
            let (at, offset) = (change.timestamp().as_millisecond(), millis(change.offset()));
            if at > end {
                break;
            }
            if offset != stretch.offset {
                stretches.push(Stretch { until: at, ..stretch });
                stretch = Stretch { from: at, offset, ..stretch };
            }
        }
        stretches.push(stretch);
        Wall { stretches }
    }

    /// The first stretch whose wall has not passed `wall` at its end: a wall time that comes twice is its first
    /// occurrence, and one that never comes stands before the first instant of it.
    pub(crate) fn stretch(&self, wall: i64) -> Stretch {
        let found = self.stretches.iter().find(|stretch| wall < stretch.shows_until());
        *found.unwrap_or(&self.stretches[self.stretches.len() - 1])
    }

    /// The instant that a wall time means (rule T3): in a fold the earlier one, in a gap the instant after it.
    pub(crate) fn instant(&self, wall: i64) -> Instant {
        let stretch = self.stretch(wall);
        Instant::from_millis(stretch.from.max(wall - stretch.offset))
    }

    /// What the wall shows at an instant.
    pub(crate) fn shows(&self, at: Instant) -> i64 {
        let later = self.stretches.partition_point(|stretch| stretch.from <= at.millis());
        at.millis() + self.stretches[later.max(1) - 1].offset
    }

    /// The first instant of a day (rule T3); of a day that never was, the first of the next.
    pub(crate) fn day_from(&self, day: i64) -> Instant {
        self.instant(day * DAY_MILLIS)
    }

    /// The day that an instant belongs to: the last one that has begun.
    pub(crate) fn day(&self, at: Instant) -> i64 {
        let mut day = self.shows(at).div_euclid(DAY_MILLIS);
        // A clock that is set back over midnight shows the old date again; the new day has begun all the same.
        while self.day_from(day + 1) <= at {
            day += 1;
        }
        day
    }
}

fn millis(offset: Offset) -> i64 {
    i64::from(offset.seconds()) * 1_000
}

/// A date as a day.
pub(crate) fn day_of_date(date: Date) -> i64 {
    let midnight = Offset::UTC.to_timestamp(date.at(0, 0, 0, 0)).unwrap_or(Timestamp::MAX);
    midnight.as_second().div_euclid(DAY_MILLIS / 1_000)
}

/// A day as a date.
pub(crate) fn date_of_day(day: i64) -> Date {
    let midnight = Instant::from_millis(day.saturating_mul(DAY_MILLIS));
    Offset::UTC.to_datetime(midnight.timestamp()).date()
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;
    use jiff::tz::AmbiguousOffset;

    use super::*;
    use crate::testing::{Chance, Zones};

    // Rule T3
    #[test]
    fn a_wall_time_means_the_instant_that_the_zone_data_say() {
        let (mut chance, zones) = (Chance::new(48), Zones::all());
        let (mut gaps, mut folds, mut denied) = (0, 0, 0);
        for _ in 0..20_000 {
            let zone = zones.any(&mut chance);
            let near = Zones::about_a_change(&mut chance, &zone);
            let wall_clock = Wall::over(&zone, near, near);
            let wall =
                (wall_clock.shows(near) + chance.between(-3, 3) * DAY_MILLIS / 24).div_euclid(1_000) * 1_000;
            let written = Offset::UTC.to_datetime(Instant::from_millis(wall).timestamp());
            let expect = match zone.tz().to_ambiguous_timestamp(written).offset() {
                AmbiguousOffset::Unambiguous { offset } => offset.to_timestamp(written),
                AmbiguousOffset::Fold { before, .. } => {
                    folds += 1;
                    before.to_timestamp(written)
                }
                AmbiguousOffset::Gap { before, .. } => {
                    gaps += 1;
                    let past = before.to_timestamp(written).expect("an instant of our time");
                    let change = zone.tz().preceding(past + SignedDuration::from_secs(1)).next();
                    Ok(change.expect("a gap has a change").timestamp())
                }
            };
            let expect = expect.expect("an instant of our time");
            let shows = zone.tz().to_datetime(expect);
            // Where listed changes of a zone give way to its rule for ever (Nuuk in 2023), the library finds an instant
            // at which it shows another time itself.
            if shows < written {
                denied += 1;
                continue;
            }
            let expect = Instant::from_timestamp(expect);
            assert_eq!(wall_clock.instant(wall), expect, "{written} in {zone}");
            let shown = Offset::UTC.to_datetime(Instant::from_millis(wall_clock.shows(near)).timestamp());
            assert_eq!(shown, zone.tz().to_datetime(near.timestamp()), "{near} in {zone}");
        }
        assert!(gaps > 300 && folds > 300, "{gaps} gaps and {folds} folds say little");
        assert!(denied < 20, "the library denies {denied} of its own answers");
    }

    #[test]
    fn days_are_dates() {
        for text in ["1969-12-31", "1970-01-01", "2000-02-29", "2026-11-01", "0001-01-02", "9999-12-30"] {
            let date: Date = text.parse().expect(text);
            assert_eq!(date_of_day(day_of_date(date)), date);
        }
        assert_eq!(day_of_date(Date::constant(1970, 1, 2)), 1);
    }
}
