//! A coach's day: who is next, the day as a line, what comes after it, and what needs the coach, each with its button in
//! place (rules R6, S7); of programs that they run too.

use axum::extract::State;
use jiff::SignedDuration;
use model::Tx;
use model::agenda::{self, Drifting, Meeting};
use model::availability::{self, Outside};
use model::event::Actor;
use model::ledger::{self, Open};
use model::message;
use model::session::{self, Asking, Contest};
use model::zone_data::{self, Differing};
use rules::attendance::Status;
use rules::ids::PersonId;
use rules::time::Instant;

use super::leading::Leading;
use super::practice::Practice;
use super::sessions::asking;
use super::{Answer, page, shell};
use crate::app::Reading;
use crate::meeting::{Teller, address, line_of};
use crate::shell::{Face, Place};
use crate::texts::Texts;
use crate::views::parts::SessionLine;
use crate::views::today::{DayEntry, Debt, DriftingRow, NextMeeting, TodayPage, Unmarked};
use crate::visitor::Visitor;
use crate::words::money;

/// How far ahead the page looks, in days.
const AHEAD_DAYS: i32 = 14;
/// How far back it looks for what has no outcome, in days.
const BACK_DAYS: i32 = 90;
/// The most threads with something unread that it shows.
const UNREAD_MAX: usize = 5;
/// The most debts and the most drifting clients it shows.
const UNPAID_MAX: u32 = 5;
const DRIFTING_MAX: u32 = 6;
/// The most sessions it shows that are not today.
const LATER_MAX: usize = 8;

/// `GET /today`
pub async fn show(State(app): State<Reading>, visitor: Visitor) -> Answer {
    let me = visitor.person()?;
    let now = app.now();
    let local = me.zone.local(now);
    let day = SignedDuration::from_hours(24);
    let begin = visitor.clockface().begin_of(local.date()).unwrap_or(now);
    let by = visitor.actor();
    let t = visitor.texts();
    let id = me.id;
    let (meetings, any, practice, needs, leading) = app
        .read(move |tx| {
            Ok((
                agenda::of_coach(tx, &by, begin, begin + day * AHEAD_DAYS)?,
                agenda::has_led(tx, &by)?,
                Practice::read(tx, id)?.path(None, t),
                Needs::read(tx, &by, id, begin - day * BACK_DAYS)?,
                Leading::read(tx, &by)?,
            ))
        })
        .await?;
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
        set_up: (!practice.listed).then(|| (t.practice.progress_of)(practice.done(), practice.steps.len())),
        next: next.map(|meeting| next_meeting(&teller, meeting, t)),
        day: day_line(&teller, &today, next, now, t),
        tomorrow: (t.today.tomorrow)(booked_later().filter(|meeting| days_off(meeting) == 1).count()),
        displaced: needs
            .displaced
            .iter()
            .filter(|one| one.coach == Some(id))
            .map(|one| displaced_line(&teller, one, t))
            .collect(),
        outside: needs.outside.iter().map(|one| outside_line(&teller, one, t)).collect(),
        asks: asking::rows(&needs.asks, id, teller.clockface(), now, t),
        unread: needs.unread.iter().map(|one| unread_line(&teller, one, t)).collect(),
        unmarked: needs.unmarked.iter().map(|meeting| unmarked_row(&teller, meeting, id, now, t)).collect(),
        contests: needs
            .contests
            .iter()
            .map(|one| contest_line(&teller, one, id, t.waiting.contested_own, now, t))
            .collect(),
        unpaid: needs.unpaid.iter().map(|one| debt(&teller, one, t.waiting.is_unpaid, now, t)).collect(),
        to_pay_back: needs
            .to_pay_back
            .iter()
            .map(|one| debt(&teller, one, t.waiting.is_too_much, now, t))
            .collect(),
        leading: leading.needs(&teller, now, t),
        drifting: needs.drifting.iter().map(|one| drifting_row(&teller, one, now, t)).collect(),
        coming: booked_later().take(LATER_MAX).map(|meeting| teller.line_for_coach(meeting)).collect(),
        any,
    })
}

/// What needs a coach.
struct Needs {
    asks: Vec<Asking>,
    unread: Vec<message::Line>,
    unmarked: Vec<Meeting>,
    contests: Vec<Contest>,
    unpaid: Vec<Open>,
    to_pay_back: Vec<Open>,
    displaced: Vec<Differing>,
    outside: Vec<Outside>,
    drifting: Vec<Drifting>,
}

impl Needs {
    fn read(tx: &mut Tx, by: &Actor, me: PersonId, since: Instant) -> model::Result<Needs> {
        let mut asks = session::asking(tx, by)?;
        // Here stands what this coach is asked; whoever has other roles finds the rest on the list of sessions.
        asks.retain(|ask| ask.decides && ask.coach.as_ref().is_some_and(|coach| coach.person == me));
        Ok(Needs {
            asks,
            unread: unread(tx, by)?,
            unmarked: agenda::unmarked_of_coach(tx, by, since)?,
            contests: session::contests(tx, by)?,
            unpaid: ledger::unpaid(tx, by, UNPAID_MAX)?,
            to_pay_back: ledger::to_pay_back(tx, by, UNPAID_MAX)?,
            displaced: zone_data::differing(tx, by)?,
            outside: availability::outside(tx, me)?,
            drifting: agenda::drifting(tx, by, DRIFTING_MAX)?,
        })
    }
}

fn unmarked_row(teller: &Teller<'_>, meeting: &Meeting, me: PersonId, now: Instant, t: &Texts) -> Unmarked {
    let when = teller.clockface().near(meeting.starts_at, now);
    let line = teller.line_for_coach(meeting);
    match meeting.others.as_slice() {
        // Nobody marks themselves (rule P8).
        [one] if one.person != me => Unmarked {
            title: (t.waiting.was_there)(&one.name, &when),
            line: [teller.which(meeting), teller.length(meeting)].join(", "),
            marks: Some(format!("{}/attendance/{}", address(meeting), one.person)),
            href: line.href,
        },
        _ => Unmarked { href: line.href, title: line.title, line: line.line, marks: None },
    }
}

/// A Missed that is contested; `own` is what is said of it to whoever marked it, who does not settle it (rule S14).
pub(super) fn contest_line(
    teller: &Teller<'_>,
    one: &Contest,
    me: PersonId,
    own: &str,
    now: Instant,
    t: &Texts,
) -> SessionLine {
    let w = &t.waiting;
    let when = one.starts_at.map(|at| teller.clockface().near(at, now)).unwrap_or_default();
    let session = (w.session_of)(&when);
    let what = if one.marked_by == me { own } else { w.contested_line };
    SessionLine {
        href: format!("/sessions/{}", one.session),
        title: (w.contests)(&one.client.name),
        line: format!("{session}. {what}"),
        status: Status::Missed,
    }
}

/// The threads in which somebody wrote and was not read yet.
pub(super) fn unread(tx: &mut Tx, by: &Actor) -> model::Result<Vec<message::Line>> {
    let mut unread = message::threads(tx, by, None, message::PAGE_ITEMS)?;
    unread.retain(|thread| thread.unread > 0);
    unread.truncate(UNREAD_MAX);
    Ok(unread)
}

/// Somebody wrote and was not read yet.
pub(super) fn unread_line(teller: &Teller<'_>, one: &message::Line, t: &Texts) -> SessionLine {
    SessionLine {
        href: format!("/messages/{}#write", one.thread),
        title: (t.waiting.wrote)(&one.other.name),
        line: [(t.messages.unread)(one.unread), teller.near(one.last.sent_at)].join(", "),
        status: Status::Booked,
    }
}

/// What somebody owes, or is owed, as `say` has it with the amount and the name.
fn debt(teller: &Teller<'_>, one: &Open, say: fn(&str, &str) -> String, now: Instant, t: &Texts) -> Debt {
    Debt {
        href: format!("/sessions/{}", one.session),
        title: say(&money(one.owed, t.language), &one.client.1),
        line: match one.starts_at {
            Some(at) => (t.waiting.session_of)(&teller.clockface().short(at, now)),
            None => t.money.no_time.to_owned(),
        },
        is_contested: one.is_contested,
    }
}

fn drifting_row(teller: &Teller<'_>, one: &Drifting, now: Instant, t: &Texts) -> DriftingRow {
    DriftingRow {
        face: Face::new(one.name.clone(), None),
        href: format!("/people/{}", one.person),
        line: (t.waiting.days_since)(teller.clockface().days_between(one.last, now)),
    }
}

fn next_meeting(teller: &Teller<'_>, meeting: &Meeting, t: &Texts) -> NextMeeting {
    let time = |at| teller.clockface().time(at);
    let span = (t.meeting.from_to)(&time(meeting.starts_at), &time(meeting.ends_at));
    let there = teller.there(meeting, meeting.starts_at).map(|there| format!(" {there}")).unwrap_or_default();
    NextMeeting {
        href: address(meeting),
        who: teller.whom(meeting),
        at: teller.moment(meeting.starts_at),
        line: format!("{}. {span}{there}, {}.", teller.which(meeting), teller.length(meeting)),
    }
}

fn displaced_line(teller: &Teller<'_>, one: &Differing, t: &Texts) -> SessionLine {
    SessionLine {
        href: format!("/sessions/{}", one.session),
        title: teller.near(one.starts_at),
        line: line_of(
            &one.clients,
            &one.topic,
            &[&(t.today.agreed_for)(&one.booked_for.strftime("%H:%M").to_string())],
            t,
        ),
        status: Status::Booked,
    }
}

fn outside_line(teller: &Teller<'_>, one: &Outside, t: &Texts) -> SessionLine {
    SessionLine {
        href: format!("/sessions/{}", one.session),
        title: teller.near(one.span.from),
        line: line_of(&one.clients, &one.topic, &[], t),
        status: Status::Booked,
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
        href: address(meeting),
        who: teller.whom(meeting),
        line: if meeting.is_unmarked(now) {
            (t.today.not_marked)(&time(meeting.ends_at))
        } else {
            format!("{}, {}", teller.which(meeting), t.status.word(meeting.status).to_lowercase())
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
