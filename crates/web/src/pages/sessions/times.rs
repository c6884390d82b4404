//! Choosing a time for a session that is there already: what the pages that book and move one have in common.

use jiff::SignedDuration;
use jiff::civil::Date;
use model::session::SessionView;
use rules::meeting::Side;
use rules::time::{Instant, Span, Zone};
use serde::Deserialize;

use super::visit::Visit;
use crate::views::parts::Moment;
use crate::words::Clockface;

/// How far from its first day a page looks for times, in days.
const LOOK_DAYS: i64 = 60;
/// So many other times are offered instead of one that cannot be had.
pub(super) const INSTEAD: usize = 6;

/// The query of such a page.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Asked {
    /// The first day to look at.
    #[serde(default)]
    pub(super) from: String,
    /// The time that is thought of.
    #[serde(default)]
    pub(super) at: String,
}

impl Asked {
    /// The time that is thought of.
    pub(super) fn chosen(&self) -> Option<Instant> {
        self.at.parse().ok()
    }

    /// The first day to look at.
    pub(super) fn first_day(&self) -> Option<Date> {
        self.from.parse().ok()
    }

    /// From when on to look: never from what is past.
    pub(super) fn begin(&self, face: &Clockface, now: Instant) -> Instant {
        self.first_day().and_then(|date| face.begin_of(date)).unwrap_or(now).max(now)
    }
}

/// As far as a page looks from there.
pub(super) fn ahead(from: Instant) -> Span {
    Span::of(from, SignedDuration::from_hours(24 * LOOK_DAYS))
}

/// On whose clock the other side reads; of a group it is nobody's.
pub(super) fn zone_of(seen: &SessionView, side: Side, own: &Clockface) -> Zone {
    let other = match (side, seen.places.as_slice()) {
        (Side::Client, _) => seen.coaches.first().map(|coach| &coach.zone),
        (_, [place]) => Some(&place.zone),
        _ => None,
    };
    other.unwrap_or(own.zone()).clone()
}

/// A start, near by in words and on the reader's clock.
pub(super) fn moment(visit: &Visit, at: Instant, now: Instant) -> Moment {
    Moment {
        iso: at.to_string(),
        text: visit.clockface.short(at, now),
        relative: visit.clockface.start(at, now),
    }
}
