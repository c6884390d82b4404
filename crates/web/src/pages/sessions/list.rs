//! The lists of sessions: upcoming, past, to mark, called off, with open requests on top (rule W9).

use axum::extract::{Query, State};
use model::program::participant;
use model::session::{self, Client, Filter, Line, When};
use rules::attendance::Status;
use rules::ids::{PersonId, SessionId};
use rules::permission::{Action, Reach, Role, reach};
use rules::time::Instant;
use serde::Deserialize;

use super::super::{Answer, page, shell};
use super::visit::listed;
use super::{Reader, asking, cause, whom};
use crate::app::Reading;
use crate::meeting;
use crate::shell::{Paging, Place};
use crate::texts::Texts;
use crate::views::parts::SessionLine;
use crate::views::sessions::{SessionDay, SessionRow, SessionsPage, View, Way};
use crate::visitor::Visitor;
use crate::words::Clockface;

/// How many sessions one page of a list shows.
const PAGE_SESSIONS: u32 = 30;

/// The query of the list.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    view: String,
    /// Start and id of the last session of the page before.
    #[serde(default)]
    after_start: String,
    #[serde(default)]
    after: String,
}

/// `GET /sessions`
pub async fn index(State(app): State<Reading>, visitor: Visitor, Query(asked): Query<Asked>) -> Answer {
    let me = visitor.person()?;
    let (view, when, base) = match asked.view.as_str() {
        "past" => (View::Past, When::Past, "/sessions?view=past"),
        "to_mark" => (View::ToMark, When::ToMark, "/sessions?view=to_mark"),
        "cancelled" => (View::Cancelled, When::Cancelled, "/sessions?view=cancelled"),
        _ => (View::Upcoming, When::Upcoming, "/sessions?view=upcoming"),
    };
    let after = asked.after_start.parse::<Instant>().ok().zip(asked.after.parse::<SessionId>().ok());
    let filter = Filter { when, after, ..Filter::default() };
    let by = visitor.actor();
    // A lead marks nothing, and is to see what nobody marks (rules S4, S7).
    let marking = reach(me.roles, Action::MarkAttendance);
    let follows = !marking.is_none() || reach(me.roles, Action::SeeSession).contains(Reach::PROGRAMS);
    let asks_on_top = after.is_none() && view != View::Cancelled;
    let (mut lines, asks, to_mark, takes_part) = app
        .read(move |tx| {
            let lines = session::list(tx, &by, &filter, PAGE_SESSIONS + 1)?;
            let asks = if asks_on_top { session::asking(tx, &by)? } else { Vec::new() };
            let to_mark = if follows { Some(session::count_to_mark(tx, &by)?) } else { None };
            Ok((lines, asks, to_mark, participant::takes_part(tx, &by)?))
        })
        .await?;
    let is_more = lines.len() > PAGE_SESSIONS as usize;
    lines.truncate(PAGE_SESSIONS as usize);
    let t = visitor.texts();
    let (clockface, now) = (visitor.clockface(), app.now());
    let older = lines.last().filter(|_| is_more);
    let paging = Paging {
        newer: after.map(|_| base.to_owned()),
        older: older.map(|last| format!("{base}&after_start={}&after={}", last.starts_at, last.session)),
    };
    let marks =
        |line: &Line| if view == View::ToMark && !marking.is_none() { marks(line, me.id) } else { None };
    let mut days: Vec<SessionDay> = Vec::new();
    for line in &lines {
        let label = clockface.relative_day(line.starts_at, now);
        let row = SessionRow { marks: marks(line), ..row(line, me.id, &clockface, t) };
        match days.last_mut() {
            Some(day) if day.label == label => day.sessions.push(row),
            _ => days.push(SessionDay { label, sessions: vec![row] }),
        }
    }
    page(&SessionsPage {
        shell: shell::of(&visitor, app.mode(), now, t.sessions.title, Place::Sessions),
        view,
        asks: asking::rows(&asks, me.id, &clockface, now, t),
        to_mark,
        days,
        paging,
        way: if takes_part {
            Way::Home
        } else if me.roles.contains(Role::Client) {
            Way::FindCoach
        } else if me.roles.contains(Role::Coach) {
            Way::SharePage
        } else {
            Way::None
        },
    })
}

/// Where one press marks a session of one client; nobody marks themselves (rule P8).
fn marks(line: &Line, me: PersonId) -> Option<String> {
    match line.clients.as_slice() {
        [one] if one.status == Status::Booked && one.who.person != me => {
            Some(format!("/sessions/{}/attendance/{}", line.session, one.who.person))
        }
        _ => None,
    }
}

/// A session in a short list of one client's: when, what it is, how it stands for them.
pub(in crate::pages) fn line_of(
    line: &Line,
    client: PersonId,
    clockface: &Clockface,
    now: Instant,
    t: &Texts,
) -> SessionLine {
    let coaches = listed(&line.coaches.iter().map(|coach| coach.name.as_str()).collect::<Vec<_>>(), t);
    let theirs = line.clients.iter().find(|one| one.who.person == client);
    let mut words = vec![meeting::name(&line.topic, t)];
    words.push((t.meeting.length)(line.minutes, t.meeting.place(line.place)));
    words.extend(theirs.and_then(|one| one.outcome).and_then(|it| cause(it, t)).map(str::to_owned));
    words.extend(theirs.filter(|one| one.is_contested).map(|_| t.doing.contested_chip.to_lowercase()));
    SessionLine {
        href: format!("/sessions/{}", line.session),
        title: super::capital(&clockface.near(line.starts_at, now)),
        line: (t.meeting.with)(&words.join(", "), &coaches),
        status: theirs.map(|one| one.status).or(line.status()).unwrap_or(Status::Booked),
    }
}

/// Why it counts as missed (rule S6). Of a group it is said of how many it does: the cause of one is not that of the whole.
fn what_was_missed(line: &Line, is_client: bool, me: PersonId, t: &Texts) -> Option<String> {
    if is_client || line.topic.pod.is_none() {
        let mut shown = line.clients.iter().filter(|client| !is_client || client.who.person == me);
        return shown.find_map(|client| cause(client.outcome?, t)).map(str::to_owned);
    }
    let is_in = |client: &&Client| !matches!(client.status, Status::Unbooked | Status::GreyedOut);
    let missed = line.clients.iter().filter(|client| client.status == Status::Missed).count();
    (missed > 0).then(|| (t.sessions.missed_of)(missed, line.clients.iter().filter(is_in).count()))
}

fn row(line: &Line, me: PersonId, clockface: &Clockface, t: &Texts) -> SessionRow {
    let is_client = line.clients.iter().any(|client| client.who.person == me);
    let is_coach = line.coaches.iter().any(|coach| coach.person == me);
    let coaches: Vec<&str> = line.coaches.iter().map(|coach| coach.name.as_str()).collect();
    let clients: Vec<&str> = line.clients.iter().map(|client| client.who.name.as_str()).collect();
    let (who, faces) = whom(&line.topic, &coaches, &clients, Reader::of(is_client, is_coach), t);
    let mut words = vec![meeting::name_beside(&line.topic, &who, t)];
    words.push((t.meeting.length)(line.minutes, t.meeting.place(line.place)));
    let shown = || line.clients.iter().filter(|client| !is_client || client.who.person == me);
    words.extend(what_was_missed(line, is_client, me, t));
    words.extend(shown().any(|client| client.is_contested).then(|| t.doing.contested_chip.to_lowercase()));
    SessionRow {
        href: format!("/sessions/{}", line.session),
        time: (t.meeting.from_to)(&clockface.time(line.starts_at), &clockface.time(line.ends_at)),
        who,
        faces,
        line: words.join(", "),
        status: line.status().unwrap_or(Status::Booked),
        marks: None,
    }
}
