//! A coach's week: what is booked, asked for and kept back, when they work and when they are away; and the free starts of
//! one session, for the island that moves it. Moving is done elsewhere.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::response::IntoResponse;
use jiff::civil::{Date, ISOWeekDate, Weekday};
use jiff::{SignedDuration, ToSpan};
use model::agenda::Meeting;
use model::session::{self, Asking};
use model::week::{self, Calendar};
use rules::attendance::Status;
use rules::availability::day_span;
use rules::ids::SessionId;
use rules::refusal::Refusal;
use rules::time::{Instant, Span};
use serde::{Deserialize, Serialize};

use super::{Answer, page, shell};
use crate::app::Reading;
use crate::meeting::{Teller, address};
use crate::shell::Place;
use crate::texts::Texts;
use crate::views::calendar::CalendarPage;
use crate::views::parts::{EntryLook, HourMark, Movable, Stretch, Week, WeekDay, WeekEntry};
use crate::visitor::Visitor;
use crate::words::{Clockface, first_name};

/// So many weeks before and after the one of now are shown.
const WEEKS_MAX: i32 = 120;
/// The first and the last hour that is always shown.
const USUAL_HOURS: (u16, u16) = (9, 17);
/// From this length on there is room for both ends of a session.
const ROOM_FOR_BOTH: SignedDuration = SignedDuration::from_hours(1);
/// The minutes of a day on the wall.
const DAY_MINUTES: u16 = 24 * 60;

/// The query of a week.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    /// `2026-W48`
    #[serde(default)]
    week: String,
}

/// `GET /calendar?week=2026-W48`
pub async fn show(State(app): State<Reading>, visitor: Visitor, Query(asked): Query<Asked>) -> Answer {
    let me = visitor.person()?;
    let now = app.now();
    let (clockface, t) = (visitor.clockface(), visitor.texts());
    let monday = monday_of(&asked.week, &clockface, now);
    let days: Vec<Date> = (0..7).map(|day| monday + day.days()).collect();
    let spans: Vec<Span> = days.iter().map(|day| day_span(&me.zone, *day)).collect();
    let within = Span { from: spans[0].from, until: spans[6].until };
    let by = visitor.actor();
    let (calendar, asks) =
        app.read(move |tx| Ok((week::of_coach(tx, &by, within)?, session::asking(tx, &by)?))).await?;
    let teller = Teller::new(me, now);
    let this_monday = monday_of("", &clockface, now);
    let sunday = days[6];
    let first = if monday.month() == sunday.month() {
        monday.day().to_string()
    } else {
        clockface.short_day_and_month(monday)
    };
    let heading = (t.week.heading)(monday.iso_week_date().week(), &first, &clockface.day_and_month(sunday));
    let link = |monday: Date| format!("/calendar?week={}", name_of(monday));
    page(&CalendarPage {
        shell: shell::of(&visitor, app.mode(), now, t.week.title, Place::Calendar),
        week: Drawing { teller: &teller, clockface: &clockface, asks: &asks, now, t }
            .week(&heading, &days, &spans, &calendar),
        heading,
        week_name: name_of(monday),
        earlier: link(monday - 7.days()),
        later: link(monday + 7.days()),
        is_this_week: monday == this_monday,
    })
}

/// The Monday of a week by its name; of the week of now, if it has none, or one too far away.
fn monday_of(name: &str, clockface: &Clockface, now: Instant) -> Date {
    let today = clockface.day(now);
    let this = today - i64::from(today.weekday().to_monday_zero_offset()).days();
    let named = name.split_once("-W").and_then(|(year, week)| {
        ISOWeekDate::new(year.parse().ok()?, week.parse().ok()?, Weekday::Monday).ok()
    });
    let is_near =
        |monday: &Date| (monday.duration_since(this).as_hours() / 24).abs() <= i64::from(WEEKS_MAX) * 7;
    named.map(ISOWeekDate::date).filter(is_near).unwrap_or(this)
}

fn name_of(monday: Date) -> String {
    let week = monday.iso_week_date();
    format!("{}-W{:02}", week.year(), week.week())
}

/// Draws a calendar for one reader.
struct Drawing<'a> {
    teller: &'a Teller<'a>,
    clockface: &'a Clockface,
    asks: &'a [Asking],
    now: Instant,
    t: &'a Texts,
}

/// From and until, in minutes of a day on the wall.
type Minutes = (u16, u16);

/// Something of a day, before it is known which hour stands at the top.
struct Thing<T> {
    from: u16,
    until: u16,
    what: T,
}

impl Drawing<'_> {
    fn week(&self, label: &str, days: &[Date], spans: &[Span], calendar: &Calendar) -> Week {
        let entries: Vec<Vec<Thing<WeekEntry>>> =
            spans.iter().map(|day| self.entries(day, calendar)).collect();
        let open: Vec<Vec<Minutes>> = spans.iter().map(|day| self.all_of(day, &calendar.open)).collect();
        // A weekend in which there is nothing takes no room.
        let is_used = |day: usize| !entries[day].is_empty() || !open[day].is_empty();
        let count = if is_used(5) || is_used(6) { 7 } else { 5 };
        let shown = || {
            entries
                .iter()
                .flatten()
                .map(|thing| (thing.from, thing.until))
                .chain(open.iter().flatten().copied())
        };
        let first = shown().map(|(from, _)| from / 60).chain([USUAL_HOURS.0]).min().unwrap_or_default();
        let last = shown().map(|(_, until)| until.div_ceil(60)).chain([USUAL_HOURS.1]).max().unwrap_or(24);
        let top = first * 60;
        let place = |(from, until): Minutes| Stretch::new(from - top, until - from);
        let named = days.iter().zip(spans).zip(entries.into_iter().zip(open)).take(count);
        Week {
            label: label.to_owned(),
            first: u8::try_from(first).unwrap_or_default(),
            whole: Stretch::new(0, last * 60 - top),
            hours: (first..last).map(|hour| self.hour(days[0], hour, top)).collect(),
            days: named
                .map(|((date, span), (entries, open))| WeekDay {
                    label: self.clockface.short_weekday_and_day(*date),
                    line: match entries
                        .iter()
                        .filter(|it| matches!(it.what.look, EntryLook::Session(_)))
                        .count()
                    {
                        // What is past is not free any more.
                        0 if span.until <= self.now => String::new(),
                        count => (self.t.week.sessions)(count),
                    },
                    today: span.contains(self.now),
                    open: open.into_iter().map(place).collect(),
                    away: calendar
                        .away
                        .iter()
                        .filter_map(|away| {
                            let name = away.name.as_deref().filter(|name| !name.is_empty());
                            let usual = if away.name.is_some() { self.t.week.away } else { self.t.week.busy };
                            let (from, until) = self.minutes(span, &away.span)?;
                            let (from, until) = (from.max(top), until.min(last * 60));
                            (from < until).then(|| (place((from, until)), name.unwrap_or(usual).to_owned()))
                        })
                        .collect(),
                    entries: entries
                        .into_iter()
                        .map(|thing| WeekEntry { at: place((thing.from, thing.until)), ..thing.what })
                        .collect(),
                    now: span
                        .contains(self.now)
                        .then(|| self.wall(self.now))
                        .filter(|minute| (top..last * 60).contains(minute))
                        .map(|minute| Stretch::new(minute - top, 0)),
                })
                .collect(),
        }
    }

    fn hour(&self, day: Date, hour: u16, top: u16) -> HourMark {
        let minute = rules::availability::Minute::new(i64::from(hour) * 60);
        let at = minute.and_then(|minute| self.clockface.at(day, minute));
        HourMark {
            at: Stretch::new(hour * 60 - top, 60),
            label: at.map(|at| self.clockface.time(at)).unwrap_or_default(),
        }
    }

    /// What stands in a day, in order.
    fn entries(&self, day: &Span, calendar: &Calendar) -> Vec<Thing<WeekEntry>> {
        let mut things = Vec::new();
        let mut add = |span: Span, what: WeekEntry| {
            // What runs past midnight stands where it begins.
            let (from, until) = if day.contains(span.from) {
                let from = self.wall(span.from);
                let long = u16::try_from(span.length().as_mins()).unwrap_or(DAY_MINUTES);
                (from, (from + long).min(DAY_MINUTES))
            } else {
                return;
            };
            things.push(Thing { from, until, what });
        };
        for meeting in &calendar.meetings {
            add(Span { from: meeting.starts_at, until: meeting.ends_at }, self.session(meeting));
        }
        for asked in &calendar.asked {
            let entry = WeekEntry {
                href: Some(format!("/sessions/{}", asked.session)),
                ..kept((self.t.week.asked)(&asked.client), self.hours_of(&asked.span), EntryLook::Asked)
            };
            add(asked.span, entry);
        }
        for held in &calendar.held {
            let title = held.offering.clone().unwrap_or_else(|| self.t.week.held.to_owned());
            let line = (self.t.week.held_until)(&self.clockface.time(held.until));
            add(held.span, kept(title, (line, String::new()), EntryLook::Held));
        }
        things.sort_by_key(|thing| thing.from);
        things
    }

    fn session(&self, meeting: &Meeting) -> WeekEntry {
        let whom = self.teller.whom(meeting);
        let (line, rest) = self.hours_of(&Span { from: meeting.starts_at, until: meeting.ends_at });
        WeekEntry {
            at: Stretch::default(),
            href: Some(address(meeting)),
            line,
            rest,
            look: EntryLook::Session(meeting.status),
            movable: (meeting.status == Status::Booked).then(|| Movable {
                session: meeting.session.to_string(),
                heading: (self.t.week.moving)(&whom),
                start: self.clockface.short(meeting.starts_at, self.now),
                told: match &meeting.topic.pod {
                    None => (self.t.week.told)(&whom),
                    Some(_) => (self.t.week.told_all)().to_owned(),
                },
                closes: self
                    .asks
                    .iter()
                    .find(|ask| ask.session == meeting.session)
                    .map(|ask| {
                        let when = self.clockface.short(ask.request.to, self.now);
                        (self.t.doing.closes_request)(first_name(&ask.client.name), &when)
                    })
                    .unwrap_or_default(),
            }),
            title: whom,
        }
    }

    /// When it is, and what of that stands only where there is room: beside the start stands the word of its status
    /// (rule S1).
    fn hours_of(&self, span: &Span) -> (String, String) {
        let start = self.clockface.time(span.from);
        let whole = (self.t.meeting.from_to)(&start, &self.clockface.time(span.until));
        match whole.strip_prefix(&start) {
            Some(rest) if span.length() < ROOM_FOR_BOTH => (start, rest.to_owned()),
            _ => (whole, String::new()),
        }
    }

    /// Those parts of some spans that lie in a day.
    fn all_of(&self, day: &Span, spans: &[Span]) -> Vec<Minutes> {
        spans.iter().filter_map(|span| self.minutes(day, span)).collect()
    }

    /// The part of a span that lies in a day.
    fn minutes(&self, day: &Span, span: &Span) -> Option<Minutes> {
        let (from, until) = (span.from.max(day.from), span.until.min(day.until));
        if until <= from {
            return None;
        }
        let until = if until == day.until { DAY_MINUTES } else { self.wall(until) };
        let from = if from == day.from { 0 } else { self.wall(from) };
        (from < until).then_some((from, until))
    }

    fn wall(&self, at: Instant) -> u16 {
        wall(self.clockface, at)
    }
}

/// What is asked for or kept back, without its page.
fn kept(title: String, (line, rest): (String, String), look: EntryLook) -> WeekEntry {
    WeekEntry { at: Stretch::default(), href: None, title, line, rest, look, movable: None }
}

/// The minute of the day on the reader's wall.
fn wall(clockface: &Clockface, at: Instant) -> u16 {
    let time = clockface.time_of_day(at);
    u16::try_from(i32::from(time.hour()) * 60 + i32::from(time.minute())).unwrap_or_default()
}

/// A free start, and where it stands in the week that is shown.
#[derive(Debug, Serialize)]
pub struct Start {
    /// RFC 3339.
    at: String,
    /// The day of the week, from 0 for Monday.
    day: i8,
    /// The hour and the minute on the reader's wall.
    hour: u16,
    minute: u16,
    /// "Wed 25 Nov"
    date: String,
    /// "14:00"
    time: String,
    /// "Wed 25 Nov, 14:00"
    label: String,
}

/// `GET /calendar/slots/{session}?week=2026-W48`: to which starts of a week a session can be moved.
pub async fn slots(
    State(app): State<Reading>,
    visitor: Visitor,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Answer {
    let id: SessionId = id.parse().map_err(|_| Refusal::NotFound)?;
    let me = visitor.person()?;
    let (clockface, now) = (visitor.clockface(), app.now());
    let monday = monday_of(&asked.week, &clockface, now);
    let from = day_span(&me.zone, monday).from;
    let within = Span { from, until: day_span(&me.zone, monday + 6.days()).until };
    let by = visitor.actor();
    // A start that is past before it is chosen helps nobody.
    let within = Span { from: within.from.max(now + SignedDuration::from_mins(1)), ..within };
    let starts = app.read(move |tx| session::slots_to_move(tx, &by, id, within)).await?;
    let start = |at: &Instant| {
        let minute = wall(&clockface, *at);
        Start {
            at: at.to_string(),
            day: clockface.day(*at).weekday().to_monday_zero_offset(),
            hour: minute / 60,
            minute: minute % 60,
            date: clockface.short_date(*at, now),
            time: clockface.time(*at),
            label: clockface.short(*at, now),
        }
    };
    Ok(Json(starts.iter().map(start).collect::<Vec<_>>()).into_response())
}
