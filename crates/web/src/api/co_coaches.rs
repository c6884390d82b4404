//! Who coaches a session beside its coach (rule G11).

use axum::extract::{Path, State};
use axum::http::StatusCode;
use model::Tx;
use model::event::Actor;
use model::session;
use rules::ids::{PersonId, SessionId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::handovers::coach_in;
use super::moves::or_unseen;
use super::openapi::Operation;
use super::wire::{IdOf, PersonRef, SessionRef};
use super::{Answer, Nothing, id, once, shown};
use crate::app::{App, Reading};
use crate::forms::JsonWrite;
use crate::visitor::Visitor;

/// Somebody coaches a session beside its coach.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCoCoach {
    /// Who.
    #[serde(default)]
    #[schema(required, value_type = PersonRef)]
    coach: String,
}

/// The coaches of a session.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CoachesOfSession {
    session: SessionRef,
    /// All of them; their time is the session's.
    coaches: Vec<CoachOfSession>,
}

/// One of them.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CoachOfSession {
    person: PersonRef,
    name: String,
    /// Whether they say how it went: exactly one of them.
    marks: bool,
}

impl CoachesOfSession {
    fn of(tx: &mut Tx, by: &Actor, session: SessionId) -> model::Result<CoachesOfSession> {
        let seen = session::view(tx, by, session)?;
        let coaches = seen.coaches.iter().enumerate().map(|(place, coach)| CoachOfSession {
            person: IdOf(coach.person),
            name: coach.name.clone(),
            marks: place == 0,
        });
        Ok(CoachesOfSession { session: IdOf(session), coaches: coaches.collect() })
    }
}

/// The lines of the document.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/sessions/{session}/coaches", "Who coaches a session").answers::<CoachesOfSession>(),
        Operation::post("/sessions/{session}/coaches", "Name somebody who coaches a session beside its coach")
            .about("It takes the time of all of them. At the time that it has they must be free; without one it is booked when all are. Its coach alone says how it went.")
            .takes::<NewCoCoach>()
            .made::<CoachesOfSession>()
            .conflicts("They are not free then, it has begun, or nobody coaches it yet."),
        Operation::delete("/sessions/{session}/coaches/{person}", "Somebody coaches it no longer")
            .answers::<CoachesOfSession>()
            .conflicts("It has begun."),
    ]
}

/// `GET /api/v1/sessions/{session}/coaches`
pub async fn index(State(app): State<Reading>, visitor: Visitor, Path(session): Path<String>) -> Answer {
    let (by, session) = (visitor.actor(), id(&session)?);
    shown(app.read(move |tx| CoachesOfSession::of(tx, &by, session)).await?)
}

/// `POST /api/v1/sessions/{session}/coaches`
pub async fn create(
    State(app): State<App>,
    visitor: Visitor,
    Path(session): Path<String>,
    write: JsonWrite<NewCoCoach>,
) -> Answer {
    let (by, session) = (visitor.actor(), id(&session)?);
    let coach = or_unseen(&app, &visitor, session, coach_in(&write.body.coach)).await?;
    once(&app, write.key, StatusCode::CREATED, move |tx| {
        session::add_co_coach(tx, &by, session, coach)?;
        CoachesOfSession::of(tx, &by, session)
    })
    .await
}

/// `DELETE /api/v1/sessions/{session}/coaches/{person}`
pub async fn destroy(
    State(app): State<App>,
    visitor: Visitor,
    Path((session, coach)): Path<(String, String)>,
    write: JsonWrite<Nothing>,
) -> Answer {
    let (by, session, coach) = (visitor.actor(), id(&session)?, id::<PersonId>(&coach)?);
    once(&app, write.key, StatusCode::OK, move |tx| {
        session::remove_co_coach(tx, &by, session, coach)?;
        CoachesOfSession::of(tx, &by, session)
    })
    .await
}
