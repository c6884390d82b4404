//! One booking behind the link of its letters (rule B2): to see, to put into a calendar, to move, to call off, and to
//! contest a Missed. Signs nobody in, and leads to nothing but this session.

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use model::{appointment, coach, manage};
use rules::attendance::Status;
use rules::menu::Act;
use rules::refusal::Refusal;

use super::bookings::{booked_of, calendar_file, calendars, clock_in, moment};
use super::coaches::frame;
use super::sessions::{Typed, Visit, Whole, endings, is_off, marks, moves, times};
use super::{Answer, page, page_again, page_refused};
use crate::app::{App, Reading};
use crate::error::Failure;
use crate::forms::Form;
use crate::shell::{Dress, Face, Place};
use crate::views::booking::{ManagePage, Managed};
use crate::views::session::SeatBox;
use crate::visitor::Visitor;

/// The page of a link that has ended, or never was one.
fn over(app: &Reading, visitor: &Visitor) -> Answer {
    let title = visitor.texts().booking.manage_title;
    let shell = frame(visitor, app, title, Place::Elsewhere, Dress::Whole, None);
    page_again(StatusCode::GONE, &ManagePage { shell, booking: None })
}

/// `GET /manage/{token}`
pub async fn show(State(app): State<Reading>, visitor: Visitor, Path(token): Path<String>) -> Answer {
    match Visit::by_link(&app, &visitor, &token).await? {
        Some(visit) => page(&shown(&app, &visitor, &visit, &Typed::default(), String::new()).await?),
        None => over(&app, &visitor),
    }
}

/// The page again, because something was refused.
pub(super) async fn again(
    app: &App,
    visitor: &Visitor,
    visit: &Visit,
    refusal: &Refusal,
    typed: Typed,
) -> Answer {
    let conflict = visit.say(visitor.texts(), refusal);
    let typed = typed.refused(refusal, visitor.texts());
    page_refused(refusal, &shown(&app.reading(), visitor, visit, &typed, conflict).await?)
}

async fn shown(
    app: &Reading,
    visitor: &Visitor,
    visit: &Visit,
    typed: &Typed,
    conflict: String,
) -> Result<ManagePage, Failure> {
    let t = visitor.texts();
    let (id, now) = (visit.session, app.now());
    let (one, profile) = app
        .read(move |tx| {
            let appointment = appointment::find(tx, id)?.ok_or(Refusal::LinkExpired)?;
            let profile = coach::profile_of(tx, appointment.coach.id)?;
            Ok((appointment, profile))
        })
        .await?;
    let whole = Whole::read(app, visit).await?;
    let clock = clock_in(visitor, &visit.me.zone, visit.me.hour_style);
    let until = one.was_to_end_at() + manage::AFTER_THE_END;
    let mut what = booked_of(visitor, &clock, &one, &profile);
    if let Some(client) = one.client.as_ref().filter(|_| visit.me.id == one.coach.id) {
        what.coach = Face::new(client.name.clone(), None);
    }
    let is_ahead = one.ends_at() > now && !one.is_cancelled;
    let file = format!("{}/calendar.ics", visit.base);
    // A link takes back one's own request, and decides nobody else's.
    let request = whole.request(visit, typed, now, t).map(|mut request| {
        (request.approve, request.reject) = (None, None);
        request
    });
    let own = |seat: &SeatBox| !seat.is_named;
    let mut seats: Vec<SeatBox> = whole.seats(visit, typed, now, t).into_iter().filter(own).collect();
    for seat in &mut seats {
        seat.presses.clear();
    }
    let status = whole.seen.status().unwrap_or(Status::Cancelled);
    let mut at = moment(&clock, one.starts_at, now);
    if is_off(&whole.seen, status, now) {
        (at.iso, at.relative) = (String::new(), String::new());
    }
    // While it is booked, what it costs stands on the ticket and before the button; then it is said what it came to.
    let is_mine = whole.seen.place_of(visit.me.id).is_some() && status != Status::Booked;
    let mut money = if is_mine { whole.money(visit, visit.me.roles, typed, now, t) } else { Vec::new() };
    for one in &mut money {
        // The price stands on the ticket, and a link pays and waives nothing.
        one.facts.retain(|fact| fact.label != t.doing.price);
        one.asks.clear();
    }
    money.retain(|one| !one.facts.is_empty());
    let presses = [Act::Move, Act::Cancel].into_iter().filter_map(|act| whole.to_page(visit, act, t));
    Ok(ManagePage {
        shell: visit.shell(app, visitor, t.booking.manage_title),
        booking: Some(Managed {
            at,
            status,
            what,
            conflict,
            word: whole.lenience(visit, now, t),
            presses: presses.collect(),
            request,
            declined: whole.declined(visit, now, t),
            seats,
            money,
            calendars: if is_ahead { calendars(app, visitor, &one, file) } else { Vec::new() },
            until: clock.face.long(until),
        }),
    })
}

/// `GET /manage/{token}/move`
pub async fn show_move(
    State(app): State<Reading>,
    visitor: Visitor,
    Path(token): Path<String>,
    Query(asked): Query<times::Asked>,
) -> Answer {
    match Visit::by_link(&app, &visitor, &token).await? {
        Some(visit) => moves::look(&app, &visitor, &visit, &asked).await,
        None => over(&app, &visitor),
    }
}

/// `POST /manage/{token}/move`
pub async fn move_it(
    State(app): State<App>,
    visitor: Visitor,
    Path(token): Path<String>,
    form: Form,
) -> Answer {
    match Visit::by_link(&app.reading(), &visitor, &token).await? {
        Some(visit) => moves::act(&app, &visitor, &visit, &form).await,
        None => over(&app.reading(), &visitor),
    }
}

/// `POST /manage/{token}/move/withdrawal`
pub async fn withdraw(
    State(app): State<App>,
    visitor: Visitor,
    Path(token): Path<String>,
    form: Form,
) -> Answer {
    match Visit::by_link(&app.reading(), &visitor, &token).await? {
        Some(visit) => moves::take_back(&app, &visitor, &visit, &form).await,
        None => over(&app.reading(), &visitor),
    }
}

/// `GET /manage/{token}/cancellation`
pub async fn show_cancellation(
    State(app): State<Reading>,
    visitor: Visitor,
    Path(token): Path<String>,
    Query(asked): Query<endings::Asked>,
) -> Answer {
    match Visit::by_link(&app, &visitor, &token).await? {
        Some(visit) => endings::look(&app, &visitor, &visit, &asked).await,
        None => over(&app, &visitor),
    }
}

/// `POST /manage/{token}/cancellation`
pub async fn call_off(
    State(app): State<App>,
    visitor: Visitor,
    Path(token): Path<String>,
    form: Form,
) -> Answer {
    match Visit::by_link(&app.reading(), &visitor, &token).await? {
        Some(visit) => endings::act(&app, &visitor, &visit, &form).await,
        None => over(&app.reading(), &visitor),
    }
}

/// `POST /manage/{token}/contest`
pub async fn contest(
    State(app): State<App>,
    visitor: Visitor,
    Path(token): Path<String>,
    form: Form,
) -> Answer {
    match Visit::by_link(&app.reading(), &visitor, &token).await? {
        Some(visit) => marks::contest_by_link(&app, &visitor, visit, &form).await,
        None => over(&app.reading(), &visitor),
    }
}

/// `GET /manage/{token}/calendar.ics`
pub async fn calendar(State(app): State<Reading>, visitor: Visitor, Path(token): Path<String>) -> Answer {
    let visit = Visit::by_link(&app, &visitor, &token).await?.ok_or(Refusal::LinkUnknown)?;
    let appointment = app.read(move |tx| appointment::find(tx, visit.session)).await?;
    Ok(calendar_file(&app, &visitor, &appointment.ok_or(Refusal::LinkUnknown)?))
}
