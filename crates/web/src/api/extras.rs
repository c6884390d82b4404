//! Sessions that are added to one journey beside its steps (rule G11).

use axum::extract::{Path, State};
use axum::http::StatusCode;
use model::program::extra::{self, NewExtra as New};
use rules::ids::{JourneyId, SessionId, StepId};
use rules::refusal::{Problem, Refusal};
use rules::session::PlaceKind;
use rules::text::Line;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::openapi::Operation;
use super::pathways::{minutes_of, place_of};
use super::programs::id_in;
use super::wire::{IdOf, JourneyRef, PlaceKindCode, SessionRef, StepRef};
use super::{Answer, Nothing, id, once};
use crate::app::App;
use crate::forms::{Checks, JsonWrite};
use crate::visitor::Visitor;

/// One more session for a journey.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewExtra {
    /// What everybody reads who sees the session, its client too.
    #[serde(default)]
    #[schema(required)]
    name: String,
    /// A multiple of five.
    #[serde(default)]
    #[schema(required, minimum = 5, maximum = 480)]
    minutes: i64,
    /// Whether it is in all numbers of the journey and its board; it is unless this says no.
    #[serde(default = "yes")]
    counts: bool,
    /// The step that it makes up for: one that was missed, or a pod's that has no date. Null or missing: it is simply one
    /// more.
    #[schema(value_type = Option<StepRef>)]
    makes_up_for: Option<String>,
    /// The built-in room if it is missing.
    #[schema(value_type = Option<PlaceKindCode>)]
    place: Option<String>,
    place_detail: Option<String>,
}

const fn yes() -> bool {
    true
}

impl NewExtra {
    fn checked(&self) -> Result<New, Refusal> {
        let mut checks = Checks::default();
        let name = checks.take("name", Line::parse_some(&self.name));
        let minutes = checks.take("minutes", minutes_of(self.minutes));
        let kind = self.place.as_deref().map_or(Some(PlaceKind::Room), PlaceKind::from_code);
        let kind = checks.take("place", kind.ok_or(Problem::NotAChoice));
        let detail = self.place_detail.as_deref().unwrap_or_default();
        let place = kind.and_then(|kind| checks.take("place_detail", place_of(kind, detail)));
        let makes_up_for = checks.some("makes_up_for", self.makes_up_for.as_deref(), id_in::<StepId>);
        checks.done()?;
        let (Some(name), Some(minutes), Some(place)) = (name, minutes, place) else {
            unreachable!("what is missing was noted")
        };
        Ok(New { name, minutes, place, counts: self.counts, makes_up_for })
    }
}

/// A session that was added.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddedSession {
    session: SessionRef,
    journey: JourneyRef,
    name: String,
    minutes: u16,
    counts: bool,
    /// The step that it makes up for; null if it is simply one more.
    #[schema(required)]
    makes_up_for: Option<StepRef>,
}

/// The lines of the document.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::post("/journeys/{journey}/extras", "Add a session to a journey")
            .about("Extra, or to make up for a step. It waits for a time as every step does, with the participant's coach.")
            .takes::<NewExtra>()
            .made::<AddedSession>()
            .conflicts("The journey is complete, or its participant is put away."),
        Operation::delete("/sessions/{session}/extra", "Take an added session out of its journey")
            .answers_nothing()
            .conflicts("It was not added, it has a time or an outcome, or it had a time once."),
    ]
}

/// `POST /api/v1/journeys/{journey}/extras`
pub async fn create(
    State(app): State<App>,
    visitor: Visitor,
    Path(journey): Path<String>,
    write: JsonWrite<NewExtra>,
) -> Answer {
    let (by, journey) = (visitor.actor(), id::<JourneyId>(&journey)?);
    let body = write.body;
    once(&app, write.key, StatusCode::CREATED, move |tx| {
        // Who does not see it is told nothing else (rule P4).
        extra::outlook(tx, &by, journey)?;
        let new = body.checked()?;
        let session = extra::add(tx, &by, journey, &new)?;
        Ok(AddedSession {
            session: IdOf(session),
            journey: IdOf(journey),
            name: new.name.as_str().to_owned(),
            minutes: new.minutes.get(),
            counts: new.counts,
            makes_up_for: new.makes_up_for.map(IdOf),
        })
    })
    .await
}

/// `DELETE /api/v1/sessions/{session}/extra`
pub async fn destroy(
    State(app): State<App>,
    visitor: Visitor,
    Path(session): Path<String>,
    write: JsonWrite<Nothing>,
) -> Answer {
    let (by, session) = (visitor.actor(), id::<SessionId>(&session)?);
    once(&app, write.key, StatusCode::NO_CONTENT, move |tx| extra::remove(tx, &by, session).map(drop)).await
}
