//! The bands of notice, and what is kept of a price in each. Copied to a booking when it is made, so that a
//! later change of settings never touches it (section 6 of the rules). Moves no money.

use jiff::SignedDuration;

use crate::money::{Money, Percent};
use crate::words::words;

words! {
    /// What a text that people accept is about (rule P9).
    AgreementKind {
        /// How this place is used.
        Terms "terms"
        /// How coach and client work together: needed for the first paid booking.
        Coaching "coaching"
        /// What a paying company gets to know.
        Disclosure "disclosure"
    }
}

/// The two bounds of notice between which things get difficult.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bands {
    late_hours: u16,
    free_hours: u16,
}

impl Bands {
    /// A month: no organisation's bounds are longer.
    pub const MOST_HOURS: u16 = 720;
    /// One day and two days.
    pub const DEFAULT: Bands = Bands { late_hours: 24, free_hours: 48 };

    /// These bounds, if late is not above free and free not above a month.
    pub const fn new(late_hours: i64, free_hours: i64) -> Option<Bands> {
        if 0 <= late_hours && late_hours <= free_hours && free_hours <= Self::MOST_HOURS as i64 {
            Some(Bands { late_hours: late_hours as u16, free_hours: free_hours as u16 })
        } else {
            None
        }
    }

    /// Below this notice a cancellation is late and a move refused.
    pub const fn late(self) -> SignedDuration {
        SignedDuration::from_hours(self.late_hours as i64)
    }

    /// Above this notice a client moves freely, and from it on cancels freely.
    pub const fn free(self) -> SignedDuration {
        SignedDuration::from_hours(self.free_hours as i64)
    }

    /// The lower bound in hours.
    pub const fn late_hours(self) -> u16 {
        self.late_hours
    }

    /// The upper bound in hours.
    pub const fn free_hours(self) -> u16 {
        self.free_hours
    }

    /// Where a client's move stands at this notice (rule R2). Both bounds belong to the middle.
    pub fn for_moving(self, notice: SignedDuration) -> Band {
        if notice > self.free() {
            Band::Early
        } else if notice >= self.late() {
            Band::Between
        } else {
            Band::Late
        }
    }

    /// Where a client's cancellation stands at this notice (rules R9, F3). Each bound belongs to the better side.
    pub fn for_cancelling(self, notice: SignedDuration) -> Band {
        if notice >= self.free() {
            Band::Early
        } else if notice >= self.late() {
            Band::Between
        } else {
            Band::Late
        }
    }
}

/// Where a notice stands between the bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Band {
    /// Long before.
    Early,
    /// In the middle.
    Between,
    /// Too late.
    Late,
}

/// What a client agreed to for one booking (rule F3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// The bounds.
    pub bands: Bands,
    /// The share kept of the price in each of them.
    pub kept: Shares,
}

/// What is kept of a price, by notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shares {
    /// At or above the upper bound.
    pub early: Percent,
    /// From the lower bound up to the upper.
    pub between: Percent,
    /// Below the lower bound, and for a no-show.
    pub late: Percent,
}

impl Terms {
    /// Nothing, half, all.
    pub const DEFAULT: Terms = Terms {
        bands: Bands::DEFAULT,
        kept: Shares { early: Percent::NONE, between: Percent::HALF, late: Percent::ALL },
    };

    /// What is kept if a client cancels with this notice.
    pub fn kept(&self, price: Money, notice: SignedDuration) -> Money {
        self.kept_in(price, self.bands.for_cancelling(notice))
    }

    /// What is kept in this band; for a no-show the last one (rule F3).
    pub fn kept_in(&self, price: Money, band: Band) -> Money {
        price.share(match band {
            Band::Early => self.kept.early,
            Band::Between => self.kept.between,
            Band::Late => self.kept.late,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Currency;

    const HOUR_MILLIS: i64 = 3_600_000;

    // Rules R2, R9, F3
    #[test]
    fn each_bound_belongs_where_the_rules_say() {
        fn check(notice_millis: i64, moving: Band, cancelling: Band, kept: i64) {
            let notice = SignedDuration::from_millis(notice_millis);
            let terms = Terms::DEFAULT;
            assert_eq!(terms.bands.for_moving(notice), moving, "moving at {notice}");
            assert_eq!(terms.bands.for_cancelling(notice), cancelling, "cancelling at {notice}");
            assert_eq!(terms.kept(Money::new(10_000, Currency::EUR), notice).minor, kept, "kept at {notice}");
        }
        use Band::{Between, Early, Late};
        check(72 * HOUR_MILLIS, Early, Early, 0);
        check(48 * HOUR_MILLIS + 1, Early, Early, 0);
        check(48 * HOUR_MILLIS, Between, Early, 0);
        check(48 * HOUR_MILLIS - 1, Between, Between, 5_000);
        check(24 * HOUR_MILLIS + 1, Between, Between, 5_000);
        check(24 * HOUR_MILLIS, Between, Between, 5_000);
        check(24 * HOUR_MILLIS - 1, Late, Late, 10_000);
        check(0, Late, Late, 10_000);
        check(-1, Late, Late, 10_000);
    }

    #[test]
    fn the_lower_bound_is_never_above_the_upper() {
        fn check(late: i64, free: i64, expect: bool) {
            assert_eq!(Bands::new(late, free).is_some(), expect, "{late} and {free}");
        }
        check(24, 48, true);
        check(24, 24, true);
        check(0, 0, true);
        check(48, 24, false);
        check(-1, 24, false);
        check(24, 720, true);
        check(24, 721, false);
    }
}
