//! What a journey has planned: booking it, and disabling a client's place in it (rules B3, G1, S5, S9, S12).

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use model::session::{self, PlannedWish};
use rules::ids::{AgreementId, SessionId};
use rules::refusal::{Problem, Refusal};
use rules::time::Instant;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::attendance::{AttendanceState, NewReason, change, change_with_words};
use super::coaches::{Slot, stretch};
use super::moves::{or_unseen, reason};
use super::openapi::Operation;
use super::sessions::is_offered_another;
use super::wire::{IdOf, List, SessionRef, Time};
use super::{Answer, Nothing, answered, id, once, shown, stored, zone_of};
use crate::app::{App, Reading};
use crate::error::Failure;
use crate::forms::{Checks, JsonWrite};
use crate::visitor::Visitor;

/// So many other times are offered instead of one that cannot be had.
const ALTERNATIVES: usize = 6;

/// A time for what is planned.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPlannedBooking {
    /// When it is to begin: RFC 3339.
    #[serde(default)]
    #[schema(required, format = DateTime)]
    starts_at: String,
    /// The agreement that you accept with it, as its client.
    #[schema(nullable = false)]
    accepts: Option<String>,
    /// Whether it is known that another session of its client is at that time.
    #[serde(default)]
    overlap_known: bool,
}

impl NewPlannedBooking {
    fn checked(&self) -> Result<PlannedWish, Failure> {
        let mut checks = Checks::default();
        let starts_at: Option<Instant> =
            checks.take("starts_at", self.starts_at.parse().map_err(|_| Problem::NotAnInstant));
        let accepts = checks.some("accepts", self.accepts.as_deref(), |text| {
            text.parse::<AgreementId>().map_err(|_| Problem::NotAnId)
        });
        checks.done()?;
        let Some(starts_at) = starts_at else { unreachable!("what is missing was noted") };
        Ok(PlannedWish { starts_at, accepts, overlap_known: self.overlap_known })
    }
}

/// A planned session that has its time.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlannedBooked {
    session: SessionRef,
    starts_at: Time,
}

/// A place is to be greyed out.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewGreyedOut {
    /// In one's own words.
    #[serde(default)]
    reason: String,
    /// Whether its booking is deleted with it, of which client and coach are told.
    #[serde(default)]
    delete_booking: bool,
}

/// The query of the times.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WantedTimes {
    from: String,
    to: String,
    zone: String,
}

/// The lines of the document.
pub(super) fn operations() -> Vec<Operation> {
    const GREYED_OUT: &str = "/sessions/{session}/attendance/{person}/greyed-out";
    vec![
        Operation::post("/sessions/{session}/booking", "Give a planned session its time")
            .takes::<NewPlannedBooking>()
            .made::<PlannedBooked>()
            .conflicts("It waits for no time, or cannot have this one: `alternatives` are the free starts nearest to it; `step_not_open` as long as another step comes first; `agreement_needed` until its client has accepted the agreement, `agreement_theirs` to everybody else; `put_away`.")
            .about(
                "A step of a journey is booked by its client, its coach, a lead or an admin; a pod's date by whoever \
                 leads the pod. An admin's booking of what is greyed out reactivates it.",
            ),
        Operation::get("/sessions/{session}/booking/slots", "When a planned session can be booked, soonest first")
            .query("from", "From this moment or day on; else from now on.")
            .query("to", "Before this moment, or until the end of this day; else two weeks. At most 62 days.")
            .query("zone", "The zone in which days begin and times are told.")
            .answers::<List<Slot>>()
            .about("None as long as it cannot be booked at all."),
        Operation::put("/sessions/{session}/attendance", "Say of everybody in a pod that they were there")
            .answers_nothing()
            .conflicts("Nobody is left to be marked, or it is too early.")
            .about("Whoever is marked already stays as they are."),
        Operation::put(GREYED_OUT, "Grey out a client's place")
            .takes::<NewGreyedOut>()
            .answers::<AttendanceState>()
            .conflicts("It is booked, unless `delete_booking` says that this ends; or it has been."),
        Operation::put("/sessions/{session}/greyed-out", "Grey out all places of a pod")
            .takes::<NewReason>()
            .answers_nothing()
            .conflicts("Its date is not ahead any more, or nothing waits.")
            .about("A date that it has is called off first."),
        Operation::delete(GREYED_OUT, "Reactivate a client's place")
            .answers::<AttendanceState>()
            .conflicts("It is not greyed out."),
    ]
}

/// `POST /api/v1/sessions/{session}/booking`
pub async fn book(
    State(app): State<App>,
    visitor: Visitor,
    Path(session): Path<String>,
    write: JsonWrite<NewPlannedBooking>,
) -> Answer {
    let (by, zone, session) = (visitor.actor(), zone_of(&visitor), id::<SessionId>(&session)?);
    let wish = or_unseen(&app, &visitor, session, write.body.checked()).await?;
    let start = wish.starts_at;
    let made = stored(&app, write.key, StatusCode::CREATED, move |tx| {
        session::book_planned(tx, &by, session, &wish)?;
        Ok(PlannedBooked { session: IdOf(session), starts_at: Time::of(start, &zone) })
    });
    match made.await {
        Err(Failure::Refused(refusal)) if is_offered_another(&refusal) => {
            let (by, zone) = (visitor.actor(), zone_of(&visitor));
            let find = match refusal {
                Refusal::Overlap { .. } => session::alternatives_to_book_beside,
                _ => session::alternatives_to_book,
            };
            let instead = app.read(move |tx| find(tx, &by, session, start, ALTERNATIVES)).await?;
            let alternatives = instead.into_iter().map(|at| Time::of(at, &zone)).collect();
            Err(Failure::TimeLost { refusal, alternatives })
        }
        made => Ok(answered(made?)),
    }
}

/// `GET /api/v1/sessions/{session}/booking/slots`
pub async fn slots(
    State(app): State<Reading>,
    visitor: Visitor,
    Path(session): Path<String>,
    Query(wanted): Query<WantedTimes>,
) -> Answer {
    let (by, session) = (visitor.actor(), id::<SessionId>(&session)?);
    let mut checks = Checks::default();
    let (within, zone) = stretch(&mut checks, [&wanted.from, &wanted.to, &wanted.zone], &visitor, app.now());
    let checked = checks.done();
    let (slots, minutes) = app
        .read(move |tx| {
            // Who does not see it is told nothing else (rule P4).
            let seen = session::view(tx, &by, session)?;
            checked.clone()?;
            Ok((session::slots_to_book(tx, &by, session, within)?, seen.session.facts.minutes))
        })
        .await?;
    shown(List::whole(slots.iter().map(|start| Slot::of(*start, minutes, &zone)).collect()))
}

/// `PUT /api/v1/sessions/{session}/attendance`
pub async fn all_present(
    State(app): State<App>,
    visitor: Visitor,
    Path(session): Path<String>,
    write: JsonWrite<Nothing>,
) -> Answer {
    let (by, session) = (visitor.actor(), id::<SessionId>(&session)?);
    once(&app, write.key, StatusCode::NO_CONTENT, move |tx| {
        session::mark_all_present(tx, &by, session).map(drop)
    })
    .await
}

/// `PUT /api/v1/sessions/{session}/attendance/{person}/greyed-out`
pub async fn grey_out(
    State(app): State<App>,
    visitor: Visitor,
    Path(place): Path<(String, String)>,
    write: JsonWrite<NewGreyedOut>,
) -> Answer {
    let act = if write.body.delete_booking { session::delete_and_grey_out } else { session::grey_out };
    change_with_words(&app, visitor, place, write.key, &write.body.reason, act).await
}

/// `PUT /api/v1/sessions/{session}/greyed-out`
pub async fn grey_out_all(
    State(app): State<App>,
    visitor: Visitor,
    Path(session): Path<String>,
    write: JsonWrite<NewReason>,
) -> Answer {
    let (by, session) = (visitor.actor(), id::<SessionId>(&session)?);
    let why = or_unseen(&app, &visitor, session, reason(&write.body.reason)).await?;
    once(&app, write.key, StatusCode::NO_CONTENT, move |tx| {
        session::grey_out_all(tx, &by, session, &why).map(drop)
    })
    .await
}

/// `DELETE /api/v1/sessions/{session}/attendance/{person}/greyed-out`
pub async fn reactivate(
    State(app): State<App>,
    visitor: Visitor,
    Path(place): Path<(String, String)>,
    write: JsonWrite<Nothing>,
) -> Answer {
    change(&app, visitor, place, write.key, session::reactivate).await
}
