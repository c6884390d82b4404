//! The bands of notice, and what is kept of a price in each. Copied to a booking when it is made, so that a
//! later change of settings never touches it (section 6 of the rules). Moves no money.

use std::fmt;
use std::str::FromStr;

use jiff::SignedDuration;

use crate::money::{Money, Percent};
use crate::session::Minutes;
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

/// What is said to somebody before they book: how long it takes, what it costs, and the terms.
///
/// As text it goes along with a form, `60-9000-EUR-24-48-0-50-100`, and comes back to be compared. Nothing is booked by
/// it: whoever writes something else into it is only told that it has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Conditions {
    /// How long it takes.
    pub minutes: Minutes,
    /// What it costs.
    pub price: Money,
    /// What is kept of that when it is cancelled.
    pub terms: Terms,
}

impl fmt::Display for Conditions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Conditions { minutes, price, terms: Terms { bands, kept } } = self;
        write!(f, "{}-{}-{}", minutes.get(), price.minor, price.currency)?;
        write!(f, "-{}-{}", bands.late_hours, bands.free_hours)?;
        write!(f, "-{}-{}-{}", kept.early.get(), kept.between.get(), kept.late.get())
    }
}

/// A text that no conditions have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoConditions;

impl FromStr for Conditions {
    type Err = NoConditions;
    fn from_str(text: &str) -> Result<Conditions, NoConditions> {
        fn read(text: &str) -> Option<Conditions> {
            let parts: Vec<&str> = text.splitn(9, '-').collect();
            let [minutes, minor, currency, late, free, early, between, kept] = parts.try_into().ok()?;
            let share = |text: &str| Percent::new(text.parse().ok()?);
            Some(Conditions {
                minutes: Minutes::new(minutes.parse().ok()?)?,
                price: Money::new(minor.parse().ok()?, currency.parse().ok()?),
                terms: Terms {
                    bands: Bands::new(late.parse().ok()?, free.parse().ok()?)?,
                    kept: Shares { early: share(early)?, between: share(between)?, late: share(kept)? },
                },
            })
        }
        read(text).ok_or(NoConditions)
    }
}

/// What somebody saw before they booked, as far as they say so: nothing else is booked (rules B1, F3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Expected {
    /// How long it takes.
    pub minutes: Option<Minutes>,
    /// What it costs.
    pub price: Option<Money>,
    /// The bounds of notice.
    pub bands: Option<Bands>,
    /// What is kept in each of them.
    pub kept: Option<Shares>,
}

impl From<Conditions> for Expected {
    fn from(Conditions { minutes, price, terms }: Conditions) -> Expected {
        let (minutes, price) = (Some(minutes), Some(price));
        Expected { minutes, price, bands: Some(terms.bands), kept: Some(terms.kept) }
    }
}

impl Expected {
    /// Whether that is what holds now. What costs nothing is kept nothing of, whatever the terms.
    pub fn is(&self, now: &Conditions) -> bool {
        fn same<T: PartialEq>(expected: Option<T>, now: T) -> bool {
            expected.is_none_or(|expected| expected == now)
        }
        if !same(self.minutes, now.minutes) {
            return false;
        }
        let is_free = now.price.is_zero();
        match self.price {
            Some(price) if is_free && price.is_zero() => true,
            _ if !same(self.price, now.price) => false,
            _ => same(self.bands, now.terms.bands) && same(self.kept, now.terms.kept),
        }
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

    // Rule B1
    #[test]
    fn what_was_shown_is_compared_with_what_holds() {
        let shown = |text: &str| text.parse::<Conditions>().expect("conditions");
        let now = shown("60-9000-EUR-24-48-0-50-100");
        let check = |text: &str, expect: bool| {
            assert_eq!(Expected::from(shown(text)).is(&now), expect, "{text}");
        };
        check("60-9000-EUR-24-48-0-50-100", true);
        check("45-9000-EUR-24-48-0-50-100", false);
        check("60-9001-EUR-24-48-0-50-100", false);
        check("60-9000-USD-24-48-0-50-100", false);
        check("60-9000-EUR-23-48-0-50-100", false);
        check("60-9000-EUR-24-49-0-50-100", false);
        check("60-9000-EUR-24-48-1-50-100", false);
        check("60-9000-EUR-24-48-0-51-100", false);
        check("60-9000-EUR-24-48-0-50-99", false);
        // Of what is free nothing is kept, whatever the terms; and who expects nothing is not surprised.
        let free = shown("30-0-EUR-24-48-0-50-100");
        assert!(Expected::from(shown("30-0-USD-12-24-100-100-100")).is(&free));
        assert!(!Expected::from(shown("30-1-EUR-24-48-0-50-100")).is(&free));
        assert!(!Expected::from(shown("60-0-EUR-24-48-0-50-100")).is(&now));
        assert!(Expected::default().is(&now));
        let price = Some(Money::new(9_000, Currency::EUR));
        assert!(Expected { price, ..Expected::default() }.is(&now));
    }

    #[test]
    fn conditions_read_what_they_write_and_nothing_else() {
        let text = "60-9000-EUR-24-48-0-50-100";
        assert_eq!(text.parse::<Conditions>().expect("conditions").to_string(), text);
        for wrong in [
            "",
            "60",
            "60-9000-EUR-24-48-0-50",
            "60-9000-EUR-24-48-0-50-100-1",
            "7-9000-EUR-24-48-0-50-100",
            "60-9000-XXX-24-48-0-50-100",
            "60-9000-EUR-48-24-0-50-100",
            "60-9000-EUR-24-48-0-50-101",
        ] {
            assert_eq!(wrong.parse::<Conditions>(), Err(NoConditions), "{wrong}");
        }
    }
}
