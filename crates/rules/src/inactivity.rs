//! Who has gone quiet in a cohort, as what they may be put away, and that nothing begins where somebody was (rule G8).
//! Knows nothing of who is told.

use std::ops::RangeInclusive;

use jiff::civil::{Date, Weekday, time};
use jiff::{SignedDuration, Span, ToSpan};

use crate::refusal::Refusal;
use crate::time::{Instant, Zone};
use crate::words::words;

/// After so many calendar months without any activity somebody is listed, unless the organisation says otherwise.
pub const INACTIVE_MONTHS: i64 = 3;
/// What it may say.
pub const INACTIVE_MONTHS_WITHIN: RangeInclusive<i64> = 1..=24;

/// So many calendar months are never shorter than this, wherever they begin.
pub const fn at_least(months: i64) -> SignedDuration {
    SignedDuration::from_hours((30 * months - 3) * 24)
}

words! {
    /// As what somebody is put away.
    Ending {
        /// Their journey is complete.
        Completed "completed"
        /// They began, and did not get to the end.
        NotFinished "not_finished"
        /// They never had a session.
        NotStarted "not_started"
    }
}

words! {
    /// What is put away, so that nothing begins there.
    Away {
        /// A participant's place.
        Participant "participant"
        /// A whole cohort.
        Cohort "cohort"
    }
}

/// Whether anything may begin for a participant, or in a cohort: both are told since when they are put away.
///
/// # Errors
/// [`Refusal::PutAway`], with what is to be brought back first.
pub fn may_begin(participant: Option<Instant>, cohort: Option<Instant>) -> Result<(), Refusal> {
    match (participant, cohort) {
        (_, Some(_)) => Err(Refusal::PutAway { what: Away::Cohort }),
        (Some(_), None) => Err(Refusal::PutAway { what: Away::Participant }),
        (None, None) => Ok(()),
    }
}

/// What is known of somebody in one cohort.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quiet {
    /// When the cohort begins.
    pub cohort_starts: Instant,
    /// When they joined it.
    pub joined: Instant,
    /// When they were last brought back after being put away.
    pub restored: Option<Instant>,
    /// When a booking was last made for them, whatever became of it.
    pub booked: Option<Instant>,
    /// When the last session that they completed ended.
    pub completed: Option<Instant>,
    /// Whether anything is booked and still to come.
    pub has_ahead: bool,
}

impl Quiet {
    /// The last thing that happened for them.
    pub fn since(&self) -> Instant {
        let other = [self.restored, self.booked, self.completed].into_iter().flatten();
        other.fold(self.cohort_starts.max(self.joined), Instant::max)
    }

    /// When they are listed unless something happens before: so many calendar months of the organisation's zone later, at
    /// the same time of day; a month that is too short ends them on its last day.
    pub fn listed_from(&self, months: i64, zone: &Zone) -> Instant {
        months_after(self.since(), months, zone)
    }

    /// Whether they are listed now.
    pub fn is_inactive(&self, months: i64, zone: &Zone, now: Instant) -> bool {
        !self.has_ahead && self.listed_from(months, zone) <= now
    }
}

fn months_after(at: Instant, months: i64, zone: &Zone) -> Instant {
    let there = at.to_zoned(zone.tz());
    let later = there.checked_add(Span::new().months(months)).unwrap_or(there);
    Instant::from_timestamp(later.timestamp())
}

/// What somebody would be put away as.
pub const fn proposed(has_completed_journey: bool, has_had_a_session: bool) -> Ending {
    if has_completed_journey {
        Ending::Completed
    } else if has_had_a_session {
        Ending::NotFinished
    } else {
        Ending::NotStarted
    }
}

/// Lists are told on this day of the week.
const LISTED_ON: Weekday = Weekday::Monday;
/// And at this hour.
const LISTED_HOUR: i8 = 8;

/// The week whose list was made last: its Monday, and the moment from which it holds.
pub fn week_of(now: Instant, zone: &Zone) -> (Date, Instant) {
    let today = zone.local(now).date();
    let monday = today - i64::from(today.weekday().since(LISTED_ON)).days();
    let made = listed_at(monday, zone);
    if made <= now {
        return (monday, made);
    }
    let before = monday - 7.days();
    (before, listed_at(before, zone))
}

/// When the next list is made.
pub fn next_list(now: Instant, zone: &Zone) -> Instant {
    let (monday, _) = week_of(now, zone);
    listed_at(monday + 7.days(), zone)
}

fn listed_at(day: Date, zone: &Zone) -> Instant {
    let there = day.to_datetime(time(LISTED_HOUR, 0, 0, 0)).to_zoned(zone.tz().clone());
    there.map_or(Instant::from_millis(0), |there| Instant::from_timestamp(there.timestamp()))
}

/// A reminder counts as unanswered when nothing was booked for so long after it (rule G9).
pub const ANSWERED_WITHIN: SignedDuration = SignedDuration::from_hours(7 * 24);
/// So many unanswered reminders, and the project's sponsors may be told, unless the organisation says otherwise (rule G9).
pub const UNANSWERED_REMINDERS: i64 = 2;
/// What it may say.
pub const UNANSWERED_REMINDERS_WITHIN: RangeInclusive<i64> = 1..=10;

/// How many of these reminders nobody answered: none of those before the last booking or the last message to the sponsors,
/// and none that is still young enough to be answered.
pub fn unanswered(
    reminders: &[Instant],
    booked: Option<Instant>,
    told: Option<Instant>,
    now: Instant,
) -> usize {
    let from = booked.max(told);
    let is_open = |at: &&Instant| from.is_none_or(|from| **at > from) && **at + ANSWERED_WITHIN <= now;
    reminders.iter().filter(is_open).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Instant {
        text.parse().expect("an instant")
    }

    fn zone(name: &str) -> Zone {
        Zone::parse(name).expect("a zone")
    }

    const MILLI: SignedDuration = SignedDuration::from_millis(1);

    fn quiet(since: &str) -> Quiet {
        let joined = at(since);
        let old = at("2020-01-01T00:00:00Z");
        Quiet { cohort_starts: old, joined, restored: None, booked: None, completed: None, has_ahead: false }
    }

    // Rule G8
    #[test]
    fn three_months_are_calendar_months_of_the_organisations_zone() {
        fn check(since: &str, of: &str, expect: &str) {
            let (quiet, zone, listed) = (quiet(since), zone(of), at(expect));
            assert_eq!(quiet.listed_from(3, &zone), listed, "{since} in {of}");
            assert!(
                !quiet.is_inactive(3, &zone, listed - MILLI) && quiet.is_inactive(3, &zone, listed),
                "{since}"
            );
        }
        check("2026-01-15T10:00:00Z", "UTC", "2026-04-15T10:00:00Z");
        // A month that is too short ends them on its last day.
        check("2026-01-31T10:00:00Z", "UTC", "2026-04-30T10:00:00Z");
        check("2026-11-30T10:00:00Z", "UTC", "2027-02-28T10:00:00Z");
        check("2027-11-30T10:00:00Z", "UTC", "2028-02-29T10:00:00Z");
        check("2028-02-29T10:00:00Z", "UTC", "2028-05-29T10:00:00Z");
        // The date is the organisation's, and so is the time of day across a change of the clocks.
        check("2026-01-31T23:30:00Z", "Europe/Berlin", "2026-04-30T22:30:00Z");
        check("2026-01-31T10:00:00Z", "Europe/Berlin", "2026-04-30T09:00:00Z");
        check("2026-01-30T23:30:00Z", "Europe/Berlin", "2026-04-29T22:30:00Z");
        check("2026-04-30T22:30:00Z", "Pacific/Auckland", "2026-07-31T22:30:00Z");
        // A time of day that does not exist there is the moment after it.
        check("2025-12-29T01:30:00Z", "Europe/Berlin", "2026-03-29T01:30:00Z");
    }

    // Rule G8
    #[test]
    fn an_organisation_says_after_how_many_months_somebody_has_gone_quiet() {
        let berlin = zone("Europe/Berlin");
        let check = |months: i64, since: &str, expect: &str| {
            assert_eq!(quiet(since).listed_from(months, &berlin), at(expect), "{months} after {since}");
        };
        check(1, "2026-01-31T10:00:00Z", "2026-02-28T10:00:00Z");
        check(6, "2026-01-31T10:00:00Z", "2026-07-31T09:00:00Z");
        check(24, "2026-01-31T10:00:00Z", "2028-01-31T10:00:00Z");
        // Whom a list looks at is nobody too few: from any day on, so many months are longer than that.
        for months in INACTIVE_MONTHS_WITHIN {
            for day in 0..366 * 4 {
                let since = at("2026-01-01T00:30:00Z") + SignedDuration::from_hours(24 * day);
                let one = Quiet { joined: since, ..quiet("2020-01-01T00:00:00Z") };
                assert!(
                    one.listed_from(months, &berlin).since(since) >= at_least(months),
                    "{months} after {since}"
                );
            }
        }
    }

    // Rule G8
    #[test]
    fn it_counts_from_the_latest_of_what_happened_and_ends_with_what_is_ahead() {
        let utc = Zone::utc();
        let old = quiet("2026-01-01T00:00:00Z");
        let check = |quiet: Quiet, since: &str| assert_eq!(quiet.since(), at(since), "{quiet:?}");
        check(old, "2026-01-01T00:00:00Z");
        check(Quiet { cohort_starts: at("2026-02-01T00:00:00Z"), ..old }, "2026-02-01T00:00:00Z");
        check(Quiet { restored: Some(at("2026-03-01T00:00:00Z")), ..old }, "2026-03-01T00:00:00Z");
        check(Quiet { booked: Some(at("2026-03-02T00:00:00Z")), ..old }, "2026-03-02T00:00:00Z");
        check(Quiet { completed: Some(at("2026-03-03T00:00:00Z")), ..old }, "2026-03-03T00:00:00Z");
        let late = at("2027-01-01T00:00:00Z");
        assert!(old.is_inactive(3, &utc, late));
        assert!(!Quiet { has_ahead: true, ..old }.is_inactive(3, &utc, late));
        assert!(!Quiet { cohort_starts: late + MILLI, ..old }.is_inactive(3, &utc, late), "it has not begun");
    }

    // Rule G8
    #[test]
    fn what_somebody_is_put_away_as_follows_from_what_they_did() {
        assert_eq!(proposed(true, true), Ending::Completed);
        assert_eq!(proposed(true, false), Ending::Completed);
        assert_eq!(proposed(false, true), Ending::NotFinished);
        assert_eq!(proposed(false, false), Ending::NotStarted);
    }

    // Rule G8
    #[test]
    fn nothing_begins_where_somebody_or_the_cohort_is_put_away() {
        let since = Some(at("2026-03-01T00:00:00Z"));
        let check = |participant, cohort, expect: Result<(), Away>| {
            assert_eq!(may_begin(participant, cohort), expect.map_err(|what| Refusal::PutAway { what }));
        };
        check(None, None, Ok(()));
        check(since, None, Err(Away::Participant));
        check(None, since, Err(Away::Cohort));
        // Bringing back the one would not be enough.
        check(since, since, Err(Away::Cohort));
    }

    // Rule G8
    #[test]
    fn a_list_is_made_on_monday_morning_of_the_organisations_zone() {
        let berlin = zone("Europe/Berlin");
        fn check(now: &str, zone: &Zone, monday: &str, next: &str) {
            let (day, made) = week_of(at(now), zone);
            assert_eq!(day.to_string(), monday, "{now}");
            assert!(made <= at(now));
            assert_eq!(next_list(at(now), zone), at(next), "{now}");
        }
        check("2026-03-04T12:00:00Z", &berlin, "2026-03-02", "2026-03-09T07:00:00Z");
        check("2026-03-02T06:59:59.999Z", &berlin, "2026-02-23", "2026-03-02T07:00:00Z");
        check("2026-03-02T07:00:00Z", &berlin, "2026-03-02", "2026-03-09T07:00:00Z");
        check("2026-03-29T22:30:00Z", &berlin, "2026-03-23", "2026-03-30T06:00:00Z");
        check("2026-03-01T19:30:00Z", &zone("Pacific/Auckland"), "2026-03-02", "2026-03-08T19:00:00Z");
    }

    // Rule G9
    #[test]
    fn a_reminder_is_unanswered_after_a_week_without_a_booking() {
        let sent = [at("2026-03-01T09:00:00Z"), at("2026-03-10T09:00:00Z")];
        let check = |booked: Option<&str>, told: Option<&str>, now: &str, expect: usize| {
            assert_eq!(
                unanswered(&sent, booked.map(at), told.map(at), at(now)),
                expect,
                "{booked:?} {told:?} {now}"
            );
        };
        check(None, None, "2026-03-08T08:59:59.999Z", 0);
        check(None, None, "2026-03-08T09:00:00Z", 1);
        check(None, None, "2026-03-17T08:59:59.999Z", 1);
        check(None, None, "2026-03-17T09:00:00Z", 2);
        check(Some("2026-02-01T09:00:00Z"), None, "2026-03-20T09:00:00Z", 2);
        check(Some("2026-03-05T09:00:00Z"), None, "2026-03-20T09:00:00Z", 1);
        check(Some("2026-03-12T09:00:00Z"), None, "2026-03-20T09:00:00Z", 0);
        // Once the sponsors were told, it begins anew.
        check(None, Some("2026-03-18T09:00:00Z"), "2026-03-20T09:00:00Z", 0);
    }
}
