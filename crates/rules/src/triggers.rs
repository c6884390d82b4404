//! Mail by rule (M5): what has to be so for how long, who is written to, how often, and why somebody is not. Pure: how a
//! participant's journeys stand comes in, occasions and moments come out. Knows no texts, and not what was queued.
//!
//! An *occasion* is one thing that is so: this step has no time, that session was missed. Its mails have moments, which
//! are worked out from what is stored each time they are asked for; nothing is kept that could go off by itself.

use jiff::SignedDuration;

use crate::attendance::Status;
use crate::ids::{AttendanceId, EventId, JourneyId, PersonId, SessionId};
use crate::pathway::{Order, waits_for};
use crate::refusal::Problem;
use crate::time::Instant;
use crate::words::words;

/// No mail leaves sooner than this after its occasion began: what is marked by mistake is undone by then.
pub const WAIT_LEAST_HOURS: u32 = 1;
/// The longest wait.
pub const WAIT_MOST_HOURS: u32 = 365 * 24;
/// The most mails about one occasion.
pub const TIMES_MOST: u32 = 10;
/// Two mails about one occasion are no closer than this: a clock that jumps by three days passes no two of them.
pub const AGAIN_LEAST_HOURS: u32 = 3 * 24;
/// The longest distance between two.
pub const AGAIN_MOST_HOURS: u32 = 180 * 24;
/// A mail whose moment is longer ago than this is not sent any more.
pub const LATE_AFTER: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Mails of rules leave at full quarters of an hour, so that many moments are one.
pub const LEAVES_EVERY: SignedDuration = SignedDuration::from_mins(15);
/// Two mails of rules to one person that lead to one session are no closer than this, whichever rules they are of: three
/// rules, as many as can speak of one session, are through before the first of them writes again.
pub const APART: SignedDuration = SignedDuration::from_hours(24);

words! {
    /// What has to be so.
    Condition {
        /// A step has no time, and its participant could give it one.
        Unbooked "unbooked"
        /// A session was missed.
        Missed "missed"
        /// A session was completed, nothing is booked, and the next step could be.
        NextNotBooked "next_not_booked"
        /// All steps but one are completed or missed.
        NearlyOver "nearly_over"
        /// A session is over, and its coach has not said how it went.
        Unmarked "unmarked"
    }
}

impl Condition {
    /// To whom mails about this can go, the usual one first.
    pub const fn recipients(self) -> &'static [Recipient] {
        match self {
            Condition::Unmarked => &[Recipient::Coach],
            _ => &[Recipient::Participant, Recipient::Coach],
        }
    }

    /// Whether it stays so until somebody does something, so that more than one mail makes sense.
    pub const fn lasts(self) -> bool {
        match self {
            Condition::Unbooked | Condition::NextNotBooked | Condition::Unmarked => true,
            Condition::Missed | Condition::NearlyOver => false,
        }
    }
}

words! {
    /// To whom a rule writes.
    Recipient {
        /// To whom it happens.
        Participant "participant"
        /// To who coaches them; of an unmarked session, to who marks it.
        Coach "coach"
    }
}

words! {
    /// Where a rule holds, the weakest first: what is nearer to the participant goes before what is farther.
    Level {
        /// In all cohorts of a company.
        Company "company"
        /// In all cohorts of a project.
        Project "project"
        /// In one cohort.
        Cohort "cohort"
    }
}

/// When mails about an occasion leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timing {
    /// The first, so long after the occasion began.
    pub wait_hours: u32,
    /// So many at most.
    pub times: u32,
    /// So long after each other; of no meaning if there is one only.
    pub again_hours: u32,
}

impl Timing {
    /// Checked.
    ///
    /// # Errors
    /// The field that cannot be, and why.
    pub fn new(
        condition: Condition,
        wait_hours: i64,
        times: i64,
        again_hours: i64,
    ) -> Result<Timing, (&'static str, Problem)> {
        fn within(
            field: &'static str,
            value: i64,
            least: u32,
            most: u32,
        ) -> Result<u32, (&'static str, Problem)> {
            let (least, most) = (i64::from(least), i64::from(most));
            let fits =
                (least..=most).contains(&value).then_some(value).and_then(|value| u32::try_from(value).ok());
            fits.ok_or((field, Problem::OutOfRange { least, most }))
        }
        let wait_hours = within("wait", wait_hours, WAIT_LEAST_HOURS, WAIT_MOST_HOURS)?;
        let times = within("times", times, 1, if condition.lasts() { TIMES_MOST } else { 1 })?;
        let again_hours = match times {
            1 => AGAIN_LEAST_HOURS,
            _ => within("again", again_hours, AGAIN_LEAST_HOURS, AGAIN_MOST_HOURS)?,
        };
        Ok(Timing { wait_hours, times, again_hours })
    }
}

/// What judges an occasion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// What has to be so.
    pub condition: Condition,
    /// To whom it writes.
    pub recipient: Recipient,
    /// When.
    pub timing: Timing,
    /// Since when the rule is as it is: what was so before counts from then.
    pub since: Instant,
    /// Since when it sends: moments before that are passed over.
    pub live: Instant,
}

words! {
    /// Why somebody gets no mail although it is so for them.
    LeftOut {
        /// They are a test, and get no real mail (rule G12).
        Test "test"
        /// They have been put away (rule G8).
        Archived "archived"
        /// Their account, or that of whom it would go to, is closed.
        Closed "closed"
        /// Their journey is complete.
        Complete "complete"
        /// They want no such mails (rule M4).
        Refuses "refuses"
        /// Nobody coaches them.
        NoCoach "no_coach"
        /// All that has no time is greyed out.
        GreyedOut "greyed_out"
        /// The step has no date that could be chosen (rule G5).
        NoDate "no_date"
        /// It happened before there was the rule.
        Before "before"
        /// All mails about this have been sent.
        Sent "sent"
        /// The moment was too long ago, or came while the rule was paused.
        Late "late"
    }
}

/// How a step without a time can get one from its participant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dates {
    /// They choose any free time of their coach.
    #[default]
    Free,
    /// They choose among the dates of pods.
    Chosen,
    /// There is none to choose: all are over or full, or somebody else says which.
    None,
}

/// One place in one session of a journey.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The place.
    pub attendance: AttendanceId,
    /// The session.
    pub session: SessionId,
    /// The step's number; none for an extra session (rule G11).
    pub number: Option<u32>,
    /// How it stands.
    pub status: Status,
    /// Whether it is in the denominator.
    pub counts: bool,
    /// When it was booked.
    pub booked_at: Option<Instant>,
    /// When its outcome was written down.
    pub outcome_at: Option<Instant>,
    /// When it ends or ended.
    pub ends_at: Option<Instant>,
    /// Whether its client contests its Missed, and nobody has settled that.
    pub is_contested: bool,
    /// When its suggested weeks begin.
    pub suggested_from: Option<Instant>,
    /// When it last lost its time, by which event.
    pub freed: Option<(EventId, Instant)>,
    /// How it gets one.
    pub dates: Dates,
    /// Who marks it.
    pub marks: Option<PersonId>,
}

/// A participant's copy of a pathway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Journey {
    /// Its id.
    pub id: JourneyId,
    /// In which order its steps open.
    pub order: Order,
    /// When it began or begins.
    pub starts_at: Instant,
    /// Whether it was said to be complete.
    pub is_complete: bool,
    /// Its places: the steps in their order, then what was added.
    pub places: Vec<Place>,
}

/// A participant, as far as rules ask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Somebody {
    /// Who.
    pub person: PersonId,
    /// Who coaches them.
    pub coach: Option<PersonId>,
    /// When they joined.
    pub joined_at: Instant,
    /// Whether they are a test.
    pub is_test: bool,
    /// Whether they have been put away.
    pub is_archived: bool,
    /// Whether their account is closed.
    pub is_closed: bool,
    /// Their journeys.
    pub journeys: Vec<Journey>,
}

/// One thing that is so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Occasion {
    /// What it is about: a place, a session or a journey, by its number. With `turn`, the rule and the reader it is what
    /// is told once.
    pub about: i64,
    /// Which time it is so: the event by which it became so again, or 0.
    pub turn: i64,
    /// Since when it is so.
    pub began: Instant,
    /// The session that the mail leads to.
    pub session: SessionId,
    /// Who reads it.
    pub to: PersonId,
}

/// What a participant gives cause for: occasions, and why others are none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// What is so.
    pub occasions: Vec<Occasion>,
    /// Why there is none, although it is so or nearly so.
    pub left_out: Option<LeftOut>,
}

/// What of this participant is an occasion at this moment.
pub fn occasions(condition: Condition, recipient: Recipient, who: &Somebody, now: Instant) -> Found {
    let mut found = Found::default();
    for journey in &who.journeys {
        match condition {
            Condition::Unbooked => unbooked(who, journey, &mut found),
            Condition::Missed => missed(journey, &mut found),
            Condition::NextNotBooked => next_not_booked(who, journey, &mut found),
            Condition::NearlyOver => nearly_over(journey, &mut found),
            Condition::Unmarked => unmarked(journey, now, &mut found),
        }
    }
    let is_so = !found.occasions.is_empty();
    let reason = [
        (who.is_test, LeftOut::Test),
        (who.is_archived, LeftOut::Archived),
        (who.is_closed, LeftOut::Closed),
    ];
    if let Some((_, reason)) = reason.into_iter().find(|(holds, _)| *holds && is_so) {
        return Found { occasions: Vec::new(), left_out: Some(reason) };
    }
    for occasion in &mut found.occasions {
        match (condition, recipient) {
            (Condition::Unmarked, _) => {}
            (_, Recipient::Participant) => occasion.to = who.person,
            (_, Recipient::Coach) => occasion.to = who.coach.unwrap_or(who.person),
        }
    }
    if recipient == Recipient::Coach && condition != Condition::Unmarked && who.coach.is_none() && is_so {
        return Found { occasions: Vec::new(), left_out: Some(LeftOut::NoCoach) };
    }
    found
}

impl Found {
    fn add(&mut self, journey: &Journey, about: i64, turn: i64, began: Instant, place: &Place) {
        if journey.is_complete {
            self.left_out = Some(LeftOut::Complete);
            return;
        }
        // Who reads it is said for all at the end.
        let to = place.marks.unwrap_or(PersonId::from_raw(0));
        self.occasions.push(Occasion { about, turn, began, session: place.session, to });
    }
}

/// The first step that its participant could give a time, and since when; or why there is none.
fn first_open<'a>(who: &Somebody, journey: &'a Journey) -> Result<(&'a Place, Instant), Option<LeftOut>> {
    let mut before: Vec<(Status, Option<Instant>)> = Vec::new();
    let (mut reason, mut has_greyed_out) = (None, false);
    for place in &journey.places {
        let statuses: Vec<Status> = before.iter().map(|(status, _)| *status).collect();
        let is_reached = place.number.is_none() || waits_for(journey.order, &statuses).is_none();
        has_greyed_out |= place.status == Status::GreyedOut;
        if place.status == Status::Unbooked && is_reached {
            let reached = match (journey.order, place.number) {
                (Order::Ordered, Some(_)) => before
                    .iter()
                    .rev()
                    .find(|(status, _)| *status != Status::GreyedOut)
                    .and_then(|(_, at)| *at),
                _ => None,
            };
            let began = [
                Some(who.joined_at),
                Some(journey.starts_at),
                reached,
                place.suggested_from,
                place.freed.map(|(_, at)| at),
            ];
            let began = began.into_iter().flatten().max().unwrap_or(journey.starts_at);
            match place.dates {
                Dates::Free if who.coach.is_none() => reason = reason.or(Some(LeftOut::NoCoach)),
                Dates::None => reason = reason.or(Some(LeftOut::NoDate)),
                Dates::Free | Dates::Chosen => return Ok((place, began)),
            }
        }
        if place.number.is_some() {
            let reached = [place.booked_at, place.outcome_at].into_iter().flatten().min();
            before.push((place.status, reached));
        }
    }
    let waits = journey.places.iter().any(|place| place.status == Status::Unbooked);
    Err(reason.or((has_greyed_out && !waits).then_some(LeftOut::GreyedOut)))
}

fn unbooked(who: &Somebody, journey: &Journey, found: &mut Found) {
    match first_open(who, journey) {
        Ok((place, began)) => found.add(journey, place.attendance.raw(), turn(place), began, place),
        Err(reason) => found.left_out = found.left_out.or(reason.filter(|_| !journey.is_complete)),
    }
}

fn turn(place: &Place) -> i64 {
    place.freed.map_or(0, |(event, _)| event.raw())
}

fn missed(journey: &Journey, found: &mut Found) {
    let missed = journey.places.iter().filter(|place| place.status == Status::Missed && !place.is_contested);
    for place in missed {
        if let Some(at) = place.outcome_at {
            found.add(journey, place.attendance.raw(), 0, at, place);
        }
    }
}

fn next_not_booked(who: &Somebody, journey: &Journey, found: &mut Found) {
    let is_settled = |place: &&Place| matches!(place.status, Status::Completed | Status::Missed);
    let last = journey.places.iter().filter(is_settled).max_by_key(|place| place.outcome_at);
    let Some(last) = last.filter(|last| last.status == Status::Completed) else { return };
    if journey.places.iter().any(|place| place.status == Status::Booked) {
        return;
    }
    match (first_open(who, journey), last.outcome_at) {
        (Ok((next, _)), Some(done)) => {
            let began = next.freed.map_or(done, |(_, at)| at.max(done));
            found.add(journey, last.attendance.raw(), turn(next), began, next);
        }
        (Err(reason), _) => found.left_out = found.left_out.or(reason.filter(|_| !journey.is_complete)),
        _ => {}
    }
}

fn nearly_over(journey: &Journey, found: &mut Found) {
    let counted = || journey.places.iter().filter(|place| place.counts && place.status != Status::GreyedOut);
    let is_done = |place: &&Place| matches!(place.status, Status::Completed | Status::Missed);
    let (all, done) = (counted().count(), counted().filter(is_done).count());
    if all < 2 || done + 1 != all {
        return;
    }
    let last = counted().find(|place| !is_done(place));
    if let (Some(place), Some(at)) = (last, counted().filter_map(|place| place.outcome_at).max()) {
        found.add(journey, journey.id.raw(), 0, at, place);
    }
}

fn unmarked(journey: &Journey, now: Instant, found: &mut Found) {
    let over = journey.places.iter().filter(|place| place.status == Status::Booked);
    for place in over {
        match (place.ends_at, place.marks) {
            (Some(end), Some(_)) if end <= now => found.add(journey, place.session.raw(), 0, end, place),
            _ => {}
        }
    }
}

/// What becomes of an occasion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The mail with this number is to be sent now.
    Due {
        /// From 1.
        number: u32,
        /// Its moment.
        at: Instant,
    },
    /// Nothing now; the mail with this number is next.
    Later {
        /// From 1.
        number: u32,
        /// Its moment.
        at: Instant,
    },
    /// Nothing any more.
    Over(LeftOut),
}

impl Verdict {
    /// The same for a mail that leads to a session of which a rule wrote to this person last then: it waits its turn.
    #[must_use]
    pub fn after(self, last: Option<Instant>, now: Instant) -> Verdict {
        match (self, last.map(|last| next_quarter(last + APART))) {
            (Verdict::Due { number, .. }, Some(free)) if now < free => Verdict::Later { number, at: free },
            _ => self,
        }
    }
}

/// This moment, if it is a full quarter of an hour, else the next one.
fn next_quarter(at: Instant) -> Instant {
    let (at, quarter) = (at.millis(), LEAVES_EVERY.as_millis() as i64);
    Instant::from_millis(
        at.div_euclid(quarter) * quarter + if at.rem_euclid(quarter) == 0 { 0 } else { quarter },
    )
}

impl Terms {
    /// Whether its mails remind participants of a step that they have not booked (rule G9).
    pub const fn reminds_to_book(&self) -> bool {
        matches!((self.condition, self.recipient), (Condition::Unbooked, Recipient::Participant))
    }

    /// The moment of the mail with this number about something that is so since then.
    pub fn moment(&self, began: Instant, number: u32) -> Instant {
        let again = i64::from(number.max(1) - 1) * i64::from(self.timing.again_hours);
        let wait = SignedDuration::from_hours(i64::from(self.timing.wait_hours) + again);
        next_quarter(began.max(self.since) + wait)
    }

    /// What becomes of an occasion of which mails up to the number `sent` were sent; 0 is none.
    ///
    /// Of several moments that have passed the last one counts: what it overtook is not sent, as with reminders. What was
    /// sent stays sent when the rule changes and counts anew: the first that is still to come is the one after it.
    pub fn judge(&self, occasion: &Occasion, sent: u32, now: Instant) -> Verdict {
        if self.condition == Condition::Missed && occasion.began < self.since {
            return Verdict::Over(LeftOut::Before);
        }
        if sent >= self.timing.times {
            return Verdict::Over(LeftOut::Sent);
        }
        let later = |number| Verdict::Later { number, at: self.moment(occasion.began, number) };
        let passed = (1..=self.timing.times).take_while(|number| self.moment(occasion.began, *number) <= now);
        let Some(number) = passed.last() else { return later(sent + 1) };
        let at = self.moment(occasion.began, number);
        let is_sent = number <= sent;
        let is_late = now.since(at) > LATE_AFTER || at < self.live;
        match (is_sent || is_late, number < self.timing.times) {
            (false, _) => Verdict::Due { number, at },
            (true, true) => later(number.max(sent) + 1),
            (true, false) => Verdict::Over(LeftOut::Late),
        }
    }

    /// The mails that would be written about an occasion until then, if nothing changes: the number of each, and when. What
    /// is due now is first.
    pub fn ahead(&self, occasion: &Occasion, sent: u32, now: Instant, until: Instant) -> Vec<(u32, Instant)> {
        let (first, mut moments) = match self.judge(occasion, sent, now) {
            Verdict::Due { number, .. } => (number + 1, vec![(number, now)]),
            Verdict::Later { number, .. } => (number, Vec::new()),
            Verdict::Over(_) => return Vec::new(),
        };
        let rest = (first..=self.timing.times).map(|number| (number, self.moment(occasion.began, number)));
        moments.extend(rest.take_while(|(_, at)| *at <= until));
        moments
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEGAN: Instant = Instant::from_millis(1_790_000_100_000);
    const HOUR: SignedDuration = SignedDuration::from_hours(1);
    const DAY: SignedDuration = SignedDuration::from_hours(24);
    const MILLI: SignedDuration = SignedDuration::from_millis(1);
    const BEN: PersonId = PersonId::from_raw(2);
    const ADA: PersonId = PersonId::from_raw(3);

    fn day(day: i32) -> Instant {
        BEGAN + DAY * day
    }

    fn terms(condition: Condition, wait_hours: u32, times: u32, again_hours: u32) -> Terms {
        let timing = Timing { wait_hours, times, again_hours };
        let recipient = condition.recipients()[0];
        Terms { condition, recipient, timing, since: day(-90), live: day(-90) }
    }

    fn occasion(began: Instant) -> Occasion {
        Occasion { about: 1, turn: 0, began, session: SessionId::from_raw(1), to: BEN }
    }

    // Rule M5
    #[test]
    fn a_mail_leaves_at_the_quarter_after_its_wait_and_so_often_and_no_more() {
        let rule = terms(Condition::Unbooked, 14 * 24, 3, 7 * 24);
        let check = |sent: u32, now: Instant, expect: Verdict| {
            assert_eq!(rule.judge(&occasion(BEGAN + MILLI), sent, now), expect, "{sent} sent, {now}");
        };
        let quarter = LEAVES_EVERY;
        let due = |number, at| Verdict::Due { number, at };
        let later = |number, at| Verdict::Later { number, at };
        check(0, day(14), later(1, day(14) + quarter));
        check(0, day(14) + quarter - MILLI, later(1, day(14) + quarter));
        check(0, day(14) + quarter, due(1, day(14) + quarter));
        check(1, day(14) + quarter, later(2, day(21) + quarter));
        check(0, day(21) + quarter - MILLI, due(1, day(14) + quarter));
        // What the next one overtakes is not sent.
        check(0, day(21) + quarter, due(2, day(21) + quarter));
        check(1, day(21) + quarter, due(2, day(21) + quarter));
        check(2, day(28) + quarter, due(3, day(28) + quarter));
        check(3, day(28) + quarter, Verdict::Over(LeftOut::Sent));
        // What is longer ago than a week is not sent any more.
        check(2, day(35) + quarter, due(3, day(28) + quarter));
        check(2, day(35) + quarter + MILLI, Verdict::Over(LeftOut::Late));
        assert_eq!(rule.moment(BEGAN, 1), day(14), "a full quarter stays");
    }

    // Rule M5
    #[test]
    fn what_was_so_before_the_rule_counts_from_the_rule_and_what_happened_before_does_not_count() {
        let since = |condition| Terms { since: day(10), live: day(10), ..terms(condition, 48, 1, 72) };
        let lasting = since(Condition::Unbooked);
        assert_eq!(lasting.judge(&occasion(day(0)), 0, day(11)), Verdict::Later { number: 1, at: day(12) });
        assert_eq!(lasting.judge(&occasion(day(0)), 0, day(12)), Verdict::Due { number: 1, at: day(12) });
        let event = since(Condition::Missed);
        assert_eq!(event.judge(&occasion(day(10) - MILLI), 0, day(12)), Verdict::Over(LeftOut::Before));
        assert_eq!(event.judge(&occasion(day(10)), 0, day(12)), Verdict::Due { number: 1, at: day(12) });
        // What came while it was paused is passed over.
        let paused = Terms { live: day(13), ..lasting };
        assert_eq!(paused.judge(&occasion(day(0)), 0, day(13)), Verdict::Over(LeftOut::Late));
    }

    // Rule M5
    #[test]
    fn what_was_sent_stays_sent_when_the_rule_counts_anew() {
        let rule = Terms { since: day(30), live: day(30), ..terms(Condition::Unbooked, 48, 3, 72) };
        let it = occasion(BEGAN);
        assert_eq!(rule.judge(&it, 3, day(30)), Verdict::Over(LeftOut::Sent));
        assert_eq!(rule.judge(&it, 4, day(40)), Verdict::Over(LeftOut::Sent));
        // Two are sent: the third is the one that comes, at the moment of the third, and nothing before it.
        let third = Verdict::Later { number: 3, at: day(38) };
        for now in [day(30), day(32), day(35), day(38) - MILLI] {
            assert_eq!(rule.judge(&it, 2, now), third, "{now}");
            assert_eq!(rule.ahead(&it, 2, now, day(60)), [(3, day(38))]);
        }
        assert_eq!(rule.judge(&it, 2, day(38)), Verdict::Due { number: 3, at: day(38) });
        assert_eq!(rule.ahead(&it, 0, day(30), day(60)), [(1, day(32)), (2, day(35)), (3, day(38))]);
    }

    // Rule M5
    #[test]
    fn what_leads_to_one_session_waits_a_day_for_each_other() {
        let due = Verdict::Due { number: 2, at: BEGAN };
        assert_eq!(due.after(None, BEGAN), due);
        let last = day(1) - MILLI;
        let free = day(2);
        assert_eq!(due.after(Some(last), free - MILLI), Verdict::Later { number: 2, at: free });
        assert_eq!(due.after(Some(last), free), due);
        let over = Verdict::Over(LeftOut::Sent);
        assert_eq!(over.after(Some(last), last), over);
    }

    // Rule G9
    #[test]
    fn a_mail_about_a_step_without_a_time_to_its_participant_is_a_reminder() {
        let mut those = Vec::new();
        for condition in Condition::ALL.iter().copied() {
            for recipient in condition.recipients().iter().copied() {
                let terms = Terms { recipient, ..terms(condition, 24, 1, 72) };
                those.extend(terms.reminds_to_book().then_some((condition, recipient)));
            }
        }
        assert_eq!(those, [(Condition::Unbooked, Recipient::Participant)]);
    }

    // Rules M5, T4
    #[test]
    fn a_jump_of_three_days_passes_no_two_moments_of_an_occasion() {
        let rule = terms(Condition::Unbooked, 24, TIMES_MOST, AGAIN_LEAST_HOURS);
        let sends = |jump: SignedDuration| {
            let (mut now, mut sent, mut all) = (BEGAN, 0, Vec::new());
            while now < day(60) {
                if let Verdict::Due { number, .. } = rule.judge(&occasion(BEGAN), sent, now) {
                    all.push(number);
                    sent = number;
                }
                now = now + jump;
            }
            all
        };
        let ticked = sends(SignedDuration::from_mins(15));
        assert_eq!(ticked, (1..=TIMES_MOST).collect::<Vec<_>>());
        for jump in [HOUR, DAY, DAY * 3] {
            assert_eq!(sends(jump), ticked, "{jump}");
        }
        assert!(sends(DAY * 50).is_empty(), "long past");
    }

    // Rule M5
    #[test]
    fn a_timing_is_inside_its_bounds() {
        fn check(condition: Condition, wait: i64, times: i64, again: i64, expect: Option<&str>) {
            let got = Timing::new(condition, wait, times, again).err().map(|(field, _)| field);
            assert_eq!(got, expect, "{condition} {wait} {times} {again}");
        }
        check(Condition::Unbooked, 1, 1, 0, None);
        check(Condition::Unbooked, 0, 1, 0, Some("wait"));
        check(Condition::Unbooked, 365 * 24, 10, 72, None);
        check(Condition::Unbooked, 365 * 24 + 1, 10, 72, Some("wait"));
        check(Condition::Unbooked, 24, 11, 72, Some("times"));
        check(Condition::Unbooked, 24, 0, 72, Some("times"));
        check(Condition::Unbooked, 24, 2, 71, Some("again"));
        check(Condition::Unbooked, 24, 2, 180 * 24 + 1, Some("again"));
        check(Condition::Missed, 24, 1, 0, None);
        check(Condition::Missed, 24, 2, 72, Some("times"));
        check(Condition::NearlyOver, 24, 2, 72, Some("times"));
        check(Condition::Unmarked, 24, 2, 72, None);
    }

    /// Steps as words: a status, then `@day` of its booking, `#day` of its outcome, `>day` of its end, `<day` of its weeks,
    /// `pod`, `chosen`, `extra`, `contested`, `freed day`.
    fn somebody(order: Order, text: &str) -> Somebody {
        let place = |(index, text): (usize, &str)| {
            let mut words = text.split_whitespace();
            let mut place = Place {
                attendance: AttendanceId::from_raw(index as i64 + 1),
                session: SessionId::from_raw(index as i64 + 101),
                number: Some(index as u32 + 1),
                status: words.next().and_then(Status::from_code).expect("a status"),
                counts: true,
                booked_at: None,
                outcome_at: None,
                ends_at: None,
                is_contested: false,
                suggested_from: None,
                freed: None,
                dates: Dates::Free,
                marks: Some(ADA),
            };
            for word in words {
                let at = || Some(day(word[1..].parse().expect("a day")));
                match &word[..1] {
                    "@" => place.booked_at = at(),
                    "#" => place.outcome_at = at(),
                    ">" => place.ends_at = at(),
                    "<" => place.suggested_from = at(),
                    "!" => place.freed = Some((EventId::from_raw(77), at().expect("a day"))),
                    _ if word == "pod" => place.dates = Dates::None,
                    _ if word == "chosen" => place.dates = Dates::Chosen,
                    _ if word == "contested" => place.is_contested = true,
                    _ => (place.number, place.counts) = (None, false),
                }
            }
            place
        };
        let places = text.split(',').map(str::trim).enumerate().map(place).collect();
        let journey =
            Journey { id: JourneyId::from_raw(9), order, starts_at: day(0), is_complete: false, places };
        Somebody {
            person: BEN,
            coach: Some(ADA),
            joined_at: day(1),
            is_test: false,
            is_archived: false,
            is_closed: false,
            journeys: vec![journey],
        }
    }

    /// What it is about, since which day; or why not.
    fn found(condition: Condition, who: &Somebody, now: i32) -> String {
        let found = occasions(condition, condition.recipients()[0], who, day(now));
        let day_of = |at: Instant| at.since(BEGAN).as_hours() / 24;
        let mut words: Vec<String> = found
            .occasions
            .iter()
            .map(|so| format!("{}/{} since {}", so.about, so.turn, day_of(so.began)))
            .collect();
        words.extend(found.left_out.map(|reason| reason.code().to_owned()));
        words.join(", ")
    }

    // Rules M5, G5
    #[test]
    fn the_first_step_that_could_be_booked_waits_since_it_could() {
        fn check(order: Order, text: &str, expect: &str) {
            assert_eq!(found(Condition::Unbooked, &somebody(order, text), 50), expect, "{text}");
        }
        use Order::{Free, Ordered};
        // The later of joining and the journey's start; then when the step before was done with; then its weeks.
        check(Ordered, "unbooked, unbooked", "1/0 since 1");
        check(Ordered, "booked @5, unbooked", "2/0 since 5");
        check(Ordered, "completed @5 #9, unbooked", "2/0 since 5");
        check(Ordered, "missed #9, unbooked <20", "2/0 since 20");
        check(Ordered, "completed @5 #9, greyed_out, unbooked", "3/0 since 5");
        check(Ordered, "completed @5 #9, unbooked !30", "2/77 since 30");
        // All steps of a free pathway are open: the first one alone is asked for.
        check(Free, "booked @5, unbooked, unbooked", "2/0 since 1");
        check(Ordered, "completed @5 #9, booked @6", "");
        check(Ordered, "completed @5 #9, greyed_out", "greyed_out");
        // A pod without a date that could be chosen is out of it; what comes after is open in a free pathway.
        check(Ordered, "booked @5, unbooked pod, unbooked", "no_date");
        check(Ordered, "booked @5, unbooked chosen, unbooked", "2/0 since 5");
        check(Free, "booked @5, unbooked pod, unbooked", "3/0 since 1");
        let uncoached = Somebody { coach: None, ..somebody(Ordered, "unbooked") };
        assert_eq!(found(Condition::Unbooked, &uncoached, 50), "no_coach");
    }

    // Rules M5, G12
    #[test]
    fn who_is_put_away_a_test_closed_or_done_is_left_out() {
        let able = || somebody(Order::Ordered, "missed @2 #3 >3, unbooked");
        let mut complete = able();
        complete.journeys[0].is_complete = true;
        for condition in [Condition::Unbooked, Condition::Missed, Condition::NearlyOver] {
            assert!(found(condition, &able(), 50).contains("since"), "{condition}");
            let check = |who: &Somebody, expect| assert_eq!(found(condition, who, 50), expect, "{condition}");
            check(&Somebody { is_test: true, ..able() }, "test");
            check(&Somebody { is_archived: true, ..able() }, "archived");
            check(&Somebody { is_closed: true, ..able() }, "closed");
            check(&complete, "complete");
        }
    }

    // Rule M5
    #[test]
    fn the_other_conditions_are_what_their_names_say() {
        fn check(condition: Condition, text: &str, expect: &str) {
            assert_eq!(found(condition, &somebody(Order::Ordered, text), 50), expect, "{condition}: {text}");
        }
        use Condition::{Missed, NearlyOver, NextNotBooked, Unmarked};
        check(Missed, "missed @2 #3, missed @4 #9", "1/0 since 3, 2/0 since 9");
        check(Missed, "missed @2 #3 contested, unbooked", "");
        check(Missed, "completed @2 #3, greyed_out #3", "");
        check(NextNotBooked, "completed @2 #9, unbooked", "1/0 since 9");
        check(NextNotBooked, "completed @2 #9, unbooked !12", "1/77 since 12");
        check(NextNotBooked, "completed @2 #3, missed @4 #9, unbooked", "");
        check(NextNotBooked, "completed @2 #9, booked @3", "");
        check(NextNotBooked, "completed @2 #9, unbooked pod", "no_date");
        check(NextNotBooked, "unbooked, unbooked", "");
        check(NearlyOver, "completed @2 #9, unbooked", "9/0 since 9");
        check(NearlyOver, "completed @2 #9, missed @3 #12, booked @4 >60", "9/0 since 12");
        check(NearlyOver, "completed @2 #9, unbooked, unbooked", "");
        check(NearlyOver, "completed @2 #9, greyed_out, unbooked extra", "");
        check(NearlyOver, "unbooked", "");
        check(Unmarked, "booked @2 >40, booked @2 >51", "101/0 since 40");
        check(Unmarked, "completed @2 #41 >40, unbooked", "");
    }

    // Rule M5
    #[test]
    fn a_rule_writes_to_whom_it_says() {
        let who = somebody(Order::Ordered, "missed @2 #3 >3, booked @4 >10");
        let to = |condition, recipient, who: &Somebody| {
            let found = occasions(condition, recipient, who, day(20));
            (found.occasions.iter().map(|so| so.to).collect::<Vec<_>>(), found.left_out)
        };
        assert_eq!(to(Condition::Missed, Recipient::Participant, &who), (vec![BEN], None));
        assert_eq!(to(Condition::Missed, Recipient::Coach, &who), (vec![ADA], None));
        assert_eq!(to(Condition::Unmarked, Recipient::Coach, &who), (vec![ADA], None));
        let alone = Somebody { coach: None, ..who };
        assert_eq!(to(Condition::Missed, Recipient::Coach, &alone), (vec![], Some(LeftOut::NoCoach)));
    }

    // Rule M5
    #[test]
    fn looking_ahead_shows_each_moment_until_then() {
        let rule = terms(Condition::Unbooked, 24, 3, 72);
        let ahead = |sent, now| rule.ahead(&occasion(BEGAN), sent, now, now + DAY * 7);
        assert_eq!(ahead(0, BEGAN), [(1, day(1)), (2, day(4)), (3, day(7))]);
        assert_eq!(ahead(0, day(2)), [(1, day(2)), (2, day(4)), (3, day(7))]);
        assert_eq!(ahead(1, day(2)), [(2, day(4)), (3, day(7))]);
        assert_eq!(ahead(3, day(8)), []);
    }
}
