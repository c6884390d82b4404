//! A coach's day: who is next, the day as a line, what comes after it, and what still has no outcome (rule S7).

use axum::extract::State;
use jiff::SignedDuration;
use model::agenda::{self, Meeting};
use rules::attendance::Status;
use rules::time::Instant;

use super::{Answer, page, shell};
use crate::app::Reading;
use crate::meeting::Teller;
use crate::shell::Place;
use crate::texts::Texts;
use crate::views::today::{DayEntry, NextMeeting, TodayPage};
use crate::visitor::Visitor;

/// How far ahead the page looks, in days.
const AHEAD_DAYS: i32 = 14;
/// How far back it looks for what has no outcome, in days.
const BACK_DAYS: i32 = 90;
/// The most sessions it shows that are not today.
const LATER_MAX: usize = 8;

/// `GET /today`
pub async fn show(State(app): State<Reading>, visitor: Visitor) -> Answer {
    let me = visitor.person()?;
    let now = app.now();
    let local = now.to_zoned(me.zone.tz());
    let day = SignedDuration::from_hours(24);
    let begin = local.start_of_day().map_or(now, |start| Instant::from_timestamp(start.timestamp()));
    let by = visitor.actor();
    let (meetings, unmarked, any) = app
        .read(move |tx| {
            Ok((
                agenda::of_coach(tx, &by, begin, begin + day * AHEAD_DAYS)?,
                agenda::unmarked_of_coach(tx, &by, begin - day * BACK_DAYS)?,
                agenda::has_led(tx, &by)?,
            ))
        })
        .await?;
    let t = visitor.texts();
    let teller = Teller::new(me, now);
    let days_off = |meeting: &Meeting| teller.clockface().days_between(now, meeting.starts_at);
    let (today, later): (Vec<Meeting>, Vec<Meeting>) =
        meetings.into_iter().partition(|meeting| days_off(meeting) == 0);
    let next = today.iter().find(|meeting| meeting.status == Status::Booked && meeting.ends_at > now);
    let booked_later = || later.iter().filter(|meeting| meeting.status == Status::Booked);
    page(&TodayPage {
        shell: shell::of(&visitor, app.mode(), now, t.today.title, Place::Today),
        date: teller.clockface().long(now),
        place: teller.clockface().place(),
        next: next.map(|meeting| next_meeting(&teller, meeting, t)),
        day: day_line(&teller, &today, next, now, t),
        tomorrow: (t.today.tomorrow)(booked_later().filter(|meeting| days_off(meeting) == 1).count()),
        unmarked: unmarked.iter().map(|meeting| teller.line_for_coach(meeting)).collect(),
        coming: booked_later().take(LATER_MAX).map(|meeting| teller.line_for_coach(meeting)).collect(),
        any,
    })
}

fn next_meeting(teller: &Teller<'_>, meeting: &Meeting, t: &Texts) -> NextMeeting {
    let time = |at| teller.clockface().time(at);
    let span = (t.meeting.from_to)(&time(meeting.starts_at), &time(meeting.ends_at));
    let there = teller.there(meeting, meeting.starts_at).map(|there| format!(" {there}")).unwrap_or_default();
    let which = teller.which(meeting).map(|which| format!("{which}. ")).unwrap_or_default();
    NextMeeting {
        who: teller.whom(meeting),
        at: teller.moment(meeting.starts_at),
        line: format!("{which}{span}{there}, {}.", teller.length(meeting)),
    }
}

fn day_line(
    teller: &Teller<'_>,
    today: &[Meeting],
    next: Option<&Meeting>,
    now: Instant,
    t: &Texts,
) -> Vec<DayEntry> {
    let time = |at| teller.clockface().time(at);
    let entry = |meeting: &Meeting| DayEntry::Session {
        time: time(meeting.starts_at),
        who: teller.whom(meeting),
        line: if meeting.is_unmarked(now) {
            (t.today.not_marked)(&time(meeting.ends_at))
        } else {
            let which = teller.which(meeting).unwrap_or_else(|| teller.length(meeting));
            format!("{which}, {}", t.status.word(meeting.status).to_lowercase())
        },
        status: meeting.status,
        current: next == Some(meeting),
        unmarked: meeting.is_unmarked(now),
    };
    if today.is_empty() {
        return Vec::new();
    }
    let begun = today.iter().take_while(|meeting| meeting.starts_at <= now).count();
    let (before, after) = today.split_at(begun);
    let mark = DayEntry::Now { time: time(now) };
    before.iter().map(entry).chain([mark]).chain(after.iter().map(entry)).collect()
}
