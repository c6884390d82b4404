//! One booking behind the link of its letters (rule B2): to see, and to put into a calendar. Signs nobody in.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use model::appointment::{self, Appointment};
use model::coach::{self, Profile};
use model::person::Person;
use model::{manage, person, session};
use rules::attendance::Status;
use rules::refusal::Refusal;

use super::bookings::{booked_of, calendar_file, calendars, clock_in, moment};
use super::coaches::frame;
use super::{Answer, page, page_again};
use crate::app::Reading;
use crate::error::Failure;
use crate::shell::{Dress, Face, Place};
use crate::views::booking::{ManagePage, Managed};
use crate::visitor::Visitor;

struct Seen {
    appointment: Appointment,
    profile: Profile,
    /// Whose link it is.
    person: Person,
    status: Status,
}

/// None for a link that has ended or never was.
async fn look(app: &Reading, token: &str) -> Result<Option<Seen>, Failure> {
    let token = token.to_owned();
    let seen = app
        .read(move |tx| {
            let (session, id) = manage::open(tx, &token)?;
            let appointment = appointment::find(tx, session.id)?.ok_or(Refusal::LinkExpired)?;
            let profile = coach::profile_of(tx, appointment.coach.id)?;
            let view = session::view_as(tx, id, session.id)?;
            let status = view.status().ok_or(Refusal::LinkExpired)?;
            Ok(Seen { appointment, profile, person: person::get(tx, id)?, status })
        })
        .await;
    match seen {
        Ok(seen) => Ok(Some(seen)),
        Err(model::Error::Refused(Refusal::LinkUnknown | Refusal::LinkExpired | Refusal::NotFound)) => {
            Ok(None)
        }
        Err(error) => Err(error.into()),
    }
}

/// `GET /manage/{token}`
pub async fn show(State(app): State<Reading>, visitor: Visitor, Path(token): Path<String>) -> Answer {
    let title = visitor.texts().booking.manage_title;
    let shell = |zone| frame(&visitor, &app, title, Place::Elsewhere, Dress::Public, zone);
    let Some(seen) = look(&app, &token).await? else {
        return page_again(StatusCode::GONE, &ManagePage { shell: shell(String::new()), booking: None });
    };
    let clock = clock_in(&visitor, &seen.person.zone, seen.person.hour_style);
    let one = &seen.appointment;
    let until = one.ends_at() + manage::AFTER_THE_END;
    let mut what = booked_of(&visitor, &clock, one, &seen.profile);
    if let Some(client) = one.client.as_ref().filter(|_| seen.person.id == one.coach.id) {
        what.coach = Face::new(client.name.clone(), None);
    }
    let is_ahead = one.ends_at() > app.now() && !one.is_cancelled;
    let file = format!("/manage/{token}/calendar.ics");
    page(&ManagePage {
        shell: shell(clock.face.place()),
        booking: Some(Managed {
            at: moment(&clock, one.starts_at, app.now()),
            status: seen.status,
            what,
            calendars: if is_ahead { calendars(&app, &visitor, one, file) } else { Vec::new() },
            until: clock.face.long(until),
        }),
    })
}

/// `GET /manage/{token}/calendar.ics`
pub async fn calendar(State(app): State<Reading>, visitor: Visitor, Path(token): Path<String>) -> Answer {
    let seen = look(&app, &token).await?.ok_or(Refusal::LinkUnknown)?;
    Ok(calendar_file(&app, &visitor, &seen.appointment))
}
