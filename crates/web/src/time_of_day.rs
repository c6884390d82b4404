//! Parts of the day on a reader's clock: when somebody wants to meet a coach, and the groups of free times (rule C1).

use jiff::SignedDuration;
use rules::availability::{Hours, Minute, Range, Ranges, Week};
use rules::free::Free;
use rules::time::{Instant, Span, Zone};

use crate::texts::Coaches;

/// The hour at which nights end and mornings begin.
const NIGHT_UNTIL_HOUR: i8 = 5;

/// A part of the day, on the reader's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeOfDay {
    /// Until noon.
    Morning,
    /// Until five.
    Afternoon,
    /// After that. Whoever looks for evenings can do with the night, and whoever looks for mornings cannot.
    Evening,
}

impl TimeOfDay {
    /// In the order of the day.
    pub const ALL: [TimeOfDay; 3] = [TimeOfDay::Morning, TimeOfDay::Afternoon, TimeOfDay::Evening];

    /// The part of its day that an hour of the wall clock is in.
    pub const fn of_hour(hour: i8) -> TimeOfDay {
        match hour {
            ..12 => TimeOfDay::Morning,
            12..17 => TimeOfDay::Afternoon,
            17.. => TimeOfDay::Evening,
        }
    }

    /// Whether an instant is what is looked for by it, on the wall clock of a zone.
    pub fn is_at(self, at: Instant, zone: &Zone) -> bool {
        let hour = zone.local(at).hour();
        let sought = if hour < NIGHT_UNTIL_HOUR { TimeOfDay::Evening } else { TimeOfDay::of_hour(hour) };
        sought == self
    }

    /// When that is in the next four weeks.
    pub fn spans(self, zone: &Zone, now: Instant) -> Vec<Span> {
        let minute = |hour: i64| Minute::new(hour * 60).expect("hours are multiples of five minutes");
        let night = minute(NIGHT_UNTIL_HOUR.into());
        let bounds = match self {
            TimeOfDay::Morning => vec![(night, minute(12))],
            TimeOfDay::Afternoon => vec![(minute(12), minute(17))],
            TimeOfDay::Evening => vec![(minute(0), night), (minute(17), Minute::END)],
        };
        let daily = bounds.into_iter().filter_map(|(from, to)| Range::new(from, to));
        let daily = Ranges::new(daily).expect("two ranges are few");
        let hours = Hours { zone: zone.clone(), week: Week::every_day(&daily), overrides: [].into() };
        hours.open(now, now + SignedDuration::from_hours(24 * Free::DAYS))
    }

    /// Its name in addresses.
    pub const fn code(self) -> &'static str {
        match self {
            TimeOfDay::Morning => "morning",
            TimeOfDay::Afternoon => "afternoon",
            TimeOfDay::Evening => "evening",
        }
    }

    /// The part with this name in addresses.
    pub fn from_code(code: &str) -> Option<TimeOfDay> {
        TimeOfDay::ALL.into_iter().find(|time| time.code() == code)
    }

    /// Its name.
    pub fn name(self, t: &Coaches) -> &'static str {
        match self {
            TimeOfDay::Morning => t.morning,
            TimeOfDay::Afternoon => t.afternoon,
            TimeOfDay::Evening => t.evening,
        }
    }
}
