//! Where a participant stands on their way: off track, at risk, on track, and why (rule G4). Pure: what happened to their
//! steps comes in, a word with its causes comes out.

use std::cmp::Reverse;
use std::collections::HashMap;

use jiff::SignedDuration;
use jiff::civil::Date;

use crate::attendance::Status;
use crate::time::{Instant, Zone};
use crate::words::words;

/// After so long without activity, with nothing booked, somebody is off track.
pub const SILENT_AFTER: SignedDuration = SignedDuration::from_hours(28 * 24);
/// From so many overdue steps on somebody is off track; one fewer is at risk.
pub const OVERDUE_OFF_TRACK: u32 = 2;

words! {
    /// How somebody does, the greatest need first.
    Engagement {
        /// Two steps overdue, the last two outcomes Missed, or silent for four weeks with nothing booked.
        OffTrack "off_track"
        /// One step overdue, or the last outcome Missed.
        AtRisk "at_risk"
        /// Neither.
        OnTrack "on_track"
    }
}

words! {
    /// How a session stands, as a board is narrowed by it.
    Shown {
        /// Counts and has no time.
        Unbooked "unbooked"
        /// Has a time.
        Booked "booked"
        /// The client attended.
        Completed "completed"
        /// They did not.
        Missed "missed"
        /// An admin disabled it.
        GreyedOut "greyed_out"
        /// Its suggested weeks are over, and nothing is booked.
        Overdue "overdue"
    }
}

words! {
    /// Whom a board shows.
    People {
        /// Those who are on their way.
        Present "present"
        /// Those who were put away (rule G8).
        Archived "archived"
    }
}

words! {
    /// In which order a board is read.
    Sort {
        /// Whoever needs somebody most first.
        Need "need"
        /// By name.
        Name "name"
        /// Whoever has the next session first; nobody without one before them.
        Next "next"
    }
}

/// Why somebody is not on track.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// So many steps whose suggested weeks are over have no time.
    Overdue(u32),
    /// The last two outcomes are Missed.
    MissedTwice,
    /// The last outcome is Missed.
    MissedLast,
    /// No activity since then, and nothing booked.
    Silent(Instant),
}

impl Cause {
    /// Its name for programs.
    pub const fn code(self) -> &'static str {
        match self {
            Cause::Overdue(_) => "overdue",
            Cause::MissedTwice => "missed_twice",
            Cause::MissedLast => "missed_last",
            Cause::Silent(_) => "silent",
        }
    }

    /// What it comes to.
    const fn weighs(self) -> Engagement {
        match self {
            Cause::Overdue(steps) if steps < OVERDUE_OFF_TRACK => Engagement::AtRisk,
            Cause::MissedLast => Engagement::AtRisk,
            Cause::Overdue(_) | Cause::MissedTwice | Cause::Silent(_) => Engagement::OffTrack,
        }
    }
}

/// One step of a journey, or an extra session of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// How it stands.
    pub status: Status,
    /// Whether it is in the denominator (rule G11).
    pub counts: bool,
    /// When its suggested weeks end; none if there are none, or if its journey is complete.
    pub suggested_until: Option<Instant>,
    /// When it is or was: its start, else when its outcome was written down.
    pub at: Option<Instant>,
    /// Whether its journey still runs.
    pub is_open: bool,
}

impl Step {
    /// Whether it is in any number at all: what an admin disabled never is (rule S5).
    pub fn is_counted(&self) -> bool {
        self.counts && self.status != Status::GreyedOut
    }

    /// Whether its suggested weeks have ended and it is not Booked, Completed or Missed.
    pub fn is_overdue(&self, now: Instant) -> bool {
        let is_settled = matches!(self.status, Status::Booked | Status::Completed | Status::Missed);
        self.is_counted() && !is_settled && self.suggested_until.is_some_and(|end| end <= now)
    }
}

/// Nobody is asked to book again within this time.
pub const ASKED_AGAIN_AFTER: SignedDuration = SignedDuration::from_hours(24);
/// Somebody is asked for a step from so long before its suggested weeks begin.
pub const ASKED_BEFORE: SignedDuration = SignedDuration::from_hours(14 * 24);

words! {
    /// Why somebody is not asked to book.
    LeftOut {
        /// They are a test, and get no mail (rule G12).
        Test "test"
        /// They have been put away, and get no nudges (rule G8).
        Archived "archived"
        /// Their account is closed.
        Closed "closed"
        /// All that has no time is greyed out.
        GreyedOut "greyed_out"
        /// Nobody coaches them yet, so that nothing can be booked (rule G6).
        NoCoach "no_coach"
        /// Nothing waits that they could book themselves.
        NothingOpen "nothing_open"
        /// What they could book is suggested for later.
        NotDue "not_due"
        /// They were asked within the last day.
        Recently "recently"
    }
}

/// What is known of somebody who may be asked to book.
#[derive(Clone, Debug, Default)]
pub struct Askable {
    /// A test.
    pub is_test: bool,
    /// Put away.
    pub is_archived: bool,
    /// Without an account that is open.
    pub is_closed: bool,
    /// Whether something of theirs is greyed out.
    pub has_greyed_out: bool,
    /// Whether something of theirs has no time, whoever may give it one.
    pub has_unbooked: bool,
    /// Without a coach, although a 1:1 of theirs has no time: a pod waits for nobody's coach.
    pub waits_for_coach: bool,
    /// What they could book: when its suggested weeks begin, if there are some.
    pub open: Vec<Option<Instant>>,
    /// When they were asked last.
    pub asked_at: Option<Instant>,
}

/// Whether a step is suggested so soon that one is asked to book it.
pub fn is_due(suggested_from: Option<Instant>, now: Instant) -> bool {
    suggested_from.is_none_or(|from| from <= now + ASKED_BEFORE)
}

/// Whether somebody is asked to book now (rules G4, M4).
///
/// # Errors
/// Why not; the first reason that holds.
pub fn may_be_asked(who: &Askable, now: Instant) -> Result<(), LeftOut> {
    let reasons = [
        (who.is_test, LeftOut::Test),
        (who.is_archived, LeftOut::Archived),
        (who.is_closed, LeftOut::Closed),
        (who.open.is_empty() && who.has_greyed_out && !who.has_unbooked, LeftOut::GreyedOut),
        (who.open.is_empty() && who.waits_for_coach, LeftOut::NoCoach),
        (who.open.is_empty(), LeftOut::NothingOpen),
        (!who.open.iter().any(|from| is_due(*from, now)), LeftOut::NotDue),
        (who.asked_at.is_some_and(|at| now < at + ASKED_AGAIN_AFTER), LeftOut::Recently),
    ];
    match reasons.into_iter().find(|(holds, _)| *holds) {
        Some((_, reason)) => Err(reason),
        None => Ok(()),
    }
}

/// The suggested weeks of a step of one journey: days of the organisation, and so the same days for every reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Suggested {
    /// Their first day.
    pub first: Date,
    /// Their last day, which is in them.
    pub last: Date,
    /// The first instant of the first day.
    pub from: Instant,
    /// The first instant after the last day.
    pub end: Instant,
}

/// Works suggested weeks out, each once: those of a cohort mostly begin on one day.
#[derive(Debug)]
pub struct SuggestedWeeks {
    /// The organisation's.
    zone: Zone,
    known: HashMap<(Instant, (u16, u16)), Suggested>,
}

impl SuggestedWeeks {
    /// On the organisation's calendar.
    pub fn new(zone: Zone) -> SuggestedWeeks {
        SuggestedWeeks { zone, known: HashMap::new() }
    }

    /// The weeks from the first to the last of a journey that began then: its first week is 1, and begins with the day
    /// of that moment.
    pub fn of(&mut self, began: Instant, weeks: (u16, u16)) -> Suggested {
        let zone = &self.zone;
        *self.known.entry((began, weeks)).or_insert_with(|| {
            let begin = zone.local(began).date();
            let after = |days: i64| begin.saturating_add(SignedDuration::from_hours(24 * days));
            let (first, end) = (after(7 * (i64::from(weeks.0) - 1)), after(7 * i64::from(weeks.1)));
            Suggested {
                first,
                last: after(7 * i64::from(weeks.1) - 1),
                from: zone.begin_of(first).unwrap_or(began),
                end: zone.begin_of(end).unwrap_or(began),
            }
        })
    }
}

/// The word for somebody, and what it rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The word.
    pub engagement: Engagement,
    /// How many of their steps are overdue.
    pub overdue: u32,
    /// What the word rests on; nothing for who is on track.
    pub causes: Vec<Cause>,
}

impl Standing {
    /// Of somebody with these steps, in any order, who was last active then. Whoever has nothing left to book is not
    /// silent but done.
    pub fn of(steps: &[Step], last_active: Instant, now: Instant) -> Standing {
        let overdue = steps.iter().filter(|step| step.is_overdue(now)).count() as u32;
        let mut outcomes: Vec<(Instant, Status)> = steps
            .iter()
            .filter(|step| step.counts && matches!(step.status, Status::Completed | Status::Missed))
            .filter_map(|step| Some((step.at?, step.status)))
            .collect();
        outcomes.sort_by_key(|(at, _)| Reverse(*at));
        let missed = outcomes.iter().take_while(|(_, status)| *status == Status::Missed).count();
        let has = |status| steps.iter().any(|step| step.status == status);
        let waits = |step: &Step| step.is_open && step.is_counted() && step.status == Status::Unbooked;
        let is_silent = now.since(last_active) >= SILENT_AFTER;

        let mut causes = Vec::new();
        if overdue > 0 {
            causes.push(Cause::Overdue(overdue));
        }
        match missed {
            0 => {}
            1 => causes.push(Cause::MissedLast),
            _ => causes.push(Cause::MissedTwice),
        }
        if is_silent && !has(Status::Booked) && steps.iter().any(waits) {
            causes.push(Cause::Silent(last_active));
        }
        let engagement = causes.iter().map(|cause| cause.weighs()).min().unwrap_or(Engagement::OnTrack);
        // A lesser cause explains nothing of a greater word.
        causes.retain(|cause| cause.weighs() == engagement);
        Standing { engagement, overdue, causes }
    }

    /// Sorts by need: the worst word first, then who has more overdue, then who was active longest ago.
    pub fn need(&self, last_active: Instant) -> impl Ord + use<> {
        (self.engagement, Reverse(self.overdue), last_active)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEGAN: Instant = Instant::from_millis(1_790_000_000_000);
    const DAY: SignedDuration = SignedDuration::from_hours(24);
    const MILLI: SignedDuration = SignedDuration::from_millis(1);

    fn day(day: i32) -> Instant {
        BEGAN + DAY * day
    }

    /// Words with spaces: status, then `@day` on which it was, `until day` of its weeks, `extra` if it counts nowhere,
    /// `closed` if its journey is complete.
    fn steps(text: &str) -> Vec<Step> {
        let one = |text: &str| {
            let mut words = text.split_whitespace();
            let status = words.next().and_then(Status::from_code).expect("a status");
            let mut step = Step { status, counts: true, suggested_until: None, at: None, is_open: true };
            for word in words {
                match word.split_at(1) {
                    ("@", on) => step.at = Some(day(on.parse().expect("a day"))),
                    ("<", end) => step.suggested_until = Some(day(end.parse().expect("a day"))),
                    _ if word == "extra" => step.counts = false,
                    _ => step.is_open = false,
                }
            }
            step
        };
        text.split(',').map(|text| one(text.trim())).collect()
    }

    // Rule G4
    #[test]
    fn a_step_is_overdue_once_its_suggested_week_has_ended_and_nothing_came_of_it() {
        fn check(text: &str, now: Instant, expect: bool) {
            assert_eq!(steps(text)[0].is_overdue(now), expect, "{text} at {now}");
        }
        check("unbooked <14", day(14) - MILLI, false);
        check("unbooked <14", day(14), true);
        check("booked <14 @30", day(20), false);
        check("completed <14 @10", day(20), false);
        check("missed <14 @10", day(20), false);
        // What is disabled or counts nowhere is never overdue, nor is what nobody suggested weeks for.
        check("greyed_out <14", day(20), false);
        check("unbooked <14 extra", day(20), false);
        check("unbooked", day(20), false);
    }

    // Rule G4
    #[test]
    fn suggested_weeks_are_days_of_the_organisation_and_do_not_touch() {
        fn check(zone: &str, began: &str, weeks: (u16, u16), days: [&str; 2], moments: [&str; 2]) {
            let zone = Zone::parse(zone).expect("a zone");
            let got = SuggestedWeeks::new(zone).of(began.parse().expect("a moment"), weeks);
            assert_eq!([got.first.to_string(), got.last.to_string()], days, "{began} {weeks:?}");
            assert_eq!([got.from.to_string(), got.end.to_string()], moments, "{began} {weeks:?}");
        }
        // Midnight of Monday in Berlin is Sunday in Casablanca and in UTC.
        let began = "2026-11-29T23:00:00Z";
        let first = ["2026-11-30", "2026-12-06"];
        check("Europe/Berlin", began, (1, 1), first, ["2026-11-29T23:00:00Z", "2026-12-06T23:00:00Z"]);
        let next = ["2026-12-07", "2026-12-20"];
        check("Europe/Berlin", began, (2, 3), next, ["2026-12-06T23:00:00Z", "2026-12-20T23:00:00Z"]);
        // A day is a day when the clocks change, and when the journey began in the middle of one.
        let across = ["2026-03-23", "2026-03-29"];
        let moments = ["2026-03-22T23:00:00Z", "2026-03-29T22:00:00Z"];
        check("Europe/Berlin", "2026-03-23T15:30:00Z", (1, 1), across, moments);
    }

    // Rule G4
    #[test]
    fn off_track_at_risk_and_on_track_are_told_apart_as_the_rules_word_it() {
        fn check(text: &str, active: i32, now: Instant, expect: Engagement, causes: &[&str]) {
            let standing = Standing::of(&steps(text), day(active), now);
            let codes: Vec<&str> = standing.causes.iter().map(|cause| cause.code()).collect();
            assert_eq!((standing.engagement, codes.as_slice()), (expect, causes), "{text} at {now}");
        }
        use Engagement::{AtRisk, OffTrack, OnTrack};
        check("unbooked <14, unbooked <28", 0, day(14) - MILLI, OnTrack, &[]);
        check("unbooked <14, unbooked <21", 0, day(20), AtRisk, &["overdue"]);
        check("unbooked <14, unbooked <21", 0, day(21), OffTrack, &["overdue"]);
        check("unbooked <14, greyed_out <14, unbooked <14 extra", 0, day(20), AtRisk, &["overdue"]);
        // The last outcome, then the last two; what lies before them does not matter.
        check("completed @1, missed @8, unbooked", 8, day(9), AtRisk, &["missed_last"]);
        check("missed @1, missed @8, unbooked", 8, day(9), OffTrack, &["missed_twice"]);
        check("missed @8, completed @9, missed @1", 9, day(10), OnTrack, &[]);
        check("missed @1, completed @4, missed @8", 8, day(9), AtRisk, &["missed_last"]);
        check("missed @1, greyed_out @4, missed @8", 8, day(9), OffTrack, &["missed_twice"]);
        check("completed @1, missed @8 extra", 8, day(9), OnTrack, &[]);
        // Four weeks of silence, unless something is booked or nothing is left.
        check("completed @1, unbooked", 1, day(29) - MILLI, OnTrack, &[]);
        check("completed @1, unbooked", 1, day(29), OffTrack, &["silent"]);
        check("completed @1, booked @60, unbooked", 1, day(40), OnTrack, &[]);
        check("completed @1, completed @2", 2, day(90), OnTrack, &[]);
        check("completed @1, greyed_out", 1, day(90), OnTrack, &[]);
        check("completed @1, unbooked closed", 1, day(90), OnTrack, &[]);
        // Of several causes those stand that the word rests on.
        check("missed @1, unbooked <14, unbooked <21", 1, day(22), OffTrack, &["overdue"]);
        check("missed @1, unbooked <14", 1, day(15), AtRisk, &["overdue", "missed_last"]);
        check(
            "missed @1, missed @2, unbooked <7, unbooked <7",
            2,
            day(40),
            OffTrack,
            &["overdue", "missed_twice", "silent"],
        );
    }

    // Rule G4
    #[test]
    fn the_greatest_need_comes_first() {
        let standing = |text: &str| Standing::of(&steps(text), day(20), day(25));
        let three = standing("unbooked <1, unbooked <2, unbooked <3");
        let two = standing("unbooked <1, unbooked <2");
        let one = standing("unbooked <1");
        let none = standing("completed @1");
        assert!(three.need(day(20)) < two.need(day(20)));
        assert!(two.need(day(19)) < two.need(day(20)), "who was active longer ago");
        assert!(two.need(day(20)) < one.need(day(1)) && one.need(day(20)) < none.need(day(1)));
    }

    // Rule G4
    #[test]
    fn who_is_asked_to_book_has_something_to_book_soon_and_was_not_asked_today() {
        let now = day(10);
        let able = || Askable { open: vec![None], has_unbooked: true, ..Askable::default() };
        let check = |who: Askable, expect: Result<(), LeftOut>| {
            assert_eq!(may_be_asked(&who, now), expect, "{who:?}");
        };
        check(able(), Ok(()));
        check(Askable { is_test: true, ..able() }, Err(LeftOut::Test));
        check(Askable { is_archived: true, ..able() }, Err(LeftOut::Archived));
        check(Askable { is_closed: true, ..able() }, Err(LeftOut::Closed));
        check(Askable { open: vec![], ..able() }, Err(LeftOut::NothingOpen));
        let greyed = Askable { open: vec![], has_greyed_out: true, has_unbooked: false, ..able() };
        check(greyed.clone(), Err(LeftOut::GreyedOut));
        check(Askable { waits_for_coach: true, ..greyed.clone() }, Err(LeftOut::GreyedOut));
        check(Askable { has_unbooked: true, ..greyed.clone() }, Err(LeftOut::NothingOpen));
        check(Askable { has_unbooked: true, waits_for_coach: true, ..greyed }, Err(LeftOut::NoCoach));
        check(Askable { open: vec![Some(now + ASKED_BEFORE)], ..able() }, Ok(()));
        check(Askable { open: vec![Some(now + ASKED_BEFORE + MILLI)], ..able() }, Err(LeftOut::NotDue));
        check(Askable { open: vec![Some(day(90)), Some(day(1))], ..able() }, Ok(()));
        check(Askable { asked_at: Some(now - ASKED_AGAIN_AFTER), ..able() }, Ok(()));
        check(Askable { asked_at: Some(now - ASKED_AGAIN_AFTER + MILLI), ..able() }, Err(LeftOut::Recently));
    }
}
