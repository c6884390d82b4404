//! Sessions, one by one and in lists, for everybody who has to do with them. Moving, cancelling and marking them is not
//! done here.

pub mod asking;
pub mod list;

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::IntoResponse;
use model::appointment::{self, Appointment};
use model::event::{self, Recorded};
use model::session::{self, PlaceSeen, SessionView, Topic};
use rules::attendance::{Outcome, Status};
use rules::ids::{AttendanceId, PersonId, SessionId};
use rules::permission::Reach;
use rules::refusal::Refusal;
use rules::session::{PlaceKind, SessionKind};
use rules::terms::Terms;
use rules::time::Instant;

use super::{Answer, page, shell};
use crate::app::Reading;
use crate::error::Failure;
use crate::invites::{Inviter, Side};
use crate::mail;
use crate::meeting;
use crate::shell::{Face, Place};
use crate::texts::Texts;
use crate::views::parts::Moment;
use crate::views::people::Fact;
use crate::views::sessions::{CalendarLinks, HistoryLine, SessionPage, Written};
use crate::visitor::Visitor;
use crate::words::{Clockface, first_name, money};

/// How many lines of its history a session's page shows.
const HISTORY_LINES: u32 = 30;
/// So many faces stand beside a session.
const FACES: usize = 2;

/// On which side of a session its reader stands.
#[derive(Clone, Copy, Debug)]
enum Reader {
    Client,
    Coach,
    /// Looks after it.
    Staff,
}

impl Reader {
    fn of(is_client: bool, is_coach: bool) -> Reader {
        match (is_client, is_coach) {
            (_, true) => Reader::Coach,
            (true, false) => Reader::Client,
            (false, false) => Reader::Staff,
        }
    }
}

/// Whom the reader meets; who only looks after it reads both names. Each face is of one: a person, or a group.
fn whom(topic: &Topic, coaches: &[&str], clients: &[&str], reader: Reader, t: &Texts) -> (String, Vec<Face>) {
    let faces = |names: &[&str]| names.iter().map(|name| Face::new(*name, None)).collect::<Vec<_>>();
    let of_coaches = || (coaches.join(", "), faces(coaches));
    let of_clients = || match (&topic.pod, clients) {
        (Some(pod), _) => (pod.clone(), faces(&[pod.as_str()])),
        (None, [one]) => ((*one).to_owned(), faces(clients)),
        (None, several) => ((t.meeting.people)(several.len()), faces(several)),
    };
    let (who, mut faces) = match reader {
        Reader::Client => of_coaches(),
        Reader::Coach => of_clients(),
        Reader::Staff => {
            let ((clients, mut faces), (coaches, more)) = (of_clients(), of_coaches());
            faces.truncate(1);
            faces.extend(more);
            ((t.sessions.pair)(&clients, &coaches), faces)
        }
    };
    faces.truncate(FACES);
    (who, faces)
}

/// A Missed carries its cause (rule S6).
fn cause(outcome: Outcome, t: &Texts) -> Option<&'static str> {
    match outcome {
        Outcome::NoShow => Some(t.meeting.no_show),
        Outcome::LateCancellation => Some(t.meeting.late_cancellation),
        Outcome::Completed => None,
    }
}

fn id_of(path: &str) -> Result<SessionId, Refusal> {
    path.parse().map_err(|_| Refusal::NotFound)
}

/// `GET /sessions/{session}`
pub async fn show(State(app): State<Reading>, visitor: Visitor, Path(id): Path<String>) -> Answer {
    let (id, by) = (id_of(&id)?, visitor.actor());
    let (seen, history, appointment) = app
        .read(move |tx| {
            let seen = session::view(tx, &by, id)?;
            Ok((seen, event::of_session(tx, id, HISTORY_LINES)?, appointment::find(tx, id)?))
        })
        .await?;
    page(&fill(&app, &visitor, &seen, &history, appointment.as_ref())?)
}

fn fill(
    app: &Reading,
    visitor: &Visitor,
    seen: &SessionView,
    history: &[Recorded],
    appointment: Option<&Appointment>,
) -> Result<SessionPage, Failure> {
    let me = visitor.person()?;
    let t = visitor.texts();
    let s = &t.sessions;
    let (clockface, now) = (visitor.clockface(), app.now());
    let facts = &seen.session.facts;
    let own = seen.place_of(me.id);
    let is_coach = seen.ties.contains(Reach::SESSIONS);
    let status =
        own.filter(|_| !is_coach).map(|place| place.status).or(seen.status()).unwrap_or(Status::Unbooked);
    let coaches: Vec<&str> = seen.coaches.iter().map(|coach| coach.name.as_str()).collect();
    let clients: Vec<&str> = seen.places.iter().map(|place| place.name.as_str()).collect();
    let (who, _) = whom(&seen.topic, &coaches, &clients, Reader::of(own.is_some(), is_coach), t);
    let what = meeting::name(&seen.topic, t);
    let starts_at = facts.time.map(|time| time.starts_at);
    let ends_at = facts.ends_at();
    let (heading, at) = match starts_at.zip(ends_at) {
        Some((start, end)) => {
            let text = (s.whole)(
                &clockface.date(start),
                &clockface.time(start),
                &clockface.time(end),
                &clockface.place(),
            );
            let moment = Moment { iso: start.to_string(), text, relative: clockface.relative(start, now) };
            ((s.heading)(&capital(&clockface.near(start, now)), &who), moment)
        }
        None => {
            (who.clone(), Moment { iso: String::new(), text: s.no_time.to_owned(), relative: String::new() })
        }
    };
    let place = own.or_else(|| seen.places.first().filter(|_| seen.places.len() == 1));
    Ok(SessionPage {
        shell: shell::of(visitor, app.mode(), now, &heading, Place::Sessions),
        heading,
        status,
        at,
        place: place_in_words(seen.session.place.kind, t).to_owned(),
        what,
        there: starts_at.map(|start| there(seen, visitor, start, now)).unwrap_or_default(),
        word: word(seen, status, now, &clockface, t),
        calendar: appointment
            .filter(|_| status == Status::Booked && ends_at.is_some_and(|end| end > now))
            .map(|appointment| calendar_links(app, visitor, appointment, is_coach)),
        facts: details(seen, place, &clockface, now, t),
        terms: place.map(|place| terms(place, facts.kind, t)).unwrap_or_default(),
        written: place.and_then(|place| written(seen, place, me.id, t)),
        history: history
            .iter()
            .filter(|event| is_told(event, seen))
            .filter_map(|event| history_line(event, me.id, &clockface, now, t))
            .collect(),
    })
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// What the clocks of the others show, where they show something else (rule T2).
fn there(seen: &SessionView, visitor: &Visitor, start: Instant, now: Instant) -> Vec<String> {
    let (Ok(me), t) = (visitor.person(), visitor.texts()) else { return Vec::new() };
    let coaches = seen.coaches.iter().map(|coach| (coach.person, &coach.name, &coach.zone));
    let clients = seen.places.iter().map(|place| (place.attendance.client, &place.name, &place.zone));
    let others = coaches.chain(clients.filter(|_| seen.places.len() == 1));
    let here = start.to_zoned(me.zone.tz()).datetime();
    others
        .filter(|(person, _, zone)| *person != me.id && start.to_zoned(zone.tz()).datetime() != here)
        .map(|(_, name, zone)| {
            let theirs = Clockface::new(zone.clone(), me.hour_style, me.language);
            let is_same_day = start.to_zoned(zone.tz()).date() == here.date();
            let time = if is_same_day { theirs.time(start) } else { theirs.short(start, now) };
            (t.sessions.there)(&time, first_name(name), &theirs.place())
        })
        .collect()
}

/// What is to be said of it before anything else.
fn word(seen: &SessionView, status: Status, now: Instant, clockface: &Clockface, t: &Texts) -> String {
    if let Some(cancelled) = seen.session.facts.cancelled {
        return (t.sessions.called_off)(&clockface.near(cancelled.at, now));
    }
    let is_over = seen.session.facts.ends_at().is_some_and(|end| end <= now);
    if status == Status::Booked && is_over { t.sessions.unmarked.to_owned() } else { String::new() }
}

fn place_in_words(place: PlaceKind, t: &Texts) -> &'static str {
    match place {
        PlaceKind::Room => t.sessions.place_room,
        PlaceKind::Phone => t.sessions.place_phone,
        PlaceKind::Address => t.sessions.place_address,
        PlaceKind::Link => t.sessions.place_link,
    }
}

fn details(
    seen: &SessionView,
    place: Option<&PlaceSeen>,
    clockface: &Clockface,
    now: Instant,
    t: &Texts,
) -> Vec<Fact> {
    let s = &t.sessions;
    let session = &seen.session;
    let detail = session.place.detail.trim();
    let whereabouts = place_in_words(session.place.kind, t);
    let whereabouts =
        if detail.is_empty() { whereabouts.to_owned() } else { format!("{whereabouts}: {detail}") };
    let mut facts =
        vec![Fact::new(s.length, (s.minutes)(session.facts.minutes.get())), Fact::new(s.place, whereabouts)];
    if seen.places.len() > 1 {
        let names: Vec<&str> = seen.places.iter().map(|place| place.name.as_str()).collect();
        facts.push(Fact::new(s.people_heading, names.join(", ")));
    }
    if let Some(price) = place.and_then(|place| place.price) {
        let is_free = price.is_zero();
        facts.push(Fact::new(
            s.price,
            if is_free { s.price_free.to_owned() } else { money(price, t.language) },
        ));
        if let Some(owed) = place.and_then(|place| place.owed).filter(|_| !is_free) {
            let owed = if owed.is_zero() { s.owed_nothing.to_owned() } else { money(owed, t.language) };
            facts.push(Fact::new(s.owed, owed));
        }
    }
    if let Some(at) = seen.booked_at {
        let label = if seen.recorded { s.recorded } else { s.booked_by };
        facts.push(Fact::new(label, capital(&clockface.near(at, now))));
    }
    facts
}

/// What cancelling costs, as it was agreed, in one sentence (rule F3).
fn terms(place: &PlaceSeen, kind: SessionKind, t: &Texts) -> String {
    let s = &t.sessions;
    let (Some(price), Some(terms)) = (place.price, place.terms) else { return String::new() };
    if kind == SessionKind::Intro {
        return s.intro_terms.to_owned();
    }
    if price.is_zero() {
        return s.terms_free.to_owned();
    }
    let Terms { bands, kept } = terms;
    let share = |percent| {
        let kept = price.share(percent);
        if kept.is_zero() { String::new() } else { money(kept, t.language) }
    };
    (s.terms)(
        bands.late_hours(),
        bands.free_hours(),
        &share(kept.early),
        &share(kept.between),
        &share(kept.late),
    )
}

/// What was written while booking: its two ends are shown it, and nobody else is given it. Whose words they are is said:
/// who booked wrote them.
fn written(seen: &SessionView, place: &PlaceSeen, me: PersonId, t: &Texts) -> Option<Written> {
    let (client, is_coach) = (place.attendance.client, seen.ties.contains(Reach::SESSIONS));
    if client != me && !is_coach {
        return None;
    }
    let answers = place.answers.iter().map(|(question, answer)| Fact::new(question.clone(), answer.clone()));
    let about = match &seen.booked_by {
        Some((writer, _)) if *writer == me => t.sessions.note_own.to_owned(),
        Some((writer, name)) if *writer != client => (t.sessions.note_by)(name),
        // Who was not signed in while booking is the client.
        Some(_) | None => (t.sessions.note_by)(&place.name),
    };
    Some(Written { about, note: place.note.clone().unwrap_or_default(), answers: answers.collect() })
}

/// What happened to a place that the reader does not see is none of their business (rule P4).
fn is_told(event: &Recorded, seen: &SessionView) -> bool {
    event.subject.kind != AttendanceId::PREFIX
        || seen.places.iter().any(|place| place.attendance.id.raw() == event.subject.id)
}

/// One thing that happened to it; of what a session's people have no word for, nothing is said.
fn history_line(
    event: &Recorded,
    me: PersonId,
    clockface: &Clockface,
    now: Instant,
    t: &Texts,
) -> Option<HistoryLine> {
    let what = (t.sessions.happened)(&event.kind)?;
    let who = match &event.by {
        Some((id, _)) if *id == me => t.sessions.by_you.to_owned(),
        Some((_, name)) => (t.sessions.by)(name),
        None => String::new(),
    };
    let moved = |fact: &str| event.facts[fact].as_str().and_then(|text| text.parse::<Instant>().ok());
    let status = match event.kind.as_str() {
        "session_cancelled" => Status::Cancelled,
        "attendance_marked" => {
            event.facts["to"].as_str().and_then(Status::from_code).unwrap_or(Status::Completed)
        }
        "attendance_greyed_out" => Status::GreyedOut,
        "session_recorded" => Status::Completed,
        _ => Status::Booked,
    };
    let change = match moved("from").zip(moved("to")) {
        Some((from, to)) => (t.meeting.from_to)(&clockface.short(from, now), &clockface.short(to, now)),
        None if event.kind == "attendance_marked" => t.status.word(status).to_owned(),
        None => String::new(),
    };
    let what = if who.is_empty() { what.to_owned() } else { format!("{what} {who}") };
    Some(HistoryLine { what, change, when: clockface.near(event.at, now), status })
}

fn inviter<'a>(app: &'a Reading, visitor: &Visitor, is_coach: bool, sender: &'a str) -> Inviter<'a> {
    let side = if is_coach { Side::Coach } else { Side::Client };
    Inviter::new(side, visitor.language, app.config().public_url.as_str(), sender)
}

fn calendar_links(
    app: &Reading,
    visitor: &Visitor,
    appointment: &Appointment,
    is_coach: bool,
) -> CalendarLinks {
    let sender = mail::address(app.config()).to_string();
    let links = inviter(app, visitor, is_coach, &sender).add_links(appointment);
    CalendarLinks {
        file: format!("/sessions/{}/calendar.ics", appointment.session),
        google: links.google,
        outlook: links.outlook,
        office: links.office,
    }
}

/// `GET /sessions/{session}/calendar.ics`
pub async fn calendar(State(app): State<Reading>, visitor: Visitor, Path(id): Path<String>) -> Answer {
    let (id, by) = (id_of(&id)?, visitor.actor());
    let (seen, appointment) =
        app.read(move |tx| Ok((session::view(tx, &by, id)?, appointment::find(tx, id)?))).await?;
    let appointment = appointment.ok_or(Refusal::NotFound)?;
    let is_coach = seen.ties.contains(Reach::SESSIONS);
    let sender = mail::address(app.config()).to_string();
    let file = inviter(&app, &visitor, is_coach, &sender).file(&appointment, app.now());
    let headers = [
        (header::CONTENT_TYPE, "text/calendar; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"session.ics\""),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, file).into_response())
}
